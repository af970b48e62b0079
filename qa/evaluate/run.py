"""Runs sets against systems: every question searched and asked, every quote checked, each timed. What is measured stands in measures.py."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import TypeVar

from index.store.store import Store
from index.text.language import language_of
from qa.evaluate.measures import (
    SEARCHED,
    ask_values,
    check_values,
    differences,
    figures,
    first,
    holds_gold,
    is_good,
    overlaps,
    search_values,
)
from qa.evaluate.results import (
    FORMAT,
    CalibrationBin,
    GroupFigures,
    MatchRow,
    PlaceRow,
    QuestionRow,
    QuoteRow,
    Results,
    SaidRow,
    SetResult,
    SystemResult,
)
from qa.evaluate.sets import EvalSet, GoldQuestion, GoldQuote, GoldSpan, held_against
from qa.evaluate.systems import AnsweringSystem, CheckingSystem, RetrievedPlace, SelectiveSystem, System, SystemAnswer
from qa.quotes.check import Match, QuoteCheck

Progress = Callable[[str, int, int], None]
"""Told the stage, how much is done and how much there is (0: not known). What it raises stops the run."""

_SHOWN = 3  # passages kept of a search that missed: enough to see what it took for the answer
_BINS = 10  # of confidence
_CURVE = 100  # points of a risk–coverage curve at most

_Timed = TypeVar("_Timed")
_Result = TypeVar("_Result")


def measure(
    eval_set: EvalSet,
    store: Store,
    systems: Sequence[System],
    progress: Progress,
    index_seconds: float | None = None,
    skipped: int = 0,
) -> SetResult:
    """One set against systems, the project itself first; `index_seconds` and `skipped` are what is known of the store's making."""
    gold = (*(gold_row.evidence for gold_row in eval_set.questions), *(gold_row.source for gold_row in eval_set.quotes))
    cited = {place.article_id for places in gold for place in places}
    articles = store.catalogue.articles(cited)
    eval_set = held_against(eval_set, {id: article.text for id, article in articles.items()})
    languages = {id: article.language for id, article in articles.items()}
    measured = [_system(eval_set, store, system, languages, progress) for system in systems]
    ours = measured[0]
    return {
        "name": eval_set.name,
        "articles": sum(store.catalogue.languages().values()),
        "passages": sum(store.catalogue.passage_counts().values()),
        "languages": dict(store.catalogue.languages()),
        "skipped": skipped,
        "index_seconds": index_seconds,
        "left_out": [{"id": gold_row.id, "reason": gold_row.reason} for gold_row in eval_set.left_out],
        "systems": measured,
        "differences": [
            gold_row for other in measured[1:] for gold_row in differences(other["name"], ours["questions"], other["questions"])
        ],
    }


def results(sets: Sequence[SetResult], store: Store, top_k: int, seconds: float) -> Results:
    """What a run over `store` found, `seconds` of wall-clock time."""
    manifest = store.manifest
    return {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": {
            "embedder": manifest.embedder,
            "embedder_version": manifest.embedder_version,
            "passage_tokens": manifest.passage_tokens,
            "overlap_sentences": manifest.overlap_sentences,
            "top_k": top_k,
        },
        "machine": {
            "cpus": os.cpu_count() or 1,
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "seconds": round(seconds, 1),
        "peak_memory_mb": _peak_memory(),
        "sets": list(sets),
        "sweep": [],
    }


def _peak_memory() -> float | None:
    """Of this process so far, in MB; None where the system does not say (Windows)."""
    try:
        import resource  # noqa: PLC0415 (no Windows has it)
    except ImportError:
        return None
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if platform.system() == "Darwin" else 1)
    return round(kilobytes / 1024, 1)


