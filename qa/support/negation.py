"""Negation cues of a sentence (negation words and verbs of denying) and their scopes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.languages.base import every, languages
from index.text.fold import fold_text
from qa.support.words import ScopedCue, Word, folded, is_arabic_word, is_listed, scope_of, without_conjunction

NEGATION_WORDS = folded("negation.words")
_DENYING = folded("negation.verbs")
_REJECTING = folded("negation.rejecting")
_NOT_NEGATING_BEFORE = {
    fold_text(word): frozenset(map(fold_text, following.split()))
    for language in languages()
    for words, following in language.mapping("negation.no_negation").items()
    for word in words.split()
}
_COMPARING = folded("negation.comparing")
_FAILED, _FAILED_IN = folded("negation.failed"), folded("negating.failed_in")
_THAN = folded("negating.than")
_ENDINGS = tuple(every("negating.endings"))
_UNLESS = {(before, word) for language in languages() for before, word in language.mapping("negating.unless").items()}
_SCOPE = 3  # content words after a negation that are taken to be negated; no measurement behind it
_ARABIC_VERB_SCOPE = 5  # after a verb, whose subject comes first


def is_negation(sentence: Sequence[Word], index: int) -> bool:
    """Whether the word at an index is a negation cue."""
    word = sentence[index]
    before = sentence[index - 1].text if index else ""
    following, next_but_one = (sentence[index + n].text if index + n < len(sentence) else "" for n in (1, 2))
    if word.text in _FAILED:
        return following in _FAILED_IN
    if word.text.endswith(_ENDINGS) or word.stem in _DENYING or is_listed(word, _DENYING):
        return True
    if not is_listed(word, NEGATION_WORDS):
        return False
    if (following in _COMPARING and next_but_one in _THAN) or (before, word.text) in _UNLESS:  # "unless"
        return False
    exceptions = _NOT_NEGATING_BEFORE.get(word.text) or _NOT_NEGATING_BEFORE.get(without_conjunction(word.text), frozenset())
    return following not in exceptions


def is_rejection(word: Word) -> bool:
    """Whether a word says that something was rejected: its scope includes what precedes it as well ("was rejected by")."""
    return word.stem in _REJECTING or is_listed(word, _DENYING)


def looks_negative(word: Word) -> bool:
    """Whether a word negates taken by itself, whatever follows it: "not" in "not only"."""
    return word.text.endswith(_ENDINGS) or word.stem in _DENYING or is_listed(word, NEGATION_WORDS | _DENYING)


def negations(sentence: Sequence[Word]) -> list[ScopedCue]:
    """The negation cues of a sentence. Two in a row ("did not deny") cancel out and are left out.

    >>> from qa.support.words import words
    >>> sentence = words("He did not pay, and refused to say why.")
    >>> [(sentence[cue.index].text, [sentence[index].text for index in cue.scope]) for cue in negations(sentence)]
    [('not', ['pay']), ('refused', [])]
    """
    negating = [index for index in range(len(sentence)) if is_negation(sentence, index)]
    cues: list[ScopedCue] = []
    while negating:
        first = negating.pop(0)
        if negating and negating[0] - first <= 2 and sentence[negating[0]].clause == sentence[first].clause:
            negating.pop(0)
            continue
        is_verb = is_arabic_word(sentence[first].text) and is_listed(sentence[first], _DENYING)
        cues.append(ScopedCue(first, scope_of(sentence, first, _ARABIC_VERB_SCOPE if is_verb else _SCOPE)))
    return cues


_NEGATIVE_PREFIX = re.compile("^(?:un|in|im|il|ir|dis|non)[a-z]{4,}$")
_MAY_TRANSLATE_NEGATION = folded("negation.soft")


def may_translate_negation(sentence: Sequence[Word]) -> bool:
    """Whether a sentence holds a word that a translator may use for "not": "unhappy", "عدم", "prevent"."""
    return any(is_listed(word, _MAY_TRANSLATE_NEGATION) or _NEGATIVE_PREFIX.match(word.text) for word in sentence)
