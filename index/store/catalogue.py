"""The articles and their passages in SQLite: the one source of truth that every span points into.

Chroma and the full-text index hold nothing that cannot be made again from here, and a hit of theirs that is not listed here does not
exist. An article is first written as `indexed = 0`, then its vectors and terms, then it becomes `indexed = 1`: readers see whole articles
only, and a build that was interrupted goes on with those that are still 0.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from index.articles import Article
from index.store.links import Links
from index.store.passages import Passage, unit_id
from index.store.schema import Database
from index.story.quotations import Quotation
from index.text.spans import Span

# A passage's text is kept a second time: SQLite's substr ends a text at a NUL, and would read a long article anew for each of its passages.
_PASSAGE = 'p.id, p.article, p.start, p."end", p.text, p.tokens, p.sentences'
_ARTICLE = "id, sha256, text, story, title, publisher, author, date, language, url, places, pages"
# CROSS JOIN: the passages first. Left to itself SQLite goes through every article: 75 ms instead of 2 for 150 passages among 14,000.
_BY_ID = "FROM passages p CROSS JOIN articles a ON a.id = p.article WHERE a.indexed = 1 AND p.id IN"
_PASSAGES_BY_ID = f"SELECT {_PASSAGE} {_BY_ID}"
_PLACES_BY_ID = f'SELECT p.id, p.article, p.start, p."end" {_BY_ID}'
_QUOTATIONS = (
    'SELECT q.article, q.number, q.start, q."end", q.speech, q.speaker_start, q.speaker_end, q.speaker_name, q.cue_start, q.cue_end, '
    "q.utterance FROM quotations q JOIN articles a ON a.id = q.article WHERE a.indexed = 1"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """An article in a list: all that is known of it except its text. `passages` is how many there are, `end` where the last one ends."""

    id: str
    sha256: str
    title: str | None
    publisher: str | None
    author: str | None
    date: str | None
    language: str
    passages: int
    end: int


class Catalogue:
    """The articles of a store. One writer at a time (the store holds the lock); any number of readers."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the catalogue in the file at `path`. Raises StoreDamaged where the file is no such database."""
        self._db = Database(path)
        self.links = Links(self._db)
        self._languages: tuple[int, dict[str, int]] | None = None  # of which generation, and how many of each

    def close(self) -> None:
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is committed, or nothing."""
        return self._db.transaction()

    def one_state(self) -> AbstractContextManager[None]:
        """Everything read inside is of one snapshot, whatever another process writes."""
        return self._db.one_state()

    def put(self, article: Article, passages: Sequence[Passage], quotations: Sequence[Quotation]) -> None:
        """Writes an article, replacing one with its id, not yet visible to readers. Call inside a transaction."""
        story = json.dumps([[span.start, span.end] for span in article.story])
        places = json.dumps({name: [span.start, span.end] for name, span in article.places.items()})
        self._forget(article.id)
        self._db.execute(
            f"INSERT INTO articles ({_ARTICLE}, indexed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                *(article.id, article.sha256, article.text, story, article.title, article.publisher, article.author),
                *(article.date, article.language, article.url, places, json.dumps(article.pages)),
            ),
        )
        self._db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (p.id, p.article_id, p.span.start, p.span.end, p.text, p.tokens, json.dumps([[s.start, s.end] for s in p.sentences]))
                for p in passages
            ],
        )
        self._db.executemany(
            "INSERT INTO sentences VALUES (?, ?)", [(unit_id(article.id, span), p.id) for p in passages for span in p.sentences]
        )

        self._db.executemany(
            "INSERT INTO quotations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(article.id, number, q.span.start, q.span.end, q.speech, *_ends(q.speaker), q.speaker_name, *_ends(q.cue)),
                    q.utterance,
                )
                for number, q in enumerate(quotations)
            ],
        )

    def hide(self, ids: Iterable[str]) -> None:
        """Hides articles from readers. Call inside a transaction."""
        self._db.executemany("UPDATE articles SET indexed = 0 WHERE id = ?", [(id,) for id in ids])
        self._db.advance()

    def show(self, ids: Iterable[str]) -> None:
        """Makes articles visible whose vectors and terms are in place. Call inside a transaction."""
        self._db.executemany("UPDATE articles SET indexed = 1 WHERE id = ?", [(id,) for id in ids])
        self._db.advance()

    def remove(self, ids: Iterable[str]) -> None:
        """Call inside a transaction."""
        for id in ids:
            self._forget(id)
        self._db.advance()

    def _forget(self, id: str) -> None:
        self.links.release(id)
        self._db.execute("DELETE FROM articles WHERE id = ?", (id,))

    def generation(self) -> int:
        """A number that grows with every change that readers can see."""
        return self._db.generation()

    def fingerprints(self, indexed: bool = True) -> dict[str, str]:
        """Article id to sha256, of the articles that are visible, or of those that are not."""
        with self._db.errors():
            return dict(self._db.execute("SELECT id, sha256 FROM articles WHERE indexed = ?", (int(indexed),)))

    def article(self, id: str) -> Article | None:
        """The article of that id, or None."""
        return self.articles([id]).get(id)

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """The visible articles among `ids`, by id."""
        rows = self._db.in_batches(f"SELECT {_ARTICLE} FROM articles WHERE indexed = 1 AND id IN", list(dict.fromkeys(ids)))
        return {row[0]: _article(row) for row in rows}

    def all_articles(self) -> Iterator[Article]:
        """Every visible article, by id, one at a time."""
        with self._db.errors():
            for (id,) in self._db.execute("SELECT id FROM articles WHERE indexed = 1 ORDER BY id").fetchall():
                article = self.article(id)
                if article is not None:  # another process may have removed it by now
                    yield article

    def hidden_articles(self) -> Iterator[Article]:
        """Every article that readers do not see, by id, one at a time. Its text is complete, even if other parts of it were not written."""
        with self._db.errors():
            for id in sorted(self.fingerprints(indexed=False)):
                yield _article(self._db.execute(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", (id,)).fetchone())

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The passages of visible articles among `ids`, by id."""
        rows = self._db.in_batches(
            _PASSAGES_BY_ID,
            list(dict.fromkeys(ids)),
        )
        return {row[0]: _passage(row) for row in rows}

    def places(self, ids: Iterable[str]) -> dict[str, tuple[str, Span]]:
        """Passage id to article id and span, of the passages of visible articles among `ids`, without reading their texts."""
        rows = self._db.in_batches(_PLACES_BY_ID, list(dict.fromkeys(ids)))
        return {id: (article, Span(start, end)) for id, article, start, end in rows}

    def passages_with(self, sentence_ids: Iterable[str]) -> list[str]:
        """Ids of the passages that hold any of these sentences."""
        rows = self._db.in_batches("SELECT DISTINCT passage FROM sentences WHERE id IN", list(dict.fromkeys(sentence_ids)))
        return [row[0] for row in rows]

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of one visible article, in order."""
        with self._db.errors():
            rows = self._db.execute(
                f"SELECT {_PASSAGE} FROM passages p JOIN articles a ON a.id = p.article WHERE a.indexed = 1 AND a.id = ? ORDER BY p.start",
                (article_id,),
            ).fetchall()
        return [_passage(row) for row in rows]

    def quotations(self, article_ids: Iterable[str]) -> dict[str, tuple[Quotation, ...]]:
        """Article id to its quotations, in order, of the visible articles among `article_ids`; one that has none is left out."""
        rows = self._db.in_batches(f"{_QUOTATIONS} AND a.id IN", list(dict.fromkeys(article_ids)))
        by_article: dict[str, list[tuple[int, Quotation]]] = {}
        for id, number, *rest in rows:
            by_article.setdefault(id, []).append((int(number), _quotation(rest)))
        return {id: tuple(quotation for _, quotation in sorted(numbered, key=itemgetter(0))) for id, numbered in by_article.items()}

    def passage_counts(self) -> dict[str, int]:
        """Article id to number of passages, of the visible articles."""
        with self._db.errors():
            return dict(
                self._db.execute(
                    "SELECT a.id, count(p.id) FROM articles a LEFT JOIN passages p ON p.article = a.id WHERE a.indexed = 1 GROUP BY a.id"
                )
            )

    def unit_ids(self) -> Iterator[tuple[str, str, str]]:
        """Article, passage and sentence id of every sentence of every passage, of all articles, visible or not."""
        with self._db.errors():
            yield from self._db.execute("SELECT p.article, p.id, s.id FROM passages p JOIN sentences s ON s.passage = p.id").fetchall()

    def unit_counts(self) -> tuple[int, int]:
        """How many passages and how many different sentences Chroma should hold: those of all articles, visible or not."""
        with self._db.errors():
            (passages,) = self._db.execute("SELECT count(*) FROM passages").fetchone()
            (sentences,) = self._db.execute("SELECT count(DISTINCT id) FROM sentences").fetchone()
        return int(passages), int(sentences)

    def headings(self, ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
        """Article id to language and title, of the visible articles among `ids`, without reading their texts."""
        rows = self._db.in_batches("SELECT id, language, title FROM articles WHERE indexed = 1 AND id IN", list(ids))
        return {id: (language, title) for id, language, title in rows}

    def listings(self) -> list[Listing]:
        """Every visible article, by id, without reading the texts."""
        with self._db.errors():
            rows = self._db.execute(
                'SELECT a.id, sha256, title, publisher, author, date, language, count(p.id), coalesce(max(p."end"), 0) '
                "FROM articles a LEFT JOIN passages p ON p.article = a.id WHERE indexed = 1 GROUP BY a.id ORDER BY a.id"
            ).fetchall()
        return [Listing(*row) for row in rows]

    def people(self) -> dict[str, int]:
        """The name of each person whom visible articles quote to the number of those articles."""
        with self._db.errors():
            return dict(
                self._db.execute(
                    "SELECT speaker_name, count(DISTINCT article) FROM quotations WHERE speaker_name IS NOT NULL "
                    "AND article NOT IN (SELECT id FROM articles WHERE indexed = 0) GROUP BY speaker_name"
                )
            )

    def people_in(self, article_ids: Iterable[str]) -> dict[str, int]:
        """Article id to number of different people it quotes, of the articles among `article_ids` that quote anybody by name."""
        rows = self._db.in_batches(
            "SELECT DISTINCT article, speaker_name FROM quotations WHERE article IN", list(dict.fromkeys(article_ids))
        )
        return Counter(article for article, name in rows if name is not None)

    def quoting(self, speaker: str) -> list[str]:
        """Ids of the visible articles in which somebody of exactly that name is quoted."""
        with self._db.errors():
            rows = self._db.execute(
                "SELECT DISTINCT article FROM quotations WHERE speaker_name = ? "
                "AND article NOT IN (SELECT id FROM articles WHERE indexed = 0)",
                (speaker,),
            ).fetchall()
        return [row[0] for row in rows]

    def languages(self) -> dict[str, int]:
        """Language to number of visible articles, most first."""
        # Every question asks for them; counting 100,000 articles would take a good part of its time.
        generation = self.generation()
        counted = self._languages
        if counted is None or counted[0] != generation:
            with self._db.errors():
                rows = self._db.execute("SELECT language, count(*) FROM articles WHERE indexed = 1 GROUP BY language ORDER BY 2 DESC, 1")
                counted = self._languages = generation, dict(rows)
        return dict(counted[1])

    def languages_of_all(self) -> dict[str, str]:
        """Article id to language, of all articles, visible or not."""
        with self._db.errors():
            return dict(self._db.execute("SELECT id, language FROM articles"))


def _spans(pairs: str) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in json.loads(pairs))


def _article(row: Sequence[str]) -> Article:
    id, sha256, text, story, title, publisher, author, date, language, url, places, pages = row
    return Article(
        id=id,
        text=text,
        story=_spans(story),
        title=title,
        publisher=publisher,
        author=author,
        date=date,
        language=language,
        url=url,
        sha256=sha256,
        places={name: Span(start, end) for name, (start, end) in json.loads(places).items()},
        pages=tuple(json.loads(pages)),
    )


def _ends(span: Span | None) -> tuple[int | None, int | None]:
    return (None, None) if span is None else (span.start, span.end)


def _quotation(row: Sequence[Any]) -> Quotation:
    start, end, speech, speaker_start, speaker_end, speaker_name, cue_start, cue_end, utterance = row
    speaker = None if speaker_start is None else Span(speaker_start, speaker_end)
    cue = None if cue_start is None else Span(cue_start, cue_end)
    return Quotation(Span(start, end), speech, speaker, speaker_name, cue, utterance)


def _passage(row: Sequence[str]) -> Passage:
    id, article, start, end, text, tokens, sentences = row
    return Passage(id, article, Span(int(start), int(end)), text, int(tokens), _spans(sentences))
