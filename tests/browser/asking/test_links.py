"""The address opens the same question, answer and place again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from conftest import PHONE, Visit
from playwright.sync_api import Page, expect

QUESTION = "How much does the auditor think the repair of the Mirzan Dam will cost?"
ARABIC = "كم مدرسة أغلقت أبوابها؟"


def ask(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.keyboard.press("Enter")


def named(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize(("question", "size"), [(QUESTION, None), (ARABIC, PHONE)], ids=["english", "arabic on a phone"])
def test_a_link_opens_the_same_question_answer_and_place(
    visit: Visit, samples_address: str, question: str, size: dict[str, int] | None
) -> None:
    options = {"size": size} if size else {}
    page = visit(samples_address, **options)
    ask(page, question)
    expect(page.locator(".answer")).to_be_visible()
    assert named(page) == {"q": question}
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    marked = page.locator("#source mark").all_inner_texts()
    assert named(page).keys() == {"q", "article", "version", "start", "end", "number"}
    again = visit(page.url, **options)
    expect(again.locator(".answer .statement").first).to_have_text(page.locator(".answer .statement").first.inner_text())
    expect(again.locator("#source mark").first).to_be_visible()
    assert again.locator("#source mark").all_inner_texts() == marked
    assert again.locator("#conversation .turn").count() == 1
    assert again.url == page.url


def test_the_address_is_of_the_turn_whose_place_is_open_and_of_a_follow_up_as_it_was_understood(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, "Who has kept the Kessa light for thirty-nine years?")
    expect(page.locator(".turn .answer")).to_have_count(1)
    ask(page, "and how old is he?")
    expect(page.locator(".turn .answer")).to_have_count(2)
    assert named(page)["q"] == "and how old is Matthis Oduval?"
    page.locator(".turn").first.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    assert named(page)["q"] == "Who has kept the Kessa light for thirty-nine years?"


def test_the_tabs_and_other_words_of_the_address_stay(visit: Visit, samples_address: str) -> None:
    page = visit(f"{samples_address}/?__theme=light")
    ask(page, QUESTION)
    expect(page.locator(".answer")).to_be_visible()
    page.get_by_role("tab", name="Check quotes").click()
    assert page.url.endswith("#check")
    assert named(page) == {"__theme": "light", "q": QUESTION}
    page.get_by_role("tab", name="Ask").click()
    assert "#" not in page.url
    assert named(page)["q"] == QUESTION


@pytest.mark.parametrize(
    "hostile",
    [
        "q=" + quote("<img src=x onerror=alert(1)>?"),
        f"q={quote(QUESTION)}&article=" + quote('"><script>alert(1)</script>') + "&version=x&start=0&end=5",
        f"q={quote(QUESTION)}&article=dam-repair-cost.txt&version=old&start=-1&end=nothing",
    ],
)
def test_a_link_can_name_anything_and_shows_text_or_a_line(visit: Visit, samples_address: str, hostile: str) -> None:
    page = visit(f"{samples_address}/?{hostile}")
    expect(page.locator(".turn :is(.answer, .abstention)")).to_be_visible()
    assert page.locator("#conversation img, #source script, #conversation script").count() == 0
    if "article=" in hostile:
        expect(page.locator("#source .trouble")).to_have_text(re.compile("no longer in the store|has changed|no place in an article"))
