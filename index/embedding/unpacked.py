"""Models unpacked once into the user's cache: whole or not at all, and made again where they are damaged.

A folder of the cache is named by what it is made from; each of its files is checked against the sums that were noted when it was written,
and a folder that does not fit them is made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from platformdirs import user_cache_path

from index.errors import EmbedderError

_SUMS = "sums.json"


def unpacked(name: str, unpack: Callable[[Path], None], megabytes: int) -> Path:
    """The folder of that name in the cache, written by `unpack` if it is not there or damaged.

    Raises EmbedderError where the cache cannot be written, and what `unpack` raises.
    """
    cache = user_cache_path("onrecord")
    folder = cache / name
    if not _is_whole(folder):
        try:
            cache.mkdir(parents=True, exist_ok=True)
            fresh = Path(mkdtemp(prefix="unpacking-", dir=cache))
            try:
                unpack(fresh)
                files = sorted(fresh.iterdir())
                (fresh / _SUMS).write_text(json.dumps({file.name: hash_of(file) for file in files}), encoding="utf-8")
                if not _is_whole(folder):  # otherwise another process was faster, and may be reading its model
                    shutil.rmtree(folder, ignore_errors=True)
                    fresh.rename(folder)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        except OSError as error:
            raise EmbedderError(
                f"The embedding model cannot be unpacked into {cache} ({error.strerror}). It needs {megabytes} MB there; "
                "set XDG_CACHE_HOME to name another place."
            ) from error
    return folder


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_whole(folder: Path) -> bool:
    try:
        sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
        return bool(sums) and all(hash_of(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError, AttributeError):
        return False
