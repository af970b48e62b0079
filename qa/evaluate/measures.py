"""Answers and gold to figures. Pure.

Every figure is a ratio of sums over rows, so that one bootstrap (intervals.py) serves all: a row gives each measure a numerator and a
denominator, and a measure that does not apply to a row is not among its values.

Ranks are measured by ir-measures (MacAvaney et al. 2022, "Streamlining Evaluation with ir-measures"); exact match and F1 as SQuAD's
(Rajpurkar et al. 2016) over text without case, punctuation and diacritics, Arabic letter variants joined; citation precision and recall as
ALCE's (Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations"), with overlap with gold spans in the place of its
entailment model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import ir_measures
from ir_measures import RR, R, Success, nDCG

from index.text.fold import fold_text
from qa.evaluate.intervals import paired_difference, quantile, ratio
from qa.evaluate.results import MeasuredFigure, QuestionRow, QuoteRow, SystemDifference
from qa.evaluate.sets import GoldQuestion, GoldQuote, GoldSpan
from qa.evaluate.systems import RetrievedPlace, SystemAnswer
from qa.quotes.check import Match, QuoteCheck
from qa.quotes.report import GOOD

AnyRow = TypeVar("AnyRow", QuestionRow, QuoteRow)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure as reports show it. `better`: more, less, or neither. `unit`: share (of 1), count, words, ms or MB."""

    name: str
    section: str
    label: str
    meaning: str
    better: Literal["more", "less", "neither"]
    unit: Literal["share", "count", "words", "ms"]
    chief: bool = False
    """Shown among the chief figures."""


def _table(*measures: Measure) -> Mapping[tuple[str, str], Measure]:
    return {(measure.section, measure.name): measure for measure in measures}


