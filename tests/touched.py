"""python tests/touched.py [SINCE]: prints the tests of what has changed since a commit (HEAD), files that git does not know included.

Tests mirror the product's folders: those of index/store/ are in tests/index/store/. A module's doctests belong to it, and the import rules
to every change.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
ALWAYS = "tests/test_layers.py"
# What has no folder of its own under tests/.
OTHERS = {
    "ui.py": "tests/page",
    "page/static/": "tests/page",
    "page/locale/": "tests/page/draw",
    "samples/": "tests/test_samples.py",
    "README.md": "tests/test_readme.py",
    "ARCHITECTURE.md": "tests/test_readme.py",
    "CONTRIBUTING.md": "tests/test_contributing.py",
    "tests/cases/": "tests",
    "tests/conftest.py": "tests",
}


def belonging_to(changed: Iterable[str]) -> list[str]:
    """The test modules, folders of tests and modules with doctests to run for paths that changed; all of them from the project's root."""
    found = {ALWAYS}
    for name in changed:
        path = PurePosixPath(name)
        found.update(tests for start, tests in OTHERS.items() if name == start or (start.endswith("/") and name.startswith(start)))
        if path.parts[0] == "tests":
            if path.name.startswith("test_") and path.parts[1] != "llm" and (ROOT / path).is_file():
                found.add(name)
        elif path.parts[0] in ("index", "qa", "page"):
            found.update(_of_folder(path.parent))
            if path.suffix == ".py" and (ROOT / path).is_file():
                found.add(name)
    return sorted(found)


def _of_folder(folder: PurePosixPath) -> list[str]:
    """The test modules of the folder, or of the nearest above it that has some."""
    for one in (folder, *folder.parents[:-1]):
        if modules := sorted((ROOT / "tests" / one).glob("test_*.py")):
            return [module.relative_to(ROOT).as_posix() for module in modules]
    return []


def changed_since(commit: str) -> list[str]:
    """Paths from the project's root of files that were changed, added or removed. Raises CalledProcessError where git knows no such
    commit."""
    commands = (["git", "diff", "--name-only", "-z", commit, "--"], ["git", "ls-files", "--others", "--exclude-standard", "-z"])
    outputs = [subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout for command in commands]
    return [name for output in outputs for name in output.split("\0") if name]


if __name__ == "__main__":
    print(*belonging_to(changed_since(sys.argv[1] if len(sys.argv) > 1 else "HEAD")), sep="\n")
