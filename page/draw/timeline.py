"""When the articles of the list were printed: a plot of bars, a language upon the other, and the same figures as a table. Pure; articles.js
makes the bars choose a time.

The plot is as wide as its place: across, all is in hundredths of it, so that its letters keep their size. It runs as the interface does,
from right to left in Arabic, as the slider of the filters does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from markupsafe import Markup

from index.store.filters import Filters
from page.draw.filters import bin_in_words
from page.draw.markup import text as _text
from page.draw.phrases import N_, Phrases
from qa.library.facets import Bin, Timeline

_HEIGHT = 120  # pixels, as all vertical measures
_LOWEST = 2.0  # a single article is visible next to ten thousand
_MOST_LINES = 4  # of the axis of numbers, above 0
_MOST_DATES = 6  # under the bars; in a narrow window every other one is hidden. Not measured.
_WIDEST = 9.0  # of a hundred, so that few bars are not too wide
# Languages with a distinct look; the rest share one. Not by colour alone: filled, striped, dotted, and drawn in outline.
_SERIES = 4
_REST = N_("Other languages")


def plot(say: Phrases, timeline: Timeline, chosen: Filters) -> Markup:
    """The plot with its key and its table; in words alone where all has one date or none has any. Empty where there is no article."""
    whole = _whole(say, chosen)
    undated = timeline.undated
    without = say.plural("{count} article has no date", "{count} articles have no date", undated) if undated else Markup()
    if not timeline.bins:
        return Markup('<p class="undated">{} {}</p>').format(without, whole) if undated or whole else Markup()
    series = _series(say, timeline.languages)
    if len(timeline.bins) == 1:
        number, words = timeline.bins[0].articles, bin_in_words(say, timeline.bins[0])
        line = say.plural("{count} article, of {date}", "{count} articles, all of {date}", number, date=words)
        return Markup('<p class="one-date">{} {}</p><p class="undated">{}</p>').format(line, whole, without)
    first, last = timeline.bins[0].first, timeline.bins[-1].last
    ends = say("{first} – {last}", first=say.date_in_words(first), last=say.date_in_words(last))
    return Markup(
        '<div class="above"><p id="timeline-title">{}</p>{}{}</div>{}<p class="undated">{}</p>'
        '<details class="figures"><summary>{}</summary>{}</details>'
    ).format(
        say("Articles by date, {range}", range=ends),
        _key(series),
        whole,
        _drawing(say, timeline.bins, series),
        without,
        say("The figures as a table"),
        _table(say, timeline.bins, series, ends),
    )


def _whole(say: Phrases, chosen: Filters) -> Markup:
    """The button that removes the time filter."""
    if chosen.after is None and chosen.before is None:
        return Markup()
    return Markup('<button type="button" data-all-time>{}</button>').format(say("All dates"))


def _series(say: Phrases, languages: Mapping[str, Sequence[int]]) -> list[tuple[str, Sequence[int]]]:
    """A name and a number for each bin, of each language with a distinct look, and of the rest together."""
    named = [(say.language_name(code), counts) for code, counts in languages.items()]
    if len(named) <= _SERIES:
        return named
    rest = [sum(counts) for counts in zip(*(counts for _, counts in named[_SERIES - 1 :]), strict=True)]
    return [*named[: _SERIES - 1], (say.plain(_REST), rest)]


def _key(series: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """The legend of the languages."""
    looks = Markup().join(
        Markup(
            '<li><svg width="14" height="14" aria-hidden="true"><rect class="look-{}" x="1" y="1" width="12" height="12"{}/></svg>{}</li>'
        ).format(place, _filled(place), _text(name))
        for place, (name, counts) in enumerate(series)
        if any(counts)
    )
    return Markup('<ul class="key">{}</ul>').format(looks)


def _drawing(say: Phrases, bins: Sequence[Bin], series: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    top = axis(max(bin.articles for bin in bins))
    lines = Markup().join(_line(say, number, top[-1]) for number in top)
    bars = Markup().join(_bar(say, place, bins, series, top[-1]) for place, bin in enumerate(bins) if bin.articles)
    dates = Markup().join(_date(say, place, bins, is_minor) for place, is_minor in dated_places(len(bins)))
    return Markup(
        '<svg class="plot" role="group" aria-labelledby="timeline-title" aria-describedby="timeline-hint" width="100%" height="{}">'
        '<desc id="timeline-hint">{}</desc><defs>'
        '<pattern id="look-striped" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="ground" width="6" height="6"/><rect class="stripe" width="3" height="6"/></pattern>'
        '<pattern id="look-dotted" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect class="ground" width="6" height="6"/><circle class="dot" cx="3" cy="3" r="1.6"/></pattern></defs>'
        '<g aria-hidden="true">{}{}</g>{}</svg>'
    ).format(_HEIGHT + 28, say("A bar chooses its time. The arrow keys go from bar to bar."), lines, dates, bars)


def axis(most: int) -> list[int]:
    """The numbers at the lines, from 0 to one that is no less than `most`, by even steps of 1, 2 or 5 and zeros.

    >>> axis(3), axis(14), axis(1234)
    ([0, 1, 2, 3], [0, 5, 10, 15], [0, 500, 1000, 1500])
    """
    step = next(unit * 10**zeros for zeros in range(20) for unit in (1, 2, 5) if unit * 10**zeros * _MOST_LINES >= most)
    return list(range(0, most + step, step))


def dated_places(bins: int) -> list[tuple[int, bool]]:
    """The bins that have their date under them, evenly from the first on, and whether that is left out where there is little room.

    >>> dated_places(3), dated_places(13)
    ([(0, False), (1, False), (2, False)], [(0, False), (3, True), (6, False), (9, True), (12, False)])
    """
    places = range(0, bins, -(-bins // _MOST_DATES))
    return [(place, number % 2 == 1 and len(places) > _MOST_DATES // 2) for number, place in enumerate(places)]


def _across(say: Phrases, share: float) -> str:
    """A place on the axis of time, given from where time begins."""
    return f"{share if say.direction == 'ltr' else 100 - share:.2f}%"


def _line(say: Phrases, number: int, top: int) -> Markup:
    y = _HEIGHT * (1 - number / top)
    offset = -6 if say.direction == "ltr" else 6
    return Markup(
        '<line class="{}" x1="0%" x2="100%" y1="{:g}" y2="{:g}"/><text x="{}" dx="{}" y="{:g}" dy="0.35em" text-anchor="end">{}</text>'
    ).format("line" if number else "base", y, y, _across(say, 0), offset, y, say.number(number))


def _date(say: Phrases, place: int, bins: Sequence[Bin], is_minor: bool) -> Markup:
    return Markup('<text class="date{}" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        " minor" if is_minor else "", _across(say, 100 * (place + 0.5) / len(bins)), _HEIGHT + 20, say.date_in_short(bins[place].first)
    )


def _bar(say: Phrases, place: int, bins: Sequence[Bin], series: Sequence[tuple[str, Sequence[int]]], top: int) -> Markup:
    """A language upon the other, and the whole height over it for a hand to find."""
    slot = 100 / len(bins)
    width = min(0.84 * slot, _WIDEST)
    bin, words = bins[place], _said(say, bins[place], place, series)
    counts = [counts[place] for _, counts in series]
    scale = max(_HEIGHT / top, _LOWEST / bin.articles)
    begin = _across(say, (place + 0.5) * slot + (-0.5 if say.direction == "ltr" else 0.5) * width)
    parts = Markup().join(
        Markup('<rect class="look-{}" x="{}" y="{:.2f}" width="{:.2f}%" height="{:.2f}"{}/>').format(
            look, begin, _HEIGHT - below * scale, width, count * scale, _filled(look)
        )
        for look, (count, below) in enumerate(zip(counts, accumulate(counts), strict=True))
        if count
    )
    left = _across(say, place * slot if say.direction == "ltr" else (place + 1) * slot)
    return Markup(
        '<g class="bar" role="button" tabindex="{}" aria-label="{}" data-first="{}" data-last="{}"><title>{}</title>{}'
        '<rect class="hit" x="{}" y="0" width="{:.2f}%" height="{}"/></g>'
    ).format(-1 if place else 0, words, bin.first, bin.last, words, parts, left, slot, _HEIGHT)


def _filled(look: int) -> Markup:
    """Patterns are named in the element: a style sheet’s address of one would be looked for elsewhere by some browsers."""
    return Markup(' fill="url(#look-{})"').format(("striped", "dotted")[look - 1]) if look in (1, 2) else Markup()


def _said(say: Phrases, bin: Bin, place: int, series: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """A bar in words."""
    held = say.plural("{count} article", "{count} articles", bin.articles)
    if len(series) == 1:
        return Markup("{}: {}").format(bin_in_words(say, bin), held)
    parts = say(", ").join(Markup("{} {}").format(name, say.number(counts[place])) for name, counts in series if counts[place])
    return Markup("{}: {} ({})").format(bin_in_words(say, bin), held, parts)


def _table(say: Phrases, bins: Sequence[Bin], series: Sequence[tuple[str, Sequence[int]]], ends: Markup) -> Markup:
    heads = Markup().join(Markup('<th scope="col">{}</th>').format(_text(name)) for name, _ in series)
    rows = Markup().join(
        Markup('<tr><th scope="row">{}</th>{}<td>{}</td></tr>').format(
            bin_in_words(say, bin),
            Markup().join(Markup("<td>{}</td>").format(say.number(counts[place])) for _, counts in series),
            say.number(bin.articles),
        )
        for place, bin in enumerate(bins)
        if bin.articles
    )
    return Markup(
        '<table><caption class="unseen">{}</caption><thead><tr><th scope="col">{}</th>{}<th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(say("Articles by date, {range}", range=ends), say("Date"), heads, say("Together"), rows)
