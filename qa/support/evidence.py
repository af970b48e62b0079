"""The sentences that a statement cites, and why they may not support it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.articles import Article
from index.text.spans import Span

Fault = Literal["number", "date", "name", "negation", "words", "quotation", "judge", "question"]


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence that a statement cites: `span` of `article`. `speaker` is whoever is quoted in it, if anybody is."""

    article: Article
    span: Span
    speaker: str | None = None

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a statement is not supported. `words` are the unsupported words of the statement, or empty."""

    fault: Fault
    words: str
