"""Sets of questions and quotes with what is right: read from a folder, and checked against the articles they are about.

A set is a folder with `questions.jsonl`, `quotes.jsonl` or both, and its articles in `articles/` or `corpus.jsonl`; a `set.json` may name
any of them elsewhere ({"source": "../articles"}). A set without articles is about those of a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

import orjson

from index.errors import InputError
from index.text.spans import Span
from qa.quotes.check import Verdict
from qa.reader.reader import ASKED, TOLD

# As articles: a larger file is a mistake.
_MOST_BYTES = 20 * 1024 * 1024
_FILES = ("questions", "quotes")
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A place that a set says is right: `article.text[span.start:span.end] == text`, by the set's word."""

    article_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, its right answers in any wording, and the places of which each holds one. Not `answerable`: the articles hold none.

    `points` are what an overview or a list must tell, each in any of its wordings; such a question needs no answers and no evidence. `kind`
    is what it asks for, one of ASKED, where the set says so: a question about the collection has answers and no evidence, one about the
    program, or small talk, neither.
    """

    id: str
    question: str
    language: str
    answers: tuple[str, ...]
    evidence: tuple[GoldSpan, ...]
    answerable: bool
    points: tuple[tuple[str, ...], ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """A quote, who is said to have said it, the right verdict, where it stands and who said it there."""

    id: str
    quote: str
    claimed_speaker: str | None
    verdict: Verdict
    source: tuple[GoldSpan, ...]
    speaker: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not measured, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A set as read. `source` are its articles, None where it has none."""

    name: str
    source: Path | None
    questions: tuple[GoldQuestion, ...]
    quotes: tuple[GoldQuote, ...]
    left_out: tuple[LeftOut, ...] = ()


