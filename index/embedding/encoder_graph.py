"""An encoder of BERT's kind as an ONNX graph: what the embedder's model and the reader's have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Floats = npt.NDArray[np.float32]

BLOCK = 32  # weights that share a scale, in Q4_0
_CONTRIB = "com.microsoft"
# The linear layers of a layer of the encoder.
LINEAR = ("qkv", "attention", "inner", "outer")


class Weights(Protocol):
    """The tensors of an encoder, by the package's names: `emb.word`, `emb.pos`, `emb.type`, `emb.ln`; of each layer q, k, v, ao, aln, fi,
    fo, oln; `.w` and `.b` of those that have both."""

    @property
    def width(self) -> int: ...
    @property
    def layers(self) -> int: ...
    @property
    def heads(self) -> int: ...
    @property
    def inner(self) -> int: ...
    @property
    def epsilon(self) -> float: ...
    @property
    def pieces(self) -> tuple[str, ...]: ...

    def quantised(self, name: str) -> tuple[Floats, npt.NDArray[np.int8]]:
        """Scales, shape (blocks, 1), and weights in -8 … 7, shape (blocks, 32)."""

    def floats(self, name: str) -> Floats:
        """A tensor as floats, flat."""


class EncoderGraph:
    """BERT's encoder over one text at a time, shape (1, tokens): texts run side by side, one a core, and nothing is padded.

    In int8 the linear layers' weights are rounded by output, and their inputs as they come, on one scale. One input of each takes values
    many times those of all others and would spoil that scale: it is multiplied apart, in float32. article@1 on xquad-en / -ar / en-on-ar /
    ar-on-en: float32 .983 / .963 / .870 / .797; int8 .980 / .953 / .845 / .782; with that input apart .983 / .955 / .863 / .792. The mean
    cosine of a token's vector to float32's is .985 without and .999 with it; eight inputs apart are 5 % slower and .9992.
    Word embeddings keep the package's 4 bits.

    Nodes and weights are kept as they are added; each method returns the name of what it computes.
    """

    def __init__(self, packed: Weights, outliers: npt.NDArray[np.int64] | None) -> None:
        """In int8 with `outliers`, shape (layers, len(LINEAR)): the input of each linear layer that takes the largest values; in float32
        without."""
        self._packed, self._outliers = packed, outliers
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", outputs: Sequence[str] = (), **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, list(inputs), [output, *outputs], domain=domain, **attributes))
        return output

    def weight(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def encode(self, layers: int | None = None) -> list[str]:
        """The states after each layer, or each of the first `layers`, of shape (1, tokens, width), for the input `input_ids` of shape
        (1, tokens)."""
        states = [self.normalised("emb.ln", self._embedded())]
        for layer in range(self._packed.layers if layers is None else layers):
            states.append(self._layer(f"l{layer}", states[-1], None if self._outliers is None else self._outliers[layer]))
        return states[1:]

    def go_on(self, layers: Mapping[str, npt.NDArray[np.int64]]) -> str:
        """The states after these layers, by name with their outliers, for the input `state` of shape (1, tokens, width)."""
        state = "state"
        for name, outliers in layers.items():
            state = self._layer(name, state, outliers)
        return state

    def write(self, file: Path, name: str, outputs: Mapping[str, int | None]) -> None:
        """Writes the model that gives these outputs: by name the width of each token's, None for one of the text. Raises OSError."""
        width = self._packed.width
        state = helper.make_tensor_value_info("state", TensorProto.FLOAT, [1, "tokens", width])
        input_ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
        graph = helper.make_graph(
            self._nodes,
            name,
            [input_ids if any("input_ids" in node.input for node in self._nodes) else state],
            [
                helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, width] if size is None else [1, "tokens", size])
                for output, size in outputs.items()
            ],
            self._weights,
        )
        onnx.save(
            helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid(_CONTRIB, 1)], ir_version=10), file
        )

    def _embedded(self) -> str:
        packed = self._packed
        scales, weights = packed.quantised("emb.word")
        rows, blocks = len(packed.pieces), packed.width // BLOCK
        nibbles = (weights.view(np.uint8) & 15).reshape(-1, packed.width)[:rows]
        words = TensorProto(name="words", data_type=TensorProto.INT4, dims=[rows, packed.width])
        words.raw_data = (nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)).tobytes()
        self._weights.append(words)
        self.weight("words.scales", scales.reshape(-1, blocks)[:rows])
        # The engine adds the embedding of the first token type to every token.
        self.weight("positions", packed.floats("emb.pos").reshape(-1, packed.width) + packed.floats("emb.type")[: packed.width])
        self.weight("first", np.array([0], np.int64))
        word = self.node(
            "GatherBlockQuantized",
            ["words", "input_ids", "words.scales"],
            "word",
            _CONTRIB,
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
        )
        self.node("Shape", ["input_ids"], "length", start=1, end=2)
        position = self.node("Slice", ["positions", "first", "length", "first"], "position")
        return self.node("Add", [word, position], "embedded")

    def _layer(self, name: str, state: str, outliers: npt.NDArray[np.int64] | None) -> str:
        packed, layer = self._packed, f"{name}."
        apart: dict[str, int | None] = dict(zip(LINEAR, (None,) * len(LINEAR) if outliers is None else map(int, outliers), strict=True))
        joined = self._linear(f"{layer}qkv", [layer + part for part in "qkv"], state, packed.width, apart["qkv"])
        parts = [layer + name for name in ("query", "key", "value")]
        self.weight(layer + "parts", np.array([packed.width] * 3, np.int64))
        self.node("Split", [joined, layer + "parts"], parts[0], outputs=parts[1:], axis=-1)
        attended = self.node("MultiHeadAttention", parts, layer + "attended", _CONTRIB, num_heads=packed.heads)
        attended = self._linear(f"{layer}attention", [layer + "ao"], attended, packed.width, apart["attention"])
        state = self.normalised(layer + "aln", self.node("Add", [state, attended], layer + "with attention"))
        inner = self._linear(f"{layer}inner", [layer + "fi"], state, packed.width, apart["inner"])
        inner = self.node("Gelu", [inner], layer + "active", _CONTRIB)
        outer = self._linear(f"{layer}outer", [layer + "fo"], inner, packed.inner, apart["outer"])
        return self.normalised(layer + "oln", self.node("Add", [state, outer], layer + "with inner"))

    def normalised(self, name: str, state: str) -> str:
        weight, bias = (self.weight(f"{name}.{part}", self._packed.floats(f"{name}.{part}")) for part in "wb")
        return self.node("LayerNormalization", [state, weight, bias], f"{name} done", epsilon=self._packed.epsilon, axis=-1)

    def _linear(self, name: str, tensors: Sequence[str], state: str, width: int, outlier: int | None) -> str:
        weight = np.concatenate([self._packed.floats(f"{tensor}.w").reshape(-1, width) for tensor in tensors])
        bias = self.weight(f"{name}.bias", np.concatenate([self._packed.floats(f"{tensor}.b") for tensor in tensors]))
        if outlier is None:
            product = self.node("MatMul", [state, self.weight(f"{name}.weight", weight.T)], f"{name} product")
            return self.node("Add", [product, bias], name)
        others = np.ones(width, np.float32)
        others[outlier] = 0
        apart = self.node("Gather", [state, self.weight(f"{name}.outlier", np.array([outlier]))], f"{name} outlier", axis=-1)
        apart = self.node("MatMul", [apart, self.weight(f"{name}.outlier weight", weight[:, [outlier]].T)], f"{name} apart")
        rest = self.node("Mul", [state, self.weight(f"{name}.others", others)], f"{name} rest")
        weight = weight * others
        scale = np.abs(weight).max(axis=1) / 127
        rounded = np.rint(weight / scale[:, None]).astype(np.int8)
        product = self.node(
            "DynamicQuantizeMatMul",
            [rest, self.weight(f"{name}.weight", rounded.T), self.weight(f"{name}.scale", scale), "", bias],
            f"{name} product",
            _CONTRIB,
        )
        return self.node("Add", [product, apart], name)
