"""A process that is killed at any moment, a disk that fills up, a folder that goes away, a damaged file: the articles are still there, and
what is missing comes back."""

from __future__ import annotations

import os
import random
import re
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from math import isclose
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from index.build.build import BuildReport, build, repair
from index.embedding.embed import Embedder
from index.errors import InputError
from index.store.filters import ANY
from index.store.lexical import Entry, LexicalIndex
from index.store.passages import article_key
from index.store.store import Store

ROOT = Path(__file__).resolve().parents[3]
KILLS = 25
TRIES, SOONER = 8, 0.7
# Passages of one sentence or two: an article has several, and forty articles fill six batches.
PASSAGE_TOKENS = 24

# Forks a process for each line of job, store, sources and bytes that a file may have: each would take two seconds to load what it runs.
_FORKS = f"""
import os, resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
from conftest import TinyTokenEmbedder
from index.articles import make_article
from index.build import build as building
from index.build.build import build
from index.errors import OnRecordError
from index.store.passages import passages_of
from index.store.store import Store
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve

building._WRITE_SECONDS = 0.0  # each batch by itself, so that a kill may fall between two

def run(job, store, sources, limit):
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    if job == "build":
        build(store, [Path(sources)], TinyTokenEmbedder(), passage_tokens={PASSAGE_TOKENS})
    else:
        opened = Store.open_or_make(store, TinyTokenEmbedder())
        opened.differences()
        retrieve(opened, analyse(opened, "How many boats did the harbour count?"), 5)
        opened.words.holding([["harbour", "of", "marwena"]])

passages_of(make_article("a", "The ferry of Kessa left on 4 May 2024, said the harbour master."))  # loads the tables once
print("ready", flush=True)
for line in sys.stdin:
    job, store, sources, limit = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        os.close(0)
        status = 1
        try:
            run(job, Path(store), sources, limit)
            status = 0
        except OnRecordError as error:
            Path(store + ".said").write_text(str(error), encoding="utf-8")
            status = 2
        except BaseException as error:
            Path(store + ".said").write_text(repr(error), encoding="utf-8")
        os._exit(status)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Workers:
    """Processes that work on stores, and can be killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stdin is not None
        self._said, self._told = process.stdout, process.stdin
        assert self._said.readline() == "ready\n"

    def build(self, store: Path, sources: Path, moment: float | None = None, limit: int = 0) -> int:
        """The exit status of a build that is killed after so many seconds, unless it is done before or the moment is None.

        No file that it writes grows beyond `limit` bytes, unless that is 0.
        """
        return self._run("build", store, sources, moment, limit)

    def look(self, store: Path) -> int:
        """The exit status of reading all of a store."""
        return self._run("look", store, Path(), None, 0)

    def said(self, store: Path) -> str:
        """The error that ended the last one."""
        return Path(f"{store}.said").read_text(encoding="utf-8")

    def _run(self, job: str, store: Path, sources: Path, moment: float | None, limit: int) -> int:
        self._told.write(f"{job}\t{store}\t{sources}\t{limit}\n")
        self._told.flush()
        child = int(self._said.readline())
        if moment is not None:
            with selectors.DefaultSelector() as ready:
                ready.register(self._said, selectors.EVENT_READ)
                if not ready.select(moment):
                    os.kill(child, signal.SIGKILL)
        return int(self._said.readline())


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with subprocess.Popen(
        [sys.executable, "-c", _FORKS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield Workers(process)
        assert process.stdin is not None
        process.stdin.close()


def write_articles(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for n in range(40):
        (folder / f"{n:02}.txt").write_text(article(n, "boats"), encoding="utf-8")
    return folder


def change_articles(folder: Path) -> None:
    """Some are changed, some removed, some new."""
    for n in range(0, 40, 3):
        (folder / f"{n:02}.txt").write_text(article(n, "kites"), encoding="utf-8")
    for n in range(1, 40, 5):
        (folder / f"{n:02}.txt").unlink(missing_ok=True)
    for n in range(40, 46):
        (folder / f"{n:02}.txt").write_text(article(n, "rafts"), encoding="utf-8")


def article(n: int, what: str) -> str:
    return (
        f"Harbour news {n}\n\nThe harbour of Marwena counted {n + 100} {what} on Monday, more than in any week before. "
        f"“Nobody was hurt at pier {n},” said Ilva Terren, who keeps the book of the harbour. "
        f"أحصى الميناء {n} قاربا يوم الاثنين. The storm of the night had torn {n % 7} of them from their ropes. "
        f"The council of Kessa will hear the owners of the {what} on the {n % 28 + 1}th of the month."
    )


class Near(float):
    """A cosine as Chroma adds it up, in an order that may differ; rounded ones differ where they lie between two roundings."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and isclose(self, other, abs_tol=1e-4)

    __hash__ = float.__hash__


def contents(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All that a store holds, in every part of it."""
    with closing(Store.open_or_make(folder, embedder)) as store:
        assert store.differences() == []
        articles = list(store.catalogue.all_articles())
        passages = {article.id: store.catalogue.passages_of(article.id) for article in articles}
        ids = sorted(passage.id for own in passages.values() for passage in own)
        tokens = store.tokens.tokens(ids)
        (question,) = embedder.questions(["the harbour"])
        keys = [article_key(article.id) for article in articles]
        return {
            "articles": articles,
            "passages": passages,
            "quotations": store.catalogue.quotations(article.id for article in articles),
            "hidden": store.catalogue.fingerprints(indexed=False),
            "languages": {kind: store.vectors.languages(kind) for kind in ("passages", "sentences")},
            # By the articles' keys: without a filter the search is approximate.
            "in Chroma": {id: Near(cosine) for id, cosine in store.vectors.nearest("passages", question, 9_999, ANY, keys)},
            "vectors": {id: vector.tolist() for id, vector in store.tokens.vectors_of(ids).items()},
            "tokens": {id: (found.spans.tolist(), found.vectors.tolist()) for id, found in tokens.items()},
            "full text": store.lexical.ids(),
            "found": {word: {id for id, _ in store.lexical.best("terms", [word], 999, ANY)} for word in ("boat", "kite", "raft", "pier")},
            "words": store.words.ids(),
            "holding": {word: store.words.holding([[word, "on", "monday"]]) for word in ("boats", "kites", "rafts")},
        }


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> dict[str, Any]:
    """Sources before and after a change, the store of the first, and how long builds in peace took."""
    place = tmp_path_factory.mktemp("peace")
    before = write_articles(place / "before")
    shutil.copytree(before, place / "after")
    change_articles(place / "after")
    seconds = {}
    for name in ("before", "after"):
        started = monotonic()
        assert workers.build(place / f"store-{name}", place / name) == 0
        seconds[name] = monotonic() - started
    shutil.copytree(place / "store-before", place / "updated")
    started = monotonic()
    assert workers.build(place / "updated", place / "after") == 0
    return {"place": place, "first": seconds["before"], "update": monotonic() - started}


@pytest.fixture(scope="module")
def whole(peace: dict[str, Any], make_tiny_token_embedder: Any) -> dict[str, dict[str, Any]]:
    """What a store of each of the two folders holds that was built in peace."""
    return {name: contents(peace["place"] / f"store-{name}", make_tiny_token_embedder()) for name in ("before", "after")}


def test_a_store_brought_up_to_date_equals_one_built_anew(
    peace: dict[str, Any], whole: dict[str, dict[str, Any]], make_tiny_token_embedder: Any
) -> None:
    assert len(whole["before"]["articles"]) == 40
    assert len(whole["before"]["in Chroma"]) > 150
    assert whole["before"]["found"]["boat"]
    assert whole["before"]["holding"]["boats"]
    assert contents(peace["place"] / "updated", make_tiny_token_embedder()) == whole["after"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["first", "update"])
def test_a_build_killed_at_any_moment_is_finished_by_the_next_as_if_nothing_had_been(
    tmp_path: Path, peace: dict[str, Any], whole: dict[str, dict[str, Any]], workers: Workers, make_tiny_token_embedder: Any, kind: str
) -> None:
    chance = random.Random(f"kill {kind}")
    place, seconds = peace["place"], peace[kind]
    sources, wanted = (place / "before", whole["before"]) if kind == "first" else (place / "after", whole["after"])
    killed = 0
    count = KILLS - KILLS // 2 if kind == "first" else KILLS // 2
    for n in range(count):
        store = tmp_path / str(n)
        # One in each part of the build's duration; sooner where a build is done by then, for a machine is not always as quick.
        moment = seconds * (n + chance.random()) / count
        for _ in range(TRIES):
            shutil.rmtree(store, ignore_errors=True)
            if kind == "update":
                shutil.copytree(place / "store-before", store)
            if workers.build(store, sources, moment) == -signal.SIGKILL:
                killed += 1
                break
            moment *= SOONER
        build(store, [sources], make_tiny_token_embedder(), PASSAGE_TOKENS)
        assert contents(store, make_tiny_token_embedder()) == wanted, n
        shutil.rmtree(store)
    assert killed == count, "the moments lie within a build"


def test_a_full_text_index_whose_writer_was_killed_before_its_commit_can_be_written_again(tmp_path: Path) -> None:
    """What such a writer leaves: the files of its commit, and the list of the one before."""
    entries = [Entry(f"{n}:0-9", str(n), ["boat"], [], "en", None, None) for n in range(9)]
    LexicalIndex(tmp_path / "index").update(entries, removed=[])
    listed = (tmp_path / "index" / "meta.json").read_bytes()
    LexicalIndex(tmp_path / "index").update([], removed=["3"])
    assert list((tmp_path / "index").glob("*.del"))
    (tmp_path / "index" / "meta.json").write_bytes(listed)
    LexicalIndex(tmp_path / "index").update([], removed=["3"])
    assert LexicalIndex(tmp_path / "index").count() == 8


# A disk that is full.


@pytest.mark.parametrize("limit", [1 << 12, 1 << 15, 1 << 16, 1 << 17, 1 << 18])
def test_a_build_on_a_full_disk_is_an_error_in_one_line_and_the_articles_are_still_there(
    tmp_path: Path, peace: dict[str, Any], whole: dict[str, dict[str, Any]], workers: Workers, make_tiny_token_embedder: Any, limit: int
) -> None:
    """The system lets no file grow beyond the limit: each part of the store meets it at another moment."""
    store = tmp_path / "store"
    shutil.copytree(peace["place"] / "store-before", store)
    assert workers.build(store, peace["place"] / "after", limit=limit) == 2, workers.said(store)
    assert re.search(r"cannot be (used|written) \(.*\)\. Check disk space and rights", workers.said(store)), workers.said(store)
    assert "\n" not in workers.said(store)
    assert workers.look(store) == 0, workers.said(store)
    build(store, [peace["place"] / "after"], make_tiny_token_embedder(), PASSAGE_TOKENS)
    assert contents(store, make_tiny_token_embedder()) == whole["after"]


# Files that are damaged.


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def junk_in_the_middle(path: Path) -> None:
    content = path.read_bytes()
    third = len(content) // 3
    path.write_bytes(content[:third] + random.Random("junk").randbytes(third) + content[2 * third :])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("part", ["chroma", "tokens", "lexical", "words"])
def test_a_damaged_file_in_any_part_is_an_error_in_one_line_and_is_made_again_of_the_catalogue(
    tmp_path: Path, peace: dict[str, Any], whole: dict[str, dict[str, Any]], workers: Workers, make_tiny_token_embedder: Any, part: str
) -> None:
    original, store = peace["place"] / "store-before", tmp_path / "store"
    # One file of each kind: tantivy has eight for each of its segments.
    kinds = {path.suffix or path.name: path for path in (original / part).rglob("*") if path.is_file() and path.stat().st_size}
    for path in kinds.values():
        for damage in (cut_in_half, junk_in_the_middle, empty):
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(original, store)
            damage(store / path.relative_to(original))
            status = workers.look(store)
            assert status in (0, 2), (path, damage, status, workers.said(store))
            if status == 2:
                assert "\n" not in workers.said(store)
                assert "delete" in workers.said(store)
    shutil.rmtree(store / part)
    repair(store, make_tiny_token_embedder())
    assert contents(store, make_tiny_token_embedder()) == whole["before"]


# Folders that go away, and clocks.


def test_a_folder_that_goes_away_while_it_is_read_removes_nothing(tmp_path: Path, tiny_embedder: Any) -> None:
    sources, store = write_articles(tmp_path / "articles"), tmp_path / "store"
    build(store, [sources], tiny_embedder)

    def take_out(report: BuildReport) -> None:
        if report.unchanged == 10:
            sources.rename(tmp_path / "elsewhere")
            sources.mkdir()

    with pytest.raises(InputError, match=r"went away while it was read\. Nothing was removed"):
        build(store, [sources], tiny_embedder, progress=take_out)
    with closing(Store.open_or_make(store, tiny_embedder)) as opened:
        assert len(opened.catalogue.fingerprints()) == 40


def test_an_empty_folder_beside_a_full_one_removes_nothing(tmp_path: Path, tiny_embedder: Any) -> None:
    """As the place where a disk was mounted looks without the disk."""
    here, disk, store = write_articles(tmp_path / "articles"), tmp_path / "disk", tmp_path / "store"
    disk.mkdir()
    (disk / "own.txt").write_text(article(99, "oars"), encoding="utf-8")
    build(store, [here, disk], tiny_embedder)
    (disk / "own.txt").unlink()
    with pytest.raises(InputError, match=r"disk' is empty\. Nothing was removed"):
        build(store, [here, disk], tiny_embedder)
    with closing(Store.open_or_make(store, tiny_embedder)) as opened:
        assert len(opened.catalogue.fingerprints()) == 41
    assert build(store, [here], tiny_embedder).removed == 1
    assert build(store, [here, disk], tiny_embedder).unchanged == 40


def test_a_clock_that_was_set_back_changes_nothing(tmp_path: Path, make_tiny_token_embedder: Any) -> None:
    """As a store and articles look that were written before: from years to come."""
    sources, store = write_articles(tmp_path / "articles"), tmp_path / "store"
    build(store, [sources], make_tiny_token_embedder(), PASSAGE_TOKENS)
    for path in [*sources.rglob("*"), *store.rglob("*")]:
        os.utime(path, (4e9, 4e9))
    assert build(store, [sources], make_tiny_token_embedder()).unchanged == 40
    change_articles(sources)
    report = build(store, [sources], make_tiny_token_embedder())
    assert (report.added, report.changed, report.removed) == (6, 11, 8)
    with closing(Store.open_or_make(store, make_tiny_token_embedder())) as opened:
        assert opened.differences() == []
