"""Words that turn, weaken or widen what a sentence says, in English and Arabic, and where in the sentence they do.

Embeddings hardly see them: "rose" and "fell", "was" and "was not", "will visit" and "visited" are neighbours in every model. So they are
listed. The lists are short and symmetrical: what is not in them is for the comparison of words to see (guard.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.fold import fold_text
from index.spans import Span
from index.terms import is_stop, stems, terms


def _set(listed: str) -> frozenset[str]:
    return frozenset(fold_text(word).replace("_", " ") for word in listed.split())


_IRREGULAR = {
    past: present
    for pair in [
        "take took taken",
        "go went gone",
        "begin began begun",
        "fall fell fallen",
        "rise rose risen",
        "win won",
        "lose lost",
        "pay paid",
        "find found",
        "leave left",
        "come came",
        "run ran",
        "give gave given",
        "keep kept",
        "hold held",
        "build built",
        "send sent",
        "sell sold",
        "buy bought",
        "meet met",
        "shoot shot",
        "strike struck",
        "break broke broken",
        "grow grew grown",
        "write wrote written",
        "speak spoke spoken",
        "see saw seen",
        "draw drew drawn",
        "fly flew flown",
        "lead led",
        "flee fled",
        "sink sank sunk",
        "ring rang rung",
        "drive drove driven",
        "choose chose chosen",
        "know knew known",
        "teach taught",
        "think thought",
        "bring brought",
        "catch caught",
        "fight fought",
        "seek sought",
        "say said",
        "tell told",
        "spend spent",
        "steal stole stolen",
        "wear wore worn",
        "stand stood",
        "get got",
        "make made",
        "feel felt",
        "hear heard",
        "mean meant",
        "bear bore",
        "throw threw thrown",
        "hide hid hidden",
        "die dead death",
        "verify verification",
        "arrive arrival",
        "refuse refusal",
        "propose proposal",
        "lie lay lain",
    ]
    for present, *forms in [pair.split()]
    for past in forms
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: `stem` as in terms.py, irregular verbs in their plain form; `text` folded; `clause` counts from 0."""

    stem: str
    text: str
    span: Span
    clause: int
    is_capital: bool
    is_stop: bool


_CLAUSE_MARK = re.compile("[,;:.!?،؛؟—–(){}\\[\\]]")
_CLAUSE_WORDS = _set("but while whereas because although though whether لكن ولكن بينما فيما حين إذ")


@lru_cache(maxsize=256)  # sentences are cited again and again; no figure behind the size
def words(text: str) -> tuple[Word, ...]:
    """The words of a sentence with their clauses: what marks and conjunctions part.

    >>> [(word.stem, word.clause) for word in words("It sank, but nobody died.")]
    [('it', 0), ('sink', 0), ('but', 1), ('nobodi', 1), ('die', 1)]
    """
    found: list[Word] = []
    clause, at = 0, 0
    for term in terms(text):
        original = term.span.of(text)
        folded = fold_text(original)
        if found and (_CLAUSE_MARK.search(text, at, term.span.start) or folded in _CLAUSE_WORDS):
            clause += 1
        at = term.span.end
        plain = _IRREGULAR.get(folded)
        stem = _stem(plain) if plain else term.stem
        found.append(Word(stem, folded, term.span, clause, original[:1].isupper(), is_stop(folded)))
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def _stem(word: str) -> str:
    return (stems(word) or [""])[0]


# ----------------------------------------------------------------------------------------------- negation

