"""Passages and sentences as vectors in Chroma. The only module that imports chromadb.

A collection for the passages and one for the sentences of each language, `passages-en`, `sentences-en`: vectors and metadata to filter by;
the texts are the catalogue's. Cosine distance, telemetry off. They are in a folder of the store, or on a Chroma server where
the user names one.

By language, because every question asks for the nearest of each, and Chroma looks through all that a filter lets through: of 10,000
passages half in English it found the nearest in English in 25 ms by a filter, and finds them in 2 in their own collection.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from heapq import nlargest
from ipaddress import IPv6Address
from operator import itemgetter
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import chromadb
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, InternalError, NotFoundError

from index.embedding.embed import Vectors
from index.errors import SettingError, StoreDamaged, StoreError
from index.store.filters import Filters

T = TypeVar("T")
VectorKind = Literal["passages", "sentences"]
_KINDS: tuple[VectorKind, ...] = ("passages", "sentences")
# Of the true 50 nearest of 6,000 passages Chroma's own 16 neighbours find at ef_search 200 .985 in 1.6 ms; 32 neighbours .998 at 400
# in 2.6 and .999 at 800 in 3.3. Of 21,150 made of few sentences in ever new mixtures, .955 at 400 in 4.0, .988 at 800 in 5.7, and with 64
# neighbours .994 in 6.9 for twice the time to build. Public sets keep their floors at 400 and at 800.
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}
_BATCH = 1000
# Collections that a server is asked for at once; one of Chroma's editions gives no more than 300.
_LISTED = 100
# Seconds for which a server that does not answer is asked again: one that was killed with 5,000 passages was back in 0.8.
_RECONNECT_SECONDS = 5.0
_RETRY_SECONDS = 0.1
# Seconds that a server may take to be opened, and to answer one request. The first took 0.1; of the second the longest was the first
# question after a start, which reads all vectors: 0.9 of 10,000 passages, 2.2 of 30,000.
_OPEN_SECONDS = 10.0
_REQUEST_SECONDS = 300.0
# Chroma counts the clients of a folder in a process and shares what they open, but opens and closes it without a lock: one that is opened
# while the last other one is closed has nothing ("KeyError" of the folder).
_sharing = Lock()
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Unit:
    """What Chroma keeps of a passage or sentence besides its vector. `language` is an ISO 639 code; `day` is the article's date as
    YYYYMMDD, for comparison."""

    id: str
    article_key: str
    language: str
    publisher: str | None
    day: int | None

    def metadata(self) -> dict[str, str | int]:
        known = {"article": self.article_key, "publisher": self.publisher, "day": self.day}
        return {name: value for name, value in known.items() if value is not None}


class VectorIndex:
    """The vectors of a store in the folder at `path`. Raises StoreDamaged where Chroma cannot read it."""

    _prefix = ""
    """What the names of its collections begin with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reopen_lock = Lock()  # languages are asked side by side
        try:
            self._do(self._open)
        except StoreDamaged:
            # Chroma keeps what it failed to open, and would give that again when the folder is in order.
            SharedSystemClient._identifier_to_system.pop(str(path), None)
            raise

    def _open(self) -> None:
        with _sharing:
            self._client = chromadb.PersistentClient(str(self._path), settings=Settings(anonymized_telemetry=False))
        self._collections: dict[tuple[VectorKind, str], chromadb.Collection] = {}

    def ensure(self, kind: VectorKind, languages: Collection[str]) -> None:
        """Makes the collections of these languages that are not there. One that is missing later was lost."""
        for language in languages:
            if (kind, language) not in self._collections:
                self._collections[kind, language] = self._do(partial(self._made, self._name_of(kind, language)))

    def _made(self, name: str) -> chromadb.Collection:
        return self._client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})

    def _collection(self, kind: VectorKind, language: str) -> chromadb.Collection:
        """Raises Chroma's NotFoundError where it is not there."""
        if (kind, language) not in self._collections:
            self._collections[kind, language] = self._client.get_collection(self._name_of(kind, language), embedding_function=None)
        return self._collections[kind, language]

    def _name_of(self, kind: VectorKind, language: str) -> str:
        return f"{self._prefix}{kind}-{language}"

    def require(self, kind: VectorKind, languages: Iterable[str]) -> None:
        """Raises StoreDamaged where a collection of these languages is not there."""
        for language in languages:
            self._do(partial(self._collection, kind, language))

    def languages(self, kind: VectorKind) -> list[str]:
        """The languages that there is a collection of."""
        prefix = self._name_of(kind, "")
        return [name.removeprefix(prefix) for name in self._do(self._names) if name.startswith(prefix)]

    def _names(self) -> list[str]:
        names: list[str] = []
        while True:
            collections = self._client.list_collections(limit=_LISTED, offset=len(names))
            names += [collection.name for collection in collections]
            if len(collections) < _LISTED:
                return sorted(names)

    def _do(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except Exception as error:  # chromadb raises its own, Rust's and SQLite's
            reason = " ".join(str(error).split())[:200]
            raise StoreDamaged(
                f"The vectors in {self._path} cannot be used ({reason}). Check disk space and rights; "
                "if they are in order, delete that folder and run: python -m index build with the same folders"
            ) from error

    def close(self) -> None:
        """Closes the files. Chroma shares one client a folder in a process, which would not see that the folder was replaced."""
        with _sharing:
            self._client.close()  # type: ignore[attr-defined]  # as every client that PersistentClient returns has it

    def drop_mixed(self) -> None:
        """Removes the collections that a store of an older format had, each of all languages together."""
        for name in {f"{self._prefix}{kind}" for kind in _KINDS}.intersection(self._do(self._names)):
            self._do(partial(self._client.delete_collection, name))

    def put(self, kind: VectorKind, units: Sequence[Unit], vectors: Vectors) -> None:
        """Writes units, of vectors with shape (len(units), dimensions), in the place of those with their ids.

        The collections of their languages must exist.
        """
        places = defaultdict[str, list[int]](list)
        for place, unit in enumerate(units):
            places[unit.language].append(place)
        for language, language_places in places.items():
            for start in range(0, len(language_places), _BATCH):
                batch = language_places[start : start + _BATCH]
                self._do(partial(self._put, kind, language, [units[place] for place in batch], vectors[batch]))

    def _put(self, kind: VectorKind, language: str, units: Sequence[Unit], vectors: Vectors) -> None:
        self._collection(kind, language).upsert(
            ids=[unit.id for unit in units], embeddings=vectors, metadatas=[unit.metadata() for unit in units]
        )

    def remove(self, article_keys: Sequence[str]) -> None:
        """Forgets everything of these articles."""
        if not article_keys:
            return
        for kind in _KINDS:
            for language in self.languages(kind):
                for start in range(0, len(article_keys), _BATCH):
                    self._do(partial(self._remove, kind, language, article_keys[start : start + _BATCH]))

    def _remove(self, kind: VectorKind, language: str, article_keys: Sequence[str]) -> None:
        theirs: dict[str, Any] = {"article": {"$in": list(article_keys)}}
        self._collection(kind, language).delete(where=theirs)

    def nearest(
        self, kind: VectorKind, question: Vectors, count: int, filters: Filters, article_keys: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the `count` units nearest to a vector of shape (dimensions,), best first.

        Of the articles with these keys alone, unless None; of filters, the speaker is not looked at: who is quoted where is not kept here.
        Raises StoreDamaged where the filters name a language without a collection.
        """
        languages = self.languages(kind) if filters.language is None else [filters.language]
        if article_keys is None:
            conditions = [_where(filters)]
        else:
            conditions = [_where(filters, article_keys[start : start + _BATCH]) for start in range(0, len(article_keys), _BATCH)]
        neighbours = [
            near for language in languages for where in conditions for near in self._nearest(kind, language, question, count, where)
        ]
        return nlargest(count, neighbours, key=itemgetter(1))

    def _nearest(
        self, kind: VectorKind, language: str, question: Vectors, count: int, where: dict[str, Any] | None
    ) -> list[tuple[str, float]]:
        result = self._do(lambda: self._query(kind, language, question, count, where))
        assert result["distances"] is not None
        return [(id, 1.0 - distance) for id, distance in zip(result["ids"][0], result["distances"][0], strict=True)]

    def _query(self, kind: VectorKind, language: str, question: Vectors, count: int, where: dict[str, Any] | None) -> chromadb.QueryResult:
        opened = self._client
        try:
            return self._query_once(kind, language, question, count, where)
        except Exception as error:
            with self._reopen_lock:
                if self._client is opened:
                    if not isinstance(error, InternalError):
                        raise
                    # Another process wrote meanwhile: what a filter allows now is looked up among the vectors as they were when Chroma
                    # was opened ("Error finding id"), until it is opened again.
                    self.close()
                    self._open()
            # Or another thread opened it again, and left this one without it.
            return self._query_once(kind, language, question, count, where)

    def _query_once(
        self, kind: VectorKind, language: str, question: Vectors, count: int, where: dict[str, Any] | None
    ) -> chromadb.QueryResult:
        return self._collection(kind, language).query(
            query_embeddings=question[None, :], n_results=count, where=where, include=["distances"]
        )

    def count(self, kind: VectorKind) -> int:
        """How many units there are, of all languages."""
        return sum(self._do(partial(self._count, kind, language)) for language in self.languages(kind))

    def _count(self, kind: VectorKind, language: str) -> int:
        return self._collection(kind, language).count()

    def ids(self, kind: VectorKind, language: str) -> set[str]:
        """Every id, for comparison with the catalogue; none where the language has no collection."""
        if language not in self.languages(kind):
            return set()
        return self._do(lambda: set(self._collection(kind, language).get(include=[])["ids"]))


class ServedVectorIndex(VectorIndex):
    """The vectors of a store on the Chroma server at `address`, as `server_address` gives it, in collections whose names begin with `name`.

    Raises StoreError where the server does not answer, is none of Chroma's or of another major version. A server that is back within a few
    seconds causes no error.
    """

    def __init__(self, address: str, name: str) -> None:
        self._address, self._name = address, name
        self._prefix = f"{name}-"
        try:
            _within(_OPEN_SECONDS, self._open)
        except StoreError:
            raise
        except Exception as error:
            raise StoreError(
                f"No Chroma server answers at {address} ({_reason(error)}). Start it, or name another with --chroma, and try again."
            ) from error

    def _open(self) -> None:
        port = urlsplit(self._address).port
        assert port is not None
        # In the settings as well: Chroma's own environment variables would contradict the arguments. The whole address as host, for Chroma
        # takes a name that begins with "http" for one.
        settings = Settings(anonymized_telemetry=False, chroma_server_host=self._address, chroma_server_http_port=port)
        self._client = chromadb.HttpClient(self._address, port, settings=settings)
        theirs, ours = str(self._client.get_version()), chromadb.__version__.partition(".")[0]
        if theirs.partition(".")[0] != ours:
            raise StoreError(
                f"The Chroma server at {self._address} is of version {_printable(theirs)[:20]}, which this program does not speak. "
                f"Name one of version {ours} with --chroma."
            )
        self._collections = {}

    def _do(self, action: Callable[[], T]) -> T:
        """Operations must be idempotent: one is repeated if the server went away, because it may already be done."""
        until = monotonic() + _RECONNECT_SECONDS
        while True:
            try:
                return _within(_REQUEST_SECONDS, action)
            except NotFoundError as error:
                raise self._lost() from error
            except Exception as error:  # of Chroma, of the library that it calls the server with, and of what is no answer
                is_answer = isinstance(error, ChromaError | ValueError | TypeError)
                if is_answer or monotonic() > until:
                    raise StoreError(
                        f"The Chroma server at {self._address} does not do what it is asked for ({_reason(error)}). "
                        "When it is in order, try again: what was stored is kept, and a build goes on where it was."
                    ) from error
            sleep(_RETRY_SECONDS)

    def _query(self, kind: VectorKind, language: str, question: Vectors, count: int, where: dict[str, Any] | None) -> chromadb.QueryResult:
        return self._query_once(kind, language, question, count, where)

    def _lost(self) -> StoreDamaged:
        return StoreDamaged(
            f"The Chroma server at {self._address} does not hold the vectors of this store ({self._name}). Name the one that does with "
            "--chroma, or run: python -m index verify --repair; it puts them there."
        )


def server_address(text: str) -> str:
    """The address of a Chroma server as it is used and shown, from one that a user gives. Raises SettingError where it is none.

    >>> server_address("http://Vectors.example:8000/")
    'http://vectors.example:8000'
    """
    if "@" in text:
        raise SettingError(
            "The address of a Chroma server is shown where it is used: it takes no user and password. Write http://HOST:PORT."
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        if ":" in host:
            host = f"[{IPv6Address(host)}]"
        elif not _HOST.fullmatch(host):
            raise ValueError("no host")
        if parts.scheme not in ("http", "https") or not port or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("no address")
    except ValueError as error:
        raise SettingError(f"{text!r} is no address of a Chroma server. Write it as http://HOST:PORT, or https://HOST:PORT.") from error
    return f"{parts.scheme}://{host}:{port}"


def _within(seconds: float, action: Callable[[], T]) -> T:
    """What the action returns or raises; TimeoutError where it takes longer, for Chroma's client waits without end."""
    done: Future[T] = Future()

    def work() -> None:
        try:
            done.set_result(action())
        except BaseException as error:
            done.set_exception(error)

    # A daemon: the process can end though the server never answers.
    Thread(target=work, daemon=True).start()
    if not wait([done], seconds).done:
        raise TimeoutError(f"no answer in {seconds:.0f} seconds")
    return done.result()


def _reason(error: Exception) -> str:
    """An error's words, which may be whatever listens there."""
    return _printable(" ".join(str(error).split()) or type(error).__name__)[:200]


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _where(filters: Filters, article_keys: Sequence[str] | None = None) -> dict[str, Any] | None:
    """The filters in Chroma's terms, but for the language. An article without a date is in no range of dates."""
    conditions: list[Mapping[str, Any]] = []
    if article_keys is not None:
        conditions.append({"article": {"$in": list(article_keys)}})
    if filters.publisher is not None:
        conditions.append({"publisher": filters.publisher})
    if filters.after is not None:
        conditions.append({"day": {"$gte": filters.after}})
    if filters.before is not None:
        conditions.append({"day": {"$lte": filters.before}})
    if not conditions:
        return None
    return dict(conditions[0]) if len(conditions) == 1 else {"$and": conditions}
