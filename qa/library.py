"""A store as a long-running program reads it: opened when it is there, opened anew when another process changed it, and brought in step
with folders in the background; articles are added and removed here too. Any number of threads may call it; they take turns."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic, sleep
from typing import Any

from index.articles import Article, Skipped, read_sources
from index.build import BuildReport, add, build
from index.catalogue import Catalogue, Listing
from index.errors import InputError, OnRecordError, StoreDamaged, StoreError, StoreInUse, StoreMissing
from index.filters import ANY, Filters
from index.passages import Passage
from index.quotations import Quotation
from index.readers.reading import SUFFIXES, holds_several, suffix_of
from index.readers.source import MAX_BYTES
from index.store import Store, writing
from index.stories import link
from qa import examples
from qa.answer import READ_PASSAGES, Answer, Found, Writing, answering
from qa.check import Checker, QuoteCheck
from qa.evaluate.results import Results
from qa.evaluate.sets import EvalSet
from qa.evaluate.systems import OnRecord, Place, Said
from qa.facets import Facets, Group, Rows, Shelf, Sort
from qa.holdings import IndexState
from qa.sources import credited, is_agency, original
from qa.write import Writer

OUR_FAULT = "The page met an error of its own ({}). The terminal in which it runs says more."
# Articles looked through for titles to show before the first question; not measured.
_HEADINGS_FROM = 50
# Seconds in which whoever waits gets the turn that an evaluation gave back: threading.Lock knows no queue. Not measured.
_MOMENT = 0.001
# Seconds after which added files are tried again while another process writes to the store. Not measured.
_AGAIN = 2.0
# Removals that can be undone, of all visitors together. Not measured.
_KEPT = 1000
# Files of removed articles go into this folder of the added ones; what begins with a dot is not read.
_ASIDE = ".removed"
# Articles that an undone removal compares with all others while questions wait: itself and those that were linked to it. In a store where
# nothing was linked yet, the rest is left to the next build. Each took 15 ms among 1,200; no measurement behind the number.
_LINKED = 32
# Bytes of a file's name before its suffix: file systems take 255, and a number may follow.
_LONGEST_NAME = 200
_NO_NAME = frozenset('<>:"|?*')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What people call what SUFFIXES are.
_KINDS = "text, web pages, PDF, Word, RTF, mail, tables, ZIP and WARC"
_CHANGED = "The articles changed while they were measured. Run the set again."

_logger = logging.getLogger("onrecord")


@dataclass(frozen=True, slots=True)
class Removed:
    """An article that was taken out of the store, with all that it takes to put it back. `file` is where its file was among the added ones
    and `moved` where it is now; None where the article came from elsewhere and its file stays."""

    article: Article
    passages: Sequence[Passage]
    file: Path | None = None
    moved: Path | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file that may hold several articles: how many of it are in the store, and what in it is not, with the reasons."""

    articles: int
    skipped: Sequence[Skipped]


