"""The tab Evaluate as a person uses it, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PHONE, Visit, serving
from playwright.sync_api import Page, expect
from test_browser import ENGLISH, ask, harm

from index.store.store import Store
from qa.evaluate.run import measure
from qa.evaluate.sets import EvalSet, parse_set
from qa.evaluate.systems import OnRecord

HOSTILE = "<img src=x onerror=\"window.harmed='question'\"> How many ${window.harmed='template'}?"
LEFT_OUT = {
    "id": "gone",
    "question": HOSTILE,
    "language": "en",
    "answers": ["12"],
    "evidence": [{"doc": "<b>no such</b>.txt", "start": 0, "end": 2, "text": "12"}],
    "answerable": True,
}
UNANSWERED = {"id": "none", "question": HOSTILE, "language": "en", "answers": [], "evidence": [], "answerable": False}


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


@pytest.fixture(scope="module")
def few(samples: Path) -> bytes:
    """Questions about the samples, of either language and kind."""
    records = [json.loads(line) for line in (samples / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    kinds = {(record["language"], record["answerable"]): record for record in records}
    assert len(kinds) == 4
    return lines(*kinds.values(), UNANSWERED)


@pytest.fixture(scope="module")
def address(samples_store_folder: Path, few: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    judged = tmp_path_factory.mktemp("evaluated") / "judged"
    judged.mkdir()
    (judged / "questions.jsonl").write_bytes(few)
    with serving(samples_store_folder, "--judged", str(judged)) as address:
        yield address


@pytest.fixture
def page(visit: Visit, address: str) -> Page:
    page = visit(f"{address}#evaluate")
    expect(page.get_by_role("radio")).to_have_count(2)
    return page


def choose_file(page: Page, name: str, content: bytes) -> None:
    page.set_input_files("#set-file", files=[{"name": name, "mimeType": "application/jsonl", "buffer": content}])


def run(page: Page) -> None:
    page.get_by_role("button", name="Run").click()


def finished(page: Page) -> None:
    expect(page.locator("#evaluated .evaluated")).to_be_visible(timeout=60_000)


def report(page: Page, kind: str = "Download report.json") -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def figures(result: Any) -> Any:
    return {section: own for section, own in result["systems"][0]["figures"].items() if section != "time"}


def measured(found: EvalSet, store: Store) -> Any:
    return json.loads(json.dumps(measure(found, store, [OnRecord(store)], lambda *_: None)))


def test_the_sets_are_named_with_what_they_hold_and_what_they_are_measured_on(page: Page) -> None:
    expect(page.locator("#sets")).to_have_text("Your judged questions 5 questionsThe sample questions 91 questions, 49 quotes")
    expect(page.locator("#measured-on")).to_have_text("Measured on what this page holds: 17 articles.")
    expect(page.get_by_role("radio", name="Your judged questions")).to_be_checked()


def test_a_run_shows_the_report_that_the_command_writes_and_hands_it_over_as_files(
    page: Page, few: bytes, samples_store: Store, tmp_path: Path
) -> None:
    run(page)
    finished(page)
    expect(page.get_by_text("The report is ready.")).to_be_visible()
    results = json.loads(report(page))
    expected = measured(parse_set("judged", few, None), samples_store)
    assert figures(results["sets"][0]) == figures(expected)
    outcomes = [row["outcome"] for row in expected["systems"][0]["questions"]]
    assert [row["outcome"] for row in results["sets"][0]["systems"][0]["questions"]] == outcomes
    expect(page.locator("#evaluated .report")).to_contain_text("17 articles")
    document = report(page, "Download report")
    assert document.startswith("<!DOCTYPE html>")
    assert "<script" not in document
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def test_a_file_of_ones_own_is_measured_and_no_text_of_it_is_markup(page: Page, samples: Path) -> None:
    name = "<b onclick=alert(1)>mine.jsonl"
    choose_file(page, name, lines(UNANSWERED, LEFT_OUT))
    own = page.get_by_role("radio", name="mine.jsonl")
    expect(own).to_be_checked()
    expect(own).to_be_focused()
    expect(page.locator("#own-set")).to_have_text(f"{name} 2 questions")
    run(page)
    finished(page)
    results = json.loads(report(page))
    assert [row["id"] for row in results["sets"][0]["left_out"]] == ["gone"]
    assert len(results["sets"][0]["systems"][0]["questions"]) == 1
    page.locator("#evaluated details").evaluate_all("all => all.forEach(one => (one.open = true))")
    expect(page.locator("#evaluated .report")).to_contain_text("<b>no such</b>.txt")
    assert page.locator("#evaluating :is(script, img, [onclick], [onerror])").count() == 0
    page.wait_for_timeout(200)
    assert harm(page) is None


def test_a_file_of_quotes_is_told_from_one_of_questions(page: Page, samples: Path) -> None:
    quotes = (samples / "quotes.jsonl").read_bytes().splitlines(keepends=True)[:3]
    page.locator("#evaluate-form").evaluate(
        """(place, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "said.jsonl"));
            const how = { dataTransfer, bubbles: true, cancelable: true };
            for (const name of ["dragover", "drop"]) place.dispatchEvent(new DragEvent(name, how));
        }""",
        b"".join(quotes).decode("utf-8"),
    )
    expect(page.locator("#own-set")).to_have_text("said.jsonl 3 quotes")
    run(page)
    finished(page)
    assert len(json.loads(report(page))["sets"][0]["systems"][0]["quotes"]) == 3


def test_a_file_that_is_no_set_is_one_line_and_the_choice_stays(page: Page) -> None:
    for name, content, line in (
        ("notes.jsonl", b"no json", "notes.jsonl, line 1 is not JSON"),
        ("empty.jsonl", b"", "holds no question and no quote"),
        ("half.jsonl", b'{"id": "1", "question": "who?"}', "half.jsonl, line 1 has no 'answers'"),
        ("pic <i>.jsonl", b"\x89PNG\x00\xff", "pic <i>.jsonl, line 1 is not JSON"),
    ):
        choose_file(page, name, content)
        expect(page.locator("#set-told")).to_contain_text(line)
    assert page.locator("#set-told i").count() == 0
    expect(page.get_by_role("radio", name="Your judged questions")).to_be_checked()
    expect(page.get_by_role("radio")).to_have_count(2)


def test_a_run_tells_how_far_it_is_lets_others_ask_and_can_be_stopped(page: Page, visit: Visit, address: str) -> None:
    other = visit(address)
    page.get_by_role("radio", name="The sample questions").check(force=True)
    run(page)
    expect(page.locator("#evaluated .pending")).to_have_text(re.compile(r"^(Searching|Asking) \d+ of 91 questions …$"), timeout=60_000)
    expect(page.get_by_role("progressbar")).to_be_visible()
    ask(other, ENGLISH)
    expect(page.get_by_role("button", name="Run")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#evaluated")).to_have_text("Stopped. What was measured so far is discarded.")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.get_by_role("radio", name="Your judged questions").check(force=True)
    run(page)
    finished(page)


def test_two_visitors_may_both_run_and_see_their_own(page: Page, visit: Visit, address: str) -> None:
    other = visit(f"{address}#evaluate")
    choose_file(other, "one.jsonl", lines(UNANSWERED))
    expect(other.get_by_role("radio", name="one.jsonl")).to_be_checked()
    run(page)
    run(other)
    finished(page)
    finished(other)
    assert json.loads(report(page))["sets"][0]["name"] == "judged"
    assert json.loads(report(other))["sets"][0]["name"] == "one"


def test_a_report_that_was_forged_or_is_gone_is_a_line(page: Page) -> None:
    choose_file(page, "one.jsonl", lines(UNANSWERED))
    expect(page.get_by_role("radio", name="one.jsonl")).to_be_checked()
    run(page)
    finished(page)
    button = page.get_by_role("button", name="Download report", exact=True)
    button.evaluate("button => (button.dataset.report = 'guessed')")
    button.click()
    expect(page.locator("#set-told")).to_have_text("This report is no longer kept here. Run the set again.")


def test_all_of_it_works_from_the_keyboard(visit: Visit, address: str) -> None:
    page = visit(f"{address}#evaluate")
    first = page.get_by_role("radio", name="Your judged questions")
    expect(first).to_be_checked()
    page.get_by_role("tab", name="Evaluate").focus()
    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="The sample questions")).to_be_checked()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(page.locator("#set-file")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    page.keyboard.press("Enter")
    finished(page)
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_on_a_phone_and_under_the_policy_nothing_runs_out_of_the_page(visit: Visit, address: str) -> None:
    page = visit(f"{address}#evaluate", PHONE, policy=True)
    expect(page.get_by_role("radio")).to_have_count(2)
    run(page)
    finished(page)
    assert report(page, "Download report").endswith("</html>\n")
    wide = "['html', '#masthead', '#evaluating', '#evaluated'].map(name => document.querySelector(name))"
    assert page.evaluate(f"Math.max(...{wide}.map(pane => pane.scrollWidth - pane.clientWidth))") <= 0
    tabs = page.get_by_role("tab").evaluate_all("tabs => tabs.map(tab => tab.getBoundingClientRect()).map(box => [box.top, box.right])")
    assert len({top for top, _ in tabs}) == 1, "the tabs stand in one row"
    assert max(right for _, right in tabs) <= PHONE["width"]
