"""How numbers, lists of facts and settings are written in a report."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from qa.evaluate.measures import Measure
from qa.evaluate.report.failed_rows import isolated
from qa.evaluate.results import MeasuredFigure

_THIN = "\N{NARROW NO-BREAK SPACE}"  # between a number and its unit

_SETTINGS = {
    "embedder": "model",
    "embedder_version": "version",
    "passage_tokens": "tokens a passage",
    "overlap_sentences": "sentence overlap",
    "top_k": "passages read",
}


def in_unit(value: float | None, measure: Measure) -> str:
    """The value in the measure's unit; a dash for None."""
    if value is None:
        return "–"
    return {"share": _percent, "count": "{:,.0f}".format, "words": "{:.1f}".format, "ms": _ms}[measure.unit](value)


def interval(figure: MeasuredFigure, measure: Measure) -> str:
    """Both ends, with the unit once; empty where a figure has no interval."""
    if figure["low"] is None or figure["high"] is None:
        return ""
    return f"{in_unit(figure['low'], measure).split(_THIN)[0]}–{in_unit(figure['high'], measure)}"


def rough_interval(figure: MeasuredFigure, measure: Measure) -> str:
    """For a table of many columns: whole percents, without the unit, which the value above has."""
    if measure.unit == "share" and figure["low"] is not None and figure["high"] is not None:
        return f"{100 * figure['low']:.0f}–{100 * figure['high']:.0f}"
    return interval(figure, measure)


def signed(value: float, measure: Measure) -> str:
    """A difference with its sign; of shares, in percentage points."""
    number = 100 * value if measure.unit == "share" else value
    return f"{number:+.1f}".replace("-", "−") if round(number, 1) else "0.0"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}{_THIN}%"


def _ms(value: float) -> str:
    return f"{value:.1f}{_THIN}ms" if value < 10 else f"{value:,.0f}{_THIN}ms"


def seconds(took: float | None) -> str:
    """Seconds, or minutes and seconds; a dash for None."""
    if took is None:
        return "–"
    return f"{took:.1f}{_THIN}s" if took < 60 else f"{int(took) // 60}{_THIN}min {int(took) % 60:02}{_THIN}s"


def count_of(count: int, total: int) -> str:
    """A count, and its share of `total`, which is not 0."""
    return f"{count:,} ({_percent(count / total)})"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def was_or_were(count: int) -> str:
    return "was" if count == 1 else "were"


def facts_line(facts: Iterable[str]) -> Markup:
    """Facts on one line; each keeps its own direction of text."""
    return Markup(" · ").join(isolated(fact) for fact in facts)


def setting_name(name: str) -> str:
    return _SETTINGS.get(name, name.replace("_", " "))
