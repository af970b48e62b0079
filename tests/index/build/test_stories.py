"""Articles that tell one story are found, and others are not: copies, parts, editions, translations; nothing is compared twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.__main__ import main
from index.articles import make_article
from index.build import stories
from index.build.build import build
from index.embedding.embed import Embedder, Encoded, EncodedQuestion, Vectors
from index.store.catalogue import Catalogue
from index.store.links import Link
from index.store.store import Store, writing
from index.text.terms import terms
from qa.library.library import Library


class WideEmbedder:
    """A real embedder of 512 dimensions: words are hashed to axes, so that texts without a word in common are hardly alike by chance."""

    name, version = "wide", "1"

    def passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.array([_axes(text)[1].sum(axis=0) + 1e-3 for text in texts], dtype=np.float32).reshape(-1, 512)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    questions = passages


class WideTokenEmbedder(WideEmbedder):
    """The same with token vectors: a word's is its axis."""

    name = "wide-tokens"

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        return [
            Encoded(vector, *(np.asarray(part, dtype=kind) for part, kind in zip(_axes(text), (np.uint32, np.int8), strict=True)))
            for text, vector in zip(texts, self.passages(texts), strict=True)
        ]

    def question(self, text: str) -> EncodedQuestion:
        spans, axes = _axes(text)
        return EncodedQuestion(self.questions([text])[0], spans.astype(np.uint32), axes, np.full(len(axes), 1 / len(axes), np.float32))

    def compare(self, question: Vectors, tokens: npt.NDArray[np.int8]) -> Vectors:
        return np.asarray(question @ self.decoded(tokens).T, dtype=np.float32)

    def decoded(self, tokens: npt.NDArray[np.int8]) -> Vectors:
        return tokens.astype(np.float32)


def _axes(text: str) -> tuple[npt.NDArray[np.int64], Vectors]:
    """The places of a text's words, and for each a vector along the axis of its stem."""
    words = terms(text)
    spans = np.array([(word.span.start, word.span.end) for word in words]).reshape(-1, 2)
    return spans, np.eye(512, dtype=np.float32)[[crc32(word.stem.encode()) % 512 for word in words]]


def sentences(seed: int, count: int, topic: str = "") -> list[str]:
    """Made-up sentences of twelve words, hardly a word met twice; of one topic, with one more word that all have."""
    random = Random(seed)
    made = []
    for _ in range(count):
        words = ["".join(random.choice("bdfgklmnprst") + random.choice("aeiou") for _ in range(random.randint(2, 4))) for _ in range(12)]
        made.append(" ".join(filter(None, [topic, *words])).capitalize() + ".")
    return made


def translated(story: Sequence[str]) -> list[str]:
    """What the embedder of the tests takes for a translation: each sentence with its own words, no two of them as neighbours before."""
    return [
        " ".join([*words[::2], *words[1::2]][::-1]).capitalize() + "." for words in (line.rstrip(".").lower().split() for line in story)
    ]


def text(story: Sequence[str]) -> str:
    return "\n".join([" ".join(story[at : at + 4]) for at in range(0, len(story), 4)])


