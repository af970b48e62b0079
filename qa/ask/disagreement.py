"""Contradictions between articles of the same story: different numbers, dates or names for the same thing.

A cited sentence is aligned with one sentence of each other article of its story (index/build/stories.py): in the same language by its words
in order (numbers aside), in another language by its vectors. The match must be mutual. Then the quantities of the two are compared
(quantities.py). A difference is reported only if each sentence has exactly one quantity of that kind and unit, and the ranges are disjoint:
a false alarm costs more trust than a missed difference.

Not detected: differences between independently written articles, which the store does not link as a story; outcomes, places and single
names ("acquitted" and "convicted", "Mosul" and "Raqqa"); names in Arabic, and across languages; a person with an entirely different name;
a number that a translation omits, moves to another sentence, or gives in an unlisted unit; sums in two currencies; what quantities.py
skips; sentences that were split; anything after the first 120 sentences. Nor is it decided which article is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from heapq import nlargest
from itertools import pairwise
from typing import Literal

import numpy as np

from index.articles import Article
from index.embedding.embed import Vectors
from index.languages.base import every
from index.store.store import Store
from index.text.fold import fold_text
from index.text.names import skeleton
from index.text.sentences import sentence_spans
from index.text.spans import Span, trim
from index.text.terms import is_stop, stems, terms
from qa.support.quantities import Quantity, QuantityKind, quantities

# The similarity of two sentences that match: twice the common words, in order and numbers aside, over all words. The next best one must
# be less similar by _MIN_MARGIN. Sentences that share less than _MIN_SHARED_WORDS of their words in any order are not compared. No
# measurement behind the three.
_MIN_SIMILARITY = 0.75
_MIN_MARGIN = 0.1
_MIN_SHARED_WORDS = 0.5
# A shorter sentence matches too many others. No measurement behind the number.
_MIN_WORDS = 5
_MOST_SENTENCES = 120  # of an article; as in index/build/stories.py
# Characters of a sentence, and of an article, that are compared: no news story's is longer. No measurement behind them.
_LONGEST_SENTENCE, _LONGEST_ARTICLE = 2_000, 300_000

DifferenceKind = QuantityKind | Literal["name"]

_CLAUSE_END = re.compile(r"[,;:،؛](?=\s)|\s[–—-]\s")
_SPEECH = every("mentions.speech") | every("disagreement.speech")
_NOT_PEOPLE = every("disagreement.not_people")


@dataclass(frozen=True, slots=True)
class Place:
    """Words within a sentence of an article: spans of its text."""

    article: Article
    sentence: Span
    words: Span


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between a cited sentence and one of another article. `value` is equal if articles agree with each other."""

    kind: DifferenceKind
    ours: Place
    theirs: Place
    value: tuple[float, float] | str


class StoryComparison:
    """Compares sentences of articles with other articles of their stories. The analysis of an article is cached for its next sentence."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._min_margin_across = store.likeness.fitted("disagreement")["alike_across"]
        self._analyses: dict[str, _ArticleAnalysis] = {}

    def differences(self, article: Article, sentence: Span, others: Iterable[Article]) -> Iterator[Difference]:
        """The differences of other articles from a sentence of an article, or a part of one. Raises what reading the store raises."""
        analysis = self._analysis(article)
        ours = next((whole for whole in analysis.sentences if whole.contains(sentence)), None)
        if ours is None or len(analysis.sentence(ours).tokens) < _MIN_WORDS:
            return
        for other in map(self._analysis, others):
            is_same_language = other.article.language == article.language
            theirs = _same_words(analysis, ours, other) if is_same_language else self._same_meaning(analysis, ours, other)
            if theirs is not None:
                compare = _same_language_differences if is_same_language else _quantities_across
                for kind, our_words, their_words, value in compare(analysis.sentence(ours), other.sentence(theirs)):
                    if sentence.contains(our_words):
                        yield Difference(kind, Place(article, ours, our_words), Place(other.article, theirs, their_words), value)

    def _analysis(self, article: Article) -> _ArticleAnalysis:
        if article.id not in self._analyses:
            self._analyses[article.id] = _ArticleAnalysis(article)
        return self._analyses[article.id]

    def _same_meaning(self, analysis: _ArticleAnalysis, ours: Span, other: _ArticleAnalysis) -> Span | None:
        """The sentence of an article in another language that matches ours; None if ours has no quantity to compare."""
        if not analysis.sentence(ours).quantities:
            return None
        our_vectors, their_vectors = self._vectors_of(analysis), self._vectors_of(other)
        if not our_vectors.size or not their_vectors.size:
            return None
        similarities = our_vectors @ their_vectors.T
        row = analysis.sentences.index(ours)
        column = int(similarities[row].argmax())
        is_mutual = int(similarities[:, column].argmax()) == row
        return other.sentences[column] if is_mutual and _margin(similarities, row, column) >= self._min_margin_across else None

    def _vectors_of(self, analysis: _ArticleAnalysis) -> Vectors:
        """Shape (sentences, dimensions), rows of unit length; zeros for a sentence that has no vector in the store."""
        if analysis.vectors is None:
            passages = self._store.catalogue.passages_of(analysis.article.id)[:_MOST_SENTENCES]
            known = {sentence: vector for sentence, vector, _ in self._store.sentence_vectors(analysis.article, passages)}
            length = len(next(iter(known.values()), ()))
            zeros = np.zeros(length, dtype=np.float32)
            vectors = np.array([known.get(sentence, zeros) for sentence in analysis.sentences], dtype=np.float32)
            analysis.vectors = _normalised(vectors.reshape(len(analysis.sentences), length))
        return analysis.vectors


class _ArticleAnalysis:
    """The sentences of an article, each analysed once. `vectors` are theirs, from their first use on."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.vectors: Vectors | None = None
        self._sentences: dict[Span, _SentenceAnalysis] = {}

    @cached_property
    def sentences(self) -> list[Span]:
        if len(self.article.text) > _LONGEST_ARTICLE:
            return []
        spans = sentence_spans(self.article.text, self.article.story or None)
        return [sentence for sentence in spans if len(sentence) <= _LONGEST_SENTENCE][:_MOST_SENTENCES]

    @cached_property
    def words(self) -> dict[Span, Counter[str]]:
        return {sentence: Counter(stems(sentence.of(self.article.text))) for sentence in self.sentences}

    def sentence(self, span: Span) -> _SentenceAnalysis:
        if span not in self._sentences:
            self._sentences[span] = _SentenceAnalysis(self.article.text, span)
        return self._sentences[span]


