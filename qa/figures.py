"""Every number, date and time of a text, exactly as it is written: what a statement says must be what its source says.

quantities.py asks whether two articles may differ and passes over what it cannot tell; here nothing is passed over. What no rule reads
("1.2.3", "MH17") is compared as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isclose
from typing import Literal

from index.fold import Folded, fold
from index.spans import Span
from index.terms import is_stop
from qa.quantities import (
    ABOUT_BEFORE,
    ABOUT_BEHIND,
    CURRENCY_OF,
    DATE,
    ENGLISH_SCALES,
    LESS_BEFORE,
    MONTH,
    MONTH_OF,
    MORE_BEFORE,
    MORE_BEHIND,
    NEAR,
    NEARLY_BEFORE,
    PERCENT,
    SCALES,
    SIGN,
    SIGNS,
    UNITS,
    WEEKDAY_OF,
    WORD,
    any_of,
    in_words,
    listed,
    units,
    words_behind,
)

Kind = Literal["number", "percentage", "money", "ordinal", "part", "many", "date", "month", "weekday", "time", "written"]
Bound = Literal["", "about", "more", "less", "exactly"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, date or time at `span` of its text.

    `value` is 100 times the month and the day of a date, minutes of a time, the number of a month or weekday, and what is written where
    no rule reads it. `bound` says whether it is rounded or an end ("at least"), `units` what it counts, as in quantities.py, `currency`
    which money. `is_denied` where "not" stands before it ("nine, not eleven"), `loose` where the words say hardly a number ("one", "both"),
    or a time not which half of the day. `is_arabic` says in which language it stands: "the 17th century" is "the century 17" in Arabic.
    """

    kind: Kind
    value: float | str
    span: Span
    bound: Bound = ""
    units: frozenset[str] = frozenset()
    currency: str | None = None
    is_denied: bool = False
    loose: bool = False

    is_arabic: bool = False

    @property
    def is_of_calendar(self) -> bool:
        return self.kind in {"date", "month", "weekday", "time"} or self.is_year

    @property
    def is_year(self) -> bool:
        known = any(unit[0] == "=" for unit in self.units)
        return self.kind == "number" and not known and not self.bound and self.value in _YEARS and not isinstance(self.value, str)


