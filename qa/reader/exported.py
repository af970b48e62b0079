"""Any extractive question-answering model that was exported to ONNX: `model.onnx` and `tokenizer.json` in a folder.

It takes `input_ids` and, where it has them, `attention_mask` and `token_type_ids`, of shape (1, tokens), and gives `start_logits` and
`end_logits`; those of the first token mean that the passage does not answer, as in models trained on SQuAD 2.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.onnx_embedder import load_tokenizer, open_session
from index.errors import EmbedderError
from qa.reader.reader import Passage, Read, calibration, decode, read_windows
from qa.reader.windows import Window, Windows, marks_of

_OUTPUTS = ("start_logits", "end_logits")


class ExportedReader:
    """The model in `folder`. Raises EmbedderError where ONNX Runtime or the tokenizer cannot read it, or it has no such outputs."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.fitted = name, calibration("exported")
        try:
            self._session = open_session(folder / "model.onnx")
            tokenizer = load_tokenizer(folder / "tokenizer.json")
        except Exception as error:  # both libraries raise their own, and plain Exception
            reason = " ".join(str(error).split())[:200]
            raise EmbedderError(f"The reader in {folder} does not load ({reason}). It needs model.onnx and tokenizer.json.") from error
        self._inputs = {put.name for put in self._session.get_inputs()}
        given = {put.name for put in self._session.get_outputs()}
        if not given.issuperset(_OUTPUTS):
            raise EmbedderError(f"The reader in {folder} gives no {' and '.join(_OUTPUTS)}. Export it to ONNX for question answering.")
        self._windows = Windows(tokenizer, marks_of(tokenizer))

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        return read_windows(self._windows, self._read, question, passages)

    def _read(self, window: Window) -> Read:
        ids = np.array([window.ids], dtype=np.int64)
        types = (np.arange(ids.shape[1]) >= window.offset)[None, :].astype(np.int64)
        every: dict[str, Any] = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
        try:
            start, end = self._session.run(list(_OUTPUTS), {name: every[name] for name in self._inputs})
        except Exception as error:
            raise EmbedderError(f"The reader {self.name} does not read ({' '.join(str(error).split())[:200]}).") from error
        return decode(window, start[0], end[0], None)
