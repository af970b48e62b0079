"""The contract of a language's module `follow_up`: rules that resolve a follow-up question by the questions before it.

    PRONOUNS                    the language's pronouns, or its pronominal suffixes
    understood(question, talk)  the question with its references resolved; None if it depends on no other, or nothing agrees
    described(question)         the entities of a question that are neither names nor descriptions with an article
    suits(entity, pronoun)      whether a pronoun of any language agrees with an entity of this language

    leans(question, words)      whether a question may depend on those before it
    points(question, words)     whether it has a pronoun without an antecedent
    has_fewer_pronouns(question, other), without_conjunction(word)
                                used with `leans` and `points` to check a language model's rewriting of a question

The module of the default language of Latin script also has `entities` (the names and descriptions in a question), `counted` (what a
question asks to count), `is_person` (whether a name is a person's) and `without_article` (a description without its article).
Without this module a language has no follow-ups.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from index.text.spans import Span

WORD = re.compile(r"[^\W_][\w'’\u064b-\u0652\u0670\u0640-]*")
LONGEST_PHRASE = 5  # words; not measured
LONGEST_FRAGMENT = 5  # words; not measured

Resolution = tuple[str, tuple[str, ...]]
"""A question with its references resolved, and the antecedents that were inserted."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A person or thing that a question mentions. `is_person` is None if unknown."""

    text: str
    span: Span
    is_person: bool | None


@dataclass(frozen=True, slots=True)
class Pronoun:
    """The possible referents of a pronoun.

    `distinguishes_persons` is whether the language has different pronouns for persons and for things.
    """

    stands_for: frozenset[Literal["he", "she", "it", "they"]]
    distinguishes_persons: bool

    @property
    def may_be_one_person(self) -> bool:
        return not self.stands_for.isdisjoint(("he", "she"))


class Talk(Protocol):
    """The conversation before a question. `last` is the latest question, resolved."""

    last: str

    def meant(self, pronoun: Pronoun, only_persons: bool = False) -> str | None:
        """The antecedent of a pronoun, from the latest question with an entity that agrees with it."""

    def is_date(self, words: str) -> bool:
        """Whether the words are a date and nothing else."""

    def with_new(self, new: str, preposition: str | None, is_date: bool, is_named: bool) -> Resolution | None:
        """The latest question with `new` substituted for a phrase of the same kind; `preposition` precedes it."""


def bare(question: str) -> str:
    """A question without the punctuation at its ends.

    >>> bare("Who came? ")
    'Who came'
    """
    return question.strip().rstrip("?؟.! ")
