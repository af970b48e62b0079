"""The lines of a page as a browser shows them, each with the element that it stands in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from lxml import etree

# Every line but the last of a paragraph that was broken at a width is as long as this, code points; a verse is shorter. No figure.
NARROWEST_WRAPPED = 45
WIDEST_WRAPPED = 100


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NOT_TEXT = _words(
    "script style template noscript noframes noembed iframe object embed applet svg math canvas audio video map select datalist option"
    " textarea button input title meta link base progress meter dialog frameset"
)
_PICTURES = _words("img picture svg iframe object embed video canvas button input select textarea")  # they separate the text around them
_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_GONE = "on-record-gone"


def prune(tree: Any) -> None:
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
SPACE = " \t\n\r\f"  # what HTML calls white space; a no-break space is a letter like any other
SPACES = re.compile(f"[{SPACE}]+")
_STYLED = re.compile(r"(?:^|[;\s])display\s*:\s*(block|flex|grid|table|list-item|inline)\b(?!-)", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A line of the page. `holder` is the element that it stands in; `key` its letters and digits; `linked` how many of them are links;
    `apart` says that a blank line stands before it."""

    text: str
    key: str
    holder: Any
    linked: float
    apart: bool


class _BlockWriter:
    """The page's text in the making, a line after another."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
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
        """Ends a word: the text before and the text after are two words, even without a space."""
        self._parted = True

    def end_cell(self) -> None:
        cell = SPACES.sub(" ", "".join(self._parts)).strip(SPACE)
        self._parts = []
        if cell:
            self._cells.append(cell)

    def end(self, holder: Any, breaks: int, raw: bool) -> None:
        """The line's end; `breaks` is 2 where a blank line follows it."""
        whole = "".join(self._parts)
        text = whole.strip("\n\r").rstrip(SPACE) if raw else SPACES.sub(" ", whole).strip(SPACE)
        if self._cells:
            text = "\t".join([*self._cells, text] if text else self._cells)
        text = text.replace("\xad", "")
        if text.strip():
            share = self._linked / max(1, len(whole))
            self.blocks.append(Block(text, letters_of(text), holder, share, self._breaks > 1))
            self._breaks = breaks
        else:
            self._breaks = max(self._breaks, breaks)
        self._parts, self._cells, self._linked = [], [], 0

    def break_line(self, holder: Any, raw: bool) -> None:
        """A line break; the second in succession makes a blank line."""
        blank = not "".join(self._parts).strip(SPACE) and not self._cells
        self.end(holder, 2 if blank and self.blocks else 1, raw)


def letters_of(text: str) -> str:
    """The letters and digits of a text, by which two wordings of it are compared."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFC", text))


def blocks_of(tree: Any) -> tuple[list[Block], int, int]:
    """The lines of the page in their order, how many tags it has, and how deep they stand in one another."""
    writer = _BlockWriter()
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


def unwrapped(blocks: Sequence[Block]) -> Iterator[Block]:
    """The lines of a preformatted paragraph that is broken at a width, as agencies send it, made one again."""
    paragraphs: list[list[Block]] = []
    for block in blocks:
        if paragraphs and not block.apart and block.holder is paragraphs[-1][0].holder and within(block.holder, "pre"):
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
        yield replace(lines[0], text=text, key=letters_of(text))


def _write(writer: _BlockWriter, text: str, holder: Any, raw: bool) -> None:
    for number, line in enumerate(text.split("\n") if raw else [text]):
        if number:
            writer.break_line(holder, True)
        if line:
            writer.write(line)


def _is_block(element: Any, tag: str) -> bool:
    style = element.get("style")
    display = _STYLED.search(style) if style else None
    if display and tag not in ("tr", "td", "th"):
        return display[1].lower() != "inline"
    return tag in _BLOCK_TAGS


def _is_data(row: Any) -> bool:
    """Whether a table's row says something by its columns, and is not there to lay out the page."""
    return next(row.iter(*_MAKES_LAYOUT), None) is None


def _stands_apart(element: Any, tag: str, start: bool) -> bool:
    """Whether the words of an element never belong to the text next to it: a time, a label, a link that follows a link."""
    if tag in ("time", "label"):
        return True
    before = element.getprevious() if tag == "a" and start else None
    return before is not None and before.tag == "a" and not before.tail


def within(element: Any, tag: str) -> bool:
    """Whether an element has that tag, or its parent has."""
    return element.tag == tag or (element.getparent() is not None and element.getparent().tag == tag)


def labels(element: Any) -> str:
    """The class and id that the page gives an element."""
    return f"{element.get('class', '')} {element.get('id', '')}"


def text_of(blocks: Sequence[Block]) -> str:
    """The blocks as text, each on a line, with a blank line before those that stand apart."""
    pieces = chain.from_iterable(("\n\n" if block.apart else "\n", block.text) for block in blocks)
    return "".join(pieces).strip("\n")
