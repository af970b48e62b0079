"""A store as the page reads it: listed, filtered, added to and taken from, while questions are answered."""

from __future__ import annotations

import gzip
import json
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
import pytest
from model_server import ModelServer

from index.articles import Skipped
from index.errors import InputError, StoreDamaged, StoreInUse, StoreMissing
from index.readers.source import MAX_BYTES
from index.store.filters import ANY, Filters
from index.store.store import Store, writing
from qa.ask.types import Answer, Notice, Retrieved, Writing
from qa.library import indexing
from qa.library import library as library_module
from qa.library.additions import file_name
from qa.library.facets import Rows
from qa.library.indexing import Taken
from qa.library.library import Library
from qa.reader.reader import Passage, Read
from qa.reader.readers import load_reader
from qa.writing.language_models import language_model
from qa.writing.write import Writer

STORY = """Bridge of Tolmen reopens after nine years

TOLMEN, 3 May 2021 - The bridge of Tolmen reopened on Monday after nine years of repairs.

"We waited for this morning since 2012," said Mirela Dosh, the mayor.
"""
QUESTION = "When did the bridge of Tolmen reopen?"


@pytest.fixture
def folder(samples_store_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(samples_store_folder, tmp_path / "store"))


@pytest.fixture
def library(folder: Path, tmp_path: Path) -> Library:
    return Library(folder, added=tmp_path / "added")


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for what another thread does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def crawled(address: str) -> bytes:
    """A page as a crawler keeps it."""
    page = f"<html><head><title>Bridge</title></head><body><article><p>{STORY}</p><p>{address}</p></article></body></html>".encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2021-05-03T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, address)}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + answer + b"\r\n\r\n")


def is_idle(library: Library) -> bool:
    return library.state().read is None


def answer_of(library: Library, question: str, filters: Filters = ANY) -> Answer:
    *_, last = library.answering(question, filters)
    assert isinstance(last, Answer)
    return last


def listed(rows: Rows) -> list[str]:
    return [one.id for group in rows.groups for one in group.listings]


def ids(library: Library) -> list[str]:
    return sorted(listed(library.overview("", ANY, "title", 0, 1000)))


def check_whole(folder: Path) -> None:
    store = Store.open(folder)
    assert store.differences() == []
    store.close()


# What there is.


def test_facets_and_list_agree_with_the_articles(library: Library, samples_store: Store) -> None:
    facets = library.facets()
    articles = list(samples_store.catalogue.all_articles())
    assert facets.articles == len(articles)
    assert facets.languages == samples_store.catalogue.languages()
    said = samples_store.catalogue.quotations(article.id for article in articles)
    names = {id: {one.speaker_name for one in own if one.speaker_name} for id, own in said.items()}
    assert facets.people == {name: sum(name in own for own in names.values()) for own in names.values() for name in own}
    rows = library.overview("", ANY, "date", 0, 50)
    assert set(listed(rows)) == {article.id for article in articles}
    assert {id: count for id, count in rows.people.items() if count} == {id: len(own) for id, own in names.items() if own}
    speaker = next(iter(facets.people))
    assert set(listed(library.overview("", Filters(speaker=speaker), "date", 0, 50))) == {id for id, own in names.items() if speaker in own}


def test_a_page_of_the_list_begins_where_pages_begin_and_never_behind_the_end(library: Library) -> None:
    whole = library.overview("", ANY, "date", 0, 1000)
    pages = [library.overview("", ANY, "date", start, 5) for start in (0, 7, 10, 10_000, -3)]
    last = (whole.total - 1) // 5 * 5
    assert [page.start for page in pages] == [0, 5, 10, last, 0]
    assert all(page.groups == whole.groups[page.start : page.start + 5] and page.total == whole.total for page in pages)
    assert whole.articles == len(listed(whole)) > whole.total, "pages count stories"
    assert library.overview("no such words anywhere", ANY, "date", 10, 5).start == 0


WIRE = (
    "TOLMEN, 3 May 2021 ({agency}) - The bridge of Tolmen reopened on Monday after nine years of repairs, and the first to cross it was a "
    "herd of forty goats.\n\nThe mayor counted them aloud while the band played, and the ferryman who had waited for this morning with "
    "more fear than anybody sold his last ticket to a child for half the price of a loaf."
)


