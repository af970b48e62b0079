"""A build makes the store hold exactly the articles of its sources, embeds only what is new, and survives being stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.articles import Skipped
from index.build.build import BuildReport, add, build, expected
from index.embedding.embed import Embedder, TokenEmbedder, Vectors
from index.embedding.models import load_embedder
from index.errors import EmbedderError, InputError, StoreDamaged, StoreOfAnotherMaker
from index.store.catalogue import Catalogue
from index.store.lexical import LexicalIndex
from index.store.passages import PASSAGE_TOKENS
from index.store.store import Store
from index.store.tokens import TokenIndex
from index.store.vectors import VectorIndex
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve

ROOT = Path(__file__).resolve().parents[3]


def write_articles(folder: Path, count: int, word: str = "boats") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        text = (
            f"Harbour news {n}\n\nThe harbour of Marwena counted {n + 100} {word} on Monday. The keeper of pier {n} said nobody was hurt."
        )
        (folder / f"{n:03}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_articles(tmp_path / "articles", 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def texts_in(folder: Path, embedder: Embedder) -> dict[str, str]:
    store = Store.open_or_make(folder, embedder)
    try:
        return {article.id: article.text for article in store.catalogue.all_articles()}
    finally:
        store.close()


def texts_of(sources: Path) -> dict[str, str]:
    return {path.relative_to(sources).as_posix(): path.read_bytes().decode() for path in sources.rglob("*.txt")}


def check_whole(folder: Path, embedder: Embedder, sources: Path) -> None:
    """The store holds the articles of the sources, and all its parts agree."""
    assert texts_in(folder, embedder) == texts_of(sources)
    store = Store.open_or_make(folder, embedder)
    try:
        assert store.differences() == []
        passages, sentences = store.catalogue.unit_counts()
        if isinstance(embedder, TokenEmbedder):
            sentences = 0
        assert (store.vectors.count("passages"), store.vectors.count("sentences"), store.lexical.count()) == (passages, sentences, passages)
    finally:
        store.close()


def counts(report: BuildReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def test_a_first_build_adds_every_article(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    report = build(folder, [sources], tiny_embedder)
    assert (report.articles, report.passages, counts(report), report.skipped) == (4, 4, (4, 0, 0, 0), [])
    check_whole(folder, tiny_embedder, sources)


def test_a_second_build_embeds_nothing(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder)
    before = list(tiny_embedder.embedded)
    for path in sources.iterdir():
        os.utime(path, (1, 1))  # neither the time of a file nor its place on disk is its content
    report = build(folder, [sources], tiny_embedder)
    assert counts(report) == (0, 0, 0, 4)
    assert tiny_embedder.embedded == before
    assert report.passages == 4


def test_a_changed_file_is_replaced_and_it_alone_is_embedded(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder)
    tiny_embedder.embedded.clear()
    (sources / "002.txt").write_text("Harbour news\n\nThe lighthouse of Marwena was painted white.", encoding="utf-8")
    report = build(folder, [sources], tiny_embedder)
    assert counts(report) == (0, 1, 0, 3)
    assert tiny_embedder.embedded
    assert not any("boats" in text for text in tiny_embedder.embedded)
    check_whole(folder, tiny_embedder, sources)


def test_a_vanished_file_leaves_every_part_of_the_store(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder)
    (sources / "001.txt").unlink()
    report = build(folder, [sources], tiny_embedder)
    assert counts(report) == (0, 0, 1, 3)
    check_whole(folder, tiny_embedder, sources)
    store = Store.open_or_make(folder, tiny_embedder)
    assert all("101 boats" not in hit.passage.text for hit in retrieve(store, analyse(store, "101 boats"), 10))


def test_a_renamed_file_is_another_article(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder)
    (sources / "sub folder").mkdir()
    (sources / "001.txt").rename(sources / "sub folder" / "مرفأ\n.txt")
    report = build(folder, [sources], tiny_embedder)
    assert counts(report) == (1, 0, 1, 3)
    check_whole(folder, tiny_embedder, sources)


def test_a_build_of_another_folder_leaves_nothing_of_the_first(sources: Path, folder: Path, tmp_path: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder)
    other = write_articles(tmp_path / "other", 2, "kites")
    (other / "000.txt").rename(other / "first.txt")
    report = build(folder, [other], tiny_embedder)
    assert counts(report) == (1, 1, 3, 0)
    check_whole(folder, tiny_embedder, other)


def test_files_that_cannot_be_read_are_skipped_and_fail_nothing_else(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    (sources / "binary.txt").write_bytes(bytes(range(256)) * 4)
    (sources / "empty.txt").write_bytes(b"")
    report = build(folder, [sources], tiny_embedder)
    assert report.articles == 4
    assert [skipped.path for skipped in report.skipped] == ["binary.txt", "empty.txt"]
    assert all(isinstance(skipped, Skipped) and skipped.reason for skipped in report.skipped)


def test_an_article_that_is_all_clutter_is_kept_without_passages(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    (sources / "clutter.txt").write_text("Share\nTweet\nAdvertisement\n", encoding="utf-8")
    assert build(folder, [sources], tiny_embedder).articles == 5
    tiny_embedder.embedded.clear()
    assert counts(build(folder, [sources], tiny_embedder)) == (0, 0, 0, 5)
    assert tiny_embedder.embedded == []
    check_whole(folder, tiny_embedder, sources)


@pytest.mark.parametrize("left", [None, "empty.txt", "binary.txt", "notes.docx"])
def test_sources_without_an_article_remove_nothing(sources: Path, folder: Path, tiny_embedder: Any, left: str | None) -> None:
    build(folder, [sources], tiny_embedder)
    before = texts_in(folder, tiny_embedder)
    for path in sources.iterdir():
        path.unlink()
    if left is not None:
        (sources / left).write_bytes(b"" if left == "empty.txt" else b"\x00\x01\xff" * 9)
    with pytest.raises(InputError, match=r"No article to index under .* The store keeps its 4 articles"):
        build(folder, [sources], tiny_embedder)
    assert texts_in(folder, tiny_embedder) == before


def test_a_source_that_does_not_exist_removes_nothing(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder)
    with pytest.raises(InputError):
        build(folder, [sources, sources / "nowhere"], tiny_embedder)
    check_whole(folder, tiny_embedder, sources)


class OtherVersion:
    """The same model, later."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.version, self.passages, self.questions = inner.name, "2", inner.passages, inner.questions


