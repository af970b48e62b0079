"""Checks of quotes to markup: a quote's verdict with the places it was found at, a draft with its quotations coloured. Pure.

Draft and articles are hostile; markup.py makes their text harmless. Verdicts are told apart by a word, a sign and a colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from markupsafe import Markup

from index.spans import Span
from page import markup
from page.render import language_name
from qa.check import Match, QuoteCheck, Speech, Verdict
from qa.direction import Direction, direction, of_language
from qa.draft import SUFFIXES, Claim, DraftQuote, has_words
from qa.report import MEANINGS, name, remarks, shows_difference
from qa.wording import Change

# One character each, of those that every system's fonts have.
_SIGNS: Mapping[Verdict, str] = {
    "verbatim": "✓",
    "elided": "…",
    "altered": "≈",
    "misattributed": "?",
    "translated": "⇄",
    "not_found": "×",
}
_SPEECH: Mapping[Speech, str] = {"direct": "", "indirect": "in reported speech", "narration": "the article’s own words, nobody is quoted"}
# None of these is measured; they are what a reader looks through.
_OPEN = 3  # places that are shown at once, the rest is one click away
_LISTED_IN_DRAFT = 10  # places of each of a draft's quotations
_CONTEXT = 400  # characters of a sentence on either side of the words
_PIECE = 2000  # characters of a quote, or of words left out of one


def is_one_quote(text: str, claims: Sequence[Claim]) -> bool:
    """Whether a pasted text is one quote, not a draft: no quotation is found in it, or one that is all of it but its marks.

    `claims` are what `claims_of(text)` found.
    """
    if not claims:
        return True
    (start, end), others = (claims[0].span.start, claims[0].span.end), claims[1:]
    within = all(start <= claim.span.start and claim.span.end <= end for claim in others)
    return within and not has_words(text[:start]) and not has_words(text[end:])


def source_hint() -> str:
    """The source pane before anything is opened."""
    return Markup('<div class="hint of-checks"><h2>Sources</h2><p>A place where the words were found opens its article here.</p></div>')


def introduction() -> str:
    """What stands above the box."""
    return Markup(
        "<h2>Check a quote or a draft</h2>"
        "<p>Are these the words, who said them, and where? Each is held against every article, word for word.</p>"
    )


def chooser(most: int) -> str:
    """What stands below the box: a draft's file, of which `most` bytes are read, can be chosen or dropped."""
    kinds = [suffix for suffix in SUFFIXES if suffix != ".htm"]
    return Markup(
        '<label class="chooser"><input type="file" id="draft-file" accept="{}" data-most="{}"><span>Choose a draft</span></label>'
        '<p><span class="drop">or drop it anywhere on this page: </span>{} or {}</p>'
    ).format(",".join(SUFFIXES), most, ", ".join(kinds[:-1]), kinds[-1])


def pending(done: int = 0, of: int = 0) -> str:
    """While the work goes on: how many of a draft's quotations are checked."""
    if not of:
        return Markup('<p class="pending" role="status">Searching the articles …</p>')
    return Markup(
        '<p class="pending">Checking the quotations: {:,} of {:,} …</p><progress max="{}" value="{}" aria-label="Quotations checked">'
        "</progress>"
    ).format(done, of, of, done)


def trouble(line: str) -> str:
    """An error's one line."""
    return Markup('<p class="trouble" role="alert">{}</p>').format(markup.text(line))


def quote(check: QuoteCheck, languages: Mapping[str, int]) -> str:
    """The check of one quote. `languages` maps the store's languages to their numbers of articles."""
    return Markup('<div class="checked" role="status"><p class="read-as">Read as one quote.</p>{}</div>{}').format(
        _card(check, languages), _legend([check])
    )


