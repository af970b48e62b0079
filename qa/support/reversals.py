"""Words around a match that reverse its meaning: "I do not say that", "denied that", "لا أقول إن", "يزعم البعض أن".

Each language's rules (reversals.py in its folder) apply to the folded text of the sentences that contain the match: a negation directly
before it, a verb of denying or claiming earlier in its clause, a verdict directly after it. NOT matches words that are negations by
themselves.
"""

from __future__ import annotations

import re

from index.languages.base import languages
from index.text.fold import Folded, fold
from index.text.spans import Span

_WINDOW = 120  # characters before and after a match that are searched; no measurement behind it

_RULES = [rules for language in languages() if (rules := language.rules("reversals")) is not None]
_BEFORE: list[re.Pattern[str]] = [pattern for rules in _RULES for pattern in rules.BEFORE]
_AFTER: list[re.Pattern[str]] = [pattern for rules in _RULES for pattern in rules.BEHIND]
_NEGATION = re.compile(rf"\b(?:{'|'.join(rules.NOT for rules in _RULES) or '(?!)'})\b")


def reversal_of(text: str, around: Span, match: Span) -> Span | None:
    """The words of `around`, before or after the `match` inside it, that reverse its meaning; None if there are none."""
    before = Span(max(around.start, match.start - _WINDOW), match.start)
    folded = fold(before.of(text))
    for pattern in _BEFORE:
        reversal = pattern.search(folded.text)
        if reversal is not None:
            return _words(before, folded, reversal)
    after = Span(match.end, min(around.end, match.end + _WINDOW))
    folded = fold(after.of(text))
    for pattern in _AFTER:
        reversal = pattern.search(folded.text)
        if reversal is not None:
            return _words(after, folded, reversal)
    return None


def reversal_in(text: str, left_out: Span) -> Span | None:
    """A negation in the text that a quote omits."""
    folded = fold(left_out.of(text))
    negation = _NEGATION.search(folded.text)
    return None if negation is None else _words(left_out, folded, negation)


def _words(within: Span, folded: Folded, match: re.Match[str]) -> Span:
    """The words of a match in the folded text of `within`, without punctuation and white space at the ends."""
    start, end = match.span()
    while not folded.text[start].isalnum():
        start += 1
    while not folded.text[end - 1].isalnum():
        end -= 1
    original = folded.to_original(start, end)
    return Span(within.start + original.start, within.start + original.end)
