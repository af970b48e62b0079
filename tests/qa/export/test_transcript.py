"""A conversation as a file: everything that was said and cited is in each form, and nothing of it is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import make_article
from index.text.spans import Span
from qa.ask.types import Answer, Citation, Reason, Statement
from qa.export import transcript
from qa.export.wording import REASONS

QUOTE = "The dam held, she said."
CAVEAT = "The Courier could not verify her account."
ENGLISH = make_article(
    "2017/flood.txt",
    f"Flood\n\n{QUOTE} {CAVEAT}",
    title="Flood in the valley",
    publisher="Courier",
    author="Ana Bo",
    date="2017-09",
    language="en",
    url="https://courier.example/flood",
)
ARABIC_QUOTE = "وقال العمدة إن السد صمد."
ARABIC = make_article("جسر.txt", ARABIC_QUOTE, title="الجسر مغلق", publisher="صحيفة النهر", date="2018-01-05", language="ar")


def cited() -> Citation:
    start = ENGLISH.text.index(QUOTE)
    caveat = ENGLISH.text.index(CAVEAT)
    span = Span(start, start + len(QUOTE))
    return Citation(1, ENGLISH, span, QUOTE, "Mayor Dahl", 0.9, (), "direct", Span(caveat, caveat + len(CAVEAT)))


def answered(*citations: Citation, question: str = "What held?", short: str | None = "The dam") -> Answer:
    statements = tuple(Statement(citation.quote, (citation.number,), "verbatim") for citation in citations)
    return Answer(question, "en", statements, citations, short, False, None)


def arabic() -> Answer:
    return answered(Citation(1, ARABIC, Span(0, len(ARABIC_QUOTE)), ARABIC_QUOTE, None, 0.9), question="ماذا صمد؟", short="السد")


def abstained() -> Answer:
    nearest = Citation(1, ENGLISH, Span(0, 5), "Flood", None, 0.1)
    return Answer("Who sang?", "en", (), (nearest,), None, True, Reason("no_passage"))


CONVERSATION = [("What held?", answered(cited())), ("ماذا صمد؟", arabic()), ("Who sang?", abstained())]
EVERYTHING = [
    *("What held?", "The dam", f"{QUOTE} [1]", QUOTE, "Flood in the valley", "Courier", "2017-09", "Ana Bo"),
    *("2017/flood.txt", "characters 7–30", "— Mayor Dahl, quoted by Courier, 2017", "The article adds:", CAVEAT),
    *("ماذا صمد؟", "السد", ARABIC_QUOTE, "الجسر مغلق", "صحيفة النهر", "2018-01-05", "جسر.txt"),
    *("Who sang?", "Not in the articles", REASONS["no_passage"], "Nearest passages"),
]


class Read(HTMLParser):
    """Elements with their attributes and text; a paragraph's text is that of all in it."""

    def __init__(self, made: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[tuple[str, str | None, list[str]]] = []
        self.feed(made)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("p", "h1", "h2", "h3", "blockquote"):
            self.blocks.append((tag, dict(attrs).get("dir"), []))

    def handle_data(self, data: str) -> None:
        if self.blocks:
            self.blocks[-1][2].append(data)

    def texts(self) -> list[str]:
        return ["".join(text).removesuffix("\n") for _, _, text in self.blocks]


def from_markdown(made: str) -> str:
    """The text as CommonMark shows it: without the escapes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", made)


def from_docx(made: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(made)).paragraphs]


def test_all_that_was_said_is_in_each_form() -> None:
    html = "\n".join(Read(transcript.as_html(CONVERSATION)).texts())
    markdown = from_markdown(transcript.as_markdown(CONVERSATION))
    word = "\n".join(from_docx(transcript.as_docx(CONVERSATION))).replace("\u200e", "")
    for said in EVERYTHING:
        assert said in html
        assert said in markdown.replace("\u200e", "")
        assert said in word


def test_a_quote_is_a_paragraph_of_its_own_letter_for_letter() -> None:
    assert ["".join(text).strip("\n") for tag, _, text in Read(transcript.as_html(CONVERSATION)).blocks if tag == "blockquote"] == [
        QUOTE,
        ARABIC_QUOTE,
        "Flood",
    ]
    paragraphs = docx.Document(BytesIO(transcript.as_docx(CONVERSATION))).paragraphs
    assert [p.text for p in paragraphs if p.style is not None and p.style.name == "Quote"] == [QUOTE, ARABIC_QUOTE, "Flood"]
    quoted = [line for line in transcript.as_markdown(CONVERSATION).splitlines() if line.startswith("> ")]
    assert [from_markdown(line[2:]) for line in quoted] == [QUOTE, ARABIC_QUOTE, "Flood"]


def test_each_paragraph_runs_its_own_way() -> None:
    directions = {"".join(text).strip(): way for _, way, text in Read(transcript.as_html(CONVERSATION)).blocks}
    assert (directions["What held?"], directions[QUOTE], directions["ماذا صمد؟"], directions[ARABIC_QUOTE]) == ("ltr", "ltr", "rtl", "rtl")
    for paragraph in docx.Document(BytesIO(transcript.as_docx(CONVERSATION))).paragraphs:
        is_arabic = paragraph.text.replace("[1] ", "")[:1] in "ماذا صمد؟السدوقال"
        assert (paragraph._p.find(".//{*}bidi") is not None) == is_arabic, paragraph.text
        if is_arabic:
            assert paragraph.runs[-1].font.rtl


def test_a_date_keeps_its_place_beside_an_arabic_title() -> None:
    """In a line that runs from the right, digits behind Arabic letters would turn round at their hyphens."""
    assert "\u200e2018-01-05" in transcript.as_markdown(CONVERSATION)
    assert any("\u200e2018-01-05" in text for text in from_docx(transcript.as_docx(CONVERSATION)))


def test_the_page_asks_for_nothing() -> None:
    made = transcript.as_html(CONVERSATION)
    read = Read(made)
    assert {tag for tag, _ in read.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "b", "a", "bdi", "blockquote", "span"),
    }
    policy = next(found["content"] for tag, found in read.tags if tag == "meta" and found.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert [found["href"] for tag, found in read.tags if tag == "a"] == ["https://courier.example/flood"] * 2
    assert not re.search(r"url\(|@import|src=", made)


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "# a heading\n- a list\n1. one\n> quote\n```\ncode\n```\n    code\n---",
    "![x](http://evil.example/x.png) [y](javascript:alert(1)) <javascript:alert(1)> **b** _i_ ~~s~~ `c` | t |",
    "$\\input{x}$ $$x$$ =1+1 {=HYPERLINK} \\fI &lt;b&gt;",
    "a\r\nb\rc\u2028d\x0ce\0f\u202eg\ufffe\x1b",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_markup_a_formula_or_a_field(hostile: str) -> None:
    def everything(value: str) -> transcript.Exchanges:
        source = replace(ENGLISH, id=value, text=value, title=value, publisher=value, author=value, url=f"javascript:{value}")
        span = Span(0, len(value))
        citation = Citation(1, source, span, value, value, 0.5, (), "indirect", span)
        return [
            (value, answered(citation, short=value)),
            (value, replace(abstained(), reason=Reason("only_recorded", value=value), citations=(citation,))),
        ]

    made, plain = everything(hostile), everything("words of no interest")
    assert [tag for tag, _ in Read(transcript.as_html(made)).tags] == [tag for tag, _ in Read(transcript.as_html(plain)).tags]
    markdown = transcript.as_markdown(made)
    for line in markdown.splitlines():
        left = re.sub(r"\\[!-/:-@\[-`{-~]", "x", re.sub(r"^(\*\*\\\[1\\\]\*\*|#{1,3} |> |\*\*)|\*\*$", "", line))
        assert not set(left) & set("\\`*_[]<>&~|#$"), line
        assert not re.match(r"\s*([-+=>#]|\d+[.)]\s|\t| {4})", left), line
    archive = ZipFile(BytesIO(transcript.as_docx(made)))
    document = archive.read("word/document.xml").decode()
    assert not re.search(r"<w:(instrText|fldSimple|fldChar|hyperlink|object|drawing)", document)
    same = ZipFile(BytesIO(transcript.as_docx(plain)))
    assert archive.namelist() == same.namelist()
    assert len(re.findall("<w:p>", document)) == len(re.findall("<w:p>", same.read("word/document.xml").decode()))


@settings(max_examples=40)  # a .docx takes its time
@given(st.text(st.one_of(st.characters(), st.sampled_from("\r\n\t \0<>&*_#-اب\u2028\u202e\ud800")), min_size=1))
def test_any_quote_arrives(text: str) -> None:
    source = replace(ENGLISH, text=text)
    conversation = [(text, answered(Citation(1, source, Span(0, len(text)), text, None, 0.5)))]
    html = [found for tag, _, found in Read(transcript.as_html(conversation)).blocks if tag == "blockquote"]
    assert "".join(html[0]).removesuffix("\n") == text.replace("\0", "\ufffd")
    paragraphs = docx.Document(BytesIO(transcript.as_docx(conversation))).paragraphs
    (quote,) = [p.text for p in paragraphs if p.style is not None and p.style.name == "Quote"]
    carried = re.sub("\r\n|[\r\n\v\f\x85\u2028\u2029]", "\n", text)
    assert quote == re.sub("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", carried)


def test_what_a_question_was_understood_as_stands_under_it() -> None:
    conversation = [("And it?", answered(cited(), question="And the dam?")), ("What held?", answered(cited()))]
    for form in ("\n".join(Read(transcript.as_html(conversation)).texts()), "\n".join(from_docx(transcript.as_docx(conversation)))):
        assert "And it?\nUnderstood as: And the dam?\n" in form
        assert form.count("Understood as") == 1
    assert "## And it?\n\nUnderstood as: And the dam?\n" in transcript.as_markdown(conversation)


def test_an_empty_conversation_is_an_empty_page() -> None:
    assert transcript.as_markdown([]) == "# A conversation with On Record\n"
    assert from_docx(transcript.as_docx([])) == ["A conversation with On Record"]