class OtherName(OtherVersion):
    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner)
        self.name, self.version = "huge", inner.version


@pytest.mark.parametrize("other", [OtherVersion, OtherName])
def test_a_store_of_another_embedder_is_refused_and_keeps_its_articles(
    sources: Path, folder: Path, tiny_embedder: Any, other: Callable[[Embedder], Embedder]
) -> None:
    build(folder, [sources], tiny_embedder)
    (sources / "000.txt").unlink()
    with pytest.raises(StoreOfAnotherMaker, match=r"was made in another way \(embedder.*there,.*asked for"):
        build(folder, [sources], other(tiny_embedder))
    assert len(texts_in(folder, tiny_embedder)) == 4


def test_a_store_of_another_passage_size_is_refused_and_an_unnamed_size_takes_the_stores(
    sources: Path, folder: Path, tiny_embedder: Any
) -> None:
    build(folder, [sources], tiny_embedder, passage_tokens=16)
    with pytest.raises(StoreOfAnotherMaker, match=f"passage_tokens 16 there, {PASSAGE_TOKENS} asked for"):
        build(folder, [sources], tiny_embedder, passage_tokens=PASSAGE_TOKENS)
    assert build(folder, [sources], tiny_embedder).unchanged == 4


def test_a_store_keeps_the_overlap_that_it_was_made_with(folder: Path, sources: Path, tiny_embedder: Any) -> None:
    build(folder, [sources], tiny_embedder, passage_tokens=16, overlap_sentences=0)
    assert build(folder, [sources], tiny_embedder).unchanged > 0
    store = Store.open_or_make(folder, tiny_embedder)
    assert (store.manifest.passage_tokens, store.manifest.overlap_sentences) == (16, 0)
    for article in store.catalogue.all_articles():
        spans = [passage.span for passage in store.catalogue.passages_of(article.id)]
        assert all(before.end <= after.start for before, after in pairwise(spans))
    with pytest.raises(StoreOfAnotherMaker, match="overlap_sentences 0 there, 2 asked for"):
        build(folder, [sources], tiny_embedder, overlap_sentences=2)


