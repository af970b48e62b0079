"""A file that is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO


@contextmanager
def replacing(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A new file to write to, which takes the place of the one at `path` when the block ends. Where anything fails, `path` is as it was and
    the new file is gone.

    What was written is on the disk before the file takes its place. `mode` is what it may be used for, less the umask; it holds from the
    first byte on. Raises OSError, and ValueError where the path is none.
    """
    # In the same folder: a file is moved at once only within a file system. Hidden, so that no build takes it for an article.
    draft = path.with_name(f".{path.name}.{token_hex(4)}.new")
    # "x": whatever somebody else put there, a link too, is left alone.
    file = open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode))  # noqa: SIM115  # closed below
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Writes a file in the place of the one that was there, as `replacing` does."""
    with replacing(path, mode) as file:
        file.write(content)
