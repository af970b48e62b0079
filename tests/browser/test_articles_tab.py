"""The tab Articles in a real browser: found, opened, removed and put back, and added by dropping files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PHONE, Visit, serving
from playwright.sync_api import Locator, Page, expect
from test_browser import ask, harm, shown_text

from index.store import Store

TITLE = "<img src=x onerror=\"window.harmed='title'\"> Bridge of Tolmen reopens"
STORY = f"""{TITLE}

TOLMEN, 3 May 2021 - The bridge of Tolmen reopened on Monday after nine years of repairs.

"We waited for this morning since 2012," said Mirela Dosh, the mayor.
"""
HOSTILE_NAME = "a\"b<img src=x onerror=window.harmed='name'> \u202etxt.pdf"
DROP = """async (files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    const place = document.querySelector("#browsing");
    const dropped = { dataTransfer: transfer, bubbles: true, cancelable: true };
    for (const type of ["dragover", "drop"]) place.dispatchEvent(new DragEvent(type, dropped));
}"""


@pytest.fixture
def added(tmp_path: Path) -> Path:
    return tmp_path / "added"


@pytest.fixture
def address(samples_store_folder: Path, tmp_path: Path, added: Path) -> Iterator[str]:
    """A page over the sample articles that may be changed."""
    store = shutil.copytree(samples_store_folder, tmp_path / "store")
    with serving(store, "--added", str(added)) as address:
        yield address


def browse(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#articles").locator("table, .nothing")).to_be_visible()


def titles(page: Page) -> list[str]:
    return page.locator("#articles tbody [data-article]").all_inner_texts()


def rows(page: Page) -> Locator:
    return page.locator("#articles tbody tr")


def overflow(page: Page) -> int:
    panes = "['html', '#browsing', '#articles'].map(name => document.querySelector(name))"
    return int(page.evaluate(f"Math.max(...{panes}.map(pane => pane.scrollWidth - pane.clientWidth))"))


def test_the_list_is_searched_in_any_spelling_sorted_and_filtered(visit: Visit, samples_address: str, samples_store: Store) -> None:
    page = visit(samples_address)
    browse(page)
    held = list(samples_store.catalogue.all_articles())
    expect(rows(page)).to_have_count(len(held))
    expect(page.get_by_role("columnheader", name="Date")).to_have_attribute("aria-sort", "descending")
    dates = page.locator("#articles tbody time").evaluate_all("all => all.map(one => one.dateTime)")
    assert dates == sorted(dates, reverse=True)
    page.get_by_role("button", name="Title").click()
    expect(page.get_by_role("columnheader", name="Title")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("columnheader", name="Date")).to_have_attribute("aria-sort", "none")
    expect(page.get_by_role("button", name="Title")).to_be_focused()

    page.get_by_label("Search the list").fill("اِتّحَاد دلميرا")
    expect(page.locator("#found")).to_have_text(f"1 of {len(held)} articles")
    assert len(titles(page)) == 1 and "اتحاد دلميرا" in titles(page)[0]
    page.get_by_label("Search the list").fill("no such article anywhere")
    expect(page.locator("#articles .nothing")).to_contain_text("No article is like that.")
    page.get_by_role("button", name="Clear the filters").click()
    expect(rows(page)).to_have_count(len(held))
    expect(page.get_by_label("Search the list")).to_be_focused()

    page.locator("#articles-filter-place .filter-button").click()
    page.get_by_role("group", name="Filters").get_by_role("radio", name="Arabic").check(force=True)
    expect(rows(page)).to_have_count(sum(article.language == "ar" for article in held))
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator("#filter-place .chip")).to_have_text("Arabic×")


def test_an_article_is_one_click_away(visit: Visit, samples_address: str, samples_store: Store) -> None:
    page = visit(samples_address)
    browse(page)
    first = page.locator("#articles tbody [data-article]").first
    first.click()
    page.wait_for_selector("#source .article")
    article = samples_store.catalogue.article(first.get_attribute("data-article") or "")
    assert article is not None and shown_text(page) == article.text


def test_what_is_removed_says_so_and_undo_brings_it_back(visit: Visit, address: str) -> None:
    page = visit(address)
    browse(page)
    before = titles(page)
    page.get_by_role("button", name=f"Remove {before[1]}").click()
    gone = rows(page).nth(1)
    expect(gone).to_contain_text(f"Removed: {before[1]}. Its file stays; the next build brings it back. Undo")
    expect(gone.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#index-state")).to_contain_text(f"{len(before) - 1} articles")
    expect(page.locator("#found")).to_have_text(f"{len(before) - 1} articles")
    expect(gone).to_contain_text("Undo")  # the list was drawn anew meanwhile
    assert titles(page) == [before[0], *before[2:]]
    gone.get_by_role("button", name="Undo").click()
    expect(page.locator("#found")).to_have_text(f"{len(before)} articles")
    assert titles(page) == before
    expect(page.locator("#articles tbody [data-article]").nth(1)).to_be_focused()


def test_files_that_are_dropped_are_added_or_refused_with_a_reason_and_answered_from(visit: Visit, address: str, added: Path) -> None:
    page = visit(address)
    browse(page)
    held = rows(page).count()
    page.evaluate(DROP, [[HOSTILE_NAME, "no article"], ["bridge.txt", STORY], ["empty.md", "  "]])
    expect(page.locator("#adding")).to_have_text("Files added: 1")
    told = page.locator("#added li")
    expect(told).to_have_count(2)
    expect(told.nth(0)).to_contain_text("is not of a kind that can be read. Articles are read from .txt, .md and .jsonl.")
    expect(told.nth(1)).to_have_text("empty.md: empty")
    expect(rows(page)).to_have_count(held + 1, timeout=30_000)
    assert TITLE in titles(page)
    assert [path.name for path in added.iterdir()] == ["bridge.txt"]
    page.evaluate(DROP, [["bridge.txt", STORY]])
    expect(told).to_have_text(["bridge.txt is there already."])
    expect(page.locator("#articles .foot")).to_contain_text(f"python -m index build FOLDER {added}")

    page.get_by_role("tab", name="Ask").click()
    ask(page, "After how many years of repairs did the bridge of Tolmen reopen?")
    expect(page.locator(".turn .answer")).to_contain_text("The bridge of Tolmen reopened on Monday after nine years of repairs.")
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name=f"Remove {TITLE}").click()
    expect(page.locator("tr.removed")).to_contain_text(f"Removed: {TITLE}.  Undo")
    assert [path.name for path in (added / ".removed").iterdir()] == ["bridge.txt"]
    assert harm(page) is None
    assert page.locator("#browse img").count() == 0


def test_an_empty_store_says_how_to_begin_and_takes_the_first_file(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path / "store", "--added", str(tmp_path / "added")) as address:
        page = visit(address)
        browse(page)
        expect(page.locator("#articles .nothing")).to_contain_text("Add some here: choose files, or drop them anywhere on this page.")
        page.locator("#article-files").set_input_files([{"name": "bridge.txt", "mimeType": "text/plain", "buffer": STORY.encode()}])
        expect(rows(page)).to_have_count(1, timeout=60_000)
        expect(page.locator("#found")).to_have_text("1 article")


def test_on_a_phone_each_article_is_a_card_and_nothing_scrolls_sideways(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address, size=PHONE)
    browse(page)
    assert overflow(page) == 0
    card = rows(page).first
    title, remove = card.locator("[data-article]").bounding_box(), card.locator("[data-remove]").bounding_box()
    assert title is not None and remove is not None and remove["y"] > title["y"] + title["height"] - 1
    page.locator("#head button.language").click()
    expect(page.get_by_role("tab", name="Ask")).to_have_count(0)
    expect(rows(page).first).to_be_visible()
    assert overflow(page) == 0
