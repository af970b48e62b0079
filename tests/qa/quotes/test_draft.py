"""Drafts of every kind to their text, and to the quotations in it. The Word documents are made by python-docx."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter

import docx
import pytest
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import InputError
from index.readers.source import MAX_BYTES
from index.store.store import Store
from index.story.quotations import quotations_of
from index.text.language import language_of
from qa.quotes.draft import check_draft, claims_of, read_draft

Read = Callable[[str, bytes | str], str]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a draft of that name and content."""

    def read(name: str, content: bytes | str) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_draft(path)

    return read


# Text and Markdown.


@pytest.mark.parametrize("name", ["draft.txt", "draft.md", "DRAFT.TXT"])
def test_text_and_markdown_stay_as_they_are_written(read: Read, name: str) -> None:
    written = "\ufeff# A title\r\n\r\n> “I *never* said so,” she said.\n\n\tقال «نعم»\n"
    assert read(name, written) == written


def test_text_in_an_old_arabic_encoding_is_read(read: Read) -> None:
    written = "قال الوزير إن الحكومة سترفع أسعار الوقود في الشهر المقبل، وإن القرار نهائي."
    assert read("draft.txt", written.encode("windows-1256")) == written


def quotes(text: str) -> list[str]:
    return [claim.quote for claim in claims_of(text)]


MARKED = [
    ("“We never *once* saw the boat,” said Ann Ray.", "We never once saw the boat,"),
    ("**“We never once saw the boat,”** said Ann Ray.", "We never once saw the boat,"),
    ("_“We never once saw the boat,”_ said Ann Ray.", "We never once saw the boat,"),
    ("***“We never once saw the boat,”*** said Ann Ray.", "We never once saw the boat,"),
    ("“We ~~always~~ never saw [the boat](http://a.example/x_(y) 'the title'),” said Ann Ray.", "We always never saw the boat,"),
    ("“We never![a boat](boat.png) once saw the boat,” said Ann Ray.", "We never once saw the boat,"),
    ("> “We never once\n> saw the boat,” said Ann Ray.", "We never once saw the boat,"),
    ("> “We never once\r\n> saw the boat,” said Ann Ray.", "We never once saw the boat,"),
    ("> > “We never once saw the boat,” said Ann Ray.", "We never once saw the boat,"),
    ("«لم نر *القارب* في ذلك اليوم أبدا»، قال سامر.", "لم نر القارب في ذلك اليوم أبدا"),
    # no marks: what they look like is part of the words
    ("“We f**k and s**t in the boat,” said Ann Ray.", "We f**k and s**t in the boat,"),
    ("“We saw 5 * 3 * 2 boats that day,” said Ann Ray.", "We saw 5 * 3 * 2 boats that day,"),
    ("“We saw the snake_case_name of [the] boat,” said Ann Ray.", "We saw the snake_case_name of [the] boat,"),
    ("“We saw *** in the boat that day,” said Ann Ray.", "We saw *** in the boat that day,"),
    ("“We saw \\*stars\\* in the boat,” said Ann Ray.", "We saw \\*stars\\* in the boat,"),
]


@pytest.mark.parametrize(("text", "quote"), MARKED)
def test_marks_of_markdown_are_no_words_of_a_quotation(text: str, quote: str) -> None:
    assert quotes(text) == [quote]


def test_a_quotations_place_is_in_the_draft_as_it_is_written() -> None:
    text = "**Ann Ray** said: > no\n\n> “We *never* once\n> saw [the boat](x),” said **Ann Ray**, the cook."
    (claim,) = claims_of(text)
    assert claim.span.of(text) == "We *never* once\n> saw [the boat](x),"
    assert claim.quote == "We never once saw the boat,"
    assert claim.claimed_speaker == "Ann Ray"


def test_the_title_of_a_link_is_no_quotation() -> None:
    assert quotes('See [the report](http://a.example "the whole report on the ferry and its crew") of Monday.') == []


