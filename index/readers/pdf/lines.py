"""The glyphs of a page to its lines in the order in which they are read: column by column, from the right where the page is Arabic.

Pure geometry, in points. A line's text is in the order of writing whatever the order of drawing: the bidirectional algorithm (UAX #9) is
undone where letters were placed from left to right. Every number here that is a share of the letters' size (an em) was set by the looks of
news pages; what it gives is measured as a whole, by tests/index/readers/test_document_readers.py.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from statistics import median

from index.readers.pdf.glyphs import Glyph

# Glyphs drawn one after the other are of one line up to so much up or down (marks above, letters that Naskh sets deep) and apart.
_SAME_LINE = 0.55
# Parts of a line on one height, drawn apart.
_SAME_BASELINE = 0.4
# A gap so wide may part two columns; where it does not, the parts are put together again.
_GUTTER = 0.7
# Words that are spread to fill a line leave equal gaps: so many of them, so equal, and no wider than that. Not measured.
_SPREAD_GAPS, _EQUAL_GAPS, _WIDEST_SPREAD = 3, 0.05, 2.0
_SMALLEST = 1e-6  # of a glyph's size; a file may say 0
# A space where none is drawn: TeX's is 0.22 and more, kerning stays below 0.1.
_SPACE = 0.17
# Two columns have at least so many lines each, with so many characters on average: less is a table, read row by row. Two
# lines, as at the end of a story, must be longer and further apart, for words that are spread to fill a line leave such gaps by chance.
_COLUMN_LINES, _COLUMN_CHARACTERS = 3, 12
_FEW_LINES, _LONGER_CHARACTERS, _WIDER_GUTTER = 2, 20, 1.2

_FORMS = re.compile("[\ufb00-\ufb06\ufb13-\ufb4f\ufb50-\ufd3d\ufd50-\ufdff\ufe70-\ufefc]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SOFT_HYPHEN = "\u00ad"
_SPACES = re.compile(r"\s+")
_MARK_FROM_RIGHT = re.compile("[\u0591-\u08ff]")
_CLOSING = {")": "(", "]": "[", "»": "«", "›": "‹"}
_MIRRORED = str.maketrans("()[]{}<>«»‹›≤≥", ")(][}{><»«›‹≥≤")
# Separators that stay within a number whose digits they part (UAX #9, class CS).
_IN_NUMBERS = frozenset(".,:/٫٬،\u00a0")


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a column. `start` and `end` are measured in the direction of reading, so that `start` < `end` in Arabic too; `baseline`
    rises up the page; `gap` is the widest one within the line."""

    text: str
    start: float
    end: float
    baseline: float
    size: float
    gap: float


@dataclass(slots=True)
class _RowPiece:
    """Glyphs side by side, with no gap among them that could be a gutter."""

    glyphs: list[Glyph]
    left: float = field(init=False)
    right: float = field(init=False)
    baseline: float = field(init=False)
    size: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = min(glyph.left for glyph in self.glyphs)
        self.right = max(glyph.right for glyph in self.glyphs)
        # of most glyphs: a note's number stands higher and is smaller, an initial is larger
        self.baseline = median([glyph.baseline for glyph in self.glyphs])
        self.size = median([glyph.size for glyph in self.glyphs])


def columns(glyphs: Sequence[Glyph]) -> list[list[PdfLine]]:
    """The columns of a page in the order of reading, each with its lines from the top."""
    shown = _with_marks(_without_soft_hyphens([glyph for glyph in map(_normal, glyphs) if glyph.text]))
    pieces = [piece for row in _rows(_runs(shown)) for piece in _split(row)]
    if not pieces:
        return []
    from_right = _reads_from_right("".join(glyph.text for glyph in shown))
    em = median([piece.size for piece in pieces])
    regions = [_rows(region) for region in _regions(pieces, em, from_right)]
    in_columns = [_lines(rows, from_right, mirrored=from_right) for rows in regions]
    if from_right:
        plain = [_lines(rows, from_right, mirrored=False) for rows in regions]
        in_columns = plain if _closed_brackets(plain) > _closed_brackets(in_columns) else in_columns
    return [column for column in in_columns if column]


def _lines(rows: Sequence[Sequence[_RowPiece]], from_right: bool, mirrored: bool) -> list[PdfLine]:
    return [line for row in rows if (line := _line(row, from_right, mirrored)) is not None]


