"""What was selected, in parts with headings, to an answer whose statements are cited as those of any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.articles import Article
from index.text.spans import Span
from qa.ask.cite import CitedStatements, Stories
from qa.ask.question import Question
from qa.ask.read import Evidence
from qa.ask.sources import sources
from qa.ask.types import Answer, Group, Statement
from qa.kinds.subject import Sentence

# Words of an overview, a list or a comparison: 250, with the numbers of their citations.
MOST_WORDS = 230


@dataclass(frozen=True, slots=True)
class Part:
    """Places of articles, in the order in which they are told, under what they have in common; `heading` may be empty."""

    heading: str
    places: Sequence[tuple[Article, Span]]


def part_of(heading: str, sentences: Sequence[Sentence]) -> Part:
    return Part(heading, [(one.article, one.span) for one in sentences])


def by_article(sentences: Sequence[Sentence]) -> list[Part]:
    """A part for each article, the earliest first, its sentences in the order of the text."""
    articles = {one.article.id: one.article for one in sentences}
    ordered = sorted(articles.values(), key=lambda article: (article.date or "", article.id))
    return [
        part_of(heading_of(article), sorted((one for one in sentences if one.article.id == article.id), key=lambda one: one.span))
        for article in ordered
    ]


def heading_of(article: Article) -> str:
    """The day and the paper, or its title where neither is known.

    2024-06-19 · The Marwena Ledger
    """
    return " · ".join(fact for fact in (article.date, article.publisher) if fact) or article.title or article.id


@dataclass(frozen=True, slots=True)
class Assembled:
    """An answer in the articles' own words, and its statements as a language model is given them."""

    answer: Answer
    cited: CitedStatements


def assembled(stories: Stories, question: Question, kind: str, parts: Sequence[Part], confidence: float) -> Assembled:
    """The answer: one citation for each place, and sentences of other articles that differ."""
    cited = CitedStatements(stories, MOST_WORDS)
    groups = []
    for part in parts:
        first = len(cited.statements)
        cited.add([Evidence(article.id, span, span.of(article.text), confidence) for article, span in part.places])
        if len(cited.statements) > first:
            groups.append(Group(part.heading, tuple(range(first, len(cited.statements)))))
    answer = Answer(
        question.asked,
        question.language,
        tuple(cited.statements),
        tuple(cited.citations),
        None,
        False,
        None,
        confidence,
        sources=sources(cited.printed),
        disagreements=tuple(cited.disagreements),
        answer_type=question.answer_type,
        kind=kind,
        groups=tuple(groups) if any(group.heading for group in groups) else (),
    )
    return Assembled(answer, cited)


def told(question: Question, kind: str, lines: Sequence[str], suggestions: Sequence[str] = ()) -> Answer:
    """An answer in the program's own words, on the collection or on itself: it quotes nothing, and cites nothing."""
    statements = tuple(Statement(line, (), "supported") for line in lines)
    return Answer(question.asked, question.language, statements, (), None, False, None, kind=kind, suggestions=tuple(suggestions))