@given(st.text(st.sampled_from("“”\"«»'*_~>[]()!\\\r\n ab.,ق"), max_size=60))
@example("> “ab\r\n> ab ab ab ab”")
@example("“[ab ab ab ab](a) ab”")
def test_the_place_of_a_quotation_holds_its_words_and_marks_alone(text: str) -> None:
    last = 0
    for claim in claims_of(text):
        place = claim.span.of(text)
        assert last <= claim.span.start
        last = claim.span.start
        assert (place[0], place[-1]) == (claim.quote[0], claim.quote[-1])
        characters = iter(place)
        assert all(character in characters for character in claim.quote), "in this order"


@given(st.text(st.sampled_from("“”\"«»' \nabé.,؟قال"), max_size=80))
def test_without_marks_the_quotations_are_those_of_the_articles_rules(text: str) -> None:
    direct = [found for found in quotations_of(text, language=language_of(text)) if found.speech == "direct"]
    assert [(claim.span, claim.quote) for claim in claims_of(text)] == [(found.span, found.span.of(text)) for found in direct]


@pytest.mark.parametrize(
    "text", ["“We never once saw the boat,” he said.", "« Nous n’avons jamais vu ce bateau », a-t-elle dit aux juges."]
)
def test_a_pronoun_alone_claims_no_speaker(text: str) -> None:
    (claim,) = claims_of(text)
    assert claim.claimed_speaker is None


def test_a_draft_is_read_by_the_rules_of_its_language() -> None:
    text = "« Nous partirons à l’aube, a ajouté Luc Morin, et personne ne restera. » « Le pont tiendra », a assuré Ada Brel."
    assert [(claim.quote, claim.claimed_speaker) for claim in claims_of(text)] == [
        ("Nous partirons à l’aube,", "Luc Morin"),
        ("et personne ne restera.", "Luc Morin"),
        ("Le pont tiendra", "Ada Brel"),
    ]


@pytest.mark.parametrize("unit", ["*a ", "a* ", "_", "[", "[](", '[a](b "', "[a](((((", "> ", ">\n", "~~", "“", '"', "«a "])
def test_hostile_marks_take_no_more_than_their_length(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    started = perf_counter()
    claims_of(text)
    assert perf_counter() - started < 20


# HTML.


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two<br>three</div>", "one\ntwo\nthree"),
        ("<b>o</b>ne <i>two</i>\n  three", "one two three"),
        ("<ul><li>one<li>two</ul>three", "one\ntwo\n\nthree"),
        ("<table><tr><td>one</td><td>two</td></tr><tr><td>three</table>", "one\ttwo\nthree"),
        ("<title>no</title><style>no</style><p>one<script>no</script> two<!-- no --> three", "one two three"),
        ("<template>no</template><p hidden>no</p><p style='x:y; display : NONE'>no</p><span style='visibility:hidden'>no</span>one", "one"),
        ("one<del>no</del> <ins>two</ins>", "one two"),
        ("<pre>one\n  two</pre>three", "one\n  two\n\nthree"),
        ("&ldquo;one&rdquo; &amp; &lt;two&gt;&nbsp;three", "“one” & <two>\xa0three"),
        ("<q>one <q>two</q> three</q>", "“one ‘two’ three”"),
        ("<p>one<p>two</b></div>three", "one\n\ntwothree"),
        ("no markup at all", "no markup at all"),
    ],
)
def test_of_html_the_visible_text_is_read(read: Read, markup: str, text: str) -> None:
    assert read("draft.html", markup) == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>قال".encode(), "قال"),
        ("<meta charset='utf-8'><p>قال".encode(), "قال"),
        ("<meta charset=latin-1><p>قال".encode(), "قال"),
        ("\ufeff<p>قال".encode(), "قال"),
        ("<p>قال نعم".encode("utf-16"), "قال نعم"),
        ("<meta http-equiv=Content-Type content='text/html; charset=windows-1256'><p>قال".encode("windows-1256"), "قال"),
        ("<meta charset=koi8-r><p>Привет".encode("koi8-r"), "Привет"),
        ("<meta charset=none-such><p>a café and its tables".encode("windows-1252"), "a café and its tables"),
    ],
)
def test_a_page_is_read_in_its_encoding(read: Read, content: bytes, text: str) -> None:
    assert read("draft.htm", content) == text


