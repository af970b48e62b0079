"""A store keeps its parts in step, says how it was made, has one writer at a time, and tells damage from absence."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.__main__ import main
from index.articles import Article, make_article
from index.build.build import build, repair
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder
from index.errors import EmbedderError, OnRecordError, SettingError, StoreDamaged, StoreInUse, StoreMissing, StoreOfAnotherMaker
from index.store.filters import ANY
from index.store.manifest import Manifest
from index.store.passages import article_key, passages_of, unit_id, with_title
from index.store.store import Store, writing
from index.store.vectors import Unit, VectorIndex
from index.text.spans import Span
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve

ROOT = Path(__file__).resolve().parents[3]
STORIES = {
    "ferry.txt": "The Nawras capsized\n\nThe ferry left Kessa at nine. It never came back. Nobody knows why.",
    "salt.txt": "Museum of salt\n\nThe museum opened on Friday. Its roof is new.",
    "مرفأ/قارب.txt": "غرق القارب\n\nغادر القارب جزيرة كيسا في التاسعة. ولم يعد أحد.",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name, text in STORIES.items():
        path = tmp_path / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "articles"


@pytest.fixture
def folder(sources: Path, tmp_path: Path, tiny_embedder: Any) -> Path:
    build(tmp_path / "store", [sources], tiny_embedder)
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path, tiny_embedder: Any) -> Iterator[Store]:
    store = Store.open_or_make(folder, tiny_embedder)
    yield store
    store.close()


def test_what_comes_out_is_what_went_in(store: Store) -> None:
    for id, text in STORIES.items():
        article = store.catalogue.article(id)
        assert article is not None
        assert article == replace(make_article(id, text), sha256=article.sha256)
        assert store.catalogue.passages_of(id) == passages_of(article)
    assert [article.id for article in store.catalogue.all_articles()] == sorted(STORIES)
    assert store.catalogue.languages() == {"en": 2, "ar": 1}
    assert store.catalogue.article("nobody") is None


def test_text_comes_out_letter_for_letter_however_wild(tmp_path: Path, tiny_embedder: Any) -> None:
    wild = "\ufeffNews\r\n\r\nA NUL \0 stands here, a mark e\u0301\u0323, \u202bمن اليمين\u202c, 👩🏽\u200d🚒 and \u2028 more.\x1b[31m\r\n"
    article = make_article("wild\n\0\u202e/../../x", wild, title="T\0", publisher="'; DROP TABLE articles; --")
    with writing(tmp_path / "store"):
        store = Store.open_or_make(tmp_path / "store", tiny_embedder)
        store.put([(article, passages_of(article))])
    assert store.catalogue.article(article.id) == article
    (passage,) = store.catalogue.passages_of(article.id)
    assert passage.text == passage.span.of(wild)
    assert "\0" in passage.text
    assert store.differences() == []


def test_each_sentence_is_embedded_once_though_passages_overlap(tmp_path: Path, tiny_embedder: Any) -> None:
    article = make_article("a", "News\n\n" + " ".join(f"The boat number {n} left the harbour." for n in range(30)))
    passages = passages_of(article, 40)
    assert len(passages) > 3
    with writing(tmp_path / "store"):
        store = Store.open_or_make(tmp_path / "store", tiny_embedder)
        store.put([(article, passages)])
    sentences = {span for passage in passages for span in passage.sentences}
    assert len(tiny_embedder.embedded) == len(passages) + len(sentences)
    assert store.vectors.count("sentences") == len(sentences)


def test_each_distinct_text_is_embedded_once_whoever_shares_it(each_embedder: Any, tmp_path: Path) -> None:
    """Two newspapers with the same wire text are two articles with one text."""
    text = "The boat left the harbour. The boat left the harbour. Nobody saw it."
    articles = [make_article(id, text, title="News") for id in ("courier.txt", "lantern.txt")]
    with writing(tmp_path / "wire"):
        store = Store.open_or_make(tmp_path / "wire", each_embedder)
        store.put([(articles[0], passages_of(articles[0]))])
        store.put([(article, passages_of(article)) for article in articles])
        assert len(each_embedder.embedded) == len(set(each_embedder.embedded)) > 0
        assert store.differences() == []
        store.remove(["courier.txt"])
    assert store.differences() == []
    hits = retrieve(store, analyse(store, "the boat left"), 5)
    assert {hit.passage.article_id for hit in hits} == {"lantern.txt"}
    assert all(hit.cosine > 0 for hit in hits)
    store.close()


def test_an_article_that_was_removed_and_comes_again_is_not_embedded_again(tmp_path: Path, sources: Path, each_embedder: Any) -> None:
    folder = tmp_path / "again"
    build(folder, [sources], each_embedder)
    text = (sources / "ferry.txt").read_text(encoding="utf-8")
    (sources / "ferry.txt").unlink()
    build(folder, [sources], each_embedder)
    (sources / "ferry.txt").write_text(text, encoding="utf-8")
    each_embedder.embedded.clear()
    assert build(folder, [sources], each_embedder).added == 1
    assert each_embedder.embedded == []
    store = Store.open_or_make(folder, each_embedder)
    assert store.differences() == []
    assert retrieve(store, analyse(store, "the ferry left Kessa at nine"), 1)[0].passage.article_id == "ferry.txt"
    store.close()


def test_a_model_with_token_vectors_needs_no_vectors_of_sentences(tmp_path: Path, sources: Path, make_tiny_token_embedder: Any) -> None:
    embedder = make_tiny_token_embedder()
    build(tmp_path / "tokens", [sources], embedder)
    store = Store.open_or_make(tmp_path / "tokens", embedder)
    passages, sentences = store.catalogue.unit_counts()
    assert sentences > passages == store.vectors.count("passages") == len(store.tokens.ids()) == len(embedder.embedded)
    assert store.vectors.count("sentences") == 0
    store.close()


def test_the_tokens_of_a_stored_passage_are_those_of_what_was_embedded(
    tmp_path: Path, sources: Path, make_tiny_token_embedder: Any
) -> None:
    embedder = make_tiny_token_embedder()
    build(tmp_path / "tokens", [sources], embedder)
    store = Store.open_or_make(tmp_path / "tokens", embedder)
    for article in store.catalogue.all_articles():
        for passage in store.catalogue.passages_of(article.id):
            found = store.tokens.tokens([passage.id])[passage.id]
            (expected,) = embedder.encode([with_title(article, passage.span)])
            assert found.spans.tolist() == expected.spans.tolist()
            assert found.vectors.tolist() == expected.tokens.tolist()
    store.close()


def test_a_passage_is_embedded_under_its_title_and_stored_without(store: Store) -> None:
    article = make_article("a", "Bridge opens\n\nThe mayor cut a ribbon of red silk.", title="The bridge of Kessa opens")
    (passage,) = passages_of(article)
    assert with_title(article, passage.span) == f"The bridge of Kessa opens\n{passage.text}"
    with writing(store.folder):
        store.put([(article, [passage])])
    stored = store.catalogue.passages([passage.id])[passage.id]
    assert stored.text == passage.text == passage.span.of(article.text)


def test_a_title_that_stands_in_the_passage_is_not_embedded_twice() -> None:
    article = make_article("a", STORIES["ferry.txt"])
    assert article.title == "The Nawras capsized"
    assert with_title(article, Span(0, len(article.text))) == article.text


# What can be wrong, and what verify says of it.


def lose_vectors(store: Store, article: Article) -> None:
    store.vectors.remove([article_key(article.id)])


def lose_tokens(store: Store, article: Article) -> None:
    store.tokens.remove([article_key(article.id)])


def lose_words(store: Store, article: Article) -> None:
    store.lexical.update([], removed=[article_key(article.id)])


def lose_sentence(store: Store, article: Article) -> None:
    sentence = store.catalogue.passages_of(article.id)[0].sentences[0]
    store.vectors._collection("sentences", article.language).delete(ids=[unit_id(article.id, sentence)])


def add_stranger_to_chroma(store: Store, _: Article) -> None:
    vector = store.embedder.passages(["nobody's"])
    store.vectors.put("passages", [Unit(unit_id("nobody", Span(0, 8)), article_key("nobody"), "en", None, None)], vector)


def add_stranger_to_tokens(store: Store, _: Article) -> None:
    (encoded,) = store.likeness.encode(["nobody's"])
    store.tokens.put([(unit_id("nobody", Span(0, 8)), article_key("nobody"), "a hash")], {"a hash": encoded})


def add_stranger_to_words(store: Store, article: Article) -> None:
    own = store.catalogue.passages_of(article.id)[0]
    from index.store.lexical import Entry

    store.lexical.update([Entry(unit_id("nobody", own.span), article_key("nobody"), ["x"], [], "en", None, None)], removed=[])


def lose_one_and_add_a_stranger(store: Store, article: Article) -> None:
    passage = store.catalogue.passages_of(article.id)[0]
    store.vectors._collection("passages", article.language).delete(ids=[passage.id])
    add_stranger_to_chroma(store, article)


def hide(store: Store, article: Article) -> None:
    with store.catalogue.transaction():
        store.catalogue.hide([article.id])


DAMAGES: list[tuple[Callable[[Store, Article], None], list[str]]] = [
    (lose_vectors, [r"Chroma passages .en.: .* of 'ferry.txt' is missing", *[r"Chroma sentences .en.: .* of 'ferry.txt' is missing"]]),
    (lose_tokens, ["tokens: .* of 'ferry.txt' is missing"]),
    (lose_words, ["full-text index: .* of 'ferry.txt' is missing"]),
    (lose_sentence, ["Chroma sentences .en.: .* of 'ferry.txt' is missing"]),
    (add_stranger_to_chroma, ["Chroma passages .en.: .* is of no article"]),
    (add_stranger_to_tokens, ["tokens: .* is of no article"]),
    (add_stranger_to_words, ["full-text index: .* is of no article"]),
    (lose_one_and_add_a_stranger, ["Chroma passages .en.: .* of 'ferry.txt' is missing", "Chroma passages .en.: .* is of no article"]),
    (hide, ["'ferry.txt' is not wholly indexed"]),
]


@pytest.mark.parametrize(("damage", "said"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_verify_names_each_damage_and_a_build_mends_it(
    store: Store, sources: Path, tiny_embedder: Any, damage: Callable[[Store, Article], None], said: list[str]
) -> None:
    import re

    assert store.differences() == []
    article = store.catalogue.article("ferry.txt")
    assert article is not None
    damage(store, article)
    lines = store.differences()
    assert lines
    for pattern in said:
        assert any(re.search(pattern, line) for line in lines), lines
    build(store.folder, [sources], tiny_embedder)
    mended = Store.open_or_make(store.folder, tiny_embedder)
    assert mended.differences() == []
    assert sorted(article.id for article in mended.catalogue.all_articles()) == sorted(STORIES)
    mended.close()


@pytest.mark.parametrize(("damage", "said"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_a_repair_mends_each_damage_without_the_sources(
    store: Store, sources: Path, tiny_embedder: Any, damage: Callable[[Store, Article], None], said: list[str]
) -> None:
    article = store.catalogue.article("ferry.txt")
    assert article is not None
    damage(store, article)
    assert store.differences()
    shutil.rmtree(sources)
    report = repair(store.folder, tiny_embedder)
    assert (report.changed, report.unchanged) in ((1, 2), (0, 3))
    mended = Store.open_or_make(store.folder, tiny_embedder)
    assert mended.differences() == []
    assert {article.id: article.text for article in mended.catalogue.all_articles()} == STORIES
    mended.close()


def test_a_repair_cuts_anew_what_is_not_its_articles_text(store: Store, sources: Path, tiny_embedder: Any) -> None:
    store.catalogue._db.execute("UPDATE passages SET text = replace(text, 'nine', 'ten')")
    shutil.rmtree(sources)
    assert repair(store.folder, tiny_embedder).changed == 1
    assert store.differences() == []


@pytest.mark.parametrize("part", ["chroma", "tokens", "lexical", "words"])
def test_a_repair_makes_a_part_again_that_was_deleted(folder: Path, sources: Path, make_tiny_token_embedder: Any, part: str) -> None:
    embedder = make_tiny_token_embedder()
    build(folder.with_name("tokens"), [sources], embedder)
    shutil.rmtree(sources)
    shutil.rmtree(folder.with_name("tokens") / part)
    assert repair(folder.with_name("tokens"), embedder).changed == 3
    mended = Store.open_or_make(folder.with_name("tokens"), embedder)
    assert mended.differences() == []
    mended.close()


TOKEN_DAMAGES: dict[str, tuple[Callable[[Path], Any], int]] = {
    "one byte": (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\x55"), 1),
    "cut short": (lambda path: os.truncate(path, path.stat().st_size - 1), 1),
    "deleted": (lambda path: path.unlink(), 3),
}


@pytest.mark.parametrize(("damage", "texts"), TOKEN_DAMAGES.values(), ids=TOKEN_DAMAGES.keys())
def test_a_repair_embeds_again_only_the_texts_whose_token_vectors_are_damaged(
    tmp_path: Path, sources: Path, make_tiny_token_embedder: Any, damage: Callable[[Path], Any], texts: int
) -> None:
    embedder = make_tiny_token_embedder()
    build(tmp_path / "tokens", [sources], embedder)
    whole = embedder.embedded.copy()
    damage(tmp_path / "tokens" / "tokens" / "vectors-0.bin")
    shutil.rmtree(sources)
    embedder.embedded.clear()
    assert repair(tmp_path / "tokens", embedder).changed == texts
    assert len(embedder.embedded) == texts < len(whole) + 1
    store = Store.open_or_make(tmp_path / "tokens", embedder)
    assert store.differences() == []
    for article in store.catalogue.all_articles():
        for passage in store.catalogue.passages_of(article.id):
            (expected,) = embedder.encode([with_title(article, passage.span)])
            assert store.tokens.tokens([passage.id])[passage.id].vectors.tolist() == expected.tokens.tolist()
    store.close()


def test_a_reader_reads_on_while_damaged_token_vectors_are_made_again(tmp_path: Path, sources: Path, make_tiny_token_embedder: Any) -> None:
    embedder = make_tiny_token_embedder()
    build(tmp_path / "tokens", [sources], embedder)
    reader = Store.open_or_make(tmp_path / "tokens", embedder)
    ids = sorted(reader.tokens.ids())
    before = {id: found.vectors.copy() for id, found in reader.tokens.tokens(ids).items()}
    held = reader.tokens.tokens(ids)
    reader.tokens._db.execute("UPDATE texts SET checksum = 1 - checksum WHERE number = 1")
    assert len(reader.tokens.differences()) == 1
    repair(tmp_path / "tokens", embedder)
    for id in ids:
        assert (held[id].vectors == before[id]).all()
        assert (reader.tokens.tokens([id])[id].vectors == before[id]).all()
    reader.close()


def test_a_store_that_lost_its_catalogue_is_not_mended_into_an_empty_one(folder: Path, sources: Path, tiny_embedder: Any) -> None:
    for path in folder.glob("catalogue*"):
        path.unlink()
    with pytest.raises(StoreDamaged, match=r"catalogue .* is empty, .* Run: python -m index build with the same folders"):
        repair(folder, tiny_embedder)
    assert build(folder, [sources], tiny_embedder).added == 3


def test_there_is_no_repair_where_there_is_no_store_or_somebody_writes(folder: Path, tmp_path: Path, tiny_embedder: Any) -> None:
    with pytest.raises(StoreMissing):
        repair(tmp_path / "nowhere", tiny_embedder)
    assert not (tmp_path / "nowhere").exists()
    with writing(folder), pytest.raises(StoreInUse):
        repair(folder, tiny_embedder)


def test_verify_names_a_passage_that_is_not_its_articles_text(store: Store) -> None:
    store.catalogue._db.execute("UPDATE passages SET text = replace(text, 'nine', 'ten')")
    assert [line for line in store.differences() if "is not the text of 'ferry.txt' at its place" in line]


def forget_texts(store: Store, article: Article) -> None:
    """As a compaction does with texts that no article uses."""
    lose_tokens(store, article)
    store.tokens._db.execute("DELETE FROM vectors WHERE text IN (SELECT number FROM texts WHERE users = 0)")
    store.tokens._db.execute("DELETE FROM texts WHERE users = 0")


def test_a_build_embeds_again_only_what_was_damaged(store: Store, sources: Path, tiny_embedder: Any) -> None:
    article = store.catalogue.article("salt.txt")
    assert article is not None
    forget_texts(store, article)
    tiny_embedder.embedded.clear()
    build(store.folder, [sources], tiny_embedder)
    assert tiny_embedder.embedded
    assert not any("ferry" in text or "القارب" in text for text in tiny_embedder.embedded)


@pytest.mark.parametrize("damage", [lose_vectors, lose_tokens, lose_words, lose_sentence, lose_one_and_add_a_stranger, hide])
def test_what_was_embedded_once_is_mended_without_the_model(
    store: Store, sources: Path, tiny_embedder: Any, damage: Callable[[Store, Article], None]
) -> None:
    article = store.catalogue.article("ferry.txt")
    assert article is not None
    damage(store, article)
    assert store.differences()
    tiny_embedder.embedded.clear()
    build(store.folder, [sources], tiny_embedder)
    assert tiny_embedder.embedded == []
    mended = Store.open_or_make(store.folder, tiny_embedder)
    assert mended.differences() == []
    mended.close()


def test_threads_open_and_close_the_vectors_of_one_folder_side_by_side(tmp_path: Path) -> None:
    """As the page does while articles come in."""
    VectorIndex(tmp_path / "chroma").close()
    wrong: list[BaseException] = []

    def open_and_close() -> None:
        try:
            for _ in range(40):
                vectors = VectorIndex(tmp_path / "chroma")
                assert vectors.languages("passages") == []
                vectors.close()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_verify_says_which_texts_token_vectors_are_not_as_they_were_written(
    tmp_path: Path, sources: Path, make_tiny_token_embedder: Any
) -> None:
    embedder = make_tiny_token_embedder()
    build(tmp_path / "tokens", [sources], embedder)
    path = tmp_path / "tokens" / "tokens" / "vectors-0.bin"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    store = Store.open_or_make(tmp_path / "tokens", embedder)
    (line,) = store.differences()
    assert "are not those that were written; delete" in line
    assert line.endswith(str(path.parent))
    store.close()


def test_a_removed_article_is_in_no_part_and_the_others_stay(store: Store) -> None:
    with writing(store.folder):
        store.remove(["ferry.txt"])
    assert sorted(article.id for article in store.catalogue.all_articles()) == ["salt.txt", "مرفأ/قارب.txt"]
    assert store.differences() == []
    assert {hit.passage.article_id for hit in retrieve(store, analyse(store, "the ferry left Kessa"), 10)} == {"salt.txt", "مرفأ/قارب.txt"}


def test_a_hit_that_the_catalogue_does_not_list_does_not_exist(store: Store) -> None:
    with store.catalogue.transaction():
        store.catalogue.remove(["ferry.txt"])
    hits = retrieve(store, analyse(store, "the ferry left Kessa at nine"), 10, ANY)
    assert {hit.passage.article_id for hit in hits} == {"salt.txt", "مرفأ/قارب.txt"}


def test_every_visible_change_moves_the_generation(store: Store, sources: Path, tiny_embedder: Any) -> None:
    seen = [store.catalogue.generation()]
    build(store.folder, [sources], tiny_embedder)
    assert store.catalogue.generation() == seen[0], "an idle build changes nothing"
    (sources / "salt.txt").write_text("Salt\n\nThe museum of salt closed again on Sunday.", encoding="utf-8")
    build(store.folder, [sources], tiny_embedder)
    seen.append(store.catalogue.generation())
    with writing(store.folder):
        store.remove(["ferry.txt"])
    seen.append(store.catalogue.generation())
    assert seen[0] < seen[1] < seen[2]


# Between processes.

_HOLDER = """
import sys, time
from pathlib import Path
from index.store.store import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _HOLDER, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_writer_is_refused_with_who_holds_the_store_and_readers_are_not(folder: Path, sources: Path, tiny_embedder: Any) -> None:
    with another_writer(folder) as process:
        with pytest.raises(StoreInUse, match=rf"in use: process {process.pid} is writing to it\. Try again when it is done\."):
            build(folder, [sources], tiny_embedder)
        store = Store.open_or_make(folder, tiny_embedder)
        assert retrieve(store, analyse(store, "ferry"), 1)
        store.close()
    assert build(folder, [sources], tiny_embedder).unchanged == 3


