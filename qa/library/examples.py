"""What a visitor may click before the first question: questions that the store's articles are known to answer, else articles to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.articles import Article

# What fits above the question box on a screen of 800 pixels' height, in two languages.
_QUESTIONS_PER_LANGUAGE = 3
_ARTICLES_PER_LANGUAGE = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """An article to open: its id, its version (sha256), and its title."""

    article_id: str
    version: str
    title: str
    language: str


def documents(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Ids of the articles that the records of a questions.jsonl find their evidence in."""
    return sorted({str(evidence["doc"]) for record in records for evidence in record["evidence"]})


def questions(records: Iterable[Mapping[str, Any]], texts: Mapping[str, str]) -> list[str]:
    """Some of the answerable questions whose evidence stands in `texts` (by article id), each on articles of its own, by language."""
    chosen: dict[str, list[str]] = {}
    used: set[str] = set()
    for record in records:
        evidence = record["evidence"]
        own = chosen.setdefault(record["language"], [])
        if not record["answerable"] or len(own) == _QUESTIONS_PER_LANGUAGE or any(part["doc"] in used for part in evidence):
            continue
        if all(texts.get(part["doc"], "")[part["start"] : part["end"]] == part["text"] for part in evidence):
            own.append(record["question"])
            used.update(part["doc"] for part in evidence)
    return [question for own in chosen.values() for question in own]


def headings(articles: Iterable[Article]) -> Sequence[Heading]:
    """Some of the articles that have a title, of each language a few."""
    chosen: dict[str, list[Heading]] = {}
    for article in articles:
        own = chosen.setdefault(article.language, [])
        if article.title and len(own) < _ARTICLES_PER_LANGUAGE:
            own.append(Heading(article.id, article.sha256, article.title, article.language))
    return [heading for own in chosen.values() for heading in own]
