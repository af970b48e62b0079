"""Composes retrieval, reading, citing and writing into an answer: statements with citations, or an abstention with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from index.articles import Article
from index.store.filters import ANY, Filters
from index.store.store import Store
from index.text.terms import is_stop, stems
from qa.ask.about import Fact
from qa.ask.cite import CitedStatements, Stories, cite_byline, cite_nearest
from qa.ask.question import Question, analyse
from qa.ask.read import read
from qa.ask.retrieve import Hit, retrieve
from qa.ask.sources import Print, sources
from qa.ask.types import Answer, Reason, ReasonCode, Retrieved, Statement, Writing
from qa.reader.reader import Reader
from qa.reader.readers import load_reader
from qa.writing.compose import compose
from qa.writing.write import Writer

# Passages that are retrieved for an answer: the best are read (read.py), and an abstention cites the nearest.
READ_PASSAGES = 8
# The program abstains below this confidence: docs/evaluation.md says what others would cost.
LEAST_CONFIDENCE = 0.3
# The limits of what a language model is given: tokens of the sentences that may answer, and words of these and of differing sentences of
# other articles. A model of 1.5B on two cores reads 150 tokens a second.
_NEAR_TOKENS = 200
_GIVEN_WORDS = 1000
_NOT_STATED: Mapping[Fact, ReasonCode] = {"author": "author_not_stated", "publisher": "publisher_not_stated", "date": "date_not_stated"}


def answer(
    store: Store,
    text: str,
    filters: Filters = ANY,
    passages: int = READ_PASSAGES,
    least_confidence: float = LEAST_CONFIDENCE,
    writer: Writer | None = None,
    reader: Reader | None = None,
) -> Answer:
    """Answers a question of any length, language and content from the `passages` best passages of a store, read by the default reader
    unless another is given.

    The statements quote the articles, or are written by a language model from them. Raises the store's and the embedder's errors only: an
    abstention is a value, and so is a failure of the language model.
    """
    *_, last = answering(store, text, filters, passages, least_confidence, writer, reader)
    assert isinstance(last, Answer)
    return last


def answering(
    store: Store,
    text: str,
    filters: Filters = ANY,
    passages: int = READ_PASSAGES,
    least_confidence: float = LEAST_CONFIDENCE,
    writer: Writer | None = None,
    reader: Reader | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Retrieved | Writing | Answer]:
    """The same in stages: what was retrieved; if a model writes, the partial answer after each statement; the answer.

    Raises as `answer` does. From the first `Writing` on the store is not accessed. As soon as `is_wanted` returns False, writing stops and
    the answer quotes the articles.
    """
    clock = _Clock()
    question = analyse(store, text)
    clock.lap("embed")
    hits = retrieve(store, question, passages, filters)
    articles = store.catalogue.articles(hit.passage.article_id for hit in hits)
    hits = [hit for hit in hits if hit.passage.article_id in articles]
    clock.lap("retrieve")
    yield Retrieved(len(hits), len(articles))
    clock.restart()  # the time that the caller took to draw it does not count
    if question.fact is not None and hits:
        answered = _from_byline(store, question, question.fact, _of_named_publishers(question, hits, articles), articles)
        clock.lap("read")
        yield replace(answered, timings_ms=clock.total())
        return
    reading = read(reader or load_reader(), question, hits, articles, _NEAR_TOKENS if writer else 0)
    clock.lap("read")
    confidence = reading.confidence if reading.evidence else None
    if confidence is None or confidence < least_confidence:
        abstention = _abstention(question, Reason("no_answer" if hits else "no_passage"), hits, articles, confidence)
        yield replace(abstention, timings_ms=clock.total())
        return
    stories = Stories(store, articles, (candidate.article_id for candidate in (*reading.evidence, *reading.near)), filters == ANY)
    cited = CitedStatements(stories)
    cited.add(reading.evidence)
    answered = Answer(
        question.asked,
        question.language,
        tuple(cited.statements),
        tuple(cited.citations),
        reading.short_answer,
        False,
        None,
        confidence,
        clock.ms,
        sources(cited.printed),
        tuple(cited.disagreements),
        answer_type=question.answer_type,
        likely_answer=reading.likely_answer,
    )
    if writer is None:
        clock.lap("sources")
    else:
        given = CitedStatements(stories, _GIVEN_WORDS)
        given.add(reading.near)
        clock.lap("sources")
        abstention = _abstention(question, Reason("unsupported"), hits, articles, confidence)
        answered = yield from compose(writer, store.embedder, question, answered, abstention, given, clock.lap, is_wanted)
    yield replace(answered, timings_ms=clock.total())


class _Clock:
    """Milliseconds by stage, in `ms`. A stage starts at the end of the previous one."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self.restart()

    def restart(self) -> None:
        self._started = perf_counter()

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self.ms[stage] = 1000 * (now - self._started)
        self._started = now

    def total(self) -> dict[str, float]:
        return {**self.ms, "total": sum(self.ms.values())}


def _of_named_publishers(question: Question, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Sequence[Hit]:
    """The hits from publishers that the question names; all hits if it names none."""
    asked = set(question.terms)

    def is_named(hit: Hit) -> bool:
        names = {stem for stem in stems(articles[hit.passage.article_id].publisher or "") if not is_stop(stem)}
        return bool(names & asked)

    return [hit for hit in hits if is_named(hit)] or hits


def _from_byline(store: Store, question: Question, fact: Fact, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Answer:
    """An answer from the metadata of the best article: cites the line that states it, or abstains."""
    article = articles[hits[0].passage.article_id]
    citation = cite_byline(store, article, fact, hits[0].score)
    if citation is None:
        recorded = getattr(article, fact)
        reason = Reason(_NOT_STATED[fact], article.title or article.id) if recorded is None else Reason("only_recorded", value=recorded)
        return _abstention(question, reason, hits, articles)
    statement = Statement(citation.quote, (1,), "verbatim")
    return Answer(
        question.asked,
        question.language,
        (statement,),
        (citation,),
        article.places[fact].of(article.text),
        False,
        None,
        sources=sources([((1,), [Print(article, citation.span)])]),
        answer_type=question.answer_type,
    )


def _abstention(
    question: Question, reason: Reason, hits: Sequence[Hit], articles: Mapping[str, Article], confidence: float | None = None
) -> Answer:
    nearest = cite_nearest(hits, articles)
    return Answer(question.asked, question.language, (), nearest, None, True, reason, confidence, answer_type=question.answer_type)
