"""Papers that print one agency's text are one source, and the agency's own is cited first where it can be told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import wire

from index.articles import Article, make_article
from index.build.build import build
from index.store.filters import Filters
from index.store.store import Store
from index.text.spans import Span
from qa.__main__ import main
from qa.answer import answer
from qa.ask.sources import Print, agency_name, credit_of, credited, is_agency, original, prints, sources, span_of
from qa.export.answer_json import answer_json
from qa.export.wording import counted

STORY = "The lamps of Kessa pier were lit again on Monday.\n\nNobody had missed them, the keeper said, and the gulls least of all.\n"


def article(text: str = STORY, id: str = "a", **facts: str) -> Article:
    return make_article(id, text, **facts)


@pytest.fixture(scope="module")
def folder(wire_store_folder: Path) -> Path:
    return wire_store_folder


@pytest.fixture(scope="module")
def store(wire_store: Store) -> Store:
    return wire_store


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        (f"KESSA (AP) — {STORY}", "Associated Press"),
        (f"KESSA, May 3 (Reuters) - {STORY}", "Reuters"),
        (f"KESSA, May 3 (MPA) — {STORY}", "MPA"),
        (f"كيسا (د ب أ) - {STORY}", "dpa"),
        (f"كيسا – رويترز – {STORY}", "Reuters"),
        (f"الرياض (واس) - {STORY}", "SPA"),
        (f"Lamps lit\n\nBy Ivo Tarn, Associated Press\n\n{STORY}", "Associated Press"),
        (f"Lamps lit\n\nMarwena Press Agency\n\n{STORY}", "Marwena Press Agency"),
        (f"عودة المصابيح\n\nالمصدر: وكالة الأنباء الفرنسية\n\n{STORY}", "AFP"),
        (f"{STORY}\n© 2031 Agence France-Presse", "AFP"),
        (f"{STORY.rstrip()} (Reuters)\n", "Reuters"),
    ],
)
def test_an_agency_is_known_by_dateline_byline_line_or_copyright(text: str, agency: str) -> None:
    assert credited(article(text)) == agency


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        f"A keeper is pictured during an interview with Reuters, in Kessa, May 3, 2031. REUTERS/Ivo Tarn\n\n{STORY}",
        f"{STORY}\nThe keeper told Reuters that he was tired.\n",
        f"The keeper (left) — {STORY}",
        f"KESSA (Monday) — {STORY}",
        f"Lamps lit\n\nBy Ivo Tarn\n\n{STORY}",
        f"بنا\n\n{STORY}",
    ],
)
def test_a_caption_a_sentence_and_a_word_that_looks_like_one_name_no_agency(text: str) -> None:
    assert credited(article(text)) is None


def test_a_publisher_that_is_an_agency_is_told_from_a_paper() -> None:
    assert [
        name for name in ("Reuters", "وكالة تارفل للأنباء", "Tarvel News Agency", "Tarvel Gazette", "صدى الشمال") if is_agency(name)
    ] == [
        "Reuters",
        "وكالة تارفل للأنباء",
        "Tarvel News Agency",
    ]
    assert agency_name("Reuters", "ar") == "رويترز"


def test_initials_a_full_name_and_a_name_in_another_script_are_one_agency() -> None:
    texts = [f"KESSA (TNA) — {STORY}", f"Lamps\n\nTarvel News Agency\n\n{STORY}", f"كيسا\n\nوكالة تارفل للأنباء\n\n{STORY}"]
    assert credit_of(article(text, language=code) for text, code in zip(texts, ("en", "en", "ar"), strict=True)) == "Tarvel News Agency"
    assert credit_of([article(texts[0]), article(f"KESSA (AP) — {STORY}")]) is None


def test_the_same_sentence_is_found_in_other_typography_and_only_whole() -> None:
    quote = "“Nobody had missed them,” she said."
    other = article('LAMPS\n\nIt was late. "Nobody  had missed them," she said. Then she left.\n')
    span = span_of(quote, other)
    assert span is not None
    assert span.of(other.text) == '"Nobody  had missed them," she said.'
    assert span_of(quote, article("Nobody had missed them, she said so.")) is None
    assert span_of("…", other) is None


def test_a_copy_prints_a_sentence_where_it_stands_and_a_translation_somewhere() -> None:
    copy, other, translation = article(id="copy"), article("Quite another text.", id="other"), article(wire.ARABIC, id="ar", language="ar")
    found = list(prints("The lamps of Kessa pier were lit again on Monday.", "en", [copy, other, translation]))
    assert [(one.article.id, one.span) for one in found] == [("copy", Span(0, 49)), ("ar", None)]


def test_the_agencys_own_is_the_original_and_nobody_where_it_is_not_there() -> None:
    own = article(id="own", publisher="Reuters", date="2031-05-04")
    paper = article(f"KESSA (Reuters) - {STORY}", id="paper", publisher="Kessa Post", date="2031-05-03")
    other = article(f"KESSA (Reuters) - {STORY}", id="other", publisher="Kessa Mail", date="2031-05-04")
    assert original([paper, own, other]) == "own"
    assert original([paper, other]) is None, "the first paper to print an agency's text did not write it"
    assert original([own]) is None


def test_a_paper_that_only_names_the_agency_below_is_not_the_agency() -> None:
    """Its publisher is read from the copyright line of the agency."""
    page = f"Lamps lit on the pier\n\nKESSA (MPA) — {STORY}\nCopyright 2031 Marwena Press Agency. All rights reserved.\n"
    paper = article(page, id="paper")
    assert paper.publisher == "Marwena Press Agency"
    assert original([paper, article(f"KESSA (MPA) — {STORY}", id="other", publisher="Kessa Post")]) is None


def test_without_an_agency_the_older_by_a_day_is_the_original() -> None:
    first, later = article(id="first", date="2031-05-03"), article(id="later", date="2031-05-04")
    assert original([later, first]) == "first"
    assert original([first, replace(later, date="2031-05-03")]) is None
    assert original([first, replace(later, date="2031-05")]) is None, "a month may be any of its days"
    assert original([first, replace(later, date=None)]) is None


def test_what_one_article_or_one_paper_says_is_one_source() -> None:
    one, copy = article(id="one", publisher="Post"), article(id="copy", publisher="Mail")
    other, again = article("Other words.", id="other", publisher="Herald"), article("More words.", id="again", publisher="Herald")
    found = sources([([1, 2], [Print(one, Span(0, 3)), Print(copy, None)]), ([3], [Print(other, None)]), ([4], [Print(copy, Span(0, 3))])])
    assert [source.citations for source in found] == [(1, 2, 4), (3,)]
    assert found[0].articles == ("one", "copy")
    assert [one.span for one in found[0].prints] == [Span(0, 3), Span(0, 3)], "a place that is known is kept"
    assert found[0].papers == ("Post", "Mail")
    assert [source.citations for source in sources([([1], [Print(other, None)]), ([2], [Print(again, None)])])] == [(1, 2)]


def test_two_papers_of_one_agency_are_two_sources_where_one_writes_itself() -> None:
    wired = article(f"KESSA (AP) — {STORY}", id="wired", publisher="Post")
    written = article("Its own words.", id="written", publisher="Post")
    assert len(sources([([1], [Print(wired, None)]), ([2], [Print(written, None)])])) == 2


def test_the_agencys_own_is_cited_first_letter_for_letter(store: Store) -> None:
    found = answer(store, wire.ASKED_PAY)
    statement = found.statements[0]
    cited = [found.citations[number - 1] for number in statement.citations]
    assert cited[0].article.id == "agency"
    assert {citation.article.id for citation in cited} <= {"agency", "gazette", "herald"}
    assert statement.text == cited[0].quote == wire.PAY
    assert all(citation.article.text[citation.span.start : citation.span.end] == citation.quote for citation in found.citations)
    assert cited[0].why, "the words that were met in a copy are met in the original"


def test_four_papers_and_their_agency_are_one_source(store: Store) -> None:
    found = answer(store, wire.ASKED_PAY)
    (source,) = found.sources
    assert set(source.articles) == {"agency", "gazette", "herald", "mail", "sada"}
    assert set(source.papers) == {"Tarvel Gazette", "Northern Herald", "Evening Mail", "صدى الشمال"}
    assert (source.credit, source.original) == ("Tarvel News Agency", "agency")
    assert counted(found) == "Sources: 1 – 4 papers, one agency text (Tarvel News Agency)"
    (told,) = answer_json(found)["sources"]
    assert told == {
        "citations": [citation.number for citation in found.citations],
        "articles": list(source.articles),
        "papers": list(source.papers),
        "credit": "Tarvel News Agency",
        "original": "agency",
    }


def test_a_copy_with_another_number_is_no_source_of_its_own_whether_it_is_told_or_not(tmp_path: Path) -> None:
    copies = [
        {"id": f"copy{n}", "publisher": f"Paper {n}", "text": f"Dockers {n}\n\n{wire.WIRE.replace('$600 a month', f'${n}00')}"}
        for n in range(1, 6)
    ]
    rows = [json.dumps(row) for row in (*copies, wire.RECORDS[-1])]
    (tmp_path / "corpus.jsonl").write_text("\n".join(rows), encoding="utf-8")
    build(tmp_path / "store", [tmp_path / "corpus.jsonl"])
    found = answer(Store.open(tmp_path / "store"), wire.ASKED_PAY)
    assert len(found.citations) < 5, "no room to tell them all"
    (source,) = found.sources
    assert set(source.articles) == {f"copy{n}" for n in range(1, 6)}


def test_an_article_that_stands_alone_is_one_source_and_nothing_is_said_of_it(store: Store) -> None:
    found = answer(store, wire.ASKED_LAWYER)
    assert [source.articles for source in found.sources] == [("radio",)]
    assert counted(found) is None


def test_no_article_is_cited_that_the_filters_leave_out(store: Store) -> None:
    found = answer(store, wire.ASKED_PAY, Filters(publisher="Tarvel Gazette"))
    assert {citation.article.id for citation in found.citations} == {"gazette"}
    assert found.disagreements == ()
    assert set(found.sources[0].articles) == {"agency", "gazette", "herald", "sada"}, "who printed it is known all the same"


def test_an_abstention_has_no_sources(store: Store) -> None:
    found = answer(store, "At what temperature does molybdenum melt?")
    assert found.abstained
    assert (found.sources, found.disagreements) == ((), ())


def test_the_command_line_says_how_many_sources_there_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", wire.ASKED_PAY, "--store", str(folder)])
    said = capsys.readouterr().out
    assert said.startswith("The articles differ: $600 a month [1]; $400 [")
    assert "Sources: 1 – 4 papers, one agency text (Tarvel News Agency)" in said.splitlines()
