"""What a reader is given: windows of tokens, a question with a run of sentences of one article, each token with its place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tokenizers import Tokenizer

from index.text.spans import Span, trim, without_surrogates

QUESTION_TOKENS, TITLE_TOKENS = 48, 32


@dataclass(frozen=True, slots=True)
class Marks:
    """The ids around question and passage, as a model was trained with them; `titled` where a title with a mark of its own follows the
    question."""

    first: tuple[int, ...]
    between: tuple[int, ...]
    last: tuple[int, ...]
    titled: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a window, in tokens of the window."""

    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """`spans` are the places in the text of the tokens from `offset` on."""

    ids: list[int]
    offset: int
    spans: list[Span]
    sentences: list[Sentence]

    def tokens_of(self, span: Span) -> tuple[int, int] | None:
        """The first and last token of a place in the text, where the window holds all of it."""
        inside = [number for number, place in enumerate(self.spans) if place.overlap(span)]
        if not inside or self.spans[0].start > span.start or self.spans[-1].end < span.end:
            return None
        return self.offset + inside[0], self.offset + inside[-1]


_Pieces = tuple[tuple[Span, tuple[tuple[int, Span], ...]], ...]
"""Of each sentence its tokens, with their places in the text."""


class Windows:
    """Makes windows for a model with that tokenizer and those marks."""

    def __init__(self, tokenizer: Tokenizer, marks: Marks) -> None:
        self._tokenizer, self._marks = tokenizer, marks
        self._pieces = lru_cache(maxsize=4096)(self._tokenised)  # passages are asked about again, and texts in each epoch of a training

    def every(self, question: str, text: str, sentences: Sequence[Span], title: str, tokens: int) -> list[Window]:
        """Windows of at most so many tokens that hold all sentences; each begins where the one before has half of its tokens behind it."""
        pieces = self._pieces(text, tuple(sentences))
        if not pieces:
            return []
        head = self._head(question, title)
        return [self._window(head, run) for run in _runs(pieces, tokens - len(head) - len(self._marks.last))]

    def best(self, question: str, text: str, sentences: Sequence[Span], scores: Sequence[float], title: str, tokens: int) -> Window | None:
        """The window around the sentence with the highest score, grown to both sides as far as it has room; None without any token."""
        pieces = self._pieces(text, tuple(sentences))
        if not pieces:
            return None
        head = self._head(question, title)
        room = tokens - len(head) - len(self._marks.last)
        score_of = dict(zip(sentences, scores, strict=True))
        best = max(range(len(pieces)), key=lambda number: score_of[pieces[number][0]])
        first, last, left = best, best, room - len(pieces[best][1])
        while True:
            sides = [side for side in (first - 1, last + 1) if 0 <= side < len(pieces) and len(pieces[side][1]) <= left]
            if not sides:
                break
            # Of two that are as good, the nearer; of two as near, the one before: it says who "he" is.
            side = max(sides, key=lambda side: (score_of[pieces[side][0]], -abs(side - best), side < best))
            first, last, left = min(first, side), max(last, side), left - len(pieces[side][1])
        run = [(span, part[:room]) for span, part in pieces[first : last + 1]]
        return self._window(head, run)

    def bare(self, question: str) -> Window:
        """The question with no passage."""
        ids = [*self._marks.first, *self._ids(question)[:QUESTION_TOKENS], *self._marks.last]
        return Window(ids, len(ids), [], [])

    def _head(self, question: str, title: str) -> list[int]:
        marks = self._marks
        head = [*marks.first, *self._ids(question)[:QUESTION_TOKENS], *marks.between]
        if marks.titled and title:
            head += [*self._ids(title)[:TITLE_TOKENS], *marks.between]
        return head

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(without_surrogates(text), add_special_tokens=False).ids)

    def _tokenised(self, text: str, sentences: tuple[Span, ...]) -> _Pieces:
        encodings = self._tokenizer.encode_batch(
            [without_surrogates(sentence.of(text)) for sentence in sentences], add_special_tokens=False
        )
        pieces = []
        for sentence, encoding in zip(sentences, encodings, strict=True):
            tokens = tuple(
                (id, trim(text, Span(sentence.start + start, sentence.start + end)))
                for id, (start, end) in zip(encoding.ids, encoding.offsets, strict=True)
            )
            if tokens:
                pieces.append((sentence, tokens))
        return tuple(pieces)

    def _window(self, head: list[int], run: Sequence[tuple[Span, Sequence[tuple[int, Span]]]]) -> Window:
        ids, spans, sentences = list(head), list[Span](), list[Sentence]()
        for sentence, tokens in run:
            sentences.append(Sentence(len(ids), len(ids) + len(tokens), sentence))
            ids += [id for id, _ in tokens]
            spans += [span for _, span in tokens]
        return Window([*ids, *self._marks.last], len(head), spans, sentences)


def marks_of(tokenizer: Tokenizer) -> Marks:
    """What stands before, between and after a question and a passage, as the tokenizer joins a pair."""
    (bare,) = tokenizer.encode("a", add_special_tokens=False).ids[:1]
    ids = list(tokenizer.encode("a", "a").ids)
    first = ids.index(bare)
    last = len(ids) - 1 - ids[::-1].index(bare)
    return Marks(tuple(ids[:first]), tuple(ids[first + 1 : last]), tuple(ids[last + 1 :]))


def _runs(pieces: _Pieces, room: int) -> Iterator[Sequence[tuple[Span, Sequence[tuple[int, Span]]]]]:
    """Runs of sentences of at most `room` tokens. A longer sentence is cut."""
    cut = [(span, tokens[start : start + room]) for span, tokens in pieces for start in range(0, len(tokens), room)]
    start = 0
    while True:
        end, size = start, 0
        while end < len(cut) and size + len(cut[end][1]) <= room:
            size += len(cut[end][1])
            end += 1
        yield cut[start:end]
        if end == len(cut):
            return
        behind = 0
        while behind < room // 2 and start < end:
            behind += len(cut[start][1])
            start += 1