class _SentenceAnalysis:
    """The tokens of a sentence, with their spans in the article: stems of words, and for each quantity a placeholder with its kind."""

    def __init__(self, text: str, sentence: Span) -> None:
        self.text, self.sentence = text, sentence
        words = sentence.of(text)
        self.quantities = [(quantity, _shifted(quantity.span, sentence.start)) for quantity in quantities(words)]
        self.tokens: list[str] = []
        self.spans: list[Span] = []
        quantity_spans = sorted(span for _, span in self.quantities)
        placeholders = {span: f"#{quantity.kind}" for quantity, span in self.quantities}
        for term in terms(words):
            span = _shifted(term.span, sentence.start)
            around = next((quantity for quantity in quantity_spans if quantity.contains(span)), None)
            if around is None:
                self.tokens.append(term.stem)
                self.spans.append(span)
            elif not self.spans or self.spans[-1] != around:
                self.tokens.append(placeholders[around])
                self.spans.append(around)

    def similarity(self, other: _SentenceAnalysis) -> float:
        """Twice the common tokens, in order, over all tokens."""
        return SequenceMatcher(None, self.tokens, other.tokens, autojunk=False).ratio()


def _same_words(analysis: _ArticleAnalysis, ours: Span, other: _ArticleAnalysis) -> Span | None:
    """The sentence of another article that matches ours by its words, if the match is mutual."""
    theirs = _most_similar(analysis, ours, other)
    return theirs if theirs is not None and _most_similar(other, theirs, analysis) == ours else None


def _most_similar(analysis: _ArticleAnalysis, sentence: Span, other: _ArticleAnalysis) -> Span | None:
    words = analysis.words[sentence]
    candidates = [
        span
        for span, their_words in other.words.items()
        if 2 * (words & their_words).total() >= _MIN_SHARED_WORDS * (words.total() + their_words.total())
    ]
    ranked = nlargest(2, ((analysis.sentence(sentence).similarity(other.sentence(span)), span) for span in candidates))
    if not ranked or ranked[0][0] < _MIN_SIMILARITY or (len(ranked) > 1 and ranked[1][0] > ranked[0][0] - _MIN_MARGIN):
        return None
    return ranked[0][1]


def _margin(similarities: Vectors, row: int, column: int) -> float:
    """How much more similar two sentences are than either is to any other."""
    others = np.concatenate([np.delete(similarities[row], column), np.delete(similarities[:, column], row)])
    return float(similarities[row, column] - others.max()) if len(others) else 1.0


def clauses(text: str, sentence: Span) -> Iterator[Span]:
    """The clauses of a sentence, as punctuation separates them, in order."""
    cuts = [sentence.start, *(match.end() for match in _CLAUSE_END.finditer(text, sentence.start, sentence.end)), sentence.end]
    yield from (trim(text, Span(start, end)) for start, end in pairwise(cuts) if text[start:end].strip())


