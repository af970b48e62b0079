"""Hedges of a sentence: words that mark a plan, a possibility, an obligation or an allegation, and their scopes."""

from __future__ import annotations

from collections.abc import Sequence

from index.text.script import rules_of_script
from qa.support.negation import NEGATION_WORDS
from qa.support.words import LIGHT, ScopedCue, Word, folded, is_arabic_word, is_listed, scope_of

_MODALS = folded("modality.open")
_BEFORE_TO = folded("modality.before_to")
_ALLEGING = folded("modality.alleging")
_SAYING = LIGHT | folded("modality.saying")
_ARABIC = rules_of_script("Arabic", "morphology")
_ALLEGED_WORDS = 8  # content words in the scope of an allegation; no measurement behind it


def _is_future_to(sentence: Sequence[Word], index: int) -> bool:
    """Whether "to" introduces what is still to be done: "is to", "expects to", "is due to", not "due to the wind"."""
    before = sentence[index - 1].text if index else ""
    return before in _BEFORE_TO and (before != "due" or (index > 1 and sentence[index - 2].text in {"is", "are", "was", "were"}))


def modal_cues(sentence: Sequence[Word], text: str) -> list[ScopedCue]:
    """Words that mark a plan, a possibility or an obligation instead of a fact: "may", "will", "is to", "سيتولى"."""
    cues = []
    for index, word in enumerate(sentence):
        if is_arabic_word(word.text) and _ARABIC.is_future(word.text):
            cues.append(ScopedCue(index, (index,)))
        elif (word.text == "may" and word.span.of(text)[:1] == "M") or (word.text == "to" and not _is_future_to(sentence, index)):
            continue
        elif word.text == "to" or is_listed(word, _MODALS):
            following = sentence[index + 1].text if index + 1 < len(sentence) else ""
            if following not in NEGATION_WORDS:
                cues.append(ScopedCue(index, scope_of(sentence, index, 1)))
    return cues


def allegation_cues(sentence: Sequence[Word]) -> list[ScopedCue]:
    """Words that mark what follows as somebody's claim."""
    return [
        ScopedCue(index, scope_of(sentence, index, _ALLEGED_WORDS))
        for index, word in enumerate(sentence)
        if word.stem in _ALLEGING or is_listed(word, _ALLEGING)
    ]


def is_attributed(sentence: Sequence[Word]) -> bool:
    """Whether a sentence holds a word of saying or alleging."""
    return any(is_listed(word, _SAYING) or word.stem in _ALLEGING for word in sentence)