MEASURES = _table(
    Measure("article@1", "search", "Right article first", "the first passage is from an article that answers", "more", "share", True),
    Measure("article@3", "search", "Right article in 3", "one of the first three articles answers", "more", "share"),
    Measure("article@10", "search", "Right article in 10", "one of the articles of ten passages answers", "more", "share", True),
    Measure(
        "article_recall@10",
        "search",
        "Articles found",
        "the share of the articles that answer that is among those of ten passages",
        "more",
        "share",
    ),
    Measure("mrr@10", "search", "Article MRR", "mean of 1 / rank of the first right article", "more", "share"),
    Measure("article_ndcg@10", "search", "Article nDCG", "right articles by rank, discounted by its logarithm", "more", "share"),
    Measure("evidence@1", "search", "Evidence first", "the first passage holds at least half of a gold span", "more", "share", True),
    Measure("evidence@3", "search", "Evidence in 3", "one of three passages does", "more", "share"),
    Measure("evidence@10", "search", "Evidence in 10", "one of ten passages does", "more", "share"),
    Measure(
        "evidence_recall@10",
        "search",
        "Evidence found",
        "the share of the gold spans of which ten passages hold at least half",
        "more",
        "share",
    ),
    Measure("evidence_mrr@10", "search", "Evidence MRR", "mean of 1 / rank of the first passage that holds evidence", "more", "share"),
    Measure("evidence_ndcg@10", "search", "Evidence nDCG", "gold spans by the rank of the first passage that holds each", "more", "share"),
    Measure(
        "answer_holds_gold",
        "ask",
        "Answer holds the gold answer",
        "of the answerable questions, the answer has at most 80 words, a gold answer among them",
        "more",
        "share",
        True,
    ),
    Measure(
        "citation_recall",
        "ask",
        "Cites the evidence",
        "of the answerable questions, at least one citation overlaps a gold span by half of the shorter",
        "more",
        "share",
        True,
    ),
    Measure(
        "citation_precision",
        "ask",
        "Citations that are evidence",
        "of all citations of answers to answerable questions, those that overlap a gold span",
        "more",
        "share",
        True,
    ),
    Measure(
        "statement_recall",
        "ask",
        "ALCE citation recall",
        "per answer, the share of its statements with a citation that overlaps a gold span",
        "more",
        "share",
    ),
    Measure(
        "statement_precision",
        "ask",
        "ALCE citation precision",
        "per answer, the share of its citations that overlap a gold span",
        "more",
        "share",
    ),
    Measure(
        "short_exact", "ask", "Short answer exact", "the short answer equals a gold answer (SQuAD's exact match)", "more", "share", True
    ),
    Measure(
        "short_given",
        "ask",
        "Short answer given",
        "of all questions, those with an answer in large type, right or wrong",
        "neither",
        "share",
    ),
    Measure(
        "short_wrong",
        "ask",
        "Short answer wrong",
        "of the short answers given, those with an F1 under one half",
        "less",
        "share",
        True,
    ),
    Measure(
        "points_told",
        "ask",
        "Points told",
        "of what overviews and lists must tell, what the answer or its citations tell in 500 words",
        "more",
        "share",
        True,
    ),
    Measure(
        "kind_right",
        "ask",
        "Kind told",
        "of the questions whose kind the set names, those that are taken to be of that kind",
        "more",
        "share",
    ),
    Measure("short_f1", "ask", "Short answer F1", "words in common with the nearest gold answer (SQuAD's F1)", "more", "share"),
    Measure(
        "abstains_when_it_should",
        "ask",
        "Silent where it should be",
        "of the unanswerable questions, those met with silence: recall of abstention",
        "more",
        "share",
        True,
    ),
    Measure(
        "abstains_when_it_should_not",
        "ask",
        "Silent where it should not be",
        "of the answerable questions, those met with silence",
        "less",
        "share",
        True,
    ),
    Measure("abstention_precision", "ask", "Silence that is right", "of all silences, those about unanswerable questions", "more", "share"),
    Measure("mean_words", "ask", "Words an answer", "words of the answers, over all answerable questions", "neither", "words"),
    Measure(
        "broken_citations",
        "ask",
        "Broken citations",
        "citations that are not, letter for letter, in their article at their place",
        "less",
        "count",
        True,
    ),
    Measure("unsupported_statements", "ask", "Unsupported statements", "of all statements, those marked as unsupported", "less", "share"),
    Measure(
        "struck_statements",
        "ask",
        "Struck out",
        "statements that a language model wrote and that were struck out, of all that it wrote or quoted",
        "less",
        "share",
    ),
    Measure("verdict_accuracy", "check", "Verdict right", "quotes with the right verdict", "more", "share", True),
    Measure("false_verbatim", "check", "Falsely verbatim", "quotes passed as verbatim or elided that are not", "less", "count", True),
    Measure(
        "located",
        "check",
        "Found at its place",
        "of the quotes with a source, those of which a match holds at least half",
        "more",
        "share",
        True,
    ),
    Measure(
        "speaker_accuracy",
        "check",
        "Speaker right",
        "of the quotes with a source and a speaker, those with a match at the place that names them",
        "more",
        "share",
        True,
    ),
    Measure(
        "broken_matches",
        "check",
        "Broken matches",
        "matches that are not, letter for letter, in their article at their place",
        "less",
        "count",
    ),
    Measure("search_ms_p50", "time", "Search, median", "milliseconds a search", "less", "ms"),
    Measure("search_ms_p95", "time", "Search, 95th percentile", "milliseconds that 19 of 20 searches stay under", "less", "ms"),
    Measure("ask_ms_p50", "time", "Answer, median", "milliseconds an answer", "less", "ms", True),
    Measure("ask_ms_p95", "time", "Answer, 95th percentile", "milliseconds that 19 of 20 answers stay under", "less", "ms"),
    Measure("embed_ms_p50", "time", "– embedding it, median", "of an answer's time", "less", "ms"),
    Measure("embed_ms_p95", "time", "– embedding it, 95th percentile", "of an answer's time", "less", "ms"),
    Measure("retrieve_ms_p50", "time", "– finding, median", "of an answer's time", "less", "ms"),
    Measure("retrieve_ms_p95", "time", "– finding, 95th percentile", "of an answer's time", "less", "ms"),
    Measure("read_ms_p50", "time", "– reading, median", "of an answer's time", "less", "ms"),
    Measure("read_ms_p95", "time", "– reading, 95th percentile", "of an answer's time", "less", "ms"),
    Measure("write_ms_p50", "time", "– writing, median", "of an answer's time, by a language model", "less", "ms"),
    Measure("write_ms_p95", "time", "– writing, 95th percentile", "of an answer's time, by a language model", "less", "ms"),
    Measure(
        "first_statement_ms_p50", "time", "First statement, median", "milliseconds to a written answer's first statement", "less", "ms"
    ),
    Measure(
        "first_statement_ms_p95",
        "time",
        "First statement, 95th percentile",
        "milliseconds that the first statements of 19 of 20 written answers stay under",
        "less",
        "ms",
    ),
    Measure("check_ms_p50", "time", "Check, median", "milliseconds a quote", "less", "ms"),
    Measure("check_ms_p95", "time", "Check, 95th percentile", "milliseconds that 19 of 20 quotes stay under", "less", "ms"),
)


