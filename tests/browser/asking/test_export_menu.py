"""Take it with you, in a real browser: each file arrives whole, what is copied is what is cited, and nobody gets another's conversation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from conftest import PHONE, Visit, serving
from playwright.sync_api import Locator, Page, expect
from test_browser import ARABIC, ENGLISH, HOSTILE, OUTSIDE, ask, harm, overflow

from index.build.build import build
from index.store.store import Store
from qa.answer import answer
from qa.ask.types import Answer
from qa.export.references import in_a_line

CONVERSATION = ["Markdown", "HTML", "Word"]
CITATIONS = ["BibTeX", "RIS", "CSL-JSON", "Web Annotations"]
TREES = "How many pear trees did the gardener plant?"


@pytest.fixture(scope="module")
def address(samples_store_folder: Path) -> Iterator[str]:
    with serving(samples_store_folder) as address:
        yield address


@pytest.fixture
def page(visit: Visit, address: str) -> Page:
    return visit(address, policy=True)


def menu(page: Page) -> Locator:
    opened = page.locator(".taking")
    if opened.get_attribute("open") is None:
        opened.locator("summary").click()
    return opened


def take(page: Page, label: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        menu(page).get_by_role("button", name=label, exact=True).click()
    name = waiting.value.suggested_filename
    waiting.value.save_as(folder / name)
    expect(menu(page).get_by_role("status")).to_have_text(f"Saved {name}")
    return folder / name


def text_of(file: Path) -> str:
    if file.suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(str(file)).paragraphs)
    return file.read_bytes().decode()


def quote_of(given: Answer) -> str:
    assert not given.abstained
    return given.citations[0].quote


def labels(page: Page) -> list[str]:
    return page.locator(".taking button").all_text_contents()


def copied(page: Page) -> Any:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("question", [ENGLISH, ARABIC])
def test_each_file_arrives_and_holds_the_quote(page: Page, tmp_path: Path, samples_store: Store, question: str) -> None:
    given = answer(samples_store, question)
    ask(page, question)
    files = {label: take(page, label, tmp_path) for label in CONVERSATION + CITATIONS}
    assert [file.name for file in files.values()] == [
        *("conversation.md", "conversation.html", "conversation.docx"),
        *("citations.bib", "citations.ris", "citations.csl.json", "annotations.jsonld"),
    ]
    for label, file in files.items():
        for citation in given.citations:
            assert citation.quote in text_of(file).replace("\\", ""), label
            assert citation.article.id in text_of(file).replace("\\", ""), label
    for citation, annotation in zip(given.citations, json.loads(text_of(files["Web Annotations"])), strict=True):
        quoted, position = annotation["target"]["selector"]
        assert citation.article.text[position["start"] : position["end"]] == quoted["exact"]


def test_the_same_file_can_be_taken_twice_and_holds_what_was_asked_meanwhile(page: Page, tmp_path: Path) -> None:
    ask(page, ENGLISH)
    assert ARABIC not in text_of(take(page, "Markdown", tmp_path))
    take(page, "Markdown", tmp_path)
    ask(page, ARABIC)
    expect(page.locator(".taking")).to_have_count(1)
    expect(page.locator(".turn").last.locator(".taking")).to_be_visible()
    both = text_of(take(page, "HTML", tmp_path))
    assert ENGLISH in both
    assert ARABIC in both


def test_where_nothing_is_cited_there_are_no_citations_to_take(page: Page, tmp_path: Path) -> None:
    expect(page.locator(".taking")).to_have_count(0)
    ask(page, OUTSIDE)
    assert labels(page) == CONVERSATION
    assert "No clear answer" in text_of(take(page, "Markdown", tmp_path))
    ask(page, ENGLISH)
    assert labels(page) == CONVERSATION + CITATIONS


def test_all_of_it_works_from_the_keyboard(page: Page) -> None:
    ask(page, ENGLISH)
    page.locator(".taking summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Markdown")).to_be_focused()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "conversation.md"
    expect(page.get_by_role("button", name="Markdown")).to_be_focused()


@pytest.mark.parametrize("question", [ENGLISH, ARABIC, OUTSIDE])
def test_a_citation_is_copied_with_all_that_belongs_to_it_and_it_is_said(page: Page, samples_store: Store, question: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, question)
    for citation in answer(samples_store, question).citations:
        button = page.get_by_role("button", name=f"Copy citation {citation.number}", exact=True)
        button.click()
        expect(page.get_by_role("button", name=f"Copied citation {citation.number}", exact=True)).to_be_visible()
        expect(page.locator("#copied")).to_have_text(f"Copied: citation {citation.number}")
        assert copied(page) == in_a_line(citation)
        expect(button).to_be_visible(timeout=5_000)
        expect(page.locator("#copied")).to_be_empty()


def test_without_a_clipboard_it_is_copied_all_the_same(page: Page, samples_store: Store) -> None:
    """As where the page comes from another machine without HTTPS."""
    ask(page, ENGLISH)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    button = page.locator("button.copy").first
    button.click()
    expect(button).to_have_text("Copied citation 1")
    expect(button).to_be_focused()
    page.evaluate("delete navigator.clipboard")
    assert copied(page) == in_a_line(answer(samples_store, ENGLISH).citations[0])


def test_what_cannot_be_copied_is_said(page: Page) -> None:
    ask(page, ENGLISH)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
    page.locator("button.copy").first.click()
    expect(page.locator("#copied")).to_have_text("Not copied: citation 1")


def test_nobody_gets_the_conversation_of_another(visit: Visit, address: str, tmp_path: Path) -> None:
    one, other = visit(address), visit(address)
    ask(one, ENGLISH)
    ask(other, OUTSIDE)
    assert ENGLISH in text_of(take(one, "Markdown", tmp_path))
    mine = text_of(take(other, "Markdown", tmp_path))
    assert OUTSIDE in mine
    assert ENGLISH not in mine
    # What is sent for the conversation itself is not looked at: the server has its own.
    forged: list[object] = []

    def forge(route: Any) -> None:
        sent = route.request.post_data_json
        if "asked" in json.dumps(sent.get("event_data")):
            sent["data"] = [{"turns": [[ENGLISH, "forged"]]}]
            forged.append(sent)
        route.continue_(post_data=json.dumps(sent))

    other.route("**/queue/join*", forge)
    mine = text_of(take(other, "Markdown", tmp_path))
    assert forged
    assert OUTSIDE in mine
    assert ENGLISH not in mine


def test_what_the_browser_sends_can_be_anything(page: Page) -> None:
    ask(page, ENGLISH)
    button = menu(page).get_by_role("button", name="Markdown")
    for kind in ("exe", "../../secret", "<img src=x onerror=window.harmed=1>", ""):
        button.evaluate("(button, kind) => (button.dataset.take = kind)", kind)
        button.click()
        expect(menu(page).get_by_role("status")).to_have_text("That is no form to take it in.")
    assert harm(page) is None


def test_hostile_text_is_text_in_what_is_taken_and_copied(visit: Visit, tmp_path: Path) -> None:
    folder, store = tmp_path / "articles", tmp_path / "store"
    folder.mkdir()
    (folder / "pears & <b>.txt").write_bytes(HOSTILE.encode())
    build(store, [folder])
    with serving(store) as address:
        page = visit(address)
        ask(page, TREES)
        given = answer(Store.open(store), TREES)
        quote = quote_of(given)
        assert "<script>" in quote
        page.locator("button.copy").first.click()
        assert copied(page) == in_a_line(given.citations[0])
        file = take(page, "HTML", tmp_path)
        assert quote in text_of(take(page, "Word", tmp_path))
        assert harm(page) is None
    page = page.context.new_page()
    page.set_content(text_of(file))
    assert page.locator("blockquote").first.text_content() == quote
    assert page.locator(":is(script, img, iframe, svg)").count() == 0
    assert page.evaluate("window.harmed") is None


def test_on_a_phone_nothing_runs_out_of_the_page(visit: Visit, address: str) -> None:
    page = visit(address, PHONE)
    ask(page, ARABIC)
    menu(page).get_by_role("button", name="Web Annotations").scroll_into_view_if_needed()
    assert overflow(page) <= 0
