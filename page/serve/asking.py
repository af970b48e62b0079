"""Answers questions in stages, each drawn for the visitor, and exports the conversation."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import gradio as gr

from index.errors import OnRecordError
from index.store.filters import Filters
from page.draw import conversation as draw
from page.draw import export_menu
from page.draw.conversation import Turn
from page.serve.received import chosen_filters
from page.serve.visitors import Conversation, Visitor
from qa.ask.question import LONGEST_QUESTION
from qa.ask.types import Answer, Notice, Retrieved, Writing
from qa.conversation.follow_up import standalone
from qa.conversation.rewrite import rewritten
from qa.library.indexing import OUR_FAULT
from qa.library.library import Library
from qa.writing.model_loader import NamedModel
from qa.writing.write import Writer

_logger = logging.getLogger("onrecord")


def asked(library: Library, named: NamedModel, visitor: Visitor, event: gr.EventData) -> Generator[str, None, None]:
    """The conversation in each stage of answering the script's question, which is truncated to LONGEST_QUESTION."""
    question = str(event.question)[:LONGEST_QUESTION]
    if not question.strip():
        yield visitor.drawn()
        return
    first = Turn(question, filters=chosen_filters(library, getattr(event, "filters", None)))
    try:
        if getattr(event, "written", False) is True:
            yield visitor.show(first)
        writer, notice = _writer(named, event)
        turn = first if getattr(event, "typed", False) else _resolved(first, visitor.conversation, writer)
        yield from answered(library, visitor, turn, writer, notice)
    finally:
        visitor.leave()


def _writer(named: NamedModel, event: gr.EventData) -> tuple[Writer | None, str | None]:
    """The writer of the answer, or why the requested one is unavailable. Waits until the model is loaded."""
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


def _resolved(turn: Turn, conversation: Conversation, writer: Writer | None) -> Turn:
    """The turn with its question resolved against past ones: by rules, and if they change nothing, by the model, if one writes."""
    question = standalone(turn.question, conversation.answered)
    if not question.carried and writer is not None:
        question = rewritten(writer.model, turn.question, conversation.answered) or question
    return turn if question.understood == turn.question else replace(turn, understood=question.understood)


def answered(library: Library, visitor: Visitor, turn: Turn, writer: Writer | None = None, notice: str | None = None) -> Iterator[str]:
    """The conversation in each stage of answering a turn; `notice` is why no model writes."""
    yield visitor.show(turn)
    for outcome in _outcomes(library, turn.understood or turn.question, turn.filters, writer, visitor.begin()):
        shown = replace(outcome, notice=Notice("failed", notice)) if notice is not None and isinstance(outcome, Answer) else outcome
        yield visitor.show(replace(turn, outcome=shown))


def _outcomes(
    library: Library, question: str, chosen: Filters, writer: Writer | None, is_wanted: Callable[[], bool]
) -> Iterator[Retrieved | Writing | Answer | str]:
    try:
        yield from library.answering(question, chosen, writer, is_wanted)
    except OnRecordError as error:
        yield str(error)
    except Exception as error:
        _logger.exception("a question")
        yield OUR_FAULT.format(type(error).__name__)


def as_file(conversation: Conversation, kind: str, asked: str) -> str:
    """The conversation as a file of the requested kind. `kind` and `asked` are untrusted input."""
    answered = draw.answered(conversation.turns)
    if kind not in export_menu.FORMS:
        return export_menu.none("That is no form to take it in.", asked)
    if not answered:
        return export_menu.none("This conversation is no longer kept here. Ask again.", asked)
    try:
        return export_menu.file(export_menu.FORMS[kind], answered, asked)
    except Exception as error:
        _logger.exception("a file to take away")
        return export_menu.none(OUR_FAULT.format(type(error).__name__), asked)
