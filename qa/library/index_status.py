"""The status of a store as a whole, for display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from index.articles import Skipped
from qa.library.examples import Heading

StateName = Literal["ready", "indexing", "missing", "trouble"]


@dataclass(frozen=True, slots=True)
class IndexState:
    """What is known of a store. `languages` maps a language to its number of articles; `read` is how many articles a running build has
    processed; `trouble` is an error's one line; `store` and `sources` are the folders as the user named them; `generation` differs whenever
    the articles do. `questions` and `headings` are what a visitor may begin with."""

    store: str
    sources: str | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    read: int | None = None
    trouble: str | None = None
    skipped: Sequence[Skipped] = ()
    questions: Sequence[str] = ()
    headings: Sequence[Heading] = ()
    generation: str = ""

    @property
    def articles(self) -> int:
        return sum(self.languages.values())

    @property
    def name(self) -> StateName:
        if self.read is not None:
            return "indexing"
        if self.trouble:
            return "trouble"
        return "ready" if self.articles else "missing"
