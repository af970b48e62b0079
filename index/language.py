"""Text to language: which language an article or a short question is written in.

Three steps, each only where the one before leaves a doubt: the script settles most of it (Arabic letters, Hangul, Greek …); in a script
that languages share, function words ("who", "the", "wer", "qui") or letters of one language alone (Persian, Urdu) settle short
questions, where statistics fail; py3langid (Lui and Baldwin 2012, naive Bayes over byte n-grams, its model inside the package) settles the
rest, and is loaded only then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"

# Three windows of a long text are read: its head (which may be a page's English menu), its middle and its end. No figure behind it.
WINDOW = 4_000

# Fewer letters than this without a function word ("Idlib border", "Raqqa massacre") are taken for English: on 15 questions and
# name-like queries of 2-3 words py3langid calls 9 of them another language, lingua 5.
FEWEST_LETTERS_FOR_STATISTICS = 40

# Letters of a question that may hold a long name in another script; more are an article, whose script is that of most letters. No figure.
LONGEST_MIXED_QUESTION = 200

# A longer text needs a function word in this many words: running English has one in two or three, a Polish question one by chance in ten.
WORDS_A_FUNCTION_WORD = 6

_SCRIPTS = {
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
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _SCRIPTS.items()}
_SOLE_LANGUAGE = {
    "Greek": "el",
    "Hebrew": "he",
    "Armenian": "hy",
    "Georgian": "ka",
    "Bengali": "bn",
    "Tamil": "ta",
    "Thai": "th",
    "Amharic": "am",
    "Hangul": "ko",
    "Kana": "ja",
    "Han": "zh",
}
_CANDIDATES = {
    "Latin": "en fr de es it nl pt tr pl sv da no fi ro cs hu id sw vi ca hr sq so az sk lt lv et tl",
    "Cyrillic": "ru uk bg sr mk be kk ky mn",
    "Devanagari": "hi mr ne",
}
_SHORT_DEFAULT = {"Latin": "en", "Cyrillic": "ru", "Devanagari": "hi"}

_WORD = re.compile(r"[^\W\d_]+")
_FUNCTION_WORDS = {
    "en": """the of and to in is was are were be been has have had do does did who whom whose what when where why how which that this these
        those it its he she they his her their there for from with by at on as an not or about into after before between during can could
        will would should may might much many any some than then but if so""",
    "fr": """le la les des du une et est sont été qui que quoi quand où pourquoi comment combien quel quelle quels quelles ce cette ces dans
        pour par sur avec il elle ils elles au aux pas ne""",
    "de": """der die das des dem den ein eine einen einem einer und ist sind war waren wurde wer was wann wo warum wie viel viele wieviel
        welche welcher welches wessen in im von mit zu zum zur auf für nicht es er sie haben hat""",
    "es": """el la los las un una y es son fue fueron quién quien quiénes qué que cuándo cuando dónde donde cómo como cuánto cuántos cuántas
        cuál cuáles por para con del al en de se su no""",
    "it": """il lo la gli le un una e è sono era chi che cosa quando dove perché come quanto quanti quante quale quali di del della dei
        delle in nel nella per con da si trova""",
    "pt": """o os as um uma e é são foi quem que quando onde como quanto quantos quantas qual quais por para com do da dos das em no na
        de se fica""",
    "nl": """de het een en is zijn was waren wie wat wanneer waar waarom hoe hoeveel welke welk van voor met op aan niet er dat die in te
        werd zij hij""",
    "tr": "ve bir bu kim kimdir ne nedir nerede neden nasıl kaç hangi için ile mi mı mu mü olan olarak da de",
    "ar": """من ما ماذا متى أين اين كيف هل كم لماذا أي اي هو هي هم في على إلى الى عن مع التي الذي الذين كان كانت لم لن لا أن ان هذا هذه ذلك
        ولماذا ومن وما وكم منذ بعد قبل بين""",
}
_LANGUAGES_OF = {
    word: tuple(language for language, words in _FUNCTION_WORDS.items() if word in words.split())
    for words in _FUNCTION_WORDS.values()
    for word in words.split()
}

_URDU = "ٹڈڑںےہ"
_PASHTO = "ټډړږښځڅګڼۍې"
_SORANI = "ڕڵێۆە"
_PERSIAN = "یکگپچژ"  # the letters that Urdu, Pashto and Sorani share with it, and Arabic lacks
_ARABIC = "يكةىأإؤ"  # the letters that Arabic spells otherwise, or alone has


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language that most of the text is in; "und" when it holds no letter of a script known here.

    A question keeps the language of its function words whatever names stand in it.

    >>> language_of("Who is Nazarov?"), language_of("من هي Tara Quint؟"), language_of("12:30")
    ('en', 'ar', 'und')
    """
    sample = _sample(text)
    characters = _counted(sample)
    letters: Counter[str] = Counter()
    for character, count in characters.items():
        script = _script_of(character)
        if script is not None:
            letters[script] += count
    if not letters:
        return UNDETERMINED
    script = max((script for script in _SCRIPTS if script in letters), key=letters.__getitem__)
    count = letters[script]
    if {"Latin", "Arabic"} <= letters.keys() and sum(letters.values()) < LONGEST_MIXED_QUESTION:
        script = _script_of_mixed(sample) or script
        count = letters[script]
    if script == "Arabic":
        return _in_arabic_script(characters, sample)
    if script == "Han" and letters["Kana"]:
        return "ja"
    if script in _SOLE_LANGUAGE:
        return _SOLE_LANGUAGE[script]
    words = _words(sample.lower())
    hits = _function_word_hits(words)
    leading = _leading(hits) if script == "Latin" else None
    if leading and (count < FEWEST_LETTERS_FOR_STATISTICS or hits[leading] * WORDS_A_FUNCTION_WORD >= _number_of_words(sample, words)):
        return leading
    if count < FEWEST_LETTERS_FOR_STATISTICS:
        return _SHORT_DEFAULT[script]
    return _by_statistics(sample, _CANDIDATES[script], _SHORT_DEFAULT[script])


