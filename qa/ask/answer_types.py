"""The expected answer type of a question (a number, sum, date, name, phrase …), and the candidate spans of a sentence.

Question classification as in Li & Roth 2002, "Learning question classifiers", here by rules of the question's language (questions.py in its
folder). If none matches, or the language has none, any phrase may answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from index.languages.base import every, languages
from index.text.fold import fold, fold_text
from index.text.spans import Span


class AnswerType(Enum):
    """The values are the names that readers see."""

    NUMBER = "number"
    MONEY = "sum of money"
    PERCENT = "percentage"
    DATE = "date"
    DURATION = "length of time"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    YES_NO = "yes or no"
    PHRASE = "phrase"

    def is_typed(self, text: str) -> bool:
        """Whether candidates of this type can be recognised in `text`. Arabic names cannot: they have no capitals."""
        if self in {AnswerType.PERSON, AnswerType.PLACE}:
            return _LATIN_CAPITAL.search(text) is not None
        return self in _CANDIDATES


_RULES = [rules for language in languages() if (rules := language.rules("questions")) is not None]
# In order: the first match decides.
_ORDER = (
    AnswerType.PERCENT,
    AnswerType.MONEY,
    AnswerType.DURATION,
    AnswerType.NUMBER,
    AnswerType.DATE,
    AnswerType.REASON,
    AnswerType.PLACE,
    AnswerType.PERSON,
    AnswerType.YES_NO,
)
_PATTERNS = tuple((kind, re.compile("|".join(rules.ASKED[kind.name] for rules in _RULES))) for kind in _ORDER)


def answer_type(question: str) -> AnswerType:
    """The expected answer type, by the question's words alone.

    >>> [answer_type(q).name for q in ("How many boats sank?", "متى افتتح الجسر؟", "من كتب الرسالة؟", "What did he say?")]
    ['NUMBER', 'DATE', 'PERSON', 'PHRASE']
    """
    folded = fold_text(question).strip()
    return next((kind for kind, pattern in _PATTERNS if pattern.search(folded)), AnswerType.PHRASE)


def _any(part: str) -> str:
    """The patterns of that name of all languages, as alternatives."""
    return "|".join(getattr(rules, part) for rules in _RULES)


_WORD_NUMBER = rf"\b(?:{_any('NUMBER_IN_WORDS')})\b"
_DIGITS = r"\d+(?:[.,]\d+)*"
_SCALE = rf"(?: ?(?:{_any('SCALES')}))?\b"
_ANY_NUMBER = rf"(?:{_DIGITS}{_SCALE}|{_WORD_NUMBER})"
_CURRENCY = rf"(?:{_any('CURRENCIES')})"
_ORDINAL = f"(?:{'|'.join(sorted(every('dates.ordinals')))})"
_MONTH = rf"(?:{_any('MONTHS')})\b\.?"
_YEAR = rf"(?:1\d{{3}}|20\d{{2}}|[1-9]\d{{0,3}} ?(?:{_any('ERAS')})\b)"
# A weekday or month alone does not count as a date: in an archive the sentence that gives the year is the better answer.
_DATE = (
    rf"(?:\d{{1,2}}{_ORDINAL}? (?:of )?{_MONTH}(?:,? {_YEAR})?|{_MONTH} \d{{1,2}}{_ORDINAL}?\b(?:,? {_YEAR})?|{_MONTH} {_YEAR}"
    rf"|\b{_YEAR}(?:s\b)?|{_any('CENTURY')})"
)
_TIME_UNIT = rf"(?:{_any('TIME_UNITS')})"
_CANDIDATES: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.NUMBER: re.compile(_ANY_NUMBER),
    AnswerType.MONEY: re.compile(
        # A currency, or any word in its position: no list of currencies is complete.
        rf"(?:us|a|c)?[$€£¥] ?{_DIGITS}{_SCALE}|{_DIGITS}{_SCALE} ?(?:[$€£¥]|[^\W\d]+)|{_WORD_NUMBER} (?:{_CURRENCY}|[^\W\d]+)\b"
    ),
    AnswerType.PERCENT: re.compile(rf"{_ANY_NUMBER} ?(?:%|{_any('PERCENT')})|{_DIGITS} ?%"),
    AnswerType.DATE: re.compile(_DATE),
    AnswerType.DURATION: re.compile(rf"{_ANY_NUMBER}[- ]{_TIME_UNIT}\b(?:[- ]old\b)?"),
}

# A run of capitalised words and the particles within names.
_LATIN_CAPITAL = re.compile(r"\b[A-Z]")
_PARTICLES = "|".join(sorted(every("names.particles") | every("answers.particles")))
_NAME_WORD = r"[A-Z][\w’'-]*(?:\.(?= ?[A-Z]))?"
_NAME = re.compile(rf"\b{_NAME_WORD}(?:\s?(?:(?:{_PARTICLES})\s){{0,2}}\s?{_NAME_WORD})*")


def candidates(kind: AnswerType, text: str) -> Iterator[Span]:
    """The spans of `text` that may be an answer of that type, in order."""
    pattern = _CANDIDATES.get(kind)
    if pattern is not None:
        folded = fold(text)
        for match in pattern.finditer(folded.text):
            yield folded.to_original(*match.span())
    else:
        yield from (Span(*match.span()) for match in _NAME.finditer(text))
