"""PDF, Word and RTF to their texts. PDFs are printed by Chromium or written by hand; Word documents are made by python-docx."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from time import perf_counter

import docx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from make_pdf import lines, print_pages, written
from pypdf import PdfReader, PdfWriter

from index.errors import InputError
from index.readers import docx as docx_reader
from index.readers import rtf as rtf_reader
from index.readers.pdf import document as pdf_reader
from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.lines import columns
from index.readers.source import Document, Facts, Reader, ReaderOutput, SourceFile, Unread

ROOT = Path(__file__).resolve().parents[3]
READERS: dict[str, Reader] = {".pdf": pdf_reader.read, ".docx": docx_reader.read, ".rtf": rtf_reader.read}


def found_in(data: bytes, suffix: str = ".pdf") -> list[ReaderOutput]:
    return list(READERS[suffix](SourceFile(f"story{suffix}", BytesIO(data), suffix)))


def document_of(data: bytes, suffix: str = ".pdf") -> Document:
    (document,) = found_in(data, suffix)
    assert isinstance(document, Document)
    assert document.name == f"story{suffix}"
    assert document.fingerprint is None
    return document


def paragraphs(data: bytes, suffix: str = ".pdf") -> list[str]:
    return document_of(data, suffix).text.split("\n\n")


# PDF, printed.

ENGLISH = [
    "Tide mill at Orlen Quay grinds again after sixty years",
    "By Petra Vasque",
    "The tide mill at Orlen Quay turned on Saturday for the first time since 1964, and the first sack of flour was sold for 40 crowns "
    "before the stones had stopped. “We had bets on the wheel, not on the flour,” said Ilse Marrow, who leads the fifty-two volunteers.",
    "The wheel, seven metres across, was rebuilt from larch that came down in the storms of 2019. It is well-known along the coast: "
    "painters have drawn it since the 1880s, and a well-known print of it hangs in the town hall.",
    "The council paid 1.25 million crowns (about a third of the cost); the rest came from a lottery, three concerts and the sale of the "
    "old stones. A first-aid post and a café are to open in May.",
    "Not everybody is pleased. The sluice closes the upper harbour for four hours a day, and the eel fishers say that nobody asked them.",
] * 2
ARABIC = [
    "طاحونة المد في رصيف أورلن تدور من جديد بعد ستين عاما",
    "كتبت: بترا فاسك",
    "دارت طاحونة المد في رصيف أورلن يوم السبت للمرة الأولى منذ عام 1964، وبِيع أول كيس من الطحين بأربعين كرونا قبل أن تتوقف الحجارة. وقالت "
    "إلسه مارو، التي تقود 52 متطوعا: «راهنّا على العجلة لا على الطحين».",
    "وأعيد بناء العجلة (قطرها ٧ أمتار) من خشب سقط في عواصف ٢٠١٩، وعُلّقت لوحة لها في مبنى البلدية عند الساعة 5:45 مساء.",
    "ودفع المجلس 1.25 مليون كرون، وجاء الباقي "
    "من شركة Orlen Light Works ومن ثلاث حفلات. وتُفتتح في أيار مقهى صغير ونقطة إسعاف (إن شاء الله).",
    "ولم يرض الجميع. فالبوابة تغلق الميناء الأعلى أربع ساعات في اليوم، ويقول الصيادون إن أحدا لم يسألهم.",
] * 2


def page_of(texts: list[str], style: str, head: str = "") -> str:
    body = f"<h1>{texts[0]}</h1>" + "".join(f"<p>{text}</p>" for text in texts[1:])
    return f"{head}<title>{texts[0]}</title><style>body {{ margin: 0; {style} }}</style><body>{body}"


SMALL = {"width": "120mm", "height": "170mm", "margin": {"top": "18mm", "bottom": "18mm", "left": "12mm", "right": "12mm"}}
EDGES = {
    "displayHeaderFooter": True,
    "headerTemplate": "<div style='font-size: 8px; margin: auto'>The Orlen Tide</div>",
    "footerTemplate": "<div style='font-size: 8px; margin: auto'>Page <span class=pageNumber></span></div>",
}
NARROW = "columns: 2; column-gap: 5mm; font-size: 9pt; text-align: justify;"
PRINTED = {
    "one column": page_of(ENGLISH, "font: 12pt serif"),
    "two columns": page_of(ENGLISH, f"font-family: serif; {NARROW}", "<style>h1 { column-span: all }</style>"),
    "Arabic": page_of(ARABIC, "font: 13pt Naskh; direction: rtl"),
    "Arabic in two columns": page_of(ARABIC, f"font-family: Sans; direction: rtl; {NARROW}"),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """The PDF of that name, by Chromium."""
    folder = tmp_path_factory.mktemp("printed")
    edges = {"display_header_footer": True, "header_template": EDGES["headerTemplate"], "footer_template": EDGES["footerTemplate"]}
    pages: dict[str, tuple[str, dict[str, object]]] = {name: (html, {**SMALL}) for name, html in PRINTED.items()}
    pages["head and foot"] = (PRINTED["one column"], {**SMALL, **edges})
    shy = (
        page_of(["The report"], "font: 12pt serif; width: 60mm")
        + "<p>"
        + "The in\u00adter\u00adna\u00adtion\u00adal com\u00admis\u00adsion " * 9
    )
    pages["soft hyphens"] = (shy, {**SMALL})
    print_pages(folder, pages)
    return lambda name: (folder / f"{name}.pdf").read_bytes()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "written_texts"),
    [("one column", ENGLISH), ("two columns", ENGLISH), ("Arabic", ARABIC), ("Arabic in two columns", ARABIC)],
)
def test_a_printed_page_gives_its_paragraphs_letter_for_letter(
    printed: Callable[[str], bytes], name: str, written_texts: list[str]
) -> None:
    assert paragraphs(printed(name)) == written_texts


@pytest.mark.browser
@pytest.mark.parametrize("name", [*PRINTED, "head and foot"])
def test_each_page_begins_where_its_first_words_stand(printed: Callable[[str], bytes], name: str) -> None:
    data = printed(name)
    document = document_of(data)
    assert len(document.pages) == len(PdfReader(BytesIO(data)).pages) > 1
    assert document.pages[0] == 0
    assert list(document.pages) == sorted(document.pages)
    for number, start in enumerate(document.pages):
        writer = PdfWriter()
        writer.add_page(PdfReader(BytesIO(data)).pages[number])
        out = BytesIO()
        writer.write(out)
        alone = [text for text in paragraphs(out.getvalue()) if text not in ("The Orlen Tide", f"Page {number + 1}")]
        assert document.text.startswith(alone[0][:20], start)


@pytest.mark.browser
def test_heads_and_feet_cut_no_paragraph_that_runs_over_the_page(printed: Callable[[str], bytes]) -> None:
    found = paragraphs(printed("head and foot"))
    assert [text for text in found if text not in ("The Orlen Tide", *(f"Page {number}" for number in range(9)))] == ENGLISH
    assert found[0] == ENGLISH[0]
    assert found.count("The Orlen Tide") > 1


@pytest.mark.browser
def test_soft_hyphens_leave_no_trace(printed: Callable[[str], bytes]) -> None:
    assert paragraphs(printed("soft hyphens")) == ["The report", " ".join(["The international commission"] * 9)]


# PDF, written by hand.


def test_a_hyphen_that_breaks_a_word_goes_and_that_of_a_compound_stays() -> None:
    page = lines(
        "The commission heard a well-known engineer, and then the inter-",
        "national commission adjourned. It was a well-",
        "known fact that the first-",
        "aid post, the post-war cottages and the Anglo-",
        "Marwenan harbour were built on the sea-",
        "wall. The seawall is old, and its first-aid post is new and good.",
    )
    assert paragraphs(written([page])) == [
        "The commission heard a well-known engineer, and then the international commission adjourned. It was a well-known fact that the "
        "first-aid post, the post-war cottages and the Anglo-Marwenan harbour were built on the seawall. The seawall is old, and its "
        "first-aid post is new and good."
    ]


def test_an_indent_a_gap_and_a_line_that_ends_early_begin_a_paragraph() -> None:
    body = ("The ferry left the quay at noon with forty on board and", "came back")
    page = (
        lines(*body, y=550)
        + lines(*body, y=480)
        + lines("The crew had said nothing to the harbour office until", x=60, y=452)
        + lines("the evening, when the lamps were lit along the whole quay", y=438)
        + lines("The mate was asked first, and had little to say that day", y=424)
    )
    assert paragraphs(written([page])) == [
        " ".join(body),
        " ".join(body),
        "The crew had said nothing to the harbour office until the evening, when the lamps were lit along the whole quay The mate was "
        "asked first, and had little to say that day",
    ]


def test_words_are_parted_where_no_space_is_drawn_and_not_where_letters_are_set_apart() -> None:
    page = b"BT /F 10 Tf 40 500 Td [(The)-280(f)20(erry)-260(left)-300(at)-270(noon)] TJ 0 -40 Td 3 Tc (HARBOUR NEWS) Tj ET"
    assert paragraphs(written([page])) == ["The ferry left at noon", "HARBOUR NEWS"]


def test_ligatures_are_their_letters() -> None:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/fi/fl]>>>>"
    page = b"BT /G 10 Tf 40 500 Td (The \\001rst \\002ag) Tj ET"
    assert paragraphs(written([page], font=font)) == ["The first flag"]


def test_rows_of_a_table_stay_rows() -> None:
    rows = [("Orlen", "1,204", "62"), ("Kessa", "988", "41"), ("Dalmar", "1,530", "70"), ("Vess", "412", "19")]
    page = b"".join(lines(cell, x=40 + 100 * place, y=500 - 20 * row) for row, cells in enumerate(rows) for place, cell in enumerate(cells))
    assert paragraphs(written([page])) == [" ".join(cells) for cells in rows]


def test_text_within_a_form_and_text_that_is_turned_are_read() -> None:
    inner = lines("The words within the form are read as well.", y=0, x=0)
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 400 600]/Matrix[1 0 0 1 40 300]/Length %d>>stream\n%s\nendstream" % (len(inner), inner)
    page = lines("The words on the page come first.") + b"/X Do BT /F 10 Tf 0 1 -1 0 390 100 Tm (Up the side) Tj ET"
    found = paragraphs(written([page], resources=b"/XObject<</X 10 0 R>>", objects=[form]))
    assert found == ["The words on the page come first.", "The words within the form are read as well.", "Up the side"]


def test_what_is_drawn_twice_to_look_bold_is_read_once() -> None:
    page = lines("The flood") + lines("The flood", x=41)
    assert paragraphs(written([page])) == ["The flood"]


def visual(text: str) -> list[Glyph]:
    """The glyphs of a line as it is seen, from left to right."""
    return [Glyph(letter, 10.0 * at, 10.0 * at + 10, 100, 12) for at, letter in enumerate(text)]


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ("1,964.5 ماع يف", "في عام 1,964.5"),
        (".)ةيناث( ةرم »معن« لاق", "قال «نعم» مرة (ثانية)."),  # a bracket by its meaning
        (".(ةيناث) ةرم «معن» لاق", "قال «نعم» مرة (ثانية)."),  # a bracket by its shape
        ("New York 5:45 ةعاسلا ةنيدم يف", "في مدينة الساعة New York 5:45"),
        ("\ufeea\ufed8\ufe9b", "ثقه"),
        ("\ufefb", "لا"),
    ],
)
def test_arabic_comes_in_the_order_of_writing_with_its_plain_letters(seen: str, text: str) -> None:
    ((line,),) = columns(visual(seen))
    assert line.text == text
    assert line.start < line.end


PICTURE = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream"
SCAN = b"q 400 0 0 600 0 0 cm /P Do Q"


def test_a_scan_is_refused_with_what_to_do() -> None:
    resources = b"/XObject<</P 10 0 R>>"
    with pytest.raises(InputError, match=r"^no text layer: 2 pages are pictures only; run it through OCR first$"):
        found_in(written([SCAN, SCAN], resources=resources, objects=[PICTURE]))
    with pytest.raises(InputError, match=r"^no text: its pages are blank$"):
        found_in(written([b"", b""]))


def test_of_pages_without_text_the_others_are_read_and_they_are_named() -> None:
    first, last = lines("The first page has text."), lines("The last page has text.")
    unread, document = found_in(written([SCAN, first, SCAN, b"", last], resources=b"/XObject<</P 10 0 R>>", objects=[PICTURE]))
    assert unread == Unread("story.pdf#page=1", "pages 1, 3: pictures only: run it through OCR first")
    assert isinstance(document, Document)
    assert document.text == "The first page has text.\n\nThe last page has text."
    assert document.pages == (0, 0, 26, 26, 26)


def test_letters_that_the_file_does_not_name_are_no_text() -> None:
    inner = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 500>>"
    font = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[%s]>>" % inner
    with pytest.raises(InputError, match="no text layer"):
        found_in(written([b"BT /G 10 Tf 40 500 Td <00410042> Tj ET"], font=font))


@pytest.mark.parametrize(("password", "is_read"), [("", True), ("secret", False)])
@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_file_with_a_password_is_refused_unless_the_password_is_empty(password: str, is_read: bool, algorithm: str) -> None:
    writer = PdfWriter(clone_from=BytesIO(written([lines("The words are there.")])))
    writer.encrypt(user_password=password, owner_password="another", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    if is_read:
        assert paragraphs(out.getvalue()) == ["The words are there."]
    else:
        with pytest.raises(InputError, match=r"^encrypted: save it without its password$"):
            found_in(out.getvalue())


def test_what_a_file_says_of_itself_is_taken() -> None:
    info = b"/Title(Tide mill  turns)/Author(Petra Vasque)/CreationDate(D:20240309221500+02'00')"
    facts = document_of(written([lines("The mill turns.")], catalog=b"/Lang(en-GB)", info=info)).facts
    assert facts == Facts(title="Tide mill turns", author="Petra Vasque", date="2024-03-09", language="en-GB")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - mill 2.docx", "untitled", "Document1", "C:\\mill", "front page.indd", "http://a.example/b", ""]
)
def test_a_title_that_nobody_gave_is_none(title: str) -> None:
    info = b"/Title(%s)/Author(User)/CreationDate(yesterday)" % title.replace("\\", "\\\\").encode()
    assert document_of(written([lines("The mill turns.")], info=info)).facts == Facts()


# Broken and hostile files.


WHOLE = written([lines("The mill turns again, and the flour is sold."), lines("The wheel is of larch.")])
LOOPS = {
    "a page tree that is its own child": WHOLE.replace(b"/Kids[100 0 R 102 0 R]", b"/Kids[2 0 R 2 0 R]    "),
    "a table of places that comes after itself": WHOLE.replace(b"/Size 104", b"/Prev %d/Size 104" % WHOLE.rindex(b"xref\n0 1")),
    "contents that are the page": WHOLE.replace(b"/Contents 101", b"/Contents 100"),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_file_that_goes_round_in_circles_ends(name: str) -> None:
    assert LOOPS[name] != WHOLE
    started = perf_counter()
    try:
        found_in(LOOPS[name])
    except InputError as error:
        assert "\n" not in str(error)
    assert perf_counter() - started < 5


def test_forms_that_show_each_other_without_end_are_left() -> None:
    inner = b"/X Do /X Do " + lines("Round and round.")
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>/Font<</F 3 0 R>>>>/Length %d>>stream\n%s\nendstream"
    )
    started = perf_counter()
    document_of(written([b"/X Do " + lines("The page.")], resources=b"/XObject<</X 10 0 R>>", objects=[form % (len(inner), inner)]))
    assert perf_counter() - started < 5


@pytest.mark.parametrize("data", [b"", b"words", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 40, WHOLE[:200]])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^(?:not a whole PDF: .|no text)"):
        found_in(data)


def test_broken_files_are_no_noise_on_standard_error() -> None:
    program = (
        "import sys; from io import BytesIO; from index.readers.pdf.document import read; from index.readers.source import SourceFile\n"
        "print(next(read(SourceFile('a', BytesIO(sys.stdin.buffer.read()), '.pdf'))).text)"
    )
    broken = WHOLE.replace(b"/F 3 0 R", b"/F 9 0 R", 1).replace(b"/Size 104", b"/Size 999")
    done = subprocess.run([sys.executable, "-c", program], input=broken, capture_output=True, check=False, cwd=ROOT, timeout=60)
    assert (done.stdout.decode().strip(), done.stderr) == ("The wheel is of larch.", b"")


def word_document() -> docx.document.Document:
    document = docx.Document()
    document.add_heading("Tide mill turns", 1)
    document.add_paragraph("The wheel is of larch.")
    return document


def saved(document: docx.document.Document) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


RTF_HEAD = rb"{\rtf1\ansi\ansicpg1256\deff0{\fonttbl{\f0\fnil\fcharset178 Arial;}{\f1\fcharset0 Times;}}"
GOOD = {
    ".pdf": WHOLE,
    ".docx": saved(word_document()),
    ".rtf": RTF_HEAD + rb"{\info{\title Mill}{\creatim\yr2024\mo3\dy9}}\f1 One {\b two\'e9} \u1575?\par three{\footnote four}\par}",
}


@settings(max_examples=150)
@given(st.sampled_from(sorted(GOOD)), st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6))
@example(".pdf", 1.0, [(0.3, 0)])
@example(".rtf", 0.5, [])
@example(".docx", 0.9, [])
def test_a_harmed_file_is_read_or_refused_with_a_reason(suffix: str, kept: float, harm: list[tuple[float, int]]) -> None:
    data = bytearray(GOOD[suffix])
    for place, byte in harm:
        data[int(place * (len(data) - 1))] = byte
    try:
        found = found_in(bytes(data[: int(kept * len(data))]), suffix)
    except InputError as error:
        assert str(error)
        return
    for some in found:
        if isinstance(some, Document) and some.pages:
            assert some.pages[0] == 0
            assert list(some.pages) == sorted(some.pages)
            assert some.pages[-1] <= len(some.text)


# Word.


def test_a_word_document_gives_its_text_and_what_it_says_of_itself() -> None:
    document = word_document()
    told = document.core_properties
    told.title, told.author, told.created, told.language = "Mill", "Petra Vasque", datetime(2024, 3, 9, 8), "en-GB"
    table = document.add_table(2, 2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), ("Quay", "Sacks", "Orlen", "40"), strict=True):
        cell.text = text
    found = document_of(saved(document), ".docx")
    assert found.text == "Tide mill turns\n\nThe wheel is of larch.\n\nQuay\tSacks\n\nOrlen\t40"
    assert found.facts == Facts(title="Mill", author="Petra Vasque", date="2024-03-09", language="en-GB")


def test_what_stands_in_the_template_of_a_library_is_no_fact() -> None:
    assert document_of(saved(word_document()), ".docx").facts == Facts()


def test_a_table_within_a_cell_is_read_in_its_place() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "before"
    cell.add_table(1, 2).cell(0, 0).text = "inner"
    cell.add_paragraph("after")
    assert paragraphs(saved(document), ".docx") == ["before", "inner", "after"]


def bomb(honest: bool) -> bytes:
    """A .docx with a part of 300 MB; one that is not honest calls it ten bytes."""
    out = BytesIO(GOOD[".docx"])
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/a.bin", "w", force_zip64=True) as part:
        for _ in range(300):
            part.write(bytes(1024 * 1024))
    data = out.getvalue()
    if not honest:
        size = struct.pack("<I", 300 * 1024 * 1024)
        assert size in data
        data = data.replace(size, struct.pack("<I", 10))
    return data


@pytest.mark.parametrize("honest", [True, False])
def test_a_word_document_that_unpacks_to_too_much_is_refused(honest: bool) -> None:
    data = bomb(honest)
    assert len(data) < 1024 * 1024
    with pytest.raises(InputError, match=r"^larger than 209,715,200 bytes when unpacked$" if honest else r"^not a whole \.docx: "):
        found_in(data, ".docx")


def test_markup_that_would_fill_the_memory_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a/>" * (11 * 1024 * 1024))
    with pytest.raises(InputError, match=r"^larger than 41,943,040 bytes when unpacked$"):
        found_in(out.getvalue(), ".docx")


@pytest.mark.parametrize("data", [b"", b"words", bytes.fromhex("d0cf11e0a1b11ae1"), GOOD[".docx"][:-100], saved(docx.Document())])
def test_what_is_no_word_document_or_has_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^(?:not a whole \.docx: .|it has a password|no text in it)"):
        found_in(data, ".docx")


# RTF.


@pytest.mark.parametrize(
    ("written_as", "texts"),
    [
        (rb"One {\b t}wo\par three\line four\par", ["One two", "three\nfour"]),
        (rb"\'c7\'e1\'d3\'e1\'c7\'e3 {\f1 caf\'e9} \u1602?\u1575\'3f", ["السلام café قا"]),
        (rb"\uc0\u8220 one\u8221 \uc2 \u233xxtwo \uc1\u-10179?\u-8704?x", ["“one”étwo \U0001f600x"]),
        (rb"\uc1\ldblquote one\rdblquote\~two\emdash three\_four\-five\tab six", ["“one”\u00a0two—three\u2011fourfive\tsix"]),
        (rb"one{\pict{\*\blipuid 00aa}\pngblip 89504e47}\sectd\binfsxn0 two{\pict\bin4 }}}}} three", ["onetwo three"]),
        (rb'one {\field{\*\fldinst{HYPERLINK "http://a.example"}}{\fldrslt two}} three', ["one two three"]),
        (rb"one{\v hidden}{\deleted gone} two{\*\xyz no}{\header no}", ["one two"]),
        (rb"one{\footnote note} two\par three", ["one two", "three", "note"]),
        (rb"one{\shp{\*\shpinst{\sp{\sn no}{\sv no}}{\shptxt box\par}}} two", ["one two", "box"]),
        (rb"\trowd one\cell two\cell\row\trowd three\cell\cell\row", ["one\ttwo", "three"]),
        (b"one t\r\nwo\\\nthree", ["one two", "three"]),
    ],
)
def test_of_rtf_the_text_is_read(written_as: bytes, texts: list[str]) -> None:
    assert paragraphs(RTF_HEAD + written_as + b"} behind", ".rtf") == texts


def test_what_an_rtf_says_of_itself_is_taken() -> None:
    info = (
        rb"{\info{\title The \'e3\'ed\'e1 mill}{\author Petra Vasque}{\operator no}{\creatim\yr2024\mo3\dy9\hr8}{\revtim\yr2025\mo1\dy1}}"
    )
    document = document_of(RTF_HEAD + info + b"text}", ".rtf")
    assert document.text == "text"
    assert document.facts == Facts(title="The ميل mill", author="Petra Vasque", date="2024-03-09")


def test_an_rtf_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    assert paragraphs(RTF_HEAD + rb"one {\b two{\footnote three", ".rtf") == ["one two", "three"]
    for data in (b"", b"words", b"{\\rtf1}"):
        with pytest.raises(InputError, match=r"^(?:not RTF|no text in it)$"):
            found_in(data, ".rtf")


@pytest.mark.parametrize(
    "unit", [b"{", b"}", b"{}", b"\\", b"\\u", b"\\u1575?", b"\\'e1", b"{\\field{\\*\\fldinst{", b"{\\footnote a", b"\\bin9 ", b"\\v"]
)
def test_hostile_rtf_takes_no_more_than_its_length(unit: bytes) -> None:
    data = RTF_HEAD + unit * (1_000_000 // len(unit))
    started = perf_counter()
    try:
        found_in(data, ".rtf")
    except InputError as error:
        assert str(error) == "no text in it"
    assert perf_counter() - started < 10
