"""How well a reader reads: the right words, and whether there are any."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import torch

from index.text.spans import Span
from qa.evaluate.measures import f1, normalised
from qa.reader.reader import LONGEST_ANSWER
from qa.reader.windows import Window, Windows
from training.data import Item, every_window
from training.model import Reader, half_precision, padded


@dataclass(frozen=True, slots=True)
class Reading:
    """The likeliest answer, and by how much its logits are above those of no answer."""

    span: Span
    margin: float


def read(reader: Reader, windows: Sequence[Window]) -> Reading:
    """The best of a text's windows."""
    readings = []
    with torch.inference_mode(), half_precision():
        logits = reader(*padded(windows))
    for row, window in enumerate(windows):
        inside = slice(window.offset, window.offset + len(window.spans))
        start, end = logits[row, inside, 0], logits[row, inside, 1]
        sums = start[:, None] + end[None, :]
        allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(LONGEST_ANSWER - 1)
        best = int(sums.masked_fill(~allowed, -math.inf).argmax())
        first, last = divmod(best, sums.shape[1])
        margin = float(sums[first, last] - logits[row, 0, 0] - logits[row, 0, 1])
        readings.append(Reading(Span(window.spans[first].start, window.spans[last].end), margin))
    return max(readings, key=lambda reading: reading.margin)


def measure(reader: Reader, windows: Windows, items: Sequence[Item]) -> dict[str, dict[str, float]]:
    """Figures by the languages of question and text: exact and F1 of what is answered whatever its margin; AUC of the margin."""
    reader.eval()
    by_languages: dict[str, list[tuple[bool, float, float, float]]] = {}
    for item in items:
        reading = read(reader, every_window(windows, item))
        given = item.text[reading.span.start : reading.span.end]
        golds = [item.text[span.start : span.end] for span in item.answers]
        exact = max((float(normalised(given) == normalised(gold)) for gold in golds), default=0.0)
        score = max((f1(given, gold) for gold in golds), default=0.0)
        for languages in (item.languages, "all"):
            by_languages.setdefault(languages, []).append((bool(golds), exact, score, reading.margin))
    return {languages: _figures(rows) for languages, rows in sorted(by_languages.items())}


def _figures(rows: Sequence[tuple[bool, float, float, float]]) -> dict[str, float]:
    answered, silent = [row for row in rows if row[0]], [row for row in rows if not row[0]]
    figures = {"questions": len(rows), "answered": len(answered)}
    if answered:
        figures |= {"exact": round(mean(row[1] for row in answered), 3), "f1": round(mean(row[2] for row in answered), 3)}
    if answered and silent:
        above = mean(float(one[3] > other[3]) for one in answered for other in silent)
        figures["auc"] = round(above, 3)
    return figures
