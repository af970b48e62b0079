"""The page of an evaluation: what it shows, that it needs nothing, and that no text of a set, article or answer is more than text in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from index.errors import InputError
from qa.evaluate.measures import MEASURES
from qa.evaluate.report import page, plots
from qa.evaluate.report.failed_rows import LONGEST, MOST_SHOWN, direction, misses
from qa.evaluate.results import MeasuredFigure, PlaceRow, QuestionRow, QuoteRow, Results, SetResult, SweepPoint, SystemResult
from qa.quotes.check import Verdict

HOSTILE = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)> & \"'</style>{0} %s $x$ \x00\u202e ]]>"
UTF_8 = html.HTMLParser(encoding="utf-8")
ARABIC = "BBC تنقل عن رئيس البلدية أن السد سيفتح في أبريل"
PASSAGE = "The council met on Monday. The dam will cost 43 million dral. It opens in April."
EVIDENCE = "The dam will cost 43 million dral."


def figure(value: float | None, n: int = 40, spread: float | None = 0.05) -> MeasuredFigure:
    known = value is not None and spread is not None
    return {"value": value, "low": value - spread if known else None, "high": value + spread if known else None, "n": n}  # type: ignore[operator]


def place(text: str = EVIDENCE, article: str = "dam.txt", start: int = 27, gold: bool | None = None) -> PlaceRow:
    return {"article": article, "start": start, "end": start + len(text), "text": text, "gold": gold}


def question(id: str, outcome: str = "right", **more: Any) -> QuestionRow:
    said = {
        "text": "It opens in April. [1]",
        "short_answer": "April",
        "abstained": outcome == "silent",
        "confidence": 0.7,
        "citations": [place("It opens in April.", start=62, gold=False)],
    }
    row: dict[str, Any] = {
        "id": id,
        "question": f"What will the dam cost ({id})?",
        "language": "en",
        "article_languages": ["en"],
        "answerable": outcome != "talks",
        "answers": ["43 million dral"] if outcome != "talks" else [],
        "evidence": [place()] if outcome != "talks" else [],
        "found": [],
        "said": said,
        "outcome": outcome,
        "measures": {"search": {"evidence_mrr@10": [0.5, 1]}, "ask": {"broken_citations": [0, 1]}},
        "ms": {"search": 4.0, "ask": 20.0},
    }
    return {**row, **more}  # type: ignore[typeddict-item]


def quote(id: str, outcome: str = "right", **more: Any) -> QuoteRow:
    row: dict[str, Any] = {
        "id": id,
        "quote": f"The dam will not cost 43 million dral ({id})",
        "language": "en",
        "article_languages": ["en"],
        "claimed_speaker": "Salma Orr",
        "verdict": "altered",
        "speaker": "Salma Orr",
        "source": [place()],
        "given": "verbatim" if outcome == "verdict" else "altered",
        "matches": [{**place(gold=True), "speaker": "Pell Anto"}],
        "outcome": outcome,
        "measures": {"check": {"false_verbatim": [outcome == "verdict", 1], "broken_matches": [0, 1]}},
        "ms": {"check": 3.0},
    }
    return {**row, **more}  # type: ignore[typeddict-item]


def figures(systems: str = "all") -> dict[str, dict[str, MeasuredFigure]]:
    """Every figure there is, or those of a system that only searches."""
    found: dict[str, dict[str, MeasuredFigure]] = {}
    for number, ((section, name), measure) in enumerate(MEASURES.items()):
        if systems == "all" or section == "search":
            share = 0.05 + 0.9 * (number % 10) / 10
            value = {"share": share, "count": 2.0, "words": 31.5, "ms": 12.0 + number}[measure.unit]
            found.setdefault(section, {})[name] = figure(
                value, spread={"share": 0.05, "count": None, "words": 4.0, "ms": 2.5}[measure.unit]
            )
    return found


def system(name: str = "on-record", **more: Any) -> SystemResult:
    found: dict[str, Any] = {
        "name": name,
        "figures": figures("all" if name == "on-record" else "search"),
        "groups": [],
        "confusion": None,
        "risk_coverage": None,
        "calibration": None,
        "questions": [],
        "quotes": [],
    }
    return {**found, **more}  # type: ignore[typeddict-item]


OURS = system(
    groups=[
        {"of": of, "name": name, "figures": figures()}
        for of, name in (("language", "ar"), ("language", "en"), ("pair", "ar on en"), ("pair", "en on ar"))
    ],
    confusion={"verbatim": {"verbatim": 14}, "altered": {"verbatim": 2, "altered": 8}, "not_found": {"not_found": 7, "altered": 1}},
    risk_coverage=[[n / 40, 0.3 * n / 40] for n in range(1, 41)],
    calibration=[{"low": n / 10, "high": (n + 1) / 10, "n": n, "confidence": (n + 0.5) / 10, "right": n / 10} for n in range(1, 10)],
    questions=[
        question("q-right"),
        question("q-talks", "talks"),
        question("q-wrong", "wrong"),
        question("q-unsupported", "unsupported", said={**(question("")["said"] or {}), "text": "43 million dral [1]"}),
        question("q-silent", "silent", found=[place(PASSAGE, start=0, gold=True)]),
        question("q-not-found", "not found", said=None, found=[place("Elsewhere.", "other.txt", 0, gold=False)]),
        question("q-broken", measures={"ask": {"broken_citations": [1, 1]}}),
        question("q-arabic", "wrong", question=ARABIC, language="ar", evidence=[place(ARABIC, "سد.txt", 0)], answers=["أبريل"]),
    ],
    quotes=[
        quote("u-right"),
        quote("u-false", "verdict"),
        quote("u-verdict", "verdict", given="not_found", matches=[], measures={"check": {"false_verbatim": [0, 1]}}),
        quote("u-place", "place"),
        quote("u-speaker", "speaker"),
        quote("u-broken", measures={"check": {"broken_matches": [1, 1]}}),
    ],
)
MISSES = [row["id"] for row in (*OURS["questions"], *OURS["quotes"]) if not row["id"].endswith("-right")]


def one_set(name: str = "council", *systems: SystemResult) -> SetResult:
    return {
        "name": name,
        "articles": 17,
        "passages": 69,
        "languages": {"en": 10, "ar": 7},
        "skipped": 1,
        "index_seconds": 6.4,
        "left_out": [{"id": "q-left-out", "reason": "there is no article 'gone.txt'"}],
        "systems": [*systems] or [OURS],
        "differences": [],
    }


def results(*sets: SetResult, **more: Any) -> Results:
    found: dict[str, Any] = {
        "format": 1,
        "made": "2026-03-01T10:20:30+00:00",
        "settings": {"embedder": "e5-small", "embedder_version": "1", "passage_tokens": 384, "overlap_sentences": 1, "top_k": 8},
        "machine": {"cpus": 2, "system": "Linux x86_64", "python": "3.11.7"},
        "seconds": 75.2,
        "peak_memory_mb": 700.4,
        "sets": [*sets],
        "sweep": [],
    }
    return {**found, **more}  # type: ignore[typeddict-item]


def with_baselines() -> Results:
    difference = {"section": "search", "value": 0.2, "low": 0.1, "high": 0.3, "n": 40}
    against = [
        {**difference, "against": "bm25", "measure": "evidence@1", "p": 0.0004},
        {**difference, "against": "dense", "measure": "evidence@1", "p": 0.2},
        {**difference, "against": "bm25", "measure": "article@1", "value": -0.2, "p": 0.01},
    ]
    return results({**one_set("council", OURS, system("bm25"), system("dense")), "differences": against}, one_set("harbour"))  # type: ignore[typeddict-item]


def sweep_of(*varied: dict[str, int | str]) -> list[SweepPoint]:
    return [
        {"settings": settings, "set": name, "passages": 60 + number, "index_seconds": 3.5 + number, "figures": figures()}
        for number, settings in enumerate(varied)
        for name in ("council", "harbour")
    ]


WHOLE = {
    "one set": results(one_set()),
    "baselines": with_baselines(),
    "sweep": results(sweep=sweep_of({"passage_tokens": 128}, {"passage_tokens": 256})),
    "sweep of two": results(sweep=sweep_of(*({"passage_tokens": n, "top_k": k} for n in (128, 256) for k in (4, 8)))),
}


@pytest.fixture(scope="module", params=WHOLE)
def whole(request: pytest.FixtureRequest) -> tuple[Results, str]:
    """Results, and their page."""
    found = WHOLE[request.param]
    return found, page.html(found)


def drawn(found: Results) -> html.HtmlElement:
    return html.document_fromstring(page.html(found).encode("utf-8", "replace"), parser=UTF_8)


def texts(found: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in found.xpath(path)]


def card(found: html.HtmlElement, id: str) -> html.HtmlElement:
    (one,) = [card for card in found.find_class("miss") if id in texts(card, ".//bdi")]
    return one


# Nothing is needed from anywhere.


def test_the_page_runs_no_script_and_fetches_nothing(whole: tuple[Results, str]) -> None:
    _, written = whole
    document = html.document_fromstring(written)
    assert not document.xpath("//script | //link | //img | //iframe | //object | //embed | //form | //*[local-name()='image']")
    attributes = [(name, str(value)) for element in document.iter() for name, value in element.attrib.items()]
    assert len(attributes) > 100
    assert not [name for name, _ in attributes if name.startswith("on")]
    assert all(value.startswith("#") for name, value in attributes if name.rpartition("}")[2] in ("src", "href", "xlink:href"))
    assert all(target.startswith("#report-") for target in re.findall(r"url\(([^)]*)\)", written))
    assert "://" not in written
    assert "@import" not in written
    assert "default-src 'none'" in document.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")


def test_ids_are_unique_and_every_reference_is_to_one(whole: tuple[Results, str]) -> None:
    _, written = whole
    document = html.document_fromstring(written)
    ids = document.xpath("//@id")
    assert ids
    assert len(ids) == len(set(ids))
    references = [value[1:] for value in document.xpath("//@href")] + re.findall(r"url\(#([^)]*)\)", written)
    assert references
    assert set(references) <= set(ids)


def test_the_same_results_give_the_same_bytes_and_their_fragment_is_a_part_of_them(whole: tuple[Results, str]) -> None:
    found, written = whole
    part = page.fragment(json.loads(json.dumps(found)))
    assert part in written
    assert "<style" not in part
    assert "<h1" not in part


def test_pages_drawn_at_the_same_time_are_those_drawn_one_by_one() -> None:
    found = results(one_set())
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(page.fragment, [found] * 4)) == {page.fragment(found)}


def test_every_rule_of_the_style_is_for_the_report_alone_and_every_colour_follows_the_page() -> None:
    style = re.sub(r"/\*.*?\*/", "", page.STYLE, flags=re.DOTALL)
    selectors = [part.strip() for part in re.findall(r"([^{}]+)\{", style) if not part.strip().startswith("@")]
    assert len(selectors) > 40
    whole = re.compile(r"^(body)?\.report\b")
    assert all(whole.match(one.strip()) for selector in selectors for one in re.split(r",(?![^(]*\))", selector))
    colours = re.findall(r"[^;{}]*#[0-9a-f]{3,8}\b[^;{}]*;", style)
    assert colours
    assert all(re.match(r"\s*--r-[\w-]+: var\(--[\w-]+, #[0-9a-f]{6}\);", colour) for colour in colours)
    assert not re.findall(r"#[0-9a-f]{6}\b", page.fragment(with_baselines())), "a plot keeps a colour that is not the page's"


# Text stays text.


def everywhere(value: str) -> Results:
    """Results with the text wherever one can stand."""

    def at(found: PlaceRow) -> PlaceRow:
        return {**found, "article": value, "text": value}

    asked = question("q", "wrong", question=value, language=value, article_languages=[value], answers=[value], evidence=[at(place())])
    said = asked["said"]
    assert said is not None
    said.update(text=value, short_answer=value, citations=[at(place(gold=False))])
    silent = question(value, "silent", found=[at(place(gold=True))])
    checked = quote(value, "verdict", quote=value, claimed_speaker=value, speaker=value, source=[at(place())])
    checked["matches"] = [{**at(place(gold=True)), "speaker": value}]
    ours = system(
        value,
        questions=[asked, silent],
        quotes=[checked],
        groups=[{"of": "language", "name": value, "figures": figures()}],
    )
    other = system(value + "2", figures=figures("search"))
    difference = {
        "against": value + "2",
        "section": "search",
        "measure": "mrr@10",
        "value": 0.1,
        "low": 0.0,
        "high": 0.2,
        "p": 0.04,
        "n": 9,
    }
    set_: dict[str, Any] = {**one_set(value, ours, other), "left_out": [{"id": value, "reason": value}], "languages": {value: 3}}
    return results(
        {**set_, "differences": [difference]},  # type: ignore[typeddict-item]
        one_set("harbour"),
        sweep=sweep_of({"passage_tokens": value, "top_k": 1}, {"passage_tokens": "128", "top_k": 2}),
        settings={"embedder": value},
        machine={value: value},
        made=value,
    )


def shape(found: Results) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The elements and the names of their attributes."""
    return ((str(element.tag), tuple(element.attrib)) for element in drawn(found).iter() if element.tag != "tspan")


