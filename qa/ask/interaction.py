"""The alignment of a question's words with a quote's, to explain a citation: token matches aggregated to words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.embedding.embed import EncodedQuestion
from index.store.late_interaction import TokenMatches
from index.text.spans import Span


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the question and the source's word that it matched, as spans of the question and of the article's text.

    `weight` is the pair's contribution to the sentence's similarity to the question.
    """

    question: Span
    source: Span
    weight: float


# Less similar words are hardly related. Judged by eye, on the seeds and samples; 0.3 and 0.53 change what is shown as matched in half of
# 66 answers, and no figure: docs/constants.md.
MIN_SIMILARITY = 0.4


def pairs(question: str, encoded: EncodedQuestion, matches: TokenMatches, quote: str, start: int) -> tuple[Pair, ...]:
    """The matched words of a question and of a quote that starts at `start` in its article, by descending weight.

    A word matches the word that most of the weight of its subword tokens matches. Pairs below MIN_SIMILARITY are left out.
    """
    question_words, quote_words = _words(question, 0), _words(quote, start)
    scores: dict[Span, dict[Span, float]] = {}
    weights: dict[Span, float] = {}
    for i, token, similarity in matches.counterparts(Span(start, start + len(quote))):
        word, match = _word_at(question_words, int(encoded.spans[i][0])), _word_at(quote_words, token.start)
        if word is not None and match is not None:
            weight = float(encoded.weights[i])
            candidates = scores.setdefault(word, {})
            candidates[match] = candidates.get(match, 0.0) + weight * similarity
            weights[word] = weights.get(word, 0.0) + weight
    best = ((word, max(candidates.items(), key=lambda item: item[1])) for word, candidates in scores.items())
    matched = [Pair(word, match, weight) for word, (match, weight) in best if weight >= MIN_SIMILARITY * weights[word]]
    return tuple(sorted(matched, key=lambda pair: (-pair.weight, pair.question)))


_WORD = re.compile(r"[^\W_]+(?:['’\u0640\u064b-\u0652-][^\W_]+)*")


def _words(text: str, start: int) -> list[Span]:
    return [Span(start + match.start(), start + match.end()) for match in _WORD.finditer(text)]


def _word_at(words: Sequence[Span], offset: int) -> Span | None:
    return next((word for word in words if word.start <= offset < word.end), None)
