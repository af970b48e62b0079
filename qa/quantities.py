"""What a sentence counts, measures and dates, in English and Arabic, so that two sentences can be compared.

Numbers stand in digits of any script, in words, or both ("1.2 million", "٢٥ ألفا", "six hundred", "تسعة وعشرون"). Each is a range, because
a writer rounds: "about 600", "more than 1,000", "10 to 12", "1.2 million". What it counts is the word behind it, as a stem, as a key that
crosses scripts, and as one of a list of common units that both languages know.

Passed over, because nobody can tell what they count or how much they are: "one", which is a pronoun as often; "dozens", "عشرات"; halves and
thirds; ordinals; scores; times of day; four digits that may be a year or not; Arabic duals ("راكبين").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor, inf
from typing import Literal

from index.fold import fold, fold_text
from index.names import name_keys
from index.spans import Span
from index.terms import is_stop, stems

Kind = Literal["money", "percentage", "number", "date", "year", "weekday"]

# What a rounded number may stand for. No measurement behind them: they are wide, so that rounding is taken for no difference.
_ABOUT = 0.2
_WRITTEN_OUT = 100  # smaller numbers are written as they are
_ROUNDED = 0.05
_FURTHER_WORDS = 3  # behind a number that may say what it counts ("161 other injured passengers")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that a sentence counts, measures or dates, at `span` of its text.

    `least` and `most` are what it may be, both included; of a date they are 100 times the month and the day, of a weekday its number.
    `units` says what of: two quantities are of one thing only where they share one. `rate` is "month" in "$600 a month".
    """

    kind: Kind
    span: Span
    least: float
    most: float
    units: frozenset[str] = frozenset()
    rate: str | None = None

    def is_of_one_thing(self, other: Quantity) -> bool:
        """Whether both may say the same thing of something, differently."""
        if self.kind != other.kind or (self.rate and other.rate and self.rate != other.rate):
            return False
        return self.units == other.units or not self.units.isdisjoint(other.units)

    def is_named(self, other: Quantity) -> bool:
        """Whether a unit that both languages know says that they are of one thing; a percentage and a date need none."""
        return self.kind != "number" or any(unit[0] in IN_BOTH for unit in self.units & other.units)

    def differs(self, other: Quantity) -> bool:
        """Whether no number is both.

        >>> first, second, third = (next(quantities(text)) for text in ("about 600 men", "598 men", "400 men"))
        >>> first.differs(second), first.differs(third)
        (False, True)
        """
        return self.most < other.least or other.most < self.least


# ----------------------------------------------------------------------------------------------- numbers in words

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"


def listed(words: str) -> list[str]:
    """Folded words; one that holds a space is written with an underscore."""
    return [fold_text(word).replace("_", " ") for word in words.split()]


_ENGLISH = {
    **{word: n for n, word in enumerate(listed(_ONES), 1)},
    **{word: 10 * n for n, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), 2)},
}
ENGLISH_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "bn": 10**9,
    "mn": 10**6,
}
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9}  # behind money only
_ARABIC: dict[str, int] = {}
for _n, _word in enumerate(listed("ثلاث أربع خمس ست سبع ثمان تسع"), 3):
    _ARABIC |= dict.fromkeys((_word, f"{_word}ه", f"{_word}ا"), _n)
    _ARABIC |= dict.fromkeys((_word + fold_text(hundred) for hundred in ("مئة", "مائة")), 100 * _n)
