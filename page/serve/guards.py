"""ASGI middlewares that restrict access to the page, by user, origin and size of requests.

    Headers    every response tells the browser to run, fetch and keep nothing that is not ours
    OwnSite    what changes something comes from the page itself, or from a program
    SignIn     where there are users, everything but the sign-in page needs a session
    Routes     of Gradio’s routes those that the page uses, and JSON alone

Starlette’s own guard the host names and the size of what is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.datastructures import Headers as RequestHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.readers.source import MAX_BYTES
from page.serve.passwords import Password
from page.serve.sign_in import SignIn, plain_line

# A file in Base64, and 64 KiB for the rest of the request, which is not measured.
MOST_BYTES = 4 * (MAX_BYTES + 3) // 3 + 2**16
_CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
_API = "/gradio_api"
# The routes that the page and Gradio's script use: sessions, streams, and whether the server has restarted.
# The others write files, fetch from other hosts, or expose more than the page.
_USED = re.compile(r"/gradio_api/(queue/(join|data)|component_server/?|heartbeat/[^/]+|cancel|reset|app_id)")
# Browsers may cache these: they contain nothing of the articles.
_STATIC = ("/assets/", "/static/", "/svelte/", "/fonts/", "/favicon.ico")
# Gradio builds functions from strings and writes styles into the page; everything else is blocked, and so are requests to other hosts.
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
    # Without any referrer, browsers do not send the Origin of a form of this page.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _DENIED),
}


def guards(users: Mapping[str, Password], hosts: Sequence[str] = ()) -> list[Middleware]:
    """The middlewares of the page, the outermost first. Without users everybody has access; `hosts` are the accepted Host headers, all
    if there are none."""
    # Prevents DNS rebinding: another site's name that resolves to this machine must not read the page.
    named = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)] if hosts else []
    limit = Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BYTES)
    signed_in = [Middleware(SignIn, users=users)] if users else []
    return [Middleware(Headers), *named, Middleware(OwnSite), limit, *signed_in, Middleware(Routes)]


class Headers:
    """Adds headers to every response, so that a browser neither runs nor fetches foreign content and stores none of the page."""

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
            refused = plain_line(
                "This request was sent by a page of another site. Open this page itself and try again.", HTTPStatus.FORBIDDEN
            )
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_from_elsewhere(headers: RequestHeaders) -> bool:
    # No script can write Sec-Fetch-Site, and it is right behind a proxy that gives us another Host than the browser's. Browsers send it to
    # https and to this machine; otherwise the Origin decides. A program sends neither.
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
                app = plain_line("The page does not use this address.", HTTPStatus.NOT_FOUND)
            elif scope["method"] not in _CHANGES_NOTHING and kind.partition(";")[0].strip().lower() != "application/json":
                app = plain_line("This address takes application/json.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        await app(scope, receive, send)
