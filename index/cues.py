"""English: which words near a quotation say who speaks, by which verb ("said Mona Reyes", "she told us", "according to the ministry").

Rules over the words of one sentence, without a model: a finite verb of saying, its subject before it or, right behind a quotation, after
it. They look for the words that name the source; whose name a pronoun or a family name stands for is for people.py to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from index.spans import Span


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of saying, and the span of the words that name the source there; None where the sentence leaves the source out.

    `form` is that of an Arabic verb, "m", "f" or "p" (plural), which agrees with who speaks; None where nothing agrees.
    """

    verb: Span
    speaker: Span | None
    form: str | None = None


class Word(NamedTuple):
    """A word or a mark of punctuation, with its place in the text. A tuple: there are as many as words in the articles.

    `lower` is what it is compared by: the word in lower case, an Arabic word folded.
    """

    text: str
    start: int
    end: int
    lower: str


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TOKEN = re.compile(
    r"(?=[A-Z])\b(?:"  # without this look ahead every word would be held against every title
    r"(?:Mrs?|Ms|Messrs|Drs?|Sens?|Govs?|Reps?|Gen|Sgt|Col|Lt|Capt|Maj|Adm|Jr|Sr|St|Prof|Rev|Hon|Pres|Atty)\."
    r"|[A-Z]\.(?:[A-Z]\.)*+)"
    r"|[^\W_][\w&]*+(?:[.'’-](?=\w)[\w&]*+)*+"
    r"|\S"
)
# Verbs that are hardly ever a noun before a quotation.
_SAID = _set(
    "said says told tells added adds asked asks replied replies responded responds answered answers wrote writes tweeted tweets explained "
    "explains argued argues claimed insisted insists warned warns admitted admits acknowledged acknowledges conceded concedes declared "
    "declares announced announces stated suggested suggests recalled recalls remarked remarks observed observes continued continues "
    "concluded concludes began begins boasted boasts joked jokes quipped quips shouted shouts yelled yells cried cries predicted predicts "
    "vowed vows urged urges complained complains lamented laments confessed confesses confirmed confirms denied denies contended contends "
    "asserted asserts alleged alleges maintained maintains muttered mutters whispered whispers snapped snaps retorted retorts exclaimed "
    "exclaims wondered wonders mused muses testified testifies revealed reveals stressed stresses emphasised emphasized emphasises "
    "emphasizes noted notes pointed countered counters interjected opined opines sighed sighs laughed laughs chanted described describes "
    "called calls dubbed labelled labeled quoted quotes cautioned cautions elaborated clarified repeated repeats reiterated reiterates "
    "promised promises pledged pledges posted agreed agrees thought thinks believed believes proclaimed proclaims charged charges "
    "commented comments reported reports assured reassured advised pleaded pleads begged scoffed mocked ranted roared screamed summarised "
    "summarized offered volunteered ventured theorized speculated marvelled marveled fumed fretted grumbled groused protested recounted "
    "relayed reads read reasoned mentioned informed instructed ordered demanded demands intoned growled thundered tells argues criticized "
    "criticised blasted slammed accused praised dismissed hailed likened compared recommended signed"
)
# Of these the noun is as common: they count behind a name or pronoun only.
_NOUN_TOO = _set("claims states notes answers reports calls charges comments counters demands promises sighs laughs quotes offers posts")
# Base forms count behind "could", "they", "critics".
_BASE = _set(
    "say tell add ask reply respond answer write tweet explain argue claim insist warn admit acknowledge concede declare announce state "
    "suggest recall remark observe conclude boast joke quip shout yell cry predict vow complain lament confess confirm deny contend "
    "assert allege maintain whisper exclaim wonder testify stress emphasise emphasize note counter describe call believe think agree"
)
_BEFORE_BASE = _set("could would did will may might must can should they we i you people only never")
_SIGNS = _set(
    "sign signs banner banners placard placards poster posters shirt shirts t-shirt hat headline caption plaque sticker flag email tweet"
)
# What stands behind these verbs is what was said, well enough to read a sentence without quotation marks as speech; behind the verbs of the
# second list only after "that".
_WITHOUT_THAT = _set(
    "said says told tells added adds claimed claims argued argues insisted insists explained explains warned warns admitted admits "
    "alleged alleges believed believes noted notes acknowledged acknowledges conceded concedes replied"
)
_REPORTS_SPEECH = _set(
    "said says told tells added adds replied replies wrote writes tweeted explained explains argued argues claimed claims insisted "
    "insists warned warns admitted admits acknowledged acknowledges conceded concedes declared declares announced announces stated states "
    "remarked remarks asserted asserts alleged alleges maintained maintains testified testifies noted notes confirmed confirms stressed "
    "stresses emphasised emphasized contended contends recalled recalls predicted predicts vowed vows complained complains suggested "
    "suggests reported reports believed believes denied denies"
)
_PARTICIPLES = _set(
    "saying adding noting asking telling writing claiming arguing warning calling insisting explaining tweeting declaring stating "
    "suggesting boasting joking recalling concluding predicting vowing urging shouting yelling describing pointing quoting stressing "
    "promising asserting alleging complaining remarking replying responding continuing announcing acknowledging admitting"
)
_INVERTING = _set(  # "…," said the mayor
    "said says asked asks added adds replied wrote writes tweeted explained explains argued argues insisted warned warns declared "
    "announced recalled remarked observed continued concluded began joked quipped shouted yelled cried noted notes muttered snapped "
    "retorted exclaimed mused reads read agreed testified responded answered claimed admitted suggested predicted states stated reported "
    "complained lamented boasted chanted"
)
_BE = _set("is are was were be been being am 's 're")
_SKIPPED = _set(  # between a subject and its verb
    "also later then once recently already has had have having would will could did does do previously just even still simply again "
    "further never only often first earlier thus therefore further soon both all always sometimes now nevertheless nonetheless "
    "subsequently instead repeatedly famously quickly reportedly might may must should can to n't not apparently however there"
)
_PRONOUNS = _set("he she they i we it you one who")
_SPEAKING_PRONOUNS = _set("he she they i we it")
_DETERMINERS = _set(
    "the a an one another some many several most few all two three four five six seven eight nine ten both his her their our its my your "
    "this that these those other every each no"
)
_BREAKS = _set(  # where a clause begins, so that a subject lies behind it
    "and but or so yet that when while where as because although though if unless until since after before who whom which whose what why "
    "how whether than then saying adding said says told"
)
_PREPOSITIONS = _set(
    "in on at after before during by with from to for of about against among around between despite following like near over since "
    "through under until upon within without toward towards into onto per amid alongside outside inside behind beyond via"
)
_LINKS = _set("of for from at in to with on de la")  # between the parts of one description
_TIMES = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december today yesterday tomorrow tonight mon tue wed thu fri sat sun jan feb mar apr jun jul aug sept oct nov dec morning "
    "afternoon evening night week weekend month year day moment hour ago"
)
_PARTICLES = _set("de da di du del della der den des van von bin ibn bint al el ul abu ben ter ten la le y e of")
# The same lists put together as each rule asks for them: once, and not for every word.
_UNLINKED = _PREPOSITIONS - _LINKS
_ENDS_TAG = _BREAKS - {"who", "and", "said", "says", "told"}
_BEFORE_NO_VERB = _BE | _DETERMINERS
_SKIPPED_BEFORE_BASE = _SKIPPED - _BEFORE_BASE
_NO_PLURAL = _SAID | _BE | _DETERMINERS | _PREPOSITIONS
_BEFORE_TIMES = _PREPOSITIONS | {"last", "this", "that"}
_ENDS_NO_SUBJECT = _BREAKS | _PREPOSITIONS | _PRONOUNS | _BE | _SKIPPED
_PURE_LINKS = _LINKS - _DETERMINERS
_OPEN_ENDS = _DETERMINERS | _LINKS
_BEFORE_NO_NAME = _DETERMINERS | _PREPOSITIONS
_OWN_PARTICLES = _PARTICLES - {"of"}
_PARTS_NAME = _PREPOSITIONS | _BREAKS | _SAID | _BE | _PRONOUNS
_ENDS_DESCRIPTION = _PREPOSITIONS | _BREAKS | _SKIPPED | _BE | _SAID
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|\n")
# By their first letters: all of them one after the other take twice the time, over every sentence.
_BY_INITIAL = [(initial, [word[1:] for word in same]) for initial, same in groupby(sorted(_REPORTS_SPEECH), key=itemgetter(0))]
_MAY_REPORT = re.compile(
    rf"(?=[A{''.join(initial for initial, _ in _BY_INITIAL)}])"
    rf"\b(?:{'|'.join(f'{initial}(?:{chr(124).join(rests)})' for initial, rests in _BY_INITIAL)}|[Aa]ccording to)\b"
)
_LONGEST = 1500  # characters of a sentence that are read: a longer one is a list or no sentence
_FAR = 45  # words between a subject and its verb, or a verb and its quotation; no measurement behind it


