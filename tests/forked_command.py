"""`python -m index …` and `python -m qa …` in processes that are forked from one that has loaded their modules.

Loading takes two seconds of a core, most of what a short command takes. Such a process has what any other has: arguments, an exit status,
standard output and standard error, and it ends with the command. What is about the start of Python itself is tested with real ones.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 120

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["index.__main__", "qa.__main__"])


def run_forked(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `python -m module` made of the arguments, in the environment without ONRECORD_STORE. The outputs pass through `folder`, which is
    made."""
    folder.mkdir()
    process = _FORKS.Process(target=_command, args=(folder, module, arguments))
    process.start()
    process.join(TIMEOUT_SECONDS)
    if process.exitcode is None:
        process.kill()
        raise subprocess.TimeoutExpired([module, *arguments], TIMEOUT_SECONDS)
    out, err = ((folder / name).read_bytes().decode("utf-8") for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess([module, *arguments], process.exitcode, out, err)


def _command(folder: Path, module: str, arguments: tuple[str, ...]) -> None:
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
    os.environ.pop("ONRECORD_STORE", None)
    os.chdir(ROOT)
    sys.argv = [module, *arguments]
    sys.modules.pop(f"{module}.__main__", None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
