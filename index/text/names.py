"""Keys by which names and numbers match across scripts.

"Nazarov", "Назаров" and "نزاروف" share no letter, and a dense vector represents names and numbers poorly. Romanised (anyascii) and reduced
to consonant classes, all three have the key `nsrf`. A class joins the consonants that transliterations confuse, by the usual romanisation
tables of Arabic (ALA-LC, and the looser spellings of newspapers). Vowels are dropped: Arabic omits the short ones, and the spelling of the
long ones varies.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from string import ascii_lowercase
from typing import Any

from anyascii import anyascii

from index.text.fold import fold_text
from index.text.script import is_arabic, rules_of_script

# Longer digraphs first: "sch" must not be read as "s", "ch".
_DIGRAPHS = (("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ph", "f"))
# Applied after the digraphs. Vowels and semivowels are deleted.
_CONSONANTS = str.maketrans(
    # Every letter is listed: `translate` is slower for a missing key.
    {letter: letter for letter in ascii_lowercase}
    | {"q": "k", "c": "k", "x": "ks", "v": "f", "p": "b", "z": "s", "j": "g"}
    | dict.fromkeys("haeiouyw", "")
)
_WORD = re.compile(r"[^\W\d_]+|\d{1,3}(?:,\d{3})+|\d+")
_ASCII_WORD = re.compile(r"[a-z]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")  # `_WORD` for folded text of ASCII, in half the time
_DOUBLED = re.compile(r"(.)(?=\1)")  # all but the last; substituting the whole run takes six times as long
_ARABIC: Any = rules_of_script("Arabic", "clitics")
# Two consonants are too ambiguous ("Mali", "Imla"). Not measured.
_SHORTEST_KEY = 3
_LONGEST_WORD = 40  # longer than any name; not measured


def name_keys(text: str) -> list[str]:
    """The keys of each word and number of `text`, in order. A word may have several (an Arabic word with and without clitics) or none.

    >>> set(name_keys("Nazarov")) & set(name_keys("ونزاروف"))
    {'nsrf'}
    >>> name_keys("60,000") == name_keys("٦٠٬٠٠٠")
    True
    """
    folded = fold_text(text)
    words = (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)
    return list(chain.from_iterable(map(_keys, words)))


@lru_cache(maxsize=1 << 17)
def _keys(word: str) -> tuple[str, ...]:
    if word[0].isdigit():
        number = word.replace(",", "")
        return (number,) if len(number) > 1 else ()
    if len(word) > _LONGEST_WORD:
        return ()
    keys = dict.fromkeys(map(skeleton, _forms(word)))
    return tuple([key for key in keys if len(key) >= _SHORTEST_KEY])


def _forms(word: str) -> list[str]:
    """The word, and an Arabic word also without its clitics."""
    return _ARABIC.forms(word) if is_arabic(word) else [word]


def skeleton(word: str) -> str:
    """The consonant classes of a word in any script; "" if it has none.

    >>> skeleton("Maher"), skeleton("ماهر")
    ('mr', 'mr')
    """
    roman = word if word.isascii() and word.isalpha() and word.islower() else word.translate(_ROMAN)
    if "h" in roman:
        for spelling, consonant in _DIGRAPHS:
            roman = roman.replace(spelling, consonant)
    return _DOUBLED.sub("", roman.replace("ck", "k").translate(_CONSONANTS))


class _Romanisation(dict[int, str]):
    """The romanisation of each code point, computed on first use. anyascii needs no context, so that each can be cached by itself."""

    def __missing__(self, code: int) -> str:
        letters = self[code] = re.sub(r"[^a-z]", "", anyascii(chr(code)).lower())
        return letters


_ROMAN = _Romanisation()
