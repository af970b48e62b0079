"""The source pane: an article's text arrives whole whatever is marked in it, and nothing that came from elsewhere changes the markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.story.quotations import Quotation, SpeechKind, quotations_of
from index.text.fold import fold_text
from index.text.spans import Span
from page.draw import reader
from page.draw.phrases import phrases
from page.draw.reader import MOST_FOUND, MOST_MARKS, CitedPlace, find, marks

say = phrases("en")
HOSTILE = (
    "<script>window.harmed = 1</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</span></div></article><h1>",
    "&lt;b&gt; &amp; &#60;",
    "{name} {0} {} %s",
    "\u202eright to left\u2066",
)
TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\r\n\r\n\t <>&'\"{}$`اب«»،.[]\u202e\u2028\ufeff\0a")))


class Pane(HTMLParser):
    """What a browser would make of the markup: each element's attributes, its name among them, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[dict[str, str], list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(markup)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(({"": tag, **{name: value or "" for name, value in attrs}}, []))
        if tag != "input":
            self._open.append((tag, self.elements[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, texts in self._open:
            texts.append(data)

    def of(self, kind: str) -> list[dict[str, str]]:
        """The attributes of the elements of that name or class."""
        return [attributes for attributes, _ in self._with(kind)]

    def text(self, kind: str, **wanted: str) -> str:
        """The text of all elements of that name or class, and with these data- attributes, together."""
        return "".join(
            "".join(texts) for attributes, texts in self._with(kind) if all(attributes.get(f"data-{k}") == v for k, v in wanted.items())
        )

    def _with(self, kind: str) -> list[tuple[dict[str, str], list[str]]]:
        return [(found, texts) for found, texts in self.elements if kind in (found[""], *found.get("class", "").split())]


def article(text: str, **facts: str) -> Article:
    return make_article("folder/a b.txt", text, **facts)


def spoken(start: int, end: int, name: str | None = "Ada Lind", speech: SpeechKind = "direct") -> Quotation:
    return Quotation(Span(start, end), speech, None, name, None, 0)


@given(TEXT, st.data())
def test_the_text_arrives_code_point_for_code_point_under_all_that_is_marked(text: str, data: st.DataObject) -> None:
    def span() -> Span:
        start = data.draw(st.integers(0, len(text)))
        return Span(start, data.draw(st.integers(start, len(text))))

    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    story = tuple(Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b)
    said = [Quotation(span(), data.draw(st.sampled_from(["direct", "indirect"])), None, "A", None, 0) for _ in range(3)]
    cited, others = span(), [CitedPlace(one, number) for number, one in enumerate((span(), span()), 1) if len(one)]
    pane = Pane(reader.source(say, replace(article(""), text=text, story=story), said, cited, 7, others))
    carried = text.replace("\0", "\ufffd")

    def covered(spans: Sequence[Span]) -> str:
        return "".join(character for place, character in enumerate(carried) if any(one.start <= place < one.end for one in spans))

    assert pane.text("article") == pane.text("line") == carried
    assert pane.text("mark") == cited.of(carried)
    assert pane.text("clutter") == "".join(c for place, c in enumerate(carried) if not any(one.start <= place < one.end for one in story))
    assert pane.text("also-cited") == covered([mark.span for mark in others])
    for number, one in enumerate(said):
        assert pane.text("quotation", quotation=str(number)) == one.span.of(carried)
    ends = [number for attributes in pane.of("also-cited") for number in attributes.get("data-ends", "").split(", ") if number]
    assert sorted(ends) == sorted(str(mark.number) for mark in others)


@given(TEXT)
def test_no_line_break_is_left_for_the_parser_to_change(text: str) -> None:
    markup = reader.source(say, replace(article(""), text=text, story=()), [spoken(0, len(text))], Span(0, len(text)))
    assert "\r" not in markup
    assert "\0" not in markup


def test_only_the_first_of_several_marked_lines_is_the_place_to_go() -> None:
    pane = Pane(reader.source(say, article("one two\nthree four\nfive"), cited=Span(4, 15)))
    assert [mark.get("id") for mark in pane.of("mark")] == ["cited", None]
    assert pane.text("mark") == "two\nthree f"


def test_in_a_line_the_cited_words_are_one_mark_whatever_is_marked_in_them() -> None:
    pane = Pane(reader.source(say, article("one two three"), [spoken(4, 7)], Span(2, 11), 1, [CitedPlace(Span(6, 12), 2)]))
    assert len(pane.of("mark")) == 1
    assert pane.text("mark") == "e two thr"


def test_a_span_that_is_not_in_the_article_is_refused() -> None:
    with pytest.raises(ValueError, match="is not in"):
        reader.source(say, article("short"), cited=Span(0, 6))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_value_changes_the_shape_of_the_markup(hostile: str) -> None:
    def shape(value: str) -> list[tuple[str, tuple[str, ...]]]:
        given = replace(
            article(""), id=value, text=value, story=(Span(0, 1),), title=value, publisher=value, author=value, date="2024-05", url=value
        )
        pane = Pane(reader.source(say, given, [spoken(0, 2, value), spoken(1, 2, None)], Span(0, 1), 1, [CitedPlace(Span(0, 3), 2)]))
        notice = Pane(reader.notice(say, value))
        return [(attributes[""], tuple(attributes)) for attributes, _ in (*pane.elements, *notice.elements)]

    assert shape(hostile) == shape("x plain value of no interest")


def test_above_the_text_stands_all_that_is_known_of_it() -> None:
    known = article("The dam held on Monday.", title="Flood", publisher="Courier", author="Ada Lind", date="2024-05", language="en")
    pane = Pane(reader.source(say, known, cited=Span(4, 12), number=3))
    assert pane.text("h2") == "[3] Flood"
    assert pane.text("facts") == "Courier · Ada Lind · May 2024 · English"
    assert pane.text("place") == "folder/a b.txt · characters 4–12 of 23"
    assert pane.of("a") == []


def test_each_paragraph_runs_its_own_way() -> None:
    lines = "قال الوزير إن السد صمد.\nReuters contributed.\n0:00\nBBC: قال الوزير إن السد صمد أمس\n"
    assert [line["dir"] for line in Pane(reader.source(say, article(lines, language="ar"))).of("line")] == ["rtl", "ltr", "rtl", "rtl"]
    assert [line["dir"] for line in Pane(reader.source(say, article(lines, language="en"))).of("line")] == ["rtl", "ltr", "ltr", "ltr"]


def test_words_that_are_quoted_tell_who_says_them_and_how() -> None:
    text = "“We leave at dawn,” said Mona Reyes, the captain. She added that the sea was calm."
    pane = Pane(reader.source(say, article(text), quotations_of(text)))
    first, second = pane.of("quotation")
    assert (first["class"], first["data-speaker"]) == ("quotation direct", "Mona Reyes")
    assert first["title"].replace("\u2068", "").replace("\u2069", "") == "Quoted: Mona Reyes"
    assert (second["class"], second["title"][:9]) == ("quotation indirect", "Reported:")
    assert pane.text("quotation") == "We leave at dawn,the sea was calm"


def test_a_quotation_within_another_lies_inside_it() -> None:
    pane = Pane(reader.source(say, article("He said: she told us no, and left."), [spoken(9, 33, "He"), spoken(21, 23, "She")]))
    assert pane.text("quotation", speaker="He") == "she told us no, and left"
    assert [one["data-speaker"] for one in pane.of("quotation")] == ["He", "He", "She", "He"]


def test_who_speaks_most_is_named_first_and_whoever_is_not_named_last() -> None:
    said = [spoken(0, 1, None), spoken(2, 3, None), spoken(4, 5, None), spoken(6, 7, "B"), spoken(8, 9, "A"), spoken(10, 11, "A")]
    pane = Pane(reader.source(say, article("a b c d e f g h i"), said))
    assert [voice["data-speaker"] for voice in pane.of("voice")] == ["A", "B", "somebody not named"]
    assert pane.text("count") == "213"
    assert pane.text("summary") == ""
    assert Pane(reader.source(say, article("a b"))).of("voices") == []


def test_of_many_speakers_eight_are_named_at_once() -> None:
    said = [spoken(place, place + 1, f"Speaker {place}") for place in range(11)]
    pane = Pane(reader.source(say, article("a b c d e f g h i"), said))
    assert pane.text("summary") == "and 3 more"
    assert len(pane.of("voice")) == 11
    assert pane.text("details").count("Speaker") == 3


def test_the_open_place_is_not_marked_a_second_time() -> None:
    marked = [CitedPlace(Span(0, 3), 1), CitedPlace(Span(0, 3), 2)]
    pane = Pane(reader.source(say, article("The dam held."), (), Span(0, 3), 1, marked))
    assert [one["data-number"] for one in pane.of("also-cited")] == ["2"]


def test_a_place_of_several_lines_is_one_stop_for_the_keyboard() -> None:
    pane = Pane(reader.source(say, article("one two\nthree four"), others=[CitedPlace(Span(4, 13), 5)]))
    assert [(one["data-number"], one.get("tabindex"), one.get("data-ends")) for one in pane.of("also-cited")] == [
        ("5", "0", None),
        ("5", None, "5"),
    ]
    assert pane.of("also-cited")[0]["title"] == "Cited as [5]: open"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/x", "https://paper.example@evil.example/"])
def test_an_address_that_is_none_of_the_web_is_text(url: str) -> None:
    pane = Pane(reader.source(say, article("The dam held.", url=url), cited=Span(0, 3)))
    assert pane.of("a") == []
    assert pane.text("place").endswith(url)


def test_a_web_address_is_a_link_to_the_words_and_says_where_it_leads() -> None:
    pane = Pane(reader.source(say, article("The dam held.", url="https://a.example/dam?a=1&b=2"), cited=Span(4, 12)))
    (link,) = pane.of("a")
    assert link["href"] == "https://a.example/dam?a=1&b=2#:~:text=dam%20held."
    assert (link["target"], link["rel"]) == ("_blank", "noopener noreferrer")
    assert pane.text("place").endswith("Open at the publisher (a.example)")
    (link,) = Pane(reader.source(say, article("The dam held.", url="https://a.example/dam"))).of("a")
    assert link["href"] == "https://a.example/dam"


# What comes over the network.

GOOD = {"start": 0, "end": 3, "number": 1}


@pytest.mark.parametrize(
    "odd",
    [
        None, "text", 3, {}, [], {"start": 0, "end": 3}, GOOD | {"start": -1}, GOOD | {"end": 14}, GOOD | {"end": 0}, GOOD | {"number": 0},
        GOOD | {"start": "0"}, GOOD | {"start": 0.0}, GOOD | {"number": True}, GOOD | {"start": False}, GOOD | {"end": None},
    ],
)  # fmt: skip
def test_what_is_no_place_in_the_article_is_left_out(odd: object) -> None:
    assert marks([odd, GOOD, odd], article("The dam held.")) == (CitedPlace(Span(0, 3), 1),)


@pytest.mark.parametrize("odd", [None, "text", 3, {}, {"start": 0, "end": 3, "number": 1}])
def test_what_is_no_list_of_places_is_none(odd: object) -> None:
    assert marks(odd, article("The dam held.")) == ()


def test_no_more_places_are_marked_than_are_drawn_in_good_time() -> None:
    held = article("word " * 1000)
    sent = [{"start": place, "end": place + 1, "number": 1} for place in range(2 * MOST_MARKS)]
    assert len(marks(sent, held)) == MOST_MARKS
    assert marks([GOOD, GOOD], held) == (CitedPlace(Span(0, 3), 1),)


# Find in the article.


@given(TEXT, st.data())
def test_every_find_is_the_words_that_were_looked_for(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    words = text[start : data.draw(st.integers(start, len(text)))]
    spans, count = find(text, words)
    needle = fold_text(words).strip()
    assert count == len(spans)
    assert bool(spans) == bool(needle)
    for one in spans:
        assert needle in fold_text(one.of(text))
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The Dam; the dam", "THE dam", ["The Dam", "the dam"]),
        ("The Dam, the dam", "dam", ["Dam", "dam"]),
        ("في المَدْرَسَة والمـدرسة", "المدرسه", ["المَدْرَسَة", "المـدرسة"]),
        ("\U0001f350 naïve\n naive", " NAIVE ", ["naïve", "naive"]),
        ("“Don’t”", '"don\'t"', ["“Don’t”"]),
        ("two  \n words", "two words", ["two  \n words"]),
        ("office of\ufb01ce", "offi", ["offi", "of\ufb01"]),
        ("text", "", []),
        ("text", "\u0301 \u0640", []),
        ("text", "\ud800", []),
    ],
)
def test_finding_looks_past_what_folding_takes_away(text: str, words: str, expected: list[str]) -> None:
    spans, count = find(text, words)
    assert [one.of(text) for one in spans] == expected
    assert count == len(expected)


def test_of_very_many_finds_the_first_are_told_and_all_are_counted() -> None:
    spans, count = find("a " * (MOST_FOUND + 10), "a")
    assert (len(spans), count) == (MOST_FOUND, MOST_FOUND + 10)
    assert spans[-1] == Span(2 * MOST_FOUND - 2, 2 * MOST_FOUND - 1)
