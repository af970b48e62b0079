"""A page as a browser saves it: its story as text, and what the page says of it.

trafilatura says which of the page's blocks are the story; what they say is taken from the page itself, so that nothing is lost on the way:
its own text drops joiners and other invisible letters, adds signs of lists and tables, and is put together anew. A block (a paragraph, an
item, a heading, a row of a table, what stands between two line breaks) is a line. Blank lines stand between blocks; none between the rows
of a table, the items of a list and the lines of a paragraph.

White space is as a browser shows it. Soft hyphens are left out: they say where a word may be broken, and a reader who copies or searches
the word does not know of them. Every other character stays as it is.
"""

from __future__ import annotations

import codecs
import html
import json
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import chain, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import trafilatura
from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from index.decode import decode_text
from index.errors import InputError
from index.language import language_of
from index.metadata import read_metadata
from index.readers.source import Document, Facts, Found, Source

# libxml2 compares each attribute of a tag with all before it: 20,000 take a second, a million an hour. Real tags have a few dozen.
MOST_ATTRIBUTES = 1_000
LONGEST_COMMON_TAG = 8_192  # only a tag as long as this is looked at for its attributes

# Beyond these, a page's blocks are taken as they stand: trafilatura copies the tree several times and calls itself a level at a time.
LARGEST_ANALYSED = 3_000_000  # code points of markup; a page of 100 kB takes it 20 ms
MOST_TAGS = 200_000  # "<" in the page; so many take 10 s on a busy machine, and a page of a thousand lines has 5,000
MOST_ANALYSED = 20_000  # tags; 300,000 of them take it 20 s
DEEPEST_ANALYSED = 300  # tags within tags

# Every line but the last of a paragraph that was broken at a width is as long as this, code points; a verse is shorter. No figure.
NARROWEST_WRAPPED = 45
WIDEST_WRAPPED = 100

LONGEST_LABEL = 60  # code points: a line without a full stop that is as long as this is a paragraph's; no figure
HIGHEST_BOX = 30  # tags above a line, among which its box is looked for; no figure
LARGEST_BOX = 0.5  # of the text: where boxes of one kind hold more of it, they hold the story; no figure

LONGEST_FACT = 500  # code points of a title, name or address; no figure
HEAD_LENGTH = 3_000  # code points between the headline and the story that are read for a byline; no figure


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def read(source: Source) -> Iterator[Found]:
    """The page's story, with the facts that the page states. Raises InputError where there is no text in it."""
    yield read_page(source.bytes(), source.name, source.facts, source.charset, xml=source.suffix == ".xhtml")


def read_page(data: bytes, name: str, facts: Facts, charset: str | None = None, xml: bool = False) -> Document:
    """The document of a page's bytes. `charset` is what came with them, `facts.url` where they were found; `xml` says that they are XHTML.

    Raises InputError where there is no text in the page, or it is in no encoding that is known.
    """
    markup = decode_page(data, charset)
    if markup.count("<") > MOST_TAGS:
        raise InputError(f"more than {MOST_TAGS:,} tags in the page")
    tree = _parse(markup, xml)
    stated = _Stated(tree, facts.url)
    _prune(tree)
    lines, number, depth = _blocks_of(tree)
    blocks = list(_unwrapped(lines))
    if not blocks:
        text = stated.body
        if not text:
            raise InputError("no text in the page")
        return Document(name, text, stated.facts(text, None, ""))
    headline = _headline(blocks, stated)
    small = len(markup) <= LARGEST_ANALYSED and number <= MOST_ANALYSED and depth <= DEEPEST_ANALYSED
    kept = _chosen(tree, blocks) if small else []
    kept = _without_boxes(blocks, kept or _without_frame(blocks))
    if headline is not None and _stands_below(blocks, kept, headline):
        headline = None
    kept = _completed(blocks, kept, headline)
    text = _text_of([blocks[index] for index in kept])
    head = "" if headline is None else _text_of(blocks[headline : max(kept[min(1, len(kept) - 1)], headline) + 1])[:HEAD_LENGTH]
    title = None if headline is None else blocks[headline].text.replace("\n", " ")
    return Document(name, text, stated.facts(text, title, head))


