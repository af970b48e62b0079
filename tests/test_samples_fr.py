"""The French samples say what samples/fr/README.md says of them, and the program finds, attributes and cites them as well as it did."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from index.articles import make_article
from index.store.store import Store
from index.story.quotations import Quotation, quotations_of
from index.text.spans import Span
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.quotes.speakers import same_speaker

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FRENCH = {path.name: path.read_bytes().decode("utf-8") for path in sorted((SAMPLES / "fr" / "articles").iterdir())}
ARTICLES = FRENCH | {path.name: path.read_bytes().decode("utf-8") for path in sorted((SAMPLES / "articles").iterdir())}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / "fr" / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS = rows("questions.jsonl")
QUOTES = rows("quotes.jsonl")
SPEAKERS = rows("speakers.jsonl")


def is_letter_for_letter(span: dict[str, Any]) -> bool:
    return bool(span["text"].strip()) and ARTICLES[span["doc"]][span["start"] : span["end"]] == span["text"]


def bare(text: str) -> str:
    """The words alone, whatever the typography."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).lower()).strip()


def test_every_span_is_letter_for_letter_in_its_article() -> None:
    assert all(is_letter_for_letter(span) for row in QUESTIONS for span in row["evidence"])
    assert all(is_letter_for_letter(span) for row in QUOTES for span in row["source"])
    assert all(is_letter_for_letter(row) for row in SPEAKERS)


def test_ids_questions_and_quotes_stand_once() -> None:
    for records, key in ((QUESTIONS, "question"), (QUOTES, "quote")):
        for field in ("id", key):
            assert max(Counter(record[field] for record in records).values()) == 1


def test_answers_stand_in_the_evidence() -> None:
    for question in QUESTIONS:
        texts = [span["text"] for span in question["evidence"]]
        assert question["answerable"] == bool(texts) == bool(question["answers"])
        assert all(any(answer in text for text in texts) for answer in question["answers"])
        assert all(any(answer in text for answer in question["answers"]) for text in texts)


def test_verdicts_hold() -> None:
    for quote in QUOTES:
        assert (quote["verdict"] == "not_found") != bool(quote["source"])
        if quote["verdict"] in {"altered", "translated", "not_found"}:
            assert not any(bare(quote["quote"]) in bare(text) for text in ARTICLES.values())
        if quote["verdict"] in {"verbatim", "misattributed"} and "left out" not in quote.get("note", ""):
            assert all(bare(quote["quote"]) == bare(source["text"]) for source in quote["source"])


def test_speakers_are_named_outside_their_quotation() -> None:
    assert {row["doc"] for row in SPEAKERS} == FRENCH.keys()
    for row in SPEAKERS:
        text = ARTICLES[row["doc"]]
        assert row["speaker"] is None or bare(row["speaker"]) in bare(text)
        for start, end in row["speaker_spans"]:
            assert text[start:end].strip() == text[start:end] != ""
            assert end <= row["start"] or row["end"] <= start


# What the program makes of them.


@pytest.fixture(scope="module")
def quotations() -> dict[str, tuple[Quotation, ...]]:
    found = {}
    for name, text in FRENCH.items():
        article = make_article(name, text)
        assert article.language == "fr"
        found[name] = quotations_of(text, article.story, article.language)
    return found


def covers(found: Quotation, row: dict[str, Any]) -> bool:
    marked = Span(row["start"], row["end"])
    shared = min(found.span.end, marked.end) - max(found.span.start, marked.start)
    return shared >= 0.5 * max(len(found.span), len(marked))


def is_right(found: Quotation, row: dict[str, Any]) -> bool:
    touches = found.speaker is not None and any(
        found.speaker.start < end and start < found.speaker.end for start, end in row["speaker_spans"]
    )
    return touches or (found.speaker_name is not None and row["speaker"] is not None and same_speaker(found.speaker_name, row["speaker"]))


def test_quotations_are_found_with_their_speakers(quotations: dict[str, tuple[Quotation, ...]]) -> None:
    counted = [row for row in SPEAKERS if row["counted"]]
    near = [[one for one in quotations[row["doc"]] if covers(one, row)] for row in counted]
    assert sum(map(bool, near)) / len(counted) >= 0.95
    assert sum(any(is_right(one, row) for one in found) for found, row in zip(near, counted, strict=True)) / len(counted) >= 0.88
    direct = [(name, one) for name, found in quotations.items() for one in found if one.speech == "direct"]
    true = [any(row["doc"] == name and covers(one, row) for row in SPEAKERS) for name, one in direct]
    assert sum(true) / len(direct) >= 0.95


@pytest.fixture(scope="module")
def store(make_store: Any) -> Store:
    def sources(folder: Path) -> Path:
        articles = folder / "articles"
        articles.mkdir()
        for name, text in ARTICLES.items():
            (articles / name).write_bytes(text.encode())
        return articles

    return Store.open(make_store("samples-three-languages", sources))


@pytest.mark.parametrize(("asked", "least"), [("fr", 0.8), ("en", 0.8), ("ar", 0.8)])
def test_articles_in_french_are_found_in_every_language(store: Store, asked: str, least: float) -> None:
    wanted = [(row["question"], {span["doc"] for span in row["evidence"]}) for row in QUESTIONS if row["language"] == asked]
    wanted = [(question, docs) for question, docs in wanted if docs and docs <= FRENCH.keys()]
    assert first_is_right(store, wanted) >= least


def test_articles_in_other_languages_are_found_in_french(store: Store) -> None:
    wanted = [(row["question"], {span["doc"] for span in row["evidence"]}) for row in QUESTIONS if row["language"] == "fr"]
    wanted = [(question, docs) for question, docs in wanted if docs - FRENCH.keys()]
    assert first_is_right(store, wanted) >= 0.6


def first_is_right(store: Store, wanted: list[tuple[str, set[str]]]) -> float:
    assert wanted
    return sum(retrieve(store, analyse(store, question), 1)[0].passage.article_id in docs for question, docs in wanted) / len(wanted)
