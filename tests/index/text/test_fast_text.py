"""What was made fast finds what its slow, obvious twin finds."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import FrozenInstanceError, replace
from datetime import date as calendar_date
from itertools import pairwise

import pytest
from anyascii import anyascii
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as st

from index.articles import make_article
from index.languages.ar import cues as arabic_cues
from index.languages.cues import Token
from index.languages.en import cues, people, subjects
from index.languages.people import occurrences
from index.store import passages
from index.store import word_index as words
from index.store.passages import _ORDINARY_GAPS, _tokens_at_once, count_tokens, passages_of
from index.story import clutter_lines as clean
from index.text import dates, language, names, sentences, terms
from index.text import marks as quotation_marks
from index.text.fold import fold_character, fold_text
from index.text.names import skeleton
from index.text.script import _LETTERS, language_of_paragraph, script_of
from index.text.spans import Span, trim

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
    "Arabic words": (arabic_cues._TOKEN, r"[^\W_](?:\w|[\u064b-\u0652\u0670\u0640]|[.'’-](?=\w))*|\S"),
    "quotation marks": (quotation_marks._MARK, "<<|>>|''|``|’’|‘‘|[“”„‟\"″＂«»‘’‚‹›']"),
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
    assert people._name_of_age(text) == {found["age"]: found["name"] for found in people._NAME_AND_AGE.finditer(text)}


@given(st.sampled_from(WILD), wild)
@example("a.a", "xa.a.a")
@example("aa", "aaa aa_aa aa")
def test_words_stand_where_a_pattern_finds_them(words: str, text: str) -> None:
    plain = re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    assert list(occurrences(words, text)) == [found.start() for found in plain]


@given(wild, st.integers(0, 40))
@example("In Rome, " * 17 + "Mona Reyes slept.", 0)
def test_a_sentence_read_clause_by_clause_has_the_subject_of_the_whole(text: str, start: int) -> None:
    span = Span(min(start, len(text)), len(text))
    here = cues.tokenize(text, Span(span.start, min(span.end, span.start + 8 * subjects.LONGEST_DISTANCE)))[: subjects.LONGEST_DISTANCE]
    assert cues.subject(text, span) == subjects.main_subject(subjects.clauses(here))


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
        [script_of(character)] if script_of(character) else []
    )


@pytest.mark.parametrize("gap", _ORDINARY_GAPS)
def test_an_ordinary_gap_is_one_token(gap: str) -> None:
    assert count_tokens(gap) == _ORDINARY_GAPS[gap]


MONTHS = Locale("en").months["format"]["wide"]


@given(st.dates(calendar_date(1900, 1, 1), calendar_date(2099, 12, 31)))
def test_a_date_that_names_its_month_is_read_as_dateparser_reads_it(day: calendar_date) -> None:
    for written, iso in (
        (f"{day.day} {MONTHS[day.month]} {day.year}", day.isoformat()),
        (f"{MONTHS[day.month]} {day.year}", f"{day:%Y-%m}"),
    ):
        assert dates.parse_date(written) == dates._iso(written) == iso


def test_a_day_that_the_calendar_does_not_have_is_no_date() -> None:
    assert dates.parse_date("31 February 2019") is None
    assert dates.parse_date("0 March 2019") is None


@given(wild)
def test_the_tokens_of_a_passage_are_those_of_its_text(text: str) -> None:
    for passage in passages_of(make_article("a", f"Once.\n{text}"), 24):
        assert passage.tokens == _tokens_at_once(passage.text)


@given(wild | st.lists(st.sampled_from((*WILD, "<|endoftext|>", "字", "\u00a0", "\u3000", "'ll", " \n", "  "))).map("".join))
@example("a   b")
@example("a\t \t b")
@example("a\u00a0 b")
@example("a\x1c b")
@example(" a, b")
@example("end.\n\nNext one")
@example("one, “two”. 'll, three٣,")
@example("")
def test_tokens_counted_by_pieces_are_those_of_the_whole(text: str) -> None:
    assert count_tokens(text) == _tokens_at_once(text)


def test_no_more_pieces_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "_MOST_KEPT", 3)
    pieces = passages._TokensOfPieces(" ")
    assert [pieces[word] for word in ["one", "two", "three", "four", "five", "one"]] == [1] * 6
    assert len(pieces) <= 3
    assert pieces["x" * 200] == _tokens_at_once(" " + "x" * 200)
    assert "x" * 200 not in pieces


@given(wild, st.lists(st.integers(0, 60), max_size=6))
@example("One two.\n\nThree four. Five", [8, 22])
@example("A b.\nC\nd e.", [4, 6])
@example("a \u00a0 b c\n\nd e", [8])
@example("One two. Mona\t \t x", [8])
def test_tokens_of_a_run_are_those_of_its_text(text: str, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    units = [unit for edge in pairwise(edges) if len(unit := trim(text, Span(*edge)))]
    if units:
        counted = passages._tokens(text, [(unit, _tokens_at_once(unit.of(text))) for unit in units])
        assert counted == _tokens_at_once(text[units[0].start : units[-1].end])


@given(wild)
@example("\r\n a \x85b\u2028\x1c c\r\rd")
def test_lines_end_where_a_pattern_ends_them(text: str) -> None:
    pieces = re.split("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text)
    lines = list(sentences._lines(text))
    assert [line.of(text) for line in lines if len(line)] == [piece.strip() for piece in pieces if piece.strip()]
    assert len(lines) in (len(pieces), len(pieces) - 1)  # what an end of line leaves at the end holds nothing


@given(wild | st.text(st.sampled_from("aB “’é–ö½\n\t\x00`É\u0301شكـ٣ﷺ"), max_size=40))
@example("It’s “late” — at 10\u00a0p.m. Zoë sa\x00id `no`")
@example("".join(map(chr, range(0x2010, 0x2030))) + "a" * 900)
def test_a_text_folds_as_its_characters_do(text: str) -> None:
    assert fold_text(text) == re.sub(" +", " ", "".join(map(fold_character, text)))


@given(wild)
@example("“Who's” the_İb é1a x")
def test_words_cut_by_bytes_are_those_of_a_pattern(text: str) -> None:
    assert sorted(language._words(text)) == sorted(language._WORD.findall(text))
    assert language._number_of_words(text, language._words(text.lower())) == len(language._WORD.findall(text))
    assert words.words_of(text) == words.WORD.findall(fold_text(text))
    assert clean._words_of(text) == clean._WORD.findall(text)


def test_only_one_letter_is_two_characters_in_lower_case() -> None:
    other = [
        code
        for code in range(sys.maxunicode + 1)
        if bool(language._WORD.match(chr(code))) != bool(language._WORD.fullmatch(chr(code).lower()))
    ]
    assert other == [ord("İ")]


@given(wild)
def test_characters_are_counted_as_python_counts_them(text: str) -> None:
    assert language._counted(text) == Counter(text)


@given(wild)
@example("u.s. 60,000 2.5 12.09.2017 don't a covid19 b.c 1a a1'b'")
def test_ascii_patterns_find_what_the_general_ones_find(text: str) -> None:
    folded = fold_text(text).encode("ascii", "ignore").decode()
    assert terms._ASCII_WORD.findall(folded) == terms._WORD.findall(folded)
    assert names._ASCII_WORD.findall(folded) == names._WORD.findall(folded)


@given(wild, st.booleans())
@example("” said Mr. O’Neil of the U.S. He left. Nobody", True)
@example("” Go. J. Smith said. “No", False)
@example("x" * 1499 + ". Yes", True)
def test_a_sentence_read_to_its_end_is_that_of_the_whole(text: str, late: bool) -> None:
    gap = Span(min(late, len(text)), len(text))
    here = cues.tokenize(text, Span(gap.start, min(gap.end, gap.start + cues._LONGEST)))
    assert cues._first_sentence(text, gap) == here[: _first_end(text, gap, here)]


def _first_end(text: str, gap: Span, here: list[Token]) -> int:
    for match in cues._SENTENCE_END.finditer(text, gap.start, gap.end):
        count = sum(word.start < match.start() for word in here)
        last = here[count - 1].text if count else ""
        dotted = last.endswith(".") or (len(last) == 1 and last.isupper())
        if count and not (dotted and text[match.start()] == "."):
            return count
    return len(here)


_TELLING = ("قال", "وأكدت", "إن", "أنه", "بحسب", "وفق", "الوزير", "،", ".", "البيان", "قالَ", "صحيح", "كلام", "طويل")


@given(st.lists(st.sampled_from(_TELLING), max_size=12).map(" ".join))
@example("قال الوزير إن البيان صحيح جدا")
@example("بحسب الوزير ، البيان صحيح كلام طويل")
def test_what_may_not_report_does_not(text: str) -> None:
    span = Span(0, len(text))
    if not arabic_cues._may_report(text, span):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arabic_cues, "_may_report", lambda text, sentence: True)
            assert arabic_cues.reported(text, span) is None


@given(wild)
@example("One. … ” … Two three. — — . Four")
@example("一。 。 二。 三。")
def test_a_paragraph_is_split_as_its_pieces_say_one_by_one(text: str) -> None:
    paragraph = trim(text, Span(0, len(text)))
    found: list[Span] = []
    for piece in _pieces(text, paragraph):
        if found and not all(any(map(str.isalnum, one.of(text))) for one in (found[-1], piece)):
            found[-1] = Span(found[-1].start, piece.end)
        else:
            found.append(piece)
    assert sentences.split_paragraph(text, paragraph) == found


def _pieces(text: str, paragraph: Span) -> list[Span]:
    start, end = paragraph.start, paragraph.end
    stops = [match for match in sentences._CANDIDATE.finditer(text, start, end) if match.end() < end]
    cuts = [match.end() for match in stops if sentences._ends_sentence(text, match, start, end)]
    return [piece for edge in pairwise([start, *cuts, end]) if len(piece := trim(text, Span(*edge)))]


@given(st.text(st.sampled_from("abcكتب 12.é"), max_size=20))
@example("كتب abc")
@example("كتبabcd 1")
@example("12 ك")
def test_a_paragraph_is_arabic_where_most_of_its_letters_are(text: str) -> None:
    arabic = sum("\u0620" <= character <= "\u064a" for character in text)
    assert (language_of_paragraph(text, Span(0, len(text))) == "ar") == (arabic > 0 and 2 * arabic > sum(map(str.isalpha, text)))


def test_a_possessive_ends_a_name() -> None:
    text = "Mona Reyes’s Omar Dow saw Senator Ada Quint's boat and the James Marsh"
    assert list(people._names_in(text, Span(0, len(text)))) == ["Mona Reyes", "Omar Dow", "Ada Quint", "James Marsh"]


@given(
    st.sampled_from(("time", "Mr", "No", "Ltd", "U", "ab", "aB", "كتاب", "كـ", "ـك", "د", "éa")),
    st.sampled_from(("The", "next", "4", "Dow", "")),
)
def test_a_whole_word_is_no_abbreviation(token: str, word: str) -> None:
    if len(token) > 1 and sentences._is_whole_word(token):
        assert not sentences._is_abbreviation(token, "", word, False, False)


@given(st.integers(-2, 5), st.integers(-2, 5))
def test_a_span_is_made_and_refused_as_a_dataclass_would(start: int, end: int) -> None:
    if not 0 <= start <= end:
        with pytest.raises(ValueError, match="not a span"):
            Span(start, end)
    else:
        span = Span(start, end)
        assert (span.start, span.end) == (start, end)
        assert replace(span, end=end + 1) == Span(start, end + 1)
        with pytest.raises(FrozenInstanceError):
            span.start = 0  # type: ignore[misc]
