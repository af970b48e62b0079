"""Drawing: whatever the data holds, the markup has the shape that was meant, and the text arrives whole."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import strategies as st

from index.articles import Article, Skipped, make_article
from index.text.direction import direction
from index.text.spans import Span
from page.draw import conversation as draw
from page.draw import evaluate, export_menu, judge, masthead, reader
from page.draw.conversation import Turn
from page.draw.evaluate import Choice
from page.draw.phrases import phrases
from qa.ask.types import Answer, Citation, Group, Reason, ReasonCode, Statement
from qa.export.lines import answer_lines
from qa.export.wording import REASONS
from qa.library import examples
from qa.library.examples import Heading
from qa.library.index_status import IndexState

SAY = phrases("en")
VOID = {"br", "img", "input", "meta", "link", "hr"}
HOSTILE = (
    "<script>window.harmed = 1</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</div></article><h1>",
    "&lt;b&gt; &amp; &#60;",
    "${alert(1)} `{{value}}` {% x %}",
    "![x](http://evil.example/x.png) [y](javascript:alert(1))",
    "\u202eright to left\u2066",
    "]]><!-- -->",
)


class Drawn(HTMLParser):
    """What a browser would make of markup: the start tags with the names of their attributes, and the text inside some elements."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[dict[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[set[str]] = []
        self.feed(markup)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, tuple(found)))
        self.attributes.append({"": tag, **found})
        if tag not in VOID:
            self._open.append({tag, *f".{found.get('class') or ''}".replace(" ", " .").split()})

    def handle_endtag(self, tag: str) -> None:
        assert tag in self._open.pop(), tag

    def handle_data(self, data: str) -> None:
        for name in set().union(*self._open) if self._open else ():
            self.texts.setdefault(name, []).append(data)

    def text(self, name: str) -> str:
        return "".join(self.texts.get(name, []))


def article(text: str, **known: str | None) -> Article:
    return make_article("folder/a b.txt", text, **known)


def cited(article: Article, number: int = 1, span: Span | None = None) -> Citation:
    span = span or Span(0, len(article.text))
    return Citation(number, article, span, span.of(article.text), None, 0.5)


def answered(*citations: Citation, short: str | None = None) -> Answer:
    statements = tuple(Statement(citation.quote, (citation.number,), "verbatim") for citation in citations)
    return Answer("q", "en", statements, citations, short, False, None)


TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\r\n\r\n\t <>&'\"{}$`اب«»،.[]\u202e\u2028\ufeff\0a")))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_value_changes_the_shape_of_the_markup(hostile: str) -> None:
    def everything(value: str) -> list[str]:
        # A date and a language are checked when an article is read; every other field holds whatever a file says.
        given = replace(
            article(""),
            id=value,
            text=value,
            story=(Span(0, 1),),
            title=value,
            publisher=value,
            author=value,
            date="2024-05",
            language="en",
        )
        citation = cited(given)
        state = IndexState(
            value, value, {"en": 1, value: 2}, None, value, [Skipped(value, value)], [value], [Heading(value, value, value, "en")]
        )
        turns = [
            Turn(value, answered(citation, short=value)),
            *(Turn(value, Answer(value, "en", (), (citation,), None, True, Reason(code, value, value))) for code in get_args(ReasonCode)),
            Turn(value, value),
            Turn(value),
        ]
        return [
            draw.conversation(SAY, turns),
            reader.source(SAY, given, (), Span(0, 1), 1),
            reader.notice(SAY, value),
            masthead.state(SAY, state),
            masthead.state(SAY, replace(state, trouble=None)),
            masthead.welcome(SAY, state),
            masthead.welcome(SAY, replace(state, questions=())),
            masthead.welcome(SAY, replace(state, languages={})),
            masthead.welcome(SAY, replace(state, languages={}, trouble=None)),
            masthead.welcome(SAY, replace(state, languages={}, read=3)),
            judge.saved(SAY, value, 2, "token"),
            judge.undone(SAY, value, 2),
            judge.refused(value),
            evaluate.sets(SAY, [Choice("judged", value, 1, 1), Choice("samples", value, trouble=value)]),
            evaluate.visitors_set(SAY, Choice("own", value, 3)),
            export_menu.none(value, value),
            export_menu.file(export_menu.FORMS["md"], [], value),
        ]

    for markup, plain in zip(everything(hostile), everything("x plain value of no interest"), strict=True):
        assert Drawn(markup).tags == Drawn(plain).tags
        assert "<script" not in markup
        assert "<img" not in markup


