"""What an answer of more than one sentence selects from: the articles that are about what is asked, and what their sentences are worth.

Three logistic functions, fitted by training/fit_selection.py, tell whether the store has anything on the subject, whether an article is
about it, and whether a sentence is one of those that it takes. Their features are what retrieval says and where a sentence stands; no word
of any language is among them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median, pstdev

import numpy as np

from index.articles import Article
from index.embedding.embed import Vectors
from index.store.filters import Filters
from index.store.lexical import Field
from index.store.store import Store
from index.story.quotations import Quotation
from index.text.names import name_keys
from index.text.spans import Span
from index.text.terms import stems
from qa.ask.question import Question
from qa.ask.read import is_fragment, logistic
from qa.ask.retrieve import Hit
from qa.ask.sources import comparable

# Passages that are retrieved where more than one sentence is asked for.
MOST_PASSAGES = 40
# An article that is less likely to be about what is asked is left out, unless none is likelier: with .05 an answer tells .66 of what it
# should, from 3.5 articles; with .2 .62 from 2.1; with all .66 from 20 (docs/evaluation.md).
_LEAST_ON_TOPIC = 0.05
_FIRST = 12  # sentences of an article beyond which one more is no further from its beginning


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence of an article on the subject.

    `similarity` to the question is the retriever's, `vector` has length one, `place` is its number in what was retrieved of the article;
    `quotations` are those that it has words of. `words` and `names` are the parts of the question's words and of its names, by how rare
    they are, that it has itself; `worth` in [0, 1] is the probability that it is one of those that the answer takes.
    """

    article: Article
    span: Span
    text: str
    similarity: float
    vector: Vectors
    place: int
    quotations: tuple[Quotation, ...]
    words: float
    names: float
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """`confidence` in [0, 1] is the probability that the store has articles on what is asked, `articles` the likely ones, likeliest first,
    with how likely they are, and `sentences` theirs, in the order of the articles and of their texts."""

    confidence: float
    articles: Mapping[str, float]
    sentences: Sequence[Sentence]


NOTHING = Subject(0.0, {}, ())


@cache
def _weights(name: str) -> Sequence[float]:
    """Those of a logistic function: of each feature, and a constant."""
    tables: Mapping[str, Sequence[float]] = tomllib.loads((Path(__file__).parent / "selection.toml").read_text(encoding="utf-8"))
    return tables[name]


