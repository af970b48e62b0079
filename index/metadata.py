"""Title, publisher, author and date of an article, from its text alone.

Only the head and the tail of the text are read. Each fact is found by its own signs, the surest first: front matter, a labelled line
("By", "بقلم", "Published:"), a line that stands alone next to another of its kind, a tag line or a copyright line at the story's end, the
agency of a dateline. A fact that no sign tells is None; a caption's photographer and date are never the article's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date as calendar_date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from index.clean import Kind, kind_of, story_spans
from index.spans import Span, trim

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

# None of these is tuned to a figure: the five real pages need 700 and 500 code points.
HEAD = 6_000
TAIL = 4_000
LONGEST_TITLE = 250
HEAD_LINES = 25
PROSE_BEFORE_BYLINE = 2  # a standfirst and a summary may stand above the byline
TAG_LINES = 8  # from the end, in which a tag line is looked for


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` as the text has it (`span.of(text)`);of a date ISO 8601, as much of it as is known ("2017-09-12", "2015-03", "2015")."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a text tells about itself;None where it tells nothing."""

    title: Fact | None
    publisher: Fact | None
    author: Fact | None
    date: Fact | None


def read_metadata(text: str) -> Metadata:
    """The facts that the head and the tail of the text tell, with their spans in code points.

    >>> found = read_metadata("Mayor opens the bridge\\nThe Harbour Gazette\\nOrla Venn\\n4 March 2019\\nIt opened at noon.")
    >>> found.title.value, found.publisher.value, found.author.value, found.date.value
    ('Mayor opens the bridge', 'The Harbour Gazette', 'Orla Venn', '2019-03-04')
    """
    page = _Page(text)
    title, suffix = _title(page)
    return Metadata(title, _publisher(page, title, suffix), _author(page), _date(page))


# ------------------------------------------------------------------------------------------------- the page


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str
    story: bool
    after_gap: bool

    @property
    def is_prose(self) -> bool:
        length = len(self.text)
        return length > 180 or (length >= 60 and _SENTENCE_END.search(self.text, length - 4) is not None)

    def fact(self, found: re.Match[str], group: str = "name") -> Fact:
        span = trim(self.text, Span(*found.span(group)))
        return Fact(span.of(self.text), Span(self.span.start + span.start, self.span.start + span.end))


_LINE = re.compile(r"\S[^\n\r\v\f\x85\u2028\u2029]*")
_SENTENCE_END = re.compile(r"[.!?…؟۔]['\"’”»)\]]{0,3}$")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<body>(?:[^\n]{0,500}\n){1,60}?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
_BAR = re.compile(r"\s*[|•·]\s*")
_BAR_SIGN = re.compile("[|•·]")
_STARS = "*_ "
_MENU_WORDS = frozenset(("menu", "navigation", "home", "news", "search", "القائمة", "الرئيسية", "أخبار", "بحث"))
_FIELD = re.compile(r"^(?P<key>[A-Za-z_-]{2,20})[ \t]*:[ \t]*(?P<quote>['\"]?)(?P<name>[^\n]{1,300}?)(?P=quote)[ \t\r]*$", re.MULTILINE)


