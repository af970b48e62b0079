"""Data to markup: answers, articles, the state of the index. Pure; what is drawn is never read back.

Article text is hostile. Every value goes through `_text`, and `Markup.format` escapes whatever did not. What HTML cannot carry: U+0000,
which stands as U+FFFD here (one character for one, so places still hold). CR is written as a character reference, or the parser would make
CRLF into LF. All else arrives in the page's text nodes code point for code point.

Each line of an article is a block with its own direction, so that neither the direction of one nor an unclosed override in it (U+202E)
reaches the next; what stands inside a line of ours stands in <bdi>.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

from index.articles import Article, Skipped
from index.spans import Span, complement
from page import judge, take
from page.examples import Heading
from page.markup import date as _date
from page.markup import isolated as _isolated
from page.markup import text as _text
from qa.answer import Answer, Citation
from qa.direction import direction, of_language

_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "ku": "Kurdish",
    "ru": "Russian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
}
# Skipped files that are named one by one; the rest are counted.
_MOST_SKIPPED = 20
# Of the words of a question that a quote meets, those that weigh most.
_PAIRS = 6

StateName = Literal["ready", "indexing", "missing", "trouble"]


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the page knows of its store. `languages` maps a language to its number of articles; `read` is how many articles a running build
    has been through; `trouble` is an error's one line; `store` and `sources` are the folders as the user named them."""

    store: str
    sources: str | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    read: int | None = None
    trouble: str | None = None
    skipped: Sequence[Skipped] = ()
    questions: Sequence[str] = ()
    headings: Sequence[Heading] = ()

    @property
    def articles(self) -> int:
        return sum(self.languages.values())

    @property
    def name(self) -> StateName:
        if self.read is not None:
            return "indexing"
        if self.trouble:
            return "trouble"
        return "ready" if self.articles else "missing"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: an answer, an error's one line, or nothing yet. `understood` is what is answered where the question
    leans on those before it."""

    question: str
    outcome: Answer | str | None = None
    understood: str | None = None


def masthead() -> str:
    """The page's head. The script fills in the state of the index."""
    return Markup(
        '<h1>On Record</h1><p class="promise">Answers in the articles’ own words</p>'
        '<div role="tablist" aria-label="What to do"><button type="button" role="tab" id="tab-ask" aria-controls="asking"'
        ' aria-selected="true">Ask</button><button type="button" role="tab" id="tab-check" aria-controls="checking" aria-selected="false"'
        ' tabindex="-1">Check quotes</button><button type="button" role="tab" id="tab-evaluate" aria-controls="evaluating"'
        ' aria-selected="false" tabindex="-1">Evaluate</button></div>'
        '<div id="index-state" role="status" aria-live="polite"></div>'
    )


def state(state: IndexState) -> str:
    """The state of the index in a line or two."""
    lines = {
        "indexing": Markup("Indexing: {} …").format(_count(state.read or 0, "article")),
        "trouble": _text(state.trouble or "") if state.articles else Markup("Not available"),
        "ready": Markup("Ready"),
        "missing": Markup("No articles yet"),
    }
    parts = [Markup('<span class="light" data-state="{}"></span><span>{}</span>').format(state.name, lines[state.name])]
    if state.articles:
        languages = Markup(", ").join(
            Markup("{} {:,}").format(language_name(language), count) for language, count in state.languages.items()
        )
        parts.append(Markup('<span class="holdings"><b>{}</b> · {}</span>').format(_count(state.articles, "article"), languages))
    if state.skipped:
        rows = [Markup("<li>{}: {}</li>").format(_isolated(skipped.path), skipped.reason) for skipped in state.skipped[:_MOST_SKIPPED]]
        if len(state.skipped) > _MOST_SKIPPED:
            rows.append(Markup("<li>and {:,} more</li>").format(len(state.skipped) - _MOST_SKIPPED))
        parts.append(
            Markup('<details class="skipped"><summary>{} skipped</summary><ul>{}</ul></details>').format(
                _count(len(state.skipped), "file"), Markup().join(rows)
            )
        )
    return Markup().join(parts)


