"""Arabic: patterns over folded text for what a question asks, and for candidate answers in a sentence.

In folded text alef, ya and ta marbuta are normalised.
"""

from __future__ import annotations

from index.languages.ar.numbers import DUALS, VALUES
from index.languages.ar.numbers import SCALES as NUMBER_SCALES
from index.languages.ar.quantities import MANY
from index.languages.ar.quantities import MONTHS as CALENDAR_MONTHS
from index.languages.base import any_of, language
from index.text.fold import fold_text

# by the name of an answer type (qa/ask/answer_types.py)
ASKED = {
    "PERCENT": r"\b(كم|ما|ما هي) (ال)?نسبه|\bكم (بلغت|تبلغ) (ال)?نسبه|كم في الم[ئي]ه",
    "MONEY": (
        r"\bكم\b.{0,12}\b(دولار|يورو|دينار|ريال|درهم|جنيه)"
        r"|\b(كم|ما)\b.{0,20}\b(ثمن|سعر|تكلف|كلف|راتب|غرام|ميزاني|المبلغ|مبلغ|دفع|رسوم)"
    ),
    "DURATION": (
        r"\bكم\b (من )?(ال)?(سنه|عام|شهر|يوم|ساعه|اسبوع|دقيقه|سنوات|ايام|اشهر|وقت)"
        r"|\bكم (يبلغ |كان )?(عمر|استغرق|دام|استمر)|\bما (هي )?(ال)?مده"
    ),
    "NUMBER": r"\bكم\b|\bما (هو |هي )?(ال)?(عدد|مساحه|ارتفاع|طول|عمق|رقم)",
    "DATE": r"\bمت[يى]\b|\b(اي|ما|ما هو|ما هي) (ال)?(عام|سنه|تاريخ|يوم|شهر|قرن|عقد)\b",
    "REASON": r"\bلماذا\b|\b(ما|ما هو|ما هي) (ال)?(سبب|اسباب|دافع)",
    "PLACE": (r"\b(اين|فين)\b|\b(اي|ما|ما هي|ما هو|ما اسم) (ال)?(دوله|مدينه|بلد|بلده|قريه|ولايه|منطقه|قاره|مكان|جزيره|محافظه|عاصمه)\b"),
    "PERSON": (r"^\W*(و|ل|ب|مع |عند |علي يد |من قبل )?من (?!(اين|اي|خلال|بين|ضمن|حيث|اجل|المهم|الممكن)\b)|\bما اسم\b"),
    "YES_NO": r"^\W*هل\b",
}

_WORDS = language("ar")
_COUNTED = _WORDS.mapping("quantities.units")


# Not "one of" and "anybody". With the article, "the two" is Monday.
_NUMBERS = {*VALUES, *NUMBER_SCALES, *DUALS, *MANY, "نصف", "مرتين"} - {"احد", "احدي"}
_NUMBER = rf"(?:(?!الاثنين\b)و?ب?(?:ال)?(?:{any_of(map(fold_text, _NUMBERS))}))"
# a number that is no answer alone, or the second half of one whose first half did not match ("and twenty")
NO_NUMBER = r"(?:ال)?واحده?|عشرات|ميات|الاف|ملايين|و(?!احد)\w*"
# alternatives, to be put in a group
NUMBER_IN_WORDS = rf"{_NUMBER}(?: {_NUMBER})*"
SCALES = any_of(map(fold_text, NUMBER_SCALES))
CURRENCIES = any_of(fold_text(" ".join(_WORDS.mapping("quantities.currencies").values())).split())
PERCENT = "(?:في |ب)?(?:ال)?(?:مايه|ميه|مئه|مائه)"
MONTHS = any_of(CALENDAR_MONTHS)
ERAS = r"ق\.م|م"
CENTURY = r"\bالقرن ال\w+(?: عشر)?"
_TIMES = " ".join(_COUNTED[name] for name in ("years", "months", "weeks", "days", "hours", "minutes", "seconds"))
TIME_UNITS = any_of([*fold_text(_TIMES).split(), "سنين"])

_PIECE = r"(?:ال)?(?:مقال|مقاله|تقرير|خبر|قصه|تحقيق|ماده|موضوع)(?:ه|ها)?"
# Before the second of two questions in one, over the text itself.
SECOND_QUESTION = r"[،؛؟]?\s+و(?=(?:من|ما|ماذا|متى|أين|اين|كم|بكم|كيف|لماذا|هل|أي|لمن|عمّ|عم)\s)|؟\s+(?=\w)"

# Questions about an article's metadata.
ABOUT_AN_ARTICLE = {
    "author": rf"\bمن\b.{{0,12}}\b(?:كتب|كاتب|كاتبه|اعد|معد|حرر|محرر|صاحب)\b.{{0,200}}\b{_PIECE}\b",
    "date": rf"\b(?:متي|تاريخ)\b.{{0,200}}\b(?:نشر|نشرت|صدر|كتب)\b.{{0,200}}\b{_PIECE}\b|\bتاريخ (?:نشر|صدور)\b",
    "publisher": rf"\bاي (?:صحيفه|جريده|وكاله|موقع|جهه)\b.{{0,200}}\b(?:نشر|نشرت)\b|\bمن (?:نشر|ناشر)\b.{{0,200}}\b{_PIECE}\b",
}
