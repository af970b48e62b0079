"""What visitors judge right or wrong in the page, kept as a set of questions: DIR/questions.jsonl, one record a question.

A judgement is about the articles of a store, so the set has none itself. Everything in the file that is not about the same question stays
as it is, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from index.articles import Article
from index.atomic_write import replace_file
from index.errors import InputError
from index.text.fold import fold
from index.text.language import language_of
from index.text.spans import Span
from qa.evaluate.sets import GoldSpan
from qa.quotes.check import QuoteCheck

FILE = "questions.jsonl"
_PATIENCE = 10  # seconds that a visitor waits for another's record to be written; not measured


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question, its right answers and the places that hold one; without any of either, the articles do not answer it."""

    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[GoldSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """A judgement's line in the file, the lines that it took the place of, and how many questions the file holds with it."""

    line: bytes
    replaced: tuple[bytes, ...]
    questions: int


def right(question: str, short_answer: str | None, cited: Sequence[tuple[Article, Span]]) -> Judgement:
    """The judgement that these places answer the question: with the short answer, or with their text if there is none.

    Raises InputError where a place is not in its article, or the short answer in none of the places.
    """
    if any(not len(span) or span.end > len(article.text) for article, span in cited):
        raise InputError("A citation is not in its article. Ask again.")
    evidence = tuple(dict.fromkeys(_gold(article, span) for article, span in cited))
    if short_answer is not None and not any(short_answer in place.text for place in evidence):
        raise InputError("The short answer is not in what is cited. Ask again.")
    words = [short_answer] if short_answer else [place.text for place in evidence]
    return Judgement(question, tuple(dict.fromkeys(words)), evidence)


def wrong(question: str, sentence: QuoteCheck, answer: str) -> Judgement:
    """The judgement that this sentence answers the question, wherever it stands: with the answer in it, or as a whole.

    Raises InputError where the sentence is not verbatim in an article, or the answer not in the sentence.
    """
    if sentence.verdict != "verbatim":
        raise InputError("These words are in no article as they stand. Copy the sentence from its article, letter for letter.")
    evidence = tuple(_gold(match.article, match.span) for match in sentence.matches)
    words = _within(evidence[0].text, answer) if answer.strip() else evidence[0].text
    if words is None:
        raise InputError("The answer is not in the sentence. Name words of it, or leave the answer out.")
    return Judgement(question, (words,), evidence)


def _gold(article: Article, span: Span) -> GoldSpan:
    return GoldSpan(article.id, span, span.of(article.text))


def _within(sentence: str, answer: str) -> str | None:
    """The sentence's own words for the answer; None where it has none."""
    folded, wanted = fold(sentence), fold(answer).text.strip()
    at = folded.text.find(wanted)
    return folded.to_original(at, at + len(wanted)).of(sentence) if wanted and at >= 0 else None


def save(folder: Path, judgement: Judgement) -> Saved:
    """Writes the judgement into the folder's set, replacing those of the same question.

    Raises InputError where that cannot be done; the file is then as it was.
    """
    saved: Saved

    def with_it(lines: list[bytes]) -> list[bytes]:
        nonlocal saved
        same = [line for line in lines if _is_about(line, judgement.question)]
        others = [line for line in lines if line not in same]
        line = _record(judgement, {str(_value(line, "id")) for line in others})
        at = lines.index(same[0]) if same else len(lines)
        changed = [*lines[:at], line, *(other for other in lines[at:] if other not in same)]
        saved = Saved(line, tuple(same), sum(_value(record, "question") is not None for record in changed))
        return changed

    _rewrite(folder, with_it)
    return saved


def undo(folder: Path, saved: Saved) -> int:
    """Restores what was there before, and returns how many questions there are. Raises InputError as `save` does, and where the record is
    no longer the one that was saved."""
    count = 0

    def without_it(lines: list[bytes]) -> list[bytes]:
        nonlocal count
        if saved.line not in lines:
            raise InputError("The question was judged anew since: nothing is undone.")
        at = lines.index(saved.line)
        changed = [*lines[:at], *saved.replaced, *lines[at + 1 :]]
        count = sum(_value(line, "question") is not None for line in changed)
        return changed

    _rewrite(folder, without_it)
    return count


def _rewrite(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock", timeout=_PATIENCE):
            held = path.read_bytes() if path.exists() else b""
            held.decode("utf-8")
            lines = held.split(b"\n")
            if not lines[-1]:
                lines.pop()
            replace_file(path, b"".join(line + b"\n" for line in change(lines)))
    except Timeout as error:
        raise InputError(f"Another process is writing to {path}. Nothing is saved; try again.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}). Nothing is saved; name another folder with --judged.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no set of questions (not UTF-8). Nothing is saved; name another folder with --judged.") from error


def _record(judgement: Judgement, taken: set[str]) -> bytes:
    question = judgement.question
    # Somebody may have edited the question of a record by hand: its id then no longer belongs to that question alone.
    name = first = f"judged-{sha256(_key(question).encode('utf-8', 'replace')).hexdigest()[:10]}"
    number = 1
    while name in taken:
        number += 1
        name = f"{first}-{number}"
    record = {
        "id": name,
        "question": question,
        "language": language_of(question),
        "answers": list(judgement.answers),
        "evidence": [
            {"doc": place.article_id, "start": place.span.start, "end": place.span.end, "text": place.text} for place in judgement.evidence
        ],
        "answerable": bool(judgement.evidence),
    }
    try:
        return json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("The question holds half a character, which no file can hold. Ask it again without.") from error


def _key(question: str) -> str:
    return " ".join(question.split())


def _is_about(line: bytes, question: str) -> bool:
    known = _value(line, "question")
    return isinstance(known, str) and _key(known) == _key(question)


def _value(line: bytes, name: str) -> object:
    """A record's value; None where the line is no record."""
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None
    return record.get(name) if isinstance(record, dict) else None
