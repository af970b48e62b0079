"""What a question asks for, and which spans of a sentence could be that: a number, a sum of money, a date, a name, a phrase.

The expected answer type is the oldest tool of question answering (Li & Roth 2002, "Learning question classifiers"). Here the question's own
words tell it, in English and Arabic; in other languages, and where they do not tell, any phrase may answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum

from index.fold import fold, fold_text
from index.spans import Span
from index.terms import is_stop, terms


class AnswerType(Enum):
    """The values are what a reader would call them."""

    NUMBER = "number"
    MONEY = "sum of money"
    PERCENT = "percentage"
    DATE = "date"
    DURATION = "length of time"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    YES_NO = "yes or no"
    PHRASE = "phrase"

    def is_typed(self, text: str) -> bool:
        """Whether a look at `text` can tell that it holds no such answer. Arabic names have no capitals to be known by."""
        if self in {AnswerType.PERSON, AnswerType.PLACE}:
            return _LATIN_CAPITAL.search(text) is not None
        return self in _CANDIDATES


# In folded text (lower case, plain alef, ya and ta marbuta). The first that matches decides.
_QUESTIONS: tuple[tuple[AnswerType, str], ...] = (
    (AnswerType.PERCENT, r"\b(what|which) (percent|percentage|proportion|share)\b|\bhow many percent\b"),
    (AnswerType.PERCENT, r"\b(كم|ما|ما هي) (ال)?نسبه|\bكم (بلغت|تبلغ) (ال)?نسبه|كم في الم[ئي]ه"),
    (
        AnswerType.MONEY,
        r"\bhow much\b.{0,200}\b(costs?|pays?|paid|spend|spent|money|price|worth|earn|earned|charged?|fee|fined?|invest|invested"
        r"|sell|sold|buy|bought|donated?|raised?|owe|owed|budget)\b",
    ),
    (AnswerType.MONEY, r"\b(what|which)\b.{0,40}\b(price|salary|cost|fee|fine|budget|wage|sum of money|revenue)\b"),
    (AnswerType.MONEY, r"\bhow many (dollars|euros|pounds|dinars|riyals)\b|\bكم\b.{0,12}\b(دولار|يورو|دينار|ريال|درهم|جنيه)"),
    (AnswerType.MONEY, r"\b(كم|ما)\b.{0,20}\b(ثمن|سعر|تكلف|كلف|راتب|غرام|ميزاني|المبلغ|مبلغ|دفع|رسوم)"),
    (AnswerType.DURATION, r"\bhow long\b(?!.{0,200}\b(river|wall|bridge|road|line|coast)\b)|\bhow old\b"),
    (AnswerType.DURATION, r"\bhow many (years|months|weeks|days|hours|minutes|seconds)\b"),
    (AnswerType.DURATION, r"\bكم\b (من )?(ال)?(سنه|عام|شهر|يوم|ساعه|اسبوع|دقيقه|سنوات|ايام|اشهر|وقت)"),
    (AnswerType.DURATION, r"\bكم (يبلغ |كان )?(عمر|استغرق|دام|استمر)|\bما (هي )?(ال)?مده"),
    (AnswerType.NUMBER, r"\bhow (many|much|often|far|tall|high|large|big|deep|wide|fast|heavy|loud|hot|cold)\b"),
    (AnswerType.NUMBER, r"\b(what|which)\b.{0,25}\b(number|population|amount|score|size|age|rank)\b|\bwhat is the (total|average)\b"),
    (AnswerType.NUMBER, r"\bكم\b|\bما (هو |هي )?(ال)?(عدد|مساحه|ارتفاع|طول|عمق|رقم)"),
    (AnswerType.DATE, r"\bwhen\b|\b(what|which) (\w+ )?(year|years|date|day|month|century|decade|season|era|period)\b|\bwhat time\b"),
    (AnswerType.DATE, r"\bمت[يى]\b|\b(اي|ما|ما هو|ما هي) (ال)?(عام|سنه|تاريخ|يوم|شهر|قرن|عقد)\b"),
    (AnswerType.REASON, r"\bwhy\b|\bwhat (was|is|were|are) the (reason|cause|motive)s?\b"),
    (AnswerType.REASON, r"\bلماذا\b|\b(ما|ما هو|ما هي) (ال)?(سبب|اسباب|دافع)"),
    (
        AnswerType.PLACE,
        r"\bwhere\b|\bwhat is the capital\b|\b(what|which|whose) (\w+ )?(country|city|town|village|state|province|region|continent|place"
        r"|location|island|district|county|capital)\b",
    ),
    (
        AnswerType.PLACE,
        r"\b(اين|فين)\b|\b(اي|ما|ما هي|ما هو|ما اسم) (ال)?(دوله|مدينه|بلد|بلده|قريه|ولايه|منطقه|قاره|مكان|جزيره|محافظه|عاصمه)\b",
    ),
    (
        AnswerType.PERSON,
        r"\b(who|whom|whose)\b|\b(what|which) (\w+ )?(person|man|woman|president|minister|player|actor|author|king|queen|leader|scientist"
        r"|coach|director|name of the)\b",
    ),
    (
        AnswerType.PERSON,
        r"^\W*(و|ل|ب|مع |عند |علي يد |من قبل )?من (?!(اين|اي|خلال|بين|ضمن|حيث|اجل|المهم|الممكن)\b)|\bما اسم\b",
    ),
    (
        AnswerType.YES_NO,
        r"^\W*(is|are|was|were|did|does|do|has|have|had|can|could|will|would|should|may|might|isn't|aren't|wasn't|didn't|doesn't|don't)\b"
        r"|^\W*هل\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _QUESTIONS)


def answer_type(question: str) -> AnswerType:
    """What the question asks for, by its words alone.

    >>> [answer_type(q).name for q in ("How many boats sank?", "متى افتتح الجسر؟", "من كتب الرسالة؟", "What did he say?")]
    ['NUMBER', 'DATE', 'PERSON', 'PHRASE']
    """
    folded = fold_text(question).strip()
    return next((kind for kind, pattern in _PATTERNS if pattern.search(folded)), AnswerType.PHRASE)


_ENGLISH_NUMBER = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|hundreds|thousand|thousands|million|millions|billion|trillion|dozen|dozens"
    r"|half|once|twice)"
)
# Not Monday, which is spelled as "the two".
_ARABIC_NUMBER = (
    r"(?:(?!الاثنين\b)و?ب?(?:ال)?(?:واحد|واحده|اثنان|اثنين|اثنتان|اثنتين|ثلاث|ثلاثه|اربع|اربعه|خمس|خمسه|ست|سته|سبع|سبعه|ثمان|ثماني|ثمانيه|تسع|تسعه|عشر|عشره|عشرون|عشرين"
    r"|ثلاثون|ثلاثين|اربعون|اربعين|خمسون|خمسين|ستون|ستين|سبعون|سبعين|ثمانون|ثمانين|تسعون|تسعين|مئه|مايه|ميه|مئات|مئتان|مئتين|مائه|مائتان|مائتين|ميتين|الف|الفا|الفان|الفين|الاف|مليون|مليونا|ملايين"
    r"|مليار|مليارات|نصف|مرتين))"
)
_WORD_NUMBER = rf"\b(?:{_ENGLISH_NUMBER}(?:[ -](?:and )?{_ENGLISH_NUMBER})*|{_ARABIC_NUMBER}(?: {_ARABIC_NUMBER})*)\b"
_DIGITS = r"\d+(?:[.,]\d+)*"
_SCALE = r"(?: ?(?:million|billion|trillion|thousand|hundred|مليون|مليونا|ملايين|مليار|مليارا|مليارات|الف|الفا|الاف|تريليون))?\b"
_ANY_NUMBER = rf"(?:{_DIGITS}{_SCALE}|{_WORD_NUMBER})"
_CURRENCY = (
    r"(?:dollars?|euros?|pounds?|dinars?|riyals?|dirhams?|francs?|yen|yuan|cents?"
    r"|دولارا?ت?|يورو|دينارا?|دنانير|ريالا?ت?|درهما?|دراهم|جنيها?ت?|فرنكا?)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|يناير|فبراير|مارس|ابريل|مايو|يونيو|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر|كانون (?:الثاني|الاول)"
    r"|شباط|اذار|نيسان|ايار|حزيران|تموز|اب|ايلول"
    r"|تشرين (?:الاول|الثاني))\b\.?"
)
_YEAR = r"(?:1\d{3}|20\d{2}|[1-9]\d{0,3} ?(?:bc|ad|bce|ce|ق\.م|م)\b)"
# A weekday or a month alone is no date in an archive: the sentence that gives the year is the better answer.
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? {_YEAR})?|{_MONTH} {_YEAR}"
    rf"|\b{_YEAR}(?:s\b)?|\b\d{{1,2}}(?:st|nd|rd|th) centur(?:y|ies)|\bالقرن ال\w+(?: عشر)?)"
)
_TIME_UNIT = (
    r"(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(?:y|ies)"
    r"|سنه|سنوات|سنين|عاما?|اعوام|شهرا?|اشهر|شهور|اسبوعا?|اسابيع|يوما?|ايام|ساعه|ساعات|دقيقه|دقائق|دقايق)"
)
_CANDIDATES: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.NUMBER: re.compile(_ANY_NUMBER),
    AnswerType.MONEY: re.compile(
        # A currency, or what stands where one would: there are more currencies than any list has.
        rf"(?:us|a|c)?[$€£¥] ?{_DIGITS}{_SCALE}|{_DIGITS}{_SCALE} ?(?:[$€£¥]|[^\W\d]+)|{_WORD_NUMBER} (?:{_CURRENCY}|[^\W\d]+)\b"
    ),
    AnswerType.PERCENT: re.compile(
        rf"{_ANY_NUMBER} ?(?:%|percent|per cent|percentage points?|(?:في |ب)?(?:ال)?(?:مايه|ميه|مئه|مائه))|{_DIGITS} ?%"
    ),
    AnswerType.DATE: re.compile(_DATE),
    AnswerType.DURATION: re.compile(rf"{_ANY_NUMBER}[- ]{_TIME_UNIT}\b(?:[- ]old\b)?"),
}

# A run of capitalised words with the particles that names have inside.
_LATIN_CAPITAL = re.compile(r"\b[A-Z]")
_NAME_WORD = r"[A-Z][\w’'-]*(?:\.(?= ?[A-Z]))?"
_NAME = re.compile(rf"\b{_NAME_WORD}(?:\s?(?:(?:of|the|al|el|bin|ibn|van|von|de|la|le|du|der)\s){{0,2}}\s?{_NAME_WORD})*")


def short_answer(kind: AnswerType, text: str, weights: Mapping[str, float]) -> str | None:
    """The shortest span of a sentence that answers a question of that kind, or None. `weights`: the question's words, by stem.

    Of the candidates the one that stands nearest to the question's words, each word by its weight over its distance.
    Reasons and yes or no are nothing that a span could say. Neither is it guessed which phrase answers "what", nor which Arabic words are a
    name: F1 .16 on xquad-en's phrases, .12 on xquad-ar's persons, against .66 and more for dates and numbers, .37 for English persons.
    """
    if not kind.is_typed(text):
        return None
    spans = list(candidates(kind, text))
    if not spans:
        return None
    words = terms(text)
    met = [(word.span.start, weights[word.stem]) for word in words if word.stem in weights]
    best, best_score = None, -1.0
    for span in spans:
        inside = [word for word in words if span.start <= word.span.start < span.end]
        # "How old" must not shut out "26 years old": of a number the first word decides.
        if any(word.stem in weights for word in (inside[:1] if kind in _CANDIDATES else inside)):
            continue
        if all(is_stop(word.stem) for word in inside):
            continue
        score = sum(weight / (_NEARBY + max(span.start - at, at - span.end, 0)) for at, weight in met)
        if score > best_score:
            best, best_score = span.of(text), score
    return best


# Characters: within so much, nearness hardly counts. No measurement behind it.
_NEARBY = 20


def candidates(kind: AnswerType, text: str) -> Iterator[Span]:
    """The spans of `text` that could be such an answer, in order."""
    pattern = _CANDIDATES.get(kind)
    if pattern is not None:
        folded = fold(text)
        for match in pattern.finditer(folded.text):
            yield folded.to_original(*match.span())
    else:
        yield from (Span(*match.span()) for match in _NAME.finditer(text))
