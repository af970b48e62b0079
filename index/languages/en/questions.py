"""English: patterns over folded text for what a question asks, and for candidate answers in a sentence."""

from __future__ import annotations

from index.languages.base import any_of, language
from index.languages.calendar import months
from index.languages.en import numbers

# by the name of an answer type (qa/ask/answer_types.py)
ASKED = {
    "PERCENT": r"\b(what|which) (percent|percentage|proportion|share)\b|\bhow many percent\b",
    "MONEY": (
        r"\bhow much\b.{0,200}\b(costs?|pays?|paid|spend|spent|money|price|worth|earn|earned|charged?|fee|fined?|invest|invested"
        r"|sell|sold|buy|bought|donated?|raised?|owe|owed|budget)\b"
        r"|\b(what|which)\b.{0,40}\b(price|salary|cost|fee|fine|budget|wage|sum of money|revenue)\b"
        r"|\bhow many (dollars|euros|pounds|dinars|riyals)\b"
    ),
    "DURATION": (
        r"\bhow long\b(?!.{0,200}\b(river|wall|bridge|road|line|coast)\b)|\bhow old\b"
        r"|\bhow many (years|months|weeks|days|hours|minutes|seconds)\b"
    ),
    "NUMBER": (
        r"\bhow (many|much|often|far|tall|high|large|big|deep|wide|fast|heavy|loud|hot|cold)\b"
        r"|\b(what|which)\b.{0,25}\b(number|population|amount|score|size|age|rank)\b|\bwhat is the (total|average)\b"
    ),
    "DATE": r"\bwhen\b|\b(what|which) (\w+ )?(year|years|date|day|month|century|decade|season|era|period)\b|\bwhat time\b",
    "REASON": r"\bwhy\b|\bwhat (was|is|were|are) the (reason|cause|motive)s?\b",
    "PLACE": (
        r"\bwhere\b|\bwhat is the capital\b|\b(what|which|whose) (\w+ )?(country|city|town|village|state|province|region|continent|place"
        r"|location|island|district|county|capital)\b"
    ),
    "PERSON": (
        r"\b(who|whom|whose)\b|\b(what|which) (\w+ )?(person|man|woman|president|minister|player|actor|author|king|queen|leader|scientist"
        r"|coach|director|name of the)\b"
    ),
    "YES_NO": (
        r"^\W*(is|are|was|were|did|does|do|has|have|had|can|could|will|would|should|may|might|isn't|aren't|wasn't|didn't|doesn't|don't)\b"
    ),
}

_WORDS = language("en")
_COUNTED = _WORDS.mapping("quantities.units")
_SCALES = [scale for scale in numbers.SCALES if len(scale) > 2]  # "bn" follows digits only


_NUMBER = rf"(?:{any_of([*numbers.VALUES, *_SCALES, *(f'{scale}s' for scale in _SCALES), 'zero', 'half', 'once', 'twice'])})"
# a number that is no answer alone
NO_NUMBER = "one|once|dozens?|hundreds|thousands|millions"
# alternatives, to be put in a group
NUMBER_IN_WORDS = rf"{_NUMBER}(?:[ -](?:and )?{_NUMBER})*"
SCALES = any_of(numbers.SCALES)
CURRENCIES = any_of([*" ".join(_WORDS.mapping("quantities.currencies").values()).split(), "cent", "cents"])
PERCENT = "percent|per cent|percentage points?"
MONTHS = any_of(months("en"))
ERAS = "bc|ad|bce|ce"
CENTURY = rf"\b\d{{1,2}}(?:{'|'.join(_WORDS.words('dates.ordinals'))}) centur(?:y|ies)"
_TIMES = " ".join(_COUNTED[name] for name in ("years", "months", "weeks", "days", "hours", "minutes", "seconds"))
TIME_UNITS = any_of([*_TIMES.split(), "second", "decade", "decades", "century", "centuries"])

_PIECE = r"(?:article|story|report|piece|feature|interview|dispatch|item|column|news)s?"
_WHICH_WRITER = r"(?:who|which (?:journalist|reporter|correspondent|writer))"
_WHICH_PAPER = r"(?:who|which (?:newspaper|paper|outlet|agency|site|publication|publisher|station))"
# Before the second of two questions in one, over the text itself.
SECOND_QUESTION = (
    r"(?:\?|,|;)?\s+(?:and|but|or)\s+(?=(?:(?:in|at|on|from|to|for|with|by|since|until|of|about)\s+)?"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b)|\?\s+(?=\w)"
)

# Questions about an article's metadata. They must mention a piece of writing: "Who wrote Hamlet?" is answered from the articles, not from
# their bylines.
ABOUT_AN_ARTICLE = {
    "author": (
        rf"\b{_WHICH_WRITER}\b.{{0,30}}\b(?:wrote|written|authored|author|byline|reported|filed)\b.{{0,200}}\b{_PIECE}\b"
        rf"|\bby whom\b.{{0,200}}\b{_PIECE}\b.{{0,200}}\bwritten\b|\bwhose byline\b|\bauthor of the\b.{{0,200}}\b{_PIECE}\b"
    ),
    "date": (
        rf"\bwhen\b.{{0,200}}\b{_PIECE}\b.{{0,200}}\b(?:published|printed|written|posted|appear|come out|run)\b"
        rf"|\bwhen\b.{{0,200}}\b(?:publish|print|post|run)\b.{{0,200}}\b{_PIECE}\b"
        rf"|\b(?:what|which) (?:date|day)\b.{{0,200}}\b{_PIECE}\b.{{0,200}}\b(?:published|printed|written|posted|appear)"
        rf"|\bdate of the\b.{{0,200}}\b{_PIECE}\b"
    ),
    "publisher": rf"\b{_WHICH_PAPER}\b.{{0,200}}\b(?:published|printed|ran|carried)\b.{{0,200}}\b{_PIECE}\b",
}
