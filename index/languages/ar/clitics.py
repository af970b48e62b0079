"""Arabic: clitics, that is conjunctions, prepositions, the article and pronouns joined to a word. All words here are folded."""

from __future__ import annotations

from collections.abc import Iterable, Set
from itertools import takewhile

from index.languages.base import language

_ENDINGS = language("ar").words("stop_words.endings")
_FIRST_CONTENT_WORDS = language("ar").word_set("stop_words.nltk_end")


def without_clitics(word: str) -> str:
    """A word without its proclitics: conjunction, preposition and article.

    BM25 article@1 on 400 questions each, stop words left out: xquad-ar .920, arcd .650. Snowball without it: .895, .635; light10's
    prefixes, then Snowball: .910, .655; light10 alone: .893, .633; no stemming: .850, .585. (With stop words, in the same order:
    .908, .640; .888, .630; .900, .635; .885, .633; .848, .590.) Shortest words to lose a letter: 4 for the conjunctions, 5 for the
    prepositions (6 and 7 cost .005 and .013 on xquad-ar).
    """
    if word[0] in "وف" and len(word) >= 4:
        word = word[1:]
    for article in ("بال", "كال", "ال", "لل"):
        if word.startswith(article) and len(word) - len(article) >= 2:
            return word[len(article) :]
    return word[1:] if word[0] in "بكل" and len(word) >= 5 else word


def forms(word: str) -> list[str]:
    """The word, and its forms without a possible conjunction, preposition or article; a name is matched by each.

    >>> forms("والمدينه")
    ['والمدينه', 'المدينه', 'مدينه']
    """
    candidates = [word]
    if word[0] in "وفبلك" and len(word) > 4:
        candidates.append(word[1:])
    return candidates + [form[2:] for form in candidates if form.startswith("ال") and len(form) > 4]


def stop_words_of(listed: Iterable[str]) -> Iterable[str]:
    """The part of NLTK's list, not folded, that holds function words only."""
    return takewhile(lambda word: word not in _FIRST_CONTENT_WORDS, listed)


def with_clitics(stop_words: Set[str]) -> set[str]:
    """Stop words, and their forms with clitics."""
    particles = {word for word in stop_words if len(word) > 1}
    # Shorter ones with a clitic are other words: "fa" and "they" is understanding, "fa" and "to you" is an orbit.
    longer = {word for word in particles if len(word) > 2}
    with_endings = {word + ending for word in longer for ending in _ENDINGS}
    return {
        *stop_words,
        *with_endings,
        *("و" + word for word in particles | with_endings),
        *("ف" + word for word in longer | with_endings),
    }