# An answer longer than this does not count as one: quoting everything is no answer.
MOST_WORDS = 80
_MOST_TOLD = 500  # words of an overview or a list, with all that it cites
_HALF_RIGHT = 0.5  # F1 of a short answer that is not wrong
SEARCHED = 10  # passages
_CUTS = (1, 3, 10)
# Words that a speaker's name may come with.
_TITLES = frozenset(("the", "a", "an", "mr", "mrs", "ms", "said"))

MeasureValues = dict[str, list[float]]
"""Measure to its numerator and denominator in one row."""


def normalised(text: str) -> str:
    """Words alone, comparable: folded, with spaces for punctuation.

    >>> normalised("The “Élysée”, 1,200!"), normalised("أُسْرة ٢٠١٧")
    ('the elysee 1 200', 'اسره 2017')
    """
    return " ".join(re.sub(r"[^\w]+", " ", fold_text(text)).split())


def _holds(text: str, answers: Iterable[str]) -> bool:
    within = f" {normalised(text)} "
    return any(f" {normalised(answer)} " in within for answer in answers)


def f1(given: str, gold: str) -> float:
    """Of the words that two answers share, as SQuAD's script counts them (Rajpurkar et al. 2016); 0 where they share none."""
    ours, right = Counter(normalised(given).split()), Counter(normalised(gold).split())
    common = (ours & right).total()
    return 2 * common / (ours.total() + right.total()) if common else 0.0


def _same_name(a: str, b: str) -> bool:
    """Whether one name holds the other's words, or both end in the same word."""
    ours, theirs = ([word for word in normalised(name).split() if word not in _TITLES] for name in (a, b))
    return bool(ours and theirs) and (set(ours) <= set(theirs) or set(theirs) <= set(ours) or ours[-1] == theirs[-1])


def overlaps(place: RetrievedPlace | Match, gold: GoldSpan, of_shorter: bool) -> bool:
    """Whether a place holds half of a gold span or, `of_shorter`, half of the shorter of the two."""
    if place_article(place) != gold.article_id:
        return False
    common = min(place.span.end, gold.span.end) - max(place.span.start, gold.span.start)
    return 2 * common >= (min(len(gold.span), len(place.span)) if of_shorter else len(gold.span))


def place_article(place: RetrievedPlace | Match) -> str:
    return place.article.id if isinstance(place, Match) else place.article_id


def holds_gold(question: GoldQuestion, text: str) -> bool:
    """Whether an answer is short enough and holds a gold answer, as whole words."""
    return len(text.split()) <= MOST_WORDS and _holds(text, question.answers)


def first(places: Iterable[bool]) -> int | None:
    """The rank, from 0, of the first that is true."""
    return next((rank for rank, holds in enumerate(places) if holds), None)


