"""Composes retrieval and reading into an answer: statements, each with its citations, or the plain word that the articles hold none."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

from index.articles import Article
from index.embed import Embedder
from index.errors import ModelError
from index.filters import ANY, Filters
from index.spans import Span, trim
from index.store import Store
from index.terms import is_stop, stems
from qa.about import Fact, asked_fact
from qa.attribution import Speech, attribution
from qa.disagreement import Comparison, Difference, Kind, Place, clauses
from qa.guard import Failure, Fault, Ground, Guard
from qa.interaction import Pair
from qa.read import MOST_WORDS, Evidence, is_fragment, read
from qa.retrieve import Hit, Question, analyse, retrieve
from qa.sources import Print, Source, comparable, original, prints, sources
from qa.write import Stopped, Writer, translated, write

# Passages that are read for an answer. 4, 8 and 12 give the same figures on xquad-en, xquad-ar-on-en, squad2 and arcd, within .003; with
# more of them a sentence's reprints in other papers are cited beside it.
READ_PASSAGES = 8
# An answer is shown from this confidence on; read.py says what it was chosen by.
LEAST_CONFIDENCE = 0.5
# Passages shown as the nearest where there is no answer.
NEAREST = 3
NO_ANSWER = "The articles do not hold an answer to this, as far as can be told."
NO_PASSAGE = "No article here has anything to say to this."
NOT_BORNE_OUT = "Nothing that the language model wrote is borne out by the articles."
STOPPED = "The language model was stopped: these are the articles’ own words."
# Tokens of the sentences that a model is given to answer from, and words of them and of what other articles say beside them. A model of
# 1.5B on two cores reads 150 tokens a second.
_NEAR_TOKENS = 200
_GIVEN_WORDS = 1000
# Characters: a longer line is a paragraph that a name stands in, not a byline. No measurement behind it.
_LONGEST_BYLINE = 160
# Articles of one story that are looked through for a cited sentence, and that it is compared with: 20 copies of 700 words take 8 to 40 ms
# on two busy cores. No measurement behind the numbers themselves.
_MOST_PRINTS, _MOST_COMPARED = 100, 20
# Statements beside one that say something differently. No measurement behind it.
_MOST_BESIDE = 3

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
    translation: str | None = None
    """The quote in the question's language, as a language model has it: no quotation, and to be marked as what it is."""

    def __post_init__(self) -> None:
        if self.span.of(self.article.text) != self.quote:
            raise AssertionError(f"{self.article.id!r} does not hold the quote at {self.span}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer and the numbers of the citations that carry it."""

    text: str
    citations: tuple[int, ...]
    support: Support


FAULTS: Mapping[Fault, str] = {
    "quotation": "Not these words in what it cites",
    "number": "This number is not in what it cites",
    "date": "This date is not in what it cites",
    "name": "This name is not in what it cites, or not in this part",
    "negation": "What it cites denies this, or does not say it as a fact",
    "words": "What it cites does not say this",
    "question": "This is not what the question asks for",
    "judge": "The language model, asked again, did not find this in what it cites",
}
"""Why a statement is struck, by what fails in it."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A statement that a language model wrote and that nothing it was given bears out: shown struck through if at all, never asserted.

    `citations` are those of the sentences it names that the answer cites anyway.
    """

    text: str
    citations: tuple[int, ...]
    failure: Failure

    @property
    def reason(self) -> str:
        """Why, in a line for readers."""
        line = FAULTS[self.failure.fault]
        return f"{line}: {self.failure.words}" if self.failure.words else line


@dataclass(frozen=True, slots=True)
class Side:
    """What one article says where another says something else: `text` stands at `span` of its citation's article."""

    citation: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A number, date or name that articles of one story give differently; two sides or more, the better supported first."""

    kind: Kind
    sides: tuple[Side, ...]


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
    sources: tuple[Source, ...] = ()
    """Who is independent of whom among those that say it; none where `abstained`."""
    disagreements: tuple[Disagreement, ...] = ()
    struck: tuple[Struck, ...] = ()
    written_by: str | None = None
    """The language model that wrote the statements, by the name that readers know it by; None where they are the articles' own words."""
    notice: str | None = None
    """Why the articles' own words are shown, though a model was to write."""

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


@dataclass(frozen=True, slots=True)
class Writing:
    """An answer as far as a model has written it; all that is in it is checked already."""

    answer: Answer


def answer(
    store: Store,
    text: str,
    filters: Filters = ANY,
    passages: int = READ_PASSAGES,
    least_confidence: float = LEAST_CONFIDENCE,
    writer: Writer | None = None,
) -> Answer:
    """The answer of the store's articles to a question of any length, language and content, read in the `passages` best.

    In the articles' own words, or written by a model from them. Raises nothing but the store's and the embedder's errors: that there is no
    answer is a value, and so is that the model cannot be asked.
    """
    *_, last = answering(store, text, filters, passages, least_confidence, writer)
    assert isinstance(last, Answer)
    return last


def answering(
    store: Store,
    text: str,
    filters: Filters = ANY,
    passages: int = READ_PASSAGES,
    least_confidence: float = LEAST_CONFIDENCE,
    writer: Writer | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Found | Writing | Answer]:
    """The same in stages: what was found; where a model writes, what it has written, again and again; the answer. Raises as `answer` does.

    From the first `Writing` on the store is not looked into any more. As soon as it is not wanted that the model goes on, the answer is in
    the articles' own words.
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
    hits = retrieve(store, question, passages, filters)
    articles = store.catalogue.articles(hit.passage.article_id for hit in hits)
    hits = [hit for hit in hits if hit.passage.article_id in articles]
    lap("retrieve")
    yield Found(len(hits), len(articles))
    started = perf_counter()  # whoever was shown that took its own time
    fact = asked_fact(question.text)
    if fact is not None and hits:
        yield _about(store, text, question, fact, _named_in(question, hits, articles), articles, timings, lap)
        return
    reading = read(store, question, hits, _NEAR_TOKENS if writer else 0)
    lap("read")
    confidence = reading.confidence if reading.evidence else None
    if confidence is None or confidence < least_confidence:
        yield _abstained(text, question.language, NO_ANSWER if hits else NO_PASSAGE, hits, articles, timings, confidence)
        return
    told = _Telling(store, articles, filters == ANY).tell(reading.evidence)
    own = Answer(
        text,
        question.language,
        tuple(told.statements),
        tuple(told.citations),
        reading.short_answer,
        False,
        None,
        confidence,
        timings,
        sources(told.cited),
        tuple(told.disagreements),
    )
    if writer is not None:
        silence = _abstained(text, question.language, NOT_BORNE_OUT, hits, articles, timings, confidence)
        given = _Telling(store, articles, filters == ANY, room=_GIVEN_WORDS).tell(reading.near)
        lap("sources")
        yield Writing(_Composed(given, replace(own, written_by=writer.model.name)).answer())
        own = yield from _written(writer, store.embedder, own, silence, given, lap, is_wanted)
    else:
        lap("sources")
    yield replace(own, timings_ms=_total(timings))


def _written(
    writer: Writer,
    embedder: Embedder,
    own: Answer,
    silence: Answer,
    given: _Telling,
    lap: Callable[[str], None],
    is_wanted: Callable[[], bool],
) -> Generator[Writing, None, Answer]:
    """The answer that a model writes from what it was given, as it grows; `own` with the reason where it cannot, `silence` where nothing
    that it wrote is borne out."""
    composed, guard = _Composed(given, replace(own, written_by=writer.model.name)), Guard(embedder)
    first = [given.citations[numbers[0] - 1] for numbers in (given.statements[at].citations for at in given.of)]
    grounds = [Ground(citation.article, citation.span, citation.speaker) for citation in first]
    answers = {(citation.article.id, citation.span) for citation in own.citations}
    evidence = {at for at, citation in enumerate(first) if (citation.article.id, citation.span) in answers}
    failed = False
    try:
        for one in write(writer, guard, own.question, own.language, grounds, evidence, is_wanted):
            failed = failed or one.failure is not None
            if one.failure is None:
                composed.state(one.text, [given.of[source] for source in one.sources])
            elif not writer.drops and one.text is not None:
                composed.strike(one.text, [given.of[source] for source in one.sources], one.failure)
            else:
                continue
            if one.failure is None and len(composed.statements) == 1:
                lap("first_statement")
            yield Writing(composed.answer())
        lap("write")
        if not composed.statements:
            struck = tuple(replace(one, citations=()) for one in composed.struck)
            reason = NOT_BORNE_OUT if failed else NO_ANSWER
            return replace(silence, reason=reason, struck=struck, written_by=writer.model.name)
        composed.differ()
    except ModelError as error:
        return replace(own, notice=str(error))
    except Stopped:
        return replace(own, notice=STOPPED)
    for citation in composed.foreign():
        try:
            translation = translated(writer, embedder, citation.quote, own.language, is_wanted)
        except (ModelError, Stopped):
            break
        if translation is not None:
            composed.translate(citation, translation)
            yield Writing(composed.answer())
    lap("translate")
    return composed.answer()


class _Composed:
    """The part of what a model was given that it used, with its own statements; citations are numbered anew, as they come."""

    def __init__(self, given: _Telling, frame: Answer) -> None:
        self._given, self._frame = given, frame
        self._numbers: dict[int, int] = {}
        self._used: list[int] = []
        self._citations: list[Citation] = []
        self._disagreements: list[Disagreement] = []
        self.statements: list[Statement] = []
        self.struck: list[Struck] = []

    def state(self, text: str | None, used: Sequence[int]) -> None:
        """A statement that rests on statements of what was given; without a text, the words of the first of them."""
        numbers = [number for at in used for number in self._given.statements[at].citations]
        self._used += [at for at in used if at not in self._used]
        for number in numbers:
            if number not in self._numbers:
                self._numbers[number] = len(self._numbers) + 1
                self._citations.append(replace(self._given.citations[number - 1], number=self._numbers[number]))
        own = self._given.statements[used[0]].text
        is_own = text is None or any(text in self._given.statements[at].text for at in used)
        cited = tuple(dict.fromkeys(self._numbers[number] for number in numbers))
        self.statements.append(Statement(own if text is None else text, cited, "verbatim" if is_own else "supported"))

    def strike(self, text: str, named: Sequence[int], failure: Failure) -> None:
        """A statement that is not borne out."""
        numbers = (number for at in named for number in self._given.statements[at].citations)
        self.struck.append(Struck(text, tuple(dict.fromkeys(numbers)), failure))

    def differ(self) -> None:
        """What other articles say differently from what was used, in their words, as far as there is room."""
        words = sum(len(statement.text.split()) for statement in self.statements)
        for one in self._given.disagreements:
            if one.sides[0].citation not in self._numbers:
                continue
            for side in one.sides[1:]:
                at = next(n for n, statement in enumerate(self._given.statements) if side.citation in statement.citations)
                words += len(self._given.statements[at].text.split())
                if side.citation not in self._numbers and words <= MOST_WORDS:
                    self.state(None, [at])
            sides = tuple(replace(side, citation=self._numbers[side.citation]) for side in one.sides if side.citation in self._numbers)
            if len(sides) > 1:
                self._disagreements.append(replace(one, sides=sides))

    def foreign(self) -> list[Citation]:
        """What is cited in another language than the question's."""
        return [citation for citation in self._citations if citation.article.language != self._frame.language]

    def translate(self, citation: Citation, translation: str) -> None:
        """A citation with its translation."""
        self._citations[citation.number - 1] = replace(citation, translation=translation)

    def _shown(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Those citations of what was given that the answer has, by its own numbers."""
        return tuple(self._numbers[number] for number in numbers if number in self._numbers)

    def answer(self) -> Answer:
        """What there is so far."""
        short = self._frame.short_answer
        cited = [([self._numbers[n] for n in numbers], own) for at, (numbers, own) in enumerate(self._given.cited) if at in self._used]
        struck = (replace(one, citations=self._shown(one.citations)) for one in self.struck)
        return replace(
            self._frame,
            statements=tuple(self.statements),
            citations=tuple(self._citations),
            short_answer=short if short and any(short in one.quote for one in self._citations) else None,
            sources=sources(cited),
            disagreements=tuple(self._disagreements),
            struck=tuple(struck),
        )


class _Telling:
    """Evidence made into statements of at most `room` words, each followed by what other articles of its story say differently.

    `articles` are those that were retrieved; others of their stories are cited too where `beyond` them may be looked. `of` is, for each
    piece of evidence that was told, the index of its statement.
    """

    def __init__(self, store: Store, articles: Mapping[str, Article], beyond: bool, room: int = MOST_WORDS) -> None:
        self._store, self._articles, self._beyond, self._room = store, articles, beyond, room
        self._comparison = Comparison(store)
        self._words = 0
        self._told: dict[str, int] = {}
        self._evidence: dict[str, Evidence] = {}
        self.statements: list[Statement] = []
        self.of: list[int] = []
        self.citations: list[Citation] = []
        self.cited: list[tuple[Sequence[int], Sequence[Print]]] = []
        self.disagreements: list[Disagreement] = []

    def tell(self, evidence: Sequence[Evidence]) -> _Telling:
        stories = self._stories([one.article_id for one in evidence])
        self._evidence = {comparable(one.text): one for one in evidence}
        for same, one in self._evidence.items():
            if same not in self._told:
                self._tell(one, stories.get(one.article_id, []))
        self.of = [self._told[same] for same in self._evidence if same in self._told]
        return self

    def _stories(self, ids: Sequence[str]) -> dict[str, list[Article]]:
        """The other articles of the story of each that has one, those first that were retrieved."""
        stories = self._store.catalogue.story_of(ids)
        others = {id: sorted((other for other in own if other != id), key=self._comes_first)[:_MOST_PRINTS] for id, own in stories.items()}
        wanted = {other for own in others.values() for other in own}
        known = {**self._articles, **self._store.catalogue.articles(wanted - self._articles.keys())} if wanted else {}
        return {id: [known[other] for other in own if other in known] for id, own in others.items()}

    def _comes_first(self, id: str) -> tuple[bool, str]:
        return id not in self._articles, id

    def _tell(self, evidence: Evidence, story: Sequence[Article]) -> None:
        if self.disagreements and self._words + len(evidence.text.split()) > self._room:
            return  # what was told beside took its place
        article = self._articles[evidence.article_id]
        cited, own = self._printed(evidence, story)
        differences = list(self._differences(article, evidence.span, (other for other in story if not _has(own, other))))
        # One that gives another number in it prints the same text, told or not.
        own += [Print(difference.theirs.article, difference.theirs.sentence) for difference in differences]
        numbers = self._state(cited, evidence, own)
        self._tell_beside(numbers, evidence, differences, story)

    def _printed(self, evidence: Evidence, story: Sequence[Article]) -> tuple[list[Print], list[Print]]:
        """Where a sentence is cited from, the original first, and all that print it."""
        cited = [Print(self._articles[id], span) for id, span in ((evidence.article_id, evidence.span), *evidence.reprints)]
        known = {one.article.id for one in cited}
        language = self._articles[evidence.article_id].language
        own = [*cited, *prints(evidence.text, language, (other for other in story if other.id not in known))]
        if (first := self._original(own)) is not None:
            cited = [first, *(one for one in cited if one.article.id != first.article.id)]
        return cited, own

    def _original(self, own: Sequence[Print]) -> Print | None:
        """Where the original has the sentence, if there is one and it may be cited."""
        id = original([one.article for one in own])
        return next(
            (one for one in own if one.article.id == id and one.span is not None and (self._beyond or id in self._articles)),
            None,
        )

    def _differences(self, article: Article, span: Span, others: Iterable[Article]) -> Iterator[Difference]:
        allowed = [other for other in others if self._beyond or other.id in self._articles]
        return self._comparison.differences(article, span, allowed[:_MOST_COMPARED])

    def _state(self, cited: Sequence[Print], evidence: Evidence, own: Sequence[Print]) -> tuple[int, ...]:
        """A statement in the words of the first print, with a citation of each."""
        first = len(self.citations) + 1
        numbers = tuple(range(first, first + len(cited)))
        for number, one in zip(numbers, cited, strict=True):
            assert one.span is not None
            is_told = number == first or one.article.id == evidence.article_id
            why = _moved(evidence.why, evidence.span, one.span) if is_told and one.span.of(one.article.text) == evidence.text else ()
            self.citations.append(_cite(self._store, number, one.article, one.span, evidence.score, why))
        text = self.citations[first - 1].quote
        self._words += len(text.split())
        self._told[comparable(evidence.text)] = len(self.statements)
        self.statements.append(Statement(text, numbers, "verbatim"))
        self.cited.append((numbers, own))
        return numbers

    def _tell_beside(self, numbers: Sequence[int], evidence: Evidence, found: Sequence[Difference], story: Sequence[Article]) -> None:
        """A statement for each sentence that says something differently, and who says what."""
        told: dict[tuple[str, Span], int | None] = {}
        own = self.cited[-1][1]
        sides: dict[tuple[Kind, Span], dict[object, Side]] = {}
        for one in found:
            theirs = one.theirs
            values = sides.setdefault((one.kind, one.ours.words), {})
            place = (theirs.article.id, theirs.sentence)
            if one.value in values or (place not in told and len(told) == _MOST_BESIDE):
                continue
            if place not in told:
                told[place] = self._tell_other(theirs, evidence.score, story, own)
            number = told[place]
            if number is not None and self.citations[number - 1].span.contains(theirs.words):
                values[one.value] = Side(number, theirs.words, theirs.words.of(theirs.article.text))
        for (kind, words), values in sides.items():
            if values:
                self.disagreements.append(Disagreement(kind, (self._side(numbers, evidence, words), *values.values())))

    def _side(self, numbers: Sequence[int], evidence: Evidence, words: Span) -> Side:
        """What the evidence says, by the first citation that says it letter for letter."""
        number = next(n for n in numbers if self.citations[n - 1].quote == evidence.text)
        citation = self.citations[number - 1]
        by = citation.span.start - evidence.span.start
        span = Span(words.start + by, words.end + by)
        return Side(number, span, span.of(citation.article.text))

    def _tell_other(self, place: Place, score: float, story: Sequence[Article], own: Sequence[Print]) -> int | None:
        """The number of a citation of what another article says; None where the answer would be too long. `own` print the sentence that
        it says differently: one text still, so one source."""
        article, span = place.article, self._fitting(place)
        if span is None:
            return None
        for citation in self.citations:
            if citation.article.id == article.id and citation.span.contains(span):
                return citation.number
        here, text = Print(article, span), span.of(article.text)
        evidence = self._evidence.get(comparable(text), Evidence(article.id, span, text, score))
        printed = ((evidence.article_id, evidence.span), *evidence.reprints)
        beside = [Print(self._articles[id], at) for id, at in printed if id != article.id]
        known = {article.id, *(one.article.id for one in beside)}
        others = (other for other in story if other.id not in known and other.language == article.language)
        return self._state([here, *beside], evidence, [here, *beside, *prints(text, article.language, others), *own])[0]

    def _fitting(self, place: Place) -> Span | None:
        """The sentence, or that of its clauses which holds the words, if the answer would get too long; None where it would then too."""
        text, room = place.article.text, self._room - self._words
        spans = [place.sentence, *(clause for clause in clauses(text, place.sentence) if clause.contains(place.words))]
        return next((span for span in spans if len(span.of(text).split()) <= room), None)


def _has(own: Sequence[Print], article: Article) -> bool:
    """Whether an article is known to print a text word for word."""
    return any(one.article.id == article.id and one.span is not None for one in own)


def _moved(why: Sequence[Pair], span: Span, to: Span) -> tuple[Pair, ...]:
    """The same words met in the same sentence elsewhere."""
    by = to.start - span.start
    return tuple(replace(pair, source=Span(pair.source.start + by, pair.source.end + by)) for pair in why)


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
    source = sources([((1,), [Print(article, span)])])
    return Answer(text, question.language, (statement,), (citation,), place.of(article.text), False, None, None, _total(timings), source)


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


def differing(disagreement: Disagreement) -> str:
    """What the articles say differently, in a line for readers: "$600 a month [1]; $400 [2]"."""
    return "; ".join(f"{side.text} [{side.citation}]" for side in disagreement.sides)


def is_disputed(answer: Answer) -> bool:
    """Whether articles say something else than the short answer."""
    short = answer.short_answer
    return short is not None and any(_holds(one.sides[0].text, short) or _holds(short, one.sides[0].text) for one in answer.disagreements)


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def counted(answer: Answer) -> str | None:
    """How many sources say it, in a line for readers: None where that is one article.

    "Sources: 1 – 3 papers, one agency text (Reuters)"; "2 independent sources: 3 papers, one text [1][2]; The Courier [3]"
    """
    found = answer.sources
    if not found or (len(found) == 1 and len(found[0].prints) == 1):
        return None
    if len(found) == 1:
        return f"Sources: 1 – {_printed(found[0])}"
    parts = (f"{_printed(source)} {''.join(f'[{number}]' for number in source.citations)}" for source in found)
    return f"{len(found)} independent sources: {'; '.join(parts)}"


def _printed(source: Source) -> str:
    if len(source.prints) == 1:
        return source.prints[0].article.publisher or source.prints[0].article.id
    many = len(source.papers) if source.names_all else len(source.prints)
    kind = "paper" if source.names_all else "article"
    text = f"one agency text ({source.credit})" if source.credit else "one text"
    return f"{many} {kind}{'s' if many != 1 else ''}, {text}"


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
        "struck": [{"text": s.text, "citations": list(s.citations), "support": "unsupported", "reason": s.reason} for s in answer.struck],
        "written_by": answer.written_by,
        "notice": answer.notice,
        "citations": [
            {
                "number": c.number,
                "article": c.article.id,
                **{name: getattr(c.article, name) for name in ("title", "publisher", "author", "date", "language", "url")},
                "page": c.article.page_at(c.span.start),
                "start": c.span.start,
                "end": c.span.end,
                "quote": c.quote,
                "speaker": c.speaker,
                "speech": c.speech,
                "caveat": c.caveat and {"start": c.caveat.start, "end": c.caveat.end, "text": c.caveat.of(c.article.text)},
                "translation": c.translation,
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
        "sources": [
            {
                "citations": list(source.citations),
                "articles": list(source.articles),
                "papers": list(source.papers),
                "credit": source.credit,
                "original": source.original,
            }
            for source in answer.sources
        ],
        "disagreements": [
            {
                "kind": disagreement.kind,
                "sides": [
                    {"citation": side.citation, "start": side.span.start, "end": side.span.end, "text": side.text}
                    for side in disagreement.sides
                ],
            }
            for disagreement in answer.disagreements
        ],
        "timings_ms": {stage: round(ms, 2) for stage, ms in answer.timings_ms.items()},
    }
