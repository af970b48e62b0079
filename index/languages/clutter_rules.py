"""The contract of a language's module `clutter`: patterns for clutter lines and photo credits.

    RULES = ClutterRules(lines=(LineRule("clutter", "ago", r"\\d{1,3} hours ago"), …), …)

A language without this module has none.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.languages.base import every, languages
from index.languages.news import PHOTO_AGENCIES, one_of

YEAR = r"(?:19|20)\d\d"
# A name in Latin letters.
NAME = rf"[A-ZÀ-Þ][\w.'’-]*(?: (?:[A-ZÀ-Þ][\w.'’-]*|al-\w+|{'|'.join(sorted(every('names.particles')))})){{0,4}}"
AGENCY = (
    rf"(?:{one_of(PHOTO_AGENCIES)}"
    rf"|[A-Z]{{3,5}}|(?:[A-Z][\w.]* ){{1,4}}(?:{'|'.join(sorted(every('names.papers')))}))"
)
_PHOTOGRAPHER = rf"(?:{NAME}(?:(?:,? (?:via|for|and) |, ){NAME}){{0,2}}|[\u0620-\u064a][\u0620-\u064a ]{{2,40}})"
CREDIT = (
    rf"(?:{AGENCY}(?: (?:Photo|Photos|Images|Pictures|Wire|File))?\s?/\s?{_PHOTOGRAPHER}|{_PHOTOGRAPHER}\s?/\s?(?:{AGENCY}\b(?:,? (?:via"
    rf"|File|file)\b.{{0,30}})?|{NAME} via {AGENCY}))"
)


@dataclass(frozen=True, slots=True)
class LineRule:
    """A pattern for a whole line, tried on lines that contain one of its `words`. `kind` is a `LineKind`, by its name in lower case.

    The pattern is matched against the line's key, or, if `cased`, against the line itself, where case distinguishes names from words.
    """

    kind: str
    words: str
    pattern: str
    cased: bool = False


@dataclass(frozen=True, slots=True)
class ClutterRules:
    """The patterns of a language.

    All but `lines` are alternatives of one pattern for all languages: the text in the brackets of a photo credit (`bracketed_credits`), a
    credit at the end of a line (`bare_credits`), a line that is only a credit (`credit_lines`), words typical of captions (`caption_cues`).
    """

    lines: tuple[LineRule, ...] = ()
    bracketed_credits: tuple[str, ...] = ()
    bare_credits: tuple[str, ...] = ()
    credit_lines: tuple[str, ...] = ()
    caption_cues: tuple[str, ...] = ()


def clutter_rules() -> tuple[ClutterRules, ...]:
    """The rules of each language that has this module."""
    modules = (known.rules("clutter") for known in languages())
    return tuple(module.RULES for module in modules if module is not None)
