"""Where a quote stands in an article: in its wording, in fragments, in the closest wording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.story.quotations import Quotation
from index.text.spans import Span, trim
from qa.quotes.prepared import PreparedArticle, PreparedQuote, SpeechPassage
from qa.support.wording import Change, Fragment, closest, difference, same_wording

# The closest wording counts as the quote, altered, from a similarity of 0.58 + 0.6 / words on. Of 1,084 quotations and sentences of polnear
# and ntrex-quotes, compared with all articles but their own, 1 in 1,000 passes; of 2,125 with a tenth or a fifth of their words changed,
# 17 in 1,000 fail. Weighing words by rarity is no better.
_ALTERED, _ALTERED_SHORT = 0.58, 0.6
_HELD = 0.8  # of a match's characters, those that its quotation must hold: an alignment may take a word too many. Not measured


@dataclass(frozen=True, slots=True)
class _SharedWords:
    """Words of the article and the quote's words that they are letter for letter."""

    source: Span
    quoted: range
    mark: str
    """The quote's mark before it for words left out."""


@dataclass(frozen=True, slots=True)
class QuotePlace:
    """A place of an article that a quote was found at. `gaps` are what the quote leaves out of it."""

    read: PreparedArticle
    span: Span
    exact: bool
    similarity: float
    diff: tuple[Change, ...]
    gaps: tuple[Span, ...] = ()

    @property
    def quotation(self) -> Quotation | None:
        return self.read.quotation_at(self.span, _HELD)


def verbatim(read: PreparedArticle, quote: PreparedQuote) -> Iterator[QuotePlace]:
    """The places at which the quote's words follow one another, letter for letter."""
    count = len(quote.words)
    quoted = quote.words.span(0, count)
    for i in read.words.runs(quote.words.words):
        span = read.words.span(i, i + count)
        if same_wording(read.text, span, quote.text, quoted):
            yield _as_it_stands(read, _with_ends(read.text, span, quote.text, quoted), quote)


def _as_it_stands(read: PreparedArticle, span: Span, quote: PreparedQuote) -> QuotePlace:
    text = span.of(read.text)
    return QuotePlace(read, span, text == quote.text, 1.0, (Change("equal", text),))


def _with_ends(text: str, span: Span, quote: str, quoted: Span) -> Span:
    """The span extended by what surrounds it in both texts: currency signs, final punctuation."""
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


def chains(read: PreparedArticle, quote: PreparedQuote) -> Iterator[tuple[bool, QuotePlace]]:
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


def _chain(read: PreparedArticle, passage: SpeechPassage, quote: PreparedQuote) -> list[_SharedWords]:
    """The tightest row of places in a passage where the fragments stand, letter for letter; empty where there is none."""
    if len(quote.kept) > len(passage.places):
        return []
    runs: list[list[tuple[int, list[_SharedWords]]]] = []
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
    best: list[_SharedWords] = []
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


def _spoken(read: PreparedArticle, span: Span) -> bool:
    return any(q.speech == "direct" and q.span.start <= span.start and span.end <= q.span.end for q in read.quotations)


def _pieces(read: PreparedArticle, passage: SpeechPassage, quote: PreparedQuote, fragment: Fragment, at: int) -> list[_SharedWords]:
    """The fragment at a place of the passage, in pieces where the passage is interrupted; empty where its wording differs."""
    pieces: list[_SharedWords] = []
    first = fragment.words.start
    for start, end in passage.pieces(at, at + len(fragment.words)):
        quoted = range(first, first + end - start)
        source = read.words.span(start, end)
        if not same_wording(read.text, source, quote.text, quote.words.span(quoted.start, quoted.stop)):
            return []
        pieces.append(_SharedWords(source, quoted, "" if pieces else fragment.mark))
        first = quoted.stop
    return pieces


def _join(read: PreparedArticle, quote: PreparedQuote, pieces: Sequence[_SharedWords]) -> tuple[bool, QuotePlace]:
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
        return True, QuotePlace(read, span, False, 1.0, (Change("equal", span.of(text)),))
    said = sum(len(piece.quoted) for piece in pieces)
    return False, QuotePlace(read, span, False, 2 * said / (said + len(read.words.within(span))), tuple(changes), tuple(gaps))


def closest_wording(read: PreparedArticle, quote: PreparedQuote) -> Iterator[tuple[float, QuotePlace]]:
    """The place of the article's closest wording, if it is the quote's wording altered, and how much of it is common by folded words."""
    near = closest(read.words, quote.words, quote.cuts)
    if near is None or near.similarity < _ALTERED + _ALTERED_SHORT / len(quote.words):
        return
    span = _with_ends(read.text, read.words.span(near.first, near.last), quote.text, quote.words.span(0, len(quote.words)))
    diff, similarity = difference(span.of(read.text), quote.text)
    yield near.similarity, QuotePlace(read, span, False, similarity, diff)
