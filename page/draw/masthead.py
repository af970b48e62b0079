"""The page's head, the state of the index, and the welcome text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from index.text.direction import direction, of_language
from page.draw.markup import isolated as _isolated
from page.draw.markup import text as _text
from page.draw.phrases import CODES, Phrases, phrases
from qa.library.examples import Heading
from qa.library.index_status import IndexState

# Skipped files that are named; the rest are counted.
_MOST_SKIPPED = 20


def masthead(say: Phrases, way_out: Markup) -> Markup:
    """The page's head. The script fills in the state of the index and shows who writes; `way_out` is the markup for signing
    out."""
    tabs = (
        ("ask", "asking", say("Ask")),
        ("check", "checking", say("Check quotes")),
        ("articles", "browsing", say("Articles")),
        ("evaluate", "evaluating", say("Evaluate")),
    )
    drawn = Markup().join(
        Markup('<button type="button" role="tab" id="tab-{}" aria-controls="{}" aria-selected="false" tabindex="-1">{}</button>').format(
            *tab
        )
        for tab in tabs
    )
    others = Markup().join(
        Markup('<button type="button" class="language" data-language="{}" lang="{}" dir="auto">{}</button>').format(
            code, code, phrases(code).language_name(code).capitalize()
        )
        for code in CODES
        if code != say.language
    )
    return Markup(
        '<h1 lang="en" dir="ltr">On Record</h1><p class="promise own">{}</p><p class="promise written">{}</p>'
        '<div role="tablist" aria-label="{}">{}</div>'
        '<div id="index-state" role="status" aria-live="polite"></div><div class="self">{}{}</div>'
    ).format(
        say("Answers in the articles’ own words"),
        say("Answers checked against the articles"),
        say("What to do"),
        drawn,
        others,
        way_out,
    )


def state(say: Phrases, state: IndexState) -> str:
    """The state of the index in a line or two."""
    lines = {
        "indexing": say("Indexing: {articles} …", articles=say.plural("{count} article", "{count} articles", state.read or 0)),
        "trouble": _isolated(state.trouble or "") if state.articles else say("Not available"),
        "ready": say("Ready"),
        "missing": say("No articles yet"),
    }
    parts = [Markup('<span class="light" data-state="{}"></span><span>{}</span>').format(state.name, lines[state.name])]
    if state.articles:
        languages = say(", ").join(
            Markup("{} {}").format(say.language_name(language), say.number(count)) for language, count in state.languages.items()
        )
        held = say.plural("{count} article", "{count} articles", state.articles)
        parts.append(Markup('<span class="holdings"><b>{}</b> · {}</span>').format(held, languages))
    if state.skipped:
        rows = [
            Markup("<li>{}: {}</li>").format(_isolated(skipped.path), _isolated(skipped.reason))
            for skipped in state.skipped[:_MOST_SKIPPED]
        ]
        if len(state.skipped) > _MOST_SKIPPED:
            rows.append(
                Markup("<li>{}</li>").format(say.plural("and {count} more", "and {count} more", len(state.skipped) - _MOST_SKIPPED))
            )
        parts.append(
            Markup('<details class="skipped"><summary>{}</summary><ul>{}</ul></details>').format(
                say.plural("{count} file skipped", "{count} files skipped", len(state.skipped)), Markup().join(rows)
            )
        )
    return Markup().join(parts)


def server_is_gone(say: Phrases) -> Markup:
    """The state that is shown if the server does not answer."""
    return Markup('<span class="light" data-state="trouble"></span><span>{}</span>').format(
        say("The server does not answer. Start it again: {command}", command=Markup("<code>make run</code>"))
    )


def welcome(say: Phrases, state: IndexState, written: bool = False) -> str:
    """The welcome text before the first answer: how to make a store, what is in progress, or example questions. `written`: a language
    model writes the answers."""
    if state.name == "missing":
        return _no_store(say, state)
    if not state.articles:
        return _not_yet(say, state)
    if written:
        promise = say(
            "A language model writes the answers. Each statement is held against the sentences that it cites and struck out where they do"
            " not say it. Its number opens the article at that place."
        )
    else:
        promise = say(
            "Every sentence of an answer is quoted from an article, letter for letter. Its number opens the article at that place."
        )
    parts = [Markup("<h2>{}</h2><p>{}</p>").format(say("Ask the articles"), promise)]
    if state.questions:
        parts.append(_buttons(say("Questions to try"), [_example(question) for question in _own_first(say, state.questions)]))
    elif state.headings:
        parts.append(_buttons(say("Articles to read"), [_heading(heading) for heading in state.headings]))
    return Markup().join(parts)


def _no_store(say: Phrases, state: IndexState) -> Markup:
    store, folder = _isolated(state.store), _isolated(state.sources or "FOLDER")
    return Markup(
        "<h2>{}</h2><p>{} {}</p>"
        '<pre dir="ltr"><code>make run ARTICLES={}</code></pre>'
        "<p>{}</p>"
        '<pre dir="ltr"><code>.venv/bin/python -m index build {} --store {}</code></pre>'
        "<p>{}</p>"
    ).format(
        say("No articles yet"),
        say(
            "Nothing is indexed at {store} yet. A store is made from a folder of news articles: {kinds}.",
            store=Markup("<code>{}</code>").format(store),
            kinds=say("text, web pages, PDF, Word, RTF, mail, tables, ZIP, WARC"),
        ),
        say("In a terminal, in the project’s folder:"),
        folder,
        say("or, while this page stays open:"),
        folder,
        store,
        say("This page goes on by itself as soon as the first articles are in."),
    )


def _not_yet(say: Phrases, state: IndexState) -> Markup:
    if state.name == "trouble":
        return Markup('<h2>{}</h2><p class="trouble" dir="auto">{}</p>').format(
            say("The articles cannot be read"), _text(state.trouble or "")
        )
    so_far = say(
        "{articles} so far, from {folder}. Each is split into passages and embedded on this machine."
        " Questions can be asked as soon as the first are in.",
        articles=say.plural("{count} article", "{count} articles", state.read or 0),
        folder=Markup("<code>{}</code>").format(_isolated(state.sources or "")),
    )
    return Markup('<h2>{}</h2><p>{}</p><p class="working" aria-hidden="true"></p>').format(say("Reading the articles"), so_far)


def _buttons(title: Markup, buttons: Sequence[Markup]) -> Markup:
    items = Markup().join(Markup("<li>{}</li>").format(button) for button in buttons)
    return Markup('<h3>{}</h3><ul class="examples">{}</ul>').format(title, items)


def _own_first(say: Phrases, questions: Sequence[str]) -> list[str]:
    """The questions, those in the interface's text direction first."""
    return sorted(questions, key=lambda question: direction(question) != say.direction)


def _example(question: str) -> Markup:
    return Markup('<button type="button" dir="{}" data-question="{}">{}</button>').format(
        direction(question), _text(question), _text(question)
    )


def _heading(heading: Heading) -> Markup:
    return Markup('<button type="button" dir="{}" lang="{}" data-article="{}" data-version="{}">{}</button>').format(
        direction(heading.title, of_language(heading.language)),
        heading.language,
        _text(heading.article_id),
        heading.version,
        _text(heading.title),
    )
