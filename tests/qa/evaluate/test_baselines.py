"""The baselines search and answer as LlamaIndex and the indexes do, at the places that they claim, and reach no machine but the model's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_server import ModelServer

from index.articles import Article, make_article
from index.errors import ModelError
from index.store.passages import passages_of
from index.store.store import Store, writing
from qa.evaluate.baselines import BM25, NOWHERE, CitationEngine, Dense, LlamaIndexRetriever
from qa.evaluate.systems import AnsweringSystem, System
from qa.writing.language_models import language_model

KEY = "sk-nobody-shall-read-this"
TEXTS = {
    "ferry": "The ferry Nawras left Kessa at nine on Friday. It carried 180 passengers when it sank off the pier.",
    "school": "أعلنت مديرية التعليم في دالميرا أن 14 مدرسة أغلقت أبوابها يوم الأحد. ولم يقل أحد متى تعود الدروس.",
    "museum": "The salt museum opened again on Saturday after six years. Visitors walked in with their shoes off.",
    "bridge": "Engineers closed the iron bridge in May. Its cables had rusted through, the ministry said.",
}


def articles(texts: dict[str, str]) -> list[Article]:
    return [make_article(id, text) for id, text in texts.items()]


@pytest.fixture
def store(tmp_path: Path, each_embedder: Any) -> Store:
    made = Store.open_or_make(tmp_path / "store", each_embedder)
    with writing(tmp_path / "store"):
        made.put([(article, passages_of(article)) for article in articles(TEXTS)])
    return made


@pytest.fixture
def make_retriever(tmp_path: Path, tiny_embedder: Any) -> Iterator[Any]:
    made = []

    def make(texts: dict[str, str]) -> LlamaIndexRetriever:
        made.append(LlamaIndexRetriever(articles(texts), tiny_embedder, tmp_path / f"llama-index-{len(made)}", lambda *_: None))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_bm25_finds_passages_by_their_words_alone(store: Store) -> None:
    found = BM25(store).search("When did the ferry leave Kessa?", 10)
    assert found[0].article_id == "ferry"
    assert all(place.span.of(TEXTS[place.article_id]) == place.text for place in found)
    assert BM25(store).search("zebra", 10) == []


def test_bm25_gives_its_index_order_and_no_more_than_asked_for(store: Store) -> None:
    found = BM25(store).search("the ferry, the museum and the bridge", 2)
    assert len(found) == 2
    assert found == BM25(store).search("the ferry, the museum and the bridge", 10)[:2]


def test_dense_gives_the_nearest_vectors_of_all_languages(store: Store) -> None:
    question = "passengers of the ferry, مدرسة"
    found = Dense(store).search(question, 4)
    (vector,) = store.embedder.questions([question])
    passages = [passage for article in articles(TEXTS) for passage in passages_of(article)]
    cosines = store.embedder.passages([passage.text for passage in passages]) @ vector
    assert [place.text for place in found] == [passages[n].text for n in np.argsort(-cosines)]
    assert {place.article_id for place in found} == set(TEXTS)


def test_all_are_systems_and_one_answers(store: Store, make_retriever: Any) -> None:
    retriever = make_retriever(TEXTS)
    systems: list[System] = [BM25(store), Dense(store), retriever]
    assert [system.name for system in systems] == ["bm25", "dense", "llama-index"]
    assert not any(isinstance(system, AnsweringSystem) for system in systems)


def test_the_chunks_of_llamaindex_stand_letter_for_letter_where_they_say(make_retriever: Any) -> None:
    # Longer than a chunk of 1024 tokens, in two scripts, no sentence said twice.
    long = "\n\n".join(f"Paragraph {n} tells of boat {n}, 😀 that left at {n} o'clock. غادر القارب رقم {n} الميناء." for n in range(200))
    texts = TEXTS | {"long": long}
    found = make_retriever(texts).search("boat of the ferry", 100)
    assert {place.article_id for place in found} == set(texts)
    assert sum(place.article_id == "long" for place in found) > 3
    assert all(place.span.of(texts[place.article_id]) == place.text for place in found)


def test_chunks_of_a_repeated_sentence_are_measured_at_the_wrong_places_that_llamaindex_gives_them(make_retriever: Any) -> None:
    """Its splitter recovers places by searching: each chunk is said to start where the sentence next stands."""
    sentence = "The boat left. "
    found = make_retriever({"echo": sentence * 1500}).search("boat", 100)
    starts = sorted(place.span.start for place in found)
    assert len(starts) > 5
    assert starts == [n * len(sentence) for n in range(len(starts))]
    assert sum(len(place.text) for place in found) >= 1500 * len(sentence) - 100  # though together they cover all of it


def test_a_text_is_looked_for_in_its_article_and_may_stand_nowhere(make_retriever: Any) -> None:
    retriever = make_retriever(TEXTS)
    place = retriever.looked_for("ferry", "180 passengers")
    assert place.span.of(TEXTS["ferry"]) == "180 passengers"
    lost = retriever.looked_for("ferry", "180 camels")
    assert (lost.span, lost.text) == (NOWHERE, "180 camels")
    assert lost.span.of(TEXTS["ferry"]) != lost.text


@pytest.mark.parametrize("text", ["", " \n ", "<|endoftext|> a boat", "a\0boat", "x" * 5_000])
def test_odd_articles_are_indexed_too(make_retriever: Any, text: str) -> None:
    retriever = make_retriever(TEXTS | {"odd <b>/../": text})
    assert retriever.search("Where did the ferry Nawras go?", 3)[0].article_id == "ferry"
    found = retriever.search("boat", 100)
    assert all(place.span.of((TEXTS | {"odd <b>/../": text})[place.article_id]) == place.text for place in found)


def test_nothing_to_index_finds_nothing(make_retriever: Any) -> None:
    assert make_retriever({}).search("boat", 3) == []


def test_progress_ends_with_everything_done(tmp_path: Path, tiny_embedder: Any) -> None:
    told: list[tuple[str, int, int]] = []
    LlamaIndexRetriever(
        iter(articles({f"a{n}": f"Boat {n}." for n in range(40)})), tiny_embedder, tmp_path, lambda *one: told.append(one)
    ).close()
    assert told[0][1:] == (0, 40)
    assert told[-1][1:] == (40, 40)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


# With a language model's server.


@pytest.fixture
def engine(server: ModelServer, make_retriever: Any) -> CitationEngine:
    return CitationEngine(make_retriever(TEXTS), language_model(f"{server.url}#tiny", KEY))


def test_the_citation_engine_cites_the_sources_that_its_answer_names(engine: CitationEngine, server: ModelServer) -> None:
    server.reply = lambda _: "It carried 180 passengers [1]."
    said = engine.ask("How many passengers did the ferry carry?")
    assert isinstance(engine, AnsweringSystem)
    assert (said.text, said.abstained, said.confidence, said.short_answer) == ("It carried 180 passengers [1].", False, None, None)
    (citation,) = said.citations
    assert citation.article_id == "ferry"
    assert citation.text == citation.span.of(TEXTS["ferry"]) == TEXTS["ferry"]
    assert said.statements == (("supported", (0,)),)
    assert said.ms["total"] > 0
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert (asked.body["model"], asked.body["temperature"]) == ("tiny", 0)
    assert f"Source 1:\n{TEXTS['ferry']}" in asked.body["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("answer", "count"),
    [("Yes [2], no [1], yes [2].", 2), ("Yes [1, 3].", 2), ("Yes [Source 2].", 1), ("In [2019] and [sic] it did [1].", 1)],
)
def test_each_source_is_cited_once(engine: CitationEngine, server: ModelServer, answer: str, count: int) -> None:
    server.reply = lambda _: answer
    said = engine.ask("ferry")
    assert len(said.citations) == len(set(said.citations)) == count
    assert said.statements == (("supported", tuple(range(count))),)


def test_a_source_that_does_not_exist_is_no_citation_and_no_abstention(engine: CitationEngine, server: ModelServer) -> None:
    server.reply = lambda _: "A university in Utrecht [7]."
    said = engine.ask("ferry")
    assert (said.abstained, said.citations, said.statements) == (False, (), (("unsupported", ()),))


def test_an_answer_that_cites_nothing_is_read_as_an_abstention(engine: CitationEngine, server: ModelServer) -> None:
    server.reply = lambda _: "None of the sources say so."
    said = engine.ask("ferry")
    assert (said.abstained, said.citations, said.statements, said.text) == (True, (), (), "None of the sources say so.")


def test_without_articles_the_citation_engine_abstains_and_asks_no_model(server: ModelServer, make_retriever: Any) -> None:
    said = CitationEngine(make_retriever({}), language_model(f"{server.url}#tiny", None)).ask("ferry")
    assert (said.abstained, said.text, server.asked) == (True, "Empty Response", [])


def test_the_citation_engine_searches_its_three_chunks(engine: CitationEngine, make_retriever: Any) -> None:
    assert engine.search("ferry", 10) == make_retriever(TEXTS).search("ferry", 3)
    assert len(engine.search("ferry", 2)) == 2


def test_parts_of_long_chunks_are_cited_at_their_own_places(server: ModelServer, make_retriever: Any) -> None:
    text = " ".join(f"Boat {n} left the port of Kessa at {n} o'clock." for n in range(50))  # one chunk to find, two to cite
    engine = CitationEngine(make_retriever({"long": text}), language_model(f"{server.url}#tiny", None))
    server.reply = lambda _: "All of them did [1][2]."
    first, second = engine.ask("boats").citations
    assert first.span.of(text) == first.text
    assert second.span.of(text) == second.text
    assert first.span.start == 0 < second.span.start < first.span.end < second.span.end == len(text)


def check(error: pytest.ExceptionInfo[ModelError], address: str) -> None:
    said = str(error.value)
    assert address in said
    assert "does not answer as it should" in said
    assert KEY not in said
    assert "\n" not in said
    assert len(said) < 500


def nothing_listens_there() -> str:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}/v1"


def test_a_server_that_is_down_is_a_model_error(make_retriever: Any) -> None:
    address = nothing_listens_there()
    with pytest.raises(ModelError) as error:
        language_model(address, KEY)
    check(error, address)
    engine = CitationEngine(make_retriever(TEXTS), language_model(f"{address}#tiny", KEY))
    with pytest.raises(ModelError) as error:
        engine.ask("ferry")
    check(error, address)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_server_that_refuses_is_a_model_error(engine: CitationEngine, server: ModelServer, status: int) -> None:
    server.status = status
    with pytest.raises(ModelError) as error:
        engine.ask("ferry")
    check(error, server.url)
    with pytest.raises(ModelError) as error:
        language_model(server.url, KEY)
    check(error, server.url)


@pytest.mark.parametrize("nonsense", [b"<html>Hello</html>", b'{"choices": []}', b"\xff\x00", b""])
def test_an_answer_that_is_none_is_a_model_error(engine: CitationEngine, server: ModelServer, nonsense: bytes) -> None:
    server.raw = nonsense
    with pytest.raises(ModelError) as error:
        engine.ask("ferry")
    check(error, server.url)


def test_nothing_but_the_models_server_is_reached(
    server: ModelServer, make_retriever: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither tiktoken's encoding nor NLTK's data nor Chroma's model is looked for elsewhere, be the user's caches empty."""
    reached: list[Any] = []
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: (reached.append(address), connect(self, address))[1])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, _real=socket.getaddrinfo, **more: (reached.append((host, None)), _real(host, *rest, **more))[1],
    )
    monkeypatch.setenv("NLTK_DATA", str(tmp_path / "empty"))
    from llama_index.core.utils import globals_helper

    monkeypatch.setattr(globals_helper, "_punkt_tokenizer", None)
    texts = TEXTS | {"long": "One more ferry left. " * 400}  # its sentences are looked for
    CitationEngine(make_retriever(texts), language_model(server.url, None)).ask("ferry")
    assert reached
    assert {host for host, *_ in reached if not isinstance(host, bytes)} == {"127.0.0.1"}
    assert not (tmp_path / "empty").exists()
