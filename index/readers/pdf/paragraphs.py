"""The lines of a PDF's pages to its text: a paragraph a line, with the place at which each page begins. Pure.

A line that a page has in common with most others, at its head or foot, is a paragraph of its own at the end of what the page holds, so that
it cuts none that runs on to the next page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

from index.languages.base import every
from index.readers.pdf.lines import PdfLine

BETWEEN = "\n\n"

# So many lines at a page's head and as many at its foot can be repeated ones; on this share of the pages they must be. Even and odd pages
# may have their own, so less than half. Not measured.
_EDGE_LINES = 2
_REPEATED = 0.4
# Points by which the heights of such lines may differ.
_STEP = 6
# Letters larger or smaller by more than this begin a paragraph, as does a distance of more than so many usual ones, or an indent.
_OTHER_SIZE = 1.12
_APART = 1.3
_INDENT = 0.8
# A line was ended by hand if the next line's first word and this much more (in ems) would have fitted in it.
_ROOM = 0.8
# A gap within a line that parts the cells of a table; lines of words that are spread to fill the column have smaller ones.
_BETWEEN_CELLS = 2
# The distance of lines on a page with too few lines to measure the usual one.
_LEADING = 1.5

_SENTENCE_END = re.compile(r"[.!?…؟۔:؛][\"'”’»)\]]*$")
_BULLET = re.compile("[•‣▪●■◦·*\uf0b7\uf0a7] ")
_BROKEN = re.compile("(?P<first>[^\\W\\d_]+)(?P<hyphen>[-\u00ad\u2010])$")
_BEFORE_HYPHEN = every("documents.before_hyphen")
_BREAKING = "\u2010"
_WORD_START = re.compile(r"[^\W_]+")
_WORDS = re.compile("[^\\W_]+(?:[-\u2010][^\\W_]+)*")
_NO_SPACE = re.compile(r"\w[—/]$")  # behind which a line may be broken
_EDGE_NUMBER = re.compile(r"^\d{1,5}\b|\b\d{1,5}$")
_DIGITS = re.compile(r"\d+")


_Key = tuple[str, float, str | int]  # head or foot, height, what it says


@dataclass(slots=True)
class _Paragraph:
    page: int
    lines: list[tuple[int, PdfLine]] = field(default_factory=list)  # each with its page


def text_of(pages: Sequence[Sequence[Sequence[PdfLine]]]) -> tuple[str, tuple[int, ...]]:
    """The text of pages of columns of lines, and the offset at which each page begins: the first is 0, none is below the one before, and
    that of a page without lines is that of the next."""
    bodies, edges = _without_repeated(pages)
    paragraphs = _in_order(_paragraphs(bodies), edges)
    lines = [line.text for page in pages for column in page for line in column]
    words = Counter(word.casefold() for page in pages for column in page for word in _whole_words(column))
    # A program that sets one kind of hyphen at the ends of lines and nowhere else breaks words with it, and with no other.
    breaks = any(text.endswith(_BREAKING) for text in lines) and not any(_BREAKING in text[:-1] for text in lines)
    parts: list[str] = []
    starts: dict[int, int] = {}
    length = 0
    for paragraph in paragraphs:
        if parts:
            parts.append(BETWEEN)
            length += len(BETWEEN)
        for place, (page, line) in enumerate(paragraph.lines):
            joined = _joined(parts[-1], line.text, words, breaks) if place else None
            if joined is not None:
                length += len(joined[0]) - len(parts[-1])
                parts[-1], gap = joined
                parts.append(gap)
                length += len(gap)
            starts.setdefault(page, length)
            parts.append(line.text)
            length += len(line.text)
    return "".join(parts), _page_starts(starts, len(pages), length)


def _page_starts(starts: dict[int, int], count: int, length: int) -> tuple[int, ...]:
    backwards: list[int] = []
    following = length
    for page in reversed(range(count)):
        following = min(following, starts.get(page, following))
        backwards.append(following)
    if backwards:
        backwards[-1] = 0
    return tuple(reversed(backwards))


# ------------------------------------------------------------------------------------------------- heads and feet


def _without_repeated(pages: Sequence[Sequence[Sequence[PdfLine]]]) -> tuple[list[list[list[PdfLine]]], list[list[PdfLine]]]:
    """The pages' columns without the lines that repeat at their heads and feet; those lines, by page."""
    at_edges = [_at_edges(number, page) for number, page in enumerate(pages)]
    counts = Counter(key for lines in at_edges for key in set[_Key]().union(*(keys for keys, _ in lines)))
    enough = max(2, _REPEATED * sum(1 for page in pages if page))
    edges = [[line for keys, line in lines if any(counts[key] >= enough for key in keys)] for lines in at_edges]
    bodies = [
        [kept for column in page if (kept := [line for line in column if not any(line is edge for edge in edge_lines)])]
        for page, edge_lines in zip(pages, edges, strict=True)
    ]
    return bodies, edges


