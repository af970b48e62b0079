"""Plots of a set's figures, with a title and what to see in each. plots.py draws them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from qa.evaluate.measures import MEASURES
from qa.evaluate.report.failed_rows import isolated
from qa.evaluate.report.tables import chief_measures, figure_of, measured
from qa.evaluate.results import SystemResult


def set_plots(id: str, systems: Sequence[SystemResult]) -> Markup:
    """The plots that a set has figures for, ours first among `systems`; `id` begins the ids in their SVG."""
    from qa.evaluate.report import plots  # noqa: PLC0415  # matplotlib takes its time to load

    ours, names, drawn = systems[0], [system["name"] for system in systems], []
    shares = [
        (measure.label, [figure_of(system["figures"], measure) for system in systems])
        for measure in chief_measures([ours["figures"]])
        if measure.unit == "share"
    ]
    # What ours alone has is drawn in the table.
    compared = [(label, figures) for label, figures in shares if sum(figure is not None for figure in figures) > 1]
    if compared:
        svg = plots.whiskers(compared, f"{id}-systems", f"Each system's figures with their 95 % intervals: {', '.join(names)}")
        drawn.append(plot("Beside the other systems", svg, line_key(names)))
    if ours["risk_coverage"]:
        spoke = [not row["said"]["abstained"] for row in ours["questions"] if row["said"]]
        answered = sum(spoke) / max(1, len(spoke))
        stop = min(ours["risk_coverage"], key=lambda point: abs(point[0] - answered))
        svg = plots.risk_coverage(
            ours["risk_coverage"], (stop[0], stop[1]), f"{id}-risk", "The share that is wrong over the share of questions answered"
        )
        drawn.append(plot("Saying more, or less", svg, "How many answers would be wrong if only the surest were given."))
    if ours["calibration"]:
        svg = plots.calibration(ours["calibration"], f"{id}-calibration", "The share of answers that is right over their confidence")
        drawn.append(plot("As often right as sure?", svg, "On the dashed line it is; below, it is too sure. Larger dots are more answers."))
    stages = [plots.Stage(*stage) for stage in _stages(ours)]
    if stages:
        svg = plots.milliseconds(stages, f"{id}-time", "Milliseconds by stage: median and 95th percentile")
        drawn.append(plot("Where the time goes", svg, "In full colour what half stay under, pale what 19 of 20 do."))
    return Markup('<div class="plots">\n{}</div>').format(Markup().join(drawn)) if drawn else Markup()


def _stages(system: SystemResult) -> Iterator[tuple[str, float, float]]:
    values = {measure.name: figure["value"] for measure, figure in measured(system["figures"], "time")}
    for name, median in values.items():
        behind = values.get(name.replace("_p50", "_p95"))
        if name.endswith("_p50") and median is not None and behind is not None:
            yield MEASURES["time", name].label.removesuffix(", median"), median, behind


def plot(title: str, svg: Markup, below: str) -> Markup:
    """A plot with its title and caption."""
    return Markup("<figure><h4>{}</h4>\n{}\n<figcaption>{}</figcaption></figure>\n").format(title, svg, below)


def line_key(names: Sequence[str]) -> Markup:
    """Which sign and colour stands for which line, in the order of `names`."""
    from qa.evaluate.report.plots import SIGNS  # noqa: PLC0415

    return Markup(" ").join(
        Markup('<span class="key"><span class="series-{}" aria-hidden="true">{}</span> {}</span>').format(number, sign, isolated(name))
        for number, (sign, name) in enumerate(zip(SIGNS, names, strict=False))
    )
