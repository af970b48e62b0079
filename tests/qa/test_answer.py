"""An answer's citations are letter for letter in their articles; where there is no answer nothing is asserted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import make_article
from index.store.passages import passages_of
from index.store.store import Store, writing
from index.text.fold import fold_text
from index.text.spans import Span
from qa.answer import LEAST_CONFIDENCE, answer
from qa.ask.about import asked_fact
from qa.ask.cite import NEAREST
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.ask.types import Answer, Citation, Reason
from qa.export.answer_json import answer_json
from qa.export.wording import answer_text, reason_line
from qa.library import examples
from qa.reader.reader import SINGLE, TOLD

ROOT = Path(__file__).resolve().parents[2]
ROWS: list[dict[str, Any]] = [json.loads(line) for line in (ROOT / "samples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
ABSENT = [
    "At what temperature does molybdenum melt?",
    "كم درجة حرارة انصهار الموليبدينوم؟",
    "Who won the rowing regatta in Uppsala?",
    "ما عاصمة منغوليا؟",
]
FAILURES = json.loads((ROOT / "tests" / "cases" / "known_failures.json").read_text(encoding="utf-8"))
NOT_YET = [pytest.param(case["question"], marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in FAILURES["abstention"]]


def check_answer(found: Answer) -> None:
    for number, citation in enumerate(found.citations, start=1):
        assert citation.number == number
        assert citation.article.text[citation.span.start : citation.span.end] == citation.quote
        assert all(citation.span.contains(pair.source) for pair in citation.why)
        assert all(pair.question.of(found.question) for pair in citation.why)
    if found.abstained:
        assert found.statements == ()
        assert found.short_answer is None
        assert found.reason is not None and answer_text(found) == reason_line(found.reason)
        assert len(found.citations) <= NEAREST
        return
    assert found.statements and found.reason is None
    if found.kind in TOLD and not (found.kind == "collection" and found.citations):  # who wrote an article is cited where it says so
        assert (found.citations, found.short_answer) == ((), None)
        assert all((statement.citations, statement.support) == ((), "supported") for statement in found.statements)
        return
    used = [number for statement in found.statements for number in statement.citations]
    assert used == list(range(1, len(found.citations) + 1)), "numbered in order of use, and each used"
    for statement in found.statements:
        quotes = [found.citations[number - 1].quote for number in statement.citations]
        assert statement.support == "verbatim"
        assert statement.text == quotes[0]
        assert len({fold_text(quote).strip(" .\"'") for quote in quotes}) == 1
    assert len(found.text.split()) <= (80 if found.kind in SINGLE else 270)
    assert found.short_answer is None or any(found.short_answer in citation.quote for citation in found.citations)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_citation_of_every_sample_question_is_letter_for_letter_and_used(samples_store: Store, row: dict[str, Any]) -> None:
    found = answer(samples_store, row["question"])
    check_answer(found)
    assert json.loads(json.dumps(answer_json(found)))["question"] == row["question"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_why_a_citation_is_there_is_shown_by_words_of_the_question_and_of_the_citation(samples_store: Store, row: dict[str, Any]) -> None:
    found = answer_json(answer(samples_store, row["question"]))
    for citation in found["citations"]:
        article = samples_store.catalogue.article(citation["article"])
        assert article is not None
        for pair in citation["why"]:
            assert citation["start"] <= pair["start"] < pair["end"] <= citation["end"]
            assert article.text[pair["start"] : pair["end"]] == pair["source"]
            assert pair["question"] in row["question"]
            assert pair["weight"] >= 0
        weights = [pair["weight"] for pair in citation["why"]]
        assert weights == sorted(weights, reverse=True)
        assert sum(weights) <= 1.001, "parts of a likeness"


def test_every_statement_says_why(samples_store: Store) -> None:
    answers = [answer(samples_store, row["question"]) for row in ROWS[:20]]
    # What a byline states was found by rule, and what takes several sentences is selected by more than by words.
    read = [found for found in answers if asked_fact(found.question) is None and found.kind in SINGLE]
    stated = [(found, statement) for found in read for statement in found.statements]
    assert stated
    for found, statement in stated:
        assert found.citations[statement.citations[0] - 1].why, statement


@given(st.text(st.characters()))
@settings(max_examples=40)
def test_no_question_raises_and_every_answer_keeps_its_promises(samples_store: Store, question: str) -> None:
    check_answer(answer(samples_store, question))


def test_a_sentence_of_the_wire_and_its_reprint_is_stated_once_with_both_places(samples_store: Store) -> None:
    found = answer(samples_store, "What payment did Governor Kamil Raswan announce to each bereaved family?")
    (statement,) = [statement for statement in found.statements if "25,000 dral" in statement.text]
    sources = {found.citations[number - 1].article.id for number in statement.citations}
    assert sources == {"ferry-nawras-courier.txt", "ferry-nawras-lantern.txt"}


@pytest.mark.parametrize("question", [*ABSENT, *NOT_YET])
def test_what_the_articles_do_not_hold_is_not_asserted_and_the_nearest_passages_are_shown(samples_store: Store, question: str) -> None:
    found = answer(samples_store, question)
    assert found.abstained
    assert len(found.citations) == NEAREST
    near = {(hit.passage.article_id, hit.passage.span) for hit in retrieve(samples_store, analyse(samples_store, question), 8)}
    assert {(citation.article.id, citation.span) for citation in found.citations} <= near
    check_answer(found)


@pytest.mark.parametrize("question", [ABSENT[0], "What payment did Governor Kamil Raswan announce to each bereaved family?"])
def test_an_answer_is_shown_from_its_least_confidence_on(samples_store: Store, question: str) -> None:
    found = answer(samples_store, question)
    assert found.confidence is not None and 0 <= found.confidence <= 1
    assert found.abstained == (found.confidence < LEAST_CONFIDENCE)
    spoken, silent = (answer(samples_store, question, least_confidence=least) for least in (0.0, 1.01))
    assert (spoken.abstained, silent.abstained) == (False, True)
    assert spoken.confidence == silent.confidence == found.confidence
    check_answer(spoken)
    assert answer_json(found)["confidence"] == pytest.approx(found.confidence, abs=1e-4)


def test_fewer_passages_are_read_where_fewer_are_asked_for(samples_store: Store) -> None:
    question = "How many people died on the Nawras?"
    nearest = retrieve(samples_store, analyse(samples_store, question), 1)[0].passage
    found = answer(samples_store, question, passages=1, least_confidence=0.0)
    assert {citation.article.id for citation in found.citations} == {nearest.article_id}
    assert all(nearest.span.contains(citation.span) for citation in found.citations)


def test_nothing_that_cleaning_marked_is_quoted_from_the_story(samples_store: Store) -> None:
    for question in ("How do I subscribe to the morning briefing?", "Who should consider a donation?", "من يملك حقوق النشر؟"):
        for citation in answer(samples_store, question).citations:
            assert not any(words in citation.quote for words in ("Sign up", "consider a donation", "حقوق النشر محفوظة"))


def test_a_citation_that_is_not_in_its_article_cannot_be_made() -> None:
    article = make_article("a.txt", "The mill burned.")
    assert Citation(1, article, Span(4, 8), "mill", None, 1.0).quote == "mill"
    with pytest.raises(AssertionError, match=r"a\.txt"):
        Citation(1, article, Span(4, 8), "Mill", None, 1.0)


def test_a_store_without_articles_abstains_without_citations(tmp_path: Path, tiny_embedder: Any) -> None:
    with writing(tmp_path / "store"):
        store = Store.open_or_make(tmp_path / "store", tiny_embedder)
    for question in ("Who rang?", "Who wrote the article?", ""):
        found = answer(store, question)
        assert (found.abstained, found.citations, found.reason, found.confidence) == (True, (), Reason("no_passage"), None)
    store.close()


def test_a_date_that_only_the_record_gives_is_no_citation(tmp_path: Path, tiny_embedder: Any) -> None:
    article = make_article("a", "The mill of Tarvel burned to the ground.", date="1950-05-03")
    with writing(tmp_path / "store"):
        store = Store.open_or_make(tmp_path / "store", tiny_embedder)
        store.put([(article, passages_of(article))])
    found = answer(store, "When was the article about the mill published?")
    assert (found.abstained, found.reason) == (True, Reason("only_recorded", value="1950-05-03"))
    assert "1950-05-03" in answer_text(found)
    nobody = answer(store, "Who wrote the article about the mill?")
    assert nobody.abstained and nobody.reason is not None and nobody.reason.code == "author_not_stated"
    assert "author" in answer_text(nobody)
    store.close()


EXAMPLES = examples.questions(ROWS, {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "samples" / "articles").iterdir()})


def test_the_page_offers_three_examples_in_each_language() -> None:
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize("question", EXAMPLES)
def test_an_example_that_the_page_offers_is_answered_with_its_evidence_first(samples_store: Store, question: str) -> None:
    (row,) = [row for row in ROWS if row["question"] == question]
    found = answer(samples_store, question)
    assert not found.abstained
    first = found.citations[0]
    assert any(part["doc"] == first.article.id and first.span.overlap(Span(part["start"], part["end"])) for part in row["evidence"])
