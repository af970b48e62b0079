"""What each number in the code is worth: every constant is lowered and raised by a third, and what the program makes is compared.

    .venv/bin/python docs/sensitivity.py RESULTS [SETS] [--stores DIR] [--questions 30] [--list]
    .venv/bin/python docs/sensitivity.py RESULTS --report docs/constants.md

RESULTS is a file of JSON lines, one a change of a constant. Stopped, the same command goes on from there. --list prints the constants.

A constant is a number that a module of index/ or qa/ gives a name, or a value of the default model's calibration with token vectors; what
is computed of other constants follows them. It is set in every module that has it. Where it is used while a module is imported (a default,
a table), a copy of the code is changed and run in another process. UNMEASURED in docs/sensitivity_constants.py says what is left out.

A changed constant is only run on what reads it, as a first run tells by the functions that are called:

articles     marks, metadata, quotations and passages of each source; where they change, the store of that source is made anew, and all
             that is asked of it is asked again
retrieval    the passages that are read for a question, at most --questions of each set, evenly spread
questions    the answers from these passages
quotes       that are checked
guard, follow-ups   the cases in tests/cases
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from sensitivity_constants import Constant, constants  # noqa: E402 (the project is not installed)
from sensitivity_report import report  # noqa: E402
from sensitivity_runs import Output, Run  # noqa: E402

FIGURES = (
    *("article@1", "answer_holds_gold", "citation_recall", "citation_precision", "short_exact"),
    *("abstains_when_it_should", "abstains_when_it_should_not"),
    *("verdict_accuracy", "false_verbatim", "located", "speaker_accuracy"),
    *("quotations_found", "speakers_right", "guard_passes", "guard_strikes", "follow_ups_right"),
)


def figures(outputs: Mapping[str, Output]) -> dict[str, list[float]]:
    """Measure to its numerator and denominator over all items."""
    made = [output.values for output in outputs.values()]
    return {name: [sum(one[name][n] for one in made if name in one) for n in (0, 1)] for name in FIGURES}


def kinds(counts: Iterator[tuple[str, int]]) -> dict[str, int]:
    """Counts by kind of item."""
    total = Counter[str]()
    for key, count in counts:
        total[key.partition(":")[0]] += count
    return dict(total)


def differing(one: Output, other: Output) -> int:
    if len(one.made) != len(other.made):
        return max(len(one.made), len(other.made))
    return sum(ours != theirs for ours, theirs in zip(one.made, other.made, strict=True))


def measured(run: Run, constant: Constant, value: float, options: argparse.Namespace) -> dict[str, Any]:
    """One change of a constant."""
    begun = perf_counter()
    wanted = readers(run, constant)
    if constant.used_at_import:
        made = in_a_copy(run, constant, value, wanted, options)
    else:
        constant.set(value)
        try:
            made = run.changed(wanted.__contains__)
        finally:
            constant.set(constant.value)
    return {
        "id": constant.id,
        "set_to": value,
        "reads": kinds((key, len(run.base[key].made)) for key in wanted),
        "changed": kinds((key, differing(output, run.base[key])) for key, output in made.items()),
        "figures": figures(run.base | made),
        "errors": sorted({line for output in made.values() for line in output.made if len(line) != 16})[:1],
        "seconds": round(perf_counter() - begun, 1),
    }


def readers(run: Run, constant: Constant) -> set[str]:
    """The items that may read a constant."""
    if constant.used_at_import:
        return {key for key in run.base if constant.module.startswith("index.") or not key.startswith("articles:")}
    return {key for key, output in run.base.items() if not output.reads.isdisjoint(constant.read_as)}


def by_cost(run: Run) -> list[Constant]:
    """The constants that are measured, those first that need the least time; those last that need another process."""
    known = [one for one in constants() if not one.unmeasured]
    return sorted(known, key=lambda one: (one.used_at_import, sum(run.base[key].seconds for key in readers(run, one))))


def in_a_copy(run: Run, constant: Constant, value: float, wanted: set[str], options: argparse.Namespace) -> dict[str, Output]:
    """What another process makes with a copy of the code in which the constant is changed."""
    with TemporaryDirectory() as folder:
        for part in ("index", "qa", "docs"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__", "*.svg", "*.png"))
        for part in ("page", "samples", "tests"):
            (Path(folder) / part).symlink_to(ROOT / part)
        file = (Path(folder) / constant.module.replace(".", "/")).with_suffix(".py")
        file.write_text(constant.source_with(file.read_text(encoding="utf-8"), value), encoding="utf-8")
        base, made = Path(folder) / "base.json", Path(folder) / "made.json"
        base.write_text(json.dumps({key: run.base[key].made for key in wanted}), encoding="utf-8")
        settings = ["--stores", str(options.stores), "--questions", str(options.questions), "--copy", str(base)]
        command = [sys.executable, f"{folder}/docs/sensitivity.py", str(made), str(options.sets), *settings]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            error = (done.stderr.strip().splitlines() or ["Error: it ended"])[-1][:200]
            return {key: Output((error,), {}) for key in wanted}
        read = json.loads(made.read_text(encoding="utf-8"))
        return {key: Output(tuple(one["made"]), one["values"]) for key, one in read.items()}


def as_copy(options: argparse.Namespace) -> None:
    """What `in_a_copy` asks of the other process."""
    run = Run(options.sets, options.stores, options.questions)
    told = json.loads(options.copy.read_text(encoding="utf-8"))
    run.base = {key: Output(tuple(made), {}) for key, made in told.items()}
    made = run.changed(run.base.__contains__)
    plain = {key: {"made": output.made, "values": output.values} for key, output in made.items()}
    options.results.write_text(json.dumps(plain), encoding="utf-8")


def measure_all(options: argparse.Namespace) -> None:
    done = {(row["id"], row["set_to"]) for row in rows(options.results) if "id" in row}
    run = Run(options.sets, options.stores, options.questions)
    run.begin()
    with options.results.open("a", encoding="utf-8") as out:
        if not done:
            counts = kinds((key, len(output.made)) for key, output in run.base.items())
            out.write(json.dumps({"items": counts, "figures": figures(run.base)}) + "\n")
        for constant in by_cost(run):
            for value in constant.changes():
                if (constant.id, value) not in done:
                    row = measured(run, constant, value, options)
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
                    out.flush()
                    print(row["id"], row["set_to"], row["changed"], row["seconds"], file=sys.stderr)


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, metavar="RESULTS")
    parser.add_argument("sets", type=Path, nargs="?", default=ROOT.parent / "shared" / "eval", metavar="SETS")
    parser.add_argument("--stores", type=Path, metavar="DIR", help="where the stores are kept (default: RESULTS.stores)")
    parser.add_argument("--questions", type=int, default=30, metavar="N", help="of each set")
    parser.add_argument("--list", action="store_true", help="print the constants, measured or not")
    parser.add_argument("--report", type=Path, metavar="PAGE", help="write what RESULTS holds as a page")
    parser.add_argument("--copy", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.stores = options.stores or options.results.with_name(f"{options.results.name}.stores")
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of words in one order here and in a copy
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})
    if options.list:
        for one in constants():
            print(f"{one.module}:{one.line} {one.name} = {one.value:g}" + (f" ({one.unmeasured})" if one.unmeasured else ""))
    elif options.report:
        options.report.write_text(report(rows(options.results), list(constants())), encoding="utf-8")
    elif options.copy:
        as_copy(options)
    else:
        measure_all(options)


if __name__ == "__main__":
    main()
