"""An answer comes in stages: searching, what is being read, the answer; each is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_page import Drawn

from index.store.filters import ANY, Filters
from page.draw import conversation
from page.draw.conversation import Turn
from page.draw.phrases import phrases
from page.serve.asking import answered
from page.serve.visitors import Visitor
from qa.ask.types import Answer, Retrieved
from qa.library.library import Library

QUESTION = "How many passengers was the Nawras licensed to carry?"
SAY = phrases("en")


@pytest.fixture
def library(samples_store_folder: Path) -> Library:
    return Library(samples_store_folder)


def test_what_is_read_is_told_before_the_answer(library: Library) -> None:
    found, answer = library.answering(QUESTION)
    assert isinstance(found, Retrieved) and isinstance(answer, Answer)
    assert found.passages == 8 and 1 <= found.articles <= 8
    assert "licensed to carry 120 passengers" in answer.text


def test_a_question_that_nothing_is_found_for_goes_through_the_same_stages(library: Library) -> None:
    found, answer = library.answering(QUESTION, Filters(publisher="No such paper"))
    assert isinstance(found, Retrieved) and isinstance(answer, Answer)
    assert (found.passages, answer.abstained) == (0, True)


def test_each_stage_is_drawn_and_only_the_last_is_kept(library: Library) -> None:
    visitor = Visitor()
    lines, kept = [], []
    for markup in answered(library, visitor, Turn(QUESTION)):
        lines.append(Drawn(markup).text(".pending"))
        kept.append([type(turn.outcome) for turn in visitor.conversation.turns])
    assert lines[0] == "Searching the articles …"
    assert lines[1].startswith("Reading 8 passages from ")
    assert lines[2:] == [""]
    assert kept == [[], [], [Answer]]


def test_an_error_is_drawn_in_the_place_of_an_answer(tmp_path: Path) -> None:
    *_, last = answered(Library(tmp_path / "none"), Visitor(), Turn(QUESTION))
    assert "python -m index build" in Drawn(last).text(".trouble")


def test_the_stages_in_words() -> None:
    for outcome, line in ((None, "Searching the articles …"), (Retrieved(8, 1), "Reading 8 passages from 1 article …")):
        assert Drawn(conversation.conversation(SAY, [Turn("q", outcome, filters=ANY)])).text(".pending") == line
