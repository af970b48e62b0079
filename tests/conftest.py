"""Fixtures: the folders that tests read, a real store over the samples, a small real embedder."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import hostile
import numpy as np
import numpy.typing as npt
import onnx
import pytest
import wire
from filelock import FileLock
from hypothesis import settings
from model_server import ModelServer
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from index.build.build import build
from index.embedding.embed import Encoded, EncodedQuestion, Vectors
from index.store.store import Store
from index.text.terms import stems, terms
from qa.ask import read
from qa.writing.language_models import LanguageModel, language_model

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
                vectors[row, _axis(stem)] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    questions = passages


def _axis(stem: str) -> int:
    return sum(stem.encode()) % 64


class TinyTokenEmbedder(TinyEmbedder):
    """The same with token vectors: a word's is its axis, so that words of one axis have the cosine 1 and others 0."""

    name = "tiny-tokens"

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        made = []
        for text, vector in zip(texts, self.passages(texts), strict=True):
            spans, axes = _words(text)
            made.append(Encoded(vector, spans, 127 * np.eye(64, dtype=np.int8)[axes]))
        return made

    def question(self, text: str) -> EncodedQuestion:
        (vector,) = self.questions([text])
        spans, axes = _words(text)
        weights = np.full(len(axes), 1 / max(1, len(axes)), dtype=np.float32)
        return EncodedQuestion(vector, spans, np.eye(64, dtype=np.float32)[axes], weights)

    def compare(self, question: Vectors, tokens: npt.NDArray[np.int8]) -> Vectors:
        return np.asarray(question @ self.decoded(tokens).T, dtype=np.float32)

    def decoded(self, tokens: npt.NDArray[np.int8]) -> Vectors:
        return np.asarray(tokens.astype(np.float32) / 127, dtype=np.float32)


def _words(text: str) -> tuple[npt.NDArray[np.uint32], list[int]]:
    """The places of a text's words and their axes."""
    words = terms(text)
    spans = np.array([(word.span.start, word.span.end) for word in words], dtype=np.uint32).reshape(-1, 2)
    return spans, [_axis(word.stem) for word in words]


@pytest.fixture
def tiny_embedder() -> TinyEmbedder:
    return TinyEmbedder()


@pytest.fixture(scope="session")
def make_tiny_embedder() -> type[TinyEmbedder]:
    return TinyEmbedder


@pytest.fixture(scope="session")
def make_tiny_token_embedder() -> type[TinyTokenEmbedder]:
    return TinyTokenEmbedder


@pytest.fixture(params=[TinyEmbedder, TinyTokenEmbedder], ids=["single vectors", "token vectors"])
def each_embedder(request: pytest.FixtureRequest) -> TinyEmbedder:
    """A model with a vector a text, and one with a vector a token as well."""
    made: TinyEmbedder = request.param()
    return made


@pytest.fixture(scope="session")
def make_onnx_model() -> Callable[..., Path]:
    return write_onnx_model


def write_onnx_model(folder: Path, words: Sequence[str], seed: int = 0, output: str = "last_hidden_state") -> Path:
    """A model as one exported from Hugging Face, small: a token's state is a random vector of 32 dimensions for its word."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {piece: id for id, piece in enumerate(["[UNK]", "[CLS]", "[SEP]", ".", "?", *dict.fromkeys(words)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))

    random = np.random.default_rng(seed)
    weights: dict[str, npt.NDArray[np.generic]] = {
        "words": random.standard_normal((len(vocabulary), 32)).astype(np.float32),
        "types": np.zeros((2, 32), dtype=np.float32),
        "last axis": np.array([2], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["word"]),
        helper.make_node("Gather", ["types", "token_type_ids"], ["type"]),
        helper.make_node("Add", ["word", "type"], ["state"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last axis"], ["broad mask"]),
        helper.make_node("Mul", ["state", "broad mask"], [output]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "n"]) for name in ("input_ids", "attention_mask", "token_type_ids")],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, "n", 32])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), folder / "model.onnx")
    return folder


@pytest.fixture
def listening_to_ctrl_c() -> Iterator[None]:
    """What a shell runs in the background ignores SIGINT, and so would every process that these tests start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real articles and measuring sets that developers have beside the project; a user's machine need not."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        assert os.environ.get("CI") != "true", f"{folder} is missing"
        pytest.skip("needs the shared articles and sets")
    return folder


@pytest.fixture(scope="session")
def score(shared: Path) -> ModuleType:
    """The shared sets' own measuring script."""
    spec = importlib.util.spec_from_file_location("score", shared / "score" / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


MakeStore = Callable[[str, Callable[[Path], Path]], Path]


@pytest.fixture(scope="session")
def make_store(tmp_path_factory: pytest.TempPathFactory) -> MakeStore:
    """Gives the folder of a store by its name, made with the default embedder of the files that a function names or writes into a folder.

    The processes of one run of pytest build it once, and each has a copy.
    """
    here = tmp_path_factory.getbasetemp()
    common = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "stores"
    common.mkdir(exist_ok=True)

    def make(name: str, sources: Callable[[Path], Path]) -> Path:
        built = common / name
        with FileLock(f"{built}.lock"):
            if not built.exists():
                making = common / f"{name}.making"
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir()
                build(making / "store", [sources(making)])
                making.rename(built)
        copy = tmp_path_factory.mktemp(name) / "store"
        shutil.copytree(built / "store", copy)
        return copy

    return make


@pytest.fixture(scope="session")
def samples_store_folder(samples: Path, make_store: MakeStore) -> Path:
    """A store over samples/articles made with the default embedder. Do not write to it."""
    return make_store("samples", lambda _: samples / "articles")


@pytest.fixture(scope="session")
def samples_store(samples_store_folder: Path) -> Store:
    return Store.open(samples_store_folder)


@pytest.fixture(scope="session")
def wire_store_folder(make_store: MakeStore) -> Path:
    """A store over the articles of wire.py. Do not write to it."""
    return make_store("wire", lambda folder: wire.write(folder / "wire.jsonl"))


@pytest.fixture(scope="session")
def wire_store(wire_store_folder: Path) -> Store:
    return Store.open(wire_store_folder)


@pytest.fixture(scope="session")
def hostile_store(make_store: MakeStore) -> Store:
    """A store over the articles of hostile.py. Do not write to it."""
    return Store.open(make_store("hostile", hostile.write_corpus))


@pytest.fixture
def reads_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language model is given more sentences than usual, so that the orders in hostile.py's articles are among them."""
    monkeypatch.setattr(read, "LEAST_NEAR", 4)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A language model's server, which a test tells what to reply."""
    with ModelServer() as made:
        yield made


@pytest.fixture
def model(server: ModelServer) -> LanguageModel:
    """The model of that server."""
    return language_model(f"{server.url}#tiny", None)