# ------------------------------------------------------------------------------------------------- bytes to a tree


_DECLARED = re.compile(rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
# Python's name of an encoding to that which browsers use for it (https://encoding.spec.whatwg.org): the older is a part of the newer.
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


def _parse(markup: str, xml: bool) -> Any:
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


# ------------------------------------------------------------------------------------------------- what is shown


_NOT_TEXT = _words(
    "script style template noscript noframes noembed iframe object embed applet svg math canvas audio video map select datalist option"
    " textarea button input title meta link base progress meter dialog frameset"
)
_PICTURES = _words("img picture svg iframe object embed video canvas button input select textarea")  # they part what they stand between
_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_GONE = "on-record-gone"


def _prune(tree: Any) -> None:
    """Takes from the tree what a browser does not show as text."""
    for element in tree.iter(etree.Element):
        tag = element.tag
        if tag in _PICTURES:
            element.tail = " " + (element.tail or "")
        if tag in _NOT_TEXT or (element.attrib and _is_hidden(element)):
            element.tag = _GONE
    etree.strip_elements(tree, _GONE, with_tail=False)


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden", "").strip().lower() == "true"
        or (style is not None and _HIDDEN_STYLE.search(style) is not None)
    )


_BLOCK_TAGS = _words(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3"
    " h4 h5 h6 header hgroup hr html li legend main menu nav ol p pre search section summary table caption tbody thead tfoot tr td th ul"
)
_CLOSE_TAGS = frozenset(("li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot"))  # no blank line between these
_CELLS = frozenset(("td", "th"))
_MAKES_LAYOUT = ("table", "p", "div", "br", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "article", "section", "pre", "form")
_SPACE = " \t\n\r\f"  # what HTML calls white space; a no-break space is a letter like any other
_SPACES = re.compile(f"[{_SPACE}]+")
_STYLED = re.compile(r"(?:^|[;\s])display\s*:\s*(block|flex|grid|table|list-item|inline)\b(?!-)", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Block:
    """A line of the page. `holder` is the element that it stands in; `key` its letters and digits; `linked` how many of them are links;
    `apart` says that a blank line stands before it."""

    text: str
    key: str
    holder: Any
    linked: float
    apart: bool


class _Writer:
    """The page's text in the making, a line after another."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self._parts: list[str] = []
        self._cells: list[str] = []
        self._linked = 0
        self._breaks = 2
        self._links = 0
        self._parted = False

    def write(self, text: str) -> None:
        if self._parted and self._parts and self._parts[-1][-1].isalnum() and text[0].isalnum():
            self._parts.append(" ")
        self._parted = False
        self._parts.append(text)
        if self._links:
            self._linked += len(text)

    def enter_link(self, by: int) -> None:
        self._links += by

    def part(self) -> None:
        """What was written and what will be are two words, though nothing may stand between them."""
        self._parted = True

    def end_cell(self) -> None:
        cell = _SPACES.sub(" ", "".join(self._parts)).strip(_SPACE)
        self._parts = []
        if cell:
            self._cells.append(cell)

    def end(self, holder: Any, breaks: int, raw: bool) -> None:
        """The line's end; `breaks` is 2 where a blank line follows it."""
        whole = "".join(self._parts)
        text = whole.strip("\n\r").rstrip(_SPACE) if raw else _SPACES.sub(" ", whole).strip(_SPACE)
        if self._cells:
            text = "\t".join([*self._cells, text] if text else self._cells)
        text = text.replace("\xad", "")
        if text.strip():
            share = self._linked / max(1, len(whole))
            self.blocks.append(_Block(text, _key(text), holder, share, self._breaks > 1))
            self._breaks = breaks
        else:
            self._breaks = max(self._breaks, breaks)
        self._parts, self._cells, self._linked = [], [], 0

    def break_line(self, holder: Any, raw: bool) -> None:
        """A line break; the second in succession makes a blank line."""
        blank = not "".join(self._parts).strip(_SPACE) and not self._cells
        self.end(holder, 2 if blank and self.blocks else 1, raw)


def _key(text: str) -> str:
    return _NO_LETTER.sub("", unicodedata.normalize("NFC", text))


def _blocks_of(tree: Any) -> tuple[list[_Block], int, int]:
    """The lines of the page in their order, how many tags it has, and how deep they stand in one another."""
    writer = _Writer()
    holders: list[Any] = [tree]
    number = depth = deepest = preformatted = 0
    rows: list[Any] = []  # the rows of data that are open
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        start = event == "start"
        block = _is_block(element, tag)
        if start:
            number += 1
            depth += 1
            deepest = max(deepest, depth)
        if tag == "pre":
            preformatted += 1 if start else -1
        if tag == "a":
            writer.enter_link(1 if start else -1)
        if tag == "br":
            if start:
                writer.break_line(holders[-1], preformatted > 0)
        elif tag in _CELLS and rows and element.getparent() is rows[-1]:
            writer.end_cell()
        elif block:
            writer.end(holders[-1], 1 if tag in _CLOSE_TAGS else 2, preformatted > 0)
            if start:
                holders.append(element)
            else:
                holders.pop()
            if tag == "tr":
                if start and _is_data(element):
                    rows.append(element)
                elif not start and rows and rows[-1] is element:
                    rows.pop()
        elif _stands_apart(element, tag, start):
            writer.part()
        text = element.text if start else element.tail
        if text and not (not start and element is tree):
            _write(writer, text, holders[-1], preformatted > 0)
        if not start:
            depth -= 1
    writer.end(tree, 2, False)
    return writer.blocks, number, deepest


def _unwrapped(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """The lines of a preformatted paragraph that is broken at a width, as agencies send it, made one again."""
    paragraphs: list[list[_Block]] = []
    for block in blocks:
        if paragraphs and not block.apart and block.holder is paragraphs[-1][0].holder and _within(block.holder, "pre"):
            paragraphs[-1].append(block)
        else:
            paragraphs.append([block])
    for lines in paragraphs:
        widths = [len(line.text) for line in lines]
        even = len(lines) > 1 and min(widths[:-1]) >= NARROWEST_WRAPPED and max(widths) <= WIDEST_WRAPPED
        if not even or any(line.text[0].isspace() for line in lines[1:]):
            yield from lines
            continue
        text = " ".join(line.text for line in lines)
        yield replace(lines[0], text=text, key=_key(text))


def _write(writer: _Writer, text: str, holder: Any, raw: bool) -> None:
    for number, line in enumerate(text.split("\n") if raw else [text]):
        if number:
            writer.break_line(holder, True)
        if line:
            writer.write(line)


def _is_block(element: Any, tag: str) -> bool:
    style = element.get("style")
    found = _STYLED.search(style) if style else None
    if found and tag not in ("tr", "td", "th"):
        return found[1].lower() != "inline"
    return tag in _BLOCK_TAGS


def _is_data(row: Any) -> bool:
    """Whether a table's row says something by its columns, and is not there to lay out the page."""
    return next(row.iter(*_MAKES_LAYOUT), None) is None


def _stands_apart(element: Any, tag: str, start: bool) -> bool:
    """Whether the words of an element are never those beside it: a time, a label, a link that follows a link."""
    if tag in ("time", "label"):
        return True
    before = element.getprevious() if tag == "a" and start else None
    return before is not None and before.tag == "a" and not before.tail


# ------------------------------------------------------------------------------------------------- which blocks are the story


_PREFIX = 12  # letters by which a block is found; no figure
_NEAR = 12  # blocks around the last one that was found, among which a line is looked for; no figure


def _chosen(tree: Any, blocks: Sequence[_Block]) -> list[int]:
    """The blocks that trafilatura takes for the story, by their numbers in order; none where it finds nothing, or breaks."""
    try:
        found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True, deduplicate=False)
    except Exception:  # what a page made on purpose can raise in it is not to be foreseen, and its blocks are there
        return []
    if found is None or isinstance(found, dict) or not found.text:
        return []
    return sorted(_Placed(blocks).place([key for line in found.text.splitlines() if (key := _key(line))]))


class _Placed:
    """Finds the blocks that lines were made of. A line may be several blocks, or a part of one."""

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self._keys = [block.key for block in blocks]
        self._by_prefix: dict[str, list[int]] = defaultdict(list)
        for index, key in enumerate(self._keys):
            self._by_prefix[key[:_PREFIX]].append(index)
        self._taken: set[int] = set()
        self._last = -1

    def place(self, lines: Sequence[str]) -> set[int]:
        self._last = self._before_first(lines)
        for line in lines:
            at = 0
            while at < len(line) and (index := self._find(line[at:])) is not None:
                self._taken.add(index)
                self._last = index
                at += len(self._keys[index])
        return self._taken

    def _before_first(self, lines: Sequence[str]) -> int:
        """The number of the block before the first line, reckoned from the first line that is on the page once."""
        for number, line in enumerate(lines):
            same = self._by_prefix.get(line[:_PREFIX], ())
            if len(line) > _PREFIX and len(same) == 1:
                return max(-1, same[0] - number - 1)
        return -1

    def _find(self, rest: str) -> int | None:
        """The block that `rest` begins with, or begins; the nearest after the last one, where there are several."""
        for length in range(min(_PREFIX, len(rest)), 0, -1):
            alike = self._by_prefix.get(rest[:length], [])
            middle = bisect_right(alike, self._last)
            nearest = alike[max(0, middle - _NEAR) : middle + _NEAR]
            fitting = [index for index in nearest if self._fits(index, rest, length)]
            if fitting:
                return min(fitting, key=lambda index: index - self._last if index > self._last else 4 * (self._last - index) + 4)
        if len(rest) < _PREFIX:
            return None
        near = range(max(0, self._last), min(len(self._keys), self._last + _NEAR))
        return next((index for index in near if index not in self._taken and rest in self._keys[index]), None)

    def _fits(self, index: int, rest: str, length: int) -> bool:
        key = self._keys[index]
        if index in self._taken or not key or (length < _PREFIX and len(key) > length):
            return False
        if rest.startswith(key):
            return True
        # The line begins the block, or is the block with something left out or decoded twice.
        return length == _PREFIX and (key.startswith(rest) or 0.8 <= len(key) / len(rest) <= 1.25)


_FRAME_TAGS = frozenset(("nav", "header", "footer", "aside", "form", "menu"))
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|banner|breadcrumbs?|byline|caption|comments?|consent|cookies?|credit|modal|nav\w*|newsletter|paywall|popup|"
    r"promo\w*|recirc\w*|recommend\w*|related|share|sharing|sidebar|social|sponsor\w*|subscri\w*|sign-?up|tags?|teasers?|toolbar|trending|"
    r"most-?read|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|consent|cookies?|newsletter|paywall|promo|share|sharing|social|subscri\w*|sign-?up)(?:$|[\s_-])",
    re.IGNORECASE,
)
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|subtitle|sub-?head(?:line|ing)?|sub-?title|deck?|lead|lede|strap\w*|summary|intro|chapo|kurzfassung)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ENDS_SENTENCE = re.compile(r"[.!?…؟۔:]['\"’”»)\]]{0,3}$")


