from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.text.fold import fold, fold_character, fold_text
from index.text.spans import Span

WILD = (
    "aßİÉſﬁ½№™1,\0\ud800¨´’”—… \t\n\r\u00a0\u2003\u200b\u200c\u200d\u200e\u200f\u202a\u2066\ufeff\u00ad\u0301\u0308\u20e3\ufe0f\u034f"
    "،؟٪٫٣۴أإآٱىةؤئءیکہـًٌَُّْٰﻻﷺﹰ👩🏽क्षि가が"
)
anything = st.text(st.one_of(st.sampled_from(WILD), st.characters()))


def clings(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef" or character in "\u034f\u180b\u180c\u180d"
    return bool(unicodedata.combining(character)) or unicodedata.category(character) == "Me" or selector or character == "\u0640"


def slow_fold(text: str) -> tuple[str, list[int], list[int]]:
    """The twin: one character after another, no tables of lengths."""
    rows: list[dict[str, int | str]] = []
    base = -1
    for at, character in enumerate(text):
        result = fold_character(character)
        if result:
            base = at
        elif clings(character):
            for row in rows:
                if row["base"] == base:
                    row["end"] = at + 1
        for piece in result:
            if piece == " " and rows and rows[-1]["piece"] == " ":
                rows[-1].update(base=at, end=at + 1)
            else:
                rows.append({"piece": piece, "origin": at, "base": at, "end": at + 1})
    return "".join(str(r["piece"]) for r in rows), [int(r["origin"]) for r in rows], [int(r["end"]) for r in rows]


@given(anything)
@example("ﬁ\u0301x")
@example(" \u0301 \u0301a")
@example("\u0301")
@example("1½ ½")
def test_the_fast_fold_equals_the_slow_one(text: str) -> None:
    folded = fold(text)
    assert (folded.text, list(folded.origins), list(folded.ends)) == slow_fold(text)


@given(anything)
def test_fold_text_is_the_text_of_fold(text: str) -> None:
    assert fold_text(text) == fold(text).text


@given(anything)
def test_origins_and_ends_never_go_back_and_stay_in_the_text(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origins) == len(folded.ends)
    assert list(folded.origins) == sorted(folded.origins)
    assert list(folded.ends) == sorted(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.origins, folded.ends, strict=True))


@given(anything, st.data())
def test_a_range_leads_back_to_text_that_folds_to_it(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    back = fold_text(folded.to_original(start, end).of(text))
    assert folded.text[start:end] in back
    # no more than the code points at its ends that fold to several characters bring along
    assert len(back) - (end - start) <= 2 * 18


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_composed_and_decomposed_letters_fold_alike(text: str) -> None:
    assert fold_text(unicodedata.normalize("NFC", text)) == fold_text(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café DÉJÀ", "cafe deja"),
        ("STRASSE straße", "strasse strasse"),
        ("ΣΊΣΥΦΟΣ Σίσυφος", "σισυφοσ σισυφοσ"),
        ("أحمد إلى آسيا ٱلكتاب", "احمد الي اسيا الكتاب"),
        ("مدرسةٌ كبرى", "مدرسه كبري"),
        ("مسؤول رئيس", "مسوول رييس"),
        ("جمـــيل", "جميل"),
        ("مُحَمَّدٌ", "محمد"),
        ("کتابی", "كتابي"),
        ("١٢٣ ۴۵۶", "123 456"),
        ("٢٫٥٪ ٦٠٬٠٠٠", "2.5% 60,000"),
        ("“a” «b» ‘c’ d’e", '"a" "b" \'c\' d\'e'),
        ("a – b — c", "a - b - c"),
        ("a\u200f\u200eb\ufeff\u00ad", "ab"),
        ("a \r\n\t\u00a0 b", "a b"),
        ("wait…", "wait..."),
        ("2½", "2 1/2"),
        ("ﻻ", "لا"),
        ("يوم، غد؛ متى؟", "يوم, غد; متي?"),
    ],
)
def test_different_printings_fold_alike(one: str, other: str) -> None:
    assert fold_text(one) == other


@pytest.mark.parametrize(("one", "other"), [("no", "not"), ("15", "50"), ("2.5", "25"), ("سماء", "سما"), ("кот", "кит"), ("कि", "कु")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


def test_the_way_back_takes_the_marks_of_the_last_letter_along_but_no_control_after_it() -> None:
    text = "قال مُحَمَّدٌ\u200f أمس"
    folded = fold(text)
    start = folded.text.index("محمد")
    assert folded.to_original(start, start + 4) == Span(4, 13)
    assert Span(4, 13).of(text) == "مُحَمَّدٌ"


def test_half_a_ligature_leads_back_to_all_of_it() -> None:
    folded = fold("oﬀer")
    assert folded.text == "offer"
    assert folded.to_original(1, 2) == folded.to_original(2, 3) == Span(1, 2)


def test_an_empty_range_leads_back_to_an_empty_span() -> None:
    folded = fold("a\u0301 b")
    assert [folded.to_original(i, i) for i in range(4)] == [Span(0, 0), Span(2, 2), Span(3, 3), Span(4, 4)]
    assert fold("").to_original(0, 0) == Span(0, 0)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 0), (0, 4)])
def test_a_range_outside_the_folded_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        fold("abc").to_original(start, end)


def test_two_million_characters_fold_in_seconds() -> None:
    text = "قال مُحَمَّدٌ إنّ “Café” 60,000  " * 65_000
    begin = time.perf_counter()
    fold(text)
    # measured: 0.3 s
    assert time.perf_counter() - begin < 5
