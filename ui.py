"""python ui.py: the page, on 127.0.0.1.

What it shows is decided here and drawn in page/. Gradio carries the questions and the quotes, keeps a conversation for each visitor and
answers the calls of the script; the script (page/*.js) fills in the interface in the visitor's language, opens sources, turns the tabs,
shows the state of the index and tells what somebody judged right or wrong.
"""

from __future__ import annotations

import argparse
import asyncio
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
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from secrets import token_urlsafe
from time import monotonic
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
from starlette.concurrency import iterate_in_threadpool
from starlette.staticfiles import StaticFiles

from index.articles import Article
from index.commandline import Parser, add_store, run
from index.errors import InputError, OnRecordError, SettingError, StoreMissing
from index.filters import ANY, Filters
from index.readers.reading import holds_several, suffix_of
from index.readers.source import MAX_BYTES
from index.spans import Span
from page import articles, asking, checks, door, evaluate, filters, judge, masthead, reader, take, timeline
from page import conversation as draw
from page import model as writing
from page.conversation import Turn
from page.door import Password
from page.evaluate import Choice
from page.model import Manner
from page.phrases import CODES, Phrases, phrases, script_phrases
from qa.answer import Answer, Found, Writing
from qa.draft import SUFFIXES, Claim, DraftQuote, claims_of, read_draft
from qa.evaluate import judged
from qa.evaluate.judged import Judgement, Saved
from qa.evaluate.results import Results
from qa.evaluate.sets import EvalSet, parse_set, read_set
from qa.facets import Sort
from qa.follow_up import REMEMBERED, Before, before, standalone
from qa.library import OUR_FAULT, Library, Stopped
from qa.opening import NamedModel
from qa.retrieve import LONGEST_QUESTION
from qa.rewrite import rewritten
from qa.write import Writer

_ROOT = Path(__file__).resolve().parent
_PAGE, _SAMPLES = _ROOT / "page", _ROOT / "samples"
# One script and one style sheet, in this order.
_SCRIPTS = (
    *("page.js", "ask.js", "reader.js", "filters.js", "model.js", "articles.js", "judge.js", "evaluate.js", "take.js", "link.js"),
    "start.js",
)
_STYLES = (
    *(_PAGE / name for name in ("style.css", "reader.css", "filters.css", "model.css", "articles.css")),
    _ROOT / "qa" / "evaluate" / "report.css",
)
_PORT = 7860
# Seconds between two looks of a visitor at how far a draft or an evaluation is; a new one stops the old one as soon. Not measured.
_TELL_EVERY = 0.25
# Questions of all visitors together that are answered at once; the others wait. A model may take minutes over one. Not measured.
_AT_ONCE = 16
# Judgements that can be undone, and reports that can be saved, of all visitors together. Not measured.
_KEPT_JUDGEMENTS, _KEPT_REPORTS = 1000, 16
_logger = logging.getLogger("onrecord")


_Thing = TypeVar("_Thing")
Draw = Callable[[Phrases], str]


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
    """What one visitor asked and was answered. An Answer has no hash, so this is equal to itself alone."""

    turns: tuple[Turn, ...] = ()
    answered: tuple[Before, ...] = ()
    """What a follow-up may lean on. Finding whom an answer names reads its whole article: once, when the answer is there."""

    def with_turn(self, turn: Turn) -> Conversation:
        said = (before(turn.outcome),) if isinstance(turn.outcome, Answer) else ()
        return Conversation((*self.turns, turn), (*self.answered, *said)[-REMEMBERED:])


