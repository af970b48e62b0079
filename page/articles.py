"""The tab Articles: the list, what is added to it, and what comes of removing. Pure; articles.js puts it together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from index.articles import SUFFIXES
from page.markup import isolated as _isolated
from page.markup import text as _text
from page.phrases import N_, Phrases
from qa.direction import direction, of_language
from qa.facets import Rows, Sort

if TYPE_CHECKING:
    from index.catalogue import Listing

ROWS = 50  # on a page of the list; not measured
# The columns that the list can be in the order of, and which way it goes then.
_SORTS: Mapping[Sort, tuple[str, str]] = {
    "title": (N_("Title"), "ascending"),
    "publisher": (N_("Publisher"), "ascending"),
    "date": (N_("Date"), "descending"),
}


def tab(say: Phrases, most: int) -> str:
    """The tab before the list is there. Of a file that is added `most` bytes are read."""
    return Markup(
        "<h2>{}</h2>"
        '<div class="finding"><input type="search" id="search" dir="auto" autocomplete="off" aria-label="{}" placeholder="{}">'
        '<div id="articles-filter-place"></div></div><div id="articles-filter-panel"></div>'
        '<div class="adding"><label class="chooser"><input type="file" id="article-files" multiple accept="{}" data-most="{}">'
        '<span>{}</span></label><p><span class="drop">{}</span> <bdi dir="ltr">{}</bdi></p></div>'
        '<div id="adding" role="status"></div><ul id="added"></ul><p id="found" role="status"></p><div id="articles"></div>'
    ).format(
        say("Articles"),
        say("Search the list"),
        say("Title, publisher, author or file"),
        ",".join(SUFFIXES),
        most,
        say("Add articles"),
        say("or drop them anywhere on this page:"),
        " ".join(SUFFIXES),
    )


def table(say: Phrases, rows: Rows, sort: Sort) -> Markup:
    """A page of the list."""
    if not rows.total:
        return Markup('<div class="nothing"><p>{}</p><button type="button" data-clear>{}</button></div>').format(
            say("No article is like that."), say("Clear the filters")
        )
    heads = Markup().join(_head(say, column, sort) for column in _SORTS)
    drawn = Markup().join(_row(say, listing, rows.people.get(listing.id, 0)) for listing in rows.listings)
    return Markup(
        '<table><caption class="unseen">{}</caption><thead><tr>{}<th scope="col">{}</th><th scope="col" class="people">{}</th>'
        '<th scope="col"><span class="unseen">{}</span></th></tr></thead><tbody>{}</tbody></table>{}'
    ).format(say("Articles"), heads, say("Language"), say("People quoted"), say("Remove"), drawn, _pages(say, rows))


def found(say: Phrases, rows: Rows, articles: int) -> Markup:
    """How many there are, in a line."""
    if rows.total == articles:
        return say.plural("{count} article", "{count} articles", articles)
    return say.plural("{found} of {count} article", "{found} of {count} articles", articles, found=say.number(rows.total))


def foot(say: Phrases, sources: str | None, added: str) -> Markup:
    """Where what is added here is kept, for whoever builds the store by hand."""
    command = Markup('<bdi dir="ltr"><code>python -m index build {} {}</code></bdi>').format(_text(sources or "FOLDER"), _text(added))
    return Markup('<p class="foot">{}</p>').format(
        say(
            "Files that are added here are kept in {folder}. Whoever builds the store by hand names that folder too: {command}",
            folder=Markup("<code>{}</code>").format(_isolated(added)),
            command=command,
        )
    )


def empty(say: Phrases) -> Markup:
    """In the place of the list, where there is no article yet."""
    return Markup('<div class="nothing"><p>{}</p><p>{}</p></div>').format(
        say("No articles yet"), say("Add some here: choose files, or drop them anywhere on this page. Each is indexed on this machine.")
    )


def removed(say: Phrases, title: str, token: str, is_set_aside: bool) -> Markup:
    """An article was removed; `is_set_aside` where its file was among those added here."""
    stays = "" if is_set_aside else say("Its file stays; the next build brings it back.")
    return Markup('{} {} <button type="button" data-restore="{}">{}</button>').format(
        say("Removed: {title}.", title=_isolated(title)), stays, token, say("Undo")
    )


def known_already(say: Phrases, name: str) -> Markup:
    """A file that was to be added is there."""
    return say("{file} is there already.", file=_isolated(name))


def _head(say: Phrases, column: Sort, sort: Sort) -> Markup:
    name, way = _SORTS[column]
    return Markup('<th scope="col" aria-sort="{}"><button type="button" data-sort="{}">{}</button></th>').format(
        way if column == sort else "none", column, say(name)
    )


def _row(say: Phrases, listing: Listing, people: int) -> Markup:
    title = listing.title or listing.id
    cells = (
        (say("Publisher"), "", _isolated(listing.publisher) if listing.publisher else ""),
        (say("Date"), "", say.date(listing.date) if listing.date else ""),
        (say("Language"), "", say.language_name(listing.language)),
        (say("People quoted"), "people", say.number(people)),
    )
    drawn = Markup().join(Markup('<td class="{}" data-label="{}">{}</td>').format(kind, label, value) for label, kind, value in cells)
    return Markup(
        '<tr data-id="{}"><th scope="row"><button type="button" dir="{}" lang="{}" data-article="{}" data-version="{}">{}</button></th>{}'
        '<td class="act"><button type="button" data-remove="{}" aria-label="{}">{}</button></td></tr>'
    ).format(
        _text(listing.id),
        direction(title, of_language(listing.language)),
        _text(listing.language),
        _text(listing.id),
        listing.sha256,
        _text(title),
        drawn,
        _text(listing.id),
        _text(say("Remove {title}", title=title).unescape()),
        say("Remove"),
    )


def _pages(say: Phrases, rows: Rows) -> Markup:
    if rows.total <= ROWS:
        return Markup()
    shown = say(
        "{first}–{last} of {total}",
        first=say.number(rows.start + 1),
        last=say.number(rows.start + len(rows.listings)),
        total=say.number(rows.total),
    )
    before, after = rows.start - ROWS, rows.start + ROWS
    return Markup('<nav class="pages" aria-label="{}">{}<span>{}</span>{}</nav>').format(
        say("Pages of the list"),
        _turn(say("Previous"), before if before >= 0 else None),
        shown,
        _turn(say("Next"), after if after < rows.total else None),
    )


def _turn(name: Markup, start: int | None) -> Markup:
    if start is None:
        return Markup('<button type="button" disabled>{}</button>').format(name)
    return Markup('<button type="button" data-start="{}">{}</button>').format(start, name)
