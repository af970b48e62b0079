"""Retrieval: dense, token-level and lexical scores of passages, added up on one scale, with candidates of every language.

Candidates are the nearest vectors of each language and the best matches of words and names. The score of a candidate is

    its similarity to the question
    + LEXICAL_WEIGHT * share ** LEXICAL_POWER
    + NAMES_WEIGHT * share of the names and numbers

where a share is the BM25 score over the highest score that the question's words can reach: the part of the question, weighted by rarity,
that the passage matches. Unlike ranks (RRF) or z-scores, shares remain small across languages, where words cannot match.

The similarity is the store's (index/store/likeness.py), without the bias of the model for passages in the question's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from heapq import nlargest
from itertools import islice

from index.store.filters import ANY, Filters
from index.store.late_interaction import TokenMatches
from index.store.lexical import Field
from index.store.likeness import Candidate, cosines_of
from index.store.passages import Passage, article_key
from index.store.store import Store
from index.store.vectors import VectorKind
from qa.ask.question import Question

# Candidates of each language and kind. article@1 and @10 on 200 questions each of xquad-en, ar-on-en and arcd are the same at 30 and 100.
CANDIDATES = 50
LEXICAL_CANDIDATES = 100
# article@1 on xquad-en / xquad-ar / en-on-ar / ar-on-en / arcd, before the model's inputs were rounded better: MaxSim alone .980 / .953 /
# .845 / .782 / .720; with words and names .983 / .958 / .858 / .795 / .738; with half the cosine as well .985 / .963 / .863 / .792 /
# .730, and article@10 on arcd .953 instead of .948. By single vectors: dense alone .968 / .902 / .800 / .740 / .655, with words and names
# .980 / .950 / .802 / .777 / .733, by reciprocal rank fusion .975 / .922 / .193 / .242 / .677.
LEXICAL_WEIGHT = 0.3
LEXICAL_POWER = 1.5
NAMES_WEIGHT = 0.1
_DIGITS = 6  # of cosines, so that equal passages stay equal in whatever order Chroma or numpy adds up


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage: `score` as above, `rank` from 0.

    `sentences` is the similarity of each of the passage's sentences to the question, without the model's language bias: MaxSim within the
    sentence, or its cosine. `matches` has no tokens if the model has single vectors only.
    """

    passage: Passage
    language: str
    score: float
    rank: int
    cosine: float
    sentences: tuple[float, ...]
    lexical: float
    names: float
    matches: TokenMatches = field(compare=False)


def retrieve(store: Store, question: Question, count: int, filters: Filters = ANY) -> list[Hit]:
    """At most `count` passages that the filters allow, best first."""
    if not question.text.strip():
        return []
    allowed_keys = None
    if filters.speaker is not None:
        allowed_keys = [article_key(id) for id in store.catalogue.quoting(filters.speaker)]
    languages = [language for language in store.catalogue.languages() if filters.language in (None, language)]

    def nearest(kind: VectorKind, language: str) -> dict[str, float]:
        neighbours = store.vectors.nearest(kind, question.encoded.vector, CANDIDATES, filters.in_language(language), allowed_keys)
        return {id: round(cosine, _DIGITS) for id, cosine in neighbours}

    # Chroma releases the GIL: over 100,000 passages in two languages this takes 5 ms instead of 9, lexical search included.
    with ThreadPoolExecutor(max(1, len(languages))) as pool:
        passages = pool.map(partial(nearest, "passages"), languages)
        sentences = pool.map(partial(nearest, "sentences"), languages if "sentences" in store.likeness.kinds else [])
        lexical = _shares(store, "terms", question.terms, filters, allowed_keys)
        names = _shares(store, "names", question.names, filters, allowed_keys)
        by_language = list(passages)
        sentence_ids = {id for nearest_sentences in sentences for id in nearest_sentences}
    most = store.likeness.most_candidates
    cosines = {id: cosine for nearest_passages in by_language for id, cosine in nearest_passages.items()}
    ids = {*cosines, *lexical, *names, *store.catalogue.passages_with(sentence_ids)}
    cosines |= cosines_of(store.tokens.vectors_of([id for id in ids if id not in cosines]), question.encoded.vector)
    by_words = {
        id: LEXICAL_WEIGHT * lexical.get(id, 0.0) ** LEXICAL_POWER + NAMES_WEIGHT * names.get(id, 0.0) for id in ids & cosines.keys()
    }
    if most is not None:
        reserved = {id for nearest_passages in by_language for id in islice(nearest_passages, most // (2 * len(languages)))}
        best = nlargest(most - len(reserved), by_words.keys() - reserved, key=lambda id: (by_words[id] + cosines[id], id))
        by_words = {id: by_words[id] for id in (reserved & by_words.keys()) | set(best)}
    places = store.catalogue.places(by_words)
    headings = store.catalogue.headings({article_id for article_id, _ in places.values()})
    candidates = [
        Candidate(
            *(id, article_id, span, *headings[article_id]),
            *(by_words[id], cosines[id], lexical.get(id, 0.0), names.get(id, 0.0)),
        )
        # Another process may remove an article between two queries of the catalogue.
        for id, (article_id, span) in places.items()
        if article_id in headings
    ]
    ranked = store.likeness.rank(store.catalogue, store.tokens, question.encoded, question.language, candidates, count)
    return [
        Hit(best.passage, of.language, best.score, rank, best.cosine, best.sentences, of.lexical, of.names, best.matches)
        for rank, best in enumerate(ranked)
        for of in [best.candidate]
    ]


def _shares(store: Store, field: Field, words: Sequence[str], filters: Filters, article_keys: Sequence[str] | None) -> dict[str, float]:
    """Passage id to the share of the words' weight that it matches, for the best passages."""
    most = store.lexical.most(field, words)
    if most <= 0:
        return {}
    return {id: score / most for id, score in store.lexical.best(field, words, LEXICAL_CANDIDATES, filters, article_keys)}
