"""Passages in a full-text index (tantivy), by the stems of their words and by the keys that names keep across scripts.

The analysis is ours (terms.py, names.py) and happens before tantivy, on both sides, so that reading and search mean the same by a word;
tantivy keeps the postings, scores by BM25 and updates in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Literal

import tantivy

from index.store.filters import Filters
from index.store.fulltext import FullTextIndex

Field = Literal["terms", "names"]
# tantivy's BM25 has k1 = 1.2 and b = 0.75 built in.
_K1 = 1.2
# tantivy's own limit of clauses is far higher; no question has as many different words.
_MOST_TERMS = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it goes into the index: `terms` and `names` are stems and keys, in order. `day` is YYYYMMDD."""

    passage_id: str
    article_key: str
    terms: Sequence[str]
    names: Sequence[str]
    language: str
    publisher: str | None
    day: int | None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("article", "language", "publisher"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    for name in ("terms", "names"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex(FullTextIndex):
    """The full-text index of a store in the folder at `path`. Raises StoreDamaged where tantivy cannot read it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _schema(), "full-text index")

    def update(self, entries: Sequence[Entry], removed: Sequence[str]) -> None:
        """Forgets the articles with the keys `removed`, adds `entries`, and makes both visible at once."""
        self._replace(map(_document, entries), removed)

    def best(
        self, field: Field, words: Sequence[str], count: int, filters: Filters, article_keys: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Passage ids and BM25 scores of the `count` passages that match any of `words` best, best first.

        Of the articles with these keys alone, unless None; of filters, the speaker is not looked at: who is quoted where is not kept here.
        """
        clauses = [
            (tantivy.Occur.Should, _boosted(tantivy.Query.term_query(self._schema, field, word, index_option="freq"), times))
            for word, times in Counter(words).most_common(_MOST_TERMS)
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        conditions = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(condition, 0.0)) for condition in self._conditions(filters, article_keys)
        ]
        if conditions:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *conditions])
        return self._found(query, count)

    def near(self, field: Field, word: str, distance: int, count: int) -> list[str]:
        """Ids of at most `count` passages with a word that is at most so many edits away, best first.

        Two letters that changed places are one edit.
        """
        return [id for id, _ in self._found(tantivy.Query.fuzzy_term_query(self._schema, field, word, distance), count)]

    def _found(self, query: tantivy.Query, count: int) -> list[tuple[str, float]]:
        """Ids and scores of the `count` passages that match a query best."""
        with self._errors():
            searcher = self._searcher
            hits = searcher.search(query, limit=count, count=False).hits
            return [(str(searcher.doc(address)["passage"][0]), float(score)) for score, address in hits]

    def rarity(self, field: Field, word: str) -> float:
        """BM25's inverse document frequency of a word: ln(1 + (N - n + 0.5) / (n + 0.5)), in nats."""
        with self._errors():
            n, total = self._searcher.doc_freq(field, word), self._searcher.num_docs
        return log(1 + max(0.0, total - n + 0.5) / (n + 0.5))

    def most(self, field: Field, words: Sequence[str]) -> float:
        """The BM25 score that a passage could reach at most for `words`, by holding each of them over and over."""
        return (_K1 + 1) * sum(self.rarity(field, word) for word in words)

    def count(self) -> int:
        """How many passages there are."""
        with self._errors():
            return int(self._searcher.num_docs)

    def ids(self) -> set[str]:
        """Every passage id, for comparison with the catalogue."""
        return self._stored("passage")

    def _conditions(self, filters: Filters, article_keys: Sequence[str] | None) -> Iterator[tantivy.Query]:
        if article_keys is not None:
            yield tantivy.Query.term_set_query(self._schema, "article", list(article_keys))
        if filters.language is not None:
            yield tantivy.Query.term_query(self._schema, "language", filters.language, index_option="basic")
        if filters.publisher is not None:
            yield tantivy.Query.term_query(self._schema, "publisher", filters.publisher, index_option="basic")
        if filters.after is not None or filters.before is not None:
            yield tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Integer, filters.after or 0, filters.before or 99991231)


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("passage", entry.passage_id)
    document.add_text("article", entry.article_key)
    document.add_text("language", entry.language)
    if entry.publisher is not None:
        document.add_text("publisher", entry.publisher)
    if entry.day is not None:
        document.add_integer("day", entry.day)
    document.add_text("terms", " ".join(entry.terms))
    document.add_text("names", " ".join(entry.names))
    return document


def _boosted(query: tantivy.Query, times: int) -> tantivy.Query:
    return query if times == 1 else tantivy.Query.boost_query(query, float(times))
