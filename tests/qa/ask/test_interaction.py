"""Late interaction: maxsim as it is defined, and pairs of whole words that stand letter for letter in question and source."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import make_article
from index.embedding.embed import EncodedQuestion, TokenEmbedder
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder
from index.store.late_interaction import TokenMatches, match_tokens, maxsim
from index.store.passages import passages_of, with_title
from index.store.store import Store, writing
from index.store.tokens import Tokens
from index.text.spans import Span
from index.text.terms import terms
from qa.ask.interaction import Pair, pairs
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve

COSINES = st.floats(-1, 1, width=32)


@pytest.fixture(scope="module")
def default() -> TokenEmbedder:
    embedder = load_embedder(DEFAULT_EMBEDDER)
    assert isinstance(embedder, TokenEmbedder)
    return embedder


def question_of(weights: list[float]) -> EncodedQuestion:
    """A question of which only the weights matter."""
    count = len(weights)
    return EncodedQuestion(
        np.ones(1, dtype=np.float32),
        np.zeros((count, 2), dtype=np.uint32),
        np.zeros((count, 1), dtype=np.float32),
        np.array(weights, dtype=np.float32),
    )


def meeting_of(embedder: TokenEmbedder, question: str, text: str, start: int = 0) -> tuple[EncodedQuestion, TokenMatches]:
    """How a question meets a text that begins at `start` of its article."""
    encoded, (stored,) = embedder.question(question), embedder.encode([text])
    (similarities,) = match_tokens(embedder, encoded, [Tokens(stored.spans, stored.tokens)])
    return encoded, TokenMatches(similarities, stored.spans.astype(np.int64) + start)


def slow_maxsim(weights: list[float], similarities: list[list[float]]) -> float:
    total = 0.0
    for weight, row in zip(weights, similarities, strict=True):
        best = -2.0
        for similarity in row:
            if similarity > best:  # noqa: PLR1730 (spelled out)
                best = similarity
        total += weight * best
    return total


@given(st.data())
def test_maxsim_is_each_question_tokens_best_by_its_weight(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    weights = data.draw(st.lists(st.floats(0, 1, width=32), min_size=rows, max_size=rows))
    similarities = data.draw(st.lists(st.lists(COSINES, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    found = maxsim(question_of(weights), np.array(similarities, dtype=np.float32))
    assert found == pytest.approx(slow_maxsim(weights, similarities), abs=1e-5)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_side_gives_0(shape: tuple[int, int]) -> None:
    assert maxsim(question_of([1 / 3] * shape[0]), np.zeros(shape, dtype=np.float32)) == 0


@pytest.mark.parametrize("name", ["tiny", "default"])
@pytest.mark.parametrize(("question", "text"), [("?!", "The mill burned."), ("Who burned the mill?", "…"), ("", "")])
def test_a_question_or_a_text_without_words_meets_nothing(
    request: pytest.FixtureRequest, make_tiny_token_embedder: Any, name: str, question: str, text: str
) -> None:
    embedder = make_tiny_token_embedder() if name == "tiny" else request.getfixturevalue("default")
    encoded, meeting = meeting_of(embedder, question, text)
    assert maxsim(encoded, meeting.similarities) == 0
    assert meeting.best(Span(0, len(text))).tolist() == [0.0] * len(encoded.tokens)
    assert pairs(question, encoded, meeting, text, 0) == ()


def test_no_texts_have_no_meetings(make_tiny_token_embedder: Any) -> None:
    embedder = make_tiny_token_embedder()
    assert match_tokens(embedder, embedder.question("Who?"), []) == []


def test_texts_that_meet_together_meet_as_they_do_alone(default: TokenEmbedder) -> None:
    texts = ["The mill of Tarvel burned down.", "…", "احترقت الطاحونة.", "Nobody was hurt, and the miller has gone to sea."]
    question = default.question("When did the mill burn?")
    tokens = [Tokens(made.spans, made.tokens) for made in default.encode(texts)]
    together = match_tokens(default, question, tokens)
    assert [similarities.shape for similarities in together] == [(len(question.tokens), len(own.vectors)) for own in tokens]
    for similarities, own in zip(together, tokens, strict=True):
        np.testing.assert_allclose(similarities, match_tokens(default, question, [own])[0], atol=1e-5)


@given(
    st.lists(st.tuples(st.integers(-20, 40), st.integers(1, 5)), min_size=1, max_size=8),
    st.integers(0, 30),
    st.integers(0, 15),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_within_a_span_the_best_is_that_of_its_own_tokens(
    places: list[tuple[int, int]], start: int, length: int, rows: int, random: Any
) -> None:
    spans = np.array([(place, place + size) for place, size in places], dtype=np.int64)
    similarities = np.array([[random.uniform(-1, 1) for _ in places] for _ in range(rows)], dtype=np.float32)
    meeting, span = TokenMatches(similarities, spans), Span(start, start + length)
    inside = [column for column, (place, _) in enumerate(places) if start <= place < start + length]
    best = meeting.best(span)
    assert best.tolist() == [max((float(row[column]) for column in inside), default=0.0) for row in similarities]
    counterparts = meeting.counterparts(span)
    assert len(counterparts) == (rows if inside else 0)
    for row, place, similarity in counterparts:
        assert similarity == best[row]
        assert (place.start, place.end) in {tuple(spans[column]) for column in inside if similarities[row, column] == best[row]}


def check_pairs(question: str, article: str, quote: Span, found: tuple[Pair, ...]) -> None:
    """Whole words, letter for letter; each of the question's once; heaviest first."""
    for pair in found:
        assert quote.contains(pair.source)
        for text, span in ((question, pair.question), (article, pair.source)):
            assert any(character.isalnum() for character in span.of(text))
            assert not re.match(r"\w", text[span.end : span.end + 1]) or text[span.end] == "_"
            assert span.start == 0 or not re.match(r"[^\W_]", text[span.start - 1])
        assert pair.weight > 0
    assert [pair.weight for pair in found] == sorted((pair.weight for pair in found), reverse=True)
    assert len({pair.question for pair in found}) == len(found)


