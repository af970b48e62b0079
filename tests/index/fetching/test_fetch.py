"""Pages from the network, held against real servers on this machine. Nothing here asks any other."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from socketserver import TCPServer
from time import monotonic

import pytest
from warcio.archiveiterator import ArchiveIterator

from index.errors import InputError, SettingError
from index.fetching.addresses import AddressGuard, any_network, resolved
from index.fetching.client import Client, Limits
from index.fetching.fetch import Fetched, fetch, fetch_with, interval
from index.readers.reading import read, suffix_of
from index.readers.source import Document, SourceFile

FERRY = b"<html lang=en><title>The ferry of Kessa</title><p>The ferry of Kessa left at nine with a goat on board.</p></html>"
KITE = "<html lang=ar dir=rtl><title>طائرة ورقية</title><p>حلّقت طائرة ورقية فوق كيسا ساعتين.</p></html>".encode()
SOON = Limits(pause=0.0)


@dataclass(frozen=True)
class Answer:
    """What a server answers: `tag` makes it answer 304 to whoever knows it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str | None = "text/html; charset=utf-8"
    tag: str | None = None


Pages = dict[str, "Answer | Callable[[BaseHTTPRequestHandler], None]"]


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    at: float


@dataclass
class Site:
    """A server of `pages` by path, and what it was asked for."""

    address: str
    port: int
    pages: Pages = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def paths(self) -> list[str]:
        """Those of pages: every run begins with robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]


@contextmanager
def serving(pages: Pages, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(Asked(self.path, dict(self.headers), monotonic()))
            answer = site.pages.get(self.path, Answer(status=404))
            if not isinstance(answer, Answer):
                with suppress(OSError):  # the other side has seen enough
                    answer(self)
                return
            known = answer.tag is not None and self.headers.get("If-None-Match") == answer.tag
            self.send_response(304 if known else answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.tag is not None:
                self.send_header("ETag", answer.tag)
            if answer.type is not None:
                self.send_header("Content-Type", answer.type)
            self.end_headers()
            if not known:
                with suppress(OSError):
                    self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def server_bind(self) -> None:
            """http.server's own asks for the name of this address, which may be asked of another machine."""
            TCPServer.server_bind(self)
            self.server_name, self.server_port = host, self.server_address[1]

        def handle_error(self, request: object, client_address: object) -> None:
            """Connections that a test makes fail."""

    with Server((host, port), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        named = f"[{host}]" if ":" in host else host
        site = Site(f"http://{named}:{server.server_port}", server.server_port, pages)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({}) as running:
        yield running


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "fetched"


def fetched(
    into: Path, *addresses: str, limits: Limits = SOON, guard: AddressGuard | None = None, tls: ssl.SSLContext | None = None
) -> list[Fetched]:
    told: list[Fetched] = []
    found = fetch_with(Client(guard or any_network(), limits, tls), addresses, into, told.append)
    assert told == found
    return found


def refused(into: Path, address: str, limits: Limits = SOON, guard: AddressGuard | None = None, tls: ssl.SSLContext | None = None) -> str:
    """The reason why one page is refused, of which nothing is kept."""
    (one,) = fetched(into, address, limits=limits, guard=guard, tls=tls)
    assert (one.outcome, one.path) == ("refused", None)
    assert files(into) == []
    assert one.reason
    assert len(one.reason.splitlines()) == 1
    return one.reason


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def pages_of(folder: Path) -> list[Path]:
    """Without the lists, which are hidden."""
    return [path for path in files(folder) if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def outcomes(found: Sequence[Fetched]) -> dict[str, str]:
    return {one.url.rpartition("/")[2]: one.outcome for one in found}


# What is kept.


def test_a_page_is_kept_as_it_was_received(site: Site, into: Path) -> None:
    packed = gzip.compress(FERRY)
    headers = {"Content-Encoding": "gzip", "Last-Modified": "Fri, 01 May 2026 10:00:00 GMT", "Set-Cookie": "visit=7", "X-Desk": "Kessa"}
    site.pages["/world/Ferry%20of%20Kessa.html"] = Answer(packed, headers=headers, tag='"one"')
    (one,) = fetched(into, site.url("/world/Ferry%20of%20Kessa.html?utm_source=feed#top"))
    assert (one.url, one.outcome, one.reason) == (site.url("/world/Ferry%20of%20Kessa.html"), "new", None)
    assert one.path is not None
    assert files(into) == [one.path]
    assert re.fullmatch(r"127\.0\.0\.1/ferry-of-kessa\.html-[0-9a-f]{16}\.warc\.gz", one.path.relative_to(into).as_posix())
    with one.path.open("rb") as file:
        (record,) = [
            (record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read()) for record in ArchiveIterator(file)
        ]
    kind, about, received, content = record
    assert (kind, content) == ("response", FERRY)
    assert about.get_header("WARC-Target-URI") == one.url
    assert abs(datetime.fromisoformat(about.get_header("WARC-Date")) - datetime.now(UTC)) < timedelta(minutes=10)
    assert (received.get_statuscode(), received.get_header("ETag"), received.get_header("X-Desk")) == ("200", '"one"', "Kessa")
    assert received.get_header("Content-Encoding") == "gzip"
    assert received.get_header("Set-Cookie") is None


def test_a_page_that_is_kept_is_read_as_an_article(site: Site, into: Path) -> None:
    story = " ".join(["The ferry of Kessa left at nine with a goat on board."] * 9)
    site.pages["/ferry"] = Answer(gzip.compress(f"<html><article><p>{story}</p></article>".encode()), headers={"Content-Encoding": "gzip"})
    site.pages["/kite"] = Answer("حلّقت طائرة ورقية فوق كيسا ساعتين.".encode("cp1256"), type="text/plain; charset=windows-1256")
    for one in fetched(into, site.url("/ferry"), site.url("/kite")):
        assert one.path is not None
        name = one.path.relative_to(into).as_posix()
        with one.path.open("rb") as file:
            (document,) = read(SourceFile(name, file, suffix_of(name)), {})
        assert isinstance(document, Document)
        assert (document.name, document.facts.url) == (f"{name}:1", one.url)
        assert ("The ferry of Kessa left" in document.text) != ("حلّقت طائرة ورقية" in document.text)


def test_a_page_that_is_as_it_was_is_not_sent_again(site: Site, into: Path) -> None:
    site.pages["/ferry"] = Answer(FERRY, tag='"one"', headers={"Last-Modified": "Fri, 01 May 2026 10:00:00 GMT"})
    (first,) = fetched(into, site.url("/ferry"))
    assert first.path is not None
    kept = first.path.read_bytes()
    (second,) = fetched(into, site.url("/ferry"))
    assert second == Fetched(first.url, "unchanged", first.path)
    assert first.path.read_bytes() == kept
    assert "If-None-Match" not in site.asked[1].headers
    assert site.asked[-1].headers["If-None-Match"] == '"one"'
    assert site.asked[-1].headers["If-Modified-Since"] == "Fri, 01 May 2026 10:00:00 GMT"


def test_a_page_that_changed_replaces_the_one_that_is_kept_and_the_same_page_does_not(site: Site, into: Path) -> None:
    site.pages["/ferry"] = Answer(FERRY)
    (first,) = fetched(into, site.url("/ferry"))
    assert first.path is not None
    kept = first.path.read_bytes()
    (again,) = fetched(into, site.url("/ferry"))
    assert (again.outcome, first.path.read_bytes()) == ("unchanged", kept)
    site.pages["/ferry"] = Answer(KITE)
    (changed,) = fetched(into, site.url("/ferry"))
    assert (changed.outcome, changed.path) == ("changed", first.path)
    assert files(into) == [first.path]
    with first.path.open("rb") as file:
        assert [record.content_stream().read() for record in ArchiveIterator(file)] == [KITE]


@pytest.mark.parametrize(("status", "words"), [(404, "404 Not Found"), (410, "410 Gone"), (500, "500 Internal Server Error"), (799, "799")])
def test_a_page_that_is_gone_stays_kept_and_that_is_said(site: Site, into: Path, status: int, words: str) -> None:
    site.pages["/ferry"] = Answer(FERRY)
    (first,) = fetched(into, site.url("/ferry"))
    assert first.path is not None
    kept = first.path.read_bytes()
    site.pages["/ferry"] = Answer(b"gone", status=status)
    (gone,) = fetched(into, site.url("/ferry"))
    assert (gone.outcome, gone.path) == ("refused", first.path)
    assert gone.reason == f"the site answers {words}; the copy of {datetime.now(UTC):%Y-%m-%d} is kept"
    assert first.path.read_bytes() == kept


@pytest.mark.parametrize("damage", [lambda raw: b"", lambda raw: b"junk", lambda raw: raw[: len(raw) // 2], lambda raw: raw[:-200]])
def test_a_kept_file_that_was_damaged_is_fetched_anew(site: Site, into: Path, damage: Callable[[bytes], bytes]) -> None:
    site.pages["/ferry"] = Answer(FERRY + os.urandom(9000).hex().encode(), tag='"one"')
    (first,) = fetched(into, site.url("/ferry"))
    assert first.path is not None
    kept = first.path.read_bytes()
    first.path.write_bytes(damage(kept))
    fetched(into, site.url("/ferry"))
    assert "If-None-Match" not in site.asked[-1].headers
    assert len(first.path.read_bytes()) > len(kept) // 2


def test_whatever_an_address_holds_nothing_is_written_outside_the_folder(site: Site, into: Path) -> None:
    paths = [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/.htaccess",
        "/a%00b",
        "/%E2%80%AEtxt.exe",
        "/" + "a" * 3000,
        "/a?x=../../b",
        "/CON",
    ]
    with ExitStack() as stack:
        site.pages.update({path: Answer(FERRY) for path in [*paths, "/etc/passwd"]})
        six = stack.enter_context(serving({"/": Answer(FERRY)}, "::1")) if socket.has_ipv6 else None
        addresses = [site.url(path) for path in paths] + ([six.url("/")] if six else [])
        found = fetched(into, *addresses)
    assert {one.outcome for one in found} == {"new"}
    assert len(files(into.parent)) == len(files(into)) == len(addresses)
    for path in files(into):
        host, name = path.relative_to(into).parts
        assert re.fullmatch(r"127\.0\.0\.1|1", host)
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,60}-[0-9a-f]{16}\.warc\.gz", name)


def test_two_addresses_of_one_page_are_one_file(site: Site, into: Path) -> None:
    site.pages["/ferry"] = Answer(FERRY)
    fetched(into, site.url("/ferry"), site.url("/ferry?utm_source=a"), site.url("/ferry#top"))
    assert site.paths() == ["/ferry"]
    assert len(files(into)) == 1


# What is refused.


def test_nothing_is_asked_of_this_machine_unless_that_is_allowed(site: Site, into: Path) -> None:
    site.pages["/ferry"] = Answer(FERRY)
    for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
        (one,) = fetch([f"http://{host}/ferry"], into, said=lambda _: None)
        assert one.outcome == "refused"
        assert "--allow-private" in str(one.reason)
    (one,) = fetch([site.url("/ferry")], into, said=lambda _: None)
    assert one.reason == f"port {site.port} is none of the web; with --allow-private every port is asked"
    assert site.asked == []


def test_where_private_networks_are_allowed_a_host_is_asked_once_a_second(site: Site, into: Path) -> None:
    site.pages.update({"/ferry": Answer(FERRY), "/kite": Answer(KITE)})
    found = fetch([site.url("/ferry"), site.url("/kite")], into, allow_private=True, said=lambda _: None)
    assert [one.outcome for one in found] == ["new", "new"]
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/ferry", "/kite"]
    assert all(later.at - earlier.at >= 1 for earlier, later in pairwise(site.asked))


def only(*addresses: str, resolve: Callable[[str, int], Sequence[str]] = resolved) -> AddressGuard:
    """Who may be asked, where this machine's addresses stand for open and private ones."""
    return AddressGuard(lambda address: None if str(address) in addresses else f"{address} is private", resolve, any_port=True)


def test_a_redirect_to_a_private_address_is_refused_before_anything_is_sent_there(site: Site, into: Path) -> None:
    with serving({"/secret": Answer(FERRY)}, "127.0.0.2") as private:
        site.pages["/ferry"] = Answer(status=302, headers={"Location": private.url("/secret")})
        assert refused(into, site.url("/ferry"), guard=only("127.0.0.1")) == "127.0.0.2 is private"
        assert private.asked == []


def test_a_redirect_of_robots_txt_to_a_private_address_is_refused_too(site: Site, into: Path) -> None:
    with serving({}, "127.0.0.2") as private:
        site.pages["/robots.txt"] = Answer(status=302, headers={"Location": private.url("/secret")})
        assert refused(into, site.url("/ferry"), guard=only("127.0.0.1")) == "127.0.0.2 is private"
        assert private.asked == []


def test_a_name_that_turns_to_a_private_address_between_two_requests_is_refused(site: Site, into: Path) -> None:
    """DNS rebinding: robots.txt comes from the open address, the page would come from the private one."""
    with serving({"/ferry": Answer(FERRY)}, "127.0.0.2", site.port) as private:
        answers = iter([["127.0.0.1"], ["127.0.0.2"]])
        guard = only("127.0.0.1", resolve=lambda host, port: next(answers))
        assert refused(into, f"http://news.example:{site.port}/ferry", guard=guard) == "127.0.0.2 is private"
        assert [asked.path for asked in site.asked] == ["/robots.txt"]
        assert private.asked == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(site: Site, into: Path) -> None:
    """A name is looked up once a connection: a second look could give another address."""
    looks: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        looks.append((host, port))
        return ["127.0.0.1"]

    site.pages["/ferry"] = Answer(FERRY)
    (one,) = fetched(into, f"http://news.example:{site.port}/ferry", guard=only("127.0.0.1", resolve=resolve))
    assert one.outcome == "new"
    assert looks == [("news.example", site.port)] * 2
    assert [asked.headers["Host"] for asked in site.asked] == [f"news.example:{site.port}"] * 2


def test_a_host_is_asked_at_its_next_address_where_the_first_does_not_answer(site: Site, into: Path) -> None:
    site.pages["/ferry"] = Answer(FERRY)
    guard = only("127.0.0.1", "127.0.0.2", resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    (one,) = fetched(into, f"http://news.example:{site.port}/ferry", guard=guard)
    assert one.outcome == "new"


def test_no_proxy_is_used_behind_which_nothing_could_be_checked(site: Site, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}, "127.0.0.2") as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        site.pages["/ferry"] = Answer(FERRY)
        (one,) = fetched(into, site.url("/ferry"))
        assert one.outcome == "new"
        assert proxy.asked == []


@pytest.mark.parametrize("location", ["ftp://news.example/", "file:///etc/passwd", "http://a:b@127.0.0.1/", "http://["])
def test_a_redirect_to_what_is_no_page_is_refused(site: Site, into: Path, location: str) -> None:
    site.pages["/ferry"] = Answer(status=302, headers={"Location": location})
    assert refused(into, site.url("/ferry"))
    assert site.paths() == ["/ferry"]


def test_redirects_are_followed_to_where_the_page_is_kept(site: Site, into: Path) -> None:
    moved = "/خبر".encode().decode("latin-1")  # as it goes over the line, in UTF-8
    site.pages["/ferry"] = Answer(status=301, headers={"Location": moved + "?utm_source=x"})
    site.pages["/%D8%AE%D8%A8%D8%B1"] = Answer(KITE)
    (one,) = fetched(into, site.url("/ferry"))
    assert (one.url, one.outcome) == (site.url("/%D8%AE%D8%A8%D8%B1"), "new")
    (again,) = fetched(into, site.url("/%D8%AE%D8%A8%D8%B1"))
    assert (again.outcome, again.path) == ("unchanged", one.path)


def test_redirects_end(site: Site, into: Path) -> None:
    site.pages["/a"] = Answer(status=302, headers={"Location": "/b"})
    site.pages["/b"] = Answer(status=307, headers={"Location": "/a"})
    assert refused(into, site.url("/a")) == "it leads on to another address more than 5 times"
    assert len(site.paths()) == 6
    site.pages["/c"] = Answer(status=302)
    assert "does not say where to" in refused(into, site.url("/c"))


def forever(*parts: bytes, pause: float = 0.0, first: bytes = b"") -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends these, or nothing, until the other side goes away, or for a minute: it goes away long before."""
    never = threading.Event()

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        end = monotonic() + 60
        while monotonic() < end:
            for part in parts or (b"",):
                handler.wfile.write(part)
                never.wait(pause)

    return send


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (forever(b"x", pause=0.1, first=OK + b"\r\n"), "no whole answer within 1 seconds"),
        (forever(b"X-A: b\r\n", pause=0.1, first=OK), "no whole answer within 1 seconds"),
        (forever(b"HTTP/1.1 102 Processing\r\n\r\n", pause=0.1), "no whole answer within 1 seconds"),
        (forever(b"X-A: b\r\n", first=OK), "what answers does not speak HTTP as it should"),
        (forever(b"x" * 65536, first=OK + b"\r\n"), "it is larger than the limit of 1,000,000 bytes"),
        (forever(b"x", first=OK + b"Content-Length: 1000001\r\n\r\n", pause=9), "it is larger than the limit of 1,000,000 bytes"),
        (forever(b"1000\r\n" + b"x" * 4096 + b"\r\n", first=OK + b"Transfer-Encoding: chunked\r\n\r\n"), "larger than the limit"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "what answers does not speak HTTP as it should"),
        (lambda handler: handler.wfile.write(OK + b"Content-Length: 9\r\n\r\nshort"), "what answers does not speak HTTP as it should"),
        (lambda handler: None, "what answers does not speak HTTP as it should"),
    ],
)
def test_whatever_a_server_sends_a_request_ends(
    site: Site, into: Path, answer: Callable[[BaseHTTPRequestHandler], None], reason: str
) -> None:
    site.pages["/ferry"] = answer
    began = monotonic()
    assert reason in refused(into, site.url("/ferry"), limits=Limits(seconds=1, bytes=1_000_000, pause=0))
    assert monotonic() - began < 8


def test_a_page_that_unpacks_to_more_than_the_limit_is_refused(site: Site, into: Path) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    assert len(bomb) < 100_000
    site.pages["/ferry"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    assert refused(into, site.url("/ferry")) == "it is larger than the limit of 20,971,520 bytes"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50 * 1024 * 1024
    site.pages["/sitemap.xml.gz"] = Answer(bomb, type="application/gzip")
    assert refused(into, site.url("/sitemap.xml.gz")) == "it is larger than the limit of 20,971,520 bytes"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(FERRY, type=None), "does not say what it is"),
        (Answer(FERRY, type="video/mp4"), "it is not a page that can be read (video/mp4)"),
        (Answer(FERRY, type="text/\x1b[31m"), "it is not a page that can be read (an unknown type)"),
        (Answer(b"<svg/>", type="image/svg+xml"), "it is not a page that can be read"),
        (Answer(b"<svg/>", type="application/xml"), "it is neither a page that can be read, nor a feed or sitemap"),
        (Answer(b"MZ", type="application/octet-stream"), "it is neither a page that can be read, nor a feed or sitemap"),
        (Answer(FERRY, headers={"Content-Encoding": "gzip"}), "it is packed, and damaged"),
        (Answer(gzip.compress(FERRY)[:-4], headers={"Content-Encoding": "gzip"}), "it is packed, and damaged"),
        (Answer(FERRY, headers={"Content-Encoding": "br"}), "it is packed in another way than was asked for"),
        (Answer(FERRY, headers={"Content-Encoding": "gzip, gzip"}), "it is packed in another way than was asked for"),
        (Answer(status=304), "the site answers 304 Not Modified"),
        (Answer(FERRY, status=206), "the site answers 206 Partial Content"),
        (Answer(FERRY, status=403), "the site answers 403 Forbidden"),
    ],
)
def test_what_is_no_page_is_refused_with_the_reason(site: Site, into: Path, answer: Answer, reason: str) -> None:
    site.pages["/ferry"] = answer
    assert reason in refused(into, site.url("/ferry"))


@pytest.mark.parametrize("type", ["text/plain", "application/xhtml+xml", "application/pdf", "application/rtf"])
def test_pages_of_other_formats_that_are_read_are_kept(site: Site, into: Path, type: str) -> None:
    site.pages["/ferry"] = Answer(b"%PDF or another", type=type)
    assert outcomes(fetched(into, site.url("/ferry"))) == {"ferry": "new"}


def test_one_bad_address_does_not_stop_the_others(site: Site, into: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        closed = closing.getsockname()[1]
    site.pages["/ferry"] = Answer(FERRY)
    bad = [f"http://127.0.0.1:{closed}/a", "http://nowhere.invalid/", site.url("/none")]

    def resolve(host: str, port: int) -> list[str]:
        if host == "nowhere.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolved(host, port)

    found = fetched(into, *bad, site.url("/ferry"), guard=only("127.0.0.1", resolve=resolve))
    assert [one.outcome for one in found] == ["refused", "refused", "refused", "new"]
    assert [one.reason for one in found] == [
        "its host cannot be reached (Connection refused)",
        "there is no host of that name",
        "the site answers 404 Not Found",
        None,
    ]


@pytest.mark.parametrize("address", ["", "news.example", "ftp://news.example/", "http://a:b@news.example/", "http://"])
def test_an_address_that_is_none_is_said_before_anything_is_asked_for(site: Site, into: Path, address: str) -> None:
    site.pages["/ferry"] = Answer(FERRY)
    with pytest.raises(InputError, match=r"cannot be fetched: .* Name a page"):
        fetched(into, site.url("/ferry"), address)
    assert site.asked == []


def test_a_folder_that_cannot_be_written_is_said(site: Site, into: Path) -> None:
    into.write_text("a file stands there")
    site.pages["/ferry"] = Answer(FERRY)
    with pytest.raises(InputError, match="Pages cannot be kept"):
        fetched(into, site.url("/ferry"))


def test_what_was_kept_before_it_was_stopped_is_whole(site: Site, into: Path) -> None:
    site.pages.update({"/ferry": Answer(FERRY, tag='"one"'), "/kite": Answer(KITE)})

    def stop(_: Fetched) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_with(Client(any_network(), SOON), [site.url("/ferry"), site.url("/kite")], into, stop)
    assert site.paths() == ["/ferry"]
    assert outcomes(fetched(into, site.url("/ferry"), site.url("/kite"))) == {"ferry": "unchanged", "kite": "new"}


# Safe connections.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for news.example, signed by itself."""
    if shutil.which("openssl") is None:
        assert os.environ.get("CI") != "true", "openssl makes the certificate"
        pytest.skip("openssl makes the certificate, and is not here")
    path = tmp_path_factory.mktemp("tls") / "news.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example"]
    key = path.with_suffix(".key")
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(path)], check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


@pytest.fixture
def safe_site(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving({"/ferry": Answer(FERRY)}, tls=context) as running:
        yield running


HERE = only("127.0.0.1", resolve=lambda host, port: ["127.0.0.1"])


def test_a_certificate_is_checked_against_the_name_and_not_the_address(safe_site: Site, into: Path, certificate: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate))
    wrong = refused(into, f"https://other.example:{safe_site.port}/ferry", guard=HERE, tls=trusted)
    assert wrong.startswith("its certificate is not valid for it (")
    assert "other.example" in wrong
    (one,) = fetched(into, f"https://news.example:{safe_site.port}/ferry", guard=HERE, tls=trusted)
    assert one.outcome == "new"


def test_a_certificate_that_nobody_vouches_for_is_refused(safe_site: Site, into: Path) -> None:
    assert "self-signed" in refused(into, f"https://news.example:{safe_site.port}/ferry", guard=HERE)


def test_a_server_that_is_silent_while_a_safe_connection_is_agreed_on_is_left(into: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reason = refused(into, f"https://news.example:{silent.getsockname()[1]}/", limits=Limits(seconds=0.5, pause=0), guard=HERE)
    assert reason == "no whole answer within 0.5 seconds"


# Politeness.


def test_what_robots_txt_asks_programs_not_to_read_is_not_read(site: Site, into: Path) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: OnRecord\nDisallow: /private\nDisallow: /*.pdf$\nAllow: /private/open\n"
    site.pages["/robots.txt"] = Answer(rules, type="text/plain")
    open_to_us = ["/ferry", "/private/open", "/a.pdf?x"]
    site.pages.update({path: Answer(FERRY) for path in [*open_to_us, "/private/a", "/a.pdf"]})
    site.pages["/moved"] = Answer(status=302, headers={"Location": "/private/a"})
    found = fetched(into, *(site.url(path) for path in [*open_to_us, "/private/a", "/a.pdf", "/moved"]))
    assert [one.outcome for one in found] == ["new"] * 3 + ["refused"] * 3
    assert {one.reason for one in found[3:]} == {"the site’s robots.txt asks programs not to read it"}
    assert site.paths() == [*open_to_us, "/moved"]
    assert [asked.path for asked in site.asked].count("/robots.txt") == 1


@pytest.mark.parametrize(("status", "outcome"), [(404, "new"), (403, "new"), (500, "refused"), (502, "refused"), (503, "refused")])
def test_a_site_without_robots_txt_allows_all_and_one_that_is_out_of_order_nothing(
    site: Site, into: Path, status: int, outcome: str
) -> None:
    site.pages.update({"/robots.txt": Answer(status=status), "/ferry": Answer(FERRY)})
    assert outcomes(fetched(into, site.url("/ferry"))) == {"ferry": outcome}


def test_a_robots_txt_without_an_end_is_read_to_its_limit(site: Site, into: Path) -> None:
    rules = b"User-agent: *\nDisallow: /private\n"
    site.pages["/robots.txt"] = forever(b"# on and on\n" * 5000, first=b"HTTP/1.1 200 OK\r\n\r\n" + rules)
    site.pages.update({"/ferry": Answer(FERRY), "/private": Answer(FERRY)})
    assert outcomes(fetched(into, site.url("/ferry"), site.url("/private"))) == {"ferry": "new", "private": "refused"}


def test_the_delay_that_robots_txt_asks_for_is_kept_and_one_beyond_patience_is_said(site: Site, into: Path) -> None:
    site.pages.update({"/ferry": Answer(FERRY), "/kite": Answer(KITE)})
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 0.7\n", type="text/plain")
    assert outcomes(fetched(into, site.url("/ferry"), site.url("/kite"))) == {"ferry": "new", "kite": "new"}
    _, ferry, kite = site.asked
    assert kite.at - ferry.at >= 0.7
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 3600\n", type="text/plain")
    first, second = fetched(into, site.url("/ferry"), site.url("/kite"))
    assert first.outcome == "unchanged"
    assert str(second.reason).startswith("the site asks to wait 3,600 seconds; 120 is the most that is waited; the copy of ")


def test_a_site_that_says_when_to_come_back_is_asked_again_then(site: Site, into: Path) -> None:
    def busy_once(handler: BaseHTTPRequestHandler) -> None:
        site.pages["/ferry"] = Answer(FERRY)
        handler.wfile.write(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")

    site.pages["/ferry"] = busy_once
    assert outcomes(fetched(into, site.url("/ferry"))) == {"ferry": "new"}
    _, busy, ferry = site.asked
    assert ferry.at - busy.at >= 1


@pytest.mark.parametrize(
    ("headers", "reason", "requests"),
    [
        ({}, "the site cannot take more now (503 Service Unavailable), and is left alone until the next run", 1),
        ({"Retry-After": "soon"}, "the site cannot take more now (503 Service Unavailable), and is left alone until the next run", 1),
        ({"Retry-After": "0"}, "the site cannot take more now (503 Service Unavailable), and is left alone until the next run", 2),
        ({"Retry-After": "86400"}, "the site asks to wait 86,400 seconds; 120 is the most that is waited", 1),
        ({"Retry-After": "Fri, 01 May 2099 10:00:00 GMT"}, "seconds; 120 is the most that is waited", 1),
    ],
)
def test_a_site_that_cannot_take_more_is_left_alone(site: Site, into: Path, headers: Mapping[str, str], reason: str, requests: int) -> None:
    site.pages.update({"/ferry": Answer(status=503, headers=headers), "/kite": Answer(KITE)})
    found = fetched(into, site.url("/ferry"), site.url("/kite"))
    assert [one.outcome for one in found] == ["refused", "refused"]
    assert all(reason in str(one.reason) for one in found)
    assert site.paths() == ["/ferry"] * requests


def test_a_host_that_gives_no_answer_is_left_alone_after_three_requests(site: Site, into: Path) -> None:
    silent = forever(pause=9, first=b"")
    site.pages.update({f"/{n}": silent for n in range(5)})
    found = fetched(into, *(site.url(f"/{n}") for n in range(5)), limits=Limits(seconds=0.2, pause=0))
    assert [one.reason for one in found[:3]] == ["no whole answer within 0.2 seconds"] * 3
    assert {one.reason for one in found[3:]} == {
        "its host is left alone after 3 requests without an answer (no whole answer within 0.2 seconds)"
    }
    assert len(site.paths()) == 3


# Lists of pages.

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Kessa &amp; around</title><link>https://elsewhere.example/</link>
<item><title>Old&nbsp;&eacute;</title><link>old?a=1&amp;utm_source=rss</link><pubDate>Fri, 01 May 2026 10:00:00 GMT</pubDate></item>
<item><title>New</title><link>/new</link><pubDate>Sun, 03 May 2026 10:00:00 +0300</pubDate></item>
<item><title>Script</title><link>javascript:alert(1)</link></item>
<item><title>Gone</title><guid isPermaLink="true">{0}/gone</guid></item>
</channel></rss>"""


def test_the_pages_of_a_feed_are_fetched_the_most_recent_first(site: Site, into: Path) -> None:
    site.pages["/news/feed"] = Answer(RSS.format(site.address).encode(), type="application/rss+xml", tag='"feed"')
    site.pages.update({"/news/old?a=1": Answer(FERRY, tag='"old"'), "/new": Answer(KITE)})
    found = fetched(into, site.url("/news/feed"))
    assert site.paths() == ["/news/feed", "/new", "/news/old?a=1", "/gone"]
    assert [one.outcome for one in found if one.url.startswith("http")] == ["new", "new", "refused"]
    assert len(pages_of(into)) == 2
    assert len(files(into)) == 3
    assert fetched(into, site.url("/news/feed"))[0].outcome == "unchanged"
    assert site.paths()[4:] == site.paths()[:4]
    assert site.asked[6].headers["If-None-Match"] == '"feed"'


def test_a_feed_is_told_by_what_it_is(site: Site, into: Path) -> None:
    feed = b'\xef\xbb\xbf\n<!-- made by hand --><feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/ferry"/></entry></feed>'
    site.pages["/ferry"] = Answer(FERRY)
    for type in ("text/html", "text/plain", "text/xml", "application/atom+xml"):
        site.pages["/a.html"] = Answer(feed, type=type)
        assert set(outcomes(fetched(into, site.url("/a.html")))) == {"ferry"}
    site.pages["/feed.xml"] = Answer(FERRY)
    assert outcomes(fetched(into, site.url("/feed.xml"))) == {"feed.xml": "new"}


def test_a_page_named_feeds_of_its_own_are_not_followed(site: Site, into: Path) -> None:
    site.pages["/"] = Answer(b'<html><link rel="alternate" type="application/rss+xml" href="/feed"><a href="/ferry">a</a>')
    fetched(into, site.url("/"))
    assert site.paths() == ["/"]


NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>{0}/old</loc><image:image><image:loc>{0}/picture</image:loc></image:image>
<news:news><news:publication_date>2026-05-01T10:00:00+03:00</news:publication_date><news:title>Old</news:title></news:news></url>
<url><loc> {0}/new </loc><lastmod>2026-05-03</lastmod></url>
</urlset>"""


@pytest.mark.parametrize("packing", ["plain", "gz", "gz of another type", "in transit"])
def test_the_pages_of_a_news_sitemap_are_fetched_the_most_recent_first(site: Site, into: Path, packing: str) -> None:
    body = NEWS.format(site.address).encode()
    site.pages["/sitemap.xml.gz"] = {
        "plain": Answer(body, type="application/xml"),
        "gz": Answer(gzip.compress(body), type="application/x-gzip"),
        "gz of another type": Answer(gzip.compress(body), type="text/xml"),
        "in transit": Answer(gzip.compress(body), type="text/xml", headers={"Content-Encoding": "gzip"}),
    }[packing]
    site.pages.update({"/old": Answer(FERRY), "/new": Answer(KITE)})
    assert outcomes(fetched(into, site.url("/sitemap.xml.gz"))) == {"new": "new", "old": "new"}
    assert site.paths() == ["/sitemap.xml.gz", "/new", "/old"]


def sitemap(*pages: tuple[str, str], of: str = "url") -> Answer:
    """Each page with the day of its last change."""
    entries = "".join(f"<{of}><loc>{address}</loc>{day and f'<lastmod>{day}</lastmod>'}</{of}>" for address, day in pages)
    return Answer(f"<{'urlset' if of == 'url' else 'sitemapindex'}>{entries}</x>".encode(), type="text/xml")


def test_a_page_that_its_list_says_has_not_changed_is_not_asked_for(site: Site, into: Path) -> None:
    site.pages["/sitemap"] = sitemap((site.url("/ferry"), "2020-05-01"), (site.url("/kite"), ""))
    site.pages.update({"/ferry": Answer(FERRY), "/kite": Answer(KITE)})
    fetched(into, site.url("/sitemap"))
    assert outcomes(fetched(into, site.url("/sitemap"))) == {"ferry": "unchanged", "kite": "unchanged"}
    assert site.paths() == ["/sitemap", "/ferry", "/kite", "/sitemap", "/kite"]
    site.pages["/sitemap"] = sitemap((site.url("/ferry"), f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%S+00:00}"))
    fetched(into, site.url("/sitemap"))
    assert site.paths()[5:] == ["/sitemap", "/ferry"]


def test_a_page_that_came_soon_after_its_change_is_left_alone_once_it_was_confirmed(site: Site, into: Path) -> None:
    changed = datetime.now(UTC) - timedelta(hours=3)
    site.pages["/sitemap"] = sitemap((site.url("/ferry"), f"{changed:%Y-%m-%dT%H:%M:%SZ}"))
    site.pages["/ferry"] = Answer(FERRY, tag='"one"')
    (one,) = fetched(into, site.url("/sitemap"))
    assert one.path is not None
    soon = changed.timestamp() + 60
    os.utime(one.path, (soon, soon))  # as if it had been fetched a minute after the change
    for _ in range(2):
        assert outcomes(fetched(into, site.url("/sitemap"))) == {"ferry": "unchanged"}
    assert site.paths() == ["/sitemap", "/ferry", "/sitemap", "/ferry", "/sitemap"]


def test_an_index_of_sitemaps_is_followed_one_level_down_and_ends(site: Site, into: Path) -> None:
    names = ("/old.xml", "2026-01-01"), ("/new.xml", "2026-05-01"), ("/index.xml", "2026-04-01"), ("/deeper.xml", "2026-03-01"), ("/a", "")
    site.pages["/index.xml"] = sitemap(*((site.url(name), day) for name, day in names), of="sitemap")
    site.pages["/deeper.xml"] = sitemap((site.url("/index.xml"), ""), of="sitemap")
    site.pages["/old.xml"] = sitemap((site.url("/ferry"), "2026-01-01"), (site.url("/index.xml"), ""), (site.url("/deeper.xml"), ""))
    site.pages["/new.xml"] = sitemap((site.url("/kite"), "2026-05-01"), (site.url("/ferry"), "2026-01-01"))
    site.pages.update({"/ferry": Answer(FERRY), "/kite": Answer(KITE), "/a": Answer(FERRY)})
    found = fetched(into, site.url("/index.xml"))
    assert outcomes(found) == {"deeper.xml": "refused", "a": "refused", "kite": "new", "ferry": "new"}
    assert site.paths() == ["/index.xml", "/new.xml", "/deeper.xml", "/old.xml", "/a", "/kite", "/ferry"]


def test_lists_take_turns_and_what_is_beyond_the_limit_is_said(site: Site, into: Path) -> None:
    site.pages["/a.xml"] = sitemap(*((site.url(f"/a{n}"), "") for n in range(7)))
    site.pages["/b.xml"] = sitemap((site.url("/b0"), ""), (site.url("/a0"), ""), (site.url("/b1"), ""))
    site.pages.update({f"/{name}{n}": Answer(FERRY) for name in "ab" for n in range(9)})
    found = fetched(into, site.url("/a.xml"), site.url("/b.xml"), limits=Limits(pause=0, pages=5))
    assert site.paths() == ["/a.xml", "/b.xml", "/a0", "/b0", "/a1", "/a2", "/b1"]
    assert found[5:] == [Fetched(site.url("/a.xml"), "refused", None, "it names 4 pages beyond the limit of 5 a run")]


def test_a_list_that_another_list_names_is_not_followed(site: Site, into: Path) -> None:
    site.pages["/sitemap"] = sitemap((site.url("/feed"), ""))
    site.pages["/feed"] = Answer(b"<rss><channel><item><link>/ferry</link></item></channel></rss>", type="text/xml")
    (one,) = fetched(into, site.url("/sitemap"))
    assert one.reason == "it is a feed that another list names, which is not followed"
    assert pages_of(into) == []


def test_addresses_beyond_the_limit_are_not_asked_for(site: Site, into: Path) -> None:
    site.pages.update({f"/{n}": Answer(FERRY) for n in range(3)})
    found = fetched(into, *(site.url(f"/{n}") for n in range(3)), limits=Limits(pause=0, pages=2))
    assert [one.reason for one in found] == [None, None, "it is beyond the limit of 2 pages a run"]
    assert site.paths() == ["/0", "/1"]


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize("root", ["<rss><channel><item><link>{}</link></item>", "<urlset><url><loc>{}</loc></url>"])
@pytest.mark.parametrize(
    ("types", "link"),
    [
        ('<!ENTITY x SYSTEM "{0}/stolen">', "&x;"),
        ('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;"),
        ('<!ENTITY % p SYSTEM "{0}/stolen"> %p;', "{0}/none"),
        (f'<!ENTITY l0 "lol">{ENTITIES}', "&l11;"),
    ],
)
def test_a_list_can_have_nothing_put_in_or_fetched(site: Site, into: Path, root: str, types: str, link: str) -> None:
    body = f"<?xml version='1.0'?><!DOCTYPE x [{types}]>{root.format(link)}".replace("{0}", site.address)
    site.pages["/list"] = Answer(body.encode(), type="text/xml")
    began = monotonic()
    found = fetched(into, site.url("/list"))
    assert monotonic() - began < 5
    assert {one.outcome for one in found} == {"refused"}
    assert "/stolen" not in site.paths()
    assert not [path for path in site.paths() if "lollol" in path]
    if link == "&l11;":  # feedparser alone would take seconds to give up
        assert found[0].reason == "it declares entities of its own, as no honest list of pages does"


@pytest.mark.parametrize(
    ("body", "type", "reason"),
    [
        (b"<rss><channel><title>Quiet</title></channel></rss>", "application/rss+xml", "it is a feed that names no page"),
        (b"<urlset>" + b"<a>" * 5000, "text/xml", "it is a sitemap that names no page"),
        (b"<rss>" + b" " * 3_000_000, "text/xml", "it is a feed larger than the limit of 2,097,152 bytes"),
        (b"\x00" * 100, "text/xml", "it is neither a page that can be read, nor a feed or sitemap"),
        (b"", "text/xml", "it is neither a page that can be read, nor a feed or sitemap"),
    ],
)
def test_a_list_that_is_broken_is_refused_with_the_reason(site: Site, into: Path, body: bytes, type: str, reason: str) -> None:
    site.pages["/list"] = Answer(body, type=type)
    (one,) = fetched(into, site.url("/list"))
    assert (one.url, one.reason) == (site.url("/list"), reason)


def test_what_a_list_names_that_is_no_address_is_refused_by_itself(site: Site, into: Path) -> None:
    bad = ["ftp://news.example/", "http://a:b@news.example/", "http://[", "http://169.254.169.254/latest", "http://127.0.0.2:1/"]
    site.pages["/sitemap"] = sitemap(*((address, "") for address in [*bad, site.url("/ferry")]))
    site.pages["/ferry"] = Answer(FERRY)
    found = fetched(into, site.url("/sitemap"), guard=only("127.0.0.1"))
    assert [one.outcome for one in found] == ["refused"] * 5 + ["new"]


# The time between two runs.


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60), ("1m", 60), ("15m", 900), ("1.5h", 5400), ("1d", 86400), (" 2h ", 7200)])
def test_an_interval_is_read(text: str, seconds: float) -> None:
    assert interval(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "59s", "0.9m", "-5m", "1w", "15 m", "1e9d", "٥m", "1m1s", "9999999d"])
def test_what_is_no_interval_or_less_than_a_minute_is_said(text: str) -> None:
    with pytest.raises(SettingError, match="at least a minute"):
        interval(text)
