"""What came: a page, or a list of pages – a feed or a sitemap – and what that lists. Told by what it is, not by its name."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import struct_time
from typing import Any, Literal

import feedparser
import httpx
from lxml import etree

from index.fetching.addresses import Refused
from index.fetching.client import Received, unzipped

ListingKind = Literal["page", "feed", "sitemap", "index of sitemaps"]

_PAGES = {
    "text/html",
    "application/xhtml+xml",
    "application/pdf",
    "text/plain",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/rtf",
    "text/rtf",
}
_XML = {"application/xml", "text/xml", "application/rss+xml", "application/atom+xml", "application/rdf+xml"}
_GZIP = {"application/gzip", "application/x-gzip", "application/octet-stream", "binary/octet-stream"}
# Sites send their feeds as any of these too.
_MAY_BE_XML = {"text/html", "application/xhtml+xml", "text/plain", *_XML, *_GZIP}
_ROOTS: dict[str, ListingKind] = {"rss": "feed", "feed": "feed", "RDF": "feed", "urlset": "sitemap", "sitemapindex": "index of sitemaps"}
# Bytes in which the first tag stands, after comments and a document type. Not measured.
_HEAD = 64 * 1024
# feedparser takes 1.2 s for a megabyte of RSS, and 23 s for one of nothing but opening tags. A megabyte is 6,500 short entries.
_FEED_BYTES = 2 * 1024 * 1024
_DAY = timedelta(days=1)
# A date without a zone is one in the last zone that has it.
_LAST_ZONE = timedelta(hours=12)


@dataclass(frozen=True)
class Listed:
    """A page that a list names: an address as it writes it, to be read from its `base`. `modified` is the moment since which it says that
    the page has not changed, `published` when it came out: both in UTC."""

    address: str
    base: httpx.URL
    modified: datetime | None = None
    published: datetime | None = None

    @property
    def recent(self) -> datetime:
        """What puts the most recent first."""
        return self.modified or self.published or datetime.min.replace(tzinfo=UTC)


def check_type(received: Received) -> None:
    """Raises Refused where the response is, by its headers, neither a readable page nor a list of pages."""
    kind = received.content_type
    if not kind:
        raise Refused("the site does not say what it is (no Content-Type)")
    if kind not in _PAGES | _XML | _GZIP:
        raise Refused(f"it is not a page that can be read ({kind if kind.isascii() and kind.isprintable() else 'an unknown type'})"[:120])


def opened(received: Received) -> tuple[ListingKind, bytes]:
    """What came, and its bytes, unpacked. Raises Refused where it is neither page nor list, packed badly or too large."""
    content = received.content
    if received.content_type in _XML | _GZIP and content.startswith(b"\x1f\x8b"):
        content = unzipped(content, received.most)
    kind = _ROOTS.get(_root(content)) if received.content_type in _MAY_BE_XML else None
    if kind is None and received.content_type not in _PAGES:
        raise Refused("it is neither a page that can be read, nor a feed or sitemap")
    if kind == "feed" and len(content) > _FEED_BYTES:
        raise Refused(f"it is a feed larger than the limit of {_FEED_BYTES:,} bytes")
    return kind or "page", content


def listed(kind: ListingKind, content: bytes, received: Received) -> list[Listed]:
    """What a feed, a sitemap or an index of sitemaps names, the most recent first; in the list's own order where it gives no dates."""
    entries = _in_feed(content, received) if kind == "feed" else _in_sitemap(content, received.url)
    return sorted(entries, key=lambda entry: entry.recent, reverse=True)


def _in_feed(content: bytes, received: Received) -> Iterator[Listed]:
    # Bytes in a file: what is handed over as text, feedparser may take for an address or a path, and open.
    headers = {"content-location": str(received.url), "content-type": received.header("content-type")}
    feed = feedparser.parse(BytesIO(content), response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    for entry in feed.entries:
        # A key that is asked for with `get` falls back on the date of publication.
        modified = _moment(entry.get("updated_parsed")) if "updated_parsed" in entry else None
        if entry.get("link"):
            yield Listed(entry["link"], received.url, modified, _moment(entry.get("published_parsed")))


def _moment(parsed: struct_time | None) -> datetime | None:
    """feedparser's times are in UTC."""
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _in_sitemap(content: bytes, base: httpx.URL) -> Iterator[Listed]:
    """https://www.sitemaps.org/protocol.html, with the dates of Google's news sitemaps. Namespaces are often wrong, so names decide."""
    for _, element in _events(content, "end", ("{*}url", "{*}sitemap")):
        loc = _text(element.find("{*}loc"))
        if loc:
            yield Listed(
                loc, base, _last_moment(_text(element.find("{*}lastmod"))), _last_moment(_text(element.find("{*}news/{*}publication_date")))
            )
        element.clear()


def _text(element: Any) -> str:
    return "" if element is None else (element.text or "").strip()


def _root(content: bytes) -> str:
    """The name of the first tag, without its namespace; empty where there is none. Raises Refused where entities are declared that hold
    others, or are held elsewhere: feedparser, which drops declarations that begin a line, hands others on, and a few lines may become
    gigabytes."""
    for _, element in _events(content.lstrip()[:_HEAD], "start", ("{*}*",)):
        declared = element.getroottree().docinfo.internalDTD
        if declared is not None and any("&" in (entity.content or "&") for entity in declared.iterentities()):
            raise Refused("it declares entities of its own, as no honest list of pages does")
        name: str = etree.QName(element).localname
        return name
    return ""


def _events(content: bytes, kind: Literal["start", "end"], tags: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Elements as they begin or end. Nothing that the document names is loaded, and no entity of its own is put in."""
    try:
        yield from etree.iterparse(
            BytesIO(content),
            events=(kind,),
            tag=tags,
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
    except etree.XMLSyntaxError:  # what came before it counts
        return


def _last_moment(text: str) -> datetime | None:
    """The last moment that a date of W3C's form may mean; None where it has another form, or only a month.

    >>> str(_last_moment("2026-05-01")), str(_last_moment("2026-05-01T10:00:00+03:00")), _last_moment("May")
    ('2026-05-02 12:00:00+00:00', '2026-05-01 07:00:00+00:00', None)
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        return moment.replace(tzinfo=UTC) + _LAST_ZONE + (_DAY if "T" not in text and " " not in text else timedelta())
    except (ValueError, OverflowError):
        return None