def welcome(state: IndexState) -> str:
    """What stands where the first answer will be: what to do without a store, what is going on, or what to click."""
    if state.name == "missing":
        return _no_store(state)
    if not state.articles:
        return _not_yet(state)
    parts = [
        Markup(
            "<h2>Ask the articles</h2><p>Every sentence of an answer is quoted from an article, letter for letter."
            " Its number opens the article at that place.</p>"
        )
    ]
    if state.questions:
        parts.append(_buttons("Questions to try", [_example(question) for question in state.questions]))
    elif state.headings:
        parts.append(_buttons("Articles to read", [_heading(heading) for heading in state.headings]))
    return Markup().join(parts)


def _no_store(state: IndexState) -> Markup:
    store, folder = _isolated(state.store), _isolated(state.sources or "FOLDER")
    return Markup(
        "<h2>No articles yet</h2><p>Nothing is indexed at <code>{store}</code> yet. A store is made from a folder of news articles:"
        " <code>.txt</code>, <code>.md</code> or <code>.jsonl</code> files. In a terminal, in the project’s folder:</p>"
        "<pre><code>make run ARTICLES={folder}</code></pre>"
        "<p>or, while this page stays open:</p>"
        "<pre><code>.venv/bin/python -m index build {folder} --store {store}</code></pre>"
        "<p>This page goes on by itself as soon as the first articles are in.</p>"
    ).format(store=store, folder=folder)


def _not_yet(state: IndexState) -> Markup:
    if state.name == "trouble":
        return Markup('<h2>The articles cannot be read</h2><p class="trouble">{}</p>').format(_text(state.trouble or ""))
    return Markup(
        "<h2>Reading the articles</h2><p>{} so far, from <code>{}</code>. Each is split into passages and embedded on this machine."
        ' Questions can be asked as soon as the first are in.</p><p class="working" aria-hidden="true"></p>'
    ).format(_count(state.read or 0, "article"), _isolated(state.sources or ""))


def _buttons(title: str, buttons: Sequence[Markup]) -> Markup:
    items = Markup().join(Markup("<li>{}</li>").format(button) for button in buttons)
    return Markup('<h3>{}</h3><ul class="examples">{}</ul>').format(title, items)


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


def conversation(turns: Sequence[Turn]) -> str:
    """The questions and their answers, the first at the top."""
    # While an answer is awaited the menu is nowhere: when it left the turn above as that answer came, the question would slip out of sight.
    waiting = bool(turns) and turns[-1].outcome is None
    last = None if waiting else max((number for number, turn in enumerate(turns) if isinstance(turn.outcome, Answer)), default=None)
    return Markup().join(
        Markup('<article class="turn" data-turn="{}" data-asked="{}"><h2 class="question" dir="{}">{}</h2>{}{}{}</article>').format(
            number,
            _text(turn.understood or turn.question),
            direction(turn.question),
            _text(turn.question),
            _understood(turn),
            _outcome(turn.outcome),
            take.menu(answered(turns)) if number == last else Markup(),
        )
        for number, turn in enumerate(turns)
    )


def _understood(turn: Turn) -> Markup:
    """What a question was taken to mean, to be mended or refused."""
    if turn.understood is None:
        return Markup()
    return Markup(
        '<div class="understood" dir="{}"><p><bdi dir="ltr">Understood as</bdi>: <bdi dir="{}">{}</bdi></p>'
        '<p><button type="button" data-edit="{}">Edit</button>'
        ' <button type="button" data-question="{}">Ask exactly as typed</button></p></div>'
    ).format(
        direction(turn.question),
        direction(turn.understood),
        _text(turn.understood),
        _text(turn.understood),
        _text(turn.question),
    )


def answered(turns: Sequence[Turn]) -> list[tuple[str, Answer]]:
    """The questions that have an answer, with it."""
    return [(turn.question, turn.outcome) for turn in turns if isinstance(turn.outcome, Answer)]


def _outcome(outcome: Answer | str | None) -> Markup:
    if outcome is None:
        return Markup('<p class="pending" role="status">Searching the articles …</p>')
    if isinstance(outcome, str):
        return Markup('<p class="trouble" role="alert">{}</p>').format(_text(outcome))
    return Markup("{}{}").format(_abstention(outcome) if outcome.abstained else _answer(outcome), judge.place(outcome))


