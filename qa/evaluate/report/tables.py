"""Figures as tables of a report, and what such tables are made of.

A figure has its 95 % interval and the number of rows that it is measured over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from markupsafe import Markup

from qa.evaluate.compare import NOISE
from qa.evaluate.measures import MEASURES, Measure
from qa.evaluate.report.failed_rows import isolated, verdict_name
from qa.evaluate.report.numbers import in_unit, interval, rough_interval, signed
from qa.evaluate.results import GroupFigures, MeasuredFigure, SystemDifference, SystemResult
from qa.quotes.check import Verdict
from qa.quotes.report import GOOD

Figures = Mapping[str, Mapping[str, MeasuredFigure]]

_SECTIONS = {"search": "Finding passages", "ask": "Answering", "check": "Checking quotes", "time": "Time"}
_OF_GROUPS = {"language": ("By language", "Asked in"), "pair": ("By language of question and article", "Asked on articles in")}


def chief_table(system: SystemResult) -> Markup:
    """The chief figures of a system."""
    return _table(
        {
            section: {name: measured_figures[name] for name in measured_figures if MEASURES[section, name].chief}
            for section, measured_figures in system["figures"].items()
        }
    )


def _table(figures: Figures) -> Markup:
    """A row a figure, with its interval drawn."""
    sections = [(title, measured(figures, section)) for section, title in _SECTIONS.items()]
    bodies = Markup().join(
        Markup('<tbody>\n<tr><th class="section" scope="rowgroup" colspan="4">{}</th></tr>\n{}</tbody>\n').format(
            title, Markup().join(_row(measure, figure) for measure, figure in rows)
        )
        for title, rows in sections
        if rows
    )
    return Markup(
        '<table class="figures"><thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th>'
        '<th scope="col">95 % interval</th><th scope="col" class="number"><abbr title="what it is measured over">n</abbr></th></tr>'
        "</thead>\n{}</table>\n"
    ).format(bodies)


def measured(figures: Figures, section: str) -> list[tuple[Measure, MeasuredFigure]]:
    """The figures of a section, in the order of MEASURES."""
    of_section = figures.get(section, {})
    return [(measure, of_section[name]) for (of, name), measure in MEASURES.items() if of == section and name in of_section]


def _row(measure: Measure, figure: MeasuredFigure) -> Markup:
    return Markup(
        '<tr><th scope="row">{}</th><td class="number">{}</td><td>{}<small>{}</small></td><td class="number">{:,}</td></tr>\n'
    ).format(
        _labelled(measure),
        in_unit(figure["value"], measure),
        _bar(figure) if measure.unit == "share" else "",
        interval(figure, measure),
        figure["n"],
    )


def _bar(figure: MeasuredFigure) -> Markup:
    """A share and its interval, drawn between 0 and 1."""
    value = figure["value"]
    if value is None:
        return Markup()
    low, high = (value if end is None else end for end in (figure["low"], figure["high"]))
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="4" width="100" height="2"/><rect class="span" x="{:.1f}" y="2" width="{:.1f}" height="6"/>'
        '<rect class="at" x="{:.1f}" width="1.6" height="10"/></svg>'
    ).format(100 * low, 100 * (high - low), min(98.4, max(0, 100 * value - 0.8)))


def all_figures(systems: Sequence[SystemResult]) -> Markup:
    """A row a measure; of several systems, a table a section and a column a system."""
    if len(systems) == 1:
        return _table(systems[0]["figures"])
    tables = []
    for section, title in _SECTIONS.items():
        having = [system for system in systems if system["figures"].get(section)]
        rows = [
            table_row(_labelled(measure), [figure_cell(system["figures"][section].get(name), measure, precise=True) for system in having])
            for (of, name), measure in MEASURES.items()
            if of == section and any(name in system["figures"][section] for system in having)
        ]
        if rows:
            tables.append(wide_table(title, title, [isolated(system["name"]) for system in having], rows))
    return Markup().join(tables)


def matrix(corner: str, groups: Sequence[tuple[Markup, Figures]]) -> Markup:
    """A row a group, a column a chief figure."""
    measures = chief_measures(figures for _, figures in groups)
    rows = [table_row(name, [figure_cell(figure_of(figures, measure), measure) for measure in measures]) for name, figures in groups]
    return wide_table(corner, corner, [measure.label for measure in measures], rows)


def chief_measures(figures: Iterable[Figures]) -> list[Measure]:
    """The chief measures that any of these has."""
    having = {(section, name) for by_section in figures for section, of_section in by_section.items() for name in of_section}
    return [measure for key, measure in MEASURES.items() if measure.chief and key in having]


def figure_of(figures: Figures, measure: Measure) -> MeasuredFigure | None:
    """The figure of a measure, where there is one."""
    return figures.get(measure.section, {}).get(measure.name)


def group_tables(groups: Sequence[GroupFigures]) -> Markup:
    """A table a kind of group, with a row a group."""
    tables = []
    for of, (title, corner) in _OF_GROUPS.items():
        rows = [(isolated(group["name"]), group["figures"]) for group in groups if group["of"] == of]
        if rows:
            tables.append(Markup("<h3>{}</h3>\n{}").format(title, matrix(corner, rows)))
    return Markup().join(tables)


def differences_table(differences: Sequence[SystemDifference]) -> Markup:
    """A row a measure, a column another system."""
    if not differences:
        return Markup()
    others = list(dict.fromkeys(difference["against"] for difference in differences))
    by = {(difference["section"], difference["measure"], difference["against"]): difference for difference in differences}

    def table(chief: bool) -> Markup:
        rows = [
            table_row(_labelled(measure), [_difference(by.get((section, name, other)), measure) for other in others])
            for (section, name), measure in MEASURES.items()
            if measure.chief is chief and any((section, name, other) in by for other in others)
        ]
        return wide_table("Differences", "Ours less theirs", [isolated(other) for other in others], rows) if rows else Markup()

    return Markup(
        '<h3>Against the other systems</h3>\n{}<p class="small">Over the same questions, with 95 % intervals; p by a paired '
        "randomisation test. Of twenty systems that are no better, one will look better than noise explains.</p>\n{}"
    ).format(table(True), folded("More differences", table(False)))


def _difference(difference: SystemDifference | None, measure: Measure) -> Markup:
    if difference is None:
        return Markup('<td class="number">–</td>')
    kind, said = "", "no more than noise"
    if difference["p"] < NOISE and measure.better == "neither":
        said = "more than noise explains"
    elif difference["p"] < NOISE:
        better = (difference["value"] > 0) == (measure.better == "more")
        kind, said = ("good", "better than noise explains") if better else ("bad", "worse than noise explains")
    value, low, high = (signed(end, measure) for end in (difference["value"], difference["low"], difference["high"]))
    return Markup('<td class="number {}" title="n {:,}">{}<small>{} to {}</small><small class="said">{}<br>{}</small></td>').format(
        kind, difference["n"], value, low, high, said, "p < 0.001" if difference["p"] < 0.001 else f"p = {difference['p']:.3f}"
    )


def confusion_table(counts: Mapping[str, Mapping[str, int]] | None) -> Markup:
    """Right verdicts × given verdicts, with how many quotes there are of each."""
    if not counts:
        return Markup()
    given = {verdict for row in counts.values() for verdict in row}
    verdicts: list[Verdict] = [verdict for verdict in get_args(Verdict) if verdict in counts or verdict in given]
    rows = [table_row(verdict_name(right), [_confused(right, given, counts.get(right, {})) for given in verdicts]) for right in verdicts]
    return Markup(
        '<h3>Verdicts</h3>\n<div class="confusion">{}</div><p class="small">A row for what the quotes are, a column for what they '
        "were judged to be. Framed: falsely passed as verbatim.</p>"
    ).format(wide_table("Verdicts", "Right ↓ given →", [verdict_name(verdict) for verdict in verdicts], rows))


def _confused(right: Verdict, given: Verdict, row: Mapping[str, int]) -> Markup:
    count = row.get(given, 0)
    if not count:
        return Markup('<td class="none">·</td>')
    framed = "framed" if given in GOOD and right not in GOOD else ""
    shade = max(1, round(5 * count / sum(row.values())))
    return Markup('<td class="{} shade-{} {}">{:,}</td>').format("good" if right == given else "bad", shade, framed, count)


# Pieces of tables.


def wide_table(label: str, corner: str, heads: Iterable[str], rows: Iterable[Markup]) -> Markup:
    """A table that may be wider than the page: it moves within its own frame, by keys too."""
    return Markup(
        '<div class="wide" role="region" aria-label="{}" tabindex="0"><table>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n'
    ).format(
        label,
        corner,
        Markup().join(Markup('<th scope="col" class="number">{}</th>').format(head) for head in heads),
        Markup().join(rows),
    )


def table_row(name: str, cells: Iterable[Markup]) -> Markup:
    """A row with its heading; each cell is a whole `<td>`."""
    return Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(name, Markup().join(cells))


def _labelled(measure: Measure) -> Markup:
    return Markup("{}<small>{}</small>").format(measure.label, measure.meaning)


def figure_cell(figure: MeasuredFigure | None, measure: Measure, precise: bool = False, with_n: bool = True, best: bool = False) -> Markup:
    """A `<td>` with the value, its interval and what it is measured over."""
    if figure is None:
        return Markup('<td class="number">–</td>')
    n = f"n {figure['n']:,}"
    return Markup('<td class="number{}" title="{}">{}<small>{}</small></td>').format(
        " best" if best else "",
        " · ".join(filter(None, (interval(figure, measure), n))),
        in_unit(figure["value"], measure),
        Markup("<br>").join(filter(None, ((interval if precise else rough_interval)(figure, measure), n if with_n else ""))),
    )


def folded(title: str, body: Markup) -> Markup:
    """What is shown when the title is chosen; nothing where the body is empty."""
    return Markup("<details><summary>{}</summary>\n{}</details>").format(title, body) if body else Markup()
