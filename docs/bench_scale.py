"""How a store grows: builds stores of so many passages and measures each, into docs/benchmarks.md and docs/benchmarks.svg.

    make bench SETS=../shared/eval        or: .venv/bin/python docs/bench_scale.py [SETS] [--passages 1000 10000 100000]

The articles are the samples', those of the sets in the folder SETS, and variations of them: sentences of several articles mixed, with other
numbers, so that no passage is embedded once for many. Each command runs in a process of its own, whose peak memory is told. Stores are kept
in --stores DIR, where it is given, and not built again when they are there; else they are deleted at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.articles import Article, make_article, read_sources  # noqa: E402 (the project is not installed)
from index.store.passages import passages_of  # noqa: E402
from index.text.sentences import sentence_spans  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 200
# Sentences of a generated article: it makes a passage or two.
_SENTENCES = 14
# Builds in a process of its own, and says for how many of its seconds the model was at work.
_BUILD = """
import json, sys, time
from pathlib import Path
from index.build.build import build
from index.embedding.models import default_embedder
from index.store.likeness import likeness_of
way = type(likeness_of(default_embedder()))
encode, model = way.encode, []
def timed(*arguments):
    start = time.perf_counter()
    try:
        return encode(*arguments)
    finally:
        model.append(time.perf_counter() - start)
way.encode = timed
report = build(Path(sys.argv[2]), [Path(sys.argv[1])])
print(json.dumps({"passages": report.passages, "articles": report.articles, "seconds": report.seconds, "model": sum(model)}))
"""
# Asked in a process of its own: warm latencies of whole answers, then the time to add an article and to delete it.
_ASK = """
import json, resource, sys, time
from pathlib import Path
from qa import answer
from index.build.build import add
from index.store.store import Store, writing
store = Store.open(Path(sys.argv[1]))
questions = json.loads(Path(sys.argv[2]).read_text())
for question in questions[:5]:
    answer(store, question)
times = []
for question in questions:
    start = time.perf_counter()
    answer(store, question)
    times.append(1000 * (time.perf_counter() - start))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
new, changes = Path(sys.argv[3]), []
start = time.perf_counter()
add(store.folder, [new], store.embedder)
changes.append(time.perf_counter() - start)
start = time.perf_counter()
with writing(store.folder):
    store.remove([new.name])
