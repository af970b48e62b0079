"""Pages, and those that feeds and sitemaps list, from the network into a folder that `index build` reads. Only when asked to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import httpx

from index.errors import InputError, SettingError
from index.fetching.addresses import Refused, any_network, open_network, parse
from index.fetching.client import Client, Received, status_words
from index.fetching.kept import KeptPage, PageArchive
from index.fetching.listings import Listed, ListingKind, check_type, listed, opened

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST = 60
# How long a cache in between may go on sending the page of before a change. Not measured.
_STALE = timedelta(hours=1)
# Sitemaps of an index that are read at the most, at one a second. Not measured.
_SITEMAPS = 50


@dataclass(frozen=True)
class Fetched:
    """What became of a page: `path` is the file that holds it, from now or from before, or None; `reason` says why it was refused, in one
    line. A list of pages turns up here only where it was refused, and then as the address of the list."""

    url: str
    outcome: Literal["new", "changed", "unchanged", "refused"]
    path: Path | None = None
    reason: str | None = None


def interval(text: str) -> float:
    """Seconds between two runs. Raises SettingError where it is none, or less than a minute.

    >>> interval("15m"), interval("1.5h")
    (900.0, 5400.0)
    """
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhd])", text.strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if seconds < _SHORTEST:
        raise SettingError(f"--every takes a number with s, m, h or d, at least a minute, such as 15m: not {text!r}")
    return seconds


def fetch(addresses: Sequence[str], into: Path, *, allow_private: bool = False, said: Callable[[Fetched], None]) -> list[Fetched]:
    """Fetches each address, and the pages that it lists where it is a feed or a sitemap; keeps them under `into`; calls `said` for each
    page as it comes, and returns the same.

    A page that is kept already is asked for again with what its site marked it with, or not at all where the list names a moment since
    which it has not changed. Pages are at most a thousand a run, the most recent of each list first, by turns; those already kept count.
    Raises InputError where an address is none, before anything is asked for, or `into` cannot be written. Whatever else goes wrong is the
    `reason` of one page. A KeyboardInterrupt costs the page that was on its way.
    """
    return fetch_with(Client(any_network() if allow_private else open_network()), addresses, into, said)


def fetch_with(client: Client, addresses: Sequence[str], into: Path, said: Callable[[Fetched], None]) -> list[Fetched]:
    """The same by any client: with other limits, or another idea of whom to ask."""
    urls = dict.fromkeys(_address(address) for address in addresses)
    run = _FetchRun(client, PageArchive(into), said)
    # The first of each list, then the second of each: hosts rest while others are asked, and no list uses up the run's pages alone.
    turns = deque((url, iter(run.asked(url))) for url in urls)
    while turns and not run.is_full:
        url, entries = turns.popleft()
        entry = next(entries, None)
        if entry is not None:
            run.entry(entry)
            turns.append((url, entries))
    for url, entries in turns:
        left = sum(1 for _ in entries)
        if left:
            run.tell(Fetched(str(url), "refused", None, f"it names {left:,} pages beyond the limit of {client.limits.pages:,} a run"))
    return run.fetched


def _address(text: str) -> httpx.URL:
    try:
        return parse(text)
    except Refused as error:
        raise InputError(f"{text!r} cannot be fetched: {error}. Name a page, feed or sitemap, such as https://example.org/feed") from error


@dataclass(frozen=True)
class _Response:
    """A response, and what was kept of the same address before. `is_fresh`: the page itself came, not only that it has not changed."""

    kind: ListingKind
    content: bytes
    received: Received
    kept: KeptPage | None
    is_fresh: bool


class _FetchRun:
    """One run: what was asked for, and what became of it."""

    def __init__(self, client: Client, shelf: PageArchive, said: Callable[[Fetched], None]) -> None:
        self.fetched: list[Fetched] = []
        self._client = client
        self._shelf = shelf
        self._said = said
        self._asked: set[httpx.URL] = set()

    @property
    def is_full(self) -> bool:
        return len(self.fetched) >= self._client.limits.pages

    def asked(self, url: httpx.URL) -> list[Listed]:
        """Keeps what is at an address, and returns what it lists: nothing if it is a page."""
        try:
            if self.is_full:
                raise Refused(f"it is beyond the limit of {self._client.limits.pages:,} pages a run")
            answer = self._ask(url)
            if answer.kind == "page":
                self.tell(self._kept(answer))
                return []
            entries = self._entries(answer)
            if not entries:
                raise Refused(f"it is a {answer.kind} that names no page")
        except Refused as error:
            self._refuse(url, error)
            return []
        return entries

    def entry(self, entry: Listed) -> None:
        """Keeps a page that a list names, unless the list says that it is as it was."""
        try:
            url = parse(entry.address, entry.base)
        except Refused as error:
            self.tell(Fetched(entry.address, "refused", None, str(error)))
            return
        if url in self._asked:
            return
        kept = self._shelf.kept(url)
        if kept and entry.modified and entry.modified + _STALE < kept.confirmed:
            self._asked.add(url)
            self.tell(Fetched(str(url), "unchanged", kept.path))
            return
        try:
            answer = self._ask(url)
            if answer.kind != "page":
                raise Refused(f"it is a {answer.kind} that another list names, which is not followed")
        except Refused as error:
            self._refuse(url, error)
        else:
            self.tell(self._kept(answer))

    def tell(self, fetched: Fetched) -> None:
        self.fetched.append(fetched)
        self._said(fetched)

    def _ask(self, url: httpx.URL) -> _Response:
        self._asked.add(url)
        received = self._client.get(url, self._conditions, check_type)
        kept = self._shelf.kept(received.url) or self._shelf.kept(received.url, is_list=True)
        if received.status == HTTPStatus.NOT_MODIFIED and kept:
            return _Response(*opened(kept.received), kept.received, kept, is_fresh=False)
        if received.status != HTTPStatus.OK:
            raise Refused(f"the site answers {status_words(received.status)}")
        return _Response(*opened(received), received, kept, is_fresh=True)

    def _conditions(self, url: httpx.URL) -> Mapping[str, str]:
        kept = self._shelf.kept(url) or self._shelf.kept(url, is_list=True)
        return kept.conditions() if kept else {}

    def _kept(self, answer: _Response) -> Fetched:
        """A page as it is now kept. An unchanged page keeps its file, and so its articles stay."""
        url, kept = str(answer.received.url), answer.kept
        if kept and (not answer.is_fresh or kept.received.content == answer.content):
            kept.confirm()
            return Fetched(url, "unchanged", kept.path)
        return Fetched(url, "changed" if kept else "new", self._shelf.keep(answer.received))

    def _entries(self, answer: _Response) -> list[Listed]:
        if answer.is_fresh:
            self._shelf.keep(answer.received, is_list=True)
        entries = listed(answer.kind, answer.content, answer.received)
        return self._in_sitemaps(entries) if answer.kind == "index of sitemaps" else entries

    def _in_sitemaps(self, sitemaps: Sequence[Listed]) -> list[Listed]:
        """What the sitemaps of an index name, until that is enough for a run."""
        entries: list[Listed] = []
        for entry in sitemaps[:_SITEMAPS]:
            try:
                url = parse(entry.address, entry.base)
                if url not in self._asked and len(entries) < self._client.limits.pages:
                    answer = self._ask(url)
                    if answer.kind != "sitemap":
                        raise Refused(f"it is a {answer.kind} that an index of sitemaps names, which is not followed")
                    entries += self._entries(answer)
            except Refused as error:
                self.tell(Fetched(entry.address, "refused", None, str(error)))
        return sorted(entries, key=lambda entry: entry.recent, reverse=True)

    def _refuse(self, url: httpx.URL, error: Refused) -> None:
        """What was kept before stays: a quotation is worth most when its page is gone."""
        kept = self._shelf.kept(url)
        stays = f"; the copy of {kept.date:%Y-%m-%d} is kept" if kept else ""
        self.tell(Fetched(str(url), "refused", kept.path if kept else None, f"{error}{stays}"))
