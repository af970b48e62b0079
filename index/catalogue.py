"""The articles and their passages in SQLite: the one source of truth that every span points into.

Chroma and the full-text index hold nothing that cannot be made again from here, and a hit of theirs that is not listed here does not
exist. An article is first written as `indexed = 0`, then its vectors and terms, then it becomes `indexed = 1`: readers see whole articles
only, and a build that was interrupted goes on with those that are still 0.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from index.articles import Article
from index.errors import StoreDamaged, StoreInUse
from index.passages import Passage, unit_id
from index.quotations import Quotation
from index.spans import Span

_SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, text TEXT NOT NULL, story TEXT NOT NULL, title TEXT, publisher TEXT, author TEXT, date TEXT,
    language TEXT NOT NULL, url TEXT, places TEXT NOT NULL, indexed INTEGER NOT NULL, pages TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL, tokens INTEGER NOT NULL, sentences TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passages_by_article ON passages(article, start);
CREATE TABLE IF NOT EXISTS sentences (
    id TEXT NOT NULL, passage TEXT NOT NULL REFERENCES passages(id) ON DELETE CASCADE, PRIMARY KEY (id, passage)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sentences_by_passage ON sentences(passage);
CREATE TABLE IF NOT EXISTS quotations (
    article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, number INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, speech TEXT NOT NULL, speaker_start INTEGER, speaker_end INTEGER, speaker_name TEXT, cue_start INTEGER,
    cue_end INTEGER, utterance INTEGER NOT NULL, PRIMARY KEY (article, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_by_heading ON articles(indexed, id, sha256, title, publisher, author, date, language);
CREATE INDEX IF NOT EXISTS quotations_by_speaker ON quotations(speaker_name, article);
CREATE TABLE IF NOT EXISTS linked (
    number INTEGER PRIMARY KEY, article TEXT NOT NULL UNIQUE REFERENCES articles(id) ON DELETE CASCADE, prints INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS prints (
    print INTEGER NOT NULL, holder INTEGER NOT NULL REFERENCES linked(number) ON DELETE CASCADE, PRIMARY KEY (print, holder)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS prints_by_holder ON prints(holder);
CREATE TABLE IF NOT EXISTS links (
    a TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, b TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, score REAL NOT NULL, PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_b ON links(b);
CREATE TABLE IF NOT EXISTS generation (number INTEGER NOT NULL);
INSERT INTO generation SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM generation);
"""
# 2: with the two indexes by heading and by speaker, which spare reading past every text. Of 10,000 articles of 6,000 characters the
# headings then come in 12 ms instead of 46, the languages in 2 instead of 29, the people in 12 instead of 47.
# 3: with an article's pages, and with links between articles that are one story; those that stand in no `linked` the next writer links.
_VERSION = 3
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
_LINKS = "SELECT a, b, kind, score FROM links"
# A text that is more than half of another's: two that share nothing cannot both be that, so that one text never joins two stories.
_MOST_OF_IT = 0.5
# Of the other links of an article those count that come this near to its best, and to the best of the other article: of texts of which
# more than one holds a smaller part, the best alone; two translations of one text are about alike. Of 59 false pairs of xquad's paragraphs
# that are alike enough, all fall short of 0.7 of a better one (docs/stories.md).
_NEAR_BEST = {"copy": 1.0, "translation": 0.9}
# SQLite's own default limit of variables in one statement is 32766; a smaller batch is as fast.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands of an article in a list: all that is known of it but its text. `passages` is how many there are."""

    id: str
    sha256: str
    title: str | None
    publisher: str | None
    author: str | None
    date: str | None
    language: str
    passages: int


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles, `a` < `b`, that may tell one story (stories.py).

    "copy": one text is the other's or a part of it; `score` is the share of the longer that stands in the shorter, from 0 to 1.
    "translation": they say the same in two languages; `score` says how alike they are and compares with that of other translations only.
    """

    a: str
    b: str
    kind: Literal["copy", "translation"]
    score: float


@contextmanager
def transaction(db: sqlite3.Connection, kind: Literal["IMMEDIATE", "DEFERRED"]) -> Iterator[None]:
    """IMMEDIATE: all that happens inside is kept, or nothing of it. DEFERRED: everything inside is read in one state of the database."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


