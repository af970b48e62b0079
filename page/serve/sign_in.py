"""Signing in: the middleware that requires a session, the sessions, and the sign-in page."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic
from urllib.parse import parse_qsl, quote

from markupsafe import Markup
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from page.draw.phrases import N_, Phrases, phrases, spoken
from page.serve.passwords import Password, composed

# A name and a password, each letter as twelve characters at worst; not measured.
_MOST_FORM = 2**14
SESSION_HOURS = 12
# Sessions, and clients whose failures are stored; not measured.
_MOST_KEPT = 10_000
# Leaves one core of a small machine to the page. Twenty concurrent sign-ins took 4.4 and 6.2 seconds.
_HASHES_AT_ONCE = 1
# Seconds that a client waits after a first failure, each time twice as long, up to the most; and after which failures are forgotten.
# None is measured: a guesser has one try in four seconds, while a typing error costs hardly anything.
_FIRST_WAIT, _LONGEST_WAIT, _FORGOTTEN = 0.25, 4.0, 900.0
# Queued attempts of one client, which may be a whole office. Not measured.
_MOST_WAITING = 32

COOKIE = "on-record-session"
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
# What the sign-in page is drawn with.
_OPEN = ("/fonts/", "/favicon.ico")
# A path and query as browsers send them, and of our own: browsers read `//` and `/\` as another host, and skip tabs and line ends.
_LOCAL_ADDRESS = re.compile(r"/(?!/)[!-\[\]-~]*")
_STYLE = (Path(__file__).parents[1] / "static" / "styles" / "sign_in.css").read_text(encoding="utf-8")


class SignIn:
    """Admits visitors with a session: a random token in a cookie, kept in memory. Without one, a page request goes to the sign-in page,
    which leads back to it; anything else is refused with 401."""

    def __init__(self, app: ASGIApp, users: Mapping[str, Password]) -> None:
        self._app, self._users = app, users
        # Takes as long to check as a user's: the time does not reveal whether that name exists.
        self._nobody = Password.nobodys()
        self._sessions, self._clients = Sessions(), OrderedDict[str, _ClientFailures]()
        self._hashing = ThreadPoolExecutor(_HASHES_AT_ONCE, thread_name_prefix="sign-in")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        token = request.cookies.get(COOKIE, "")
        is_known = self._sessions.holds(token)
        if scope["path"] == SIGN_IN:
            response = await self._answer_sign_in(request, is_known)
        elif scope["path"] == SIGN_OUT:
            response = self._sign_out(request, token)
        elif not is_known:
            response = _ask_to_sign_in(request)
        else:
            await self._app(scope, receive, send)
            return
        await response(scope, receive, send)

    async def _answer_sign_in(self, request: Request, is_known: bool) -> Response:
        wanted = _local_address(request.query_params.get("next", ""))
        if request.method in ("GET", "HEAD"):
            return RedirectResponse(wanted, HTTPStatus.SEE_OTHER) if is_known else _drawn(request, HTTPStatus.OK)
        if request.method != "POST":
            return plain_line("This address takes GET and POST.", HTTPStatus.METHOD_NOT_ALLOWED)
        form = await _form(request)
        if form is None:
            return plain_line("That is no form of the sign-in page.", HTTPStatus.BAD_REQUEST)
        is_right = await self._is_right(request, form.get("name", ""), form.get("password", ""))
        if is_right is None:
            return _drawn(request, HTTPStatus.TOO_MANY_REQUESTS, N_("Too many tries at once. Wait a moment, then try again."))
        if not is_right:
            return _drawn(request, HTTPStatus.FORBIDDEN, N_("The name or the password is wrong."))
        response = RedirectResponse(wanted, HTTPStatus.SEE_OTHER)
        _set_cookie(response, request, self._sessions.begin(), SESSION_HOURS * 3600)
        return response

    async def _is_right(self, request: Request, name: str, password: str) -> bool | None:
        """None if too many attempts of the client are queued. They run sequentially: concurrent ones would be no faster."""
        client = self._client(request.client.host if request.client else "")
        if client.waiting >= _MOST_WAITING:
            return None
        client.waiting += 1
        try:
            async with client.turn:
                await asyncio.sleep(client.wait())
                known = self._users.get(composed(name), self._nobody)
                is_right = await asyncio.get_running_loop().run_in_executor(self._hashing, known.matches, password)
                if not is_right:
                    client.fail()
                return is_right
        finally:
            client.waiting -= 1

    def _client(self, host: str) -> _ClientFailures:
        client = self._clients.setdefault(host, _ClientFailures())
        self._clients.move_to_end(host)
        while len(self._clients) > _MOST_KEPT:
            self._clients.popitem(last=False)
        return client

    def _sign_out(self, request: Request, token: str) -> Response:
        if request.method != "POST":
            return plain_line("This address takes POST.", HTTPStatus.METHOD_NOT_ALLOWED)
        self._sessions.end(token)
        response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
        _set_cookie(response, request, "", 0)
        return response


class Sessions:
    """The active sessions, at most 10,000: beyond that the oldest ends. `clock` counts seconds."""

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


class _ClientFailures:
    """The failures of one client. A correct password does not reset them: a user could guess at others' in between."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.waiting = 0
        self._failures, self._last = 0, monotonic()

    def wait(self) -> float:
        if monotonic() - self._last > _FORGOTTEN:
            self._failures = 0
        # Doubles each time; limited to ten, which is far beyond the maximum, so that the number stays small.
        return min(_FIRST_WAIT * 2 ** (min(self._failures, 10) - 1), _LONGEST_WAIT) if self._failures else 0.0

    def fail(self) -> None:
        self._failures += 1
        self._last = monotonic()


