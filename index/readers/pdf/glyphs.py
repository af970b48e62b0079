"""A page of a PDF to the characters on it and their places.

pypdf parses the file, its fonts and the operators of a page; what they draw, and where, is worked out here after ISO 32000-1, 8.3, 9.3 and
9.4, for pypdf's own extraction gives no widths, which columns and the order of Arabic cannot do without, and leaves out `/ActualText`, in
which programs that shape Arabic say what they wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import atan2, cos, degrees, hypot, isfinite, radians, sin
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, NameObject, StreamObject
from pypdf.generic._font import Font

# Directions of writing are distinguished to so many degrees: a skewed scan's lines stay together, a watermark's stand apart. Not measured.
_DEGREES = 15
# Of forms within a page: a form that shows two others, each of which shows two, is without end. A page has a few. Not measured.
_MOST_FORMS = 500
_DEEPEST_FORM = 20

Matrix = tuple[float, float, float, float, float, float]
_UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Glyph:
    """Characters that are drawn as one, in points: from `left` to `right` on the `baseline`, which rises up the page. `spelt` where the
    file says that these were written; else they are those of the shape, which for a bracket is its mirror in Arabic."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    spelt: bool = False


@dataclass(slots=True)
class Drawn:
    """What a page shows: its glyphs by the direction of writing in degrees, turned upright, in the order in which they are drawn; whether
    there is a picture; whether there are letters of which the file does not say which they are."""

    glyphs: dict[int, list[Glyph]] = field(default_factory=dict)
    pictures: bool = False
    unnamed: bool = False


class Fonts:
    """The fonts of one file, each parsed once."""

    def __init__(self) -> None:
        self._known: dict[object, _Font] = {}

    def of(self, resources: DictionaryObject, name: object) -> _Font | None:
        """The font of that name; None where there is none."""
        table = resources.get("/Font")
        table = table.get_object() if table is not None else None
        if not isinstance(table, DictionaryObject) or not isinstance(name, NameObject) or name not in table:
            return None
        raw = table.raw_get(name)
        key = (raw.idnum, raw.generation) if isinstance(raw, IndirectObject) else id(raw)
        if key not in self._known:
            self._known[key] = _Font(raw.get_object())
        return self._known[key]


class _Font:
    def __init__(self, resource: Any) -> None:
        self._font = Font.from_font_resource(resource)
        self._is_composite = isinstance(self._font.encoding, str)
        # Codes of such a font are numbers of shapes in it, and without a table no characters.
        self._is_unnamed = self._is_composite and str(resource.get("/Encoding", "")).startswith("/Identity")
        matrix = resource.get("/FontMatrix")
        self._unit = float(matrix[0]) if resource.get("/Subtype") == "/Type3" and matrix else 0.001
        self._glyphs: dict[int | str, tuple[str | None, float, bool]] = {}

    def glyphs(self, shown: bytes) -> list[tuple[str | None, float, bool]]:
        """Of each glyph the characters, None where the file does not say; its width for a size of 1; whether it is the byte of a space."""
        codes: bytes | str = shown
        if isinstance(self._font.encoding, str):
            try:
                codes = shown.decode(self._font.encoding, "surrogatepass")
            except (UnicodeDecodeError, LookupError):
                codes = shown.decode("utf-16-be", "replace")
        return [self._glyphs.get(code) or self._glyph(code) for code in codes]

    def _glyph(self, code: int | str) -> tuple[str | None, float, bool]:
        font = self._font
        character = chr(code) if isinstance(code, int) else code
        named = font.encoding.get(code, character) if isinstance(code, int) and isinstance(font.encoding, dict) else character
        text = font.character_map.get(named)
        if text is None and not self._is_unnamed:
            text = named
        width = font.space_width if character == font.space_char else font.get_text_width(character)
        glyph = (text if font.interpretable else None, float(width) * self._unit, code == ord(" "))
        self._glyphs[code] = glyph
        return glyph


