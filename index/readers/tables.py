"""CSV and TSV: a row an article, after a first row that names the columns.

Lines are read one at a time. The delimiter is found, quotation marks are those of RFC 4180 (doubled within a cell), and a row of which it
is not sure where its cells end is said to be unread.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import BinaryIO, TextIO

from index.errors import InputError
from index.readers.columns import read_record, require_columns
from index.readers.source import BYTE_ORDER_MARK, MAX_BYTES, ReaderOutput, SourceFile, Unread
from index.text.column_dates import day_first_of
from index.text.decode import decode_text

MAX_DECODED_BYTES = 200 * 1024 * 1024  # of a table in another encoding than UTF-8, which is held whole: 1.4 GB of memory
DELIMITERS = (",", ";", "\t", "|")  # of two that do equally well the first
ROWS_TO_FIND_THE_DELIMITER = 20  # not measured

_CHUNK = 1 << 20
_TOO_LARGE = "field larger than field limit"
_REASONS = {
    _TOO_LARGE: f"a cell or line is longer than the limit of {MAX_BYTES:,} characters: it and what follows are not read",
    "unexpected end of data": "a quotation mark opens a cell and none closes it",
    "expected after": "a quotation mark within a cell is not doubled",
}


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """Its records. Raises InputError where the file is no table, has no column for the text, or lacks a named one."""
    csv.field_size_limit(MAX_BYTES)
    with _opened(source.file) as text:
        yield from _read_table(source, _DelimitedRows(text))


class _DelimitedRows:
    """The rows of a text. It stands where the last row that was read ended, so that its dates can be looked through in between."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        if text.read(1) != BYTE_ORDER_MARK:
            text.seek(0)
        self._start = text.tell()
        self._delimiter = max(DELIMITERS, key=self._agreement)
        text.seek(self._start)

    def rows(self) -> Iterator[tuple[int, list[str] | str]]:
        """Each row that is not blank with the line that it begins on, from 1; or the reason why it cannot be read."""
        return self._rows(self._delimiter)

    def day_first(self, column: int) -> bool | None:
        """Whether the day comes first, by all dates of a column. Keeps the table's position."""
        place = self._text.tell()
        self._text.seek(self._start)
        is_day_first = day_first_of(row[column] for _, row in self.rows() if isinstance(row, list) and column < len(row))
        self._text.seek(place)
        return is_day_first

    def _rows(self, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
        reader = csv.reader(_lines(self._text), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                yield line, _reason(error)
                if _TOO_LARGE in str(error):
                    return
                continue
            if row is None:
                return
            if row:
                yield line, row

    def _agreement(self, delimiter: str) -> tuple[float, int]:
        """How well the delimiter does: the share of the first rows that have as many cells as the header, and how many these are."""
        self._text.seek(self._start)
        widths = [len(row) if isinstance(row, list) else 0 for _, row in islice(self._rows(delimiter), 1 + ROWS_TO_FIND_THE_DELIMITER)]
        if not widths or widths[0] < 2:
            return 0, 0
        return widths.count(widths[0]) / len(widths), widths[0]


def _read_table(source: SourceFile, table: _DelimitedRows) -> Iterator[ReaderOutput]:
    rows = table.rows()
    _, header = next(rows, (0, "empty"))
    if isinstance(header, str):
        raise InputError(header)
    columns = require_columns(header, source.columns)
    places = {column: header.index(column) for column in columns.values()}

    @cache
    def day_first() -> bool | None:
        return table.day_first(places[columns["date"]])

    for line, row in rows:
        name = f"{source.name}:{line}"
        if isinstance(row, str):
            yield Unread(name, row)
        elif len(row) < len(header) or any(row[len(header) :]):
            yield Unread(name, f"the row has {len(row)} cells, the header {len(header)}")
        else:
            yield read_record({column: row[place] for column, place in places.items()}, name, source.columns, day_first)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[TextIO]:
    """The characters, with their line breaks as they are. Raises InputError where they cannot be decoded."""
    if not _is_utf8(file):
        file.seek(0)
        data = file.read(MAX_DECODED_BYTES + 1)
        if len(data) > MAX_DECODED_BYTES:
            raise InputError(f"not UTF-8, and larger than the limit of {MAX_DECODED_BYTES:,} bytes for other encodings: save it as UTF-8")
        yield io.StringIO(decode_text(data), newline="")
        return
    file.seek(0)
    text = io.TextIOWrapper(file, "utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()  # the file is the caller's to close


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(text: TextIO) -> Iterator[str]:
    """One at a time: unlike its own iteration, that leaves the text where the line ended."""
    while line := text.readline(MAX_BYTES + 1):
        if len(line) > MAX_BYTES and not line.endswith(("\n", "\r")):
            raise csv.Error(_TOO_LARGE)
        yield line


def _reason(error: csv.Error) -> str:
    return next((reason for words, reason in _REASONS.items() if words in str(error)), str(error))
