"""What a page says of itself: its title, publisher, author, date, language and address."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Any
from urllib.parse import urljoin, urlsplit

from index.languages.base import every
from index.readers.source import Facts
from index.readers.web.blocks import SPACE, SPACES, labels, letters_of
from index.story.clutter import story_spans
from index.story.metadata import read_metadata
from index.text.dates import parse_date, stated_date
from index.text.language import language_of

LONGEST_FACT = 500  # code points of a title, name or address; no figure

_ARTICLE_TYPES = frozenset(("Report", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting"))
_TITLES = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "headline",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "title",
)
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
)
_SITES = ("og:site_name", "application-name", "publisher", "dc.publisher", "dcterms.publisher", "apple-mobile-web-app-title")
_DATES = (
    *("article:published_time", "og:published_time", "article:published", "datepublished", "date", "pubdate", "pub_date", "publishdate"),
    *("publish-date", "publish_date", "published_date", "dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dcterms.date"),
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "citation_publication_date", "citation_date"),
)
_LATER = re.compile("|".join(sorted(every("page.later"))), re.IGNORECASE)
_BYLINE_SIGN = re.compile(rf"^\s*(?:{'|'.join(sorted(every('page.bylines')))})\s*[:：]?\s+", re.IGNORECASE)
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)[0-9]{2})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?:[/-]|$)")
_COMPACT_DATE = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:T?[0-9]{4,6}.*)?")
_ISO_START = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}.*)?)?)?", re.DOTALL)
_BETWEEN_TITLE_AND_SITE = r"\s*(?:[|•·»«:]|\s[-–—])\s+"
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
# Languages of another script than Latin by their ISO 639-1 codes, of which index.language knows those that come first.
_SCRIPTS = (
    "ar fa ur ps ku ckb sd ug",
    "ru uk bg sr mk be kk ky mn tg",
    "hi mr ne",
    "zh ja",
    *("el", "hy", "ka", "bn", "ta", "th", "am", "ko"),
    "he yi iw",
)
_SCRIPT_OF = {language: script for script in _SCRIPTS for language in script.split()}


class Stated:
    """What a page's linked data (JSON-LD), meta tags, microdata, links and times say; read before the tree is pruned."""

    def __init__(self, tree: Any, address: str | None) -> None:
        self._meta = _meta(tree)
        self._parts = _microdata(tree)
        title_tag = tree.find(".//title")
        self._window = _clean("".join(title_tag.itertext())) if title_tag is not None else ""
        heading = tree.find(".//h1")
        self._heading = _clean("".join(heading.itertext())) if heading is not None else ""
        self.url = _address(tree, self._meta, address)
        self._article, self._named = _linked_article(
            tree, {letters_of(title) for title in (self._heading, self._window) if title}, self.url
        )
        self._authors = _author_elements(tree)
        self._times = _times(tree, heading)
        self._languages = [tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""]
        self.publisher = self._publisher()
        self.site_keys = {letters_of(name) for name in (self.publisher, *self._all(_SITES)) if name}
        self._stated_titles = [title for title in self._titles() if letters_of(title) not in self.site_keys]
        self._window = self._without_site(self._window)
        self.titles = [*self._stated_titles, self._window] if self._window else self._stated_titles

    @property
    def body(self) -> str:
        """The article that the linked data holds, for a page that shows none until a script has run."""
        body = self._article.get("articleBody")
        lines = html.unescape(body).splitlines() if isinstance(body, str) else []
        return "\n".join(line for line in (_clean_line(line) for line in lines) if line)

    def facts(self, text: str, headline: str | None, head: str) -> Facts:
        """`headline` is the page's own, as it stands in the text; `head` what stands between it and the story."""
        metadata = read_metadata(head, story_spans(head)) if head else None
        return Facts(
            title=self._title(headline),
            publisher=self.publisher,
            author=self._author() or (metadata.author.value if metadata and metadata.author else None),
            date=self._date() or (metadata.date.value if metadata and metadata.date else None),
            language=self._language(text),
            url=self.url,
        )

    def _all(self, names: Sequence[str]) -> Iterator[str]:
        return (value for name in names for value in self._meta.get(name, ()) if value)

    def _titles(self) -> Iterator[str]:
        for title in chain(_strings(self._article.get("headline")), self._parts.get("headline", ()), self._all(_TITLES)):
            if title:
                yield self._without_site(title)

    def _without_site(self, title: str) -> str:
        if not self.publisher:
            return title
        site = re.escape(self.publisher)
        bare = re.sub(rf"{_BETWEEN_TITLE_AND_SITE}{site}\s*$|^\s*{site}{_BETWEEN_TITLE_AND_SITE}", "", title, flags=re.IGNORECASE)
        return bare.strip() or title

    def _title(self, headline: str | None) -> str | None:
        stated = next(iter(self._stated_titles), None)
        if headline and stated and same_title(letters_of(headline), letters_of(stated.rstrip("… ."))):
            return headline  # the same, perhaps cut short where it is stated
        return stated or headline or self._window or None

    def _publisher(self) -> str | None:
        names = [
            *_names(self._article.get("publisher"), self._named),
            *self._all(_SITES),
            *self._parts.get("publisher", ()),
            self._tail_of_window(),
        ]
        names = [name for name in names if name and not name.startswith(("@", "http:", "https:"))]
        return next((name for name in names if not _DOMAIN.fullmatch(name)), names[0] if names else None)

    def _tail_of_window(self) -> str:
        """The site's name in "The headline | The site", where the headline is known."""
        heads = [self._heading, *_strings(self._article.get("headline")), *self._all(("og:title",))]
        for head in heads:
            match = head and re.fullmatch(rf"{re.escape(head)}{_BETWEEN_TITLE_AND_SITE}(.{{2,60}})", self._window)
            if match:
                return match[1].strip()
        return ""

    def _author(self) -> str | None:
        site = letters_of(self.publisher or "")
        for names in (
            _names(self._article.get("author") or self._article.get("creator"), self._named),
            list(self._all(_AUTHORS)),
            self._parts.get("author", []),
            self._authors,
        ):
            people = [_BYLINE_SIGN.sub("", name) for name in names if "://" not in name and not name.startswith("@")]
            people = list(dict.fromkeys(name for name in people if name and letters_of(name) != site))
            if people:
                return ", ".join(people)[:LONGEST_FACT]
        return None

    def _date(self) -> str | None:
        stated = chain(
            _strings(self._article.get("datePublished")),
            _strings(self._article.get("dateCreated")),
            self._all(_DATES),
            self._parts.get("datepublished", ()),
            self._times,
        )
        full_date = next((date for value in stated if (date := _iso(value))), None)
        day = _DAY_IN_ADDRESS.search(urlsplit(self.url).path) if self.url else None
        return full_date or (f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else None)

    def _language(self, text: str) -> str | None:
        read = language_of(text)
        for stated in chain(_strings(self._article.get("inLanguage")), self._languages, self._all(("og:locale", "content-language"))):
            code = stated.lower().replace("_", "-").split("-")[0]
            if code and (read == "und" or _SCRIPT_OF.get(code) == _SCRIPT_OF.get(read)):
                return stated
        return None


