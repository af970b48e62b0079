"""python docs/bench_page.py [--articles 10000]: how long a person waits for the page, over the samples and over many generated articles.

Prints a table: the start of the server, first paint, question to answer, click on a citation to its words in sight, a page of the list of
articles. Medians, in ms, measured inside the browser. Generated articles are told from seeded random words; building their store takes
minutes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TRIES = 9
SYLLABLES = ("bar", "del", "fen", "gor", "hal", "jen", "kor", "lum", "mar", "nor", "pel", "quil", "ros", "sand", "tor", "ul", "ver", "wen")
THINGS = ("bridge", "ferry", "school", "hospital", "market", "tunnel", "library", "reservoir", "railway", "harbour")
VERBS = ("closed", "reopened", "repaired", "sold", "inspected", "flooded", "extended", "painted")
ASK = """async question => {
  const box = document.querySelector('#question-box'), before = document.querySelectorAll('.turn').length;
  const start = performance.now();
  box.value = question;
  document.querySelector('#question').requestSubmit();
  const done = () => document.querySelectorAll('.turn').length > before
    && [...document.querySelectorAll('.turn')].at(-1).querySelector('.answer, .abstention, .trouble');
  while (!done()) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
OPEN = """async () => {
  const marker = [...document.querySelectorAll('.marker')].find(one => !one.hasAttribute('data-open'));
  const start = performance.now();
  marker.click();
  while (!marker.hasAttribute('data-open') || !document.querySelector('#cited')) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
LIST = """async words => {
  const list = document.querySelector('#articles'), before = list.innerHTML, box = document.querySelector('#search');
  const start = performance.now();
  box.value = words;
  box.dispatchEvent(new Event('input', { bubbles: true }));
  while (list.innerHTML === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description="How long a person waits for the page.")
    parser.add_argument("--articles", type=int, default=10_000, help="generated articles (default: 10,000)")
    options = parser.parse_args()
    found = subprocess.run([sys.executable, str(ROOT / "tests/browser/find_browser.py")], check=True, stdout=subprocess.PIPE, text=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=["--no-sandbox", "--disable-gpu"])
        many = Path(folder) / "articles"
        questions = generate(many, options.articles)
        samples = ["How many passengers was the Nawras licensed to carry?", "How old is the nurse Mariam Zenti?"]
        print("| | articles | server starts | first paint | answer | click to words | list, as searched |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, articles, asked in (("samples", ROOT / "samples" / "articles", samples), ("generated", many, questions)):
            store = Path(folder) / name
            subprocess.run([sys.executable, "-m", "index", "build", str(articles), "--store", str(store)], cwd=ROOT, check=True, stdout=2)
            figures = measure(browser, store, asked)
            print(f"| {name} | {len(list(articles.iterdir())):,} | " + " | ".join(f"{ms:,.0f}" for ms in figures) + " |", flush=True)
        browser.close()


def generate(folder: Path, count: int) -> list[str]:
    """Writes articles of some 60 words each, and returns questions that some of them answer."""
    chance = random.Random(7)
    folder.mkdir()
    questions = []

    def name() -> str:
        return "".join(chance.sample(SYLLABLES, 2)).capitalize()

    for number in range(count):
        town, person, paper, thing, verb = name(), f"{name()} {name()}", f"The {name()} Post", chance.choice(THINGS), chance.choice(VERBS)
        cost, date = chance.randint(2, 900), f"{chance.randint(2000, 2024)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        lines = (
            f"The {thing} of {town} is {verb}\n",
            f"By {person}\n{paper}\n{date}\n",
            f"The {thing} of {town} was {verb} on Monday after {cost} complaints, the mayor, {name()} {name()}, said.\n",
            f"“We counted {cost} of them and read each one twice,” she said. “Nobody in {town} wants this to last.”\n",
            f"The work is to cost {cost * 3} million and to end by 2030, according to the council of {name()}.\n",
        )
        (folder / f"{number:05}.txt").write_text("\n".join(lines), encoding="utf-8")
        if number % (count // TRIES or 1) == 0:
            questions.append(f"After how many complaints was the {thing} of {town} {verb}?")
    return questions


def measure(browser: Browser, store: Path, questions: list[str]) -> list[float]:
    started = perf_counter()
    command = [sys.executable, "ui.py", "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().removeprefix("On Record: ").strip()
            start = 1000 * (perf_counter() - started)
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en")
            page = context.new_page()
            page.goto(address)
            page.locator("#index-state").get_by_text("Ready").wait_for()
            paint = median(lambda _: first_paint(browser, address))
            page.evaluate(ASK, questions[0])  # the model is loaded with the first
            answers = median(lambda number: page.evaluate(ASK, questions[number % len(questions)]))
            clicks = median(lambda _: clicked(page))
            page.locator("#tab-articles").click()
            page.locator("#articles tbody tr").first.wait_for()
            listed = median(lambda number: page.evaluate(LIST, ("mar", "")[number % 2]))
            context.close()
            return [start, paint, answers, clicks, listed]
        finally:
            server.terminate()


def first_paint(browser: Browser, address: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("#question-box").wait_for()
    paint = float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    context.close()
    return paint


def clicked(page: Page) -> float:
    page.locator(".marker").first.wait_for()
    return float(page.evaluate(OPEN))


def median(measured: Callable[[int], float]) -> float:
    return statistics.median(measured(number) for number in range(TRIES))


if __name__ == "__main__":
    main()
