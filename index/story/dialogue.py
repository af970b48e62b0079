"""Dialogue by dashes: paragraphs that each begin with a dash and give a turn of a conversation, without marks around it.

Lists begin their lines in the same way, so a run of such paragraphs counts only where the rules of its language see a conversation in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from types import ModuleType

from index.text.marks import QuotedSpan
from index.text.spans import Span, trim

# A mark may stand around the whole conversation: it opens before the first dash and closes after the last turn.
_TURN = re.compile(r"(?P<mark>[«“\"]\s*)?[—–]\s*(?=\w|[«“\"¿¡])")
_LAST_MARK = re.compile(r"\s*[»”\"]\Z")


def turns(text: str, paragraphs: Sequence[Span], rules: Sequence[ModuleType]) -> Iterator[QuotedSpan]:
    """The turns of the conversations in `paragraphs`, each read by its own of `rules`, in order."""
    numbers = [number for number, paragraph in enumerate(paragraphs) if _TURN.match(text, paragraph.start, paragraph.end)]
    for _, together in groupby(enumerate(numbers), lambda pair: (pair[1] - pair[0], rules[pair[1]].__name__)):
        run = [number for _, number in together]
        if rules[run[0]].is_dialogue(text, [paragraphs[number] for number in run]):
            yield from (_turn(text, paragraphs[number], number) for number in run)


def _turn(text: str, paragraph: Span, number: int) -> QuotedSpan:
    begin = _TURN.match(text, paragraph.start, paragraph.end)
    assert begin is not None, "turns() matched it"
    content = Span(begin.end(), paragraph.end)
    words = content.of(text)
    end = _LAST_MARK.search(words)
    if end is not None and not any(mark in words[: end.start()] for mark in '«“"'):
        content = trim(text, Span(content.start, content.start + end.start()))
    return QuotedSpan(content, paragraph, number, 0, True, True, False)


def with_turns(marked: Sequence[QuotedSpan], spoken: Sequence[QuotedSpan]) -> list[QuotedSpan]:
    """Marked quotations and turns, in order. Marks within a turn are a level deeper; those around a conversation are dropped."""
    if not spoken:
        return list(marked)
    turn_of = {turn.paragraph: turn for turn in spoken}
    merged = list(spoken)
    for quoted in marked:
        turn = turn_of.get(quoted.paragraph)
        if turn is None:
            merged.append(quoted)
        elif turn.content.contains(quoted.outer):
            merged.append(replace(quoted, depth=quoted.depth + 1))
    return sorted(merged, key=lambda quoted: (quoted.outer.start, -quoted.outer.end))