def test_hostile_text_is_text_everywhere() -> None:
    found = everywhere(HOSTILE)
    assert list(shape(found)) == list(shape(everywhere("harmless")))
    shown = drawn(found).text_content()
    assert shown.count("<script>alert(1)</script>") > 20
    assert "\ufffd" in shown


@given(st.text(st.sampled_from("<>&\"'/ab\\{}%$_^#-!\x00\x1f\n\r\u2028\u202eء") | st.characters(), min_size=1, max_size=30))
def test_no_text_changes_the_shape_of_a_card(text: str) -> None:
    def tags(value: str) -> list[tuple[str, tuple[str, ...]]]:
        cards = str(misses(everywhere(value)["sets"][0]["systems"][0])).encode("utf-8", "replace")
        return [(str(one.tag), tuple(one.attrib)) for one in html.document_fromstring(cards, parser=UTF_8).iter() if one.tag != "mark"]

    assert tags(text) == tags("harmless")


# What it says.


def test_every_miss_is_in_the_page_and_what_was_right_is_not() -> None:
    document = drawn(results(one_set()))
    assert sorted(one.xpath("string(.//p[@class='small'][1]/bdi)") for one in document.find_class("miss")) == sorted(MISSES)


def test_the_worst_kinds_come_first_with_their_counts() -> None:
    kinds = texts(drawn(results(one_set())), "//details[@class='kind']/summary")
    assert kinds == [
        "2 Cites what is not there",
        "1 Falsely passed as verbatim",
        "1 Answered, though the articles hold no answer",
        "2 Wrong answers",
        "1 Right words, other sources",
        "1 Silent, though the articles answer",
        "1 Other wrong verdicts",
        "1 Right verdict, wrong place",
        "1 Right place, wrong speaker",
        "1 Evidence not found",
    ]