def _clean(value: str) -> str:
    return SPACES.sub(" ", value[: 4 * LONGEST_FACT]).replace("\xad", "").strip()[:LONGEST_FACT]


def _clean_line(line: str) -> str:
    return SPACES.sub(" ", line).replace("\xad", "").strip(SPACE)


def _meta(tree: Any) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("http-equiv") or ""
        content = element.get("content")
        if content and name:
            values[name.strip().lower().replace("dc:", "dc.")].append(_clean(content))
    return values


def _microdata(tree: Any) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for element in tree.iterfind(".//*[@itemprop]"):
        for name in element.get("itemprop").lower().split():
            if name in ("headline", "author", "publisher", "datepublished"):
                named = element.find(".//*[@itemprop='name']") if name in ("author", "publisher") else None
                part = element if named is None else named
                values[name].append(_clean(part.get("content") or part.get("datetime") or "".join(part.itertext())))
    return values


def _address(tree: Any, meta: dict[str, list[str]], given: str | None) -> str | None:
    """The page's own address: the first that is one of the web, and not that of the site's front page while another is deeper."""
    links = [link.get("href", "") for link in tree.iter("link") if "canonical" in link.get("rel", "").lower().split()]
    base = next((url for url in (*meta.get("og:url", ()), given or "") if _is_web(url)), "")
    addresses = [address for link in (*links, *meta.get("og:url", ()), given or "") if (address := _joined(base, link.strip()))]
    deep = [address for address in addresses if urlsplit(address).path.strip("/") or urlsplit(address).query]
    return next(iter(deep or addresses), None)


def _joined(base: str, link: str) -> str:
    try:
        address = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return address if _is_web(address) else ""


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and len(address) <= 2_000
            and address.isprintable()
            and " " not in address
        )
    except ValueError:
        return False


