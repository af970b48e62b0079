"""A store as a long-running program reads it: opened when it is there, opened again when another process changed it, and brought in step
with folders in the background; articles are added and removed here too. Any number of threads may call it; they take turns."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic, sleep
from typing import Any

from index.articles import Article
from index.build.stories import link
from index.errors import InputError, OnRecordError, StoreDamaged, StoreError, StoreInUse, StoreMissing
from index.store.catalogue import Catalogue, Listing
from index.store.filters import ANY, Filters
from index.store.store import Store, writing
from index.story.quotations import Quotation
from qa.answer import READ_PASSAGES, answering
from qa.ask.sources import credited, is_agency, original
from qa.ask.types import Answer, Retrieved, Writing
from qa.evaluate.results import Results
from qa.evaluate.sets import EvalSet
from qa.evaluate.systems import OnRecord, RetrievedPlace, SystemAnswer
from qa.library import examples
from qa.library.additions import Additions, Removed
from qa.library.facets import Facets, Group, Rows, Shelf, Sort
from qa.library.index_status import IndexState
from qa.library.indexing import Indexer, Taken
from qa.quotes.check import Checker, QuoteCheck
from qa.reader.reader import Passage, Read, Reader
from qa.reader.readers import load_reader
from qa.writing.write import Writer

# Articles looked through for titles to show before the first question; not measured.
_HEADINGS_FROM = 50
# Seconds in which a waiting visitor can take the lock that an evaluation released: threading.Lock has no queue. Not measured.
_MOMENT_SECONDS = 0.001
# Removals that can be undone, by all visitors together. Not measured.
_KEPT_REMOVALS = 1000
# Articles that an undone removal compares with all others while questions wait: itself and those that were linked to it. In a store where
# nothing was linked yet, the rest is left to the next build. Each took 15 ms among 1,200; no measurement behind the number.
_LINKED = 32
_CHANGED = "The articles changed while they were measured. Run the set again."


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
        reader: Reader | None = None,
    ) -> None:
        self._folder, self._samples, self.added, self._chroma = folder, samples, added, chroma
        self._reader = reader
        # Held while the store is read: visitors take turns.
        self._read_lock = threading.Lock()
        # Held while this process writes to the store.
        self._write_lock = threading.Lock()
        self._additions = Additions(added, sources)
        self._indexer = Indexer(folder, sources, added, chroma, self._write_lock)
        self._removed: OrderedDict[str, Removed] = OrderedDict()
        self._store: Store | None = None
        self._checker: Checker | None = None
        self._stamp: tuple[int, int] | None = None
        self._empty = IndexState(store=str(folder), sources=str(sources) if sources else None)
        self._holdings = self._empty
        self._holdings_stamp: tuple[int, int] | None = None
        self._shelf: Shelf | None = None
        self._shelf_stamp: tuple[int, int] | None = None

    def start_indexing(self) -> None:
        """Begins to bring the store in step with the sources and with what was added here, in the background."""
        self._indexer.bring_in_step()

    def state(self) -> IndexState:
        """The status of the store now. Errors are part of it."""
        read, trouble = self._indexer.read, self._indexer.trouble
        with self._read_lock:
            try:
                holdings = self._counted(self._current())
            except StoreMissing:
                holdings = self._empty
            except OnRecordError as error:
                holdings, trouble = self._empty, str(error)
        return replace(holdings, read=read, trouble=trouble, skipped=self._indexer.skipped)

    def answering(
        self, question: str, filters: Filters = ANY, writer: Writer | None = None, is_wanted: Callable[[], bool] = lambda: True
    ) -> Iterator[Retrieved | Writing | Answer]:
        """What is found, as soon as it is; if a model writes, repeatedly what it has written; the answer. Raises what opening the
        store and answering raise. While the reader reads and the model writes, others can access the store."""
        steps: Iterator[Retrieved | Writing | Answer] = iter(())
        store: Store | None = None
        is_found = is_second_try = False
        while True:
            with self._read_lock:
                try:
                    current = self._current()
                    if store is not current:  # not started, or started on a store that has changed since
                        store = current
                        steps = answering(store, question, filters, writer=writer, reader=self._aside(store), is_wanted=is_wanted)
                    step = next(step for step in steps if not (is_found and isinstance(step, Retrieved)))
                except _StoreReplaced:
                    store, is_found = None, True
                    continue
                except StoreDamaged:
                    if is_second_try:
                        raise
                    # While another process writes, our view of its files may be old before the catalogue says so.
                    self._close()
                    store, is_found, is_second_try = None, True, True
                    continue
            yield step
            if not isinstance(step, Retrieved):
                break
            is_found = True
        yield from steps  # without the lock: while the model writes, nothing is asked of the store

    def _aside(self, store: Store) -> Reader:
        return _Aside(self._reader or load_reader(), self._read_lock, lambda: store is self._current())

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        """Raises what opening the store and checking raise."""
        with self._read_lock:
            try:
                return self._current_checker().check(quote, claimed_speaker)
            except StoreDamaged:
                self._close()  # as in `answering`
                return self._current_checker().check(quote, claimed_speaker)

    def article(self, id: str) -> Article | None:
        """The article of that id, or None. Raises what opening the store raises."""
        with self._read_lock:
            return self._current().catalogue.article(id)

    def quotations(self, id: str) -> Sequence[Quotation]:
        """The quotations of the article of that id. Raises what opening the store raises."""
        with self._read_lock:
            return self._current().catalogue.quotations([id]).get(id, ())

    def facets(self) -> Facets:
        """What there is to choose from among the articles. Raises what opening the store raises."""
        with self._read_lock:
            return self._current_shelf()[1].facets

    def settled(self, filters: Filters) -> Filters:
        """The filters with their names as the articles write them. Raises what opening the store raises."""
        if filters.publisher is None and filters.speaker is None:
            return filters
        with self._read_lock:
            return self._current_shelf()[1].settled(filters)

    def overview(self, search: str, filters: Filters, sort: Sort, start: int, count: int, by_story: bool = True) -> Rows:
        """`count` of the stories, or else of the articles, that the search and the filters leave, in order, from `start` on, rounded to
        whole pages; the last page where there are not so many. Raises what opening the store raises."""
        with self._read_lock:
            store, shelf = self._current_shelf()
            quoting = () if filters.speaker is None else frozenset(store.catalogue.quoting(filters.speaker))
            listings = shelf.found(search, filters, sort, quoting)
            stories = shelf.stories(listings) if by_story else [[listing] for listing in listings]
            start = max(0, min(start, len(stories) - 1)) // count * count
            shown = stories[start : start + count]
            links = store.catalogue.links.among(id for story in shown for id in shelf.story_of(story[0].id)) if by_story else ()
            groups = [shelf.group(story, links) if by_story else Group(story[0]) for story in shown]
            return Rows(
                groups,
                store.catalogue.people_in(listing.id for story in shown for listing in story),
                start,
                len(stories),
                len(listings),
                shelf.timeline(listings),
                _credits(store, groups),
                shelf.has_stories,
            )

    def taken(self, name: str) -> Taken | None:
        """The outcome of an added file of that name which may hold several articles; None until it is known."""
        return self._indexer.taken(name)

    def add(self, name: str, data: bytes) -> str | None:
        """Keeps a file of articles among the added ones and begins to bring it into the store, in the background. Returns its name there.

        None where the very same file is there already. `name` may be anything: its last part is what the file is called, with a number
        where the name is taken. Raises InputError, saying why, where nothing in it can be read as an article.
        """
        file, is_new = self._additions.keep(name, data, self._article_if_any)
        if file is None:
            return None
        if is_new:
            self._indexer.forget(file.name)
        self._indexer.bring_in(file)  # one that is there already may not be in the store yet
        return file.name if is_new else None

    def _article_if_any(self, id: str) -> Article | None:
        try:
            return self.article(id)
        except StoreMissing:
            return None

    def remove(self, id: str) -> tuple[str, Removed]:
        """Removes an article from the store; the token restores it. Its file, if it was added here, is set aside so that it is not read.

        Raises InputError where there is no such article, StoreInUse while another writes, and what opening the store raises.
        """
        with self._writing() as store:
            article = store.catalogue.article(id)
            if article is None:
                raise InputError("This article is no longer in the store.")
            removed = Removed(article, store.catalogue.passages_of(id))
            store.remove([id])
        removed = self._additions.set_aside(removed)
        token = token_urlsafe()
        self._removed[token] = removed
        while len(self._removed) > _KEPT_REMOVALS:
            self._removed.popitem(last=False)
        return token, removed

    def restore(self, token: str) -> Article:
        """Puts a removed article back, and its file.

        Raises InputError where it is too long ago or another article has its id by now, and otherwise as `remove`.
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
        self._additions.put_back(removed)
        self._removed.pop(token, None)
        return removed.article

    @contextmanager
    def _writing(self) -> Iterator[Store]:
        """The store, for a short write under both locks."""
        if not self._write_lock.acquire(blocking=False):
            raise StoreInUse("Articles are being indexed. Try again when that is done.")
        try:
            with self._read_lock:
                self._current()  # where there is no store, nothing is made
                with writing(self._folder):
                    yield self._current()
        finally:
            self._write_lock.release()

    def evaluate(self, eval_set: EvalSet, progress: Callable[[str, int, int], None], is_wanted: Callable[[], bool]) -> Results:
        """The set measured on the store, question by question: waiting visitors read in between.

        Raises what opening the store and answering raise, InputError where the store changed meanwhile, and EvaluationStopped as soon
        as it is no longer wanted.
        """
        from qa.evaluate.run import measure, results  # noqa: PLC0415  # scipy and ir-measures take their time to load

        with self._read_lock:
            store = self._current()

        @contextmanager
        def in_turn() -> Iterator[None]:
            if not is_wanted():
                raise EvaluationStopped
            with self._read_lock:
                if self._current() is not store:
                    raise InputError(_CHANGED)
                yield

        def patiently(stage: str, done: int, of: int) -> None:
            progress(stage, done, of)
            sleep(_MOMENT_SECONDS)

        started = monotonic()
        try:
            measured = measure(replace(eval_set, source=None), store, [_InTurns(store, in_turn)], patiently)
            return results([measured], store, READ_PASSAGES, monotonic() - started)
        except StoreError as error:
            if self._store is not store:  # closed meanwhile
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
            listings, stories = held.listings(), held.links.stories()
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
            articles = store.catalogue.articles(examples.documents(self._samples))
            self._holdings = replace(
                self._empty,
                languages=store.catalogue.languages(),
                generation="-".join(map(str, self._stamp or ())),
                questions=examples.questions(self._samples, {id: article.text for id, article in articles.items()}),
                headings=examples.headings(islice(store.catalogue.all_articles(), _HEADINGS_FROM)),
            )
            self._holdings_stamp = self._stamp
        return self._holdings


