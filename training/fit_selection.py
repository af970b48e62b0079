"""Fits what an answer of several sentences selects by: qa/kinds/selection.toml.

    python -m training.fit_selection SET… [--stores DIR] [--write]

A SET is a folder with articles and questions that have `points`. A sentence is one to take where it holds a wording of a point, an article
is about what is asked where it holds two points, or the only one; that a store has nothing on a subject is learned from the questions of
training/kinds.jsonl asked of it, which are about other places and people. Of each set every second question is fitted to, the others are
left to measure on. Without --write it only prints what was fitted, and how well it tells the questions of one part of five by the others'.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.build.build import build
from index.store.store import Store
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.evaluate.measures import normalised
from qa.kinds import subject
from training.calibrate import fit
from training.examples import asked_kinds

Features = list[tuple[str, tuple[float, ...], bool]]
"""Of each case the question that it belongs to, its features, and whether it is right."""
_SEVERAL = ("overview", "timeline", "compare", "list", "position")
_ABOUT_OTHERS = 60  # questions about other things, of each set


def cases(folder: Path, stores: Path) -> dict[str, Features]:
    """What there is to learn from a set, by the name of what is fitted."""
    store_folder = stores / folder.name
    build(store_folder, [folder / "corpus.jsonl"])
    store = Store.open(store_folder)
    made: dict[str, Features] = {"subject": [], "article": [], "sentence": []}
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for row in rows[::2]:
        if row.get("points") and row.get("answerable", True):
            _learn(store, row, made)
    others = [one for one in asked_kinds() if one.kind in _SEVERAL and one.part == "train"]
    for other in random.Random(0).sample(others, min(len(others), _ABOUT_OTHERS)):
        question = analyse(store, other.question)
        hits = retrieve(store, question, subject.MOST_PASSAGES)
        made["subject"].append((other.question, subject.subject_features(question, hits), False))
    store.close()
    return made


def _learn(store: Store, row: dict[str, Any], made: dict[str, Features]) -> None:
    question = analyse(store, row["question"])
    hits = retrieve(store, question, subject.MOST_PASSAGES)
    articles = store.catalogue.articles(hit.passage.article_id for hit in hits)
    read = subject.gather(store, question, hits, articles)
    points = [[f" {normalised(wording)} " for wording in point] for point in row["points"]]

    def held(text: str) -> int:
        padded = f" {normalised(text)} "
        return sum(any(wording in padded for wording in point) for point in points)

    made["subject"].append((row["id"], subject.subject_features(question, hits), True))
    enough = 1 if len(points) < 3 else 2
    for id, features in subject.article_features(question, hits, read):
        made["article"].append((row["id"], features, held(articles[id].text) >= enough))
    for (id, span), features in subject.sentence_features(question, hits, read):
        made["sentence"].append((row["id"], features, held(span.of(articles[id].text)) > 0))


def told_apart(rows: Features) -> float:
    """The area under the curve of what was fitted to four parts of five, on the fifth, each in turn."""
    part = np.array([hashlib.sha256(id.encode()).digest()[0] % 5 for id, _, _ in rows])
    features = np.array([features for _, features, _ in rows])
    right = np.array([right for _, _, right in rows])
    scores = np.zeros(len(rows))
    for number in range(5):
        weights = np.array(_fit([row for row, its in zip(rows, part, strict=True) if its != number]))
        scores[part == number] = features[part == number] @ weights[:-1] + weights[-1]
    return float(np.mean([(one > scores[~right]).mean() for one in scores[right]]))


def _fit(rows: Features) -> list[float]:
    return fit([(features, right) for _, features, right in rows], [1.0] * len(rows))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.fit_selection", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--stores", type=Path, default=Path(".selection-stores"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    learned: dict[str, Features] = {}
    for folder in options.sets:
        for name, rows in cases(folder, options.stores).items():
            learned.setdefault(name, []).extend(rows)
    lines = ["# Fitted by training/fit_selection.py: the weights of features, in the order of subject.py, and a constant."]
    for name, rows in learned.items():
        weights = _fit(rows)
        print(f"{name}: {len(rows)} cases, {sum(right for _, _, right in rows)} right, AUC {told_apart(rows):.3f}")
        lines.append(f"{name} = [{', '.join(f'{weight:.4g}' for weight in weights)}]")
    print("\n".join(lines))
    if options.write:
        (Path(subject.__file__).parent / "selection.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
