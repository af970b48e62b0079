"""Under an answer: is it right? The place for it, the form, and what came of a judgement. Pure; judge.js puts it together."""

from __future__ import annotations

import json

from markupsafe import Markup

from page import markup
from qa.answer import Answer


def place(answer: Answer) -> Markup:
    """Where the script puts the form, with all that the server needs to hear again about the answer."""
    places = [
        {"article": citation.article.id, "version": citation.article.sha256, "start": citation.span.start, "end": citation.span.end}
        for citation in answer.citations
        if not answer.abstained
    ]
    told = {"question": answer.question, "answer": answer.short_answer, "places": places}
    return Markup('<div class="judging" data-told="{}"></div>').format(markup.text(json.dumps(told)))


def form() -> str:
    """The form, once for all answers, in a template."""
    return Markup(
        '<template id="judging"><div role="group" aria-label="Is the answer right?">'
        '<div class="choices"><button type="button" data-verdict="right" aria-pressed="false">This is right</button>'
        '<button type="button" data-verdict="wrong" aria-pressed="false" aria-expanded="false">This is wrong</button></div>'
        "<form hidden><label><span>Paste the sentence that answers it, as it stands in the article</span>"
        '<textarea name="sentence" rows="3" dir="auto"></textarea></label>'
        '<label><span>The answer itself (optional)</span><input name="answer" type="text" dir="auto" autocomplete="off"></label>'
        '<div class="choices"><button type="submit">Save</button>'
        '<button type="button" data-verdict="unanswerable">The articles do not answer this</button></div></form>'
        '<p class="told" role="status"></p></div></template>'
    )


def saved(file: str, questions: int, undo: str) -> str:
    """A judgement was saved: `undo` is what to say to take it back."""
    return Markup('Saved to {} ({}). <button type="button" data-undo="{}">Undo</button>').format(
        markup.isolated(file), _count(questions), undo
    )


def undone(file: str, questions: int) -> str:
    """A judgement was taken back."""
    return Markup("Undone: {} holds {}.").format(markup.isolated(file), _count(questions))


def refused(line: str) -> str:
    """An error's one line."""
    return Markup('<span class="trouble">{}</span>').format(markup.text(line))


def _count(questions: int) -> str:
    return f"{questions:,} question{'' if questions == 1 else 's'}"