_ARABIC |= dict.fromkeys(listed("ثماني ثمانية"), 8) | dict.fromkeys(listed("ثمانيمئة ثمانمائة ثمانيمائة"), 800)
_ARABIC |= (
    dict.fromkeys(listed("عشر عشرة"), 10)
    | dict.fromkeys(listed("أحد إحدى واحد واحدة واحدا"), 1)
    | dict.fromkeys(listed("اثنا اثني اثنتا اثنتي اثنان اثنين اثنتان اثنتين"), 2)
)
_ARABIC |= {word + ending: 10 * n for n, word in enumerate(listed("عشر ثلاث أربع خمس ست سبع ثمان تسع"), 2) for ending in ("ون", "ين")}
_ARABIC |= dict.fromkeys(listed("مئتان مئتين مائتان مائتين مئتا مئتي"), 200)
_ARABIC_SCALES = {
    **dict.fromkeys(listed("مئة مائة"), 100),
    **dict.fromkeys(listed("ألف ألفا آلاف"), 10**3),
    **dict.fromkeys(listed("مليون مليونا ملايين"), 10**6),
    **dict.fromkeys(listed("مليار مليارا مليارات بليون"), 10**9),
    **dict.fromkeys(listed("تريليون تريليونا"), 10**12),
}
_ARABIC_DUALS = {
    **dict.fromkeys(listed("ألفان ألفين ألفي"), 2 * 10**3),
    **dict.fromkeys(listed("مليونان مليونين مليوني"), 2 * 10**6),
    **dict.fromkeys(listed("ملياران مليارين ملياري"), 2 * 10**9),
}
# Nobody says how many without a number before it, and "ألفا" alone may be two thousand or a thousand.
_BEHIND_A_NUMBER = frozenset(listed("آلاف ملايين مليارات ألفا مليونا مليارا تريليونا"))
_VALUES = _ENGLISH | _ARABIC
SCALES = ENGLISH_SCALES | _ARABIC_SCALES


def any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_SCALE_WORD = any_of(SCALES)
# Not "150.000", which is thousands to some and thousandths to others, nor "6-foot-6".
_DIGITS = (
    r"(?:(?<![\w.,:/-])|(?<=[\s|][وبلك])|(?<=^[وبلك]))(?!\d{1,3}\.\d{3}(?!\d))(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?![\d:]|[.,/]\d|(?:st|nd|rd|th)\b|-[^\W\d]+-\d)"
)
WORD = rf"(?:{any_of([*_VALUES, *SCALES, *_ARABIC_DUALS])})"
_IN_WORDS = (
    rf"(?<![\w-])(?:a (?={any_of(ENGLISH_SCALES)}\b))?[وبلف]?(?P<words>{WORD}(?:(?:-| and | و| ){WORD})*)\b"
    r"(?![ -](?:thirds?|quarters?|fifths?)\b)"
)
_NUMBER = rf"(?:{_DIGITS}(?:[ -]?(?P<scale>{_SCALE_WORD}|[kmb](?!\w))\b)?|{_IN_WORDS})"


def _value(match: re.Match[str]) -> float | None:
    if match["words"]:
        return in_words(match["words"])
    number, scale = float(match["digits"].replace(",", "")), match["scale"]
    if scale is None:
        return number
    if scale in _SHORT_SCALES:
        return number * _SHORT_SCALES[scale] if match["sign"] else None  # "5 m" may be metres
    return number * SCALES[scale]


def in_words(text: str) -> float | None:
    """The value of a number in folded words; None where they make none.

    >>> [in_words(fold_text(text)) for text in ("two hundred and five", "sixty-four", "تسعة وعشرون", "ثلاثة آلاف ومئتين", "six seven")]
    [205, 64, 29, 3200, None]
    """
    total, current, below = 0, 0, inf  # `below`: what may still be added to `current`
    for part in re.split(r"[ -]", text):
        if part == "and":
            continue
        is_known = part in _VALUES or part in SCALES or part in _ARABIC_DUALS
        word = part if is_known else part[1:]  # the conjunction
        if word in SCALES:
            scale = SCALES[word]
            if word in _BEHIND_A_NUMBER and not current:
                return None
            if scale == 100 and not 0 < current < 100:
                current, below = current + 100, 100
            elif scale in (12, 100):
                current, below = max(current, 1) * scale, 100
            else:
                total, current, below = total + max(current, 1) * scale, 0, inf
        elif word in _ARABIC_DUALS:
            total, current, below = total + _ARABIC_DUALS[word], 0, inf
        else:
            value = _VALUES[word]
            # "twenty-five", and the other way round in Arabic: "خمسة وعشرون", "خمسة عشر".
            is_pair = value < below or (0 < current % 100 < 10 and value % 10 == 0 and value < 100 and word in _ARABIC)
            if not is_pair:
                return None
            current += value
            below = 10 if value % 10 == 0 and 20 <= value < 100 and current % 10 == 0 else 100 if value >= 100 else 0
    value = total + current
    return value if value > 1 else None


# ----------------------------------------------------------------------------------------------- what they count

