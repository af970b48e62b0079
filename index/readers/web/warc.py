"""Web archives (.warc, .warc.gz) → the pages and documents that were fetched, each with its address.

A record's date is that of the fetching, not of the article, and is no fact of it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeadersParser

from index.errors import InputError
from index.readers.archives import MOST_OF_MEMBER, MOST_UNPACKED, suffix_of_type
from index.readers.source import Facts, ReaderOutput, SourceFile, Unread, too_large

# An archive may unpack to this many times its size, where that is more than MOST_UNPACKED: pages are packed to a fifth or a tenth. Not
# measured.
MOST_TIMES = 20
LONGEST_LINE = 1 << 20  # bytes of a header: more than any has; not measured

_READ = frozenset({".html", ".txt", ".pdf", ".docx", ".rtf"})
_GZIP = b"\x1f\x8b"
_STATUS = StatusAndHeadersParser([], verify=False)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _ArchivedPage:
    url: str
    suffix: str
    charset: str | None
    data: bytes


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """Each page, text, PDF, DOCX or RTF that was fetched with success, as `name:N`, N its record's number among all.

    Skipped without a message: other records and types, redirects, robots.txt, and a capture that gives the same bytes for the same address
    as one before it. Where the archive is damaged the rest is Unread. Raises InputError where it is no WARC file or holds no page.
    """
    number, unpacked, has_pages = 0, 0, False
    most = max(MOST_UNPACKED, MOST_TIMES * _size(source.file))
    seen: set[tuple[str, bytes]] = set()
    try:
        for number, record in enumerate(_records(source.file), start=1):
            name = f"{source.name}:{number}"
            try:
                page = _page(record)
            except InputError as error:
                has_pages = True
                yield Unread(name, str(error))
                continue
            if page is None:
                continue
            has_pages = True
            unpacked += len(page.data)
            if unpacked > most:
                yield Unread(source.name, f"unpacks to more than {most:,} bytes: what comes after record {number:,} is not read")
                return
            capture = page.url, hashlib.sha256(page.data).digest()
            if capture not in seen:
                seen.add(capture)
                yield SourceFile(name, io.BytesIO(page.data), page.suffix, Facts(url=page.url), charset=page.charset)
    except InputError:
        raise
    except Exception as error:
        if number == 0:
            raise InputError(f"damaged at its beginning ({type(error).__name__})") from error
        yield Unread(source.name, f"damaged at record {number:,} or after it: what follows is not read")
        return
    if not has_pages:
        raise InputError("no page in it")


def _size(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _records(file: BinaryIO) -> Iterator[Any]:
    is_packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    stream = gzip.GzipFile(fileobj=file) if is_packed else file
    if stream.read(5) != b"WARC/":
        raise InputError("not a web archive: it does not begin with WARC/")
    stream.seek(0)
    records = ArchiveIterator(stream, no_record_parse=True)
    records.reader = _Unpacked(stream)
    return iter(records)


class _Unpacked:
    """What the library is to read from in place of its own reader, which passes over what is damaged in a gzipped file in silence, and
    takes the square of a line's length."""

    decompressor = None  # it is not to unpack anything

    def __init__(self, file: BinaryIO | gzip.GzipFile) -> None:
        self._file = file

    def read(self, length: int | None = None) -> bytes:
        return self._file.read(-1 if length is None else length)

    def readline(self, length: int | None = None) -> bytes:
        """Raises ValueError for a line that is too long."""
        line = self._file.readline(LONGEST_LINE if length is None else min(length, LONGEST_LINE))
        if len(line) == LONGEST_LINE:
            raise ValueError("a line without an end")
        return line

    def rem_length(self) -> int:
        return 0

    def close_decompressor(self) -> None:
        """There is none."""


def _page(record: Any) -> _ArchivedPage | None:
    """What was fetched, where that is read; raises InputError where it should be and cannot."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type not in ("response", "resource", "conversion") or not _is_page(url):
        return None
    if record.length is None or record.length > MOST_OF_MEMBER:
        raise InputError(f"of no length, or {too_large(MOST_OF_MEMBER)}")
    kind, codings, stream = record.content_type or "", "", record.raw_stream
    if record.rec_type == "response":
        if not record.length:
            return None
        headers = _STATUS.parse(stream)
        if not headers.statusline.startswith("200"):
            return None
        kind = headers.get_header("Content-Type") or ""
        codings = headers.get_header("Content-Encoding") or ""
        if (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
            stream = ChunkedDataReader(stream)
    suffix = suffix_of_type(kind.partition(";")[0].strip().lower())
    if suffix not in _READ:
        return None
    packed = stream.read()
    record.raw_stream.read()  # what stands after the last of the chunks
    if record.raw_stream.limit:
        raise InputError("cut short")
    charset = _CHARSET.search(kind)
    return _ArchivedPage(url, suffix, charset and charset[1], _unpacked(packed, codings))


def _is_page(url: str) -> bool:
    """Crawlers add their own records to the pages, at addresses such as metadata:// and urn:, and every site's rules for robots."""
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and address.path != "/robots.txt"


def _unpacked(data: bytes, codings: str) -> bytes:
    """A body as its page had it. Crawlers may have unpacked it already, and not have said so."""
    for coding in reversed([coding.strip().lower() for coding in codings.split(",") if coding.strip()]):
        if coding not in _UNPACK:
            raise InputError(f"packed as {coding}, which is not read")
        data = _UNPACK[coding](data)
        if len(data) > MOST_OF_MEMBER:
            raise InputError(f"unpacks to more than the limit of {MOST_OF_MEMBER:,} bytes")
    return data


def _gunzipped(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MOST_OF_MEMBER + 1)
    except zlib.error as error:
        raise InputError("damaged: it is not what its server packed") from error


def _inflated(data: bytes) -> bytes:
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # some servers leave out the header
        with suppress(zlib.error):
            return zlib.decompressobj(window).decompress(data, MOST_OF_MEMBER + 1)
    return data


def _from_brotli(data: bytes) -> bytes:
    with suppress(brotli.error):
        unpacked: bytes = brotli.Decompressor().process(data, output_buffer_limit=MOST_OF_MEMBER + 1)
        return unpacked
    return data


_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _inflated,
    "br": _from_brotli,
    "identity": bytes,
}
