"""Fixtures: the folders that tests read, a real store over the samples, a small real embedder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from index.build import build
from index.embed import Vectors
from index.store import Store
from index.terms import stems

ROOT = Path(__file__).resolve().parents[1]

# A loaded machine is not a failed promise.
settings.register_profile("on-record", deadline=None)
settings.load_profile("on-record")


class TinyEmbedder:
    """A real embedder of 64 dimensions: words are hashed to axes. Texts that share words are near each other, in no time."""

    name = "tiny"
    version = "1"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        vectors = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for stem in stems(text):
                vectors[row, sum(stem.encode()) % 64] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    questions = passages


@pytest.fixture
def tiny_embedder() -> TinyEmbedder:
    return TinyEmbedder()


@pytest.fixture(scope="session")
def make_tiny_embedder() -> type[TinyEmbedder]:
    return TinyEmbedder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real articles and measuring sets that developers have beside the project; a user's machine need not."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        assert os.environ.get("CI") != "true", f"{folder} is missing"
        pytest.skip("needs the shared articles and sets")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


@pytest.fixture(scope="session")
def samples_store_folder(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store over samples/articles made with the default embedder. Do not write to it."""
    folder = tmp_path_factory.mktemp("samples") / "store"
    build(folder, [samples / "articles"])
    return folder


@pytest.fixture(scope="session")
def samples_store(samples_store_folder: Path) -> Store:
    return Store.open(samples_store_folder)
