"""What is measured: anything that finds places for a question, and perhaps answers it. Ours, behind the same interface as baselines.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from index.errors import ModelError
from index.store.store import Store
from index.text.spans import Span
from qa.answer import LEAST_CONFIDENCE, READ_PASSAGES, answer
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.ask.types import Answer
from qa.export.wording import answer_text, notice_line
from qa.quotes.check import Checker, QuoteCheck
from qa.reader.reader import Reader
from qa.writing.write import Writer


@dataclass(frozen=True, slots=True)
class RetrievedPlace:
    """A span of an article. A baseline may claim a text that is not there: `text` is what it says."""

    article_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """What a system answered. `statements` holds for each statement its support and the indices of its citations in `citations`.

    `confidence` in [0, 1] is None where the system has none. `ms` are milliseconds by stage, "total" among them. `struck` is how many
    unsupported statements a model wrote, which are not among the others: None where no model wrote.
    """

    text: str
    short_answer: str | None
    abstained: bool
    confidence: float | None
    citations: tuple[RetrievedPlace, ...]
    statements: tuple[tuple[str, tuple[int, ...]], ...]
    ms: Mapping[str, float] = field(default_factory=dict)
    struck: int | None = None
    kind: str | None = None
    """What the question was taken to ask for; None where the system does not tell kinds apart."""


class System(Protocol):
    """Finds places for questions."""

    name: str

    def search(self, question: str, count: int) -> Sequence[RetrievedPlace]:
        """At most `count` places, best first."""


@runtime_checkable
class AnsweringSystem(System, Protocol):
    """Answers questions as well."""

    def ask(self, question: str) -> SystemAnswer:
        """What it shows."""


@runtime_checkable
class SelectiveSystem(AnsweringSystem, Protocol):
    """Abstains where its confidence is low."""

    def would_say(self, question: str, said: SystemAnswer) -> SystemAnswer:
        """The answer that was withheld for low confidence; `said` where that was not the reason."""


@runtime_checkable
class CheckingSystem(System, Protocol):
    """Checks quotes."""

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        """What it found."""


class _AskedSystem:
    """The project itself, as `ask` and `search` call it. `top_k` passages are read for an answer."""

    def __init__(self, store: Store, name: str, top_k: int, writer: Writer | None, reader: Reader | None) -> None:
        self.name = name
        self._store, self._top_k, self._writer, self._reader = store, top_k, writer, reader

    def search(self, question: str, count: int) -> Sequence[RetrievedPlace]:
        hits = retrieve(self._store, analyse(self._store, question), count)
        return [RetrievedPlace(hit.passage.article_id, hit.passage.span, hit.passage.text) for hit in hits]

    def ask(self, question: str) -> SystemAnswer:
        """Raises ModelError where a model was to write and could not."""
        answered = answer(self._store, question, passages=self._top_k, writer=self._writer, reader=self._reader)
        if answered.notice is not None:
            raise ModelError(notice_line(answered.notice))
        return _said(answered)

    def would_say(self, question: str, said: SystemAnswer) -> SystemAnswer:
        """In the articles' own words: no model is asked where the articles are not thought to answer."""
        if not said.abstained or said.confidence is None or said.confidence >= LEAST_CONFIDENCE:
            return said
        return _said(answer(self._store, question, passages=self._top_k, least_confidence=0.0, reader=self._reader))


class OnRecord(_AskedSystem):
    """The project without a language model, checks of quotes as well."""

    def __init__(self, store: Store, top_k: int = READ_PASSAGES, reader: Reader | None = None) -> None:
        super().__init__(store, "on-record", top_k, None, reader)
        self._checker = Checker(store)

    def check(self, quote: str, claimed_speaker: str | None) -> QuoteCheck:
        return self._checker.check(quote, claimed_speaker)


class OnRecordWriting(_AskedSystem):
    """The project with a language model that writes its answers."""

    def __init__(self, store: Store, writer: Writer, top_k: int = READ_PASSAGES, reader: Reader | None = None) -> None:
        super().__init__(store, f"on-record+{writer.model.name}", top_k, writer, reader)


def _said(answered: Answer) -> SystemAnswer:
    return SystemAnswer(
        answer_text(answered),
        answered.short_answer,
        answered.abstained,
        answered.confidence,
        tuple(RetrievedPlace(c.article.id, c.span, c.quote) for c in answered.citations),
        tuple((s.support, tuple(number - 1 for number in s.citations)) for s in answered.statements),
        dict(_ms(answered.timings_ms)),
        None if answered.written_by is None else len(answered.struck),
        answered.kind,
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
