"""Processes in which files are read, one a core. One that takes too long, or breaks, costs the part of the file that it was at."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Full, LifoQueue, Queue
from threading import Event
from typing import Any, BinaryIO

import orjson

from index.readers.child import LENGTH, received
from index.readers.reading import FileResult, Same
from index.readers.source import Document, Facts, Unread

# Seconds that one result may take: a hundred times what the slowest page of 20 MB takes on one of two cores during a build. Not measured.
SECONDS = 60.0
# Bytes of address space in which a file is read: what a machine of 4 GB can spare. Not measured.
MEMORY = 2 * 1024**3
# Results of a file that are ready before they are asked for.
_READY = 16
# Parts of one file that may each break a process before the rest of it is given up.
_MOST_BROKEN = 10
_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from index.readers.child import main; main(*sys.argv[2:])"
_ROOT = str(Path(__file__).resolve().parents[2])


class Workers:
    """`with Workers() as workers`: at the end all are gone, whatever they were at."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._limits = seconds, memory
        self._threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="reader")
        self._idle: LifoQueue[_Child] = LifoQueue()
        self._children: list[_Child] = []
        self._is_closed = Event()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        for child in self._children:
            child.kill()
        self._threads.shutdown(cancel_futures=True)

    def read(self, file: BinaryIO, name: str, suffix: str, columns: Mapping[str, str], known: Mapping[str, str]) -> Iterator[FileResult]:
        """What reading.read makes of a file, in its order. Begins at once, and closes the file."""
        results: Queue[FileResult | None] = Queue(_READY)
        job = {"name": name, "suffix": suffix, "columns": dict(columns), "known": dict(known)}
        self._threads.submit(self._fill, results, file, job)
        return iter(results.get, None)

    def _fill(self, results: Queue[FileResult | None], file: BinaryIO, job: Mapping[str, Any]) -> None:
        with file:
            for item in self._results(file, job):
                self._put(results, item)
                if self._is_closed.is_set():
                    return
        self._put(results, None)

    def _put(self, results: Queue[FileResult | None], item: FileResult | None) -> None:
        while not self._is_closed.is_set():
            try:
                return results.put(item, timeout=0.1)
            except Full:
                continue

    def _results(self, file: BinaryIO, job: Mapping[str, Any]) -> Iterator[FileResult]:
        refused: dict[str, str] = {}
        had: set[str] = set()
        while True:
            at = str(job["name"])
            try:
                for message in self._asked(file, {**job, "refused": refused}):
                    kind, value = next(iter(message.items()))
                    if kind == "Begins":
                        at = value
                    elif value["name"] not in had:
                        had.add(value["name"])
                        yield _item(kind, value)
                return
            except _Broken as broken:
                if self._is_closed.is_set():
                    return
                if at == job["name"] or at in refused or len(refused) == _MOST_BROKEN:
                    yield Unread(str(job["name"]), f"{broken}; what of it comes after that is not read" if had else str(broken))
                    return
                refused[at] = str(broken)

    def _asked(self, file: BinaryIO, job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            child = self._idle.get_nowait()
        except Empty:
            child = _Child(*self._limits)
            self._children.append(child)
            if self._is_closed.is_set():
                child.kill()
        file.seek(0)
        yield from child.ask(file, job)
        self._idle.put(child)


class _Broken(Exception):
    """The process is no more; why, for the user."""


class _Child:
    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-B", "-c", _CODE, _ROOT, str(theirs.fileno()), str(seconds), str(memory)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is ours to hear
            )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._line.close()

    def ask(self, file: BinaryIO, job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The messages that the job brings. Raises _Broken where the process ends before the job."""
        data = orjson.dumps(job)
        head = LENGTH.pack(len(data))
        try:
            socket.send_fds(self._line, [head], [file.fileno()])
            self._line.sendall(data)
            while "Ends" not in (message := received(self._line)):
                yield message
        except (OSError, EOFError) as error:
            self.kill()
            raise _Broken(self._why()) from error

    def _why(self) -> str:
        if self._process.returncode == -signal.SIGALRM:
            return f"it takes longer than {self._seconds:g} seconds to read"
        return "damaged: it breaks the program that reads it"


def _item(kind: str, value: dict[str, Any]) -> FileResult:
    if kind == "Unread":
        return Unread(**value)
    if kind == "Same":
        return Same(**value)
    return Document(value["name"], value["text"], Facts(**value["facts"]), tuple(value["pages"]), value["fingerprint"], value["where"])
