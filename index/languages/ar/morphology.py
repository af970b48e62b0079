"""Arabic: strips clitics and affixes from folded words and stems.

In a language without this module, words are compared unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.languages.base import language
from index.text.fold import fold_text

_WEAK = str.maketrans("", "", "اويىءئؤآأإة")
_PRONOUN_ENDINGS = ("هما", "ها", "هم", "ه")
# A verb with the prefix of the future tense. Words that only look like one are listed, and recognised with their endings.
_FUTURE = re.compile(r"[وف]?(س[يت]\w{3,})")
_NO_FUTURE = re.compile(
    rf"(?:{'|'.join(fold_text(word).removesuffix('ه') for word in language('ar').words('modality.no_future'))})"
    "(?:ه|ا|وا|ها|هم|نا|تا|تي|تان|تين|(?:ا?ت)?(?:ه|ها|هم|نا)?)"
)
_FUTURE_PREFIX = re.compile("^[وف]?س?[يتنأا]")


def without_conjunction(word: str) -> str:
    """A word without the conjunction before it."""
    return word[1:] if len(word) > 2 and word[0] in "وف" else word


def without_article(word: str) -> str:
    return word.removeprefix("ال")


def has_particle(word: str) -> bool:
    """Whether a word begins as if with a conjunction or preposition."""
    return word[0] in "وفبلك"


def bare_names(word: str) -> Iterator[str]:
    """A name without each of its possible prefixes."""
    for prefix in ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            yield word[len(prefix) :]


def bare_words(word: str) -> Iterator[str]:
    """A word without its conjunction, and also without article, preposition or pronoun."""
    bare = without_conjunction(word)
    yield bare
    for prefix in ("ال", "بال", "لل", "ب", "ل"):
        if bare.startswith(prefix) and len(bare) - len(prefix) >= 3:
            yield bare[len(prefix) :]
    for ending in _PRONOUN_ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= 2:
            yield bare.removesuffix(ending)


def is_reason(word: str, stem: str) -> bool:
    """Whether a word is a noun of that stem given as a reason: "لمحاولتي"."""
    return word.startswith(f"ل{stem}")


def root_of(stem: str) -> str:
    """The strong consonants of a stem, without the prefixes of verbs and nouns."""
    strong = stem.translate(_WEAK)
    while len(strong) > 3 and strong[0] in "متنس":
        strong = strong[1:]
    return strong if len(strong) == 3 or "ت" not in strong[1:-1] else strong[0] + strong[1:].replace("ت", "", 1)


def is_future(word: str) -> bool:
    """Whether a folded word is a verb in the future.

    >>> is_future("سيتولي"), is_future("سياسته")
    (True, False)
    """
    found = _FUTURE.fullmatch(word)
    return found is not None and _NO_FUTURE.fullmatch(found[1]) is None


def core_of_future(word: str) -> str:
    """The part of a future verb that it shares with the past: "دشن" of "سيدشن"."""
    return _FUTURE_PREFIX.sub("", word)


def may_be_past(word: str) -> bool:
    """Whether a verb has no prefix of the present or future."""
    return word[0] not in "يسن"
