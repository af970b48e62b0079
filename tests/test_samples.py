"""The sample articles and their sets say what samples/README.md says of them."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from index.articles import Article, read_sources
from qa.evaluate.sets import held_against, read_set

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
SHARED_ARTICLES = ROOT.parent / "shared" / "articles"

ARTICLES = {path.name: path.read_bytes().decode("utf-8") for path in sorted((SAMPLES / "articles").iterdir())}
QUESTION_FIELDS = {"id", "question", "language", "answers", "evidence", "answerable"}
QUOTE_FIELDS = {"id", "quote", "claimed_speaker", "verdict", "source", "speaker"}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "articles", "questions", "unanswerable", "with_points", "quotations"),
    [("unseen", 18, 140, 42, 8, 0), ("unseen2", 10, 50, 12, 14, 61), ("unseen3", 12, 70, 10, 24, 116)],
)
def test_sets_that_nobody_tunes_on_are_whole(
    name: str, articles: int, questions: int, unanswerable: int, with_points: int, quotations: int
) -> None:
    unseen = read_set(SAMPLES / name)
    assert unseen.source is not None
    texts = {article.id: article.text for article in read_sources([unseen.source]) if isinstance(article, Article)}
    held = held_against(unseen, texts)
    assert (len(texts), len(held.questions), held.left_out) == (articles, questions, ())
    assert sum(not question.answerable for question in held.questions) == unanswerable
    assert sum(bool(question.points) for question in held.questions) == with_points
    said = rows(f"{name}/speakers.jsonl") if quotations else []
    assert len(said) == quotations
    assert all(texts[row["doc"]][row["start"] : row["end"]] == row["text"] for row in said)


QUESTIONS = rows("questions.jsonl")
QUOTES = rows("quotes.jsonl")


def by_id(row: dict[str, Any]) -> str:
    return str(row["id"])


def language(text: str) -> str:
    arabic = sum("\u0621" <= c <= "\u064a" for c in text)
    latin = sum("a" <= c.lower() <= "z" for c in text)
    return "ar" if arabic > latin else "en"


def bare(text: str) -> str:
    """The words alone: no case, diacritics, tatweel, punctuation or line breaks."""
    kept = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c) and c != "\u0640")
    return " ".join(re.findall(r"\w+", kept))


def languages_of_evidence(question: dict[str, Any]) -> set[str]:
    return {language(ARTICLES[span["doc"]]) for span in question["evidence"]}


def is_letter_for_letter(span: dict[str, Any]) -> bool:
    return bool(span["text"]) and ARTICLES[span["doc"]][span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize("question", QUESTIONS, ids=by_id)
def test_every_evidence_span_is_letter_for_letter_in_its_article(question: dict[str, Any]) -> None:
    assert all(is_letter_for_letter(span) for span in question["evidence"])


@pytest.mark.parametrize("quote", QUOTES, ids=by_id)
def test_every_source_span_is_letter_for_letter_in_its_article(quote: dict[str, Any]) -> None:
    assert all(is_letter_for_letter(span) for span in quote["source"])


@pytest.mark.parametrize("question", QUESTIONS, ids=by_id)
def test_a_question_has_the_contracts_fields_and_an_answerable_one_has_an_answer_in_its_evidence(question: dict[str, Any]) -> None:
    assert set(question) == QUESTION_FIELDS
    assert language(question["question"]) == question["language"]
    assert question["answerable"] == bool(question["answers"]) == bool(question["evidence"])
    evidence = [f" {bare(span['text'])} " for span in question["evidence"]]
    for holds in evidence:
        assert any(f" {bare(answer)} " in holds for answer in question["answers"]), holds


@pytest.mark.parametrize("quote", QUOTES, ids=by_id)
def test_a_quote_stands_to_its_source_as_its_verdict_says(quote: dict[str, Any]) -> None:
    assert set(quote) == QUOTE_FIELDS
    words = bare(quote["quote"])
    elsewhere = [bare(text) for text in ARTICLES.values()]
    sources = [bare(span["text"]) for span in quote["source"]]
    match quote["verdict"]:
        case "verbatim":
            assert sources and all(source == words for source in sources)
        case "elided":
            fragments = [bare(part) for part in re.split(r"\.\.\.|…|\[[^\]]*\]", quote["quote"])]
            in_order = re.compile(".*".join(re.escape(fragment) for fragment in fragments if fragment))
            assert len(fragments) > 1 and sources and all(in_order.fullmatch(source) for source in sources)
        case "altered":
            assert sources and all(source != words for source in sources) and not any(words in text for text in elsewhere)
        case "misattributed":
            assert sources == [words] and bare(quote["claimed_speaker"]) not in bare(quote["speaker"])
        case "translated":
            assert {language(span["text"]) for span in quote["source"]} == {"ar", "en"} - {language(quote["quote"])}
            assert not any(words in text for text in elsewhere)
        case "not_found":
            assert not sources and not any(words in text for text in elsewhere)
        case other:
            pytest.fail(f"no such verdict: {other}")


@pytest.mark.parametrize("quote", QUOTES, ids=by_id)
def test_the_speaker_of_a_quote_is_named_in_the_article_it_comes_from(quote: dict[str, Any]) -> None:
    if quote["speaker"]:
        assert all(quote["speaker"] in ARTICLES[span["doc"]] for span in quote["source"])


def test_there_are_enough_articles_in_both_languages_and_both_formats() -> None:
    languages = [language(text) for text in ARTICLES.values()]
    assert len(ARTICLES) >= 14
    assert languages.count("ar") >= 5
    assert languages.count("en") >= 5
    assert {Path(name).suffix for name in ARTICLES} == {".txt", ".md"}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_short_plain_utf8_with_a_kebab_case_name(name: str) -> None:
    text = ARTICLES[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.(txt|md)", name)
    assert (language(text) == "ar") == Path(name).stem.endswith("-ar")
    assert 150 <= len(text.split()) <= 450
    assert "\r" not in text and not text.startswith("\ufeff") and text.endswith("\n")


def test_the_sets_cover_both_languages_crossings_and_near_misses() -> None:
    assert len(QUESTIONS) >= 40
    assert len({row["id"] for row in QUESTIONS}) == len(QUESTIONS)
    assert sum(not row["answerable"] for row in QUESTIONS) >= 10
    for asked, answered in (("en", "ar"), ("ar", "en")):
        assert sum(row["language"] == asked and languages_of_evidence(row) == {answered} for row in QUESTIONS) >= 8
        assert any(row["language"] == asked and not row["answerable"] for row in QUESTIONS)


def test_the_quotes_cover_every_verdict_in_both_languages() -> None:
    assert len(QUOTES) >= 30
    assert len({row["id"] for row in QUOTES}) == len(QUOTES)
    verdicts = {"verbatim", "elided", "altered", "misattributed", "translated", "not_found"}
    assert {(row["verdict"], language(row["quote"])) for row in QUOTES} == {(v, tongue) for v in verdicts for tongue in ("en", "ar")}


def test_two_papers_carry_the_same_wire_copy_under_different_headlines() -> None:
    courier, lantern = (ARTICLES[f"ferry-nawras-{paper}.txt"].split("\n") for paper in ("courier", "lantern"))
    body = (set(courier) & set(lantern)) - {""}
    assert len(body) == 8
    assert min(map(len, body)) > 120, "a line of page clutter is the same in both"


def test_the_translation_carries_the_quotations_of_the_wire_copy() -> None:
    english = re.findall(r"“([^”]+)”", ARTICLES["ferry-nawras-lantern.txt"])
    arabic = [said for said in re.findall(r"«([^»]+)»", ARTICLES["ferry-nawras-mirat-ar.txt"]) if len(said.split()) > 3]
    # Arabic sets the two halves of a quotation that English interrupts ("…," said she. "…") as one.
    assert (len(english), len(arabic)) == (6, 4)


@pytest.mark.parametrize(
    ("one", "its_number", "other", "other_number"),
    [
        ("ferry-nawras-courier.txt", "Nine people died", "ferry-toll-radio.txt", "eleven people died"),
        ("ferry-nawras-courier.txt", "licensed to carry 120 passengers", "ferry-correction-courier.txt", "allows 180"),
        ("dam-spillway-opened-ar.txt", "٣٤٠ مليون درال", "dam-repair-cost.txt", "512 million dral"),
        ("mayoral-election-result.txt", "by 312 votes", "election-recount-ar.txt", "بفارق 287 صوتا"),
    ],
)
def test_two_stories_disagree_about_a_number(one: str, its_number: str, other: str, other_number: str) -> None:
    assert its_number in ARTICLES[one] and other_number not in ARTICLES[one]
    assert other_number in ARTICLES[other]


@pytest.mark.parametrize(
    "mark",
    ["«", "“", '"', "©", "could not be independently verified", "ولم يتسن", "declined", "امتنع", "Advertisement", "إعلان", "٣٤٠"],
)
def test_the_articles_hold_the_marks_and_formulas_of_real_pages(mark: str) -> None:
    assert any(mark in text for text in ARTICLES.values())


def test_the_readme_describes_every_article_and_counts_the_sets() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([^`]+)` \|", readme, re.MULTILINE)) == set(ARTICLES)
    assert f"`questions.jsonl` ({len(QUESTIONS)}) and `quotes.jsonl` ({len(QUOTES)})" in readme


@pytest.mark.skipif(not SHARED_ARTICLES.is_dir() and os.environ.get("CI") != "true", reason="the shared articles are not here")
def test_no_fifty_characters_in_a_row_are_taken_from_the_shared_articles() -> None:
    width = 50

    def windows(text: str) -> set[str]:
        return {line[at : at + width] for line in text.splitlines() for at in range(len(line) - width + 1)}

    shared = set[str]().union(*(windows(path.read_text(encoding="utf-8")) for path in SHARED_ARTICLES.glob("*.txt")))
    assert shared, "the shared articles are missing"
    ours = [path for path in SAMPLES.rglob("*") if path.is_file()]
    assert not {str(path.relative_to(ROOT)) for path in ours if windows(path.read_text(encoding="utf-8")) & shared}
