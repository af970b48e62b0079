"""Who printed the same text, and whose text it is: papers that print one agency's text are one source.

Two articles are one source where the store knows them as one story (index/stories.py) and both hold the cited sentence; a translation
holds it if it is of that story. Articles that tell of one event in words of their own are different sources, whoever told it to them: that
a paper rewrote what an agency sent cannot be seen.

An agency is named by a dateline, a byline, a line of its own or a copyright line, among the first or last lines of an article. Below
pictures agencies are named too, and inside sentences; those do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.articles import Article
from index.fold import fold, fold_text
from index.names import name_keys
from index.spans import Span, trim

# Lines of a story, from its beginning and from its end, that may name an agency. No measurement behind them.
_FIRST_LINES, _LAST_LINES = 6, 5
# Characters of a line that are looked at: a dateline stands at its beginning, a copyright line is short. No measurement behind it.
_BEGINNING = 160
_WHOLE_DATE = len("2024-05-01")

# English name, Arabic name; other spellings.
_AGENCIES = (
    ("Reuters", "رويترز", "Thomson Reuters", "وكالة رويترز"),
    (
        "Associated Press",
        "أسوشيتد برس",
        "The Associated Press",
        "AP",
        "A.P.",
        "وكالة أسوشيتد برس",
        "أسوشييتد برس",
        "اسوشيتدبرس",
        "أ ب",
        "أ.ب",
    ),
    (
        "AFP",
        "وكالة الأنباء الفرنسية",
        "Agence France-Presse",
        "Agence France Presse",
        "وكالة فرانس برس",
        "فرانس برس",
        "أ ف ب",
        "أ.ف.ب",
        "ا ف ب",
    ),
    ("dpa", "وكالة الأنباء الألمانية", "Deutsche Presse-Agentur", "German Press Agency", "د ب أ", "د.ب.أ", "د ب ا"),
    ("UPI", "يونايتد برس إنترناشيونال", "United Press International", "يونايتد برس", "يو بي آي"),
    ("PA Media", "وكالة برس أسوسييشن", "PA", "Press Association", "The Press Association"),
    ("EFE", "وكالة الأنباء الإسبانية", "Agencia EFE", "وكالة إفي", "إفي"),
    ("ANSA", "وكالة أنسا", "أنسا"),
    ("TASS", "تاس", "Itar-Tass", "وكالة تاس", "إيتار تاس"),
    ("RIA Novosti", "ريا نوفوستي", "RIA", "وكالة نوفوستي", "نوفوستي"),
    ("Interfax", "إنترفاكس", "وكالة إنترفاكس"),
    ("Sputnik", "سبوتنيك", "وكالة سبوتنيك"),
    ("Xinhua", "شينخوا", "Xinhua News Agency", "وكالة شينخوا", "وكالة أنباء شينخوا", "وكالة أنباء الصين الجديدة"),
    ("Kyodo News", "كيودو", "Kyodo", "وكالة كيودو"),
    ("Yonhap", "يونهاب", "Yonhap News Agency", "وكالة يونهاب", "وكالة يونهاب للأنباء"),
    ("Press Trust of India", "برس ترست أوف إنديا", "PTI"),
    ("ANI", "وكالة آني", "Asian News International"),
    ("Bloomberg", "بلومبرغ", "Bloomberg News", "بلومبيرغ", "وكالة بلومبرغ"),
    ("Anadolu Agency", "الأناضول", "Anadolu", "AA", "وكالة الأناضول", "وكالة أنباء الأناضول"),
    ("IRNA", "إرنا", "Islamic Republic News Agency", "وكالة إرنا", "وكالة الجمهورية الإسلامية للأنباء"),
    ("SPA", "واس", "Saudi Press Agency", "وكالة الأنباء السعودية"),
    ("WAM", "وام", "Emirates News Agency", "وكالة أنباء الإمارات"),
    ("QNA", "قنا", "Qatar News Agency", "وكالة الأنباء القطرية"),
    ("KUNA", "كونا", "Kuwait News Agency", "وكالة الأنباء الكويتية"),
    ("BNA", "بنا", "Bahrain News Agency", "وكالة أنباء البحرين"),
    ("ONA", "وكالة الأنباء العمانية", "Oman News Agency", "العمانية"),
    ("Petra", "بترا", "Jordan News Agency", "وكالة الأنباء الأردنية", "وكالة بترا"),
    ("MENA", "وكالة أنباء الشرق الأوسط", "Middle East News Agency", "أ ش أ", "أ.ش.أ", "ا ش ا"),
    ("SANA", "سانا", "Syrian Arab News Agency", "الوكالة العربية السورية للأنباء", "وكالة سانا"),
    ("INA", "واع", "Iraqi News Agency", "وكالة الأنباء العراقية"),
    ("NNA", "الوكالة الوطنية للإعلام", "National News Agency"),
    ("WAFA", "وفا", "Palestinian News and Information Agency", "وكالة الأنباء الفلسطينية", "وكالة وفا"),
    ("Saba", "سبأ", "Saba News Agency", "وكالة الأنباء اليمنية", "وكالة سبأ"),
    ("SUNA", "سونا", "Sudan News Agency", "وكالة السودان للأنباء"),
    ("LANA", "وال", "Libyan News Agency", "وكالة الأنباء الليبية"),
    ("TAP", "وات", "Tunis Afrique Presse", "وكالة تونس إفريقيا للأنباء"),
    ("APS", "واج", "Algeria Press Service", "وكالة الأنباء الجزائرية"),
    ("MAP", "وكالة المغرب العربي للأنباء", "Maghreb Arab Press", "و م ع"),
)
# Names that are words of their own, and say nothing in a line alone or without its parentheses.
_IN_PARENTHESES_ONLY = frozenset(
    fold_text(name) for name in ("بنا", "وال", "وات", "وفا", "قنا", "واع", "واج", "العمانية", "AA", "PA", "MAP", "TAP", "Saba", "سبأ")
)

_NAME = r"[^\W\d_][\w.'’&-]*(?:[ -][\w.'’&-]+){0,5}"
_DASH = r"[-–—:]"
# "LONDON, March 13 (AP) —", "باريس (أ ف ب) -", "دلميرا – رويترز –".
_DATELINE = re.compile(
    rf"[^\W\d_][\w ,./'’\u064b-\u0652-]{{1,60}}?\s?(?:\((?P<inside>{_NAME})\)\s?{_DASH}|\s{_DASH}\s?(?P<bare>{_NAME})\s?(?:{_DASH}\s|$))"
)
_BYLINE = re.compile(rf"(?:By|BY|Source|SOURCE|المصدر|نقلا عن|بقلم)\s*:?\s+(?:[^,|/]{{2,80}}[,|/]\s*)?(?:the |The )?(?P<name>{_NAME})\W*$")
_ALONE = re.compile(rf"[-–—(\[\s]*(?P<name>{_NAME})[)\]\s.]*$")
_AT_THE_END = re.compile(rf"(?:\(|\s[-–—]\s?)(?P<name>{_NAME})\)?[\s.]*$")
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|[Cc]opyright|COPYRIGHT)\s*(?:©\s*)?(?:\d{{4}}\s*)?(?:by )?(?:the |The )?(?P<name>{_NAME})")
# What calls itself one: an agency that no list has.
_CALLED_AGENCY = re.compile(
    r"(?:[A-Z][\w-]+ ){1,4}(?:News Agency|Press Agency|News Service|Newswire|Wire Service)$|وكال[ةه] (?:أنباء )?\S+(?: \S+){0,3}$"
)
_INITIALS = re.compile(r"[A-Z]{2,5}$")


@dataclass(frozen=True, slots=True)
class Print:
    """An article that prints a text. `span` is where the cited sentence stands in it; None in a translation."""

    article: Article
    span: Span | None


@dataclass(frozen=True, slots=True)
class Source:
    """One source of an answer, however many printed it.

    `citations` are the numbers of the answer's citations that come from it; `prints` the articles of the store that have it, the original
    first, and one that gives another number in it among them; `papers` their different publishers, without the agency; `credit` the
    agency whose text it is, by its English name or as the articles write it; `original` the id of the article that the others were printed
    from.
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
        """Whether each article says which paper it is from, so that papers can be counted."""
        return bool(self.papers) and all(print.article.publisher for print in self.prints)


