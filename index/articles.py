"""The folder, files or corpus that were handed in, read into Articles.

What becomes an article
    `.txt` and `.md` files (in capitals too), and each record of a `.jsonl` corpus, recursively, in the order of their path's parts.
    Files and folders with a leading dot are passed over in silence; whatever else cannot be used is reported as Skipped and fails nothing.
Identity
    A file in a folder has its path relative to that folder, with `/`, as its id; a file handed in by itself has its name; a record has its
    `id`, or `file.jsonl:LINE` where it has none. Of two articles with one id the first is read, the later is skipped with a reason.
Text
    The decoded bytes, with nothing added, removed or moved: CRLF stays, and a UTF-8 byte order mark stays as U+FEFF, so that offsets hold
    in `path.read_bytes().decode("utf-8")`. In UTF-16 that mark says how to decode and is no part of the text.
Links
    A link to a file inside the folder is read as an article of its own; one that leaves the folder is not followed. A link to a folder is
    never followed: inside, its files are read in their own place, so no loop and no second copy can arise.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as calendar_date
from pathlib import Path
from typing import BinaryIO

import orjson

from index.clean import story_spans
from index.errors import InputError
from index.language import language_of
from index.metadata import read_metadata
from index.spans import Span

MAX_BYTES = 20 * 1024 * 1024  # the 20 MB: a file, or one line of a corpus; not measured

CORPUS_SUFFIX = ".jsonl"
SUFFIXES = (".txt", ".md", CORPUS_SUFFIX)

# At least this share of a text's bytes beyond ASCII, standing in whole UTF-8 sequences, makes it damaged UTF-8 rather than windows-1252 or
# -1256: at most .17 in 3,900 pieces of 20 to 8,000 characters of the public sets in those two encodings, above in 1,120 of 1,123 Arabic
# texts in UTF-8 with one byte harmed.
DAMAGED_UTF8_SHARE = 0.25

# charset-normalizer's limit of "mess", raised from its 0.2, at which it refuses 5 of 1,650 such pieces of 20 to 8,000 characters; at 0.5 it
# names all 1,650 rightly. Left to choose among all encodings it is wrong on 25 to 41 % of the pieces of 20 characters.
MESS_LIMIT = 0.5

# Share of letters and punctuation of our languages that makes UTF-16 without a mark evident. With it 2,394 of 2,395 pieces of 20 to 2,000
# characters of the public sets are read right in either byte order (one, half Hebrew and Greek, is refused), and none of 3,384 beginnings
# of programs, libraries, archives and pictures is taken for text.
EVIDENT_UTF16_SHARE = 0.7

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BYTE_ORDER_MARK = "\ufeff"
_UTF8_MARK = _BYTE_ORDER_MARK.encode()
_ASCII = bytes(range(0x80))
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_COMMON = re.compile("[\t\n\r -~\u00a0-\u00ff\u0600-\u06ff\u2010-\u203a\ufb50-\ufefc]+")

LANGUAGE_CODE = re.compile("[a-z]{2,3}")
_GIVEN = ("title", "publisher", "author", "date", "language", "url")
_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ][0-9]{2}.*)?)?)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Article:
    """One news story: its text as it was received, and what is known of it.

    `story` is what cleaning kept of `text`. `date` is ISO, perhaps partial (2024, 2024-05). `places` says where the title, publisher,
    author and date stand in the text; one that was given, not read, has no place. `sha256` changes with all that makes the article: for a
    file it is that of the bytes, for given text that of its UTF-8 and the given metadata.
    """

    id: str
    text: str
    story: tuple[Span, ...]
    title: str | None
    publisher: str | None
    author: str | None
    date: str | None
    language: str
    url: str | None
    sha256: str
    places: Mapping[str, Span] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An article that is known already, with the same `sha256`: it was hashed, not decoded, cleaned or read."""

    id: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not read, by its path in the folder (`file.jsonl:LINE` for a record), and why."""

    path: str
    reason: str


def make_article(
    id: str,
    text: str,
    *,
    title: str | None = None,
    publisher: str | None = None,
    author: str | None = None,
    date: str | None = None,
    language: str | None = None,
    url: str | None = None,
) -> Article:
    """The article of a text. What is given beats what the text says of itself; white space in it is folded, and blank is not given.

    Of a given `date` the ISO date (2024, 2024-05, 2024-05-01) or the date part of an ISO time is used; any other form, and a day that the
    calendar does not have, counts as not given. Of a `language` the primary subtag is used ("en-GB" is en); what is no code of ISO 639
    counts as not given. A text of a single line has no title: it is a bare paragraph. Raises ValueError (UnicodeEncodeError) for a text or
    field with a lone surrogate.
    """
    given = _normalised({"title": title, "publisher": publisher, "author": author, "date": date, "language": language, "url": url})
    mark = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0  # no part of the first line, nor of the story
    body = text[mark:]
    story = tuple(_moved(span, mark) for span in story_spans(body))
    facts = read_metadata(body)
    told = {"title": facts.title, "publisher": facts.publisher, "author": facts.author, "date": facts.date}
    read = {name: fact for name, fact in told.items() if fact and name not in given}
    known = {name: fact.value for name, fact in read.items()} | given
    return Article(
        id=id,
        text=text,
        story=story,
        title=known.get("title"),
        publisher=known.get("publisher"),
        author=known.get("author"),
        date=known.get("date"),
        language=known.get("language") or language_of("\n".join(span.of(text) for span in story) or text),
        url=known.get("url"),
        sha256=_fingerprint(text, given),
        places={name: _moved(fact.span, mark) for name, fact in read.items()},
    )


def read_sources(
    paths: Sequence[Path], max_bytes: int = MAX_BYTES, known: Mapping[str, str] | None = None
) -> Iterator[Article | Unchanged | Skipped]:
    """Everything under `paths`, in order, one at a time: no more than one file (of a corpus, one line) is held in memory.

    `known` is the `sha256` of each article that the caller has, by id. What has not changed since comes as Unchanged and costs reading and
    hashing its bytes (in a corpus, parsing its line too). So to synchronise: an Article is new, or changed where `known` has its id;
    an id of `known` that never comes, as an Article or as Unchanged, has vanished or can no longer be read.

    Raises InputError, at the call and before anything is read, when there is no path or one of them cannot be opened.
    """
    if not paths:
        raise InputError("No articles to index. Name a folder, a .txt or .md file, or a .jsonl corpus.")
    for path in paths:
        _require(path)
    return _Reader(max_bytes, known or {}).read(paths)


def decode_text(data: bytes) -> str:
    """Bytes of UTF-8, UTF-16, windows-1252 or windows-1256 to the very characters they stand for; see the module's words on text.

    UTF-16 needs a byte order mark, or mostly Latin and Arabic letters; UTF-8 is whatever decodes as such without an error; between the
    other two charset-normalizer chooses. Raises InputError, saying why, for anything else: nothing is replaced or dropped to make it fit.

    What cannot be told apart: Polish (windows-1250), Turkish (-1254) and Russian in KOI8-R are taken for one of the two; so is UTF-8 whose
    only character beyond ASCII is harmed.
    """
    if data.startswith(_UTF16_MARKS):
        return _decode_marked_utf16(data)
    if b"\0" in data:
        return _decode_bare_utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        beyond_ascii = len(data.translate(None, _ASCII))
        if sum(len(found) for found in _UTF8_SEQUENCE.findall(data)) >= DAMAGED_UTF8_SHARE * beyond_ascii:
            raise InputError(f"damaged UTF-8 at byte {error.start:,}, or another encoding: save it as UTF-8") from error
    return _decode_single_byte(data)


def _decode_marked_utf16(data: bytes) -> str:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise InputError(f"binary or damaged UTF-16 at byte {error.start:,}: not text") from error
    if "\0" in text:
        raise InputError("binary: not text")
    return text


def _decode_bare_utf16(data: bytes) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        common = sum(len(run) for run in _COMMON.findall(text))
        if common >= EVIDENT_UTF16_SHARE * len(text) and not _CONTROL.search(text):
            return text
    raise InputError("binary: not text")


def _decode_single_byte(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # needed by few files only

    best = from_bytes(data, cp_isolation=["cp1252", "cp1256"], threshold=MESS_LIMIT).best()
    if best is not None:
        try:
            return data.decode(best.encoding)
        except UnicodeDecodeError:
            pass  # it looks at samples of a long text; windows-1252 leaves five bytes undefined
    raise InputError("binary, or in an encoding other than UTF-8, UTF-16, windows-1252 and windows-1256: save it as UTF-8")


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by) if by else span


def _normalised(given: Mapping[str, str | None]) -> dict[str, str]:
    values = {name: " ".join(value.split()) for name, value in given.items() if value}
    if "date" in values:
        values["date"] = _iso_date(values["date"])
    if "language" in values:
        code = values["language"].lower().replace("_", "-").split("-")[0]
        values["language"] = code if LANGUAGE_CODE.fullmatch(code) else ""
    return {name: value for name, value in values.items() if value}


def _iso_date(value: str) -> str:
    """The date that `value` begins with, as far as it is given; empty if it is not an ISO date or time.

    >>> _iso_date("2024-05"), _iso_date("2024-05-01T09:30:00Z"), _iso_date("2024-02-30"), _iso_date("1 May 2024")
    ('2024-05', '2024-05-01', '', '')
    """
    found = _ISO_DATE.fullmatch(value)
    if not found:
        return ""
    year, month, day = found.groups()
    try:
        calendar_date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(part for part in (year, month, day) if part)


def _fingerprint(text: str, given: Mapping[str, str]) -> str:
    """Without given metadata that of the text's UTF-8: what `sha256sum` says of such a file."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    if not given:
        return digest
    lines = [digest, *(f"{name}: {value}" for name, value in sorted(given.items()))]  # no value holds a line break
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _is_blank(text: str) -> bool:
    return not text.replace(_BYTE_ORDER_MARK, "").strip()