class _Page:
    """The lines of a text's head and tail, and the fields of its front matter."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) <= HEAD + TAIL:
            self.head = self.tail = list(_lines(text, 0, len(text)))
        else:
            self.head = list(_lines(text, 0, HEAD))
            line_start = text.find("\n", len(text) - TAIL) + 1
            self.tail = list(_lines(text, line_start, len(text))) if line_start else []
        self.body_start = next((line.span.start for line in self.head if line.story and line.is_prose), None)
        self.fields = _front_matter(text)
        self.opening = self._opening()
        self.masthead, self.below_masthead = self._masthead()
        # What a fact may stand on: the story's lines of the opening, cut at bars and dots ("By Orla Venn | 4 March 2019").
        self.items = [item for line in self.opening if line.story for item in _items(line)]

    def _opening(self) -> list[_Line]:
        """The lines above the body: headline, standfirst, byline and their like."""
        lines: list[_Line] = []
        prose = 0
        for line in self.head[:HEAD_LINES]:
            prose += line.is_prose and line.story
            if prose > PROSE_BEFORE_BYLINE:
                break
            lines.append(line)
        return lines

    def _masthead(self) -> tuple[_Line | None, int]:
        """The paper's name over its menu, in the block that opens the page; and how many lines of the opening that takes.

        The headline must still be to come: a page may also begin with it and show a menu after.
        """
        first = next((at for at, line in enumerate(self.opening) if line.story), None)
        if first is None:
            return None, 0
        menus = []
        for at, line in enumerate(self.opening):
            if at > first and line.after_gap:
                break
            if at > first and _is_menu(line):
                menus.append(at)
        name = self.opening[first]
        if not menus or len(name.text.split()) > 6 or _SENTENCE_END.search(name.text):
            return None, 0
        below = menus[-1] + 1
        if not any(
            line.story and not line.is_prose and len(line.text.split()) >= 4 and not _is_byline(line.text) for line in self.opening[below:]
        ):
            return None, 0
        return name, below


def _is_menu(line: _Line) -> bool:
    if line.story:
        return line.text.casefold() in ("menu", "القائمة")  # the one button on a line, which cleaning keeps where it stands alone
    return kind_of(line.text) == Kind.CHROME or line.text.casefold() in _MENU_WORDS


def _items(line: _Line) -> Iterator[_Line]:
    """The line's parts between bars, each without Markdown's stars;the line alone where it has none."""
    bare = line.text[:1] not in _STARS and line.text[-1:] not in _STARS
    if bare and (len(line.text) > 200 or not _BAR_SIGN.search(line.text)):
        yield line
        return
    parts = list(_BAR.finditer(line.text)) if len(line.text) <= 200 else []
    starts = [0, *(bar.end() for bar in parts)]
    ends = [*(bar.start() for bar in parts), len(line.text)]
    for start, end in zip(starts, ends, strict=True):
        words = line.text[start:end].strip(_STARS)
        if words:
            at = line.span.start + line.text.index(words, start)
            yield _Line(Span(at, at + len(words)), words, line.story, line.after_gap)


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    part = text[start:end]
    story = iter(story_spans(part))
    current = next(story, None)
    at = 0
    for found in _LINE.finditer(part):
        words = found.group().rstrip()
        first = found.start()
        while current and current.end <= first:
            current = next(story, None)
        gap = first - at > 1 and len((part[at:first][:200] + "|").splitlines()) > 2
        if words.startswith("\ufeff"):
            first, words = first + 1, words[1:]
        yield _Line(Span(start + first, start + first + len(words)), words, current is not None and current.start <= first, gap)
        at = found.end()


def _front_matter(text: str) -> dict[str, Fact]:
    found = _FRONT_MATTER.match(text, 0, min(len(text), HEAD))
    if not found:
        return {}
    return {field["key"].lower(): Fact(field["name"], Span(*field.span("name"))) for field in _FIELD.finditer(text, *found.span("body"))}


def _field(page: _Page, *keys: str) -> Fact | None:
    return next((page.fields[key] for key in keys if key in page.fields), None)


# ------------------------------------------------------------------------------------------------- names of people and papers

_NOT_A_NAME = (
    r"(?!(?i:staff|writer|reporter|correspondent|editor|editors|special|associated|press|reuters|afp|bbc|cnn|npr|news|bureau|for|the"
    r"|this|that|our|your"
    r"|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday"
    r"|updated|published|posted|contributor|columnist|freelance|agencies|agency|team|desk|world|middle|politics|opinion|photos?|video"
    r"|times|post"
    r"|and|in|of|on|at|to|with|from|by)\b)"
)
_WORD = rf"{_NOT_A_NAME}[A-ZÀ-Þ](?:[\w'’-]+|\.)"
_NAME = rf"{_WORD}(?: (?:{_WORD}|al|bin|ibn|de|da|del|van|von|der|den|la|le|du|el)){{0,3}} {_WORD}"
_NAMES = rf"{_NAME}(?:(?:, | and | & |, and ){_NAME}){{0,3}}"
_ARABIC_WORD = r"[\u0621-\u064a][\u0621-\u0652\u0670]*"
_ARABIC_NAME = rf"{_ARABIC_WORD}(?: {_ARABIC_WORD}){{1,3}}"
_ROLE = r"(?i:(?:\w+ ){0,3}(?:writer|reporter|correspondent|editor|columnist|contributor|staff|journalist|producer|bureau chief|critic))"

_BYLINE = re.compile(
    rf"\W{{0,3}}(?:By|BY|by|Written by|Words by|Story by|Reported by|Author|AUTHOR|Reporter)(?:\s*[:|]\s*|\s+)(?P<name>{_NAMES})"
    rf"(?P<rest>\s*$|\s*[,|·•–—/(-]\s*.{{0,120}}$|\s+(?:in|for|at|of|with|from|on|and|is|The)\b.{{0,80}}$|\s+{_ROLE}.{{0,60}}$|\s+"
    rf"(?:Published|Updated|Posted)\b.{{0,80}}$)"
)
_ROLE_BYLINE = re.compile(
    rf"(?P<name>{_NAMES})\s*(?:,|\||\s[-–—])\s*(?:the |The )?(?:{_ROLE}\b.{{0,60}}|(?:Associated Press|Reuters|AFP"
    rf"|Agence France-Presse)\.?)$"
)
_NAME_ALONE = re.compile(rf"(?P<name>{_NAMES})(?: in [A-ZÀ-Þ][\w'’ -]{{2,40}})?$")
_ARABIC_BYLINE = re.compile(
    rf"\W{{0,3}}(?:(?:بقلم|كتب|كتبت|كتبه|كتبها|إعداد|اعداد|تقرير|تحقيق|حوار|الكاتب|الكاتبة|مراسل|مراسلة)\s*[:/–—-]\s*|(?:بقلم)\s+)"
    rf"(?P<name>{_ARABIC_NAME}|{_NAMES})(?:\s*[-–—/|،,(].{{0,60}})?$"
)
_ARABIC_WROTE = re.compile(rf"(?:كتب|كتبت) (?P<name>{_ARABIC_WORD}(?: {_ARABIC_WORD}){{1,2}})$")
_ARABIC_NAME_ALONE = re.compile(rf"(?P<name>{_ARABIC_WORD}(?: {_ARABIC_WORD}){{1,2}})$")
_PLACE_START = re.compile(
    r"(?:New|San|Los|Las|Santa|Saint|St\.?|North|South|East|West|Northern|Southern|Eastern|Western|Central|Tel|Hong|Kuala|Addis|Buenos"
    r"|Rio|Cape|Washington"
    r"|United|Saudi|Sierra|Costa|El|Abu Dhabi|Latin|Sri|Great|Port|Fort|Lake|Mount)\b"
)
_REPORTING = re.compile(rf"\(?(?:Reporting|Reported|Written) by (?P<name>{_NAMES})\b")
_TAG_LINE = re.compile(
    rf"\(?\W?(?P<name>{_NAMES}|(?<=\(){_WORD})(?:, (?:an? |the )?[^,.]{{2,60}},)? (?:"
    r"is (?:an?|the|our) (?:[^.]{0,80}\b)?(?:correspondent|reporter|writer|editor|journalist|columnist|contributor|fellow|author"
    r"|producer|analyst|researcher"
    r"|professor|lecturer|bureau chief|freelancer|critic)\b"
    r"|(?:covers|cover) [^.]{2,100}\b(?:for|at)\b|reports? (?:on|from|for)\b|writes? (?:about|on|for)\b|reported from\b"
    r"|reported this story\b"
    r"|is based in\b|can be reached\b)"
)
_BYLINE_PAPER = re.compile(r"[\s,–—/-]*(?:(?:for|of|at)\s+)?(?P<name>[^,–—/]{2,60}?)\s*$")
_TAG_PUBLISHER = re.compile(r"\b(?:for|at|with) (?:the )?(?P<name>[A-ZÀ-Þ][\w&'’.-]*(?: (?:[A-ZÀ-Þ][\w&'’-]*|of|and|&)){0,4})\.?")

_AGENCIES = (
    r"(?:REUTERS|Reuters|The Associated Press|Associated Press|AP|AFP|Agence France-Presse|dpa|DPA|UPI|EFE|Xinhua|TASS|Anadolu"
    r"(?: Agency)?|PA"
    r"|رويترز|أ ف ب|ا ف ب|أ\.ف\.ب|فرانس برس|وكالة فرانس برس|د ب أ|أسوشيتد برس|الأناضول|وكالات)"
)
_AGENCY_ALONE = re.compile(rf"[-–—(\s]*(?P<name>{_AGENCIES})[)\s.]*$")
_AGENCY_BYLINE = re.compile(rf"(?:By|BY) (?:the )?(?P<name>{_AGENCIES})\b.{{0,40}}$")
_DATELINE = re.compile(
    rf"[A-ZÀ-Þ\u0621-\u064a][\w\u064b-\u0652 ,./'’-]{{1,60}}?(?:\((?P<name>{_AGENCIES})\)\s?[-–—:]|\s[-–—]\s?(?P<bare>رويترز|أ ف ب|ا ف ب"
    rf"|فرانس برس|د ب أ|الأناضول)\s?[-–—:])"
)
_KNOWN_PUBLISHERS = frozenset(
    """npr;bbc;bbc news;bbc sport;bbc arabic;cnn;cnn arabic;abc news;cbs news;nbc news;msnbc;pbs newshour;fox news;sky news;itv news
    channel 4 news;al jazeera;al jazeera english;al arabiya;al-monitor;al-ahram;asharq al-awsat;arab news;gulf news;the national
    haaretz;bloomberg;axios;politico;vox;slate;salon;time;newsweek;the atlantic;the new yorker;the economist;the guardian;guardian
    the independent;the times;the telegraph;the conversation;the intercept;wired;forbes;fortune;usa today;huffpost
    the huffington post;huffington post;buzzfeed news;breitbart;the hill;the daily beast;mother jones;propublica;le monde
    deutsche welle;dw;france 24;rt;voa;voice of america;euronews;the wall street journal;financial times;los angeles times
    the new york times;the washington post;middle east eye;the new arab;rudaw;mcclatchy;mcclatchydc;mail online;mailonline
    daily mail;vice news;vice;الجزيرة;الجزيرة نت;العربية;العربية نت;العربية.نت;سكاي نيوز عربية;بي بي سي;بي بي سي عربي
    سي إن إن بالعربية;روسيا اليوم;فرانس 24;الأهرام;الشرق الأوسط;الحياة;القدس العربي;العربي الجديد;اليوم السابع;المصري اليوم;الشروق
    عكاظ;الرياض;البيان;الخليج;الاتحاد;النهار;السفير;الأخبار;عنب بلدي;الحرة;دويتشه فيله;إندبندنت عربية;هسبريس;الغد;الرأي;الدستور
    الوطن;عربي21;رصيف22;مصراوي;ارم نيوز;إرم نيوز""".replace("\n", ";")
    .replace("    ", "")
    .split(";")
)
_MEDIA_END = re.compile(
    r"(?:News|Times|Post|Herald|Tribune|Guardian|Gazette|Journal|Chronicle|Observer|Telegraph|Bureau|Press|Radio|Broadcasting|Standard"
    r"|Star|Sun|Mail|Express"
    r"|Independent|Examiner|Register|Courier|Inquirer|Globe|Review|Magazine|News Agency|TV|Television|Network|Dispatch|Mirror|Monitor"
    r"|Reporter|Bulletin|Sentinel"
    r"|Argus|Echo|Advertiser|Daily|Weekly|Today|Online|Newspaper|Newspapers|News Service|Wire|Record|Leader|Ledger|Citizen|Republic"
    r"|Beacon|Messenger|Enquirer"
    r"|Public Media|Media|Digital|\w+\.(?:com|org|net|co\.uk))$"
)
_CAPITALISED = re.compile(r"[A-ZÀ-Þ0-9][\w&'’.-]*(?: (?:[A-ZÀ-Þ0-9][\w&'’.-]*|of|and|&|the|for|on)){0,5}$")
_ARABIC_MEDIA_START = re.compile(r"(?:صحيفة|جريدة|مجلة|وكالة|قناة|موقع|شبكة|إذاعة|راديو|بوابة) \S+(?: \S+){0,3}$")
_SECTIONS = frozenset(
    """news;world;world news;us news;u.s.;uk;uk news;politics;opinion;analysis;business;economy;sport;sports;culture;technology;science
    health;middle east;africa;asia;europe;americas;features;feature;investigation;exclusive;breaking;breaking news;live;video;local
    local news;national;international;environment;climate;education;travel;lifestyle;entertainment;arts;commentary;editorial
    long read;the long read;news feature;explainer;interview;home;top stories;أخبار;الأخبار;سياسة;اقتصاد;رياضة;ثقافة;العالم;عربي
    عربي ودولي;محليات;تقارير;تحقيقات;مقالات;رأي;آراء;حوارات;علوم;صحة;تكنولوجيا;منوعات;خاص;حصري;عاجل;الرئيسية;الشرق الأوسط
    أخبار العالم;أخبار عربية;أخبار محلية""".replace("\n", ";")
    .replace("    ", "")
    .split(";")
)


def _is_publisher(words: str) -> bool:
    if len(words) > 60 or _SENTENCE_END.search(words):
        return False
    if words.casefold() in _KNOWN_PUBLISHERS or _ARABIC_MEDIA_START.fullmatch(words):
        return True
    return _CAPITALISED.fullmatch(words) is not None and _MEDIA_END.search(words) is not None


def _is_byline(words: str) -> bool:
    return any(pattern.match(words) for pattern in (_BYLINE, _ROLE_BYLINE, _ARABIC_BYLINE, _ARABIC_WROTE, _AGENCY_BYLINE))


# ------------------------------------------------------------------------------------------------- title

_HEADING = re.compile(r"#{1,2}\s+(?P<name>.*?)\s*#*$")
_SUFFIX = re.compile(r"(?P<title>.{8,}?)(?:\s+(?P<bar>[|•»])\s+|\s+[-–—]\s+)(?P<name>[^|•»]{2,50})$")


def _title(page: _Page) -> tuple[Fact | None, Fact | None]:
    """The title, and the publisher that a page's title names after a bar or dash."""
    field = _field(page, "title", "headline")
    if field:
        return field, None
    lines = [line for line in page.opening[page.below_masthead :] if line.story]
    for line in lines:
        heading = _HEADING.fullmatch(line.text)
        if heading and heading["name"] and line.text.startswith("# "):
            return line.fact(heading), None
    for at, line in enumerate(lines):
        if _is_furniture(line, lines[at + 1] if at + 1 < len(lines) else None):
            continue
        if at + 1 >= len(lines) or not _may_be_title(line, lines[at + 1 :]):
            return None, None
        return _split_suffix(line)
    return None, None


