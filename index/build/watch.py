"""Keeps a store in step with its sources while they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import NoReturn

import watchfiles

from index.build.build import BuildReport, build, places_of
from index.embedding.embed import Embedder
from index.errors import InputError, OnRecordError

# Milliseconds without a change after which a round begins, so that files which are being copied are read once; milliseconds after which
# it begins all the same; and milliseconds after which a round that failed is tried again. None is measured.
_QUIET_MILLISECONDS = 300
_LONGEST_MILLISECONDS = 5000
_RETRY_MILLISECONDS = 2000


def watch(
    folder: Path,
    sources: Sequence[Path],
    said: Callable[[BuildReport | OnRecordError], None],
    embedder: Embedder | None = None,
    chroma: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> NoReturn:
    """Builds whenever something under `sources` changes, until it is interrupted: KeyboardInterrupt.

    The store's lock is held while a round writes, and by nobody in between. `said` is called for each round that changed the store, and for
    an error when it is not the one before; a round that failed is tried again until it succeeds, so a disk that went away may come back.
    Raises InputError where the system cannot watch the sources.
    """
    is_due, trouble = True, ""  # due: nothing reports what changed before the watch began
    while True:
        places = places_of(sources)
        for changed in _changes(folder, sources):
            if is_due or changed:
                try:
                    report = build(folder, sources, embedder, chroma=chroma, columns=columns)
                except OnRecordError as error:
                    is_due = True
                    if str(error) != trouble:
                        said(error)
                    trouble = str(error)
                else:
                    is_due, trouble = False, ""
                    if report.added or report.changed or report.removed:
                        said(report)
            if places_of(sources) != places:  # another folder stands there now, which nobody watches yet
                is_due = True
                break


def _changes(folder: Path, sources: Sequence[Path]) -> Iterator[bool]:
    """Whether anything changed, each time that something did, and every two seconds; ends where a source is not there."""
    of_articles = _of_articles(folder, sources)
    try:
        for changes in watchfiles.watch(
            *sources,
            watch_filter=lambda _, path: of_articles(path),
            debounce=_LONGEST_MILLISECONDS,
            step=_QUIET_MILLISECONDS,
            rust_timeout=_RETRY_MILLISECONDS,
            yield_on_timeout=True,
        ):
            yield bool(changes)
    except FileNotFoundError:
        sleep(_RETRY_MILLISECONDS / 1000)
        yield False
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"The sources cannot be watched ({reason}). Build without --watch, from a timer.") from error


def _of_articles(folder: Path, sources: Sequence[Path]) -> Callable[[str], bool]:
    """Which paths may be articles or folders of articles: neither hidden, nor of a store that lies among them."""
    store, roots = folder.absolute(), [source.absolute() for source in sources]

    def is_one(path: str) -> bool:
        changed = Path(path).absolute()
        if changed.is_relative_to(store):
            return False
        inner = [changed.relative_to(root) for root in roots if changed.is_relative_to(root)]
        return not inner or any(not any(part.startswith(".") for part in path.parts) for path in inner)

    return is_one
