"""Floors that figures must not fall under, in a file that people and CI read.

    {"samples": {"search": {"article@1": 0.8}, "ask": {"broken_citations": 0}}}

A floor is the least that a figure may be, or the most where less is better. Floors only rise: `raised` loosens one only on request.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.atomic_write import replace_file
from index.errors import InputError
from qa.evaluate.files import read_json
from qa.evaluate.measures import MEASURES
from qa.evaluate.results import SetResult

Floors = dict[str, dict[str, dict[str, float]]]
"""Set, section and measure to its floor."""

_STEP = 1000  # floors are written in steps of .001, rounded to the loose side


@dataclass(frozen=True, slots=True)
class Held:
    """A figure and its floor. `figure` is None where the run has none: that counts as fallen."""

    set: str
    section: str
    measure: str
    floor: float
    figure: float | None

    @property
    def less_is_better(self) -> bool:
        return MEASURES[self.section, self.measure].better == "less"

    @property
    def holds(self) -> bool:
        if self.figure is None:
            return False
        return self.figure <= self.floor if self.less_is_better else self.figure >= self.floor


def read_floors(path: Path) -> Floors:
    """Raises InputError where the file cannot be read, or names something that is not measured."""
    floors: Floors = read_json(path, "a file of floors")
    for place, value in _leaves(floors):
        if len(place) != 3 or place[1:] not in MEASURES or isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"{path} holds {' / '.join(place) or 'something'} that is no floor of a measure. See docs/evaluation.md.")
    return floors


def _leaves(value: Any, place: tuple[str, ...] = ()) -> Sequence[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and len(place) < 3:
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*place, key))]
    return [(place, value)]


def held(floors: Floors, sets: Sequence[SetResult]) -> list[Held]:
    """Every floor of the sets that were run, with the project's own figure. Raises InputError where a set that was run has none."""
    by_name = {set_result["name"]: set_result["systems"][0]["figures"] for set_result in sets}
    missing = by_name.keys() - floors.keys()
    if missing:
        raise InputError(f"The file of floors has none for {sorted(missing)[0]}. Add some, or make them with --raise.")
    return [
        Held(name, section, measure, floor, _value(by_name[name], section, measure))
        for name in by_name
        for section, section_floors in floors[name].items()
        for measure, floor in section_floors.items()
    ]


def _value(figures: Mapping[str, Mapping[str, Any]], section: str, measure: str) -> float | None:
    figure = figures.get(section, {}).get(measure)
    return None if figure is None else figure["value"]


def raised(floors: Floors, sets: Sequence[SetResult], lower: bool) -> Floors:
    """The floors brought up to the figures; with `lower` also down to them. A set without floors gets one for each chief figure but times,
    which are the machine's."""
    made = {name: {section: dict(section_floors) for section, section_floors in sections.items()} for name, sections in floors.items()}
    for set_result in sets:
        figures = set_result["systems"][0]["figures"]
        if set_result["name"] not in made:
            made[set_result["name"]] = {
                section: {name: float("nan") for name in section_floors if MEASURES[section, name].chief}
                for section, section_floors in figures.items()
                if section != "time"
            }
        for section, section_floors in made[set_result["name"]].items():
            for measure, floor in section_floors.items():
                value = _value(figures, section, measure)
                if value is None:
                    continue
                less = MEASURES[section, measure].better == "less"
                loose = (math.ceil if less else math.floor)(round(value * _STEP, 6)) / _STEP
                better = loose < floor if less else loose > floor
                if better or lower or math.isnan(floor):
                    section_floors[measure] = loose
    return made


def write_floors(path: Path, floors: Floors) -> None:
    """Raises InputError where the file cannot be written; the one that was there is then as it was."""
    try:
        replace_file(path, (json.dumps(floors, indent=1) + "\n").encode())
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}). Name another place.") from error