def _system(eval_set: EvalSet, store: Store, system: System, languages: Mapping[str, str], progress: Progress) -> SystemResult:
    places, search_ms = _timed(
        eval_set.questions, lambda question: system.search(question.question, SEARCHED), progress, f"Searching ({system.name})"
    )
    said: list[SystemAnswer | None] = [None] * len(eval_set.questions)
    if isinstance(system, AnsweringSystem):
        said = list(_timed(eval_set.questions, lambda question: system.ask(question.question), progress, f"Asking ({system.name})")[0])
    checks: list[QuoteCheck] = []
    check_ms: list[float] = []
    if isinstance(system, CheckingSystem):
        checks, check_ms = _timed(eval_set.quotes, lambda quote: system.check(quote.quote, quote.claimed_speaker), progress, "Checking")
    searched = search_values(eval_set.questions, places)
    questions = [_question_row(store, *row, languages) for row in zip(eval_set.questions, places, searched, search_ms, said, strict=True)]
    quotes = [_quote_row(*row, languages) for row in zip(eval_set.quotes, checks, check_ms, strict=True)] if checks else []
    judged = _judged(system, eval_set.questions, said)
    return {
        "name": system.name,
        "figures": figures([*questions, *quotes]),
        "groups": _groups([*questions, *quotes]),
        "confusion": _confusion(quotes) if quotes else None,
        "risk_coverage": _risk_coverage(judged, len(questions)) if judged else None,
        "calibration": calibration_bins(judged) if judged else None,
        "questions": questions,
        "quotes": quotes,
    }


def _timed(
    items: Sequence[_Timed], action: Callable[[_Timed], _Result], progress: Progress, stage: str
) -> tuple[list[_Result], list[float]]:
    made: list[_Result] = []
    ms: list[float] = []
    for number, item in enumerate(items):
        progress(stage, number, len(items))
        started = perf_counter()
        made.append(action(item))
        ms.append(1000 * (perf_counter() - started))
    if items:
        progress(stage, len(items), len(items))
    return made, ms


def _question_row(
    store: Store,
    question: GoldQuestion,
    places: Sequence[RetrievedPlace],
    searched: dict[str, list[float]],
    search_ms: float,
    said: SystemAnswer | None,
    languages: Mapping[str, str],
) -> QuestionRow:
    measures = {"search": searched} if searched else {}
    ms = {"search": search_ms}
    if said is not None:
        cited = store.catalogue.articles({citation.article_id for citation in said.citations})
        measures["ask"] = ask_values(question, said, {id: article.text for id, article in cited.items()})
        ms |= {"ask" if stage == "total" else stage: value for stage, value in said.ms.items()}
    held = [any(overlaps(place, span, of_shorter=False) for span in question.evidence) for place in places]
    return {
        "id": question.id,
        "question": question.question,
        "language": question.language,
        "article_languages": _languages(question.evidence, languages),
        "answerable": question.answerable,
        "answers": list(question.answers),
        "evidence": [_gold_row(span) for span in question.evidence],
        # Of a search that missed, what came first.
        "found": [_place_row(place, good) for place, good in zip(places[:_SHOWN], held, strict=False)] if first(held) != 0 else [],
        "said": None if said is None else _said_row(question, said),
        "outcome": _outcome(question, said, measures),
        "measures": measures,
        "ms": ms,
    }