def search_values(questions: Sequence[GoldQuestion], retrieved: Sequence[Sequence[RetrievedPlace]]) -> list[MeasureValues]:
    """The measures of a search for each question with evidence, {} for others. `retrieved` are the places in order, `SEARCHED` at most."""
    gold: dict[str, dict[str, dict[str, int]]] = {"article": {}, "evidence": {}}
    runs: dict[str, dict[str, dict[str, float]]] = {"article": {}, "evidence": {}}
    for number, (question, places) in enumerate(zip(questions, retrieved, strict=True)):
        if not question.evidence:
            continue
        evidence = {f"gold {n}": span for n, span in enumerate(question.evidence)}
        gold["article"][str(number)] = {span.article_id: 1 for span in question.evidence}
        gold["evidence"][str(number)] = dict.fromkeys(evidence, 1)
        held: list[str] = []
        for rank, place in enumerate(places):
            new = [name for name, span in evidence.items() if name not in held and overlaps(place, span, of_shorter=False)]
            held += new or [f"passage {rank}"]
        runs["article"][str(number)] = _by_rank(dict.fromkeys(place.article_id for place in places))
        runs["evidence"][str(number)] = _by_rank(held)
    values: list[MeasureValues] = [{} for _ in questions]
    for level, names in _RANKED.items():
        if gold[level]:
            for score in ir_measures.iter_calc(names, gold[level], runs[level]):
                values[int(score.query_id)][names[score.measure]] = [score.value, 1]
    return values


def _by_rank(names: Iterable[str]) -> dict[str, float]:
    return {name: -float(rank) for rank, name in enumerate(names)}


_RANKED = {
    "article": {
        **{Success @ k: f"article@{k}" for k in _CUTS},
        R @ SEARCHED: "article_recall@10",
        RR @ SEARCHED: "mrr@10",
        nDCG @ SEARCHED: "article_ndcg@10",
    },
    "evidence": {
        **{Success @ k: f"evidence@{k}" for k in _CUTS},
        # One passage may hold several gold spans: more may be found than passages were.
        R @ 1000: "evidence_recall@10",
        RR @ SEARCHED: "evidence_mrr@10",
        nDCG @ SEARCHED: "evidence_ndcg@10",
    },
}


def is_good(place: RetrievedPlace, question: GoldQuestion) -> bool:
    """Whether a citation overlaps the evidence."""
    return any(overlaps(place, span, of_shorter=True) for span in question.evidence)


def ask_values(question: GoldQuestion, said: SystemAnswer, texts: Mapping[str, str]) -> MeasureValues:
    """The measures of an answer. `texts`: article id to text, of those that are cited."""
    broken = sum(texts.get(c.article_id, "")[c.span.start : c.span.end] != c.text for c in said.citations)
    values: MeasureValues = {"broken_citations": [broken, 1]}
    if said.struck is not None:
        values["struck_statements"] = [said.struck, said.struck + len(said.statements)]
    if question.kind is not None and said.kind is not None:
        values["kind_right"] = [said.kind == question.kind, 1]
    if question.kind in _WITHOUT_ANSWER:
        return values
    if said.abstained:
        values["abstention_precision"] = [not question.answerable, 1]
    is_given = not said.abstained and bool(said.short_answer)
    values["short_given"] = [is_given, 1]
    short = normalised(said.short_answer or "")
    if is_given:
        values["short_wrong"] = [max((f1(short, answer) for answer in question.answers), default=0) < _HALF_RIGHT, 1]
    if not question.answerable:
        return {**values, "abstains_when_it_should": [said.abstained, 1]}
    values["abstains_when_it_should_not"] = [said.abstained, 1]
    if question.points:
        return values | {"points_told": [_points_told(question, said), len(question.points)]}
    values |= {name: [0, 1] for name in ("answer_holds_gold", "citation_recall", "short_exact", "short_f1", "mean_words")}
    if said.abstained:
        return values
    if not question.evidence:  # about the collection: nothing is cited
        return values | {"answer_holds_gold": [holds_gold(question, said.text), 1]}
    good = [is_good(citation, question) for citation in said.citations]
    distinct = {(c.article_id, c.span.start) for c, is_evidence in zip(said.citations, good, strict=True) if is_evidence}
    carried = [any(good[n] for n in numbers) for _, numbers in said.statements]
    return values | {
        "answer_holds_gold": [holds_gold(question, said.text), 1],
        "citation_recall": [any(good), 1],
        "citation_precision": [len(distinct), len(good)],
        "statement_recall": [sum(carried) / len(carried) if carried else 0, 1],
        "statement_precision": [sum(good) / len(good) if good else 0, 1],
        "short_exact": [any(short == normalised(answer) for answer in question.answers), 1],
        "short_f1": [max((f1(short, answer) for answer in question.answers), default=0), 1],
        "mean_words": [len(said.text.split()), 1],
        "unsupported_statements": [sum(support == "unsupported" for support, _ in said.statements), len(said.statements)],
    }