class Library:
    """The store at `folder`. `sources` is what it is brought in step with when that is begun; `samples` are records of a questions.jsonl,
    of which those are offered that the store's articles answer. `added` is the folder in which files are kept that are added here; it
    is made with the first. `chroma` is the address of the server that has the store's vectors, if one has."""

    def __init__(
        self,
        folder: Path,
        sources: Path | None = None,
        samples: Sequence[Mapping[str, Any]] = (),
        added: Path = Path("added"),
        chroma: str | None = None,
    ) -> None:
        self._folder, self._sources, self._samples, self.added, self._chroma = folder, sources, samples, added, chroma
        self._turn = threading.Lock()
        self._store: Store | None = None
        self._checker: Checker | None = None
        self._stamp: tuple[int, int] | None = None
        self._empty = IndexState(store=str(folder), sources=str(sources) if sources else None)
        self._holdings = self._empty
        self._holdings_stamp: tuple[int, int] | None = None
        self._shelf: Shelf | None = None
        self._shelf_stamp: tuple[int, int] | None = None
        # What the thread that indexes is to do; it ends where there is nothing.
        self._jobs = threading.Lock()
        self._is_working = False
        self._all_is_due = False
        self._due: list[Path] = []
        # Held by whoever here writes to the store.
        self._pen = threading.Lock()
        # Held while a name is found for a file, until it has it.
        self._naming = threading.Lock()
        self._removed: OrderedDict[str, Removed] = OrderedDict()
        # Written by the thread that indexes.
        self._read: int | None = None
        self._skipped: tuple[Skipped, ...] = ()
        self._taken: OrderedDict[str, Taken] = OrderedDict()
        self._troubles: dict[bool, str] = {}  # whether it was in adding files, and an error's line

    def start_indexing(self) -> None:
        """Begins to bring the store in step with the sources and with what was added here, in the background."""
        assert self._sources is not None
        self._work(all_is_due=True)

    def _work(self, all_is_due: bool = False, file: Path | None = None) -> None:
        with self._jobs:
            self._all_is_due |= all_is_due
            if file is not None:
                self._due.append(file)
            self._read = self._read or 0
            if not self._is_working:
                self._is_working = True
                threading.Thread(target=self._index, daemon=True).start()

    def _index(self) -> None:
        while (files := self._next_job()) is not None:
            try:
                with self._pen:
                    if files:
                        report = add(self._folder, files, progress=self._progress(), chroma=self._chroma)
                        self._skipped += tuple(report.skipped)
                        self._tell(files[0], Taken(report.added + report.unchanged, tuple(report.skipped)))
                    else:
                        report = build(self._folder, self._everything(), progress=self._progress(), chroma=self._chroma)
                        self._skipped = tuple(report.skipped)
                self._troubles.pop(bool(files), None)
            except StoreInUse as error:
                self._troubles[bool(files)], self._read = str(error), None
                if files:
                    with self._jobs:
                        self._due = files + self._due
                    sleep(_AGAIN)
            except OnRecordError as error:
                self._give_up(files, str(error))
            except Exception as error:
                _logger.exception("indexing")
                self._give_up(files, OUR_FAULT.format(type(error).__name__))

    def _give_up(self, files: Sequence[Path], line: str) -> None:
        self._troubles[bool(files)] = line
        if files:
            self._tell(files[0], Taken(0, (Skipped(files[0].name, line),)))

    def _tell(self, file: Path, taken: Taken) -> None:
        if _holds_several(file):
            self._taken[file.name] = taken
            while len(self._taken) > _KEPT:
                self._taken.popitem(last=False)

    def _next_job(self) -> list[Path] | None:
        """Files to add, none of them for everything, or None where there is nothing to do. A file that may hold several articles comes
        alone, so that what came of it can be told."""
        with self._jobs:
            if self._all_is_due:
                self._all_is_due, self._read = False, 0
                return []
            end = next((max(1, place) for place, file in enumerate(self._due) if _holds_several(file)), len(self._due))
            files, self._due = self._due[:end], self._due[end:]
            self._is_working = bool(files)
            self._read = 0 if files else None
            return files or None

    def _everything(self) -> list[Path]:
        assert self._sources is not None
        is_apart = not self.added.resolve().is_relative_to(self._sources.resolve())
        return [self._sources, self.added] if is_apart and self.added.is_dir() else [self._sources]

    def _progress(self) -> Callable[[BuildReport], None]:
        written = 0

        def progress(report: BuildReport) -> None:
            nonlocal written
            # Called after each article that was read, and after each batch that was written: the latter moves these counts.
            if report.added + report.changed == written and self._read is not None:
                self._read += 1
            written = report.added + report.changed

        return progress

    def state(self) -> IndexState:
        """What is known of the store now. Errors are part of it."""
        read, trouble = self._read, next(iter(self._troubles.copy().values()), None)
        with self._turn:
            try:
                holdings = self._counted(self._current())
            except StoreMissing:
                holdings = self._empty
            except OnRecordError as error:
                holdings, trouble = self._empty, str(error)
        return replace(holdings, read=read, trouble=trouble, skipped=self._skipped)

    def answering(
        self, question: str, filters: Filters = ANY, writer: Writer | None = None, is_wanted: Callable[[], bool] = lambda: True
    ) -> Iterator[Found | Writing | Answer]:
        """What is found, as soon as it is; where a model writes, what it has written, again and again; the answer. Raises what opening the
        store and answering raise. While the model writes, others have their turn."""

        def begun() -> Iterator[Found | Writing | Answer]:
            return answering(self._current(), question, filters, writer=writer, is_wanted=is_wanted)

        def read(steps: Iterator[Found | Writing | Answer]) -> Writing | Answer:
            return next(step for step in steps if not isinstance(step, Found))

        try:
            with self._turn:
                steps = begun()
                store, step = self._store, next(steps)
            yield step
            if isinstance(step, Answer):
                return
            with self._turn:
                if self._store is not store:
                    steps = begun()
                step = read(steps)
        except StoreDamaged:
            # While another process writes, our view of its files may be old before the catalogue says so.
            with self._turn:
                self._close()
                steps = begun()
                step = read(steps)
        yield step
        yield from steps

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        """Raises what opening the store and checking raise."""
        with self._turn:
            try:
                return self._current_checker().check(quote, claimed_speaker)
            except StoreDamaged:
                self._close()  # as in answering
                return self._current_checker().check(quote, claimed_speaker)

    def article(self, id: str) -> Article | None:
        """The article of that id, or None. Raises what opening the store raises."""
        with self._turn:
            return self._current().catalogue.article(id)

    def quotations(self, id: str) -> Sequence[Quotation]:
        """The quotations of the article of that id. Raises what opening the store raises."""
        with self._turn:
            return self._current().catalogue.quotations([id]).get(id, ())

    def facets(self) -> Facets:
        """What there is to choose from among the articles. Raises what opening the store raises."""
        with self._turn:
            return self._current_shelf()[1].facets

    def settled(self, filters: Filters) -> Filters:
        """The filters with their names as the articles write them. Raises what opening the store raises."""
        if filters.publisher is None and filters.speaker is None:
            return filters
        with self._turn:
            return self._current_shelf()[1].settled(filters)

    def overview(self, search: str, filters: Filters, sort: Sort, start: int, count: int, by_story: bool = True) -> Rows:
        """`count` of the stories, or else of the articles, that the search and the filters leave, in order, from `start` on, rounded to
        whole pages; the last page where there are not so many. Raises what opening the store raises."""
        with self._turn:
            store, shelf = self._current_shelf()
            quoting = () if filters.speaker is None else frozenset(store.catalogue.quoting(filters.speaker))
            found = shelf.found(search, filters, sort, quoting)
            stories = shelf.stories(found) if by_story else [[listing] for listing in found]
            start = max(0, min(start, len(stories) - 1)) // count * count
            shown = stories[start : start + count]
            links = store.catalogue.links(id for own in shown for id in shelf.story_of(own[0].id)) if by_story else ()
            groups = [shelf.group(own, links) if by_story else Group(own[0]) for own in shown]
            return Rows(
                groups,
                store.catalogue.people_in(listing.id for own in shown for listing in own),
                start,
                len(stories),
                len(found),
                shelf.timeline(found),
                _credits(store, groups),
                shelf.has_stories,
            )

    def taken(self, name: str) -> Taken | None:
        """What came of an added file of that name which may hold several articles; None until that is known."""
        return self._taken.get(name)

    def add(self, name: str, data: bytes) -> str | None:
        """Keeps a file of articles among the added ones and begins to bring it into the store, in the background. Returns its name there.

        None where the very same file is there already. `name` may be anything: its last part is what the file is called, with a number
        where the name is taken. Raises InputError, saying why, where nothing in it can be read as an article.
        """
        title = file_name(name)
        if len(data) > MAX_BYTES:
            raise InputError(f"{title}: larger than the limit of {MAX_BYTES:,} bytes")
        temporary = self.added / f".adding-{token_urlsafe()}{suffix_of(title)}"
        try:
            self.added.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            _require_article(temporary, title)
            with self._naming:
                file = self._place_for(title, data)
                is_new = file is not None and not file.exists()
                if file is not None and is_new:
                    self._taken.pop(file.name, None)
                    temporary.rename(file)
        except OSError as error:
            raise InputError(f"{title} cannot be kept in {self.added} ({error.strerror}). Check its rights and the disk.") from error
        finally:
            temporary.unlink(missing_ok=True)
        if file is not None:  # one that is there already may not be in the store yet
            self._work(file=file)
        return file.name if file is not None and is_new else None

    def _place_for(self, title: str, data: bytes) -> Path | None:
        """Where an added file has these bytes, or may have them: under a name that is neither taken there nor an article of another origin.

        None where an article of another origin is made of them.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        for name in _numbered(title):
            file = self.added / name
            if file.is_file() and file.read_bytes() == data:
                return file
            article = self._article_if_any(name)
            if article is not None and article.sha256 == sha256:
                return None
            is_elsewhere = self._sources is not None and (self._sources / name).exists()
            if article is None and not is_elsewhere and not os.path.lexists(file):
                return file
        raise AssertionError("numbers do not end")

    def _article_if_any(self, id: str) -> Article | None:
        try:
            return self.article(id)
        except StoreMissing:
            return None

    def remove(self, id: str) -> tuple[str, Removed]:
        """Takes an article out of the store; the token puts it back. Its file, where it was added here, goes out of reading's way.

        Raises InputError where there is no such article, StoreInUse while another writes, and what opening the store raises.
        """
        with self._writing() as store:
            article = store.catalogue.article(id)
            if article is None:
                raise InputError("This article is no longer in the store.")
            removed = Removed(article, store.catalogue.passages_of(id))
            store.remove([id])
        removed = self._set_aside(removed)
        token = token_urlsafe()
        self._removed[token] = removed
        while len(self._removed) > _KEPT:
            self._removed.popitem(last=False)
        return token, removed

    def restore(self, token: str) -> Article:
        """Puts a removed article back, and its file.

        Raises InputError where it is too long ago or another article has its id by now, and else as `remove`.
        """
        removed = self._removed.get(token)
        if removed is None:
            raise InputError("This is too long ago to be undone here. Add the article again.")
        with self._writing() as store:
            there = store.catalogue.article(removed.article.id)
            if there is not None and there.sha256 != removed.article.sha256:
                raise InputError("Another article has its place by now. Add it again under another name.")
            if there is None:
                store.put([(removed.article, removed.passages)])
                link(store, _LINKED)
        if removed.moved is not None and removed.file is not None and removed.moved.exists() and not removed.file.exists():
            removed.moved.rename(removed.file)
        self._removed.pop(token, None)
        return removed.article

    @contextmanager
    def _writing(self) -> Iterator[Store]:
        """The store, in our turn, for a moment's writing."""
        if not self._pen.acquire(blocking=False):
            raise StoreInUse("Articles are being indexed. Try again when that is done.")
        try:
            with self._turn:
                self._current()  # where there is no store, nothing is made
                with writing(self._folder):
                    yield self._current()
        finally:
            self._pen.release()

    def _set_aside(self, removed: Removed) -> Removed:
        file = self.added / removed.article.id
        try:
            if not file.resolve().is_relative_to(self.added.resolve()) or not file.is_file():
                return removed
            if hashlib.sha256(file.read_bytes()).hexdigest() != removed.article.sha256:
                return removed
            folder = self.added / _ASIDE
            folder.mkdir(exist_ok=True)
            with self._naming:
                moved = next(folder / name for name in _numbered(file.name) if not (folder / name).exists())
                file.rename(moved)
        except (OSError, ValueError):  # an id may be no path at all; what cannot be moved stays
            return removed
        return replace(removed, file=file, moved=moved)

    def evaluate(self, found: EvalSet, progress: Callable[[str, int, int], None], is_wanted: Callable[[], bool]) -> Results:
        """The set measured on the store, question by question: whoever waits has a turn in between.

        Raises what opening the store and answering raise, InputError where the store changed meanwhile, and Stopped as soon as it is no
        longer wanted.
        """
        from qa.evaluate.run import measure, results  # noqa: PLC0415  # scipy and ir-measures take their time to load

        with self._turn:
            store = self._current()

        @contextmanager
        def in_turn() -> Iterator[None]:
            if not is_wanted():
                raise Stopped
            with self._turn:
                if self._current() is not store:
                    raise InputError(_CHANGED)
                yield

        def patiently(stage: str, done: int, of: int) -> None:
            progress(stage, done, of)
            sleep(_MOMENT)

        started = monotonic()
        try:
            measured = measure(replace(found, source=None), store, [_InTurns(store, in_turn)], patiently)
            return results([measured], store, READ_PASSAGES, monotonic() - started)
        except StoreError as error:
            if self._store is not store:  # closed under our hands
                raise InputError(_CHANGED) from error
            raise

    def _current(self) -> Store:
        path = self._folder / "catalogue.sqlite3"
        if self._store is not None:
            if path.exists() and self._stamp == (path.stat().st_ino, self._store.catalogue.generation()):
                return self._store
            self._close()
        if path.exists():
            # Before the parts are opened: what is written meanwhile must make a difference next time.
            with closing(Catalogue(path)) as catalogue:
                self._stamp = (path.stat().st_ino, catalogue.generation())
        self._store = Store.open(self._folder, chroma=self._chroma)
        return self._store

    def _current_checker(self) -> Checker:
        store = self._current()
        if self._checker is None:
            self._checker = Checker(store)
        return self._checker

    def _current_shelf(self) -> tuple[Store, Shelf]:
        store = self._current()
        if self._shelf is None or self._shelf_stamp != self._stamp:
            held = store.catalogue
            listings, stories = held.listings(), held.stories()
            self._shelf = Shelf(listings, held.people(), stories, _originals(held, listings, stories))
            self._shelf_stamp = self._stamp
        return store, self._shelf

    def _close(self) -> None:
        self._checker = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def _counted(self, store: Store) -> IndexState:
        if self._holdings_stamp != self._stamp:
            found = store.catalogue.articles(examples.documents(self._samples))
            self._holdings = replace(
                self._empty,
                languages=store.catalogue.languages(),
                generation="-".join(map(str, self._stamp or ())),
                questions=examples.questions(self._samples, {id: article.text for id, article in found.items()}),
                headings=examples.headings(islice(store.catalogue.all_articles(), _HEADINGS_FROM)),
            )
            self._holdings_stamp = self._stamp
        return self._holdings


