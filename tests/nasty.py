"""Makes a folder of files that mean harm, or came to it: `python tests/nasty.py FOLDER`. Each is one file, named by what is wrong with it.

A build of the folder must end, with an article or a reason for each, and nothing written but the store. Whatever text is in them says
`window.pwned`: a page that shows one of them as markup sets it.
"""

# ruff: noqa: PLW0108  # a lambda everywhere: nothing is made before its turn, and all read alike
from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

SCRIPT = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'><svg onload='window.pwned = 1'></svg>"
STORY = "The harbour of Kessa was closed on Monday. The mayor, Lina Haddad, said that it would open again in June."
PAGE = f"<!doctype html><html lang=en><title>Kessa</title><article><h1>Harbour closed</h1><p>{STORY}</p>{{}}</article></html>"
OVERRIDE, ISOLATE, ZERO_WIDTH = "\u202e", "\u2066", "\u200b"
MEGABYTE = 1024 * 1024


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return packed.getvalue()


def nested(depth: int) -> bytes:
    data, name = STORY.encode(), "story.txt"
    for number in range(depth):
        data, name = zipped({name: data}, zipfile.ZIP_STORED), f"{number}.zip"
    return data


def overlapping(count: int) -> bytes:
    """A directory in which every entry is the same member (David Fifield, A better zip bomb, 2019)."""
    one = zipped({"0000.txt": b"a" * 10 * MEGABYTE})
    end = one.rindex(b"PK\x05\x06")
    (start,) = struct.unpack_from("<I", one, end + 16)
    entry = one[start:end]
    directory = b"".join(entry.replace(b"0000.txt", f"{number:04}.txt".encode()) for number in range(count))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return one[:start] + directory + tail


def linked() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


