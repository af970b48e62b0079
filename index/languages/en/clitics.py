"""English: endings that are attached to a word by an apostrophe. All words here are folded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from index.languages.base import language

_ENDINGS = language("en").words("stop_words.endings")


def without_clitics(word: str) -> str:
    """The word unchanged: the stemmer removes endings."""
    return word


def forms(word: str) -> list[str]:
    """The forms by which a name is matched: only the word."""
    return [word]


def stop_words_of(listed: Collection[str]) -> Iterable[str]:
    """NLTK's list without its fragments of contractions: "won" (from "won't") is a word, and questions ask who won."""
    return (word for word in listed if f"{word}'t" not in listed)


def with_clitics(stop_words: Set[str]) -> set[str]:
    """Stop words, and their forms with clitics."""
    return {*stop_words, *(word + ending for word in stop_words for ending in _ENDINGS)}