_ARABIC_LETTER = re.compile("[\u0620-\u064a]")
_YEARS = range(1500, 2100)
_HALF_A_DAY = 12 * 60
_PREFIX = "(?<!\\w)[وفبلك]?"

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
_TENS_ORDINALS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_ENGLISH_ORDINALS = {word: n for n, word in enumerate(_ORDINALS.split(), 1)}
_ENGLISH_ORDINALS |= {"seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "hundredth": 100}
_ENGLISH_ORDINALS |= {word: 10 * n for n, word in enumerate(_TENS_ORDINALS.split(), 2)}
_ARABIC_ORDINALS: dict[str, int] = {}
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
    _ARABIC_ORDINALS |= dict.fromkeys(listed(_words), _n)
_ARABIC_ORDINALS |= dict.fromkeys(listed("حادي حادية"), 1)
_ARABIC_TENS = {word + end: 10 * n for n, word in enumerate(listed("عشر ثلاث أربع خمس ست سبع ثمان تسع"), 2) for end in ("ون", "ين")}
_ARABIC_ORDINAL = (
    rf"{_PREFIX}(?P<article>ال|ل(?=ل))?ل?(?P<arabic>{any_of(_ARABIC_ORDINALS)})\b"
    rf"(?: (?:(?P<teen>عشره?\b)|وال(?P<tens>{any_of(_ARABIC_TENS)})\b))?"
)
_ORDINAL = re.compile(
    rf"\b(?P<number>\d+)(?:st|nd|rd|th)\b"
    rf"|\b(?:(?P<before>twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-)?(?P<english>{any_of(_ENGLISH_ORDINALS)})\b"
    rf"|{_ARABIC_ORDINAL}"
)
# "the thirty-fourth", before "thirty" is read as a number.
_LONG_ORDINAL = re.compile(rf"{_ARABIC_ORDINAL}(?<=ين|ون|شر|ره)\b")
_ORDINAL_OF_MONTH = re.compile(rf"{_ARABIC_ORDINAL} من (?:شهر )?(?P<month>{MONTH})\b")
_PERIOD_BEFORE = re.compile(r"(?:اسبوع|نصف|ربع|ثلث|شطر) $")
_OF_AGE = re.compile(r" من (?:ال)?عمر")

_PARTS = {
    **dict.fromkeys(listed("half halves نصف النصف"), 1 / 2),
    **dict.fromkeys(listed("third thirds ثلث الثلث أثلاث"), 1 / 3),
    **dict.fromkeys(listed("quarter quarters ربع الربع أرباع"), 1 / 4),
    **dict.fromkeys(listed("fifth fifths خمس أخماس"), 1 / 5),
    **dict.fromkeys(listed("ثلثي ثلثا ثلثين ثلثان الثلثين"), 2 / 3),
}
_ARABIC_PARTS = listed("نصف النصف ثلث الثلث ربع الربع ثلثي ثلثا ثلثين ثلثان الثلثين")
_SCALE = rf"(?: (?P<of_scale>{any_of(SCALES)})\b)"
_SEVERAL_PARTS = re.compile(
    rf"\b(?P<how_many>{WORD}|\d+)[ -](?P<parts>thirds|quarters|fifths|اثلاث|ارباع|اخماس)\b"
    r"|\b(?:a|one)[ -](?P<single>third|quarter|fifth)\b"
)
_PART = re.compile(rf"(?:\b(?P<half>half|halves)(?: an?| of)?|{_PREFIX}(?P<word>{any_of(_ARABIC_PARTS)})\b){_SCALE}?")

_TIME_OF_DAY = (
    r"(?: ?(?P<day>[ap])\.?m\b\.?| (?:in the )?(?P<part>morning|afternoon|evening|night)\b"
    r"| ?(?P<arabic_part>صباحا|مساء|ظهرا|ليلا|عصرا|فجرا)\b)"
)
_CLOCK = re.compile(
    rf"\b(?P<hour>[01]?\d|2[0-4])[.:](?P<minute>[0-5]\d){_TIME_OF_DAY}?(?![\d:.%]\d)"
    rf"|\b(?P<full>[01]?\d|2[0-4])(?: o'clock)?(?:{_TIME_OF_DAY.replace('?P<', '?P<full_')})"
)
_DECIMAL_TIME = re.compile(r"\d\.")
_CLOCK_IN_WORDS = re.compile(
    rf"(?:{_PREFIX}(?:الساعه|عند|قبل|بعد|حتي|منذ|في|نحو) )+(?:الساعه )?ال(?P<hour>{any_of(_ARABIC_ORDINALS)}|واحده)\b(?P<teen> عشره)?"
    rf"(?: و(?:(?P<half>النصف)|(?P<quarter>الربع)|(?P<third>الثلث)|(?P<minutes>{WORD}|\d+) دق(?:يقه|ايق)))?"
    r"(?P<part> صباحا| مساء| ظهرا| ليلا| عصرا| فجرا)"
)
_LATE = frozenset({"p", "afternoon", "evening", "night", "مساء", "ليلا", "عصرا", "ظهرا"})

_WEEKDAY = re.compile(
    rf"\b(?P<english>{any_of(day for day in WEEKDAY_OF if day.isascii())})s?\b"
    rf"|(?<!عبد ){_PREFIX}(?P<arabic>{any_of(day for day in WEEKDAY_OF if not day.isascii())}|الاثنين|الاحد)\b"
)
_BARE_DAYS = {"الاثنين": 0, "الاحد": 6}
_ALSO_NAMES = frozenset(listed("ماي جوان"))
_MONTH = re.compile(rf"{_PREFIX}(?P<month>{any_of(month for month in MONTH_OF if len(month) > 2 and month not in _ALSO_NAMES)})\b")
# What is a month only with a capital, and what is one only beside a number, and was read before.
_ALSO_VERBS = frozenset({"may", "march"})
_ABBREVIATED = frozenset({"jan", "mar", "jun", "jul", "sep", "dec", "oct", "nov", "aug", "feb", "apr"})

_DIGITS = r"(?P<digits>\d+(?:[.,:]\d+)*)(?P<glued>(?:st|nd|rd|th|s)?\b|[^\W\d_]+)"
_TAIL = (
    rf"(?: و(?P<tail>نصف|ربع|ثلث)(?: (?P<tail_scale>{any_of(SCALES)}))?\b"
    rf"| and a (?P<english_tail>half|quarter)\b(?: (?P<english_scale>{any_of(ENGLISH_SCALES)})\b)?)?"
)
_NUMBER = re.compile(
    rf"{SIGN}?(?:(?P<glue>[^\W\d_]+-?)?{_DIGITS}(?:[ -]?(?P<scale>{any_of(SCALES)}|(?<=\d)[kmb](?!\w))\b)?"
    rf"|(?<![\w])(?:a (?={any_of(ENGLISH_SCALES)}\b))?[وبلفك]?(?:ال)?(?P<words>{WORD}(?:(?:-| and | و| ){WORD})*)\b){_TAIL}{PERCENT}?"
)
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9}
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_MANY = {
    **dict.fromkeys(listed("dozens عشرات العشرات"), 10),
    **dict.fromkeys(listed("scores"), 20),
    **dict.fromkeys(listed("hundreds مئات المئات"), 100),
    **dict.fromkeys(listed("thousands آلاف الآلاف"), 10**3),
    **dict.fromkeys(listed("millions ملايين الملايين"), 10**6),
    **dict.fromkeys(listed("billions مليارات المليارات"), 10**9),
}
_LOOSE = {
    **dict.fromkeys(listed("both كلا كلتا كلاهما كلتاهما"), 2),
    **dict.fromkeys(listed("twice doubled مرتين مرتان ضعف ضعفي ضعفا"), 2),
    **dict.fromkeys(listed("tripled"), 3),
    **dict.fromkeys(listed("one واحد واحدة واحدا"), 1),
}
_WORD_FIGURE = re.compile(rf"\b(?P<many>{any_of(_MANY)})\b|{_PREFIX}(?P<loose>{any_of(_LOOSE)})\b")
_NO_ONE = re.compile(r"(?:\bno|\bsome|\bany|\bevery|\bthe|\bthis|\bthat|\beach) $")
_DECADES = re.compile(r"^ (?:decades?|عقود|عقدا?|عقدين)\b")
_NOT_BEFORE = re.compile(r"(?:\bnot(?: the| just| only)?|(?<!\w)[ول]?لا|(?<!\w)وليس|(?<!\w)ليس) $")
_ONLY = re.compile(r"\bnot (?:just|only) $")
_EXACTLY = re.compile(r"(?:\bexactly|\bprecisely|بالضبط|تحديدا|بالتحديد) $")
_EXACTLY_BEHIND = re.compile(r"^(?: \w+)? (?:exactly|بالضبط|تحديدا)\b")
_BOUNDS: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (ABOUT_BEFORE, "about"),
    (NEARLY_BEFORE, "about"),
    (MORE_BEFORE, "more"),
    (LESS_BEFORE, "less"),
)


