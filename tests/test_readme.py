"""The README's transcripts are what the commands print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSCRIPTS = re.findall(r"```console\n\$ (.+)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "output"), TRANSCRIPTS)
def test_a_transcript_in_the_readme_is_what_the_command_prints(command: str, output: str, samples_store_folder: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/python"
    environment = os.environ | {"ONRECORD_STORE": str(samples_store_folder)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.stdout, done.stderr) == (output, "")


def test_the_readme_has_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 3


def test_every_file_that_the_readme_links_to_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    for link in links:
        assert (ROOT / link).exists(), link


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert names
    assert [name for name in names if name not in reasons] == []
