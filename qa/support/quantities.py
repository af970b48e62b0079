"""Numbers, sums and dates of a sentence as ranges, to find differences. Each language has rules (quantities.py in its folder).

Numbers are in digits of any script, in words, or both ("1.2 million", "٢٥ ألفا", "six hundred", "تسعة وعشرون"). Each is a range, because
writers round: "about 600", "more than 1,000", "10 to 12", "1.2 million". The word after a number says what it counts. It is compared as a
stem, as a key across scripts, and as one of a list of common units in several languages.

Skipped as ambiguous: "one", which may be a pronoun; "dozens", "عشرات"; halves and thirds; ordinals; scores; times of day; four digits that
may or may not be a year; Arabic duals ("راكبين").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import floor, inf
from typing import Any, Literal

from index.languages.base import any_of, languages
from index.text.fold import fold
from index.text.spans import Span
from index.text.terms import is_stop
from qa.support.number_words import ARTICLE_SCALES, SCALES, SHORT_SCALES, WORD, in_words
from qa.support.units import CURRENCY_OF, SHARED_UNIT_PREFIXES, SIGNS, unit_of, units, words_after

QuantityKind = Literal["money", "percentage", "number", "date", "year", "weekday"]

# How far a rounded number may be from the exact one. No measurement behind them: they are wide, so that rounding counts as no difference.
_ABOUT = 0.2
_LEAST_ROUNDED = 100  # smaller numbers are not rounded
_ROUNDED = 0.05


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, sum or date at `span` of a sentence.

    `least` and `most` are the inclusive range of its value: 100 * month + day for a date, the number of a weekday. `units` says what it
    counts: two quantities are comparable only if they share a unit. `rate` is "month" in "$600 a month".
    """

    kind: QuantityKind
    span: Span
    least: float
    most: float
    units: frozenset[str] = frozenset()
    rate: str | None = None

    def is_comparable(self, other: Quantity) -> bool:
        """Whether both may be values of the same thing."""
        if self.kind != other.kind or (self.rate and other.rate and self.rate != other.rate):
            return False
        return self.units == other.units or not self.units.isdisjoint(other.units)

    def shares_listed_unit(self, other: Quantity) -> bool:
        """Whether both count the same unit by a key that is comparable across languages; only numbers need one."""
        return self.kind != "number" or any(unit[0] in SHARED_UNIT_PREFIXES for unit in self.units & other.units)

    def differs(self, other: Quantity) -> bool:
        """Whether the ranges are disjoint.

        >>> first, second, third = (next(quantities(text)) for text in ("about 600 men", "598 men", "400 men"))
        >>> first.differs(second), first.differs(third)
        (False, True)
        """
        return self.most < other.least or other.most < self.least


RULES = [rules for language in languages() if (rules := language.rules("quantities")) is not None]


def of_all(part: str) -> str:
    """The patterns of that name of all languages, as alternatives; if there are none, a pattern that never matches."""
    return "|".join(getattr(rules, part) for rules in RULES if hasattr(rules, part)) or "(?!)"


def table_of_all(part: str) -> dict[str, Any]:
    """The tables of that name of all languages, merged."""
    return {word: value for rules in RULES for word, value in getattr(rules, part, {}).items()}


def set_of_all(part: str) -> frozenset[str]:
    """The sets of that name of all languages, merged."""
    return frozenset[str]().union(*(getattr(rules, part, ()) for rules in RULES))


_SCALE_WORD = any_of(SCALES)
ORDINAL_ENDING = f"(?:{of_all('ORDINAL_ENDINGS')})"
JOINER = of_all("JOINER")
INDEFINITE = rf"(?:(?:{of_all('INDEFINITE')})(?={any_of(ARTICLE_SCALES)}\b))?"
_CLITIC = f"(?:{of_all('BEFORE_DIGITS')})"
# Neither "150.000", whose point may mark thousands or decimals, nor "6-foot-6".
_DIGITS = (
    rf"(?:(?<![\w.,:/-])|(?<=[\s|]{_CLITIC})|(?<=^{_CLITIC}))(?!\d{{1,3}}\.\d{{3}}(?!\d))(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?![\d:]|[.,/]\d|{ORDINAL_ENDING}\b|-[^\W\d]+-\d)"
)
_IN_WORDS = (
    rf"(?<![\w-]){INDEFINITE}(?:{of_all('BEFORE_WORDS')})?(?P<words>{WORD}(?:(?:-|{JOINER}| ){WORD})*)\b"
    rf"(?![ -](?:{of_all('PARTS_BEHIND')})\b)"
)
_NUMBER = rf"(?:{_DIGITS}(?:[ -]?(?P<scale>{_SCALE_WORD}|[kmb](?!\w))\b)?|{_IN_WORDS})"


def _value(match: re.Match[str]) -> float | None:
    if match["words"]:
        return in_words(match["words"])
    number, scale = float(match["digits"].replace(",", "")), match["scale"]
    if scale is None:
        return number
    if scale in SHORT_SCALES:
        return number * SHORT_SCALES[scale] if match["sign"] else None  # "5 m" may be metres
    return number * SCALES[scale]


