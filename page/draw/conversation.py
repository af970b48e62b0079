"""Markup of questions and their answers. Pure; nothing is parsed back from markup.

Article text is hostile: every value goes through page/draw/markup.py, and `Markup.format` escapes whatever did not. All foreign text has a
direction of its own: blocks by `dir`, words in a line of ours in <bdi>.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from index.store.filters import ANY, Filters
from index.text.direction import direction, of_language
from page.draw import export_menu, filters, judge
from page.draw.markup import isolated as _isolated
from page.draw.markup import text as _text
from page.draw.phrases import Phrases
from qa.ask.sources import Print, Source, agency_name
from qa.ask.types import Answer, Citation, Disagreement, Reason, Retrieved, Statement, Struck, Writing
from qa.export.wording import FAULTS, REASONS, STOPPED, UNANSWERED, UNMET, silence

# Of the question's words that a quote matches, those with the most weight.
_PAIRS = 6
# Articles with the same text that are listed; the rest is collapsed. No measurement behind it.
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its outcome: a stage, an answer, an error's message, or None yet. `understood` is the resolved question if it depends
    on past ones; `filters` are those it was asked with."""

    question: str
    outcome: Answer | Retrieved | Writing | str | None = None
    understood: str | None = None
    filters: Filters = ANY

    @property
    def waits(self) -> bool:
        return self.outcome is None or isinstance(self.outcome, Retrieved | Writing)


def conversation(say: Phrases, turns: Sequence[Turn]) -> str:
    """The questions and their answers, the first at the top."""
    # While an answer is awaited no turn has the menu: moving it when the answer arrives would scroll the question out of view.
    waiting = bool(turns) and turns[-1].waits
    last = None if waiting else max((number for number, turn in enumerate(turns) if isinstance(turn.outcome, Answer)), default=None)
    return Markup().join(
        Markup(
            '<article class="turn" data-turn="{}" data-asked="{}" data-filters="{}"><h2 class="question" dir="{}">{}</h2>{}{}{}{}</article>'
        ).format(
            number,
            _text(turn.understood or turn.question),
            _text(urlencode(filters.as_parameters(turn.filters))),
            direction(turn.question),
            _text(turn.question),
            filters.chips(say, turn.filters, removable=False),
            _understood(say, turn),
            _outcome(say, turn),
            export_menu.menu(say, answered(turns)) if number == last else Markup(),
        )
        for number, turn in enumerate(turns)
    )


def _understood(say: Phrases, turn: Turn) -> Markup:
    """The resolved question, with ways to correct or reject it."""
    if turn.understood is None:
        return Markup()
    return Markup(
        '<div class="understood"><p>{}</p><p><button type="button" data-edit="{}">{}</button>'
        ' <button type="button" data-question="{}" data-typed>{}</button></p></div>'
    ).format(
        say("Understood as: {question}", question=_isolated(turn.understood)),
        _text(turn.understood),
        say("Edit"),
        _text(turn.question),
        say("Ask exactly as typed"),
    )


def answered(turns: Sequence[Turn]) -> list[tuple[str, Answer]]:
    """The answered questions with their answers."""
    return [(turn.question, turn.outcome) for turn in turns if isinstance(turn.outcome, Answer)]


def _outcome(say: Phrases, turn: Turn) -> Markup:
    outcome = turn.outcome
    if outcome is None:
        return _stages(say("Searching the articles …"), 1)
    if isinstance(outcome, Retrieved):
        passages = say.plural("{count} passage", "{count} passages", outcome.passages)
        articles = say.plural("{count} article", "{count} articles", outcome.articles)
        return _stages(say("Reading {passages} from {articles} …", passages=passages, articles=articles), 2)
    if isinstance(outcome, Writing):
        return _writing(say, outcome.answer)
    if isinstance(outcome, str):
        return Markup('<p class="trouble" role="alert" dir="auto">{}</p>').format(_text(outcome))
    drawn = _abstention(say, outcome, turn.filters) if outcome.abstained else _answer(say, outcome, _written_by(say, outcome))
    return Markup("{}{}{}{}").format(_read_as(say, outcome), _notice(say, outcome), drawn, judge.place(outcome))


