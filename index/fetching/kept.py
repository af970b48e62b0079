"""Pages as they were received, each a WARC file of one response (ISO 28500), which holds what the next request needs to know as well."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b32encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

import httpx
from anyascii import anyascii
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from index.atomic_write import replacing
from index.errors import InputError
from index.fetching.client import Received, status_words

# Where feeds and sitemaps are kept: a hidden folder, so that no build takes them for articles.
_LISTS = ".feeds"
_UNSAFE = re.compile(r"(?:[^a-z0-9.]|\.(?![a-z0-9]))+")
_SLUG_CHARACTERS = 60
# 64 bits: two of a million addresses share them once in forty million archives.
_HASH_CHARACTERS = 16
# Of the connection and not of the page (RFC 9110, section 7.6.1); the body is stored without chunks. A cookie may be a key to a session.
_NOT_KEPT = {"connection", "keep-alive", "proxy-connection", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade"}


@dataclass(frozen=True)
class KeptPage:
    """A page that was received before. `date` is when, `confirmed` when its site last said or showed that it is still so: both in UTC."""

    path: Path
    date: datetime
    confirmed: datetime
    received: Received

    def confirm(self) -> None:
        """Notes that it is still so, by the time of the file: its bytes stay as they were."""
        with suppress(OSError):  # it would be asked for once too often
            os.utime(self.path)

    def conditions(self) -> dict[str, str]:
        """The headers that let the site answer 304 where the page is as it was."""
        asked = {"If-None-Match": self.received.header("etag"), "If-Modified-Since": self.received.header("last-modified")}
        return {name: value for name, value in asked.items() if value and value.isascii()}


class PageArchive:
    """The folder in which pages are kept: `HOST/SLUG-HASH.warc.gz`, and lists of pages under a hidden folder of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, url: httpx.URL, is_list: bool = False) -> Path:
        """Where a page is kept. Every part of the path is made of small letters, digits, dots and hyphens, and begins with no dot."""
        folder = self._folder / _LISTS if is_list else self._folder
        digest = hashlib.sha256(str(url).encode()).hexdigest()[:_HASH_CHARACTERS]
        slug = safe(unquote(url.raw_path.partition(b"?")[0].decode("ascii").rstrip("/").rpartition("/")[2]))
        return folder / safe(url.host) / f"{slug[:_SLUG_CHARACTERS].strip('.-') or 'page'}-{digest}.warc.gz"

    def kept(self, url: httpx.URL, is_list: bool = False) -> KeptPage | None:
        """None where nothing readable is kept: it is fetched again then."""
        path = self.place(url, is_list)
        return _read(path, url) if path.exists() else None

    def keep(self, received: Received, is_list: bool = False) -> Path:
        """Writes it, whole or not at all, and returns where. Raises InputError where it cannot be written."""
        path = self.place(received.url, is_list)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as file:
                _write(file, received)
        except OSError as error:
            raise InputError(
                f"Pages cannot be kept in {str(self._folder)!r} ({error.strerror}). Name a folder with room: --into DIR"
            ) from error
        return path


def safe(name: str) -> str:
    """A part of a path, whatever it was before: letters of other scripts as ASCII spells them.

    >>> safe("../خبر عاجل.html"), safe("[::1]"), safe("\\u202e")
    ('khbr-jl.html', '1', '')
    """
    return _UNSAFE.sub("-", anyascii(name).lower()).strip(".-")


def _write(file: BinaryIO, received: Received) -> None:
    headers = [(name, value) for name, value in received.headers if name.lower() not in _NOT_KEPT]
    writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
    writer.write_record(
        writer.create_warc_record(
            str(received.url),
            "response",
            payload=BytesIO(received.body),
            length=len(received.body),
            http_headers=StatusAndHeaders(status_words(received.status), headers, protocol="HTTP/1.1"),
        )
    )


def _read(path: Path, url: httpx.URL) -> KeptPage | None:
    try:
        with path.open("rb") as file:
            record = next(iter(ArchiveIterator(file)))
            date = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")).astimezone(UTC)
            headers = tuple((name, value) for name, value in record.http_headers.headers)
            body = record.raw_stream.read()
            is_whole = record.rec_headers.get_header("WARC-Payload-Digest") == _digest(body)
            confirmed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            return KeptPage(path, date, confirmed, Received(url, HTTPStatus.OK, headers, body)) if is_whole else None
    except Exception:  # the parser can raise anything on a file that was damaged or exchanged
        return None


def _digest(body: bytes) -> str:
    """As WARC writes it."""
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")