def test_a_story_is_led_by_its_agency_and_the_papers_say_whose_text_they_print(tmp_path: Path) -> None:
    library = Library(tmp_path / "store", added=tmp_path / "added")
    papers = {"a": ("The Tolmen Post", "2021-05-03"), "b": ("Reuters", "2021-05-04"), "c": ("Kessa Herald", "2021-05-05")}
    records = [
        {"id": id, "title": f"Bridge {id}", "publisher": paper, "date": day, "text": WIRE.format(agency="Reuters")}
        for id, (paper, day) in papers.items()
    ]
    library.add("corpus.jsonl", b"\n".join(orjson.dumps(record) for record in records))
    until(lambda: is_idle(library))
    rows = library.overview("", ANY, "date", 0, 50)
    assert [(group.lead.id, [(one.id, tie) for one, tie in group.others]) for group in rows.groups] == [
        ("b", [("a", "copy"), ("c", "copy")])
    ]
    assert (rows.groups[0].printed, rows.groups[0].papers) == (3, 2)
    assert rows.credits == {"a": "Reuters", "c": "Reuters"}


def test_without_stories_every_article_is_a_row_of_its_own(library: Library) -> None:
    rows = library.overview("", ANY, "title", 0, 1000, by_story=False)
    assert rows.total == rows.articles == len(ids(library))
    assert all(not group.others and not group.left_out for group in rows.groups)
    assert rows.has_stories


def test_without_a_store_there_is_nothing_to_list(tmp_path: Path) -> None:
    library = Library(tmp_path / "store", added=tmp_path / "added")
    for look in (library.facets, lambda: library.overview("", ANY, "date", 0, 5), lambda: library.remove("a.txt")):
        with pytest.raises(StoreMissing):
            look()
    assert not (tmp_path / "store").exists()


# Names over the network.


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plain.txt", "plain.txt"),
        ("خبر من دلميرا.txt", "خبر من دلميرا.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\news\\story.MD", "story.MD"),
        ("/absolute/story.jsonl", "story.jsonl"),
        ("...hidden.txt", "hidden.txt"),
        (".txt", "article.txt"),
        ("a\0b\r\nc\u202ed.txt", "abcd.txt"),
        ('<img src=x onerror="a">.txt', "img src=x onerror=a.txt"),
        ("long" * 100 + ".jsonl", "long" * 50 + ".jsonl"),
        ("ع" * 300 + ".txt", "ع" * 100 + ".txt"),
        ("lone\ud800.txt", "lone.txt"),
        ("two.dots.txt", "two.dots.txt"),
        ("crawl.WARC.gz", "crawl.WARC.gz"),
        (".warc.gz", "article.warc.gz"),
        ("long" * 100 + ".warc.gz", "long" * 50 + ".warc.gz"),
        ("page.html\u200b", "page.html"),
    ],
)
def test_a_name_is_no_path_and_keeps_what_can_be_kept(sent: str, kept: str) -> None:
    assert file_name(sent) == kept
    assert len(kept.encode()) < 250


@pytest.mark.parametrize("sent", ["", "story", "story.exe", "story.txt/", "..", ".removed", "txt", "story.txt.exe", "/", "story.gz"])
def test_a_kind_that_cannot_be_read_is_refused_with_those_that_can(sent: str, library: Library) -> None:
    kinds = r"Articles are read from text, web pages, PDF, Word, RTF, mail, tables, ZIP and WARC\.$"
    with pytest.raises(InputError, match=kinds):
        library.add(sent, STORY.encode())
    assert not library.added.exists()


# Adding.


def test_an_added_file_is_kept_indexed_and_answered_from(library: Library, folder: Path) -> None:
    before = ids(library)
    assert library.add("bridge.txt", STORY.encode())
    assert (library.added / "bridge.txt").read_text(encoding="utf-8") == STORY
    until(lambda: is_idle(library))
    assert ids(library) == sorted([*before, "bridge.txt"])
    found = answer_of(library, QUESTION)
    assert [citation.article.id for citation in found.citations][:1] == ["bridge.txt"]
    assert not answer_of(library, QUESTION, Filters(speaker="Mirela Dosh")).abstained
    assert [path.name for path in library.added.iterdir()] == ["bridge.txt"]
    check_whole(folder)


def test_adding_makes_the_store_where_there_is_none(tmp_path: Path) -> None:
    library = Library(tmp_path / "store", added=tmp_path / "added")
    assert library.add("bridge.txt", STORY.encode())
    assert library.state().name == "indexing"
    until(lambda: is_idle(library))
    assert ids(library) == ["bridge.txt"]
    assert library.state().name == "ready"


