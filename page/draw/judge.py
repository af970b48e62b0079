"""Judging an answer: its container, the form, and the result. Pure; judge.js assembles them."""

from __future__ import annotations

import json

from markupsafe import Markup

from page.draw import markup
from page.draw.phrases import Phrases
from qa.ask.types import Answer


def place(answer: Answer) -> Markup:
    """The container of the form, with the data of the answer that the script sends back."""
    places = [
        {"article": citation.article.id, "version": citation.article.sha256, "start": citation.span.start, "end": citation.span.end}
        for citation in answer.citations
        if not answer.abstained
    ]
    data = {"question": answer.question, "answer": answer.short_answer, "places": places}
    return Markup('<div class="judging" data-told="{}"></div>').format(markup.text(json.dumps(data)))


def form(say: Phrases) -> str:
    """The form, once for all answers, in a template."""
    return Markup(
        '<template id="judging"><div role="group" aria-label="{question}">'
        '<div class="choices"><button type="button" data-verdict="right" aria-pressed="false">{right}</button>'
        '<button type="button" data-verdict="wrong" aria-pressed="false" aria-expanded="false">{wrong}</button></div>'
        "<form hidden><label><span>{sentence}</span>"
        '<textarea name="sentence" rows="3" dir="auto"></textarea></label>'
        '<label><span>{answer}</span><input name="answer" type="text" dir="auto" autocomplete="off"></label>'
        '<div class="choices"><button type="submit">{save}</button>'
        '<button type="button" data-verdict="unanswerable">{unanswerable}</button></div></form>'
        '<p class="told" role="status"></p></div></template>'
    ).format(
        question=say("Is the answer right?"),
        right=say("This is right"),
        wrong=say("This is wrong"),
        sentence=say("Paste the sentence that answers it, as it stands in the article"),
        answer=say("The answer itself (optional)"),
        save=say("Save"),
        unanswerable=say("The articles do not answer this"),
    )


def saved(say: Phrases, file: str, questions: int, undo: str) -> str:
    """A judgement was saved; `undo` identifies it for deletion."""
    return Markup('{} <button type="button" data-undo="{}">{}</button>').format(
        say("Saved to {file} ({questions}).", file=markup.isolated(file), questions=_count(say, questions)), undo, say("Undo")
    )


def undone(say: Phrases, file: str, questions: int) -> str:
    """A judgement was deleted."""
    return say("Undone: {file} holds {questions}.", file=markup.isolated(file), questions=_count(say, questions))


def refused(line: str) -> str:
    """An error's one line."""
    return Markup('<span class="trouble" dir="auto">{}</span>').format(markup.text(line))


def _count(say: Phrases, questions: int) -> Markup:
    return say.plural("{count} question", "{count} questions", questions)
