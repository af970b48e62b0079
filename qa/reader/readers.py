"""Readers by name.

learned        the default: the one that this project trained (learned.py)
onnx:FOLDER    any extractive question-answering model that was exported to ONNX (exported.py)
"""

from __future__ import annotations

import argparse
from functools import lru_cache
from pathlib import Path

from index.errors import SettingError
from qa.reader.exported import ExportedReader
from qa.reader.learned import LearnedReader
from qa.reader.reader import Reader

DEFAULT_READER = "learned"


def add_reader(parser: argparse.ArgumentParser) -> None:
    """The option that names a reader."""
    parser.add_argument(
        "--reader",
        default=DEFAULT_READER,
        metavar="onnx:FOLDER",
        help="read with the extractive question-answering model in FOLDER, exported to ONNX, instead of the project's own",
    )


@lru_cache(maxsize=4)
def load_reader(name: str = DEFAULT_READER) -> Reader:
    """The reader of that name, loaded once a process.

    Raises SettingError where no reader has such a name, EmbedderError where its model is missing or does not load.
    """
    if name == DEFAULT_READER:
        return LearnedReader()
    kind, _, folder = name.partition(":")
    if kind != "onnx" or not folder:
        raise SettingError(f"There is no reader {name!r}. Choose one of: {DEFAULT_READER}, onnx:FOLDER")
    return ExportedReader(Path(folder), name)
