"""Filters let through the same articles in Chroma, in the full-text index and to the eye, and to whatever is answered from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.embedding.embed import Embedder
from index.errors import SettingError
from index.store.filters import ANY, Filters, first_day, last_day
from index.store.passages import article_key, passages_of
from index.store.store import Store, writing
from index.store.vectors import Unit, VectorIndex
from qa.answer import answer
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve

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
    st.sampled_from([None, *LANGUAGES]),
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


@given(some_filters, st.sets(st.sampled_from(ARTICLES), max_size=5))
def test_both_indexes_look_at_the_named_articles_alone(store: Store, filters: Filters, named: set[Article]) -> None:
    expected = sorted(article.id for article in named if wanted(article, filters))
    question, keys = store.embedder.questions(["the ferry that left"])[0], [article_key(article.id) for article in named]
    for found in (
        store.vectors.nearest("passages", question, 200, filters, keys),
        store.vectors.nearest("sentences", question, 200, filters, keys),
        store.lexical.best("terms", ["ferri", "left"], 200, filters, keys),
    ):
        ids = [id for id, _ in found]
        passages = store.catalogue.passages([*ids, *store.catalogue.passages_with(ids)])
        assert sorted(passage.article_id for passage in passages.values()) == expected


def test_the_nearest_of_many_named_articles_are_the_nearest_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chroma is asked for some of them at a time."""
    vectors = np.random.default_rng(7).standard_normal((40, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index, question = VectorIndex(tmp_path / "chroma"), vectors[0]
    index.ensure("passages", ["en"])
    index.put("passages", [Unit(f"{n}:0", f"key{n}", "en", None, None) for n in range(40)], vectors)
    monkeypatch.setattr("index.store.vectors._BATCH", 7)
    in_batches = index.nearest("passages", question, 10, ANY, [f"key{n}" for n in range(40)])
    assert [id for id, _ in in_batches] == [id for id, _ in index.nearest("passages", question, 10, ANY)]
    index.close()


QUESTIONS = ("Who announced the results of the election?", "كم عدد القتلى؟", "ferry", "Who wrote it and on what day?")


@pytest.mark.parametrize("question", QUESTIONS)
def test_retrieval_and_answers_stay_within_each_filter_alone_and_all_together(samples_store: Store, question: str) -> None:
    articles = {article.id: article for article in samples_store.catalogue.all_articles()}
    some = articles[min(id for id, one in articles.items() if one.publisher and one.date and samples_store.catalogue.quotations([id]))]
    speaker = next(said.speaker_name for said in samples_store.catalogue.quotations([some.id])[some.id] if said.speaker_name)
    assert some.date is not None
    alone = [
        Filters(language="ar"),
        Filters(language="en"),
        Filters(publisher=some.publisher),
        Filters(after=first_day(some.date)),
        Filters(before=last_day(some.date)),
        Filters(speaker=speaker),
    ]
    together = Filters(some.language, some.publisher, first_day(some.date), last_day(some.date), speaker)
    for filters in (*alone, together):
        quoting = articles if filters.speaker is None else set(samples_store.catalogue.quoting(filters.speaker))
        allowed = {id for id, article in articles.items() if id in quoting and wanted(article, filters)}
        assert allowed
        hits = retrieve(samples_store, analyse(samples_store, question), 50, filters)
        assert {hit.passage.article_id for hit in hits} <= allowed
        assert {citation.article.id for citation in answer(samples_store, question, filters).citations} <= allowed
        assert hits, "a filter that lets articles through leaves something to read"


def test_whom_nobody_quotes_gives_no_passage(samples_store: Store) -> None:
    for question in QUESTIONS:
        assert retrieve(samples_store, analyse(samples_store, question), 50, Filters(speaker="Nobody At All")) == []
        assert answer(samples_store, question, Filters(speaker="Nobody At All")).abstained
