"""Parses what the scripts send, which is untrusted input."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from index.errors import InputError, OnRecordError
from index.store.filters import Filters
from page.draw import filters
from page.draw.phrases import CODES, Phrases, phrases
from qa.library.library import Library


def phrases_of(sent: object) -> Phrases:
    """The phrases in the language that the script names. `sent` is untrusted input."""
    language = sent.get("language") if isinstance(sent, Mapping) else getattr(sent, "language", None)
    return phrases(language if language in CODES else "en")


def chosen_filters(library: Library, sent: object) -> Filters:
    """The filters in untrusted input, with names as the articles spell them."""
    chosen = filters.wanted(sent)
    try:
        return library.settled(chosen)
    except OnRecordError:  # the next access to the store reports it
        return chosen


def decoded(name: str, data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise InputError(f"{name} did not arrive whole. Choose it again.") from error
