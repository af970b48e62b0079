"""The folder of the files that are added here: under which names they are kept, and where they go when their articles are removed."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from secrets import token_urlsafe

from index.articles import Article, Skipped, read_sources
from index.errors import InputError
from index.readers.reading import SUFFIXES, suffix_of
from index.readers.source import MAX_BYTES
from index.store.passages import Passage

# Files of removed articles go into this folder of the added ones; what begins with a dot is not read.
_ASIDE = ".removed"
# Bytes of a file's name before its suffix: file systems take 255, and a number may follow.
_LONGEST_NAME = 200
_NO_NAME = frozenset('<>:"|?*')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# SUFFIXES, as people call them.
_KINDS = "text, web pages, PDF, Word, RTF, mail, tables, ZIP and WARC"


@dataclass(frozen=True, slots=True)
class Removed:
    """An article that was removed from the store, with all that is needed to restore it. `file` is where its file was among the added ones
    and `moved` where it is now; None where the article came from elsewhere and its file stays."""

    article: Article
    passages: Sequence[Passage]
    file: Path | None = None
    moved: Path | None = None


class Additions:
    """The folder in which files are kept that are added here; it is made with the first. `sources` is where the other articles are from.
    Any number of threads may call it."""

    def __init__(self, folder: Path, sources: Path | None) -> None:
        self.folder, self._sources = folder, sources
        # Held while a name is found for a file, until it has it.
        self._naming = threading.Lock()

    def keep(self, name: str, data: bytes, article_of: Callable[[str], Article | None]) -> tuple[Path | None, bool]:
        """Keeps a file of articles, and returns where it is and whether it is new there: the very same file may be there already. None
        where the store has an article made of it, from elsewhere; `article_of` gives the store's article of an id.

        `name` may be anything, as `Library.add` has it. Raises InputError, saying why, where nothing in it can be read as an article.
        """
        title = file_name(name)
        if len(data) > MAX_BYTES:
            raise InputError(f"{title}: larger than the limit of {MAX_BYTES:,} bytes")
        temporary = self.folder / f".adding-{token_urlsafe()}{suffix_of(title)}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            _require_article(temporary, title)
            with self._naming:
                file = self._place_for(title, data, article_of)
                is_new = file is not None and not file.exists()
                if file is not None and is_new:
                    temporary.rename(file)
        except OSError as error:
            raise InputError(f"{title} cannot be kept in {self.folder} ({error.strerror}). Check its rights and the disk.") from error
        finally:
            temporary.unlink(missing_ok=True)
        return file, is_new

    def _place_for(self, title: str, data: bytes, article_of: Callable[[str], Article | None]) -> Path | None:
        """Where an added file has these bytes, or may have them: under a name that is neither taken there nor an article of another origin.

        None where an article of another origin is made of them.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        for name in _numbered(title):
            file = self.folder / name
            if file.is_file() and file.read_bytes() == data:
                return file
            article = article_of(name)
            if article is not None and article.sha256 == sha256:
                return None
            is_elsewhere = self._sources is not None and (self._sources / name).exists()
            if article is None and not is_elsewhere and not os.path.lexists(file):
                return file
        raise AssertionError("numbers do not end")

    def set_aside(self, removed: Removed) -> Removed:
        """Sets aside the file of a removed article, if it was added here, so that it is not read."""
        file = self.folder / removed.article.id
        try:
            if not file.resolve().is_relative_to(self.folder.resolve()) or not file.is_file():
                return removed
            if hashlib.sha256(file.read_bytes()).hexdigest() != removed.article.sha256:
                return removed
            folder = self.folder / _ASIDE
            folder.mkdir(exist_ok=True)
            with self._naming:
                moved = next(folder / name for name in _numbered(file.name) if not (folder / name).exists())
                file.rename(moved)
        except (OSError, ValueError):  # an id may be no path at all; what cannot be moved stays
            return removed
        return replace(removed, file=file, moved=moved)

    def put_back(self, removed: Removed) -> None:
        """Moves a file that was set aside back to its place, where that is free."""
        if removed.moved is not None and removed.file is not None and removed.moved.exists() and not removed.file.exists():
            removed.moved.rename(removed.file)


def file_name(sent: str) -> str:
    """A name to keep a file by, from one that may be anything: its last part without control characters, leading dots and what no file
    system takes, not too long. Raises InputError where it is not of a kind that can be read.

    >>> file_name("C:\\\\news\\\\..\\\\a\\nb.TXT"), file_name("../.hidden.md"), file_name(".txt"), file_name("crawl.WARC.gz")
    ('ab.TXT', 'hidden.md', 'article.txt', 'crawl.WARC.gz')
    """
    last = "".join(c for c in re.split(r"[/\\\\]", sent)[-1] if c not in _NO_NAME and unicodedata.category(c) not in _UNSEEN)
    name = last.strip()
    suffix = suffix_of(name)
    if suffix not in SUFFIXES:
        shown = name.lstrip(". ")[:_LONGEST_NAME] or "This"
        raise InputError(f"{shown} is not of a kind that can be read. Articles are read from {_KINDS}.")
    stem, ending = name[: -len(suffix)], name[-len(suffix) :]
    stem = stem.strip().lstrip(". ") or "article"
    return stem.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip() + ending


def _numbered(name: str) -> Iterator[str]:
    """The name, then "name (2).txt", "name (3).txt" and so on."""
    yield name
    ending = len(name) - len(suffix_of(name))
    for number in count(2):
        yield f"{name[:ending]} ({number}){name[ending:]}"


def _require_article(file: Path, title: str) -> None:
    """Raises InputError, with the first reason, where nothing in a file can be read."""
    first = None
    for item in read_sources([file]):
        if not isinstance(item, Skipped):
            return
        first = first or item
    where, reason = (first.path.replace(file.name, title, 1), first.reason) if first else (title, "empty")
    raise InputError(f"{where}: {reason}")
