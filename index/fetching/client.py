"""Asks for one page at a time, as politely as a reader would.

httpcore is used rather than httpx, which would decode a page by chunks of any size: 64 kB of brotli or of gzip within gzip may become
gigabytes before it can be checked. Here a page is at most twice its limit in memory: as it came, and unpacked.
"""

from __future__ import annotations

import gzip
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from time import monotonic, sleep

import certifi
import httpcore
import httpx
from protego import Protego

from index.fetching.addresses import AddressGuard, Refused, parse
from index.fetching.connecting import Connecting

NAME = "OnRecord"
_AGENT = f"{NAME}/1.0 (+local archive of a reader)"
_ACCEPT = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
_REDIRECTS = {301, 302, 303, 307, 308}
_LATER = {429, 503}
# Bytes of a robots.txt that are read: RFC 9309, section 2.5, asks for as many at the least.
_ROBOTS_BYTES = 512 * 1024
# Requests in a row that get no answer after which a host is left alone, so that one that is down costs minutes and not hours. Not measured.
_SILENCES = 3


@dataclass(frozen=True)
class Limits:
    """What one run may take. The issue's figures but for `patience`, which is not measured either: the longest wait, in seconds, that a
    site may ask for."""

    seconds: float = 30.0
    bytes: int = 20 * 1024 * 1024
    redirects: int = 5
    pages: int = 1000
    pause: float = 1.0
    patience: float = 120.0


class Silent(Refused):
    """No answer came at all."""


