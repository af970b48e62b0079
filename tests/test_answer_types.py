"""What a question asks for, and which words of a sentence are that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.terms import is_stop, stems
from qa.answer_types import AnswerType, answer_type, short_answer

CASES = Path(__file__).parent / "cases"
TABLES = json.loads((CASES / "answer_types.json").read_text(encoding="utf-8"))
FAILURES = json.loads((CASES / "known_failures.json").read_text(encoding="utf-8"))


def cases(table: list[dict[str, Any]], failures: list[dict[str, Any]]) -> list[Any]:
    known = [pytest.param(case, marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in failures]
    return [*table, *known]


def short(question: str, sentence: str) -> str | None:
    """The short answer where every word of the question counts alike."""
    return short_answer(answer_type(question), sentence, {stem: 1.0 for stem in stems(question) if not is_stop(stem)})


@pytest.mark.parametrize("case", cases(TABLES["types"], FAILURES["answer types"]))
def test_a_question_tells_what_it_asks_for(case: dict[str, Any]) -> None:
    assert answer_type(case["question"]) is AnswerType(case["type"])


@pytest.mark.parametrize("case", cases(TABLES["short_answers"], FAILURES["short answers"]))
def test_the_short_answer_is_what_was_asked_for(case: dict[str, Any]) -> None:
    assert short(case["question"], case["sentence"]) == case["answer"]


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
def test_a_short_answer_stands_word_for_word_in_the_sentence(kind: AnswerType, sentence: str) -> None:
    found = short_answer(kind, sentence, {"two": 1.0})
    assert found is None or (found and found in sentence)


@pytest.mark.parametrize("unit", ["what ", "كم ", "how much a ", "who by the story ", "1,", "Aa of the "])
def test_a_hundred_thousand_characters_are_no_burden(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    answer_type(text)
    for kind in AnswerType:
        found = short_answer(kind, text[:2000], {})
        assert found is None or found in text
