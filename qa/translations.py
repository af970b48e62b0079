"""Sentences of other languages that say what a quote says.

Candidates come from retrieval (retrieve.py). Of those a sentence, or neighbouring ones, says the same where every token of the quote meets
one of its tokens and every token of it one of the quote's: MaxSim (interaction.py) in both directions, each embedded by itself. In one
direction alone, a sentence that says more than the quote, or a quote that says more than the sentence, would pass.

On ntrex-quotes (89 quotes that are translations, 50 that are of other stories), against every sentence: both directions make no error at
0.52, the quote's tokens alone 5 at best, the sentence's alone 10, the cosine of the two 12. That 0.52 is fitted to this set: between the
least translation and the likest other lie 0.001.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from heapq import nlargest

import numpy as np

from index.embed import Embedder, EncodedQuestion, TokenEmbedder
from index.filters import Filters
from index.fold import fold_text
from index.language import language_of
from index.sentences import sentence_spans
from index.spans import Span
from index.store import Store
from index.words import words_of
from qa.retrieve import Hit, Question, analyse, retrieve

# A compromise of two sets. 200 Arabic sentences of XQuAD against its 1,176 English ones: at 0.52 and 0.54, .945 and .940 of the
# translations pass, and for .025 and .005 of the sentences one of another paragraph does (for .055 and .020 without numbers that must
# agree). On ntrex-quotes, 3 of 89 translations are below 0.53, 6 below 0.54. In a larger store more sentences are alike by chance.
_ALIKE = 0.53
# Where the likest run is less alike than this, the next ones are not compared: on ntrex-quotes it is 0.457 or more for all 89 translations,
# and for 5 of the 50 other quotes.
_NEAR = 0.45
_ALIKE_BY_VECTOR = 0.87  # cosine of the default model's vectors: 12 errors on ntrex-quotes; other models have not been measured
_PASSAGES = 8  # of each language; no measurement behind it
_COMPARED = 3  # runs of sentences that are embedded by themselves, of each quote: with 2, two of ntrex-quotes' 89 translations are lost
# A run of sentences whose tokens, as they were embedded with their passage, meet the quote's less than this is not embedded by itself. On
# ntrex-quotes all 89 translations have such a run (the least 0.337), and 39 of the 50 other quotes. With 0.35, 19 of the others, and one
# translation is lost.
_WORTH_COMPARING = 0.32
_MOST_SENTENCES = 4
_FEWEST_WORDS = 4  # shorter quotes are like too much; no measurement behind it

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Translation:
    """A run of whole sentences of an article in another language; `similarity` from 0 to 1."""

    article_id: str
    span: Span
    similarity: float


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring sentences of a passage, and how their tokens meet the quote's as they were embedded in the passage."""

    article_id: str
    span: Span
    text: str
    alike: float


def translation(store: Store, quote: str) -> Translation | None:
    """The sentence or neighbouring sentences, in any language but the quote's, that best say what the quote says; None where none does."""
    languages = list(store.catalogue.languages())
    if languages in ([], [language_of(quote)]) or len(words_of(quote)) < _FEWEST_WORDS:
        return None
    question = analyse(store, quote)
    numbers = numbers_of(quote)
    most = min(_MOST_SENTENCES, len(sentence_spans(quote)) + 1)
    runs: list[_Run] = []
    for language in languages:
        if language != question.language:
            for hit in retrieve(store, question, _PASSAGES, Filters(language=language)):
                runs += _runs(question, hit, numbers, most) if hit.meeting else _sentences(hit, numbers)
    judge = _by_tokens if question.encoded is not None else _by_vector
    return max(judge(store, question, runs), key=lambda found: (found.similarity, found.article_id, found.span), default=None)