def _without_frame(blocks: Sequence[_Block]) -> list[int]:
    """All blocks but those of the page's frame; all of them, where there is nothing else."""
    frame: dict[Any, bool] = {}
    kept = [index for index, block in enumerate(blocks) if not _in_frame(block.holder, frame)]
    return kept or list(range(len(blocks)))


def _in_frame(element: Any, known: dict[Any, bool]) -> bool:
    above = []
    while element is not None and element not in known:
        above.append(element)
        if element.tag in _FRAME_TAGS:
            known[element] = True
            break
        element = element.getparent()
    answer = element is not None and known[element]
    for passed in above:
        known[passed] = answer
    return answer


def _without_boxes(blocks: Sequence[_Block], kept: Sequence[int]) -> list[int]:
    """`kept` without what stands in the page's own boxes: offers, letters to subscribe to, links to share."""
    lengths: dict[str | None, int] = defaultdict(int)
    box_of: dict[int, str | None] = {}
    for index in kept:
        box_of[index] = _box_of(blocks[index].holder)
        lengths[box_of[index]] += len(blocks[index].text)
    small = LARGEST_BOX * sum(lengths.values())
    outside = [index for index in kept if box_of[index] is None or lengths[box_of[index]] > small]
    return outside if sum(len(blocks[index].text) for index in outside) >= small else list(kept)


