"""JSON: an array of records, an object that holds one, a record alone, or (in a file that is no single value) a record a line.

The whole is held in memory: 200 MB of articles take 0.8 GB in English and 0.5 GB in Arabic. The standard library parses it: orjson takes
twelve times its size beforehand, and ends the process at the memory limit; here that is a MemoryError.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from index.errors import InputError
from index.readers.columns import find_columns, read_record, require_columns
from index.readers.source import ReaderOutput, SourceFile, Unread
from index.text.column_dates import day_first_of
from index.text.decode import decode_text

MAX_JSON_BYTES = 200 * 1024 * 1024
DEPTH = 3  # objects within objects in which the records are looked for: {"response": {"data": {"articles": […]}}}; not measured
# Which of several lists that hold texts is that of the articles, the likeliest first.
LIST_NAMES = ("articles", "stories", "news", "documents", "docs", "items", "entries", "results", "records", "rows", "data")


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """Its records. Raises InputError where the file is not JSON, holds no record, has no key for the text, or lacks a named one."""
    records = _records(source)
    dicts = [record for record in records.values() if isinstance(record, dict)]
    require_columns(list(dict.fromkeys(key for record in dicts for key in record)), source.columns)

    @cache
    def day_first() -> bool | None:
        dated = ((record, find_columns(tuple(record), source.columns).get("date")) for record in dicts)
        return day_first_of(record[column] for record, column in dated if column is not None)

    for name, record in records.items():
        if isinstance(record, dict):
            yield read_record(record, name, source.columns, day_first)
        else:
            yield record if isinstance(record, Unread) else Unread(name, "not a JSON object")


def _records(source: SourceFile) -> dict[str, Any]:
    """What should be records, by name: values of JSON, or Unread."""
    text = decode_text(source.bytes(MAX_JSON_BYTES)).removeprefix("\ufeff")
    if not text.strip():
        raise InputError("empty")
    try:
        value = json.loads(text)
    except ValueError as error:  # also for a number of more than 4,300 digits
        if _begins_with_a_record(text):
            return _records_of_lines(source.name, text)
        raise InputError(_not_json(error)) from error
    records = _find_records(value, source.columns)
    if isinstance(records, dict):
        return {source.name: records}
    return {f"{source.name}:{number}": record for number, record in enumerate(records, start=1)}


def _begins_with_a_record(text: str) -> bool:
    first = next(line for line in _lines(text) if line.strip())
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _records_of_lines(name: str, text: str) -> dict[str, Any]:
    records: dict[str, Any] = {}
    for number, line in enumerate(_lines(text), start=1):
        where = f"{name}:{number}"
        try:
            if line.strip():
                records[where] = json.loads(line)
        except ValueError as error:
            records[where] = Unread(where, _not_json(error))
    return records


def _lines(text: str) -> Iterator[str]:
    """Cut at LF alone: U+2028 may stand in a string of JSON."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _not_json(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1:,}"
    return f"not JSON that is read: {error}"


def _find_records(value: Any, given: Mapping[str, str]) -> dict[str, Any] | list[Any]:
    """The list of records, or the one record, that a value is or holds nearest its top. Raises InputError where it holds no object."""
    if isinstance(value, list):
        if _first_object(value) is None:
            raise InputError("no records: an array without an object")
        return value
    if not isinstance(value, dict):
        raise InputError("no records: neither an array nor an object")
    level: list[dict[str, Any]] = [value]
    for _ in range(DEPTH):
        alone = [item for item in level if _holds_text(item, given)]
        if len(alone) == 1:
            return alone[0]
        lists = {key: items for item in level for key, items in item.items() if isinstance(items, list)}
        with_texts = {key: items for key, items in lists.items() if _holds_text(_first_object(items), given)}
        if with_texts:
            return with_texts[min(with_texts, key=_rank)]
        level = [inner for item in level for inner in item.values() if isinstance(inner, dict)]
    return value  # its keys are named in the error message


def _rank(key: str) -> int:
    return LIST_NAMES.index(key.lower()) if key.lower() in LIST_NAMES else len(LIST_NAMES)


def _first_object(items: list[Any]) -> dict[str, Any] | None:
    return next((item for item in items if isinstance(item, dict)), None)


def _holds_text(item: dict[str, Any] | None, given: Mapping[str, str]) -> bool:
    column = find_columns(tuple(item), given).get("text") if item else None
    return item is not None and column is not None and isinstance(item[column], str)