def _closed_brackets(columns: Sequence[Sequence[PdfLine]]) -> int:
    """How many brackets and quotation marks open before they close. Of those in Arabic some programs name the shape, some the meaning;
    a page's own pairs tell which."""
    closed, open_ = 0, Counter[str]()
    for character in (character for column in columns for line in column for character in line.text):
        if character in _CLOSING:
            opening = _CLOSING[character]
            closed += open_[opening] > 0
            open_[opening] -= open_[opening] > 0
        else:
            open_[character] += 1
    return closed


# ------------------------------------------------------------------------------------------------- letters


def _normal(glyph: Glyph) -> Glyph:
    """With the letters of which ligatures and joined forms are made. Every space is one space: which of them a page was set with, it does
    not say reliably, and a break cannot come back at the place where it was."""
    text = glyph.text
    if text.isascii() and text.isprintable():
        return glyph
    text = _FORMS.sub(_plain_form, text)
    text = _SPACES.sub(" ", _UNWANTED.sub("", text.replace("\u00a0", " ")))
    text = text.replace(_SOFT_HYPHEN, "") or text
    return glyph if text == glyph.text else replace(glyph, text=text)


def _plain_form(match: re.Match[str]) -> str:
    """A mark by itself is written as a space or a stroke with the mark; only the mark is wanted."""
    plain = unicodedata.normalize("NFKC", match[0])
    return plain[1:] if len(plain) > 1 and plain[0] in " \N{ARABIC TATWEEL}" else plain