def _runs(question: Question, hit: Hit, numbers: frozenset[str], most: int) -> Iterator[_Run]:
    """The runs of at most `most` sentences whose numbers may be the quote's."""
    assert hit.meeting is not None and question.encoded is not None
    passage, places, similarities = hit.passage, hit.meeting.spans[:, 0], hit.meeting.similarities
    inside = [similarities[:, (places >= sentence.start) & (places < sentence.end)] for sentence in passage.sentences]
    parts = [(numbers_of(_text(hit, sentence)), part) for sentence, part in zip(passage.sentences, inside, strict=True)]
    for first, sentence in enumerate(passage.sentences):
        own: frozenset[str] = frozenset()
        best = np.zeros(len(similarities), dtype=np.float32)
        total, count = 0.0, 0
        for last in range(first, min(len(parts), first + most)):
            own |= parts[last][0]
            part = parts[last][1]
            if part.shape[1]:
                best = np.maximum(best, part.max(axis=1)) if count else part.max(axis=1)
                total, count = total + float(part.max(axis=0).sum()), count + part.shape[1]
            if count and _may_agree(numbers, own):
                span = Span(sentence.start, passage.sentences[last].end)
                alike = (float(question.encoded.weights @ best) + total / count) / 2
                yield _Run(passage.article_id, span, _text(hit, span), alike)


def _sentences(hit: Hit, numbers: frozenset[str]) -> Iterator[_Run]:
    for sentence, alike in zip(hit.passage.sentences, hit.sentences, strict=True):
        text = _text(hit, sentence)
        if _may_agree(numbers, numbers_of(text)):
            yield _Run(hit.passage.article_id, sentence, text, alike)


def _text(hit: Hit, span: Span) -> str:
    start = hit.passage.span.start
    return hit.passage.text[span.start - start : span.end - start]


def _by_tokens(store: Store, question: Question, runs: Sequence[_Run]) -> Iterator[Translation]:
    assert isinstance(store.embedder, TokenEmbedder) and question.encoded is not None
    distinct = {(run.article_id, run.span): run for run in runs if run.alike >= _WORTH_COMPARING}
    compared = nlargest(_COMPARED, distinct.values(), key=lambda run: run.alike)

    def alike(run: _Run) -> float:
        assert isinstance(store.embedder, TokenEmbedder) and question.encoded is not None
        return _likeness(question.encoded, store.embedder.question(run.text))

    found = [(run, alike(run)) for run in compared[:1]]
    if found and found[0][1] >= _NEAR:
        with ThreadPoolExecutor(_COMPARED) as pool:  # the model runs one text on one core
            found += zip(compared[1:], pool.map(alike, compared[1:]), strict=True)
    return (Translation(run.article_id, run.span, min(1.0, likeness)) for run, likeness in found if likeness >= _ALIKE)


def _by_vector(_: Store, __: Question, runs: Sequence[_Run]) -> Iterator[Translation]:
    """Single sentences by their cosine."""
    return (Translation(run.article_id, run.span, min(1.0, run.alike)) for run in runs if run.alike >= _ALIKE_BY_VECTOR)


def says_the_same(embedder: Embedder, text: str, other: str) -> bool:
    """Whether one text may be the other's translation: they are as alike as is asked of a quote's, and their numbers may agree."""
    if not _may_agree(numbers_of(text), numbers_of(other)):
        return False
    if isinstance(embedder, TokenEmbedder):
        return _likeness(embedder.question(text), embedder.question(other)) >= _ALIKE
    one, two = embedder.passages([text, other])
    return float(one @ two) >= _ALIKE_BY_VECTOR


def _likeness(one: EncodedQuestion, other: EncodedQuestion) -> float:
    """MaxSim in both directions; 0 where either side has no token."""
    meetings = one.tokens @ other.tokens.T
    return float(one.weights @ meetings.max(axis=1) + other.weights @ meetings.max(axis=0)) / 2 if meetings.size else 0.0


def numbers_of(text: str) -> frozenset[str]:
    """The numbers that a text writes in digits of any script, plainly."""
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(fold_text(text)))


def _may_agree(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether the numbers of two sentences may be the same: one side may write some in words, but not others instead.

    >>> _may_agree(numbers_of("In 2016 it was 1,000"), numbers_of("٢٠١٦")), _may_agree(numbers_of("1,000 men"), numbers_of("١١٠٠"))
    (True, False)
    """
    return ours <= theirs or theirs <= ours