def words(text: str, span: Span) -> list[Word]:
    """The words and marks of a span.

    >>> [word.text for word in words("Mr. O’Neil, 45, said: no.", Span(0, 25))]
    ['Mr.', 'O’Neil', ',', '45', ',', 'said', ':', 'no', '.']
    """
    # a named tuple's own constructor is a Python function, and slower than the search
    return [
        _tuple(Word, (word := match[0], match.start(), match.end(), word.lower().replace("’", "'")))
        for match in _TOKEN.finditer(text, span.start, span.end)
    ]


_tuple = tuple.__new__


def is_name(word: str) -> bool:
    """Whether a word is written like a part of a name: with a capital, and no pronoun, determiner or day."""
    return word[0].isupper() and word.lower().replace("’", "'") not in _NO_NAMES


def _named(word: Word) -> bool:
    """`is_name`, of a word that has been read."""
    return word.text[0].isupper() and word.lower not in _NO_NAMES


_NO_NAMES = (
    _PRONOUNS
    | _DETERMINERS
    | _TIMES
    | _PREPOSITIONS
    | _BREAKS
    | _set("there here it's i'm yes no well oh however meanwhile still also now not too according asked")
)


def after(text: str, gap: Span, ready: bool) -> Cue | None:
    """The cue that follows a quotation: `gap` is what stands behind its closing mark, to the next quotation or the paragraph's end.

    `ready` says that the quotation ends as one does whose sentence goes on: by a comma, a question mark, a dash.

    >>> said = "” said Mona Reyes, an analyst."
    >>> cue = after(said, Span(1, len(said)), True)
    >>> cue.verb.of(said), cue.speaker.of(said)
    ('said', 'Mona Reyes')
    """
    here = _first_sentence(text, gap)
    while here and here[0].text in {",", "-", "–", "—", "…", "."}:
        ready = ready or here[0].text != "."
        here = here[1:]
    if not here:
        return None
    first = here[0]
    if first.lower in {"and", "but", "or"}:
        return None
    if first.lower == "according" and len(here) > 2 and here[1].lower == "to":
        return Cue(Span(first.start, here[1].end), _described_from(here, 2))
    if first.lower == "as" and len(here) > 2:
        here = here[1:]
        first = here[0]
    sloppy = not ready
    if sloppy and (len(here) > 6 or not (first.lower in _SPEAKING_PRONOUNS or _named(first))):
        return None
    if first.lower in _INVERTING and (first.text[0].islower() or ready):
        speaker = _subject_after(here, 1)
        if speaker is not None:
            return Cue(Span(first.start, first.end), speaker)
        return None
    if ready and first.text[0].islower() and _looks_past(first) and len(here) > 1 and _named(here[1]):  # "…," thundered Cato
        return Cue(Span(first.start, first.end), _described_from(here, 1))
    for at in range(1, min(len(here), _FAR)):
        word = here[at]
        if word.text in {";", ":"} or (word.lower in _ENDS_TAG and at > 1 and here[at - 1].text != ","):
            break
        if _is_cue(here, at):
            speaker = _leading_subject(here, at)
            return None if speaker is None else Cue(Span(word.start, word.end), speaker)
    return _unknown_verb(here) if ready else None


