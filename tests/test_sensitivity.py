"""docs/sensitivity.py: the numbers of the code are found, and set where they are used."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from index.articles import make_article

ROOT = Path(__file__).resolve().parents[1]
TEXT = "Ferry sinks off Kessa\n\nNine people died when the ferry capsized on Tuesday, the harbour authority said.\n"


@pytest.fixture(scope="module")
def found() -> Any:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return import_module("sensitivity_constants")
    finally:
        sys.path.remove(str(ROOT / "docs"))


@pytest.fixture(scope="module")
def constants(found: Any) -> dict[str, Any]:
    return {one.id: one for one in found.constants()}


def test_numbers_are_found_with_their_values(constants: dict[str, Any]) -> None:
    assert {"index.story.metadata.LONGEST_TITLE", "qa.answer.LEAST_CONFIDENCE", "calibration.retrieve.cosine_weight"} <= constants.keys()
    of_modules = [one for one in constants.values() if one.node is not None]
    assert all(getattr(import_module(one.module), one.name) == one.value for one in of_modules if one.unmeasured is None)


def test_a_number_that_is_set_reaches_the_code_that_uses_it(constants: dict[str, Any]) -> None:
    longest = constants["index.story.metadata.LONGEST_TITLE"]
    assert make_article("a.txt", TEXT).title == "Ferry sinks off Kessa"
    longest.set(5)
    try:
        assert make_article("a.txt", TEXT).title is None
    finally:
        longest.set(longest.value)
    assert make_article("a.txt", TEXT).title == "Ferry sinks off Kessa"


def test_a_number_is_set_in_each_module_that_imports_it(constants: dict[str, Any]) -> None:
    shared = next(one for one in constants.values() if len(one.places) > 1 and one.unmeasured is None and not one.used_at_import)
    shared.set(-1)
    try:
        assert {getattr(import_module(module), name) for module, name in shared.places} == {-1}
    finally:
        shared.set(shared.value)


def test_what_is_used_while_a_module_is_imported_is_told_apart(constants: dict[str, Any]) -> None:
    assert constants["qa.answer.LEAST_CONFIDENCE"].used_at_import  # a default
    assert not constants["index.story.metadata.LONGEST_TITLE"].used_at_import


def test_the_changed_source_holds_the_other_number_alone(found: Any, constants: dict[str, Any]) -> None:
    for one in constants.values():
        if one.node is not None and one.unmeasured is None:
            source = (ROOT / one.module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
            before, after = (dict(found.assigned(ast.parse(text))) for text in (source, one.source_with(source, 7.5)))
            assert [name for name in before if ast.unparse(before[name]) != ast.unparse(after[name])] == [one.name]


def test_numbers_go_a_third_down_and_up(found: Any) -> None:
    def changes(value: float) -> list[float]:
        return [round(one, 3) for one in found.Constant("m", "A", value, 1).changes()]

    assert changes(8) == [6, 11]
    assert changes(1) == [0, 2]
    assert changes(0.5) == [0.375, 0.665]
    assert changes(0.9) == [0.675, 1.0]
    assert changes(0.0) == [0.1]
