"""What the reader is trained and measured on, from our own examples and from public questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.languages.people import occurrences
from index.text.sentences import sentence_spans
from index.text.spans import Span
from qa.reader.windows import Window, Windows
from training.examples import questions, quotations, texts

WINDOW_TOKENS = 256
WHO_SAYS = "Who said: {}"


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
    around: Span | None = None
    """What the question is about, which its window has to hold; None where any part of the text may answer."""
    instead: Span | None = None
    """The next best answer, right where a window holds none of `answers`."""


def every_window(windows: Windows, item: Item, tokens: int = WINDOW_TOKENS) -> list[Window]:
    """The windows of an item's whole text, or the one around what it asks about."""
    if item.around:
        sentences = _sentences(item.text)
        scores = [float(sentence.overlap(item.around)) for sentence in sentences]
        window = windows.best(item.question, item.text, sentences, scores, item.title, tokens)
        return [window] if window else []
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


def speakers(part: str) -> list[Item]:
    """Who says a quotation, asked of our texts: right is the speaker's name wherever it stands, and the words for it at the quotation
    ("she") where a window does not reach a name."""
    known = texts()
    made = []
    for number, quotation in enumerate(quotations()):
        text = known[quotation.text_id]
        if text.part != part:
            continue
        made.append(
            Item(
                f"{quotation.text_id}:said {number}",
                WHO_SAYS.format(quotation.span.of(text.text)),
                text.text,
                _places(quotation.speaker, text.text) if quotation.speaker else (),
                (),
                text.text.partition("\n")[0],
                "said",
                f"{text.language}-{text.language}",
                quotation.span,
                quotation.mention,
            )
        )
    return made


def _places(name: Span, text: str) -> tuple[Span, ...]:
    """Where a name stands in its text, which is not always a whole word there."""
    words = name.of(text)
    return tuple(dict.fromkeys([name, *(Span(start, start + len(words)) for start in occurrences(words, text))]))


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
