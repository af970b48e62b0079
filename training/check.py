"""Checks the examples, and prints how many there are of which kind.

    python -m training.check [--apart-from FOLDER …]

Wrong is: a place that is not in its text, begins or ends in white space, or (of an answer) has no sentence that supports it; a question
that is asked twice of a text; a text or question that shares 13 words in a row with what is measured on, the .jsonl, .txt and .html files
of the folders (GPT-3's measure of contamination: Brown et al. 2020, appendix C).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.text.spans import Span
from qa.reader.reader import ASKED, ASKED_MORE
from training.examples import AskedKind, LabelledQuotation, Question, Text, asked_kinds, questions, quotations, texts

RUN = 13  # words
_WORD = re.compile(r"\w+")


def faults(known: dict[str, Text], asked: Iterable[Question], said: Iterable[LabelledQuotation]) -> Iterator[str]:
    """What is wrong with the examples themselves, a line each."""
    seen = set[tuple[str, str]]()
    for question in asked:
        text, name = known[question.text_id].text, f"{question.text_id}: {question.question}"
        places = [*([question.answer] if question.answer is not None else []), *question.evidence]
        yield from (f"{name}: {place} is no place in the text" for place in places if not _is_place(place, text))
        if (question.answer is None) == bool(question.evidence) or (question.answer is not None and question.near):
            yield f"{name}: answer, near and evidence do not go together"
        if (question.text_id, " ".join(question.question.split()).casefold()) in seen:
            yield f"{name}: asked twice"
        seen.add((question.text_id, " ".join(question.question.split()).casefold()))
    marked = set[tuple[str, Span]]()
    for quotation in said:
        text, name = known[quotation.text_id].text, f"{quotation.text_id}: {quotation.span}"
        places = [place for place in (quotation.span, quotation.mention, quotation.speaker) if place is not None]
        yield from (f"{name}: {place} is no place in the text" for place in places if not _is_place(place, text))
        if (quotation.mention is None) != (quotation.speaker is None) or (quotation.text_id, quotation.span) in marked:
            yield f"{name}: half a speaker, or labelled twice"
        marked.add((quotation.text_id, quotation.span))


def kind_faults(asked: Iterable[AskedKind]) -> Iterator[str]:
    """What is wrong with questions that are labelled by their kind."""
    seen = set[tuple[str, ...]]()
    for one in asked:
        asked_for = tuple(words(one.question))
        if one.kind not in ASKED or one.of not in ASKED_MORE.get(one.kind, ("",)) or not asked_for or asked_for in seen:
            yield f"{one.question}: of no known kind, empty, or there twice"
        seen.add(asked_for)


def _is_place(place: Span, text: str) -> bool:
    there = text[place.start : place.end]
    return bool(there) and place.end <= len(text) and not (there[0].isspace() or there[-1].isspace())


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1))


def shared(ours: dict[str, str], folders: Iterable[Path]) -> Iterator[str]:
    """Which of our texts and questions, by name, share a run of words with a file of the folders."""
    known = {run: name for name, text in ours.items() for run in runs(text)}
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in {".jsonl", ".txt", ".html"}):
            for text in _strings(path):
                yield from (f"{known[run]}: {path.name} has {' '.join(run)}" for run in runs(text) if run in known)


def _strings(path: Path) -> Iterator[str]:
    raw = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".jsonl":
        yield raw
        return
    for row in map(json.loads, raw.splitlines()):
        yield from (value for value in row.values() if isinstance(value, str))


def balance(known: dict[str, Text], asked: list[Question], said: list[LabelledQuotation]) -> Iterator[str]:
    """What the examples are made of, a line each."""
    yield f"{len(known)} texts, {len(asked)} questions, {len(said)} quotations"
    yield _shares("texts", Counter(text.language for text in known.values()))
    yield _shares("parts", Counter(text.part for text in known.values()))
    yield _shares("genres", Counter(text.genre for text in known.values()))
    yield _shares("kinds", Counter(question.kind for question in asked))
    yield _shares("questions on texts", Counter(f"{question.language} on {known[question.text_id].language}" for question in asked))
    yield _shares("answers", Counter("some" if question.answer else "near miss" if question.near else "none" for question in asked))
    yield _shares(
        "speakers",
        Counter("nobody" if one.speaker is None else "named there" if one.mention == one.speaker else "named elsewhere" for one in said),
    )


def _shares(title: str, counts: Counter[str]) -> str:
    return f"{title}: " + ", ".join(f"{name} {count} ({count / counts.total():.0%})" for name, count in counts.most_common())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.check", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--apart-from", nargs="+", type=Path, default=[], metavar="FOLDER")
    options = parser.parse_args()
    known, asked, said, kinds = texts(), questions(), quotations(), asked_kinds()
    ours = {text.id: text.text for text in known.values()} | {f"{one.text_id}: {one.question}": one.question for one in asked}
    wrong = [*faults(known, asked, said), *kind_faults(kinds), *shared(ours, options.apart_from)]
    for line in wrong:
        print(line, file=sys.stderr)
    print(*balance(known, asked, said), sep="\n")
    print(_shares(f"{len(kinds)} questions by what they ask for", Counter(f"{one.language} {one.kind}" for one in kinds)))
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
