"""Markup of quote checks: a quote's verdict with its matches, a draft with its quotations coloured. Pure.

Draft and articles are hostile; markup.py makes their text harmless. Verdicts differ by a word, a sign and a colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from markupsafe import Markup

from index.text.direction import Direction, direction, of_language
from index.text.spans import Span
from page.draw import markup
from page.draw.phrases import N_, Phrases
from qa.quotes.check import Match, MatchSpeech, QuoteCheck, Verdict
from qa.quotes.draft import SUFFIXES, Claim, DraftQuote, has_words
from qa.quotes.report import shows_difference
from qa.support.wording import Change

# One character each, available in all systems' fonts.
_SIGNS: Mapping[Verdict, str] = {
    "verbatim": "✓",
    "elided": "…",
    "altered": "≈",
    "misattributed": "?",
    "translated": "⇄",
    "not_found": "×",
}
_NAMES: Mapping[Verdict, str] = {
    "verbatim": N_("Verbatim"),
    "elided": N_("Elided"),
    "altered": N_("Altered"),
    "misattributed": N_("Misattributed"),
    "translated": N_("Translated"),
    "not_found": N_("Not found"),
}
# As the terminal words them in qa/quotes/report.py.
_MEANINGS: Mapping[Verdict, str] = {
    "verbatim": N_("the same words in the same order; at most typography differs"),
    "elided": N_("each part stands in the source word for word, in this order; what was left out or put in is marked as such"),
    "altered": N_("recognisably these words, but some were changed, added or left out"),
    "misattributed": N_("the words are in the source, but it gives them to somebody else"),
    "translated": N_("no article has these words in this language, one has them in another"),
    "not_found": N_("no article has these words"),
}
_SPEECH: Mapping[MatchSpeech, str] = {
    "direct": "",
    "indirect": N_("in reported speech"),
    "narration": N_("the article’s own words, nobody is quoted"),
}
# None of these is measured.
_OPEN = 3  # matches that are shown initially; the rest is one click away
_LISTED_IN_DRAFT = 10  # matches of each quotation in a draft
_CONTEXT = 400  # characters of a sentence on either side of the words
_PIECE = 2000  # characters of a quote, or of words left out of one


def is_one_quote(text: str, claims: Sequence[Claim]) -> bool:
    """Whether a pasted text is one quote, not a draft: it contains no quotation, or consists of one.

    `claims` is `claims_of(text)`.
    """
    if not claims:
        return True
    (start, end), others = (claims[0].span.start, claims[0].span.end), claims[1:]
    within = all(start <= claim.span.start and claim.span.end <= end for claim in others)
    return within and not has_words(text[:start]) and not has_words(text[end:])


def source_hint(say: Phrases) -> str:
    """The source pane before anything is opened."""
    return Markup('<div class="hint of-checks"><h2>{}</h2><p>{}</p></div>').format(
        say("Sources"), say("A place where the words were found opens its article here.")
    )


def form(say: Phrases, most: int) -> str:
    """The form: the box, the speaker, and a draft's file, of which `most` bytes are read."""
    kinds = [suffix for suffix in SUFFIXES if suffix != ".htm"]
    return Markup(
        "<h2>{title}</h2><p>{what}</p>"
        '<form id="check-form"><label id="quoted-text"><span>{paste}</span><textarea rows="3" dir="auto"></textarea></label>'
        '<div id="check-row"><label id="said-by"><span>{by}</span><input type="text" dir="auto" autocomplete="off"></label>'
        '<button type="submit" id="check-button">{check}</button></div></form>'
        '<div id="check-file"><label class="chooser"><input type="file" id="draft-file" accept="{accept}" data-most="{most}">'
        '<span>{choose}</span></label><p><span class="drop">{drop} </span><bdi dir="ltr">{kinds}</bdi></p></div>'
    ).format(
        title=say("Check a quote or a draft"),
        what=say("Are these the words, who said them, and where? Each is held against every article, word for word."),
        paste=say("Paste a quote, or a draft with quotations in it"),
        by=say("Said by (optional, for one quote)"),
        check=say("Check"),
        accept=",".join(SUFFIXES),
        most=most,
        choose=say("Choose a draft"),
        drop=say("or drop it anywhere on this page:"),
        kinds=" ".join(kinds),
    )


def pending(say: Phrases, done: int = 0, of: int = 0) -> str:
    """Progress: how many of a draft's quotations are checked."""
    if not of:
        return Markup('<p class="pending" role="status">{}</p>').format(say("Searching the articles …"))
    line = say("Checking the quotations: {done} of {all} …", done=say.number(done), all=say.number(of))
    return Markup('<p class="pending">{}</p><progress max="{}" value="{}" aria-label="{}"></progress>').format(
        line, of, done, say("Quotations checked")
    )