def _box_of(element: Any) -> str | None:
    """The labels of the box that an element stands in, or is, where it is no paragraph; None for none."""
    above = islice(element.iterancestors(), HIGHEST_BOX)
    around = above if element.tag in ("p", "li", *_HEADINGS) else chain([element], above)
    return next((_labels(one) for one in around if one.tag == "amp-ad" or (one.attrib and _BOX.search(_labels(one)))), None)


def _labels(element: Any) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _headline(blocks: Sequence[_Block], stated: _Stated) -> int | None:
    """The number of the block that is the page's headline: of its <h1> that which the page states as its title, else the first that is not
    the site's name; without an <h1> the first block that is that title."""
    titles = {_key(title) for title in stated.titles}
    headings = [index for index, block in enumerate(blocks) if _within(block.holder, "h1") and _key(block.text) not in stated.site_keys]
    alike = [index for index in headings if any(_same_title(blocks[index].key, title) for title in titles)]
    if alike or headings:
        return (alike or headings)[0]
    bare = (index for index, block in enumerate(blocks) if block.linked < 0.5 and any(_begins_title(block.key, title) for title in titles))
    return next(bare, None)


def _begins_title(key: str, title: str) -> bool:
    """Whether a line is a title, or all of it but the site's name behind it."""
    return len(key) <= len(title) and _same_title(key, title)


