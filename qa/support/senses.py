"""Antonyms, and words that generalise or intensify a sentence.

Embeddings hardly distinguish them: "rose" and "fell" are neighbours in every model. So they are listed. The lists are short and
symmetrical; all other words are compared by stems and vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from index.languages.base import every, every_key, languages
from index.text.fold import fold_text
from index.text.script import rules_of_script
from index.text.terms import is_stop
from qa.support.number_words import by_name
from qa.support.words import Word, folded, is_arabic_word, is_listed, stem_of

# By kind: if a statement has a word of a kind, its source must have a word of the same kind. The words that no translator adds, and all.
_PLAIN_CLAIMS = {kind: frozenset(words) for kind, words in by_name("claims").items()}
_CLAIM_WORDS = {kind: frozenset(words) for kind, words in by_name("claims_within").items()}
_CLAIM_WORDS |= {kind: words | _CLAIM_WORDS.get(kind, frozenset()) for kind, words in _PLAIN_CLAIMS.items()}


_REASON = "because"
_OF, _FOR = folded("senses.possessives"), folded("senses.for")


def claims(sentence: Sequence[Word], source: Sequence[Word], across: bool) -> Iterator[Word]:
    """Words that generalise or intensify a sentence where its source has none of their kind.

    Across languages only words count that no translator adds.
    """
    for kind, listed in _CLAIM_WORDS.items():
        if not any(is_listed(word, listed) for word in source):
            claimed = _PLAIN_CLAIMS.get(kind, frozenset()) if across else listed
            for at, word in enumerate(sentence):
                if is_listed(word, claimed) and not (kind == _REASON and _is_reason(sentence[at + 1 :], source)):
                    yield word


def _is_reason(following: Sequence[Word], source: Sequence[Word]) -> bool:
    """Whether the source gives the words after "because of" as a reason: "jailed for trying", "سجنت لمحاولتي"."""
    reason = next((word for word in following if word.text not in _OF), None)
    if reason is None:
        return False
    for index, word in enumerate(source):
        if _ARABIC.is_reason(word.text, reason.stem) or (word.stem == reason.stem and index > 0 and source[index - 1].text in _FOR):
            return True
    return False


@lru_cache(maxsize=1)
def _sides_by_form() -> dict[str, frozenset[tuple[int, bool]]]:
    """Each form to the pairs of opposites that it belongs to, and on which side."""
    sides_of: dict[str, set[tuple[int, bool]]] = {}
    for number, pair in enumerate(every_key("opposites.one")):
        for is_other, side in enumerate(("one", "other")):
            for form in _forms(every(f"opposites.{side}.{pair}")):
                sides_of.setdefault(form, set()).add((number, bool(is_other)))
    return {form: frozenset(sides) for form, sides in sides_of.items()}


def _forms(words: Iterable[str]) -> frozenset[str]:
    """Folded words, and the stems of English content words. Arabic stems would conflate words such as "son" and "daughter"."""
    forms = frozenset(map(fold_text, words))
    return forms | {stem_of(form) for form in forms if form.isascii() and not is_stop(form)}


_DIRECTIONS, _FROM = folded("senses.ways"), folded("senses.from")  # "up from 44 per cent"
_REVERSING_PREFIXES = tuple(prefix for language in languages() for prefix in language.words("senses.turning"))
_ARABIC = rules_of_script("Arabic", "morphology")


def _sides(sentence: Iterable[Word]) -> dict[tuple[int, bool], list[Word]]:
    """The words of a sentence that have an opposite, by pair and side."""
    sides_of = _sides_by_form()
    by_side: dict[tuple[int, bool], list[Word]] = {}
    for word in sentence:
        forms = (word.text, word.stem) if word.text.isascii() else _forms_of(word.text)
        for side in frozenset().union(*(sides_of.get(form, frozenset()) for form in forms)):
            by_side.setdefault(side, []).append(word)
    return by_side


def _forms_of(word: str) -> Iterator[str]:
    """A word, and an Arabic one without conjunction, article, preposition and pronoun."""
    yield word
    if is_arabic_word(word):
        yield from _ARABIC.bare_words(word)


def opposed(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether words that replace others are their opposites."""
    our_sides, their_sides = _sides(ours), _sides(theirs)
    return any((n, not side) in their_sides and (n, not side) not in our_sides and (n, side) not in their_sides for n, side in our_sides)


def reversed_words(sentence: Sequence[Word], source: Sequence[Word]) -> Iterator[Word]:
    """Words of a sentence whose opposites its source has, without having the words themselves.

    >>> from qa.support.words import words
    >>> [word.text for word in reversed_words(words("Turnout fell."), words("ارتفعت نسبة المشاركة"))]
    ['fell']
    """
    ours, theirs = _sides(sentence), _sides(source)
    for (number, side), our_words in ours.items():
        same, other = theirs.get((number, side), []), theirs.get((number, not side), [])
        if len(our_words) > len(same) and len(other) > len(ours.get((number, not side), [])):
            yield our_words[0]
    directions, other_directions = (_directions(words) for words in (sentence, source))
    if directions and other_directions and directions != other_directions:
        yield next(word for word in sentence if word.text in directions)
    texts = {word.text for word in source}
    known = texts | {word.stem for word in source}
    for word in sentence:
        if word.is_stop or word.text in texts or word.stem in known or not word.text.isascii():
            continue
        longer = any(prefix + form in known for prefix in _REVERSING_PREFIXES for form in (word.text, word.stem))
        shorter = any(
            form.startswith(prefix) and len(form) > len(prefix) + 3 and form[len(prefix) :] in known
            for prefix in _REVERSING_PREFIXES
            for form in (word.text, word.stem)
        )
        if longer or shorter:
            yield word


def _directions(words: Sequence[Word]) -> set[str]:
    """The words for a direction that are followed by "from"."""
    return {word.text for word, following in pairwise(words) if word.text in _DIRECTIONS and following.text in _FROM}
