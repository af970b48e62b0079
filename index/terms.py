"""The words of a text as search and reading compare them: folded, stemmed, with their place in the original.

English words take the English Snowball stemmer, Arabic words lose their clitics as in light stemming (Larkey, Ballesteros & Connell 2002,
"Improving stemming for Arabic information retrieval") and then take the Arabic Snowball stemmer; other scripts are folded only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import Stemmer

from index.fold import fold, fold_text
from index.spans import Span

# In folded text: digits are ASCII, apostrophes are "'", marks are gone.
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
# Each look ahead spares most places of a text the more expensive questions behind it.
_NUMBER_OR_DOTTED = (
    r"(?=\d)(?:(?<!\d[,.])\d{1,3}(?:,\d{3})+(?!,?\d)(?:\.\d+)?"  # 60,000
    r"|(?<!\d\.)\d+\.\d+(?!\.?\d))"  # 2.5, but not 12.09.2017
    r"|(?=[a-z]\.)(?<![\w.])(?:[a-z]\.){2,}(?!\w)"  # u.s.
)
_WORD = re.compile(
    r"(?=\w)(?:"
    rf"{_NUMBER_OR_DOTTED}"
    rf"|[{_ARABIC}]++"
    rf"|[^\W_{_ARABIC}]++(?:'[^\W_{_ARABIC}]++)*+"  # don't, covid19
    r")"
)
# The same in a folded text of ASCII, as English nearly always is: two letters on end begin no number and no "u.s.", and are asked for
# first.
_ASCII_WORD = re.compile(rf"[a-z]{{2}}[a-z0-9]*+(?:'[a-z0-9]++)*+|(?=[a-z0-9])(?:{_NUMBER_OR_DOTTED}|[a-z0-9]++(?:'[a-z0-9]++)*+)")
# Without caches of their own, which take longer than they spare: `_stem` has one.
_ENGLISH_STEMMER = Stemmer.Stemmer("english", 0)
_ARABIC_STEMMER = Stemmer.Stemmer("arabic", 0)
# Longer runs of letters are no words, and are not worth a place in the cache; no measurement behind the number.
_LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class Term:
    """A word: the stem it is compared by, and the span of the original text that it stands at."""

    stem: str
    span: Span


def terms(text: str) -> list[Term]:
    """The words of `text` in order, stop words included. Numbers are written plainly ("60,000" and "٦٠٬٠٠٠" are 60000).

    Spans are in order, and apart, except where one code point ("¼") holds several words.

    >>> [(term.stem, term.span.of("Don’t pay $60,000!")) for term in terms("Don’t pay $60,000!")]
    [("don't", 'Don’t'), ('pay', 'pay'), ('60000', '60,000')]
    """
    folded = fold(text)
    origins, ends = folded.origins, folded.ends
    return [
        Term(_stem_of(match.group()), Span(origins[match.start()], ends[match.end() - 1]))  # to_original, without its checks
        for match in _WORD.finditer(folded.text)
    ]


def stems(text: str) -> list[str]:
    """The stems of `terms(text)`, faster.

    >>> stems("المدرسة والمدرسة")
    ['مدرس', 'مدرس']
    """
    folded = fold_text(text)
    words = (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)
    return list(map(_stem if max(map(len, words), default=0) <= _LONGEST_WORD else _stem_of, words))


def is_stop(word: str) -> bool:
    """Whether a word carries no matter of its own: articles, pronouns, particles, auxiliaries, question words. The same for its stem.

    >>> [is_stop(word) for word in ("The", "who", "أين", "وعليها", "Baghouz", "May", "دينار")]
    [True, True, True, True, False, False, False]
    """
    return word in _stop_words() or fold_text(word) in _stop_words()


def _stem_of(word: str) -> str:
    return _stem(word) if len(word) <= _LONGEST_WORD else word


@lru_cache(maxsize=1 << 17)
def _stem(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    stop_words = _stop_words()
    if word in stop_words:
        return word
    # A stop word keeps its form, and no other word is cut down to one: "Lebanese" must not vanish as "by us", "Allah" not as "to him".
    shorter = _without_clitics(word)
    stem = _stemmed(shorter)
    if stem not in stop_words:
        return stem
    return word if shorter in stop_words else shorter


def _stemmed(word: str) -> str:
    if word[0] < "\u0250":  # Latin ends here
        return str(_ENGLISH_STEMMER.stemWord(word.replace(".", "")))
    return str(_ARABIC_STEMMER.stemWord(word)) if _is_arabic(word) else word


def _is_arabic(word: str) -> bool:
    return "\u0620" <= word[0] <= "\u08c9"


def _without_clitics(word: str) -> str:
    """A folded Arabic word without conjunction, preposition and article before it.

    BM25 article@1 on 400 questions each, stop words left out: xquad-ar .920, arcd .650. Snowball without it: .895, .635; light10's own
    prefixes, then Snowball: .910, .655; light10 alone: .893, .633; no stemming: .850, .585. (With stop words, in the same order:
    .908, .640; .888, .630; .900, .635; .885, .633; .848, .590.) Shortest words to lose a letter: 4 for the conjunctions, 5 for the
    prepositions (6 and 7 cost .005 and .013 on xquad-ar).
    """
    if not _is_arabic(word):
        return word
    if word[0] in "وف" and len(word) >= 4:
        word = word[1:]
    for article in ("بال", "كال", "ال", "لل"):
        if word.startswith(article) and len(word) - len(article) >= 2:
            return word[len(article) :]
    return word[1:] if word[0] in "بكل" and len(word) >= 5 else word


# What NLTK's lists leave out. "us" and "may" stay words: they are a country and a month as well.
_MORE_STOP_WORDS = """
    also could many might much must shall whose whether would yet
    أنت أي أية أيان بم لماذا ماهو ماهي كان كانت كانوا كنت يكون تكون سيكون ستكون أيضا قبل تم لقد فقد فهو فهي فلم حول خلال جميع
    أنه أنها أنهم إنها إنهم بأن بأنه بأنها لأن لأنه لأنها فإنه فإنها منهم عنه عنها عنهم معه معها معهم فيهم بدون بحيث
