"""A corpus in JSON Lines: an article a line. Streamed: of a corpus no more than one line is held in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import orjson

from index.errors import InputError
from index.readers.columns import read_record
from index.readers.source import BYTE_ORDER_MARK, MAX_BYTES, ReaderOutput, SourceFile, Unread, too_large

_UTF8_MARK = BYTE_ORDER_MARK.encode()


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """Its records, named by their "id" or `file.jsonl:LINE`. Raises InputError where it is no text in UTF-8."""
    number = 0
    for number, line in enumerate(_lines(source.file), start=1):
        if number == 1 and line and b"\0" in line:
            raise InputError("binary or UTF-16: a .jsonl corpus is UTF-8")
        if line is None or line.removeprefix(_UTF8_MARK).strip():
            yield _record(source, f"{source.name}:{number}", line)
    if number == 0:
        raise InputError("empty")


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines, cut at LF alone (U+2028 may stand in a JSON string), with their LF; None for one with more than MAX_BYTES before it."""
    while line := file.readline(MAX_BYTES + 1):
        if len(line) <= MAX_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(1 << 16)
        yield None


def _record(source: SourceFile, where: str, line: bytes | None) -> ReaderOutput:
    if line is None:
        return Unread(where, too_large(MAX_BYTES))
    try:
        record = orjson.loads(line.removeprefix(_UTF8_MARK))
    except orjson.JSONDecodeError as error:
        return Unread(where, f"not JSON: {error.msg} at character {error.pos + 1:,}")
    if not isinstance(record, dict):
        return Unread(where, "not a JSON object")
    return read_record(record, where, source.columns, lambda: None)
