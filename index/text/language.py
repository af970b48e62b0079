"""Language identification for an article or a short question.

There are three steps, each taken only if the one before does not decide:

1. the script, which identifies most languages (Hangul, Greek …);
2. in a script of several languages, function words ("who", "the", "wer", "qui") or letters of a single language (Persian, Urdu). They
   identify short questions, for which statistics are unreliable;
3. py3langid (Lui and Baldwin 2012: naive Bayes over byte n-grams, with the model in the package), loaded on first use.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

from index.languages.base import languages
from index.text.script import DEFAULT_LANGUAGES, SCRIPTS, SHARED_SCRIPTS, script_of

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"

# Code points of each of the three windows that are read of a long text: head (possibly a page's English menu), middle, end. Not measured.
WINDOW = 4_000

# A text with fewer letters and no function word ("Idlib border", "Raqqa massacre") gets its script's default language. Of 15 English
# questions and name-like queries of 2-3 words, py3langid misidentifies 9 and lingua 5.
FEWEST_LETTERS_FOR_STATISTICS = 40

# The most letters of a question that may hold a long name in another script. A longer text has the script of most letters. Not measured.
LONGEST_MIXED_QUESTION = 200

# A longer text needs one function word in this many words. English prose has one in two or three; a Polish question has, by chance, one
# English function word in ten.
WORDS_PER_FUNCTION_WORD = 6

_WORD = re.compile(r"[^\W\d_]+")
_FUNCTION_WORDS = {known.code: known.words("language.function_words") for known in languages()}
_LANGUAGES_OF = {
    word: tuple(language for language, words in _FUNCTION_WORDS.items() if word in words)
    for words in _FUNCTION_WORDS.values()
    for word in words
}

_URDU = "ٹڈڑںےہ"
_PASHTO = "ټډړږښځڅګڼۍې"
_SORANI = "ڕڵێۆە"
_PERSIAN = "یکگپچژ"  # also in Urdu, Pashto and Sorani, not in Arabic
_ARABIC = "يكةىأإؤ"  # not in the other languages, or with another code point there


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language of most of the text; "und" if it holds no letter of a known script.

    A question has the language of its function words, whatever the script of the names in it.

    >>> language_of("Who is Nazarov?"), language_of("من هي Tara Quint؟"), language_of("12:30")
    ('en', 'ar', 'und')
    """
    sample = _sample(text)
    characters = _counted(sample)
    letters: Counter[str] = Counter()
    for character, count in characters.items():
        script = script_of(character)
        if script is not None:
            letters[script] += count
    if not letters:
        return UNDETERMINED
    script = max((script for script in SCRIPTS if script in letters), key=letters.__getitem__)
    count = letters[script]
    if {"Latin", "Arabic"} <= letters.keys() and sum(letters.values()) < LONGEST_MIXED_QUESTION:
        script = _script_of_mixed(sample) or script
        count = letters[script]
    if script == "Arabic":
        return _in_arabic_script(characters, sample)
    if script == "Han" and letters["Kana"]:
        return "ja"
    if script not in SHARED_SCRIPTS:
        return DEFAULT_LANGUAGES[script]
    words = _words(sample.lower())
    hits = _function_word_hits(words)
    leading = _leading(hits) if script == "Latin" else None
    if leading and (count < FEWEST_LETTERS_FOR_STATISTICS or hits[leading] * WORDS_PER_FUNCTION_WORD >= _number_of_words(sample, words)):
        return leading
    if count < FEWEST_LETTERS_FOR_STATISTICS:
        return DEFAULT_LANGUAGES[script]
    return _by_statistics(sample, SHARED_SCRIPTS[script], DEFAULT_LANGUAGES[script])


def _sample(text: str) -> str:
    if len(text) <= 3 * WINDOW:
        return text
    middle = len(text) // 2
    return "\n".join((text[:WINDOW], text[middle : middle + WINDOW], text[-WINDOW:]))