def test_a_page_reads_no_other_file(read: Read, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret words")
    entity = f'<!DOCTYPE html [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}">]><p>one &s; <iframe src="secret"></iframe>'
    assert "secret words" not in read("draft.html", entity)


def test_a_page_that_cannot_be_read_to_its_end_is_refused_not_cut_off(read: Read) -> None:
    with pytest.raises(InputError, match=r"cannot be read as a draft \(not HTML: Excessive depth"):
        read("draft.html", "<p>one</p>" + "<div>" * 3000 + "“and the words that nobody would check”")


# Word.


def saved(document: docx.document.Document) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The zip with these parts in the place of its own."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return out.getvalue()


def body(inner: str) -> bytes:
    markup = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    return f'<w:document {nsdecls("w")} xmlns:mc="{markup}"><w:body>{inner}</w:body></w:document>'.encode()


@pytest.fixture
def document() -> docx.document.Document:
    document = docx.Document()
    document.add_heading("The night of the ferry", 1)
    paragraph = document.add_paragraph("“We never ")
    paragraph.add_run("once").bold = True
    paragraph.add_run(" ")
    paragraph.add_run("saw the boat,” said Ann Ray.")
    return document


def test_a_word_documents_paragraphs_and_tables_are_read_in_order(read: Read, document: docx.document.Document) -> None:
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "one\ttwo"
    table.cell(0, 1).text = "three\nfour"
    document.add_paragraph("")
    document.add_paragraph("«لم نر القارب في ذلك اليوم أبدا»")
    text = read("draft.docx", saved(document))
    assert text == (
        "The night of the ferry\n\n“We never once saw the boat,” said Ann Ray.\n\none\ttwo\n\nthree\nfour\n\n"
        "«لم نر القارب في ذلك اليوم أبدا»"
    )
    assert quotes(text) == ["We never once saw the boat,", "لم نر القارب في ذلك اليوم أبدا"]


def test_of_tracked_changes_the_new_text_is_read(read: Read, document: docx.document.Document) -> None:
    paragraph = document.add_paragraph("one")._p
    for inner in (
        '<w:ins {} w:id="1" w:author="a"><w:r><w:t xml:space="preserve"> two</w:t></w:r></w:ins>',
        '<w:del {} w:id="2" w:author="a"><w:r><w:delText> no</w:delText></w:r></w:del>',
        '<w:moveFrom {} w:id="3" w:author="a"><w:r><w:t> no</w:t></w:r></w:moveFrom>',
        "<w:r {}><w:rPr><w:vanish/></w:rPr><w:t> no</w:t></w:r>",
        '<w:r {}><w:rPr><w:vanish w:val="0"/></w:rPr><w:t xml:space="preserve"> three</w:t></w:r>',
    ):
        paragraph.append(parse_xml(inner.format(nsdecls("w"))))
    assert read("draft.docx", saved(document)).endswith("\n\none two three")


def test_footnotes_are_read_behind_the_text(read: Read, document: docx.document.Document) -> None:
    notes = f"<w:footnotes {nsdecls('w')}><w:footnote w:id='1'><w:p><w:r><w:t>“It was gone by nine that night,” he said.</w:t></w:r></w:p>"
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, f"{notes}</w:footnote></w:footnotes>".encode())
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert read("draft.docx", saved(document)).endswith("said Ann Ray.\n\n“It was gone by nine that night,” he said.")


def test_a_text_box_is_read_once_and_tab_stops_are_no_text(read: Read, document: docx.document.Document) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
    inner = (
        '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs></w:pPr><w:r><w:t>out</w:t>'
        f'<mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>'
        "<w:t>si<!-- no -->de</w:t></w:r></w:p>"
    )
    content = with_parts(saved(document), {"word/document.xml": body(inner)})
    assert read("draft.docx", content) == "box\n\noutside"


