"""A build of the nasty folder: it ends, with an article or a reason for every file, and writes nothing but its store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import nasty
import pytest

from index.build.build import BuildReport, build
from index.readers.workers import Workers
from index.store.store import Store

# Within which each result of a file must be there: a quarter of what a user grants them, for a test that ends.
SECONDS = 15.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    nasty.make(folder / "files")
    return folder


@pytest.fixture(scope="module")
def built(place: Path, make_tiny_token_embedder: Any) -> Iterator[tuple[BuildReport, Store]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.articles.Workers", partial(Workers, seconds=SECONDS))
        report = build(place / "store", [place / "files"], make_tiny_token_embedder())
    store = Store.open_or_make(place / "store", make_tiny_token_embedder())
    yield report, store
    store.close()


def test_there_are_forty_and_more() -> None:
    assert len(nasty.FILES) >= 40


def test_every_file_is_an_article_or_has_a_reason(place: Path, built: tuple[BuildReport, Store]) -> None:
    report, store = built
    told = {*store.catalogue.fingerprints(), *(skipped.path for skipped in report.skipped)}
    by_their_own_names = {"formulas.csv": "1"}
    untold = [
        name
        for name in nasty.names(place / "files")
        if not any(id == name or id.startswith((f"{name}/", f"{name}:")) for id in told) and by_their_own_names.get(name) not in told
    ]
    assert untold == []


def test_every_reason_is_one_line_that_a_person_can_read(built: tuple[BuildReport, Store]) -> None:
    report, _ = built
    for skipped in report.skipped:
        assert skipped.reason
        assert "\n" not in skipped.reason
        assert len(skipped.reason) < 600
        assert "Traceback" not in skipped.reason


def test_what_could_be_read_is_whole_and_what_could_not_is_not_there(built: tuple[BuildReport, Store]) -> None:
    report, store = built
    articles = {article.id: article for article in store.catalogue.all_articles()}
    for name in (
        "script.html",
        "script.docx",
        "script.eml",
        "script.pdf",
        "script.warc:1",
        "deep.rtf",
        "a long head.eml",
        "a ring of tables.pdf",
    ):
        assert nasty.STORY in " ".join(articles[name].text.split()), name
    assert not any("root:" in article.text for article in articles.values()), "another's file was read"
    for article in articles.values():
        assert len(article.text) <= 20 * nasty.MEGABYTE
        assert all(
            article.text[passage.span.start : passage.span.end] == passage.text for passage in store.catalogue.passages_of(article.id)
        )
    assert store.differences() == []
    assert report.articles == len(articles)


def test_the_scripts_of_a_page_are_no_text_and_what_it_says_of_them_is(built: tuple[BuildReport, Store]) -> None:
    _, store = built
    article = store.catalogue.article("script.html")
    assert article is not None
    assert article.text.count("window.pwned") == nasty.SCRIPT.count("window.pwned")  # the escaped ones


def test_nothing_is_written_but_the_store(place: Path, built: tuple[BuildReport, Store]) -> None:
    assert sorted(entry.name for entry in place.iterdir()) == ["files", "store"]
    assert not any(path.name.startswith("out") for path in place.parent.rglob("out.*"))
    assert len(list((place / "files").iterdir())) == len(nasty.FILES) + 5


def test_a_second_build_finds_nothing_new(place: Path, built: tuple[BuildReport, Store], make_tiny_token_embedder: Any) -> None:
    report, _ = built
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.articles.Workers", partial(Workers, seconds=SECONDS))
        again = build(place / "store", [place / "files"], make_tiny_token_embedder())
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, report.articles)
