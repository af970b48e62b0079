"""python ui.py: the page, on 127.0.0.1.

What it shows is decided here and drawn in page/. Gradio carries the questions and the quotes, keeps a conversation for each visitor and
answers the calls of the script; the script (page/*.js) opens sources, turns the tabs, shows the state of the index and tells what somebody
judged right or wrong.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import logging
import os
import socket
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePath
from secrets import token_urlsafe
from time import monotonic, sleep
from types import FrameType
from typing import Any, Generic, TypeVar

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
# Gradio asks matplotlib for its backend at every event; unless one is named, that loads all of it and looks through the machine's fonts.
os.environ["MPLBACKEND"] = "agg"

import gradio as gr
import orjson
import uvicorn
from fastapi import FastAPI
from markupsafe import Markup
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.articles import MAX_BYTES, Article, Skipped
from index.build import BuildReport, build
from index.catalogue import Catalogue
from index.commandline import Parser, add_store, run
from index.errors import InputError, OnRecordError, SettingError, StoreDamaged, StoreError, StoreMissing
from index.spans import Span
from index.store import Store
from page import checks, evaluate, examples, judge, render, take
from page.evaluate import Choice
from page.render import IndexState, Turn
from qa.answer import READ_PASSAGES, Answer, answer
from qa.check import Checker, QuoteCheck
from qa.draft import SUFFIXES, Claim, DraftQuote, claims_of, read_draft
from qa.evaluate import judged
from qa.evaluate.judged import Judgement, Saved
from qa.evaluate.results import Results
from qa.evaluate.sets import EvalSet, parse_set, read_set
from qa.evaluate.systems import OnRecord, Place, Said
from qa.follow_up import REMEMBERED, Before, before, standalone
from qa.retrieve import LONGEST_QUESTION

_ROOT = Path(__file__).resolve().parent
_PAGE, _SAMPLES = _ROOT / "page", _ROOT / "samples"
_SCRIPT = ("page.js", "judge.js", "evaluate.js", "take.js", "link.js")  # one script, in this order
_HOST = "127.0.0.1"
_PORT = 7860
# Articles looked through for titles to show before the first question; not measured.
_HEADINGS_FROM = 50
# Seconds between two looks of a visitor at how far a draft or an evaluation is; a new one stops the old one as soon. Not measured.
_TELL_EVERY = 0.25
# Seconds in which whoever waits gets the turn that an evaluation gave back: threading.Lock knows no queue. Not measured.
_MOMENT = 0.001
# Judgements that can be undone, and reports that can be saved, of all visitors together. Not measured.
_KEPT_JUDGEMENTS, _KEPT_REPORTS = 1000, 16
# Gradio builds functions from strings and writes styles into the page; everything else stays out, and nothing leaves for another host.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_OUR_FAULT = "The page met an error of its own ({}). The terminal in which it runs says more."

_CHANGED = "The articles changed while they were measured. Run the set again."

_logger = logging.getLogger("onrecord")


class Library:
    """The store that the page answers from: opened when it is there, opened anew when another process changed it, and, where the page was
    started with articles, brought in step with them in the background. Any number of threads may call it; they take turns."""

    def __init__(self, folder: Path, sources: Path | None = None) -> None:
        self._folder, self._sources = folder, sources
        self._turn = threading.Lock()
        self._store: Store | None = None
        self._checker: Checker | None = None
        self._stamp: tuple[int, int] | None = None
        self._empty = IndexState(store=str(folder), sources=str(sources) if sources else None)
        self._holdings = self._empty
        self._holdings_stamp: tuple[int, int] | None = None
        self._samples = _sample_questions()
        # Written by the thread that indexes.
        self._read: int | None = None
        self._skipped: tuple[Skipped, ...] = ()
        self._trouble: str | None = None

    def start_indexing(self) -> None:
        """Begins to bring the store in step with the sources, in the background."""
        self._read = 0
        threading.Thread(target=self._index, daemon=True).start()

    def _index(self) -> None:
        assert self._sources is not None
        written = 0

        def progress(report: BuildReport) -> None:
            nonlocal written
            # Called after each article that was read, and after each batch that was written: the latter moves these counts.
            if report.added + report.changed == written and self._read is not None:
                self._read += 1
            written = report.added + report.changed

        try:
            self._skipped = tuple(build(self._folder, [self._sources], progress=progress).skipped)
        except OnRecordError as error:
            self._trouble = str(error)
        except Exception as error:
            _logger.exception("indexing")
            self._trouble = _OUR_FAULT.format(type(error).__name__)
        finally:
            self._read = None

    def state(self) -> IndexState:
        """What the page shows of the index. Errors are part of it."""
        read, trouble = self._read, self._trouble
        with self._turn:
            try:
                holdings = self._counted(self._current())
            except StoreMissing:
                holdings = self._empty
            except OnRecordError as error:
                holdings, trouble = self._empty, str(error)
        return replace(holdings, read=read, trouble=trouble, skipped=self._skipped)

    def answer(self, question: str) -> Answer:
        """Raises what opening the store and answering raise."""
        with self._turn:
            try:
                return answer(self._current(), question)
            except StoreDamaged:
                # While another process writes, our view of its files may be old before the catalogue says so.
                self._close()
                return answer(self._current(), question)

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        """Raises what opening the store and checking raise."""
        with self._turn:
            try:
                return self._current_checker().check(quote, claimed_speaker)
            except StoreDamaged:
                self._close()  # as in answer
                return self._current_checker().check(quote, claimed_speaker)

    def article(self, id: str) -> Article | None:
        """The article of that id, or None. Raises what opening the store raises."""
        with self._turn:
            return self._current().catalogue.article(id)

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
        self._store = Store.open(self._folder)
        return self._store

    def _current_checker(self) -> Checker:
        store = self._current()
        if self._checker is None:
            self._checker = Checker(store)
        return self._checker

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
                questions=examples.questions(self._samples, {id: article.text for id, article in found.items()}),
                headings=examples.headings(islice(store.catalogue.all_articles(), _HEADINGS_FROM)),
            )
            self._holdings_stamp = self._stamp
        return self._holdings


class Stopped(Exception):
    """Nobody waits for the evaluation any more."""


class _InTurns(OnRecord):
    """The project as the page calls it: with others, in turns."""

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


_Thing = TypeVar("_Thing")


class _Kept(Generic[_Thing]):
    """Things that a page may come back for, by names that nobody guesses. Of more than `most` the oldest are let go."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[str, _Thing] = OrderedDict()

    def keep(self, thing: _Thing) -> str:
        name = token_urlsafe()
        self._things[name] = thing
        while len(self._things) > self._most:
            self._things.popitem(last=False)
        return name

    def get(self, name: object) -> _Thing | None:
        return self._things.get(name) if isinstance(name, str) else None


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """What one visitor asked and was answered. Gradio hashes it; an Answer has no hash, so this is equal to itself alone."""

    turns: tuple[Turn, ...] = ()
    answered: tuple[Before, ...] = ()
    """What a follow-up may lean on. Finding whom an answer names reads its whole article: once, when the answer is there."""

    def with_turn(self, turn: Turn) -> Conversation:
        said = (before(turn.outcome),) if isinstance(turn.outcome, Answer) else ()
        return Conversation((*self.turns, turn), (*self.answered, *said)[-REMEMBERED:])


