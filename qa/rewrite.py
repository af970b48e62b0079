"""A question that leans on the conversation, made to stand alone by a language model.

A model is asked only about what leans: a question with a subject of its own is never changed, and costs nothing. What it writes counts
only where every word that carries matter was said in the conversation, and every one that was typed is kept; else the rules of
follow_up.py serve.

They are to be asked first. Of 7 follow-ups that they are known to get wrong, Qwen2.5-Coder-1.5B mends 3; of 24 that they get right it gets
6 right and 1 wrong ("Is Reuters married?"), and the words of the other 17 are not taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing

from index.errors import ModelError
from index.fold import fold_text
from index.language import language_of
from index.names import skeleton
from index.terms import is_stop, terms
from qa.answer_types import AnswerType, answer_type, candidates
from qa.follow_up import REMEMBERED, Before, FollowUp
from qa.language_models import LanguageModel, Prompt
from qa.prompts import REWRITE_SCHEMA, given, rewrite_prompt

# Characters, as in follow_up.py; tokens that a question of that length takes in Arabic. No measurement behind them.
_LONGEST = 300
_MOST_TOKENS = 120

_CONJUNCTION = re.compile(r"^\W*(?:and|but|so|or|then|what\s+about|how\s+about)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|there|then|ones|former|latter)\b"
    r"|\b(?:this|that|these|those)\b(?=\s+(?:happen|occur|take|come)|\W*$)",
    re.IGNORECASE,
)
# What a pronoun behind it can mean: a name, or a description behind an article.
_SUBJECT = re.compile(r"(?<=\s)[A-Z\u00c0-\u00de]\w|\b(?i:the|an?|any|every|each|some|no)\s+\w|['’]s\s+\w")
_NAME = re.compile(r"(?<=\s)[A-Z\u00c0-\u00de]")
_APPOSITION = re.compile(r",\s.*(?<=\s)[A-Z\u00c0-\u00de]")
_ENDS = re.compile(r"[?؟.!](?=.*\w)")
_FEW = 3  # words: with fewer a question has no subject. No measurement behind it
_ARABIC_LEAD = re.compile(r"^\W*[وف]?(?:ماذا\s+عن|ماذا\s+بشأن)\b|^\W*[وف](?:كم|متى|أين|كيف|لماذا|من|ما|ماذا|هل|أي|إلى|منذ|في|مع)\b")
_ARABIC_POINTS = re.compile(
    r"(?<!\w)[وفبلك]?(?:ذلك|تلك|هناك|هنالك|حينها|عندها|آنذاك)(?!\w)|(?<!\w)(?:هو|هي|هم|هما)(?=\W*$)|هل\s+(?:هو|هي|هم)\b"
)
_ARABIC_SUFFIX = re.compile("(?!ال)\\w+(?:ه|ها|هم|هما|هن)$")
_ARABIC_OWN = re.compile("[وفبلك]?(?:ال|لل)\\w+|الذي|التي|الذين|اللذين|اللاتي|اللواتي")
_ARABIC_WHOLE = frozenset(("أهم", "مهم", "هذه", "وجه", "مياه", "اتجاه", "الله"))  # end like a suffix and have none
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_ASKING = frozenset(fold_text("who whom whose what which when where why how من ما ماذا متى أين كيف لماذا هل كم أي").split())


def rewritten(model: LanguageModel, question: str, before: Sequence[Before]) -> FollowUp | None:
    """The question as the model says that it is meant after those before, the last one last. None where it does not lean on them, and where
    what the model says will not do or the model cannot be asked."""
    said_before = [said for said in before[-REMEMBERED:] if len(said.question) <= _LONGEST]
    if not said_before or len(question) > _LONGEST or not leans(question):
        return None
    prompt = rewrite_prompt(question, language_of(question), [(said.question, said.answer) for said in said_before])
    understood = _asked(model, prompt)
    if understood is None or not _holds(understood, question, said_before):
        return None
    return FollowUp(question, understood, tuple(_carried(understood, question)))


def leans(question: str) -> bool:
    """Whether a question may lean on others: a fragment, or a pronoun before which nothing stands that it could mean.

    >>> leans("and how old is he?"), leans("How many of them were saved?"), leans("When was Alma Ferrand seen by her neighbours?")
    (True, True, False)
    """
    words = _WORD.findall(question)
    if language_of(question) == "ar":
        return len(words) < _FEW or _ARABIC_LEAD.search(question) is not None or _points(question)
    return _CONJUNCTION.match(question) is not None or (len(words) < _FEW and not _NAME.search(question)) or _points(question)


def _points(question: str) -> bool:
    """Whether a pronoun is in a question, and nothing before it that it could mean."""
    if language_of(question) == "ar":
        return _ARABIC_POINTS.search(question) is not None or _leans_by_suffix(_WORD.findall(question))
    pronoun = _PRONOUN.search(question)
    return pronoun is not None and not _SUBJECT.search(question, 0, pronoun.start()) and not _APPOSITION.search(question, pronoun.end())


def _pronouns(question: str) -> int:
    return len(_PRONOUN.findall(question))


def _leans_by_suffix(words: Sequence[str]) -> bool:
    """Whether an Arabic word near the beginning, or the last, has a suffix, and nothing before it is definite or related to."""
    for at, word in enumerate(words):
        if _ARABIC_OWN.fullmatch(word):
            return False
        if _ARABIC_SUFFIX.fullmatch(word) and word not in _ARABIC_WHOLE and (0 < at < _FEW or at == len(words) - 1):
            return True
    return False


def _asked(model: LanguageModel, prompt: Prompt) -> str | None:
    """What the model makes of the question; None where it cannot be asked or does not keep to the form."""
    text = ""
    try:
        with closing(model.write(prompt, REWRITE_SCHEMA, _MOST_TOKENS)) as pieces:
            for piece in pieces:
                text += piece
                if len(text) > 2 * _LONGEST:
                    return None
        found = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ModelError, ValueError, RecursionError):
        return None
    said = found.get("question") if isinstance(found, dict) else None
    return said.strip() if isinstance(said, str) else None


def _holds(understood: str, question: str, before: Sequence[Before]) -> bool:
    """Whether a question says what was typed, and beside it only what was said before."""
    told = " \n".join(text for said in before for text in (said.question, said.answer or ""))
    matter, typed, known = _matter(understood), _matter(question), _matter(told)
    new = {word for stem, word in matter.items() if stem not in typed and stem not in known}
    asks, asked = _asks(understood), _asks(question)
    most_words = 2 * len(_WORD.findall(question)) + max(len(_WORD.findall(f"{said.question} {said.answer or ''}")) for said in before)
    return (
        given(understood) == understood  # nothing in it that nobody sees, and no mark of a form
        and language_of(understood) == language_of(question)
        and not _ENDS.search(understood)  # one question, not one behind the other
        and matter.keys() - typed.keys() != set()
        and typed.keys() <= matter.keys()
        and all(_is_name_across(word, told) for word in new)
        and asked <= asks <= asked | _asks(before[-1].question)
        and (asked != set() or answer_type(understood) is not AnswerType.DATE or next(candidates(AnswerType.DATE, question), None) is None)
        and len(_WORD.findall(understood)) <= most_words
        and not _points(understood)
        and (not _points(question) or _pronouns(understood) < _pronouns(question) or language_of(question) == "ar")
    )


def _matter(text: str) -> dict[str, str]:
    """The words of a text that carry matter, by their stems."""
    words = ((term.stem, term.span.of(text)) for term in terms(text))
    return {stem: word for stem, word in words if not is_stop(word) and fold_text(word) not in _ASKING}


def _asks(text: str) -> set[str]:
    """The words that ask, without the conjunction that Arabic writes with them."""
    words = [fold_text(word) for word in _WORD.findall(text)]
    return {bare for word in words for bare in (word, word[1:] if word[:1] in {"و", "ف"} else word) if bare in _ASKING}


def _is_name_across(word: str, told: str) -> bool:
    """Whether a word is one that was said in the other script."""
    sound = skeleton(fold_text(word))
    return sound != "" and any(skeleton(fold_text(said)) == sound for said in _WORD.findall(told) if said.isascii() != word.isascii())


def _carried(understood: str, question: str) -> Iterator[str]:
    """The runs of words that the question did not have."""
    typed = {fold_text(word) for word in _WORD.findall(question)}
    start = end = None
    for match in _WORD.finditer(understood):
        if fold_text(match.group()) in typed or re.search(r"[^\w\s]", understood[end or match.start() : match.start()]):
            if start is not None and _matter(understood[start:end]):
                yield understood[start:end]
            start = None
        if fold_text(match.group()) not in typed:
            start, end = match.start() if start is None else start, match.end()
    if start is not None and _matter(understood[start:end]):
        yield understood[start:end]
