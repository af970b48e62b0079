"""The server functions that the scripts call: queries about articles and the index, and changes of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from index.articles import Article
from index.errors import InputError, OnRecordError, StoreMissing
from index.readers.reading import holds_several, suffix_of
from index.store.filters import ANY
from index.text.spans import Span
from page.draw import articles, checks, evaluate, filters, judge, masthead, reader, timeline
from page.draw import model as writing
from page.draw.phrases import Phrases
from page.serve import evaluating, judging
from page.serve.received import chosen_filters, decoded, phrases_of
from page.serve.requests import RecentResults
from qa.evaluate.judged import Saved
from qa.evaluate.results import Results
from qa.library.facets import Sort
from qa.library.indexing import OUR_FAULT
from qa.library.library import Library
from qa.writing.model_loader import NamedModel

# Judgements that can be undone, of all visitors together. Not measured.
_KEPT_JUDGEMENTS = 1000
_logger = logging.getLogger("onrecord")


def functions(
    library: Library, judged_folder: Path, named: NamedModel, may_name: bool, reports: RecentResults[Results]
) -> list[Callable[[object], object]]:
    """The functions, whose names the scripts use. `reports` are those that can be saved; `may_name` is as in `make_page`."""
    judgements: RecentResults[Saved] = RecentResults(_KEPT_JUDGEMENTS)

    def state(sent: object) -> dict[str, Any]:
        known, say = library.state(), phrases_of(sent)
        written = named.is_named and isinstance(sent, Mapping) and sent.get("written") is True
        return {
            "busy": known.name != "ready",
            "empty": known.articles == 0,
            "generation": known.generation,
            "line": masthead.state(say, known),
            "welcome": masthead.welcome(say, known, written),
            "model": (named.name or say.plain(writing.UNKNOWN)) if named.is_named else None,
        }

    def source(sent: object) -> str:
        return _source(library, sent)

    def find(sent: object) -> dict[str, Any]:
        return _find(library, sent)

    def save(sent: object) -> dict[str, Any]:
        return _outcome(judging.save, library, judged_folder, judgements, sent)

    def undo(sent: object) -> dict[str, Any]:
        return _outcome(judging.undo, judged_folder, judgements, sent)

    def sets(sent: object) -> dict[str, str]:
        say = phrases_of(sent)
        return {
            "line": evaluate.measured_on(say, library.state().articles),
            "choices": evaluate.sets(say, evaluating.choices(library, judged_folder)),
        }

    def own_set(sent: object) -> dict[str, Any]:
        return _outcome(evaluating.own_choice, sent)

    def report(sent: object) -> dict[str, str]:
        return evaluating.report_file(reports, sent)

    def facets(sent: object) -> dict[str, Any]:
        return _facets(library, sent)

    def articles(sent: object) -> dict[str, Any]:
        return _listed(library, sent)

    def add(sent: object) -> dict[str, Any]:
        return _outcome(_add, library, sent)

    def taken_in(sent: object) -> dict[str, Any]:
        return _outcome(_taken_in, library, sent)

    def remove(sent: object) -> dict[str, Any]:
        return _outcome(_remove, library, sent)

    def restore(sent: object) -> dict[str, Any]:
        return _outcome(_restore, library, sent)

    def name_model(sent: object) -> dict[str, Any]:
        return _outcome(connected, named if may_name else None, sent)

    return [
        *(state, source, find, save, undo, sets, own_set, report, facets, articles, add, taken_in, remove, restore),
        name_model,
    ]


def _outcome(act: Callable[..., str], *given: object) -> dict[str, Any]:
    """The result of a change: a line for the script, and whether it succeeded."""
    try:
        return {"done": True, "line": act(*given)}
    except OnRecordError as error:
        return {"done": False, "line": judge.refused(str(error))}
    except Exception as error:
        _logger.exception("what somebody did on the page")
        return {"done": False, "line": judge.refused(OUR_FAULT.format(type(error).__name__))}


def _source(library: Library, sent: object) -> str:
    """The markup of an article, with the cited span if `sent` has one. `sent` is untrusted input."""
    say = phrases_of(sent)
    try:
        article = _article(library, say, sent)
        quotations = library.quotations(article.id)
        others = reader.marks(sent.get("others"), article) if isinstance(sent, Mapping) else ()
        match sent:
            case {"start": int(start), "end": int(end), "number": int(number)}:
                return reader.source(say, article, quotations, Span(start, end), number, others)
            case {"start": int(start), "end": int(end)}:
                return reader.source(say, article, quotations, Span(start, end), others=others)
            case _:
                return reader.source(say, article, quotations, others=others)
    except (OnRecordError, ValueError) as error:
        return reader.notice(say, str(error))


def _article(library: Library, say: Phrases, sent: object) -> Article:
    """The article, in the version that the page knows. Raises InputError if it does not exist, and the store's errors."""
    match sent:
        case {"article": str(id), "version": str(version)}:
            article = library.article(id)
        case _:
            raise InputError(say("That is no place in an article."))
    if article is None:
        raise InputError(say("This article is no longer in the store."))
    if article.sha256 != version:
        raise InputError(say("This article has changed since. Ask again to see it as it is now."))
    return article


