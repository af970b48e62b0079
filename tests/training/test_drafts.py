"""Drafts become examples whose places are exact, and what is wrong with a draft is said by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.drafts import drafts, rows
from training.examples import QUESTIONS, QUOTATIONS, TEXTS

TEXT = """\
=== en wire | Cracks close the Lune bridge
By Ada Merrow

Divers found cracks in eleven of the bridge's forty piles. "It is not safe," she said. Ada Krull is the county's engineer.
--- questions
how_many | en | How many piles are damaged? | cracks in [[eleven]] of the
yes_no | ar | هل الجسر آمن؟ | "It is [[not safe]]," | Krull is the county's engineer
who | en | Who built the bridge? | -
how_many | en | How many piles were replaced? | - near
--- quotations
It is not safe, | [[she]] said. | said. [[Ada Krull]] is

=== ar brief | عنوان
جملة واحدة.
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "lune.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_marked_words_become_places_in_the_text(tmp_path: Path) -> None:
    made, wrong = rows(written(tmp_path, TEXT))
    assert wrong == []
    first, second = made[TEXTS]
    assert (first["id"], first["language"], first["genre"], second["id"]) == ("lune-001", "en", "wire", "lune-002")
    text = first["text"]
    assert text.startswith("Cracks close the Lune bridge\n\nBy Ada Merrow\n\nDivers") and text.endswith("engineer.\n")

    def words(place: list[int]) -> str:
        return str(text[slice(*place)])

    damaged, safe, built, replaced = made[QUESTIONS]
    assert words(damaged["answer"]) == "eleven"
    assert [words(place) for place in damaged["evidence"]] == ["Divers found cracks in eleven of the bridge's forty piles."]
    assert words(safe["answer"]) == "not safe" and safe["language"] == "ar" and len(safe["evidence"]) == 2
    assert [(row["answer"], row["evidence"], row["near"]) for row in (built, replaced)] == [(None, [], False), (None, [], True)]
    (quotation,) = made[QUOTATIONS]
    places = (quotation["start"], quotation["end"]), quotation["mention"], quotation["speaker"]
    assert [words(list(place)) for place in places] == ["It is not safe,", "she", "Ada Krull"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("how_many | en | How many piles are damaged?", "number | en | How many piles are damaged?", 6),
        ("cracks in [[eleven]] of the", "cracks in [[twelve]] of the", 6),
        ("cracks in [[eleven]] of the", "cracks in eleven of the", 6),
        ("cracks in [[eleven]] of the", "[[a]]", 6),
        ("Krull is the county's engineer\nwho", "the mayor\nwho", 7),
        ("It is not safe, |", "It was never safe, |", 11),
        (" | [[she]] said. | said. [[Ada Krull]] is", "", 11),
    ],
)
def test_what_is_wrong_is_said_by_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    assert old in TEXT
    _, (wrong,) = rows(written(tmp_path, TEXT.replace(old, new)))
    assert wrong.startswith(f"lune.txt:{line}: ")


@pytest.mark.parametrize("text", ["A title\n", "=== en | no genre\n", "=== english wire | A title\n"])
def test_a_file_begins_with_the_head_of_a_text(tmp_path: Path, text: str) -> None:
    _, (wrong,) = rows(written(tmp_path, text))
    assert wrong.startswith("lune.txt:1: ")


def test_texts_are_numbered_within_their_file(tmp_path: Path) -> None:
    assert [draft.id for draft in drafts(written(tmp_path, "=== en wire | A\nB.\n" * 3))] == ["lune-001", "lune-002", "lune-003"]
