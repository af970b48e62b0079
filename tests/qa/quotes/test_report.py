"""Reports on a draft: what each form says, and that no text of a draft or article is ever more than text in it."""

from __future__ import annotations

import csv
import json
import re
import stat
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from index.articles import make_article
from index.errors import InputError
from index.text.spans import Span
from qa.quotes import report
from qa.quotes.check import Match, QuoteCheck, Verdict
from qa.quotes.draft import DraftQuote
from qa.support.wording import Change

HOSTILE = "<script>alert(1)</script> & \"'=1+1 *a* [b](javascript:c) `d` ~e~ | \x00 \u202e"


def match(text: str, quote: str, **more: object) -> Match:
    """The place of `quote` in an article of that text."""
    article = make_article("a/b.txt", text, title="The Nawras", publisher="The Courier", date="2024-03-13", url="https://a.example/1")
    start = text.index(quote)
    whole = Match(article, Span(start, start + len(quote)), quote, "Ann Ray", "direct", True, 1.0, (Change("equal", quote),), None, None)
    return replace(whole, **more)


def drafted(text: str, quote: str, verdict: Verdict, *matches: Match, speaker: str | None = None, places: int | None = None) -> DraftQuote:
    start = text.index(quote)
    check = QuoteCheck(quote, speaker, verdict, matches, len(matches) if places is None else places)
    return DraftQuote(Span(start, start + len(quote)), quote, speaker, check)


TEXT = "A title\n\n“We saw the boat,” said Ann Ray.\r\n\r\n«لم نر القارب أبدا» قال سامر.\n“We do\nnot know,” she said."
SOURCE = "Some people claim that we never saw the boat. It was late."
QUOTES = [
    drafted(
        TEXT,
        "We saw the boat,",
        "altered",
        match(
            SOURCE,
            "we never saw the boat",
            exact=False,
            similarity=0.9,
            diff=(
                Change("equal", "we "),
                Change("delete", "never "),
                Change("equal", "saw the "),
                Change("insert", "old "),
                Change("equal", "boat"),
            ),
            context=Span(0, 45),
            reversal=Span(0, 22),
        ),
        speaker="Ann Ray",
    ),
    drafted(TEXT, "لم نر القارب أبدا", "verbatim", match("قال: لم نر القارب أبدا", "لم نر القارب أبدا"), places=7),
    drafted(TEXT, "We do\nnot know,", "not_found"),
]


def written(path: Path, text: str = TEXT, quotes: list[DraftQuote] | None = None, name: str = "draft.md") -> str:
    report.write_report(path, name, text, QUOTES if quotes is None else quotes)
    return path.read_bytes().decode()


# HTML.


def page(path: Path, text: str = TEXT, quotes: list[DraftQuote] | None = None, name: str = "draft.md") -> html.HtmlElement:
    return html.document_fromstring(written(path, text, quotes, name).encode(), parser=html.HTMLParser(encoding="utf-8"))


def running_text(tree: html.HtmlElement) -> list[str]:
    """The draft's lines as the page shows them, without the numbers."""
    return ["".join(line.xpath(".//text()[not(parent::sup)]")) for line in tree.xpath("//div[@class='row']/div[1]/p")]


def test_the_page_shows_the_draft_letter_for_letter_with_each_quotation_in_its_verdicts_colour(tmp_path: Path) -> None:
    tree = page(tmp_path / "r.html")
    marks = [(mark.get("class"), mark.get("href"), mark.text_content()) for mark in tree.xpath("//main//a[contains(@class, 'quote')]")]
    assert marks == [
        ("quote altered", "#q1", "1We saw the boat,"),
        ("quote verbatim", "#q2", "2لم نر القارب أبدا"),
        ("quote not_found", "#q3", "3We do"),
        ("quote not_found", "#q3", "not know,"),
    ]
    assert running_text(tree) == [line for line in re.split("[\r\n]+", TEXT) if line]
    for place in tree.xpath("//main//p | //main//blockquote"):
        assert place.get("dir") == "auto" or place.get("class") in ("label", "source", "speaker", "warning"), html.tostring(place)


def test_beside_a_quotation_stands_its_source_with_the_difference_and_the_words_around_it(tmp_path: Path) -> None:
    tree = page(tmp_path / "r.html")
    row = tree.xpath("//a[@href='#q1']/ancestor::div[@class='row']")[0]
    (card,) = row.xpath("./div[2]/article[@id='q1']")
    assert "The Nawras · The Courier · 2024-03-13 — a/b.txt [23:44]" in card.text_content()
    assert card.xpath(".//blockquote//del/text()") == ["never "]
    assert card.xpath(".//blockquote//ins/text()") == ["old "]
    assert card.xpath("string(.//blockquote)") == "we never saw the old boat"
    assert card.xpath("string(.//div[@class='context']/p[1])") == "Mind the words around it:"
    assert card.xpath("string(.//div[@class='context']/p[2])") == SOURCE[:45]
    assert card.xpath(".//div[@class='context']//strong/text()") == ["Some people claim that"]
    assert card.xpath(".//a/@href") == ["https://a.example/1"]
    assert "7 places hold it; here is the first." in tree.xpath("string(//article[@id='q2'])")


