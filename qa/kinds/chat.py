"""Questions about the program, and talk that asks for nothing: a line of the program's own, and questions that these articles answer."""

from __future__ import annotations

from collections.abc import Sequence

from index.articles import Article
from qa.ask.question import Question
from qa.kinds.collection import Replies

_MOST_SUGGESTIONS = 3


def about_the_program(of: str, question: Question) -> list[str]:
    """What the documentation says on it."""
    replies = Replies(question.language)
    return [replies(f"program_{of.replace('-', '_')}")]


def small_talk(question: Question) -> list[str]:
    return [Replies(question.language)("small_talk")]


def suggestions(question: Question, articles: Sequence[Article], people: Sequence[str]) -> list[str]:
    """Questions of kinds that a store always answers: what is said on an article's headline, and what somebody says whom it quotes."""
    replies = Replies(question.language)
    ours = [article for article in articles if article.title and article.language == replies.code] or [one for one in articles if one.title]
    asked = [replies("suggest_overview", title=article.title) for article in ours[: _MOST_SUGGESTIONS - 1]]
    asked += [replies("suggest_position", person=person) for person in people[:1]]
    return asked[:_MOST_SUGGESTIONS]
