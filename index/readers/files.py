"""The folders and files that were handed in: which files there are, and how they are opened. Nothing is read here."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from index.errors import InputError
from index.readers.source import Unread


def require(path: Path) -> None:
    try:
        if path.is_dir():
            os.scandir(path).close()
        else:
            path.stat()
    except FileNotFoundError as error:
        raise InputError(f"There is no file or folder {str(path)!r}. Check the name, and that its disk is there.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InputError(f"{str(path)!r} cannot be opened ({why(error)}). Check its permissions, or name another.") from error


def why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def printable(name: str) -> str:
    """The name with bytes that are not UTF-8 written as `\\xNN`, so that it can be printed and stored."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def open_regular(path: Path) -> BinaryIO:
    """Never opens a pipe, socket or device; should one take the file's place meanwhile, does not wait for it."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError("not a regular file")
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise InputError("not a regular file")
    return file


def file_names(source: Path) -> Iterator[str]:
    """The name of each file that `read_sources` reads or skips in a folder, or of the file that the source is."""
    if not source.is_dir():
        yield source.name
        return
    for item in files(source):
        yield item.name if isinstance(item, Unread) else item[0]


def files(root: Path) -> Iterator[tuple[str, Path] | Unread]:
    """Each file to read, as its path relative to `root` and the place to open; sorted by the parts of the path."""
    real_root = root.resolve()
    pending: list[tuple[str, os.DirEntry[str] | None]] = [("", None)]
    while pending:
        name, entry = pending.pop()
        try:
            if entry is None or entry.is_dir(follow_symlinks=False):
                pending += _entries(root / name, name)
            else:
                yield name, _place(entry, real_root)
        except InputError as error:
            yield Unread(printable(name), str(error))
        except OSError as error:
            yield Unread(printable(name) or ".", f"cannot be read: {why(error)}")


def _entries(folder: Path, name: str) -> list[tuple[str, os.DirEntry[str] | None]]:
    """The folder's visible entries with their names relative to the root, the last first."""
    if not is_unicode(name):
        raise InputError("its name is not valid Unicode: rename it")
    prefix = f"{name}/" if name else ""
    with os.scandir(folder) as entries:
        visible = [(prefix + entry.name, entry) for entry in entries if not entry.name.startswith(".")]
    return sorted(visible, key=lambda item: item[0], reverse=True)


def _place(entry: os.DirEntry[str], real_root: Path) -> Path:
    """Where to open the file; raises InputError for a link that is not followed."""
    if not entry.is_symlink():
        return Path(entry.path)
    target = Path(os.path.realpath(entry.path, strict=True))  # pathlib's resolve() raises something else for a loop in each Python
    if not target.is_relative_to(real_root):
        raise InputError("a link that leaves the folder")
    if target.is_dir():
        raise InputError("a link to a folder: folders are read in their own place")
    return target
