"""Composes retrieval and reading into an answer: statements, each with its citations, or the plain word that the articles hold none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from index.articles import Article
from index.filters import ANY, Filters
from index.spans import Span
from index.store import Store
from qa.read import Reading, read
from qa.retrieve import analyse, retrieve

# Passages that are read for an answer.
READ_PASSAGES = 8
# Passages shown as the nearest where there is no answer.
NEAREST = 3

Support = Literal["verbatim", "supported", "unsupported"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of an article that carries a statement: `article.text[span.start:span.end] == quote`, checked when it is made."""

    number: int
    article: Article
    span: Span
    quote: str
    speaker: str | None
    score: float

    def __post_init__(self) -> None:
        if self.span.of(self.article.text) != self.quote:
            raise AssertionError(f"{self.article.id!r} does not hold the quote at {self.span}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer and the numbers of the citations that carry it."""

    text: str
    citations: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. Where `abstained`, there are no statements, `reason` says why, and `citations` are the nearest passages."""

    question: str
    language: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    short_answer: str | None
    abstained: bool
    reason: str | None
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The statements with their markers, or the reason that there are none."""
        if self.abstained:
            return self.reason or ""
        return " ".join(f"{statement.text} {''.join(f'[{number}]' for number in statement.citations)}" for statement in self.statements)


def answer(store: Store, text: str, filters: Filters = ANY) -> Answer:
    """The answer of the store's articles to a question of any length, language and content.

    Raises nothing but the store's and the embedder's errors: that there is no answer is a value.
    """
    started = perf_counter()
    timings: dict[str, float] = {}

    def lap(stage: str) -> None:
        nonlocal started
        now = perf_counter()
        timings[stage] = 1000 * (now - started)
        started = now

    question = analyse(store, text)
    lap("embed")
    hits = retrieve(store, question, READ_PASSAGES, filters)
    articles = store.catalogue.articles(hit.passage.article_id for hit in hits)
    hits = [hit for hit in hits if hit.passage.article_id in articles]
    lap("retrieve")
    reading = read(store, question, hits, {id: article.text for id, article in articles.items()})
    lap("read")
    timings["total"] = sum(timings.values())
    return _cited(text, question.language, reading, articles, timings)


def _cited(text: str, language: str, reading: Reading, articles: Mapping[str, Article], timings: Mapping[str, float]) -> Answer:
    citations: list[Citation] = []
    statements: list[Statement] = []
    for evidence in reading.evidence:
        numbers = []
        for article_id, span in [(evidence.article_id, evidence.span), *evidence.reprints]:
            article = articles[article_id]
            citations.append(Citation(len(citations) + 1, article, span, span.of(article.text), None, evidence.score))
            numbers.append(len(citations))
        statements.append(Statement(evidence.text, tuple(numbers), "verbatim"))
    return Answer(text, language, tuple(statements), tuple(citations), reading.short_answer, False, None, timings)


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer in the form that other programs rely on."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "statements": [{"text": s.text, "citations": list(s.citations), "support": s.support} for s in answer.statements],
        "citations": [
            {
                "number": c.number,
                "article": c.article.id,
                **{name: getattr(c.article, name) for name in ("title", "publisher", "author", "date", "language", "url")},
                "start": c.span.start,
                "end": c.span.end,
                "quote": c.quote,
                "speaker": c.speaker,
                "score": c.score,
            }
            for c in answer.citations
        ],
        "timings_ms": {stage: round(ms, 2) for stage, ms in answer.timings_ms.items()},
    }
