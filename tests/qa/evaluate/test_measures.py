"""Answers and gold to figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.articles import make_article
from index.text.spans import Span
from qa.evaluate.measures import MEASURES, ask_values, check_values, differences, figures, normalised, search_values
from qa.evaluate.results import QuestionRow
from qa.evaluate.sets import GoldQuestion, GoldQuote, GoldSpan
from qa.evaluate.systems import RetrievedPlace, SystemAnswer
from qa.quotes.check import Match, QuoteCheck, Verdict

TEXT = "The light was lit in 1871. Its keeper is Matthis Oduval. It stands on Kessa."
GOLD = GoldSpan("light", Span(0, 26), TEXT[:26])
QUESTION = GoldQuestion("q", "When was it lit?", "en", ("1871", "in 1871"), (GOLD,), True)
UNANSWERABLE = GoldQuestion("u", "Who sank it?", "en", (), (), False)


def place(start: int, end: int, article: str = "light") -> RetrievedPlace:
    return RetrievedPlace(article, Span(start, end), TEXT[start:end])


def said(
    text: str, *citations: RetrievedPlace, short: str | None = None, statements: Sequence[tuple[str, tuple[int, ...]]] = ()
) -> SystemAnswer:
    numbered = statements or [("verbatim", tuple(range(len(citations))))]
    return SystemAnswer(text, short, False, 0.9, citations, tuple(numbered))


SILENT = SystemAnswer("Nothing.", None, True, 0.1, (place(57, 76),), ())


# Search.


def test_ranks_are_measured_by_article_and_by_evidence() -> None:
    (values,) = search_values([QUESTION], [[place(0, 5, "other"), place(27, 56), place(0, 30)]])
    figures = {name: value for name, (value, _) in values.items()}
    assert (figures["article@1"], figures["article@3"], figures["mrr@10"]) == (0, 1, 0.5)
    assert (figures["evidence@1"], figures["evidence@3"], figures["evidence_mrr@10"]) == (0, 1, pytest.approx(1 / 3))
    assert figures["article_ndcg@10"] == pytest.approx(1 / math.log2(3))
    assert figures["evidence_ndcg@10"] == pytest.approx(1 / math.log2(4))


def test_half_of_the_evidence_is_enough_and_less_is_not() -> None:
    found = search_values([QUESTION] * 2, [[place(0, 13)], [place(0, 12)]])
    assert [values["evidence@1"][0] for values in found] == [1, 0]


def test_of_several_articles_that_answer_recall_counts_each() -> None:
    both = replace(QUESTION, evidence=(GOLD, replace(GOLD, article_id="copy")))
    (values,) = search_values([both], [[place(0, 26), place(0, 10, "other")]])
    assert (values["article@1"][0], values["article_recall@10"][0], values["evidence_recall@10"][0]) == (1, 0.5, 0.5)


def test_one_passage_may_hold_several_gold_spans() -> None:
    two = replace(QUESTION, evidence=(GOLD, GoldSpan("light", Span(27, 56), TEXT[27:56])))
    (values,) = search_values([two], [[place(0, 76)]])
    assert values["evidence_recall@10"][0] == values["evidence_ndcg@10"][0] == 1


def test_a_question_without_an_answer_has_no_rank() -> None:
    assert search_values([UNANSWERABLE, QUESTION], [[place(0, 26)], []])[0] == {}
    assert search_values([QUESTION], [[]])[0]["article@10"] == [0, 1]


ARTICLES = st.lists(st.sampled_from(["light", "a", "b", "c", "d"]), max_size=10)


@given(ARTICLES)
def test_the_librarys_ranks_are_those_of_the_obvious_way(order: list[str]) -> None:
    (values,) = search_values([QUESTION], [[place(0, 26, article) for article in order]])
    distinct = list(dict.fromkeys(order))
    rank = distinct.index("light") if "light" in distinct else None
    for k in (1, 3, 10):
        assert values[f"article@{k}"][0] == (rank is not None and rank < k)
    assert values["mrr@10"][0] == pytest.approx(0 if rank is None else 1 / (rank + 1))
    passages = order.index("light") if "light" in order else None
    assert values["evidence_mrr@10"][0] == pytest.approx(0 if passages is None else 1 / (passages + 1))


# Answers.


def test_an_answer_that_holds_the_gold_answer_and_cites_it_is_right() -> None:
    values = ask_values(QUESTION, said("It was lit in 1871. [1]", place(0, 26), short="1871"), {"light": TEXT})
    for name in ("answer_holds_gold", "citation_recall", "citation_precision", "statement_recall", "statement_precision", "short_exact"):
        assert values[name] == [1, 1], name
    assert values["broken_citations"] == [0, 1]


def test_the_gold_answer_counts_as_whole_words_in_a_short_answer_only() -> None:
    def holds(text: str) -> bool:
        return bool(ask_values(QUESTION, said(text), {})["answer_holds_gold"][0])

    assert holds("In ١٨٧١ or 1871")
    assert not holds("In 18710")
    assert not holds("1871 " + "word " * 80), "quoting everything is no answer"


@pytest.mark.parametrize(
    ("question", "short", "wrong"),
    [
        (QUESTION, "in 1871", [0, 1]),
        (QUESTION, "the year of 1871 or 1872 perhaps", [1, 1]),
        (UNANSWERABLE, "Matthis Oduval", [1, 1]),
        (QUESTION, None, None),
    ],
)
def test_a_short_answer_is_wrong_where_less_than_half_of_it_is_right(
    question: GoldQuestion, short: str | None, wrong: list[int] | None
) -> None:
    values = ask_values(question, said("…", short=short), {})
    assert values["short_given"] == [short is not None, 1]
    assert values.get("short_wrong") == wrong
    assert "short_wrong" not in ask_values(question, SILENT, {})


OVERVIEW = replace(QUESTION, answers=(), evidence=(), points=(("1871", "the seventies"), ("Oduval",), ("Kessa",)))


def test_an_overview_is_measured_by_the_points_that_it_tells() -> None:
    told = said("It was lit in 1871. [1]", place(27, 56))
    values = ask_values(OVERVIEW, told, {"light": TEXT})
    assert values["points_told"] == [2, 3]
    assert "answer_holds_gold" not in values and "citation_precision" not in values
    assert ask_values(OVERVIEW, SILENT, {})["points_told"] == [0, 3]
    assert ask_values(OVERVIEW, said("1871 Kessa Oduval " + "word " * 500), {})["points_told"] == [0, 3]
    assert search_values([OVERVIEW], [[place(0, 26)]]) == [{}]


def test_each_citation_and_each_statement_counts_once() -> None:
    answer = said("…", place(0, 26), place(27, 56), place(57, 76), statements=[("verbatim", (0,)), ("unsupported", (1, 2))])
    values = ask_values(QUESTION, answer, {"light": TEXT})
    assert values["citation_precision"] == [1, 3]
    assert values["statement_recall"] == [0.5, 1]
    assert values["statement_precision"] == [pytest.approx(1 / 3), 1]
    assert values["unsupported_statements"] == [1, 2]


def test_a_citation_that_is_not_letter_for_letter_in_its_article_is_broken() -> None:
    altered = RetrievedPlace("light", Span(0, 26), TEXT[:26].replace("1871", "1872"))
    nowhere = RetrievedPlace("gone", Span(0, 3), "The")
    assert ask_values(QUESTION, said("…", altered, nowhere, place(0, 3)), {"light": TEXT})["broken_citations"] == [2, 1]


def test_silence_is_right_or_wrong_by_the_question() -> None:
    wrongly, rightly = (ask_values(question, SILENT, {"light": TEXT}) for question in (QUESTION, UNANSWERABLE))
    assert (wrongly["abstains_when_it_should_not"], wrongly["abstention_precision"]) == ([1, 1], [0, 1])
    assert (rightly["abstains_when_it_should"], rightly["abstention_precision"]) == ([1, 1], [1, 1])
    assert wrongly["answer_holds_gold"] == wrongly["short_f1"] == [0, 1]
    assert "citation_precision" not in wrongly, "what silence shows asserts nothing"
    assert "answer_holds_gold" not in rightly
    talks = ask_values(UNANSWERABLE, said("A storm. [1]", place(0, 26)), {"light": TEXT})
    assert talks["abstains_when_it_should"] == [0, 1]
    assert "abstention_precision" not in talks


def test_f1_counts_the_words_in_common() -> None:
    values = ask_values(replace(QUESTION, answers=("in the year 1871",)), said("…", short="the year"), {})
    assert values["short_f1"][0] == pytest.approx(2 * 2 / (2 + 4))
    assert values["short_exact"][0] == 0


@example("℠")
@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


# Quotes.


def checked(verdict: Verdict, *spans: Span, speaker: str | None = None) -> QuoteCheck:
    article = make_article("light", TEXT)
    matches = tuple(Match(article, span, span.of(TEXT), speaker, "direct", True, 1.0, (), None, None) for span in spans)
    return QuoteCheck("…", None, verdict, matches, len(matches))


QUOTE = GoldQuote("c", "…", None, "verbatim", (GOLD,), "Captain Matthis Oduval")


def test_a_quote_is_judged_by_its_verdict_its_place_and_its_speaker() -> None:
    right = check_values(QUOTE, checked("verbatim", Span(0, 26), speaker="Oduval"))
    assert [right[name][0] for name in ("verdict_accuracy", "located", "speaker_accuracy", "false_verbatim")] == [1, 1, 1, 0]
    elsewhere = check_values(QUOTE, checked("verbatim", Span(27, 56), speaker="Oduval"))
    assert [elsewhere[name][0] for name in ("verdict_accuracy", "located", "speaker_accuracy")] == [1, 0, 0]
    somebody = check_values(QUOTE, checked("verbatim", Span(0, 26), speaker="Yusra Delmani"))
    assert somebody["speaker_accuracy"] == [0, 1]


def test_passing_what_was_changed_is_worse_than_doubting_what_was_not() -> None:
    passed = check_values(replace(QUOTE, verdict="altered"), checked("elided", Span(0, 26)))
    doubted = check_values(QUOTE, checked("altered", Span(0, 26)))
    assert (passed["false_verbatim"][0], doubted["false_verbatim"][0]) == (1, 0)
    assert passed["verdict_accuracy"][0] == doubted["verdict_accuracy"][0] == 0


def test_a_quote_without_a_source_has_no_place_to_find() -> None:
    values = check_values(replace(QUOTE, verdict="not_found", source=(), speaker=None), checked("not_found"))
    assert values.keys() == {"verdict_accuracy", "false_verbatim", "broken_matches"}


# Figures.


def row(id: str, holds: float, citations: tuple[int, int] = (1, 2)) -> QuestionRow:
    return {
        "id": id,
        "question": "?",
        "language": "en",
        "article_languages": ["en"],
        "answerable": True,
        "answers": ["1871"],
        "evidence": [],
        "found": [],
        "said": None,
        "outcome": "right",
        "measures": {"ask": {"answer_holds_gold": [holds, 1], "citation_precision": list(citations), "broken_citations": [2, 1]}},
        "ms": {"ask": 10 * holds + 5},
    }


def test_figures_are_ratios_of_sums_with_intervals_and_counts_are_sums() -> None:
    found = figures([row("a", 1, (1, 1)), row("b", 0, (0, 3))])
    holds = found["ask"]["answer_holds_gold"]
    assert (holds["value"], holds["n"], holds["low"], holds["high"]) == (0.5, 2, 0, 1)
    assert found["ask"]["citation_precision"]["value"] == 0.25
    assert found["ask"]["broken_citations"] == {"value": 4, "low": None, "high": None, "n": 2}
    assert found["time"]["ask_ms_p50"]["value"] == 10
    assert "search" not in found


def test_differences_are_paired_by_id_and_of_means_alone() -> None:
    ours, theirs = [row("a", 1), row("b", 1), row("only ours", 0)], [row("b", 0), row("a", 1)]
    (holds,) = (one for one in differences("other", ours, theirs) if one["measure"] == "answer_holds_gold")
    assert (holds["value"], holds["n"], holds["against"]) == (0.5, 2, "other")
    assert "citation_precision" not in {one["measure"] for one in differences("other", ours, theirs)}


def test_every_measure_says_what_it_means_and_which_way_is_better() -> None:
    assert all(measure.label and measure.meaning for measure in MEASURES.values())
    assert {section for section, _ in MEASURES} == {"search", "ask", "check", "time"}
    assert all(measure.unit == "ms" for measure in MEASURES.values() if measure.section == "time")
