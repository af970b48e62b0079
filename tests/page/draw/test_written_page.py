"""Drawing and taking away what a language model wrote: who wrote it, what was struck out and why, and never as an article's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_page import HOSTILE, Drawn, article, cited

from page.draw import conversation as draw
from page.draw import export_menu, masthead, model
from page.draw.conversation import Turn
from page.draw.model import Manner
from page.draw.phrases import CODES, phrases
from qa.ask.types import Answer, Notice, Reason, Statement, Struck, Writing
from qa.export import references, transcript
from qa.export.wording import FAULTS, REASONS, STOPPED
from qa.library.index_status import IndexState
from qa.support.evidence import Failure

SAY = phrases("en")
NAME = "tiny:1b at 127.0.0.1:1"
SOURCE = article("The dam of Imla held for nine days.", publisher="Courier", language="en")
FOREIGN = replace(article("صمد السد تسعة أيام.", publisher="Courier", language="ar"), id="other.txt")
STATED = Statement("For nine days the dam held.", (1,), "supported")
QUOTED = Statement(SOURCE.text, (1,), "verbatim")
STRUCK = Struck("It held for 31 days.", (1,), Failure("number", "31"))


def written(*statements: Statement, **more: object) -> Answer:
    plain = Answer("How long did it hold?", "en", statements, (cited(SOURCE),), None, False, None, written_by=NAME)
    return replace(plain, **more)


def drawn(outcome: Answer | Writing, language: str = "en") -> Drawn:
    return Drawn(draw.conversation(phrases(language), [Turn("q", outcome)]))


def with_class(page: Drawn, name: str) -> list[dict[str, str | None]]:
    return [one for one in page.attributes if name in (one.get("class") or "").split()]


@pytest.mark.parametrize("hostile", [*HOSTILE, "x" * 3000])
def test_nothing_that_a_model_says_changes_the_shape_of_the_page(hostile: str) -> None:
    def everything(said: str) -> list[str]:
        statement, struck = replace(STATED, text=said), Struck(said, (1,), Failure("words", said))
        citation = replace(cited(SOURCE), translation=said)
        whole = written(statement, struck=(struck,), citations=(citation,), written_by=said)
        nowhere = (replace(struck, citations=()),)
        silent = replace(whole, statements=(), citations=(), struck=nowhere, abstained=True, reason=Reason("unsupported"))
        outcomes = [whole, Writing(whole), Writing(silent), silent, replace(whole, notice=Notice("failed", said))]
        return [
            *(draw.conversation(SAY, [Turn("q", outcome)]) for outcome in outcomes),
            transcript.as_html([("q", whole), ("q", silent)]),
            model.connected(SAY, said),
        ]

    for markup, plain in zip(everything(hostile), everything("a plain word"), strict=True):
        assert Drawn(markup).tags == Drawn(plain).tags
        assert "<script" not in markup and "<img" not in markup


def test_a_written_answer_says_who_wrote_it_and_articles_own_words_say_nothing_of_it() -> None:
    page = drawn(written(STATED))
    assert page.text(".written-by").startswith(f"Written by {NAME} from the sentences below")
    own = drawn(replace(written(QUOTED), written_by=None))
    assert with_class(own, "written-by") == []
    assert "data-written" not in draw.conversation(SAY, [Turn("q", replace(written(QUOTED), written_by=None))])


def test_a_models_statement_is_told_from_a_sentence_that_it_quotes_and_has_the_questions_language() -> None:
    answer = written(STATED, replace(QUOTED, text=FOREIGN.text), citations=(cited(FOREIGN),))
    own, quoted = with_class(drawn(answer), "statement")
    assert (own["lang"], own["dir"], "data-own" in own) == ("en", "ltr", True)
    assert (quoted["lang"], quoted["dir"], "data-own" in quoted) == ("ar", "rtl", False)


@pytest.mark.parametrize("code", CODES)
def test_what_is_struck_out_is_struck_through_after_the_statements_with_its_reason(code: str) -> None:
    page = drawn(written(STATED, struck=(STRUCK,)), code)
    say = phrases(code)
    assert page.text("s") == STRUCK.text
    assert STRUCK.text not in page.text(".statement")
    assert page.text(".struck").startswith(say.plain("Struck out:"))
    assert page.text(".why-struck") == f"{say.plain(FAULTS['number'])}: 31"
    classes = [one.get("class") for one in page.attributes]
    assert classes.index("statement") < classes.index("struck") < classes.index("citations")


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_every_reason_is_said_in_every_language(code: str) -> None:
    assert all(phrases(code).plain(line) != line for line in (*FAULTS.values(), *REASONS.values(), STOPPED))


def test_a_silence_shows_what_was_struck_out_and_asserts_nothing() -> None:
    silent = written(struck=(replace(STRUCK, citations=()),), abstained=True, reason=Reason("unsupported"))
    page = drawn(silent)
    assert page.text("s") == STRUCK.text
    assert REASONS["unsupported"] in page.text(".abstention")
    assert with_class(page, "statement") == []


def test_while_it_is_written_there_is_what_is_checked_already_and_a_way_to_stop() -> None:
    begun = drawn(Writing(written(citations=())))
    assert begun.text(".pending") == f"{NAME} is writing …"
    assert begun.text(".stop") == "Stop"
    assert with_class(begun, "answer") == []
    going = drawn(Writing(written(STATED, struck=(STRUCK,))))
    assert going.text(".pending") == f"{NAME} is writing …"
    assert STATED.text in going.text(".statement") and going.text("s") == STRUCK.text
    assert with_class(going, "written-by") == with_class(going, "judging") == with_class(going, "taking") == []


@pytest.mark.parametrize(
    ("notice", "line"),
    [
        (Notice("stopped"), STOPPED),
        (
            Notice("failed", "The language model at <b> does not answer."),
            "These are the articles’ own words. The language model at <b> does not answer.",
        ),
    ],
)
def test_why_the_articles_own_words_are_shown_stands_above_them(notice: Notice, line: str) -> None:
    page = drawn(replace(written(QUOTED), written_by=None, notice=notice))
    (place,) = with_class(page, "notice")
    assert (place["role"], page.text(".notice")) == ("status", line)
    classes = [one.get("class") for one in page.attributes]
    assert classes.index("notice") < classes.index("answer")
    assert phrases("ar").plain(STOPPED) != STOPPED


def test_a_translation_stands_under_its_quote_as_what_it_is() -> None:
    citation = replace(cited(FOREIGN), translation="The dam held for nine days.")
    page = drawn(written(STATED, citations=(citation,)))
    assert page.text("blockquote") == FOREIGN.text
    assert page.text(".translation") == f"Translated by {NAME}, not a quotation{citation.translation}"
    assert any(one == {"": "p", "dir": "ltr", "lang": "en"} for one in page.attributes)
    assert "q" not in {tag for tag, _ in page.tags}
    copied = next(one["data-copy"] for one in page.attributes if "data-copy" in one)
    assert citation.translation not in (copied or "")


def test_what_is_taken_away_says_who_wrote_and_has_neither_what_was_struck_out_nor_translations() -> None:
    citation = replace(cited(SOURCE), translation="A translation.")
    answer = written(STATED, struck=(STRUCK, STRUCK), citations=(citation,))
    silent = replace(answer, statements=(), struck=(STRUCK,), citations=(), abstained=True, reason=Reason("unsupported"))
    own = replace(written(QUOTED), written_by=None, notice=Notice("failed", "The model is down."))
    text = transcript.as_markdown([("q", answer), ("q", silent), ("q", own)])
    assert text.count("Written by tiny:1b at 127.0.0.1:1, a language model") == 1
    assert "2 statements of the model were struck out" in text and "One statement of the model was struck out" in text
    assert "The model is down." in text
    for form in export_menu.FORMS.values():
        taken = form.write([("q", answer), ("q", silent), ("q", own)])
        assert b"31 days" not in taken and b"A translation." not in taken
    assert STATED.text not in references.in_a_line(citation)


def test_the_first_words_of_the_page_promise_what_is_kept() -> None:
    state = IndexState("s", languages={"en": 1})
    assert "letter for letter" in masthead.welcome(SAY, state)
    assert "letter for letter" not in masthead.welcome(SAY, state, written=True)


@pytest.mark.parametrize("code", CODES)
def test_only_who_may_name_a_model_has_a_place_for_its_address(code: str) -> None:
    say = phrases(code)
    assert 'id="model-address"' in model.panel(say, Manner(), may_name=True)
    assert '<input type="text"' not in model.panel(say, Manner(), may_name=False)


def test_the_panel_begins_with_what_the_page_was_started_with() -> None:
    page = Drawn(model.panel(SAY, Manner(written=True, judge=True, drops=True), may_name=False))
    assert [one.get("value", one.get("id")) for one in page.attributes if "checked" in one] == ["written", "dropped", "judge"]


def test_that_a_model_failed_is_not_told_as_if_the_articles_held_nothing() -> None:
    silent = written(struck=(replace(STRUCK, citations=()),), abstained=True, reason=Reason("unsupported"))
    page = drawn(silent).text(".abstention")
    assert page.startswith("No answer that holds")
    assert "Answer in the articles’ own words" in page
    exported = transcript.as_markdown([("q", silent)])
    for told in (page, exported):
        assert "Not in the articles" not in told
        assert "not answer the question" not in told


def test_what_an_article_does_not_state_of_itself_is_said_in_the_readers_language() -> None:
    silent = replace(written(), written_by=None, citations=(), abstained=True, reason=Reason("author_not_stated", article="The <b>dam"))
    assert drawn(silent).text(".abstention").startswith("Not in the articles'The <b>dam' does not say its author.")
    recorded = replace(silent, reason=Reason("only_recorded", value="1950-05-03"))
    arabic = drawn(recorded, "ar").text(".abstention")
    assert "1950-05-03" in arabic and "By its record" not in arabic
