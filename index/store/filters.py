"""Which articles a search may look at, and dates as the indexes compare them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.errors import SettingError

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Filters:
    """None means any. `after` and `before` are days as YYYYMMDD, both included; `speaker` is somebody whom an article quotes, as its
    quotations name them."""

    language: str | None = None
    publisher: str | None = None
    after: int | None = None
    before: int | None = None
    speaker: str | None = None

    def in_language(self, language: str) -> Filters:
        return replace(self, language=language)

    def allow(self, language: str, publisher: str | None, date: str | None) -> bool:
        """Whether an article of that language, publisher and ISO date may be looked at, whoever speaks in it, as the indexes decide it: one
        without a date is in no range of dates."""
        if self.language not in (None, language) or self.publisher not in (None, publisher):
            return False
        if self.after is None and self.before is None:
            return True
        if date is None:
            return False
        day = first_day(date)
        return (self.after is None or self.after <= day) and (self.before is None or day <= self.before)


ANY = Filters()


def first_day(date: str) -> int:
    """The first day of an ISO 8601 date that may be partial, as YYYYMMDD: an article of "2015" is indexed under that.

    >>> first_day("2015-03")
    20150301
    """
    year, month, day = _parts(date)
    return year * 10000 + (month or 1) * 100 + (day or 1)


def last_day(date: str) -> int:
    """The last day of the same; 31 for every month, since it is only compared.

    >>> last_day("2015")
    20151231
    """
    year, month, day = _parts(date)
    return year * 10000 + (month or 12) * 100 + (day or 31)


def _parts(date: str) -> tuple[int, int | None, int | None]:
    """Raises SettingError where `date` is no ISO date."""
    match = _ISO.fullmatch(date)
    year, month, day = (int(part) if part else None for part in match.groups()) if match else (None, None, None)
    if year is None or month not in (None, *range(1, 13)) or day not in (None, *range(1, 32)):
        raise SettingError(f"{date!r} is not a date. Write it as 2019-04-02, 2019-04 or 2019.")
    return year, month, day
