"""What is measured: anything that finds places for a question, and perhaps answers it. Ours, behind the same interface as baselines.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from index.spans import Span
from index.store import Store
from qa.answer import LEAST_CONFIDENCE, READ_PASSAGES, Answer, answer
from qa.check import Checker, QuoteCheck
from qa.retrieve import analyse, retrieve


@dataclass(frozen=True, slots=True)
class Place:
    """A span of an article. A baseline may claim a text that is not there: `text` is what it says."""

    article_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a system answered. `statements` holds for each statement its support and the indices of its citations in `citations`.

    `confidence` in [0, 1] is None where the system has none. `ms` are milliseconds by stage, "total" among them.
    """

    text: str
    short_answer: str | None
    abstained: bool
    confidence: float | None
    citations: tuple[Place, ...]
    statements: tuple[tuple[str, tuple[int, ...]], ...]
    ms: Mapping[str, float] = field(default_factory=dict)


class System(Protocol):
    """Finds places for questions."""

    name: str

    def search(self, question: str, count: int) -> Sequence[Place]:
        """At most `count` places, best first."""


@runtime_checkable
class AnsweringSystem(System, Protocol):
    """Answers questions as well."""

    def ask(self, question: str) -> Said:
        """What it shows."""


@runtime_checkable
class SelectiveSystem(AnsweringSystem, Protocol):
    """Keeps silent where it is not sure."""

    def would_say(self, question: str, said: Said) -> Said:
        """What it would have answered, had it not kept silent for want of confidence; `said` where that was not the reason."""


@runtime_checkable
class CheckingSystem(System, Protocol):
    """Checks quotes."""

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        """What it found."""


class OnRecord:
    """The project itself, as its commands call it. `top_k` passages are read for an answer."""

    name = "on-record"

    def __init__(self, store: Store, top_k: int = READ_PASSAGES) -> None:
        self._store, self._top_k = store, top_k
        self._checker = Checker(store)

    def search(self, question: str, count: int) -> Sequence[Place]:
        hits = retrieve(self._store, analyse(self._store, question), count)
        return [Place(hit.passage.article_id, hit.passage.span, hit.passage.text) for hit in hits]

    def ask(self, question: str) -> Said:
        return _said(answer(self._store, question, passages=self._top_k))

    def would_say(self, question: str, said: Said) -> Said:
        if not said.abstained or said.confidence is None or said.confidence >= LEAST_CONFIDENCE:
            return said
        return _said(answer(self._store, question, passages=self._top_k, least_confidence=0.0))

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        return self._checker.check(quote, claimed_speaker)


def _said(found: Answer) -> Said:
    return Said(
        found.text,
        found.short_answer,
        found.abstained,
        found.confidence,
        tuple(Place(c.article.id, c.span, c.quote) for c in found.citations),
        tuple((s.support, tuple(number - 1 for number in s.citations)) for s in found.statements),
        found.timings_ms,
    )