def test_a_card_shows_what_is_right_beside_what_was_said() -> None:
    document = drawn(results(one_set()))
    wrong = card(document, "q-wrong")
    assert texts(wrong, ".//p[@class='asked']") == ["What will the dam cost (q-wrong)?"]
    (right,), (given,) = wrong.find_class("right"), wrong.find_class("given")
    assert "43 million dral" in right.text_content()
    assert "dam.txt [27:61]" in right.text_content()
    assert texts(right, ".//mark") == ["43 million dral"]
    assert "It opens in April." in given.text_content()
    assert "dam.txt [62:80] ✗ elsewhere" in " ".join(given.text_content().split())
    assert "confidence 0.70" in given.text_content()
    assert "rank 2" in wrong.text_content()


def test_a_silence_shows_what_was_near_with_the_evidence_marked() -> None:
    row = question("q", "silent")
    assert row["said"] is not None
    row["said"]["citations"] = [place(PASSAGE, start=0, gold=True)]
    (given,) = card(drawn(results(one_set("a", system(questions=[row])))), "q").find_class("given")
    assert "Silence" in given.text_content()
    assert texts(given, ".//mark") == [EVIDENCE]


def test_a_falsely_passed_quote_shows_both_verdicts_and_the_words_that_differ() -> None:
    false = card(drawn(results(one_set())), "u-false")
    assert "Right: altered" in false.find_class("right")[0].text_content()
    assert "Judged: verbatim" in false.find_class("given")[0].text_content()
    assert texts(false.find_class("asked")[0], ".//mark") == ["not", "(u-false)"]
    assert not false.find_class("right")[0].xpath(".//mark"), "a full stop is no word"


