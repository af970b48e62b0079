"""Where two articles of one story say a different number, date or name of the same thing.

A sentence that an answer cites is held against each other article of its story (index/stories.py). There the one sentence is sought that
says the same: in the same language by its words in order (numbers aside), in another by its vectors, and in both cases each must be the
other's likest. Then what the two count, measure and date is compared (quantities.py). A difference is told only where each says exactly one
thing of that kind and unit, and no number can be both; a false alarm costs more trust than a missed one.

What it cannot see: articles that tell of one event in words of their own, which are no story to the store; outcomes, places and single
names ("acquitted" and "convicted", "Mosul" and "Raqqa"); names in Arabic, and across languages; a person called something else altogether;
a number that a translation leaves out, puts in another sentence, or counts in a unit that no list has; sums in two currencies; what
quantities.py passes over; sentences that were cut in two; what stands behind the first 120 sentences; and which of the two is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from heapq import nlargest
from itertools import chain, pairwise
from typing import Literal

import numpy as np

from index.articles import Article
from index.embed import Vectors
from index.fold import fold_text
from index.names import skeleton
from index.sentence_vectors import sentence_vectors
from index.sentences import sentence_spans
from index.spans import Span, trim
from index.store import Store
from index.terms import is_stop, stems, terms
from qa.quantities import Kind as QuantityKind
from qa.quantities import Quantity, quantities

# Of the words of two sentences, numbers aside, this share must stand in both in one order; another sentence must be less alike by _APART.
# Sentences that share less than _WORTH_READING of their words, numbers and all, in any order are not read. No measurement behind the three.
_ALIKE_WORDS = 0.75
_APART = 0.1
_WORTH_READING = 0.5
# Fewer words than that are like too much. No measurement behind the number.
_FEWEST_WORDS = 5
# Two sentences in two languages must be more alike than either is with any other, by this much of the cosine. Of 1,745 sentences of
# ntrex-pairs, 686 meet one so, 14 of them the wrong one, and of 183 numbers and dates that face one in the translation, 86 are compared.
# The one difference that is told is one (Thursday, Tuesday). With 0.02 and 0.01: 96 and 104 compared, 28 and 54 wrong, one false alarm.
_ALIKE_ACROSS = 0.03
_MOST_SENTENCES = 120  # of an article; as in index/stories.py
# Characters of a sentence, and of an article, that are compared: no news story's is longer. No measurement behind them.
_LONGEST_SENTENCE, _LONGEST_ARTICLE = 2_000, 300_000

Kind = QuantityKind | Literal["name"]


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_CLAUSE_END = re.compile(r"[,;:،؛](?=\s)|\s[–—-]\s")
_SPEECH = re.compile(r"(?:said|says|told|added|according)$")
_NOT_PEOPLE = _set(
    """street avenue road river lake mount bay island islands city county state states university college school hospital church company
    corporation bank group party council court committee commission ministry department agency authority association union institute
    army force forces house airport station bridge north south east west northern southern eastern western new saint st"""
)


@dataclass(frozen=True, slots=True)
class Place:
    """Words within a sentence of an article: spans of its text."""

    article: Article
    sentence: Span
    words: Span


@dataclass(frozen=True, slots=True)
class Difference:
    """What a cited sentence and one of another article say differently. `value` is the same where articles say the same."""

    kind: Kind
    ours: Place
    theirs: Place
    value: tuple[float, float] | str


class Comparison:
    """Compares sentences of articles with other articles of their stories. What was read of an article is kept for the next sentence."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reads: dict[str, _Read] = {}

    def differences(self, article: Article, sentence: Span, others: Iterable[Article]) -> Iterator[Difference]:
        """What others say differently to a sentence of an article, or to a part of one. Raises what reading the store raises."""
        read = self._read(article)
        ours = next((one for one in read.sentences if one.contains(sentence)), None)
        if ours is None or len(read.part(ours).tokens) < _FEWEST_WORDS:
            return
        for other in map(self._read, others):
            is_same = other.article.language == article.language
            theirs = _same_words(read, ours, other) if is_same else self._same_sense(read, ours, other)
            if theirs is not None:
                one, two = read.part(ours), other.part(theirs)
                found = chain(_quantities(one, two), _names(one, two)) if is_same else _quantities_across(one, two)
                for kind, mine, yours, value in found:
                    if sentence.contains(mine):
                        yield Difference(kind, Place(article, ours, mine), Place(other.article, theirs, yours), value)

    def _read(self, article: Article) -> _Read:
        if article.id not in self._reads:
            self._reads[article.id] = _Read(article)
        return self._reads[article.id]

    def _same_sense(self, read: _Read, ours: Span, other: _Read) -> Span | None:
        """The one sentence of an article in another language that says the same; None where it could say nothing else."""
        if not read.part(ours).quantities:
            return None
        mine, yours = self._vectors_of(read), self._vectors_of(other)
        if not mine.size or not yours.size:
            return None
        alike = mine @ yours.T
        row = read.sentences.index(ours)
        column = int(alike[row].argmax())
        is_mutual = int(alike[:, column].argmax()) == row
        return other.sentences[column] if is_mutual and _margin(alike, row, column) >= _ALIKE_ACROSS else None

    def _vectors_of(self, read: _Read) -> Vectors:
        """Of shape (sentences, dimensions), rows of length one; zeros for a sentence that the store has no vector of."""
        if read.vectors is None:
            passages = self._store.catalogue.passages_of(read.article.id)[:_MOST_SENTENCES]
            known = {sentence: vector for sentence, vector, _ in sentence_vectors(self._store, read.article, passages)}
            length = len(next(iter(known.values()), ()))
            none = np.zeros(length, dtype=np.float32)
            vectors = np.array([known.get(sentence, none) for sentence in read.sentences], dtype=np.float32)
            read.vectors = _units(vectors.reshape(len(read.sentences), length))
        return read.vectors


