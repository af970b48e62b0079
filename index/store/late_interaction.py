"""Late interaction: every token of a question is matched with the most similar token of a text (MaxSim; Khattab and Zaharia 2020,
"ColBERT").

The same matches rank passages, find the sentence that answers, and explain a citation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embedding.embed import EncodedQuestion, TokenEmbedder, Vectors
from index.store.tokens import Tokens
from index.text.spans import Span


@dataclass(frozen=True, slots=True)
class TokenMatches:
    """How similar a question's tokens are to a passage's.

    `similarities` has shape (question tokens, passage tokens); `spans` shape (passage tokens, 2), in code points of the article, and lies
    before its beginning for the tokens of a title that was embedded above the passage.
    """

    similarities: Vectors
    spans: npt.NDArray[np.int64]

    def best(self, span: Span) -> Vectors:
        """Shape (question tokens,): each one's similarity to its best match among the tokens within a span, 0 where there is none."""
        inside = self.similarities[:, self.within(span)]
        return inside.max(axis=1) if inside.shape[1] else np.zeros(len(inside), dtype=np.float32)

    def counterparts(self, span: Span) -> list[tuple[int, Span, float]]:
        """For each of the question's tokens its index, its best match's place within a span, and their similarity."""
        places = np.flatnonzero(self.within(span))
        if not len(places):
            return []
        inside = self.similarities[:, places]
        best = inside.argmax(axis=1)
        return [
            (i, Span(int(start), int(end)), float(inside[i, best[i]])) for i, (start, end) in enumerate(self.spans[places[best]].tolist())
        ]

    def within(self, span: Span) -> npt.NDArray[np.bool_]:
        """Which of the passage's tokens begin within a span, of shape (passage tokens,)."""
        return np.asarray((self.spans[:, 0] >= span.start) & (self.spans[:, 0] < span.end))


NO_MATCHES = TokenMatches(np.empty((0, 0), dtype=np.float32), np.empty((0, 2), dtype=np.int64))


def match_tokens(embedder: TokenEmbedder, question: EncodedQuestion, texts: Sequence[Tokens]) -> list[Vectors]:
    """The similarities of a question's tokens with each text's, shape (question tokens, tokens of the text)."""
    if not texts:
        return []
    lengths = np.array([len(tokens.vectors) for tokens in texts])
    together = embedder.compare(question.tokens, np.concatenate([tokens.vectors for tokens in texts]))
    return list(np.split(together, np.cumsum(lengths)[:-1], axis=1))


def maxsim(question: EncodedQuestion, similarities: Vectors) -> float:
    """The mean over the question's tokens, by weight, of each one's best similarity; 0 where either side has no token."""
    return float(question.weights @ similarities.max(axis=1)) if similarities.size else 0.0


def maxsim_both_ways(first: EncodedQuestion, second: EncodedQuestion) -> float:
    """The mean of MaxSim in both directions; 0 where either side has no token."""
    similarities = first.tokens @ second.tokens.T
    return float(first.weights @ similarities.max(axis=1) + second.weights @ similarities.max(axis=0)) / 2 if similarities.size else 0.0
