"""Questions about an article itself are told from questions about what it says, and answered from its byline or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store.store import Store
from qa.answer import answer
from qa.ask.about import asked_fact

FAILURES = json.loads((Path(__file__).parents[2] / "cases" / "known_failures.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Who wrote the article on the mill?", "author"),
        ("Which reporter filed the dispatch from Tarvel?", "author"),
        ("By whom was the story about the bell written?", "author"),
        ("Who is the author of the piece on owls?", "author"),
        ("When was the report on the mill published?", "date"),
        ("When did the Gull print the interview with the baker?", "date"),
        ("What is the date of the article on owls?", "date"),
        ("Which newspaper published the story of the bell?", "publisher"),
        ("Who published the report on the mill?", "publisher"),
        ("من كتب مقال الطاحونة؟", "author"),
        ("من أعدّ التقرير عن الجرس؟", "author"),
        ("متى نُشر خبر الطاحونة؟", "date"),
        ("ما تاريخ نشر المقال؟", "date"),
        ("أي صحيفة نشرت قصة الجرس؟", "publisher"),
        ("Who wrote the letter?", None),
        ("Who wrote the anthem of Tarvel?", None),
        ("When was the book of owls published?", None),
        ("When did the mill burn?", None),
        ("Who runs the newspaper?", None),
        ("من كتب الرسالة؟", None),
        ("متى احترقت الطاحونة؟", None),
        ("", None),
    ],
)
def test_only_a_question_that_names_a_piece_of_writing_asks_for_its_byline(question: str, fact: str | None) -> None:
    assert asked_fact(question) == fact


@given(st.text(st.characters()))
def test_any_text_is_a_question(question: str) -> None:
    assert asked_fact(question) in (None, "author", "date", "publisher")


@pytest.mark.parametrize("unit", ["who wrote ", "when the article ", "من كتب ", "متى نشر "])
def test_a_long_question_is_read_in_reasonable_time(unit: str) -> None:
    asked_fact((unit * 2000)[:2000])


@pytest.mark.parametrize(
    ("question", "article", "short", "quote"),
    [
        ("Who wrote the piece about the salt museum?", "salt-museum-reopens.md", "Corin Vasht", "Corin Vasht"),
        ("When did the Courier publish its story on the first train to Bir Lazan?", "desert-railway-opens.txt", "4 October 2024", "06:15"),
        ("Which newspaper published the story about the salt museum?", "salt-museum-reopens.md", "The Dalmira Courier", "Courier"),
        ("من كاتب خبر فتح بوابات السد؟", "dam-spillway-opened-ar.txt", "سامر الوردني", "كتب: سامر الوردني"),
        ("في أي تاريخ نُشر خبر إضراب المعلمين؟", "teachers-strike-ar.txt", "9 أيلول/سبتمبر 2024", "الاثنين"),
    ],
)
def test_a_question_about_an_article_is_answered_from_its_byline(
    samples_store: Store, question: str, article: str, short: str, quote: str
) -> None:
    found = answer(samples_store, question)
    (citation,) = found.citations
    assert citation.article.id == article
    assert found.short_answer == short
    assert quote in citation.quote
    assert citation.span.of(citation.article.text) == citation.quote


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in FAILURES["bylines"]]
)
def test_the_byline_is_of_the_article_that_was_meant(samples_store: Store, case: dict[str, Any]) -> None:
    assert {citation.article.id for citation in answer(samples_store, case["question"]).citations} == {case["article"]}
