"""Numbers, dates and times: each one of a statement must be in a source, counting the same thing, as exactly, and not negated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isclose

from index.text.fold import fold
from index.text.spans import Span
from index.text.terms import is_stop
from qa.support.checks.comparison import CheckedSource, Comparison
from qa.support.evidence import Failure, Fault
from qa.support.figures import HALF_A_DAY, PEOPLE, Figure
from qa.support.mentions import same_name
from qa.support.quantities import of_all
from qa.support.words import LIGHT, Word, root_of

_SHARED_WORDS_AFTER_NEGATED = 2  # that make a statement repeat a source's negated number itself; no measurement behind it
# A word that may be an Arabic dual, which can support "two".
_MAY_BE_DUAL = re.compile(of_all("MAY_BE_DUAL"))
_CONJUNCTION = re.compile(of_all("JOINING"))
_SEPARATOR = re.compile(rf"\b(?:{of_all('PARTING')})\b")


def numbers(comparison: Comparison) -> Failure | None:
    """The first figure that is in no source."""
    statement = comparison.statement
    sources = [(source.text, tuple(_asserted(source, statement.stems))) for source in comparison.sources]
    figure = unsupported_figure(statement.figures, sources, statement.stems)
    return None if figure is None else Failure(fault_of(figure), figure.span.of(statement.text))


def fault_of(figure: Figure) -> Fault:
    """The fault of a statement whose figure is unsupported."""
    return "date" if figure.is_of_calendar and figure.kind != "time" else "number"


def _asserted(source: CheckedSource, stems: frozenset[str]) -> Iterator[Figure]:
    """A source's figures. A negated one ("not the 340 that were announced") counts as asserted if the statement repeats what follows."""
    for figure in source.figures:
        following = [word for word in source.words if word.span.start >= figure.span.end and not word.is_stop and word.text not in LIGHT]
        shared = sum(word.stem in stems for word in following)
        yield replace(figure, is_negated=False) if figure.is_negated and shared >= _SHARED_WORDS_AFTER_NEGATED else figure


def numbers_of_other_names(comparison: Comparison) -> Failure | None:
    """A statement's only number, if the clause of an English source that holds it is about another name than the statement's."""
    statement = comparison.statement
    our_names = [
        statement.words[index]
        for index in statement.capitals
        if comparison.names(statement.words[index]) and not _is_speaker(statement.words, index)
    ]
    countable = [figure for figure in statement.figures if figure.kind in {"number", "money", "percentage"} and not figure.is_vague]
    if statement.is_arabic or not our_names or len(countable) != 1:
        return None
    for source in comparison.sources:
        if source.is_arabic:
            return None
        same = [figure for figure in source.figures if figure.value == countable[0].value and figure.kind == countable[0].kind]
        different = [figure for figure in source.figures if figure.kind == countable[0].kind and figure.value != countable[0].value]
        if len(same) != 1 or not different:
            continue
        clause = _clause_around(source, same[0].span)
        their_names = [word for word in clause if word.is_capital and not word.is_stop and not source.is_in_figure(word)]
        elsewhere = [word for word in source.words if word not in clause]
        if (
            their_names
            and not any(same_name(word.text, other.text) for word in our_names for other in their_names)
            and any(same_name(word.text, other.text) for word in our_names for other in elsewhere)
            and not any(root_of(word.stem) == root_of(other.stem) for word in our_names for other in their_names)
        ):
            return Failure("name", " ".join(map(statement.original, our_names)))
    return None


def _is_speaker(words: Sequence[Word], index: int) -> bool:
    """Whether a name is near a verb of saying, and so may be the speaker's."""
    return any(word.text in LIGHT for word in words[max(0, index - 2) : index + 4])


def _clause_around(source: CheckedSource, number: Span) -> list[Word]:
    """The words of a number's clause that no "against" or "and" separates from it."""
    clause = next((word.clause for word in source.words if word.span.end > number.start), -1)
    start = max((match.end() for match in _SEPARATOR.finditer(source.text) if match.end() <= number.start), default=0)
    end = min((match.start() for match in _SEPARATOR.finditer(source.text) if match.start() >= number.end), default=len(source.text))
    return [word for word in source.words if word.clause == clause and start <= word.span.start < end]


def unsupported_figure(
    statement: Sequence[Figure], sources: Sequence[tuple[str, Sequence[Figure]]], stems: frozenset[str]
) -> Figure | None:
    """The first figure of a statement that is in no source. A source is its text and its figures; `stems` are the statement's."""
    theirs = [figure for _, source_figures in sources for figure in source_figures]
    return next((figure for figure in statement if not _is_supported(figure, statement, theirs, sources, stems)), None)


