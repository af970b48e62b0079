"""docs/load_page.py: many people at once, and a script that would notice if it went wrong."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "docs" / "load_page.py"


@pytest.fixture(scope="module")
def load_page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("load_page", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["load_page"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.mark.alone
def test_twenty_people_at_once_are_answered_within_three_seconds_each_their_own_question() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--people", "20", "--questions", "1"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 questions: 0 errors, 0 mix-ups" in done.stdout


TURN = '<article class="turn"><h2 class="question" dir="ltr">{}</h2><div class="{}"><p>It is <b>so</b>.</p></div></article>'


@pytest.mark.parametrize(
    ("markup", "trouble"),
    [
        (TURN.format("Who rang the bell?", "answer"), None),
        (TURN.format("Who rang the bell?", "abstention"), None),
        (TURN.format("Who rang the bell?", "pending"), "no answer to 'Who rang the bell?'"),
        (TURN.format("Who sank the boat?", "answer"), "mix-up"),
        (TURN.format("Who sank the boat?", "answer") + TURN.format("Who rang the bell?", "answer"), "mix-up"),
        ("", "mix-up"),
    ],
    ids=["answered", "abstained", "unanswered", "another's", "another's before", "nothing"],
)
def test_what_somebody_else_asked_is_seen_to_be_a_mix_up(load_page: ModuleType, markup: str, trouble: str | None) -> None:
    found = load_page._trouble(load_page.Turns(markup), ["Who rang the bell?"])
    assert found == trouble or (trouble and found.startswith(trouble))


@pytest.mark.parametrize(
    ("milliseconds", "trouble", "promised"),
    [(2999.0, None, True), (3001.0, None, False), (10.0, "mix-up: was shown [], had asked []", False), (math.nan, "Failure: gone", False)],
)
def test_a_slow_page_an_error_and_a_mix_up_break_the_promise(
    load_page: ModuleType, milliseconds: float, trouble: str | None, promised: bool
) -> None:
    assert load_page.report([load_page.Asked(1, milliseconds, trouble)]) is promised


def test_a_page_that_is_not_there_is_told_and_ends_with_1() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--address", "http://127.0.0.1:9"], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