def _at_edges(number: int, page: Sequence[Sequence[PdfLine]]) -> list[tuple[set[_Key], PdfLine]]:
    """The lines at the head and at the foot of the page of that number, each with what others like it have in common: what it says but for
    its numbers, and how far the number at its beginning or end is from the page's; each at its height."""
    lines = sorted((line for column in page for line in column), key=lambda line: -line.baseline)
    rows = [list(row) for _, row in groupby(lines, key=lambda line: round(line.baseline))]
    edges = []
    distances = sorted(abs(last[0].baseline - row[0].baseline) for last, row in pairwise(rows))
    usual = distances[len(distances) // 4] if distances else 0.0
    head = _set_apart(rows, usual)
    for where, some in (("head", head), ("foot", _set_apart(rows[len(head) :][::-1], usual))):
        for line in (line for row in some for line in row):
            says: set[str | int] = {_DIGITS.sub("0", line.text)}
            says |= {int(digits) - number for digits in _EDGE_NUMBER.findall(line.text)}
            # in steps, and in steps half a step on, so that no two heights are parted that are almost one
            heights = (round(line.baseline / _STEP), round(line.baseline / _STEP + 0.5) + 0.5)
            edges.append(({(where, height, what) for height in heights for what in says}, line))
    return edges


def _set_apart(rows: Sequence[Sequence[PdfLine]], usual: float) -> Sequence[Sequence[PdfLine]]:
    """The first of the rows, as far as there is a gap behind them, or letters of another size; none where they go on like lines of a
    paragraph, whose distance is the `usual` one."""
    for count in range(min(_EDGE_LINES, len(rows)), 0, -1):
        if count == len(rows):
            return rows
        edge, inner = rows[count - 1][0], rows[count][0]
        gap = min(max(_LEADING * edge.size, _APART * usual), 2 * _LEADING * edge.size)  # a page of few lines has no usual distance
        if not _is_like(edge, inner) or abs(edge.baseline - inner.baseline) > gap:
            return rows[:count]
    return ()


def _in_order(paragraphs: Sequence[_Paragraph], edges: Sequence[Sequence[PdfLine]]) -> Iterator[_Paragraph]:
    """Each page's repeated lines before the first paragraph that ends on a later page."""
    page = 0
    for paragraph in paragraphs:
        last = paragraph.lines[-1][0]
        while page < last:
            yield from (_Paragraph(page, [(page, line)]) for line in edges[page])
            page += 1
        yield paragraph
    for rest in range(page, len(edges)):
        yield from (_Paragraph(rest, [(rest, line)]) for line in edges[rest])


# ------------------------------------------------------------------------------------------------- paragraphs


def _paragraphs(pages: Sequence[Sequence[Sequence[PdfLine]]]) -> list[_Paragraph]:
    usual = _usual_distances(pages)
    paragraphs: list[_Paragraph] = []
    column_end = 0.0  # of the column that was read last
    for number, page in enumerate(pages):
        for column in page:
            start, end = _usual_start(column), max(line.end for line in column)
            for place, line in enumerate(column):
                last = paragraphs[-1].lines[-1][1] if paragraphs else None
                if place:
                    following = column[place + 1] if place + 1 < len(column) else None
                    goes_on = not _begins(column[place - 1], line, following, start, end, usual)
                else:
                    goes_on = last is not None and _runs_over(last, line, column_end, start)
                if goes_on:
                    paragraphs[-1].lines.append((number, line))
                else:
                    paragraphs.append(_Paragraph(number, [(number, line)]))
            column_end = end
    return paragraphs


def _usual_distances(pages: Sequence[Sequence[Sequence[PdfLine]]]) -> dict[int, float]:
    """By the letters' size in half points, the distance of two lines of a paragraph: of the least quarter of all, the largest."""
    distances: dict[int, list[float]] = {}
    for page in pages:
        for column in page:
            for last, line in pairwise(column):
                if _is_like(last, line):
                    distances.setdefault(round(line.size * 2), []).append(last.baseline - line.baseline)
    return {size: sorted(of_size)[len(of_size) // 4] for size, of_size in distances.items()}


def _usual_start(column: Sequence[PdfLine]) -> float:
    """Where most lines begin; where no place is like any other, the middle one."""
    return median([line.start for line in column])


def _is_like(last: PdfLine, line: PdfLine) -> bool:
    return max(last.size, line.size) <= _OTHER_SIZE * min(last.size, line.size)


def _begins(last: PdfLine, line: PdfLine, following: PdfLine | None, start: float, end: float, usual: dict[int, float]) -> bool:
    """Whether a line begins a paragraph, by the one before it in its column and the one after."""
    distance = min(usual.get(round(line.size * 2), _LEADING * line.size), 2 * _LEADING * line.size)
    if not _is_like(last, line) or not 0 < last.baseline - line.baseline <= _APART * max(distance, line.size):
        return True
    if _BULLET.match(line.text) or min(last.gap, line.gap) > _BETWEEN_CELLS * line.size:
        return True
    if _goes_on_in_words(last.text, line.text):
        return False
    em = line.size
    indented = line.start - last.start > _INDENT * em and line.start - start > _INDENT * em / 2
    if indented and (following is None or line.start - following.start > _INDENT * em):
        return True
    return _had_room(end - last.end, line)


def _goes_on_in_words(last: str, text: str) -> bool:
    return not _SENTENCE_END.search(last) and (text[0].islower() or _BROKEN.search(last) is not None)


def _runs_over(last: PdfLine, line: PdfLine, column_end: float, start: float) -> bool:
    """Whether a paragraph runs on at the head of the next column or page: by a small letter, or by a last line that is full and ends no
    sentence. One that ends with its sentence is taken for ended."""
    if not _is_like(last, line) or _BULLET.match(line.text):
        return False
    if _goes_on_in_words(last.text, line.text):
        return True
    is_indented = line.start - start > _INDENT * line.size
    return not is_indented and not _had_room(column_end - last.end, line) and not _SENTENCE_END.search(last.text)


def _had_room(left: float, line: PdfLine) -> bool:
    """Whether the line's first word would have fitted into what the one before it left free, so that it was ended by hand."""
    word = line.text.split(maxsplit=1)[0]
    return left - (line.end - line.start) * len(word) / len(line.text) > _ROOM * line.size


# ------------------------------------------------------------------------------------------------- words at a line's end


def _whole_words(column: Sequence[PdfLine]) -> Iterator[str]:
    """The words of a column that no line's end has cut."""
    for last, line in zip((None, *column), column, strict=False):
        words = _WORDS.findall(line.text)
        if words and last is not None and _BROKEN.search(last.text):
            words = words[1:]
        yield from words[:-1] if _BROKEN.search(line.text) else words


def _joined(before: str, after: str, words: Counter[str], breaks: bool = False) -> tuple[str, str]:
    """A line's text, and what separates it from the next line. A hyphen that only breaks the word is removed: the words
    that the document has elsewhere decide, else a small letter behind it. `breaks` where the document has a hyphen for this use alone.

    >>> _joined("the min-", "ister said", Counter()), _joined("a well-", "known man", Counter({"well-known": 1}))
    (('the min', ''), ('a well-', ''))
    """
    broken, start = _BROKEN.search(before), _WORD_START.match(after)
    if broken is None or start is None:
        return before, "" if _NO_SPACE.search(before) else " "
    if broken["hyphen"] == "\u00ad" or (breaks and broken["hyphen"] == _BREAKING):
        return before[:-1], ""
    if breaks:
        return before, ""
    first, second = broken["first"].casefold(), start[0].casefold()
    compound = _compound(before, after)
    whole, apart = words[first + second], words[compound]
    if whole == apart and first in _BEFORE_HYPHEN:
        return before, ""
    is_compound = apart > whole if whole != apart else not after[0].islower()
    return (before, "") if is_compound else (before[:-1], "")


def _compound(before: str, after: str) -> str:
    """The word with its hyphens, as it would stand within a line: "out-of-" and "date" are "out-of-date"."""
    tail, head = re.search("[^\\s]*$", before), _WORDS.match(after)
    assert tail is not None and head is not None
    word = _WORDS.search(tail[0] + head[0])
    return word[0].casefold() if word else ""
