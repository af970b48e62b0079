"""A store that is kept in step with a folder while the folder changes."""

from __future__ import annotations

import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index.build.build import build
from index.store.store import Store, writing

ROOT = Path(__file__).resolve().parents[3]
# Seconds in which a round must have been told of: a loaded machine is slow, a round that never comes is a failure.
PATIENCE = 60

_WATCHER = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from conftest import TinyEmbedder
from index.build.build import BuildReport, build
from index.build.watch import watch

def said(outcome):
    if isinstance(outcome, BuildReport):
        print(f"{outcome.added} added, {outcome.changed} changed, {outcome.removed} removed", flush=True)
    else:
        print(f"{type(outcome).__name__}: {outcome}", flush=True)

store, *sources = map(Path, sys.argv[1:])
said(build(store, sources, TinyEmbedder()))
watch(store, sources, said, TinyEmbedder())
"""


class Watcher:
    """A process that watches, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._said = process.stdout

    def hear(self) -> str:
        """The next line."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._said, selectors.EVENT_READ)
            assert ready.select(PATIENCE), "nothing was said"
        return self._said.readline().removesuffix("\n")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "sub").mkdir(parents=True)
    write(folder / "ferry.txt", "ferry")
    write(folder / "sub" / "kite.txt", "kite")
    return folder


def write(path: Path, what: str) -> None:
    path.write_text(f"News of the {what}\n\nThe {what} of Kessa was seen at nine on Friday.", encoding="utf-8")


@pytest.fixture
def watching() -> Iterator[Callable[..., Watcher]]:
    processes: list[subprocess.Popen[str]] = []

    def begin(store: Path, *sources: Path) -> Watcher:
        command = [sys.executable, "-c", _WATCHER, str(store), *map(str, sources)]
        processes.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return Watcher(processes[-1])

    yield begin
    for process in processes:
        with process:
            process.send_signal(signal.SIGKILL)


def texts(store: Path, embedder: Any) -> set[str]:
    with closing(Store.open_or_make(store, embedder)) as opened:
        assert opened.differences() == []
        return set(opened.catalogue.fingerprints())


def test_what_is_new_changed_or_gone_is_in_the_store_a_moment_later(
    tmp_path: Path, sources: Path, watching: Callable[..., Watcher], tiny_embedder: Any
) -> None:
    watcher = watching(tmp_path / "store", sources)
    assert watcher.hear() == "2 added, 0 changed, 0 removed"
    write(sources / "raft.txt", "raft")
    assert watcher.hear() == "1 added, 0 changed, 0 removed"
    write(sources / "raft.txt", "new raft")
    assert watcher.hear() == "0 added, 1 changed, 0 removed"
    shutil.rmtree(sources / "sub")
    assert watcher.hear() == "0 added, 0 changed, 1 removed"
    (sources / "later").mkdir()
    write(sources / "later" / "salt.txt", "salt")
    assert watcher.hear() == "1 added, 0 changed, 0 removed"
    assert texts(tmp_path / "store", tiny_embedder) == {"ferry.txt", "raft.txt", "later/salt.txt"}


def test_what_changed_before_the_watch_began_is_found(tmp_path: Path, sources: Path, tiny_embedder: Any) -> None:
    """Between the first build and the watch: here, with no build before it at all."""
    build(tmp_path / "store", [sources], tiny_embedder)
    write(sources / "raft.txt", "raft")
    program = _WATCHER.replace("said(build(store, sources, TinyEmbedder()))", "")
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "store"), str(sources)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert Watcher(process).hear() == "1 added, 0 changed, 0 removed"
        process.send_signal(signal.SIGKILL)


def test_others_can_write_between_two_rounds_and_a_round_waits_for_them(
    tmp_path: Path, sources: Path, watching: Callable[..., Watcher], tiny_embedder: Any
) -> None:
    watcher = watching(tmp_path / "store", sources)
    watcher.hear()
    with writing(tmp_path / "store"):
        write(sources / "raft.txt", "raft")
        assert watcher.hear().startswith("StoreInUse: The store at ")
    assert watcher.hear() == "1 added, 0 changed, 0 removed"
    assert texts(tmp_path / "store", tiny_embedder) == {"ferry.txt", "raft.txt", "sub/kite.txt"}


def test_a_folder_that_goes_away_empties_nothing_and_is_watched_again_when_it_is_back(
    tmp_path: Path, sources: Path, watching: Callable[..., Watcher], tiny_embedder: Any
) -> None:
    watcher = watching(tmp_path / "store", sources)
    watcher.hear()
    sources.rename(tmp_path / "away")
    assert watcher.hear().startswith("InputError: There is no file or folder ")
    assert texts(tmp_path / "store", tiny_embedder) == {"ferry.txt", "sub/kite.txt"}
    write(tmp_path / "away" / "raft.txt", "raft")
    (tmp_path / "away").rename(sources)
    assert watcher.hear() == "1 added, 0 changed, 0 removed"
    (sources / "ferry.txt").unlink()
    assert watcher.hear() == "0 added, 0 changed, 1 removed"
    assert texts(tmp_path / "store", tiny_embedder) == {"raft.txt", "sub/kite.txt"}


def test_a_folder_that_is_emptied_at_once_leaves_the_store_as_it_is(
    tmp_path: Path, sources: Path, watching: Callable[..., Watcher], tiny_embedder: Any
) -> None:
    """As the place of a disk looks that was taken out."""
    watcher = watching(tmp_path / "store", sources)
    watcher.hear()
    sources.rename(tmp_path / "away")
    sources.mkdir()
    while not (said := watcher.hear()).startswith("InputError: No article to index"):
        assert said.startswith("InputError: There is no file or folder ")
    assert said.endswith("The store keeps its 2 articles.")
    assert texts(tmp_path / "store", tiny_embedder) == {"ferry.txt", "sub/kite.txt"}


def test_hidden_files_and_a_store_among_the_articles_begin_no_round(
    sources: Path, watching: Callable[..., Watcher], tiny_embedder: Any
) -> None:
    """The store's own files change with each round: it would never end."""
    watcher = watching(sources / "store", sources)
    assert watcher.hear() == "2 added, 0 changed, 0 removed"
    write(sources / ".draft.txt", "draft")
    write(sources / "raft.txt", "raft")
    assert watcher.hear() == "1 added, 0 changed, 0 removed"
    (sources / "raft.txt").unlink()
    assert watcher.hear() == "0 added, 0 changed, 1 removed"
    assert texts(sources / "store", tiny_embedder) == {"ferry.txt", "sub/kite.txt"}


def test_a_file_that_is_replaced_by_another_of_its_name_is_watched_on(
    tmp_path: Path, watching: Callable[..., Watcher], tiny_embedder: Any
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"id": "a", "text": "The kite of Kessa flew for nine hours."}\n', encoding="utf-8")
    watcher = watching(tmp_path / "store", corpus)
    watcher.hear()
    for n in (1, 2):  # the second is a change of what is watched then
        (tmp_path / "new").write_text(f'{{"id": "{n}", "text": "The kite of Kessa flew for {n} hours."}}\n', encoding="utf-8")
        (tmp_path / "new").rename(corpus)
        assert watcher.hear() == "1 added, 0 changed, 1 removed"
    assert texts(tmp_path / "store", tiny_embedder) == {"2"}
