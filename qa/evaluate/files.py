"""Files of ours that people keep: read with an error that says what to do, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from index.errors import InputError


def read_json(path: Path, wanted: str) -> Any:
    """What a JSON file holds. Raises InputError where it cannot be read; `wanted` says in words what was to be named."""
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Name {wanted}.") from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path} is not JSON ({error.msg}). Name {wanted}.") from error


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file in the place of the one that was there, which is as it was until then. Raises OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
