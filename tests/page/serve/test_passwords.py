"""Passwords and their files, on the command line too."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from pathlib import Path

import pytest
from page_visitor import PASSWORD, command_line

from page.serve import passwords
from page.serve.passwords import Password


def test_a_password_is_kept_as_scrypt_keeps_it_with_a_salt_of_its_own() -> None:
    one, other = Password.new(PASSWORD), Password.new(PASSWORD)
    assert one.salt != other.salt
    assert one.hash == hashlib.scrypt(PASSWORD.encode(), salt=one.salt, n=2**14, r=8, p=5, maxmem=2**26, dklen=32)
    assert Password.read(one.line()) == one
    assert re.fullmatch(r"scrypt\$16384\$8\$5\$[\w+/=]{24}\$[\w+/=]{44}\n", one.line())
    assert one.matches(PASSWORD)
    assert not one.matches(PASSWORD + " ")


def test_letters_that_keyboards_send_in_two_ways_are_the_same() -> None:
    assert Password.new("caf\u00e9 au lait").matches("cafe\u0301 au lait")


def new_password(path: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return command_line(["--new-password", str(path)], capsys)


def test_a_new_password_is_written_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mina.password"
    for password in (PASSWORD, "another harp"):
        assert new_password(path, f"{password}\n", monkeypatch, capsys) == (0, "")
        assert path.stat().st_mode & 0o777 == 0o600
        assert passwords.read_users([f"mina:{path}"])["mina"].matches(password)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("typed", ["", "\n", "seven77\n", "x" * 201 + "\n"], ids=["nothing", "empty", "short", "long"])
def test_a_password_that_is_too_short_or_long_leaves_the_file_as_it_was(
    tmp_path: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mina.password"
    new_password(path, PASSWORD, monkeypatch, capsys)
    before = path.read_text()
    status, said = new_password(path, typed, monkeypatch, capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert "8 to 200 characters" in said
    assert path.read_text() == before


def test_a_file_that_holds_something_else_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("The harp has 39 strings.\n")
    assert new_password(path, PASSWORD, monkeypatch, capsys) == (
        2,
        f"{path} is there and is no password file of ours. Name another file.\n",
    )
    assert path.read_text() == "The harp has 39 strings.\n"


def test_a_folder_that_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = new_password(tmp_path / "gone" / "x", PASSWORD, monkeypatch, capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert "cannot be written" in said


WEAK = f"scrypt$2$8$1${base64.b64encode(bytes(16)).decode()}${base64.b64encode(bytes(32)).decode()}\n"
COSTLY = WEAK.replace("$2$8$", "$9999999$999$")


@pytest.mark.parametrize("content", [None, b"", b"a harp of copper\n", b"\xff\xfe", b"scrypt$$$$$", WEAK.encode(), COSTLY.encode()])
def test_a_password_file_that_is_none_is_a_line_that_says_how_to_make_one(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mina.password"
    if content is not None:
        path.write_bytes(content)
    status, said = command_line(["--auth", f"mina:{path}", "--store", str(tmp_path)], capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert said.endswith(f"Make one with: python ui.py --new-password {path}\n")
    assert PASSWORD not in said
