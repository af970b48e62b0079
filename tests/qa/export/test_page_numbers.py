"""A citation of a paged document says on which page its words stand."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from make_pdf import print_pages
from markupsafe import Markup

from index.articles import make_article
from index.build.build import build
from index.store.store import Store
from index.text.spans import Span
from page.draw.conversation import Turn, conversation
from page.draw.phrases import phrases
from qa.ask.types import Answer, Citation, Statement
from qa.export import references

ROOT = Path(__file__).resolve().parents[3]
FIRST = "The ferry Nawras left Kessa at nine in the morning with two hundred passengers."
SECOND = "The lighthouse of Vell stands forty-seven metres tall above the harbour."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paged")
    (folder / "files").mkdir()
    pages = f"<h1>Report on the coast</h1><p>{FIRST}</p><p style='break-before: page'>{SECOND}</p>"
    print_pages(folder / "files", {"report": (pages, {})})
    build(folder / "store", [folder / "files" / "report.pdf"])
    return folder / "store"


def run(store: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments, "--store", str(store)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_pages_are_kept_with_the_article(store: Path) -> None:
    with closing(Store.open(store)) as opened:
        article = opened.catalogue.article("report.pdf")
    assert article is not None
    assert len(article.pages) == 2
    assert article.page_at(article.text.index(FIRST)) == 1
    assert article.page_at(article.text.index(SECOND)) == 2
    assert article.page_at(len(article.text)) == 2


def test_an_article_is_shown_with_its_pages(store: Path) -> None:
    shown = orjson.loads(run(store, "index", "show", "report.pdf", "--json"))
    assert shown["pages"] == [0, shown["text"].index(SECOND)]


def test_an_answer_names_the_page(store: Path) -> None:
    question = "How tall is the lighthouse of Vell?"
    (citation, *_) = orjson.loads(run(store, "qa", "ask", question, "--json"))["citations"]
    assert (citation["article"], citation["page"]) == ("report.pdf", 2)
    assert "report.pdf, page 2 [" in run(store, "qa", "ask", question)


def test_a_checked_quote_names_the_page(store: Path) -> None:
    (match, *_) = orjson.loads(run(store, "qa", "check", FIRST, "--json"))["matches"]
    assert match["page"] == 1
    assert "report.pdf, page 1 [" in run(store, "qa", "check", FIRST)


def test_what_has_no_pages_has_no_page() -> None:
    article = make_article("a.txt", FIRST)
    assert article.page_at(3) is None
    assert article.named_at(3) == "a.txt"


@pytest.fixture
def citation() -> Citation:
    text = f"{FIRST}\n\n{SECOND}"
    article = replace(make_article("report.pdf", text, title="Report"), pages=(0, text.index(SECOND)))
    span = Span(text.index(SECOND), len(text))
    return Citation(1, article, span, SECOND, None, 1.0)


def test_bibliographies_have_the_page(citation: Citation) -> None:
    assert "  pages = {2},\n" in references.bibtex([citation])
    assert "SP  - 2\r\n" in references.ris([citation])
    item: Any = orjson.loads(references.csl_json([citation]))
    assert item[0]["page"] == "2"
    assert references.place(citation) == f"report.pdf, page 2, characters {citation.span.start}–{citation.span.end}"


@pytest.mark.parametrize(("language", "words"), [("en", "page 2"), ("ar", "الصفحة 2")])
def test_the_page_of_the_source_is_shown(citation: Citation, language: str, words: str) -> None:
    answer = Answer("How tall?", "en", (Statement(SECOND, (1,), "verbatim"),), (citation,), None, False, None)
    assert words in Markup(conversation(phrases(language), [Turn("How tall?", answer)])).striptags()
