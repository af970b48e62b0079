"""Reads the answer to a question in passages: which words answer, whether any do, and how well each sentence supports the answer.

A reader is an encoder over question and passage together with a logit a token for the start of the answer and one for its end; the first
token's say that the passage does not answer (Devlin et al. 2019, on SQuAD 2.0). Ours also has one for support.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.text.spans import Span
from qa.reader.windows import Window, Windows

Floats = npt.NDArray[np.float32]

ASKED = ("fact", "who-is", "position", "list", "overview", "timeline", "compare", "collection", "program", "small-talk")
"""What a question may ask for."""
SINGLE = frozenset({"fact", "who-is"})
"""Those of these that are answered by the words that answer, as a reader finds them."""
TOLD = frozenset({"collection", "program", "small-talk"})
"""Those that the program answers in its own words."""
ASKED_MORE: Mapping[str, tuple[str, ...]] = {
    "list": ("members", "people-quoted", "articles", "papers"),
    "overview": ("subject", "article", "all"),
    "collection": (
        *("count", "languages", "newest", "oldest", "period", "longest", "papers", "authors", "exists", "other"),
        *("author-of", "date-of", "publisher-of", "language-of", "title-of", "by-author", "by-paper"),
    ),
    "program": ("abilities", "method", "formats", "languages", "quotes", "export", "privacy", "search", "model", "other"),
}
"""Of some of these, what more exactly."""
LONGEST_ANSWER = 30  # tokens
WINDOW_TOKENS = 192  # of question, title and sentences
# Spans of a window that are kept: the best, and what an answer may be instead.
_MOST_SPANS = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """What is read: sentences of a text, with a score each for where to look first, and its title."""

    text: str
    sentences: Sequence[Span]
    scores: Sequence[float]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for, one of ASKED, and where that has parts one of ASKED_MORE.

    `otherwise` is what else it may well ask for: of SINGLE where `kind` is none of these, and the other way round; it has no other itself.
    """

    kind: str
    of: str = ""
    otherwise: Asked | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A span that may answer: `score` is by how much its logits are above those of no answer, `share` its part of the window's spans."""

    span: Span
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in one passage: the likeliest spans, best first, and of each sentence that was read how well it supports the answer.

    `support` is a logit, or for a model without such an output the likeliest answer that begins in the sentence, as `Found.score`.
    """

    found: tuple[Found, ...]
    support: dict[Span, float]


NOTHING_READ = Read((), {})
Fitted = Mapping[str, Sequence[float]]
_CALIBRATION = Path(__file__).parent / "calibration.toml"


@cache
def calibration(kind: str) -> Fitted:
    """The weights of the logistic functions that were fitted for a kind of reader: of each feature, and a constant."""
    tables: Mapping[str, Fitted] = tomllib.loads(_CALIBRATION.read_text(encoding="utf-8"))
    return tables[kind]


class Reader(Protocol):
    name: str
    """How the reader is asked for: "learned", "onnx:FOLDER"."""

    fitted: Fitted
    """Its calibration, by the name of what is estimated."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        """What is read in each passage. Raises EmbedderError where the model fails."""


def read_windows(windows: Windows, run: Callable[[Window], Read], question: str, passages: Sequence[Passage]) -> list[Read]:
    """Reads a window of each passage. They are independent: one a core, of all questions that are read for, and none is padded."""
    chosen = [windows.best(question, passage.text, passage.sentences, passage.scores, passage.title, WINDOW_TOKENS) for passage in passages]
    read = _cores().map(run, [window for window in chosen if window is not None])
    return [NOTHING_READ if window is None else next(read) for window in chosen]


@cache
def _cores() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="read")


def decode(window: Window, start: Floats, end: Floats, support: Floats | None) -> Read:
    """The spans of a window from the logits of its tokens, each of shape (tokens,)."""
    inside = slice(window.offset, window.offset + len(window.spans))
    sums = start[inside, None] + end[None, inside]
    allowed = np.tril(np.triu(np.ones(sums.shape, dtype=bool)), LONGEST_ANSWER - 1)
    sums = np.where(allowed, sums, -np.inf)
    nothing = float(start[0] + end[0])
    highest = max(nothing, float(sums.max()))
    total = np.exp(sums - highest).sum() + np.exp(nothing - highest)
    found = []
    likeliest = np.argpartition(sums, max(0, sums.size - _MOST_SPANS), axis=None)[-_MOST_SPANS:]
    for place in likeliest[np.argsort(-sums.ravel()[likeliest], kind="stable")]:
        first, last = divmod(int(place), sums.shape[1])
        score = float(sums[first, last])
        if np.isfinite(score):
            span = Span(window.spans[first].start, window.spans[last].end)
            found.append(Found(span, score - nothing, float(np.exp(score - highest) / total)))
    supports = dict[Span, float]()
    for sentence in window.sentences:
        if support is not None:
            value = float(support[sentence.start : sentence.end].mean())
        else:
            value = float(sums[sentence.start - window.offset : sentence.end - window.offset].max()) - nothing
        supports[sentence.span] = max(value, supports.get(sentence.span, value))
    return Read(tuple(found), supports)
