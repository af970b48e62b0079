"""A question, analysed once: its language, expected answer type, words and vectors."""

from __future__ import annotations

from dataclasses import dataclass

from index.embedding.embed import EncodedQuestion
from index.store.store import Store
from index.text.language import language_of
from index.text.names import name_keys
from index.text.terms import stems
from qa.ask.about import Fact, asked_fact
from qa.ask.answer_types import AnswerType, answer_type

LONGEST_QUESTION = 2000  # characters; the rest is ignored, as embedding time grows with the length


@dataclass(frozen=True, slots=True)
class Question:
    """`asked` is the question as it was asked; `text` is truncated, and all other fields are derived from it.

    `fact` is the metadata of an article that it asks for; None if it is about content. `terms` are its stems, `names` its keys of names and
    numbers across scripts.
    """

    asked: str
    text: str
    language: str
    answer_type: AnswerType
    fact: Fact | None
    terms: tuple[str, ...]
    names: tuple[str, ...]
    encoded: EncodedQuestion


def analyse(store: Store, asked: str) -> Question:
    """Analyses a question, truncated to LONGEST_QUESTION characters. Raises EmbedderError if the store's model does."""
    text = asked[:LONGEST_QUESTION]
    encoded = store.likeness.question(text)
    return Question(
        asked, text, language_of(text), answer_type(text), asked_fact(text), tuple(stems(text)), tuple(name_keys(text)), encoded
    )
