"""A store: catalogue, vectors and full-text index in one folder, kept in step, with a manifest that says how it was made.

.store/manifest.json        embedder, its version, encoding, passage size: nothing made otherwise is ever mixed in
.store/catalogue.sqlite3    the articles and passages: the truth
.store/chroma/              vectors of passages, and of sentences where the model has no token vectors, made from the catalogue; not here
                            but on a Chroma server where the store was made with one
.store/tokens/              what the model made of each distinct text: its vector, its tokens' vectors
.store/lexical/             the full-text index, made from the catalogue
.store/words/               whole articles by pairs of neighbouring words, to check quotes; made from the catalogue
.store/lock                 held by the one process that writes
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import numpy as np
from filelock import FileLock, Timeout

from index.articles import Article
from index.embedding.embed import Embedder, Encoded, Vectors
from index.embedding.models import default_embedder, load_embedder
from index.errors import StoreDamaged, StoreInUse, StoreMissing, StoreOfAnotherMaker
from index.store.catalogue import Catalogue, Listing
from index.store.filters import first_day
from index.store.lexical import Entry, LexicalIndex
from index.store.likeness import likeness_of
from index.store.manifest import DRAFT, FORMAT, Manifest, require_same_maker, require_same_place, writable
from index.store.passages import ENCODING, OVERLAP_SENTENCES, PASSAGE_TOKENS, Passage, article_key, unit_id, with_title
from index.store.tokens import TokenIndex
from index.store.vectors import ServedVectorIndex, Unit, VectorIndex, VectorKind
from index.store.word_index import WordIndex
from index.story.quotations import quotations_of
from index.text.names import name_keys
from index.text.spans import Span
from index.text.terms import stems

# Vectors that are in memory at once while a store is brought up to date: 6 MB of them.
_MOVED = 4_000
_PARTS = ("catalogue.sqlite3", "chroma", "tokens", "lexical", "words")


class Store:
    """An open store. Everything that is read comes from articles that are wholly indexed."""

    def __init__(self, folder: Path, manifest: Manifest, embedder: Embedder, chroma: str | None = None) -> None:
        """`chroma` is the address of the server that has its vectors, if one has."""
        require_same_place(folder, manifest, chroma)
        self.folder, self.manifest, self.embedder = folder, manifest, embedder
        self.likeness = likeness_of(embedder)
        catalogue, vectors, tokens, lexical, words = (folder / name for name in _PARTS)
        self.catalogue = Catalogue(catalogue)
        if manifest.collections is None or chroma is None:
            self.vectors = VectorIndex(vectors)
        else:
            self.vectors = ServedVectorIndex(chroma, manifest.collections)
        self.tokens = TokenIndex(tokens)
        self.lexical = LexicalIndex(lexical)
        self.words = WordIndex(words)

    @classmethod
    def open(cls, folder: Path, whole: bool = True, chroma: str | None = None) -> Store:
        """The store at `folder` with the embedder that it was made with. Unless `whole`, a part that was deleted counts as empty.

        `chroma` is the address of the server that has its vectors, if one has. Raises StoreMissing, StoreDamaged, StoreOfAnotherMaker,
        StoreError where that server cannot be used, and EmbedderError where its embedder is not to be had.
        """
        manifest = Manifest.read(folder)
        if manifest.format != FORMAT:
            raise StoreOfAnotherMaker(
                f"The store at {folder} was made by an older version of On Record (format {manifest.format} there, {FORMAT} here). "
                f"Run: python -m index verify --repair --store {folder}; it brings it up to date, and embeds nothing anew."
            )
        embedder = load_embedder(manifest.embedder)
        asked = replace(manifest, embedder=embedder.name, embedder_version=embedder.version, format=FORMAT, encoding=ENCODING)
        require_same_maker(folder, manifest, asked)
        lost = [name for name in _PARTS if not (folder / name).exists() and not (name == "chroma" and manifest.collections)]
        if whole and lost:
            raise StoreDamaged(
                f"The store at {folder} has lost its {lost[0]}. Run: python -m index build with the same folders; it mends it."
            )
        store = cls(folder, manifest, embedder, chroma)
        if whole:
            for kind in store.likeness.kinds:
                store.vectors.require(kind, store.catalogue.languages())
        return store

    @classmethod
    def open_or_make(
        cls,
        folder: Path,
        embedder: Embedder | None = None,
        passage_tokens: int | None = None,
        overlap_sentences: int | None = None,
        chroma: str | None = None,
    ) -> Store:
        """The store at `folder`, made if there is none. None stands for the store's setting, or the default in a new store.

        `chroma` as in `open`; one that is made has its vectors there. One that the version before made is brought up to date: call under
        `writing`. Raises StoreOfAnotherMaker where it was made with other settings, StoreError where that server cannot be
        used.
        """
        try:
            manifest = Manifest.read(folder)
        except StoreMissing:
            if folder.exists() and not folder.is_dir():
                raise StoreDamaged(f"{folder} is a file, not a store. Name another place with --store.") from None
            names = {path.name for path in folder.iterdir()} if folder.exists() else set()
            if DRAFT not in names and names - {"lock", "writer"}:
                raise StoreDamaged(f"{folder} holds files but no store. Name an empty or new folder with --store.") from None
            embedder = embedder or default_embedder()
            manifest = Manifest(
                embedder.name,
                embedder.version,
                passage_tokens=passage_tokens or PASSAGE_TOKENS,
                overlap_sentences=OVERLAP_SENTENCES if overlap_sentences is None else overlap_sentences,
                # Other stores may use the same server.
                collections=None if chroma is None else f"onrecord-{token_hex(16)}",
            )
            manifest.draft(folder)
            store = cls(folder, manifest, embedder, chroma)
            manifest.publish(folder)
            return store
        embedder = embedder or load_embedder(manifest.embedder)
        asked = Manifest(
            embedder.name,
            embedder.version,
            passage_tokens=passage_tokens or manifest.passage_tokens,
            overlap_sentences=manifest.overlap_sentences if overlap_sentences is None else overlap_sentences,
            collections=manifest.collections,
        )
        require_same_maker(folder, replace(manifest, format=FORMAT), asked)
        if manifest.format == FORMAT:
            return cls(folder, manifest, embedder, chroma)
        return cls._brought_up_to_date(folder, asked, embedder, chroma)

    @classmethod
    def _brought_up_to_date(cls, folder: Path, manifest: Manifest, embedder: Embedder, chroma: str | None) -> Store:
        """The store of the format before, once its vectors are in Chroma by language. Killed at any moment, it is done again from the
        start: what Chroma holds is made of what `tokens` keeps."""
        if manifest.collections is None and (folder / "chroma").exists():
            with writable(folder):
                shutil.rmtree(folder / "chroma")
        store = cls(folder, manifest, embedder, chroma)
        try:
            store._move_vectors()
            manifest.draft(folder)
            manifest.publish(folder)
        except BaseException:
            store.close()
            raise
        return store

    def _move_vectors(self) -> None:
        """Puts the vectors of all articles that readers see into Chroma."""
        self.vectors.drop_mixed()
        about = {article.id: article for article in self.catalogue.listings()}
        for kind, units in self._all_units(about).items():
            self.vectors.ensure(kind, {article.language for article in about.values()})
            for start in range(0, len(units), _MOVED):
                vectors = self.tokens.vectors_of([unit.id for unit in units[start : start + _MOVED]])
                kept = [unit for unit in units[start : start + _MOVED] if unit.id in vectors]
                if kept:
                    self.vectors.put(kind, kept, np.stack([vectors[unit.id] for unit in kept]))

    def _all_units(self, about: Mapping[str, Listing]) -> dict[VectorKind, list[Unit]]:
        """What Chroma keeps of these articles."""
        passages, sentences = self._articles_of_units()
        units = {"passages": passages, "sentences": sentences}
        return {
            kind: [_unit(about[article], id) for id, article in units[kind].items() if article in about] for kind in self.likeness.kinds
        }

    def _articles_of_units(self) -> tuple[dict[str, str], dict[str, str]]:
        """Article id by passage id, and by sentence id, of all articles, visible or not."""
        passages: dict[str, str] = {}
        sentences: dict[str, str] = {}
        for article_id, passage, sentence in self.catalogue.unit_ids():
            passages[passage] = sentences[sentence] = article_id
        return passages, sentences

    def close(self) -> None:
        self.catalogue.close()
        self.vectors.close()
        self.tokens.close()

    def sentence_vectors(self, article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Span, Vectors, float]]:
        """The vectors and weights of an article's sentences, by the store's likeness: to compare which sentences of two languages say
        the same."""
        return self.likeness.sentence_vectors(self.tokens, article, passages)

    def new_texts(self, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> dict[str, str]:
        """What the articles need embedded that was not embedded before, by the names that `put` knows it by."""
        texts = {_hash(text): text for units in self._texts(articles).values() for _, text in units.values()}
        for known in self.tokens.known(list(texts)):
            del texts[known]
        return texts

    def _texts(self, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> dict[VectorKind, dict[str, tuple[Article, str]]]:
        """Unit id to its article and what is embedded for it."""
        passages = [(article, passage) for article, article_passages in articles for passage in article_passages]
        units: dict[VectorKind, dict[str, tuple[Article, str]]] = {
            "passages": {passage.id: (article, with_title(article, passage.span)) for article, passage in passages}
        }
        if "sentences" in self.likeness.kinds:
            # Passages overlap by whole sentences; each is a unit once.
            units["sentences"] = {
                unit_id(article.id, span): (article, span.of(article.text)) for article, passage in passages for span in passage.sentences
            }
        return units

    def put(self, articles: Sequence[tuple[Article, Sequence[Passage]]], encoded: Mapping[str, Encoded] | None = None) -> None:
        """Writes the articles everywhere, replacing those with their ids. Call under `writing`.

        `encoded` is what the model made of their `new_texts`, by the same names; what it lacks is embedded here.
        """
        units = {
            kind: {id: (article, _hash(text), text) for id, (article, text) in kind_units.items()}
            for kind, kind_units in self._texts(articles).items()
        }
        made = dict(encoded or {})
        missing = {hash: text for kind_units in units.values() for _, hash, text in kind_units.values() if hash not in made}
        for known in self.tokens.known(list(missing)):
            del missing[known]
        made |= zip(missing, self.likeness.encode(list(missing.values())), strict=True)
        quotations = [quotations_of(article.text, article.story, article.language) for article, _ in articles]
        with self.catalogue.transaction():
            for (article, passages), said in zip(articles, quotations, strict=True):
                self.catalogue.put(article, passages, said)
        keys = [article_key(article.id) for article, _ in articles]
        self.tokens.put(
            [(id, article_key(article.id), hash) for kind_units in units.values() for id, (article, hash, _) in kind_units.items()],
            made,
            removed=keys,
        )
        self.vectors.remove(keys)
        for kind, kind_units in units.items():
            self.vectors.ensure(kind, {article.language for article, _ in articles})
            vectors = self.tokens.vectors_of(list(kind_units))
            if kind_units:
                self.vectors.put(
                    kind, [_unit(article, id) for id, (article, _, _) in kind_units.items()], np.stack([vectors[id] for id in kind_units])
                )
        self.lexical.update([_entry(article, passage) for article, passages in articles for passage in passages], removed=keys)
        self.words.update([(article_key(article.id), article.text) for article, _ in articles], removed=keys)
        with self.catalogue.transaction():
            self.catalogue.show(article.id for article, _ in articles)

    def remove(self, ids: Sequence[str]) -> None:
        """Forgets articles. Call under `writing`."""
        with self.catalogue.transaction():
            self.catalogue.hide(ids)
        keys = [article_key(id) for id in ids]
        self.vectors.remove(keys)
        self.tokens.remove(keys)
        self.lexical.update([], removed=keys)
        self.words.update([], removed=keys)
        with self.catalogue.transaction():
            self.catalogue.remove(ids)

    def hide_broken(self) -> None:
        """Hides the articles that Chroma or the full-text index does not hold completely, so that a build makes them again. Call under
        `writing`.

        This is how a part of the store that was deleted, or lost in a crash, comes back; what they hold beyond the catalogue goes.
        Twenty thousand ids are compared in a tenth of a second.
        """
        # Of a language whose articles have no passage, only this shows that its collection was lost.
        for kind in self.likeness.kinds:
            self.vectors.ensure(kind, self.catalogue.languages())
        passages, sentences = self._articles_of_units()
        broken: set[str] = set()
        strangers: set[str] = set()
        for _, known, indexed in self._units(passages, sentences):
            broken |= {known[id] for id in known.keys() - indexed}
            strangers |= {id.partition(":")[0] for id in indexed - known.keys()}
        visible = self.catalogue.fingerprints().keys()
        hidden = {id for id in visible if id in broken or article_key(id) in strangers}
        if hidden:
            with self.catalogue.transaction():
                self.catalogue.hide(hidden)
        if strangers:
            self.vectors.remove(sorted(strangers))
            self.tokens.remove(sorted(strangers))
            self.lexical.update([], removed=sorted(strangers))
            self.words.update([], removed=sorted(strangers))

    def hide_damaged(self) -> None:
        """As hide_broken, and what is there but not as it was written: token vectors with another checksum, passages that are not their
        article's text. Reads everything. Call under `writing`."""
        self.tokens.forget_damaged()
        displaced = {article.id for article in self.catalogue.all_articles() if self._displaced(article)}
        if displaced:
            with self.catalogue.transaction():
                self.catalogue.hide(displaced)
        self.hide_broken()

    def _displaced(self, article: Article) -> list[Passage]:
        """The passages that are not the article's text at their place."""
        return [passage for passage in self.catalogue.passages_of(article.id) if passage.span.of(article.text) != passage.text]

    def _units(self, passages: dict[str, str], sentences: dict[str, str]) -> list[tuple[str, dict[str, str], set[str]]]:
        """For each place what it should hold, by the catalogue's passages and sentences (id to article), and the ids that it holds."""
        if "sentences" not in self.likeness.kinds:
            sentences = {}
        language_of = self.catalogue.languages_of_all()
        # An article may have no passage.
        articles = {article_key(id): id for id in language_of}
        return [
            *self._in_chroma("passages", passages, language_of),
            *self._in_chroma("sentences", sentences, language_of),
            ("tokens", passages | sentences, self.tokens.ids()),
            ("full-text index", passages, self.lexical.ids()),
            ("word index", articles, self.words.ids()),
        ]

    def _in_chroma(
        self, kind: VectorKind, units: Mapping[str, str], language_of: Mapping[str, str]
    ) -> Iterator[tuple[str, dict[str, str], set[str]]]:
        """The same for each language of Chroma's; `language_of` an article."""
        known: dict[str, dict[str, str]] = {language: {} for language in self.vectors.languages(kind)}
        for unit, article in units.items():
            known.setdefault(language_of[article], {})[unit] = article
        for language, language_articles in sorted(known.items()):
            yield f"Chroma {kind} ({language})", language_articles, self.vectors.ids(kind, language)

    def differences(self) -> list[str]:
        """A line for each passage or sentence that the parts of the store do not agree on; empty when all is well."""
        passages: dict[str, str] = {}
        sentences: dict[str, str] = {}
        lines: list[str] = []
        for article in self.catalogue.all_articles():
            for passage in self.catalogue.passages_of(article.id):
                passages[passage.id] = article.id
                sentences |= {unit_id(article.id, span): article.id for span in passage.sentences}
            lines += [
                f"catalogue: passage {passage.id} is not the text of {article.id!r} at its place" for passage in self._displaced(article)
            ]
        for where, known, indexed in self._units(passages, sentences):
            lines += [f"{where}: {id} of {known[id]!r} is missing" for id in sorted(known.keys() - indexed)]
            lines += [f"{where}: {id} is of no article in the catalogue" for id in sorted(indexed - known.keys())]
        lines += self.tokens.differences()
        lines += [f"catalogue: {id!r} is not wholly indexed" for id in self.catalogue.fingerprints(indexed=False)]
        return lines


