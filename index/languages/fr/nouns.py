"""French tokens, and the mentions of people in them: names and descriptions, with their boundaries and gender."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from index.languages.base import language
from index.languages.calendar import months, weekdays
from index.languages.cues import Token
from index.text.spans import Span

Gender = Literal["m", "f"]
_words = language("fr").word_set
DETERMINERS = _words("cues.determiners")
PLURAL_DETERMINERS = _words("cues.plural_determiners")
SPEAKING_PRONOUNS = _words("cues.speaking_pronouns")
TITLES = _words("cues.titles")
TIMES = _words("cues.times") | {*months("fr", "wide"), *weekdays("fr", "wide")}
_PRONOUNS = _words("cues.pronouns")
_LINKS = _words("cues.links")
_BEFORE_A = _words("cues.with_to")
_ENDS_DESCRIPTION = _words("cues.ends")
_PARTICLES = _words("cues.particles")
_NO_NAMES = _words("cues.no_names") | DETERMINERS | _PRONOUNS | TIMES
_DEMONSTRATIVE = {"ce", "cet", "cette", "ces", "celui-ci", "celle-ci"}
_LATTER = {"dernier", "dernière", "derniers", "dernières"}
_LONGEST = 14  # tokens of a description; not measured

_INVERTED = r"-(?:t-)?(?:ils?|elles?|on|je|nous|vous)\b"
_TOKEN = re.compile(
    r"(?=[A-Z])\b(?:MM?\.|M(?:me|mes|lle|gr|e)s?\.?(?!\w)|[DP]r\.?(?!\w)|[A-ZÉÈ]\.(?:-?[A-ZÉ]\.)*(?!\w))"
    r"|(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w)"
    rf"|(?P<inverted>{_INVERTED})"
    rf"|[^\W_](?:(?!{_INVERTED})(?:\w|[.'’-](?=\w)))*"
    r"|\S",
    re.IGNORECASE,
)


def tokenize(text: str, span: Span) -> list[Token]:
    """The words and punctuation marks of a span. Elided words and inverted pronouns are separate tokens.

    >>> [word.text for word in tokenize("a-t-il dit à l’AFP, d'après Mme Roy.", Span(0, 36))]
    ['a', 'il', 'dit', 'à', 'l’', 'AFP', ',', "d'", 'après', 'Mme', 'Roy', '.']
    """
    tokens = []
    for match in _TOKEN.finditer(text, span.start, span.end):
        start = match.start() + (len(match[0]) - len(match[0].rsplit("-", 1)[1]) if match["inverted"] else 0)
        word = text[start : match.end()]
        tokens.append(Token(word, start, match.end(), word.lower().replace("’", "'")))
    return tokens


def is_inverted(text: str, word: Token) -> bool:
    """Whether a token is a pronoun joined to the verb before it by a hyphen."""
    return word.lower in SPEAKING_PRONOUNS and text[word.start - 1 : word.start] == "-"


def is_name(word: Token) -> bool:
    """Whether a token may be part of a name, or is a title before one."""
    return (word.text[0].isupper() and word.lower not in _NO_NAMES) or word.lower in TITLES & {"m.", "mme", "me", "mm.", "mgr"}


def starts_mention(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].lower in DETERMINERS or is_name(tokens[at])


def mention_starting_at(tokens: Sequence[Token], at: int) -> Span | None:
    """The mention of a person that begins at `tokens[at]`; None if none does."""
    if at >= len(tokens):
        return None
    if tokens[at].lower in _DEMONSTRATIVE and at + 1 < len(tokens) and tokens[at + 1].lower in _LATTER:
        return Span(tokens[at].start, tokens[at + 1].end)
    if tokens[at].lower in {"celui-ci", "celle-ci"} or tokens[at].lower in _PRONOUNS:
        return Span(tokens[at].start, tokens[at].end)
    if not starts_mention(tokens, at):
        return None
    end = at
    while end < len(tokens) and end - at < _LONGEST and _continues(tokens, at, end):
        end += 1
    while end > at and (tokens[end - 1].lower in _LINKS or tokens[end - 1].lower in DETERMINERS):
        end -= 1
    return Span(tokens[at].start, tokens[end - 1].end) if end > at else None


def _continues(tokens: Sequence[Token], first: int, at: int) -> bool:
    word = tokens[at]
    if at == first:
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if not word.text[0].isalnum() or word.lower in TIMES or word.text[0].isdigit():
        return False
    if word.lower in {"à", "au", "aux"}:
        return tokens[at - 1].lower in _BEFORE_A and following is not None and following.lower != "afp"
    if word.lower == "et":
        return following is not None and (is_name(following) if is_name(tokens[at - 1]) else starts_mention(tokens, at + 1))
    if word.lower == "en":
        return following is not None and following.lower in {"chef", "charge", "exercice"}
    if word.lower in {"sur", "sous"}:
        return False
    if is_name(tokens[first]) and word.text[0].islower():  # after a name only particles may follow in lower case
        return word.lower in _PARTICLES and following is not None and (following.text[0].isupper() or following.lower in _PARTICLES)
    return word.lower not in _ENDS_DESCRIPTION


def mention_ending_at(tokens: Sequence[Token], last: int) -> Span | None:
    """The mention of a person that ends at `tokens[last]`, before a verb."""
    if last < 0 or not tokens[last].text[0].isalnum():
        return None
    if tokens[last].lower in _PRONOUNS:
        return Span(tokens[last].start, tokens[last].end)
    start: int | None = None
    at = last
    while (
        at >= 0
        and last - at < _LONGEST
        and (tokens[at].text[0].isalnum() or tokens[at].lower in {"l'", "d'"})
        and tokens[at].lower not in _ENDS_DESCRIPTION
    ):
        word, before = tokens[at], tokens[at - 1].lower if at else ""
        if word.lower in TIMES:
            break
        if word.lower in DETERMINERS and word.lower not in {"du", "des"}:
            start = at
            if before not in _LINKS and before not in {"au", "à"}:
                break
        elif word.lower in {"du", "des"}:
            start = at if not before or not before[0].isalnum() else start
        elif is_name(word):
            start = at
        at -= 1
    return None if start is None else mention_starting_at(tokens[: last + 1], start)


def gender_of(parts: Sequence[str]) -> Gender | None:
    """The gender of a description by its first words, in lower case ("la maire", "l'avocate", "mme roy"); None if unknown."""
    first = parts[0]
    if first in _FEMININE or first in _FEMALE_TITLES:
        return "f"
    if first in _MASCULINE or first in _MALE_TITLES:
        return "m"
    noun = first.partition("'")[2] or (parts[1] if len(parts) > 1 else "")
    if first.startswith(("l'", "d'")) and noun and noun not in _words("people.masculine_nouns"):
        return "f" if noun.endswith(language("fr").words("people.feminine_noun_endings")) else "m"
    return None


_FEMININE = frozenset(["la", "une", "cette", "sa", "celle-ci"])
_MASCULINE = frozenset(["le", "un", "ce", "son", "celui-ci"])
_FEMALE_TITLES = _words("people.female")
_MALE_TITLES = _words("people.male")
