"""Questions about the collection itself, answered from its catalogue: how many articles there are, in which languages, by whom, of when.

What is said is the program's own words in the question's language (`replies` of index/languages/*/words.toml), each a label and its values,
so that no number asks for a plural. Nothing in it is a quotation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

from index.languages.base import every, language
from index.store.catalogue import Listing
from index.text.terms import is_stop, stems
from qa.ask.question import Question
from qa.kinds.subject import Subject
from qa.quotes.speakers import is_named

# Articles, papers and names that one line lists.
_MOST_LISTED = 12
# An article is one of those on a subject from this probability.
_ON_SUBJECT = 0.3
# The subject itself, below which a question of how many is about all articles.
_SUBJECT = 0.5


class Replies:
    """The program's own sentences in the language of a question, or in English where it has none in that."""

    def __init__(self, code: str) -> None:
        own = language(code).mapping("replies")
        self.code = code if own else "en"
        self._sentences = own or language("en").mapping("replies")

    def __call__(self, key: str, **values: object) -> str:
        return self._sentences[key].format(**values)

    def language_name(self, code: str) -> str:
        try:
            return str(Locale.parse(self.code).languages.get(code, code))
        except (UnknownLocaleError, ValueError):
            return code


def collection(of: str, question: Question, subject: Subject, listings: Sequence[Listing]) -> list[str]:
    """Lines that answer a question about the collection; `listings` are all articles that the filters leave."""
    replies = Replies(question.language)
    answers: dict[str, Callable[[], list[str]]] = {
        "count": lambda: _count(replies, question, subject, listings),
        "languages": lambda: [_languages(replies, listings)],
        "newest": lambda: _dated(replies, "newest", _about(question, subject, listings), last=True),
        "oldest": lambda: _dated(replies, "oldest", _about(question, subject, listings), last=False),
        "period": lambda: [_period(replies, listings)],
        "longest": lambda: _longest(replies, listings),
        "papers": lambda: [_papers(replies, listings)],
        "authors": lambda: [_authors(replies, listings)],
        "exists": lambda: _titles(replies, "exists", _on_subject(subject, listings)),
        "by-author": lambda: _titles(replies, "titles", [one for one in listings if one.author and is_named(one.author, question.text)]),
        "by-paper": lambda: _titles(replies, "titles", _of_paper(question, listings) or _on_subject(subject, listings)),
    }
    if of in answers:
        return answers[of]()
    if of in ("author-of", "date-of", "publisher-of", "language-of", "title-of"):
        return [_facts(replies, one) for one in _on_subject(subject, listings)[:1]] or _titles(replies, "exists", [])
    return [_count_all(replies, listings), _languages(replies, listings), _papers(replies, listings), _period(replies, listings)]


def articles_as_lines(question: Question, articles: Sequence[Listing]) -> list[str]:
    """A line for each article, and how many they are."""
    return _titles(Replies(question.language), "titles", articles)


def papers_as_lines(question: Question, articles: Sequence[Listing]) -> list[str]:
    """The papers of articles, with how many articles each."""
    return [_papers(Replies(question.language), articles)]


def _about(question: Question, subject: Subject, listings: Sequence[Listing]) -> Sequence[Listing]:
    """Those of a paper or author that the question names, or on its subject, or all."""
    named = _of_paper(question, listings)
    if named:
        return named
    return _on_subject(subject, listings) if _names_subject(question) and subject.confidence >= _SUBJECT else listings


def _names_subject(question: Question) -> bool:
    """Whether a question has words for more than the articles and their number."""
    return any(not is_stop(stem) and stem not in _words_for_articles() for stem in question.terms)


@cache
def _words_for_articles() -> frozenset[str]:
    """Stems of what a question may call the articles and their number, in any language."""
    return frozenset(stem for word in every("collection.words") for stem in stems(word))


