"""Files are read in processes of their own: what one of them costs when it hangs, breaks or eats memory."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
import zipfile
from pathlib import Path

import pytest

from index.articles import Article, Skipped, read_sources
from index.errors import InputError
from index.readers.reading import DEEPEST, Same, read, suffix_of
from index.readers.source import Document, Facts, SourceFile, Unread
from index.readers.workers import Workers

TOO_MUCH = "it takes more memory than a file may"
SLOW = b"[" + b"{}," * 15_000_000 + b"{}]"  # ten seconds and more
STORY = "The ferry left Kessa at nine.\n\nIt was full."


def csv_of(count: int, size: int = 1) -> bytes:
    rows = "".join(f"r{number},{'The ferry left Kessa. ' * size}\n" for number in range(count))
    return f"id,text\n{rows}".encode()


def zip_of(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return packed.getvalue()


def opened(path: Path, data: bytes) -> io.BufferedReader:
    path.write_bytes(data)
    return path.open("rb")


def children() -> set[int]:
    """Processes that this one started and that are there still."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) == os.getpid() and b"index.readers.child" in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def test_results_come_in_the_order_of_the_file_and_equal_those_of_this_process(tmp_path: Path) -> None:
    data = csv_of(100)
    with Workers() as workers:
        results = list(workers.read(opened(tmp_path / "a.csv", data), "a.csv", ".csv", {}, {}))
    assert results == list(read(SourceFile("a.csv", io.BytesIO(data), ".csv"), {}))
    assert [result.name for result in results] == [f"r{number}" for number in range(100)]


def test_many_files_are_read_side_by_side_each_by_itself(tmp_path: Path) -> None:
    with Workers() as workers:
        begun = [workers.read(opened(tmp_path / f"{n}.csv", csv_of(40)), f"{n}.csv", ".csv", {}, {}) for n in range(20)]
        assert len(children()) <= len(os.sched_getaffinity(0))
        for results in begun:
            assert [result.name for result in results] == [f"r{number}" for number in range(40)]


def test_what_takes_too_long_costs_that_file_only(tmp_path: Path) -> None:
    with Workers(seconds=2.5) as workers:
        slow = workers.read(opened(tmp_path / "slow.json", SLOW), "slow.json", ".json", {}, {})
        quick = workers.read(opened(tmp_path / "quick.csv", csv_of(2)), "quick.csv", ".csv", {}, {})
        assert list(slow) == [Unread("slow.json", "it takes longer than 2.5 seconds to read")]
        assert [result.name for result in quick] == ["r0", "r1"]


def test_a_part_that_takes_too_long_costs_that_part_only(tmp_path: Path) -> None:
    data = zip_of(a_csv=csv_of(2), b_json=SLOW, c_csv=csv_of(3).replace(b"r", b"s"))
    with Workers(seconds=2.5) as workers:
        results = list(workers.read(opened(tmp_path / "all.zip", data), "all.zip", ".zip", {}, {}))
    assert [result.name for result in results] == ["r0", "r1", "all.zip/b.json", "s0", "s1", "s2"]
    assert results[2] == Unread("all.zip/b.json", "it takes longer than 2.5 seconds to read")


def test_the_reader_of_results_may_take_its_time(tmp_path: Path) -> None:
    with Workers(seconds=2.0) as workers:
        results = workers.read(opened(tmp_path / "a.csv", csv_of(200, 2000)), "a.csv", ".csv", {}, {})
        assert next(results).name == "r0"
        time.sleep(3.0)  # as long as it takes for a limit that ran on to have struck
        assert len(list(results)) == 199


def test_a_process_that_breaks_costs_the_file_that_it_was_at(tmp_path: Path) -> None:
    with Workers() as workers:
        results = workers.read(opened(tmp_path / "a.csv", csv_of(5000, 100)), "a.csv", ".csv", {}, {})
        next(results)
        for child in children():
            os.kill(child, signal.SIGKILL)
        *_, last = results
        assert last == Unread("a.csv", "damaged: it breaks the program that reads it; what of it comes after that is not read")
        again = workers.read(opened(tmp_path / "b.csv", csv_of(2)), "b.csv", ".csv", {}, {})
        assert [result.name for result in again] == ["r0", "r1"]


def test_what_takes_more_memory_than_a_file_may_is_not_read(tmp_path: Path) -> None:
    with Workers(memory=512 * 1024**2) as workers:
        bomb = workers.read(opened(tmp_path / "a.json", b"[" + b"{}," * 10_000_000 + b"{}]"), "a.json", ".json", {}, {})
        (result,) = bomb
        assert isinstance(result, Unread)
        assert result.reason == TOO_MUCH
        after = workers.read(opened(tmp_path / "b.csv", csv_of(2)), "b.csv", ".csv", {}, {})
        assert [item.name for item in after] == ["r0", "r1"]


