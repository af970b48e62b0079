"""How much text a second goes through each room of the index, and through all of them as a build does it, without embedding.

    .venv/bin/python docs/bench_text.py [FOLDER or corpus.jsonl …]

Always reads the samples, repeated to 1 MB with a number put into each long line, so that no copy is known from the one before; then each of
the sources named, once, as it is. A figure is megabytes (10^6 bytes of UTF-8) a second of processor time, all threads together, the best of
three runs. Each run is a process of its own: words, lines and names are met for the first time in it, as in a build. Prints Markdown.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.articles import Article, make_article, read_sources  # noqa: E402 (the project is not installed)
from index.store.lexical import Entry, LexicalIndex  # noqa: E402
from index.store.passages import Passage, article_key, passages_of  # noqa: E402
from index.store.word_index import WordIndex  # noqa: E402
from index.story.clutter import story_spans  # noqa: E402
from index.story.metadata import read_metadata  # noqa: E402
from index.story.quotations import quotations_of  # noqa: E402
from index.text.decode import decode_text  # noqa: E402
from index.text.language import language_of  # noqa: E402
from index.text.names import name_keys  # noqa: E402
from index.text.sentences import sentence_spans  # noqa: E402
from index.text.terms import stems  # noqa: E402

RUNS = 3
SAMPLE_BYTES = 1_000_000
_LONG_LINE = re.compile(r"^(\S+)(?=.{80})", re.MULTILINE)


def articles_under(source: Path) -> list[Article]:
    return [item for item in read_sources([source]) if isinstance(item, Article)]


def repeated(articles: Sequence[Article], wanted: int) -> list[Article]:
    """Copies of articles with at least `wanted` bytes in all; in each copy another number stands behind the first word of a long line."""
    size = sum(len(article.text.encode()) for article in articles)
    copies = islice(count(), -(-wanted // size))
    return [make_article(f"{copy}/{one.id}", _LONG_LINE.sub(rf"\1 {copy}", one.text)) for copy in copies for one in articles]


def apart(run: Callable[..., Any], *arguments: object) -> Any:
    """What `run` returns in a process of its own, whose caches nobody else fills."""
    with get_context("fork").Pool(1) as pool:
        return pool.apply(run, arguments)


def entry(article: Article, passage: Passage) -> Entry:
    return Entry(passage.id, article_key(article.id), stems(passage.text), name_keys(passage.text), article.language, None, None)


class Rooms:
    """What each room does with a list of articles. What a room gets from the one before is made beforehand, and not timed."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles

    def timed(self, room: str) -> float:
        """Seconds of processor time that `room` takes for all the articles."""
        with TemporaryDirectory() as folder:
            run: Callable[[], object] = getattr(self, room)(Path(folder))
            start = process_time()
            run()
            return process_time() - start

    def decoding(self, _: Path) -> Callable[[], object]:
        files = [article.text.encode() for article in self._articles]
        return lambda: [decode_text(data) for data in files]

    def cleaning(self, _: Path) -> Callable[[], object]:
        return lambda: [story_spans(article.text) for article in self._articles]

    def metadata(self, _: Path) -> Callable[[], object]:
        return lambda: [read_metadata(article.text, article.story) for article in self._articles]

    def language(self, _: Path) -> Callable[[], object]:
        return lambda: [language_of(article.text) for article in self._articles]

    def article(self, _: Path) -> Callable[[], object]:
        return lambda: [make_article(article.id, article.text) for article in self._articles]

    def sentences(self, _: Path) -> Callable[[], object]:
        return lambda: [sentence_spans(article.text, article.story) for article in self._articles]

    def passages(self, _: Path) -> Callable[[], object]:
        return lambda: [passages_of(article) for article in self._articles]

    def quotations(self, _: Path) -> Callable[[], object]:
        return lambda: [quotations_of(article.text, article.story, article.language) for article in self._articles]

    def stems(self, _: Path) -> Callable[[], object]:
        texts = [passage.text for article in self._articles for passage in passages_of(article)]
        return lambda: [stems(text) for text in texts]

    def names(self, _: Path) -> Callable[[], object]:
        texts = [passage.text for article in self._articles for passage in passages_of(article)]
        return lambda: [name_keys(text) for text in texts]

    def full_text(self, folder: Path) -> Callable[[], object]:
        entries = [entry(article, passage) for article in self._articles for passage in passages_of(article)]
        return lambda: LexicalIndex(folder / "lexical").update(entries, removed=[])

    def words(self, folder: Path) -> Callable[[], object]:
        texts = [(article_key(article.id), article.text) for article in self._articles]
        return lambda: WordIndex(folder / "words").update(texts, removed=[])

    def chain(self, folder: Path) -> Callable[[], object]:
        files = [(article.id, article.text.encode()) for article in self._articles]

        def run() -> None:
            articles = [make_article(id, decode_text(data)) for id, data in files]
            passages = [(article, passage) for article in articles for passage in passages_of(article)]
            for article in articles:
                quotations_of(article.text, article.story, article.language)
            LexicalIndex(folder / "lexical").update([entry(article, passage) for article, passage in passages], removed=[])
            WordIndex(folder / "words").update([(article_key(article.id), article.text) for article in articles], removed=[])

        return run


ROOMS = (
    *("decoding", "cleaning", "metadata", "language", "article", "sentences", "passages", "quotations", "stems", "names"),
    *("full_text", "words", "chain"),
)


def warm_up() -> None:
    """Loads what is loaded once a process: tiktoken's table, stop words, dates, the statistics of languages."""
    article = make_article("warm", "The ferry is late\nBy Mona Reyes\n2019-03-04\n\n“It rained,” said Mona Reyes, the captain.\n")
    for passage in passages_of(article):
        entry(article, passage)
    quotations_of(article.text, article.story, article.language)
    language_of("kwietniowy wieczór nad brzegiem morza przyniósł mieszkańcom ulgę")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures how much text a second each room of the index reads.")
    parser.add_argument("sources", type=Path, nargs="*", help="folders of articles or .jsonl corpora, beside the samples")
    options = parser.parse_args()
    warm_up()
    samples = apart(articles_under, ROOT / "samples" / "articles")
    corpora: dict[str, list[Article]] = {"samples": apart(repeated, samples, SAMPLE_BYTES)}
    corpora |= {f"{source.parent.name}/{source.name}": apart(articles_under, source) for source in options.sources}
    print("| MB/s | " + " | ".join(corpora) + " |\n| --- |" + " ---: |" * len(corpora))
    for room in ROOMS:
        rates = []
        for articles in corpora.values():
            size = sum(len(article.text.encode()) for article in articles) / 1e6
            rates.append(size / min(apart(Rooms(articles).timed, room) for _ in range(RUNS)))
        print(f"| {room} | " + " | ".join(f"{rate:.2f}" for rate in rates) + " |", flush=True)


if __name__ == "__main__":
    main()
