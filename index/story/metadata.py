"""Title, publisher, author and date of an article, from its text alone.

Only the head and the tail of the text are read. Each field has an ordered list of rules, the most reliable first: front matter, a labelled
line ("By", "بقلم", "Published:"), a line with only a name next to a date or publisher, a tag line or copyright line at the story's end, the
agency of a dateline. A field without a match is None. A caption's photographer and date are never the article's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.languages.metadata_rules import CAPITALISED
from index.story.metadata_page import Line, MetadataField, Page, field_of, items_of
from index.story.metadata_patterns import (
    AGENCY_ALONE,
    AGENCY_BYLINES,
    AGENCY_OWNERS,
    BYLINES,
    DATELINE,
    DISTRIBUTIONS,
    NAMES_ALONE,
    NO_OWNER,
    OWNER,
    OWNER_FIRST,
    PLACE_STARTS,
    REPORTING,
    RIGHTS,
    RULES,
    SECTIONS,
    SOURCE,
    TAG_LINE_PATTERNS,
    UNCERTAIN_NAMES_ALONE,
    is_byline,
    is_publisher,
)
from index.text.dates import DateMention, date_alone, first_date, published_date, updated_date, year_in, years_in
from index.text.spans import Span

# Neither is tuned.
LONGEST_TITLE = 250
LONGEST_PAPER = 5  # words of what is taken for a paper's name by its place alone; no measurement behind it
TAG_LINES = 8  # from the end, in which a tag line is looked for


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of a text; None for a field that the text does not give."""

    title: MetadataField | None
    publisher: MetadataField | None
    author: MetadataField | None
    date: MetadataField | None


def read_metadata(text: str, story: Sequence[Span]) -> Metadata:
    """The metadata in the head and the tail of the text, with spans in code points. `story` is the result of `story_spans`.

    >>> from index.story.clutter import story_spans
    >>> text = "Mayor opens the bridge\\nThe Harbour Gazette\\nOrla Venn\\n4 March 2019\\nIt opened at noon."
    >>> metadata = read_metadata(text, story_spans(text))
    >>> metadata.title.value, metadata.publisher.value, metadata.author.value, metadata.date.value
    ('Mayor opens the bridge', 'The Harbour Gazette', 'Orla Venn', '2019-03-04')
    """
    page = Page(text, story)
    title, suffix = _title(page)
    return Metadata(title, _publisher(page, title, suffix), _author(page), _date(page))


# ------------------------------------------------------------------------------------------------- title

_HEADING = re.compile(r"#{1,2}\s+(?P<name>.*?)\s*#*$")
_SUFFIX = re.compile(r"(?P<title>.{8,}?)(?:\s+(?P<bar>[|•»])\s+|\s+[-–—]\s+)(?P<name>[^|•»]{2,50})$")


def _title(page: Page) -> tuple[MetadataField | None, MetadataField | None]:
    """The title, and the publisher after a bar or dash in the title of a page."""
    field = field_of(page, "title", "headline")
    if field:
        return field, None
    lines = [line for line in page.opening[page.below_masthead :] if line.story]
    for line in lines:
        heading = _HEADING.fullmatch(line.text)
        if heading and heading["name"] and line.text.startswith("# "):
            return line.field(heading), None
    for number, line in enumerate(lines, start=1):
        if _is_furniture(line, lines[number] if number < len(lines) else None):
            continue
        if number >= len(lines) or not _may_be_title(line, lines[number:]):
            return None, None
        return _split_suffix(line)
    return None, None


def _is_furniture(line: Line, following: Line | None) -> bool:
    """Whether a line above the headline is no part of it: section, publisher, byline, date."""
    words = line.text
    if words.casefold() in SECTIONS or is_byline(words) or date_alone(words) is not None:
        return True
    kicker = len(words.split()) <= 3 and words.isupper()
    if not (kicker or is_publisher(words) or AGENCY_ALONE.match(words)):
        return False
    return (
        following is not None
        and not following.is_prose
        and len(following.text.split()) >= 4
        and not is_byline(following.text)
        and date_alone(following.text) is None
    )


