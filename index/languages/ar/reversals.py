"""Arabic: patterns over folded text for words around a quotation that reverse its meaning."""

from __future__ import annotations

import re

from index.text.fold import fold_text

_UP_TO = r"(?:\s+[\w'-]+){0,6}[\s\":,]*\Z"  # a few more words, up to the match


def _any(listed: str) -> str:
    return f"(?:{'|'.join(sorted(fold_text(listed).split(), key=len, reverse=True))})"


NOT = "[وف]?" + _any("لا لم لن ما ليس ليست لست لسنا ليسوا غير دون بدون بلا")
_SAY = _any("أقول نقول يقول تقول يقولون قال أعتقد نعتقد يعتقد يعتقدون أظن أزعم نزعم أؤمن يعني أعني يرى أرى يوافق أوافق صحيح صحيحا")
_TURNED = "[وف]?" + _any(
    """
    نفى نفت ينفي تنفي نفوا نفيه نفيها نفي نافيا نافية أنكر أنكرت ينكر تنكر إنكار كذب كذبت يكذب تكذب فند فندت يفند رفض رفضت يرفض ترفض
    زعم زعمت يزعم تزعم يزعمون زعموا مزاعم الزعم بزعم ادعى ادعت يدعي تدعي يدعون ادعوا ادعاء ادعاءات الادعاء شائعة شائعات إشاعة إشاعات
    أكذوبة أسطورة بحجة بدعوى شكك شككت يشكك
    """
)
_SOME, _SAYS = _any("بعض البعض كثيرون آخرون خصومه منتقدوه منتقدون"), _any("يقول يقولون يرى يرون يعتقد يعتقدون")
# matched in the text before a quotation, up to its start
BEFORE = (
    re.compile(rf"\b{NOT}(?:[\s\"]+\w+)?[\s\"]*\Z"),
    re.compile(rf"\b{NOT}(?:\s+\w+)?\s+{_SAY}\b{_UP_TO}"),
    re.compile(rf"\b(?:{_TURNED}|{_SOME}\s+(?:\w+\s+){{0,2}}{_SAYS}|{_SAYS}\s+{_SOME})\b{_UP_TO}"),
)
# matched in the text after it
BEHIND = (re.compile(rf"\A[\s\",]*[وف]?(?:هذا|وهو|هو)?\s*(?:{_any('غير ليس')})\s+(?:{_any('صحيح صحيحا')})\b"),)
