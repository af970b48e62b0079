"""What both command lines share: options, one line for each error, exit codes."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from index.errors import OnRecordError
from index.store.vectors import server_address

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

USAGE_ERROR = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the options."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{message[:1].upper()}{message[1:]}. See: {self.prog} --help\n")


def default_store() -> Path:
    return Path(os.environ.get("ONRECORD_STORE") or ".store")


def add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store", type=Path, default=default_store(), metavar="DIR", help="the store (default: $ONRECORD_STORE, else .store)"
    )
    add_chroma(parser)


def add_chroma(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--chroma",
        type=server_address,
        default=os.environ.get("ONRECORD_CHROMA") or None,
        metavar="URL",
        help="the Chroma server that has the store's vectors, as http://HOST:PORT (default: $ONRECORD_CHROMA, else the store's own folder)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def visible(text: str) -> str:
    """Text of articles as it may reach a terminal: control characters, which could drive it, become U+FFFD.

    >>> visible("red: \\x1b[31m")
    'red: \ufffd[31m'
    """
    return _CONTROL.sub("\ufffd", text)


def run(main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> NoReturn:
    """Ends the process with what `main` returns; an error that the user can fix becomes one line and exit status 2.

    A KeyboardInterrupt may say what it leaves behind."""
    # Article text holds what a terminal or pipe in another encoding cannot show.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        status = main(arguments)
        sys.stdout.flush()
    except OnRecordError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        status = USAGE_ERROR
    except KeyboardInterrupt as stop:
        print(str(stop) or "Stopped. What was finished is kept; run the same command to go on.", file=sys.stderr)
        status = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
