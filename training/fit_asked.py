"""Trains what tells kinds of questions apart, and writes it into qa/reader/reader.npz beside the reader.

    python -m training.fit_asked OUT --public public-qa.jsonl [--layers 4] [--epochs 6] [--seed 0]
    python -m training.fit_asked OUT --write

Upper layers of its own learn over the lower layers of the reader that is shipped, which stay as they are. OUT/asked.pt is what was trained;
`--write` rounds it as export.py does the reader. Of a public question it is known only that the words that answer are asked for.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from index.embedding.default_model import model_folder
from qa.reader.learned import ASKED_HEAD, MARKS, TRAINED
from qa.reader.reader import ASKED, ASKED_MORE, SINGLE
from qa.reader.windows import Windows
from training.examples import AskedKind, asked_kinds, questions, texts
from training.export import half, layer_arrays, outliers
from training.model import Layer, Reader, half_precision, padded, shipped, take_step

BATCH = 32
RATE, HEAD_RATE, WARM_UP, DECAY = 1.5e-4, 1e-3, 60, 0.01
# A question for a fact weighs this part of one of kinds.jsonl: there are three times as many.
FACTS = 0.3
MOST_PUBLIC = 8000
# Questions to a text that ask for what has a kind of its own.
_NOT_FACTS = frozenset({"opinion", "who_is", "byline"})
RIDGE = 1e-3  # of .0001, .001, .01 and .03, chosen by the dev part
_SINGLE = [ASKED.index(kind) for kind in SINGLE]


@dataclass(frozen=True, slots=True)
class Example:
    """A question; `is_public` where it may be of any kind of SINGLE."""

    asked: AskedKind
    weight: float
    is_public: bool = False


class Branch(nn.Module):
    """Copies of a reader's upper layers, and logits of the first token: of ASKED."""

    def __init__(self, reader: Reader, layers: int) -> None:
        super().__init__()
        self.lower = [reader.norm, *reader.layers[: len(reader.layers) - layers]]
        self.words, self.positions = reader.words, reader.positions
        self.layers = nn.ModuleList(copy.deepcopy(layer) for layer in reader.layers[len(reader.layers) - layers :])
        self.head = nn.Linear(reader.norm.normalized_shape[0], len(ASKED))

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Of the first token, shape (batch, width)."""
        with torch.no_grad():
            norm, *lower = self.lower
            state = norm(self.words(ids).float() + self.positions[: ids.shape[1]])
            for layer in lower:
                state = layer(state, mask)
        for layer in self.layers:
            state = layer(state, mask)
        first: Tensor = state[:, 0]
        return first

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        logits: Tensor = self.head(self.states(ids, mask)).float()
        return logits


def facts() -> list[AskedKind]:
    """Our questions that the reader reads for, which ask for facts: most questions do, in many more words than kinds.jsonl has."""
    known = texts()
    return [
        AskedKind(one.question, one.language, "fact")
        for one in questions()
        if one.kind not in _NOT_FACTS and known[one.text_id].part == "train"
    ]


def public_facts(file: Path, seed: int) -> list[AskedKind]:
    """Some of the public questions, nearly all of them in English and Arabic."""
    with file.open(encoding="utf-8") as lines:
        asked = {row["question"]: row["language"] for row in map(json.loads, lines)}
    choose = random.Random(seed)
    ours = [AskedKind(question, language, "fact") for question, language in asked.items() if language in ("en", "ar")]
    others = [AskedKind(question, language, "fact") for question, language in asked.items() if language not in ("en", "ar")]
    some = choose.sample(ours, min(len(ours), MOST_PUBLIC * 7 // 8)) + choose.sample(others, min(len(others), MOST_PUBLIC // 8))
    return [one for one in some if one.part == "train"]


def batches(examples: Sequence[Example], windows: Windows, choose: random.Random) -> Iterator[tuple[Sequence[Example], Tensor, Tensor]]:
    """An epoch's, each of questions of about one length, with their tokens and masks."""
    groups = list[list[Example]]()
    shuffled = choose.sample(examples, len(examples))
    for start in range(0, len(shuffled), 50 * BATCH):
        part = sorted(shuffled[start : start + 50 * BATCH], key=lambda one: len(one.asked.question))
        groups += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    choose.shuffle(groups)
    for group in groups:
        yield group, *padded([windows.bare(one.asked.question) for one in group])


def loss(logits: Tensor, batch: Sequence[Example]) -> Tensor:
    likely = functional.log_softmax(logits, 1)
    right = likely.gather(1, torch.tensor([[ASKED.index(one.asked.kind)] for one in batch]))[:, 0]
    either = torch.logsumexp(likely[:, _SINGLE], 1)
    weights = torch.tensor([one.weight for one in batch])
    return -(torch.where(torch.tensor([one.is_public for one in batch]), either, right) * weights).sum() / weights.sum()