def _is_furniture(line: _Line, following: _Line | None) -> bool:
    """A line that may stand above a headline: section, publisher, byline, date."""
    words = line.text
    if words.casefold() in _SECTIONS or _is_byline(words) or _date_alone(words) is not None:
        return True
    kicker = len(words.split()) <= 3 and words.isupper()
    if not (kicker or _is_publisher(words) or _AGENCY_ALONE.match(words)):
        return False
    return (
        following is not None
        and not following.is_prose
        and len(following.text.split()) >= 4
        and not _is_byline(following.text)
        and _date_alone(following.text) is None
    )


def _may_be_title(line: _Line, following: list[_Line]) -> bool:
    words = line.text
    if len(words) > LONGEST_TITLE or _DATELINE.match(words):
        return False
    if not words.endswith((".", ".”", '."', "۔")):
        return True
    # A headline with a full stop stands apart, is short, and has a paragraph soon after: 149 of the 150 headlines in polnear are found so.
    return len(words) <= 120 and following[0].after_gap and any(line.is_prose for line in following[:3])


def _split_suffix(line: _Line) -> tuple[Fact, Fact | None]:
    whole = Fact(line.text, line.span)
    found = _SUFFIX.fullmatch(line.text)
    if not found or len(found["title"].split()) < 2:
        return whole, None
    if not (_is_publisher(found["name"]) or (found["bar"] and _CAPITALISED.fullmatch(found["name"]) and len(found["name"].split()) <= 4)):
        return whole, None
    return line.fact(found, "title"), line.fact(found)


