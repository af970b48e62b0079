"""What an answer holds as codes has an English sentence each, in which the data stand as they are."""

from __future__ import annotations

from typing import get_args

from qa.ask.types import Answer, Notice, Reason, ReasonCode
from qa.export.wording import FAULTS, REASONS, answer_text, failure_line, notice_line, reason_line
from qa.support.evidence import Failure, Fault


def test_each_code_has_its_sentence() -> None:
    assert (REASONS.keys(), FAULTS.keys()) == (set(get_args(ReasonCode)), set(get_args(Fault)))


def test_what_a_file_says_does_not_change_the_sentence_around_it() -> None:
    assert reason_line(Reason("author_not_stated", article="The {value} {0} dam")) == "'The {value} {0} dam' does not say its author."
    assert reason_line(Reason("only_recorded", value="{article}")) == "By its record, not its text: {article}."


def test_a_fault_is_told_with_the_words_that_fail_where_there_are_some() -> None:
    assert failure_line(Failure("number", "31")) == "This number is not in what it cites: 31"
    assert failure_line(Failure("judge", "")) == FAULTS["judge"]


def test_a_models_own_error_is_its_notice() -> None:
    assert notice_line(Notice("failed", "The language model is gone. Start it.")) == "The language model is gone. Start it."
    assert notice_line(Notice("stopped")).startswith("The language model was stopped")


def test_an_abstention_is_told_by_its_reason() -> None:
    silent = Answer("Who sang?", "en", (), (), None, True, Reason("no_passage"))
    assert answer_text(silent) == REASONS["no_passage"]
    assert silent.text == ""
