"""An article and a quote prepared for comparison: their words, passages of speech, fragments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from index.articles import Article
from index.story.quotations import Quotation
from index.text.sentences import paragraph_spans, sentence_spans
from index.text.spans import Span
from qa.support.wording import Fragment, Stream, Words, fragments, without_capital_marks

# Of a match's characters, those that several quotations of one speaker must hold together, with the words between them that name the
# speaker. No measurement behind it.
_HELD_TOGETHER = 0.5


class PreparedArticle:
    """An article prepared for comparison."""

    def __init__(self, article: Article, quotations: Sequence[Quotation]) -> None:
        self.article = article
        self.text = article.text
        self.quotations = quotations
        self.words = Words(article.text)

    @cached_property
    def paragraphs(self) -> list[Span]:
        return list(paragraph_spans(self.text))

    def passages_of_speech(self) -> Iterator[SpeechPassage]:
        """Every utterance, and every paragraph as narration."""
        utterances: dict[int, list[Span]] = {}
        for quotation in self.quotations:
            if quotation.speech == "direct":
                utterances.setdefault(quotation.utterance, []).append(quotation.span)
        yield from (SpeechPassage(self.words, spans, True) for spans in utterances.values())
        yield from (SpeechPassage(self.words, [paragraph], False) for paragraph in self.paragraphs)

    def quotation_at(self, span: Span, share: float) -> Quotation | None:
        """The innermost quotation that holds that share of a span; otherwise the first of those of one speaker that together hold half."""
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


class SpeechPassage:
    """A passage of speech or a paragraph: its words in a row, and where it is interrupted."""

    def __init__(self, words: Words, spans: Sequence[Span], spoken: bool) -> None:
        self.spoken = spoken
        self.places = [(i, part) for part, span in enumerate(spans) for i in words.within(span)]
        self.stream = Stream([words.words[i] for i, _ in self.places])

    def pieces(self, first: int, last: int) -> list[tuple[int, int]]:
        """The runs of the article's words (first, end) that the passage's words `[first, last)` are."""
        pieces: list[tuple[int, int]] = []
        part = -1
        for i, place_part in self.places[first:last]:
            if pieces and place_part == part and pieces[-1][1] == i:
                pieces[-1] = (pieces[-1][0], i + 1)
            else:
                pieces.append((i, i + 1))
            part = place_part
        return pieces


_ENDS = " \t\r\n\f\v\u00a0\u200e\u200f\u202f\ufeff\"'“”„‟«»‘’‚‛‹›`´"


class PreparedQuote:
    """A quote prepared for comparison."""

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
