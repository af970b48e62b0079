"""Whose words a cited sentence gives, and what the article itself says against them close by.

A sentence may hold a quotation, report a claim, or be the paper's own; a reader must see which. And where the article says that it could
not verify a claim, that belongs to the citation, in the article's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.articles import Article
from index.fold import fold_text
from index.quotations import Quotation
from index.sentences import sentence_spans
from index.spans import Span

Speech = Literal["direct", "indirect", "narration"]

# A sentence with less than this share of quoted or reported words is the paper's own. No measurement behind it.
_LEAST_SHARE = 0.25
# Characters between a claim and a caveat on this very claim, and on a whole account ("his account", "the claims"). Neither is measured.
_CLOSE, _ACCOUNT_CLOSE = 400, 2500
# In folded text.
_ACCOUNT = re.compile(
    r"\b(?:accounts?|claims?|allegations?|assertions?|testimon(?:y|ies)|stor(?:y|ies)|version)\b|روايت|روايه|اقوال|مزاعم|ادعاء|شهادت|افاد"
)
_CAVEAT = re.compile(
    r"(?:could not|couldn't|cannot|can't|can not|unable to|was not able to|were not able to|not possible to|impossible to|"
    r"has not|have not|had not|hasn't|haven't|not been|nobody|no one)\b"
    r"[^.;]{0,40}\b(?:verif(?:y|ied)|confirm(?:ed)?|corroborat(?:e|ed)|substantiat(?:e|ed))\b"
    r"|\b(?:unverified|unconfirmed|uncorroborated|unsubstantiated)\b"
    r"|\bno (?:independent )?(?:confirmation|verification|corroboration)\b"
    r"|\bno evidence (?:for|of|to support) (?:this|that|his|her|their|its|the|these|those) (?:claim|account|allegation|accusation)s?\b"
    r"|\bwithout (?:offering|providing|giving|citing|presenting|any)(?: any)? (?:evidence|proof|details)\b"
    r"|\b(?:offered|gave|provided|cited|presented) no (?:evidence|proof)\b"
    r"|\b(?:accounts?|claims?|testimony|story|version)\b[^.;]{0,60}\b(?:inconsistent|contradict\w*|disputed|differ(?:s|ed)?)\b"
    r"|(?:لم|لا|لن) (?:يتسن|يتسني|يمكن|تتمكن|يتمكن|نتمكن|تستطع|يستطع)[^.]{0,60}(?:التحقق|التاكد|التثبت|تاكيد)"
    r"|تعذر[^.]{0,40}(?:التحقق|التاكد|التثبت)"
    r"|(?:دون|بدون|من غير)[^.]{0,16}(?:دليل|ادله|اثبات|تفاصيل)|لم (?:يقدم|تقدم)[^.]{0,16}(?:دليل|ادله)"
    r"|(?:روايت\w*|روايه|اقوال\w*|شهادت\w*)[^.]{0,40}(?:متناقض|متضارب|غير متسق)|غير موكده?\b"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """`speaker` is the fullest name that the article gives whoever says it; `caveat` a span of the article, a whole sentence."""

    speaker: str | None
    speech: Speech
    caveat: Span | None


def attribution(article: Article, quotations: Sequence[Quotation], span: Span) -> Attribution:
    """Whose words `span` of the article gives: those of the quotation that fills most of it. Caveats are looked for with claims only."""
    said = max(quotations, key=lambda one: span.overlap(one.span), default=None)
    if said is None or span.overlap(said.span) < _LEAST_SHARE * len(span):
        return Attribution(None, "narration", None)
    return Attribution(said.speaker_name, said.speech, _caveat(article, span))


def _caveat(article: Article, span: Span) -> Span | None:
    """The nearest sentence by which the article qualifies a claim at `span`."""
    near = Span(max(0, span.start - _ACCOUNT_CLOSE), span.end + _ACCOUNT_CLOSE)
    around = [Span(max(story.start, near.start), min(story.end, near.end)) for story in article.story if story.overlap(near)]
    found: list[tuple[int, Span]] = []
    for sentence in sentence_spans(article.text, around):
        distance = max(0, sentence.start - span.end, span.start - sentence.end)
        folded = fold_text(sentence.of(article.text))
        if sentence.overlap(span) or not _CAVEAT.search(folded):
            continue
        if distance <= (_ACCOUNT_CLOSE if _ACCOUNT.search(folded) else _CLOSE):
            found.append((distance, sentence))
    return min(found, default=(0, None))[1]
