"""Evidence to statements with citations: reprints of the same sentence, differences in other articles of the story, attribution.

Each citation is checked when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from index.articles import Article
from index.store.store import Store
from index.text.spans import Span, trim
from qa.ask.about import Fact
from qa.ask.attribution import attribution
from qa.ask.disagreement import Difference, DifferenceKind, Place, StoryComparison, clauses
from qa.ask.interaction import Pair
from qa.ask.read import MOST_WORDS, Evidence, is_fragment
from qa.ask.retrieve import Hit
from qa.ask.sources import Print, comparable, original, prints
from qa.ask.types import Citation, Disagreement, Side, Statement

# Passages that are cited as the nearest in an abstention.
NEAREST = 3
# Characters: a longer line is a paragraph that contains a name, not a byline. No measurement behind it.
_LONGEST_BYLINE = 160
# Articles of one story that are searched for a cited sentence, and that it is compared with: 20 copies of 700 words take 8 to 40 ms on two
# busy cores. No measurement behind the numbers themselves.
_MOST_PRINTS, _MOST_COMPARED = 100, 20
# Differing sentences that are cited for one statement. No measurement behind it.
_MOST_DIFFERING = 3


def cite(store: Store, number: int, article: Article, span: Span, score: float, why: tuple[Pair, ...] = ()) -> Citation:
    """A citation of a span, with its attribution."""
    attributed = attribution(article, store.catalogue.quotations([article.id]).get(article.id, ()), span)
    return Citation(number, article, span, span.of(article.text), attributed.speaker, score, why, attributed.speech, attributed.caveat)


def cite_nearest(hits: Sequence[Hit], articles: Mapping[str, Article]) -> tuple[Citation, ...]:
    """The best passages for a question that they do not answer; headlines and labels only if there is nothing else."""
    nearest = [hit for hit in hits if not is_fragment(hit.passage.text)] or hits
    return tuple(
        Citation(number, articles[hit.passage.article_id], hit.passage.span, hit.passage.text, None, hit.score)
        for number, hit in enumerate(nearest[:NEAREST], start=1)
    )


def cite_byline(store: Store, article: Article, fact: Fact, score: float) -> Citation | None:
    """The line in which an article states its author, publisher or date; None if its text does not."""
    value = article.places.get(fact)
    if value is None:
        return None
    end = article.text.find("\n", value.end)
    line = trim(article.text, Span(article.text.rfind("\n", 0, value.start) + 1, len(article.text) if end < 0 else end))
    return cite(store, 1, article, line if len(line) <= _LONGEST_BYLINE else value, score)


class Stories:
    """The retrieved articles, by id, and the other articles of the stories of the articles `ids`, loaded once for all citations.

    Articles that were not retrieved may be cited only if `may_cite_unretrieved`."""

    def __init__(self, store: Store, retrieved: Mapping[str, Article], ids: Iterable[str], may_cite_unretrieved: bool) -> None:
        self.store, self.retrieved, self._may_cite_unretrieved = store, retrieved, may_cite_unretrieved
        self._comparison = StoryComparison(store)
        self._others = self._load(list(dict.fromkeys(ids)))

    def _load(self, ids: Sequence[str]) -> dict[str, list[Article]]:
        stories = self.store.catalogue.links.story_of(ids)
        others = {id: sorted((other for other in story if other != id), key=self._order)[:_MOST_PRINTS] for id, story in stories.items()}
        wanted = {other for story in others.values() for other in story}
        known = {**self.retrieved, **self.store.catalogue.articles(wanted - self.retrieved.keys())} if wanted else {}
        return {id: [known[other] for other in story if other in known] for id, story in others.items()}

    def _order(self, id: str) -> tuple[bool, str]:
        return id not in self.retrieved, id

    def others(self, id: str) -> Sequence[Article]:
        """The other articles of an article's story, retrieved ones first."""
        return self._others.get(id, [])

    def may_cite(self, article: Article) -> bool:
        return self._may_cite_unretrieved or article.id in self.retrieved

    def differences(self, article: Article, sentence: Span, others: Iterable[Article]) -> Iterator[Difference]:
        """The differences from a sentence in those of the other articles that may be cited."""
        return self._comparison.differences(article, sentence, [other for other in others if self.may_cite(other)][:_MOST_COMPARED])


