"""The examples in training/ are what they say they are, and share nothing with what the project is measured on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from index.text.spans import Span
from qa.reader.reader import ASKED
from training import check
from training.check import balance, faults, kind_faults
from training.examples import AskedKind, LabelledQuotation, Question, Text, asked_kinds, questions, quotations, texts

TEXT = Text("lune-001", "en", "wire", "Cracks\n\nDivers found eleven. “No,” she said.\n")
QUESTION = Question("lune-001", "How many?", "en", "how_many", Span(21, 27), False, (Span(8, 28),))
QUOTATION = LabelledQuotation("lune-001", Span(30, 33), Span(35, 38), Span(35, 38))


def test_the_examples_hold_no_fault() -> None:
    assert list(faults(texts(), questions(), quotations())) == []


@pytest.mark.parametrize("folder", ["eval", "articles", "training"])
def test_the_examples_share_no_run_of_words_with_what_is_measured_on(folder: str, shared: Path) -> None:
    ours = {text.id: text.text for text in texts().values()} | {f"{one.text_id}: {one.question}": one.question for one in questions()}
    assert list(check.shared(ours, [shared / folder])) == []


def test_they_are_as_many_and_as_mixed_as_a_reader_needs() -> None:
    known, asked = texts(), questions()
    languages = Counter(text.language for text in known.values())
    crossing = sum(question.language != known[question.text_id].language for question in asked)
    silent = [question for question in asked if question.answer is None]
    assert len(known) >= 400 and len(asked) >= 4000
    assert languages["ar"] / len(known) >= 0.6
    assert crossing / len(asked) >= 0.15
    assert 0.3 < len(silent) / len(asked) < 0.37 and sum(question.near for question in silent) / len(silent) >= 0.5
    assert max(Counter(question.kind for question in asked).values()) <= 0.2 * len(asked)


def test_every_kind_of_question_is_asked_in_both_languages() -> None:
    asked = asked_kinds()
    assert list(kind_faults(asked)) == []
    assert min(Counter((one.language, one.kind) for one in asked).values()) >= 40
    assert {(one.language, one.kind) for one in asked} == {(language, kind) for language in ("en", "ar") for kind in ASKED}


@pytest.mark.parametrize("wrong", [("How many?", "fact"), ("Who?", "number"), ("?!", "fact"), ("how  many", "list")])
def test_a_fault_of_a_kind_is_found(wrong: tuple[str, str]) -> None:
    right = [AskedKind("How many?", "en", "fact"), AskedKind("hi", "en", "small-talk")]
    assert list(kind_faults(right)) == []
    assert list(kind_faults([*right, AskedKind(wrong[0], "en", wrong[1])])) != []


def test_no_question_of_a_kind_is_one_that_is_measured_on(shared: Path) -> None:
    measured = {
        tuple(check.words(json.loads(line)["question"]))
        for path in (shared / "eval").glob("*/questions.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert not [one.question for one in asked_kinds() if tuple(check.words(one.question)) in measured]


@pytest.mark.parametrize(
    "question",
    [
        replace(QUESTION, answer=Span(20, 27)),
        replace(QUESTION, answer=Span(40, 99)),
        replace(QUESTION, evidence=()),
        replace(QUESTION, near=True),
        replace(QUESTION, answer=None),
    ],
)
def test_a_fault_of_a_question_is_found(question: Question) -> None:
    assert list(faults({"lune-001": TEXT}, [QUESTION], [QUOTATION])) == []
    assert list(faults({"lune-001": TEXT}, [question], [QUOTATION])) != []
    assert list(faults({"lune-001": TEXT}, [QUESTION, replace(QUESTION, question="how  many?")], [])) != []


def test_a_fault_of_a_quotation_is_found() -> None:
    for quotation in (replace(QUOTATION, speaker=None), replace(QUOTATION, span=Span(3, 3))):
        assert list(faults({"lune-001": TEXT}, [], [quotation])) != []
    assert list(faults({"lune-001": TEXT}, [], [QUOTATION, QUOTATION])) != []


def test_a_shared_run_of_thirteen_words_is_found_whatever_stands_between_them(tmp_path: Path) -> None:
    words = "one two three four five six seven eight nine ten eleven twelve thirteen"
    (tmp_path / "a.jsonl").write_text('{"text": "Zero, ' + words.title().replace(" ", ", ") + '."}\n', encoding="utf-8")
    assert list(check.shared({"lune-001": words}, [tmp_path])) != []
    assert list(check.shared({"lune-001": words.removesuffix(" thirteen")}, [tmp_path])) == []


def test_the_balance_is_printed() -> None:
    lines = list(balance({"lune-001": TEXT}, [QUESTION], [QUOTATION]))
    assert lines[0] == "1 texts, 1 questions, 1 quotations" and "kinds: how_many 1 (100%)" in lines
