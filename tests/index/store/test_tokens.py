"""The cache of token vectors gives back what was put, survives a writer killed at any moment, and tells damage from absence."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.store.tokens
from index.embedding.embed import Encoded
from index.errors import StoreDamaged, StoreInUse, StoreOfAnotherMaker
from index.store.tokens import TokenIndex

ROOT = Path(__file__).resolve().parents[3]
DIMENSIONS = 8
ROW = 8 + DIMENSIONS  # bytes: start, end, vector


def made(hash: str, rows: int = 5, dimensions: int = DIMENSIONS) -> Encoded:
    """What a model might make of a text: other numbers for each hash, the same in every process."""
    random = np.random.default_rng(crc32(hash.encode()))
    starts = np.sort(random.integers(0, 2**32 - 40, rows, dtype=np.uint32))
    return Encoded(
        vector=random.random(6, dtype=np.float32),
        spans=np.stack([starts, starts + np.uint32(7)], axis=1),
        tokens=random.integers(-128, 128, (rows, dimensions), dtype=np.int8),
    )


def single(hash: str) -> Encoded:
    """What a model without token vectors makes of a text."""
    return Encoded(made(hash).vector, np.empty((0, 2), dtype=np.uint32), np.empty((0, 0), dtype=np.int8))


def all_made(hashes: Sequence[str], rows: int = 5) -> dict[str, Encoded]:
    return {hash: made(hash, rows) for hash in hashes}


def put(tokens: TokenIndex, *hashes: str, article: str = "a", rows: int = 5) -> None:
    """Each text as a unit of its own, of one article."""
    tokens.put([(f"{article}:{hash}", article, hash) for hash in hashes], all_made(hashes, rows))


def assert_holds(tokens: TokenIndex, units: Mapping[str, Encoded]) -> None:
    found = tokens.tokens(list(units))
    assert found.keys() == units.keys()
    for id, expected in units.items():
        assert found[id].spans.dtype == np.uint32
        assert found[id].vectors.dtype == np.int8
        np.testing.assert_array_equal(found[id].spans, expected.spans)
        np.testing.assert_array_equal(found[id].vectors, expected.tokens)


def files(folder: Path) -> dict[str, int]:
    """The files of vectors, and their sizes."""
    return {path.name: path.stat().st_size for path in folder.glob("vectors-*.bin")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


@pytest.fixture
def tokens(folder: Path) -> Iterator[TokenIndex]:
    tokens = TokenIndex(folder)
    yield tokens
    tokens.close()


@pytest.fixture
def compacts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No store is too small for a compaction."""
    monkeypatch.setattr(index.store.tokens, "_MIN_FREED_BYTES", 0)


# What is put comes back.


def test_what_is_put_comes_back_here_and_in_an_index_opened_later(tokens: TokenIndex, folder: Path) -> None:
    encoded = {"tide": made("tide", 3), "quay": made("quay", 200), "blank": made("blank", 0)}
    tokens.put([("u1", "a", "tide"), ("u2", "b", "quay"), ("u3", "b", "blank")], encoded)
    for index_ in (tokens, TokenIndex(folder)):
        assert_holds(index_, {"u1": encoded["tide"], "u2": encoded["quay"], "u3": encoded["blank"]})
        assert index_.ids() == {"u1", "u2", "u3"}
        assert index_.known(["quay", "tide", "mast"]) == {"quay", "tide"}
        vectors = index_.vectors(["quay", "tide", "mast"])
        assert vectors.keys() == {"quay", "tide"}
        assert vectors["quay"].dtype == np.float32
        np.testing.assert_array_equal(vectors["quay"], encoded["quay"].vector)
        np.testing.assert_array_equal(vectors["tide"], encoded["tide"].vector)
        assert index_.size() == 203 * ROW
        assert index_.differences() == []


def test_a_new_index_is_empty_and_well(tokens: TokenIndex, folder: Path) -> None:
    assert (tokens.ids(), tokens.known(["tide"]), tokens.vectors(["tide"]), tokens.tokens(["u1"])) == (set(), set(), {}, {})
    assert (tokens.size(), tokens.differences(), files(folder)) == (0, [], {})
    tokens.put([], {})
    tokens.remove(["a"])
    assert tokens.ids() == set()