class Index:
    """A store that holds exactly the articles it is called with, given as id and text, or id, text and language."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.folder, self._corpus, self._embedder = folder / "store", folder / "corpus.jsonl", embedder

    def __call__(self, *articles: tuple[str, ...]) -> Path:
        rows = [dict(zip(("id", "text", "language"), (*article, "en")[:3], strict=True)) for article in articles]
        self._corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        build(self.folder, [self._corpus], self._embedder)
        return self.folder

    def again(self) -> None:
        """A build of the same articles."""
        build(self.folder, [self._corpus], self._embedder)

    def link(self, most: int) -> None:
        with writing(self.folder):
            store = Store.open_or_make(self.folder, self._embedder)
            stories.link(store, most)
            store.close()


@pytest.fixture(params=[WideEmbedder, WideTokenEmbedder], ids=["single vectors", "token vectors"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return Index(tmp_path, request.param())


def told(store: Path) -> dict[str, tuple[str, ...]]:
    with closing(Catalogue(store / "catalogue.sqlite3")) as catalogue:
        found = catalogue.links.stories()
        assert catalogue.links.story_of(catalogue.fingerprints()) == found
        for id in catalogue.fingerprints():
            assert catalogue.links.story_of([id]) == ({id: found[id]} if id in found else {})
    return found


def links(store: Path) -> list[Link]:
    with closing(Catalogue(store / "catalogue.sqlite3")) as catalogue:
        return catalogue.links.among()


def test_a_reprint_with_another_beginning_and_end_is_the_same_story(index: Index) -> None:
    wire = sentences(1, 12)
    store = index(("courier", text(wire + sentences(2, 2))), ("lantern", text(sentences(3, 2) + wire)), ("other", text(sentences(4, 14))))
    assert told(store) == dict.fromkeys(("courier", "lantern"), ("courier", "lantern"))
    (link,) = links(store)
    assert (link.a, link.b, link.kind) == ("courier", "lantern", "copy")
    assert 0.8 < link.score < 1


def test_half_of_an_agencys_text_is_the_same_story_as_the_whole(index: Index) -> None:
    wire = sentences(1, 24)
    store = index(("agency", text(wire)), ("paper", text(wire[:11])), ("passing mention", text(wire[20:22] + sentences(2, 20))))
    assert told(store) == dict.fromkeys(("agency", "paper"), ("agency", "paper"))


def test_a_form_that_is_filled_in_with_other_numbers_is_not_the_same_story(index: Index) -> None:
    def form(a: int, b: int, c: int) -> str:
        first, second, third = (sentences(seed, 1)[0].rstrip(".") for seed in (1, 2, 3))
        return f"{first} {a}. {second} {b}. {third} {c}."

    store = index(("monday", form(11, 240, 31)), ("tuesday", form(12, 250, 32)), ("tuesday again", form(12, 250, 32)))
    assert told(store) == dict.fromkeys(("tuesday", "tuesday again"), ("tuesday", "tuesday again"))


def test_what_very_many_articles_end_with_makes_no_story_of_them(index: Index) -> None:
    notice = sentences(1, 8)
    store = index(*((f"brief {n:02}", text(sentences(100 + n, 5) + notice)) for n in range(stories._MOST_HOLDERS + 10)))
    late = {f"brief {n:02}" for n in range(stories._MOST_HOLDERS + 1, stories._MOST_HOLDERS + 10)}
    assert not late & told(store).keys()


def test_a_text_that_very_many_papers_print_is_one_story(index: Index) -> None:
    wire = sentences(1, 12)
    ids = tuple(f"paper {n:02}" for n in range(stories._MOST_HOLDERS + 10))
    store = index(*((id, text(wire + sentences(100 + n, 1))) for n, id in enumerate(ids)))
    assert told(store) == dict.fromkeys(ids, ids)
    assert len(links(store)) <= stories._MOST_COMPARED_TEXTS * len(ids)


def test_a_translation_is_the_same_story(index: Index) -> None:
    wire = sentences(1, 12)
    others = [(f"other {n}", text(sentences(10 + n, 12)), "en" if n % 2 else "fr") for n in range(8)]
    store = index(("english", text(wire)), ("french", text(translated(wire)), "fr"), *others)
    assert told(store) == dict.fromkeys(("english", "french"), ("english", "french"))
    (link,) = links(store)
    assert (link.a, link.b, link.kind) == ("english", "french", "translation")


def test_the_sentences_of_one_story_in_another_order_are_no_translation(index: Index) -> None:
    wire = sentences(1, 12)
    store = index(("english", text(wire)), ("french", text(translated(wire)[::-1]), "fr"))
    assert told(store) == {}


def test_two_reports_on_one_thing_in_two_languages_are_not_the_same_story(index: Index) -> None:
    store = index(("english", text(sentences(1, 12, "ferry"))), ("french", text(sentences(2, 12, "ferry")), "fr"))
    assert told(store) == {}


def test_a_translation_is_the_same_story_as_every_reprint_of_the_original(index: Index) -> None:
    wire = sentences(1, 12)
    ids = ("courier", "lantern", "mirat")
    store = index(("courier", text(wire)), ("lantern", text(sentences(3, 2) + wire)), ("mirat", text(translated(wire)), "fr"))
    assert told(store) == dict.fromkeys(ids, ids)


def test_nothing_is_linked_anew_where_nothing_changed(index: Index) -> None:
    store = index(("courier", text(sentences(1, 12))), ("lantern", text(sentences(1, 12) + sentences(2, 1))))
    with closing(Catalogue(store / "catalogue.sqlite3")) as catalogue:
        before = catalogue.generation()
        index.again()
        assert catalogue.generation() == before
        assert catalogue.links.unlinked() == []


def test_an_article_with_a_new_text_leaves_its_story_and_joins_another(index: Index) -> None:
    one, other = text(sentences(1, 12)), text(sentences(2, 12))
    assert told(index(("a", one), ("b", one), ("c", other))) == dict.fromkeys("ab", ("a", "b"))
    assert told(index(("a", one), ("b", other), ("c", other))) == dict.fromkeys("bc", ("b", "c"))
    assert told(index(("a", one), ("b", other))) == {}


def test_the_others_stay_one_story_where_those_that_joined_them_go(index: Index) -> None:
    """Each is linked to some of those before it: of the ones that stay, the later to none of the earlier."""
    wire = text(sentences(1, 12))
    papers = [(f"paper {n:02}", wire) for n in range(stories._MOST_COMPARED_TEXTS + 8)]
    index(*papers)
    stay = papers[:4] + papers[4 + stories._MOST_COMPARED_TEXTS :]
    ids = tuple(id for id, _ in stay)
    assert told(index(*stay)) == dict.fromkeys(ids, ids)


def forget_links(store: Path, statements: str) -> None:
    with closing(sqlite3.connect(store / "catalogue.sqlite3")) as db:
        db.executescript(statements)


def test_linking_that_was_interrupted_goes_on_where_it_was(index: Index) -> None:
    wire = text(sentences(1, 12))
    store = index(("a", wire), ("b", wire), ("c", wire))
    forget_links(store, "DELETE FROM linked; DELETE FROM prints; DELETE FROM links")
    for left in (["b", "c"], ["c"], []):
        index.link(1)
        with closing(Catalogue(store / "catalogue.sqlite3")) as catalogue:
            assert catalogue.links.unlinked() == left
    assert told(store) == dict.fromkeys("abc", ("a", "b", "c"))


def test_a_store_of_the_version_before_is_linked_by_the_next_build(index: Index) -> None:
    wire = text(sentences(1, 12))
    store = index(("a", wire), ("b", wire))
    forget_links(
        store,
        "DROP TABLE prints; DROP TABLE linked; DROP TABLE links; ALTER TABLE articles DROP COLUMN pages; PRAGMA user_version = 2",
    )
    assert told(store) == {}
    index.again()
    assert told(store) == dict.fromkeys("ab", ("a", "b"))


def test_the_list_says_which_others_are_the_same_story(samples_store_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of all samples the wire copy in two papers and its translation are, and no two reports on one event."""
    wire = ["ferry-nawras-courier.txt", "ferry-nawras-lantern.txt", "ferry-nawras-mirat-ar.txt"]
    main(["list", "--json", "--store", str(samples_store_folder)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["article"]: row["same_story_as"] for row in rows if row["same_story_as"]} == {
        id: [other for other in wire if other != id] for id in wire
    }
    main(["list", "--store", str(samples_store_folder)])
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(wire[0]))
    assert row.endswith(f"\tsame story as {wire[1]}, {wire[2]}")