_CURRENCIES = {
    "dollar": "dollar dollars دولار دولارا دولارات",
    "euro": "euro euros يورو",
    "pound": "pound pounds جنيه جنيها جنيهات",
    "dinar": "dinar dinars دينار دينارا دنانير",
    "riyal": "riyal riyals rial rials ريال ريالا ريالات",
    "dirham": "dirham dirhams درهم درهما دراهم",
    "lira": "lira liras ليرة ليرات",
    "franc": "franc francs فرنك فرنكا فرنكات",
    "yen": "yen ين",
    "yuan": "yuan يوان",
    "rouble": "rouble roubles ruble rubles روبل روبلا روبلات",
    "rupee": "rupee rupees روبية روبيات",
    "shekel": "shekel shekels شيكل شيكلا",
}
CURRENCY_OF = {fold_text(word): name for name, words in _CURRENCIES.items() for word in words.split()}
SIGNS = {
    "$": "dollar",
    "us$": "dollar",
    "€": "euro",
    "£": "pound",
    "¥": "yen",
    "₪": "shekel",
    "usd": "dollar",
    "eur": "euro",
    "gbp": "pound",
}
# By name: what people and papers of both languages count most.
UNITS = (
    "people persons person شخص شخصا أشخاص",
    "dead deaths killed died fatalities قتيل قتيلا قتلى قتلوا وفاة وفيات",
    "injured wounded injuries جريح جريحا جرحى مصاب مصابا مصابين إصابة",
    "victims ضحية ضحايا",
    "survivors ناج ناجيا ناجين ناجون",
    "passengers راكب راكبا ركاب",
    "soldiers troops جندي جنديا جنود",
    "civilians مدني مدنيا مدنيين",
    "children kids طفل طفلا أطفال",
    "women امرأة نساء",
    "men رجل رجلا رجال",
    "families households أسرة أسر عائلة عائلات",
    "houses homes منزل منزلا منازل بيت بيتا بيوت",
    "schools مدرسة مدارس",
    "students pupils طالب طالبا طلاب تلميذ تلميذا تلاميذ",
    "teachers معلم معلما معلمين مدرسين",
    "workers employees عامل عاملا عمال موظف موظفا موظفين",
    "fighters militants مقاتل مقاتلا مقاتلين مسلح مسلحا مسلحين",
    "prisoners detainees معتقل معتقلا معتقلين سجين سجينا سجناء",
    "refugees لاجئ لاجئا لاجئين",
    "migrants مهاجر مهاجرا مهاجرين",
    "votes صوت صوتا أصوات",
    "seats مقعد مقعدا مقاعد",
    "ships vessels سفينة سفن",
    "boats قارب قاربا قوارب زورق زورقا زوارق",
    "cars vehicles سيارة سيارات مركبة مركبات",
    "planes aircraft طائرة طائرات",
    "missiles rockets صاروخ صاروخا صواريخ",
    "countries states دولة دول بلد بلدا",
    "cities مدينة مدن",
    "villages قرية قرى",
    "companies firms شركة شركات",
    "tonnes tons ton طن طنا أطنان",
    "barrels برميل برميلا براميل",
    "litres liters لتر لترا لترات",
    "kilometres kilometers km كيلومتر كيلومترا كيلومترات كم",
    "miles mile ميل ميلا أميال",
    "metres meters متر مترا أمتار",
    "feet foot قدم قدما أقدام",
    "degrees درجة درجات",
    "kilograms kg kilos كيلوغرام كيلوغراما كيلوغرامات",
    "years year عام عاما أعوام سنة سنوات",
    "months month شهر شهرا أشهر شهور",
    "weeks week أسبوع أسبوعا أسابيع",
    "days day يوم يوما أيام",
    "hours hour ساعة ساعات",
    "minutes minute دقيقة دقائق",
    "seconds ثانية ثوان",
    "times مرة مرات",
    "goals هدف هدفا أهداف",
    "matches games مباراة مباريات",
    "points نقطة نقاط",
    "pages صفحة صفحات",
)
IN_BOTH = "=~"  # what the names of such units, and their consonants, begin with


@lru_cache(maxsize=1)
def unit_of() -> Mapping[str, str]:
    """Form or stem to what a unit of both languages is called."""
    return {form: f"={words.split()[0]}" for words in UNITS for word in listed(words) for form in (word, *stems(word))}


