"""Every number, date and time of a text, for the exact comparison of a statement with its sources.

quantities.py, which finds differences between articles, skips what is ambiguous; here nothing is skipped. What no rule parses ("1.2.3",
"MH17") is compared as a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from index.languages.base import any_of
from index.text.fold import Folded, fold
from index.text.spans import Span
from qa.support.number_words import SCALES, SHORT_SCALES, WORD, in_words
from qa.support.quantities import (
    ABOUT_BEFORE,
    ABOUT_BEHIND,
    DATE,
    INDEFINITE,
    JOINER,
    LESS_BEFORE,
    MONTH,
    MONTH_OF,
    MORE_BEFORE,
    MORE_BEHIND,
    NEAR,
    NEARLY_BEFORE,
    ORDINAL_ENDING,
    PERCENT,
    RATE,
    RULES,
    SIGN,
    WEEKDAY_OF,
    of_all,
    rate_of,
    set_of_all,
    table_of_all,
)
from qa.support.units import CURRENCY_OF, SIGNS, units, words_after

FigureKind = Literal["number", "percentage", "money", "ordinal", "part", "many", "date", "month", "weekday", "time", "written"]
Bound = Literal["", "about", "more", "less", "exactly"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, date or time at `span` of its text.

    `value` is 100 * month + day for a date, minutes for a time, the number of a month or weekday, and the string itself if no rule parses
    it. `bound` says whether the number is approximate or a limit ("at least"). `units` says what it counts, as in quantities.py.
    `is_negated`: "not" precedes it ("nine, not eleven"). `is_vague`: the word is hardly a number ("one", "both"), or a time lacks the half
    of the day. `is_arabic` is the language of the text: "the 17th century" is "the century 17" in Arabic.
    """

    kind: FigureKind
    value: float | str
    span: Span
    bound: Bound = ""
    units: frozenset[str] = frozenset()
    currency: str | None = None
    is_negated: bool = False
    is_vague: bool = False
    is_arabic: bool = False

    @property
    def is_of_calendar(self) -> bool:
        return self.kind in {"date", "month", "weekday", "time"} or self.is_year

    @property
    def is_year(self) -> bool:
        has_listed_unit = any(unit[0] == "=" for unit in self.units)
        return self.kind == "number" and not has_listed_unit and not self.bound and self.value in _YEARS and not isinstance(self.value, str)


_ARABIC_LETTER = re.compile("[\u0620-\u064a]")
_YEARS = range(1500, 2100)
HALF_A_DAY = 12 * 60
_PREFIX = rf"(?<!\w)(?:{of_all('BEFORE_FIGURES')})?"

_ORDINAL = re.compile(rf"\b(?P<number>\d+){ORDINAL_ENDING}\b|{of_all('ORDINAL')}")
_LONG_ORDINAL = re.compile(of_all("LONG_ORDINAL"))
_ORDINAL_OF_MONTH = re.compile(rf"(?:{of_all('ORDINAL_OF')})(?P<month>{MONTH})\b")
_PERIOD_BEFORE = re.compile(rf"(?:{of_all('PERIOD_BEFORE')}) $")
_OF_AGE = re.compile(of_all("OF_AGE"))

_PARTS = table_of_all("PARTS")
_SCALE = rf"(?: (?P<of_scale>{any_of(SCALES)})\b)"
_SEVERAL_PARTS = re.compile(rf"\b(?P<how_many>{WORD}|\d+)[ -](?P<parts>{of_all('SEVERAL_PARTS')})\b|{of_all('SINGLE_PART')}")
_PART = re.compile(rf"(?:{of_all('PART')}){_SCALE}?")

_TIME_OF_DAY = rf"(?:{of_all('TIME_OF_DAY')})"
_O_CLOCK = of_all("O_CLOCK")
_CLOCK = re.compile(
    rf"\b(?P<hour>[01]?\d|2[0-4])[.:](?P<minute>[0-5]\d){_TIME_OF_DAY}?(?![\d:.%]\d)"
    rf"|\b(?P<full>[01]?\d|2[0-4])(?:{_O_CLOCK})?(?:{_TIME_OF_DAY.replace('?P<', '?P<full_')})"
)
_DECIMAL_TIME = re.compile(r"\d\.")
_CLOCKS_IN_WORDS = [(rules, re.compile(rules.CLOCK_IN_WORDS)) for rules in RULES if hasattr(rules, "CLOCK_IN_WORDS")]
_LATE = set_of_all("LATE")

