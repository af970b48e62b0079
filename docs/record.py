"""What the program makes of all that is at hand, as files that two states of the code can be compared by.

    .venv/bin/python docs/record.py OUT [SETS] [--stores DIR] [--only PART …]
    diff -r BEFORE AFTER

Writes into OUT, one part a file or folder:

words       every set, mapping, list and pattern of words that a module keeps, by the constant's name, wherever it lives
articles    of each article under SETS, samples and the tests' nasty and hostile files: its marks, metadata, quotations, sentences, passages
answers     what `qa ask` says to each set's questions and to the samples', and how it is exported
checks      what `qa check` says of each set's quotes, and the report of a draft that holds them
cases       what is made of each of the tests' tables: follow-ups, answer types, what the guard says

Times are left out and scores rounded to six digits: Chroma's graph differs in the ninth between starts. SETS is a folder of sets as
docs/evaluation.md describes them (default: ../shared/eval). Stores are made in DIR (default: OUT.stores) and brought in step, not made
anew, so a second run embeds nothing.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import json
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import hostile  # noqa: E402 (the project is not installed)
import nasty  # noqa: E402

from index.articles import Article, read_sources  # noqa: E402
from index.build.build import build  # noqa: E402
from index.embedding.models import load_embedder  # noqa: E402
from index.store.passages import passages_of  # noqa: E402
from index.store.store import Store  # noqa: E402
from index.story.quotations import quotations_of  # noqa: E402
from index.text.names import name_keys  # noqa: E402
from index.text.sentences import sentence_spans  # noqa: E402
from index.text.spans import Span  # noqa: E402
from index.text.terms import stems  # noqa: E402
from qa.__main__ import main as run_qa  # noqa: E402
from qa.answer import answer  # noqa: E402
from qa.ask.about import asked_fact  # noqa: E402
from qa.ask.answer_types import answer_type, candidates  # noqa: E402
from qa.ask.types import Answer  # noqa: E402
from qa.conversation.follow_up import PastQuestion, standalone  # noqa: E402
from qa.evaluate.sets import read_set  # noqa: E402
from qa.export.references import bibtex, csl_json, ris, web_annotations  # noqa: E402
from qa.export.transcript import as_html, as_markdown  # noqa: E402
from qa.support.evidence import SourceSentence  # noqa: E402
from qa.support.guard import Guard  # noqa: E402

DRAFT_QUOTES = 40  # of each set, in its draft


# words


def constants() -> dict[str, list[str]]:
    """Each constant of words, by its name: what it holds, in the modules that have one of that name."""
    found: dict[str, list[str]] = {}
    for module in modules():
        file = module.__file__
        assert file is not None
        for name in assigned(Path(file)):
            held = plain(getattr(module, name, None))
            if held is not None:
                found.setdefault(name, []).append(held)
    return {name: sorted(set(held)) for name, held in sorted(found.items())}


def modules() -> Iterator[Any]:
    for package in ("index", "qa", "page"):
        root = importlib.import_module(package)
        yield root
        for one in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not one.name.endswith("__main__"):
                yield importlib.import_module(one.name)


def assigned(path: Path) -> list[str]:
    """The names that a file itself gives a value, and does not import."""
    targets: list[ast.expr] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    nested = [inner for one in targets for inner in (one.elts if isinstance(one, ast.Tuple) else [one])]
    return [one.id for one in nested if isinstance(one, ast.Name)]


def plain(value: object) -> str | None:
    """A value of words as a line that is the same in each run; None for what holds no words."""
    text = _plain(value)
    return text if text is not None and ('"' in text or "'" in text) else None


def _plain(value: object) -> str | None:
    match value:
        case re.Pattern():
            return f"{value.pattern!r} {value.flags}"
        case Enum():
            return repr(value.value)
        case str() | int() | float() | bytes() | None:
            return repr(value).replace(str(ROOT), "")
        case frozenset() | set():
            inner = [_plain(one) for one in value]
            return None if None in inner else "{" + ", ".join(sorted(str(one) for one in inner)) + "}"
        case tuple() | list():
            inner = [_plain(one) for one in value]
            return None if None in inner else "(" + ", ".join(str(one) for one in inner) + ")"
        case Mapping():
            pairs = [(_plain(key), _plain(one)) for key, one in value.items()]
            return None if any(None in pair for pair in pairs) else "{" + ", ".join(f"{key}: {one}" for key, one in pairs) + "}"
        case _:
            return None


# articles


def sources(sets: Path) -> Iterator[tuple[str, Path]]:
    """The places of articles, by a name for each: those of SETS once, though several sets share them."""
    yield "samples", ROOT / "samples" / "articles"
    if (sets.parent / "articles").is_dir():
        yield "articles", sets.parent / "articles"
    for corpus in sorted(sets.glob("*/*.jsonl")):
        if corpus.name.startswith("corpus"):
            yield f"{corpus.parent.name}.{corpus.stem}", corpus


def of_article(article: Article) -> dict[str, Any]:
    text = article.text
    return {
        "id": article.id,
        "sha256": article.sha256,
        "length": len(text),
        "story": spans(article.story),
        "facts": [article.title, article.publisher, article.author, article.date, article.language, article.url],
        "places": {name: [span.start, span.end] for name, span in article.places.items()},
        "pages": article.pages,
        "sentences": [spans(sentence_spans(span.of(text))) for span in article.story],
        "quotations": [str(one) for one in quotations_of(text, article.story, article.language)],
        "passages": [[one.id, one.span.start, one.span.end, one.tokens] for one in passages_of(article)],
        "terms": [[stems(one), sorted(map(str, name_keys(one)))] for one in (span.of(text) for span in article.story)],
    }


def spans(found: Any) -> list[list[int]]:
    return [[one.start, one.end] for one in found]


def record_articles(out: Path, sets: Path) -> None:
    with TemporaryDirectory() as folder:
        harmful = Path(folder) / "nasty"
        harmful.mkdir()
        nasty.make(harmful)
        corpus = Path(folder) / "hostile"
        corpus.mkdir()
        hostile.write_corpus(corpus)
        for name, place in [*sources(sets), ("nasty", harmful), ("hostile", corpus)]:
            read = [of_article(one) if isinstance(one, Article) else {"skipped": str(one)} for one in read_sources([place])]
            write(out / f"{name}.jsonl", (json.dumps(one, ensure_ascii=False).replace(folder, "FOLDER") for one in read))


# answers and checks


class Stores:
    """A store for each source, kept in a folder."""

    def __init__(self, folder: Path, sets: Path) -> None:
        self._folder, self._sources, self._made = folder, dict(sources(sets)), set[str]()

    def of(self, source: Path) -> Path:
        name = next(name for name, place in self._sources.items() if place.resolve() == source.resolve())
        if name not in self._made:
            build(self._folder / name, [source])
            self._made.add(name)
        return self._folder / name


def sets_under(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Each set with its articles."""
    yield "samples", ROOT / "samples", ROOT / "samples" / "articles"
    for path in sorted(one for one in folder.iterdir() if one.is_dir()):
        told = path / "set.json"
        if told.exists():
            named = json.loads(told.read_text(encoding="utf-8"))
            yield path.name, path, path / (named["source"])
        elif (path / "corpus.jsonl").exists():
            yield path.name, path, path / "corpus.jsonl"