def _require(path: Path) -> None:
    try:
        if path.is_dir():
            os.scandir(path).close()
        else:
            path.stat()
    except FileNotFoundError as error:
        raise InputError(f"There is no file or folder {str(path)!r}. Check the name, and that its disk is there.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InputError(f"{str(path)!r} cannot be opened ({_why(error)}). Check its permissions, or name another.") from error


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _printable(name: str) -> str:
    """The name with bytes that are not UTF-8 written as `\\xNN`, so that it can be printed and stored."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _open_regular(path: Path) -> BinaryIO:
    """Never opens a pipe, socket or device; should one take the file's place meanwhile, does not wait for it."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError("not a regular file")
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise InputError("not a regular file")
    return file


def _too_large(max_bytes: int) -> str:
    return f"larger than the limit of {max_bytes:,} bytes"


def _read_file(path: Path, max_bytes: int) -> bytes:
    with _open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= max_bytes:
            data = file.read(size + 1)
            if len(data) > size:  # it grows, or is made as it is read, like those of /proc
                data += file.read(max_bytes + 1 - len(data))
            if len(data) <= max_bytes:
                return data
    raise InputError(_too_large(max_bytes))


def _lines(file: BinaryIO, max_bytes: int) -> Iterator[bytes | None]:
    """The lines, cut at LF alone (U+2028 may stand in a JSON string), with their LF; None for one with more than `max_bytes` before it."""
    while line := file.readline(max_bytes + 1):
        if len(line) <= max_bytes or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(1 << 16)
        yield None


def file_names(source: Path) -> Iterator[str]:
    """The name of each file that `read_sources` reads or skips in a folder, or of the file that the source is."""
    if not source.is_dir():
        yield source.name
        return
    for item in _files(source):
        yield item.path if isinstance(item, Skipped) else item[0]


def _files(root: Path) -> Iterator[tuple[str, Path] | Skipped]:
    """Each file to read, as its path relative to `root` and the place to open; sorted by the parts of the path."""
    real_root = root.resolve()
    pending: list[tuple[str, os.DirEntry[str] | None]] = [("", None)]
    while pending:
        name, entry = pending.pop()
        try:
            if entry is None or entry.is_dir(follow_symlinks=False):
                pending += _entries(root / name, name)
            else:
                yield name, _place(entry, real_root)
        except InputError as error:
            yield Skipped(_printable(name), str(error))
        except OSError as error:
            yield Skipped(_printable(name) or ".", f"cannot be read: {_why(error)}")


def _entries(folder: Path, name: str) -> list[tuple[str, os.DirEntry[str] | None]]:
    """The folder's visible entries with their names relative to the root, the last first."""
    if not _is_unicode(name):
        raise InputError("its name is not valid Unicode: rename it")
    prefix = f"{name}/" if name else ""
    with os.scandir(folder) as entries:
        visible = [(prefix + entry.name, entry) for entry in entries if not entry.name.startswith(".")]
    return sorted(visible, key=lambda item: item[0], reverse=True)


def _place(entry: os.DirEntry[str], real_root: Path) -> Path:
    """Where to open the file; raises InputError for a link that is not followed."""
    if not entry.is_symlink():
        return Path(entry.path)
    target = Path(os.path.realpath(entry.path, strict=True))  # pathlib's resolve() raises something else for a loop in each Python
    if not target.is_relative_to(real_root):
        raise InputError("a link that leaves the folder")
    if target.is_dir():
        raise InputError("a link to a folder: folders are read in their own place")
    return target


class _Reader:
    """One pass over the paths: remembers which ids are taken, and by what."""

    def __init__(self, max_bytes: int, known: Mapping[str, str]) -> None:
        self._max_bytes = max_bytes
        self._known = known
        self._taken: dict[str, str] = {}

    def read(self, paths: Sequence[Path]) -> Iterator[Article | Unchanged | Skipped]:
        for path in paths:
            if not path.is_dir():
                yield from self._read_one(path.name, path, str(path))
                continue
            for found in _files(path):
                if isinstance(found, Skipped):
                    yield found
                else:
                    name, place = found
                    yield from self._read_one(name, place, str(path / name))

    def _read_one(self, name: str, place: Path, shown: str) -> Iterator[Article | Unchanged | Skipped]:
        """`place` is what is opened; `shown` is how a user would find the file."""
        suffix = Path(name).suffix.lower()
        try:
            if not _is_unicode(name):
                raise InputError("its name is not valid Unicode: rename it")
            if suffix not in SUFFIXES:
                raise InputError("not a .txt, .md or .jsonl file")
            if suffix == CORPUS_SUFFIX:
                yield from self._read_corpus(name, place, _printable(shown))
            else:
                yield self._read_text(name, place, _printable(shown))
        except InputError as error:
            yield Skipped(_printable(name), str(error))
        except OSError as error:
            yield Skipped(_printable(name), f"cannot be read: {_why(error)}")

    def _read_text(self, id: str, place: Path, shown: str) -> Article | Unchanged:
        self._refuse_taken(id, shown)
        data = _read_file(place, self._max_bytes)
        sha256 = hashlib.sha256(data).hexdigest()
        if self._known.get(id) == sha256:
            self._taken[id] = shown
            return Unchanged(id)
        text = decode_text(data)
        if _is_blank(text):
            raise InputError("empty")
        self._taken[id] = shown
        return replace(make_article(id, text), sha256=sha256)

    def _read_corpus(self, name: str, place: Path, shown: str) -> Iterator[Article | Unchanged | Skipped]:
        number = 0
        with _open_regular(place) as file:
            for number, line in enumerate(_lines(file, self._max_bytes), start=1):
                if number == 1 and line and b"\0" in line:
                    raise InputError("binary or UTF-16: a .jsonl corpus is UTF-8")
                where = f"{name}:{number}"
                if line is not None and not line.removeprefix(_UTF8_MARK).strip():
                    continue
                try:
                    yield self._read_record(line, where, shown)
                except InputError as error:
                    yield Skipped(where, str(error))
        if number == 0:
            raise InputError("empty")

    def _read_record(self, line: bytes | None, where: str, shown: str) -> Article | Unchanged:
        if line is None:
            raise InputError(_too_large(self._max_bytes))
        try:
            record = orjson.loads(line.removeprefix(_UTF8_MARK))
        except orjson.JSONDecodeError as error:
            raise InputError(f"not JSON: {error.msg} at character {error.pos + 1:,}") from error
        if not isinstance(record, dict):
            raise InputError("not a JSON object")
        for key in ("id", "text", *_GIVEN):
            if not isinstance(record.get(key), str | None):
                raise InputError(f'"{key}" is not a string')
        text: str | None = record.get("text")
        if text is None:
            raise InputError('no "text"')
        if _is_blank(text):
            raise InputError('"text" is empty')
        id: str = record.get("id") or ""
        if not id.strip():
            id = where
        self._refuse_taken(id, shown)
        given: dict[str, str | None] = {key: record.get(key) for key in _GIVEN}
        self._taken[id] = shown
        if self._known.get(id) == _fingerprint(text, _normalised(given)):
            return Unchanged(id)
        return make_article(id, text, **given)

    def _refuse_taken(self, id: str, shown: str) -> None:
        if id in self._taken:
            raise InputError(f"its id {id!r} in {shown} is taken by an article read before it, from {self._taken[id]}")
