"""What docs/sensitivity.py runs: articles read, questions asked, quotes checked, and the tables of cases."""

from __future__ import annotations

import hashlib
import json
import math
import sys
import threading
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import CodeType
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from record import steady  # noqa: E402 (the project is not installed)
from sensitivity_constants import forget  # noqa: E402

from index.articles import Article, read_sources  # noqa: E402
from index.build.build import build  # noqa: E402
from index.embedding.models import load_embedder  # noqa: E402
from index.store.likeness import LateInteraction  # noqa: E402
from index.store.manifest import Manifest  # noqa: E402
from index.store.passages import passages_of  # noqa: E402
from index.store.store import Store  # noqa: E402
from index.story.quotations import Quotation, quotations_of  # noqa: E402
from index.text.names import name_keys  # noqa: E402
from index.text.spans import Span  # noqa: E402
from index.text.terms import stems  # noqa: E402
from qa.answer import READ_PASSAGES, answer  # noqa: E402
from qa.ask.question import analyse  # noqa: E402
from qa.ask.retrieve import Hit, retrieve  # noqa: E402
from qa.conversation.follow_up import PastQuestion, standalone  # noqa: E402
from qa.evaluate.measures import MeasureValues, ask_values, check_values, search_values  # noqa: E402
from qa.evaluate.sets import EvalSet, GoldQuestion, GoldQuote, held_against, parse_set  # noqa: E402
from qa.evaluate.systems import RetrievedPlace, _said  # noqa: E402
from qa.export.answer_json import answer_json  # noqa: E402
from qa.quotes.check import Checker, as_json  # noqa: E402
from qa.quotes.speakers import same_speaker  # noqa: E402
from qa.support.evidence import SourceSentence  # noqa: E402
from qa.support.guard import Guard  # noqa: E402

SETS = ("seeds", "fresh", "squad2")
ARTICLES_ONLY = ("polnear",)


@dataclass(frozen=True)
class Output:
    """What the program made of an item, as hashes, and its measures. `reads` are names that it may have read, by file."""

    made: tuple[str, ...]
    values: MeasureValues
    reads: frozenset[tuple[str, str]] = frozenset()
    seconds: float = 0.0


RETRIEVED: dict[tuple[str, str], list[Hit]] = {}
"""The hits of each question and source, as they were found last."""

Item = Callable[[], tuple[list[Any], MeasureValues]]


class Remembering:
    """An embedding model that embeds each text once."""

    def __init__(self, name: str) -> None:
        model: Any = load_embedder(name)
        self.name, self.version = model.name, model.version
        self.passages, self.questions, self.compare, self.decoded = model.passages, model.questions, model.compare, model.decoded
        self._model, self._encoded, self._asked = model, dict[str, Any](), dict[str, Any]()

    def encode(self, texts: Sequence[str]) -> list[Any]:
        new = [text for text in dict.fromkeys(texts) if text not in self._encoded]
        self._encoded.update(zip(new, self._model.encode(new), strict=True))
        return [self._encoded[text] for text in texts]

    def question(self, text: str) -> Any:
        if text not in self._asked:
            self._asked[text] = self._model.question(text)
        return self._asked[text]


