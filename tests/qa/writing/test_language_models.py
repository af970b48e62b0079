"""A language model at a server is asked as agreed, held to a schema where it can be, and whatever goes wrong is one line."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

from index.errors import ModelError, SettingError
from qa.writing import language_models
from qa.writing.language_models import Prompt, language_model

KEY = "sk-nobody-shall-read-this"
PROMPT = Prompt("Be brief.", (("One?", '{"ids":[1]}'), ("Two?", '{"ids":[2]}')), "Three?")
SCHEMA = {"type": "object", "properties": {"ids": {"type": "array", "items": {"enum": [1, 2]}}}, "required": ["ids"]}
TEXT = '{"ids":[2],"text":"أبحرت العبّارة «نورس» 😀"}'


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_models, "_PAUSE_SECONDS", 0.01)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(reply=lambda _: TEXT) as made:
        yield made


def write(server: ModelServer, key: str | None = None) -> str:
    return "".join(language_model(f"{server.url}#tiny", key).write(PROMPT, SCHEMA, 50))


def eventually(holds: Any) -> bool:
    ends = time.monotonic() + 5
    while not holds() and time.monotonic() < ends:
        time.sleep(0.01)
    return bool(holds())


def test_the_pieces_come_as_the_server_sends_them_and_make_its_text(server: ModelServer) -> None:
    server.between = 0.2
    pieces = language_model(f"{server.url}#tiny", None).write(PROMPT, SCHEMA, 50)
    first = next(pieces)
    began = time.monotonic()
    assert first == TEXT[: server.piece]
    assert first + "".join(pieces) == TEXT
    assert time.monotonic() - began > 0.2 * (len(TEXT) / server.piece - 2)


def test_the_model_is_asked_for_the_likeliest_words_and_what_stays_the_same_comes_first(server: ModelServer) -> None:
    write(server, KEY)
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    turns = [("system", "Be brief."), ("user", "One?"), ("assistant", '{"ids":[1]}'), ("user", "Two?"), ("assistant", '{"ids":[2]}')]
    assert [(turn["role"], turn["content"]) for turn in asked.body["messages"]] == [*turns, ("user", "Three?")]
    assert {name: asked.body[name] for name in ("model", "temperature", "max_tokens", "stream")} == {
        "model": "tiny",
        "temperature": 0,
        "max_tokens": 50,
        "stream": True,
    }
    assert asked.body["response_format"] == {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_refuses_one_form_of_the_schema_is_asked_in_another_and_from_then_on(server: ModelServer, status: int) -> None:
    server.refuses, server.refuses_with = ("json_schema",), status
    model = language_model(f"{server.url}#tiny", None)
    assert "".join(model.write(PROMPT, SCHEMA, 50)) == TEXT
    tried = len(server.asked)
    assert server.asked[-1].body["response_format"] == {"type": "json_object", "schema": SCHEMA}
    assert "".join(model.write(PROMPT, SCHEMA, 50)) == TEXT
    assert len(server.asked) == tried + 1


def test_a_server_that_knows_no_schema_at_all_is_asked_without(server: ModelServer) -> None:
    server.refuses = ("json_schema", "json_object")
    assert write(server) == TEXT
    assert "response_format" not in server.asked[-1].body
    assert "repeat_penalty" not in server.asked[-1].body


def test_a_request_that_is_refused_in_every_form_is_an_error_and_not_remembered(server: ModelServer) -> None:
    model = language_model(f"{server.url}#tiny", None)
    server.status = 400
    with pytest.raises(ModelError, match="BadRequestError"):
        list(model.write(PROMPT, SCHEMA, 50))
    server.status = 200
    assert "".join(model.write(PROMPT, SCHEMA, 50)) == TEXT
    assert server.asked[-1].body["response_format"]["type"] == "json_schema"


def test_closing_the_iterator_closes_the_connection(server: ModelServer) -> None:
    server.between = 0.05
    pieces = language_model(f"{server.url}#tiny", None).write(PROMPT, SCHEMA, 50)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert eventually(lambda: server.left == 1)


def test_nothing_is_asked_before_the_first_piece_is_wanted(server: ModelServer) -> None:
    language_model(f"{server.url}#tiny", None).write(PROMPT, SCHEMA, 50)
    assert server.asked == []


def test_a_busy_server_is_asked_once_more(server: ModelServer) -> None:
    server.busy = 1
    assert write(server) == TEXT
    assert len(server.asked) == 2


def test_a_connection_that_breaks_before_anything_came_is_tried_once_more_and_no_oftener(server: ModelServer) -> None:
    server.breaks_after = 0
    check(server)
    assert len(server.asked) == 2


def test_what_breaks_off_is_an_error_and_not_begun_again(server: ModelServer) -> None:
    server.breaks_after = 2
    pieces = language_model(f"{server.url}#tiny", KEY).write(PROMPT, SCHEMA, 50)
    assert [next(pieces), next(pieces)] == [TEXT[:4], TEXT[4:8]]
    with pytest.raises(ModelError):
        next(pieces)
    assert len(server.asked) == 1


def test_an_end_without_a_reason_is_an_answer_that_broke_off(server: ModelServer) -> None:
    server.finish = None
    check(server, "it broke off")


def test_an_answer_that_reached_its_length_ends_where_it_is(server: ModelServer) -> None:
    server.finish = "length"
    assert write(server) == TEXT


def test_a_server_that_is_silent_is_waited_for_no_longer_than_agreed(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_models, "_PIECE_SECONDS", 0.2)
    server.before = 5
    began = time.monotonic()
    check(server)
    assert time.monotonic() - began < 3
    assert len(server.asked) == 1, "what was too slow once is not waited for again"
    assert eventually(lambda: server.left == 1)


def test_pings_do_not_keep_a_slow_server_waited_for(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_models, "_WHOLE_SECONDS", 0.3)
    server.before, server.pings = 5, True
    began = time.monotonic()
    check(server)
    assert time.monotonic() - began < 3


def test_an_answer_that_does_not_end_is_read_no_further_than_agreed(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_models, "_MOST_BYTES", 10_000)
    server.reply = lambda _: "no end " * 10_000
    check(server)
    assert eventually(lambda: server.left == 1)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"<html>Hello</html>",
        b"data: {\n\n",
        b"data: []\n\n",
        b'data: {"choices": null}\n\n',
        b'data: {"choices": [{"delta": {"content": 7}, "finish_reason": "stop"}]}\n\n',
        b'data: {"choices": [{"finish_reason": "stop"}]}\n\n',
        b'data: {"error": {"message": "out of memory"}}\n\n',
        b"data: [DONE]\n\n",
        b"\xff\x00",
        b"",
    ],
)
def test_an_answer_that_is_none_is_an_error(server: ModelServer, nonsense: bytes) -> None:
    server.raw = nonsense
    check(server)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500])
def test_a_refusal_is_an_error_of_one_line_without_the_key(server: ModelServer, status: int) -> None:
    server.status = status
    check(server)


def check(server: ModelServer, reason: str = "does not answer as it should") -> None:
    with pytest.raises(ModelError, match=reason) as error:
        write(server, KEY)
    said = str(error.value)
    assert server.url in said
    assert KEY not in said
    assert said.isprintable()
    assert len(said) < 350


def test_what_a_server_says_reaches_a_message_neither_long_nor_with_control_characters(server: ModelServer) -> None:
    server.raw = b'data: {"error": {"message": "\\u001b[31m \\u202e' + b"x" * 500 + b'"}}\n\n'
    check(server)


def test_a_redirection_is_not_followed(server: ModelServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        server.redirects = f"http://127.0.0.1:{other.getsockname()[1]}/v1/chat/completions"
        check(server)
        with pytest.raises(TimeoutError):
            other.accept()


def test_a_server_that_is_down_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}/v1"
    with pytest.raises(ModelError, match="does not answer as it should"):
        list(language_model(f"{address}#tiny", None).write(PROMPT, SCHEMA, 50))
    with pytest.raises(ModelError, match="does not answer as it should"):
        language_model(address, None)


def test_a_server_is_sent_nothing_of_the_environment(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages would send another server's key, headers and names, and what system this is."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", KEY)
    monkeypatch.setenv("OPENAI_PROJECT_ID", KEY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Secret: {KEY}\nAuthorization: Bearer {KEY}")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    list(language_model(server.url, None).write(PROMPT, SCHEMA, 50))
    assert [asked.path for asked in server.asked] == ["/v1/models", "/v1/chat/completions"]
    assert KEY not in str(server.asked)
    assert "Linux" not in str(server.asked)
    assert {asked.headers["Authorization"] for asked in server.asked} == {"Bearer none"}


def test_a_server_on_this_machine_is_reached_without_a_proxy(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert write(server) == TEXT


def test_a_model_is_named_for_readers_by_itself_and_its_server(server: ModelServer) -> None:
    place = server.url.removeprefix("http://").removesuffix("/v1")
    assert language_model(f"{server.url}#qwen2.5:7b", KEY).name == f"qwen2.5:7b at {place}"
    assert language_model(server.url, KEY).name == f"tiny-chat at {place}"
    server.models = {"data": [{"id": "\x1b[31m\u202e" + "x" * 500}]}
    name = language_model(server.url, KEY).name
    assert name.isprintable()
    assert len(name) < 120


# The address.


def test_without_a_name_the_first_model_of_the_server_writes(server: ModelServer) -> None:
    assert "".join(language_model(server.url, None).write(PROMPT, SCHEMA, 50)) == TEXT
    assert [asked.path for asked in server.asked] == ["/v1/models", "/v1/chat/completions"]
    assert server.asked[1].body["model"] == "tiny-chat"


def test_an_address_without_a_path_means_v1(server: ModelServer) -> None:
    list(language_model(f"{server.url.removesuffix('/v1')}#tiny", None).write(PROMPT, SCHEMA, 50))
    assert [asked.path for asked in server.asked] == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    "address", ["", "#tiny", "localhost:11434", "ftp://h/v1", "http://", "http://[::1", "http://h:99999/v1", "file:///x.gguf", "qwen2.5"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingError, match=r"is neither an http or https URL nor a GGUF file\. Give one such as") as error:
        language_model(address, KEY)
    assert "\n" not in str(error.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingError) as error:
        language_model("http://me:s3cret@127.0.0.1:1/v1", None)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("models", [{}, {"data": []}, {"data": None}, {"data": [{}]}, {"data": [{"id": 7}]}, [], b"<html>Hello</html>"])
def test_a_list_of_models_that_is_none_is_an_error(server: ModelServer, models: Any) -> None:
    server.models = models
    with pytest.raises(ModelError, match="does not answer as it should"):
        language_model(server.url, KEY)


# A file.


def test_a_file_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"gone\.gguf cannot be read \(No such file or directory\)\. Name a GGUF file\."):
        language_model(str(tmp_path / "gone.gguf"), None)


@pytest.mark.parametrize("content", [b"", b"GGU", b"PK\x03\x04", b"<html>Not found</html>"])
def test_a_file_that_is_no_gguf_is_a_wrong_setting(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.GGUF").write_bytes(content)
    with pytest.raises(SettingError, match=r"page\.GGUF is no GGUF file"):
        language_model(str(tmp_path / "page.GGUF"), None)


def test_a_file_of_an_odd_name_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as error:
        language_model(f"{tmp_path}/a\n\x1b[31m.gguf", None)
    assert str(error.value).isprintable()


def test_a_damaged_file_or_a_missing_package_is_said_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Which of the two depends on the machine: llama-cpp-python is compiled by `make setup-llm` alone."""
    (tmp_path / "torn.gguf").write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 1000)
    with pytest.raises(ModelError, match=r"torn\.gguf is damaged|Run: make setup-llm"):
        language_model(str(tmp_path / "torn.gguf"), None)
    assert capfd.readouterr() == ("", "")