def command(*arguments: str) -> Iterator[str]:
    """The lines that `python -m qa` prints, without times and with scores rounded."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run_qa(arguments)
    for line in printed.getvalue().splitlines():
        yield json.dumps(steady(json.loads(line)), ensure_ascii=False)


def steady(value: Any) -> Any:
    match value:
        case dict():
            return {key: steady(one) for key, one in value.items() if key != "timings_ms"}
        case list():
            return [steady(one) for one in value]
        case float():
            return round(value, 6)
        case _:
            return value


def record_answers(out: Path, sets: Path, stores: Stores) -> None:
    for name, folder, source in sets_under(sets):
        store = stores.of(source)
        write(out / f"{name}.quotations.jsonl", command("quotes", "--json", "--store", str(store)))
        if (folder / "questions.jsonl").exists():
            write(out / f"{name}.jsonl", command("ask", "--json", "--store", str(store), "--questions", str(folder / "questions.jsonl")))
    opened = Store.open(stores.of(ROOT / "samples" / "articles"))
    asked = [answer(opened, one.question) for one in read_set(ROOT / "samples").questions]
    export(out, [(one.question, one) for one in asked])


def export(out: Path, talk: list[tuple[str, Answer]]) -> None:
    cited = [citation for _, one in talk for citation in one.citations]
    forms: dict[str, Callable[[], str]] = {
        "bib": lambda: bibtex(cited),
        "ris": lambda: ris(cited),
        "csl.json": lambda: csl_json(cited),
        "annotations.json": lambda: web_annotations(cited),
        "md": lambda: as_markdown(talk),
        "html": lambda: as_html(talk),
    }
    for ending, made in forms.items():
        (out / f"samples.{ending}").write_text(made(), encoding="utf-8")


def record_checks(out: Path, sets: Path, stores: Stores) -> None:
    for name, folder, source in sets_under(sets):
        quotes = folder / "quotes.jsonl"
        if not quotes.exists():
            continue
        store = stores.of(source)
        write(out / f"{name}.jsonl", command("check", "--json", "--store", str(store), "--quotes", str(quotes)))
        draft = out / f"{name}.draft.md"
        rows = [json.loads(line) for line in quotes.read_text(encoding="utf-8").splitlines()][:DRAFT_QUOTES]
        told = [f"{row.get('claimed_speaker') or 'Somebody'} said: “{row['quote']}”\n" for row in rows]
        draft.write_text("\n".join(told), encoding="utf-8")
        write(out / f"{name}.draft.jsonl", command("check", "--json", "--store", str(store), "--draft", str(draft)))


# cases


def record_cases(out: Path) -> None:
    cases = ROOT / "tests" / "cases"

    def table(name: str) -> Any:
        return json.loads((cases / f"{name}.json").read_text(encoding="utf-8"))

    write(
        out / "follow_ups.jsonl",
        (str(standalone(one["question"], [PastQuestion(*said) for said in one["before"]])) for one in table("follow_ups")),
    )
    questions = [one["question"] for one in table("answer_types")["types"]]
    write(out / "answer_types.jsonl", (f"{one}: {answer_type(one).name} {asked_fact(one)}" for one in questions))
    guard, told = Guard(load_embedder("e5-small")), table("guard")
    articles = {one.id: one for one in read_sources([ROOT / "samples" / "articles"]) if isinstance(one, Article)}
    grounds = {}
    for name, one in told["grounds"].items():
        article = articles[one["article"]]
        start = article.text.index(one["text"])
        grounds[name] = SourceSentence(article, Span(start, start + len(one["text"])), one.get("speaker"))
    lines = []
    for group, rows in told.items():
        if group != "grounds":
            for row in rows:
                failure = guard.failure(row["statement"], [grounds[name] for name in row["on"]])
                lines.append(f"{group}: {row['statement']}: {failure and (failure.fault, failure.words)}")
    write(out / "guard.jsonl", lines)
    sentences = [one.text for one in grounds.values()]
    write(
        out / "candidates.jsonl",
        (str([kind.name, spans(candidates(kind, one))]) for one in sentences for kind in type(answer_type("Who?"))),
    )


def write(path: Path, lines: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(path, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the program makes of all that is at hand, to compare two states of the code by.")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("sets", type=Path, nargs="?", default=ROOT.parent / "shared" / "eval", metavar="SETS")
    parser.add_argument("--stores", type=Path, metavar="DIR")
    parts = ("words", "articles", "answers", "checks", "cases")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, metavar="PART")
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of words in one order in each run
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})
    for part in options.only:
        (options.out / part).mkdir(parents=True, exist_ok=True)
    stores = Stores(options.stores or options.out.with_name(f"{options.out.name}.stores"), options.sets)
    if "words" in options.only:
        write(options.out / "words" / "words.txt", (f"{name}: {one}" for name, held in constants().items() for one in held))
    if "cases" in options.only:
        record_cases(options.out / "cases")
    if "articles" in options.only:
        record_articles(options.out / "articles", options.sets)
    if "checks" in options.only:
        record_checks(options.out / "checks", options.sets, stores)
    if "answers" in options.only:
        record_answers(options.out / "answers", options.sets, stores)


if __name__ == "__main__":
    main()
