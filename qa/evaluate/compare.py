"""Two runs of the same sets: which figures changed, which rows flipped, and whether it is more than noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, cast

from index.errors import InputError
from qa.evaluate.files import read_json
from qa.evaluate.measures import differences
from qa.evaluate.results import FORMAT, QuestionRow, QuoteRow, Results, SystemDifference

NOISE = 0.05  # from this p on a difference counts as noise: the usual threshold


class Flip(TypedDict):
    """A row whose outcome changed."""

    id: str
    asked: str
    before: str
    after: str


class SetChange(TypedDict):
    """One set in both runs. `differences` are the second's figures less the first's; `only_in` counts rows that one run alone has."""

    name: str
    differences: list[SystemDifference]
    better: list[Flip]
    worse: list[Flip]
    otherwise: list[Flip]
    only_in: list[int]


class ReportComparison(TypedDict):
    """`settings` are those that differ, each with both values. `sets_in_one` are in one run only."""

    settings: dict[str, list[Any]]
    sets: list[SetChange]
    sets_in_one: list[str]


def read_results(path: Path) -> Results:
    """Raises InputError where the file is no report.json of this program."""
    results = read_json(path, "a report.json")
    if not isinstance(results, dict) or results.get("format") != FORMAT or not results.get("sets"):
        raise InputError(f"{path} is no report.json of an evaluation of this version. Run: python -m qa evaluate FOLDER --report DIR")
    return cast(Results, results)


def compare(before: Results, after: Results) -> ReportComparison:
    """Raises InputError where the two have no set in common."""
    first, second = ({set_result["name"]: set_result["systems"][0] for set_result in run["sets"]} for run in (before, after))
    common = [name for name in first if name in second]
    if not common:
        raise InputError("The two reports have no set in common, so there is nothing to compare.")
    settings = {
        name: [before["settings"].get(name), after["settings"].get(name)]
        for name in dict.fromkeys((*before["settings"], *after["settings"]))
        if before["settings"].get(name) != after["settings"].get(name)
    }
    sets: list[SetChange] = []
    for name in common:
        old, new = first[name], second[name]
        flips = [
            *_flips({row["id"]: row for row in old["questions"]}, new["questions"], "question"),
            *_flips({row["id"]: row for row in old["quotes"]}, new["quotes"], "quote"),
        ]
        ids = [{row["id"] for row in (*set_result["questions"], *set_result["quotes"])} for set_result in (old, new)]
        sets.append(
            {
                "name": name,
                "differences": [
                    *differences(name, new["questions"], old["questions"]),
                    *differences(name, new["quotes"], old["quotes"]),
                ],
                "better": [flip for flip in flips if flip["after"] == "right"],
                "worse": [flip for flip in flips if flip["before"] == "right"],
                "otherwise": [flip for flip in flips if "right" not in (flip["before"], flip["after"])],
                "only_in": [len(ids[0] - ids[1]), len(ids[1] - ids[0])],
            }
        )
    return {"settings": settings, "sets": sets, "sets_in_one": sorted(first.keys() ^ second.keys())}


def _flips(old: Mapping[str, QuestionRow | QuoteRow], new: Sequence[QuestionRow | QuoteRow], text: str) -> list[Flip]:
    return [
        {"id": row["id"], "asked": str(row[text]), "before": old[row["id"]]["outcome"], "after": row["outcome"]}  # type: ignore[literal-required]
        for row in new
        if row["id"] in old and old[row["id"]]["outcome"] != row["outcome"]
    ]
