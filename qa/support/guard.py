"""Whether the sentences that a statement names support it.

A language model writes a statement and cites the sentences that it is based on. The statement is dropped if they do not support it. No
model judges this: a list of small checks (checks/) each compare one aspect. docs/guard.md has the figures.

Not detected: roles swapped around a paraphrased verb, conclusions that need two sentences, Arabic names that are also common words, irony.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.embedding.embed import Embedder
from index.languages.base import every
from index.text.spans import Span, without_surrogates
from qa.support.checks.comparison import CheckedSource, CheckedStatement, Comparison
from qa.support.checks.content_words import addresses, content, opposites, strong_claims, unmatched_words
from qa.support.checks.modality import modality
from qa.support.checks.names import names
from qa.support.checks.negation import negation
from qa.support.checks.numbers import numbers, numbers_of_other_names
from qa.support.checks.quotations import quotations
from qa.support.checks.roles import roles
from qa.support.checks.substitutions import substitutions
from qa.support.evidence import Failure, SourceSentence
from qa.support.mentions import Background
from qa.support.reversals import reversal_of
from qa.support.wording import Words, same_wording
from qa.support.words import words

_MOST_CHARACTERS = 2_000  # a longer statement fails. No measurement behind it
_CACHED_ARTICLES = 64  # whose backgrounds are kept; no measurement behind it
_LEADING_YES_NO = re.compile(rf"^\s*(?:{'|'.join(sorted(every('guard.yes_no')))})\s*[,.،:;!—–-]+\s*", re.IGNORECASE)

# In order: the first failure is the reason that is reported.
_CHECKS: tuple[Callable[[Comparison], Failure | None], ...] = (
    content,
    quotations,
    substitutions,
    numbers,
    numbers_of_other_names,
    names,
    roles,
    negation,
    modality,
    opposites,
    strong_claims,
    addresses,
    unmatched_words,
)


class Guard:
    """Checks statements against their source sentences. What is derived from an article is cached for the next statement."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._backgrounds: dict[str, Background] = {}

    def failure(self, statement: str, sources: Sequence[SourceSentence]) -> Failure | None:
        """Why the sources do not support a statement; None if they do. Raises EmbedderError if the model does; no text raises anything.

        A statement that occurs verbatim in a source passes, unless the words around it reverse its meaning.
        """
        statement = without_surrogates(statement)
        leading_yes_no = _LEADING_YES_NO.match(statement)
        text = statement[leading_yes_no.end() :] if leading_yes_no else statement
        for source in sources:
            span = _verbatim_span(text, source.text)
            if span is not None:
                is_reversed = reversal_of(source.text, Span(0, len(source.text)), span) is not None
                return Failure("negation", text.strip()) if is_reversed else None
        if len(text) > _MOST_CHARACTERS:
            return Failure("words", "")
        sentences = [CheckedSource(source, self._background(source)) for source in sources]
        comparison = Comparison(CheckedStatement(text), sentences, self._embedder)
        return next((failure for check in _CHECKS if (failure := check(comparison)) is not None), None)

    def _background(self, source: SourceSentence) -> Background:
        article = source.article
        background = self._backgrounds.get(article.sha256)
        if background is None:
            while len(self._backgrounds) >= _CACHED_ARTICLES:
                del self._backgrounds[next(iter(self._backgrounds))]
            background = self._backgrounds[article.sha256] = Background(article)
        return background


def _verbatim_span(text: str, source: str) -> Span | None:
    """The span of a sentence that holds a text verbatim; None if it does not, and for a text without content words."""
    text_words, source_words = Words(text), Words(source)
    if not text_words.words or all(word.is_stop for word in words(text)):
        return None
    spans = (source_words.span(first, first + len(text_words)) for first in source_words.runs(text_words.words))
    return next((span for span in spans if same_wording(source, span, text, text_words.span(0, len(text_words)))), None)