def test_tokens_are_read_only_views_into_what_was_read_at_once(tokens: TokenIndex) -> None:
    put(tokens, "tide", "quay")
    found = tokens.tokens(["a:tide", "a:quay"])
    for part in found.values():
        for array in (part.spans, part.vectors):
            assert not array.flags.owndata
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    bases = {id(array.base) for part in found.values() for array in (part.spans, part.vectors)}
    assert len(bases) == 1


def test_more_ids_than_sqlite_takes_in_one_statement_are_all_found(tokens: TokenIndex) -> None:
    hashes = [f"text {number}" for number in range(1201)]
    put(tokens, *hashes, rows=1)
    assert_holds(tokens, {f"a:{hash}": made(hash, 1) for hash in hashes})
    assert tokens.known(hashes) == set(hashes)
    assert tokens.vectors(hashes).keys() == set(hashes)


def test_a_text_shared_by_two_units_is_written_once(tokens: TokenIndex) -> None:
    tokens.put([("u1", "a", "wire"), ("u2", "b", "wire")], all_made(["wire"]))
    tokens.put([("u3", "c", "wire")], {})
    assert tokens.size() == 5 * ROW
    assert_holds(tokens, dict.fromkeys(["u1", "u2", "u3"], made("wire")))


def test_a_known_text_is_not_written_again(tokens: TokenIndex) -> None:
    put(tokens, "tide")
    tokens.put([("u2", "b", "tide")], {"tide": made("something else")})
    assert tokens.size() == 5 * ROW
    assert_holds(tokens, {"a:tide": made("tide"), "u2": made("tide")})


def test_a_unit_put_again_is_replaced_and_its_old_text_stays_known(tokens: TokenIndex) -> None:
    put(tokens, "tide")
    tokens.put([("a:tide", "b", "quay")], all_made(["quay"]))
    assert_holds(tokens, {"a:tide": made("quay")})
    assert tokens.known(["tide", "quay"]) == {"tide", "quay"}
    tokens.remove(["a"])
    assert tokens.ids() == {"a:tide"}, "it is of article b now"


def test_removal_forgets_the_units_and_keeps_the_text_known(tokens: TokenIndex) -> None:
    put(tokens, "tide", article="a")
    put(tokens, "quay", article="b")
    tokens.remove(["a", "nobody"])
    assert tokens.ids() == {"b:quay"}
    assert tokens.tokens(["a:tide", "b:quay"]).keys() == {"b:quay"}
    assert tokens.known(["tide"]) == {"tide"}
    tokens.put([("a:tide", "a", "tide")], {})
    assert_holds(tokens, {"a:tide": made("tide"), "b:quay": made("quay")})
    assert tokens.size() == 10 * ROW


def test_a_model_without_token_vectors_stores_no_rows(tokens: TokenIndex, folder: Path) -> None:
    tokens.put([("u1", "a", "tide")], {"tide": single("tide")})
    assert (tokens.size(), files(folder), tokens.differences()) == (0, {}, [])
    found = tokens.tokens(["u1"])["u1"]
    assert (found.spans.shape, found.vectors.shape) == ((0, 2), (0, 0))
    np.testing.assert_array_equal(tokens.vectors(["tide"])["tide"], made("tide").vector)


def test_a_unit_whose_text_was_never_embedded_is_a_programming_error_and_nothing_is_written(tokens: TokenIndex) -> None:
    with pytest.raises(KeyError, match="the text quay of unit u2 was never embedded"):
        tokens.put([("u1", "a", "tide"), ("u2", "a", "quay")], all_made(["tide"]))
    assert (tokens.ids(), tokens.known(["tide"]), tokens.size()) == (set(), set(), 0)


def test_vectors_of_other_dimensions_are_refused_and_nothing_is_written(tokens: TokenIndex) -> None:
    put(tokens, "tide")
    with pytest.raises(
        StoreOfAnotherMaker, match=r"have 8 dimensions, the new ones 12\. Delete that folder and run: python -m index build"
    ):
        tokens.put([("u2", "a", "quay")], {"quay": made("quay", dimensions=12)})
    assert (tokens.ids(), tokens.known(["quay"]), tokens.size()) == ({"a:tide"}, set(), 5 * ROW)