class CitedStatements:
    """Statements from evidence, of at most `word_limit` words in total. Sentences of other articles that differ follow each.

    `statement_of` gives, for each piece of evidence within the limit, the index of its statement. `printed` holds for each statement the
    numbers of its citations and the articles that print its sentence.
    """

    def __init__(self, stories: Stories, word_limit: int = MOST_WORDS) -> None:
        self._stories, self._word_limit = stories, word_limit
        self._words = 0
        self._statements_by_text: dict[str, int] = {}
        self._evidence: dict[str, Evidence] = {}
        self.statements: list[Statement] = []
        self.statement_of: list[int] = []
        self.citations: list[Citation] = []
        self.printed: list[tuple[Sequence[int], Sequence[Print]]] = []
        self.disagreements: list[Disagreement] = []

    def add(self, evidence: Sequence[Evidence]) -> None:
        """All of it at once, best first."""
        self._evidence = {comparable(sentence.text): sentence for sentence in evidence}
        for key, sentence in self._evidence.items():
            if key not in self._statements_by_text:
                self._add(sentence)
        self.statement_of = [self._statements_by_text[key] for key in self._evidence if key in self._statements_by_text]

    def _add(self, evidence: Evidence) -> None:
        if self.disagreements and self._words + len(evidence.text.split()) > self._word_limit:
            return  # sentences that differ have used up the limit
        article, others = self._stories.retrieved[evidence.article_id], self._stories.others(evidence.article_id)
        cited, printed = self._places(evidence, others)
        verbatim = {print.article.id for print in printed if print.span is not None}
        differences = list(self._stories.differences(article, evidence.span, (other for other in others if other.id not in verbatim)))
        # An article with another number in the sentence prints the same text, whether or not it is cited.
        printed += [Print(difference.theirs.article, difference.theirs.sentence) for difference in differences]
        numbers = self._state(cited, evidence, printed)
        self._add_differing(numbers, evidence, differences, printed)

    def _places(self, evidence: Evidence, others: Sequence[Article]) -> tuple[list[Print], list[Print]]:
        """The places that a sentence is cited from, the original first, and all articles that print it."""
        cited = [Print(self._stories.retrieved[id], span) for id, span in ((evidence.article_id, evidence.span), *evidence.reprints)]
        known = {print.article.id for print in cited}
        language = self._stories.retrieved[evidence.article_id].language
        printed = [*cited, *prints(evidence.text, language, (other for other in others if other.id not in known))]
        if (first := self._original(printed)) is not None:
            cited = [first, *(print for print in cited if print.article.id != first.article.id)]
        return cited, printed

    def _original(self, printed: Sequence[Print]) -> Print | None:
        """The print of the sentence in the original article, if there is one and it may be cited."""
        id = original([print.article for print in printed])
        originals = (print for print in printed if print.article.id == id and print.span is not None)
        return next((print for print in originals if self._stories.may_cite(print.article)), None)

    def _state(self, cited: Sequence[Print], evidence: Evidence, printed: Sequence[Print]) -> tuple[int, ...]:
        """Adds a statement in the words of the first place, with a citation of each place; returns the citations' numbers."""
        first = len(self.citations) + 1
        numbers = tuple(range(first, first + len(cited)))
        for number, place in zip(numbers, cited, strict=True):
            assert place.span is not None
            shows_why = number == first or place.article.id == evidence.article_id
            is_same = place.span.of(place.article.text) == evidence.text
            why = _moved(evidence.why, evidence.span, place.span) if shows_why and is_same else ()
            self.citations.append(cite(self._stories.store, number, place.article, place.span, evidence.score, why))
        text = self.citations[first - 1].quote
        self._words += len(text.split())
        self._statements_by_text[comparable(evidence.text)] = len(self.statements)
        self.statements.append(Statement(text, numbers, "verbatim"))
        self.printed.append((numbers, printed))
        return numbers

    def _add_differing(
        self, numbers: Sequence[int], evidence: Evidence, differences: Sequence[Difference], printed: Sequence[Print]
    ) -> None:
        """Adds a statement for each differing sentence, and a disagreement for each differing value of the evidence."""
        citation_of: dict[tuple[str, Span], int | None] = {}
        sides: dict[tuple[DifferenceKind, Span], dict[object, Side]] = {}
        for difference in differences:
            theirs = difference.theirs
            values = sides.setdefault((difference.kind, difference.ours.words), {})
            place = (theirs.article.id, theirs.sentence)
            if difference.value in values or (place not in citation_of and len(citation_of) == _MOST_DIFFERING):
                continue
            if place not in citation_of:
                citation_of[place] = self._cite_differing(theirs, evidence, printed)
            number = citation_of[place]
            if number is not None and self.citations[number - 1].span.contains(theirs.words):
                values[difference.value] = Side(number, theirs.words, theirs.words.of(theirs.article.text))
        for (kind, words), values in sides.items():
            if values:
                self.disagreements.append(Disagreement(kind, (self._side(numbers, evidence, words), *values.values())))

    def _side(self, numbers: Sequence[int], evidence: Evidence, words: Span) -> Side:
        """The value that the evidence gives, in the first citation that has it verbatim."""
        number = next(n for n in numbers if self.citations[n - 1].quote == evidence.text)
        citation = self.citations[number - 1]
        by = citation.span.start - evidence.span.start
        span = Span(words.start + by, words.end + by)
        return Side(number, span, span.of(citation.article.text))

    def _cite_differing(self, place: Place, compared: Evidence, printed: Sequence[Print]) -> int | None:
        """The number of a citation of a differing sentence; None if it exceeds the word limit.

        `printed` are the prints of the evidence `compared`, which belong to the same source."""
        article, span = place.article, self._fitting(place)
        if span is None:
            return None
        for citation in self.citations:
            if citation.article.id == article.id and citation.span.contains(span):
                return citation.number
        text = span.of(article.text)
        evidence = self._evidence.get(comparable(text), Evidence(article.id, span, text, compared.score))
        cited = [Print(article, span)]
        for id, print_span in ((evidence.article_id, evidence.span), *evidence.reprints):
            if id != article.id:
                cited.append(Print(self._stories.retrieved[id], print_span))
        known = {print.article.id for print in cited}
        story = self._stories.others(compared.article_id)
        others = (other for other in story if other.id not in known and other.language == article.language)
        return self._state(cited, evidence, [*cited, *prints(text, article.language, others), *printed])[0]

    def _fitting(self, place: Place) -> Span | None:
        """The sentence, or the clause with the words if the sentence exceeds the word limit; None if the clause does too."""
        text, room = place.article.text, self._word_limit - self._words
        spans = [place.sentence, *(clause for clause in clauses(text, place.sentence) if clause.contains(place.words))]
        return next((span for span in spans if len(span.of(text).split()) <= room), None)


def _moved(why: Sequence[Pair], span: Span, to: Span) -> tuple[Pair, ...]:
    """The matched words of a sentence, at another place of the same sentence."""
    by = to.start - span.start
    return tuple(replace(pair, source=Span(pair.source.start + by, pair.source.end + by)) for pair in why)