_WEEKDAY = re.compile(of_all("WEEKDAY"))
_WEEKDAYS = WEEKDAY_OF | table_of_all("BARE_DAYS")
_ALSO_NAMES = set_of_all("MONTHS_ALSO_NAMES")
_MONTH = re.compile(rf"{_PREFIX}(?P<month>{any_of(month for month in MONTH_OF if len(month) > 2 and month not in _ALSO_NAMES)})\b")
# The first are months only if capitalised. The second are months only next to a number, which _dates has parsed by then.
_ALSO_VERBS, _ABBREVIATED = set_of_all("MONTHS_ALSO_VERBS"), set_of_all("MONTHS_ABBREVIATED")

_ORDINAL_ENDINGS = tuple(of_all("ORDINAL_ENDINGS").split("|"))
_DIGITS = rf"(?P<digits>\d+(?:[.,:]\d+)*)(?P<glued>(?:{'|'.join(_ORDINAL_ENDINGS)}|s)?\b|[^\W\d_]+)"
_NUMBER = re.compile(
    rf"{SIGN}?(?:(?P<glue>[^\W\d_]+-?)?{_DIGITS}(?:[ -]?(?P<scale>{any_of(SCALES)}|(?<=\d)[kmb](?!\w))\b)?"
    rf"|(?<![\w]){INDEFINITE}(?:{of_all('BEFORE_ALL_WORDS')})?(?P<words>{WORD}(?:(?:-|{JOINER}| ){WORD})*)\b)"
    rf"(?:{of_all('TAIL')})?{PERCENT}?"
)
_GLUED_BEFORE = set_of_all("GLUED_BEFORE")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_MANY, _LOOSE = table_of_all("MANY"), table_of_all("LOOSE")
_WORD_FIGURE = re.compile(rf"\b(?P<many>{any_of(_MANY)})\b|{_PREFIX}(?P<loose>{any_of(_LOOSE)})\b")
_NO_ONE = re.compile(rf"(?:{of_all('NO_ONE_BEFORE')}) $")
_NO_ONE_BEHIND = tuple(set_of_all("NO_ONE_BEHIND"))
_DECADES = re.compile(rf"^ (?:{of_all('DECADES')})\b")
_NOT_BEFORE = re.compile(rf"(?:{of_all('NOT_BEFORE')}) $")
_ONLY = re.compile(rf"(?:{of_all('NOT_ONLY_BEFORE')}) $")
_EXACTLY = re.compile(rf"(?:{of_all('EXACTLY_BEFORE')}) $")
_EXACTLY_BEHIND = re.compile(rf"^(?: \w+)? (?:{of_all('EXACTLY_BEHIND')})\b")
_BOUNDS: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (ABOUT_BEFORE, "about"),
    (NEARLY_BEFORE, "about"),
    (MORE_BEFORE, "more"),
    (LESS_BEFORE, "less"),
)
_REACHES = re.compile(rf"(?:{of_all('REACHES_BEFORE')})\s$")


# Behind what is counted, which may take two words: "20 square miles a year".
_RATE = re.compile(rf"(?: [^\W\d]+){{0,2}}?{RATE}")

PEOPLE = frozenset(
    f"={word}"
    for word in [
        "people",
        "dead",
        "injured",
        "victims",
        "survivors",
        "passengers",
        "soldiers",
        "civilians",
        "children",
        "women",
        "men",
        "families",
        "students",
        "teachers",
        "workers",
        "fighters",
        "prisoners",
        "refugees",
        "migrants",
    ]
)
# Without people, whose plural has the same ending ("مدنيين").
_DUALS = {form: f"={name}" for form, name in table_of_all("UNIT_DUALS").items() if f"={name}" not in PEOPLE}
_DUAL = re.compile(rf"{_PREFIX}(?:{of_all('ARTICLE')})?(?P<dual>{any_of(_DUALS)})\b")


