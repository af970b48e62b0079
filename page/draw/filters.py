"""Filters: the panel, the line with the active ones, and their parameters. Pure; filters.js assembles them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from markupsafe import Markup

from index.errors import SettingError
from index.store.filters import ANY, Filters, first_day, last_day
from page.draw.markup import isolated as _isolated
from page.draw.markup import text as _text
from page.draw.phrases import Phrases
from qa.library.facets import Bin, Facets

# Names that a field suggests; the rest can be typed. Not measured.
_MOST_SUGGESTED = 1000
# In hundredths of the histogram's height: a single article is visible next to ten thousand.
_LOWEST_BAR = 3


def wanted(sent: object) -> Filters:
    """The filters in untrusted input: unknown names and invalid values are left out.

    >>> wanted({"language": "ar", "after": "2015-03", "before": "soon", "colour": "red"})
    Filters(language='ar', publisher=None, after=20150301, before=None, speaker=None)
    """
    if not isinstance(sent, Mapping):
        return ANY
    language, publisher, speaker = (_words(sent.get(name)) for name in ("language", "publisher", "speaker"))
    after, before = (_date(sent.get(name)) for name in ("after", "before"))
    return Filters(language, publisher, first_day(after) if after else None, last_day(before) if before else None, speaker)


def as_parameters(filters: Filters) -> dict[str, str]:
    """The active filters as parameters that `wanted` parses, with the shortest possible dates.

    >>> as_parameters(Filters(language="ar", after=20150301, before=20161231))
    {'language': 'ar', 'after': '2015-03', 'before': '2016'}
    """
    values = {
        "language": filters.language,
        "publisher": filters.publisher,
        "after": None if filters.after is None else _beginning(filters.after),
        "before": None if filters.before is None else _end(filters.before),
        "speaker": filters.speaker,
    }
    return {name: value for name, value in values.items() if value is not None}


def chips(say: Phrases, filters: Filters, removable: bool) -> Markup:
    """A chip for each active filter; empty if there are none."""
    drawn = Markup().join(_chip(say, names, words, plain, removable) for names, words, plain in _on(say, filters))
    if not drawn:
        return Markup()
    clear = Markup('<li><button type="button" class="clear" data-unfilter="{}">{}</button></li>').format(
        " ".join(as_parameters(filters)), say("Clear all")
    )
    return Markup('<ul class="chips" aria-label="{}">{}{}</ul>').format(say("Filters"), drawn, clear if removable else "")


def line(say: Phrases, filters: Filters) -> Markup:
    """The button that opens the panel, and the active filters."""
    button = Markup('<button type="button" class="filter-button" aria-expanded="false" aria-controls="filters">{}</button>')
    return button.format(say("Filter")) + chips(say, filters, removable=True)


def panel(say: Phrases, facets: Facets) -> Markup:
    """The panel with all available values. The script selects the active ones."""
    return Markup('<div class="choices">{}{}{}{}</div><button type="button" class="done">{}</button>').format(
        _languages(say, facets),
        _names(say("Publisher"), "publisher", say, facets.publishers),
        _names(say("Person quoted"), "speaker", say, facets.people),
        _dates(say, facets.bins, facets.undated),
        say("Done"),
    )


def _words(sent: object) -> str | None:
    if not isinstance(sent, str) or not sent.strip():
        return None
    try:
        sent.encode()
    except UnicodeEncodeError:  # a lone surrogate, which no store can contain
        return None
    return sent.strip()


def _date(sent: object) -> str | None:
    if not isinstance(sent, str):
        return None
    try:
        first_day(sent)
        year, month, day = (*map(int, sent.split("-")), 1, 1)[:3]
        date(year, month, day)
    except (SettingError, ValueError):
        return None
    return sent


def _beginning(day: int, least: int = 4) -> str:
    """The shortest ISO date that begins with a day, of at least so many characters."""
    year, month, day = day // 10000, day // 100 % 100, day % 100
    parts = 10 if day > 1 else 7 if month > 1 else 4
    return f"{year:04}-{month:02}-{day:02}"[: max(parts, least)]


def _end(day: int, least: int = 4) -> str:
    """The shortest ISO date that ends with a day, of at least so many characters; every month may have 31."""
    year, month, day = day // 10000, day // 100 % 100, day % 100
    parts = 10 if day < 31 else 7 if month < 12 else 4
    return f"{year:04}-{month:02}-{min(day, monthrange(year, month)[1]):02}"[: max(parts, least)]


def _on(say: Phrases, filters: Filters) -> Iterator[tuple[str, Markup, str]]:
    """The filters that a chip removes, its label as markup, and as plain text."""
    if filters.language is not None:
        name = say.language_name(filters.language)
        yield "language", _isolated(name), name
    if filters.publisher is not None:
        yield "publisher", _isolated(filters.publisher), filters.publisher
    if filters.after is not None or filters.before is not None:
        words = _range(say, filters.after, filters.before)
        yield "after before", words, words.unescape()
    if filters.speaker is not None:
        quoted = say("quoted: {name}", name=_isolated(filters.speaker))
        yield "speaker", quoted, say("quoted: {name}", name=filters.speaker).unescape()


def _range(say: Phrases, after: int | None, before: int | None) -> Markup:
    if after is None:
        return say("until {date}", date=say.date_in_words(_end(before or 0)))
    if before is None:
        return say("from {date}", date=say.date_in_words(_beginning(after)))
    first, last = _beginning(after), _end(before)
    if first[:4] == last[:4]:  # "January 2025 – March 2025", not "2025 – March 2025"
        first, last = _beginning(after, len(last)), _end(before, len(first))
    words = say.date_in_words(first), say.date_in_words(last)
    return _text(words[0]) if first == last else say("{first} – {last}", first=words[0], last=words[1])


def _chip(say: Phrases, names: str, words: Markup, plain: str, removable: bool) -> Markup:
    if not removable:
        return Markup('<li class="chip"><span>{}</span></li>').format(words)
    remove = Markup('<button type="button" data-unfilter="{}" aria-label="{}"><span aria-hidden="true">×</span></button>')
    label = _text(say("Remove the filter {name}", name=plain).unescape())
    return Markup('<li class="chip"><span>{}</span>{}</li>').format(words, remove.format(names, label))


def _languages(say: Phrases, facets: Facets) -> Markup:
    def choice(value: str, name: str, articles: int) -> Markup:
        return Markup('<label><input type="radio" name="filter-language" value="{}"><span>{} <b>{}</b></span></label>').format(
            _text(value), _isolated(name), say.number(articles)
        )

    every = choice("", str(say("All").unescape()), facets.articles)
    drawn = Markup().join(choice(code, say.language_name(code), articles) for code, articles in facets.languages.items())
    return Markup('<fieldset class="languages"><legend>{}</legend><div>{}{}</div></fieldset>').format(say("Language"), every, drawn)


def _names(label: Markup, name: str, say: Phrases, known: Mapping[str, int]) -> Markup:
    suggested = list(known.items())[:_MOST_SUGGESTED]
    options = Markup().join(
        Markup('<option value="{}">{}</option>').format(_text(person_or_paper), say.plural("{count} article", "{count} articles", articles))
        for person_or_paper, articles in suggested
    )
    return Markup(
        '<label class="name"><span>{}</span><input type="text" data-filter="{}" list="known-{}" dir="auto" autocomplete="off" '
        'placeholder="{}"></label><datalist id="known-{}">{}</datalist>'
    ).format(label, name, name, say("Any"), name, options)


def _dates(say: Phrases, bins: Sequence[Bin], undated: int) -> Markup:
    legend = Markup("<legend>{}</legend>").format(say("Date"))
    without = say.plural("{count} article has no date", "{count} articles have no date", undated) if undated else Markup()
    if not bins:
        return Markup('<fieldset class="dates">{}<p>{}</p></fieldset>').format(legend, without or say("No article has a date"))
    ends = Markup().join(
        Markup('<input type="range" data-end="{}" min="0" max="{}" step="1" value="{}" aria-label="{}" aria-valuetext="{}">').format(
            end, len(bins) - 1, place, label, bin_in_words(say, bins[place])
        )
        for end, place, label in (("after", 0, say("From")), ("before", len(bins) - 1, say("Until")))
    )
    return Markup(
        '<fieldset class="dates">{}{}<div class="slider">{}</div><p><span class="chosen"></span> <span>{}</span></p></fieldset>'
    ).format(legend, histogram(say, bins), ends, without)


def histogram(say: Phrases, bins: Sequence[Bin]) -> Markup:
    """A bar for each bin, as high as it has articles, 1 wide; the highest is 100 high."""
    most = max(bin.articles for bin in bins)
    bars = Markup().join(_bar(say, place, bin, most) for place, bin in enumerate(bins))
    return Markup('<svg class="histogram" viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true">{}</svg>').format(
        len(bins), bars
    )


def _bar(say: Phrases, place: int, bin: Bin, most: int) -> Markup:
    height = max(_LOWEST_BAR, round(100 * bin.articles / most, 1)) if bin.articles else 0
    words = bin_in_words(say, bin)
    return Markup(
        '<rect x="{}" y="{:g}" width="0.84" height="{:g}" data-first="{}" data-last="{}" data-words="{}"><title>{}: {}</title></rect>'
    ).format(
        f"{place + 0.08:.2f}",
        100 - height,
        height,
        bin.first,
        bin.last,
        words,
        words,
        say.plural("{count} article", "{count} articles", bin.articles),
    )


def bin_in_words(say: Phrases, bin: Bin) -> Markup:
    """The period of a bin."""
    return _range(say, first_day(bin.first), last_day(bin.last))
