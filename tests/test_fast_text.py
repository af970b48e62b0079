"""What was made fast finds what its slow, obvious twin finds."""

from __future__ import annotations

import re
from datetime import date as calendar_date

import pytest
from anyascii import anyascii
from hypothesis import example, given
from hypothesis import strategies as st

from index import cues, cues_arabic, metadata, people, quotation_marks, sentences, terms
from index.articles import make_article
from index.language import _LETTERS, _script_of
from index.names import skeleton
from index.passages import _ORDINARY_GAPS, count_tokens, passages_of
from index.spans import Span

WORDS = """
    Mr. Mrs J. A.B. U.S. O’Neil's it’s 45 , 7, 120, ; — – … . ! ? ؟ 。 」 [12] \u200f AT&T al-Amin x-ray. ’90s said Said stated
    Mona Reyes Abu al-Din قال وقالت مُحَمَّدٌ ـكتاب كتاب according to According 60,000 2.5 12.09.2017 u.s. don't ½ _ a_b İ ß
    “ ” " ' ‘ ’ « » << >> `` '' < > ` ″
"""
WILD = (*WORDS.split(), " ", "\n", "\r", "\r\n", "\x85", "\u2028", "\x1c", "\t")
wild = st.one_of(
    st.text(),
    st.lists(st.sampled_from(WILD)).map("".join),
    st.lists(st.sampled_from(WILD)).map(" ".join),
)

_TITLED = "Mrs?|Ms|Messrs|Drs?|Sens?|Govs?|Reps?|Gen|Sgt|Col|Lt|Capt|Maj|Adm|Jr|Sr|St|Prof|Rev|Hon|Pres|Atty"
_ARABIC = terms._ARABIC
_NAME = r"(?<![\w’'-])[A-Z][\w’'-]+(?: (?:al-|de |van |bin |bint |ibn |al |el )?[A-Z](?:[\w’'-]+|\.)){1,4}"
_STOPS, _CLOSING, _AFTER = sentences._STOPS, sentences._CLOSING, sentences._AFTER
TWINS = {
    "English words": (cues._TOKEN, rf"\b(?:{_TITLED})\.|\b[A-Z]\.(?:[A-Z]\.)*|[^\W_](?:[\w&]|[.'’-](?=\w))*|\S"),
    "Arabic words": (cues_arabic._TOKEN, r"[^\W_](?:\w|[\u064b-\u0652\u0670\u0640]|[.'’-](?=\w))*|\S"),
    "quotation marks": (quotation_marks._MARK, "<<|>>|''|``|’’|‘‘|[“”„‟\"″＂«»‘’‚‹›']"),
    "line ends": (sentences._LINE_END, "\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]"),
    "stops": (
        sentences._CANDIDATE,
        rf"(?<![{_STOPS}])[{_STOPS}]++(?:[{_CLOSING}]|\[\d{{1,3}}\])*+(?:{_AFTER}|[,،]{_AFTER})|[。！？]++[{_CLOSING}」』]*+",
    ),
    "names with an age": (people._NAME_AND_AGE, rf"{_NAME}, \d{{1,3}},"),
    "capitalised runs": (people._CAPITALISED, r"(?<![\w.])[A-Z](?:[\w’'-]+|\.)(?: (?:al-)?[A-Z](?:[\w’'-]+|\.))+"),
    "verbs of reported speech": (cues._MAY_REPORT, rf"\b(?:{'|'.join(sorted(cues._REPORTS_SPEECH))}|[Aa]ccording to)\b"),
    "terms": (
        terms._WORD,
        r"(?<!\d[,.])\d{1,3}(?:,\d{3})+(?!,?\d)(?:\.\d+)?|(?<!\d\.)\d+\.\d+(?!\.?\d)|(?<![\w.])(?:[a-z]\.){2,}(?!\w)"
        rf"|[{_ARABIC}]+|[^\W_{_ARABIC}]+(?:'[^\W_{_ARABIC}]+)*",
    ),
}


