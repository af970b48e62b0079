"""Figures to plots: each a small SVG for inside a page, with the page's colours, in the dark too, and its fonts. Pure.

matplotlib draws; what it writes is then fitted into a page: no width, no address, no id that another plot of the page has as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from threading import Lock
from typing import Any

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qa.evaluate.results import CalibrationBin, MeasuredFigure

# A unit is a pixel where the plot has its full width, which a phone of 390 pixels has.
WIDTH = 350
_HEIGHT = 232
# Lines and dots of one plot. report.css gives --series-0 … a colour each; the signs distinguish them without colour.
SERIES = 6
SIGNS = "●■▲◆▼✚"
_MARKERS = "os^DvP"
# Characters of a value below an axis, of which there may be three. No measurement behind it.
_LONGEST_TICK = 16
# matplotlib knows no variables of a page: it draws with these colours, which are then replaced by the variables.
_COLOURS = {
    name: f"#0a0b{number:02x}"
    for number, name in enumerate(["ink", "soft", "line", "wash", "paper", *(f"series-{n}" for n in range(SERIES))], start=0xC0)
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "on-record",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.parse_math": False,
    "text.color": _COLOURS["ink"],
    "axes.edgecolor": _COLOURS["line"],
    "axes.labelcolor": _COLOURS["soft"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "xtick.color": _COLOURS["line"],
    "ytick.color": _COLOURS["line"],
    "xtick.labelcolor": _COLOURS["soft"],
    "ytick.labelcolor": _COLOURS["soft"],
    "grid.color": _COLOURS["line"],
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
}
# matplotlib's settings are the process's, and a page may draw for several at once.
_DRAWING = Lock()
_REFERENCE = re.compile(r'(\sid="|\sxlink:href="#|url\(#)')
# Comments, a style for every element of whatever page this comes into, the names of groups, and the font: text takes the page's.
_UNWANTED = re.compile(r"<!--.*?-->|<style.*?</style>|(?<=<g) id=\"[^\"]*\"|font-family: [^;]*; ", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stage:
    """Milliseconds of a stage: the median, and what 19 of 20 stay under."""

    label: str
    p50: float
    p95: float


def whiskers(rows: Sequence[tuple[str, Sequence[MeasuredFigure | None]]], name: str, label: str) -> Markup:
    """A row a measure (shares), in it a dot with its 95 % interval for each system that has the figure.

    `name` is of this plot alone in its page, `label` what it shows, for those who do not see it; the same holds for all plots.
    """
    step = 11
    counts = [sum(figure is not None for figure in figures) for _, figures in rows]
    height = sum(26 + step * count for count in counts)
    with _drawn(name, label, height + 40) as (axes, out):
        y = 0.0
        for row_name, figures in rows:
            axes.text(0, y + 10, row_name, va="center", clip_on=False)
            y += 20
            for series, figure in enumerate(figures):
                if figure is None or figure["value"] is None:
                    continue
                y += step
                _dot(axes, figure["value"], y - step / 2, figure, series)
            y += 6
        axes.set_ylim(y, 0)
        axes.set_yticks([])
        axes.set_xlim(-0.015, 1.015)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        _percent(axes.xaxis)
    return out[0]


def risk_coverage(points: Sequence[Sequence[float]], stop: tuple[float, float] | None, name: str, label: str) -> Markup:
    """The share that is wrong among the most confident answers, over the share answered. `stop`: the point from which the system
    abstains.
    """
    with _drawn(name, label) as (axes, out):
        axes.plot([point[0] for point in points], [point[1] for point in points], color=_COLOURS["series-0"], solid_joinstyle="round")
        highest = max([point[1] for point in points] + [stop[1] if stop else 0])
        if stop:
            axes.axvline(stop[0], color=_COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)))
            axes.plot(*stop, "o", markersize=8, color=_COLOURS["series-0"], markeredgecolor=_COLOURS["paper"], clip_on=False, zorder=4)
            left = stop[0] > 0.5
            axes.annotate(
                f"stops here: {100 * stop[0]:.0f}\N{NARROW NO-BREAK SPACE}%",
                stop,
                (-8 if left else 8, 12),
                textcoords="offset points",
                ha="right" if left else "left",
            )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, min(1, max(0.1, 1.25 * highest)))
        axes.grid(axis="y")
        axes.set_xlabel("questions answered, surest first")
        axes.set_ylabel("of these wrong")
        _percent(axes.xaxis)
        _percent(axes.yaxis)
    return out[0]


def calibration(bins: Sequence[CalibrationBin], name: str, label: str) -> Markup:
    """The share that is right over the confidence, a dot a bin, its area by the number of answers."""
    most = max(bin_["n"] for bin_ in bins)
    with _drawn(name, label) as (axes, out):
        axes.plot([0, 1], [0, 1], color=_COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)))
        axes.scatter(
            [bin_["confidence"] for bin_ in bins],
            [bin_["right"] for bin_ in bins],
            s=[16 + 200 * bin_["n"] / most for bin_ in bins],
            color=_COLOURS["series-0"],
            edgecolors=_COLOURS["paper"],
            clip_on=False,
            zorder=3,
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.grid()
        axes.set_xlabel("confidence")
        axes.set_ylabel("of these right")
        _percent(axes.xaxis)
        _percent(axes.yaxis)
    return out[0]


def milliseconds(stages: Sequence[Stage], name: str, label: str) -> Markup:
    """A bar a stage to its median, a paler one to the 95th percentile."""
    longest = max(stage.p95 for stage in stages) or 1
    with _drawn(name, label, 34 + 36 * len(stages)) as (axes, out):
        for row, stage in enumerate(stages):
            y = 36 * row
            axes.text(0, y + 9, stage.label, va="center")
            axes.text(longest, y + 9, f"{_number(stage.p50)} · {_number(stage.p95)}", va="center", ha="right", color=_COLOURS["soft"])
            axes.barh(y + 23, stage.p95, height=9, color=_COLOURS["series-0"], alpha=0.3)
            axes.barh(y + 23, stage.p50, height=9, color=_COLOURS["series-0"])
        axes.set_ylim(36 * len(stages), 0)
        axes.set_yticks([])
        axes.set_xlim(0, longest)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("milliseconds")
    return out[0]


def sweep(
    settings: Sequence[str], lines: Sequence[Sequence[MeasuredFigure | None]], share: bool, parameter: str, name: str, label: str
) -> Markup:
    """A measure over the values of a setting, a line for each combination of the other settings, with whiskers where there are
    intervals.
    """
    with _drawn(name, label, 190) as (axes, out):
        for series, line in enumerate(lines):
            aside = 0.06 * (series - (len(lines) - 1) / 2)  # or the whiskers of two lines would hide each other
            known = [(place + aside, figure) for place, figure in enumerate(line) if figure is not None and figure["value"] is not None]
            axes.plot(
                [at for at, _ in known],
                [figure["value"] or 0.0 for _, figure in known],
                _MARKERS[series % SERIES],
                linestyle="-",
                color=_COLOURS[f"series-{series % SERIES}"],
                markersize=5,
            )
            for at, figure in known:
                if figure["low"] is not None and figure["high"] is not None:
                    axes.plot([at, at], [figure["low"], figure["high"]], color=_COLOURS[f"series-{series % SERIES}"], linewidth=1)
        axes.set_xlim(-0.4, len(settings) - 0.6)
        axes.set_xticks(range(len(settings)), [_short(setting) for setting in settings])
        axes.grid(axis="y")
        axes.set_xlabel(parameter)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], min_n_ticks=2))
        if share:
            _percent(axes.yaxis, ticks=False)
        else:
            axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    return out[0]


def _dot(axes: Axes, x: float, y: float, figure: MeasuredFigure, series: int) -> None:
    colour = _COLOURS[f"series-{series % SERIES}"]
    if figure["low"] is not None and figure["high"] is not None:
        axes.plot([figure["low"], figure["high"]], [y, y], color=colour, linewidth=1.6)
    axes.plot(x, y, _MARKERS[series % SERIES], color=colour, markersize=6, clip_on=False)


def _percent(axis: matplotlib.axis.Axis, ticks: bool = True) -> None:
    if ticks:
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(100 * value, 1):g}\N{NARROW NO-BREAK SPACE}%"))


def _short(value: str) -> str:
    """A value that fits below an axis."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in value)
    return shown if len(shown) <= _LONGEST_TICK else f"{shown[: _LONGEST_TICK - 1]}…"