def _read_as(say: Phrases, answer: Answer) -> Markup:
    """The question with other words, where some were taken for slips."""
    if answer.read_as is None:
        return Markup()
    return Markup('<p class="read-as">{}</p>').format(say("Read as: {question}", question=_isolated(answer.read_as)))


def _stages(line: Markup, stage: int) -> Markup:
    """The stage of an answer: searching, reading, writing or answer."""
    return Markup('<p class="pending" role="status" data-stage="{}">{}</p>').format(stage, line)


def _writing(say: Phrases, answer: Answer) -> Markup:
    """The partial answer of a model, and the stop button."""
    line = _stages(say("{model} is writing …", model=_model(answer)), 3)
    head = Markup('<div class="writing">{}<button type="button" class="stop">{}</button></div>').format(line, say("Stop"))
    return _answer(say, answer, head) if answer.statements or answer.struck else head


def _written_by(say: Phrases, answer: Answer) -> Markup:
    """Which model wrote the statements, if one did."""
    if answer.written_by is None:
        return Markup()
    line = say("Written by {model} from the sentences below; each statement was checked against what it cites.", model=_model(answer))
    return Markup('<p class="written-by">{}</p>').format(line)


def _model(answer: Answer) -> Markup:
    return _isolated(answer.written_by or "")


def _notice(say: Phrases, answer: Answer) -> Markup:
    """Why an answer quotes the articles, though a model was to write it."""
    if answer.notice is None:
        return Markup()
    if answer.notice.code == "stopped":
        line = say(STOPPED)
    else:
        line = say("These are the articles’ own words. {reason}", reason=_isolated(answer.notice.error))
    return Markup('<p class="notice" role="status">{}</p>').format(line)


def _answer(say: Phrases, answer: Answer, head: Markup) -> Markup:
    citations = {citation.number: citation for citation in answer.citations}
    parts = [head]
    if answer.short_answer:
        around = direction(answer.statements[0].text) if answer.statements else None
        parts.append(Markup('<p class="short" dir="{}">{}</p>').format(direction(answer.short_answer, around), _text(answer.short_answer)))
    if answer.is_tentative:
        parts.append(Markup('<p class="tentative">{}</p>').format(say("This may answer it:")))
    parts += [_differing(say, disagreement, citations) for disagreement in answer.disagreements]
    parts.append(_statements(say, answer, citations))
    parts += [Markup('<p class="unanswered">{}</p>').format(say(UNANSWERED, question=_isolated(part))) for part in answer.unanswered]
    parts.append(_suggestions(say, answer))
    parts.append(_struck(say, answer, citations))
    if citations:
        cards = Markup().join(_card(say, answer, citation) for citation in answer.citations)
        parts.append(Markup('<h3>{}</h3>{}<ol class="citations">{}</ol>').format(say("Sources"), _counted(say, answer, citations), cards))
    written = Markup(' data-written="true"') if answer.written_by is not None else Markup()
    return Markup('<div class="answer"{}>{}</div>').format(written, Markup().join(parts))


def _statements(say: Phrases, answer: Answer, citations: Mapping[int, Citation]) -> Markup:
    """All statements, under their headings where the answer has parts."""
    if not answer.groups:
        return Markup().join(_statement(say, answer, statement, citations) for statement in answer.statements)
    return Markup().join(
        Markup('<section class="part"><h3 dir="{}">{}</h3>{}</section>').format(
            direction(group.heading),
            _text(group.heading),
            Markup().join(_statement(say, answer, answer.statements[place], citations) for place in group.statements),
        )
        for group in answer.groups
    )


def _suggestions(say: Phrases, answer: Answer) -> Markup:
    """Questions to ask instead, a click away."""
    if not answer.suggestions:
        return Markup()
    rows = Markup().join(
        Markup('<li><button type="button" data-question="{}" dir="{}">{}</button></li>').format(
            _text(question), direction(question), _text(question)
        )
        for question in answer.suggestions
    )
    return Markup('<ul class="examples">{}</ul>').format(rows)