def _answer(answer: Answer) -> Markup:
    citations = {citation.number: citation for citation in answer.citations}
    parts = []
    if answer.short_answer:
        around = direction(answer.statements[0].text) if answer.statements else None
        parts.append(Markup('<p class="short" dir="{}">{}</p>').format(direction(answer.short_answer, around), _text(answer.short_answer)))
    for statement in answer.statements:
        language = citations[statement.citations[0]].article.language
        markers = Markup().join(_marker(citations[number]) for number in statement.citations)
        # What somebody only claims must not pass for what the paper found.
        claim = all(citations[number].speech != "narration" for number in statement.citations)
        parts.append(
            Markup('<p class="statement" dir="{}" lang="{}"{}>{} <span class="markers">{}</span></p>').format(
                direction(statement.text, of_language(language)),
                language,
                Markup(' data-claim="true"') if claim else Markup(),
                _text(statement.text),
                markers,
            )
        )
    sources = Markup().join(
        Markup("<li>{}{}{}{}</li>").format(_source_line(citation), take.copy(citation), _said(citation), _why(answer, citation))
        for citation in answer.citations
    )
    parts.append(Markup('<h3>Sources</h3><ol class="citations">{}</ol>').format(sources))
    return Markup('<div class="answer">{}</div>').format(Markup().join(parts))


def _abstention(answer: Answer) -> Markup:
    parts = [Markup("<h3>Not in the articles</h3><p>{}</p>").format(_text(answer.reason or "No article answers this question."))]
    if answer.citations:
        nearest = Markup().join(
            Markup('<li><blockquote dir="{}" lang="{}">{}</blockquote>{}{}</li>').format(
                direction(citation.quote, of_language(citation.article.language)),
                citation.article.language,
                _text(citation.quote),
                _source_line(citation),
                take.copy(citation),
            )
            for citation in answer.citations
        )
        parts.append(
            Markup('<h4>Nearest passages <span>they do not answer the question</span></h4><ol class="nearest">{}</ol>').format(nearest)
        )
    return Markup('<div class="abstention">{}</div>').format(Markup().join(parts))


def _marker(citation: Citation) -> Markup:
    article = citation.article
    label = ", ".join(part for part in (article.title or article.id, article.publisher) if part)
    return Markup('<button type="button" class="marker" dir="ltr" {} title="{}" aria-label="Source {}: {}">[{}]</button>').format(
        _place(citation), _text(label), citation.number, _text(label), citation.number
    )


def _source_line(citation: Citation) -> Markup:
    article = citation.article
    facts = [_isolated(article.publisher)] if article.publisher else []
    if article.date:
        facts.append(_date(article.date))
    about = Markup(" — {}").format(Markup(", ").join(facts)) if facts else Markup()
    return Markup('<button type="button" class="source-line" {}><span class="number">[{}]</span> <span>{}{}</span></button>').format(
        _place(citation), citation.number, _isolated(article.title or article.id), about
    )


def _said(citation: Citation) -> Markup:
    """Whose words these are, and what the article says against them."""
    parts = []
    if citation.speech != "narration":
        article = citation.article
        speaker = _isolated(citation.speaker) if citation.speaker else Markup("Somebody not named")
        verb = "quoted by" if citation.speech == "direct" else "as reported by"
        where = _isolated(article.publisher) if article.publisher else Markup("a paper not named")
        parts.append(
            Markup('<p class="said" data-speech="{}">— {}, {} {}{}</p>').format(
                citation.speech, speaker, verb, where, f", {article.date[:4]}" if article.date else ""
            )
        )
    if citation.caveat is not None:
        caveat = citation.caveat.of(citation.article.text)
        parts.append(
            Markup('<p class="caveat">The article adds: <q dir="{}" lang="{}">{}</q></p>').format(
                direction(caveat, of_language(citation.article.language)), citation.article.language, _text(caveat)
            )
        )
    return Markup().join(parts)


def _why(answer: Answer, citation: Citation) -> Markup:
    """Which words of the question met which of the quote, behind a line that opens."""
    if not citation.why:
        return Markup()
    pairs = Markup().join(
        Markup('<li>{} <span aria-hidden="true">↔</span> {}</li>').format(
            _isolated(pair.question.of(answer.question)), _isolated(pair.source.of(citation.article.text))
        )
        for pair in citation.why[:_PAIRS]
    )
    return Markup('<details class="why"><summary>Why this was found</summary><ul>{}</ul></details>').format(pairs)