def _outcome(question: GoldQuestion, said: SystemAnswer | None, measures: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    if said is None:
        return "right" if not question.evidence or measures["search"]["evidence@10"][0] else "not found"
    if not question.answerable:
        return "right" if said.abstained else "talks"
    if said.abstained:
        return "silent"
    if question.points:
        return "right" if measures["ask"]["points_told"][0] == len(question.points) else "wrong"
    if not measures["ask"]["answer_holds_gold"][0]:
        return "wrong"
    return "right" if measures["ask"]["citation_recall"][0] else "unsupported"


def _quote_row(quote: GoldQuote, check: QuoteCheck, ms: float, languages: Mapping[str, str]) -> QuoteRow:
    values = check_values(quote, check)
    outcome = "right"
    if not values["verdict_accuracy"][0]:
        outcome = "verdict"
    elif "located" in values and not values["located"][0]:
        outcome = "place"
    elif "speaker_accuracy" in values and not values["speaker_accuracy"][0]:
        outcome = "speaker"
    return {
        "id": quote.id,
        "quote": quote.quote,
        "language": language_of(quote.quote),
        "article_languages": _languages(quote.source, languages),
        "claimed_speaker": quote.claimed_speaker,
        "verdict": quote.verdict,
        "speaker": quote.speaker,
        "source": [_gold_row(span) for span in quote.source],
        "given": check.verdict,
        "matches": [_match_row(quote, match) for match in check.matches[:_SHOWN]],
        "outcome": outcome,
        "measures": {"check": values},
        "ms": {"check": ms},
    }


def _languages(places: Iterable[GoldSpan], languages: Mapping[str, str]) -> list[str]:
    return sorted({languages[place.article_id] for place in places})


def _gold_row(span: GoldSpan) -> PlaceRow:
    return {"article": span.article_id, "start": span.span.start, "end": span.span.end, "text": span.text, "gold": None}


def _place_row(place: RetrievedPlace, gold: bool | None) -> PlaceRow:
    return {"article": place.article_id, "start": place.span.start, "end": place.span.end, "text": place.text, "gold": gold}


def _match_row(quote: GoldQuote, match: Match) -> MatchRow:
    return {
        "article": match.article.id,
        "start": match.span.start,
        "end": match.span.end,
        "text": match.text,
        "speaker": match.speaker,
        "gold": any(overlaps(match, span, of_shorter=False) for span in quote.source) if quote.source else None,
    }


def _said_row(question: GoldQuestion, said: SystemAnswer) -> SaidRow:
    return {
        "text": said.text,
        "short_answer": said.short_answer,
        "abstained": said.abstained,
        "confidence": said.confidence,
        "citations": [_place_row(place, is_good(place, question) if question.answerable else None) for place in said.citations],
    }


def _groups(rows: Sequence[QuestionRow | QuoteRow]) -> list[GroupFigures]:
    """Figures by the language asked in, and by that and the language of the articles that answer. A single group would say nothing new."""
    by: dict[tuple[str, str], list[QuestionRow | QuoteRow]] = {}
    for row in rows:
        by.setdefault(("language", row["language"]), []).append(row)
        for language in row["article_languages"]:
            by.setdefault(("pair", f"{row['language']} on {language}"), []).append(row)
    several = {of for of in ("language", "pair") if sum(key[0] == of for key in by) > 1}
    return [{"of": of, "name": name, "figures": figures(group_rows)} for (of, name), group_rows in sorted(by.items()) if of in several]


def _confusion(rows: Sequence[QuoteRow]) -> dict[str, dict[str, int]]:
    """The right verdict, the verdict given, how often."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        given_verdicts = counts.setdefault(row["verdict"], {})
        given_verdicts[row["given"]] = given_verdicts.get(row["given"], 0) + 1
    return counts


def _judged(system: System, questions: Sequence[GoldQuestion], said: Sequence[SystemAnswer | None]) -> list[tuple[float, bool]]:
    """Confidence, and whether what it says, or would have said had it spoken, is right. Without what was not a matter of confidence."""
    judged: list[tuple[float, bool]] = []
    for question, system_answer in zip(questions, said, strict=True):
        if system_answer is not None and system_answer.confidence is not None and not question.points:
            spoken = system.would_say(question.question, system_answer) if isinstance(system, SelectiveSystem) else system_answer
            judged.append((system_answer.confidence, question.answerable and not spoken.abstained and holds_gold(question, spoken.text)))
    return judged


def _risk_coverage(judged: Sequence[tuple[float, bool]], count: int) -> list[list[float]]:
    """The share of all questions that is answered, the surest first, and the share of those that is wrong (El-Yaniv & Wiener 2010)."""
    wrong = 0
    points: list[list[float]] = []
    for number, (_, right) in enumerate(sorted(judged, key=lambda pair: -pair[0]), start=1):
        wrong += not right
        points.append([number / count, wrong / number])
    step = max(1, len(points) // _CURVE)
    return points[step - 1 :: step]


def calibration_bins(judged: Sequence[tuple[float, bool]]) -> list[CalibrationBin]:
    """How often answers of like confidence are right (Guo et al. 2017, "On Calibration of Modern Neural Networks")."""
    bins: list[CalibrationBin] = []
    for number in range(_BINS):
        low, high = number / _BINS, (number + 1) / _BINS
        in_bin = [(sure, right) for sure, right in judged if low <= sure < high or (sure == 1 and high == 1)]
        if in_bin:
            sure, right = (sum(values) / len(in_bin) for values in zip(*in_bin, strict=True))
            bins.append({"low": low, "high": high, "n": len(in_bin), "confidence": sure, "right": right})
    return bins
