"""What a question of each kind is answered with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.articles import Article
from index.store.catalogue import Listing
from index.store.filters import ANY, Filters
from index.store.store import Store
from qa.ask.cite import Stories
from qa.ask.question import Question
from qa.ask.read import MORE_LIKELY, read, read_scores
from qa.ask.read import MOST_WORDS as SHORT_WORDS
from qa.ask.retrieve import Hit
from qa.ask.types import Answer
from qa.kinds import chat, several, speech
from qa.kinds.assembled import Assembled, Part, assembled, told
from qa.kinds.collection import articles_as_lines, collection, papers_as_lines
from qa.kinds.subject import Subject, mentioning, subject
from qa.reader.reader import Asked, Reader

# Kinds whose sentences the reader judges too, and passages that it reads for them: it knows what is an answer, and what is beside it.
_READ_TOO = frozenset({"list", "position", "compare"})
_MOST_READ = 6
# What the reader's probability that a sentence answers counts beside the one that it is to be taken.
_READING = 2.0
# Below this probability that a store has anything on the subject, an answer of several sentences abstains.
LEAST_SUBJECT = 0.12
# A question for a summary of everything is for one of its subject from here on: of twelve such, in three stores, the likeliest has .28.
_NAMES_SUBJECT = 0.5
# Articles whose headlines are suggested from.
_LOOKED_AT = 40
# An article is among those that "mention" or are on something from this probability on.
_ON_SUBJECT = 0.2


def answer_without_search(store: Store, asked: Asked, question: Question) -> Answer | None:
    """An answer for which nothing is looked for: on the program, or to talk."""
    if asked.kind == "program":
        return told(question, asked.kind, chat.about_the_program(asked.of, question))
    if asked.kind == "small-talk":
        some = [listing.id for listing in store.catalogue.listings()[:_LOOKED_AT]]
        articles = list(store.catalogue.articles(some).values())
        people = sorted(store.catalogue.people().items(), key=lambda item: (-item[1], item[0]))
        return told(question, asked.kind, chat.small_talk(question), chat.suggestions(question, articles, [name for name, _ in people]))
    return None


def answer_of_several(
    store: Store,
    reader: Reader,
    asked: Asked,
    question: Question,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    filters: Filters,
) -> Assembled | Answer | None:
    """An answer of a kind that takes more than one sentence, from the passages that were found; None where nothing here is about it, and
    for a question that is read like one for a fact."""
    found = subject(store, question, hits, articles)
    if asked.kind == "collection":
        left = _left(store, filters)
        return told(question, asked.kind, collection(asked.of, question, found, left)) if left else None
    if asked.kind == "overview" and asked.of == "all" and found.confidence < _NAMES_SUBJECT:
        return _summary_of_all(store, question, filters)
    if found.confidence < LEAST_SUBJECT:
        return None
    if asked.kind == "list" and asked.of in ("articles", "papers"):
        on_it = [id for id, probability in found.articles.items() if probability >= min(_ON_SUBJECT, max(found.articles.values()))]
        named = mentioning(store, question, filters) if asked.of == "articles" else []
        listings = {listing.id: listing for listing in _left(store, filters)}
        lines = articles_as_lines if asked.of == "articles" else papers_as_lines
        return told(question, asked.kind, lines(question, [listings[id] for id in dict.fromkeys([*on_it, *named]) if id in listings]))
    if asked.kind in _READ_TOO:
        scores = read_scores(reader, question, hits, articles, _MOST_READ)
        found = replace(
            found,
            sentences=[replace(one, worth=one.worth + _READING * scores.get((one.article.id, one.span), 0.0)) for one in found.sentences],
        )
    parts = _position(reader, question, hits, articles, found) if asked.kind == "position" else _parts(asked, question, found)
    if not any(part.places for part in parts):
        return None
    return _assembled(store, question, asked.kind, parts, articles, filters, found.confidence)


def _position(reader: Reader, question: Question, hits: Sequence[Hit], articles: Mapping[str, Article], found: Subject) -> Sequence[Part]:
    """What somebody says, in the words of a short answer: first what the reader finds, where it is sure."""
    reading = read(reader, question, hits, articles)
    if reading.confidence < MORE_LIKELY:
        return speech.position(question, found, SHORT_WORDS)
    sure = [(articles[evidence.article_id], evidence.span) for evidence in reading.evidence]
    left = SHORT_WORDS - sum(len(evidence.text.split()) for evidence in reading.evidence)
    more = [place for part in speech.position(question, found, left) for place in part.places if place not in sure]
    return [Part("", [*sure, *more])]


def _parts(asked: Asked, question: Question, found: Subject) -> Sequence[Part]:
    if asked.kind == "list":
        return (speech.people_quoted(found) if asked.of == "people-quoted" else []) or several.members(found)
    if asked.kind == "timeline":
        return several.timeline(found)
    if asked.kind == "compare":
        return several.compared(question, found)
    if asked.kind == "overview":
        return several.of_one_article(found) if asked.of == "article" else several.overview(found)
    return []


def _summary_of_all(store: Store, question: Question, filters: Filters) -> Assembled | None:
    newest = sorted(_left(store, filters), key=lambda one: (one.date or "", one.id), reverse=True)[:_LOOKED_AT]
    articles = store.catalogue.articles(one.id for one in newest)
    parts = several.of_all(store, [articles[one.id] for one in newest if one.id in articles])
    return _assembled(store, question, "overview", parts, articles, filters, 1.0) if parts else None


def _assembled(
    store: Store,
    question: Question,
    kind: str,
    parts: Sequence[Part],
    articles: Mapping[str, Article],
    filters: Filters,
    confidence: float,
) -> Assembled:
    ids = dict.fromkeys(article.id for part in parts for article, _ in part.places)
    return assembled(Stories(store, articles, ids, filters == ANY), question, kind, parts, confidence)


def _left(store: Store, filters: Filters) -> list[Listing]:
    """The articles that filters leave."""
    quoting = None if filters.speaker is None else set(store.catalogue.quoting(filters.speaker))
    return [
        one
        for one in store.catalogue.listings()
        if filters.allow(one.language, one.publisher, one.date) and (quoting is None or one.id in quoting)
    ]