ARTICLES = ("a", "b", "c")
HASHES = tuple(f"text {number}" for number in range(6))
PUT = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(ARTICLES), st.sampled_from(HASHES)), max_size=4)
STEP = st.one_of(PUT, st.sampled_from(ARTICLES))


@pytest.mark.parametrize("least_to_free", [0, 100, 2**24])
@settings(max_examples=40)
@given(steps=st.lists(STEP, max_size=12), reopen=st.integers(0, 12))
def test_any_sequence_of_puts_and_removals_equals_a_dict(least_to_free: int, steps: list[object], reopen: int) -> None:
    encoded = {hash: made(hash, rows) for rows, hash in enumerate(HASHES)}  # the first has no tokens
    twin: dict[str, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.store.tokens, "_MIN_FREED_BYTES", least_to_free)
        folder = Path(name)
        tokens, reader = TokenIndex(folder), TokenIndex(folder)
        ever: set[str] = set()
        for number, step in enumerate(steps):
            if isinstance(step, str):
                tokens.remove([step])
                twin = {id: unit for id, unit in twin.items() if unit[0] != step}
            else:
                assert isinstance(step, list)
                units = [(f"u{unit}", article, hash) for unit, article, hash in step]
                hashes = [hash for _, _, hash in units]
                known = tokens.known(hashes)
                tokens.put(units, {hash: encoded[hash] for hash in hashes if hash not in known})
                twin |= {id: (article, hash) for id, article, hash in units}
                ever |= set(hashes)
            if number == reopen:
                tokens.close()
                tokens = TokenIndex(folder)
            used = {hash for _, hash in twin.values()}
            for index_ in (tokens, reader):
                assert index_.ids() == twin.keys()
                assert_holds(index_, {id: encoded[hash] for id, (_, hash) in twin.items()})
                known = index_.known(HASHES)
                assert used <= known <= ever
                assert index_.vectors(HASHES).keys() == known
                # Each known text is in the file once, and nothing else is.
                assert index_.size() == sum(len(encoded[hash].tokens) for hash in known) * ROW == sum(files(folder).values())
                assert index_.differences() == []
                unused = sum(len(encoded[hash].tokens) for hash in known - used) * ROW
                assert unused <= max(least_to_free, index_.size() / 2)
        tokens.close()
        reader.close()


# Compaction.


def test_a_compaction_keeps_every_used_row_and_frees_the_file(tokens: TokenIndex, folder: Path) -> None:
    """With the real threshold: 16 MiB."""
    many = [f"text {number}" for number in range(20)]
    rows = 2**24 // ROW // len(many) + 1
    put(tokens, *many, article="many", rows=rows)
    put(tokens, "tide", "blank", article="few", rows=7)
    put(tokens, *many[:2], article="more", rows=rows)
    reader = TokenIndex(folder)
    kept = {"few:tide": made("tide", 7), "few:blank": made("blank", 7)} | {f"more:{hash}": made(hash, rows) for hash in many[:2]}
    before = reader.tokens(list(kept))
    tokens.remove(["many"])
    assert files(folder).keys() == {"vectors-0.bin"}, "less than 16 MiB would be freed"
    tokens.remove(["more"])
    assert files(folder) == {"vectors-1.bin": 14 * ROW}
    assert tokens.size() == 14 * ROW
    assert tokens.known(many) == set()
    assert tokens.vectors(many) == {}
    del kept["more:text 0"], kept["more:text 1"]
    for index_ in (tokens, reader, TokenIndex(folder)):
        assert_holds(index_, kept)
        assert index_.differences() == []
    # What was handed out before goes on being what it was.
    np.testing.assert_array_equal(before["more:text 1"].vectors, made("text 1", rows).tokens)


def test_a_put_that_leaves_most_of_the_file_unused_compacts_it(tokens: TokenIndex, folder: Path, compacts_at_once: None) -> None:
    put(tokens, "tide", rows=50)
    put(tokens, "mast", rows=5)
    tokens.put([("a:tide", "a", "quay")], all_made(["quay"]))
    assert files(folder) == {"vectors-1.bin": 10 * ROW}
    assert tokens.known(["tide", "quay"]) == {"quay"}
    assert_holds(tokens, {"a:tide": made("quay"), "a:mast": made("mast")})


