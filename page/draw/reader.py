"""Markup of an article as it was received, and search in it. Pure; nothing is parsed back from markup.

Article text is hostile. Every value goes through `_text`, and `Markup.format` escapes whatever did not. What HTML cannot carry: U+0000,
which stands as U+FFFD here (one character for one, so places still hold). CR is written as a character reference, or the parser would make
CRLF into LF. All else arrives in the page's text nodes code point for code point; whatever else is shown among the words, styles draw from
attributes.

Each line of an article is a block with its own direction, so that neither the direction of one nor an unclosed override in it (U+202E)
reaches the next; what stands inside a line of ours stands in <bdi>.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from markupsafe import Markup

from index.articles import Article
from index.story.quotations import Quotation, SpeechKind
from index.text.direction import Direction, direction, of_language
from index.text.fold import fold, fold_text
from index.text.spans import Span, complement
from page.draw.markup import isolated as _isolated
from page.draw.markup import text as _text
from page.draw.phrases import Phrases
from qa.export.text_fragment import link

# Other citations of a conversation that are marked in an article. No measurement: a conversation of fifty answers has fewer.
MOST_MARKS = 200
# Matches that are reported; a reader who needs fewer types more words. Not measured.
MOST_FOUND = 500
# Speakers with a button in the header; the rest is collapsed. Not measured.
_VOICES = 8
# Attributes cannot contain <bdi>: U+2068 and U+2069 isolate a name's direction.
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A place in an article that a conversation cites under that number."""

    span: Span
    number: int


def marks(sent: object, article: Article) -> tuple[CitedPlace, ...]:
    """The places among what came over the network, which can be anything: the first of them, in order, none twice.

    `sent` should be a list of {"start", "end", "number"}; whatever is no place in the article is left out.
    """
    if not isinstance(sent, list):
        return ()
    places = (_mark(place, article) for place in sent[:MOST_MARKS])
    return tuple(dict.fromkeys(mark for mark in places if mark is not None))


def _mark(sent: object, article: Article) -> CitedPlace | None:
    match sent:
        case {"start": bool()} | {"end": bool()} | {"number": bool()}:
            return None
        case {"start": int(start), "end": int(end), "number": int(number)} if 0 <= start < end <= len(article.text) and number > 0:
            return CitedPlace(Span(start, end), number)
        case _:
            return None


def hint(say: Phrases) -> str:
    """The source pane before anything is opened."""
    return Markup('<div class="hint"><h2>{}</h2><p>{}</p></div>').format(
        say("Sources"), say("The number behind a sentence, such as {number}, opens its article here.", number=Markup("<b>[1]</b>"))
    )


def notice(say: Phrases, line: str) -> str:
    """The source pane without an article."""
    return Markup('{}<p class="trouble" role="alert">{}</p>').format(_back(say), _text(line))


def source(
    say: Phrases,
    article: Article,
    quotations: Sequence[Quotation] = (),
    cited: Span | None = None,
    number: int | None = None,
    others: Sequence[CitedPlace] = (),
) -> str:
    """An article as it was received, with what is known of it above. The cited span is marked, and more lightly the places that are cited
    besides; quotations carry their speakers; what is not story is dimmed.

    Raises ValueError for a cited span that does not lie in the text.
    """
    if cited is not None and cited.end > len(article.text):
        raise ValueError(f"{cited} is not in {article.id!r}")
    title = article.title or article.id
    return Markup(
        '<header>{tools}<h2 dir="{dir}" lang="{lang}">{number}{title}</h2><p class="facts">{facts}</p>'
        '<p class="place">{place}</p>{voices}{finder}<p class="told" role="status"></p></header>{legend}'
        '<div class="article" lang="{lang}" tabindex="0" role="region" aria-label="{label}">{body}</div>'
    ).format(
        tools=_tools(say),
        dir=direction(title, of_language(article.language)),
        lang=article.language,
        number=Markup('<span class="number" dir="ltr">[{}]</span> ').format(number) if number is not None else Markup(),
        title=_text(title),
        facts=_facts(say, article),
        place=_place(say, article, cited),
        voices=_voices(say, quotations),
        finder=_finder(say),
        legend=_legend(say, article, quotations),
        label=say("Article text"),
        body=_Body(say, article, quotations, cited or Span(0, 0), _besides(others, cited, number)).markup(),
    )


