"""Requests of a visitor, of which a new one cancels the previous, and a cache of results that a page may fetch later."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Generic, TypeVar

from page.draw.phrases import Phrases

# Seconds between progress updates of a draft or an evaluation, and until a cancelled one stops. Not measured.
SECONDS_BETWEEN_LOOKS = 0.25

_Thing = TypeVar("_Thing")
Draw = Callable[[Phrases], str]


class RecentResults(Generic[_Thing]):
    """Results that a page may fetch later, by unguessable names. The `most` latest are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[str, _Thing] = OrderedDict()

    def keep(self, thing: _Thing) -> str:
        name = token_urlsafe()
        self._things[name] = thing
        while len(self._things) > self._most:
            self._things.popitem(last=False)
        return name

    def get(self, name: object) -> _Thing | None:
        return self._things.get(name) if isinstance(name, str) else None


class Requests:
    """One visitor's requests for checks or for evaluations, of which only the last is active."""

    def __init__(self) -> None:
        self._last = 0
        self.stopped = False
        self.draw: Draw | None = None
        """Redraws the result of the last check, in any language."""

    def new(self) -> Callable[[], bool]:
        """Begins a request; returns a function that says whether it is still active."""
        self._last += 1
        self.stopped = False
        mine = self._last
        return lambda: self._last == mine and not self.stopped

    def stop(self) -> None:
        self.stopped = True
