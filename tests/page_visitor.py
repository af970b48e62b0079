"""Somebody who comes to the page, and the command line of ui.py: what several test modules of page/serve share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

import ui
from index.commandline import run
from page.serve.guards import guards
from page.serve.passwords import Password

PASSWORD = "a harp of copper"
PAGE = {"accept": "text/html"}
JSON = {"content-type": "application/json"}
JOIN = "/gradio_api/queue/join"


def visitor(users: Mapping[str, Password] | None = None, host: str = "10.0.0.1", hosts: Sequence[str] = ("testserver",)) -> TestClient:
    """A client of an application behind the guards that answers every request with the number of bytes that it read of it."""

    async def count(request: Request) -> Response:
        arrived = 0
        async for part in request.stream():
            arrived += len(part)
        return PlainTextResponse(str(arrived))

    application = Starlette(
        routes=[Route("/{path:path}", count, methods=["GET", "POST", "PUT", "DELETE"])], middleware=guards(users or {}, hosts)
    )
    return TestClient(application, follow_redirects=False, client=(host, 50_000))


def enter(client: TestClient, name: str = "mina", password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password})


def command_line(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """The exit status and what was printed of errors. Were nothing wrong with the arguments, there would still be no such port."""
    with pytest.raises(SystemExit) as ended:
        run(ui.main, ["--port", "65536", *arguments])
    return ended.value.code, capsys.readouterr().err