changes.append(time.perf_counter() - start)
print(json.dumps([times, peak, *changes]))
"""


@dataclass(frozen=True)
class Row:
    """One store: seconds, bytes, MB and ms as the names say."""

    passages: int
    articles: int
    build_s: float
    model_s: float
    bytes: int
    build_mb: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    query_mb: float
    cold_s: float
    page_s: float
    add_s: float
    delete_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description="How a store grows.")
    parser.add_argument("sets", nargs="?", type=Path, help="a folder of sets whose articles and questions are taken")
    parser.add_argument("--passages", nargs="+", type=int, default=list(SIZES), metavar="N")
    parser.add_argument("--stores", type=Path, metavar="DIR", help="keep the stores here")
    options = parser.parse_args()
    texts, questions = material(options.sets)
    with TemporaryDirectory() as temporary:
        folder = options.stores or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        for count in options.passages:
            rows.append(measure(folder, count, texts, questions))
            print(rows[-1], file=sys.stderr, flush=True)
            write(sorted(rows, key=lambda row: row.passages))


def material(sets: Path | None) -> tuple[list[Article], list[str]]:
    """Articles of every language, and questions about them."""
    folders = [path for path in sorted(sets.iterdir()) if path.is_dir()] if sets else []
    sources = [ROOT / "samples" / "articles", *(path / "corpus.jsonl" for path in folders if (path / "corpus.jsonl").exists())]
    texts = [item for item in read_sources(sources) if isinstance(item, Article)]
    files = [path / "questions.jsonl" for path in (ROOT / "samples", *folders)]
    asked = [json.loads(line)["question"] for file in files if file.exists() for line in file.read_text(encoding="utf-8").splitlines()]
    return texts, random.Random(7).sample(asked, min(QUESTIONS, len(asked)))


def generated(texts: Sequence[Article], passages: int) -> Iterator[dict[str, str]]:
    """Records of a corpus with at least so many passages: the articles as they are, then mixtures of their sentences, of one language each,
    with other digits."""
    chance = random.Random(7)
    made = 0
    by_language: dict[str, list[str]] = {}
    for article in texts:
        sentences = [span.of(article.text) for span in sentence_spans(article.text, article.story)]
        by_language.setdefault(article.language, []).extend(sentences)
    pools = [(language, pool) for language, pool in by_language.items() if len(pool) > 100 * _SENTENCES]
    for number in range(passages + len(texts)):
        if made >= passages:
            return
        if number < len(texts):
            article = texts[number]
            record = {"id": f"{number:06}", "text": article.text, "language": article.language}
            made += len(passages_of(article))
        else:
            language, pool = pools[number % len(pools)]
            text = " ".join(re.sub(r"\d", lambda _: str(chance.randrange(10)), one) for one in chance.sample(pool, _SENTENCES))
            record = {"id": f"{number:06}", "text": text, "language": language}
            made += len(passages_of(make_article(record["id"], text)))
        yield record


def measure(folder: Path, count: int, texts: Sequence[Article], questions: Sequence[str]) -> Row:
    store, corpus = folder / f"store-{count}", folder / f"{count}.jsonl"
    report = folder / f"{count}.json"
    if not report.exists():
        with corpus.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in generated(texts, count))
        out, _, peak = run("-c", _BUILD, str(corpus), str(store))
        report.write_text(json.dumps({**json.loads(out), "peak": peak}))
    built = json.loads(report.read_text())
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    asked, new = folder / "questions.json", folder / "one-more.txt"
    asked.write_text(json.dumps(questions))
    new.write_text("One more article\n\nThe ferry of Ostrell left at 7 with 61 people and a goat. “On time,” said Ulla Verent.\n", "utf-8")
    out, _, _ = run("-c", _ASK, str(store), str(asked), str(new))
    times, query_mb, add_s, delete_s = json.loads(out)
    cuts = quantiles(times, n=100)
    _, cold_s, _ = run("-m", "qa", "ask", questions[0], "--store", str(store), "--json")
    return Row(
        *(built["passages"], built["articles"], built["seconds"], built["model"], size, built["peak"]),
        *(cuts[49], cuts[94], cuts[98], query_mb, cold_s, page(store), add_s, delete_s),
    )


def run(*arguments: str) -> tuple[str, float, float]:
    """What a Python of its own printed, its seconds and its peak memory in MB."""
    started = perf_counter()
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments[:3]} ended with {process.returncode}")
    return out, perf_counter() - started, usage.ru_maxrss / 1024


def page(store: Path) -> float:
    """Seconds from the start of the page's server until it is served."""
    started = perf_counter()
    command = [sys.executable, "ui.py", "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            with urlopen(server.stdout.readline().removeprefix("On Record: ").strip()) as answer:
                answer.read()
            return perf_counter() - started
        finally:
            server.terminate()


def growth(smaller: Row, larger: Row) -> str:
    """How each figure grew with the number of passages, in words."""
    figures = {
        "build time": "build_s",
        "size on disk": "bytes",
        "memory of a build": "build_mb",
        "an answer (p50)": "p50_ms",
        "an answer (p95)": "p95_ms",
        "memory of a query": "query_mb",
        "a cold `ask`": "cold_s",
        "the page’s start": "page_s",
        "adding an article": "add_s",
        "deleting one": "delete_s",
    }
    times = larger.passages / smaller.passages
    grown = ", ".join(f"{name} × {getattr(larger, field) / getattr(smaller, field):.1f}" for name, field in figures.items())
    return f"From {smaller.passages:,} to {larger.passages:,} passages, × {times:.1f}: {grown}."


def write(rows: Sequence[Row]) -> None:
    """docs/benchmarks.md and its plot."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # takes its time to load

    cells = [
        "| "
        + " | ".join(
            (
                *(f"{row.passages:,}", f"{row.articles:,}", f"{row.build_s:,.0f}", f"{100 * row.model_s / row.build_s:.0f} %"),
                *(f"{row.bytes / 1e6:,.0f}", f"{row.build_mb:,.0f}"),
                *(f"{row.p50_ms:.0f}", f"{row.p95_ms:.0f}", f"{row.p99_ms:.0f}", f"{row.query_mb:,.0f}"),
                *(f"{row.cold_s:.1f}", f"{row.page_s:.1f}", f"{row.add_s:.2f}", f"{row.delete_s:.2f}"),
            )
        )
        + " |"
        for row in rows
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [
        "# How a store grows",
        "",
        f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, "
        f"Python {platform.python_version()}. Written by docs/bench_scale.py; {QUESTIONS} questions in English and Arabic, warm,",
        "each to its whole answer.",
        "",
        "| passages | articles | build s | of it the model works | store MB | build’s peak MB | answer p50 ms | p95 | p99 "
        "| query’s peak MB | cold `ask` s | page s | add one s | delete one s |",
        "| --- " * 14 + "|",
        *cells,
        "",
        *([growth(rows[-2], rows[-1]), ""] if len(rows) > 1 else []),
        "![Build time, size and latency by number of passages](benchmarks.svg)",
        "",
    ]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines), encoding="utf-8")
    figure = Figure(figsize=(9, 3), layout="constrained")
    x = [row.passages for row in rows]
    for place, (title, series) in enumerate(
        {
            "build, s": {"": [row.build_s for row in rows]},
            "store, MB": {"": [row.bytes / 1e6 for row in rows]},
            "answer, ms": {"p50": [row.p50_ms for row in rows], "p95": [row.p95_ms for row in rows]},
        }.items(),
        start=1,
    ):
        axes = figure.add_subplot(1, 3, place)
        for name, y in series.items():
            axes.plot(x, y, marker="o", label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("passages")
        axes.set_title(title)
        if len(series) > 1:
            axes.legend()
    figure.savefig(ROOT / "docs" / "benchmarks.svg")


if __name__ == "__main__":
    main()
