"""python docs/make_screenshot.py: the page over the sample articles, with an answer and its source open (docs/screenshot.png), the same in
Arabic (docs/screenshot-arabic.png), with a draft checked (docs/screenshot-check.png) and with the sample questions evaluated
(docs/screenshot-evaluate.png)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "How much does the auditor think the repair of the Mirzan Dam will cost?"
ARABIC = "كم دام الإضراب السابق للمعلمين؟"
DRAFT = """The mayor was unimpressed. “Three hundred votes is a bus stop,” said Samir Toval.

“I counted the people who came out after me,” said Jaber Otwan.

وقالت القبطان يسرى الدلماني: «تبدلت الريح في لحظة وبدأت السيارات تنزلق».
"""
INDEXED = 300_000  # ms; the samples take about 20 s on two cores
EVALUATED = 300_000  # ms; about 15 s


def main() -> None:
    found = subprocess.run([sys.executable, str(ROOT / "tests/browser/find_browser.py")], check=True, stdout=subprocess.PIPE, text=True)
    with TemporaryDirectory() as folder:
        options = ["--store", f"{folder}/store", "--articles", "samples/articles", "--port", "0"]
        with subprocess.Popen([sys.executable, "ui.py", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                take(server.stdout.readline().removeprefix("On Record: ").strip(), found.stdout.strip())
            finally:
                server.terminate()


def take(address: str, browser_path: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(address)
        page.get_by_text("Ready", exact=True).wait_for(timeout=INDEXED)
        page.get_by_label("Question").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator(".marker").first.click()
        page.wait_for_selector("#cited")
        page.wait_for_timeout(300)  # the frame in which the article has come to rest
        page.screenshot(path=ROOT / "docs" / "screenshot.png")
        page.get_by_role("tab", name="Check quotes").click()
        page.locator("#quoted-text textarea").fill(DRAFT)
        page.get_by_role("button", name="Check", exact=True).click()
        page.locator("#checked .tally").wait_for()
        page.locator("#checked [data-article]").first.click()
        page.wait_for_selector("#cited")
        page.wait_for_timeout(300)
        page.screenshot(path=ROOT / "docs" / "screenshot-check.png")
        page.get_by_role("tab", name="Evaluate").click()
        page.get_by_text("The sample questions").click()
        page.get_by_role("button", name="Run", exact=True).click()
        page.locator("#evaluated .report").wait_for(timeout=EVALUATED)
        page.wait_for_timeout(300)
        page.screenshot(path=ROOT / "docs" / "screenshot-evaluate.png")
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light", locale="ar")
        page.goto(address)
        page.wait_for_selector(".examples")
        page.locator("#question-box").fill(ARABIC)
        page.keyboard.press("Enter")
        page.locator(".marker").first.click()
        page.wait_for_selector("#cited")
        page.wait_for_timeout(300)
        page.screenshot(path=ROOT / "docs" / "screenshot-arabic.png")
        browser.close()


if __name__ == "__main__":
    main()