def test_nothing_is_overwritten_and_the_same_file_is_not_kept_twice(library: Library) -> None:
    other = STORY.replace("nine", "ten")
    assert library.add("bridge.txt", STORY.encode())
    assert not library.add("bridge.txt", STORY.encode())
    assert library.add("bridge.txt", other.encode())
    assert not library.add("bridge.txt", other.encode())
    until(lambda: is_idle(library))
    assert {path.name: path.read_text(encoding="utf-8") for path in library.added.iterdir()} == {
        "bridge.txt": STORY,
        "bridge (2).txt": other,
    }
    until(lambda: {"bridge.txt", "bridge (2).txt"} < set(ids(library)))


def test_an_article_of_another_origin_keeps_its_name(library: Library, samples: Path, tmp_path: Path, folder: Path) -> None:
    taken = ids(library)[0]
    assert not library.add(taken, (samples / "articles" / taken).read_bytes()), "the same article is there"
    assert library.add(taken, STORY.encode())
    assert [path.name for path in library.added.iterdir()] == [f"{Path(taken).stem} (2).txt"]
    until(lambda: is_idle(library))
    before = library.article(taken)
    assert before is not None and before.text != STORY
    (tmp_path / "not yet read").mkdir()
    (tmp_path / "not yet read" / "bridge.txt").write_text("Another story", encoding="utf-8")
    started = Library(folder, tmp_path / "not yet read", added=tmp_path / "added")
    assert started.add("bridge.txt", STORY.encode())
    assert (library.added / "bridge (2).txt").exists()
    until(lambda: is_idle(started))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"  \n", "empty.txt: empty"),
        ("binary.txt", b"\0\1\2\3" * 20, "binary.txt: binary"),
        ("corpus.jsonl", b'[]\n{"id": "a"}\n', "corpus.jsonl:1: not a JSON object"),
        ("photos.zip", zipped({"one.jpg": b"\xff\xd8", "two.gif": b"GIF"}), "photos.zip/one.jpg: not a format that is read"),
        ("broken.zip", b"PK and no more", "broken.zip: "),
        ("large.txt", b"a" * (MAX_BYTES + 1), "large.txt: larger than the limit of 20,971,520 bytes"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason_and_not_kept(library: Library, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=f"^{reason}"):
        library.add(name, data)
    assert not library.added.exists() or list(library.added.iterdir()) == []


def test_a_corpus_with_one_good_line_is_kept_and_the_rest_is_told(library: Library) -> None:
    assert library.add("corpus.jsonl", b'{"id": "good", "text": "Rain fell on Tolmen on Monday, the mayor said."}\nnot JSON\n')
    until(lambda: is_idle(library))
    assert "good" in ids(library)
    assert [(one.path, one.reason[:8]) for one in library.state().skipped] == [("corpus.jsonl:2", "not JSON")]


def test_of_a_file_of_several_articles_it_is_known_how_many_were_taken_and_why_the_rest_was_not(library: Library) -> None:
    parts = {"a.txt": STORY.encode(), "b/c.md": STORY.replace("nine", "ten").encode(), "photo.jpg": b"\xff\xd8", "empty.txt": b" "}
    assert library.taken("news.zip") is None
    assert library.add("alone.txt", STORY.replace("nine", "six").encode()) == "alone.txt"
    assert library.add("news.zip", zipped(parts)) == "news.zip"
    assert library.add("later.txt", STORY.replace("nine", "five").encode()) == "later.txt"
    until(lambda: is_idle(library))
    taken = library.taken("news.zip")
    assert taken is not None and taken.articles == 2
    assert sorted((one.path, one.reason) for one in taken.skipped) == [
        ("news.zip/empty.txt", "empty"),
        ("news.zip/photo.jpg", "not a format that is read"),
    ]
    assert {"alone.txt", "later.txt", "news.zip/a.txt", "news.zip/b/c.md"} < set(ids(library))
    assert library.taken("alone.txt") is None, "one article needs no more words"
    assert library.add("news.zip", zipped({"d.txt": STORY.encode()})) == "news (2).zip"
    until(lambda: is_idle(library))
    assert library.taken("news (2).zip") == Taken(1, ())


def test_that_a_file_could_not_be_brought_in_is_told_of_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StoreDamaged("The store is damaged.")

    monkeypatch.setattr(indexing, "add", refuse)
    library.add("corpus.jsonl", b'{"id": "good", "text": "Rain fell on Tolmen on Monday, the mayor said."}\n')
    until(lambda: library.taken("corpus.jsonl") is not None)
    assert library.taken("corpus.jsonl") == Taken(0, (Skipped("corpus.jsonl", "The store is damaged."),))


def test_the_same_archive_of_pages_is_not_kept_twice_and_another_of_its_name_has_its_number_before_both_suffixes(library: Library) -> None:
    data = b"".join(crawled(f"https://kessa.example/{n}") for n in range(2))
    assert library.add("crawl.warc.gz", data) == "crawl.warc.gz"
    assert library.add("crawl.warc.gz", data) is None
    assert library.add("crawl.warc.gz", crawled("https://kessa.example/3")) == "crawl (2).warc.gz"
    until(lambda: is_idle(library))
    assert (library.taken("crawl.warc.gz"), library.taken("crawl (2).warc.gz")) == (Taken(2, ()), Taken(1, ()))


def test_a_start_with_a_folder_covers_what_was_added_and_one_without_builds_nothing(tmp_path: Path, samples: Path) -> None:
    sources, added = tmp_path / "sources", tmp_path / "added"
    sources.mkdir()
    shutil.copy(next((samples / "articles").iterdir()), sources / "one.txt")
    first = Library(tmp_path / "store", sources, added=added)
    first.start_indexing()
    assert first.add("bridge.txt", STORY.encode())
    until(lambda: is_idle(first))
    assert ids(first) == ["bridge.txt", "one.txt"]
    again = Library(tmp_path / "store", sources, added=added)
    again.start_indexing()
    until(lambda: is_idle(again))
    assert ids(again) == ["bridge.txt", "one.txt"]
    without = Library(tmp_path / "store", added=added)
    (added / "later.txt").write_text(STORY, encoding="utf-8")
    assert is_idle(without)
    assert ids(without) == ["bridge.txt", "one.txt"]


def test_files_wait_while_another_process_writes(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_RETRY_SECONDS", 0.05)
    with writing(folder):
        assert library.add("bridge.txt", STORY.encode())
        until(lambda: library.state().trouble is not None)
        assert "bridge.txt" not in ids(library)
    until(lambda: "bridge.txt" in ids(library))
    until(lambda: is_idle(library))
    assert library.state().trouble is None


# Removing.


def test_what_is_removed_is_gone_at_once_and_comes_back_as_it_was(library: Library, folder: Path) -> None:
    before = ids(library)
    id = before[0]
    article, said = library.article(id), library.quotations(id)
    generation = library.state().generation
    token, removed = library.remove(id)
    assert removed.article == article and removed.moved is None
    assert ids(library) == before[1:] and library.article(id) is None
    assert library.state().generation != generation
    assert library.facets().articles == len(before) - 1
    assert library.restore(token) == article
    assert ids(library) == before
    assert (library.article(id), library.quotations(id)) == (article, said)
    with pytest.raises(InputError, match="too long ago"):
        library.restore(token)
    check_whole(folder)


def test_an_added_file_goes_aside_with_its_article_and_comes_back_with_it(library: Library, folder: Path) -> None:
    library.add("bridge.txt", STORY.encode())
    until(lambda: is_idle(library))
    token, removed = library.remove("bridge.txt")
    aside = library.added / ".removed" / "bridge.txt"
    assert removed.moved == aside and aside.read_text(encoding="utf-8") == STORY
    assert not (library.added / "bridge.txt").exists()
    library.restore(token)
    assert (library.added / "bridge.txt").read_text(encoding="utf-8") == STORY and not aside.exists()
    for _ in range(2):  # a second file of that name goes beside the first
        token, removed = library.remove("bridge.txt")
        library.add("bridge.txt", STORY.encode())
        until(lambda: is_idle(library))
    assert sorted(path.name for path in (library.added / ".removed").iterdir()) == ["bridge (2).txt", "bridge.txt"]
    assert library.restore(token).id == "bridge.txt"
    assert (library.added / "bridge.txt").exists()


def test_only_the_file_of_the_article_itself_is_moved(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("Rain fell on Tolmen on Monday, the mayor said.", encoding="utf-8")
    record = b'{"id": "../outside.txt", "text": "Rain fell on Tolmen on Monday, the mayor said."}\n'
    library.add("corpus.jsonl", record + b'{"id": "corpus.jsonl", "text": "Rain fell on Tolmen on Sunday too."}\n')
    until(lambda: is_idle(library))
    for id in ("../outside.txt", "corpus.jsonl"):
        assert library.remove(id)[1].moved is None
    assert outside.exists() and (library.added / "corpus.jsonl").exists()


def test_of_a_part_of_a_file_the_file_stays(library: Library) -> None:
    library.add("news.zip", zipped({"a.txt": STORY.encode(), "b.txt": STORY.replace("nine", "ten").encode()}))
    until(lambda: is_idle(library))
    token, removed = library.remove("news.zip/a.txt")
    assert removed.moved is None and (library.added / "news.zip").exists()
    assert "news.zip/b.txt" in ids(library)
    assert library.restore(token).id == "news.zip/a.txt"
    assert {"news.zip/a.txt", "news.zip/b.txt"} < set(ids(library))


def test_what_is_not_there_and_what_is_being_written_is_refused_in_a_line(library: Library, folder: Path) -> None:
    with pytest.raises(InputError, match="no longer in the store"):
        library.remove("nowhere.txt")
    with pytest.raises(InputError, match="too long ago"):
        library.restore("no such token")
    before = ids(library)
    with writing(folder), pytest.raises(StoreInUse):
        library.remove(before[0])
    assert ids(library) == before


def test_another_article_of_the_id_is_not_replaced_by_undoing(library: Library, folder: Path, tmp_path: Path) -> None:
    id = ids(library)[0]
    token, _ = library.remove(id)
    library.add(id, STORY.encode())
    until(lambda: is_idle(library))
    with pytest.raises(InputError, match="Another article has its place"):
        library.restore(token)
    article = library.article(id)
    assert article is not None and article.text == STORY
    check_whole(folder)


def test_of_a_thousand_removals_and_one_the_first_is_forgotten(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "_KEPT_REMOVALS", 2)
    tokens = [library.remove(id)[0] for id in ids(library)[:3]]
    with pytest.raises(InputError, match="too long ago"):
        library.restore(tokens[0])
    assert {library.restore(token).id for token in tokens[1:]} < set(ids(library))


def test_questions_are_answered_while_articles_come_and_go(library: Library, folder: Path) -> None:
    wrong: list[BaseException] = []
    is_over = threading.Event()

    def ask() -> None:
        try:
            while not is_over.is_set():
                assert answer_of(library, "How many passengers was the Nawras licensed to carry?").citations
                assert library.overview("", ANY, "date", 0, 50).articles >= 15
        except BaseException as error:
            wrong.append(error)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    try:
        for n in range(3):
            library.add(f"bridge {n}.txt", STORY.replace("nine", f"{n + 3}").encode())
            until(lambda: is_idle(library))
            token, _ = library.remove(f"bridge {n}.txt")
            library.restore(token)
    finally:
        is_over.set()
        for thread in asking:
            thread.join()
    assert wrong == []
    assert {"bridge 0.txt", "bridge 1.txt", "bridge 2.txt"} < set(ids(library))
    check_whole(folder)


def test_many_who_add_at_once_lose_nothing(library: Library) -> None:
    texts = [STORY.replace("nine", str(n)) for n in range(6)]
    adding = [threading.Thread(target=library.add, args=("bridge.txt", text.encode())) for text in texts]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()
    until(lambda: is_idle(library))
    assert sorted(path.read_text(encoding="utf-8") for path in library.added.iterdir()) == sorted(texts)
    assert {path.name for path in library.added.iterdir()} < set(ids(library))


@pytest.mark.parametrize(("sound", "shown"), [(0, [Answer]), (1, [Retrieved, Answer])], ids=["before it is found", "while it is read"])
def test_an_answer_begins_anew_once_where_files_changed_under_it(
    library: Library, monkeypatch: pytest.MonkeyPatch, sound: int, shown: list[type]
) -> None:
    """While another process writes, our view of the store's files may be old."""
    begin, begun = library_module.answering, list[Store]()

    def damaged(store: Store, *given: Any, **named: Any) -> Iterator[Retrieved | Writing | Answer]:
        begun.append(store)
        steps = begin(store, *given, **named)
        if len(begun) <= damages:
            yield from islice(steps, sound)
            raise StoreDamaged("The store is damaged.")
        yield from steps

    monkeypatch.setattr(library_module, "answering", damaged)
    damages = 1
    assert [type(step) for step in library.answering(WRITTEN)] == shown
    assert len({id(store) for store in begun}) == len(begun) == 2
    begun.clear()
    damages = 2
    with pytest.raises(StoreDamaged):
        list(library.answering(WRITTEN))
    assert len(begun) == 2


class Meanwhile:
    """The default reader, which lets something happen before it reads for the first time."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.name, self.fitted = load_reader().name, load_reader().fitted
        self._waiting = [happens]

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        for happens in [self._waiting.pop()] if self._waiting else []:
            other = threading.Thread(target=happens)
            other.start()
            other.join(60)
            assert not other.is_alive(), "it waits until the answer is there"
        return load_reader().read(question, passages)


def test_while_it_is_read_for_a_question_the_others_have_their_turn(folder: Path, tmp_path: Path) -> None:
    seen = list[object]()
    reader = Meanwhile(lambda: seen.append(library.overview("", ANY, "date", 0, 50).articles))
    library = Library(folder, added=tmp_path / "added", reader=reader)
    assert answer_of(library, WRITTEN).citations
    assert len(seen) == 1


def test_where_the_store_changes_while_it_is_read_the_answer_is_from_what_is_there_then(folder: Path, tmp_path: Path) -> None:
    cited = answer_of(Library(folder, added=tmp_path / "added"), WRITTEN).citations[0].article.id
    library = Library(folder, added=tmp_path / "added", reader=Meanwhile(lambda: library.remove(cited)))
    steps = list(library.answering(WRITTEN))
    assert [type(step) for step in steps] == [Retrieved, Answer]
    assert isinstance(steps[-1], Answer)
    assert cited not in {citation.article.id for citation in steps[-1].citations}


# A model that writes.


def statement(body: Any) -> str:
    sentences = body["messages"][-1]["content"].partition("Question:")[0].splitlines()
    number = next(n for n, one in enumerate(sentences, 1) if "licensed to carry 120" in one)
    return json.dumps({"statements": [{"from": [number], "text": "The Nawras was licensed to carry 120 passengers."}, {"quote": number}]})


WRITTEN = "How many passengers was the Nawras licensed to carry?"


def test_while_a_model_writes_the_others_have_their_turn_and_the_store_may_change(library: Library) -> None:
    with ModelServer(reply=statement) as server:
        steps = library.answering(WRITTEN, ANY, Writer(language_model(f"{server.url}#tiny", None)))
        assert isinstance(next(steps), Retrieved)
        assert isinstance(next(steps), Writing)
        others = threading.Thread(target=lambda: library.remove(answer_of(library, WRITTEN).citations[0].article.id))
        others.start()
        others.join(60)
        assert not others.is_alive()
        *growing, last = steps
    assert all(isinstance(step, Writing) for step in growing) and growing
    assert isinstance(last, Answer)
    assert (last.written_by or "").startswith("tiny at ") and last.notice is None
    assert last.statements[0].support == "supported"


def test_where_the_store_changed_before_it_was_read_it_is_written_from_what_is_there_now(library: Library) -> None:
    with ModelServer(reply=lambda body: '{"statements": [{"quote": 1}]}') as server:
        steps = library.answering(QUESTION, ANY, Writer(language_model(f"{server.url}#tiny", None)))
        assert isinstance(next(steps), Retrieved)
        library.add("bridge.txt", STORY.encode())
        until(lambda: is_idle(library))
        assert "bridge.txt" in ids(library)
        *_, last = steps
    assert isinstance(last, Answer) and not last.abstained
    assert {citation.article.id for citation in last.citations} == {"bridge.txt"}


def test_as_soon_as_nobody_wants_the_model_to_go_on_the_articles_own_words_are_given(library: Library) -> None:
    with ModelServer(reply=statement, between=0.05) as server:
        wanted = threading.Event()
        wanted.set()
        writer = Writer(language_model(f"{server.url}#tiny", None))
        steps = library.answering(WRITTEN, ANY, writer, wanted.is_set)
        assert isinstance(next(steps), Retrieved)
        assert isinstance(next(steps), Writing)
        wanted.clear()
        *_, last = steps
        assert isinstance(last, Answer)
        assert (last.notice, last.written_by) == (Notice("stopped"), None)
        assert last.text == answer_of(library, WRITTEN).text
        until(lambda: server.left == 1)


def test_who_leaves_has_the_model_stopped(library: Library) -> None:
    with ModelServer(reply=statement, between=0.05) as server:
        steps = library.answering(WRITTEN, ANY, Writer(language_model(f"{server.url}#tiny", None)))
        assert [type(next(steps)) for _ in range(3)] == [Retrieved, Writing, Writing]
        assert isinstance(steps, Generator)
        steps.close()
        until(lambda: server.left == 1)
