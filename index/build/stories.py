"""Which articles tell the same story: one text in several papers, an edition or a part of it, a translation.

An article is compared with the others once, at the end of the build that brought it in; what is found is kept as links (catalogue.py).

Copies
    Every run of _RUN words has a hash. Of each _WINDOW neighbouring hashes the least is kept (winnowing; Schleimer, Wilkerson and Aiken
    2003, "Winnowing: local algorithms for document fingerprinting"), so that two texts which share _RUN + _WINDOW - 1 words in a row
    share a print, wherever those stand. Articles that share enough prints are compared by all their runs: one is a copy of the other, or
    of a part, where half the runs of the shorter stand in the longer and their numbers agree.
Translations
    The articles in each other language whose passages stand out among the neighbours of this one's are compared sentence by sentence.
    A sentence's vector is the sum of its tokens' vectors, or its single vector where the model has no token vectors. The similarity of two
    texts is the score of the best alignment from beginning to end, in which one sentence is aligned with one or two. An aligned pair counts
    by how far it stands out among all others of either sentence; the alignment counts by what it gains over the best one from the end to
    the beginning. So two reports on one event, where every sentence is a little like every other, are no translations. Numbers that both
    write, or only one, count too.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from heapq import nlargest
from itertools import islice

import numpy as np
import numpy.typing as npt

from index.articles import Article
from index.embedding.embed import Vectors
from index.store.filters import Filters
from index.store.links import Link
from index.store.passages import Passage
from index.store.store import Store
from index.store.word_index import words_of
from index.text.fold import fold_text

Hashes = npt.NDArray[np.uint64]

_RUN = 5
_WINDOW = 16
_LONGEST = 50_000  # words of an article that are read here: no news story is longer
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # any odd number will do
# Articles with one print that are looked at. What more of them share is boilerplate, or a text that the first of them have as well.
_MOST_HOLDERS = 50
# Where at least this share of an article's prints is held by fewer, the others are boilerplate and do not count. No measurement behind it.
_MIN_RARE_PRINTS = 1 / 3
# Articles with the most prints in common, which are looked at more closely: so common sentences cost no more than that.
_MOST_CANDIDATES = 200
_MOST_COMPARED_TEXTS = 8  # of them, those with the greatest share in common, whose texts are compared
_MIN_SHARED_RUNS = 0.5
# Prints are a sample of the runs: of two texts that share half their runs, the prints in common are seldom fewer.
_MIN_SHARED_PRINTS = 0.3
# Two texts with so many numbers each, of which they do not share half, are two fillings of one form: the weather, the exchange rates.
_NUMBERS = 3

_NEIGHBOURS = 10  # passages of another language that are looked at for each of an article's
_MOST_PASSAGES = 8  # of an article that are searched with, evenly spread
# Articles of each other language that are compared sentence by sentence: of 174 translations among 1,204 articles 169 were the first of the
# candidates and 5 the second.
_COMPARED_PER_LANGUAGE = 2
# Of an article's passages that were searched with, those that must have one of the other's among their neighbours. Comparing is what
# linking costs most, and what has less in common is no translation.
_MIN_SHARED_NEIGHBOURS = 1 / 3
_MOST_SENTENCES = 120  # of an article that are compared, from its beginning; the figures of docs/stories.md hold for up to 30
_BY_CHANCE = 0.5
_NUMBERS_WEIGHT = 0.5
_UNDECIDED = 3  # numbers that agree and as many that do not, which every two texts are given: few numbers say little
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+")
_SHORT_ARTICLE = 6  # sentences; docs/stories.md has what the thresholds were measured on
_PER_TRANSACTION = 32  # articles that are linked in one transaction: an interruption costs their second
_CACHED_ARTICLES = 1000  # articles whose sentences stay in memory, some 30 KB each


def link(store: Store, most: int | None = None) -> None:
    """Links the articles that were not compared with the others yet, or `most` of them. Call under `writing`.

    Where there are none it takes no time. Interrupted at any moment, the next call goes on from there. Raises what reading the store does.
    """
    waiting = store.catalogue.links.unlinked()[:most]
    finder = _Finder(store)
    for start in range(0, len(waiting), _PER_TRANSACTION):
        with store.catalogue.transaction():
            for id in waiting[start : start + _PER_TRANSACTION]:
                finder.link(id)


class _Finder:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: OrderedDict[str, _Parts] = OrderedDict()
        self._languages = list(store.catalogue.languages())
        self._thresholds = store.likeness.fitted("stories")

    def link(self, id: str) -> None:
        catalogue = self._store.catalogue
        article = catalogue.article(id)
        assert article is not None, "nobody else writes"
        runs = _runs(article)
        prints = _prints(runs)
        links = [*self._copies(article, runs, prints), *self._translations(article)]
        # The first is kept: a text that two papers print is a copy even where one of them is taken for another language.
        catalogue.links.put(id, prints, {(link.a, link.b): link for link in reversed(links)}.values())

    def _copies(self, article: Article, runs: Hashes, prints: Sequence[int]) -> Iterator[Link]:
        numbers = _numbers(article)
        for other in self._store.catalogue.articles(self._sharing(prints)).values():
            shared, longer = _shared(runs, _runs(other))
            if shared >= _MIN_SHARED_RUNS and _agree(numbers, _numbers(other)):
                yield Link(min(article.id, other.id), max(article.id, other.id), "copy", longer)

    def _sharing(self, prints: Sequence[int]) -> list[str]:
        """The articles that may share half of the shorter text with one of these prints."""
        holders = [self._store.catalogue.links.holders(print, _MOST_HOLDERS + 1) for print in prints]
        rare = [held for held in holders if len(held) <= _MOST_HOLDERS]
        if len(rare) < _MIN_RARE_PRINTS * len(holders):
            rare = holders
        counts = Counter(number for held in rare for number in held)
        if not counts:
            return []
        candidates = self._store.catalogue.links.linked(number for number, _ in counts.most_common(_MOST_CANDIDATES))
        shares = {id: counts[number] / min(len(rare), theirs) for number, (id, theirs) in candidates.items()}
        enough = (id for id, share in shares.items() if share >= _MIN_SHARED_PRINTS)
        return nlargest(_MOST_COMPARED_TEXTS, enough, key=lambda id: (shares[id], id))

    def _translations(self, article: Article) -> Iterator[Link]:
        if self._languages == [article.language]:
            return
        passages = self._store.catalogue.passages_of(article.id)
        others = self._near(article.language, passages)
        if not others:
            return
        ours = self._parts_of(article)
        for other in self._store.catalogue.articles(others).values():
            alike = _alike(ours, self._parts_of(other))
            if alike >= self._least(min(len(ours.sums), len(self._parts_of(other).sums))):
                yield Link(min(article.id, other.id), max(article.id, other.id), "translation", alike)

    def _least(self, sentences: int) -> float:
        return self._thresholds["alike_short" if sentences < _SHORT_ARTICLE else "alike"]

    def _near(self, language: str, passages: Sequence[Passage]) -> list[str]:
        """The articles in each other language whose passages are nearest, by how far they stand out among the neighbours of each."""
        asked = passages[:: -(-len(passages) // _MOST_PASSAGES) or 1]
        vectors = self._store.tokens.vectors_of([passage.id for passage in asked])
        candidates: list[str] = []
        for other in self._languages:
            if other != language:
                gains = self._gains(
                    [self._store.vectors.nearest("passages", v, _NEIGHBOURS, Filters(language=other)) for v in vectors.values()]
                )
                candidates += nlargest(_COMPARED_PER_LANGUAGE, gains, key=lambda id: (gains[id], id))
        return candidates

    def _gains(self, near: Sequence[Sequence[tuple[str, float]]]) -> dict[str, float]:
        places = self._store.catalogue.places({id for neighbours in near for id, _ in neighbours})
        gains: dict[str, float] = defaultdict(float)
        sentences_near: Counter[str] = Counter()
        for neighbours in near:
            best = {places[id][0]: cosine for id, cosine in reversed(neighbours) if id in places}
            sentences_near.update(best.keys())
            for article, cosine in best.items():
                gains[article] += cosine - neighbours[-1][1]
        return {article: gain for article, gain in gains.items() if sentences_near[article] >= _MIN_SHARED_NEIGHBOURS * len(near)}

    def _parts_of(self, article: Article) -> _Parts:
        if article.id not in self._parts:
            self._parts[article.id] = self._read(article)
            if len(self._parts) > _CACHED_ARTICLES:
                self._parts.popitem(last=False)
        self._parts.move_to_end(article.id)
        return self._parts[article.id]

    def _read(self, article: Article) -> _Parts:
        passages = self._store.catalogue.passages_of(article.id)[:_MOST_SENTENCES]
        sentences = list(islice(self._store.sentence_vectors(article, passages), _MOST_SENTENCES))
        return _Parts(
            np.array([vector for _, vector, _ in sentences], dtype=np.float32),
            np.array([weight for _, _, weight in sentences], dtype=np.float32),
            frozenset(number for number in _numbers(article) if len(number) > 1),
        )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The sentences of an article: `sums` of shape (sentences, dimensions), `weights` of shape (sentences,), and the article's numbers."""

    sums: Vectors
    weights: Vectors
    numbers: frozenset[str]