def _looks_past(word: Word) -> bool:
    """Whether a word is written like a verb in the past tense: any verb may be one of saying right behind a quotation."""
    return (word.lower.endswith("ed") and len(word.text) > 4) or word.lower in {"shot", "fired", "spat", "sang", "swore", "broke", "chimed"}


def _unknown_verb(here: Sequence[Word]) -> Cue | None:
    """ "…," Oliver barked: a subject at once, and a verb right behind it."""
    for at in range(1, min(len(here), 10)):
        word = here[at]
        if not word.text[0].isalnum() or word.lower in _UNLINKED:
            return None
        if word.text[0].islower() and _looks_past(word) and here[at - 1].lower not in _BEFORE_NO_VERB:
            speaker = _nominal_ending(here, at - 1)
            return None if speaker is None or speaker.start > here[min(2, at - 1)].start else Cue(Span(word.start, word.end), speaker)
    return None


def before(text: str, gap: Span) -> Cue | None:
    """The cue in the sentence that leads to a quotation: `gap` ends where its mark opens.

    >>> text = 'In May, Linda Hudson, the mayor, told us that'
    >>> cue = before(text, Span(0, len(text)))
    >>> cue.verb.of(text), cue.speaker.of(text)
    ('told', 'Linda Hudson')
    """
    return _last_cue(words(text, Span(max(gap.start, gap.end - _LONGEST), gap.end)))