# "to reach 600" is no more an end than "600".
_REACHES = re.compile(r"صل الي\s$")


_RATES = {
    **{word: word for word in ("day", "week", "month", "year", "hour")},
    **dict.fromkeys(listed("يوميا اليوم"), "day"),
    **dict.fromkeys(listed("أسبوعيا الأسبوع"), "week"),
    **dict.fromkeys(listed("شهريا الشهر"), "month"),
    **dict.fromkeys(listed("سنويا السنة العام"), "year"),
    **dict.fromkeys(listed("الساعة"), "hour"),
}
# "31 dral more a year"
_RATE = re.compile(
    rf"(?: [^\W\d]+){{0,2}} (?:(?:a|an|per|each|every) (?P<english>day|week|month|year|hour)\b|(?:في )?(?P<arabic>{any_of(_RATES)})(?!\w))"
)


def _duals() -> dict[str, str]:
    """Arabic duals of what is counted most, to their units: "عامين". Not those of people: their plural looks the same ("مدنيين")."""
    found: dict[str, str] = {}
    for names in UNITS:
        english, *others = names.split()
        singular = next(word for word in listed(" ".join(others)) if not word.isascii())
        stem = singular[:-1] + "ت" if singular.endswith("ه") else singular
        forms = {stem + "ين", stem + "ان"} - set(listed(names))
        if len(singular) > 2 and f"={english}" not in PEOPLE:
            found |= dict.fromkeys(forms, f"={english}")
    return found


