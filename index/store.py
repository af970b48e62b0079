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
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from secrets import token_hex

import numpy as np
from filelock import FileLock, Timeout

from index.articles import Article
from index.catalogue import Catalogue, Listing
from index.embed import Embedder, Encoded, TokenEmbedder, encode
from index.errors import StoreDamaged, StoreInUse, StoreMissing, StoreOfAnotherMaker
from index.filters import first_day
from index.lexical import Entry, LexicalIndex
from index.models import default_embedder, load_embedder
from index.names import name_keys
from index.passages import ENCODING, OVERLAP_SENTENCES, PASSAGE_TOKENS, Passage, article_key, unit_id
from index.quotations import quotations_of
from index.spans import Span
from index.terms import stems
from index.tokens import TokenIndex
from index.vectors import Kind, ServedVectorIndex, Unit, VectorIndex
from index.words import WordIndex

FORMAT = 4
# Of this one all but Chroma's part is the same: its collections held all languages together.
_FORMAT_BEFORE = 3
# Vectors that are in memory at once while a store is brought up to date: 6 MB of them.
_MOVED = 4_000
_DRAFT = "manifest.json.new"
_PARTS = ("catalogue.sqlite3", "chroma", "tokens", "lexical", "words")
_COLLECTIONS = re.compile(r"onrecord-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a store was made."""

    embedder: str
    embedder_version: str
    format: int = FORMAT
    encoding: str = ENCODING
    passage_tokens: int = PASSAGE_TOKENS
    overlap_sentences: int = OVERLAP_SENTENCES
    collections: str | None = None
    """What the names of its collections on a Chroma server begin with; None where its vectors are in its own folder."""

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises StoreMissing where there is none, StoreDamaged where it is not one, StoreOfAnotherMaker where a version made it whose
        stores this one can neither read nor bring up to date."""
        try:
            values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            _require_format(folder, values)
            manifest = cls(**values)
            *others, collections = asdict(manifest).values()
            if [type(value) for value in others] != [str, str, int, str, int, int]:
                raise TypeError("a value of another type")
            if collections is not None and not _COLLECTIONS.fullmatch(collections):
                raise ValueError("no name of collections")
            return manifest
        except (FileNotFoundError, NotADirectoryError) as error:
            raise StoreMissing(f"No store at {folder}. Run: python -m index build FOLDER --store {folder}") from error
        except OSError as error:
            raise StoreDamaged(
                f"The manifest of the store at {folder} cannot be read ({error.strerror}). Check disk and rights, then try again."
            ) from error
        except (ValueError, TypeError, RecursionError) as error:
            raise StoreDamaged(
                f"The manifest of the store at {folder} cannot be read ({type(error).__name__}). Move the store away and build it again."
            ) from error

    def draft(self, folder: Path) -> None:
        """Says that a store is being made here: what is found beside a draft alone holds no article yet."""
        with _writable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _DRAFT).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def publish(self, folder: Path) -> None:
        """Makes the draft the manifest: from now on there is a store."""
        with _writable(folder):
            (folder / _DRAFT).replace(folder / "manifest.json")

    def differences(self, other: Manifest) -> list[str]:
        """What the two stores do differently, in words."""
        theirs = asdict(other)
        return [f"{name} {value!r} there, {theirs[name]!r} asked for" for name, value in asdict(self).items() if value != theirs[name]]


class Store:
    """An open store. Everything that is read comes from articles that are wholly indexed."""

    def __init__(self, folder: Path, manifest: Manifest, embedder: Embedder, chroma: str | None = None) -> None:
        """`chroma` is the address of the server that has its vectors, if one has."""
        _same_place(folder, manifest, chroma)
        self.folder, self.manifest, self.embedder = folder, manifest, embedder
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
        _same_maker(folder, manifest, asked)
        lost = [name for name in _PARTS if not (folder / name).exists() and not (name == "chroma" and manifest.collections)]
        if whole and lost:
            raise StoreDamaged(
                f"The store at {folder} has lost its {lost[0]}. Run: python -m index build with the same folders; it mends it."
            )
        store = cls(folder, manifest, embedder, chroma)
        if whole:
            for kind in store._kinds():
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
        """The store at `folder`, made if there is none. What is None is as the store has it, else the default.

        `chroma` as in `open`; one that is made has its vectors there. One that the version before made is brought up to date: call under
        `writing`. Raises StoreOfAnotherMaker where it was made with something else than asked for, StoreError where that server cannot be
        used.
        """
        try:
            manifest = Manifest.read(folder)
        except StoreMissing:
            if folder.exists() and not folder.is_dir():
                raise StoreDamaged(f"{folder} is a file, not a store. Name another place with --store.") from None
            names = {path.name for path in folder.iterdir()} if folder.exists() else set()
            if _DRAFT not in names and names - {"lock", "writer"}:
                raise StoreDamaged(f"{folder} holds files but no store. Name an empty or new folder with --store.") from None
            embedder = embedder or default_embedder()
            manifest = Manifest(
                embedder.name,
                embedder.version,
                passage_tokens=passage_tokens or PASSAGE_TOKENS,
                overlap_sentences=OVERLAP_SENTENCES if overlap_sentences is None else overlap_sentences,
                # Others may keep theirs on the same server.
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
        _same_maker(folder, replace(manifest, format=FORMAT), asked)
        if manifest.format == FORMAT:
            return cls(folder, manifest, embedder, chroma)
        return cls._brought_up_to_date(folder, asked, embedder, chroma)

    @classmethod
    def _brought_up_to_date(cls, folder: Path, manifest: Manifest, embedder: Embedder, chroma: str | None) -> Store:
        """The store of the format before, once its vectors are in Chroma by language. Killed at any moment, it is done again from the
        start: what Chroma holds is made of what `tokens` keeps."""
        if manifest.collections is None and (folder / "chroma").exists():
            with _writable(folder):
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
            self.vectors.hold(kind, {article.language for article in about.values()})
            for start in range(0, len(units), _MOVED):
                vectors = self.tokens.vectors_of([unit.id for unit in units[start : start + _MOVED]])
                kept = [unit for unit in units[start : start + _MOVED] if unit.id in vectors]
                if kept:
                    self.vectors.put(kind, kept, np.stack([vectors[unit.id] for unit in kept]))

    def _all_units(self, about: Mapping[str, Listing]) -> dict[Kind, list[Unit]]:
        """What Chroma keeps of these articles."""
        passages, sentences = self._articles_of_units()
        units = {"passages": passages, "sentences": sentences}
        return {kind: [_unit(about[article], id) for id, article in units[kind].items() if article in about] for kind in self._kinds()}

    def _kinds(self) -> tuple[Kind, ...]:
        """What Chroma holds: a model with token vectors needs no sentences there."""
        return ("passages",) if isinstance(self.embedder, TokenEmbedder) else ("passages", "sentences")

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

    def new_texts(self, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> dict[str, str]:
        """What the articles need embedded that was not embedded before, by the names that `put` knows it by."""
        texts = {_hash(text): text for units in self._texts(articles).values() for _, text in units.values()}
        for known in self.tokens.known(list(texts)):
            del texts[known]
        return texts

    def _texts(self, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> dict[Kind, dict[str, tuple[Article, str]]]:
        """Unit id to its article and what is embedded for it."""
        passages = [(article, passage) for article, own in articles for passage in own]
        units: dict[Kind, dict[str, tuple[Article, str]]] = {
            "passages": {passage.id: (article, with_title(article, passage.span)) for article, passage in passages}
        }
        if not isinstance(self.embedder, TokenEmbedder):
            # Passages overlap by whole sentences; each is a unit once.
            units["sentences"] = {
                unit_id(article.id, span): (article, span.of(article.text)) for article, passage in passages for span in passage.sentences
            }
        return units

    def put(self, articles: Sequence[tuple[Article, Sequence[Passage]]], encoded: Mapping[str, Encoded] | None = None) -> None:
        """Writes the articles everywhere, in the place of those with their ids. Call under `writing`.

        `encoded` is what the model made of their `new_texts`, by the same names; what it lacks is embedded here.
        """
        units = {
            kind: {id: (article, _hash(text), text) for id, (article, text) in own.items()} for kind, own in self._texts(articles).items()
        }
        made = dict(encoded or {})
        missing = {hash: text for own in units.values() for _, hash, text in own.values() if hash not in made}
        for known in self.tokens.known(list(missing)):
            del missing[known]
        made |= zip(missing, encode(self.embedder, list(missing.values())), strict=True)
        quotations = [quotations_of(article.text, article.story) for article, _ in articles]
        with self.catalogue.transaction():
            for (article, passages), said in zip(articles, quotations, strict=True):
                self.catalogue.put(article, passages, said)
        keys = [article_key(article.id) for article, _ in articles]
        self.tokens.put(
            [(id, article_key(article.id), hash) for own in units.values() for id, (article, hash, _) in own.items()], made, removed=keys
        )
        self.vectors.remove(keys)
        for kind, own in units.items():
            self.vectors.hold(kind, {article.language for article, _ in articles})
            vectors = self.tokens.vectors_of(list(own))
            if own:
                self.vectors.put(kind, [_unit(article, id) for id, (article, _, _) in own.items()], np.stack([vectors[id] for id in own]))
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
        """Takes out of sight what Chroma or the full-text index does not hold wholly, so that a build makes it again. Call under `writing`.

        This is how a part of the store that was deleted, or lost in a crash, comes back; what they hold beyond the catalogue goes.
        Twenty thousand ids are compared in a tenth of a second.
        """
        # Of a language whose articles have no passage, nothing else would tell that its collection was lost.
        for kind in self._kinds():
            self.vectors.hold(kind, self.catalogue.languages())
        passages, sentences = self._articles_of_units()
        broken: set[str] = set()
        strangers: set[str] = set()
        for _, known, found in self._units(passages, sentences):
            broken |= {known[id] for id in known.keys() - found}
            strangers |= {id.partition(":")[0] for id in found - known.keys()}
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
        if isinstance(self.embedder, TokenEmbedder):
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
        self, kind: Kind, units: Mapping[str, str], language_of: Mapping[str, str]
    ) -> Iterator[tuple[str, dict[str, str], set[str]]]:
        """The same for each language of Chroma's; `language_of` an article."""
        known: dict[str, dict[str, str]] = {language: {} for language in self.vectors.languages(kind)}
        for unit, article in units.items():
            known.setdefault(language_of[article], {})[unit] = article
        for language, own in sorted(known.items()):
            yield f"Chroma {kind} ({language})", own, self.vectors.ids(kind, language)

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
        for where, known, found in self._units(passages, sentences):
            lines += [f"{where}: {id} of {known[id]!r} is missing" for id in sorted(known.keys() - found)]
            lines += [f"{where}: {id} is of no article in the catalogue" for id in sorted(found - known.keys())]
        lines += self.tokens.differences()
        lines += [f"catalogue: {id!r} is not wholly indexed" for id in self.catalogue.fingerprints(indexed=False)]
        return lines


def set_aside_damaged(folder: Path) -> list[str]:
    """Renames the parts of a store that cannot be opened and can be made again of the catalogue; a line for each. Call under `writing`.

    They are kept, for a disk that fails for a moment looks the same, and what is in `tokens` may have taken hours.
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
            with _writable(folder):
                shutil.rmtree(aside, ignore_errors=True)
                place.rename(aside)
            reason = " ".join(str(error.__cause__ or error).split())[:200]
            lines.append(f"{place} cannot be read ({reason}). It is now {aside}, and is made again; delete that when you like.")
    return lines


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the store's lock, which the operating system takes back from a process that dies. Raises StoreInUse where another holds it."""
    try:
        with _writable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "lock")
            lock.acquire(timeout=0)
    except Timeout as error:
        holder = folder / "writer"
        who = f"process {holder.read_text(encoding='utf-8')}" if holder.exists() else "another process"
        raise StoreInUse(f"The store at {folder} is in use: {who} is writing to it. Try again when it is done.") from error
    try:
        with _writable(folder):
            (folder / "writer").write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):  # it only says who wrote
            (folder / "writer").unlink(missing_ok=True)
        lock.release()


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise  # an OSError as well
    except OSError as error:
        raise StoreDamaged(
            f"The store at {folder} cannot be written ({error.strerror}). Check disk space and rights, or name another with --store."
        ) from error


