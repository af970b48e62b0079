"""Fits what brings a reader's logits to probabilities, and says what the thresholds are worth: qa/reader/calibration.toml.

    python -m training.calibrate SET… [--write] [--stores DIR]

Questions are asked as users ask them, of a store of all our texts (those of our dev part) and of the SETs, folders as `qa evaluate` reads
them. Three logistic functions, with a ridge, are fitted, each set weighing the same:

    sentence    does a sentence answer? over all sentences that were read; it ranks them
    answered    does the best sentence answer? the confidence
    short       is its likeliest span right, at an F1 of one half at least?

Printed are figures of each set by what was fitted on all the others, and how reliable the probabilities are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

import torch
from torch.nn import functional
from tqdm import tqdm

from index.build.build import build
from index.store.store import Store
from qa.answer import LEAST_CONFIDENCE, READ_PASSAGES
from qa.ask.question import Question, analyse
from qa.ask.read import SHOWN_IN_LARGE, ReadSentence, answered_features, logistic, read_sentences, sentence_features, short_features
from qa.ask.retrieve import retrieve
from qa.evaluate.measures import f1
from qa.evaluate.run import calibration_bins
from qa.evaluate.sets import EvalSet, GoldQuestion, GoldSpan, read_set
from qa.reader.reader import Fitted, Reader
from qa.reader.readers import load_reader
from training.examples import questions, texts

RIDGE = 1e-3
OURS = "ours-dev"
CALIBRATION = Path(__file__).parents[1] / "qa" / "reader" / "calibration.toml"
# Of a sentence without one of its window's likeliest spans: by how much its best is taken to be below the window's. Not measured.
UNLIKELY = 6.0
HEADING = """# Written by training/calibrate.py: the weights of the features in qa/ask/read.py, and a constant. `exported` is for readers
# without a logit for a sentence's support: no such reader was measured, and it was fitted to the project's own without its own.
"""
Rows = list[tuple[tuple[float, ...], bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the reader read for it."""

    set: str
    gold: GoldQuestion
    question: Question
    sentences: Sequence[ReadSentence]

    def is_right(self, sentence: ReadSentence) -> bool:
        """Whether a sentence overlaps the evidence by half of the shorter."""
        id, place = sentence.hit.passage.article_id, sentence.span
        return any(id == span.article_id and 2 * place.overlap(span.span) >= min(len(place), len(span.span)) for span in self.gold.evidence)

    def ranked(self, fitted: Fitted) -> list[ReadSentence]:
        for sentence in self.sentences:
            sentence.score = logistic(fitted["sentence"], sentence_features(sentence))
        return sorted(self.sentences, key=lambda sentence: -sentence.score)

    def short(self, ranked: Sequence[ReadSentence]) -> bool:
        """Whether the likeliest span of the best sentence is right."""
        given = ranked[0].found[0].span.of(ranked[0].text)
        return max((f1(given, answer) for answer in self.gold.answers), default=0.0) >= 0.5


def asked(name: str, gold: Sequence[GoldQuestion], store: Store, reader: Reader) -> list[Asked]:
    """Of a set whose questions all have an answer, every fourth is asked of the store without the articles that answer."""
    found = []
    without = all(one.answerable for one in gold)
    for number, one in enumerate(tqdm(gold, desc=name)):
        question = analyse(store, one.question)
        hits = retrieve(store, question, READ_PASSAGES if not without else 2 * READ_PASSAGES)
        if without and number % 4 == 3:
            answering = {span.article_id for span in one.evidence}
            hits = [hit for hit in hits if hit.passage.article_id not in answering]
            one = replace(one, answers=(), evidence=(), answerable=False)  # noqa: PLW2901
        hits = hits[:READ_PASSAGES]
        articles = store.catalogue.articles(hit.passage.article_id for hit in hits)
        sentences = read_sentences(reader, question, hits, articles)
        if sentences and question.fact is None and not one.points:
            found.append(Asked(name, one, question, sentences))
    return found


