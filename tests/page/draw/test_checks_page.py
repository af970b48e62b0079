"""Drawing of checks: each verdict is told in words, what differs is marked, and nothing that was pasted or printed becomes markup."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_page import HOSTILE, SAY, TEXT, Drawn, article

from index.articles import Article
from index.text.spans import Span
from page.draw import checks
from qa.quotes.check import Match, MatchSpeech, QuoteCheck, Verdict
from qa.quotes.draft import DraftQuote, claims_of
from qa.support.wording import Change

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LANGUAGES = {"en": 3, "ar": 2}
PLAIN = (Change("equal", "The dam held"),)
DIFFERS = (Change("equal", "The dam "), Change("delete", "held"), Change("insert", "broke"), Change("equal", " today"))


def found(
    source: Article | None = None,
    span: Span | None = None,
    diff: tuple[Change, ...] = PLAIN,
    speaker: str | None = "Ada Lind",
    speech: MatchSpeech = "direct",
    context: Span | None = None,
    reversal: Span | None = None,
) -> Match:
    source = source or article("The dam held", title="Flood", publisher="Courier", date="2024-05-02")
    span = span or Span(0, len(source.text))
    return Match(source, span, span.of(source.text), speaker, speech, True, 1.0, diff, context, reversal)


def check(verdict: Verdict, *matches: Match, quote: str = "The dam broke today", speaker: str | None = None) -> QuoteCheck:
    return QuoteCheck(quote, speaker, verdict, matches, len(matches))


def shown(one: QuoteCheck) -> Drawn:
    return Drawn(checks.quote(SAY, one, LANGUAGES))


def draft(text: str, *quotes: tuple[int, int, QuoteCheck], file: str | None = None) -> Drawn:
    made = [DraftQuote(Span(start, end), text[start:end], one.claimed_speaker, one) for start, end, one in quotes]
    return Drawn(checks.draft(SAY, file, text, made, LANGUAGES))


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("", True),
        ("I signed eleven certificates", True),
        ("“I signed eleven certificates.”", True),
        (' "I signed eleven certificates" \n', True),
        ("«وقعت إحدى عشرة شهادة بيدي»", True),
        ("> “I signed eleven certificates.”", True),
        ("“I signed eleven certificates,” said Orkand.", False),
        ("Orkand said: “I signed eleven certificates.”", False),
        ("“I signed eleven of them,” Orkand said. “Nobody asked me why.”", False),
        ("“I signed eleven of them.”\n“Nobody asked me why I did.”", False),
        ("قال أوركند: «وقعت إحدى عشرة شهادة بيدي».", False),
    ],
)
def test_a_text_is_a_draft_where_other_words_or_other_quotations_stand_beside_a_quotation(text: str, one: bool) -> None:
    assert checks.is_one_quote(text, claims_of(text)) == one


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_is_told_by_a_word_a_meaning_a_sign_and_a_class_of_its_own(verdict: Verdict) -> None:
    drawn = shown(check(verdict, *([] if verdict == "not_found" else [found()]), speaker="Sami"))
    sign = drawn.text(".sign")
    assert drawn.text(".verdict") == f"{sign} {verdict.replace('_', ' ').capitalize()}"
    assert len(drawn.text(".meaning")) > 20
    assert any(attributes.get("class") == f"card {verdict}" for attributes in drawn.attributes)
    others = [shown(check(other)).text(".sign") for other in VERDICTS if other != verdict]
    assert sign not in others


def test_the_difference_is_marked_word_by_word_and_said_in_words_too() -> None:
    drawn = shown(check("altered", found(diff=DIFFERS)))
    assert drawn.text(".source-words") == "The dam [in the source: held][in the quote: broke] today"
    assert (drawn.texts["del"][:3], drawn.texts["ins"][:3]) == (["[in the source: ", "held", "]"], ["[in the quote: ", "broke", "]"])
    assert drawn.text(".legend") == "The difference: in the source alone, in the quote alone."


@given(st.lists(st.tuples(st.sampled_from(["equal", "insert", "delete"]), TEXT), max_size=8))
def test_no_word_of_a_difference_is_lost(pieces: list[tuple[str, str]]) -> None:
    diff = (*(Change(op, text) for op, text in pieces), Change("insert", "x"))  # type: ignore[arg-type]
    markup = checks.quote(SAY, check("altered", found(diff=diff)), LANGUAGES)
    told = Drawn(markup).text(".source-words")
    for label in ("[in the source: ", "[in the quote: "):
        told = told.replace(label, "")
    assert told.replace("]", "") == "".join(change.text for change in diff).replace("\0", "\ufffd").replace("]", "")
    assert "\r" not in markup


@pytest.mark.parametrize("verdict", ["verbatim", "translated"])
def test_where_typography_alone_or_the_language_differs_no_difference_is_marked(verdict: Verdict) -> None:
    drawn = shown(check(verdict, found(diff=DIFFERS)))
    assert drawn.text(".source-words") == "The dam held"
    assert drawn.text("del") == drawn.text("ins") == drawn.text(".legend") == ""


def test_a_place_says_where_when_and_who_and_opens_its_article_there() -> None:
    source = article("Rain. The dam held", title="Flood", publisher="Courier", date="2024-05-02")
    drawn = shown(check("verbatim", found(source, Span(6, 18))))
    assert drawn.text(".source-line") == "Flood — Courier, 2 May 2024"
    assert drawn.text(".speaker") == "— Ada Lind"
    button = next(attributes for attributes in drawn.attributes if attributes.get("class") == "source-line")
    assert [button[f"data-{name}"] for name in ("article", "version", "start", "end")] == ["folder/a b.txt", source.sha256, "6", "18"]


@pytest.mark.parametrize(
    ("speaker", "speech", "line"),
    [
        ("Ada Lind", "indirect", "— Ada Lind, in reported speech"),
        (None, "direct", "— the article does not say who"),
        (None, "narration", "— the article’s own words, nobody is quoted"),
    ],
)
def test_words_that_nobody_is_quoted_with_do_not_pass_for_speech(speaker: str | None, speech: MatchSpeech, line: str) -> None:
    assert shown(check("verbatim", found(speaker=speaker, speech=speech))).text(".speaker") == line


@pytest.mark.parametrize(
    ("text", "match", "turn", "line"),
    [
        ("I do not say that the dam held.", (18, 30), (0, 17), "Mind the words before it: I do not say that"),
        ("The dam held, some claim.", (0, 12), (14, 24), "Mind the words after it: some claim"),
        ("The dam, he denied, held.", (0, 24), (9, 18), "Mind the words within them: he denied"),
    ],
)
def test_words_that_turn_the_sense_are_said_before_the_sentence_that_has_them(
    text: str, match: tuple[int, int], turn: tuple[int, int], line: str
) -> None:
    drawn = shown(check("verbatim", found(article(text), Span(*match), context=Span(0, len(text)), reversal=Span(*turn))))
    assert drawn.text(".mind") == line
    assert drawn.text(".context") == text
    assert drawn.text("strong") == text[slice(*turn)]


def test_a_sentence_without_end_is_shown_around_the_words_alone() -> None:
    text = "a " * 100_000 + "The dam held" + " b" * 100_000
    drawn = shown(check("verbatim", found(article(text), Span(200_000, 200_012), context=Span(0, len(text)))))
    assert drawn.text("b") == "The dam held"
    assert len(drawn.text(".context")) < 1_000


def test_words_that_no_article_has_are_said_to_have_been_looked_for_in_these_languages() -> None:
    drawn = shown(check("not_found"))
    assert "Looked through: 5 articles (English, Arabic)." in drawn.text(".remark")
    assert drawn.text(".place") == ""


def test_whom_the_source_gives_the_words_to_is_said() -> None:
    drawn = shown(check("misattributed", found(), speaker="Sami Orkand"))
    assert drawn.text(".claimed") == "Attributed to Sami Orkand"
    assert drawn.text(".remark") == "The source does not give these words to Sami Orkand. It gives them to Ada Lind."


def test_of_many_places_the_first_are_open_and_all_are_there() -> None:
    drawn = shown(check("verbatim", *[found()] * 12))
    assert "12 places hold it." in drawn.text(".remark")
    assert drawn.text("summary") == "9 more places"
    assert len([tag for tag, _ in drawn.tags if tag == "button"]) == 12


def test_of_a_draft_each_quotation_has_fewer_places_listed_and_their_number_told() -> None:
    drawn = draft("He said “The dam” and left.", (9, 16, check("verbatim", *[found()] * 40)))
    assert "40 places hold it; here are the first 10." in drawn.text(".remark")
    assert len([1 for attributes in drawn.attributes if attributes.get("class") == "source-line"]) == 10


DRAFT = "He said “The dam” and left.\r\n\r\nShe said “I saw ‘a lake’ there.\nTwice.” Then “nothing”."


def test_a_draft_stands_whole_with_each_quotation_linked_to_its_check_and_back() -> None:
    quotes = [("The dam", "altered"), ("I saw ‘a lake’ there.\nTwice.", "verbatim"), ("a lake", "elided"), ("nothing", "not_found")]
    places = [(DRAFT.index(text), DRAFT.index(text) + len(text), check(verdict)) for text, verdict in quotes]  # type: ignore[arg-type]
    drawn = draft(DRAFT, *places)
    chips = drawn.texts[".badge"]
    told = drawn.text(".draft")
    for number, sign, label in zip(chips[::4], chips[2::4], chips[3::4], strict=True):
        told = told.replace(f"{number}{sign}{label}", "")
    assert drawn.text(".read-as") == "Read as a draft with 4 quotations. Check all of it as one quote"
    assert drawn.text(".words") == "The damI saw ‘a lake’ there.\nTwice.nothing"
    links = [attributes for attributes in drawn.attributes if str(attributes.get("class")).startswith("quoted")]
    assert [(link["class"], link["href"], link.get("id")) for link in links] == [
        ("quoted altered", "#check-1", "quoted-1"),
        ("quoted verbatim", "#check-2", "quoted-2"),
        ("quoted elided", "#check-3", "quoted-3"),
        ("quoted verbatim", "#check-2", None),
        ("quoted verbatim", "#check-2", None),
        ("quoted not_found", "#check-4", "quoted-4"),
    ]
    cards = [attributes for attributes in drawn.attributes if str(attributes.get("class")).startswith("card")]
    assert [card["id"] for card in cards] == ["check-1", "check-2", "check-3", "check-4"]
    assert [attributes["href"] for attributes in drawn.attributes if attributes.get("class") == "number"] == [
        f"#quoted-{n}" for n in (1, 2, 3, 4)
    ]


@given(TEXT, st.data())
def test_a_drafts_text_is_drawn_code_point_for_code_point(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    spans = [sorted(pair) for pair in data.draw(st.lists(st.tuples(places, places), max_size=4))]
    quotes = [(start, end, check("verbatim")) for start, end in spans if start < end]
    drawn = draft(text, *quotes, file="a.txt")
    if not quotes:
        return
    told = "".join(drawn.texts.get(".draft", []))
    chips = "".join(drawn.texts.get(".badge", []))
    assert len(told) - len(chips) == len(text)
    assert [attributes["href"] for attributes in drawn.attributes if attributes.get("class") == "number"] == [
        f"#quoted-{n}" for n in range(1, len(quotes) + 1)
    ]


def test_a_draft_is_told_in_numbers_the_good_verdicts_first() -> None:
    drawn = draft("“a” “b” “c” said", (1, 2, check("not_found")), (5, 6, check("verbatim")), (9, 10, check("not_found")))
    assert drawn.text(".tally") == "✓ 1 Verbatim× 2 Not found"


def test_a_file_is_named_and_one_without_quotations_says_so() -> None:
    assert draft("Nothing.", file="my draft.docx").text(".checked") == "No quotation stands in the draft my draft.docx."


def test_each_line_and_quote_runs_its_own_way() -> None:
    arabic = "قال صندور: «السد آمن».\nHe said “no”.\n"
    drawn = draft(arabic, (arabic.index("السد"), arabic.index("»"), check("verbatim", quote="السد آمن")))
    assert [a["dir"] for a in drawn.attributes if str(a.get("class", "")).startswith("line")] == ["rtl", "ltr"]
    assert [a["dir"] for a in drawn.attributes if a.get("class") == "asked"] == ["rtl"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_value_changes_the_shape_of_the_markup(hostile: str) -> None:
    def everything(value: str) -> list[str]:
        # A date and a language are checked when an article is read.
        given = replace(article(value * 3), id=value, title=value, publisher=value, date="2024-05", language="en")
        end = len(value)
        span, whole = Span(end, 2 * end), Span(0, 3 * end)
        match = found(given, span, tuple(Change(op, value) for op in ("equal", "delete", "insert")), value, "indirect", whole, Span(0, end))
        drawn = [checks.trouble(value), checks.draft(SAY, value, value, [], {value: 1})]
        for verdict in VERDICTS:
            one = check(verdict, *[match] * 5, quote=value, speaker=value)
            drawn.append(checks.quote(SAY, one, {value: 1}))
            text = f"a {value} b {value}"
            drawn.append(checks.draft(SAY, value, text, [DraftQuote(Span(2, 2 + end), value, value, one)], {value: 1}))
        return drawn

    for markup, plain in zip(everything(hostile), everything("x plain value of no interest"), strict=True):
        assert Drawn(markup).tags == Drawn(plain).tags
        assert "<script" not in markup
        assert "<img" not in markup


def test_progress_is_told_in_numbers() -> None:
    drawn = Drawn(checks.pending(SAY, 12, 40))
    assert drawn.text(".pending") == "Checking the quotations: 12 of 40 …"
    assert ("progress", ("max", "value", "aria-label")) in drawn.tags
