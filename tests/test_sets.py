"""The public sets, measured as their own score.py measures them, do not fall under tests/cases/floors.json.

Each corpus is indexed once. xquad-both and arcd would add as long again to `make test`: they are measured by hand, with score.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS: dict[str, dict[str, Any]] = json.loads((ROOT / "tests" / "cases" / "floors.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(score: ModuleType, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The project under test with a store over a corpus, made at the first call."""
    made: dict[str, Any] = {}

    def project(source: str) -> Any:
        if source not in made:
            made[source] = score.Project(ROOT, tmp_path_factory.mktemp("set") / "store")
            assert made[source].build(shared / source)["skipped"] == []
        return made[source]

    return project


@pytest.mark.parametrize("name", FLOORS)
def test_a_public_set_does_not_fall_under_its_floors(
    name: str, score: ModuleType, shared: Path, project: Callable[[str], Any], tmp_path: Path
) -> None:
    floors = FLOORS[name]
    own = project(floors["source"])
    texts = score.texts_of(shared / floors["source"])

    def rows(kind: str) -> list[dict[str, Any]]:
        return list(score.read_jsonl(shared / "eval" / name / f"{kind}.jsonl"))

    measures = {
        "search": lambda: score.score_search(own, rows("questions"), tmp_path),
        "ask": lambda: score.score_ask(own, rows("questions"), texts, tmp_path, show=True),
        "check": lambda: score.score_check(own, rows("quotes"), texts, tmp_path, show=True),
        "quotes": lambda: score.score_speakers(own, rows("speakers"), show=True),
    }
    assert measures.keys() & floors.keys()
    for measure in measures.keys() & floors.keys():
        figures = measures[measure]()
        missed = {key: figures[key] for key, least in floors[measure]["least"].items() if figures[key] < least}
        missed |= {key: figures[key] for key, most in floors[measure]["most"].items() if figures[key] > most}
        assert not missed, f"{name} {measure}: {missed} against {floors[measure]}"