def test_a_word_document_reads_no_other_file_and_no_entity(read: Read, document: docx.document.Document, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret words")
    entities = f'<!DOCTYPE w [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}"><!ENTITY e "no">]>'.encode()
    content = with_parts(saved(document), {"word/document.xml": entities + body("<w:p><w:r><w:t>one &s;&e;two</w:t></w:r></w:p>")})
    assert read("draft.docx", content) == "one two"


def test_what_is_no_whole_word_document_is_refused(read: Read, document: docx.document.Document) -> None:
    whole = saved(document)
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    bad = {
        "cut off": whole[:-200],
        "empty": b"",
        "a zip alone": with_parts(whole, {"[Content_Types].xml": b"<a/>"}),
        "no XML": with_parts(whole, {"word/document.xml": b"<w:document"}),
        "no document": with_parts(whole, {"word/document.xml": b"<a/>"}),
        "no body": with_parts(whole, {"word/document.xml": f"<w:document {nsdecls('w')}/>".encode()}),
        "deep": with_parts(whole, {"word/document.xml": body("<w:p>" * 9999 + "</w:p>" * 9999)}),
        "a harmed byte": whole.replace(whole[-3000:-2990], b"\0" * 10),
        "password": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
        "entities": with_parts(
            whole, {"word/document.xml": f'<!DOCTYPE w [<!ENTITY e0 "x">{entities}]>'.encode() + body("<w:p w:x='&e9;'/>")}
        ),
    }
    for name, content in bad.items():
        with pytest.raises(InputError, match=r"draft\.docx cannot be read as a draft \((not a whole \.docx: |it has a password)"):
            read("draft.docx", content)
            pytest.fail(name)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(read: Read, document: docx.document.Document) -> None:
    bomb = with_parts(saved(document), {"word/document.xml": b" " * (3 * MAX_BYTES)})
    assert len(bomb) < 200_000
    with pytest.raises(InputError, match="when unpacked"):
        read("draft.docx", bomb)


# What is no draft.


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("draft.doc", b"words", r"old Word document\. Save it as \.docx\.$"),
        ("draft.pdf", b"words", r"Name a \.txt, \.md, \.html, \.htm or \.docx file\.$"),
        ("draft", b"words", r"Name a \.txt"),
        ("draft.txt", b"", r"draft\.txt holds no text\.$"),
        ("draft.md", b" \n", "holds no text"),
        ("draft.html", b"<p hidden>words</p>", "holds no text"),
        ("draft.html", b"", "holds no text"),
        ("draft.txt", bytes(range(256)), r"cannot be read as a draft \(binary: not text\)"),
        ("draft.html", bytes(range(256)), r"cannot be read as a draft \(binary: not text\)"),
        ("draft.txt", b"x" * (MAX_BYTES + 1), r"larger than 20,971,520 bytes\. Split it\.$"),
    ],
)
def test_what_is_no_draft_is_refused_with_the_reason(read: Read, name: str, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(name, content)


def test_a_folder_and_a_draft_that_is_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match="is not a file"):
        read_draft(tmp_path / "folder.txt")
    with pytest.raises(InputError, match=r"cannot be read \(No such file or directory\)"):
        read_draft(tmp_path / "none.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_draft(tmp_path / "a\0b.txt")


# Checks.


def test_each_quotation_of_a_draft_is_checked_in_order_with_its_speaker(samples_store: Store) -> None:
    text = (
        "“The wind changed in a moment and the cars began to *slide*,” said Yusra Delmani.\n\n"
        "“The wind never changed in a moment and the cars began to slide,” said Sami Orkand.\n\n"
        "قال ليث صندور: «السد آمن تماما، وما نفعله اليوم هو ما صمم من أجله».\n"
    )
    steps: list[tuple[int, int]] = []
    found = list(check_draft(samples_store, text, lambda done, total: steps.append((done, total))))
    assert [quote.check.verdict for quote in found] == ["verbatim", "altered", "verbatim"]
    assert [quote.claimed_speaker for quote in found] == ["Yusra Delmani", "Sami Orkand", "ليث صندور"]
    assert steps == [(1, 3), (2, 3), (3, 3)]
    for quote in found:
        assert (quote.check.quote, quote.check.claimed_speaker) == (quote.quote, quote.claimed_speaker)
        assert quote.span.of(text).replace("*", "") == quote.quote


def test_every_article_passes_as_a_draft_of_itself(samples_store: Store) -> None:
    checked = 0
    for article in samples_store.catalogue.all_articles():
        for quote in check_draft(samples_store, article.text):
            assert quote.check.verdict == "verbatim", (article.id, quote)
            checked += 1
    assert checked > 50
