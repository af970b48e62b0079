"""A model in ONNX: tokens with their places in the text, four bits a dimension, any text, any thread, any folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import numpy_helper
from tokenizers import Tokenizer

from index.articles import make_article
from index.build.build import build
from index.embedding import onnx_embedder
from index.embedding.default_model import model_folder
from index.embedding.embed import Encoded, TokenEmbedder, Vectors
from index.embedding.models import DEFAULT_EMBEDDER, load_embedder
from index.embedding.onnx_embedder import OnnxEmbedder, open_session, version_of
from index.errors import EmbedderError, StoreOfAnotherMaker
from index.store.passages import passages_of
from index.store.store import Store
from qa.answer import answer
from qa.ask.question import analyse
from qa.ask.retrieve import retrieve

ROOT = Path(__file__).resolve().parents[3]
TEXTS = [
    "The ferry Nawras capsized off Kessa on Friday, and 180 passengers were saved.",
    "انقلبت العبّارة نورس قبالة جزيرة كيسا يوم الجمعة، ونجا ١٨٠ راكبا.",
    "Feribot battı; паром затонул; 渡船沉没了。",
]


@pytest.fixture(scope="module")
def default() -> OnnxEmbedder:
    embedder = load_embedder(DEFAULT_EMBEDDER)
    assert isinstance(embedder, OnnxEmbedder)
    return embedder


def words_of(text: str, encoded: Encoded) -> list[str]:
    return [text[start:end] for start, end in encoded.spans.tolist()]


def check_encoded(text: str, encoded: Encoded, embedder: OnnxEmbedder) -> None:
    """What holds of every text."""
    assert encoded.vector.dtype == np.float32
    assert np.linalg.norm(encoded.vector) == pytest.approx(1, abs=1e-3)
    assert encoded.spans.dtype == np.uint32
    assert encoded.spans.shape == (len(encoded.tokens), 2)
    assert encoded.tokens.dtype == np.int8
    assert encoded.tokens.shape[1] == embedder.token_bytes
    starts, ends = encoded.spans[:, 0].tolist(), encoded.spans[:, 1].tolist()
    assert all(0 <= start <= end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert starts == sorted(starts)


# Places.


def test_tokens_stand_at_the_words_of_the_text_in_order(default: OnnxEmbedder) -> None:
    for text in TEXTS:
        (encoded,) = default.encode([text])
        check_encoded(text, encoded, default)
        pieces = words_of(text, encoded)
        assert "".join(pieces) == "".join(character for character in text if character.isalnum())
        assert not any(piece != piece.strip() for piece in pieces)


def test_a_word_of_one_piece_is_where_it_stands_however_the_space_before_it_is_written(default: OnnxEmbedder) -> None:
    for text in ("the house opened", "the  house\n\nopened", "\tthe\u00a0house \u2003 opened ", "«the house»  opened"):
        (encoded,) = default.encode([text])
        assert words_of(text, encoded) == ["the", "house", "opened"], text


def test_a_questions_places_are_in_the_question_without_the_models_prefix(default: OnnxEmbedder) -> None:
    text = "Who saved 180 passengers?"
    question = default.question(text)
    assert "".join(text[start:end] for start, end in question.spans.tolist()) == "Whosaved180passengers"
    assert question.tokens.shape == (len(question.spans), 2 * default.token_bytes)
    np.testing.assert_allclose(np.linalg.norm(question.tokens, axis=1), 1, atol=1e-3)
    assert question.weights.sum() == pytest.approx(1)
    assert (question.weights > 0).all()


def test_a_rare_word_says_more_than_a_common_one(default: OnnxEmbedder) -> None:
    text = "is the museum old?"
    question = default.question(text)
    weights = {text[start:end]: weight for (start, end), weight in zip(question.spans.tolist(), question.weights.tolist(), strict=True)}
    assert max(weights, key=lambda piece: weights[piece]) == "museum"
    assert min(weights, key=lambda piece: weights[piece]) in ("the", "is")


@pytest.mark.parametrize("text", ["", " ", "\n\u2003", "?!", "…—؟،«»", "\0", "\ud800", "\u200b", "👩🏽\u200d🚒"], ids=ascii)
def test_a_text_without_a_letter_or_digit_has_a_vector_and_no_tokens(default: OnnxEmbedder, text: str) -> None:
    (encoded,) = default.encode([text])
    check_encoded(text, encoded, default)
    assert len(encoded.tokens) == 0
    question = default.question(text)
    assert question.tokens.shape == (0, 2 * default.token_bytes)
    assert question.spans.shape == (0, 2)
    assert question.weights.shape == (0,)
    assert np.linalg.norm(question.vector) == pytest.approx(1, abs=1e-3)


def test_punctuation_has_no_tokens(default: OnnxEmbedder) -> None:
    text = "“Who?” — (she) asked… «نعم»، 3 % [!]"
    (encoded,) = default.encode([text])
    assert "".join(words_of(text, encoded)) == "Whosheaskedنعم3"


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\udfff", "\x1b", "\ufffd"], ids=ascii)
def test_characters_without_utf8_and_nuls_move_no_place(default: OnnxEmbedder, odd: str) -> None:
    text = f"The ferry {odd} capsized{odd} off {odd}{odd} Kessa{odd}"
    (encoded,) = default.encode([text])
    check_encoded(text, encoded, default)
    pieces = words_of(text, encoded)
    assert "".join(piece.strip(odd) for piece in pieces) == "TheferrycapsizedoffKessa"
    assert text[encoded.spans[-1][0] : encoded.spans[-1][1]].strip(odd) in "Kessa"


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=60)
def test_any_text_has_a_vector_and_tokens_in_order_within_it(default: OnnxEmbedder, text: str) -> None:
    (encoded,) = default.encode([text])
    check_encoded(text, encoded, default)
    default.question(text)


def test_a_text_longer_than_the_window_has_tokens_to_its_end_and_a_vector_of_all_its_parts(default: OnnxEmbedder) -> None:
    beginning, end = "The ferry left Kessa at nine. " * 100, "The museum of salt opened again. " * 100
    text = beginning + end
    encoded, first, last = default.encode([text, beginning, end])
    check_encoded(text, encoded, default)
    assert len(encoded.tokens) > 1000
    assert "".join(words_of(text, encoded)) == "".join(character for character in text if character.isalnum())
    assert min(float(encoded.vector @ first.vector), float(encoded.vector @ last.vector)) > float(first.vector @ last.vector) + 0.02


@pytest.mark.parametrize("text", ["a" * 20_000, "م" * 20_000, "x " * 3000, "\n" * 20_000, "?" * 20_000], ids=lambda text: ascii(text[:2]))
def test_long_texts_without_words_are_read_in_reasonable_time(default: OnnxEmbedder, text: str) -> None:
    (encoded,) = default.encode([text])
    check_encoded(text, encoded, default)


# Four bits.


def slow_compare(question: Vectors, tokens: npt.NDArray[np.int8], level: float) -> npt.NDArray[np.float64]:
    """Each nibble by itself: the lower half of a byte is the first of two dimensions, and level n stands for (n - 7.5) widths."""
    products = np.zeros((len(question), len(tokens)))
    for i, row in enumerate(question.tolist()):
        for j, token in enumerate(tokens.tolist()):
            total = 0.0
            for place, byte in enumerate(token):
                low, high = byte % 256 % 16, byte % 256 // 16
                total += row[2 * place] * (low - 7.5) + row[2 * place + 1] * (high - 7.5)
            products[i, j] = total * level / len(row) ** 0.5
    return products


@given(st.integers(0, 3), st.integers(0, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_compare_is_the_product_with_the_levels_nibble_by_nibble(default: OnnxEmbedder, rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    question = random.standard_normal((rows, 2 * default.token_bytes)).astype(np.float32)
    tokens = random.integers(-128, 128, (columns, default.token_bytes), dtype=np.int8)
    found = default.compare(question, tokens)
    assert found.dtype == np.float32
    # The width of a level: Max 1960, table I, for 16 levels.
    np.testing.assert_allclose(found, slow_compare(question, tokens, 0.3352), rtol=1e-4, atol=1e-4)


def test_four_bits_are_near_the_exact_cosines(default: OnnxEmbedder, samples: Path) -> None:
    """Of the tokens of real texts: a question's are floats, those of the same words as a passage four bits."""
    text = (samples / "articles" / "desert-railway-opens.txt").read_text(encoding="utf-8")[:1500]
    asked = [default.question(question) for question in ("How long does the train take?", "كم يستغرق القطار؟")]
    ((_, _, _, exact),) = default._run([text], "passage")
    (encoded,) = default.encode([text])
    assert exact.shape[0] == len(encoded.tokens)
    for question in asked:
        errors = np.abs(default.compare(question.tokens, encoded.tokens) - question.tokens @ exact.T)
        assert errors.mean() < 0.01
        assert errors.max() < 0.05