def test_a_file_that_is_half_in_use_is_left_as_it_is(tokens: TokenIndex, folder: Path, compacts_at_once: None) -> None:
    put(tokens, "tide", article="gone")
    put(tokens, "quay", article="stays")
    tokens.remove(["gone"])
    assert files(folder) == {"vectors-0.bin": 10 * ROW}
    assert tokens.known(["tide"]) == {"tide"}


def test_an_index_whose_units_are_all_gone_is_emptied_and_filled_again(tokens: TokenIndex, folder: Path, compacts_at_once: None) -> None:
    reader = TokenIndex(folder)
    put(tokens, "tide")
    assert_holds(reader, {"a:tide": made("tide")})
    tokens.remove(["a"])
    assert (tokens.size(), files(folder), tokens.differences()) == (0, {"vectors-1.bin": 0}, [])
    assert reader.tokens(["a:tide"]) == {}
    put(tokens, "quay", rows=3)
    assert_holds(reader, {"a:quay": made("quay", 3)})
    assert files(folder) == {"vectors-1.bin": 3 * ROW}


def test_a_reader_that_looked_up_places_just_before_a_compaction_looks_again(
    tokens: TokenIndex, folder: Path, compacts_at_once: None
) -> None:
    """The writer comes between the reader's first look at the index and its opening of the file."""
    put(tokens, "tide", article="gone", rows=9)
    put(tokens, "quay", article="stays")
    opened_at: list[dict[str, int]] = []

    class LateReader(TokenIndex):
        def _opened(self, file: Any) -> Any:
            if not opened_at:
                tokens.remove(["gone"])
            opened_at.append(files(folder))
            return super()._opened(file)

    assert_holds(LateReader(folder), {"stays:quay": made("quay")})
    assert opened_at == [{"vectors-1.bin": 5 * ROW}] * 2


def test_what_a_killed_compaction_left_is_removed_by_the_next_writer_and_not_by_readers(tokens: TokenIndex, folder: Path) -> None:
    put(tokens, "tide")
    (folder / "vectors-1.bin").write_bytes(b"half a compaction")
    reader = TokenIndex(folder)
    assert_holds(reader, {"a:tide": made("tide")})
    assert reader.differences() == []
    assert files(folder).keys() == {"vectors-0.bin", "vectors-1.bin"}
    put(tokens, "quay")
    assert files(folder) == {"vectors-0.bin": 10 * ROW}
    assert_holds(reader, {"a:tide": made("tide"), "a:quay": made("quay")})


# Killed writers, readers beside a writer.


def test_rows_that_a_killed_writer_left_are_neither_read_nor_kept(tokens: TokenIndex, folder: Path) -> None:
    put(tokens, "tide")
    with (folder / "vectors-0.bin").open("ab") as file:
        file.write(b"\x55" * (3 * ROW + 5))
    again = TokenIndex(folder)
    assert_holds(again, {"a:tide": made("tide")})
    assert again.differences() == []
    assert again.size() == 5 * ROW
    put(again, "quay")
    assert files(folder) == {"vectors-0.bin": 10 * ROW}
    assert_holds(again, {"a:tide": made("tide"), "a:quay": made("quay")})
    assert again.differences() == []