# ------------------------------------------------------------------------------------------------- publisher

_YEAR = r"(?:19|20|١٩|٢٠)\d\d"
_RIGHTS = re.compile(
    r"©|\([cC]\)\s*(?:[Cc]opyright\s*)?(?:19|20)\d\d|^[Cc]opyright\b|^COPYRIGHT\b|[Aa]ll [Rr]ights [Rr]eserved|(?:الحقوق|حقوق \S+"
    r"(?: \S+)?) محفوظة|حقوق النشر "
)
_OWNER = re.compile(
    rf"(?:(?:Copyright|COPYRIGHT|copyright|©|\([cC]\)|جميع الحقوق محفوظة|كل الحقوق محفوظة|كافة الحقوق محفوظة|حقوق النشر(?: محفوظة)?|by"
    rf"|لدى|ل(?=(?:صحيفة|جريدة|موقع|قناة|شبكة|وكالة|مجلة|بوابة)\b)"
    rf"|{_YEAR}(?:\s*[-–]\s*{_YEAR})?)[\s,]*)+(?P<name>[^\W\d_][^|,©–\n]{{1,60}}?)\s*(?:[-–,|]?\s*{_YEAR})?(?:\.(?:\s|$)|,|\||\s[-–—]\s"
    rf"|©|\s+[Aa]ll [Rr]ights|\s*$)"
)
_OWNER_FIRST = re.compile(rf"(?P<name>[A-ZÀ-Þ][^|,©.\n]{{1,60}}?)\s*(?:©|\([cC]\))\s*{_YEAR}")
_SOURCE = re.compile(r"(?:Source|SOURCE|Sources|المصدر)\s?:\s?(?P<name>[^+,|]{2,50}?)(?:\s(?:\+|and|&|و)\s?.{0,40})?$")


