"""An archive of a store's articles: whole, the same to the letter wherever it is taken in, and trusted in nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from index.articles import Article, make_article
from index.build.build import BuildReport, build, restore
from index.embedding.embed import Embedder
from index.errors import InputError
from index.store.archive import count_articles, read_archive, write_archive
from index.store.catalogue import Catalogue
from index.store.passages import with_title
from index.store.store import Store, writing

WILD = "\ufeffNews\r\n\r\nA NUL \0 stands here, a mark e\u0301\u0323, \u202bمن اليمين\u202c, 👩🏽\u200d🚒 and \u2028 more.\x1b[31m\r\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "مرفأ").mkdir(parents=True)
    (folder / "ferry.txt").write_text(
        "The Nawras capsized\n\nBy Dana Qort\n4 May 2024\n\nThe ferry left Kessa at nine. “It never came back,” said Ilva Terren.", "utf-8"
    )
    (folder / "مرفأ" / "قارب.txt").write_text("غرق القارب\n\nغادر القارب جزيرة كيسا في التاسعة. ولم يعد أحد.", encoding="utf-8")
    (folder / "old.txt").write_bytes("The café of Kessa\n\nThe café opened again – after “nine” years.".encode("cp1252"))
    records = [
        {"id": "../../wild\n\u202e", "text": WILD, "title": "T", "publisher": "'; DROP TABLE articles; --", "date": "2024-05"},
        {
            "id": "kite",
            "text": "The kite of Kessa flew for 9 hours.",
            "author": "A. Benn",
            "url": "https://example.org/kite",
            "language": "en",
        },
        *({"id": f"pier {n}", "text": f"Pier {n}\n\nThe keeper of pier {n} counted {n + 9} boats on Monday."} for n in range(40)),
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return folder


@contextmanager
def opened(folder: Path, embedder: Embedder) -> Iterator[Store]:
    with closing(Store.open_or_make(folder, embedder)) as store:
        yield store


def pack(store: Path, archive: Path) -> bytes:
    with closing(Catalogue(store / "catalogue.sqlite3")) as catalogue:
        write_archive(catalogue, archive)
    return archive.read_bytes()


def all_of(folder: Path, embedder: Embedder) -> Any:
    with opened(folder, embedder) as store:
        assert store.differences() == []
        articles = list(store.catalogue.all_articles())
        ids = [article.id for article in articles]
        return articles, [store.catalogue.passages_of(id) for id in ids], store.catalogue.quotations(ids)


@pytest.fixture
def archive(tmp_path: Path, sources: Path, each_embedder: Any) -> Path:
    """Of the store in `made`."""
    build(tmp_path / "made", [sources], each_embedder)
    pack(tmp_path / "made", tmp_path / "news.gz")
    return tmp_path / "news.gz"


def test_what_is_taken_in_equals_the_original_to_the_letter_and_makes_the_same_archive(
    tmp_path: Path, archive: Path, each_embedder: Any
) -> None:
    report = restore(tmp_path / "copy", lambda: read_archive(archive), each_embedder)
    assert (report.articles, report.added) == (45, 45)
    assert count_articles(archive) == 45
    assert all_of(tmp_path / "copy", each_embedder) == all_of(tmp_path / "made", each_embedder)
    assert pack(tmp_path / "copy", tmp_path / "again.gz") == archive.read_bytes()


def test_a_build_of_the_original_folder_finds_nothing_to_do_after_an_import(
    tmp_path: Path, sources: Path, archive: Path, each_embedder: Any
) -> None:
    restore(tmp_path / "copy", lambda: read_archive(archive), each_embedder)
    each_embedder.embedded.clear()
    assert build(tmp_path / "copy", [sources], each_embedder).unchanged == 45
    assert each_embedder.embedded == []


def test_what_cleaning_and_metadata_found_is_carried_and_not_found_again(tmp_path: Path, tiny_embedder: Any) -> None:
    """As of an article that another version of the program read."""
    text = "The Nawras capsized\n\nThe ferry left Kessa at nine."
    article = make_article("a", text)
    found = {"title": "Found before", "story": article.story[-1:], "pages": (0, 21)}
    other = Article(**{name: getattr(article, name) for name in Article.__slots__} | found)
    restore(tmp_path / "store", lambda: iter([other]), tiny_embedder)
    pack(tmp_path / "store", tmp_path / "news.gz")
    assert list(read_archive(tmp_path / "news.gz")) == [other]


def test_an_import_that_was_stopped_goes_on_and_embeds_nothing_that_was_written(
    tmp_path: Path, archive: Path, each_embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.build._WRITE_SECONDS", 0.0)
    each_embedder.embedded.clear()

    def stop(report: BuildReport) -> None:
        if report.added:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "copy", lambda: read_archive(archive), each_embedder, stop)
    with opened(tmp_path / "copy", each_embedder) as store:
        visible = list(store.catalogue.all_articles())
        written = {with_title(article, passage.span) for article in visible for passage in store.catalogue.passages_of(article.id)}
    each_embedder.embedded.clear()
    report = restore(tmp_path / "copy", lambda: read_archive(archive), each_embedder)
    assert report.added > 0
    assert report.unchanged > 0
    assert report.added + report.unchanged == 45
    assert written
    assert written.isdisjoint(each_embedder.embedded)
    assert all_of(tmp_path / "copy", each_embedder) == all_of(tmp_path / "made", each_embedder)


def test_a_store_that_holds_other_articles_is_refused_and_keeps_them(tmp_path: Path, archive: Path, each_embedder: Any) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "own.txt").write_text("Own\n\nThe quay of Marwena was painted.", encoding="utf-8")
    build(tmp_path / "mine", [other], each_embedder)
    with pytest.raises(InputError, match=r"holds other articles, such as 'own\.txt'\. Name an empty or new folder with --store\."):
        restore(tmp_path / "mine", lambda: read_archive(archive), each_embedder)
    assert [article.id for article in all_of(tmp_path / "mine", each_embedder)[0]] == ["own.txt"]


def test_an_id_is_never_a_path(tmp_path: Path, archive: Path, each_embedder: Any) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    restore(tmp_path / "copy", lambda: read_archive(archive), each_embedder)
    assert {path.name for path in tmp_path.iterdir()} - before == {"copy"}
    with opened(tmp_path / "copy", each_embedder) as store:
        assert store.catalogue.article("../../wild\n\u202e") is not None


def test_an_archive_is_of_one_moment_whatever_is_written_meanwhile(tmp_path: Path, archive: Path, each_embedder: Any) -> None:
    with closing(Catalogue(tmp_path / "made" / "catalogue.sqlite3")) as catalogue, catalogue.one_state():
        before = catalogue.fingerprints()
        with writing(tmp_path / "made"), opened(tmp_path / "made", each_embedder) as store:
            store.remove(["kite", "ferry.txt"])
        assert [article.id for article in catalogue.all_articles()] == sorted(before)
    pack(tmp_path / "made", archive)
    assert count_articles(archive) == 43


def test_an_archive_is_whole_or_not_there(tmp_path: Path, archive: Path) -> None:
    before = sorted(tmp_path.iterdir())
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "nowhere" / "x.gz", archive / "x.gz", tmp_path / "\0"):
        with pytest.raises(InputError, match=r"cannot be written \(.*\)\. Name a file in a folder with room\."):
            pack(tmp_path / "made", place)
    (tmp_path / "folder").rmdir()
    assert sorted(tmp_path.iterdir()) == before


# Archives that somebody else made.

HEADER = {"format": "on-record articles", "version": 2, "articles": 1}
ARTICLE = {
    **{"id": "a", "text": "The ferry left.", "language": "en", "sha256": "0" * 64, "title": None, "publisher": None, "author": None},
    **{"date": "2024-05", "url": None, "story": [[0, 15]], "places": {}, "pages": [0]},
}


def lines(*records: object) -> bytes:
    return b"".join((record if isinstance(record, bytes) else json.dumps(record).encode()) + b"\n" for record in records)


def changed(**fields: object) -> bytes:
    return gzip.compress(lines(HEADER, ARTICLE | fields))


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "line 1: the archive ends here"),
    "no gzip": (b"PK\x03\x04" * 99, r"is damaged or none \(Not a gzipped file"),
    "cut short": (gzip.compress(lines(HEADER, ARTICLE))[:-12], r"is damaged or none"),
    "a flipped bit": (gzip.compress(lines(HEADER, ARTICLE))[:-8] + b"\0" * 8, r"is damaged or none \(CRC check failed"),
    "another header": (gzip.compress(lines({"id": "a", "text": "x"})), "line 1: it is no header of ours"),
    "a list": (gzip.compress(lines([1])), "line 1: it is not a JSON object"),
    "no JSON": (gzip.compress(b"\xff\xfe{\n"), "line 1: it is not JSON"),
    "deep JSON": (gzip.compress(b"[" * 1_000_000 + b"\n"), "line 1: it is not JSON"),
    "a later version": (gzip.compress(lines(HEADER | {"version": 3})), "line 1: it is of version 3, and this program reads 2"),
    "a count of true": (gzip.compress(lines(HEADER | {"articles": True})), "line 1: it is no header of ours"),
    "a count of less than nothing": (gzip.compress(lines(HEADER | {"articles": -1})), "line 1: it is no header of ours"),
    "fewer articles": (gzip.compress(lines(HEADER | {"articles": 2}, ARTICLE)), "line 3: the archive ends here, before its last article"),
    "more articles": (gzip.compress(lines(HEADER, ARTICLE, ARTICLE)), "line 3: there is more than the 1 articles"),
    "an id twice": (gzip.compress(lines(HEADER | {"articles": 2}, ARTICLE, ARTICLE)), "line 3: the id 'a' was there before"),
    "an endless line": (gzip.compress(lines(HEADER) + b" " * (161 << 20), 1), "line 2: it is longer than 167,772,160 bytes"),
    "a lone surrogate": (gzip.compress(lines(HEADER, ARTICLE | {"text": "\ud800"})), "line 2: it is not JSON"),
    "another field": (changed(indexed=1), "line 2: its fields are not those of an article"),
    "no id": (changed(id=" "), "line 2: a text, id, language or sum is missing"),
    "a number for a text": (changed(text=5), "line 2: a text, id, language or sum is missing"),
    "a list for a title": (changed(title=["x"]), "line 2: a field is neither text nor null"),
    "no sum": (changed(sha256="x" * 64), "line 2: its sha256 is none"),
    "no date": (changed(date="1 May 2024"), "line 2: its date is none"),
    "a span beyond the text": (changed(story=[[0, 16]]), "line 2: a span is not within its text"),
    "a span before the text": (changed(story=[[-1, 3]]), "line 2: a span is not within its text"),
    "a span of true": (changed(story=[[False, True]]), "line 2: a span is not within its text"),
    "a span of three": (changed(story=[[0, 1, 2]]), "line 2: a span is not within its text"),
    "spans out of order": (changed(story=[[5, 9], [0, 4]]), "line 2: its story is not in order"),
    "a story that is none": (changed(story="0-15"), "line 2: its spans are no list"),
    "a place beyond the text": (changed(places={"title": [3, 99]}), "line 2: a span is not within its text"),
    "pages that are none": (changed(pages=[0, True]), "line 2: its pages are not in its text"),
    "pages that do not begin": (changed(pages=[3]), "line 2: its pages are not in its text"),
    "pages out of order": (changed(pages=[0, 9, 4]), "line 2: its pages are not in its text"),
    "a page beyond the text": (changed(pages=[0, 16]), "line 2: its pages are not in its text"),
    "a place of something else": (changed(places={"__class__": [0, 1]}), "line 2: its places are not those of an article"),
}


@pytest.mark.parametrize(("data", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_an_archive_that_is_none_is_refused_in_one_line_and_nothing_is_made(
    tmp_path: Path, tiny_embedder: Any, data: bytes, said: str
) -> None:
    (tmp_path / "news.gz").write_bytes(data)
    with pytest.raises(InputError, match=said) as caught:
        restore(tmp_path / "store", lambda: read_archive(tmp_path / "news.gz"), tiny_embedder)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "store").exists()


def test_the_article_that_the_hostile_ones_are_made_of_is_taken_in(tmp_path: Path, tiny_embedder: Any) -> None:
    (tmp_path / "news.gz").write_bytes(changed())
    assert restore(tmp_path / "store", lambda: read_archive(tmp_path / "news.gz"), tiny_embedder).added == 1


def test_an_archive_of_the_version_without_pages_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "news.gz").write_bytes(
        gzip.compress(lines(HEADER | {"version": 1}, {name: value for name, value in ARTICLE.items() if name != "pages"}))
    )
    assert [article.pages for article in read_archive(tmp_path / "news.gz")] == [()]


def test_what_is_not_a_file_is_no_archive(tmp_path: Path) -> None:
    for place, said in ((tmp_path, "is not a file"), (tmp_path / "nowhere", "No such file"), (Path("/dev/zero"), "is not a file")):
        with pytest.raises(InputError, match=said):
            count_articles(place)