def test_rows_are_on_the_disk_before_the_index_lists_them(
    tokens: TokenIndex, folder: Path, compacts_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[tuple[dict[str, int], int]] = []
    force = os.fsync

    def observe(file: int) -> None:
        if not stat.S_ISDIR(os.fstat(file).st_mode):
            forced.append((files(folder), TokenIndex(folder).size()))
        force(file)

    monkeypatch.setattr(os, "fsync", observe)
    put(tokens, "tide", rows=9)
    tokens.put([("a:tide", "a", "quay")], all_made(["quay"], 3))
    put(tokens, "mast", rows=1)
    tokens.remove(["a"])
    assert forced == [
        ({"vectors-0.bin": 9 * ROW}, 0),
        ({"vectors-0.bin": 12 * ROW}, 9 * ROW),
        ({"vectors-0.bin": 12 * ROW, "vectors-1.bin": 3 * ROW}, 12 * ROW),
        ({"vectors-1.bin": 4 * ROW}, 3 * ROW),
        ({"vectors-1.bin": 4 * ROW, "vectors-2.bin": 0}, 4 * ROW),
    ]


WRITER = """
import sys
from pathlib import Path
import index.store.tokens
from tests.index.store.test_tokens import all_made
index.store.tokens._MIN_FREED_BYTES = 0
tokens = index.store.tokens.TokenIndex(Path(sys.argv[1]))
turn = int(sys.argv[2])
print("ready", flush=True)
while True:
    turn += 1
    hashes = [f"{turn}-{number}" for number in range(20)]
    # Every third turn forgets what the last nine put, which is most of it: a compaction.
    if turn % 3 == 0:
        tokens.remove([str(old) for old in range(turn - 9, turn)])
    tokens.put([(f"{turn}:{hash}", str(turn), hash) for hash in hashes], all_made(hashes, 30))
"""


StartWriter = Callable[[int], subprocess.Popen[str]]


def assert_wholly_written(tokens: TokenIndex) -> int:
    """How many of the writer's units there are, each of them with the rows that the writer made."""
    ids = tokens.ids()
    found = tokens.tokens(list(ids))
    for id, part in found.items():
        expected = made(id.partition(":")[2], 30)
        np.testing.assert_array_equal(part.spans, expected.spans)
        np.testing.assert_array_equal(part.vectors, expected.tokens)
    return len(found)


@pytest.fixture
def start_writer(folder: Path) -> Iterator[StartWriter]:
    started: list[subprocess.Popen[str]] = []

    def start(turn: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(turn)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_writer_killed_at_any_moment_leaves_a_whole_index(folder: Path, start_writer: StartWriter) -> None:
    random = np.random.default_rng(4)
    numbers = []
    for round_ in range(6):
        process = start_writer(1000 * round_)
        time.sleep(0.1 + 0.2 * random.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        tokens = TokenIndex(folder)
        assert tokens.differences() == []
        assert tokens.ids() == tokens.tokens(list(tokens.ids())).keys()
        assert_wholly_written(tokens)
        # A writer goes on where that one stopped.
        put(tokens, f"after {round_}", rows=30)
        tokens.remove(["a"])
        assert tokens.differences() == []
        (number,) = {int(name.removeprefix("vectors-").removesuffix(".bin")) for name in files(folder)}
        numbers.append(number)
        tokens.close()
    assert numbers[-1] > 3, "some were killed with compactions behind them"


def test_readers_in_another_process_read_whole_rows_while_a_writer_puts_and_compacts(folder: Path, start_writer: StartWriter) -> None:
    writer = start_writer(0)
    reader = TokenIndex(folder)
    names: set[str] = set()
    read = 0
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        read += assert_wholly_written(reader)
        assert reader.differences() == []
        names |= {path.name for path in folder.glob("vectors-*.bin")}
    assert writer.poll() is None
    assert read > 100
    assert len(names) > 2, "files came and went meanwhile"


def test_threads_that_share_an_index_read_whole_rows_while_one_writes(tokens: TokenIndex, compacts_at_once: None, folder: Path) -> None:
    put(tokens, "tide", "quay", article="stays")
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                assert_holds(tokens, {"stays:tide": made("tide"), "stays:quay": made("quay")})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(20):
        put(tokens, f"{turn}", article=f"turn {turn}", rows=40)
        tokens.remove([f"turn {turn}"])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert files(folder).keys() == {"vectors-20.bin"}


# Damage.


@pytest.mark.parametrize("byte", [0, 5 * ROW, 5 * ROW + 9, 10 * ROW - 1])
def test_verification_tells_a_flipped_byte(tokens: TokenIndex, folder: Path, byte: int) -> None:
    put(tokens, "tide", "quay")
    content = bytearray((folder / "vectors-0.bin").read_bytes())
    content[byte] ^= 1
    (folder / "vectors-0.bin").write_bytes(content)
    wrong = "tide" if byte < 5 * ROW else "quay"
    assert TokenIndex(folder).differences() == [f"tokens: the vectors of the text {wrong} are not those that were written; delete {folder}"]


def test_verification_tells_a_flipped_byte_in_the_vector_of_a_text(tokens: TokenIndex, folder: Path) -> None:
    tokens.put([("u1", "a", "tide"), ("u2", "a", "quay")], {"tide": single("tide"), "quay": single("quay")})
    with sqlite3.connect(folder / "texts.sqlite3") as db:
        ((number, vector),) = db.execute("SELECT text, vector FROM vectors JOIN texts ON number = text WHERE hash = 'quay'").fetchall()
        db.execute("UPDATE vectors SET vector = ? WHERE text = ?", (bytes([vector[0] ^ 1]) + vector[1:], number))
    db.close()
    assert tokens.differences() == [f"tokens: the vectors of the text quay are not those that were written; delete {folder}"]


def test_verification_names_the_texts_that_a_truncated_file_lost_and_reading_refuses_it(tokens: TokenIndex, folder: Path) -> None:
    put(tokens, "tide", "quay", "mast")
    tokens.close()
    os.truncate(folder / "vectors-0.bin", 10 * ROW - 1)
    again = TokenIndex(folder)
    assert again.differences() == [f"tokens: the text {hash} is not wholly in vectors-0.bin; delete {folder}" for hash in ("quay", "mast")]
    with pytest.raises(StoreDamaged, match=r"vectors-0\.bin is too short.*delete that folder and run: python -m index build"):
        again.tokens(["a:tide"])
    with pytest.raises(StoreDamaged, match=r"vectors-0\.bin is too short"):
        put(again, "sail")
    assert files(folder) == {"vectors-0.bin": 10 * ROW - 1}, "a writer does not fill the hole with zeros"


def test_a_lost_file_of_vectors_is_damage_and_no_endless_search(tokens: TokenIndex, folder: Path) -> None:
    put(tokens, "tide")
    (folder / "vectors-0.bin").unlink()
    again = TokenIndex(folder)
    assert again.differences() == ["tokens: vectors-0.bin is missing"]
    with pytest.raises(StoreDamaged, match="No such file"):
        again.tokens(["a:tide"])


def test_a_truncated_file_is_not_compacted_into_a_wrong_one(tokens: TokenIndex, folder: Path, compacts_at_once: None) -> None:
    put(tokens, "tide", article="gone", rows=50)
    put(tokens, "quay", article="stays")
    os.truncate(folder / "vectors-0.bin", 54 * ROW)
    with pytest.raises(StoreDamaged, match=r"vectors-0\.bin is too short"):
        tokens.remove(["gone"])
    assert "the text quay is not wholly in" in tokens.differences()[0]


def test_a_folder_that_is_a_file_is_damage_said_in_one_line(folder: Path) -> None:
    folder.write_text("not a folder")
    with pytest.raises(StoreDamaged, match="delete that folder and run: python -m index build") as caught:
        TokenIndex(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


def test_a_damaged_database_is_damage(tokens: TokenIndex, folder: Path) -> None:
    put(tokens, "tide")
    tokens.close()
    (folder / "texts.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreDamaged, match=r"cannot be used \(file is not a database\)"):
        TokenIndex(folder)


@pytest.mark.parametrize("statement", ["DROP TABLE file", "DELETE FROM file"])
def test_a_database_that_lists_no_file_of_vectors_is_damage(tokens: TokenIndex, folder: Path, statement: str) -> None:
    tokens.close()
    with sqlite3.connect(folder / "texts.sqlite3") as db:
        db.execute(statement)
    db.close()
    with pytest.raises(StoreDamaged, match="cannot be used"):
        TokenIndex(folder)


def test_a_reader_is_not_blocked_by_a_transaction_and_a_second_writer_is_told(tokens: TokenIndex, folder: Path) -> None:
    put(tokens, "tide")
    tokens._db.execute("PRAGMA busy_timeout = 50")  # SQLite's clients wait 5 seconds otherwise
    other = sqlite3.connect(folder / "texts.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM units")
    started = time.monotonic()
    assert_holds(TokenIndex(folder), {"a:tide": made("tide")})
    assert time.monotonic() - started < 2
    with pytest.raises(StoreInUse, match="in use by another process"):
        tokens.remove(["a"])
    other.close()
