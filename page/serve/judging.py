"""Saves and deletes visitors' judgements of answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from index.articles import Article
from index.errors import InputError
from index.text.spans import Span
from page.draw import judge
from page.serve.received import phrases_of
from page.serve.requests import RecentResults
from qa.evaluate import judged
from qa.evaluate.judged import Judgement, Saved
from qa.library.library import Library


def save(library: Library, folder: Path, kept: RecentResults[Saved], sent: object) -> str:
    saved = judged.save(folder, _judgement(library, sent))
    return judge.saved(phrases_of(sent), str(folder / judged.FILE), saved.questions, kept.keep(saved))


def undo(folder: Path, kept: RecentResults[Saved], sent: object) -> str:
    saved = kept.get(sent.get("token")) if isinstance(sent, Mapping) else None
    if saved is None:
        raise InputError("This is too long ago to be undone here. Delete the line in the file.")
    return judge.undone(phrases_of(sent), str(folder / judged.FILE), judged.undo(folder, saved))


def _judgement(library: Library, sent: object) -> Judgement:
    """`sent` is untrusted input. All text but the question is taken from the articles."""
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
