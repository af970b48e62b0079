"""A page that is for those who sign in, in a real browser."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import PHONE, START_SECONDS, WIDE, serving
from playwright.sync_api import Browser, Page, expect

from page.serve.passwords import Password

PASSWORD = "a harp of copper"
QUESTION = "How much does the auditor think the repair of the Mirzan Dam will cost?"
Come = Callable[..., Page]


@pytest.fixture(scope="module")
def guarded(samples_store_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page over the sample articles that lets in Mina."""
    file = tmp_path_factory.mktemp("passwords") / "mina"
    file.write_text(Password.new(PASSWORD).line())
    with serving(samples_store_folder, "--auth", f"mina:{file}") as address:
        yield address


@pytest.fixture
def come(browser: Browser) -> Iterator[Come]:
    """Opens an address in a browser of its own. What its policy forbids, or a script does wrong, is an error."""
    wrong: list[str] = []
    with ExitStack() as stack:

        def come(address: str, size: dict[str, int] = WIDE, locale: str = "en-GB", scheme: str = "light") -> Page:
            context = browser.new_context(viewport=size, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.on("weberror", lambda error: wrong.append(f"script error: {error.error}"))
            context.on("console", lambda message: "Content Security Policy" in message.text and wrong.append(message.text))
            page = context.new_page()
            page.goto(address)
            return page

        yield come
    assert wrong == []


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.locator("#name").fill("mina")
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")


def await_page(page: Page) -> None:
    page.wait_for_selector("#index-state .light", timeout=START_SECONDS * 1000)


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_stranger_sees_the_sign_in_page_and_gets_nothing_else(come: Come, guarded: str) -> None:
    page = come(guarded)
    expect(page).to_have_title("Sign in · On Record")
    expect(page.locator("#name")).to_be_focused()
    assert page.locator("gradio-app").count() == 0
    assert [status_of(f"{guarded}/{path}") for path in ("config", "gradio_api/queue/data?session_hash=x", "assets/x.js")] == [401] * 3


def test_a_wrong_password_is_a_line_and_the_right_one_opens_the_page(come: Come, guarded: str) -> None:
    page = come(guarded)
    sign_in(page, "a harp of brass")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    sign_in(page)
    await_page(page)
    assert page.url.rstrip("/") == guarded
    page.get_by_label("Question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answer")).to_be_visible()
    again = page.context.new_page()
    again.goto(guarded)
    await_page(again)


def test_a_link_with_a_question_survives_the_sign_in(come: Come, guarded: str) -> None:
    page = come(f"{guarded}/?q={quote(QUESTION)}")
    sign_in(page, "a harp of brass")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page)
    await_page(page)
    expect(page.locator(".turn .question")).to_have_text(QUESTION)


def test_a_link_to_a_tab_survives_the_sign_in(come: Come, guarded: str) -> None:
    page = come(f"{guarded}/#check")
    sign_in(page)
    await_page(page)
    expect(page.get_by_role("tab", name="Check quotes")).to_have_attribute("aria-selected", "true")


def test_a_link_on_another_site_finds_who_is_signed_in(come: Come, guarded: str) -> None:
    page = come(guarded)
    sign_in(page)
    await_page(page)
    elsewhere = guarded.replace("127.0.0.1", "localhost")  # another site to the browser
    page.route(
        f"{elsewhere}/letter", lambda route: route.fulfill(content_type="text/html", body=f'<a href="{guarded}/?q={quote(QUESTION)}#ask">')
    )
    page.goto(f"{elsewhere}/letter")
    page.locator("a").evaluate("link => link.click()")
    await_page(page)
    expect(page.locator(".turn .question")).to_have_text(QUESTION)


def test_who_signs_out_is_outside_in_every_tab(come: Come, guarded: str) -> None:
    page = come(guarded)
    sign_in(page)
    await_page(page)
    other = page.context.new_page()
    other.goto(guarded)
    await_page(other)
    page.locator(".sign-out button").click()
    expect(page).to_have_title("Sign in · On Record")
    page.go_back()
    expect(page).to_have_title("Sign in · On Record")
    other.reload()
    expect(other).to_have_title("Sign in · On Record")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("locale", ["en-GB", "ar-EG"])
def test_the_sign_in_page_fits_and_can_be_read(come: Come, guarded: str, locale: str, size: dict[str, int], scheme: str) -> None:
    page = come(guarded, size, locale, scheme)
    assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar-EG" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight")
    boxes = [page.locator(part).bounding_box() for part in ("#name", "#password", "button")]
    assert all(box and box["height"] >= 44 for box in boxes)
    label, field = page.locator("label").first.bounding_box(), page.locator("#name").bounding_box()
    assert label and field and label["y"] + label["height"] <= field["y"]
    for part in ("h1", "h1 + p", "label >> nth=0", "button"):
        assert contrast(page, part) >= 4.5, part


def contrast(page: Page, part: str) -> float:
    """The contrast of a text with what is behind it, as WCAG 2 reckons it."""
    colours = page.locator(part).evaluate(
        """element => {
          let behind = element;
          while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
          return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
        }"""
    )
    darker, lighter = sorted(map(luminance, colours))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
