"""Sentences of other languages that say what a quote says.

Candidates come from retrieval (retrieve.py); qa/support/same_meaning.py says whether a sentence, or neighbouring ones, says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from index.store.filters import Filters
from index.store.store import Store
from index.store.word_index import words_of
from index.text.language import language_of
from index.text.sentences import sentence_spans
from index.text.spans import Span
from qa.ask.question import Question, analyse
from qa.ask.retrieve import Hit, retrieve
from qa.support.same_meaning import may_agree, numbers_of

_PASSAGES = 8  # of each language; no measurement behind it
_MOST_SENTENCES = 4
_FEWEST_WORDS = 4  # shorter quotes are similar to too many sentences; no measurement behind it


@dataclass(frozen=True, slots=True)
class Translation:
    """A run of whole sentences of an article in another language; `similarity` from 0 to 1."""

    article_id: str
    span: Span
    similarity: float


@dataclass(frozen=True, slots=True)
class _SentenceRun:
    """Neighbouring sentences of a passage, and how well their tokens match the quote's as they were embedded in the passage."""

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
    runs: list[_SentenceRun] = []
    for language in languages:
        if language != question.language:
            for hit in retrieve(store, question, _PASSAGES, Filters(language=language)):
                runs += _runs(store, question, hit, numbers, most)
    distinct = list({(run.article_id, run.span): run for run in runs}.values())
    confirmed = store.likeness.confirmed(question.encoded, [(run.text, run.alike) for run in distinct])
    translations = (Translation(distinct[place].article_id, distinct[place].span, min(1.0, alike)) for place, alike in confirmed)
    return max(translations, key=lambda candidate: (candidate.similarity, candidate.article_id, candidate.span), default=None)


def _runs(store: Store, question: Question, hit: Hit, numbers: frozenset[str], most: int) -> Iterator[_SentenceRun]:
    """The runs of at most `most` sentences whose numbers may be the quote's."""
    sentences = hit.passage.sentences
    theirs = [numbers_of(_text(hit, sentence)) for sentence in sentences]
    for first, last, alike in store.likeness.runs(question.encoded, hit.passage, hit.sentences, hit.matches, most):
        if may_agree(numbers, frozenset().union(*theirs[first : last + 1])):
            span = Span(sentences[first].start, sentences[last].end)
            yield _SentenceRun(hit.passage.article_id, span, _text(hit, span), alike)


def _text(hit: Hit, span: Span) -> str:
    start = hit.passage.span.start
    return hit.passage.text[span.start - start : span.end - start]
