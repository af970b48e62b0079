"""Settings compared: a table a set with a row a setting, and plots over the setting that varies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from markupsafe import Markup

from qa.evaluate.measures import Measure
from qa.evaluate.report.charts import line_key, plot
from qa.evaluate.report.failed_rows import isolated
from qa.evaluate.report.numbers import seconds, setting_name
from qa.evaluate.report.tables import chief_measures, figure_cell, figure_of, table_row, wide_table
from qa.evaluate.results import MeasuredFigure, SweepPoint


def sweep_section(points: Sequence[SweepPoint]) -> Markup:
    """A table a set, and plots."""
    sets = list(dict.fromkeys(point["set"] for point in points))
    tables = Markup().join(
        (Markup("<h3>{}</h3>\n").format(isolated(name)) if len(sets) > 1 else Markup())
        + _settings_table([point for point in points if point["set"] == name])
        for name in sets
    )
    return Markup(
        '<section class="sweep">\n<h2>Settings compared</h2>\n{}<p class="small">Bold: the best on its set. Where intervals overlap, that '
        "may be chance.</p>\n{}</section>"
    ).format(tables, _sweep_plots(points))


def _settings_table(points: Sequence[SweepPoint]) -> Markup:
    """A row a setting."""
    measures = chief_measures(point["figures"] for point in points)
    best = {measure: _best(measure, points) for measure in measures}
    rows = []
    for point in points:
        figures = {measure: figure_of(point["figures"], measure) for measure in measures}
        rows.append(
            table_row(
                isolated(", ".join(map(str, point["settings"].values()))),
                [
                    *(
                        Markup('<td class="number">{}</td>').format(cell)
                        for cell in (f"{point['passages']:,}", seconds(point["index_seconds"]))
                    ),
                    *(
                        figure_cell(figure, measure, with_n=False, best=_has_value(figure, best[measure]))
                        for measure, figure in figures.items()
                    ),
                ],
            )
        )
    corner = ", ".join(map(setting_name, points[0]["settings"]))
    return wide_table("Settings", isolated(corner), ["passages", "indexed in", *(measure.label for measure in measures)], rows)


def _best(measure: Measure, points: Sequence[SweepPoint]) -> float | None:
    """The best value; None where all are equal or none is better than another."""
    values = _values(figure_of(point["figures"], measure) for point in points)
    if len(values) < 2 or measure.better == "neither":
        return None
    return max(values) if measure.better == "more" else min(values)


def _has_value(figure: MeasuredFigure | None, value: float | None) -> bool:
    return figure is not None and value is not None and figure["value"] == value


def _values(figures: Iterable[MeasuredFigure | None]) -> set[float]:
    return {figure["value"] for figure in figures if figure is not None and figure["value"] is not None}


def _sweep_plots(points: Sequence[SweepPoint]) -> Markup:
    """Plots over the first setting that varies of what it changes: a line a set; where others vary too, plots for each set, with a line for
    each of those."""
    from qa.evaluate.report import plots  # noqa: PLC0415

    varied = [name for name in points[0]["settings"] if len({_value_of_setting(point, name) for point in points}) > 1]
    if not varied:
        return Markup()
    over, *others = varied
    together: dict[str, dict[str, dict[str, SweepPoint]]] = {}
    for point in points:
        line = ", ".join(f"{setting_name(name)} {_value_of_setting(point, name)}" for name in others)
        group, line = (point["set"], line) if others else ("", point["set"])
        together.setdefault(group, {}).setdefault(line, {})[_value_of_setting(point, over)] = point
    # more lines than there are signs could not be distinguished
    batches = [
        (group, dict(list(lines.items())[start : start + plots.SERIES]))
        for group, lines in together.items()
        for start in range(0, len(lines), plots.SERIES)
    ]
    values = list(dict.fromkeys(_value_of_setting(point, over) for point in points))
    charts: list[tuple[str, bool, Callable[[SweepPoint], MeasuredFigure | None]]] = [
        *((measure.label, measure.unit == "share", _finder(measure)) for measure in chief_measures(point["figures"] for point in points)),
        ("Passages", False, lambda point: _plain_figure(point["passages"])),
        ("Seconds to index", False, lambda point: _plain_figure(point["index_seconds"])),
    ]
    drawn = []
    for batch, (group, lines) in enumerate(batches, start=1):
        figures = []
        for number, (label, share, figure_at) in enumerate(charts, start=1):
            series = [[figure_at(line[value]) if value in line else None for value in values] for line in lines.values()]
            if len(_values(chain.from_iterable(series))) > 1:
                svg = plots.sweep(
                    values, series, share, setting_name(over), f"report-sweep-{batch}-{number}", f"{label} over {setting_name(over)}"
                )
                figures.append(plot(label, svg, ""))
        heading = Markup("<h3>{}</h3>\n").format(isolated(group)) if len(together) > 1 else ""
        key = Markup('<p class="keys">{}</p>\n').format(line_key(list(lines))) if len(lines) > 1 else ""
        drawn.append(Markup('{}{}<div class="plots">\n{}</div>\n').format(heading, key, Markup().join(figures)))
    return Markup().join(drawn)


def _finder(measure: Measure) -> Callable[[SweepPoint], MeasuredFigure | None]:
    return lambda point: figure_of(point["figures"], measure)


def _plain_figure(value: float | None) -> MeasuredFigure:
    return {"value": value, "low": None, "high": None, "n": 0}


def _value_of_setting(point: SweepPoint, name: str) -> str:
    return str(point["settings"].get(name, "–"))
