"""What there is to choose from, and the list that a search and filters leave, by a plain reading of the same articles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import make_article
from index.catalogue import Catalogue, Listing
from index.filters import ANY, Filters, first_day
from index.passages import passages_of
from index.quotations import Quotation
from index.spans import Span
from qa.facets import MOST_BINS, Shelf, bins


def listing(
    id: str,
    title: str | None = "A title",
    publisher: str | None = None,
    date: str | None = None,
    language: str = "en",
    author: str | None = None,
) -> Listing:
    return Listing(id, "0" * 64, title, publisher, author, date, language, 1)


LISTINGS = [
    listing("a.txt", "The ferry left", "The Kessa Lantern", "2019-04-02"),
    listing("b.txt", "Another ferry", "The Kessa Lantern", "2019"),
    listing("c.txt", "وَصَلَت العَبّارة إلى الميناء", "مرآة دالميرا", "2020-01-01", "ar", "ليلى الأسعد"),
    listing("d.txt", None, None, None),
    listing("e.txt", "Été à Kessa", "a small paper", "2018-12-31", "fr", "José"),
]
SHELF = Shelf(LISTINGS, {"Abu Tarig": 2, "Layla": 3})


def ids(listings: Iterable[Listing]) -> list[str]:
    return [listing.id for listing in listings]


def test_choices_come_with_their_numbers_of_articles_most_first() -> None:
    facets = SHELF.facets
    assert (facets.articles, facets.undated) == (5, 1)
    assert list(facets.languages.items()) == [("en", 3), ("ar", 1), ("fr", 1)]
    assert list(facets.publishers.items()) == [("The Kessa Lantern", 2), ("a small paper", 1), ("مرآة دالميرا", 1)]
    assert list(facets.people.items()) == [("Layla", 3), ("Abu Tarig", 2)]
    assert sum(bin.articles for bin in facets.bins) == 4


@given(st.lists(st.dates(), max_size=30))
def test_bins_hold_every_day_once_follow_each_other_without_a_gap_and_are_few(days: list[date]) -> None:
    made = bins(days)
    assert sum(bin.articles for bin in made) == len(days)
    assert len(made) <= MOST_BINS + 1
    for bin in made:
        inside = [day for day in days if bin.first <= day.isoformat()[: len(bin.first)] and day.isoformat()[: len(bin.last)] <= bin.last]
        assert len(inside) == bin.articles
    assert [bin.first for bin in made] == sorted({bin.first for bin in made})


@pytest.mark.parametrize(("days", "length"), [(0, 10), (59, 10), (60, 7), (1700, 7), (2000, 4), (300_000, 4)])
def test_bins_are_as_fine_as_a_slider_can_show(days: int, length: int) -> None:
    made = bins([date(1150, 6, 15), date(1150, 6, 15) + timedelta(days=days)])
    assert {len(bin.first) for bin in made} == {length}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ferry", ["a.txt", "b.txt"]),
        ("FERRY left", ["a.txt"]),
        ("lantern b.txt", ["b.txt"]),
        ("وصلت العباره", ["c.txt"]),
        ("الاسعد", ["c.txt"]),
        ("ete a kessa jose", ["e.txt"]),
        ("ferry nowhere", []),
        ("  ", ["c.txt", "a.txt", "b.txt", "e.txt", "d.txt"]),
    ],
)
def test_all_words_of_a_search_stand_in_title_publisher_author_or_id_in_any_spelling(search: str, found: list[str]) -> None:
    assert ids(SHELF.found(search, ANY, "date")) == found


def test_the_order_is_newest_first_or_by_title_or_by_publisher_and_what_has_none_is_last() -> None:
    assert ids(SHELF.found("", ANY, "date")) == ["c.txt", "a.txt", "b.txt", "e.txt", "d.txt"]
    assert ids(SHELF.found("", ANY, "title")) == ["b.txt", "e.txt", "a.txt", "c.txt", "d.txt"]
    assert ids(SHELF.found("", ANY, "publisher")) == ["e.txt", "a.txt", "b.txt", "c.txt", "d.txt"]


@given(
    st.builds(
        Filters,
        st.sampled_from([None, "en", "ar", "de"]),
        st.sampled_from([None, "The Kessa Lantern", "the kessa lantern", "nobody"]),
        st.sampled_from([None, 20181231, 20190101, 20190403, 20200102]),
        st.sampled_from([None, 20181231, 20190101, 20190402, 20191231]),
        st.sampled_from([None, "Layla"]),
    )
)
def test_the_list_lets_through_what_the_filters_say_and_nothing_else(filters: Filters) -> None:
    quoting = {"a.txt", "c.txt", "d.txt"}

    def is_wanted(one: Listing) -> bool:
        if (filters.language or one.language) != one.language or (filters.publisher or one.publisher) != one.publisher:
            return False
        if filters.speaker and one.id not in quoting:
            return False
        if filters.after is None and filters.before is None:
            return True
        return one.date is not None and (filters.after or 0) <= first_day(one.date) <= (filters.before or 99999999)

    found = SHELF.found("", filters, "date", quoting)
    assert sorted(ids(found)) == [one.id for one in LISTINGS if is_wanted(one)]


def test_a_name_that_is_typed_a_little_differently_becomes_the_one_that_the_articles_write() -> None:
    settled = SHELF.settled(Filters(publisher="the kessa  lantern ", speaker="LAYLA"))
    assert settled == Filters(publisher="The Kessa Lantern", speaker="Layla")
    unknown = Filters(publisher="The Kessa Lamp", speaker="Lay")
    assert SHELF.settled(unknown) == unknown
    assert Shelf([], {}).settled(unknown) == unknown


def test_the_catalogue_lists_counts_and_finds_by_person_only_what_readers_see(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite3")
    said = [Quotation(Span(0, 3), "direct", None, name, None, 0) for name in ("Abu Tarig", "Abu Tarig", "Layla", None)]
    with catalogue.transaction():
        for n in range(3):
            article = make_article(f"{n}.txt", f"Ferry {n}\n\nThe ferry left Kessa and never came back.", publisher="P", date="2019")
            catalogue.put(article, passages_of(article), said[n:])
        catalogue.show(["0.txt", "2.txt"])
    assert [(one.id, one.title, one.publisher, one.date, one.language, one.passages) for one in catalogue.listings()] == [
        ("0.txt", "Ferry 0", "P", "2019", "en", 1),
        ("2.txt", "Ferry 2", "P", "2019", "en", 1),
    ]
    assert catalogue.people() == {"Abu Tarig": 1, "Layla": 2}
    assert catalogue.people_in(["0.txt", "2.txt", "9.txt"]) == {"0.txt": 2, "2.txt": 1}
    assert catalogue.quoting("Layla") == ["0.txt", "2.txt"]
    assert catalogue.quoting("layla") == []
    catalogue.close()


def test_a_catalogue_of_the_version_before_gets_its_indexes_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite3"
    catalogue = Catalogue(path)
    indexes = {"articles_by_heading", "quotations_by_speaker"}
    for name in indexes:
        catalogue._db.execute(f"DROP INDEX {name}")
    catalogue._db.execute("PRAGMA user_version = 1")
    catalogue.close()
    catalogue = Catalogue(path)
    names = {row[0] for row in catalogue._db.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert indexes <= names
    catalogue.close()


def test_ten_thousand_articles_are_listed_in_a_moment() -> None:
    """On two cores that others used too: 0.02 s for the facets, 0.04 s for a first search, 0.01 s for the next; here ten times that."""
    many = [
        listing(f"{n:05}.txt", f"Headline {n} of the harbour", f"Paper {n % 300}", f"{1990 + n % 30}-0{1 + n % 9}-1{n % 9}")
        for n in range(10_000)
    ]
    started = perf_counter()
    shelf = Shelf(many, {f"Person {n}": 1 for n in range(15_000)})
    assert shelf.facets.articles == 10_000
    assert len(shelf.found("harbour 77", Filters(publisher="Paper 77"), "publisher")) > 0
    assert perf_counter() - started < 1
