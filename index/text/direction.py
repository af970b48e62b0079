"""The writing direction of a text: left to right or right to left."""

from __future__ import annotations

import unicodedata
from typing import Literal

Direction = Literal["ltr", "rtl"]

_RIGHT_TO_LEFT_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
# Characters that are read of a paragraph; the rest rarely changes the result. Not measured.
_SAMPLE_LENGTH = 400


def of_language(language: str) -> Direction:
    """The direction of a language, given by its ISO 639 code.

    >>> of_language("ar"), of_language("en")
    ('rtl', 'ltr')
    """
    return "rtl" if language in _RIGHT_TO_LEFT_LANGUAGES else "ltr"


def direction(text: str, around: Direction | None = None) -> Direction:
    """A paragraph's base direction: the majority of three votes, by its first letter, by most of its letters, and by `around`.

    `around` is the direction of the surrounding text; without it most of the letters decide. The first letter alone, which HTML's
    dir="auto" uses, fails for an Arabic sentence that begins with "BBC". Most letters alone fail for an English sentence that ends in a
    long Arabic quotation.

    >>> direction("BBC تنقل الخبر من بيروت"), direction("He said: «نعم نعم نعم»", "ltr"), direction("0:00 / 1:30", "rtl")
    ('rtl', 'ltr', 'rtl')
    """
    bidi_classes = [bidi_class for bidi_class in map(unicodedata.bidirectional, text[:_SAMPLE_LENGTH]) if bidi_class in ("L", "R", "AL")]
    if not bidi_classes:
        return around or "ltr"
    most: Direction = "ltr" if 2 * bidi_classes.count("L") >= len(bidi_classes) else "rtl"
    first: Direction = "ltr" if bidi_classes[0] == "L" else "rtl"
    return most if around is None or first == most else around
