"""Questions about an article itself: who wrote it, who published it, when. Answered from its byline, not from its story."""

from __future__ import annotations

import re
from typing import Literal

from index.fold import fold_text

Fact = Literal["author", "publisher", "date"]

_PIECE = r"(?:article|story|report|piece|feature|interview|dispatch|item|column|news)s?"
_ARABIC_PIECE = r"(?:ال)?(?:مقال|مقاله|تقرير|خبر|قصه|تحقيق|ماده|موضوع)(?:ه|ها)?"
_WHICH_WRITER = r"(?:who|which (?:journalist|reporter|correspondent|writer))"
_WHICH_PAPER = r"(?:who|which (?:newspaper|paper|outlet|agency|site|publication|publisher|station))"
# In folded text. A question must name the piece of writing: "Who wrote Hamlet?" asks the articles, not their bylines.
_PATTERNS: tuple[tuple[Fact, str], ...] = (
    ("author", rf"\b{_WHICH_WRITER}\b.{{0,30}}\b(?:wrote|written|authored|author|byline|reported|filed)\b.{{0,200}}\b{_PIECE}\b"),
    ("author", rf"\bby whom\b.{{0,200}}\b{_PIECE}\b.{{0,200}}\bwritten\b|\bwhose byline\b|\bauthor of the\b.{{0,200}}\b{_PIECE}\b"),
    ("author", rf"\bمن\b.{{0,12}}\b(?:كتب|كاتب|كاتبه|اعد|معد|حرر|محرر|صاحب)\b.{{0,200}}\b{_ARABIC_PIECE}\b"),
    ("date", rf"\bwhen\b.{{0,200}}\b{_PIECE}\b.{{0,200}}\b(?:published|printed|written|posted|appear|come out|run)\b"),
    ("date", rf"\bwhen\b.{{0,200}}\b(?:publish|print|post|run)\b.{{0,200}}\b{_PIECE}\b"),
    (
        "date",
        rf"\b(?:what|which) (?:date|day)\b.{{0,200}}\b{_PIECE}\b.{{0,200}}\b(?:published|printed|written|posted|appear)"
        rf"|\bdate of the\b.{{0,200}}\b{_PIECE}\b",
    ),
    ("date", rf"\b(?:متي|تاريخ)\b.{{0,200}}\b(?:نشر|نشرت|صدر|كتب)\b.{{0,200}}\b{_ARABIC_PIECE}\b|\bتاريخ (?:نشر|صدور)\b"),
    ("publisher", rf"\b{_WHICH_PAPER}\b.{{0,200}}\b(?:published|printed|ran|carried)\b.{{0,200}}\b{_PIECE}\b"),
    ("publisher", rf"\bاي (?:صحيفه|جريده|وكاله|موقع|جهه)\b.{{0,200}}\b(?:نشر|نشرت)\b|\bمن (?:نشر|ناشر)\b.{{0,200}}\b{_ARABIC_PIECE}\b"),
)
_QUESTIONS = tuple((fact, re.compile(pattern)) for fact, pattern in _PATTERNS)


def asked_fact(question: str) -> Fact | None:
    """Which fact about an article the question asks for, or None where it asks what the articles say.

    >>> [asked_fact(q) for q in ("Who wrote the story about the ferry?", "Who wrote the letter?", "متى نُشر خبر الإضراب؟")]
    ['author', None, 'date']
    """
    folded = fold_text(question)
    return next((fact for fact, pattern in _QUESTIONS if pattern.search(folded)), None)
