"""Splits text into sentences and paragraphs, by rules for Arabic and for languages of Latin script.

A sentence ends at a stop that terminates one, or at a line end that terminates a paragraph. A quotation is split into its sentences; its
closing mark and the tag that names the speaker belong to the last of them (“Why?” | “Nobody knows,” she said.). A comma directly after a
full stop, an error of some pages, belongs to the sentence before it. In Arabic, an ellipsis is a pause.

On the public NTREX-128 translations (57 stories in each language; the segments joined by spaces, with a boundary between each two of them;
one machine, one core):

                       English F1   Arabic F1   MB/s English / Arabic
    this module           .998         .968       10.7 / 19.2
    punkt (nltk 3.10)     .993         .954        3.3 / 6.9
    syntok 1.4            .991         .953        1.3 / 2.4
    pysbd 0.3             .870         .503        .18 / .49
    a stop, then space    .956         .966

Most boundaries that are missed in Arabic have no stop in the text. All offsets were exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from index.languages.base import every, languages
from index.text.script import is_arabic
from index.text.spans import Span, merge, trim

_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06fa-\u06fc"
_QUOTES = "\"'“”„‟‘’‚«»‹›"
# Characters allowed between a full stop and the white space after it: quotation marks of either direction (writers confuse them), brackets,
# invisible characters. `_CANDIDATE` also allows the number of a footnote.
_CLOSING = rf"{_QUOTES})\]}}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_STOPS = ".!?؟…۔"
_AFTER = rf"(?=\s|\Z|[{_ARABIC}])"  # some Arabic pages omit the space
# A literal stop comes first, so that the search can skip through the text; lookarounds then test its context. The last alternative has no
# `closing` group.
_CANDIDATE = re.compile(
    rf"[{_STOPS}。！？](?:"
    rf"(?<=[{_STOPS}])(?<![{_STOPS}].)[{_STOPS}]*+(?P<closing>(?:[{_CLOSING}]|\[\d{{1,3}}\])*+)(?:{_AFTER}|[,،]{_AFTER})"
    rf"|(?<=[。！？])[。！？]*+[{_CLOSING}」』]*+)"
)
_NEXT = re.compile(rf"[\s(\[{{{_CLOSING}¿¡—–-]*+(?P<word>[^\W_]{{0,24}}+)(?P<dot>\.?)")
# The beginning of a tag that names the speaker after a quotation, in all languages.
_TAG = re.compile(rf"\s+(?:{'|'.join(rules.TAG for language in languages() if (rules := language.rules('sentences')) is not None)})\b")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_LEFT_CONTEXT = 32  # longer than any abbreviation; not measured
_NEW_BLOCK = re.compile(r"[-*+•●▪◦·>#|]\s|[#>|]|\(?\d{1,3}[.)]\s")

# Abbreviations, by the word that may follow. A title must begin with a capital.
_TITLES = every("sentences.titles")
_MID_SENTENCE = every("sentences.mid_sentence")
_MID_SENTENCE_LETTERS = every("sentences.mid_sentence_letters")
_BEFORE_A_NUMBER = every("sentences.before_a_number")
_MAYBE_LAST = every("sentences.maybe_last")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")  # U.S, p.m, Ph.D, ق.م
_STARTERS = every("sentences.starters")
_ONE_LETTER_WORDS = every("sentences.one_letter_words")
# The widths to which people and programs wrap lines. Not measured, like the shares in `_wrap_width`.
_NARROWEST_WRAP, _WIDEST_WRAP = 40, 100


def sentence_spans(text: str, within: Sequence[Span] | None = None) -> tuple[Span, ...]:
    """The sentences of `text`, or of its parts `within`: trimmed, sorted, disjoint.

    Together they cover all characters of the parts except white space. No sentence crosses the end of a part.

    >>> text = 'Mr. Amin left. “Why? Nobody knows,” said J. K. Marsh.'
    >>> [span.of(text) for span in sentence_spans(text)]
    ['Mr. Amin left.', '“Why?', 'Nobody knows,” said J. K. Marsh.']
    """
    parts = merge(within) if within is not None else (Span(0, len(text)),)
    return tuple(chain.from_iterable(sentences_by_part(text, parts)))


def sentences_by_part(text: str, parts: Iterable[Span]) -> Iterator[list[Span]]:
    """The sentences of each part of `text`; the parts are sorted and disjoint."""
    paragraphs = iter(paragraph_spans(text))
    paragraph = next(paragraphs, None)
    for part in parts:
        sentences: list[Span] = []
        while paragraph is not None and paragraph.start < part.end:
            common = paragraph
            if not part.contains(paragraph):
                common = trim(text, Span(max(part.start, paragraph.start), max(part.start, min(part.end, paragraph.end))))
            sentences += split_paragraph(text, common)
            if paragraph.end > part.end:
                break
            paragraph = next(paragraphs, None)
        yield sentences


def split_paragraph(text: str, paragraph: Span) -> list[Span]:
    """The sentences of a paragraph, or of a part of one, whose span is trimmed."""
    start, end = paragraph.start, paragraph.end
    cuts = [match.end() for match in _CANDIDATE.finditer(text, start, end) if match.end() < end and _ends_sentence(text, match, start, end)]
    if not cuts:
        return [paragraph] if end > start else []
    sentences: list[Span] = []
    has_words = False  # whether the last sentence holds a word
    for first, last in pairwise([start, *cuts, end]):
        piece = trim(text, Span(first, last))
        if not len(piece):
            continue
        piece_has_word = text[piece.start].isalnum() or _WORD_CHARACTER.search(text, piece.start, piece.end) is not None
        if sentences and not (has_words and piece_has_word):  # a stray mark is no sentence
            sentences[-1] = Span(sentences[-1].start, piece.end)
            has_words = has_words or piece_has_word
        else:
            sentences.append(piece)
            has_words = piece_has_word
    return sentences


_FULL_ENDS = frozenset("!?؟۔")
_ABBREVIATED = _TITLES | _MID_SENTENCE | _BEFORE_A_NUMBER | _MAYBE_LAST


def _ends_sentence(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether a `match` of `_CANDIDATE` in the paragraph `[start, end)`, before its end, ends a sentence."""
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
        return not (any(mark in _QUOTES for mark in closing) and word not in _STARTERS and _TAG.match(text, match.end(), end))
    before = text[max(start, match.start() - _LEFT_CONTEXT) : match.start()]
    if len(stops) > 1 or stops == "…":
        # An ellipsis. In a script without case it is a pause; after white space it marks an omission.
        spaced = before[-1:].isspace() and before.rstrip()[-1:] not in _STOPS
        return word[:1].isupper() and not spaced and not is_arabic(before[-1:])
    if not before or before[-1].isspace():
        return True
    token = before.rsplit(None, 1)[-1]
    if len(token) > 1 and token.isalpha() and _is_whole_word(token):
        return True
    previous = before[: len(before) - len(token)]
    token = token.lstrip("([{¿¡" + _QUOTES)
    return not _is_abbreviation(token.rpartition("-")[2], previous, word, bool(following["dot"]), match.start() - len(token) <= start)