@lru_cache(maxsize=256)  # the same sentences are cited repeatedly; the size is not measured
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text, in order.

    >>> [(figure.kind, figure.value) for figure in figures("On 2 June about two thirds of 1,200 men left at 6.10 p.m.")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('date', 602), ('part', 0.6666666666666666), ('number', 1200.0), ('time', 1090)]
    """
    arabic = 2 * len(_ARABIC_LETTER.findall(text)) > sum(map(str.isalpha, text))
    return tuple(sorted((replace(figure, is_arabic=arabic) for figure in _Scan(text).run()), key=lambda figure: figure.span))


class _Scan:
    """One scan of a text. What is parsed is masked, so that no later rule matches it again."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.folded: Folded = fold(text)
        self.unparsed = self.folded.text

    def run(self) -> Iterator[Figure]:
        yield from self._dates()
        yield from self._times()
        yield from self._weekdays()
        yield from self._months()
        yield from self._several_parts()
        yield from self._ordinals(_LONG_ORDINAL)
        yield from self._numbers()
        yield from self._parts()
        yield from self._ordinals(_ORDINAL)
        yield from self._words()

    def _take(self, start: int, end: int) -> Span:
        self.unparsed = f"{self.unparsed[:start]}{'|' * (end - start)}{self.unparsed[end:]}"
        return self.folded.to_original(start, end)

    def _dates(self) -> Iterator[Figure]:
        for match in _ORDINAL_OF_MONTH.finditer(self.unparsed):
            if _PERIOD_BEFORE.search(self.unparsed[: match.start()]):
                continue  # "the first week of February"
            yield Figure("date", 100 * MONTH_OF[match["month"]] + _ordinal(match), self._take(*match.span()))
        for match in DATE.finditer(self.unparsed):
            day, name, place = (match["day"], match["month"], "month") if match["day"] else (match["day2"], match["month2"], "day2")
            if 1 <= int(day) <= 31:
                yield Figure("date", 100 * MONTH_OF[name] + int(day), self._take(match.start(), match.end(place)))

    def _times(self) -> Iterator[Figure]:
        for rules, pattern in _CLOCKS_IN_WORDS:
            for match in pattern.finditer(self.unparsed):
                minutes = 30 if match["half"] else 15 if match["quarter"] else 20 if match["third"] else _small_number(match["minutes"])
                part = (match["part"] or "").strip()
                yield Figure("time", _minutes(rules.hour(match), minutes, part), self._take(*match.span()), is_vague=not part)
        for match in _CLOCK.finditer(self.unparsed):
            part = next((value for name, value in match.groupdict().items() if value and name not in {"hour", "minute", "full"}), "")
            if match["hour"] and _DECIMAL_TIME.search(match[0]) and not part:
                continue  # "6.10" may be a decimal
            if match["full"] and part not in ("a", "p") and not re.search(_O_CLOCK, match[0]):
                continue  # "the 5 morning papers"
            at = (match["hour"], match["minute"]) if match["hour"] else (match["full"], "0")
            yield Figure("time", _minutes(int(at[0]), int(at[1]), part), self._take(*match.span()), is_vague=not part)

    def _weekdays(self) -> Iterator[Figure]:
        for match in _WEEKDAY.finditer(self.unparsed):
            yield Figure("weekday", _WEEKDAYS[match[match.lastgroup or 0]], self._take(*match.span()))

    def _months(self) -> Iterator[Figure]:
        for match in _MONTH.finditer(self.unparsed):
            span = self.folded.to_original(*match.span("month"))
            is_capital = span.of(self.original)[:1].isupper()
            if (match["month"].isascii() and not is_capital) or match["month"] in _ABBREVIATED:
                continue
            if match["month"] in _ALSO_VERBS and not self.original[: span.start].strip():
                continue
            yield Figure("month", MONTH_OF[match["month"]], self._take(*match.span()))

    def _several_parts(self) -> Iterator[Figure]:
        for match in _SEVERAL_PARTS.finditer(self.unparsed):
            many = _small_number(match["how_many"]) if match["how_many"] else 1
            yield Figure("part", many * _PARTS[match["parts"] or match["single"]], self._take(*match.span()))

    def _numbers(self) -> Iterator[Figure]:
        text = self.unparsed
        for match in _NUMBER.finditer(text):
            figure = self._number(text, match)
            if figure is not None:
                yield figure
        for match in _DUAL.finditer(self.unparsed):
            yield Figure("number", 2.0, self._take(*match.span()), units=frozenset([_DUALS[match["dual"]]]))

    def _number(self, text: str, match: re.Match[str]) -> Figure | None:
        start, end = match.span()
        if match["digits"] and ((match["glue"] and not _is_clitic(match["glue"])) or match["glued"] not in ("", "s", *_ORDINAL_ENDINGS)):
            if match["glued"] in SHORT_SCALES and match["sign"]:
                value = float(match["digits"].replace(",", "")) * SHORT_SCALES[match["glued"]]
            else:
                return Figure("written", (match["glue"] or "") + match["digits"] + match["glued"], self._take(start, end))
        elif match["digits"]:
            if not _PLAIN_NUMBER.fullmatch(match["digits"]):
                return Figure("written", match["digits"], self._take(start, end))
            value = float(match["digits"].replace(",", ""))
            if match["glued"] in _ORDINAL_ENDINGS:
                return Figure("ordinal", value, self._take(start, end))
            scale = match["scale"]
            value *= SCALES[scale] if scale in SCALES else SHORT_SCALES[scale] if scale else 1
        else:
            number = in_words(match["words"])
            if number is None:
                return None  # "one", "hundreds": parsed by _words
            value = number
        if match["tail"]:
            value += _PARTS[match["tail"]] * (SCALES[match["tail_scale"]] if match["tail_scale"] else _last_scale(match[0]))
        if match["tail_within"]:
            scale = match["scale_of_all"]
            value = (
                (value + _PARTS[match["tail_within"]]) * SCALES[scale]
                if scale
                else value + _PARTS[match["tail_within"]] * _last_scale(match[0])
            )
        return self._figure(text, match, value)

    def _figure(self, text: str, match: re.Match[str], value: float) -> Figure:
        start, end = match.span()
        leading = text[max(0, start - NEAR) : start]
        is_negated = _NOT_BEFORE.search(leading) is not None and _ONLY.search(leading) is None
        words = words_after(text, end)
        currency = next((CURRENCY_OF[word] for word in words[:2] if word in CURRENCY_OF), None)
        if match["sign"]:
            currency = SIGNS.get(match["sign"].strip(), match["sign"].strip())
        bound = _bound(text, start, end)
        rate = _RATE.match(text, end)
        per_period = frozenset([f"/{rate_of(rate)}"] if rate else [])
        span = self._take(start, end)
        if match["percent"]:
            return Figure("percentage", value, span, bound, is_negated=is_negated)
        if currency is not None:
            return Figure("money", value, span, bound, per_period, currency, is_negated)
        if _DECADES.match(text[end : end + 10]):
            return Figure("number", 10 * value, span, bound, frozenset(["=years"]), is_negated=is_negated)
        return Figure("number", value, span, bound, units(words) | per_period, is_negated=is_negated)

    def _parts(self) -> Iterator[Figure]:
        for match in _PART.finditer(self.unparsed):
            value = _PARTS[match["half"] or match["part"]]
            if match["of_scale"]:
                text, (start, end) = self.unparsed, match.span()
                yield Figure(
                    "number",
                    value * SCALES[match["of_scale"]],
                    self._take(start, end),
                    _bound(text, start, end),
                    units(words_after(text, end)),
                )
            else:
                yield Figure("part", value, self._take(*match.span()))

    def _ordinals(self, pattern: re.Pattern[str]) -> Iterator[Figure]:
        for match in pattern.finditer(self.unparsed):
            digits = match.groupdict().get("number")
            value = int(digits) if digits else _ordinal(match)
            is_age = _OF_AGE.match(self.unparsed, match.end()) is not None
            yield Figure("number" if is_age else "ordinal", float(value), self._take(*match.span()))

    def _words(self) -> Iterator[Figure]:
        text = self.unparsed
        for match in _WORD_FIGURE.finditer(text):
            start, end = match.span()
            if match["many"]:
                yield Figure("many", _MANY[match["many"]], self._take(start, end))
            elif not (_LOOSE[match["loose"]] == 1 and (_NO_ONE.search(text[:start]) or text.startswith(_NO_ONE_BEHIND, end))):
                yield Figure(
                    "number", float(_LOOSE[match["loose"]]), self._take(start, end), units=units(words_after(text, end)), is_vague=True
                )


