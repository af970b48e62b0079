"""Are these the words, who said them, and where? A quote is checked against every article of a store.

In this order: its words, anywhere in an article, across clutter and the ends of passages; its fragments around ellipses and
insertions, and utterances that their cue interrupts; the closest wording; a sentence of another language. wording.py says what is the same
wording, speakers.py who is the same person, translations.py finds what says the same in another language.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from threadpoolctl import threadpool_limits

from index.articles import Article
from index.errors import InputError
from index.store.passages import article_key
from index.store.store import Store
from index.text.spans import Span
from qa.quotes.places import QuotePlace, chains, closest_wording, verbatim
from qa.quotes.prepared import PreparedArticle, PreparedQuote
from qa.quotes.speakers import is_named, same_speaker
from qa.quotes.translations import translation
from qa.support.reversals import reversal_in, reversal_of
from qa.support.wording import Change

_LISTED = 100  # matches at most: a reader needs no more, and a word may be in every article; `places` counts on
_PIECED = 200  # articles that are searched for a quote's fragments; no measurement behind it
_NEAREST = 12  # articles whose wording is aligned with the quote's
# With less wording in common than a quote keeps of which a fifth is changed, the words may as well be another translation of the same, if
# there is a sentence in another language that they translate. Of 1,028 sentences of polnear and ntrex-quotes with a fifth of their words
# replaced, 993 in 1,000 keep more, and all 96 altered quotes of five sets do.
_DOUBTFUL = 0.7
_KEPT_CHARACTERS = 4_000_000  # of prepared articles that are kept: some 100 MB

Verdict = Literal["verbatim", "elided", "altered", "misattributed", "translated", "not_found"]
MatchSpeech = Literal["direct", "indirect", "narration"]


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a quote was found at: `article.text[span.start:span.end] == text`, checked when it is made.

    `speaker` is the speaker_name of the quotation that holds it. `exact`: not even typography differs, marks and white space at the quote's
    ends aside. `similarity` from 0 to 1. `context` are the sentences that hold the match, where they say more than it; `reversal` words in
    them that reverse its sense ("some claim that").
    """

    article: Article
    span: Span
    text: str
    speaker: str | None
    speech: MatchSpeech
    exact: bool
    similarity: float
    diff: tuple[Change, ...]
    context: Span | None
    reversal: Span | None

    def __post_init__(self) -> None:
        if self.span.of(self.article.text) != self.text:
            raise AssertionError(f"{self.article.id!r} does not hold the text at {self.span}")


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """The result of checking a quote. `matches` are the first of `places`, those with the claimed speaker first."""

    quote: str
    claimed_speaker: str | None
    verdict: Verdict
    matches: tuple[Match, ...]
    places: int


class Checker:
    """Checks quotes against a store, from any number of threads. What it keeps between quotes does not grow with their number."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._generation = -1
        self._ids: dict[str, str] = {}
        self._kept: OrderedDict[str, PreparedArticle] = OrderedDict()
        self._characters = 0

    def check(self, quote: str, claimed_speaker: str | None = None) -> QuoteCheck:
        """What the articles say to a quote of any length. Raises InputError where it holds no word, and the store's errors."""
        self._renew()
        asked = PreparedQuote(quote)
        if not len(asked.words):
            raise InputError("The quote is empty: give the words to look for.")
        verdict, candidates = self._find(asked)
        places = _Places(claimed_speaker)
        for place in candidates:
            places.add(place)
        if not places.count:
            verdict = "not_found"
        elif verdict in ("verbatim", "elided") and places.all_another:
            verdict = "misattributed"
        return QuoteCheck(quote, claimed_speaker, verdict, tuple(map(_match, places.first())), places.count)

    def _renew(self) -> None:
        generation = self._store.catalogue.generation()
        with self._lock:
            if generation != self._generation:
                self._generation = generation
                self._ids = {article_key(id): id for id in self._store.catalogue.fingerprints()}
                self._kept.clear()
                self._characters = 0

    def _read(self, keys: Iterable[str]) -> Iterator[PreparedArticle]:
        """The visible articles of these keys, in order."""
        for key in keys:
            id = self._ids.get(key)
            if id is None:
                continue
            with self._lock:
                read = self._kept.get(id)
                if read is not None:
                    self._kept.move_to_end(id)
            if read is None:
                article = self._store.catalogue.article(id)
                if article is None:
                    continue
                read = PreparedArticle(article, self._store.catalogue.quotations([id]).get(id, ()))
                self._keep(id, read)
            yield read

    def _keep(self, id: str, read: PreparedArticle) -> None:
        with self._lock:
            if id not in self._kept:  # another thread may have prepared it meanwhile
                self._kept[id] = read
                self._characters += len(read.text)
            while self._characters > _KEPT_CHARACTERS and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._characters -= len(dropped.text)

    def _find(self, quote: PreparedQuote) -> tuple[Verdict, Iterable[QuotePlace]]:
        """The places in the quote's exact wording, lazily where there may be very many."""
        # The source itself may have "[T]he".
        for form in [PreparedQuote(quote.given, edited=False), quote] if quote.edited else [quote]:
            held = self._store.words.holding([form.words.words])
            places = (place for read in self._read(held) for place in verbatim(read, form))
            first = next(places, None)
            if first is not None:
                return "elided" if form.edited else "verbatim", chain([first], places)
        nearest = self._store.words.nearest(quote.kept, _NEAREST)
        runs = [quote.words.words[f.words.start : f.words.stop] for f in quote.fragments if f.words]
        keys = list(dict.fromkeys([*nearest, *self._store.words.holding(runs)]))[:_PIECED]
        joined = [place for read in self._read(keys) for place in chains(read, quote)]
        if joined:
            whole = any(is_whole for is_whole, _ in joined)
            return "verbatim" if whole else "elided", [place for is_whole, place in joined if is_whole == whole]
        aligned = [place for read in self._read(nearest) for place in closest_wording(read, quote)]
        most = max((likeness for likeness, _ in aligned), default=0.0)
        if most < _DOUBTFUL:
            translated = translation(self._store, quote.text)
            if translated is not None:
                span, similarity = translated.span, translated.similarity
                return "translated", [
                    QuotePlace(read, span, False, similarity, ()) for read in self._read([article_key(translated.article_id)])
                ]
        return "altered", [place for likeness, place in aligned if likeness >= most]


