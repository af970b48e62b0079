"""The examples that a reader learns from: short news texts of ours, questions on them, and who says their quotations.

    texts.jsonl        id, language, genre, text (its first line is the title)
    questions.jsonl    text (its id), question, language (the question's), kind, answer [start, end] or null, near, evidence [[…], …]
    kinds.jsonl        question, language, kind: what is asked of a folder of articles, one of ASKED; of: what more exactly, of a list, the
                       collection or the program
    quotations.jsonl   text, start, end, mention [start, end] or null, speaker [start, end] or null

Offsets are code points into the text. `evidence` are the sentences that support the answer, none where there is no answer. `near` says of
a question without an answer that the text holds a wrong one of the right type: another year, number or person. `mention` are the words at
the quotation that stand for who says it ("she", "the union"), `speaker` the words that name that person best anywhere in the text ("Ada
Krull"). Both are null where the text names nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.text.spans import Span

FOLDER = Path(__file__).parent
TEXTS, QUESTIONS, QUOTATIONS, ASKED_KINDS = (FOLDER / f"{name}.jsonl" for name in ("texts", "questions", "quotations", "kinds"))

KINDS = (
    *("who", "what", "when", "where", "which", "how_many", "how_much", "how_long", "how_old", "how_often", "why", "how"),
    *("yes_no", "who_is", "opinion", "table", "byline"),
)


@dataclass(frozen=True, slots=True)
class Text:
    id: str
    language: str
    genre: str
    text: str

    @property
    def part(self) -> str:
        """By the id alone, so that a text never changes its part."""
        return _part(self.id)


@dataclass(frozen=True, slots=True)
class Question:
    text_id: str
    question: str
    language: str
    kind: str
    answer: Span | None
    near: bool
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LabelledQuotation:
    text_id: str
    span: Span
    mention: Span | None
    speaker: Span | None


@dataclass(frozen=True, slots=True)
class AskedKind:
    """A question to a folder of articles, and what it asks for: one of ASKED, and where it has parts, one of ASKED_MORE."""

    question: str
    language: str
    kind: str
    of: str = ""

    @property
    def part(self) -> str:
        return _part(self.question)


def texts(path: Path = TEXTS) -> dict[str, Text]:
    """By id."""
    return {row["id"]: Text(**row) for row in _rows(path)}


def questions(path: Path = QUESTIONS) -> list[Question]:
    return [
        Question(
            row["text"],
            row["question"],
            row["language"],
            row["kind"],
            _span(row["answer"]),
            row["near"],
            tuple(Span(*pair) for pair in row["evidence"]),
        )
        for row in _rows(path)
    ]


def quotations(path: Path = QUOTATIONS) -> list[LabelledQuotation]:
    return [
        LabelledQuotation(row["text"], Span(row["start"], row["end"]), _span(row["mention"]), _span(row["speaker"])) for row in _rows(path)
    ]


def asked_kinds(path: Path = ASKED_KINDS) -> list[AskedKind]:
    return [AskedKind(**row) for row in _rows(path)]


def _part(id: str) -> str:
    """train, dev or test: eight, one and one of ten."""
    return {8: "dev", 9: "test"}.get(hashlib.sha256(id.encode()).digest()[0] % 10, "train")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _span(pair: list[int] | None) -> Span | None:
    return Span(*pair) if pair else None