def _may_be_title(line: Line, following: list[Line]) -> bool:
    words = line.text
    if len(words) > LONGEST_TITLE or DATELINE.match(words):
        return False
    if not words.endswith((".", ".”", '."', "۔")):
        return True
    # A headline with a full stop is short, followed by a gap, and by a paragraph soon after: true of 149 of the 150 headlines in PolNeAR.
    return len(words) <= 120 and following[0].after_gap and any(line.is_prose for line in following[:3])


def _split_suffix(line: Line) -> tuple[MetadataField, MetadataField | None]:
    whole = MetadataField(line.text, line.span)
    match = _SUFFIX.fullmatch(line.text)
    if not match or len(match["title"].split()) < 2:
        return whole, None
    if not (is_publisher(match["name"]) or (match["bar"] and CAPITALISED.fullmatch(match["name"]) and len(match["name"].split()) <= 4)):
        return whole, None
    return line.field(match, "title"), line.field(match)


# ------------------------------------------------------------------------------------------------- publisher


def _publisher(page: Page, title: MetadataField | None, suffix: MetadataField | None) -> MetadataField | None:
    owner = _owner([line for line in page.tail if not _in_head_frame(page, line)])
    finders: tuple[Callable[[], MetadataField | None], ...] = (
        lambda: field_of(page, "publisher", "site", "source", "publication", "outlet"),
        lambda: _publisher_line(page, title),
        lambda: suffix,
        lambda: _masthead(page, owner),
        lambda: owner,
        lambda: _matched(page.tail[-TAG_LINES:], SOURCE, accepts=lambda name: AGENCY_ALONE.match(name) is None),
        lambda: _tag_publisher(page),
        lambda: _owner([line for line in page.head if _in_head_frame(page, line)]),
        lambda: _matched(page.items, *AGENCY_BYLINES) or _matched(page.items, AGENCY_ALONE),
        lambda: _dateline_agency(page),
        lambda: _matched(page.tail[-TAG_LINES:], SOURCE) or _matched(page.tail[-3:], AGENCY_ALONE),
    )
    return next((field for find in finders if (field := find()) is not None), None)


def _in_head_frame(page: Page, line: Line) -> bool:
    """Whether the line precedes the first line of the body."""
    return page.body_start is None or line.span.start < page.body_start


def _publisher_line(page: Page, title: MetadataField | None) -> MetadataField | None:
    for line in page.items:
        if (
            (title and line.span.overlap(title.span))
            or (page.masthead and line.span == page.masthead.span)
            or AGENCY_ALONE.match(line.text)
        ):
            continue
        if is_publisher(line.text) and not is_byline(line.text):
            return MetadataField(line.text, line.span)
        match = _byline_paper(line.text)
        if match and is_publisher(match["name"]) and not AGENCY_ALONE.match(match["name"]):
            return line.field(match)
    for line in page.opening:
        beside = _beside_byline_and_date(line) if line.story else None
        if beside:
            return beside
    after_place = _place_paper_name(page)
    return after_place[0] if after_place else None


def _beside_byline_and_date(line: Line) -> MetadataField | None:
    """What alone stands between bars with a byline and a date: "The Gull | By Orla Venn | 4 March 2019"."""
    items = list(items_of(line))
    bylines = [item for item in items if is_byline(item.text)]
    dates = [item for item in items if date_alone(item.text) is not None]
    others = [item for item in items if item not in bylines and item not in dates and item.text.casefold() not in SECTIONS]
    if not bylines or not dates or len(others) != 1 or len(others[0].text.split()) > LONGEST_PAPER:
        return None
    return MetadataField(others[0].text, others[0].span)