def _stands_below(blocks: Sequence[_Block], kept: Sequence[int], headline: int) -> bool:
    """Whether more of the story is above a heading than below it: that of a box, then, or of another story."""
    above = sum(len(blocks[index].text) for index in kept if index < headline)
    return above > sum(len(blocks[index].text) for index in kept if index > headline)


def _within(element: Any, tag: str) -> bool:
    return element.tag == tag or (element.getparent() is not None and element.getparent().tag == tag)


def _same_title(one: str, other: str) -> bool:
    return bool(one and other) and (one == other or (min(len(one), len(other)) >= 16 and (one.startswith(other) or other.startswith(one))))


def _completed(blocks: Sequence[_Block], kept: Sequence[int], headline: int | None) -> list[int]:
    """`kept`, with the headline as the first, the standfirst below it, and the paragraphs and headings that stand between those kept."""
    chosen = list(kept)
    if headline is not None:
        below = [index for index in chosen if index > headline]
        if below:
            chosen = below
        title = blocks[headline].key
        chosen = [index for place, index in enumerate(chosen) if place > 3 or blocks[index].key != title]
        first = chosen[0] if chosen else headline
        stands = [index for index in range(headline + 1, first) if _is_standfirst(blocks[index])]
        chosen = [headline, *stands, *chosen]
    parents = {blocks[index].holder.getparent() for index in chosen[1:]} - {None}
    inside = set(chosen)
    filled = [
        index
        for index in range(chosen[0], chosen[-1])
        if index not in inside
        and blocks[index].holder.getparent() in parents
        and _is_story(blocks[index])
        and (index > chosen[1] or len(blocks[index].text) >= LONGEST_LABEL)  # above the story's beginning stand bylines and dates
    ]
    rest = sorted({*chosen, *filled} - {chosen[0]})
    return [chosen[0], *rest]


def _is_standfirst(block: _Block) -> bool:
    return _STANDFIRST.search(_labels(block.holder)) is not None and block.linked < 0.5


def _is_story(block: _Block) -> bool:
    """Whether a block among the story's, that trafilatura left out, is a paragraph or a heading of it."""
    tag = block.holder.tag
    if block.linked > 0.5 or _ASIDE.search(_labels(block.holder)):
        return False
    if tag in _HEADINGS:
        return True
    return tag in ("p", "blockquote", "div", "li") and (len(block.text) >= LONGEST_LABEL or _ENDS_SENTENCE.search(block.text) is not None)


def _text_of(blocks: Sequence[_Block]) -> str:
    pieces = chain.from_iterable(("\n\n" if block.apart else "\n", block.text) for block in blocks)
    return "".join(pieces).strip("\n")


# ------------------------------------------------------------------------------------------------- what the page says of itself


