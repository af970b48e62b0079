"""The contract of a language's module `people`, which resolves mentions of people, with the neutral default.

Such a module has `PRONOUNS`, `NOBODY` and `names_of`. The default for a language without it is that a mention is not resolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.text.spans import Span

PRONOUNS: frozenset[str] = frozenset()
"""Pronouns that refer to a person mentioned before; in lower case."""
NOBODY: frozenset[str] = frozenset()
"""Pronouns that refer to no person mentioned before; in lower case."""


class Names:
    """The names of one article, by the rules of one language."""

    def __init__(self, text: str, paragraphs: Sequence[Span]) -> None:
        """`paragraphs` are the parts of `text` to read, in order."""

    def note(self, name: str) -> None:
        """Records a mention of the person whose fullest name, in any language, is `name`. Call in the order of the text."""

    def fullest(self, mention: str, span: Span) -> str:
        """The fullest name or description in the article of the person mentioned at `span`."""
        return mention

    def knows(self, mention: str) -> bool:
        """Whether a mention is a pronoun, a name that the article gives in full somewhere, or the description of a person."""
        return False

    def last_named(self, pronoun: str, span: Span) -> str | None:
        """The last name before `span` that agrees with the pronoun there; called if no recorded mention agrees."""
        return None

    def agrees(self, name: str, pronoun: str) -> bool:
        """Whether a pronoun agrees with the person of that fullest name."""
        return False


def names_of(text: str, paragraphs: Sequence[Span]) -> Names:
    """The names of an article, whose parts `paragraphs` are read."""
    return Names(text, paragraphs)


def occurrences(words: str, text: str) -> Iterator[int]:
    """The offsets of whole-word occurrences of `words`. Not a regular expression: compiling one for each name takes longer."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        is_whole_word = not _is_word_character(text[start - 1 : start]) and not _is_word_character(text[end : end + 1])
        if is_whole_word:
            yield start
        start = text.find(words, end if is_whole_word else start + 1)


def _is_word_character(character: str) -> bool:
    return character.isalnum() or character == "_"
