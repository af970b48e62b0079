"""A vector for each sentence of an article, from what the store keeps: to see which sentences of two languages say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from index.articles import Article
from index.embed import TokenEmbedder, Vectors
from index.passages import Passage, unit_id
from index.spans import Span
from index.store import Store, title_above


def sentence_vectors(store: Store, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
    """Each sentence of an article's passages once, with its vector of shape (dimensions,) and its weight; one without either is left out.

    The vector is the sum of its tokens' vectors, and the weight their number; where the model has single vectors only, its own vector times
    its length. So vectors of neighbouring sentences add up to that of both.
    """
    if isinstance(store.embedder, TokenEmbedder):
        yield from _by_tokens(store, store.embedder, article, passages)
    else:
        yield from _by_vector(store, article, passages)


def _by_tokens(store: Store, model: TokenEmbedder, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
    tokens = store.tokens.tokens([passage.id for passage in passages])
    seen: set[Span] = set()
    for passage in passages:
        if passage.id in tokens and len(tokens[passage.id].vectors):
            own = tokens[passage.id]
            starts = own.spans[:, 0].astype(np.int64) + passage.span.start - len(title_above(article.title, passage.text))
            vectors = model.decoded(own.vectors)
            for sentence in passage.sentences:
                first, end = np.searchsorted(starts, (sentence.start, sentence.end))
                if sentence not in seen and first < end:  # a sentence may stand in two passages
                    yield sentence, vectors[first:end].sum(axis=0), float(end - first)
                seen.add(sentence)


def _by_vector(store: Store, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
    sentences = dict.fromkeys(sentence for passage in passages for sentence in passage.sentences)
    vectors = store.tokens.vectors_of([unit_id(article.id, sentence) for sentence in sentences])
    for sentence in sentences:
        if unit_id(article.id, sentence) in vectors:
            yield sentence, vectors[unit_id(article.id, sentence)] * len(sentence), float(len(sentence))
