"""Parquet: a row an article. Only the columns that are needed are read, few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from io import SEEK_END
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from index.errors import InputError
from index.readers.columns import read_record, require_columns
from index.readers.source import MAX_BYTES, Document, ReaderOutput, SourceFile
from index.text.column_dates import day_first_of

ROWS_AT_ONCE = 16  # 1.1 GB of memory where each has a text of 20 MB
READ_AHEAD = 1 << 20  # bytes of a column; not measured
# Code points of text for each byte of the file: 1.1 to 2.4 in the public sets, 18 in texts that differ in a number only, 20,000 in a text
# of 20 MB that stands there a thousand times.
MOST_EXPANSION = 100


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """Its records. Raises InputError where the file is not Parquet, has no column for the text, or lacks a named one."""
    try:
        table = pq.ParquetFile(source.file, buffer_size=READ_AHEAD, pre_buffer=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError("not a Parquet file, or damaged") from error
    columns = require_columns(table.schema_arrow.names, source.columns)

    @cache
    def day_first() -> bool | None:
        return day_first_of(record[columns["date"]] for record in _records(table, [columns["date"]]))

    room = max(MAX_BYTES, MOST_EXPANSION * source.file.seek(0, SEEK_END))
    for number, record in enumerate(_records(table, list(columns.values())), start=1):
        output = read_record(record, f"{source.name}:{number}", source.columns, day_first)
        room -= len(output.text) if isinstance(output, Document) else 0
        if room < 0:
            raise InputError(f"from row {number:,} on: its texts come to more than {MOST_EXPANSION} times its size")
        yield output


def _records(table: pq.ParquetFile, columns: list[str]) -> Iterator[dict[str, Any]]:
    for batch in table.iter_batches(ROWS_AT_ONCE, columns=columns, use_threads=False):
        cells = {column: _comparable(batch.column(batch.schema.names.index(column))) for column in columns}
        for row in range(batch.num_rows):
            yield {column: _value(values[row]) for column, values in cells.items()}


def _comparable(cells: pa.Array) -> pa.Array:
    """Days instead of times, for a time with nanoseconds has no type in Python; bytes instead of strings, for they may not be UTF-8."""
    if pa.types.is_timestamp(cells.type) or pa.types.is_date64(cells.type):
        return cells.cast(pa.date32(), safe=False)  # where they have a time zone, the day there
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        return cells.cast(pa.large_binary())
    return cells


def _value(cell: pa.Scalar) -> Any:
    """As JSON would have it. Bytes that are not UTF-8 stay bytes; what Python cannot hold, like the year 10000, is None."""
    try:
        value = cell.as_py()
    except (OverflowError, ValueError):
        return None
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value
    return value.isoformat() if isinstance(value, date) else value