def _alike(ours: _Parts, theirs: _Parts) -> float:
    """How surely two texts in two languages say the same: some 0.3 of translations, below 0 of texts that have nothing in common."""
    if not len(ours.sums) or not len(theirs.sums):
        return 0.0
    shared, all_ = len(ours.numbers & theirs.numbers), len(ours.numbers | theirs.numbers)
    backwards = _Parts(theirs.sums[::-1], theirs.weights[::-1], theirs.numbers)
    # What two texts with nothing in common gain by chance, and two on one event, they gain with the order of one turned round as well.
    in_order = _aligned(ours, theirs) - _BY_CHANCE * _aligned(ours, backwards)
    return in_order + _NUMBERS_WEIGHT * ((shared + _UNDECIDED) / (all_ + 2 * _UNDECIDED) - 0.5)


def _aligned(ours: _Parts, theirs: _Parts) -> float:
    """The weight of the best way through both texts (as in Gale and Church 1993, "A program for aligning sentences in bilingual corpora",
    with likeness in the place of length), of at most one.
    """
    our_units, their_units = _units(ours.sums), _units(theirs.sums)
    single = our_units @ their_units.T
    mean = float(single.mean())
    scale = max(1.0 - mean, 1e-6)  # a model may give every text of ours the same vector
    single = (single - mean) / scale
    # What each sentence has in common with all but the one it is aligned with, as if two more had nothing.
    rows = (single.sum(axis=1, keepdims=True) - single) / (single.shape[1] + 1)
    columns = (single.sum(axis=0, keepdims=True) - single) / (single.shape[0] + 1)
    usual = (rows + columns) / 2
    mine, yours = ours.weights / ours.weights.sum(), theirs.weights / theirs.weights.sum()
    gain = _mean_of(mine, yours) * (single - usual)
    to_two = (our_units @ _units(theirs.sums[:-1] + theirs.sums[1:]).T - mean) / scale - np.maximum(usual[:, :-1], usual[:, 1:])
    of_two = (_units(ours.sums[:-1] + ours.sums[1:]) @ their_units.T - mean) / scale - np.maximum(usual[:-1], usual[1:])
    to_two *= _mean_of(mine, yours[:-1] + yours[1:])
    of_two *= _mean_of(mine[:-1] + mine[1:], yours)
    before = np.zeros(len(their_units) + 1, dtype=np.float32)
    last = before
    for row in range(len(our_units)):
        best = last.copy()
        best[1:] = np.maximum(best[1:], last[:-1] + gain[row])
        best[2:] = np.maximum(best[2:], last[:-2] + to_two[row])
        if row:
            best[1:] = np.maximum(best[1:], before[:-1] + of_two[row - 1])
        before, last = last, np.maximum.accumulate(best)
    return float(last[-1])


