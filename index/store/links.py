"""Links between articles that tell one story, and the index by which candidates for links are found, in the catalogue's database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.store.schema import Database

_LINKS = "SELECT a, b, kind, score FROM links"
# A text that is more than half of another's: two that share nothing cannot both be that, so that one text never joins two stories.
_MOST_OF_IT = 0.5
# Of the other links of an article those count that come this near to its best, and to the best of the other article: of texts of which
# more than one holds a smaller part, the best alone; two translations of one text have similar scores. Of 59 false pairs of xquad's
# paragraphs that reach the threshold, all fall short of 0.7 of a better one (docs/stories.md).
_NEAR_BEST = {"copy": 1.0, "translation": 0.9}


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles, `a` < `b`, that may tell one story (stories.py).

    "copy": one text is the other's or a part of it; `score` is the share of the longer that stands in the shorter, from 0 to 1.
    "translation": they say the same in two languages; `score` is their similarity, comparable only with other translations'.
    """

    a: str
    b: str
    kind: Literal["copy", "translation"]
    score: float


class Links:
    """The links of a store's catalogue."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._stories: tuple[int, dict[str, tuple[str, ...]]] | None = None  # of which generation, and the stories

    def unlinked(self) -> list[str]:
        """Ids of the visible articles that were not compared with the others yet, in order."""
        with self._db.errors():
            rows = self._db.execute("SELECT id FROM articles WHERE indexed = 1 AND id NOT IN (SELECT article FROM linked) ORDER BY id")
            return [row[0] for row in rows]

    def put(self, id: str, prints: Sequence[int], links: Iterable[Link]) -> None:
        """Says that an article was compared with all others: what its text is found by, of 64 bits with a sign, each once, and its links.
        Call inside a transaction."""
        rows = [(link.a, link.b, link.kind, link.score) for link in links]
        (number,) = self._db.execute("INSERT INTO linked (article, prints) VALUES (?, ?) RETURNING number", (id, len(prints))).fetchone()
        self._db.executemany("INSERT INTO prints VALUES (?, ?)", [(print, number) for print in prints])
        self._db.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", rows)
        if rows:
            self._db.advance()

    def holders(self, print: int, most: int) -> list[int]:
        """The numbers, in `linked`, of the first `most` articles that have this print, in the order in which they were linked."""
        with self._db.errors():
            rows = self._db.execute("SELECT holder FROM prints WHERE print = ? ORDER BY holder LIMIT ?", (print, most))
            return [row[0] for row in rows]

    def linked(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Article id and number of prints by number in `linked`, of those that exist, visible or not."""
        rows = self._db.in_batches("SELECT number, article, prints FROM linked WHERE number IN", list(numbers))
        return {number: (id, prints) for number, id, prints in rows}

    def among(self, ids: Iterable[str] | None = None) -> list[Link]:
        """The links between visible articles, in order; those that touch any of `ids`, unless None."""
        if ids is None:
            with self._db.errors():
                rows = set(self._db.execute(_LINKS).fetchall())
        else:
            wanted = list(dict.fromkeys(ids))
            rows = {row for end in ("a", "b") for row in self._db.in_batches(f"{_LINKS} WHERE {end} IN", wanted)}
        with self._db.errors():
            hidden = {id for (id,) in self._db.execute("SELECT id FROM articles WHERE indexed = 0")}
        return [Link(*row) for row in sorted(rows) if row[0] not in hidden and row[1] not in hidden]

    def stories(self) -> dict[str, tuple[str, ...]]:
        """Article id to the ids of the articles that tell the same story, itself included, sorted; an article without a story is left out.

        Not all that links join are one story: see _joined.
        """
        generation = self._db.generation()
        cached = self._stories
        if cached is None or cached[0] != generation:
            cached = self._stories = generation, self._stories_of(self.among())
        return dict(cached[1])

    def story_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The same for the articles among `ids`, reading no more than what links lead to from them."""
        wanted = set(ids)
        connected: set[Link] = set()
        reached: set[str] = set()
        new = wanted
        while new:
            links = self.among(new)
            connected.update(links)
            reached |= new
            new = {end for link in links for end in (link.a, link.b)} - reached
        return {id: story for id, story in self._stories_of(connected).items() if id in wanted}

    def _stories_of(self, links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
        """The stories that links make, those of each article being all there."""
        ordered = sorted(links, key=lambda link: (link.a, link.b))
        ends = list({id for link in ordered for id in (link.a, link.b)})
        rows = self._db.in_batches("SELECT id, language FROM articles WHERE indexed = 1 AND id IN", ends)
        return _joined(ordered, dict(rows))

    def release(self, id: str) -> None:
        """Has the articles that are linked to this one compared anew: it alone may have led to some of their links. Call inside a
        transaction."""
        partners = "SELECT b FROM links WHERE a = ? UNION ALL SELECT a FROM links WHERE b = ?"
        self._db.execute(f"DELETE FROM linked WHERE article IN ({partners})", (id, id))


def _joined(links: Sequence[Link], language_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The articles that links join, so that one weak link makes no one story of two.

    A copy that makes up most of the longer text counts always. Another link counts where neither end has a clearly better one: of a
    digest of several stories only with the longest, of an article similar to several in another language only with the most similar.
    """
    best: dict[tuple[str, str, str], float] = {}

    def places(link: Link) -> Iterator[tuple[str, str, str]]:
        yield link.a, link.kind, language_of.get(link.b, "")
        yield link.b, link.kind, language_of.get(link.a, "")

    unsure = [link for link in links if link.kind != "copy" or link.score <= _MOST_OF_IT]
    for link in unsure:
        for place in places(link):
            best[place] = max(best.get(place, 0.0), link.score)
    story: dict[str, list[str]] = {}
    for link in links:
        is_sure = link.kind == "copy" and link.score > _MOST_OF_IT
        if is_sure or all(link.score >= _NEAR_BEST[link.kind] * best[place] for place in places(link)):
            ours, theirs = story.setdefault(link.a, [link.a]), story.setdefault(link.b, [link.b])
            if ours is not theirs:
                ours += theirs
                story.update(dict.fromkeys(theirs, ours))
    return {id: tuple(sorted(members)) for id, members in sorted(story.items())}
