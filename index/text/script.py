"""The script of letters, and the language that is assumed for words in a script."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from types import ModuleType

from index.languages.base import language
from index.text.spans import Span

SCRIPTS = {
    "Latin": "A-Za-zªºÀ-ÖØ-öø-ʯḀ-ỿ",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdfb\ufe70-\ufefc",
    "Cyrillic": "Ѐ-ԯ",
    "Greek": "Ͱ-ͽΆ-Ͽἀ-῾",
    "Hebrew": "א-ת",
    "Armenian": "Ա-և",
    "Georgian": "Ⴀ-ჿ",
    "Devanagari": "ऄ-हक़-ॡ",
    "Bengali": "অ-হ",
    "Tamil": "அ-ஹ",
    "Thai": "ก-ะ",
    "Amharic": "ሀ-ፚ",
    "Hangul": "가-힣ᄀ-ᇿ",
    "Kana": "ぁ-ゖァ-ヺ",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in SCRIPTS.items()}
DEFAULT_LANGUAGES = {
    "Latin": "en",
    "Arabic": "ar",
    "Cyrillic": "ru",
    "Greek": "el",
    "Hebrew": "he",
    "Armenian": "hy",
    "Georgian": "ka",
    "Devanagari": "hi",
    "Bengali": "bn",
    "Tamil": "ta",
    "Thai": "th",
    "Amharic": "am",
    "Hangul": "ko",
    "Kana": "ja",
    "Han": "zh",
}
"""The language that is assumed for a word or a short text in a script; for most scripts it is the only one known here."""

_SHARED = {
    "Latin": "en fr de es it nl pt tr pl sv da no fi ro cs hu id sw vi ca hr sq so az sk lt lv et tl",
    "Cyrillic": "ru uk bg sr mk be kk ky mn",
    "Devanagari": "hi mr ne",
}
SHARED_SCRIPTS = {script: frozenset(codes.split()) for script, codes in _SHARED.items()}
"""The languages that are distinguished in a script of several."""

_PARAGRAPH_HEAD = 400  # characters of a paragraph that are read; not measured
_ARABIC = re.compile("[\u0620-\u064a]")
_NEITHER_LATIN_NOR_ARABIC = re.compile("[\u0370-\u05ff\u0900-\u1dff\u2c00-\ud7ff]")


@lru_cache(maxsize=4096)  # more than the characters in use; not measured
def script_of(character: str) -> str | None:
    """The script of a letter, by its name in `SCRIPTS`; None for any other character."""
    return next((script for script, pattern in _LETTERS.items() if pattern.match(character)), None)


def is_arabic(word: str) -> bool:
    """Whether a word, folded or not, begins with an Arabic letter. The blocks between Arabic and its extensions are included.

    >>> is_arabic("كتاب"), is_arabic("book"), is_arabic("")
    (True, False, False)
    """
    return "\u0620" <= word[:1] <= "\u08c9"


def rules_of_script(script: str, module: str) -> ModuleType:
    """The rules for words in a script whose language is not known: a module of the script's default language.

    Raises LookupError if that language has no such module.
    """
    rules = language(DEFAULT_LANGUAGES[script]).rules(module)
    if rules is None:
        raise LookupError(f"{DEFAULT_LANGUAGES[script]} has no {module}")
    return rules


def language_in(script: str, language: str | None) -> str:
    """The code of the language whose rules apply to words in a script within a text of `language`: that language if it is written in the
    script, else the script's default.

    >>> language_in("Latin", "fr"), language_in("Arabic", "fr"), language_in("Latin", "ar"), language_in("Latin", None)
    ('fr', 'ar', 'en', 'en')
    """
    return language if language is not None and language in SHARED_SCRIPTS.get(script, ()) else DEFAULT_LANGUAGES[script]


def language_of_name(name: str, language: str | None = None) -> str:
    """The code of the language whose rules apply to a name in a text of `language`. A name with an Arabic letter is read as Arabic script,
    any other as Latin.

    >>> language_of_name("Mona Reyes"), language_of_name("Mona Reyes", "fr"), language_of_name("منى"), language_of_name("Ж")
    ('en', 'fr', 'ar', 'en')
    """
    return language_in("Arabic" if _ARABIC.search(name) else "Latin", language)


def language_of_paragraph(text: str, paragraph: Span, language: str | None = None) -> str:
    """The code of the language whose rules apply to a paragraph of a text of `language`, by the script of most letters at its head.

    Without such a script it is read as Latin.

    >>> [language_of_paragraph(text, Span(0, len(text))) for text in ("“No,” he said.", "قال: «لا»", "Он сказал: «нет»", "1920")]
    ['en', 'ar', 'ru', 'en']
    """
    return language_in(_script_of_paragraph(text, paragraph), language)


def _script_of_paragraph(text: str, paragraph: Span) -> str:
    head = text[paragraph.start : min(paragraph.end, paragraph.start + _PARAGRAPH_HEAD)]
    if head.isascii():
        return "Latin"
    arabic = len(_ARABIC.findall(head))
    if arabic and (2 * arabic > len(head) or 2 * arabic > sum(map(str.isalpha, head))):
        return "Arabic"
    if _NEITHER_LATIN_NOR_ARABIC.search(head) is None:
        return "Latin"
    script, count = Counter(filter(None, map(script_of, head))).most_common(1)[0]
    return script if script != "Arabic" and 2 * count > sum(map(str.isalpha, head)) else "Latin"
