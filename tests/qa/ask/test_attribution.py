"""A reader sees whose words a citation gives, and what the article says against them."""

from __future__ import annotations

import pytest

from index.articles import make_article
from index.story.quotations import quotations_of
from index.text.spans import Span
from qa.ask.attribution import Attribution, attribution
from qa.ask.types import Citation
from qa.export.wording import credit


def of(text: str, cited: str, **known: str) -> tuple[Attribution, str]:
    article = make_article("a.txt", text, **known)
    start = text.index(cited)
    found = attribution(article, quotations_of(text, article.story), Span(start, start + len(cited)))
    return found, text


STORY = (
    "The mine at Oster was closed in May after two falls of rock.\n\n"
    "“We were sent down without lamps,” said Ivo Tarn, who worked there for nine years.\n\n"
    "Tarn said the foremen had sold the lamps. The Herald could not verify his account.\n\n"
    "The company employed 340 people."
)


def test_a_quoted_sentence_names_its_speaker() -> None:
    found, _ = of(STORY, "“We were sent down without lamps,” said Ivo Tarn, who worked there for nine years.")
    assert (found.speaker, found.speech) == ("Ivo Tarn", "direct")


def test_a_reported_claim_is_told_from_what_the_paper_says() -> None:
    claim, _ = of(STORY, "Tarn said the foremen had sold the lamps.")
    assert (claim.speaker, claim.speech) == ("Ivo Tarn", "indirect")
    own, _ = of(STORY, "The company employed 340 people.")
    assert own == Attribution(None, "narration", None)


def test_a_claim_carries_the_articles_own_caveat_word_for_word() -> None:
    found, text = of(STORY, "Tarn said the foremen had sold the lamps.")
    assert found.caveat is not None
    assert found.caveat.of(text) == "The Herald could not verify his account."


@pytest.mark.parametrize(
    "caveat",
    [
        "It was not possible to verify the footage independently.",
        "She offered no evidence for the claim.",
        "There has been no independent confirmation of the numbers.",
        "The allegations remain unverified.",
        "ولم يتسن للوكالة التحقق من روايته من مصدر مستقل.",
        "وتعذر التأكد من صحة هذه الأقوال.",
        "ولم تقدم الشركة أي دليل على ذلك.",
    ],
)
def test_caveats_are_known_in_both_languages(caveat: str) -> None:
    text = f"“We were sent down without lamps,” said Ivo Tarn. {caveat}"
    found, _ = of(text, "“We were sent down without lamps,” said Ivo Tarn.")
    assert found.caveat is not None and found.caveat.of(text) == caveat


@pytest.mark.parametrize("sentence", ["He could not confirm the booking of a room.", "The police verified the tickets.", "لم يقدم الغداء."])
def test_other_sentences_are_no_caveats_far_from_the_claim(sentence: str) -> None:
    filler = "The road climbs through a forest of pine and birch for an hour. " * 10
    text = f"“We were sent down without lamps,” said Ivo Tarn. {filler}{sentence}"
    assert of(text, "“We were sent down without lamps,” said Ivo Tarn.")[0].caveat is None


def test_a_citation_is_credited_as_a_reader_would_write_it() -> None:
    article = make_article("a.txt", STORY, publisher="The Oster Herald", date="2015-09-20")
    span = Span(STORY.index("“We"), STORY.index("“We") + 20)
    direct = Citation(1, article, span, span.of(STORY), "Ivo Tarn", 1.0, speech="direct")
    assert credit(direct) == "Ivo Tarn, quoted by The Oster Herald, 2015"
    assert credit(Citation(1, article, span, span.of(STORY), None, 1.0)) is None