def test_none_is_left_when_the_work_is_broken_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Workers() as workers:
        results = [workers.read(opened(tmp_path / f"{n}.csv", csv_of(5000, 100)), f"{n}.csv", ".csv", {}, {}) for n in range(8)]
        next(results[0])
        assert children()
        raise KeyboardInterrupt
    assert not children()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reader")]


def test_a_process_may_write_no_file(tmp_path: Path) -> None:
    """What the limit does, in a process that has it as child.py sets it."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "try: open(sys.argv[1], 'wb', buffering=0).write(b'x')\n"
        "except OSError: sys.exit(7)"
    )
    assert os.spawnv(os.P_WAIT, os.sys.executable, ["python", "-c", code, str(tmp_path / "x")]) == 7  # type: ignore[attr-defined]
    assert (tmp_path / "x").read_bytes() == b""


def test_what_is_known_is_not_sent_again(tmp_path: Path) -> None:
    data = csv_of(3)
    fingerprints = {
        item.name: item.fingerprint for item in read(SourceFile("a.csv", io.BytesIO(data), ".csv"), {}) if isinstance(item, Document)
    }
    known = {name: mark for name, mark in fingerprints.items() if mark is not None and name != "r1"}
    with Workers() as workers:
        kinds = [type(item) for item in workers.read(opened(tmp_path / "a.csv", data), "a.csv", ".csv", {}, known)]
    assert kinds == [Same, Document, Same]


# What is in what


def test_a_file_in_an_archive_is_an_article_named_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "news.zip").write_bytes(zip_of(a_txt=STORY.encode(), b_jsonl=json.dumps({"text": "One."}).encode()))
    articles = {item.id: item.text for item in read_sources([tmp_path]) if isinstance(item, Article)}
    assert articles == {"news.zip/a.txt": STORY, "news.zip/b.jsonl:1": "One."}


def test_parts_within_parts_are_read_so_deep_and_no_deeper(tmp_path: Path) -> None:
    data = STORY.encode()
    name = "a.txt"
    for _ in range(DEEPEST + 1):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, data)
        data, name = packed.getvalue(), "z.zip"
    (tmp_path / "z.zip").write_bytes(data)
    (skipped,) = read_sources([tmp_path])
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "it lies more than 4 deep, part within part"


def test_a_changed_part_is_read_again_and_the_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "z.zip").write_bytes(zip_of(a_txt=b"One.", b_txt=b"Two."))
    known = {item.id: item.sha256 for item in read_sources([tmp_path]) if isinstance(item, Article)}
    (tmp_path / "z.zip").write_bytes(zip_of(a_txt=b"One.", b_txt=b"Other."))
    assert [type(item).__name__ for item in read_sources([tmp_path], known)] == ["Unchanged", "Article"]


@pytest.mark.parametrize(
    ("facts", "is_other"),
    [(Facts(), False), (Facts(url="https://example.org/a"), True), (Facts(url="https://example.org/a\ntitle: x"), True)],
)
def test_what_the_container_says_is_part_of_the_fingerprint(facts: Facts, is_other: bool) -> None:
    (plain,) = read(SourceFile("a.txt", io.BytesIO(b"One."), ".txt"), {})
    (other,) = read(SourceFile("a.txt", io.BytesIO(b"One."), ".txt", facts), {})
    assert isinstance(plain, Document)
    assert isinstance(other, Document)
    assert (plain.fingerprint != other.fingerprint) is is_other
    assert other.facts == facts


def test_a_part_that_is_not_wanted_is_not_read() -> None:
    def begins(name: str) -> str | None:
        return "not today" if name.endswith("b.txt") else None

    data = zip_of(a_txt=b"One.", b_txt=b"Two.", c_txt=b"Three.")
    results = list(read(SourceFile("z.zip", io.BytesIO(data), ".zip"), {}, begins))
    assert [result.name for result in results] == ["z.zip/a.txt", "z.zip/b.txt", "z.zip/c.txt"]
    assert results[1] == Unread("z.zip/b.txt", "not today")


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.TXT", ".txt"), ("a.warc.gz", ".warc.gz"), ("a.tar.gz", ".gz"), ("a", ""), (".txt", ".txt"), ("a.b/c", ""), ("a.html.exe", ".exe")],
)
def test_the_suffix_says_how_a_file_is_read(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


def test_columns_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("what,told\nThe ferry,The ferry left Kessa.\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"what": "The kite", "told": "The kite rose."}\n', encoding="utf-8")
    read_here = read_sources([tmp_path], columns={"text": "told", "title": "what"})
    assert [(item.title, item.text) for item in read_here if isinstance(item, Article)] == [
        ("The ferry", "The ferry left Kessa."),
        ("The kite", "The kite rose."),
    ]


def test_nothing_named_is_an_error() -> None:
    with pytest.raises(InputError, match="Name a folder or a file of articles"):
        read_sources([])
