"""Coreference of people: resolves a family name, a pronoun or a description ("the defector") to the fullest name in the article."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from index.languages import people
from index.languages.base import languages
from index.text.script import SCRIPTS, language_in, language_of_name
from index.text.spans import Span

_RULES = {known.code: rules for known in languages() if (rules := known.rules("people")) is not None}
_RECENT = 12  # mentions that a pronoun may refer to; not measured


@dataclass(frozen=True, slots=True)
class _Mention:
    """A person whom the text mentions: `name` is the fullest in the article, `form` that of the Arabic verb with it."""

    name: str
    form: str | None


class People:
    """The people of one article: their full names and the latest mentions."""

    def __init__(self, text: str, paragraphs: Sequence[Span], language: str | None = None) -> None:
        """`language` is that of the text. Names in another script are read by the rules of the script's default language."""
        self._text = text
        self._language = language
        codes = {language_in(script, language) for script in SCRIPTS} & _RULES.keys()
        self._names: dict[str, people.Names] = {code: _RULES[code].names_of(text, paragraphs) for code in sorted(codes)}
        self._unknown = people.names_of(text, paragraphs)
        self._mentions: deque[_Mention] = deque(maxlen=_RECENT)
        self._places: dict[str, Span] = {}

    def note(self, span: Span | None, form: str | None) -> str | None:
        """Records a mention of a person at `span`, and returns the fullest name or description of that person; None if unresolved.

        Call in the order of the text. Without a span, the person is the latest mention that agrees with the verb's `form`: Arabic omits
        pronouns.
        """
        if span is None:
            return next((mention.name for mention in reversed(self._mentions) if mention.form in (form, None)), None) if form else None
        mention = " ".join(span.of(self._text).split())
        code = language_of_name(mention, self._language)
        rules, lower = _rules(code), mention.lower()
        if lower in rules.PRONOUNS:
            name = self._antecedent(lower, span, code)
        elif lower in rules.NOBODY:
            return None
        else:
            name = self._fullest(mention, span, code)
        if name is not None:
            self._mentions.append(_Mention(name, form))
            self._places[name] = span
            for names in self._names.values():
                names.note(name)
        return name

    def named(self, span: Span) -> str | None:
        """The fullest name or description of a person mentioned in a quotation, without recording the mention. None for a pronoun: it may
        refer to somebody whom the article does not mention."""
        mention = " ".join(span.of(self._text).split())
        code = language_of_name(mention, self._language)
        rules, lower = _rules(code), mention.lower()
        return None if lower in rules.PRONOUNS or lower in rules.NOBODY else self._fullest(mention, span, code)

    def place_of(self, name: str) -> Span | None:
        """The span of the latest mention of a person."""
        return self._places.get(name)

    def knows(self, mention: str) -> bool:
        """Whether a mention is a pronoun, a name that the article gives in full somewhere, or the description of a person."""
        return any(names.knows(mention) for names in self._names.values())

    def _fullest(self, mention: str, span: Span, code: str) -> str:
        return self._names.get(code, self._unknown).fullest(mention, span)

    def _antecedent(self, pronoun: str, span: Span, code: str) -> str | None:
        """The latest mention that agrees with the pronoun."""
        names = self._names.get(code, self._unknown)
        mentioned = next((mention.name for mention in reversed(self._mentions) if names.agrees(mention.name, pronoun)), None)
        return mentioned or names.last_named(pronoun, span)


def _rules(code: str) -> ModuleType:
    return _RULES.get(code, people)