@pytest.mark.parametrize("name", TWINS)
@given(text=wild, start=st.integers(0, 4))
@example("A Mr. J.K. x’s-- ’’’ <<< 'a''b' ... ?! a.[1], X.\r\n\r\rMona Reyes, 41, Abu al-Din, 7, said", 0)
@example("aMona Reyes, 41, x.Mona Reyes 1.u.s. .u.s. resaid said_", 0)
@example("?!. A", 1)
def test_a_pattern_that_jumps_finds_what_the_plain_one_finds(name: str, text: str, start: int) -> None:
    fast, plain = TWINS[name]
    assert [found.span() for found in fast.finditer(text, start)] == [found.span() for found in re.compile(plain).finditer(text, start)]


@given(wild)
def test_ages_by_their_lines_are_those_of_the_whole_text(text: str) -> None:
    assert people._aged(text) == {found["age"]: found["name"] for found in people._NAME_AND_AGE.finditer(text)}


@given(st.sampled_from(WILD), wild)
@example("a.a", "xa.a.a")
@example("aa", "aaa aa_aa aa")
def test_words_stand_where_a_pattern_finds_them(words: str, text: str) -> None:
    plain = re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    assert list(people._places(words, text)) == [found.start() for found in plain]


@given(wild, st.integers(0, 40))
@example("In Rome, " * 17 + "Mona Reyes slept.", 0)
def test_a_sentence_read_clause_by_clause_has_the_subject_of_the_whole(text: str, start: int) -> None:
    span = Span(min(start, len(text)), len(text))
    here = cues.words(text, Span(span.start, min(span.end, span.start + 8 * cues._FAR)))[: cues._FAR]
    assert cues.subject(text, span) == cues._main_subject(cues._clauses(here))


@given(st.text(max_size=12))
@example("schecksch")
@example("tchkhh")
@example("joseph")
def test_a_skeleton_is_spelt_step_by_step(word: str) -> None:
    roman = re.sub(r"[^a-z]", "", anyascii(word).lower())
    steps = "sch>s tch>s sh>s ch>s kh>k gh>g th>t dh>d ph>f ck>k q>k c>k x>ks v>f p>b z>s j>g h>"
    for spelling, consonant in (step.split(">") for step in steps.split()):
        roman = roman.replace(spelling, consonant)
    assert skeleton(word) == re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyw]", "", roman))


@given(st.characters())
def test_a_letter_is_of_one_script_at_most(character: str) -> None:
    assert [script for script, pattern in _LETTERS.items() if pattern.match(character)] == (
        [_script_of(character)] if _script_of(character) else []
    )


@pytest.mark.parametrize("gap", _ORDINARY_GAPS)
def test_an_ordinary_gap_is_one_token(gap: str) -> None:
    assert count_tokens(gap) == _ORDINARY_GAPS[gap]


@given(st.dates(calendar_date(1900, 1, 1), calendar_date(2099, 12, 31)))
def test_a_plain_date_is_read_as_dateparser_reads_it(day: calendar_date) -> None:
    month = list(metadata._MONTHS)[day.month - 1]
    assert metadata._iso_of_plain(f"{day.day} {month} {day.year}") == metadata._iso(f"{day.day} {month} {day.year}") == day.isoformat()
    assert metadata._iso_of_plain(f"{month} {day.year}") == metadata._iso(f"{month} {day.year}") == f"{day:%Y-%m}"


def test_a_day_that_the_calendar_does_not_have_is_no_plain_date() -> None:
    assert metadata._iso_of_plain("31 February 2019") is None
    assert metadata._iso_of_plain("0 March 2019") is None


@given(wild)
def test_the_tokens_of_a_passage_are_those_of_its_text(text: str) -> None:
    for passage in passages_of(make_article("a", f"Once.\n{text}"), 24):
        assert passage.tokens == count_tokens(passage.text)
