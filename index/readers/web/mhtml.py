"""A page that a browser saved with all its parts in one file, as a mail holds its attachments (RFC 2557): the page itself is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from index.errors import InputError
from index.readers.source import ReaderOutput, SourceFile
from index.readers.web.html import read_page

_PAGES = ("text/html", "application/xhtml+xml")


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """The story of the page in the file's root part. Raises InputError where there is no page in it."""
    message = BytesParser(policy=compat32).parsebytes(source.bytes())
    page = _root(message)
    data = page.get_payload(decode=True)
    address = message.get("Snapshot-Content-Location") or page.get("Content-Location") or source.facts.url
    facts = replace(source.facts, url=str(address).strip() if address else None)
    xml = page.get_content_type() != "text/html"
    yield read_page(data if isinstance(data, bytes) else b"", source.name, facts, page.get_content_charset(), xml=xml)


def _root(message: Message) -> Message:
    """The main part of the file: the one that it names as its start, or its first page."""
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not pages:
        raise InputError("no page in the file")
    start = message.get_param("start")
    return next((page for page in pages if start and page.get("Content-ID") == start), pages[0])