def _place(citation: Citation) -> Markup:
    return Markup('data-article="{}" data-version="{}" data-start="{}" data-end="{}" data-number="{}"').format(
        _text(citation.article.id), citation.article.sha256, citation.span.start, citation.span.end, citation.number
    )


def source_hint() -> str:
    """The source pane before anything is opened."""
    return Markup(
        '<div class="hint"><h2>Sources</h2><p>The number behind a sentence, such as <b>[1]</b>, opens its article here.</p></div>'
    )


def source_notice(line: str) -> str:
    """The source pane where there is no article to show."""
    return Markup('{}<p class="trouble" role="alert">{}</p>').format(_back(), _text(line))


def source(article: Article, cited: Span | None = None, number: int | None = None) -> str:
    """An article as it was received, with what is known of it above, the cited span marked and what is not story dimmed.

    Raises ValueError for a span that does not lie in the text.
    """
    if cited is not None and cited.end > len(article.text):
        raise ValueError(f"{cited} is not in {article.id!r}")
    facts = [_isolated(fact) for fact in (article.publisher, article.author) if fact]
    if article.date:
        facts.append(_date(article.date))
    facts.append(Markup("{}").format(language_name(article.language)))
    place = Markup(" · characters {:,}–{:,} of {:,}").format(cited.start, cited.end, len(article.text)) if cited else Markup()
    title = article.title or article.id
    dimmed = Markup('<p class="legend">Grey is not part of the story; it is never quoted.</p>') if _has_clutter(article) else Markup()
    return Markup(
        '<header>{back}<h2 dir="{dir}" lang="{lang}">{number}{title}</h2><p class="facts">{facts}</p>'
        '<p class="place">{file}{place}</p></header>{dimmed}'
        '<div class="article" lang="{lang}" tabindex="0" role="region" aria-label="Article text">{body}</div>'
    ).format(
        back=_back(),
        dir=direction(title, of_language(article.language)),
        lang=article.language,
        number=Markup('<span class="number" dir="ltr">[{}]</span> ').format(number) if number is not None else Markup(),
        title=_text(title),
        facts=Markup(" · ").join(facts),
        file=_isolated(article.id),
        place=place,
        dimmed=dimmed,
        body=Markup().join(_lines(article, cited or Span(0, 0))),
    )


def _back() -> Markup:
    return Markup('<button type="button" class="back">Back to the answer</button>')


def _has_clutter(article: Article) -> bool:
    return any(span.of(article.text).strip() for span in complement(article.story, len(article.text)))


def _lines(article: Article, cited: Span) -> Iterator[Markup]:
    around = of_language(article.language)
    pieces = _pieces(article, cited)
    end, story, marked = 0, True, False
    anchor = Markup(' id="cited" tabindex="-1"')  # on the first mark alone: a cited span may run over several lines
    at = 0
    for line in article.text.splitlines(keepends=True):
        line_end = at + len(line)
        drawn: list[Markup] = []
        while at < line_end:
            if at == end:
                end, story, marked = next(pieces)
            until = min(end, line_end)
            part = _text(article.text[at:until])
            if not story:
                part = Markup('<span class="clutter">{}</span>').format(part)
            if marked:
                part, anchor = Markup("<mark{}>{}</mark>").format(anchor, part), Markup()
            drawn.append(part)
            at = until
        yield Markup('<div class="{}" dir="{}">{}</div>').format(
            "line" if line.strip() else "line blank", direction(line, around), Markup().join(drawn)
        )


def _pieces(article: Article, cited: Span) -> Iterator[tuple[int, bool, bool]]:
    """The text in pieces without gaps: the end of each, whether it is story, whether it is cited."""
    cuts = {0, len(article.text), cited.start, cited.end, *(place for span in article.story for place in (span.start, span.end))}
    stories = iter(article.story)
    story = next(stories, None)
    for start, end in pairwise(sorted(cuts)):
        while story is not None and story.end <= start:
            story = next(stories, None)
        yield end, story is not None and story.start <= start, cited.start <= start and end <= cited.end


def language_name(code: str) -> str:
    """The English name of a language, or its code where we have none.

    >>> language_name("ar"), language_name("xh")
    ('Arabic', 'xh')
    """
    return _LANGUAGES.get(code, code)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