def _last_cue(here: list[Word]) -> Cue | None:
    here = here[-3 * _FAR :]
    for at in range(len(here) - 1, -1, -1):
        word = here[at]
        if word.lower == "according" and at + 2 < len(here) and here[at + 1].lower == "to":
            return Cue(Span(word.start, here[at + 1].end), _described_from(here, at + 2))
        if word.lower in _PARTICIPLES and not (at and here[at - 1].lower in {"the", "a", "of"}):
            subject = _doer(here, at)
            if subject is not None:
                return Cue(Span(word.start, word.end), subject)
        if at and word.lower in _SAID and at + 2 < len(here) and here[at + 1].lower == "by" and here[_skip_back(here, at - 1)].lower in _BE:
            return Cue(Span(word.start, word.end), _described_from(here, at + 2))  # "was asked by the host"
        if at and _is_cue(here, at):
            speaker = _subject_before(here, at)
            if speaker is None and (here[at - 1].lower in {"and", "but", "then", ",", "also"} or here[at - 1].lower in _SKIPPED):
                earlier = _last_cue(here[:at])
                speaker = earlier.speaker if earlier is not None else _main_subject(_clauses(here[:at]))
            if speaker is not None:
                return Cue(Span(word.start, word.end), speaker)
        if at == 0 and len(here) > 1 and word.lower in _INVERTING and word.text[0].isupper():  # "Said Trump: …"
            speaker = _subject_after(here, 1)
            if speaker is not None:
                return Cue(Span(word.start, word.end), speaker)
    return None


def _doer(here: Sequence[Word], at: int) -> Span | None:
    """Who does what the participle `here[at]` says: a sign or a name right before it, else who said something before, or the subject."""
    if at and (here[at - 1].lower in _SIGNS or _named(here[at - 1])):
        return _nominal_ending(here, at - 1)
    earlier = _last_cue(list(here[:at]))
    return earlier.speaker if earlier is not None else _main_subject(_clauses(here[:at]))


def subject(text: str, sentence: Span) -> Span | None:
    """The words that name the one a sentence is about, where it begins with a person's name, a pronoun or a description."""
    return _main_subject(_read_clauses(text, Span(sentence.start, min(sentence.end, sentence.start + 8 * _FAR))))


def _read_clauses(text: str, span: Span) -> Iterator[list[Word]]:
    """The clauses of a span's first words; each is read when it is asked for, since the first one mostly tells."""
    left = _FAR
    marks = (match.start() for match in _CLAUSE_MARK.finditer(text, span.start, span.end))
    start = span.start
    for end in chain(marks, [span.end]):
        clause = words(text, Span(start, end))
        yield clause[:left]
        left -= len(clause) + 1
        if left < 0:
            return
        start = end + 1


