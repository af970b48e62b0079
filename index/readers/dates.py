"""Dates as people and programs write them in a column, to ISO. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from datetime import date as calendar_date
from functools import lru_cache
from itertools import islice

from index.metadata import read_metadata

LONGEST_DATE = 100  # code points, as for a line that is a date alone in metadata.py; not measured
ENOUGH = 100  # dates that tell which way round a column has them; not measured

DayFirst = Callable[[], bool | None]
"""Asked only when a date could be read both ways: whether its column puts the day before the month; None where nothing tells."""

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ][0-9]{2}.*)?)?)?", re.DOTALL)
_NUMBER = re.compile(r"\d{4,19}(?:\.\d{1,9})?")
_YEAR_FIRST = re.compile(r"(?<![\w/.-])(\d{4})([/.-])(\d\d?)\2(\d\d?)(?![\d/-])")
_YEAR_LAST = re.compile(r"(?<![\w/.-])(\d\d?)([/.-])(\d\d?)\2(\d{4})(?![\d/-])")
# Seconds, and thousandths, millionths and billionths of one, since 1970: from 1973 to 2286, so that no two units are taken for each other.
_EPOCH_UNITS = {10**8: 1, 10**11: 10**3, 10**14: 10**6, 10**17: 10**9}


def iso_date(words: str) -> str:
    """The date that `words` begin with, as far as it is given; empty if they are not an ISO date or time.

    >>> iso_date("2024-05"), iso_date("2024-05-01T09:30:00Z"), iso_date("2024-02-30"), iso_date("1 May 2024")
    ('2024-05', '2024-05-01', '', '')
    """
    found = _ISO.fullmatch(words)
    if not found:
        return ""
    year, month, day = found.groups()
    if _day(int(year), int(month or 1), int(day or 1)) is None:
        return ""
    return "-".join(part for part in (year, month, day) if part)


def read_date(value: str | float, day_first: DayFirst) -> str | None:
    """The ISO date of a cell, as far as it is known; an ISO date or time as it stands. None for what is no date, and for one whose day and
    month could be either way round where `day_first` does not know.

    A number is a year, a day (20240305), or the time since 1970 in seconds or a thousandth, millionth or billionth of one, in UTC.

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
    if found := _YEAR_FIRST.search(words):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.search(words):
        return _date_of_parts(int(found[1]), int(found[3]), int(found[4]), day_first)
    return _date_of_words(words)


def day_first_of(values: Iterable[object]) -> bool | None:
    """Whether a column puts the day before the month, from those of its dates that can be read one way only (25/03/2024); None where there
    is none, or they disagree. A hundred are enough, and no more values are asked for.

    >>> day_first_of(["05/03/2024", "25/03/2024"]), day_first_of(["05/03/2024"]), day_first_of(["25/03/2024", "03/25/2024"])
    (True, None, None)
    """
    tells = (_tells_day_first(value) for value in values if isinstance(value, str))
    told = set(islice((tell for tell in tells if tell is not None), ENOUGH))
    return told.pop() if len(told) == 1 else None


def _tells_day_first(value: str) -> bool | None:
    found = _YEAR_LAST.search(value[: 2 * LONGEST_DATE])  # white space around it is not yet folded
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    return first > 12 if (first > 12) != (second > 12) else None


def _date_of_parts(first: int, second: int, year: int, day_first: DayFirst) -> str | None:
    if first == second or first > 12:
        return _day(year, second, first)
    if second > 12:
        return _day(year, first, second)
    known = day_first()
    if known is None:
        return None
    return _day(year, second, first) if known else _day(year, first, second)


def _date_of_number(number: float) -> str | None:
    if 1000 <= number < 3000 and number == int(number):
        return str(int(number))
    if 10_000_000 < number < 100_000_000:
        return _day(int(number) // 10_000, int(number) // 100 % 100, int(number) % 100)
    for least, unit in _EPOCH_UNITS.items():
        if least <= number < 100 * least:
            return datetime.fromtimestamp(number / unit, UTC).date().isoformat()
    return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return calendar_date(year, month, day).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=1024)  # the articles of a day have one date; no figure behind the size
def _date_of_words(words: str) -> str | None:
    found = read_metadata(words).date  # of a text that is a date alone
    return found.value if found else None
