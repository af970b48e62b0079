"""Negation: what a statement negates must be negated in a source, and what a source negates must not be asserted."""

from __future__ import annotations

from collections.abc import Sequence

from qa.support.checks.comparison import CheckedSource, Comparison
from qa.support.evidence import Failure
from qa.support.negation import is_rejection, may_translate_negation
from qa.support.words import LIGHT, ScopedCue, Word, folded

# A statement with this share of the number of content words of a source in another language is taken to say all of it, negations included.
# No measurement behind it.
_WHOLE_SHARE = 0.6
_UN = folded("negating.un")  # "غير سعيد" is "unhappy"
# How many content words in the scope of a source's negation are searched in the statement. An Arabic verb has more, as its subject comes
# first. No measurement behind them.
_NEGATED_WORDS, _NEGATED_BY_ARABIC_VERB = 2, 5


def negation(comparison: Comparison) -> Failure | None:
    """The first negation of a statement that no source has, or the first word that it asserts and a source negates."""
    return (
        _negated_by_statement(comparison)
        or (_number_of_negations(comparison) if comparison.is_across else None)
        or _negated_by_sources(comparison)
    )


def _negated_by_statement(comparison: Comparison) -> Failure | None:
    """The first negation of the statement that no source has."""
    statement = comparison.statement
    for cue in statement.negations:
        following = statement.words[cue.index + 1 : cue.index + 3]
        negated = [
            figure for figure in statement.figures if figure.is_negated and any(figure.span.overlap(word.span) for word in following)
        ]
        if any(figure.kind == other.kind and not other.is_negated for figure in negated for other in statement.figures):
            continue  # "nine, not eleven"
        if statement.words[cue.index].text in _UN and may_translate_negation(comparison.source_words):
            continue
        if not _is_negated_in_sources(comparison, cue):
            return Failure("negation", _negated_phrase(comparison, cue))
    return None


def _is_negated_in_sources(comparison: Comparison, cue: ScopedCue) -> bool:
    """Whether a source has a negation, and negates the words in the cue's scope if it contains any of them."""
    is_present, is_negated, has_cue = False, False, False
    for source in comparison.sources:
        has_cue = has_cue or bool(source.negations)
        for index in cue.scope:
            matches = comparison.matches(index, source)
            is_present = is_present or bool(matches)
            is_negated = is_negated or any(_is_in_scope(source.words, other, match) for other in source.negations for match in matches)
    return has_cue and (not is_present or is_negated or is_rejection(comparison.statement.words[cue.index]))


def _is_in_scope(words: Sequence[Word], cue: ScopedCue, index: int) -> bool:
    """Whether a cue negates the word at an index: it is in the cue's scope, later in its clause, or anywhere if the cue is a rejection."""
    if index in cue.scope or is_rejection(words[cue.index]):
        return True
    between = words[cue.index : index]
    return words[cue.index].clause == words[index].clause and cue.index < index and not any(word.text == "and" for word in between)


def _number_of_negations(comparison: Comparison) -> Failure | None:
    """Across languages, where scopes are hard to match: no more negations than in the sources, and no fewer if the statement says all."""
    statement = comparison.statement
    ours = [cue for cue in statement.negations if statement.words[cue.index].text not in _UN]
    theirs = [(source.words[cue.index].text not in _UN, source) for source in comparison.sources for cue in source.negations]
    has_fewer = sum(is_full for is_full, _ in theirs) > len(statement.negations)
    if len(ours) > len(theirs) or (has_fewer and any(_says_all(comparison, source) for _, source in theirs)):
        return Failure("negation", _negated_phrase(comparison, ours[0]) if ours else statement.text.strip())
    return None


def _says_all(comparison: Comparison, source: CheckedSource) -> bool:
    """Whether a statement is long enough to say all that a source says."""
    theirs = sum(not word.is_stop and word.text not in LIGHT for word in source.words)
    return len(comparison.statement.content) >= _WHOLE_SHARE * theirs


def _negated_by_sources(comparison: Comparison) -> Failure | None:
    """The first word that the statement asserts and a source negates."""
    statement = comparison.statement
    for source in comparison.sources:
        for cue in source.negations:
            if source.words[cue.index].text in _UN and may_translate_negation(statement.words):
                continue
            index = _asserted(comparison, source, cue)
            if index is not None and not statement.negations:
                return Failure("negation", statement.original(statement.words[index]))
    return None


def _asserted(comparison: Comparison, source: CheckedSource, cue: ScopedCue) -> int | None:
    """The word of the statement that asserts what a source negates, if one does."""
    statement = comparison.statement
    negated_clauses = {statement.words[negation.index].clause for negation in statement.negations}
    by_arabic_verb = source.is_arabic and len(cue.scope) > 3
    negated = [place for place in cue.scope if not (source.words[place].is_capital and not source.is_arabic)]
    for place in negated[: _NEGATED_BY_ARABIC_VERB if by_arabic_verb else _NEGATED_WORDS]:
        is_subject = by_arabic_verb and place == negated[0]
        if is_subject or _is_repeated(comparison, source, cue, place):
            continue
        asserted = comparison.counterparts(source.words[place], source)
        if asserted:
            is_negated_too = any(statement.words[index].clause in negated_clauses for index in asserted)
            return None if is_negated_too else asserted[0]
    return None


def _is_repeated(comparison: Comparison, source: CheckedSource, cue: ScopedCue, place: int) -> bool:
    """Whether a word that a source negates occurs in another clause as well, where it is not negated."""
    word = source.words[place]
    return any(
        other.stem == word.stem and index not in cue.scope and other.clause != source.words[cue.index].clause
        for other_source in comparison.sources
        for index, other in enumerate(other_source.words)
        if other_source is not source or index != place
    )


def _negated_phrase(comparison: Comparison, cue: ScopedCue) -> str:
    """The statement's text from a negation cue to the first word in its scope."""
    statement = comparison.statement
    first = statement.words[cue.index].span
    last = statement.words[cue.scope[0] if cue.scope else cue.index].span
    return statement.text[first.start : max(last.end, first.end)]