def set_aside_damaged(folder: Path) -> list[str]:
    """Renames the parts of a store that cannot be opened and can be made again of the catalogue; a line for each. Call under `writing`.

    They are kept, because a disk that fails for a moment looks the same, and what is in `tokens` may have taken hours.
    """
    lines = []
    parts: dict[str, Callable[[Path], object]] = {"chroma": VectorIndex, "tokens": TokenIndex, "lexical": LexicalIndex, "words": WordIndex}
    for name, part in parts.items():
        place, aside = folder / name, folder / f"{name}.damaged"
        try:
            opened = part(place) if place.exists() else None
            if isinstance(opened, VectorIndex | TokenIndex):
                opened.close()
        except StoreDamaged as error:
            with writable(folder):
                shutil.rmtree(aside, ignore_errors=True)
                place.rename(aside)
            reason = " ".join(str(error.__cause__ or error).split())[:200]
            lines.append(f"{place} cannot be read ({reason}). It is now {aside}, and is made again; delete that when you like.")
    return lines


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the store's lock, which the operating system takes back from a process that dies. Raises StoreInUse where another holds it."""
    try:
        with writable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "lock")
            lock.acquire(timeout=0)
    except Timeout as error:
        holder = folder / "writer"
        who = f"process {holder.read_text(encoding='utf-8')}" if holder.exists() else "another process"
        raise StoreInUse(f"The store at {folder} is in use: {who} is writing to it. Try again when it is done.") from error
    try:
        with writable(folder):
            (folder / "writer").write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):  # it only says who wrote
            (folder / "writer").unlink(missing_ok=True)
        lock.release()


def _unit(article: Article | Listing, id: str) -> Unit:
    return Unit(id, article_key(article.id), article.language, article.publisher, _day(article))


def _entry(article: Article, passage: Passage) -> Entry:
    text = with_title(article, passage.span)
    return Entry(passage.id, article_key(article.id), stems(text), name_keys(text), article.language, article.publisher, _day(article))


def _hash(text: str) -> str:
    """Names a text by its content, even one that is not valid UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _day(article: Article | Listing) -> int | None:
    return first_day(article.date) if article.date else None