_RawDifference = tuple[DifferenceKind, Span, Span, tuple[float, float] | str]
"""The kind, our words, their words, and their value."""


def _same_language_differences(ours: _SentenceAnalysis, theirs: _SentenceAnalysis) -> Iterator[_RawDifference]:
    yield from _quantities(ours, theirs)
    yield from _names(ours, theirs)


def _quantities(ours: _SentenceAnalysis, theirs: _SentenceAnalysis) -> Iterator[_RawDifference]:
    """Differing quantities of two sentences in one language that are aligned with each other."""
    blocks = SequenceMatcher(None, ours.tokens, theirs.tokens, autojunk=False).get_matching_blocks()
    aligned = {(ours.spans[block.a + n], theirs.spans[block.b + n]) for block in blocks for n in range(block.size)}
    for kind, our_span, their_span, value in _differing_quantities(ours, theirs, Quantity.is_comparable):
        if (our_span, their_span) in aligned:
            yield kind, our_span, their_span, value


def _quantities_across(ours: _SentenceAnalysis, theirs: _SentenceAnalysis) -> Iterator[_RawDifference]:
    """Differing quantities of two sentences in different languages."""
    yield from _differing_quantities(ours, theirs, lambda our, their: our.is_comparable(their) and our.shares_listed_unit(their))


def _differing_quantities(
    ours: _SentenceAnalysis, theirs: _SentenceAnalysis, is_comparable: Callable[[Quantity, Quantity], bool]
) -> Iterator[_RawDifference]:
    """Quantities that differ, where either sentence has only one that is comparable with the other's."""
    for our_quantity, our_span in ours.quantities:
        candidates = [(quantity, span) for quantity, span in theirs.quantities if is_comparable(our_quantity, quantity)]
        if len(candidates) != 1:
            continue
        their_quantity, their_span = candidates[0]
        rivals = [quantity for quantity, _ in ours.quantities if is_comparable(quantity, their_quantity)]
        if len(rivals) == 1 and our_quantity.differs(their_quantity):
            yield our_quantity.kind, our_span, their_span, (their_quantity.least, their_quantity.most)


def _names(ours: _SentenceAnalysis, theirs: _SentenceAnalysis) -> Iterator[_RawDifference]:
    """A person's name where the other sentence, otherwise identical, has another person's."""
    opcodes = SequenceMatcher(None, ours.tokens, theirs.tokens, autojunk=False).get_opcodes()
    changes = [opcode for opcode in opcodes if opcode[0] != "equal"]
    if len(changes) != 1 or changes[0][0] != "replace":
        return
    _, first, end, their_first, their_end = changes[0]
    our_name, their_name = _name_at(ours, first, end), _name_at(theirs, their_first, their_end)
    if our_name is None or their_name is None:
        return
    (our_span, our_words), (their_span, their_words) = our_name, their_name
    new, old = our_words - their_words, their_words - our_words
    if not new or not old or {skeleton(word) for word in new} & {skeleton(word) for word in old} or (our_words | their_words) & _NOT_PEOPLE:
        return
    if our_words & their_words or (_speaks(ours, first, end) and _speaks(theirs, their_first, their_end)):
        yield "name", our_span, their_span, " ".join(sorted(their_words))


def _name_at(sentence: _SentenceAnalysis, first: int, end: int) -> tuple[Span, frozenset[str]] | None:
    """The run of two to four capitalised words that contains the tokens `[first, end)`, with its folded words."""

    def is_capital(n: int) -> bool:
        word = sentence.spans[n].of(sentence.text)
        return (
            word[:1].isupper()
            and word[:1] != word[:1].lower()
            and not sentence.tokens[n].startswith("#")
            and not is_stop(sentence.tokens[n])
        )

    if not all(is_capital(n) for n in range(first, end)):
        return None
    while first > 0 and is_capital(first - 1) and sentence.spans[first].start - sentence.spans[first - 1].end == 1:
        first -= 1
    while end < len(sentence.tokens) and is_capital(end) and sentence.spans[end].start - sentence.spans[end - 1].end == 1:
        end += 1
    if not 2 <= end - first <= 4:
        return None
    name = Span(sentence.spans[first].start, sentence.spans[end - 1].end)
    return name, frozenset(fold_text(span.of(sentence.text)) for span in sentence.spans[first:end])


def _speaks(sentence: _SentenceAnalysis, first: int, end: int) -> bool:
    """Whether a word of saying is next to the tokens `[first, end)`."""
    neighbours = [sentence.spans[n].of(sentence.text) for n in (first - 1, end) if 0 <= n < len(sentence.spans)]
    return any(fold_text(word) in _SPEECH for word in neighbours)


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _normalised(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)