class Visitor:
    """One visitor's conversation, what of it is shown, and whether a model that is writing for it is to go on."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        """Held while a question is answered: one after the other, as they were asked."""
        self.say = phrases("en")
        self.conversation = Conversation()
        self._pending: Turn | None = None
        self._is_stopped = False

    def show(self, turn: Turn) -> str:
        """The conversation with a turn, which is kept as soon as nothing more comes of it."""
        if turn.waits:
            self._pending = turn
        else:
            self._pending, self.conversation = None, self.conversation.with_turn(turn)
        return self.drawn()

    def drawn(self) -> str:
        turns = self.conversation.turns
        return draw.conversation(self.say, turns if self._pending is None else (*turns, self._pending))

    def leave(self) -> None:
        """Nothing more comes of a turn that was waited for."""
        self._pending = None

    def begin(self) -> Callable[[], bool]:
        """Begins an answer, and says whether a model is still to write it."""
        self._is_stopped = False
        return lambda: not self._is_stopped and threading.main_thread().is_alive()

    def stop(self) -> None:
        self._is_stopped = True


class Requests:
    """One visitor's requests for checks or for evaluations, of which the last one counts."""

    def __init__(self) -> None:
        self._last = 0
        self.stopped = False
        self.draw: Draw | None = None
        """Draws what came of the last check once more, in whichever language."""

    def new(self) -> Callable[[], bool]:
        """Begins one, and says whether it still is the last and not stopped."""
        self._last += 1
        self.stopped = False
        mine = self._last
        return lambda: self._last == mine and not self.stopped

    def stop(self) -> None:
        self.stopped = True


def _say(sent: object) -> Phrases:
    """The interface's words in the language that the script names. What it sends came over the network: it can be anything."""
    language = sent.get("language") if isinstance(sent, Mapping) else getattr(sent, "language", None)
    return phrases("ar" if language == "ar" else "en")


def _interface(say: Phrases, scripts: Sequence[str], manner: Manner, may_name: bool, way_out: bool) -> dict[str, Any]:
    """What stands on the page in one language before anything is asked, by the ids of its places, and the phrases of the scripts."""
    return {
        "direction": say.direction,
        "words": script_phrases(say, scripts),
        "gone": masthead.server_is_gone(say),
        "parts": {
            "head": masthead.masthead(say, door.sign_out(say) if way_out else Markup()),
            "templates": judge.form(say),
            "question-form": asking.form(say, LONGEST_QUESTION, manner, may_name),
            "check-parts": checks.form(say, MAX_BYTES),
            "evaluate-form": evaluate.form(say, MAX_BYTES),
            "browse": articles.tab(say, MAX_BYTES),
            "source": f"{reader.hint(say)}{checks.source_hint(say)}",
        },
    }


