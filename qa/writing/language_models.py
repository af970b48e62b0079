"""Language models: at the address of a server with an OpenAI-compatible chat interface (Ollama, vLLM, llama.cpp's, a cloud), or in a GGUF
file.

Both are LlamaIndex's classes, `OpenAILike` and `LlamaCPP`, and both can be constrained to a JSON schema. Every request has limits: a time
to connect, a time between two pieces, a time and a size for the whole. Closing what `write` returns stops the model.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Lock
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from index.errors import ModelError, SettingError

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.core.llms import LLM
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

# None of these is measured. A model of 1.5B on two cores reads 150 tokens of a prompt a second before its first piece comes, so that
# 60 seconds are 9,000 tokens; LlamaIndex's CitationQueryEngine asks for whole answers at once, 24 s in the median.
_CONNECT_SECONDS = 5.0
_LIST_SECONDS = 10.0
_PIECE_SECONDS = 60.0
_WHOLE_SECONDS = 300.0
_MOST_BYTES = 16 << 20  # of one response; some 300 come with each token
_PAUSE_SECONDS = 0.5  # before the second try
_CONTEXT = 4096  # tokens of prompt and answer together, for a model in a file
_BUSY = {429, 502, 503, 504}
_REFUSED = {400, 422, 500, 501}  # how servers answer an unknown response format; llama-cpp-python's with 500
# All that a server is sent: neither what the package reveals of this machine nor headers from the package's own environment variables.
_HEADERS = {"host", "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "user-agent"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given. What stays the same from question to question comes first, so that a server can keep it."""

    system: str
    examples: tuple[tuple[str, str], ...]
    """(user, assistant): turns that show the form."""
    user: str


class LanguageModel(Protocol):
    """Writes text that follows a schema. `name` is for readers: "qwen2.5:7b at 127.0.0.1:11434", or a file's name without its folder."""

    name: str

    def write(self, prompt: Prompt, schema: Mapping[str, Any], most_tokens: int) -> Generator[str, None, None]:
        """Pieces of one JSON text, as they come, always the likeliest; constrained to this JSON schema if the server can do it.

        After `most_tokens` the text ends where it is. Raises ModelError where the model is not reached, is too slow, breaks off or does not
        keep to the protocol. Closing the iterator stops the model's work.
        """


class LlamaIndexModel(LanguageModel, Protocol):
    """One that LlamaIndex's own engines can use as well."""

    llm: LLM


def language_model(address: str, key: str | None) -> LlamaIndexModel:
    """The model at `URL` or `URL#NAME`, or in the GGUF file of that path. Without a name it is the first that the server lists.

    A URL without a path means /v1. `key` goes to that server alone, and never shown. Raises SettingError where the address is none or
    the file no GGUF, ModelError where a package is missing, the server does not answer or the file cannot be run.
    """
    if _is_file(address):
        return _InFile(Path(address.strip()))
    return _AtServer(*_parsed(address), key)


def check_address(address: str) -> None:
    """Raises SettingError where this is no address of a model, or the file is no GGUF; nothing is loaded or requested."""
    if _is_file(address):
        _check_gguf(Path(address.strip()))
    else:
        _parsed(address)


def _is_file(address: str) -> bool:
    return address.strip().lower().endswith(".gguf") and "://" not in address


# On a server.