def _publisher(page: _Page, title: Fact | None, suffix: Fact | None) -> Fact | None:
    owner = _owner([line for line in page.tail if not _in_head_frame(page, line)])
    finders: tuple[Callable[[], Fact | None], ...] = (
        lambda: _field(page, "publisher", "site", "source", "publication", "outlet"),
        lambda: _publisher_line(page, title),
        lambda: suffix,
        lambda: _masthead(page, owner),
        lambda: owner,
        lambda: _matched(page.tail[-TAG_LINES:], _SOURCE, lambda name: _AGENCY_ALONE.match(name) is None),
        lambda: _tag_publisher(page),
        lambda: _owner([line for line in page.head if _in_head_frame(page, line)]),
        lambda: _matched(page.items, _AGENCY_BYLINE) or _matched(page.items, _AGENCY_ALONE),
        lambda: _dateline_agency(page),
        lambda: _matched(page.tail[-TAG_LINES:], _SOURCE) or _matched(page.tail[-3:], _AGENCY_ALONE),
    )
    return next((fact for find in finders if (fact := find()) is not None), None)


def _in_head_frame(page: _Page, line: _Line) -> bool:
    """Whether the line stands above the first line of the body."""
    return page.body_start is None or line.span.start < page.body_start


def _publisher_line(page: _Page, title: Fact | None) -> Fact | None:
    for line in page.items:
        if (
            (title and line.span.overlap(title.span))
            or (page.masthead and line.span == page.masthead.span)
            or _AGENCY_ALONE.match(line.text)
        ):
            continue
        if _is_publisher(line.text) and not _is_byline(line.text):
            return Fact(line.text, line.span)
        byline = _BYLINE.match(line.text) or _ROLE_BYLINE.match(line.text)
        found = _BYLINE_PAPER.match(line.text, byline.end("name")) if byline else None
        if found and _is_publisher(found["name"]) and not _AGENCY_ALONE.match(found["name"]):
            return line.fact(found)
    for line in page.opening:
        others = [item for item in _items(line) if not _is_byline(item.text) and _date_alone(item.text) is None]
        if line.story and len(others) == 1 and len(list(_items(line))) == 3 and len(others[0].text.split()) <= 5:
            return Fact(others[0].text, others[0].span)  # paper, byline and date between bars
    after_place = _place_paper_name(page)
    return after_place[0] if after_place else None


