"""English: alternatives of patterns over folded text for the context of numbers, and for dates, times, fractions and ordinals."""

from __future__ import annotations

import re

from index.languages.base import any_of, language
from index.languages.calendar import months, weekdays
from index.languages.en.numbers import ARTICLE_SCALES, TENS, VALUES

ORDINAL_ENDINGS = "|".join(language("en").words("dates.ordinals"))
# before a scale: "a hundred"
INDEFINITE = "a "
# between numbers in words, and between two numbers
JOINER = " and "
AND = "and"
TO = "to|or"
PARTS_BEHIND = "thirds?|quarters?|fifths?"
PERCENT = r"(?:percent|per cent)\b(?! points?)"
RATE = r" (?:an?|per|each|every) (?P<each>month|year|day|week|hour|person)\b| (?P<ly>monthly|yearly|annually|daily|weekly|hourly)\b"
RATES = {
    **{word: word for word in ("month", "year", "day", "week", "hour", "person")},
    **{"monthly": "month", "yearly": "year", "annually": "year", "daily": "day", "weekly": "week", "hourly": "hour"},
}
# before a number: articles, and words that make it a range
ARTICLES = "the |an? "
ABOUT_BEFORE = r"\b(?:about|around|roughly|approximately|some|an estimated|estimated|close to|circa)"
NEARLY_BEFORE = r"\b(?:nearly|almost|just under|just over|close on)"
MORE_BEFORE = r"\b(?:more than|over|at least|above|upwards of|no fewer than|no less than|exceed(?:s|ed|ing)?|minimum of)"
LESS_BEFORE = r"\b(?:less than|fewer than|under|below|up to|as many as|as much as|at most|no more than|maximum of|not more than)"
MORE_BEHIND = "or more|at least|and counting"
ABOUT_BEHIND = "or so"
ABOUT_BEHIND_HYPHEN = "odd|plus|something"
BETWEEN = "between|from"
# contexts in which a number is a name or a part
NO_QUANTITY_BEFORE = r"half(?: an?)?|no\.?|number|page|chapter|article|section|route|highway|channel|group of|out of"
_TO_TEN = [word for word, value in VALUES.items() if value <= 10]
PART_BEFORE = rf"(?:\d|\b(?:{any_of(_TO_TEN)})) (?:in|of) (?:every )?"
PART_BEHIND = rf" (?:out of|in) (?:every )?(?:\d|{any_of(_TO_TEN[1:])})"

BEHIND_DAY = " of"
BEFORE_YEAR = r"\b(?:in|since|until|by|of|early|late|mid|year|during|before|after)"
CLOCK = r"\b\d{1,2}(?:[.:]\d{2})? ?(?:[ap]\.?m\b\.?|o'clock)"
O_CLOCK = " o'clock"
TIME_OF_DAY = r" ?(?P<day>[ap])\.?m\b\.?| (?:in the )?(?P<part>morning|afternoon|evening|night)\b"
LATE = frozenset({"p", "afternoon", "evening", "night"})
WEEKDAYS = weekdays("en", "wide")
WEEKDAY = rf"\b(?P<english_day>{any_of(WEEKDAYS)})s?\b"
MONTHS = months("en")
# Months only with a capital, and months only next to a number.
MONTHS_ALSO_VERBS = frozenset({"may", "march"})
MONTHS_ABBREVIATED = frozenset(name for name in MONTHS if len(name) == 3) - MONTHS_ALSO_VERBS

_FIRST = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
_TENS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_ORDINALS = {word: n for n, word in enumerate(_FIRST.split(), 1)}
_ORDINALS |= {"seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "hundredth": 100}
_ORDINALS |= {word: 10 * n for n, word in enumerate(_TENS.split(), 2)}
ORDINAL = rf"\b(?:(?P<before>{any_of(TENS)})-)?(?P<english>{any_of(_ORDINALS)})\b"


def ordinal(match: re.Match[str]) -> int | None:
    """The number of an ordinal, from a match of a pattern that contains ORDINAL; None if another alternative matched."""
    groups = match.groupdict()
    word, before = groups.get("english"), groups.get("before")
    return _ORDINALS[word] + (VALUES[before] if before else 0) if word else None


PARTS = {
    **dict.fromkeys(("half", "halves"), 1 / 2),
    **dict.fromkeys(("third", "thirds"), 1 / 3),
    **dict.fromkeys(("quarter", "quarters"), 1 / 4),
    **dict.fromkeys(("fifth", "fifths"), 1 / 5),
}
SEVERAL_PARTS = "thirds|quarters|fifths"
SINGLE_PART = r"\b(?:a|one)[ -](?P<single>third|quarter|fifth)\b"
PART = r"\b(?P<half>half|halves)(?: an?| of)?"
# "three and a half million": the scale applies to the whole number
TAIL = rf" and a (?P<tail_within>half|quarter)\b(?: (?P<scale_of_all>{any_of(ARTICLE_SCALES)})\b)?"
MANY = {"dozens": 10, "scores": 20, "hundreds": 100, "thousands": 10**3, "millions": 10**6, "billions": 10**9}
# vague numbers
LOOSE = {"both": 2, "twice": 2, "doubled": 2, "tripled": 3, "one": 1}
NO_ONE_BEFORE = r"\bno|\bsome|\bany|\bevery|\bthe|\bthis|\bthat|\beach"
NO_ONE_BEHIND = frozenset({" of", " another"})
DECADES = "decades?"
NOT_BEFORE = r"\bnot(?: the| just| only)?"
NOT_ONLY_BEFORE = r"\bnot (?:just|only)"
EXACTLY_BEFORE = r"\bexactly|\bprecisely"
EXACTLY_BEHIND = "exactly"
GLUED_BEFORE = frozenset({"us"})
# joins two things that are counted together; separates two that are compared
JOINING = r"\band\b"
PARTING = "against|while|compared with|versus|and|but|than"