def test_a_folder_with_other_files_is_never_made_a_store(sources: Path, tmp_path: Path, tiny_embedder: Any) -> None:
    with pytest.raises(StoreDamaged, match="holds files but no store"):
        build(sources, [sources], tiny_embedder)
    assert sorted(path.name for path in sources.iterdir() if path.name != "lock") == ["000.txt", "001.txt", "002.txt", "003.txt"]
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreDamaged):
        build(file, [sources], tiny_embedder)
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("part", ["chroma", "tokens", "lexical", "catalogue.sqlite3"])
def test_a_part_of_the_store_that_was_deleted_comes_back(
    sources: Path, folder: Path, tmp_path: Path, make_onnx_model: Callable[..., Path], part: str
) -> None:
    model = make_onnx_model(tmp_path / "model", ["harbour", "boats", "monday", "pier"])
    embedder = load_embedder(f"onnx:{model}")
    build(folder, [sources], embedder)
    delete(folder, part)
    with pytest.raises(StoreDamaged, match=rf"has lost its {part}\. Run: python -m index build"):
        Store.open(folder)
    build(folder, [sources], embedder)
    check_whole(folder, embedder, sources)


def delete(folder: Path, part: str) -> None:
    for path in sorted(folder.glob(f"{part}*")):
        subprocess.run(["rm", "-r", str(path)], check=True)


@pytest.mark.parametrize("part", ["chroma", "lexical", "catalogue.sqlite3"])
def test_a_part_other_than_the_tokens_comes_back_without_the_model(sources: Path, folder: Path, each_embedder: Any, part: str) -> None:
    build(folder, [sources], each_embedder)
    delete(folder, part)
    each_embedder.embedded.clear()
    build(folder, [sources], each_embedder)
    assert each_embedder.embedded == []
    check_whole(folder, each_embedder, sources)


def test_tokens_that_were_deleted_are_made_again_each_text_once(sources: Path, folder: Path, each_embedder: Any) -> None:
    build(folder, [sources], each_embedder)
    first = sorted(each_embedder.embedded)
    assert len(first) == len(set(first))
    delete(folder, "tokens")
    each_embedder.embedded.clear()
    build(folder, [sources], each_embedder)
    assert sorted(each_embedder.embedded) == first
    check_whole(folder, each_embedder, sources)


class Stops:
    """Stands before something that is called, and at its `turn`th call stops the build as Ctrl-C does."""

    def __init__(self, call: Callable[..., Any], turn: int) -> None:
        self.call, self.left = call, turn

    def __get__(self, instance: object, owner: type) -> Callable[..., Any]:
        return lambda *arguments, **named: self(instance, *arguments, **named)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return self.call(*arguments, **named)


STEPS: list[tuple[type, str, int]] = [
    *[(room, step, turn) for room, step in ((TokenIndex, "put"), (VectorIndex, "put"), (VectorIndex, "remove")) for turn in (1, 2)],
    *[(room, step, turn) for room, step in ((LexicalIndex, "update"), (Catalogue, "show")) for turn in (1, 2)],
    (Catalogue, "put", 35),
]
# Without token vectors sentences are put as well.
CASES = [
    *[("tiny", *case) for case in STEPS],
    *[("tiny", VectorIndex, "put", turn) for turn in (3, 4)],
    *[("tokens", *case) for case in STEPS],
]


@pytest.mark.parametrize(
    ("model", "room", "step", "turn"), CASES, ids=[f"{model}-{room.__name__}.{step}-{turn}" for model, room, step, turn in CASES]
)
@pytest.mark.parametrize("changes", [False, True], ids=["first build", "later build"])
def test_a_build_that_was_stopped_at_any_step_is_finished_by_the_next(
    tmp_path: Path,
    folder: Path,
    make_tiny_embedder: Any,
    make_tiny_token_embedder: Any,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    room: type,
    step: str,
    turn: int,
    changes: bool,
) -> None:
    """More articles than one batch holds, so that a stop can fall between batches."""
    embedder = make_tiny_embedder() if model == "tiny" else make_tiny_token_embedder()
    sources = write_articles(tmp_path / "many", 40)
    if changes:
        build(folder, [sources], embedder)
        write_articles(sources, 36, "kites")
        (sources / "039.txt").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("index.build.build._WRITE_SECONDS", 0.0)
        patch.setattr(room, step, Stops(getattr(room, step), turn))
        with pytest.raises(KeyboardInterrupt):
            build(folder, [sources], embedder)
    seen_by_readers(folder, embedder)
    build(folder, [sources], embedder)
    check_whole(folder, embedder, sources)


