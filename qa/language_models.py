"""Language models by the address of their server: any that speaks OpenAI's chat protocol (Ollama, vLLM, llama.cpp's server)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.errors import ModelError, SettingError

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.core.llms import LLM

# A model of 1.5B on two cores answers in 24 s in the median, from a few passages (CitationQueryEngine on the seed articles).
_TIMEOUT_SECONDS = 300.0
_RETRIES = 1


def language_model(address: str, key: str | None) -> LLM:
    """The model at `URL` or `URL#NAME`, for LlamaIndex; without a name the first that its server lists. Always the likeliest words.

    A URL without a path means /v1. `key` goes to that server alone, and into no message. Raises SettingError where the address is none,
    ModelError where a package is missing or the server does not answer; the model that is returned raises ModelError likewise.
    """
    base, name = _parsed(address)
    try:
        from llama_index.llms.openai_like import OpenAILike  # noqa: PLC0415 (loads LlamaIndex; not everybody has the package)
        from openai import OpenAI  # noqa: PLC0415
    except ImportError as error:
        raise ModelError("A language model needs packages that are not here. Run: .venv/bin/pip install -r requirements-llm.txt") from error

    class Model(OpenAILike):
        """Whatever goes wrong comes as a ModelError."""

        def chat(self, messages: Sequence[ChatMessage], **options: Any) -> ChatResponse:
            with _errors(base, key):
                return super().chat(messages, **options)

    # The packages would send the key of the environment where none is given.
    sent = key or "none"
    if not name:
        with _errors(base, key), OpenAI(base_url=base, api_key=sent, timeout=_TIMEOUT_SECONDS, max_retries=_RETRIES) as client:
            name = client.models.list().data[0].id
            if not isinstance(name, str):  # the package trusts what comes
                raise TypeError("its first model has no name")
    return Model(
        model=name,
        api_base=base,
        api_key=sent,
        is_chat_model=True,
        temperature=0.0,
        timeout=_TIMEOUT_SECONDS,
        max_retries=_RETRIES,
    )


def _parsed(address: str) -> tuple[str, str]:
    """The address of the server, and the name of the model or nothing."""
    base, _, name = address.strip().partition("#")
    try:
        parts = urlsplit(base)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and not (parts.query or "@" in parts.netloc)
    except ValueError:
        usable = False
    if not usable:
        # It is not repeated here: there may be a password in it.
        raise SettingError("The language model's address is no http or https URL. Give one such as http://127.0.0.1:11434/v1#qwen2.5")
    return (base if parts.path.strip("/") else f"{base.rstrip('/')}/v1"), name


@contextmanager
def _errors(base: str, key: str | None) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # openai's and httpx's own, and whatever LlamaIndex trips over in an answer that is none
        said = str(error).replace(key, "…") if key else str(error)
        reason = f"{type(error).__name__}: {' '.join(said.split())[:200]}"
        raise ModelError(
            f"The language model at {base} does not answer as it should ({reason}). "
            "See that its server runs, and that its address, its name and its key are right."
        ) from error
