"""Comparison of a quote's wording with a text: where it occurs, whether it is verbatim, and what was changed.

Candidates are found by folded words (fold.py), which are lenient, so that nothing similar is missed. `same_wording` decides, and is strict:
it ignores typography only, nothing that changes a word. All functions are pure.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from sys import intern
from typing import Literal

from rapidfuzz.distance import Indel

from index.store.word_index import WORD
from index.text.fold import fold
from index.text.spans import Span

# Typographic variants.
_CANONICAL = {
    **dict.fromkeys("“”„‟«»〝〞″", '"'),
    **dict.fromkeys("‘’‚‛‹›′`´ʼʹ", "'"),
    **dict.fromkeys("‐‑‒–—―−﹘－", "-"),
    **dict(zip("،؛؟٪٫٬۔⁄", ",;?%.,./", strict=True)),
    "…": "...",
}
# Arabic diacritics, Koranic annotation signs and tatweel. Hamza and madda (0653 to 0655) are left out: they make another letter.
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]")
_VARIATION_SELECTORS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _canonical_character(character: str) -> str:
    if character.isspace():
        return " "
    if character in _CANONICAL:
        return _CANONICAL[character]
    category = unicodedata.category(character)
    if category in {"Cf", "Cc"} or _ARABIC_MARKS.match(character) or _VARIATION_SELECTORS.match(character):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    decomposed = unicodedata.normalize("NFKD", character)
    # "10²" is not 102, "2½" is not 21/2
    if category == "No" or decomposed == character:
        return character
    if decomposed[0] == " ":  # a spacing diacritic
        return "" if _ARABIC_MARKS.match(decomposed[1:]) else character
    return "".join(map(_canonical_character, decomposed))


class _CanonicalTable(dict[int, str]):
    """`_canonical_character` by code point, computed at the first lookup."""

    def __missing__(self, code: int) -> str:
        canonical = self[code] = _canonical_character(chr(code))
        return canonical


_TABLE = _CanonicalTable()
_ELLIPSIS = re.compile(r"(?:\. ?){2,}\.")
_DASHES = re.compile(r"-{2,}")
_APOSTROPHE = re.compile(r"(?<!\w)'+|'+(?!\w)")
_PUNCTUATION = re.compile(r"\s*([^\w\s])\s*")
_SPACES = re.compile(r"\s+")


def canonical(text: str) -> str:
    """The canonical form of a text: two texts that differ in typography only have the same.

    Unlike folding it keeps case, accents, the carriers of hamza, ta marbuta and all punctuation.

    >>> canonical("“It’s  60 %” – أُمّةٌ ٣…") == canonical('"It\\'s 60%"-أمة 3 ...')
    True
    >>> canonical("US") == canonical("us"), canonical("1, 600") == canonical("1,600"), canonical("أمة") == canonical("امة")
    (False, False, False)
    """
    plain = unicodedata.normalize("NFC", text.translate(_TABLE))
    plain = _DASHES.sub("-", _ELLIPSIS.sub("...", plain))
    plain = _APOSTROPHE.sub('"', plain)

    def close_up(match: re.Match[str]) -> str:
        mark = match[1]
        if unicodedata.category(mark)[0] == "M":
            return match[0]
        # "1, 600" is two numbers
        if mark in ".,:/" and plain[match.start() - 1 : match.start()].isdigit() and plain[match.end() : match.end() + 1].isdigit():
            return _SPACES.sub(" ", match[0])
        return mark

    return _SPACES.sub(" ", _PUNCTUATION.sub(close_up, plain)).strip()


class Words:
    """The folded words of a text, with their spans.

    `words[i]` is at `span(i, i + 1)`.
    """

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self.text = text
        matches = [(match.group(), match.start(), match.end()) for match in WORD.finditer(folded.text)]
        self.words = [intern(word) for word, _, _ in matches]  # many texts share them
        self._starts = array("q", [folded.origins[start] for _, start, _ in matches])
        self._ends = array("q", [folded.ends[end - 1] for _, _, end in matches])
        self._stream = Stream(self.words)
        self.spelt_out = _spelt_out(self.words)
        """The words with "n't" as "not", as many as `words`, for alignment."""

    def __len__(self) -> int:
        return len(self.words)

    def span(self, first: int, last: int) -> Span:
        """The span of the words `[first, last)`, at least one."""
        return Span(self._starts[first], self._ends[last - 1])

    def within(self, span: Span) -> range:
        """The indices of the words that are entirely inside a span."""
        first = bisect_left(self._starts, span.start)
        return range(first, max(first, bisect_right(self._ends, span.end)))

    def runs(self, words: Sequence[str]) -> Iterator[int]:
        """Each index at which `words` occur in sequence."""
        return self._stream.runs(words)

    def hold(self, words: Sequence[str]) -> bool:
        """Whether each of `words` occurs."""
        return all(self._stream.holds(word) for word in words)


_SPELT_OUT = {"can": "can", "won": "will", "shan": "shall"}


def _spelt_out(words: Sequence[str]) -> list[str]:
    """Don’t detect → do not detect."""
    result = list(words)
    for i, (word, following) in enumerate(pairwise(words)):
        if following == "t" and word[-1] == "n" and word.isascii():
            result[i : i + 2] = [intern(_SPELT_OUT.get(word, word[:-1])), "not"]
    return result


class Stream:
    """A sequence of words that can be searched for subsequences."""

    def __init__(self, words: Sequence[str]) -> None:
        self._joined = f" {' '.join(words)} "
        self._offsets = array("q", [0])
        for word in words:
            self._offsets.append(self._offsets[-1] + len(word) + 1)

    def holds(self, word: str) -> bool:
        return f" {word} " in self._joined

    def runs(self, words: Sequence[str]) -> Iterator[int]:
        """Each index at which `words`, at least one, occur in sequence."""
        wanted = f" {' '.join(words)} "
        offset = self._joined.find(wanted)
        while offset >= 0:
            yield bisect_left(self._offsets, offset)
            offset = self._joined.find(wanted, offset + 1)


_CURRENCIES = "$¢-¥֏؋৲৳฿៛₠-₿﷼﹩＄￠￡￥￦"
_BEFORE_NUMBER = re.compile(rf"(?:[#@]|[{_CURRENCIES}]\s?|(?<!\w)[-+−±‐‑–])\Z")
_BEFORE_WORD = re.compile(r"[#@]\Z")
_AFTER_NUMBER = re.compile(rf"\s?[%‰٪]|[{_CURRENCIES}]|[+#°](?!\w)")
_AFTER_WORD = re.compile(r"[+#](?!\w)")
_SIGN_LENGTH = 3  # characters that these patterns may match
_JOINTS = "'’ʼ-‐‑"
_NUMBER_JOINTS = ".,:/٫٬–−"


def whole(text: str, span: Span) -> Span | None:
    """The span extended by the signs of its first and last word ("$600", "50 %", "#Metoo"); None if it cuts a word or number.

    >>> [span and span.of(text) for text, word in (("-5 %!", "5"), ("1,600", "600"), ("president-elect", "elect"), ("a dog’s", "dog"))
    ...  for span in [whole(text, Span(text.index(word), text.index(word) + len(word)))]]
    ['-5 %', None, None, None]
    """
    if _continues(text, span.start - 1, -1) or _continues(text, span.end, 1):
        return None
    numeric_first, numeric_last = text[span.start].isnumeric(), text[span.end - 1].isnumeric()
    before = (_BEFORE_NUMBER if numeric_first else _BEFORE_WORD).search(text[max(0, span.start - _SIGN_LENGTH) : span.start])
    after = (_AFTER_NUMBER if numeric_last else _AFTER_WORD).match(text[span.end : span.end + _SIGN_LENGTH])
    return Span(span.start - len(before[0] if before else ""), span.end + len(after[0] if after else ""))


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()


def _skip(text: str, at: int, step: int) -> int:
    """The next offset, from `at` on, of neither a combining mark nor an invisible character."""
    while 0 <= at < len(text) and (unicodedata.category(text[at]) in {"Mn", "Me", "Cf", "Cc"} and not text[at].isspace()):
        at += step
    return at


def _continues(text: str, at: int, step: int) -> bool:
    """Whether a word that ends before `at`, in the direction of `step`, continues there."""
    inner = at - step
    at = _skip(text, at, step)
    if not 0 <= at < len(text):
        return False
    joint = text[at]
    if joint.isalnum():
        return True
    beyond = _skip(text, at + step, step)
    if not _is_word(text, beyond):
        return False
    if joint in _JOINTS:
        return True
    while 0 <= inner < len(text) and not text[inner].isalnum():
        inner -= step
    if joint in _NUMBER_JOINTS and text[inner].isnumeric() and text[beyond].isnumeric():
        return True
    # "U.S."; a full stop without the space after it would follow a longer word
    first = beyond if step < 0 else inner
    return joint == "." and text[first].isalpha() and not _is_word(text, first - 1) and text[first].isascii()


def same_wording(source: str, span: Span, quote: str, quoted: Span) -> bool:
    """Whether two spans differ in typography and the case of the first letter only, and neither cuts a word."""
    source_span, quote_span = whole(source, span), whole(quote, quoted)
    if source_span is None or quote_span is None:
        return False
    theirs, ours = canonical(source_span.of(source)), canonical(quote_span.of(quote))
    return theirs == ours or (theirs[:1].lower() == ours[:1].lower() and theirs[1:] == ours[1:])


_MARK = re.compile(r"\[\s?(?:…|\.\s?\.(?:\s?\.)*)\s?\]|\(\s?(?:…|\.\s?\.(?:\s?\.)*)\s?\)|…|\.(?:\s?\.){2,}|\[[^\[\]\n]{1,200}\]")
_CAPITAL = re.compile(r"\[[^\W\d_]\](?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of words of a quote without an editorial mark: `words` are their indices, `mark` is the mark before them, or ""."""

    words: range
    mark: str


def fragments(quote: Words) -> list[Fragment]:
    """The quote's words between its ellipses and bracketed insertions, in order. Words in brackets are editorial.

    >>> quote = Words("We left ... for [the town] early")
    >>> [(quote.words[fragment.words.start : fragment.words.stop], fragment.mark) for fragment in fragments(quote)]
    [(['we', 'left'], ''), (['for'], '...'), (['early'], '[the town]')]
    """
    result: list[Fragment] = []
    start, mark = 0, ""
    capitals = {match.start() for match in _CAPITAL.finditer(quote.text)}
    marks = [match for match in _MARK.finditer(quote.text) if match.start() not in capitals]
    for match in [*marks, None]:
        words = quote.within(Span(start, match.start() if match else len(quote.text)))
        if words:
            result.append(Fragment(words, mark))
            mark = ""
        if match is not None:
            mark = f"{mark} {match[0]}".strip()
            start = match.end()
    if mark and "[" in mark and result and WORD.search(mark):
        result.append(Fragment(range(len(quote), len(quote)), mark))
    return result


def without_capital_marks(quote: str) -> str:
    """A quote with its bracketed capitals resolved: "[T]he" is "The"."""
    return _CAPITAL.sub(lambda match: match[0][1], quote)


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the difference from the source to the quote: `delete` is in the source only, `insert` in the quote only."""

    op: Literal["equal", "insert", "delete"]
    text: str


# A word or number with its internal punctuation, white space, or a single character.
_TOKEN = re.compile(
    r"(?:[^\W_]|(?<=[^\W_])[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]+|(?<=\d)[.,:/٫٬](?=\d)|(?<=[^\W_])['’ʼ‐‑-](?=[^\W_]))+"
    r"|\s+|\.{2,}|\S"
)


def difference(source: str, quote: str) -> tuple[tuple[Change, ...], float]:
    """The word-level difference of two wordings, and their similarity from 0 to 1 (twice the common tokens over all).

    The texts of `equal` and `delete` add up to the source, those of `equal` and `insert` to the quote except for typography.

    >>> difference("we will not leave", "we will leave")[0]
    (Change(op='equal', text='we will '), Change(op='delete', text='not '), Change(op='equal', text='leave'))
    """
    theirs, ours = _TOKEN.findall(source), _TOKEN.findall(quote)
    their_keys, our_keys = _keys(theirs), _keys(ours)
    steps: list[tuple[bool, str, str]] = []  # equal or not, the source's text, the quote's
    common = 0
    for code in Indel.opcodes(their_keys, our_keys):
        equal = code.tag == "equal"
        mine, other = theirs[code.src_start : code.src_end], ours[code.dest_start : code.dest_end]
        if equal:
            common += sum(key != " " for key in their_keys[code.src_start : code.src_end])
        if steps and not equal and not steps[-1][0]:
            steps[-1] = (False, steps[-1][1] + "".join(mine), steps[-1][2] + "".join(other))
        elif steps and not equal and len(steps) > 1 and steps[-1][1].isspace():  # a space between two changes belongs to both
            _, space, _ = steps.pop()
            _, before, before_other = steps.pop()
            steps.append((False, before + space + "".join(mine), before_other + space + "".join(other)))
        else:
            steps.append((equal, "".join(mine), "".join(other)))
    changes: list[Change] = []
    for equal, mine_text, other_text in steps:
        if equal:
            changes.append(Change("equal", mine_text))
        else:
            changes += [Change("delete", mine_text)] * bool(mine_text) + [Change("insert", other_text)] * bool(other_text)
    total = sum(key != " " for key in (*their_keys, *our_keys))
    return tuple(changes), 2 * common / total if total else 1.0


def _keys(tokens: Sequence[str]) -> list[str]:
    keys = [canonical(token) or " " for token in tokens]
    first = next((i for i, key in enumerate(keys) if key[0].isalnum()), None)
    if first is not None:
        keys[first] = keys[first][0].lower() + keys[first][1:]
    return keys


@dataclass(frozen=True, slots=True)
class Closest:
    """The words `[first, last)` of a text that are most similar to a quote; `similarity` is twice the common words over all."""

    first: int
    last: int
    similarity: float


_GAP_PENALTY = 0.5  # for a word without a counterpart, while the window is chosen; no measurement behind it
_STOP = re.compile(r"[.!?؟۔…\n\r\"“”„«»]")


def closest(text: Words, quote: Words, cuts: Sequence[int] = ()) -> Closest | None:
    """The part of a text that is most similar to a quote: a local alignment by words, seeded where most bigrams are shared.

    `cuts` are indices of the quote's words before which it marks an omission: gaps there cost nothing. None if no bigram is shared.
    """
    count = len(quote)
    ours, theirs = quote.spelt_out, text.spelt_out
    wanted = set(pairwise(ours))
    hits = [i for i, pair in enumerate(pairwise(theirs)) if pair in wanted]
    if not hits:
        return None
    reach = count + count // 2 + 10
    best, most, low = 0, 0, 0
    for high, hit in enumerate(hits):
        while hit - hits[low] > reach:
            low += 1
        if high - low + 1 > most:
            best, most = low, high - low + 1
    first = max(0, hits[best] - count)
    last = min(len(text), hits[best + most - 1] + 2 + count)
    blocks = [
        (code.src_start, first + code.dest_start, code.src_end - code.src_start)
        for code in Indel.opcodes(ours, theirs[first:last])
        if code.tag == "equal"
    ]
    # the best run of blocks (Kadane)
    top, start, score = (0.0, 0, 0), 0, 0.0
    for i, (at, place, length) in enumerate(blocks):
        if i:
            previous_at, previous_place, previous_length = blocks[i - 1]
            gap = max(at - previous_at - previous_length, place - previous_place - previous_length)
            open_cut = any(previous_at + previous_length <= cut <= at for cut in cuts)
            score -= 0.0 if open_cut else _GAP_PENALTY * gap
        if score < 0:
            start, score = i, 0.0
        score += length
        if score > top[0]:
            top = (score, start, i)
    chosen = blocks[top[1] : top[2] + 1]
    head, (tail_at, tail_place, tail_length) = chosen[0], chosen[-1]
    before = _counterparts(text, head[1], head[0], -1)
    after = _counterparts(text, tail_place + tail_length, count - tail_at - tail_length, 1)
    low_word, high_word = head[1] - before, tail_place + tail_length + after
    left_out = sum(
        place - previous_place - previous_length
        for (previous_at, previous_place, previous_length), (at, place, _) in pairwise(chosen)
        if any(previous_at + previous_length <= cut <= at for cut in cuts)
    )
    common = count + high_word - low_word - Indel.distance(ours, theirs[low_word:high_word])
    return Closest(low_word, high_word, common / (count + high_word - low_word - left_out))


def _counterparts(text: Words, edge: int, most: int, step: int) -> int:
    """How many words next to the aligned ones, within the sentence, face the quote's unaligned words."""
    for count in range(most):
        inner, outer = (edge - count, edge - count - 1) if step < 0 else (edge + count - 1, edge + count)
        if not 0 <= outer < len(text):
            return count
        low, high = sorted((inner, outer))
        between = text.text[text.span(low, low + 1).end : text.span(high, high + 1).start]
        if _STOP.search(between):
            return count
    return most