def seen_by_readers(folder: Path, embedder: Embedder) -> None:
    """Whatever is visible is whole: its passages, their vectors, their words."""
    store = Store.open_or_make(folder, embedder)
    try:
        for article in store.catalogue.all_articles():
            whole = store.lexical.ids() & store.vectors.ids("passages", article.language) & store.tokens.ids()
            sentences = store.vectors.ids("sentences", article.language)
            passages = store.catalogue.passages_of(article.id)
            assert passages
            for passage in passages:
                assert passage.span.of(article.text) == passage.text
                assert passage.id in whole
                if not isinstance(embedder, TokenEmbedder):
                    assert {f"{passage.id.split(':')[0]}:{s.start}-{s.end}" for s in passage.sentences} <= sentences
        visible = {article.id for article in store.catalogue.all_articles()}
        for question in ("How many boats did the harbour of Marwena count?", "kites on Monday", "pier 12"):
            hits = retrieve(store, analyse(store, question), 30)
            assert {hit.passage.article_id for hit in hits} <= visible
    finally:
        store.close()


class Tires:
    """An embedder whose server goes away after so many texts."""

    def __init__(self, inner: Any, texts: int) -> None:
        self.name, self.version, self._inner, self._left = inner.name, inner.version, inner, texts

    def passages(self, texts: Sequence[str]) -> Vectors:
        self._left -= len(texts)
        if self._left < 0:
            raise EmbedderError("The embedding model tiny does not answer. Is its server running?")
        vectors: Vectors = self._inner.passages(texts)
        return vectors

    questions = passages


def test_what_was_embedded_before_the_model_went_away_is_not_embedded_again(tmp_path: Path, folder: Path, tiny_embedder: Any) -> None:
    sources = write_articles(tmp_path / "many", 70)
    with pytest.raises(EmbedderError):
        build(folder, [sources], Tires(tiny_embedder, 150))
    done = len(texts_in(folder, tiny_embedder))
    assert 0 < done < 70
    seen_by_readers(folder, tiny_embedder)
    report = build(folder, [sources], tiny_embedder)
    assert counts(report) == (70 - done, 0, 0, done)
    check_whole(folder, tiny_embedder, sources)