def draw(page: PageObject, fonts: Fonts) -> Drawn:
    """What the page shows. Raises what pypdf raises on a page that it cannot parse."""
    drawing = _Drawing(page.pdf, fonts)
    contents = page.get("/Contents")
    contents = contents.get_object() if contents is not None else None
    if isinstance(contents, ArrayObject | StreamObject):
        resources = page.get("/Resources")  # pypdf has handed down those of the page tree
        resources = resources.get_object() if resources is not None else None
        drawing.run(contents, resources if isinstance(resources, DictionaryObject) else DictionaryObject())
    return drawing.drawn


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return (a, b, c, d, e, f)


@dataclass(frozen=True, slots=True)
class _State:
    """The state of graphics and text. Spacing in units of text space; `stretch` is 1 for none."""

    matrix: Matrix = _UNMOVED
    font: _Font | None = None
    size: float = 0
    spacing: float = 0
    word_spacing: float = 0
    stretch: float = 1
    leading: float = 0
    rise: float = 0


class _Drawing:
    """Carries out a page's operators. One that is broken draws nothing."""

    def __init__(self, pdf: Any, fonts: Fonts) -> None:
        self.drawn = Drawn()
        self._pdf, self._fonts = pdf, fonts
        self._state = _State()
        self._text = self._line = _UNMOVED
        self._forms = 0
        self._parsed: dict[int, list[tuple[Any, bytes]]] = {}
        self._resources = DictionaryObject()
        self._open: list[str | None] = []  # marked content, with its ActualText
        self._spelt: list[tuple[int, Glyph]] = []
        self._operators: dict[bytes, Callable[[Any], None]] = {
            b"cm": lambda of: self._set(matrix=_times(_matrix(of), self._state.matrix)),
            b"BT": lambda of: self._place(_UNMOVED),
            b"Tf": lambda of: self._set(font=self._fonts.of(self._resources, of[0]), size=float(of[1])),
            b"Tc": lambda of: self._set(spacing=float(of[0])),
            b"Tw": lambda of: self._set(word_spacing=float(of[0])),
            b"Tz": lambda of: self._set(stretch=float(of[0]) / 100),
            b"TL": lambda of: self._set(leading=float(of[0])),
            b"Ts": lambda of: self._set(rise=float(of[0])),
            b"Td": lambda of: self._next(float(of[0]), float(of[1])),
            b"TD": lambda of: self._next_with_leading(float(of[0]), float(of[1])),
            b"Tm": lambda of: self._place(_matrix(of)),
            b"T*": lambda of: self._next(0, -self._state.leading),
            b"Tj": lambda of: self._show(of[0]),
            b"TJ": lambda of: self._show_all(of[0]),
            b"'": lambda of: self._show_next(of[0]),
            b'"': lambda of: self._show_next(of[2], word_spacing=float(of[0]), spacing=float(of[1])),
            b"BMC": lambda of: self._open.append(None),
            b"BDC": lambda of: self._open.append(self._actual_text(of)),
            b"EMC": lambda of: self._close(),
            b"INLINE IMAGE": lambda of: setattr(self.drawn, "pictures", True),
        }

    def run(self, contents: Any, resources: DictionaryObject, depth: int = 0) -> None:
        if id(contents) not in self._parsed:
            self._parsed[id(contents)] = ContentStream(contents, self._pdf, "bytes").operations
        outside, self._resources = self._resources, resources
        saved: list[_State] = []
        for operands, operator in self._parsed[id(contents)]:
            if operator == b"q":
                saved.append(self._state)
            elif operator == b"Q":
                self._state = saved.pop() if saved else self._state
            elif operator == b"Do":
                self._show_object(operands, depth)
            elif (carry_out := self._operators.get(operator)) is not None:
                try:
                    carry_out(operands)
                except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                    continue
        self._resources = outside

    def _set(self, **changed: Any) -> None:
        self._state = replace(self._state, **changed)

    def _place(self, matrix: Matrix) -> None:
        self._text = self._line = matrix

    def _next(self, x: float, y: float) -> None:
        self._place(_times((1, 0, 0, 1, x, y), self._line))

    def _next_with_leading(self, x: float, y: float) -> None:
        self._set(leading=-y)
        self._next(x, y)

    def _show_next(self, shown: bytes, **changed: float) -> None:
        self._set(**changed)
        self._next(0, -self._state.leading)
        self._show(shown)

    def _show_object(self, operands: Any, depth: int) -> None:
        objects = self._resources.get("/XObject")
        objects = objects.get_object() if objects is not None else None
        shown = objects.get(operands[0]) if isinstance(objects, DictionaryObject) and operands else None
        shown = shown.get_object() if shown is not None else None
        if not isinstance(shown, StreamObject):
            return
        if shown.get("/Subtype") == "/Image":
            self.drawn.pictures = True
        elif shown.get("/Subtype") == "/Form" and depth < _DEEPEST_FORM and self._forms < _MOST_FORMS:
            self._forms += 1
            outside = self._state, self._text, self._line
            with suppress(TypeError, ValueError):  # then its position stays
                self._set(matrix=_times(_matrix(shown.get("/Matrix", _UNMOVED)), self._state.matrix))
            resources = shown.get("/Resources")
            resources = resources.get_object() if resources is not None else None
            self.run(shown, resources if isinstance(resources, DictionaryObject) else self._resources, depth + 1)
            self._state, self._text, self._line = outside

    def _show_all(self, parts: Any) -> None:
        for part in parts:
            if isinstance(part, bytes):
                self._show(part)
            elif isinstance(part, int | float):
                self._advance(-part / 1000 * self._state.size * self._state.stretch)

    def _advance(self, by: float) -> None:
        a, b, c, d, e, f = self._text
        self._text = (a, b, c, d, e + by * a, f + by * b)

    def _show(self, shown: bytes) -> None:
        state = self._state
        if state.font is None or not isinstance(shown, bytes):
            return
        a, b, c, d, x, y = _times((state.stretch, 0, 0, 1, 0, state.rise), _times(self._text, state.matrix))
        along, size = hypot(a, b), hypot(c, d) * state.size
        if not (isfinite(x + y + along + size) and along > 0 and size > 0):
            return
        angle = round(degrees(atan2(b, a)) / _DEGREES) * _DEGREES % 360
        if angle:
            turn = radians(-angle)
            x, y = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
        passed = 0.0
        for text, width, is_space in state.font.glyphs(shown):
            advance = width * state.size + state.spacing + (state.word_spacing if is_space else 0)
            if text is None:
                self.drawn.unnamed = True
            self._add(angle, Glyph(text or "", x + passed * along, x + (passed + advance) * along, y, size))
            passed += advance
        self._advance(passed * state.stretch)

    def _add(self, angle: int, glyph: Glyph) -> None:
        if any(text is not None for text in self._open):
            self._spelt.append((angle, glyph))
        elif glyph.text:
            self.drawn.glyphs.setdefault(angle, []).append(glyph)

    def _actual_text(self, operands: Any) -> str | None:
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, NameObject):
            table = self._resources.get("/Properties")
            table = table.get_object() if table is not None else None
            properties = table.get(properties) if isinstance(table, DictionaryObject) else None
            properties = properties.get_object() if properties is not None else None
        text = properties.get("/ActualText") if isinstance(properties, DictionaryObject) else None
        if isinstance(text, bytes):
            return text.decode("utf-16" if text.startswith((b"\xfe\xff", b"\xff\xfe")) else "latin-1", "replace")
        return str(text) if isinstance(text, str) else None

    def _close(self) -> None:
        """Ends a marked content. If it states its text, that replaces its glyphs, provided they are on one line."""
        text = self._open.pop() if self._open else None
        if text is None or any(other is not None for other in self._open):
            return
        spelt, self._spelt = self._spelt, []
        if not spelt:
            return
        angle, first = spelt[0]
        if all(turn == angle and abs(glyph.baseline - first.baseline) < glyph.size for turn, glyph in spelt):
            left, right = min(glyph.left for _, glyph in spelt), max(glyph.right for _, glyph in spelt)
            if left == right:  # Chromium draws a mark that reaches over from the next page, and says that it is the letter with the mark
                return
            spelt = [(angle, Glyph(text, left, right, first.baseline, first.size, spelt=True))]
        for turn, glyph in spelt:
            self._add(turn, glyph)