def test_a_writer_that_was_killed_leaves_no_lock_behind(folder: Path, sources: Path, tiny_embedder: Any) -> None:
    with another_writer(folder) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (folder / "writer").exists()
        assert build(folder, [sources], tiny_embedder).unchanged == 3
    assert not (folder / "writer").exists()


def test_two_threads_of_one_process_cannot_both_write(folder: Path) -> None:
    caught: list[OnRecordError] = []

    def second() -> None:
        try:
            with writing(folder):
                pass
        except OnRecordError as error:
            caught.append(error)

    with writing(folder):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert [type(error) for error in caught] == [StoreInUse]


_BUILDER = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from conftest import TinyEmbedder
from index.build.build import build
build(Path(sys.argv[1]), [Path(sys.argv[2])], TinyEmbedder())
"""


def test_a_store_opened_again_sees_what_another_process_built(store: Store, sources: Path, tiny_embedder: Any) -> None:
    assert all(hit.passage.article_id != "kite.txt" for hit in retrieve(store, analyse(store, "the kite of Tamsin"), 5))
    (sources / "kite.txt").write_text("A kite\n\nThe kite of Tamsin flew for nine hours.", encoding="utf-8")
    (sources / "salt.txt").unlink()
    subprocess.run([sys.executable, "-c", _BUILDER, str(store.folder), str(sources)], cwd=ROOT, check=True)
    store.close()
    again = Store.open_or_make(store.folder, tiny_embedder)
    assert again.differences() == []
    hits = retrieve(again, analyse(again, "the kite of Tamsin"), 5)
    assert hits[0].passage.article_id == "kite.txt"
    assert hits[0].cosine > 0
    assert "salt.txt" not in {hit.passage.article_id for hit in hits}
    again.close()


def test_an_open_store_answers_from_whole_articles_while_another_process_builds(store: Store, sources: Path) -> None:
    """Without opening it again: what is new may be missing, what is gone is not shown, and nothing breaks."""
    (sources / "salt.txt").write_text("Salt\n\nThe museum of salt closed again on Sunday.", encoding="utf-8")
    (sources / "ferry.txt").unlink()
    with subprocess.Popen([sys.executable, "-c", _BUILDER, str(store.folder), str(sources)], cwd=ROOT) as process:
        while process.poll() is None:
            for hit in retrieve(store, analyse(store, "the ferry and the museum"), 5):
                article = store.catalogue.article(hit.passage.article_id)
                assert article is None or hit.passage.span.of(article.text) == hit.passage.text
    assert process.returncode == 0
    assert {hit.passage.article_id for hit in retrieve(store, analyse(store, "the ferry and the museum"), 5)} <= {
        "salt.txt",
        "مرفأ/قارب.txt",
    }


# What cannot be opened.


def test_a_missing_store_is_answered_with_the_command_that_makes_one(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(StoreMissing) as caught:
            Store.open(folder)
        assert str(caught.value) == f"No store at {folder}. Run: python -m index build FOLDER --store {folder}"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreMissing):
        Store.open(tmp_path / "file")


MANIFESTS = [
    *(b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000),
    *(b"{}", b'{"embedder": "tiny"}', b'{"embedder": 5, "embedder_version": "1"}', b'{"embedder": ["tiny"], "embedder_version": "1"}'),
    b'{"embedder": "tiny", "embedder_version": "1", "passage_tokens": "many"}',
    b'{"embedder": "tiny", "embedder_version": "1", "colour": "red"}',
]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda data: repr(data[:40]))
def test_a_manifest_that_is_none_is_damage_in_one_line(folder: Path, sources: Path, tiny_embedder: Any, manifest: bytes) -> None:
    (folder / "manifest.json").write_bytes(manifest)
    for use in (lambda: Store.open(folder), lambda: build(folder, [sources], tiny_embedder)):
        with pytest.raises(StoreDamaged, match=r"manifest .* cannot be read") as caught:
            use()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("format", "age"), [(2, "an older"), (99, "a newer")])
def test_a_store_of_another_format_is_refused_with_the_command_to_run_whatever_else_its_manifest_says(
    folder: Path, sources: Path, tiny_embedder: Any, format: int, age: str
) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": format, "colour": "red"}), encoding="utf-8")
    said = rf"by {age} version of On Record \(format {format} there, 4 here\)\. Run: python -m index build FOLDER --store ANOTHER$"
    for use in (lambda: Store.open(folder), lambda: build(folder, [sources], tiny_embedder)):
        with pytest.raises(StoreOfAnotherMaker, match=said):
            use()


def test_a_store_of_an_embedder_that_is_not_here_is_not_opened_with_another(folder: Path) -> None:
    """The store of these tests says "tiny"."""
    with pytest.raises(SettingError, match="There is no embedding model 'tiny'"):
        Store.open(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "embedder": "ollama:x"}), encoding="utf-8")
    with pytest.raises(EmbedderError):
        Store.open(folder)


@pytest.mark.parametrize("data", [b"", b"this is no database" * 400], ids=["empty", "junk"])
def test_a_catalogue_that_is_none_is_damage_or_made_anew(folder: Path, sources: Path, tiny_embedder: Any, data: bytes) -> None:
    for path in folder.glob("catalogue.sqlite3*"):
        path.unlink()
    (folder / "catalogue.sqlite3").write_bytes(data)
    if data:
        with pytest.raises(StoreDamaged, match="Move the store away and run: python -m index build FOLDER"):
            build(folder, [sources], tiny_embedder)
    else:
        assert build(folder, [sources], tiny_embedder).added == 3


def test_a_catalogue_with_a_torn_page_is_damage_in_one_line(folder: Path, tiny_embedder: Any) -> None:
    path = folder / "catalogue.sqlite3"
    data = path.read_bytes()
    path.write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    with pytest.raises(StoreDamaged) as caught:
        Store.open_or_make(folder, tiny_embedder).differences()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("part", "file"), [("chroma", "chroma.sqlite3"), ("tokens", "texts.sqlite3"), ("lexical", "meta.json")])
def test_an_index_with_junk_in_it_is_damage_and_the_advice_mends_it(
    folder: Path, sources: Path, tiny_embedder: Any, part: str, file: str
) -> None:
    (folder / part / file).write_bytes(b"this is neither" * 99)
    with pytest.raises(StoreDamaged, match=r"delete that folder and run: python -m index build") as caught:
        Store.open_or_make(folder, tiny_embedder)
    assert str(folder / part) in str(caught.value)
    assert "\n" not in str(caught.value)
    shutil.rmtree(folder / part)
    # As a user would: in another process, for Chroma keeps what it failed to open.
    subprocess.run([sys.executable, "-c", _BUILDER, str(folder), str(sources)], cwd=ROOT, check=True)
    with sqlite3.connect(folder / "catalogue.sqlite3") as catalogue:
        assert catalogue.execute("SELECT count(*), sum(indexed) FROM articles").fetchone() == (3, 3)
    assert not (folder / part / file).read_bytes().startswith(b"this is neither")


@pytest.mark.parametrize(("part", "file"), [("chroma", "chroma.sqlite3"), ("tokens", "texts.sqlite3"), ("lexical", "meta.json")])
def test_a_repair_sets_aside_what_cannot_be_opened_and_makes_it_again(
    folder: Path, tiny_embedder: Any, part: str, file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / part / file).write_bytes(b"this is neither" * 99)
    with pytest.raises(StoreDamaged):
        Store.open_or_make(folder, tiny_embedder)
    monkeypatch.setattr("index.store.store.load_embedder", lambda _: tiny_embedder)
    assert main(["verify", "--repair", "--store", str(folder)]) == 0
    said = capsys.readouterr().out
    assert re.match(rf"{folder / part} cannot be read \(.+\)\. It is now {folder / part}\.damaged, and is made again", said)
    assert "3 articles made again." in said
    assert (folder / f"{part}.damaged" / file).read_bytes().startswith(b"this is neither")
    store = Store.open_or_make(folder, tiny_embedder)
    assert store.differences() == []
    store.close()


def test_a_collection_without_a_passage_that_was_lost_is_made_again(folder: Path, sources: Path, tiny_embedder: Any) -> None:
    (sources / "blank.jsonl").write_text('{"id": "blank", "text": "Share", "language": "fr"}\n', encoding="utf-8")
    build(folder, [sources], tiny_embedder)
    store = Store.open_or_make(folder, tiny_embedder)
    assert "fr" in store.catalogue.languages()
    store.vectors._client.delete_collection("passages-fr")
    assert (store.catalogue.passages_of("blank"), store.differences()) == ([], [])
    store.close()
    repair(folder, tiny_embedder)
    store = Store.open_or_make(folder, tiny_embedder)
    store.vectors.require("passages", store.catalogue.languages())
    store.close()


@contextmanager
def unable_to_write(folder: Path) -> Iterator[None]:
    """Root may write anywhere, so that root becomes somebody else meanwhile."""
    inside = [folder, *folder.rglob("*")]
    before = {path: path.stat().st_mode for path in inside}
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    parents = [path for path in folder.parents if path.stat().st_mode & 0o055 != 0o055]
    modes = {path: path.stat().st_mode for path in parents}
    is_root = os.geteuid() == 0
    if is_root:
        for path in parents:
            path.chmod(path.stat().st_mode | 0o055)
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in (before | modes).items():
            path.chmod(mode)


def test_a_store_that_may_not_be_written_is_said_so_and_keeps_its_articles(folder: Path, sources: Path, tiny_embedder: Any) -> None:
    with unable_to_write(folder):
        with pytest.raises(StoreDamaged, match=r"cannot be written \(Permission denied\)\. Check disk space and rights"):
            build(folder, [sources], tiny_embedder)
        with pytest.raises(StoreDamaged, match=r"cannot be used \(.*\)\. Check disk space and rights") as caught:
            Store.open_or_make(folder, tiny_embedder)
        assert "\n" not in str(caught.value)
    assert build(folder, [sources], tiny_embedder).unchanged == 3


def test_making_a_store_that_was_stopped_begins_again(tmp_path: Path, sources: Path, tiny_embedder: Any) -> None:
    folder = tmp_path / "new"
    Manifest("tiny", "1").draft(folder)
    (folder / "chroma").mkdir()
    with pytest.raises(StoreMissing):
        Store.open(folder)
    assert build(folder, [sources], tiny_embedder).added == 3


def make_older(store: Store) -> None:
    """As the version before made it: in Chroma all languages together, with other metadata."""
    for kind in ("passages", "sentences"):
        ids = [id for language in store.vectors.languages(kind) for id in store.vectors.ids(kind, language)]
        mixed = store.vectors._client.get_or_create_collection(store.vectors._name_of(kind, "")[:-1], embedding_function=None)
        for language in store.vectors.languages(kind):
            store.vectors._client.delete_collection(store.vectors._name_of(kind, language))
        if ids:
            mixed.upsert(ids=ids, embeddings=[store.tokens.vectors_of([id])[id] for id in ids], metadatas=[{"language": "en"} for _ in ids])
    manifest = json.loads((store.folder / "manifest.json").read_text(encoding="utf-8"))
    (store.folder / "manifest.json").write_text(json.dumps({**manifest, "format": 3}), encoding="utf-8")
    store.close()


def test_a_store_of_the_format_before_is_brought_up_to_date_without_embedding(tmp_path: Path, sources: Path, each_embedder: Any) -> None:
    folder = tmp_path / "older"
    build(folder, [sources], each_embedder)
    store = Store.open_or_make(folder, each_embedder)
    question = analyse(store, "the ferry left Kessa at nine")
    before = retrieve(store, question, 10)
    make_older(store)
    with pytest.raises(StoreOfAnotherMaker, match=rf"older version .*format 3 there, 4 here.*verify --repair --store {folder}; it brings"):
        Store.open(folder)
    each_embedder.embedded.clear()
    report = repair(folder, each_embedder)
    assert (report.changed, report.unchanged, each_embedder.embedded) == (0, 3, [])
    store = Store.open_or_make(folder, each_embedder)
    assert store.differences() == []
    assert retrieve(store, question, 10) == before
    assert {collection.name for collection in store.vectors._client.list_collections()} >= {"passages-en", "passages-ar"}
    store.close()


@pytest.mark.parametrize("moment", ["drop_mixed", "ensure", "put"])
def test_a_store_that_was_being_brought_up_to_date_is_brought_there_by_the_next_build(
    folder: Path, sources: Path, tiny_embedder: Any, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    make_older(Store.open_or_make(folder, tiny_embedder))
    with monkeypatch.context() as patch:
        patch.setattr("index.store.vectors.VectorIndex." + moment, stop)
        with pytest.raises(KeyboardInterrupt):
            build(folder, [sources], tiny_embedder)
    tiny_embedder.embedded.clear()
    assert build(folder, [sources], tiny_embedder).unchanged == 3
    assert tiny_embedder.embedded == []
    store = Store.open_or_make(folder, tiny_embedder)
    assert store.differences() == []
    store.close()


def test_a_store_says_how_it_was_made(samples_store_folder: Path) -> None:
    manifest = Manifest.read(samples_store_folder)
    embedder = load_embedder(DEFAULT_EMBEDDER)
    assert manifest == Manifest(embedder.name, embedder.version)
    assert manifest.encoding == "cl100k_base"


def test_the_samples_store_is_whole(samples_store: Store, samples: Path) -> None:
    assert samples_store.differences() == []
    ids = {path.name for path in (samples / "articles").iterdir()}
    assert {article.id for article in samples_store.catalogue.all_articles()} == ids