def _units(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _mean_of(ours: Vectors, theirs: Vectors) -> Vectors:
    return np.asarray((ours[:, None] + theirs[None, :]) / 2, dtype=np.float32)


def _numbers(article: Article) -> frozenset[str]:
    """The numbers that an article writes in digits of any script, plainly."""
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(fold_text(_story(article))))


def _agree(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    fewer = min(len(ours), len(theirs))
    return fewer < _NUMBERS or 2 * len(ours & theirs) >= fewer


def _story(article: Article) -> str:
    return "\n".join(span.of(article.text) for span in article.story) or article.text


def _runs(article: Article) -> Hashes:
    """A hash of 64 bits for each run of _RUN words of an article's story, in order."""
    words = np.array([_hash(word) for word in words_of(_story(article))[:_LONGEST]], dtype=np.uint64)
    count = max(0, len(words) - _RUN + 1)
    runs = np.zeros(count, dtype=np.uint64)
    for at in range(_RUN):
        runs = runs * _FACTOR + words[at : at + count]
    return runs


@lru_cache(maxsize=1 << 17)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _prints(runs: Hashes) -> list[int]:
    """The least of each _WINDOW neighbouring hashes, each once, as SQLite keeps whole numbers: of 64 bits with a sign."""
    if not len(runs):
        return []
    windows = np.lib.stride_tricks.sliding_window_view(runs, min(_WINDOW, len(runs)))
    least: list[int] = np.unique(windows.min(axis=1)).view(np.int64).tolist()
    return least


def _shared(ours: Hashes, theirs: Hashes) -> tuple[float, float]:
    """What share of the shorter text's different runs stands in the other, and of the longer text's."""
    our_values, their_values = np.unique(ours), np.unique(theirs)
    shared = len(np.intersect1d(our_values, their_values, assume_unique=True))
    sizes = sorted((len(our_values), len(their_values)))
    return (shared / sizes[0], shared / sizes[1]) if sizes[0] else (0.0, 0.0)
