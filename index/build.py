"""Brings a store in step with folders, files and corpora: what is new is added, what changed replaced, what vanished removed. Or adds
articles to it and leaves all others alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from index.articles import Article, Skipped, Unchanged, read_sources
from index.embed import Embedder
from index.errors import InputError
from index.passages import Passage, passages_of
from index.store import Store, writing

# Passages that are embedded and written at once: enough to fill the model's batches, few enough that an interruption costs seconds.
_BATCH_PASSAGES = 32


@dataclass(slots=True)
class BuildReport:
    """What a build did. `articles` and `passages` count what the store holds now; `seconds` is wall-clock time."""

    articles: int = 0
    passages: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0


def build(
    folder: Path,
    sources: Sequence[Path],
    embedder: Embedder | None = None,
    passage_tokens: int | None = None,
    overlap_sentences: int | None = None,
    progress: Callable[[BuildReport], None] = lambda _: None,
) -> BuildReport:
    """Makes the store at `folder` hold exactly the articles under `sources`.

    `progress` is called after each article that was read and each batch that was written. Interrupted at any moment, the next build goes
    on from there. Raises InputError where `sources` hold no article at all, and then nothing is removed; StoreInUse, StoreOfAnotherMaker,
    StoreDamaged and EmbedderError as the store does.
    """
    with _reporting(folder, embedder, passage_tokens, overlap_sentences) as (store, report):
        _synchronise(store, sources, report, progress)
    return report


def add(
    folder: Path, sources: Sequence[Path], embedder: Embedder | None = None, progress: Callable[[BuildReport], None] = lambda _: None
) -> BuildReport:
    """Adds the articles under `sources` to the store at `folder`, which is made if there is none; nothing is replaced, nothing removed.

    Of two articles with one id the first is kept, as in a build of both their folders: one whose id the store holds with other content is
    skipped with a reason. `progress` and errors as in `build`; that there is no article under `sources` is none.
    """
    with _reporting(folder, embedder, None, None) as (store, report):
        known = store.catalogue.fingerprints()

        def fresh() -> Iterator[Article]:
            for item in _read(sources, known, report):
                if isinstance(item, Unchanged):
                    report.unchanged += 1
                elif item.id in known:
                    report.skipped.append(Skipped(item.id, "its id is taken by another article in the store: give it another"))
                else:
                    yield item
                progress(report)

        _put(store, fresh(), known, report, progress)
    return report


@contextmanager
def _reporting(
    folder: Path, embedder: Embedder | None, passage_tokens: int | None, overlap_sentences: int | None
) -> Iterator[tuple[Store, BuildReport]]:
    """The store, open to be written, and a report whose totals are there at the end."""
    started = perf_counter()
    report = BuildReport()
    with writing(folder):
        store = Store.open_or_make(folder, embedder, passage_tokens, overlap_sentences)
        try:
            yield store, report
            counts = store.catalogue.passage_counts()
        finally:
            store.close()
    report.articles, report.passages, report.seconds = len(counts), sum(counts.values()), perf_counter() - started


def _synchronise(store: Store, sources: Sequence[Path], report: BuildReport, progress: Callable[[BuildReport], None]) -> None:
    store.hide_broken()
    known = store.catalogue.fingerprints()
    vanished = set(known) | set(store.catalogue.fingerprints(indexed=False))
    before = len(known)

    def fresh() -> Iterator[Article]:
        for item in _read(sources, known, report):
            vanished.discard(item.id)
            if isinstance(item, Article):
                yield item
            else:
                report.unchanged += 1
            progress(report)

    _put(store, fresh(), known, report, progress)
    if not (report.added or report.changed or report.unchanged):
        names = ", ".join(str(source) for source in sources)
        why = (
            f" ({len(report.skipped)} files skipped, the first {report.skipped[0].path!r}: {report.skipped[0].reason})"
            if report.skipped
            else ""
        )
        kept = f" The store keeps its {before} articles." if before else ""
        raise InputError(f"No article to index under {names}{why}. Name a folder with .txt, .md or .jsonl files.{kept}")
    if vanished:
        store.remove(sorted(vanished))
        report.removed = len(vanished & set(known))


def _read(sources: Sequence[Path], known: Mapping[str, str], report: BuildReport) -> Iterator[Article | Unchanged]:
    """What can be read; the report hears of the rest."""
    for item in read_sources(sources, known=known):
        if isinstance(item, Skipped):
            report.skipped.append(item)
        else:
            yield item


def _put(
    store: Store,
    articles: Iterator[Article],
    known: Mapping[str, str],
    report: BuildReport,
    progress: Callable[[BuildReport], None],
) -> None:
    for batch in _batches(articles, store.manifest.passage_tokens, store.manifest.overlap_sentences):
        store.put(batch)
        changed = sum(article.id in known for article, _ in batch)
        report.changed += changed
        report.added += len(batch) - changed
        progress(report)


def _batches(articles: Iterator[Article], limit: int, overlap: int) -> Iterator[list[tuple[Article, list[Passage]]]]:
    batch: list[tuple[Article, list[Passage]]] = []
    for article in articles:
        batch.append((article, passages_of(article, limit, overlap)))
        if sum(len(passages) for _, passages in batch) >= _BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch
