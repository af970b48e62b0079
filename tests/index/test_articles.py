from __future__ import annotations

import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, Skipped, Unchanged, make_article, read_sources
from index.errors import InputError
from index.text.decode import decode_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.exists() and os.environ.get("CI") != "true", reason="the shared articles are not here")

STORY = "Flood walls held in Veldmark on Monday.\n\nThe river Oss fell by two metres overnight, the harbour office said.\n"
ENGLISH = "The café in Besançon was “closed” – its owner, José Ibáñez, said it cost €40 too much to run."
ARABIC = "قالت بلدية النهر الأبيض إن الجسر الجديد سيفتح يوم الأحد، وأضاف رئيسها أن العمل استغرق ثلاث سنوات."
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.replace("\ufeff", "").strip())


def read(*paths: Path) -> tuple[dict[str, Article], dict[str, str]]:
    """The articles by id, and the reasons by the path that was skipped."""
    found = list(read_sources(paths))
    articles = [each for each in found if isinstance(each, Article)]
    skipped = [each for each in found if isinstance(each, Skipped)]
    assert len(articles) + len(skipped) == len(found)
    by_id = {article.id: article for article in articles}
    assert len(by_id) == len(articles)
    return by_id, {each.path: each.reason for each in skipped}


def write_corpus(path: Path, *records: object) -> Path:
    path.write_bytes(b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records))
    return path


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may read anything, whatever the permissions say."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def open_the_way(folder: Path) -> None:
    """pytest's folders are its user's alone; with several workers there are three above a test's own."""
    for parent in [folder, *list(folder.parents)[:3]]:
        if parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o055)


# Identity and order


def test_an_article_is_named_by_its_path_relative_to_the_folder(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c/d.md", "a/b.TXT"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(STORY, encoding="utf-8")
    articles, skipped = read(tmp_path)
    assert list(articles) == ["a/b.TXT", "a/c/d.md", "b.txt"]
    assert not skipped


def test_a_file_handed_in_by_itself_is_named_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "flood.txt").write_text(STORY, encoding="utf-8")
    articles, _ = read(tmp_path / "a" / "flood.txt")
    assert list(articles) == ["flood.txt"]


@pytest.mark.parametrize("name", ["two words.txt", "خبر عاجل.txt", "line\nbreak.txt", "quo\"te's.txt", "e\u0301.txt", "[1] %s {x}.md"])
def test_odd_names_are_ids_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(STORY, encoding="utf-8")
    articles, skipped = read(tmp_path)
    assert list(articles) == [name]
    assert not skipped


def test_a_name_that_is_not_unicode_is_skipped_and_printable(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    try:
        Path(os.fsdecode(folder + b"/\xff.txt")).write_text(STORY, encoding="utf-8")
        Path(os.fsdecode(folder + b"/d\xfe")).mkdir()
    except OSError:
        pytest.skip("this file system allows Unicode names only")
    Path(os.fsdecode(folder + b"/d\xfe/in.txt")).write_text(STORY, encoding="utf-8")
    reason = "its name is not valid Unicode: rename it"
    assert read(tmp_path) == ({}, {"\\xff.txt": reason, "d\\xfe": reason})
    assert read(Path(os.fsdecode(folder + b"/\xff.txt"))) == ({}, {"\\xff.txt": reason})


def test_the_order_is_that_of_the_path_parts_whatever_the_disk_says(tmp_path: Path) -> None:
    names = ["b/a.txt", "b.txt", "a b.txt", "b/10.txt", "b/2.txt", "B.txt", "a.txt", "a/z.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(STORY, encoding="utf-8")
    assert list(read(tmp_path)[0]) == sorted(names, key=lambda name: name.split("/"))


def test_of_two_paths_with_the_same_id_the_later_is_skipped_by_name(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(f"{STORY}{folder}", encoding="utf-8")
    articles, skipped = read(tmp_path / "one", tmp_path / "two")
    assert articles["same.txt"].text.endswith("one")
    assert skipped.keys() == {"same.txt"}
    assert str(tmp_path / "one" / "same.txt") in skipped["same.txt"]
    assert str(tmp_path / "two" / "same.txt") in skipped["same.txt"]


def test_an_id_is_not_taken_by_what_could_not_be_read(tmp_path: Path) -> None:
    for folder, data in (("one", b""), ("two", STORY.encode())):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_bytes(data)
    articles, skipped = read(tmp_path / "one", tmp_path / "two")
    assert articles["same.txt"].text == STORY
    assert skipped == {"same.txt": "empty"}


# What is read and what is not


def test_other_formats_are_skipped_and_hidden_entries_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in (".git/notes.txt", ".hidden.txt", ".a.jsonl", "scan.xls", "README", "a.txt.bak", "kept.txt"):
        (tmp_path / name).write_text(STORY, encoding="utf-8")
    articles, skipped = read(tmp_path)
    assert list(articles) == ["kept.txt"]
    assert skipped == {
        "README": "not a format that is read",
        "a.txt.bak": "not a format that is read",
        "scan.xls": "not a format that is read: save it as .csv",
    }


def test_a_hidden_file_named_outright_is_read(tmp_path: Path) -> None:
    (tmp_path / ".drafts").mkdir()
    (tmp_path / ".drafts" / ".one.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / ".drafts" / "two.txt").write_text(STORY, encoding="utf-8")
    assert list(read(tmp_path / ".drafts" / ".one.txt", tmp_path / ".drafts")[0]) == [".one.txt", "two.txt"]


def test_a_folder_named_like_an_article_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "week.txt").mkdir()
    (tmp_path / "week.txt" / "a.txt").write_text(STORY, encoding="utf-8")
    assert list(read(tmp_path)[0]) == ["week.txt/a.txt"]


@pytest.mark.parametrize("name", ["missing", "a.txt/b", "nul\0.txt", "line\nbreak"])
def test_a_missing_path_is_an_error_before_anything_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_sources([tmp_path, tmp_path / name])
    assert "\n" not in str(caught.value)
    assert ". " in str(caught.value)  # what is wrong, then what to do next


def test_no_path_is_an_error_rather_than_an_empty_index() -> None:
    with pytest.raises(InputError, match="Name a folder"):
        read_sources([])


def test_a_folder_that_cannot_be_listed_is_an_error_where_it_was_named_and_skipped_inside_another(tmp_path: Path) -> None:
    open_the_way(tmp_path)
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "z.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "z.txt").chmod(0o644)
    (tmp_path / "shut").chmod(0)
    with ordinary_user():
        articles, skipped = read(tmp_path)
        with pytest.raises(InputError, match="permissions"):
            read_sources([tmp_path / "shut"])
    (tmp_path / "shut").chmod(0o755)
    assert list(articles) == ["z.txt"]
    assert skipped == {"shut": "cannot be read: Permission denied"}


def test_a_file_without_permission_is_skipped(tmp_path: Path) -> None:
    open_the_way(tmp_path)
    for name in ("a.txt", "b.jsonl"):
        (tmp_path / name).write_text(STORY, encoding="utf-8")
        (tmp_path / name).chmod(0)
    with ordinary_user():
        articles, skipped = read(tmp_path)
    assert not articles
    assert skipped == dict.fromkeys(["a.txt", "b.jsonl"], "cannot be read: Permission denied")


def test_a_file_that_vanishes_meanwhile_is_skipped(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(STORY, encoding="utf-8")
    found = read_sources([tmp_path])
    assert isinstance(next(found), Article)
    (tmp_path / "b.txt").unlink()
    assert next(found) == Skipped("b.txt", "cannot be read: No such file or directory")
    assert isinstance(next(found), Article)


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n ", b"\xff\xfe", "\n \u2003".encode("utf-16")])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_empty_files_are_skipped(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert read(tmp_path) == ({}, {name: "empty"})


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(STORY.encode() + b"\0", id="a NUL in UTF-8"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8, id="a program"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 8, id="a picture without NUL"),
        pytest.param(bytes(1000), id="NULs"),
        pytest.param(b"\xff\xfea\x00b", id="UTF-16 of an odd length"),
        pytest.param(b"\xff\xfe" + "a\0b".encode("utf-16-le"), id="NUL in UTF-16"),
        pytest.param("\ud800 a".encode("utf-16", "surrogatepass"), id="a lone surrogate in UTF-16"),
        pytest.param(STORY.encode("utf-32"), id="UTF-32"),
        pytest.param(f"{STORY}\x01\x02".encode("utf-16-le"), id="control characters in UTF-16 without a mark"),
    ],
)
def test_binary_files_are_skipped(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    articles, skipped = read(tmp_path)
    assert not articles
    assert "binary" in skipped["a.txt"]


def test_a_file_larger_than_the_limit_is_skipped_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(1 << 40)  # a sparse terabyte: reading it would not end
    (tmp_path / "exact.txt").write_bytes(b"a" * 1000)
    (tmp_path / "over.txt").write_bytes(b"a" * 1001)
    assert "20,971,520" in read(tmp_path / "big.txt")[1]["big.txt"]
    monkeypatch.setattr("index.readers.reading.MAX_BYTES", 1000)
    articles, skipped = read(tmp_path)
    assert list(articles) == ["exact.txt"]
    assert skipped == dict.fromkeys(["big.txt", "over.txt"], "larger than the limit of 1,000 bytes")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux has files that claim to have no bytes")
def test_a_file_with_more_bytes_than_it_claims_is_read_whole_and_held_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.reading.MAX_BYTES", 1000)
    (tmp_path / "version.txt").symlink_to("/proc/version")
    (tmp_path / "maps.txt").symlink_to("/proc/self/maps")
    articles, skipped = read(tmp_path / "version.txt", tmp_path / "maps.txt")
    assert articles["version.txt"].text == Path("/proc/version").read_text(encoding="utf-8")
    assert skipped == {"maps.txt": "larger than the limit of 1,000 bytes"}


def test_pipes_and_sockets_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may have 108 bytes
    os.mkfifo(tmp_path / "pipe.txt")
    os.mkfifo(tmp_path / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.md")
        _, skipped = read(tmp_path)
    assert skipped == dict.fromkeys(["pipe.jsonl", "pipe.txt", "socket.md"], "not a regular file")
    assert read(tmp_path / "pipe.txt") == ({}, {"pipe.txt": "not a regular file"})


# Links


def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.txt").write_text(STORY, encoding="utf-8")
    (inside / "direct.txt").symlink_to(outside / "secret.txt")
    (inside / "relative.txt").symlink_to("../outside/secret.txt")
    (inside / "chain.txt").symlink_to("direct.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "up").symlink_to("..")
    (inside / "device.txt").symlink_to("/dev/zero")
    articles, skipped = read(inside)
    assert not articles
    names = ["chain.txt", "device.txt", "direct.txt", "folder", "relative.txt", "up"]
    assert skipped == dict.fromkeys(names, "a link that leaves the folder")


def test_a_sibling_whose_name_begins_like_the_folder_is_outside(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news-private").mkdir()
    (tmp_path / "news-private" / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "news" / "a.txt").symlink_to("../news-private/a.txt")
    assert read(tmp_path / "news") == ({}, {"a.txt": "a link that leaves the folder"})


def test_a_link_to_a_file_inside_is_an_article_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "real.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "linked.txt").symlink_to("a/real.txt")
    articles, skipped = read(tmp_path)
    assert list(articles) == ["a/real.txt", "linked.txt"]
    assert not skipped


def test_link_loops_and_dead_links_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "sub" / "back").symlink_to("..")
    (tmp_path / "again").symlink_to("sub")
    (tmp_path / "x.txt").symlink_to("y.txt")
    (tmp_path / "y.txt").symlink_to("x.txt")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "dead.txt").symlink_to("nothing.txt")
    articles, skipped = read(tmp_path)
    assert list(articles) == ["sub/a.txt"]
    assert skipped.keys() == {"again", "dead.txt", "self", "sub/back", "x.txt", "y.txt"}
    assert skipped["sub/back"] == skipped["again"] == "a link to a folder: folders are read in their own place"
    assert skipped["dead.txt"] == "cannot be read: No such file or directory"


def test_a_link_named_outright_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "file.txt").symlink_to("real/a.txt")
    assert list(read(tmp_path / "folder", tmp_path / "file.txt")[0]) == ["a.txt", "file.txt"]


# Text


@given(ANY_TEXT)
def test_any_text_comes_back_identical_from_utf8(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("text") / "a.txt"
    path.write_bytes(text.encode())
    articles, skipped = read(path)
    if "\0" in text and not articles:
        assert "binary" in skipped["a.txt"]
    elif "\0" in text:  # "0" and U+0000 are the two bytes of "0" in UTF-16
        assert articles["a.txt"].text in {text.encode().decode(f"utf-16-{order}", "replace") for order in ("le", "be")}
    else:
        assert articles["a.txt"].text == text == path.read_bytes().decode("utf-8")


@given(ANY_TEXT.filter(lambda text: "\0" not in text))
def test_any_text_comes_back_identical_from_marked_utf16(text: str) -> None:
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        assert decode_text(mark + text.encode(encoding)) == text


@given(st.lists(st.tuples(ANY_TEXT, st.one_of(st.none(), ANY_TEXT)), max_size=4), st.booleans())
def test_any_text_comes_back_identical_from_a_corpus(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str | None]], escape: bool
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "a.jsonl"
    lines = [json.dumps({"id": f"r{n}", "text": text, "title": title}, ensure_ascii=escape) for n, (text, title) in enumerate(rows)]
    path.write_bytes("".join(line + "\n" for line in lines).encode())
    articles, _ = read(path)
    assert [article.text for article in articles.values()] == [text for text, _ in rows]
    for article, (_, title) in zip(articles.values(), rows, strict=True):
        assert all(span.end <= len(article.text) for span in article.story)
        if title and title.strip():
            assert article.title == " ".join(title.split())


@given(st.binary())
def test_bytes_are_decoded_or_refused_but_never_altered(data: bytes) -> None:
    try:
        text = decode_text(data)
    except InputError:
        return
    assert data in {text.encode(encoding, "replace") for encoding in ("utf-8", "cp1252", "cp1256", "utf-16-le", "utf-16-be")} | {
        mark + text.encode(encoding) for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"))
    }


def test_carriage_returns_stay(tmp_path: Path) -> None:
    text = STORY.replace("\n", "\r\n") + "a\rb\x0b\x0c\x85\u2028c\n\r"
    (tmp_path / "a.txt").write_bytes(text.encode())
    assert read(tmp_path)[0]["a.txt"].text == text


def test_a_utf8_mark_stays_so_that_offsets_hold_in_the_decoded_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + STORY.encode())
    article = read(path)[0]["a.txt"]
    assert article.text == path.read_bytes().decode("utf-8") == "\ufeff" + STORY
    plain = make_article("a.txt", STORY)
    assert [span.of(article.text) for span in article.story] == [span.of(STORY) for span in plain.story]
    assert article.places["title"].of(article.text) == article.title == plain.title


@needs_shared
def test_a_utf8_mark_changes_nothing_of_what_is_read_from_the_seed_articles() -> None:
    for path in sorted((SHARED / "articles").iterdir()):
        text = path.read_bytes().decode("utf-8")
        plain, marked = make_article("a", text), make_article("a", "\ufeff" + text)
        assert [(span.start + 1, span.end + 1) for span in plain.story] == [(span.start, span.end) for span in marked.story]
        assert {name: span.of(text) for name, span in plain.places.items()} == {
            name: span.of(marked.text) for name, span in marked.places.items()
        }
        for name in ("title", "publisher", "author", "date", "language"):
            assert getattr(plain, name) == getattr(marked, name)


@pytest.mark.parametrize("text", [ENGLISH, ARABIC])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_read_with_its_mark_and_without_where_it_is_evident(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text
    assert decode_text("\ufeff".encode(encoding) + text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "cp1252"),
        ("Peña habló con María José Núñez en Logroño.", "cp1252"),
        ("Der Bürgermeister sprach über die Größe der Äcker.", "cp1252"),
        ("L'été dernier, l'école d'Évreux a fêté ses élèves.", "cp1252"),
        ("It’s “done”", "cp1252"),
        (ARABIC, "cp1256"),
        ("سلام", "cp1256"),
        ("أعلنت شركة Norvia عن طائرة N-7 في القاهرة", "cp1256"),
        ("كَتَبَ الوَلَدُ الدَّرْسَ", "cp1256"),
    ],
)
def test_the_two_windows_encodings_are_told_apart(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_a_long_text_in_a_windows_encoding_is_read_quickly() -> None:
    text = f"{ENGLISH} " * (10_000_000 // len(ENGLISH))
    started = time.perf_counter()
    assert decode_text(text.encode("cp1252")) == text
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("text", [ENGLISH, ARABIC])
def test_damaged_utf8_is_refused_rather_than_read_as_something_else(text: str) -> None:
    data = bytearray(text.encode())
    at = next(place for place, byte in enumerate(data) if byte > 0x7F)
    for damaged in (data[:at] + b"\xff" + data[at:], data[:at] + data[at + 1 :], data + b"\xd8"):
        with pytest.raises(InputError, match="damaged UTF-8 at byte"):
            decode_text(bytes(damaged))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Сегодня утром в городе прошло собрание жителей, которые обсуждали новую дорогу через лес.", "cp1251"),
        ("Σήμερα το πρωί έγινε στην πόλη μια συνάντηση κατοίκων για τον νέο δρόμο.", "cp1253"),
        ("今朝、町で新しい道路についての住民の集会が開かれました。", "shift_jis"),
        (ARABIC.replace("،", ""), "iso8859_6"),
    ],
)
def test_other_encodings_are_refused_with_what_to_do(text: str, encoding: str) -> None:
    with pytest.raises(InputError, match="save it as UTF-8"):
        decode_text(text.encode(encoding))


@needs_shared
@pytest.mark.parametrize(
    ("corpus", "encoding", "length"),
    [
        *[("xquad/corpus.en.jsonl", "cp1252", length) for length in (20, 50, 200, 2000)],
        *[("xquad/corpus.ar.jsonl", "cp1256", length) for length in (20, 50, 200, 2000)],
        ("polnear/corpus.jsonl", "cp1252", 5000),
        ("ntrex-pairs/corpus.jsonl", "cp1256", 5000),
    ],
)
def test_public_texts_in_windows_encodings_come_back_identical(corpus: str, encoding: str, length: int) -> None:
    read_back = []
    for line in (SHARED / "eval" / corpus).read_text(encoding="utf-8").split("\n"):
        text = json.loads(line)["text"] if line else ""
        piece = text[len(text) // 3 :][:length]
        try:
            data = piece.encode(encoding)
        except UnicodeEncodeError:
            continue
        if not piece.isascii() and "â€" not in piece:  # texts with UTF-8 read as windows-1252 in them are refused
            read_back.append((decode_text(data), piece))
    assert read_back
    assert [got for got, _ in read_back] == [piece for _, piece in read_back]


# Corpora


def test_a_corpus_record_keeps_what_it_was_given(tmp_path: Path) -> None:
    given = {
        "title": "River falls",
        "publisher": "Veldmark Post",
        "author": "Ines Ottar",
        "date": "2024-05-01",
        "language": "en",
        "url": "https://veldmark.example/1",
    }
    path = write_corpus(tmp_path / "c.jsonl", {"id": "r1", "text": STORY, **given})
    article = read(path)[0]["r1"]
    assert {name: getattr(article, name) for name in given} == given
    assert not article.places


def test_null_and_blank_fields_are_not_given(tmp_path: Path) -> None:
    path = write_corpus(tmp_path / "c.jsonl", {"id": "r1", "text": "A short paragraph.", "title": None, "publisher": " ", "url": ""})
    article = read(path)[0]["r1"]
    assert (article.title, article.publisher, article.url, article.language) == (None, None, None, "en")


def test_a_record_without_id_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    records = [{"text": "One."}, {"id": "", "text": "Two."}, {"id": " ", "text": "Three."}, {"id": "d", "text": "Four."}]
    write_corpus(tmp_path / "sub" / "c.jsonl", *records)
    assert list(read(tmp_path)[0]) == ["sub/c.jsonl:1", "sub/c.jsonl:2", "sub/c.jsonl:3", "d"]
    assert next(iter(read(tmp_path / "sub" / "c.jsonl")[0])) == "c.jsonl:1"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b"plain words", "not JSON"),
        (b'{"text": "a", "score": NaN}', "not JSON"),
        (b'{"text": "a", "score": Infinity}', "not JSON"),
        (b'{"text": "\\ud800"}', "not JSON"),
        (b'{"text": "a", "title": "\\udc00"}', "not JSON"),
        (b'{"text": "\xff"}', "not JSON"),
        (b'{"text": "a"} {}', "not JSON"),
        (b'{"text":' + b"[" * 100_000, "not JSON"),
        (b'["text"]', "not a JSON object"),
        (b"3", "not a JSON object"),
        (b'{"id": "x"}', 'no "text"'),
        (b'{"text": null}', 'no "text"'),
        (b'{"text": 5}', '"text" is not a string'),
        (b'{"text": "a", "id": [5]}', '"id" is not a string'),
        (b'{"text": "a", "title": ["b"]}', '"title" is not a string'),
        (b'{"text": "a", "date": {}}', '"date" is not a string'),
        (b'{"text": " \\n"}', '"text" is empty'),
    ],
)
def test_a_bad_line_is_skipped_with_its_number_and_fails_nothing_else(tmp_path: Path, line: bytes, reason: str) -> None:
    (tmp_path / "c.jsonl").write_bytes(b'{"id": "a", "text": "Before."}\n\n' + line + b'\n{"id": "b", "text": "After."}')
    articles, skipped = read(tmp_path)
    assert list(articles) == ["a", "b"]
    assert skipped.keys() == {"c.jsonl:3"}
    assert skipped["c.jsonl:3"].startswith(reason)


