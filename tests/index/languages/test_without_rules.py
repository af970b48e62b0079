"""A language whose folder has no rules is still told, read, found, and quoted letter for letter; nobody is named as speaking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from index.articles import make_article
from index.languages.base import language
from index.store.store import Store
from index.story.quotations import quotations_of
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.quotes.check import check_all

TEXT = (
    "Die Fähre bleibt im Hafen\n\n"
    "Die Fähre nach Kessa bleibt im Hafen, weil das Ruder gebrochen ist. Der Hafenmeister hat die Werft in Vaux verständigt.\n\n"
    "„Wir warten auf ein Ersatzteil aus der Werft“, sagte Hafenmeister Jonas Brandt. Die Fahrkarten werden erstattet.\n"
)
SAID = "Wir warten auf ein Ersatzteil aus der Werft"


@pytest.fixture(scope="module")
def store(make_store: Any) -> Store:
    def sources(folder: Path) -> Path:
        articles = folder / "articles"
        articles.mkdir()
        (articles / "faehre.txt").write_text(TEXT, encoding="utf-8")
        (articles / "bakery.txt").write_text("The bakery on the square opened again on Monday.\n", encoding="utf-8")
        return articles

    return Store.open(make_store("german", sources))


def test_it_has_no_rules() -> None:
    assert language("de").rules("cues") is None and language("de").rules("people") is None


def test_quotations_are_found_and_nobody_is_named() -> None:
    article = make_article("faehre.txt", TEXT)
    assert (article.language, article.title) == ("de", "Die Fähre bleibt im Hafen")
    (found,) = quotations_of(TEXT, article.story, article.language)
    assert (found.span.of(TEXT), found.speaker_name) == (SAID, None)


def test_it_is_found_and_quoted_letter_for_letter(store: Store) -> None:
    hit = retrieve(store, analyse(store, "Warum bleibt die Fähre im Hafen?"), 1)[0]
    assert hit.passage.article_id == "faehre.txt"
    (checked,) = check_all(store, [(SAID, None)])
    assert checked.verdict == "verbatim"
    assert [match.span.of(TEXT) for match in checked.matches] == [SAID]
