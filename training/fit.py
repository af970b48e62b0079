"""Trains the reader on our examples and on public questions.

    python -m training.fit OUT --public public-qa.jsonl [--layers 12] [--epochs 2] [--share 1.0] [--seed 0]
    python -m training.fit OUT --public public-qa.jsonl --go-on 6

Writes OUT/reader.pt (all but the word embeddings) and OUT/report.json: what was trained, and figures on the dev parts. `--share` trains
on a part of all texts, for a learning curve. `--go-on` begins with the reader that is shipped, trains its upper layers only, at a lower
rate, and sees fewer public questions: where examples were added, or on a processor without bfloat16, where all would take a day.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from index.embedding.default_model import model_folder
from index.text.terms import stems
from qa.reader.learned import MARKS
from qa.reader.windows import Window, Windows
from training import data
from training.data import Item, every_window
from training.measure import measure
from training.model import Reader, half_precision, packed_weights, padded, shipped, take_step

BATCH_TOKENS = 16 * 224
RATE, HEAD_RATE, WARM_UP, DECAY = 1e-4, 1e-3, 0.06, 0.01
SAVE_EVERY = 250  # steps
GO_ON_RATE = 0.6  # of the rate of a reader that begins to learn
LAYER_DECAY = 0.9  # of a layer's rate to that of the layer above
NEGATIVES = 0.5  # windows without the answer, for each with it
CANDIDATES = 30  # texts of which the one most like a question is asked it in vain
WINDOW_SIZES = (112, 144, 192, 256)  # tokens: shorter ones take less time, and the reader meets every length
SUPPORT_WEIGHT = 0.5  # of the loss on sentences beside that on answers
FOREIGN = (0.5, 0.2)  # of public questions in neither English nor Arabic: in the first epoch, in those after it
OURS = (1, 2)  # times that each example of ours is seen in the first epoch, in those after it
REMEMBERED = 0.3  # of the public questions in English and Arabic, so that going on forgets nothing
PUBLIC_DEV = 20  # every 20th public question is kept to measure on


@dataclass(frozen=True, slots=True)
class Sample:
    """A window with the first and last tokens that are right, (0, 0) where it does not answer, and a label for each sentence."""

    window: Window
    answers: tuple[tuple[int, int], ...]
    supports: tuple[bool, ...]


def samples(items: Sequence[Item], windows: Windows, choose: random.Random) -> Iterator[Sample]:
    """One epoch's: of each question a window that answers, and now and then one that does not, of its text or of a text like it."""
    others = _Others(items)
    for item in items:
        made = [_sample(item, window) for window in every_window(windows, item, choose.choice(WINDOW_SIZES))]
        right = [sample for sample in made if sample.answers]
        wrong = [sample for sample in made if not sample.answers]
        if right:
            yield choose.choice(right)
            if not item.around and choose.random() < NEGATIVES:
                other = others.like(item, choose)
                asked = replace(other, question=item.question)
                far = every_window(windows, asked, choose.choice(WINDOW_SIZES)) if other.text != item.text else []
                if wrong and (not far or choose.random() < 0.5):
                    yield choose.choice(wrong)
                elif far:
                    yield _nothing(choose.choice(far))
        elif wrong:
            yield choose.choice(wrong)


