"""What months and weekdays are called in a language: CLDR's names, as Babel gives them, in the spellings that papers use.

    months("en")["sept"], weekdays("fr")["lundi"]       9, 0

CLDR goes by country: the months of Syria are not those of Egypt. A language names the locales to be asked under `dates.locales`, and under
`dates.spellings` the spellings that CLDR lacks, each with the name that it stands for. One without them has no names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from babel import Locale

from index.languages.base import language

Width = Literal["wide", "abbreviated"]


@cache
def months(code: str, *widths: Width) -> Mapping[str, int]:
    """The names in small letters, from 1 for January; of all widths where none is given. An abbreviation stands without its full stop."""
    return _names(code, "months", widths or ("wide", "abbreviated"))


@cache
def weekdays(code: str, *widths: Width) -> Mapping[str, int]:
    """The same, from 0 for Monday."""
    return _names(code, "days", widths or ("wide", "abbreviated"))


def _names(code: str, kind: Literal["months", "days"], widths: tuple[Width, ...]) -> dict[str, int]:
    given = language(code)
    forms = [getattr(Locale.parse(locale), kind)["format"] for locale in given.words("dates.locales")]
    names = {
        name.rstrip(".").replace("\N{NO-BREAK SPACE}", " ").lower(): number
        for form in forms
        for width in widths
        for number, name in form[width].items()
    }
    return names | {spelling: names[name] for spelling, name in given.mapping("dates.spellings").items() if name in names}
