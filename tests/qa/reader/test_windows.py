"""The windows that a reader is given hold every sentence of a text, and each token's place in it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.default_model import model_folder
from index.embedding.onnx_embedder import load_tokenizer
from index.text.sentences import sentence_spans
from index.text.spans import Span
from qa.reader.learned import MARKS
from qa.reader.windows import Window, Windows

TEXT = "The pier is shut. Divers found cracks in eleven of its forty piles. It opens in 2031.\n\nقال المجلس إن الرصيف مغلق."
FIRST, SEPARATOR = 0, 2


def the_windows() -> Windows:
    return Windows(load_tokenizer(model_folder() / "tokenizer.json"), MARKS)


@pytest.fixture
def windows() -> Windows:
    return the_windows()


def every(windows: Windows, question: str, text: str, title: str = "", tokens: int = 256) -> list[Window]:
    return windows.every(question, text, list(sentence_spans(text)), title, tokens)


def best(windows: Windows, text: str, scores: Sequence[float], tokens: int) -> Window:
    window = windows.best("What is said?", text, list(sentence_spans(text)), scores, "", tokens)
    assert window is not None
    return window


def test_a_window_is_question_title_and_sentences_between_separators(windows: Windows) -> None:
    (window,) = every(windows, "How many piles?", TEXT, "Pier shut")
    assert (window.ids[0], window.ids[-1], window.ids.count(SEPARATOR)) == (FIRST, SEPARATOR, 3)
    assert len(window.ids) == window.offset + len(window.spans) + 1
    assert [sentence.span for sentence in window.sentences] == list(sentence_spans(TEXT))


def test_the_tokens_of_a_place_are_those_that_hold_it(windows: Windows) -> None:
    (window,) = every(windows, "How many piles?", TEXT)
    for words in ("eleven", "eleven of its forty piles", "2031", "The pier", "الرصيف مغلق"):
        start = TEXT.index(words)
        tokens = window.tokens_of(Span(start, start + len(words)))
        assert tokens is not None
        spans = window.spans[tokens[0] - window.offset : tokens[1] - window.offset + 1]
        assert TEXT[spans[0].start : spans[-1].end] == words


def test_a_place_that_a_window_holds_in_part_has_no_tokens_there(windows: Windows) -> None:
    first, *more = every(windows, "How many?", TEXT, tokens=24)
    assert more and first.tokens_of(Span(0, len(TEXT))) is None


PIECES = st.lists(
    st.sampled_from(["One. ", "Two words here. ", "a" * 400 + ". ", "كلمة واحدة. ", "\n\n", "x " * 60 + ". ", "\ud800 "]), max_size=12
)


@given(PIECES)
def test_every_sentence_is_in_a_window_and_no_window_is_too_long(pieces: list[str]) -> None:
    text = "".join(pieces)
    windows = every(the_windows(), "What is said?", text, tokens=48)
    assert all(len(window.ids) <= 48 for window in windows)
    held = {place for window in windows for span in window.spans for place in range(span.start, span.end)}
    spoken = {place for sentence in sentence_spans(text) for place in range(sentence.start, sentence.end) if text[place].isalnum()}
    assert spoken <= held


@given(PIECES, st.data())
def test_the_best_window_holds_the_best_sentence_among_its_neighbours(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    sentences = list(sentence_spans(text))
    scores = data.draw(st.lists(st.integers(0, 5), min_size=len(sentences), max_size=len(sentences)))
    window = the_windows().best("What is said?", text, sentences, scores, "", 48)
    if window is None:
        assert not any(character.isalnum() for character in text)
        return
    assert len(window.ids) <= 48
    read = [sentence.span for sentence in window.sentences]
    first = sentences.index(read[0])
    assert read == sentences[first : first + len(read)]
    assert max(scores[first : first + len(read)]) == max(scores)


def test_a_window_grows_to_both_sides_as_far_as_it_has_room(windows: Windows) -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(9))
    scores = [float(n == 4) for n in range(9)]
    read = [text[s.span.start : s.span.end] for s in best(windows, text, scores, 48).sentences]
    assert "Sentence number 4 is here." in read[1:-1]
    assert len(best(windows, text, scores, 400).sentences) == 9


def test_a_sentence_longer_than_a_window_is_cut(windows: Windows) -> None:
    window = best(windows, "word " * 500 + ".", [1.0], 64)
    assert len(window.ids) == 64