PERCENT = rf"(?P<percent> ?%| ?(?:{of_all('PERCENT')}))"
SIGN = r"(?P<sign>(?<!\w)(?:(?:us|usd|ca|c|au|a|nz|hk|s) ?)?[$€£¥₪] ?|\b(?:usd|eur|gbp) )"
RATE = f"(?:{of_all('RATE')})"
_RATE = re.compile(RATE)
_RATES = table_of_all("RATES")

# Patterns for the text that ends where a number starts.
_ARTICLE = f"(?:{of_all('ARTICLES')})?"
ABOUT_BEFORE = re.compile(rf"(?:{of_all('ABOUT_BEFORE')}|~)\s?{_ARTICLE}$")
NEARLY_BEFORE = re.compile(rf"(?:{of_all('NEARLY_BEFORE')}) {_ARTICLE}$")
MORE_BEFORE = re.compile(rf"(?:{of_all('MORE_BEFORE')})\s{_ARTICLE}$")
LESS_BEFORE = re.compile(rf"(?:{of_all('LESS_BEFORE')})\s{_ARTICLE}$")
# Lower and upper bounds, as factors of the number.
_HEDGES = ((ABOUT_BEFORE, 1 - _ABOUT, 1 + _ABOUT), (NEARLY_BEFORE, 1 - _ABOUT, 1 + _ABOUT), (MORE_BEFORE, 1, inf), (LESS_BEFORE, 0, 1))
MORE_BEHIND = re.compile(rf"(?: \w+)? (?:{of_all('MORE_BEHIND')})\b|\+")
ABOUT_BEHIND = re.compile(rf"(?: \w+)? (?:{of_all('ABOUT_BEHIND')})\b|-(?:{of_all('ABOUT_BEHIND_HYPHEN')})\b")
_NO_QUANTITY_BEFORE = re.compile(rf"\b(?:{of_all('NO_QUANTITY_BEFORE')}) ?$|(?:{of_all('PART_BEFORE')})$")
_NO_QUANTITY_BEHIND = re.compile(rf"{of_all('PART_BEHIND')}|-\d+\b(?!-)")
_AND = of_all("AND")
_TO = re.compile(rf" ?(?:-|{of_all('TO')}|{_AND}) ?$")
_BETWEEN = re.compile(rf"\b(?:{of_all('BETWEEN')})\s?(?:[$€£] ?)?$")

# ----------------------------------------------------------------------------------------------- dates

MONTH_OF = table_of_all("MONTHS")
MONTH = rf"(?:{any_of(MONTH_OF)})"
DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}}){ORDINAL_ENDING}?(?:{of_all('BEHIND_DAY')})? (?:{of_all('BEFORE_MONTH')})?(?P<month>{MONTH})\b\.?"
    rf"(?:[/(] ?{MONTH}\)?)?"
    rf"(?:,? \d{{4}}\b)?|\b(?P<month2>{MONTH})\.? (?P<day2>\d{{1,2}}){ORDINAL_ENDING}?\b(?!,?\d)(?:,? \d{{4}}\b)?"
)
_YEAR = re.compile(rf"(?:{of_all('BEFORE_YEAR')}|\b{MONTH})[ -](?P<year>(?:19|20)\d\d)\b(?![-,.]?\d| ?%)")
_CLOCK = re.compile(rf"{of_all('CLOCK')}|\b\d{{1,2}}:\d{{2}}(?::\d{{2}})?\b")
WEEKDAY_OF = table_of_all("WEEKDAYS")
_WEEKDAY = re.compile(rf"(?<!\w)(?:{of_all('BEFORE_DAYS')})?(?P<weekday>{any_of(WEEKDAY_OF)})\b")
_QUANTITY = re.compile(rf"{SIGN}?{_NUMBER}{PERCENT}?")
NEAR = 40  # characters before and after a number that are searched; none of the patterns matches more


def quantities(text: str) -> Iterator[Quantity]:
    """The quantities of a sentence, in order of kinds. Ambiguous ones are skipped.

    >>> text = "He paid $600 a month."
    >>> [(quantity.kind, quantity.span.of(text), quantity.least, quantity.most) for quantity in quantities(text)]
    [('money', '$600 a month', 570.0, 630.0)]
    """
    folded = fold(text)
    unparsed = folded.text
    for pattern, parse in ((DATE, _date), (_CLOCK, None), (_YEAR, _year), (_WEEKDAY, _weekday)):
        for match in pattern.finditer(unparsed):
            start, end = match.span("weekday" if pattern is _WEEKDAY else "year" if pattern is _YEAR else 0)
            if parse is not None:
                yield from parse(match, folded.to_original(start, end))
            unparsed = f"{unparsed[:start]}{'|' * (end - start)}{unparsed[end:]}"
    yield from _numbers(unparsed, folded.to_original)


