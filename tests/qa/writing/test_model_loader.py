"""The model that a page was told to write with: opened in the background, anew where it could not be, and named only by who may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import ModelServer

from index.errors import InputError, ModelError, SettingError
from page.serve import calls
from qa.writing.model_loader import NamedModel

NOTHING = '{"statements": []}'


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_without_a_name_there_is_no_model() -> None:
    named = NamedModel()
    assert (named.is_named, named.name, named.model()) == (False, None, None)


def test_opening_holds_nobody_up_and_whoever_needs_the_model_waits_for_it() -> None:
    with ModelServer(reply=lambda body: NOTHING, before=0.5) as server:
        named = NamedModel("sk-key")
        named.begin(server.url)
        assert (named.is_named, named.name) == (True, None)
        model = named.model()
        assert model is not None
        assert named.name == model.name == f"tiny-chat at {server.url.split('/')[2]}"
        assert server.asked[-1].headers["Authorization"] == "Bearer sk-key"


def test_what_could_not_be_reached_is_tried_again_when_it_is_needed() -> None:
    with ModelServer(reply=lambda body: NOTHING, status=500) as server:
        named = NamedModel()
        named.begin(f"{server.url}#tiny")
        with pytest.raises(ModelError):
            named.model()
        assert named.name is None
        server.status = 200
        model = named.model()
        assert model is not None and model.name.startswith("tiny at ")


def test_many_who_wait_open_it_once() -> None:
    with ModelServer(reply=lambda body: NOTHING, before=0.3) as server:
        named = NamedModel()
        named.begin(f"{server.url}#tiny")
        found: list[object] = []
        waiting = [threading.Thread(target=lambda: found.append(named.model())) for _ in range(5)]
        for thread in waiting:
            thread.start()
        for thread in waiting:
            thread.join()
        assert len(found) == 5 and len(set(map(id, found))) == 1
        assert len(server.asked) == 1


def test_connecting_takes_the_place_of_the_model_before_only_where_the_new_one_answers() -> None:
    with ModelServer(reply=lambda body: NOTHING) as server, ModelServer(status=500) as broken:
        named = NamedModel()
        assert named.connect(f"{server.url}#first").startswith("first at ")
        before = named.model()
        with pytest.raises(ModelError):
            named.connect(f"{broken.url}#second")
        with pytest.raises(SettingError):
            named.connect("no address")
        assert named.model() is before
        assert named.connect(f"{server.url}#third").startswith("third at ")
        assert named.name is not None and named.name.startswith("third at ")


@pytest.mark.parametrize("address", ["", "ollama", "file:///etc/passwd", "http://me:s3cret@127.0.0.1/v1", "missing.gguf"])
def test_what_is_no_address_is_refused_before_anything_is_opened(address: str) -> None:
    named = NamedModel()
    with pytest.raises(SettingError) as error:
        named.begin(address)
    assert "s3cret" not in str(error.value)
    assert not named.is_named


def test_a_file_that_is_no_model_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"not a model")
    with pytest.raises(SettingError, match="no GGUF file"):
        NamedModel().begin(str(file))


@pytest.mark.parametrize("sent", [{"address": "http://127.0.0.1:1/v1"}, {"address": 7}, None, "x", {}])
def test_who_may_name_no_model_opens_nothing(sent: object) -> None:
    with pytest.raises(InputError, match="--model ADDRESS"):
        calls.connected(None, sent)


@pytest.mark.parametrize("sent", [{"address": " "}, {"address": 7}, {"address": None}, None, [], {}])
def test_what_is_no_address_on_the_page_is_an_error_in_a_line(sent: object) -> None:
    named = NamedModel()
    with pytest.raises(InputError):
        calls.connected(named, sent)
    assert not named.is_named