def locked() -> bytes:
    data = bytearray(zipped({"secret.txt": STORY.encode()}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


def word(body: str, head: str = "") -> bytes:
    """A .docx with that in its body."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": _TYPES.encode(), "_rels/.rels": _RELATIONS.encode(), "word/document.xml": document.encode()})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(content: bytes = b"", *, filters: str = "", kids: str = "[3 0 R]", trailer: str = "") -> bytes:
    """A page with that content stream."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids {kids} /Count 1 >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} {filters} >>\nstream\n".encode() + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + written + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n"
    return out + end.encode() + f"startxref\n{len(out)}\n%%EOF\n".encode()


def shown(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 12 Tf 50 700 Td ({escaped}) Tj ET".encode("latin-1", "replace")


def mail(body: str, head: str = "") -> bytes:
    return f"From: Lina <lina@example.org>\nSubject: Harbour\nDate: Mon, 6 May 2024 09:00:00 +0000\n{head}\n{body}\n".encode()


def multipart(depth: int) -> bytes:
    begins = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return mail("", begins + f"Content-Type: text/plain\n\n{STORY}\n").replace(b"\n\n\n", b"\n\n")


def attached(name: str) -> bytes:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n'
    body = f"--x\nContent-Type: text/plain\n\n{STORY}\n--x\nContent-Type: text/plain\n"
    return mail(f'{body}Content-Disposition: attachment; filename="{name}"\n\n{STORY}\n--x--', head)


def warc(body: bytes) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/a\r\nWARC-Date: 2024-05-06T09:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{'0' * 32}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


# Each is made when its turn comes: together they take more memory than they are worth.
FILES: Mapping[str, Callable[[], bytes]] = {
    # Archives
    "a bomb.zip": lambda: zipped({"zeros.txt": bytes(300 * MEGABYTE)}),
    "a bomb of many.zip": lambda: overlapping(2000),
    "nested.zip": lambda: nested(50),
    "names that lead out.zip": lambda: zipped(
        {name: STORY.encode() for name in ("../../out.txt", "/out.txt", "C:\\out.txt", "a/../../../out.html", "..\\..\\out.txt")}
    ),
    "names that deceive.zip": lambda: zipped(
        {
            f"{name}.txt": STORY.encode()
            for name in (
                f"a{OVERRIDE}txt",
                f"b{ZERO_WIDTH}",
                "c\nd",
                SCRIPT.replace("/", ""),
                "e" * 5000,
                ".hidden",
                "con",
                " ",
                "f\x07\x1b[31m",
            )
        }
    ),
    "a link.zip": linked,
    "locked.zip": locked,
    "cut short.zip": lambda: zipped({"a.txt": STORY.encode() * 100})[:-40],
    "no archive.zip": lambda: STORY.encode(),
    "many small.zip": lambda: zipped({f"{number}.txt": b"" for number in range(500)}),
    # Word
    "laughs.docx": lambda: word(paragraph("&i;"), LAUGHS),
    "another's file.docx": lambda: word(paragraph(f"{STORY} &i;"), OUTSIDE),
    "a bomb.docx": lambda: word(paragraph("a" * 300 * MEGABYTE)),
    "deep.docx": lambda: word("<w:p><w:r>" * 30_000 + f"<w:t>{STORY}</w:t>" + "</w:r></w:p>" * 30_000),
    "no document.docx": lambda: zipped({"[Content_Types].xml": _TYPES.encode(), "_rels/.rels": _RELATIONS.encode()}),
    "cut short.docx": lambda: word(paragraph(STORY * 100))[:600],
    "script.docx": lambda: word(paragraph(SCRIPT.replace("<", "&lt;") + STORY)),
    # Pages
    "deep.html": lambda: ("<div>" * 300_000 + f"<p>{STORY}" + "</div>" * 300_000).encode(),
    "script.html": lambda: PAGE.format(f"{SCRIPT}<p onclick='window.pwned = 1'>{SCRIPT.replace('<', '&lt;')}</p>").encode(),
    "one line.html": lambda: PAGE.format("<p>" + "The ferry left Kessa. " * 50_000 + "</p>").encode(),
    "too large.html": lambda: PAGE.format("a" * 25 * MEGABYTE).encode(),
    "another encoding.html": lambda: b"<meta charset=utf-16>" + PAGE.format("").encode(),
    "no encoding.html": lambda: b"<meta charset=klingon>" + PAGE.format("caf\u00e9").encode("latin-1"),
    "nuls.html": lambda: PAGE.format("<p>a\0b &#0; &#xD800; &#x110000;</p>").encode(),
    "brackets.html": lambda: b"<" * 500_000,
    "attributes.html": lambda: ("<p " + " ".join(f"a{n}=1" for n in range(300_000)) + f">{STORY}").encode(),
    "laughs.xhtml": lambda: f'<?xml version="1.0"?>{LAUGHS}<html><body><p>{STORY} &i;</p></body></html>'.encode(),
    "another's file.xhtml": lambda: f'<?xml version="1.0"?>{OUTSIDE}<html><body><p>{STORY} &i;</p></body></html>'.encode(),
    "nothing.html": lambda: b"<!-- nothing --><script>window.pwned = 1</script>",
    "entities.html": lambda: ("<p>" + "&amp;" * 500_000).encode(),
    "tables.html": lambda: ("<table><tr><td>" * 20_000 + STORY).encode(),
    "no page.mhtml": lambda: mail(STORY),
    # PDF
    "cut short.pdf": lambda: pdf(shown(STORY))[:400],
    "noise.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 2000,
    "a ring of pages.pdf": lambda: pdf(shown(STORY), kids="[2 0 R 2 0 R]"),
    "a ring of tables.pdf": lambda: pdf(shown(STORY), trailer="/Prev 9"),
    "a bomb.pdf": lambda: pdf(zlib.compress(bytes(600 * MEGABYTE), 1), filters="/Filter /FlateDecode"),
    "a bomb in a bomb.pdf": lambda: pdf(zlib.compress(zlib.compress(bytes(500 * MEGABYTE))), filters="/Filter [/FlateDecode /FlateDecode]"),
    "a picture.pdf": lambda: pdf(b"q 100 0 0 100 0 0 cm Q"),
    "locked.pdf": lambda: pdf(shown(STORY), trailer="/Encrypt << /Filter /Standard /V 1 /R 2 /O <00> /U <00> /P -44 >>"),
    "deep.pdf": lambda: pdf(b"[" * 500_000 + b"]" * 500_000 + shown(STORY)),
    "script.pdf": lambda: pdf(shown(f"{STORY} {SCRIPT}")),
    "a million letters.pdf": lambda: pdf(b"BT /F1 12 Tf 50 700 Td " + b"(a) Tj " * 200_000 + b"ET"),
    # Rich text, mail
    "deep.rtf": lambda: b"{\\rtf1 " + b"{" * 200_000 + STORY.encode() + b"}" * 200_000,
    "no end.rtf": lambda: b"{\\rtf1\\ansi " + STORY.encode() + b"\\'",
    "numbers.rtf": lambda: b"{\\rtf1 " + b"\\u99999999999? \\bin9999999999 \\'zz " * 1000 + STORY.encode() + b"}",
    "deep.eml": lambda: multipart(5000),
    "an attachment that leads out.eml": lambda: attached("../../../out.txt"),
    "an attachment that deceives.eml": lambda: attached(f"a{OVERRIDE}fdp.txt{ZERO_WIDTH}"),
    "a long head.eml": lambda: mail(STORY, "X: " + "a" * 5 * MEGABYTE + "\n"),
    "no encoding.eml": lambda: mail(STORY, "Content-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: base64\n"),
    "script.eml": lambda: mail(STORY + SCRIPT, f"Subject: =?utf-8?q?{SCRIPT.replace(' ', '_').replace('=', '=3D')}?=\n"),
    "no mailbox.mbox": lambda: bytes(range(256)) * 100,
    "many empty.mbox": lambda: b"From a@b Mon May  6 09:00:00 2024\n\n\n" * 5000,
    # Tables
    "many columns.csv": lambda: (",".join(f"c{n}" for n in range(500_000)) + "\n").encode(),
    "an open cell.csv": lambda: b'id,text\n1,"' + b"a" * 25 * MEGABYTE,
    "formulas.csv": lambda: f'id,text\n1,"=HYPERLINK(""http://example.org"") {STORY}"\n2,{SCRIPT.replace(",", "")}\n'.encode(),
    "deep.json": lambda: b"[" * 5_000_000,
    "endless number.json": lambda: b'[{"text": "' + STORY.encode() + b'", "id": 1' + b"0" * 1_000_000 + b"}]",
    "bad lines.jsonl": lambda: b'\xff\xfe\n{"text": 1}\n{"text": "\\ud800"}\n' + f'{{"text": "{STORY}", "title": "{OVERRIDE}"}}\n'.encode(),
    "cut short.parquet": lambda: b"PAR1" + bytes(1000) + b"PAR1",
    # Web archives
    "cut short.warc.gz": lambda: gzip.compress(warc(PAGE.format("").encode()))[:-30],
    "a bomb.warc.gz": lambda: gzip.compress(warc(bytes(300 * MEGABYTE)), 1),
    "no archive.warc": lambda: STORY.encode(),
    "script.warc": lambda: warc(PAGE.format(SCRIPT).encode()),
    # Text
    "a hundred megabytes in a line.txt": lambda: b"a" * 100 * MEGABYTE,
    "one word.txt": lambda: b"a" * (MEGABYTE // 4),
    "turned round.txt": lambda: f"{OVERRIDE}{STORY}{ISOLATE}{ZERO_WIDTH * 1000}\n\n{SCRIPT}".encode(),
    "odd.txt": lambda: STORY.encode("utf-16")[:-1],
    "another alphabet.txt": lambda: ("\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440. " * 40).encode("koi8-r"),
    "a program.txt": lambda: b"\x7fELF" + bytes(range(256)) * 100,
    f"name{OVERRIDE}txt.exe.txt": lambda: STORY.encode(),
    f"name{ZERO_WIDTH}{ZERO_WIDTH}.txt": lambda: STORY.encode(),
    "name\nwith a line.txt": lambda: STORY.encode(),
    "<img src=x onerror=window.pwned=1>.txt": lambda: STORY.encode(),
    "n" * 251 + ".txt": lambda: STORY.encode(),
}


def make(folder: Path) -> None:
    """All of them, and what is no file: a pipe, links in a ring and out of the folder, a name that is not Unicode."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data())
    os.mkfifo(folder / "a pipe.txt")
    (folder / "a ring.txt").symlink_to("a ring.txt")
    (folder / "a way out.txt").symlink_to("/etc/passwd")
    (folder / "a loop").symlink_to(folder)
    Path(os.fsdecode(os.fsencode(folder) + b"/not \xff unicode.txt")).write_bytes(STORY.encode())


def names(folder: Path) -> Iterator[str]:
    """Of everything in the folder, as a build reports it."""
    for entry in os.scandir(folder):
        yield os.fsencode(entry.name).decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