def make_page(
    library: Library,
    judged_folder: Path,
    named: NamedModel,
    manner: Manner,
    may_name: bool = False,
    way_out: bool = False,
) -> gr.Blocks:
    """The page, its events, and the functions that its script calls. `may_name` where visitors may name the model that writes for all, and
    so make this machine open files and call addresses; `way_out` where they sign in."""
    judgements: _Kept[Saved] = _Kept(_KEPT_JUDGEMENTS)
    reports: _Kept[Results] = _Kept(_KEPT_REPORTS)

    def state(sent: object) -> dict[str, Any]:
        known, say = library.state(), _say(sent)
        written = named.is_named and isinstance(sent, Mapping) and sent.get("written") is True
        return {
            "busy": known.name != "ready",
            "empty": known.articles == 0,
            "generation": known.generation,
            "line": masthead.state(say, known),
            "welcome": masthead.welcome(say, known, written),
            "model": (named.name or say.plain(writing.UNKNOWN)) if named.is_named else None,
        }

    def source(sent: object) -> str:
        return _source(library, sent)

    def find(sent: object) -> dict[str, Any]:
        return _find(library, sent)

    def save(sent: object) -> dict[str, Any]:
        return _told(_save, library, judged_folder, judgements, sent)

    def undo(sent: object) -> dict[str, Any]:
        return _told(_undo, judged_folder, judgements, sent)

    def sets(sent: object) -> dict[str, str]:
        say = _say(sent)
        return {
            "line": evaluate.measured_on(say, library.state().articles),
            "choices": evaluate.sets(say, _choices(library, judged_folder)),
        }

    def own_set(sent: object) -> dict[str, Any]:
        return _told(_own_choice, sent)

    def report(sent: object) -> dict[str, str]:
        return _report(reports, sent)

    def facets(sent: object) -> dict[str, Any]:
        return _facets(library, sent)

    def articles(sent: object) -> dict[str, Any]:
        return _listed(library, sent)

    def add(sent: object) -> dict[str, Any]:
        return _told(_add, library, sent)

    def taken_in(sent: object) -> dict[str, Any]:
        return _told(_taken_in, library, sent)

    def remove(sent: object) -> dict[str, Any]:
        return _told(_remove, library, sent)

    def restore(sent: object) -> dict[str, Any]:
        return _told(_restore, library, sent)

    def name_model(sent: object) -> dict[str, Any]:
        return _told(_connected, named if may_name else None, sent)

    async def ask(event: gr.EventData, visitor: Visitor) -> AsyncIterator[str]:
        async with visitor.turn:
            visitor.say = _say(event)
            with closing(_asked(library, named, visitor, event)) as drawings:
                async for drawn in iterate_in_threadpool(drawings):
                    yield drawn

    def stop_writing(visitor: Visitor) -> None:
        visitor.stop()

    def redraw(event: gr.EventData, visitor: Visitor, requests: Requests) -> tuple[Any, Any]:
        visitor.say = _say(event)
        return visitor.drawn(), requests.draw(visitor.say) if requests.draw else gr.skip()

    def take_away(event: gr.EventData, visitor: Visitor) -> str:
        return _taken(visitor.conversation, str(event.kind), str(event.asked))

    def check(event: gr.EventData, requests: Requests) -> Iterator[Any]:
        check = _check_quote if event.whole else _check_pasted
        yield from _while_wanted(requests, check(library, _say(event), requests, str(event.text), str(event.speaker)))

    def check_file(event: gr.EventData, requests: Requests) -> Iterator[Any]:
        yield from _while_wanted(requests, _check_file(library, _say(event), requests, str(event.name), str(event.data)))

    def run_set(event: gr.EventData, runs: Requests) -> Iterator[Any]:
        def found() -> EvalSet:
            return _set(judged_folder, str(event.choice), str(event.name), str(event.data))

        say = _say(event)
        yield from _while_wanted(runs, _evaluate(library, say, found, reports), evaluate.stopped(say))

    def stop(runs: Requests) -> None:
        runs.stop()

    scripts = [(_PAGE / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    interfaces = {code: _interface(phrases(code), scripts, manner, may_name, way_out) for code in CODES}
    page = gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True)
    with page:
        visitor, requests, runs = gr.State(Visitor()), gr.State(Requests()), gr.State(Requests())
        # All that stands in these is the script's to fill in, but for what the events below draw.
        head = gr.HTML(
            '<div id="head"></div>',
            elem_id="masthead",
            apply_default_css=False,
            js_on_load="\n".join([f"const INTERFACES = {json.dumps(interfaces)};", *scripts]),
            server_functions=[
                *(state, source, find, save, undo, sets, own_set, report, facets, articles, add, taken_in, remove, restore),
                name_model,
            ],
        )
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="asking"):
                with gr.Column(elem_id="scroll"):
                    gr.HTML(
                        f'<section id="welcome"></section><div id="templates"></div>{take.told()}{asking.preview()}',
                        apply_default_css=False,
                    )
                    turns = gr.HTML(elem_id="conversation", apply_default_css=False)
                    taken = gr.HTML(elem_id="taken", apply_default_css=False)
                gr.HTML('<div id="question-form"></div>', apply_default_css=False)
            with gr.Column(elem_id="checking"):
                gr.HTML('<div id="check-parts"></div>', elem_id="check-introduction", apply_default_css=False)
                checked = gr.HTML(elem_id="checked", apply_default_css=False)
            with gr.Column(elem_id="browsing"):
                gr.HTML('<div id="browse"></div>', apply_default_css=False)
            with gr.Column(elem_id="evaluating"):
                gr.HTML('<div id="evaluate-form"></div>', apply_default_css=False)
                evaluated = gr.HTML(elem_id="evaluated", apply_default_css=False)
            with gr.Column(elem_id="source-pane"):
                gr.HTML('<section id="source"></section>', apply_default_css=False)
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
        # Of each visitor one question at a time, in the order in which they were asked; none is dropped while another is answered.
        head.submit(ask, [visitor], turns, concurrency_limit=_AT_ONCE, concurrency_id="ask", **quietly)
        head.clear(stop_writing, [visitor], None, concurrency_limit=None, concurrency_id="stop", **quietly)
        head.edit(redraw, [visitor, requests], [turns, checked], concurrency_limit=None, concurrency_id="redraw", **quietly)
        head.download(take_away, [visitor], taken, concurrency_limit=None, concurrency_id="take", **quietly)
        # Checks of one visitor may overlap for a moment: the new one stops the old one.
        checking: dict[str, Any] = quietly | {"concurrency_limit": None, "concurrency_id": "check"}
        head.select(check, [requests], checked, **checking)
        head.upload(check_file, [requests], checked, **checking)
        evaluations: dict[str, Any] = quietly | {"concurrency_limit": None, "concurrency_id": "evaluate"}
        head.play(run_set, [runs], evaluated, **evaluations)
        head.stop(stop, [runs], None, **evaluations)
    return page


