"""Archives: what is in them is read, and nothing that is made to do harm does any."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.readers import archives
from index.readers.archives import plain_name, read
from index.readers.reading import read as read_through
from index.readers.source import Document, SourceFile, Unread

STORY = "The harbour office in Kessa shut its doors on Monday.\n"
CRISIS = "أغلق مكتب الميناء أبوابه يوم الاثنين.\n"


@dataclass
class Contents:
    """What came of an archive: the bytes and the suffix of each part, and the reason for each that is not read."""

    parts: dict[str, bytes] = field(default_factory=dict)
    suffixes: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)


def zipped(members: dict[str | zipfile.ZipInfo, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def contents(data: bytes) -> Contents:
    found = Contents()
    for part in read(SourceFile("week.zip", io.BytesIO(data), ".zip")):
        if isinstance(part, Unread):
            found.unread[part.name] = part.reason
        else:
            assert isinstance(part, SourceFile)
            found.suffixes.append(part.suffix)
            try:
                found.parts[part.name] = part.file.read()
            except InputError as error:
                found.unread[part.name] = str(error)
    return found


def test_each_file_is_a_part_under_the_archive_s_name_in_the_order_of_names() -> None:
    found = contents(zipped({"sport/b.TXT": STORY, "a.warc.gz": b"x", "sport/": b"", "c": b"y"}))
    assert found.parts == {"week.zip/a.warc.gz": b"x", "week.zip/c": b"y", "week.zip/sport/b.TXT": STORY.encode()}
    assert found.suffixes == [".warc.gz", "", ".txt"]
    assert found.unread == {}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_way_of_packing_is_read(method: int) -> None:
    assert contents(zipped({"a.txt": STORY * 5_000}, method)).parts == {"week.zip/a.txt": (STORY * 5_000).encode()}


def test_a_part_can_be_read_as_a_file_is() -> None:
    parts = read(SourceFile("week.zip", io.BytesIO(zipped({"a.txt": "one\ntwo\nthree"})), ".zip"))
    part = next(parts)
    assert isinstance(part, SourceFile)
    assert part.file.readable()
    assert part.file.seekable()
    assert part.file.tell() == 0
    assert part.file.readline() == b"one\n"
    assert part.file.seek(-5, io.SEEK_END) == 8
    assert part.file.read(3) == b"thr"
    part.file.seek(0)
    assert list(part.file) == [b"one\n", b"two\n", b"three"]
    assert list(parts) == []
    assert part.file.closed


def test_hidden_files_and_those_that_a_mac_adds_are_passed_over() -> None:
    found = contents(zipped({".DS_Store": b"x", "a/.git/config": b"x", "__MACOSX/a/._b.txt": b"x", "a/b.txt": STORY}))
    assert list(found.parts) == ["week.zip/a/b.txt"]
    assert found.unread == {}


def test_an_arabic_name_comes_out_right_whether_or_not_the_archive_says_that_it_is_utf_8() -> None:
    flagged = zipped({"أخبار/خبر.txt": CRISIS})
    assert list(contents(flagged).parts) == ["week.zip/أخبار/خبر.txt"]
    unflagged = bytearray(flagged)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = unflagged.index(signature) + offset
        (flags,) = struct.unpack_from("<H", unflagged, place)
        struct.pack_into("<H", unflagged, place, flags & ~0x800)
    assert contents(bytes(unflagged)).parts == {"week.zip/أخبار/خبر.txt": CRISIS.encode()}


def test_a_name_in_the_first_pcs_characters_is_read_in_them() -> None:
    flagged = zipped({"caf\u00e9.txt": STORY})
    old = flagged.replace("caf\u00e9.txt".encode(), b"caf\x82e.txt")
    assert len(old) == len(flagged)
    unflagged = old.replace(b"PK\3\4\x14\0\0\x08", b"PK\3\4\x14\0\0\0").replace(b"PK\1\2\x14\3\x14\0\0\x08", b"PK\1\2\x14\3\x14\0\0\0")
    assert list(contents(unflagged).parts) == ["week.zip/cafée.txt"]


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/etc/up.txt", "C:/up.txt", "c:\\up.txt", "..\\up.txt", "\\\\host\\up.txt"]
)
def test_a_name_that_leads_out_of_the_archive_is_refused_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = contents(zipped({name: STORY, "good.txt": STORY}))
    assert found.unread == {f"week.zip/{name.replace(chr(92), '/')}": "its name leads out of the archive"}
    assert list(found.parts) == ["week.zip/good.txt"]
    assert list(tmp_path.iterdir()) == []


def test_folders_may_be_written_as_windows_does() -> None:
    assert list(contents(zipped({"sport\\a.txt": STORY, "sport\\": b""})).parts) == ["week.zip/sport/a.txt"]


def test_what_cannot_be_seen_is_not_in_the_name_of_a_part_and_a_control_character_refuses_it() -> None:
    found = contents(zipped({"a\u202etxt.exe\u200b": STORY, "b\x1b[31m.txt": STORY, "نمی\u200cدانم.txt": STORY}))
    assert list(found.parts) == ["week.zip/atxt.exe", "week.zip/نمیدانم.txt"]
    assert found.unread == {"week.zip/b[31m.txt": "its name holds control characters"}


def test_a_name_with_a_nul_is_refused() -> None:
    data = zipped({"story.txt_exe": STORY}).replace(b"story.txt_exe", b"story.txt\0exe")
    assert contents(data).unread == {"week.zip/story.txtexe": "its name holds control characters"}


def test_a_name_too_long_is_refused_and_shown_cut() -> None:
    ((name, reason),) = contents(zipped({"n" * 5_000 + ".txt": STORY})).unread.items()
    assert reason == "its name is longer than 1,000 characters"
    assert len(name) < 1_100


def test_a_link_is_not_followed() -> None:
    link = zipfile.ZipInfo("passwords.txt")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = contents(zipped({link: "/etc/passwd"}))
    assert found.unread == {"week.zip/passwords.txt": "a link, which is not followed"}


def test_an_encrypted_file_is_said_to_be_so() -> None:
    data = bytearray(zipped({"a.txt": STORY, "b.txt": STORY}))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1
    found = contents(bytes(data))
    assert found.unread == {"week.zip/a.txt": "encrypted: pack it without a password"}
    assert list(found.parts) == ["week.zip/b.txt"]


def test_a_way_of_packing_that_is_not_known_is_said() -> None:
    data = bytearray(zipped({"a.txt": STORY}))
    struct.pack_into("<H", data, data.index(b"PK\1\2") + 10, 9)
    assert contents(bytes(data)).unread == {"week.zip/a.txt": "packed by method 9, which is not read: pack it by Deflate"}


def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_OF_MEMBER", 100_000)
    found = contents(zipped({"bomb.txt": b"0" * 100_001, "a.txt": b"0" * 100_000}))
    assert found.unread == {"week.zip/bomb.txt": "unpacks to more than the limit of 100,000 bytes"}
    assert list(found.parts) == ["week.zip/a.txt"]


def test_a_file_that_hides_its_size_gives_no_more_than_it_says() -> None:
    data = bytearray(zipped({"bomb.txt": b"0" * 10_000_000}))
    struct.pack_into("<L", data, data.index(b"PK\1\2") + 24, 1_000)
    found = contents(bytes(data))
    assert found.parts == {}
    assert found.unread["week.zip/bomb.txt"].startswith("damaged in its archive")


def test_an_archive_that_unpacks_to_too_much_is_left_where_it_passes_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 2_500)
    data = zipped({f"{number}.txt": b"0" * 1_000 for number in range(9)})
    read_of_it = []
    with pytest.raises(InputError, match=r"unpacks to more than 2,500 bytes: what comes after '2.txt' is not read"):
        for part in read(SourceFile("week.zip", io.BytesIO(data), ".zip")):
            assert isinstance(part, SourceFile)
            part.file.read()
            read_of_it.append(part.name)
    assert read_of_it == ["week.zip/0.txt", "week.zip/1.txt", "week.zip/2.txt"]


def test_what_nobody_reads_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 2_500)
    data = zipped({f"{number}.mov": b"0" * 1_000 for number in range(9)} | {"z.txt": STORY})
    found = list(read_through(SourceFile("week.zip", io.BytesIO(data), ".zip"), {}))
    assert [item.name for item in found if isinstance(item, Document)] == ["week.zip/z.txt"]
    assert len(found) == 10


def test_files_that_overlap_are_refused() -> None:
    """As in Fifield's bomb, where one kernel of data is the content of every file."""
    data = bytearray(zipped({"a.txt": b"0" * 1_000, "b.txt": b"0" * 1_000}, zipfile.ZIP_STORED))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    struct.pack_into("<L", data, second + 42, 10)
    with pytest.raises(InputError, match="overlap"):
        contents(bytes(data))


