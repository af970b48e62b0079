"""The catalogue's SQLite database: tables, migrations, transactions, and what SQLite's errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from index.errors import StoreDamaged, StoreInUse

_SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, text TEXT NOT NULL, story TEXT NOT NULL, title TEXT, publisher TEXT, author TEXT, date TEXT,
    language TEXT NOT NULL, url TEXT, places TEXT NOT NULL, indexed INTEGER NOT NULL, pages TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL, tokens INTEGER NOT NULL, sentences TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passages_by_article ON passages(article, start);
CREATE TABLE IF NOT EXISTS sentences (
    id TEXT NOT NULL, passage TEXT NOT NULL REFERENCES passages(id) ON DELETE CASCADE, PRIMARY KEY (id, passage)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sentences_by_passage ON sentences(passage);
CREATE TABLE IF NOT EXISTS quotations (
    article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, number INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, speech TEXT NOT NULL, speaker_start INTEGER, speaker_end INTEGER, speaker_name TEXT, cue_start INTEGER,
    cue_end INTEGER, utterance INTEGER NOT NULL, PRIMARY KEY (article, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_by_heading ON articles(indexed, id, sha256, title, publisher, author, date, language);
CREATE INDEX IF NOT EXISTS quotations_by_speaker ON quotations(speaker_name, article);
CREATE TABLE IF NOT EXISTS linked (
    number INTEGER PRIMARY KEY, article TEXT NOT NULL UNIQUE REFERENCES articles(id) ON DELETE CASCADE, prints INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS prints (
    print INTEGER NOT NULL, holder INTEGER NOT NULL REFERENCES linked(number) ON DELETE CASCADE, PRIMARY KEY (print, holder)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS prints_by_holder ON prints(holder);
CREATE TABLE IF NOT EXISTS links (
    a TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, b TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, score REAL NOT NULL, PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_b ON links(b);
CREATE TABLE IF NOT EXISTS generation (number INTEGER NOT NULL);
INSERT INTO generation SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM generation);
"""
# 2: with the two indexes by heading and by speaker, which spare reading past every text. Of 10,000 articles of 6,000 characters the
# headings then come in 12 ms instead of 46, the languages in 2 instead of 29, the people in 12 instead of 47.
# 3: with an article's pages, and with links between articles that are one story; those that stand in no `linked` the next writer links.
_VERSION = 3
# SQLite's own default limit of variables in one statement is 32766; a smaller batch is as fast.
_BATCH = 500


@contextmanager
def transaction(db: sqlite3.Connection, kind: Literal["IMMEDIATE", "DEFERRED"]) -> Iterator[None]:
    """IMMEDIATE: all that happens inside is kept, or nothing of it. DEFERRED: everything inside is read in one state of the database."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


class Database:
    """An open catalogue. One writer at a time (the store holds the lock); any number of readers."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the catalogue in the file at `path`. Raises StoreDamaged where the file is no such database."""
        self._path = path
        with self.errors():
            # The page answers from several threads; Python's sqlite3 is built serialised.
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self.execute("PRAGMA journal_mode = WAL")
            self.execute("PRAGMA foreign_keys = ON")
            if self._version() < _VERSION:
                with transaction(self._connection, "IMMEDIATE"):
                    if self._version() < _VERSION:  # no other process has migrated it meanwhile
                        self._migrate()

    def _version(self) -> int:
        return int(self.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self) -> None:
        columns = {row[1] for row in self.execute("PRAGMA table_info(articles)")}
        if columns and "pages" not in columns:
            self.execute("ALTER TABLE articles ADD COLUMN pages TEXT NOT NULL DEFAULT '[]'")
        for statement in _SCHEMA.split(";"):  # executescript would end the transaction
            self.execute(statement)
        self.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        self._connection.close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        return self._connection.executemany(statement, rows)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raises SQLite's errors as StoreInUse and StoreDamaged."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise StoreInUse(f"The store at {self._path.parent} is in use by another process. Try again when it is done.") from error
            raise StoreDamaged(
                f"The catalogue {self._path} cannot be used ({error}). Check disk space and rights, then run: python -m index verify"
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(
                f"The catalogue {self._path} is damaged ({error}). Move the store away and run: python -m index build FOLDER"
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that happens inside is kept, or nothing of it."""
        with self.errors(), transaction(self._connection, "IMMEDIATE"):
            yield

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever another process writes."""
        with self.errors(), transaction(self._connection, "DEFERRED"):
            yield

    def in_batches(self, select: str, keys: Sequence[str] | Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement that ends in `IN`, completed with the keys."""
        with self.errors():
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                yield from self.execute(f"{select} ({', '.join('?' * len(batch))})", batch).fetchall()

    def generation(self) -> int:
        """A number that grows with every change that readers can see."""
        with self.errors():
            return int(self.execute("SELECT number FROM generation").fetchone()[0])

    def advance(self) -> None:
        """Says that readers see a change. Call inside a transaction."""
        self.execute("UPDATE generation SET number = number + 1")
