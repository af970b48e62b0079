from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.text.fold import fold_text
from index.text.terms import Term, is_stop, stems, terms

WILD = """
    don’t U.S. p.m. 60,000 ٦٠٬٠٠٠ 2.5 ٢٫٥ 12.09.2017 1,234,5678 covid-19 Café E\u0301cole مُحَمَّدٌ والمدرسة، «لبناني» الله was who's
    عليها في2014م Ελλάς क्षि 新聞 👩🏽 \u200f. \ud800 ﬁn ½
"""
STOP_WORDS = "who what when where why how many which whom whose the Was it’s who's كم من متى أين ماذا هل كيف لماذا أيّ بماذا في وفي عليها"
CONTENT_WORDS = "won May US fighters 2014 university دينار يناير ثلاثة صباح لبناني الله ولاية ألف مهمة ذهب علم"
words = st.sampled_from(WILD.split())
anything = st.one_of(st.text(), st.lists(words).map(" ".join), st.lists(words).map("".join))


def stem(word: str) -> str:
    (only,) = stems(word)
    return only


@given(anything)
def test_stems_are_the_stems_of_terms(text: str) -> None:
    assert stems(text) == [term.stem for term in terms(text)]


@given(anything)
@example("¼0")
def test_terms_stand_in_the_text_in_order_and_share_at_most_one_code_point_that_folds_to_several(text: str) -> None:
    spans = [term.span for term in terms(text)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    for first, second in pairwise(spans):
        assert first.start <= second.start
        assert first.end <= second.end
        assert first.end <= second.start or len(fold_text(text[second.start : first.end])) > 1


@given(st.lists(words, min_size=1))
def test_the_span_of_a_term_alone_gives_the_same_stem(chosen: list[str]) -> None:
    text = " ".join(chosen)
    for term in terms(text):
        if term.stem[0].isalpha():
            assert term.stem in stems(term.span.of(text))


@given(anything)
def test_a_stem_is_a_stop_word_exactly_when_its_word_is(text: str) -> None:
    for term in terms(text):
        # the dots of an acronym make it a word of its own: "a.m." is not "am"
        if "." not in term.span.of(text):
            assert is_stop(term.stem) == is_stop(term.span.of(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60,000 people", ["60000", "peopl"]),
        ("٦٠٬٠٠٠", ["60000"]),
        ("1,234,567.89", ["1234567.89"]),
        ("2.5 and ٢٫٥.", ["2.5", "and", "2.5"]),
        ("in 2017, 40,", ["in", "2017", "40"]),
        ("12.09.2017", ["12", "09", "2017"]),
        ("1,234,5678", ["1", "234", "5678"]),
        ("don’t", ["don't"]),
        ("the U.S.-led, US-led", ["the", "us", "led", "us", "led"]),
        ("mayor’s", ["mayor"]),
        ("في2014م", ["في", "2014", "م"]),
        ("", []),
        (" …—\u200f ", []),
    ],
)
def test_words_and_numbers_are_cut_as_readers_count_them(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fighters", "fighter"),
        ("Défecting", "defected"),
        ("المدينة", "وبالمدينة"),
        ("للمدينة", "مدينة"),
        ("الأَسعار", "اسعار"),
        ("مستشفى", "المستشفي"),
        ("وموسكو", "بموسكو"),
    ],
)
def test_forms_of_one_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("15", "50"), ("2.5", "25"), ("ship", "shop"), ("قاضي", "قارئ")])
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", STOP_WORDS.split())
def test_question_words_and_particles_are_stop_words(word: str) -> None:
    assert is_stop(word)
    assert is_stop(stem(word))


@pytest.mark.parametrize("word", CONTENT_WORDS.split())
def test_words_that_a_question_may_be_about_are_no_stop_words(word: str) -> None:
    assert not is_stop(word)
    assert not is_stop(stem(word))


def test_a_span_covers_the_marks_of_its_word() -> None:
    text = "قال مُحَمَّدٌ، “E\u0301cole”"
    assert [term.span.of(text) for term in terms(text)] == ["قال", "مُحَمَّدٌ", "E\u0301cole"]
    assert terms(text)[2] == Term(stem(fold_text("école")), terms(text)[2].span)


def test_a_word_of_a_million_letters_is_cut_like_any_other() -> None:
    assert [len(found) for found in stems("a" * 1_000_000 + " " + "1" * 1_000_000 + " " + "1." * 500_000)[:2]] == [1_000_000] * 2