def test_more_files_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    with pytest.raises(InputError, match="more than 3 files"):
        contents(zipped({f"{number}.txt": "" for number in range(4)}))


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\3\4" + b"x" * 100, zipped({"a.txt": STORY})[:-30]])
def test_what_is_no_archive_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(InputError, match="damaged, or not a ZIP archive"):
        contents(data)


def test_an_archive_without_a_file_is_said_to_be_empty() -> None:
    with pytest.raises(InputError, match="without a file"):
        contents(zipped({}))


def test_a_damaged_file_does_no_harm_to_the_others() -> None:
    data = bytearray(zipped({"a.txt": STORY, "b.txt": STORY}, zipfile.ZIP_STORED))
    data[data.index(b"harbour")] ^= 0xFF
    found = contents(bytes(data))
    assert found.unread["week.zip/a.txt"].startswith("damaged in its archive")
    assert found.parts == {"week.zip/b.txt": STORY.encode()}


def test_archives_within_archives_are_read_and_no_deeper_than_the_limit() -> None:
    data = zipped({"story.txt": STORY})
    for _ in range(3):
        data = zipped({"inner.zip": data})
    (found,) = read_through(SourceFile("week.zip", io.BytesIO(data), ".zip"), {})
    assert isinstance(found, Document)
    assert (found.name, found.text) == ("week.zip/inner.zip/inner.zip/inner.zip/story.txt", STORY)
    for _ in range(50):
        data = zipped({"inner.zip": data})
    (refused,) = read_through(SourceFile("week.zip", io.BytesIO(data), ".zip"), {})
    assert isinstance(refused, Unread)
    assert "deep" in refused.reason


UNSEEN = "\0\t\n\x1b\x7f\x85\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ud800\U000e0041"


@given(st.text(st.sampled_from(UNSEEN + "a.Ж خ/\u0301 "), max_size=50))
def test_a_plain_name_is_all_that_can_be_seen_of_a_name(name: str) -> None:
    assert plain_name(name) == "".join(character for character in name if character not in UNSEEN)


GOOD = zipped({"أخبار.txt": CRISIS, "b.txt": STORY * 20, "c/d.txt": b""})


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.integers(0, len(GOOD)))
def test_harm_to_any_byte_raises_nothing_but_what_the_user_is_told(place: int, change: int, length: int) -> None:
    harmed = bytearray(GOOD)
    harmed[place] ^= change
    for data in (bytes(harmed), bytes(harmed[:length])):
        with suppress(InputError):
            contents(data)
