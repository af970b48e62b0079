"""What a follow-up is understood as, and that a question with a subject of its own is left alone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store.store import Store
from qa.answer import answer
from qa.conversation.follow_up import MOST_PAST_QUESTIONS, FollowUp, PastQuestion, past_question, standalone

CASES = Path(__file__).parents[2] / "cases"
TABLE = json.loads((CASES / "follow_ups.json").read_text(encoding="utf-8"))
FAILURES = json.loads((CASES / "known_failures.json").read_text(encoding="utf-8"))
SHARED = Path(__file__).resolve().parents[3].parent / "shared"
SAMPLES = Path(__file__).resolve().parents[3] / "samples"

# Each is answered or holds what a pronoun could mean: the more, the more a question of its own is tempted.
TALK = [
    PastQuestion("Who has kept the Kessa light?", "Matthis Oduval"),
    PastQuestion("Why did the Tarvel mill close in 2018?"),
    PastQuestion("من هي دينا صوالقي؟"),
]


def failing(name: str) -> list[Any]:
    return [pytest.param(case, marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in FAILURES[name]]


@pytest.mark.parametrize("case", [*TABLE, *failing("follow-ups")], ids=lambda case: case["question"])
def test_a_question_is_understood_as_a_person_would(case: dict[str, Any]) -> None:
    given = standalone(case["question"], [PastQuestion(*said) for said in case["before"]])
    assert given.asked == case["question"]
    assert given.understood == (case["understood"] or case["question"])
    assert bool(given.carried) == (case["understood"] is not None)


def test_the_table_holds_both_kinds_in_both_languages() -> None:
    kinds = [(case["understood"] is None, re.search("[\u0620-\u064a]", case["question"]) is not None) for case in TABLE]
    assert min(kinds.count((kept, arabic)) for kept in (False, True) for arabic in (False, True)) >= 10


def test_without_a_conversation_nothing_is_carried() -> None:
    for case in TABLE:
        assert standalone(case["question"], []) == FollowUp(case["question"], case["question"])


def test_what_is_understood_stands_by_itself() -> None:
    """What the visitor edits and sends must not be read as another follow-up."""
    for case in TABLE:
        understood = case["understood"]
        if understood and re.search(r"^(and|his|why|in)\b|^و|\? Why|light\? ", understood, re.IGNORECASE) is None:
            assert standalone(understood, TALK).understood == understood


def test_a_pronoun_looks_back_on_the_last_turns_alone() -> None:
    far = [TALK[0], *[PastQuestion("How much is the salt?")] * MOST_PAST_QUESTIONS]
    assert standalone("How old is he?", far).carried == ()
    assert standalone("How old is he?", far[:MOST_PAST_QUESTIONS]).carried == ("Matthis Oduval",)


_SUBJECTS = st.sampled_from(["Alma Ferrand", "the mayor of Imla", "the Nawras", "Tom Brask's goat", "a baker", "these goats"])
_ENGLISH = st.sampled_from(
    [
        "How old is {}?",
        "and why did {} say that he was late?",
        "When was {} seen by her neighbours?",
        "What did {} do when it rained?",
        "Is {} older than his brother?",
        "Who told {} about it?",
        "Where do {} keep their boats?",
    ]
)
_ARABIC = st.sampled_from(["كم عمر {}؟", "متى وصل {} إلى مدينته؟", "لماذا قال {} إنه تأخر؟", "من رأى {} مع أخيه؟", "هل غادر {} بيته؟"])
_ARABIC_SUBJECTS = st.sampled_from(["سمير توفال", "الخباز", "رئيس البلدية", "سكان الجزيرة"])


@given(_ENGLISH, _SUBJECTS, st.lists(st.sampled_from(TALK), max_size=4))
def test_an_english_question_with_its_own_subject_is_never_changed(pattern: str, subject: str, talk: list[PastQuestion]) -> None:
    question = pattern.format(subject)
    assert standalone(question, talk) == FollowUp(question, question)


@given(_ARABIC, _ARABIC_SUBJECTS, st.lists(st.sampled_from(TALK), max_size=4))
def test_an_arabic_question_with_its_own_subject_is_never_changed(pattern: str, subject: str, talk: list[PastQuestion]) -> None:
    question = pattern.format(subject)
    assert standalone(question, talk) == FollowUp(question, question)


_BITS = st.lists(
    st.from_regex(
        r"and|what|about|how|old|is|he|she|it|they|his|her|of|the|a|Kessa|Tom|Brask's|in|2019|who|why|did|that|happen|[?.،؟]|و|كم|عمره|هو"
        r"|ماذا|عن|من|بناها|متى|حدث|ذلك|الذي|\u202e|\u0301|ـه",
        fullmatch=True,
    ),
    max_size=12,
).map(" ".join)
_ANY = st.text() | _BITS


@given(_ANY, st.lists(st.builds(PastQuestion, _ANY, st.none() | _ANY), max_size=4))
def test_any_text_after_any_text_is_understood_as_something(question: str, talk: list[PastQuestion]) -> None:
    given = standalone(question, talk)
    assert given.asked == question
    assert (given.understood == question) == (given.carried == ())
    assert given.understood.strip() or not question.strip()


@pytest.mark.parametrize("unit", ["and ", "what about ", "the goat of ", "how old is he ", "كم عمره ", "'s ", "A", "? "])
def test_a_hundred_thousand_characters_are_no_burden(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert standalone(text, TALK).carried == ()
    assert standalone("How old is he?", [PastQuestion(text), TALK[0]]).carried == ("Matthis Oduval",)
    standalone("How old is he?", [PastQuestion(text, text)])


def _questions(path: Path) -> list[PastQuestion]:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [PastQuestion(record["question"], next(iter(record["answers"]), None)) for record in records]


def _share_changed(asked: list[PastQuestion]) -> float:
    """Of the questions asked after any other: each after every 16th, so that all come to stand after many."""
    changed = pairs = 0
    for at, one in enumerate(asked):
        for said in asked[at % 16 :: 16]:
            if said.question != one.question:
                pairs += 1
                changed += standalone(one.question, [said]).carried != ()
    return changed / pairs


def test_no_sample_question_is_changed_by_another() -> None:
    assert _share_changed(_questions(SAMPLES / "questions.jsonl")) == 0


@pytest.mark.parametrize(
    ("name", "most"),
    # arcd and squad2 hold a few questions whose subject stands in the paragraph alone ("who is her mother?")
    [("seeds", 0), ("xquad-en", 0), ("xquad-ar", 0), ("arcd", 0.01), ("squad2", 0.002)],
)
def test_the_questions_of_the_evaluation_sets_are_left_alone(name: str, most: float) -> None:
    path = SHARED / "eval" / name / "questions.jsonl"
    if not path.exists() and os.environ.get("CI") != "true":
        pytest.skip("the evaluation sets are not here")
    assert _share_changed(_questions(path)) <= most


ANSWERED = [
    {
        "asked": ["Who has kept the Kessa light for thirty-nine years?", "and how old is he?"],
        "cited": "Oduval, 67, has kept the Kessa light",
    },
    {"asked": ["How many passengers was the Nawras licensed to carry?", "When was it built?"], "cited": "The Nawras, built in 1979"},
    {"asked": ["How many passengers was the Nawras licensed to carry?", "How many people died on it?"], "cited": "Nine people died"},
    {
        "asked": ["When did the Melhara Salt Museum close?", "And who has directed it?", "How much did its restoration cost?"],
        "cited": "Its restoration cost 7.8 million dral",
    },
    {"asked": ["Who has kept the Kessa light for thirty-nine years?", "وكم عمره؟"], "cited": "Oduval, 67, has kept the Kessa light"},
    {"asked": ["من هي دينا صوالقي؟", "كم عمرها؟"], "cited": "تبلغ من العمر 46 عاما"},
    {"asked": ["متى اكتمل بناء سد مرزان؟", "كم كلفة إصلاحه؟"], "cited": "٣٤٠ مليون درال"},
    {"asked": ["Who wrote the piece about the salt museum?", "When did he write it?"], "cited": "5 May 2024"},
]


@pytest.mark.parametrize("case", [*ANSWERED, *failing("follow-ups answered")], ids=lambda case: case["asked"][-1])
def test_a_follow_up_finds_the_sentence_that_answers_it(samples_store: Store, case: dict[str, Any]) -> None:
    talk: list[PastQuestion] = []
    for question in case["asked"]:
        given = answer(samples_store, standalone(question, talk).understood)
        talk.append(past_question(given))
    assert standalone(case["asked"][-1], talk[:-1]).carried
    assert not given.abstained
    assert any(case["cited"] in citation.quote for citation in given.citations)


def test_who_answered_is_carried_by_the_fullest_name_that_the_article_gives(samples_store: Store) -> None:
    given = answer(samples_store, "Who has kept the Kessa light for thirty-nine years?")
    assert (given.short_answer or given.likely_answer) == "Oduval"
    assert past_question(given).answer == "Matthis Oduval"


def test_an_answer_that_is_no_name_carries_nothing(samples_store: Store) -> None:
    for question in ("In which year was the Nawras built?", "At what temperature does molybdenum melt?"):
        assert past_question(answer(samples_store, question)) == PastQuestion(question)
