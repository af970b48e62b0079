"""Results to a page: one self-contained document, and report.json in the same folder.

Sets, articles and answers are hostile: everything goes through MarkupSafe, there is no script, and the page's policy allows none.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from markupsafe import Markup

from index.atomic_write import replace_file
from index.errors import InputError
from qa.evaluate.report.charts import set_plots
from qa.evaluate.report.failed_rows import isolated, misses, times
from qa.evaluate.report.numbers import count_of, counted, facts_line, seconds, setting_name, was_or_were
from qa.evaluate.report.sweep import sweep_section
from qa.evaluate.report.tables import all_figures, chief_table, confusion_table, differences_table, folded, group_tables, matrix
from qa.evaluate.results import LeftOutRow, QuestionRow, QuoteRow, Results, SetResult, SystemResult
from qa.quotes.report import in_html

STYLE = Path(__file__).with_name("report.css").read_text("utf-8")
"""For a page that a fragment is put into: every rule is for an element of the class `report` and what is inside it."""


def html(results: Results) -> str:
    """The whole document."""
    names = [set_result["name"] for set_result in results["sets"]] or list(dict.fromkeys(point["set"] for point in results["sweep"]))
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        "<title>Evaluation: {title}</title>\n<style>\n{style}</style>\n</head>\n"
        '<body class="report">\n<main>\n<h1>Evaluation</h1>\n{body}</main>\n</body>\n</html>\n'
    ).format(title=in_html(", ".join(names)), style=Markup(STYLE), body=Markup(fragment(results)))


def fragment(results: Results) -> str:
    """What the document shows below its heading, for an element of the class `report` in a page that has STYLE."""
    parts = [_facts(results)]
    if results["sweep"]:
        parts.append(sweep_section(results["sweep"]))
    if len(results["sets"]) > 1:
        parts.append(_overview(results["sets"]))
    parts += [_set(f"report-set-{number}", set_result) for number, set_result in enumerate(results["sets"], start=1)]
    return Markup("\n").join(parts) + "\n"


def check_folder(folder: Path) -> None:
    """Raises InputError where no report can be written into the folder: checked before the work, not after it."""
    standing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not standing.is_dir():
        raise InputError(f"{standing} is a file. Name a folder with --report.")
    if not os.access(standing, os.W_OK | os.X_OK):
        raise InputError(f"The report cannot be written to {folder} (Permission denied). Name another folder with --report.")


def write(folder: Path, results: Results) -> Path:
    """Writes report.json and index.html into the folder, which is made, and returns the path of the latter; each replaces what was there,
    whole or not at all. Raises InputError where that cannot be done."""
    page = folder / "index.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A file's name may not be Unicode.
        for path, content in ((folder / "report.json", json.dumps(results, ensure_ascii=False, indent=1) + "\n"), (page, html(results))):
            replace_file(path, content.encode("utf-8", "replace"))
    except OSError as error:
        raise InputError(f"The report cannot be written to {folder} ({error.strerror}). Name another folder with --report.") from error
    return page


# What was measured.


def _facts(results: Results) -> Markup:
    varied = {name for point in results["sweep"] for name in point["settings"]}
    settings = _settings_in_words({name: value for name, value in results["settings"].items() if name not in varied})
    machine = _settings_in_words(results["machine"])
    took = [f"{seconds(results['seconds'])} in all"]
    if results["peak_memory_mb"] is not None:
        took.append(f"at most {results['peak_memory_mb']:,.0f} MB of memory")
    return Markup('<p class="facts">{}</p>\n<p class="small">{}</p>').format(
        facts_line(settings), facts_line([results["made"][:16].replace("T", " "), *took, *machine])
    )


def _settings_in_words(settings: Mapping[str, int | str]) -> Iterator[str]:
    for name, value in settings.items():
        yield f"{value:,} {setting_name(name)}" if isinstance(value, int) else f"{setting_name(name)} {value}"


def _overview(sets: Sequence[SetResult]) -> Markup:
    """A row a set: its chief figures."""
    rows = [
        (Markup('<a href="#report-set-{}">{}</a>').format(number, isolated(set_result["name"])), set_result["systems"][0]["figures"])
        for number, set_result in enumerate(sets, start=1)
    ]
    return Markup("<section>\n<h2>The sets</h2>\n{}</section>").format(matrix("Set", rows))


def _set(id: str, set_result: SetResult) -> Markup:
    ours = set_result["systems"][0]
    parts = [
        _summary(ours),
        chief_table(ours),
        set_plots(id, set_result["systems"]),
        differences_table(set_result["differences"]),
        group_tables(ours["groups"]),
        confusion_table(ours["confusion"]),
        folded("All figures", all_figures(set_result["systems"])),
        folded("Left out", _left_out(set_result["left_out"])),
        _misses(set_result["systems"]),
    ]
    return Markup('<section class="set" id="{}">\n<h2>{}</h2>\n<p class="facts">{}</p>\n{}</section>').format(
        id, isolated(set_result["name"]), facts_line(_counts(set_result)), Markup("\n").join(part for part in parts if part)
    )


def _counts(set_result: SetResult) -> Iterator[str]:
    ours = set_result["systems"][0]
    languages = ", ".join(f"{count:,} {language}" for language, count in set_result["languages"].items())
    yield counted(set_result["articles"], "article") + (f" ({languages})" if languages else "")
    yield counted(set_result["passages"], "passage")
    for count, noun in ((len(ours["questions"]), "question"), (len(ours["quotes"]), "quote")):
        if count:
            yield counted(count, noun)
    if set_result["index_seconds"] is not None:
        yield f"indexed in {seconds(set_result['index_seconds'])}"
    if set_result["skipped"]:
        yield f"{counted(set_result['skipped'], 'file')} skipped"
    if set_result["left_out"]:
        yield f"{counted(len(set_result['left_out']), 'record')} left out"


def _left_out(rows: Sequence[LeftOutRow]) -> Markup:
    if not rows:
        return Markup()
    items = Markup().join(Markup("<li>{}: {}</li>\n").format(isolated(row["id"]), isolated(row["reason"])) for row in rows)
    return Markup("<ul>\n{}</ul>").format(items)


def _misses(systems: Sequence[SystemResult]) -> Markup:
    cards = misses(systems[0])
    if not cards:
        return Markup("<h3>Misses</h3>\n<p>None.</p>")
    others = Markup('<p class="small">Those of the other systems are in report.json.</p>\n') if len(systems) > 1 else ""
    return Markup("<h3>Misses</h3>\n{}{}").format(others, cards)


# How it went, in words.


def _summary(system: SystemResult) -> Markup:
    sentences = chain(_questions_in_words(system["questions"]), _quotes_in_words(system["quotes"]))
    return Markup('<div class="told">{}</div>').format(Markup().join(Markup("<p>{}</p>").format(line) for line in sentences))


def _questions_in_words(rows: Sequence[QuestionRow]) -> Iterator[Markup]:
    known = Counter(row["outcome"] for row in rows if row["answerable"])
    unknown = Counter(row["outcome"] for row in rows if not row["answerable"])
    if known:
        ways = {
            "wrong": "answered wrong",
            "unsupported": "answered right from other sources",
            "silent": "met with silence",
            "not found": "without the evidence in what was found",
        }
        other = ", ".join(f"{known[kind]:,} {words}" for kind, words in ways.items() if known[kind])
        yield Markup("Of {} that the articles answer, <strong>{}</strong> {} answered right, with the evidence{}{}.").format(
            counted(known.total(), "question"),
            count_of(known["right"], known.total()),
            was_or_were(known["right"]),
            "; " if other else "",
            other,
        )
    if unknown:
        yield Markup("Of {} that they do not answer, <strong>{}</strong> {} met with silence.").format(
            counted(unknown.total(), "question"), count_of(unknown["right"], unknown.total()), was_or_were(unknown["right"])
        )
    citations = sum(len(row["said"]["citations"]) for row in rows if row["said"])
    broken = sum(times(row, "ask", "broken_citations") for row in rows)
    if broken:
        yield Markup('<strong class="bad">{:,} of {} {} not in the article letter for letter.</strong>').format(
            broken, counted(citations, "citation"), "is" if broken == 1 else "are"
        )
    elif citations:
        yield Markup("Every one of {} stands in its article, letter for letter.").format(counted(citations, "citation"))


def _quotes_in_words(rows: Sequence[QuoteRow]) -> Iterator[Markup]:
    if not rows:
        return
    outcomes = Counter(row["outcome"] for row in rows)
    right = len(rows) - outcomes["verdict"]
    ways = {"place": "of these found at another place", "speaker": "of these with another speaker"}
    other = "".join(f", {outcomes[kind]:,} {words}" for kind, words in ways.items() if outcomes[kind])
    passed = sum(times(row, "check", "false_verbatim") for row in rows)
    ending = (
        Markup("None was falsely passed as verbatim.")
        if not passed
        else Markup('<strong class="bad">{:,} {} falsely passed as verbatim.</strong>').format(passed, was_or_were(passed))
    )
    yield Markup("Of {}, <strong>{}</strong> got the right verdict{}. {}").format(
        counted(len(rows), "quote"), count_of(right, len(rows)), other, ending
    )
