"""Answers by a language model in a real browser: chosen by the visitor, seen as they grow, stopped, and never taken for the articles'."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from conftest import PHONE, ROOT, WIDE, Visit, serving
from model_server import ModelServer
from playwright.sync_api import Browser, Locator, Page, expect
from test_accessible import grave
from test_browser import ENGLISH, harm, overflow

from page.serve.passwords import Password

FOREIGN = "How many schools stopped working according to the directorate of education?"
STATED = "The Nawras was licensed to carry 120 passengers."
INVENTED = "It carried 613 passengers <script>window.harmed='model'</script> \u202ethat day."
TRANSLATED = "The directorate of education said that no more than 260 schools were closed."
PASSWORD = "a harp of copper"
NAME = re.compile(r"tiny-chat at 127\.0\.0\.1:\d+")


def asked_for(body: Any) -> set[str]:
    """The names in the form that the model is held to."""
    return set(body["response_format"]["json_schema"]["schema"]["properties"])


def reply(body: Any) -> str:
    """What the model says: what is so, what is not, and the sentence itself."""
    if "verdict" in asked_for(body):
        return json.dumps({"verdict": "yes"})
    if "translation" in asked_for(body):
        return json.dumps({"translation": TRANSLATED})
    asked = body["messages"][-1]["content"]
    sentences = asked.partition("Question:")[0].splitlines()
    if "schools" in asked:
        return json.dumps({"statements": [{"quote": next(n for n, one in enumerate(sentences, 1) if "260" in one)}]})
    number = next((n for n, one in enumerate(sentences, 1) if "licensed to carry 120" in one), 1)
    return json.dumps({"statements": [{"from": [number], "text": STATED}, {"from": [number], "text": INVENTED}]})


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer(reply=reply) as server:
        yield server


@contextmanager
def page_with(visit: Visit, store: Path, *options: str, size: dict[str, int] | None = None) -> Iterator[Page]:
    with serving(store, *options, ONRECORD_MODEL="", OPENAI_API_KEY="sk-of-the-environment") as address:
        yield visit(address, size) if size else visit(address)


def ask(page: Page, question: str = ENGLISH) -> Locator:
    """Asks, and waits for the answer."""
    turns = page.locator(".turn").count()
    page.locator("#question-box").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(turns)
    expect(turn.locator(".judging")).to_be_attached(timeout=60_000)
    return turn


@pytest.fixture(scope="module")
def written_address(samples_store_folder: Path) -> Iterator[str]:
    """A page over the sample articles with a model that writes."""
    with ModelServer(reply=reply) as server, serving(samples_store_folder, "--model", server.url) as address:
        yield address


def password_file(folder: Path) -> Path:
    file = folder / "mina"
    file.write_text(Password.new(PASSWORD).line())
    return file


def signed_in(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.goto(address)
    page.locator("#name").fill("mina")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#index-state .light", timeout=60_000)
    return page


def button(page: Page) -> Locator:
    return page.locator("#writing-button")


def test_a_visitor_names_a_model_is_told_of_it_and_has_answers_written(
    visit: Visit, samples_store_folder: Path, model: ModelServer
) -> None:
    with page_with(visit, samples_store_folder) as page:
        expect(page.locator("#welcome")).to_contain_text("letter for letter")
        expect(button(page)).to_have_text("Write answers with a language model …")
        expect(ask(page).locator(".written-by")).to_have_count(0)
        button(page).press("Enter")
        expect(page.locator("#model-address")).to_be_focused()
        expect(page.locator("#writing")).to_contain_text("OPENAI_API_KEY")
        page.keyboard.type(model.url)
        page.keyboard.press("Enter")
        expect(page.locator("#named")).to_have_text(re.compile("Connected: " + NAME.pattern), timeout=30_000)
        expect(button(page)).to_have_text(re.compile("Answers: written by " + NAME.pattern))
        page.keyboard.press("Escape")
        expect(page.locator("#writing")).to_be_hidden()
        expect(button(page)).to_be_focused()
        turn = ask(page)
        expect(turn.locator(".written-by")).to_contain_text(NAME)
        expect(turn.locator(".statement")).to_contain_text(STATED)
        assert "sk-of-the-environment" not in page.content()
        assert {request.headers["Authorization"] for request in model.asked} == {"Bearer sk-of-the-environment"}


def test_where_nothing_is_borne_out_the_articles_own_words_are_one_click_away(
    visit: Visit, samples_store_folder: Path, model: ModelServer
) -> None:
    model.reply = lambda body: json.dumps({"statements": [{"from": [1], "text": "It carried 613 passengers."}]})
    with page_with(visit, samples_store_folder, "--model", model.url) as page:
        turn = ask(page)
        expect(turn.locator(".abstention .struck")).to_contain_text("613")
        turn.get_by_role("button", name="Answer in the articles’ own words").press("Enter")
        own = page.locator(".turn").nth(1)
        expect(own.locator(".statement").first).to_be_visible(timeout=60_000)
        expect(own.locator(".written-by")).to_have_count(0)


def test_what_is_struck_out_is_seen_apart_with_its_reason_and_is_text(visit: Visit, samples_store_folder: Path, model: ModelServer) -> None:
    with page_with(visit, samples_store_folder, "--model", model.url) as page:
        turn = ask(page)
        struck = turn.locator(".struck li")
        expect(struck).to_contain_text("Struck out: It carried 613 passengers <script>")
        expect(struck.locator("s")).to_have_css("text-decoration-line", "line-through")
        expect(struck).to_contain_text("This number is not in what it cites: 613")
        expect(turn.locator(".statement")).to_have_count(1)
        card = turn.locator(".citations .citation").first
        expect(card.locator("blockquote")).to_be_visible()
        expect(card.locator("blockquote")).to_contain_text("licensed to carry 120 passengers")
        assert harm(page) is None
        page.get_by_role("button", name="العربية").click()
        expect(page.locator(".struck li")).to_contain_text("هذا العدد ليس في الجمل المستشهد بها")
        expect(page.locator(".written-by")).to_contain_text("كتبه")
        expect(button(page)).to_contain_text("بقلم")


def test_own_words_and_leaving_out_are_chosen_on_the_page_and_kept_in_the_browser(
    visit: Visit, samples_store_folder: Path, model: ModelServer
) -> None:
    with page_with(visit, samples_store_folder, "--model", model.url) as page:
        button(page).click()
        page.get_by_label("Leave it out").check()
        page.get_by_label("Ask the model to check its own statements (slower)").check()
        turn = ask(page)
        expect(turn.locator(".statement")).to_have_count(1)
        expect(turn.locator(".struck")).to_have_count(0)
        assert any("verdict" in asked_for(request.body) for request in model.asked if request.body)
        expect(page.locator("#writing")).to_be_hidden()
        button(page).click()
        page.get_by_label("In the articles’ own words").check()
        expect(button(page)).to_have_text("Answers: in the articles’ own words")
        page.reload()
        expect(button(page)).to_have_text("Answers: in the articles’ own words")
        expect(page.locator("#welcome")).to_contain_text("letter for letter")
        asked = len(model.asked)
        expect(ask(page).locator(".written-by")).to_have_count(0)
        assert len(model.asked) == asked
        button(page).click()
        expect(page.get_by_label("Leave it out")).to_be_hidden()
        page.get_by_label("Written by").check()
        expect(page.get_by_label("Leave it out")).to_be_checked()


def test_a_statement_is_seen_while_the_model_still_writes_and_others_are_answered_meanwhile(
    visit: Visit, samples_store_folder: Path, model: ModelServer
) -> None:
    with serving(samples_store_folder, "--model", model.url) as address:
        one, other = visit(address), visit(address)
        expect(button(one)).to_contain_text("tiny-chat")
        model.between = 0.2
        one.get_by_role("textbox", name="Question").fill(ENGLISH)
        one.keyboard.press("Enter")
        expect(one.locator(".writing .pending")).to_have_text(re.compile(NAME.pattern + " is writing …"), timeout=30_000)
        expect(one.locator(".statement")).to_contain_text(STATED, timeout=30_000)
        expect(one.locator(".writing .stop")).to_be_visible()
        button(other).click()
        other.get_by_label("In the articles’ own words").check()
        expect(ask(other).locator(".answer")).to_be_visible()
        expect(one.locator(".writing .stop")).to_be_visible()
        one.get_by_role("button", name="العربية").click()
        expect(one.locator(".writing .stop")).to_have_text("أوقف")
        expect(one.locator(".judging")).to_be_attached(timeout=60_000)
        expect(one.locator(".written-by")).to_contain_text("كتبه")


def test_stop_gives_the_articles_own_words_to_who_pressed_it_alone(visit: Visit, samples_store_folder: Path, model: ModelServer) -> None:
    with serving(samples_store_folder, "--model", model.url) as address:
        one, other = visit(address), visit(address)
        expect(button(one)).to_contain_text("tiny-chat")
        model.between = 0.1
        for page in (one, other):
            page.get_by_role("textbox", name="Question").fill(ENGLISH)
            page.keyboard.press("Enter")
        expect(other.locator(".writing .stop")).to_be_visible(timeout=30_000)
        one.locator(".writing .stop").press("Enter")
        expect(one.locator(".notice")).to_have_text("The language model was stopped: these are the articles’ own words.")
        expect(one.locator(".answer .statement").first).to_be_visible()
        expect(one.locator(".written-by")).to_have_count(0)
        expect(one.get_by_role("textbox", name="Question")).to_be_focused()
        expect(other.locator(".written-by")).to_be_visible(timeout=60_000)
        deadline = time.monotonic() + 10
        while model.left == 0:
            assert time.monotonic() < deadline, "the model was not stopped"
            time.sleep(0.05)


def test_a_model_that_is_down_stops_nothing_and_is_asked_again_once_it_is_up(visit: Visit, samples_store_folder: Path) -> None:
    with ModelServer(reply=reply) as gone:
        address = gone.url
    with page_with(visit, samples_store_folder, "--model", f"{address}#tiny-chat") as page:
        turn = ask(page)
        expect(turn.locator(".notice")).to_contain_text("These are the articles’ own words. The language model at")
        expect(turn.locator(".statement").first).to_be_visible()
        expect(button(page)).to_have_text("Answers: written by a language model")
        button(page).click()
        page.locator("#model-address").fill("not an address")
        page.get_by_role("button", name="Connect").click()
        expect(page.locator("#named .trouble")).to_contain_text("The language model's address is neither")
        page.locator("#model-address").fill(address)
        page.get_by_role("button", name="Connect").click()
        expect(page.locator("#named .trouble")).to_contain_text("does not answer as it should", timeout=30_000)


def test_an_address_that_is_none_ends_the_start_with_one_line(samples_store_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "ui.py"), "--store", str(samples_store_folder), "--port", "0", "--model", "ollama"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"ONRECORD_MODEL": ""},
    )
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (2, 1, False)
    assert "address" in done.stderr


def test_a_translation_stands_beside_its_quote_marked_as_none(visit: Visit, samples_store_folder: Path, model: ModelServer) -> None:
    with page_with(visit, samples_store_folder, "--model", model.url) as page:
        turn = ask(page, FOREIGN)
        place = turn.locator(".citation .translation").first
        expect(place).to_contain_text("not a quotation")
        expect(place.locator("p").last).to_have_text(TRANSLATED)
        assert place.locator("p").last.get_attribute("dir") == "ltr"
        expect(turn.locator("blockquote.words").first).to_have_attribute("dir", "rtl")
        turn.locator(".taking summary").click()
        with page.expect_download() as download:
            turn.get_by_role("button", name="Markdown").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert "Written by tiny-chat" in text and TRANSLATED not in text


def test_on_a_phone_whatever_a_model_says_stays_on_the_screen(visit: Visit, samples_store_folder: Path, model: ModelServer) -> None:
    model.models = {"object": "list", "data": [{"id": "m" * 90, "object": "model"}]}
    model.reply = lambda body: json.dumps({"statements": [{"from": [1], "text": "\u202e" + "x" * 900 + " 77"}, {"quote": 1}]})
    with page_with(visit, samples_store_folder, "--model", model.url, size=PHONE) as page:
        ask(page)  # waits for the model, whose name a page has that is loaded after it was opened
        page.reload()
        expect(button(page)).to_contain_text("mmm")
        turn = ask(page)
        expect(turn.locator(".struck s")).to_be_visible()
        assert overflow(page) <= 0
        button(page).click()
        panel = page.locator("#writing")
        expect(panel).to_be_in_viewport()
        assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0
        box = button(page).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


def test_who_has_to_sign_in_switches_the_model_on_and_off_and_names_none(
    visit: Visit, samples_store_folder: Path, model: ModelServer, tmp_path: Path, browser: Browser
) -> None:
    file = password_file(tmp_path)
    with serving(samples_store_folder, "--model", model.url, "--auth", f"mina:{file}") as address:
        page = signed_in(browser, address)
        expect(button(page)).to_contain_text("tiny-chat", timeout=60_000)
        button(page).click()
        expect(page.get_by_label("In the articles’ own words")).to_be_attached()
        expect(page.locator("#model-address")).to_have_count(0)
        page.close()


def test_without_a_model_who_may_name_none_sees_nothing_of_it(samples_store_folder: Path, tmp_path: Path, browser: Browser) -> None:
    file = password_file(tmp_path)
    with serving(samples_store_folder, "--auth", f"mina:{file}", ONRECORD_MODEL="") as address:
        page = signed_in(browser, address)
        expect(button(page)).to_be_hidden()
        page.close()


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("en-GB", "dark"), ("ar-EG", "light"), ("ar-EG", "dark")])
def test_nothing_grave_for_who_cannot_see_or_point(
    browser: Browser, written_address: str, locale: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport=WIDE, locale=locale, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.goto(written_address)
        expect(button(page)).to_contain_text("tiny-chat", timeout=60_000)
        for question in (ENGLISH, FOREIGN):
            ask(page, question)
        assert page.locator(".struck").count() and page.locator(".translation").count()
        assert grave(page) == []
        button(page).focus()
        page.keyboard.press("Enter")
        expect(page.locator('[name="way"]:checked')).to_be_focused()
        assert grave(page) == []
    finally:
        context.close()
