"""Finds the spans of an article's text that are story. Cleaning marks lines as clutter; the text is not changed.

Clutter comes in whole lines. A line is marked by its form and its context, never for containing a word:

- a line that equals a known phrase ("Advertisement", "اقرأ أيضا") or fully matches a pattern ("Copyright 2021 NPR. …");
- a photo caption, by the credit at its end or on an adjacent line;
- a list of other stories, by its heading; a menu, by the menu lines around it.

A sentence that reports speech is never marked by a pattern, nor is a long line. In doubt a line is kept: a false positive loses a sentence
for good, a false negative only makes a passage worse.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from itertools import chain, pairwise

from index.languages.base import every
from index.languages.clutter_rules import clutter_rules
from index.story.clutter_lines import LONGEST_CLUTTER, LineKind, ends_sentence, kind_of
from index.text.spans import Span

# Neither is tuned to a figure.
LONGEST_LIST = 20  # lines under a "related" heading; more are no list of links
LONGEST_FRONT_MATTER = 4_000

_LINE = re.compile(r"\S[^\n\r\v\f\x85\u2028\u2029]*")
_CAPTION_CUE = re.compile("|".join(chain.from_iterable(rules.caption_cues for rules in clutter_rules())))
_WITNESS = re.compile(rf"^\(?\W?(?:{'|'.join(sorted(every('clutter.witnesses')))})\b", re.IGNORECASE)


def story_spans(text: str) -> tuple[Span, ...]:
    """The spans of `text` that are story, in code points: sorted, disjoint, trimmed, not empty.

    Consecutive story lines share a span. Text without line ends is a single line, and story unless it is short clutter.

    >>> page = "Advertisement\\n\\nMayor opens bridge\\nShare\\nThe bridge opened on Monday."
    >>> [span.of(page) for span in story_spans(page)]
    ['Mayor opens bridge', 'The bridge opened on Monday.']
    """
    page = _Page(text)
    page.mark()
    return page.story()


class _Page:
    """The lines of a text: their offsets, their kinds, and whether each is marked as clutter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("q")
        self.ends = array("q")
        self.kinds = bytearray()
        self.after_gap = bytearray()  # 1 if a blank line precedes the line
        self.notable: list[int] = []  # the lines that are neither STORY nor PROSE
        self._read()
        self.marked = bytearray(len(self.kinds))
        self.first_prose = self.kinds.find(LineKind.PROSE)
        self.last_prose = self.kinds.rfind(LineKind.PROSE)

    def _read(self) -> None:
        previous_end = 0
        for match in _LINE.finditer(self.text):
            line = match.group().rstrip()
            start = match.start()
            kind = kind_of(line)
            if kind > LineKind.PROSE:
                self.notable.append(len(self.kinds))
            self.after_gap.append(start - previous_end > 1 and _has_blank_line(self.text[previous_end:start]))
            self.starts.append(start)
            self.ends.append(start + len(line))
            self.kinds.append(kind)
            previous_end = match.end()

    def line(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def mark(self) -> None:
        self._mark_front_matter()
        for index in self.notable:
            self.marked[index] = self._is_clutter_alone(index)
        for index in self.notable:
            if self.kinds[index] == LineKind.CREDIT:
                self._mark_caption(index)
        self._mark_repeated_captions()
        for index in self.notable:
            if self.marked[index] and self.kinds[index] in (LineKind.LIST, LineKind.TAIL_LIST):
                self._mark_list(index)
        self._mark_labels()
        self._mark_frame()

    def story(self) -> tuple[Span, ...]:
        spans: list[Span] = []
        index = 0
        while (index := self.marked.find(0, index)) >= 0:
            after = self.marked.find(1, index)
            last = (after if after >= 0 else len(self.marked)) - 1
            spans.append(Span(self.starts[index], self.ends[last]))
            index = last + 1
        return tuple(spans)

    def _is_in_tail(self, index: int) -> bool:
        return 0 <= self.last_prose < index

    def _is_in_head(self, index: int) -> bool:
        return index < self.first_prose

    def _is_clutter_alone(self, index: int) -> bool:
        """Whether a line is clutter by its kind and its position alone."""
        match self.kinds[index]:
            case LineKind.CLUTTER | LineKind.CHROME | LineKind.CREDIT | LineKind.LIST:
                return True
            case LineKind.LATE:
                return 0 <= self.first_prose < index
            case LineKind.TAIL | LineKind.TAIL_LIST:
                return self._is_in_tail(index)
            case _:
                return False

    def _mark_front_matter(self) -> None:
        """Marks the `key: value` lines between two `---` at the start of a Markdown file."""
        if not self.kinds or self.line(0) != "---":
            return
        for index in range(1, len(self.kinds)):
            line = self.line(index)
            if line in ("---", "..."):
                self.marked[: index + 1] = b"\1" * (index + 1)
                return
            if self.ends[index] > LONGEST_FRONT_MATTER or not _FRONT_MATTER_LINE.match(line):
                return

    def _mark_caption(self, credit: int) -> None:
        """Marks the caption of a credit on a separate line.

        It is the other line of a block of two. In the page's first block that line may be the headline, and outside the block it may be a
        paragraph; there it needs a caption's typical words.
        """
        first, last = self._block(credit)
        for index in (credit - 1, credit + 1):
            if (
                not 0 <= index < len(self.kinds)
                or self.kinds[index] > LineKind.PROSE
                or self.ends[index] - self.starts[index] > LONGEST_CLUTTER
            ):
                continue
            alone = first <= index <= last and last - first == 1 and (first > 0 or ends_sentence(self.line(index)))
            if (alone and len(self.kinds) > 2) or (index < credit and _CAPTION_CUE.search(self.line(index))):
                self.marked[index] = 1

    def _mark_repeated_captions(self) -> None:
        """Marks a line that is repeated before and after a short line, like an image description around its credit."""
        for index in range(1, len(self.kinds) - 1):
            length = self.ends[index - 1] - self.starts[index - 1]
            if (
                15 <= length <= LONGEST_CLUTTER
                and length == self.ends[index + 1] - self.starts[index + 1]
                and self.ends[index] - self.starts[index] <= 80
                and not self.after_gap[index]
                and not self.after_gap[index + 1]
                and self.line(index - 1) == self.line(index + 1)
                and not ends_sentence(self.line(index))
            ):
                self.marked[index - 1 : index + 2] = b"\1\1\1"

    def _mark_list(self, heading: int) -> None:
        """Marks the headlines under a heading: those of its block, or in the tail all to the end of the page.

        If story follows without a gap, the last line before it may be a subheading, and is kept.
        """
        stop = heading + 1
        while stop < len(self.kinds) and stop - heading <= LONGEST_LIST and self._may_be_listed(stop):
            stop += 1
        if stop - heading > LONGEST_LIST:
            return
        if not self._is_in_tail(heading):
            _, last = self._block(heading)
            if last < stop:
                stop = last + 1
            else:
                stop -= 1
        for index in range(heading + 1, stop):
            self.marked[index] = 1

    def _may_be_listed(self, index: int) -> bool:
        line = self.line(index)
        return self.marked[index] == 1 or (
            self.kinds[index] != LineKind.PROSE and not line.rstrip("'\"’”»)]").endswith((".", "…")) and not _WITNESS.match(line)
        )

    def _mark_labels(self) -> None:
        """Marks a run of three labels or more, and in head or tail also labels next to clutter."""
        labels = [index for index in self.notable if self.kinds[index] in (LineKind.LABEL, LineKind.TAIL)]
        for first, last in _runs(labels):
            adjacent = (first > 0 and self.marked[first - 1]) or (last + 1 < len(self.kinds) and self.marked[last + 1])
            if last - first >= 2 or (adjacent and (self._is_in_head(last) or self._is_in_tail(first))):
                self.marked[first : last + 1] = b"\1" * (last + 1 - first)

    def _mark_frame(self) -> None:
        """Marks lines between the site's chrome, in a block of head or tail: a motto, the caption of a stock picture.

        In the head, a block with a line as long as a headline must follow: a page without blank lines is one block.
        """
        chrome = [index for index in self.notable if self.kinds[index] == LineKind.CHROME and self.marked[index]]
        for before, after in pairwise(chrome):
            if not 1 < after - before <= 3:
                continue
            first, last = self._block(before)
            if after > last or not (self._is_in_tail(before) or (self._is_in_head(last) and self._headline_follows(last))):
                continue
            between = range(before + 1, after)
            chrome_lines = sum(self.kinds[index] == LineKind.CHROME for index in range(first, last + 1))
            if chrome_lines >= 3 and all(self.kinds[index] != LineKind.PROSE and not ends_sentence(self.line(index)) for index in between):
                for index in between:
                    self.marked[index] = 1

    def _headline_follows(self, index: int) -> bool:
        return any(not self.marked[later] and len(self.line(later).split()) >= 4 for later in range(index + 1, self.first_prose))

    def _block(self, index: int) -> tuple[int, int]:
        """The first and last line of the block around `index`, up to a blank line or `LONGEST_LIST` lines away."""
        first = last = index
        while first > 0 and not self.after_gap[first] and index - first < LONGEST_LIST:
            first -= 1
        while last + 1 < len(self.kinds) and not self.after_gap[last + 1] and last - index < LONGEST_LIST:
            last += 1
        return first, last


_FRONT_MATTER_LINE = re.compile(r"[\w-]+ ?:|- \S|#")


def _has_blank_line(gap: str) -> bool:
    """Whether white space between two lines contains a blank line. Only the ends of a long gap are read."""
    if len(gap) > 200:
        gap = gap[:100] + gap[-100:]
    return len((gap + "|").splitlines()) > 2


def _runs(indices: list[int]) -> Iterator[tuple[int, int]]:
    """The first and last number of each run of consecutive numbers."""
    first = None
    for position, index in enumerate(indices):
        if first is None:
            first = index
        if position + 1 == len(indices) or indices[position + 1] != index + 1:
            yield first, index
            first = None