def test_lines_end_at_line_feeds_alone(tmp_path: Path) -> None:
    text = "one\u2028two\u2029three\x85four\x0bfive\rsix\x1cseven"
    path = tmp_path / "c.jsonl"
    raw = "one\u2028two\u2029three\x85four"  # all that JSON lets stand unescaped
    lines = [json.dumps({"id": "a", "text": raw}, ensure_ascii=False), json.dumps({"id": "b", "text": text})]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    articles, skipped = read(path)
    assert [article.text for article in articles.values()] == [raw, text]
    assert not skipped


def test_nul_characters_stay_in_a_record(tmp_path: Path) -> None:
    path = write_corpus(tmp_path / "c.jsonl", {"id": "a", "text": "One\0two."})
    assert read(path)[0]["a"].text == "One\0two."


def test_an_id_used_twice_is_skipped_the_second_time(tmp_path: Path) -> None:
    write_corpus(tmp_path / "c.jsonl", {"id": "a", "text": "One."}, {"id": "a", "text": "Two."})
    write_corpus(tmp_path / "d.jsonl", {"id": "a", "text": "Three."}, {"id": "z.txt", "text": "Four."})
    (tmp_path / "z.txt").write_text("Five.", encoding="utf-8")
    articles, skipped = read(tmp_path)
    assert [article.text for article in articles.values()] == ["One.", "Four."]
    assert skipped.keys() == {"c.jsonl:2", "d.jsonl:1", "z.txt"}
    assert all("is taken by an article read before it" in reason for reason in skipped.values())