def with_title(article: Article, span: Span) -> str:
    """What is embedded for a passage: its text under the article's title, unless the title stands in it."""
    text = span.of(article.text)
    return title_above(article.title, text) + text


def title_above(title: str | None, text: str) -> str:
    """What stands above a passage's text where it is embedded."""
    return "" if title is None or title in text else f"{title}\n"


def _require_format(folder: Path, values: object) -> None:
    """Of another format, the manifest may have other fields too."""
    found = values.get("format", FORMAT) if isinstance(values, dict) else FORMAT
    if type(found) is int and found not in (_FORMAT_BEFORE, FORMAT):
        age = "an older" if found < FORMAT else "a newer"
        raise StoreOfAnotherMaker(
            f"The store at {folder} was made by {age} version of On Record (format {found} there, {FORMAT} here). "
            "Run: python -m index build FOLDER --store ANOTHER"
        )


def _same_maker(folder: Path, manifest: Manifest, asked: Manifest) -> None:
    differences = manifest.differences(asked)
    if differences:
        raise StoreOfAnotherMaker(
            f"The store at {folder} was made in another way ({'; '.join(differences)}). Build a new one with --store, or ask for the same."
        )


def _same_place(folder: Path, manifest: Manifest, chroma: str | None) -> None:
    if manifest.collections is not None and chroma is None:
        raise StoreOfAnotherMaker(f"The store at {folder} has its vectors on a Chroma server. Say where with --chroma http://HOST:PORT.")
    if manifest.collections is None and chroma is not None:
        raise StoreOfAnotherMaker(
            f"The store at {folder} has its vectors in its own folder, not on a Chroma server. "
            "Leave out --chroma and $ONRECORD_CHROMA, or build a new store with --store."
        )


def _unit(article: Article | Listing, id: str) -> Unit:
    return Unit(id, article_key(article.id), article.language, article.publisher, _day(article))


def _entry(article: Article, passage: Passage) -> Entry:
    text = with_title(article, passage.span)
    return Entry(passage.id, article_key(article.id), stems(text), name_keys(text), article.language, article.publisher, _day(article))


def _hash(text: str) -> str:
    """Names a text by its content, be it one without UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _day(article: Article | Listing) -> int | None:
    return first_day(article.date) if article.date else None