class Source:
    """Articles, the sets that ask about them, and the store that they are asked of."""

    def __init__(self, name: str, places: Sequence[Path], sets: Sequence[Path], kept: Path, embedder: Remembering, most: int) -> None:
        self.name, self._places, self._embedder, self._kept, self._most = name, places, embedder, kept, most
        self._sets = [one for one in sets if (one / "questions.jsonl").exists()]
        self._speakers = [
            row for one in sets if (one / "speakers.jsonl").exists() for row in rows(one / "speakers.jsonl") if row.get("counted", True)
        ]
        self.store: Store | None = None
        if self._sets:
            if not (kept / "manifest.json").exists():
                build(kept, places, embedder)
            self.open(kept)

    def open(self, folder: Path | None = None) -> None:
        folder = folder or self._kept
        if self.store is not None and self.store.folder != folder:
            self.store.close()
            self.store = None
        if self._sets and self.store is None:
            self.store = Store(folder, Manifest.read(folder), self._embedder)

    def make_anew(self, folder: Path) -> tuple[list[Any], MeasureValues]:
        if self._sets:
            build(folder / self.name, self._places, self._embedder)
            self.open(folder / self.name)
        return [], {}

    def articles(self) -> tuple[list[Any], MeasureValues]:
        read = [one for one in read_sources(self._places) if isinstance(one, Article)]
        found = {one.id: quotations_of(one.text, one.story, one.language) for one in read}
        values: MeasureValues = {"quotations_found": [0, 0], "speakers_right": [0, 0]} if self._speakers else {}
        for row in self._speakers:
            near = [one for one in found[row["doc"]] if covers(one, row)]
            for name, right in (("quotations_found", bool(near)), ("speakers_right", any(is_right(one, row) for one in near))):
                values[name] = [values[name][0] + right, values[name][1] + 1]
        return [self._of_article(one, found[one.id]) for one in read], values

    def _of_article(self, one: Article, found: Sequence[Quotation]) -> list[Any]:
        facts = [one.title, one.publisher, one.author, one.date, one.language, sorted(map(str, one.places.items()))]
        passages = [[str(passage.span), str(passage.sentences)] for passage in passages_of(one)] if self._sets else []
        words = (
            [[stems(text), sorted(map(str, name_keys(text)))] for text in (span.of(one.text) for span in one.story)] if self._sets else []
        )
        return [str(one.story), facts, [str(quotation) for quotation in found], passages, words]

    def retrievals(self) -> Iterator[tuple[str, Item]]:
        for question in self._questions():
            yield f"retrieval:{self.name}:{question.id}", lambda question=question: self._retrieve(question)

    def items(self) -> Iterator[tuple[str, Item]]:
        for question in self._questions():
            yield f"questions:{self.name}:{question.id}", lambda question=question: self._ask(question)
        for folder in self._sets:
            for quote in self._held(measurable(folder)).quotes:
                yield f"quotes:{self.name}:{quote.id}", lambda quote=quote: self._check(quote)

    def _questions(self) -> Iterator[GoldQuestion]:
        for folder in self._sets:
            asked = self._held(measurable(folder)).questions
            yield from asked[:: math.ceil(len(asked) / self._most)]

    def _held(self, asked: EvalSet) -> EvalSet:
        assert self.store is not None
        places = [place for row in asked.questions for place in row.evidence] + [place for row in asked.quotes for place in row.source]
        articles = self.store.catalogue.articles({place.article_id for place in places})
        return held_against(asked, {id: article.text for id, article in articles.items()})

    def _retrieve(self, question: GoldQuestion) -> tuple[list[Any], MeasureValues]:
        assert self.store is not None
        hits = retrieve(self.store, analyse(self.store, question.question), READ_PASSAGES)
        RETRIEVED[question.question, self.name] = hits
        places = [RetrievedPlace(hit.passage.article_id, hit.passage.span, hit.passage.text) for hit in hits]
        return [steady([[hit.passage.id, hit.score, hit.sentences] for hit in hits])], search_values([question], [places])[0]

    def _ask(self, question: GoldQuestion) -> tuple[list[Any], MeasureValues]:
        """The answer from what was retrieved last."""
        assert self.store is not None
        hits = RETRIEVED[question.question, self.name]
        with patch("qa.answer.retrieve", lambda *_: hits):
            answered = answer(self.store, question.question)
        texts = {citation.article.id: citation.article.text for citation in answered.citations}
        return [steady(answer_json(answered))], ask_values(question, _said(answered), texts)

    def _check(self, quote: GoldQuote) -> tuple[list[Any], MeasureValues]:
        assert self.store is not None
        checked = Checker(self.store).check(quote.quote, quote.claimed_speaker)
        return [steady(as_json(checked))], check_values(quote, checked)


def measurable(folder: Path) -> EvalSet:
    """A set without what qa/evaluate has no measure of: questions for an overview or a list, whose evidence is not a place."""
    asked = [row for row in rows(folder / "questions.jsonl") if row["answerable"] == bool(row["evidence"]) <= bool(row["answers"])]
    quotes = folder / "quotes.jsonl"
    lines = "\n".join(json.dumps(row) for row in asked).encode()
    return parse_set(folder.name, lines, quotes.read_bytes() if quotes.exists() else None)


def covers(found: Quotation, row: Mapping[str, Any]) -> bool:
    shared = min(found.span.end, row["end"]) - max(found.span.start, row["start"])
    return 2 * shared >= max(len(found.span), row["end"] - row["start"])


def is_right(found: Quotation, row: Mapping[str, Any]) -> bool:
    spans = row["speaker_spans"]
    if found.speaker is not None and any(found.speaker.start < end and start < found.speaker.end for start, end in spans):
        return True
    return bool(found.speaker_name and row["speaker"] and not row.get("pronoun")) and same_speaker(found.speaker_name, row["speaker"])


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def guard_cases(embedder: Remembering) -> Item:
    table = json.loads((ROOT / "tests/cases/guard.json").read_text(encoding="utf-8"))
    articles = {one.id: one for one in read_sources([ROOT / "samples/articles"]) if isinstance(one, Article)}

    def source(told: Mapping[str, Any]) -> SourceSentence:
        start = articles[told["article"]].text.index(told["text"])
        return SourceSentence(articles[told["article"]], Span(start, start + len(told["text"])), told.get("speaker"))

    def run() -> tuple[list[Any], MeasureValues]:
        guard, made, right = Guard(embedder), [], Counter[tuple[bool, bool]]()
        for case in table["cases"] + table["held_out"]:
            failure = guard.failure(case["statement"], [source(table["grounds"][key]) for key in case["on"]])
            made.append(failure and [failure.fault, failure.words])
            right[case["fault"] is None, (failure is None) == (case["fault"] is None)] += 1
        return made, {f"guard_{kind}": [right[wanted, True], right[wanted, True] + right[wanted, False]] for kind, wanted in KINDS}

    return run


