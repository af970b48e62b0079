"""Index, ask and the page work on a machine that has no network but itself, and no cache of an earlier day.

Every process here runs inside a network namespace whose only device is loopback (Linux, util-linux's `unshare` and `nsenter`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = {
    "ferry.txt": "The Nawras capsized\n\nThe ferry Nawras left Kessa at nine on Friday. It carried 180 passengers when it sank.\n",
    "مدرسة.txt": "إضراب المعلمين\n\nأعلنت مديرية التعليم في دالميرا أن 14 مدرسة أغلقت أبوابها يوم الأحد. ولم يقل أحد متى تعود الدروس.\n",
}

# Brings loopback up (SIOCSIFFLAGS with IFF_UP; netdevice(7)), says so, and keeps the namespace until its input ends.
_HOLD = """
import fcntl, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))
print("up", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Machine:
    """A machine without a network, with a new home."""

    enter: tuple[str, ...]
    home: Path

    def start(self, *command: str | Path) -> subprocess.Popen[str]:
        folders = {name: str(self.home) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        return subprocess.Popen(
            [*self.enter, sys.executable, *command],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **folders},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str | Path) -> str:
        """What the command printed. Fails where it fails, or complains."""
        with self.start(*command) as process:
            out, err = process.communicate(timeout=120)
        assert not err, err
        assert process.returncode == 0
        return out


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    as_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    into_user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    if not (sys.platform == "linux" and shutil.which("unshare") and shutil.which("nsenter")):
        refuse("there are no network namespaces here")
    hold = subprocess.Popen(
        ["unshare", *as_user, "--net", sys.executable, "-c", _HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with hold:
        assert hold.stdin is not None
        assert hold.stdout is not None
        if hold.stdout.readline() != "up\n":
            refuse("this machine does not let us make a network namespace")
        yield Machine(("nsenter", "--target", str(hold.pid), *into_user, "--net"), tmp_path_factory.mktemp("home"))
        hold.stdin.close()


def refuse(reason: str) -> None:
    assert os.environ.get("CI") != "true", reason
    pytest.skip(reason)


@pytest.fixture(scope="module")
def store(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without a network."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    report = json.loads(machine.run("-m", "index", "build", folder / "articles", "--store", folder / "store", "--json"))
    assert (report["articles"], report["added"], report["skipped"]) == (2, 2, [])
    return folder / "store"


def test_the_machine_of_these_tests_reaches_nothing_but_itself(machine: Machine) -> None:
    program = """
import errno, socket
for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
    try:
        socket.create_connection((address, 80), timeout=5)
    except OSError as error:
        print(errno.errorcode[error.errno])
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname(), timeout=5).close()
print(*[name for _, name in socket.if_nameindex()])
"""
    printed = machine.run("-c", program).splitlines()
    assert printed[:2] in (["ENETUNREACH", "ENETUNREACH"], ["ENETUNREACH", "EADDRNOTAVAIL"])
    assert printed[2].split()[0] == "lo"


@pytest.mark.parametrize(
    ("question", "article", "short"),
    [("How many passengers did the ferry Nawras carry when it sank?", "ferry.txt", "180"), ("كم مدرسة أغلقت أبوابها؟", "مدرسة.txt", "14")],
)
def test_a_question_is_answered_offline(machine: Machine, store: Path, question: str, article: str, short: str) -> None:
    found = json.loads(machine.run("-m", "qa", "ask", question, "--json", "--store", store))
    check_answer(found, article)
    assert short in found["answer"]


def check_answer(found: dict[str, Any], article: str) -> None:
    assert not found["abstained"]
    first = found["citations"][0]
    assert first["article"] == article
    assert ARTICLES[article][first["start"] : first["end"]] == first["quote"]


@contextmanager
def serving(machine: Machine, *options: str | Path) -> Iterator[str]:
    """The address of the page, on the machine without a network."""
    with machine.start("ui.py", "--port", "0", *options) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("On Record: http://127.0.0.1:"), line + (process.stderr.read() if process.stderr else "")
            yield line.removeprefix("On Record: ").strip()
        finally:
            process.terminate()


# Fetches the page and its configuration, then asks as the page's own script does: joins Gradio's queue and reads what comes back.
_VISIT = """
import json, sys, urllib.request
address, question = sys.argv[1:]

def fetch(path, data=None):
    body = None if data is None else json.dumps(data).encode()
    return urllib.request.urlopen(urllib.request.Request(address + path, body, {"Content-Type": "application/json"}), timeout=60)

page = fetch("/").read().decode()
assert "On Record" in page, page[:500]
config = json.load(fetch("/config"))
head = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "masthead")
ask = next(event for event in config["dependencies"] if [head, "submit"] in [list(target) for target in event["targets"]])
sent = {"question": question, "language": "en", "filters": {}}
asked = {"data": [None for _ in ask["inputs"]], "event_data": sent, "fn_index": ask["id"], "session_hash": "offline", "trigger_id": head}
fetch(config["api_prefix"] + "/queue/join", asked)
for line in fetch(config["api_prefix"] + "/queue/data?session_hash=offline"):
    if line.startswith(b"data:"):
        message = json.loads(line[5:])
        if message["msg"] == "process_completed":
            print(json.dumps(message))
            break
"""


def test_the_page_opens_and_answers_offline(machine: Machine, store: Path) -> None:
    with serving(machine, "--store", store) as address:
        message = json.loads(machine.run("-c", _VISIT, address, "How many passengers did the ferry Nawras carry when it sank?"))
    assert message["success"], message
    shown = json.dumps(message["output"], ensure_ascii=False)
    assert "It carried 180 passengers when it sank." in shown
    assert "[1]" in shown or ">1<" in shown


def test_nothing_was_looked_for_at_home(machine: Machine, store: Path) -> None:
    """A model that is cached on the developer's machine would be missing on the user's. Ours are made of what is installed."""
    machine.run("-m", "qa", "search", "the ferry", "--store", store)
    left = [path.relative_to(machine.home).as_posix() for path in machine.home.rglob("*") if path.is_file()]
    ours = ("gradio/", ".gradio/", "onrecord/e5-small-", "onrecord/reader-")
    assert not [path for path in left if not path.startswith(ours)], left
