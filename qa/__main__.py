"""python -m qa ask | search"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from index.commandline import Parser, add_json, add_store, run, visible
from index.errors import InputError, SettingError
from index.filters import Filters, first_day, last_day
from index.store import Store
from qa.answer import Answer, answer, as_json
from qa.retrieve import Hit, analyse, retrieve

_NEAREST_WIDTH = 240  # characters of a nearest passage: enough to see what it is about
# As articles: a file of questions larger than this is a mistake.
_MOST_BYTES = 20 * 1024 * 1024


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    status: int = options.command(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m qa", description="Questions to a store of articles.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, action: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=action)
        sub.add_argument("question", nargs="?", metavar="QUESTION")
        sub.add_argument("--questions", type=Path, metavar="FILE.jsonl", help='records with "question": one JSON object a line comes back')
        add_store(sub)
        sub.add_argument("--language", metavar="L", help="only articles in this language (en, ar, …)")
        sub.add_argument("--publisher", metavar="P", help="only articles of this publisher")
        sub.add_argument("--after", metavar="DATE", help="only articles of this day or later (2019-04-02, 2019-04 or 2019)")
        sub.add_argument("--before", metavar="DATE", help="only articles of this day or earlier")
        add_json(sub)
        return sub

    command("ask", _ask, "answer a question with cited sentences")
    sub = command("search", _search, "the passages nearest to a question")
    sub.add_argument("-k", type=int, default=10, metavar="N", help="how many passages (default: 10)")
    return parser


def _ask(options: argparse.Namespace) -> int:
    questions, filters = _questions(options), _filters(options)
    store = Store.open(options.store)
    for question in questions:
        found = answer(store, question, filters)
        if options.json or options.questions:
            print(json.dumps(as_json(found), ensure_ascii=False), flush=True)
        else:
            print(visible(_in_words(found)))
    return 0


def _search(options: argparse.Namespace) -> int:
    if options.k < 1:
        raise SettingError("-k is the number of passages: 1 or more.")
    questions, filters = _questions(options), _filters(options)
    store = Store.open(options.store)
    for question in questions:
        hits = retrieve(store, analyse(store, question), options.k, filters)
        if options.json or options.questions:
            print(json.dumps({"question": question, "passages": [_passage_json(hit) for hit in hits]}, ensure_ascii=False), flush=True)
        else:
            for hit in hits:
                span = hit.passage.span
                print(visible(f"{hit.rank + 1}. {hit.passage.article_id} [{span.start}:{span.end}] {hit.score:.3f}\n{hit.passage.text}\n"))
    return 0


def _passage_json(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "article": passage.article_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "text": passage.text,
        "language": hit.language,
        "score": hit.score,
    }


def _in_words(found: Answer) -> str:
    """An answer for the terminal: the statements, then where each is from."""
    lines = [found.text]
    if found.short_answer:
        lines.insert(0, f"{found.short_answer}\n")
    if found.abstained and found.citations:
        lines.append("\nNearest passages:")
    elif found.citations:
        lines.append("")
    for citation in found.citations:
        facts = [citation.article.title, citation.article.publisher, citation.article.author, citation.article.date]
        place = f"{citation.article.id} [{citation.span.start}:{citation.span.end}]"
        lines.append(f"[{citation.number}] {' · '.join(fact for fact in facts if fact)} — {place}")
        if found.abstained:
            lines.append(_beginning(citation.quote))
    return "\n".join(lines)


def _beginning(quote: str) -> str:
    """The first words of a passage, unchanged, and a mark where there are more."""
    return quote if len(quote) <= _NEAREST_WIDTH else f"{quote[:_NEAREST_WIDTH].rsplit(maxsplit=1)[0]} […]"


def _filters(options: argparse.Namespace) -> Filters:
    return Filters(
        options.language,
        options.publisher,
        first_day(options.after) if options.after else None,
        last_day(options.before) if options.before else None,
    )


def _questions(options: argparse.Namespace) -> list[str]:
    if (options.question is None) == (options.questions is None):
        raise InputError("Ask one QUESTION, or name a file of them with --questions FILE.jsonl.")
    if options.questions is None:
        if not options.question.strip():
            raise InputError("The question is empty. Write what you want to know.")
        return [options.question]
    return list(_records(options.questions, "question"))


def _records(path: Path, name: str) -> Iterator[str]:
    """The field `name` of each record of a .jsonl file. Raises InputError with the line that is wrong."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is larger than {_MOST_BYTES:,} bytes. Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Name a .jsonl file.") from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InputError(f"{path}, line {number} is not JSON ({error.msg}). Each line is a record with a {name!r}.") from error
        if not isinstance(record, dict) or not isinstance(record.get(name), str):
            raise InputError(f"{path}, line {number} has no {name!r}. Each line is a record with one.")
        yield record[name]


if __name__ == "__main__":
    run(main, sys.argv[1:])
