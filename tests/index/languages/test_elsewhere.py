"""What is of one language stands in that language's folder: no letters of its script and no lists of its words stand in other code.

English is written in the letters that code is written in, so only its lists are found, by their look: eight lower-case words or more.
Docstrings, comments and messages are no lists.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

from index.languages.base import codes

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted([*ROOT.glob("index/**/*.py"), *ROOT.glob("qa/**/*.py"), *ROOT.glob("page/**/*.py"), ROOT / "ui.py"])

ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\ufb50-\ufdfb\ufe70-\ufefc]")
# Letters of the script, which many languages share: what folds to what, and which of them tell those languages apart.
ABOUT_THE_SCRIPT = {"index/text/fold.py", "index/text/language.py"}

FEWEST_WORDS = 8
WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
IN_A_LIST = re.compile(r"[^\W\d_]+(?:['.-][^\W\d_]+)*")
ALTERNATIVES = re.compile(rf"{WORD.pattern}(?:\?)?(?:\|{WORD.pattern}\??){{{FEWEST_WORDS - 1},}}")
# Lists of names that are written like words, by their first: of tags, headers, fields, formats, codes, units.
NAMES = {
    "index/fetching/kept.py": {"connection"},
    "index/readers/mail.py": {"from"},
    "index/readers/pdf/document.py": {"docx"},
    "index/readers/records.py": {"articles"},
    "index/readers/rtf.py": {"colortbl"},
    "index/readers/web/blocks.py": {"script", "img", "table", "li"},
    "index/readers/web/page_tree.py": {"script", "title"},
    "index/readers/web/stated.py": {"el"},
    "index/readers/web/story_blocks.py": {"banner", "consent"},
    "index/text/direction.py": {"ar"},
    "qa/export/transcript.py": {"question"},
    "qa/quotes/draft.py": {"head", "html"},
    "qa/reader/reader.py": {"fact", "count", "abilities"},
    "qa/support/evidence.py": {"number"},
    "qa/support/figures.py": {"number", "people"},
    "qa/support/quantities.py": {"us"},
    "qa/writing/language_models.py": {"host"},
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def outside(code: str) -> list[Path]:
    """The product's files that are not the language's. For English, those of no language: words of another look like it without accents."""
    own = tuple(f"index/languages/{other}/" for other in (codes() if code == "en" else [code]))
    return [path for path in SOURCES if not name_of(path).startswith(own)]


def literal_strings(path: Path) -> Iterator[str]:
    """The string literals of a file as they are written, with escapes; without docstrings."""
    docstrings = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    kinds = {getattr(tokenize, kind) for kind in ("STRING", "FSTRING_MIDDLE") if hasattr(tokenize, kind)}
    for token in tokenize.generate_tokens(StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type in kinds and not any(token.start[0] in lines for lines in docstrings):
            yield token.string


def word_lists(tree: ast.AST) -> Iterator[list[str]]:
    """The lists of lower-case words in code: sets, tuples, lists, keys of mappings, strings that are split or given to a function (one
    given to a class is an error's message), alternatives of a pattern."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict(values=values) if not all(isinstance(value, ast.Constant) for value in values):
                pass  # a record, by the names of its fields
            case ast.Set(elts=items) | ast.Tuple(elts=items) | ast.List(elts=items) | ast.Dict(keys=items):
                yield from _if_long([item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)])
            case ast.Attribute(value=ast.Constant(value=str(text)), attr="split"):
                yield from _if_long(text.split())
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text))]) if name.islower():
                yield from _if_long(text.split() if all(map(IN_A_LIST.fullmatch, text.split())) else [])
            case ast.Constant(value=str(text)):
                for alternatives in ALTERNATIVES.finditer(text):
                    yield from _if_long(alternatives[0].replace("?", "").split("|"))
            case _:
                pass


def _if_long(listed: list[str]) -> Iterator[list[str]]:
    words = [word for word in listed if WORD.fullmatch(word)]
    if len(words) >= FEWEST_WORDS:
        yield words


def test_no_arabic_words_stand_outside_the_folder_of_arabic() -> None:
    found = {name_of(path) for path in outside("ar") if any(map(ARABIC_LETTER.search, literal_strings(path)))}
    assert found == ABOUT_THE_SCRIPT


def test_no_lists_of_english_words_stand_outside_the_folder_of_english() -> None:
    firsts = {name_of(path): {words[0] for words in word_lists(tree_of(path))} for path in outside("en")}
    assert {name for name, words in firsts.items() if words - NAMES.get(name, set())} == set()
    assert {name: words & firsts.get(name, set()) for name, words in NAMES.items()} == NAMES


def test_lists_are_told_from_names_and_messages() -> None:
    listed = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    text = " ".join(listed)
    for code in (
        f"_set('{text}')",
        f"'{text} u.s'.split()",
        f"{set(listed)}",
        f"{dict.fromkeys(listed, 1)}",
        f"r'(?:{'|'.join(listed)})s'",
    ):
        assert [sorted(words) for words in word_lists(ast.parse(code))] == [sorted(listed)], code
    for code in (f"SomeError('{text}')", f"help = '{text}'", f"{listed[:7]}", "{" + ", ".join(f"'{one}': f()" for one in listed) + "}"):
        assert list(word_lists(ast.parse(code))) == [], code


def test_letters_are_looked_for_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text('"""قال"""\n# قال\nA = "[\\u0620-\\u064a]"\nB = f"x {A} قال"\n', encoding="utf-8")
    assert [bool(ARABIC_LETTER.search(one)) for one in literal_strings(file)] == [False, True]
