"""Parses dates as people and programs write them in a column of a table, to ISO 8601. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from datetime import date as calendar_date
from itertools import islice

from index.text.dates import LONGEST_DATE, parse_date

SAMPLE_SIZE = 100  # unambiguous dates from which a column's order of day and month is inferred; not measured

DayFirst = Callable[[], bool | None]
"""Whether the column puts the day before the month; None if unknown. Called only for an ambiguous date."""

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ][0-9]{2}.*)?)?)?", re.DOTALL)
_NUMBER = re.compile(r"\d{4,19}(?:\.\d{1,9})?")
_YEAR_FIRST = re.compile(r"(?<![\w/.-])(\d{4})([/.-])(\d\d?)\2(\d\d?)(?![\d/-])")
_YEAR_LAST = re.compile(r"(?<![\w/.-])(\d\d?)([/.-])(\d\d?)\2(\d{4})(?![\d/-])")
# Seconds, milliseconds, microseconds and nanoseconds since 1970. Each covers 1973 to 2286, so that the ranges do not overlap.
_EPOCH_UNITS = {10**8: 1, 10**11: 10**3, 10**14: 10**6, 10**17: 10**9}


def iso_date(words: str) -> str:
    """The date part of an ISO date or time, with the parts that are given; empty if `words` are neither.

    >>> iso_date("2024-05"), iso_date("2024-05-01T09:30:00Z"), iso_date("2024-02-30"), iso_date("1 May 2024")
    ('2024-05', '2024-05-01', '', '')
    """
    match = _ISO.fullmatch(words)
    if not match:
        return ""
    year, month, day = match.groups()
    if _day(int(year), int(month or 1), int(day or 1)) is None:
        return ""
    return "-".join(part for part in (year, month, day) if part)


def read_date(value: str | float, day_first: DayFirst) -> str | None:
    """The date of a cell in ISO 8601, with the parts that are given; an ISO date or time is returned unchanged. None for a value that is no
    date, and for an ambiguous date if `day_first` returns None.

    A number is a year, a day (20240305), or a Unix time in seconds, milliseconds, microseconds or nanoseconds, in UTC.

    >>> read_date("5 March 2024", lambda: None), read_date("٥ آذار ٢٠٢٤", lambda: None), read_date(1709640000, lambda: None)
    ('2024-03-05', '2024-03-05', '2024-03-05')
    >>> read_date("25/03/2024", lambda: None), read_date("05/03/2024", lambda: None), read_date("05/03/2024", lambda: True)
    ('2024-03-25', None, '2024-03-05')
    """
    if not isinstance(value, str):
        return _date_of_number(value)
    words = " ".join(value.split())
    if not words or len(words) > LONGEST_DATE:
        return None
    if iso_date(words):
        return words
    if _NUMBER.fullmatch(words):
        return _date_of_number(float(words))
    if match := _YEAR_FIRST.search(words):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := _YEAR_LAST.search(words):
        return _date_of_parts(int(match[1]), int(match[3]), int(match[4]), day_first)
    return parse_date(words)


def day_first_of(values: Iterable[object]) -> bool | None:
    """Whether a column puts the day before the month, inferred from its unambiguous dates (25/03/2024). None if there are none, or if they
    disagree. Values are consumed until `SAMPLE_SIZE` unambiguous dates are read.

    >>> day_first_of(["05/03/2024", "25/03/2024"]), day_first_of(["05/03/2024"]), day_first_of(["25/03/2024", "03/25/2024"])
    (True, None, None)
    """
    orders = (_is_day_first(value) for value in values if isinstance(value, str))
    distinct = set(islice((order for order in orders if order is not None), SAMPLE_SIZE))
    return distinct.pop() if len(distinct) == 1 else None


def _is_day_first(value: str) -> bool | None:
    match = _YEAR_LAST.search(value[: 2 * LONGEST_DATE])  # twice: white space is not yet collapsed
    if not match:
        return None
    first, second = int(match[1]), int(match[3])
    return first > 12 if (first > 12) != (second > 12) else None


def _date_of_parts(first: int, second: int, year: int, day_first: DayFirst) -> str | None:
    if first == second or first > 12:
        return _day(year, second, first)
    if second > 12:
        return _day(year, first, second)
    order = day_first()
    if order is None:
        return None
    return _day(year, second, first) if order else _day(year, first, second)


def _date_of_number(number: float) -> str | None:
    if 1000 <= number < 3000 and number == int(number):
        return str(int(number))
    if 10_000_000 < number < 100_000_000:
        return _day(int(number) // 10_000, int(number) // 100 % 100, int(number) % 100)
    for lowest, unit in _EPOCH_UNITS.items():
        if lowest <= number < 100 * lowest:
            return datetime.fromtimestamp(number / unit, UTC).date().isoformat()
    return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return calendar_date(year, month, day).isoformat()
    except ValueError:
        return None
