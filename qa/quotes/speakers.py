"""Are two names one person? Across spellings and scripts, with titles, roles and ages around them or without.

Names are compared by words, within a script by their letters and across scripts by the consonants that they keep (index/text/names.py); the
shorter name must stand in the longer one: "Nazarov" and "Abdul Ahad Rustam Nazarov" may be one, "George Bush" and "Jeb Bush" are not.
People without a name ("one intelligence official") are compared by the words that describe them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from index.languages.base import languages
from index.text.fold import fold_text
from index.text.names import skeleton
from index.text.script import rules_of_script
from index.text.terms import is_stop, stems
from qa.support.words import folded

_WORD = re.compile(r"[^\W\d_]+(?:[’'‘-][^\W\d_]+)*\.?")
_POSSESSIVE = re.compile(r"[’']s?(?=\s|$)")
# Words after a name that describe the person.
_MORE = re.compile(rf"[,،;(\[:—–]| - |\s(?:{'|'.join(word for one in languages() for word in one.words('same_speaker.more'))})\s")


_TITLES = folded("names.titles") | folded("same_speaker.titles")
_SPEAKS_FOR = folded("same_speaker.speaks_for")
_PARTICLES = folded("names.particles") | folded("same_speaker.particles")
_YOUNGER = folded("same_speaker.younger")
_ARTICLES = folded("same_speaker.articles")
_ENDS = " \t\n\"'“”«»,،"
_FEWEST_CONSONANTS = 3  # two are shared by too many names of one script: Khan and Cohen


def same_speaker(claimed: str, speaker: str) -> bool:
    """Whether two names or descriptions may be one person's.

    >>> same_speaker("Nazarov", "عبد الأحد رستم نزاروف"), same_speaker("Jeb Bush", "George Bush")
    (True, False)
    """
    ours, theirs = _name(claimed), _name(speaker)
    if ours and theirs:
        return _same_name(ours, theirs)
    if ours or theirs:
        # a name may be typed without capitals
        described = speaker if ours else claimed
        words = _content(described)
        return bool(words) and described == described.lower() and not _speaks_for(described) and _same_name(ours or theirs, words)
    claimed_stems, speaker_stems = set(stems(" ".join(_content(claimed)))), set(stems(" ".join(_content(speaker))))
    return bool(claimed_stems and speaker_stems) and (claimed_stems <= speaker_stems or speaker_stems <= claimed_stems)


def is_named(claimed: str, text: str) -> bool:
    """Whether a text names a person anywhere by the last word of their name, or of their description."""
    name = _name(claimed) or tuple(_content(claimed))
    if not name:
        return False
    last = _plain(name[-1])
    consonants = skeleton(last)
    words = set(fold_text(_POSSESSIVE.sub(" ", text)).translate(_MARKS).split())
    if last in words:
        return True
    # Arabic words carry clitics: keys are also compared without them
    return len(consonants) >= _FEWEST_CONSONANTS and any(_script(word) != _script(last) and _alike(last, word) for word in words)


_MARKS = str.maketrans(dict.fromkeys("\"'()[].,;:!?-/", " "))


@lru_cache(maxsize=4096)
def _name(text: str) -> tuple[str, ...]:
    """The words of the name that a text gives a person, without titles and roles; empty where it gives none."""
    head = _MORE.split(text.strip(_ENDS), maxsplit=1)[0]
    parts = [part for part in _POSSESSIVE.split(head) if part.strip()]
    if len(parts) > 1 and parts[0] != head and not any(_is_capital(word) or _is_arabic(word) for word in _WORD.findall(parts[-1])):
        return ()  # "Trump's lawyer"
    words = _WORD.findall(parts[-1] if parts else "")
    if any(map(_is_arabic, words)):
        if any(fold_text(word) in _SPEAKS_FOR for word in words):
            return ()
        return _without_titles(words)
    run: list[str] = []
    for word in words:
        if _is_capital(word) or (run and _plain(word) in _PARTICLES):
            run.append(word)
        elif run and word != words[-1] and any(_is_capital(later) for later in words[words.index(word) + 1 :]):
            if _plain(word) in _SPEAKS_FOR:
                return ()  # "Spokesman for Trump"
            run = []  # a role in small letters, before the name
        elif run:
            return ()  # "the Trump campaign"
        elif _plain(word) in _SPEAKS_FOR:
            return ()
    while run and _plain(run[-1]) in _PARTICLES:
        run.pop()
    return _without_titles(run)


def _without_titles(words: Sequence[str]) -> tuple[str, ...]:
    named = [word for word in words if _plain(word) not in _ARTICLES]
    core = [word for word in named if _plain(word) not in _YOUNGER]
    last = max((i for i, word in enumerate(core[:-1]) if _plain(word) in _TITLES), default=-1)
    name = tuple(core[last + 1 :])
    if all(_plain(word) in _TITLES for word in name):
        return ()
    younger = tuple(word for word in named if _plain(word) in _YOUNGER)
    return name + younger


def _content(text: str) -> list[str]:
    head = _MORE.split(text.strip(_ENDS), maxsplit=1)[0]
    return [word for word in _WORD.findall(head) if not is_stop(word) and _plain(word) not in _ARTICLES]


def _speaks_for(text: str) -> bool:
    return any(_plain(word) in _SPEAKS_FOR | _TITLES for word in _WORD.findall(text))


def _same_name(first: Sequence[str], second: Sequence[str]) -> bool:
    return _same_words(first, second) or _same_words(_parted(first), _parted(second))


def _parted(name: Sequence[str]) -> list[str]:
    """With a double name as two: Arabic has no hyphen."""
    return [part for word in name for part in ([word] if word[:3].lower() in ("al-", "el-") else word.split("-"))]


def _same_words(first: Sequence[str], second: Sequence[str]) -> bool:
    ours, theirs = (tuple(_plain(word) for word in name) for name in (first, second))
    short, long = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    if len(short) > 1 and {word for word in short if word in _YOUNGER} != {word for word in long if word in _YOUNGER}:
        return False
    return _in_order(short, long) or _in_one_run(short, long) or _in_one_run(long, short)


def _in_order(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether the longer name has every word of the shorter, in order. Across scripts, words with a consonant or none ("Issa", "عيسى") may
    match only together with others that are surer."""
    rest = iter(long)
    pairs = [(word, next((other for other in rest if _alike(word, other) or _faintly_alike(word, other)), None)) for word in short]
    return all(other is not None for _, other in pairs) and any(other is not None and _alike(word, other) for word, other in pairs)


