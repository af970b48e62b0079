"""What is drawn of filters and of the list of articles: foreign text stays text, and what travels says the same at either end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from index.articles import Skipped
from index.store.catalogue import Listing
from index.store.filters import ANY, Filters, first_day, last_day
from page.draw import articles, filters, timeline
from page.draw.phrases import phrases
from qa.library.facets import Bin, Facets, Group, Rows, Timeline
from qa.library.indexing import Taken

SAY = phrases("en")
HOSTILE = """<img src=x onerror="alert(1)"> & 'Daily' \u202e {name} {{x}}\0\r"""


def parsed(markup: str) -> ElementTree.Element:
    """Our own markup, read strictly but for the elements that HTML leaves open and attributes without a value."""
    text = str(markup).replace("\0", "\ufffd")
    for name in ("required", "multiple", "disabled", "hidden", "open", "checked", "data-clear", "data-all-time"):
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
    return Listing(f"{n}.txt", "0" * 64, title, None, None, None, "en", 1, 100)


def rows_of(*groups: Group, people: Mapping[str, int] | None = None, start: int = 0, total: int | None = None, **more: Any) -> Rows:
    listed = sum(len(group.listings) for group in groups)
    return Rows(groups, people or {}, start, len(groups) if total is None else total, listed, Timeline((), {}, 0), **more)


def test_the_list_is_a_table_whose_foreign_words_are_text() -> None:
    one = Listing(HOSTILE, "0" * 64, HOSTILE, HOSTILE, HOSTILE, "2015-03", "ar", 2, 100)
    drawn = parsed(articles.table(SAY, rows_of(Group(one), people={HOSTILE: 1234}), "date"))
    assert names(drawn) == {"root", "table", "caption", "thead", "tr", "th", "button", "span", "tbody", "td", "bdi", "time"}
    assert [head.get("aria-sort") for head in drawn.iter("th") if head.get("aria-sort")] == ["none", "none", "descending"]
    cells = ["".join(cell.itertext()) for cell in drawn.iter("td")]
    assert cells[1:] == ["March 2015", "Arabic", "1,234", "Remove"]


def test_an_article_without_a_title_is_called_by_its_id() -> None:
    assert "7.txt" in text_of(articles.table(SAY, rows_of(Group(listing(7, None))), "date"))


# Stories.


def test_articles_of_one_story_stand_under_its_lead_and_say_what_they_are() -> None:
    lead, copy, told, near = (replace(listing(n, f"Title {n}"), language=code) for n, code in enumerate(("en", "en", "ar", "en")))
    others = [(copy, "copy"), (told, "translation"), (near, "story")]
    story = Group(lead, others, printed=2, papers=2, languages=["ar", "fr"], left_out=1)
    drawn = parsed(articles.table(SAY, rows_of(Group(listing(9)), story, start=50, credits={"1.txt": HOSTILE}), "date"))
    alone, first, under = drawn.iter("tbody")
    assert "Title" not in "".join(alone.itertext()) and alone.get("hidden") is None and first.get("hidden") is None
    opener = next(button for button in first.iter("button") if button.get("data-story"))
    assert (opener.text, opener.get("data-story"), opener.get("aria-expanded")) == ("3 others", "0.txt", "false")
    assert opener.get("aria-controls") == under.get("id") and under.get("hidden") == ""
    assert "printed by 2 papers · also in Arabic, French · 1 more is not in this list" in "".join(first.itertext())
    said = ["".join(cell.itertext()) for cell in under.iter("th")]
    assert [line.split(" · ")[0] for line in said] == ["Title 1the same text", "Title 2a translation", "Title 3the same story"]
    assert said[0].startswith("Title 1the same text · text of <img src=x onerror=")
    assert names(drawn) == {"root", "table", "caption", "thead", "tr", "th", "button", "span", "tbody", "td", "bdi", "div"}


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (Group(listing(1), [(listing(2), "copy")], printed=2, papers=1), "printed 2 times"),
        (Group(listing(1), printed=3, papers=3, left_out=2), "printed by 3 papers · 2 more are not in this list"),
        (Group(listing(1), languages=["ar"], left_out=1), "also in Arabic · 1 more is not in this list"),
    ],
)
def test_what_there_is_of_a_story_is_said_in_a_few_words(group: Group, said: str) -> None:
    drawn = parsed(articles.table(SAY, rows_of(group), "date"))
    assert "".join(next(span for cell in drawn.iter("th") for span in cell.iter("span") if cell.get("scope") == "row").itertext()) == said
    assert any(button.get("data-story") for button in drawn.iter("button")) == bool(group.others)


def test_ids_of_stories_are_ours_and_unlike_those_of_the_page_before() -> None:
    hostile = Group(Listing(HOSTILE, "0" * 64, "T", None, None, None, "en", 1, 100), [(listing(2), "copy")], printed=2)
    pages = [parsed(articles.table(SAY, rows_of(hostile, hostile, start=start, total=99), "date")) for start in (0, 50)]
    ids = [body.get("id") for page in pages for body in page.iter("tbody") if body.get("id")]
    assert ids == ["story-0", "story-1", "story-50", "story-51"]


@pytest.mark.parametrize(
    ("start", "shown", "turns"),
    [(0, "1–50 of 120", [None, "50"]), (50, "51–100 of 120", ["0", "100"]), (100, "101–120 of 120", ["50", None])],
)
def test_pages_say_where_they_are_and_go_on(start: int, shown: str, turns: list[str | None]) -> None:
    groups = [Group(listing(n)) for n in range(start, min(120, start + articles.ROWS))]
    drawn = parsed(articles.table(SAY, rows_of(*groups, start=start, total=120), "title"))
    nav = next(drawn.iter("nav"))
    assert shown in "".join(nav.itertext())
    assert [button.get("data-start") for button in nav.iter("button")] == turns


def test_where_nothing_is_found_that_is_said_with_a_way_out() -> None:
    drawn = articles.table(SAY, rows_of(), "date")
    assert text_of(drawn) == "No article is like that.Clear the filters"
    assert "data-clear" in drawn


def test_how_many_are_found_is_said_against_how_many_there_are_and_in_how_many_stories() -> None:
    assert articles.count_line(SAY, rows_of(Group(listing(1))), 1200) == "1 of 1,200 articles"
    assert articles.count_line(SAY, rows_of(Group(listing(1))), 1) == "1 article"
    pair = Group(listing(1), [(listing(2), "copy")])
    assert articles.count_line(SAY, rows_of(pair, Group(listing(3))), 3) == "3 articles in 2 stories"
    assert articles.count_line(SAY, rows_of(pair), 30) == "2 of 30 articles in 1 story"


# Files of several articles.


def test_what_came_of_a_file_is_told_with_the_first_reasons_as_text() -> None:
    skipped = [Skipped(f"news.zip/{HOSTILE} {n}", HOSTILE) for n in range(5)]
    drawn = articles.taken(SAY, "news.zip", Taken(12, skipped))
    assert text_of(drawn).startswith("news.zip: 12 articles, 5 parts skipped")
    assert names(parsed(drawn)) == {"root", "bdi", "ul", "li"}
    lines = ["".join(line.itertext()) for line in parsed(drawn).iter("li")]
    assert len(lines) == 4 and lines[3] == "and 2 more"
    assert lines[0].startswith("<img") and "news.zip/" not in lines[0]
    assert text_of(articles.taken(SAY, HOSTILE, Taken(1, ()))).endswith(": 1 article")


def test_a_file_that_is_being_read_carries_its_name_as_it_is_kept() -> None:
    drawn = parsed(articles.being_read(SAY, HOSTILE.replace("\0", "").replace("\r", "")))
    assert names(drawn) == {"root", "span", "bdi"}
    place = next(drawn.iter("span"))
    assert place.get("data-file") == HOSTILE.replace("\0", "").replace("\r", "")
    assert "".join(place.itertext()).endswith(" is being read …")


def test_the_kinds_that_can_be_added_are_named_as_people_name_them_and_taken_by_the_chooser() -> None:
    drawn = parsed(articles.tab(SAY, 1))
    chooser = next(field for field in drawn.iter("input") if field.get("type") == "file")
    assert {".txt", ".html", ".pdf", ".docx", ".eml", ".csv", ".zip", ".warc.gz"} <= set((chooser.get("accept") or "").split(","))
    assert "text, web pages, PDF, Word, RTF, mail, tables, ZIP, WARC" in text_of(articles.tab(SAY, 1))


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


# The timeline.


def line_of(counts: Mapping[str, list[int]], undated: int = 0, first: int = 2015) -> Timeline:
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    return Timeline([Bin(f"{first + n}", f"{first + n}", total) for n, total in enumerate(totals)], counts, undated)


def across(drawn: ElementTree.Element, kind: str) -> list[float]:
    return [float((bar.get("x") or "").rstrip("%")) for bar in drawn.iter("rect") if bar.get("class") == kind]


def test_bars_stand_upon_each_other_as_high_as_there_are_articles() -> None:
    drawn = parsed(timeline.plot(SAY, line_of({"en": [6, 0, 3], "ar": [2, 0, 6]}), ANY))
    plot = next(svg for svg in drawn.iter("svg") if svg.get("class") == "plot")
    low, high = ([one for one in plot.iter("rect") if one.get("class") == f"look-{look}"] for look in (0, 1))
    assert [float(bar.get("height") or 0) for bar in low] == [72, 36]  # 120 pixels for 10
    assert [float(bar.get("height") or 0) for bar in high] == [24, 72]
    for below, above in zip(low, high, strict=True):
        assert float(below.get("y") or 0) == float(above.get("y") or 0) + float(above.get("height") or 0)
    assert [text.text for text in plot.iter("text")] == ["0", "5", "10", "2015", "2016", "2017"]


def test_a_bar_is_a_button_that_says_its_time_and_its_figures_and_carries_its_ends() -> None:
    drawn = parsed(timeline.plot(SAY, line_of({"en": [6, 0, 3], "ar": [2, 0, 0]}), ANY))
    bars = [one for one in drawn.iter("g") if one.get("role") == "button"]
    assert [bar.get("aria-label") for bar in bars] == ["2015: 8 articles (English 6, Arabic 2)", "2017: 3 articles (English 3)"]
    assert [(bar.get("data-first"), bar.get("data-last")) for bar in bars] == [("2015", "2015"), ("2017", "2017")]
    assert [bar.get("tabindex") for bar in bars] == ["0", "-1"], "one stop for the Tab key"
    assert [bar.findtext("title") for bar in bars] == [bar.get("aria-label") for bar in bars]


def test_time_runs_as_the_interface_does() -> None:
    line = line_of({"en": [1, 2, 3]})
    english, arabic = (parsed(timeline.plot(say, line, ANY)) for say in (SAY, phrases("ar")))
    for kind in ("look-0", "hit"):
        runs = across(english, kind)[-3:], across(arabic, kind)[-3:]
        assert runs[0] == sorted(runs[0]) and runs[1] == sorted(runs[1], reverse=True)
    width = next(float((one.get("width") or "").rstrip("%")) for one in english.iter("rect") if one.get("class") == "hit")
    assert [100 - width - x for x in across(arabic, "hit")] == pytest.approx(across(english, "hit"), abs=0.02)
    numbers = [(text.get("x"), text.get("text-anchor")) for text in arabic.iter("text")][:1]
    assert numbers == [("100.00%", "end")], "the numbers stand where time begins; the end of a line of Arabic is its left"


def test_a_table_says_the_same_figures() -> None:
    drawn = parsed(timeline.plot(SAY, line_of({"en": [6, 0, 3], "ar": [2000, 0, 0]}), ANY))
    cells = [["".join(cell.itertext()) for cell in row] for row in drawn.iter("tr")]
    assert cells == [["Date", "English", "Arabic", "Together"], ["2015", "6", "2,000", "2,006"], ["2017", "3", "0", "3"]]


def test_a_language_keeps_its_look_and_is_in_the_key_only_where_it_is_in_the_plot() -> None:
    whole, part = (parsed(timeline.plot(SAY, line_of({"en": english, "ar": [2, 1]}), ANY)) for english in ([6, 3], [0, 0]))
    assert ["".join(item.itertext()) for item in whole.iter("li")] == ["English", "Arabic"]
    assert ["".join(item.itertext()) for item in part.iter("li")] == ["Arabic"]
    for drawn in (whole, part):
        assert {one.get("fill") for one in drawn.iter("rect") if one.get("class") == "look-1"} == {"url(#look-striped)"}
    assert {one.get("class") for one in part.iter("rect")} & {"look-0", "look-1"} == {"look-1"}


def test_of_many_languages_the_last_share_one_look() -> None:
    many = {code: [9 - n, 1] for n, code in enumerate(("en", "ar", "fr", "de", "es", "tr"))}
    drawn = parsed(timeline.plot(SAY, line_of(many), ANY))
    assert ["".join(item.itertext()) for item in drawn.iter("li")] == ["English", "Arabic", "French", "Other languages"]
    label = next(one.get("aria-label") for one in drawn.iter("g") if one.get("role") == "button")
    assert label == "2015: 39 articles (English 9, Arabic 8, French 7, Other languages 15)"


def test_what_has_no_date_or_one_date_is_said_in_words() -> None:
    assert timeline.plot(SAY, Timeline((), {}, 0), ANY) == ""
    assert text_of(timeline.plot(SAY, Timeline((), {"en": []}, 3), ANY)) == "3 articles have no date"
    one = Timeline([Bin("2015-03", "2015-03", 4)], {"en": [4]}, 1)
    assert text_of(timeline.plot(SAY, one, ANY)) == "4 articles, all of March 2015 1 article has no date"
    assert "1 article has no date" in text_of(timeline.plot(SAY, line_of({"en": [1, 1]}, undated=1), ANY))


def test_a_time_that_was_chosen_can_be_left_again() -> None:
    lines = [line_of({"en": [1, 1]}), Timeline([Bin("2015", "2015", 4)], {"en": [4]}, 0), Timeline((), {"en": []}, 0)]
    for line in lines:
        assert "data-all-time" not in timeline.plot(SAY, line, Filters(language="en"))
        for chosen in (Filters(after=20150101), Filters(before=20151231)):
            assert "All dates" in text_of(timeline.plot(SAY, line, chosen))


def test_names_of_languages_are_text() -> None:
    code = "<img src=x onerror=alert(1)>"
    drawn = parsed(timeline.plot(SAY, line_of({code: [1, 1], "en": [1, 0]}), ANY))
    assert "img" not in names(drawn)
    assert code in "".join(drawn.itertext())


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=61).filter(any))
def test_any_figures_make_a_plot_in_which_nothing_is_higher_than_it_or_out_of_sight(counts: list[int]) -> None:
    for say in (SAY, phrases("ar")):
        drawn = parsed(timeline.plot(say, line_of({"en": counts}, first=1900), ANY))
        plot = next(svg for svg in drawn.iter("svg") if svg.get("class") == "plot")
        bars = [one for one in plot.iter("rect") if one.get("class") == "look-0"]
        assert len(bars) == sum(count > 0 for count in counts)
        for bar in bars:
            x, width = (float((bar.get(name) or "").rstrip("%")) for name in ("x", "width"))
            y, height = (float(bar.get(name) or 0) for name in ("y", "height"))
            assert x >= 0 and x + width <= 100.01 and y >= 0 and y + height == pytest.approx(120, abs=0.02) and height >= 1.99


@given(st.integers(1, 10**9))
def test_an_axis_has_few_even_round_numbers_and_reaches_far_enough(most: int) -> None:
    numbers = timeline.axis(most)
    assert numbers[0] == 0 and numbers[-2] < most <= numbers[-1] and 2 <= len(numbers) <= 5
    step = numbers[1]
    assert numbers == [n * step for n in range(len(numbers))] and str(step).rstrip("0") in ("1", "2", "5")
