"""Retrieval keeps to its filters, sees both languages, lets names and numbers count, and survives any question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.embedding.embed import Embedder
from index.store.filters import ANY, Filters, first_day, last_day
from index.store.passages import passages_of
from index.store.store import Store, writing
from qa.ask.question import LONGEST_QUESTION, analyse
from qa.ask.retrieve import Hit, retrieve

LOAD = "The ferry left the harbour at noon."
ARTICLES = [
    make_article("a.txt", f"{LOAD} It was full.", title="A", publisher="The Gull", date="2019-04-02", language="en"),
    make_article("b.txt", f"{LOAD} It was empty.", title="B", publisher="The Tern", date="2019-05", language="en"),
    make_article("c.txt", f"{LOAD} It was blue.", title="C", publisher="The Gull", date="2020", language="en"),
    make_article("d.txt", "غادرت العبّارة المرفأ ظهرا. كانت ممتلئة.", title="D", publisher="The Gull", date="2019-04-30", language="ar"),
    make_article("e.txt", f"{LOAD} It was late.", title="E", language="en"),
]
QUESTION = "When did the ferry leave the harbour?"


@contextmanager
def stored(folder: Path, articles: Iterable[Article], embedder: Embedder) -> Iterator[Store]:
    with writing(folder):
        store = Store.open_or_make(folder, embedder)
        store.put([(article, passages_of(article)) for article in articles])
    yield store
    store.close()


@pytest.fixture(scope="module", params=["make_tiny_embedder", "make_tiny_token_embedder"], ids=["single vectors", "token vectors"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    embedder = request.getfixturevalue(request.param)()
    with stored(tmp_path_factory.mktemp("retrieve") / "store", ARTICLES, embedder) as store:
        yield store


def search(store: Store, text: str, count: int = 10, filters: Filters = ANY) -> list[Hit]:
    return retrieve(store, analyse(store, text), count, filters)


def ids(hits: Iterable[Hit]) -> set[str]:
    return {hit.passage.article_id for hit in hits}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ANY, "abcde"),
        (Filters(language="ar"), "d"),
        (Filters(language="en"), "abce"),
        (Filters(language="fr"), ""),
        (Filters(publisher="The Gull"), "acd"),
        (Filters(publisher="the gull"), ""),
        (Filters(after=first_day("2019-04-30")), "bcd"),
        (Filters(before=last_day("2019-04")), "ad"),
        (Filters(after=first_day("2019-05"), before=last_day("2019")), "b"),
        (Filters(after=first_day("2020"), before=last_day("2020")), "c"),
        (Filters(after=first_day("2021")), ""),
        (Filters("en", "The Gull", first_day("2019"), last_day("2019")), "a"),
    ],
)
def test_retrieval_keeps_to_every_filter(store: Store, filters: Filters, expected: str) -> None:
    assert ids(search(store, QUESTION, 10, filters)) == {f"{letter}.txt" for letter in expected}


@pytest.mark.parametrize("count", [1, 2, 5, 100])
def test_as_many_as_asked_for_or_as_there_are_best_first(store: Store, count: int) -> None:
    hits = search(store, QUESTION, count)
    assert len(hits) == min(count, len(ARTICLES))
    assert [hit.rank for hit in hits] == list(range(len(hits)))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [(hit.passage, hit.score) for hit in hits] == [(hit.passage, hit.score) for hit in search(store, QUESTION, 100)[:count]]


@pytest.mark.parametrize("question", ["How long does the train take?", "كم مدرسة أُغلقت؟", "Naharat"])
def test_hits_carry_what_the_articles_hold(samples_store: Store, question: str) -> None:
    hits = search(samples_store, question, 20)
    assert len(hits) == 20
    assert len({hit.passage.id for hit in hits}) == 20
    assert [hit.rank for hit in hits] == list(range(20))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        article = samples_store.catalogue.article(hit.passage.article_id)
        assert article is not None
        assert hit.passage.span.of(article.text) == hit.passage.text
        assert hit.language == article.language
        assert len(hit.sentences) == len(hit.passage.sentences)
        assert all(-1.001 <= likeness <= 1.001 for likeness in hit.sentences)
        assert -1.001 <= hit.cosine <= 1.001
        assert 0 <= hit.lexical <= 1 and 0 <= hit.names <= 1


def test_nothing_that_cleaning_marked_is_ever_retrieved(samples_store: Store) -> None:
    questions = [
        "Subscribe to the newsletter", "Sign up for Ledger Weekly", "All rights reserved", "Advertisement", "Most read",
        "Please consider a donation", "Skip to main content", "جميع الحقوق محفوظة", "اقرأ أيضا", "الأكثر قراءة",
    ]  # fmt: skip
    hits = [hit for question in questions for hit in search(samples_store, question, 100)]
    articles: Mapping[str, Article] = samples_store.catalogue.articles(ids(hits))
    assert hits
    for hit in hits:
        story = articles[hit.passage.article_id].story
        assert all(any(part.contains(sentence) for part in story) for sentence in hit.passage.sentences), hit.passage.text
        assert not any(words in hit.passage.text for words in ("Sign up", "rights reserved", "الحقوق محفوظة", "Skip to"))


@pytest.mark.parametrize(
    ("question", "article", "language"),
    [
        ("How many families had to leave the villages below the dam?", "dam-spillway-opened-ar.txt", "ar"),
        ("How heavy may a railway passenger's two bags be together?", "railway-fares-ar.txt", "ar"),
        ("كم ممرا أُقيم تحت السكة لعبور الجمال والغزلان؟", "desert-railway-opens.txt", "en"),
        ("من يدير متحف الملح في ملهارة؟", "salt-museum-reopens.md", "en"),
    ],
)
def test_evidence_in_the_other_language_alone_is_found(samples_store: Store, question: str, article: str, language: str) -> None:
    hits = search(samples_store, question, 5)
    assert (article, language) in {(hit.passage.article_id, hit.language) for hit in hits}


def test_both_languages_are_seen_for_one_question(samples_store: Store) -> None:
    assert {hit.language for hit in search(samples_store, "How many people died when the ferry Nawras capsized?", 20)} == {"ar", "en"}


def test_every_language_is_seen_however_many_articles_the_other_has(tmp_path: Path, each_embedder: Any) -> None:
    crowd = [make_article(f"{n}.txt", f"{LOAD} It was number {n}.", language="en") for n in range(120)]
    alone = make_article("alone.txt", "حلّ الضباب على الميناء.", language="ar")
    with stored(tmp_path / "store", [*crowd, alone], each_embedder) as store:
        assert "alone.txt" in ids(search(store, QUESTION, 200))


@pytest.mark.parametrize("question", ["What did Nazarov say?", "ماذا قال نزاروف؟", "Что сказал Назаров?"])
@pytest.mark.parametrize("name", ["نزاروف", "Nazarov", "Назаров"])
def test_a_name_counts_across_scripts(tmp_path: Path, each_embedder: Any, question: str, name: str) -> None:
    """Paragraphs that differ in a name alone: its spelling in another script must tell them apart, for vectors hardly do."""
    others = ["الحكيمي", "برهومي", "Lindqvist", "Fontaine", "Баженко"]
    articles = [make_article(f"{n}.txt", f"كان {other} هناك صباحا.", language="ar") for n, other in enumerate([*others, name])]
    with stored(tmp_path / "store", articles, each_embedder) as store:
        told = [hit.passage.text for hit in search(store, question) if hit.names > 0]
        assert told == [articles[-1].text]


def test_a_number_counts_however_it_is_written(tmp_path: Path, each_embedder: Any) -> None:
    articles = [
        make_article(f"{n}.txt", f"بلغ العدد {number} هناك.", language="ar") for n, number in enumerate(["٥٤٬٣٢١", "٦٠٬٠٠٠", "٧١٬٩٠٠"])
    ]
    with stored(tmp_path / "store", articles, each_embedder) as store:
        assert search(store, "Who counted 60,000?")[0].passage.article_id == "1.txt"


HOSTILE = [
    "\0", "a\0b", "\ud800", "\u202e\u200f\u2067", "???", "،؛؟", "the of and", "من في على", '"a AND (b*', "terms:* OR passage:[a TO b]",
    "^~\\", "-ferry +harbour", "👩🏽\u200d🚒", "'; DROP TABLE articles; --", "$in", "<script>", "%s{}",
    "ferry " * 17_000, "a" * 100_000, "م" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE, ids=lambda question: ascii(question[:16]))
def test_no_question_is_too_odd(store: Store, question: str) -> None:
    hits = search(store, question)
    assert len(hits) == len(ARTICLES)
    assert [hit.rank for hit in hits] == list(range(len(hits)))


@given(st.text(st.characters()))
@settings(max_examples=60)
def test_no_question_raises(store: Store, question: str) -> None:
    assert len(search(store, question)) == (len(ARTICLES) if question.strip() else 0)


@pytest.mark.parametrize("question", ["", " \n\t", "\u2003"])
def test_an_empty_question_finds_nothing(store: Store, question: str) -> None:
    assert search(store, question) == []


def test_of_an_over_long_question_the_beginning_is_read(store: Store) -> None:
    beginning = (QUESTION + " ").ljust(LONGEST_QUESTION, ".")
    assert analyse(store, beginning + "unread " * 10_000).terms == analyse(store, beginning).terms


def test_words_of_a_query_language_are_words(store: Store) -> None:
    """Syntax must not turn a search around: a minus or NOT before a word does not shut out the articles that have it."""
    assert ids(search(store, "NOT ferry -harbour", 4)) == ids(search(store, "ferry harbour not", 4))


def test_tokens_say_where_the_question_meets_each_sentence(samples_store: Store) -> None:
    question = analyse(samples_store, "How many passengers was the Nawras licensed to carry?")
    for hit in retrieve(samples_store, question, 20):
        assert hit.matches.similarities.shape == (len(question.encoded.tokens), len(hit.matches.spans))
        met = [float(question.encoded.weights @ hit.matches.best(sentence)) for sentence in hit.passage.sentences]
        of_the_language = met[0] - hit.sentences[0]
        assert of_the_language > 0 if hit.language == question.language else of_the_language == pytest.approx(0, abs=1e-6)
        assert hit.sentences == pytest.approx([likeness - of_the_language for likeness in met])


def test_single_vectors_have_no_meeting(tmp_path: Path, tiny_embedder: Any) -> None:
    with stored(tmp_path / "store", ARTICLES, tiny_embedder) as store:
        assert not analyse(store, QUESTION).encoded.tokens.size
        hits = search(store, QUESTION)
        assert hits
        assert all(
            not hit.matches.spans.size and not hit.matches.similarities.size and len(hit.sentences) == len(hit.passage.sentences)
            for hit in hits
        )


def test_a_store_without_articles_gives_nothing(tmp_path: Path, each_embedder: Any) -> None:
    with stored(tmp_path / "store", [], each_embedder) as store:
        assert search(store, QUESTION) == []
