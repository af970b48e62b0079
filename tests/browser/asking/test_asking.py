"""Asking as a person does: stages, cards, the preview of a number, the keyboard, and the state in which the articles hold no answer."""

from __future__ import annotations

import re

import pytest
from conftest import PHONE, Visit
from playwright.sync_api import Page, expect
from test_browser import ENGLISH, OUTSIDE, ask, is_in_sight, marked, overflow

from index.store.store import Store
from qa.answer import answer

REPORTED = "How much does the auditor think the repair of the Mirzan Dam will cost?"

# Remembers every line that said how far an answer was: it stands for a moment only.
WATCH = """
window.stages = [];
new MutationObserver(() => {
  const pending = document.querySelector('#conversation .pending');
  if (pending && stages.at(-1) !== pending.textContent) stages.push(pending.textContent);
}).observe(document.querySelector('#conversation'), { childList: true, subtree: true });
"""


@pytest.fixture
def page(visit: Visit, samples_address: str) -> Page:
    return visit(samples_address)


def test_an_answer_says_how_far_it_is(page: Page) -> None:
    page.evaluate(WATCH)
    ask(page, ENGLISH)
    searching, *reading = page.evaluate("stages")
    assert searching == "Searching the articles …"
    # Where the answer is there a moment later, a browser may not draw the stage between.
    assert all(re.fullmatch(r"Reading 8 passages from \d articles …", line) for line in reading)


def test_a_card_tells_title_publisher_date_speaker_and_verdict(page: Page, samples_store: Store) -> None:
    ask(page, REPORTED)
    citation = answer(samples_store, REPORTED).citations[0]
    card = page.locator(".citations .citation").first
    assert citation.article.publisher is not None and citation.speaker is not None
    for words in (citation.article.title, citation.article.publisher, "19 June 2024", "Word for word", citation.speaker, "as reported by"):
        expect(card).to_contain_text(str(words))


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_a_number_previews_its_card_and_lets_it_go(page: Page, how: str) -> None:
    ask(page, ENGLISH)
    preview, marker = page.locator("#preview"), page.locator(".marker").first
    expect(preview).to_be_hidden()
    if how == "pointer":
        marker.hover()
    else:
        page.locator(".marker").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
    expect(preview).to_be_visible()
    expect(marker).to_have_attribute("aria-describedby", "preview")
    words = page.locator(".citations .words").first.text_content()
    assert words
    expect(preview.locator(".words")).to_have_text(words)
    expect(preview).to_contain_text("Word for word")
    assert preview.locator("button").count() == 0
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()


def test_the_preview_stays_inside_a_phone_s_screen(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address, PHONE)
    ask(page, ENGLISH)
    page.locator(".marker").first.hover()
    expect(page.locator("#preview")).to_be_visible()
    box = page.locator("#preview").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] and box["y"] >= 0
    assert overflow(page) <= 0


def test_slash_goes_to_the_question_from_anywhere_but_a_field(page: Page) -> None:
    page.get_by_role("tab", name="Check quotes").click()
    page.get_by_label("Paste a quote").fill("and")
    page.keyboard.type("/or")
    expect(page.get_by_label("Paste a quote")).to_have_value("and/or")
    page.get_by_role("tab", name="Check quotes").focus()
    page.keyboard.press("/")
    expect(page.get_by_label("Question")).to_be_focused()
    expect(page.get_by_label("Question")).to_have_value("")


def test_arrows_go_from_citation_to_citation_and_enter_opens(page: Page) -> None:
    ask(page, ENGLISH)
    lines = page.locator(".source-line")
    assert lines.count() > 1
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(lines.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(lines.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cited")).to_be_focused()
    assert marked(page)


def test_shift_and_enter_make_a_new_line_in_the_question(page: Page) -> None:
    page.get_by_label("Question").fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.get_by_label("Question")).to_have_value("one\ntwo")
    assert page.locator(".turn").count() == 0


def test_silence_is_a_state_of_its_own_with_the_nearest_passages(page: Page) -> None:
    ask(page, OUTSIDE)
    silence = page.locator(".abstention")
    expect(silence.locator("h3")).to_have_text("No clear answer")
    expect(silence).to_contain_text("No sentence in the articles answers this outright.")
    assert silence.locator(".nearest .words").count() == 3
    assert is_in_sight(page, ".abstention h3")


def test_a_short_answer_stands_on_top_in_large_type(page: Page) -> None:
    ask(page, "For how many years has Matthis Oduval looked after the Kessa light?")
    short, statement = page.locator(".short"), page.locator(".statement").first
    expect(short).to_have_text("thirty-nine years")
    sizes = [float(place.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) for place in (short, statement)]
    assert sizes[0] > 1.4 * sizes[1]
    assert (short.bounding_box() or {})["y"] < (statement.bounding_box() or {})["y"]