def _besides(others: Sequence[CitedPlace], cited: Span | None, number: int | None) -> list[CitedPlace]:
    return [mark for mark in others if (mark.span, mark.number) != (cited, number)]


# The head.


def _back(say: Phrases) -> Markup:
    return Markup('<button type="button" class="back">{}</button>').format(say("Back to the answer"))


def _tools(say: Phrases) -> Markup:
    """The buttons: back, next and previous citation, which the script shows, and search."""
    return Markup(
        '<div class="tools">{back}<div class="hits" role="group" aria-label="{hits}" hidden>'
        '<button type="button" class="before" aria-label="{before}" title="{before}"></button> <span class="hit" role="status"></span> '
        '<button type="button" class="after" aria-label="{after}" title="{after}"></button></div>'
        '<button type="button" class="find" aria-expanded="false" aria-controls="finder" title="{whole}">{find}</button></div>'
    ).format(
        back=_back(say),
        hits=say("Citations"),
        before=say("Previous citation"),
        after=say("Next citation"),
        whole=say("Find in the article"),
        find=say("Find"),
    )


def _finder(say: Phrases) -> Markup:
    return Markup(
        '<form class="finder" id="finder" role="search" hidden><input type="search" aria-label="{find}" placeholder="{find}"'
        ' autocomplete="off" spellcheck="false" maxlength="500"> <span class="finds" role="status"></span> '
        '<button type="button" class="before" aria-label="{before}" title="{before}"></button> '
        '<button type="submit" class="after" aria-label="{after}" title="{after}"></button> '
        '<button type="button" class="done">{done}</button></form>'
    ).format(find=say("Find in the article"), before=say("Previous find"), after=say("Next find"), done=say("Close"))


def _facts(say: Phrases, article: Article) -> Markup:
    facts = [_isolated(fact) for fact in (article.publisher, article.author) if fact]
    if article.date:
        facts.append(say.date(article.date))
    facts.append(Markup("{}").format(say.language_name(article.language)))
    return Markup(" · ").join(facts)


def _place(say: Phrases, article: Article, cited: Span | None) -> Markup:
    parts = [_isolated(article.id)]
    if cited:
        numbers = {"start": say.number(cited.start), "end": say.number(cited.end), "all": say.number(len(article.text))}
        parts.append(say("characters {start}–{end} of {all}", **numbers))
    if article.url:
        parts.append(_at_the_publisher(say, article, article.url, cited))
    return Markup(" · ").join(parts)


def _at_the_publisher(say: Phrases, article: Article, url: str, cited: Span | None) -> Markup:
    """A link that shows its address, as both address and text are untrusted. An invalid link is drawn as text."""
    address = link(url, article.text, cited)
    if address is None:
        return _isolated(url)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a> ({})').format(
        _text(address), say("Open at the publisher"), _isolated(urlsplit(address).hostname or "")
    )


def _voices(say: Phrases, quotations: Sequence[Quotation]) -> Markup:
    """A button for each person who speaks in the article, by number of quotations, unnamed ones last."""
    if not quotations:
        return Markup()
    counts = Counter(quotation.speaker_name for quotation in quotations)
    ranked = sorted(counts, key=lambda name: (name is None, -counts[name]))
    buttons = [_voice(say, _speaker(say, name), counts[name]) for name in ranked]
    shown, rest = buttons[:_VOICES], buttons[_VOICES:]
    if rest:
        more = say.plural("and {count} more", "and {count} more", len(rest))
        shown.append(Markup("<details><summary>{}</summary>{}</details>").format(more, Markup(" ").join(rest)))
    return Markup('<div class="voices" role="group" aria-label="{title}"><span aria-hidden="true">{title}:</span> {voices}</div>').format(
        title=say("Quoted here"), voices=Markup(" ").join(shown)
    )