def _masthead(page: _Page, owner: Fact | None) -> Fact | None:
    """The paper over whose menu the story stands, unless the copyright line at the story's end names another."""
    if page.masthead is None:
        return None
    name = page.masthead.text
    if owner and name.casefold() not in owner.value.casefold():
        return None
    return Fact(name, page.masthead.span)


def _owner(lines: list[_Line]) -> Fact | None:
    for line in lines:
        if line.story or len(line.text) > 300 or not _RIGHTS.search(line.text):
            continue
        found = _OWNER.search(line.text) or _OWNER_FIRST.match(line.text)
        if found and not re.match(r"[Aa]ll [Rr]ights|This |محفوظة", found["name"]):
            return line.fact(found)
    return None


def _matched(lines: list[_Line], pattern: re.Pattern[str], accepts: Callable[[str], bool] = bool) -> Fact | None:
    for line in lines:
        found = pattern.match(line.text) if len(line.text) <= 200 else None
        if found and accepts(found["name"]):
            return line.fact(found)
    return None


def _tag_publisher(page: _Page) -> Fact | None:
    for line in _tag_lines(page):
        found = _TAG_PUBLISHER.search(line.text)
        if found and _is_publisher(found["name"].rstrip(".")):
            fact = line.fact(found)
            return Fact(fact.value.rstrip("."), Span(fact.span.start, fact.span.start + len(fact.value.rstrip("."))))
    return None


def _dateline_agency(page: _Page) -> Fact | None:
    line = next((line for line in page.head if line.story and line.is_prose), None)
    found = line and _DATELINE.match(line.text)
    if not line or not found:
        return None
    return line.fact(found, "name" if found["name"] else "bare")


# ------------------------------------------------------------------------------------------------- author


def _author(page: _Page) -> Fact | None:
    field = _field(page, "author", "authors", "byline", "by")
    if field:
        return field
    for line in page.items:
        for pattern in (_BYLINE, _ROLE_BYLINE, _ARABIC_BYLINE, _ARABIC_WROTE):
            found = pattern.match(line.text) if len(line.text) <= 200 else None
            if found:
                return line.fact(found)
    after_paper = _place_paper_name(page)
    return _name_alone(page.items) or (after_paper[1] if after_paper else None) or _tag_author(page)


def _name_alone(stories: list[_Line]) -> Fact | None:
    """A name on a line of its own below the headline, next to a line that is a date or a publisher."""
    for at in range(1, len(stories)):
        line = stories[at]
        beside = [stories[at - 1].text] + ([stories[at + 1].text] if at + 1 < len(stories) else [])
        dates = sum(_date_alone(words) is not None for words in beside)
        papers = sum(_is_publisher(words) or _AGENCY_ALONE.match(words) is not None for words in beside)
        if not dates + papers or _is_publisher(line.text) or line.text.casefold() in _SECTIONS or _date_alone(line.text):
            continue
        found = _NAME_ALONE.fullmatch(line.text)
        if found and not _PLACE_START.match(line.text):
            return line.fact(found)
        found = _ARABIC_NAME_ALONE.fullmatch(line.text)
        if found and dates and papers:
            return line.fact(found)
    return None


def _place_paper_name(page: _Page) -> tuple[Fact | None, Fact] | None:
    """Paper and author of a line of place, paper and name with dashes between: "تولمير - صحيفة المرفأ - ورلا فين".

    No paper where the masthead stands in its place.
    """
    for line in page.items:
        *before, last = re.split(r"\s+[-–—]\s+", line.text) if len(line.text) <= 100 else [line.text]
        paper = next((words for words in before if _is_publisher(words)), None)
        if not paper and not (page.masthead and page.masthead.text in before):
            continue
        if _NAME_ALONE.fullmatch(last) or _ARABIC_NAME_ALONE.fullmatch(last):
            at = line.span.start + line.text.index(paper or last)
            name = Fact(last, Span(line.span.end - len(last), line.span.end))
            return (Fact(paper, Span(at, at + len(paper))) if paper else None), name
    return None


def _tag_lines(page: _Page) -> list[_Line]:
    """Lines at the story's end that say who wrote it: what they cover, or where they work."""
    return [line for line in page.tail[-TAG_LINES:] if line.story and len(line.text) <= 300 and _TAG_LINE.match(line.text)]


def _tag_author(page: _Page) -> Fact | None:
    for line in page.tail[-TAG_LINES:]:
        found = _REPORTING.match(line.text) if line.story else None
        if found:
            return line.fact(found)
    for line in _tag_lines(page):
        found = _TAG_LINE.match(line.text)
        # Somebody whom the story speaks of is a person in it, not its author.
        if found and page.text.find(found["name"].split()[-1], 0, line.span.start) < 0:
            return line.fact(found)
    return None


