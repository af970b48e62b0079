"""A full-text index of tantivy in a folder: what every index of a store over it has in common. Our analysis happens before tantivy, on both
sides, so the texts that come here are terms with spaces between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy

from index.errors import StoreDamaged, StoreInUse

_WRITER_BYTES = 50_000_000


class FullTextIndex:
    """The index in the folder at `path`, opened or made. Its documents have an `article`, the key of the article they belong to.

    `name` is what a user reads. Raises StoreDamaged where tantivy cannot read it.
    """

    def __init__(self, path: Path, schema: tantivy.Schema, name: str) -> None:
        self._path = path
        self._schema = schema
        self._name = name
        with self._errors():
            path.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(schema, str(path))
            # "whitespace" is not registered by default; our terms hold no white space.
            self._index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
            self._index.reload()
            self._searcher = self._index.searcher()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            # On some damaged files tantivy panics; PyO3 raises that as no Exception, of a type that is not exported.
            if not isinstance(error, ValueError | OSError | RuntimeError) and type(error).__name__ != "PanicException":
                raise
            reason = " ".join(str(error).split())[:200]
            if "lock" in reason.lower():
                raise StoreInUse(f"The store at {self._path.parent} is in use by another process. Try again when it is done.") from error
            raise StoreDamaged(
                f"The {self._name} in {self._path} cannot be used ({reason}). Check disk space and rights; "
                "if they are in order, delete that folder and run: python -m index build with the same folders"
            ) from error

    def _replace(self, documents: Iterable[tantivy.Document], removed: Sequence[str]) -> None:
        """Forgets the documents of the articles with the keys `removed`, adds `documents`, and makes both visible at once."""
        with self._errors():
            writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
            try:
                # A writer that was killed before it committed leaves files that no reader refers to, under the very names that the next
                # commit gives its own: it would fail ("FileAlreadyExists"), at each try.
                writer.garbage_collect_files()
                for key in removed:
                    writer.delete_documents_by_term("article", key)
                for document in documents:
                    writer.add_document(document)
                writer.commit()
            except BaseException:
                writer.rollback()
                raise
            finally:
                writer.wait_merging_threads()
            self._index.reload()
            self._searcher = self._index.searcher()

    def _stored(self, field: str) -> set[str]:
        """The stored field of every document."""
        with self._errors():
            searcher = self._searcher
            if not searcher.num_docs:
                return set()
            hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs, count=False).hits
            return {str(searcher.doc(address)[field][0]) for _, address in hits}
