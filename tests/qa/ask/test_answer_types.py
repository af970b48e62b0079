"""What a question asks for, and which words could be that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ask.answer_types import AnswerType, answer_type, candidates

CASES = Path(__file__).parents[2] / "cases"
TABLES = json.loads((CASES / "answer_types.json").read_text(encoding="utf-8"))
FAILURES = json.loads((CASES / "known_failures.json").read_text(encoding="utf-8"))


def cases(table: list[dict[str, Any]], failures: list[dict[str, Any]]) -> list[Any]:
    known = [pytest.param(case, marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in failures]
    return [*table, *known]


@pytest.mark.parametrize("case", cases(TABLES["types"], FAILURES["answer types"]))
def test_a_question_tells_what_it_asks_for(case: dict[str, Any]) -> None:
    assert answer_type(case["question"]) is AnswerType(case["type"])


def test_the_table_holds_every_type_in_both_languages() -> None:
    rows = {(case["type"], any("\u0600" <= c <= "\u06ff" for c in case["question"])) for case in TABLES["types"]}
    assert rows == {(kind.value, arabic) for kind in AnswerType for arabic in (False, True)}


@pytest.mark.parametrize("question", ["HOW MANY GOATS CROSSED?", "  how many goats crossed", "كَمْ عَنْزَةً عَبَرَتْ؟", "كـــم عنزة عبرت"])
def test_case_space_vowel_signs_and_tatweel_change_nothing(question: str) -> None:
    assert answer_type(question) is AnswerType.NUMBER


@pytest.mark.parametrize("sentence", ["The mill of Anna Brenk burned.", "احترقت الطاحونة في 3 أيار 1950."])
def test_a_name_is_looked_for_only_where_capitals_tell_one(sentence: str) -> None:
    assert AnswerType.PERSON.is_typed(sentence) == sentence.isascii()
    assert AnswerType.DATE.is_typed(sentence)
    assert not AnswerType.REASON.is_typed(sentence)


@given(st.sampled_from(AnswerType), st.text() | st.from_regex(r"([0-9٠-٩]{1,3}[ ,.%$-]|May |مايو |two |ثلاثة |Ab ){0,8}", fullmatch=True))
def test_candidates_stand_in_the_text_in_order(kind: AnswerType, text: str) -> None:
    spans = list(candidates(kind, text))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize("unit", ["what ", "كم ", "how much a ", "who by the story ", "1,", "Aa of the "])
def test_a_hundred_thousand_characters_are_no_burden(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    answer_type(text)
    for kind in AnswerType:
        assert all(span.end <= 2000 for span in candidates(kind, text[:2000]))
