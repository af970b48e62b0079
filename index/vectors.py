"""Passages and sentences as vectors in Chroma. The only room that imports chromadb.

Two collections: `passages`, with text and metadata to filter by, and `sentences`, vectors alone. Cosine distance, nothing reported to
anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from chromadb.errors import InternalError

from index.embed import Vectors
from index.errors import StoreDamaged
from index.filters import Filters

Kind = Literal["passages", "sentences"]
_KINDS: tuple[Kind, ...] = ("passages", "sentences")
# Of the true 50 nearest among 6,239 sentences of the public sets Chroma's defaults (100) find .961, these .990, in 1.4 ms instead of 1.1.
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 200, "ef_search": 200}
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Unit:
    """What Chroma keeps of a passage or sentence beside its vector. `day` is the article's date as YYYYMMDD, for comparison."""

    id: str
    article_key: str
    text: str
    language: str
    publisher: str | None
    day: int | None

    def metadata(self) -> dict[str, str | int]:
        known = {"article": self.article_key, "language": self.language, "publisher": self.publisher, "day": self.day}
        return {name: value for name, value in known.items() if value is not None}


class VectorIndex:
    """The vectors of a store in the folder at `path`. Raises StoreDamaged where Chroma cannot read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._errors():
            self._open()

    def _open(self) -> None:
        self._client = chromadb.PersistentClient(str(self._path), settings=Settings(anonymized_telemetry=False))
        self._collections = {
            kind: self._client.get_or_create_collection(kind, embedding_function=None, configuration={"hnsw": _HNSW}) for kind in _KINDS
        }

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # chromadb raises its own, Rust's and SQLite's
            reason = " ".join(str(error).split())[:200]
            raise StoreDamaged(
                f"The vectors in {self._path} cannot be used ({reason}). Check disk space and rights; "
                "if they are in order, delete that folder and run: python -m index build with the same folders"
            ) from error

    def close(self) -> None:
        """Lets go of the files. Chroma shares one client a folder in a process, which would not see that the folder was replaced."""
        self._client.close()  # type: ignore[attr-defined]  # as every client that PersistentClient returns has it

    def put(self, kind: Kind, units: Sequence[Unit], vectors: Vectors) -> None:
        """Writes units, of vectors with shape (len(units), dimensions), in the place of those with their ids."""
        with self._errors():
            for start in range(0, len(units), _BATCH):
                batch = units[start : start + _BATCH]
                self._collections[kind].upsert(
                    ids=[unit.id for unit in batch],
                    embeddings=vectors[start : start + _BATCH],
                    metadatas=[unit.metadata() for unit in batch],
                    documents=[unit.text for unit in batch] if kind == "passages" else None,
                )

    def remove(self, article_keys: Sequence[str]) -> None:
        """Forgets everything of these articles."""
        with self._errors():
            for start in range(0, len(article_keys), _BATCH):
                theirs: dict[str, Any] = {"article": {"$in": list(article_keys[start : start + _BATCH])}}
                for collection in self._collections.values():
                    collection.delete(where=theirs)

    def nearest(
        self, kind: Kind, question: Vectors, count: int, filters: Filters, article_keys: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the `count` units nearest to a vector of shape (dimensions,), best first.

        Of the articles with these keys alone, unless None; of filters, the speaker is not looked at: who is quoted where is not kept here.
        """
        if article_keys is None:
            return self._nearest(kind, question, count, _where(filters))
        batches = [article_keys[start : start + _BATCH] for start in range(0, len(article_keys), _BATCH)]
        found = [near for keys in batches for near in self._nearest(kind, question, count, _where(filters, keys))]
        return nlargest(count, found, key=itemgetter(1))

    def _nearest(self, kind: Kind, question: Vectors, count: int, where: dict[str, Any] | None) -> list[tuple[str, float]]:
        with self._errors():
            try:
                found = self._query(kind, question, count, where)
            except InternalError:
                # Another process wrote meanwhile: what a filter allows now is looked up among the vectors as they were when Chroma was
                # opened ("Error finding id"), until it is opened again.
                self.close()
                self._open()
                found = self._query(kind, question, count, where)
        assert found["distances"] is not None
        return [(id, 1.0 - distance) for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _query(self, kind: Kind, question: Vectors, count: int, where: dict[str, Any] | None) -> chromadb.QueryResult:
        return self._collections[kind].query(query_embeddings=question[None, :], n_results=count, where=where, include=["distances"])

    def vectors(self, kind: Kind, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of `ids` that exist."""
        with self._errors():
            found = self._collections[kind].get(ids=list(ids), include=["embeddings"]) if ids else None
        if found is None or found["embeddings"] is None:
            return {}
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def count(self, kind: Kind) -> int:
        """How many units there are."""
        with self._errors():
            return self._collections[kind].count()

    def ids(self, kind: Kind) -> set[str]:
        """Every id, for comparison with the catalogue."""
        with self._errors():
            return set(self._collections[kind].get(include=[])["ids"])


def _where(filters: Filters, article_keys: Sequence[str] | None = None) -> dict[str, Any] | None:
    """The filters in Chroma's language. An article without a date is in no range of dates."""
    conditions: list[Mapping[str, Any]] = []
    if article_keys is not None:
        conditions.append({"article": {"$in": list(article_keys)}})
    if filters.language is not None:
        conditions.append({"language": filters.language})
    if filters.publisher is not None:
        conditions.append({"publisher": filters.publisher})
    if filters.after is not None:
        conditions.append({"day": {"$gte": filters.after}})
    if filters.before is not None:
        conditions.append({"day": {"$lte": filters.before}})
    if not conditions:
        return None
    return dict(conditions[0]) if len(conditions) == 1 else {"$and": conditions}