def test_a_match_that_names_nobody_says_so() -> None:
    row = quote("u", "speaker", matches=[{**place(gold=True), "speaker": None}])
    (given,) = card(drawn(results(one_set("a", system(quotes=[row])))), "u").find_class("given")
    assert texts(given, ".//p[@class='speaker']") == ["— nobody is named"]


def test_more_misses_than_a_reader_reads_are_counted() -> None:
    rows = [question(f"q-{number}", "wrong") for number in range(MOST_SHOWN + 3)]
    document = drawn(results(one_set("a", system(questions=rows))))
    assert len(document.find_class("miss")) == MOST_SHOWN
    (kind,) = document.find_class("kind")
    assert "63 Wrong answers" in texts(kind, "./summary")
    assert "3 more are in report.json." in kind.text_content()


def test_a_long_text_is_cut_around_what_matters_and_says_so() -> None:
    article = "start " + "word " * 400 + EVIDENCE + " word" * 400
    row = question("q", "wrong", evidence=[place(article, start=0)])
    (right,) = card(drawn(results(one_set("a", system(questions=[row])))), "q").find_class("right")
    (shown,) = texts(right, ".//p[@class='words']")
    assert shown.startswith("[…] word")
    assert shown.endswith("[…]")
    assert EVIDENCE in shown
    assert len(shown) < LONGEST + 20


