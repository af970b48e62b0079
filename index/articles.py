"""The folders and files that were handed in, read into Articles.

What becomes an article
    Each file of a format that readers/ reads, and each part of one that holds several (a corpus, a mailbox, an archive), recursively, in
    the order of their path's parts. Files and folders with a leading dot are passed over in silence; whatever else cannot be used is
    reported as Skipped and fails nothing.
Identity
    A file in a folder has its path relative to that folder, with `/`, as its id; a file handed in by itself has its name; a file in an
    archive or a mail has the name within it after a further `/`; a record has its `id`, or `file.jsonl:LINE` where it has none. Of two
    articles with one id the first is read, the later is skipped with a reason.
Text
    For plain text and corpora:
    The bytes as decode.py decodes them, with nothing added, removed or moved: CRLF stays, and a UTF-8 byte order mark stays as U+FEFF, so
    that offsets hold in `path.read_bytes().decode("utf-8")`. In UTF-16 that mark says how to decode and is no part of the text.
Links
    A link to a file inside the folder is read as an article of its own; one that leaves the folder is not followed. A link to a folder is
    never followed: inside, its files are read in their own place, so no loop and no second copy can arise.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice, takewhile
from operator import methodcaller
from pathlib import Path

from index.errors import InputError
from index.readers.columns import normalised_facts, record_fingerprint
from index.readers.files import files, is_unicode, open_regular, printable, require, why
from index.readers.reading import NOT_A_FORMAT, SIMPLE, SUFFIXES, FileResult, Same, read, suffix_of
from index.readers.source import BYTE_ORDER_MARK, Document, Facts, SourceFile, Unread
from index.readers.workers import Workers
from index.story.clutter import story_spans
from index.story.metadata import read_metadata
from index.text.language import language_of
from index.text.spans import Span

# Files that are being read ahead of the one whose turn it is: enough that no core waits for a slow one. Not measured.
_AHEAD = 32
_ADVICE = {".doc": ": save it as .docx", ".xls": ": save it as .csv", ".xlsx": ": save it as .csv", ".odt": ": save it as .docx"}


@dataclass(frozen=True, slots=True)
class Article:
    """One news story: its text as it was received, and what is known of it.

    `story` is what cleaning kept of `text`. `date` is ISO, perhaps partial (2024, 2024-05). `places` says where the title, publisher,
    author and date stand in the text; one that was given has none but where the text names the same author or date. `sha256` changes with
    all that makes the article: for a file it is that of the bytes, for given text that of its UTF-8 and the given metadata. `pages` are the
    offsets at which its pages begin, the first 0; empty where it has none.
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
    pages: tuple[int, ...] = ()

    def page_at(self, place: int) -> int | None:
        """The number, from 1, of the page on which the character at `place` stands; None where there are no pages."""
        return bisect_right(self.pages, place) or None

    def named_at(self, place: int) -> str:
        """The article's id, with the page where there are pages: "report.pdf, page 3"."""
        page = self.page_at(place)
        return self.id if page is None else f"{self.id}, page {page}"


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
    """The article of a text. What is given beats what the text says of itself; white space in it is folded, and blank is not given. An
    author or date that is given has a place where the text says the same.

    Of a given `date` the ISO date (2024, 2024-05, 2024-05-01) or the date part of an ISO time is used; any other form, and a day that the
    calendar does not have, counts as not given. Of a `language` the primary subtag is used ("en-GB" is en); what is no code of ISO 639
    counts as not given. A text of a single line has no title: it is a bare paragraph. Raises ValueError (UnicodeEncodeError) for a text or
    field with a lone surrogate.
    """
    facts_given = Facts(title, publisher, author, date, language, url)
    given = normalised_facts(facts_given)
    mark = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0  # no part of the first line, nor of the story
    body = text[mark:]
    kept = story_spans(body)
    story = tuple(_moved(span, mark) for span in kept)
    facts = read_metadata(body, kept)
    told = {"title": facts.title, "publisher": facts.publisher, "author": facts.author, "date": facts.date}
    # A publisher's place says that it was read (qa/ask/sources.py): below a title it may be a credit.
    confirmed = {name for name in ("author", "date") if (fact := told[name]) and fact.value.casefold() == given.get(name, "").casefold()}
    read = {name: fact for name, fact in told.items() if fact and (name not in given or name in confirmed)}
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
        sha256=record_fingerprint(text, facts_given),
        places={name: _moved(fact.span, mark) for name, fact in read.items()},
    )