def check_all(store: Store, claims: Iterable[tuple[str, str | None]]) -> Iterator[QuoteCheck]:
    """The checks of many quotes with their claimed speakers, in order, on all cores. Raises what `Checker.check` raises.

    A few are worked on ahead of the one that is asked for; memory does not grow with their number. 1,000 quotes, a fifth of them found in
    none of 2,000 articles (7.5 million characters), take 17 to 21 s on two cores, and 24 s one after another.
    """
    cores = len(os.sched_getaffinity(0))
    checker = Checker(store)
    # numpy's own threads would wait for one another: half as much processor time again
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores) as pool:
        ahead: deque[Future[QuoteCheck]] = deque()
        try:
            for claim in claims:
                ahead.append(pool.submit(checker.check, *claim))
                if len(ahead) > 4 * cores:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class _Places:
    """The places of a quote: how many there are, and as many as are shown, those first that attribute it to the claimed speaker."""

    def __init__(self, claimed: str | None) -> None:
        self._claimed = claimed
        self._same: list[QuotePlace] = []
        self._other: list[QuotePlace] = []
        self.count = 0
        self.all_another = claimed is not None
        """A speaker is claimed, and no place attributes, or may attribute, the words to them."""

    def add(self, place: QuotePlace) -> None:
        self.count += 1
        quotation = place.quotation
        speaker = quotation.speaker_name if quotation else None
        same = self._claimed is not None and speaker is not None and same_speaker(self._claimed, speaker)
        if self._claimed is not None and self.all_another:
            self.all_another = not same and (speaker is not None or not _names(place.read.article, self._claimed))
        shown = self._same if same else self._other
        if len(shown) < _LISTED:
            shown.append(place)

    def first(self) -> list[QuotePlace]:
        return [*self._same, *self._other][:_LISTED]


def _names(article: Article, claimed: str) -> bool:
    return is_named(claimed, " ".join(filter(None, (article.text, article.author, article.publisher))))


def _match(place: QuotePlace) -> Match:
    read, span = place.read, place.span
    quotation = place.quotation
    around = read.sentences_at(span)
    turned = reversal_of(read.text, around, span) or next(filter(None, (reversal_in(read.text, gap) for gap in place.gaps)), None)
    says_more = turned is not None or len(read.words.within(around)) > len(read.words.within(span))
    return Match(
        read.article,
        span,
        span.of(read.text),
        quotation.speaker_name if quotation else None,
        quotation.speech if quotation else "narration",
        place.exact,
        place.similarity,
        place.diff,
        around if says_more else None,
        turned,
    )


def as_json(check: QuoteCheck) -> dict[str, Any]:
    """The check in the form that other programs rely on."""
    return {
        "quote": check.quote,
        "claimed_speaker": check.claimed_speaker,
        "verdict": check.verdict,
        "matches": [
            {
                "article": match.article.id,
                **{name: getattr(match.article, name) for name in ("title", "publisher", "date", "language")},
                "page": match.article.page_at(match.span.start),
                "start": match.span.start,
                "end": match.span.end,
                "text": match.text,
                "speaker": match.speaker,
                "speech": match.speech,
                "exact": match.exact,
                "similarity": round(match.similarity, 4),
                "diff": [{"op": change.op, "text": change.text} for change in match.diff],
                "context": _as_json(match.context, match.article),
                "reversal": _as_json(match.reversal, match.article),
            }
            for match in check.matches
        ],
        "places": check.places,
    }


def _as_json(span: Span | None, article: Article) -> Mapping[str, Any] | None:
    return None if span is None else {"start": span.start, "end": span.end, "text": span.of(article.text)}
