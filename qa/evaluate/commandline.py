"""python -m qa evaluate: what its options ask for, composed of the modules of this folder."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from index.commandline import default_store, visible
from index.errors import InputError, SettingError
from index.store.store import Store
from qa.evaluate import compare, gate, table
from qa.evaluate.results import Results, SetResult, SweepPoint
from qa.evaluate.run import Progress, measure
from qa.evaluate.run import results as results_of
from qa.evaluate.sets import EvalSet, read_set
from qa.evaluate.stores import Settings, Stores, varied
from qa.evaluate.systems import OnRecord, OnRecordWriting, System
from qa.reader.reader import Reader
from qa.reader.readers import load_reader
from qa.writing.write import Writer

if TYPE_CHECKING:
    from qa.writing.language_models import LlamaIndexModel

FALLEN = 1


@dataclass(frozen=True, slots=True)
class _Evaluation:
    sets: Sequence[EvalSet]
    stores: Stores
    baselines: bool
    reader: Reader
    model: LlamaIndexModel | None
    progress: Progress

    def systems(self, store: Store, top_k: int) -> list[System]:
        ours: list[System] = [OnRecord(store, top_k, self.reader)]
        if self.model is not None:
            ours.append(OnRecordWriting(store, Writer(self.model), top_k, self.reader))
        if not self.baselines:
            return ours
        from qa.evaluate.baselines import BM25, CitationEngine, Dense, LlamaIndexRetriever  # noqa: PLC0415 (LlamaIndex takes seconds)

        retriever = LlamaIndexRetriever(store.catalogue.all_articles(), store.embedder, self.stores.folder(), self.progress)
        self.stores.at_end(retriever.close)
        systems: list[System] = [*ours, BM25(store), Dense(store), retriever]
        return systems if self.model is None else [*systems, CitationEngine(retriever, self.model)]


def evaluate(options: argparse.Namespace, key: str | None) -> int:
    """Does what was asked for and returns the exit status. `key` opens the language model's server, where it wants one."""
    _consistent(options)
    if options.compare is not None:
        return _compare(options)
    if options.new is not None:
        return _new(options)
    if options.report is not None:
        from qa.evaluate.report.page import check_folder  # noqa: PLC0415 (draws with matplotlib)

        check_folder(options.report)
    floors = {} if options.gate is None or (options.raise_floors and not options.gate.exists()) else gate.read_floors(options.gate)
    sets = [read_set(folder) for folder in options.folders]
    names = [eval_set.name for eval_set in sets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"Two of the folders are named {twice}. Evaluate them one by one.")
    points = varied(options.vary)
    model = None
    if options.model is not None:
        from qa.writing.language_models import language_model  # noqa: PLC0415 (LlamaIndex takes seconds)

        model = language_model(options.model, key)
    try:
        with (
            _bar() as progress,
            Stores(options.store, default_store(), progress, many=bool(options.vary), chroma=options.chroma) as made,
        ):
            run = _Evaluation(sets, made, options.baselines, load_reader(options.reader), model, progress)
            results = _sweep(run, points) if options.vary else _measured(run, Settings())
    except KeyboardInterrupt as stop:
        if options.store is not None:
            raise
        raise KeyboardInterrupt("Stopped. Nothing was kept; with --store DIR what was indexed is, and the same command goes on.") from stop
    if options.report is not None:
        from qa.evaluate.report.page import write  # noqa: PLC0415

        written = write(options.report, results)
        print(f"Written: {written}", file=sys.stderr)
    print(json.dumps(results, ensure_ascii=False) if options.json else visible(table.results(results)))
    return 0 if options.gate is None else _gate(options, floors, results["sets"])


def _consistent(options: argparse.Namespace) -> None:
    """Raises SettingError for options that do not go together."""
    alone = [name for name in ("compare", "new") if getattr(options, name) is not None]
    if len(alone) + bool(options.folders) != 1:
        raise SettingError("Name the folders of one or more sets, or --compare two reports, or start a set with --new FOLDER.")
    meant = {
        "report": options.report is not None,
        "gate": options.gate is not None,
        "vary": bool(options.vary),
        "baselines": options.baselines,
        "model": options.model is not None,
    }
    for name, given in meant.items():
        if given and alone:
            raise SettingError(f"--{name} goes with the folders of sets, not with --{alone[0]}.")
    for name in ("raise", "lower"):
        if getattr(options, "raise_floors" if name == "raise" else name) and not meant["gate"]:
            raise SettingError(f"--{name} goes with --gate.")
    if options.vary and (meant["gate"] or meant["baselines"] or meant["model"]):
        raise SettingError("--vary measures many settings: leave out --gate, --baselines and --model.")


def _measured(run: _Evaluation, settings: Settings) -> Results:
    started = perf_counter()
    measured = []
    for eval_set in run.sets:
        made = run.stores.of(eval_set, settings)
        measured.append(measure(eval_set, made.store, run.systems(made.store, settings.top_k), run.progress, made.seconds, made.skipped))
    return results_of(measured, made.store, settings.top_k, perf_counter() - started)


def _sweep(run: _Evaluation, points: Sequence[tuple[dict[str, int | str], Settings]]) -> Results:
    """Every setting on every set; of the report's other parts a sweep has none."""
    started = perf_counter()
    swept: list[SweepPoint] = []
    for named, settings in points:
        for set_result in _measured(run, settings)["sets"]:
            swept.append(
                {
                    "settings": named,
                    "set": set_result["name"],
                    "passages": set_result["passages"],
                    "index_seconds": set_result["index_seconds"],
                    "figures": set_result["systems"][0]["figures"],
                }
            )
    last = run.stores.of(run.sets[-1], points[-1][1]).store
    return {**results_of([], last, points[-1][1].top_k, perf_counter() - started), "sweep": swept}


def _compare(options: argparse.Namespace) -> int:
    before, after = (compare.read_results(path) for path in options.compare)
    comparison = compare.compare(before, after)
    print(json.dumps(comparison, ensure_ascii=False) if options.json else visible(table.comparison(comparison)))
    return 0


def _new(options: argparse.Namespace) -> int:
    from qa.evaluate.propose import propose  # noqa: PLC0415

    store = Store.open(options.store or default_store(), chroma=options.chroma)
    count = propose(store, options.new)
    path = options.new / "questions.jsonl"
    if options.json:
        print(json.dumps({"questions": str(path), "proposed": count}, ensure_ascii=False))
    else:
        print(visible(f'{count} sentences to ask about in {path}: write each "question", keep of its "answers" the right ones.'))
        where = f" --store {options.store}" if options.store else ""
        print(visible(f"Then: python -m qa evaluate {options.new}{where}"))
    return 0


def _gate(options: argparse.Namespace, floors: gate.Floors, sets: Sequence[SetResult]) -> int:
    if options.raise_floors or options.lower:
        floors = gate.raised(floors, sets, lower=options.lower)
        gate.write_floors(options.gate, floors)
    held = gate.held(floors, sets)
    print(table.gate(held), file=sys.stderr if options.json else sys.stdout)
    return 0 if all(floor.holds for floor in held) else FALLEN


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage on the terminal; none where standard error is not one."""
    bars: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            for before in bars.values():
                before.close()
            bars[stage] = tqdm(desc=stage, total=total or None, disable=None, leave=False)
        bars[stage].update(done - bars[stage].n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()
