"""The contract of a language's module `metadata`: patterns by which a text names its author and its publisher.

A module has `RULES`, a `MetadataRules`. A language without it, and a field that is left out, has no pattern. Patterns that extract a name
have it as the group "name". Lines are matched from their beginning unless noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from index.languages.base import every, languages
from index.languages.calendar import months, weekdays
from index.languages.news import AGENCIES, one_of

AGENCY = one_of(AGENCIES)
YEAR = r"(?:19|20|١٩|٢٠)\d\d"
# A word of a person's name in Latin letters, a name, several names.
_CALENDAR = {name for one in languages() for name in (*months(one.code, "wide"), *weekdays(one.code, "wide"))} - every("dates.also_names")
_NOT_A_NAME = rf"(?!(?i:{'|'.join(sorted(every('metadata.not_a_name') | _CALENDAR))})\b)"
WORD = rf"{_NOT_A_NAME}[A-ZÀ-Þ](?:[\w'’-]+|\.)"
NAME = rf"{WORD}(?: (?:{WORD}|{'|'.join(sorted(every('names.particles')))})){{0,3}} {WORD}"
NAMES = rf"{NAME}(?:(?:, | and | & |, and ){NAME}){{0,3}}"
# Any name in Latin letters, by its capitals.
CAPITALISED = re.compile(r"[A-ZÀ-Þ0-9][\w&'’.-]*(?: (?:[A-ZÀ-Þ0-9][\w&'’.-]*|of|and|&|the|for|on)){0,5}$")


def _is_no_publisher(words: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class MetadataRules:
    """The patterns of a language.

    `is_publisher` is whether words name a newspaper, by a typical word in them. `byline_paper` is matched after the name in a byline.
    `name_alone` is a whole line that can only be a name, `uncertain_name_alone` one that may be something else; `place_start` begins names
    of places. `reporting`, `tag_line` and `tag_publisher` (searched) are for the lines at a story's end. `agency_owner` and `distribution`
    are searched in copyright lines: an owner that is an agency, and a notice of distribution.

    The others are alternatives in patterns for all languages: the words of a copyright line (`rights`), the text before the owner's name
    (`before_owner`) and after it (`after_owner`), and words that do not begin an owner's name (`no_owner`).
    """

    is_publisher: Callable[[str], bool] = _is_no_publisher
    bylines: tuple[re.Pattern[str], ...] = ()
    agency_bylines: tuple[re.Pattern[str], ...] = ()
    byline_paper: re.Pattern[str] | None = None
    name_alone: re.Pattern[str] | None = None
    uncertain_name_alone: re.Pattern[str] | None = None
    place_start: re.Pattern[str] | None = None
    reporting: re.Pattern[str] | None = None
    tag_line: re.Pattern[str] | None = None
    tag_publisher: re.Pattern[str] | None = None
    agency_owner: re.Pattern[str] | None = None
    distribution: re.Pattern[str] | None = None
    rights: tuple[str, ...] = ()
    before_owner: tuple[str, ...] = ()
    after_owner: tuple[str, ...] = ()
    no_owner: tuple[str, ...] = ()


def metadata_rules() -> tuple[MetadataRules, ...]:
    """The rules of each language that has this module."""
    modules = (known.rules("metadata") for known in languages())
    return tuple(module.RULES for module in modules if module is not None)
