"""How long a thousand saved pages take to be read, and to be indexed but for the model's part.

    .venv/bin/python docs/bench_pages.py [--pages 1000]

Makes pages of 100 kB in a temporary folder: a story in English or Arabic of some 600 words, within the menus, lists, styles and
scripts that a newspaper puts around it, three of four with linked data. Reads each once, in one process, and prints how long a page
takes: processor time, which is what a core gives, not what a clock shows. Then builds a store of them, as `index build` does, with a model
that takes no time, and prints what the clock shows.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from statistics import mean, quantiles
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.build.build import build  # noqa: E402 (the project is not installed)
from index.embedding.embed import Encoded, EncodedQuestion, Vectors  # noqa: E402
from index.readers.source import Document, SourceFile  # noqa: E402
from index.readers.web.html import read  # noqa: E402

PAGE_BYTES = 100_000
WORDS = {
    "en": """harbour council ferry bridge winter morning engineer village river minister school market night captain report budget island
        train letter window garden museum glacier vote street keeper storm bread island summer""",
    "ar": """الميناء المجلس السفينة الجسر الشتاء الصباح المهندس القرية النهر الوزير المدرسة السوق الليل القبطان التقرير الميزانية الجزيرة
        القطار الرسالة النافذة الحديقة المتحف الشارع العاصفة الخبز الصيف""",
}
VERBS = {"en": "said opened closed found lost built sold saw", "ar": "قال فتح أغلق وجد فقد بنى باع رأى"}


def sentence(chance: random.Random, language: str) -> str:
    words = chance.choices(WORDS[language].split(), k=chance.randint(9, 24))
    words.insert(chance.randint(1, 4), chance.choice(VERBS[language].split()))
    return " ".join(words).capitalize() + "."


def paragraph(chance: random.Random, language: str) -> str:
    return " ".join(sentence(chance, language) for _ in range(chance.randint(1, 3)))


def links(chance: random.Random, language: str, number: int) -> str:
    items = (f'<li class="item"><a href="/{chance.getrandbits(32):x}">{sentence(chance, language)}</a></li>' for _ in range(number))
    return f"<ul>{''.join(items)}</ul>"


def page(chance: random.Random, number: int) -> bytes:
    """One page, of `PAGE_BYTES` or a little more."""
    language = chance.choice(("en", "ar"))
    headline = f"{sentence(chance, language).rstrip('.')} {number}"
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T08:00:00Z",
        "author": [{"@type": "Person", "name": "Orla Venn"}],
        "publisher": {"@type": "Organization", "name": "The Skarn Courier"},
    }
    data = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if number % 4 else ""
    story = "".join(f'<p class="paragraph" data-id="{at}">{escape(paragraph(chance, language))}</p>' for at in range(chance.randint(8, 28)))
    head = f'<meta charset="utf-8"><title>{headline} | The Skarn Courier</title>{data}'
    body = (
        f"<header><nav>{links(chance, language, 40)}</nav></header><main><article><h1>{headline}</h1>"
        f'<div class="byline">Orla Venn <time datetime="2024-03-04">4 March 2024</time></div>{story}</article>'
        f'<aside class="related">{links(chance, language, 30)}</aside></main><footer>{links(chance, language, 20)}</footer>'
    )
    made = f'<!DOCTYPE html><html lang="{language}"><head>{head}'.encode()
    rest = f"</head><body>{body}</body></html>".encode()
    missing = max(0, PAGE_BYTES - len(made) - len(rest))
    style = b".rule{margin:0 auto;color:#123456;display:block}\n" * (missing // 2 // 49)
    script = b'window.queue.push(["track",{"name":"view"}]);\n' * (missing // 2 // 46)
    return made + b"<style>" + style + b"</style><script>" + script + b"</script>" + rest


def times(folder: Path) -> Iterator[float]:
    """Seconds of processor time that each page of the folder takes. Raises ValueError where one of them has no story."""
    for path in sorted(folder.iterdir()):
        start = process_time()
        with path.open("rb") as file:
            found = list(read(SourceFile(path.name, file, ".html")))
        yield process_time() - start
        if not all(isinstance(one, Document) and len(one.text) > 500 for one in found):
            raise ValueError(f"{path.name} was not read")


class NoModel:
    """Vectors as the default model's in number and size, from chance and not from the texts; nobody asks it a question."""

    name = "none"
    version = "1"

    def __init__(self) -> None:
        self._chance = np.random.default_rng(7)

    def passages(self, texts: Sequence[str]) -> Vectors:
        vectors = self._chance.standard_normal((len(texts), 384), np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    questions = passages

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        made = []
        for text, vector in zip(texts, self.passages(texts), strict=True):
            spans = np.array([found.span() for found in re.finditer(r"\w+", text)], np.uint32).reshape(-1, 2)
            made.append(Encoded(vector, spans, self._chance.integers(-128, 128, (len(spans), 128), np.int8)))
        return made

    def question(self, text: str) -> EncodedQuestion:
        raise AssertionError(text)

    def compare(self, question: Vectors, tokens: npt.NDArray[np.int8]) -> Vectors:
        raise AssertionError(question)

    def decoded(self, tokens: npt.NDArray[np.int8]) -> Vectors:
        return tokens.astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures how long saved pages take to be read.")
    parser.add_argument("--pages", type=int, default=1000, help="how many (default: 1000)")
    options = parser.parse_args()
    chance = random.Random(7)
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(options.pages):
            (folder / f"{number:06}.html").write_bytes(page(chance, number))
        seconds = list(times(folder))
        with TemporaryDirectory() as store:
            report = build(Path(store) / "store", [folder], NoModel())
    print(f"{len(seconds):,} pages: {1000 * mean(seconds):.1f} ms a page, nine in ten within {1000 * quantiles(seconds, n=10)[-1]:.1f} ms")
    print(f"indexed without embedding in {report.seconds:.1f} s: {report.articles:,} articles, {report.passages:,} passages")


if __name__ == "__main__":
    main()
