"""Results for the terminal: plain text, 100 columns where nothing is compared. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.evaluate.compare import NOISE, Flip, ReportComparison
from qa.evaluate.gate import Held
from qa.evaluate.measures import MEASURES
from qa.evaluate.results import GroupFigures, MeasuredFigure, Results, SetResult, SweepPoint

_LABEL = 32
_CELL = 24  # a figure with its interval
_NARROW = 10  # a figure alone
_FLIPS = 10  # shown of each kind; --json has all


def results(measured: Results) -> str:
    lines: list[str] = []
    for set_result in measured["sets"]:
        lines += [*_set(set_result), ""]
    lines += _sweep(measured["sweep"])
    memory = measured["peak_memory_mb"]
    run = [f"{measured['seconds']:.0f} s"] + ([f"{memory:,.0f} MB at most"] if memory is not None else [])
    settings = (f"{name} {value}" for name, value in measured["settings"].items() if name != "embedder_version" and not measured["sweep"])
    return "\n".join([*lines, ", ".join((*run, *settings))])


def _set(set_result: SetResult) -> Iterator[str]:
    systems = set_result["systems"]
    languages = ", ".join(f"{language} {count:,}" for language, count in set_result["languages"].items())
    yield f"{set_result['name']}: {set_result['articles']:,} articles ({languages}), {set_result['passages']:,} passages"
    if set_result["index_seconds"] is not None:
        skipped = f", {set_result['skipped']} files skipped" if set_result["skipped"] else ""
        yield f"indexed in {set_result['index_seconds']:.1f} s{skipped}"
    if set_result["left_out"]:
        first = set_result["left_out"][0]
        yield f"{len(set_result['left_out'])} records left out, the first {first['id']}: {first['reason']}"
    width = max(_CELL, *(len(system["name"]) + 2 for system in systems))
    if len(systems) > 1:
        yield _row("", [system["name"] for system in systems], width)
    for (section, name), measure in MEASURES.items():
        figures = [system["figures"].get(section, {}).get(name) for system in systems]
        if any(figures):
            yield _row(measure.label, [cell(figure, measure.unit) if figure else "–" for figure in figures], width)
    wrong = [
        f"{gold} → {given} {count}"
        for gold, row in (systems[0]["confusion"] or {}).items()
        for given, count in row.items()
        if gold != given
    ]
    if wrong:
        yield f"{'Wrong verdicts'.ljust(_LABEL)}{', '.join(wrong)}"
    for difference in set_result["differences"]:
        measure = MEASURES[difference["section"], difference["measure"]]
        if measure.chief:
            yield (
                f"{measure.label.ljust(_LABEL)}{difference['value']:+.3f} against {difference['against']}, "
                f"{_interval(difference['low'], difference['high'])}, p {difference['p']:.3f}"
            )
    yield from _groups(systems[0]["groups"])


def _groups(groups: Sequence[GroupFigures]) -> Iterator[str]:
    """The chief shares of each group, a column each."""
    if not groups:
        return
    yield ""
    yield _row("", [group["name"] for group in groups], _NARROW)
    for (section, name), measure in MEASURES.items():
        figures = [group["figures"].get(section, {}).get(name) for group in groups]
        if measure.chief and measure.unit == "share" and any(figures):
            yield _row(measure.label, [_value(figure["value"], measure.unit) if figure else "–" for figure in figures], _NARROW)


def _row(label: str, cells: Sequence[str], width: int) -> str:
    return f"{label.ljust(_LABEL)}{''.join(cell.ljust(width) for cell in cells)}".rstrip()


def cell(figure: MeasuredFigure, unit: str) -> str:
    """A figure with its interval.

    >>> cell({"value": 0.5, "low": 0.25, "high": 0.75, "n": 8}, "share")
    '.500 [.250, .750]'
    >>> cell({"value": 3, "low": None, "high": None, "n": 8}, "count")
    '3'
    """
    value = _value(figure["value"], unit)
    if figure["low"] is None or figure["high"] is None:
        return value
    return f"{value} [{_value(figure['low'], unit)}, {_value(figure['high'], unit)}]"


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return f"{value:.3f}".removeprefix("0") if value < 1 else f"{value:.3f}"
    return f"{value:.0f}" if unit == "count" else f"{value:.1f}"


def _interval(low: float, high: float) -> str:
    return f"[{low:+.3f}, {high:+.3f}]"


def _sweep(points: Sequence[SweepPoint]) -> Iterator[str]:
    if not points:
        return
    chief = [
        key
        for key, measure in MEASURES.items()
        if measure.chief and any(measure.name in point["figures"].get(measure.section, {}) for point in points)
    ]
    for name in dict.fromkeys(point["set"] for point in points):
        set_points = [point for point in points if point["set"] == name]
        yield name
        heads = [", ".join(f"{key} {value}" for key, value in point["settings"].items()) for point in set_points]
        width = max(14, *(len(head) + 2 for head in heads))
        yield _row("", heads, width)
        yield _row("Passages", [f"{point['passages']:,}" for point in set_points], width)
        for section, measure_name in chief:
            measure = MEASURES[section, measure_name]
            figures = [point["figures"].get(section, {}).get(measure_name) for point in set_points]
            if any(figures):
                yield _row(measure.label, [_value(figure["value"], measure.unit) if figure else "–" for figure in figures], width)
        yield ""


def comparison(compared: ReportComparison) -> str:
    lines = [f"{name}: {before} → {after}" for name, (before, after) in compared["settings"].items()]
    for set_result in compared["sets"]:
        lines.append(f"{set_result['name']}:")
        changed = [difference for difference in set_result["differences"] if difference["value"]]
        for difference in changed:
            label = MEASURES[difference["section"], difference["measure"]].label
            says = "more than noise" if difference["p"] < NOISE else "no more than noise explains"
            interval = _interval(difference["low"], difference["high"])
            lines.append(f"  {label.ljust(_LABEL)}{difference['value']:+.3f} {interval} p {difference['p']:.3f}: {says}")
        if not changed:
            lines.append("  no figure changed")
        for what, flips in (
            ("now right", set_result["better"]),
            ("no longer right", set_result["worse"]),
            ("wrong in another way", set_result["otherwise"]),
        ):
            lines += _flips(what, flips)
        if any(set_result["only_in"]):
            lines.append(f"  only in the first: {set_result['only_in'][0]}; only in the second: {set_result['only_in'][1]}")
    if compared["sets_in_one"]:
        lines.append(f"In one of the two only: {', '.join(compared['sets_in_one'])}")
    return "\n".join(lines)


def _flips(what: str, flips: Sequence[Flip]) -> Iterator[str]:
    if flips:
        yield f"  {len(flips)} {what}:"
        yield from (
            f"    {flip['id']} {flip['before']} → {flip['after']}: {' '.join(flip['asked'].split())[:60]}" for flip in flips[:_FLIPS]
        )
        if len(flips) > _FLIPS:
            yield f"    and {len(flips) - _FLIPS} more"


def gate(floors: Sequence[Held]) -> str:
    """The floors that do not hold, a line each, or that all do."""
    fallen = [floor for floor in floors if not floor.holds]
    lines = []
    for floor in fallen:
        figure = "not measured" if floor.figure is None else f"{floor.figure:.4g}"
        relation = "over its ceiling" if floor.less_is_better and floor.figure is not None else "under its floor"
        lines.append(f"{floor.set} {floor.section} {floor.measure}: {figure}, {relation} {floor.floor:g}")
    return "\n".join(lines) or f"All {len(floors)} floors hold."
