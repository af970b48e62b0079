"""Files that people keep: read with an error that says what to do."""

from __future__ import annotations

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
