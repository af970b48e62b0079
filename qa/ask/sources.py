"""Independence of sources: articles that print the same text, such as an agency's, count as one source.

Two articles are one source if the store links them as one story (index/build/stories.py) and both contain the cited sentence; a translation
of that story counts as containing it. Independently written articles on one event are different sources: it cannot be detected that a paper
rewrote agency copy.

An agency is credited in a dateline, a byline, a line by itself or a copyright line, among the first or last lines of an article. Picture
credits and mentions inside sentences do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.articles import Article
from index.languages.base import every, every_key, language, languages
from index.text.fold import fold, fold_text
from index.text.names import name_keys
from index.text.spans import Span, trim

# Lines at the beginning and at the end of an article that may credit an agency. Four first lines change 4 of 66 answers, eight none, and
# four or seven last lines none: docs/constants.md.
_FIRST_LINES, _LAST_LINES = 6, 5
# Characters of a line that are searched: a dateline is at its beginning, a copyright line is short. No measurement behind it.
_MOST_CHARACTERS = 160
_WHOLE_DATE = len("2024-05-01")

_IN_PARENTHESES_ONLY = frozenset(map(fold_text, every("sources.in_parentheses_only")))


def _any(key: str) -> str:
    """The words under a key of all languages, as alternatives of a pattern."""
    return "|".join(re.escape(word).replace(r"\ ", " ") for language in languages() for word in language.words(key))


_NAME = r"[^\W\d_][\w.'’&-]*(?:[ -][\w.'’&-]+){0,5}"
_DASH = r"[-–—:]"
# "LONDON, March 13 (AP) —", "باريس (أ ف ب) -", "دلميرا – رويترز –".
_DATELINE = re.compile(
    rf"[^\W\d_][\w ,./'’\u064b-\u0652-]{{1,60}}?\s?(?:\((?P<inside>{_NAME})\)\s?{_DASH}|\s{_DASH}\s?(?P<bare>{_NAME})\s?(?:{_DASH}\s|$))"
)
_ARTICLE = rf"(?:(?:{_any('sources.articles')}) )?"
_BYLINE = re.compile(rf"(?:{_any('sources.bylines')})\s*:?\s+(?:[^,|/]{{2,80}}[,|/]\s*)?{_ARTICLE}(?P<name>{_NAME})\W*$")
_ALONE = re.compile(rf"[-–—(\[\s]*(?P<name>{_NAME})[)\]\s.]*$")
_AT_THE_END = re.compile(rf"(?:\(|\s[-–—]\s?)(?P<name>{_NAME})\)?[\s.]*$")
_COPYRIGHT = re.compile(
    rf"(?:©|\(c\)|{_any('sources.copyright')})\s*(?:©\s*)?(?:\d{{4}}\s*)?(?:(?:{_any('sources.copyright_by')}) )?"
    rf"{_ARTICLE}(?P<name>{_NAME})"
)
# An unlisted agency, by a name such as "Marwena Press Agency".
_CALLED_AGENCY = re.compile(
    rf"(?:[A-Z][\w-]+ ){{1,4}}(?:{_any('sources.agency_behind')})$|(?:{_any('sources.agency_before')}) \S+(?: \S+){{0,3}}$"
)
_INITIALS = re.compile(r"[A-Z]{2,5}$")


@dataclass(frozen=True, slots=True)
class Print:
    """An article that prints a text. `span` is that of the cited sentence; None in a translation."""

    article: Article
    span: Span | None


@dataclass(frozen=True, slots=True)
class Source:
    """One source of an answer, however many articles print it.

    `citations` are the numbers of the answer's citations from it. `prints` are the articles of the store that have it, the original first,
    including those that differ in a number. `papers` are their distinct publishers, without the agency. `credit` is the agency whose text
    it is, by its English name or as the articles write it. `original` is the id of the article that the others reprint.
    """

    citations: tuple[int, ...]
    prints: tuple[Print, ...]
    papers: tuple[str, ...]
    credit: str | None
    original: str | None

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(print.article.id for print in self.prints)

    @property
    def names_all(self) -> bool:
        """Whether each article has a publisher, so that papers can be counted."""
        return bool(self.papers) and all(print.article.publisher for print in self.prints)


def prints(quote: str, language: str, story: Iterable[Article]) -> Iterator[Print]:
    """The articles of a story that print a sentence: verbatim if they are in its language, else as a translation."""
    for article in story:
        if article.language != language:
            yield Print(article, None)
        elif (span := span_of(quote, article)) is not None:
            yield Print(article, span)


def span_of(quote: str, article: Article) -> Span | None:
    """The span of a sentence in an article, regardless of typography; None if the article does not contain it."""
    wanted = comparable(quote)
    if not wanted or wanted not in fold_text(article.text):
        return None
    folded = fold(article.text)
    for match in re.finditer(re.escape(wanted), folded.text):
        start, end = match.span()
        around = folded.text[start - 1 : start] + folded.text[end : end + 1]
        if not any(character.isalnum() for character in around):
            return _with_ends(article.text, folded.to_original(start, end), quote)
    return None


def comparable(sentence: str) -> str:
    """A sentence normalised for the comparison of articles.

    >>> comparable("“He left,” she said.") == comparable('"He left," she said')
    True
    """
    return fold_text(sentence).strip(" .\"'")


def _with_ends(text: str, span: Span, quote: str) -> Span:
    """The span extended by the quotation marks and full stop that the quote has too, which `comparable` strips."""
    start, end = span.start, span.end
    bare = quote.strip()
    while start and not text[start - 1].isspace() and fold_text(text[start - 1]) in {'"', "'"} and fold_text(bare[:1]) in {'"', "'"}:
        start -= 1
    while end < len(text) and fold_text(text[end]) in {'"', "'", "."} and fold_text(bare[-1:]) in {'"', "'", "."}:
        end += 1
    return trim(text, Span(start, end))


def sources(cited: Sequence[tuple[Sequence[int], Sequence[Print]]]) -> tuple[Source, ...]:
    """The independent sources of an answer, by their first citation. `cited` has each sentence's citation numbers and prints.

    Sentences that one article prints belong to one source, and so does everything that one paper wrote itself.
    """
    groups: list[tuple[list[int], dict[str, Print], set[str]]] = []
    for numbers, prints in cited:
        merged = ([*numbers], {print.article.id: print for print in prints}, _writers(prints))
        unrelated = []
        for group in groups:
            if group[1].keys() & merged[1].keys() or group[2] & merged[2]:
                merged = (group[0] + merged[0], _union(group[1], merged[1]), group[2] | merged[2])
            else:
                unrelated.append(group)
        groups = [*unrelated, merged]
    independent = [_source(sorted(numbers), tuple(prints.values())) for numbers, prints, _ in groups]
    return tuple(sorted(independent, key=lambda source: source.citations))


def _union(prints: Mapping[str, Print], other: Mapping[str, Print]) -> dict[str, Print]:
    """The union of both; a print with a span takes precedence over one without."""
    with_span = {id: print for id, print in (*other.items(), *prints.items()) if print.span is not None}
    return {id: with_span.get(id, print) for id, print in (*prints.items(), *other.items())}


def _writers(prints: Sequence[Print]) -> set[str]:
    """The papers that may have written a text themselves: none if it is an agency's."""
    articles = [print.article for print in prints]
    return {comparable(article.publisher) for article in articles if article.publisher} if credit_of(articles) is None else set()