def fit(branch: Branch, examples: Sequence[Example], windows: Windows, epochs: int, seed: int) -> None:
    choose, begun = random.Random(seed), time.monotonic()
    steps = epochs * math.ceil(len(examples) / BATCH)
    optimise = torch.optim.AdamW(
        [{"params": branch.layers.parameters(), "lr": RATE}, {"params": branch.head.parameters(), "lr": HEAD_RATE}], weight_decay=DECAY
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimise, lambda step: min((step + 1) / WARM_UP, max(0.02, 1 - step / steps)))
    branch.train()
    for number in range(epochs):
        for batch, ids, mask in batches(examples, windows, choose):
            with half_precision():
                logits = branch(ids, mask)
            value = loss(logits, batch)
            take_step(value, branch, optimise, schedule)
        print(f"epoch {number + 1} of {epochs}  {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    branch.eval()


def states(branch: Branch, windows: Windows, asked: Sequence[AskedKind]) -> Tensor:
    """The first token's state of each question, shape (questions, width)."""
    with torch.inference_mode():
        return torch.stack([branch.states(*padded([windows.bare(one.question)]))[0] for one in asked]).float().clone()


def parts_head(made: Tensor, asked: Sequence[AskedKind]) -> tuple[Tensor, Tensor]:
    """Weights and constants of what more exactly is asked for: the rows of ASKED_HEAD after ASKED."""
    weights, constants = [], []
    for names, of in _groups()[1:]:
        chosen = [(place, names.index(label)) for place, one in enumerate(asked) if (label := of(one)) in names]
        weight, constant = _logistic(made[[place for place, _ in chosen]], torch.tensor([label for _, label in chosen]), len(names))
        weights.append(weight)
        constants.append(constant)
    return torch.cat(weights), torch.cat(constants)


def macro_f1(logits: Tensor, asked: Sequence[AskedKind]) -> dict[str, float]:
    """By language of what kinds are told, and over all languages of the parts of each kind that has parts."""
    told, start = dict[str, float](), 0
    for number, (names, of) in enumerate(_groups()):
        chosen = [(place, names.index(label)) for place, one in enumerate(asked) if (label := of(one)) in names]
        best = logits[:, start : start + len(names)].argmax(1)
        start += len(names)
        for language in ("en", "ar") if number == 0 else ("",):
            pairs = [(gold, int(best[place])) for place, gold in chosen if language in ("", asked[place].language)]
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

    def value() -> Tensor:
        optimise.zero_grad()
        value = functional.cross_entropy(standard @ weight.T + constant, labels) + RIDGE * (weight**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimise.step(value)
    plain = (weight / spread).detach()
    assert math.isfinite(float(plain.sum()))
    return plain, (constant - plain @ centre).detach()


def write(branch: Branch, windows: Windows) -> None:
    """Into the file that is shipped, after figures on the dev part; rows of ASKED_MORE are fitted on all that is not in the test part."""
    asked = [one for one in asked_kinds() if one.part != "test"]
    made = states(branch, windows, asked)
    parts = np.array([one.part for one in asked])
    for seen in (parts == "train", parts != "test"):
        places = np.flatnonzero(seen)
        more, constants = parts_head(made[places], [asked[place] for place in places])
        weights, biases = torch.cat([branch.head.weight, more]), torch.cat([branch.head.bias, constants])
        if not seen.all():
            dev = np.flatnonzero(parts == "dev")
            print(macro_f1(made[dev] @ weights.T + biases, [asked[place] for place in dev]))
    apart = outliers(list(branch.layers), lambda: states(branch, windows, asked[:200]))
    with np.load(TRAINED) as shipped_now:
        kept = {name: values for name, values in shipped_now.items() if not name.startswith("asked")}
    told = {"asked.w": half(weights), "asked.b": half(biases), "asked.outliers": apart}
    for number, layer in enumerate(branch.layers):
        assert isinstance(layer, Layer)
        told |= layer_arrays(f"asked{number}", layer, apart[number])
    np.savez_compressed(TRAINED, **kept, **told)
    print(f"{TRAINED}: {TRAINED.stat().st_size / 2**20:.1f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.fit_asked", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--public", type=Path)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write what was trained before")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    windows = Windows(Tokenizer.from_file(str(model_folder() / "tokenizer.json")), MARKS)
    branch = Branch(shipped(), options.layers)
    if options.write:
        branch.load_state_dict(torch.load(options.out / "asked.pt", weights_only=True), strict=False)
        branch.eval()
        write(branch, windows)
        return 0
    if options.public is None:
        parser.error("--public names the file of public questions")
    examples = [Example(one, 1.0) for one in asked_kinds() if one.part == "train"]
    examples += [Example(one, FACTS) for one in facts()]
    examples += [Example(one, FACTS, True) for one in public_facts(options.public, options.seed)]
    fit(branch, examples, windows, options.epochs, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(
        {name: value for name, value in branch.state_dict().items() if name.startswith(("layers", "head"))}, options.out / "asked.pt"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