def test_arabic_runs_from_right_to_left_and_english_beside_it_does_not() -> None:
    found = card(drawn(results(one_set())), "q-arabic")
    assert direction(ARABIC) == "rtl", "though its first word is Latin"
    assert {element.get("dir") for element in found.iter() if element.text and element.text.startswith("BBC")} == {"rtl"}
    assert {element.get("dir") for element in found.find_class("given")[0].iter("p") if "April." in element.text_content()} == {"ltr"}


def test_it_is_said_in_words_how_it_went() -> None:
    (told,) = drawn(results(one_set())).find_class("told")
    said = [one.replace("\u202f", " ") for one in texts(told, "./p")]
    assert said[0] == (
        "Of 7 questions that the articles answer, 2 (28.6 %) were answered right, with the evidence; 2 answered wrong, "
        "1 answered right from other sources, 1 met with silence, 1 without the evidence in what was found."
    )
    assert said[1] == "Of 1 question that they do not answer, 0 (0.0 %) were met with silence."
    assert said[2] == "1 of 7 citations is not in the article letter for letter."
    assert said[3] == (
        "Of 6 quotes, 4 (66.7 %) got the right verdict, 1 of these found at another place, 1 of these with another speaker. "
        "1 was falsely passed as verbatim."
    )


def test_every_figure_is_shown_with_its_interval_and_the_chief_ones_first() -> None:
    document = drawn(results(one_set()))
    chief, whole = document.xpath("//table[@class='figures']")

    def labels(table: html.HtmlElement) -> list[str]:
        return [one.text for one in table.xpath(".//th[@scope='row']")]

    assert labels(chief) == [measure.label for measure in MEASURES.values() if measure.chief]
    assert labels(whole) == [measure.label for measure in MEASURES.values()]
    share = figures()["search"]["article@1"]
    row = " ".join(chief.xpath(".//tr[th[@scope='row']]")[0].text_content().replace("\u202f", " ").split())
    assert share["value"] is not None and share["low"] is not None and share["high"] is not None
    assert f"{100 * share['value']:.1f} %{100 * share['low']:.1f}–{100 * share['high']:.1f} %40" in row


