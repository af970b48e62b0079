"""Are these the words, who said them, and where? A quote is held against every article of a store.

In this order: the words as they stand, anywhere in an article, clutter and passages' ends no hindrance; its fragments around ellipses and
insertions, and utterances that their cue interrupts; the closest wording; a sentence of another language. wording.py says what is the same
wording, speakers.py who is the same person, translations.py what says the same in another language.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Literal

from threadpoolctl import threadpool_limits

from index.articles import Article
from index.errors import InputError
from index.passages import article_key
from index.quotations import Quotation
from index.sentences import paragraph_spans, sentence_spans
from index.spans import Span, trim
from index.store import Store
from qa.reversals import reversal_in, reversal_of
from qa.speakers import is_named, same_speaker
from qa.translations import translation
from qa.wording import Change, Fragment, Stream, Words, closest, difference, fragments, same_wording, without_capital_marks

_LISTED = 100  # matches at most: nobody reads more, and a word may stand in every article; `places` counts on
_PIECED = 200  # articles that are searched for a quote's fragments; no measurement behind it
_NEAREST = 12  # articles whose wording is aligned with the quote's
# The closest wording is the quote's own, altered, from 0.58 + 0.6 / words on. Of 1,084 quotations and sentences of polnear and
# ntrex-quotes, held against all articles but their own, 1 in 1,000 passes; of 2,125 with a tenth or a fifth of their words changed,
# 17 in 1,000 fail. Weighing words by rarity is no better.
_ALTERED, _ALTERED_SHORT = 0.58, 0.6
# Less common wording may as well be another translation of the same words, if there is a sentence in another language that they translate.
# No measurement: one of the quotes on the seeds is such a case.
_DOUBTFUL = 0.7
_KEPT_CHARACTERS = 4_000_000  # of articles that are kept ready: some 100 MB

Verdict = Literal["verbatim", "elided", "altered", "misattributed", "translated", "not_found"]
Speech = Literal["direct", "indirect", "narration"]


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a quote was found at: `article.text[span.start:span.end] == text`, checked when it is made.

    `speaker` is the speaker_name of the quotation that holds it. `exact`: not even typography differs, marks and white space at the quote's
    ends aside. `similarity` from 0 to 1. `context` are the sentences that hold the match, where they say more than it; `reversal` words in
    them that turn its sense ("some claim that").
    """

    article: Article
    span: Span
    text: str
    speaker: str | None
    speech: Speech
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
    """What was found out about a quote. `matches` are the first of `places`, those with the claimed speaker first."""

    quote: str
    claimed_speaker: str | None
    verdict: Verdict
    matches: tuple[Match, ...]
    places: int


class _Read:
    """An article made ready for comparison."""

    def __init__(self, article: Article, quotations: Sequence[Quotation]) -> None:
        self.article = article
        self.text = article.text
        self.quotations = quotations
        self.words = Words(article.text)

    @cached_property
    def paragraphs(self) -> list[Span]:
        return list(paragraph_spans(self.text))

    def passages_of_speech(self) -> Iterator[_Passage]:
        """Every utterance, and every paragraph as narration."""
        utterances: dict[int, list[Span]] = {}
        for quotation in self.quotations:
            if quotation.speech == "direct":
                utterances.setdefault(quotation.utterance, []).append(quotation.span)
        yield from (_Passage(self.words, spans, True) for spans in utterances.values())
        yield from (_Passage(self.words, [paragraph], False) for paragraph in self.paragraphs)

    def quotation_at(self, span: Span, share: float) -> Quotation | None:
        """The innermost quotation that holds that share of a span; else the first of those of one speaker that together hold half."""
        inner = [q for q in self.quotations if span.overlap(q.span) >= share * len(span)]
        if inner:
            return min(inner, key=lambda q: len(q.span))
        spoken: dict[str | int, list[Quotation]] = {}
        for quotation in self.quotations:
            if quotation.span.overlap(span) and quotation.speech == "direct":
                spoken.setdefault(quotation.speaker_name or quotation.utterance, []).append(quotation)
        for together in spoken.values():
            if sum(quotation.span.overlap(span) for quotation in together) >= _HELD_TOGETHER * len(span):
                return together[0]
        return None

    def sentences_at(self, span: Span) -> Span:
        """From the beginning of the sentence that a span begins in to the end of the one that it ends in."""
        first = max(0, bisect_right(self.paragraphs, span.start, key=lambda p: p.start) - 1)
        last = max(first, bisect_right(self.paragraphs, span.end - 1, key=lambda p: p.start) - 1)
        around = Span(min(span.start, self.paragraphs[first].start), max(span.end, self.paragraphs[last].end))
        held = [sentence for sentence in sentence_spans(self.text, [around]) if sentence.overlap(span)]
        return Span(min(span.start, held[0].start), max(span.end, held[-1].end)) if held else span