def reported(text: str, sentence: Span) -> tuple[Cue, Span] | None:
    """The cue of a sentence that reports speech without quotation marks, and the span of what was said.

    >>> text = "Nazarov said most foreign men were taken to Mosul."
    >>> cue, said = reported(text, Span(0, len(text)))
    >>> cue.speaker.of(text), said.of(text)
    ('Nazarov', 'most foreign men were taken to Mosul')
    """
    if len(sentence) > _LONGEST or not _MAY_REPORT.search(text, sentence.start, sentence.end):
        return None
    here = words(text, sentence)
    end = here[-1].end if here else sentence.end
    while here and here[-1].text in {".", "!", "?", "…"}:
        end = here.pop().start
    if len(here) < 4:
        return None
    if here[0].lower == "according" and here[1].lower == "to":
        comma = next((at for at, word in enumerate(here) if word.text == ","), None)
        speaker = _described_from(here, 2)
        if comma is None or speaker is None or comma + 3 > len(here):
            return None
        return Cue(Span(here[0].start, here[1].end), speaker), Span(here[comma + 1].start, end)
    for at in range(1, min(len(here), _FAR)):
        word = here[at]
        if word.lower == "according" and at + 2 < len(here) and here[at + 1].lower == "to" and at > 3:
            stop = here[at - 1].start if here[at - 1].text == "," else word.start
            return Cue(Span(word.start, here[at + 1].end), _described_from(here, at + 2)), Span(here[0].start, stop)
        if here[at - 1].text == "," and at > 4 and word.lower in _INVERTING and word.text[0].islower():  # "…, says one defector"
            speaker = _subject_after(here, at + 1)
            if speaker is not None and speaker.end + 2 >= end:
                return Cue(Span(word.start, word.end), speaker), Span(here[0].start, here[at - 1].start)
        if word.lower not in _REPORTS_SPEECH or not _is_cue(here, at):
            continue
        speaker = _subject_before(here, at)
        if speaker is None:
            continue
        cue = Cue(Span(word.start, word.end), speaker)
        rest = here[at + 1 :]
        if len(rest) <= 4 or _is_adverbial(rest) or rest[0].text == ",":  # "Most were killed, Nazarov said on Monday."
            before_subject = [other for other in here[:at] if other.end <= speaker.start]
            if len(before_subject) > 4 and before_subject[-1].text == ",":
                return cue, Span(here[0].start, before_subject[-1].start)
            if len(rest) <= 2:
                continue
        content = _content(rest, word.lower in _WITHOUT_THAT and word.lower not in _NOUN_TOO)
        if content is None:
            continue
        # "A says one thing; B says another": what B says is not A's.
        parted = next((place for place in range(at, len(here)) if here[place].text == ";"), None)
        if parted is not None and any(_is_cue(here, place) for place in range(parted + 2, len(here))):
            end = here[parted].start
        return (cue, Span(content, end)) if content < end else None
    return None


def _is_adverbial(rest: Sequence[Word]) -> bool:
    return bool(rest) and len(rest) < 12 and (rest[0].lower in _TIMES or rest[0].lower in _PREPOSITIONS)


def _content(rest: Sequence[Word], without_that: bool) -> int | None:
    """Where the content of "said (on Monday) (that) …" begins; None where it is no clause."""
    for at, word in enumerate(rest[:14]):
        if word.lower == "that":
            return rest[at + 1].start if at + 3 < len(rest) else None
        if word.lower in _BREAKS or word.lower in _BE or _looks_past(word):
            break
    at = 0
    while at < len(rest) and (rest[at].lower in _TIMES or rest[at].text == ","):
        at += 1
    if not without_that or at >= len(rest) - 2 or rest[at].lower in _PREPOSITIONS or rest[at].lower in _NO_CLAUSE:
        return None
    return rest[at].start


_NO_CLAUSE = _set("so nothing little and but or as him her them us")


def _first_sentence(text: str, gap: Span) -> list[Word]:
    """The words before the first end of a sentence. No more are read: no word goes on beyond a stop and white space."""
    here: list[Word] = []
    at, end = gap.start, min(gap.end, gap.start + _LONGEST)
    for match in _SENTENCE_END.finditer(text, gap.start, gap.end):
        if at < end:
            stop = min(match.end(), end)
            here += words(text, Span(at, stop))
            at = stop
        count = sum(word.start < match.start() for word in here)
        last = here[count - 1] if count else None
        if last is not None and (last.text.endswith(".") or (len(last.text) == 1 and last.text.isupper())) and text[match.start()] == ".":
            continue  # "Mr. Khan", "J. Smith"
        if count:
            return here[:count]
    return here + words(text, Span(at, end)) if at < end else here


def _is_cue(here: Sequence[Word], at: int) -> bool:
    word = here[at]
    if not at or word.lower not in _CUES or not word.text[0].islower():
        return False
    previous = here[at - 1]
    if word.lower in _BASE:
        left = here[_skip_back(here, at - 1, _SKIPPED_BEFORE_BASE)]
        plural = left.text[0].islower() and left.lower.endswith("s") and left.lower not in _NO_PLURAL
        return left.lower in _BEFORE_BASE or plural
    if word.lower == "saying":
        return previous.lower == "as" and at > 1 and here[at - 2].lower == "quoted"
    if word.lower in {"goes", "went"}:
        return at + 1 < len(here) and here[at + 1].lower == "on"
    if word.lower == "put":
        return at + 1 < len(here) and here[at + 1].lower in {"it", "in"}
    if word.lower == "pointed":
        return at + 1 < len(here) and here[at + 1].lower in {"out", "to"}
    place = at - 1
    while place > 0 and (here[place].lower in _SKIPPED or here[place].lower.endswith("ly")):
        place -= 1
    if here[place].lower in _BE and word.lower != "quoted":
        return False  # "was told", "are called"
    if here[place].lower in {"the", "a", "an", "of", "by", "his", "her", "their", "its", "have"} and word.lower not in {"said", "says"}:
        return False
    return word.lower not in _NOUN_TOO or previous.lower in _PRONOUNS or _named(previous) or previous.text == ","


