"""The door: who may come in, from where, and with how much. ASGI middlewares around the page, and the sign-in page; no Gradio here.

    Headers    every response tells the browser to run, fetch and keep nothing that is not ours
    OwnSite    what changes something comes from the page itself, or from a program
    SignIn     where there are users, everything but the sign-in page needs a session
    Routes     of Gradio’s routes those that the page uses, and JSON alone

Starlette’s own guard the host names and the size of what is sent.

Whom to let in stands in files that `python ui.py --new-password FILE` writes: a line `scrypt$n$r$p$salt$hash`, the last two in Base64.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import re
import sys
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from getpass import getpass
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from time import monotonic
from urllib.parse import parse_qsl, quote

from markupsafe import Markup
from starlette.datastructures import Headers as RequestHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError, SettingError
from index.readers.source import MAX_BYTES
from page.phrases import N_, Phrases, phrases, spoken

# A file in Base64, and 64 KiB for what stands around it; the share around it is not measured.
MOST_BYTES = 4 * (MAX_BYTES + 3) // 3 + 2**16
LOCAL = "127.0.0.1"
# A name and a password, each letter as twelve characters at worst; not measured.
_MOST_FORM = 2**14
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
SESSION_HOURS = 12
# Sessions, and clients whose failures are remembered; not measured.
_MOST_KEPT = 10_000
# One of the settings that OWASP holds equally strong (Password Storage Cheat Sheet): 16 MiB; 180 ms on a core of the machine we build on.
_N, _R, _P = 2**14, 8, 5
_MOST_MEMORY = 2**28
# Of the cores of a small machine one stays for the page. Twenty people who signed in at once were in after 4.4 and 6.2 seconds.
_HASHES_AT_ONCE = 1
# Seconds that a client waits after a first failure, each time twice as long, up to the most; and after which failures are forgotten.
# None is measured: a guesser has a try in four seconds, who mistypes hardly notices.
_FIRST_WAIT, _LONGEST_WAIT, _FORGOTTEN = 0.25, 4.0, 900.0
# Tries of one client that wait for their turn: an office may look like one client. Not measured.
_MOST_WAITING = 32

COOKIE = "on-record-session"
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
_API = "/gradio_api"
# What the page calls, and what Gradio's script does of its own accord: sessions, streams, whether the server is still the same.
# The others write files, fetch from elsewhere, or show what the page does not.
_USED = re.compile(r"/gradio_api/(queue/(join|data)|component_server/?|heartbeat/[^/]+|cancel|reset|app_id)")
# May be kept by a browser: they hold nothing of the articles.
_STATIC = ("/assets/", "/static/", "/svelte/", "/fonts/", "/favicon.ico")
# What the sign-in page is drawn with.
_OPEN = ("/fonts/", "/favicon.ico")
# A path and query as browsers send them, and of our own: browsers read `//` and `/\` as another host, and skip tabs and line ends.
_OWN_ADDRESS = re.compile(r"/(?!/)[!-\[\]-~]*")
_LINE = re.compile(r"scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)\n?")
# Gradio builds functions from strings and writes styles into the page; everything else stays out, and nothing leaves for another host.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_DENIED = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
    *("magnetometer", "microphone", "midi", "payment", "serial", "usb"),
)
_HEADERS = {
    "content-security-policy": _CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # With no referrer at all, browsers hide from us that a form is our own.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _DENIED),
}
_STYLE = Path(__file__).with_name("sign_in.css").read_text(encoding="utf-8")


def guards(users: Mapping[str, Password], hosts: Sequence[str] = ()) -> list[Middleware]:
    """The middlewares of the page, the outermost first. Without users everybody is let in; `hosts` are the names under which the page may
    be asked for, all where there are none."""
    # A page elsewhere whose name is made to point here must not read what is here.
    named = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)] if hosts else []
    limit = Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BYTES)
    signed_in = [Middleware(SignIn, users=users)] if users else []
    return [Middleware(Headers), *named, Middleware(OwnSite), limit, *signed_in, Middleware(Routes)]


class Headers:
    """Adds to every response what keeps a browser from running or fetching anything that is not ours, and from keeping what is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = scope["type"] == "http" and scope["path"].startswith(_STATIC)
        added = _HEADERS if kept else _HEADERS | {"cache-control": "no-store"}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [(name, value) for name, value in message.get("headers", ()) if name.decode("latin-1").lower() not in added]
                message["headers"] = [*given, *((name.encode(), value.encode()) for name, value in added.items())]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OwnSite:
    """Refuses, with 403, a request that changes something and was sent by a page of another site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _CHANGES_NOTHING and _is_from_elsewhere(RequestHeaders(scope=scope)):
            refused = _line("This request was sent by a page of another site. Open this page itself and try again.", HTTPStatus.FORBIDDEN)
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_from_elsewhere(headers: RequestHeaders) -> bool:
    # No script can write Sec-Fetch-Site, and it is right behind a proxy that gives us another Host than the browser's. Browsers send it to
    # https and to this machine; elsewhere the Origin tells. A program sends neither.
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


class Routes:
    """Refuses Gradio's routes that the page does not use (404), and what is no JSON (415): as a form it would be written to files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = self._app
        if scope["type"] == "http" and _API in scope["path"]:
            kind = RequestHeaders(scope=scope).get("content-type", "")
            if not _USED.fullmatch(scope["path"]):
                app = _line("The page does not use this address.", HTTPStatus.NOT_FOUND)
            elif scope["method"] not in _CHANGES_NOTHING and kind.partition(";")[0].strip().lower() != "application/json":
                app = _line("This address takes application/json.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        await app(scope, receive, send)


class SignIn:
    """Lets in who has a session: a random token in a cookie, kept in memory. Who asks for a page without one is sent to the sign-in page,
    which leads back to it; anything else is refused with 401."""

    def __init__(self, app: ASGIApp, users: Mapping[str, Password]) -> None:
        self._app, self._users = app, users
        # Takes as long as a user's: whether there is one of that name cannot be told from the time.
        self._nobody = Password(_N, _R, _P, token_bytes(16), token_bytes(32))
        self._sessions, self._clients = Sessions(), OrderedDict[str, _Client]()
        self._hashing = ThreadPoolExecutor(_HASHES_AT_ONCE, thread_name_prefix="sign-in")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        token = request.cookies.get(COOKIE, "")
        is_known = self._sessions.holds(token)
        if scope["path"] == SIGN_IN:
            response = await self._at_the_door(request, is_known)
        elif scope["path"] == SIGN_OUT:
            response = self._sign_out(request, token)
        elif not is_known:
            response = _to_the_door(request)
        else:
            await self._app(scope, receive, send)
            return
        await response(scope, receive, send)

    async def _at_the_door(self, request: Request, is_known: bool) -> Response:
        wanted = _own(request.query_params.get("next", ""))
        if request.method in ("GET", "HEAD"):
            return RedirectResponse(wanted, HTTPStatus.SEE_OTHER) if is_known else _drawn(request, HTTPStatus.OK)
        if request.method != "POST":
            return _line("This address takes GET and POST.", HTTPStatus.METHOD_NOT_ALLOWED)
        form = await _form(request)
        if form is None:
            return _line("That is no form of the sign-in page.", HTTPStatus.BAD_REQUEST)
        is_right = await self._is_right(request, form.get("name", ""), form.get("password", ""))
        if is_right is None:
            return _drawn(request, HTTPStatus.TOO_MANY_REQUESTS, N_("Too many tries at once. Wait a moment, then try again."))
        if not is_right:
            return _drawn(request, HTTPStatus.FORBIDDEN, N_("The name or the password is wrong."))
        response = RedirectResponse(wanted, HTTPStatus.SEE_OTHER)
        _set_cookie(response, request, self._sessions.begin(), SESSION_HOURS * 3600)
        return response

    async def _is_right(self, request: Request, name: str, password: str) -> bool | None:
        """None where too many tries of the client wait already. They have turns: tries side by side are no faster."""
        client = self._client(request.client.host if request.client else "")
        if client.waiting >= _MOST_WAITING:
            return None
        client.waiting += 1
        try:
            async with client.turn:
                await asyncio.sleep(client.wait())
                known = self._users.get(_composed(name), self._nobody)
                is_right = await asyncio.get_running_loop().run_in_executor(self._hashing, known.matches, password)
                if not is_right:
                    client.fail()
                return is_right
        finally:
            client.waiting -= 1

    def _client(self, host: str) -> _Client:
        client = self._clients.setdefault(host, _Client())
        self._clients.move_to_end(host)
        while len(self._clients) > _MOST_KEPT:
            self._clients.popitem(last=False)
        return client

    def _sign_out(self, request: Request, token: str) -> Response:
        if request.method != "POST":
            return _line("This address takes POST.", HTTPStatus.METHOD_NOT_ALLOWED)
        self._sessions.end(token)
        response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        _set_cookie(response, request, "", 0)
        return response


class Sessions:
    """The sessions there are, at most 10,000: then the oldest ends. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._ends: OrderedDict[str, float] = OrderedDict()

    def begin(self) -> str:
        token = token_urlsafe(32)
        self._ends[token] = self._clock() + SESSION_HOURS * 3600
        while len(self._ends) > _MOST_KEPT:
            self._ends.popitem(last=False)
        return token

    def holds(self, token: str) -> bool:
        ends = self._ends.get(token)
        if ends is not None and ends <= self._clock():
            self.end(token)
            return False
        return ends is not None

    def end(self, token: str) -> None:
        self._ends.pop(token, None)


class _Client:
    """The failures of one client. A right password does not wipe them out: who has one could guess at another's in between."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.waiting = 0
        self._failures, self._last = 0, monotonic()

    def wait(self) -> float:
        if monotonic() - self._last > _FORGOTTEN:
            self._failures = 0
        # Twice as long each time: after ten it is the longest by far, and no number grows without end.
        return min(_FIRST_WAIT * 2 ** (min(self._failures, 10) - 1), _LONGEST_WAIT) if self._failures else 0.0

    def fail(self) -> None:
        self._failures += 1
        self._last = monotonic()


def _to_the_door(request: Request) -> Response:
    if request.method not in ("GET", "HEAD") or "text/html" not in request.headers.get("accept", ""):
        return _line(f"Sign in first, at {SIGN_IN}.", HTTPStatus.UNAUTHORIZED)
    query = request.scope["query_string"].decode("latin-1")
    wanted = _own(request.scope.get("raw_path", b"/").decode("latin-1") + (f"?{query}" if query else ""))
    door = SIGN_IN if wanted == "/" else f"{SIGN_IN}?next={quote(wanted, safe='')}"
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        # With a link from another site a browser sends no strict cookie, though there may be one: it does where we lead it ourselves.
        return HTMLResponse(f'<!doctype html><title>On Record</title><script>location.replace("{door}" + location.hash)</script>')
    return RedirectResponse(door, HTTPStatus.SEE_OTHER)


def _own(address: str) -> str:
    """The address where it is a path and query of our own, else the page's.

    >>> [_own(address) for address in ("/?q=a%20b", "//evil.example", "/\\\\evil.example", "https://evil.example", "/\\t/evil.example", "")]
    ['/?q=a%20b', '/', '/', '/', '/', '/']
    """
    return address if _OWN_ADDRESS.fullmatch(address) else "/"


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a small form, or None where the body is none."""
    body = bytearray()
    with suppress(ClientDisconnect, ValueError):
        async for part in request.stream():
            body += part
            if len(body) > _MOST_FORM:
                return None
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10))
    return None


def _set_cookie(response: Response, request: Request, token: str, seconds: int) -> None:
    response.set_cookie(COOKIE, token, max_age=seconds, httponly=True, samesite="strict", secure=request.url.scheme == "https")


def _line(text: str, status: HTTPStatus) -> PlainTextResponse:
    return PlainTextResponse(text + "\n", status)


def _drawn(request: Request, status: HTTPStatus, trouble: str | None = None) -> Response:
    say = phrases(spoken(request.headers.get("accept-language", "")))
    return HTMLResponse(sign_in_page(say, say(trouble) if trouble else None), status, {"vary": "accept-language"})


def sign_in_page(say: Phrases, trouble: Markup | None = None) -> Markup:
    """A whole page. Its form is posted to the address at which it stands, which names the page that was asked for."""
    told = Markup('<p class="trouble" role="alert">{}</p>').format(trouble) if trouble else ""
    return Markup(
        '<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        "<title>{sign_in} · On Record</title><style>{style}</style></head>"
        '<body><main><h1><bdi lang="en">On Record</bdi></h1><p>{why}</p><form method="post">{told}'
        '<label for="name">{name}</label>'
        '<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto" required autofocus>'
        '<label for="password">{password}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" dir="ltr" required>'
        "<button>{sign_in}</button></form></main></body></html>"
    ).format(
        language=say.language,
        direction=say.direction,
        style=Markup(_STYLE),
        told=told,
        why=say("Sign in to ask the articles."),
        name=say("Name"),
        password=say("Password"),
        sign_in=say("Sign in"),
    )


def sign_out(say: Phrases) -> Markup:
    """A button that ends the session. Where the page has users, whoever sees the page has a session."""
    return Markup('<form class="sign-out" method="post" action="{}"><button>{}</button></form>').format(SIGN_OUT, say("Sign out"))


@dataclass(frozen=True, slots=True)
class Password:
    """A password as scrypt keeps it: n, r and p are its costs."""

    n: int
    r: int
    p: int
    salt: bytes
    hash: bytes

    @classmethod
    def new(cls, password: str) -> Password:
        salt = token_bytes(16)
        return cls(_N, _R, _P, salt, _scrypt(password, salt, _N, _R, _P))

    @classmethod
    def read(cls, line: str) -> Password:
        """The line of a password file. Raises ValueError where it is none."""
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError("no line of a password file")
        n, r, p = map(int, found.groups()[:3])
        salt, hashed = (base64.b64decode(part, validate=True) for part in found.groups()[3:])
        if len(salt) < 16 or len(hashed) != 32 or n * r * p < _N * _R * _P:
            raise ValueError("a weaker hash than ours")
        _scrypt("", salt, n, r, p)  # costs that cannot be paid are found now, not when somebody signs in
        return cls(n, r, p, salt, hashed)

    def line(self) -> str:
        salt, hashed = (base64.b64encode(part).decode() for part in (self.salt, self.hash))
        return f"scrypt${self.n}${self.r}${self.p}${salt}${hashed}\n"

    def matches(self, password: str) -> bool:
        return hmac.compare_digest(_scrypt(password, self.salt, self.n, self.r, self.p), self.hash)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    # A terminal hands on bytes that are no UTF-8 as lone surrogates; a form cannot.
    given = _composed(password).encode("utf-8", "surrogateescape")
    return hashlib.scrypt(given, salt=salt, n=n, r=r, p=p, maxmem=_MOST_MEMORY, dklen=32)


def _composed(text: str) -> str:
    """One form for letters that keyboards send in two."""
    return unicodedata.normalize("NFC", text)


def read_users(given: Sequence[str]) -> dict[str, Password]:
    """Who may come in, from `USER:FILE`s. Raises SettingError and InputError."""
    users: dict[str, Password] = {}
    for one in given:
        name, colon, file = one.partition(":")
        name = _composed(name)
        if not name or not colon or not file:
            raise SettingError(f"--auth takes USER:FILE, not {one!r}. {_how_to_make('FILE')}")
        if name in users:
            raise SettingError(f"--auth names {name!r} twice. Name each user once.")
        users[name] = _read_password(Path(file))
    return users


def _read_password(path: Path) -> Password:
    try:
        return Password.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The password file {path} cannot be read ({error.strerror}). {_how_to_make(path)}") from error
    except ValueError as error:
        raise InputError(f"{path} is no password file of ours. {_how_to_make(path)}") from error


def _how_to_make(path: object) -> str:
    return f"Make one with: python ui.py --new-password {path}"


def new_password(path: Path) -> None:
    """Asks for a password and writes its file, for its owner alone to read. A password file that is there is replaced whole or not at all;
    any other file is left alone. Raises InputError."""
    if path.exists() and not _is_password_file(path):
        raise InputError(f"{path} is there and is no password file of ours. Name another file.")
    line = Password.new(_asked()).line()
    partial = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        try:
            partial.touch(mode=0o600, exist_ok=False)
            partial.write_text(line, encoding="utf-8")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}). Name another file.") from error


def _is_password_file(path: Path) -> bool:
    with suppress(OSError, ValueError):
        return bool(_LINE.fullmatch(path.read_text(encoding="utf-8")))
    return False


def _asked() -> str:
    if sys.stdin.isatty():
        password, again = getpass("Password: "), getpass("The same again: ")
        if password != again:
            raise InputError("These are two passwords. Run the command again and type the same twice.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. Run the command again with another.")
    return password


def is_local(host: str) -> bool:
    """Whether only this machine can come in at that host.

    >>> [is_local(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "news.example", "")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local_names(host: str) -> tuple[str, ...]:
    """The names under which a page that only this machine reaches may be asked for."""
    return (LOCAL, "localhost", "[::1]", _bracketed(host))


def address(host: str, port: int) -> str:
    """What a browser on this machine opens.

    >>> address("0.0.0.0", 7860), address("::", 7860), address("news.example", 80)
    ('http://127.0.0.1:7860', 'http://[::1]:7860', 'http://news.example:80')
    """
    return f"http://{_bracketed({'0.0.0.0': LOCAL, '::': '::1'}.get(host, host))}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
