"""Fits what tells kinds of questions apart: logistic functions of what a trained reader makes of a question by itself."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from qa.reader.learned import ASKED_HEAD
from qa.reader.reader import ASKED, ASKED_MORE
from qa.reader.windows import Windows
from training.examples import AskedKind, questions, texts
from training.model import Reader, padded

MOST_FACTS = 1200
# Kinds of questions to a text that ask for what has a kind of its own.
_NOT_FACTS = frozenset({"opinion", "who_is", "byline"})
RIDGE = 1e-3  # of .0001, .001, .01 and .03, chosen by the dev part


def facts() -> list[AskedKind]:
    """Some of the questions that the reader reads for, which ask for facts: most questions do, in many more words than kinds.jsonl has."""
    known = texts()
    asked = [
        AskedKind(one.question, one.language, "fact")
        for one in questions()
        if one.kind not in _NOT_FACTS and known[one.text_id].part == "train"
    ]
    return random.Random(0).sample(asked, MOST_FACTS)


def states(reader: Reader, windows: Windows, questions: Sequence[AskedKind]) -> Tensor:
    """The first token's state of each question, shape (questions, width)."""
    with torch.inference_mode():
        return torch.stack([reader.states(*padded([windows.bare(one.question)]))[0, 0] for one in questions]).float().clone()


def fit_asked(made: Tensor, questions: Sequence[AskedKind]) -> tuple[Tensor, Tensor]:
    """Weights of shape (ASKED_HEAD, width), and as many constants."""
    weights, constants = [], []
    for names, of in _groups():
        chosen = [(place, names.index(label)) for place, one in enumerate(questions) if (label := of(one)) in names]
        weight, constant = _logistic(made[[place for place, _ in chosen]], torch.tensor([label for _, label in chosen]), len(names))
        weights.append(weight)
        constants.append(constant)
    return torch.cat(weights), torch.cat(constants)


def macro_f1(made: Tensor, questions: Sequence[AskedKind], weights: Tensor, constants: Tensor) -> dict[str, float]:
    """By language of what kinds are told, and over all languages of the parts of each kind that has parts."""
    logits = made @ weights.T + constants
    told, start = dict[str, float](), 0
    for number, (names, of) in enumerate(_groups()):
        chosen = [(place, names.index(label)) for place, one in enumerate(questions) if (label := of(one)) in names]
        best = logits[:, start : start + len(names)].argmax(1)
        start += len(names)
        for language in ("en", "ar") if number == 0 else ("",):
            pairs = [(gold, int(best[place])) for place, gold in chosen if language in ("", questions[place].language)]
            told[language or f"of {list(ASKED_MORE)[number - 1]}"] = round(_macro_f1(pairs), 3)
    return told


def _groups() -> list[tuple[tuple[str, ...], Callable[[AskedKind], str]]]:
    """The rows of ASKED_HEAD that exclude each other, and the label of a question among them."""
    groups: list[tuple[tuple[str, ...], Callable[[AskedKind], str]]] = [(ASKED, lambda one: one.kind)]
    for kind, parts in ASKED_MORE.items():
        groups.append((tuple(f"{kind} {of}" for of in parts), lambda one: f"{one.kind} {one.of}"))
    assert tuple(name for names, _ in groups for name in names) == ASKED_HEAD
    return groups


def _macro_f1(pairs: Sequence[tuple[int, int]]) -> float:
    scores = []
    for label in sorted({gold for gold, _ in pairs}):
        right = sum(gold == told == label for gold, told in pairs)
        scores.append(2 * right / sum((gold == label) + (told == label) for gold, told in pairs))
    return sum(scores) / max(1, len(scores))


def _logistic(features: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Multinomial logistic regression with a ridge over standardised features; weights and constants of the features as they are."""
    centre, spread = features.mean(0), features.std(0).clamp_min(1e-6)
    standard = (features - centre) / spread
    weight = torch.zeros(classes, features.shape[1], requires_grad=True)
    constant = torch.zeros(classes, requires_grad=True)
    optimise = torch.optim.LBFGS([weight, constant], max_iter=150, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimise.zero_grad()
        value = functional.cross_entropy(standard @ weight.T + constant, labels) + RIDGE * (weight**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimise.step(loss)
    plain = (weight / spread).detach()
    assert math.isfinite(float(plain.sum()))
    return plain, (constant - plain @ centre).detach()