def read_set(folder: Path) -> EvalSet:
    """Raises InputError where the folder holds no set, or a record is not as the contract has it: with its line, and what is wrong."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Name one with a questions.jsonl or a quotes.jsonl.")
    places = _places(folder)
    source = folder / places["source"] if "source" in places else folder / "articles"
    if "source" not in places and not source.exists():
        source = folder / "corpus.jsonl"
    if "source" in places and not source.exists():
        raise InputError(f"{folder / 'set.json'} names {source}, which does not exist. Mend the path.")
    files = {kind: folder / places.get(kind, f"{kind}.jsonl") for kind in _FILES}
    if not any(path.exists() for path in files.values()):
        raise InputError(f"{folder} holds neither questions.jsonl nor quotes.jsonl. To start a set: python -m qa evaluate --new {folder}")
    questions, quotes = (path.read_bytes() if path.exists() else None for path in map(_readable, files.values()))
    return parse_set(folder.resolve().name, questions, quotes, source.resolve() if source.exists() else None)


def parse_set(name: str, questions: bytes | None, quotes: bytes | None, source: Path | None = None) -> EvalSet:
    """A set from the bytes of its two files. Raises InputError as `read_set` does."""
    asked = list(_parsed(f"{name}/questions.jsonl", questions, _question))
    unasked = tuple(LeftOut(row.id, "has no question yet") for row in asked if not row.question.strip())
    eval_set = EvalSet(
        name,
        source,
        tuple(row for row in asked if row.question.strip()),
        tuple(_parsed(f"{name}/quotes.jsonl", quotes, _quote)),
        unasked,
    )
    if not (eval_set.questions or eval_set.quotes):
        raise InputError(f"{name} holds no question and no quote to measure. Write some into its questions.jsonl.")
    for rows in (asked, eval_set.quotes):
        ids = [row.id for row in rows]
        twice = next((id for id in ids if ids.count(id) > 1), None) if len(set(ids)) < len(ids) else None
        if twice is not None:
            raise InputError(f"{name} has two records with the id {twice!r}. Give each its own.")
    return eval_set


def held_against(eval_set: EvalSet, texts: Mapping[str, str]) -> EvalSet:
    """The set without the records whose places are not, letter for letter, in the articles (id to text); they are left out, with why."""

    def trouble(places: Sequence[GoldSpan]) -> str | None:
        for place in places:
            if place.article_id not in texts:
                return f"there is no article {place.article_id!r}"
            if place.span.of(texts[place.article_id]) != place.text:
                return f"{place.article_id!r} does not hold its text at {place.span.start}:{place.span.end}"
        return None

    left = [LeftOut(row.id, why) for row in eval_set.questions if (why := trouble(row.evidence))]
    left += [LeftOut(row.id, why) for row in eval_set.quotes if (why := trouble(row.source))]
    return replace(
        eval_set,
        questions=tuple(row for row in eval_set.questions if not trouble(row.evidence)),
        quotes=tuple(row for row in eval_set.quotes if not trouble(row.source)),
        left_out=(*eval_set.left_out, *left),
    )


def _places(folder: Path) -> dict[str, str]:
    path = folder / "set.json"
    if not path.exists():
        return {}
    try:
        places = orjson.loads(_readable(path).read_bytes())
        if not isinstance(places, dict) or not all(isinstance(value, str) for value in places.values()):
            raise ValueError("it is no object of paths")
    except ValueError as error:
        raise InputError(f'{path} cannot be used ({error}). It holds paths, such as {{"source": "../articles"}}.') from error
    return places


def _readable(path: Path) -> Path:
    try:
        if path.exists() and path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is larger than {_MOST_BYTES:,} bytes. Split the set.")
        if path.exists():
            with path.open("rb"):
                pass
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    return path


def _parsed(where: str, data: bytes | None, make: Callable[[Mapping[str, Any]], _Row]) -> Iterator[_Row]:
    for number, line in enumerate((data or b"").removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
            if not isinstance(record, dict):
                raise TypeError("it is no object")
            yield make(record)
        except orjson.JSONDecodeError as error:
            raise InputError(f"{where}, line {number} is not JSON ({error.msg}). Each line is one record.") from error
        except KeyError as error:
            raise InputError(f"{where}, line {number} has no {error}. docs/evaluation.md says what a record holds.") from error
        except (TypeError, ValueError) as error:
            raise InputError(f"{where}, line {number} cannot be used ({error}). docs/evaluation.md says what a record holds.") from error


def _question(record: Mapping[str, Any]) -> GoldQuestion:
    answers = tuple(_text(answer, "answers") for answer in _list(record, "answers"))
    evidence = _spans(record, "evidence")
    answerable = record["answerable"]
    if not isinstance(answerable, bool):
        raise TypeError("'answerable' is neither true nor false")
    kind = record.get("kind") if record.get("kind") in ASKED else None
    points = tuple(_wordings(point) for point in _list({"points": [], **record}, "points"))
    if points:
        if not answerable:
            raise ValueError("a question with points is answerable")
    elif kind not in TOLD and (answerable != bool(evidence) or (answerable and not answers)):
        raise ValueError("an answerable question has points, or answers and evidence; another has no evidence")
    return GoldQuestion(
        _text(record["id"], "id"),
        _text(record["question"], "question"),
        _text(record["language"], "language"),
        answers,
        evidence,
        answerable,
        points,
        kind,
    )


def _wordings(point: object) -> tuple[str, ...]:
    match point:
        case [*wordings] if wordings:
            return tuple(_text(wording, "points") for wording in wordings)
    raise TypeError("'points' is no list of lists of wordings")


def _quote(record: Mapping[str, Any]) -> GoldQuote:
    verdict = record["verdict"]
    if verdict not in get_args(Verdict):
        raise ValueError(f"'verdict' is none of {', '.join(get_args(Verdict))}")
    claimed, speaker = (None if record.get(name) is None else _text(record[name], name) for name in ("claimed_speaker", "speaker"))
    return GoldQuote(
        _text(record["id"], "id"), _text(record["quote"], "quote"), claimed or None, verdict, _spans(record, "source"), speaker or None
    )


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name!r} holds something that is no text")
    return value


def _list(record: Mapping[str, Any], name: str) -> list[Any]:
    value = record[name]
    if not isinstance(value, list):
        raise TypeError(f"{name!r} is no list")
    return value


def _spans(record: Mapping[str, Any], name: str) -> tuple[GoldSpan, ...]:
    spans = []
    for place in _list(record, name):
        match place:
            case {"doc": str(doc), "start": int(start), "end": int(end), "text": str(text)} if 0 <= start < end:
                spans.append(GoldSpan(doc, Span(start, end), text))
            case _:
                raise ValueError(f'a place in {name!r} is not {{"doc", "start", "end", "text"}}')
    return tuple(spans)