def our_set(folder: Path) -> EvalSet:
    """The questions of our dev part, over all our texts, whose file is written to `folder`."""
    known = texts()
    source = folder / "corpus.jsonl"
    source.write_text("".join(json.dumps({"id": id, "text": text.text}) + "\n" for id, text in known.items()), encoding="utf-8")
    gold = []
    for number, question in enumerate(questions()):
        text = known[question.text_id]
        if text.part == "dev":
            answers = (question.answer.of(text.text),) if question.answer else ()
            evidence = tuple(GoldSpan(text.id, span, span.of(text.text)) for span in (question.evidence if question.answer else ()))
            gold.append(GoldQuestion(str(number), question.question, question.language, answers, evidence, bool(answers)))
    return EvalSet(OURS, source, tuple(gold), ())


def some(gold: Sequence[GoldQuestion], most: int) -> list[GoldQuestion]:
    """At most so many, the same ones each time."""
    return sorted(gold, key=lambda one: hashlib.sha256(one.question.encode()).digest())[:most]


def fit(rows: Sequence[tuple[tuple[float, ...], bool]], weights: Sequence[float]) -> list[float]:
    """Logistic regression by maximum likelihood with a ridge over standardised features; the weights of the features as they are."""
    features = torch.tensor([row[0] for row in rows], dtype=torch.float64)
    labels = torch.tensor([float(row[1]) for row in rows], dtype=torch.float64)
    weight = torch.tensor(list(weights), dtype=torch.float64)
    weight /= weight.sum()
    centre = (features * weight[:, None]).sum(0)
    spread = ((features - centre) ** 2 * weight[:, None]).sum(0).sqrt().clamp_min(1e-9)
    standard = (features - centre) / spread
    slopes = torch.zeros(features.shape[1], dtype=torch.float64, requires_grad=True)
    constant = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimise = torch.optim.LBFGS([slopes, constant], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimise.zero_grad()
        logits = standard @ slopes + constant
        value = (functional.binary_cross_entropy_with_logits(logits, labels, reduction="none") * weight).sum() + RIDGE * (slopes**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimise.step(loss)
    plain = (slopes / spread).detach()
    return [round(float(value), 4) for value in [*plain, float(constant.detach() - (plain * centre).sum())]]


def fitted_on(all_asked: Sequence[Asked]) -> dict[str, list[float]]:
    """The three functions; sets weigh the same, but ours, the only news, as much as all others; so do the questions of each."""
    sizes = {name: float(sum(one.set == name for one in all_asked)) for name in {one.set for one in all_asked}}
    if OURS in sizes:
        sizes[OURS] /= max(1, len(sizes) - 1)
    made: dict[str, list[float]] = {}

    def add(name: str, rows_of: Callable[[Asked], Rows]) -> None:
        rows, weights = Rows(), list[float]()
        for one in all_asked:
            its = rows_of(one)
            rows += its
            weights += [1 / sizes[one.set] / max(1, len(its))] * len(its)
        made[name] = fit(rows, weights)

    add("sentence", lambda one: [(sentence_features(sentence), one.is_right(sentence)) for sentence in one.sentences])

    def answered(one: Asked) -> Rows:
        ranked = one.ranked(made)
        return [(answered_features(one.question, ranked), one.is_right(ranked[0]))]

    def short(one: Asked) -> Rows:
        ranked = one.ranked(made)
        if not ranked[0].found:
            return []
        confidence = logistic(made["answered"], answered_features(one.question, ranked))
        return [(short_features(one.question, ranked, confidence), one.short(ranked))]

    add("answered", answered)
    add("short", short)
    return made


@dataclass(frozen=True, slots=True)
class Judged:
    set: str
    answerable: bool
    confidence: float
    right: bool
    """The best sentence answers."""
    large: float | None
    large_right: bool


def judged(all_asked: Sequence[Asked], fitted: Fitted) -> list[Judged]:
    found = []
    for one in all_asked:
        ranked = one.ranked(fitted)
        confidence = logistic(fitted["answered"], answered_features(one.question, ranked))
        large = logistic(fitted["short"], short_features(one.question, ranked, confidence)) if ranked[0].found else None
        found.append(
            Judged(one.set, one.gold.answerable, confidence, one.is_right(ranked[0]), large, large is not None and one.short(ranked))
        )
    return found


def report(found: Sequence[Judged], least: float, large: float) -> str:
    """One line of figures: what is answered and silent at `least`, what is right in large type from `large` on."""
    answerable, not_answerable = [one for one in found if one.answerable], [one for one in found if not one.answerable]
    shown = [one for one in found if one.confidence >= least and one.large is not None and one.large >= large]
    parts = [
        f"{len(found)} questions",
        f"first sentence right {mean(one.right for one in answerable):.3f}" if answerable else "",
        f"silent wrongly {mean(one.confidence < least for one in answerable):.3f}" if answerable else "",
        f"silent rightly {mean(one.confidence < least for one in not_answerable):.3f}" if not_answerable else "",
        f"in large type {len(shown) / len(found):.3f}",
        f"of these wrong {mean(not one.large_right for one in shown):.3f}" if shown else "",
        f"span right {mean(one.large_right for one in answerable):.3f}" if answerable else "",
    ]
    return "  ".join(part for part in parts if part)


def reliability(pairs: Sequence[tuple[float, bool]]) -> str:
    """Of the probabilities in each tenth: their mean, the share that was right, and how many."""
    return "\n".join(f"  {one['confidence']:.2f} → {one['right']:.2f}  ({one['n']})" for one in calibration_bins(pairs))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.calibrate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET")
    parser.add_argument("--reader", default="learned")
    parser.add_argument("--stores", type=Path, help="keep the stores there, for another run")
    parser.add_argument("--most", type=int, default=1000, help="questions of each set but ours")
    parser.add_argument("--least", type=float, default=LEAST_CONFIDENCE, help="the confidence below which the program is silent")
    parser.add_argument("--large", type=float, default=SHOWN_IN_LARGE, help="the probability from which on an answer stands in large type")
    parser.add_argument("--write", action="store_true", help=f"write {CALIBRATION.name}")
    options = parser.parse_args()
    reader = load_reader(options.reader)
    everything: list[Asked] = []
    with TemporaryDirectory() as temporary:
        for one in [our_set(Path(temporary)), *map(read_set, options.sets)]:
            assert one.source is not None
            place = (options.stores or Path(temporary)) / one.name
            build(place, [one.source])
            store = Store.open(place)
            everything += asked(one.name, one.questions if one.name == OURS else some(one.questions, options.most), store, reader)
            store.close()
    names = list(dict.fromkeys(one.set for one in everything))
    apart: list[Judged] = []
    for name in names:
        fitted = fitted_on([one for one in everything if one.set != name])
        found = judged([one for one in everything if one.set == name], fitted)
        apart += found
        print(f"{name:16} {report(found, options.least, options.large)}")
    print("confidence that the first sentence answers, by what was fitted on the other sets:")
    print(reliability([(one.confidence, one.right) for one in apart]))
    print("probability that the short answer is right:")
    print(reliability([(one.large, one.large_right) for one in apart if one.large is not None]))
    tables = {"learned": fitted_on(everything), "exported": fitted_on([without_support(one) for one in everything])}
    lines = [
        line for kind, table in tables.items() for line in (f"\n[{kind}]", *(f"{name} = {weights}" for name, weights in table.items()))
    ]
    text = "\n".join(lines)
    print(text)
    if options.write:
        CALIBRATION.write_text(f"{HEADING}{text}\n", encoding="utf-8")
    return 0


def without_support(one: Asked) -> Asked:
    """What a reader that has no logit for support would have read."""
    return replace(
        one,
        sentences=[
            replace(sentence, support=sentence.found[0].score if sentence.found else sentence.margin - UNLIKELY)
            for sentence in one.sentences
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
