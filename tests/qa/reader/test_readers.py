"""What a reader's logits say, readers of others, and the names that readers have."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from exported_reader import write_exported
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EmbedderError, SettingError
from index.text.sentences import sentence_spans
from index.text.spans import Span
from qa.evaluate.measures import f1
from qa.reader.exported import ExportedReader
from qa.reader.reader import LONGEST_ANSWER, Passage, decode
from qa.reader.readers import load_reader
from qa.reader.windows import Sentence, Window

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "tests" / "cases"
TEXT = "The choir sang all night. The piano of the choir cost 48,000 euros. Rain fell."


def passage(text: str, best: str = "", title: str = "") -> Passage:
    sentences = list(sentence_spans(text))
    return Passage(text, sentences, [float(bool(best) and best in span.of(text)) for span in sentences], title)


# Logits.


@given(st.integers(1, 40), st.data())
def test_spans_are_in_order_within_the_passage_and_their_shares_are_no_more_than_all(count: int, data: st.DataObject) -> None:
    logits = st.lists(st.floats(-20, 20), min_size=count + 4, max_size=count + 4)
    start, end, support = (np.array(data.draw(logits), np.float32) for _ in range(3))
    spans = [Span(2 * n, 2 * n + 1) for n in range(count)]
    half = count // 2
    sentences = [Sentence(3, 3 + half, Span(0, 2 * half)), Sentence(3 + half, 3 + count, Span(2 * half, 2 * count))]
    window = Window(list(range(count + 4)), 3, spans, [one for one in sentences if one.end > one.start])
    read = decode(window, start, end, support)
    assert [found.score for found in read.found] == sorted((found.score for found in read.found), reverse=True)
    assert sum(found.share for found in read.found) <= 1 + 1e-6
    for found in read.found:
        first, last = spans.index(Span(found.span.start, found.span.start + 1)), spans.index(Span(found.span.end - 1, found.span.end))
        assert 0 <= last - first < LONGEST_ANSWER
    best = max(start[3 + i] + end[3 + j] for i in range(count) for j in range(i, min(count, i + LONGEST_ANSWER)))
    assert read.found[0].score == pytest.approx(best - start[0] - end[0], abs=1e-4)
    assert set(read.support) == {sentence.span for sentence in window.sentences}


# The project's own.


def test_the_reader_finds_the_words_that_answer_in_both_languages() -> None:
    reader = load_reader()
    arabic = "غنت الجوقة طوال الليل. بلغ ثمن بيانو الجوقة 48 ألف يورو. وهطل المطر."
    read, in_arabic, elsewhere = reader.read(
        "How much did the piano of the choir cost?",
        [passage(TEXT, "piano"), passage(arabic, "بيانو"), passage("The council meets on Monday. Nobody objected.", "council")],
    )
    assert read.found[0].span.of(TEXT) == "48,000 euros"
    assert in_arabic.found[0].span.of(arabic) == "48 ألف يورو"
    assert read.found[0].score > 0 > elsewhere.found[0].score
    best = max(read.support, key=lambda span: read.support[span])
    assert best.of(TEXT) == "The piano of the choir cost 48,000 euros."


def test_the_likeliest_words_are_those_that_were_asked_for() -> None:
    reader = load_reader()
    rows = json.loads((CASES / "short_answers.json").read_text(encoding="utf-8"))
    right = []
    for row in rows:
        (read,) = reader.read(row["question"], [passage(row["sentence"])])
        given = read.found[0].span.of(row["sentence"]) if read.found[0].score > 0 else ""
        right.append(f1(given, row["answer"]) >= 0.5 if row["answer"] else not given)
    assert mean(right) >= 0.8, [row for row, is_right in zip(rows, right, strict=True) if not is_right]


def test_a_passage_without_a_word_is_read_as_nothing() -> None:
    (read,) = load_reader().read("What is said?", [Passage("", [], [])])
    assert read.found == () and read.support == {}


def test_what_one_passage_says_does_not_depend_on_the_others() -> None:
    reader = load_reader()
    one, other = passage(TEXT, "piano"), passage("A piano was sold in Kessa for nine euros.", "piano")
    assert reader.read("What did the piano cost?", [one, other])[0] == reader.read("What did the piano cost?", [one])[0]


# Others'.


@pytest.mark.parametrize("inputs", [("input_ids",), ("input_ids", "attention_mask", "token_type_ids")])
def test_any_exported_model_reads(tmp_path: Path, inputs: tuple[str, ...]) -> None:
    reader = load_reader(f"onnx:{write_exported(tmp_path / 'model', inputs=inputs)}")
    found, nothing = reader.read("how much did the piano cost ?", [passage(TEXT, "piano"), passage("rain fell all night .", "rain")])
    assert found.found[0].span.of(TEXT) == "48,000 euros"
    assert found.found[0].score > 0 > nothing.found[0].score
    assert max(found.support, key=lambda span: found.support[span]).of(TEXT) == "The piano of the choir cost 48,000 euros."


def test_a_model_that_gives_no_start_and_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"gives no start_logits and end_logits\. Export it to ONNX for question answering"):
        ExportedReader(write_exported(tmp_path / "model", outputs=("start", "end")), "onnx:model")


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_a_model_is_refused(tmp_path: Path, missing: str) -> None:
    folder = write_exported(tmp_path / "model")
    (folder / missing).unlink()
    with pytest.raises(EmbedderError, match=r"The reader in .* does not load"):
        load_reader(f"onnx:{folder}")


@pytest.mark.parametrize("name", ["", "onnx:", "bert"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="There is no reader"):
        load_reader(name)


def test_the_command_line_reads_with_the_model_that_is_named(tmp_path: Path, samples_store_folder: Path) -> None:
    """It knows one answer, which no sample has: it is silent, and says so as ever. What is no model ends with one line."""
    folder, question = write_exported(tmp_path / "model"), "For how many years has Matthis Oduval looked after the Kessa light?"

    def ask(name: str) -> subprocess.CompletedProcess[str]:
        words = ["-m", "qa", "ask", question, "--json", "--reader", name, "--store", str(samples_store_folder)]
        return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    own, other, none = (json.loads(ask("learned").stdout), json.loads(ask(f"onnx:{folder}").stdout), ask("onnx:nowhere"))
    assert own["short_answer"] == "thirty-nine years"
    assert other["short_answer"] is None and other["confidence"] != own["confidence"]
    assert (none.returncode, none.stdout, none.stderr.count("\n")) == (2, "", 1)
    assert "The reader in nowhere does not load" in none.stderr
