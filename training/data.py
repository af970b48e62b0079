"""What the reader is trained and measured on, from our own examples and from public questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.text.sentences import sentence_spans
from index.text.spans import Span
from qa.reader.windows import Window, Windows
from training.examples import questions, texts

WINDOW_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Item:
    """A question on a text: its right answers, none where there is none, and the sentences that support them."""

    id: str
    question: str
    text: str
    answers: tuple[Span, ...]
    evidence: tuple[Span, ...]
    title: str = ""
    kind: str = ""
    languages: str = ""


def every_window(windows: Windows, item: Item, tokens: int = WINDOW_TOKENS) -> list[Window]:
    """The windows of an item's whole text."""
    return windows.every(item.question, item.text, _sentences(item.text), item.title, tokens)


@lru_cache(maxsize=20_000)  # a text has some fifteen questions, in each epoch
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentence_spans(text))


def own(part: str) -> list[Item]:
    """Our examples of a part: train, dev or test."""
    known = texts()
    return [
        Item(
            f"{question.text_id}:{number}",
            question.question,
            known[question.text_id].text,
            (question.answer,) if question.answer else (),
            question.evidence,
            known[question.text_id].text.partition("\n")[0],
            question.kind,
            f"{question.language}-{known[question.text_id].language}",
        )
        for number, question in enumerate(questions())
        if known[question.text_id].part == part
    ]


def public(path: Path) -> list[Item]:
    """Those of `public-qa.jsonl`, whose README names their sources."""
    with path.open(encoding="utf-8") as lines:
        return [_item(json.loads(line)) for line in lines]


def _item(row: dict[str, object]) -> Item:
    text, answers = str(row["context"]), row["answers"]
    assert isinstance(answers, list)
    spans = tuple(Span(start, end) for start, end in answers)
    evidence = tuple(sentence for sentence in sentence_spans(text) if any(sentence.overlap(span) for span in spans[:1]))
    language = str(row["language"])
    return Item(f"{row['set']}:{row['id']}", str(row["question"]), text, spans, evidence, "", str(row["set"]), f"{language}-{language}")
