"""Data to markup: questions, and what came of them. Pure; what is drawn is never read back.

Article text is hostile: every value goes through page/markup.py, and `Markup.format` escapes whatever did not. All foreign text has a
direction of its own: blocks by `dir`, words in a line of ours in <bdi>.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from index.filters import ANY, Filters
from page import filters, judge, take
from page.markup import isolated as _isolated
from page.markup import text as _text
from page.phrases import N_, Phrases
from qa.answer import NO_ANSWER, NO_PASSAGE, NOT_BORNE_OUT, STOPPED, Answer, Citation, Disagreement, Found, Statement, Struck, Writing
from qa.direction import direction, of_language
from qa.guard import Fault
from qa.sources import Print, Source, agency_name

# Of the words of a question that a quote meets, those that weigh most.
_PAIRS = 6
# Articles with one text that are named; the rest are behind a line that opens. No measurement behind it.
_NAMED = 6
# What `qa ask` says in English, the interface says in its own language.
_REASONS = {
    NO_ANSWER: N_("The articles do not hold an answer to this, as far as can be told."),
    NO_PASSAGE: N_("No article here has anything to say to this."),
    NOT_BORNE_OUT: N_("Nothing that the language model wrote is borne out by the articles."),
}
_FAULTS: Mapping[Fault, str] = {
    "quotation": N_("Not these words in what it cites"),
    "number": N_("This number is not in what it cites"),
    "date": N_("This date is not in what it cites"),
    "name": N_("This name is not in what it cites, or not in this part"),
    "negation": N_("What it cites denies this, or does not say it as a fact"),
    "words": N_("What it cites does not say this"),
    "question": N_("This is not what the question asks for"),
    "judge": N_("The language model, asked again, did not find this in what it cites"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: what is being read or written, an answer, an error's one line, or nothing yet. `understood` is
    what is answered where the question leans on those before it; `filters` is where it was looked for."""

    question: str
    outcome: Answer | Found | Writing | str | None = None
    understood: str | None = None
    filters: Filters = ANY

    @property
    def waits(self) -> bool:
        return self.outcome is None or isinstance(self.outcome, Found | Writing)


def conversation(say: Phrases, turns: Sequence[Turn]) -> str:
    """The questions and their answers, the first at the top."""
    # While an answer is awaited the menu is nowhere: when it left the turn above as that answer came, the question would slip out of sight.
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
            take.menu(say, answered(turns)) if number == last else Markup(),
        )
        for number, turn in enumerate(turns)
    )


def _understood(say: Phrases, turn: Turn) -> Markup:
    """What a question was taken to mean, to be mended or refused."""
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
    """The questions that have an answer, with it."""
    return [(turn.question, turn.outcome) for turn in turns if isinstance(turn.outcome, Answer)]


def _outcome(say: Phrases, turn: Turn) -> Markup:
    outcome = turn.outcome
    if outcome is None:
        return _stages(say("Searching the articles …"), 1)
    if isinstance(outcome, Found):
        passages = say.plural("{count} passage", "{count} passages", outcome.passages)
        articles = say.plural("{count} article", "{count} articles", outcome.articles)
        return _stages(say("Reading {passages} from {articles} …", passages=passages, articles=articles), 2)
    if isinstance(outcome, Writing):
        return _writing(say, outcome.answer)
    if isinstance(outcome, str):
        return Markup('<p class="trouble" role="alert" dir="auto">{}</p>').format(_text(outcome))
    drawn = _abstention(say, outcome, turn.filters) if outcome.abstained else _answer(say, outcome, _written_by(say, outcome))
    return Markup("{}{}{}").format(_notice(say, outcome), drawn, judge.place(outcome))


def _stages(line: Markup, stage: int) -> Markup:
    """How far an answer is: of the stages (searching, reading, writing, answer) which one it is in."""
    return Markup('<p class="pending" role="status" data-stage="{}">{}</p>').format(stage, line)


