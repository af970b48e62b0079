"""Where the page listens: the options of ui.py, and servers of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from page_visitor import JSON, PASSWORD, command_line

from page.serve.passwords import Password

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], r"--auth USER:FILE.*--without-auth"),
        (["--host", "::"], r"--auth USER:FILE.*--without-auth"),
        (["--host", ""], r"--auth USER:FILE.*--without-auth"),
        (["--host", "news.example"], r"--auth USER:FILE.*--without-auth"),
        (["--host", "0.0.0.0", "--auth", "mina:{file}", "--without-auth"], "exclude each other"),
        (["--auth", "mina"], "--auth takes USER:FILE, not 'mina'"),
        (["--auth", ":{file}"], "--auth takes USER:FILE"),
        (["--auth", "mina:"], "--auth takes USER:FILE"),
        (["--auth", "mina:{file}", "--auth", "mina:{file}"], "--auth names 'mina' twice"),
        (["--host", "256.256.256.256", "--without-auth", "--port", "0"], "Port 0 cannot be used at '256.256.256.256'"),
        (["--host", "192.0.2.1", "--without-auth", "--port", "0"], "Port 0 cannot be used at '192.0.2.1'"),
        (["--host", "x" * 70, "--without-auth", "--port", "0"], "Port 0 cannot be used"),
        (["--host", "fe80:::1", "--without-auth", "--port", "0"], "Port 0 cannot be used"),
    ],
    ids=str,
)
def test_what_cannot_be_opened_safely_is_not_opened(
    tmp_path: Path, arguments: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mina.password"
    file.write_text(Password.new(PASSWORD).line())
    given = [argument.replace("{file}", str(file)) for argument in arguments]
    status, line = command_line([*given, "--store", str(tmp_path)], capsys)
    assert (status, line.count("\n")) == (2, 1)
    assert re.search(said, line)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, str]]:
    """The address that a `python ui.py` prints, and what it says of it on standard error."""
    command = [sys.executable, str(ROOT / "ui.py"), "--store", str(folder), "--port", "0", *options]
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("On Record: ").strip()
            request = urllib.request.Request(f"{address}/favicon.ico")
            with urllib.request.urlopen(request):
                yield address, (folder / "said").read_text()
        finally:
            process.terminate()


def status_of(address: str, headers: Mapping[str, str], body: bytes | None = None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, dict(headers))) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_page_that_others_reach_prints_an_address_warns_and_lets_in_who_signs_in(tmp_path: Path) -> None:
    file = tmp_path / "mina.password"
    file.write_text(Password.new(PASSWORD).line())
    with serving(tmp_path, "--host", "0.0.0.0", "--auth", f"mina:{file}") as (address, said):
        assert address.startswith("http://127.0.0.1:")
        assert said.count("\n") == 1
        assert "unencrypted" in said
        assert "HTTPS" in said
        assert status_of(f"{address}/config", {"host": "news.example"}) == 401
        assert status_of(f"{address}/sign-in", {"host": "news.example"}) == 200
        assert status_of(f"{address}/gradio_api/component_server", JSON, b"{}") == 401


def test_a_page_on_ipv6_prints_an_address_that_opens_without_a_warning(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "::1") as (address, said):
        assert address.startswith("http://[::1]:")
        assert said == ""
        assert status_of(f"{address}/config", {}) == 200
        assert status_of(f"{address}/config", {"host": "evil.example"}) == 400
        for path in ("upload", "info", "deep_link?session_hash=x"):
            assert status_of(f"{address}/gradio_api/{path}", {}) == 404