KINDS = (("passes", True), ("strikes", False))


def follow_ups() -> tuple[list[Any], MeasureValues]:
    table = json.loads((ROOT / "tests/cases/follow_ups.json").read_text(encoding="utf-8"))
    made = [standalone(one["question"], [PastQuestion(*said) for said in one["before"]]) for one in table]
    right = sum(ours.understood == (one["understood"] or one["question"]) for ours, one in zip(made, table, strict=True))
    return [str(one) for one in made], {"follow_ups_right": [right, len(made)]}


class Run:
    """All that is run, and what came of it as the constants are."""

    def __init__(self, sets: Path, stores: Path, most: int) -> None:
        self._embedder = Remembering("e5-small")
        samples = ROOT / "samples"
        told = [("samples", [samples / "articles", samples / "fr/articles"], [samples, samples / "fr"])]
        for name in (*SETS, *ARTICLES_ONLY):
            place = sets / name / "set.json"
            source = json.loads(place.read_text(encoding="utf-8"))["source"] if place.exists() else "corpus.jsonl"
            told.append((name, [sets / name / source], [sets / name]))
        self.sources = [Source(name, places, asked, stores / name, self._embedder, most) for name, places, asked in told]
        self.base: dict[str, Output] = {}
        self._found: dict[tuple[str, str], list[Hit]] = {}
        self._texts: dict[str, Item] = {f"articles:{one.name}": one.articles for one in self.sources}
        self._texts |= {"guard": guard_cases(self._embedder), "follow-ups": follow_ups}
        self._retrieved = {key: item for one in self.sources for key, item in one.retrievals()}
        self._asked = {key: item for one in self.sources for key, item in one.items()}

    def begin(self) -> None:
        """Runs all once, and notes what is read by the items of each kind and source."""
        groups: dict[str, dict[str, Item]] = {}
        for key, item in (self._texts | self._retrieved | self._asked).items():
            groups.setdefault(":".join(key.split(":")[:2]), {})[key] = item
        for items in groups.values():
            forget()
            self.base |= noted(items)
        self._found = dict(RETRIEVED)

    def changed(self, wanted: Callable[[str], bool]) -> dict[str, Output]:
        """What is made now of the wanted items, and of all that follows from what is made otherwise."""
        with TemporaryDirectory() as folder:
            made = {key: output(item) for key, item in self._texts.items() if wanted(key)}
            anew = [one for one in self.sources if self._differs(made, f"articles:{one.name}")]
            for one in anew:
                failed = output(lambda one=one: one.make_anew(Path(folder)))
                if failed.made:
                    made[f"articles:{one.name}"] = failed
            names = {one.name for one in anew}
            made |= {key: output(item) for key, item in self._retrieved.items() if wanted(key) or key.split(":")[1] in names}
            made |= {key: output(item) for key, item in self._asked.items() if wanted(key) or self._follows(key, names, made)}
            for one in anew:
                one.open()
        RETRIEVED.update(self._found)
        return made

    def _follows(self, key: str, names: Container[str], made: Mapping[str, Output]) -> bool:
        """Whether an item's articles were read otherwise, or its passages."""
        kind, name, id = key.split(":", 2)
        return name in names or (kind == "questions" and self._differs(made, f"retrieval:{name}:{id}"))

    def _differs(self, made: Mapping[str, Output], key: str) -> bool:
        return key in made and made[key].made != self.base[key].made


def output(item: Item) -> Output:
    try:
        made, values = item()
    except Exception as error:  # a constant may break anything
        return Output((f"{type(error).__name__}: {error}"[:200],), {})
    lines = (json.dumps(one, ensure_ascii=False).encode("utf-8", "replace") for one in made)
    return Output(tuple(hashlib.sha256(line).hexdigest()[:16] for line in lines), values)


def noted(items: Mapping[str, Item]) -> dict[str, Output]:
    """The outputs of items, each with the names that they all read."""
    called: set[CodeType] = set()
    tables: set[str] = set()

    def note(frame: Any, event: str, _: object) -> None:
        if event == "call":
            called.add(frame.f_code)
            if frame.f_code is LateInteraction.fitted.__code__:
                tables.add(frame.f_locals["table"])

    begun = perf_counter()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        made = {key: output(item) for key, item in items.items()}
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    names = {(code.co_filename, name) for code in called if code.co_filename.startswith(str(ROOT)) for name in code.co_names}
    reads = frozenset(names | {("calibration", table) for table in tables})
    seconds = (perf_counter() - begun) / len(made)
    return {key: Output(one.made, one.values, reads, seconds) for key, one in made.items()}
