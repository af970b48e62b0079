"""The terms of a text, for search and for comparison: words folded and stemmed, with their spans in the original.

Latin words take the English Snowball stemmer. Arabic words lose their clitics as in light stemming (Larkey, Ballesteros & Connell 2002,
"Improving stemming for Arabic information retrieval") and then take the Arabic Snowball stemmer. Other scripts are folded only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import Stemmer

from index.languages.base import language, languages
from index.text.fold import fold, fold_text
from index.text.script import DEFAULT_LANGUAGES, is_arabic, rules_of_script
from index.text.spans import Span

# All patterns match folded text: digits are ASCII, apostrophes are "'", combining marks are removed.
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
# Each lookahead rejects most positions of a text before the more expensive tests.
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
# `_WORD` for folded text of ASCII, as English nearly always is. Two letters in a row begin neither a number nor "u.s.", so that this
# common case is tried first.
_ASCII_WORD = re.compile(rf"[a-z]{{2}}[a-z0-9]*+(?:'[a-z0-9]++)*+|(?=[a-z0-9])(?:{_NUMBER_OR_DOTTED}|[a-z0-9]++(?:'[a-z0-9]++)*+)")
# Cache size 0: the stemmer's cache costs more than it saves, since `_stem` has one.
_LATIN_STEMMER, _ARABIC_STEMMER = (
    Stemmer.Stemmer(name, 0) for script in ("Latin", "Arabic") for name in language(DEFAULT_LANGUAGES[script]).words("stemming.snowball")
)
_CLITICS: Any = rules_of_script("Arabic", "clitics")
# Longer runs of letters are no words and are not cached. Not measured.
_LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text: its stem, by which it is compared, and its span in the original text."""

    stem: str
    span: Span


def terms(text: str) -> list[Term]:
    """The words of `text` in order, stop words included. Numbers are normalised: "60,000" and "٦٠٬٠٠٠" are 60000.

    Spans are in order and disjoint, except that a code point may hold several words ("¼").

    >>> [(term.stem, term.span.of("Don’t pay $60,000!")) for term in terms("Don’t pay $60,000!")]
    [("don't", 'Don’t'), ('pay', 'pay'), ('60000', '60,000')]
    """
    folded = fold(text)
    origins, ends = folded.origins, folded.ends
    return [
        Term(_stem_of(match.group()), Span(origins[match.start()], ends[match.end() - 1]))  # `Folded.to_original` without its checks
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
    """Whether a word is a stop word: an article, pronoun, particle, auxiliary, question word. Takes the word or its stem.

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
    # A stop word is not stemmed, and no other word may be stemmed to a stop word: "Lebanese" must not become "by us", nor "Allah" "to him".
    without_clitics = _CLITICS.without_clitics(word) if is_arabic(word) else word
    stem = _snowball(without_clitics)
    if stem not in stop_words:
        return stem
    return word if without_clitics in stop_words else without_clitics


def _snowball(word: str) -> str:
    if word[0] < "\u0250":  # the end of the Latin blocks
        return str(_LATIN_STEMMER.stemWord(word.replace(".", "")))
    return str(_ARABIC_STEMMER.stemWord(word)) if is_arabic(word) else word


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """The stop words of all languages, folded: NLTK's lists, which llama-index-core contains, and this project's, each with its clitics."""
    package = find_spec("llama_index.core")
    assert package is not None and package.origin is not None, "llama-index-core is a requirement"
    folder = Path(package.origin).parent / "_static" / "nltk_cache" / "corpora" / "stopwords"
    stop_words: set[str] = set()
    for known in languages():
        rules = known.rules("clitics")
        listed = [word for name in known.words("stop_words.nltk") for word in (folder / name).read_text(encoding="utf-8").split()]
        words = set(map(fold_text, [*(rules.stop_words_of(listed) if rules is not None else listed), *known.words("stop_words.more")]))
        stop_words |= rules.with_clitics(words) if rules is not None else words
    return frozenset(stop_words)
