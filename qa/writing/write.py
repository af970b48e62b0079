"""Evidence to statements, by a language model under guard.

The model is given numbered sentences and constrained to a schema in which it can name only those. What it writes is checked statement by
statement (guard.py) before it is shown; what it would quote, it names, and the words are taken from the article. A server that does not
keep to the form is no danger: a number that was not given names nothing, and a statement rests on no sentence but one that supports it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from index.embedding.embed import Embedder
from index.errors import ModelError
from index.store.passages import count_tokens
from index.text.language import language_of
from qa.ask.answer_types import AnswerType, candidates
from qa.ask.question import Question
from qa.support.checks.content_words import ADDRESS
from qa.support.evidence import Failure, SourceSentence
from qa.support.guard import Guard
from qa.support.same_meaning import says_the_same
from qa.support.words import LIGHT, words
from qa.writing.language_models import LanguageModel, Prompt
from qa.writing.prompts import (
    JUDGE_SCHEMA,
    MOST_STATEMENTS,
    TRANSLATION_SCHEMA,
    Schema,
    answer_prompt,
    answer_schema,
    given,
    judge_prompt,
    translation_prompt,
)

# Tokens: five statements of 20 words, in Arabic too. No measurement behind the numbers.
_MOST_TOKENS = 400
_MOST_JUDGEMENT = 12
_TRANSLATION_TOKENS = 4  # a token of the sentence: Arabic takes three times as many as English
# Characters of an answer that is still read: far more than its tokens can be.
_MOST_CHARACTERS = 20_000
_BEGIN = re.compile(r'"statements"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
# Only this program sets markers.
_MARKER = re.compile(r"\s*\[[\d\s,;]*\]")
_STOPS = re.compile(r"(?<=[.!?؟…])\s+")
_JOINERS = "\u200c\u200d"
_NONSENSE = "The language model {name} sends no statements in the form that it is given. Name another model."


@dataclass(frozen=True, slots=True)
class Writer:
    """A model that writes answers. `judge`: it is asked once more about each statement that it wrote; `drops`: statements that fail are
    left out instead of shown struck through."""

    model: LanguageModel
    judge: bool = False
    drops: bool = False


@dataclass(frozen=True, slots=True)
class WrittenStatement:
    """A statement supported by `sources`, indices of the given sentences; without a `text`, the first of them is quoted.

    `failure` says why it is not supported.
    """

    text: str | None
    sources: tuple[int, ...]
    failure: Failure | None = None


class WritingStopped(Exception):
    """The written answer is no longer wanted."""


def write(
    writer: Writer,
    guard: Guard,
    question: Question,
    grounds: Sequence[SourceSentence],
    evidence: Collection[int],
    is_wanted: Callable[[], bool],
) -> Iterator[WrittenStatement]:
    """What the model has to say to a question, in its language, each statement as soon as it is whole and checked; nothing where it says
    that the sentences do not answer. Raises ModelError where it is not reached or writes nonsense, and WritingStopped.

    Small models make mistakes when they write in one language what they read in another. If none of their statements is supported, the
    sentence that they name for it is quoted, if it is in another language than the question and one of `evidence`, which answer by
    themselves.
    """
    named: int | None = None
    survived = False
    for written in _statements(writer, guard, question, grounds, is_wanted):
        survived = survived or written.failure is None
        named = next(
            (source for source in written.sources if source in evidence and grounds[source].article.language != question.language), named
        )
        yield written
    if not survived and named is not None:
        yield WrittenStatement(None, (named,))


def _statements(
    writer: Writer, guard: Guard, question: Question, grounds: Sequence[SourceSentence], is_wanted: Callable[[], bool]
) -> Iterator[WrittenStatement]:
    texts = [ground.text for ground in grounds]
    items = _items(writer.model, answer_prompt(question.asked, question.language, texts), answer_schema(len(texts)), is_wanted)
    stated = set[str | int]()
    # A model in this process serves one at a time: what it wrote is whole before it is asked to judge it.
    for item in list(items) if writer.judge else items:
        written = _read(item, len(texts))
        if written is None or len(stated) == MOST_STATEMENTS:
            continue
        written = _checked(guard, question, grounds, written)
        if writer.judge and written.text is not None and written.failure is None:
            written = _judged(writer.model, texts, written, is_wanted)
        same = written.text or written.sources[0]
        if same not in stated:
            stated.add(same)
            yield written


def translated(writer: Writer, embedder: Embedder, text: str, language: str, is_wanted: Callable[[], bool]) -> str | None:
    """A sentence in another language by the model; None where that does not say the same, as the embedder judges.

    Raises ModelError where the model is not reached, and WritingStopped.
    """
    most = _TRANSLATION_TOKENS * count_tokens(text)
    said = _whole(writer.model, translation_prompt(text, language), TRANSLATION_SCHEMA, most, is_wanted).get("translation")
    other = _plain(said) if isinstance(said, str) else ""
    return other if other and language_of(other) == language and says_the_same(embedder, text, other) else None


def _items(model: LanguageModel, prompt: Prompt, schema: Schema, is_wanted: Callable[[], bool]) -> Iterator[object]:
    """The members of the list of statements, each as soon as it is whole."""
    decoder, text, at = json.JSONDecoder(), "", -1
    for piece in _pieces(model, prompt, schema, _MOST_TOKENS, is_wanted):
        text += piece
        if at < 0 and (begin := _BEGIN.search(text)) is not None:
            at = begin.end()
        while at >= 0 and "}" in piece:
            between = _BETWEEN.match(text, at)
            assert between is not None
            try:
                item, at = decoder.raw_decode(text, between.end())
            except (ValueError, RecursionError):
                break
            yield item
    if at < 0:
        raise ModelError(_NONSENSE.format(name=model.name))


def _whole(model: LanguageModel, prompt: Prompt, schema: Schema, most_tokens: int, is_wanted: Callable[[], bool]) -> dict[str, object]:
    """One object, read when it is whole; an empty one where none comes."""
    text = "".join(_pieces(model, prompt, schema, most_tokens, is_wanted))
    begin, end = text.find("{"), text.rfind("}")
    try:
        value = json.loads(text[begin : end + 1])
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {}


def _pieces(model: LanguageModel, prompt: Prompt, schema: Schema, most_tokens: int, is_wanted: Callable[[], bool]) -> Iterator[str]:
    length = 0
    with closing(model.write(prompt, schema, most_tokens)) as pieces:
        for piece in pieces:
            length += len(piece)
            if not is_wanted():
                raise WritingStopped
            if length > _MOST_CHARACTERS:
                raise ModelError(_NONSENSE.format(name=model.name))
            yield piece


def _read(item: object, sentences: int) -> WrittenStatement | None:
    """A member of the list, without the numbers that were not given; None where nothing is said in it."""
    match item:
        case {"quote": number} if _is_given(number, sentences):
            return WrittenStatement(None, (number - 1,))
        case {"from": [*numbers], "text": str(said)} if text := _plain(said):
            return WrittenStatement(text, tuple(dict.fromkeys(number - 1 for number in numbers if _is_given(number, sentences))))
    return None


def _is_given(number: object, sentences: int) -> bool:
    return type(number) is int and 1 <= number <= sentences


def _plain(said: str) -> str:
    """A model's words as one line of text: without citation markers, which are ours, and without invisible characters."""
    seen = (" " if c.isspace() else c for c in _MARKER.sub("", said) if c.isspace() or c in _JOINERS or unicodedata.category(c)[0] != "C")
    return " ".join("".join(seen).split())