class Requests:
    """One visitor's requests for checks or for evaluations, of which the last one counts."""

    def __init__(self) -> None:
        self._last = 0
        self.stopped = False

    def new(self) -> Callable[[], bool]:
        """Begins one, and says whether it still is the last and not stopped."""
        self._last += 1
        self.stopped = False
        mine = self._last
        return lambda: self._last == mine and not self.stopped

    def stop(self) -> None:
        self.stopped = True


def make_page(library: Library, judged_folder: Path) -> gr.Blocks:
    """The page, its events, and the functions that its script calls."""
    judgements: _Kept[Saved] = _Kept(_KEPT_JUDGEMENTS)
    reports: _Kept[Results] = _Kept(_KEPT_REPORTS)

    def state(_: object) -> dict[str, Any]:
        known = library.state()
        busy, empty = known.name != "ready", known.articles == 0
        return {"busy": busy, "empty": empty, "line": render.state(known), "welcome": render.welcome(known)}

    def source(place: object) -> str:
        return _source(library, place)

    def save(sent: object) -> dict[str, Any]:
        return _told(_save, library, judged_folder, judgements, sent)

    def undo(name: object) -> dict[str, Any]:
        return _told(_undo, judged_folder, judgements, name)

    def sets(_: object) -> dict[str, str]:
        return {
            "line": evaluate.measured_on(library.state().articles),
            "choices": evaluate.sets(_choices(library, judged_folder)),
        }

    def own_set(sent: object) -> dict[str, Any]:
        return _told(_own_choice, sent)

    def report(sent: object) -> dict[str, str]:
        return _report(reports, sent)

    def ask(question: str, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip()
            return
        meant = standalone(question, conversation.answered).understood
        yield from _asked(library, Turn(question, understood=None if meant == question else meant), conversation)

    def ask_as_it_is(event: gr.EventData, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        yield from _asked(library, Turn(str(event.question)), conversation)

    def take_away(event: gr.EventData, conversation: Conversation) -> str:
        return _taken(conversation, str(event.kind), str(event.asked))

    def check(text: str, speaker: str, requests: Requests) -> Iterator[Any]:
        yield from _while_wanted(requests, _check_pasted(library, text, speaker))

    def check_whole(text: str, speaker: str, requests: Requests) -> Iterator[Any]:
        yield from _while_wanted(requests, _check_quote(library, text, speaker))

    def check_file(event: gr.EventData, requests: Requests) -> Iterator[Any]:
        yield from _while_wanted(requests, _check_file(library, str(event.name), str(event.data)))

    def run_set(event: gr.EventData, runs: Requests) -> Iterator[Any]:
        def found() -> EvalSet:
            return _set(judged_folder, str(event.choice), str(event.name), str(event.data))

        yield from _while_wanted(runs, _evaluate(library, found, reports), evaluate.stopped())

    def stop(runs: Requests) -> None:
        runs.stop()

    page = gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True)
    with page:
        conversation, requests, runs = gr.State(Conversation()), gr.State(Requests()), gr.State(Requests())
        masthead = gr.HTML(
            render.masthead(),
            elem_id="masthead",
            apply_default_css=False,
            js_on_load="\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _SCRIPT),
            server_functions=[state, source, save, undo, sets, own_set, report],
        )
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="asking"):
                with gr.Column(elem_id="scroll"):
                    gr.HTML(f'<section id="welcome"></section>{judge.form()}{take.told()}', apply_default_css=False)
                    turns = gr.HTML(elem_id="conversation", apply_default_css=False)
                    taken = gr.HTML(elem_id="taken", apply_default_css=False)
                question = gr.Textbox(
                    elem_id="question",
                    label="Question",
                    show_label=False,
                    placeholder="Ask in English or Arabic",
                    lines=1,
                    max_lines=5,
                    max_length=LONGEST_QUESTION,
                    submit_btn="Ask",
                    autofocus=True,
                )
            with gr.Column(elem_id="checking"):
                gr.HTML(checks.introduction(), elem_id="check-introduction", apply_default_css=False)
                quoted = gr.Textbox(
                    elem_id="quoted-text",
                    label="Paste a quote, or a draft with quotations in it",
                    lines=3,
                    max_lines=12,
                )
                with gr.Row(elem_id="check-row"):
                    said_by = gr.Textbox(elem_id="said-by", label="Said by (optional, for one quote)", lines=1, max_lines=1)
                    button = gr.Button("Check", elem_id="check-button")
                gr.HTML(checks.chooser(MAX_BYTES), elem_id="check-file", apply_default_css=False)
                checked = gr.HTML(elem_id="checked", apply_default_css=False)
            with gr.Column(elem_id="evaluating"):
                gr.HTML(evaluate.form(MAX_BYTES), elem_id="evaluate-form", apply_default_css=False)
                evaluated = gr.HTML(elem_id="evaluated", apply_default_css=False)
            with gr.Column(elem_id="source-pane"):
                gr.HTML(f'<section id="source">{render.source_hint()}{checks.source_hint()}</section>', apply_default_css=False)
        outputs = [turns, conversation, question]
        # One question at a time, from either door, in the order in which they were asked; none is dropped while another is answered.
        how: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": 1, "concurrency_id": "ask"}
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        question.submit(ask, [question, conversation], outputs, **how, **quietly)
        masthead.submit(ask_as_it_is, [conversation], outputs, **how, **quietly)
        files: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": None, "concurrency_id": "take"}
        masthead.download(take_away, [conversation], taken, **files, **quietly)
        # Checks of one visitor may overlap for a moment: the new one stops the old one.
        side_by_side: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": None, "concurrency_id": "check"}
        pasted = [quoted, said_by, requests]
        gr.on([button.click, quoted.submit, said_by.submit], check, pasted, checked, **side_by_side, **quietly)
        masthead.select(check_whole, pasted, checked, **side_by_side, **quietly)
        masthead.upload(check_file, [requests], checked, **side_by_side, **quietly)
        evaluations: dict[str, Any] = side_by_side | {"concurrency_id": "evaluate"}
        masthead.play(run_set, [runs], evaluated, **evaluations, **quietly)
        masthead.stop(stop, [runs], None, **evaluations, **quietly)
    return page