def test_undoing_a_removal_brings_back_the_story(samples_store_folder: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(samples_store_folder, tmp_path / "store"))
    before = told(store)
    library = Library(store, added=tmp_path / "added")
    token, _ = library.remove("ferry-nawras-courier.txt")
    left = ("ferry-nawras-lantern.txt", "ferry-nawras-mirat-ar.txt")
    assert told(store) == dict.fromkeys(left, left)
    library.restore(token)
    assert told(store) == before


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """With articles a to f, in English but for e and f."""
    made = Catalogue(tmp_path / "catalogue.sqlite3")
    with made.transaction():
        for id in "abcdef":
            made.put(make_article(id, f"What stands in {id}.", language="fr" if id in "ef" else "en"), [], [])
        made.show("abcdef")
    yield made
    made.close()


def joined(catalogue: Catalogue, *links: Link) -> set[tuple[str, ...]]:
    with catalogue.transaction():
        catalogue.links.put("a", [], links)
    return set(catalogue.links.stories().values())


def test_a_digest_of_two_stories_does_not_make_one_of_them(catalogue: Catalogue) -> None:
    """d holds the texts of a and c, and c is printed by b as well."""
    digest = Link("a", "d", "copy", 0.4), Link("b", "d", "copy", 0.3), Link("c", "d", "copy", 0.3), Link("b", "c", "copy", 0.9)
    assert joined(catalogue, *digest) == {("a", "d"), ("b", "c")}