PEOPLE = frozenset(
    f"={word}"
    for word in [
        "people",
        "dead",
        "injured",
        "victims",
        "survivors",
        "passengers",
        "soldiers",
        "civilians",
        "children",
        "women",
        "men",
        "families",
        "students",
        "teachers",
        "workers",
        "fighters",
        "prisoners",
        "refugees",
        "migrants",
    ]
)
_DUALS = _duals()
_DUAL = re.compile(rf"{_PREFIX}(?:ال)?(?P<dual>{any_of(_DUALS)})\b")
# A word that may be an Arabic dual, where "two" is sought.
_MAY_BE_DUAL = re.compile(r"(?<!\w)\w{3,}(?:ين|ان|تي|تا)(?!\w)")


@lru_cache(maxsize=256)  # sentences are cited again and again; no figure behind the size
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text, in order.

    >>> [(found.kind, found.value) for found in figures("On 2 June about two thirds of 1,200 men left at 6.10 p.m.")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('date', 602), ('part', 0.6666666666666666), ('number', 1200.0), ('time', 1090)]
    """
    arabic = 2 * len(_ARABIC_LETTER.findall(text)) > sum(map(str.isalpha, text))
    return tuple(sorted((replace(found, is_arabic=arabic) for found in _Scan(text).run()), key=lambda found: found.span))


class _Scan:
    """One pass over a text: what was read is masked, so that nothing is read twice."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.folded: Folded = fold(text)
        self.rest = self.folded.text

    def run(self) -> Iterator[Figure]:
        yield from self._dates()
        yield from self._times()
        yield from self._weekdays()
        yield from self._months()
        yield from self._several_parts()
        yield from self._ordinals(_LONG_ORDINAL)
        yield from self._numbers()
        yield from self._parts()
        yield from self._ordinals(_ORDINAL)
        yield from self._words()

    def _take(self, start: int, end: int) -> Span:
        self.rest = f"{self.rest[:start]}{'|' * (end - start)}{self.rest[end:]}"
        return self.folded.to_original(start, end)

    def _dates(self) -> Iterator[Figure]:
        for match in _ORDINAL_OF_MONTH.finditer(self.rest):
            if _PERIOD_BEFORE.search(self.rest[: match.start()]):
                continue  # "the first week of February"
            yield Figure("date", 100 * MONTH_OF[match["month"]] + _arabic_ordinal(match), self._take(*match.span()))
        for match in DATE.finditer(self.rest):
            day, name, place = (match["day"], match["month"], "month") if match["day"] else (match["day2"], match["month2"], "day2")
            if 1 <= int(day) <= 31:
                yield Figure("date", 100 * MONTH_OF[name] + int(day), self._take(match.start(), match.end(place)))

    def _times(self) -> Iterator[Figure]:
        for match in _CLOCK_IN_WORDS.finditer(self.rest):
            hour = 1 if match["hour"] == "واحده" else _ARABIC_ORDINALS[match["hour"]] + (10 if match["teen"] else 0)
            minutes = 30 if match["half"] else 15 if match["quarter"] else 20 if match["third"] else _small(match["minutes"])
            part = (match["part"] or "").strip()
            yield Figure("time", _minutes(hour, minutes, part), self._take(*match.span()), loose=not part)
        for match in _CLOCK.finditer(self.rest):
            part = next(
                (match[name] for name in ("day", "part", "arabic_part", "full_day", "full_part", "full_arabic_part") if match[name]), ""
            )
            if match["hour"] and _DECIMAL_TIME.search(match[0]) and not part:
                continue  # "6.10" is a decimal as often
            if match["full"] and part not in ("a", "p") and "o'clock" not in match[0]:
                continue  # "the 5 morning papers"
            at = (match["hour"], match["minute"]) if match["hour"] else (match["full"], "0")
            yield Figure("time", _minutes(int(at[0]), int(at[1]), part), self._take(*match.span()), loose=not part)

    def _weekdays(self) -> Iterator[Figure]:
        for match in _WEEKDAY.finditer(self.rest):
            day = match["english"] or match["arabic"]
            yield Figure("weekday", _BARE_DAYS[day] if day in _BARE_DAYS else WEEKDAY_OF[day], self._take(*match.span()))

    def _months(self) -> Iterator[Figure]:
        for match in _MONTH.finditer(self.rest):
            span = self.folded.to_original(*match.span("month"))
            is_capital = span.of(self.original)[:1].isupper()
            if (match["month"].isascii() and not is_capital) or match["month"] in _ABBREVIATED:
                continue
            if match["month"] in _ALSO_VERBS and not self.original[: span.start].strip():
                continue
            yield Figure("month", MONTH_OF[match["month"]], self._take(*match.span()))

    def _several_parts(self) -> Iterator[Figure]:
        for match in _SEVERAL_PARTS.finditer(self.rest):
            many = _small(match["how_many"]) if match["how_many"] else 1
            yield Figure("part", many * _PARTS[match["parts"] or match["single"]], self._take(*match.span()))

    def _numbers(self) -> Iterator[Figure]:
        text = self.rest
        for match in _NUMBER.finditer(text):
            found = self._number(text, match)
            if found is not None:
                yield found
        for match in _DUAL.finditer(self.rest):
            yield Figure("number", 2.0, self._take(*match.span()), units=frozenset([_DUALS[match["dual"]]]))

    def _number(self, text: str, match: re.Match[str]) -> Figure | None:
        start, end = match.span()
        if match["digits"] and (
            (match["glue"] and not _is_clitic(match["glue"])) or match["glued"] not in ("", "s", "st", "nd", "rd", "th")
        ):
            if match["glued"] in _SHORT_SCALES and match["sign"]:
                value = float(match["digits"].replace(",", "")) * _SHORT_SCALES[match["glued"]]
            else:
                return Figure("written", (match["glue"] or "") + match["digits"] + match["glued"], self._take(start, end))
        elif match["digits"]:
            if not _PLAIN_NUMBER.fullmatch(match["digits"]):
                return Figure("written", match["digits"], self._take(start, end))
            value = float(match["digits"].replace(",", ""))
            if match["glued"] in ("st", "nd", "rd", "th"):
                return Figure("ordinal", value, self._take(start, end))
            scale = match["scale"]
            value *= SCALES[scale] if scale in SCALES else _SHORT_SCALES[scale] if scale else 1
        else:
            in_letters = in_words(match["words"])
            if in_letters is None:
                return None  # "one", "hundreds": read below
            value = in_letters
        if match["tail"]:
            value += _PARTS[match["tail"]] * (SCALES[match["tail_scale"]] if match["tail_scale"] else _last_scale(match[0]))
        if match["english_tail"]:
            scale = match["english_scale"]
            value = (
                (value + _PARTS[match["english_tail"]]) * SCALES[scale]
                if scale
                else value + _PARTS[match["english_tail"]] * _last_scale(match[0])
            )
        return self._described(text, match, value)

    def _described(self, text: str, match: re.Match[str], value: float) -> Figure:
        start, end = match.span()
        leading = text[max(0, start - NEAR) : start]
        denied = _NOT_BEFORE.search(leading) is not None and _ONLY.search(leading) is None
        words = words_behind(text, end)
        currency = next((CURRENCY_OF[word] for word in words[:2] if word in CURRENCY_OF), None)
        if match["sign"]:
            currency = SIGNS.get(match["sign"].strip(), match["sign"].strip())
        bound = _bound(text, start, end)
        rate = _RATE.match(text, end)
        every = frozenset(["/" + _RATES[rate["english"] or rate["arabic"]]] if rate else [])
        span = self._take(start, end)
        if match["percent"]:
            return Figure("percentage", value, span, bound, is_denied=denied)
        if currency is not None:
            return Figure("money", value, span, bound, every, currency, denied)
        if _DECADES.match(text[end : end + 10]):
            return Figure("number", 10 * value, span, bound, frozenset(["=years"]), is_denied=denied)
        return Figure("number", value, span, bound, units(words) | every, is_denied=denied)

    def _parts(self) -> Iterator[Figure]:
        for match in _PART.finditer(self.rest):
            value = _PARTS[match["half"] or match["word"]]
            if match["of_scale"]:
                text, (start, end) = self.rest, match.span()
                yield Figure(
                    "number",
                    value * SCALES[match["of_scale"]],
                    self._take(start, end),
                    _bound(text, start, end),
                    units(words_behind(text, end)),
                )
            else:
                yield Figure("part", value, self._take(*match.span()))

    def _ordinals(self, pattern: re.Pattern[str]) -> Iterator[Figure]:
        for match in pattern.finditer(self.rest):
            if pattern is _ORDINAL and match["number"]:
                value = int(match["number"])
            elif pattern is _ORDINAL and match["english"]:
                value = _ENGLISH_ORDINALS[match["english"]] + (int(in_words(match["before"]) or 0) if match["before"] else 0)
            else:
                value = _arabic_ordinal(match)
            is_age = _OF_AGE.match(self.rest, match.end()) is not None
            yield Figure("number" if is_age else "ordinal", float(value), self._take(*match.span()))

    def _words(self) -> Iterator[Figure]:
        text = self.rest
        for match in _WORD_FIGURE.finditer(text):
            start, end = match.span()
            if match["many"]:
                yield Figure("many", _MANY[match["many"]], self._take(start, end))
            elif not (_LOOSE[match["loose"]] == 1 and (_NO_ONE.search(text[:start]) or text.startswith((" of", " another"), end))):
                yield Figure(
                    "number", float(_LOOSE[match["loose"]]), self._take(start, end), units=units(words_behind(text, end)), loose=True
                )


