"""ZIP archives, and the names of parts, which are never more than names: no part is written to a disk, or found by its name.

A member is unpacked in memory when its reader first asks for a byte, so that only what is read is unpacked.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import BinaryIO, cast

from index.errors import InputError
from index.readers.reading import suffix_of
from index.readers.source import ReaderOutput, SourceFile, Unread

# The limits are the issue's, or what fits into the memory that a reader has; none is measured.
MOST_MEMBERS = 100_000
MOST_UNPACKED = 1024**3  # of one archive, in bytes
MOST_OF_MEMBER = 100 * 1024 * 1024  # the largest PDF that is read
LONGEST_NAME = 1_000

_CHUNK = 4096  # packed bytes at a time: of bzip2 and LZMA the library unpacks as many as it is given, however much comes out
_LOCAL_HEADER = 30  # bytes before the name
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, ValueError, NotImplementedError, RuntimeError, OverflowError),
)
_ENCRYPTED = 1 << 0 | 1 << 6
_NAMED_IN_UTF8 = 1 << 11
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, marks of direction and joining, halves of characters, breaks of lines
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_DRIVE = re.compile("[A-Za-z]:")

_SUFFIXES = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/csv": ".csv",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/json": ".json",
    "message/rfc822": ".eml",
    "application/mbox": ".mbox",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/warc": ".warc",
}


def suffix_of_type(content_type: str) -> str:
    """By which suffix a part is read that says "text/html" or the like of itself; empty where it is not read."""
    return _SUFFIXES.get(content_type, "")


def plain_name(name: str) -> str:
    """The name without invisible characters: control characters, overrides of direction, zero-width characters, halves of characters.

    >>> plain_name("stor\\u202ey\\u200b.txt\\0")
    'story.txt'
    """
    return "".join(character for character in name if unicodedata.category(character) not in _UNSEEN)


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """Each file in a .zip, in the order of their names. Folders and hidden files are skipped without a message.

    Raises InputError where it is no archive, is empty, holds more than MOST_MEMBERS files, or has files that overlap, as only bombs do.
    Of what unpacks to more than MOST_UNPACKED bytes the rest is not read.
    """
    try:
        archive = zipfile.ZipFile(source.file)
    except _BROKEN as error:
        raise InputError(f"damaged, or not a ZIP archive: {error}") from error
    with archive:
        _require_plain(archive)
        unpacked = 0
        for name, entry in sorted(((_name(entry), entry) for entry in archive.infolist()), key=lambda member: member[0]):
            if _is_passed_over(name, entry):
                continue
            refused = _refusal(name, entry)
            if refused:
                yield Unread(f"{source.name}/{_shown(name)}", refused)
                continue
            with Member(archive, entry) as member:
                yield SourceFile(f"{source.name}/{name}", cast("BinaryIO", member), suffix_of(name))
            unpacked += member.unpacked
            if unpacked > MOST_UNPACKED:
                raise InputError(f"unpacks to more than {MOST_UNPACKED:,} bytes: what comes after {name!r} is not read")


class Member(io.BufferedIOBase):
    """A file in an archive, unpacked in memory at the first touch. Raises InputError where it cannot be; `unpacked` is its bytes so far."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self._archive = archive
        self._entry = entry
        self._content: io.BytesIO | None = None
        self.unpacked = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._whole().read(size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._whole().read1(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._whole().readline(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._whole().seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell() if self._content else 0

    def close(self) -> None:
        self._content = None
        super().close()

    def _whole(self) -> io.BytesIO:
        if self._content is None:
            content = io.BytesIO()
            try:
                with self._archive.open(self._entry) as packed:
                    while chunk := packed.read(_CHUNK):
                        content.write(chunk)
            except _BROKEN as error:
                raise InputError(f"damaged in its archive: {error}") from error
            finally:
                self.unpacked = content.tell()
            content.seek(0)
            self._content = content
        return self._content


def _require_plain(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if not entries:
        raise InputError("an archive without a file")
    if len(entries) > MOST_MEMBERS:
        raise InputError(f"more than {MOST_MEMBERS:,} files in one archive")
    places = sorted((entry.header_offset, entry.header_offset + _LOCAL_HEADER + entry.compress_size) for entry in entries)
    places.append((archive.start_dir, archive.start_dir))
    if any(end > start for (_, end), (start, _) in pairwise(places)):
        raise InputError("its files overlap, as they do in archives that are made to do harm")


def _name(entry: zipfile.ZipInfo) -> str:
    """With `/` between folders. Many archives hold UTF-8 without saying so; the library decodes those as the character set of the first
    PCs.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _NAMED_IN_UTF8:
        with suppress(UnicodeDecodeError):  # it is in cp437, or a code page that nothing names
            name = name.encode("cp437").decode("utf-8")
    return plain_name(name.replace("\\", "/"))


def _is_passed_over(name: str, entry: zipfile.ZipInfo) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts) or "__MACOSX" in parts
    return hidden or name.endswith("/") or stat.S_ISDIR(_mode(entry))


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _refusal(name: str, entry: zipfile.ZipInfo) -> str | None:
    if len(name) > LONGEST_NAME:
        return f"its name is longer than {LONGEST_NAME:,} characters"
    if _CONTROL.search(entry.orig_filename):
        return "its name holds control characters"
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return "its name leads out of the archive"
    if stat.S_ISLNK(_mode(entry)):
        return "a link, which is not followed"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted: pack it without a password"
    if entry.compress_type not in _METHODS:
        return f"packed by method {entry.compress_type}, which is not read: pack it by Deflate"
    if entry.file_size > MOST_OF_MEMBER:
        return f"unpacks to more than the limit of {MOST_OF_MEMBER:,} bytes"
    return None


def _shown(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"
