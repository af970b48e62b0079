"""Overviews, summaries, timelines, comparisons and lists: sentences that together tell what is asked, each cited."""

from __future__ import annotations

from collections.abc import Sequence

from index.articles import Article
from index.store.store import Store
from index.text.dates import first_date
from index.text.spans import Span
from qa.ask.question import Question
from qa.ask.read import is_fragment
from qa.kinds.assembled import MOST_WORDS, Part, by_article, heading_of, part_of
from qa.kinds.subject import Sentence, Subject, choose
from qa.quotes.speakers import is_named

_MOST_STORIES = 8
_NEARLY = 0.8  # of an article's probability to be meant


def overview(subject: Subject) -> list[Part]:
    """The sentences that say most on the subject, under the day and the paper of their articles."""
    return by_article(choose(subject.sentences, MOST_WORDS))


def members(subject: Subject) -> list[Part]:
    """The same for a list, in the order of the articles, which belong to no day."""
    parts = by_article(choose(subject.sentences, MOST_WORDS))
    return [Part("", [place for part in parts for place in part.places])]


def of_one_article(subject: Subject) -> list[Part]:
    """A summary of the article that is likeliest meant; of all that may be, where others are nearly as likely."""
    first, *others = subject.articles
    if others and subject.articles[others[0]] > _NEARLY * subject.articles[first]:
        return overview(subject)
    return by_article(choose([one for one in subject.sentences if one.article.id == first], MOST_WORDS))


def of_all(store: Store, newest: Sequence[Article]) -> list[Part]:
    """The newest articles of a store, by their first sentences; of a story that several papers have, one."""
    chosen, words = list[Part](), 0
    told = set[str]()
    for article in newest:
        lead = _lead(store, article)
        if article.id in told or lead is None or words + len(lead.of(article.text).split()) > MOST_WORDS:
            continue
        told.update(store.catalogue.links.story_of([article.id]).get(article.id, (article.id,)))
        words += len(lead.of(article.text).split())
        chosen.append(Part(heading_of(article), [(article, lead)]))
        if len(chosen) == _MOST_STORIES:
            break
    return chosen


def _lead(store: Store, article: Article) -> Span | None:
    """The first sentence of a story that is no headline or byline."""
    passages = store.catalogue.passages_of(article.id)[:1]
    return next((span for passage in passages for span in passage.sentences if not is_fragment(span.of(article.text))), None)


def timeline(subject: Subject) -> list[Part]:
    """The sentences by the day that they name, or else by that of their article."""
    days: dict[str, list[Sentence]] = {}
    for one in choose(subject.sentences, MOST_WORDS):
        mention = first_date(one.text)
        days.setdefault(mention.iso if mention else one.article.date or "", []).append(one)
    return [part_of(day, sorted(days[day], key=lambda one: (one.article.date or "", one.article.id, one.span))) for day in sorted(days)]


def compared(question: Question, subject: Subject) -> list[Part]:
    """Side by side: the people that the question names, by what they say; or else the papers, or the articles of one paper."""
    chosen = choose(subject.sentences, MOST_WORDS)
    sides: dict[str, list[Sentence]] = {}
    for one in chosen:
        speakers = (quotation.speaker_name for quotation in one.quotations if quotation.speaker_name)
        name = next((speaker for speaker in speakers if is_named(speaker, question.text)), None)
        sides.setdefault(name or one.article.publisher or heading_of(one.article), []).append(one)
    return [
        part_of(name, sorted(sentences, key=lambda one: (one.article.date or "", one.article.id, one.span)))
        for name, sentences in sorted(sides.items(), key=lambda side: (-max(one.worth for one in side[1]), side[0]))
    ]
