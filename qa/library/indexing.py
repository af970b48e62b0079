"""The thread that brings a store in step with folders and files, and what is known of its work."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from index.articles import Skipped
from index.build.build import BuildReport, add, build
from index.errors import OnRecordError, StoreInUse
from index.readers.reading import holds_several, suffix_of

OUR_FAULT = "The page met an error of its own ({}). The terminal in which it runs says more."
# Seconds after which added files are tried again while another process writes to the store. Not measured.
_RETRY_SECONDS = 2.0
# Files whose outcome is kept. Not measured.
_KEPT = 1000

_logger = logging.getLogger("onrecord")


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of a file that may hold several articles: how many of them are in the store, and what is not, with the reasons."""

    articles: int
    skipped: Sequence[Skipped]


class Indexer:
    """Brings the store at `folder` in step with `sources` and with the files in `added`, in the background; its thread ends where there is
    nothing to do. `write_lock` is held while it writes. `chroma` is the address of the server that has the store's vectors, if one has."""

    def __init__(self, folder: Path, sources: Path | None, added: Path, chroma: str | None, write_lock: threading.Lock) -> None:
        self._folder, self._sources, self._added, self._chroma, self._write_lock = folder, sources, added, chroma, write_lock
        # What the thread is to do.
        self._jobs = threading.Lock()
        self._is_working = False
        self._all_is_due = False
        self._due: list[Path] = []
        # Written by the thread.
        self._read: int | None = None
        self._skipped: tuple[Skipped, ...] = ()
        self._taken: OrderedDict[str, Taken] = OrderedDict()
        self._troubles: dict[bool, str] = {}  # whether it was in adding files, and an error's line

    @property
    def read(self) -> int | None:
        """How many articles a running build has processed; None where none runs."""
        return self._read

    @property
    def skipped(self) -> Sequence[Skipped]:
        return self._skipped

    @property
    def trouble(self) -> str | None:
        """The line of an error that stopped the work."""
        return next(iter(self._troubles.copy().values()), None)

    def taken(self, name: str) -> Taken | None:
        """The outcome of an added file of that name which may hold several articles; None until it is known."""
        return self._taken.get(name)

    def forget(self, name: str) -> None:
        """Another file has that name now."""
        self._taken.pop(name, None)

    def bring_in_step(self) -> None:
        """Begins to bring the store in step with the sources and with all that was added."""
        assert self._sources is not None
        with self._jobs:
            self._all_is_due = True
            self._begin()

    def bring_in(self, file: Path) -> None:
        """Begins to bring an added file into the store."""
        with self._jobs:
            self._due.append(file)
            self._begin()

    def _begin(self) -> None:
        self._read = self._read or 0
        if not self._is_working:
            self._is_working = True
            threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while (files := self._next_job()) is not None:
            try:
                with self._write_lock:
                    if files:
                        report = add(self._folder, files, progress=self._progress(), chroma=self._chroma)
                        self._skipped += tuple(report.skipped)
                        self._note(files[0], Taken(report.added + report.unchanged, tuple(report.skipped)))
                    else:
                        report = build(self._folder, self._everything(), progress=self._progress(), chroma=self._chroma)
                        self._skipped = tuple(report.skipped)
                self._troubles.pop(bool(files), None)
            except StoreInUse as error:
                self._troubles[bool(files)], self._read = str(error), None
                if files:
                    with self._jobs:
                        self._due = files + self._due
                    sleep(_RETRY_SECONDS)
            except OnRecordError as error:
                self._give_up(files, str(error))
            except Exception as error:
                _logger.exception("indexing")
                self._give_up(files, OUR_FAULT.format(type(error).__name__))

    def _give_up(self, files: Sequence[Path], line: str) -> None:
        self._troubles[bool(files)] = line
        if files:
            self._note(files[0], Taken(0, (Skipped(files[0].name, line),)))

    def _note(self, file: Path, taken: Taken) -> None:
        if _holds_several(file):
            self._taken[file.name] = taken
            while len(self._taken) > _KEPT:
                self._taken.popitem(last=False)

    def _next_job(self) -> list[Path] | None:
        """Files to add, none of them for everything, or None where there is nothing to do. A file that may hold several articles comes
        alone, so that the outcome can be reported."""
        with self._jobs:
            if self._all_is_due:
                self._all_is_due, self._read = False, 0
                return []
            end = next((max(1, place) for place, file in enumerate(self._due) if _holds_several(file)), len(self._due))
            files, self._due = self._due[:end], self._due[end:]
            self._is_working = bool(files)
            self._read = 0 if files else None
            return files or None

    def _everything(self) -> list[Path]:
        assert self._sources is not None
        is_apart = not self._added.resolve().is_relative_to(self._sources.resolve())
        return [self._sources, self._added] if is_apart and self._added.is_dir() else [self._sources]

    def _progress(self) -> Callable[[BuildReport], None]:
        written = 0

        def progress(report: BuildReport) -> None:
            nonlocal written
            # Called after each article that was read, and after each batch that was written: the latter moves these counts.
            if report.added + report.changed == written and self._read is not None:
                self._read += 1
            written = report.added + report.changed

        return progress


def _holds_several(file: Path) -> bool:
    return holds_several(suffix_of(file.name))
