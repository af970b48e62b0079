"""The interface in Arabic: by the browser's language, by the switch, mirrored, in letters that come with the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import PHONE, WIDE, Visit
from playwright.sync_api import Browser, Page, expect
from test_browser import ARABIC, ENGLISH, ask, overflow

ARABIC_LETTERS = re.compile(r"[\u0620-\u064a]")
LATIN_WORDS = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture
def arabic(browser: Browser, samples_address: str) -> Iterator[Page]:
    """The page in a browser that asks for Arabic."""
    context = browser.new_context(viewport=WIDE, locale="ar-EG")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(samples_address)
    page.wait_for_selector("#index-state .light")
    page.wait_for_selector(".examples")
    yield page
    context.close()


def texts(page: Page, selector: str) -> list[str]:
    return [text for text in page.locator(selector).all_inner_texts() if text.strip()]


def test_the_browser_s_language_is_the_interface_s(arabic: Page) -> None:
    assert arabic.locator("html").get_attribute("lang") == "ar"
    assert arabic.locator("html").get_attribute("dir") == "rtl"
    assert texts(arabic, "[role=tab]") == ["اسأل", "التحقق من الاقتباسات", "المقالات", "التقييم"]
    expect(arabic.get_by_label("السؤال")).to_be_focused()
    tab, state = arabic.locator("#tab-ask").bounding_box(), arabic.locator("#index-state").bounding_box()
    assert tab and state and tab["x"] > state["x"], "the head is mirrored"
    ask_box, source = arabic.locator("#asking").bounding_box(), arabic.locator("#source-pane").bounding_box()
    assert ask_box and source and ask_box["x"] > source["x"], "the question stands to the right of the source"


def test_no_word_of_the_interface_is_left_in_english(arabic: Page) -> None:
    ask_in_arabic(arabic, ARABIC)
    arabic.locator(".marker").first.click()
    arabic.wait_for_selector("#cited")
    ours = ["#index-state", "#welcome h2", "#welcome h3", "#welcome p", ".citations .quality .verdict", ".why summary", ".judging button"]
    ours += [".taking summary", ".copy > span:first-child", "#source .back", "#source .legend", "#question button", "#filter-place button"]
    said = {text for selector in ours for text in texts(arabic, selector)}
    for tab, panel in (("#tab-check", "#check-parts"), ("#tab-articles", "#articles thead"), ("#tab-evaluate", "#evaluate-form")):
        arabic.locator(tab).click()
        expect(arabic.locator(panel)).to_be_visible()
        said.update(texts(arabic, panel))
    assert len(said) > 10
    names = re.compile(r"\S*\.(jsonl|txt|md|html|docx)\b")
    assert [text for text in said if LATIN_WORDS.search(names.sub("", text))] == []
    assert all(ARABIC_LETTERS.search(text) for text in said if not text.strip("✓ ").isdigit())


def ask_in_arabic(page: Page, question: str) -> None:
    page.locator("#question-box").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answer").last).to_be_visible(timeout=30_000)


def test_the_switch_changes_what_is_there_and_keeps_it(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    ask(page, ENGLISH)
    answer = page.locator(".statement").first.inner_text()
    page.get_by_label("Question").fill("half a ques")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator(".answer h3")).to_have_text("المصادر")
    expect(page.locator("#question-box")).to_have_value("half a ques")
    assert page.locator(".statement").first.inner_text() == answer
    assert page.locator(".statement").first.get_attribute("dir") == "ltr"
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")  # what was chosen is remembered
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_a_check_is_drawn_anew_in_the_other_language(visit: Visit, samples_address: str) -> None:
    page = visit(f"{samples_address}#check")
    page.get_by_label("Paste a quote").fill("Nobody ever wrote these very words anywhere")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#checked .verdict")).to_contain_text("Not found")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("#checked .verdict")).to_contain_text("غير موجود")
    expect(page.locator("#tab-check")).to_have_attribute("aria-selected", "true")


def test_arabic_letters_come_with_the_page_and_with_nothing_else(arabic: Page, samples_address: str) -> None:
    arabic.evaluate("document.fonts.ready")
    loaded = arabic.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family.replaceAll('\"', ''))")
    assert {"On Record Sans", "On Record Naskh"} <= set(loaded)
    fetched = arabic.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert fetched and all(name.startswith(samples_address.rstrip("/")) for name in fetched)


def test_an_english_page_fetches_no_arabic_font(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address)
    page.locator("#welcome").evaluate("section => section.remove()")  # with its Arabic examples
    page.locator("#head [data-language=ar]").evaluate("button => button.remove()")
    page.reload()
    page.wait_for_selector("#index-state .light")
    naskh = [name for name in page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)") if "naskh" in name]
    assert naskh == []


@pytest.mark.parametrize("tab", ["ask", "check", "articles", "evaluate"])
def test_nothing_runs_out_of_a_phone_s_screen_in_arabic(browser: Browser, samples_address: str, tab: str) -> None:
    context = browser.new_context(viewport=PHONE, locale="ar")  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.goto(samples_address)
        page.wait_for_selector("#index-state .light")
        if tab == "ask":
            ask_in_arabic(page, ARABIC)
        page.locator(f"#tab-{tab}").click()
        page.wait_for_timeout(300)  # what the tab asks the server for
        assert overflow(page) <= 0
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    finally:
        context.close()
