"""Answers called right and wrong, in a real browser: what is saved, what is refused, what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PHONE, Visit, serving
from playwright.sync_api import Locator, Page, expect
from test_browser import ARABIC, ENGLISH, OUTSIDE, ask, harm, overflow

from index.store.store import Store
from qa.answer import answer
from qa.evaluate.sets import held_against, read_set

SENTENCE = "The Nawras, built in 1979, was licensed to carry 120 passengers, according to its operator, Channel Lines."
SENTENCE_ARABIC = "وأعلن النادي أن ريع المباراة سيذهب إلى أسرهم"
HOSTILE = "How many <img src=x onerror=\"window.harmed='question'\"> passengers?"


@pytest.fixture(scope="module")
def served(samples_store_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    judged = tmp_path_factory.mktemp("served") / "judged"
    with serving(samples_store_folder, "--judged", str(judged)) as address:
        yield address, judged


@pytest.fixture
def folder(served: tuple[str, Path]) -> Path:
    """Empty at the beginning of each test."""
    (served[1] / "questions.jsonl").unlink(missing_ok=True)
    return served[1]


@pytest.fixture
def page(visit: Visit, served: tuple[str, Path], folder: Path) -> Page:
    return visit(served[0])


def judging(page: Page, turn: int = -1) -> Locator:
    return page.locator(".judging").nth(turn)


def press(page: Page, name: str, turn: int = -1) -> None:
    judging(page, turn).get_by_role("button", name=name).click()


def told(page: Page, turn: int = -1) -> Locator:
    return judging(page, turn).get_by_role("status")


def wrong(page: Page, sentence: str, short: str = "") -> None:
    press(page, "This is wrong")
    judging(page).get_by_label("Paste the sentence").fill(sentence)
    judging(page).get_by_label("The answer itself").fill(short)
    press(page, "Save")


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


def texts_of(samples: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode("utf-8") for path in (samples / "articles").iterdir()}


def test_right_saves_the_answer_and_what_it_cites_and_undo_takes_it_back(
    page: Page, folder: Path, samples: Path, samples_store: Store
) -> None:
    ask(page, ENGLISH)
    press(page, "This is right")
    expect(told(page)).to_have_text(f"Saved to {folder / 'questions.jsonl'} (1 question). Undo")
    expect(judging(page).get_by_role("button", name="This is right")).to_have_attribute("aria-pressed", "true")
    found = read_set(folder)
    assert held_against(found, texts_of(samples)) == found
    given = answer(samples_store, ENGLISH)
    said = (given.short_answer,) if given.short_answer else tuple(dict.fromkeys(citation.quote for citation in given.citations))
    assert found.questions[0].answers == said
    assert [(one.article_id, one.span) for one in found.questions[0].evidence] == [(c.article.id, c.span) for c in given.citations]
    press(page, "Undo")
    expect(told(page)).to_have_text(f"Undone: {folder / 'questions.jsonl'} holds 0 questions.")
    expect(judging(page).get_by_role("button", name="This is right")).to_have_attribute("aria-pressed", "false")
    expect(judging(page).get_by_role("button", name="This is right")).to_be_focused()
    assert records(folder) == []


def test_silence_that_is_right_is_a_question_without_answer(page: Page, folder: Path) -> None:
    ask(page, OUTSIDE)
    press(page, "This is right")
    expect(told(page)).to_contain_text("(1 question)")
    (record,) = records(folder)
    assert (record["question"], record["answers"], record["evidence"], record["answerable"]) == (OUTSIDE, [], [], False)


def test_silence_that_is_wrong_is_met_with_the_sentence(page: Page, folder: Path, samples: Path) -> None:
    ask(page, OUTSIDE)
    wrong(page, SENTENCE)
    expect(told(page)).to_contain_text("(1 question)")
    (question,) = held_against(read_set(folder), texts_of(samples)).questions
    assert {one.text for one in question.evidence} == {SENTENCE}
    assert question.answers == (SENTENCE,)
    assert not judging(page).get_by_label("Paste the sentence").is_visible()


def test_an_arabic_sentence_is_saved_with_its_answer_and_reads_from_the_right(page: Page, folder: Path, samples: Path) -> None:
    ask(page, ARABIC)
    wrong(page, SENTENCE_ARABIC, "الى أسرهم")
    expect(told(page)).to_contain_text("(1 question)")
    (question,) = held_against(read_set(folder), texts_of(samples)).questions
    assert (question.language, question.answers) == ("ar", ("إلى أسرهم",))
    press(page, "This is wrong")
    for label in ("Paste the sentence", "The answer itself"):
        assert judging(page).get_by_label(label).evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_what_cannot_be_right_is_refused_in_a_line_and_stays_in_the_form(page: Page, folder: Path) -> None:
    ask(page, ENGLISH)
    press(page, "This is wrong")
    sentence, short = judging(page).get_by_label("Paste the sentence"), judging(page).get_by_label("The answer itself")
    for words, answered, line in (
        ("The Nawras was licensed to carry 121 passengers", "", "These words are in no article as they stand."),
        (SENTENCE, "121", "The answer is not in the sentence."),
        ("  \n", "", "There is no sentence yet"),
        ("…", "", "The quote is empty"),
    ):
        sentence.fill(words)
        short.fill(answered)
        press(page, "Save")
        expect(told(page)).to_contain_text(line)
        assert sentence.input_value() == words
    assert not (folder / "questions.jsonl").exists()
    expect(judging(page).get_by_role("button", name="This is wrong")).to_have_attribute("aria-pressed", "false")


def test_judged_again_it_is_still_one_question_and_undo_leads_back_to_the_first_judgement(page: Page, folder: Path) -> None:
    ask(page, ENGLISH)
    press(page, "This is right")
    expect(told(page)).to_contain_text("(1 question)")
    first = records(folder)
    press(page, "This is wrong")
    press(page, "The articles do not answer this")
    expect(judging(page).get_by_role("button", name="This is wrong")).to_have_attribute("aria-pressed", "true")
    (record,) = records(folder)
    assert record["answerable"] is False
    press(page, "Undo")
    expect(judging(page).get_by_role("button", name="This is right")).to_have_attribute("aria-pressed", "true")
    assert records(folder) == first


def test_the_sentence_that_is_marked_in_the_source_is_in_the_form(page: Page) -> None:
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    page.locator("#cited").evaluate("mark => getSelection().selectAllChildren(mark)")
    press(page, "This is wrong")
    expect(judging(page).get_by_label("Paste the sentence")).to_have_value(SENTENCE)
    expect(judging(page).get_by_label("Paste the sentence")).to_be_focused()


def test_a_next_question_takes_away_neither_what_was_saved_nor_what_is_being_written(page: Page) -> None:
    ask(page, OUTSIDE)
    press(page, "This is right")
    expect(told(page)).to_contain_text("(1 question)")
    ask(page, ENGLISH)
    press(page, "This is wrong")
    page.get_by_role("textbox", name="Question").fill(ARABIC)
    page.keyboard.press("Enter")
    box = judging(page, 1).get_by_label("Paste the sentence")
    box.focus()
    page.keyboard.type("half a sen")
    expect(page.locator(".turn").nth(2).locator(".answer, .abstention")).to_be_visible(timeout=30_000)
    expect(box).to_be_focused()
    page.locator(".judging").nth(1).evaluate("place => place.replaceChildren()")  # as Gradio does whenever it draws
    expect(box).to_be_focused()
    page.keyboard.type("tence")
    expect(box).to_have_value("half a sentence")
    expect(told(page, 0)).to_contain_text("(1 question)")
    expect(judging(page, 0).get_by_role("button", name="This is right")).to_have_attribute("aria-pressed", "true")
    expect(told(page, 2)).to_be_empty()


def test_all_of_it_works_from_the_keyboard_and_the_focus_is_never_lost(page: Page, folder: Path) -> None:
    ask(page, ENGLISH)
    judging(page).get_by_role("button", name="This is right").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(judging(page).get_by_role("button", name="This is wrong")).to_be_focused()
    expect(judging(page).get_by_label("Paste the sentence")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.insert_text(SENTENCE)
    page.keyboard.press("Tab")
    page.keyboard.type("120")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("(1 question)")
    expect(judging(page).get_by_role("button", name="This is wrong")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("Undone")
    expect(judging(page).get_by_role("button", name="This is wrong")).to_be_focused()
    assert records(folder) == []


def test_markup_in_a_question_and_in_a_sentence_is_text(page: Page, folder: Path) -> None:
    ask(page, HOSTILE)
    wrong(page, f"<script>window.harmed='sentence'</script> {SENTENCE}", "<b>120</b>")
    expect(told(page)).to_contain_text("These words are in no article")
    wrong_again = judging(page)
    wrong_again.get_by_label("Paste the sentence").fill(SENTENCE)
    press(page, "Save")
    expect(told(page)).to_contain_text("The answer is not in the sentence")
    wrong_again.get_by_label("The answer itself").fill("120")
    press(page, "Save")
    expect(told(page)).to_contain_text("(1 question)")
    assert records(folder)[0]["question"] == HOSTILE
    assert page.locator("#conversation :is(script, img, b)").count() == 0
    page.wait_for_timeout(200)
    assert harm(page) is None


def test_what_the_browser_sends_can_be_anything_and_nothing_is_saved_of_it(page: Page, folder: Path) -> None:
    ask(page, ENGLISH)
    told_true = page.locator(".judging").get_attribute("data-told") or ""
    for forged, line in (
        ({"places": [{"article": "../../secret", "version": "x", "start": 0, "end": 4}]}, "has changed since"),
        ({"places": [{"article": ["a"], "start": "0"}]}, "no place in an article"),
        ({"places": "all"}, "no judgement of an answer"),
        ({"answer": "words of mine"}, "The short answer is not in what is cited"),
        ({"question": " "}, "no judgement of an answer"),
    ):
        page.locator(".judging").evaluate("(place, told) => (place.dataset.told = told)", json.dumps(json.loads(told_true) | forged))
        press(page, "This is right")
        expect(told(page)).to_contain_text(line)
    assert not (folder / "questions.jsonl").exists()


def test_a_folder_that_cannot_be_written_is_one_line(page: Page, folder: Path) -> None:
    (folder / "questions.jsonl").mkdir()
    try:
        ask(page, ENGLISH)
        press(page, "This is right")
        expect(told(page)).to_contain_text("cannot be written")
        expect(judging(page).get_by_role("button", name="This is right")).to_have_attribute("aria-pressed", "false")
    finally:
        (folder / "questions.jsonl").rmdir()


def test_on_a_phone_the_form_is_in_sight_and_nothing_runs_out_of_the_page(visit: Visit, served: tuple[str, Path], folder: Path) -> None:
    page = visit(served[0], PHONE)
    ask(page, ENGLISH)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    page.locator("#cited").evaluate("mark => getSelection().selectAllChildren(mark)")
    page.get_by_text("Back to the answer").click()
    press(page, "This is wrong")
    expect(judging(page).get_by_label("Paste the sentence")).to_have_value(SENTENCE)
    expect(judging(page).get_by_role("button", name="Save")).to_be_in_viewport()
    assert overflow(page) <= 0
    press(page, "Save")
    expect(told(page)).to_contain_text("(1 question)")
    assert overflow(page) <= 0
