"""What nasty files say is shown as text, wherever the page shows it: in the list, in the reader, as an answer's source."""

from __future__ import annotations

from collections.abc import Iterator

import nasty
import pytest
from conftest import Visit, serving
from playwright.sync_api import expect

from index.build.build import build

# Those that hold code, or a name that deceives; the others are there to be heavy.
TELLING = [
    name for name in nasty.FILES if name.startswith(("script.", "names that", "name", "<img", "turned", "formulas", "an attachment"))
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("telling")
    (folder / "files").mkdir()
    for name in TELLING:
        (folder / "files" / name).write_bytes(nasty.FILES[name]())
    build(folder / "store", [folder / "files"])
    with serving(folder / "store") as address:
        yield address


def test_nothing_in_a_nasty_file_becomes_markup(visit: Visit, address: str) -> None:
    page = visit(address)
    page.get_by_role("tab", name="Articles").click()
    page.get_by_label("By story").uncheck()
    buttons = page.locator("#articles [data-article]")
    expect(page.locator("#articles tbody")).not_to_have_count(0)
    count = buttons.count()
    assert count >= 15
    for number in range(count):
        page.get_by_role("tab", name="Articles").click()
        id = str(buttons.nth(number).get_attribute("data-article"))
        buttons.nth(number).click()
        expect(page.locator("#source")).to_contain_text("harbour of Kessa" if id != "2" else "window.pwned")
    page.get_by_role("tab", name="Ask").click()
    page.locator("#question-box").fill("When will the harbour of Kessa open again?")
    page.locator("#question-box").press("Enter")
    expect(page.locator(".turn .answer, .turn .abstention")).to_contain_text("open again in June", timeout=30_000)
    assert page.evaluate("window.pwned") is None
    assert page.locator("[onerror], [onload], [onclick]").count() == 0