class _Others:
    """Other texts, to ask a question of in vain: what retrieval finds beside the text that answers."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items: dict[str, list[Item]] = {}
        for item in items:
            if item.around:
                continue
            self._items.setdefault(item.languages.partition("-")[2], []).append(item)
        self._words = lru_cache(maxsize=None)(lambda text: frozenset(stems(text)))

    def like(self, item: Item, choose: random.Random) -> Item:
        """Of some texts of the same language the one that has most words of the question, the longer words counting more."""
        asked = self._words(item.question)
        some = choose.choices(self._items[item.languages.partition("-")[2]], k=CANDIDATES)
        return max(some, key=lambda other: sum(map(len, asked & self._words(other.text))) if other.text != item.text else -1)


def _sample(item: Item, window: Window) -> Sample:
    places = tuple(place for answer in item.answers if (place := window.tokens_of(answer)))
    if not places and item.instead and (place := window.tokens_of(item.instead)):
        places = (place,)
    supports = tuple(any(sentence.span.overlap(span) for span in item.evidence) for sentence in window.sentences)
    return Sample(window, places, supports)


def _nothing(window: Window) -> Sample:
    return Sample(window, (), (False,) * len(window.sentences))


def batches(made: list[Sample], choose: random.Random) -> list[list[Sample]]:
    """Samples of like length together, of some BATCH_TOKENS tokens, in any order."""
    made = sorted(made, key=lambda sample: len(sample.window.ids) + choose.uniform(-16, 16))
    groups, group, longest = list[list[Sample]](), list[Sample](), 0
    for sample in made:
        longest = max(longest, len(sample.window.ids))
        if group and longest * (len(group) + 1) > BATCH_TOKENS:
            groups.append(group)
            group, longest = [], len(sample.window.ids)
        group.append(sample)
    groups.append(group)
    choose.shuffle(groups)
    return groups


def loss(logits: Tensor, batch: Sequence[Sample]) -> Tensor:
    """Cross entropy of start and end over the passage's tokens and `<s>`, and of each sentence's support."""
    open_ = torch.zeros(logits.shape[:2], dtype=torch.bool)
    gold = torch.zeros((2, *logits.shape[:2]), dtype=torch.bool)
    scores, labels = [], []
    for row, sample in enumerate(batch):
        open_[row, 0] = True
        open_[row, sample.window.offset : len(sample.window.ids) - 1] = True
        for place in sample.answers or ((0, 0),):
            gold[0, row, place[0]] = gold[1, row, place[1]] = True
        for sentence, supports in zip(sample.window.sentences, sample.supports, strict=True):
            scores.append(logits[row, sentence.start : sentence.end, 2].mean())
            labels.append(float(supports))
    spans = logits[..., :2].permute(2, 0, 1).masked_fill(~open_, -math.inf)
    likely = torch.logsumexp(spans.masked_fill(~gold, -math.inf), -1) - torch.logsumexp(spans, -1)
    support = functional.binary_cross_entropy_with_logits(torch.stack(scores), torch.tensor(labels))
    return -likely.mean() + SUPPORT_WEIGHT * support


def optimiser(reader: Reader, upper: int | None) -> torch.optim.Optimizer:
    """Of the whole reader, or, going on, of its head and that many upper layers."""
    factor = 1.0 if upper is None else GO_ON_RATE
    groups = [{"params": list(reader.head.parameters()), "lr": factor * (HEAD_RATE if upper is None else RATE)}]
    for depth, layer in enumerate(reversed(list(reader.layers)[-upper if upper else 0 :])):
        groups.append({"params": list(layer.parameters()), "lr": factor * RATE * LAYER_DECAY**depth})
    if upper is None:
        groups.append({"params": [reader.positions, *reader.norm.parameters()], "lr": RATE * LAYER_DECAY ** len(reader.layers)})
    reader.requires_grad_(False)
    for group in groups:
        for parameter in group["params"]:  # type: ignore[attr-defined]
            parameter.requires_grad_(True)
    return torch.optim.AdamW(groups, weight_decay=DECAY)


def part_of(items: Sequence[Item], share: float) -> list[Item]:
    """Those on a share of the texts, the same ones for each smaller share."""
    kept = sorted({item.text for item in items}, key=lambda text: hashlib.sha256(text.encode()).digest())
    chosen = set(kept[: math.ceil(share * len(kept))])
    return [item for item in items if item.text in chosen]


def epoch(public: Sequence[Item], ours: Sequence[Item], number: int, goes_on: bool, choose: random.Random) -> list[Item]:
    """What is seen in an epoch: first all that teaches reading, then more of what is ours."""
    later = min(number, 1)
    if goes_on:
        return [item for item in public if item.languages in ("en-en", "ar-ar") and choose.random() < REMEMBERED] + list(ours)
    kept = [item for item in public if item.languages in ("en-en", "ar-ar") or choose.random() < FOREIGN[later]]
    return kept + list(ours) * OURS[later]


def fit(reader: Reader, public: Sequence[Item], ours: Sequence[Item], windows: Windows, options: argparse.Namespace) -> None:
    choose = random.Random(options.seed)
    goes_on = options.go_on is not None
    planned = [
        batches(list(samples(epoch(public, ours, number, goes_on, choose), windows, choose)), choose) for number in range(options.epochs)
    ]
    steps = sum(map(len, planned))
    optimise = optimiser(reader, options.go_on)
    warm = max(1, int(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimise, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm))))
    reader.train()
    begun, mean = time.monotonic(), 0.0
    for step, batch in enumerate(batch for seen in planned for batch in seen):
        ids, mask = padded([sample.window for sample in batch])
        with half_precision():
            logits = reader(ids, mask)
        value = loss(logits, batch)
        take_step(value, reader, optimise, schedule)
        mean = value.item() if not step else 0.98 * mean + 0.02 * value.item()
        if step % 50 == 0:
            print(f"{step}/{steps}  loss {mean:.3f}  {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        if step and step % SAVE_EVERY == 0:
            save(reader, options.out)


def save(reader: Reader, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    torch.save(reader.trained(), out / "part")
    (out / "part").replace(out / "reader.pt")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.fit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--layers", type=int)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--go-on", type=int, metavar="LAYERS")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    everything = data.public(options.public)
    public = [item for number, item in enumerate(everything) if number % PUBLIC_DEV]
    public, ours = part_of(public, options.share), part_of(data.own("train") + data.speakers("train"), options.share)
    windows = Windows(Tokenizer.from_file(str(model_folder() / "tokenizer.json")), MARKS)
    reader = Reader(packed_weights(), options.layers) if options.go_on is None else shipped()
    begun = time.monotonic()
    fit(reader, public, ours, windows, options)
    save(reader, options.out)
    report = {
        "examples": {"public": len(public), "ours": len(ours)},
        "epochs": options.epochs,
        "layers": len(reader.layers),
        "seed": options.seed,
        "went on with layers": options.go_on,
        "seconds": round(time.monotonic() - begun),
        "public dev": measure(reader, windows, everything[::PUBLIC_DEV]),
        "our dev": measure(reader, windows, data.own("dev")),
        "speakers dev": measure(reader, windows, data.speakers("dev")),
    }
    (options.out / "report.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
