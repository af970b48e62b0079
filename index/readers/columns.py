"""Which column of a table, or key of a record, holds which field of an article; and the Document of a record. Pure.

A column is found by the name that the user gave for it (`--columns text=body`), else by the field's own name, else by one that is often
used for it, whatever its case, spaces, hyphens and underscores. What stands under one of the latter names is a guess: where it cannot be
the field's, it is left out, and the record is read without it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache

from index.errors import InputError, SettingError
from index.languages.base import languages
from index.readers.source import Document, Facts, Unread, is_blank
from index.text.column_dates import DayFirst, iso_date, read_date

_FACTS = tuple(field.name for field in fields(Facts))
FIELDS = ("id", "text", *_FACTS)
# Folded, a language's likeliest first. Other columns can be named with --columns.
_NAMES = {field: [name for one in languages() for name in one.words(f"columns.{field}")] for field in FIELDS}

COLUMNS_SHOWN = 20  # in an error; not measured
NAME_SHOWN = 60  # code points; not measured

LANGUAGE_CODE = re.compile("[a-z]{2,3}")
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_NEXT_FIELD = re.compile(r",(?=\s*\w+\s*=)")


def parse_columns(*options: str) -> dict[str, str]:
    """Which column holds which field, from the words after `--columns`, each FIELD=COLUMN or several of them with commas between.

    A column's own commas are no matter, unless a word and "=" follow. Raises SettingError.

    >>> parse_columns("text=body, the whole,title=headline", "author=by")
    {'text': 'body, the whole', 'title': 'headline', 'author': 'by'}
    """
    columns: dict[str, str] = {}
    for option in options:
        for part in _NEXT_FIELD.split(option):
            field, equals, column = (words.strip() for words in part.partition("="))
            if not equals or not column:
                raise SettingError(f"--columns takes FIELD=COLUMN, as in text=body; not {part.strip()!r}.")
            if field not in FIELDS:
                raise SettingError(f"--columns: there is no field {field!r}; an article has {', '.join(FIELDS)}.")
            if field in columns:
                raise SettingError(f"--columns names {field!r} twice: {columns[field]!r} and {column!r}.")
            columns[field] = column
    return columns


def find_columns(names: Sequence[str], given: Mapping[str, str]) -> Mapping[str, str]:
    """The column of each field that has one among `names`; `given` beats what the names say.

    >>> find_columns(["Headline", "story", "Body", "by"], {"author": "by"})
    {'text': 'Body', 'title': 'Headline', 'author': 'by'}
    """
    return _find_columns(tuple(names), tuple(given.items()))


def require_columns(names: Sequence[str], given: Mapping[str, str]) -> Mapping[str, str]:
    """The same. Raises InputError where a column that was given is not there, and where none holds the text."""
    columns = find_columns(names, given)
    shown = ", ".join(_shown(name) for name in names[:COLUMNS_SHOWN]) + (", …" if len(names) > COLUMNS_SHOWN else "")
    for field, column in given.items():
        if field not in columns:
            raise InputError(f"There is no column {_shown(column)}; it has: {shown}.")
    if "text" not in columns:
        raise InputError(f"No column is known to hold the text; it has: {shown}. Name it with --columns text=NAME.")
    return columns


def read_record(record: Mapping[str, object], name: str, given: Mapping[str, str], day_first: DayFirst) -> Document | Unread:
    """The article that a record is, under its own id or else `name`; or why it is none.

    Text is never changed, but for half a character, as JSON may have it, which becomes U+FFFD. A number serves as an id or date, an object
    with a "name" as publisher or author, a list of such as author.
    """
    columns = find_columns(tuple(record), given)
    sure = {field for field, column in columns.items() if field in given or column == field}
    values: dict[str, str | None] = {}
    for field, column in columns.items():
        try:
            values[field] = _value(field, record[column], day_first)
        except TypeError:
            if field in sure or field == "text":
                return Unread(name, f"{_shown(column)} is not a string")
    text_column = columns.get("text") or given.get("text", "text")
    text = values.pop("text", None)
    if text is None:
        return Unread(name, f"no {_shown(text_column)}")
    if is_blank(text):
        return Unread(name, f"{_shown(text_column)} is empty")
    id = values.pop("id", None) or ""
    facts = Facts(**values)
    return Document(id if id.strip() else name, text, facts, fingerprint=record_fingerprint(text, facts), where=name)


def normalised_facts(facts: Facts) -> dict[str, str]:
    """What is given, by its field: white space folded, the date as far as it is ISO, of the language the primary subtag; neither what is
    blank nor what is no ISO date or code of ISO 639."""
    values = {field: " ".join(value.split()) for field in _FACTS if (value := getattr(facts, field))}
    if "date" in values:
        values["date"] = iso_date(values["date"])
    if "language" in values:
        code = values["language"].lower().replace("_", "-").split("-")[0]
        values["language"] = code if LANGUAGE_CODE.fullmatch(code) else ""
    return {field: value for field, value in values.items() if value}


def record_fingerprint(text: str, facts: Facts) -> str:
    """Changes with the text and with what is given of it; where nothing is, what `sha256sum` says of the text's UTF-8.

    Raises UnicodeEncodeError for a lone surrogate.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    given = normalised_facts(facts)
    if not given:
        return digest
    lines = [digest, *(f"{field}: {value}" for field, value in sorted(given.items()))]  # no value holds a line break
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@lru_cache(maxsize=256)  # the records of a file have few sets of keys; no figure behind the size
def _find_columns(names: tuple[str, ...], given: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(_folded(name), name)
    present = set(names)
    columns = {field: column if column in present else folded.get(_folded(column) or column) for field, column in given}
    taken = set(columns.values())
    for field, likely in _NAMES.items():
        if field not in columns:
            candidates = [field] if field in present else [folded[name] for name in likely if name in folded]
            columns[field] = next((column for column in candidates if column not in taken), None)
    return {field: column for field in FIELDS if (column := columns[field]) is not None}


def _folded(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name.casefold())


def _shown(name: str) -> str:
    """In quotation marks, with what cannot be seen or turns the line's direction written as an escape."""
    cut = name if len(name) <= NAME_SHOWN else name[: NAME_SHOWN - 1] + "…"
    return f'"{"".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in cut)}"'


def _value(field: str, value: object, day_first: DayFirst) -> str | None:
    """Raises TypeError for what the field does not take."""
    if isinstance(value, str):
        value = _whole(value)
    if field == "date" and isinstance(value, str | int | float) and not isinstance(value, bool):
        return read_date(value, day_first)
    if value is None or isinstance(value, str):
        return value
    if field == "id" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if value == value // 1 else str(value)  # a column of numbers with gaps becomes one of floats
    if field == "author" and isinstance(value, list):
        return ", ".join(name for item in value if (name := _name(item)))
    if field in ("author", "publisher"):
        return _name(value)
    raise TypeError(field)


def _name(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name")
    if value is None:
        return None
    if isinstance(value, str):
        return _whole(value)
    raise TypeError


def _whole(words: str) -> str:
    try:
        words.encode()
    except UnicodeEncodeError:
        return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return words
