"""Every error that a user can cause or meet, as one tree.

OnRecordError                  exit 2, its text is the one line that the user reads
├── InputError                 what was handed in cannot be used: a path, a question, a quote, a file of questions
├── SettingError               an option or environment variable with an impossible value
├── EmbedderError              the embedding model or the reader is unknown, not installed, or does not answer
├── ModelError                 the language model's packages are not installed, its server or file does not answer, or answers nonsense
└── StoreError                 the store cannot be used as it is
    ├── StoreMissing           there is none at that place
    ├── StoreOfAnotherMaker    it was made with another embedding model or other settings
    ├── StoreDamaged           a part of it cannot be read, or its parts disagree
    └── StoreInUse             another process is writing to it

A message says what is wrong and what to do next, in one line. Absence of a result (no hit, no answer) is a value, not an error.
"""

from __future__ import annotations


class OnRecordError(Exception):
    """The base: `str(error)` is one line for the user."""


class InputError(OnRecordError):
    pass


class SettingError(OnRecordError):
    pass


class EmbedderError(OnRecordError):
    pass


class ModelError(OnRecordError):
    pass


class StoreError(OnRecordError):
    pass


class StoreMissing(StoreError):
    pass


class StoreOfAnotherMaker(StoreError):
    pass


class StoreDamaged(StoreError):
    pass


class StoreInUse(StoreError):
    pass