def _originals(held: Catalogue, listings: Sequence[Listing], stories: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The articles of agencies that others of their story print. Texts are read only where an agency is among the publishers: 0.24 ms a
    story of three articles."""
    agencies = {publisher for publisher in {listing.publisher for listing in listings} if publisher and is_agency(publisher)}
    told = {stories[listing.id] for listing in listings if listing.publisher in agencies and listing.id in stories}
    found = (original(list(held.articles(story).values())) for story in told)
    return {id for id in found if id is not None}


def _credits(store: Store, groups: Iterable[Group]) -> dict[str, str]:
    """Whose text the articles of stories say that they print; an agency’s own need not say it."""
    told = [listing for group in groups if group.others or group.left_out for listing in group.listings]
    articles = store.catalogue.articles(listing.id for listing in told if not (listing.publisher and is_agency(listing.publisher)))
    credits = {id: credited(article) for id, article in articles.items()}
    return {id: credit for id, credit in credits.items() if credit is not None}


def file_name(sent: str) -> str:
    """A name to keep a file by, from one that may be anything: its last part without control characters, leading dots and what no file
    system takes, not too long. Raises InputError where it is not of a kind that can be read.

    >>> file_name("C:\\\\news\\\\..\\\\a\\nb.TXT"), file_name("../.hidden.md"), file_name(".txt"), file_name("crawl.WARC.gz")
    ('ab.TXT', 'hidden.md', 'article.txt', 'crawl.WARC.gz')
    """
    last = "".join(c for c in re.split(r"[/\\\\]", sent)[-1] if c not in _NO_NAME and unicodedata.category(c) not in _UNSEEN)
    name = last.strip()
    suffix = suffix_of(name)
    if suffix not in SUFFIXES:
        shown = name.lstrip(". ")[:_LONGEST_NAME] or "This"
        raise InputError(f"{shown} is not of a kind that can be read. Articles are read from {_KINDS}.")
    stem, ending = name[: -len(suffix)], name[-len(suffix) :]
    stem = stem.strip().lstrip(". ") or "article"
    return stem.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip() + ending


def _numbered(name: str) -> Iterator[str]:
    """The name, then "name (2).txt", "name (3).txt" and so on."""
    yield name
    ending = len(name) - len(suffix_of(name))
    for number in count(2):
        yield f"{name[:ending]} ({number}){name[ending:]}"


def _require_article(file: Path, title: str) -> None:
    """Raises InputError, with the first reason, where nothing in a file can be read."""
    first = None
    for item in read_sources([file]):
        if not isinstance(item, Skipped):
            return
        first = first or item
    where, reason = (first.path.replace(file.name, title, 1), first.reason) if first else (title, "empty")
    raise InputError(f"{where}: {reason}")


def _holds_several(file: Path) -> bool:
    return holds_several(suffix_of(file.name))


class Stopped(Exception):
    """Nobody waits for the evaluation any more."""


class _InTurns(OnRecord):
    """The project with others, in turns."""

    def __init__(self, store: Store, turn: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__(store)
        self._turn = turn

    def search(self, question: str, count: int) -> Sequence[Place]:
        with self._turn():
            return super().search(question, count)

    def ask(self, question: str) -> Said:
        with self._turn():
            return super().ask(question)

    def would_say(self, question: str, said: Said) -> Said:
        sleep(_MOMENT)
        with self._turn():
            return super().would_say(question, said)

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        with self._turn():
            return super().check(quote, claimed_speaker)
