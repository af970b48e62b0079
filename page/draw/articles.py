"""The tab Articles: the list, adding and removing. Pure; articles.js puts it together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from index.readers.reading import SUFFIXES
from index.text.direction import direction, of_language
from page.draw.markup import isolated as _isolated
from page.draw.markup import text as _text
from page.draw.phrases import N_, Phrases
from qa.ask.sources import agency_name
from qa.library.facets import Group, Rows, Sort, Tie

if TYPE_CHECKING:
    from index.store.catalogue import Listing
    from qa.library.indexing import Taken

ROWS = 50  # on a page of the list; not measured
# The columns that the list can be sorted by, with their order.
_SORTS: Mapping[Sort, tuple[str, str]] = {
    "title": (N_("Title"), "ascending"),
    "publisher": (N_("Publisher"), "ascending"),
    "date": (N_("Date"), "descending"),
}
_TIES: Mapping[Tie, str] = {"copy": N_("the same text"), "translation": N_("a translation"), "story": N_("the same story")}
# Unread parts of a file that are named; the rest are counted. Not measured.
_MOST_SKIPPED = 3


def tab(say: Phrases, most: int) -> str:
    """The tab before the list is loaded. `most` bytes of an added file are read."""
    return Markup(
        "<h2>{}</h2>"
        '<div class="finding"><input type="search" id="search" dir="auto" autocomplete="off" aria-label="{}" placeholder="{}">'
        '<div id="articles-filter-place"></div></div><div id="articles-filter-panel"></div>'
        '<div class="adding"><label class="chooser"><input type="file" id="article-files" multiple accept="{}" data-most="{}">'
        '<span>{}</span></label><p><span class="drop">{}</span> {}</p></div>'
        '<div id="adding" role="status"></div><ul id="added"></ul>'
        '<details id="when" hidden open><summary>{}</summary><div id="timeline"></div></details>'
        '<div class="finds"><p id="found" role="status"></p>'
        '<label class="by-story" hidden><input type="checkbox" id="by-story" checked><span>{}</span></label></div><div id="articles"></div>'
    ).format(
        say("Articles"),
        say("Search the list"),
        say("Title, publisher, author or file"),
        ",".join(SUFFIXES),
        most,
        say("Add articles"),
        say("or drop them anywhere on this page:"),
        say("text, web pages, PDF, Word, RTF, mail, tables, ZIP, WARC"),
        say("Timeline"),
        say("By story"),
    )


def table(say: Phrases, rows: Rows, sort: Sort) -> Markup:
    """A page of the list. The articles under a story’s lead are in a separate <tbody>, which the script opens."""
    if not rows.total:
        return Markup('<div class="nothing"><p>{}</p><button type="button" data-clear>{}</button></div>').format(
            say("No article is like that."), say("Clear the filters")
        )
    heads = Markup().join(_head(say, column, sort) for column in _SORTS)
    drawn = Markup().join(_group(say, rows, place, group) for place, group in enumerate(rows.groups, rows.start))
    return Markup(
        '<table><caption class="unseen">{}</caption><thead><tr>{}<th scope="col">{}</th><th scope="col" class="people">{}</th>'
        '<th scope="col"><span class="unseen">{}</span></th></tr></thead>{}</table>{}'
    ).format(say("Articles"), heads, say("Language"), say("People quoted"), say("Remove"), drawn, _pages(say, rows))


def count_line(say: Phrases, rows: Rows, articles: int) -> Markup:
    """A line with the number of articles."""
    if rows.articles == articles:
        line = say.plural("{count} article", "{count} articles", articles)
    else:
        line = say.plural("{found} of {count} article", "{found} of {count} articles", articles, found=say.number(rows.articles))
    if rows.total == rows.articles:
        return line
    return say("{articles} in {stories}", articles=line, stories=say.plural("{count} story", "{count} stories", rows.total))


def foot(say: Phrases, sources: str | None, added: str) -> Markup:
    """The folder of articles that are added here, for users who build the store by hand."""
    command = Markup('<bdi dir="ltr"><code>python -m index build {} {}</code></bdi>').format(_text(sources or "FOLDER"), _text(added))
    return Markup('<p class="foot">{}</p>').format(
        say(
            "Files that are added here are kept in {folder}. Whoever builds the store by hand names that folder too: {command}",
            folder=Markup("<code>{}</code>").format(_isolated(added)),
            command=command,
        )
    )


def empty(say: Phrases) -> Markup:
    """Instead of the list, if there are no articles."""
    return Markup('<div class="nothing"><p>{}</p><p>{}</p></div>').format(
        say("No articles yet"), say("Add some here: choose files, or drop them anywhere on this page. Each is indexed on this machine.")
    )


def removed(say: Phrases, title: str, token: str, is_set_aside: bool) -> Markup:
    """An article was removed; `is_set_aside` if its file had been added on the page."""
    stays = "" if is_set_aside else say("Its file stays; the next build brings it back.")
    return Markup('{} {} <button type="button" data-restore="{}">{}</button>').format(
        say("Removed: {title}.", title=_isolated(title)), stays, token, say("Undo")
    )


def known_already(say: Phrases, name: str) -> Markup:
    """A file was added."""
    return say("{file} is there already.", file=_isolated(name))


def being_read(say: Phrases, name: str) -> Markup:
    """A file that may contain several articles was stored; the script replaces this by the result."""
    return Markup('<span data-file="{}">{}</span>').format(_text(name), say("{file} is being read …", file=_isolated(name)))


def taken(say: Phrases, name: str, taken: Taken) -> Markup:
    """The result of adding a file of several articles."""
    parts = [say("{file}: {articles}", file=_isolated(name), articles=say.plural("{count} article", "{count} articles", taken.articles))]
    if taken.skipped:
        parts.append(say.plural("{count} part skipped", "{count} parts skipped", len(taken.skipped)))
    line = say(", ").join(parts)
    reasons = [
        Markup("<li>{}: {}</li>").format(_isolated(skipped.path.removeprefix(f"{name}/")), _isolated(skipped.reason))
        for skipped in taken.skipped[:_MOST_SKIPPED]
    ]
    if len(taken.skipped) > _MOST_SKIPPED:
        rest = len(taken.skipped) - _MOST_SKIPPED
        reasons.append(Markup("<li>{}</li>").format(say.plural("and {count} more", "and {count} more", rest)))
    return Markup("{}<ul>{}</ul>").format(line, Markup().join(reasons)) if reasons else line


def _head(say: Phrases, column: Sort, sort: Sort) -> Markup:
    name, way = _SORTS[column]
    return Markup('<th scope="col" aria-sort="{}"><button type="button" data-sort="{}">{}</button></th>').format(
        way if column == sort else "none", column, say(name)
    )


def _group(say: Phrases, rows: Rows, place: int, group: Group) -> Markup:
    about = _about(say, group)
    if not about:
        return Markup("<tbody>{}</tbody>").format(_row(say, rows, group.lead))
    note = Markup("<span>{}</span>").format(_credited(say, rows, group.lead, about))
    if not group.others:
        return Markup("<tbody>{}</tbody>").format(_row(say, rows, group.lead, note))
    button = Markup(
        '<button type="button" class="others-button" data-story="{}" aria-expanded="false" aria-controls="story-{}">{}</button>'
    )
    opener = button.format(_text(group.lead.id), place, say.plural("{count} other", "{count} others", len(group.others)))
    others = Markup().join(_row(say, rows, listing, _beside(say, rows, listing, tie)) for listing, tie in group.others)
    return Markup('<tbody>{}</tbody><tbody class="others" id="story-{}" hidden>{}</tbody>').format(
        _row(say, rows, group.lead, opener + note), place, others
    )


def _about(say: Phrases, group: Group) -> list[Markup]:
    """A summary of a story, in a few words each; empty for an article without a story."""
    said = []
    if group.papers > 1:
        said.append(say.plural("printed by {count} paper", "printed by {count} papers", group.papers))
    elif group.printed > 1:
        said.append(say.plural("printed {count} time", "printed {count} times", group.printed))
    if group.languages:
        said.append(say("also in {languages}", languages=say(", ").join(_text(say.language_name(code)) for code in group.languages)))
    if group.left_out:
        said.append(say.plural("{count} more is not in this list", "{count} more are not in this list", group.left_out))
    return said


def _beside(say: Phrases, rows: Rows, listing: Listing, tie: Tie) -> Markup:
    return Markup("<span>{}</span>").format(_credited(say, rows, listing, [say(_TIES[tie])]))


def _credited(say: Phrases, rows: Rows, listing: Listing, said: list[Markup]) -> Markup:
    credit = rows.credits.get(listing.id)
    return Markup(" · ").join([*said, say("text of {agency}", agency=_isolated(agency_name(credit, say.language)))] if credit else said)


def _row(say: Phrases, rows: Rows, listing: Listing, story: Markup | None = None) -> Markup:
    """An article, with a summary of its story below the title."""
    title = listing.title or listing.id
    below = Markup('<div class="story">{}</div>').format(story) if story else Markup()
    cells = Markup().join(
        Markup('<td class="{}" data-label="{}">{}</td>').format(kind, label, value) for kind, label, value in _cells(say, rows, listing)
    )
    return Markup(
        '<tr data-id="{}"><th scope="row"><button type="button" dir="{}" lang="{}" data-article="{}" data-version="{}">{}</button>{}</th>{}'
        '<td class="act"><button type="button" data-remove="{}" aria-label="{}">{}</button></td></tr>'
    ).format(
        _text(listing.id),
        direction(title, of_language(listing.language)),
        _text(listing.language),
        _text(listing.id),
        listing.sha256,
        _text(title),
        below,
        cells,
        _text(listing.id),
        _text(say("Remove {title}", title=title).unescape()),
        say("Remove"),
    )


def _cells(say: Phrases, rows: Rows, listing: Listing) -> Iterator[tuple[str, Markup, Markup | str]]:
    """A cell: its class, column name and content."""
    yield "", say("Publisher"), _isolated(listing.publisher) if listing.publisher else ""
    yield "", say("Date"), say.date(listing.date) if listing.date else ""
    yield "", say("Language"), say.language_name(listing.language)
    yield "people", say("People quoted"), say.number(rows.people.get(listing.id, 0))


def _pages(say: Phrases, rows: Rows) -> Markup:
    if rows.total <= ROWS:
        return Markup()
    shown = say(
        "{first}–{last} of {total}",
        first=say.number(rows.start + 1),
        last=say.number(rows.start + len(rows.groups)),
        total=say.number(rows.total),
    )
    before, after = rows.start - ROWS, rows.start + ROWS
    return Markup('<nav class="pages" aria-label="{}">{}<span>{}</span>{}</nav>').format(
        say("Pages of the list"),
        _page_link(say("Previous"), before if before >= 0 else None),
        shown,
        _page_link(say("Next"), after if after < rows.total else None),
    )


def _page_link(name: Markup, start: int | None) -> Markup:
    if start is None:
        return Markup('<button type="button" disabled>{}</button>').format(name)
    return Markup('<button type="button" data-start="{}">{}</button>').format(start, name)
