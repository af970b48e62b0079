"""Question to passages: dense, token and lexical evidence, added up on one scale, with every language of the store given its chance.

The nearest vectors of each language and the best matches of words and names are candidates. The score of a candidate is

    its likeness to the question
    + LEXICAL_WEIGHT * share ** LEXICAL_POWER
    + NAMES_WEIGHT * share of the names and numbers

where a share is the BM25 score over the most that the question's words could score: the part of the question, weighed by rarity, that the
passage meets. Unlike ranks (RRF) or z-scores, shares stay small by themselves where words cannot meet, across languages.

Likeness, for a model with token vectors, is the MaxSim of the question's tokens with the passage's (interaction.py), and COSINE_WEIGHT of
the cosine of the two. For a model with single vectors only it is half the passage's cosine and half its best sentence's. Both less what the
model adds where the passage is in the question's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from heapq import nlargest
from itertools import islice

import numpy as np

from index.embed import EncodedQuestion, TokenEmbedder, Vectors
from index.filters import ANY, Filters
from index.language import language_of
from index.lexical import Field
from index.names import name_keys
from index.passages import Passage, article_key, unit_id
from index.spans import Span
from index.store import Store, title_above
from index.terms import stems
from index.vectors import Kind
from qa.interaction import Meeting, maxsim, meet

# Candidates of each language and kind. article@1 and @10 on 200 questions each of xquad-en, ar-on-en and arcd are the same at 30 and 100.
CANDIDATES = 50
LEXICAL_CANDIDATES = 100
MET = 100  # candidates whose tokens are met: half of them the nearest of each language, half the best by cosine and words
# article@1 on xquad-en / xquad-ar / en-on-ar / ar-on-en / arcd, before the model's inputs were rounded better: MaxSim alone .980 / .953 /
# .845 / .782 / .720; with words and names .983 / .958 / .858 / .795 / .738; with half the cosine as well .985 / .963 / .863 / .792 /
# .730, and article@10 on arcd .953 instead of .948. By single vectors: dense alone .968 / .902 / .800 / .740 / .655, with words and names
# .980 / .950 / .802 / .777 / .733, by reciprocal rank fusion .975 / .922 / .193 / .242 / .677.
LEXICAL_WEIGHT = 0.3
LEXICAL_POWER = 1.5
NAMES_WEIGHT = 0.1
COSINE_WEIGHT = 0.5
# e5's single vectors rate a text in the question's own language this much too high. With half of the XQuAD paragraphs in English only and
# the other half in Arabic only, questions whose paragraph is in the other language find it first in .23 (English) and .09 (Arabic) of the
# cases without this, .81 and .74 with it; those whose paragraph is in their own language lose .001 and .016.
SAME_LANGUAGE = 0.06
# The same for token vectors and COSINE_WEIGHT of the cosine: .30 and .25 are found first without it, .80 and .76 with 0.14, where those in
# their own language lose .000 and .018, and xquad-both .973 at 0.1 becomes .968.
SAME_LANGUAGE_TOKENS = 0.13
_DIGITS = 6  # of cosines, so that equal passages stay equal in whatever order Chroma or numpy adds up
LONGEST_QUESTION = 2000  # characters that are read; nobody's question is longer, and embedding time grows with it


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer: `score` as above, `rank` from 0.

    `sentences` is the likeness of each of the passage's sentences to the question, free of what the question's own language adds to it:
    MaxSim within the sentence, or its cosine. `meeting` is None where the model has single vectors only.
    """

    passage: Passage
    language: str
    score: float
    rank: int
    cosine: float
    sentences: tuple[float, ...]
    lexical: float
    names: float
    meeting: Meeting | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched for: analysed and embedded once. `encoded` is None where the model has single vectors only."""

    text: str
    language: str
    terms: tuple[str, ...]
    names: tuple[str, ...]
    vector: Vectors
    encoded: EncodedQuestion | None


def analyse(store: Store, text: str) -> Question:
    """Of an over-long question the beginning is read."""
    text = text[:LONGEST_QUESTION]
    encoded = store.embedder.question(text) if isinstance(store.embedder, TokenEmbedder) else None
    vector = store.embedder.questions([text])[0] if encoded is None else encoded.vector
    return Question(text, language_of(text), tuple(stems(text)), tuple(name_keys(text)), vector, encoded)


def retrieve(store: Store, question: Question, count: int, filters: Filters = ANY) -> list[Hit]:
    """The `count` best passages that the filters allow, best first; fewer where there are not so many."""
    if not question.text.strip():
        return []
    allowed_keys = None
    if filters.speaker is not None:
        allowed_keys = [article_key(id) for id in store.catalogue.quoting(filters.speaker)]
    languages = [language for language in store.catalogue.languages() if filters.language in (None, language)]

    def nearest(kind: Kind, language: str) -> dict[str, float]:
        found = store.vectors.nearest(kind, question.vector, CANDIDATES, filters.in_language(language), allowed_keys)
        return {id: round(cosine, _DIGITS) for id, cosine in found}

    # Chroma works beside Python: over 100,000 passages in two languages it takes 5 ms so instead of 9, those of the words among them.
    with ThreadPoolExecutor(max(1, len(languages))) as pool:
        passages = pool.map(partial(nearest, "passages"), languages)
        sentences = pool.map(partial(nearest, "sentences"), languages if question.encoded is None else [])
        lexical = _shares(store, "terms", question.terms, filters, allowed_keys)
        names = _shares(store, "names", question.names, filters, allowed_keys)
        near = list(passages)
        close = {id for own in sentences for id in own}
    fair = {id for own in near for id in islice(own, MET // (2 * len(languages)))}
    cosines = {id: cosine for own in near for id, cosine in own.items()}
    ids = {*cosines, *lexical, *names, *store.catalogue.passages_with(close)}
    cosines |= _cosines(store.tokens.vectors_of([id for id in ids if id not in cosines]), question.vector)
    by_words = {
        id: LEXICAL_WEIGHT * lexical.get(id, 0.0) ** LEXICAL_POWER + NAMES_WEIGHT * names.get(id, 0.0) for id in ids & cosines.keys()
    }
    if question.encoded is not None:
        best = nlargest(MET - len(fair), by_words.keys() - fair, key=lambda id: (by_words[id] + cosines[id], id))
        by_words = {id: by_words[id] for id in (fair & by_words.keys()) | set(best)}
    places = store.catalogue.places(by_words)
    headings = store.catalogue.headings({article_id for article_id, _ in places.values()})
    candidates = [
        _Candidate(
            *(id, article_id, span, *headings[article_id]),
            *(by_words[id], cosines[id], lexical.get(id, 0.0), names.get(id, 0.0)),
        )
        # Another process may take an article out between two questions to the catalogue.
        for id, (article_id, span) in places.items()
        if article_id in headings
    ]
    if question.encoded is None:
        return _by_vectors(store, question, candidates, count)
    return _by_tokens(store, question, candidates, count)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage before its text is read, with its article's language and title; `score` by words and names alone."""

    id: str
    article_id: str
    span: Span
    language: str
    title: str | None
    score: float
    cosine: float
    lexical: float
    names: float


