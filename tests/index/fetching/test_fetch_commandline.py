"""`python -m index fetch`, as its user runs it, against a server on this machine."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # starts a process a test

ROOT = Path(__file__).resolve().parents[3]
STORY = "The harbour of Kessa was closed on Monday. The mayor, Lina Haddad, said that it would open again in June."
PAGE = f"<!doctype html><html lang=en><title>Harbour closed</title><article><h1>Harbour closed</h1><p>{STORY}</p>{{}}</article></html>"
FEED = '<rss version="2.0"><channel><title>News</title><item><title>Harbour</title><link>/story</link></item></channel></rss>'


class Site(BaseHTTPRequestHandler):
    pages: dict[str, tuple[str, str]]

    def do_GET(self) -> None:
        kind, body = self.pages.get(self.path, ("", ""))
        if not body:
            self.send_error(404)
            return
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.pages = {"/story": ("text/html; charset=utf-8", PAGE.format("")), "/feed": ("application/rss+xml", FEED)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def index(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "index", *arguments, "--store", str(folder / "store")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def fetch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return index(folder, "fetch", *arguments, "--into", str(folder / "kept"))


def test_a_page_that_a_feed_lists_becomes_an_article_and_a_changed_one_replaces_it(site: str, tmp_path: Path) -> None:
    done = fetch(tmp_path, f"{site}/feed", "--allow-private", "--json")
    assert done.returncode == 0, done.stderr
    page, report = map(json.loads, done.stdout.splitlines())
    assert (page["url"], page["outcome"]) == (f"{site}/story", "new")
    assert (report["articles"], report["added"]) == (1, 1)
    (row,) = map(json.loads, index(tmp_path, "list", "--json").stdout.splitlines())
    assert (row["title"], row["url"]) == ("Harbour closed", f"{site}/story")
    shown = json.loads(index(tmp_path, "show", row["article"], "--json").stdout)
    assert STORY in shown["text"]

    again = fetch(tmp_path, f"{site}/story", "--allow-private")
    assert again.stdout.splitlines()[0] == f"unchanged {site}/story"

    Site.pages["/story"] = (
        "text/html; charset=utf-8",
        PAGE.format("<p>It opened again on Tuesday after all, the harbour office said.</p>"),
    )
    changed = fetch(tmp_path, f"{site}/story", "--allow-private", "--json")
    page, report = map(json.loads, changed.stdout.splitlines())
    assert page["outcome"] == "changed"
    assert (report["articles"], report["changed"]) == (1, 1)
    assert "on Tuesday after all" in json.loads(index(tmp_path, "show", row["article"], "--json").stdout)["text"]


def test_what_was_there_before_stays(site: str, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "own.txt").write_text("The kite\n\nThe kite of Marwena rose over the quay.", encoding="utf-8")
    assert index(tmp_path, "build", str(tmp_path / "files")).returncode == 0
    assert fetch(tmp_path, f"{site}/story", "--allow-private").returncode == 0
    assert len(index(tmp_path, "list", "--json").stdout.splitlines()) == 2


def test_this_machine_is_not_asked_unless_that_is_said(site: str, tmp_path: Path) -> None:
    done = fetch(tmp_path, f"{site}/story")
    assert done.returncode == 2
    refused, line = done.stderr.splitlines()
    assert refused.startswith(f"refused {site}/story: ")
    assert "--allow-private" in refused
    assert line == "No page was fetched. What was there before is kept."
    assert not (tmp_path / "store").exists()


def test_one_bad_address_does_not_stop_the_others(site: str, tmp_path: Path) -> None:
    done = fetch(tmp_path, f"{site}/nowhere", f"{site}/story", "--allow-private")
    assert done.returncode == 0, done.stderr
    assert f"refused {site}/nowhere: " in done.stderr
    assert f"new {site}/story" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://example.org/", "--every", "5 minutes"], "--every takes a number with s, m, h or d, at least a minute, such as 15m"),
        (["https://example.org/", "--every", "1s"], "--every takes"),
        (["file:///etc/passwd"], "file:///etc/passwd"),
        (["no address"], "no address"),
    ],
)
def test_what_is_no_address_or_interval_is_said_in_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = fetch(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_stays_until_ctrl_c(site: str, tmp_path: Path, listening_to_ctrl_c: None) -> None:
    command = [
        sys.executable,
        "-m",
        "index",
        "fetch",
        f"{site}/story",
        "--into",
        str(tmp_path / "kept"),
        "--store",
        str(tmp_path / "store"),
    ]
    with subprocess.Popen([*command, "--allow-private", "--every", "1m"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("new ")
        assert process.stdout.readline().startswith("1 articles")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
