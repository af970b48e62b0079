"""Late interaction: every token of a question meets the token of a text that is most like it (MaxSim; Khattab and Zaharia 2020, "ColBERT").

The same meetings rank passages, find the sentence that answers, and explain a citation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embed import EncodedQuestion, TokenEmbedder, Vectors
from index.spans import Span
from index.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Meeting:
    """How a question's tokens meet a passage's.

    `similarities` has shape (question tokens, passage tokens); `spans` shape (passage tokens, 2), in code points of the article, and lies
    before its beginning for the tokens of a title that was embedded above the passage.
    """

    similarities: Vectors
    spans: npt.NDArray[np.int64]

    def best(self, span: Span) -> Vectors:
        """Shape (question tokens,): each one's similarity to its best counterpart among the tokens within a span, 0 where there is none."""
        inside = self.similarities[:, self._within(span)]
        return inside.max(axis=1) if inside.shape[1] else np.zeros(len(inside), dtype=np.float32)

    def counterparts(self, span: Span) -> list[tuple[int, Span, float]]:
        """For each of the question's tokens its index, the best counterpart's place within a span, and their similarity."""
        places = np.flatnonzero(self._within(span))
        if not len(places):
            return []
        inside = self.similarities[:, places]
        best = inside.argmax(axis=1)
        return [
            (i, Span(int(start), int(end)), float(inside[i, best[i]])) for i, (start, end) in enumerate(self.spans[places[best]].tolist())
        ]

    def _within(self, span: Span) -> npt.NDArray[np.bool_]:
        return np.asarray((self.spans[:, 0] >= span.start) & (self.spans[:, 0] < span.end))


def meet(embedder: TokenEmbedder, question: EncodedQuestion, texts: Sequence[Tokens]) -> list[Vectors]:
    """The similarities of a question's tokens with each text's, shape (question tokens, tokens of the text)."""
    if not texts:
        return []
    lengths = np.array([len(tokens.vectors) for tokens in texts])
    together = embedder.compare(question.tokens, np.concatenate([tokens.vectors for tokens in texts]))
    return list(np.split(together, np.cumsum(lengths)[:-1], axis=1))


def maxsim(question: EncodedQuestion, similarities: Vectors) -> float:
    """The mean over the question's tokens, by weight, of each one's best similarity; 0 where either side has no token."""
    return float(question.weights @ similarities.max(axis=1)) if similarities.size else 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the question and the word of the source that it met: places in the question and in the article's text.

    `weight` is the pair's part in the sentence's likeness to the question.
    """

    question: Span
    source: Span
    weight: float


# Two words less alike than this have hardly anything to do with each other. By eye, on the seeds and samples.
LEAST_ALIKE = 0.4


def pairs(question: str, encoded: EncodedQuestion, meeting: Meeting, quote: str, start: int) -> tuple[Pair, ...]:
    """Which words of a question met which words of a quote that begins at `start` in its article, heaviest first.

    Tokens are pieces of words: a word meets the word that most of its weight meets. Pairs less alike than LEAST_ALIKE are left out.
    """
    own_words, their_words = _words(question, 0), _words(quote, start)
    met: dict[Span, dict[Span, float]] = {}
    weights: dict[Span, float] = {}
    for i, place, similarity in meeting.counterparts(Span(start, start + len(quote))):
        own, other = _word_at(own_words, int(encoded.spans[i][0])), _word_at(their_words, place.start)
        if own is not None and other is not None:
            weight = float(encoded.weights[i])
            others = met.setdefault(own, {})
            others[other] = others.get(other, 0.0) + weight * similarity
            weights[own] = weights.get(own, 0.0) + weight
    best = ((own, max(others.items(), key=lambda item: item[1])) for own, others in met.items())
    found = [Pair(own, other, weight) for own, (other, weight) in best if weight >= LEAST_ALIKE * weights[own]]
    return tuple(sorted(found, key=lambda pair: (-pair.weight, pair.question)))


_WORD = re.compile(r"[^\W_]+(?:['’\u0640\u064b-\u0652-][^\W_]+)*")


def _words(text: str, start: int) -> list[Span]:
    return [Span(start + match.start(), start + match.end()) for match in _WORD.finditer(text)]


def _word_at(words: Sequence[Span], place: int) -> Span | None:
    return next((word for word in words if word.start <= place < word.end), None)