def _is_clitic(glue: str) -> bool:
    return glue.rstrip("-") in {"و", "ف", "ب", "ل", "ك", "ال", "بال", "لل", "وال", "us"}


def _arabic_ordinal(match: re.Match[str]) -> int:
    value = _ARABIC_ORDINALS[match["arabic"]]
    return value + (10 if match["teen"] else _ARABIC_TENS[match["tens"]] if match["tens"] else 0)


def _small(word: str | None) -> int:
    """A small number in digits or in words; 0 for none."""
    return 0 if word is None else int(word) if word.isdigit() else int(in_words(word) or 1)


def _minutes(hour: int, minute: int, part: str) -> int:
    """Minutes of the day, of half a day where nothing says which."""
    if not part:
        return hour * 60 + minute
    return (hour % 12) * 60 + minute + (_HALF_A_DAY if part in _LATE else 0)


def _last_scale(text: str) -> int:
    found = re.findall(any_of(SCALES), text)
    return SCALES[found[-1]] if found else 1


def _bound(text: str, start: int, end: int) -> Bound:
    leading, behind = text[max(0, start - NEAR) : start], text[end : end + NEAR]
    if _EXACTLY.search(leading) or _EXACTLY_BEHIND.match(behind):
        return "exactly"
    # "no less than" holds "less than"
    before = [(found.start(), bound) for pattern, bound in _BOUNDS if (found := pattern.search(leading))]
    if before:
        start, bound = min(before)
        return "" if _REACHES.search(leading, start) else bound
    return "more" if MORE_BEHIND.match(behind) else "about" if ABOUT_BEHIND.match(behind) else ""