@dataclass(frozen=True)
class Received:
    """An answer as it came: `url` is where it came from in the end, `body` still packed."""

    url: httpx.URL
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    most: int = Limits.bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def content_type(self) -> str:
        """Without its parameters, in small letters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @cached_property
    def content(self) -> bytes:
        """The body, unpacked. Raises Refused where that is damaged or too large."""
        coding = self.header("content-encoding").strip().lower()
        if coding in ("", "identity"):
            return self.body
        if coding not in ("gzip", "x-gzip"):
            raise Refused("it is packed in another way than was asked for")
        return unzipped(self.body, self.most)


def unzipped(packed: bytes, most: int) -> bytes:
    """What gzip packed. Raises Refused where that is more than `most` bytes, or damaged."""
    try:
        with gzip.open(BytesIO(packed)) as file:
            content = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused("it is packed, and damaged") from error
    if len(content) > most:
        raise _too_large(most)
    return content


class Client:
    """One run's requests: it remembers when each host may be asked again, and what its robots.txt says."""

    def __init__(self, guard: AddressGuard, limits: Limits = Limits(), tls: ssl.SSLContext | None = None) -> None:
        self.limits = limits
        self._guard = guard
        self._given_tls = tls
        self._ready: dict[str, float] = {}  # by host, by the monotonic clock
        self._silences: dict[str, int] = {}  # by host
        self._closed: dict[str, str] = {}  # by host: why it is left alone
        self._robots: dict[str, Protego] = {}  # by scheme, host and port

    def get(self, url: httpx.URL, conditions: Callable[[httpx.URL], Mapping[str, str]], wanted: Callable[[Received], None]) -> Received:
        """The answer for `url`, after redirects: 200 with a body, or any other status without.

        `conditions` gives the headers that let a site say that a page is as it was; `wanted` may raise Refused when the headers are there,
        and the body is not. Raises Refused.
        """
        for _ in range(self.limits.redirects + 1):
            self._permit(url)
            received = self._patiently(url, conditions(url), wanted)
            if received.status not in _REDIRECTS:
                return received
            url = _next(received)
        raise Refused(f"it leads on to another address more than {self.limits.redirects} times")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Trusts whom the system trusts, and whom browsers do. Made once: it takes 60 ms."""
        if self._given_tls is not None:
            return self._given_tls
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context

    def _permit(self, url: httpx.URL) -> None:
        """Raises Refused where the site's robots.txt asks us not to come."""
        if not self._robots_of(url).can_fetch(str(url), NAME):
            raise Refused("the site’s robots.txt asks programs not to read it")

    def _robots_of(self, url: httpx.URL) -> Protego:
        """RFC 9309, section 2.3.1: a site that has none, or leads nowhere, allows all; one that is out of order allows nothing."""
        origin = str(url.copy_with(raw_path=b"/robots.txt"))
        if origin not in self._robots:
            self._robots[origin] = Protego.parse(self._robots_text(httpx.URL(origin)))
        return self._robots[origin]

    def _robots_text(self, url: httpx.URL) -> str:
        for _ in range(self.limits.redirects + 1):
            received = self._patiently(url, {}, lambda _: None, _ROBOTS_BYTES)
            if received.status not in _REDIRECTS:
                break
            url = _next(received)
        if received.status >= 500:
            return "User-agent: *\nDisallow: /"
        try:
            return received.content[:_ROBOTS_BYTES].decode("utf-8", "replace") if received.status == HTTPStatus.OK else ""
        except Refused as error:
            raise Refused(f"the site’s robots.txt cannot be read ({error})") from error

    def _patiently(
        self, url: httpx.URL, conditions: Mapping[str, str], wanted: Callable[[Received], None], cut: int | None = None
    ) -> Received:
        """The answer, asked for when the site may be asked, and once more where it says when to come back."""
        self._guard.check_port(url)
        host = url.host
        for _ in range(2):
            self._wait(host)
            try:
                received = self._send(url, conditions, wanted, cut)
            except Silent as silence:
                self._silences[host] = self._silences.get(host, 0) + 1
                if self._silences[host] >= _SILENCES:
                    self._closed[host] = f"its host is left alone after {_SILENCES} requests without an answer ({silence})"
                raise
            finally:
                self._ready[host] = monotonic() + self._pause(url)
            self._silences[host] = 0
            if received.status not in _LATER:
                return received
            pause = _retry_after(received)
            if pause is None:
                break
            self._ready[host] = max(self._ready[host], monotonic() + pause)
        self._closed[host] = f"the site cannot take more now ({status_words(received.status)}), and is left alone until the next run"
        raise Refused(self._closed[host])

    def _pause(self, url: httpx.URL) -> float:
        """Seconds between two requests to a host. What robots.txt asks for begins with the first page: it was not known before."""
        robots = self._robots.get(str(url.copy_with(raw_path=b"/robots.txt")))
        return max(self.limits.pause, (robots.crawl_delay(NAME) if robots else None) or 0.0)

    def _wait(self, host: str) -> None:
        if host in self._closed:
            raise Refused(self._closed[host])
        left = self._ready.get(host, 0.0) - monotonic()
        if left > self.limits.patience:
            raise Refused(f"the site asks to wait {left:,.0f} seconds; {self.limits.patience:,.0f} is the most that is waited")
        if left > 0:
            sleep(left)

    def _send(self, url: httpx.URL, conditions: Mapping[str, str], wanted: Callable[[Received], None], cut: int | None) -> Received:
        headers = {"Host": url.netloc.decode("ascii"), "User-Agent": _AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip", **conditions}
        asked = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        backend = Connecting(self._guard, monotonic() + self.limits.seconds)
        try:
            # A connection for each page: the next one's addresses are checked when it is made, and its end is its own.
            with (
                httpcore.ConnectionPool(ssl_context=self._tls if url.scheme == "https" else None, network_backend=backend) as pool,
                pool.stream("GET", asked, headers=[*headers.items(), ("Connection", "close")]) as response,
            ):
                head = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
                received = Received(url, response.status, head, most=self.limits.bytes)
                if received.status != HTTPStatus.OK:
                    return received
                wanted(received)
                return Received(url, response.status, head, self._body(received, response, cut), self.limits.bytes)
        except httpcore.TimeoutException as error:
            raise Silent(f"no whole answer within {self.limits.seconds:g} seconds") from error
        except httpcore.NetworkError as error:
            raise Silent(_broken(error)) from error
        except httpcore.ProtocolError as error:
            raise Refused("what answers does not speak HTTP as it should") from error

    def _body(self, received: Received, response: httpcore.Response, cut: int | None) -> bytes:
        """All of it; where it may be cut, what came until then."""
        most = cut or self.limits.bytes
        announced = received.header("content-length")
        if cut is None and announced.isdecimal() and int(announced[:20]) > most:
            raise _too_large(most)
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > most:
                if cut is None:
                    raise _too_large(most)
                break
        return bytes(body[:most])


def _next(received: Received) -> httpx.URL:
    """Where a redirect leads. Sites write addresses there as they are, in UTF-8."""
    location = received.header("location").encode("latin-1").decode("utf-8", "replace")
    if not location:
        raise Refused(f"the site answers {status_words(received.status)}, and does not say where to")
    return parse(location, received.url)


def _retry_after(received: Received) -> float | None:
    """Seconds until the site wants to be asked again; None where it does not say."""
    value = received.header("retry-after").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _broken(error: httpcore.NetworkError) -> str:
    cause = error.args[0] if error.args else None  # httpcore hands on the system's own error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not valid for it ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return "no safe connection can be agreed on with its host"
    reason = cause.strerror if isinstance(cause, OSError) else None
    return f"its host cannot be reached ({reason})" if reason else "the connection broke"


def status_words(status: int) -> str:
    """The standard's words, because the site's could be anything.

    >>> status_words(404), status_words(799)
    ('404 Not Found', '799')
    """
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _too_large(most: int) -> Refused:
    return Refused(f"it is larger than the limit of {most:,} bytes")