def test_a_copy_button_carries_its_citation_code_point_for_code_point() -> None:
    source = article('The <b>dam</b>\r\nheld & "stood".', publisher="Courier", title="Flood", date="2024-05")
    drawn = Drawn(draw.conversation(SAY, [Turn("What held?", answered(cited(source)))]))
    (copy,) = [attributes for attributes in drawn.attributes if attributes.get("class") == "copy"]
    assert copy["data-copy"] == f'"{source.text}" — Flood, Courier, 2024-05 [folder/a b.txt, 0–{len(source.text)}]'


def test_the_forms_to_take_are_offered_once_under_the_last_answer() -> None:
    given = answered(cited(article("The dam held.")))
    silence = replace(given, statements=(), abstained=True)
    for turns, kinds in (
        ([Turn("a")], []),
        ([Turn("a", "an error")], []),
        ([Turn("a", silence)], [*export_menu.CONVERSATION]),
        ([Turn("a", given), Turn("b", silence), Turn("c", "an error")], [*export_menu.FORMS]),
    ):
        drawn = Drawn(draw.conversation(SAY, turns))
        assert [attributes["data-take"] for attributes in drawn.attributes if "data-take" in attributes] == kinds


def test_the_nearest_passages_are_no_citations_to_take() -> None:
    given = answered(cited(article("The dam held.")))
    silence = replace(given, statements=(), abstained=True)
    assert export_menu.cited([("a", silence), ("b", given)]) == list(given.citations)


def test_a_marker_carries_the_place_of_its_citation() -> None:
    source = article("The dam held. The bridge did not.", publisher="Courier", title="Flood")
    drawn = Drawn(draw.conversation(SAY, [Turn("What held?", answered(cited(source, 1, Span(0, 13)), cited(source, 2, Span(14, 33))))]))
    markers = [attributes for attributes in drawn.attributes if attributes.get("class") == "marker"]
    assert [(m["data-article"], m["data-version"], m["data-start"], m["data-end"], m["data-number"]) for m in markers] == [
        ("folder/a b.txt", source.sha256, "0", "13", "1"),
        ("folder/a b.txt", source.sha256, "14", "33", "2"),
    ]
    assert drawn.text(".marker") == "[1][2]"
    assert drawn.text(".statement") == "The dam held. [1]The bridge did not. [2]"


def test_a_citation_is_listed_with_title_publisher_and_date() -> None:
    source = article("The dam held.", title="Flood", publisher="Courier", date="2024-05-02")
    drawn = Drawn(draw.conversation(SAY, [Turn("What held?", answered(cited(source)))]))
    assert drawn.text(".source-line") == "[1] Flood — Courier, 2 May 2024"


def test_an_article_without_title_goes_by_its_file() -> None:
    drawn = Drawn(draw.conversation(SAY, [Turn("What held?", answered(cited(article("The dam held."))))]))
    assert drawn.text(".source-line") == "[1] folder/a b.txt"