def unborne(statement: Sequence[Figure], grounds: Sequence[tuple[str, Sequence[Figure]]], said: frozenset[str]) -> Figure | None:
    """The first figure of a statement that no ground bears out; a ground is its text with its figures, `said` the statement's stems."""
    theirs = [figure for _, found in grounds for figure in found]
    for figure in statement:
        if not _is_borne(figure, statement, theirs, grounds, said):
            return figure
    return None


def _is_borne(
    figure: Figure,
    ours: Sequence[Figure],
    theirs: Sequence[Figure],
    grounds: Sequence[tuple[str, Sequence[Figure]]],
    said: frozenset[str],
) -> bool:
    if figure.kind == "written":
        wanted = str(figure.value)
        return any(wanted in fold(text).text for text, _ in grounds)
    if figure.loose and figure.value == 1:
        # "one boat" says no more than "a boat", but "two boats" are not one
        return not any(other.kind == "number" and other.value != 1 and _shared(figure, other) for other in theirs) or any(
            other.value == 1 and other.kind in {"number", "ordinal"} for other in theirs
        )
    same = [other for other in theirs if _is_same_value(figure, other)]
    fitting = [other for other in same if _is_same_unit(figure, other) and _is_same_bound(figure, other)]
    if not figure.is_denied:
        fitting = [other for other in fitting if not other.is_denied]
    if figure.value == 2 and figure.kind == "number" and not fitting:
        return any(_MAY_BE_DUAL.search(fold(text).text) for text, _ in grounds) or (
            figure.loose and any(re.search(r"\band\b|\sو", text) for text, _ in grounds)
        )
    return bool(fitting) and not _belongs_to_another(figure, fitting, ours, theirs, said)


