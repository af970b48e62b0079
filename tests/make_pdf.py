"""PDFs for the tests: printed by Chromium, which shapes Arabic and breaks lines as browsers do; or written by hand, to the byte.

`python tests/make_pdf.py FOLDER` prints: a process of its own, since Playwright runs once in a process and the page's tests run it too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def print_pages(folder: Path, pages: Mapping[str, tuple[str, Mapping[str, object]]]) -> None:
    """FOLDER/NAME.pdf for each name, of its HTML and Playwright's options for `page.pdf`. The page's own fonts are there by their names."""
    command = [sys.executable, __file__, str(folder)]
    subprocess.run(command, input=json.dumps(pages), text=True, check=True, timeout=120)


def written(
    contents: Sequence[bytes],
    catalog: bytes = b"",
    info: bytes = b"",
    font: bytes = b"",
    resources: bytes = b"",
    objects: Sequence[bytes] = (),
) -> bytes:
    """A PDF with a page for each stream of operators; /F is Helvetica, /G is `font`. `objects` are numbered from 10, pages from 100."""
    pages = range(100, 100 + 2 * len(contents), 2)
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    body = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 400 600]>>" % (kids, len(contents)),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: b"<<%s>>" % info,
        5: font or b"null",
        **{10 + number: content for number, content in enumerate(objects)},
    }
    for number, content in zip(pages, contents, strict=True):
        body[number] = b"<</Type/Page/Parent 2 0 R/Contents %d 0 R/Resources<</Font<</F 3 0 R/G 5 0 R>>%s>>>>" % (number + 1, resources)
        body[number + 1] = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    out, places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
    for number, content in body.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n" + b"".join(b"%d 1\n%010d 00000 n \n" % place for place in places.items())
    return bytes(out) + b"trailer\n<</Root 1 0 R/Info 4 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (max(body) + 1, start)


def lines(*texts: str, x: int = 40, y: int = 550, leading: int = 14, size: int = 10) -> bytes:
    """Operators for lines of Helvetica, one under the other."""
    shown = b" ".join(b"(%s) Tj T*" % text.encode("cp1252").replace(b"(", rb"\(").replace(b")", rb"\)") for text in texts)
    return b"BT /F %d Tf %d TL 1 0 0 1 %d %d Tm %s ET\n" % (size, leading, x, y, shown)


def _print(folder: Path, pages: Mapping[str, tuple[str, Mapping[str, object]]]) -> None:
    from browser.find_browser import find_browser
    from playwright.sync_api import sync_playwright

    faces = "".join(
        f"@font-face {{ font-family: {name}; src: url('{(ROOT / 'page' / 'static' / 'fonts' / file).as_uri()}') }}"
        for name, file in (("Naskh", "noto-naskh-arabic.woff2"), ("Sans", "noto-sans-arabic.woff2"))
    )
    path = find_browser()
    assert path is not None, "there is no Chromium here; run: python tests/browser/find_browser.py"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        for name, (html, options) in pages.items():
            source = folder / f"{name}.html"  # from a file, so that it may read the fonts
            source.write_text(f"<!DOCTYPE html><meta charset=utf-8><style>{faces}</style>{html}")
            page.goto(source.as_uri())
            page.evaluate("document.fonts.ready")
            (folder / f"{name}.pdf").write_bytes(page.pdf(**options))  # type: ignore[arg-type]
        browser.close()


if __name__ == "__main__":
    _print(Path(sys.argv[1]), json.load(sys.stdin))