# Of a match's characters, those that its quotation must hold: an alignment may take a word too many, and the sentences that a quote
# translates hold the words that name the speaker too. No measurement behind them.
_HELD, _HELD_OF_SENTENCES = 0.8, 0.5
# The same of several quotations of one speaker, with the words between them that name the speaker.
_HELD_TOGETHER = 0.5


class _Passage:
    """A passage of speech or a paragraph: its words in a row, and where it is interrupted."""

    def __init__(self, words: Words, spans: Sequence[Span], spoken: bool) -> None:
        self.spoken = spoken
        self.places = [(i, part) for part, span in enumerate(spans) for i in words.within(span)]
        self.stream = Stream([words.words[i] for i, _ in self.places])

    def pieces(self, first: int, last: int) -> list[tuple[int, int]]:
        """The runs of the article's words (first, end) that the passage's words `[first, last)` are."""
        found: list[tuple[int, int]] = []
        part = -1
        for i, own_part in self.places[first:last]:
            if found and own_part == part and found[-1][1] == i:
                found[-1] = (found[-1][0], i + 1)
            else:
                found.append((i, i + 1))
            part = own_part
        return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of the article and the quote's words that they are letter for letter."""

    source: Span
    quoted: range
    mark: str
    """What stands before it in the quote for words left out."""


@dataclass(frozen=True, slots=True)
class _Found:
    read: _Read
    span: Span
    exact: bool
    similarity: float
    diff: tuple[Change, ...]
    gaps: tuple[Span, ...] = ()
    held: float = _HELD

    @property
    def quotation(self) -> Quotation | None:
        return self.read.quotation_at(self.span, self.held)


