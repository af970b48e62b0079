"""The sets that can be evaluated on the page, an evaluation in stages, and its report as a file."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path, PurePath
from typing import Any

import orjson
from markupsafe import Markup

from index.errors import InputError
from index.readers.source import MAX_BYTES
from page.draw import evaluate
from page.draw.evaluate import Choice
from page.draw.phrases import Phrases
from page.serve.received import decoded, phrases_of
from page.serve.requests import SECONDS_BETWEEN_LOOKS, RecentResults
from page.serve.samples import SAMPLES
from qa.evaluate import judged
from qa.evaluate.results import Results
from qa.evaluate.sets import EvalSet, parse_set, read_set
from qa.library.library import EvaluationStopped, Library


def choices(library: Library, folder: Path) -> list[Choice]:
    """The sets that the page offers: judged answers, and the set of the samples if they are in the store."""
    choices = []
    if (folder / judged.FILE).exists() and (folder / judged.FILE).stat().st_size:
        choices.append(_choice("judged", lambda: read_set(folder)))
    if library.state().questions:
        choices.append(_choice("samples", lambda: read_set(SAMPLES)))
    return choices


def _choice(value: str, read: Callable[[], EvalSet]) -> Choice:
    try:
        eval_set = read()
        return Choice(value, value, len(eval_set.questions), len(eval_set.quotes))
    except InputError as error:
        return Choice(value, value, trouble=str(error))


def own_choice(sent: object) -> str:
    match sent:
        case {"name": str(name), "data": str(data)}:
            eval_set = _own_set(name, data)
            return evaluate.visitors_set(phrases_of(sent), Choice("own", name, len(eval_set.questions), len(eval_set.quotes)))
        case _:
            raise InputError("That is no file.")


def chosen_set(judged_folder: Path, choice: str, name: str, data: str) -> EvalSet:
    if choice == "own":
        return _own_set(name, data)
    return read_set(judged_folder if choice == "judged" else SAMPLES)


def _own_set(name: str, data: str) -> EvalSet:
    """The set in a file with a name and content in Base64. Both are untrusted input: the name is never used as a path."""
    held = decoded(name, data)
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


def evaluated(library: Library, say: Phrases, read: Callable[[], EvalSet], kept: RecentResults[Results]) -> Iterator[str]:
    yield evaluate.pending(say)
    eval_set, halt, running = read(), threading.Event(), Future[Results]()
    at = ("", 0, 0)

    def progress(*now: Any) -> None:
        nonlocal at
        at = now

    def is_wanted() -> bool:
        return not halt.is_set() and threading.main_thread().is_alive()

    def work() -> None:
        try:
            running.set_result(library.evaluate(eval_set, progress, is_wanted))
        except BaseException as error:
            running.set_exception(error)

    # Not a daemon: the model must not be interrupted when the process ends.
    threading.Thread(target=work).start()
    try:
        while not wait([running], SECONDS_BETWEEN_LOOKS).done:
            yield evaluate.pending(say, *at)
    finally:
        halt.set()
    try:
        results = running.result()
    except EvaluationStopped:
        return
    from qa.evaluate.report.page import fragment  # noqa: PLC0415  # importing matplotlib is slow

    yield evaluate.report(say, Markup(fragment(results)), kept.keep(results))


def report_file(kept: RecentResults[Results], sent: object) -> dict[str, str]:
    """The report as a file of the requested kind."""
    match sent:
        case {"token": str(token), "kind": "html" | "json" as kind}:
            results = kept.get(token)
        case _:
            return {"line": "That is no report."}
    if results is None:
        return {"line": "This report is no longer kept here. Run the set again."}
    if kind == "json":
        return {"name": "report.json", "kind": "application/json", "text": json.dumps(results, ensure_ascii=False, indent=1) + "\n"}
    from qa.evaluate.report.page import html  # noqa: PLC0415  # as above

    return {"name": "report.html", "kind": "text/html;charset=utf-8", "text": html(results)}
