"""What a question asks for."""

from __future__ import annotations

from enum import Enum

from qa.retrieve import Question


class AnswerType(Enum):
    OTHER = "other"


def answer_type(question: str, language: str) -> AnswerType:
    return AnswerType.OTHER


def best_candidate(kind: AnswerType, question: Question, text: str) -> str | None:
    return None
