"""Similarity of a statement's words to those of its source sentences, by token vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embedding.embed import EncodedQuestion
from index.store.late_interaction import TokenMatches
from index.text.spans import Span

_MIN_SIMILARITY = 0.45  # of two words that are taken for translations of each other. Chosen as the thresholds in content_words.py


class TokenSimilarity:
    """Compares the tokens of a statement with those of its source sentences. `matches` holds one item for each source."""

    def __init__(self, statement: EncodedQuestion, matches: Sequence[TokenMatches]) -> None:
        self._statement, self._matches = statement, matches
        self._similarities = [match.similarities for match in matches]
        self._all = np.concatenate(self._similarities, axis=1)

    def _token_rows(self, span: Span) -> list[int]:
        return [row for row, (start, end) in enumerate(self._statement.spans.tolist()) if start < span.end and end > span.start]

    def best(self, span: Span) -> float:
        """The weighted mean of the similarities of a span's tokens to their most similar source tokens; 0 without any."""
        rows = self._token_rows(span)
        if not rows or not self._all.size:
            return 0.0
        weights = np.maximum(self._statement.weights[rows], 1e-6)
        return float(self._all[rows].max(axis=1) @ weights / weights.sum())

    def best_word(self, span: Span, words: Sequence[Sequence[Span]]) -> float:
        """The same for the most similar single word of the sources, as the subword tokens of a name may each match another word.

        `words` are the spans of each source's words.
        """
        rows = self._token_rows(span)
        if not rows:
            return 0.0
        weights = np.maximum(self._statement.weights[rows], 1e-6)
        best = 0.0
        for matches, spans in zip(self._matches, words, strict=True):
            similarities, places = matches.similarities, matches.spans.tolist()
            for word in spans:
                columns = [column for column, (start, end) in enumerate(places) if start < word.end and end > word.start]
                if columns:
                    best = max(best, float(similarities[np.ix_(rows, columns)].max(axis=1) @ weights / weights.sum()))
        return best

    def match(self, span: Span, source: int) -> int | None:
        """The offset of the source token that is most similar to the weightiest token of a span; None if it is not similar enough."""
        rows, similarities = self._token_rows(span), self._similarities[source]
        if not rows or not similarities.size:
            return None
        row = max(rows, key=lambda row: float(self._statement.weights[row]))
        column = int(similarities[row].argmax())
        return int(self._matches[source].spans[column][0]) if similarities[row, column] >= _MIN_SIMILARITY else None
