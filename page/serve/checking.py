"""Checks a quote, a pasted draft or a draft's file in stages, each drawn."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from time import monotonic

from index.errors import InputError
from page.draw import checks
from page.draw.phrases import Phrases
from page.serve.received import decoded
from page.serve.requests import SECONDS_BETWEEN_LOOKS, Draw, Requests
from qa.library.library import Library
from qa.quotes.draft import SUFFIXES, Claim, DraftQuote, claims_of, read_draft


def check_pasted(library: Library, say: Phrases, requests: Requests, text: str, speaker: str) -> Iterator[str]:
    yield checks.pending(say)
    claims = claims_of(text)
    if checks.is_one_quote(text, claims):
        yield from check_quote(library, say, requests, text, speaker)
    else:
        yield from _check_draft(library, say, requests, text, claims)


def check_quote(library: Library, say: Phrases, requests: Requests, text: str, speaker: str) -> Iterator[str]:
    if not text.strip():
        yield checks.nothing(say)
        return
    yield checks.pending(say)
    done = library.check(text.strip(), speaker.strip() or None)
    languages = library.state().languages
    yield _drawn(requests, say, lambda say: checks.quote(say, done, languages))


def _check_draft(
    library: Library, say: Phrases, requests: Requests, text: str, claims: Sequence[Claim], file: str | None = None
) -> Iterator[str]:
    done: list[DraftQuote] = []
    last_shown = 0.0
    for claim in claims:
        if monotonic() - last_shown > SECONDS_BETWEEN_LOOKS:
            yield checks.pending(say, len(done), len(claims))
            last_shown = monotonic()
        done.append(DraftQuote(claim.span, claim.quote, claim.claimed_speaker, library.check(claim.quote, claim.claimed_speaker)))
    languages = library.state().languages
    yield _drawn(requests, say, lambda say: checks.draft(say, file, text, done, languages))


def check_file(library: Library, say: Phrases, requests: Requests, name: str, data: str) -> Iterator[str]:
    """Checks a file with a name and content in Base64. Both are untrusted input: the name is never used as a path."""
    yield checks.pending(say)
    suffix = PurePath(name).suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"draft{suffix}" if suffix in SUFFIXES else Path(name)
        try:
            if suffix in SUFFIXES:
                path.write_bytes(decoded(name, data))
            text = read_draft(path)
        except InputError as error:
            raise InputError(str(error).replace(str(path), name)) from error
    yield from _check_draft(library, say, requests, text, claims_of(text), name)


def _drawn(requests: Requests, say: Phrases, draw: Draw) -> str:
    requests.draw = draw
    return draw(say)
