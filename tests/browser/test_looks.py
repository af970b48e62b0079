"""Each screen in both languages, sizes and schemes, as pictures in artefacts/screens (which git ignores) for people to look at; and what
can be said of a picture without them: nothing runs out sideways, no label is cut off, nothing of ours lies over something else of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PHONE, ROOT, WIDE
from playwright.sync_api import Browser, Page, expect
from test_browser import ARABIC, OUTSIDE

SCREENS = ROOT / "artefacts" / "screens"
ENGLISH = "How much does the auditor think the repair of the Mirzan Dam will cost?"
DRAFT = "The mayor was unimpressed. “Three hundred votes is a bus stop,” said Samir Toval. “Nobody ever said this to anybody,” he added."

# A label that ends in an ellipsis is meant to be cut.
CUT_OFF = """() => [...document.querySelectorAll('button, [role=tab], label > span, th, summary, h1, h2, h3')]
  .filter(e => e.checkVisibility() && !e.closest('.unseen, .report'))
  .filter(e => getComputedStyle(e).textOverflow !== 'ellipsis' && getComputedStyle(e).display !== 'inline')
  .filter(e => e.scrollWidth > e.clientWidth + 1)
  .filter(e => getComputedStyle(e).overflowX !== 'visible' || e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.outerHTML.slice(0, 200))"""
# What lies at the middle of a button is the button, or in it; those that are scrolled out of their pane are not looked at, and on a phone
# an open article lies over all else.
COVERED = """() => {
  const over = innerWidth < 900 && document.body.classList.contains('reading') ? document.querySelector('#source') : document;
  return [...over.querySelectorAll('button, [role=tab], textarea')].filter(e => {
    if (!e.checkVisibility() || e.closest('.report')) return false;
    const box = e.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    const pane = e.closest('#scroll, #source-pane, #checking, #browsing, #evaluating')?.getBoundingClientRect();
    if (!box.width || y < 0 || y > innerHeight || (pane && (y < pane.top || y > pane.bottom))) return false;
    const top = document.elementFromPoint(x, y);
    return top && !e.contains(top) && !top.closest('#question, header');
  }).map(e => e.outerHTML.slice(0, 200));
}"""


@pytest.fixture(
    params=[(code, name, scheme) for code in ("en", "ar") for name in ("wide", "phone") for scheme in ("light", "dark")], ids="-".join
)
def page(request: pytest.FixtureRequest, browser: Browser, samples_address: str) -> Iterator[Page]:
    code, name, scheme = request.param
    size = {"wide": WIDE, "phone": PHONE}[name]
    context = browser.new_context(viewport=size, locale=code, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(samples_address)
    page.wait_for_selector(".examples")
    yield page
    context.close()


def look(page: Page, request: pytest.FixtureRequest, screen: str) -> None:
    page.wait_for_timeout(150)  # fonts, and the frame in which things have come to rest
    code, name, scheme = request.node.callspec.params["page"]
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(SCREENS) / f"{screen}-{code}-{name}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, screen
    assert page.evaluate(CUT_OFF) == [], screen
    assert page.evaluate(COVERED) == [], screen


def test_every_screen_can_be_shown(page: Page, request: pytest.FixtureRequest) -> None:
    code, name, _ = request.node.callspec.params["page"]
    look(page, request, "1-welcome")
    page.locator("#question-box").fill(ARABIC if code == "ar" else ENGLISH)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_be_visible(timeout=30_000)
    look(page, request, "2-answer")
    page.locator(".marker").first.click()
    page.wait_for_selector("#cited")
    look(page, request, "3-source")
    if name == "phone":
        page.locator("#source .back").click()
    page.locator("#question-box").fill(OUTSIDE)
    page.keyboard.press("Enter")
    expect(page.locator(".abstention")).to_be_visible(timeout=30_000)
    look(page, request, "4-silence")
    page.locator("#filter-place button").first.click()
    expect(page.locator("#filter-panel input[type=range]").first).to_be_visible()
    look(page, request, "5-filters")
    page.keyboard.press("Escape")
    page.locator("#tab-check").click()
    page.locator("#quoted-text textarea").fill(DRAFT)
    page.locator("#check-button").click()
    expect(page.locator("#checked .tally")).to_be_visible(timeout=30_000)
    look(page, request, "6-check")
    page.locator("#tab-articles").click()
    expect(page.locator("#articles tbody tr").first).to_be_visible()
    look(page, request, "7-articles")
    page.locator("#tab-evaluate").click()
    expect(page.locator("#sets .set").first).to_be_visible()
    look(page, request, "8-evaluate")