def test_the_limit_holds_for_each_record_not_for_the_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.lines.MAX_BYTES", 100)
    records = [{"id": f"r{n}", "text": "word " * 10} for n in range(50)]
    path = write_corpus(tmp_path / "c.jsonl", *records[:25], {"id": "long", "text": "word " * 100_000}, *records[25:])
    articles, skipped = read(path)
    assert list(articles) == [record["id"] for record in records]
    assert skipped == {"c.jsonl:26": "larger than the limit of 100 bytes"}


def test_a_record_may_have_exactly_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = b'{"id": "a", "text": "One."}'
    for ending in (b"", b"\n", b"\n\n"):
        (tmp_path / "c.jsonl").write_bytes(line + ending)
        monkeypatch.setattr("index.readers.lines.MAX_BYTES", len(line))
        assert read(tmp_path)[0].keys() == {"a"}
        monkeypatch.setattr("index.readers.lines.MAX_BYTES", len(line) - 1)
        assert read(tmp_path)[1].keys() == {"c.jsonl:1"}


@pytest.mark.parametrize("data", ['{"text": "a"}\n'.encode("utf-16"), '{"text": "a"}\n'.encode("utf-16-le"), bytes(range(256)) * 40])
def test_a_corpus_that_is_not_utf8_is_skipped_once(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.jsonl").write_bytes(data.replace(b"\n", b"", 1))
    assert read(tmp_path) == ({}, {"c.jsonl": "binary or UTF-16: a .jsonl corpus is UTF-8"})


def test_an_empty_corpus_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_bytes(b"")
    assert read(tmp_path) == ({}, {"c.jsonl": "empty"})


# What is unchanged


def test_what_has_not_changed_comes_as_unchanged(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(ENGLISH.encode("cp1252"))
    (tmp_path / "b.md").write_text(STORY, encoding="utf-8")
    write_corpus(tmp_path / "c.jsonl", {"id": "r1", "text": "One.", "title": "First"}, {"id": "r2", "text": "Two."})
    known = {article.id: article.sha256 for article in read(tmp_path)[0].values()}
    assert list(read_sources([tmp_path], known=known)) == [Unchanged(id) for id in ("a.txt", "b.md", "r1", "r2")]
    (tmp_path / "b.md").write_text(STORY + "!", encoding="utf-8")
    write_corpus(tmp_path / "c.jsonl", {"id": "r1", "text": "One.", "title": "Other"}, {"text": "Two.", "id": "r2"})
    again = list(read_sources([tmp_path], known=known))
    assert [(type(each), each.id) for each in again if not isinstance(each, Skipped)] == [
        (Unchanged, "a.txt"),
        (Article, "b.md"),
        (Article, "r1"),
        (Unchanged, "r2"),
    ]


def test_an_unchanged_article_keeps_its_id_from_a_second_one(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(STORY, encoding="utf-8")
    known = {"a.txt": read(tmp_path / "one")[0]["a.txt"].sha256}
    first, second = read_sources([tmp_path / "one", tmp_path / "two"], known=known)
    assert first == Unchanged("a.txt")
    assert isinstance(second, Skipped)


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    for name, data in (("a.txt", STORY.encode()), ("b.txt", ENGLISH.encode("cp1252"))):
        (tmp_path / name).write_bytes(data)
        assert read(tmp_path / name)[0][name].sha256 == hashlib.sha256(data).hexdigest()
    assert make_article("a", STORY).sha256 == hashlib.sha256(STORY.encode()).hexdigest()


def test_the_fingerprint_covers_each_given_field_and_not_the_id() -> None:
    variants = [
        make_article("a", STORY),
        make_article("a", STORY + " "),
        make_article("a", STORY, title="x"),
        make_article("a", STORY, title="y"),
        make_article("a", STORY, publisher="x"),
        make_article("a", STORY, author="x"),
        make_article("a", STORY, date="2024"),
        make_article("a", STORY, language="ar"),
        make_article("a", STORY, url="x"),
        make_article("a", STORY, title="x url: y"),
        make_article("a", STORY, title="x", url="y"),
    ]
    assert len({article.sha256 for article in variants}) == len(variants)
    assert make_article("a", STORY).sha256 == make_article("b", STORY).sha256


# Metadata


def test_given_metadata_beats_what_the_text_says() -> None:
    article = make_article("a", STORY, title="Given  title\n", language="ar-EG", date="2024-05-01T09:30:00+02:00")
    assert (article.title, article.language, article.date) == ("Given title", "ar", "2024-05-01")
    assert not {"title", "date"} & article.places.keys()


def test_a_title_is_read_from_the_text_with_its_place() -> None:
    article = make_article("a", STORY)
    assert article.title == "Flood walls held in Veldmark on Monday."[: len(article.title or "")]
    assert article.places["title"].of(article.text) == article.title


@pytest.mark.parametrize("text", ["The mayor of Veldmark resigned", " \nThe mayor of Veldmark resigned. Her deputy follows.\n\n", ARABIC])
def test_a_bare_paragraph_has_no_title(text: str) -> None:
    article = make_article("a", text)
    assert article.title is None
    assert "title" not in article.places


@pytest.mark.parametrize("date", ["2024", "2024-05", "2024-05-01"])
def test_iso_dates_are_kept_as_far_as_they_are_given(date: str) -> None:
    assert make_article("a", "Short.", date=date).date == date


@pytest.mark.parametrize("date", ["1 May 2024", "2024-13", "2024-02-30", "20240501", "2024-05-01x", "٢٠٢٤", "0000", "2024-5-1"])
def test_other_dates_count_as_not_given(date: str) -> None:
    article = make_article("a", "Short.", date=date)
    assert article.date is None
    assert article.sha256 == make_article("a", "Short.").sha256


def test_a_lone_surrogate_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        make_article("a", "\ud800")
    with pytest.raises(ValueError, match="surrogate"):
        make_article("a", "Text.", title="\ud800")


@needs_shared
def test_the_seed_articles_are_read_as_their_bytes_say() -> None:
    folder = SHARED / "articles"
    articles, skipped = read(folder)
    assert not skipped
    assert [article.language for article in articles.values()] == ["en", "ar", "en", "en", "en"]
    for id, article in articles.items():
        assert article.text == (folder / id).read_bytes().decode("utf-8")
        assert article.story
        assert all(span.of(article.text) for span in article.places.values())
        assert "title" not in article.places or article.places["title"].of(article.text) == article.title


@needs_shared
@pytest.mark.parametrize("corpus", ["xquad/corpus.en.jsonl", "xquad/corpus.ar.jsonl", "squad2/corpus.jsonl", "arcd/corpus.jsonl"])
def test_paragraphs_of_the_public_sets_come_back_whole_and_without_invented_titles(corpus: str) -> None:
    path = SHARED / "eval" / corpus
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    articles, skipped = read(path)
    assert not skipped
    assert {id: article.text for id, article in articles.items()} == {record["id"]: record["text"] for record in records}
    for record in records:
        article = articles[record["id"]]
        if "\n" not in record["text"]:  # a subscript on a line of its own makes a heading of what stands before it
            assert article.title == record.get("title")
        assert (article.language, article.publisher) == (record["language"], record["publisher"])
        assert article.story