def test_what_was_not_measured_is_a_dash() -> None:
    none = {section: {name: figure(None) for name in own} for section, own in figures().items()}
    ours = system(figures=none, groups=[{"of": "language", "name": "ar", "figures": none}], risk_coverage=[], calibration=[])
    found = results(
        one_set("a", ours),
        sweep=[{"settings": {"top_k": k}, "set": "a", "passages": 1, "index_seconds": None, "figures": none} for k in (1, 2)],
    )
    document = drawn({**found, "peak_memory_mb": None})
    assert set(texts(document, "//table[@class='figures']//td[@class='number'][1]")) == {"–"}
    assert "None" not in re.sub(r"None was|None\.", "", document.text_content())


def test_an_empty_set_of_results_is_a_page() -> None:
    assert drawn(results(one_set("a", system(figures={})))).find_class("set")


def test_groups_are_rows_with_how_many_they_are_measured_on() -> None:
    figures_of = {"ar": figure(0.5, n=1, spread=0.104), "en": figure(0.25, n=30)}
    groups = [{"of": "language", "name": name, "figures": {"search": {"evidence@1": one}}} for name, one in figures_of.items()]
    (table,) = drawn(results(one_set("a", system(groups=groups)))).xpath("//div[@aria-label='Asked in']/table")
    assert texts(table, ".//thead//th") == ["Asked in", "Evidence first"]
    assert texts(table, ".//tbody/tr") == ["ar50.0 %40–60n 1", "en25.0 %20–30n 30"]


def test_differences_say_whether_they_are_more_than_noise() -> None:
    document = drawn(with_baselines())
    (table,) = document.xpath("//div[@aria-label='Differences']/table")
    assert texts(table, ".//thead//th")[1:] == ["bm25", "dense"]
    cells = {one.xpath("string(th/text())"): texts(one, "./td") for one in table.xpath(".//tbody/tr")}
    assert cells["Evidence first"] == [
        "+20.0+10.0 to +30.0better than noise explainsp < 0.001",
        "+20.0+10.0 to +30.0no more than noisep = 0.200",
    ]
    assert "worse than noise explainsp = 0.010" in cells["Right article first"][0]
    assert cells["Right article first"][1] == "–"


def test_verdicts_are_a_table_in_the_order_of_the_check_with_false_passes_framed() -> None:
    (table,) = drawn(results(one_set())).xpath("//div[@aria-label='Verdicts']/table")
    named = [verdict.replace("_", " ") for verdict in get_args(Verdict) if verdict in ("verbatim", "altered", "not_found")]
    assert texts(table, ".//thead//th")[1:] == named
    assert {one.xpath("string(th)"): texts(one, "./td") for one in table.xpath(".//tbody/tr")} == {
        "verbatim": ["14", "·", "·"],
        "altered": ["2", "8", "·"],
        "not found": ["·", "1", "7"],
    }
    assert [one.text for one in table.find_class("framed")] == ["2"]


