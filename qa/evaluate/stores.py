"""The stores that sets are measured on: made from a set's own articles, in a temporary folder unless one is named, or there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from index.articles import Article, read_sources
from index.build.build import BuildReport, build
from index.embedding.models import load_embedder
from index.errors import SettingError
from index.store.store import Store
from qa.answer import READ_PASSAGES
from qa.evaluate.run import Progress
from qa.evaluate.sets import EvalSet


@dataclass(frozen=True, slots=True)
class Settings:
    """How a store is made and asked. None is the default."""

    embedder: str | None = None
    passage_tokens: int | None = None
    overlap_sentences: int | None = None
    top_k: int = READ_PASSAGES

    @property
    def of_index(self) -> Settings:
        """What a store is made with: settings that agree in this share one."""
        return replace(self, top_k=READ_PASSAGES)


NUMBERS = {"passage_tokens": (16, 8192), "overlap_sentences": (0, 8), "top_k": (1, 100)}
"""What may vary besides the embedder, and within which limits."""


def varied(options: Sequence[str]) -> list[tuple[dict[str, int | str], Settings]]:
    """Every combination of options such as "passage_tokens=128,256", as named and as settings. Raises SettingError."""
    axes: dict[str, list[int | str]] = {}
    for option in options:
        name, _, values = option.partition("=")
        known = ", ".join(("embedder", *NUMBERS))
        if name not in (*NUMBERS, "embedder"):
            raise SettingError(f"--vary {option!r} varies nothing known. It is NAME=VALUE,VALUE with NAME one of: {known}")
        if name in axes:
            raise SettingError(f"--vary names {name} twice. Give all its values at once: {name}=VALUE,VALUE")
        axes[name] = list(dict.fromkeys(_value(name, value.strip()) for value in values.split(",")))
    return [
        (point := dict(zip(axes, combination, strict=True)), Settings(**point))  # type: ignore[arg-type]  # each of its name's type
        for combination in product(*axes.values())
    ]


def _value(name: str, value: str) -> int | str:
    if name == "embedder":
        load_embedder(value)  # raises where there is none of that name
        return value
    least, most = NUMBERS[name]
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingError(f"--vary {name}={value!r} cannot be: {name} is a number from {least} to {most}.")
    return int(value)


@dataclass(frozen=True, slots=True)
class MadeStore:
    """An open store, and how long it took to make; `seconds` is None where it was there already."""

    store: Store
    seconds: float | None
    skipped: int


class Stores:
    """Stores by source and settings, each made once and kept for the run."""

    def __init__(self, given: Path | None, default: Path, progress: Progress, many: bool, chroma: str | None) -> None:
        """`given` is the folder that the user named, for one store or, if `many`, for one each setting; `default` the store of sets
        without articles; `chroma` the address of the server that has the vectors of both, if one has. Temporary stores need none."""
        self._given, self._default, self._progress, self._many, self._chroma = given, default, progress, many, chroma
        self._made: dict[tuple[Path | None, Settings], MadeStore] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Stores:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def folder(self) -> Path:
        """A temporary folder for the length of the run."""
        return Path(self._stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))

    def at_end(self, action: Callable[[], None]) -> None:
        """What is to be done before the folders go."""
        self._stack.callback(action)

    def of(self, eval_set: EvalSet, settings: Settings) -> MadeStore:
        """The store that a set is measured on. Raises what building and opening raise, and SettingError."""
        key = eval_set.source, settings.of_index
        if key not in self._made:
            self._made[key] = self._open(eval_set, settings.of_index)
            self._stack.callback(self._made[key].store.close)
        return self._made[key]

    def _open(self, eval_set: EvalSet, settings: Settings) -> MadeStore:
        if eval_set.source is None:
            if settings != Settings():
                raise SettingError(f"{eval_set.name} has no articles of its own to index in another way. Give it a set.json with a source.")
            return MadeStore(Store.open(self._given or self._default, chroma=self._chroma), None, 0)
        if self._given is None:
            return self._build(self.folder() / "store", eval_set.source, settings, None)
        if {source for source, _ in self._made} - {eval_set.source}:
            raise SettingError("--store goes with sets over the same articles. Leave it out, or evaluate these one by one.")
        folder = self._given / _name(settings) if self._many else self._given
        # A store that holds other articles as well is a user's: it is used as it is.
        if (folder / "manifest.json").exists() and not _only_from(folder, eval_set.source, self._chroma):
            return MadeStore(Store.open(folder, chroma=self._chroma), None, 0)
        return self._build(folder, eval_set.source, settings, self._chroma)

    def _build(self, folder: Path, source: Path, settings: Settings, chroma: str | None) -> MadeStore:
        def progress(report: BuildReport) -> None:
            self._progress(f"Indexing {source.name}", report.added + report.changed + report.unchanged, 0)

        embedder = load_embedder(settings.embedder) if settings.embedder else None
        report = build(folder, [source], embedder, settings.passage_tokens, settings.overlap_sentences, progress, chroma)
        made = report.added + report.changed > 0
        return MadeStore(Store.open(folder, chroma=chroma), report.seconds if made else None, len(report.skipped))


def _name(settings: Settings) -> str:
    """A folder's name for a store of these settings."""
    parts = {"embedder": settings.embedder, "passage_tokens": settings.passage_tokens, "overlap_sentences": settings.overlap_sentences}
    named = [f"{name}={value}" for name, value in parts.items() if value is not None]
    return ",".join(named).replace("/", "_") or "default"


def _only_from(folder: Path, source: Path, chroma: str | None) -> bool:
    """Whether the store holds nothing but articles of the source, so that a build would take nothing from it."""
    store = Store.open(folder, whole=False, chroma=chroma)
    try:
        held = set(store.catalogue.fingerprints())
    finally:
        store.close()
    return held <= {item.id for item in read_sources([source]) if isinstance(item, Article)}