@pytest.mark.parametrize(("confidence", "is_tentative"), [(None, False), (0.49, True), (0.5, False)])
def test_sentences_that_probably_do_not_answer_are_shown_as_what_may_answer(confidence: float | None, is_tentative: bool) -> None:
    answer = replace(answered(cited(article("Nine boats sank."))), confidence=confidence)
    assert bool(Drawn(draw.conversation(SAY, [Turn("How many?", answer)])).text(".tentative")) == is_tentative
    assert ("This may answer it:" in answer_lines(answer)) == is_tentative
    written = replace(answer, written_by="tiny")
    assert not Drawn(draw.conversation(SAY, [Turn("How many?", written)])).text(".tentative")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_parts_have_headings_and_suggestions_are_buttons_whatever_they_say(hostile: str) -> None:
    source = article("Nine gates held. The dam broke.")
    first, second = (
        Citation(number, source, span, span.of(source.text), None, 1.0) for number, span in ((1, Span(0, 16)), (2, Span(17, 31)))
    )
    statements = tuple(Statement(citation.quote, (citation.number,), "verbatim") for citation in (first, second))
    parts = (Group(hostile, (1,)), Group("2024-05-01", (0,)))
    answer = Answer("Q?", "en", statements, (first, second), None, False, None, kind="overview", groups=parts, suggestions=(hostile,))
    drawn = Drawn(draw.conversation(SAY, [Turn("Q?", answer)]))
    assert drawn.text(".part") == f"{hostile}The dam broke. [2]2024-05-01Nine gates held. [1]"
    assert {"": "button", "type": "button", "data-question": hostile, "dir": direction(hostile)} in drawn.attributes
    assert f"{hostile}\n\nThe dam broke. [2]" in answer_lines(answer)


def test_the_programs_own_words_cite_nothing_and_are_no_claim() -> None:
    answer = Answer("How many?", "en", (Statement("Articles: 9.", (), "supported"),), (), None, False, None, kind="collection")
    drawn = Drawn(draw.conversation(SAY, [Turn("How many?", answer)]))
    assert drawn.text(".statement") == "Articles: 9. "
    assert not any("data-claim" in attributes for attributes in drawn.attributes)
    assert answer_lines(answer) == "Articles: 9."


def test_the_short_answer_stands_before_the_statements() -> None:
    source = article("Nine gates held.")
    drawn = Drawn(draw.conversation(SAY, [Turn("How many?", answered(cited(source), short="Nine"))]))
    assert drawn.text(".answer").startswith("NineNine gates held.")
    assert drawn.text(".short") == "Nine"


def test_an_abstention_asserts_nothing_and_calls_the_nearest_passages_that() -> None:
    source = article("The dam held.")
    drawn = Drawn(draw.conversation(SAY, [Turn("Who?", Answer("Who?", "en", (), (cited(source),), None, True, Reason("no_answer")))]))
    assert drawn.text(".statement") == drawn.text(".short") == drawn.text(".answer") == ""
    assert drawn.text(".abstention").startswith(f"No clear answer{REASONS['no_answer']}Nearest passages")
    assert drawn.text("blockquote") == "The dam held."


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        ("", None, "ltr"),
        ("12.5 %", None, "ltr"),
        ("12.5 %", "rtl", "rtl"),
        ("من يدير BBC؟", None, "rtl"),
        ("The word «سد» means dam", "rtl", "ltr"),
        ("قالت شركة Channel Lines إنها تتعاون", "ltr", "rtl"),
        ("He said: «قالت شركة القناة إنها تتعاون مع التحقيق»", "ltr", "ltr"),
        ("Reuters", "rtl", "ltr"),
        ("שלום", None, "rtl"),
    ],
)
def test_a_text_runs_as_most_of_its_letters_do(text: str, around: str | None, expected: str) -> None:
    assert direction(text, around) == expected  # type: ignore[arg-type]


def test_the_state_of_the_index_is_told_in_words() -> None:
    def line(**known: object) -> str:
        return Drawn(f"<p>{masthead.state(SAY, IndexState('.store', **known))}</p>").text("p")  # type: ignore[arg-type]

    assert line() == "No articles yet"
    assert line(read=7) == "Indexing: 7 articles …"
    assert line(read=1, languages={"en": 1}) == "Indexing: 1 article …1 article · English 1"
    assert line(languages={"en": 1200, "ar": 5}) == "Ready1,205 articles · English 1,200, Arabic 5"
    assert line(languages={"en": 1}, trouble="The disk is full.") == "The disk is full.1 article · English 1"
    assert line(languages={"en": 1}, skipped=[Skipped("a.pdf", "not text")]) == "Ready1 article · English 11 file skippeda.pdf: not text"


