"""PDF: the text of its pages, as it is read, and what the file says of itself.

A paragraph is one line, over the ends of columns and pages, without the hyphens that broke its words; heads and feet that repeat are
paragraphs of their own. `Document.pages` says where the pages begin. What has no text layer is refused: this program reads no pictures.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from io import BytesIO

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.generic import TextStringObject

from index.errors import InputError
from index.languages.base import every
from index.readers.pdf.glyphs import Fonts, draw
from index.readers.pdf.lines import PdfLine, columns
from index.readers.pdf.paragraphs import text_of
from index.readers.source import Document, Facts, SourceFile, Unread, stated_author

MAX_BYTES = 100 * 1024 * 1024  # of which pictures may be most; no measurement behind it

# Its warnings are about the file's grammar, and of no use to a reader of news.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# What programs write without a title: names of files and of themselves.
_NO_TITLE = re.compile(
    rf"(?:{'|'.join(sorted(every('documents.untitled')))}|about:blank)[\s\d]*|(?:https?|file)://.*|\S*[/\\]\S*"
    r"|.*\.(?:docx?|pdf|indd|qxp|xlsx?|pptx?|odt|rtf|txt|pages|html?|tex|dvi|e?ps)",
    re.I,
)
_WORDS_OF_PROGRAMS = re.compile(r"^(?:Microsoft (?:Word|PowerPoint|Excel)|Layout \d+)\s*-\s*", re.I)


def read(source: SourceFile) -> Iterator[Document | Unread]:
    """The document, and before it the pages of which nothing could be read. Raises InputError for what is no PDF, has a password, or has no
    text."""
    data = source.bytes(MAX_BYTES)
    reader = _open(data)
    pages, pictures, damaged = _pages(reader)
    if not any(pages):
        raise InputError(_why_empty(pictures, damaged, len(pages)))
    for numbers, reason in (
        (pictures, "pictures only: run it through OCR first"),
        (damaged, "damaged"),
    ):
        if numbers:
            yield Unread(f"{source.name}#page={numbers[0]}", f"{_listed(numbers)}: {reason}")
    text, starts = text_of(pages)
    yield Document(source.name, text, _facts(reader), starts)


def _open(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise InputError("encrypted: save it without its password")
        return reader
    except InputError:
        raise
    except Exception as error:  # pypdf can raise anything on a broken file
        raise InputError(f"not a whole PDF: {_said(error)}") from error


def _pages(reader: PdfReader) -> tuple[list[list[list[PdfLine]]], list[int], list[int]]:
    """The columns of each page; the numbers of those with a picture or nameless letters and no text, and of those that are damaged."""
    pages: list[list[list[PdfLine]]] = []
    pictures, damaged = [], []
    fonts = Fonts()
    try:
        count = len(reader.pages)
    except Exception as error:  # as above
        raise InputError(f"not a whole PDF: {_said(error)}") from error
    for number in range(1, count + 1):
        try:
            columns_of_page, is_picture = _page(reader.pages[number - 1], fonts)
        except Exception:  # as above
            columns_of_page, is_picture = [], False
            damaged.append(number)
        pages.append(columns_of_page)
        if is_picture and not columns_of_page:
            pictures.append(number)
    return pages, pictures, damaged


def _page(page: PageObject, fonts: Fonts) -> tuple[list[list[PdfLine]], bool]:
    drawn = draw(page, fonts)
    directions = sorted(drawn.glyphs, key=lambda angle: -len(drawn.glyphs[angle]))
    return [column for angle in directions for column in columns(drawn.glyphs[angle])], drawn.pictures or drawn.unnamed


def _why_empty(pictures: Sequence[int], damaged: Sequence[int], count: int) -> str:
    if pictures:
        pages = "1 page is a picture" if len(pictures) == 1 else f"{len(pictures):,} pages are pictures"
        return f"no text layer: {pages} only; run it through OCR first"
    if damaged:
        return "not a whole PDF: none of its pages can be read"
    return "no text: its pages are blank" if count else "no text: it has no pages"


def _listed(numbers: Sequence[int]) -> str:
    """
    >>> _listed([3]), _listed([3, 5, 6, 7])
    ('page 3', 'pages 3, 5–7')
    """
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    listed = ", ".join("–".join(map(str, some)) for some in ranges)
    return f"{'page' if len(numbers) == 1 else 'pages'} {listed}"


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


# ------------------------------------------------------------------------------------------------- what it says of itself


def _facts(reader: PdfReader) -> Facts:
    try:
        metadata = reader.metadata
        title, author = _text(metadata.get("/Title") if metadata else None), _text(metadata.get("/Author") if metadata else None)
        date = metadata.creation_date if metadata else None
        language = _text(reader.root_object.get("/Lang"))
    except Exception:  # as above; the text is there all the same
        return Facts()
    title = _WORDS_OF_PROGRAMS.sub("", title)
    return Facts(
        title=None if not title or _NO_TITLE.fullmatch(title) else title,
        author=stated_author(author),
        date=date.date().isoformat() if date else None,
        language=language or None,
    )


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, TextStringObject) else ""
