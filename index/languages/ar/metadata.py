"""Patterns for the author and the publisher of Arabic pages."""

from __future__ import annotations

import re

from index.languages.metadata_rules import NAMES, MetadataRules

_WORD = r"[\u0621-\u064a][\u0621-\u0652\u0670]*"
_NAME = rf"{_WORD}(?: {_WORD}){{1,3}}"
_MEDIA_START = re.compile(r"(?:صحيفة|جريدة|مجلة|وكالة|قناة|موقع|شبكة|إذاعة|راديو|بوابة) \S+(?: \S+){0,3}$")


def _is_publisher(words: str) -> bool:
    return _MEDIA_START.fullmatch(words) is not None


RULES = MetadataRules(
    is_publisher=_is_publisher,
    bylines=(
        re.compile(
            rf"\W{{0,3}}(?:(?:بقلم|كتب|كتبت|كتبه|كتبها|إعداد|اعداد|تقرير|تحقيق|حوار|الكاتب|الكاتبة|مراسل|مراسلة)\s*[:/–—-]\s*|(?:بقلم)\s+)"
            rf"(?P<name>{_NAME}|{NAMES})(?:\s*[-–—/|،,(].{{0,60}})?$"
        ),
        re.compile(rf"(?:كتب|كتبت) (?P<name>{_WORD}(?: {_WORD}){{1,2}})$"),
    ),
    uncertain_name_alone=re.compile(rf"(?P<name>{_WORD}(?: {_WORD}){{1,2}})$"),
    rights=(r"(?:الحقوق|حقوق \S+(?: \S+)?) محفوظة|حقوق النشر ",),
    before_owner=(
        "جميع الحقوق محفوظة|كل الحقوق محفوظة|كافة الحقوق محفوظة|حقوق النشر(?: محفوظة)?|لدى",
        r"ل(?=(?:صحيفة|جريدة|موقع|قناة|شبكة|وكالة|مجلة|بوابة)\b)",
    ),
    no_owner=("محفوظة",),
)
