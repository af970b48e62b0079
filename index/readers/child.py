"""The process in which files are read that others made: it may write no file, has a limit of memory, and of time for each result.

It is started by workers.py, with a socket in which jobs come, each with the open file itself: it opens nothing by name. A message is four
bytes that say its length, and JSON.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import struct
from dataclasses import asdict
from typing import Any

import orjson

from index.readers.reading import read
from index.readers.source import Facts, SourceFile
from index.text.language import load_statistics

LENGTH = struct.Struct("!I")


def main(descriptor: str, seconds: str, memory: str) -> None:
    """Reads files until the other end of the socket `descriptor` is closed, in `memory` bytes of address space. Where one result takes
    longer than `seconds`, or reading breaks the process, it ends. The three are numbers as a command line has them."""
    _serve(int(descriptor), float(seconds), int(memory))


def _serve(descriptor: int, seconds: float, memory: int) -> None:
    # A library that starts a thread a core, or reserves memory by the gigabyte, would be at the limit before it began.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    load_statistics()  # from a temporary file, which could not be written later
    logging.disable()  # what libraries warn of is said per file, by the readers
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=descriptor) as line:
        while True:
            head, files, _, _ = socket.recv_fds(line, LENGTH.size, 1)
            if not files:
                return
            with os.fdopen(files[0], "rb") as file:
                job = received(line, head)
                source = SourceFile(job["name"], file, job["suffix"], Facts(), job["columns"])
                refused: dict[str, str] = job["refused"]

                def begins(name: str, refused: dict[str, str] = refused) -> str | None:
                    _send(line, {"Begins": name}, seconds)
                    return refused.get(name)

                for item in read(source, job["known"], begins):
                    _send(line, {type(item).__name__: asdict(item)}, seconds)
                signal.setitimer(signal.ITIMER_REAL, 0)
                _send(line, {"Ends": True}, 0)


def _send(line: socket.socket, message: dict[str, Any], seconds: float) -> None:
    """The clock stops while the parent process consumes our results."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    data = orjson.dumps(message)
    line.sendall(LENGTH.pack(len(data)) + data)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def received(line: socket.socket, head: bytes = b"") -> Any:
    """The next message, of whose length `head` is the part that was read. Raises EOFError where the other end is closed."""
    (length,) = LENGTH.unpack(head + _exactly(line, LENGTH.size - len(head)))
    return orjson.loads(_exactly(line, length))


def _exactly(line: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = line.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