"""
_ENGLISH_ENDINGS = ("'s", "'d", "'ll", "'re", "'ve")
_ARABIC_ENDINGS = ("ه", "ها", "هم", "هما", "نا")


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """NLTK's stop words as llama-index-core carries them, and ours, with the clitics that they take; folded."""
    package = find_spec("llama_index.core")
    assert package is not None and package.origin is not None, "llama-index-core is a requirement"
    folder = Path(package.origin).parent / "_static" / "nltk_cache" / "corpora" / "stopwords"
    listed = (folder / "english").read_text(encoding="utf-8").split()
    # NLTK cuts "won't" into "won" and "t", we do not, and people ask who won.
    english = [word for word in listed if f"{word}'t" not in listed]
    # From here on the Arabic file lists what people do ask about: relatives, months, currencies, numbers, days, verbs.
    arabic = takewhile(lambda word: word != "أبٌ", (folder / "arabic").read_text(encoding="utf-8").split())
    words = {fold_text(word) for word in [*english, *arabic, *_MORE_STOP_WORDS.split()]}
    particles = {word for word in words if _is_arabic(word) and len(word) > 1}
    # Shorter ones would give other words: "fa" and "they" is understanding, "fa" and "to you" is an orbit.
    longer = {word for word in particles if len(word) > 2}
    with_endings = {word + ending for word in longer for ending in _ARABIC_ENDINGS}
    english_with_endings = {word + ending for word in words if not _is_arabic(word) for ending in _ENGLISH_ENDINGS}
    return frozenset(
        words
        | english_with_endings
        | with_endings
        | {"و" + word for word in particles | with_endings}
        | {"ف" + word for word in longer | with_endings}
    )