_ARTICLE_TYPES = frozenset(("Report", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting"))
_TITLES = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "headline",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "title",
)
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
)
_SITES = ("og:site_name", "application-name", "publisher", "dc.publisher", "dcterms.publisher", "apple-mobile-web-app-title")
_DATES = (
    *("article:published_time", "og:published_time", "article:published", "datepublished", "date", "pubdate", "pub_date", "publishdate"),
    *("publish-date", "publish_date", "published_date", "dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dcterms.date"),
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "citation_publication_date", "citation_date"),
)
_LATER = re.compile(r"updat|modif|edit|تحديث", re.IGNORECASE)
_BYLINE_SIGN = re.compile(r"^\s*(?:(?:written |reported )?by|بقلم|كتبت?|إعداد|تحرير)\s*[:：]?\s+", re.IGNORECASE)
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)[0-9]{2})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?:[/-]|$)")
_COMPACT_DATE = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:T?[0-9]{4,6}.*)?")
_ISO_START = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}.*)?)?)?", re.DOTALL)
_BETWEEN_TITLE_AND_SITE = r"\s*(?:[|•·»«:]|\s[-–—])\s+"
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
# Languages of another script than Latin by their ISO 639-1 codes, of which index.language knows those that come first.
_SCRIPTS = (
    "ar fa ur ps ku ckb sd ug",
    "ru uk bg sr mk be kk ky mn tg",
    "hi mr ne",
    "zh ja",
    *("el", "hy", "ka", "bn", "ta", "th", "am", "ko"),
    "he yi iw",
)
_SCRIPT_OF = {language: script for script in _SCRIPTS for language in script.split()}


class _Stated:
    """What a page's linked data (JSON-LD), meta tags, microdata, links and times say; read before the tree is pruned."""

    def __init__(self, tree: Any, address: str | None) -> None:
        self._meta = _meta(tree)
        self._parts = _microdata(tree)
        title_tag = tree.find(".//title")
        self._window = _clean("".join(title_tag.itertext())) if title_tag is not None else ""
        heading = tree.find(".//h1")
        self._heading = _clean("".join(heading.itertext())) if heading is not None else ""
        self.url = _address(tree, self._meta, address)
        self._article, self._named = _linked_article(tree, {_key(title) for title in (self._heading, self._window) if title}, self.url)
        self._authors = _author_elements(tree)
        self._times = _times(tree, heading)
        self._languages = [tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""]
        self.publisher = self._publisher()
        self.site_keys = {_key(name) for name in (self.publisher, *self._all(_SITES)) if name}
        self._stated_titles = [title for title in self._titles() if _key(title) not in self.site_keys]
        self._window = self._without_site(self._window)
        self.titles = [*self._stated_titles, self._window] if self._window else self._stated_titles

    @property
    def body(self) -> str:
        """The article that the linked data holds, for a page that shows none until a script has run."""
        body = self._article.get("articleBody")
        lines = html.unescape(body).splitlines() if isinstance(body, str) else []
        return "\n".join(line for line in (_clean_line(line) for line in lines) if line)

    def facts(self, text: str, headline: str | None, head: str) -> Facts:
        """`headline` is the page's own, as it stands in the text; `head` what stands between it and the story."""
        told = read_metadata(head) if head else None
        return Facts(
            title=self._title(headline),
            publisher=self.publisher,
            author=self._author() or (told.author.value if told and told.author else None),
            date=self._date() or (told.date.value if told and told.date else None),
            language=self._language(text),
            url=self.url,
        )

    def _all(self, names: Sequence[str]) -> Iterator[str]:
        return (value for name in names for value in self._meta.get(name, ()) if value)

    def _titles(self) -> Iterator[str]:
        for title in chain(_strings(self._article.get("headline")), self._parts.get("headline", ()), self._all(_TITLES)):
            if title:
                yield self._without_site(title)

    def _without_site(self, title: str) -> str:
        if not self.publisher:
            return title
        site = re.escape(self.publisher)
        bare = re.sub(rf"{_BETWEEN_TITLE_AND_SITE}{site}\s*$|^\s*{site}{_BETWEEN_TITLE_AND_SITE}", "", title, flags=re.IGNORECASE)
        return bare.strip() or title

    def _title(self, headline: str | None) -> str | None:
        stated = next(iter(self._stated_titles), None)
        if headline and stated and _same_title(_key(headline), _key(stated.rstrip("… ."))):
            return headline  # the same, perhaps cut short where it is stated
        return stated or headline or self._window or None

    def _publisher(self) -> str | None:
        names = [
            *_names(self._article.get("publisher"), self._named),
            *self._all(_SITES),
            *self._parts.get("publisher", ()),
            self._tail_of_window(),
        ]
        names = [name for name in names if name and not name.startswith(("@", "http:", "https:"))]
        return next((name for name in names if not _DOMAIN.fullmatch(name)), names[0] if names else None)

    def _tail_of_window(self) -> str:
        """The site's name in "The headline | The site", where the headline is known."""
        heads = [self._heading, *_strings(self._article.get("headline")), *self._all(("og:title",))]
        for head in heads:
            found = head and re.fullmatch(rf"{re.escape(head)}{_BETWEEN_TITLE_AND_SITE}(.{{2,60}})", self._window)
            if found:
                return found[1].strip()
        return ""

    def _author(self) -> str | None:
        site = _key(self.publisher or "")
        for names in (
            _names(self._article.get("author") or self._article.get("creator"), self._named),
            list(self._all(_AUTHORS)),
            self._parts.get("author", []),
            self._authors,
        ):
            people = [_BYLINE_SIGN.sub("", name) for name in names if "://" not in name and not name.startswith("@")]
            people = list(dict.fromkeys(name for name in people if name and _key(name) != site))
            if people:
                return ", ".join(people)[:LONGEST_FACT]
        return None

    def _date(self) -> str | None:
        stated = chain(
            _strings(self._article.get("datePublished")),
            _strings(self._article.get("dateCreated")),
            self._all(_DATES),
            self._parts.get("datepublished", ()),
            self._times,
        )
        found = next((date for value in stated if (date := _iso(value))), None)
        day = _DAY_IN_ADDRESS.search(urlsplit(self.url).path) if self.url else None
        return found or (f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else None)

    def _language(self, text: str) -> str | None:
        read = language_of(text)
        for stated in chain(_strings(self._article.get("inLanguage")), self._languages, self._all(("og:locale", "content-language"))):
            code = stated.lower().replace("_", "-").split("-")[0]
            if code and (read == "und" or _SCRIPT_OF.get(code) == _SCRIPT_OF.get(read)):
                return stated
        return None


