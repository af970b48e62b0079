"""axe-core finds nothing serious or critical, on any tab, in either language and scheme; motion stops for who asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import WIDE
from playwright.sync_api import Browser, Page, expect
from test_browser import ARABIC, ENGLISH, OUTSIDE

DRAFT = "The mayor was unimpressed. “Three hundred votes is a bus stop,” said Samir Toval. “Nobody ever said this to anybody,” he added."


@pytest.fixture(params=[("en-GB", "light"), ("en-GB", "dark"), ("ar-EG", "light"), ("ar-EG", "dark")], ids="-".join)
def page(request: pytest.FixtureRequest, browser: Browser, samples_address: str) -> Iterator[Page]:
    locale, scheme = request.param
    # axe is put into the page as a script, which its policy would refuse
    context = browser.new_context(viewport=WIDE, locale=locale, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(samples_address)
    page.wait_for_selector(".examples")
    yield page
    context.close()


def grave(page: Page) -> list[str]:
    found = Axe().run(page).response
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def test_nothing_grave_on_any_tab(page: Page) -> None:
    is_arabic = page.locator("html").get_attribute("lang") == "ar"
    assert grave(page) == []
    for question, came in ((ARABIC if is_arabic else ENGLISH, ".answer"), (OUTSIDE, ".abstention")):
        page.locator("#question-box").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator(f".turn:last-child {came}")).to_be_visible(timeout=30_000)
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    page.locator("#filter-place button").first.click()
    assert grave(page) == []
    page.locator("#tab-check").click()
    page.locator("#quoted-text textarea").fill(DRAFT)
    page.locator("#check-button").click()
    expect(page.locator("#checked .tally")).to_be_visible(timeout=30_000)
    assert grave(page) == []
    page.locator("#tab-articles").click()
    expect(page.locator("#articles tbody tr").first).to_be_visible()
    assert grave(page) == []
    page.locator("#tab-evaluate").click()
    expect(page.locator("#sets input").first).to_be_attached()
    assert grave(page) == []


def test_nothing_moves_for_who_asks_for_stillness(browser: Browser, samples_address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    try:
        page = context.new_page()
        page.goto(samples_address)
        page.wait_for_selector(".examples")
        waiting = '<div class="turn"><p class="pending">…</p></div><p class="working"></p>'
        page.evaluate("markup => (document.querySelector('#conversation').innerHTML = markup)", waiting)
        page.evaluate("document.querySelector('.light').dataset.state = 'indexing'")
        moving = page.evaluate("document.getAnimations().filter(animation => animation.playState === 'running').length")
        assert moving == 0
    finally:
        context.close()


def test_the_same_moves_for_everybody_else(browser: Browser, samples_address: str) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(samples_address)
        page.wait_for_selector(".examples")
        page.evaluate("document.querySelector('.light').dataset.state = 'indexing'")
        assert page.evaluate("document.getAnimations().filter(animation => animation.playState === 'running').length") > 0
    finally:
        context.close()
