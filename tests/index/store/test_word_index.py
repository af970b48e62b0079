"""Which articles may hold a run of words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import StoreDamaged
from index.store.word_index import WordIndex, words_of

WORDS = st.lists(st.sampled_from(["the", "ferry", "left", "no", "لا", "عبّارة", "ليلا", "1,600", "us-led"]), min_size=1, max_size=30)


@pytest.fixture
def words(tmp_path: Path) -> WordIndex:
    index = WordIndex(tmp_path / "words")
    index.update([("one", "The ferry left at dawn. It was empty."), ("two", "The ferry sank; it left nobody at home.")], removed=[])
    return index


def test_an_article_is_found_by_a_run_of_its_words(words: WordIndex) -> None:
    assert words.holding([words_of("ferry left at dawn")]) == ["one"]
    assert words.holding([words_of("“THE FERRY”")]) == ["one", "two"]
    assert words.holding([["empty"]]) == ["one"]
    assert words.holding([words_of("at dawn it was")]) == ["one"], "a run may cross sentences"


def test_every_run_must_be_there(words: WordIndex) -> None:
    assert words.holding([words_of("the ferry"), words_of("left nobody")]) == ["two"]
    assert words.holding([words_of("the ferry"), words_of("left everybody")]) == []
    assert words.holding([]) == []


def test_the_nearest_article_shares_the_rarest_pairs(words: WordIndex) -> None:
    assert words.nearest(words_of("the ferry: it left nobody behind"), 2) == ["two", "one"]
    assert words.nearest(words_of("the ferry: it left nobody behind"), 1) == ["two"]
    assert words.nearest(words_of("nothing like it anywhere"), 5) == []


def test_what_is_removed_or_replaced_is_not_found(words: WordIndex) -> None:
    words.update([("two", "A quiet day.")], removed=["one", "two"])
    assert words.ids() == {"two"}
    assert words.holding([["ferry"]]) == []


def test_an_article_without_a_word_is_there_all_the_same(tmp_path: Path) -> None:
    index = WordIndex(tmp_path / "words")
    assert index.ids() == set() and index.holding([["a"]]) == [] and index.nearest(["a", "b"], 3) == []
    index.update([("bare", "…"), ("broken", "half \ud800 a pair"), ("endless", "x" * 200_000)], removed=[])
    assert index.ids() == {"bare", "broken", "endless"}
    assert index.holding([words_of("half a pair")]) == ["broken"]
    assert index.holding([["x" * 200_000]]) == ["endless"]


@settings(max_examples=50)
@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_no_article_that_holds_a_run_is_missed(tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], run: list[str]) -> None:
    index = WordIndex(tmp_path_factory.mktemp("words"))
    index.update([(str(i), " ".join(text)) for i, text in enumerate(texts)], removed=[])
    wanted = words_of(" ".join(run))
    held = {str(i) for i, text in enumerate(texts) if f" {' '.join(wanted)} " in f" {' '.join(words_of(' '.join(text)))} "}
    assert held <= set(index.holding([wanted]))


def test_a_damaged_index_says_what_to_do(tmp_path: Path) -> None:
    WordIndex(tmp_path / "words").update([("one", "A word.")], removed=[])
    (tmp_path / "words" / "meta.json").write_text("{")
    with pytest.raises(StoreDamaged, match="delete that folder and run"):
        WordIndex(tmp_path / "words")