def draft(file: str | None, text: str, quotes: Sequence[DraftQuote], languages: Mapping[str, int]) -> str:
    """The checks of a draft: in numbers, in its text, and one by one. A pasted draft has no `file`."""
    what = Markup("the draft {}").format(markup.isolated(file)) if file else Markup("a draft")
    whole = Markup() if file else Markup(' <button type="button" class="whole" data-whole>Check all of it as one quote</button>')
    if not quotes:
        return Markup(
            '<div class="checked" role="status"><p class="read-as">Read as {}.</p><p>No quotation stands in it.</p></div>'
        ).format(what)
    drawn = [replace(quote.check, matches=quote.check.matches[:_LISTED_IN_DRAFT]) for quote in quotes]
    cards = Markup().join(_card(check, languages, number) for number, check in enumerate(drawn, start=1))
    return Markup(
        '<div class="checked"><p class="read-as" role="status">Read as {} with {:,} quotation{}.{}</p><ul class="tally">{}</ul>'
        '<section class="draft" aria-label="The draft">{}</section>{}{}</div>'
    ).format(
        what,
        len(quotes),
        "" if len(quotes) == 1 else "s",
        whole,
        _tally(quotes),
        Markup().join(_lines(text, quotes)),
        cards,
        _legend(drawn),
    )


def _tally(quotes: Sequence[DraftQuote]) -> Markup:
    counts = Counter(quote.check.verdict for quote in quotes)
    return Markup().join(
        Markup('<li class="{}" title="{}">{} {:,} {}</li>').format(
            verdict, MEANINGS[verdict], _sign(verdict), counts[verdict], name(verdict)
        )
        for verdict in MEANINGS
        if counts[verdict]
    )


def _sign(verdict: Verdict) -> Markup:
    return Markup('<span class="sign" aria-hidden="true">{}</span>').format(_SIGNS[verdict])


# The draft's text.


def _lines(text: str, quotes: Sequence[DraftQuote]) -> Iterator[Markup]:
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
                piece = _link(inner, quotes[inner].check.verdict, piece, inner not in shown)
                shown.add(inner)
            drawn.append(piece)
            at = until
        yield Markup('<div class="{}" dir="{}">{}</div>').format(
            "line" if line.strip() else "line blank", direction(line, around), Markup().join(drawn)
        )


def _runs(text: str, quotes: Sequence[DraftQuote]) -> Iterator[tuple[int, int | None]]:
    """The text in pieces without gaps: the end of each, and which quotation, the innermost, holds it."""
    cuts = {0, len(text), *(at for quote in quotes for at in (quote.span.start, quote.span.end))}
    coming = sorted(range(len(quotes)), key=lambda n: (quotes[n].span.start, -quotes[n].span.end), reverse=True)
    holding: list[int] = []
    for start, end in pairwise(sorted(cuts)):
        holding = [n for n in holding if quotes[n].span.end > start]
        while coming and quotes[coming[-1]].span.start <= start:
            holding.append(coming.pop())
        yield end, holding[-1] if holding else None


def _link(index: int, verdict: Verdict, piece: Markup, first: bool) -> Markup:
    number = index + 1
    if not first:
        return Markup('<a class="quoted {}" href="#check-{}"><span class="words">{}</span></a>').format(verdict, number, piece)
    return Markup(
        '<a class="quoted {}" href="#check-{}" id="quoted-{}" title="{}: {}"><span class="chip">{} {}'
        '<span class="unseen"> {}: </span></span><span class="words">{}</span></a>'
    ).format(verdict, number, number, name(verdict), MEANINGS[verdict], number, _sign(verdict), name(verdict), piece)


# One check.


def _card(check: QuoteCheck, languages: Mapping[str, int], number: int | None = None) -> Markup:
    verdict = check.verdict
    back = claimed = Markup()
    if number is not None:
        back = Markup('<a class="number" href="#quoted-{}" title="Back to its place in the draft">{}</a> ').format(number, number)
    if check.claimed_speaker:
        by = "Attributed to" if number is None else "The draft attributes it to"
        claimed = Markup('<p class="claimed">{} {}</p>').format(by, markup.isolated(check.claimed_speaker))
    said = [Markup('<p class="remark" dir="auto">{}</p>').format(markup.text(remark)) for remark in remarks(check)]
    if verdict == "not_found":
        said.append(Markup('<p class="remark">{}</p>').format(_nowhere(languages)))
    return Markup(
        '<article class="card {verdict}"{id} tabindex="-1"><h3>{back}<span class="verdict">{sign} {name}</span>'
        ' <span class="meaning">— {meaning}</span></h3><blockquote class="asked" dir="{dir}">{quote}</blockquote>{claimed}{said}{places}'
        "</article>"
    ).format(
        verdict=verdict,
        id=Markup(' id="check-{}"').format(number) if number is not None else Markup(),
        back=back,
        sign=_sign(verdict),
        name=name(verdict).capitalize(),
        meaning=MEANINGS[verdict],
        dir=direction(check.quote),
        quote=markup.text(_clipped(check.quote)),
        claimed=claimed,
        said=Markup().join(said),
        places=_places(check),
    )