def _without_soft_hyphens(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Without those that break no word here: something follows on the line, if only the hyphen that is seen."""
    return [
        glyph
        for glyph, following in zip(glyphs, (*glyphs[1:], None), strict=True)
        if glyph.text != _SOFT_HYPHEN or following is None or not _goes_on(glyph, following)
    ]


def _with_marks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Each letter with its marks, which are drawn next to it in the order of the glyphs: behind it in the order of writing. Where they
    stand on the page says less: a font draws them to either side of the place."""
    made: list[Glyph] = []
    ahead = ""  # marks of a letter from the right that is drawn after them
    for at, glyph in enumerate(glyphs):
        if not _is_mark(glyph.text):
            made.append(replace(glyph, text=glyph.text + ahead) if ahead else glyph)
            ahead = ""
            continue
        following = next((other for other in glyphs[at + 1 : at + 4] if not _is_mark(other.text)), None)
        last = made[-1] if made else None
        if _MARK_FROM_RIGHT.match(glyph.text) and following is not None and (last is None or following.left > last.left):
            ahead = glyph.text + ahead
        elif last is not None:
            made[-1] = replace(last, text=last.text + glyph.text)
    return made


def _is_mark(text: str) -> bool:
    return all(unicodedata.combining(character) for character in text)


def _reads_from_right(text: str) -> bool:
    from_right = from_left = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        from_right += kind in ("R", "AL")
        from_left += kind == "L"
    return from_right > from_left


# ------------------------------------------------------------------------------------------------- pieces of lines


def _runs(glyphs: Sequence[Glyph]) -> list[_RowPiece]:
    """Glyphs that are drawn one after the other, side by side."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _goes_on(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [_RowPiece(run) for run in runs if any(not glyph.text.isspace() for glyph in run)]


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    if abs(last.baseline - glyph.baseline) > _SAME_LINE * size:
        return False
    return -size < glyph.left - last.right < _GUTTER * size or -size < last.left - glyph.right < _GUTTER * size


def _rows(pieces: Sequence[_RowPiece]) -> list[list[_RowPiece]]:
    """Those on one height together, from the top."""
    rows: list[list[_RowPiece]] = []
    for piece in sorted(pieces, key=lambda piece: (-piece.baseline, piece.left)):
        head = rows[-1][0] if rows else None
        if head is not None and head.baseline - piece.baseline <= _SAME_BASELINE * min(head.size, piece.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _split(row: Sequence[_RowPiece]) -> list[_RowPiece]:
    """The row at its wide gaps; one that is filled with spaces is one, and so is one between words that are spread."""
    glyphs = sorted((glyph for piece in row for glyph in piece.glyphs), key=lambda glyph: glyph.left)
    gaps = _gaps(glyphs)
    ordered = sorted(gap for gap in gaps if gap is not None)
    parts: list[list[Glyph]] = []
    spaces = list[Glyph]()
    for glyph, gap in zip(glyphs, gaps, strict=True):
        if gap is None:
            spaces.append(glyph)
            continue
        if parts and (gap < _GUTTER or _is_spread(gap, ordered)):
            parts[-1] += [*spaces, glyph]
        else:
            parts.append([glyph])
        spaces = []
    return [_RowPiece(part) for part in parts]


def _gaps(glyphs: Sequence[Glyph]) -> list[float | None]:
    """For each glyph from the left what is free before it, in its own size: None for a space, infinite for the first."""
    gaps: list[float | None] = []
    right = -inf
    for glyph in glyphs:
        if glyph.text.isspace():
            gaps.append(None)
        else:
            gaps.append((glyph.left - right) / max(glyph.size, _SMALLEST))
            right = max(right, glyph.right)
    return gaps


def _is_spread(gap: float, ordered: Sequence[float]) -> bool:
    """Whether a gap is one of several that are equal; `ordered` are the row's, ascending."""
    equal = bisect_right(ordered, gap + _EQUAL_GAPS) - bisect_left(ordered, gap - _EQUAL_GAPS)
    return gap <= _WIDEST_SPREAD and equal >= _SPREAD_GAPS


# ------------------------------------------------------------------------------------------------- columns


def _regions(pieces: list[_RowPiece], em: float, from_right: bool) -> list[list[_RowPiece]]:
    """The pieces by column. What crosses the gutter stands between what is above it and what is below."""
    gutter = _gutter(pieces, em)
    if gutter is None:
        return [pieces]
    regions: list[list[_RowPiece]] = []
    for crosses, band in _bands(pieces, gutter, em):
        if crosses:
            regions += _regions(band, em, from_right)
            continue
        left = [piece for piece in band if piece.left < gutter - em / 2]
        right = [piece for piece in band if piece.left >= gutter - em / 2]
        if _are_columns(left, right, em):
            sides = (right, left) if from_right else (left, right)
            regions += [region for side in sides for region in _regions(side, em, from_right)]
        else:
            regions.append(band)
    return regions


def _gutter(pieces: Sequence[_RowPiece], em: float) -> float | None:
    """Where the right one of two columns begins, so that most pieces are in columns; None where there are none."""
    best, most = None, 0
    for start in sorted({round(piece.left) for piece in pieces}):
        count = 0
        for crosses, band in _bands(pieces, start, em):
            if not crosses:
                left = [piece for piece in band if piece.left < start - em / 2]
                right = [piece for piece in band if piece.left >= start - em / 2]
                count += len(band) if _are_columns(left, right, em) else 0
        if count > most:
            best, most = float(start), count
    return best


def _bands(pieces: Sequence[_RowPiece], gutter: float, em: float) -> list[tuple[bool, list[_RowPiece]]]:
    """From the top: pieces that stand in the gutter, or that leave it free."""
    bands: list[tuple[bool, list[_RowPiece]]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.baseline):
        crosses = piece.left < gutter - 1 and piece.right > gutter - _GUTTER * em
        if bands and bands[-1][0] == crosses:
            bands[-1][1].append(piece)
        else:
            bands.append((crosses, [piece]))
    return bands


def _are_columns(left: Sequence[_RowPiece], right: Sequence[_RowPiece], em: float) -> bool:
    if not left or not right:
        return False
    is_wide = min(piece.left for piece in right) - max(piece.right for piece in left) >= _WIDER_GUTTER * em
    counts = [(len(_rows(side)), sum(len(piece.glyphs) for piece in side)) for side in (left, right)]
    return all(
        (lines >= _COLUMN_LINES and characters >= _COLUMN_CHARACTERS * lines)
        or (is_wide and lines >= _FEW_LINES and characters >= _LONGER_CHARACTERS * lines)
        for lines, characters in counts
    )


# ------------------------------------------------------------------------------------------------- the text of a line


def _line(row: Sequence[_RowPiece], from_right: bool, mirrored: bool) -> PdfLine | None:
    glyphs = _without_shadows(sorted((glyph for piece in row for glyph in piece.glyphs), key=lambda glyph: (glyph.left, glyph.right)))
    text = _SPACES.sub(" ", _in_order(_with_spaces(glyphs), from_right, mirrored)).strip()
    if not text:
        return None
    left, right = min(piece.left for piece in row), max(piece.right for piece in row)
    widest = max(row, key=lambda piece: len(piece.glyphs))
    start, end = (-right, -left) if from_right else (left, right)
    gap = max((right.left - left.right for left, right in pairwise(sorted(row, key=lambda piece: piece.left))), default=0.0)
    return PdfLine(text, start, end, widest.baseline, widest.size, gap)


def _without_shadows(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Without those that are drawn a second time over themselves, to look bold."""
    kept: list[Glyph] = []
    for glyph in glyphs:
        if not any(_is_shadow(glyph, other) for other in kept[-2:]):
            kept.append(glyph)
    return kept


def _is_shadow(glyph: Glyph, other: Glyph) -> bool:
    half = (glyph.right - glyph.left) / 2
    return glyph.text == other.text and abs(glyph.left - other.left) < half and abs(glyph.right - other.right) < half


def _with_spaces(letters: Sequence[Glyph]) -> list[Glyph]:
    """From left to right, with a space in each gap that looks like one."""
    gaps = [glyph.left - last.right for last, glyph in pairwise(letters)]
    # letters that are spaced out ("H E A D") are no words; a few letters are not enough to decide, and leaders of dots do not count
    within = [gap for gap, (last, glyph) in zip(gaps, pairwise(letters), strict=True) if (last.text + glyph.text).isalnum()]
    apart = max(0.0, median(within)) if len(within) > 8 else 0.0
    made: list[Glyph] = []
    for at, glyph in enumerate(letters):
        if at and gaps[at - 1] > apart + _SPACE * min(glyph.size, letters[at - 1].size):
            made.append(Glyph(" ", letters[at - 1].right, glyph.left, glyph.baseline, glyph.size))
        made.append(glyph)
    return made


def _in_order(glyphs: Sequence[Glyph], from_right: bool, mirrored: bool) -> str:
    """The text of glyphs from left to right, in the order of writing."""
    kinds = [_kind(glyph.text) for glyph in glyphs]
    # a bracket that the file calls by its mirror's name stands in a line from the right
    turned = any(glyph.spelt and glyph.text.translate(_MIRRORED) != glyph.text for glyph in glyphs)
    if "R" not in kinds and not (from_right and turned):
        return "".join(glyph.text for glyph in glyphs)
    if from_right or kinds.count("R") > 4 * kinds.count("L"):
        return _from_right(glyphs, kinds, mirrored)
    first = kinds.index("R")
    last = len(kinds) - 1 - kinds[::-1].index("R")
    # each stretch of right-to-left words between left-to-right ones
    made: list[str] = [glyph.text for glyph in glyphs[:first]]
    stretch: list[int] = []
    for at in range(first, last + 2):
        if at <= last and kinds[at] != "L":
            stretch.append(at)
            continue
        while stretch and kinds[stretch[-1]] != "R":
            stretch.pop()
        made.append(_from_right([glyphs[i] for i in stretch], [kinds[i] for i in stretch], mirrored=True))
        done = stretch[-1] + 1 if stretch else at
        made += [glyph.text for glyph in glyphs[done : at + 1]]
        stretch = []
    made += [glyph.text for glyph in glyphs[last + 2 :]]
    return "".join(made)


def _kind(text: str) -> str:
    """R for right-to-left letters, L for left-to-right letters, N for digits, otherwise empty."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "R"
        if kind in ("L", "EN", "AN"):
            return "L" if kind == "L" else "N"
    return ""


def _from_right(glyphs: Sequence[Glyph], kinds: Sequence[str], mirrored: bool) -> str:
    """Glyphs from left to right, read from the right: words of Latin letters, and numbers, keep their order. `mirrored` where a bracket is
    named by its shape."""
    made: list[str] = []
    at = len(glyphs)
    while at > 0:
        start = _kept_from(glyphs, kinds, at)
        if start < at:
            made += [glyph.text for glyph in glyphs[start:at]]
            at = start
        else:
            at -= 1
            glyph = glyphs[at]
            made.append(glyph.text if glyph.spelt or not mirrored else glyph.text.translate(_MIRRORED))
    return "".join(made)


def _kept_from(glyphs: Sequence[Glyph], kinds: Sequence[str], end: int) -> int:
    """The start of the left-to-right run that ends here; `end` where there is none."""
    if kinds[end - 1] not in ("L", "N"):
        return end
    start, latin = end - 1, kinds[end - 1] == "L"
    at = start - 1
    while at >= 0 and kinds[at] != "R":
        gap = glyphs[at + 1 : start]
        if kinds[at] == "L" or (kinds[at] == "N" and latin):
            start, latin = at, True
        elif kinds[at] == "N" and (not gap or (len(gap) == 1 and gap[0].text in _IN_NUMBERS)):
            start = at
        at -= 1
    return start
