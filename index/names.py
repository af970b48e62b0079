"""Keys that names and numbers keep when they cross from one script to another.

"Nazarov", "Назаров" and "نزاروف" share no letter, and a dense vector blurs both. Romanised (anyascii) and stripped to their consonants,
with the consonants that transliterations confuse taken as one, they agree: `nsrf`. The classes follow the usual romanisation tables of
Arabic (ALA-LC, and the loose newspaper spellings); vowels go because Arabic does not write the short ones and spells the long ones freely.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from string import ascii_lowercase

from anyascii import anyascii

from index.fold import fold_text

# Longer spellings first: "sch" must not be read as "s", "ch".
_WITH_H = (("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ph", "f"))
# After those; vowels and semivowels go.
_LETTERS = str.maketrans(
    # Each letter stands here: `translate` takes longer over one that is missing.
    {letter: letter for letter in ascii_lowercase}
    | {"q": "k", "c": "k", "x": "ks", "v": "f", "p": "b", "z": "s", "j": "g"}
    | dict.fromkeys("haeiouyw", "")
)
_WORD = re.compile(r"[^\W\d_]+|\d{1,3}(?:,\d{3})+|\d+")
_ASCII_WORD = re.compile(r"[a-z]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")  # the same in a folded text of ASCII, in half the time
_DOUBLED = re.compile(r"(.)(?=\1)")  # all but the last; to write the first for all of them takes six times as long
# Two consonants are shared by too many words to say anything ("Mali", "Imla"). No measurement behind it.
_SHORTEST_KEY = 3
_LONGEST_WORD = 40  # no name is longer; no measurement behind the number


def name_keys(text: str) -> list[str]:
    """The keys of every word and number of `text`, in order; a word may have several (Arabic clitics off and on) or none.

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
    """The word, and an Arabic word also without what may be a conjunction, a preposition, an article before it."""
    forms = [word]
    if "\u0600" <= word[0] <= "\u06ff":
        if word[0] in "وفبلك" and len(word) > 4:
            forms.append(word[1:])
        forms += [form[2:] for form in forms if form.startswith("ال") and len(form) > 4]
    return forms


def skeleton(word: str) -> str:
    """The consonants of one word in any script, those that transliterations confuse taken as one; "" where it has none.

    >>> skeleton("Maher"), skeleton("ماهر")
    ('mr', 'mr')
    """
    roman = word if word.isascii() and word.isalpha() and word.islower() else word.translate(_ROMAN)
    if "h" in roman:
        for spelling, consonant in _WITH_H:
            roman = roman.replace(spelling, consonant)
    return _DOUBLED.sub("", roman.replace("ck", "k").translate(_LETTERS))


class _Romanisation(dict[int, str]):
    """The Latin letters that a character is written with, by code point, worked out when first met: anyascii reads each by itself."""

    def __missing__(self, code: int) -> str:
        letters = self[code] = re.sub(r"[^a-z]", "", anyascii(chr(code)).lower())
        return letters


_ROMAN = _Romanisation()
