"""Arabic: resolves mentions of people by the given names before them and by earlier mentions.

Arabic omits subject pronouns, so that none is resolved; the form of a verb serves instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.languages.base import language
from index.languages.people import Names, occurrences
from index.text.fold import fold_text
from index.text.spans import Span

PRONOUNS: frozenset[str] = frozenset()
NOBODY: frozenset[str] = frozenset()
GIVEN_NAMES = frozenset(map(fold_text, language("ar").words("people.given_names")))
"""Given names, folded, that are common enough to mark the beginning of a full name."""


class ArabicNames(Names):
    """The names of one article, by Arabic rules."""

    def __init__(self, text: str, paragraphs: Sequence[Span]) -> None:
        self._text = text
        self._longest: dict[str, str] = {}
        self._full: dict[str, str] = {}

    def note(self, name: str) -> None:
        self._longest.setdefault(name.rsplit(maxsplit=1)[-1], name)

    def fullest(self, mention: str, span: Span) -> str:
        """The longest form of a name: mentioned before, or anywhere in the text after a given name, which marks its beginning."""
        parts = mention.split()
        known = self._longest.get(parts[-1])
        if known is not None and len(known) > len(mention):
            return known
        if len(parts) > 1 or parts[0].startswith("ال"):
            return mention
        if mention not in self._full:
            self._full[mention] = self._after_given_name(mention)
        return self._full[mention]

    def _after_given_name(self, mention: str) -> str:
        best = mention
        for start in occurrences(mention, self._text):
            before = self._text[max(0, start - 40) : start].split()[-3:]
            if not self._text[max(0, start - 1) : start].isspace():
                continue
            for at, word in enumerate(before):
                name = " ".join([*before[at:], mention])
                if (
                    word != "على"
                    and fold_text(word) in GIVEN_NAMES
                    and all(part.isalpha() for part in before[at:])
                    and len(name) > len(best)
                ):
                    best = name
                    break
        return best


def names_of(text: str, paragraphs: Sequence[Span]) -> Names:
    """The names of an article: see languages/people.py."""
    return ArabicNames(text, paragraphs)