# One text and many.


def assert_same(found: Encoded, expected: Encoded) -> None:
    np.testing.assert_array_equal(found.vector, expected.vector)
    np.testing.assert_array_equal(found.spans, expected.spans)
    np.testing.assert_array_equal(found.tokens, expected.tokens)


def test_a_text_is_encoded_alone_as_among_many(default: OnnxEmbedder) -> None:
    texts = [*TEXTS, "", "?", *(f"The boat number {n} left the harbour." for n in range(300))]
    together = default.encode(texts)
    assert len(together) == len(texts)
    for n in (0, 1, 2, 3, 4, 5, 255, 256, 304):
        assert_same(together[n], default.encode([texts[n]])[0])
    np.testing.assert_array_equal(default.passages(texts[:6]), [encoded.vector for encoded in together[:6]])
    assert default.encode([]) == []


def test_two_threads_at_once_get_what_one_gets(default: OnnxEmbedder) -> None:
    texts = [f"{TEXTS[n % 3]} {n}" for n in range(24)]
    alone = default.encode(texts)
    found: dict[int, list[Encoded]] = {}

    def work(turn: int) -> None:
        found[turn] = default.encode(texts) if turn % 2 else [default.encode([text])[0] for text in texts]

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2, 3]
    for encoded in found.values():
        for own, expected in zip(encoded, alone, strict=True):
            assert_same(own, expected)