def test_of_many_skipped_files_the_first_are_named_and_the_rest_counted() -> None:
    state = IndexState(".store", languages={"en": 1}, skipped=[Skipped(f"{n}.pdf", "not text") for n in range(50)])
    drawn = Drawn(masthead.state(SAY, state))
    assert drawn.text("li").count("not text") == 20
    assert drawn.text("li").endswith("and 30 more")


def test_without_a_store_the_page_says_how_to_make_one() -> None:
    text = Drawn(f"<div>{masthead.welcome(SAY, IndexState('my store'))}</div>").text("div")
    assert "make run ARTICLES=FOLDER" in text
    assert "python -m index build FOLDER --store my store" in text


def test_examples_are_questions_that_these_articles_answer() -> None:
    def record(question: str, doc: str, text: str, language: str = "en", answerable: bool = True) -> dict[str, object]:
        return {
            "question": question,
            "language": language,
            "answerable": answerable,
            "evidence": [{"doc": doc, "start": 0, "end": len(text), "text": text}],
        }

    records = [
        record("known?", "a", "The dam"),
        record("same article?", "a", "The"),
        record("unanswerable?", "b", "A", answerable=False),
        record("other text there?", "b", "The bridge"),
        record("not there?", "c", "The"),
        record("معروف؟", "d", "السد", "ar"),
    ]
    assert examples.documents(records) == ["a", "b", "c", "d"]
    assert examples.questions(records, {"a": "The dam held", "b": "A ferry", "d": "السد صمد"}) == ["known?", "معروف؟"]


def test_articles_to_read_are_some_of_each_language() -> None:
    articles = [replace(article("x"), id=f"{language}{n}", title=f"T{n}", language=language) for language in ("en", "ar") for n in range(9)]
    chosen = examples.headings([replace(article("x"), title=None), *articles])
    assert [heading.article_id for heading in chosen] == ["en0", "en1", "en2", "ar0", "ar1", "ar2"]


def told(answer: Answer) -> dict[str, object]:
    (place,) = [attributes for attributes in Drawn(str(judge.place(answer))).attributes if attributes.get("class") == "judging"]
    found: dict[str, object] = json.loads(place["data-told"] or "")
    return found


def test_under_an_answer_stands_all_that_its_judgement_needs() -> None:
    source = article("Nine gates held.")
    assert told(answered(cited(source, 1, Span(0, 4)), short="Nine")) == {
        "question": "q",
        "answer": "Nine",
        "places": [{"article": source.id, "version": source.sha256, "start": 0, "end": 4}],
    }


def test_what_is_nearest_to_a_question_is_no_evidence_for_it() -> None:
    assert told(Answer("q", "en", (), (cited(article("Nine gates held.")),), None, True, Reason("no_answer"))) == {
        "question": "q",
        "answer": None,
        "places": [],
    }


def test_nothing_is_to_be_judged_while_an_answer_is_awaited_or_could_not_be_given() -> None:
    assert "judging" not in draw.conversation(SAY, [Turn("q"), Turn("q", "No store.")])


def test_how_far_an_evaluation_is_is_told_in_numbers() -> None:
    drawn = Drawn(evaluate.pending(SAY, "Asking (on-record)", 12, 91))
    assert drawn.text(".pending") == "Asking 12 of 91 questions …"
    assert ("progress", ("max", "value", "aria-label")) in drawn.tags
    assert Drawn(evaluate.pending(SAY, "Checking", 1, 2)).text(".pending") == "Checking 1 of 2 quotes …"


def test_a_set_is_named_with_what_it_holds_or_with_what_is_wrong_with_it() -> None:
    drawn = Drawn(f"<div>{evaluate.sets(SAY, [Choice('a', 'Mine', 1200, 1), Choice('b', 'Broken', trouble='Line 3 is not JSON.')])}</div>")
    assert drawn.text("div") == "Mine 1,200 questions, 1 quoteBroken: Line 3 is not JSON."
    assert [attributes.get("value") for attributes in drawn.attributes if attributes[""] == "input"] == ["a"]
    assert evaluate.measured_on(SAY, 1) == "Measured on what this page holds: 1 article."
