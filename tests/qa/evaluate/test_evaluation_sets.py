"""Sets of questions and quotes as they are read from folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import InputError
from qa.evaluate.sets import held_against, parse_set, read_set

TEXT = "The Kessa light was lit in 1871. Its keeper is Matthis Oduval."
SPAN = {"doc": "light.txt", "start": 0, "end": 32, "text": TEXT[:32]}
QUESTION = {
    "id": "q1",
    "question": "When was the light lit?",
    "language": "en",
    "answers": ["1871"],
    "evidence": [SPAN],
    "answerable": True,
}
QUOTE = {"id": "c1", "quote": "lit in 1871", "claimed_speaker": None, "verdict": "verbatim", "source": [SPAN], "speaker": None}


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.jsonl").write_bytes(data)
    return folder


@pytest.mark.parametrize("articles", ["articles", "corpus.jsonl"])
def test_a_set_is_a_folder_with_articles_and_questions_or_quotes(tmp_path: Path, articles: str) -> None:
    folder = write(tmp_path / "mine", questions=lines(QUESTION), quotes=lines(QUOTE))
    (folder / articles).mkdir() if articles == "articles" else (folder / articles).touch()
    found = read_set(folder)
    assert (found.name, found.source) == ("mine", (folder / articles).resolve())
    (question,), (quote,) = found.questions, found.quotes
    assert (question.id, question.answers, question.evidence[0].span.start, question.answerable) == ("q1", ("1871",), 0, True)
    assert (quote.verdict, quote.source[0].text, quote.speaker) == ("verbatim", TEXT[:32], None)


def test_an_overview_has_points_in_the_place_of_answers_and_evidence(tmp_path: Path) -> None:
    points = [["1871", "the seventies"], ["Oduval"]]
    (question,) = read_set(write(tmp_path, questions=lines({**QUESTION, "answers": [], "evidence": [], "points": points}))).questions
    assert question.points == (("1871", "the seventies"), ("Oduval",))


def test_set_json_names_its_parts_elsewhere(tmp_path: Path) -> None:
    write(tmp_path / "all", questions=lines(QUESTION))
    (tmp_path / "corpus.en.jsonl").touch()
    folder = tmp_path / "part"
    folder.mkdir()
    (folder / "set.json").write_text(json.dumps({"source": "../corpus.en.jsonl", "questions": "../all/questions.jsonl"}))
    found = read_set(folder)
    assert found.source == tmp_path / "corpus.en.jsonl"
    assert len(found.questions) == 1


def test_a_set_without_articles_is_about_those_of_a_store(tmp_path: Path) -> None:
    assert read_set(write(tmp_path, quotes=lines(QUOTE))).source is None


def test_a_question_that_nobody_has_written_yet_is_left_out(tmp_path: Path) -> None:
    found = read_set(write(tmp_path, questions=lines(QUESTION, {**QUESTION, "id": "q2", "question": " "})))
    assert [question.id for question in found.questions] == ["q1"]
    assert [(left.id, left.reason) for left in found.left_out] == [("q2", "has no question yet")]


def test_records_whose_text_is_not_in_the_articles_are_left_out_with_the_reason() -> None:
    moved = {**SPAN, "start": 4, "end": 36}
    gone = {**SPAN, "doc": "gone.txt"}
    questions = lines(QUESTION, {**QUESTION, "id": "q2", "evidence": [moved]}, {**QUESTION, "id": "q3", "evidence": [SPAN, gone]})
    unanswerable = {**QUESTION, "id": "q4", "answers": [], "evidence": [], "answerable": False}
    found = held_against(
        parse_set("mine", questions + lines(unanswerable), lines({**QUOTE, "id": "c2", "source": [gone]})), {"light.txt": TEXT}
    )
    assert [question.id for question in found.questions] == ["q1", "q4"]
    assert found.quotes == ()
    assert [(left.id, left.reason) for left in found.left_out] == [
        ("q2", "'light.txt' does not hold its text at 4:36"),
        ("q3", "there is no article 'gone.txt'"),
        ("c2", "there is no article 'gone.txt'"),
    ]


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        (b"not json\n", "line 1 is not JSON"),
        (lines(QUESTION, [1]), "line 2 cannot be used (it is no object)"),
        *((lines(without(QUESTION, name)), f"line 1 has no '{name}'") for name in QUESTION),
        (lines({**QUESTION, "question": 7}), "'question' holds something that is no text"),
        (lines({**QUESTION, "answers": "1871"}), "'answers' is no list"),
        (lines({**QUESTION, "answers": [1871]}), "'answers' holds something that is no text"),
        (lines({**QUESTION, "evidence": [{**SPAN, "end": 0}]}), "a place in 'evidence' is not"),
        (lines({**QUESTION, "evidence": [{**SPAN, "start": -1}]}), "a place in 'evidence' is not"),
        (lines({**QUESTION, "answerable": "yes"}), "'answerable' is neither true nor false"),
        (lines({**QUESTION, "answerable": False}), "an answerable question has points, or answers and evidence"),
        (lines({**QUESTION, "answers": []}), "an answerable question has points, or answers and evidence"),
        (lines({**QUESTION, "points": [["1871"]], "answerable": False}), "a question with points is answerable"),
        (lines({**QUESTION, "points": ["1871"]}), "'points' is no list of lists of wordings"),
        (lines({**QUESTION, "points": [[]]}), "'points' is no list of lists of wordings"),
        (lines(QUESTION, QUESTION), "two records with the id 'q1'"),
        (b"\n", "no question and no quote"),
    ],
)
def test_what_is_wrong_with_a_record_is_said_with_its_line(tmp_path: Path, questions: bytes, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_set(write(tmp_path, questions=questions))
    assert said in str(error.value)


def test_a_quote_has_a_verdict_of_the_contract(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 1 cannot be used .'verdict' is none of verbatim, elided"):
        read_set(write(tmp_path, quotes=lines({**QUOTE, "verdict": "true"})))


def test_a_folder_that_is_no_set_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        read_set(tmp_path / "nowhere")
    with pytest.raises(InputError, match="--new"):
        read_set(tmp_path)
    write(tmp_path, quotes=lines(QUOTE))
    for text, said in (('{"source": "gone"}', "does not exist"), ('{"source": 1}', "no object of paths"), ("{", "cannot be used")):
        (tmp_path / "set.json").write_text(text)
        with pytest.raises(InputError, match=said):
            read_set(tmp_path)
