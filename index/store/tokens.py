"""What the embedding model made of each distinct text: its vector, and its token vectors for late interaction (MaxSim; Khattab and Zaharia
2020, "ColBERT"), in one file, kept with Chroma.

tokens/texts.sqlite3     the texts by the hash of what was embedded, with their vectors and places in the file; the units that use them
tokens/vectors-N.bin     a row a token: uint32 start and end in code points, then its int8 vector; N grows with each compaction

One writer at a time (the store holds the lock), any number of readers in other processes, which never wait. Rows are appended and forced to
the disk before the transaction that lists them, and what is listed is never overwritten: a writer that is killed at any moment leaves at
most rows that nobody reads. All of it can be made again from the catalogue, by embedding.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO, FileIO
from itertools import accumulate
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from index.embedding.embed import Encoded, Vectors
from index.errors import StoreDamaged, StoreInUse, StoreOfAnotherMaker
from index.store.schema import transaction

_SCHEMA = (
    "CREATE TABLE file (number INTEGER NOT NULL, rows INTEGER NOT NULL, dimensions INTEGER NOT NULL)",
    "INSERT INTO file VALUES (0, 0, 0)",
    """CREATE TABLE texts (
        number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, first INTEGER NOT NULL, rows INTEGER NOT NULL, checksum INTEGER NOT NULL,
        users INTEGER NOT NULL
    )""",
    # Counting what a compaction would free reads the unused texts only.
    "CREATE INDEX unused_texts ON texts(rows) WHERE users = 0",
    # Apart, so that looking up places does not step over vectors.
    "CREATE TABLE vectors (text INTEGER PRIMARY KEY, vector BLOB NOT NULL)",
    "CREATE TABLE units (id TEXT PRIMARY KEY, article TEXT NOT NULL, text INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX units_by_article ON units(article)",
    "CREATE TRIGGER used AFTER INSERT ON units BEGIN UPDATE texts SET users = users + 1 WHERE number = NEW.text; END",
    "CREATE TRIGGER released AFTER DELETE ON units BEGIN UPDATE texts SET users = users - 1 WHERE number = OLD.text; END",
    "PRAGMA user_version = 1",
)
# A folder that is taken out and put back should not be embedded twice. Not measured: some 600 texts of 200 tokens in 128 dimensions.
_MIN_FREED_BYTES = 16 * 2**20
_BATCH = 500

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one unit, read only: `spans` of shape (tokens, 2), uint32, code points into the text that was
    embedded; `vectors` of shape (tokens, token dimensions), int8, where a model with single vectors only has no dimensions either."""

    spans: npt.NDArray[np.uint32]
    vectors: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _File:
    """The file of vectors as the index lists it. Before the first text of a model with tokens it has no dimensions and need not exist."""

    number: int
    rows: int
    dimensions: int

    @property
    def name(self) -> str:
        return f"vectors-{self.number}.bin"

    @property
    def row(self) -> np.dtype[np.void]:
        return np.dtype([("span", "<u4", (2,)), ("vector", "i1", (self.dimensions,))])

    @property
    def size(self) -> int:
        """Bytes."""
        return self.rows * self.row.itemsize


@dataclass(frozen=True, slots=True)
class _WrittenText:
    """A text that was just written to the file."""

    hash: str
    first: int
    rows: int
    checksum: int
    vector: bytes


