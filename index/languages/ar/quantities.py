"""Arabic: alternatives of patterns over folded text for the context of numbers, and for dates, times, fractions and ordinals."""

from __future__ import annotations

import re

from index.languages.ar.numbers import DUALS as NUMBER_DUALS
from index.languages.ar.numbers import SCALES, TENS, VALUES
from index.languages.base import any_of, language
from index.languages.calendar import months, weekdays
from index.text.fold import fold_text


def _folded(words: str) -> list[str]:
    return [fold_text(word).replace("_", " ") for word in words.split()]


# clitics joined to numbers in digits, number words, days, and any figure
BEFORE_DIGITS = "[وبلك]"
BEFORE_WORDS = "[وبلف]"
BEFORE_DAYS = "[وبل]"
BEFORE_FIGURES = "[وفبلك]"
ARTICLE = "ال"
BEFORE_ALL_WORDS = "[وبلفك]?(?:ال)?"
_PREFIX = rf"(?<!\w){BEFORE_FIGURES}?"
# between numbers in words, and between two numbers
JOINER = " و"
AND = "و"
TO = "الي|او"
PERCENT = r"(?:في |ب)(?:ال)?(?:ميه|مايه)\b"
RATE = r" (?P<arabic>شهريا|سنويا|يوميا|اسبوعيا|في الشهر|في السنه|في العام|في اليوم|في الاسبوع|في الساعه|للشخص|كل شهر|كل عام|كل يوم)(?!\w)"
RATES = {
    **dict.fromkeys(("شهريا", "في الشهر", "كل شهر"), "month"),
    **dict.fromkeys(("سنويا", "في السنه", "في العام", "كل عام"), "year"),
    **dict.fromkeys(("يوميا", "في اليوم", "كل يوم"), "day"),
    **dict.fromkeys(("اسبوعيا", "في الاسبوع"), "week"),
    **dict.fromkeys(("في الساعه",), "hour"),
    **dict.fromkeys(("للشخص",), "person"),
}
# before a number: words that make it a range
ABOUT_BEFORE = r"(?<!\w)[وبل]?(?:نحو|حوالي|قرابه|زهاء|تقريبا|ما يقارب|ما يقرب من)"
MORE_BEFORE = r"(?<!\w)[وبلف]?(?:اكثر من|(?:ما )?[يت]زيد (?:علي|عن)|(?:لا|لم) [يت]قل (?:\w+ )?عن|علي الاقل|[يت]?تجاوز|فوق)"
LESS_BEFORE = (
    r"(?<!\w)[وبلف]?(?:اقل من|(?:ما )?(?:لا|لم|لن) [يت]زيد (?:\w+ )?(?:علي|عن)"
    r"|(?:لا|لم|لن) [يت]?تجاوز(?: \w+){0,2}|حتي|[يت]صل الي)"
)
# "to reach 600" is no upper bound
REACHES_BEFORE = "صل الي"
MORE_BEHIND = "علي الاقل|او اكثر|فاكثر"
ABOUT_BEHIND = "تقريبا"
BETWEEN = "بين|من|ما بين"
# contexts in which a number is a name or a part
NO_QUANTITY_BEFORE = "رقم|الماده|نصف"

BEFORE_MONTH = "(?:من )?(?:شهر )?"
BEFORE_YEAR = r"(?<!\w)[وبلف]?(?:ال)?(?:عام|سنه|منذ|قبل|بعد)"
CLOCK = r"(?:الساعه|عند) \w+(?: و\w+(?: (?:دقيقه|دقايق))?)?"
TIME_OF_DAY = r" ?(?P<arabic_part>صباحا|مساء|ظهرا|ليلا|عصرا|فجرا)\b"
LATE = frozenset({"مساء", "ليلا", "عصرا", "ظهرا"})
# alone, Monday and Sunday are "two" and "one"
BARE_DAYS = {"الاثنين": 0, "الاحد": 6}
_DAYS = {fold_text(name): number for name, number in weekdays("ar").items()}
WEEKDAYS = {f"يوم {name}" if name in BARE_DAYS else name: number for name, number in _DAYS.items()}
WEEKDAY = rf"(?<!عبد ){_PREFIX}(?P<arabic_day>{any_of([*WEEKDAYS, *BARE_DAYS])})\b"
MONTHS = {fold_text(name): number for name, number in months("ar").items()}
MONTHS_ALSO_NAMES = frozenset(map(fold_text, language("ar").words("dates.also_names")))

_ORDINALS: dict[str, int] = {}
for _n, _words in enumerate(
    (
        "أول أولى",
        "ثاني ثانية",
        "ثالث ثالثة",
        "رابع رابعة",
        "خامس خامسة",
        "سادس سادسة",
        "سابع سابعة",
        "ثامن ثامنة",
        "تاسع تاسعة",
        "عاشر عاشرة",
    ),
    1,
):
    _ORDINALS |= dict.fromkeys(_folded(_words), _n)
