"""Finds dates in words, with their spans, in ISO 8601 with the parts that are given ("2017-09-12", "2015-03", "2015"). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as calendar_date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from index.languages.base import every, languages
from index.languages.calendar import months, weekdays
from index.text.spans import Span

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

LONGEST_DATE = 100  # code points of a date with a weekday, a time and a time zone; not measured


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in ISO 8601, and the span of its words."""

    iso: str
    span: Span


_YEAR = r"(?:19|20|١٩|٢٠)\d\d"
_MONTH_OF = {name: number for one in languages() for name, number in months(one.code).items()}
_WEEKDAYS = {name for one in languages() for name in weekdays(one.code)}


def _any_of(words: Iterable[str]) -> str:
    """The pattern of any of the words, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))})"


_MONTH = _any_of(_MONTH_OF)
_BOTH_MONTHS = rf"{_MONTH}(?:\s?[/(-]\s?{_MONTH}\)?)?"  # a month's names in two calendars, "September (Sept)"
_ORDINAL = _any_of(every("dates.ordinals"))
_DATE = re.compile(
    rf"(?<![\w/.-])(?:(?P<iso>{_YEAR}-\d\d(?:-\d\d)?)(?![\d-])|(?P<slashed>{_YEAR}/\d\d?/\d\d?)(?![\d/])"
    rf"|(?P<numeric>\d\d?[/.-]\d\d?[/.-]\d{{4}})(?![\w/])"
    rf"|(?:(?P<day>\d\d?){_ORDINAL}?(?: {_any_of(every('dates.before_month'))})?[\s-]+)?"
    rf"(?P<month>{_BOTH_MONTHS})\.?[,،]?[\s-]+(?:(?P<after>\d\d?){_ORDINAL}?[,،]?\s+)?(?P<year>\d{{4}})(?!\d))",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"(?<!\d)(?P<year>{_YEAR})(?!\d)")
_RULES = [rules for language in languages() if (rules := language.rules("dates")) is not None]
_PUBLISHED = re.compile(rf"\W{{0,3}}(?:{'|'.join(rules.PUBLISHED for rules in _RULES)})", re.IGNORECASE)
_UPDATED = re.compile(rf"\W{{0,3}}(?:{'|'.join(rules.UPDATED for rules in _RULES)})", re.IGNORECASE)
_AROUND_A_DATE = re.compile(
    rf"(?:\b{_any_of(_WEEKDAYS)}(?!\w)\.?|\b\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?\s?(?:[ap]\.?\s?m\.?"
    rf"|{_any_of(every('dates.day_halves'))})?|\b\d{{1,2}}\s?[ap]\.?m\.?|\b[A-Z]{{2,4}}T?\b"
    rf"|\b(?:{_any_of(every('dates.with_time'))}|GMT[+-]?\d*)(?!\w)|T[\d:.]+Z?|[+-]\d\d:?\d\d|\W)",
    re.IGNORECASE,
)
_ONLY_A_YEAR = re.compile(rf"\W*{_YEAR}\W*")
_BAR = re.compile(r"\s*[|•·]\s*")


def parse_date(words: str) -> str | None:
    """The ISO date of words that are a date in any known language: alone, between bars or after a label. None for other words, and for a
    date whose order of day and month is ambiguous.

    >>> parse_date("Tuesday, 5 March 2024, 9:30"), parse_date("٥ آذار ٢٠٢٤"), parse_date("Published: March 2024"), parse_date("5 March")
    ('2024-03-05', '2024-03-05', '2024-03', None)
    """
    parts = [*_BAR.split(words), words]
    finders = (published_date, date_alone, updated_date)
    mention = next((date for find in finders for part in parts if (date := find(part))), None)
    return mention.iso if mention else None


def published_date(words: str) -> DateMention | None:
    """The date after a label of publication ("Published on 4 March 2019") at the beginning of the words."""
    return _labelled(words, _PUBLISHED)


def updated_date(words: str) -> DateMention | None:
    """The date after a label of an update at the beginning of the words."""
    return _labelled(words, _UPDATED)


def _labelled(words: str, label: re.Pattern[str]) -> DateMention | None:
    match = label.match(words)
    mention = stated_date(words[match.end() :]) if match else None
    if not match or not mention:
        return None
    return DateMention(mention.iso, Span(match.end() + mention.span.start, match.end() + mention.span.end))


def stated_date(words: str) -> DateMention | None:
    """The date of words that are known to give one: the first date in them, or a year if they hold nothing else."""
    return first_date(words) or (year_in(words) if _ONLY_A_YEAR.fullmatch(words) else None)


def date_alone(words: str) -> DateMention | None:
    """The date of words that hold nothing else, apart from a weekday and a time."""
    if len(words) > LONGEST_DATE:
        return None
    match = _DATE.search(words)
    if not match or _AROUND_A_DATE.sub("", words[: match.start()] + " " + words[match.end() :]):
        return None
    return _date_of(match)


def first_date(words: str) -> DateMention | None:
    """The first date in the words; None if it is not in the calendar, or ambiguous."""
    match = _DATE.search(words)
    return _date_of(match) if match else None


def year_in(words: str) -> DateMention | None:
    """The first year from 1900 to 2099."""
    match = _YEAR_ALONE.search(words)
    return DateMention(str(int(match["year"])), Span(*match.span())) if match else None


def years_in(words: str) -> list[str]:
    """All years from 1900 to 2099, as they are written."""
    return _YEAR_ALONE.findall(words)


def _date_of(match: re.Match[str]) -> DateMention | None:
    value = _iso_of_month(match) if match["month"] else _iso(match.group().strip().translate(_DIGITS))
    return DateMention(value, Span(*match.span())) if value else None


_DIGITS = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}
_BEFORE_THE_OTHER = re.compile(r"\s?[/(-]")


def _iso_of_month(match: re.Match[str]) -> str | None:
    """ISO 8601 of a date that names its month; None for a day that the calendar does not have.

    Without dateparser, which takes longer than all else that is done with an article.
    """
    name = match["month"].lower()
    month = _MONTH_OF[name if name in _MONTH_OF else _BEFORE_THE_OTHER.split(name)[0]]
    day = match["day"] or match["after"]
    try:
        value = calendar_date(int(match["year"]), month, int(day or 1)).isoformat()
    except ValueError:
        return None
    return value if day else value[: len("2019-03")]


@lru_cache(maxsize=1024)  # articles of one day share their date; the size is not measured
def _iso(words: str) -> str | None:
    """ISO 8601 of date words, with the parts that are given. None if there is no such day, or the order of day and month is ambiguous."""
    readings = [parser.get_date_data(words) for parser in _parsers()]
    values = {_iso_of_parts(reading.date_obj, reading.parts) for reading in readings if reading.date_obj is not None}
    return values.pop() if len(values) == 1 else None


def _iso_of_parts(day: Any, parts: tuple[str, ...]) -> str:
    """ISO 8601 of the given parts of `day`: `dateparser` fills the others from today's date."""
    if "month" not in parts:
        return f"{day.year:04}"
    return f"{day:%Y-%m-%d}" if "day" in parts else f"{day:%Y-%m}"


@cache
def _parsers() -> tuple[DateDataParser, DateDataParser]:
    from dateparser.date import DateDataParser  # noqa: PLC0415  # 0.1 s: only if there is a date

    day_first, month_first = ({"DATE_ORDER": order} for order in ("DMY", "MDY"))
    return DateDataParser(languages=["en"], settings=day_first), DateDataParser(languages=["en"], settings=month_first)