def _is_whole_word(letters: str) -> bool:
    """Whether two letters or more are certainly no abbreviation: a fast path for nearly all tokens."""
    if letters.isascii():
        return letters.lower() not in _ABBREVIATED
    return is_arabic(letters) and "\u0640" not in letters


def _is_abbreviation(token: str, previous: str, word: str, word_is_dotted: bool, first: bool) -> bool:
    """Whether a full stop after `token` is part of an abbreviation, so that the sentence goes on with `word`.

    `previous` is the text before the token; `first` is whether the token begins its paragraph.
    """
    letter = next((character for character in token if character.isalpha() and character != "\u0640"), None)
    if letter is None:
        return first and token.isdigit() and len(token) <= 3  # "1. The first point"
    starts_sentence = word in _STARTERS and not word_is_dotted
    number_follows = word[:1].isdigit()
    if is_arabic(letter):
        # "د. أمين", "ق.م."; but "1948 م." may end a sentence
        alone = sum(character.isalpha() and character != "\u0640" for character in token) == 1
        return (alone or _DOTTED.fullmatch(token) is not None) and not previous.rstrip()[-1:].isdigit()
    name = token.lower()
    if len(token) == 1:
        if token in _ONE_LETTER_WORDS:
            return word_is_dotted and len(word) == 1
        return number_follows or token in _MID_SENTENCE_LETTERS or (token.isupper() and not starts_sentence and not is_arabic(word))
    if name in _MID_SENTENCE:
        return True
    if name in _BEFORE_A_NUMBER and number_follows:
        return True
    if name in _TITLES and token[0].isupper():
        return True
    if name in _MAYBE_LAST or _DOTTED.fullmatch(token):
        return not starts_sentence
    return False


def paragraph_spans(text: str) -> Iterator[Span]:
    """The paragraphs of `text`, trimmed: its lines that are not blank, with wrapped lines joined."""
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
    line_start = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        start = line_start + (line.index(words[0]) if words else 0)
        yield Span(start, start + len(words))
        line_start += len(line)


def _runs_on(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether a paragraph goes on in the next line: the first word of that line would not have fitted on this one."""
    if not 0 < len(line) <= width or not len(following) or _NEW_BLOCK.match(text, following.start, following.end):
        return False
    word = text[following.start : min(following.end, following.start + width)].split(None, 1)[0]
    return len(line) + 1 + len(word) > width


def _wrap_width(text: str, lines: Sequence[Span]) -> int | None:
    """The number of columns that the text is wrapped to; None if each line is a paragraph.

    Text is wrapped if few lines are wider than `_WIDEST_WRAP`, and if most lines with another below are too full to take its first word.
    At least three lines must be, or two if one of them goes on in lower case.
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
