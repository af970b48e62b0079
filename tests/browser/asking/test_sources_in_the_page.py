"""An answer's sources are counted, papers with one text named, each opening its article, and what they say differently stands in sight."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import wire
from conftest import PHONE, Visit, serving
from playwright.sync_api import Page, expect
from test_browser import ask, overflow

from index.build.build import build


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("wire")
    hostile = {
        "id": "<img src=x onerror=alert(1)>",
        "publisher": "<b>Post</b>\u202e",
        "date": "2031-05-04",
        "text": f"Dockers\n\n{wire.WIRE}",
    }
    corpus = wire.write(folder / "wire.jsonl")
    corpus.write_text(corpus.read_text(encoding="utf-8") + json.dumps(hostile) + "\n", encoding="utf-8")
    build(folder / "store", [corpus])
    with serving(folder / "store") as address:
        yield address


@pytest.fixture
def page(visit: Visit, address: str) -> Page:
    page = visit(address, policy=True)
    ask(page, wire.ASKED_PAY)
    return page


def test_what_the_articles_say_differently_stands_above_the_sentences_with_both_citations(page: Page) -> None:
    line = page.locator(".answer .differing:has(~ .statement)")
    expect(line).to_contain_text("The articles differ: $600 a month [1]; $400 [")
    assert line.locator("bdi").all_inner_texts() == ["$600 a month", "$400"]
    line.locator(".marker").last.click()
    expect(page.locator("#cited")).to_contain_text("each dock worker $400 while")


def test_papers_with_one_text_are_counted_and_named_and_the_original_is_said(page: Page) -> None:
    printed = page.locator(".answer .printed")
    expect(printed.locator("p")).to_have_text("5 papers, one agency text (Tarvel News Agency)")
    expect(printed.locator("li").first).to_have_text("Tarvel News Agency (the original)")
    expect(printed.get_by_text("صدى الشمال")).to_be_visible()
    assert len(printed.locator("li").all()) == 6
    expect(page.locator(".answer .independent")).to_have_count(0)


def test_a_paper_opens_its_article_at_the_sentence(page: Page) -> None:
    paper = page.locator(".printed .paper", has_text="Tarvel Gazette")
    paper.click()
    expect(page.locator("#source header h2")).to_contain_text("Dockers to be paid through closure")
    expect(page.locator("#cited")).to_have_text(wire.PAY)
    expect(paper).to_have_attribute("data-open", "")


def test_a_translation_opens_whole(page: Page) -> None:
    page.locator(".printed .paper", has_text="صدى الشمال").press("Enter")
    expect(page.locator("#source header h2")).to_contain_text("مرفأ تارفل يدفع لعماله")


def test_a_name_is_text_whatever_it_is(page: Page) -> None:
    expect(page.locator(".printed .paper", has_text="<b>Post</b>")).to_be_visible()
    assert page.locator(".printed :is(b, img)").count() == 0


def test_nothing_is_said_where_one_article_says_it(visit: Visit, address: str) -> None:
    page = visit(address, policy=True)
    ask(page, wire.ASKED_LAWYER)
    expect(page.locator(".answer .citation").first).to_be_visible()
    assert page.locator(".answer :is(.printed, .independent, .differing)").count() == 0


def test_two_sources_are_counted(visit: Visit, samples_address: str) -> None:
    page = visit(samples_address, policy=True)
    ask(page, "How many passengers was the Nawras licensed to carry?")
    expect(page.locator(".answer .independent")).to_have_text("2 independent sources")


def test_it_fits_a_phone_in_both_languages(visit: Visit, address: str) -> None:
    page = visit(address, size=PHONE, policy=True)
    ask(page, wire.ASKED_PAY)
    expect(page.locator(".answer .differing")).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_text("العربية", exact=True).first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".answer .differing bdi").first).to_have_text("$600 a month")
    assert overflow(page) <= 0
