"""Answers of more than one sentence: what is chosen, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.store.filters import ANY, Filters
from index.store.store import Store
from index.text.sentences import sentence_spans
from qa.answer import answer
from qa.ask.types import Answer
from qa.evaluate.measures import ask_values
from qa.evaluate.sets import GoldQuestion, held_against, read_set
from qa.evaluate.systems import OnRecord
from qa.kinds.assembled import MOST_WORDS
from qa.kinds.subject import Sentence, choose
from qa.reader.reader import ASKED
from qa.reader.readers import asked_for


@pytest.fixture(scope="module")
def kinds(samples: Path) -> Path:
    """A set of every kind of question, over fifteen articles on six stories."""
    return samples / "kinds" / "north"


@pytest.fixture(scope="module")
def store(kinds: Path, make_store: Callable[[str, Callable[[Path], Path]], Path]) -> Store:
    return Store.open(make_store("north", lambda _: kinds / "corpus.jsonl"))


@pytest.fixture(scope="module")
def questions(samples: Path) -> Sequence[GoldQuestion]:
    return [question for part in ("north", "south") for question in read_set(samples / "kinds" / part).questions]


# What is chosen.


def sentence(article: Article, number: int, worth: float, direction: int) -> Sentence:
    span = list(sentence_spans(article.text))[number]
    vector = np.eye(8, dtype=np.float32)[direction]
    return Sentence(article, span, span.of(article.text), 0.5, vector, number, (), 0.0, 0.0, worth)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.integers(0, 7), st.integers(1, 30)), min_size=1, max_size=25), st.integers(1, 120))
def test_no_more_words_are_chosen_than_allowed_and_no_sentence_twice(rows: list[tuple[float, int, int]], most: int) -> None:
    text = " ".join(" ".join(["Word", *["word"] * (words - 1)]) + "." for _, _, words in rows)
    article = make_article("a", text)
    sentences = [sentence(article, number, worth, direction) for number, (worth, direction, _) in enumerate(rows)]
    chosen = choose(sentences, most)
    assert sum(len(one.text.split()) for one in chosen) <= most
    assert len({one.span for one in chosen}) == len(chosen)
    room = most - sum(len(one.text.split()) for one in chosen)
    assert all(len(one.text.split()) > room for one in sentences if one not in chosen) or len(chosen) == 20


def test_of_two_that_say_the_same_the_second_gives_way_to_one_that_says_something_else() -> None:
    article = make_article("a", "The dam held today. The dam held again. Nine gates were opened.")
    same, again, other = (sentence(article, number, worth, way) for number, (worth, way) in enumerate([(0.9, 0), (0.8, 0), (0.4, 1)]))
    assert choose([same, again, other], 9) == [same, other]


# What is told.


def test_what_is_asked_is_told_apart_in_both_languages(questions: Sequence[GoldQuestion]) -> None:
    for language in ("en", "ar"):
        asked = [question for question in questions if question.language == language]
        told = [asked_for(question.question).kind for question in asked]
        scores = []
        for kind in ASKED:
            right = sum(question.kind == one == kind for question, one in zip(asked, told, strict=True))
            scores.append(2 * right / sum((question.kind == kind) + (one == kind) for question, one in zip(asked, told, strict=True)))
        assert sum(scores) / len(scores) >= 0.8, language


def test_an_overview_has_parts_of_one_day_and_paper_and_cites_every_sentence(store: Store) -> None:
    overview = answer(store, "What do the articles say about the grounding of the ferry Ellida?")
    assert overview.kind == "overview" and not overview.abstained
    assert sorted(place for group in overview.groups for place in group.statements) == list(range(len(overview.statements)))
    for group in overview.groups:
        articles = {overview.citations[overview.statements[place].citations[0] - 1].article for place in group.statements}
        assert {group.heading} == {f"{article.date} · {article.publisher}" for article in articles}
    headings = [group.heading for group in overview.groups]
    assert headings == sorted(headings, key=lambda heading: heading[:10]) and len(headings) > 1
    assert_cited(overview)


def test_a_timeline_is_in_the_order_of_its_days(store: Store) -> None:
    timeline = answer(store, "In what order did things happen after the Ellida ran aground? Give the dates.")
    assert timeline.kind == "timeline"
    days = [group.heading for group in timeline.groups]
    assert days == sorted(days) and len(days) == len(set(days)) > 1
    assert_cited(timeline)


def test_whoever_is_quoted_is_listed_by_name_with_a_sentence(store: Store) -> None:
    people = answer(store, "Who is quoted on the ferry inquiry?")
    assert people.kind == "list"
    assert {"Anneke Brist", "Morten Heys"} <= {group.heading for group in people.groups}
    assert_cited(people)


def test_a_list_of_articles_is_complete_over_the_whole_store(store: Store) -> None:
    told = answer(store, "Which articles mention Halvard Brenn?").text
    mentioning = [
        article for article in store.catalogue.all_articles() if "Halvard Brenn" in article.text or "هالفارد برين" in article.text
    ]
    assert len(mentioning) > 3
    assert all((article.title or "") in told for article in mentioning)


def test_the_collection_is_counted_by_the_catalogue_and_nothing_is_cited(store: Store) -> None:
    count = answer(store, "How many articles are there?")
    assert (count.kind, count.citations, count.short_answer) == ("collection", (), None)
    assert count.statements[0].text == "Articles: 15."
    arabic = answer(store, "كم عدد المقالات؟")
    assert arabic.statements[0].text == "عدد المقالات: 15."
    within = answer(store, "How many articles are there?", Filters(language="ar"))
    assert within.statements[0].text == f"Articles: {store.catalogue.languages()['ar']}."


@pytest.mark.parametrize(
    ("asked", "kind"), [("hi", "small-talk"), ("شكرا جزيلا", "small-talk"), ("Which file formats can you read?", "program")]
)
def test_talk_and_questions_about_the_program_are_answered_in_its_own_words(store: Store, asked: str, kind: str) -> None:
    own = answer(store, asked)
    assert (own.kind, own.abstained, own.citations) == (kind, False, ())
    assert all(statement.support == "supported" for statement in own.statements)
    assert len(own.suggestions) == (3 if kind == "small-talk" else 0)
    if own.suggestions:
        assert not any(answer(store, suggestion).abstained for suggestion in own.suggestions)


def test_an_empty_store_has_no_articles_and_says_so(tmp_path: Path) -> None:
    store = Store.open_or_make(tmp_path / "store")
    assert answer(store, "How many articles are there?").abstained
    assert answer(store, "Summarise all the articles").abstained
    store.close()


def test_filters_hold_for_answers_of_every_kind(store: Store) -> None:
    arabic = answer(store, "What do the articles say about the grounding of the ferry Ellida?", Filters(language="ar"))
    assert {citation.article.language for citation in arabic.citations} == {"ar"}


def test_a_word_that_is_misspelt_is_read_as_the_articles_spell_it(store: Store) -> None:
    slip = answer(store, "How long was the captain of the Elida on dutty?")
    assert slip.question == "How long was the captain of the Elida on dutty?"
    assert slip.read_as == "How long was the captain of the Ellida on duty?"
    assert all(citation.why == () for citation in slip.citations)
    assert answer(store, "How long was the captain of the Ellida on duty?").read_as is None
    assert answer(store, 'Who wrote "Elida dutty"?').read_as is None


@pytest.mark.slow
def test_most_of_what_overviews_and_lists_must_tell_is_told(kinds: Path, store: Store) -> None:
    texts = {article.id: article.text for article in store.catalogue.all_articles()}
    ours, told, asked = OnRecord(store), 0.0, 0.0
    for question in held_against(read_set(kinds), texts).questions:
        if question.points:
            values = ask_values(question, ours.ask(question.question), texts)
            assert values["broken_citations"][0] == 0
            told, asked = told + values["points_told"][0], asked + values["points_told"][1]
    assert told / asked >= 0.5


def assert_cited(given: Answer) -> None:
    """Every statement stands word for word at its citation, and an answer is no longer than a person reads."""
    for statement in given.statements:
        assert statement.support == "verbatim"
        assert {given.citations[number - 1].quote for number in statement.citations} >= {statement.text}
    assert sum(len(statement.text.split()) for statement in given.statements) <= MOST_WORDS + 40


def test_filters_left_alone_allow_everything() -> None:
    assert ANY.allow("en", None, None) and not Filters(after=20240101).allow("en", None, None)