# ------------------------------------------------------------------------------------------------- date

_MONTHS = {
    "January": "january jan يناير جانفي",
    "February": "february feb فبراير شباط فيفري",
    "March": "march mar مارس آذار اذار",
    "April": "april apr أبريل ابريل إبريل نيسان أفريل افريل",
    "May": "may مايو أيار ايار ماي",
    "June": "june jun يونيو يونيه حزيران جوان",
    "July": "july jul يوليو يوليه تموز جويلية",
    "August": "august aug أغسطس اغسطس آب غشت أوت اوت",
    "September": "september sept sep سبتمبر أيلول ايلول شتنبر",
    "October": "october oct أكتوبر اكتوبر",
    "November": "november nov نوفمبر نونبر",
    "December": "december dec ديسمبر دجنبر",
}
_MONTH_OF = {name: month for month, names in _MONTHS.items() for name in names.split()} | {
    "كانون الثاني": "January",
    "تشرين الأول": "October",
    "تشرين الاول": "October",
    "تشرين الثاني": "November",
    "كانون الأول": "December",
    "كانون الاول": "December",
}
_MONTH = rf"(?:{'|'.join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True))})"
_BOTH_MONTHS = rf"{_MONTH}(?:\s?[/(-]\s?{_MONTH}\)?)?"  # "سبتمبر/أيلول", the one month in two calendars
_DATE = re.compile(
    rf"(?<![\w/.-])(?:(?P<iso>{_YEAR}-\d\d(?:-\d\d)?)(?![\d-])|(?P<slashed>{_YEAR}/\d\d?/\d\d?)(?![\d/])"
    rf"|(?P<numeric>\d\d?[/.-]\d\d?[/.-]\d{{4}})(?![\w/])"
    rf"|(?:(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of| من)?[\s-]+)?(?P<month>{_BOTH_MONTHS})\.?[,،]?[\s-]+(?:(?P<after>\d\d?)(?:st|nd|rd"
    rf"|th)?[,،]?\s+)?(?P<year>\d{{4}})(?!\d))",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"(?<!\d)(?P<year>{_YEAR})(?!\d)")
