"""Text to sentence spans, Arabic and English alike.

A sentence is what stands between two stops that end one, or a line's end that ends a paragraph. Sentences inside a quotation are
sentences; the closing mark and the words that name the speaker stay with the last of them (“Why?” | “Nobody knows,” she said.). A comma
that is glued to a full stop, as careless pages have it, stays with the sentence before it. In Arabic, dots in a row are a pause.

The rules are ours. On the public NTREX-128 translations (57 stories in each language, their segments joined by spaces, a boundary where
two segments meet; one machine, one core):

                       English F1   Arabic F1   MB/s English / Arabic
    these rules           .998         .968       10.7 / 19.2
    punkt (nltk 3.10)     .993         .954        3.3 / 6.9
    syntok 1.4            .991         .953        1.3 / 2.4
    pysbd 0.3             .870         .503        .18 / .49
    a stop, then space    .956         .966

Most of what is missed in Arabic has no stop in the text. All offsets were exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from index.spans import Span, merge, trim

_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06fa-\u06fc"
_QUOTES = "\"'“”„‟‘’‚«»‹›"
# What may stand between a full stop and the white space after it: quotation marks of either direction (writers mix them up), brackets,
# invisible characters, the number of a footnote.
_CLOSING = rf"{_QUOTES})\]}}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_STOPS = ".!?؟…۔"
_AFTER = rf"(?=\s|\Z|[{_ARABIC}])"  # Arabic pages leave out the space
# The first stop, at which the search can jump through the text; then what must stand around it. Only the last line has no `closing`.
_CANDIDATE = re.compile(
    rf"[{_STOPS}。！？](?:"
    rf"(?<=[{_STOPS}])(?<![{_STOPS}].)[{_STOPS}]*+(?P<closing>(?:[{_CLOSING}]|\[\d{{1,3}}\])*+)(?:{_AFTER}|[,،]{_AFTER})"
    rf"|(?<=[。！？])[。！？]*+[{_CLOSING}」』]*+)"
)
_NEXT = re.compile(rf"[\s(\[{{{_CLOSING}¿¡—–-]*+(?P<word>[^\W_]{{0,24}}+)(?P<dot>\.?)")
_CUE = re.compile(
    r"\s+(?:(?:[A-Z][\w'’.-]{0,24}\s+){1,4}(?:said|says|asked|asks|told|wrote|replied|added|shouted|cried|demanded|wondered)"
    r"|(?:قال|قالت|سأل|سألت|تساءل|تساءلت|صاح|صاحت|هتف|هتفت|رد|ردت|كتب|كتبت|أضاف|أضافت)(?:ه|ها|هم)?)\b"
)
_LETTER = re.compile(r"[^\W_]")
_LEFT_REACH = 32  # longer than any abbreviation; no measurement behind it
_NEW_BLOCK = re.compile(r"[-*+•●▪◦·>#|]\s|[#>|]|\(?\d{1,3}[.)]\s")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Abbreviations by what may follow them. Titles count with a capital only.
_TITLES = _words(
    "mr mrs ms messrs mme mlle dr prof gen sen sens rep reps gov govs lt col capt cpt cmdr sgt cpl maj adm brig pte pvt rev fr hon pres "
    "supt det insp amb atty asst assoc msgr mt ft"
)
_MID_SENTENCE = _words("vs viz cf eg ie e.g i.e approx")
_BEFORE_A_NUMBER = _words("no nos p pp c ca v vol vols fig figs art arts sec ch chap para pt est")
_MAYBE_LAST = _words(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "inc ltd co cos corp bros llc plc jr sr esq st ave blvd rd bldg dept univ assn etc al "
    "ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash "
    "wis wyo"
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")  # U.S, p.m, Ph.D, ق.م
# What a new sentence begins with, and a name does not.
_STARTERS = _words(
    "A An The This That These Those There Here He She It They We I You His Her Its Their Our My Your One Some Many Most All Both Each "
    "Every Another Other Others Several No Not None Nobody In On At For From With Without By As After Before Since During Despite Under "
    "Over Among Between Through When While Where Why What Who Which How If Because Although Though But And Or So Yet Nor Still However "
    "Meanwhile Also Then Now Today Is Are Was Were Has Have Had Do Does Did Will Would Can Could Should"
)
# Columns that people and programs wrap lines to by hand. No measurement behind them, nor behind the shares in `_wrap_width`.
_NARROWEST_WRAP, _WIDEST_WRAP = 40, 100


def sentence_spans(text: str, within: Sequence[Span] | None = None) -> tuple[Span, ...]:
    """The sentences of `text`, or of the parts of it that `within` names: trimmed, in order, apart.

    Together they cover every character of those parts that is no white space. A sentence ends where a part ends.

    >>> text = 'Mr. Amin left. “Why? Nobody knows,” said J. K. Marsh.'
    >>> [span.of(text) for span in sentence_spans(text)]
    ['Mr. Amin left.', '“Why?', 'Nobody knows,” said J. K. Marsh.']
    """
    parts = merge(within) if within is not None else (Span(0, len(text)),)
    return tuple(chain.from_iterable(sentences_by_part(text, parts)))


def sentences_by_part(text: str, parts: Iterable[Span]) -> Iterator[list[Span]]:
    """The sentences of each part of `text`; the parts are in order and apart."""
    paragraphs = iter(paragraph_spans(text))
    paragraph = next(paragraphs, None)
    for part in parts:
        found: list[Span] = []
        while paragraph is not None and paragraph.start < part.end:
            common = paragraph
            if not part.contains(paragraph):
                common = trim(text, Span(max(part.start, paragraph.start), max(part.start, min(part.end, paragraph.end))))
            found += split_paragraph(text, common)
            if paragraph.end > part.end:
                break
            paragraph = next(paragraphs, None)
        yield found


def split_paragraph(text: str, paragraph: Span) -> list[Span]:
    """The sentences of one paragraph, or of a part of one; the span is trimmed."""
    start, end = paragraph.start, paragraph.end
    cuts = [match.end() for match in _CANDIDATE.finditer(text, start, end) if match.end() < end and _ends_sentence(text, match, start, end)]
    if not cuts:
        return [paragraph] if end > start else []
    found: list[Span] = []
    whole = False  # whether the last one holds a word
    for first, last in pairwise([start, *cuts, end]):
        piece = trim(text, Span(first, last))
        if not len(piece):
            continue
        has_word = text[piece.start].isalnum() or _LETTER.search(text, piece.start, piece.end) is not None
        if found and not (whole and has_word):  # a stray mark is no sentence
            found[-1] = Span(found[-1].start, piece.end)
            whole = whole or has_word
        else:
            found.append(piece)
            whole = has_word
    return found


_FULL_ENDS = frozenset("!?؟۔")
_ABBREVIATED = _TITLES | _MID_SENTENCE | _BEFORE_A_NUMBER | _MAYBE_LAST


def _ends_sentence(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether the stop that `match` found in the paragraph `[start, end)`, with more to follow, ends a sentence."""
    closing = match["closing"]
    if closing is None:  # Chinese and Japanese
        return True
    stops = text[match.start() : match.start("closing")]
    following = _NEXT.match(text, match.end(), end)
    assert following is not None
    word = following["word"]
    if word:
        if word[0].islower():
            return False
    elif following["dot"] or (following.end() < end and text[following.end()] in ",;:،؛…!?؟"):
        return False
    if not _FULL_ENDS.isdisjoint(stops):
        return not (any(mark in _QUOTES for mark in closing) and word not in _STARTERS and _CUE.match(text, match.end(), end))
    before = text[max(start, match.start() - _LEFT_REACH) : match.start()]
    if len(stops) > 1 or stops == "…":
        # A pause within a sentence where case cannot tell, and words left out where white space stands before the dots.
        spaced = before[-1:].isspace() and before.rstrip()[-1:] not in _STOPS
        return word[:1].isupper() and not spaced and not _is_arabic(before[-1:])
    if not before or before[-1].isspace():
        return True
    token = before.rsplit(None, 1)[-1]
    if len(token) > 1 and token.isalpha() and _is_whole_word(token):
        return True
    previous = before[: len(before) - len(token)]
    token = token.lstrip("([{¿¡" + _QUOTES)
    return not _is_abbreviation(token.rpartition("-")[2], previous, word, bool(following["dot"]), match.start() - len(token) <= start)


