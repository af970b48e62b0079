"""Names: each one of a statement must occur in a source, or belong to somebody whom a source mentions otherwise."""

from __future__ import annotations

from index.languages.base import every
from qa.support.checks.comparison import SIMILAR_NAME, Comparison
from qa.support.evidence import Failure
from qa.support.words import FORMS_OF_BE, folded

# Endings of words that are hardly names, though they are capitalised at the beginning of a sentence.
_PLAIN_ENDINGS = tuple(every("names_check.plain_endings"))
_VERBS_BEHIND = FORMS_OF_BE | folded("names_check.verbs_behind")
_ARABIC_GIVEN = folded("people.given_names")
_NO_NAME_ENDINGS = tuple(every("names_check.no_name_endings"))  # "على" is no given name, "علي" is


def names(comparison: Comparison) -> Failure | None:
    """The first name that is unsupported by the sources."""
    return _arabic_names(comparison) if comparison.statement.is_arabic else _english_names(comparison)


def _english_names(comparison: Comparison) -> Failure | None:
    statement, is_across = comparison.statement, comparison.is_across
    for index in statement.capitals:
        word = statement.words[index]
        if index in comparison.named or comparison.is_lexical(index):
            continue
        if is_across and ((index == 0 and word.text.endswith(_PLAIN_ENDINGS)) or _is_translated(comparison, index)):
            continue
        if not is_across and (index == 0 or statement.text[: word.span.start].rstrip()[-1:] in ".:!?"):
            following = statement.words[index + 1] if index + 1 < len(statement.words) else None
            is_name = following is not None and (following.is_capital or following.text in _VERBS_BEHIND)
            if not is_name or word.text.endswith(_PLAIN_ENDINGS):
                continue  # an ordinary word, which content_words.py compares
        return Failure("name", statement.original(word))
    return None


def _is_translated(comparison: Comparison, index: int) -> bool:
    """Whether a word of a source in another language is similar enough to be a translation of a name."""
    if comparison.similarity is None:
        return False
    spans = [[word.span for word in source.words] for source in comparison.sources]
    return comparison.similarity.best_word(comparison.statement.words[index].span, spans) >= SIMILAR_NAME


def _arabic_names(comparison: Comparison) -> Failure | None:
    statement = comparison.statement
    for index in statement.content:
        word = statement.words[index]
        is_name = any(
            near.text in _ARABIC_GIVEN and not statement.original(near).endswith(_NO_NAME_ENDINGS)
            for near in statement.words[max(0, index - 1) : index + 1]
        )
        if is_name and index not in comparison.named and not comparison.is_lexical(index, by_root=False):
            similarity = comparison.similarity
            if similarity is None or similarity.best(word.span) < SIMILAR_NAME:
                return Failure("name", statement.original(word))
    return None