def prints(quote: str, language: str, story: Iterable[Article]) -> Iterator[Print]:
    """Of the articles of one story those that print a sentence of that language: word for word, or in a language of their own."""
    for article in story:
        if article.language != language:
            yield Print(article, None)
        elif (span := place_of(quote, article)) is not None:
            yield Print(article, span)


def place_of(quote: str, article: Article) -> Span | None:
    """Where the words of a sentence stand in an article, whatever their typography; None where they do not, all in a row."""
    wanted = comparable(quote)
    if not wanted or wanted not in fold_text(article.text):
        return None
    folded = fold(article.text)
    for found in re.finditer(re.escape(wanted), folded.text):
        start, end = found.span()
        around = folded.text[start - 1 : start] + folded.text[end : end + 1]
        if not any(character.isalnum() for character in around):
            return _with_ends(article.text, folded.to_original(start, end), quote)
    return None


def comparable(sentence: str) -> str:
    """A sentence as those of two papers are compared.

    >>> comparable("“He left,” she said.") == comparable('"He left," she said')
    True
    """
    return fold_text(sentence).strip(" .\"'")


def _with_ends(text: str, span: Span, quote: str) -> Span:
    """The span with the marks around it that the quote has too, which were left out in the comparison."""
    start, end = span.start, span.end
    bare = quote.strip()
    while start and not text[start - 1].isspace() and fold_text(text[start - 1]) in {'"', "'"} and fold_text(bare[:1]) in {'"', "'"}:
        start -= 1
    while end < len(text) and fold_text(text[end]) in {'"', "'", "."} and fold_text(bare[-1:]) in {'"', "'", "."}:
        end += 1
    return trim(text, Span(start, end))