def _asked(library: Library, turn: Turn, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
    yield render.conversation(conversation.with_turn(turn).turns), gr.skip(), ""
    done = conversation.with_turn(replace(turn, outcome=_outcome(library, turn.understood or turn.question)))
    yield render.conversation(done.turns), done, gr.skip()


def _outcome(library: Library, question: str) -> Answer | str:
    try:
        return library.answer(question)
    except OnRecordError as error:
        return str(error)
    except Exception as error:
        _logger.exception("a question")
        return _OUR_FAULT.format(type(error).__name__)


def _taken(conversation: Conversation, kind: str, asked: str) -> str:
    """The conversation as a file of the kind that is asked for; `kind` and `asked` came over the network: they can be anything."""
    answered = render.answered(conversation.turns)
    if kind not in take.FORMS:
        return take.none("That is no form to take it in.", asked)
    if not answered:
        return take.none("This conversation is no longer kept here. Ask again.", asked)
    try:
        return take.file(take.FORMS[kind], answered, asked)
    except Exception as error:
        _logger.exception("a file to take away")
        return take.none(_OUR_FAULT.format(type(error).__name__), asked)


def _while_wanted(requests: Requests, work: Iterator[str], stopped: str | None = None) -> Iterator[Any]:
    """What the work has to show, until the visitor wants something else, or nothing more: then `stopped`."""
    is_last = requests.new()
    with closing(_with_trouble(work)) as showing:
        for shown in showing:
            if not is_last():
                yield stopped if requests.stopped else gr.skip()  # Gradio shows once more what came last
                return
            yield shown


def _with_trouble(work: Iterator[str]) -> Generator[str, None, None]:
    try:
        yield from work
    except OnRecordError as error:
        yield checks.trouble(str(error))
    except Exception as error:
        _logger.exception("a check")
        yield checks.trouble(_OUR_FAULT.format(type(error).__name__))


def _check_pasted(library: Library, text: str, speaker: str) -> Iterator[str]:
    yield checks.pending()
    claims = claims_of(text)
    if checks.is_one_quote(text, claims):
        yield from _check_quote(library, text, speaker)
    else:
        yield from _check_draft(library, text, claims)


def _check_quote(library: Library, text: str, speaker: str) -> Iterator[str]:
    if not text.strip():
        raise InputError("There is nothing to check yet: paste a quote or a draft, or drop a file.")
    yield checks.pending()
    yield checks.quote(library.check(text.strip(), speaker.strip() or None), library.state().languages)


def _check_draft(library: Library, text: str, claims: Sequence[Claim], file: str | None = None) -> Iterator[str]:
    done: list[DraftQuote] = []
    told = 0.0
    for claim in claims:
        if monotonic() - told > _TELL_EVERY:
            yield checks.pending(len(done), len(claims))
            told = monotonic()
        done.append(DraftQuote(claim.span, claim.quote, claim.claimed_speaker, library.check(claim.quote, claim.claimed_speaker)))
    yield checks.draft(file, text, done, library.state().languages)


def _check_file(library: Library, name: str, data: str) -> Iterator[str]:
    """A file of that name, its bytes in Base64. Both came over the network: the name is no path here, and the bytes may be anything."""
    yield checks.pending()
    suffix = PurePath(name).suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"draft{suffix}" if suffix in SUFFIXES else Path(name)
        try:
            if suffix in SUFFIXES:
                path.write_bytes(base64.b64decode(data, validate=True))
            text = read_draft(path)
        except binascii.Error as error:
            raise InputError(f"{name} did not arrive whole. Choose it again.") from error
        except InputError as error:
            raise InputError(str(error).replace(str(path), name)) from error
    yield from _check_draft(library, text, claims_of(text), name)


def _source(library: Library, place: object) -> str:
    """The markup of an article, at a place of it where one is given. `place` came over the network: it can be anything."""
    match place:
        case {"article": str(id), "version": str(version)}:
            pass
        case _:
            return render.source_notice("That is no place in an article.")
    try:
        article = library.article(id)
        if article is None:
            return render.source_notice("This article is no longer in the store.")
        if article.sha256 != version:
            return render.source_notice("This article has changed since. Ask again to see it as it is now.")
        match place:
            case {"start": int(start), "end": int(end), "number": int(number)}:
                return render.source(article, Span(start, end), number)
            case {"start": int(start), "end": int(end)}:
                return render.source(article, Span(start, end))
            case _:
                return render.source(article)
    except (OnRecordError, ValueError) as error:
        return render.source_notice(str(error))


def _told(act: Callable[..., str], *given: object) -> dict[str, Any]:
    """What came of an act, in a line for the script, and whether it was done."""
    try:
        return {"done": True, "line": act(*given)}
    except OnRecordError as error:
        return {"done": False, "line": judge.refused(str(error))}
    except Exception as error:
        _logger.exception("a judgement")
        return {"done": False, "line": judge.refused(_OUR_FAULT.format(type(error).__name__))}


def _save(library: Library, folder: Path, kept: _Kept[Saved], sent: object) -> str:
    saved = judged.save(folder, _judgement(library, sent))
    return judge.saved(str(folder / judged.FILE), saved.questions, kept.keep(saved))


def _judgement(library: Library, sent: object) -> Judgement:
    """`sent` came over the network: it can be anything. All text but the question is taken from the articles."""
    match sent:
        case {"verdict": "unanswerable", "question": str(question)} if question.strip():
            return Judgement(question)
        case {"verdict": "right", "question": str(question), "places": []} if question.strip():
            return Judgement(question)
        case {"verdict": "right", "question": str(question), "answer": str() | None as answer, "places": [*places]} if question.strip():
            return judged.right(question, answer, [_cited(library, place) for place in places])
        case {"verdict": "wrong", "question": str(question), "sentence": str(sentence), "answer": str(answer)} if question.strip():
            if not sentence.strip():
                raise InputError("There is no sentence yet: paste the one that answers the question.")
            return judged.wrong(question, library.check(sentence, None), answer)
        case _:
            raise InputError("That is no judgement of an answer.")


def _cited(library: Library, place: object) -> tuple[Article, Span]:
    match place:
        case {"article": str(id), "version": str(version), "start": int(start), "end": int(end)} if 0 <= start < end:
            article = library.article(id)
            if article is None or article.sha256 != version:
                raise InputError("An article that is cited has changed since. Ask again.")
            return article, Span(start, end)
        case _:
            raise InputError("That is no place in an article.")


def _undo(folder: Path, kept: _Kept[Saved], name: object) -> str:
    saved = kept.get(name)
    if saved is None:
        raise InputError("This is too long ago to be undone here. Delete the line in the file.")
    return judge.undone(str(folder / judged.FILE), judged.undo(folder, saved))


def _choices(library: Library, folder: Path) -> list[Choice]:
    """The sets that the page knows: what was judged, and the samples' own where the store holds the samples."""
    choices = []
    if (folder / judged.FILE).exists() and (folder / judged.FILE).stat().st_size:
        choices.append(_choice("judged", "Your judged questions", lambda: read_set(folder)))
    if library.state().questions:
        choices.append(_choice("samples", "The sample questions", lambda: read_set(_SAMPLES)))
    return choices


def _choice(value: str, title: str, read: Callable[[], EvalSet]) -> Choice:
    try:
        found = read()
        return Choice(value, title, len(found.questions), len(found.quotes))
    except InputError as error:
        return Choice(value, title, trouble=str(error))


def _own_choice(sent: object) -> str:
    match sent:
        case {"name": str(name), "data": str(data)}:
            found = _own_set(name, data)
            return evaluate.own(Choice("own", name, len(found.questions), len(found.quotes)))
        case _:
            raise InputError("That is no file.")


def _set(judged_folder: Path, choice: str, name: str, data: str) -> EvalSet:
    if choice == "own":
        return _own_set(name, data)
    return read_set(judged_folder if choice == "judged" else _SAMPLES)


def _own_set(name: str, data: str) -> EvalSet:
    """The set in a file of that name, its bytes in Base64. Both came over the network: the name is no path, the bytes may be anything."""
    try:
        held = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise InputError(f"{name} did not arrive whole. Choose it again.") from error
    if len(held) > MAX_BYTES:
        raise InputError(f"{name} is larger than {MAX_BYTES:,} bytes. Split the set.")
    title = PurePath(name).stem or "set"
    kind, files = ("quotes", (None, held)) if _holds_quotes(held) else ("questions", (held, None))
    try:
        return parse_set(title, *files)
    except InputError as error:
        raise InputError(str(error).replace(f"{title}/{kind}.jsonl", name)) from error


def _holds_quotes(held: bytes) -> bool:
    first = next((line for line in held.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()), b"")
    try:
        record = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(record, dict) and "quote" in record


def _evaluate(library: Library, read: Callable[[], EvalSet], kept: _Kept[Results]) -> Iterator[str]:
    yield evaluate.pending()
    found, halt, running = read(), threading.Event(), Future[Results]()
    at = ("", 0, 0)

    def progress(*now: Any) -> None:
        nonlocal at
        at = now

    def is_wanted() -> bool:
        return not halt.is_set() and threading.main_thread().is_alive()

    def work() -> None:
        try:
            running.set_result(library.evaluate(found, progress, is_wanted))
        except BaseException as error:
            running.set_exception(error)

    # Not a daemon: the model must not be cut off in the middle when the process ends.
    threading.Thread(target=work).start()
    try:
        while not wait([running], _TELL_EVERY).done:
            yield evaluate.pending(*at)
    finally:
        halt.set()
    try:
        results = running.result()
    except Stopped:
        return
    from qa.evaluate.page import fragment  # noqa: PLC0415  # matplotlib takes its time to load

    yield evaluate.report(Markup(fragment(results)), kept.keep(results))


def _report(kept: _Kept[Results], sent: object) -> dict[str, str]:
    """The report as a file of the kind that is asked for."""
    match sent:
        case {"token": str(token), "kind": "html" | "json" as kind}:
            results = kept.get(token)
        case _:
            return {"line": "That is no report."}
    if results is None:
        return {"line": "This report is no longer kept here. Run the set again."}
    if kind == "json":
        return {"name": "report.json", "kind": "application/json", "text": json.dumps(results, ensure_ascii=False, indent=1) + "\n"}
    from qa.evaluate.page import html  # noqa: PLC0415  # as above

    return {"name": "report.html", "kind": "text/html;charset=utf-8", "text": html(results)}


class _Headers:
    """Adds to every response what keeps a browser from running or fetching anything that is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", _CONTENT_SECURITY_POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def make_app(library: Library, judged_folder: Path) -> FastAPI:
    """The page as a web application, without a server."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(_Headers)
    # A page elsewhere whose name is made to point here must not read what is here.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[_HOST, "localhost"])
    style = "\n".join(path.read_text(encoding="utf-8") for path in (_PAGE / "style.css", _ROOT / "qa" / "evaluate" / "report.css"))
    system = gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")  # a bare name would be looked for among Gradio's own files
    gr.mount_gradio_app(
        app,
        make_page(library, judged_folder),
        path="/",
        server_name=_HOST,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        favicon_path=str(_PAGE / "favicon.svg"),
        theme=gr.themes.Base(font=system, font_mono=system),
        head=f"<style>{style}</style>",  # as `css`, Gradio would rewrite its selectors
    )
    return app


class _Server(uvicorn.Server):
    """Ends without words: an open page holds a stream open, and that it is cut off is no error."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().handle_exit(sig, frame)


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    library = Library(options.store, options.articles)
    try:
        listening = socket.create_server((_HOST, options.port))
    except (OSError, OverflowError) as error:
        raise SettingError(f"Port {options.port} cannot be used ({error}). Name another with --port.") from error
    if options.articles is not None:
        library.start_indexing()
    with listening:
        server = _Server(uvicorn.Config(make_app(library, options.judged), log_level="warning", timeout_graceful_shutdown=1))
        print(f"On Record: http://{_HOST}:{listening.getsockname()[1]}", flush=True)
        server.run(sockets=[listening])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python ui.py", description="The page: questions, answers, quotes checked, sources.")
    add_store(parser)
    parser.add_argument("--port", type=int, default=_default_port(), metavar="N", help=f"on {_HOST} (default: $PORT, else {_PORT})")
    parser.add_argument("--articles", type=Path, metavar="DIR", help="bring the store in step with this folder first, while the page runs")
    parser.add_argument(
        "--judged", type=Path, default=Path("judged"), metavar="DIR", help="where answers called right or wrong are kept (default: judged)"
    )
    return parser


def _default_port() -> int:
    port = os.environ.get("PORT") or str(_PORT)
    if not port.isdecimal():
        raise SettingError(f"PORT is {port!r}, not a number. Set it to one, such as {_PORT}.")
    return int(port)


def _sample_questions() -> list[Mapping[str, Any]]:
    """The questions about our own samples; none where the project was installed without them."""
    path = _SAMPLES / "questions.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line] if path.exists() else []


if __name__ == "__main__":
    run(main, sys.argv[1:])
