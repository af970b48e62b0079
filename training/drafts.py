"""Examples as people write them → lines with offsets.

    python -m training.drafts FILE …          says what is wrong with them, and how many there are
    python -m training.drafts FILE … --add    appends them to texts.jsonl, questions.jsonl and quotations.jsonl, if nothing is wrong

A draft is plain text. A text begins with `===`, its language, genre and title; questions and quotations follow it, fields apart by ` | `:

    === en wire | Cracks close the Lune bridge
    By Ada Merrow

    Divers found cracks in eleven of the bridge's forty piles, the county said. "It is not safe," said its engineer, Ada Krull.
    --- questions
    how_many | en | How many piles are damaged? | cracks in [[eleven]] of the
    yes_no | ar | هل الجسر آمن؟ | "It is [[not safe]]," | said its engineer
    who | en | Who built the bridge? | -
    how_many | en | How many piles were replaced? | - near
    --- quotations
    It is not safe, | its engineer, [[Ada Krull]]

An answer is marked in words that stand once in the text; a further field names, by a few of its words, a further sentence that it takes to
support the answer. `-` says that the text has no answer, `- near` that it holds a wrong one of the right type. A quotation is given in
its words without the marks, the speaker as marked above, or `-` where the text names nobody; where the words at the quotation only stand
for the speaker, a field between marks those: `It will cost us. | [[she]] said | mayor [[Petra Valin]]`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.text.sentences import sentence_spans
from index.text.spans import Span
from training.examples import KINDS, QUESTIONS, QUOTATIONS, TEXTS

_HEAD = re.compile(r"=== (?P<language>[a-z]{2}) (?P<genre>[a-z_]+) \| (?P<title>\S.*)")
_MARKED = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)


class DraftError(ValueError):
    """What is wrong with a line."""


@dataclass
class Draft:
    """A text with its lines of questions and quotations, each with its number in the file."""

    id: str
    line: int
    language: str
    genre: str
    text: str
    questions: list[tuple[int, str]] = field(default_factory=list)
    quotations: list[tuple[int, str]] = field(default_factory=list)


def drafts(file: Path) -> Iterator[Draft]:
    """Those of a file; a text's id is the file's name and its number in it. Raises DraftError."""
    draft, body, section = None, list[str](), ""
    for number, line in enumerate([*file.read_text(encoding="utf-8").splitlines(), "==="], start=1):
        if line.startswith("==="):
            if draft is not None:
                yield _whole(draft, body)
            if number > 1 and line == "===":
                return
            head = _HEAD.fullmatch(line)
            if head is None:
                raise DraftError(f"{file.name}:{number}: a text begins with: === LANGUAGE GENRE | TITLE")
            order = int(draft.id.rpartition("-")[2]) + 1 if draft else 1
            draft = Draft(f"{file.stem}-{order:03}", number, head["language"], head["genre"], "")
            body, section = [head["title"].strip(), ""], "text"
        elif line.strip() in {"--- questions", "--- quotations"}:
            section = line.strip().removeprefix("--- ")
        elif draft is None:
            raise DraftError(f"{file.name}:{number}: a file begins with a text: === LANGUAGE GENRE | TITLE")
        elif section == "text":
            body.append(line.rstrip())
        elif line.strip():
            (draft.questions if section == "questions" else draft.quotations).append((number, line))


def _whole(draft: Draft, body: list[str]) -> Draft:
    draft.text = "\n".join(body).strip() + "\n"
    return draft


def question_row(draft: Draft, line: str) -> dict[str, Any]:
    """Raises DraftError."""
    kind, language, question, answer, *support = (part.strip() for part in line.split(" | "))
    if kind not in KINDS:
        raise DraftError(f"{kind!r} is none of the kinds {' '.join(KINDS)}")
    span = None if answer in {"-", "- near"} else marked(draft.text, answer)
    places = [span, *(_once(draft.text, words) for words in support)] if span else []
    sentences = sentence_spans(draft.text)
    evidence = sorted({sentence for place in places for sentence in sentences if sentence.overlap(place)})
    return {
        "text": draft.id,
        "question": question,
        "language": language,
        "kind": kind,
        "answer": span and [span.start, span.end],
        "near": answer == "- near",
        "evidence": [[sentence.start, sentence.end] for sentence in evidence],
    }


def quotation_row(draft: Draft, line: str) -> dict[str, Any]:
    """Raises DraftError."""
    words, *fields = (part.strip() for part in line.split(" | "))
    span = _once(draft.text, words)
    spans = [None if words == "-" else marked(draft.text, words) for words in fields]
    if len(spans) not in {1, 2}:
        raise DraftError("a quotation has its words, and the speaker as marked: WORDS | said [[Ada Krull]]")
    mention, speaker = spans[0], spans[-1]
    return {
        "text": draft.id,
        "start": span.start,
        "end": span.end,
        "mention": mention and [mention.start, mention.end],
        "speaker": speaker and [speaker.start, speaker.end],
    }


def marked(text: str, words: str) -> Span:
    """The place in the text of what [[ ]] marks in some words of it. Raises DraftError where there is none, or more than one."""
    mark = _MARKED.search(words)
    if mark is None or len(_MARKED.findall(words)) > 1:
        raise DraftError(f"the answer is marked once, like [[this]]: {words}")
    place = _once(text, words[: mark.start()] + mark[1] + words[mark.end() :])
    return Span(place.start + mark.start(), place.start + mark.start() + len(mark[1]))


def _once(text: str, words: str) -> Span:
    times = text.count(words)
    if times != 1:
        raise DraftError(f"the text has these words {times} times, not once: {words}")
    start = text.index(words)
    return Span(start, start + len(words))


def rows(file: Path) -> tuple[dict[Path, list[dict[str, Any]]], list[str]]:
    """What a file of drafts adds to which file of examples, and what is wrong with it, a line each."""
    made: dict[Path, list[dict[str, Any]]] = {TEXTS: [], QUESTIONS: [], QUOTATIONS: []}
    wrong = list[str]()
    try:
        for draft in drafts(file):
            made[TEXTS].append({"id": draft.id, "language": draft.language, "genre": draft.genre, "text": draft.text})
            for path, lines, row in ((QUESTIONS, draft.questions, question_row), (QUOTATIONS, draft.quotations, quotation_row)):
                for number, line in lines:
                    try:
                        made[path].append(row(draft, line))
                    except ValueError as error:
                        wrong.append(f"{file.name}:{number}: {error}")
    except DraftError as error:
        wrong.append(str(error))
    return made, wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.drafts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--add", action="store_true")
    options = parser.parse_args()
    results = [rows(file) for file in options.files]
    for line in (line for _, wrong in results for line in wrong):
        print(line, file=sys.stderr)
    counts = {path.stem: sum(len(made[path]) for made, _ in results) for path in (TEXTS, QUESTIONS, QUOTATIONS)}
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    if any(wrong for _, wrong in results):
        return 2
    if options.add:
        for made, _ in results:
            for path, lines in made.items():
                with path.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