_ADDRESS = (
    "The language model's address is neither an http or https URL nor a GGUF file. "
    "Give one such as http://127.0.0.1:11434/v1#qwen2.5 or models/qwen2.5.gguf"
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
        raise SettingError(_ADDRESS)  # it is not repeated here: there may be a password in it
    return (base if parts.path.strip("/") else f"{base.rstrip('/')}/v1"), name


class _AtServer:
    llm: LLM

    def __init__(self, base: str, name: str, key: str | None) -> None:
        try:
            import httpx  # noqa: PLC0415
            from llama_index.llms.openai_like import OpenAILike  # noqa: PLC0415 (loads LlamaIndex; not everybody has the package)
            from openai import OpenAI  # noqa: PLC0415
        except ImportError as error:
            raise ModelError(
                "A language model needs packages that are not here. Run: .venv/bin/pip install -r requirements-llm.txt"
            ) from error
        self._base, self._key = base, key
        sent = key or "none"  # the package would send the key of the environment where none is given
        client = _client(base, sent)
        if not name:
            with self._errors():
                listed = OpenAI(base_url=base, api_key=sent, http_client=client, max_retries=0)
                patience = httpx.Timeout(_LIST_SECONDS, connect=_CONNECT_SECONDS)
                name = _again(lambda: listed.models.list(timeout=patience)).data[0].id
                if not isinstance(name, str):  # the package trusts what comes
                    raise TypeError("its first model has no name")
        self.name = _short(f"{name} at {urlsplit(base).netloc}", 100)
        errors = self._errors

        class Model(OpenAILike):
            """Whatever goes wrong comes as a ModelError."""

            def chat(self, messages: Sequence[ChatMessage], **options: Any) -> ChatResponse:
                patience = httpx.Timeout(_WHOLE_SECONDS, connect=_CONNECT_SECONDS)
                with errors():
                    return _again(lambda: super(Model, self).chat(messages, timeout=patience, **options))

            def pieces(self, **options: Any) -> Stream[ChatCompletionChunk]:
                """As `stream_chat`, which does not let go of the connection when it is closed early."""
                asked = self._get_model_kwargs(stream=True, **options)
                return self._get_client().chat.completions.create(**asked)  # type: ignore[no-any-return]

        self.llm = self._model = Model(
            model=name,
            api_base=base,
            api_key=sent,
            is_chat_model=True,
            temperature=0.0,
            max_retries=0,
            http_client=client,  # type: ignore[call-arg]
        )
        self._way: int | None = None

    def write(self, prompt: Prompt, schema: Mapping[str, Any], most_tokens: int) -> Generator[str, None, None]:
        with self._errors():
            pieces, first = self._begun(_messages(prompt), schema, most_tokens)
            with pieces:
                whole = False
                for piece in chain([first], pieces):
                    for choice in piece.choices:
                        if text := choice.delta.content:
                            if not isinstance(text, str):  # the package trusts what comes
                                raise TypeError("a piece is no text")
                            yield text
                        whole = whole or choice.finish_reason is not None
                if not whole:
                    raise ConnectionError("it broke off")

    def _begun(
        self, messages: list[dict[str, str]], schema: Mapping[str, Any], most_tokens: int
    ) -> tuple[Stream[ChatCompletionChunk], ChatCompletionChunk]:
        """The answer and its first piece, by the first way of sending a schema that this server accepts."""
        import httpx  # noqa: PLC0415
        from openai import APIStatusError  # noqa: PLC0415

        patience = httpx.Timeout(_PIECE_SECONDS, connect=_CONNECT_SECONDS)

        def begin(held: Mapping[str, Any]) -> tuple[Stream[ChatCompletionChunk], ChatCompletionChunk]:
            pieces = self._model.pieces(messages=messages, max_tokens=most_tokens, timeout=patience, **held)
            for first in pieces:
                return pieces, first
            raise ConnectionError("nothing came")

        refused: Exception | None = None
        for way, held in enumerate(_held_to(schema)):
            if self._way in {None, way}:
                try:
                    begun = _again(lambda held=held: begin(held))  # type: ignore[misc]  # mypy cannot infer it
                except APIStatusError as error:
                    if error.status_code not in _REFUSED:
                        raise
                    refused = error
                else:
                    self._way = way
                    return begun
        assert refused is not None
        raise refused

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # openai's and httpx's errors, and whatever LlamaIndex raises on an invalid answer
            said = str(error).replace(self._key, "…") if self._key else str(error)
            reason = f"{type(error).__name__}: {_short(said, 80)}"
            raise ModelError(
                f"The language model at {_short(self._base, 100)} does not answer as it should ({reason}). "
                "See that its server runs, and that its address, its name and its key are right."
            ) from error


def _held_to(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ways to ask for a schema, the best first.

    The first is OpenAI's, which vLLM, Ollama and llama.cpp's own server take; OpenAI itself takes fewer schemas where it is strict. The
    next is that of llama-cpp-python's server, which takes no other and would punish repeated words, and so names, unless this is set.
    """
    ways: list[dict[str, Any]] = [
        {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": strict, "schema": schema}}}
        for strict in (True, False)
    ]
    ways.append({"response_format": {"type": "json_object", "schema": schema}, "extra_body": {"repeat_penalty": 1.0}})
    return [*ways, {}]


_Reply = TypeVar("_Reply")


def _again(begin: Callable[[], _Reply]) -> _Reply:
    """What `begin` returns, on a second try if the server was busy or the connection broke; a timeout is not tried again."""
    import httpx  # noqa: PLC0415
    from openai import APIConnectionError, APIStatusError, APITimeoutError  # noqa: PLC0415

    try:
        return begin()
    except (APITimeoutError, httpx.TimeoutException):
        raise
    except APIStatusError as error:
        if error.status_code not in _BUSY:
            raise
    except (APIConnectionError, httpx.TransportError):
        pass
    sleep(_PAUSE_SECONDS)
    return begin()


def _client(base: str, key: str) -> httpx.Client:
    """Sends to that server alone, for it follows no redirect, and has a limit of bytes and of time, for pings and comments too."""
    import httpx  # noqa: PLC0415

    class Limited(httpx.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            ends, left = perf_counter() + _WHOLE_SECONDS, _MOST_BYTES
            for data in self._stream:
                left -= len(data)
                if left < 0:
                    raise httpx.ReadError("it does not end")
                if perf_counter() > ends:
                    raise httpx.ReadTimeout("it takes too long")
                yield data

        def close(self) -> None:
            self._stream.close()

    def plain(request: httpx.Request) -> None:
        for name in set(request.headers) - _HEADERS:
            del request.headers[name]
        request.headers["Authorization"] = f"Bearer {key}"

    def limited(response: httpx.Response) -> None:
        response.stream = Limited(response.stream)

    # What is on this machine is reached without a proxy, whatever the environment says.
    is_local = urlsplit(base).hostname in {"localhost", "127.0.0.1", "::1"}
    return httpx.Client(event_hooks={"request": [plain], "response": [limited]}, trust_env=not is_local)


# In a file.


class _InFile:
    llm: LLM

    def __init__(self, path: Path) -> None:
        self.name = _short(path.name, 100)
        _check_gguf(path)
        # llama.cpp's threads wait for each other in a loop, and burn each other's time where other work needs the cores, as indexing
        # does: 3 tokens a second, or fewer than one, instead of 23 (1.5B, two cores, two busy neighbours). After a thousand rounds they
        # sleep: still 23 alone, 10 with the busy neighbours. The library reads this as it is loaded.
        os.environ["GOMP_SPINCOUNT"] = "1000"
        try:
            from llama_index.core.base.llms.types import ChatMessage, ChatResponse  # noqa: PLC0415
            from llama_index.llms.llama_cpp import LlamaCPP  # noqa: PLC0415 (needs a library that is compiled on the user's machine)
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError("A language model in a file needs packages that are not here. Run: make setup-llm") from error
        self._lock = Lock()
        errors, lock = self._errors, self._lock

        class Model(LlamaCPP):  # type: ignore[misc]  # without types, whether it is installed or not
            """A chat model, which it is; one caller at a time; whatever goes wrong comes as a ModelError."""

            @property
            def metadata(self) -> Any:
                return super().metadata.model_copy(update={"is_chat_model": True})

            def chat(self, messages: Sequence[ChatMessage], **options: Any) -> ChatResponse:
                turns = [{"role": message.role.value, "content": message.content or ""} for message in messages]
                with errors(), lock:
                    said = self.completed(turns, max_tokens=self.max_new_tokens, **options)
                    return ChatResponse(message=ChatMessage(role="assistant", content=said["choices"][0]["message"]["content"]), raw=said)

            def completed(self, messages: Sequence[Mapping[str, str]], **options: Any) -> Any:
                """The model's answer, by the chat template of its file."""
                return self._model.create_chat_completion(messages, temperature=self.temperature, **options)

        cores = _cores()
        try:
            self._model = Model(
                model_path=str(path),
                temperature=0.0,
                context_window=_CONTEXT,
                model_kwargs={"n_threads": cores, "n_threads_batch": cores},
                verbose=False,
            )
        except Exception as error:  # llama.cpp refuses with a ValueError, and a damaged file can fail anywhere
            raise ModelError(
                f"The language model {self.name} is damaged, or of a kind that llama.cpp cannot run. Fetch it again, or name another."
            ) from error
        self.llm = self._model
        # It prints errors to standard error, verbose or not; they are reported as a ModelError.
        logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL + 1)

    def write(self, prompt: Prompt, schema: Mapping[str, Any], most_tokens: int) -> Generator[str, None, None]:
        with self._errors(), self._lock:
            ends = perf_counter() + _WHOLE_SECONDS
            form = {"type": "json_object", "schema": schema}  # a grammar of it, in process
            # What it read for the prompt before stays in memory as far as this one begins the same.
            for piece in self._model.completed(_messages(prompt), response_format=form, max_tokens=most_tokens, stream=True):
                if perf_counter() > ends:
                    raise TimeoutError("it takes too long")
                if text := piece["choices"][0]["delta"].get("content"):
                    yield text

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # llama.cpp's and its template's own
            reason = f"{type(error).__name__}: {_short(str(error), 80)}"
            raise ModelError(
                f"The language model {self.name} does not answer as it should ({reason}). Ask it something shorter, or name another model."
            ) from error


def _check_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise SettingError(f"The language model {_short(str(path), 200)} cannot be read ({error.strerror}). Name a GGUF file.") from error
    if magic != b"GGUF":
        raise SettingError(f"{_short(str(path), 200)} is no GGUF file, whatever its name says. Name another, or fetch it again.")


def _cores() -> int:
    """The cores that this process may use. Two threads of one core only slow each other down, so they count once."""
    allowed = os.sched_getaffinity(0)
    try:
        return len({Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text("ascii") for cpu in allowed})
    except OSError:
        return len(allowed)


# At both.


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    turns = [("system", prompt.system)]
    for asked, answered in prompt.examples:
        turns += [("user", asked), ("assistant", answered)]
    return [{"role": role, "content": text} for role, text in [*turns, ("user", prompt.user)]]


def _short(text: str, most: int) -> str:
    """Foreign text as part of a line: nothing in it that could drive a terminal, break the line or turn its direction."""
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return line if len(line) <= most else f"{line[:most]}…"
