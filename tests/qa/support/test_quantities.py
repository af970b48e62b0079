"""What a sentence counts is read from digits and words of both languages; what cannot be read for certain is passed over."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.support.quantities import Quantity, quantities


def only(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("43 lamps", "number", 43),
        ("٤٣ مصباحا", "number", 43),
        ("forty-three lamps", "number", 43),
        ("ثلاثة وأربعون مصباحا", "number", 43),
        ("خمسة عشر مصباحا", "number", 15),
        ("a dozen lamps", "number", 12),
        ("1,017 lamps", "number", 1017),
        ("two hundred and five lamps", "number", 205),
        ("ثلاثة آلاف ومئتين وخمسة مصابيح", "number", 3205),
        ("45 per cent", "percentage", 45),
        ("٤٥٪", "percentage", 45),
        ("45 في المئة", "percentage", 45),
        ("in 2014", "year", 2014),
        ("منذ عام ٢٠١٤", "year", 2014),
        ("on 13 March", "date", 313),
        ("March 13, 2031", "date", 313),
        ("في 13 آذار/مارس 2031", "date", 313),
        ("on Tuesday", "weekday", 1),
        ("مساء الثلاثاء", "weekday", 1),
        ("$43", "money", 43),
        ("43 دولارا", "money", 43),
    ],
)
def test_a_number_is_read_in_digits_and_in_words(text: str, kind: str, value: float) -> None:
    found = only(text)
    assert found.kind == kind
    assert found.least <= value <= found.most
    assert found.most - found.least <= 0.11 * value
    assert found.span.end == len(text)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("about 50 lamps", 40, 60),
        ("نحو 50 مصباحا", 40, 60),
        ("more than 50 lamps", 50, inf),
        ("no less than 50 lamps", 50, inf),
        ("ما لا يقل عن 50 مصباحا", 50, inf),
        ("no more than 50 lamps", 0, 50),
        ("up to 50 lamps", 0, 50),
        ("10 to 12 lamps", 10, 12),
        ("between 10 and 12 lamps", 10, 12),
        ("من 10 إلى 12 مصباحا", 10, 12),
        ("50 lamps", 50, 50),
        ("600 lamps", 570, 630),
        ("1.2 million lamps", 1_150_000, 1_250_000),
    ],
)
def test_a_number_is_as_exact_as_it_is_written(text: str, least: float, most: float) -> None:
    assert (only(text).least, only(text).most) == (least, most)


@pytest.mark.parametrize(
    "text",
    [
        "one of them",
        "dozens of lamps",
        "عشرات المصابيح",
        "آلاف المصابيح",
        "half a million lamps",
        "two thirds of the lamps",
        "the 36th lamp",
        "a score of 3-1",
        "at 6.10 p.m.",
        "عند الساعة 5:45",
        "Model 2000",
        "150.000",
        "a 6-foot-6 porter",
        "two in five lamps",
        "5 m wide",
        "six seven eight",
    ],
)
def test_what_nobody_can_tell_is_passed_over(text: str) -> None:
    assert list(quantities(text)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$600 a month", "$400"),
        ("$600 a month", "400 دولار شهريا"),
        ("nine people", "أحد عشر شخصا"),
        ("25,000 dral", "٣٠ ألف درال"),
        ("45%", "47 per cent"),
        ("in 2014", "عام 2015"),
        ("on Thursday", "يوم الثلاثاء"),
        ("13 March", "14 آذار"),
    ],
)
def test_two_numbers_of_one_thing_differ_in_either_language(one: str, other: str) -> None:
    ours, theirs = only(one), only(other)
    assert ours.is_comparable(theirs)
    assert ours.shares_listed_unit(theirs)
    assert ours.differs(theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("about 600 lamps", "598 lamps"),
        ("600 lamps", "598 lamps"),
        ("more than 1,000 lamps", "1,043 lamps"),
        ("1.2 million lamps", "1,213,400 lamps"),
        ("60 ألف مصباح", "60,000 مصباح"),
        ("at least nine lamps", "eleven lamps"),
        ("10 to 12 lamps", "11 lamps"),
        ("$600 a month", "$7,200 a year"),
        ("$600", "€540"),
        ("$600", "A$900"),
        ("40 miles", "64 kilometres"),
        ("nine people", "11 boats"),
    ],
)
def test_rounding_and_another_unit_are_no_difference(one: str, other: str) -> None:
    ours, theirs = only(one), only(other)
    assert not (ours.is_comparable(theirs) and ours.differs(theirs))


@given(st.text(st.sampled_from("0123456789٠٥٩,.:-–%$€ aeinost مليونفعشرةو\n\u202e\u200b\0"), max_size=80))
def test_no_text_raises_and_every_quantity_stands_where_it_says(text: str) -> None:
    for found in quantities(text):
        assert 0 <= found.span.start < found.span.end <= len(text)
        assert found.least <= found.most