PERCENT = r"(?P<percent> ?%| ?(?:percent|per cent)\b(?! points?)| ?(?:في |ب)(?:ال)?(?:ميه|مايه)\b)"
SIGN = r"(?P<sign>(?<!\w)(?:(?:us|usd|ca|c|au|a|nz|hk|s) ?)?[$€£¥₪] ?|\b(?:usd|eur|gbp) )"
_RATE = re.compile(
    r"(?: (?:a|an|per|each|every) (?P<english>month|year|day|week|hour|person)\b| (?P<ly>monthly|yearly|annually|daily|weekly|hourly)\b"
    r"| (?P<arabic>شهريا|سنويا|يوميا|اسبوعيا|في الشهر|في السنه|في العام|في اليوم|في الاسبوع|في الساعه|للشخص|كل شهر|كل عام|كل يوم)(?!\w))"
)
_RATES = {
    **dict.fromkeys(("month", "monthly", "شهريا", "في الشهر", "كل شهر"), "month"),
    **dict.fromkeys(("year", "yearly", "annually", "سنويا", "في السنه", "في العام", "كل عام"), "year"),
    **dict.fromkeys(("day", "daily", "يوميا", "في اليوم", "كل يوم"), "day"),
    **dict.fromkeys(("week", "weekly", "اسبوعيا", "في الاسبوع"), "week"),
    **dict.fromkeys(("hour", "hourly", "في الساعه"), "hour"),
    **dict.fromkeys(("person", "للشخص"), "person"),
}

# Before a number, up to it.
ABOUT_BEFORE = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|some|an estimated|estimated|close to|circa)|~"
    r"|(?<!\w)[وبل]?(?:نحو|حوالي|قرابه|زهاء|تقريبا|ما يقارب|ما يقرب من))\s?(?:the |an? )?$"
)
NEARLY_BEFORE = re.compile(r"(?:\b(?:nearly|almost|just under|just over|close on)) (?:the |an? )?$")
MORE_BEFORE = re.compile(
    r"(?:\b(?:more than|over|at least|above|upwards of|no fewer than|no less than|exceed(?:s|ed|ing)?|minimum of)"
    r"|(?<!\w)[وبلف]?(?:اكثر من|(?:ما )?[يت]زيد (?:علي|عن)|(?:لا|لم) [يت]قل (?:\w+ )?عن|علي الاقل|[يت]?تجاوز|فوق))\s(?:the |an? )?$"
)
LESS_BEFORE = re.compile(
    r"(?:\b(?:less than|fewer than|under|below|up to|as many as|as much as|at most|no more than|maximum of|not more than)"
    r"|(?<!\w)[وبلف]?(?:اقل من|(?:ما )?(?:لا|لم|لن) [يت]زيد (?:\w+ )?(?:علي|عن)"
    r"|(?:لا|لم|لن) [يت]?تجاوز(?: \w+){0,2}|حتي|[يت]صل الي))\s(?:the |an? )?$"
)
# What a number is at least and at most, in parts of it.
_HEDGES = ((ABOUT_BEFORE, 1 - _ABOUT, 1 + _ABOUT), (NEARLY_BEFORE, 1 - _ABOUT, 1 + _ABOUT), (MORE_BEFORE, 1, inf), (LESS_BEFORE, 0, 1))
MORE_BEHIND = re.compile(r"(?: \w+)? (?:or more|at least|and counting|علي الاقل|او اكثر|فاكثر)\b|\+")
ABOUT_BEHIND = re.compile(r"(?: \w+)? (?:or so|تقريبا)\b|-odd\b|-plus\b|-something\b")
_NO_QUANTITY_BEFORE = re.compile(
    r"\b(?:half(?: an?)?|no\.?|number|page|chapter|article|section|route|highway|channel|group of|out of|رقم|الماده|نصف) ?$"
    r"|(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)) (?:in|of) (?:every )?$"
)
_NO_QUANTITY_BEHIND = re.compile(r" (?:out of|in) (?:every )?(?:\d|two|three|four|five|six|seven|eight|nine|ten)|-\d+\b(?!-)")
_TO = re.compile(r" ?(?:-|to|and|or|الي|و|او) ?$")
_BETWEEN = re.compile(r"\b(?:between|from|بين|من|ما بين)\s?(?:[$€£] ?)?$")

# ----------------------------------------------------------------------------------------------- dates