def _asked(library: Library, named: NamedModel, visitor: Visitor, event: gr.EventData) -> Generator[str, None, None]:
    """What is shown of the conversation while a question is answered that the script asks; of an over-long one the beginning."""
    question = str(event.question)[:LONGEST_QUESTION]
    if not question.strip():
        yield visitor.drawn()
        return
    first = Turn(question, filters=_chosen(library, getattr(event, "filters", None)))
    try:
        if getattr(event, "written", False) is True:
            yield visitor.show(first)
        writer, notice = _writer(named, event)
        turn = first if getattr(event, "typed", False) else _meant(first, visitor.conversation, writer)
        yield from _answered(library, visitor, turn, writer, notice)
    finally:
        visitor.leave()


def _writer(named: NamedModel, event: gr.EventData) -> tuple[Writer | None, str | None]:
    """Who writes the answer, and else the reason, where one was to. Waits until the model is open."""
    if getattr(event, "written", False) is not True:
        return None, None
    try:
        model = named.model()
    except OnRecordError as error:
        return None, str(error)
    except Exception as error:
        _logger.exception("a language model")
        return None, OUR_FAULT.format(type(error).__name__)
    if model is None:
        return None, None
    return Writer(model, getattr(event, "judge", False) is True, getattr(event, "struck", "shown") == "dropped"), None


def _meant(turn: Turn, conversation: Conversation, writer: Writer | None) -> Turn:
    """The turn with what its question takes from those before it: by the rules, and where they find nothing by the model, if one writes."""
    found = standalone(turn.question, conversation.answered)
    if not found.carried and writer is not None:
        found = rewritten(writer.model, turn.question, conversation.answered) or found
    return turn if found.understood == turn.question else replace(turn, understood=found.understood)


def _answered(library: Library, visitor: Visitor, turn: Turn, writer: Writer | None = None, notice: str | None = None) -> Iterator[str]:
    """What is shown while a turn is answered; `notice` is why no model writes."""
    yield visitor.show(turn)
    for outcome in _outcomes(library, turn.understood or turn.question, turn.filters, writer, visitor.begin()):
        told = replace(outcome, notice=notice) if notice is not None and isinstance(outcome, Answer) else outcome
        yield visitor.show(replace(turn, outcome=told))