def _writing(say: Phrases, answer: Answer) -> Markup:
    """What a model has written so far, and the way to have it stop."""
    line = _stages(say("{model} is writing …", model=_model(answer)), 3)
    head = Markup('<div class="writing">{}<button type="button" class="stop">{}</button></div>').format(line, say("Stop"))
    return _answer(say, answer, head) if answer.statements or answer.struck else head


def _written_by(say: Phrases, answer: Answer) -> Markup:
    """Who wrote the statements, where it was not the articles."""
    if answer.written_by is None:
        return Markup()
    line = say("Written by {model} from the sentences below; each statement was checked against what it cites.", model=_model(answer))
    return Markup('<p class="written-by">{}</p>').format(line)


def _model(answer: Answer) -> Markup:
    return _isolated(answer.written_by or "")


def _notice(say: Phrases, answer: Answer) -> Markup:
    """Why the articles' own words are shown, though a model was to write."""
    if answer.notice is None:
        return Markup()
    if answer.notice == STOPPED:
        line = say("The language model was stopped: these are the articles’ own words.")
    else:
        line = say("These are the articles’ own words. {reason}", reason=_isolated(answer.notice))
    return Markup('<p class="notice" role="status">{}</p>').format(line)


def _answer(say: Phrases, answer: Answer, head: Markup) -> Markup:
    citations = {citation.number: citation for citation in answer.citations}
    parts = [head]
    if answer.short_answer:
        around = direction(answer.statements[0].text) if answer.statements else None
        parts.append(Markup('<p class="short" dir="{}">{}</p>').format(direction(answer.short_answer, around), _text(answer.short_answer)))
    parts += [_differing(say, disagreement, citations) for disagreement in answer.disagreements]
    parts += [_statement(say, answer, statement, citations) for statement in answer.statements]
    parts.append(_struck(say, answer, citations))
    if citations:
        cards = Markup().join(_card(say, answer, citation) for citation in answer.citations)
        parts.append(Markup('<h3>{}</h3>{}<ol class="citations">{}</ol>').format(say("Sources"), _counted(say, answer, citations), cards))
    written = Markup(' data-written="true"') if answer.written_by is not None else Markup()
    return Markup('<div class="answer"{}>{}</div>').format(written, Markup().join(parts))


def _statement(say: Phrases, answer: Answer, statement: Statement, citations: Mapping[int, Citation]) -> Markup:
    """A sentence of an article, or of a model's own."""
    is_own = statement.support != "verbatim"
    language = answer.language if is_own else citations[statement.citations[0]].article.language
    # What somebody only claims must not pass for what the paper found.
    claim = all(citations[number].speech != "narration" for number in statement.citations)
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
    """What a model wrote and its citations do not bear out, with the reasons."""
    if not answer.struck:
        return Markup()
    rows = Markup().join(
        Markup('<li><b>{}</b> <s dir="{}" lang="{}">{}</s> <span class="markers">{}</span> <span class="why-struck">{}</span></li>').format(
            say("Struck out:"),
            direction(one.text, of_language(answer.language)),
            answer.language,
            _text(one.text),
            _markers(say, one.citations, citations),
            _why_struck(say, one),
        )
        for one in answer.struck
    )
    return Markup('<ul class="struck">{}</ul>').format(rows)


def _why_struck(say: Phrases, struck: Struck) -> Markup:
    line = say(_FAULTS[struck.failure.fault])
    return Markup("{}: {}").format(line, _isolated(struck.failure.words)) if struck.failure.words else line


def _differing(say: Phrases, disagreement: Disagreement, citations: Mapping[int, Citation]) -> Markup:
    """What the articles say differently, each with its number."""
    sides = say("; ").join(
        Markup('<span class="side"><strong>{}</strong> {}</span>').format(_isolated(side.text), _marker(say, citations[side.citation]))
        for side in disagreement.sides
    )
    return Markup('<p class="differing">{}</p>').format(say("The articles differ: {sides}", sides=sides))


def _counted(say: Phrases, answer: Answer, citations: Mapping[int, Citation]) -> Markup:
    """How many sources say it, and who printed what is one source; nothing where that is one article."""
    several = [source for source in answer.sources if len(source.prints) > 1]
    count = Markup()
    if len(answer.sources) > 1:
        number = say.plural("{count} independent source", "{count} independent sources", len(answer.sources))
        count = Markup('<p class="independent">{}</p>').format(number)
    return count + Markup().join(_printed(say, source, citations, len(answer.sources) > 1) for source in several)