def _statement(say: Phrases, answer: Answer, statement: Statement, citations: Mapping[int, Citation]) -> Markup:
    """A sentence of an article, one that a model wrote, or the program's own on the collection or itself, which cites nothing."""
    is_own = statement.support != "verbatim"
    language = answer.language if is_own else citations[statement.citations[0]].article.language
    # A reported claim must not look like the paper's statement.
    claim = bool(statement.citations) and all(citations[number].speech != "narration" for number in statement.citations)
    return Markup('<p class="statement" dir="{}" lang="{}"{}{}>{} <span class="markers">{}</span></p>').format(
        direction(statement.text, of_language(language)),
        language,
        Markup(' data-claim="true"') if claim else Markup(),
        Markup(' data-own="true"') if is_own else Markup(),
        _text(statement.text),
        _markers(say, statement.citations, citations),
    )


def _markers(say: Phrases, numbers: Sequence[int], citations: Mapping[int, Citation]) -> Markup:
    return Markup().join(_marker(say, citations[number]) for number in numbers)


def _struck(say: Phrases, answer: Answer, citations: Mapping[int, Citation]) -> Markup:
    """What a model wrote and its citations do not support, with the reasons."""
    if not answer.struck:
        return Markup()
    rows = Markup().join(
        Markup('<li><b>{}</b> <s dir="{}" lang="{}">{}</s> <span class="markers">{}</span> <span class="why-struck">{}</span></li>').format(
            say("Struck out:"),
            direction(statement.text, of_language(answer.language)),
            answer.language,
            _text(statement.text),
            _markers(say, statement.citations, citations),
            _why_struck(say, statement),
        )
        for statement in answer.struck
    )
    return Markup('<ul class="struck">{}</ul>').format(rows)


def _why_struck(say: Phrases, struck: Struck) -> Markup:
    line = say(FAULTS[struck.failure.fault])
    return Markup("{}: {}").format(line, _isolated(struck.failure.words)) if struck.failure.words else line


def _differing(say: Phrases, disagreement: Disagreement, citations: Mapping[int, Citation]) -> Markup:
    """The disagreements of articles, each with its citation's number."""
    sides = say("; ").join(
        Markup('<span class="side"><strong>{}</strong> {}</span>').format(_isolated(side.text), _marker(say, citations[side.citation]))
        for side in disagreement.sides
    )
    return Markup('<p class="differing">{}</p>').format(say("The articles differ: {sides}", sides=sides))


def _counted(say: Phrases, answer: Answer, citations: Mapping[int, Citation]) -> Markup:
    """The number of sources, and who printed each; empty for a single article."""
    several = [source for source in answer.sources if len(source.prints) > 1]
    count = Markup()
    if len(answer.sources) > 1:
        number = say.plural("{count} independent source", "{count} independent sources", len(answer.sources))
        count = Markup('<p class="independent">{}</p>').format(number)
    return count + Markup().join(_printed(say, source, citations, len(answer.sources) > 1) for source in several)


def _printed(say: Phrases, source: Source, citations: Mapping[int, Citation], numbered: bool) -> Markup:
    """The papers that print a source, each with a link to its article."""
    cited = {citations[number].article.id: citations[number] for number in reversed(source.citations)}
    papers = [
        Markup("<li>{}</li>").format(_paper(say, source, print_, cited.get(print_.article.id), citations[source.citations[0]]))
        for print_ in source.prints
    ]
    more = Markup()
    if len(papers) > _NAMED:
        line = say.plural("and {count} more", "and {count} more", len(papers) - _NAMED)
        more = Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(line, Markup().join(papers[_NAMED:]))
    numbers = Markup(' <span dir="ltr">{}</span>').format("".join(f"[{number}]" for number in source.citations)) if numbered else ""
    return Markup('<div class="printed"><p>{}{}</p><ul>{}</ul>{}</div>').format(
        _one_text(say, source), numbers, Markup().join(papers[:_NAMED]), more
    )