def _outcomes(
    library: Library, question: str, chosen: Filters, writer: Writer | None, is_wanted: Callable[[], bool]
) -> Iterator[Found | Writing | Answer | str]:
    try:
        yield from library.answering(question, chosen, writer, is_wanted)
    except OnRecordError as error:
        yield str(error)
    except Exception as error:
        _logger.exception("a question")
        yield OUR_FAULT.format(type(error).__name__)


def _connected(named: NamedModel | None, sent: object) -> str:
    """`sent` came over the network: it can be anything. It is an address only where visitors may name the model."""
    say = _say(sent)
    match sent:
        case {"address": str(address)} if named is not None and address.strip():
            return writing.connected(say, named.connect(address))
        case {"address": str(address)} if named is not None:
            raise InputError(say("There is no address yet."))
        case _:
            raise InputError("The language model is named where this page is started: python ui.py --model ADDRESS")


def _taken(conversation: Conversation, kind: str, asked: str) -> str:
    """The conversation as a file of the kind that is asked for; `kind` and `asked` came over the network: they can be anything."""
    answered = draw.answered(conversation.turns)
    if kind not in take.FORMS:
        return take.none("That is no form to take it in.", asked)
    if not answered:
        return take.none("This conversation is no longer kept here. Ask again.", asked)
    try:
        return take.file(take.FORMS[kind], answered, asked)
    except Exception as error:
        _logger.exception("a file to take away")
        return take.none(OUR_FAULT.format(type(error).__name__), asked)


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
        yield checks.trouble(OUR_FAULT.format(type(error).__name__))


def _check_pasted(library: Library, say: Phrases, requests: Requests, text: str, speaker: str) -> Iterator[str]:
    yield checks.pending(say)
    claims = claims_of(text)
    if checks.is_one_quote(text, claims):
        yield from _check_quote(library, say, requests, text, speaker)
    else:
        yield from _check_draft(library, say, requests, text, claims)


def _check_quote(library: Library, say: Phrases, requests: Requests, text: str, speaker: str) -> Iterator[str]:
    if not text.strip():
        yield checks.nothing(say)
        return
    yield checks.pending(say)
    done = library.check(text.strip(), speaker.strip() or None)
    languages = library.state().languages
    yield _drawn(requests, say, lambda say: checks.quote(say, done, languages))


def _check_draft(
    library: Library, say: Phrases, requests: Requests, text: str, claims: Sequence[Claim], file: str | None = None
) -> Iterator[str]:
    done: list[DraftQuote] = []
    told = 0.0
    for claim in claims:
        if monotonic() - told > _TELL_EVERY:
            yield checks.pending(say, len(done), len(claims))
            told = monotonic()
        done.append(DraftQuote(claim.span, claim.quote, claim.claimed_speaker, library.check(claim.quote, claim.claimed_speaker)))
    languages = library.state().languages
    yield _drawn(requests, say, lambda say: checks.draft(say, file, text, done, languages))


def _drawn(requests: Requests, say: Phrases, draw: Draw) -> str:
    requests.draw = draw
    return draw(say)


def _check_file(library: Library, say: Phrases, requests: Requests, name: str, data: str) -> Iterator[str]:
    """A file of that name, its bytes in Base64. Both came over the network: the name is no path here, and the bytes may be anything."""
    yield checks.pending(say)
    suffix = PurePath(name).suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"draft{suffix}" if suffix in SUFFIXES else Path(name)
        try:
            if suffix in SUFFIXES:
                path.write_bytes(_decoded(name, data))
            text = read_draft(path)
        except InputError as error:
            raise InputError(str(error).replace(str(path), name)) from error
    yield from _check_draft(library, say, requests, text, claims_of(text), name)


