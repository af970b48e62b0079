"""Coreference: the full names that "he", "Delmani", "the harbour master" or "UN" in a sentence refer to.

A statement may name in full a person whom its source names in part. Only the article's context decides; the only world knowledge is a list
of names that share no consonants across languages ("Egypt", "مصر").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from index.articles import Article
from index.languages.base import languages, same_words
from index.story.people import People
from index.text.fold import fold_text
from index.text.marks import quoted_spans
from index.text.names import skeleton
from index.text.script import rules_of_script
from index.text.sentences import sentence_spans
from index.text.spans import Span
from index.text.terms import is_stop

_ARABIC = rules_of_script("Arabic", "morphology")
# Names are known by their capitals.
_PEOPLE, _SUBJECTS = rules_of_script("Latin", "people"), rules_of_script("Latin", "subjects")


def _any(key: str) -> str:
    """The words under a key of all languages, as alternatives of a pattern."""
    return "|".join(re.escape(word) for language in languages() for word in language.words(key))


_WINDOW = 1500  # characters before a sentence in which antecedents are searched; no measurement behind it
_NAME = re.compile(rf"[A-ZÀ-ÖØ-Þ](?<![\w’'-].)[\w’'-]+(?: (?:al-|(?:{_any('names.particles')}) )?[A-Z](?:[\w’'-]+|\.))*")
_PRONOUN = re.compile(rf"\b(?:{_any('mentions.pronouns')})\b", re.IGNORECASE)
_INITIAL = 4  # characters from the sentence's beginning: a later pronoun may refer to somebody in the sentence
_SUBJECT = re.compile(rf" (?:{_any('mentions.speech')})\b")
_THING = re.compile(rf"\b(?:{_any('mentions.things')})\b", re.IGNORECASE)
_BODY = re.compile(rf"\bthe (?:{_any('mentions.bodies')})\b", re.IGNORECASE)
_DESCRIPTION = re.compile(r"\b[Tt]he ((?:[a-z][\w’'-]*[ -]){0,2}[a-z][\w’'-]*)")
_NOUN = re.compile(rf"\b(?:{_any('mentions.before_a_noun')}) ((?:[a-z][\w’'-]*[ ,-]+){{0,2}}?[a-z][\w’'-]+)", re.IGNORECASE)
_NOUN_SENTENCES = 2  # preceding sentences whose nouns "it" may refer to; no measurement behind it
_POSSESSIVE = re.compile(r"['’]s?$")

# Names in two languages that share no consonants.
_EXONYMS = tuple(tuple(fold_text(name).replace("_", " ") for name in names) for names in same_words("exonyms"))
_SAME_NAME: dict[str, set[int]] = {}
for _number, _names in enumerate(_EXONYMS):
    for _name in _names:
        _SAME_NAME.setdefault(_name, set()).add(_number)
_DEMONYM_ENDINGS = tuple(word for language in languages() for word in language.words("mentions.demonym_endings"))
_FEWEST_CONSONANTS = 2
_SHORTEST_SAME_SCRIPT = 4  # consonants that two spellings of a name within one script must share


def forms(word: str) -> Iterator[str]:
    """A folded word, and an Arabic one without its clitics as well."""
    yield word
    if _is_arabic(word):
        yield from _ARABIC.bare_names(word)


@lru_cache(maxsize=1 << 14)  # about the words of a day's news; the size is not measured
def same_name(name: str, other: str) -> bool:
    """Whether two folded words may be the same name: within a script by letters and endings, across scripts by consonants.

    >>> same_name("chechen", "chechnya"), same_name("delmani", "الدلماني"), same_name("toval", "raswan")
    (True, True, False)
    """
    if name == other:
        return True
    if any(_SAME_NAME.get(a, set()) & _SAME_NAME.get(b, set()) for a in forms(name) for b in forms(other)):
        return True
    if _is_arabic(name) == _is_arabic(other):
        if any(a == b for a in forms(name) for b in forms(other)):
            return True
        consonants = skeleton(name)
        return (
            (len(consonants) >= _SHORTEST_SAME_SCRIPT and consonants == skeleton(other))
            or _is_demonym(name, other)
            or _is_demonym(other, name)
        )
    ours, theirs = ({_consonants(form) for form in forms(word)} for word in (name, other))
    return bool((ours & theirs) - {""}) or any(_is_near(a, b) for a in ours for b in theirs)


def _is_near(name: str, other: str) -> bool:
    """Whether two names' consonants differ in one only: "Kavanaugh" has a silent ending."""
    return (
        max(len(name), len(other)) > _FEWEST_CONSONANTS + 1
        and min(len(name), len(other)) > _FEWEST_CONSONANTS
        and name[0] == other[0]
        and Levenshtein.distance(name, other, score_cutoff=1) <= 1
    )


def shares_few(name: str, other: str) -> bool:
    """Whether two names of different scripts match by two consonants only, or differ in one."""
    if any(_SAME_NAME.get(a, set()) & _SAME_NAME.get(b, set()) for a in forms(name) for b in forms(other)):
        return False
    keys = {_consonants(form) for form in forms(name)} & {_consonants(form) for form in forms(other)}
    return max(map(len, keys), default=0) <= _FEWEST_CONSONANTS