WORDS = st.text(st.sampled_from([*"aeTz1é", *"سدم\u064b", *" .,-'_\n", "\u200b", "👩", "\U0001f3fd"]), max_size=40)


@given(WORDS, WORDS, st.integers(0, 30))
def test_pairs_are_whole_words_letter_for_letter(make_tiny_token_embedder: Any, question: str, quote: str, start: int) -> None:
    article = "." * start + quote
    encoded, meeting = meeting_of(make_tiny_token_embedder(), question, quote, start)
    found = pairs(question, encoded, meeting, quote, start)
    check_pairs(question, article[: start + len(quote)], Span(start, start + len(quote)), found)


def test_a_word_that_both_hold_is_paired_with_itself(make_tiny_token_embedder: Any) -> None:
    question, before, quote = "Who burned the old mill?", "Read on. ", "A lamp burned down the mill of Kessa."
    encoded, meeting = meeting_of(make_tiny_token_embedder(), question, quote, len(before))
    found = pairs(question, encoded, meeting, quote, len(before))
    texts = {(pair.question.of(question), pair.source.of(before + quote)) for pair in found}
    assert texts == {("burned", "burned"), ("the", "the"), ("mill", "mill")}
    assert sum(pair.weight for pair in found) == pytest.approx(3 / 5)


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("How many passengers did the ferry carry?", "The ferry carried 180 passengers when it sank."),
        ("كم مدرسة أغلقت أبوابها؟", "أُغلِقت ١٤ مدرسةً يوم الأحد، ولم تُفتح أبوابها بعد."),
        ("Who's the U.S. envoy at Marwena's harbour?", "Marwena’s harbour-master met the U.S. envoy — twice."),
    ],
)
def test_the_default_models_pieces_of_words_become_whole_words(default: TokenEmbedder, question: str, quote: str) -> None:
    before = "غير ذلك.\n\n"
    encoded, meeting = meeting_of(default, question, quote, len(before))
    found = pairs(question, encoded, meeting, quote, len(before))
    assert found
    check_pairs(question, before + quote, Span(len(before), len(before) + len(quote)), found)
    assert sum(pair.weight for pair in found) <= 1.001


# An invented question, the sentences of an Arabic text, and which of them answers.
ACROSS = [
    (
        "When did the museum of salt open?",
        ["افتُتح متحف الملح يوم الجمعة.", "وكان القطار متأخرا ساعتين.", "ويبيع البحارة السمك في الميناء."],
        0,
        {("museum", "متحف"), ("salt", "الملح")},
    ),
    (
        "How many schools were closed by the strike of the teachers?",
        ["غادرت العبّارة الجزيرة.", "وأغلق إضراب المعلمين 14 مدرسة.", "وفاز الفريق بالكأس."],
        1,
        {("schools", "مدرسة"), ("teachers", "المعلمين"), ("strike", "إضراب")},
    ),
]


@pytest.mark.parametrize(("question", "sentences", "answering", "met"), ACROSS, ids=["museum", "strike"])
def test_an_english_question_meets_its_translation_in_an_arabic_text(
    default: TokenEmbedder, question: str, sentences: list[str], answering: int, met: set[tuple[str, str]]
) -> None:
    text = " ".join(sentences)
    encoded, meeting = meeting_of(default, question, text)
    places = [Span(text.index(sentence), text.index(sentence) + len(sentence)) for sentence in sentences]
    likenesses = [float(encoded.weights @ meeting.best(place)) for place in places]
    assert likenesses.index(max(likenesses)) == answering
    found = pairs(question, encoded, meeting, sentences[answering], places[answering].start)
    assert met <= {(pair.question.of(question), pair.source.of(text)) for pair in found}


def test_title_tokens_are_never_in_a_sentence(tmp_path: Any, make_tiny_token_embedder: Any) -> None:
    """They are embedded above the passage, and have no place in its text, even where other text of the article stands there."""
    body = "The lamp of Tarvel fell at noon. It was a windy day. " * 12
    article = make_article("a", f"News\n\n{body}", title="Zeppelin over Marwena")
    passages = passages_of(article, 60)
    assert len(passages) > 2
    with writing(tmp_path / "store"):
        store = Store.open_or_make(tmp_path / "store", make_tiny_token_embedder())
        store.put([(article, passages)])
    hits = retrieve(store, analyse(store, "Zeppelin"), 20)
    assert {hit.passage.id for hit in hits} == {passage.id for passage in passages}
    for hit in hits:
        assert with_title(article, hit.passage.span).startswith("Zeppelin")
        assert hit.matches.similarities.max() == pytest.approx(1), "the question met the title"
        for sentence in hit.passage.sentences:
            assert hit.matches.best(sentence).max() < 1
        inside = [(start, end) for start, end in hit.matches.spans.tolist() if start >= hit.passage.span.start]
        own = [word.span for word in terms(hit.passage.text)]
        assert inside == [(hit.passage.span.start + span.start, hit.passage.span.start + span.end) for span in own]
        assert len(hit.matches.spans) - len(inside) == len(terms("Zeppelin over Marwena"))
    store.close()
