"""Resolution of follow-up questions: "and how old is he?" becomes "and how old is Matthis Oduval?".

Each language has rules (follow_up.py in its folder); no language model is involved. A pronoun refers to the last answer or to an entity of
the last question, with agreement. Of several candidates it refers to the first in its question, which is most often the subject (Grosz,
Joshi & Weinstein 1995, "Centering: a framework for modeling the local coherence of discourse"). A fragment ("And in 2019?", "why?") is
completed from the previous question.

Carrying a wrong subject into a question is far worse than missing a follow-up. So a pronoun is resolved only if it cannot refer to anything
in its own question: directly after the auxiliary of a question, or after a verb without another subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.languages.base import language
from index.languages.follow_up_rules import Entity, Pronoun, Resolution, bare
from index.story.people import People
from index.text.fold import fold_text
from index.text.language import language_of
from index.text.script import language_of_name, rules_of_script
from index.text.spans import Span
from qa.ask.answer_types import AnswerType, answer_type, candidates
from qa.ask.types import Answer

# Previous questions that a pronoun may refer to; no measurement behind it.
MOST_PAST_QUESTIONS = 3
# Characters: longer questions are taken to be self-contained. No measurement behind it.
_MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A previous question, as it was understood, and the name that answered it, if it was answered by a name."""

    question: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as typed, as resolved, and what was carried into it: a name, a description, or the previous question."""

    asked: str
    understood: str
    carried: tuple[str, ...] = ()


def past_question(answer: Answer) -> PastQuestion:
    """The question of an answer, with its likely answer if it is a name, in the fullest form that its article gives."""
    short = answer.short_answer or answer.likely_answer
    if short is None or answer.answer_type not in {AnswerType.PERSON, AnswerType.PLACE}:
        return PastQuestion(answer.question)
    citation = answer.citations[0]
    offset = citation.quote.find(short)
    if offset < 0:
        return PastQuestion(answer.question, short)
    text = citation.article.text
    start = citation.span.start + offset
    return PastQuestion(answer.question, People(text, [Span(0, len(text))]).named(Span(start, start + len(short))) or short)


def standalone(question: str, past: Sequence[PastQuestion]) -> FollowUp:
    """Resolves a question against the past questions, the last one last; unchanged if it is self-contained or nothing agrees.

    >>> standalone("and how old is he?", [PastQuestion("Who feeds the goats of Imla?", "Tom Brask")]).understood
    'and how old is Tom Brask?'
    >>> standalone("How old is the mayor?", [PastQuestion("Who feeds the goats of Imla?", "Tom Brask")]).carried
    ()
    """
    unchanged = FollowUp(question, question)
    if not past or len(question) > _MOST_CHARACTERS or len(past[-1].question) > _MOST_CHARACTERS:
        return unchanged
    recent = [previous for previous in past[-MOST_PAST_QUESTIONS:] if len(previous.question) <= _MOST_CHARACTERS]
    rules = language(language_of(question)).rules("follow_up")
    resolved = None if rules is None else rules.understood(question, _Talk(recent))
    if resolved is None or resolved[0].strip() == question.strip():
        return unchanged
    return FollowUp(question, *resolved)


# Characters of a question or name that decide its script; a longer answer is no name. No measurement behind the latter.
_SCRIPT_CHARACTERS = 20
_MOST_NAME_CHARACTERS = 60


class _Talk:
    """Implements the protocol Talk (index/languages/follow_up_rules.py) over the past questions, the last one last."""

    def __init__(self, past: Sequence[PastQuestion]) -> None:
        self._past = past
        self.last = past[-1].question

    def meant(self, pronoun: Pronoun, only_persons: bool = False) -> str | None:
        mentioned = [_mentioned(previous) for previous in self._past]
        persons = {entity.text for entities in mentioned for entity in entities if entity.is_person}
        for entities in reversed(mentioned):
            known = [replace(entity, is_person=True) if entity.text in persons else entity for entity in entities]
            agreeing = [entity for entity in known if _agrees(entity, pronoun) and (not only_persons or _may_be_a_person(entity))]
            if agreeing:
                wanted = pronoun.may_be_one_person if pronoun.distinguishes_persons else None
                return max(
                    agreeing, key=lambda entity: (wanted is not None and entity.is_person is wanted, _is_full_name(entity, wanted))
                ).text
        return None

    def is_date(self, words: str) -> bool:
        dates = list(candidates(AnswerType.DATE, words))
        return len(dates) == 1 and len(dates[0]) == len(words)

    def with_new(self, new: str, preposition: str | None, is_date: bool, is_named: bool) -> Resolution | None:
        last = self.last
        if is_date:
            if answer_type(last) is AnswerType.DATE:
                return None
            old = next(candidates(AnswerType.DATE, last), None)
            if old is not None:
                return last[: old.start] + new + last[old.end :], (last,)
            return f"{bare(last)} {(preposition or 'in').lower()} {new}{'؟' if _is_arabic(last) else '?'}", (last,)
        entities = _entities(last)
        people, rules = (rules_of_script("Latin", module) for module in ("people", "follow_up"))
        if preposition:
            after_preposition = [e for e in entities if last[: e.span.start].lower().split()[-1:] == [preposition.lower()]]
            if not after_preposition:
                return f"{bare(last)} {preposition.lower()} {new}?", (last,)
            entities = after_preposition
        if not entities:
            return None
        is_new_person = None if is_named else people.agrees(new.lower(), "he") or people.agrees(new.lower(), "she")
        if is_named:
            is_new_person = rules.is_person("", 0, new)
        same_kind = [e for e in entities if is_new_person is not None and e.is_person is is_new_person]
        same_form = [e for e in entities if e.text[0].isupper() == is_named]
        old = (same_kind or same_form or entities)[0].span
        if fold_text(old.of(last)) == fold_text(new):
            return None
        replacement = new if last[: old.start].strip() else new[0].upper() + new[1:]
        return last[: old.start] + replacement + last[old.end :], (last,)


def _may_be_a_person(entity: Entity) -> bool:
    return entity.is_person is True or (entity.is_person is None and not _is_arabic(entity.text) and _is_full_name(entity, True))


def _is_full_name(entity: Entity, wanted: bool | None) -> bool:
    return wanted is True and entity.text[0].isupper() and " " in entity.text


def _mentioned(previous: PastQuestion) -> list[Entity]:
    """The entities of a past question: the answer, what the question asks to count, and what it names, in that order."""
    entities = _entities(previous.question)
    counted = rules_of_script("Latin", "follow_up").counted(previous.question)
    if counted is not None:
        entities.insert(0, counted)
    if previous.answer and previous.answer.strip() and len(previous.answer) <= _MOST_NAME_CHARACTERS:
        kind = answer_type(previous.question)
        is_person = kind is AnswerType.PERSON if kind is not AnswerType.PHRASE else None
        # A place is less salient than what is there.
        entities.insert(0 if is_person else len(entities), Entity(previous.answer, Span(0, 0), is_person))
    return entities


def _agrees(entity: Entity, pronoun: Pronoun) -> bool:
    rules = language(language_of_name(entity.text[:_SCRIPT_CHARACTERS])).rules("follow_up")
    return rules is not None and bool(rules.suits(entity, pronoun))


def _is_arabic(text: str) -> bool:
    return language_of_name(text[:_SCRIPT_CHARACTERS]) == "ar"


def _entities(question: str) -> list[Entity]:
    """The names and descriptions in a question, in order and without overlap."""
    latin = rules_of_script("Latin", "follow_up")
    entities: list[Entity] = latin.entities(question, list(candidates(AnswerType.PERSON, question)))
    if not entities:
        entities = (language(language_of(question)).rules("follow_up") or latin).described(question)
    return sorted(entities, key=lambda entity: entity.span)