def _byline_paper(words: str) -> re.Match[str] | None:
    for rules in RULES:
        byline = rules.byline_paper and next((match for pattern in rules.bylines if (match := pattern.match(words))), None)
        if rules.byline_paper and byline:
            return rules.byline_paper.match(words, byline.end("name"))
    return None


def _masthead(page: Page, owner: MetadataField | None) -> MetadataField | None:
    """The publisher above the page's menu, unless the copyright line at the story's end names another."""
    if page.masthead is None:
        return None
    name = page.masthead.text
    if owner and name.casefold() not in owner.value.casefold():
        return None
    return MetadataField(name, page.masthead.span)


def _owner(lines: list[Line]) -> MetadataField | None:
    for line in lines:
        if line.story or len(line.text) > 300 or not RIGHTS.search(line.text):
            continue
        match = OWNER.search(line.text) or OWNER_FIRST.match(line.text)
        if match and not NO_OWNER.match(match["name"]):
            return line.field(match)
    return None


def _matched(lines: list[Line], *patterns: re.Pattern[str], accepts: Callable[[str], bool] = bool) -> MetadataField | None:
    for line in lines:
        match = _match(patterns, line.text) if len(line.text) <= 200 else None
        if match and accepts(match["name"]):
            return line.field(match)
    return None


def _match(patterns: Iterable[re.Pattern[str] | None], words: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if pattern and (match := pattern.match(words))), None)


def _tag_publisher(page: Page) -> MetadataField | None:
    for line in _tag_lines(page):
        match = next((match for rules in RULES if rules.tag_publisher and (match := rules.tag_publisher.search(line.text))), None)
        if match and is_publisher(match["name"].rstrip(".")):
            field = line.field(match)
            return MetadataField(field.value.rstrip("."), Span(field.span.start, field.span.start + len(field.value.rstrip("."))))
    return None


def _dateline_agency(page: Page) -> MetadataField | None:
    line = next((line for line in page.head if line.story and line.is_prose), None)
    match = line and DATELINE.match(line.text)
    if not line or not match:
        return None
    return line.field(match, "name" if match["name"] else "bare")


# ------------------------------------------------------------------------------------------------- author


def _author(page: Page) -> MetadataField | None:
    field = field_of(page, "author", "authors", "byline", "by")
    if field:
        return field
    for line in page.items:
        for pattern in BYLINES:
            match = pattern.match(line.text) if len(line.text) <= 200 else None
            if match:
                return line.field(match)
    after_paper = _place_paper_name(page)
    return _name_alone(page.items) or (after_paper[1] if after_paper else None) or _tag_author(page)


def _name_alone(stories: list[Line]) -> MetadataField | None:
    """A line below the headline that is only a name, next to a line that is a date or a publisher."""
    for index in range(1, len(stories)):
        line = stories[index]
        adjacent = [stories[index - 1].text] + ([stories[index + 1].text] if index + 1 < len(stories) else [])
        dates = sum(date_alone(words) is not None for words in adjacent)
        papers = sum(is_publisher(words) or AGENCY_ALONE.match(words) is not None for words in adjacent)
        if not dates + papers or is_publisher(line.text) or line.text.casefold() in SECTIONS or date_alone(line.text):
            continue
        match = _match(NAMES_ALONE, line.text)
        if match and not _match(PLACE_STARTS, line.text):
            return line.field(match)
        match = _match(UNCERTAIN_NAMES_ALONE, line.text)
        if match and dates and papers:
            return line.field(match)
    return None


def _place_paper_name(page: Page) -> tuple[MetadataField | None, MetadataField] | None:
    """Publisher and author in a line of place, publisher and name between dashes: "تولمير - صحيفة المرفأ - ورلا فين".

    No publisher if the line has the masthead's name in its place.
    """
    for line in page.items:
        *before, last = re.split(r"\s+[-–—]\s+", line.text) if len(line.text) <= 100 else [line.text]
        paper = next((words for words in before if is_publisher(words)), None)
        if not paper and not (page.masthead and page.masthead.text in before):
            continue
        if _match((*NAMES_ALONE, *UNCERTAIN_NAMES_ALONE), last):
            start = line.span.start + line.text.index(paper or last)
            name = MetadataField(last, Span(line.span.end - len(last), line.span.end))
            return (MetadataField(paper, Span(start, start + len(paper))) if paper else None), name
    return None


