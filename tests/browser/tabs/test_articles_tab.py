"""The tab Articles in a real browser: found, by story, opened, removed and put back, and added by dropping files of every kind."""

from __future__ import annotations

import shutil
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from conftest import PHONE, Visit, serving
from make_docx import word_document
from playwright.sync_api import Locator, Page, expect
from test_browser import ask, harm, shown_text

from index.store.store import Store

TITLE = "<img src=x onerror=\"window.harmed='title'\"> Bridge of Tolmen reopens"
STORY = f"""{TITLE}

TOLMEN, 3 May 2021 - The bridge of Tolmen reopened on Monday after nine years of repairs.

"We waited for this morning since 2012," said Mirela Dosh, the mayor.
"""
WRECK = "Island mourns after the Nawras goes down"
HOSTILE_NAME = "a\"b<img src=x onerror=window.harmed='name'> \u202etxt.exe"
DROP = """async (files) => {
    const transfer = new DataTransfer();
    for (const [name, text, encoded] of files) {
        const bytes = encoded ? Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt()) : text;
        transfer.items.add(new File([bytes], name));
    }
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


def leads(page: Page) -> Locator:
    return page.locator("#articles tbody:not(.others) tr")


def without_stories(page: Page) -> None:
    page.get_by_label("By story").uncheck()
    expect(page.locator("#articles .others")).to_have_count(0)


def overflow(page: Page) -> int:
    panes = "['html', '#browsing', '#articles'].map(name => document.querySelector(name))"
    return int(page.evaluate(f"Math.max(...{panes}.map(pane => pane.scrollWidth - pane.clientWidth))"))


def test_the_list_is_searched_in_any_spelling_sorted_and_filtered(visit: Visit, samples_address: str, samples_store: Store) -> None:
    page = visit(samples_address)
    browse(page)
    held = list(samples_store.catalogue.all_articles())
    expect(rows(page)).to_have_count(len(held))
    expect(page.get_by_role("columnheader", name="Date")).to_have_attribute("aria-sort", "descending")
    dates = leads(page).locator("time").evaluate_all("all => all.map(one => one.dateTime)")
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


def open_story(page: Page, title: str) -> tuple[Locator, Locator]:
    """The button of a story, and the rows that it opens."""
    button = leads(page).filter(has_text=title).locator(".others-button")
    expect(button).to_have_attribute("aria-expanded", "false")
    others = page.locator(f"#{button.get_attribute('aria-controls')}")
    expect(others).to_be_hidden()
    button.click()
    expect(others).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    return button, others.locator("tr")


def test_articles_of_one_story_stand_under_one_that_opens_by_mouse_and_by_keyboard(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    browse(page)
    button, others = open_story(page, WRECK)
    expect(button).to_have_text("2 others")
    expect(leads(page).filter(has_text=WRECK)).to_contain_text("printed by 2 papers · also in Arabic")
    ties = [line.split("\n")[-1] for line in others.locator("th").all_inner_texts()]
    assert sorted(ties) == ["a translation · text of وكالة مروينا للأنباء", "the same text · text of MPA"]
    others.locator("[data-article]").first.click()
    page.wait_for_selector("#source .article")
    expect(others.first).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(others.first).to_be_hidden()
    page.keyboard.press("Space")
    expect(others.first).to_be_visible()
    expect(button).to_be_focused()


def test_without_stories_every_article_has_a_row_and_the_count_says_so(visit: Visit, samples_address: str, samples_store: Store) -> None:
    page = visit(samples_address)
    browse(page)
    held, stories = len(list(samples_store.catalogue.all_articles())), samples_store.catalogue.links.stories()
    in_rows = held - len(stories) + len(set(stories.values()))
    assert in_rows < held
    expect(page.locator("#found")).to_have_text(f"{held} articles in {in_rows} stories")
    expect(leads(page)).to_have_count(in_rows)
    without_stories(page)
    expect(page.locator("#found")).to_have_text(f"{held} articles")
    expect(leads(page)).to_have_count(held)
    page.locator("#head [data-language=ar]").click()
    expect(page.locator("#by-story")).not_to_be_checked()
    expect(leads(page)).to_have_count(held)


def test_a_search_leaves_of_a_story_what_it_found_and_says_that_there_is_more(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    browse(page)
    page.locator("#articles-filter-place .filter-button").click()
    page.get_by_role("group", name="Filters").get_by_role("radio", name="Arabic").check(force=True)
    expect(page.locator("#articles tbody [lang=en]")).to_have_count(0)
    told = leads(page).filter(has_text="also in English")
    expect(told.first).to_contain_text("not in this list")
    expect(page.locator(".others-button")).to_have_count(0)


def test_what_is_removed_from_a_story_leaves_it_open_and_comes_back_to_its_place(visit: Visit, address: str) -> None:
    page = visit(address)
    browse(page)
    _, others = open_story(page, WRECK)
    first = others.first.locator("[data-article]").inner_text()
    page.get_by_role("button", name=f"Remove {first}").click()
    gone = page.locator("tr.removed")
    expect(gone.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#index-state")).to_contain_text("16 articles")
    button = leads(page).filter(has_text=WRECK).locator(".others-button")
    expect(button).to_have_text("1 other")
    expect(button).to_have_attribute("aria-expanded", "true")
    gone.get_by_role("button", name="Undo").click()
    expect(button).to_have_text("2 others")
    expect(page.locator("#articles").get_by_role("button", name=first, exact=True)).to_be_focused()
    page.get_by_role("button", name=f"Remove {WRECK}").first.click()
    expect(gone).to_be_visible()
    expect(gone.get_by_role("button", name="Undo")).to_be_focused()
    expect(leads(page).filter(has=page.get_by_role("button", name=first, exact=True)).locator(".others-button")).to_have_text("1 other")
    gone.get_by_role("button", name="Undo").click()
    expect(button).to_have_text("2 others")


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
    without_stories(page)
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
    kinds = "text, web pages, PDF, Word, RTF, mail, tables, ZIP and WARC"
    expect(told.nth(0)).to_contain_text(f"is not of a kind that can be read. Articles are read from {kinds}.")
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


def zipped(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def told_of(place: str) -> tuple[str, str]:
    """A title and a text like no other’s, which no reader takes for a page’s furniture."""
    title = f"The lamp of {place} burns again"
    text = (
        f"The lamp of {place} was lit again on Sunday evening after a winter without light, said the keeper of the harbour. "
        f"Four men carried the glass up the stairs of {place} while the mayor counted the steps aloud and the children sang."
    )
    return title, text


def files_of_every_kind(page: Page) -> dict[str, bytes]:
    def web(place: str) -> str:
        title, text = told_of(place)
        head = f"<!doctype html><html lang=en><head><title>{title}</title></head>"
        return f"{head}<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"

    printed = page.context.new_page()
    printed.set_content(web("Portolo"))
    pdf = printed.pdf()
    printed.close()
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = told_of("Mailin")[0], "desk@kessa.example", "Mon, 3 May 2021 10:00:00 +0000"
    mail.set_content(told_of("Mailin")[1])
    title, text = told_of("Tabelo")
    return {
        "page.html": web("Weblin").encode(),
        "printed.pdf": pdf,
        "report.docx": word_document(*told_of("Wordin")),
        "message.eml": mail.as_bytes(),
        "table.csv": f'title,text\n"{title}","{text}"\n'.encode(),
        "news.zip": zipped(
            {
                "inner.txt": "\n\n".join(told_of("Zippen")).encode(),
                "deep/other.html": web("Packaro").encode(),
                "<b>photo</b>.jpg": b"\xff\xd8\xff",
            }
        ),
    }


def test_files_of_every_kind_that_are_dropped_become_articles(visit: Visit, address: str) -> None:
    page = visit(address)
    browse(page)
    without_stories(page)
    files = files_of_every_kind(page)
    page.evaluate(DROP, [[name, None, b64encode(data).decode()] for name, data in files.items()])
    expect(page.locator("#adding")).to_have_text(f"Files added: {len(files)}", timeout=60_000)
    told = page.locator("#added > li")
    expect(told.filter(has_text="news.zip")).to_contain_text("news.zip: 2 articles, 1 part skipped", timeout=60_000)
    expect(told.filter(has_text="news.zip").locator("li")).to_have_text(["<b>photo</b>.jpg: not a format that is read"])
    expect(told.filter(has_text="table.csv")).to_have_text("table.csv: 1 article", timeout=60_000)
    expect(rows(page).filter(has_text="The lamp of")).to_have_count(7, timeout=60_000)
    for place in ("Weblin", "Portolo", "Wordin", "Mailin", "Tabelo", "Zippen", "Packaro"):
        page.get_by_label("Search the list").fill(f"lamp {place} burns")
        found = page.locator("#articles [data-article]")
        expect(found).to_have_text([f"The lamp of {place} burns again"])
        found.click()
        expect(page.locator("#source .article")).to_contain_text(f"Four men carried the glass up the stairs of {place}")
    page.get_by_role("button", name="Remove The lamp of Packaro").click()
    expect(page.locator("#articles .nothing")).to_be_visible()  # it was the only one that is so found, and the list was drawn anew
    expect(page.locator("tr.removed")).to_contain_text("Its file stays; the next build brings it back.")


def test_an_empty_store_says_how_to_begin_and_takes_the_first_file(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path / "store", "--added", str(tmp_path / "added")) as address:
        page = visit(address)
        browse(page)
        expect(page.locator("#when")).to_be_hidden()
        expect(page.locator("#articles .nothing")).to_contain_text("Add some here: choose files, or drop them anywhere on this page.")
        page.locator("#article-files").set_input_files([{"name": "bridge.txt", "mimeType": "text/plain", "buffer": STORY.encode()}])
        expect(rows(page)).to_have_count(1, timeout=60_000)
        expect(page.locator("#found")).to_have_text("1 article")
        expect(page.get_by_label("By story")).to_be_hidden()
        expect(page.locator("#timeline")).to_contain_text("1 article has no date")


def test_on_a_phone_each_article_is_a_card_and_nothing_scrolls_sideways(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address, size=PHONE)
    browse(page)
    assert overflow(page) == 0
    open_story(page, WRECK)
    assert overflow(page) == 0
    card = rows(page).first
    title, remove = card.locator("[data-article]").bounding_box(), card.locator("[data-remove]").bounding_box()
    assert title is not None and remove is not None and remove["y"] > title["y"] + title["height"] - 1
    page.locator("#head [data-language=ar]").click()
    expect(page.get_by_role("tab", name="Ask")).to_have_count(0)
    expect(rows(page).first).to_be_visible()
    assert overflow(page) == 0
