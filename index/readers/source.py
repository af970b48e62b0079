"""What a reader is given, and what it may make of it.

A reader is a function `read(source) -> Iterator[ReaderOutput]` in a module for each format. It is called in a process that has a limit of
time and memory, may write nothing, and is thrown away when it breaks: so it raises InputError, with a reason for the user, for what it does
not read, and need not fear the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from index.errors import InputError
from index.languages.base import every

MAX_BYTES = 20 * 1024 * 1024  # a file of text, or one line of a corpus; the 20 MB, not measured
MAX_DOCUMENT_BYTES = 100 * 1024 * 1024  # a document that may hold pictures besides its text; not measured

BYTE_ORDER_MARK = "\ufeff"

# What programs write where nobody gave an author.
_NO_AUTHOR = re.compile(rf"(?:{'|'.join(sorted(every('documents.no_author')))}|\W*)\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an article outside its text: a date in any form of ISO, a language with or without its region."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file, or a part of one, to be read. `name` becomes the id of the article that is made of it; `file` is seekable and at its
    beginning; `suffix` says how to read it: small letters with the dot; `facts` are what its container says of it. `columns` says which
    column of a table holds which field of an article: {"text": "body"}. `charset` is what its container says of its encoding, and
    goes before what is said inside."""

    name: str
    file: BinaryIO
    suffix: str
    facts: Facts = Facts()
    columns: Mapping[str, str] = field(default_factory=dict)
    charset: str | None = None

    def bytes(self, most: int = MAX_BYTES) -> bytes:
        """All of it. Raises InputError where it is longer than `most`."""
        data = self.file.read(most + 1)
        if len(data) > most:
            raise InputError(too_large(most))
        return data


@dataclass(frozen=True, slots=True)
class Document:
    """One text that was found, which becomes an article. `pages` are the offsets at which its pages begin, in code points, where it has
    pages: the first is 0. `fingerprint` changes with all that makes it; None where that is the bytes of the whole source.
    `where` is its place in the source, where its name does not say that."""

    name: str
    text: str
    facts: Facts = Facts()
    pages: tuple[int, ...] = ()
    fingerprint: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a source that is not read, and why."""

    name: str
    reason: str


ReaderOutput = Document | SourceFile | Unread
"""A text; a part to be read next, whose file may be closed once the next one is asked for; or a part that is not read."""

Reader = Callable[[SourceFile], Iterator[ReaderOutput]]


def is_blank(text: str) -> bool:
    """Whether there is nothing in a text but white space and byte order marks."""
    return not text.replace(BYTE_ORDER_MARK, "").strip()


def stated_author(name: str) -> str | None:
    """The author that a document names in its properties; None where a program has only filled them in.

    >>> stated_author("Petra Vasque"), stated_author("User1")
    ('Petra Vasque', None)
    """
    return None if _NO_AUTHOR.fullmatch(name) else name


def too_large(most: int) -> str:
    """The reason why something of more than `most` bytes is not read."""
    return f"larger than the limit of {most:,} bytes"