def _date(match: re.Match[str], span: Span) -> Iterator[Quantity]:
    day, month = int(match["day"] or match["day2"]), MONTH_OF[match["month"] or match["month2"]]
    if 1 <= day <= 31:
        yield Quantity("date", span, 100 * month + day, 100 * month + day)


def _year(match: re.Match[str], span: Span) -> Iterator[Quantity]:
    yield Quantity("year", span, int(match["year"]), int(match["year"]))


def _weekday(match: re.Match[str], span: Span) -> Iterator[Quantity]:
    number = WEEKDAY_OF[match["weekday"]]
    yield Quantity("weekday", span, number, number)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number in the folded text at `[start, end)`, with its sign or scale and the words for what it counts."""

    start: int
    end: int
    value: float
    kind: QuantityKind
    units: frozenset[str]
    rate: str | None


def _numbers(text: str, to_original: Callable[[int, int], Span]) -> Iterator[Quantity]:
    """The numbers and ranges of a folded text."""
    previous: tuple[re.Match[str], _Number] | None = None
    for match in _QUANTITY.finditer(text):
        value = _value(match)
        if value is None or _is_no_quantity(text, match):
            yield from _single(text, previous, to_original)
            previous = None
            continue
        number = _number(text, match, value)
        if previous is None or not _TO.fullmatch(between := text[previous[0].end() : match.start()]):
            yield from _single(text, previous, to_original)
            previous = match, number
            continue
        is_range = between.strip() not in _AND.split("|") or _BETWEEN.search(text[: previous[0].start()]) is not None
        if is_range and previous[1].value < value:
            yield Quantity(number.kind, to_original(previous[0].start(), number.end), previous[1].value, value, number.units, number.rate)
        previous = None
    yield from _single(text, previous, to_original)


def _is_no_quantity(text: str, match: re.Match[str]) -> bool:
    """Whether a number belongs to a name or a larger expression, or may be a year."""
    if _NO_QUANTITY_BEFORE.search(text[max(0, match.start() - NEAR) : match.start()]) or _NO_QUANTITY_BEHIND.match(text, match.end()):
        return True
    digits = match["digits"] or ""
    may_be_year = len(digits) == 4 and digits[:2] in ("19", "20") and not (match["scale"] or match["sign"] or match["percent"])
    return may_be_year and not any(word in unit_of() or word in CURRENCY_OF for word in words_after(text, match.end())[:1])


def _number(text: str, match: re.Match[str], value: float) -> _Number:
    words = words_after(text, match.end())
    currency = next((CURRENCY_OF[word] for word in words[:2] if word in CURRENCY_OF), None)
    if match["sign"]:
        currency = SIGNS.get(match["sign"].strip(), match["sign"])
    if match["percent"]:
        return _Number(match.start(), match.end(), value, "percentage", frozenset(), None)
    if currency is None:
        end = match.end() + (len(words[0]) + 1 if words and not is_stop(words[0]) else 0)
        return _Number(match.start(), end, value, "number", units(words), None)
    end = match.end()
    if not match["sign"]:
        end += sum(len(word) + 1 for word in words[: next(n for n, word in enumerate(words, 1) if word in CURRENCY_OF)])
    rate = _RATE.match(text, end)
    return _Number(match.start(), rate.end() if rate else end, value, "money", frozenset([currency]), rate_of(rate) if rate else None)


def rate_of(match: re.Match[str]) -> str:
    """What a number is said of each time, of a match of RATE: "month" of "a month"."""
    return str(_RATES[match[match.lastgroup or 0]])


def _single(text: str, parsed: tuple[re.Match[str], _Number] | None, to_original: Callable[[int, int], Span]) -> Iterator[Quantity]:
    """A number that is not an end of a range, with the bounds that its hedges give it."""
    if parsed is None:
        return
    match, number = parsed
    least, most = _rounded(match, number.value)
    leading = text[max(0, number.start - NEAR) : number.start]
    hedges = [(hedge.start(), lower, upper) for pattern, lower, upper in _HEDGES if (hedge := pattern.search(leading))]
    start = number.start
    if hedges:  # "no less than" contains "less than"
        begin, lower, upper = min(hedges)
        start -= len(leading) - begin
        least, most = lower * number.value, upper * number.value
    if MORE_BEHIND.match(text, match.end()):
        most = inf
    if ABOUT_BEHIND.match(text, match.end()):
        least, most = (1 - _ABOUT) * number.value, (1 + _ABOUT) * number.value
    yield Quantity(number.kind, to_original(start, number.end), least, most, number.units, number.rate)


def _rounded(match: re.Match[str], value: float) -> tuple[float, float]:
    """The range of exact values that a number may be rounded from: 600 may be 598, and 1.2 million 1,213,000; 64 is 64."""
    if value < _LEAST_ROUNDED:
        return value, value
    digits = f"{value:.6g}" if value != floor(value) else str(int(value))
    zeros = len(digits) - len(digits.rstrip("0")) if "." not in digits else 0
    half = min(10**zeros / 2 if zeros else 0, _ROUNDED * value)
    return value - half, value + half
