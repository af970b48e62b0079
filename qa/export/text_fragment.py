"""The address of words in a page elsewhere: a text fragment, which browsers follow by scrolling to the words and marking them.

    https://a.example/story#:~:text=[prefix-,]start[,end][,-suffix]

WICG, "URL Fragment Text Directives" (https://wicg.github.io/scroll-to-text-fragment/). A browser finds each term within one block of the
page, by whole words, whatever their case; hence no term here crosses a line of the text. Whether the page still has the words is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urldefrag, urlsplit

from index.text.fold import fold_text
from index.text.spans import Span, trim

_WORD = re.compile(r"\S+")
# Words of a quote that go into its address whole; a longer one goes by its first and last. Not measured: fewer words survive more changes
# of the page, more are found in fewer wrong places.
_WHOLE, _EDGE = 10, 4
# The most words before and after that distinguish one place from another. Not measured.
_CONTEXT = 8
_READ = 1000  # characters around a term that are looked at for them
_PLAIN = re.compile(r"[!-~\u00a1-\U0010ffff]+")
"""Neither white space nor control characters, which browsers take out of an address: it would lead elsewhere than it says."""


def link(url: str, text: str, span: Span | None) -> str | None:
    """The address of `span` of `text` in the page at `url`, without a span that of the page; None where `url` is no web address, or one
    with a user's name in it, which is there to deceive.

    >>> link("https://a.example/dam?page=1", "The dam held. The bridge, alas, fell.", Span(14, 37))
    'https://a.example/dam?page=1#:~:text=The%20bridge%2C%20alas%2C%20fell.'
    >>> link("javascript:alert(1)", "The dam held.", None)
    """
    if not _is_web_address(url):
        return None
    terms = directive(text, span) if span is not None else ""
    if not terms:
        return url
    page, fragment = urldefrag(url)
    return f"{page}#{fragment.partition(':~:')[0]}:~:{terms}"


def directive(text: str, span: Span) -> str:
    """The text directive of the words that a span touches: "text=…". Empty where it touches none.

    >>> directive("Nine gates held. Nine gates fell.", Span(17, 27))
    'text=held.-,Nine%20gates'
    """
    words = _words_at(text, span)
    if not words:
        return ""
    whole = Span(words[0].start, words[-1].end)
    folded = fold_text(text)
    if len(words) <= _WHOLE and not _breaks(whole.of(text)):
        before, behind = _context(text, folded, whole)
        return _written(before, [whole.of(text)], behind)
    start, end = _edge(text, words[:_EDGE]), _edge(text, words[: -_EDGE - 1 : -1])
    (before, _), (_, behind) = _context(text, folded, start, forward=False), _context(text, folded, end, backward=False)
    return _written(before, [start.of(text), end.of(text)], behind)


def _written(before: str, terms: Sequence[str], behind: str) -> str:
    parts = [*([f"{_encoded(before)}-"] if before else []), *map(_encoded, terms), *([f"-{_encoded(behind)}"] if behind else [])]
    return f"text={','.join(parts)}"


def _encoded(term: str) -> str:
    """White space is one space, as in the page. "-", "," and "&" mean something in a directive; `quote` leaves the first as it is."""
    return quote(" ".join(term.split()), safe="").replace("-", "%2D")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and _PLAIN.fullmatch(url) is not None
    except ValueError:  # a host in brackets that is none
        return False


def _words_at(text: str, span: Span) -> list[Span]:
    """The words that the span touches, whole."""
    touched = trim(text, span)
    if not len(touched):
        return []
    start, end = touched.start, touched.end
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return [Span(*match.span()) for match in _WORD.finditer(text, start, end)]


def _edge(text: str, words: Sequence[Span]) -> Span:
    """As many of the words, from the first on, as stand in one line."""
    edge = words[0]
    for word in words[1:]:
        wider = Span(min(edge.start, word.start), max(edge.end, word.end))
        if _breaks(wider.of(text)):
            break
        edge = wider
    return edge


def _breaks(text: str) -> bool:
    return len(text.splitlines()) > 1


def _context(text: str, folded: str, term: Span, backward: bool = True, forward: bool = True) -> tuple[str, str]:
    """The fewest words before and behind a term by which it stands once in the text; none where it does so by itself."""
    before = behind = ""
    words = term.of(text)
    if _is_once(words, folded):
        return before, behind
    for count in range(1, _CONTEXT + 1):
        if backward:
            before = _before(text, term.start, count)
        if forward:
            behind = _behind(text, term.end, count)
        for pair in ((before, ""), ("", behind)):
            if _is_once(f"{pair[0]} {words} {pair[1]}", folded):
                return pair
        if _is_once(f"{before} {words} {behind}", folded):
            break
    return before, behind


def _is_once(phrase: str, folded: str) -> bool:
    """A page is searched without regard to case and accents, so the folded text decides."""
    needle = fold_text(phrase).strip()
    return folded.find(needle, folded.find(needle) + 1) < 0


def _before(text: str, start: int, count: int) -> str:
    """The last words before a place that stand in one line."""
    line = next(iter(reversed(text[max(0, start - _READ) : start].rstrip().splitlines())), "")
    return " ".join(line.split()[-count:])


def _behind(text: str, end: int, count: int) -> str:
    """The first words behind a place that stand in one line."""
    line = next(iter(text[end : end + _READ].lstrip().splitlines()), "")
    return " ".join(line.split()[:count])
