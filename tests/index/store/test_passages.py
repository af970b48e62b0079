"""Passages: runs of whole sentences within a limit of tokens, each letter for letter at its place in the article."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.store.passages import OVERLAP_SENTENCES, PASSAGE_TOKENS, Passage, count_tokens, passages_of, unit_id
from index.text.sentences import sentence_spans
from index.text.spans import Span, merge

ROOT = Path(__file__).resolve().parents[3]

PIECES = [
    *' \n\t.!?؟…،,؛:"“”«»()-1aBا',
    *(
        "\r\n",
        "\r\n\r\n",
        "\n\n",
        ". ",
        "Mr. ",
        "هرب ",
        "then ",
        "The boat sank. ",
        "غرق القارب. ",
        "٣٤٠ مليون ",
        "<|endoftext|>",
        "<|fim_prefix|>",
    ),
    *(
        "e\u0301",
        "\u0301",
        "\u200f",
        "\u202b",
        "\u2028",
        "\ufeff",
        "👩🏽\u200d🚒",
        "\u200d",
        "\ufe0f",
        "。",
        "漢字",
        "\0",
        "َ",
        "ـ",
        " " * 30,
        "x" * 70,
    ),
]
anything = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


def article_of(text: str, story: tuple[Span, ...] | None = None) -> Article:
    kept = (Span(0, len(text)),) if story is None else story
    return Article("a", text, kept, None, None, None, None, "en", None, "0", {})


def check_promises(article: Article, passages: list[Passage], limit: int, overlap: int) -> None:
    text = article.text
    for passage in passages:
        assert passage.span.of(text) == passage.text
        assert passage.tokens == count_tokens(passage.text) <= limit
        assert passage.article_id == article.id
        assert passage.id == unit_id(article.id, passage.span)
        assert passage.sentences[0].start == passage.span.start
        assert passage.sentences[-1].end == passage.span.end
        assert all(first.end <= second.start for first, second in pairwise(passage.sentences))
        assert sum(story.contains(passage.span) for story in article.story) == 1, "a passage crosses what cleaning marked"
    for first, second in pairwise(passages):
        assert first.span.start < second.span.start
        assert first.span.end < second.span.end
        assert len(set(first.sentences) & set(second.sentences)) <= overlap
    units = sorted({span for passage in passages for span in passage.sentences})
    sentences = sentence_spans(text, article.story)
    for sentence in sentences:
        parts = [unit for unit in units if sentence.contains(unit)]
        if count_tokens(sentence.of(text)) <= limit:
            assert parts == [sentence], "a sentence that fits stays whole"
        left_out = set(range(sentence.start, sentence.end)) - {at for part in parts for at in range(part.start, part.end)}
        assert all(text[at].isspace() for at in left_out), "a sentence of the story is in no passage"
    assert all(any(sentence.contains(unit) for sentence in sentences) for unit in units)


@given(anything, st.integers(8, 60), st.integers(0, 3))
@example("One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten.", 8, 1)
@example("\u0301" * 200, 8, 1)
@example("The boat sank." + " " * 300 + "Nobody knows why.", 8, 1)
def test_passages_of_any_text_are_exact_whole_sentences_within_the_limit(text: str, limit: int, overlap: int) -> None:
    article = article_of(text)
    check_promises(article, passages_of(article, limit, overlap), limit, overlap)


@given(anything, st.data())
def test_passages_never_hold_what_cleaning_marked(text: str, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    story = merge(Span(min(pair), max(pair)) for pair in zip(edges[::2], edges[1::2], strict=False))
    article = article_of(text, story)
    check_promises(article, passages_of(article, 20, 1), 20, 1)


@given(anything)
def test_articles_as_they_are_read_keep_the_promises_too(text: str) -> None:
    if not text.isprintable() and any("\ud800" <= char <= "\udfff" for char in text):
        return
    article = make_article("a", text)
    check_promises(article, passages_of(article), PASSAGE_TOKENS, OVERLAP_SENTENCES)


def test_the_sample_articles_keep_the_promises(samples: Path) -> None:
    for path in sorted((samples / "articles").iterdir()):
        article = make_article(path.name, path.read_bytes().decode("utf-8"))
        for limit in (32, PASSAGE_TOKENS):
            passages = passages_of(article, limit)
            assert passages
            check_promises(article, passages, limit, OVERLAP_SENTENCES)


def test_the_shared_articles_keep_the_promises(shared: Path) -> None:
    for path in sorted((shared / "articles").glob("*.txt")):
        article = make_article(path.name, path.read_bytes().decode("utf-8"))
        passages = passages_of(article)
        assert passages
        check_promises(article, passages, PASSAGE_TOKENS, OVERLAP_SENTENCES)


def test_a_long_story_is_cut_into_passages_of_much_the_same_length() -> None:
    article = article_of(" ".join(f"Boat number {n} left the harbour of Dalmira before the storm came." for n in range(200)))
    tokens = [passage.tokens for passage in passages_of(article)]
    assert len(tokens) > 3
    assert min(tokens) > PASSAGE_TOKENS / 2, "a short rest is left at the end"


def test_neighbours_share_whole_sentences_as_many_as_asked_for() -> None:
    article = article_of(" ".join(f"The keeper of light {n} saw nothing at all." for n in range(40)))
    for overlap in (0, 1, 2):
        passages = passages_of(article, 64, overlap)
        assert {len(set(a.sentences) & set(b.sentences)) for a, b in pairwise(passages)} == {overlap}


def test_a_sentence_longer_than_the_limit_is_cut_behind_a_clause_else_between_words() -> None:
    clauses = "the water rose over the quay and into the market, " * 12
    for passage in passages_of(article_of(clauses), 40, 0):
        assert passage.text.endswith(",")
    words = article_of("harbour " * 200)
    for passage in passages_of(words, 40, 0):
        assert set(passage.text.split()) == {"harbour"}


def test_a_cut_between_letters_leaves_a_letter_its_marks() -> None:
    for cluster in ("e\u0301\u0323", "بَّ", "👩🏽\u200d🚒"):
        article = article_of(cluster * 300)
        passages = passages_of(article, 16, 0)
        assert len(passages) > 3
        for passage in passages:
            assert not unicodedata.combining(passage.text[0])
            assert passage.text[0] not in "\u200d\ufe0f"
            assert not passage.text.endswith("\u200d")


def test_special_tokens_of_language_models_are_ordinary_text() -> None:
    text = "The page said <|endoftext|> and went on. <|fim_prefix|> stood below it."
    (passage,) = passages_of(article_of(text))
    assert passage.text == text
    assert count_tokens("<|endoftext|>") > 1


@pytest.mark.parametrize("line", ["a", "漢", "ا", "\u0301", "👩🏽\u200d🚒", "Zx9-", ". ", " ", "The end." + " " * 5000], ids=ascii)
def test_a_line_of_two_megabytes_is_quick(line: str) -> None:
    text = line * (2_000_000 // len(line.encode()))
    started = time.process_time()
    passages = passages_of(article_of(text))
    assert time.process_time() - started < 20  # quadratic work takes minutes
    assert all(passage.tokens <= PASSAGE_TOKENS for passage in passages)


def test_ids_are_the_same_in_every_build_and_apart_for_every_article_and_place() -> None:
    ids = {unit_id(article, Span(start, end)) for article in ("a", "b", "a/b", "../a", "a\n") for start, end in ((0, 1), (0, 11), (1, 11))}
    assert len(ids) == 15
    assert unit_id("a", Span(0, 1)) == "ca978112ca1bbdcafac231b3:0-1"


def test_tokens_are_counted_without_a_network_or_a_cache(tmp_path: Path) -> None:
    """In a process of its own, whose every connection fails, and whose caches are empty."""
    program = (
        "import socket\n"
        "def refuse(*_): raise AssertionError('a connection')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from index.store.passages import count_tokens\n"
        "print(count_tokens('The boat sank.'))\n"
    )
    bare = {name: value for name, value in os.environ.items() if name not in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR")}
    caches = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=bare | caches, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("4\n", "")
