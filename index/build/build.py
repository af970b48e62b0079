"""Brings a store in step with folders, files and corpora: what is new is added, what changed replaced, what vanished removed. Or adds
articles to it and leaves all others alone; or makes it of articles as they are; or repairs it from its own catalogue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from time import monotonic, perf_counter

from index.articles import Article, Skipped, Unchanged, read_sources
from index.build.stories import link
from index.embedding.embed import Embedder, Encoded
from index.errors import InputError, StoreDamaged
from index.readers.files import file_names
from index.readers.reading import holds_several, suffix_of
from index.store.manifest import Manifest
from index.store.passages import Passage, passages_of
from index.store.store import Store, writing

# Passages that are embedded at once: enough to fill the model's batches, few enough that Ctrl-C is heard within a second.
_BATCH_PASSAGES = 32
# Batches that wait for the model, so that it never waits itself while earlier ones are written.
_QUEUED_BATCHES = 3
# Seconds of embedding that are written, and become visible, together. Every writing forces all parts of the store to the disk: of 1,000
# passages written 32 at a time that took 15 % of a build. An interruption costs this much.
_WRITE_SECONDS = 2.0


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
    chroma: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> BuildReport:
    """Makes the store at `folder` hold exactly the articles under `sources`; `columns` as in `read_sources`.

    `progress` is called after each article that was read and each batch that was written; `chroma` is the address of the server that has
    the store's vectors, if one has. Interrupted at any moment, the next build goes on from there. Raises InputError where `sources` hold no
    article at all, and then nothing is removed; StoreInUse, StoreOfAnotherMaker, StoreDamaged and EmbedderError as the store does.
    """
    with _reporting(folder, embedder, passage_tokens, overlap_sentences, chroma) as (store, report):
        _synchronise(store, sources, report, progress, columns)
    return report


def add(
    folder: Path,
    sources: Sequence[Path],
    embedder: Embedder | None = None,
    progress: Callable[[BuildReport], None] = lambda _: None,
    chroma: str | None = None,
) -> BuildReport:
    """Adds the articles under `sources` to the store at `folder`, which is made if there is none; nothing is replaced, nothing removed.

    Of two articles with one id the first is kept, as in a build of both their folders: one whose id the store holds with other content is
    skipped with a reason. `progress`, `chroma` and errors as in `build`; that there is no article under `sources` is none.
    """
    with _reporting(folder, embedder, None, None, chroma) as (store, report):
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


def refresh(
    folder: Path,
    sources: Sequence[Path],
    embedder: Embedder | None = None,
    progress: Callable[[BuildReport], None] = lambda _: None,
    chroma: str | None = None,
) -> BuildReport:
    """Adds the articles under `sources` to the store at `folder`, which is made if there is none, and replaces those that changed; nothing
    is removed. `progress`, `chroma` and errors as in `build`; that there is no article under `sources` is none."""
    with _reporting(folder, embedder, None, None, chroma) as (store, report):
        store.hide_broken()
        known = store.catalogue.fingerprints()
        _put(store, _changed(_read(sources, known, report), report, progress), known, report, progress)
    return report


def restore(
    folder: Path,
    articles: Callable[[], Iterable[Article]],
    embedder: Embedder | None = None,
    progress: Callable[[BuildReport], None] = lambda _: None,
    chroma: str | None = None,
) -> BuildReport:
    """Makes a store at `folder` of articles as they are: nothing is read anew in their texts.

    `articles` is called twice: what it raises, it raises before anything is written. Interrupted at any moment, the same call goes on from
    there. `progress`, `chroma` and errors as in `build`; raises InputError where the store holds an article that is not among them, too.
    """
    wanted = {article.id: article.sha256 for article in articles()}
    with _reporting(folder, embedder, None, None, chroma) as (store, report):
        store.hide_broken()
        known = store.catalogue.fingerprints()
        strangers = known.items() - wanted.items()
        if strangers:
            raise InputError(
                f"The store at {folder} holds other articles, such as {min(strangers)[0]!r}. Name an empty or new folder with --store."
            )

        def fresh() -> Iterator[Article]:
            for article in articles():
                if article.id in known and store.catalogue.article(article.id) == article:
                    report.unchanged += 1
                else:
                    yield article
                progress(report)

        _put(store, fresh(), known, report, progress)
        left = store.catalogue.fingerprints(indexed=False)
        if left:
            store.remove(sorted(left))
    return report


def repair(
    folder: Path,
    embedder: Embedder | None = None,
    progress: Callable[[BuildReport], None] = lambda _: None,
    chroma: str | None = None,
) -> BuildReport:
    """Makes again, of the texts in the catalogue, what the other parts of the store lost or hold damaged; no source is read.

    What a build or a removal was stopped at is finished or brought back: nothing in the catalogue is removed. The articles that were made
    again count as changed. `progress`, `chroma` and errors as in `build`; raises StoreMissing where there is no store, and StoreDamaged,
    with nothing removed, where the catalogue is empty and the other parts are not.
    """
    Manifest.read(folder)
    with _reporting(folder, embedder, None, None, chroma) as (store, report):
        if not any(store.catalogue.fingerprints(indexed=shown) for shown in (True, False)) and (store.words.ids() or store.lexical.ids()):
            raise StoreDamaged(
                f"The catalogue of the store at {folder} is empty, and the texts are nowhere else. "
                "Run: python -m index build with the same folders; it mends it."
            )
        store.hide_damaged()
        hidden = store.catalogue.fingerprints(indexed=False)
        report.unchanged = len(store.catalogue.fingerprints())
        _put(store, store.catalogue.hidden_articles(), hidden, report, progress)
    return report


def expected(sources: Sequence[Path]) -> int | None:
    """How many articles and skipped files a build of `sources` is going to report, by the files' names; None where one is among them that
    holds several, which are not counted."""
    count = 0
    for name in (name for source in sources for name in file_names(source)):
        if holds_several(suffix_of(name)):
            return None
        count += 1
    return count


def places_of(sources: Sequence[Path]) -> list[tuple[int, int] | None]:
    """The device and number of each source; None of one that is not there. They change when a disk goes away or a folder is replaced."""
    return [_place_of(source) for source in sources]


def _place_of(source: Path) -> tuple[int, int] | None:
    try:
        status = source.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


@contextmanager
def _reporting(
    folder: Path, embedder: Embedder | None, passage_tokens: int | None, overlap_sentences: int | None, chroma: str | None
) -> Iterator[tuple[Store, BuildReport]]:
    """The store, open to be written, and a report whose totals are there at the end."""
    started = perf_counter()
    report = BuildReport()
    with writing(folder):
        store = Store.open_or_make(folder, embedder, passage_tokens, overlap_sentences, chroma)
        try:
            yield store, report
            link(store)
            counts = store.catalogue.passage_counts()
        finally:
            store.close()
    report.articles, report.passages, report.seconds = len(counts), sum(counts.values()), perf_counter() - started


def _synchronise(
    store: Store,
    sources: Sequence[Path],
    report: BuildReport,
    progress: Callable[[BuildReport], None],
    columns: Mapping[str, str] | None,
) -> None:
    store.hide_broken()
    known = store.catalogue.fingerprints()
    vanished = set(known) | set(store.catalogue.fingerprints(indexed=False))
    before = len(known)
    kept = f" The store keeps its {before} articles." if before else ""
    folders = [source for source in sources if source.is_dir()]
    places = places_of(folders)

    def seen() -> Iterator[Article | Unchanged]:
        for item in _read(sources, known, report, columns):
            vanished.discard(item.id)
            yield item

    _put(store, _changed(seen(), report, progress), known, report, progress)
    if not (report.added or report.changed or report.unchanged):
        names = ", ".join(str(source) for source in sources)
        why = (
            f" ({len(report.skipped)} files skipped, the first {report.skipped[0].path!r}: {report.skipped[0].reason})"
            if report.skipped
            else ""
        )
        raise InputError(f"No article to index under {names}{why}. Name a folder with files of articles.{kept}")
    for folder, place, now in zip(folders, places, places_of(folders), strict=True):
        if place != now:  # a disk that was taken out: what was not read is not gone
            raise InputError(f"The folder {str(folder)!r} went away while it was read. Nothing was removed; build again when it is back.")
    if vanished:
        for folder in folders:
            if next(file_names(folder), None) is None:  # the place of a disk that is not there today
                raise InputError(
                    f"The folder {str(folder)!r} is empty. Nothing was removed; build again when it is back, or without it if it is to be."
                )
        store.remove(sorted(vanished))
        report.removed = len(vanished & set(known))


def _read(
    sources: Sequence[Path], known: Mapping[str, str], report: BuildReport, columns: Mapping[str, str] | None = None
) -> Iterator[Article | Unchanged]:
    """What can be read; what cannot is reported as skipped."""
    for item in read_sources(sources, known, columns):
        if isinstance(item, Skipped):
            report.skipped.append(item)
        else:
            yield item


def _changed(items: Iterable[Article | Unchanged], report: BuildReport, progress: Callable[[BuildReport], None]) -> Iterator[Article]:
    """Those that are new or changed; the report counts the others."""
    for item in items:
        if isinstance(item, Article):
            yield item
        else:
            report.unchanged += 1
        progress(report)


def _put(
    store: Store,
    articles: Iterator[Article],
    known: Mapping[str, str],
    report: BuildReport,
    progress: Callable[[BuildReport], None],
) -> None:
    batches = _batches(articles, store.manifest.passage_tokens, store.manifest.overlap_sentences)
    for group, encoded in _groups(store, batches):
        store.put(group, encoded)
        changed = sum(article.id in known for article, _ in group)
        report.changed += changed
        report.added += len(group) - changed
        progress(report)


_Batch = list[tuple[Article, list[Passage]]]


def _groups(store: Store, batches: Iterator[_Batch]) -> Iterator[tuple[_Batch, dict[str, Encoded]]]:
    """The batches embedded in each _WRITE_SECONDS, with what the model made of their new texts, each text once.

    The model works on in a thread of its own while articles are read, and while the caller writes a group.
    """
    group: _Batch = []
    encoded: dict[str, Encoded] = {}
    since = monotonic()
    try:
        for batch, made in _embedded(store, batches, encoded):
            group += batch
            encoded |= made
            if monotonic() - since >= _WRITE_SECONDS:
                yield group, encoded
                group = []
                encoded.clear()
                since = monotonic()
    except (Exception, KeyboardInterrupt):
        # A model server that went away, or Ctrl-C: what was embedded is kept.
        if group:
            yield group, encoded
        raise
    if group:
        yield group, encoded


def _embedded(store: Store, batches: Iterator[_Batch], known: Mapping[str, Encoded]) -> Iterator[tuple[_Batch, dict[str, Encoded]]]:
    """Each batch with what the model made of its texts, but for those in `known`, in the store, or in the batches before."""
    ahead: deque[tuple[_Batch, list[str], Future[list[Encoded]]]] = deque()

    def done() -> tuple[_Batch, dict[str, Encoded]]:
        batch, names, made = ahead.popleft()
        return batch, dict(zip(names, made.result(), strict=True))

    model = ThreadPoolExecutor(1, thread_name_prefix="model")
    try:
        for batch in batches:
            texts = store.new_texts(batch)
            for name in {*known, *chain.from_iterable(names for _, names, _ in ahead)}:
                texts.pop(name, None)
            ahead.append((batch, list(texts), model.submit(store.likeness.encode, list(texts.values()))))
            if len(ahead) > _QUEUED_BATCHES:
                yield done()
        while ahead:
            yield done()
    finally:
        model.shutdown(cancel_futures=True)


def _batches(articles: Iterator[Article], limit: int, overlap: int) -> Iterator[_Batch]:
    batch: _Batch = []
    for article in articles:
        batch.append((article, passages_of(article, limit, overlap)))
        if sum(len(passages) for _, passages in batch) >= _BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch
