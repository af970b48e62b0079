"""Attribution: who says a cited sentence, and the article's caveat on the claim.

A sentence may be a quotation, a reported claim, or narration, and a reader must see which. If the article says that it could not verify a
claim, that belongs to the citation, verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.articles import Article
from index.languages.base import languages
from index.story.quotations import Quotation
from index.text.fold import fold_text
from index.text.sentences import sentence_spans
from index.text.spans import Span

Speech = Literal["direct", "indirect", "narration"]

# A sentence with a smaller share of quoted or reported words is narration. A third lower or higher changes 2 or 4 of 66 answers, and no
# figure: docs/constants.md.
_MIN_SHARE = 0.25
# Characters between a claim and a caveat on it, and a caveat on a whole account ("his account", "the claims"). Neither is measured.
_MAX_DISTANCE, _MAX_ACCOUNT_DISTANCE = 400, 2500
_RULES = [rules for language in languages() if (rules := language.rules("caveats")) is not None]
_ACCOUNT = re.compile("|".join(rules.ACCOUNT for rules in _RULES))
_CAVEAT = re.compile("|".join(rules.CAVEAT for rules in _RULES))


@dataclass(frozen=True, slots=True)
class Attribution:
    """`speaker` is the fullest name that the article gives the speaker; `caveat` is the span of a whole sentence of the article."""

    speaker: str | None
    speech: Speech
    caveat: Span | None


def attribution(article: Article, quotations: Sequence[Quotation], span: Span) -> Attribution:
    """The attribution of `span` of an article: that of the quotation with the largest overlap. Only claims have caveats."""
    quotation = max(quotations, key=lambda candidate: span.overlap(candidate.span), default=None)
    if quotation is None or span.overlap(quotation.span) < _MIN_SHARE * len(span):
        return Attribution(None, "narration", None)
    return Attribution(quotation.speaker_name, quotation.speech, _caveat(article, span))


def _caveat(article: Article, span: Span) -> Span | None:
    """The nearest sentence by which the article qualifies a claim at `span`."""
    near = Span(max(0, span.start - _MAX_ACCOUNT_DISTANCE), span.end + _MAX_ACCOUNT_DISTANCE)
    around = [Span(max(story.start, near.start), min(story.end, near.end)) for story in article.story if story.overlap(near)]
    caveats: list[tuple[int, Span]] = []
    for sentence in sentence_spans(article.text, around):
        distance = max(0, sentence.start - span.end, span.start - sentence.end)
        folded = fold_text(sentence.of(article.text))
        if sentence.overlap(span) or not _CAVEAT.search(folded):
            continue
        if distance <= (_MAX_ACCOUNT_DISTANCE if _ACCOUNT.search(folded) else _MAX_DISTANCE):
            caveats.append((distance, sentence))
    return min(caveats, default=(0, None))[1]
