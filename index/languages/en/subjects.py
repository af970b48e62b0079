"""English: finds the mention of a speaker in the tokens of a sentence: the subject before or after a verb, a name, a description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from index.languages.base import language
from index.languages.calendar import months, weekdays
from index.languages.cues import Token
from index.text.spans import Span

_words = language("en").word_set
SPEECH_VERBS = _words("cues.said")
BE = _words("cues.be")
SKIPPED = _words("cues.skipped")
PRONOUNS = _words("cues.pronouns")
SPEAKING_PRONOUNS = _words("cues.speaking_pronouns")
DETERMINERS = _words("cues.determiners")
BREAKS = _words("cues.breaks")
PREPOSITIONS = _words("cues.prepositions")
LINKS = _words("cues.links")
TIMES = _words("cues.times") | {*months("en"), *weekdays("en")}
_PARTICLES = _words("names.particles") | _words("cues.particles")
_AUXILIARIES = _words("cues.auxiliaries")
_DURATIONS = _words("cues.spans_of_time")
_COLLECTIVE = _words("cues.collective")
_IRREGULAR_PAST = frozenset(forms.split()[1] for forms in language("en").words("sentence_words.irregular"))
# Unions of these lists that single rules need, built once.
_BEFORE_TIMES = PREPOSITIONS | {"last", "this", "that"}
_ENDS_NO_SUBJECT = BREAKS | PREPOSITIONS | PRONOUNS | BE | SKIPPED
_PURE_LINKS = LINKS - DETERMINERS
_OPEN_ENDS = DETERMINERS | LINKS
_BEFORE_NO_NAME = DETERMINERS | PREPOSITIONS
_NAME_PARTICLES = _PARTICLES - {"of"}
_NOT_BEFORE_NAME = PREPOSITIONS | BREAKS | SPEECH_VERBS | BE | PRONOUNS
_ENDS_DESCRIPTION = PREPOSITIONS | BREAKS | SKIPPED | BE | SPEECH_VERBS
_NO_NAMES = PRONOUNS | DETERMINERS | TIMES | PREPOSITIONS | BREAKS | _words("cues.no_names")
_NO_END = DETERMINERS | PREPOSITIONS | _words("cues.no_end")
_BE_OR_AUXILIARY = BE | _AUXILIARIES
_BEFORE_SUBJECT = SKIPPED | TIMES | _words("cues.before_subject")
_CLAUSE_MARKS = frozenset(",—–;")  # no other token contains one
# Tokens between a subject and its verb, or a verb and its quotation. 34 and 60 change the quotations of 20 and 6 of 600 articles, and no
# figure: docs/constants.md.
LONGEST_DISTANCE = 45


def is_name(word: str) -> bool:
    """Whether a word may be part of a name: it has a capital, and is no pronoun, determiner or day."""
    return word[0].isupper() and word.lower().replace("’", "'") not in _NO_NAMES


def is_name_token(word: Token) -> bool:
    """`is_name` of a token."""
    return word.text[0].isupper() and word.lower not in _NO_NAMES


def looks_past(word: Token) -> bool:
    """Whether a token has the form of a past tense: directly after a quotation, any verb may be one of saying."""
    return (word.lower.endswith("ed") and len(word.text) > 4) or word.lower in _IRREGULAR_PAST


def skip_back(tokens: Sequence[Token], at: int, skipped: frozenset[str] = SKIPPED) -> int:
    """The index of the nearest token from `tokens[at]` backwards that is neither `skipped` nor an adverb; 0 if there is none."""
    while at > 0 and (tokens[at].lower in skipped or (tokens[at].lower.endswith("ly") and tokens[at].text[0].islower())):
        at -= 1
    return at


def subject_before(tokens: Sequence[Token], verb: int) -> Span | None:
    """The subject that ends directly before the verb, or before a parenthesis in front of it."""
    at = skip_back(tokens, verb - 1)
    if at < 0:
        return None
    word = tokens[at]
    if word.text in {",", ")", "—", "–", "-"}:
        return _before_parenthesis(tokens, at)
    if word.lower in {"who", "which", "that"}:
        return mention_ending_at(tokens, at - 2 if at and tokens[at - 1].text == "," else at - 1)
    return mention_ending_at(tokens, at)


def _before_parenthesis(tokens: Sequence[Token], at: int) -> Span | None:
    """The first part of a clause that may be its subject: "Linda Hudson" in "Linda Hudson, the mayor of Fort Pierce, [said]"."""
    if tokens[at].text == ")":
        opening = next((index for index in range(at, -1, -1) if tokens[index].text == "("), None)
        return None if opening is None else mention_ending_at(tokens, opening - 1)
    start = at
    while start > 0 and at - start < LONGEST_DISTANCE and tokens[start - 1].text not in {";", ":", "“", '"', "”"}:
        start -= 1
    parts: list[tuple[int, int]] = []
    begin = start
    for index in range(start, at + 1):
        if tokens[index].text in {",", "—", "–"}:
            if index > begin:
                parts.append((begin, index - 1))
            begin = index + 1
    for begin, last in parts:
        first = begin + (begin > 0 and tokens[begin].lower in {"and", "but"})
        if first > last or tokens[first].lower in PREPOSITIONS or tokens[first].lower in BREAKS or tokens[first].lower in TIMES:
            continue
        if tokens[first].lower.endswith(("ing", "ly")) and (
            tokens[first].text[0].islower() or (first < last and tokens[first + 1].text[0].islower())
        ):
            continue
        mention = mention_ending_at(tokens, last, first)
        if mention is not None and mention.start - tokens[first].start < 60:
            return mention
    return None


def mention_ending_at(tokens: Sequence[Token], last: int, floor: int = 0) -> Span | None:
    """The pronoun, name or description whose last token is `tokens[last]`."""
    if last < floor:
        return None
    word = tokens[last]
    if word.lower in SPEAKING_PRONOUNS:
        return Span(word.start, word.end)
    if word.lower in TIMES or (last + 1 < len(tokens) and tokens[last + 1].lower in TIMES and word.lower in _BEFORE_TIMES):
        return mention_ending_at(tokens, last - 1, floor)
    if word.lower in _ENDS_NO_SUBJECT:
        return None
    if not word.text[0].isalnum() or (word.text[0].isdigit() and last == floor):
        return None
    first = last
    while first > floor and _continues(tokens, first):
        first -= 1
    if first - floor >= 2 and tokens[first - 1].lower in {"who", "which"} and first < last:  # "A man who joined them [said]"
        return mention_ending_at(tokens, first - 2 - (tokens[first - 2].text == ","), floor)
    # A description begins at its determiner, a name at its first capital.
    while first < last and (tokens[first].lower in LINKS or tokens[first].lower in SKIPPED):
        first += 1
    mention = _trimmed(tokens, first, last)
    if mention is not None and tokens[first].start == mention.start and first - floor >= 2 and tokens[first - 1].lower in {"and", "&"}:
        other = mention_ending_at(tokens, first - 2, floor)  # "David Albright and Serena Kell"
        if other is not None and (is_name_token(tokens[first]) or tokens[first].lower in DETERMINERS or other.end == tokens[first - 2].end):
            return Span(other.start, mention.end)
    return mention


def _continues(tokens: Sequence[Token], first: int) -> bool:
    """Whether the token before `tokens[first]` belongs to the same name or description."""
    word, left = tokens[first], tokens[first - 1]
    if not left.text[0].isalnum() or left.lower in BREAKS or left.lower in PRONOUNS or left.lower in TIMES:
        return left.text == "&"
    if word.lower in DETERMINERS:
        return left.lower in LINKS or left.lower in {"all", "both"}
    if left.lower in SPEECH_VERBS or left.lower in BE or left.lower in SKIPPED:
        return False
    if left.lower in PREPOSITIONS:
        return left.lower in LINKS and first >= 2 and tokens[first - 2].text[0].isalpha() and tokens[first - 2].lower not in PREPOSITIONS
    return True


def _trimmed(tokens: Sequence[Token], first: int, last: int) -> Span | None:
    """A mention without surplus words: a name without the lower-case words before it, a description from its outermost last determiner."""
    run = last
    while run > first and (
        is_name_token(tokens[run - 1]) or (tokens[run - 1].lower in _PARTICLES and run - 1 > first and is_name_token(tokens[run - 2]))
    ):
        run -= 1
    inside = tokens[first : last + 1]
    linked = any(word.lower in LINKS for word in inside)
    if is_name_token(tokens[last]) and not (linked and run > first and tokens[run - 1].lower in LINKS):
        if run > first and tokens[run - 1].lower in _PURE_LINKS:
            return _mention_span(tokens, first, last)
        if run > first and tokens[run - 1].lower in DETERMINERS:  # "the Trump campaign" ends in no name; "the Kremlin" does
            run -= 1
        return _mention_span(tokens, run, last)
    determiners = [index for index in range(first, last + 1) if tokens[index].lower in DETERMINERS]
    outer = [index for index in determiners if index == first or tokens[index - 1].lower not in LINKS]
    begin = outer[-1] if outer else first
    return _mention_span(tokens, begin, last)


def _mention_span(tokens: Sequence[Token], first: int, last: int) -> Span | None:
    """The span of a mention of a speaker; None for fragments of a clause: "his recent", "walk away from it", "two weeks", "1"."""
    while last > first and tokens[last].lower in _OPEN_ENDS:  # "the authors of the “Report”"
        last -= 1
    inside = tokens[first : last + 1]
    head, end = inside[0], inside[-1]
    if end.lower in _NO_END or head.lower in PREPOSITIONS or not any(word.text[0].isalpha() for word in inside):
        return None
    if any(is_name_token(word) for word in inside):
        return Span(head.start, end.end)
    if head.lower in DETERMINERS:
        return None if len(inside) == 1 or end.lower in _DURATIONS else Span(head.start, end.end)
    # Without a determiner: "officials", "police sources in the capital".
    is_plural = any(word.lower in _COLLECTIVE or (word.lower.endswith("s") and not word.lower.endswith("ss")) for word in inside[:4])
    return Span(head.start, end.end) if is_plural and not looks_past(head) and end.lower not in _DURATIONS else None


def subject_after(tokens: Sequence[Token], at: int) -> Span | None:
    """The subject after an inverted verb: "said [Mona Reyes], an analyst"; None if no subject follows."""
    while at < len(tokens) and tokens[at].lower in SKIPPED:
        at += 1
    if at >= len(tokens) or tokens[at].lower in TIMES or tokens[at].lower in PREPOSITIONS or tokens[at].lower in BREAKS:
        return None
    if tokens[at].lower in SPEAKING_PRONOUNS:
        return Span(tokens[at].start, tokens[at].end)
    return mention_starting_at(tokens, at)


def mention_starting_at(tokens: Sequence[Token], at: int) -> Span | None:
    """The name or description that begins at `tokens[at]`."""
    if at >= len(tokens) or not tokens[at].text[0].isalnum():
        return None
    end = at
    while end < len(tokens) and end - at < 14:
        word = tokens[end]
        if not (word.text[0].isalnum() or word.text in {"&"}):
            break
        if end > at and (
            word.lower in BREAKS
            or word.lower in TIMES
            or word.lower in PRONOUNS
            or word.lower in {"speaking", "referring", "during", "by", "about", "after", "before", "on", "this", "last", "told", "when"}
        ):
            break
        if end > at and word.lower in _BE_OR_AUXILIARY:
            break
        if end > at and word.lower in PREPOSITIONS and (word.lower not in LINKS or (is_name_token(tokens[end - 1]) and word.lower != "of")):
            break
        if end > at and is_name_token(tokens[end - 1]) and word.text[0].islower() and word.lower not in _PARTICLES:
            further = _following_name(tokens, end)  # "Huckabee campaign spokesman Hogan Gidley"
            if further is None:
                break
            end = further
        end += 1
    if end == at:
        return None
    last = end - 1
    names = [index for index in range(at, end) if is_name_token(tokens[index])]
    if names and names[-1] == last and tokens[at].lower not in _BEFORE_NO_NAME:
        first = last
        while first > at and (is_name_token(tokens[first - 1]) or tokens[first - 1].lower in _NAME_PARTICLES):
            first -= 1
        if first == at or tokens[first - 1].lower not in LINKS:
            return _mention_span(tokens, first, last)
    return _mention_span(tokens, at, last)


def _following_name(tokens: Sequence[Token], at: int) -> int | None:
    """The index of a name after a few lower-case words from `tokens[at]` on; None if something else follows."""
    for index in range(at, min(at + 4, len(tokens))):
        word = tokens[index]
        if index > at and is_name_token(word):
            return index
        if not word.text.isalpha() or not word.text[0].islower() or word.lower in _NOT_BEFORE_NAME:
            return None
    return None


def leading_subject(tokens: Sequence[Token], verb: int) -> Span | None:
    """The subject of a cue whose clause begins with `tokens[0]`."""
    subject = subject_before(tokens, verb)
    if subject is not None:
        return subject
    return main_subject(clauses(tokens[:verb]))


def clauses(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    begin = 0
    for at, word in enumerate(tokens):
        if word.text in _CLAUSE_MARKS:
            yield tokens[begin:at]
            begin = at + 1
    yield tokens[begin:]


def main_subject(clauses: Iterable[Sequence[Token]]) -> Span | None:
    """The first name, pronoun or description that may be the subject of a sentence of these clauses."""
    described = None
    for number, clause in enumerate(clauses):
        mention = _opening(clause)
        if mention is not None:
            if clause[0].lower not in DETERMINERS:
                return mention
            described = described or mention
        elif (number == 0 or described is None) and any(word.lower in _BE_OR_AUXILIARY for word in clause):
            return described  # a separate clause, whose subject is no person
    return described


def _opening(tokens: Sequence[Token]) -> Span | None:
    """The subject at the beginning of a clause; None if it begins with something else ("After months", "Asked why")."""
    at, end = 0, len(tokens)
    while at < end and (
        tokens[at].lower in _BEFORE_SUBJECT
        or "-year-old" in tokens[at].lower
        or (tokens[at].lower.endswith("ly") and len(tokens[at].text) > 4)
    ):
        at += 1
    if at >= end:
        return None
    word = tokens[at]
    if word.lower in SPEAKING_PRONOUNS:
        return Span(word.start, word.end)
    if word.lower in PREPOSITIONS or word.lower in BREAKS or word.lower.endswith("ing") or word.lower == "asked":
        return None
    last = at
    if is_name_token(word):
        while last + 1 < end and (
            is_name_token(tokens[last + 1]) or (tokens[last + 1].lower in _PARTICLES and last + 2 < end and is_name_token(tokens[last + 2]))
        ):
            last += 1
        possessive = tokens[last].lower.endswith(("'s", "s'")) and last + 1 < end
        if not possessive and (last + 1 >= end or tokens[last + 1].text[0].islower() or not tokens[last + 1].text[0].isalnum()):
            return Span(word.start, tokens[last].end)
        return None
    if word.lower in DETERMINERS:
        while (
            last + 1 < end
            and last - at < 8
            and tokens[last + 1].text[0].isalnum()
            and tokens[last + 1].lower not in _ENDS_DESCRIPTION
            and not (looks_past(tokens[last + 1]) and tokens[last + 1].text[0].islower())
        ):
            last += 1
        return Span(word.start, tokens[last].end) if last > at else None
    return None
