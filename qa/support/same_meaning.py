"""Whether two texts in different languages are translations of each other, by the embedding model and by their numbers.

The texts are embedded separately and compared by MaxSim in both directions. In one direction alone a text that says more than the other
would pass. A model with single vectors compares by cosine.

On ntrex-quotes (89 quotes that are translations, 50 that are of other stories), against every sentence: both directions make no error at
0.52, the quote's tokens alone 5 at best, the sentence's alone 10, the cosine of the two 12. The threshold 0.52 is fitted to this set: the
least similar translation and the most similar other sentence are 0.001 apart.
"""

from __future__ import annotations

import re

from index.embedding.embed import Embedder
from index.store.likeness import likeness_of
from index.text.fold import fold_text

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")


def says_the_same(embedder: Embedder, text: str, other: str) -> bool:
    """Whether one text may be a translation of the other: they are similar enough, and their numbers may agree."""
    return may_agree(numbers_of(text), numbers_of(other)) and likeness_of(embedder).is_same(text, other)


def numbers_of(text: str) -> frozenset[str]:
    """The numbers in a text that are written in digits of any script, as ASCII digits without thousands separators."""
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(fold_text(text)))


def may_agree(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether the numbers of two sentences may be the same. One side may write some of them in words, but must not have different ones.

    >>> may_agree(numbers_of("In 2016 it was 1,000"), numbers_of("٢٠١٦")), may_agree(numbers_of("1,000 men"), numbers_of("١١٠٠"))
    (True, False)
    """
    return ours <= theirs or theirs <= ours
