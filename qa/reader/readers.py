"""Readers by name.

learned        the default: the one that this project trained (learned.py)
onnx:FOLDER    any extractive question-answering model that was exported to ONNX (exported.py)
"""

from __future__ import annotations

import argparse
from functools import cache, lru_cache
from pathlib import Path

from index.errors import SettingError
from qa.reader.exported import ExportedReader
from qa.reader.learned import LearnedReader
from qa.reader.reader import Asked, Reader

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
        return _learned()
    kind, _, folder = name.partition(":")
    if kind != "onnx" or not folder:
        raise SettingError(f"There is no reader {name!r}. Choose one of: {DEFAULT_READER}, onnx:FOLDER")
    return ExportedReader(Path(folder), name)


def asked_for(question: str) -> Asked:
    """What a question asks for, as the default reader tells it whichever reads the answer. Raises EmbedderError."""
    return _learned().asked(question) if question.strip() else Asked("fact")


def is_word(word: str) -> bool:
    """Whether a word is a common one, in whatever language, to the default reader."""
    return _learned().is_word(word)


@cache
def _learned() -> LearnedReader:
    return LearnedReader()