def test_the_page_begins_with_a_summary_and_a_legend(tmp_path: Path) -> None:
    tree = page(tmp_path / "r.html")
    assert [item.text_content() for item in tree.xpath("//ul[@class='summary']/li")] == [
        "3 quotations",
        "1 verbatim",
        "1 altered",
        "1 not found",
    ]
    assert len(tree.xpath("//div[@class='legend']/p")) == len(report.MEANINGS) + 1


def test_the_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    tree = page(tmp_path / "r.html")
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert not tree.xpath("//script | //link | //img | //iframe | //@src | //@onclick | //@style")
    assert "@import" not in tree.xpath("string(//style)")
    assert "url(" not in tree.xpath("string(//style)")


@given(st.text(st.sampled_from("<>&\"'`\n\r\x00\x1b\u202e{}%sa /=;ق"), min_size=1, max_size=40))
def test_no_text_of_a_draft_or_an_article_becomes_markup(tmp_path_factory: pytest.TempPathFactory, hostile: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    plain = page(folder / "plain.html", "x", [drafted("x", "x", "altered", match("y x y", "x", context=Span(0, 5)), speaker="x")], "x")
    place = match(f"y {hostile} y", hostile, speaker=hostile, diff=(Change("insert", hostile),), context=Span(0, len(hostile) + 4))
    place = replace(place, article=replace(place.article, id=hostile, title=hostile, url=f"https://{hostile}"))
    tree = page(folder / "hostile.html", hostile, [drafted(hostile, hostile, "altered", place, speaker=hostile)], hostile)
    known = {(element.tag, *sorted(element.attrib)) for element in plain.iter()}
    assert {(element.tag, *sorted(element.attrib)) for element in tree.iter()} <= known | {("ins",)}
    shown = hostile.replace("\0", "\ufffd")
    assert running_text(tree) == [line for line in re.split("[\r\n]+", shown) if line.strip()]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " https://a.example", None])
def test_only_addresses_of_the_web_become_links(tmp_path: Path, url: str | None) -> None:
    place = match("we saw it", "we saw it")
    place = replace(place, article=replace(place.article, url=url))
    assert not page(tmp_path / "r.html", "we saw it", [drafted("we saw it", "we saw it", "verbatim", place)]).xpath("//article//a")


def test_a_quotation_inside_another_has_its_own_colour(tmp_path: Path) -> None:
    text = "“He said ‘we saw it’ and left”"
    quotes = [drafted(text, "He said ‘we saw it’ and left", "altered"), drafted(text, "we saw it", "verbatim")]
    marks = page(tmp_path / "r.html", text, quotes).xpath("//main//a")
    assert [(mark.get("class"), mark.text_content()) for mark in marks] == [
        ("quote altered", "1He said ‘"),
        ("quote verbatim", "2we saw it"),
        ("quote altered", "’ and left"),
    ]


def test_of_many_places_the_first_are_shown_and_the_rest_folded_away(tmp_path: Path) -> None:
    places = [match(f"{number} we saw it", "we saw it") for number in range(9)]
    tree = page(tmp_path / "r.html", "we saw it", [drafted("we saw it", "we saw it", "verbatim", *places)])
    assert len(tree.xpath("//article/section")) == 3
    assert len(tree.xpath("//article/details/section")) == 6
    assert tree.xpath("//summary/text()") == ["6 more"]


# Markdown.


def test_markdown_names_each_verdict_place_and_difference(tmp_path: Path) -> None:
    text = written(tmp_path / "r.md")
    assert text.startswith("# Quotations in draft.md\n\n3 quotations: 1 verbatim, 1 altered, 1 not found.\n")
    assert "## 1. altered\n\n> We saw the boat,\n\nIn the draft: Ann Ray.\n" in text
    assert "- The Nawras · The Courier · 2024-03-13 — a/b.txt \\[23:44\\]\n\n  > we ~~never~~ saw the **old** boat\n\n  — Ann Ray\n" in text
    assert "  Mind the words around it: **Some people claim that** we never saw the boat.\n" in text
    assert "> We do not know,\n" in text, "a quote is one line: the next would end it"


def test_markdown_has_no_marks_but_its_own(tmp_path: Path) -> None:
    def unescaped(words: str) -> list[str]:
        place = match(words, words, speaker=words, diff=(Change("insert", words),), context=Span(0, len(words)))
        text = written(tmp_path / "r.md", words, [drafted(words, words, "altered", place, speaker=words)], words)
        return re.findall(r"(?<!\\)[<\[*`~|_#]", text)

    assert unescaped(HOSTILE) == unescaped("words")
    beginnings = ["- item", "+ item", "1. item", "2) item", "# item", "> item", "= item"]
    text = written(tmp_path / "r.md", "\n".join(beginnings), [drafted("\n".join(beginnings), one, "not_found") for one in beginnings])
    quoted = [line[2:] for line in text.splitlines() if line.startswith("> ")]
    assert quoted == ["\\- item", "\\+ item", "1\\. item", "2\\) item", "\\# item", "\\> item", "\\= item"]