def _source(numbers: Sequence[int], prints: Sequence[Print]) -> Source:
    articles = [print.article for print in prints]
    credit = credit_of(articles)
    names = {comparable(article.publisher): article.publisher for article in reversed(articles) if article.publisher}
    papers = [name for name in reversed(names.values()) if credit is None or not _is_same_agency(name, credit)]
    first = original(articles)
    original_first = sorted(prints, key=lambda print: print.article.id != first)
    return Source(tuple(numbers), tuple(original_first), tuple(papers), credit, first)


def original(articles: Sequence[Article]) -> str | None:
    """The id of the article that the others, with the same text, reprint; None if it is unknown.

    If they credit an agency, that agency's article. Otherwise the only one with the earliest date. The first paper to print an agency's
    text is not the original.
    """
    if len(articles) < 2:
        return None
    credit = credit_of(articles)
    if credit is not None:
        by_agency = [
            article.id
            for article in articles
            if article.publisher and _is_same_agency(article.publisher, credit) and _names_itself(article)
        ]
        return by_agency[0] if len(by_agency) == 1 else None
    if not all(article.date and len(article.date) == _WHOLE_DATE for article in articles):
        return None
    first, second = sorted(articles, key=lambda article: article.date or "")[:2]
    return first.id if first.date != second.date else None


def _names_itself(article: Article) -> bool:
    """Whether an article's publisher comes from its metadata or is above its title; below the title it may be a credit."""
    publisher, title = article.places.get("publisher"), article.places.get("title")
    return publisher is None or (title is not None and publisher.start < title.start)