def _voice(say: Phrases, name: str, count: int) -> Markup:
    return Markup(
        '<button type="button" class="voice" data-speaker="{}" aria-pressed="false" title="{}">{} <span class="count">{}</span></button>'
    ).format(
        _text(name),
        say.plural("{count} quotation: step through", "{count} quotations: step through", count),
        _isolated(name),
        say.number(count),
    )


def _speaker(say: Phrases, name: str | None) -> str:
    return name or str(say("somebody not named").unescape())


def _legend(say: Phrases, article: Article, quotations: Sequence[Quotation]) -> Markup:
    lines = []
    if _has_clutter(article):
        lines.append(say("Grey is not part of the story; it is never quoted."))
    if quotations:
        lines.append(say("Underlined: somebody’s own words; dotted: what somebody is reported to have said."))
    return Markup('<p class="legend">{}</p>').format(Markup(" ").join(lines)) if lines else Markup()


def _has_clutter(article: Article) -> bool:
    return any(span.of(article.text).strip() for span in complement(article.story, len(article.text)))


# The text.


def find(text: str, words: str) -> tuple[tuple[Span, ...], int]:
    """The spans of `words` in a text, both folded by index/text/fold.py: the first MOST_FOUND, in order, none overlapping
    another, and how many there are in all. Of blank words, or only marks, there is nothing to find.

    >>> find("The Café, the cafe\u0301.", "CAFE")
    ((Span(start=4, end=8), Span(start=14, end=19)), 2)
    """
    needle = fold_text(words).strip()
    if not needle:
        return (), 0
    folded = fold(text)
    spans: list[Span] = []
    at = folded.text.find(needle)
    while at >= 0 and len(spans) < MOST_FOUND:
        span = folded.to_original(at, at + len(needle))
        if not spans or span.start >= spans[-1].end:  # of a ligature both letters are one place
            spans.append(span)
        at = folded.text.find(needle, at + len(needle))
    return tuple(spans), len(spans) if at < 0 else folded.text.count(needle)


@dataclass(frozen=True, slots=True)
class _MarkedText:
    """Text up to `end` that is all of one kind. `said` are the numbers of the quotations around it, the outermost first; `also` is the
    shortest of the other cited places around it, `ends` the numbers of those that end with it."""

    end: int
    is_story: bool
    is_cited: bool
    said: tuple[int, ...]
    also: CitedPlace | None
    ends: tuple[int, ...]


class _Body:
    """Draws one article's lines."""

    def __init__(self, say: Phrases, article: Article, quotations: Sequence[Quotation], cited: Span, others: Sequence[CitedPlace]) -> None:
        self._say = say
        self._text = article.text
        self._around = of_language(article.language)
        self._pieces = _pieces(article, quotations, cited, others)
        self._openings = _openings(say, quotations)
        self._marked: set[CitedPlace] = set()
        self._anchor = Markup(' id="cited" tabindex="-1"')  # on the first mark alone: a cited span may run over several lines

    def markup(self) -> Markup:
        # Markup's own join looks at every part again: 0.2 s of the 0.7 s that an article of 2 MB took.
        return Markup("".join(self._parts()))

    def _parts(self) -> Iterator[Markup]:
        at, piece = 0, None
        for line in self._text.splitlines(keepends=True):
            line_end, is_marked = at + len(line), False
            yield _LINES["line" if line.strip() else "line blank", self._runs(line)]
            while at < line_end:
                if piece is None or at == piece.end:
                    piece = next(self._pieces)
                if piece.is_cited != is_marked:
                    yield _MARK_END if is_marked else self._mark()
                    is_marked = piece.is_cited
                until = min(piece.end, line_end)
                yield from self._drawn(at, until, piece)
                at = until
            yield _MARK_END + _LINE_END if is_marked else _LINE_END

    def _runs(self, line: str) -> Direction:
        # All letters of ASCII run left to right. Of an article of 2 MB in English, direction() alone took 0.29 s.
        return "ltr" if self._around == "ltr" and line.isascii() else direction(line, self._around)

    def _drawn(self, start: int, end: int, piece: _MarkedText) -> Iterator[Markup]:
        if piece.also is not None:
            yield self._also(piece.also, piece.ends if end == piece.end else ())
        yield from (self._openings[number] for number in piece.said)
        if not piece.is_story:
            yield _CLUTTER
        yield _text(self._text[start:end])
        for _ in range(len(piece.said) + (piece.also is not None) + (not piece.is_story)):
            yield _SPAN_END

    def _mark(self) -> Markup:
        mark, self._anchor = Markup("<mark{}>").format(self._anchor), Markup()
        return mark

    def _also(self, mark: CitedPlace, ends: Sequence[int]) -> Markup:
        """Only the first piece of a mark is a tab stop."""
        stop = Markup()
        if mark not in self._marked:
            self._marked.add(mark)
            stop = Markup(' tabindex="0" role="button" title="{}"').format(
                self._say("Cited as {number}: open", number=f"[{self._say.number(mark.number)}]")
            )
        label = Markup(' data-ends="{}"').format(", ".join(map(self._say.number, ends))) if ends else Markup()
        return Markup('<span class="also-cited" data-start="{}" data-end="{}" data-number="{}"{}{}>').format(
            mark.span.start, mark.span.end, mark.number, label, stop
        )