def _one_text(say: Phrases, source: Source) -> Markup:
    if source.credit is None and source.names_all:
        return say.plural("{count} paper, one text", "{count} papers, one text", len(source.papers))
    if source.credit is None:
        return say.plural("{count} article, one text", "{count} articles, one text", len(source.prints))
    agency = _isolated(agency_name(source.credit, say.language))
    if source.names_all:
        return say.plural(
            "{count} paper, one agency text ({agency})", "{count} papers, one agency text ({agency})", len(source.papers), agency=agency
        )
    return say.plural(
        "{count} article, one agency text ({agency})", "{count} articles, one agency text ({agency})", len(source.prints), agency=agency
    )


def _paper(say: Phrases, source: Source, print_: Print, citation: Citation | None, first: Citation) -> Markup:
    """A paper that printed the text, with notes and a link to its article."""
    article = print_.article
    facts = []
    if article.id == source.original:
        facts.append(say("the original"))
    if article.language != first.article.language:
        facts.append(say("in {language}", language=_text(say.language_name(article.language))))
    about = Markup(" <span>({})</span>").format(say(", ").join(facts)) if facts else Markup()
    place = _place(citation) if citation is not None else _open_at(print_)
    return Markup('<button type="button" class="paper" {}>{}</button>{}').format(
        place, _isolated(article.publisher or article.title or article.id), about
    )


def _open_at(print_: Print) -> Markup:
    """A link to an article that is not cited, at the sentence if its span is known."""
    place = Markup(' data-start="{}" data-end="{}"').format(print_.span.start, print_.span.end) if print_.span is not None else Markup()
    return Markup('data-article="{}" data-version="{}"{}').format(_text(print_.article.id), print_.article.sha256, place)


def _card(say: Phrases, answer: Answer, citation: Citation) -> Markup:
    return Markup('<li class="citation" data-card="{}">{}{}{}{}<p class="quality"><span class="verdict">{}</span>{}</p>{}{}</li>').format(
        citation.number,
        _source_line(say, citation),
        export_menu.copy(say, citation),
        _words(citation),
        _translation(say, answer, citation),
        # `Citation` refuses words that are not at their place; the sign is for sighted readers, the word for screen readers.
        Markup('<span aria-hidden="true">✓</span> {}').format(say("Word for word")),
        _said(say, citation),
        _caveat(say, citation),
        _why(say, answer, citation),
    )


def _words(citation: Citation) -> Markup:
    return Markup('<blockquote class="words" dir="{}" lang="{}">{}</blockquote>').format(
        direction(citation.quote, of_language(citation.article.language)), citation.article.language, _text(citation.quote)
    )


def _translation(say: Phrases, answer: Answer, citation: Citation) -> Markup:
    """A model's translation of the quote. It is no quotation, so it has neither a blockquote nor quotation marks."""
    if citation.translation is None:
        return Markup()
    return Markup('<div class="translation"><p>{}</p><p dir="{}" lang="{}">{}</p></div>').format(
        say("Translated by {model}, not a quotation", model=_model(answer)),
        direction(citation.translation, of_language(answer.language)),
        answer.language,
        _text(citation.translation),
    )


