"""Web archives: the pages that were fetched, each once, with what is known of them, however they were packed."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from index.errors import InputError
from index.readers.source import ReaderOutput, SourceFile, Unread
from index.readers.web import warc
from index.readers.web.warc import read

PAGE = "<html><body><p>أغلق مكتب الميناء أبوابه يوم الاثنين.</p></body></html>".encode()
ADDRESS = "https://news.example.org/harbour"


class Archive:
    """An archive in the making."""

    def __init__(self, packed: bool = False) -> None:
        self._file = io.BytesIO()
        self._writer = WARCWriter(self._file, gzip=packed)

    def fetched(
        self, data: bytes = PAGE, url: str = ADDRESS, kind: str | None = "text/html; charset=utf-8", status: str = "200 OK", **headers: str
    ) -> Archive:
        shown = [(name.replace("_", "-"), value) for name, value in headers.items()]
        answer = StatusAndHeaders(status, [("Content-Type", kind), *shown] if kind else shown, protocol="HTTP/1.1")
        return self._add(url, "response", data, http_headers=answer)

    def noted(self, data: bytes, url: str, kind: str, record: str = "resource") -> Archive:
        return self._add(url, record, data, warc_content_type=kind)

    def _add(self, url: str, record: str, data: bytes, **more: object) -> Archive:
        self._writer.write_record(self._writer.create_warc_record(url, record, payload=io.BytesIO(data), **more))
        return self

    def raw(self, data: bytes) -> Archive:
        self._file.write(data)
        return self

    def bytes(self) -> bytes:
        return self._file.getvalue()


def found_in(archive: Archive | bytes) -> list[ReaderOutput]:
    data = archive.bytes() if isinstance(archive, Archive) else archive
    return list(read(SourceFile("crawl.warc", io.BytesIO(data), ".warc")))


def pages_of(archive: Archive | bytes) -> dict[str, bytes]:
    return {found.name: found.file.read() for found in found_in(archive) if isinstance(found, SourceFile)}


@pytest.mark.parametrize("packed", [False, True])
def test_a_page_is_a_part_with_its_address_and_character_set(packed: bool) -> None:
    archive = Archive(packed).noted(b"software: ours", "urn:about", "application/warc-fields", "warcinfo")
    (page,) = found_in(archive.fetched(kind="text/html; Charset='cp1256'"))
    assert isinstance(page, SourceFile)
    assert (page.name, page.suffix, page.charset) == ("crawl.warc:2", ".html", "cp1256")
    assert page.facts.url == ADDRESS
    assert page.facts.date is None
    assert page.file.read() == PAGE


def test_an_archive_that_was_gzipped_as_a_whole_is_read_too() -> None:
    assert pages_of(gzip.compress(Archive().fetched().fetched(b"<p>Rain.", "https://b.example/").bytes())) == {
        "crawl.warc:1": PAGE,
        "crawl.warc:2": b"<p>Rain.",
    }


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("text/html", ".html"),
        ("application/xhtml+xml; charset=utf-8", ".html"),
        ("TEXT/PLAIN", ".txt"),
        ("application/pdf", ".pdf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
        ("application/rtf", ".rtf"),
    ],
)
def test_what_is_read_is_known_by_its_type(kind: str, suffix: str) -> None:
    (page,) = found_in(Archive().fetched(kind=kind))
    assert isinstance(page, SourceFile)
    assert page.suffix == suffix


def test_pictures_redirects_errors_robots_and_notes_of_the_crawler_are_passed_over() -> None:
    archive = (
        Archive()
        .fetched(b"GIF89a", kind="image/gif")
        .fetched(status="301 Moved Permanently", Location=ADDRESS)
        .fetched(status="404 Not Found")
        .fetched(b"User-agent: *", "https://news.example.org/robots.txt", "text/plain")
        .fetched(kind=None)
        .noted(b"GET / HTTP/1.1\r\n\r\n", ADDRESS, "application/http; msgtype=request", "request")
        .noted(b"log", "metadata://crawler/log", "text/plain")
        .noted(b"text of the page", f"urn:text:{ADDRESS}", "text/plain")
    )
    with pytest.raises(InputError, match="no page in it"):
        found_in(archive)
    assert list(pages_of(archive.fetched())) == ["crawl.warc:9"]


def test_text_that_another_took_from_a_page_is_read() -> None:
    assert pages_of(Archive().noted(b"It rained.", ADDRESS, "text/plain", "conversion")) == {"crawl.warc:1": b"It rained."}


def test_the_same_bytes_at_the_same_address_are_read_once_and_other_versions_each() -> None:
    archive = Archive().fetched().fetched().fetched(b"<p>Now it is open.").fetched(url="https://other.example/").fetched()
    assert list(pages_of(archive)) == ["crawl.warc:1", "crawl.warc:3", "crawl.warc:4"]


def deflated_without_header(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE)),
        ("GZIP", PAGE),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", deflated_without_header(PAGE)),
        ("deflate", PAGE),
        ("br", brotli.compress(PAGE)),
        ("br", PAGE),
        ("identity", PAGE),
        ("gzip, br", brotli.compress(gzip.compress(PAGE))),
    ],
)
def test_a_page_is_unpacked_as_its_server_packed_it_or_as_the_crawler_left_it(coding: str, body: bytes) -> None:
    assert pages_of(Archive().fetched(body, Content_Encoding=coding)) == {"crawl.warc:1": PAGE}


def test_a_page_sent_in_chunks_is_put_together() -> None:
    body = b"".join(b"%x\r\n%s\r\n" % (len(PAGE[at : at + 7]), PAGE[at : at + 7]) for at in range(0, len(PAGE), 7)) + b"0\r\n\r\n"
    assert pages_of(Archive().fetched(body, Transfer_Encoding="chunked")) == {"crawl.warc:1": PAGE}
    assert pages_of(Archive().fetched(PAGE, Transfer_Encoding="Chunked")) == {"crawl.warc:1": PAGE}
    assert pages_of(Archive().fetched(body + b"\r\n", Transfer_Encoding="chunked")) == {"crawl.warc:1": PAGE}


def test_a_way_of_packing_that_is_not_known_is_said() -> None:
    (unread,) = found_in(Archive().fetched(b"(\xb5/\xfd", Content_Encoding="zstd"))
    assert unread == Unread("crawl.warc:1", "packed as zstd, which is not read")


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)])
def test_a_page_that_unpacks_to_too_much_is_unread_and_the_next_is_read(coding: str, pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MOST_OF_MEMBER", 1_000_000)
    assert callable(pack)
    bomb, page = found_in(Archive().fetched(pack(bytes(30_000_000)), Content_Encoding=coding).fetched())
    assert bomb == Unread("crawl.warc:1", "unpacks to more than the limit of 1,000,000 bytes")
    assert page.name == "crawl.warc:2"


def test_an_archive_that_unpacks_to_too_much_is_left_where_it_passes_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MOST_UNPACKED", 2_500)
    monkeypatch.setattr(warc, "MOST_TIMES", 0)
    archive = Archive(packed=True)
    for number in range(9):
        archive.fetched(b"%d" % number * 1_000)
    first, second, end = found_in(archive)
    assert (first.name, second.name) == ("crawl.warc:1", "crawl.warc:2")
    assert end == Unread("crawl.warc", "unpacks to more than 2,500 bytes: what comes after record 3 is not read")
    monkeypatch.setattr(warc, "MOST_TIMES", 20)
    assert len(archive.bytes()) > 9 * 1_000 / 20
    assert len(pages_of(archive)) == 9


def test_what_is_no_web_archive_is_said_to_be_none() -> None:
    for data in (b"", b"no archive", gzip.compress(b"no archive"), b"\x1f\x8b", b"\x1f\x8bbroken"):
        with pytest.raises(InputError, match=r"not a web archive|damaged at its beginning"):
            found_in(data)


def test_an_archive_cut_short_gives_what_was_whole() -> None:
    data = Archive().fetched().fetched(b"<p>Rain.", "https://b.example/").bytes()
    first, second = found_in(data[:-8])
    assert first.name == "crawl.warc:1"
    assert second == Unread("crawl.warc:2", "cut short")


def test_a_gzipped_archive_cut_short_gives_what_was_whole() -> None:
    data = Archive(packed=True).fetched().fetched(b"<p>Rain.", "https://b.example/").bytes()
    first, end = found_in(data[:-20])
    assert first.name == "crawl.warc:1"
    assert isinstance(end, Unread)
    assert "damaged at record" in end.reason


def test_what_follows_a_damaged_place_is_said_not_to_be_read() -> None:
    first, end = found_in(Archive().fetched().raw(b"garbage\r\nin the middle\r\n\r\n").fetched())
    assert first.name == "crawl.warc:1"
    assert end == Unread("crawl.warc", "damaged at record 1 or after it: what follows is not read")


def test_a_damaged_member_of_a_gzipped_archive_is_said_to_be_so() -> None:
    """The library passes over the rest of such a file in silence."""
    whole = Archive(packed=True).fetched().bytes()
    harmed = bytearray(Archive(packed=True).fetched(b"<p>Rain.").bytes())
    harmed[-30] ^= 0xFF
    first, end = found_in(whole + bytes(harmed) + whole)
    assert first.name == "crawl.warc:1"
    assert isinstance(end, Unread)


@pytest.mark.parametrize(
    "headers",
    [
        b"WARC-Type: response\r\nContent-Length: 5\r\n",
        b"WARC-Type: response\r\nWARC-Target-URI: https://[\r\nContent-Length: 5\r\n",
        b"WARC-Type: response\r\nWARC-Target-URI: javascript:alert(1)\r\nContent-Length: 5\r\n",
        b"WARC-Target-URI: https://a.example/\r\nContent-Length: 5\r\n",
    ],
)
def test_a_record_without_what_it_needs_does_no_harm_to_the_next(headers: bytes) -> None:
    data = b"WARC/1.0\r\n" + headers + b"\r\nhello\r\n\r\n" + Archive().fetched().bytes()
    assert list(pages_of(data)) == ["crawl.warc:2"]


@pytest.mark.parametrize("length", [b"", b"Content-Length: 99999999999\r\n"])
def test_a_record_without_a_likely_length_is_unread(length: bytes) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
    (unread, *_) = found_in(head + length + b"\r\nHTTP/1.1 200 OK\r\n\r\nhello")
    assert isinstance(unread, Unread)
    assert "of no length, or larger than the limit" in unread.reason


def test_a_line_of_a_hundred_million_bytes_is_not_put_together() -> None:
    endless = b"WARC/1.0\r\nWARC-Type: " + b"x" * 100_000_000
    for data in (endless, gzip.compress(endless, 1)):
        with pytest.raises(InputError, match="damaged at its beginning"):
            found_in(data)
    first, end = found_in(Archive().fetched().raw(endless))
    assert isinstance(first, SourceFile)
    assert isinstance(end, Unread)


GOOD = Archive().fetched().fetched(gzip.compress(PAGE), "https://b.example/", Content_Encoding="gzip").bytes()
PACKED = Archive(packed=True).fetched().fetched(b"<p>Rain.", "https://b.example/").bytes()


@given(st.sampled_from([GOOD, PACKED]), st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.floats(0, 1))
def test_harm_to_any_byte_raises_nothing_but_what_the_user_is_told(whole: bytes, place: float, byte: int, length: float) -> None:
    harmed = bytearray(whole)
    harmed[int(place * len(harmed))] = byte
    for data in (bytes(harmed), bytes(harmed[: int(length * len(harmed))])):
        with suppress(InputError):
            found_in(data)
