"""Quotations: what a statement has between quotation marks must occur verbatim in a source."""

from __future__ import annotations

from index.text.marks import quoted_spans
from index.text.spans import Span
from qa.support.checks.comparison import Comparison
from qa.support.evidence import Failure
from qa.support.wording import Words, same_wording


def quotations(comparison: Comparison) -> Failure | None:
    """The first quotation that is in no source."""
    text = comparison.statement.text
    for quotation in quoted_spans(text, [Span(0, len(text))]):
        content = quotation.content.of(text)
        if not any(_occurs_in(content, source.text) for source in comparison.sources):
            return Failure("quotation", content)
    return None


def _occurs_in(quote: str, text: str) -> bool:
    quote_words, text_words = Words(quote), Words(text)
    count = len(quote_words)
    return count > 0 and any(
        same_wording(text, text_words.span(first, first + count), quote, quote_words.span(0, count))
        for first in text_words.runs(quote_words.words)
    )