def _abstention(say: Phrases, answer: Answer, chosen: Filters) -> Markup:
    reason = answer.reason or Reason("no_passage")
    why = say(REASONS[reason.code], article=_isolated(repr(reason.article)), value=_isolated(reason.value))
    if reason.unmet:
        words = say(", ").join(_isolated(word) for word in reason.unmet)
        why = Markup("{} {}").format(why, say(UNMET, words=words))
    parts = [Markup("<h3>{}</h3><p>{}</p>").format(say(silence(reason)), why), _struck(say, answer, {})]
    if chosen != ANY:
        parts.append(
            Markup('<p class="within">{} <button type="button" data-question="{}" data-everywhere>{}</button></p>').format(
                say("Only the articles that the filters allow were searched."), _text(answer.question), say("Ask in all articles")
            )
        )
    if answer.written_by is not None:
        parts.append(
            Markup('<p class="within">{} <button type="button" data-question="{}" data-typed data-unwritten>{}</button></p>').format(
                say("A language model was to write the answer."), _text(answer.question), say("Answer in the articles’ own words")
            )
        )
    if answer.citations:
        nearest = Markup().join(
            Markup('<li class="citation">{}{}{}</li>').format(
                _words(citation), _source_line(say, citation), export_menu.copy(say, citation)
            )
            for citation in answer.citations
        )
        parts.append(Markup('<h4>{}</h4><ol class="nearest">{}</ol>').format(say("Nearest passages"), nearest))
    return Markup('<div class="abstention">{}</div>').format(Markup().join(parts))


def _marker(say: Phrases, citation: Citation) -> Markup:
    article = citation.article
    about = say(", ").join(_isolated(part) for part in (article.title or article.id, article.publisher) if part)
    label = say("Source {number}: {title}", number=citation.number, title=about.striptags())
    return Markup('<button type="button" class="marker" dir="ltr" {} aria-label="{}">[{}]</button>').format(
        _place(citation), label, citation.number
    )


def _source_line(say: Phrases, citation: Citation) -> Markup:
    article = citation.article
    facts = [_isolated(article.publisher)] if article.publisher else []
    if article.date:
        facts.append(say.date(article.date))
    page = article.page_at(citation.span.start)
    if page is not None:
        facts.append(say("page {number}", number=say.number(page)))
    about = Markup(' <span class="facts">— {}</span>').format(say(", ").join(facts)) if facts else Markup()
    return Markup(
        '<button type="button" class="source-line" {}><span class="number" dir="ltr">[{}]</span> <span>{}{}</span></button>'
    ).format(_place(citation), citation.number, _isolated(article.title or article.id), about)


def _said(say: Phrases, citation: Citation) -> Markup:
    """The attribution of a citation."""
    if citation.speech == "narration":
        return Markup()
    article = citation.article
    speaker = _isolated(citation.speaker) if citation.speaker else say("Somebody not named")
    paper = _isolated(article.publisher) if article.publisher else say("a paper not named")
    if citation.speech == "direct":
        line = say("— {speaker}, quoted by {paper}", speaker=speaker, paper=paper)
    else:
        line = say("— {speaker}, as reported by {paper}", speaker=speaker, paper=paper)
    year = Markup("{}{}").format(say(", "), article.date[:4]) if article.date else Markup()
    return Markup(' <span class="said" data-speech="{}">{}{}</span>').format(citation.speech, line, year)


def _caveat(say: Phrases, citation: Citation) -> Markup:
    """The article's caveat on a citation."""
    if citation.caveat is None:
        return Markup()
    caveat = citation.caveat.of(citation.article.text)
    words = Markup('<q dir="{}" lang="{}">{}</q>').format(
        direction(caveat, of_language(citation.article.language)), citation.article.language, _text(caveat)
    )
    return Markup('<p class="caveat">{}</p>').format(say("The article adds: {words}", words=words))


def _why(say: Phrases, answer: Answer, citation: Citation) -> Markup:
    """Which words of the question matched which of the quote, collapsed."""
    if not citation.why:
        return Markup()
    pairs = Markup().join(
        Markup('<li>{} <span aria-hidden="true">↔</span> {}</li>').format(
            _isolated(pair.question.of(answer.question)), _isolated(pair.source.of(citation.article.text))
        )
        for pair in citation.why[:_PAIRS]
    )
    return Markup('<details class="why"><summary>{}</summary><ul>{}</ul></details>').format(say("Why this was found"), pairs)


def _place(citation: Citation) -> Markup:
    return Markup('data-article="{}" data-version="{}" data-start="{}" data-end="{}" data-number="{}"').format(
        _text(citation.article.id), citation.article.sha256, citation.span.start, citation.span.end, citation.number
    )
