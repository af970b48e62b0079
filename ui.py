"""python ui.py: the page, on 127.0.0.1.

What it shows is decided here and drawn in page/. Gradio carries the questions, keeps a conversation for each visitor and answers the calls
of the script; the script (page/page.js) opens sources and shows the state of the index.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
import orjson
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.articles import Article, Skipped
from index.build import BuildReport, build
from index.catalogue import Catalogue
from index.commandline import Parser, add_store, run
from index.errors import OnRecordError, SettingError, StoreDamaged, StoreMissing
from index.spans import Span
from index.store import Store
from page import examples, render
from page.render import IndexState, Turn
from qa.answer import Answer, answer
from qa.retrieve import LONGEST_QUESTION

_ROOT = Path(__file__).resolve().parent
_PAGE = _ROOT / "page"
_HOST = "127.0.0.1"
_PORT = 7860
# Articles looked through for titles to show before the first question; not measured.
_HEADINGS_FROM = 50
# Gradio builds functions from strings and writes styles into the page; everything else stays out, and nothing leaves for another host.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_OUR_FAULT = "The page met an error of its own ({}). The terminal in which it runs says more."

_logger = logging.getLogger("onrecord")


class Library:
    """The store that the page answers from: opened when it is there, opened anew when another process changed it, and, where the page was
    started with articles, brought in step with them in the background. Any number of threads may call it; they take turns."""

    def __init__(self, folder: Path, sources: Path | None = None) -> None:
        self._folder, self._sources = folder, sources
        self._turn = threading.Lock()
        self._store: Store | None = None
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

    def article(self, id: str) -> Article | None:
        """The article of that id, or None. Raises what opening the store raises."""
        with self._turn:
            return self._current().catalogue.article(id)

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

    def _close(self) -> None:
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


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """What one visitor asked and was answered. Gradio hashes it; an Answer has no hash, so this is equal to itself alone."""

    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> Conversation:
        return Conversation((*self.turns, turn))


def make_page(library: Library) -> gr.Blocks:
    """The page, its events, and the functions that its script calls."""

    def state(_: object) -> dict[str, Any]:
        known = library.state()
        busy, empty = known.name != "ready", known.articles == 0
        return {"busy": busy, "empty": empty, "line": render.state(known), "welcome": render.welcome(known)}

    def source(place: object) -> str:
        return _source(library, place)

    def ask(question: str, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip()
            return
        waiting = conversation.with_turn(Turn(question))
        yield render.conversation(waiting.turns), gr.skip(), ""
        done = conversation.with_turn(Turn(question, _outcome(library, question)))
        yield render.conversation(done.turns), done, gr.skip()

    def ask_example(event: gr.EventData, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        yield from ask(str(event.question), conversation)

    page = gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True)
    with page:
        conversation = gr.State(Conversation())
        masthead = gr.HTML(
            render.masthead(),
            elem_id="masthead",
            apply_default_css=False,
            js_on_load=(_PAGE / "page.js").read_text(encoding="utf-8"),
            server_functions=[state, source],
        )
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="asking"):
                with gr.Column(elem_id="scroll"):
                    gr.HTML('<section id="welcome"></section>', apply_default_css=False)
                    turns = gr.HTML(elem_id="conversation", apply_default_css=False)
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
            with gr.Column(elem_id="source-pane"):
                gr.HTML(f'<section id="source">{render.source_hint()}</section>', apply_default_css=False)
        outputs = [turns, conversation, question]
        # One question at a time, from either door, in the order in which they were asked; none is dropped while another is answered.
        how: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": 1, "concurrency_id": "ask"}
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        question.submit(ask, [question, conversation], outputs, **how, **quietly)
        masthead.submit(ask_example, [conversation], outputs, **how, **quietly)
    return page


def _outcome(library: Library, question: str) -> Answer | str:
    try:
        return library.answer(question)
    except OnRecordError as error:
        return str(error)
    except Exception as error:
        _logger.exception("a question")
        return _OUR_FAULT.format(type(error).__name__)


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
            case _:
                return render.source(article)
    except (OnRecordError, ValueError) as error:
        return render.source_notice(str(error))


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


def make_app(library: Library) -> FastAPI:
    """The page as a web application, without a server."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(_Headers)
    # A page elsewhere whose name is made to point here must not read what is here.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[_HOST, "localhost"])
    style = (_PAGE / "style.css").read_text(encoding="utf-8")
    system = gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")  # a bare name would be looked for among Gradio's own files
    gr.mount_gradio_app(
        app,
        make_page(library),
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
        server = _Server(uvicorn.Config(make_app(library), log_level="warning", timeout_graceful_shutdown=1))
        print(f"On Record: http://{_HOST}:{listening.getsockname()[1]}", flush=True)
        server.run(sockets=[listening])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python ui.py", description="The page: questions, answers, sources.")
    add_store(parser)
    parser.add_argument("--port", type=int, default=_default_port(), metavar="N", help=f"on {_HOST} (default: $PORT, else {_PORT})")
    parser.add_argument("--articles", type=Path, metavar="DIR", help="bring the store in step with this folder first, while the page runs")
    return parser


def _default_port() -> int:
    port = os.environ.get("PORT") or str(_PORT)
    if not port.isdecimal():
        raise SettingError(f"PORT is {port!r}, not a number. Set it to one, such as {_PORT}.")
    return int(port)


def _sample_questions() -> list[Mapping[str, Any]]:
    """The questions about our own samples; none where the project was installed without them."""
    path = _ROOT / "samples" / "questions.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line] if path.exists() else []


if __name__ == "__main__":
    run(main, sys.argv[1:])
