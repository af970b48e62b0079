"""A store whose vectors are on a Chroma server answers as one that has them itself, and outlives the server's ends and returns."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import chromadb
import pytest
from chromadb.config import Settings

from index.__main__ import main as index_main
from index.build.build import BuildReport, build, repair
from index.embedding.embed import Embedder
from index.embedding.models import load_embedder
from index.errors import SettingError, StoreDamaged, StoreError, StoreOfAnotherMaker
from index.store.catalogue import Catalogue
from index.store.filters import ANY, Filters
from index.store.manifest import Manifest
from index.store.store import Store, writing
from index.store.vectors import server_address
from qa.__main__ import main as qa_main
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.ask.types import Answer
from qa.library.library import Library

pytestmark = pytest.mark.slow  # starts a process a test

ROOT = Path(__file__).resolve().parents[3]
CHROMA = Path(sysconfig.get_path("scripts")) / "chroma"
WORDS = ["harbour", "boats", "monday", "pier", "keeper", "nobody", "ferry"]
# Seconds in which whatever is waited for here must come about.
DEADLINE = 60.0


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


class Server:
    """A `chroma run` with its data in a folder, always on the same port of this machine."""

    def __init__(self, data: Path, port: int | None = None) -> None:
        self.data, self.port = data, port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [str(CHROMA), "run", "--path", str(self.data), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.data)
        until(self._listens)

    def _listens(self) -> bool:
        assert self._process.poll() is None
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def send(self, signal_number: int) -> None:
        self._process.send_signal(signal_number)

    def restart_soon(self) -> threading.Thread:
        """Kills it; it is back when the thread has ended."""
        self.kill()
        thread = threading.Thread(target=self.start)
        thread.start()
        return thread

    def counts(self) -> dict[str, int]:
        settings = Settings(anonymized_telemetry=False)
        client = chromadb.HttpClient("127.0.0.1", self.port, settings=settings)
        return {collection.name: collection.count() for collection in client.list_collections()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For many stores. Whoever kills it has it started again."""
    server = Server(tmp_path_factory.mktemp("chroma"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory, make_onnx_model: Callable[..., Path]) -> Embedder:
    """One that can be asked for by name, in other processes too."""
    return load_embedder(f"onnx:{make_onnx_model(tmp_path_factory.mktemp('model'), WORDS)}")


def write_articles(folder: Path, count: int, place: str = "Marwena") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        text = f"Harbour news {n}\n\nThe harbour of {place} counted {n + 100} boats on Monday. The keeper of pier {n} saw nobody.\n"
        (folder / f"{n:03}.txt").write_text(text, encoding="utf-8")
    return folder


def visible(folder: Path) -> list[str]:
    """The articles that readers see."""
    catalogue = Catalogue(folder / "catalogue.sqlite3")
    try:
        return list(catalogue.fingerprints())
    finally:
        catalogue.close()


@contextmanager
def opened(folder: Path, server: Server, embedder: Any = None) -> Iterator[Store]:
    store = Store.open_or_make(folder, embedder, chroma=server.address)
    try:
        yield store
    finally:
        store.close()


def hits(store: Store, question: str, filters: Filters = ANY) -> list[tuple[str, float]]:
    return [(hit.passage.id, round(hit.score, 4)) for hit in retrieve(store, analyse(store, question), 10, filters)]


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        check=False,
        cwd=ROOT,
        env=variables | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_store_with_a_server_answers_as_one_without(server: Server, samples: Path, tmp_path: Path, each_embedder: Any) -> None:
    build(tmp_path / "own", [samples / "articles"], each_embedder)
    build(tmp_path / "served", [samples / "articles"], each_embedder, chroma=server.address)
    assert not (tmp_path / "served" / "chroma").exists()
    own = Store.open_or_make(tmp_path / "own", each_embedder)
    with opened(tmp_path / "served", server, each_embedder) as served:
        assert served.differences() == []
        assert server.counts()[f"{served.manifest.collections}-passages-en"] == len(own.vectors.ids("passages", "en")) > 0
        assert served.vectors.count("sentences") == own.vectors.count("sentences")
        lines = (samples / "questions.jsonl").read_text(encoding="utf-8").splitlines()[::12]
        filters = [ANY, Filters(language="ar"), Filters(after=20190101), Filters(publisher="nobody")]
        asked = [(json.loads(line)["question"], some) for line in lines for some in filters]
        found = [hits(served, *each) for each in asked]
        assert found == [hits(own, *each) for each in asked]
        assert len(found[0]) == 10
    own.close()


def test_two_stores_on_one_server_do_not_mix(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    for name in ("Marwena", "Kessa"):
        build(tmp_path / name, [write_articles(tmp_path / f"{name} articles", 3, name)], embedder, chroma=server.address)
    with opened(tmp_path / "Marwena", server) as first, opened(tmp_path / "Kessa", server) as second:
        assert first.manifest.collections != second.manifest.collections
        assert (first.vectors.count("passages"), second.vectors.count("passages")) == (3, 3)
        with writing(first.folder):
            first.remove(["000.txt"])
        assert (first.vectors.count("passages"), second.vectors.count("passages")) == (2, 3)
        assert first.differences() == second.differences() == []


# The command line, which writes each batch by itself: otherwise what it reads in two seconds.
_EACH_BATCH = """
import runpy
from index.build import build
build._WRITE_SECONDS = 0.0
runpy.run_module("index", run_name="__main__")
"""


def test_a_server_killed_in_a_build_costs_a_line_and_the_same_command_goes_on(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    sources = write_articles(tmp_path / "articles", 600)
    store = ["--store", str(tmp_path / "store"), "--chroma", server.address]
    command = ["index", "build", str(sources), "--embedder", embedder.name, *store]
    process = subprocess.Popen([sys.executable, "-c", _EACH_BATCH, *command[1:]], cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8")
    manifest = tmp_path / "store" / "manifest.json"
    until(lambda: manifest.exists() and len(visible(manifest.parent)) > 0)
    server.kill()
    _, said = process.communicate(timeout=DEADLINE)
    assert re.fullmatch(rf"The Chroma server at {server.address} .*refused.* try again: what was stored is kept.*\n", said)
    assert process.returncode == 2
    server.start()
    done = run(*command, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["articles"] == 600
    assert report["unchanged"] > 0
    assert report["added"] > 0
    assert index_main(["verify", *store]) == 0


def test_a_server_that_is_back_in_a_second_is_waited_for_in_a_build(
    server: Server, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.build._WRITE_SECONDS", 0.0)
    restarts: list[threading.Thread] = []

    def progress(report: BuildReport) -> None:
        if report.added and not restarts:
            restarts.append(server.restart_soon())

    report = build(tmp_path / "store", [write_articles(tmp_path / "articles", 80)], embedder, progress=progress, chroma=server.address)
    restarts[0].join()
    assert report.added == 80
    with opened(tmp_path / "store", server) as store:
        assert store.differences() == []


def test_a_server_that_is_back_in_a_second_is_waited_for_with_a_question(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    build(tmp_path / "store", [write_articles(tmp_path / "articles", 40)], embedder, chroma=server.address)
    with opened(tmp_path / "store", server) as store:
        found = hits(store, "Which pier has a keeper?")
        assert len(found) == 10
        thread = server.restart_soon()
        assert hits(store, "Which pier has a keeper?") == found
        thread.join()
        assert hits(store, "Which pier has a keeper?") == found


def test_the_page_says_that_the_server_is_away_and_answers_when_it_is_back(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    question = "How many boats were counted at pier 3?"
    build(tmp_path / "store", [write_articles(tmp_path / "articles", 5)], embedder, chroma=server.address)
    library = Library(tmp_path / "store", chroma=server.address)
    before = list(library.answering(question))[-1]
    assert isinstance(before, Answer)
    assert before.citations
    server.kill()
    with pytest.raises(StoreError, match=f"Chroma server at {server.address} .*refused"):
        list(library.answering(question))
    assert server.address in str(Library(tmp_path / "store", chroma=server.address).state().trouble)
    server.start()
    after = list(library.answering(question))[-1]
    assert isinstance(after, Answer)
    assert after.citations == before.citations


def test_the_page_indexes_to_the_server_that_is_named(server: Server, tmp_path: Path) -> None:
    sources = write_articles(tmp_path / "articles", 3)
    options = ["--port", "0", "--store", tmp_path / "store", "--articles", sources, "--added", tmp_path / "added"]
    command = [sys.executable, str(ROOT / "ui.py"), *map(str, options)]
    variables = os.environ | {"ONRECORD_CHROMA": server.address}
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            until((tmp_path / "store" / "manifest.json").exists)
            collections = Manifest.read(tmp_path / "store").collections
            until(lambda: server.counts().get(f"{collections}-passages-en") == 3)
        finally:
            process.terminate()


def test_that_there_is_a_server_is_remembered_and_asked_for(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    sources = write_articles(tmp_path / "articles", 1)
    build(tmp_path / "served", [sources], embedder, chroma=server.address)
    build(tmp_path / "own", [sources], embedder)
    for use in (lambda: Store.open(tmp_path / "served"), lambda: build(tmp_path / "served", [sources], embedder)):
        with pytest.raises(StoreOfAnotherMaker, match=r"has its vectors on a Chroma server\. Say where with --chroma http://HOST:PORT\."):
            use()
    for use in (
        lambda: Store.open(tmp_path / "own", chroma=server.address),
        lambda: build(tmp_path / "own", [sources], embedder, chroma=server.address),
    ):
        with pytest.raises(StoreOfAnotherMaker, match=r"in its own folder, not on a Chroma server\. Leave out --chroma"):
            use()


def test_the_address_may_change_with_the_data_or_without(embedder: Embedder, tiny_embedder: Any, tmp_path: Path) -> None:
    sources, folder = write_articles(tmp_path / "articles", 3), tmp_path / "store"
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    first = Server(tmp_path / "here")
    try:
        build(folder, [sources], embedder, chroma=first.address)
        build(tmp_path / "tiny", [sources], tiny_embedder, chroma=first.address)
    finally:
        first.kill()
    tiny_embedder.embedded.clear()
    moved, empty = Server(tmp_path / "here"), Server(tmp_path / "there")
    try:
        assert moved.address != first.address
        with opened(folder, moved) as store:
            assert store.differences() == []
        with pytest.raises(
            StoreDamaged, match=rf"{empty.address} does not hold the vectors of this store .*python -m index verify --repair"
        ):
            Store.open(folder, chroma=empty.address)
        assert empty.counts() == {}
        assert len(Store.open(folder, whole=False, chroma=empty.address).differences()) == 3
        build(folder, [sources], embedder, chroma=empty.address)
        with opened(folder, empty) as store:
            assert store.differences() == []
        assert repair(tmp_path / "tiny", tiny_embedder, chroma=empty.address).changed == 3
        assert tiny_embedder.embedded == []
        with opened(tmp_path / "tiny", empty, tiny_embedder) as store:
            assert store.differences() == []
    finally:
        moved.kill()
        empty.kill()


def test_collections_that_vanish_from_the_server_are_said_to_be_lost(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    build(tmp_path / "store", [write_articles(tmp_path / "articles", 1)], embedder, chroma=server.address)
    with opened(tmp_path / "store", server) as store:
        client = chromadb.HttpClient("127.0.0.1", server.port, settings=Settings(anonymized_telemetry=False))
        client.delete_collection(f"{store.manifest.collections}-passages-en")
        with pytest.raises(StoreDamaged, match="does not hold the vectors of this store"):
            hits(store, "Who counted the boats?")


def test_every_command_takes_the_server(
    server: Server, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", str(tmp_path / "store")]
    monkeypatch.setenv("ONRECORD_CHROMA", server.address)
    build(tmp_path / "store", [write_articles(tmp_path / "articles", 3)], embedder, chroma=server.address)
    (tmp_path / "set").mkdir()
    asked = {"id": "q", "question": "Where are the boats?", "language": "en", "answers": [], "evidence": [], "answerable": False}
    (tmp_path / "set" / "questions.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    (tmp_path / "draft.txt").write_text("The keeper said: “Nobody.”", encoding="utf-8")
    for main, command in (
        (index_main, ["list"]),
        (index_main, ["show", "001.txt"]),
        (index_main, ["verify"]),
        (index_main, ["remove", "002.txt"]),
        (qa_main, ["ask", "Where are the boats?"]),
        (qa_main, ["search", "Where are the boats?"]),
        (qa_main, ["check", "The keeper of pier 1 saw nobody."]),
        (qa_main, ["check", "--draft", str(tmp_path / "draft.txt")]),
        (qa_main, ["quotes"]),
        (qa_main, ["evaluate", str(tmp_path / "set")]),
        (qa_main, ["evaluate", "--new", str(tmp_path / "new")]),
        (index_main, ["export", str(tmp_path / "articles.jsonl.gz")]),
    ):
        assert main([*command, *store]) in (0, 1), command
    index_main(["import", str(tmp_path / "articles.jsonl.gz"), "--store", str(tmp_path / "again"), "--embedder", embedder.name])
    assert server.counts()[f"{Manifest.read(tmp_path / 'again').collections}-passages-en"] == 2
    monkeypatch.setenv("ONRECORD_CHROMA", "http://127.0.0.1:9")
    capsys.readouterr()
    assert index_main(["stats", "--json", *store, "--chroma", server.address]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 2
    monkeypatch.delenv("ONRECORD_CHROMA")
    with pytest.raises(StoreOfAnotherMaker, match="Say where with --chroma"):
        index_main(["stats", *store])


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("HTTPS://Vectors.Example:443/", "https://vectors.example:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://httpd:80", "http://httpd:80"),
    ],
)
def test_an_address_is_brought_to_one_form(given: str, meant: str) -> None:
    assert server_address(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        *("", " ", "localhost", "localhost:8000", "http://", "http://localhost", "http://:8000", "http://a:0", "http://a:99999"),
        *(
            "ftp://a:8000",
            "file:///etc:1",
            "http://a:8000/api",
            "http://a:8000?x",
            "http://a:8000#x",
            "http://a b:8000",
            "http://a\\b:8000",
        ),
        *("http://[::1:8000", "http://a:b:8000", "http://مرفأ:8000", "http://../x:8000", "http://\x1b[31m:8000"),
    ],
    ids=ascii,
)
def test_what_is_no_address_is_said_in_one_line(given: str) -> None:
    with pytest.raises(SettingError, match="Write it as http://HOST:PORT") as caught:
        server_address(given)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("given", ["http://me:secret@vectors:8000", "http://:secret@:80", "https://secret@a", "me:secret@vectors:8000"])
def test_a_password_in_an_address_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(SettingError, match="takes no user and password") as caught:
        server_address(given)
    assert "secret" not in str(caught.value)


class Elsewhere(BaseHTTPRequestHandler):
    """Says of itself what it is told to, or that it knows nothing, in red."""

    version: str | None = None

    def do_GET(self) -> None:
        replies = {
            "/api/v2/auth/identity": {"user_id": "", "tenant": "default_tenant", "databases": ["default_database"]},
            "/api/v2/tenants/default_tenant": {"name": "default_tenant"},
            "/api/v2/tenants/default_tenant/databases/default_database": {
                "id": "00000000-0000-0000-0000-000000000000",
                "name": "default_database",
                "tenant": "default_tenant",
            },
            "/api/v2/version": self.version,
        }
        known = self.version is not None and self.path in replies
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps(replies[self.path]).encode() if known else b"<h1>\x1b[31mNothing\nhere</h1>" * 99)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("version", "said"),
    [(None, "No Chroma server answers at .*Nothing here"), ("2.0.0\x1b", "is of version 2.0.0\ufffd, which .* Name one of version 1 with")],
)
def test_whatever_else_listens_there_is_said_in_one_line(embedder: Embedder, tmp_path: Path, version: str | None, said: str) -> None:
    with HTTPServer(("127.0.0.1", 0), type("Handler", (Elsewhere,), {"version": version})) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        try:
            with pytest.raises(StoreError, match=said) as caught:
                Store.open_or_make(tmp_path / "store", embedder, chroma=f"http://127.0.0.1:{other.server_port}")
        finally:
            other.shutdown()
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_where_nobody_listens_a_build_says_so_and_the_folder_can_still_be_used(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    sources, nobody = write_articles(tmp_path / "articles", 1), f"http://127.0.0.1:{free_port()}"
    command = ["index", "build", str(sources), "--store", str(tmp_path / "store"), "--embedder", embedder.name, "--chroma"]
    assert f"No Chroma server answers at {nobody} (" in one_line(run(*command, nobody))
    with pytest.raises(SettingError, match="no address of a Chroma server"):
        index_main([*command[1:], "nowhere"])
    assert build(tmp_path / "store", [sources], embedder, chroma=server.address).added == 1


def test_a_server_that_never_answers_is_given_up(server: Server, embedder: Embedder, tmp_path: Path) -> None:
    server.send(signal.SIGSTOP)
    try:
        with pytest.raises(StoreError, match="no answer in 10 seconds"):
            Store.open_or_make(tmp_path / "store", embedder, chroma=server.address)
    finally:
        server.send(signal.SIGCONT)


@pytest.mark.parametrize("collections", [5, "", "onrecord-", "onrecord-../../x", "passages", ["onrecord"]], ids=str)
def test_collections_that_no_store_made_are_damage(server: Server, embedder: Embedder, tmp_path: Path, collections: object) -> None:
    build(tmp_path / "store", [write_articles(tmp_path / "articles", 1)], embedder)
    path = tmp_path / "store" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "collections": collections}), encoding="utf-8")
    with pytest.raises(StoreDamaged, match=r"manifest .* cannot be read"):
        Store.open(tmp_path / "store", chroma=server.address)
