"""Classifies a line of a page by its words and its form. clutter.py then uses its context.

The words and patterns of all languages are used together: a page mixes languages, and their phrases do not conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import chain

from index.languages.base import every, languages
from index.languages.clutter_rules import CREDIT, clutter_rules
from index.languages.news import BRACKETED_STOCKS, STOCKS_ON_A_LINE, one_of

# Lengths in code points. None is tuned; the lengths that each separates are far apart.
LONGEST_CLUTTER = 400  # the longest cookie notices; a longer line is a paragraph
LONGEST_HEADLINE = 180
SHORTEST_PROSE = 60  # if it ends a sentence; else prose is longer than LONGEST_HEADLINE


class LineKind(IntEnum):
    """The kind of a line, without its context.

    STORY and PROSE are marked only in a list, a caption or a frame; LABEL and the kinds after it only in certain positions.
    """

    STORY = 0
    PROSE = 1  # certainly a paragraph; the first and the last one separate head and tail from the body
    CLUTTER = 2
    CHROME = 3  # clutter of the site: menu, player, legal line
    CREDIT = 4  # a photo credit on a separate line
    LIST = 5  # the heading of a list of other stories
    LABEL = 6  # marked among clutter, or in a run of labels
    LATE = 7  # marked after the first paragraph only
    TAIL = 8  # marked after the last paragraph only
    TAIL_LIST = 9  # the heading of a list, marked after the last paragraph only


_WORD = re.compile(r"[^\W_]+|©")
_TO_SPACES = bytes(code if chr(code).isalnum() else ord(" ") for code in range(256))
_SENTENCE_END = re.compile(r"[.!?…؟۔]['\"’”»)\]]{0,3}$")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,300}\)")
_TIMES = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d\d(?P<pair> ?[/|–-]? ?(?:\d{1,2}:)?\d{1,2}:\d\d)?")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ITEM_SEPARATOR = re.compile(r"\s*[|·•>›»/]\s*|\s{2,}|\t")
_HOLDS_SEPARATOR = re.compile(r"[|·•>›»/\t]|\s\s")


class _KeyTable(dict[int, str | int | None]):
    """Adds unchanged characters on first use: each missing key costs `translate` an exception."""

    def __missing__(self, code: int) -> int:
        self[code] = code
        return code


_FOLD = _KeyTable({ord(a): b for a, b in zip("’‘`´“”‐‑\u00a0", "''''\"\"-- ", strict=True)})
for _language in languages():
    _FOLD.update({ord(letter): same for letter, same in _language.mapping("clutter.letters").items()})
_FOLD.update(
    dict.fromkeys([*range(0x064B, 0x0653), 0x0640, 0x0670, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
)
_EDGES = " \t:：.,;،؛|·•●▪■◆»«›‹→←↓↑▶►▸▼▲↗✉⬇…–—-_*#+!<>[](){}\ufe0f"


def _key(line: str) -> str:
    """The key of a line for comparison: without case, Arabic spelling variants, typography, links and the punctuation at its ends."""
    if "](" in line:
        line = _LINK.sub(r"\1", line)
    if line.isascii():  # most lines; `_FOLD` changes only one ASCII character
        return line.lower().replace("`", "'").strip(_EDGES)
    return line.casefold().translate(_FOLD).strip(_EDGES)


def _words_of(key: str) -> list[str]:
    """`_WORD.findall(key)`, with ASCII lines split as bytes, which is faster."""
    return key.encode().translate(_TO_SPACES).decode().split() if key.isascii() else _WORD.findall(key)


# If a phrase is listed under two kinds, the later kind wins.
_KIND_OF = {
    _key(phrase): kind
    for kind in (LineKind.LABEL, LineKind.TAIL, LineKind.LIST, LineKind.CLUTTER, LineKind.CHROME)
    for phrase in every(f"clutter.lines.{kind.name.lower()}")
}


def _keys(key: str) -> frozenset[str]:
    return frozenset(map(_key, every(key)))


_REPORTED_SPEECH = _keys("clutter.reported_speech")
_SHARING = _keys("clutter.sharing")
_PICTURE_WORDS = _keys("clutter.pictures")
_ALL_RULES = clutter_rules()


def _joined(alternatives: Iterable[Sequence[str]]) -> str:
    return "|".join(chain.from_iterable(alternatives))


_BRACKETED_CREDIT = re.compile(rf"[(\[](?:{_joined(rules.bracketed_credits for rules in _ALL_RULES)}|{one_of(BRACKETED_STOCKS)})[)\]]\.?$")
_BARE_CREDIT = re.compile(_joined(rules.bare_credits for rules in _ALL_RULES))
_CREDIT_LINE = re.compile(rf"\(?(?:{CREDIT}|{_joined(rules.credit_lines for rules in _ALL_RULES)}|{one_of(STOCKS_ON_A_LINE)})\)?\.?")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A `LineRule`, compiled."""

    kind: LineKind
    words: frozenset[str]
    pattern: re.Pattern[str]
    cased: bool


