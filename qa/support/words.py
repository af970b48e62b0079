"""The words of a sentence as the checks compare them: stems, clauses, and the scope of negations and hedges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.languages.base import every, languages
from index.text.fold import fold_text
from index.text.script import rules_of_script
from index.text.spans import Span
from index.text.terms import is_stop, stems, terms


def folded(key: str) -> frozenset[str]:
    """The folded words under a key of all languages (index/languages)."""
    return frozenset(map(fold_text, every(key)))


_ARABIC = rules_of_script("Arabic", "morphology")
_INFINITIVE_OF = {
    form: infinitive
    for language in languages()
    for entry in (*language.words("sentence_words.irregular"), *language.words("sentence_words.derived"))
    for infinitive, *forms in [entry.split()]
    for form in forms
}


# Verbs of saying and other words with little content of their own.
LIGHT = folded("sentence_words.light")

FORMS_OF_BE = folded("sentence_words.be")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence. `stem` is as in terms.py, for irregular verbs of the infinitive; `text` is folded; `clause` counts from 0."""

    stem: str
    text: str
    span: Span
    clause: int
    is_capital: bool
    is_stop: bool


_CLAUSE_PUNCTUATION = re.compile("[,;:.!?،؛؟—–(){}\\[\\]]")
_CLAUSE_WORDS = folded("sentence_words.clause_openers")


@lru_cache(maxsize=256)  # the same sentences are cited repeatedly; the size is not measured
def words(text: str) -> tuple[Word, ...]:
    """The words of a sentence. Punctuation and conjunctions separate its clauses.

    >>> [(word.stem, word.clause) for word in words("It sank, but nobody died.")]
    [('it', 0), ('sink', 0), ('but', 1), ('nobodi', 1), ('die', 1)]
    """
    result: list[Word] = []
    clause, end = 0, 0
    for term in terms(text):
        original = term.span.of(text)
        folded = fold_text(original)
        if result and (_CLAUSE_PUNCTUATION.search(text, end, term.span.start) or folded in _CLAUSE_WORDS):
            clause += 1
        end = term.span.end
        infinitive = _INFINITIVE_OF.get(folded)
        stem = stem_of(infinitive) if infinitive else term.stem
        result.append(Word(stem, folded, term.span, clause, original[:1].isupper(), is_stop(folded)))
    return tuple(result)


@lru_cache(maxsize=1 << 12)
def stem_of(word: str) -> str:
    """The first stem of a folded word; empty if it has none."""
    return (stems(word) or [""])[0]


@dataclass(frozen=True, slots=True)
class ScopedCue:
    """A word that negates or hedges others: its index, and the indices of the content words in its scope, nearest first."""

    index: int
    scope: tuple[int, ...]


def scope_of(sentence: Sequence[Word], cue: int, most: int) -> tuple[int, ...]:
    """The indices of the content words that follow the word at `cue` in its clause, at most `most`."""
    scope: list[int] = []
    for index in range(cue + 1, len(sentence)):
        word = sentence[index]
        if word.clause != sentence[cue].clause or len(scope) == most:
            break
        if not word.is_stop and not word.text.endswith("ly") and word.text not in LIGHT:
            scope.append(index)
    return tuple(scope)


def without_conjunction(word: str) -> str:
    """An Arabic word without the conjunction that is prefixed to it."""
    return str(_ARABIC.without_conjunction(word))


def is_arabic_word(word: str) -> bool:
    """Whether a word begins with an Arabic letter."""
    return "\u0600" <= word[:1] <= "\u06ff"


def is_listed(word: Word, listed: frozenset[str]) -> bool:
    """Whether a word is among the folded words, an Arabic one with or without its conjunction."""
    return word.text in listed or (is_arabic_word(word.text) and without_conjunction(word.text) in listed)


def root_of(stem: str) -> str:
    """The strong consonants of an Arabic stem, without the prefixes of verbs and nouns; any other stem unchanged."""
    return str(_ARABIC.root_of(stem)) if is_arabic_word(stem) else stem


def is_same_stem(stem: str, other: str) -> bool:
    """Whether two stems belong to the same word: they are equal, share an Arabic root, or share a long prefix."""
    if stem == other:
        return True
    if is_arabic_word(stem):
        return len(root_of(stem)) >= 3 and root_of(stem) == root_of(other)
    shorter, longer = sorted((stem, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return common >= 5 and common >= len(shorter) - 1 and common >= 0.6 * len(longer)


def without_possessive(word: str) -> str:
    """A folded name without its possessive."""
    return re.sub(r"'s?$", "", word)


def is_arabic_text(text: str) -> bool:
    """Whether most letters of a text are Arabic."""
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text if letter.isalpha())
    return 2 * arabic > sum(map(str.isalpha, text))
