"""What is measured: anything that finds places for a question, and perhaps answers it. Ours, behind the same interface as baselines.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from index.errors import ModelError
from index.spans import Span
from index.store import Store
from qa.answer import LEAST_CONFIDENCE, READ_PASSAGES, Answer, answer
from qa.check import Checker, QuoteCheck
from qa.retrieve import analyse, retrieve
from qa.write import Writer


@dataclass(frozen=True, slots=True)
class Place:
    """A span of an article. A baseline may claim a text that is not there: `text` is what it says."""

    article_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a system answered. `statements` holds for each statement its support and the indices of its citations in `citations`.

    `confidence` in [0, 1] is None where the system has none. `ms` are milliseconds by stage, "total" among them. `struck` is how many
    statements a model wrote that are not borne out, and so are not among the others: None where no model wrote.
    """

    text: str
    short_answer: str | None
    abstained: bool
    confidence: float | None
    citations: tuple[Place, ...]
    statements: tuple[tuple[str, tuple[int, ...]], ...]
    ms: Mapping[str, float] = field(default_factory=dict)
    struck: int | None = None


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


class _Asked:
    """The project itself, as `ask` and `search` call it. `top_k` passages are read for an answer."""

    def __init__(self, store: Store, name: str, top_k: int, writer: Writer | None) -> None:
        self.name = name
        self._store, self._top_k, self._writer = store, top_k, writer

    def search(self, question: str, count: int) -> Sequence[Place]:
        hits = retrieve(self._store, analyse(self._store, question), count)
        return [Place(hit.passage.article_id, hit.passage.span, hit.passage.text) for hit in hits]

    def ask(self, question: str) -> Said:
        """Raises ModelError where a model was to write and could not."""
        found = answer(self._store, question, passages=self._top_k, writer=self._writer)
        if found.notice is not None:
            raise ModelError(found.notice)
        return _said(found)

    def would_say(self, question: str, said: Said) -> Said:
        """In the articles' own words: no model is asked where the articles are not thought to answer."""
        if not said.abstained or said.confidence is None or said.confidence >= LEAST_CONFIDENCE:
            return said
        return _said(answer(self._store, question, passages=self._top_k, least_confidence=0.0))


class OnRecord(_Asked):
    """The project without a language model, checks of quotes as well."""

    def __init__(self, store: Store, top_k: int = READ_PASSAGES) -> None:
        super().__init__(store, "on-record", top_k, None)
        self._checker = Checker(store)

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        return self._checker.check(quote, claimed_speaker)


class Written(_Asked):
    """The project with a language model that writes its answers."""

    def __init__(self, store: Store, writer: Writer, top_k: int = READ_PASSAGES) -> None:
        super().__init__(store, f"on-record+{writer.model.name}", top_k, writer)


def _said(found: Answer) -> Said:
    return Said(
        found.text,
        found.short_answer,
        found.abstained,
        found.confidence,
        tuple(Place(c.article.id, c.span, c.quote) for c in found.citations),
        tuple((s.support, tuple(number - 1 for number in s.citations)) for s in found.statements),
        dict(_ms(found.timings_ms)),
        None if found.written_by is None else len(found.struck),
    )


def _ms(stages: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """The stages; for the first written statement when it was there, since the question."""
    since = 0.0
    for stage, ms in stages.items():
        since += ms
        if stage == "first_statement":
            yield stage, since
        else:
            yield stage, ms + (stages.get("first_statement", 0.0) if stage == "write" else 0.0)
