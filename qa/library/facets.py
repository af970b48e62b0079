"""A store's articles as a list: what there is to choose from among them, those that a search and filters leave, in an order and by story,
and when they were printed.

Made from the catalogue's headings, never from the texts. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from index.store.catalogue import Listing
from index.store.filters import Filters, first_day
from index.store.links import Link
from index.text.fold import fold_text

Sort = Literal["date", "title", "publisher"]
Tie = Literal["copy", "translation", "story"]
"""The same text, the same in another language, or another text of the same story."""
# What a slider of some 600 pixels can show and a hand can choose. Not measured.
MOST_BINS = 60
_WHOLE_DATE = len("2024-05-01")


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
class Timeline:
    """How many articles of each of the store's languages fall into each of the bins, the language first that the store has most of: each
    keeps its place whatever is looked for. `undated` articles are in none of the bins."""

    bins: Sequence[Bin]
    languages: Mapping[str, Sequence[int]]
    undated: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands together in the list: an article alone, or those of one story that the search and the filters leave. The `lead` is the
    one that is known to be the original, else the earliest, else the first of them in the list's order; `others` say what they are to it.

    Of the whole story, whatever is left of it: `printed` is how many articles have the lead's text, `papers` how many publishers those
    name but for the agency whose text it is, `languages` which others the story is told in, and `left_out` how many of its articles
    are not in the list.
    """

    lead: Listing
    others: Sequence[tuple[Listing, Tie]] = ()
    printed: int = 1
    papers: int = 0
    languages: Sequence[str] = ()
    left_out: int = 0

    @property
    def listings(self) -> Sequence[Listing]:
        return (self.lead, *(listing for listing, _ in self.others))


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the list: `start` is the place of its first row among the `total`, and `articles` is how many there are in all the rows.

    `people` maps an id to the number of people whom it quotes by name, `credits` to whose text it says that it prints, where it does.
    `has_stories` where any articles of the store are of one story.
    """

    groups: Sequence[Group]
    people: Mapping[str, int]
    start: int
    total: int
    articles: int
    timeline: Timeline
    credits: Mapping[str, str] = field(default_factory=dict)
    has_stories: bool = False


class Shelf:
    """The list. `people` maps the name of somebody who is quoted to the number of articles; `stories` maps an article to all of its
    story, itself included; articles that stand alone are left out. `originals` are articles of agencies that others print."""

    def __init__(
        self,
        listings: Sequence[Listing],
        people: Mapping[str, int],
        stories: Mapping[str, Sequence[str]] = MappingProxyType({}),
        originals: Container[str] = (),
    ) -> None:
        self._listings = listings
        self._people = people
        self._stories = stories
        self._originals = originals
        self._orders: dict[Sort, list[Listing]] = {}

    @property
    def has_stories(self) -> bool:
        return bool(self._stories)

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
            and filters.allow(listing.language, listing.publisher, listing.date)
            and all(word in self._folded[listing.id] for word in words)
        ]

    def stories(self, found: Sequence[Listing]) -> Sequence[Sequence[Listing]]:
        """What was found, by story, its lead first: each stands where its lead stood."""
        members: dict[str, list[Listing]] = {}
        for listing in found:
            members.setdefault(self.story_of(listing.id)[0], []).append(listing)
        places = {listing.id: place for place, listing in enumerate(found)}
        ordered = (sorted(own, key=self._comes_first) if len(own) > 1 else own for own in members.values())
        return sorted(ordered, key=lambda own: places[own[0].id])

    def story_of(self, id: str) -> Sequence[str]:
        """The ids of an article's whole story, its own among them."""
        return self._stories.get(id, (id,))

    def group(self, found: Sequence[Listing], links: Iterable[Link]) -> Group:
        """What was found of one story, its lead first, with what there is of it besides; `links` are those within the story."""
        lead, *others = found
        whole = [self._by_id[id] for id in self.story_of(lead.id) if id in self._by_id]
        copies = _copies(lead.id, links)
        printed = [listing for listing in whole if listing.id in copies and listing.id not in self._originals]
        papers = {fold_text(listing.publisher).strip() for listing in printed if listing.publisher}
        languages = Counter(listing.language for listing in whole if listing.language != lead.language)
        beside = [(listing, _tie(listing, lead, copies)) for listing in others]
        return Group(lead, beside, len(copies), len(papers), list(_most_first(languages)), len(whole) - len(found))

    def timeline(self, found: Sequence[Listing]) -> Timeline:
        """When what was found was printed."""
        dated = [(listing.language, self._days[listing.id]) for listing in found if listing.id in self._days]
        cut = bins(day for _, day in dated)
        firsts = [bin.first for bin in cut]
        languages = {code: [0] * len(cut) for code in self.facets.languages}
        for (code, day), number in Counter(dated).items():
            languages[code][bisect_right(firsts, day.isoformat()) - 1] += number
        return Timeline(cut, languages, len(found) - len(dated))

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

    @cached_property
    def _by_id(self) -> dict[str, Listing]:
        return {listing.id: listing for listing in self._listings}

    @cached_property
    def _days(self) -> dict[str, date]:
        return {listing.id: _day(listing.date) for listing in self._listings if listing.date}

    def _comes_first(self, listing: Listing) -> tuple[object, ...]:
        """An agency's own before its copies, then by day; a month or a year alone says nothing of who was first."""
        day = listing.date if listing.date is not None and len(listing.date) == _WHOLE_DATE else None
        return listing.id not in self._originals, day is None, day or ""

    def _in_order(self, sort: Sort) -> Sequence[Listing]:
        if sort not in self._orders:
            self._orders[sort] = sorted(self._listings, key=_KEYS[sort])
        return self._orders[sort]


def _copies(id: str, links: Iterable[Link]) -> set[str]:
    """The articles with the same text, this one among them, by way of copies of copies."""
    near: dict[str, set[str]] = {}
    for link in links:
        if link.kind == "copy":
            near.setdefault(link.a, set()).add(link.b)
            near.setdefault(link.b, set()).add(link.a)
    copies, ahead = {id}, [id]
    while ahead:
        fresh = near.get(ahead.pop(), set()) - copies
        copies |= fresh
        ahead += fresh
    return copies


def _tie(listing: Listing, lead: Listing, copies: Container[str]) -> Tie:
    if listing.id in copies:
        return "copy"
    return "translation" if listing.language != lead.language else "story"


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
