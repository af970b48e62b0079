"""The page in Gradio: its blocks and event handlers."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup
from starlette.concurrency import iterate_in_threadpool

from index.errors import OnRecordError
from index.readers.source import MAX_BYTES
from page.draw import articles, asking, checks, evaluate, export_menu, judge, masthead, reader
from page.draw.model import Manner
from page.draw.phrases import CODES, Phrases, phrases, script_phrases
from page.serve import calls, checking, sign_in
from page.serve.asking import as_file, asked
from page.serve.evaluating import chosen_set, evaluated
from page.serve.received import phrases_of
from page.serve.requests import RecentResults, Requests
from page.serve.visitors import Visitor
from qa.ask.question import LONGEST_QUESTION
from qa.evaluate.results import Results
from qa.evaluate.sets import EvalSet
from qa.library.indexing import OUR_FAULT
from qa.library.library import Library
from qa.writing.model_loader import NamedModel

# Questions of all visitors that are answered concurrently; others wait. A model may take minutes for one. Not measured.
_AT_ONCE = 16
# Reports that can be saved, of all visitors together. Not measured.
_KEPT_REPORTS = 16
_logger = logging.getLogger("onrecord")


def make_page(
    library: Library,
    judged_folder: Path,
    named: NamedModel,
    manner: Manner,
    scripts: Sequence[str],
    may_name: bool = False,
    way_out: bool = False,
) -> gr.Blocks:
    """The page, its events, and the functions that `scripts` call.

    `may_name`: visitors may set the model that writes for all, and so make this machine open files and call addresses. `way_out`: they sign
    in.
    """
    reports: RecentResults[Results] = RecentResults(_KEPT_REPORTS)

    async def ask(event: gr.EventData, visitor: Visitor) -> AsyncIterator[str]:
        async with visitor.turn:
            visitor.say = phrases_of(event)
            with closing(asked(library, named, visitor, event)) as drawings:
                async for drawn in iterate_in_threadpool(drawings):
                    yield drawn

    def stop_writing(visitor: Visitor) -> None:
        visitor.stop()

    def redraw(event: gr.EventData, visitor: Visitor, requests: Requests) -> tuple[Any, Any]:
        visitor.say = phrases_of(event)
        return visitor.drawn(), requests.draw(visitor.say) if requests.draw else gr.skip()

    def take_away(event: gr.EventData, visitor: Visitor) -> str:
        return as_file(visitor.conversation, str(event.kind), str(event.asked))

    def check(event: gr.EventData, requests: Requests) -> Iterator[Any]:
        check = checking.check_quote if event.whole else checking.check_pasted
        yield from _while_wanted(requests, check(library, phrases_of(event), requests, str(event.text), str(event.speaker)))

    def check_file(event: gr.EventData, requests: Requests) -> Iterator[Any]:
        yield from _while_wanted(requests, checking.check_file(library, phrases_of(event), requests, str(event.name), str(event.data)))

    def run_set(event: gr.EventData, runs: Requests) -> Iterator[Any]:
        def chosen() -> EvalSet:
            return chosen_set(judged_folder, str(event.choice), str(event.name), str(event.data))

        say = phrases_of(event)
        yield from _while_wanted(runs, evaluated(library, say, chosen, reports), evaluate.stopped(say))

    def stop(runs: Requests) -> None:
        runs.stop()

    interfaces = {code: _interface(phrases(code), scripts, manner, may_name, way_out) for code in CODES}
    page = gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True)
    with page:
        visitor, requests, runs = gr.State(Visitor()), gr.State(Requests()), gr.State(Requests())
        # The scripts fill these elements, except for what the events below draw.
        head = gr.HTML(
            '<div id="head"></div>',
            elem_id="masthead",
            apply_default_css=False,
            js_on_load="\n".join([f"const INTERFACES = {json.dumps(interfaces)};", *scripts]),
            server_functions=calls.functions(library, judged_folder, named, may_name, reports),
        )
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="asking"):
                with gr.Column(elem_id="scroll"):
                    gr.HTML(
                        f'<section id="welcome"></section><div id="templates"></div>{export_menu.status()}{asking.preview()}',
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
                report = gr.HTML(elem_id="evaluated", apply_default_css=False)
            with gr.Column(elem_id="source-pane"):
                gr.HTML('<section id="source"></section>', apply_default_css=False)
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
        # Questions of one visitor are answered sequentially, in order; none is dropped.
        head.submit(ask, [visitor], turns, concurrency_limit=_AT_ONCE, concurrency_id="ask", **quietly)
        head.clear(stop_writing, [visitor], None, concurrency_limit=None, concurrency_id="stop", **quietly)
        head.edit(redraw, [visitor, requests], [turns, checked], concurrency_limit=None, concurrency_id="redraw", **quietly)
        head.download(take_away, [visitor], taken, concurrency_limit=None, concurrency_id="take", **quietly)
        # Checks of one visitor may overlap briefly: a new one stops the previous one.
        checks_of_all: dict[str, Any] = quietly | {"concurrency_limit": None, "concurrency_id": "check"}
        head.select(check, [requests], checked, **checks_of_all)
        head.upload(check_file, [requests], checked, **checks_of_all)
        evaluations: dict[str, Any] = quietly | {"concurrency_limit": None, "concurrency_id": "evaluate"}
        head.play(run_set, [runs], report, **evaluations)
        head.stop(stop, [runs], None, **evaluations)
    return page


def _interface(say: Phrases, scripts: Sequence[str], manner: Manner, may_name: bool, way_out: bool) -> dict[str, Any]:
    """The initial markup of the page in one language, by element id, and the phrases of the scripts."""
    return {
        "direction": say.direction,
        "words": script_phrases(say, scripts),
        "gone": masthead.server_is_gone(say),
        "parts": {
            "head": masthead.masthead(say, sign_in.sign_out(say) if way_out else Markup()),
            "templates": judge.form(say),
            "question-form": asking.form(say, LONGEST_QUESTION, manner, may_name),
            "check-parts": checks.form(say, MAX_BYTES),
            "evaluate-form": evaluate.form(say, MAX_BYTES),
            "browse": articles.tab(say, MAX_BYTES),
            "source": f"{reader.hint(say)}{checks.source_hint(say)}",
        },
    }


def _while_wanted(requests: Requests, work: Iterator[str], stopped: str | None = None) -> Iterator[Any]:
    """The stages of the work, until a newer request or a stop: then `stopped`."""
    is_last = requests.new()
    with closing(_with_trouble(work)) as showing:
        for shown in showing:
            if not is_last():
                yield stopped if requests.stopped else gr.skip()  # Gradio keeps the last output
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
