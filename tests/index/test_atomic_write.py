"""A file is written whole or not at all: whatever fails, the one that was there stays, and nothing else is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.atomic_write import replace_file, replacing


def test_a_file_takes_the_place_of_the_one_before_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_bytes(b"before")
    with replacing(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
        hidden = {one.name for one in tmp_path.iterdir()} - {path.name}
        assert len(hidden) == 1 and hidden.pop().startswith(".")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("not now")], ids=repr)
def test_where_writing_fails_the_file_before_stays_alone(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "page.warc.gz"
    path.write_bytes(b"before")
    with pytest.raises(type(error)), replacing(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_where_it_cannot_take_its_place_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError):
        replace_file(folder, b"content")
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


def test_it_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "archive"
    synced: list[tuple[int, bool]] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append((os.fstat(file).st_size, path.exists())))
    replace_file(path, b"12345")
    assert synced == [(5, False)]


@pytest.mark.parametrize("mode", [0o666, 0o600])
def test_its_rights_hold_from_the_first_byte_on(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "mina.password"
    path.write_bytes(b"before")
    before = os.umask(0o022)
    try:
        with replacing(path, mode) as file:
            assert os.fstat(file.fileno()).st_mode & 0o777 == mode & ~0o022
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode & ~0o022


@pytest.mark.parametrize("name", ["a\0b", "missing/a.json"])
def test_a_path_that_is_none_raises(tmp_path: Path, name: str) -> None:
    with pytest.raises((ValueError, OSError)):
        replace_file(tmp_path / name, b"content")
    assert list(tmp_path.iterdir()) == []
