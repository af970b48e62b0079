"""What is judged in the page becomes a set that can be measured on, and nothing that was in its file is lost."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.errors import InputError
from index.store.passages import passages_of
from index.store.store import Store
from index.text.spans import Span
from qa.evaluate import judged
from qa.evaluate.judged import Judgement, save, undo
from qa.evaluate.sets import GoldSpan, held_against, parse_set, read_set
from qa.quotes.check import Checker

BARGE = make_article("barge.txt", "The barge of Ostrell carried 77 bells. Nobody on the quay had ordered “seventy-seven” bells.\n")
REPRINT = make_article("again.txt", "From Ostrell.\nThe barge of  Ostrell carried 77 bells.\n")
ARABIC = make_article("ar.txt", "حملت سفينة أوستريل ٧٧ جرسًا إلى الميناء.\n")
QUESTION = "How many bells did the barge carry?"


def place(article: Article, words: str) -> tuple[Article, Span]:
    start = article.text.index(words)
    return article, Span(start, start + len(words))


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory, make_tiny_embedder: type[Any]) -> Checker:
    store = Store.open_or_make(tmp_path_factory.mktemp("judged") / "store", make_tiny_embedder())
    store.put([(article, passages_of(article)) for article in (BARGE, REPRINT, ARABIC)])
    return Checker(store)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / judged.FILE).read_text(encoding="utf-8").splitlines()]


def test_what_is_judged_right_is_measured_by_its_short_answer_on_all_that_it_cites(tmp_path: Path) -> None:
    cited = [place(BARGE, "The barge of Ostrell carried 77 bells."), place(REPRINT, "The barge of  Ostrell carried 77 bells.")]
    assert save(tmp_path / "new" / "mine", judged.right(QUESTION, "77", cited)).questions == 1
    (question,) = read_set(tmp_path / "new" / "mine").questions
    assert (question.question, question.language, question.answers, question.answerable) == (QUESTION, "en", ("77",), True)
    assert [(span.article_id, span.span) for span in question.evidence] == [(article.id, span) for article, span in cited]
    found = held_against(read_set(tmp_path / "new" / "mine"), {article.id: article.text for article in (BARGE, REPRINT)})
    assert found.questions == (question,) and not found.left_out


def test_the_record_has_the_fields_of_the_contract_and_no_others(tmp_path: Path) -> None:
    save(tmp_path, judged.right("كم جرسًا حملت السفينة؟", None, [place(ARABIC, "حملت سفينة أوستريل ٧٧ جرسًا")]))
    (record,) = records(tmp_path)
    assert list(record) == ["id", "question", "language", "answers", "evidence", "answerable"]
    assert (record["language"], record["answers"]) == ("ar", ["حملت سفينة أوستريل ٧٧ جرسًا"])
    assert record["evidence"] == [{"doc": "ar.txt", "start": 0, "end": 27, "text": ARABIC.text[:27]}]
    assert "جرسًا" in (tmp_path / judged.FILE).read_text(encoding="utf-8"), "people read the file"


def test_a_question_that_the_articles_do_not_answer_is_one(tmp_path: Path) -> None:
    save(tmp_path, Judgement(QUESTION))
    (question,) = parse_set("x", (tmp_path / judged.FILE).read_bytes(), None).questions
    assert (question.answers, question.evidence, question.answerable) == ((), (), False)


@pytest.mark.parametrize(
    ("short", "spans"), [("seven", [Span(0, 20)]), (None, [Span(3, 3)]), (None, [Span(0, 1000)]), ("77", [Span(0, 9)])]
)
def test_what_no_article_holds_is_not_saved_as_cited(short: str | None, spans: list[Span]) -> None:
    with pytest.raises(InputError, match="Ask again"):
        judged.right(QUESTION, short, [(BARGE, span) for span in spans])


def test_a_pasted_sentence_is_saved_as_the_articles_have_it_wherever_they_do(checker: Checker) -> None:
    found = judged.wrong(QUESTION, checker.check("“the barge of Ostrell carried 77 bells”"), "")
    assert {(one.article_id, one.text) for one in found.evidence} == {
        ("barge.txt", "The barge of Ostrell carried 77 bells"),
        ("again.txt", "The barge of  Ostrell carried 77 bells"),
    }
    assert found.answers == (found.evidence[0].text,)
    assert all(one.span.of({"barge.txt": BARGE, "again.txt": REPRINT}[one.article_id].text) == one.text for one in found.evidence)


@pytest.mark.parametrize(("given_answer", "kept"), [("77 BELLS", "77 bells"), (" ٧٧ ", "77"), ("the  barge", "The barge"), (" \t", None)])
def test_the_answer_is_saved_in_the_words_of_the_sentence(checker: Checker, given_answer: str, kept: str | None) -> None:
    found = judged.wrong(QUESTION, checker.check("The barge of Ostrell carried 77 bells"), given_answer)
    assert found.answers == (kept or found.evidence[0].text,)


def test_an_arabic_answer_is_found_without_its_marks(checker: Checker) -> None:
    found = judged.wrong("كم؟", checker.check("حملت سفينة أوستريل ٧٧ جرسا إلى الميناء"), "77 جرسا")
    assert found.answers == ("٧٧ جرسًا",)


@pytest.mark.parametrize("sentence", ["The barge of Ostrell carried 78 bells.", "Nothing of the kind", "The barge […] carried 77 bells"])
def test_words_that_are_in_no_article_as_they_stand_are_refused(checker: Checker, sentence: str) -> None:
    with pytest.raises(InputError, match="These words are in no article as they stand"):
        judged.wrong(QUESTION, checker.check(sentence), "")


@pytest.mark.parametrize("answer", ["78", "\u0640", "quay", "—"])
def test_an_answer_that_is_not_in_the_sentence_is_refused(checker: Checker, answer: str) -> None:
    with pytest.raises(InputError, match="not in the sentence"):
        judged.wrong(QUESTION, checker.check("The barge of Ostrell carried 77 bells."), answer)


def gold(text: str = "x") -> tuple[GoldSpan, ...]:
    return (GoldSpan("a", Span(0, len(text)), text),)


def test_the_same_question_replaces_its_record_and_keeps_its_id_and_place(tmp_path: Path) -> None:
    for question in ("first?", QUESTION, "last?"):
        save(tmp_path, Judgement(question))
    before = records(tmp_path)
    saved = save(tmp_path, Judgement(f"  {QUESTION.replace(' ', chr(10))} ", ("x",), gold()))
    after = records(tmp_path)
    assert saved.questions == 3
    assert [one["id"] for one in after] == [one["id"] for one in before]
    assert [one["answerable"] for one in after] == [False, True, False]


def test_undo_brings_back_what_was_there_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / judged.FILE
    save(tmp_path, Judgement("first?"))
    save(tmp_path, Judgement(QUESTION))
    before = path.read_bytes()
    again, new = save(tmp_path, Judgement(QUESTION, ("x",), gold())), save(tmp_path, Judgement("new?"))
    assert undo(tmp_path, new) == 2
    assert undo(tmp_path, again) == 2
    assert path.read_bytes() == before


def test_what_was_judged_anew_since_is_not_undone(tmp_path: Path) -> None:
    first = save(tmp_path, Judgement(QUESTION))
    save(tmp_path, Judgement(QUESTION, ("x",), gold()))
    before = (tmp_path / judged.FILE).read_bytes()
    with pytest.raises(InputError, match="judged anew"):
        undo(tmp_path, first)
    assert (tmp_path / judged.FILE).read_bytes() == before


ODD_LINES = [
    b'{"id": "mine-1", "question": "And mine?", "note": {"kept": [1, 2]}, "answers": [], "evidence": [], "answerable": false}\r',
    b"",
    b"# a line of another kind",
    b'{"id": ["no", "text"], "question": 7}',
    b"[1, 2]",
    b'{"quote": "other"}',
]


@given(st.lists(st.sampled_from(ODD_LINES), max_size=6), st.booleans())
def test_lines_that_are_not_known_stay_as_they_are(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], closed: bool) -> None:
    folder = tmp_path_factory.mktemp("odd")
    held = b"\n".join(lines)
    (folder / judged.FILE).write_bytes(held + (b"\n" if closed and held else b""))
    saved = save(folder, Judgement(QUESTION))
    kept = (folder / judged.FILE).read_bytes()
    assert kept.startswith(held)
    assert json.loads(kept.rstrip(b"\n").split(b"\n")[-1])["question"] == QUESTION
    undo(folder, saved)
    assert (folder / judged.FILE).read_bytes().rstrip(b"\n") == held.rstrip(b"\n")


def test_a_question_that_was_mended_by_hand_keeps_its_id_and_its_old_wording_gets_another(tmp_path: Path) -> None:
    save(tmp_path, Judgement(QUESTION))
    path = tmp_path / judged.FILE
    path.write_text(path.read_text().replace("How many bells", "How many big bells"))
    save(tmp_path, Judgement(QUESTION))
    questions = read_set(tmp_path).questions  # which refuses two of one id
    assert [one.question for one in questions] == ["How many big bells did the barge carry?", QUESTION]


def test_two_who_judge_at_once_lose_nothing(tmp_path: Path) -> None:
    def judge(who: int) -> None:
        for number in range(20):
            save(tmp_path, Judgement(f"question {number} of {who}?"))

    threads = [threading.Thread(target=judge, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_set(tmp_path).questions) == 80


def test_who_cannot_wait_longer_is_told_so_and_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "_PATIENCE", 0.05)
    save(tmp_path, Judgement("first?"))
    with FileLock(tmp_path / "lock"), pytest.raises(InputError, match="Another process is writing"):
        save(tmp_path, Judgement(QUESTION))
    assert len(records(tmp_path)) == 1


def test_where_it_cannot_be_written_one_line_says_so_and_the_file_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "set" / judged.FILE).mkdir(parents=True)
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin" / judged.FILE).write_bytes(b"caf\xe9\n")
    for name, line in (("file", "cannot be written"), ("set", "cannot be written"), ("latin", "not UTF-8")):
        with pytest.raises(InputError, match=line) as caught:
            save(tmp_path / name, Judgement(QUESTION))
        assert "\n" not in str(caught.value)
        assert "--judged" in str(caught.value)
    assert (tmp_path / "latin" / judged.FILE).read_bytes() == b"caf\xe9\n"


def test_half_a_character_is_refused_before_it_spoils_the_file(tmp_path: Path) -> None:
    save(tmp_path, Judgement("first?"))
    with pytest.raises(InputError, match="half a character"):
        save(tmp_path, Judgement("who \ud800?"))
    assert len(read_set(tmp_path).questions) == 1
    assert not list(tmp_path.glob("*.new"))
