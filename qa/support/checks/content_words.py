"""Content words: each one of a statement must match a word of a source, by its stem or by the embedding model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.store.likeness import likeness_of
from qa.support.checks.comparison import Comparison
from qa.support.evidence import Failure
from qa.support.senses import claims, reversed_words
from qa.support.words import Word

# Chosen on the cases of the project (tests/cases/guard.json) and on sentences of the public sets; docs/guard.md has the tables.
_MIN_SIMILARITY = 0.53  # of a statement's word and the most similar token of its sources, in one language
_MIN_SIMILARITY_ACROSS = 0.36
_MAX_UNMATCHED = 0.0  # the share of the content words that may be less similar
_MAX_UNMATCHED_ACROSS = 0.2
_MIN_MEAN = 0.55  # of all content words
_MIN_MEAN_ACROSS = 0.52

ADDRESS = re.compile(r"(?:https?:|www\.|\w@\w|\w\.(?:com|org|net|io|example)\b)\S*", re.IGNORECASE)


def content(comparison: Comparison) -> Failure | None:
    """A statement without content, or without sources."""
    statement = comparison.statement
    has_content = bool(statement.words) and bool(statement.content or statement.figures)
    return None if comparison.sources and has_content else Failure("words", statement.text.strip())


def opposites(comparison: Comparison) -> Failure | None:
    """The first word whose opposite occurs in the sources, while the word itself does not."""
    return _first(comparison, reversed_words(comparison.statement.words, comparison.source_words))


def strong_claims(comparison: Comparison) -> Failure | None:
    """The first word that generalises or intensifies what the sources say."""
    return _first(comparison, claims(comparison.statement.words, comparison.source_words, comparison.is_across))


def _first(comparison: Comparison, words: Iterable[Word]) -> Failure | None:
    return next((Failure("words", comparison.statement.original(word)) for word in words), None)


def addresses(comparison: Comparison) -> Failure | None:
    """An address that is in no source."""
    address = ADDRESS.search(comparison.statement.text)
    if address is None or any(address[0] in source.text for source in comparison.sources):
        return None
    return Failure("words", address[0])


def unmatched_words(comparison: Comparison) -> Failure | None:
    """The least similar content word, if too many have no match in the sources, or the mean similarity is too low."""
    content_words = comparison.statement.content
    unmatched = [index for index in content_words if index not in comparison.named and not comparison.is_lexical(index)]
    if not unmatched:
        return None
    find_unsupported = _by_vector if comparison.similarity is None else _by_tokens
    index = find_unsupported(comparison, unmatched)
    return None if index is None else Failure("words", comparison.statement.original(comparison.statement.words[index]))


def _by_tokens(comparison: Comparison, unmatched: Sequence[int]) -> int | None:
    """The index of the least similar of the words that have no lexical match, if these are too dissimilar by token vectors."""
    statement = comparison.statement
    assert comparison.similarity is not None
    similarity = {index: comparison.similarity.best(statement.words[index].span) for index in unmatched}
    least, most = (_MIN_SIMILARITY_ACROSS, _MAX_UNMATCHED_ACROSS) if comparison.is_across else (_MIN_SIMILARITY, _MAX_UNMATCHED)
    dissimilar = sum(value < least for value in similarity.values())
    mean = (sum(similarity.values()) + len(statement.content) - len(unmatched)) / len(statement.content)
    if dissimilar > most * len(statement.content) or mean < (_MIN_MEAN_ACROSS if comparison.is_across else _MIN_MEAN):
        return min(unmatched, key=lambda index: similarity[index])
    return None


def _by_vector(comparison: Comparison, unmatched: Sequence[int]) -> int | None:
    """The same by one vector a text. In one language a quarter of the words may be unmatched."""
    statement = comparison.statement
    vectors = comparison.embedder.passages([statement.text, *(source.text for source in comparison.sources)])
    similarity = float((vectors[1:] @ vectors[0]).max())
    too_many = not comparison.is_across and len(unmatched) > max(1, len(statement.content) / 4)
    threshold = likeness_of(comparison.embedder).fitted("translations")["alike"]
    return unmatched[0] if similarity < threshold or too_many else None