def test_onnx_runtime_reports_to_nobody_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """From 1.29 on it would, from the moment that it is imported."""
    home = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    environment = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "CI")}
    program = "import index.embedding.models, onnxruntime; onnxruntime.SessionOptions()"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**environment, **home}, check=True)
    assert list(tmp_path.rglob("*")) == []


# Any other model in a folder.

ARTICLES = {
    "ferry.txt": "The Nawras capsized\n\nThe ferry left Kessa at nine. It carried 180 passengers. Nobody knows why it sank.",
    "salt.txt": "Museum of salt\n\nThe museum opened on Friday. Its roof is new. A kite flew over it.",
    "mill.txt": "The mill of Tarvel\n\nThe mill burned for two days. The miller has gone to sea.",
}
VOCABULARY = sorted({word.strip(".?").lower() for text in ARTICLES.values() for word in text.split()} | {"when", "how", "many", "who"})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, make_onnx_model: Callable[..., Path]) -> Path:
    return make_onnx_model(tmp_path_factory.mktemp("onnx") / "a model", VOCABULARY)


def test_a_model_in_a_folder_weighs_its_words_alike(model: Path) -> None:
    embedder = load_embedder(f"onnx:{model}")
    assert isinstance(embedder, TokenEmbedder)
    assert (embedder.name, embedder.version) == (f"onnx:{model}", version_of(model))
    text = "The mill burned. Who?"
    (encoded,) = embedder.encode([text])
    assert words_of(text, encoded) == ["The", "mill", "burned", "Who"]
    question = embedder.question(text)
    assert question.weights.tolist() == [0.25] * 4
    similarities = embedder.compare(question.tokens, encoded.tokens)
    assert similarities.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert np.diag(similarities) == pytest.approx(1, abs=0.05)