def _number(value: float) -> str:
    return f"{value:.1f}" if 0 < value < 10 else f"{value:,.0f}"


@contextmanager
def _drawn(name: str, label: str, height: float = _HEIGHT) -> Iterator[tuple[Axes, list[Markup]]]:
    """Axes to draw on; after the block the list holds the plot."""
    out: list[Markup] = []
    with _DRAWING, matplotlib.rc_context(_STYLE):
        canvas = Canvas(figsize=(WIDTH / 72, height / 72), layout="constrained")
        axes = canvas.subplots()
        axes.tick_params(length=0)
        axes.set_axisbelow(True)
        yield axes, out
        written = StringIO()
        canvas.savefig(written, format="svg", transparent=True, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    out.append(_fitted(written.getvalue(), name, label, height))


def _fitted(svg: str, name: str, label: str, height: float) -> Markup:
    """matplotlib's SVG, fitted into an element for a page."""
    inside = _UNWANTED.sub("", svg[svg.index("<defs>") :])
    inside = _REFERENCE.sub(lambda match: f"{match[1]}{name}-", inside).replace("xlink:href", "href")
    for variable, colour in _COLOURS.items():
        inside = inside.replace(colour, f"var(--r-{variable})")
    opening = Markup('<svg class="plot" role="img" aria-label="{}" viewBox="0 0 {} {:g}">\n').format(label, WIDTH, height)
    return opening + Markup(inside.strip())  # matplotlib has escaped what it was given