@lru_cache(maxsize=4096)  # the characters that are in use; no figure behind the size
def _script_of(character: str) -> str | None:
    return next((script for script, pattern in _LETTERS.items() if pattern.match(character)), None)


def _sample(text: str) -> str:
    if len(text) <= 3 * WINDOW:
        return text
    middle = len(text) // 2
    return "\n".join((text[:WINDOW], text[middle : middle + WINDOW], text[-WINDOW:]))


def _counted(sample: str) -> dict[str, int]:
    """`Counter(sample)`, by numpy: 5 to 15 ms a megabyte instead of 27."""
    numbers = np.bincount(np.frombuffer(sample.encode("utf-32-le", "surrogatepass"), np.uint32))
    codes = np.flatnonzero(numbers)
    return dict(zip(map(chr, codes.tolist()), numbers[codes].tolist(), strict=True))


def _words(text: str) -> list[str]:
    """`_WORD.findall(text)`, in another order: what is plain ASCII is cut by bytes, in a fifth of the time."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > _MOSTLY_ASCII * len(text):
        return _WORD.findall(text)
    pieces = data.translate(_APART).decode("utf-8", "surrogatepass").split()
    # "“Who", "é": what holds other characters is cut once more.
    return [*filter(str.isascii, pieces), *_WORD.findall(" ".join(piece for piece in pieces if not piece.isascii()))]


_MOSTLY_ASCII = 1.25  # bytes of UTF-8 a character; English with curly marks has 1.02, Arabic 1.8
_APART = bytes(code if code > 0x7F or chr(code).isalpha() else ord(" ") for code in range(256))


def _number_of_words(sample: str, lowered: Sequence[str]) -> int:
    """Only "İ" gives another number of letters in lower case: an i, and a dot that parts words."""
    return len(_WORD.findall(sample)) if "İ" in sample else len(lowered)


def _function_word_hits(words: Iterable[str]) -> Counter[str]:
    hits: Counter[str] = Counter()
    for word, count in Counter(filter(_LANGUAGES_OF.__contains__, words)).items():
        for language in _LANGUAGES_OF[word]:
            hits[language] += count
    return hits


def _script_of_mixed(sample: str) -> str | None:
    """The script of a question with a name in the other script: that of most function words, else of the first; None without any."""
    hits = _function_word_hits(_WORD.findall(sample.lower()))
    latin_hits = max((number for language, number in hits.items() if language != "ar"), default=0)
    if hits["ar"] != latin_hits:
        return "Arabic" if hits["ar"] > latin_hits else "Latin"
    first = next((word for word in _WORD.findall(sample.lower()) if word in _LANGUAGES_OF), None)
    return None if first is None else "Arabic" if "ar" in _LANGUAGES_OF[first] else "Latin"


def _leading(hits: Counter[str]) -> str | None:
    """The Latin-script language with the most function words, if no other has as many; English wins a tie it is part of."""
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
    neighbours = Counter({"ur": count(_URDU), "ps": count(_PASHTO), "ku": count(_SORANI)})
    language, own = neighbours.most_common(1)[0]
    foreign = persian + own - count(_ARABIC)
    # The words are counted only where the letters leave a doubt.
    if foreign <= 0 or foreign <= _function_word_hits(_WORD.findall(sample.lower()))["ar"]:
        return "ar"  # which spells foreign names with a few of those letters
    return language if own > persian / 10 else "fa"


def load_statistics() -> None:
    """Loads now what else is loaded when the first text needs it: some 0.3 seconds."""
    _identifier()


def _by_statistics(sample: str, candidates: str, default: str) -> str:
    return next((str(language) for language, _ in _identifier().rank(sample) if language in candidates.split()), default)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  # half a second: only when it is needed

    return cast("LanguageIdentifier", LanguageIdentifier.from_model_file(MODEL_FILE))