def _clean(value: str) -> str:
    return _SPACES.sub(" ", value[: 4 * LONGEST_FACT]).replace("\xad", "").strip()[:LONGEST_FACT]


def _clean_line(line: str) -> str:
    return _SPACES.sub(" ", line).replace("\xad", "").strip(_SPACE)


def _meta(tree: Any) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("http-equiv") or ""
        content = element.get("content")
        if content and name:
            values[name.strip().lower().replace("dc:", "dc.")].append(_clean(content))
    return values


def _microdata(tree: Any) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for element in tree.iterfind(".//*[@itemprop]"):
        for name in element.get("itemprop").lower().split():
            if name in ("headline", "author", "publisher", "datepublished"):
                named = element.find(".//*[@itemprop='name']") if name in ("author", "publisher") else None
                part = element if named is None else named
                values[name].append(_clean(part.get("content") or part.get("datetime") or "".join(part.itertext())))
    return values


def _address(tree: Any, meta: dict[str, list[str]], given: str | None) -> str | None:
    """The page's own address: the first that is one of the web, and not that of the site's front page while another is deeper."""
    links = [link.get("href", "") for link in tree.iter("link") if "canonical" in link.get("rel", "").lower().split()]
    base = next((url for url in (*meta.get("og:url", ()), given or "") if _is_web(url)), "")
    addresses = [address for link in (*links, *meta.get("og:url", ()), given or "") if (address := _joined(base, link.strip()))]
    deep = [address for address in addresses if urlsplit(address).path.strip("/") or urlsplit(address).query]
    return next(iter(deep or addresses), None)


