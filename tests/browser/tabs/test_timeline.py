"""The timeline of the tab Articles in a real browser: what it shows is what the list holds, and a bar chooses its time."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PHONE, Visit
from playwright.sync_api import Locator, Page, expect

from index.store.store import Store


def browse(page: Page) -> None:
    page.locator("#tab-articles").click()
    expect(page.locator("#timeline .plot")).to_be_visible()
    expect(page.locator("#articles table")).to_be_visible()


def bars(page: Page) -> Locator:
    return page.locator("#timeline .bar")


def articles_in(bar: Locator) -> int:
    """As its name says."""
    return int((bar.get_attribute("aria-label") or "").split(": ")[1].split(" ")[0])


def edges(page: Page, selector: str) -> list[tuple[float, float]]:
    boxes = page.locator(selector).evaluate_all("all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.right])")
    return [(left, right) for left, right in boxes if left < right]


def test_the_bars_hold_the_articles_of_the_list_and_the_table_says_the_same(
    visit: Visit, samples_address: str, samples_store: Store
) -> None:
    page = visit(samples_address)
    browse(page)
    held = list(samples_store.catalogue.all_articles())
    dated = sum(article.date is not None for article in held)
    assert sum(articles_in(bar) for bar in bars(page).all()) == dated
    page.get_by_text("The figures as a table").click()
    together = page.locator("#timeline tbody td:last-child").all_inner_texts()
    assert [int(number) for number in together] == [articles_in(bar) for bar in bars(page).all()]
    page.get_by_label("Search the list").fill("ferry")
    expect(bars(page)).not_to_have_count(len(together))
    found = int(page.locator("#found").inner_text().split()[0])
    assert sum(articles_in(bar) for bar in bars(page).all()) == found < dated


@pytest.mark.parametrize("how", ["mouse", "Enter", " "])
def test_a_bar_chooses_its_time_and_all_dates_leads_back(visit: Visit, samples_address: str, how: str) -> None:
    page = visit(samples_address)
    browse(page)
    whole = page.locator("#found").inner_text()
    highest = max(bars(page).all(), key=articles_in)
    wanted, said = articles_in(highest), (highest.get_attribute("aria-label") or "").split(":")[0]
    assert wanted > 1
    if how == "mouse":
        highest.click()
    else:
        highest.focus()
        page.keyboard.press(how)
    expect(page.locator("#articles-filter-place .chip")).to_have_text(f"{said}×")
    expect(page.locator("#found")).to_contain_text(f"{wanted} of ")
    expect(page.locator("#timeline")).to_contain_text("All dates")
    assert sum(articles_in(bar) for bar in bars(page).all()) == wanted, "the time that was chosen is drawn as finely as it can be"
    expect(page.get_by_role("button", name="All dates")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text(whole)
    expect(page.locator("#articles-filter-place .chip")).to_have_count(0)
    expect(bars(page).first).to_be_focused()


def test_arrow_keys_go_from_bar_to_bar_and_tab_leaves_the_plot(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    browse(page)
    bars(page).first.focus()
    page.keyboard.press("ArrowRight")
    expect(bars(page).nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(bars(page).last).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bars(page).last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(bars(page).first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    expect(page.locator("#timeline .figures summary")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(bars(page).nth(1)).to_be_focused()


def test_a_bar_can_be_hit_over_its_whole_height(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    browse(page)
    lowest = min(bars(page).all(), key=articles_in)
    box = lowest.locator(".hit").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2)
    expect(page.locator("#found")).to_contain_text("1 of ")
    expect(page.locator("#timeline .one-date")).to_contain_text("1 article, of ")


def test_in_arabic_time_runs_from_right_to_left_in_arabic_words(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    browse(page)
    firsts = bars(page).evaluate_all("all => all.map(one => one.dataset.first)")
    english = edges(page, "#timeline .hit")
    assert firsts == sorted(firsts) and english == sorted(english)
    page.locator("#head [data-language=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(bars(page).first).to_have_attribute("aria-label", re.compile("[\u0620-\u064a]"))
    arabic = edges(page, "#timeline .hit")
    assert arabic == sorted(arabic, reverse=True)
    bars(page).first.focus()
    page.keyboard.press("ArrowLeft")
    expect(bars(page).nth(1)).to_be_focused()
    plot = edges(page, "#timeline .base")[0]
    numbers = edges(page, "#timeline text:not(.date)")
    assert all(left >= plot[1] for left, _ in numbers), "the numbers stand to the right of the plot, and not in it"


@pytest.mark.parametrize("size", [None, PHONE])
@pytest.mark.parametrize("is_arabic", [False, True])
def test_nothing_of_the_plot_is_cut_off_or_written_over_something(
    visit: Visit, samples_address: str, size: dict[str, int] | None, is_arabic: bool
) -> None:
    page = visit(samples_address, size=size) if size else visit(samples_address)
    if is_arabic:
        page.locator("#head [data-language=ar]").click()
    browse(page)
    frame = edges(page, "#when")[0]
    assert all(frame[0] <= left and right <= frame[1] for left, right in edges(page, "#timeline text, #timeline .bar rect"))
    dates = sorted(edges(page, "#timeline text.date"))
    assert len(dates) > 1
    assert all(before[1] < after[0] for before, after in pairwise(dates))


def test_axe_finds_nothing_grave_with_all_of_it_open(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    browse(page)
    page.get_by_text("The figures as a table").click()
    page.locator(".others-button").first.click()
    found = Axe().run(page).response
    assert len(found["passes"]) > 10, "axe looked at the page"
    assert [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")] == []
