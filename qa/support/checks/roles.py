"""Semantic roles: who does what and who owns what, where a statement has a source's words in another order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from index.languages.base import every
from qa.support.checks.comparison import CheckedSource, CheckedStatement, Comparison
from qa.support.evidence import Failure
from qa.support.mentions import same_name
from qa.support.words import FORMS_OF_BE, LIGHT, Word, folded

_MOST_WORDS_TO_VERB = 4  # between a name and its verb; no measurement behind it
_PREPOSITIONS, _ARTICLES = folded("roles.prepositions"), folded("roles.articles")
_PARTICIPLE_ENDINGS = tuple(every("roles.participle_endings"))
_ARABIC_GIVEN = folded("people.given_names")


def roles(comparison: Comparison) -> Failure | None:
    """The first name that has another role than in a source of the same language, with the same verb."""
    statement = comparison.statement
    checks = (_arabic_subjects, _arabic_owners) if statement.is_arabic else (_english_subjects, _exchanged_numbers)
    for source in comparison.sources:
        if source.is_arabic == statement.is_arabic:
            failure = next((each for check in checks if (each := check(statement, source)) is not None), None)
            if failure is not None:
                return failure
    return None


def _english_subjects(statement: CheckedStatement, source: CheckedSource) -> Failure | None:
    """A name that is on the other side of a verb than in the source."""
    for verb_index, verb in enumerate(statement.words):
        if verb.is_stop or verb.text in LIGHT or verb.is_capital:
            continue
        same_verbs = [index for index, word in enumerate(source.words) if word.stem == verb.stem and not word.is_capital]
        if len(same_verbs) != 1:
            continue
        source_verb = same_verbs[0]
        if verb.text.endswith("ing") != source.words[source_verb].text.endswith("ing"):
            continue  # "the capsizing of"
        for index in statement.capitals:
            if _is_on_other_side(statement, index, verb_index, source, source_verb):
                return Failure("name", statement.original(statement.words[index]))
    return None


def _is_on_other_side(statement: CheckedStatement, index: int, verb: int, source: CheckedSource, source_verb: int) -> bool:
    """Whether a name near its verb in the statement is on the other side of the same verb in the source."""
    name = statement.words[index]
    same = [place for place, word in enumerate(source.words) if word.is_capital and same_name(word.text, name.text)]
    if not same or abs(index - verb) > _MOST_WORDS_TO_VERB or name.clause != statement.words[verb].clause:
        return False
    near = [
        place
        for place in same
        if abs(place - source_verb) <= _MOST_WORDS_TO_VERB and source.words[place].clause == source.words[source_verb].clause
    ]
    if not near or _is_passive(statement.words, verb) or _is_passive(source.words, source_verb):
        return False
    if _is_object_of_preposition(statement.words, index) or _is_object_of_preposition(source.words, near[0]):
        return False
    inverts = source.words[source_verb].text in LIGHT  # "said" may precede its subject
    return (index < verb) != (near[0] < source_verb) and not inverts


def _is_passive(words: Sequence[Word], at: int) -> bool:
    return any(word.text in FORMS_OF_BE for word in words[max(0, at - 3) : at]) and words[at].text.endswith(_PARTICIPLE_ENDINGS)


def _is_object_of_preposition(words: Sequence[Word], at: int) -> bool:
    first = at
    while first > 0 and (words[first - 1].is_capital or words[first - 1].text in _ARTICLES):
        first -= 1
    return first > 0 and words[first - 1].text in _PREPOSITIONS


def _exchanged_numbers(statement: CheckedStatement, source: CheckedSource) -> Failure | None:
    """Two names in the order of the source whose two numbers are in the opposite order."""
    pairs = [(word, _first(source, word)) for word in (statement.words[index] for index in statement.capitals)]
    name_starts = [(word.span.start, place) for word, place in pairs if place is not None]
    number_starts = [
        (figure.span.start, other.span.start)
        for figure in statement.figures
        for other in source.figures
        if figure.kind == other.kind == "number" and figure.value == other.value
    ]
    if len(number_starts) != 2 or len(name_starts) != 2 or name_starts[0][1] == name_starts[1][1]:
        return None
    numbers_follow = number_starts[0][0] > name_starts[0][0] and number_starts[1][0] > name_starts[1][0]
    is_exchanged = numbers_follow and _is_ordered(name_starts) and not _is_ordered(number_starts)
    return Failure("number", statement.text.strip()) if is_exchanged else None


def _first(source: CheckedSource, word: Word) -> int | None:
    return next((other.span.start for other in source.words if other.is_capital and same_name(word.text, other.text)), None)


def _is_ordered(starts: Sequence[tuple[int, int]]) -> bool:
    """Whether two pairs of offsets, in the statement and in the source, are in the same order."""
    (ours, theirs), (our_other, their_other) = starts
    return (ours < our_other) == (theirs < their_other)


def _arabic_subjects(statement: CheckedStatement, source: CheckedSource) -> Failure | None:
    """Subject and object exchanged after the verb that a sentence begins with."""
    ours, theirs = ([word.stem for word in text.words] for text in (statement, source))
    for at in range(min(2, len(ours) - 1)):
        if statement.words[at].is_stop or theirs.count(ours[at]) != 1:
            continue
        place = theirs.index(ours[at])
        if place + 1 >= len(theirs):
            continue
        subject, other = statement.words[at + 1], source.words[place + 1]
        if subject.is_stop or subject.stem == other.stem or statement.is_in_figure(subject) or source.is_in_figure(other):
            continue
        if subject.stem in theirs[place + 3 :] and other.stem in ours[at + 3 :]:
            return Failure("name", statement.original(subject))
    return None


def _arabic_owners(statement: CheckedStatement, source: CheckedSource) -> Failure | None:
    """Another owner in a construct state: "فوز سمير" where the source has "فوز دينا"."""
    stems = [word.stem for word in source.words]
    for head, owner in pairwise(statement.words):
        if head.is_stop or owner.text not in _ARABIC_GIVEN or stems.count(head.stem) != 1:
            continue
        place = stems.index(head.stem) + 1
        if place < len(stems) and source.words[place].text in _ARABIC_GIVEN and source.words[place].text != owner.text:
            return Failure("name", statement.original(owner))
    return None