def _ask_to_sign_in(request: Request) -> Response:
    if request.method not in ("GET", "HEAD") or "text/html" not in request.headers.get("accept", ""):
        return plain_line(f"Sign in first, at {SIGN_IN}.", HTTPStatus.UNAUTHORIZED)
    query = request.scope["query_string"].decode("latin-1")
    wanted = _local_address(request.scope.get("raw_path", b"/").decode("latin-1") + (f"?{query}" if query else ""))
    there = SIGN_IN if wanted == "/" else f"{SIGN_IN}?next={quote(wanted, safe='')}"
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        # A browser that follows a link from another site omits strict cookies. After a redirect from here it sends them.
        return HTMLResponse(f'<!doctype html><title>On Record</title><script>location.replace("{there}" + location.hash)</script>')
    return RedirectResponse(there, HTTPStatus.SEE_OTHER)


def _local_address(address: str) -> str:
    """The address if it is a path and query of this server, otherwise the page's.

    >>> harmful = "//evil.example", "/\\\\evil.example", "https://evil.example", "/\\t/evil.example", ""
    >>> _local_address("/?q=a%20b"), {_local_address(address) for address in harmful}
    ('/?q=a%20b', {'/'})
    """
    return address if _LOCAL_ADDRESS.fullmatch(address) else "/"


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a small form; None if the body is not one."""
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


def plain_line(text: str, status: HTTPStatus) -> PlainTextResponse:
    """The message for clients that get no page."""
    return PlainTextResponse(text + "\n", status)


def _drawn(request: Request, status: HTTPStatus, trouble: str | None = None) -> Response:
    say = phrases(spoken(request.headers.get("accept-language", "")))
    return HTMLResponse(sign_in_page(say, say(trouble) if trouble else None), status, {"vary": "accept-language"})


def sign_in_page(say: Phrases, trouble: Markup | None = None) -> Markup:
    """A whole page. Its form is posted to its own address, which contains the requested page."""
    alert = Markup('<p class="trouble" role="alert">{}</p>').format(trouble) if trouble else ""
    return Markup(
        '<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        "<title>{sign_in} · On Record</title><style>{style}</style></head>"
        '<body><main><h1><bdi lang="en">On Record</bdi></h1><p>{why}</p><form method="post">{alert}'
        '<label for="name">{name}</label>'
        '<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto" required autofocus>'
        '<label for="password">{password}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" dir="ltr" required>'
        "<button>{sign_in}</button></form></main></body></html>"
    ).format(
        language=say.language,
        direction=say.direction,
        style=Markup(_STYLE),
        alert=alert,
        why=say("Sign in to ask the articles."),
        name=say("Name"),
        password=say("Password"),
        sign_in=say("Sign in"),
    )


def sign_out(say: Phrases) -> Markup:
    """A button that ends the session. If the page has users, everybody who sees it has a session."""
    return Markup('<form class="sign-out" method="post" action="{}"><button>{}</button></form>').format(SIGN_OUT, say("Sign out"))