_NOT = _set(
    "not non no never nobody none nothing nor neither without cannot hardly barely لا لم لن ليس ليست ليسوا غير دون بدون بلا "
    "لست لسنا ألا لئلا عدم وعدم بعدم لعدم"
)
# Verbs that deny, by their stems; those in Arabic in the forms that stand in the news.
_DENYING = frozenset({"declin", "deni", "dismiss", "fail", "lack", "refus", "reject", "unabl"}) | _set(
    "نفى نفت ينفي تنفي نفوا نفي نفيه نفيها نافيا نافية رفض رفضت يرفض ترفض رفضوا رافضا رافضة رفضه امتنع امتنعت يمتنع تمتنع امتنعوا ممتنعا "
    "أنكر أنكرت ينكر تنكر تعذر يتعذر فشل فشلت يفشل عجز عجزت تخلو يخلو خلو خلا استبعد استبعدت يستبعد"
)
_REJECTING = frozenset({"deni", "reject", "dismiss"})
# "no doubt", "not only", "still" in Arabic ("does not cease").
_NO_NEGATION = {
    **dict.fromkeys(("not", "no"), _set("only just merely doubt wonder")),
    "بلا": _set("شك ريب"),
    **dict.fromkeys(("لا", "لم"), _set("يزال تزال يزالون يزالان تزالان يزل تزل سيما بد شك يتجاوز تتجاوز يقل تقل يزيد تزيد")),
}
_COMPARING = frozenset({"more", "less", "fewer", "later"})  # "no more than 60" is a number
_FAILED = _set("فشل فشلت وفشل وفشلت")  # "failed", and "failure"
_SCOPE = 3  # content words behind a negation that are taken to be denied; no measurement behind it
_ARABIC_SCOPE = 5  # behind a verb, whose subject comes first


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that turns or weakens others: its index, and those of the content words that it bears on, nearest first."""

    at: int
    scope: tuple[int, ...]


def _bare(word: str) -> str:
    """An Arabic word without the conjunction before it."""
    return word[1:] if len(word) > 2 and word[0] in "وف" else word


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


def _is(word: Word, listed: frozenset[str]) -> bool:
    return word.text in listed or (_is_arabic(word.text) and _bare(word.text) in listed)


def is_negation(sentence: Sequence[Word], at: int) -> bool:
    """Whether the word at an index denies something."""
    word = sentence[at]
    before = sentence[at - 1].text if at else ""
    following, next_but_one = (sentence[at + n].text if at + n < len(sentence) else "" for n in (1, 2))
    if word.text in _FAILED:
        return following == "في"
    if word.text.endswith("n't") or word.stem in _DENYING or _is(word, _DENYING):
        return True
    if not _is(word, _NOT):
        return False
    if (following in _COMPARING and next_but_one == "than") or (word.text == "لم" and before == "ما"):  # "unless"
        return False
    but = _NO_NEGATION.get(word.text) or _NO_NEGATION.get(_bare(word.text), frozenset())
    return following not in but


def is_rejection(word: Word) -> bool:
    """Whether a word says that something was turned down: it bears on what stands before it as well ("was rejected by")."""
    return word.stem in _REJECTING or _is(word, _DENYING)


def looks_negative(word: Word) -> bool:
    """Whether a word denies by itself, whatever stands behind it: "not" in "not only"."""
    return word.text.endswith("n't") or word.stem in _DENYING or _is(word, _NOT | _DENYING)


def _scope(sentence: Sequence[Word], at: int, most: int) -> tuple[int, ...]:
    found: list[int] = []
    for index in range(at + 1, len(sentence)):
        word = sentence[index]
        if word.clause != sentence[at].clause or len(found) == most:
            break
        if not word.is_stop and not word.text.endswith("ly") and word.text not in LIGHT:
            found.append(index)
    return tuple(found)


def negations(sentence: Sequence[Word]) -> list[Cue]:
    """What denies in a sentence. Two that follow each other ("did not deny") deny nothing, and are left out.

    >>> found = words("He did not pay, and refused to say why.")
    >>> [(found[cue.at].text, [found[index].text for index in cue.scope]) for cue in negations(found)]
    [('not', ['pay']), ('refused', [])]
    """
    at = [index for index in range(len(sentence)) if is_negation(sentence, index)]
    cues: list[Cue] = []
    while at:
        first = at.pop(0)
        if at and at[0] - first <= 2 and sentence[at[0]].clause == sentence[first].clause:
            at.pop(0)
            continue
        is_verb = _is_arabic(sentence[first].text) and _is(sentence[first], _DENYING)
        cues.append(Cue(first, _scope(sentence, first, _ARABIC_SCOPE if is_verb else _SCOPE)))
    return cues


_PREFIXED = re.compile("^(?:un|in|im|il|ir|dis|non)[a-z]{4,}$")
_SOFT = _set("prevent prevented avoid avoided absence absent free lack except عدم")


def softly_denies(sentence: Sequence[Word]) -> bool:
    """Whether a sentence holds a word by which a translator may say "not": "unhappy", "عدم", "prevent"."""
    return any(_is(word, _SOFT) or _PREFIXED.match(word.text) for word in sentence)


# ----------------------------------------------------------------------------------------------- what is no fact yet

# Verbs of saying, and words that say as little as they.
LIGHT = _set(
    "said say says saying told tell according stated states state added add adding reported reports noted also however article text source "
    "work works worked working put puts brings bring makes make called named otherwise meanwhile moreover respectively "
    "mr mrs ms dr قال قالت يقول تقول وفق وفقا بحسب حسب أفاد أفادت ذكر ذكرت أضاف أضافت أوضح أوضحت أشار أشارت السيد السيدة نحو حوالي نسبة "
    "قدره قدرها قيمة عدد حيث كما أما إلى أن هناك يذكر صرح صرحت يعمل تعمل يعملون because بسبب لأن لأنه لأنها"
)
_OPEN = _set(
    "may might could can will would shall should must possibly perhaps probably likely potentially potential expected expects expect "
    "plans planned plan hopes hope scheduled intends intend proposed proposes promised promises promise if unless wants want seeks aims "
    "سوف ربما يمكن يحتمل محتمل المقرر المتوقع متوقع يتوقع تتوقع توقع توقعت ينوي يعتزم تعتزم يعتزمون وعد وعدت لو إذا ستكون سيكون يأمل تأمل"
)
_BEFORE_TO = _set(
    "is are was were be been expects expected expect plans planned plan hopes hope wants want intends intend agreed promised decided due "
    "set likely scheduled trying tried try seeks sought asked urged ordered aims ready able entitled"
)
_ALLEGING = frozenset({"accus", "alleg", "claim", "purport", "report", "rumor", "rumour", "suspect"}) | _set(
    "زعم زعمت يزعم تزعم زعموا مزاعم ادعى ادعت يدعي تدعي اتهم اتهمت يتهم تتهم اتهام اتهامات متهم متهمة يشتبه اشتبه شائعات شبهات"
)
_SAYING = LIGHT | _set(
    "claim claims claimed believes believed says alleged allegedly accused reportedly suspected testified insisted warned"
)
_FUTURE = re.compile("^[وف]?س[يت](?!ار|اس|اد|نم|نا|طر|د|ل|ت|ه|اق|ر)\\w{3,}(?<!ه)$")


def _is_bound_for(sentence: Sequence[Word], at: int) -> bool:
    """Whether "to" stands before what is still to be done: "is to", "expects to", "is due to", not "due to the wind"."""
    before = sentence[at - 1].text if at else ""
    return before in _BEFORE_TO and (before != "due" or (at > 1 and sentence[at - 2].text in {"is", "are", "was", "were"}))


def open_questions(sentence: Sequence[Word], text: str) -> list[Cue]:
    """What makes of a fact a plan, a chance or a duty: "may", "will", "is to", "سيتولى"."""
    cues = []
    for index, word in enumerate(sentence):
        if _FUTURE.match(word.text) and _is_arabic(word.text):
            cues.append(Cue(index, (index,)))
        elif (word.text == "may" and word.span.of(text)[:1] == "M") or (word.text == "to" and not _is_bound_for(sentence, index)):
            continue
        elif word.text == "to" or _is(word, _OPEN):
            following = sentence[index + 1].text if index + 1 < len(sentence) else ""
            if following not in _NOT:
                cues.append(Cue(index, _scope(sentence, index, 1)))
    return cues


def allegations(sentence: Sequence[Word]) -> list[Cue]:
    """What says that somebody else only says so."""
    return [Cue(index, _scope(sentence, index, 8)) for index, word in enumerate(sentence) if word.stem in _ALLEGING or _is(word, _ALLEGING)]


def is_attributed(sentence: Sequence[Word]) -> bool:
    return any(_is(word, _SAYING) or word.stem in _ALLEGING for word in sentence)


# ----------------------------------------------------------------------------------------------- what must not be added

# A word of one of these in a statement must have one of the same in its source.
_CLAIMS = tuple(
    _set(listed)
    for listed in (
        "all everyone everybody entire whole totally completely always جميع جميعهم جميعا كل كافة كلهم دائما برمته الجميع",
        "only solely exclusively sole فقط سوى إلا وحده وحدها حصرا",
        "most majority mostly mainly largely معظم أغلب غالبية أغلبية معظمهم معظمها أكثر",
        "against opposed opposing oppose ضد عارض عارضت معارضة لمعارضة",
        "because caused causes cause result owing reason due بسبب نتيجة إثر جراء لأن لأنه لأنها لأنهم سبب فبسبب",
        "confirmed confirm confirms proved proven prove proves verified verify established admitted admits corroborated أكد أكدت أكدوا ثبت "
        "أثبت "
        "أثبتت تأكد ثبتت تثبت التحقق تؤكد يؤكد اعترف اعترفت أقر أقرت تأكيد",
    )
)


# Of each of them, by its place, the words that no translator adds.
_PLAIN_CLAIMS = {4: _set("because caused بسبب لأن لأنه لأنها"), 5: _CLAIMS[5]}


_REASONS = 4
_OF, _FOR = _set("of his her its their my our the"), _set("for over")


def claims(sentence: Sequence[Word], grounds: Sequence[Word], across: bool) -> Iterator[Word]:
    """Words of a sentence that widen or strengthen it where nothing in its grounds does; across languages, those no translator adds."""
    for number, listed in enumerate(_CLAIMS):
        if not any(_is(word, listed) for word in grounds):
            told = _PLAIN_CLAIMS.get(number, frozenset()) if across else listed
            for at, word in enumerate(sentence):
                if _is(word, told) and not (number == _REASONS and _is_reason(sentence[at + 1 :], grounds)):
                    yield word


def _is_reason(behind: Sequence[Word], grounds: Sequence[Word]) -> bool:
    """Whether a ground gives as a reason what stands behind a "because of": "jailed for trying", "سجنت لمحاولتي"."""
    what = next((word for word in behind if word.text not in _OF), None)
    if what is None:
        return False
    for at, word in enumerate(grounds):
        if word.text.startswith(f"ل{what.stem}") or (word.stem == what.stem and at > 0 and grounds[at - 1].text in _FOR):
            return True
    return False


_OPPOSITES = (
    (
        "rose rise increased increase grew grow climbed raised higher soared gained ارتفع ارتفعت ارتفاع زاد زادت زيادة نما صعد صعدت",
        "fell fall decreased decrease declined dropped drop shrank reduced lower sank narrowed انخفض انخفضت انخفاض تراجع تراجعت هبط "
        "هبطت تقلص قلص نقص خفض",
    ),
    ("more أكثر", "less fewer أقل"),
    ("many most كثير كثيرة كثيرون معظم", "few قليل قليلة قلة بعض"),
    ("major main رئيسي رئيسية", "minor slight ثانوي ثانوية بسيطة طفيفة"),
    ("good جيد جيدة حسن", "bad سيئ سيئة"),
    ("beginning start بداية", "end نهاية"),
    (
        "won win victory victorious wins فاز فازت فوز أحرز انتصر انتصرت",
        "lost lose loss defeat defeated loses فقد فقدت خسر خسرت خسارة هزيمة هزم",
    ),
    (
        "opened open opens reopened فتح فتحت افتتح افتتحت مفتوح مفتوحة افتتاح يفتح",
        "closed close closes shut أغلق أغلقت إغلاق مغلق مغلقة تغلق",
    ),
    (
        "alive survived survivors survive أحياء نجا نجوا ناجين",
        "dead died killed drowned قتلى قتل قتلوا توفي توفوا غرقوا حتفهم حتفه حتفها مصرع مصرعهم",
    ),
    (
        "accepted accept approved approve agreed welcomed قبل قبلت وافق وافقت يقبل رحب رحبت",
        "rejected reject refused opposed denied رفض رفضت عارض عارضت",
    ),
    ("first أول أولى الأول الأولى", "last final latest past آخر الأخير الأخيرة الماضي الماضية"),
    ("before قبل", "after later بعد عقب"),
    ("early earlier مبكرا", "late later متأخرا"),
    ("arrived arrive came reached وصل وصلت بلغ", "left leave departed depart sailed غادر غادرت رحل"),
    (
        "began begin started start launched بدأ بدأت يبدأ بدؤوا انطلق انطلقت",
        "ended end finished finish stopped انتهى انتهت أنهى أنهت ينتهي توقف توقفت",
    ),
    ("right اليمنى الأيمن يمين", "left اليسرى الأيسر يسار"),
    (
        "north northern northeast northwest northeastern northwestern شمال الشمالي الشمالية",
        "south southern southeast southwest southeastern southwestern جنوب الجنوبي الجنوبية",
    ),
    ("east eastern شرق الشرقي الشرقية", "west western غرب الغربي الغربية"),
    ("best better أفضل أحسن", "worst worse أسوأ"),
    ("largest biggest highest greatest longest أكبر أعلى أطول", "smallest lowest least shortest أصغر أدنى أقصر"),
    ("large big رفيع كبير كبيرة", "small little صغير صغيرة"),
    ("high عال مرتفع مرتفعة", "low منخفض منخفضة"),
    ("rich غني غنية", "poor فقير فقيرة"),
    ("long طويل طويلة", "short قصير قصيرة"),
    ("heavy strong قوي قوية شديد شديدة غزيرة", "light weak calm خفيف خفيفة ضعيف ضعيفة هادئ هادئة"),
    ("safe آمن آمنة", "unsafe dangerous خطر خطير خطيرة"),
    (
        "son sons father brother boy husband he ابن ابنه أب أخ شقيق زوج",
        "daughter daughters mother sister girl wife ابنة ابنته ابنتها أم أخت شقيقة زوجة",
    ),
    ("men man male رجال رجل", "women woman female نساء امرأة"),
    ("suspended suspend halted cancelled علق تعليق أوقف ألغى علقت", "resumed resume reopened restarted استأنف استأنفت استئناف"),
    ("arrested detained jailed imprisoned اعتقل اعتقلت سجن احتجز أوقف", "released freed أفرج أطلق أفرجت"),
    ("guilty convicted مذنب أدين إدانة", "innocent acquitted بريء برأت براءة"),
    ("supported support backed supports أيد أيدت دعم دعمت", "opposed oppose criticised criticized عارض عارضت انتقد انتقدت"),
    ("bought buy purchased اشترى اشترت", "sold sell باع باعت"),
    ("hired appointed عين عينت", "fired dismissed sacked resigned أقال أقالت استقال استقالت"),
    ("remembered remember تذكر", "forgot forget forgotten نسي نسيت"),
    ("day morning صباح نهار صباحا نهارا", "night evening ليل مساء ليلا"),
    ("success succeeded succeed نجح نجحت نجاح", "failure failed fail فشل فشلت"),
    ("above over فوق", "below under تحت"),
    ("public حكومي حكومية عام", "private خاص خاصة"),
    ("old قديم قديمة", "new جديد جديدة"),
    ("inside داخل", "outside خارج"),
    ("allowed permitted legal سمح مسموح قانوني", "banned forbidden prohibited illegal حظر ممنوع محظور"),
)


@lru_cache(maxsize=1)
def _side_of() -> dict[str, frozenset[tuple[int, bool]]]:
    """Each form to the pairs it stands in, and on which side."""
    found: dict[str, set[tuple[int, bool]]] = {}
    for number, pair in enumerate(_OPPOSITES):
        for is_other, listed in enumerate(pair):
            for form in _forms(listed):
                found.setdefault(form, set()).add((number, bool(is_other)))
    return {form: frozenset(sides) for form, sides in found.items()}


def _forms(listed: str) -> frozenset[str]:
    """Folded forms, and the stems of English words that are no particles: those of Arabic ones join "son" and "daughter"."""
    forms = _set(listed)
    return forms | {_stem(form) for form in forms if form.isascii() and not is_stop(form)}


_WAYS, _FROM = frozenset({"up", "down"}), frozenset({"from", "by"})  # "up from 44 per cent"
_TURNING = ("un", "in", "im", "il", "ir", "dis", "non")


_PRONOUN_ENDINGS = ("هما", "ها", "هم", "ه")


def _sides(sentence: Iterable[Word]) -> dict[tuple[int, bool], list[Word]]:
    """The words of a sentence that have an opposite, by pair and side."""
    known = _side_of()
    found: dict[tuple[int, bool], list[Word]] = {}
    for word in sentence:
        forms = (word.text, word.stem) if word.text.isascii() else _forms_of(word.text)
        for side in frozenset().union(*(known.get(form, frozenset()) for form in forms)):
            found.setdefault(side, []).append(word)
    return found


def _forms_of(word: str) -> Iterator[str]:
    """A word, and an Arabic one without conjunction, article, preposition and pronoun."""
    yield word
    if _is_arabic(word):
        bare = _bare(word)
        yield bare
        for prefix in ("ال", "بال", "لل", "ب", "ل"):
            if bare.startswith(prefix) and len(bare) - len(prefix) >= 3:
                yield bare[len(prefix) :]
        for ending in _PRONOUN_ENDINGS:
            if bare.endswith(ending) and len(bare) - len(ending) >= 2:
                yield bare.removesuffix(ending)


def opposed(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether words that stand in the place of others are their opposites."""
    mine, others = _sides(ours), _sides(theirs)
    return any((n, not side) in others and (n, not side) not in mine and (n, side) not in others for n, side in mine)


