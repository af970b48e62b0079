"""Arabic: which words near a quotation say who speaks, and by which verb ("قالت الطبيبة", "بحسب الوزارة", "ونقلت الوكالة عن شاهد قوله").

The verb comes first and its subject right behind it; where no subject stands there, the last speaker goes on (pro-drop), and the form of
the verb says whether that is a woman. The same interface as cues.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from index.cues import Cue, Word
from index.fold import fold_text
from index.spans import Span


def _set(listed: str) -> frozenset[str]:
    """Words as they are compared: folded."""
    return frozenset(fold_text(listed).split())


_TOKEN = re.compile(r"[^\W_][\w\u064b-\u0652\u0670\u0640]*+(?:[.'’-](?=\w)[\w\u064b-\u0652\u0670\u0640]*+)*+|\S")
_MASCULINE = _set(
    "قال يقول صرح يصرح أضاف يضيف تابع يتابع أكد يؤكد أوضح يوضح ذكر يذكر أعلن يعلن أشار يشير شدد يشدد لفت يلفت كشف يكشف روى يروي كتب يكتب "
    "علق يعلق رد يرد اعتبر يعتبر رأى يرى زعم يزعم ادعى يدعي اعترف يعترف أقر يقر حذر يحذر نفى ينفي سأل يسأل أجاب يجيب استطرد يستطرد أردف "
    "يردف واصل يواصل ختم تساءل يتساءل غرد يغرد هتف صاح أفاد يفيد نبه ينبه توقع يتوقع استدرك حكى يحكي همس نوه ينوه أبلغ أخبر يخبر وصف يصف "
    "جادل يجادل عقب تحدث يتحدث أورد أبدى جزم تعهد يتعهد اتهم يتهم وعد"
)
_FEMININE = _set(
    "قالت تقول صرحت تصرح أضافت تضيف تابعت أكدت تؤكد أوضحت توضح ذكرت تذكر أعلنت تعلن أشارت تشير شددت تشدد لفتت تلفت كشفت تكشف روت تروي "
    "كتبت تكتب علقت ردت ترد اعتبرت تعتبر رأت ترى زعمت تزعم ادعت تدعي اعترفت تعترف أقرت تقر حذرت تحذر نفت تنفي سألت تسأل أجابت تجيب "
    "استطردت أردفت واصلت ختمت تساءلت تتساءل غردت هتفت صاحت أفادت تفيد نبهت توقعت تتوقع استدركت حكت تحكي همست نوهت أبلغت أخبرت وصفت تصف "
    "جادلت عقبت تحدثت أوردت أبدت جزمت تعهدت اتهمت تتهم وعدت"
)
_PLURAL = _set("قالوا يقولون أضافوا أكدوا يؤكدون أوضحوا ذكروا أعلنوا أشاروا شددوا كتبوا هتفوا صاحوا ردوا حذروا زعموا نفوا أفادوا قلن")
_FORM_OF = dict.fromkeys(_MASCULINE, "m") | dict.fromkeys(_PLURAL, "p") | dict.fromkeys(_FEMININE, "f")
_FORM_OF = {conjunction + verb: form for conjunction in "وف" for verb, form in _FORM_OF.items()} | _FORM_OF
_PARTICIPLES = _set(
    "قائلا قائلة مضيفا مضيفة موضحا موضحة مؤكدا مؤكدة مشيرا مشيرة محذرا محذرة متسائلا متسائلة معتبرا معتبرة مشددا مشددة معلنا معلنة لافتا "
    "لافتة كاشفا منوها قائلين مضيفين مؤكدين مشيرين مؤكدا مردفا مستطردا مستدركا"
)
_ACCORDING = _set("بحسب حسب حسبما وفق وفقا طبقا")
_THAT = _set("إن أن بأن إنه أنه إنها أنها بأنه بأنها إنهم أنهم بأنهم إنني أنني بأنني إننا أننا إلى إنك أنك")
_PLAIN_THAT = _set("إن أن بأن")
_SAID_THAT = _THAT - _set("إلى")
_STOPS = (
    _THAT
    | _set(
        "في خلال على عن إلى أمس اليوم يوم مساء صباح ليل ظهر الذي التي الذين اللذين اللواتي وهو وهي وهم بعد قبل عقب أثناء عبر ضمن تعليقا "
        "ردا حول بشأن عندما حين حينما حيث لدى بعدما قبيل كما لكن ولكن ثم وقد قد لم لن لا ما مع عند منذ حتى كي لكي بينما إذ إذا لو هنا "
        "هناك إثر تحت فوق بين دون بدون غير سوى رغم ضد نحو أنه بسبب بعض ذلك هذا هذه تلك الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة "
        "السبت هو هي هم إنما أيضا كذلك بدوره بدورها مجددا مرارا لاحقا سابقا آنذاك قائلا الآن الأسبوع الشهر الماضي الماضية "
        "الجاري ضاحكا ضاحكة مبتسما مبتسمة باكيا باكية غاضبا غاضبة ساخرا ساخرة مازحا"
    )
    | _PARTICIPLES
)
# What may follow a subject with a clitic before it: "للصحافيين", "بالقول", "لرويترز". A ل before a single word may as well begin a name, so
# only those whom one speaks to are known.
_CLITIC = re.compile(
    r"(?:لل|بال)\w{3,}|ل(?:وكاله|قناه|صحيفه|موقع|شبكه|رويترز|فرانس|بي|سي|مجله|هييه|راديو|تلفزيون|وسايل|عدد|مراسلي?|برنامج|نا|ها|ه|هم)"
)
_ADVERBS = _set("أيضا بدوره بدورها كذلك لاحقا سابقا أمس اليوم مجددا حينها آنذاك قد كان كانت من جهته جهتها جانبه جانبها")
_LONGEST = 1500  # characters of a sentence that are read
_LONGEST_SUBJECT = 9  # words; no measurement behind it


def words(text: str, span: Span) -> list[Word]:
    """The words and marks of a span."""
    return list(_read(text, span))


def _read(text: str, span: Span) -> Iterator[Word]:
    for match in _TOKEN.finditer(text, span.start, span.end):
        word = match[0]
        yield _tuple(Word, (word, match.start(), match.end(), _folded(word)))


_tuple = tuple.__new__  # as in cues.py
_folded = lru_cache(maxsize=1 << 13)(fold_text)  # words come again and again; no figure behind the size


def after(text: str, gap: Span, ready: bool) -> Cue | None:
    """The cue that follows a quotation: see cues.after."""
    read = _read(text, Span(gap.start, min(gap.end, gap.start + _LONGEST)))
    here = list(takewhile(lambda word: word.text not in {".", "؟", "!"}, read))
    while here and here[0].text in {",", "،", "-", "–", "—", "…"}:
        ready, here = True, here[1:]
    if not here:
        return None
    first = _plain(here[0])
    if first in _ACCORDING:
        return _according(here, 0)
    if first == "علي" and len(here) > 3 and _plain(here[1]) == "حد":  # "على حد قوله", "على حد تعبير الوزير"
        verb = Span(here[0].start, here[2].end)
        return Cue(verb, None if _plain(here[2]).endswith(("ه", "ها", "هم")) else _described(here, 3), _form(here[2]))
    at = 1 if first == "كما" and len(here) > 1 else 0
    bare = _verb(here[at])
    # "…». وأضاف" begins the next sentence, and leads to what follows.
    if bare is None or (not ready and here[at].text[0] in "وف") or (not ready and at == 0):
        return None
    return Cue(Span(here[at].start, here[at].end), _described(here, at + 1), bare)


def before(text: str, gap: Span) -> Cue | None:
    """The cue in the sentence that leads to a quotation: see cues.before."""
    return _last_cue(words(text, Span(max(gap.start, gap.end - _LONGEST), gap.end)))


def _last_cue(here: Sequence[Word]) -> Cue | None:
    for at in range(len(here) - 1, -1, -1):
        word = _plain(here[at])
        if word not in _TELLING:
            continue
        span = Span(here[at].start, here[at].end)
        if word in _WORDS_OF_SAYING or word in _PARTICIPLES:
            source = _cited_from(here, at) if word not in _PARTICIPLES else None
            if source is not None:
                return Cue(span, source)
            earlier = _last_cue(here[:at])
            if earlier is not None:
                return Cue(span, earlier.speaker, earlier.form)
            return Cue(span, _doer(here, at), _form(here[at]))
        if word in _ACCORDING:
            return _according(here, at)
        form = _verb(here[at])
        if form is not None:
            speaker = _described(here, at + 1)
            if speaker is None and at and here[at].text[0] not in "وف":
                speaker = _in_front(here, at)
            return Cue(span, speaker, form)
    return None


_WORDS_OF_SAYING = frozenset({"قوله", "قولها", "القول", "قولهم"})
_TELLING = _WORDS_OF_SAYING | _PARTICIPLES | _ACCORDING | _FORM_OF.keys()


def subject(text: str, sentence: Span) -> Span | None:
    """Arabic narration does not tell by its form whom it is about: None."""
    return None


def reported(text: str, sentence: Span) -> tuple[Cue, Span] | None:
    """The cue of a sentence that reports speech without quotation marks, and the span of what was said: see cues.reported."""
    if len(sentence) > _LONGEST or not _may_report(text, sentence):
        return None
    here = words(text, sentence)
    while here and here[-1].text in {".", "!", "؟", "…", ",", "،"}:
        here.pop()
    if len(here) < 4:
        return None
    end = here[-1].end
    first = _plain(here[0]).removeprefix("و")
    if first in _ACCORDING:
        comma = next((at for at, word in enumerate(here[:14]) if word.text in {",", "،"}), None)
        if comma is None or comma + 3 > len(here):
            return None
        return Cue(Span(here[0].start, here[0].end), _described(here, 1)), Span(here[comma + 1].start, end)
    for at, word in enumerate(here[:40]):
        form = _verb(word)
        if form is None:
            continue
        that = next((place for place in range(at + 1, min(at + 26, len(here))) if _plain(here[place]) in _SAID_THAT), None)
        if that is None or that + 3 > len(here):
            continue
        content = here[that + 1] if _plain(here[that]) in _PLAIN_THAT else here[that]
        speaker = _described(here, at + 1)
        if speaker is None and at and word.text[0] not in "وف":
            speaker = _in_front(here, at)
        return Cue(Span(word.start, word.end), speaker, form), Span(content.start, end)
    return None


def _may_report(text: str, sentence: Span) -> bool:
    """Whether the sentence begins with "according to", or has both a verb of saying and "that": few have, and the rest need not be read."""
    here = [*map(_folded, _TOKEN.findall(text, sentence.start, sentence.end))]
    if not here or here[0].removeprefix("و") in _ACCORDING:
        return bool(here)
    return not _SAID_THAT.isdisjoint(here) and not _FORM_OF.keys().isdisjoint(here)


# What is named between quotation marks: papers, ships, books.
_BEAR_NAMES = _set(
    "صحيفة مجلة قناة وكالة موقع شركة فيلم كتاب رواية مسلسل برنامج حزب حركة مؤسسة منظمة إذاعة جريدة فريق نادي فندق سفينة عبارة تنظيم أغنية "
    "مسرحية جمعية مدرسة مستشفى مطعم عملية مشروع معرض ألبوم باخرة يخت"
)


def leads(text: str, lead: Span) -> bool:
    """Whether the words right before a quotation lead to it: a colon, a verb of saying, "that", a description by it."""
    last = words(text, lead)[-2:]
    if not last or _plain(last[-1]).removeprefix("ال") in _BEAR_NAMES:
        return False
    return (
        last[-1].text in {":", "،", ","}
        or any(_verb(word) is not None or _plain(word) in _PARTICIPLES or _plain(word) in _SAID_THAT for word in last)
        or _plain(last[-1]) in {"ب", "بانه", "بانها", "كلمه", "عباره", "قوله", "قولها"}
    )


def _according(here: Sequence[Word], at: int) -> Cue:
    """The source behind "بحسب"; "حسبما أفاد مصدر" has a verb before it."""
    skipped = at + 1 < len(here) and _verb(here[at + 1]) is not None
    return Cue(Span(here[at].start, here[at + skipped].end), _described(here, at + 1 + skipped))


def _plain(word: Word) -> str:
    return word.lower


def _verb(word: Word) -> str | None:
    """The form of a verb of saying, perhaps behind a conjunction: "m", "f", "p"; None where the word is none."""
    return _FORM_OF.get(word.lower)


def _form(word: Word) -> str:
    plain = _plain(word)
    return "f" if (plain.endswith(("ها", "ه")) and plain in _PARTICIPLES) or plain.endswith("ها") else "m"


def _described(here: Sequence[Word], at: int) -> Span | None:
    """The name or description that begins at `here[at]`, right behind its verb; None where another thing follows."""
    while at < len(here) and _plain(here[at]) in _ADVERBS:
        at += 1
    end = at
    while end < len(here) and end - at < _LONGEST_SUBJECT:
        word = here[end]
        plain = _plain(word)
        if (
            plain in _STOPS
            or (end > at and plain in _MATTERS)
            or not word.text[0].isalnum()
            or word.text[0].isdigit()
            or _verb(word) is not None
        ):
            break
        if plain == "من" and (end == at or end - at > 2):
            break
        if word.text.startswith(("لإ", "لأ", "لآ")):
            break
        if end > at and _OWN.search(plain):
            break  # "أعلن الوزير استقالته": the object
        if end - at > 1 and plain.startswith("لل") and _goes_on(here, end):
            end += 1
            continue
        if end > at and (_CLITIC.fullmatch(plain) or plain.startswith("ول") or plain.startswith("وب")):
            break
        if end == at and _CLITIC.fullmatch(plain):
            return None
        end += 1
    if end > at and end + 2 < len(here) and here[end].text in _MARKS and _plain(here[end - 1]) in _BEAR_NAMES:  # صحيفة "المرفأ"
        closing = next((place for place in range(end + 2, min(end + 6, len(here))) if here[place].text in _MARKS), None)
        end = end if closing is None else closing + 1
    return Span(here[at].start, here[end - 1].end) if end > at else None


_OWN = re.compile("(?:ته|تها|تهم)$")
_ADDRESSED = _set(
    "للصحفيين للصحافيين للصحافة للإعلام للمراسلين للقناة للوكالة للإذاعة للتلفزيون للصحيفة للموقع للجزيرة للعربية للنواب للأعضاء"
)


def _goes_on(here: Sequence[Word], at: int) -> bool:
    """Whether a name goes on behind "للشركة": "الرئيس التنفيذي للشركة نديم لهوان"; not behind those whom somebody speaks to."""
    if _plain(here[at]) in _ADDRESSED or at + 1 >= len(here):
        return False
    following = here[at + 1]
    return following.text[0].isalpha() and _plain(following) not in _STOPS and _verb(following) is None


# "صرح الوزير بضرورة …": what was said, in a noun.
_MATTERS = _set("بعدم بضرورة بدعم بمواصلة بوقف بفتح بإجراء بتقديم بزيادة بالعمل بحماية بمحاسبة بإنهاء بوجود")
_MARKS = frozenset('"“”«»')


def _in_front(here: Sequence[Word], verb: int) -> Span | None:
    """The subject before its verb ("نزاروف قال إن"), where it begins the sentence or clause."""
    first = verb
    while first > 0 and verb - first < 6:
        word = here[first - 1]
        if not word.text[0].isalnum() or _plain(word) in _STOPS or _verb(word) is not None:
            break
        first -= 1
    while first < verb and (_plain(here[first]) in _ADVERBS or _plain(here[first]) in _WAS):
        first += 1
    return Span(here[first].start, here[verb - 1].end) if first < verb and first < 3 else None


_WAS = _set("وكان وكانت")


def _cited_from(here: Sequence[Word], at: int) -> Span | None:
    """The source in "نقلت … عن X قوله"."""
    place = next((place for place in range(at - 1, max(-1, at - 14), -1) if _plain(here[place]) == "عن"), None)
    return None if place is None else _described(here[:at], place + 1)


def _doer(here: Sequence[Word], at: int) -> Span | None:
    """The subject of the verb that the sentence begins with, before the participle `here[at]`."""
    if not at or not here[0].text[0].isalnum() or _plain(here[0]).startswith("ال") or _plain(here[0]) in _STOPS:
        return None
    return _described(here[:at], 1)