_CLUTTER, _SPAN_END, _MARK_END, _LINE_END = Markup('<span class="clutter">'), Markup("</span>"), Markup("</mark>"), Markup("</div>")
_DIRECTIONS: tuple[Direction, ...] = ("ltr", "rtl")
_LINES = {(kind, runs): Markup('<div class="{}" dir="{}">').format(kind, runs) for kind in ("line", "line blank") for runs in _DIRECTIONS}


def _openings(say: Phrases, quotations: Sequence[Quotation]) -> list[Markup]:
    """The start tag of each quotation."""
    # Cached by speaker: formatting it each time took a fifth of the time for an article with 700 quotations.
    sayers = {(quotation.speaker_name, quotation.speech) for quotation in quotations}
    about = {(name, speech): _about(say, _speaker(say, name), speech) for name, speech in sayers}
    return [
        Markup('<span data-quotation="{}" {}>').format(number, about[quotation.speaker_name, quotation.speech])
        for number, quotation in enumerate(quotations)
    ]


def _about(say: Phrases, name: str, speech: SpeechKind) -> Markup:
    alone = _text(f"{_FIRST_STRONG_ISOLATE}{name}{_POP_ISOLATE}")
    title = say("Quoted: {name}", name=alone) if speech == "direct" else say("Reported: {name}", name=alone)
    return Markup('class="quotation {}" data-speaker="{}" title="{}"').format(speech, _text(name), title)


def _pieces(article: Article, quotations: Sequence[Quotation], cited: Span, others: Sequence[CitedPlace]) -> Iterator[_MarkedText]:
    """The text in contiguous pieces, cut wherever a span begins or ends."""
    said = sorted(range(len(quotations)), key=lambda number: (quotations[number].span.start, -quotations[number].span.end))
    also = sorted(others, key=lambda mark: mark.span.start)
    spans = [*article.story, cited, *(quotation.span for quotation in quotations), *(mark.span for mark in also)]
    cuts = sorted({0, len(article.text), *(place for span in spans for place in (span.start, span.end))})
    layers = zip(
        pairwise(cuts),
        _covering(article.story, cuts),
        _covering([cited], cuts),
        _covering([quotations[number].span for number in said], cuts),
        _covering([mark.span for mark in also], cuts),
        strict=False,
    )
    for (_, end), stories, marked, speech, cites in layers:
        around = [also[place] for place in cites]
        yield _MarkedText(
            end=end,
            is_story=bool(stories),
            is_cited=bool(marked),
            said=tuple(said[place] for place in speech),
            also=min(around, key=lambda mark: len(mark.span), default=None),
            ends=tuple(sorted({mark.number for mark in around if mark.span.end == end})),
        )


def _covering(spans: Sequence[Span], cuts: Iterable[int]) -> Iterator[list[int]]:
    """For each of the cuts, the spans that continue after it; spans are sorted by start."""
    open_: list[int] = []
    begun = 0
    for cut in cuts:
        while begun < len(spans) and spans[begun].start <= cut:
            open_.append(begun)
            begun += 1
        open_ = [place for place in open_ if spans[place].end > cut]
        yield open_