def test_an_article_that_is_like_two_stories_in_another_language_is_of_the_likest_alone(catalogue: Catalogue) -> None:
    assert joined(catalogue, Link("a", "e", "translation", 0.4), Link("b", "e", "translation", 0.2)) == {("a", "e")}


def test_two_translations_of_one_text_are_one_story_with_it(catalogue: Catalogue) -> None:
    assert joined(catalogue, Link("a", "e", "translation", 0.4), Link("a", "f", "translation", 0.38)) == {("a", "e", "f")}


def test_links_of_what_readers_do_not_see_are_not_told(catalogue: Catalogue) -> None:
    joined(catalogue, Link("a", "b", "copy", 0.9), Link("b", "c", "copy", 0.9))
    with catalogue.transaction():
        catalogue.hide(["a"])
    assert catalogue.links.among() == catalogue.links.among("c") == [Link("b", "c", "copy", 0.9)]
    assert catalogue.links.among("a") == []
    assert catalogue.links.stories() == dict.fromkeys("bc", ("b", "c"))


words = st.lists(st.sampled_from("abcdefgh"), max_size=60)
LEAST = stories._RUN + stories._WINDOW - 1


@given(words, words, words, words, st.lists(st.sampled_from("abcdefgh"), min_size=LEAST, max_size=LEAST))
def test_two_texts_with_so_many_words_in_common_have_a_print_in_common(
    before: list[str], after: list[str], other_before: list[str], other_after: list[str], common: list[str]
) -> None:
    one, other = (
        stories._prints(stories._runs(make_article("x", " ".join([*first, *common, *last]), language="en")))
        for first, last in ((before, after), (other_before, other_after))
    )
    assert set(one) & set(other)


def _best_way(ours: stories._Parts, theirs: stories._Parts) -> float:
    """The obvious twin of _aligned: every way, one step after the other."""
    one, other = stories._units(ours.sums), stories._units(theirs.sums)
    like = [[float(a @ b) for b in other] for a in one]
    mean = sum(map(sum, like)) / (len(one) * len(other))

    def contrast(a: int, b: int, value: float | None = None) -> float:
        return ((like[a][b] if value is None else value) - mean) / max(1 - mean, 1e-6)

    def usual(a: int, b: int) -> float:
        row = sum(contrast(a, k) for k in range(len(other)) if k != b) / (len(other) + 1)
        column = sum(contrast(k, b) for k in range(len(one)) if k != a) / (len(one) + 1)
        return (row + column) / 2

    def met(a: Sequence[int], b: Sequence[int]) -> float:
        sums = ours.sums[list(a)].sum(axis=0), theirs.sums[list(b)].sum(axis=0)
        cosine = float(stories._units(sums[0][None])[0] @ stories._units(sums[1][None])[0])
        weight = (ours.weights[list(a)].sum() / ours.weights.sum() + theirs.weights[list(b)].sum() / theirs.weights.sum()) / 2
        return float(weight) * (contrast(0, 0, cosine) - max(usual(i, j) for i in a for j in b))

    @cache
    def best(a: int, b: int) -> float:
        steps = [best(a - 1, b) if a else 0.0, best(a, b - 1) if b else 0.0]
        for i, j in ((1, 1), (1, 2), (2, 1)):
            if a >= i and b >= j:
                steps.append(best(a - i, b - j) + met(range(a - i, a), range(b - j, b)))
        return max(steps)

    return best(len(one), len(other))


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1000))
def test_the_best_way_through_two_texts_is_found(ours: int, theirs: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    parts = [
        stories._Parts(random.normal(size=(n, 5)).astype(np.float32), random.integers(1, 9, n).astype(np.float32), frozenset())
        for n in (ours, theirs)
    ]
    assert stories._aligned(*parts) == pytest.approx(_best_way(*parts), abs=1e-4)
