"""What an evaluation found, as data: the shape of report.json, which is drawn (page.py, table.py), compared and held against floors.

Everything is JSON: dictionaries, lists, text, numbers, None. Article text in it is data and hostile like everywhere.
"""

from __future__ import annotations

from typing import TypedDict

FORMAT = 1

Section = str
"""'search', 'ask', 'check' or 'time'."""


class MeasuredFigure(TypedDict):
    """A measure over `n` rows, with its 95 % bootstrap interval; None where there is nothing to measure, or for a count."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class PlaceRow(TypedDict):
    """A place in an article. `gold`: it overlaps a place that the set calls right (None in such places themselves)."""

    article: str
    start: int
    end: int
    text: str
    gold: bool | None


class SaidRow(TypedDict):
    """What was answered."""

    text: str
    short_answer: str | None
    abstained: bool
    confidence: float | None
    citations: list[PlaceRow]


class QuestionRow(TypedDict):
    """One question, what is right, and what a system found and said.

    `outcome` is the miss, or "right": "not found" (no evidence among the ten passages; for systems that only search), "silent" (abstained
    though the articles answer), "wrong" (answered something else), "unsupported" (the right words, citing none of the evidence),
    "talks" (answered, though the articles hold nothing). `measures`: section → measure → [numerator, denominator].
    """

    id: str
    question: str
    language: str
    article_languages: list[str]
    answerable: bool
    answers: list[str]
    evidence: list[PlaceRow]
    found: list[PlaceRow]
    said: SaidRow | None
    outcome: str
    measures: dict[Section, dict[str, list[float]]]
    ms: dict[str, float]


class MatchRow(TypedDict):
    article: str
    start: int
    end: int
    text: str
    speaker: str | None
    gold: bool | None


class QuoteRow(TypedDict):
    """One quote, what is right, and what was found. `outcome`: "right", "verdict", "place" (verdict right, place wrong) or "speaker"."""

    id: str
    quote: str
    language: str
    article_languages: list[str]
    claimed_speaker: str | None
    verdict: str
    speaker: str | None
    source: list[PlaceRow]
    given: str
    matches: list[MatchRow]
    outcome: str
    measures: dict[Section, dict[str, list[float]]]
    ms: dict[str, float]


class GroupFigures(TypedDict):
    """The figures of a part of the rows. `of`: "language" (of the question or quote) or "pair" ("en on ar": asked in en, found in ar)."""

    of: str
    name: str
    figures: dict[Section, dict[str, MeasuredFigure]]


class CalibrationBin(TypedDict):
    """Answers whose confidence lies in [low, high): their mean confidence, and the share of them that is right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


class SystemResult(TypedDict):
    """What one system did on one set. `risk_coverage`: points [coverage, risk], most confident answers first."""

    name: str
    figures: dict[Section, dict[str, MeasuredFigure]]
    groups: list[GroupFigures]
    confusion: dict[str, dict[str, int]] | None
    risk_coverage: list[list[float]] | None
    calibration: list[CalibrationBin] | None
    questions: list[QuestionRow]
    quotes: list[QuoteRow]


class SystemDifference(TypedDict):
    """`value` is ours less the other's, over the same rows; `p` by a paired randomisation test."""

    against: str
    section: Section
    measure: str
    value: float
    low: float
    high: float
    p: float
    n: int


class LeftOutRow(TypedDict):
    id: str
    reason: str


class SetResult(TypedDict):
    """One set. `index_seconds` is None where the store was there already. The first of `systems` is the project itself."""

    name: str
    articles: int
    passages: int
    languages: dict[str, int]
    skipped: int
    index_seconds: float | None
    left_out: list[LeftOutRow]
    systems: list[SystemResult]
    differences: list[SystemDifference]


class SweepPoint(TypedDict):
    """One setting of a sweep (--vary) on one set."""

    settings: dict[str, int | str]
    set: str
    passages: int
    index_seconds: float | None
    figures: dict[Section, dict[str, MeasuredFigure]]


class Results(TypedDict):
    """A run. `settings`: embedder, embedder_version, passage_tokens, overlap_sentences, top_k; `peak_memory_mb` of this process."""

    format: int
    made: str
    settings: dict[str, int | str]
    machine: dict[str, int | str]
    seconds: float
    peak_memory_mb: float | None
    sets: list[SetResult]
    sweep: list[SweepPoint]
