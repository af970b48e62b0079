"""Cleaning marks the page's clutter and never a sentence of the story."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.story.clutter import story_spans
from index.story.clutter_lines import _RULES, LONGEST_CLUTTER
from index.text.spans import complement

HERE = Path(__file__).resolve().parents[2]
SHARED = HERE.parents[1] / "shared"
CASES: list[dict[str, Any]] = json.loads((HERE / "cases" / "clean.json").read_text(encoding="utf-8"))

needs_shared = pytest.mark.skipif(not SHARED.is_dir() and os.environ.get("CI") != "true", reason="the shared articles are not here")


def read_page(case: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """A case's text, and its lines with the sign before each: `+` story, `-` clutter."""
    lines = [(line[:1], line[2:]) for line in case["page"]]
    return "\n".join(line for _, line in lines), [(sign, line.strip()) for sign, line in lines if sign]


def kept(text: str) -> list[str]:
    return [line.strip() for span in story_spans(text) for line in span.of(text).splitlines() if line.strip()]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_line_of_a_wild_page_is_kept_or_marked(case: dict[str, Any]) -> None:
    text, lines = read_page(case)
    assert kept(text) == [line for sign, line in lines if sign == "+"]


def test_the_cases_are_many_and_of_both_languages_and_signs() -> None:
    arabic = [case for case in CASES if any("\u0620" <= char <= "\u064a" for line in case["page"] for char in line)]
    clean = [case for case in CASES if not any(line.startswith("-") for line in case["page"])]
    assert len(CASES) >= 80
    assert len(arabic) >= 30
    assert len(CASES) - len(arabic) >= 50
    assert len(clean) >= 30


@given(st.text())
def test_spans_of_any_text_are_sorted_apart_trimmed_and_inside(text: str) -> None:
    spans = story_spans(text)
    at = -1
    for span in spans:
        assert at < span.start < span.end <= len(text)
        assert span.of(text) == span.of(text).strip()
        at = span.end


LINES = [line[2:] for case in CASES for line in case["page"]]


@given(st.lists(st.sampled_from(LINES), max_size=12), st.sampled_from(["\n", "\r\n", "\n\n", "\u2028", "\r"]))
def test_any_order_of_lines_gives_spans_that_begin_and_end_with_lines(lines: list[str], end: str) -> None:
    text = end.join(lines)
    whole = {line.strip() for line in text.splitlines()}
    for span in story_spans(text):
        parts = span.of(text).splitlines()
        assert parts[0].strip() in whole
        assert parts[-1].strip() in whole


@given(st.lists(st.sampled_from([line for line in LINES if len(line) > LONGEST_CLUTTER] + ["The ferry left at dawn. " * 30]), min_size=1))
def test_a_long_line_is_never_marked(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [span.of(text) for span in story_spans(text)] == [text.strip()]


def test_text_without_clutter_is_all_story_in_one_span() -> None:
    text = "\n Bridge opens\n\nThe bridge opened.\n\nNobody came. \n"
    (span,) = story_spans(text)
    assert span.of(text) == text.strip()


def test_text_of_nothing_but_white_space_has_no_story() -> None:
    assert story_spans("") == ()
    assert story_spans(" \n\t\u00a0\n") == ()


def test_every_rule_is_needed_by_a_case() -> None:
    """A rule that no case needs is a rule that nothing guards."""
    from index.story.clutter_lines import _key

    lines = [line[2:].strip() for case in CASES for line in case["page"] if line.startswith("-")]
    idle = [
        rule.pattern.pattern for rule in _RULES if not any(rule.pattern.fullmatch(line if rule.cased else _key(line)) for line in lines)
    ]
    assert idle == []


@pytest.mark.parametrize(
    "text",
    [
        "The ferry left at dawn. " * 850_000,
        "\u0639\u0627\u062f \u0627\u0644\u0646\u0627\u0633 " * 1_500_000,
        " " * 20_000_000,
        ("Photo by " * 40 + "\n") * 5_000,
        ("A. " * 120 + "/\n") * 5_000,
        ("copyright 2019 " + "Aa" * 180 + "\n") * 5_000,
        ("sign up to " + "get our " * 40 + "\n") * 5_000,
        ("(" * 390 + "/photo\n") * 5_000,
        ("Source: " + "a" * 380 + ".\n") * 5_000,
    ],
    ids=["english line", "arabic line", "blank", "photo", "initials", "capitals", "appeal", "brackets", "source"],
)
def test_hostile_text_is_read_at_a_megabyte_a_second_or_more(text: str) -> None:
    begin = time.perf_counter()
    story_spans(text)
    assert time.perf_counter() - begin < len(text) / 1e6 + 1  # measured 4 to 400; the slack is for a busy machine


# What the real pages hold that is no story: a word of each line, and how many lines there are.
EXPECTED_CLUTTER = {
    "000": ["REUTERS/", "Powered by"],
    "001": [],
    "002": [],
    "003": ["KGOU", "lizard", "Oklahoma", "Play", "Next", "0:00", "On Air", "parade", "AP/", "parade", "Copyright", "More", "Support"],
    "004": ["Advertisement", "Share", *["Advertisement"] * 3, "(c)2015", "Visit", "Distributed", "Advertisement"],
}


@needs_shared
@pytest.mark.parametrize("number", EXPECTED_CLUTTER)
def test_the_clutter_of_the_real_articles_is_marked_and_nothing_else(number: str) -> None:
    (path,) = (SHARED / "articles").glob(f"{number}_*.txt")
    text = path.read_text(encoding="utf-8")
    gaps = complement(story_spans(text), len(text))
    lines = [line for gap in gaps for line in gap.of(text).splitlines() if line.strip()]
    assert len(lines) == len(EXPECTED_CLUTTER[number])
    assert all(word in line for word, line in zip(EXPECTED_CLUTTER[number], lines, strict=True)), lines


@needs_shared
@pytest.mark.parametrize("corpus", ["xquad/corpus.both", "arcd/corpus", "squad2/corpus", "ntrex-pairs/corpus"])
def test_nothing_is_marked_in_texts_without_clutter(corpus: str) -> None:
    for record in map(json.loads, (SHARED / "eval" / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines()):
        assert sum(map(len, story_spans(record["text"]))) == len(record["text"].strip()), record["id"]
