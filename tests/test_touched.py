"""What belongs to a change is found by its folder."""

from __future__ import annotations

import pytest
from touched import ALWAYS, OTHERS, ROOT, belonging_to


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (
            "index/store/catalogue.py",
            ["index/store/catalogue.py", "tests/index/store/test_catalogue.py"],
        ),
        ("index/readers/web/html.py", ["tests/index/readers/test_html_reader.py"]),
        ("qa/evaluate/report/page.py", ["tests/qa/evaluate/test_evaluation_page.py"]),
        ("tests/qa/test_answer.py", ["tests/qa/test_answer.py"]),
        ("page/static/scripts/gone.js", ["tests/page"]),
        ("samples/articles/new.txt", ["tests/test_samples.py"]),
    ],
)
def test_a_file_brings_the_tests_of_its_folder(changed: str, found: list[str]) -> None:
    tests = belonging_to([changed])
    assert {*found, ALWAYS} <= {*tests}
    assert all((ROOT / test).exists() for test in tests)


def test_a_change_in_one_folder_brings_no_test_of_another() -> None:
    assert all(test.startswith(("tests/index/store/", "index/store/")) for test in belonging_to(["index/store/store.py"]) if test != ALWAYS)


@pytest.mark.parametrize("changed", ["docs/benchmarks.md", "index/store/gone.py", "tests/llm/test_model.py", "tests/test_gone.py"])
def test_what_is_gone_or_has_no_test_is_not_run(changed: str) -> None:
    assert changed not in belonging_to([changed])


def test_what_is_named_apart_exists() -> None:
    assert all((ROOT / path).exists() for pair in OTHERS.items() for path in pair)
