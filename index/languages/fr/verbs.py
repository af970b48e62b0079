"""French verbs of saying, in the forms used in news, with inverted pronouns ("a-t-il ajouté", "explique-t-elle")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.languages.base import language
from index.languages.cues import Token
from index.languages.fr.nouns import is_inverted
from index.text.spans import Span

_words = language("fr").word_set
_ENDINGS = ("e", "ent", "ait", "aient", "a", "èrent", "era", "eront", "ons", "ai")
_LAST_VOWEL = re.compile("[eé](?=[^aeéèiou]{1,2}$)")


def _stem(infinitive: str) -> str:
    return infinitive.removeprefix("s'")[: -len("er")]


def _inflected(stem: str, ending: str) -> str:
    """A stem with an ending, with the usual spelling changes: "lançait", "obligeait", "répète", "balaie"."""
    if ending[0] in "ao":
        stem = stem[:-1] + "ç" if stem.endswith("c") else stem + "e" if stem.endswith("g") else stem
    elif ending in {"e", "ent"}:
        if stem.endswith("pel"):
            stem += "l"
        elif stem.endswith(("ay", "oy", "uy")):
            stem = stem[:-1] + "i"
        else:
            stem = _LAST_VOWEL.sub("è", stem) if not stem.endswith(("el", "ett", "ell", "ess", "erch")) or stem.endswith("tel") else stem
    return stem + ending


def _infinitives() -> Iterator[str]:
    for word in language("fr").words("cues.verbs"):
        if word.endswith("er"):
            yield word


_STEMS = frozenset(map(_stem, _infinitives()))
FINITE = frozenset(_inflected(stem, ending) for stem in _STEMS for ending in _ENDINGS) | _words("cues.finite")
"""Finite forms, in lower case."""
PARTICIPLES = frozenset(stem + ending for stem in _STEMS for ending in ("é", "ée", "és", "ées")) | frozenset(
    word + ending for word in _words("cues.participles") for ending in ("", "e", "s", "es")
)
"""Past participles, after "avoir", or after "être" for reflexive verbs."""
GERUNDS = frozenset(_inflected(stem, "ant") for stem in _STEMS) | _words("cues.gerunds")
"""Present participles; their subject is that of the sentence."""
_AUXILIARIES = _words("cues.auxiliaries")
_PLURAL_AUXILIARIES = frozenset(form for form in _AUXILIARIES if form.endswith("nt"))
_SPEECH_COMPLEMENTS = _words("cues.made")
_SUPPORT_VERBS = _words("cues.making")
_TAG_ONLY = _words("cues.tag_only")
_ADVERBS = _words("cues.adverbs")


class Verb:
    """A verb of saying: the indices of its first and last token, and of its inverted pronoun."""

    __slots__ = ("first", "last", "plural", "pronoun")

    def __init__(self, first: int, last: int, pronoun: int | None, plural: bool) -> None:
        self.first, self.last, self.pronoun, self.plural = first, last, pronoun, plural

    def span(self, tokens: Sequence[Token]) -> Span:
        return Span(tokens[self.first].start, tokens[self.last].end)


def verb_at(text: str, tokens: Sequence[Token], at: int, tag: bool) -> Verb | None:
    """The verb of saying whose first token, after clitics, is `tokens[at]`. `tag` is whether it is in the position of a tag."""
    word = tokens[at]
    if not word.text[0].islower() and not (tag and at == 0):
        return None
    next_index = at + 1
    pronoun = None
    if next_index < len(tokens) and is_inverted(text, tokens[next_index]):
        pronoun, next_index = next_index, next_index + 1
    if word.lower in _AUXILIARIES or word.lower in _SUPPORT_VERBS:
        plural = word.lower in _PLURAL_AUXILIARIES or word.lower == "font"
        reflexive = at > 0 and tokens[at - 1].lower in {"s'", "se", "m'", "me"}
        is_etre = word.lower in {"est", "sont", "était", "étaient", "serait", "seraient"}
        index = next_index
        while index < len(tokens) and (
            tokens[index].lower in _ADVERBS or tokens[index].lower.endswith("ment") or tokens[index].lower == "été"
        ):
            if tokens[index].lower == "été":
                return None
            index += 1
        if index < len(tokens):
            participle = tokens[index].lower
            if participle in {"fait", "laissé", "tenu"} and index + 1 < len(tokens):
                if tokens[index + 1].lower in _SPEECH_COMPLEMENTS:
                    return Verb(at, index + 1, pronoun, plural)
                if tokens[index + 1].lower == "à" and index + 2 < len(tokens) and tokens[index + 2].lower.endswith(("er", "ir", "re")):
                    return Verb(at, index + 2, pronoun, plural)
                return None
            if word.lower in _SUPPORT_VERBS and participle in _SPEECH_COMPLEMENTS:
                return Verb(at, index, pronoun, plural)
            if participle in PARTICIPLES and (not is_etre or reflexive) and word.lower not in _SUPPORT_VERBS:
                if not tag and participle in _TAG_ONLY:
                    return None
                return Verb(at, index, pronoun, plural)
        return None
    if word.lower in FINITE:
        if not tag and word.lower in _TAG_ONLY and pronoun is None:
            return None
        plural = word.lower.endswith(("ent", "èrent", "ont", "rent")) and word.lower not in {"dément", "prétend"}
        return Verb(at, at, pronoun, plural)
    return None