def turned(sentence: Sequence[Word], grounds: Sequence[Word]) -> Iterator[Word]:
    """Words of a sentence where its grounds have the opposite and not the word itself.

    >>> [word.text for word in turned(words("Turnout fell."), words("ارتفعت نسبة المشاركة"))]
    ['fell']
    """
    ours, theirs = _sides(sentence), _sides(grounds)
    for (number, side), mine in ours.items():
        same, other = theirs.get((number, side), []), theirs.get((number, not side), [])
        if len(mine) > len(same) and len(other) > len(ours.get((number, not side), [])):
            yield mine[0]
    ways = [{one.text for one, other in pairwise(sides) if one.text in _WAYS and other.text in _FROM} for sides in (sentence, grounds)]
    if ways[0] and ways[1] and ways[0] != ways[1]:
        yield next(word for word in sentence if word.text in ways[0])
    texts = {word.text for word in grounds}
    known = texts | {word.stem for word in grounds}
    for word in sentence:
        if word.is_stop or word.text in texts or word.stem in known or not word.text.isascii():
            continue
        longer = any(prefix + form in known for prefix in _TURNING for form in (word.text, word.stem))
        shorter = any(
            form.startswith(prefix) and len(form) > len(prefix) + 3 and form[len(prefix) :] in known
            for prefix in _TURNING
            for form in (word.text, word.stem)
        )
        if longer or shorter:
            yield word
