"""Composes retrieval and reading into an answer: statements, each with its citations, or the plain word that the articles hold none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from index.articles import Article
from index.filters import ANY, Filters
from index.spans import Span, trim
from index.store import Store
from index.terms import is_stop, stems
from qa.about import Fact, asked_fact
from qa.attribution import Speech, attribution
from qa.interaction import Pair
from qa.read import is_fragment, read
from qa.retrieve import Hit, Question, analyse, retrieve

# Passages that are read for an answer. 4, 8 and 12 give the same figures on xquad-en, xquad-ar-on-en, squad2 and arcd, within .003; with
# more of them a sentence's reprints in other papers are cited beside it.
READ_PASSAGES = 8
# An answer is shown from this confidence on; read.py says what it was chosen by.
LEAST_CONFIDENCE = 0.5
# Passages shown as the nearest where there is no answer.
NEAREST = 3
NO_ANSWER = "The articles do not hold an answer to this, as far as can be told."
NO_PASSAGE = "No article here has anything to say to this."
# Characters: a longer line is a paragraph that a name stands in, not a byline. No measurement behind it.
_LONGEST_BYLINE = 160

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
    why: tuple[Pair, ...] = ()
    """Which words of the question met which of the quote, by late interaction; empty where the model has single vectors only."""
    speech: Speech = "narration"
    caveat: Span | None = None
    """A sentence of the article by which it qualifies what is cited ("could not verify his account")."""

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
    confidence: float | None = None
    """How surely the articles answer, in [0, 1]: None where nothing was read (a question about a byline, no passage at all)."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The statements with their markers, or the reason that there are none."""
        if self.abstained:
            return self.reason or ""
        return " ".join(f"{statement.text} {''.join(f'[{number}]' for number in statement.citations)}" for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Found:
    """What is being read for an answer: how many passages, of how many articles."""

    passages: int
    articles: int


def answer(
    store: Store, text: str, filters: Filters = ANY, passages: int = READ_PASSAGES, least_confidence: float = LEAST_CONFIDENCE
) -> Answer:
    """The answer of the store's articles to a question of any length, language and content, read in the `passages` best.

    Raises nothing but the store's and the embedder's errors: that there is no answer is a value.
    """
    *_, last = answering(store, text, filters, passages, least_confidence)
    assert isinstance(last, Answer)
    return last


def answering(
    store: Store, text: str, filters: Filters = ANY, passages: int = READ_PASSAGES, least_confidence: float = LEAST_CONFIDENCE
) -> Iterator[Found | Answer]:
    """The same in stages: what was found, then the answer. Raises as `answer` does, at any stage."""
    started = perf_counter()
    timings: dict[str, float] = {}

    def lap(stage: str) -> None:
        nonlocal started
        now = perf_counter()
        timings[stage] = 1000 * (now - started)
        started = now

    question = analyse(store, text)
    lap("embed")
    hits = retrieve(store, question, passages, filters)
    articles = store.catalogue.articles(hit.passage.article_id for hit in hits)
    hits = [hit for hit in hits if hit.passage.article_id in articles]
    lap("retrieve")
    yield Found(len(hits), len(articles))
    started = perf_counter()  # whoever was shown that took its own time
    yield _read(store, text, question, hits, articles, least_confidence, timings, lap)


def _read(
    store: Store,
    text: str,
    question: Question,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    least_confidence: float,
    timings: dict[str, float],
    lap: Callable[[str], None],
) -> Answer:
    fact = asked_fact(question.text)
    if fact is not None and hits:
        return _about(store, text, question, fact, _named_in(question, hits, articles), articles, timings, lap)
    reading = read(store, question, hits)
    lap("read")
    confidence = reading.confidence if reading.evidence else None
    if confidence is None or confidence < least_confidence:
        return _abstained(text, question.language, NO_ANSWER if hits else NO_PASSAGE, hits, articles, timings, confidence)
    citations: list[Citation] = []
    statements: list[Statement] = []
    for evidence in reading.evidence:
        first = len(citations) + 1
        for article_id, span in [(evidence.article_id, evidence.span), *evidence.reprints]:
            why = evidence.why if span == evidence.span and article_id == evidence.article_id else ()
            citations.append(_cite(store, len(citations) + 1, articles[article_id], span, evidence.score, why))
        statements.append(Statement(evidence.text, tuple(range(first, len(citations) + 1)), "verbatim"))
    found = tuple(statements), tuple(citations)
    return Answer(text, question.language, *found, reading.short_answer, False, None, confidence, _total(timings))


def _named_in(question: Question, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Sequence[Hit]:
    """The hits of the publishers that the question names; all of them where it names none."""
    asked = set(question.terms)

    def is_named(hit: Hit) -> bool:
        names = {stem for stem in stems(articles[hit.passage.article_id].publisher or "") if not is_stop(stem)}
        return bool(names & asked)

    return [hit for hit in hits if is_named(hit)] or hits


def _about(
    store: Store,
    text: str,
    question: Question,
    fact: Fact,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    timings: dict[str, float],
    lap: Callable[[str], None],
) -> Answer:
    """An answer from the byline of the article that the question is about: the line that holds the fact, cited like any other."""
    article = articles[hits[0].passage.article_id]
    place = article.places.get(fact)
    lap("read")
    if place is None:
        known = getattr(article, fact)
        reason = f"{article.title or article.id!r} does not say its {fact}." if known is None else f"By its record, not its text: {known}."
        return _abstained(text, question.language, reason, hits, articles, timings)
    line = trim(article.text, Span(article.text.rfind("\n", 0, place.start) + 1, _line_end(article.text, place.end)))
    span = line if len(line) <= _LONGEST_BYLINE else place
    citation = _cite(store, 1, article, span, hits[0].score)
    statement = Statement(citation.quote, (1,), "verbatim")
    return Answer(text, question.language, (statement,), (citation,), place.of(article.text), False, None, None, _total(timings))


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _abstained(
    text: str,
    language: str,
    reason: str,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    timings: dict[str, float],
    confidence: float | None = None,
) -> Answer:
    telling = [hit for hit in hits if not is_fragment(hit.passage.text)] or hits
    nearest = (
        Citation(number, articles[hit.passage.article_id], hit.passage.span, hit.passage.text, None, hit.score)
        for number, hit in enumerate(telling[:NEAREST], start=1)
    )
    return Answer(text, language, (), tuple(nearest), None, True, reason, confidence, _total(timings))


def _cite(store: Store, number: int, article: Article, span: Span, score: float, why: tuple[Pair, ...] = ()) -> Citation:
    said = attribution(article, store.catalogue.quotations([article.id]).get(article.id, ()), span)
    return Citation(number, article, span, span.of(article.text), said.speaker, score, why, said.speech, said.caveat)


def credit(citation: Citation) -> str | None:
    """Who is said to say what is cited, in a line for readers: None where the paper itself says it.

    "Abu Shujar, quoted by McClatchy, 2015"
    """
    if citation.speech == "narration":
        return None
    article = citation.article
    verb = "quoted by" if citation.speech == "direct" else "as reported by"
    where = f"{verb} {article.publisher or 'a paper not named'}"
    return ", ".join(part for part in (citation.speaker or "somebody not named", where, (article.date or "")[:4]) if part)


def _total(timings: dict[str, float]) -> dict[str, float]:
    return {**timings, "total": sum(timings.values())}


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer in the form that other programs rely on."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
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
                "speech": c.speech,
                "caveat": c.caveat and {"start": c.caveat.start, "end": c.caveat.end, "text": c.caveat.of(c.article.text)},
                "score": c.score,
                "why": [
                    {
                        "question": pair.question.of(answer.question),
                        "source": pair.source.of(c.article.text),
                        "start": pair.source.start,
                        "end": pair.source.end,
                        "weight": round(pair.weight, 4),
                    }
                    for pair in c.why
                ],
            }
            for c in answer.citations
        ],
        "timings_ms": {stage: round(ms, 2) for stage, ms in answer.timings_ms.items()},
    }