def subject(store: Store, question: Question, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Subject:
    """What hits, the best first, hold on what is asked."""
    read = gather(store, question, hits, articles)
    if not read:
        return NOTHING
    likely = {id: logistic(_weights("article"), features) for id, features in article_features(question, hits, read)}
    ranked = sorted(likely.items(), key=lambda item: (-item[1], item[0]))
    chosen = {id: probability for id, probability in ranked if probability >= min(_LEAST_ON_TOPIC, ranked[0][1])}
    worth = {place: logistic(_weights("sentence"), features) for place, features in sentence_features(question, hits, read)}
    sentences = [replace(one, worth=worth[one.article.id, one.span]) for id in chosen for one in read[id]]
    return Subject(logistic(_weights("subject"), subject_features(question, hits)), chosen, sentences)


Read = Mapping[str, Sequence[Sentence]]
"""Article id to what was read of it."""


def gather(store: Store, question: Question, hits: Sequence[Hit], articles: Mapping[str, Article]) -> Read:
    """The whole sentences of the passages that hits hold, once each, though articles may share them; articles as they were found."""
    by_article: dict[str, list[Hit]] = {}
    for hit in hits:
        by_article.setdefault(hit.passage.article_id, []).append(hit)
    quotations = store.catalogue.quotations(by_article)
    words, names = _rarities(store, "terms", question.terms), _rarities(store, "names", question.names)
    seen = set[str]()
    read: dict[str, list[Sentence]] = {}
    for id, ours in by_article.items():
        article = articles[id]
        passages = [hit.passage for hit in ours]
        vectors = {span: vector for span, vector, _ in store.likeness.sentence_vectors(store.tokens, article, passages)}
        for place, (span, similarity) in enumerate(_sentences(ours)):
            text = span.of(article.text)
            key = comparable(text)
            if not is_fragment(text) and key not in seen and span in vectors:
                seen.add(key)
                said = tuple(one for one in quotations.get(id, ()) if one.span.overlap(span))
                vector = vectors[span] / (float(np.linalg.norm(vectors[span])) or 1.0)
                shares = _share(words, stems(text)), _share(names, name_keys(text))
                read.setdefault(id, []).append(Sentence(article, span, text, similarity, vector, place, said, *shares))
    return read


def mentioning(store: Store, question: Question, filters: Filters) -> list[str]:
    """Ids of the articles, of the whole store, that have the question's names; none where no article has them."""
    rarities = _rarities(store, "names", question.names)
    found = store.lexical.best("names", list(rarities), _MOST_MENTIONS, filters, None) if rarities else []
    passages = store.catalogue.passages(id for id, _ in found)
    shares: dict[str, float] = {}
    for id, _ in found:
        if id in passages:
            article_id = passages[id].article_id
            shares[article_id] = max(shares.get(article_id, 0.0), _share(rarities, name_keys(passages[id].text)))
    most = max(shares.values(), default=0.0)
    return [id for id, share in sorted(shares.items(), key=lambda item: (-item[1], item[0])) if share >= _MOSTLY * most]


# Passages that are looked through for a name, best first, and the part of the most names in any of which one has to have.
_MOST_MENTIONS, _MOSTLY = 300, 0.75


def _rarities(store: Store, field: Field, words: Sequence[str]) -> dict[str, float]:
    """How rare each word is, of those that any passage has."""
    rarest = store.lexical.rarity(field, "")
    rarities = {word: store.lexical.rarity(field, word) for word in dict.fromkeys(words)}
    return {word: rarity for word, rarity in rarities.items() if rarity < rarest}


def _share(rarities: Mapping[str, float], words: Sequence[str]) -> float:
    """The part of the words, weighted by rarity, that are among others."""
    total = sum(rarities.values())
    return sum(rarities[word] for word in rarities.keys() & set(words)) / total if total else 0.0


def _sentences(hits: Sequence[Hit]) -> Iterator[tuple[Span, float]]:
    """Those of passages that may overlap, each once, with the highest similarity, in the order of the text."""
    best: dict[Span, float] = {}
    for hit in hits:
        for span, similarity in zip(hit.passage.sentences, hit.sentences, strict=True):
            best[span] = max(similarity, best.get(span, similarity))
    yield from sorted(best.items())


def subject_features(question: Question, hits: Sequence[Hit]) -> tuple[float, ...]:
    """What the probability that the store has anything on the subject is made of."""
    best = _best(hits)
    return (
        hits[0].score,
        max(hit.lexical for hit in best.values()),
        max(hit.names for hit in best.values()),
        max(hit.cosine for hit in best.values()),
        max(max(hit.sentences, default=0.0) for hit in best.values()),
        float(hits[0].language != question.language),
        hits[0].score - median(hit.score for hit in best.values()),
    )


def article_features(question: Question, hits: Sequence[Hit], read: Read) -> Iterator[tuple[str, tuple[float, ...]]]:
    """What the probability that an article is about what is asked is made of, by its id: its best passage, and how near it is to the best
    article beside the others in its language."""
    best, nearness = _best(hits), _nearness(read)
    first = next(iter(read))
    nearest = max(hit.cosine for hit in best.values())
    most_similar = max(sentence.similarity for sentences in read.values() for sentence in sentences)
    in_language: dict[str, list[float]] = {}
    for id in read:
        in_language.setdefault(best[id].language, []).append(nearness[id])
    for id, sentences in read.items():
        hit = best[id]
        others = in_language[hit.language]
        is_foreign = float(hit.language != question.language)
        lead = hit.score - hits[0].score
        yield (
            id,
            (
                *(lead, hit.lexical, hit.names, hit.cosine - nearest),
                (nearness[id] - median(others)) / (pstdev(others) + 1e-3),
                *(nearness[id], is_foreign),
                max(sentence.similarity for sentence in sentences) - most_similar,
                *(lead * is_foreign, float(id == first)),
            ),
        )


def sentence_features(question: Question, hits: Sequence[Hit], read: Read) -> Iterator[tuple[tuple[str, Span], tuple[float, ...]]]:
    """What the probability that an answer takes a sentence is made of, by article and span."""
    best, nearness = _best(hits), _nearness(read)
    nearest = max(hit.cosine for hit in best.values())
    most_similar = max(sentence.similarity for sentences in read.values() for sentence in sentences)
    for id, sentences in read.items():
        hit, centre = best[id], _centre(sentences)
        for sentence in sentences:
            speech = {one.speech for one in sentence.quotations}
            yield (
                (id, sentence.span),
                (
                    sentence.similarity - most_similar,
                    1 / (1 + min(sentence.place, _FIRST)),
                    float(sentence.vector @ centre),
                    float(any(character.isdigit() for character in sentence.text)),
                    *(float("direct" in speech), float("indirect" in speech)),
                    float(np.log(len(sentence.text.split()))),
                    float(hit.language != question.language),
                    *(hit.score - hits[0].score, hit.lexical, hit.names, hit.cosine - nearest, nearness[id]),
                    *(sentence.similarity, hits[0].score, hit.score, sentence.words, sentence.names),
                ),
            )


def _best(hits: Sequence[Hit]) -> dict[str, Hit]:
    """Of each article the best passage."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.article_id, hit)
    return best


def _centre(sentences: Sequence[Sentence]) -> Vectors:
    """The mean direction of sentences, of length one."""
    mean = np.mean([sentence.vector for sentence in sentences], axis=0)
    return np.asarray(mean / (float(np.linalg.norm(mean)) or 1.0))


def _nearness(read: Read) -> dict[str, float]:
    """How like each article is to the one that was found first: the cosine of their mean directions."""
    centres = {id: _centre(sentences) for id, sentences in read.items()}
    first = next(iter(centres.values()))
    return {id: float(centre @ first) for id, centre in centres.items()}


# The cosine at which two sentences say different things; above it they share more and more. Of one story all are somewhat alike.
_UNLIKE = 0.5
# How much less a sentence is worth for what it shares with one that is chosen, and the power of its length by which it is dearer.
_SAMENESS, _COST = 0.7, 0.25


def choose(sentences: Sequence[Sentence], most_words: int, most: int = 20) -> list[Sentence]:
    """The sentences that say most in so many words: each is worth its own probability less what a chosen one says already (maximal marginal
    relevance, Carbonell & Goldstein 1998), over its length to a power (Lin & Bilmes 2010)."""
    chosen: list[Sentence] = []
    rest, shared, left = list(sentences), dict.fromkeys((one.article.id, one.span) for one in sentences), most_words
    same = dict.fromkeys(shared, 0.0)
    while len(chosen) < most:
        rest = [one for one in rest if len(one.text.split()) <= left]
        if not rest:
            break

        def worth(one: Sentence) -> tuple[float, str, int]:
            value = one.worth * (1 - _SAMENESS * same[one.article.id, one.span]) / len(one.text.split()) ** _COST
            return value, one.article.id, -one.span.start

        best = max(rest, key=worth)
        rest.remove(best)
        chosen.append(best)
        left -= len(best.text.split())
        for one in rest:
            alike = max(0.0, (float(one.vector @ best.vector) - _UNLIKE) / (1 - _UNLIKE))
            same[one.article.id, one.span] = max(same[one.article.id, one.span], alike)
    return chosen