def _originals(held: Catalogue, listings: Sequence[Listing], stories: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The articles of agencies that others of their story print. Texts are read only where an agency is among the publishers: 0.24 ms a
    story of three articles."""
    agencies = {publisher for publisher in {listing.publisher for listing in listings} if publisher and is_agency(publisher)}
    stories_of_agencies = {stories[listing.id] for listing in listings if listing.publisher in agencies and listing.id in stories}
    originals = (original(list(held.articles(story).values())) for story in stories_of_agencies)
    return {id for id in originals if id is not None}


def _credits(store: Store, groups: Iterable[Group]) -> dict[str, str]:
    """Whose text the articles of stories say that they print; an agency’s own need not say it."""
    in_groups = [listing for group in groups if group.others or group.left_out for listing in group.listings]
    articles = store.catalogue.articles(listing.id for listing in in_groups if not (listing.publisher and is_agency(listing.publisher)))
    credits = {id: credited(article) for id, article in articles.items()}
    return {id: credit for id, credit in credits.items() if credit is not None}


class EvaluationStopped(Exception):
    """The evaluation is no longer wanted."""


class _StoreReplaced(Exception):
    """While a question was read for, the store was opened again: what was found in it is to be found again."""


class _Aside:
    """A reader that gives the lock of a store away while it reads, as it accesses passages only that are in memory.

    Raises _StoreReplaced where the store is not current any more once the lock is held again, and what the reader raises.
    """

    def __init__(self, reader: Reader, read_lock: threading.Lock, is_current: Callable[[], bool]) -> None:
        self.name, self.fitted = reader.name, reader.fitted
        self._reader, self._read_lock, self._is_current = reader, read_lock, is_current

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        self._read_lock.release()
        try:
            read = self._reader.read(question, passages)
        finally:
            self._read_lock.acquire()
        if not self._is_current():
            raise _StoreReplaced
        return read


class _InTurns(OnRecord):
    """The project, whose store others read in between."""

    def __init__(self, store: Store, read_lock: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__(store)
        self._read_lock = read_lock

    def search(self, question: str, count: int) -> Sequence[RetrievedPlace]:
        with self._read_lock():
            return super().search(question, count)

    def ask(self, question: str) -> SystemAnswer:
        with self._read_lock():
            return super().ask(question)

    def would_say(self, question: str, said: SystemAnswer) -> SystemAnswer:
        sleep(_MOMENT_SECONDS)
        with self._read_lock():
            return super().would_say(question, said)

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        with self._read_lock():
            return super().check(quote, claimed_speaker)