def _shares(store: Store, field: Field, words: Sequence[str], filters: Filters, article_keys: Sequence[str] | None) -> dict[str, float]:
    """Passage id to the share of the words' weight that it meets, for the passages that meet most."""
    most = store.lexical.most(field, words)
    if most <= 0:
        return {}
    return {id: score / most for id, score in store.lexical.best(field, words, LEXICAL_CANDIDATES, filters, article_keys)}


def _best(scored: Sequence[tuple[float, _Candidate]], count: int) -> list[tuple[float, _Candidate]]:
    """The best of them with their scores; equal scores keep one order in every run."""
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].article_id, pair[1].span))[:count]


def _by_tokens(store: Store, question: Question, candidates: Sequence[_Candidate], count: int) -> list[Hit]:
    """The `count` best by late interaction, with how they meet the question."""
    assert isinstance(store.embedder, TokenEmbedder) and question.encoded is not None
    tokens = store.tokens.tokens([one.id for one in candidates])
    # Tokens may be missing only while another process takes the article out; it is then of no interest.
    present = [one for one in candidates if one.id in tokens]
    similarities = meet(store.embedder, question.encoded, [tokens[one.id] for one in present])
    met = {one.id: own for one, own in zip(present, similarities, strict=True)}
    scored = [
        (one.score + COSINE_WEIGHT * one.cosine + maxsim(question.encoded, met[one.id]) - _bonus(question, one, SAME_LANGUAGE_TOKENS), one)
        for one in present
    ]
    best = _best(scored, count)
    passages = store.catalogue.passages(one.id for _, one in best)
    hits: list[Hit] = []
    for score, one in best:
        passage = passages.get(one.id)
        if passage is not None:
            title = title_above(one.title, passage.text)
            meeting = Meeting(met[one.id], tokens[one.id].spans.astype(np.int64) + (one.span.start - len(title)))
            bonus = _bonus(question, one, SAME_LANGUAGE_TOKENS)
            sentences = tuple(float(question.encoded.weights @ meeting.best(span)) - bonus for span in passage.sentences)
            hits.append(Hit(passage, one.language, score, len(hits), one.cosine, sentences, one.lexical, one.names, meeting))
    return hits


def _bonus(question: Question, one: _Candidate, same_language: float) -> float:
    return same_language if one.language == question.language else 0.0


def _by_vectors(store: Store, question: Question, candidates: Sequence[_Candidate], count: int) -> list[Hit]:
    """The `count` best by their vector and that of their best sentence."""
    passages = store.catalogue.passages(one.id for one in candidates)
    units = {unit_id(passage.article_id, span) for passage in passages.values() for span in passage.sentences}
    cosines = _cosines(store.tokens.vectors_of(list(units)), question.vector)
    sentences = {
        one.id: tuple(
            cosines.get(unit_id(one.article_id, span), 0.0) - _bonus(question, one, SAME_LANGUAGE) for span in passages[one.id].sentences
        )
        for one in candidates
        if one.id in passages
    }
    own = {one.id: one.cosine - _bonus(question, one, SAME_LANGUAGE) for one in candidates}
    scored = [
        (one.score + (own[one.id] + max(sentences[one.id], default=own[one.id])) / 2, one) for one in candidates if one.id in sentences
    ]
    return [
        Hit(passages[one.id], one.language, score, rank, own[one.id], sentences[one.id], one.lexical, one.names, None)
        for rank, (score, one) in enumerate(_best(scored, count))
    ]


def _cosines(vectors: Mapping[str, Vectors], question: Vectors) -> dict[str, float]:
    if not vectors:
        return {}
    products = np.round(np.stack(list(vectors.values())) @ question, _DIGITS)
    return dict(zip(vectors, products.tolist(), strict=True))
