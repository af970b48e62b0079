"""A draft's file to its text, and its quotations to checks of them.

What is checked is what a reader of the draft sees: of HTML the visible text, of a Word document the text with its tracked changes accepted,
of Markdown the words without the marks. Offsets point into the text that `read_draft` gives, with Markdown's marks in it.
"""

from __future__ import annotations

import re
import stat
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import InputError
from index.languages.base import every
from index.readers.source import MAX_BYTES
from index.store.store import Store
from index.store.word_index import words_of
from index.story.quotations import quotations_of
from index.text.decode import decode_text
from index.text.language import language_of
from index.text.spans import Span, complement, merge
from qa.quotes.check import QuoteCheck, check_all

if TYPE_CHECKING:
    from lxml.etree import _Element

SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx")

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
# A browser looks for the charset in so many bytes (HTML standard, 13.2.3.2).
_CHARSET_BYTES = 1024


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_UNSEEN = _words("head title script style template noscript svg canvas audio video object iframe select textarea datalist del rp rt")
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Line breaks before and after, as innerText has them, with an empty line around all that browsers set apart by a margin.
_BREAKS = {
    **dict.fromkeys(
        _words("p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure hr section article aside header footer main nav form"), 2
    ),
    **dict.fromkeys(_words("html body div li dt dd tr caption figcaption address details summary fieldset legend center"), 1),
}
_HTML_SPACE = re.compile("[ \t\n\r\f]+")

_BLOCKQUOTE = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)++", re.MULTILINE)
_NEW_BLOCK = re.compile(r"[-*+]\s|\d{1,9}[.)]\s|#{1,6}\s")
_IMAGE_OR_LINK = re.compile(r"(?P<image>!)?\[(?P<words>[^\[\]]*+)\]\((?:[^()\s]|\([^()\s]*+\))*+(?:\s++(?:\"[^\"]*+\"|'[^']*+'))?\s*+\)")
_EMPHASIS = re.compile(r"(?P<apart>\n[ \t>]*+\n)|(?<!\\)(?P<mark>\*++|_++|~~)")
_LONGEST_EMPHASIS = 3

_PRONOUNS = every("draft.pronouns")


@dataclass(frozen=True, slots=True)
class Claim:
    """A quotation of a draft: its place in the draft's text, its words without Markdown's marks, and who is said to have said them."""

    span: Span
    quote: str
    claimed_speaker: str | None


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """A quotation of a draft and what became of its check. The first three as in Claim."""

    span: Span
    quote: str
    claimed_speaker: str | None
    check: QuoteCheck


def check_draft(store: Store, text: str, progress: Callable[[int, int], None] | None = None) -> Iterator[DraftQuote]:
    """The draft's quotations, each checked as it is asked for. `progress` gets the number of those checked, and of all."""
    claims = claims_of(text)
    checks = check_all(store, ((claim.quote, claim.claimed_speaker) for claim in claims))
    for number, (claim, check) in enumerate(zip(claims, checks, strict=True), start=1):
        if progress is not None:
            progress(number, len(claims))
        yield DraftQuote(claim.span, claim.quote, claim.claimed_speaker, check)


def claims_of(text: str) -> tuple[Claim, ...]:
    """The direct quotations of a draft's text, in order; the parts of an interrupted one each by itself. Never fails.

    Marks of Markdown (emphasis, `>` before a line, the target of a link) are looked through, in text of every kind: they are no words.
    """
    seen = complement(_markup(text), len(text))
    plain = "".join(span.of(text) for span in seen)
    starts = list(accumulate(map(len, seen), initial=0))[:-1]

    def origin(at: int) -> int:
        run = bisect_right(starts, at) - 1
        return seen[run].start + at - starts[run]

    return tuple(
        Claim(
            Span(origin(quotation.span.start), origin(quotation.span.end - 1) + 1),
            quotation.span.of(plain),
            _claimed(plain, quotation.speaker, quotation.speaker_name),
        )
        for quotation in quotations_of(plain, language=language_of(plain))
        if quotation.speech == "direct" and has_words(quotation.span.of(plain))
    )


def has_words(quote: str) -> bool:
    """Whether there is anything in a quote that could be checked."""
    return bool(words_of(quote))


def _claimed(text: str, speaker: Span | None, name: str | None) -> str | None:
    if name is not None or speaker is None:
        return name
    words = speaker.of(text)
    return None if words.lower() in _PRONOUNS else words


def _markup(text: str) -> tuple[Span, ...]:
    """Where Markdown's marks stand: those that say how words look, or where a link leads."""
    spans = list(_blockquote_marks(text))
    for match in _IMAGE_OR_LINK.finditer(text):
        if match["image"]:
            spans.append(Span(*match.span()))
        else:
            spans += [Span(match.start(), match.start("words")), Span(match.end("words"), match.end())]
    # A mark opens before a word and closes behind one, both at the word's edge: "f**k" has none.
    opened: dict[str, Span] = {}
    for match in _EMPHASIS.finditer(text):
        if match["apart"]:
            opened.clear()
            continue
        mark, span = match["mark"], Span(*match.span("mark"))
        if len(mark) > _LONGEST_EMPHASIS:
            continue
        before, after = text[span.start - 1 : span.start] or " ", text[span.end : span.end + 1] or " "
        if mark in opened and not before.isspace() and not after.isalnum():
            spans += [opened.pop(mark), span]
        elif not after.isspace() and not before.isalnum():
            opened[mark] = span
    return merge(spans)