class _Read:
    """An article's sentences, and what is compared of each, worked out once. `vectors` are the sentences', once they were asked for."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.vectors: Vectors | None = None
        self._parts: dict[Span, _Part] = {}

    @cached_property
    def sentences(self) -> list[Span]:
        if len(self.article.text) > _LONGEST_ARTICLE:
            return []
        found = sentence_spans(self.article.text, self.article.story or None)
        return [sentence for sentence in found if len(sentence) <= _LONGEST_SENTENCE][:_MOST_SENTENCES]

    @cached_property
    def words(self) -> dict[Span, Counter[str]]:
        return {sentence: Counter(stems(sentence.of(self.article.text))) for sentence in self.sentences}

    def part(self, sentence: Span) -> _Part:
        if sentence not in self._parts:
            self._parts[sentence] = _Part(self.article.text, sentence)
        return self._parts[sentence]


class _Part:
    """A sentence: its words as stems, each quantity as one word that only says its kind, with their places in the article."""

    def __init__(self, text: str, sentence: Span) -> None:
        self.text, self.sentence = text, sentence
        words = sentence.of(text)
        self.quantities = [(found, _moved(found.span, sentence.start)) for found in quantities(words)]
        self.tokens: list[str] = []
        self.places: list[Span] = []
        inside = sorted(place for _, place in self.quantities)
        said = {place: f"#{found.kind}" for found, place in self.quantities}
        for term in terms(words):
            place = _moved(term.span, sentence.start)
            quantity = next((one for one in inside if one.contains(place)), None)
            if quantity is None:
                self.tokens.append(term.stem)
                self.places.append(place)
            elif not self.places or self.places[-1] != quantity:
                self.tokens.append(said[quantity])
                self.places.append(quantity)

    def alike(self, other: _Part) -> float:
        """How much of both stands in both, in one order, from 0 to 1."""
        matcher = SequenceMatcher(None, self.tokens, other.tokens, autojunk=False)
        return matcher.ratio()


def _same_words(read: _Read, ours: Span, other: _Read) -> Span | None:
    """The one sentence of an article that says the same in the same words, if nothing else of the first says that too."""
    theirs = _likest(read, ours, other)
    return theirs if theirs is not None and _likest(other, theirs, read) == ours else None


def _likest(read: _Read, sentence: Span, other: _Read) -> Span | None:
    words = read.words[sentence]
    near = [theirs for theirs, own in other.words.items() if 2 * (words & own).total() >= _WORTH_READING * (words.total() + own.total())]
    ranked = nlargest(2, ((read.part(sentence).alike(other.part(theirs)), theirs) for theirs in near))
    if not ranked or ranked[0][0] < _ALIKE_WORDS or (len(ranked) > 1 and ranked[1][0] > ranked[0][0] - _APART):
        return None
    return ranked[0][1]


def _margin(alike: Vectors, row: int, column: int) -> float:
    """By how much two sentences are more alike than either is with any other."""
    others = np.concatenate([np.delete(alike[row], column), np.delete(alike[:, column], row)])
    return float(alike[row, column] - others.max()) if len(others) else 1.0


def clauses(text: str, sentence: Span) -> Iterator[Span]:
    """The clauses of a sentence, as marks part them, in order."""
    cuts = [sentence.start, *(match.end() for match in _CLAUSE_END.finditer(text, sentence.start, sentence.end)), sentence.end]
    yield from (trim(text, Span(start, end)) for start, end in pairwise(cuts) if text[start:end].strip())


_Found = tuple[Kind, Span, Span, tuple[float, float] | str]


def _quantities(one: _Part, two: _Part) -> Iterator[_Found]:
    """What two sentences in the same words say differently, in the same place among those words."""
    blocks = SequenceMatcher(None, one.tokens, two.tokens, autojunk=False).get_matching_blocks()
    facing = {(one.places[block.a + n], two.places[block.b + n]) for block in blocks for n in range(block.size)}
    for kind, mine, yours, value in _differing(one, two, Quantity.is_of_one_thing):
        if (mine, yours) in facing:
            yield kind, mine, yours, value


def _quantities_across(one: _Part, two: _Part) -> Iterator[_Found]:
    yield from _differing(one, two, lambda ours, theirs: ours.is_of_one_thing(theirs) and ours.is_named(theirs))


def _differing(one: _Part, two: _Part, is_same: Callable[[Quantity, Quantity], bool]) -> Iterator[_Found]:
    for ours, mine in one.quantities:
        facing = [(theirs, yours) for theirs, yours in two.quantities if is_same(ours, theirs)]
        if len(facing) != 1:
            continue
        theirs, yours = facing[0]
        beside = [other for other, _ in one.quantities if is_same(other, theirs)]
        if len(beside) == 1 and ours.differs(theirs):
            yield ours.kind, mine, yours, (theirs.least, theirs.most)


def _names(one: _Part, two: _Part) -> Iterator[_Found]:
    """A person's name that stands where the other sentence, otherwise the same, has another's."""
    changes = [op for op in SequenceMatcher(None, one.tokens, two.tokens, autojunk=False).get_opcodes() if op[0] != "equal"]
    if len(changes) != 1 or changes[0][0] != "replace":
        return
    _, first, end, other_first, other_end = changes[0]
    mine, yours = _name_at(one, first, end), _name_at(two, other_first, other_end)
    if mine is None or yours is None:
        return
    (ours, names), (theirs, other_names) = mine, yours
    new, old = names - other_names, other_names - names
    if not new or not old or {skeleton(name) for name in new} & {skeleton(name) for name in old} or (names | other_names) & _NOT_PEOPLE:
        return
    if names & other_names or (_speaks(one, first, end) and _speaks(two, other_first, other_end)):
        yield "name", ours, theirs, " ".join(sorted(other_names))


def _name_at(part: _Part, first: int, end: int) -> tuple[Span, frozenset[str]] | None:
    """The run of capitalised words that holds the tokens `[first, end)`: two to four of them, not at the sentence's beginning alone."""

    def is_capital(n: int) -> bool:
        word = part.places[n].of(part.text)
        return word[:1].isupper() and word[:1] != word[:1].lower() and not part.tokens[n].startswith("#") and not is_stop(part.tokens[n])

    if not all(is_capital(n) for n in range(first, end)):
        return None
    while first > 0 and is_capital(first - 1) and part.places[first].start - part.places[first - 1].end == 1:
        first -= 1
    while end < len(part.tokens) and is_capital(end) and part.places[end].start - part.places[end - 1].end == 1:
        end += 1
    if not 2 <= end - first <= 4:
        return None
    span = Span(part.places[first].start, part.places[end - 1].end)
    return span, frozenset(fold_text(place.of(part.text)) for place in part.places[first:end])


def _speaks(part: _Part, first: int, end: int) -> bool:
    """Whether what stands beside some words makes them a speaker."""
    beside = [part.places[n].of(part.text) for n in (first - 1, end) if 0 <= n < len(part.places)]
    return any(_SPEECH.match(fold_text(word)) for word in beside)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _units(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)
