"""RTF: its text, and what the file says of itself, after Microsoft's Rich Text Format Specification 1.9.1.

striprtf 0.0.35, the library for it, was tried and left: of a document with a picture and the word `\\binfsxn`, which Word writes, it gives
the picture's digits as text; it adds the address of a link to the words, and takes the square of their number to find them; it drops notes
and text boxes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from index.errors import InputError
from index.readers.source import Document, Facts, SourceFile, stated_author

MAX_BYTES = 100 * 1024 * 1024  # of which pictures, in digits, may be most; no measurement behind it

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_PARAGRAPH = "\x1e"  # no character of text
_WORDS = {
    **dict.fromkeys(("par", "sect", "page", "row", "nestrow"), _PARAGRAPH),
    **dict.fromkeys(("tab", "cell", "nestcell"), "\t"),
    **dict.fromkeys(("emspace", "enspace", "qmspace"), " "),
    **{"line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "zwj": "\u200d", "zwnj": "\u200c"},
    **{"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
}
_SYMBOLS = {"~": "\u00a0", "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "\n": _PARAGRAPH, "\r": _PARAGRAPH, "\t": "\t"}


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Groups that are no text of the document. One that begins with \* is not either, unless it is of the second kind.
_UNSEEN = _words(
    "colortbl stylesheet listtable listoverridetable revtbl rsidtbl filetbl pict object objdata header headerl headerr headerf "
    "footer footerl footerr footerf ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn fldinst sp pntext pntxta pntxtb xe tc rxe txe "
    "bkmkstart bkmkend annotation atnid atnauthor atndate atnref atrfstart atrfend subject manager company operator category "
    "keywords comment doccomm revtim printim buptim nonesttables listtext template generator private nextfile"
)
_SEEN_THOUGH_STARRED = frozenset({"shpinst", "footnote", "shptxt"})
# Text apart from where it stands: it comes at the end, as of a Word document.
_NOTES = frozenset({"footnote", "shptxt"})
_FACTS = frozenset({"title", "author"})
_CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}
# \fcharset to Python's encodings (the specification's table), as far as Python has them.
_CHARACTER_SETS = {
    **{0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254"},
    **{163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"},
}


@dataclass(frozen=True, slots=True)
class _RtfGroup:
    """What holds until the group ends. `into` is where its text goes: the document, a note, a fact; None where it is not read."""

    into: str | None = "text"
    font: int | None = None
    font_from_right: int | None = None
    from_right: bool = False
    hidden: bool = False
    deleted: bool = False
    fallback: int = 1  # how many characters behind a \u stand in for it, for old programs


@dataclass(slots=True)
class _RtfState:
    code_page: str = "cp1252"
    default_font: int | None = None
    encodings: dict[int, str] = field(default_factory=dict)  # of fonts
    texts: dict[str, list[str]] = field(default_factory=lambda: {"text": []})
    notes: list[str] = field(default_factory=list)
    created: dict[str, int] = field(default_factory=dict)
    undecoded: bytearray = field(default_factory=bytearray)

    def encoding(self, group: _RtfGroup) -> str:
        font = group.font_from_right if group.from_right else group.font
        return self.encodings.get(self.default_font if font is None else font, self.code_page)  # type: ignore[arg-type]

    def add(self, group: _RtfGroup, text: str) -> None:
        if group.into is not None and not (group.hidden or group.deleted):
            self.texts.setdefault(group.into, []).append(text)

    def add_bytes(self, group: _RtfGroup, some: bytes) -> None:
        if group.into is not None:
            self.undecoded += some

    def flush(self, group: _RtfGroup) -> None:
        """Decodes what came since: a character may be of several bytes."""
        if self.undecoded:
            self.add(group, self.undecoded.decode(self.encoding(group), "replace"))
            self.undecoded.clear()


def read(source: SourceFile) -> Iterator[Document]:
    """Raises InputError where the file is no RTF or has no text. A truncated file is read up to its end."""
    data = source.bytes(MAX_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not data.startswith(b"{\\rtf"):
        raise InputError("not RTF")
    reading = _read(data.decode("latin-1"))
    text = "\n\n".join(_paragraphs("".join([*reading.texts["text"], _PARAGRAPH, *reading.notes])))
    if not text:
        raise InputError("no text in it")
    yield Document(source.name, text, _facts(reading))


def _paragraphs(text: str) -> Iterator[str]:
    """Half characters are put together; those that no text has are left out."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    for paragraph in whole.split(_PARAGRAPH):
        clean = re.sub("[\x00-\x08\x0b-\x1f]", "", paragraph).strip(" \t\n")
        if clean:
            yield clean


