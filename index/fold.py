"""Text to comparable text, and the way back.

Folding takes away what two printings of the same words may differ in: case, accents, tashkeel and tatweel, the carriers of hamza, the
shapes of alef, ya and ta marbuta, the script of digits, the typography of quotation marks, dashes and Arabic punctuation, invisible
characters, runs of white space. The Arabic letters are those that light stemming normalises (Larkey, Ballesteros & Connell 2002,
"Improving stemming for Arabic information retrieval"); Unicode's own decompositions (NFKD) do the rest.

Every character folds by itself, so that one table serves both views; only runs of white space look at their neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.spans import Span

_DOUBLE_QUOTES = "“”„‟«»〝〞″"
_SINGLE_QUOTES = "‘’‚‛‹›′`´ʼʹ"
_DASHES = "‐‑‒–—―−﹘"
# What NFKD leaves apart although readers take it for the same.
_SAME = {
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DASHES, "-"),
    **dict(zip("ٱىةیےکہەھ", "ايهييكههه", strict=True)),  # alef wasla, alef maqsura, ta marbuta; Persian and Urdu ya, kaf, ha
    **dict(zip("،؛؟٪٫٬۔", ",;?%.,.", strict=True)),
    "⁄": "/",
}
_TATWEEL = "\u0640"
# Marks without a combining class that only choose a glyph or join: grapheme joiner, Mongolian and common variation selectors.
_GLYPH_CHOOSERS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _is_mark(character: str) -> bool:
    """A mark on the character before it. Vowel signs of Indic scripts (class 0) are letters here: without them words fall together."""
    return unicodedata.combining(character) != 0 or unicodedata.category(character) == "Me" or _GLYPH_CHOOSERS.match(character) is not None


def fold_character(character: str) -> str:
    """What one code point folds to: nothing, one character or several. White space gives one space.

    >>> [fold_character(c) for c in ("É", "ﬁ", "أ", "٣", "\\u0301", "\\t")]
    ['e', 'fi', 'ا', '3', '', ' ']
    """
    if character.isspace():
        return " "
    if character in _SAME:
        return _SAME[character]
    decomposed = unicodedata.normalize("NFKD", character)
    if decomposed[0] == " ":  # a mark that stands alone, as "¨" or Arabic FE70..FE7E: a space would break a word in two
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
    # "2½" must not become twenty-one halves
    return f" {folded}" if unicodedata.category(character) == "No" and "/" in folded else folded


class _Table(dict[int, str]):
    """`fold_character` by code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


_TABLE = _Table()
_SPACES = re.compile(" {2,}")
# The same for the bytes of ASCII, which fold to one byte or to nothing.
_ASCII = bytes(range(0x80))
_ASCII_GONE = bytes(code for code in _ASCII if not _TABLE[code])
_ASCII_FOLDED = bytes(ord(_TABLE[code] or " ") if code in _ASCII else code for code in range(256))
_MOSTLY_ASCII = 1.25  # bytes of UTF-8 a character: English with curly marks has 1.02, Arabic 1.8
_FEW = 16  # characters: a search for each of a few takes less than one table for all; no measurement behind the number
# The same for numpy, by code point: how many characters it folds to (255: not met yet), and whether it clings to the one before.
_UNKNOWN = 255
_LENGTHS = np.full(0x110000, _UNKNOWN, np.uint8)
_CLINGS = np.zeros(0x110000, np.bool_)


@lru_cache(maxsize=1)  # the stems and the names of a passage are asked for one after the other
def fold_text(text: str) -> str:
    """`fold(text).text`, when nobody needs the way back.

    >>> fold_text("  L’Été —  أُمّةٌ ٢٫٥ ")
    " l'ete - امه 2.5 "
    """
    loose = _fold_apart(text)
    return _SPACES.sub(" ", loose) if "  " in loose else loose


def _fold_apart(text: str) -> str:
    """`text.translate(_TABLE)`, of English in half to a quarter of the time: ASCII by bytes, then the few others one by one."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > _MOSTLY_ASCII * len(text):
        return text.translate(_TABLE)
    others = "" if text.isascii() else set(data.translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    if len(others) > _FEW:
        return text.translate(_TABLE)
    loose = data.translate(_ASCII_FOLDED, _ASCII_GONE).decode("utf-8", "surrogatepass")
    for character in others:  # what one folds to folds to itself, so their order is none
        loose = loose.replace(character, _TABLE[ord(character)])
    return loose


@dataclass(frozen=True, slots=True)
class Folded:
    """A comparable view of a text.

    `text[i]` comes from the original's `[origins[i], ends[i])`: one code point with the marks and tatweel that follow it, or one run of
    white space. Both are non-decreasing; characters that come from one code point (a ligature) share its range.
    """

    text: str
    origins: array[int]
    ends: array[int]

    def to_original(self, start: int, end: int) -> Span:
        """The smallest span of the original that `text[start:end]` comes from; for an empty range, the empty span before `text[start]`.

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
    """The comparable view of `text`, of any length and content, with the way back."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = _LENGTHS[codes]
    if (lengths == _UNKNOWN).any():
        for code in set(codes[lengths == _UNKNOWN].tolist()):
            _LENGTHS[code] = len(_TABLE[code])
            _CLINGS[code] = _LENGTHS[code] == 0 and (_is_mark(chr(code)) or chr(code) == _TATWEEL)
        lengths = _LENGTHS[codes]
    bases = np.flatnonzero(lengths)
    ends = bases + 1
    clinging = np.flatnonzero(_CLINGS[codes])
    owners = np.searchsorted(bases, clinging) - 1
    # of several marks on one base the last is assigned last
    ends[owners[owners >= 0]] = clinging[owners >= 0] + 1
    copies = lengths[bases]
    origins, ends = np.repeat(bases, copies), np.repeat(ends, copies)
    loose = text.translate(_TABLE)
    spaces = np.frombuffer(loose.encode("utf-32-le", "surrogatepass"), np.uint32) == ord(" ")
    first = ~spaces
    first[:1] = True
    first[1:] |= ~spaces[:-1]
    last = np.append(first[1:], True)[: len(first)]
    return Folded(_SPACES.sub(" ", loose), _whole_numbers(origins[first]), _whole_numbers(ends[last]))


def _whole_numbers(values: npt.NDArray[np.int64]) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())