_CUES = _SAID | _NOUN_TOO | _BASE | {"saying", "put", "goes", "went"}


def _skip_back(here: Sequence[Word], at: int, skipped: frozenset[str] = _SKIPPED) -> int:
    while at > 0 and (here[at].lower in skipped or (here[at].lower.endswith("ly") and here[at].text[0].islower())):
        at -= 1
    return at


def _subject_before(here: Sequence[Word], verb: int) -> Span | None:
    """The subject that ends right before the verb, or before what stands between commas in front of it."""
    at = _skip_back(here, verb - 1)
    if at < 0:
        return None
    word = here[at]
    if word.text in {",", ")", "—", "–", "-"}:
        return _before_parenthesis(here, at)
    if word.lower in {"who", "which", "that"}:
        return _nominal_ending(here, at - 2 if at and here[at - 1].text == "," else at - 1)
    return _nominal_ending(here, at)


def _before_parenthesis(here: Sequence[Word], at: int) -> Span | None:
    """ "Linda Hudson, the mayor of Fort Pierce, [said]": the first part of the clause that could be a subject."""
    if here[at].text == ")":
        opening = next((place for place in range(at, -1, -1) if here[place].text == "("), None)
        return None if opening is None else _nominal_ending(here, opening - 1)
    start = at
    while start > 0 and at - start < _FAR and here[start - 1].text not in {";", ":", "“", '"', "”"}:
        start -= 1
    parts: list[tuple[int, int]] = []
    begin = start
    for place in range(start, at + 1):
        if here[place].text in {",", "—", "–"}:
            if place > begin:
                parts.append((begin, place - 1))
            begin = place + 1
    for begin, last in parts:
        first = begin + (begin > 0 and here[begin].lower in {"and", "but"})
        if first > last or here[first].lower in _PREPOSITIONS or here[first].lower in _BREAKS or here[first].lower in _TIMES:
            continue
        if here[first].lower.endswith(("ing", "ly")) and (
            here[first].text[0].islower() or (first < last and here[first + 1].text[0].islower())
        ):
            continue
        found = _nominal_ending(here, last, first)
        if found is not None and found.start - here[first].start < 60:
            return found
    return None


def _nominal_ending(here: Sequence[Word], last: int, floor: int = 0) -> Span | None:
    """The pronoun, name or description whose last word is `here[last]`."""
    if last < floor:
        return None
    word = here[last]
    if word.lower in _SPEAKING_PRONOUNS:
        return Span(word.start, word.end)
    if word.lower in _TIMES or (last + 1 < len(here) and here[last + 1].lower in _TIMES and word.lower in _BEFORE_TIMES):
        return _nominal_ending(here, last - 1, floor)
    if word.lower in _ENDS_NO_SUBJECT:
        return None
    if not word.text[0].isalnum() or (word.text[0].isdigit() and last == floor):
        return None
    first = last
    while first > floor and _continues(here, first):
        first -= 1
    if first - floor >= 2 and here[first - 1].lower in {"who", "which"} and first < last:  # "A man who joined them [said]"
        return _nominal_ending(here, first - 2 - (here[first - 2].text == ","), floor)
    # A description begins at its determiner, a name at its first capital.
    while first < last and (here[first].lower in _LINKS or here[first].lower in _SKIPPED):
        first += 1
    found = _tidy(here, first, last)
    if found is not None and here[first].start == found.start and first - floor >= 2 and here[first - 1].lower in {"and", "&"}:
        other = _nominal_ending(here, first - 2, floor)  # "David Albright and Serena Kell"
        if other is not None and (_named(here[first]) or here[first].lower in _DETERMINERS or other.end == here[first - 2].end):
            return Span(other.start, found.end)
    return found


