"""Which way a text runs."""

from __future__ import annotations

import unicodedata
from typing import Literal

Direction = Literal["ltr", "rtl"]

_RIGHT_TO_LEFT_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
# Letters that are looked at: where a paragraph has not shown by then which way it runs, more of it will not help. Not measured.
_READ = 400


def of_language(language: str) -> Direction:
    """The direction in which a language, by its ISO 639 code, is written.

    >>> of_language("ar"), of_language("en")
    ('rtl', 'ltr')
    """
    return "rtl" if language in _RIGHT_TO_LEFT_LANGUAGES else "ltr"


def direction(text: str, around: Direction | None = None) -> Direction:
    """A paragraph's base direction: two votes of three, of its first letter, of most of its letters, and of the text `around` it.

    Where nothing is around it, most of its letters decide. The first letter alone, as HTML's dir="auto" has it, would turn round an Arabic
    sentence that begins with "BBC"; most letters alone, an English one that ends in a long Arabic quotation.

    >>> direction("BBC تنقل الخبر من بيروت"), direction("He said: «نعم نعم نعم»", "ltr"), direction("0:00 / 1:30", "rtl")
    ('rtl', 'ltr', 'rtl')
    """
    letters = [kind for kind in map(unicodedata.bidirectional, text[:_READ]) if kind in ("L", "R", "AL")]
    if not letters:
        return around or "ltr"
    most: Direction = "ltr" if 2 * letters.count("L") >= len(letters) else "rtl"
    first: Direction = "ltr" if letters[0] == "L" else "rtl"
    return most if around is None or first == most else around
