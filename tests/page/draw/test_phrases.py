"""The interface's words: whatever is said in English is said in every other language, with the same places for what is put in."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from markupsafe import Markup

from page.draw.phrases import CODES, phrases, script_phrases
from qa.quotes.report import MEANINGS

ROOT = Path(__file__).resolve().parents[3]
KEYWORDS = {"say": None, "N_": None, "plural": (1, 2)}
PLACES = re.compile(r"\{\w+\}")
SOURCES = [*ROOT.glob("page/**/*.py"), *ROOT.glob("page/**/*.js"), ROOT / "qa/export/wording.py"]

TRANSLATED = [code for code in CODES if code != "en"]

Message = str | tuple[str, ...]


@cache
def said() -> frozenset[Message]:
    """What is said anywhere: a phrase, or its singular and plural."""
    found = set()
    for path in SOURCES:
        method = "javascript" if path.suffix == ".js" else "python"
        for _, message, _, _ in extract_from_file(method, path, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else tuple(part for part in message if part is not None))
    return frozenset(found)


@cache
def catalogue(code: str) -> Catalog:
    with (ROOT / f"page/locale/{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def strings(code: str, message: Message) -> tuple[str, ...]:
    found = catalogue(code).get(message if isinstance(message, str) else message[0])
    if found is None:
        return ()
    return (found.string,) if isinstance(found.string, str) else tuple(found.string)


def test_make_phrases_finds_every_phrase() -> None:
    """Babel does not look into what a call is given: a phrase within a phrase must stand somewhere else too, or before."""
    called = set()
    for path in SOURCES:
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            given = [part.value for part in node.args if isinstance(part, ast.Constant)] if isinstance(node, ast.Call) else []
            if name in ("say", "N_") and given:
                called.add(given[0])
            elif name == "say.plural":
                called.add(tuple(given[:2]))
    assert len(called) > 150
    assert called <= said()


def test_phrases_are_found_in_code_and_scripts() -> None:
    assert {"Sources", "Copied", ("{count} article", "{count} articles")} <= said()
    assert len(said()) > 200


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("message", sorted(said(), key=str), ids=str)
def test_a_phrase_is_said_in_every_language_with_the_same_places(message: Message, code: str) -> None:
    own = strings(code, message)
    assert own and all(own), f"run: make phrases, and translate what is empty in page/locale/{code}.po"
    if isinstance(message, str):
        assert sorted(PLACES.findall(own[0])) == sorted(PLACES.findall(message))
    else:
        assert len(own) == catalogue(code).num_plurals
        assert all(set(PLACES.findall(form)) <= set(PLACES.findall(message[1])) for form in own)
        # A form that goes with one number alone may be a word of its own, as Arabic's for one and two; every other tells the number.
        form_of = c2py(catalogue(code).plural_expr)
        numbers = Counter(map(form_of, range(1000)))
        assert all("{count}" in form for place, form in enumerate(own) if numbers[place] > 1)


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(code: str) -> None:
    held = {message.id for message in catalogue(code) if message.id}
    assert held == set(said())


def test_french_has_its_spaces_before_marks() -> None:
    for message in catalogue("fr"):
        for form in message.string if isinstance(message.string, list | tuple) else (message.string,):
            if message.id:
                assert not re.search(r"[^\u202f][;?!]|[^\u00a0]:|«[^\u00a0]|[^\u00a0]»", f" {form}"), form


def test_languages_call_themselves_by_their_own_names() -> None:
    assert [phrases(code).language_name(code) for code in ("en", "ar", "fr")] == ["English", "العربية", "français"]


def test_what_a_phrase_is_given_is_escaped_and_markup_stays() -> None:
    for code in CODES:
        say = phrases(code)
        assert "&lt;b&gt;" in say("Saved {name}", name="<b>")
        assert "<b>x</b>" in say("Saved {name}", name=Markup("<b>x</b>"))


def test_numbers_have_the_forms_that_arabic_wants() -> None:
    say = phrases("ar")
    shown = [say.plural("{count} article", "{count} articles", number) for number in (0, 1, 2, 3, 11, 100, 1234)]
    assert shown == ["لا مقالات", "مقال واحد", "مقالان", "3 مقالات", "11 مقالا", "100 مقال", "1,234 مقالا"]


def test_scripts_are_given_what_they_say() -> None:
    scripts = ['tell(say("Copied"));', 'say("{count} of {all}", { count, all })']
    assert script_phrases(phrases("ar"), scripts) == {"Copied": "نُسخ", "{count} of {all}": "{count} من {all}"}
    assert script_phrases(phrases("en"), scripts) == {"Copied": "Copied", "{count} of {all}": "{count} of {all}"}


def test_scripts_declare_no_name_twice() -> None:
    """They are one function's body."""
    declared = re.compile(r"^(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)
    names = [name for path in ROOT.glob("page/static/scripts/*.js") for name in declared.findall(path.read_text(encoding="utf-8"))]
    assert len(names) > 50
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_verdicts_mean_the_same_on_the_page_and_in_the_terminal() -> None:
    from page.draw import checks

    assert dict(checks._MEANINGS) == dict(MEANINGS)
