"""What is drawn of filters and of the list of articles: foreign text stays text, and what travels says the same at either end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from index.catalogue import Listing
from index.filters import ANY, Filters, first_day, last_day
from page import articles, filters
from page.phrases import phrases
from qa.facets import Bin, Facets, Rows

SAY = phrases("en")
HOSTILE = """<img src=x onerror="alert(1)"> & 'Daily' \u202e {name} {{x}}\0\r"""


def parsed(markup: str) -> ElementTree.Element:
    """Our own markup, read strictly but for the elements that HTML leaves open and attributes without a value."""
    text = str(markup).replace("\0", "\ufffd")
    for name in ("required", "multiple", "disabled", "hidden", "data-clear"):
        text = text.replace(f" {name}>", f' {name}="">').replace(f" {name} ", f' {name}="" ')
    for name in ("input", "progress"):
        parts = text.split(f"<{name} ")
        text = parts[0] + "".join(f"<{name} " + part.replace(">", "/>", 1) for part in parts[1:])
    return ElementTree.fromstring(f"<root>{text}</root>")


def names(element: ElementTree.Element) -> set[str]:
    return {child.tag for child in element.iter()}


def text_of(markup: str) -> str:
    return " ".join("".join(parsed(markup).itertext()).split())


# What came over the network.


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "ar",
        [],
        {},
        {"language": None, "publisher": 3, "speaker": ["x"], "after": 2015, "before": {}},
        {"language": "", "publisher": "  ", "after": "", "before": "soon", "speaker": "\ud800"},
        {"after": "2015-13", "before": "2015-02-30"},
        {"after": "0000", "before": "15", "colour": "red"},
    ],
)
def test_what_is_no_filter_or_cannot_be_read_is_left_out(sent: Any) -> None:
    assert filters.wanted(sent) == ANY


def test_one_odd_part_leaves_the_others() -> None:
    sent = {"language": "ar", "publisher": " P ", "after": "2015-03", "before": "never", "speaker": "S"}
    assert filters.wanted(sent) == Filters("ar", "P", 20150301, None, "S")


dates = st.dates(date(1, 1, 1)).flatmap(lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))
words = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
some_filters = st.builds(Filters, words, words, st.none() | dates.map(first_day), st.none() | dates.map(last_day), words)


@given(some_filters)
def test_filters_that_travel_arrive_as_they_left(chosen: Filters) -> None:
    arrived = filters.wanted(filters.as_parameters(chosen))
    assert replace(arrived, before=last_of_month(arrived.before)) == replace(chosen, before=last_of_month(chosen.before))


def last_of_month(day: int | None) -> int | None:
    """The 31st is the end of every month."""
    return day if day is None or day % 100 < 28 else day // 100 * 100 + 31


@given(some_filters, st.booleans())
def test_any_filters_can_be_drawn(chosen: Filters, removable: bool) -> None:
    for say in (SAY, phrases("ar")):
        drawn = filters.chips(say, chosen, removable)
        assert bool(drawn) == (chosen != ANY)
        assert drawn.count("data-unfilter") == (drawn.count('class="chip"') + 1 if removable and drawn else 0)


@pytest.mark.parametrize(
    ("after", "before", "said"),
    [
        ("2015", "2016-03", "2015 – March 2016"),
        ("2025-01", "2025-01", "January 2025"),
        ("2025", "2025", "2025"),
        ("2025", "2025-03", "January 2025 – March 2025"),
        ("2025-03-05", "2025-04", "5 March 2025 – 30 April 2025"),
        ("2016-02-29", "2016-02-29", "29 February 2016"),
        ("2015-06", None, "from June 2015"),
        (None, "2015", "until 2015"),
    ],
)
def test_dates_are_said_in_as_few_words_as_say_it(after: str | None, before: str | None, said: str) -> None:
    assert text_of(filters.chips(SAY, filters.wanted({"after": after, "before": before}), False)) == said


def test_chips_are_text_with_a_name_for_what_removes_them() -> None:
    chosen = Filters("ar", HOSTILE, speaker=HOSTILE)
    drawn = parsed(filters.chips(SAY, chosen, True))
    assert names(drawn) == {"root", "ul", "li", "span", "bdi", "button"}
    labels = [button.get("aria-label") for button in drawn.iter("button")][:3]
    assert labels[0] == "Remove the filter Arabic"
    assert all("onerror" in (label or "") for label in labels[1:])


def test_the_panel_offers_what_there_is_as_text() -> None:
    bins = [Bin("2015", "2015", 3), Bin("2016", "2016", 0), Bin("2017", "2017", 10_000)]
    drawn = parsed(filters.panel(SAY, Facets(3, {"en": 2, "ar": 1}, {HOSTILE: 3}, {HOSTILE: 1}, bins, 2)))
    ours = {
        "root",
        "div",
        "fieldset",
        "legend",
        "label",
        "input",
        "span",
        "bdi",
        "b",
        "datalist",
        "option",
        "svg",
        "rect",
        "title",
        "p",
        "button",
    }
    assert names(drawn) <= ours
    assert [radio.get("value") for radio in drawn.iter("input") if radio.get("type") == "radio"] == ["", "en", "ar"]
    heights = [float(bar.get("height", "")) for bar in drawn.iter("rect")]
    assert heights[0] >= 3 and heights[1:] == [0, 100]
    ends = [one for one in drawn.iter("input") if one.get("type") == "range"]
    assert [(one.get("value"), one.get("max"), one.get("aria-valuetext")) for one in ends] == [("0", "2", "2015"), ("2", "2", "2017")]
    assert "2 articles have no date" in text_of(filters.panel(SAY, Facets(3, {}, {}, {}, bins, 2)))
    assert not list(parsed(filters.panel(SAY, Facets(0, {}, {}, {}, (), 0))).iter("svg"))


def listing(n: int, title: str | None = "T") -> Listing:
    return Listing(f"{n}.txt", "0" * 64, title, None, None, None, "en", 1)


def test_the_list_is_a_table_whose_foreign_words_are_text() -> None:
    one = Listing(HOSTILE, "0" * 64, HOSTILE, HOSTILE, HOSTILE, "2015-03", "ar", 2)
    drawn = parsed(articles.table(SAY, Rows([one], {HOSTILE: 1234}, 0, 1), "date"))
    assert names(drawn) == {"root", "table", "caption", "thead", "tr", "th", "button", "span", "tbody", "td", "bdi", "time"}
    assert [head.get("aria-sort") for head in drawn.iter("th") if head.get("aria-sort")] == ["none", "none", "descending"]
    cells = ["".join(cell.itertext()) for cell in drawn.iter("td")]
    assert cells[1:] == ["March 2015", "Arabic", "1,234", "Remove"]


def test_an_article_without_a_title_is_called_by_its_id() -> None:
    assert "7.txt" in text_of(articles.table(SAY, Rows([listing(7, None)], {}, 0, 1), "date"))


@pytest.mark.parametrize(
    ("start", "shown", "turns"),
    [(0, "1–50 of 120", [None, "50"]), (50, "51–100 of 120", ["0", "100"]), (100, "101–120 of 120", ["50", None])],
)
def test_pages_say_where_they_are_and_go_on(start: int, shown: str, turns: list[str | None]) -> None:
    rows = Rows([listing(n) for n in range(start, min(120, start + articles.ROWS))], {}, start, 120)
    drawn = parsed(articles.table(SAY, rows, "title"))
    nav = next(drawn.iter("nav"))
    assert shown in "".join(nav.itertext())
    assert [button.get("data-start") for button in nav.iter("button")] == turns


def test_where_nothing_is_found_that_is_said_with_a_way_out() -> None:
    drawn = articles.table(SAY, Rows([], {}, 0, 0), "date")
    assert text_of(drawn) == "No article is like that.Clear the filters"
    assert "data-clear" in drawn


def test_how_many_are_found_is_said_against_how_many_there_are() -> None:
    rows = Rows([listing(1)], {}, 0, 1)
    assert articles.found(SAY, rows, 1200) == "1 of 1,200 articles"
    assert articles.found(SAY, rows, 1) == "1 article"


def test_a_removal_can_be_undone_and_says_where_the_file_stays() -> None:
    for aside in (True, False):
        drawn = articles.removed(SAY, HOSTILE, "token", aside)
        assert names(parsed(drawn)) == {"root", "bdi", "button"}
        assert ("Its file stays; the next build brings it back." in drawn) is not aside
        assert 'data-restore="token"' in drawn


def test_the_foot_names_both_folders_for_a_build_by_hand() -> None:
    assert "python -m index build news <i>" in text_of(articles.foot(SAY, "news", "<i>"))
    assert isinstance(articles.foot(SAY, None, "added"), Markup)
    assert "python -m index build FOLDER added" in text_of(articles.foot(SAY, None, "added"))
