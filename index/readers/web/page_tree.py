"""A page's bytes as a tree: its encoding, and the parser kept from what would take it hours."""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from index.errors import InputError
from index.text.decode import decode_text

# libxml2 compares each attribute of a tag with all before it: 20,000 take a second, a million an hour. Real tags have a few dozen.
MOST_ATTRIBUTES = 1_000
LONGEST_COMMON_TAG = 8_192  # only a tag as long as this is looked at for its attributes

_DECLARED = re.compile(rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
# Python's name of an encoding to the one that browsers use instead (https://encoding.spec.whatwg.org): the older is a subset of the newer.
_READ_AS = {
    **dict.fromkeys(("ascii", "iso8859-1", "cp1252"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{"iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "euc_kr": "cp949", "shift_jis": "cp932"},
    **dict.fromkeys(("utf-8", "utf-16", "utf-16-le", "utf-16-be"), "utf-8"),  # a declaration that can be read is not in UTF-16
    **{name: name for name in ("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "cp949", "cp932")},
    **{f"iso8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{name: name for name in ("koi8-r", "koi8-u", "mac-cyrillic", "mac-roman", "cp866", "big5", "big5hkscs", "euc_jp", "iso2022_jp")},
}
_PROLOGUE = 4_096  # bytes in which a declaration is looked for; browsers look at 1,024, and pages that were saved have a line put before


def decode_page(data: bytes, charset: str | None = None) -> str:
    """The page's characters: by its byte order mark; as UTF-8 where it is that, whatever is declared, for a saved page has lost the
    header that a browser believed; by `charset`; by its own declaration; else as any text (decode.py).

    Raises InputError where all of that fails. Where only a few bytes of a declared encoding are broken, they become U+FFFD.
    """
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-16", "replace")
    declared = _DECLARED.search(data, 0, _PROLOGUE)
    encoding = _known(charset) or _known(declared and declared[1].decode("ascii"))
    if not data.isascii() or encoding is None:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if encoding is None:
        return decode_text(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        return decode_text(data)
    except InputError:
        return data.decode(encoding, "replace")


def _known(label: str | None) -> str | None:
    try:
        return _READ_AS.get(codecs.lookup(label).name) if label else None
    except LookupError:
        return None


# A tag with its attributes, as a browser reads them: a ">" in quotes does not end it.
_TAG = re.compile(
    r"""<[A-Za-z][^\s/>]*+(?P<attributes>(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"']?[^\s>]*+))?|=)*+)>?"""
)
_ATTRIBUTE = re.compile(r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"']?[^\s>]*+))?""")
_CLOSED_AT_ONCE = re.compile(r"<(script|style|title|textarea|iframe|noscript|div|p|span|a)\b([^<>]*)/>", re.IGNORECASE)
_HEAD_TAGS = frozenset(("title", "meta", "link", "base", "script", "style", "noscript", "template", "object"))


def tree_of(markup: str, xml: bool) -> Any:
    """The page's tree. Raises InputError where there is nothing in it."""
    if any(len(piece) > LONGEST_COMMON_TAG for piece in markup.split(">")):
        markup = _TAG.sub(_plainer, markup)
    if xml or markup.startswith("<?xml"):
        markup = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", markup)  # which only XHTML closes, and HTML leaves open to the page's end
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise InputError("no text in the page") from error
    _close_head(tree)
    return tree


def _plainer(tag: re.Match[str]) -> str:
    if len(tag[0]) <= LONGEST_COMMON_TAG or sum(1 for _ in _ATTRIBUTE.finditer(tag["attributes"])) <= MOST_ATTRIBUTES:
        return tag[0]
    return tag[0][: tag.start("attributes") - tag.start()] + ">"


def _close_head(tree: Any) -> None:
    """libxml2 does not know that <header>, <main> and <article> end the head, where its end is left out, as it may be."""
    head = tree.find("head")
    if head is None:
        return
    strays = [child for child in head if child.tag not in _HEAD_TAGS]
    if not strays:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    for place, stray in enumerate(list(head)[list(head).index(strays[0]) :]):
        body.insert(place, stray)
