"""What CONTRIBUTING.md names exists: files, make targets, the names in our modules where something is registered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"\b(?:index|qa|page|tests|docs|samples)/[\w./-]*\w", CONTRIBUTING)))
MODULES = "\n".join(path.read_text(encoding="utf-8") for folder in ("index", "qa", "page") for path in (ROOT / folder).rglob("*.py"))


def test_every_path_exists() -> None:
    assert len(PATHS) > 15
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_every_linked_file_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", CONTRIBUTING) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_make_target_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z][a-z-]*)(?=[ `,;\n])", CONTRIBUTING))
    assert {"setup", "test", "test-all", "test-touched", "gate"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize(
    "name", ["_READERS", "_WHOLE", "_INTEGRATIONS", "load_embedder", "CITATIONS", "CONVERSATION", "MEASURES", "search_values", "ask_values"]
)
def test_the_places_to_register_are_named_as_in_the_code(name: str) -> None:
    assert f"`{name}`" in CONTRIBUTING
    assert re.search(rf"^(?:def )?{name}\b", MODULES, re.MULTILINE)