def _checked(guard: Guard, question: Question, grounds: Sequence[SourceSentence], written: WrittenStatement) -> WrittenStatement:
    """A statement with what the guard finds. Where another sentence than those that the model names supports it, or one more does, it
    rests on that. Where it is supported, but in another language than it was asked for, no sentence, one with an address in it, or the
    whole of what the model was given, its first source is quoted."""
    text = written.text
    if text is None:
        return written
    failure = guard.failure(text, [grounds[source] for source in written.sources])
    if failure is not None:
        others = [n for n in range(len(grounds)) if n not in written.sources]
        instead = [(n,) for n in others] + [(*written.sources, n) for n in others if written.sources]
        sources = next((those for those in instead if guard.failure(text, [grounds[n] for n in those]) is None), None)
        if sources is None:
            return replace(written, failure=failure)
        written = replace(written, sources=sources)
    if _misses(question.answer_type, text, grounds):
        return replace(written, failure=Failure("question", ""))
    is_answer = language_of(text) == question.language and _says_something(text) and ADDRESS.search(text) is None
    is_copy = any(text == given(grounds[source].text) for source in written.sources)
    return written if is_answer and not is_copy else replace(written, text=None)


def _says_something(text: str) -> bool:
    """Whether each sentence has two words of matter: one alone ("1979.", a name) says nothing of anything."""
    return all(len({word.stem for word in words(part) if not word.is_stop and word.text not in LIGHT}) > 1 for part in _STOPS.split(text))


def _misses(kind: AnswerType, text: str, grounds: Sequence[SourceSentence]) -> bool:
    """Whether a statement lacks what the question asks for (a number, a date, a name), though some sentence has it."""
    return _lacks(kind, text) and any(kind.is_typed(ground.text) and not _lacks(kind, ground.text) for ground in grounds)


def _lacks(kind: AnswerType, text: str) -> bool:
    return kind.is_typed(text) and next(candidates(kind, text), None) is None


def _judged(model: LanguageModel, texts: Sequence[str], written: WrittenStatement, is_wanted: Callable[[], bool]) -> WrittenStatement:
    """The same, failed where the model says that its sentences do not say it."""
    assert written.text is not None
    prompt = judge_prompt(written.text, [texts[source] for source in written.sources])
    verdict = _whole(model, prompt, JUDGE_SCHEMA, _MOST_JUDGEMENT, is_wanted).get("verdict")
    return written if verdict == "yes" else replace(written, failure=Failure("judge", ""))
