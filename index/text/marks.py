"""Finds the spans between quotation marks of any style.

Writers mix styles: a curly mark opens and a straight one closes, Arabic pages swap the two directions, a quotation of several paragraphs
opens again in each and closes in the last. So the context of a mark decides whether it opens or closes, and its shape only if the context
is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.text.spans import Span, trim

# A mark, or two characters for one. A literal character comes first, so that the search can skip through the text.
_MARK = re.compile("[“”„‟\"″＂«»‘’‚‹›'<>`](?:(?<=<)<|(?<=>)>|(?<=')'|(?<=`)`|(?<=’)’|(?<=‘)‘|(?<![<>`]))")
_GUILLEMETS = frozenset("«»‹›") | {"<<", ">>"}
_SINGLES = frozenset("‘’‚'")
_OPENERS = frozenset("“„«‘‚‹") | {"<<", "``", "‘‘"}
_CLOSERS = frozenset("”»’›") | {">>", "’’"}
_BEFORE_OPENING = frozenset("([{-–—/:،,;؛…") | _OPENERS
_AFTER_CLOSING = frozenset(")]}-–—/:،,;؛…؟?!.") | _CLOSERS
_BEFORE_SPACED, _AFTER_SPACED = frozenset("([{'’"), frozenset(")]},;:.!?")
# Single marks look like apostrophes, so that a quotation between them needs several words. Not measured.
_FEWEST_WORDS_IN_SINGLES = 3
_DEEPEST = 4  # levels of nesting; more means that closing marks are missing


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """The text between two marks: `content` is trimmed, `outer` includes the marks.

    `depth` is the number of quotations around it. `opens_paragraph` is whether it begins its paragraph, `closed` whether a mark ends it,
    `continued` whether it goes on in the next paragraph, which then begins with a mark.
    """

    content: Span
    outer: Span
    paragraph: int
    depth: int
    opens_paragraph: bool
    closed: bool
    continued: bool


def quoted_spans(text: str, paragraphs: Sequence[Span]) -> list[QuotedSpan]:
    """The quoted spans of each of the paragraphs (sorted, disjoint), sorted by their start, an outer span before an inner one.

    >>> text = '“Go,” she said. "He told me, ‘You are late,’ and left."'
    >>> [(span.content.of(text), span.depth) for span in quoted_spans(text, [Span(0, len(text))])]
    [('Go,', 0), ('He told me, ‘You are late,’ and left.', 0), ('You are late,', 1)]
    """
    spans: list[QuotedSpan] = []
    for number, paragraph in enumerate(paragraphs):
        next_start = paragraphs[number + 1].start if number + 1 < len(paragraphs) else len(text)
        following = text[next_start : next_start + 2]
        spans.extend(_in_paragraph(text, paragraph, number, following))
    return sorted(spans, key=lambda span: (span.outer.start, -span.outer.end))


class _Mark(NamedTuple):  # a tuple for speed: there is one for each apostrophe
    span: Span
    shape: str
    may_open: bool
    may_close: bool


def _marks(text: str, paragraph: Span) -> list[_Mark]:
    marks = []
    for match in _MARK.finditer(text, paragraph.start, paragraph.end):
        start, end, shape = match.start(), match.end(), match.group()
        before = text[start - 1] if start > paragraph.start else " "
        after = text[end] if end < paragraph.end else " "
        if before.isalnum() and after.isalnum() and shape in _SINGLES:
            continue  # an apostrophe
        if shape in _SINGLES and after.isdigit():
            continue  # the ’90s
        opens = not after.isspace() and (before.isspace() or before in _BEFORE_OPENING or before in "\"'“‘")
        closes = not before.isspace() and (after.isspace() or after in _AFTER_CLOSING or after in "\"'”’")
        if shape in _GUILLEMETS and _is_spaced_inside(shape, before, after):
            opens, closes = shape in _OPENERS, shape in _CLOSERS
        elif opens == closes:
            opens, closes = shape not in _CLOSERS, shape not in _OPENERS
        marks.append(_Mark(Span(start, end), shape, opens, closes))
    return marks


def _is_spaced_inside(shape: str, before: str, after: str) -> bool:
    """Whether a guillemet is spaced as in French, with white space on the inside: "(« oui »)", "l’« oui », dit-on"."""
    if shape in _OPENERS:
        return after.isspace() and before in _BEFORE_SPACED
    return before.isspace() and after in _AFTER_SPACED


def _family(shape: str) -> str:
    return "guillemets" if shape in _GUILLEMETS else "singles" if shape in _SINGLES else "doubles"


def _in_paragraph(text: str, paragraph: Span, number: int, following: str) -> list[QuotedSpan]:
    marks = _marks(text, paragraph)
    if not marks:
        return []
    spans: list[QuotedSpan] = []
    open_: list[_Mark] = []

    def close(level: int, inner_end: int, outer_end: int, closed: bool, continued: bool = False) -> None:
        mark = open_[level]
        del open_[level:]
        content = trim(text, Span(mark.span.end, inner_end))
        if not any(map(str.isalnum, content.of(text))):
            return
        if _family(mark.shape) == "singles" and len(content.of(text).split()) < _FEWEST_WORDS_IN_SINGLES:
            return
        begins = _begins(text, paragraph, mark)
        spans.append(QuotedSpan(content, Span(mark.span.start, outer_end), number, level, begins, closed, continued))

    # The index of the last single mark that may close, and of the last that certainly closes, by its context.
    singles = [index for index, mark in enumerate(marks) if mark.shape in _SINGLES and mark.may_close]
    last_single = singles[-1] if singles else -1
    last_certain = max((index for index in singles if not marks[index].may_open), default=-1)
    for index, mark in enumerate(marks):
        family = _family(mark.shape)
        partner = next((level for level in range(len(open_) - 1, -1, -1) if _family(open_[level].shape) == family), None)
        if partner is not None and mark.may_close and not (mark.may_open and mark.shape in _OPENERS):
            if family == "singles" and len(open_) > partner + 1:
                del open_[partner]  # the apparent single mark was an apostrophe: "how ‘bout “this”"
            elif family != "singles" or _ends_single(text, mark, index < last_certain):
                close(partner, mark.span.start, mark.span.end, True)
        elif mark.may_open and (family != "singles" or (not mark.may_close and index < last_single)):
            if partner is not None and family != "guillemets":
                # The mark before was never closed. Where it should have been is not guessed.
                del open_[partner:]
            if len(open_) < _DEEPEST:
                open_.append(mark)
    if open_ and _family(open_[0].shape) != "singles":
        mark = open_[0]
        continued = _family(mark.shape) == _family(following[:1]) if following[:1] and _MARK.match(following) else False
        begins = _begins(text, paragraph, mark)
        introduced = text[paragraph.start : mark.span.start].rstrip()[-1:] in (":", "،", ",")
        if continued or begins or introduced:
            close(0, paragraph.end, paragraph.end, False, continued)
    return spans


def _begins(text: str, paragraph: Span, mark: _Mark) -> bool:
    """Whether only dashes and white space precede a mark in its paragraph."""
    return mark.span.start - paragraph.start < 4 and not text[paragraph.start : mark.span.start].strip(" —–-")


def _ends_single(text: str, mark: _Mark, later_closes: bool) -> bool:
    """Whether a single mark closes. After an s it may be an apostrophe ("the workers’ rights"), if a later mark certainly closes."""
    before = text[mark.span.start - 1]
    return before not in "sS" or not later_closes