def trouble(line: str) -> str:
    """An error's one line."""
    return Markup('<p class="trouble" role="alert" dir="auto">{}</p>').format(markup.text(line))


def nothing(say: Phrases) -> str:
    """The message that there is nothing to check."""
    return Markup('<p class="trouble" role="alert">{}</p>').format(
        say("There is nothing to check yet: paste a quote or a draft, or drop a file.")
    )


def quote(say: Phrases, check: QuoteCheck, languages: Mapping[str, int]) -> str:
    """The check of one quote. `languages` maps the store's languages to their numbers of articles."""
    return Markup('<div class="checked" role="status"><p class="read-as">{}</p>{}</div>{}').format(
        say("Read as one quote."), _card(say, check, languages), _legend(say, [check])
    )


def draft(say: Phrases, file: str | None, text: str, quotes: Sequence[DraftQuote], languages: Mapping[str, int]) -> str:
    """The checks of a draft: counts, the marked text, and each check. A pasted draft has no `file`."""
    count = say.plural("{count} quotation", "{count} quotations", len(quotes))
    if file:
        read_as = say("Read as the draft {file} with {quotations}.", file=markup.isolated(file), quotations=count)
        whole = Markup()
    else:
        read_as = say("Read as a draft with {quotations}.", quotations=count)
        whole = Markup(' <button type="button" class="whole" data-whole>{}</button>').format(say("Check all of it as one quote"))
    if not quotes:
        none = say("No quotation stands in the draft {file}.", file=markup.isolated(file)) if file else say("No quotation stands in it.")
        return Markup('<div class="checked" role="status"><p class="read-as">{}</p></div>').format(none)
    drawn = [replace(quote.check, matches=quote.check.matches[:_LISTED_IN_DRAFT]) for quote in quotes]
    cards = Markup().join(_card(say, check, languages, number) for number, check in enumerate(drawn, start=1))
    return Markup(
        '<div class="checked"><p class="read-as" role="status">{}{}</p><ul class="tally">{}</ul>'
        '<section class="draft" tabindex="0" aria-label="{}">{}</section>{}{}</div>'
    ).format(
        read_as,
        whole,
        _tally(say, quotes),
        say("The draft"),
        Markup().join(_lines(say, text, quotes)),
        cards,
        _legend(say, drawn),
    )


def _tally(say: Phrases, quotes: Sequence[DraftQuote]) -> Markup:
    counts = Counter(quote.check.verdict for quote in quotes)
    return Markup().join(
        Markup('<li class="{}" title="{}">{} {} {}</li>').format(
            verdict, say(_MEANINGS[verdict]), _sign(verdict), say.number(counts[verdict]), say(_NAMES[verdict])
        )
        for verdict in _MEANINGS
        if counts[verdict]
    )


def _sign(verdict: Verdict) -> Markup:
    return Markup('<span class="sign" aria-hidden="true">{}</span>').format(_SIGNS[verdict])


# The draft's text.


def _lines(say: Phrases, text: str, quotes: Sequence[DraftQuote]) -> Iterator[Markup]:
    """Each line a block with its own direction, cut where a quotation begins or ends; a quotation inside another is a link of its own."""
    around = direction(text)
    runs = _runs(text, quotes)
    end, inner = 0, None
    at = 0
    shown: set[int] = set()
    for line in text.splitlines(keepends=True):
        line_end = at + len(line)
        drawn: list[Markup] = []
        while at < line_end:
            if at == end:
                end, inner = next(runs)
            until = min(end, line_end)
            piece = markup.text(text[at:until])
            if inner is not None and (piece.strip() or inner not in shown):
                piece = _link(say, inner, quotes[inner].check.verdict, piece, inner not in shown)
                shown.add(inner)
            drawn.append(piece)
            at = until
        yield Markup('<div class="{}" dir="{}">{}</div>').format(
            "line" if line.strip() else "line blank", direction(line, around), Markup().join(drawn)
        )


def _runs(text: str, quotes: Sequence[DraftQuote]) -> Iterator[tuple[int, int | None]]:
    """The text in contiguous pieces: the end of each, and the innermost quotation that contains it."""
    cuts = {0, len(text), *(at for quote in quotes for at in (quote.span.start, quote.span.end))}
    coming = sorted(range(len(quotes)), key=lambda n: (quotes[n].span.start, -quotes[n].span.end), reverse=True)
    holding: list[int] = []
    for start, end in pairwise(sorted(cuts)):
        holding = [n for n in holding if quotes[n].span.end > start]
        while coming and quotes[coming[-1]].span.start <= start:
            holding.append(coming.pop())
        yield end, holding[-1] if holding else None


