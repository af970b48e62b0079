"""Articles to passages: runs of whole sentences, at most so many tokens long. The only module that counts tokens.

Cut by characters, count by tokens: a passage is always `text[start:end]`. A passage never crosses what cleaning marked, so that nothing
marked can be retrieved or quoted.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.articles import Article
from index.text.sentences import sentences_by_part
from index.text.spans import Span, trim

if TYPE_CHECKING:
    from tiktoken import Encoding

ENCODING = "cl100k_base"
# answer_holds_gold at 128 / 256 / 384 / 512: xquad-en .863 / .868 / .868 / .868, xquad-ar .775 / .840 / .838 / not known, arcd .710 / .767
# / .782 / .770, squad2 .815 / .798 / .798 / .798, seeds .900 / .900 / .900 / .850. docs/evaluation.md has the other figures.
PASSAGE_TOKENS = 384
OVERLAP_SENTENCES = 1  # 0, 1 and 2 on arcd: answer_holds_gold .785 / .782 / .780, evidence@1 .700 / .705 / .705: no more than noise


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: `article.text[span.start:span.end] == text`.

    `sentences` are spans of the article's text, in order, inside `span`. A sentence longer than the limit is cut at a clause or a word,
    and its parts count as sentences.
    """

    id: str
    article_id: str
    span: Span
    text: str
    tokens: int
    sentences: tuple[Span, ...]


def unit_id(article_id: str, span: Span) -> str:
    """The id of a passage or sentence in Chroma and the full-text index: short, and the same in every build. Article ids may be hostile."""
    return f"{article_key(article_id)}:{span.start}-{span.end}"


@lru_cache(maxsize=4096)
def article_key(article_id: str) -> str:
    return sha256(article_id.encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _encoding() -> Encoding:
    package = find_spec("llama_index.core")
    assert package is not None and package.origin is not None, "llama-index-core is a requirement"
    # tiktoken downloads its encodings unless it finds them here; llama-index-core carries this one.
    os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(package.origin).parent / "_static" / "tiktoken_cache")
    import tiktoken  # noqa: PLC0415 (must see the line above)

    return tiktoken.get_encoding(ENCODING)


def count_tokens(text: str) -> int:
    """Tokens of `text` in cl100k_base. Special tokens are ordinary text here: an article may contain `<|endoftext|>`."""
    first, *others = text.split(" ")
    tokens = _first_tokens[first] + sum(map(_later_tokens.__getitem__, others))
    return tokens if tokens < _GLUED else _tokens_at_once(text)


def _tokens_at_once(text: str) -> int:
    return len(_encoding().encode_ordinary(text))


_GLUED = 1 << 40
_MARKS = frozenset(",.:;?!،؛؟")
_LONGEST_KEPT = 48  # characters; a longer run without a space is no word, and hardly comes again
_MOST_KEPT = 1 << 17  # as many words as `terms.py` keeps the stems of; no figure behind the number


class _TokensOfPieces(dict[str, int]):
    """Tokens of each text between two spaces, counted when it first occurs: words recur, and one pass of tiktoken over a text
    takes three times as long as to look them up.

    No token of cl100k_base holds a space that follows anything but white space, unless as its first character (a space begins the
    patterns for words and for signs, and the others for white space hold nothing else), and none depends on what stands before it. So a
    text may be cut before each such space. A piece that white space ends, or that is empty, is `_GLUED` to the next.
    """

    def __init__(self, before: str) -> None:
        self._before = before

    def __missing__(self, piece: str) -> int:
        if not piece or piece[-1].isspace():
            tokens = _GLUED
        elif piece[-1] in _MARKS and piece[:-1].isalpha():  # a word ends before its mark, and has mostly occurred without one
            tokens = self[piece[:-1]] + _first_tokens[piece[-1]]
        else:
            tokens = _tokens_at_once(self._before + piece)
        if len(piece) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[piece] = tokens
        return tokens


_first_tokens, _later_tokens = _TokensOfPieces(""), _TokensOfPieces(" ")


def passages_of(article: Article, limit: int = PASSAGE_TOKENS, overlap: int = OVERLAP_SENTENCES) -> list[Passage]:
    """The passages of an article, in order, each of at most `limit` tokens, sharing up to `overlap` sentences with the one before."""
    passages: list[Passage] = []
    for story_sentences in sentences_by_part(article.text, article.story):
        units = [part for sentence in story_sentences for part in _parts(article.text, sentence, limit)]
        for span, sentences, tokens in _runs(article.text, units, limit, overlap):
            passages.append(Passage(unit_id(article.id, span), article.id, span, span.of(article.text), tokens, tuple(sentences)))
    return passages


