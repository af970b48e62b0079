"""A file of any format → the texts in it: which reader reads what, containers within containers, and the reasons for what is not read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from importlib import import_module
from io import SEEK_END
from typing import Any, TypeVar

from index.errors import InputError
from index.readers.source import (
    MAX_BYTES,
    MAX_DOCUMENT_BYTES,
    Document,
    Facts,
    Reader,
    ReaderOutput,
    SourceFile,
    Unread,
    is_blank,
    too_large,
)

# Which function of which module reads a suffix. The module is imported when the first such file turns up: some take half a second.
_READERS = {
    ".txt": "text:read",
    ".md": "text:read",
    ".jsonl": "lines:read",
    ".csv": "tables:read",
    ".tsv": "tables:read",
    ".json": "records:read",
    ".parquet": "parquet:read",
    ".html": "web.html:read",
    ".htm": "web.html:read",
    ".xhtml": "web.html:read",
    ".mhtml": "web.mhtml:read",
    ".mht": "web.mhtml:read",
    ".pdf": "pdf.document:read",
    ".docx": "docx:read",
    ".rtf": "rtf:read",
    ".eml": "mail:read",
    ".mbox": "mail:read_mbox",
    ".zip": "archives:read",
    ".warc": "web.warc:read",
    ".warc.gz": "web.warc:read",
}
SUFFIXES = tuple(_READERS)
# Each makes one article of the whole file, so that the hash of the file says whether it has changed.
_WHOLE = frozenset({".txt", ".md", ".html", ".htm", ".xhtml", ".mhtml", ".mht", ".pdf", ".docx", ".rtf"})
# Read in the program's own process: what parses them is ours or as good, knows its limits, and is called for by the thousand.
SIMPLE = frozenset({".txt", ".md", ".jsonl"})
_MOST_BYTES = {".pdf": MAX_DOCUMENT_BYTES, ".docx": MAX_DOCUMENT_BYTES}
_CHUNK = 1 << 20
_LOST = re.compile("[\0\ud800-\udfff]")
# How deep a part may lie: a page in an archive that came with a mail in a mailbox is the third part within the file.
DEEPEST = 4
_MOST_NESTED = 1024**3
NOT_A_FORMAT = "not a format that is read"


@dataclass(frozen=True, slots=True)
class Same:
    """A text that is known already by that name, with the same fingerprint. It was not read again. `where` as of a Document."""

    name: str
    where: str | None = None


FileResult = Document | Same | Unread
_Strings = TypeVar("_Strings", Document, Facts, Unread)


def suffix_of(name: str) -> str:
    """The suffix by which a file is read, in small letters; the last one where none is.

    >>> suffix_of("Crawl.WARC.gz"), suffix_of("story.tar.gz"), suffix_of("story")
    ('.warc.gz', '.gz', '')
    """
    lower = name.rpartition("/")[2].lower()
    known = [suffix for suffix in _READERS if lower.endswith(suffix)]
    stem, dot, last = lower.rpartition(".")
    return max(known, key=len) if known else dot + last if stem else ""


def holds_several(suffix: str) -> bool:
    """Whether there may be several texts in a file of that suffix."""
    return suffix in _READERS and suffix not in _WHOLE


def read(source: SourceFile, known: Mapping[str, str], begins: Callable[[str], str | None] = lambda _: None) -> Iterator[FileResult]:
    """The texts in a source, each with its fingerprint, and what in it is not read; `known` is the fingerprint of each text that the
    caller has, by name.

    `begins` is called with the name of the source, and of each part of it, before it is read; where it returns a reason, it is not read.
    Never raises for what is in the source: a reader that breaks makes an Unread.
    """
    return _NestedReading(known, begins).read(source, 0)


class _NestedReading:
    """Of one file and of all that is in it."""

    def __init__(self, known: Mapping[str, str], begins: Callable[[str], str | None]) -> None:
        self._known, self._begins = known, begins
        self._nested = 0  # bytes of parts within parts

    def read(self, source: SourceFile, depth: int) -> Iterator[FileResult]:
        try:
            refused = self._begins(source.name)
            if refused is not None:
                raise InputError(refused)
            reader = _reader(source)
            if depth > DEEPEST:
                raise InputError(f"it lies more than {DEEPEST} deep, part within part")
            if depth > 1:
                self._spend(source)
            fingerprint = _fingerprint(source) if source.suffix in _WHOLE else None
            if fingerprint is not None and self._known.get(source.name) == fingerprint:
                yield Same(source.name)
                return
            for output in reader(source):
                yield from self._settled(source, output, fingerprint, depth)
        except InputError as error:
            yield _storable(Unread(source.name, str(error)))
        except MemoryError:
            yield Unread(source.name, "it takes more memory than a file may")
        except RecursionError:
            yield Unread(source.name, "it is nested too deeply")
        except Exception as error:  # a parser can raise anything on a broken file: only this file is skipped
            yield Unread(source.name, f"damaged, or not what its name says ({type(error).__name__})")

    def _spend(self, source: SourceFile) -> None:
        """Each archive has its own limit; those within others have this one together."""
        self._nested += source.file.seek(0, SEEK_END)
        source.file.seek(0)
        if self._nested > _MOST_NESTED:
            raise InputError(f"what lies within its archives is more than {_MOST_NESTED:,} bytes")

    def _settled(self, source: SourceFile, output: ReaderOutput, fingerprint: str | None, depth: int) -> Iterator[FileResult]:
        if isinstance(output, Unread):
            yield _storable(output)
        elif isinstance(output, SourceFile):
            yield from self.read(replace(output, facts=_under(source.facts, output.facts), columns=source.columns), depth + 1)
        else:
            mark = output.fingerprint or fingerprint
            assert mark is not None, "a reader of parts says what makes each of its texts"
            if self._known.get(output.name) == mark:
                yield Same(output.name, output.where)
            elif len(output.text) > MAX_BYTES:
                yield Unread(output.name, f"its text is longer than the limit of {MAX_BYTES:,} characters")
            elif is_blank(output.text):
                yield Unread(output.name, "empty")
            else:
                document = replace(output, facts=_under(source.facts, output.facts), fingerprint=mark)
                yield document if source.suffix in SIMPLE else _storable(document)


def _reader(source: SourceFile) -> Reader:
    place = _READERS.get(source.suffix)
    if place is None:
        raise InputError(NOT_A_FORMAT)
    module, name = place.split(":")
    reader: Reader = getattr(import_module(f"index.readers.{module}"), name)
    return reader


def _under(below: Facts, above: Facts) -> Facts:
    """The facts of `above`, and where it has none those of `below`."""
    return Facts(*(getattr(above, field.name) or getattr(below, field.name) for field in fields(Facts)))


def _storable(item: _Strings) -> _Strings:
    """What extraction may give and nothing can hold, NULs and lone surrogates, becomes U+FFFD: one character for one."""
    words = {field.name: _LOST.sub("\ufffd", value) for field in fields(item) if isinstance(value := getattr(item, field.name), str)}
    changes: dict[str, Any] = {**words, "facts": _storable(item.facts)} if isinstance(item, Document) else {**words}
    return replace(item, **changes)


def _fingerprint(source: SourceFile) -> str:
    """Of the bytes, and of what the container says of them. Raises InputError where they are more than are read."""
    most = _MOST_BYTES.get(source.suffix, MAX_BYTES)
    digest, left = hashlib.sha256(), most
    while chunk := source.file.read(min(left + 1, _CHUNK)):
        left -= len(chunk)
        if left < 0:
            raise InputError(too_large(most))
        digest.update(chunk)
    source.file.seek(0)
    if source.facts == Facts() and source.charset is None:
        return digest.hexdigest()
    return hashlib.sha256(repr((digest.hexdigest(), source.facts, source.charset)).encode("utf-8", "surrogatepass")).hexdigest()
