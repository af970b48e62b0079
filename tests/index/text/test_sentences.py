from __future__ import annotations

import json
import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.text.sentences import sentence_spans
from index.text.spans import Span

CASES = json.loads((Path(__file__).parents[2] / "cases" / "sentences.json").read_text(encoding="utf-8"))
SHARED = Path(__file__).resolve().parents[3].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir() and os.environ.get("CI") != "true", reason="the shared articles are not here")

PIECES = [
    *" \n\t.!?؟…،,؛:\"'“”«»()[]-—1aBا",
    "\r\n",
    "\n\n",
    ". ",
    ".. ",
    "Mr.",
    "U.S.",
    "J. K. ",
    "د. ",
    "هرب",
    "Then",
    "then",
    "?” Ada said",
    "[1]",
]
PIECES += ["\u0301", "\u200f", "\u202b", "\u2028", "\ufeff", "👩🏽\u200d🚒", "。", "\0", "\ud800", "َ", "ـ", "a" * 70, "word " * 14]
anything = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def check_promises(text: str, spans: tuple[Span, ...], parts: list[Span]) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() for span in spans)
    covered = {i for span in spans for i in range(span.start, span.end)}
    wanted = {i for part in parts for i in range(part.start, part.end)}
    assert covered <= wanted
    assert not [i for i in wanted - covered if not text[i].isspace()]


@given(anything)
@example("word " * 14 + "\n" + "word " * 14 + "\nword")
def test_sentences_are_in_order_apart_trimmed_and_leave_no_character_out(text: str) -> None:
    check_promises(text, sentence_spans(text), [Span(0, len(text))])


@given(anything, st.data())
def test_sentences_within_parts_cover_these_and_nothing_else(text: str, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    parts = [Span(min(pair), max(pair)) for pair in zip(edges[::2], edges[1::2], strict=False)]
    spans = sentence_spans(text, parts)
    check_promises(text, spans, parts)


@given(anything)
def test_the_whole_text_as_a_part_changes_nothing(text: str) -> None:
    assert sentence_spans(text, [Span(0, len(text))]) == sentence_spans(text)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_wild_case(case: dict[str, object]) -> None:
    text = str(case["text"])
    assert [span.of(text) for span in sentence_spans(text)] == case["sentences"]


def test_a_sentence_ends_where_a_part_ends() -> None:
    text = "The dam Advertisement held. Then rain"
    parts = [Span(0, 7), Span(22, 37)]
    assert [span.of(text) for span in sentence_spans(text, parts)] == ["The dam", "held.", "Then rain"]


def test_no_parts_no_sentences() -> None:
    assert sentence_spans("The dam held.", []) == ()
    assert sentence_spans("") == sentence_spans(" \n\u2028") == ()


@pytest.mark.parametrize(
    "piece",
    [".", ". ", "a. ", '."', "Mr. ", "B. B ", "\n", "x.\n", '?" Abcd ', '?" Abcd' + " " * 900, ".[1", "ا.", "...a", "(", "a" * 99 + "\n"],
)
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    begin = time.perf_counter()
    sentence_spans(text)
    # measured: at most 0.4 s; quadratic time would be minutes
    assert time.perf_counter() - begin < 5


@needs_shared
def test_every_sentence_of_the_real_articles_stands_alone() -> None:
    files = sorted((SHARED / "articles").glob("*.txt"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        spans = sentence_spans(text)
        check_promises(text, spans, [Span(0, len(text))])
        assert not [span for span in spans if "\n" in span.of(text)], "these pages have a paragraph a line"
        assert not [span for span in spans if ".," in span.of(text)[:-2]], "the glued commas end sentences"


@needs_shared
@pytest.mark.parametrize(("language", "floor"), [("en", 0.995), ("ar", 0.965)])
def test_boundaries_of_the_translated_news_are_found(language: str, floor: float) -> None:
    """F1 of sentence ends where the segments of an NTREX story meet; measured .998 and .968."""
    right = found = wanted = 0
    for line in (SHARED / "eval" / "ntrex-pairs" / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        if story["language"] != language:
            continue
        text, ends = "", set()
        for segment in filter(None, map(str.strip, story["text"].split("\n"))):
            ends.add(len(text) - 1)
            text += f"{segment} "
        text = text.rstrip()
        gold = {end for end in ends if end > 0}
        predicted = {span.end for span in sentence_spans(text)} - {len(text)}
        right, found, wanted = right + len(gold & predicted), found + len(predicted), wanted + len(gold)
    assert 2 * right / (found + wanted) >= floor
