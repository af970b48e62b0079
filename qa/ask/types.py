"""The data types of an answer. Reasons and faults are codes with parameters, which the presentation words (qa/export/wording.py in English,
page/draw in the reader's language)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from index.articles import Article
from index.text.spans import Span
from qa.ask.answer_types import AnswerType
from qa.ask.attribution import Speech
from qa.ask.disagreement import DifferenceKind
from qa.ask.interaction import Pair
from qa.ask.read import MORE_LIKELY
from qa.ask.sources import Source
from qa.support.evidence import Failure

Support = Literal["verbatim", "supported", "unsupported"]
ReasonCode = Literal[
    "no_answer", "no_passage", "unsupported", "author_not_stated", "publisher_not_stated", "date_not_stated", "only_recorded"
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the program abstains.

    no_answer         the confidence that the articles answer is below the threshold; `unmet` are the words of the question that nothing has
                      of what comes nearest
    no_passage        no passage was retrieved
    unsupported       the articles support nothing that the language model wrote
    …_not_stated      neither text nor metadata of the article in question states it; `article` is its title or id
    only_recorded     its metadata states it, as `value`, but its text does not
    """

    code: ReasonCode
    article: str = ""
    value: str = ""
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Why an answer quotes the articles though a language model was to write it: it was stopped, or it failed with `error`, the message of
    an error of index/errors.py."""

    code: Literal["stopped", "failed"]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of an article that supports a statement: `article.text[span.start:span.end] == quote`, checked when it is made."""

    number: int
    article: Article
    span: Span
    quote: str
    speaker: str | None
    score: float
    why: tuple[Pair, ...] = ()
    """The matched words of question and quote, by late interaction; empty if the model has single vectors only."""
    speech: Speech = "narration"
    caveat: Span | None = None
    """A sentence in which the article qualifies what is cited ("could not verify his account")."""
    translation: str | None = None
    """A language model's translation of the quote into the question's language. Must be marked as such: it is not a quotation."""

    def __post_init__(self) -> None:
        if self.span.of(self.article.text) != self.quote:
            raise AssertionError(f"{self.article.id!r} does not hold the quote at {self.span}")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of an answer and the numbers of the citations that support it: none where the program speaks of its collection or itself,
    in its own words."""

    text: str
    citations: tuple[int, ...]
    support: Support

    @property
    def marked(self) -> str:
        """With the markers of its citations: "The ferry sank [1][2]"."""
        return f"{self.text} {''.join(f'[{number}]' for number in self.citations)}".rstrip()


@dataclass(frozen=True, slots=True)
class Struck:
    """A statement that a language model wrote and its sources do not support: shown struck through if at all, never asserted.

    `citations` are the answer's citations of the sentences that it refers to.
    """

    text: str
    citations: tuple[int, ...]
    failure: Failure


@dataclass(frozen=True, slots=True)
class Side:
    """One article's value in a disagreement: `text` is at `span` of its citation's article."""

    citation: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A number, date or name that articles of one story give differently, with at least two sides. The first is that of the evidence."""

    kind: DifferenceKind
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of an answer that belong together, by their indices. `heading` are facts of an article, a name or a date."""

    heading: str
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. If `abstained`, there are no statements, `reason` says why, and `citations` are the nearest passages."""

    question: str
    language: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    short_answer: str | None
    abstained: bool
    reason: Reason | None
    confidence: float | None = None
    """Probability that the first statement's sentence answers, in [0, 1]; None if nothing was read: a byline was asked for, or there is no
    passage."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    """The independent sources of the statements; none if `abstained`."""
    disagreements: tuple[Disagreement, ...] = ()
    struck: tuple[Struck, ...] = ()
    written_by: str | None = None
    """The display name of the language model that wrote the statements; None if they quote the articles."""
    notice: Notice | None = None
    answer_type: AnswerType | None = None
    """The expected answer type; None if the question was not analysed."""
    kind: str = "fact"
    """What the question asks for: one of ASKED."""
    groups: tuple[Group, ...] = ()
    """Where the answer has parts: every statement is in one of them."""
    suggestions: tuple[str, ...] = ()
    """Questions that these articles answer, where nothing was asked of them."""
    unanswered: tuple[str, ...] = ()
    """Of a question that holds more than one, those that nothing answers, as they stand in it."""
    read_as: str | None = None
    """The question with words that are spelt as the articles spell them; None where it was read as it was asked."""
    likely_answer: str | None = None
    """Words of the first citation that are more likely right than not: a follow-up may mean them. `short_answer` alone is shown."""

    @property
    def is_tentative(self) -> bool:
        """Whether the statements quote sentences that are more likely not to answer. They are shown as what may answer."""
        return not self.abstained and self.written_by is None and self.confidence is not None and self.confidence < MORE_LIKELY

    @property
    def text(self) -> str:
        """The statements with their markers; empty if `abstained`."""
        return " ".join(statement.marked for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """How many passages, of how many articles, were retrieved for an answer."""

    passages: int
    articles: int


@dataclass(frozen=True, slots=True)
class Writing:
    """The part of an answer that a model has written so far; all statements in it are checked."""

    answer: Answer