def _source(library: Library, sent: object) -> str:
    """The markup of an article, at a place of it where one is given. `sent` came over the network: it can be anything."""
    say = _say(sent)
    try:
        article = _article(library, say, sent)
        quotations = library.quotations(article.id)
        others = reader.marks(sent.get("others"), article) if isinstance(sent, Mapping) else ()
        match sent:
            case {"start": int(start), "end": int(end), "number": int(number)}:
                return reader.source(say, article, quotations, Span(start, end), number, others)
            case {"start": int(start), "end": int(end)}:
                return reader.source(say, article, quotations, Span(start, end), others=others)
            case _:
                return reader.source(say, article, quotations, others=others)
    except (OnRecordError, ValueError) as error:
        return reader.notice(say, str(error))


def _article(library: Library, say: Phrases, sent: object) -> Article:
    """The article that is meant, as it was when the page learnt of it. Raises InputError where there is none, and the store's errors."""
    match sent:
        case {"article": str(id), "version": str(version)}:
            article = library.article(id)
        case _:
            raise InputError(say("That is no place in an article."))
    if article is None:
        raise InputError(say("This article is no longer in the store."))
    if article.sha256 != version:
        raise InputError(say("This article has changed since. Ask again to see it as it is now."))
    return article


def _find(library: Library, sent: object) -> dict[str, Any]:
    """Where words stand in an article, and in how many places."""
    words = str(sent.get("words")) if isinstance(sent, Mapping) else ""
    try:
        places, count = reader.found(_article(library, _say(sent), sent).text, words)
    except OnRecordError:
        return {"places": [], "count": 0}
    return {"places": [[place.start, place.end] for place in places], "count": count}


def _told(act: Callable[..., str], *given: object) -> dict[str, Any]:
    """What came of an act, in a line for the script, and whether it was done."""
    try:
        return {"done": True, "line": act(*given)}
    except OnRecordError as error:
        return {"done": False, "line": judge.refused(str(error))}
    except Exception as error:
        _logger.exception("what somebody did on the page")
        return {"done": False, "line": judge.refused(OUR_FAULT.format(type(error).__name__))}


def _chosen(library: Library, sent: object) -> Filters:
    """The filters in what came over the network, with names as the articles write them."""
    chosen = filters.wanted(sent)
    try:
        return library.settled(chosen)
    except OnRecordError:  # whatever is asked of the store next says it
        return chosen


def _facets(library: Library, sent: object) -> dict[str, Any]:
    """What there is to filter by and what is chosen, as `sent` has it: that came over the network and can be anything."""
    say = _say(sent)
    chosen = _chosen(library, sent.get("filters") if isinstance(sent, Mapping) else None)
    try:
        panel = filters.panel(say, library.facets())
    except OnRecordError:  # the state of the index says it
        panel = Markup()
    return {"panel": panel, "line": filters.line(say, chosen), "filters": filters.as_parameters(chosen)}


def _listed(library: Library, sent: object) -> dict[str, Any]:
    """The list of articles, as `sent` asks for it: that came over the network and can be anything."""
    say = _say(sent)
    sort: Sort = "date"
    match sent:
        case {
            "search": str(search),
            "sort": "date" | "title" | "publisher" as sort,
            "start": int(start),
            "filters": given,
            "stories": bool(by_story),
        }:
            chosen = _chosen(library, given)
        case _:
            search, start, chosen, by_story = "", 0, ANY, True
    foot = articles.foot(say, library.state().sources, str(library.added))
    listed = {"count": "", "timeline": "", "stories": False}
    try:
        rows = library.overview(search, chosen, sort, start, articles.ROWS, by_story)
        held = library.facets().articles
    except StoreMissing:
        held = 0
    except OnRecordError as error:
        return listed | {"markup": checks.trouble(str(error))}
    if not held:
        return listed | {"markup": articles.empty(say) + foot}
    return {
        "count": articles.found(say, rows, held),
        "timeline": timeline.plot(say, rows.timeline, chosen),
        "stories": rows.has_stories,
        "markup": articles.table(say, rows, sort) + foot,
    }


