"""How similar texts are, by their embeddings, in one of two ways: chosen once, when a store opens.

LateInteraction   for a model with a vector a token: MaxSim (late_interaction.py)
SingleVectors     for a model with a vector a text: the cosines of passages, and of sentences embedded by themselves

Callers compare texts by the store's `likeness` and need not know the kind of model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from heapq import nlargest
from typing import Protocol

import numpy as np

from index.articles import Article
from index.embedding.calibration import calibration
from index.embedding.embed import Embedder, Encoded, EncodedQuestion, TokenEmbedder, Vectors
from index.store.catalogue import Catalogue
from index.store.late_interaction import NO_MATCHES, TokenMatches, match_tokens, maxsim, maxsim_both_ways
from index.store.passages import Passage, title_above, unit_id
from index.store.tokens import TokenIndex
from index.store.vectors import VectorKind
from index.text.spans import Span

# Candidates whose tokens are compared with a question's: reading and comparing them is what a question costs most.
_RERANKED = 100
# Texts that are embedded by themselves, of each quote: with 2, two of ntrex-quotes' 89 translations are lost.
_EMBEDDED_AGAIN = 3
_DIGITS = 6  # of cosines, so that equal passages stay equal in whatever order numpy adds up


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage before its text is read, with its article's language and title; `score` by words and names alone."""

    id: str
    article_id: str
    span: Span
    language: str
    title: str | None
    score: float
    cosine: float
    lexical: float
    names: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate that was compared with the question.

    `score` is the candidate's score plus its likeness to the question; `sentences` the likeness of each of the passage's sentences, less
    the same-language penalty. `matches` are without tokens where the model has none.
    """

    candidate: Candidate
    passage: Passage
    score: float
    cosine: float
    sentences: tuple[float, ...]
    matches: TokenMatches


class Likeness(Protocol):
    """A way to compare texts."""

    @property
    def kinds(self) -> tuple[VectorKind, ...]:
        """The kinds of units that have vectors in Chroma."""

    @property
    def most_candidates(self) -> int | None:
        """How many candidates `rank` should be given at most, so that a question stays fast; None: any number."""

    def fitted(self, table: str) -> Mapping[str, float]:
        """The thresholds and weights of a table of the model's calibration."""

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """What the model makes of passages. Raises EmbedderError."""

    def question(self, text: str) -> EncodedQuestion:
        """What the model makes of a question. Raises EmbedderError."""

    def rank(
        self,
        catalogue: Catalogue,
        tokens: TokenIndex,
        question: EncodedQuestion,
        language: str,
        candidates: Sequence[Candidate],
        count: int,
    ) -> list[Ranked]:
        """The `count` best candidates, best first, for a question in that language; equal scores keep one order in every run."""

    def sentence_vectors(self, tokens: TokenIndex, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
        """Each sentence of an article's passages once, with its vector of shape (dimensions,) and its weight; one without either is left
        out. Vectors of neighbouring sentences add up to that of both."""

    def runs(
        self, question: EncodedQuestion, passage: Passage, sentences: Sequence[float], matches: TokenMatches, most: int
    ) -> Iterator[tuple[int, int, float]]:
        """Runs of at most `most` neighbouring sentences of a passage that may say what the question says: indexes of the first and last,
        and the likeness. `sentences` and `matches` as in Ranked."""

    def confirmed(self, question: EncodedQuestion, runs: Sequence[tuple[str, float]]) -> Iterator[tuple[int, float]]:
        """Which of these runs say what the question says: index and likeness; the text is embedded by itself where that is more reliable. A
        run is its text and its likeness as `runs` gives it."""

    def is_same(self, text: str, other: str) -> bool:
        """Whether two texts say the same, in whatever languages."""

    def aligned(self, text: str, others: Sequence[str]) -> tuple[EncodedQuestion, list[TokenMatches]] | None:
        """A text's tokens, and their matches in each of the others, the spans being of these; None where the model has no tokens."""


class LateInteraction:
    """Compares texts by their tokens.

    A passage's likeness to a question is MaxSim and part of the cosine, less what the model adds where both are in one language. A
    sentence's vector is the sum of its tokens', and its weight their number.
    """

    kinds: tuple[VectorKind, ...] = ("passages",)
    most_candidates = _RERANKED

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self._calibration = calibration(embedder.name, "late_interaction")

    def fitted(self, table: str) -> Mapping[str, float]:
        return self._calibration[table]

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        return self._embedder.encode(texts)

    def question(self, text: str) -> EncodedQuestion:
        return self._embedder.question(text)

    def rank(
        self,
        catalogue: Catalogue,
        tokens: TokenIndex,
        question: EncodedQuestion,
        language: str,
        candidates: Sequence[Candidate],
        count: int,
    ) -> list[Ranked]:
        stored = tokens.tokens([candidate.id for candidate in candidates])
        # Tokens are missing only while another process removes the article, which may then be left out.
        present = [candidate for candidate in candidates if candidate.id in stored]
        similarities = match_tokens(self._embedder, question, [stored[candidate.id] for candidate in present])
        by_id = {candidate.id: similarity for candidate, similarity in zip(present, similarities, strict=True)}
        weight = self.fitted("retrieve")["cosine_weight"]
        scored = [
            (
                candidate.score
                + weight * candidate.cosine
                + maxsim(question, by_id[candidate.id])
                - _same_language_penalty(self, candidate, language),
                candidate,
            )
            for candidate in present
        ]
        best = _best(scored, count)
        passages = catalogue.passages(candidate.id for _, candidate in best)
        ranked: list[Ranked] = []
        for score, candidate in best:
            passage = passages.get(candidate.id)
            if passage is not None:
                title = title_above(candidate.title, passage.text)
                spans = stored[candidate.id].spans.astype(np.int64) + (candidate.span.start - len(title))
                matches = TokenMatches(by_id[candidate.id], spans)
                penalty = _same_language_penalty(self, candidate, language)
                sentences = tuple(float(question.weights @ matches.best(span)) - penalty for span in passage.sentences)
                ranked.append(Ranked(candidate, passage, score, candidate.cosine, sentences, matches))
        return ranked

    def sentence_vectors(self, tokens: TokenIndex, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
        stored = tokens.tokens([passage.id for passage in passages])
        seen: set[Span] = set()
        for passage in passages:
            if passage.id in stored and len(stored[passage.id].vectors):
                encoded = stored[passage.id]
                starts = encoded.spans[:, 0].astype(np.int64) + passage.span.start - len(title_above(article.title, passage.text))
                vectors = self._embedder.decoded(encoded.vectors)
                for sentence in passage.sentences:
                    first, end = np.searchsorted(starts, (sentence.start, sentence.end))
                    if sentence not in seen and first < end:  # a sentence may stand in two passages
                        yield sentence, vectors[first:end].sum(axis=0), float(end - first)
                    seen.add(sentence)

    def runs(
        self, question: EncodedQuestion, passage: Passage, sentences: Sequence[float], matches: TokenMatches, most: int
    ) -> Iterator[tuple[int, int, float]]:
        worth_comparing = self.fitted("translations")["worth_comparing"]
        parts = [matches.similarities[:, matches.within(sentence)] for sentence in passage.sentences]
        for first in range(len(parts)):
            best = np.zeros(len(matches.similarities), dtype=np.float32)
            total, count = 0.0, 0
            for last in range(first, min(len(parts), first + most)):
                part = parts[last]
                if part.shape[1]:
                    best = np.maximum(best, part.max(axis=1)) if count else part.max(axis=1)
                    total, count = total + float(part.max(axis=0).sum()), count + part.shape[1]
                if count:
                    alike = (float(question.weights @ best) + total / count) / 2
                    if alike >= worth_comparing:
                        yield first, last, alike

    def confirmed(self, question: EncodedQuestion, runs: Sequence[tuple[str, float]]) -> Iterator[tuple[int, float]]:
        thresholds = self.fitted("translations")
        compared = nlargest(_EMBEDDED_AGAIN, range(len(runs)), key=lambda run: runs[run][1])

        def alike(run: int) -> float:
            return maxsim_both_ways(question, self._embedder.question(runs[run][0]))

        likenesses = [(run, alike(run)) for run in compared[:1]]
        if likenesses and likenesses[0][1] >= thresholds["near"]:
            with ThreadPoolExecutor(_EMBEDDED_AGAIN) as pool:  # the model runs one text on one core
                likenesses += zip(compared[1:], pool.map(alike, compared[1:]), strict=True)
        return ((run, likeness) for run, likeness in likenesses if likeness >= thresholds["alike"])

    def is_same(self, text: str, other: str) -> bool:
        return maxsim_both_ways(self.question(text), self.question(other)) >= self.fitted("translations")["alike"]

    def aligned(self, text: str, others: Sequence[str]) -> tuple[EncodedQuestion, list[TokenMatches]] | None:
        question = self.question(text)
        encoded = self.encode(others)
        return question, [
            TokenMatches(self._embedder.compare(question.tokens, each.tokens), each.spans.astype(np.int64)) for each in encoded
        ]


class SingleVectors:
    """Compares texts by their vectors.

    A passage's likeness to a question is the mean of its cosine and its best sentence's, both less what the model adds where the text is in
    the question's language. A sentence's vector is its embedding times its length, and its weight its length.
    """

    kinds: tuple[VectorKind, ...] = ("passages", "sentences")
    most_candidates = None

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._calibration = calibration(embedder.name, "single_vectors")

    def fitted(self, table: str) -> Mapping[str, float]:
        return self._calibration[table]

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        none = np.empty((0, 2), dtype=np.uint32), np.empty((0, 0), dtype=np.int8)
        return [Encoded(vector, *none) for vector in (self._embedder.passages(texts) if texts else ())]

    def question(self, text: str) -> EncodedQuestion:
        (vector,) = self._embedder.questions([text])
        none = np.empty((0, 0), dtype=np.float32)
        return EncodedQuestion(vector, np.empty((0, 2), dtype=np.uint32), none, np.empty(0, dtype=np.float32))

    def rank(
        self,
        catalogue: Catalogue,
        tokens: TokenIndex,
        question: EncodedQuestion,
        language: str,
        candidates: Sequence[Candidate],
        count: int,
    ) -> list[Ranked]:
        passages = catalogue.passages(candidate.id for candidate in candidates)
        units = {unit_id(passage.article_id, span) for passage in passages.values() for span in passage.sentences}
        cosines = cosines_of(tokens.vectors_of(list(units)), question.vector)
        sentences = {
            candidate.id: tuple(
                cosines.get(unit_id(candidate.article_id, span), 0.0) - _same_language_penalty(self, candidate, language)
                for span in passages[candidate.id].sentences
            )
            for candidate in candidates
            if candidate.id in passages
        }
        passage_cosines = {candidate.id: candidate.cosine - _same_language_penalty(self, candidate, language) for candidate in candidates}
        scored = [
            (
                candidate.score + (passage_cosines[candidate.id] + max(sentences[candidate.id], default=passage_cosines[candidate.id])) / 2,
                candidate,
            )
            for candidate in candidates
            if candidate.id in sentences
        ]
        return [
            Ranked(candidate, passages[candidate.id], score, passage_cosines[candidate.id], sentences[candidate.id], NO_MATCHES)
            for score, candidate in _best(scored, count)
        ]

    def sentence_vectors(self, tokens: TokenIndex, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
        sentences = dict.fromkeys(sentence for passage in passages for sentence in passage.sentences)
        vectors = tokens.vectors_of([unit_id(article.id, sentence) for sentence in sentences])
        for sentence in sentences:
            if unit_id(article.id, sentence) in vectors:
                yield sentence, vectors[unit_id(article.id, sentence)] * len(sentence), float(len(sentence))

    def runs(
        self, question: EncodedQuestion, passage: Passage, sentences: Sequence[float], matches: TokenMatches, most: int
    ) -> Iterator[tuple[int, int, float]]:
        """Single sentences: only these have vectors."""
        return ((place, place, alike) for place, alike in enumerate(sentences))

    def confirmed(self, question: EncodedQuestion, runs: Sequence[tuple[str, float]]) -> Iterator[tuple[int, float]]:
        threshold = self.fitted("translations")["alike"]
        return ((place, alike) for place, (_, alike) in enumerate(runs) if alike >= threshold)

    def is_same(self, text: str, other: str) -> bool:
        first, second = self._embedder.passages([text, other])
        return float(first @ second) >= self.fitted("translations")["alike"]

    def aligned(self, text: str, others: Sequence[str]) -> tuple[EncodedQuestion, list[TokenMatches]] | None:
        return None


def _same_language_penalty(likeness: Likeness, candidate: Candidate, language: str) -> float:
    """What a model adds to a text that is in the question's own language."""
    return likeness.fitted("retrieve")["same_language"] if candidate.language == language else 0.0


def likeness_of(embedder: Embedder) -> Likeness:
    """The way to compare texts that a model allows."""
    return LateInteraction(embedder) if isinstance(embedder, TokenEmbedder) else SingleVectors(embedder)


def cosines_of(vectors: Mapping[str, Vectors], question: Vectors) -> dict[str, float]:
    """Id to cosine with a question of shape (dimensions,), for vectors by id."""
    if not vectors:
        return {}
    products = np.round(np.stack(list(vectors.values())) @ question, _DIGITS)
    return dict(zip(vectors, products.tolist(), strict=True))


def _best(scored: Sequence[tuple[float, Candidate]], count: int) -> list[tuple[float, Candidate]]:
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].article_id, pair[1].span))[:count]
