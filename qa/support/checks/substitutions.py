"""Substitutions: places where a statement, otherwise aligned with a source word by word, has other words.

The substituted words may occur elsewhere in the source, so that no other check detects them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel

from qa.support.checks.comparison import CheckedSource, CheckedStatement, Comparison
from qa.support.checks.numbers import fault_of, unsupported_figure
from qa.support.evidence import Failure
from qa.support.mentions import same_name
from qa.support.negation import looks_negative
from qa.support.senses import opposed
from qa.support.words import Word, without_possessive

# A statement that shares this part of its words with a source, in the same order, is aligned with it. Longer changes than _LONGEST_CHANGE
# words are taken for different content. No measurement behind the two.
_MIN_ALIGNED = 0.6
_LONGEST_CHANGE = 3


def substitutions(comparison: Comparison) -> Failure | None:
    """The first unsupported substitution, in comparison with each source that a statement is aligned with."""
    statement = comparison.statement
    for source in comparison.sources:
        if source.is_arabic != statement.is_arabic:
            continue
        for theirs, ours in _substitutions(source, statement):
            failure = _failure(statement, ours, source, theirs)
            if failure is not None:
                return failure
    return None


def _substitutions(source: CheckedSource, statement: CheckedStatement) -> Iterator[tuple[list[Word], list[Word]]]:
    """The words of source and statement at each difference of their alignment; one of the two may be empty."""
    theirs, ours = [word.text for word in source.words], [word.text for word in statement.words]
    equal = [code for code in Indel.opcodes(theirs, ours) if code.tag == "equal"]
    common = sum(code.src_end - code.src_start for code in equal)
    if 2 * common < _MIN_ALIGNED * (len(ours) + len(theirs)):
        return
    their_end, our_end = 0, 0
    ends = (len(theirs), len(ours), len(theirs), len(ours))
    for their_start, our_start, their_stop, our_stop in (
        *((code.src_start, code.dest_start, code.src_end, code.dest_end) for code in equal),
        ends,
    ):
        if their_start > their_end or our_start > our_end:
            yield list(source.words[their_end:their_start]), list(statement.words[our_end:our_start])
        their_end, our_end = their_stop, our_stop


def _failure(statement: CheckedStatement, ours: Sequence[Word], source: CheckedSource, theirs: Sequence[Word]) -> Failure | None:
    """Why words of a statement in place of words of a source are unsupported, if they are."""
    if len(ours) > _LONGEST_CHANGE or len(theirs) > _LONGEST_CHANGE:
        return None
    original = " ".join(map(statement.original, ours))
    if sum(map(looks_negative, ours)) % 2 != sum(map(looks_negative, theirs)) % 2 and not _is_negated_number(statement, ours):
        return Failure("negation", original)
    our_figures, their_figures = (
        [figure for figure in text.figures if any(figure.span.overlap(word.span) for word in changed)]
        for text, changed in ((statement, ours), (source, theirs))
    )
    if our_figures and their_figures:
        unsupported = unsupported_figure(our_figures, [(source.text, their_figures)], frozenset())
        if unsupported is not None:
            return Failure(fault_of(unsupported), unsupported.span.of(statement.text))
    our_names, their_names = (
        [word for word in changed if word.is_capital and not text.is_in_figure(word) and not word.is_stop and word.span.start]
        for text, changed in ((statement, ours), (source, theirs))
    )
    is_same = any(same_name(without_possessive(name.text), without_possessive(other.text)) for name in our_names for other in their_names)
    if our_names and their_names and not is_same and not any(word.text in source.referents for word in our_names):
        return Failure("name", original)
    return Failure("words", original) if opposed(ours, theirs) else None


def _is_negated_number(statement: CheckedStatement, words: Sequence[Word]) -> bool:
    """Whether any of the words belongs to a number that the statement negates ("not eleven")."""
    return any(figure.is_negated and figure.span.overlap(word.span) for figure in statement.figures for word in words)