def _facts(reading: _RtfState) -> Facts:
    title, author = (" ".join(" ".join(_paragraphs("".join(reading.texts.get(name, ())))).split()) or None for name in ("title", "author"))
    date = "{yr:04}-{mo:02}-{dy:02}".format(**reading.created) if {"yr", "mo", "dy"} <= reading.created.keys() else None
    return Facts(title=title, author=author and stated_author(author), date=date)


def _read(data: str) -> _RtfState:
    """`data` is the file's bytes, each as the character of its number."""
    reading, group, outside = _RtfState(), _RtfGroup(), list[_RtfGroup]()
    at = skip = font = 0
    starred = False
    while token := _TOKEN.match(data, at):
        at = token.end()
        kind = token.lastgroup
        if kind == "number":
            kind = "word"
        if kind == "text":
            some = token["text"][skip:]
            skip = max(0, skip - len(token["text"]))
            reading.add_bytes(group, some.encode("latin-1"))
            continue
        if kind == "byte":
            if skip:
                skip -= 1
            else:
                reading.add_bytes(group, bytes.fromhex(token["byte"]))
            continue
        if kind is None:  # an end of line, which is not part of the text
            continue
        reading.flush(group)
        if kind == "brace":
            skip, starred = 0, False
            if token["brace"] == "{":
                outside.append(group)
                continue
            if outside:
                group = _closed(reading, group, outside.pop())
            if not outside:
                break  # what follows the document is not part of it
        elif skip:
            skip -= 1
        elif kind == "symbol":
            if token["symbol"] == "*":
                starred = True
            else:
                reading.add(group, _SYMBOLS.get(token["symbol"], ""))
        else:
            word, number = token["word"], int(token["number"]) if token["number"] else None
            if word == "bin":
                at += max(0, number or 0)
            elif word == "u" and number is not None:
                reading.add(group, chr(number % 0x10000))
                skip = group.fallback
            elif group.into == "fonttbl":
                font = _set_font(reading, font, word, number)
            else:
                group = _changed(reading, group, word, number, starred)
            starred = False
    reading.flush(group)
    while outside:  # the file is cut off
        group = _closed(reading, group, outside.pop())
    return reading


def _closed(reading: _RtfState, group: _RtfGroup, outside: _RtfGroup) -> _RtfGroup:
    if group.into in _NOTES and outside.into != group.into:
        reading.notes += [*reading.texts.pop(group.into, ()), _PARAGRAPH]
    return outside


def _set_font(reading: _RtfState, font: int, word: str, number: int | None) -> int:
    """An entry of the list of fonts; the number of the one that it is about."""
    if word == "f" and number is not None:
        return number
    if word == "fcharset" and number in _CHARACTER_SETS:
        reading.encodings[font] = _CHARACTER_SETS[number]
    elif word == "cpg" and number:
        reading.encodings[font] = _code_page(number)
    return font


def _code_page(number: int) -> str:
    name = {10000: "mac_roman", 65001: "utf-8"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _changed(reading: _RtfState, group: _RtfGroup, word: str, number: int | None, starred: bool) -> _RtfGroup:
    """The group as it is behind a control word, and what that adds to the text."""
    if word in _UNSEEN or (starred and word not in _SEEN_THOUGH_STARRED):
        return _with(group, into=None)
    if group.into is None:
        return group
    if word in _WORDS:
        reading.add(group, _WORDS[word])
    elif word in _NOTES or word == "fonttbl":
        return _with(group, into=word)
    elif word == "info":
        return _with(group, into="info")
    elif group.into == "info" and (word in _FACTS or word == "creatim"):
        return _with(group, into=word)
    elif group.into == "creatim" and number is not None:
        reading.created[word] = number
    elif word == "ansicpg" and number is not None:
        reading.code_page = _code_page(number)
    elif word in _CODE_PAGES:
        reading.code_page = _CODE_PAGES[word]
    elif word == "deff":
        reading.default_font = number
    elif word == "f":
        return _with(group, font=number)
    elif word == "af":
        return _with(group, font_from_right=number)
    elif word in ("rtlch", "ltrch"):
        return _with(group, from_right=word == "rtlch")
    elif word == "uc" and number is not None:
        return _with(group, fallback=max(0, number))
    elif word == "v":
        return _with(group, hidden=number != 0)
    elif word == "deleted":
        return _with(group, deleted=number != 0)
    elif word == "plain":
        return _with(group, font=None, font_from_right=None, hidden=False, deleted=False)
    return group


def _with(group: _RtfGroup, **changed: object) -> _RtfGroup:
    if all(getattr(group, name) == value for name, value in changed.items()):
        return group
    return replace(group, **changed)  # type: ignore[arg-type]