# Kinds of questions that no answer is right for.
_WITHOUT_ANSWER = frozenset({"program", "small-talk"})


def _points_told(question: GoldQuestion, said: SystemAnswer) -> int:
    """How many of the points the answer and what it cites tell: none where it is silent or longer than any overview."""
    told = normalised(" ".join([said.text, *(citation.text for citation in said.citations)]))
    if said.abstained or len(told.split()) > _MOST_TOLD:
        return 0
    return sum(_holds(told, point) for point in question.points)


def check_values(quote: GoldQuote, check: QuoteCheck) -> MeasureValues:
    """The measures of a checked quote."""
    passed = check.verdict in GOOD
    values: MeasureValues = {
        "verdict_accuracy": [check.verdict == quote.verdict, 1],
        "false_verbatim": [passed and quote.verdict not in GOOD, 1],
        "broken_matches": [sum(match.span.of(match.article.text) != match.text for match in check.matches), 1],
    }
    if quote.source:
        there = [match for match in check.matches if overlaps(match, quote.source[0], of_shorter=False)]
        values["located"] = [bool(there), 1]
        if quote.speaker is not None:
            named = quote.speaker
            values["speaker_accuracy"] = [any(match.speaker and _same_name(match.speaker, named) for match in there), 1]
    return values


def figures(rows: Sequence[QuestionRow | QuoteRow]) -> dict[str, dict[str, MeasuredFigure]]:
    """Section and measure to its figure over the rows, in the order of MEASURES; what no row has is left out."""
    by_section: dict[str, dict[str, MeasuredFigure]] = {}
    for (section, name), measure in MEASURES.items():
        figure = _time(name, rows) if section == "time" else _ratio(measure, rows)
        if figure is not None:
            by_section.setdefault(section, {})[name] = figure
    return by_section


def _ratio(measure: Measure, rows: Sequence[QuestionRow | QuoteRow]) -> MeasuredFigure | None:
    pairs = [row["measures"][measure.section][measure.name] for row in rows if measure.name in row["measures"].get(measure.section, {})]
    if not pairs:
        return None
    if measure.unit == "count":
        return {"value": sum(numerator for numerator, _ in pairs), "low": None, "high": None, "n": len(pairs)}
    interval = ratio([numerator for numerator, _ in pairs], [denominator for _, denominator in pairs])
    return _figure(interval, len(pairs))


def _time(name: str, rows: Sequence[QuestionRow | QuoteRow]) -> MeasuredFigure | None:
    stage, _, percentile = name.partition("_ms_p")
    values = [row["ms"][stage] for row in rows if stage in row["ms"]]
    return _figure(quantile(values, int(percentile) / 100), len(values)) if values else None


def _figure(interval: tuple[float, float, float] | None, n: int) -> MeasuredFigure:
    value, low, high = interval or (None, None, None)
    return {"value": value, "low": low, "high": high, "n": n}


def differences(against: str, ours: Sequence[AnyRow], theirs: Sequence[AnyRow]) -> list[SystemDifference]:
    """Ours less theirs for each measure that is a mean over rows, over the rows (by id) that both have."""
    all_differences: list[SystemDifference] = []
    other = {row["id"]: row["measures"] for row in theirs}
    for section, name in MEASURES:
        pairs = [
            (mine[0], other[row["id"]][section][name][0])
            for row in ours
            if (mine := row["measures"].get(section, {}).get(name)) is not None
            and name in other.get(row["id"], {}).get(section, {})
            and mine[1] == other[row["id"]][section][name][1] == 1
        ]
        if not pairs:
            continue
        value, low, high, p = paired_difference([mine for mine, _ in pairs], [its for _, its in pairs])
        all_differences.append(
            {"against": against, "section": section, "measure": name, "value": value, "low": low, "high": high, "p": p, "n": len(pairs)}
        )
    return all_differences