_MONTHS = (
    "january jan يناير كانون_الثاني جانفي",
    "february feb فبراير شباط فيفري",
    "march mar مارس آذار",
    "april apr أبريل إبريل نيسان أفريل",
    "may مايو أيار ماي",
    "june jun يونيو حزيران جوان",
    "july jul يوليو تموز جويلية",
    "august aug أغسطس آب أوت",
    "september sep sept سبتمبر أيلول",
    "october oct أكتوبر تشرين_الأول",
    "november nov نوفمبر تشرين_الثاني",
    "december dec ديسمبر كانون_الأول",
)
MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in listed(names)}
MONTH = rf"(?:{any_of(MONTH_OF)})"
DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?:من )?(?:شهر )?(?P<month>{MONTH})\b\.?(?:[/(] ?{MONTH}\)?)?(?:,? \d{{4}}\b)?"
    rf"|\b(?P<month2>{MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,?\d)(?:,? \d{{4}}\b)?"
)
_YEAR = re.compile(
    rf"(?:\b(?:in|since|until|by|of|early|late|mid|year|during|before|after|{MONTH})|(?<!\w)[وبلف]?(?:ال)?(?:عام|سنه|منذ|قبل|بعد))[ -]"
    r"(?P<year>(?:19|20)\d\d)\b(?![-,.]?\d| ?%)"
)
_CLOCK = re.compile(
    r"\b\d{1,2}(?:[.:]\d{2})? ?(?:[ap]\.?m\b\.?|o'clock)|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    r"|(?:الساعه|عند) \w+(?: و\w+(?: (?:دقيقه|دقايق))?)?"
)
# Alone, Monday and Sunday are two and one in Arabic.
_WEEKDAYS = (
    "monday يوم_الاثنين يوم_الإثنين",
    "tuesday الثلاثاء",
    "wednesday الأربعاء",
    "thursday الخميس",
    "friday الجمعة",
    "saturday السبت",
    "sunday يوم_الأحد",
)
WEEKDAY_OF = {name: number for number, names in enumerate(_WEEKDAYS) for name in listed(names)}
_WEEKDAY = re.compile(rf"(?<!\w)[وبل]?(?P<weekday>{any_of(WEEKDAY_OF)})\b")
_QUANTITY = re.compile(rf"{SIGN}?{_NUMBER}{PERCENT}?")
_NEXT_WORD = re.compile(r"[ -]([^\W\d]+(?:'[^\W\d]+)?)")
NEAR = 40  # characters before a number that are looked at; none of the patterns is longer


def quantities(text: str) -> Iterator[Quantity]:
    """What a sentence counts, measures and dates, in order of kinds; whatever cannot be read for certain is passed over.

    >>> [(found.kind, found.span.of(text), found.least, found.most) for text in ("He paid $600 a month.",) for found in quantities(text)]
    [('money', '$600 a month', 570.0, 630.0)]
    """
    folded = fold(text)
    rest = folded.text
    for pattern, read in ((DATE, _date), (_CLOCK, None), (_YEAR, _year), (_WEEKDAY, _weekday)):
        for match in pattern.finditer(rest):
            start, end = match.span("weekday" if pattern is _WEEKDAY else "year" if pattern is _YEAR else 0)
            if read is not None:
                yield from read(match, folded.to_original(start, end))
            rest = f"{rest[:start]}{'|' * (end - start)}{rest[end:]}"
    yield from _numbers(rest, folded.to_original)


def _date(match: re.Match[str], span: Span) -> Iterator[Quantity]:
    day, month = int(match["day"] or match["day2"]), MONTH_OF[match["month"] or match["month2"]]
    if 1 <= day <= 31:
        yield Quantity("date", span, 100 * month + day, 100 * month + day)


def _year(match: re.Match[str], span: Span) -> Iterator[Quantity]:
    yield Quantity("year", span, int(match["year"]), int(match["year"]))