def _blockquote_marks(text: str) -> Iterator[Span]:
    """The `>` before each quoted line. Where a paragraph goes on in the next line the line's end is a mark too, and a space stays."""
    goes_on_at: int | None = None
    for match in _BLOCKQUOTE.finditer(text):
        start, end = match.span()
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        words_end = line_end - text.startswith("\r", line_end - 1)
        has_words = end < words_end and not text[end].isspace()
        if start == goes_on_at and has_words and text[end - 1] == " " and not _NEW_BLOCK.match(text, end):
            yield Span(start - 2 if text.startswith("\r", start - 2) else start - 1, end - 1)
        else:
            yield Span(start, end)
        # two spaces at a line's end are a line break
        goes_on_at = line_end + 1 if has_words and not text[words_end - 1].isspace() else None


def read_draft(path: Path) -> str:
    """The text of a draft, by its file's ending. Raises InputError, saying why, where there is none."""
    suffix = path.suffix.lower()
    if suffix == ".doc":
        raise InputError(f"{path} is an old Word document. Save it as .docx.")
    if suffix not in SUFFIXES:
        raise InputError(f"{path} is no draft that can be read. Name a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file.")
    data = _read(path)
    try:
        text = _word_text(data) if suffix == ".docx" else _html_text(data) if suffix in (".html", ".htm") else decode_text(data)
    except InputError as error:
        raise InputError(f"{path} cannot be read as a draft ({error}).") from error
    if not text.strip("\ufeff \t\r\n"):
        raise InputError(f"{path} holds no text.")
    return text


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise InputError(f"{path} is not a file. Name the draft itself.")
        if status.st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES:,} bytes. Split it.")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(f"{path} cannot be read ({why}). Check its name and its permissions.") from error


# HTML.


def _html_text(data: bytes) -> str:
    from lxml import etree  # noqa: PLC0415  # needed by few commands only

    data, encoding = _decoded_html(data)
    if not data.strip():
        return ""
    try:
        parser = etree.HTMLParser(encoding=encoding, huge_tree=True)
        root = etree.fromstring(data, parser)
    except etree.LxmlError as error:
        raise InputError(f"not HTML: {error}") from error
    fatal = parser.error_log.filter_from_fatals()
    if fatal:  # it stopped there; what is behind would pass unchecked
        raise InputError(f"not HTML: {fatal[0].message}")
    return "" if root is None else _visible_text(root)


def _decoded_html(data: bytes) -> tuple[bytes, str]:
    """The bytes and the encoding that they are in: UTF-8 wherever that fits, else what the page says of itself, else what it looks like."""
    from lxml import etree  # noqa: PLC0415

    declared = _CHARSET.search(data[:_CHARSET_BYTES])
    try:
        text = decode_text(data) if data.startswith((b"\xff\xfe", b"\xfe\xff")) or declared is None else data.decode("utf-8")
    except UnicodeDecodeError:
        assert declared is not None
        name = declared[1].decode("ascii", "replace")
        try:
            etree.HTMLParser(encoding=name)
        except LookupError:
            text = decode_text(data)
        else:
            return data.replace(b"\0", b" "), name
    return text.removeprefix("\ufeff").replace("\0", "\ufffd").encode("utf-8", "replace"), "utf-8"


class _Lines:
    """Text put together as a browser would lay it out: white space folded, breaks between blocks, none at either end."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._breaks = 0
        self._gap = ""

    def add(self, text: str, as_it_is: bool) -> None:
        if not as_it_is:
            text = _HTML_SPACE.sub(" ", text)
            if text.startswith(" "):
                self._gap = self._gap or " "
            ends_in_space, text = text.endswith(" "), text.strip(" ")
        if not text:
            return
        if self.parts:
            self.parts.append("\n" * self._breaks or self._gap)
        self.parts.append(text)
        self._breaks, self._gap = 0, " " if not as_it_is and ends_in_space else ""

    def end_line(self, breaks: int) -> None:
        self._breaks, self._gap = max(self._breaks, breaks), ""

    def one_more_line(self) -> None:
        self._breaks, self._gap = min(2, self._breaks + 1), ""

    def end_cell(self) -> None:
        self._gap = "\t"


def _visible_text(root: _Element) -> str:
    from lxml import etree  # noqa: PLC0415

    lines = _Lines()
    preformatted = quotes = 0
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if _is_unseen(element):
                walk.skip_subtree()
                continue
            if tag in _BREAKS:
                lines.end_line(_BREAKS[tag])
            elif tag == "br":
                lines.one_more_line()
            elif tag == "q":  # browsers draw its marks
                lines.add("‘" if quotes % 2 else "“", False)
                quotes += 1
            preformatted += tag == "pre"
            lines.add(element.text or "", preformatted > 0)
            continue
        if event == "end" and not _is_unseen(element):
            preformatted -= tag == "pre"
            if tag == "q":
                quotes -= 1
                lines.add("’" if quotes % 2 else "”", False)
            elif tag in ("td", "th"):
                lines.end_cell()
            elif tag in _BREAKS:
                lines.end_line(_BREAKS[tag])
        if element is not root:
            lines.add(element.tail or "", preformatted > 0)
    return "".join(lines.parts)


def _is_unseen(element: _Element) -> bool:
    return element.tag in _UNSEEN or "hidden" in element.attrib or _UNSEEN_STYLE.search(element.get("style", "")) is not None


# Word.


def _word_text(data: bytes) -> str:
    from index.readers.docx import word_text  # noqa: PLC0415  # needed by few commands only

    return word_text(data)
