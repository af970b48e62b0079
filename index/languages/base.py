"""The contract of a language: a folder here with its word lists, and modules for rules that lists cannot express.

    index/languages/en/words.toml     lists, each under a key such as `stop_words.more`, with a comment on its purpose
    index/languages/en/cues.py        rules; a module has the same name and functions in every language
    index/languages/pairs/en-ar.toml  tables of equivalent words of two languages

The default for a language without a folder, and for a list or module that a folder lacks, is neutral: no words, no rules. Its articles are
still indexed, retrieved and quoted verbatim. This module names no language, and imports none when it is loaded.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Language:
    """The word lists and rules of a language, by its ISO 639-1 code."""

    code: str

    def words(self, key: str) -> tuple[str, ...]:
        """The list under `key` ("speech.verbs"), in order; empty if this language has none.

        In the file a string is a list of words separated by white space, an array a list of entries that may contain white space. Raises
        KeyError for a key that no language has, since it is misspelt.
        """
        value = self._value(key)
        match value:
            case None:
                return ()
            case str():
                return tuple(value.split())
            case list():
                return tuple(value)
            case _:
                raise TypeError(f"{key} of {self.code} is no list of words")

    def word_set(self, key: str) -> frozenset[str]:
        """The list under `key`, as a set."""
        return frozenset(self.words(key))

    def mapping(self, key: str) -> dict[str, str]:
        """The table under `key`, in order; empty if this language has none. Raises like `words`."""
        value = self._value(key)
        if value is not None and not isinstance(value, dict):
            raise TypeError(f"{key} of {self.code} is no table")
        return dict(value or {})

    def rules(self, module: str) -> ModuleType | None:
        """The language's module of that name, loaded on first use; None if it has none."""
        return _rules(self.code, module)

    def _value(self, key: str) -> Any:
        value = _value_of(self.code, key)
        if value is None and not any(_value_of(code, key) is not None for code in codes()):
            raise KeyError(f"no language has {key}")
        return value


@cache
def codes() -> tuple[str, ...]:
    """The codes of the languages that have a folder, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/words.toml")))


@cache
def language(code: str) -> Language:
    """The language of that code, with or without a folder."""
    return Language(code)


def languages() -> tuple[Language, ...]:
    """The languages that have a folder."""
    return tuple(map(language, codes()))


def every(key: str) -> frozenset[str]:
    """The words under `key` of all languages together, for use where a text's language is unknown or does not matter."""
    return frozenset(word for known in languages() for word in known.words(key))


def every_key(key: str) -> tuple[str, ...]:
    """The keys of the tables under `key` of all languages, each once, in order of first occurrence."""
    return tuple(dict.fromkeys(inner for known in languages() for inner in known.mapping(key)))


def any_of(words: Iterable[str]) -> str:
    """A pattern of alternatives, longer ones first. It is not grouped."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _tables(code: str) -> Mapping[str, Any]:
    with (_FOLDER / code / "words.toml").open("rb") as file:
        return tomllib.load(file)


def _value_of(code: str, key: str) -> Any:
    value: Any = _tables(code) if code in codes() else {}
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


@cache
def _rules(code: str, module: str) -> ModuleType | None:
    name = f"index.languages.{code}.{module}"
    return import_module(name) if code in codes() and find_spec(name) is not None else None


@cache
def same_words(key: str) -> tuple[tuple[str, ...], ...]:
    """The entries under `key` ("exonyms") in the tables of all pairs of languages, each a tuple of equivalent words of both.

    Raises KeyError for a key that no pair has.
    """
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((_FOLDER / "pairs").glob("*.toml"))]
    if not any(key in table for table in tables):
        raise KeyError(f"no pair of languages has {key}")
    return tuple((*first.split(), *second.split()) for table in tables for first, second in table.get(key, {}).items())
