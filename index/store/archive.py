"""The articles of a catalogue as one portable file, and back.

Gzip'd JSON Lines in UTF-8. The first line is a header, `{"format": "on-record articles", "version": 2, "articles": COUNT}`; each other is
an article as the catalogue has it, in the order of the ids: its text, and what cleaning and metadata found in it, so that nothing has to
be found again and the copy is the original to the letter. The same articles make the same bytes. What is made of the articles (passages,
vectors, full text) is made anew.

A user who imports an archive trusts its maker: citations will be checked against its texts. Its format is not trusted at all.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from index.articles import Article
from index.atomic_write import replacing
from index.errors import InputError, SettingError
from index.readers.columns import LANGUAGE_CODE
from index.readers.source import MAX_BYTES
from index.store.catalogue import Catalogue
from index.store.filters import first_day
from index.text.spans import Span

_FORMAT = "on-record articles"
_VERSION = 2
_WITHOUT_PAGES = 1  # the version in which articles had no pages yet
# Bytes of a line: a file's text may grow sixfold when each of its characters is escaped, and its spans come on top. Not measured.
_MOST_BYTES = 8 * MAX_BYTES
_OPTIONAL = ("title", "publisher", "author", "date", "url")
_STRINGS = ("id", "text", "language", "sha256")
_FIELDS = {*_STRINGS, *_OPTIONAL, "story", "places", "pages"}
_PLACED = {"title", "publisher", "author", "date"}
_SHA256 = re.compile("[0-9a-f]{64}")


def write_archive(catalogue: Catalogue, path: Path) -> int:
    """Writes a snapshot of the visible articles to the file at `path`, and returns their number.

    The file is whole or, where anything fails, as it was before. Raises InputError where it cannot be written.
    """
    try:
        with catalogue.one_state(), replacing(path) as file:
            count = len(catalogue.fingerprints())
            # Neither the time nor the file's name goes in: the same articles are the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                packed.write(_line({"format": _FORMAT, "version": _VERSION, "articles": count}))
                for article in catalogue.all_articles():
                    packed.write(_line(_record(article)))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The archive {str(path)!r} cannot be written ({reason}). Name a file in a folder with room.") from error
    return count


def count_articles(path: Path) -> int:
    """How many articles the archive at `path` says that it holds. Raises InputError where it is no archive of this program."""
    with _opened(path) as file:
        return _count(path, file)


def read_archive(path: Path) -> Iterator[Article]:
    """The articles of the archive at `path`, one at a time.

    Raises InputError, with the line, where it is no archive, damaged or cut short, where a line is longer than 160 MB, or an article is not
    as we write them: an unknown or missing field, a span outside its text, an id that was there before.
    """
    seen: set[str] = set()
    with _opened(path) as file:
        count = _count(path, file)
        for number in range(2, count + 2):
            article = _article(path, number, _read(path, number, file))
            if article.id in seen:
                raise _refused(path, number, f"the id {article.id!r} was there before")
            seen.add(article.id)
            yield article
        if file.read(1):
            raise _refused(path, count + 2, f"there is more than the {count} articles that the first line names")


def _line(record: Mapping[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _record(article: Article) -> dict[str, Any]:
    return {
        **{name: getattr(article, name) for name in ("id", "sha256", "language", *_OPTIONAL)},
        "pages": list(article.pages),
        "places": {name: [span.start, span.end] for name, span in article.places.items()},
        "story": [[span.start, span.end] for span in article.story],
        "text": article.text,
    }


@contextmanager
def _opened(path: Path) -> Iterator[gzip.GzipFile]:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"The archive {str(path)!r} is not a file. Name one that `python -m index export` wrote.")
        with gzip.open(path, "rb") as file:
            yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"The archive {str(path)!r} is damaged or none ({error or type(error).__name__}). Name one that `python -m index export` wrote."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The archive {str(path)!r} cannot be read ({reason}). Check the name and its rights.") from error


def _count(path: Path, file: gzip.GzipFile) -> int:
    header = _read(path, 1, file)
    if header.get("format") != _FORMAT or type(header.get("articles")) is not int or header["articles"] < 0:
        raise _refused(path, 1, "it is no header of ours")
    if header.get("version") not in (_WITHOUT_PAGES, _VERSION):
        raise _refused(path, 1, f"it is of version {header.get('version')!r}, and this program reads {_VERSION}")
    return int(header["articles"])


def _read(path: Path, number: int, file: gzip.GzipFile) -> dict[str, Any]:
    line = file.readline(_MOST_BYTES + 1)
    if len(line) > _MOST_BYTES:
        raise _refused(path, number, f"it is longer than {_MOST_BYTES:,} bytes")
    if not line.endswith(b"\n"):
        raise _refused(path, number, "the archive ends here, before its last article")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _refused(path, number, f"it is not JSON ({error.msg})") from error
    if not isinstance(record, dict):
        raise _refused(path, number, "it is not a JSON object")
    return record


def _article(path: Path, number: int, record: dict[str, Any]) -> Article:
    try:
        _require({"pages", *record} == _FIELDS, "its fields are not those of an article")
        _require(all(isinstance(record[name], str) and record[name].strip() for name in _STRINGS), "a text, id, language or sum is missing")
        _require(all(isinstance(record[name], str | None) for name in _OPTIONAL), "a field is neither text nor null")
        _require(LANGUAGE_CODE.fullmatch(record["language"]) is not None, "its language is none")
        _require(_SHA256.fullmatch(record["sha256"]) is not None, "its sha256 is none")
        _require(isinstance(record["places"], dict) and record["places"].keys() <= _PLACED, "its places are not those of an article")
        if record["date"] is not None:
            first_day(record["date"])
        length = len(record["text"])
        story = _spans(record["story"], length)
        _require(all(before.end <= after.start for before, after in pairwise(story)), "its story is not in order")
        places = {name: _spans([pair], length)[0] for name, pair in record["places"].items()}
        pages = record.get("pages", [])
        is_list = isinstance(pages, list) and all(type(page) is int for page in pages)
        _require(is_list and pages[:1] in ([], [0]) and pages == sorted(pages) and pages[-1:] <= [length], "its pages are not in its text")
    except SettingError as error:
        raise _refused(path, number, "its date is none") from error
    except ValueError as error:
        raise _refused(path, number, str(error)) from error
    return Article(
        **{name: record[name] for name in (*_STRINGS, *_OPTIONAL)},
        story=story,
        places=places,
        pages=tuple(pages),
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _spans(pairs: object, length: int) -> tuple[Span, ...]:
    """Raises ValueError where they are no spans of a text of that length."""
    _require(isinstance(pairs, list), "its spans are no list")
    assert isinstance(pairs, list)
    for pair in pairs:
        is_span = isinstance(pair, list) and len(pair) == 2 and all(type(end) is int for end in pair) and 0 <= pair[0] <= pair[1] <= length
        _require(is_span, "a span is not within its text")
    return tuple(Span(start, end) for start, end in pairs)


def _refused(path: Path, number: int, why: str) -> InputError:
    return InputError(f"The archive {str(path)!r} cannot be taken in: line {number}: {why}. Name one that `python -m index export` wrote.")
