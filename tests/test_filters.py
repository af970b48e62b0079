"""Filters let through the same articles in Chroma, in the full-text index and to the eye."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.embed import Embedder
from index.errors import SettingError
from index.filters import ANY, Filters, first_day, last_day
from index.passages import passages_of
from index.store import Store, writing

PUBLISHERS = (None, "The Kessa Lantern", "مرآة دالميرا", 'O\'Neil "Daily" & $in', "the kessa lantern")
DATES = (None, "2019", "2019-04", "2019-04-02", "2019-04-30", "2020-01-01")
LANGUAGES = ("en", "ar", "fr")
ARTICLES = [
    make_article(
        f"{language}-{i}-{date}.txt",
        "The ferry left Kessa and never came back.",
        publisher=publisher,
        date=date,
        language=language,
        title="F",
    )
    for language in LANGUAGES
    for i, publisher in enumerate(PUBLISHERS)
    for date in DATES
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, make_tiny_embedder: Callable[[], Embedder]) -> Store:
    folder = tmp_path_factory.mktemp("filters") / "store"
    with writing(folder):
        store = Store.open_or_make(folder, make_tiny_embedder())
        store.put([(article, passages_of(article)) for article in ARTICLES])
    return store


def wanted(article: Article, filters: Filters) -> bool:
    """What the filters say, read plainly."""
    if filters.language is not None and article.language != filters.language:
        return False
    if filters.publisher is not None and article.publisher != filters.publisher:
        return False
    if filters.after is None and filters.before is None:
        return True
    if article.date is None:
        return False
    return (filters.after or 0) <= first_day(article.date) <= (filters.before or 99999999)


some_filters = st.builds(
    Filters,
    st.sampled_from([None, *LANGUAGES, "de"]),
    st.sampled_from([*PUBLISHERS, "", "nobody"]),
    st.sampled_from([None, 20181231, 20190101, 20190402, 20190403, 20200101, 20200102]),
    st.sampled_from([None, 20181231, 20190101, 20190401, 20190402, 20191231, 20200101]),
)


@given(some_filters)
def test_both_indexes_let_through_what_the_filters_say_and_nothing_else(store: Store, filters: Filters) -> None:
    expected = sorted(article.id for article in ARTICLES if wanted(article, filters))
    question = store.embedder.questions(["the ferry that left"])[0]
    for found in (
        store.vectors.nearest("passages", question, 200, filters),
        store.vectors.nearest("sentences", question, 200, filters),
        store.lexical.best("terms", ["ferri", "left"], 200, filters),
    ):
        ids = [id for id, _ in found]
        passages = store.catalogue.passages([*ids, *store.catalogue.passages_with(ids)])
        assert sorted(passage.article_id for passage in passages.values()) == expected


def test_no_filter_lets_everything_through(store: Store) -> None:
    assert len(store.lexical.best("terms", ["ferri"], 200, ANY)) == len(ARTICLES)


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [("2019", 20190101, 20191231), ("2019-04", 20190401, 20190431), ("2019-04-02", 20190402, 20190402), ("0001", 10101, 11231)],
)
def test_a_partial_date_begins_with_its_first_day_and_ends_with_its_last(date: str, first: int, last: int) -> None:
    assert (first_day(date), last_day(date)) == (first, last)


@pytest.mark.parametrize(
    "date", ["", "19", "2019-", "2019-4-2", "2019-13", "2019-00", "2019-01-32", "2019-01-00", "yesterday", "2019-04-02T10:00"]
)
def test_what_is_no_date_is_refused_with_how_to_write_one(date: str) -> None:
    for read in (first_day, last_day):
        with pytest.raises(SettingError, match=r"is not a date\. Write it as 2019-04-02"):
            read(date)


def test_a_filter_may_be_narrowed_to_a_language_without_losing_the_rest() -> None:
    assert Filters("en", "P", 20190101, 20191231).in_language("ar") == Filters("ar", "P", 20190101, 20191231)
