"""The tab Evaluate: the sets to choose from, how far a run is, and its report, which qa/evaluate/page.py draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from page import markup


@dataclass(frozen=True, slots=True)
class Choice:
    """A set that can be chosen: `value` is what the script says to the server. Where it cannot be used, `trouble` is why, in one line."""

    value: str
    title: str
    questions: int = 0
    quotes: int = 0
    trouble: str | None = None


def form(most: int) -> str:
    """What stands above the report. The script fills in the sets; of a file of one's own `most` bytes are read."""
    return Markup(
        "<h2>Evaluate on a set of questions</h2>"
        "<p>Every question of a set is asked and every quote checked, and what comes is held against what the set says is right.</p>"
        '<p id="measured-on"></p><fieldset><legend>Choose a set</legend>'
        '<div class="sets"><div id="sets"></div><div id="own-set"></div></div>'
        '<div class="own"><label class="chooser"><input type="file" id="set-file" accept=".jsonl" data-most="{}"><span>Choose a file</span>'
        '</label><p><span class="drop">or drop it anywhere on this page: </span>a questions.jsonl or quotes.jsonl of your own</p></div>'
        '</fieldset><p id="set-told" role="alert"></p><div class="run"><button type="button" id="run-button">Run</button>'
        '<button type="button" id="stop-button" hidden>Stop</button></div>'
    ).format(most)


def measured_on(articles: int) -> str:
    """What every set is measured on."""
    if not articles:
        return "There are no articles to measure on yet."
    return f"Measured on what this page holds: {articles:,} article{'' if articles == 1 else 's'}."


def sets(choices: Sequence[Choice]) -> str:
    """The sets that are known."""
    return Markup().join(map(_choice, choices))


def own(choice: Choice) -> str:
    """The file that was chosen."""
    return _choice(choice)


def _choice(choice: Choice) -> Markup:
    if choice.trouble is not None:
        return Markup('<p class="trouble">{}: {}</p>').format(markup.isolated(choice.title), markup.text(choice.trouble))
    return Markup(
        '<label class="set"><input type="radio" name="set" value="{}"><span><b>{}</b> <span class="holds">{}</span></span></label>'
    ).format(choice.value, markup.isolated(choice.title), _holds(choice.questions, choice.quotes))


def _holds(questions: int, quotes: int) -> str:
    """
    >>> _holds(91, 1), _holds(0, 2), _holds(1, 0)
    ('91 questions, 1 quote', '2 quotes', '1 question')
    """
    counts = ((questions, "question"), (quotes, "quote"))
    return ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)


def pending(stage: str = "", done: int = 0, of: int = 0) -> str:
    """How far a run is. `stage` begins with what is done: "Asking (on-record)"."""
    if not of:
        return Markup('<p class="pending" role="status">Reading the set …</p>')
    verb = stage.partition(" ")[0]
    return Markup('<p class="pending">{} {:,} of {:,} {} …</p><progress max="{}" value="{}" aria-label="{}"></progress>').format(
        verb, done, of, "quotes" if verb == "Checking" else "questions", of, done, verb
    )


def stopped() -> str:
    """After a run that was stopped."""
    return Markup('<p class="stopped" role="status">Stopped. What was measured so far is discarded.</p>')


def report(fragment: Markup, token: str) -> str:
    """A report, and how to have it as a file: `token` is what to ask the server for it by."""
    download = Markup('<button type="button" data-report="{}" data-kind="{}">{}</button>')
    return Markup(
        '<div class="evaluated"><p class="done"><span role="status">The report is ready.</span> {} {}</p><div class="report">{}</div></div>'
    ).format(download.format(token, "html", "Download report"), download.format(token, "json", "Download report.json"), fragment)