def _is_whole_word(letters: str) -> bool:
    """Whether two letters or more are no abbreviation, at a glance: what `_is_abbreviation` says of nearly all that it is asked about."""
    if letters.isascii():
        return letters.lower() not in _ABBREVIATED
    return _is_arabic(letters) and "\u0640" not in letters


def _is_abbreviation(token: str, previous: str, word: str, word_is_dotted: bool, first: bool) -> bool:
    """Whether a full stop after `token` belongs to it, and the sentence goes on with `word`.

    `previous` is the text before the token, `first` says that the token opens its paragraph.
    """
    letter = next((character for character in token if character.isalpha() and character != "\u0640"), None)
    if letter is None:
        return first and token.isdigit() and len(token) <= 3  # "1. The first point"
    starts_sentence = word in _STARTERS and not word_is_dotted
    number_follows = word[:1].isdigit()
    if _is_arabic(letter):
        # "د. أمين", "ق.م."; but "1948 م." may well end one
        alone = sum(character.isalpha() and character != "\u0640" for character in token) == 1
        return (alone or _DOTTED.fullmatch(token) is not None) and not previous.rstrip()[-1:].isdigit()
    name = token.lower()
    if len(token) == 1:
        if token == "I":
            return word_is_dotted and len(word) == 1
        return number_follows or token == "v" or (token.isupper() and not starts_sentence and not _is_arabic(word))
    if name in _MID_SENTENCE:
        return True
    if name in _BEFORE_A_NUMBER and number_follows:
        return True
    if name in _TITLES and token[0].isupper():
        return True
    if name in _MAYBE_LAST or _DOTTED.fullmatch(token):
        return not starts_sentence
    return False


