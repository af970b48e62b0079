"""A real Chromium, and real servers of ui.py. A test fails on any request to another machine, script error or dialog."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from find_browser import find_browser
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
# No sandbox, for root; nothing that a browser does of its own accord.
_SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
_ELSEWHERE = re.compile(r"^(?!http://127\.0\.0\.1:|data:|blob:|about:)")
# For a server to import its libraries, on a machine that is busy with other things.
START_SECONDS = 60
# What `make test` runs: a question, its answer and its sources. The other files are slow: a test takes some four seconds of a core.
_ALWAYS = {"test_browser.py", "test_asking.py"}
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.path.name not in _ALWAYS:
                item.add_marker(pytest.mark.slow)


@contextmanager
def serving(store: Path, *options: str, **environment: str) -> Iterator[str]:
    """The address of a `python ui.py` on a port that is free."""
    command = [sys.executable, str(ROOT / "ui.py"), "--store", str(store), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("On Record: http://127.0.0.1:"), f"the server said {line!r}"
            yield line.removeprefix("On Record: ").strip()
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path is not None, "there is no Chromium here; run: python tests/browser/find_browser.py"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens an address in a browser of its own (no cookies, no storage in common) and waits for the state of the index.

    The page's content security policy is off unless `policy`: what must not happen must not be tried.
    """
    wrong: list[str] = []

    def watch(context: BrowserContext) -> None:
        context.route(_ELSEWHERE, lambda route: route.abort())
        context.on("request", lambda request: _ELSEWHERE.match(request.url) and wrong.append(f"request: {request.url}"))
        context.on("weberror", lambda error: wrong.append(f"script error: {error.error}"))
        context.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("console", lambda message: "Content Security Policy" in message.text and wrong.append(f"policy: {message.text}"))

    with ExitStack() as stack:

        def visit(address: str, size: dict[str, int] = WIDE, policy: bool = False) -> Page:
            context = browser.new_context(viewport=size, bypass_csp=not policy, service_workers="block")  # type: ignore[arg-type]
            stack.callback(context.close)
            watch(context)
            page = context.new_page()
            page.goto(address)
            page.wait_for_selector("#index-state .light", timeout=START_SECONDS * 1000)
            return page

        yield visit
    assert wrong == []


@pytest.fixture(scope="session")
def samples_address(samples_store_folder: Path) -> Iterator[str]:
    """A page over the sample articles."""
    with serving(samples_store_folder) as address:
        yield address