def _is_same_value(one: Figure, other: Figure) -> bool:
    if isinstance(one.value, str) or isinstance(other.value, str):
        return one.value == other.value
    kinds = {one.kind, other.kind}
    if one.kind == "month" and other.kind == "date":
        return int(other.value) // 100 == one.value
    if kinds == {"part", "percentage"}:
        share = {figure.kind: figure.value for figure in (one, other)}
        return isclose(100 * float(share["part"]), float(share["percentage"]), abs_tol=0.5)
    if kinds in ({"number", "money"}, {"number", "ordinal"}) or len(kinds) == 1:
        if kinds == {"number", "ordinal"} and not one.value > (2 if one.is_arabic != other.is_arabic else 20):
            return False
        if one.kind == "time" and (one.loose or other.loose):
            return one.value % _HALF_A_DAY == other.value % _HALF_A_DAY
        return isclose(one.value, other.value, rel_tol=1e-9)
    return False


def _is_same_unit(figure: Figure, other: Figure) -> bool:
    rates = [{unit for unit in one.units if unit[0] == "/"} for one in (figure, other)]
    if rates[0] and rates[1] and rates[0] != rates[1]:
        return False
    if figure.kind == other.kind == "money":
        return figure.currency == other.currency
    if figure.kind == "money":
        return not any(unit[0] != "/" for unit in other.units)
    known, theirs = ({unit for unit in one.units if unit[0] == "="} for one in (figure, other))
    if other.kind == "money":
        return not known
    if not known or not theirs or known & theirs:
        return True
    return bool(known <= PEOPLE and theirs <= PEOPLE and ("=people" in known or "=people" in theirs))


def _is_same_bound(figure: Figure, other: Figure) -> bool:
    if figure.is_of_calendar:
        return True
    ours, theirs = figure.bound, other.bound
    if "more" in (ours, theirs) or "less" in (ours, theirs):
        return ours == theirs
    return not (ours == "exactly" and theirs == "about")


def _shared(one: Figure, other: Figure) -> set[str]:
    return {unit for unit in one.units & other.units if unit[0] != "/" and not is_stop(unit)}


def _belongs_to_another(
    figure: Figure, fitting: Sequence[Figure], ours: Sequence[Figure], theirs: Sequence[Figure], said: frozenset[str]
) -> bool:
    """Whether what a figure counts is what the grounds say another number of: "161 died" where nine died and 161 were saved.

    Not where the ground does not say again what it counts ("from 312 votes to 287"). `said` are the statement's stems.
    """
    if figure.kind not in {"number", "money", "percentage"} or any(_shared(figure, other) or not other.units for other in fitting):
        return False
    others = [other for other in theirs if other.kind == figure.kind and other.value != figure.value and _shared(figure, other)]
    if not others:
        return False
    # Across languages only units that both know say what is counted.
    known = any(unit[0] == "=" for unit in figure.units)
    telling = [other for other in fitting if other.is_arabic == figure.is_arabic or (known and any(unit[0] == "=" for unit in other.units))]
    if telling and all(not (other.units & said) for other in telling):
        return True
    exchanged = [one for one in ours if one is not figure and any(one.value == other.value for other in others)]
    return any(_shared(one, other) for one in exchanged for other in fitting) and not any(
        _shared(one, other) for one in exchanged for other in others if one.value == other.value
    )