# CSV.


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff"), "or Excel takes it for another encoding"
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_is_a_row_a_quote(tmp_path: Path) -> None:
    first, second, third = rows(written(tmp_path / "r.csv"))
    assert first == {
        "verdict": "altered",
        "quote": "We saw the boat,",
        "claimed_speaker": "Ann Ray",
        "found_speaker": "Ann Ray",
        "article": "a/b.txt",
        "start": "23",
        "end": "44",
        "source": "we never saw the boat",
        "url": "https://a.example/1",
        "draft_start": "10",
        "draft_end": "26",
    }
    assert (second["verdict"], second["quote"]) == ("verbatim", "لم نر القارب أبدا")
    assert (third["quote"], third["article"], third["start"]) == ("We do\nnot know,", "", "")


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://a.example")', "+1", "-1+1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_no_cell_is_a_formula(tmp_path: Path, cell: str) -> None:
    place = match(f"we {cell}", cell, speaker=cell)
    place = replace(place, article=replace(place.article, id=cell, url=cell))
    (row,) = rows(written(tmp_path / "r.csv", cell, [drafted(cell, cell, "altered", place, speaker=cell)]))
    for name in ("quote", "claimed_speaker", "found_speaker", "article", "source", "url"):
        assert row[name] == f"'{cell}", name


# JSON.


def test_json_holds_the_checks_and_the_summary(tmp_path: Path) -> None:
    whole = json.loads(written(tmp_path / "r.json"))
    assert whole["draft"] == "draft.md"
    assert whole["summary"] == {"verbatim": 1, "elided": 0, "altered": 1, "misattributed": 0, "translated": 0, "not_found": 1}
    assert whole["quotes"] == [report.quote_json(quote) for quote in QUOTES]
    for quote in whole["quotes"]:
        assert TEXT[quote["start"] : quote["end"]] == quote["quote"]
        assert quote.keys() >= {"quote", "claimed_speaker", "verdict", "matches", "start", "end"}


# Words.


def test_what_a_reader_must_know_is_said() -> None:
    place = match("we saw it", "we saw it")
    assert list(report.remarks(QuoteCheck("we saw it", "Bo", "misattributed", (place,), 1))) == [
        "The source does not give these words to Bo. It gives them to Ann Ray."
    ]
    assert list(report.remarks(QuoteCheck("we saw it", "Bo", "misattributed", (replace(place, speaker=None),), 1))) == [
        "The source does not give these words to Bo."
    ]
    assert list(report.remarks(QuoteCheck("we saw it", None, "verbatim", (replace(place, exact=False),), 1))) == ["Typography differs."]
    assert list(report.remarks(QuoteCheck("we saw it", None, "verbatim", (place, place), 2))) == ["2 places hold it."]
    assert list(report.remarks(QuoteCheck("we saw it", None, "verbatim", (place, place), 9))) == ["9 places hold it; here are the first 2."]


# Files.


@pytest.mark.parametrize("ending", ["html", "md", "csv", "json"])
def test_a_report_replaces_what_was_there_and_leaves_nothing_beside_it(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r.{ending.upper()}"
    path.write_text("old" * 10_000)
    written(path, "", [])
    assert "old" not in path.read_text(encoding="utf-8")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR


def test_a_draft_without_quotations_has_a_report_that_says_so(tmp_path: Path) -> None:
    assert "No quotation." in written(tmp_path / "r.md", "words", [])
    assert page(tmp_path / "r.html", "words", []).xpath("string(//ul[@class='summary'])") == "No quotation."
    assert rows(written(tmp_path / "r.csv", "words", [])) == []


def test_a_report_that_cannot_be_written_is_one_line_and_leaves_the_old_one(tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("words")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "same.md").symlink_to(draft)
    for name, said in {
        "r.pdf": r"Name a \.html, \.md, \.csv or \.json file\.$",
        "r": r"Name a \.html",
        "folder.html": r"is a folder\. Name a file",
        "none/r.html": r"There is no folder .*none for the report\.",
        "draft.md": r"is the draft itself\. Name another",
        "same.md": "is the draft itself",
    }.items():
        with pytest.raises(InputError, match=said):
            report.check_report(tmp_path / name, draft)
    report.check_report(tmp_path / "r.md", draft)
    with pytest.raises(InputError, match=r"The report cannot be written to .* \(Is a directory\)\. Name another place with --report\."):
        report.write_report(tmp_path / "folder.html", "draft.md", TEXT, QUOTES)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["draft.md", "folder.html", "same.md"]