def _is_supported(
    figure: Figure,
    ours: Sequence[Figure],
    theirs: Sequence[Figure],
    sources: Sequence[tuple[str, Sequence[Figure]]],
    stems: frozenset[str],
) -> bool:
    """Whether a figure among the statement's, `ours`, is in the sources."""
    if figure.kind == "written":
        written = str(figure.value)
        return any(written in fold(text).text for text, _ in sources)
    if figure.is_vague and figure.value == 1:
        # "one boat" says no more than "a boat", but "two boats" are not one
        return not any(other.kind == "number" and other.value != 1 and _shared_units(figure, other) for other in theirs) or any(
            other.value == 1 and other.kind in {"number", "ordinal"} for other in theirs
        )
    same = [other for other in theirs if _is_same_value(figure, other)]
    matching = [other for other in same if _is_same_unit(figure, other) and _is_same_bound(figure, other)]
    if not figure.is_negated:
        matching = [other for other in matching if not other.is_negated]
    if figure.value == 2 and figure.kind == "number" and not matching:
        return any(_MAY_BE_DUAL.search(fold(text).text) for text, _ in sources) or (
            figure.is_vague and any(_CONJUNCTION.search(text) for text, _ in sources)
        )
    return bool(matching) and not _counts_something_else(figure, matching, ours, theirs, stems)


def _is_same_value(figure: Figure, other: Figure) -> bool:
    if isinstance(figure.value, str) or isinstance(other.value, str):
        return figure.value == other.value
    kinds = {figure.kind, other.kind}
    if figure.kind == "month" and other.kind == "date":
        return int(other.value) // 100 == figure.value
    if kinds == {"part", "percentage"}:
        share = {each.kind: each.value for each in (figure, other)}
        return isclose(100 * float(share["part"]), float(share["percentage"]), abs_tol=0.5)
    if kinds in ({"number", "money"}, {"number", "ordinal"}) or len(kinds) == 1:
        if kinds == {"number", "ordinal"} and not figure.value > (2 if figure.is_arabic != other.is_arabic else 20):
            return False
        if figure.kind == "time" and (figure.is_vague or other.is_vague):
            return figure.value % HALF_A_DAY == other.value % HALF_A_DAY
        return isclose(figure.value, other.value, rel_tol=1e-9)
    return False


def _is_same_unit(figure: Figure, other: Figure) -> bool:
    rates = [{unit for unit in each.units if unit[0] == "/"} for each in (figure, other)]
    if rates[0] and rates[1] and rates[0] != rates[1]:
        return False
    if figure.kind == other.kind == "money":
        return figure.currency == other.currency
    if figure.kind == "money":
        return not any(unit[0] != "/" for unit in other.units)
    ours, theirs = ({unit for unit in each.units if unit[0] == "="} for each in (figure, other))
    if other.kind == "money":
        return not ours
    if not ours or not theirs or ours & theirs:
        return True
    return bool(ours <= PEOPLE and theirs <= PEOPLE and ("=people" in ours or "=people" in theirs))


def _is_same_bound(figure: Figure, other: Figure) -> bool:
    if figure.is_of_calendar:
        return True
    ours, theirs = figure.bound, other.bound
    if "more" in (ours, theirs) or "less" in (ours, theirs):
        return ours == theirs
    return not (ours == "exactly" and theirs == "about")


def _shared_units(figure: Figure, other: Figure) -> set[str]:
    return {unit for unit in figure.units & other.units if unit[0] != "/" and not is_stop(unit)}


def _counts_something_else(
    figure: Figure, matching: Sequence[Figure], ours: Sequence[Figure], theirs: Sequence[Figure], stems: frozenset[str]
) -> bool:
    """Whether the sources give another number for what a figure counts: "161 died" where nine died and 161 were saved.

    False if the source does not repeat what it counts ("from 312 votes to 287"). `stems` are the statement's.
    """
    if figure.kind not in {"number", "money", "percentage"} or any(_shared_units(figure, other) or not other.units for other in matching):
        return False
    others = [other for other in theirs if other.kind == figure.kind and other.value != figure.value and _shared_units(figure, other)]
    if not others:
        return False
    # Across languages only listed units can be compared.
    is_listed = any(unit[0] == "=" for unit in figure.units)
    comparable = [
        other for other in matching if other.is_arabic == figure.is_arabic or (is_listed and any(unit[0] == "=" for unit in other.units))
    ]
    if comparable and all(not (other.units & stems) for other in comparable):
        return True
    exchanged = [each for each in ours if each is not figure and any(each.value == other.value for other in others)]
    return any(_shared_units(each, other) for each in exchanged for other in matching) and not any(
        _shared_units(each, other) for each in exchanged for other in others if each.value == other.value
    )