class Checker:
    """Checks quotes against a store, from any number of threads. What it keeps between quotes does not grow with their number."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._generation = -1
        self._ids: dict[str, str] = {}
        self._kept: OrderedDict[str, _Read] = OrderedDict()
        self._characters = 0

    def check(self, quote: str, claimed_speaker: str | None = None) -> QuoteCheck:
        """What the articles say to a quote of any length. Raises InputError where it holds no word, and the store's errors."""
        self._renew()
        asked = _Quote(quote)
        if not len(asked.words):
            raise InputError("The quote is empty: give the words to look for.")
        verdict, found = self._find(asked)
        places = _Places(claimed_speaker)
        for place in found:
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

    def _read(self, keys: Iterable[str]) -> Iterator[_Read]:
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
                read = _Read(article, self._store.catalogue.quotations([id]).get(id, ()))
                self._keep(id, read)
            yield read

    def _keep(self, id: str, read: _Read) -> None:
        with self._lock:
            if id not in self._kept:  # another thread may have made it ready meanwhile
                self._kept[id] = read
                self._characters += len(read.text)
            while self._characters > _KEPT_CHARACTERS and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._characters -= len(dropped.text)

    def _find(self, quote: _Quote) -> tuple[Verdict, Iterable[_Found]]:
        """The places in the quote's own wording. One by one where there may be very many."""
        # The source may have "[T]he" of its own.
        for form in [_Quote(quote.given, edited=False), quote] if quote.edited else [quote]:
            held = self._store.words.holding([form.words.words])
            verbatim = (place for read in self._read(held) for place in _verbatim(read, form))
            first = next(verbatim, None)
            if first is not None:
                return "elided" if form.edited else "verbatim", chain([first], verbatim)
        nearest = self._store.words.nearest(quote.kept, _NEAREST)
        runs = [quote.words.words[f.words.start : f.words.stop] for f in quote.fragments if f.words]
        keys = list(dict.fromkeys([*nearest, *self._store.words.holding(runs)]))[:_PIECED]
        joined = [found for read in self._read(keys) for found in _chains(read, quote)]
        if joined:
            whole = any(is_whole for is_whole, _ in joined)
            return "verbatim" if whole else "elided", [place for is_whole, place in joined if is_whole == whole]
        aligned = [found for read in self._read(nearest) for found in _closest(read, quote)]
        most = max((likeness for likeness, _ in aligned), default=0.0)
        if most < _DOUBTFUL:
            translated = translation(self._store, quote.text)
            if translated is not None:
                span, similarity = translated.span, translated.similarity
                return "translated", [
                    _Found(read, span, False, similarity, ()) for read in self._read([article_key(translated.article_id)])
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
    """The places of a quote: how many there are, and as many as are shown, those first that give it to the claimed speaker."""

    def __init__(self, claimed: str | None) -> None:
        self._claimed = claimed
        self._same: list[_Found] = []
        self._other: list[_Found] = []
        self.count = 0
        self.all_another = claimed is not None
        """Somebody is claimed, and no place gives or may give the words to them."""

    def add(self, place: _Found) -> None:
        self.count += 1
        quotation = place.quotation
        speaker = quotation.speaker_name if quotation else None
        same = self._claimed is not None and speaker is not None and same_speaker(self._claimed, speaker)
        if self._claimed is not None and self.all_another:
            self.all_another = not same and (speaker is not None or not _names(place.read.article, self._claimed))
        shown = self._same if same else self._other
        if len(shown) < _LISTED:
            shown.append(place)

    def first(self) -> list[_Found]:
        return [*self._same, *self._other][:_LISTED]


def _names(article: Article, claimed: str) -> bool:
    return is_named(claimed, " ".join(filter(None, (article.text, article.author, article.publisher))))


_ENDS = " \t\r\n\f\v\u00a0\u200e\u200f\u202f\ufeff\"'“”„‟«»‘’‚‛‹›`´"


class _Quote:
    """A quote made ready for comparison."""

    def __init__(self, quote: str, edited: bool = True) -> None:
        """`edited`: "[T]he" is "The" with an editor's mark."""
        self.given = quote.strip(_ENDS)
        self.text = without_capital_marks(quote).strip(_ENDS) if edited else self.given
        self.edited = self.text != self.given
        self.words = Words(self.text)
        self.fragments: list[Fragment] = fragments(self.words)
        self.kept = [self.words.words[i] for fragment in self.fragments for i in fragment.words]
        self.cuts = []
        kept = 0
        for fragment in self.fragments:
            if fragment.mark:
                self.cuts.append(kept)
            kept += len(fragment.words)


def _verbatim(read: _Read, quote: _Quote) -> Iterator[_Found]:
    """The places at which the quote's words follow one another, letter for letter."""
    count = len(quote.words)
    quoted = quote.words.span(0, count)
    for i in read.words.runs(quote.words.words):
        span = read.words.span(i, i + count)
        if same_wording(read.text, span, quote.text, quoted):
            yield _as_it_stands(read, _with_ends(read.text, span, quote.text, quoted), quote)


def _as_it_stands(read: _Read, span: Span, quote: _Quote) -> _Found:
    text = span.of(read.text)
    return _Found(read, span, text == quote.text, 1.0, (Change("equal", text),))


def _with_ends(text: str, span: Span, quote: str, quoted: Span) -> Span:
    """The span with what stands around it in both alike: signs of currency, final punctuation."""
    start, end = span.start, span.end
    for step in range(1, min(start, quoted.start) + 1):
        if text[span.start - step] != quote[quoted.start - step]:
            break
        start = span.start - step
    for step in range(min(len(text) - end, len(quote) - quoted.end)):
        if text[span.end + step] != quote[quoted.end + step]:
            break
        end = span.end + step + 1
    return trim(text, Span(start, end))


def _chains(read: _Read, quote: _Quote) -> Iterator[tuple[bool, _Found]]:
    """The places at which the quote's fragments stand in order within one passage of speech, and whether nothing was left out."""
    if not read.words.hold(quote.kept):
        return
    seen: set[tuple[Span, ...]] = set()
    for passage in read.passages_of_speech():
        pieces = _chain(read, passage, quote)
        spans = tuple(piece.source for piece in pieces)
        if not pieces or spans in seen:
            continue
        seen.add(spans)
        yield _join(read, quote, pieces)


def _chain(read: _Read, passage: _Passage, quote: _Quote) -> list[_Piece]:
    """The tightest row of places in a passage where the fragments stand, letter for letter; empty where there is none."""
    if len(quote.kept) > len(passage.places):
        return []
    runs: list[list[tuple[int, list[_Piece]]]] = []
    for fragment in quote.fragments:
        words = quote.words.words[fragment.words.start : fragment.words.stop]
        if not words:
            continue
        places = []
        for at in passage.stream.runs(words):
            pieces = _pieces(read, passage, quote, fragment, at)
            if pieces:
                places.append((at, pieces))
        if not places:
            return []
        runs.append(places)
    best: list[_Piece] = []
    for at, pieces in reversed(runs[0]):  # the last beginning gives the tightest row, and no beginning before it a tighter one
        row, end = list(pieces), at + sum(len(piece.quoted) for piece in pieces)
        for later in runs[1:]:
            following = next((item for item in later if item[0] >= end), None)
            if following is None:
                row = []
                break
            row += following[1]
            end = following[0] + sum(len(piece.quoted) for piece in following[1])
        if row and (not best or row[-1].source.end - row[0].source.start < best[-1].source.end - best[0].source.start):
            best = row
    if not passage.spoken and len(best) > 1 and any(_spoken(read, piece.source) for piece in best):
        return []  # narration and speech, or the speech of two, are not one passage
    return best


def _spoken(read: _Read, span: Span) -> bool:
    return any(q.speech == "direct" and q.span.start <= span.start and span.end <= q.span.end for q in read.quotations)


def _pieces(read: _Read, passage: _Passage, quote: _Quote, fragment: Fragment, at: int) -> list[_Piece]:
    """The fragment at a place of the passage, in pieces where the passage is interrupted; empty where its wording differs."""
    found: list[_Piece] = []
    first = fragment.words.start
    for start, end in passage.pieces(at, at + len(fragment.words)):
        quoted = range(first, first + end - start)
        source = read.words.span(start, end)
        if not same_wording(read.text, source, quote.text, quote.words.span(quoted.start, quoted.stop)):
            return []
        found.append(_Piece(source, quoted, "" if found else fragment.mark))
        first = quoted.stop
    return found


def _join(read: _Read, quote: _Quote, pieces: Sequence[_Piece]) -> tuple[bool, _Found]:
    text = read.text
    changes: list[Change] = []
    gaps: list[Span] = []
    editor = quote.edited or quote.fragments[0].mark.startswith("[") or not quote.fragments[-1].words
    if pieces[0].mark:
        changes.append(Change("insert", f"{pieces[0].mark} "))
    for before, piece in pairwise([None, *pieces]):
        assert piece is not None
        if before is not None:
            gap = Span(before.source.end, piece.source.start)
            gaps.append(gap)
            changes += [Change("delete", gap.of(text)), Change("insert", f" {piece.mark} " if piece.mark else " ")]
        changes.append(Change("equal", piece.source.of(text)))
    if not quote.fragments[-1].words:
        changes.append(Change("insert", f" {quote.fragments[-1].mark}"))
    span = Span(pieces[0].source.start, pieces[-1].source.end)
    left_out = any(piece.mark for piece in pieces[1:]) or any(read.words.within(gap) for gap in gaps)
    if not left_out and not editor:
        return True, _Found(read, span, False, 1.0, (Change("equal", span.of(text)),))
    said = sum(len(piece.quoted) for piece in pieces)
    return False, _Found(read, span, False, 2 * said / (said + len(read.words.within(span))), tuple(changes), tuple(gaps))


def _closest(read: _Read, quote: _Quote) -> Iterator[tuple[float, _Found]]:
    """The place of the article's closest wording, if it is the quote's wording altered, and how much of it is common by folded words."""
    near = closest(read.words, quote.words, quote.cuts)
    if near is None or near.similarity < _ALTERED + _ALTERED_SHORT / len(quote.words):
        return
    span = _with_ends(read.text, read.words.span(near.first, near.last), quote.text, quote.words.span(0, len(quote.words)))
    diff, similarity = difference(span.of(read.text), quote.text)
    yield near.similarity, _Found(read, span, False, similarity, diff)


def _match(place: _Found) -> Match:
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
