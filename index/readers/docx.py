"""Word documents: the text that a reader of the document sees, with its tracked changes accepted, and what the file says of itself."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.parser import parse_xml
from lxml import etree

from index.errors import InputError
from index.readers.source import Document, Facts, SourceFile, stated_author

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element

MAX_BYTES = 100 * 1024 * 1024  # of which pictures may be most; no measurement behind it
# Far above what writing takes, pictures included, far below what fills a machine's memory. No measurement behind it.
_MOST_UNPACKED = 2 * MAX_BYTES
# Of markup, which takes a multiple of its bytes once it is parsed. No measurement behind it.
_MOST_MARKUP = 40 * 1024 * 1024
_AT_ONCE = 1024 * 1024
# What a .doc begins with, and a .docx with a password.
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNSEEN = frozenset(f"{_WORD}{name}" for name in ("pPr", "rPr", "sectPr", "tblPr", "del", "moveFrom", "rt")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same text box once more, for old programs
}
_CHARACTERS = {f"{_WORD}{name}": text for name, text in {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}.items()}


def read(source: SourceFile) -> Iterator[Document]:
    """Raises InputError where the file is no complete .docx, has a password, is larger than a limit when unpacked, or has no text."""
    document = _opened(source.bytes(MAX_BYTES))
    text = _text(document)
    if not text.strip():
        raise InputError("no text in it")
    yield Document(source.name, text, _facts(document))


def word_text(data: bytes) -> str:
    """The text of a .docx: a paragraph is a line, or more where it has line breaks, with an empty line between two; so is the row of a
    table whose cells are one line each, with a tab between two. Foot- and endnotes come at the end, heads and feet of pages not at all.
    Raises InputError, saying why, where it cannot be read."""
    return _text(_opened(data))


def _opened(data: bytes) -> WordDocument:
    if data.startswith(_OLE):
        raise InputError("it has a password, or is an old .doc: save it as .docx without one")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _measure(archive)
        return docx.Document(BytesIO(data))
    except InputError:
        raise
    except Exception as error:  # zipfile and python-docx can raise anything on a damaged file
        raise _not_whole(error) from error


def _measure(archive: zipfile.ZipFile) -> None:
    """Raises InputError where the archive is too large: by its declared size, then by its real one, which may differ."""
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise InputError(f"larger than {_MOST_UNPACKED:,} bytes when unpacked")
    unpacked = markup = 0
    for part in parts:
        is_markup = part.filename.lower().endswith((".xml", ".rels"))
        with archive.open(part) as file:
            while read := len(file.read(_AT_ONCE)):
                unpacked += read
                markup += read if is_markup else 0
                if unpacked > _MOST_UNPACKED or markup > _MOST_MARKUP:
                    raise InputError(f"larger than {_MOST_MARKUP if is_markup else _MOST_UNPACKED:,} bytes when unpacked")


def _not_whole(error: Exception) -> InputError:
    why = "a part does not unpack" if isinstance(error, zlib.error) else str(error) or type(error).__name__
    return InputError(f"not a whole .docx: {why}")


def _text(document: WordDocument) -> str:
    try:
        notes = [
            parse_xml(relation.target_part.blob)  # resolves no entities, as little as for the document
            for kind in (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)
            for relation in document.part.rels.values()
            if relation.reltype == kind and not relation.is_external
        ]
        return "\n\n".join(paragraph for tree in (document.element.body, *notes) for paragraph in _paragraphs(tree))
    except Exception as error:  # as above
        raise _not_whole(error) from error


def _paragraphs(tree: _Element) -> Iterator[str]:
    """The paragraphs with text, in document order, tables' and text boxes' too. Inserted text is in, deleted and hidden text is not."""
    open_: list[list[str]] = []  # a text box is inside a paragraph and contains paragraphs
    rows: list[list[list[str]]] = []  # a table may stand inside a cell; a row is its cells, a cell its paragraphs
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "end":
            texts: list[str] = []
            if tag == f"{_WORD}p" and open_:
                texts = ["".join(open_.pop())]
            elif tag == f"{_WORD}tr" and rows:
                texts = _row(rows.pop())
            texts = [text for text in texts if text.strip()]
            if rows and rows[-1]:
                rows[-1][-1] += texts
            else:
                yield from texts
        elif tag in _UNSEEN or (tag == f"{_WORD}r" and _is_vanished(element)):
            walk.skip_subtree()
        elif tag == f"{_WORD}p":
            open_.append([])
        elif tag == f"{_WORD}tr":
            rows.append([])
        elif tag == f"{_WORD}tc" and rows:
            rows[-1].append([])
        elif open_ and tag == f"{_WORD}t":
            open_[-1] += [element.text or "", *(child.tail or "" for child in element)]  # without comments and entities
        elif open_ and tag in _CHARACTERS:
            open_[-1].append(_CHARACTERS[tag])


def _row(cells: list[list[str]]) -> list[str]:
    """One line if each cell is one line, as in a table of figures; otherwise its paragraphs, as in a page laid out in cells."""
    if all(len(paragraphs) <= 1 and not any("\n" in text for text in paragraphs) for paragraphs in cells):
        return ["\t".join("".join(paragraphs).strip() for paragraphs in cells).rstrip("\t")]
    return [text for paragraphs in cells for text in paragraphs]


def _is_vanished(run: _Element) -> bool:
    mark = run.find(f"{_WORD}rPr/{_WORD}vanish")
    return mark is not None and mark.get(f"{_WORD}val") not in ("0", "false", "off")


def _facts(document: WordDocument) -> Facts:
    """What the file says of itself. python-docx gives a date that cannot be read as none, and raises on some."""
    try:
        properties = document.core_properties
        title, author, date, language = properties.title, properties.author, properties.created, properties.language
    except Exception:  # as above; the text is there all the same
        return Facts()
    author = " ".join(author.split())
    if author == "python-docx":  # these are then of its template, made in 2013
        return Facts()
    return Facts(
        title=" ".join(title.split()) or None,
        author=stated_author(author),
        date=date.date().isoformat() if date else None,
        language=language.strip() or None,
    )