def test_each_plot_is_there_once_with_words_for_those_who_do_not_see_it() -> None:
    document = drawn(with_baselines())
    titles = texts(document.get_element_by_id("report-set-1"), ".//figure/h4")
    assert titles == ["Beside the other systems", "Saying more, or less", "As often right as sure?", "Where the time goes"]
    for svg in document.xpath("//svg[contains(@class, 'plot')]"):
        assert svg.get("role") == "img"
        assert svg.get("aria-label")
        assert "viewbox" in svg.attrib
        assert "width" not in svg.attrib


def test_the_curve_shows_where_the_system_falls_silent() -> None:
    rows = [question(f"q-{number}", "silent" if number < 10 else "right") for number in range(40)]
    ours = system(questions=rows, risk_coverage=OURS["risk_coverage"])
    assert "stops here: 75\u202f%" in drawn(results(one_set("a", ours))).text_content()


def test_a_plot_takes_nothing_for_mathematics_or_markup() -> None:
    svg = plots.sweep(["$x_1$", "<b>", "50%"], [[figure(0.1), figure(0.2), None]], True, "top $k$", "p", "told")
    assert {"$x_1$", "<b>", "50%", "top $k$"} <= set(html.fragment_fromstring(svg).xpath(".//text/text()"))


def test_a_sweep_comes_first_and_marks_the_best_on_each_set() -> None:
    points = sweep_of({"passage_tokens": 128}, {"passage_tokens": 256})
    better = {**points[0]["figures"], "search": {**points[0]["figures"]["search"], "evidence@1": figure(0.99, spread=0.001)}}
    points[2] = {**points[2], "figures": better}
    document = drawn(results(one_set(), sweep=points))
    first = document.xpath("//section")[0]
    assert first.get("class") == "sweep"
    (best,) = first.find_class("best")
    assert best.text == "99.0\u202f%"
    row = best.getparent()
    assert texts(row, "./th | ./td")[:3] == ["256", "61", "4.5 s"]
    assert texts(first, ".//h3") == ["council", "harbour"]
    assert texts(first, ".//p[@class='keys']/span/bdi") == ["council", "harbour"]
    assert texts(first, ".//figure/h4") == ["Evidence first", "Passages", "Seconds to index"], (
        "a plot of what does not change tells nothing"
    )
    assert "384" not in texts(document, "//p[@class='facts']")[0], "what varies is no setting of the whole"


def test_a_sweep_of_two_settings_has_plots_a_set_and_a_line_a_value_of_the_second() -> None:
    points = sweep_of(*({"passage_tokens": tokens, "top_k": k} for tokens in (128, 256) for k in (4, 8)))
    document = drawn(results(sweep=points))
    assert texts(document, "//h3") == ["council", "harbour"] * 2, "tables, then plots"
    assert [texts(keys, "./span/bdi") for keys in document.find_class("keys")] == [["passages read 4", "passages read 8"]] * 2


# The files.


def test_the_folder_is_made_and_holds_the_page_and_the_results(tmp_path: Path) -> None:
    found = with_baselines()
    written = page.write(tmp_path / "new" / "report", found)
    assert written == tmp_path / "new" / "report" / "index.html"
    assert written.read_text("utf-8") == page.html(found)
    text = (written.parent / "report.json").read_text("utf-8")
    assert json.loads(text) == found
    assert ARABIC in text
    page.write(written.parent, results(one_set()))
    assert sorted(path.name for path in written.parent.iterdir()) == ["index.html", "report.json"]
    assert len(json.loads((written.parent / "report.json").read_text("utf-8"))["sets"]) == 1


def test_a_report_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError) as raised:
            page.check_folder(folder)
        assert "\n" not in str(raised.value)
        with pytest.raises(InputError, match=r"cannot be written to .* Name another folder with --report\.$"):
            page.write(folder, results(one_set()))
    page.check_folder(tmp_path / "not" / "there" / "yet")