def sources(cited: Sequence[tuple[Sequence[int], Sequence[Print]]]) -> tuple[Source, ...]:
    """The independent sources of citations, in the order of their first: for each sentence its citations' numbers, and what prints it.

    Sentences that one article prints are of one source, and so is all that one paper wrote itself.
    """
    groups: list[tuple[list[int], dict[str, Print], set[str]]] = []
    for numbers, own in cited:
        joined = ([*numbers], {print.article.id: print for print in own}, _writers(own))
        apart = []
        for group in groups:
            if group[1].keys() & joined[1].keys() or group[2] & joined[2]:
                joined = (group[0] + joined[0], _together(group[1], joined[1]), group[2] | joined[2])
            else:
                apart.append(group)
        groups = [*apart, joined]
    made = [_source(sorted(numbers), tuple(own.values())) for numbers, own, _ in groups]
    return tuple(sorted(made, key=lambda source: source.citations))


def _together(one: Mapping[str, Print], other: Mapping[str, Print]) -> dict[str, Print]:
    """Both, each article once, with a place where either has one."""
    placed = {id: print for id, print in (*other.items(), *one.items()) if print.span is not None}
    return {id: placed.get(id, print) for id, print in (*one.items(), *other.items())}


def _writers(own: Sequence[Print]) -> set[str]:
    """The papers that may have written a text themselves: none where it is an agency's."""
    articles = [print.article for print in own]
    return {comparable(article.publisher) for article in articles if article.publisher} if credit_of(articles) is None else set()


def _source(numbers: Sequence[int], own: Sequence[Print]) -> Source:
    articles = [print.article for print in own]
    credit = credit_of(articles)
    names = {comparable(article.publisher): article.publisher for article in reversed(articles) if article.publisher}
    papers = [name for name in reversed(names.values()) if credit is None or not _is_same_agency(name, credit)]
    first = original(articles)
    ordered = sorted(own, key=lambda print: print.article.id != first)
    return Source(tuple(numbers), tuple(ordered), tuple(papers), credit, first)


def original(articles: Sequence[Article]) -> str | None:
    """The id of the article that the others, with the same text, were printed from; None where that cannot be told.

    The agency's own where the others name an agency; else the one that is a day or more older than every other. An agency's text is nobody
    else's, so that the first paper to print it is no original.
    """
    if len(articles) < 2:
        return None
    credit = credit_of(articles)
    if credit is not None:
        own = [
            article.id
            for article in articles
            if article.publisher and _is_same_agency(article.publisher, credit) and _names_itself(article)
        ]
        return own[0] if len(own) == 1 else None
    if not all(article.date and len(article.date) == _WHOLE_DATE for article in articles):
        return None
    first, second = sorted(articles, key=lambda article: article.date or "")[:2]
    return first.id if first.date != second.date else None


def _names_itself(article: Article) -> bool:
    """Whether an article's publisher is told by its record or stands above its title; below, a paper names whose text it prints."""
    place, title = article.places.get("publisher"), article.places.get("title")
    return place is None or (title is not None and place.start < title.start)