class Catalogue:
    """The articles of a store. One writer at a time (the store holds the lock); any number of readers."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the catalogue in the file at `path`. Raises StoreDamaged where the file is no such database."""
        self._path = path
        self._languages: tuple[int, dict[str, int]] | None = None  # of which generation, and how many of each
        self._stories: tuple[int, dict[str, tuple[str, ...]]] | None = None  # the same
        with self._errors():
            # The page answers from several threads; Python's sqlite3 is built serialised.
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            if self._version() < _VERSION:
                with transaction(self._db, "IMMEDIATE"):
                    if self._version() < _VERSION:  # nobody else has done it meanwhile
                        self._bring_up_to_date()

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _bring_up_to_date(self) -> None:
        columns = {row[1] for row in self._db.execute("PRAGMA table_info(articles)")}
        if columns and "pages" not in columns:
            self._db.execute("ALTER TABLE articles ADD COLUMN pages TEXT NOT NULL DEFAULT '[]'")
        for statement in _SCHEMA.split(";"):  # executescript would end the transaction
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise StoreInUse(f"The store at {self._path.parent} is in use by another process. Try again when it is done.") from error
            raise StoreDamaged(
                f"The catalogue {self._path} cannot be used ({error}). Check disk space and rights, then run: python -m index verify"
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(
                f"The catalogue {self._path} is damaged ({error}). Move the store away and run: python -m index build FOLDER"
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that happens inside is kept, or nothing of it."""
        with self._errors(), transaction(self._db, "IMMEDIATE"):
            yield

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever another process writes."""
        with self._errors(), transaction(self._db, "DEFERRED"):
            yield

    def put(self, article: Article, passages: Sequence[Passage], quotations: Sequence[Quotation]) -> None:
        """Writes an article in the place of one with its id, not yet visible to readers. Call inside a transaction."""
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
        """Takes articles out of readers' sight. Call inside a transaction."""
        self._db.executemany("UPDATE articles SET indexed = 0 WHERE id = ?", [(id,) for id in ids])
        self._advance()

    def show(self, ids: Iterable[str]) -> None:
        """Makes articles visible whose vectors and terms are in place. Call inside a transaction."""
        self._db.executemany("UPDATE articles SET indexed = 1 WHERE id = ?", [(id,) for id in ids])
        self._advance()

    def remove(self, ids: Iterable[str]) -> None:
        """Call inside a transaction."""
        for id in ids:
            self._forget(id)
        self._advance()

    def _forget(self, id: str) -> None:
        """Those that were linked to it may have been found by it alone, and are linked anew."""
        partners = "SELECT b FROM links WHERE a = ? UNION ALL SELECT a FROM links WHERE b = ?"
        self._db.execute(f"DELETE FROM linked WHERE article IN ({partners})", (id, id))
        self._db.execute("DELETE FROM articles WHERE id = ?", (id,))

    def _advance(self) -> None:
        self._db.execute("UPDATE generation SET number = number + 1")

    def generation(self) -> int:
        """A number that grows with every change that readers can see."""
        with self._errors():
            return int(self._db.execute("SELECT number FROM generation").fetchone()[0])

    def fingerprints(self, indexed: bool = True) -> dict[str, str]:
        """Article id to sha256, of the articles that are visible, or of those that are not."""
        with self._errors():
            return dict(self._db.execute("SELECT id, sha256 FROM articles WHERE indexed = ?", (int(indexed),)))

    def article(self, id: str) -> Article | None:
        """The article of that id, or None."""
        return self.articles([id]).get(id)

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """The visible articles among `ids`, by id."""
        rows = self._in_batches(f"SELECT {_ARTICLE} FROM articles WHERE indexed = 1 AND id IN", list(dict.fromkeys(ids)))
        return {row[0]: _article(row) for row in rows}

    def all_articles(self) -> Iterator[Article]:
        """Every visible article, by id, one at a time."""
        with self._errors():
            for (id,) in self._db.execute("SELECT id FROM articles WHERE indexed = 1 ORDER BY id").fetchall():
                article = self.article(id)
                if article is not None:  # another process may have removed it by now
                    yield article

    def hidden_articles(self) -> Iterator[Article]:
        """Every article that readers do not see, by id, one at a time. Its text is whole, whatever else of it was written."""
        with self._errors():
            for id in sorted(self.fingerprints(indexed=False)):
                yield _article(self._db.execute(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", (id,)).fetchone())

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The passages of visible articles among `ids`, by id."""
        rows = self._in_batches(
            _PASSAGES_BY_ID,
            list(dict.fromkeys(ids)),
        )
        return {row[0]: _passage(row) for row in rows}

    def places(self, ids: Iterable[str]) -> dict[str, tuple[str, Span]]:
        """Passage id to article id and span, of the passages of visible articles among `ids`, without reading their texts."""
        rows = self._in_batches(_PLACES_BY_ID, list(dict.fromkeys(ids)))
        return {id: (article, Span(start, end)) for id, article, start, end in rows}

    def passages_with(self, sentence_ids: Iterable[str]) -> list[str]:
        """Ids of the passages that hold any of these sentences."""
        rows = self._in_batches("SELECT DISTINCT passage FROM sentences WHERE id IN", list(dict.fromkeys(sentence_ids)))
        return [row[0] for row in rows]

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of one visible article, in order."""
        with self._errors():
            rows = self._db.execute(
                f"SELECT {_PASSAGE} FROM passages p JOIN articles a ON a.id = p.article WHERE a.indexed = 1 AND a.id = ? ORDER BY p.start",
                (article_id,),
            ).fetchall()
        return [_passage(row) for row in rows]

    def quotations(self, article_ids: Iterable[str]) -> dict[str, tuple[Quotation, ...]]:
        """Article id to its quotations, in order, of the visible articles among `article_ids`; one that has none is left out."""
        rows = self._in_batches(f"{_QUOTATIONS} AND a.id IN", list(dict.fromkeys(article_ids)))
        found: dict[str, list[tuple[int, Quotation]]] = {}
        for id, number, *rest in rows:
            found.setdefault(id, []).append((int(number), _quotation(rest)))
        return {id: tuple(quotation for _, quotation in sorted(own, key=itemgetter(0))) for id, own in found.items()}

    def passage_counts(self) -> dict[str, int]:
        """Article id to number of passages, of the visible articles."""
        with self._errors():
            return dict(
                self._db.execute(
                    "SELECT a.id, count(p.id) FROM articles a LEFT JOIN passages p ON p.article = a.id WHERE a.indexed = 1 GROUP BY a.id"
                )
            )

    def unit_ids(self) -> Iterator[tuple[str, str, str]]:
        """Article, passage and sentence id of every sentence of every passage, of all articles, visible or not."""
        with self._errors():
            yield from self._db.execute("SELECT p.article, p.id, s.id FROM passages p JOIN sentences s ON s.passage = p.id").fetchall()

    def unit_counts(self) -> tuple[int, int]:
        """How many passages and how many different sentences Chroma should hold: those of all articles, visible or not."""
        with self._errors():
            (passages,) = self._db.execute("SELECT count(*) FROM passages").fetchone()
            (sentences,) = self._db.execute("SELECT count(DISTINCT id) FROM sentences").fetchone()
        return int(passages), int(sentences)

    def headings(self, ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
        """Article id to language and title, of the visible articles among `ids`, without reading their texts."""
        rows = self._in_batches("SELECT id, language, title FROM articles WHERE indexed = 1 AND id IN", list(ids))
        return {id: (language, title) for id, language, title in rows}

    def listings(self) -> list[Listing]:
        """Every visible article, by id, without reading the texts."""
        with self._errors():
            rows = self._db.execute(
                "SELECT id, sha256, title, publisher, author, date, language, (SELECT count(*) FROM passages p WHERE p.article = a.id) "
                "FROM articles a WHERE indexed = 1 ORDER BY id"
            ).fetchall()
        return [Listing(*row) for row in rows]

    def people(self) -> dict[str, int]:
        """The name of each person whom visible articles quote to the number of those articles."""
        with self._errors():
            return dict(
                self._db.execute(
                    "SELECT speaker_name, count(DISTINCT article) FROM quotations WHERE speaker_name IS NOT NULL "
                    "AND article NOT IN (SELECT id FROM articles WHERE indexed = 0) GROUP BY speaker_name"
                )
            )

    def people_in(self, article_ids: Iterable[str]) -> dict[str, int]:
        """Article id to number of different people it quotes, of the articles among `article_ids` that quote anybody by name."""
        rows = self._in_batches("SELECT DISTINCT article, speaker_name FROM quotations WHERE article IN", list(dict.fromkeys(article_ids)))
        return Counter(article for article, name in rows if name is not None)

    def quoting(self, speaker: str) -> list[str]:
        """Ids of the visible articles in which somebody of exactly that name is quoted."""
        with self._errors():
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
            with self._errors():
                rows = self._db.execute("SELECT language, count(*) FROM articles WHERE indexed = 1 GROUP BY language ORDER BY 2 DESC, 1")
                counted = self._languages = generation, dict(rows)
        return dict(counted[1])

    def unlinked(self) -> list[str]:
        """Ids of the visible articles that were not compared with the others yet, in order."""
        with self._errors():
            rows = self._db.execute("SELECT id FROM articles WHERE indexed = 1 AND id NOT IN (SELECT article FROM linked) ORDER BY id")
            return [row[0] for row in rows]

    def put_links(self, id: str, prints: Sequence[int], links: Iterable[Link]) -> None:
        """Says that an article was compared with all others: what its text is found by, of 64 bits with a sign, each once, and its links.
        Call inside a transaction."""
        found = [(link.a, link.b, link.kind, link.score) for link in links]
        (number,) = self._db.execute("INSERT INTO linked (article, prints) VALUES (?, ?) RETURNING number", (id, len(prints))).fetchone()
        self._db.executemany("INSERT INTO prints VALUES (?, ?)", [(print, number) for print in prints])
        self._db.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", found)
        if found:
            self._advance()

    def holders(self, print: int, most: int) -> list[int]:
        """The numbers, in `linked`, of the first `most` articles that have this print, in the order in which they were linked."""
        with self._errors():
            rows = self._db.execute("SELECT holder FROM prints WHERE print = ? ORDER BY holder LIMIT ?", (print, most))
            return [row[0] for row in rows]

    def linked(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Article id and number of prints by number in `linked`, of those that exist, visible or not."""
        rows = self._in_batches("SELECT number, article, prints FROM linked WHERE number IN", list(numbers))
        return {number: (id, prints) for number, id, prints in rows}

    def links(self, ids: Iterable[str] | None = None) -> list[Link]:
        """The links between visible articles, in order; those that touch any of `ids`, unless None."""
        if ids is None:
            with self._errors():
                rows = set(self._db.execute(_LINKS).fetchall())
        else:
            wanted = list(dict.fromkeys(ids))
            rows = {row for end in ("a", "b") for row in self._in_batches(f"{_LINKS} WHERE {end} IN", wanted)}
        hidden = self.fingerprints(indexed=False)
        return [Link(*row) for row in sorted(rows) if row[0] not in hidden and row[1] not in hidden]

    def stories(self) -> dict[str, tuple[str, ...]]:
        """Article id to the ids of the articles that tell the same story, itself among them, sorted; one that stands alone is left out.

        Not all that links join are one story: see _joined.
        """
        generation = self.generation()
        found = self._stories
        if found is None or found[0] != generation:
            found = self._stories = generation, self._stories_of(self.links())
        return dict(found[1])

    def story_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The same for the articles among `ids`, reading no more than what links lead to from them."""
        wanted = set(ids)
        found: set[Link] = set()
        reached: set[str] = set()
        new = wanted
        while new:
            links = self.links(new)
            found.update(links)
            reached |= new
            new = {end for link in links for end in (link.a, link.b)} - reached
        return {id: story for id, story in self._stories_of(found).items() if id in wanted}

    def _stories_of(self, links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
        """The stories that links make, those of each article being all there."""
        ordered = sorted(links, key=lambda link: (link.a, link.b))
        headings = self.headings({id for link in ordered for id in (link.a, link.b)})
        return _joined(ordered, {id: language for id, (language, _) in headings.items()})

    def languages_of_all(self) -> dict[str, str]:
        """Article id to language, of all articles, visible or not."""
        with self._errors():
            return dict(self._db.execute("SELECT id, language FROM articles"))

    def _in_batches(self, select: str, ids: Sequence[str] | Sequence[int]) -> Iterator[tuple[Any, ...]]:
        with self._errors():
            for start in range(0, len(ids), _BATCH):
                batch = ids[start : start + _BATCH]
                yield from self._db.execute(f"{select} ({', '.join('?' * len(batch))})", batch).fetchall()


def _joined(links: Sequence[Link], language_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The articles that links join, so that one weak link makes no one story of two.

    A copy that makes up most of the longer text counts always. Another link counts where neither end has a clearly better one: of a
    digest of several stories only with the longest, of an article that is like several in another language only with the likest.
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
    return {id: tuple(sorted(own)) for id, own in sorted(story.items())}


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