def _continues(here: Sequence[Word], first: int) -> bool:
    """Whether the word before `here[first]` belongs to the same name or description."""
    word, left = here[first], here[first - 1]
    if not left.text[0].isalnum() or left.lower in _BREAKS or left.lower in _PRONOUNS or left.lower in _TIMES:
        return left.text == "&"
    if word.lower in _DETERMINERS:
        return left.lower in _LINKS or left.lower in {"all", "both"}
    if left.lower in _SAID or left.lower in _BE or left.lower in _SKIPPED:
        return False
    if left.lower in _PREPOSITIONS:
        return left.lower in _LINKS and first >= 2 and here[first - 2].text[0].isalpha() and here[first - 2].lower not in _PREPOSITIONS
    return True


def _tidy(here: Sequence[Word], first: int, last: int) -> Span | None:
    """A name without the lower-case words before it, a description from its last determiner that is not part of a longer one."""
    run = last
    while run > first and (_named(here[run - 1]) or (here[run - 1].lower in _PARTICLES and run - 1 > first and _named(here[run - 2]))):
        run -= 1
    inside = here[first : last + 1]
    linked = any(word.lower in _LINKS for word in inside)
    if _named(here[last]) and not (linked and run > first and here[run - 1].lower in _LINKS):
        if run > first and here[run - 1].lower in _PURE_LINKS:
            return _somebody(here, first, last)
        if run > first and here[run - 1].lower in _DETERMINERS:  # "the Trump campaign" ends in no name; "the Kremlin" does
            run -= 1
        return _somebody(here, run, last)
    determiners = [place for place in range(first, last + 1) if here[place].lower in _DETERMINERS]
    outer = [place for place in determiners if place == first or here[place - 1].lower not in _LINKS]
    begin = outer[-1] if outer else first
    return _somebody(here, begin, last)


def _somebody(here: Sequence[Word], first: int, last: int) -> Span | None:
    """The span of words that may name a source; None for what is left of a clause: "his recent", "walk away from it", "two weeks", "1"."""
    while last > first and here[last].lower in _OPEN_ENDS:  # "the authors of the “Report”"
        last -= 1
    inside = here[first : last + 1]
    head, end = inside[0], inside[-1]
    if end.lower in _NO_END or head.lower in _PREPOSITIONS or not any(word.text[0].isalpha() for word in inside):
        return None
    if any(_named(word) for word in inside):
        return Span(head.start, end.end)
    if head.lower in _DETERMINERS:
        return None if len(inside) == 1 or end.lower in _SPANS_OF_TIME else Span(head.start, end.end)
    # Without a determiner: "officials", "police sources in the capital".
    found = any(word.lower in _COLLECTIVE or (word.lower.endswith("s") and not word.lower.endswith("ss")) for word in inside[:4])
    return Span(head.start, end.end) if found and not _looks_past(head) and end.lower not in _SPANS_OF_TIME else None


_NO_END = _DETERMINERS | _PREPOSITIONS | _set("recent opening former new own last first next such complete named long who's who've he'd")
_SPANS_OF_TIME = _set("weeks years days months hours minutes seconds decades times moments")
_COLLECTIVE = _set(
    "recruit spokesman spokeswoman official source report study poll lawyer headline police people men women congress management "
    "parliament government staff counsel one state law history research"
)


def _subject_after(here: Sequence[Word], at: int) -> Span | None:
    """The subject behind an inverted verb: "said [Mona Reyes], an analyst"; None where no subject follows."""
    while at < len(here) and here[at].lower in _SKIPPED:
        at += 1
    if at >= len(here) or here[at].lower in _TIMES or here[at].lower in _PREPOSITIONS or here[at].lower in _BREAKS:
        return None
    if here[at].lower in _SPEAKING_PRONOUNS:
        return Span(here[at].start, here[at].end)
    return _described_from(here, at)