def _find(library: Library, sent: object) -> dict[str, Any]:
    """The spans of words in an article, and their number."""
    words = str(sent.get("words")) if isinstance(sent, Mapping) else ""
    try:
        places, count = reader.find(_article(library, phrases_of(sent), sent).text, words)
    except OnRecordError:
        return {"places": [], "count": 0}
    return {"places": [[place.start, place.end] for place in places], "count": count}


def _facets(library: Library, sent: object) -> dict[str, Any]:
    """The available filters, and those chosen in `sent`, which is untrusted input."""
    say = phrases_of(sent)
    chosen = chosen_filters(library, sent.get("filters") if isinstance(sent, Mapping) else None)
    try:
        panel = filters.panel(say, library.facets())
    except OnRecordError:  # the state of the index reports it
        panel = Markup()
    return {"panel": panel, "line": filters.line(say, chosen), "filters": filters.as_parameters(chosen)}


def _listed(library: Library, sent: object) -> dict[str, Any]:
    """The list of articles that `sent` requests, which is untrusted input."""
    say = phrases_of(sent)
    sort: Sort = "date"
    match sent:
        case {
            "search": str(search),
            "sort": "date" | "title" | "publisher" as sort,
            "start": int(start),
            "filters": given,
            "stories": bool(by_story),
        }:
            chosen = chosen_filters(library, given)
        case _:
            search, start, chosen, by_story = "", 0, ANY, True
    foot = articles.foot(say, library.state().sources, str(library.added))
    listed = {"count": "", "timeline": "", "stories": False}
    try:
        rows = library.overview(search, chosen, sort, start, articles.ROWS, by_story)
        held = library.facets().articles
    except StoreMissing:
        held = 0
    except OnRecordError as error:
        return listed | {"markup": checks.trouble(str(error))}
    if not held:
        return listed | {"markup": articles.empty(say) + foot}
    return {
        "count": articles.count_line(say, rows, held),
        "timeline": timeline.plot(say, rows.timeline, chosen),
        "stories": rows.has_stories,
        "markup": articles.table(say, rows, sort) + foot,
    }


def _add(library: Library, sent: object) -> str:
    """Adds a file with a name and content in Base64. Both are untrusted input: the name is never used as a path."""
    match sent:
        case {"name": str(name), "data": str(data)}:
            kept = library.add(name, decoded(name, data))
            if kept is None:
                return articles.known_already(phrases_of(sent), name)
            return articles.being_read(phrases_of(sent), kept) if holds_several(suffix_of(kept)) else ""
        case _:
            raise InputError("That is no file.")


def _taken_in(library: Library, sent: object) -> str:
    """The result of adding a file that may contain several articles; empty until it is known."""
    match sent:
        case {"file": str(name)}:
            known = library.taken(name)
            return "" if known is None else articles.taken(phrases_of(sent), name, known)
        case _:
            raise InputError("That is no file.")


def _remove(library: Library, sent: object) -> str:
    match sent:
        case {"article": str(id)}:
            token, removed = library.remove(id)
            return articles.removed(phrases_of(sent), removed.article.title or id, token, removed.moved is not None)
        case _:
            raise InputError("That is no article.")


def _restore(library: Library, sent: object) -> str:
    match sent:
        case {"token": str(token)}:
            library.restore(token)
            return ""
        case _:
            raise InputError("That is no article.")


def connected(named: NamedModel | None, sent: object) -> str:
    """`sent` is untrusted input. It holds an address only if visitors may name the model."""
    say = phrases_of(sent)
    match sent:
        case {"address": str(address)} if named is not None and address.strip():
            return writing.connected(say, named.connect(address))
        case {"address": str(address)} if named is not None:
            raise InputError(say("There is no address yet."))
        case _:
            raise InputError("The language model is named where this page is started: python ui.py --model ADDRESS")
