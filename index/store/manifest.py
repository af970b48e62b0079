"""How a store was made: the manifest in its folder, its versions, and which stores are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import Timeout

from index.errors import StoreDamaged, StoreMissing, StoreOfAnotherMaker
from index.store.passages import ENCODING, OVERLAP_SENTENCES, PASSAGE_TOKENS

FORMAT = 4
# Of this one all but Chroma's part is the same: its collections held all languages together.
_FORMAT_BEFORE = 3
DRAFT = "manifest.json.new"
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
        """Marks that a store is being made here: a folder with only a draft manifest holds no article yet."""
        with writable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / DRAFT).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def publish(self, folder: Path) -> None:
        """Makes the draft the manifest: from now on there is a store."""
        with writable(folder):
            (folder / DRAFT).replace(folder / "manifest.json")

    def differences(self, other: Manifest) -> list[str]:
        """What the two stores do differently, in words."""
        theirs = asdict(other)
        return [f"{name} {value!r} there, {theirs[name]!r} asked for" for name, value in asdict(self).items() if value != theirs[name]]


def _require_format(folder: Path, values: object) -> None:
    """Of another format, the manifest may have other fields too."""
    stated = values.get("format", FORMAT) if isinstance(values, dict) else FORMAT
    if type(stated) is int and stated not in (_FORMAT_BEFORE, FORMAT):
        age = "an older" if stated < FORMAT else "a newer"
        raise StoreOfAnotherMaker(
            f"The store at {folder} was made by {age} version of On Record (format {stated} there, {FORMAT} here). "
            "Run: python -m index build FOLDER --store ANOTHER"
        )


def require_same_maker(folder: Path, manifest: Manifest, asked: Manifest) -> None:
    """Raises StoreOfAnotherMaker where the store was made with other settings than asked for."""
    differences = manifest.differences(asked)
    if differences:
        raise StoreOfAnotherMaker(
            f"The store at {folder} was made in another way ({'; '.join(differences)}). Build a new one with --store, or ask for the same."
        )


def require_same_place(folder: Path, manifest: Manifest, chroma: str | None) -> None:
    """Raises StoreOfAnotherMaker where the store's vectors are on a Chroma server and none is named, or the other way round."""
    if manifest.collections is not None and chroma is None:
        raise StoreOfAnotherMaker(f"The store at {folder} has its vectors on a Chroma server. Say where with --chroma http://HOST:PORT.")
    if manifest.collections is None and chroma is not None:
        raise StoreOfAnotherMaker(
            f"The store at {folder} has its vectors in its own folder, not on a Chroma server. "
            "Leave out --chroma and $ONRECORD_CHROMA, or build a new store with --store."
        )


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Raises StoreDamaged where what is done inside cannot write to the folder."""
    try:
        yield
    except Timeout:
        raise  # an OSError as well
    except OSError as error:
        raise StoreDamaged(
            f"The store at {folder} cannot be written ({error.strerror}). Check disk space and rights, or name another with --store."
        ) from error
