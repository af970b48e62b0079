"""The report of an evaluation, as a file that somebody opens: it fits, in the light and in the dark, and asks nobody for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from conftest import PHONE, WIDE
from playwright.sync_api import Browser, Page

from index.store.store import Store
from qa.evaluate.report import page
from qa.evaluate.results import Results
from qa.evaluate.run import measure, results
from qa.evaluate.sets import read_set
from qa.evaluate.systems import OnRecord

Open = Callable[..., Page]
# From black, 0, to white, 765.
_LIGHTNESS = "element => getComputedStyle(element)[{!r}].match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)"


@pytest.fixture(scope="module")
def report(samples_store: Store, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the samples, twice, and on a sweep over them."""
    measured = measure(read_set(samples), samples_store, [OnRecord(samples_store)], lambda stage, done, total: None, 1.0)
    figures = measured["systems"][0]["figures"]
    sweep: list[dict[str, Any]] = [
        {"settings": {"top_k": k}, "set": "samples", "passages": 60 + k, "index_seconds": 1.0, "figures": figures} for k in (4, 8)
    ]
    found: dict[str, Any] = {**results([measured, {**measured, "name": "x" * 120}], samples_store, 8, 1.0), "sweep": sweep}
    whole: Results = found  # type: ignore[assignment]
    return page.write(tmp_path_factory.mktemp("report"), whole)


@pytest.fixture
def open_report(browser: Browser, report: Path) -> Iterator[Open]:
    """Opens it with everything unfolded; whatever it asks for besides itself, or its policy forbids, is wrong."""
    contexts = []
    wrong: list[str] = []

    def opened(size: dict[str, int], scheme: Literal["light", "dark"] = "light") -> Page:
        context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        found = context.new_page()
        found.on("request", lambda request: request.url != report.as_uri() and wrong.append(request.url))
        found.on("console", lambda message: wrong.append(message.text))
        found.goto(report.as_uri())
        found.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        return found

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_it_fits_the_window(open_report: Open, size: dict[str, int]) -> None:
    found = open_report(size)
    assert found.evaluate("document.documentElement.scrollWidth") == size["width"]
    wider = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.className)"
    assert found.eval_on_selector_all(".report p, .report figure, .report .miss, .report .figures, .report .wide", wider) == []
    assert found.locator(".miss:visible").count() > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_plots_stand_out_from_the_ground(open_report: Open, scheme: Literal["light", "dark"]) -> None:
    found = open_report(WIDE, scheme)
    ground = found.eval_on_selector("body", _LIGHTNESS.format("backgroundColor"))
    assert (ground > 600) == (scheme == "light")
    for selector, colour in (
        ("h2", "color"),
        (".told p", "color"),
        (".small", "color"),
        ("svg.plot text", "fill"),
        ("svg.bar .at", "fill"),
    ):
        assert abs(found.eval_on_selector(selector, _LIGHTNESS.format(colour)) - ground) > 250, selector


def test_what_is_right_stands_beside_what_was_said_and_above_it_on_a_phone(open_report: Open) -> None:
    for size, beside in ((WIDE, True), (PHONE, False)):
        found = open_report(size)
        right, given = (found.locator(f".miss .{side}").first.bounding_box() for side in ("right", "given"))
        assert right is not None and given is not None
        assert (right["y"] == given["y"] and right["x"] + right["width"] < given["x"]) is beside
        assert (right["x"] == given["x"] and right["y"] + right["height"] < given["y"]) is not beside


def test_arabic_begins_at_the_right(open_report: Open) -> None:
    found = open_report(PHONE)
    arabic = found.locator(".miss p[dir='rtl']")
    assert arabic.count() > 5
    assert {arabic.nth(number).evaluate("one => getComputedStyle(one).direction") for number in range(5)} == {"rtl"}


def test_the_text_of_a_plot_can_be_read_on_a_phone(open_report: Open) -> None:
    found = open_report(PHONE)
    heights = found.eval_on_selector_all("svg.plot text", "all => all.map(one => one.getBoundingClientRect().height)")
    assert heights
    assert min(heights) > 9