_RULES = tuple(
    _Rule(LineKind[rule.kind.upper()], frozenset(map(_key, rule.words.split())), re.compile(rule.pattern, re.DOTALL), rule.cased)
    for language in _ALL_RULES
    for rule in language.lines
)
_RULES_BY_WORD: dict[str, list[_Rule]] = {}
for _rule in _RULES:
    for _trigger in _rule.words:
        _RULES_BY_WORD.setdefault(_trigger, []).append(_rule)


def kind_of(line: str) -> LineKind:
    """The kind of a line, without its context; `line` is trimmed."""
    return LineKind.PROSE if len(line) > LONGEST_CLUTTER else _kind_of_short(line)


@lru_cache(maxsize=4096)  # clutter repeats across pages; the size is not measured
def _kind_of_short(line: str) -> LineKind:
    key = _key(line)
    kind = _KIND_OF.get(key)
    if kind is not None:
        return kind
    story = LineKind.PROSE if len(line) > LONGEST_HEADLINE or (len(line) >= SHORTEST_PROSE and ends_sentence(line)) else LineKind.STORY
    words = _words_of(key)
    if len(key) <= 24 and (times := _TIMES.fullmatch(key)):
        return LineKind.CHROME if times["pair"] else LineKind.LABEL
    if _URL.fullmatch(line) or (line.startswith("![") and _LINK.fullmatch(line)):
        return LineKind.CLUTTER
    if not _REPORTED_SPEECH.isdisjoint(words):
        return story
    for word in filter(_RULES_BY_WORD.__contains__, words):
        for rule in _RULES_BY_WORD[word]:
            if rule.pattern.fullmatch(line if rule.cased else key):
                return rule.kind
    return _picture_kind(line, words) or _menu_kind(line) or story


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence's stop, possibly followed by closing quotation marks or brackets."""
    return _SENTENCE_END.search(line, max(0, len(line) - 4)) is not None


def _picture_kind(line: str, words: list[str]) -> LineKind | None:
    if "/" not in line and _PICTURE_WORDS.isdisjoint(words):
        return None
    line = line.strip("*_ ")
    if len(line) <= 120 and _CREDIT_LINE.fullmatch(line):
        return LineKind.CREDIT
    match = _BRACKETED_CREDIT.search(line) or _BARE_CREDIT.search(line)
    if match is None:
        return None
    return LineKind.CREDIT if match.start() == 0 else LineKind.CLUTTER


def _menu_kind(line: str) -> LineKind | None:
    """The kind of a menu, breadcrumbs or share bar on one line: three or more items between separators, at least half of them known."""
    if len(line) > 200 or not _HOLDS_SEPARATOR.search(line):
        return None
    items = [item for item in map(_key, _ITEM_SEPARATOR.split(line)) if item]
    known = sum(item in _KIND_OF for item in items)
    if (len(items) >= 3 and 2 * known >= len(items)) or (len(items) == 2 and known == 2):
        return LineKind.CLUTTER if any(item in _SHARING for item in items) else LineKind.CHROME
    return None
