"""The address of words in a page elsewhere: the words that a browser would look for are those that are meant."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.fold import fold_text
from index.text.spans import Span
from qa.export.text_fragment import directive, link

TEXT = st.lists(
    st.sampled_from(["gate", "Gate", "held,", "“no”", "a-b", "c&d", "e,f", "السد", "أُمّةٌ", "12", "—", "\U0001f350", "\n", "\r\n", "\n\n"]),
    max_size=40,
).map(" ".join)


def read(found: str) -> tuple[list[str], str, list[str], str]:
    """A directive as a browser reads it (https://wicg.github.io/scroll-to-text-fragment/#parse-a-text-directive): the words of its prefix,
    start, end and suffix, the start as a phrase."""
    assert found.startswith("text=")
    terms = found.removeprefix("text=").split(",")
    prefix = unquote(terms.pop(0)[:-1]) if terms[0].endswith("-") else ""
    suffix = unquote(terms.pop()[1:]) if terms[-1].startswith("-") else ""
    assert 1 <= len(terms) <= 2
    start, end = unquote(terms[0]), unquote(terms[-1]) if len(terms) == 2 else ""
    return prefix.split(), start, end.split(), suffix


def touched(text: str, span: Span) -> tuple[int, list[str]]:
    """The words that a span shares a character with, and how many stand before them: the slow way."""
    places = [Span(*match.span()) for match in re.finditer(r"\S+", text)]
    numbers = [number for number, place in enumerate(places) if place.overlap(span)]
    return numbers[0] if numbers else 0, [places[number].of(text) for number in numbers]


@given(TEXT, st.data())
def test_the_words_stand_in_the_text_whole_and_in_that_order(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    found, (begins, words) = directive(text, span), touched(text, span)
    assert (found == "") == (words == [])
    if not found:
        return
    prefix, first, last, suffix = read(found)
    if last:
        assert words[: len(first.split())] == first.split()
        assert words[-len(last) :] == last
    else:
        assert words == first.split()
    all_words, ends, behind = text.split(), begins + len(words), suffix.split()
    assert all_words[begins - len(prefix) : begins] == prefix
    assert all_words[ends : ends + len(behind)] == behind


@given(TEXT, st.data())
def test_no_term_crosses_a_line(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    found = directive(text, Span(start, data.draw(st.integers(start, len(text)))))
    if found:
        prefix, first, last, suffix = read(found)
        lines = [" ".join(line.split()) for line in text.splitlines()]
        for term in (" ".join(prefix), first, " ".join(last), suffix):
            assert any(term in line for line in lines)


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("The dam held.", "dam held", "text=dam%20held."),
        ("A well-known, old dam & weir.", "well-known, old dam & weir", "text=well%2Dknown%2C%20old%20dam%20%26%20weir."),
        ("قال الوزير إن السد صمد.", "السد صمد", f"text={'%D8%A7%D9%84%D8%B3%D8%AF'}%20{'%D8%B5%D9%85%D8%AF.'}"),
        ("One two three four five six seven eight nine ten eleven.", "One two three four five six seven eight nine ten eleven.",
         "text=One%20two%20three%20four,eight%20nine%20ten%20eleven."),
        ("Of the dam\nthe wall held.", "dam\nthe wall", "text=dam,the%20wall"),
        ("Nothing  but\tspace", "  ", ""),
    ],
)  # fmt: skip
def test_a_quote_is_written_as_the_specification_has_it(text: str, quote: str, expected: str) -> None:
    start = text.index(quote)
    assert directive(text, Span(start, start + len(quote))) == expected


def test_words_that_stand_twice_go_with_as_many_of_their_neighbours_as_tell_them_apart() -> None:
    text = "In May the old dam held. In June the old dam held. It fell in July."
    second = text.rindex("dam held.")
    prefix, first, _, suffix = read(directive(text, Span(second, second + 9)))
    phrase = fold_text(f"{' '.join(prefix)} {first} {suffix}").strip()
    assert fold_text(text).count(phrase) == 1
    assert text.index(first) < text.index("June") < text.rindex(first)


def test_the_end_of_a_long_quote_is_not_taken_for_an_earlier_place() -> None:
    text = "alpha beta gamma delta epsilon zeta alpha beta gamma delta eta theta zeta alpha beta gamma delta iota"
    quote = text.removeprefix("alpha beta gamma delta ").removesuffix(" iota")
    start = text.index(quote)
    _, first, last, suffix = read(directive(text, Span(start, start + len(quote))))
    assert first == "epsilon zeta alpha beta"
    end = text.index(f"{' '.join(last)} {suffix}".strip())
    assert end + len(" ".join(last)) == start + len(quote)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/dam", "https://a.example/dam#:~:text=dam%20held."),
        ("http://a.example", "http://a.example#:~:text=dam%20held."),
        ("https://a.example/dam?x=1#top", "https://a.example/dam?x=1#top:~:text=dam%20held."),
        ("https://a.example/#top:~:text=other", "https://a.example/#top:~:text=dam%20held."),
        ("javascript:alert(1)", None),
        ("JavaScript://a.example/%0aalert(1)", None),
        ("data:text/html,<script>1</script>", None),
        ("//a.example/dam", None),
        ("https:///dam", None),
        ("https://[", None),
        ("https://a.example@evil.example/", None),
        ("https://a.example/ dam", None),
        ("java\tscript:alert(1)", None),
        ("https://a.example/\x00", None),
        ("", None),
    ],
)
def test_only_a_web_address_is_linked_and_keeps_its_own_fragment(url: str, expected: str | None) -> None:
    assert link(url, "The dam held.", Span(4, 12)) == expected


def test_without_words_the_address_is_that_of_the_page() -> None:
    assert link("https://a.example/dam#top", "The dam held.", None) == "https://a.example/dam#top"
    assert link("https://a.example/dam", "  ", Span(0, 2)) == "https://a.example/dam"