def _counted(sample: str) -> dict[str, int]:
    """`Counter(sample)` by numpy: 5 to 15 ms a megabyte instead of 27."""
    numbers = np.bincount(np.frombuffer(sample.encode("utf-32-le", "surrogatepass"), np.uint32))
    codes = np.flatnonzero(numbers)
    return dict(zip(map(chr, codes.tolist()), numbers[codes].tolist(), strict=True))


def _words(text: str) -> list[str]:
    """`_WORD.findall(text)` in another order. ASCII words are split as bytes, in a fifth of the time."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > _MOSTLY_ASCII * len(text):
        return _WORD.findall(text)
    pieces = data.translate(_NON_LETTERS_TO_SPACES).decode("utf-8", "surrogatepass").split()
    # Pieces with other characters ("“Who", "é") are split by the pattern.
    return [*filter(str.isascii, pieces), *_WORD.findall(" ".join(piece for piece in pieces if not piece.isascii()))]


_MOSTLY_ASCII = 1.25  # bytes of UTF-8 a character; English with curly quotes has 1.02, Arabic 1.8
_NON_LETTERS_TO_SPACES = bytes(code if code > 0x7F or chr(code).isalpha() else ord(" ") for code in range(256))


def _number_of_words(sample: str, lowered: Sequence[str]) -> int:
    """The number of words of `sample`. Lower case changes it only for "İ", which becomes an i and a combining dot that splits words."""
    return len(_WORD.findall(sample)) if "İ" in sample else len(lowered)


def _function_word_hits(words: Iterable[str]) -> Counter[str]:
    hits: Counter[str] = Counter()
    for word, count in Counter(filter(_LANGUAGES_OF.__contains__, words)).items():
        for language in _LANGUAGES_OF[word]:
            hits[language] += count
    return hits


def _script_of_mixed(sample: str) -> str | None:
    """The script of a question with a name in another script: that of most function words, in a tie that of the first; None without any."""
    hits = _function_word_hits(_WORD.findall(sample.lower()))
    latin_hits = max((number for language, number in hits.items() if language != "ar"), default=0)
    if hits["ar"] != latin_hits:
        return "Arabic" if hits["ar"] > latin_hits else "Latin"
    first = next((word for word in _WORD.findall(sample.lower()) if word in _LANGUAGES_OF), None)
    return None if first is None else "Arabic" if "ar" in _LANGUAGES_OF[first] else "Latin"


def _leading(hits: Counter[str]) -> str | None:
    """The language of Latin script with the most function words. In a tie it is English if English is among them, else None."""
    latin = [(number, language) for language, number in hits.items() if language != "ar"]
    if not latin:
        return None
    most = max(number for number, _ in latin)
    tied = [language for number, language in latin if number == most]
    if "en" in tied:
        return "en"
    return tied[0] if len(tied) == 1 else None


def _in_arabic_script(characters: dict[str, int], sample: str) -> str:
    def count(letters: str) -> int:
        return sum(characters.get(letter, 0) for letter in letters)

    persian = count(_PERSIAN)
    letters_of_language = Counter({"ur": count(_URDU), "ps": count(_PASHTO), "ku": count(_SORANI)})
    language, specific = letters_of_language.most_common(1)[0]
    foreign = persian + specific - count(_ARABIC)
    # Function words are counted only if the letters do not decide.
    if foreign <= 0 or foreign <= _function_word_hits(_WORD.findall(sample.lower()))["ar"]:
        return "ar"  # Arabic spells foreign names with a few of those letters
    return language if specific > persian / 10 else "fa"


def load_statistics() -> None:
    """Loads the statistical model, which is otherwise loaded on first use; takes some 0.3 seconds."""
    _identifier()


def _by_statistics(sample: str, candidates: Collection[str], default: str) -> str:
    return next((str(language) for language, _ in _identifier().rank(sample) if language in candidates), default)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  # half a second: only if needed

    return cast("LanguageIdentifier", LanguageIdentifier.from_model_file(MODEL_FILE))
