"""Questions about an article's metadata: who wrote it, who published it, when. They are answered from its byline, not its story."""

from __future__ import annotations

import re
from typing import Literal

from index.languages.base import languages
from index.text.fold import fold_text

Fact = Literal["author", "publisher", "date"]

_RULES = [rules for language in languages() if (rules := language.rules("questions")) is not None]
_FACTS: tuple[Fact, ...] = ("author", "date", "publisher")
_QUESTIONS = tuple((fact, re.compile("|".join(rules.ABOUT_AN_ARTICLE[fact] for rules in _RULES))) for fact in _FACTS)


def asked_fact(question: str) -> Fact | None:
    """The metadata of an article that the question asks for; None if it is about content.

    >>> [asked_fact(q) for q in ("Who wrote the story about the ferry?", "Who wrote the letter?", "متى نُشر خبر الإضراب؟")]
    ['author', None, 'date']
    """
    folded = fold_text(question)
    return next((fact for fact, pattern in _QUESTIONS if pattern.search(folded)), None)
