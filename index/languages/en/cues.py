"""English: attributes speech by the words near a quotation ("said Mona Reyes", "she told us", "according to the ministry").

The rules read the tokens of one sentence: a finite verb of saying, and its subject before it or, directly after a quotation, also after it.
They find the mention of the speaker; people.py resolves it to a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter

from index.languages.base import language
from index.languages.cues import SpeechCue, Token
from index.languages.en.subjects import (
    BE,
    BREAKS,
    DETERMINERS,
    LINKS,
    LONGEST_DISTANCE,
    PREPOSITIONS,
    PRONOUNS,
    SKIPPED,
    SPEAKING_PRONOUNS,
    SPEECH_VERBS,
    TIMES,
    clauses,
    is_name_token,
    leading_subject,
    looks_past,
    main_subject,
    mention_ending_at,
    mention_starting_at,
    skip_back,
    subject_after,
    subject_before,
)
from index.text.spans import Span

_TOKEN = re.compile(
    r"(?=[A-Z])\b(?:"  # without this lookahead each word is compared with each title
    r"(?:Mrs?|Ms|Messrs|Drs?|Sens?|Govs?|Reps?|Gen|Sgt|Col|Lt|Capt|Maj|Adm|Jr|Sr|St|Prof|Rev|Hon|Pres|Atty)\."
    r"|[A-Z]\.(?:[A-Z]\.)*+)"
    r"|[^\W_][\w&]*+(?:[.'’-](?=\w)[\w&]*+)*+"
    r"|\S"
)
_words = language("en").word_set
_NOUN_TOO = _words("cues.noun_too")
_BASE_FORMS = _words("cues.base")
_BEFORE_BASE_FORM = _words("cues.before_base")
_SIGNS = _words("cues.signs")
_WITHOUT_THAT = _words("cues.without_that")
_REPORTS_SPEECH = _words("cues.reports_speech")
_PARTICIPLES = _words("cues.participles")
_INVERTING = _words("cues.inverting")
_NO_CLAUSE = _words("cues.no_clause")
# Unions of these lists that single rules need, built once.
_CUES = SPEECH_VERBS | _NOUN_TOO | _BASE_FORMS | {"saying", "put", "goes", "went"}
_UNLINKED = PREPOSITIONS - LINKS
_ENDS_TAG = BREAKS - {"who", "and", "said", "says", "told"}
_BEFORE_NO_VERB = BE | DETERMINERS
_SKIPPED_BEFORE_BASE_FORM = SKIPPED - _BEFORE_BASE_FORM
_NO_PLURAL = SPEECH_VERBS | BE | DETERMINERS | PREPOSITIONS
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|\n")
_CLAUSE_MARK = re.compile("[,—–;]")
# Grouped by first letter: a plain alternation takes twice the time, and is searched in every sentence.
_BY_INITIAL = [(initial, [word[1:] for word in same]) for initial, same in groupby(sorted(_REPORTS_SPEECH), key=itemgetter(0))]
_MAY_REPORT = re.compile(
    rf"(?=[A{''.join(initial for initial, _ in _BY_INITIAL)}])"
    rf"\b(?:{'|'.join(f'{initial}(?:{chr(124).join(rests)})' for initial, rests in _BY_INITIAL)}|[Aa]ccording to)\b"
)
_LONGEST = 1500  # characters of a sentence that are read; a longer one is a list or no sentence
_tuple = tuple.__new__


def tokenize(text: str, span: Span) -> list[Token]:
    """The words and punctuation marks of a span.

    >>> [word.text for word in tokenize("Mr. O’Neil, 45, said: no.", Span(0, 25))]
    ['Mr.', 'O’Neil', ',', '45', ',', 'said', ':', 'no', '.']
    """
    # the constructor of a named tuple is a Python function, and slower than the search
    return [
        _tuple(Token, (word := match[0], match.start(), match.end(), word.lower().replace("’", "'")))
        for match in _TOKEN.finditer(text, span.start, span.end)
    ]


def after(text: str, gap: Span, ready: bool) -> SpeechCue | None:
    """The cue after a quotation: see languages/cues.py.

    >>> said = "” said Mona Reyes, an analyst."
    >>> cue = after(said, Span(1, len(said)), True)
    >>> cue.verb.of(said), cue.speaker.of(said)
    ('said', 'Mona Reyes')
    """
    tokens = _first_sentence(text, gap)
    while tokens and tokens[0].text in {",", "-", "–", "—", "…", "."}:
        ready = ready or tokens[0].text != "."
        tokens = tokens[1:]
    if not tokens:
        return None
    first = tokens[0]
    if first.lower in {"and", "but", "or"}:
        return None
    if first.lower == "according" and len(tokens) > 2 and tokens[1].lower == "to":
        return SpeechCue(Span(first.start, tokens[1].end), mention_starting_at(tokens, 2))
    if first.lower == "as" and len(tokens) > 2:
        tokens = tokens[1:]
        first = tokens[0]
    if not ready and (len(tokens) > 6 or not (first.lower in SPEAKING_PRONOUNS or is_name_token(first))):
        return None
    if first.lower in _INVERTING and (first.text[0].islower() or ready):
        speaker = subject_after(tokens, 1)
        if speaker is not None:
            return SpeechCue(Span(first.start, first.end), speaker)
        return None
    if ready and first.text[0].islower() and looks_past(first) and len(tokens) > 1 and is_name_token(tokens[1]):  # "…," thundered Cato
        return SpeechCue(Span(first.start, first.end), mention_starting_at(tokens, 1))
    for at in range(1, min(len(tokens), LONGEST_DISTANCE)):
        word = tokens[at]
        if word.text in {";", ":"} or (word.lower in _ENDS_TAG and at > 1 and tokens[at - 1].text != ","):
            break
        if _is_cue(tokens, at):
            speaker = leading_subject(tokens, at)
            return None if speaker is None else SpeechCue(Span(word.start, word.end), speaker)
    return _unknown_verb(tokens) if ready else None


def _unknown_verb(tokens: Sequence[Token]) -> SpeechCue | None:
    """The cue of "…," Oliver barked: a subject directly after the quotation, and any verb after it."""
    for at in range(1, min(len(tokens), 10)):
        word = tokens[at]
        if not word.text[0].isalnum() or word.lower in _UNLINKED:
            return None
        if word.text[0].islower() and looks_past(word) and tokens[at - 1].lower not in _BEFORE_NO_VERB:
            speaker = mention_ending_at(tokens, at - 1)
            return (
                None if speaker is None or speaker.start > tokens[min(2, at - 1)].start else SpeechCue(Span(word.start, word.end), speaker)
            )
    return None


def before(text: str, gap: Span) -> SpeechCue | None:
    """The cue in the sentence that introduces a quotation: see languages/cues.py.

    >>> text = 'In May, Linda Hudson, the mayor, told us that'
    >>> cue = before(text, Span(0, len(text)))
    >>> cue.verb.of(text), cue.speaker.of(text)
    ('told', 'Linda Hudson')
    """
    return _last_cue(tokenize(text, Span(max(gap.start, gap.end - _LONGEST), gap.end)))


def _last_cue(tokens: list[Token]) -> SpeechCue | None:
    tokens = tokens[-3 * LONGEST_DISTANCE :]
    for at in range(len(tokens) - 1, -1, -1):
        word = tokens[at]
        if word.lower == "according" and at + 2 < len(tokens) and tokens[at + 1].lower == "to":
            return SpeechCue(Span(word.start, tokens[at + 1].end), mention_starting_at(tokens, at + 2))
        if word.lower in _PARTICIPLES and not (at and tokens[at - 1].lower in {"the", "a", "of"}):
            subject = _participle_subject(tokens, at)
            if subject is not None:
                return SpeechCue(Span(word.start, word.end), subject)
        if (
            at
            and word.lower in SPEECH_VERBS
            and at + 2 < len(tokens)
            and tokens[at + 1].lower == "by"
            and tokens[skip_back(tokens, at - 1)].lower in BE
        ):
            return SpeechCue(Span(word.start, word.end), mention_starting_at(tokens, at + 2))  # "was asked by the host"
        if at and _is_cue(tokens, at):
            speaker = subject_before(tokens, at)
            if speaker is None and (tokens[at - 1].lower in {"and", "but", "then", ",", "also"} or tokens[at - 1].lower in SKIPPED):
                earlier = _last_cue(tokens[:at])
                speaker = earlier.speaker if earlier is not None else main_subject(clauses(tokens[:at]))
            if speaker is not None:
                return SpeechCue(Span(word.start, word.end), speaker)
        if at == 0 and len(tokens) > 1 and word.lower in _INVERTING and word.text[0].isupper():  # "Said Trump: …"
            speaker = subject_after(tokens, 1)
            if speaker is not None:
                return SpeechCue(Span(word.start, word.end), speaker)
    return None


def _participle_subject(tokens: Sequence[Token], at: int) -> Span | None:
    """The subject of the participle `tokens[at]`: a sign or a name directly before it, else an earlier speaker or the main subject."""
    if at and (tokens[at - 1].lower in _SIGNS or is_name_token(tokens[at - 1])):
        return mention_ending_at(tokens, at - 1)
    earlier = _last_cue(list(tokens[:at]))
    return earlier.speaker if earlier is not None else main_subject(clauses(tokens[:at]))


def within(text: str, content: Span) -> Sequence[tuple[SpeechCue, Span]]:
    """Empty: English tags between the marks are not recognised."""
    return ()


def is_dialogue(text: str, lines: Sequence[Span]) -> bool:
    """What begins with a dash is no quotation."""
    return False


def subject(text: str, sentence: Span) -> Span | None:
    """The subject of a sentence: see languages/cues.py."""
    return main_subject(_read_clauses(text, Span(sentence.start, min(sentence.end, sentence.start + 8 * LONGEST_DISTANCE))))


def _read_clauses(text: str, span: Span) -> Iterator[list[Token]]:
    """The clauses of the first tokens of a span, read lazily: mostly the first one is enough."""
    left = LONGEST_DISTANCE
    marks = (match.start() for match in _CLAUSE_MARK.finditer(text, span.start, span.end))
    start = span.start
    for end in chain(marks, [span.end]):
        clause = tokenize(text, Span(start, end))
        yield clause[:left]
        left -= len(clause) + 1
        if left < 0:
            return
        start = end + 1


def reported(text: str, sentence: Span) -> tuple[SpeechCue, Span] | None:
    """The cue of a sentence of indirect speech, and the span of the reported content: see languages/cues.py.

    >>> text = "Nazarov said most foreign men were taken to Mosul."
    >>> cue, said = reported(text, Span(0, len(text)))
    >>> cue.speaker.of(text), said.of(text)
    ('Nazarov', 'most foreign men were taken to Mosul')
    """
    if len(sentence) > _LONGEST or not _MAY_REPORT.search(text, sentence.start, sentence.end):
        return None
    tokens = tokenize(text, sentence)
    end = tokens[-1].end if tokens else sentence.end
    while tokens and tokens[-1].text in {".", "!", "?", "…"}:
        end = tokens.pop().start
    if len(tokens) < 4:
        return None
    if tokens[0].lower == "according" and tokens[1].lower == "to":
        comma = next((at for at, word in enumerate(tokens) if word.text == ","), None)
        speaker = mention_starting_at(tokens, 2)
        if comma is None or speaker is None or comma + 3 > len(tokens):
            return None
        return SpeechCue(Span(tokens[0].start, tokens[1].end), speaker), Span(tokens[comma + 1].start, end)
    for at in range(1, min(len(tokens), LONGEST_DISTANCE)):
        word = tokens[at]
        if word.lower == "according" and at + 2 < len(tokens) and tokens[at + 1].lower == "to" and at > 3:
            stop = tokens[at - 1].start if tokens[at - 1].text == "," else word.start
            return SpeechCue(Span(word.start, tokens[at + 1].end), mention_starting_at(tokens, at + 2)), Span(tokens[0].start, stop)
        if tokens[at - 1].text == "," and at > 4 and word.lower in _INVERTING and word.text[0].islower():  # "…, says one defector"
            speaker = subject_after(tokens, at + 1)
            if speaker is not None and speaker.end + 2 >= end:
                return SpeechCue(Span(word.start, word.end), speaker), Span(tokens[0].start, tokens[at - 1].start)
        if word.lower not in _REPORTS_SPEECH or not _is_cue(tokens, at):
            continue
        speaker = subject_before(tokens, at)
        if speaker is None:
            continue
        cue = SpeechCue(Span(word.start, word.end), speaker)
        rest = tokens[at + 1 :]
        if len(rest) <= 4 or _is_adverbial(rest) or rest[0].text == ",":  # "Most were killed, Nazarov said on Monday."
            before_subject = [other for other in tokens[:at] if other.end <= speaker.start]
            if len(before_subject) > 4 and before_subject[-1].text == ",":
                return cue, Span(tokens[0].start, before_subject[-1].start)
            if len(rest) <= 2:
                continue
        content = _content(rest, word.lower in _WITHOUT_THAT and word.lower not in _NOUN_TOO)
        if content is None:
            continue
        # "A says one thing; B says another": B's content is not attributed to A.
        separator = next((index for index in range(at, len(tokens)) if tokens[index].text == ";"), None)
        if separator is not None and any(_is_cue(tokens, index) for index in range(separator + 2, len(tokens))):
            end = tokens[separator].start
        return (cue, Span(content, end)) if content < end else None
    return None


def _is_adverbial(rest: Sequence[Token]) -> bool:
    return bool(rest) and len(rest) < 12 and (rest[0].lower in TIMES or rest[0].lower in PREPOSITIONS)


def _content(rest: Sequence[Token], without_that: bool) -> int | None:
    """The start of the content in "said (on Monday) (that) …"; None if the content is no clause."""
    for at, word in enumerate(rest[:14]):
        if word.lower == "that":
            return rest[at + 1].start if at + 3 < len(rest) else None
        if word.lower in BREAKS or word.lower in BE or looks_past(word):
            break
    at = 0
    while at < len(rest) and (rest[at].lower in TIMES or rest[at].text == ","):
        at += 1
    if not without_that or at >= len(rest) - 2 or rest[at].lower in PREPOSITIONS or rest[at].lower in _NO_CLAUSE:
        return None
    return rest[at].start


def _first_sentence(text: str, gap: Span) -> list[Token]:
    """The tokens of the first sentence. Reading stops there: no token extends beyond a stop and white space."""
    tokens: list[Token] = []
    at, end = gap.start, min(gap.end, gap.start + _LONGEST)
    for match in _SENTENCE_END.finditer(text, gap.start, gap.end):
        if at < end:
            stop = min(match.end(), end)
            tokens += tokenize(text, Span(at, stop))
            at = stop
        count = sum(word.start < match.start() for word in tokens)
        last = tokens[count - 1] if count else None
        if last is not None and (last.text.endswith(".") or (len(last.text) == 1 and last.text.isupper())) and text[match.start()] == ".":
            continue  # "Mr. Khan", "J. Smith"
        if count:
            return tokens[:count]
    return tokens + tokenize(text, Span(at, end)) if at < end else tokens


def _is_cue(tokens: Sequence[Token], at: int) -> bool:
    word = tokens[at]
    if not at or word.lower not in _CUES or not word.text[0].islower():
        return False
    previous = tokens[at - 1]
    if word.lower in _BASE_FORMS:
        left = tokens[skip_back(tokens, at - 1, _SKIPPED_BEFORE_BASE_FORM)]
        plural = left.text[0].islower() and left.lower.endswith("s") and left.lower not in _NO_PLURAL
        return left.lower in _BEFORE_BASE_FORM or plural
    if word.lower == "saying":
        return previous.lower == "as" and at > 1 and tokens[at - 2].lower == "quoted"
    if word.lower in {"goes", "went"}:
        return at + 1 < len(tokens) and tokens[at + 1].lower == "on"
    if word.lower == "put":
        return at + 1 < len(tokens) and tokens[at + 1].lower in {"it", "in"}
    if word.lower == "pointed":
        return at + 1 < len(tokens) and tokens[at + 1].lower in {"out", "to"}
    index = at - 1
    while index > 0 and (tokens[index].lower in SKIPPED or tokens[index].lower.endswith("ly")):
        index -= 1
    if tokens[index].lower in BE and word.lower != "quoted":
        return False  # "was told", "are called"
    if tokens[index].lower in {"the", "a", "an", "of", "by", "his", "her", "their", "its", "have"} and word.lower not in {"said", "says"}:
        return False
    return word.lower not in _NOUN_TOO or previous.lower in PRONOUNS or is_name_token(previous) or previous.text == ","


def acting(text: str, sentence: Span) -> SpeechCue | None:
    """None: the person whom English narration is about is its `subject`."""
    return None


def leads(text: str, lead: Span, cue: SpeechCue | None) -> bool:
    """Whether a short quotation is speech: if its cue names a speaker."""
    return cue is not None and cue.speaker is not None


def is_abbreviation(token: str) -> bool:
    """Whether `token` with its full stop is an abbreviation."""
    match = _TOKEN.fullmatch(token)
    return match is not None and token.endswith(".")
