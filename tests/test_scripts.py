"""The scripts in docs/ and training/ import what there is: nothing else runs all of them."""

from __future__ import annotations

import ast
import importlib
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted([*ROOT.glob("docs/*.py"), *ROOT.glob("training/*.py")])
TRAINED = {
    "training.model",
    "training.measure",
    "training.fit",
    "training.export",
    "training.fit_asked",
    "training.calibrate",
}  # import torch, which no test needs


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_name_that_a_script_imports_of_ours_exists(script: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"index", "qa", "page", "training"}:
            name = str(node.module)
            assert find_spec(name) is not None, name
            if name not in TRAINED:
                module = importlib.import_module(name)
                assert [one.name for one in node.names if not hasattr(module, one.name) and find_spec(f"{name}.{one.name}") is None] == []