def test_readers_see_whole_articles_all_through_a_build(
    tmp_path: Path, folder: Path, tiny_embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader looks wherever the build says how far it is: no step of writing is under way then."""
    monkeypatch.setattr("index.build.build._WRITE_SECONDS", 0.0)
    sources = write_articles(tmp_path / "many", 80)
    build(folder, [sources], tiny_embedder)
    write_articles(sources, 80, "kites")
    looks: list[set[str]] = []

    def look(report: BuildReport) -> None:
        if report.changed > len(looks):
            seen_by_readers(folder, tiny_embedder)
            looks.append({text.split()[9] for text in texts_in(folder, tiny_embedder).values()})

    build(folder, [sources], tiny_embedder, progress=look)
    assert looks[0] == {"boats", "kites"}
    assert set(texts_in(folder, tiny_embedder)) == set(texts_of(sources))


_BUILDER = """
import sys
from itertools import pairwise
from pathlib import Path
sys.path.insert(0, "tests")
from conftest import TinyEmbedder
from index.build.build import build
build(Path(sys.argv[1]), [Path(sys.argv[2])], TinyEmbedder(), progress=lambda report: print(report.added + report.changed, flush=True))
"""


@pytest.mark.parametrize("line", [0, 33, 75])
def test_a_build_that_was_killed_is_finished_by_the_next(tmp_path: Path, folder: Path, tiny_embedder: Any, line: int) -> None:
    sources = write_articles(tmp_path / "many", 120)
    with subprocess.Popen([sys.executable, "-c", _BUILDER, folder, sources], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(line + 1):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    seen_by_readers(folder, tiny_embedder)
    build(folder, [sources], tiny_embedder)
    check_whole(folder, tiny_embedder, sources)


def test_progress_grows_to_what_the_report_says(sources: Path, folder: Path, tiny_embedder: Any) -> None:
    steps: list[int] = []
    report = build(folder, [sources], tiny_embedder, progress=lambda report: steps.append(report.added))
    assert steps == sorted(steps)
    assert steps[-1] == report.added == 4


def test_how_many_articles_are_expected_is_known_before_they_are_read(
    sources: Path, folder: Path, tmp_path: Path, tiny_embedder: Any
) -> None:
    (sources / "empty.txt").write_bytes(b"")
    (sources / "table.xlsx").write_bytes(b"PK")
    (sources / ".hidden").mkdir()
    (sources / ".hidden" / "a.txt").write_text("nobody reads this", encoding="utf-8")
    (sources / "sub").mkdir()
    (sources / "sub" / ".draft.txt").write_text("nor this", encoding="utf-8")
    (sources / "sub" / "back").symlink_to(sources)
    report = build(folder, [sources, sources / "001.txt"], tiny_embedder)
    assert expected([sources, sources / "001.txt"]) == report.added + len(report.skipped) == 8
    (sources / "sub" / "Corpus.JSONL").write_text("", encoding="utf-8")
    assert expected([sources]) is None


def test_a_corpus_and_a_folder_are_built_together(sources: Path, folder: Path, tmp_path: Path, tiny_embedder: Any) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(
        '{"id": "r1", "text": "The kite of Kessa flew for 9 hours.", "date": "2024-05", "publisher": "Lantern"}\n', encoding="utf-8"
    )
    assert build(folder, [sources, corpus], tiny_embedder).articles == 5
    corpus.write_text(corpus.read_text(encoding="utf-8").replace("2024-05", "2024-06"), encoding="utf-8")
    assert counts(build(folder, [sources, corpus], tiny_embedder)) == (0, 1, 0, 4)


def test_adding_leaves_all_else_as_it_is_and_what_is_there_already_costs_nothing(
    folder: Path, sources: Path, tmp_path: Path, each_embedder: Any
) -> None:
    build(folder, [sources], each_embedder)
    more = write_articles(tmp_path / "more", 6, "rafts")
    for n in range(4):
        (more / f"{n:03}.txt").unlink()
    report = add(folder, [more], each_embedder)
    assert (*counts(report), report.articles) == (2, 0, 0, 0, 6)
    assert texts_in(folder, each_embedder) == texts_of(sources) | texts_of(more)
    each_embedder.embedded.clear()
    assert counts(add(folder, [more, sources], each_embedder)) == (0, 0, 0, 6)
    assert each_embedder.embedded == []
    store = Store.open_or_make(folder, each_embedder)
    assert store.differences() == []
    store.close()


def test_an_added_article_never_takes_the_place_of_another_of_its_id(
    folder: Path, sources: Path, tmp_path: Path, tiny_embedder: Any
) -> None:
    build(folder, [sources], tiny_embedder)
    corpus = tmp_path / "more.jsonl"
    corpus.write_text(
        '{"id": "000.txt", "text": "Another story.\\n\\nThe quay of Marwena was painted on Tuesday."}\n'
        '{"id": "new", "text": "A new story.\\n\\nThe crane of Marwena was mended on Tuesday."}\n',
        encoding="utf-8",
    )
    report = add(folder, [corpus], tiny_embedder)
    assert counts(report) == (1, 0, 0, 0)
    assert report.skipped == [Skipped("000.txt", "its id is taken by another article in the store: give it another")]
    assert texts_in(folder, tiny_embedder).items() >= texts_of(sources).items()


def test_adding_makes_a_store_where_there_is_none_and_nothing_to_add_is_no_error(
    folder: Path, sources: Path, tmp_path: Path, tiny_embedder: Any
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert add(folder, [empty], tiny_embedder).articles == 0
    assert counts(add(folder, [sources / "001.txt"], tiny_embedder)) == (1, 0, 0, 0)
    assert texts_in(folder, tiny_embedder).keys() == {"001.txt"}