def _faintly_alike(first: str, second: str) -> bool:
    return _script(first) != _script(second) and len(skeleton(first)) <= 1 and skeleton(first) == skeleton(second)


def _in_one_run(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether the consonants of the shorter name are those of words that follow one another in the longer: "Abdulahad", "عبد الأحد"."""
    wanted = skeleton("".join(short))
    if len(wanted) <= _FEWEST_CONSONANTS:
        return False
    return any(skeleton(joined) == wanted for first in range(len(long)) for joined in accumulate(long[first:]))


@lru_cache(maxsize=1 << 16)
def _alike(first: str, second: str) -> bool:
    if first == second:
        return True
    if _script(first) == _script(second):
        if min(len(first), len(second)) == 1:
            return first[0] == second[0]  # an initial
        consonants = skeleton(first)
        if len(consonants) >= _FEWEST_CONSONANTS and consonants == skeleton(second):
            return True
        return min(len(first), len(second)) > 6 and Levenshtein.distance(first, second, score_cutoff=1) <= 1
    forms = {
        _stops(form)
        for word in (first, second)
        if _is_arabic(word)
        for form in (word, rules_of_script("Arabic", "morphology").without_article(word))
    }
    latin = _stops(first if not _is_arabic(first) else second)
    return len(latin) > 1 and latin in forms


def _stops(word: str) -> str:
    """Its consonants, d and t as one: Arabic writes only the last one of "Brandt"."""
    return _DOUBLE_T.sub("t", skeleton(word).replace("d", "t"))


_DOUBLE_T = re.compile("t{2,}")


def _plain(word: str) -> str:
    return fold_text(_POSSESSIVE.sub("", word)).strip(".'").replace("-", "").replace("'", "")


def _script(word: str) -> bool:
    return _is_arabic(word)


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


def _is_capital(word: str) -> bool:
    return word[0].isupper() or (len(word) > 3 and word[:3] in ("al-", "el-"))
