"""A small real server on loopback that speaks OpenAI's chat protocol, whole and streamed, and misbehaves as it is told.

    with ModelServer(reply=lambda body: '{"statements": []}') as server:
        model = language_model(server.url, None)
        ...
        assert server.asked[-1].body["temperature"] == 0

Every setting may be changed while it runs; the next request is answered by it.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request: `body` is its JSON, None where it has none."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class ModelServer:
    reply: Callable[[Any], str] = lambda body: "Nobody knows."
    """The text to answer a request's body with."""
    models: Any = field(default_factory=lambda: {"object": "list", "data": [{"id": "tiny-chat", "object": "model"}]})
    """What is listed. Bytes are sent as they are."""
    raw: bytes | None = None
    """Sent to whoever asks for an answer, as it is, for an answer."""
    status: int = 200
    redirects: str | None = None
    """Where to send everybody on to."""
    busy: int = 0
    """So many requests are answered with 503 first."""
    refuses: tuple[str, ...] = ()
    """Types of `response_format` that are answered with `refuses_with`."""
    refuses_with: int = 400
    piece: int = 4
    """Characters in a streamed piece."""
    before: float = 0.0
    """Seconds before the first piece, in which pings come where `pings`."""
    between: float = 0.0
    """Seconds between two pieces."""
    pings: bool = False
    breaks_after: int | None = None
    """The connection breaks after so many pieces, or before an answer that is not streamed."""
    finish: str | None = "stop"
    """The reason that the last piece gives for the end; None: there is no such piece."""
    asked: list[Asked] = field(default_factory=list)
    left: int = 0
    """How often the client was gone before the end of an answer."""
    url: str = ""

    def __enter__(self) -> ModelServer:
        state = self

        class Handler(_Handler):
            server_state = state

        self._http = _Http(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Left(Exception):
    pass


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """That a client left is what some tests are about, and no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: ModelServer

    def do_GET(self) -> None:
        self._note(None)
        self._whole(self._refusal() if self.server_state.status != 200 else self.server_state.models)

    def do_POST(self) -> None:
        state = self.server_state
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._note(body)
        if state.redirects is not None:
            self.send_response(307)
            self.send_header("Location", state.redirects)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif state.busy:
            state.busy -= 1
            self._whole(self._refusal(), 503)
        elif state.status != 200:
            self._whole(self._refusal(), state.status)
        elif body.get("response_format", {}).get("type") in state.refuses:
            self._whole({"error": {"message": "unknown response_format"}}, state.refuses_with)
        elif state.raw is not None:
            self._whole(state.raw)
        elif body.get("stream"):
            try:
                self._streamed(state.reply(body))
            except (_Left, OSError):
                state.left += 1
                self.close_connection = True
        elif state.breaks_after is not None:
            self._break()
        else:
            message = {"role": "assistant", "content": state.reply(body)}
            choice = {"index": 0, "finish_reason": state.finish, "message": message}
            self._wait(state.before)
            self._whole({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})

    def _note(self, body: Any) -> None:
        self.server_state.asked.append(Asked(self.path, dict(self.headers), body))

    def _refusal(self) -> Any:
        """As of a careless server, which repeats in its errors what it was sent."""
        return {"error": {"message": f"no\nluck with {self.headers['Authorization']}"}}

    def _whole(self, made: Any, status: int | None = None) -> None:
        data = made if isinstance(made, bytes) else json.dumps(made).encode()
        self.send_response(status or self.server_state.status)
        self.send_header("Content-Type", "text/html" if isinstance(made, bytes) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _streamed(self, text: str) -> None:
        state = self.server_state
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._wait(state.before)
        pieces = [text[start : start + state.piece] for start in range(0, len(text), state.piece)]
        for number, piece in enumerate(pieces):
            if number == state.breaks_after:
                self._break()
                return
            self._wait(state.between if number else 0)
            self._piece({"content": piece}, None)
        if state.finish is not None:
            self._piece({}, state.finish)
        self._event("data: [DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _piece(self, delta: Any, finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self._event("data: " + json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}))

    def _event(self, line: str) -> None:
        data = f"{line}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _wait(self, seconds: float) -> None:
        """Raises _Left as soon as the client has closed."""
        ends = time.monotonic() + seconds
        sent = select.poll()  # select.select knows 1,024 files, and a long run of tests has more
        sent.register(self.connection, select.POLLIN)
        while True:
            left = ends - time.monotonic()
            if sent.poll(1000 * max(0.0, min(left, 0.02))) and not self.connection.recv(1, socket.MSG_PEEK):
                raise _Left
            if left <= 0:
                return
            if self.server_state.pings:
                self._event(": ping")

    def _break(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        pass
