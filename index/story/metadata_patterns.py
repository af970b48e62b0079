"""The patterns for bylines, publishers, copyright lines and tag lines, of all languages together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from index.languages.base import every
from index.languages.metadata_rules import AGENCY, YEAR, metadata_rules
from index.languages.news import AGENCIES_BETWEEN_DASHES, PUBLISHERS, one_of

RULES = metadata_rules()
BYLINES = tuple(pattern for rules in RULES for pattern in rules.bylines)
AGENCY_BYLINES = tuple(pattern for rules in RULES for pattern in rules.agency_bylines)
NAMES_ALONE = [rules.name_alone for rules in RULES]
UNCERTAIN_NAMES_ALONE = [rules.uncertain_name_alone for rules in RULES]
PLACE_STARTS = [rules.place_start for rules in RULES]
REPORTING = [rules.reporting for rules in RULES]
TAG_LINE_PATTERNS = [rules.tag_line for rules in RULES]
AGENCY_OWNERS = [rules.agency_owner for rules in RULES]
DISTRIBUTIONS = [rules.distribution for rules in RULES]
SECTIONS = every("metadata.sections")
AGENCY_ALONE = re.compile(rf"[-–—(\s]*(?P<name>{AGENCY})[)\s.]*$")
DATELINE = re.compile(
    rf"[A-ZÀ-Þ\u0621-\u064a][\w\u064b-\u0652 ,./'’-]{{1,60}}?(?:\((?P<name>{AGENCY})\)\s?[-–—:]"
    rf"|\s[-–—]\s?(?P<bare>{one_of(AGENCIES_BETWEEN_DASHES)})\s?[-–—:])"
)


def _alternatives(parts: Iterable[Sequence[str]]) -> str:
    return "|".join(chain.from_iterable(parts))


RIGHTS = re.compile(rf"©|\([cC]\)\s*(?:[Cc]opyright\s*)?(?:19|20)\d\d|{_alternatives(rules.rights for rules in RULES)}")
OWNER = re.compile(
    rf"(?:(?:©|\([cC]\)|{_alternatives(rules.before_owner for rules in RULES)}"
    rf"|{YEAR}(?:\s*[-–]\s*{YEAR})?)[\s,]*)+(?P<name>[^\W\d_][^|,©–\n]{{1,60}}?)\s*(?:[-–,|]?\s*{YEAR})?(?:\.(?:\s|$)|,|\||\s[-–—]\s"
    rf"|©|{_alternatives(rules.after_owner for rules in RULES)}|\s*$)"
)
OWNER_FIRST = re.compile(rf"(?P<name>[A-ZÀ-Þ][^|,©.\n]{{1,60}}?)\s*(?:©|\([cC]\))\s*{YEAR}")
NO_OWNER = re.compile(_alternatives(rules.no_owner for rules in RULES))
SOURCE = re.compile(
    rf"{one_of(sorted(every('metadata.source_labels')))}\s?:\s?(?P<name>[^+,|]{{2,50}}?)"
    rf"(?:\s(?:\+|&|{one_of(sorted(every('metadata.and')))})\s?.{{0,40}})?$"
)
SENTENCE_END = re.compile(r"[.!?…؟۔]['\"’”»)\]]{0,3}$")


def is_publisher(words: str) -> bool:
    """Whether words are the name of a newspaper, a broadcaster or a site."""
    if len(words) > 60 or SENTENCE_END.search(words):
        return False
    return words.casefold() in PUBLISHERS or any(rules.is_publisher(words) for rules in RULES)


def is_byline(words: str) -> bool:
    """Whether a line begins like a byline of a person or an agency."""
    return any(pattern.match(words) for pattern in (*BYLINES, *AGENCY_BYLINES))
