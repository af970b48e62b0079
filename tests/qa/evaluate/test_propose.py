"""A set that is begun holds sentences worth asking about, letter for letter at their places, and is never written over another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.errors import InputError
from index.store.passages import passages_of
from index.store.store import Store, writing
from qa.ask.read import is_fragment
from qa.evaluate.propose import PROPOSED, propose
from qa.evaluate.sets import held_against, parse_set

BOATS = "Boat {n} left the harbour of Kessa at dawn with {many} passengers and came back before noon."


def store_of(folder: Path, embedder: Any, articles: Sequence[Article]) -> Store:
    store = Store.open_or_make(folder, embedder)
    with writing(folder):
        store.put([(article, passages_of(article)) for article in articles])
    return store


Propose = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def proposed(tmp_path: Path, tiny_embedder: Any) -> Propose:
    """The records that are proposed for some articles."""

    def run(articles: Sequence[Article], count: int = PROPOSED) -> list[dict[str, Any]]:
        store = store_of(tmp_path / "store", tiny_embedder, articles)
        assert propose(store, tmp_path / "new" / "set", count) == len(read(tmp_path / "new" / "set"))
        store.close()
        return read(tmp_path / "new" / "set")

    return run


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]


def text_of(record: dict[str, Any]) -> str:
    text: str = record["evidence"][0]["text"]
    return text


def check(records: Sequence[dict[str, Any]], texts: dict[str, str]) -> None:
    """They are what the contract has, once a person has asked: the texts stand where they say, the answers in them or in their article."""
    assert all(set(record) == {"id", "question", "language", "answers", "evidence", "answerable"} for record in records)
    assert all(record["question"] == "" and record["answerable"] is True for record in records)
    asked = b"\n".join(json.dumps(record | {"question": "Who?"}).encode() for record in records)
    found = held_against(parse_set("new", asked, None), texts)
    assert (len(found.questions), found.left_out) == (len(records), ())
    for record in records:
        (place,) = record["evidence"]
        assert 8 <= len(place["text"].split()) <= 40
        assert not is_fragment(place["text"])
        assert 1 <= len(record["answers"]) <= 5
        assert all(answer in " ".join(texts[place["doc"]].split()) for answer in record["answers"])
    assert len({text_of(record) for record in records}) == len(records)


def test_the_samples_give_forty_of_both_languages(samples_store: Store, tmp_path: Path) -> None:
    assert propose(samples_store, tmp_path) == PROPOSED
    records = read(tmp_path)
    articles = list(samples_store.catalogue.all_articles())
    check(records, {article.id: article.text for article in articles})
    languages = Counter(record["language"] for record in records)
    assert min(languages["en"], languages["ar"]) >= 15
    first = {record["evidence"][0]["doc"] for record in records[: len(articles) // 2]}
    assert len(first) >= len(articles) // 2 - 4  # both languages take turns, so that the smaller comes round first


def test_the_real_articles_give_whole_sentences(shared: Path, tmp_path: Path, tiny_embedder: Any) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (shared / "articles").glob("*.txt")}
    store = store_of(tmp_path / "store", tiny_embedder, [make_article(id, text) for id, text in texts.items()])
    assert propose(store, tmp_path / "set") == PROPOSED
    check(read(tmp_path / "set"), texts)


ENGLISH = "the boat Kessa 14 harbour Mona Reyes said on Friday and of 2019 By e\u0301 😀 # ( ) , . . . ! ?"
ARABIC = "دلميرا مدرسة في قال 12 أغلقت المدينة ، . . ؟"
WORDS = st.sampled_from([*ENGLISH.split(), *ARABIC.split(), *'“”«»"', "\n", "\n\n\n"])


@settings(max_examples=8)
@given(st.lists(st.lists(WORDS, min_size=50, max_size=400).map(" ".join), min_size=1, max_size=8))
def test_whatever_is_proposed_stands_at_its_place(make_tiny_embedder: Any, bodies: list[str]) -> None:
    texts = {f"a{n}": body for n, body in enumerate([*bodies, BOATS.format(n=1, many=30)])}
    with TemporaryDirectory() as folder:
        store = store_of(Path(folder) / "store", make_tiny_embedder(), [make_article(id, text) for id, text in texts.items()])
        propose(store, Path(folder) / "set")
        check(read(Path(folder) / "set"), texts)
        store.close()


def test_until_a_person_asks_nothing_of_it_is_measured(proposed: Propose) -> None:
    records = proposed([make_article("a", BOATS.format(n=1, many=30) + " " + BOATS.format(n=2, many=31))])
    lines = [json.dumps(record | {"question": "How many?" if n == 0 else ""}).encode() for n, record in enumerate(records)]
    found = parse_set("new", b"\n".join(lines), None)
    assert [one.id for one in found.questions] == [records[0]["id"]]
    assert [(one.id, one.reason) for one in found.left_out] == [(records[1]["id"], "has no question yet")]


@pytest.mark.parametrize(
    ("sentence", "answers"),
    [
        ("In all, the ferry carried 180 passengers, said the harbour master.", ["180 passengers"]),
        ("On that day eleven people died at the pier, not nine as was said.", ["eleven", "nine"]),
        ("The new bridge cost the city $1.6 million and took 14 months.", ["$1.6 million", "14 months"]),
        ("About 57 per cent of the voters came to the polls on 12 May 2019.", ["57 per cent", "12 May 2019"]),
        ("The team from the north won the match 3-1 at about eight.", ["3-1", "eight"]),
        ("Nobody in the old town has seen Mona Reyes since last winter’s storm.", ["Mona Reyes"]),
        ("Yesterday the harbour of Kessa’s neighbour stayed closed for many hours.", ["Kessa"]),
        ("أغلقت المديرية 14 مدرسة في المدينة وبقيت أبوابها موصدة أمام التلاميذ.", ["14 مدرسة"]),
        ("وبلغت نسبة المشاركة في الانتخابات ٥٧ في المئة عام ٢٠١٩ في المدينة.", ["٥٧ في المئة", "٢٠١٩"]),
    ],
)
def test_what_could_be_the_answer_is_named_with_its_unit(proposed: Propose, sentence: str, answers: list[str]) -> None:
    assert [record["answers"] for record in proposed([make_article("a", sentence)])] == [answers]


@pytest.mark.parametrize(
    "line",
    [
        "Ferry With 180 Passengers Sinks Off Kessa In The Worst Storm.",
        "Ferry with 180 passengers sinks off Kessa in the worst storm",
        "By Mona Reyes in Kessa, 12 May 2019.",
        "How many passengers did the ferry Nawras carry on 12 May 2019?",
        "passengers,” said Mona Reyes, who had carried 180 of them to Kessa.",
        "Nobody knows how many of them came back to the harbour after that.",
        "One of them said that once or twice hundreds had come to see it.",
        "It held 3 boats, " + "a boat, " * 40 + "and no more.",
        "A boat " + "x" * 400 + " left the harbour with 180 passengers for Kessa.",
    ],
    ids=["headline", "no stop", "short", "question", "half a quotation", "nothing definite", "no number", "a list", "no words"],
)
def test_what_is_not_worth_asking_about_is_left_out(proposed: Propose, line: str) -> None:
    records = proposed([make_article("a", f"{line}\n\n{BOATS.format(n=1, many=30)}\n")])
    assert [text_of(record) for record in records] == [BOATS.format(n=1, many=30)]


def test_a_quotation_is_proposed_with_the_name_of_its_speaker(proposed: Propose) -> None:
    quotation = "“We shall not go out to sea again before the storm is over,” said the captain, Mona Reyes."
    records = proposed([make_article("a", f"{BOATS.format(n=1, many=30)}\n\n{quotation}\n")], count=1)
    assert (text_of(records[0]), records[0]["answers"][0]) == (quotation, "Mona Reyes")


def test_a_speaker_who_is_only_described_is_no_answer(proposed: Propose) -> None:
    quotation = "“We shall not go out to sea with 3 boats again before the storm is over,” the captain said."
    (record,) = proposed([make_article("a", quotation)])
    assert record["answers"] == ["3 boats"]


def test_wire_copy_is_asked_about_once_and_after_what_one_article_alone_says(proposed: Propose) -> None:
    wire = "A storm of force 10 has closed the harbour of Kessa for 3 days, said the harbour authority."
    own = [BOATS.format(n=n, many=30 + n) for n in range(3)]
    records = proposed([make_article(f"a{n}", f"The storm\n\n{wire}\n\n{own[n]}\n") for n in range(3)])
    assert {text_of(record) for record in records[:3]} == set(own)
    assert [text_of(record) for record in records[3:]] == [wire]


def test_articles_publishers_and_languages_take_turns(proposed: Propose) -> None:
    def article(n: int, language: str, publisher: str) -> Article:
        text = " ".join(BOATS.format(n=f"{n}-{m}", many=100 * n + m) for m in range(20))
        return make_article(f"{language}{n}", text, language=language, publisher=publisher)

    large = [article(n, "en", "The Large" if n else "The Small") for n in range(16)]
    records = proposed([*large, article(50, "fr", "Le Petit")], count=20)
    docs = Counter(record["evidence"][0]["doc"] for record in records)
    languages = Counter(record["language"] for record in records)
    assert languages == {"en": 16, "fr": 4}  # as the square roots of 16 and 1
    assert docs["en0"] == 8  # a publisher's share, though of one article
    assert sorted(count for id, count in docs.items() if id not in ("en0", "fr50")) == [1] * 8


def test_the_same_store_gives_the_same_set(samples_store: Store, tmp_path: Path) -> None:
    for name in ("one", "two"):
        propose(samples_store, tmp_path / name)
    assert (tmp_path / "one" / "questions.jsonl").read_bytes() == (tmp_path / "two" / "questions.jsonl").read_bytes()


def test_no_more_are_proposed_than_asked_for(samples_store: Store, tmp_path: Path) -> None:
    assert propose(samples_store, tmp_path, 3) == 3
    assert len(read(tmp_path)) == 3


def test_questions_that_are_there_are_never_overwritten(samples_store: Store, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text("mine\n")
    with pytest.raises(InputError, match=r"questions\.jsonl is there already, and is not overwritten\. Name another folder\."):
        propose(samples_store, tmp_path)
    assert (tmp_path / "questions.jsonl").read_text() == "mine\n"


def test_a_folder_that_is_a_file_is_refused(samples_store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside", tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match=r"Name another folder\.$") as error:
            propose(samples_store, folder)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("texts", [[], ["Nothing happened.\n"], ["船在黎明时分离开了港口，船上有三十名乘客，中午之前又回来了。"]])
def test_a_store_with_nothing_to_ask_about_says_so_and_leaves_no_folder(tmp_path: Path, tiny_embedder: Any, texts: list[str]) -> None:
    store = store_of(tmp_path / "store", tiny_embedder, [make_article(f"a{n}", text) for n, text in enumerate(texts)])
    with pytest.raises(InputError, match="holds no sentence worth asking about"):
        propose(store, tmp_path / "set")
    assert not (tmp_path / "set").exists()
