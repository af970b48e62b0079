"""Results to a page: one document that needs nothing from anywhere, and report.json beside it.

Sets, articles and answers are hostile: everything goes through MarkupSafe, there is no script, and the page's policy allows none.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import get_args

from markupsafe import Markup

from index.errors import InputError
from qa.check import Verdict
from qa.evaluate.compare import NOISE
from qa.evaluate.files import replace_file
from qa.evaluate.measures import MEASURES, Measure
from qa.evaluate.misses import isolated, misses, times, verdict_name
from qa.evaluate.results import Difference, Figure, Group, LeftOutRow, QuestionRow, QuoteRow, Results, SetResult, SweepPoint, SystemResult
from qa.report import GOOD, in_html

Figures = Mapping[str, Mapping[str, Figure]]

STYLE = Path(__file__).with_name("report.css").read_text("utf-8")
"""For a page that a fragment is put into: every rule is for an element of the class `report` and what is inside it."""


_THIN = "\N{NARROW NO-BREAK SPACE}"  # between a number and its unit

_SECTIONS = {"search": "Finding passages", "ask": "Answering", "check": "Checking quotes", "time": "Time"}
_SETTINGS = {
    "embedder": "model",
    "embedder_version": "version",
    "passage_tokens": "tokens a passage",
    "overlap_sentences": "sentence overlap",
    "top_k": "passages read",
}
_OF_GROUPS = {"language": ("By language", "Asked in"), "pair": ("By language of question and article", "Asked on articles in")}


def html(results: Results) -> str:
    """The whole document."""
    names = [one["name"] for one in results["sets"]] or list(dict.fromkeys(point["set"] for point in results["sweep"]))
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        "<title>Evaluation: {title}</title>\n<style>\n{style}</style>\n</head>\n"
        '<body class="report">\n<main>\n<h1>Evaluation</h1>\n{body}</main>\n</body>\n</html>\n'
    ).format(title=in_html(", ".join(names)), style=Markup(STYLE), body=Markup(fragment(results)))


def fragment(results: Results) -> str:
    """What the document shows below its heading, for an element of the class `report` in a page that has STYLE."""
    parts = [_facts(results)]
    if results["sweep"]:
        parts.append(_sweep(results["sweep"]))
    if len(results["sets"]) > 1:
        parts.append(_overview(results["sets"]))
    parts += [_set(f"report-set-{number}", one) for number, one in enumerate(results["sets"], start=1)]
    return Markup("\n").join(parts) + "\n"


def check_folder(folder: Path) -> None:
    """Raises InputError where no report can be written into the folder: said before the work, not after it."""
    standing = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not standing.is_dir():
        raise InputError(f"{standing} is a file. Name a folder with --report.")
    if not os.access(standing, os.W_OK | os.X_OK):
        raise InputError(f"The report cannot be written to {folder} (Permission denied). Name another folder with --report.")


def write(folder: Path, results: Results) -> Path:
    """Writes report.json and index.html into the folder, which is made, and returns the path of the latter; each replaces what was there,
    whole or not at all. Raises InputError where that cannot be done."""
    page = folder / "index.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A file's name may not be Unicode.
        for path, content in ((folder / "report.json", json.dumps(results, ensure_ascii=False, indent=1) + "\n"), (page, html(results))):
            replace_file(path, content.encode("utf-8", "replace"))
    except OSError as error:
        raise InputError(f"The report cannot be written to {folder} ({error.strerror}). Name another folder with --report.") from error
    return page


# What was measured.


def _facts(results: Results) -> Markup:
    varied = {name for point in results["sweep"] for name in point["settings"]}
    settings = _told_settings({name: value for name, value in results["settings"].items() if name not in varied})
    machine = _told_settings(results["machine"])
    took = [f"{_seconds(results['seconds'])} in all"]
    if results["peak_memory_mb"] is not None:
        took.append(f"at most {results['peak_memory_mb']:,.0f} MB of memory")
    return Markup('<p class="facts">{}</p>\n<p class="small">{}</p>').format(
        _line(settings), _line([results["made"][:16].replace("T", " "), *took, *machine])
    )


def _told_settings(settings: Mapping[str, int | str]) -> Iterator[str]:
    for name, value in settings.items():
        yield f"{value:,} {_setting(name)}" if isinstance(value, int) else f"{_setting(name)} {value}"


def _overview(sets: Sequence[SetResult]) -> Markup:
    """A row a set: its chief figures."""
    rows = [
        (Markup('<a href="#report-set-{}">{}</a>').format(number, isolated(one["name"])), one["systems"][0]["figures"])
        for number, one in enumerate(sets, start=1)
    ]
    return Markup("<section>\n<h2>The sets</h2>\n{}</section>").format(_matrix("Set", rows))


def _set(id: str, one: SetResult) -> Markup:
    ours = one["systems"][0]
    parts = [
        _told(ours),
        _chief(ours),
        _plots(id, one["systems"]),
        _differences(one["differences"]),
        _groups(ours["groups"]),
        _confusion(ours["confusion"]),
        _folded("All figures", _all_figures(one["systems"])),
        _folded("Left out", _left_out(one["left_out"])),
        _misses(one["systems"]),
    ]
    return Markup('<section class="set" id="{}">\n<h2>{}</h2>\n<p class="facts">{}</p>\n{}</section>').format(
        id, isolated(one["name"]), _line(_counts(one)), Markup("\n").join(part for part in parts if part)
    )


def _counts(one: SetResult) -> Iterator[str]:
    ours = one["systems"][0]
    languages = ", ".join(f"{count:,} {language}" for language, count in one["languages"].items())
    yield _many(one["articles"], "article") + (f" ({languages})" if languages else "")
    yield _many(one["passages"], "passage")
    for count, noun in ((len(ours["questions"]), "question"), (len(ours["quotes"]), "quote")):
        if count:
            yield _many(count, noun)
    if one["index_seconds"] is not None:
        yield f"indexed in {_seconds(one['index_seconds'])}"
    if one["skipped"]:
        yield f"{_many(one['skipped'], 'file')} skipped"
    if one["left_out"]:
        yield f"{_many(len(one['left_out']), 'record')} left out"


# How it went, in words.


def _told(system: SystemResult) -> Markup:
    told = chain(_told_of_questions(system["questions"]), _told_of_quotes(system["quotes"]))
    return Markup('<div class="told">{}</div>').format(Markup().join(Markup("<p>{}</p>").format(line) for line in told))


def _told_of_questions(rows: Sequence[QuestionRow]) -> Iterator[Markup]:
    known = Counter(row["outcome"] for row in rows if row["answerable"])
    unknown = Counter(row["outcome"] for row in rows if not row["answerable"])
    if known:
        ways = {
            "wrong": "answered wrong",
            "unsupported": "answered right from other sources",
            "silent": "met with silence",
            "not found": "without the evidence in what was found",
        }
        other = ", ".join(f"{known[kind]:,} {words}" for kind, words in ways.items() if known[kind])
        yield Markup("Of {} that the articles answer, <strong>{}</strong> {} answered right, with the evidence{}{}.").format(
            _many(known.total(), "question"), _of(known["right"], known.total()), _was(known["right"]), "; " if other else "", other
        )
    if unknown:
        yield Markup("Of {} that they do not answer, <strong>{}</strong> {} met with silence.").format(
            _many(unknown.total(), "question"), _of(unknown["right"], unknown.total()), _was(unknown["right"])
        )
    citations = sum(len(row["said"]["citations"]) for row in rows if row["said"])
    broken = sum(times(row, "ask", "broken_citations") for row in rows)
    if broken:
        yield Markup('<strong class="bad">{:,} of {} {} not in the article letter for letter.</strong>').format(
            broken, _many(citations, "citation"), "is" if broken == 1 else "are"
        )
    elif citations:
        yield Markup("Every one of {} stands in its article, letter for letter.").format(_many(citations, "citation"))


def _told_of_quotes(rows: Sequence[QuoteRow]) -> Iterator[Markup]:
    if not rows:
        return
    outcomes = Counter(row["outcome"] for row in rows)
    right = len(rows) - outcomes["verdict"]
    ways = {"place": "of these found at another place", "speaker": "of these with another speaker"}
    other = "".join(f", {outcomes[kind]:,} {words}" for kind, words in ways.items() if outcomes[kind])
    passed = sum(times(row, "check", "false_verbatim") for row in rows)
    ending = (
        Markup("None was falsely passed as verbatim.")
        if not passed
        else Markup('<strong class="bad">{:,} {} falsely passed as verbatim.</strong>').format(passed, _was(passed))
    )
    yield Markup("Of {}, <strong>{}</strong> got the right verdict{}. {}").format(
        _many(len(rows), "quote"), _of(right, len(rows)), other, ending
    )


# Figures.


def _chief(system: SystemResult) -> Markup:
    return _table(
        {section: {name: own[name] for name in own if MEASURES[section, name].chief} for section, own in system["figures"].items()}
    )


def _table(figures: Figures) -> Markup:
    """A row a figure, with its interval drawn."""
    sections = [(title, _measured(figures, section)) for section, title in _SECTIONS.items()]
    bodies = Markup().join(
        Markup('<tbody>\n<tr><th class="section" scope="rowgroup" colspan="4">{}</th></tr>\n{}</tbody>\n').format(
            title, Markup().join(_row(measure, figure) for measure, figure in own)
        )
        for title, own in sections
        if own
    )
    return Markup(
        '<table class="figures"><thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th>'
        '<th scope="col">95 % interval</th><th scope="col" class="number"><abbr title="what it is measured over">n</abbr></th></tr>'
        "</thead>\n{}</table>\n"
    ).format(bodies)


def _measured(figures: Figures, section: str) -> list[tuple[Measure, Figure]]:
    """The figures of a section, in the order of MEASURES."""
    own = figures.get(section, {})
    return [(measure, own[name]) for (of, name), measure in MEASURES.items() if of == section and name in own]


def _row(measure: Measure, figure: Figure) -> Markup:
    return Markup(
        '<tr><th scope="row">{}</th><td class="number">{}</td><td>{}<small>{}</small></td><td class="number">{:,}</td></tr>\n'
    ).format(
        _labelled(measure),
        _value(figure["value"], measure),
        _bar(figure) if measure.unit == "share" else "",
        _interval(figure, measure),
        figure["n"],
    )


def _bar(figure: Figure) -> Markup:
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


def _all_figures(systems: Sequence[SystemResult]) -> Markup:
    """A row a measure; of several systems, a table a section and a column a system."""
    if len(systems) == 1:
        return _table(systems[0]["figures"])
    tables = []
    for section, title in _SECTIONS.items():
        having = [system for system in systems if system["figures"].get(section)]
        rows = [
            _tr(_labelled(measure), [_cell(system["figures"][section].get(name), measure, precise=True) for system in having])
            for (of, name), measure in MEASURES.items()
            if of == section and any(name in system["figures"][section] for system in having)
        ]
        if rows:
            tables.append(_wide(title, title, [isolated(system["name"]) for system in having], rows))
    return Markup().join(tables)


def _matrix(corner: str, groups: Sequence[tuple[Markup, Figures]]) -> Markup:
    """A row a group, a column a chief figure."""
    measures = _chief_of(figures for _, figures in groups)
    rows = [_tr(name, [_cell(_find(figures, measure), measure) for measure in measures]) for name, figures in groups]
    return _wide(corner, corner, [measure.label for measure in measures], rows)


def _chief_of(figures: Iterable[Figures]) -> list[Measure]:
    """The chief measures that any of these has."""
    having = {(section, name) for one in figures for section, own in one.items() for name in own}
    return [measure for key, measure in MEASURES.items() if measure.chief and key in having]


def _find(figures: Figures, measure: Measure) -> Figure | None:
    return figures.get(measure.section, {}).get(measure.name)


def _groups(groups: Sequence[Group]) -> Markup:
    tables = []
    for of, (title, corner) in _OF_GROUPS.items():
        own = [(isolated(group["name"]), group["figures"]) for group in groups if group["of"] == of]
        if own:
            tables.append(Markup("<h3>{}</h3>\n{}").format(title, _matrix(corner, own)))
    return Markup().join(tables)


def _differences(differences: Sequence[Difference]) -> Markup:
    """A row a measure, a column another system."""
    if not differences:
        return Markup()
    others = list(dict.fromkeys(one["against"] for one in differences))
    by = {(one["section"], one["measure"], one["against"]): one for one in differences}

    def table(chief: bool) -> Markup:
        rows = [
            _tr(_labelled(measure), [_difference(by.get((section, name, other)), measure) for other in others])
            for (section, name), measure in MEASURES.items()
            if measure.chief is chief and any((section, name, other) in by for other in others)
        ]
        return _wide("Differences", "Ours less theirs", [isolated(other) for other in others], rows) if rows else Markup()

    return Markup(
        '<h3>Against the other systems</h3>\n{}<p class="small">Over the same questions, with 95 % intervals; p by a paired '
        "randomisation test. Of twenty systems that are no better, one will look better than noise explains.</p>\n{}"
    ).format(table(True), _folded("More differences", table(False)))


def _difference(one: Difference | None, measure: Measure) -> Markup:
    if one is None:
        return Markup('<td class="number">–</td>')
    kind, said = "", "no more than noise"
    if one["p"] < NOISE and measure.better == "neither":
        said = "more than noise explains"
    elif one["p"] < NOISE:
        better = (one["value"] > 0) == (measure.better == "more")
        kind, said = ("good", "better than noise explains") if better else ("bad", "worse than noise explains")
    value, low, high = (_signed(end, measure) for end in (one["value"], one["low"], one["high"]))
    return Markup('<td class="number {}" title="n {:,}">{}<small>{} to {}</small><small class="said">{}<br>{}</small></td>').format(
        kind, one["n"], value, low, high, said, "p < 0.001" if one["p"] < 0.001 else f"p = {one['p']:.3f}"
    )


def _confusion(counts: Mapping[str, Mapping[str, int]] | None) -> Markup:
    if not counts:
        return Markup()
    given = {verdict for row in counts.values() for verdict in row}
    verdicts: list[Verdict] = [verdict for verdict in get_args(Verdict) if verdict in counts or verdict in given]
    rows = [_tr(verdict_name(right), [_confused(right, given, counts.get(right, {})) for given in verdicts]) for right in verdicts]
    return Markup(
        '<h3>Verdicts</h3>\n<div class="confusion">{}</div><p class="small">A row for what the quotes are, a column for what they '
        "were judged to be. Framed: falsely passed as verbatim.</p>"
    ).format(_wide("Verdicts", "Right ↓ given →", [verdict_name(verdict) for verdict in verdicts], rows))


def _confused(right: Verdict, given: Verdict, row: Mapping[str, int]) -> Markup:
    count = row.get(given, 0)
    if not count:
        return Markup('<td class="none">·</td>')
    framed = "framed" if given in GOOD and right not in GOOD else ""
    shade = max(1, round(5 * count / sum(row.values())))
    return Markup('<td class="{} shade-{} {}">{:,}</td>').format("good" if right == given else "bad", shade, framed, count)


def _left_out(rows: Sequence[LeftOutRow]) -> Markup:
    if not rows:
        return Markup()
    items = Markup().join(Markup("<li>{}: {}</li>\n").format(isolated(row["id"]), isolated(row["reason"])) for row in rows)
    return Markup("<ul>\n{}</ul>").format(items)


def _misses(systems: Sequence[SystemResult]) -> Markup:
    cards = misses(systems[0])
    if not cards:
        return Markup("<h3>Misses</h3>\n<p>None.</p>")
    others = Markup('<p class="small">Those of the other systems are in report.json.</p>\n') if len(systems) > 1 else ""
    return Markup("<h3>Misses</h3>\n{}{}").format(others, cards)


# Plots.


def _plots(id: str, systems: Sequence[SystemResult]) -> Markup:
    from qa.evaluate import plots  # noqa: PLC0415  # matplotlib takes its time to load

    ours, names, drawn = systems[0], [system["name"] for system in systems], []
    shares = [
        (measure.label, [_find(system["figures"], measure) for system in systems])
        for measure in _chief_of([ours["figures"]])
        if measure.unit == "share"
    ]
    # What ours alone has is drawn in the table.
    compared = [(label, figures) for label, figures in shares if sum(figure is not None for figure in figures) > 1]
    if compared:
        svg = plots.whiskers(compared, f"{id}-systems", f"Each system's figures with their 95 % intervals: {', '.join(names)}")
        drawn.append(_plot("Beside the other systems", svg, _key(names)))
    if ours["risk_coverage"]:
        spoke = [not row["said"]["abstained"] for row in ours["questions"] if row["said"]]
        answered = sum(spoke) / max(1, len(spoke))
        stop = min(ours["risk_coverage"], key=lambda point: abs(point[0] - answered))
        svg = plots.risk_coverage(
            ours["risk_coverage"], (stop[0], stop[1]), f"{id}-risk", "The share that is wrong over the share of questions answered"
        )
        drawn.append(_plot("Saying more, or less", svg, "How many answers would be wrong if only the surest were given."))
    if ours["calibration"]:
        svg = plots.calibration(ours["calibration"], f"{id}-calibration", "The share of answers that is right over their confidence")
        drawn.append(
            _plot("As often right as sure?", svg, "On the dashed line it is; below, it is too sure. Larger dots are more answers.")
        )
    stages = [plots.Stage(*stage) for stage in _stages(ours)]
    if stages:
        svg = plots.milliseconds(stages, f"{id}-time", "Milliseconds by stage: median and 95th percentile")
        drawn.append(_plot("Where the time goes", svg, "In full colour what half stay under, pale what 19 of 20 do."))
    return Markup('<div class="plots">\n{}</div>').format(Markup().join(drawn)) if drawn else Markup()


def _stages(system: SystemResult) -> Iterator[tuple[str, float, float]]:
    values = {measure.name: figure["value"] for measure, figure in _measured(system["figures"], "time")}
    for name, median in values.items():
        behind = values.get(name.replace("_p50", "_p95"))
        if name.endswith("_p50") and median is not None and behind is not None:
            yield MEASURES["time", name].label.removesuffix(", median"), median, behind


def _plot(title: str, svg: Markup, below: str) -> Markup:
    return Markup("<figure><h4>{}</h4>\n{}\n<figcaption>{}</figcaption></figure>\n").format(title, svg, below)


def _key(names: Sequence[str]) -> Markup:
    from qa.evaluate.plots import SIGNS  # noqa: PLC0415

    return Markup(" ").join(
        Markup('<span class="key"><span class="series-{}" aria-hidden="true">{}</span> {}</span>').format(number, sign, isolated(name))
        for number, (sign, name) in enumerate(zip(SIGNS, names, strict=False))
    )


# A sweep.


def _sweep(points: Sequence[SweepPoint]) -> Markup:
    """A table a set, and plots."""
    sets = list(dict.fromkeys(point["set"] for point in points))
    tables = Markup().join(
        (Markup("<h3>{}</h3>\n").format(isolated(name)) if len(sets) > 1 else Markup())
        + _swept([point for point in points if point["set"] == name])
        for name in sets
    )
    return Markup(
        '<section class="sweep">\n<h2>Settings compared</h2>\n{}<p class="small">Bold: the best on its set. Where intervals overlap, that '
        "may be chance.</p>\n{}</section>"
    ).format(tables, _sweep_plots(points))


def _swept(points: Sequence[SweepPoint]) -> Markup:
    """A row a setting."""
    measures = _chief_of(point["figures"] for point in points)
    best = {measure: _best(measure, points) for measure in measures}
    rows = []
    for point in points:
        figures = {measure: _find(point["figures"], measure) for measure in measures}
        rows.append(
            _tr(
                isolated(", ".join(map(str, point["settings"].values()))),
                [
                    *(
                        Markup('<td class="number">{}</td>').format(cell)
                        for cell in (f"{point['passages']:,}", _seconds(point["index_seconds"]))
                    ),
                    *(_cell(figure, measure, with_n=False, best=_is(figure, best[measure])) for measure, figure in figures.items()),
                ],
            )
        )
    corner = ", ".join(map(_setting, points[0]["settings"]))
    return _wide("Settings", isolated(corner), ["passages", "indexed in", *(measure.label for measure in measures)], rows)


def _best(measure: Measure, points: Sequence[SweepPoint]) -> float | None:
    """The best value; None where all are alike or none is better than another."""
    values = _values(_find(point["figures"], measure) for point in points)
    if len(values) < 2 or measure.better == "neither":
        return None
    return max(values) if measure.better == "more" else min(values)


def _is(figure: Figure | None, value: float | None) -> bool:
    return figure is not None and value is not None and figure["value"] == value


def _values(figures: Iterable[Figure | None]) -> set[float]:
    return {figure["value"] for figure in figures if figure is not None and figure["value"] is not None}


def _sweep_plots(points: Sequence[SweepPoint]) -> Markup:
    """Plots over the first setting that varies of what it changes: a line a set; where others vary too, plots for each set, with a line for
    each of those."""
    from qa.evaluate import plots  # noqa: PLC0415

    varied = [name for name in points[0]["settings"] if len({_taken(point, name) for point in points}) > 1]
    if not varied:
        return Markup()
    over, *others = varied
    together: dict[str, dict[str, dict[str, SweepPoint]]] = {}
    for point in points:
        line = ", ".join(f"{_setting(name)} {_taken(point, name)}" for name in others)
        group, line = (point["set"], line) if others else ("", point["set"])
        together.setdefault(group, {}).setdefault(line, {})[_taken(point, over)] = point
    # more lines than there are signs for them would be told apart by nobody
    batches = [
        (group, dict(list(lines.items())[start : start + plots.SERIES]))
        for group, lines in together.items()
        for start in range(0, len(lines), plots.SERIES)
    ]
    values = list(dict.fromkeys(_taken(point, over) for point in points))
    charts: list[tuple[str, bool, Callable[[SweepPoint], Figure | None]]] = [
        *((measure.label, measure.unit == "share", _finder(measure)) for measure in _chief_of(point["figures"] for point in points)),
        ("Passages", False, lambda point: _plain_figure(point["passages"])),
        ("Seconds to index", False, lambda point: _plain_figure(point["index_seconds"])),
    ]
    drawn = []
    for batch, (group, lines) in enumerate(batches, start=1):
        figures = []
        for number, (label, share, figure_of) in enumerate(charts, start=1):
            series = [[figure_of(line[value]) if value in line else None for value in values] for line in lines.values()]
            if len(_values(chain.from_iterable(series))) > 1:
                svg = plots.sweep(values, series, share, _setting(over), f"report-sweep-{batch}-{number}", f"{label} over {_setting(over)}")
                figures.append(_plot(label, svg, ""))
        heading = Markup("<h3>{}</h3>\n").format(isolated(group)) if len(together) > 1 else ""
        key = Markup('<p class="keys">{}</p>\n').format(_key(list(lines))) if len(lines) > 1 else ""
        drawn.append(Markup('{}{}<div class="plots">\n{}</div>\n').format(heading, key, Markup().join(figures)))
    return Markup().join(drawn)


def _finder(measure: Measure) -> Callable[[SweepPoint], Figure | None]:
    return lambda point: _find(point["figures"], measure)


def _plain_figure(value: float | None) -> Figure:
    return {"value": value, "low": None, "high": None, "n": 0}


def _taken(point: SweepPoint, name: str) -> str:
    return str(point["settings"].get(name, "–"))


def _setting(name: str) -> str:
    return _SETTINGS.get(name, name.replace("_", " "))


# Pieces of tables.


def _wide(label: str, corner: str, heads: Iterable[str], rows: Iterable[Markup]) -> Markup:
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


def _tr(name: str, cells: Iterable[Markup]) -> Markup:
    return Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(name, Markup().join(cells))


def _labelled(measure: Measure) -> Markup:
    return Markup("{}<small>{}</small>").format(measure.label, measure.meaning)


def _cell(figure: Figure | None, measure: Measure, precise: bool = False, with_n: bool = True, best: bool = False) -> Markup:
    if figure is None:
        return Markup('<td class="number">–</td>')
    n = f"n {figure['n']:,}"
    return Markup('<td class="number{}" title="{}">{}<small>{}</small></td>').format(
        " best" if best else "",
        " · ".join(filter(None, (_interval(figure, measure), n))),
        _value(figure["value"], measure),
        Markup("<br>").join(filter(None, ((_interval if precise else _rough_interval)(figure, measure), n if with_n else ""))),
    )


def _folded(title: str, body: Markup) -> Markup:
    return Markup("<details><summary>{}</summary>\n{}</details>").format(title, body) if body else Markup()


# Numbers and lines.


def _value(value: float | None, measure: Measure) -> str:
    if value is None:
        return "–"
    return {"share": _percent, "count": "{:,.0f}".format, "words": "{:.1f}".format, "ms": _ms}[measure.unit](value)


def _interval(figure: Figure, measure: Measure) -> str:
    if figure["low"] is None or figure["high"] is None:
        return ""
    return f"{_value(figure['low'], measure).split(_THIN)[0]}–{_value(figure['high'], measure)}"


def _rough_interval(figure: Figure, measure: Measure) -> str:
    """For a table of many columns: whole percents, and the unit left to the value that it stands below."""
    if measure.unit == "share" and figure["low"] is not None and figure["high"] is not None:
        return f"{100 * figure['low']:.0f}–{100 * figure['high']:.0f}"
    return _interval(figure, measure)


def _signed(value: float, measure: Measure) -> str:
    number = 100 * value if measure.unit == "share" else value
    return f"{number:+.1f}".replace("-", "−") if round(number, 1) else "0.0"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}{_THIN}%"


def _ms(value: float) -> str:
    return f"{value:.1f}{_THIN}ms" if value < 10 else f"{value:,.0f}{_THIN}ms"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds:.1f}{_THIN}s" if seconds < 60 else f"{int(seconds) // 60}{_THIN}min {int(seconds) % 60:02}{_THIN}s"


def _of(count: int, total: int) -> str:
    return f"{count:,} ({_percent(count / total)})"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _line(facts: Iterable[str]) -> Markup:
    return Markup(" · ").join(isolated(fact) for fact in facts)