def _described_from(here: Sequence[Word], at: int) -> Span | None:
    """The name or description that begins at `here[at]`."""
    if at >= len(here) or not here[at].text[0].isalnum():
        return None
    end = at
    while end < len(here) and end - at < 14:
        word = here[end]
        if not (word.text[0].isalnum() or word.text in {"&"}):
            break
        if end > at and (
            word.lower in _BREAKS
            or word.lower in _TIMES
            or word.lower in _PRONOUNS
            or word.lower in {"speaking", "referring", "during", "by", "about", "after", "before", "on", "this", "last", "told", "when"}
        ):
            break
        if end > at and word.lower in _BE_OR_FINITE:
            break
        if end > at and word.lower in _PREPOSITIONS and (word.lower not in _LINKS or (_named(here[end - 1]) and word.lower != "of")):
            break
        if end > at and _named(here[end - 1]) and word.text[0].islower() and word.lower not in _PARTICLES:
            further = _name_further_on(here, end)  # "Huckabee campaign spokesman Hogan Gidley"
            if further is None:
                break
            end = further
        end += 1
    if end == at:
        return None
    last = end - 1
    names = [place for place in range(at, end) if _named(here[place])]
    if names and names[-1] == last and here[at].lower not in _BEFORE_NO_NAME:
        first = last
        while first > at and (_named(here[first - 1]) or here[first - 1].lower in _OWN_PARTICLES):
            first -= 1
        if first == at or here[first - 1].lower not in _LINKS:
            return _somebody(here, first, last)
    return _somebody(here, at, last)


def _name_further_on(here: Sequence[Word], at: int) -> int | None:
    """Where a name begins behind a few plain words from `here[at]` on; None where something else follows."""
    for place in range(at, min(at + 4, len(here))):
        word = here[place]
        if place > at and _named(word):
            return place
        if not word.text.isalpha() or not word.text[0].islower() or word.lower in _PARTS_NAME:
            return None
    return None


def _leading_subject(here: Sequence[Word], verb: int) -> Span | None:
    """The subject of a cue whose clause begins with `here[0]`."""
    found = _subject_before(here, verb)
    if found is not None:
        return found
    return _main_subject(_clauses(here[:verb]))


def _clauses(here: Sequence[Word]) -> Iterator[Sequence[Word]]:
    begin = 0
    for at, word in enumerate(here):
        if word.text in _CLAUSE_MARKS:
            yield here[begin:at]
            begin = at + 1
    yield here[begin:]


def _main_subject(clauses: Iterable[Sequence[Word]]) -> Span | None:
    """The first name, pronoun or description that could be the subject of a sentence that begins with these clauses."""
    described = None
    for number, clause in enumerate(clauses):
        found = _opening(clause)
        if found is not None:
            if clause[0].lower not in _DETERMINERS:
                return found
            described = described or found
        elif (number == 0 or described is None) and any(word.lower in _BE_OR_FINITE for word in clause):
            return described  # a clause of its own, whose subject is no person
    return described


_FINITE = _set("has had have does did will would can could may might must should")
_BE_OR_FINITE = _BE | _FINITE
_CLAUSE_MARKS = frozenset(",—–;")  # no word holds one
_CLAUSE_MARK = re.compile("[,—–;]")


def _opening(here: Sequence[Word]) -> Span | None:
    """The subject that a clause begins with; None where it begins with something else ("After months", "Asked why")."""
    at, end = 0, len(here)
    while at < end and (
        here[at].lower in _BEFORE_SUBJECT or "-year-old" in here[at].lower or (here[at].lower.endswith("ly") and len(here[at].text) > 4)
    ):
        at += 1
    if at >= end:
        return None
    word = here[at]
    if word.lower in _SPEAKING_PRONOUNS:
        return Span(word.start, word.end)
    if word.lower in _PREPOSITIONS or word.lower in _BREAKS or word.lower.endswith("ing") or word.lower == "asked":
        return None
    last = at
    if _named(word):
        while last + 1 < end and (
            _named(here[last + 1]) or (here[last + 1].lower in _PARTICLES and last + 2 < end and _named(here[last + 2]))
        ):
            last += 1
        possessive = here[last].lower.endswith(("'s", "s'")) and last + 1 < end
        if not possessive and (last + 1 >= end or here[last + 1].text[0].islower() or not here[last + 1].text[0].isalnum()):
            return Span(word.start, here[last].end)
        return None
    if word.lower in _DETERMINERS:
        while (
            last + 1 < end
            and last - at < 8
            and here[last + 1].text[0].isalnum()
            and here[last + 1].lower not in _ENDS_DESCRIPTION
            and not (_looks_past(here[last + 1]) and here[last + 1].text[0].islower())
        ):
            last += 1
        return Span(word.start, here[last].end) if last > at else None
    return None


_BEFORE_SUBJECT = _SKIPPED | _TIMES | _set("and but so yet meanwhile however even")


def is_abbreviation(token: str) -> bool:
    """Whether a full stop at the end of `token` belongs to it."""
    found = _TOKEN.fullmatch(token)
    return found is not None and token.endswith(".")
