"""Quotations are found where they stand, and their speakers named as the article names them."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store.store import Store
from index.story.quotations import quotations_of
from index.text.marks import quoted_spans
from index.text.spans import Span

TABLES = Path(__file__).parents[2] / "cases"
# A table for the languages that the script tells, and one for each that an article must be known to be in.
CASES: list[tuple[str | None, dict[str, Any]]] = [
    (language, case)
    for language, name in ((None, "quotations.json"), ("fr", "quotations_fr.json"))
    for case in json.loads((TABLES / name).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("language", "case"), CASES, ids=[case["why"] for _, case in CASES])
def test_quotations_and_their_speakers_are_those_that_a_reader_sees(language: str | None, case: dict[str, Any]) -> None:
    text = case["text"]
    expected = [[*row, "direct"][:3] for row in case["quotations"]]
    found = quotations_of(text, language=language)
    assert [[one.span.of(text), one.speaker_name, one.speech] for one in found] == expected
    numbers = [one.utterance for one in found]
    for together in case.get("utterances", []):
        assert len({numbers[place] for place in together}) == 1


def test_two_speakers_are_two_utterances() -> None:
    one, other = quotations_of("“We agree with them,” said Ada Brell. “We do not agree,” said Ilan Marsh.")
    assert one.utterance != other.utterance


def test_a_speaker_is_named_where_the_text_names_one() -> None:
    text = "Ada Brell came late. “I missed the boat,” she said."
    (one,) = quotations_of(text)
    assert one.speaker is not None and one.speaker.of(text) == "she"
    assert one.cue is not None and one.cue.of(text) == "said"
    assert one.speaker_name == "Ada Brell"


def test_only_the_story_is_read() -> None:
    text = "“Subscribe to our letter now,” said Ada Brell.\n“The harbour is closed,” said Ilan Marsh."
    story = [Span(text.index("\n") + 1, len(text))]
    assert [one.span.of(text) for one in quotations_of(text, story)] == ["The harbour is closed,"]


def test_a_store_keeps_the_quotations_that_were_found(samples_store: Store) -> None:
    articles = {article.id: article for article in samples_store.catalogue.all_articles()}
    kept = samples_store.catalogue.quotations(articles)
    found = {id: quotations_of(article.text, article.story, article.language) for id, article in articles.items()}
    assert kept == {id: quotations for id, quotations in found.items() if quotations}


PIECES = st.sampled_from(
    [
        *("“", "”", '"', "«", "»", "‘", "’", "'", " ", "\n", "\n\n", ", ", ". ", ": ", "-", "[", "…", "\u200f", "é", "🚢", "who", "and"),
        *(
            "he said",
            "said Ada Brell",
            "she told us that",
            "according to",
            "the gates hold",
            "We left",
            "The",
            "The’s said",
            "the 30-year-old",
            "قال سمير",
            "وأضافت",
            "إن",
            "لم أر البحر",
        ),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_span_is_a_trimmed_part_of_the_text_whatever_the_text(text: str) -> None:
    found = quotations_of(text)
    for one in found:
        for span in (one.span, one.speaker, one.cue):
            if span is not None:
                assert 0 <= span.start < span.end <= len(text)
                assert span.of(text) == span.of(text).strip()
        assert (one.speaker_name is None) or one.speaker_name.strip()
    assert list(found) == sorted(found, key=lambda one: (one.span.start, one.span.end))


@given(st.lists(PIECES, max_size=60).map("".join))
def test_quotations_between_marks_nest_or_stand_apart(text: str) -> None:
    spans = [span.outer for span in quoted_spans(text, [Span(0, len(text))])]
    for place, one in enumerate(spans):
        for other in spans[place + 1 :]:
            assert one.contains(other) or other.start >= one.end


def test_inch_marks_and_apostrophes_are_no_quotations() -> None:
    text = "The 5'10\" rower took a 6\" pipe, rock 'n' roll and the '90s into the workers' club."
    assert quotations_of(text) == ()


HEAPS = {
    "single marks": "‘ab " * 100_000,
    "double marks": '"ab ' * 100_000,
    "tags": '"We are here," he said. ' * 5_000,
    "Arabic": "قال أحمد إن الحال صعب. «نعم» " * 3_000,
    "names": "John Smith Brown " * 30_000,
    "ages": "the 26-year-old said “we will go now.” " * 5_000,
    "paragraphs": "“We go on, then.\n\n" * 5_000,
    "cues": "he said that it was so and " * 20_000,
}


@pytest.mark.parametrize("text", HEAPS.values(), ids=HEAPS)
def test_time_grows_with_the_text_alone(text: str) -> None:
    """Half a second a hundred thousand characters is ten times what these take; what is quadratic takes minutes."""
    started = perf_counter()
    quotations_of(text)
    assert perf_counter() - started < 2 + len(text) / 50_000


def test_the_speakers_of_the_public_set(shared: Path) -> None:
    """Figures of score.py, in process: found, speaker right, precision of direct quotations, on PolNeAR."""
    folder = shared / "eval" / "polnear"
    texts = {row["id"]: row["text"] for row in map(json.loads, (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()) if row}
    rows = [json.loads(line) for line in (folder / "speakers.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {id: quotations_of(text) for id, text in texts.items()}
    counted = [row for row in rows if row["counted"]]
    hits = right = 0
    for row in counted:
        place = Span(row["start"], row["end"])
        near = [one for one in found[row["doc"]] if 2 * one.span.overlap(place) >= max(len(one.span), len(place))]
        hits += bool(near)
        right += any(one.speaker and one.speaker.overlap(Span(*span)) for one in near for span in row["speaker_spans"])
    assert hits >= 0.98 * len(counted)
    assert right >= 0.86 * len(counted)