def test_a_model_without_a_vector_for_texts_gives_the_mean_of_its_tokens(model: Path) -> None:
    embedder = load_embedder(f"onnx:{model}")
    (words,) = (numpy_helper.to_array(weights) for weights in onnx.load(model / "model.onnx").graph.initializer if weights.name == "words")
    vocabulary = Tokenizer.from_file(str(model / "tokenizer.json")).get_vocab()
    mean = words[[vocabulary[piece] for piece in ("[CLS]", "the", "mill", ".", "[SEP]")]].mean(axis=0)
    np.testing.assert_allclose(embedder.passages(["The mill."])[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_a_store_is_built_and_asked_with_a_model_in_a_folder(model: Path, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / "articles" / name).write_text(text, encoding="utf-8")
    build(tmp_path / "store", [tmp_path / "articles"], load_embedder(f"onnx:{model}"))
    store = Store.open(tmp_path / "store")
    assert (store.manifest.embedder, store.manifest.embedder_version) == (f"onnx:{model}", version_of(model))
    assert store.differences() == []
    for question, id in (
        ("How many passengers?", "ferry.txt"),
        ("When did the museum open?", "salt.txt"),
        ("Who burned the mill?", "mill.txt"),
    ):
        hits = retrieve(store, analyse(store, question), 3)
        assert hits[0].passage.article_id == id
        assert hits[0].matches.similarities.size
        for citation in answer(store, question).citations:
            assert ARTICLES[citation.article.id][citation.span.start : citation.span.end] == citation.quote
    store.close()


def test_a_store_of_a_model_whose_files_changed_is_of_another_maker(
    model: Path, tmp_path: Path, make_onnx_model: Callable[..., Path]
) -> None:
    folder = shutil.copytree(model, tmp_path / "model")
    (tmp_path / "a.txt").write_text(ARTICLES["mill.txt"], encoding="utf-8")
    build(tmp_path / "store", [tmp_path / "a.txt"], OnnxEmbedder(folder, f"onnx:{folder}", version_of(folder)))
    make_onnx_model(folder, VOCABULARY, seed=1)
    with pytest.raises(StoreOfAnotherMaker, match="embedder_version"):
        Store.open(tmp_path / "store")


def change_model(folder: Path) -> None:
    loaded = onnx.load(folder / "model.onnx")
    loaded.graph.initializer[0].raw_data = bytes(len(loaded.graph.initializer[0].raw_data))
    onnx.save(loaded, folder / "model.onnx")


def change_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"mill"', '"moll"'), encoding="utf-8")


def add_weights(folder: Path) -> None:
    np.save(folder / "token_weights.npy", np.arange(len(VOCABULARY) + 5, dtype=np.float32))


def add_prefixes(folder: Path) -> None:
    (folder / "prefixes.json").write_text(json.dumps({"passage": "mill ", "query": "who "}), encoding="utf-8")


@pytest.mark.parametrize("change", [change_model, change_tokenizer, add_weights, add_prefixes])
def test_another_content_is_another_version(model: Path, tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder = shutil.copytree(model, tmp_path / "model")
    before = version_of(folder)
    assert before == version_of(model), "the name of the folder is not its content"
    change(folder)
    assert version_of(folder) != before


def test_weights_and_prefixes_in_the_folder_are_used(model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model, tmp_path / "model")
    text = "mill ferry"
    (bare,) = OnnxEmbedder(folder, "bare", "1").passages([text])
    add_weights(folder)
    add_prefixes(folder)
    embedder = OnnxEmbedder(folder, "dressed", "1")
    question = embedder.question(text)
    assert [text[start:end] for start, end in question.spans.tolist()] == ["mill", "ferry"]
    ids = [VOCABULARY.index(word) + 5 for word in ("mill", "ferry")]
    assert question.weights.tolist() == pytest.approx([id / sum(ids) for id in ids])
    assert float(embedder.passages([text])[0] @ bare) < 0.999
    assert float(embedder.passages([text])[0] @ question.vector) < 0.999


def without_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def without_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def without_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def file_for_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("mine")


@pytest.mark.parametrize("damage", [without_model, without_tokenizer, without_folder, file_for_folder])
def test_a_folder_without_a_model_is_said_in_one_line(model: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = shutil.copytree(model, tmp_path / "model")
    damage(folder)
    with pytest.raises(EmbedderError, match=r"It needs model\.onnx and tokenizer\.json\.$") as caught:
        load_embedder(f"onnx:{folder}")
    assert str(caught.value).startswith(f"There is no embedding model in {folder} (")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *[("model.onnx", content) for content in (b"", b"no model" * 99)],
        *[("tokenizer.json", content) for content in (b"", b"{}", b"\xff\xfe", b"[" * 10_000)],
        *[("prefixes.json", content) for content in (b"", b"\xff", b"{")],
        *[("token_weights.npy", content) for content in (b"", b"no numbers")],
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:9]),
)
def test_a_folder_with_junk_in_it_is_said_in_one_line(model: Path, tmp_path: Path, name: str, content: bytes) -> None:
    folder = shutil.copytree(model, tmp_path / "model")
    (folder / name).write_bytes(content)
    with pytest.raises(EmbedderError, match=r"does not load \(.*\)\.$") as caught:
        load_embedder(f"onnx:{folder}")
    assert str(caught.value).startswith(f"The embedding model in {folder} ")
    assert "\n" not in str(caught.value)


def test_a_model_that_gives_no_states_is_said_in_one_line(tmp_path: Path, make_onnx_model: Callable[..., Path]) -> None:
    folder = make_onnx_model(tmp_path / "model", VOCABULARY, output="logits")
    with pytest.raises(EmbedderError, match=r"gives no last_hidden_state\. Export it to ONNX for feature extraction\.$"):
        load_embedder(f"onnx:{folder}")


def test_passages_of_an_article_are_encoded_as_the_store_will_hold_them(model: Path, default: OnnxEmbedder, samples: Path) -> None:
    """Every token of a real article stands at a word of it, letter for letter."""
    text = (samples / "articles" / "teachers-strike-ar.txt").read_text(encoding="utf-8")
    article = make_article("a", text)
    passages: list[Any] = passages_of(article)
    for embedder in (default, OnnxEmbedder(model, "tiny", "1")):
        for passage, encoded in zip(passages, embedder.encode([passage.text for passage in passages]), strict=True):
            check_encoded(passage.text, encoded, embedder)
            pieces = words_of(passage.text, encoded)
            assert pieces
            assert all(piece == piece.strip() for piece in pieces)
            for (start, end), piece in zip(encoded.spans.tolist(), pieces, strict=True):
                assert text[passage.span.start + start : passage.span.start + end] == piece


@pytest.mark.parametrize("has_vnni", [True, False])
def test_products_of_bytes_are_unsigned_only_where_others_would_overflow(has_vnni: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_embedder, "_has_vnni", lambda: has_vnni)
    options = open_session(model_folder() / "model.onnx").get_session_options()
    if has_vnni:
        with pytest.raises(RuntimeError):
            options.get_session_config_entry("session.x64quantprecision")
    else:
        assert options.get_session_config_entry("session.x64quantprecision") == "1"