def _add(library: Library, sent: object) -> str:
    """A file of that name, its bytes in Base64. Both came over the network: the name is no path here, and the bytes may be anything."""
    match sent:
        case {"name": str(name), "data": str(data)}:
            kept = library.add(name, _decoded(name, data))
            if kept is None:
                return articles.known_already(_say(sent), name)
            return articles.being_read(_say(sent), kept) if holds_several(suffix_of(kept)) else ""
        case _:
            raise InputError("That is no file.")


def _taken_in(library: Library, sent: object) -> str:
    """What came of an added file that may hold several articles; nothing until that is known."""
    match sent:
        case {"file": str(name)}:
            known = library.taken(name)
            return "" if known is None else articles.taken(_say(sent), name, known)
        case _:
            raise InputError("That is no file.")


def _decoded(name: str, data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise InputError(f"{name} did not arrive whole. Choose it again.") from error


def _remove(library: Library, sent: object) -> str:
    match sent:
        case {"article": str(id)}:
            token, removed = library.remove(id)
            return articles.removed(_say(sent), removed.article.title or id, token, removed.moved is not None)
        case _:
            raise InputError("That is no article.")


def _restore(library: Library, sent: object) -> str:
    match sent:
        case {"token": str(token)}:
            library.restore(token)
            return ""
        case _:
            raise InputError("That is no article.")


def _save(library: Library, folder: Path, kept: _Kept[Saved], sent: object) -> str:
    saved = judged.save(folder, _judgement(library, sent))
    return judge.saved(_say(sent), str(folder / judged.FILE), saved.questions, kept.keep(saved))


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


def _undo(folder: Path, kept: _Kept[Saved], sent: object) -> str:
    saved = kept.get(sent.get("token")) if isinstance(sent, Mapping) else None
    if saved is None:
        raise InputError("This is too long ago to be undone here. Delete the line in the file.")
    return judge.undone(_say(sent), str(folder / judged.FILE), judged.undo(folder, saved))


def _choices(library: Library, folder: Path) -> list[Choice]:
    """The sets that the page knows: what was judged, and the samples' own where the store holds the samples."""
    choices = []
    if (folder / judged.FILE).exists() and (folder / judged.FILE).stat().st_size:
        choices.append(_choice("judged", lambda: read_set(folder)))
    if library.state().questions:
        choices.append(_choice("samples", lambda: read_set(_SAMPLES)))
    return choices


def _choice(value: str, read: Callable[[], EvalSet]) -> Choice:
    try:
        found = read()
        return Choice(value, value, len(found.questions), len(found.quotes))
    except InputError as error:
        return Choice(value, value, trouble=str(error))


def _own_choice(sent: object) -> str:
    match sent:
        case {"name": str(name), "data": str(data)}:
            found = _own_set(name, data)
            return evaluate.own(_say(sent), Choice("own", name, len(found.questions), len(found.quotes)))
        case _:
            raise InputError("That is no file.")


def _set(judged_folder: Path, choice: str, name: str, data: str) -> EvalSet:
    if choice == "own":
        return _own_set(name, data)
    return read_set(judged_folder if choice == "judged" else _SAMPLES)


def _own_set(name: str, data: str) -> EvalSet:
    """The set in a file of that name, its bytes in Base64. Both came over the network: the name is no path, the bytes may be anything."""
    held = _decoded(name, data)
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


def _evaluate(library: Library, say: Phrases, read: Callable[[], EvalSet], kept: _Kept[Results]) -> Iterator[str]:
    yield evaluate.pending(say)
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
            yield evaluate.pending(say, *at)
    finally:
        halt.set()
    try:
        results = running.result()
    except Stopped:
        return
    from qa.evaluate.page import fragment  # noqa: PLC0415  # matplotlib takes its time to load

    yield evaluate.report(say, Markup(fragment(results)), kept.keep(results))


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


def make_app(
    library: Library,
    judged_folder: Path,
    users: Mapping[str, Password],
    host: str,
    named: NamedModel | None = None,
    manner: Manner | None = None,
) -> FastAPI:
    """The page as a web application, without a server. Where there are users, it is for them alone; `host` is where it will listen."""
    app = FastAPI(openapi_url=None, middleware=door.guards(users, door.local_names(host) if door.is_local(host) else ()))
    style = "\n".join(path.read_text(encoding="utf-8") for path in _STYLES)
    system = gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")  # a bare name would be looked for among Gradio's own files
    app.mount("/fonts", StaticFiles(directory=_PAGE / "fonts"))
    gr.mount_gradio_app(
        app,
        make_page(
            library,
            judged_folder,
            named or NamedModel(),
            manner or Manner(),
            may_name=door.is_local(host) and not users,
            way_out=bool(users),
        ),
        path="/",
        server_name=host,
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
    if options.new_password is not None:
        door.new_password(options.new_password)
        return 0
    users = _users(options)
    library = Library(options.store, options.articles, _sample_questions(), options.added, options.chroma)
    named = NamedModel(os.environ.get("OPENAI_API_KEY") or None)
    if options.model:
        named.begin(options.model)
    with _listening(options.host, options.port) as listening:
        if options.articles is not None:
            library.start_indexing()
        manner = Manner(bool(options.model), options.judge, options.struck == "dropped")
        app = make_app(library, options.judged, users, options.host, named, manner)
        server = _Server(uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=1))
        print(f"On Record: {door.address(options.host, listening.getsockname()[1])}", flush=True)
        if not door.is_local(options.host):
            print("Passwords and questions travel unencrypted. Put the page behind HTTPS: a reverse proxy.", file=sys.stderr, flush=True)
        server.run(sockets=[listening])
    return 0


def _users(options: argparse.Namespace) -> dict[str, Password]:
    if options.auth and options.without_auth:
        raise SettingError("--auth and --without-auth exclude each other. Leave one of them out.")
    if not (options.auth or options.without_auth or door.is_local(options.host)):
        raise SettingError(
            f"At {options.host!r} others can come in. Name who may, with --auth USER:FILE, or let everybody in, with --without-auth."
        )
    return door.read_users(options.auth)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError, UnicodeError) as error:
        raise SettingError(f"Port {port} cannot be used at {host!r} ({error}). Name another with --port, or another --host.") from error


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python ui.py", description="The page: questions, answers, quotes checked, sources.")
    add_store(parser)
    parser.add_argument("--host", default=door.LOCAL, help=f"where to listen (default: {door.LOCAL}, which only this machine reaches)")
    parser.add_argument("--port", type=int, default=_default_port(), metavar="N", help=f"default: $PORT, else {_PORT}")
    parser.add_argument(
        "--auth", action="append", default=[], metavar="USER:FILE", help="who may come in, with the password in FILE; once for each user"
    )
    parser.add_argument("--without-auth", action="store_true", help="let everybody in who reaches another --host")
    parser.add_argument("--new-password", type=Path, metavar="FILE", help="ask for a password, write its hash to FILE for --auth, and end")
    parser.add_argument("--articles", type=Path, metavar="DIR", help="bring the store in step with this folder first, while the page runs")
    parser.add_argument(
        "--added", type=Path, default=Path("added"), metavar="DIR", help="where articles added on the page are kept (default: added)"
    )
    parser.add_argument(
        "--judged", type=Path, default=Path("judged"), metavar="DIR", help="where answers called right or wrong are kept (default: judged)"
    )
    parser.add_argument(
        "--model",
        default=os.environ.get("ONRECORD_MODEL"),
        metavar="ADDRESS",
        help="the language model that writes answers: URL, URL#NAME or a .gguf file (default: $ONRECORD_MODEL, else none);"
        " a server's key is taken from $OPENAI_API_KEY",
    )
    parser.add_argument("--judge", action="store_true", help="have the model check each statement that it wrote, once more")
    parser.add_argument(
        "--struck",
        choices=("shown", "dropped"),
        default="shown",
        help="whether statements that the articles do not bear out are shown struck through (default) or left out",
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
