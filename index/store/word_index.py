"""Where a run of words could stand: whole articles, what cleaning marked as clutter too, by their words and pairs of neighbouring words.

A pair is a term of the full-text index (tantivy), as in a nextword index (Williams, Zobel and Bahle 2004, "Fast phrase querying with
combined indexes"): an article that holds every pair of a phrase nearly always holds the phrase, rare pairs say which article an altered
quote comes from, and no list of positions is read. Words are compared folded, without punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from pathlib import Path

import tantivy

from index.store.fulltext import FullTextIndex
from index.text.fold import fold_text

WORD = re.compile(r"[^\W_]+")
"""A word of a folded text. Hyphens and apostrophes part words here; who needs whole words looks at the text around."""

_BETWEEN = "_"  # the words of a pair; no word holds it
_LONGEST_WORD = 64  # characters that are indexed; longer runs of letters are no words, and tantivy drops terms beyond 64 KB
# Of a longer quote as many pairs, evenly spread, are looked up. No measurement: a paragraph has fewer.
_MOST_PAIRS = 256


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order.

    >>> words_of("“Don’t pay $1,600 — أُمّةٌ”")
    ['don', 't', 'pay', '1', '600', 'امه']
    """
    folded = fold_text(text)
    if not folded.isascii():
        return WORD.findall(folded)
    return folded.encode().translate(_APART).decode().split()  # the same, in a quarter of the time


_APART = bytes(code if chr(code).isalnum() else ord(" ") for code in range(256))


def _terms(words: Sequence[str]) -> list[str]:
    """The pairs of neighbouring words, each once; of a single word, itself."""
    short = _shortened([*words])
    return list(dict.fromkeys(_pairs(short))) if len(short) > 1 else short


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return map(_BETWEEN.join, pairwise(words))


def _shortened(words: list[str]) -> list[str]:
    return [word[:_LONGEST_WORD] for word in words] if max(map(len, words), default=0) > _LONGEST_WORD else words


class WordIndex(FullTextIndex):
    """The word index of a store in the folder at `path`; articles go by their keys. Raises StoreDamaged where tantivy cannot read it."""

    def __init__(self, path: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("article", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("terms", tokenizer_name="whitespace", index_option="basic")
        super().__init__(path, builder.build(), "word index")

    def update(self, texts: Sequence[tuple[str, str]], removed: Sequence[str]) -> None:
        """Forgets the articles with the keys `removed`, adds `texts` (key and whole text), and makes both visible at once."""
        self._replace((_document(key, text) for key, text in texts), removed)

    def holding(self, runs: Sequence[Sequence[str]]) -> list[str]:
        """The articles that may hold each of these runs of words, in the order of their keys; no other does."""
        terms = _spread([term for run in runs for term in _terms(run)])
        with self._errors():
            searcher = self._searcher
            if not terms or not all(searcher.doc_freq("terms", term) for term in terms):
                return []
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, self._query(term, 0.0)) for term in terms])
            hits = searcher.search(query, limit=searcher.num_docs, count=False).hits
            return sorted(str(searcher.doc(address)["article"][0]) for _, address in hits)

    def nearest(self, words: Sequence[str], count: int) -> list[str]:
        """The `count` articles that share most pairs of neighbouring words with a quote, by rarity (ln N/n), best first."""
        with self._errors():
            searcher = self._searcher
            known = [(term, searcher.doc_freq("terms", term)) for term in _spread(_terms(words))]
            total = searcher.num_docs
            clauses = [(tantivy.Occur.Should, self._query(term, log((total + 1) / n))) for term, n in known if n]
            if not clauses:
                return []
            hits = searcher.search(tantivy.Query.boolean_query(clauses), limit=count, count=False).hits
            scored = [(float(score), str(searcher.doc(address)["article"][0])) for score, address in hits]
        return [key for _, key in sorted(scored, key=lambda hit: (-hit[0], hit[1]))]

    def _query(self, term: str, weight: float) -> tantivy.Query:
        return tantivy.Query.const_score_query(tantivy.Query.term_query(self._schema, "terms", term, index_option="basic"), weight)

    def ids(self) -> set[str]:
        """Every article's key, for comparison with the catalogue."""
        return self._stored("article")


def _document(key: str, text: str) -> tantivy.Document:
    words = _shortened(words_of(text))
    document = tantivy.Document()
    document.add_text("article", key)
    # As often as they stand there: tantivy takes 30 ms a megabyte less to leave out what comes again than a set of ours does.
    document.add_text("terms", " ".join([*words, *_pairs(words)]))
    return document


def _spread(terms: Sequence[str]) -> Sequence[str]:
    return terms if len(terms) <= _MOST_PAIRS else terms[:: -(-len(terms) // _MOST_PAIRS)]