def _is_arabic(word: str) -> bool:
    return "\u0620" <= word[:1] <= "\u06ff"


def paragraph_spans(text: str) -> Iterator[Span]:
    """The lines of `text` that hold something, trimmed; where lines are wrapped by hand, those of a paragraph as one."""
    lines = list(_lines(text))
    width = _wrap_width(text, lines)
    start: int | None = None
    for line, following in pairwise([*lines, Span(len(text), len(text))]):
        if not len(line):
            continue
        start = line.start if start is None else start
        if width is None or not _runs_on(text, line, following, width):
            yield Span(start, line.end)
            start = None


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        start = at + (line.index(words[0]) if words else 0)
        yield Span(start, start + len(words))
        at += len(line)


def _runs_on(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether a paragraph goes on in the next line: that line's first word would not have fitted into this one."""
    if not 0 < len(line) <= width or not len(following) or _NEW_BLOCK.match(text, following.start, following.end):
        return False
    word = text[following.start : min(following.end, following.start + width)].split(None, 1)[0]
    return len(line) + 1 + len(word) > width


def _wrap_width(text: str, lines: Sequence[Span]) -> int | None:
    """The number of columns that the text is wrapped to, None where a line is a paragraph.

    It is wrapped when few lines are wider than any hand wraps, and most of those that have another below are as full as its first word
    allows: three of them, or two where one runs on in lower case.
    """
    filled = [length for length in map(len, lines) if length]
    narrow = [length for length in filled if length <= _WIDEST_WRAP]
    width = max(narrow, default=0)
    if width < _NARROWEST_WRAP or len(filled) - len(narrow) > 0.1 * len(filled):
        return None
    pairs = [(line, following) for line, following in pairwise(lines) if len(line) and len(following)]
    full = [(line, following) for line, following in pairs if _runs_on(text, line, following, width)]
    lower = any(text[following.start].islower() and text[line.end - 1] not in _STOPS for line, following in full)
    return width if len(full) >= max(2 if lower else 3, 0.6 * len(pairs)) else None
