"""A small question-answering model in ONNX, made for a test."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = re.findall(r"\S+", "[CLS] [SEP] [UNK] how much did the piano cost ? choir sang all night . of 48 , 000 euros rain fell")


def write_exported(
    folder: Path, outputs: tuple[str, ...] = ("start_logits", "end_logits"), inputs: tuple[str, ...] = ("input_ids",)
) -> Path:
    """A question-answering model after BERT's manner that answers every question with "48,000 euros", and else with nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 1), ("[CLS]", 0))
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.full((len(WORDS), 2), -5.0, np.float32)
    table[0] = 1.0
    table[WORDS.index("48"), 0] = table[WORDS.index("euros"), 1] = 6.0
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["logits"], axis=0),
        *(helper.make_node("Gather", ["logits", f"column {n}"], [name], axis=2) for n, name in enumerate(outputs)),
    ]
    graph = helper.make_graph(
        nodes,
        "reader",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "tokens"]) for name in outputs],
        [numpy_helper.from_array(table, "table"), *(numpy_helper.from_array(np.array(n), f"column {n}") for n in range(2))],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "model.onnx")
    return folder