def _is_clitic(prefix: str) -> bool:
    """Whether a prefix written onto a number is a word of its own."""
    return prefix.rstrip("-") in _GLUED_BEFORE


def _ordinal(match: re.Match[str]) -> int:
    return next(int(value) for rules in RULES if (value := rules.ordinal(match)) is not None)


def _small_number(word: str | None) -> int:
    """A small number in digits or in words; 0 for none."""
    return 0 if word is None else int(word) if word.isdigit() else int(in_words(word) or 1)


def _minutes(hour: int, minute: int, part: str) -> int:
    """Minutes since midnight; without a `part` of the day the half remains open."""
    if not part:
        return hour * 60 + minute
    return (hour % 12) * 60 + minute + (HALF_A_DAY if part in _LATE else 0)


def _last_scale(text: str) -> int:
    scales = re.findall(any_of(SCALES), text)
    return SCALES[scales[-1]] if scales else 1


def _bound(text: str, start: int, end: int) -> Bound:
    leading, following = text[max(0, start - NEAR) : start], text[end : end + NEAR]
    if _EXACTLY.search(leading) or _EXACTLY_BEHIND.match(following):
        return "exactly"
    # "no less than" contains "less than"
    before = [(match.start(), bound) for pattern, bound in _BOUNDS if (match := pattern.search(leading))]
    if before:
        start, bound = min(before)
        return "" if _REACHES.search(leading, start) else bound
    return "more" if MORE_BEHIND.match(following) else "about" if ABOUT_BEHIND.match(following) else ""