def _runs(text: str, parts: Sequence[tuple[Span, int]], limit: int, overlap: int) -> Iterator[tuple[Span, Sequence[Span], int]]:
    """Runs of units within the limit, of about the same length each, so that no short rest is left at the end; and their tokens."""
    units = [unit for unit, _ in parts]
    gaps = [0, *(_gap(text, before.end, after.start, limit) for before, after in pairwise(units))]
    costs = [gap + tokens for gap, (_, tokens) in zip(gaps, parts, strict=False)]  # no unit has no gap
    left = [*accumulate(reversed(costs))][::-1]
    start = fresh = 0  # `fresh` is the first unit that no run has held
    while fresh < len(units):
        aim = left[start] / -(-left[start] // limit)
        end, cost = start, 0
        while end < len(units) and (end <= fresh or (cost + costs[end] / 2 <= aim and cost + costs[end] <= limit)):
            cost += costs[end]
            end += 1
        # The sum of the parts is no promise for the whole.
        while (tokens := _tokens(text, parts[start:end])) > limit and end - start > 1:
            end -= 1
        if end <= fresh:  # nothing new fits with the overlap
            start = fresh
            continue
        yield Span(units[start].start, units[end - 1].end), units[start:end], tokens
        # An overlap that fills a good part of the next passage would be repetition.
        back = 0
        while back < min(overlap, end - start - 1) and costs[end - 1 - back] <= limit // 4:
            back += 1
        start, fresh = end - back, end


def _tokens(text: str, run: Sequence[tuple[Span, int]]) -> int:
    """Tokens of a run of units whose counts are known: only the joints between neighbours are counted again."""
    tokens = run[0][1]
    for (before, _), (after, unit_tokens) in pairwise(run):
        more = _more_where_they_meet(text, before, after)
        if more is None:
            return count_tokens(text[run[0][0].start : run[-1][0].end])
        tokens += unit_tokens + more
    return tokens


def _more_where_they_meet(text: str, before: Span, after: Span) -> int | None:
    """What two units and the gap between them take more than both do apart (tokens, mostly one or none); None where that is unknown."""
    space = text.find(" ", after.start, after.end)
    head = text[after.start : space if space >= 0 else after.end]
    apart = _first_tokens[head]
    if apart >= _GLUED:
        return None
    if text[before.end : after.start] == " ":
        return _later_tokens[head] - apart
    last = text.rfind(" ", before.start, before.end)
    if space < 0 or last < 0 or text[last - 1].isspace():
        return None  # a unit of one piece may change at both its ends
    return _tokens_at_once(text[last:space]) - _later_tokens[text[last + 1 : before.end]] - apart


def _gap(text: str, start: int, end: int, limit: int) -> int:
    """Tokens of the white space between two units, as far as it matters."""
    # 128 spaces are the longest white space that is one token.
    gap = text[start : min(end, start + 128 * limit)]
    return _ORDINARY_GAPS.get(gap) or count_tokens(gap)


# Nearly all gaps are one of these, and each is one token (a test asks tiktoken).
_ORDINARY_GAPS = dict.fromkeys((" ", "\n", "\n\n"), 1)


_CLAUSE_END = re.compile(r"[,;:،؛…—–](?=\s)")
_SPACE = re.compile(r"\s+")
# No writing system puts more marks on a letter (Unicode Standard Annex 15, Stream-Safe Text Format).
_MOST_MARKS = 30


def _parts(text: str, sentence: Span, limit: int) -> Iterator[tuple[Span, int]]:
    """The sentence, or parts of it within the limit, cut after a clause, otherwise between words, otherwise between letters; and their
    tokens.
    """
    rest = sentence
    while len(rest):
        # 8: prose has at most 6 characters a token. A window keeps tiktoken from seeing megabytes without a space, where it is quadratic.
        whole = len(rest) <= 8 * limit
        if whole and (tokens := count_tokens(rest.of(text))) <= limit:
            yield rest, tokens
            return
        window = rest if whole else Span(rest.start, rest.start + 8 * limit)
        fits = _longest_fit(text, window, limit)
        cut = _cut(text, Span(rest.start, fits))
        part = trim(text, Span(rest.start, cut))
        yield part, count_tokens(part.of(text))
        rest = trim(text, Span(cut, rest.end))


def _longest_fit(text: str, window: Span, limit: int) -> int:
    """The furthest end within the window whose text has at most `limit` tokens, by bisection; at least one character on."""
    low, high = window.start + 1, window.end
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(text[window.start : middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, fits: Span) -> int:
    """Where to cut `fits`, behind a clause or word of its second half if there is one; never before a combining mark."""
    middle = (fits.start + fits.end) // 2
    for pattern in (_CLAUSE_END, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, middle, fits.end)]
        if ends:
            return ends[-1]
    for cut in range(fits.end, max(fits.start, fits.end - _MOST_MARKS), -1):
        if cut == len(text) or not (unicodedata.combining(text[cut]) or text[cut] in "\u200d\ufe0f" or text[cut - 1] == "\u200d"):
            return cut
    return fits.end


def with_title(article: Article, span: Span) -> str:
    """What is embedded for a passage: its text under the article's title, unless the title stands in it."""
    text = span.of(article.text)
    return title_above(article.title, text) + text


def title_above(title: str | None, text: str) -> str:
    """What stands above a passage's text where it is embedded."""
    return "" if title is None or title in text else f"{title}\n"
