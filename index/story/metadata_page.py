"""The lines of a text's head and tail, from which metadata is extracted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from index.languages.base import every
from index.story.clutter_lines import LineKind, kind_of
from index.story.metadata_patterns import SENTENCE_END, is_byline
from index.text.spans import Span, trim

# None is tuned. The five real pages need 700 and 500 code points.
HEAD = 6_000
TAIL = 4_000
HEAD_LINES = 25
PROSE_BEFORE_BYLINE = 2  # a standfirst and a summary may precede the byline


@dataclass(frozen=True, slots=True)
class MetadataField:
    """A value with its span.

    `value` is `span.of(text)`; of a date it is ISO 8601 with the parts that are given ("2017-09-12", "2015-03", "2015").
    """

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or an item of one: whether it is story, and whether a blank line precedes it."""

    span: Span
    text: str
    story: bool
    after_gap: bool

    @property
    def is_prose(self) -> bool:
        """Whether the line is certainly a paragraph."""
        length = len(self.text)
        return length > 180 or (length >= 60 and SENTENCE_END.search(self.text, length - 4) is not None)

    def field(self, match: re.Match[str], group: str = "name") -> MetadataField:
        """The trimmed text of a group of a match in the line."""
        span = trim(self.text, Span(*match.span(group)))
        return MetadataField(span.of(self.text), Span(self.span.start + span.start, self.span.start + span.end))


_MENU_WORDS = every("metadata.menu_words")
_MENU = every("metadata.menu")
_end = attrgetter("end")
_LINE = re.compile(r"\S[^\n\r\v\f\x85\u2028\u2029]*")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<body>(?:[^\n]{0,500}\n){1,60}?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
_BAR = re.compile(r"\s*[|•·]\s*")
_BAR_SIGN = re.compile("[|•·]")
_EMPHASIS = "*_ "
_FIELD = re.compile(r"^(?P<key>[A-Za-z_-]{2,20})[ \t]*:[ \t]*(?P<quote>['\"]?)(?P<name>[^\n]{1,300}?)(?P=quote)[ \t\r]*$", re.MULTILINE)


class Page:
    """The lines of a text's head and tail, and the fields of its front matter."""

    def __init__(self, text: str, story: Sequence[Span]) -> None:
        self.text = text
        if len(text) <= HEAD + TAIL:
            self.head = self.tail = list(_lines(text, 0, len(text), story))
        else:
            self.head = list(_lines(text, 0, HEAD, story))
            line_start = text.find("\n", len(text) - TAIL) + 1
            self.tail = list(_lines(text, line_start, len(text), story)) if line_start else []
        self.body_start = next((line.span.start for line in self.head if line.story and line.is_prose), None)
        self.fields = _front_matter(text)
        self.opening = self._opening()
        self.masthead, self.below_masthead = self._masthead()
        # The story's lines of the opening, split at bars and dots ("By Orla Venn | 4 March 2019").
        self.items = [item for line in self.opening if line.story for item in items_of(line)]

    def _opening(self) -> list[Line]:
        """The lines above the body: headline, standfirst, byline and the like."""
        lines: list[Line] = []
        prose = 0
        for line in self.head[:HEAD_LINES]:
            prose += line.is_prose and line.story
            if prose > PROSE_BEFORE_BYLINE:
                break
            lines.append(line)
        return lines

    def _masthead(self) -> tuple[Line | None, int]:
        """The publisher's name above its menu, in the first block of the page, and the number of lines of the opening up to the menu's end.

        A line that may be the headline must follow: a page may also begin with its headline and a menu.
        """
        first = next((index for index, line in enumerate(self.opening) if line.story), None)
        if first is None:
            return None, 0
        menus = []
        for index, line in enumerate(self.opening):
            if index > first and line.after_gap:
                break
            if index > first and _is_menu(line):
                menus.append(index)
        name = self.opening[first]
        if not menus or len(name.text.split()) > 6 or SENTENCE_END.search(name.text):
            return None, 0
        below = menus[-1] + 1
        if not any(
            line.story and not line.is_prose and len(line.text.split()) >= 4 and not is_byline(line.text) for line in self.opening[below:]
        ):
            return None, 0
        return name, below


def _is_menu(line: Line) -> bool:
    if line.story:
        return line.text.casefold() in _MENU  # a single button, which cleaning keeps if it is alone on its line
    return kind_of(line.text) == LineKind.CHROME or line.text.casefold() in _MENU_WORDS


def items_of(line: Line) -> Iterator[Line]:
    """The parts of a line between bars, without Markdown's emphasis; the line itself if it has neither."""
    bare = line.text[:1] not in _EMPHASIS and line.text[-1:] not in _EMPHASIS
    if bare and (len(line.text) > 200 or not _BAR_SIGN.search(line.text)):
        yield line
        return
    parts = list(_BAR.finditer(line.text)) if len(line.text) <= 200 else []
    starts = [0, *(bar.end() for bar in parts)]
    ends = [*(bar.start() for bar in parts), len(line.text)]
    for start, end in zip(starts, ends, strict=True):
        words = line.text[start:end].strip(_EMPHASIS)
        if words:
            word_start = line.span.start + line.text.index(words, start)
            yield Line(Span(word_start, word_start + len(words)), words, line.story, line.after_gap)


def _lines(text: str, start: int, end: int, story: Sequence[Span]) -> Iterator[Line]:
    part = text[start:end]
    next_span = bisect_right(story, start, key=_end)
    previous_end = 0
    for match in _LINE.finditer(part):
        words = match.group().rstrip()
        first = match.start()
        while next_span < len(story) and story[next_span].end <= start + first:
            next_span += 1
        gap = first - previous_end > 1 and len((part[previous_end:first][:200] + "|").splitlines()) > 2
        if words.startswith("\ufeff"):
            first, words = first + 1, words[1:]
        span = Span(start + first, start + first + len(words))
        yield Line(span, words, next_span < len(story) and story[next_span].start <= span.start, gap)
        previous_end = match.end()


def _front_matter(text: str) -> dict[str, MetadataField]:
    match = _FRONT_MATTER.match(text, 0, min(len(text), HEAD))
    if not match:
        return {}
    return {
        field["key"].lower(): MetadataField(field["name"], Span(*field.span("name")))
        for field in _FIELD.finditer(text, *match.span("body"))
    }


def field_of(page: Page, *keys: str) -> MetadataField | None:
    """The field of the front matter under the first of these keys that it has."""
    return next((page.fields[key] for key in keys if key in page.fields), None)
