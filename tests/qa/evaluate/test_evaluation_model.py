"""`ask` and `evaluate` with a language model: what they print, what they measure beside what, and what a model that fails does to each."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

from index import commandline
from index.errors import ModelError
from index.store.store import Store
from qa.__main__ import main
from qa.answer import answer
from qa.evaluate import table
from qa.evaluate.report.page import fragment
from qa.evaluate.results import Results
from qa.evaluate.run import measure, results
from qa.evaluate.sets import EvalSet, read_set
from qa.evaluate.systems import AnsweringSystem, CheckingSystem, OnRecord, OnRecordWriting, SelectiveSystem
from qa.writing.language_models import language_model
from qa.writing.write import Writer

KEY = "sk-nobody-shall-read-this"
QUESTION = "Who has kept the Kessa light for thirty-nine years?"


def quiet(*_: object) -> None:
    pass


def stated(*items: Any) -> str:
    return json.dumps({"statements": items}, ensure_ascii=False)


def right(body: Any) -> str:
    return stated({"quote": 1}, {"from": [1], "text": "The moon kept it for 1,000 years."})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(reply=right) as made:
        made.piece = 40
        yield made


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """python -m qa with these words and no environment but this: its exit status and what it prints."""

    def run(*words: str | Path, **environment: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            for name in ("ONRECORD_MODEL", "ONRECORD_STORE", "OPENAI_API_KEY"):
                patch.delenv(name, raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                commandline.run(main, [str(word) for word in words])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return run


def nothing_listens_there() -> str:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}/v1"


# ask


@pytest.fixture
def ask(run: Run, samples_store_folder: Path) -> Callable[..., str]:
    def asked(*words: str, **environment: str) -> str:
        status, out, err = run("ask", QUESTION, "--store", samples_store_folder, *words, **environment)
        assert (status, err) == (0, "")
        return out

    return asked


def test_ask_says_who_wrote_what_was_struck_and_why(ask: Callable[..., str], server: ModelServer) -> None:
    said = ask("--model", f"{server.url}#tiny", OPENAI_API_KEY=KEY)
    assert re.search(r"^Struck out: The moon kept it for 1,000 years\. — .+$", said, re.MULTILINE)
    assert f"\nWritten by tiny at {server.url.split('/')[2]}.\n" in said
    assert KEY not in said
    assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"


def test_what_is_struck_can_be_left_out(ask: Callable[..., str], server: ModelServer) -> None:
    said = ask("--model", f"{server.url}#tiny", "--struck", "dropped")
    assert "moon" not in said
    assert "Written by tiny" in said


def test_the_model_of_the_environment_writes_where_none_is_named(ask: Callable[..., str], server: ModelServer) -> None:
    assert "Written by tiny" in ask(ONRECORD_MODEL=f"{server.url}#tiny")
    assert "Written by" not in ask(ONRECORD_MODEL="")


def test_a_judge_is_asked_where_that_is_wanted(ask: Callable[..., str], server: ModelServer) -> None:
    def reply(body: Any) -> str:
        if "yes or no" in body["messages"][-1]["content"]:
            return '{"verdict": "no"}'
        return stated({"from": [1, 2], "text": "Oduval has kept the Kessa light for thirty-nine years."})

    server.reply = reply
    assert "asked again, did not find this" in ask("--model", f"{server.url}#tiny", "--judge")


def test_a_translation_is_marked_as_none_of_the_sources_words(run: Run, samples_store_folder: Path, server: ModelServer) -> None:
    def reply(body: Any) -> str:
        if "Translate" in body["messages"][-1]["content"]:
            sentence = body["messages"][-1]["content"]
            assert "67" in sentence
            return json.dumps({"translation": "أودوفال، 67 عاما، يحرس منارة كيسا منذ تسعة وثلاثين عاما."})
        lines = body["messages"][-1]["content"].splitlines()
        return stated({"quote": next(number for number, line in enumerate(lines, start=1) if "67" in line)})

    server.reply = reply
    words = ("ask", "كم عمر ماتيس أودوفال حارس منارة كيسا؟", "--store", samples_store_folder, "--model", f"{server.url}#tiny")
    status, out, _ = run(*words, "--json")
    (row,) = (row for row in json.loads(out)["citations"] if row["translation"] is not None)
    assert (status, row["language"]) == (0, "en")
    assert row["translation"] not in json.loads(out)["answer"]
    assert f"translated by tiny at {server.url.split('/')[2]}, not a quotation: {row['translation']}\n" in run(*words)[1]


def test_a_model_that_is_not_there_costs_a_line_and_nothing_else(ask: Callable[..., str]) -> None:
    own = json.loads(ask("--json"))
    for address in (nothing_listens_there(), f"{nothing_listens_there()}#tiny"):
        out = ask("--json", "--model", address, OPENAI_API_KEY=KEY)
        found = json.loads(out)
        assert "does not answer as it should" in found["notice"]
        assert KEY not in out
        for name in ("answer", "citations", "statements", "short_answer", "written_by"):
            assert found[name] == own[name]
        assert ask("--model", address).startswith("The language model at")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "localhost:11434"], "neither an http or https URL nor a GGUF file"),
        (["--model", "nowhere.gguf"], "nowhere.gguf cannot be read"),
        (["--model", ""], "neither an http or https URL nor a GGUF file"),
        (["--judge"], "--judge goes with --model"),
        (["--struck", "shown"], "--struck goes with --model"),
        (["--model", "http://127.0.0.1:1", "--struck", "maybe"], "--struck"),
    ],
)
def test_options_of_a_wrong_form_are_said_in_one_line(run: Run, samples_store_folder: Path, options: list[str], said: str) -> None:
    status, out, err = run("ask", QUESTION, "--store", samples_store_folder, *options)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


# evaluate


@pytest.fixture(scope="module")
def light_set(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> EvalSet:
    folder = tmp_path_factory.mktemp("sets") / "light"
    folder.mkdir()
    (folder / "articles").symlink_to(samples / "articles")
    text = (samples / "articles" / "lighthouse-keeper-interview.txt").read_text(encoding="utf-8")
    at = text.index("Oduval, 67, has kept")
    evidence = {"doc": "lighthouse-keeper-interview.txt", "start": at, "end": at + 40, "text": text[at : at + 40]}
    questions = [
        {"id": "who", "question": QUESTION, "language": "en", "answers": ["Oduval"], "evidence": [evidence], "answerable": True},
        {
            "id": "none",
            "question": "At what temperature does molybdenum melt?",
            "language": "en",
            "answers": [],
            "evidence": [],
            "answerable": False,
        },
    ]
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    return read_set(folder)


@pytest.fixture
def measured(light_set: EvalSet, samples_store: Store, server: ModelServer) -> Callable[[], Results]:
    def run() -> Results:
        writer = Writer(language_model(f"{server.url}#tiny", None))
        systems = [OnRecord(samples_store), OnRecordWriting(samples_store, writer)]
        return results([measure(light_set, samples_store, systems, quiet)], samples_store, 8, 1.0)

    return run


def test_written_answers_are_measured_beside_those_in_the_articles_words(measured: Callable[[], Results], server: ModelServer) -> None:
    found = measured()
    own, written = found["sets"][0]["systems"]
    assert (own["name"], written["name"]) == ("on-record", f"on-record+tiny at {server.url.split('/')[2]}")
    for system in (own, written):
        assert system["figures"]["ask"]["answer_holds_gold"]["value"] == 1
        assert system["figures"]["ask"]["broken_citations"]["value"] == 0
        assert system["figures"]["ask"]["unsupported_statements"]["value"] == 0
        assert system["figures"]["ask"]["abstains_when_it_should"]["value"] == 1
    assert written["figures"]["ask"]["struck_statements"]["value"] == pytest.approx(0.5)
    assert "struck_statements" not in own["figures"]["ask"]
    assert {one["against"] for one in found["sets"][0]["differences"]} == {written["name"]}


def test_the_time_of_the_first_statement_is_counted_from_the_question(measured: Callable[[], Results], server: ModelServer) -> None:
    server.before, server.between = 0.3, 0.05
    own, written = measured()["sets"][0]["systems"]
    times = written["figures"]["time"]
    first, all_of_it = times["first_statement_ms_p50"]["value"], times["ask_ms_p95"]["value"]
    assert first is not None
    assert all_of_it is not None
    assert 300 < first < all_of_it
    assert "first_statement_ms_p50" not in own["figures"]["time"]


def test_table_and_page_show_both(measured: Callable[[], Results]) -> None:
    found = measured()
    name = found["sets"][0]["systems"][1]["name"]
    told = table.results(found)
    (heads,) = (line for line in told.splitlines() if line.split()[:1] == ["on-record"])
    assert heads.split(maxsplit=1) == ["on-record", name]
    for label in ("Struck out", "First statement, median", "Answer, median"):
        (line,) = (line for line in told.splitlines() if line.startswith(label))
        assert line.startswith(label)
    drawn = fragment(found)
    assert name in drawn
    assert "First statement, median" in drawn
    assert "Struck out" in drawn


def test_what_would_have_been_said_is_told_without_asking_the_model(samples_store: Store, server: ModelServer) -> None:
    system = OnRecordWriting(samples_store, Writer(language_model(f"{server.url}#tiny", None)))
    assert isinstance(system, AnsweringSystem)
    assert isinstance(system, SelectiveSystem)
    assert not isinstance(system, CheckingSystem)  # a quote is checked without a model: once is enough
    silent = system.ask("At what temperature does molybdenum melt?")
    assert silent.abstained
    assert not system.would_say("At what temperature does molybdenum melt?", silent).abstained
    assert server.asked == []


def test_a_model_that_fails_on_the_way_is_not_measured_by_the_answers_that_stand_in_for_its_own(
    samples_store: Store, server: ModelServer
) -> None:
    system = OnRecordWriting(samples_store, Writer(language_model(f"{server.url}#tiny", None)))
    server.status = 500
    with pytest.raises(ModelError):
        system.ask(QUESTION)
    assert answer(samples_store, QUESTION, writer=Writer(language_model(f"{server.url}#tiny", None))).notice is not None


def test_evaluate_with_a_model_reports_both_and_ends_where_there_is_none(
    run: Run, samples_store_folder: Path, samples: Path, server: ModelServer, tmp_path: Path
) -> None:
    folder = tmp_path / "light"
    folder.mkdir()
    (folder / "articles").symlink_to(samples / "articles")
    record = {
        "id": "q",
        "question": "At what temperature does molybdenum melt?",
        "language": "en",
        "answers": [],
        "evidence": [],
        "answerable": False,
    }
    (folder / "questions.jsonl").write_text(json.dumps(record), encoding="utf-8")
    status, out, _ = run("evaluate", folder, "--store", samples_store_folder, "--model", server.url, "--json")
    assert status == 0
    assert [system["name"].split(" at ")[0] for system in json.loads(out)["sets"][0]["systems"]] == ["on-record", "on-record+tiny-chat"]
    status, out, err = run("evaluate", folder, "--store", samples_store_folder, "--model", nothing_listens_there())
    assert (status, out) == (2, "")
    assert "does not answer as it should" in err