def _tag_lines(page: Page) -> list[Line]:
    """Lines at the story's end about its author: the beat or the employer."""
    return [line for line in page.tail[-TAG_LINES:] if line.story and len(line.text) <= 300 and _match(TAG_LINE_PATTERNS, line.text)]


def _tag_author(page: Page) -> MetadataField | None:
    for line in page.tail[-TAG_LINES:]:
        match = _match(REPORTING, line.text) if line.story else None
        if match:
            return line.field(match)
    for line in _tag_lines(page):
        match = _match(TAG_LINE_PATTERNS, line.text)
        # A name that the story itself mentions is a person in it, not its author.
        if match and page.text.find(match["name"].split()[-1], 0, line.span.start) < 0:
            return line.field(match)
    return None


# ------------------------------------------------------------------------------------------------- date


def _date(page: Page) -> MetadataField | None:
    field = field_of(page, "date", "published", "publishdate", "pubdate", "created")
    if field:
        return _date_field(first_date(field.value) or year_in(field.value), field.span.start)
    story_edges = [line for line in page.items + page.opening + page.tail[-TAG_LINES:] if len(line.text) <= 200]
    finders: tuple[Callable[[], MetadataField | None], ...] = (
        lambda: _labelled(story_edges, published_date),
        lambda: _first_of(page.items, date_alone),
        lambda: _byline_date(page),
        lambda: _dateline_date(page),
        lambda: _labelled(story_edges, updated_date),
        lambda: _copyright_year(page),
    )
    return next((field for find in finders if (field := find()) is not None), None)


def _labelled(lines: list[Line], find: Callable[[str], DateMention | None]) -> MetadataField | None:
    dates = ((line, date) for line in lines if (date := find(line.text)))
    return next((_date_field(date, line.span.start) for line, date in dates if not line.is_prose), None)


def _first_of(lines: Iterable[Line], find: Callable[[str], DateMention | None]) -> MetadataField | None:
    return next((_date_field(date, line.span.start) for line in lines if (date := find(line.text))), None)


def _date_field(date: DateMention | None, offset: int) -> MetadataField | None:
    return MetadataField(date.iso, Span(offset + date.span.start, offset + date.span.end)) if date else None


def _byline_date(page: Page) -> MetadataField | None:
    return _first_of((line for line in page.items if len(line.text) <= 200 and is_byline(line.text)), first_date)


def _dateline_date(page: Page) -> MetadataField | None:
    line = next((line for line in page.head if line.story and line.is_prose), None)
    match = line and DATELINE.match(line.text)
    return _date_field(first_date(match.group()), line.span.start) if line and match else None


def _copyright_year(page: Page) -> MetadataField | None:
    """The year in the copyright line of an agency or syndicate at the story's end, unless another copyright line has another year.

    Sites print the year of rendering; if two lines disagree, at least one of them is such a year.
    """
    lines = list(dict.fromkeys(line for line in page.head + page.tail if not line.story and RIGHTS.search(line.text[:300])))
    if len({year for line in lines for year in years_in(line.text)}) != 1:
        return None
    for index, line in enumerate(page.tail):
        if line not in lines or _in_head_frame(page, line):
            continue
        around = " ".join(other.text[:200] for other in page.tail[max(0, index - 2) : index + 3] if not other.story)
        if _holds(AGENCY_OWNERS, line.text) or _holds(DISTRIBUTIONS, around):
            return _date_field(year_in(line.text), line.span.start)
    return None


def _holds(patterns: Iterable[re.Pattern[str] | None], words: str) -> bool:
    return any(pattern.search(words) for pattern in patterns if pattern)
