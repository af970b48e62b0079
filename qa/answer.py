"""Composes retrieval, reading, citing and writing into an answer: statements with citations, or an abstention with its reason."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from index.articles import Article
from index.store.filters import ANY, Filters
from index.store.store import Store
from index.text.names import name_keys
from index.text.terms import is_stop, stems, terms
from qa.ask.about import Fact
from qa.ask.cite import CitedStatements, Stories, cite_byline, cite_nearest
from qa.ask.parts import parts_of
from qa.ask.question import LONGEST_QUESTION, Question, analyse
from qa.ask.read import MORE_LIKELY, MOST_STATEMENTS, SHOWN_IN_LARGE, Reading, read
from qa.ask.retrieve import Hit, retrieve
from qa.ask.sources import Print, sources
from qa.ask.spelling import respelt
from qa.ask.types import Answer, Citation, Reason, ReasonCode, Retrieved, Statement, Writing
from qa.kinds.assembled import Assembled
from qa.kinds.plans import answer_of_several, answer_without_search
from qa.kinds.subject import MOST_PASSAGES
from qa.reader.reader import SINGLE, Asked, Reader
from qa.reader.readers import asked_for, is_word, load_reader
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
# Kinds of questions that a sentence may answer by itself, if the reader is sure of it: of 58 such questions hardly one lost a point by it,
# and of questions for facts that were taken for such some got their answer.
_READ_FIRST = frozenset({("list", "members"), ("overview", "subject"), ("timeline", ""), ("compare", "")})
_FACT_OF: Mapping[str, Fact] = {"author-of": "author", "publisher-of": "publisher", "date-of": "date"}
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
    reader = reader or load_reader()
    read_as = respelt(store, text[:LONGEST_QUESTION], is_word)
    question = replace(analyse(store, read_as), asked=text)
    clock.lap("embed")
    asked = asked_for(question.text)
    clock.lap("kind")
    way = _Way(store, question, filters, passages, least_confidence, writer, reader, is_wanted, clock)
    answered = yield from way.answer(asked)
    if read_as != text[:LONGEST_QUESTION]:
        # Its words are not where the question, as it was asked, has them.
        citations = tuple(replace(citation, why=()) for citation in answered.citations)
        answered = replace(answered, read_as=read_as, citations=citations)
    yield replace(answered, timings_ms=clock.total())


Steps = Generator[Retrieved | Writing, None, Answer]


@dataclass(frozen=True, slots=True)
class _Way:
    """From a question to its answer, with all that it is answered by."""

    store: Store
    question: Question
    filters: Filters
    passages: int
    least_confidence: float
    writer: Writer | None
    reader: Reader
    is_wanted: Callable[[], bool]
    clock: _Clock

    def answer(self, asked: Asked) -> Steps:
        """Where two kinds of answer may be asked for, the words that answer are given if it is likely enough that they do."""
        one, many = (asked, asked.otherwise) if asked.kind in SINGLE else (asked.otherwise, asked)
        enough = self.least_confidence if one is asked else MORE_LIKELY
        if one is None and (asked.kind, asked.of) in _READ_FIRST:
            one, enough = Asked("fact"), SHOWN_IN_LARGE
        if one is None and (own := answer_without_search(self.store, asked, self.question)) is not None:
            return own
        hits = retrieve(self.store, self.question, self.passages if many is None else max(self.passages, MOST_PASSAGES), self.filters)
        articles = self.store.catalogue.articles(hit.passage.article_id for hit in hits)
        hits = [hit for hit in hits if hit.passage.article_id in articles]
        self.clock.lap("retrieve")
        yield Retrieved(len(hits), len(articles))
        self.clock.restart()  # the time that the caller took to draw it does not count
        answered = self._byline(asked, hits, articles)
        if answered is not None:
            return answered
        first = hits[: self.passages]
        reading = None if one is None else self._reading(first, articles)
        if many is not None and (reading is None or reading[0].confidence < enough):
            several = answer_without_search(self.store, many, self.question) or self._several(many, hits, articles)
            self.clock.lap("read")
            if isinstance(several, Answer):
                return several
            if several is not None:
                return (yield from self._written(several.answer, several.cited, hits, articles))
        answered = yield from self._read(*(reading or self._reading(first, articles)), first, articles)
        return replace(answered, kind=asked.kind if one is None else one.kind)

    def _byline(self, asked: Asked, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Answer | None:
        """The answer to a question for who wrote an article and when; None where nothing like that is asked, or the articles do not say."""
        is_single = asked.kind in SINGLE
        fact = _FACT_OF.get(asked.of, self.question.fact) if is_single or asked.kind == "collection" else None
        if fact is None or not hits:
            return None
        answered = _from_byline(self.store, self.question, fact, _of_named_publishers(self.question, hits, articles), articles)
        self.clock.lap("read")
        if is_single or self.question.fact is not None or not answered.abstained:
            return replace(answered, kind=asked.kind)
        return None

    def _several(self, asked: Asked, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Assembled | Answer | None:
        return answer_of_several(self.store, self.reader, asked, self.question, hits, articles, self.filters)

    def _read(self, reading: Reading, unanswered: tuple[str, ...], hits: Sequence[Hit], articles: Mapping[str, Article]) -> Steps:
        """The answer in the sentences that were read, or an abstention."""
        question = self.question
        self.clock.lap("read")
        confidence = reading.confidence if reading.evidence else None
        if confidence is None or confidence < self.least_confidence:
            return _abstention(question, Reason("no_answer" if hits else "no_passage"), hits, articles, confidence)
        cited_articles = (candidate.article_id for candidate in (*reading.evidence, *reading.near))
        stories = Stories(self.store, articles, cited_articles, self.filters == ANY)
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
            self.clock.ms,
            sources(cited.printed),
            tuple(cited.disagreements),
            answer_type=question.answer_type,
            unanswered=unanswered,
            likely_answer=reading.likely_answer,
        )
        given = CitedStatements(stories, _GIVEN_WORDS)
        if self.writer is not None:
            given.add(reading.near)
        self.clock.lap("sources")
        return (yield from self._written(answered, given, hits, articles))

    def _reading(self, hits: Sequence[Hit], articles: Mapping[str, Article]) -> tuple[Reading, tuple[str, ...]]:
        """What is read for the question, and which parts of it nothing answers. Of two in one each is read for, in the same passages."""
        near_tokens = _NEAR_TOKENS if self.writer else 0
        parts = parts_of(self.question.text)
        if len(parts) == 1:
            return read(self.reader, self.question, hits, articles, near_tokens), ()
        readings = [read(self.reader, replace(self.question, text=part), hits, articles, near_tokens) for part in parts]
        answering = [one for one in readings if one.evidence and one.confidence >= self.least_confidence]
        unanswered = tuple(part for part, one in zip(parts, readings, strict=True) if one not in answering)
        if not answering:
            return max(readings, key=lambda one: one.confidence), ()
        most = max(1, MOST_STATEMENTS // len(answering))
        # Which words of the question were met is told by their places in all of it.
        evidence = {(one.article_id, one.span): replace(one, why=()) for reading in answering for one in reading.evidence[:most]}
        near = {(one.article_id, one.span): replace(one, why=()) for reading in answering for one in reading.near}
        confidence = min(one.confidence for one in answering)
        return Reading(tuple(evidence.values()), None, None, confidence, tuple(near.values())), unanswered

    def _written(self, answered: Answer, given: CitedStatements, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Steps:
        """The answer in a language model's words, if one is to write."""
        if self.writer is None:
            return answered
        abstention = _abstention(self.question, Reason("unsupported"), hits, articles, answered.confidence)
        embedder = self.store.embedder
        return (yield from compose(self.writer, embedder, self.question, answered, abstention, given, self.clock.lap, self.is_wanted))


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
    if reason.code == "no_answer":
        reason = replace(reason, unmet=_unmet(question, nearest))
    return Answer(question.asked, question.language, (), nearest, None, True, reason, confidence, answer_type=question.answer_type)


# Of the words of a question that nothing near to it has, those that are named. No measurement behind it.
_MOST_UNMET = 4


def _unmet(question: Question, nearest: Sequence[Citation]) -> tuple[str, ...]:
    """The words of a question, as they stand in it, that none of the nearest passages has in any form or script.

    Where no passage is in the question's language, words cannot be met, and there are none.
    """
    if all(citation.article.language != question.language for citation in nearest):
        return ()
    held = {stem for citation in nearest for stem in stems(citation.quote)}
    names = {key for citation in nearest for key in name_keys(citation.quote)}
    unmet = [
        words
        for term in terms(question.text)
        for words in [term.span.of(question.text)]
        if term.stem not in held and not is_stop(term.stem) and not is_stop(words) and names.isdisjoint(name_keys(words))
    ]
    return tuple(dict.fromkeys(unmet))[:_MOST_UNMET]
