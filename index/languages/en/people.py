"""English: resolves a family name, a pronoun or a description ("the defector") to a name elsewhere in the article."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from index.languages.base import language
from index.languages.en.subjects import is_name
from index.languages.people import Names, occurrences
from index.text.spans import Span

_words = language("en").word_set
_TITLES = _words("names.titles") | _words("people.titles")
_MALE = _words("people.male")
_FEMALE = _words("people.female")
_MEN = _words("people.men")
_WOMEN = _words("people.women")
_AGE_OR_PAST = _words("people.of_a_life")
_ARTICLES = _words("people.articles")
_PLURAL_STARTS = _words("people.many")
_INSTITUTIONS = _words("people.bodies")
_PERSONS = _words("people.persons")
_THINGS = _words("people.things")
_HE = _words("people.he")
_SHE = _words("people.she")
_THEY = _words("people.they")
_PERSON_ENDINGS = language("en").words("people.person_endings")
PRONOUNS = _HE | _SHE | _THEY
NOBODY = _words("people.nobody")
_PARTICLES = "|".join(sorted(_words("names.particles")))
# The capital comes before its lookbehind, so that the search can skip to capitals.
_NAME = rf"[A-Z](?<![\w’'-].)[\w’'-]+(?: (?:al-|(?:{_PARTICLES}) )?[A-Z](?:[\w’'-]+|\.)){{1,4}}"
_INTRODUCED = re.compile(
    rf",? who (?:calls?|called|identified|identifies|names?|named|gave) (?:himself|herself|his name|her name)(?: only)?(?: as| by)? "
    rf"(?P<self_given>{_NAME})"
    rf"|, (?P<apposition>{_NAME})[,.;]"
)
_CAPITALISED = re.compile(r"[A-Z](?<![\w.].)(?:[\w’'-]+|\.)(?: (?:al-)?[A-Z](?:[\w’'-]+|\.))+")
_AGE_BETWEEN_COMMAS = re.compile(r", \d{1,3},")
_NAME_AND_AGE = re.compile(rf"(?P<name>{_NAME}), (?P<age>\d{{1,3}}),")
_AGE = re.compile(r"\b(\d{1,3})-year-old\b")
_POSSESSIVE = re.compile(r"['’]s?$")
_NO_NAMES: Counter[str] = Counter()


class EnglishNames(Names):
    """The names of one article, by English rules."""

    def __init__(self, text: str, paragraphs: Sequence[Span]) -> None:
        self._text = text
        self._paragraphs = paragraphs
        self._last = ""
        self._by_last_name: dict[str, str] = {}
        self._fuller: dict[str, str] = {}
        self._cased: dict[str, str] = {}
        self._described: dict[str, str] = {}

    # Read on first use: half the articles of an encyclopedia have no speaker.

    @cached_property
    def _full_names(self) -> dict[str, Counter[str]]:
        """The full names of the article by their last word, in lower case."""
        full: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for paragraph in self._paragraphs:
            for name in _names_in(self._text, paragraph):
                full[name.rpartition(" ")[2].lower()][name] += 1
        return full

    @cached_property
    def _of_first_name(self) -> dict[str, Counter[str]]:
        full: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for names in self._full_names.values():
            for name, count in names.items():
                full[name.partition(" ")[0]][name] = count
        return full

    @cached_property
    def _name_of_age(self) -> dict[str, str]:
        return _name_of_age(self._text)

    def note(self, name: str) -> None:
        self._last = name

    def fullest(self, mention: str, span: Span) -> str:
        parts = _POSSESSIVE.sub("", mention).split()
        bare = list(parts)
        while len(bare) > 1 and bare[0].lower().strip(".,") in _TITLES:
            bare.pop(0)
        if bare and all(part[0].isupper() for part in bare):
            known = self._full_names.get(bare[-1].lower(), _NO_NAMES)
            if len(bare) == 1:
                if mention not in self._by_last_name:
                    # By first name alone?
                    known = known or self._of_first_name.get(bare[0], _NO_NAMES)
                    self._by_last_name[mention] = _clear_winner(known) or self._as_written(parts)
                return self._by_last_name[mention]
            if mention not in self._fuller:
                fuller = [name for name in known if len(name.split()) > len(bare) and set(bare) <= set(name.split())]
                self._fuller[mention] = max(fuller, key=len) if fuller else " ".join(bare)
            return self._fuller[mention]
        return self._name_after(span) or self._first_description(parts)

    def knows(self, mention: str) -> bool:
        parts = mention.split()
        lower = [part.lower() for part in parts]
        if mention.lower() in PRONOUNS:
            return True
        if lower[0] in _ARTICLES:
            return lower[0] in {"the", "a", "an", "one"} and _is_person(lower)
        return parts[0][0].isupper() and (len(parts) > 1 or _POSSESSIVE.sub("", lower[-1]) in self._full_names)

    def agrees(self, name: str, pronoun: str) -> bool:
        return agrees(name, pronoun)

    def _as_written(self, parts: Sequence[str]) -> str:
        """A capitalised word in lower case if the text also has it so: "Sources" at the beginning of a sentence is no name."""
        mention = " ".join(parts)
        if mention not in self._cased:
            lower = mention.lower()
            self._cased[mention] = lower if next(occurrences(lower, self._text), None) is not None else mention
        return self._cased[mention]

    def _name_after(self, span: Span) -> str | None:
        """The name directly after a description: "the mayor, Jane Dow, said", "a man who called himself Abu Saad"."""
        match = _INTRODUCED.match(self._text, span.end, min(len(self._text), span.end + 120))
        if match is not None:
            return match["self_given"] or (
                match["apposition"] if not _is_institution(match["apposition"].lower().split(), match["apposition"]) else None
            )
        age = _AGE.search(span.of(self._text))
        return self._name_of_age.get(age.group(1)) if age is not None else None

    def _first_description(self, parts: Sequence[str]) -> str:
        """The first form of a description: "the defector" is "one young Syrian defector"."""
        description, head, definite = " ".join(parts), parts[-1].lower(), parts[0].lower() in {"the", "this", "that"}
        known = self._described.get(head)
        if known is not None and definite and len(parts) <= 3:
            return known
        # A person who is never named may have several descriptions.
        if (
            definite
            and len(parts) > 1
            and (parts[1].lower() in _AGE_OR_PAST or _AGE.search(description))
            and self._last in self._described.values()
        ):
            return self._last
        if parts[0].lower() in _ARTICLES and _is_person([part.lower() for part in parts]):
            self._described[head] = description
        return description


def names_of(text: str, paragraphs: Sequence[Span]) -> Names:
    """The names of an article: see languages/people.py."""
    return EnglishNames(text, paragraphs)


def _name_of_age(text: str) -> dict[str, str]:
    """The last name before each age: "Mona Reyes, 41,"."""
    names: dict[str, str] = {}
    end = 0
    for age in _AGE_BETWEEN_COMMAS.finditer(text):
        if age.start() < end:
            continue
        # Only lines with an age are searched: no name extends beyond a line.
        start, end = text.rfind("\n", 0, age.start()) + 1, text.find("\n", age.end())
        end = end if end >= 0 else len(text)
        names |= {match["age"]: match["name"] for match in _NAME_AND_AGE.finditer(text, start, end)}
    return names


def _names_in(text: str, paragraph: Span) -> Iterator[str]:
    """Runs of two to four capitalised words, without titles."""
    for match in _CAPITALISED.finditer(text, paragraph.start, paragraph.end):
        run: list[str] = []
        for part in match.group().split():
            bare = _bare_name(part)
            if bare is not None:
                run.append(bare)
            if bare != part:
                yield from _as_name(run)
                run = []
        yield from _as_name(run)


@lru_cache(maxsize=1 << 13)  # names recur in a day's news; the size is not measured
def _bare_name(part: str) -> str | None:
    """A capitalised word without its possessive, if it may be part of a name."""
    bare = _POSSESSIVE.sub("", part) if part[-1] in "'’s" else part
    return bare if is_name(bare) else None


def _as_name(run: list[str]) -> list[str]:
    while run and run[0].lower().strip(".") in _TITLES:
        run.pop(0)
    return [" ".join(run)] if 2 <= len(run) <= 4 and run[-1].lower() not in _TITLES and len(run[-1]) > 1 else []


def _clear_winner(names: Counter[str]) -> str | None:
    """The full name for a family name: the only one, or one that is far more frequent. Two forms may name one person."""
    if not names:
        return None
    longest: Counter[str] = Counter()
    for name, count in names.items():
        whole = max((other for other in names if set(name.split()) <= set(other.split())), key=len)
        longest[whole] += count
    ranked = longest.most_common(2)
    if len(ranked) == 1 or ranked[0][1] >= 3 * ranked[1][1]:
        return ranked[0][0]
    return None


@lru_cache(maxsize=1024)  # the latest speakers, for each "he" and "she"; the size is not measured
def agrees(name: str, pronoun: str) -> bool:
    """Whether a pronoun agrees with a person of that name or description."""
    parts = [part.lower().strip(".,") for part in name.split()]
    described = name[0].islower() or parts[0] in _ARTICLES
    plural = parts[0] in _PLURAL_STARTS or (described and parts[-1].endswith("s") and not parts[-1].endswith("ss"))
    if pronoun in _THEY:
        return plural or _is_institution(parts, name)
    if plural or _is_institution(parts, name) or (described and not _is_person(parts)):
        return False
    first = next((part for part in parts if part not in _TITLES), "")
    male = first in _MEN or any(part in _MALE for part in parts)
    female = first in _WOMEN or any(part in _FEMALE for part in parts)
    return male == female or (male if pronoun in _HE else female)


def _is_institution(parts: Sequence[str], name: str) -> bool:
    """Whether a name is recognisably that of an institution."""
    return (
        parts[-1] in _INSTITUTIONS
        or (parts[0] == "the" and name.rsplit(maxsplit=1)[-1][0].isupper())
        or (len(parts) == 1 and len(name) > 2 and name.isupper())
    )


def _is_person(parts: Sequence[str]) -> bool:
    """Whether a description is of one person, by its head, the word before "of", "for", "in", "who"."""
    end = next(
        (at for at, part in enumerate(parts) if at and part in {"of", "for", "in", "at", "with", "who", "from", "on", "to"}), len(parts)
    )
    head = parts[end - 1]
    return head in _PERSONS or (head.endswith(_PERSON_ENDINGS) and head not in _THINGS)
