"""What somebody says, and who says something: from the quotations that were found when the articles were indexed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.text.spans import Span
from qa.ask.question import Question
from qa.kinds.assembled import MOST_WORDS as LIST_WORDS
from qa.kinds.assembled import Part, by_article
from qa.kinds.subject import Sentence, Subject, choose
from qa.quotes.speakers import is_named, same_speaker

# A sentence that quotes somebody asked about is worth so many times more, one that names them, and one that goes on quoting after it.
_QUOTED, _NAMED, _GOES_ON = 6.0, 4.0, 2.5
# Sentences of what somebody says; what is less worth than this part of the best is left out.
_MOST_SENTENCES, _WORTH = 9, 0.02
# An article is on the subject of a list of people with more certainty than its sentences need.
_ON_SUBJECT = 0.2


def position(question: Question, subject: Subject, most_words: int) -> list[Part]:
    """What is said by those whom the question names, in the order of the articles: sentences that quote or name them, and what else is near
    to the question."""
    named = max((one.names for one in subject.sentences), default=0.0)
    weighed = list[Sentence]()
    before: Sentence | None = None
    for one in subject.sentences:
        is_next = before is not None and before.article.id == one.article.id and before.place + 1 == one.place
        factor = 1.0
        if any(quotation.speaker_name and is_named(quotation.speaker_name, question.text) for quotation in one.quotations):
            factor = _QUOTED
        elif named and one.names >= _MOSTLY * named:
            factor = _NAMED
        elif is_next and before is not None and before.worth and one.quotations:
            factor = _GOES_ON
        before = replace(one, worth=factor - 1)
        weighed.append(replace(one, worth=one.worth * factor))
    best = max(one.worth for one in weighed)
    return by_article(choose([one for one in weighed if one.worth >= _WORTH * best], most_words, _MOST_SENTENCES))


# The part of the most of the question's names that any sentence has, with which a sentence names whoever is meant.
_MOSTLY = 0.6


def people_quoted(subject: Subject) -> list[Part]:
    """Everybody that the articles on the subject quote, under their names, each with a sentence that names them."""
    parts: dict[str, list[Sentence]] = {}
    for one in subject.sentences:
        if subject.articles[one.article.id] < min(_ON_SUBJECT, max(subject.articles.values())):
            continue
        for quotation in one.quotations:
            if quotation.speaker_name:
                name = next((other for other in parts if same_speaker(quotation.speaker_name, other)), quotation.speaker_name)
                parts.setdefault(name, []).append(one)
    words = max(1, LIST_WORDS // max(1, len(parts)))
    return [Part(name, [(one.article, _named(one, name, words))]) for name, sentences in parts.items() for one in [_best(sentences, name)]]


def _best(sentences: Sequence[Sentence], name: str) -> Sentence:
    """Of a speaker's sentences one that names them, the likeliest asked for."""
    return max(sentences, key=lambda one: (is_named(name, one.text), one.worth, -one.span.start))


def _named(one: Sentence, name: str, most_words: int) -> Span:
    """The sentence, or where that is too long its words around who speaks: the mention and what is said next to it."""
    if len(one.text.split()) <= most_words:
        return one.span
    quotation = next((quotation for quotation in one.quotations if quotation.speaker_name == name), None)
    mention = quotation.speaker if quotation is not None else None
    return mention if mention is not None and is_named(name, mention.of(one.article.text)) else one.span
