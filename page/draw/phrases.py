"""The phrases of the interface. They are written in English where they are drawn; page/locale/ holds a catalogue for each other
language, in gettext's form, which translators' tools know. `make phrases` brings the catalogues in step with the code.

    say = phrases("ar")
    say("Sources")                                              a phrase
    say("Understood as {question}", question=isolated(...))     with markup in its places; plain text is escaped
    say.plural("{count} article", "{count} articles", 3)        with a number, in the plural forms of the language (Arabic has six)

Articles' text, errors and what programs read are not the interface's words and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from index.text.direction import Direction, of_language

_ENGLISH = "en"
_CATALOGUES = {path.stem: path for path in sorted((Path(__file__).parents[1] / "locale").glob("*.po"))}
CODES = (_ENGLISH, *_CATALOGUES)
"""The languages that the interface speaks."""
# With Latin digits in Arabic too, as Arabic newspapers print them.
_FORMS = {1: "y", 2: "LLLL y", 3: "d MMMM y"}
_SHORT_FORMS = {1: "y", 2: "LLL y", 3: "d MMM"}

_SAID_IN_SCRIPT = re.compile(r'\bsay\("([^"\\]+)"')


def N_(message: str) -> str:  # noqa: N802  # the conventional name with gettext
    """Marks a phrase for `make phrases` that is looked up elsewhere."""
    return message


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of the interface in one language."""

    language: str
    _translations: NullTranslations = field(repr=False)

    @property
    def direction(self) -> Direction:
        return of_language(self.language)

    def plain(self, message: str) -> str:
        """The phrase with its placeholders, as plain text."""
        return self._translations.gettext(message)

    def __call__(self, message: str, **values: object) -> Markup:
        """The phrase, escaped for markup."""
        return Markup(str(escape(self._translations.gettext(message)))).format(**values)

    def plural(self, singular: str, plural_form: str, number: int, **values: object) -> Markup:
        """The phrase in the plural form of a number, which it contains as {count}."""
        phrase = self._translations.ngettext(singular, plural_form, number)
        return Markup(str(escape(phrase))).format(count=self.number(number), **values)

    def number(self, number: int) -> str:
        return str(format_decimal(number, locale=self.language))

    def date(self, iso: str) -> Markup:
        """An ISO date, perhaps partial, for people and for programs."""
        return Markup('<time datetime="{}" dir="{}">{}</time>').format(iso, self.direction, self.date_in_words(iso))

    def date_in_words(self, iso: str) -> str:
        """
        >>> [phrases("en").date_in_words(iso) for iso in ("2017-09-02", "2017-09", "2017")]
        ['2 September 2017', 'September 2017', '2017']
        """
        return self._date_as(_FORMS, iso)

    def date_in_short(self, iso: str) -> str:
        """For a plot's axis: a day without its year, which is shown elsewhere.

        >>> [phrases("en").date_in_short(iso) for iso in ("2017-09-02", "2017-09", "2017")]
        ['2 Sep', 'Sep 2017', '2017']
        """
        return self._date_as(_SHORT_FORMS, iso)

    def _date_as(self, forms: Mapping[int, str], iso: str) -> str:
        year, month, day = (*map(int, iso.split("-")), 1, 1)[:3]
        return str(format_date(date(year, month, day), forms[iso.count("-") + 1], locale=self.language))

    def language_name(self, code: str) -> str:
        """The name of a language, or its code if it has none.

        >>> phrases("en").language_name("ar"), phrases("ar").language_name("ar"), phrases("en").language_name("xx")
        ('Arabic', 'العربية', 'xx')
        """
        return str(Locale(self.language).languages.get(code, code))


@cache
def phrases(language: str) -> Phrases:
    """The phrases of one of CODES."""
    return Phrases(language, NullTranslations() if language == _ENGLISH else _translations(language))


def script_phrases(say: Phrases, scripts: Iterable[str]) -> dict[str, str]:
    """The phrases of the scripts, `say("…")`, with their translations."""
    return {message: say.plain(message) for script in scripts for message in _SAID_IN_SCRIPT.findall(script)}


def _translations(language: str) -> GNUTranslations:
    with _CATALOGUES[language].open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def spoken(accepted: str) -> str:
    """The first available language in a browser's Accept-Language; English where it asks for none.

    >>> spoken("ar-EG,ar;q=0.9,en;q=0.8"), spoken("de,en;q=0.5"), spoken("ja;q=0.9, fr;q=0.3, en;q=0.2"), spoken("")
    ('ar', 'en', 'fr', 'en')
    """
    ranked = sorted((part.strip().partition(";q=") for part in accepted.split(",")), key=lambda part: -_weight(part[2]))
    tags = [tag.partition("-")[0].lower() for tag, _, _ in ranked]
    return next((code for tag in tags for code in CODES if code == tag), _ENGLISH)


def _weight(quality: str) -> float:
    try:
        return float(quality or 1)
    except ValueError:
        return 0.0
