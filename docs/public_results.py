"""Measures the default on the public sets, beside the baselines, and prints the tables of docs/evaluation.md.

    make public-results SETS=../shared/eval        or: .venv/bin/python docs/public_results.py SETS

SETS is a folder of sets; every one that has questions or quotes is measured as `python -m qa evaluate` measures it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from qa.evaluate.measures import MEASURES  # noqa: E402 (the project is not installed)
from qa.evaluate.results import MeasuredFigure, Results, SetResult, SystemResult  # noqa: E402
from qa.evaluate.sets import read_set  # noqa: E402

_SEARCH = ("article@1", "article@10", "evidence@1", "evidence@10")
_ASK = (
    *("answer_holds_gold", "citation_recall", "citation_precision", "short_exact"),
    *("abstains_when_it_should", "abstains_when_it_should_not", "broken_citations"),
)
_CHECK = ("verdict_accuracy", "located", "speaker_accuracy", "false_verbatim")


def main(folder: Path) -> None:
    by_source: dict[Path | None, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if any((path / name).exists() for name in ("questions.jsonl", "quotes.jsonl")):
            by_source.setdefault(read_set(path).source, []).append(path)
    runs = [_run(folders) for source, folders in by_source.items() if source is not None]
    settings = runs[0]["settings"]
    cpus = runs[0]["machine"]["cpus"]
    print(f"{settings['embedder']}, passages of {settings['passage_tokens']} tokens, {settings['top_k']} read; {cpus} cores.\n")
    sets = sorted((one for run in runs for one in run["sets"]), key=lambda one: one["name"])
    _table("search", _SEARCH, sets, everybody=True)
    _table("ask", _ASK, sets, everybody=False)
    _table("check", _CHECK, sets, everybody=False)
    seconds = sum(run["seconds"] for run in runs)
    print(f"All of it took {seconds / 60:.0f} minutes; at most {max(run['peak_memory_mb'] or 0 for run in runs):,.0f} MB.")


def _run(folders: list[Path]) -> Results:
    command = [sys.executable, "-m", "qa", "evaluate", *map(str, folders), "--baselines", "--json"]
    found: Results = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found


def _table(section: str, names: tuple[str, ...], sets: list[SetResult], everybody: bool) -> None:
    print(f"| set | {'system | ' if everybody else ''}{' | '.join(MEASURES[section, name].label.lower() for name in names)} |")
    print("| --- " * (len(names) + 1 + everybody) + "|")
    for one in sets:
        for system in one["systems"] if everybody else one["systems"][:1]:
            if section in system["figures"]:
                who = f"{system['name']} | " if everybody else ""
                print(f"| {one['name']} | {who}{' | '.join(_cell(one, system, section, name) for name in names)} |")
    print()


def _cell(one: SetResult, system: SystemResult, section: str, name: str) -> str:
    figure: MeasuredFigure | None = system["figures"][section].get(name)
    if figure is None or figure["value"] is None:
        return "–"
    if figure["low"] is None or figure["high"] is None:
        return f"{figure['value']:.0f}"
    # Of a baseline: whether ours differs by more than noise.
    p = next((d["p"] for d in one["differences"] if (d["against"], d["section"], d["measure"]) == (system["name"], section, name)), None)
    mark = "*" if p is not None and p < 0.05 else ""
    return f"{figure['value']:.3f}{mark} ({figure['low']:.2f}–{figure['high']:.2f})".replace("0.", ".")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
