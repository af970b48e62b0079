"""A language is a folder; what it lacks, and a language without one, is the neutral default."""

from __future__ import annotations

import pytest

from index.languages.base import codes, every, language, languages


def test_the_languages_are_the_folders() -> None:
    assert {"ar", "en"} <= set(codes())
    assert [one.code for one in languages()] == list(codes())


def test_a_language_without_a_folder_has_no_words_and_no_rules() -> None:
    key = a_key_of("en")
    assert language("xx").words(key) == ()
    assert language("xx").word_set(key) == frozenset()
    assert language("xx").rules("cues") is None


def test_every_holds_the_words_of_each_language() -> None:
    key = a_key_of("en")
    assert every(key) >= language("en").word_set(key) > frozenset()


def test_a_key_that_no_language_has_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="no language has"):
        language("en").words("no.such.list")
    with pytest.raises(KeyError, match="no language has"):
        language("xx").words("no.such.list")


def a_key_of(code: str) -> str:
    """A list that a language has."""
    return "stop_words.more"
