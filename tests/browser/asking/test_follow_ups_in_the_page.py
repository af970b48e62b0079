"""Follow-ups in a real browser: what was understood is shown, can be mended and can be refused."""

from __future__ import annotations

import pytest
from conftest import PHONE, Visit
from playwright.sync_api import Locator, Page, expect
from test_browser import harm, is_in_sight, overflow

FIRST, SECOND = "How many passengers was the Nawras licensed to carry?", "When was it built?"
MEANT = "When was the Nawras built?"
FIRST_ARABIC, SECOND_ARABIC, MEANT_ARABIC = "من هي دينا صوالقي؟", "كم عمرها؟", "كم عمر دينا صوالقي؟"


def ask(page: Page, question: str) -> None:
    turns = page.locator(".turn").count()
    page.get_by_role("textbox", name="Question").fill(question)
    page.keyboard.press("Enter")
    answered(page, turns)


def answered(page: Page, turn: int) -> None:
    expect(page.locator(".turn").nth(turn).locator(".answer, .abstention, .trouble")).to_be_visible(timeout=30_000)


def understood(page: Page) -> Locator:
    return page.locator(".turn").last.locator(".understood")


@pytest.mark.parametrize(
    ("first", "second", "meant", "direction", "name"),
    [(FIRST, SECOND, MEANT, "ltr", "Nawras"), (FIRST_ARABIC, SECOND_ARABIC, MEANT_ARABIC, "rtl", "صوالقي")],
)
def test_a_follow_up_is_shown_as_typed_and_as_understood_and_is_answered_so(
    visit: Visit, samples_address: str, first: str, second: str, meant: str, direction: str, name: str
) -> None:
    page = visit(samples_address)
    ask(page, first)
    assert understood(page).count() == 0
    ask(page, second)
    expect(page.locator(".turn .question").last).to_have_text(second)
    expect(understood(page).locator("bdi").last).to_have_text(meant)
    assert understood(page).locator("bdi").last.get_attribute("dir") == direction
    expect(page.locator(".turn").last.locator(".answer, .abstention")).to_contain_text(name)
    assert is_in_sight(page, ".turn:last-child .question")


def test_edit_puts_what_was_understood_into_the_question_box_to_be_sent(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, FIRST)
    ask(page, SECOND)
    understood(page).get_by_role("button", name="Edit").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Question")
    expect(box).to_be_focused()
    expect(box).to_have_value(MEANT)
    for _ in "built?":
        page.keyboard.press("Backspace")
    page.keyboard.type("capsized?")
    page.keyboard.press("Enter")
    answered(page, 2)
    expect(page.locator(".turn .question").last).to_have_text("When was the Nawras capsized?")
    assert understood(page).count() == 0
    expect(box).to_have_value("")


def test_exactly_as_typed_asks_again_without_what_was_carried(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, FIRST)
    ask(page, SECOND)
    understood(page).get_by_role("button", name="Ask exactly as typed").click()
    answered(page, 2)
    expect(page.locator(".turn .question").last).to_have_text(SECOND)
    assert understood(page).count() == 0
    told = page.locator(".judging").last.get_attribute("data-told") or ""
    assert f'"question": "{SECOND}"' in told


def test_another_visitors_conversation_is_not_leaned_on(visit: Visit, samples_address: str) -> None:
    one, other = visit(samples_address), visit(samples_address)
    ask(one, FIRST)
    ask(other, SECOND)
    assert understood(other).count() == 0
    ask(other, "How much did the restoration of the Melhara Salt Museum cost?")
    ask(one, SECOND)
    expect(understood(one).locator("bdi").last).to_have_text(MEANT)


def test_an_example_is_asked_as_it_stands(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    page.locator(".examples button").first.click()
    answered(page, 0)
    assert understood(page).count() == 0


def test_on_a_phone_a_long_one_does_not_run_out_of_the_page(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address, PHONE)
    ask(page, f"Who wrote about the {'long' * 30} Nawras?")
    ask(page, "When was it built?")
    expect(understood(page)).to_be_visible()
    assert overflow(page) <= 0


def test_markup_that_is_carried_is_text(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, "Who is <img src=x onerror=\"window.harmed='name'\"> Tom Brask?")
    ask(page, "why?")
    expect(understood(page).locator("bdi").last).to_contain_text("<img src=x")
    understood(page).get_by_role("button", name="Edit").click()
    assert page.locator("#conversation img").count() == 0
    page.wait_for_timeout(200)
    assert harm(page) is None