def _linked_article(tree: Any, titles: set[str], url: str | None) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The article that the page's linked data is about, and all that it gives a name (`@id`) to."""
    articles: list[dict[str, Any]] = []
    named: dict[str, dict[str, Any]] = {}
    for script in tree.iter("script"):
        if not script.get("type", "").strip().lower().startswith("application/ld+json") or not script.text:
            continue
        try:
            pending = [json.loads(script.text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending:
            node = pending.pop(0)
            if isinstance(node, list):
                pending = [*node[:1_000], *pending]
            elif isinstance(node, dict):
                if isinstance(node.get("@id"), str):
                    named.setdefault(node["@id"], node)
                if _is_article(node.get("@type")):
                    articles.append(node)
                pending += [node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if isinstance(node.get(name), dict | list)]
    same = [article for article in articles if _is_about(article, titles, url)]
    return next(iter(same or articles), {}), named


def _is_article(types: Any) -> bool:
    names = (
        name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)
    )
    return any(name.endswith("Article") or name in _ARTICLE_TYPES for name in names)


def _is_about(article: dict[str, Any], titles: set[str], url: str | None) -> bool:
    headline = next(iter(_strings(article.get("headline"))), "")
    page = article.get("mainEntityOfPage")
    addresses = [article.get("url"), article.get("@id"), page.get("@id") if isinstance(page, dict) else page]
    return any(same_title(letters_of(headline), title) for title in titles) or (url is not None and url in addresses)


def _strings(value: Any) -> list[str]:
    """The strings of a value of linked data: itself, those of a list, `@value` of one with a language. Its entities are decoded."""
    strings = []
    for item in value if isinstance(value, list) else [value]:
        text = item.get("@value") or item.get("alternateName") or item.get("name") if isinstance(item, dict) else item
        if isinstance(text, str) and (clean := _clean(html.unescape(text))):
            strings.append(clean)
    return strings


def _names(value: Any, named: dict[str, dict[str, Any]]) -> list[str]:
    """The names of people or organisations: given as such, in objects, in lists of either, or by reference."""
    names = []
    for item in (value if isinstance(value, list) else [value])[:20]:
        is_reference = isinstance(item, dict) and isinstance(item.get("@id"), str) and not item.get("name")
        node = named.get(item["@id"], item) if is_reference else item
        names += _strings(node.get("name") if isinstance(node, dict) else node)
    return names


def _author_elements(tree: Any) -> list[str]:
    """The names that stand in elements marked as the author's."""
    marked = tree.xpath(
        ".//*[@rel='author' or contains(concat(' ', normalize-space(@class), ' '), ' author ')"
        " or contains(@class, 'byline-name') or contains(@class, 'author-name') or contains(@class, 'author__name')]"
    )
    names = (_clean("".join(element.itertext())) for element in marked[:20])
    return [name for name in names if 0 < len(name) <= 60][:1]


def _times(tree: Any, heading: Any) -> list[str]:
    """The times near and after the headline that are neither of an update nor of another story, the likeliest first."""
    if heading is None:
        return []
    times = []
    for element in heading.xpath("preceding-sibling::*//time | preceding-sibling::time | following::time")[:10]:
        around = [element, *list(element.iterancestors())[:2]]
        if any(_LATER.search(labels(parent)) for parent in around) or _LATER.search("".join(around[1].itertext())[:60]):
            continue
        if not any(parent.tag in ("nav", "aside", "footer") or _ASIDE_OF_TIME.search(labels(parent)) for parent in element.iterancestors()):
            times.append(element.get("datetime") or "".join(element.itertext()))
    return times


_ASIDE_OF_TIME = re.compile(r"related|comment|sidebar|most-?read|recommend|trending|teaser", re.IGNORECASE)


def _iso(value: str) -> str | None:
    """The date in ISO's form; None where it is in none that is known, or could be read two ways."""
    value = value.strip()[:100]
    if _ISO_START.fullmatch(value):
        return value
    compact = _COMPACT_DATE.fullmatch(value)
    if compact:
        return "-".join(compact.groups())
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except ValueError:
        pass
    first, *below = value.splitlines() or [""]
    first_date = stated_date(first)
    return first_date.iso if first_date else next((date for line in below if (date := parse_date(line))), None)


def same_title(title: str, other: str) -> bool:
    """Whether two titles, by their letters, are one that may be cut short."""
    return bool(title and other) and (
        title == other or (min(len(title), len(other)) >= 16 and (title.startswith(other) or other.startswith(title)))
    )
