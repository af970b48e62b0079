"""The real model in a server on loopback, and in process: `make setup-llm` fetches it, `make test-llm` runs these tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from join_model import MODEL

from qa.writing.language_models import LlamaIndexModel, language_model

_CORES = str(len(os.sched_getaffinity(0)))


def _command(port: str) -> list[str]:
    """llama.cpp's own server where it is installed, else llama-cpp-python's, which is the same engine behind a server in Python."""
    if own := shutil.which("llama-server"):
        return [
            own,
            "--model",
            str(MODEL),
            "--host",
            "127.0.0.1",
            "--port",
            port,
            "--ctx-size",
            "4096",
            "--parallel",
            "1",
            "--threads",
            _CORES,
        ]
    options = {"model": str(MODEL), "model_alias": "qwen", "host": "127.0.0.1", "port": port, "n_ctx": "4096", "verbose": "false"}
    options |= {"n_threads": _CORES, "n_threads_batch": _CORES, "interrupt_requests": "false"}
    return [sys.executable, "-m", "llama_cpp.server", *(word for name, value in options.items() for word in (f"--{name}", value))]


@pytest.fixture(scope="session")
def model_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    log = tmp_path_factory.mktemp("server") / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(_command(port), stdout=output, stderr=output, env=os.environ | {"GOMP_SPINCOUNT": "1000"}) as server,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/v1/models", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 120  # it reads a gigabyte
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.exit(f"The model's server does not start: {log.read_text('utf-8', 'replace')[-2000:]}", 2)


@pytest.fixture(scope="session")
def served(model_server: str) -> LlamaIndexModel:
    return language_model(model_server, None)


@pytest.fixture(scope="session")
def in_file() -> LlamaIndexModel:
    return language_model(str(MODEL), None)


@pytest.fixture(params=["served", "in_file"])
def model(request: pytest.FixtureRequest) -> LlamaIndexModel:
    made: LlamaIndexModel = request.getfixturevalue(request.param)
    return made