def credit_of(articles: Iterable[Article]) -> str | None:
    """The agency that articles with one text name; None where they name none, or more than one."""
    named = [(credit, article.language) for article in articles if (credit := credited(article)) is not None]
    if not named:
        return None
    same, others = {named[0][0]}, {name for name, _ in named}
    # Initials and a name in another script may be known as one agency's by its full name only.
    while joined := {name for name in others - same if any(_is_same_agency(name, one) for one in same)}:
        same |= joined
    if others - same:
        return None
    # In full rather than by its initials, and as the first of them writes it rather than its translation.
    return max((name for name, language in named if language == named[0][1]), key=len)


def credited(article: Article) -> str | None:
    """The agency whose text an article says it prints, or whose own it is: by its English name where it is a known one, else as it stands
    there."""
    if article.publisher and is_agency(article.publisher):
        return _known(article.publisher) or article.publisher
    return next(_credits(article), None)


def _credits(article: Article) -> Iterator[str]:
    lines = [line for line in article.text.split("\n") if line.strip()]
    story = _story_lines(article)
    for line in story[:_FIRST_LINES]:
        yield from _agency(_DATELINE.match(line[:_BEGINNING].lstrip()))
    for line in lines[:_FIRST_LINES] + lines[-_LAST_LINES:]:
        if len(line) <= _BEGINNING:
            yield from _agency(_BYLINE.match(line.strip()) or _ALONE.match(line.strip()))
    for line in lines[-_LAST_LINES:]:
        yield from _agency(_COPYRIGHT.search(line[:_BEGINNING]))
    for line in story[-1:]:
        yield from _agency(_AT_THE_END.search(line[-_BEGINNING:]))


def _story_lines(article: Article) -> list[str]:
    """The lines of what cleaning kept."""
    return [line for span in article.story for line in span.of(article.text).split("\n") if line.strip()]


def _agency(found: re.Match[str] | None) -> Iterator[str]:
    """What a line names, where it is an agency."""
    if found is None:
        return
    inside = found.groupdict().get("inside")
    name = (inside or found.groupdict().get("bare") or found.groupdict().get("name") or "").strip(" .")
    known = _known(name)
    if known is not None and (inside is not None or fold_text(name) not in _IN_PARENTHESES_ONLY):
        yield known
    elif known is None and (_CALLED_AGENCY.match(name) or (inside is not None and _INITIALS.match(inside))):
        yield name


@lru_cache(maxsize=1)
def _by_spelling() -> Mapping[str, tuple[str, str]]:
    return {fold_text(name): (english, arabic) for english, arabic, *others in _AGENCIES for name in (english, arabic, *others)}


def _known(name: str) -> str | None:
    """The English name of an agency of the list, in whatever spelling.

    >>> _known("AP"), _known("رويترز"), _known("The Dalmira Courier")
    ('Associated Press', 'Reuters', None)
    """
    found = _by_spelling().get(fold_text(name).strip())
    return found[0] if found else None


def is_agency(publisher: str) -> bool:
    """Whether others print this publisher's texts.

    >>> is_agency("Reuters"), is_agency("Marwena Press Agency"), is_agency("وكالة مروينا للأنباء"), is_agency("The Dalmira Courier")
    (True, True, True, False)
    """
    return _known(publisher) is not None or _CALLED_AGENCY.match(publisher.strip()) is not None


def agency_name(credit: str, language: str) -> str:
    """An agency's name in a language of the interface.

    >>> agency_name("Reuters", "ar"), agency_name("MPA", "ar")
    ('رويترز', 'MPA')
    """
    english, arabic = _by_spelling().get(fold_text(credit), (credit, credit))
    return arabic if language == "ar" else english


def _is_same_agency(name: str, credit: str) -> bool:
    """Whether two names are one agency's: two spellings of the list, the same words, a name and its initials, or a name in
    two scripts."""
    one, other = _known(name) or name, _known(credit) or credit
    if comparable(one) == comparable(other) or _initials(one) == other or _initials(other) == one:
        return True
    return one.isascii() != other.isascii() and not set(name_keys(one)).isdisjoint(name_keys(other))


def _initials(name: str) -> str:
    """
    >>> _initials("Marwena Press Agency")
    'MPA'
    """
    return "".join(word[0] for word in name.split() if word[0].isupper() and not word.isupper())
