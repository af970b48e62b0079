"""Text to the spans that stand between quotation marks, whoever's marks they are.

Writers mix marks up: a curly one opens and a straight one closes, Arabic pages turn them round, a quotation of several paragraphs opens
anew in each and closes in the last. So the place of a mark decides what it does, and its shape only where the place does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.spans import Span, trim

# A mark, or two that stand for one. Each branch begins behind the first sign, at which the search can jump through the text.
_MARK = re.compile("[“”„‟\"″＂«»‘’‚‹›'<>`](?:(?<=<)<|(?<=>)>|(?<=')'|(?<=`)`|(?<=’)’|(?<=‘)‘|(?<![<>`]))")
_GUILLEMETS = frozenset("«»‹›") | {"<<", ">>"}
_SINGLES = frozenset("‘’‚'")
_OPENERS = frozenset("“„«‘‚‹") | {"<<", "``", "‘‘"}
_CLOSERS = frozenset("”»’›") | {">>", "’’"}
_BEFORE_OPENING = frozenset("([{-–—/:،,;؛…") | _OPENERS
_AFTER_CLOSING = frozenset(")]}-–—/:،,;؛…؟?!.") | _CLOSERS
# A quotation between single marks must look like one: an apostrophe looks the same. No measurement behind the number of words.
_LEAST_WORDS_IN_SINGLES = 3
_DEEPEST = 4  # quotations within quotations; more is a page without closing marks


@dataclass(frozen=True, slots=True)
class Quoted:
    """What stands between two marks: `content` without white space at its ends, `outer` with the marks.

    `depth` is 0 for what stands in no other quotation. `opens_paragraph` and `closed` say whether it begins its paragraph, and whether a
    mark ends it; `continued` that the next paragraph opens with a mark and goes on with it.
    """

    content: Span
    outer: Span
    paragraph: int
    depth: int
    opens_paragraph: bool
    closed: bool
    continued: bool


def quoted(text: str, paragraphs: Sequence[Span]) -> list[Quoted]:
    """What stands between quotation marks in each of the paragraphs (apart, in order), by its place; the outer one before the inner.

    >>> text = '“Go,” she said. "He told me, ‘You are late,’ and left."'
    >>> [(one.content.of(text), one.depth) for one in quoted(text, [Span(0, len(text))])]
    [('Go,', 0), ('He told me, ‘You are late,’ and left.', 0), ('You are late,', 1)]
    """
    found: list[Quoted] = []
    for number, paragraph in enumerate(paragraphs):
        next_start = paragraphs[number + 1].start if number + 1 < len(paragraphs) else len(text)
        following = text[next_start : next_start + 2]
        found.extend(_in_paragraph(text, paragraph, number, following))
    return sorted(found, key=lambda one: (one.outer.start, -one.outer.end))


class _Mark(NamedTuple):  # there are as many as apostrophes
    span: Span
    shape: str
    may_open: bool
    may_close: bool


def _marks(text: str, paragraph: Span) -> list[_Mark]:
    found = []
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
        if opens == closes:
            opens, closes = shape not in _CLOSERS, shape not in _OPENERS
        found.append(_Mark(Span(start, end), shape, opens, closes))
    return found


def _family(shape: str) -> str:
    return "guillemets" if shape in _GUILLEMETS else "singles" if shape in _SINGLES else "doubles"


def _in_paragraph(text: str, paragraph: Span, number: int, following: str) -> list[Quoted]:
    marks = _marks(text, paragraph)
    if not marks:
        return []
    found: list[Quoted] = []
    open_: list[_Mark] = []

    def close(at: int, inner_end: int, outer_end: int, closed: bool, continued: bool = False) -> None:
        mark = open_[at]
        del open_[at:]
        content = trim(text, Span(mark.span.end, inner_end))
        if not any(map(str.isalnum, content.of(text))):
            return
        if _family(mark.shape) == "singles" and len(content.of(text).split()) < _LEAST_WORDS_IN_SINGLES:
            return
        begins = _begins(text, paragraph, mark)
        found.append(Quoted(content, Span(mark.span.start, outer_end), number, at, begins, closed, continued))

    # The last place where a single mark may close, and where one behind punctuation does.
    singles = [place for place, mark in enumerate(marks) if mark.shape in _SINGLES and mark.may_close]
    last_single = singles[-1] if singles else -1
    last_certain = max((place for place in singles if not marks[place].may_open), default=-1)
    for place, mark in enumerate(marks):
        family = _family(mark.shape)
        partner = next((at for at in range(len(open_) - 1, -1, -1) if _family(open_[at].shape) == family), None)
        if partner is not None and mark.may_close and not (mark.may_open and mark.shape in _OPENERS):
            if family == "singles" and len(open_) > partner + 1:
                del open_[partner]  # what looked like a single mark was an apostrophe: "how ‘bout “this”"
            elif family != "singles" or _ends_single(text, mark, place < last_certain):
                close(partner, mark.span.start, mark.span.end, True)
        elif mark.may_open and (family != "singles" or (not mark.may_close and place < last_single)):
            if partner is not None and family != "guillemets":
                # The one before was never closed, and this is no place to guess where it should have been.
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
    return found


def _begins(text: str, paragraph: Span, mark: _Mark) -> bool:
    """Whether a mark is the first thing of its paragraph, but for a dash."""
    return mark.span.start - paragraph.start < 4 and not text[paragraph.start : mark.span.start].strip(" —–-")


def _ends_single(text: str, mark: _Mark, later: bool) -> bool:
    """Whether a single mark that may close does: behind an s ("the workers’ rights") only where no `later` one closes for certain."""
    before = text[mark.span.start - 1]
    return before not in "sS" or not later
