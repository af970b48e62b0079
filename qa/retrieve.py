"""Question to passages: dense and lexical evidence, added up on one scale, with every language of the store given its chance.

The score of a passage is

    (cosine of question and passage + cosine of question and the passage's best sentence) / 2
    - SAME_LANGUAGE                           where the passage is in the question's language
    + LEXICAL_WEIGHT * share ** LEXICAL_POWER
    + NAMES_WEIGHT * share of the names and numbers

where a share is the BM25 score over the most that the question's words could score: the part of the question, weighed by rarity, that the
passage meets. Unlike ranks (RRF) or z-scores, shares stay small by themselves where words cannot meet, across languages.

Stages are functions from candidates to candidates: another ranking takes the place of `_scored` without touching the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.embed import Vectors
from index.filters import ANY, Filters
from index.language import language_of
from index.lexical import Field
from index.names import name_keys
from index.passages import Passage, unit_id
from index.store import Store
from index.terms import stems

# Candidates of each language and kind. article@1 and @10 on 200 questions each of xquad-en, ar-on-en and arcd are the same at 30 and 100.
CANDIDATES = 50
LEXICAL_CANDIDATES = 100
# xquad-en / xquad-ar / en-on-ar / ar-on-en / arcd, article@1: dense alone .968 / .902 / .800 / .740 / .655;
# with the lexical share .980 / .943 / .802 / .748 / .728; with names too .980 / .950 / .802 / .777 / .733.
# Reciprocal rank fusion instead: .975 / .922 / .193 / .242 / .677.
LEXICAL_WEIGHT = 0.2
LEXICAL_POWER = 1.5
NAMES_WEIGHT = 0.07
# e5 rates a text in the question's own language this much too high. With half of the XQuAD paragraphs in English only and the other half in
# Arabic only, questions whose paragraph is in the other language find it first in .23 (English) and .09 (Arabic) of the cases without this,
# .81 and .74 with it; those whose paragraph is in their own language lose .001 and .016.
SAME_LANGUAGE = 0.06
LONGEST_QUESTION = 2000  # characters that are read; nobody's question is longer, and embedding time grows with it


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer: `score` as above, `rank` from 0. `cosines` are the question's with each of the passage's sentences."""

    passage: Passage
    language: str
    score: float
    rank: int
    cosine: float
    cosines: tuple[float, ...]
    lexical: float
    names: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched for: analysed and embedded once."""

    text: str
    language: str
    terms: tuple[str, ...]
    names: tuple[str, ...]
    vector: Vectors


def analyse(store: Store, text: str) -> Question:
    """Of an over-long question the beginning is read."""
    text = text[:LONGEST_QUESTION]
    return Question(text, language_of(text), tuple(stems(text)), tuple(name_keys(text)), store.embedder.questions([text])[0])


def retrieve(store: Store, question: Question, count: int, filters: Filters = ANY) -> list[Hit]:
    """The `count` best passages that the filters allow, best first; fewer where there are not so many."""
    if not question.text.strip():
        return []
    lexical = _shares(store, "terms", question.terms, filters)
    names = _shares(store, "names", question.names, filters)
    near: dict[str, float] = {}
    sentences: set[str] = set()
    languages = [filters.language] if filters.language is not None else list(store.catalogue.languages())
    for language in languages:
        allowed = filters.in_language(language)
        near.update(store.vectors.nearest("passages", question.vector, CANDIDATES, allowed))
        sentences.update(id for id, _ in store.vectors.nearest("sentences", question.vector, CANDIDATES, allowed))
    found = store.catalogue.passages([*near, *lexical, *names, *store.catalogue.passages_with(sentences)])
    return _scored(store, question, list(found.values()), lexical, names)[:count]


def _shares(store: Store, field: Field, words: Sequence[str], filters: Filters) -> dict[str, float]:
    """Passage id to the share of the words' weight that it meets, for the passages that meet most."""
    most = store.lexical.most(field, words)
    return {id: score / most for id, score in store.lexical.best(field, words, LEXICAL_CANDIDATES, filters)} if most > 0 else {}


def _scored(
    store: Store, question: Question, passages: Sequence[Passage], lexical: Mapping[str, float], names: Mapping[str, float]
) -> list[Hit]:
    """The passages as hits, best first."""
    articles = store.catalogue.languages_of({passage.article_id for passage in passages})
    units = {unit_id(passage.article_id, span) for passage in passages for span in passage.sentences}
    of_passages = _cosines(store.vectors.vectors("passages", [passage.id for passage in passages]), question.vector)
    of_sentences = _cosines(store.vectors.vectors("sentences", list(units)), question.vector)
    hits = []
    for passage in passages:
        # A vector may be missing only while another process takes the article out; it is then of no interest.
        cosines = tuple(of_sentences.get(unit_id(passage.article_id, span), 0.0) for span in passage.sentences)
        cosine = of_passages.get(passage.id, 0.0)
        share, name_share = lexical.get(passage.id, 0.0), names.get(passage.id, 0.0)
        language = articles[passage.article_id]
        score = (
            (cosine + max(cosines, default=cosine)) / 2
            - SAME_LANGUAGE * (language == question.language)
            + LEXICAL_WEIGHT * share**LEXICAL_POWER
            + NAMES_WEIGHT * name_share
        )
        hits.append(Hit(passage, language, score, 0, cosine, cosines, share, name_share))
    # Equal scores keep one order in every run.
    hits.sort(key=lambda hit: (-hit.score, hit.passage.article_id, hit.passage.span))
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits)]


def _cosines(vectors: Mapping[str, Vectors], question: Vectors) -> dict[str, float]:
    if not vectors:
        return {}
    products = np.stack(list(vectors.values())) @ question
    return dict(zip(vectors, products.tolist(), strict=True))