def _link(say: Phrases, index: int, verdict: Verdict, piece: Markup, first: bool) -> Markup:
    number = index + 1
    if not first:
        return Markup('<a class="quoted {}" href="#check-{}"><span class="words">{}</span></a>').format(verdict, number, piece)
    return Markup(
        '<a class="quoted {}" href="#check-{}" id="quoted-{}" title="{}: {}"><span class="badge">{} {}'
        '<span class="unseen"> {}: </span></span><span class="words">{}</span></a>'
    ).format(verdict, number, number, say(_NAMES[verdict]), say(_MEANINGS[verdict]), number, _sign(verdict), say(_NAMES[verdict]), piece)


# One check.


def _card(say: Phrases, check: QuoteCheck, languages: Mapping[str, int], number: int | None = None) -> Markup:
    verdict = check.verdict
    back = claimed = Markup()
    if number is not None:
        back = Markup('<a class="number" href="#quoted-{}" title="{}">{}</a> ').format(
            number, say("Back to its place in the draft"), number
        )
    if check.claimed_speaker:
        speaker = markup.isolated(check.claimed_speaker)
        line = (
            say("Attributed to {speaker}", speaker=speaker)
            if number is None
            else say("The draft attributes it to {speaker}", speaker=speaker)
        )
        claimed = Markup('<p class="claimed">{}</p>').format(line)
    said = [Markup('<p class="remark">{}</p>').format(remark) for remark in _remarks(say, check)]
    if verdict == "not_found":
        said.append(Markup('<p class="remark">{}</p>').format(_nowhere(say, languages)))
    return Markup(
        '<article class="card {verdict}"{id} tabindex="-1"><h3>{back}<span class="verdict">{sign} {name}</span>'
        ' <span class="meaning">— {meaning}</span></h3><blockquote class="asked" dir="{dir}">{quote}</blockquote>{claimed}{said}{places}'
        "</article>"
    ).format(
        verdict=verdict,
        id=Markup(' id="check-{}"').format(number) if number is not None else Markup(),
        back=back,
        sign=_sign(verdict),
        name=say(_NAMES[verdict]),
        meaning=say(_MEANINGS[verdict]),
        dir=direction(check.quote),
        quote=markup.text(_clipped(check.quote)),
        claimed=claimed,
        said=Markup().join(said),
        places=_places(say, check),
    )


def _remarks(say: Phrases, check: QuoteCheck) -> Iterator[Markup]:
    """What a reader must know in addition to the verdict, as qa/quotes/report.py says it in the terminal."""
    if check.verdict == "misattributed":
        speakers = list(dict.fromkeys(match.speaker for match in check.matches if match.speaker))
        given = say("It gives them to {speakers}.", speakers=say(" or ").join(map(markup.isolated, speakers))) if speakers else Markup()
        claimed = markup.isolated(check.claimed_speaker or "")
        yield Markup("{} {}").format(say("The source does not give these words to {speaker}.", speaker=claimed), given).rstrip()
    if check.verdict == "verbatim" and not any(match.exact for match in check.matches):
        yield say("Typography differs.")
    if check.places > len(check.matches):
        shown = say.plural("here is the first {count}", "here are the first {count}", len(check.matches))
        yield say("{places} hold it; {shown}.", places=_counted_places(say, check.places), shown=shown)
    elif check.places > 1:
        yield say("{places} hold it.", places=_counted_places(say, check.places))


def _counted_places(say: Phrases, places: int) -> Markup:
    return say.plural("{count} place", "{count} places", places)


def _nowhere(say: Phrases, languages: Mapping[str, int]) -> Markup:
    """How many articles were searched without a match, and in which languages."""
    return say(
        "Looked through: {articles} ({languages}). That these do not have the words does not mean that nobody said them.",
        articles=say.plural("{count} article", "{count} articles", sum(languages.values())),
        languages=say(", ").join(say.language_name(language) for language in languages),
    )


def _places(say: Phrases, check: QuoteCheck) -> Markup:
    places = [Markup('<li class="place">{}</li>').format(_place(say, check, match)) for match in check.matches]
    if not places:
        return Markup()
    shown = Markup('<ul class="places">{}</ul>').format(Markup().join(places[:_OPEN]))
    if len(places) <= _OPEN:
        return shown
    return shown + Markup('<details class="more"><summary>{}</summary><ul class="places">{}</ul></details>').format(
        say.plural("{count} more place", "{count} more places", len(places) - _OPEN), Markup().join(places[_OPEN:])
    )


