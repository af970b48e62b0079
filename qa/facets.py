"""A store's articles as a list: what there is to choose from among them, and those that a search and filters leave, in an order.

Made from the catalogue's headings, never from the texts. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from index.catalogue import Listing
from index.filters import Filters, first_day
from index.fold import fold_text

Sort = Literal["date", "title", "publisher"]
# What a slider of some 600 pixels can show and a hand can choose. Not measured.
MOST_BINS = 60


@dataclass(frozen=True, slots=True)
class Bin:
    """A day, a month, a year or several years, and how many articles fall into it. `first` and `last` are ISO dates, partial where they
    stand for a whole month or year."""

    first: str
    last: str
    articles: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to choose from, with numbers of articles: most first, but for `bins`, which follow each other without a gap and are
    at most MOST_BINS and one. `undated` articles are in none of them."""

    articles: int
    languages: Mapping[str, int]
    publishers: Mapping[str, int]
    people: Mapping[str, int]
    bins: Sequence[Bin]
    undated: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the list: `start` is the place of its first row among the `total`; `people` maps an id to the number
    of people whom it quotes by name."""

    listings: Sequence[Listing]
    people: Mapping[str, int]
    start: int
    total: int


class Shelf:
    """The list. `people` maps the name of somebody who is quoted to the number of articles."""

    def __init__(self, listings: Sequence[Listing], people: Mapping[str, int]) -> None:
        self._listings = listings
        self._people = people
        self._orders: dict[Sort, list[Listing]] = {}

    @cached_property
    def facets(self) -> Facets:
        days = [_day(listing.date) for listing in self._listings if listing.date]
        return Facets(
            len(self._listings),
            _most_first(Counter(listing.language for listing in self._listings)),
            _most_first(Counter(listing.publisher for listing in self._listings if listing.publisher)),
            _most_first(self._people),
            bins(days),
            len(self._listings) - len(days),
        )

    def found(self, search: str, filters: Filters, sort: Sort, quoting: Container[str] = ()) -> list[Listing]:
        """The articles that the filters allow, in order; `quoting` are the ids of those that quote the filters' speaker.

        All words of `search` must stand in an article's title, publisher, author or id, in any spelling that folds alike.
        """
        words = fold_text(search).split()
        return [
            listing
            for listing in self._in_order(sort)
            if (filters.speaker is None or listing.id in quoting)
            and _is_allowed(listing, filters)
            and all(word in self._folded[listing.id] for word in words)
        ]

    def settled(self, filters: Filters) -> Filters:
        """The filters with publisher and speaker as the articles write them, where one or the other is written a little differently."""
        publisher = _as_written(filters.publisher, self.facets.publishers)
        return replace(filters, publisher=publisher, speaker=_as_written(filters.speaker, self.facets.people))

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {
            listing.id: fold_text("\n".join(part for part in (listing.title, listing.publisher, listing.author, listing.id) if part))
            for listing in self._listings
        }

    def _in_order(self, sort: Sort) -> Sequence[Listing]:
        if sort not in self._orders:
            self._orders[sort] = sorted(self._listings, key=_KEYS[sort])
        return self._orders[sort]


def bins(days: Iterable[date]) -> Sequence[Bin]:
    """The days by day, by month or by year or some years, whatever is finest in MOST_BINS.

    >>> [(bin.first, bin.last, bin.articles) for bin in bins([date(2015, 1, 31), date(2015, 4, 2), date(2015, 4, 1)])]
    [('2015-01', '2015-01', 1), ('2015-02', '2015-02', 0), ('2015-03', '2015-03', 0), ('2015-04', '2015-04', 2)]
    """
    counted = Counter(days)
    if not counted:
        return ()
    first, last = min(counted), max(counted)
    if (last - first).days < MOST_BINS:
        every = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
        return [Bin(day, day, counted[date.fromisoformat(day)]) for day in every]
    if _month(last) - _month(first) < MOST_BINS:
        by_month = _totals(counted, _month)
        return [Bin(_named(month), _named(month), by_month[month]) for month in range(_month(first), _month(last) + 1)]
    step = -(-(last.year - first.year + 1) // MOST_BINS)
    begin = first.year // step * step
    by_years = _totals(counted, lambda day: (day.year - begin) // step)
    return [
        Bin(f"{max(1, begin + n * step):04}", f"{min(9999, begin + n * step + step - 1):04}", by_years[n])
        for n in range((last.year - begin) // step + 1)
    ]


def _totals(counted: Mapping[date, int], place: Callable[[date], int]) -> Counter[int]:
    totals: Counter[int] = Counter()
    for day, number in counted.items():
        totals[place(day)] += number
    return totals


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _named(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _day(iso: str) -> date:
    """The first day of a date that may be partial, as the indexes compare it."""
    day = first_day(iso)
    return date(day // 10000, day // 100 % 100, day % 100)


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _is_allowed(listing: Listing, filters: Filters) -> bool:
    """As the indexes decide it: an article without a date is in no range of dates."""
    if filters.language is not None and listing.language != filters.language:
        return False
    if filters.publisher is not None and listing.publisher != filters.publisher:
        return False
    if filters.after is None and filters.before is None:
        return True
    if listing.date is None:
        return False
    day = first_day(listing.date)
    return (filters.after is None or filters.after <= day) and (filters.before is None or day <= filters.before)


def _as_written(name: str | None, known: Mapping[str, int]) -> str | None:
    if name is None or name in known:
        return name
    folded = fold_text(name).strip()
    return next((one for one in known if fold_text(one) == folded), name)


def _by_title(listing: Listing) -> tuple[object, ...]:
    return listing.title is None, fold_text(listing.title or ""), listing.id


_KEYS: Mapping[Sort, Callable[[Listing], tuple[object, ...]]] = {
    "date": lambda listing: (listing.date is None, -first_day(listing.date) if listing.date else 0, *_by_title(listing)),
    "title": _by_title,
    "publisher": lambda listing: (listing.publisher is None, fold_text(listing.publisher or ""), *_KEYS["date"](listing)),
}