_ORDINALS |= dict.fromkeys(_folded("حادي حادية"), 1)
ORDINAL = (
    rf"{_PREFIX}(?:ال|ل(?=ل))?ل?(?P<arabic>{any_of(_ORDINALS)})\b"
    rf"(?: (?:(?P<teen>عشره?\b)|وال(?P<tens>{any_of(TENS)})\b))?"
)
# "the thirty-fourth", before "thirty" is read as a number
LONG_ORDINAL = rf"{ORDINAL}(?<=ين|ون|شر|ره)\b"
# "the second of", before a month; not in "the first week of February"
ORDINAL_OF = rf"{ORDINAL} من (?:شهر )?"
PERIOD_BEFORE = "اسبوع|نصف|ربع|ثلث|شطر"
OF_AGE = " من (?:ال)?عمر"


def ordinal(match: re.Match[str]) -> int | None:
    """The number of an ordinal, from a match of a pattern that contains ORDINAL; None if another alternative matched."""
    word = match.groupdict().get("arabic")
    return _ORDINALS[word] + (10 if match["teen"] else TENS[match["tens"]] if match["tens"] else 0) if word else None


CLOCK_IN_WORDS = (
    rf"(?:{_PREFIX}(?:الساعه|عند|قبل|بعد|حتي|منذ|في|نحو) )+(?:الساعه )?ال(?P<hour>{any_of(_ORDINALS)}|واحده)\b(?P<teen> عشره)?"
    rf"(?: و(?:(?P<half>النصف)|(?P<quarter>الربع)|(?P<third>الثلث)"
    rf"|(?P<minutes>{any_of([*VALUES, *SCALES, *NUMBER_DUALS])}|\d+) دق(?:يقه|ايق)))?"
    r"(?P<part> صباحا| مساء| ظهرا| ليلا| عصرا| فجرا)"
)


def hour(match: re.Match[str]) -> int:
    """The hour of a match of CLOCK_IN_WORDS."""
    return 1 if match["hour"] == "واحده" else _ORDINALS[match["hour"]] + (10 if match["teen"] else 0)


PARTS = {
    **dict.fromkeys(_folded("نصف النصف"), 1 / 2),
    **dict.fromkeys(_folded("ثلث الثلث أثلاث"), 1 / 3),
    **dict.fromkeys(_folded("ربع الربع أرباع"), 1 / 4),
    **dict.fromkeys(_folded("خمس أخماس"), 1 / 5),
    **dict.fromkeys(_folded("ثلثي ثلثا ثلثين ثلثان الثلثين"), 2 / 3),
}
SEVERAL_PARTS = "اثلاث|ارباع|اخماس"
PART = rf"{_PREFIX}(?P<part>{any_of(_folded('نصف النصف ثلث الثلث ربع الربع ثلثي ثلثا ثلثين ثلثان الثلثين'))})\b"
# "three million and a half": a scale applies to the half only
TAIL = rf" و(?P<tail>نصف|ربع|ثلث)(?: (?P<tail_scale>{any_of(SCALES)}))?\b"
MANY = {
    **dict.fromkeys(_folded("عشرات العشرات"), 10),
    **dict.fromkeys(_folded("مئات المئات"), 100),
    **dict.fromkeys(_folded("آلاف الآلاف"), 10**3),
    **dict.fromkeys(_folded("ملايين الملايين"), 10**6),
    **dict.fromkeys(_folded("مليارات المليارات"), 10**9),
}
# vague numbers
LOOSE = {
    **dict.fromkeys(_folded("كلا كلتا كلاهما كلتاهما مرتين مرتان ضعف ضعفي ضعفا"), 2),
    **dict.fromkeys(_folded("واحد واحدة واحدا"), 1),
}
DECADES = "عقود|عقدا?|عقدين"
NOT_BEFORE = r"(?<!\w)[ول]?لا|(?<!\w)وليس|(?<!\w)ليس"
EXACTLY_BEFORE = "بالضبط|تحديدا|بالتحديد"
EXACTLY_BEHIND = "بالضبط|تحديدا"
GLUED_BEFORE = frozenset({"و", "ف", "ب", "ل", "ك", "ال", "بال", "لل", "وال"})
# joins two things that are counted together
JOINING = r"\sو"


def _duals() -> dict[str, str]:
    duals: dict[str, str] = {}
    for name, listed in language("ar").mapping("quantities.units").items():
        words = _folded(listed)
        singular = words[0]
        stem = singular[:-1] + "ت" if singular.endswith("ه") else singular
        if len(singular) > 2:
            duals |= dict.fromkeys(sorted({stem + "ين", stem + "ان"} - set(words)), name)
    return duals


# the duals of common units: "عامين"
UNIT_DUALS = _duals()
# a word that may be a dual
MAY_BE_DUAL = r"(?<!\w)\w{3,}(?:ين|ان|تي|تا)(?!\w)"
