"""Arabic: attributes speech by the words near a quotation ("قالت الطبيبة", "بحسب الوزارة", "ونقلت الوكالة عن شاهد قوله").

The verb comes first, directly followed by its subject. Without a subject (pro-drop) the last speaker who agrees with the verb's form goes
on. The functions are those of index/languages/cues.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from index.languages.base import language
from index.languages.cues import SpeechCue, Token
from index.text.fold import fold_text
from index.text.spans import Span


def _words(key: str) -> frozenset[str]:
    """The words under a key, folded for comparison."""
    return frozenset(map(fold_text, language("ar").words(key)))


_TOKEN = re.compile(r"[^\W_][\w\u064b-\u0652\u0670\u0640]*+(?:[.'’-](?=\w)[\w\u064b-\u0652\u0670\u0640]*+)*+|\S")
_MASCULINE = _words("cues.masculine")
_FEMININE = _words("cues.feminine")
_PLURAL = _words("cues.plural")
_FORM_OF = dict.fromkeys(_MASCULINE, "m") | dict.fromkeys(_PLURAL, "p") | dict.fromkeys(_FEMININE, "f")
_FORM_OF = {conjunction + verb: form for conjunction in "وف" for verb, form in _FORM_OF.items()} | _FORM_OF
_PARTICIPLES = _words("cues.participles")
_ACCORDING = _words("cues.according")
_THAT = _words("cues.that")
_PLAIN_THAT = _words("cues.plain_that")
_SPEECH_CONJUNCTIONS = _THAT - _words("cues.no_that")
_STOPS = _THAT | _PARTICIPLES | _words("cues.ends_subject")
# Words with a clitic that may follow a subject: "للصحافيين", "بالقول", "لرويترز". A ل may also begin a name, so that only common addressees
# are listed with it.
_CLITIC = re.compile(
    r"(?:لل|بال)\w{3,}|ل(?:وكاله|قناه|صحيفه|موقع|شبكه|رويترز|فرانس|بي|سي|مجله|هييه|راديو|تلفزيون|وسايل|عدد|مراسلي?|برنامج|نا|ها|ه|هم)"
)
_ADVERBS = _words("cues.adverbs")
_LONGEST = 1500  # characters of a sentence that are read
_LONGEST_SUBJECT = 9  # tokens; not measured


def tokenize(text: str, span: Span) -> list[Token]:
    """The words and punctuation marks of a span."""
    return list(_tokens(text, span))


def _tokens(text: str, span: Span) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, span.start, span.end):
        word = match[0]
        yield _tuple(Token, (word, match.start(), match.end(), _folded(word)))


_tuple = tuple.__new__  # as in en/cues.py
_folded = lru_cache(maxsize=1 << 13)(fold_text)  # words recur; the size is not measured


def after(text: str, gap: Span, ready: bool) -> SpeechCue | None:
    """The cue after a quotation: see languages/cues.py."""
    tokens_of_gap = _tokens(text, Span(gap.start, min(gap.end, gap.start + _LONGEST)))
    tokens = list(takewhile(lambda word: word.text not in {".", "؟", "!"}, tokens_of_gap))
    while tokens and tokens[0].text in {",", "،", "-", "–", "—", "…"}:
        ready, tokens = True, tokens[1:]
    if not tokens:
        return None
    first = _plain(tokens[0])
    if first in _ACCORDING:
        return _according(tokens, 0)
    if first == "علي" and len(tokens) > 3 and _plain(tokens[1]) == "حد":  # "على حد قوله", "على حد تعبير الوزير"
        verb = Span(tokens[0].start, tokens[2].end)
        return SpeechCue(verb, None if _plain(tokens[2]).endswith(("ه", "ها", "هم")) else _mention_starting_at(tokens, 3), _form(tokens[2]))
    at = 1 if first == "كما" and len(tokens) > 1 else 0
    bare = _verb(tokens[at])
    # "…». وأضاف" begins the next sentence, and introduces what follows.
    if bare is None or (not ready and tokens[at].text[0] in "وف") or (not ready and at == 0):
        return None
    return SpeechCue(Span(tokens[at].start, tokens[at].end), _mention_starting_at(tokens, at + 1), bare)


def before(text: str, gap: Span) -> SpeechCue | None:
    """The cue in the sentence that introduces a quotation: see languages/cues.py."""
    return _last_cue(tokenize(text, Span(max(gap.start, gap.end - _LONGEST), gap.end)))


def _last_cue(tokens: Sequence[Token]) -> SpeechCue | None:
    for at in range(len(tokens) - 1, -1, -1):
        word = _plain(tokens[at])
        if word not in _CUE_WORDS:
            continue
        span = Span(tokens[at].start, tokens[at].end)
        if word in _SPEECH_NOUNS or word in _PARTICIPLES:
            source = _cited_source(tokens, at) if word not in _PARTICIPLES else None
            if source is not None:
                return SpeechCue(span, source)
            earlier = _last_cue(tokens[:at])
            if earlier is not None:
                return SpeechCue(span, earlier.speaker, earlier.form)
            return SpeechCue(span, _participle_subject(tokens, at), _form(tokens[at]))
        if word in _ACCORDING:
            return _according(tokens, at)
        form = _verb(tokens[at])
        if form is not None:
            speaker = _mention_starting_at(tokens, at + 1)
            if speaker is None and at and tokens[at].text[0] not in "وف":
                speaker = _subject_before(tokens, at)
            return SpeechCue(span, speaker, form)
    return None


_SPEECH_NOUNS = _words("cues.words_of_saying")
_CUE_WORDS = _SPEECH_NOUNS | _PARTICIPLES | _ACCORDING | _FORM_OF.keys()


def within(text: str, content: Span) -> Sequence[tuple[SpeechCue, Span]]:
    """Empty: Arabic tags between the marks are not recognised."""
    return ()


def is_dialogue(text: str, lines: Sequence[Span]) -> bool:
    """What begins with a dash is no quotation."""
    return False


def subject(text: str, sentence: Span) -> Span | None:
    """None: the subject of Arabic narration is not recognised by its form."""
    return None


def acting(text: str, sentence: Span) -> SpeechCue | None:
    """The verb and subject of a sentence whose subject may be the next speaker: "أعلن المدير استقالته"."""
    return before(text, sentence)


def reported(text: str, sentence: Span) -> tuple[SpeechCue, Span] | None:
    """The cue of a sentence of indirect speech, and the span of the reported content: see languages/cues.py."""
    if len(sentence) > _LONGEST or not _may_report(text, sentence):
        return None
    tokens = tokenize(text, sentence)
    while tokens and tokens[-1].text in {".", "!", "؟", "…", ",", "،"}:
        tokens.pop()
    if len(tokens) < 4:
        return None
    end = tokens[-1].end
    first = _plain(tokens[0]).removeprefix("و")
    if first in _ACCORDING:
        comma = next((at for at, word in enumerate(tokens[:14]) if word.text in {",", "،"}), None)
        if comma is None or comma + 3 > len(tokens):
            return None
        return SpeechCue(Span(tokens[0].start, tokens[0].end), _mention_starting_at(tokens, 1)), Span(tokens[comma + 1].start, end)
    for at, word in enumerate(tokens[:40]):
        form = _verb(word)
        if form is None:
            continue
        that = next((index for index in range(at + 1, min(at + 26, len(tokens))) if _plain(tokens[index]) in _SPEECH_CONJUNCTIONS), None)
        if that is None or that + 3 > len(tokens):
            continue
        content = tokens[that + 1] if _plain(tokens[that]) in _PLAIN_THAT else tokens[that]
        speaker = _mention_starting_at(tokens, at + 1)
        if speaker is None and at and word.text[0] not in "وف":
            speaker = _subject_before(tokens, at)
        return SpeechCue(Span(word.start, word.end), speaker, form), Span(content.start, end)
    return None


def _may_report(text: str, sentence: Span) -> bool:
    """Whether a sentence begins with "according to", or has a verb of saying and "that". Most have neither, and are not parsed."""
    tokens = [*map(_folded, _TOKEN.findall(text, sentence.start, sentence.end))]
    if not tokens or tokens[0].removeprefix("و") in _ACCORDING:
        return bool(tokens)
    return not _SPEECH_CONJUNCTIONS.isdisjoint(tokens) and not _FORM_OF.keys().isdisjoint(tokens)


_BEFORE_A_NAME = _words("cues.bear_names")


def leads(text: str, lead: Span, cue: SpeechCue | None) -> bool:
    """Whether the words directly before a quotation introduce speech: a colon, a verb of saying, "that", a noun such as "عبارة"."""
    last = tokenize(text, lead)[-2:]
    if not last or _plain(last[-1]).removeprefix("ال") in _BEFORE_A_NAME:
        return False
    return (
        last[-1].text in {":", "،", ","}
        or any(_verb(word) is not None or _plain(word) in _PARTICIPLES or _plain(word) in _SPEECH_CONJUNCTIONS for word in last)
        or _plain(last[-1]) in {"ب", "بانه", "بانها", "كلمه", "عباره", "قوله", "قولها"}
    )


def _according(tokens: Sequence[Token], at: int) -> SpeechCue:
    """The cue of "بحسب"; in "حسبما أفاد مصدر" a verb precedes the speaker."""
    skipped = at + 1 < len(tokens) and _verb(tokens[at + 1]) is not None
    return SpeechCue(Span(tokens[at].start, tokens[at + skipped].end), _mention_starting_at(tokens, at + 1 + skipped))


def _plain(word: Token) -> str:
    return word.lower


def _verb(word: Token) -> str | None:
    """The form of a verb of saying, with or without a conjunction: "m", "f", "p"; None for another word."""
    return _FORM_OF.get(word.lower)


def _form(word: Token) -> str:
    plain = _plain(word)
    return "f" if (plain.endswith(("ها", "ه")) and plain in _PARTICIPLES) or plain.endswith("ها") else "m"


def _mention_starting_at(tokens: Sequence[Token], at: int) -> Span | None:
    """The name or description that begins at `tokens[at]`, directly after its verb; None if something else follows."""
    while at < len(tokens) and _plain(tokens[at]) in _ADVERBS:
        at += 1
    end = at
    while end < len(tokens) and end - at < _LONGEST_SUBJECT:
        word = tokens[end]
        plain = _plain(word)
        if (
            plain in _STOPS
            or (end > at and plain in _CONTENT_NOUNS)
            or not word.text[0].isalnum()
            or word.text[0].isdigit()
            or _verb(word) is not None
        ):
            break
        if plain == "من" and (end == at or end - at > 2):
            break
        if word.text.startswith(("لإ", "لأ", "لآ")):
            break
        if end > at and _POSSESSIVE_SUFFIX.search(plain):
            break  # "أعلن الوزير استقالته": the object
        if end - at > 1 and plain.startswith("لل") and _continues(tokens, end):
            end += 1
            continue
        if end > at and (_CLITIC.fullmatch(plain) or plain.startswith("ول") or plain.startswith("وب")):
            break
        if end == at and _CLITIC.fullmatch(plain):
            return None
        end += 1
    if end > at and end + 2 < len(tokens) and tokens[end].text in _MARKS and _plain(tokens[end - 1]) in _BEFORE_A_NAME:  # صحيفة "المرفأ"
        closing = next((index for index in range(end + 2, min(end + 6, len(tokens))) if tokens[index].text in _MARKS), None)
        end = end if closing is None else closing + 1
    return Span(tokens[at].start, tokens[end - 1].end) if end > at else None


_POSSESSIVE_SUFFIX = re.compile("(?:ته|تها|تهم)$")
_ADDRESSED = _words("cues.addressed")


def _continues(tokens: Sequence[Token], at: int) -> bool:
    """Whether a mention goes on after "للشركة": "الرئيس التنفيذي للشركة نديم لهوان"; not after an addressee."""
    if _plain(tokens[at]) in _ADDRESSED or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    return following.text[0].isalpha() and _plain(following) not in _STOPS and _verb(following) is None


_CONTENT_NOUNS = _words("cues.matters")
_MARKS = frozenset('"“”«»')


def _subject_before(tokens: Sequence[Token], verb: int) -> Span | None:
    """The subject before its verb ("نزاروف قال إن"), at the beginning of the sentence or clause."""
    first = verb
    while first > 0 and verb - first < 6:
        word = tokens[first - 1]
        if not word.text[0].isalnum() or _plain(word) in _STOPS or _verb(word) is not None:
            break
        first -= 1
    while first < verb and (_plain(tokens[first]) in _ADVERBS or _plain(tokens[first]) in _WAS):
        first += 1
    return Span(tokens[first].start, tokens[verb - 1].end) if first < verb and first < 3 else None


_WAS = _words("cues.was")


def _cited_source(tokens: Sequence[Token], at: int) -> Span | None:
    """The speaker in "نقلت … عن X قوله"."""
    index = next((index for index in range(at - 1, max(-1, at - 14), -1) if _plain(tokens[index]) == "عن"), None)
    return None if index is None else _mention_starting_at(tokens[:at], index + 1)


def _participle_subject(tokens: Sequence[Token], at: int) -> Span | None:
    """The subject of the verb at the beginning of the sentence, before the participle `tokens[at]`."""
    if not at or not tokens[0].text[0].isalnum() or _plain(tokens[0]).startswith("ال") or _plain(tokens[0]) in _STOPS:
        return None
    return _mention_starting_at(tokens[:at], 1)


def is_abbreviation(token: str) -> bool:
    """False: text/sentences.py recognises Arabic abbreviations without this list."""
    return False
