"""What a number counts: a currency, a unit that is listed in several languages, or the words after it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from index.text.names import name_keys
from index.text.terms import is_stop, stems
from qa.support.number_words import by_name

_MOST_WORDS = 3  # after a number that may say what it counts ("161 other injured passengers")
_NEXT_WORD = re.compile(r"[ -]([^\W\d]+(?:'[^\W\d]+)?)")

CURRENCY_OF = {word: name for name, words in by_name("quantities.currencies").items() for word in words}
SIGNS = {
    "$": "dollar",
    "us$": "dollar",
    "€": "euro",
    "£": "pound",
    "¥": "yen",
    "₪": "shekel",
    "usd": "dollar",
    "eur": "euro",
    "gbp": "pound",
}
# By name: the units that occur most in news.
UNITS = by_name("quantities.units")
SHARED_UNIT_PREFIXES = "=~"  # of units that can be compared across languages: listed ones, and keys of consonants


@lru_cache(maxsize=1)
def unit_of() -> Mapping[str, str]:
    """Form or stem of a listed unit to its name."""
    return {form: f"={name}" for name, words in UNITS.items() for word in words for form in (word, *stems(word))}


def words_after(text: str, start: int) -> list[str]:
    """The words directly after a number, up to any punctuation but a hyphen."""
    words: list[str] = []
    while len(words) < _MOST_WORDS and (match := _NEXT_WORD.match(text, start)):
        words.append(match[1])
        start = match.end()
    return words


def units(words: Sequence[str]) -> frozenset[str]:
    """What the words after a number may say it counts: their stems, and names of listed units with a prefix."""
    content = [word for word in words if not is_stop(word)]
    content_stems = {stem for word in content for stem in stems(word)}
    names = unit_of()
    known = {names[form] for form in (*content, *content_stems) if form in names}
    # A unit that is not listed, such as a rare currency, may still match across scripts by its consonants.
    keys = {f"~{key}" for key in name_keys(content[0])} if content and not known else set()
    return frozenset(content_stems | known | keys)
