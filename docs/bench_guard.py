"""Measures the guard (qa/support/guard.py): what it passes that is not supported, and what it strikes that is.

    .venv/bin/python docs/bench_guard.py [--sets ../shared/eval] [--sentences 150] [--show KIND]

Without --sets, our own cases alone (tests/cases/guard.json): those that it was developed on, and those written after. With it, sentences
of the sets' articles too, as they are and changed in one thing. Prints Markdown; docs/guard.md holds it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.articles import Article, read_sources  # noqa: E402 (the project is not installed)
from index.embedding.models import default_embedder  # noqa: E402
from index.languages.ar.people import GIVEN_NAMES as ARABIC_GIVEN  # noqa: E402
from index.text.sentences import sentence_spans  # noqa: E402
from index.text.spans import Span  # noqa: E402
from qa.support.evidence import SourceSentence  # noqa: E402
from qa.support.guard import Guard  # noqa: E402

ONE_LANGUAGE = ("xquad-en", "polnear", "xquad-ar", "ntrex-pairs")
FEWEST_WORDS = 8
_ARABIC = re.compile("[\u0620-\u064a]")
_DIGIT = re.compile(r"\d")
_NUMBERS = "two three four five six seven eight nine ten اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة ثلاث أربع خمس ست سبع تسع"
_NUMBER_WORDS = tuple(_NUMBERS.split())
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
_NOT = (
    (r"\b(was|were|is|are|has|had|will|can|could|would|should|did) (?!not\b)", r"\1 not "),
    (r"\b(was|were|is|are|has|had|will|can|could|would|should|did) not ", r"\1 "),
    (r"\bnever ", ""),
    (r"(?<!\S)كان (?!\S*لا )", "لم يكن "),
    (r"(?<!\S)كانت ", "لم تكن "),
    (r"(?<!\S)يمكن ", "لا يمكن "),
    (r"(?<!\S)(?:لم|لن) ", ""),
    (r"(?<!\S)لا (?!سيما|يزال|تزال|بد)", ""),
)
# Chosen by themselves, not from the guard's own list: some stand in both.
_OPPOSITE = (
    ("before", "after"), ("first", "last"), ("more", "less"), ("won", "lost"), ("increased", "decreased"), ("rose", "fell"),
    ("early", "late"),
    ("high", "low"), ("large", "small"), ("old", "new"), ("north", "south"), ("eastern", "western"), ("opened", "closed"),
    ("began", "ended"),
    ("accepted", "rejected"), ("supported", "opposed"), ("highest", "lowest"), ("long", "short"), ("male", "female"), ("public", "private"),
    ("major", "minor"), ("many", "few"), ("good", "bad"), ("best", "worst"), ("strong", "weak"), ("success", "failure"), ("above", "below"),
    ("قبل", "بعد"), ("أكثر", "أقل"), ("الأول", "الأخير"), ("الأولى", "الأخيرة"), ("فاز", "خسر"), ("ارتفع", "انخفض"), ("زيادة", "انخفاض"),
    ("كبير", "صغير"), ("كبيرة", "صغيرة"), ("شمال", "جنوب"), ("شرق", "غرب"), ("بداية", "نهاية"), ("داخل", "خارج"), ("أعلى", "أدنى"),
    ("جديد", "قديم"), ("جديدة", "قديمة"), ("قوية", "ضعيفة"), ("طويلة", "قصيرة"), ("الشمالية", "الجنوبية"), ("الشرقية", "الغربية"),
)  # fmt: skip


def languages(statement: str, source: str) -> str:
    ours, theirs = ("ar" if _ARABIC.search(text) else "en" for text in (statement, source))
    return ours if ours == theirs else f"{ours} on {theirs}"


class Tally:
    """What came of statements, by kind and languages."""

    def __init__(self, guard: Guard, show: str) -> None:
        self._guard, self._show = guard, show
        self.failed: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.all: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.faults: Counter[tuple[str | None, str]] = Counter()
        self.seconds: list[float] = []

    def add(self, kind: str, statement: str, sources: Sequence[SourceSentence], fault: str | None = None) -> None:
        row = kind, languages(statement, sources[0].text)
        begin = perf_counter()
        failure = self._guard.failure(statement, sources)
        self.seconds.append(perf_counter() - begin)
        self.all[row] += 1
        self.failed[row] += failure is not None
        if failure is not None and fault is not None:
            self.faults[fault, failure.fault] += 1
        if self._show in f"{kind} {row[1]}" and (failure is None) == (kind not in PASSING):
            print(f"{row}\n  said   {statement}\n  source {' | '.join(one.text for one in sources)}\n  {failure}\n")

    def table(self, kinds: Sequence[str]) -> Iterator[str]:
        rows = sorted({language for _, language in self.all}, key=lambda one: (len(one), one))
        yield f"| | {' | '.join(rows)} |"
        yield f"| --- |{' ---: |' * len(rows)}"
        for kind in kinds:
            cells = []
            for language in rows:
                count, failed = self.all[kind, language], self.failed[kind, language]
                wrong = failed if kind in PASSING else count - failed
                cells.append(f"{wrong}/{count} ({wrong / count:.1%})" if count else "")
            yield f"| {kind} | {' | '.join(cells)} |"


OWN = ("supported", "not supported")
PASSING = ("supported", "as it stands", "without a clause", "translation")
CHANGED = (
    "a number",
    "a name",
    "a negation",
    "an opposite",
    "another sentence",
    "translation, a number",
    "translation, a name",
    "translation, a negation",
    "translation, an opposite",
    "another line",
)


def own_cases(tally: Tally, held_out: bool) -> None:
    data = json.loads((ROOT / "tests/cases/guard.json").read_text(encoding="utf-8"))
    articles = {one.id: one for one in read_sources([ROOT / "samples/articles"]) if isinstance(one, Article)}
    for case in data["held_out" if held_out else "cases"]:
        sources = [source_of(articles, data["grounds"][key]) for key in case["on"]]
        tally.add(OWN[case["fault"] is not None], case["statement"], sources, case["fault"])


def source_of(articles: dict[str, Article], described: dict[str, str]) -> SourceSentence:
    article = articles[described["article"]]
    start = article.text.index(described["text"])
    return SourceSentence(article, Span(start, start + len(described["text"])), described.get("speaker"))


def articles_of(folder: Path) -> list[Article]:
    described = folder / "set.json"
    source = json.loads(described.read_text(encoding="utf-8")) if described.exists() else {}
    corpus = next((folder / value for value in source.values() if str(value).endswith(".jsonl")), folder / "corpus.jsonl")
    return [one for one in read_sources([corpus.resolve()]) if isinstance(one, Article)]


def sentences(article: Article) -> list[Span]:
    found = sentence_spans(article.text, article.story or None)
    return [one for one in found if len(one.of(article.text).split()) >= FEWEST_WORDS and len(one) < 600]


def changed_sentences(tally: Tally, articles: Sequence[Article], most: int, chance: random.Random) -> None:
    picked = [(article, span) for article in articles for span in sentences(article)]
    chance.shuffle(picked)
    names = [match[0] for article in articles for match in _CAPITAL.finditer(article.text)]
    for article, span in picked[:most]:
        text, source = span.of(article.text), SourceSentence(article, span)
        tally.add("as it stands", text, [source])
        for kind, statement in (
            ("without a clause", without_clause(text)),
            ("a number", other_number(text, chance)),
            ("a name", other_name(text, names, article.text, chance)),
            ("a negation", other_polarity(text, chance)),
            ("an opposite", other_sense(text, chance)),
            ("another sentence", other_sentence(article, span, chance)),
        ):
            if statement is not None:
                tally.add(kind, statement, [source])


def without_clause(text: str) -> str | None:
    match = re.search(r"(?<=\w)[,،] [^,،.;]{10,60}(?=[,،] \w)", text)
    return None if match is None or '"' in text or "“" in text else text[: match.start()] + text[match.end() :]


def other_number(text: str, chance: random.Random) -> str | None:
    digits = [match.start() for match in _DIGIT.finditer(text)]
    if digits:
        at = chance.choice(digits)
        old = int(text[at])
        new = chance.choice([digit for digit in range(1, 10) if digit != old])
        return f"{text[:at]}{chr(ord(text[at]) - old + new)}{text[at + 1 :]}"
    found = [word for word in _NUMBER_WORDS if re.search(rf"(?<!\S){word}(?!\S)", text)]
    if not found:
        return None
    arabic = _ARABIC.search(found[0]) is not None
    others = [
        word for word in _NUMBER_WORDS if word != found[0] and (_ARABIC.search(word) is not None) == arabic and word[:3] != found[0][:3]
    ]
    return re.sub(rf"(?<!\S){found[0]}(?!\S)", chance.choice(others), text, count=1)


def other_name(text: str, names: Sequence[str], article: str, chance: random.Random) -> str | None:
    if _ARABIC.search(text):
        given = [word for word in text.split() if word in ARABIC_GIVEN and len(word) > 3]
        others = sorted(word for word in ARABIC_GIVEN if len(word) > 3 and word not in article)
        return text.replace(given[0], chance.choice(others), 1) if given else None
    found = list(_CAPITAL.finditer(text))
    others = [name for name in chance.sample(names, min(len(names), 40)) if name not in article and name[:4] not in article]
    if not found or not others:
        return None
    match = chance.choice(found)
    return f"{text[: match.start()]}{others[0]}{text[match.end() :]}"


def other_polarity(text: str, chance: random.Random) -> str | None:
    found = [changed for pattern, new in _NOT if (changed := re.sub(pattern, new, text, count=1)) != text]
    return chance.choice(found) if found else None


def other_sense(text: str, chance: random.Random) -> str | None:
    found = []
    for pair in _OPPOSITE:
        for old, new in (pair, pair[::-1]):
            changed = re.sub(rf"(?<!\S){old}(?![\w-])", new, text, count=1)
            if changed != text and new not in text:
                found.append(changed)
    return chance.choice(found) if found else None


def other_sentence(article: Article, span: Span, chance: random.Random) -> str | None:
    others = [one for one in sentences(article) if one != span]
    return chance.choice(others).of(article.text) if others else None


def translations(tally: Tally, articles: Sequence[Article], most: int, chance: random.Random) -> None:
    """Lines of stories that stand in both languages, line for line."""
    known = {article.id: article for article in articles}
    names = [match[0] for article in articles for match in _CAPITAL.finditer(article.text)]
    pairs = []
    for article in articles:
        other = known.get(article.id.replace("-en-", "-ar-"))
        if article.language == "en" and other is not None:
            ours, theirs = (list(lines(one)) for one in (article, other))
            if len(ours) == len(theirs):
                pairs += [(article, one, other, two) for one, two in zip(ours, theirs, strict=True)]
    chance.shuffle(pairs)
    for article, span, other, facing in pairs[:most]:
        for ours, mine, theirs, yours in ((article, span, other, facing), (other, facing, article, span)):
            text = mine.of(ours.text)
            if len(text.split()) < FEWEST_WORDS or len(text) > 400 or re.search('["“”«»]', text):
                continue
            tally.add("translation", text, [SourceSentence(theirs, yours)])
            for kind, changed in (
                ("translation, a number", other_number(text, chance)),
                ("translation, a name", other_name(text, names, ours.text, chance)),
                ("translation, a negation", other_polarity(text, chance)),
                ("translation, an opposite", other_sense(text, chance)),
                ("another line", other_sentence(ours, mine, chance)),
            ):
                if changed is not None:
                    tally.add(kind, changed, [SourceSentence(theirs, yours)])


def lines(article: Article) -> Iterator[Span]:
    at = 0
    for line in article.text.split("\n"):
        yield Span(at, at + len(line))
        at += len(line) + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--sentences", type=int, default=150, metavar="N", help="of each set")
    parser.add_argument("--show", default="-", metavar="KIND", help="print what goes wrong of a kind")
    arguments = parser.parse_args()
    guard = Guard(default_embedder())
    for title, held_out in (("developed on", False), ("written after", True)):
        tally = Tally(guard, arguments.show)
        own_cases(tally, held_out)
        print(f"\nOur own cases, {title}: what was wrong (struck though supported, passed though not)\n", *tally.table(OWN), sep="\n")
        same = sum(count for (expected, found), count in tally.faults.items() if expected == found)
        print(f"\nThe fault was the expected one for {same} of {tally.faults.total()}; {1000 * median(tally.seconds):.1f} ms a statement.")
    if arguments.sets is not None:
        tally = Tally(guard, arguments.show)
        chance = random.Random(9)
        for name in ONE_LANGUAGE:
            changed_sentences(tally, articles_of(arguments.sets / name), arguments.sentences, chance)
        translations(tally, articles_of(arguments.sets / "ntrex-pairs"), 2 * arguments.sentences, chance)
        kinds = [*PASSING[1:], *CHANGED]
        print("\nSentences of the sets: what was wrong\n", *tally.table(kinds), sep="\n")
        print(f"\n{1000 * median(tally.seconds):.1f} ms a statement (median of {len(tally.seconds)}).")


if __name__ == "__main__":
    main()