class TokenIndex:
    """What the model made of the texts of a store, in the folder at `path`. Ids and hashes are strings that the caller chooses."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the index. Raises StoreDamaged where the folder holds other files or cannot be read."""
        self._path = path
        # The page answers from several threads, which share the connection's transaction and the open file.
        self._lock = RLock()
        self._reading: FileIO | None = None
        with self._guarded():
            path.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path / "texts.sqlite3", check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            if self._version() == 0:
                with transaction(self._db, "IMMEDIATE"):
                    if self._version() == 0:  # another process may have made it by now
                        for statement in _SCHEMA:
                            self._db.execute(statement)
            self._file()

    def close(self) -> None:
        """Closes the index."""
        with self._lock:
            self._db.close()
            if self._reading is not None:
                self._reading.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except (sqlite3.DatabaseError, OSError) as error:
                if isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error)):
                    raise StoreInUse(f"The tokens in {self._path} are in use by another process. Try again when it is done.") from error
                raise self._damaged(" ".join(str(getattr(error, "strerror", None) or error).split())[:200]) from error

    def _damaged(self, reason: str) -> StoreDamaged:
        return StoreDamaged(
            f"The tokens in {self._path} cannot be used ({reason}). Check disk space and rights; "
            "if they are in order, delete that folder and run: python -m index build with the same folders"
        )

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _file(self) -> _File:
        row = self._db.execute("SELECT number, rows, dimensions FROM file").fetchone()
        if row is None:
            raise self._damaged("it lists no file of vectors")
        return _File(*row)

    def _in_batches(self, select: str, keys: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            yield from self._db.execute(f"{select} IN ({', '.join('?' * len(batch))})", batch).fetchall()

    # Reading.

    def known(self, hashes: Sequence[str]) -> set[str]:
        """Which of these texts were embedded before, also those that no unit uses any more."""
        with self._guarded():
            return {hash for (hash,) in self._in_batches("SELECT hash FROM texts WHERE hash", hashes)}

    def ids(self) -> set[str]:
        """The id of every unit."""
        with self._guarded():
            return {id for (id,) in self._db.execute("SELECT id FROM units").fetchall()}

    def size(self) -> int:
        """Bytes of the file of vectors, without what a writer that was killed may have left at its end."""
        with self._guarded():
            return self._file().size

    def vectors(self, hashes: Sequence[str]) -> dict[str, Vectors]:
        """Text hash to vector, of shape (dimensions,) and read only, of those that are known."""
        select = "SELECT t.hash, v.vector FROM texts t JOIN vectors v ON v.text = t.number WHERE t.hash"
        with self._guarded():
            return {hash: np.frombuffer(vector, dtype="<f4") for hash, vector in self._in_batches(select, hashes)}

    def vectors_of(self, unit_ids: Sequence[str]) -> dict[str, Vectors]:
        """Unit id to vector, of shape (dimensions,) and read only, of those units that exist."""
        select = "SELECT u.id, v.vector FROM units u JOIN vectors v ON v.text = u.text WHERE u.id"
        with self._guarded():
            return {id: np.frombuffer(vector, dtype="<f4") for id, vector in self._in_batches(select, unit_ids)}

    def tokens(self, unit_ids: Sequence[str]) -> dict[str, Tokens]:
        """Unit id to tokens, of those units that exist."""

        def read(file: _File) -> dict[str, Tokens]:
            select = "SELECT u.id, t.first, t.first + t.rows FROM units u JOIN texts t ON t.number = u.text WHERE u.id"
            units = list(self._in_batches(select, unit_ids))
            rows = self._read(file, [(first, end) for _, first, end in units])
            ends = accumulate(end - first for _, first, end in units)
            by_unit = [(id, rows[at - (end - first) : at]) for (id, first, end), at in zip(units, ends, strict=True)]
            return {id: Tokens(rows["span"], rows["vector"]) for id, rows in by_unit}

        with self._guarded():
            return self._in_one_state(read)

    def _in_one_state(self, read: Callable[[_File], _T]) -> _T:
        """What `read` finds in one state of the index and the file that belongs to it.

        A writer that compacts removes the file of the state before, perhaps just before it is opened here. In the next state it is another;
        raises FileNotFoundError where it is not.
        """
        missing: _File | None = None
        while True:
            with transaction(self._db, "DEFERRED"):
                file = self._file()
                try:
                    return read(file)
                except FileNotFoundError:
                    if missing is not None and missing.number == file.number:
                        raise
                    missing = file

    def _read(self, file: _File, places: Sequence[tuple[int, int]]) -> npt.NDArray[np.void]:
        """The rows at these places of the file, first and last and one beyond, one place after the other.

        Not by mapping the file into memory: the pages of a large one that were read would stay there, and count as the process's. Reading
        takes as long.
        """
        rows = np.empty(sum(end - first for first, end in places), dtype=file.row)
        if len(rows):
            opened, content, at = self._opened(file), rows.view(np.uint8).data, 0
            if os.fstat(opened.fileno()).st_size < file.size:
                raise self._damaged(f"{file.name} is too short")
            for first, end in places:
                size = (end - first) * file.row.itemsize
                opened.seek(first * file.row.itemsize)
                opened.readinto(content[at : at + size])
                at += size
        rows.flags.writeable = False
        return rows

    def _opened(self, file: _File) -> FileIO:
        """The file, open: the same again until a compaction has made another."""
        if self._reading is None or self._reading.name != str(self._path / file.name):
            opened = FileIO(str(self._path / file.name))
            if self._reading is not None:
                self._reading.close()
            self._reading = opened
        return self._reading

    def differences(self) -> list[str]:
        """A line for each text that is not in the file as it was written, or one for all where there is no file; empty when all is well."""
        with self._guarded():
            try:
                return [f"tokens: {said}; delete {self._path}" for _, said in self._in_one_state(self._damaged_texts)]
            except FileNotFoundError:
                return [f"tokens: {self._file().name} is missing"]

    def _damaged_texts(self, file: _File) -> list[tuple[int, str]]:
        """The number of each text that is not in the file as it was written, and what is wrong with it."""
        select = """SELECT t.number, t.hash, t.first, t.rows, t.checksum, v.vector FROM texts t LEFT JOIN vectors v ON v.text = t.number
            ORDER BY t.first"""
        damaged = []
        with self._open(file) as opened:
            for number, hash, first, rows, checksum, vector in self._db.execute(select):
                opened.seek(first * file.row.itemsize)
                content = opened.read(rows * file.row.itemsize)
                if len(content) < rows * file.row.itemsize:
                    damaged.append((number, f"the text {hash} is not wholly in {file.name}"))
                elif crc32(vector or b"", crc32(content)) != checksum:
                    damaged.append((number, f"the vectors of the text {hash} are not those that were written"))
        return damaged

    def _open(self, file: _File) -> BinaryIO:
        return (self._path / file.name).open("rb") if file.rows else BytesIO()

    # Writing, by one process at a time.

    def put(self, units: Sequence[tuple[str, str, str]], encoded: Mapping[str, Encoded], removed: Sequence[str] = ()) -> None:
        """Writes units as (unit id, article key, text hash), in the place of those with their ids and of all of the articles `removed`, and
        what the model made of new texts.

        Entries of `encoded` for known texts are ignored. Raises KeyError where a unit's text is neither known nor in `encoded`,
        StoreOfAnotherMaker where token vectors have other dimensions than those before; nothing is written then.
        """
        with self._guarded():
            known = self.known([*encoded, *(hash for _, _, hash in units)])
            new = {hash: made for hash, made in encoded.items() if hash not in known}
            for id, _, hash in units:
                if hash not in known and hash not in new:
                    raise KeyError(f"the text {hash} of unit {id} was never embedded")
            file, texts = self._append(self._tidied(), new)
            with transaction(self._db, "IMMEDIATE"):
                self._db.executemany(
                    "INSERT INTO texts (hash, first, rows, checksum, users) VALUES (?, ?, ?, ?, 0)",
                    [(text.hash, text.first, text.rows, text.checksum) for text in texts],
                )
                self._db.executemany(
                    "INSERT INTO vectors SELECT number, ? FROM texts WHERE hash = ?", [(text.vector, text.hash) for text in texts]
                )
                self._db.executemany("DELETE FROM units WHERE article = ?", [(key,) for key in removed])
                # Not INSERT OR REPLACE, which deletes without the trigger that counts.
                self._db.executemany("DELETE FROM units WHERE id = ?", [(id,) for id, _, _ in units])
                self._db.executemany(
                    "INSERT INTO units SELECT ?, ?, number FROM texts WHERE hash = ?", list({unit[0]: unit for unit in units}.values())
                )
                self._list(file)
            self._compact(file)

    def remove(self, article_keys: Sequence[str]) -> None:
        """Forgets the units of these articles. Their texts stay, to be found by a later build, until a compaction."""
        with self._guarded():
            file = self._tidied()
            with transaction(self._db, "IMMEDIATE"):
                self._db.executemany("DELETE FROM units WHERE article = ?", [(key,) for key in article_keys])
            self._compact(file)

    def _list(self, file: _File) -> None:
        self._db.execute("UPDATE file SET number = ?, rows = ?, dimensions = ?", (file.number, file.rows, file.dimensions))

    def _tidied(self) -> _File:
        """The file of vectors, after removing what a killed compaction left there."""
        file = self._file()
        for path in self._path.glob("vectors-*.bin"):
            if path.name != file.name:
                path.unlink()
        return file

    def _append(self, file: _File, new: Mapping[str, Encoded]) -> tuple[_File, list[_WrittenText]]:
        """Writes the rows of new texts, to be listed; in the place of those that a writer wrote but was killed before it listed them."""
        for made in new.values():
            dimensions = made.tokens.shape[1] or file.dimensions
            if file.dimensions not in (0, dimensions):
                raise StoreOfAnotherMaker(
                    f"The token vectors in {self._path} have {file.dimensions} dimensions, the new ones {dimensions}. "
                    "Delete that folder and run: python -m index build with the same folders"
                )
            file = replace(file, dimensions=dimensions)
        texts: list[_WrittenText] = []
        end = file.rows
        with (self._path / file.name).open("ab") if file.dimensions else BytesIO() as opened:
            if opened.tell() < file.size:
                raise self._damaged(f"{file.name} is too short")
            opened.truncate(file.size)
            for hash, made in new.items():
                rows = np.empty(len(made.tokens) if made.tokens.size else 0, dtype=file.row)
                if len(rows):
                    assert made.spans.shape == (len(rows), 2), "a span for each token"
                    rows["span"], rows["vector"] = made.spans, made.tokens
                content, vector = rows.tobytes(), np.asarray(made.vector, dtype="<f4").tobytes()
                opened.write(content)
                texts.append(_WrittenText(hash, end, len(rows), crc32(vector, crc32(content)), vector))
                end += len(rows)
            if end > file.rows:
                self._force(opened)
        return replace(file, rows=end), texts

    def _force(self, opened: BinaryIO) -> None:
        """Forces the file's content and its name to the disk."""
        opened.flush()
        os.fsync(opened.fileno())
        folder = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _compact(self, file: _File) -> None:
        """Writes the rows in use to the next file, if most are not and that frees enough, and forgets the texts that no unit uses."""
        (unused,) = self._db.execute("SELECT coalesce(sum(rows), 0) FROM texts WHERE users = 0").fetchone()
        if 2 * unused <= file.rows or unused * file.row.itemsize <= _MIN_FREED_BYTES:
            return
        self._rewrite(file, [number for (number,) in self._db.execute("SELECT number FROM texts WHERE users = 0")])

    def forget_damaged(self) -> None:
        """Forgets the texts that `differences` names, with their units. Call where one process writes, as `put`."""
        with self._guarded():
            file = self._tidied()
            try:
                damaged = [number for number, _ in self._in_one_state(self._damaged_texts)]
            except FileNotFoundError:
                damaged = [number for (number,) in self._db.execute("SELECT number FROM texts WHERE rows > 0")]
            if damaged:
                self._rewrite(file, damaged)

    def _rewrite(self, file: _File, dropped: Sequence[int]) -> None:
        """Writes the rows of all texts but those of these numbers to the next file, and forgets those and their units."""
        gone = set(dropped)
        places = [place for place in self._db.execute("SELECT number, first, rows FROM texts ORDER BY first") if place[0] not in gone]
        moved: list[tuple[int, int]] = []
        end = 0
        with (
            self._open(file) if any(rows for _, _, rows in places) else BytesIO() as old,
            (self._path / replace(file, number=file.number + 1).name).open("wb") as new,
        ):
            for number, first, rows in places:
                old.seek(first * file.row.itemsize)
                if new.write(old.read(rows * file.row.itemsize)) < rows * file.row.itemsize:
                    raise self._damaged(f"{file.name} is too short")
                moved.append((end, number))
                end += rows
            self._force(new)
        with transaction(self._db, "IMMEDIATE"):
            # One look through the units, which are not listed by text.
            self._db.execute("DELETE FROM units WHERE text IN (SELECT value FROM json_each(?))", (json.dumps(sorted(gone)),))
            self._db.executemany("DELETE FROM vectors WHERE text = ?", [(number,) for number in gone])
            self._db.executemany("DELETE FROM texts WHERE number = ?", [(number,) for number in gone])
            self._db.executemany("UPDATE texts SET first = ? WHERE number = ?", moved)
            self._list(replace(file, number=file.number + 1, rows=end))
        # A process that has it open can still read it.
        (self._path / file.name).unlink(missing_ok=True)
