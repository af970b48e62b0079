"""Plain text and Markdown: the bytes as decode.py decodes them, with nothing added, removed or moved."""

from __future__ import annotations

from collections.abc import Iterator

from index.readers.source import Document, ReaderOutput, SourceFile
from index.text.decode import decode_text


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """The one text of a .txt or .md file."""
    data = source.bytes()
    try:
        text = data.decode(source.charset) if source.charset else decode_text(data)
    except (LookupError, ValueError):  # what came with it said wrong
        text = decode_text(data)
    yield Document(source.name, text)
