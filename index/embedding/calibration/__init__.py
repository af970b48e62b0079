"""Thresholds and weights that were fitted to an embedding model, by the model's name: a file MODEL.toml each, with what they were measured
on. A model without a file gets the default model's: other models were not measured."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from index.embedding.models import DEFAULT_EMBEDDER

_FOLDER = Path(__file__).parent


@cache
def calibration(model: str, way: str) -> Mapping[str, Mapping[str, float]]:
    """What was fitted to a model, in a way to compare texts: table of the module that uses it → name → value.

    >>> calibration("huggingface:intfloat/multilingual-e5-base", "late_interaction")["translations"]["alike"]
    0.53
    """
    path = _FOLDER / f"{re.sub(r'[^0-9A-Za-z.-]', '-', model)}.toml"
    tables = tomllib.loads((path if path.is_file() else _FOLDER / f"{DEFAULT_EMBEDDER}.toml").read_text(encoding="utf-8"))
    ways: Mapping[str, Mapping[str, float]] = tables[way]
    return ways
