"""Where articles of one story give different numbers, dates or names, both are told, letter for letter; where they agree nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import wire

from index.articles import Article, make_article
from index.store.store import Store
from index.text.sentences import sentence_spans
from index.text.spans import Span
from qa.answer import answer
from qa.ask.disagreement import StoryComparison, clauses
from qa.ask.read import MOST_WORDS
from qa.ask.types import Answer
from qa.export.answer_json import answer_json
from qa.export.lines import is_disputed
from qa.export.wording import differing

BEFORE = "The ferry Nessa left Tarvel at dawn with her lamps still lit.\n\n"
BEHIND = "\n\nThe harbour master has promised a report before the autumn.\n"


@pytest.fixture(scope="module")
def store(wire_store: Store) -> Store:
    return wire_store


def sentences(article: Article) -> Sequence[Span]:
    return sentence_spans(article.text, article.story)


def differences(store: Store, ours: str, theirs: str) -> list[tuple[str, str, str]]:
    """What two articles say differently that are the same but for a sentence, both ways round."""
    one, other = (make_article(id, BEFORE + text + BEHIND, language="en") for id, text in (("one", ours), ("other", theirs)))
    found: list[list[tuple[str, str, str]]] = []
    for mine, yours in pairwise((one, other, one)):
        (sentence,) = [span for span in sentences(mine) if span.of(mine.text) in (ours, theirs)]
        found.append(
            [
                (difference.kind, difference.ours.words.of(mine.text), difference.theirs.words.of(yours.text))
                for difference in StoryComparison(store).differences(mine, sentence, [yours])
            ]
        )
    forth, back = found
    assert [(kind, b, a) for kind, a, b in forth] == back
    return forth


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (
            "The company paid its sailors $600 a month until the ferry was mended.",
            "The company paid its sailors $400 until the ferry was mended.",
            [("money", "$600 a month", "$400")],
        ),
        (
            "Nine people died and 161 were pulled alive from the cold water.",
            "Eleven people died and 154 were pulled alive from the cold water.",
            [("number", "Nine people", "Eleven people"), ("number", "161", "154")],
        ),
        (
            "The hull was raised from the bay on 13 March by two cranes.",
            "The hull was raised from the bay on 14 March by two cranes.",
            [("date", "13 March", "14 March")],
        ),
        (
            "The ferry was built in Tarvel in 1979 by two brothers.",
            "The ferry was built in Tarvel in 1981 by two brothers.",
            [("year", "1979", "1981")],
        ),
        (
            "The inquiry into the sinking will open on Monday in Tarvel.",
            "The inquiry into the sinking will open on Tuesday in Tarvel.",
            [("weekday", "Monday", "Tuesday")],
        ),
        (
            "The inquiry will be led by Peter Marlow, a judge from Tarvel.",
            "The inquiry will be led by Peter Harding, a judge from Tarvel.",
            [("name", "Peter Marlow", "Peter Harding")],
        ),
    ],
)
def test_what_two_papers_say_differently_of_one_thing_is_told(
    store: Store, ours: str, theirs: str, told: list[tuple[str, str, str]]
) -> None:
    assert differences(store, ours, theirs) == told


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("About 600 people stood on the quay in the rain.", "Some 598 people stood on the quay in the rain."),
        ("More than 1,000 people stood on the quay in the rain.", "In all 1,043 people stood on the quay in the rain."),
        ("The mending of the ferry cost 1.2 million dral.", "The mending of the ferry cost 1,213,000 dral."),
        ("Nine people died before the boats could reach them.", "9 people died before the boats could reach them."),
        ("The fine for the company was $600 in the end.", "The fine for the company was €540 in the end."),
        ("The ferry sank 40 miles from the coast of Kessa.", "The ferry sank 64 kilometres from the coast of Kessa."),
        ("Nine sailors and 14 dockers came to the town hall.", "Nine sailors and 14 dockers came to the town hall on foot."),
        ("Four boats from Kessa and nine boats from Tarvel came.", "Four boats from Kessa and six boats from Tarvel came."),
        ("The ferry carried 38 cars on her last journey.", "The town hall held 12 meetings about the silo fire."),
        ("The inquiry will be led by Peter Marlow, a judge.", "The inquiry will be led by Peter Marlowe, a judge."),
        ("The inquiry will be led by Peter Marlow, a judge.", "The inquiry will be led by Marlow, a judge."),
        ("The ferry was bound for Mount Tarvel with her lamps.", "The ferry was bound for Mount Kessa with her lamps."),
        ("Sailors of the Black Star were held in the harbour.", "Sailors of the White Rose were held in the harbour."),
        ("He paid $600.", "He paid $400."),
    ],
)
def test_rounding_other_units_spelling_and_other_sentences_are_no_disagreement(store: Store, ours: str, theirs: str) -> None:
    assert differences(store, ours, theirs) == []


def test_a_sentence_that_stands_there_twice_with_other_numbers_is_compared_with_neither(store: Store) -> None:
    ours = make_article("one", "On the first day 40 people crossed the bay to Kessa by boat.\n\n" + BEHIND, language="en")
    theirs = "On the first day 44 people crossed the bay to Kessa by boat.\n\nOn the second day 47 people crossed the bay to Kessa by boat."
    other = make_article("other", theirs + BEHIND, language="en")
    assert list(StoryComparison(store).differences(ours, sentences(ours)[0], [other])) == []


def test_a_translation_that_gives_another_number_is_told_and_the_rest_is_not(store: Store) -> None:
    articles = store.catalogue.articles(["agency", "sada"])
    comparison = StoryComparison(store)
    for one, other in pairwise(("agency", "sada", "agency")):
        found = [told for span in sentences(articles[one]) for told in comparison.differences(articles[one], span, [articles[other]])]
        words = {told.ours.article.language: told.ours.words.of(told.ours.article.text) for told in found}
        words |= {told.theirs.article.language: told.theirs.words.of(told.theirs.article.text) for told in found}
        assert len(found) == 1
        assert words == {"en": "43 people", "ar": "53 شخصا"}


def check(found: Answer) -> None:
    numbers = [number for statement in found.statements for number in statement.citations]
    assert numbers == list(range(1, len(found.citations) + 1)), "numbered in order of use, and each used"
    assert sum(len(statement.text.split()) for statement in found.statements) <= MOST_WORDS
    for disagreement in found.disagreements:
        assert len(disagreement.sides) > 1
        assert len({side.text for side in disagreement.sides}) == len(disagreement.sides)
        for side in disagreement.sides:
            citation = found.citations[side.citation - 1]
            assert citation.span.contains(side.span)
            assert side.span.of(citation.article.text) == side.text


@pytest.mark.parametrize("question", [wire.ASKED_PAY, wire.ASKED_HURT, "كم سيدفع مرفأ تارفل لكل عامل رصيف؟", "كم شخصا نقل إلى المستشفى؟"])
def test_both_sides_are_stated_and_cited_letter_for_letter(store: Store, question: str) -> None:
    found = answer(store, question)
    check(found)
    (disagreement,) = found.disagreements
    cited = {side.citation for side in disagreement.sides}
    stated = [statement for statement in found.statements if cited & set(statement.citations)]
    assert len(stated) == 2
    assert found.short_answer is None or is_disputed(found)


def test_a_short_answer_that_articles_contradict_is_disputed(store: Store) -> None:
    found = answer(store, wire.ASKED_PAY)
    assert is_disputed(replace(found, short_answer="$600"))
    assert not is_disputed(replace(found, short_answer="each dock worker"))


def test_the_two_sums_are_told_in_a_line_and_in_json(store: Store) -> None:
    found = answer(store, wire.ASKED_PAY)
    (disagreement,) = found.disagreements
    last = disagreement.sides[1].citation
    assert found.citations[last - 1].article.id == "mail"
    assert differing(disagreement) == f"$600 a month [1]; $400 [{last}]"
    (told,) = answer_json(found)["disagreements"]
    assert told["kind"] == "money"
    for side in told["sides"]:
        citation = found.citations[side["citation"] - 1]
        assert citation.article.text[side["start"] : side["end"]] == side["text"]


def test_a_sentence_that_is_evidence_and_another_side_is_told_once(store: Store) -> None:
    found = answer(store, "كم شخصا نقل إلى المستشفى؟")
    assert len({statement.text for statement in found.statements}) == len(found.statements)
    assert len(found.disagreements) == 1


def test_an_answer_without_a_story_has_no_disagreement(store: Store) -> None:
    assert answer(store, wire.ASKED_LAWYER).disagreements == ()


def test_a_clause_is_parted_where_a_mark_parts_it() -> None:
    text = "He came, she said – and 9 men; nobody else."
    (sentence,) = sentence_spans(text)
    assert [span.of(text) for span in clauses(text, sentence)] == ["He came,", "she said –", "and 9 men;", "nobody else."]


def test_a_sentence_that_no_paper_prints_is_not_compared(store: Store) -> None:
    """It would take hours."""
    line = " ".join(["nine lamps and"] * 10_000)
    ours, theirs = make_article("one", f"{line} 600 boats.", language="en"), make_article("other", f"{line} 400 boats.", language="en")
    assert list(StoryComparison(store).differences(ours, Span(0, len(ours.text)), [theirs])) == []