def _joined(base: str, link: str) -> str:
    try:
        address = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return address if _is_web(address) else ""


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and len(address) <= 2_000
            and address.isprintable()
            and " " not in address
        )
    except ValueError:
        return False


def _linked_article(tree: Any, titles: set[str], url: str | None) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The article that the page's linked data is about, and all that it gives a name (`@id`) to."""
    articles: list[dict[str, Any]] = []
    named: dict[str, dict[str, Any]] = {}
    for script in tree.iter("script"):
        if not script.get("type", "").strip().lower().startswith("application/ld+json") or not script.text:
            continue
        try:
            pending = [json.loads(script.text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending:
            node = pending.pop(0)
            if isinstance(node, list):
                pending = [*node[:1_000], *pending]
            elif isinstance(node, dict):
                if isinstance(node.get("@id"), str):
                    named.setdefault(node["@id"], node)
                if _is_article(node.get("@type")):
                    articles.append(node)
                pending += [node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if isinstance(node.get(name), dict | list)]
    same = [article for article in articles if _is_about(article, titles, url)]
    return next(iter(same or articles), {}), named


def _is_article(types: Any) -> bool:
    names = (
        name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)
    )
    return any(name.endswith("Article") or name in _ARTICLE_TYPES for name in names)


def _is_about(article: dict[str, Any], titles: set[str], url: str | None) -> bool:
    headline = next(iter(_strings(article.get("headline"))), "")
    page = article.get("mainEntityOfPage")
    addresses = [article.get("url"), article.get("@id"), page.get("@id") if isinstance(page, dict) else page]
    return any(_same_title(_key(headline), title) for title in titles) or (url is not None and url in addresses)


def _strings(value: Any) -> list[str]:
    """The strings of a value of linked data: itself, those of a list, `@value` of one with a language. Its entities are decoded."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        text = one.get("@value") or one.get("alternateName") or one.get("name") if isinstance(one, dict) else one
        if isinstance(text, str) and (clean := _clean(html.unescape(text))):
            found.append(clean)
    return found


def _names(value: Any, named: dict[str, dict[str, Any]]) -> list[str]:
    """The names of people or organisations: given as such, in objects, in lists of either, or by reference."""
    names = []
    for one in (value if isinstance(value, list) else [value])[:20]:
        node = named.get(one["@id"], one) if isinstance(one, dict) and isinstance(one.get("@id"), str) and not one.get("name") else one
        names += _strings(node.get("name") if isinstance(node, dict) else node)
    return names


def _author_elements(tree: Any) -> list[str]:
    """The names that stand in elements marked as the author's."""
    marked = tree.xpath(
        ".//*[@rel='author' or contains(concat(' ', normalize-space(@class), ' '), ' author ')"
        " or contains(@class, 'byline-name') or contains(@class, 'author-name') or contains(@class, 'author__name')]"
    )
    names = (_clean("".join(element.itertext())) for element in marked[:20])
    return [name for name in names if 0 < len(name) <= 60][:1]


def _times(tree: Any, heading: Any) -> list[str]:
    """The times beside and after the headline that are neither of an update nor of another story, the likeliest first."""
    if heading is None:
        return []
    times = []
    for element in heading.xpath("preceding-sibling::*//time | preceding-sibling::time | following::time")[:10]:
        around = [element, *list(element.iterancestors())[:2]]
        if any(_LATER.search(_labels(one)) for one in around) or _LATER.search("".join(around[1].itertext())[:60]):
            continue
        if not any(one.tag in ("nav", "aside", "footer") or _ASIDE_OF_TIME.search(_labels(one)) for one in element.iterancestors()):
            times.append(element.get("datetime") or "".join(element.itertext()))
    return times


_ASIDE_OF_TIME = re.compile(r"related|comment|sidebar|most-?read|recommend|trending|teaser", re.IGNORECASE)


def _iso(value: str) -> str | None:
    """The date in ISO's form; None where it is in none that is known, or could be read two ways."""
    value = value.strip()[:100]
    if _ISO_START.fullmatch(value):
        return value
    compact = _COMPACT_DATE.fullmatch(value)
    if compact:
        return "-".join(compact.groups())
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except ValueError:
        pass
    told = read_metadata(f"Published: {value}").date
    return told.value if told else None
