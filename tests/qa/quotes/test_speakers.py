"""Are two names one person?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.quotes.speakers import is_named, same_speaker

CASES = Path(__file__).parents[2] / "cases"
TABLES = json.loads((CASES / "quotes.json").read_text(encoding="utf-8"))
FAILURES = json.loads((CASES / "known_failures.json").read_text(encoding="utf-8"))


def known(failures: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in failures]


@pytest.mark.parametrize("case", [*TABLES["same speaker"], *known(FAILURES["same speaker"])])
def test_two_names_are_one_person_or_not(case: dict[str, Any]) -> None:
    assert same_speaker(case["one"], case["other"]) is case["same"]
    assert same_speaker(case["other"], case["one"]) is case["same"], "whichever is claimed"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_are_compared_alike_from_both_sides(one: str, other: str) -> None:
    assert same_speaker(one, other) is same_speaker(other, one)


def test_whether_an_article_names_somebody() -> None:
    text = "The bridge, Teval’s engineer said, will open. وقال المهندس ساروك إنه آمن."
    assert is_named("Mira Teval", text)
    assert is_named("Dr. Sarok", text)
    assert not is_named("Mira Tevalo", text) and not is_named("Jon Brenk", text)


def test_no_name_is_nobody() -> None:
    for nobody in ("", "…", "the", "  "):
        assert not same_speaker(nobody, "Mira Teval")
        assert not same_speaker(nobody, nobody)
        assert not is_named(nobody, "Mira Teval")
