"""Modality: a statement must not give as a fact what a source gives as a plan, a possibility or an allegation."""

from __future__ import annotations

from index.text.script import rules_of_script
from qa.support.checks.comparison import CheckedSource, CheckedStatement, Comparison
from qa.support.evidence import Failure
from qa.support.modality import allegation_cues, is_attributed, modal_cues
from qa.support.words import Word, folded

_DETERMINERS = folded("modality_check.before_a_noun")


def modality(comparison: Comparison) -> Failure | None:
    """The first word that a statement gives as a fact, and a source as possible or alleged."""
    statement = comparison.statement
    is_modal, attributed = bool(modal_cues(statement.words, statement.text)), is_attributed(statement.words)
    for source in comparison.sources:
        index = None if is_modal else _asserted_as_done(comparison, source)
        if index is None and not attributed:
            index = _asserted_allegation(comparison, source)
        if index is not None:
            return Failure("negation", statement.original(statement.words[index]))
    return None


def _asserted_as_done(comparison: Comparison, source: CheckedSource) -> int | None:
    """The word by which the statement asserts what a source says may or will happen."""
    statement = comparison.statement
    stems = [word.stem for other in comparison.sources for word in other.words]
    for cue in modal_cues(source.words, source.text):
        for place in cue.scope:
            word = source.words[place]
            if stems.count(word.stem) > 1:
                continue
            is_arabic = source.is_arabic and statement.is_arabic
            done = _past_of(word, statement) if is_arabic else comparison.counterparts(word, source)
            if done and not statement.negations and not _is_noun(statement, done[0]):
                return done[0]
    return None


def _asserted_allegation(comparison: Comparison, source: CheckedSource) -> int | None:
    """The first word by which the statement asserts an allegation, if it has at least two of the alleged words."""
    for cue in allegation_cues(source.words):
        alleged = [index for place in cue.scope for index in comparison.counterparts(source.words[place], source)]
        if len(set(alleged)) > 1:
            return alleged[0]
    return None


def _is_noun(statement: CheckedStatement, index: int) -> bool:
    """Whether a determiner before an English word shows that it is a noun: "a cost" where something "will cost"."""
    return index > 0 and statement.words[index - 1].text in _DETERMINERS


def _past_of(word: Word, statement: CheckedStatement) -> list[int]:
    """The Arabic past-tense verbs of the statement for a future verb of a source: "دشن" for "سيدشن"."""
    arabic = rules_of_script("Arabic", "morphology")
    core = arabic.core_of_future(word.text)
    return [
        index
        for index in statement.content
        if len(core) >= 3
        and core in statement.words[index].text
        and arabic.may_be_past(statement.words[index].text)
        and len(statement.words[index].text) <= len(core) + 2
    ]