def credit_of(articles: Iterable[Article]) -> str | None:
    """The agency that articles with the same text credit; None if they credit none, or more than one."""
    credits = [(credit, article.language) for article in articles if (credit := credited(article)) is not None]
    if not credits:
        return None
    same, others = {credits[0][0]}, {name for name, _ in credits}
    # Initials and a name in another script may match only through the agency's full name.
    while matching := {name for name in others - same if any(_is_same_agency(name, known) for known in same)}:
        same |= matching
    if others - same:
        return None
    # The full name rather than initials, in the language of the first article.
    return max((name for name, language in credits if language == credits[0][1]), key=len)


def credited(article: Article) -> str | None:
    """The agency that an article credits, or that published it: by its English name if it is listed, else as the article writes it."""
    if article.publisher and is_agency(article.publisher):
        return _known(article.publisher) or article.publisher
    return next(_credits(article), None)


def _credits(article: Article) -> Iterator[str]:
    lines = [line for line in article.text.split("\n") if line.strip()]
    story = _story_lines(article)
    for line in story[:_FIRST_LINES]:
        yield from _agency(_DATELINE.match(line[:_MOST_CHARACTERS].lstrip()))
    for line in lines[:_FIRST_LINES] + lines[-_LAST_LINES:]:
        if len(line) <= _MOST_CHARACTERS:
            yield from _agency(_BYLINE.match(line.strip()) or _ALONE.match(line.strip()))
    for line in lines[-_LAST_LINES:]:
        yield from _agency(_COPYRIGHT.search(line[:_MOST_CHARACTERS]))
    for line in story[-1:]:
        yield from _agency(_AT_THE_END.search(line[-_MOST_CHARACTERS:]))


def _story_lines(article: Article) -> list[str]:
    """The lines that are marked as story."""
    return [line for span in article.story for line in span.of(article.text).split("\n") if line.strip()]


def _agency(match: re.Match[str] | None) -> Iterator[str]:
    """The name that a pattern matched, if it is an agency's."""
    if match is None:
        return
    inside = match.groupdict().get("inside")
    name = (inside or match.groupdict().get("bare") or match.groupdict().get("name") or "").strip(" .")
    known = _known(name)
    if known is not None and (inside is not None or fold_text(name) not in _IN_PARENTHESES_ONLY):
        yield known
    elif known is None and (_CALLED_AGENCY.match(name) or (inside is not None and _INITIALS.match(inside))):
        yield name


@lru_cache(maxsize=1)
def _by_spelling() -> Mapping[str, str]:
    """The folded spellings of the listed agencies, in all languages, to their keys."""
    keys = every_key("sources.agencies")
    return {fold_text(name): key for key in keys for language in languages() for name in language.words(f"sources.agencies.{key}")}


def _known(name: str) -> str | None:
    """The English name of a listed agency, by any of its spellings.

    >>> _known("AP"), _known("رويترز"), _known("The Dalmira Courier")
    ('Associated Press', 'Reuters', None)
    """
    key = _by_spelling().get(fold_text(name).strip())
    return _name_in("en", key) if key else None


def _name_in(code: str, key: str) -> str | None:
    """A language's name for a listed agency; None if it has none."""
    return next(iter(language(code).words(f"sources.agencies.{key}")), None)


def is_agency(publisher: str) -> bool:
    """Whether a publisher is a news agency.

    >>> is_agency("Reuters"), is_agency("Marwena Press Agency"), is_agency("وكالة مروينا للأنباء"), is_agency("The Dalmira Courier")
    (True, True, True, False)
    """
    return _known(publisher) is not None or _CALLED_AGENCY.match(publisher.strip()) is not None


def agency_name(credit: str, code: str) -> str:
    """An agency's name in a language of the interface, by its code; falls back to English.

    >>> agency_name("Reuters", "ar"), agency_name("MPA", "ar")
    ('رويترز', 'MPA')
    """
    key = _by_spelling().get(fold_text(credit))
    return credit if key is None else _name_in(code, key) or _name_in("en", key) or credit


def _is_same_agency(name: str, credit: str) -> bool:
    """Whether two names are one agency's: listed spellings, the same words, a name and its initials, or one name in two scripts."""
    name, credit = _known(name) or name, _known(credit) or credit
    if comparable(name) == comparable(credit) or _initials(name) == credit or _initials(credit) == name:
        return True
    return name.isascii() != credit.isascii() and not set(name_keys(name)).isdisjoint(name_keys(credit))


def _initials(name: str) -> str:
    """
    >>> _initials("Marwena Press Agency")
    'MPA'
    """
    return "".join(word[0] for word in name.split() if word[0].isupper() and not word.isupper())