_PUBLISHED = re.compile(
    r"\W{0,3}(?:first )?(?:published|posted|issued|publication date|date published|date)\b(?: on| at)?|\W{0,3}(?:نُ?شر(?:ت)?(?: في"
    r"| بتاريخ| يوم)?|تاريخ النشر|تاريخ|بتاريخ|النشر)(?!\w)",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\W{0,3}(?:last )?(?:updated|modified)\b(?: on| at)?|\W{0,3}(?:آخر تحديث|تم التحديث|تاريخ التحديث|حُ?دّ?ث(?: في)?|عُ?دّ?ل"
    r"(?: في)?)(?!\w)",
    re.IGNORECASE,
)
_AROUND_A_DATE = re.compile(
    r"(?:\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b\.?|الاثنين|الإثنين|الثلاثاء|الأربعاء"
    r"|الاربعاء|الخميس|الجمعة|السبت|الأحد|الاحد"
    r"|\b\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s?(?:[ap]\.?\s?m\.?|ص|م|صباحا|مساء)?|\b\d{1,2}\s?[ap]\.?m\.?|\b[A-Z]{2,4}T?\b|\b(?:at|on|يوم"
    r"|الساعة|م|في|بتوقيت غرينتش|GMT[+-]?\d*)(?!\w)|T[\d:.]+Z?|[+-]\d\d:?\d\d|\W)",
    re.IGNORECASE,
)
_AGENCY_OWNER = re.compile(r"\b(?:Press|Agency|Bureau|News Service|Wire|AFP|Reuters|Associated)\b")
_DISTRIBUTION = re.compile(r"(?i)\b(?:distributed by|visit|may not be published|redistributed)\b")


def _date(page: _Page) -> Fact | None:
    field = _field(page, "date", "published", "publishdate", "pubdate", "created")
    if field:
        return _first_date(field.value, field.span.start) or _year_alone(field.value, field.span.start)
    story_edges = [line for line in page.items + page.opening + page.tail[-TAG_LINES:] if len(line.text) <= 200]
    finders: tuple[Callable[[], Fact | None], ...] = (
        lambda: _labelled(story_edges, _PUBLISHED),
        lambda: next((fact for line in page.items if (fact := _date_alone(line.text, line.span.start))), None),
        lambda: _byline_date(page),
        lambda: _dateline_date(page),
        lambda: _labelled(story_edges, _UPDATED),
        lambda: _copyright_year(page),
    )
    return next((fact for find in finders if (fact := find()) is not None), None)


def _labelled(lines: list[_Line], label: re.Pattern[str]) -> Fact | None:
    for line in lines:
        found = label.match(line.text)
        if not found or line.is_prose:
            continue
        after = line.text[found.end() :]
        fact = _first_date(after, line.span.start + found.end())
        if fact:
            return fact
        year = re.fullmatch(rf"\W*(?P<name>{_YEAR})\W*", after)
        if year:
            return _year_alone(after, line.span.start + found.end())
    return None


def _date_alone(words: str, offset: int = 0) -> Fact | None:
    """The date of a line that holds nothing else but a weekday and a time."""
    if len(words) > 100:
        return None
    found = _DATE.search(words)
    if not found or _AROUND_A_DATE.sub("", words[: found.start()] + " " + words[found.end() :]):
        return None
    return _fact_of_date(found, offset)


def _byline_date(page: _Page) -> Fact | None:
    for line in page.items:
        if len(line.text) <= 200 and _is_byline(line.text):
            fact = _first_date(line.text, line.span.start)
            if fact:
                return fact
    return None


def _dateline_date(page: _Page) -> Fact | None:
    line = next((line for line in page.head if line.story and line.is_prose), None)
    found = line and _DATELINE.match(line.text)
    return _first_date(found.group(), line.span.start) if line and found else None


def _copyright_year(page: _Page) -> Fact | None:
    """The year of an agency's or a syndicate's copyright line at the story's end, if no other copyright line has another year.
    A site prints the year of rendering;where two lines disagree, at least one of them is such."""
    lines = list(dict.fromkeys(line for line in page.head + page.tail if not line.story and _RIGHTS.search(line.text[:300])))
    if len({year for line in lines for year in _YEAR_ALONE.findall(line.text)}) != 1:
        return None
    for at, line in enumerate(page.tail):
        if line not in lines or _in_head_frame(page, line):
            continue
        around = " ".join(other.text[:200] for other in page.tail[max(0, at - 2) : at + 3] if not other.story)
        if _AGENCY_OWNER.search(line.text) or _DISTRIBUTION.search(around):
            return _year_alone(line.text, line.span.start)
    return None


def _first_date(words: str, offset: int) -> Fact | None:
    found = _DATE.search(words)
    return _fact_of_date(found, offset) if found else None


def _year_alone(words: str, offset: int) -> Fact | None:
    found = _YEAR_ALONE.search(words)
    if not found:
        return None
    return Fact(str(int(found["year"])), Span(offset + found.start(), offset + found.end()))


def _fact_of_date(found: re.Match[str], offset: int) -> Fact | None:
    words = found.group()
    if found["month"]:
        first_month = re.split(r"\s?[/(-]", found["month"])[0] if found["month"].lower() not in _MONTH_OF else found["month"]
        words = f"{found['day'] or found['after'] or ''} {_MONTH_OF[first_month.lower()]} {found['year']}"
    words = words.strip().translate(_DIGITS)
    value = _iso_of_plain(words) or _iso(words)
    return Fact(value, Span(offset + found.start(), offset + found.end())) if value else None


_DIGITS = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}


_PLAIN_DATE = re.compile(r"(?:(?P<day>[0-9]{1,2}) )?(?P<month>[A-Z][a-z]+) (?P<year>(?:19|20)[0-9]{2})")
_MONTH_NUMBERS = {month: number for number, month in enumerate(_MONTHS, start=1)}


def _iso_of_plain(words: str) -> str | None:
    """ISO 8601 of "4 March 2019" and "March 2019", without dateparser, which takes longer than all else that is done with an article.

    None for other words, and for a day that the calendar does not have.
    """
    found = _PLAIN_DATE.fullmatch(words)
    if found is None:
        return None
    year, month = int(found["year"]), _MONTH_NUMBERS[found["month"]]
    if found["day"] is None:
        return f"{year:04}-{month:02}"
    try:
        return calendar_date(year, month, int(found["day"])).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=1024)  # the articles of a day have one date; no figure behind the size
def _iso(words: str) -> str | None:
    """ISO 8601 of date words, as far as they go;None where there is no such day, or day and month could be either way round."""
    readings = [parser.get_date_data(words) for parser in _parsers()]
    values = {_known_parts(reading.date_obj, reading.parts) for reading in readings if reading.date_obj is not None}
    return values.pop() if len(values) == 1 else None


def _known_parts(day: Any, parts: tuple[str, ...]) -> str:
    """`dateparser` fills what the words do not say from today's date;`parts` names what they say."""
    if "month" not in parts:
        return f"{day.year:04}"
    return f"{day:%Y-%m-%d}" if "day" in parts else f"{day:%Y-%m}"


@cache
def _parsers() -> tuple[DateDataParser, DateDataParser]:
    from dateparser.date import DateDataParser  # noqa: PLC0415  # 0.1 s: only when there is a date

    day_first, month_first = ({"DATE_ORDER": order} for order in ("DMY", "MDY"))
    return DateDataParser(languages=["en"], settings=day_first), DateDataParser(languages=["en"], settings=month_first)
