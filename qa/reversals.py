"""Words around a match that turn its sense: "I do not say that", "some claim that", "denied that", "لا أقول إن", "يزعم البعض أن", "نفى أن".

Rules over the folded text of the sentences that hold the match: a negation right before it, a verb of denying or claiming not far before
it in its clause, a verdict right behind it.
"""

from __future__ import annotations

import re

from index.fold import Folded, fold, fold_text
from index.spans import Span

_REACH = 120  # characters before and behind a match that are looked at; no measurement behind it

_NOT = (
    r"(?:not(?! only\b| just\b| merely\b)|never|no(?! doubt\b| wonder\b)|nor|neither|nobody|none|nothing|hardly|without|cannot"
    r"|[a-z]+n't)"
)
_SAY = (
    r"(?:says?|saying|said|thinks?|thought|believes?|means?|claims?|suggests?|agree|accept|know|expect|argues?|imply|see|true|clear|certain"
    r"|the case|the view|the position|proof|evidence)"
)
_TURNED = (
    r"(?:den(?:y|ies|ied|ying)|refut(?:e|es|ed|ing)|disput(?:e|es|ed|ing)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?"
    r"|(?<!no )doubt(?:s|ed|ing)?|allege(?:s|d|dly)?|purport(?:s|ed|edly)?|falsely|wrongly|myth|rumou?rs?|hoax|lie|false"
    r"|untrue|contrary to|far from|as if|refus(?:e|es|ed|ing) to|fail(?:s|ed|ing)? to"
    r"|(?:claim|allegation|accusation|suggestion|notion|idea|assertion)s? that"
    r"|(?:some|many|critics|opponents|detractors|people|others|rivals) (?:\w+ ){0,2}"
    r"(?:claim|say|argue|believe|allege|insist|think|assert|suggest)(?:s|ed)?)"
)
_UP_TO = r"(?:\s+[\w'-]+){0,6}[\s\":,]*\Z"  # few words more, to the match


def _any(listed: str) -> str:
    return f"(?:{'|'.join(sorted(fold_text(listed).split(), key=len, reverse=True))})"


_ARABIC_NOT = "[وف]?" + _any("لا لم لن ما ليس ليست لست لسنا ليسوا غير دون بدون بلا")
_ARABIC_SAY = _any("أقول نقول يقول تقول يقولون قال أعتقد نعتقد يعتقد يعتقدون أظن أزعم نزعم أؤمن يعني أعني يرى أرى يوافق أوافق صحيح صحيحا")
_ARABIC_TURNED = "[وف]?" + _any(
    """
    نفى نفت ينفي تنفي نفوا نفيه نفيها نفي نافيا نافية أنكر أنكرت ينكر تنكر إنكار كذب كذبت يكذب تكذب فند فندت يفند رفض رفضت يرفض ترفض
    زعم زعمت يزعم تزعم يزعمون زعموا مزاعم الزعم بزعم ادعى ادعت يدعي تدعي يدعون ادعوا ادعاء ادعاءات الادعاء شائعة شائعات إشاعة إشاعات
    أكذوبة أسطورة بحجة بدعوى شكك شككت يشكك
    """
)
_ARABIC_SOME, _ARABIC_SAYS = _any("بعض البعض كثيرون آخرون خصومه منتقدوه منتقدون"), _any("يقول يقولون يرى يرون يعتقد يعتقدون")
_BEFORE = (
    re.compile(rf"\b{_NOT}(?:[\s\"]+[\w'-]+){{0,2}}[\s\"]*\Z"),
    re.compile(rf"\b{_NOT}(?:\s+\w+){{0,2}}\s+{_SAY}\b{_UP_TO}"),
    re.compile(rf"\b{_TURNED}\b{_UP_TO}"),
    re.compile(rf"\b{_ARABIC_NOT}(?:[\s\"]+\w+)?[\s\"]*\Z"),
    re.compile(rf"\b{_ARABIC_NOT}(?:\s+\w+)?\s+{_ARABIC_SAY}\b{_UP_TO}"),
    re.compile(rf"\b(?:{_ARABIC_TURNED}|{_ARABIC_SOME}\s+(?:\w+\s+){{0,2}}{_ARABIC_SAYS}|{_ARABIC_SAYS}\s+{_ARABIC_SOME})\b{_UP_TO}"),
)
_BEHIND = (
    re.compile(
        r"\A[\s\",]*(?:(?:which|that|this|it) )?(?:is|was|are|were) (?:simply )?(?:not true|untrue|false|a lie|a myth|nonsense|wrong)\b"
    ),
    re.compile(rf"\A[\s\",]*[وف]?(?:هذا|وهو|هو)?\s*(?:{_any('غير ليس')})\s+(?:{_any('صحيح صحيحا')})\b"),
)
_PLAIN = re.compile(rf"\b(?:{_NOT}|{_ARABIC_NOT})\b")


def reversal_of(text: str, around: Span, match: Span) -> Span | None:
    """The words within `around` that turn the sense of `match`, which lies in it, up to the match or from it on; None where none does."""
    before = Span(max(around.start, match.start - _REACH), match.start)
    folded = fold(before.of(text))
    for pattern in _BEFORE:
        found = pattern.search(folded.text)
        if found is not None:
            return _words(before, folded, found)
    behind = Span(match.end, min(around.end, match.end + _REACH))
    folded = fold(behind.of(text))
    for pattern in _BEHIND:
        found = pattern.search(folded.text)
        if found is not None:
            return _words(behind, folded, found)
    return None


def reversal_in(text: str, left_out: Span) -> Span | None:
    """A negation among words that a quote leaves out."""
    folded = fold(left_out.of(text))
    found = _PLAIN.search(folded.text)
    return None if found is None else _words(left_out, folded, found)


def _words(within: Span, folded: Folded, found: re.Match[str]) -> Span:
    """The words of what was found, without the marks and white space at its ends."""
    start, end = found.span()
    while not folded.text[start].isalnum():
        start += 1
    while not folded.text[end - 1].isalnum():
        end -= 1
    found_at = folded.to_original(start, end)
    return Span(within.start + found_at.start, within.start + found_at.end)
