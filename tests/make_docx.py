"""Word documents for the tests of the page."""

from __future__ import annotations

from io import BytesIO

import docx


def word_document(*paragraphs: str) -> bytes:
    document, out = docx.Document(), BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()
