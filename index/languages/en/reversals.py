"""English: patterns over folded text for words around a quotation that reverse its meaning."""

from __future__ import annotations

import re

NOT = (
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
_UP_TO = r"(?:\s+[\w'-]+){0,6}[\s\":,]*\Z"  # a few more words, up to the match
# matched in the text before a quotation, up to its start
BEFORE = (
    re.compile(rf"\b{NOT}(?:[\s\"]+[\w'-]+){{0,2}}[\s\"]*\Z"),
    re.compile(rf"\b{NOT}(?:\s+\w+){{0,2}}\s+{_SAY}\b{_UP_TO}"),
    re.compile(rf"\b{_TURNED}\b{_UP_TO}"),
)
# matched in the text after it
BEHIND = (
    re.compile(
        r"\A[\s\",]*(?:(?:which|that|this|it) )?(?:is|was|are|were) (?:simply )?(?:not true|untrue|false|a lie|a myth|nonsense|wrong)\b"
    ),
)
