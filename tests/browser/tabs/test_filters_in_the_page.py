"""Filters in a real browser: what is asked is answered from the articles that they let through, and from no other."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import PHONE, Visit
from playwright.sync_api import Locator, Page, expect
from test_browser import ENGLISH, ask, harm, overflow

from index.store.store import Store

# Answered by articles in both languages.
EITHER = "How many schools were closed by the strike?"


def open_panel(page: Page, place: str = "#filter-place") -> Locator:
    page.locator(f"{place} .filter-button").click()
    panel = page.get_by_role("group", name="Filters")
    expect(panel).to_be_visible()
    return panel


def chips(page: Page, place: str = "#filter-place") -> Locator:
    return page.locator(f"{place} .chip")


def cited(page: Page) -> set[str]:
    return set(
        page.locator("#conversation .turn").last.locator("[data-article]").evaluate_all("all => all.map(one => one.dataset.article)")
    )


def named(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def articles_in(store: Store, language: str) -> set[str]:
    return {article.id for article in store.catalogue.all_articles() if article.language == language}


@pytest.mark.parametrize(("name", "code"), [("Arabic", "ar"), ("English", "en")])
def test_a_language_that_is_chosen_answers_alone_shows_a_chip_and_travels_in_the_link(
    visit: Visit, samples_address: str, samples_store: Store, name: str, code: str
) -> None:
    page = visit(samples_address)
    open_panel(page).get_by_role("radio", name=name).check(force=True)
    expect(chips(page)).to_have_text(f"{name}×")
    ask(page, EITHER)
    expect(page.get_by_role("group", name="Filters")).to_be_hidden()
    assert cited(page) and cited(page) <= articles_in(samples_store, code)
    expect(page.locator(".turn .chip")).to_have_text(name)
    assert named(page) == {"q": EITHER, "language": code}
    again = visit(page.url)
    expect(again.locator(".turn .answer, .turn .abstention")).to_be_visible(timeout=30_000)
    expect(chips(again)).to_have_text(f"{name}×")
    assert cited(again) == cited(page)
    assert again.url == page.url


def test_what_is_taken_away_is_off_and_a_question_looks_everywhere_again(visit: Visit, samples_address: str, samples_store: Store) -> None:
    page = visit(samples_address)
    open_panel(page).get_by_role("radio", name="Arabic").check(force=True)
    expect(chips(page)).to_have_count(1)
    page.get_by_role("button", name="Remove the filter Arabic").click()
    expect(chips(page)).to_have_count(0)
    expect(page.locator("#filter-place .filter-button")).to_be_focused()
    ask(page, ENGLISH)
    assert cited(page) & articles_in(samples_store, "en")
    assert named(page) == {"q": ENGLISH}


def test_the_slider_moves_by_keyboard_says_where_it_is_and_its_ends_do_not_cross(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    panel = open_panel(page)
    start, end = panel.get_by_label("From"), panel.get_by_label("Until")
    bars = panel.locator("rect").evaluate_all("all => all.map(bar => bar.dataset.words)")
    assert len(bars) > 4
    expect(start).to_have_attribute("aria-valuetext", bars[0])
    start.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(start).to_have_attribute("aria-valuetext", bars[2])
    expect(chips(page)).to_have_text(f"from {bars[2]}×")
    expect(panel.locator("rect.in")).to_have_count(len(bars) - 2)
    end.focus()
    page.keyboard.press("Home")
    expect(end).to_have_attribute("aria-valuetext", bars[2])
    expect(chips(page)).to_have_text(f"{bars[2]}×")
    page.keyboard.press("End")
    start.focus()
    page.keyboard.press("Home")
    expect(chips(page)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("#filter-place .filter-button")).to_be_focused()


def test_a_person_is_found_as_typed_and_named_as_the_articles_name_them(visit: Visit, samples_address: str, samples_store: Store) -> None:
    speaker = max(samples_store.catalogue.people(), key=lambda name: (samples_store.catalogue.people()[name], name.isascii(), name))
    quoting = set(samples_store.catalogue.quoting(speaker))
    page = visit(samples_address)
    field = open_panel(page).get_by_label("Person quoted")
    field.fill(f" {speaker.upper()} ")
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_text(f"quoted: {speaker}×")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "What was said about it?")
    assert cited(page) <= quoting
    assert named(page)["speaker"] == speaker


def test_filters_that_let_nothing_through_say_so_and_can_be_left_behind(visit: Visit, samples_address: str) -> None:
    page = visit(f"{samples_address}/?q=ferry&publisher=%3Cimg%20src%3Dx%20onerror%3D%22window.harmed%3D1%22%3E&after=never&language=ar")
    expect(page.locator(".turn .abstention")).to_be_visible(timeout=30_000)
    expect(chips(page)).to_have_count(2)
    assert harm(page) is None
    assert "after" not in named(page)
    page.locator("#filter-place").get_by_role("button", name="Clear all").click()
    expect(chips(page)).to_have_count(0)


def test_in_arabic_the_panel_is_arabic_and_what_is_chosen_stays(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    page.get_by_label("Question").fill("half a question")
    open_panel(page).get_by_role("radio", name="Arabic").check(force=True)
    expect(chips(page)).to_have_count(1)
    page.locator("#head [data-language=ar]").click()
    expect(chips(page)).to_have_text("العربية×")
    page.locator("#filter-place .filter-button").click()
    expect(page.locator("#filters")).to_be_visible()
    expect(page.locator('#filters [value="ar"]')).to_be_checked()
    expect(page.locator("#question-box")).to_have_value("half a question")
    box, bar = page.locator("#filters [data-end=after]"), page.locator("#filters rect").first
    assert abs(box.bounding_box()["x"] + box.bounding_box()["width"] - bar.bounding_box()["x"] - bar.bounding_box()["width"]) < 30  # type: ignore[index]


def test_on_a_phone_the_panel_is_a_sheet_over_the_bottom_and_nothing_scrolls_sideways(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address, size=PHONE)
    panel = open_panel(page)
    box = panel.bounding_box()
    assert box is not None and box["x"] == 0 and box["width"] == PHONE["width"] and box["y"] + box["height"] == PHONE["height"]
    panel.get_by_role("radio", name="Arabic").check(force=True)
    expect(chips(page)).to_have_count(1)
    assert overflow(page) == 0
    panel.get_by_role("button", name="Done").click()
    expect(panel).to_be_hidden()
    assert overflow(page) == 0
