"""Folds text for comparison, with a mapping back to the original offsets.

Folding removes differences between spellings of the same words: case, accents, tashkeel and tatweel, the carriers of hamza, the shapes of
alef, ya and ta marbuta, the script of digits, the typography of quotation marks, dashes and Arabic punctuation, invisible characters, runs
of white space. The Arabic letters are those that light stemming normalises (Larkey, Ballesteros & Connell 2002, "Improving stemming for
Arabic information retrieval"); Unicode's compatibility decomposition (NFKD) does the rest.

Each character is folded without its context, so that `fold` and `fold_text` share one table. Only runs of white space depend on context.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.text.spans import Span

_DOUBLE_QUOTES = "“”„‟«»〝〞″"
_SINGLE_QUOTES = "‘’‚‛‹›′`´ʼʹ"
_DASHES = "‐‑‒–—―−﹘"
# Equivalent characters that NFKD does not unify.
_EQUIVALENTS = {
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DASHES, "-"),
    **dict(zip("ٱىةیےکہەھ", "ايهييكههه", strict=True)),  # alef wasla, alef maqsura, ta marbuta; Persian and Urdu ya, kaf, ha
    **dict(zip("،؛؟٪٫٬۔", ",;?%.,.", strict=True)),
    "⁄": "/",
}
_TATWEEL = "\u0640"
# Marks of combining class 0 that affect only glyphs: the grapheme joiner, Mongolian and standard variation selectors.
_GLYPH_SELECTORS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _is_mark(character: str) -> bool:
    """Whether a character modifies the one before. Vowel signs of Indic scripts (class 0) count as letters: they distinguish words."""
    return unicodedata.combining(character) != 0 or unicodedata.category(character) == "Me" or _GLYPH_SELECTORS.match(character) is not None


def fold_character(character: str) -> str:
    """The folded form of a code point: none, one or several characters. White space becomes a space.

    >>> [fold_character(c) for c in ("É", "ﬁ", "أ", "٣", "\\u0301", "\\t")]
    ['e', 'fi', 'ا', '3', '', ' ']
    """
    if character.isspace():
        return " "
    if character in _EQUIVALENTS:
        return _EQUIVALENTS[character]
    decomposed = unicodedata.normalize("NFKD", character)
    if decomposed[0] == " ":  # a spacing mark such as "¨" or Arabic FE70..FE7E: a space would split a word
        return ""
    if decomposed == character:
        folded = character.casefold()
        if folded != character:
            return "".join(map(fold_character, folded))
        if _is_mark(character) or unicodedata.category(character) in {"Cf", "Cc"} or character == _TATWEEL:
            return ""
        number = unicodedata.decimal(character, None)
        return character if number is None else str(number)
    folded = "".join(map(fold_character, decomposed))
    # "2½" must not become "21/2"
    return f" {folded}" if unicodedata.category(character) == "No" and "/" in folded else folded


class _FoldingTable(dict[int, str]):
    """`fold_character` by code point, computed on first use."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


_TABLE = _FoldingTable()
_SPACES = re.compile(" {2,}")
# The table for ASCII bytes, which fold to one byte or none.
_ASCII = bytes(range(0x80))
_ASCII_DELETED = bytes(code for code in _ASCII if not _TABLE[code])
_ASCII_FOLDED = bytes(ord(_TABLE[code] or " ") if code in _ASCII else code for code in range(256))
_MOSTLY_ASCII = 1.25  # bytes of UTF-8 a character: English with curly quotes has 1.02, Arabic 1.8
_MOST_REPLACEMENTS = 16  # `replace` for each of a few characters is faster than `translate`; not measured
# The table for numpy, by code point: the length of the folded form (255: not computed yet), and whether it attaches to the one before.
_UNKNOWN = 255
_LENGTHS = np.full(0x110000, _UNKNOWN, np.uint8)
_ATTACHES = np.zeros(0x110000, np.bool_)


@lru_cache(maxsize=1)  # a passage's stems and name keys are computed in turn
def fold_text(text: str) -> str:
    """`fold(text).text`, without the offsets.

    >>> fold_text("  L’Été —  أُمّةٌ ٢٫٥ ")
    " l'ete - امه 2.5 "
    """
    folded = _fold_characters(text)
    return _SPACES.sub(" ", folded) if "  " in folded else folded


def _fold_characters(text: str) -> str:
    """`text.translate(_TABLE)`, for English in a half to a quarter of the time: ASCII as bytes, then each of the few others."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > _MOSTLY_ASCII * len(text):
        return text.translate(_TABLE)
    others = "" if text.isascii() else set(data.translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    if len(others) > _MOST_REPLACEMENTS:
        return text.translate(_TABLE)
    folded = data.translate(_ASCII_FOLDED, _ASCII_DELETED).decode("utf-8", "surrogatepass")
    for character in others:  # folding is idempotent, so that their order does not matter
        folded = folded.replace(character, _TABLE[ord(character)])
    return folded


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, with the original offsets of its characters.

    `text[i]` comes from `[origins[i], ends[i])` of the original: a code point with the marks and tatweel that follow it, or a run of white
    space. Both arrays are non-decreasing; the characters of one code point (a ligature) share its range.
    """

    text: str
    origins: array[int]
    ends: array[int]

    def to_original(self, start: int, end: int) -> Span:
        """The smallest original span that covers `text[start:end]`; for an empty range, the empty span before `text[start]`.

        >>> folded = fold("(Café\u0301)")
        >>> folded.to_original(*(folded.text.index("cafe") + i for i in (0, 4)))
        Span(start=1, end=6)
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"not a range of {len(self.text)} characters: [{start}, {end})")
        if start < end:
            return Span(self.origins[start], self.ends[end - 1])
        at = self.origins[start] if start < len(self.text) else self.ends[-1] if self.text else 0
        return Span(at, at)


def fold(text: str) -> Folded:
    """Folds `text`, which may have any length and content, keeping the original offsets."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = _LENGTHS[codes]
    if (lengths == _UNKNOWN).any():
        for code in set(codes[lengths == _UNKNOWN].tolist()):
            _LENGTHS[code] = len(_TABLE[code])
            _ATTACHES[code] = _LENGTHS[code] == 0 and (_is_mark(chr(code)) or chr(code) == _TATWEEL)
        lengths = _LENGTHS[codes]
    bases = np.flatnonzero(lengths)
    ends = bases + 1
    attached = np.flatnonzero(_ATTACHES[codes])
    attached_to = np.searchsorted(bases, attached) - 1
    # of several marks on a base, the last one is assigned last
    ends[attached_to[attached_to >= 0]] = attached[attached_to >= 0] + 1
    copies = lengths[bases]
    origins, ends = np.repeat(bases, copies), np.repeat(ends, copies)
    folded = text.translate(_TABLE)
    spaces = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32) == ord(" ")
    first = ~spaces
    first[:1] = True
    first[1:] |= ~spaces[:-1]
    last = np.append(first[1:], True)[: len(first)]
    return Folded(_SPACES.sub(" ", folded), _as_array(origins[first]), _as_array(ends[last]))


def _as_array(values: npt.NDArray[np.int64]) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())
