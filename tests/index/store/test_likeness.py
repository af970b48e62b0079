"""Two ways to compare texts behind one interface."""

from __future__ import annotations

from typing import Any

import numpy as np

from index.store.likeness import LateInteraction, SingleVectors, likeness_of


def test_a_model_with_token_vectors_is_compared_by_tokens(make_tiny_embedder: Any, make_tiny_token_embedder: Any) -> None:
    assert isinstance(likeness_of(make_tiny_token_embedder()), LateInteraction)
    assert isinstance(likeness_of(make_tiny_embedder()), SingleVectors)


def test_a_question_and_a_text_are_encoded_with_tokens_or_without(each_embedder: Any) -> None:
    likeness = likeness_of(each_embedder)
    question, (text,) = likeness.question("Who burned the mill?"), likeness.encode(["The mill burned."])
    np.testing.assert_allclose([np.linalg.norm(question.vector), np.linalg.norm(text.vector)], 1, atol=1e-6)
    has_tokens = isinstance(likeness, LateInteraction)
    assert (len(question.tokens) > 0, len(question.weights) > 0, len(text.tokens) > 0) == (has_tokens,) * 3
    assert likeness.encode([]) == []


def test_a_text_says_the_same_as_itself_and_not_as_another(each_embedder: Any) -> None:
    likeness = likeness_of(each_embedder)
    assert likeness.is_same("The mill burned down at dawn.", "The mill burned down at dawn.")
    assert not likeness.is_same("The mill burned down at dawn.", "Nobody saw the harbour master.")


def test_words_are_aligned_where_there_are_tokens(each_embedder: Any) -> None:
    likeness = likeness_of(each_embedder)
    aligned = likeness.aligned("the mill", ["a harbour", "The old mill"])
    if isinstance(likeness, SingleVectors):
        assert aligned is None
    else:
        assert aligned is not None
        question, matches = aligned
        assert [one.similarities.shape for one in matches] == [(len(question.tokens), len(one.spans)) for one in matches]
        mill = matches[1].similarities.max()
        assert mill > 0.99 > matches[0].similarities.max()
