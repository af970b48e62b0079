"""What people would otherwise use, on the same articles with the same embedder, as its documentation has it.

BM25                 the passages that share the question's words, by the store's full-text index
Dense                the passages nearest to the question by single vectors, by the store's Chroma
LlamaIndexRetriever  LlamaIndex's `VectorStoreIndex` with `SentenceSplitter` over Chroma
CitationEngine       LlamaIndex's `CitationQueryEngine` with a language model on that index
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import chromadb
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.vector_stores.chroma import ChromaVectorStore

from index.articles import Article
from index.embedding.embed import Embedder
from index.store.filters import ANY
from index.store.passages import count_tokens
from index.store.store import Store
from index.text.spans import Span
from index.text.terms import stems
from qa.evaluate.run import Progress
from qa.evaluate.systems import RetrievedPlace, SystemAnswer
from qa.llamaindex import OnRecordEmbedding
from qa.writing.language_models import LlamaIndexModel

NOWHERE = Span(0, 0)
"""The place of a text that is not in its article: a citation that stands there is broken."""
_BATCH_ARTICLES = 16  # between two reports of progress
_BATCH_NODES = 1000  # Chroma takes 5,461 at once


class BM25:
    """Passages ranked only by the words that they share with the question."""

    name = "bm25"

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, question: str, count: int) -> list[RetrievedPlace]:
        return _passages(self._store, self._store.lexical.best("terms", stems(question), count, ANY))


class Dense:
    """Passages of all languages, ranked only by the cosine of their vector with the question's."""

    name = "dense"

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, question: str, count: int) -> list[RetrievedPlace]:
        (vector,) = self._store.embedder.questions([question])
        return _passages(self._store, self._store.vectors.nearest("passages", vector, count, ANY))


def _passages(store: Store, scored: Sequence[tuple[str, float]]) -> list[RetrievedPlace]:
    passages = store.catalogue.passages(id for id, _ in scored)
    return [RetrievedPlace(passage.article_id, passage.span, passage.text) for id, _ in scored if (passage := passages.get(id)) is not None]


class LlamaIndexRetriever:
    """LlamaIndex's chunks of whole articles, nearest first, at the places that it gives them.

    Its splitter looks for each chunk in the article behind the start of the one before. Where an article repeats itself a chunk is so given
    another's place, and counts as standing there. One that is given no place is looked for from the article's beginning.
    """

    name = "llama-index"

    def __init__(self, articles: Iterable[Article], embedder: Embedder, folder: Path, progress: Progress) -> None:
        """Indexes `articles` in `folder`, which is new or empty. Raises EmbedderError. Keeps their texts."""
        _stay_offline()
        self._client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        cosine: CreateHNSWConfiguration = {"space": "cosine"}
        collection = self._client.create_collection("chunks", embedding_function=None, configuration={"hnsw": cosine})
        self.index = VectorStoreIndex.from_vector_store(ChromaVectorStore(collection), embed_model=OnRecordEmbedding(embedder))
        self.texts: dict[str, str] = {}
        self._add(list(articles), progress)

    def _add(self, articles: Sequence[Article], progress: Progress) -> None:
        splitter = SentenceSplitter()
        for start in range(0, len(articles), _BATCH_ARTICLES):
            progress(f"Indexing ({self.name})", start, len(articles))
            batch = articles[start : start + _BATCH_ARTICLES]
            self.texts |= {article.id: article.text for article in batch}
            nodes = splitter.get_nodes_from_documents([Document(id_=article.id, text=article.text) for article in batch])
            for first in range(0, len(nodes), _BATCH_NODES):
                self.index.insert_nodes(nodes[first : first + _BATCH_NODES])
        progress(f"Indexing ({self.name})", len(articles), len(articles))

    def search(self, question: str, count: int) -> list[RetrievedPlace]:
        return [self.place(node) for node in self.index.as_retriever(similarity_top_k=count).retrieve(question)]

    def place(self, scored: NodeWithScore) -> RetrievedPlace:
        """The place of a chunk, as it states it."""
        node = scored.node
        assert isinstance(node, TextNode) and node.ref_doc_id is not None
        if node.start_char_idx is None or node.end_char_idx is None:
            return self.looked_for(node.ref_doc_id, node.text)
        return RetrievedPlace(node.ref_doc_id, Span(node.start_char_idx, node.end_char_idx), node.text)

    def looked_for(self, article_id: str, text: str) -> RetrievedPlace:
        """Where a text first stands in an article, or NOWHERE."""
        start = self.texts[article_id].find(text)
        return RetrievedPlace(article_id, NOWHERE if start < 0 else Span(start, start + len(text)), text)

    def close(self) -> None:
        """Lets go of the folder."""
        self._client.close()  # type: ignore[attr-defined]  # as every client that PersistentClient returns has it


class CitationEngine:
    """LlamaIndex's `CitationQueryEngine` with a language model, on the index of a LlamaIndexRetriever.

    It cannot abstain, and is prompted to cite a source in every answer: an answer that cites none counts as an abstention. It cites parts
    of chunks without their places; each is looked for in its article. A number that is no source's is no citation.
    """

    name = "citation-query-engine"

    def __init__(self, retriever: LlamaIndexRetriever, model: LlamaIndexModel) -> None:
        self._retriever = retriever
        self._engine = CitationQueryEngine.from_args(retriever.index, llm=model.llm, similarity_top_k=3)

    def search(self, question: str, count: int) -> list[RetrievedPlace]:
        """At most three, as its documentation has it."""
        return [self._retriever.place(node) for node in self._engine.retrieve(QueryBundle(question))[:count]]

    def ask(self, question: str) -> SystemAnswer:
        """Raises ModelError where the language model does not answer."""
        began = perf_counter()
        response = self._engine.query(question)
        ms = {"total": 1000 * (perf_counter() - began)}
        text = str(response)
        numbers = _cited(text)
        sources = [(number, response.source_nodes[number - 1]) for number in numbers if 0 < number <= len(response.source_nodes)]
        citations = tuple(self._source(number, source) for number, source in sources)
        statement = (("supported" if citations else "unsupported", tuple(range(len(citations)))),) if numbers else ()
        return SystemAnswer(text, None, not numbers, None, citations, statement, ms)

    def _source(self, number: int, scored: NodeWithScore) -> RetrievedPlace:
        node = scored.node
        assert isinstance(node, TextNode) and node.ref_doc_id is not None
        return self._retriever.looked_for(node.ref_doc_id, node.text.removeprefix(f"Source {number}:\n").removesuffix("\n"))


# [1], [1, 2], and what small models make of it: [Source 1].
_MARKER = re.compile(r"\[(?:sources? )?(\d{1,3}(?:(?:, ?| and )(?:source )?\d{1,3})*)\]", re.IGNORECASE)


def _cited(text: str) -> list[int]:
    """The numbers that stand in an answer as citations, each once."""
    return list(dict.fromkeys(int(number) for marker in _MARKER.findall(text) for number in re.findall(r"\d+", marker)))


def _stay_offline() -> None:
    """What LlamaIndex's splitter would download is in its package."""
    count_tokens("")  # leaves tiktoken with the encoding that it uses as well
    package = find_spec("llama_index.core")
    assert package is not None and package.origin is not None, "llama-index-core is a requirement"
    os.environ["NLTK_DATA"] = str(Path(package.origin).parent / "_static" / "nltk_cache")