def _of_paper(question: Question, listings: Sequence[Listing]) -> list[Listing]:
    papers = {one.publisher for one in listings if one.publisher}
    named = {paper for paper in papers if is_named(paper, question.text)}
    return [one for one in listings if one.publisher in named]


def _on_subject(subject: Subject, listings: Sequence[Listing]) -> list[Listing]:
    """Likeliest first; the likeliest alone where none is surely on it."""
    by_id = {one.id: one for one in listings}
    likely = [id for id, probability in subject.articles.items() if probability >= _ON_SUBJECT] or list(subject.articles)[:1]
    return [by_id[id] for id in likely if id in by_id]


def _count(replies: Replies, question: Question, subject: Subject, listings: Sequence[Listing]) -> list[str]:
    asked = [one for one in {listing.language for listing in listings} if _names_language(one, question)]
    if asked:
        return [_count_all(replies, listings), _languages(replies, listings)]
    if _of_paper(question, listings):
        return [_papers(replies, _of_paper(question, listings)), _count_all(replies, listings)]
    if _names_subject(question) and subject.confidence >= _SUBJECT:
        return [*_titles(replies, "exists", _on_subject(subject, listings)), _count_all(replies, listings)]
    return [_count_all(replies, listings), _languages(replies, listings)]


def _names_language(code: str, question: Question) -> bool:
    name = Replies(question.language).language_name(code)
    return is_named(name, question.text)


def _count_all(replies: Replies, listings: Sequence[Listing]) -> str:
    return replies("count", count=len(listings))


def _languages(replies: Replies, listings: Iterable[Listing]) -> str:
    return replies("languages", values=_counted(replies.language_name(one.language) for one in listings))


def _papers(replies: Replies, listings: Iterable[Listing]) -> str:
    papers = [one.publisher for one in listings if one.publisher]
    return replies("papers", count=len(set(papers)), values=_counted(papers)) if papers else replies("no_papers")


def _authors(replies: Replies, listings: Iterable[Listing]) -> str:
    authors = [one.author for one in listings if one.author]
    return replies("authors", count=len(set(authors)), values=_counted(authors)) if authors else replies("no_authors")


def _period(replies: Replies, listings: Iterable[Listing]) -> str:
    dates = sorted(one.date for one in listings if one.date)
    return replies("period", first=dates[0], last=dates[-1]) if dates else replies("no_dates")


def _dated(replies: Replies, key: str, listings: Sequence[Listing], last: bool) -> list[str]:
    dated = sorted((one for one in listings if one.date), key=lambda one: (one.date or "", one.id), reverse=last)
    if not dated:
        return [replies("no_dates")]
    same = [one for one in dated if one.date == dated[0].date]
    return [replies(key, date=dated[0].date), *(_facts(replies, one) for one in same[:_MOST_LISTED])]


def _longest(replies: Replies, listings: Sequence[Listing]) -> list[str]:
    """By where the story ends: the texts themselves are not read."""
    ranked = sorted(listings, key=lambda one: (-one.end, one.id))
    return [replies("longest", article=_facts(replies, ranked[0])), replies("shortest", article=_facts(replies, ranked[-1]))]


def _titles(replies: Replies, key: str, listings: Sequence[Listing]) -> list[str]:
    if not listings:
        return [replies("none_such")]
    lines = [_facts(replies, one) for one in listings[:_MOST_LISTED]]
    more = [replies("more", count=len(listings) - _MOST_LISTED)] if len(listings) > _MOST_LISTED else []
    return [replies(key, count=len(listings)), *lines, *more]


def _facts(replies: Replies, article: Listing) -> str:
    facts = (article.title or article.id, article.author, article.publisher, article.date, replies.language_name(article.language))
    return " · ".join(fact for fact in facts if fact)


def _counted(values: Iterable[str]) -> str:
    """The commonest first: "The Ledger (3), The Courier (1)"."""
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{value} ({count})" for value, count in counts[:_MOST_LISTED])
