"""The tab Evaluate: the sets to choose from, the progress of a run, and its report, which qa/evaluate/report/page.py draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from page.draw import markup
from page.draw.phrases import N_, Phrases

_OURS = {"judged": N_("Your judged questions"), "samples": N_("The sample questions")}


@dataclass(frozen=True, slots=True)
class Choice:
    """A set that can be chosen: `value` identifies it to the server. `trouble` is why it cannot be used, if so."""

    value: str
    title: str
    questions: int = 0
    quotes: int = 0
    trouble: str | None = None


def form(say: Phrases, most: int) -> str:
    """The form. The script inserts the sets; `most` bytes of a visitor's file are read."""
    return Markup(
        "<h2>{title}</h2><p>{what}</p>"
        '<p id="measured-on"></p><fieldset><legend>{choose}</legend>'
        '<div class="sets"><div id="sets"></div><div id="own-set"></div></div>'
        '<div class="own"><label class="chooser"><input type="file" id="set-file" accept=".jsonl" data-most="{most}"><span>{file}</span>'
        '</label><p><span class="drop">{drop} </span>{kinds}</p></div>'
        '</fieldset><p id="set-told" role="alert"></p><div class="run"><button type="button" id="run-button">{run}</button>'
        '<button type="button" id="stop-button" hidden>{stop}</button></div>'
    ).format(
        title=say("Evaluate on a set of questions"),
        what=say("Every question of a set is asked and every quote checked, and what comes is held against what the set says is right."),
        choose=say("Choose a set"),
        most=most,
        file=say("Choose a file"),
        drop=say("or drop it anywhere on this page:"),
        kinds=say("a {questions} or {quotes} of your own", questions=_ltr("questions.jsonl"), quotes=_ltr("quotes.jsonl")),
        run=say("Run"),
        stop=say("Stop"),
    )


def _ltr(name: str) -> Markup:
    return Markup('<bdi dir="ltr">{}</bdi>').format(name)


def measured_on(say: Phrases, articles: int) -> str:
    """What every set is measured on."""
    if not articles:
        return say("There are no articles to measure on yet.")
    return say("Measured on what this page holds: {articles}.", articles=say.plural("{count} article", "{count} articles", articles))


def sets(say: Phrases, choices: Sequence[Choice]) -> str:
    """The available sets."""
    return Markup().join(_choice(say, choice) for choice in choices)


def visitors_set(say: Phrases, choice: Choice) -> str:
    """The file that was chosen."""
    return _choice(say, choice)


def _choice(say: Phrases, choice: Choice) -> Markup:
    title = say(_OURS[choice.value]) if choice.value in _OURS else markup.isolated(choice.title)
    if choice.trouble is not None:
        return Markup('<p class="trouble">{}: {}</p>').format(title, markup.isolated(choice.trouble))
    return Markup(
        '<label class="set"><input type="radio" name="set" value="{}"><span><b>{}</b> <span class="holds">{}</span></span></label>'
    ).format(choice.value, title, _holds(say, choice.questions, choice.quotes))


def _holds(say: Phrases, questions: int, quotes: int) -> Markup:
    """
    >>> from page.draw.phrases import phrases
    >>> say = phrases("en")
    >>> [str(_holds(say, *counts)) for counts in ((91, 1), (0, 2), (1, 0))]
    ['91 questions, 1 quote', '2 quotes', '1 question']
    """
    parts = [say.plural("{count} question", "{count} questions", questions)] if questions else []
    if quotes:
        parts.append(say.plural("{count} quote", "{count} quotes", quotes))
    return say(", ").join(parts)


def pending(say: Phrases, stage: str = "", done: int = 0, of: int = 0) -> str:
    """Progress of a run. `stage` begins with the activity: "Asking (on-record)"."""
    if not of:
        return Markup('<p class="pending" role="status">{}</p>').format(say("Reading the set …"))
    numbers = {"done": say.number(done), "all": say.number(of)}
    lines = {
        "Searching": say("Searching {done} of {all} questions …", **numbers),
        "Checking": say("Checking {done} of {all} quotes …", **numbers),
    }
    line = lines.get(stage.partition(" ")[0], say("Asking {done} of {all} questions …", **numbers))
    return Markup('<p class="pending">{}</p><progress max="{}" value="{}" aria-label="{}"></progress>').format(
        line, of, done, say("Progress")
    )


def stopped(say: Phrases) -> str:
    """After a run that was stopped."""
    return Markup('<p class="stopped" role="status">{}</p>').format(say("Stopped. What was measured so far is discarded."))


def report(say: Phrases, fragment: Markup, token: str) -> str:
    """A report with its download buttons: `token` identifies it to the server. The report itself is in English."""
    download = Markup('<button type="button" data-report="{}" data-kind="{}">{}</button>')
    return Markup(
        '<div class="evaluated"><p class="done"><span role="status">{}</span> {} {}</p>'
        '<div class="report" lang="en" dir="ltr">{}</div></div>'
    ).format(
        say("The report is ready."),
        download.format(token, "html", say("Download report")),
        download.format(token, "json", say("Download {file}", file=_ltr("report.json"))),
        fragment,
    )