def _place(say: Phrases, check: QuoteCheck, match: Match) -> Markup:
    article = match.article
    runs = direction(match.text, of_language(article.language))
    words = (
        Markup().join(_change(say, change) for change in match.diff)
        if shows_difference(check, match)
        else markup.text(_clipped(match.text))
    )
    facts = [markup.isolated(article.publisher)] if article.publisher else []
    if article.date:
        facts.append(say.date(article.date))
    page = article.page_at(match.span.start)
    if page is not None:
        facts.append(say("page {number}", number=say.number(page)))
    about = Markup(" — {}").format(say(", ").join(facts)) if facts else Markup()
    return Markup(
        '<button type="button" class="source-line" data-article="{id}" data-version="{version}" data-start="{start}" data-end="{end}">'
        '<span>{title}{about}</span></button><blockquote class="source-words" dir="{dir}" lang="{lang}">{words}</blockquote>'
        "{speaker}{context}"
    ).format(
        id=markup.text(article.id),
        version=article.sha256,
        start=match.span.start,
        end=match.span.end,
        title=markup.isolated(article.title or article.id),
        about=about,
        dir=runs,
        lang=article.language,
        words=words,
        speaker=_speaker(say, match),
        context=_context(say, match, runs),
    )


def _speaker(say: Phrases, match: Match) -> Markup:
    how = say(_SPEECH[match.speech]) if _SPEECH[match.speech] else Markup()
    if match.speaker:
        line = markup.isolated(match.speaker) + (Markup("{}{}").format(say(", "), how) if how else Markup())
    else:
        line = how or say("the article does not say who")
    return Markup('<p class="speaker">— {}</p>').format(line)


def _change(say: Phrases, change: Change) -> Markup:
    if change.op == "equal":
        return markup.text(_clipped(change.text))
    tag, label = {"delete": ("del", say("in the source")), "insert": ("ins", say("in the quote"))}[change.op]
    inner = change.text.strip()
    if not inner:
        return markup.text(change.text)
    before, _, behind = change.text.partition(inner)
    return Markup('{before}<{tag}><span class="unseen">[{label}: </span>{inner}<span class="unseen">]</span></{tag}>{behind}').format(
        tag=tag, label=label, inner=markup.text(_clipped(inner)), before=markup.text(before), behind=markup.text(behind)
    )


def _context(say: Phrases, match: Match, runs: Direction) -> Markup:
    """The sentence around the match; words that reverse its meaning come first."""
    if match.context is None:
        return Markup()
    text, turn, context = match.article.text, match.reversal, match.context
    shown = Span(max(context.start, match.span.start - _CONTEXT), min(context.end, match.span.end + _CONTEXT))
    if turn is not None:
        shown = Span(min(shown.start, turn.start), max(shown.end, turn.end))
    cuts = {shown.start, shown.end, *(at for span in (match.span, turn) if span for at in (span.start, span.end))}
    drawn = [Markup("… ") if context.start < shown.start else Markup()]
    for start, end in pairwise(sorted(cuts)):
        piece = markup.text(_clipped(text[start:end]))
        if turn is not None and turn.start <= start and end <= turn.end:
            piece = Markup("<strong>{}</strong>").format(piece)
        elif match.span.start <= start and end <= match.span.end:
            piece = Markup("<b>{}</b>").format(piece)
        drawn.append(piece)
    drawn.append(Markup(" …") if shown.end < context.end else Markup())
    return Markup('{}<p class="context" dir="{}" lang="{}">{}</p>').format(
        _warning(say, match), runs, match.article.language, Markup().join(drawn)
    )


def _warning(say: Phrases, match: Match) -> Markup:
    turn = match.reversal
    if turn is None:
        return Markup()
    words = markup.isolated(_clipped(turn.of(match.article.text)))
    if turn.end <= match.span.start:
        line = say("Mind the words before it: {words}", words=words)
    elif match.span.end <= turn.start:
        line = say("Mind the words after it: {words}", words=words)
    else:
        line = say("Mind the words within them: {words}", words=words)
    return Markup('<p class="mind">{}</p>').format(line)


def _clipped(text: str) -> str:
    """The text, without its middle where it is far longer than a usual quote.

    >>> len(_clipped("a" * 10_000_000))
    2003
    """
    return text if len(text) <= _PIECE else f"{text[: _PIECE // 2]} … {text[-_PIECE // 2 :]}"


def _legend(say: Phrases, checks: Sequence[QuoteCheck]) -> Markup:
    if not any(shows_difference(check, match) for check in checks for match in check.matches):
        return Markup()
    source = Markup("<del>{}</del>").format(say("in the source alone"))
    quote = Markup("<ins>{}</ins>").format(say("in the quote alone"))
    return Markup('<p class="legend">{}</p>').format(say("The difference: {source}, {quote}.", source=source, quote=quote))
