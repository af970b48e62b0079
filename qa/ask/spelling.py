"""Words of a question that no article has, and that are spelt almost as one that they have: what is most likely meant by them.

A word is changed only if no passage has it, by its stem or as a name in any script; if it is no word of its own to the reader's vocabulary;
if it does not stand between quotation marks; and if a word of the articles is an edit away, or two for a long one (Damerau 1964).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from rapidfuzz.distance import OSA

from index.store.store import Store
from index.text.fold import fold_text
from index.text.marks import quoted_spans
from index.text.names import name_keys
from index.text.sentences import paragraph_spans
from index.text.terms import is_stop, stems, terms

# Letters of a word from which on one edit counts as a slip, and two. Shorter words are an edit from too many others. Not measured.
_ONE_EDIT, _TWO_EDITS = 5, 8
# Passages that are looked through for the word that is meant.
_MOST_PASSAGES = 8


def respelt(store: Store, question: str, is_word: Callable[[str], bool]) -> str:
    """The question with the words that are likely meant; itself where every word may be right."""
    quoted = [quoted.content for quoted in quoted_spans(question, [*paragraph_spans(question)])]
    for term in reversed(terms(question)):
        word = term.span.of(question)
        if not word.isalpha() or len(word) < _ONE_EDIT or is_stop(word) or any(span.overlap(term.span) for span in quoted):
            continue
        if _is_in(store, word, term.stem) or is_word(word):
            continue
        meant = _nearest(store, word, term.stem)
        if meant is not None:
            question = question[: term.span.start] + meant + question[term.span.end :]
    return question


def _is_in(store: Store, word: str, stem: str) -> bool:
    """Whether any passage has a word, or a name that is spelt as one in some script."""
    rarest = store.lexical.rarity("terms", "")
    return store.lexical.rarity("terms", stem) < rarest or any(store.lexical.rarity("names", key) < rarest for key in name_keys(word))


def _nearest(store: Store, word: str, stem: str) -> str | None:
    """The word of the articles that is nearest to another, the commonest of those that are as near; None where none is near enough."""
    most = 2 if len(word) >= _TWO_EDITS else 1
    folded = fold_text(word)
    counts = Counter[str]()
    for passage in store.catalogue.passages(store.lexical.near("terms", stem, most, _MOST_PASSAGES)).values():
        counts.update(term.span.of(passage.text) for term in terms(passage.text))
    near = {
        other: (distance, -count)
        for other, count in counts.items()
        if other.isalpha() and (distance := OSA.distance(folded, fold_text(other), score_cutoff=most)) <= most and stems(other) != [stem]
    }
    return min(near, key=lambda other: (near[other], other), default=None)
