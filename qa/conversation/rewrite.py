"""Rewriting of follow-up questions into self-contained ones by a language model.

Only questions that may depend on the conversation are rewritten; a question with a subject is never changed and costs nothing. A rewrite is
accepted only if it keeps every content word that was typed and takes all others from the conversation. Otherwise the rules of follow_up.py
apply.

The rules come first. Of 7 follow-ups that they are known to get wrong, Qwen2.5-Coder-1.5B corrects 3. Of 24 that they get right it gets 6
right and 1 wrong ("Is Reuters married?"); its other 17 rewrites are rejected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from types import ModuleType

from index.errors import ModelError
from index.languages.base import every, language, languages
from index.text.fold import fold_text
from index.text.language import language_of
from index.text.names import skeleton
from index.text.script import rules_of_script
from index.text.terms import is_stop, terms
from qa.ask.answer_types import AnswerType, answer_type, candidates
from qa.conversation.follow_up import MOST_PAST_QUESTIONS, FollowUp, PastQuestion
from qa.writing.language_models import LanguageModel, Prompt
from qa.writing.prompts import REWRITE_SCHEMA, given, rewrite_prompt

# Characters, as in follow_up.py; tokens of an Arabic question of that length. No measurement behind them.
_MOST_CHARACTERS = 300
_MOST_TOKENS = 120

_ENDS = re.compile(r"[?؟.!](?=.*\w)")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_QUESTION_WORDS = frozenset(map(fold_text, every("follow_up.asking_words")))
_RULES = [rules for language in languages() if (rules := language.rules("follow_up")) is not None]


def rewritten(model: LanguageModel, question: str, past: Sequence[PastQuestion]) -> FollowUp | None:
    """The model's rewrite of a question after the past questions, the last one last.

    None if the question is self-contained, the rewrite is rejected, or the model fails.
    """
    recent = [previous for previous in past[-MOST_PAST_QUESTIONS:] if len(previous.question) <= _MOST_CHARACTERS]
    if not recent or len(question) > _MOST_CHARACTERS or not may_depend(question):
        return None
    prompt = rewrite_prompt(question, language_of(question), [(previous.question, previous.answer) for previous in recent])
    understood = _rewrite(model, prompt)
    if understood is None or not _is_acceptable(understood, question, recent):
        return None
    return FollowUp(question, understood, tuple(_carried(understood, question)))


def may_depend(question: str) -> bool:
    """Whether a question may depend on previous ones: it is a fragment, or has a pronoun without an antecedent before it.

    >>> [may_depend(question) for question in ("and how old is he?", "How many of them were saved?", "When was Alma seen by her brother?")]
    [True, True, False]
    """
    return bool(_rules(question).leans(question, _WORD.findall(question)))


def _rules(question: str) -> ModuleType:
    """The rules of a question's language; falls back to those for Latin script."""
    return language(language_of(question)).rules("follow_up") or rules_of_script("Latin", "follow_up")


def _rewrite(model: LanguageModel, prompt: Prompt) -> str | None:
    """The question as the model rewrites it; None if it fails or its output does not follow the schema."""
    text = ""
    try:
        with closing(model.write(prompt, REWRITE_SCHEMA, _MOST_TOKENS)) as pieces:
            for piece in pieces:
                text += piece
                if len(text) > 2 * _MOST_CHARACTERS:
                    return None
        parsed = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ModelError, ValueError, RecursionError):
        return None
    written = parsed.get("question") if isinstance(parsed, dict) else None
    return written.strip() if isinstance(written, str) else None


def _is_acceptable(understood: str, question: str, past: Sequence[PastQuestion]) -> bool:
    """Whether a rewrite keeps what was typed and adds only what the conversation contains."""
    rules = _rules(question)
    conversation = " \n".join(text for previous in past for text in (previous.question, previous.answer or ""))
    content, typed, known = _content(understood), _content(question), _content(conversation)
    new = {word for stem, word in content.items() if stem not in typed and stem not in known}
    asks, asked = _question_words(understood), _question_words(question)
    most_words = 2 * len(_WORD.findall(question)) + max(
        len(_WORD.findall(f"{previous.question} {previous.answer or ''}")) for previous in past
    )
    return (
        given(understood) == understood  # neither invisible characters nor marks of the prompt's format
        and language_of(understood) == language_of(question)
        and not _ENDS.search(understood)  # a single question
        and content.keys() - typed.keys() != set()
        and typed.keys() <= content.keys()
        and all(_is_transliterated(word, conversation) for word in new)
        and asked <= asks <= asked | _question_words(past[-1].question)
        and (asked != set() or answer_type(understood) is not AnswerType.DATE or next(candidates(AnswerType.DATE, question), None) is None)
        and len(_WORD.findall(understood)) <= most_words
        and not _rules(understood).points(understood, _WORD.findall(understood))
        and (not rules.points(question, _WORD.findall(question)) or rules.has_fewer_pronouns(understood, question))
    )


def _content(text: str) -> dict[str, str]:
    """The content words of a text, by their stems."""
    words = ((term.stem, term.span.of(text)) for term in terms(text))
    return {stem: word for stem, word in words if not is_stop(word) and fold_text(word) not in _QUESTION_WORDS}


def _question_words(text: str) -> set[str]:
    """The question words of a text, without prefixed conjunctions."""
    words = [fold_text(word) for word in _WORD.findall(text)]
    return {bare for word in words for bare in (word, *(rules.without_conjunction(word) for rules in _RULES)) if bare in _QUESTION_WORDS}


def _is_transliterated(word: str, conversation: str) -> bool:
    """Whether the conversation contains a word in the other script."""
    consonants = skeleton(fold_text(word))
    others = (other for other in _WORD.findall(conversation) if other.isascii() != word.isascii())
    return consonants != "" and any(skeleton(fold_text(other)) == consonants for other in others)


def _carried(understood: str, question: str) -> Iterator[str]:
    """The runs of words that were added to the question."""
    typed = {fold_text(word) for word in _WORD.findall(question)}
    start = end = None
    for match in _WORD.finditer(understood):
        if fold_text(match.group()) in typed or re.search(r"[^\w\s]", understood[end or match.start() : match.start()]):
            if start is not None and _content(understood[start:end]):
                yield understood[start:end]
            start = None
        if fold_text(match.group()) not in typed:
            start, end = match.start() if start is None else start, match.end()
    if start is not None and _content(understood[start:end]):
        yield understood[start:end]