def _weekday(match: re.Match[str], span: Span) -> Iterator[Quantity]:
    number = WEEKDAY_OF[match["weekday"]]
    yield Quantity("weekday", span, number, number)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number in the folded text, from its sign or the words before it on: `[start, end)` is what it is called by."""

    start: int
    end: int
    value: float
    kind: Kind
    units: frozenset[str]
    rate: str | None


def _numbers(text: str, to_original: Callable[[int, int], Span]) -> Iterator[Quantity]:
    before: tuple[re.Match[str], _Number] | None = None
    for match in _QUANTITY.finditer(text):
        value = _value(match)
        if value is None or _is_none(text, match):
            yield from _alone(text, before, to_original)
            before = None
            continue
        number = _described(text, match, value)
        if before is None or not _TO.fullmatch(between := text[before[0].end() : match.start()]):
            yield from _alone(text, before, to_original)
            before = match, number
            continue
        is_range = between.strip() not in ("and", "و") or _BETWEEN.search(text[: before[0].start()]) is not None
        if is_range and before[1].value < value:
            yield Quantity(number.kind, to_original(before[0].start(), number.end), before[1].value, value, number.units, number.rate)
        before = None
    yield from _alone(text, before, to_original)


def _is_none(text: str, match: re.Match[str]) -> bool:
    """Whether a number is a name or a part of something."""
    if _NO_QUANTITY_BEFORE.search(text[max(0, match.start() - NEAR) : match.start()]) or _NO_QUANTITY_BEHIND.match(text, match.end()):
        return True
    digits = match["digits"] or ""
    may_be_year = len(digits) == 4 and digits[:2] in ("19", "20") and not (match["scale"] or match["sign"] or match["percent"])
    return may_be_year and not any(word in unit_of() or word in CURRENCY_OF for word in words_behind(text, match.end())[:1])


def _described(text: str, match: re.Match[str], value: float) -> _Number:
    words = words_behind(text, match.end())
    currency = next((CURRENCY_OF[word] for word in words[:2] if word in CURRENCY_OF), None)
    if match["sign"]:
        currency = SIGNS.get(match["sign"].strip(), match["sign"])
    if match["percent"]:
        return _Number(match.start(), match.end(), value, "percentage", frozenset(), None)
    if currency is None:
        end = match.end() + (len(words[0]) + 1 if words and not is_stop(words[0]) else 0)
        return _Number(match.start(), end, value, "number", units(words), None)
    end = match.end()
    if not match["sign"]:
        end += sum(len(word) + 1 for word in words[: next(n for n, word in enumerate(words, 1) if word in CURRENCY_OF)])
    rate = _RATE.match(text, end)
    named = (rate["english"] or rate["ly"] or rate["arabic"]) if rate else None
    return _Number(match.start(), rate.end() if rate else end, value, "money", frozenset([currency]), _RATES[named] if named else None)


def words_behind(text: str, start: int) -> list[str]:
    """The words right behind a number, up to any mark but a hyphen."""
    words: list[str] = []
    while len(words) < _FURTHER_WORDS and (found := _NEXT_WORD.match(text, start)):
        words.append(found[1])
        start = found.end()
    return words


def units(words: Sequence[str]) -> frozenset[str]:
    telling = [word for word in words if not is_stop(word)]
    found = {stem for word in telling for stem in stems(word)}
    units = unit_of()
    known = {units[form] for form in (*telling, *found) if form in units}
    # A unit that no list has, as a currency of its own, may still be known by its consonants.
    return frozenset(found | known | ({f"~{key}" for key in name_keys(telling[0])} if telling and not known else set()))


def _alone(text: str, one: tuple[re.Match[str], _Number] | None, to_original: Callable[[int, int], Span]) -> Iterator[Quantity]:
    """A number that is no end of a range, with what is said of how exact it is."""
    if one is None:
        return
    match, number = one
    least, most = _rounded(match, number.value)
    leading = text[max(0, number.start - NEAR) : number.start]
    hedges = [(found.start(), lower, upper) for pattern, lower, upper in _HEDGES if (found := pattern.search(leading))]
    start = number.start
    if hedges:  # "no less than" holds "less than"
        begin, lower, upper = min(hedges)
        start -= len(leading) - begin
        least, most = lower * number.value, upper * number.value
    if MORE_BEHIND.match(text, match.end()):
        most = inf
    if ABOUT_BEHIND.match(text, match.end()):
        least, most = (1 - _ABOUT) * number.value, (1 + _ABOUT) * number.value
    yield Quantity(number.kind, to_original(start, number.end), least, most, number.units, number.rate)


def _rounded(match: re.Match[str], value: float) -> tuple[float, float]:
    """What a number may stand for as it is written: 600 may be 598, and 1.2 million 1,213,000; 64 is 64.

    A number in words or with a word behind ("3 million") is rounded to what it says.
    """
    if value < _WRITTEN_OUT:
        return value, value
    digits = f"{value:.6g}" if value != floor(value) else str(int(value))
    zeros = len(digits) - len(digits.rstrip("0")) if "." not in digits else 0
    half = min(10**zeros / 2 if zeros else 0, _ROUNDED * value)
    return value - half, value + half
