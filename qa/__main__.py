"""python -m qa ask | search | check | quotes | evaluate"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from tqdm import tqdm

from index.commandline import Parser, add_chroma, add_json, add_store, run, visible
from index.errors import InputError, ModelError, SettingError
from index.store.filters import Filters, first_day, last_day
from index.store.store import Store
from index.text.spans import Span
from qa.answer import answer
from qa.ask.question import analyse
from qa.ask.retrieve import Hit, retrieve
from qa.ask.types import Notice
from qa.export.answer_json import answer_json
from qa.export.lines import answer_lines
from qa.quotes import report
from qa.quotes.check import Match, QuoteCheck, check_all
from qa.quotes.check import as_json as check_as_json
from qa.quotes.draft import DraftQuote, check_draft, has_words, read_draft
from qa.reader.readers import add_reader, load_reader
from qa.writing.language_models import language_model
from qa.writing.write import Writer

# As articles: a file of questions larger than this is a mistake.
_MOST_BYTES = 20 * 1024 * 1024
# Columns of the table of a draft's quotations, in characters: it fits a terminal of 120 with most ids.
_QUOTE_WIDTH = 44
_SPEAKER_WIDTH = 20


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
        return sub

    def add_model(sub: argparse.ArgumentParser, help: str) -> None:
        sub.add_argument("--model", metavar="URL[#NAME]|FILE.gguf", help=f"{help}: an OpenAI-compatible server, or a file")

    def asking(name: str, action: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = command(name, action, help)
        sub.add_argument("question", nargs="?", metavar="QUESTION")
        sub.add_argument("--questions", type=Path, metavar="FILE.jsonl", help='records with "question": one JSON object a line comes back')
        add_store(sub)
        sub.add_argument("--language", metavar="L", help="only articles in this language (en, ar, …)")
        sub.add_argument("--publisher", metavar="P", help="only articles of this publisher")
        sub.add_argument("--after", metavar="DATE", help="only articles of this day or later (2019-04-02, 2019-04 or 2019)")
        sub.add_argument("--before", metavar="DATE", help="only articles of this day or earlier")
        add_json(sub)
        return sub

    sub = asking("ask", _ask, "answer a question with cited sentences")
    add_reader(sub)
    add_model(sub, "let this language model write the answer from the sentences that are found (default: $ONRECORD_MODEL)")
    sub.add_argument("--judge", action="store_true", help="with --model: the model is asked once more about each statement that it wrote")
    sub.add_argument(
        "--struck", choices=("shown", "dropped"), help="with --model: what its citations do not bear out is shown as such, or left out"
    )
    sub = asking("search", _search, "the passages nearest to a question")
    sub.add_argument("-k", type=int, default=10, metavar="N", help="how many passages (default: 10)")

    sub = command("check", _check, "are these the words, who said them, and where? exit 0 where every quote is verbatim or elided, else 1")
    sub.add_argument("quote", nargs="?", metavar="QUOTE")
    sub.add_argument("--speaker", metavar="NAME", help="who is said to have said it")
    sub.add_argument(
        "--quotes",
        type=Path,
        metavar="FILE.jsonl",
        help='records with "quote" and perhaps "claimed_speaker": one JSON object a line comes back',
    )
    sub.add_argument("--draft", type=Path, metavar="FILE", help="check every quotation in a .txt, .md, .html or .docx file")
    sub.add_argument("--report", type=Path, metavar="FILE", help="with --draft: write the result to a .html, .md, .csv or .json file")
    add_store(sub)
    add_json(sub)

    sub = command("quotes", _quotes, "every quotation in the articles, a line each")
    sub.add_argument("--article", metavar="ID", help="only this article, by its id as `python -m index list` prints it")
    add_store(sub)
    add_json(sub)

    sub = command("evaluate", _evaluate, "measure answers, search and checks on sets of questions and quotes; docs/evaluation.md says how")
    sub.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="articles/ or corpus.jsonl, and questions.jsonl, quotes.jsonl")
    sub.add_argument(
        "--store", type=Path, metavar="DIR", help="keep the store there, or use the one that is there (default: a temporary one)"
    )
    add_chroma(sub)
    sub.add_argument("--report", type=Path, metavar="DIR", help="write index.html and report.json to this folder")
    add_reader(sub)
    sub.add_argument("--baselines", action="store_true", help="measure BM25, plain vectors and LlamaIndex on the same articles as well")
    add_model(
        sub, "measure answers that this language model writes as well; with --baselines, LlamaIndex's CitationQueryEngine with it too"
    )
    sub.add_argument("--vary", action="append", default=[], metavar="NAME=A,B", help="passage_tokens, overlap_sentences, top_k or embedder")
    sub.add_argument("--gate", type=Path, metavar="FILE", help="exit 1 where a figure falls under its floor in this file")
    sub.add_argument(
        "--raise", action="store_true", dest="raise_floors", help="with --gate: raise the floors to the figures, never lower them"
    )
    sub.add_argument("--lower", action="store_true", help="with --gate: set the floors to the figures, lower ones too")
    sub.add_argument("--compare", nargs=2, type=Path, metavar=("A.json", "B.json"), help="what changed from one report.json to another")
    sub.add_argument("--new", type=Path, metavar="FOLDER", help="start a set there: sentences of the store to ask about")
    add_json(sub)
    return parser


def _ask(options: argparse.Namespace) -> int:
    questions, filters = _questions(options), _filters(options)
    store = Store.open(options.store, chroma=options.chroma)
    writer, notice = _writer(options)
    reader = load_reader(options.reader)
    for question in questions:
        answered = answer(store, question, filters, writer=writer, reader=reader)
        if notice is not None:
            answered = replace(answered, notice=notice)
        if options.json or options.questions:
            print(json.dumps(answer_json(answered), ensure_ascii=False), flush=True)
        else:
            print(visible(answer_lines(answered)))
    return 0


def _writer(options: argparse.Namespace) -> tuple[Writer | None, Notice | None]:
    """The language model that is to write, or why it cannot. Raises SettingError where its address is none."""
    address = (os.environ.get("ONRECORD_MODEL") or None) if options.model is None else options.model
    if address is None:
        for name in ("judge", "struck"):
            if getattr(options, name):
                raise SettingError(f"--{name} goes with --model.")
        return None, None
    try:
        model = language_model(address, _key())
    except ModelError as error:
        return None, Notice("failed", str(error))
    return Writer(model, judge=options.judge, drops=options.struck == "dropped"), None


def _key() -> str | None:
    return os.environ.get("OPENAI_API_KEY") or None


def _search(options: argparse.Namespace) -> int:
    if options.k < 1:
        raise SettingError("-k is the number of passages: 1 or more.")
    questions, filters = _questions(options), _filters(options)
    store = Store.open(options.store, chroma=options.chroma)
    for question in questions:
        hits = retrieve(store, analyse(store, question), options.k, filters)
        if options.json or options.questions:
            print(json.dumps({"question": question, "passages": [_passage_json(hit) for hit in hits]}, ensure_ascii=False), flush=True)
        else:
            for hit in hits:
                span = hit.passage.span
                print(visible(f"{hit.rank + 1}. {hit.passage.article_id} [{span.start}:{span.end}] {hit.score:.3f}\n{hit.passage.text}\n"))
    return 0


def _check(options: argparse.Namespace) -> int:
    given = [name for name in ("quote", "quotes", "draft") if getattr(options, name) is not None]
    if len(given) != 1:
        raise InputError("Give one QUOTE, or name a file with --quotes FILE.jsonl or --draft FILE.")
    for option, needed in (("speaker", "quote"), ("report", "draft")):
        if getattr(options, option) is not None and given != [needed]:
            raise InputError(f"--{option} goes with {'one QUOTE' if needed == 'quote' else '--draft FILE'}.")
    if options.draft is not None:
        return _check_draft(options)
    claims = _claims(options)
    store = Store.open(options.store, chroma=options.chroma)
    well = True
    for check in _with_progress(check_all(store, claims), len(claims)):
        well = well and check.verdict in report.GOOD
        if options.json or options.quotes:
            _say(json.dumps(check_as_json(check), ensure_ascii=False))
        else:
            _say(_check_in_words(check))
    return 0 if well else 1


def _check_draft(options: argparse.Namespace) -> int:
    if options.report is not None:
        report.check_report(options.report, options.draft)
    text = read_draft(options.draft)
    store = Store.open(options.store, chroma=options.chroma)
    quotes: list[DraftQuote] = []
    with tqdm(unit=" quotations", desc="Checking", disable=None, leave=False) as bar:  # None: no bar where output is no terminal

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        for quote in check_draft(store, text, progress):
            quotes.append(quote)
            _say(json.dumps(report.quote_json(quote), ensure_ascii=False) if options.json else _row(quote))
    if options.report is not None:
        report.write_report(options.report, options.draft.name, text, quotes)
    checks = [quote.check for quote in quotes]
    if not options.json:
        print(("\n" if quotes else "") + report.summary(checks))
    elif not quotes:
        print(report.summary(checks), file=sys.stderr)
    return 0 if all(check.verdict in report.GOOD for check in checks) else 1


def _quotes(options: argparse.Namespace) -> int:
    catalogue = Store.open(options.store, chroma=options.chroma).catalogue
    if options.article is None:
        articles = catalogue.all_articles()
    else:
        named = catalogue.articles([options.article])
        if not named:
            raise InputError(f"There is no article {options.article!r} in this store. `python -m index list` names them.")
        articles = iter(named.values())
    for article in articles:
        for quotation in catalogue.quotations([article.id]).get(article.id, ()):
            speaker, cue = (_words(article.text, span) for span in (quotation.speaker, quotation.cue))
            text, name = quotation.span.of(article.text), quotation.speaker_name
            if options.json:
                row = {
                    "article": article.id,
                    "start": quotation.span.start,
                    "end": quotation.span.end,
                    "text": text,
                    "speaker": speaker,
                    "speaker_start": quotation.speaker.start if quotation.speaker else None,
                    "speaker_end": quotation.speaker.end if quotation.speaker else None,
                    "speaker_name": name,
                    "cue": cue,
                    "speech": quotation.speech,
                    "utterance": quotation.utterance,
                }
                print(json.dumps(row, ensure_ascii=False))
            else:
                place = f"{_one_line(article.id)} [{quotation.span.start}:{quotation.span.end}]"
                said = f"“{_one_line(text)}”" if quotation.speech == "direct" else _one_line(text)
                print(visible(f"{place} {_one_line(name or speaker or '(nobody named)')}: {said}"))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from qa.evaluate.commandline import evaluate  # noqa: PLC0415 (scipy and ir-measures take a second, which no question needs)

    return evaluate(options, _key())


def _words(text: str, span: Span | None) -> str | None:
    return None if span is None else span.of(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


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


def _say(line: str) -> None:
    """A line of output at once, past a bar that may stand on the terminal."""
    tqdm.write(line, file=sys.stdout)
    sys.stdout.flush()


def _with_progress(checks: Iterator[QuoteCheck], count: int) -> Iterator[QuoteCheck]:
    if count == 1:  # nothing to wait for
        yield from checks
        return
    with tqdm(checks, total=count, unit=" quotes", desc="Checking", disable=None, leave=False) as bar:
        yield from bar


_GREEN, _RED, _YELLOW, _BOLD = "32", "31", "33", "1"


def _painted(text: str, colour: str | None) -> str:
    """Article text, in a colour where a terminal shows it and the user wants it (https://no-color.org)."""
    plain = colour is None or not text or not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    return visible(text) if plain else f"\x1b[{colour}m{visible(text)}\x1b[0m"


def _check_in_words(check: QuoteCheck) -> str:
    """A check for the terminal: the verdict, then each place with the source's words."""
    good = check.verdict in report.GOOD
    lines = [f"{_painted(report.name(check.verdict), _GREEN if good else _RED)}: {report.MEANINGS[check.verdict]}"]
    lines += [visible(remark) for remark in report.remarks(check)]
    for number, match in enumerate(check.matches, start=1):
        source = report.source_of(match)
        heading = f"{source} — {report.place_of(match)}" if source else report.place_of(match)
        lines += ["", visible(f"{number}. {_one_line(heading)}"), f"   {_source_words(check, match)}"]
        if match.speaker:
            lines.append(visible(f"   — {_one_line(match.speaker)}"))
        context = report.around(match)
        if context is not None:
            before, turn, behind = (re.sub(r"\s+", " ", part) for part in context)
            label = _painted("Mind the words around it:", _YELLOW) if turn else "The whole sentence:"
            lines.append(f"   {label} {visible(before)}{_painted(turn, _BOLD) if turn else ''}{visible(behind)}")
    return "\n".join(lines)


def _source_words(check: QuoteCheck, match: Match) -> str:
    """The source's words; where the quote differs, what stands in the source alone as [-…-] and in the quote alone as {+…+}."""
    if not report.shows_difference(check, match):
        return visible(match.text)
    marks = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    colours = {"equal": None, "delete": _RED, "insert": _GREEN}

    def shown(op: str, text: str) -> str:
        return report.mark(text, lambda words: _painted(marks[op].format(words), colours[op]), visible)

    return "".join(shown(change.op, change.text) for change in match.diff)


def _row(quote: DraftQuote) -> str:
    """A draft's quotation in the table: verdict, its beginning, who is said to have said it, where it stands."""
    check = quote.check
    colour = _GREEN if check.verdict in report.GOOD else _RED
    where = ""
    if check.matches:
        match = check.matches[0]
        where = report.place_of(match) + (f" and {check.places - 1} more" if check.places > 1 else "")
        if match.reversal:
            where += " · mind the words around it"
    cells = [_cut(quote.quote, _QUOTE_WIDTH), _cut(quote.claimed_speaker or "", _SPEAKER_WIDTH), where]
    return f"{_painted(f'{report.name(check.verdict):13}', colour)}  {visible('  '.join(cells)).rstrip()}"


def _cut(text: str, width: int) -> str:
    line = _one_line(text)
    return line.ljust(width) if len(line) <= width else f"{line[: width - 1]}…"


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
    return [record["question"] for _, record in _records(options.questions, "question")]


def _claims(options: argparse.Namespace) -> list[tuple[str, str | None]]:
    """The quotes to check, and who is said to have said each."""
    if options.quotes is None:
        if not has_words(options.quote):
            raise InputError("The quote is empty. Write the words to look for.")
        return [(options.quote, options.speaker or None)]
    claims = []
    for where, record in _records(options.quotes, "quote"):
        speaker = record.get("claimed_speaker")
        if not isinstance(speaker, str | None):
            raise InputError(f"{where} has a 'claimed_speaker' that is no text. Name somebody, or leave it out.")
        if not has_words(record["quote"]):
            raise InputError(f"{where} has an empty 'quote'. Write the words to look for.")
        claims.append((record["quote"], speaker or None))
    return claims


def _records(path: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of a .jsonl file, each with the words for its place. Raises InputError with the line that is wrong, or lacks `name`."""
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
        yield f"{path}, line {number}", record


if __name__ == "__main__":
    run(main, sys.argv[1:])
