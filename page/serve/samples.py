"""The samples that come with the program, if they are installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def sample_questions() -> list[Mapping[str, Any]]:
    """The questions about the samples; none if they are not installed."""
    path = SAMPLES / "questions.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line] if path.exists() else []