def _is_demonym(name: str, other: str) -> bool:
    """Whether "chechen" belongs to "chechnya"."""
    for ending in _DEMONYM_ENDINGS:
        stem = name[: -len(ending)]
        if name.endswith(ending) and len(stem) >= 4 and other.startswith(stem) and len(other) - len(stem) <= 4:
            return True
    return False


@lru_cache(maxsize=1 << 14)
def _consonants(word: str) -> str:
    """The consonants of a word; d and t are not distinguished, as transliterations vary."""
    return re.sub("t{2,}", "t", skeleton(word).replace("d", "t"))


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


class Background:
    """The context that an article gives its sentences. Analyses its text once."""

    def __init__(self, article: Article) -> None:
        self.text = article.text
        story = article.story or (Span(0, len(article.text)),)
        self._sentences = sentence_spans(article.text, story)
        self._people = People(article.text, story)
        self._pairs: set[tuple[str, str]] | None = None

    def are_adjacent(self, first: str, second: str) -> bool:
        """Whether one folded word directly follows the other anywhere: "samir", "toval"."""
        if self._pairs is None:
            words = [_bare(word) for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", fold_text(self.text))]
            self._pairs = set(pairwise(words))
        return (_bare(first), _bare(second)) in self._pairs

    def names(self, sentence: Span) -> Iterator[str]:
        """The full names that words of a sentence refer to, as the text gives them elsewhere."""
        text = sentence.of(self.text)
        for match in _NAME.finditer(text):
            full = self._people.named(Span(sentence.start + match.start(), sentence.start + match.end()))
            if full:
                yield full
        for match in _DESCRIPTION.finditer(text):
            yield from self._described(match[1])
        for pronoun in {
            match[0].lower() for match in _PRONOUN.finditer(text) if _SUBJECT.match(text, match.end()) or match.start() < _INITIAL
        }:
            antecedent = self._antecedent(sentence, pronoun)
            if antecedent:
                yield antecedent
        if _BODY.search(text) or _THING.search(text):
            body = self._body(sentence)
            if body:
                yield body

    def nouns(self, sentence: Span) -> Iterator[str]:
        """The nouns that "it", "they" and "he" may refer to: those of the preceding sentences, or the first of the last one."""
        text = sentence.of(self.text)
        for preceding in self._preceding(sentence)[:_NOUN_SENTENCES]:
            nouns = [match[1] for match in _NOUN.finditer(preceding.of(self.text))]
            if _THING.search(text):
                yield from nouns
            elif _PRONOUN.search(text) and preceding.end == max(other.end for other in self._preceding(sentence)):
                yield from nouns[:1]

    def _preceding(self, sentence: Span) -> list[Span]:
        """The sentences of the window before a sentence, nearest first."""
        return [other for other in self._sentences if sentence.start - _WINDOW <= other.start and other.end <= sentence.start][::-1]

    def _antecedent(self, sentence: Span, pronoun: str) -> str | None:
        """The first name that agrees with the pronoun in the nearest sentence that has one: the first is most often the subject."""
        for preceding in self._preceding(sentence):
            for start, end in _names_in(self.text, preceding):
                mention = Span(start, end)
                full = self._people.named(mention)
                if full and self._people.knows(mention.of(self.text)) and _PEOPLE.agrees(full, pronoun):
                    return full
        return None

    def _body(self, sentence: Span) -> str | None:
        """The nearest preceding name of an organisation."""
        for preceding in self._preceding(sentence)[:3]:
            for start, end in _names_in(self.text, preceding):
                name = self.text[start:end]
                if _PEOPLE.agrees(name, "they"):
                    return name
        return None

    def _described(self, description: str) -> Iterator[str]:
        """The names that the text puts in apposition to a description: "Yusra Delmani, the harbour master"."""
        parts = description.split()
        for first in range(len(parts) - 1):
            what = re.escape(" ".join(parts[first:]))
            for pattern in (
                rf"(?P<name>{_NAME.pattern}), (?:the |a |an |who is the )?(?:[\w’'-]+ ){{0,2}}{what}\b",
                rf"\b{what},? (?P<name>{_NAME.pattern})",
            ):
                for match in re.finditer(pattern, self.text):
                    yield match["name"]


def _names_in(text: str, sentence: Span) -> Iterator[tuple[int, int]]:
    """The offsets of names in a sentence, outside of its quotations."""
    quotations = [quotation.outer for quotation in quoted_spans(text, [sentence])]
    for match in _NAME.finditer(text, sentence.start, sentence.end):
        start = match.start()
        while start < match.end() and not _SUBJECTS.is_name(text[start : match.end()].partition(" ")[0]):  # "The", "On"
            start += len(text[start : match.end()].partition(" ")[0]) + 1
        if start < match.end() and not any(quotation.contains(Span(start, match.end())) for quotation in quotations):
            yield start, match.end()


def _bare(word: str) -> str:
    """A folded word without its possessive or its clitics."""
    return list(forms(_POSSESSIVE.sub("", word)))[-1] if _is_arabic(word) and _ARABIC.has_particle(word) else _POSSESSIVE.sub("", word)


def initials(parts: Sequence[str]) -> str:
    """The initials of a name: "united", "nations" → "un"."""
    return "".join(part[0] for part in parts if part and not is_stop(part))