def _printed(say: Phrases, source: Source, citations: Mapping[int, Citation], numbered: bool) -> Markup:
    """The papers with one text, each opening its article."""
    cited = {citations[number].article.id: citations[number] for number in reversed(source.citations)}
    papers = [
        Markup("<li>{}</li>").format(_paper(say, source, one, cited.get(one.article.id), citations[source.citations[0]]))
        for one in source.prints
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


def _paper(say: Phrases, source: Source, one: Print, citation: Citation | None, first: Citation) -> Markup:
    """A paper that printed the text, what is to be known of it, and the way into its article."""
    article = one.article
    facts = []
    if article.id == source.original:
        facts.append(say("the original"))
    if article.language != first.article.language:
        facts.append(say("in {language}", language=_text(say.language_name(article.language))))
    about = Markup(" <span>({})</span>").format(say(", ").join(facts)) if facts else Markup()
    place = _place(citation) if citation is not None else _open_at(one)
    return Markup('<button type="button" class="paper" {}>{}</button>{}').format(
        place, _isolated(article.publisher or article.title or article.id), about
    )


def _open_at(one: Print) -> Markup:
    """An article that is not cited, at the sentence where its place is known."""
    place = Markup(' data-start="{}" data-end="{}"').format(one.span.start, one.span.end) if one.span is not None else Markup()
    return Markup('data-article="{}" data-version="{}"{}').format(_text(one.article.id), one.article.sha256, place)


def _card(say: Phrases, answer: Answer, citation: Citation) -> Markup:
    return Markup('<li class="citation" data-card="{}">{}{}{}{}<p class="quality"><span class="verdict">{}</span>{}</p>{}{}</li>').format(
        citation.number,
        _source_line(say, citation),
        take.copy(say, citation),
        _words(citation),
        _translation(say, answer, citation),
        # `Citation` refuses words that are not at their place; the sign says to the eye what the word says to the ear.
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
    """The quote in the question's language by a model: no quotation, and so neither in a blockquote nor in quotation marks."""
    if citation.translation is None:
        return Markup()
    return Markup('<div class="translation"><p>{}</p><p dir="{}" lang="{}">{}</p></div>').format(
        say("Translated by {model}, not a quotation", model=_model(answer)),
        direction(citation.translation, of_language(answer.language)),
        answer.language,
        _text(citation.translation),
    )


def _abstention(say: Phrases, answer: Answer, chosen: Filters) -> Markup:
    reason = answer.reason or NO_PASSAGE
    why = say(_REASONS[reason]) if reason in _REASONS else _isolated(reason)
    # That a model failed does not say that the articles hold nothing.
    failed = reason == NOT_BORNE_OUT
    head = say("No answer that holds") if failed else say("Not in the articles")
    parts = [Markup("<h3>{}</h3><p>{}</p>").format(head, why), _struck(say, answer, {})]
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
            Markup('<li class="citation">{}{}{}</li>').format(_words(citation), _source_line(say, citation), take.copy(say, citation))
            for citation in answer.citations
        )
        about = Markup() if failed else Markup(" <span>{}</span>").format(say("they do not answer the question"))
        parts.append(Markup('<h4>{}{}</h4><ol class="nearest">{}</ol>').format(say("Nearest passages"), about, nearest))
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
    """Whose words these are."""
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
    """What the article says against its own source."""
    if citation.caveat is None:
        return Markup()
    caveat = citation.caveat.of(citation.article.text)
    words = Markup('<q dir="{}" lang="{}">{}</q>').format(
        direction(caveat, of_language(citation.article.language)), citation.article.language, _text(caveat)
    )
    return Markup('<p class="caveat">{}</p>').format(say("The article adds: {words}", words=words))


def _why(say: Phrases, answer: Answer, citation: Citation) -> Markup:
    """Which words of the question met which of the quote, behind a line that opens."""
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