def _nowhere(languages: Mapping[str, int]) -> Markup:
    """What was looked through in vain, and in which languages."""
    count = sum(languages.values())
    return Markup("Looked through: {:,} article{} ({}). That these do not have the words does not mean that nobody said them.").format(
        count, "" if count == 1 else "s", ", ".join(language_name(language) for language in languages)
    )


def _places(check: QuoteCheck) -> Markup:
    places = [Markup('<li class="place">{}</li>').format(_place(check, match)) for match in check.matches]
    if not places:
        return Markup()
    shown = Markup('<ul class="places">{}</ul>').format(Markup().join(places[:_OPEN]))
    if len(places) <= _OPEN:
        return shown
    return shown + Markup('<details class="more"><summary>{:,} more place{}</summary><ul class="places">{}</ul></details>').format(
        len(places) - _OPEN, "" if len(places) == _OPEN + 1 else "s", Markup().join(places[_OPEN:])
    )


def _place(check: QuoteCheck, match: Match) -> Markup:
    article = match.article
    runs = direction(match.text, of_language(article.language))
    words = Markup().join(map(_change, match.diff)) if shows_difference(check, match) else markup.text(_clipped(match.text))
    facts = [markup.isolated(article.publisher)] if article.publisher else []
    if article.date:
        facts.append(markup.date(article.date))
    about = Markup(" — {}").format(Markup(", ").join(facts)) if facts else Markup()
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
        speaker=_speaker(match),
        context=_context(match, runs),
    )


def _speaker(match: Match) -> Markup:
    how = _SPEECH[match.speech]
    if match.speaker:
        return Markup('<p class="speaker">— {}{}</p>').format(markup.isolated(match.speaker), f", {how}" if how else "")
    return Markup('<p class="speaker">— {}</p>').format(how or "the article does not say who")


def _change(change: Change) -> Markup:
    if change.op == "equal":
        return markup.text(_clipped(change.text))
    tag, label = {"delete": ("del", "in the source"), "insert": ("ins", "in the quote")}[change.op]
    inner = change.text.strip()
    if not inner:
        return markup.text(change.text)
    before, _, behind = change.text.partition(inner)
    return Markup('{before}<{tag}><span class="unseen">[{label}: </span>{inner}<span class="unseen">]</span></{tag}>{behind}').format(
        tag=tag, label=label, inner=markup.text(_clipped(inner)), before=markup.text(before), behind=markup.text(behind)
    )


def _context(match: Match, runs: Direction) -> Markup:
    """The sentence around the match; where words in it turn its sense, these first."""
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
        _warning(match), runs, match.article.language, Markup().join(drawn)
    )


def _warning(match: Match) -> Markup:
    turn = match.reversal
    if turn is None:
        return Markup()
    where = "before" if turn.end <= match.span.start else "after" if match.span.end <= turn.start else "within"
    return Markup('<p class="mind">Mind the words {} {}: {}</p>').format(
        where, "them" if where == "within" else "it", markup.isolated(_clipped(turn.of(match.article.text)))
    )


def _clipped(text: str) -> str:
    """The text, without its middle where it is far longer than anybody quotes.

    >>> len(_clipped("a" * 10_000_000))
    2003
    """
    return text if len(text) <= _PIECE else f"{text[: _PIECE // 2]} … {text[-_PIECE // 2 :]}"


def _legend(checks: Sequence[QuoteCheck]) -> Markup:
    if not any(shows_difference(check, match) for check in checks for match in check.matches):
        return Markup()
    return Markup('<p class="legend">The difference: <del>in the source alone</del>, <ins>in the quote alone</ins>.</p>')