def read_sources(
    paths: Sequence[Path], known: Mapping[str, str] | None = None, columns: Mapping[str, str] | None = None
) -> Iterator[Article | Unchanged | Skipped]:
    """Everything under `paths`, in order, one at a time: few texts at once are held in memory.

    `known` is the `sha256` of each article that the caller has, by id. What has not changed since comes as Unchanged and costs reading and
    hashing its bytes (in a corpus, parsing its line too). So to synchronise: an Article is new, or changed where `known` has its id;
    an id of `known` that never comes, as an Article or as Unchanged, has vanished or can no longer be read.

    `columns` says which column of a table, or key of a record, holds which field of an article: {"text": "body"}.

    Raises InputError, at the call and before anything is read, when there is no path or one of them cannot be opened.
    """
    if not paths:
        raise InputError("No articles to index. Name a folder or a file of articles.")
    for path in paths:
        require(path)
    return _Reader(known or {}, columns or {}).read(paths)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by) if by else span


class _Reader:
    """One pass over the paths: remembers which ids are taken, and by what."""

    def __init__(self, known: Mapping[str, str], columns: Mapping[str, str]) -> None:
        self._known = known
        self._names = sorted(known)
        self._columns = columns
        self._taken: dict[str, str] = {}

    def read(self, paths: Sequence[Path]) -> Iterator[Article | Unchanged | Skipped]:
        ahead: deque[tuple[str, Iterable[FileResult]]] = deque()
        with Workers() as workers:
            for path in paths:
                for found in files(path) if path.is_dir() else [(path.name, path)]:
                    if isinstance(found, Unread):
                        ahead.append((found.name, [found]))
                    else:
                        name, place = found
                        shown = printable(str(path / name if path.is_dir() else path))
                        ahead.append((shown, self._begun(name, place, workers)))
                    if len(ahead) > _AHEAD:
                        yield from self._settled(*ahead.popleft())
            while ahead:
                yield from self._settled(*ahead.popleft())

    def _begun(self, name: str, place: Path, workers: Workers) -> Iterable[FileResult]:
        """What is in a file; where it takes a process of its own, that begins now."""
        if not is_unicode(name):
            return [Unread(printable(name), "its name is not valid Unicode: rename it")]
        suffix = suffix_of(name)
        if suffix not in SUFFIXES:
            return [Unread(name, f"{NOT_A_FORMAT}{_ADVICE.get(suffix, '')}")]
        if suffix in SIMPLE:
            return self._read_here(name, place, suffix)
        try:
            return workers.read(open_regular(place), name, suffix, self._columns, self._known_in(name))
        except (InputError, OSError) as error:
            return [_unread(name, error)]

    def _read_here(self, name: str, place: Path, suffix: str) -> Iterator[FileResult]:
        try:
            with open_regular(place) as file:
                yield from read(SourceFile(name, file, suffix, columns=self._columns), self._known)
        except (InputError, OSError) as error:
            yield _unread(name, error)

    def _known_in(self, name: str) -> dict[str, str]:
        """What is known of the texts in the file of that name, by their names; of records with ids of their own that is not seen here."""
        known = {name: self._known[name]} if name in self._known else {}
        for begin in (f"{name}/", f"{name}:"):
            parts = islice(self._names, bisect_left(self._names, begin), None)
            known |= {part: self._known[part] for part in takewhile(methodcaller("startswith", begin), parts)}
        return known

    def _settled(self, shown: str, items: Iterable[FileResult]) -> Iterator[Article | Unchanged | Skipped]:
        """`shown` is how a user would find the file."""
        for item in items:
            if isinstance(item, Unread):
                yield Skipped(printable(item.name), item.reason)
            elif item.name in self._taken:
                before = self._taken[item.name]
                yield Skipped(
                    item.where or item.name, f"its id {item.name!r} in {shown} is taken by an article read before it, from {before}"
                )
            else:
                self._taken[item.name] = shown
                if isinstance(item, Same) or self._known.get(item.name) == item.fingerprint:
                    yield Unchanged(item.name)
                else:
                    yield _article(item)


def _unread(name: str, error: InputError | OSError) -> Unread:
    return Unread(name, str(error) if isinstance(error, InputError) else f"cannot be read: {why(error)}")


def _article(document: Document) -> Article:
    assert document.fingerprint is not None
    article = make_article(document.name, document.text, **asdict(document.facts))
    return replace(article, sha256=document.fingerprint, pages=document.pages)
