"""A conversation as a file: Markdown, self-contained HTML, or Word's .docx. Each citation stands with its quote, letter for letter, and all
that is known of where it is from.

Questions and articles are hostile: in Markdown marks are escaped, in HTML everything goes through MarkupSafe and nothing is fetched, in
.docx all is text of runs, never a field. Limits of the formats: Markdown makes one space of each run of spaces; .docx has U+FFFD for
control characters and one kind of line end. Each paragraph has its direction; Markdown has none and leaves that to its
reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from index.text.direction import Direction, direction, of_language
from qa.ask.types import Answer, Citation
from qa.export.wording import UNANSWERED, answer_text, counted, credit, notice_line, silence
from qa.quotes.report import in_html, in_markdown, web_address

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.run import Run

Exchanges = Sequence[tuple[str, Answer]]
"""Questions, as they were asked, and their answers. If the answer's question differs, that is how it was understood."""

_TITLE = "A conversation with On Record"
# Left-to-right mark: where a fact of one direction stands in a line of the other, it keeps the next fact in its place.
_MARK = "\u200e"
# What XML 1.0 cannot carry; CR, which it would make LF of, is gone before.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")

_BlockKind = Literal["question", "understood", "short", "statement", "reason", "label", "quote", "source", "said", "caveat", "place"]


@dataclass(frozen=True, slots=True)
class _TranscriptBlock:
    """A paragraph: its facts, a dot between two, and which way it runs. `before` is ours, in front of foreign words."""

    kind: _BlockKind
    facts: tuple[str, ...]
    direction: Direction
    before: str = ""
    link: str | None = None


def _blocks(conversation: Exchanges) -> Iterator[_TranscriptBlock]:
    for question, answer in conversation:
        yield _TranscriptBlock("question", (question,), direction(question))
        if answer.question != question:
            yield _TranscriptBlock("understood", (_in_line(answer.question, "ltr"),), "ltr", "Understood as: ")
        if answer.notice is not None:
            yield _TranscriptBlock("said", (_in_line(notice_line(answer.notice), "ltr"),), "ltr")
        if answer.abstained:
            yield _TranscriptBlock("label", (silence(answer.reason),), "ltr")
            reason = answer_text(answer)
            yield _TranscriptBlock("reason", (reason,), direction(reason))
            yield from _struck(answer)
            label = "Nearest passages"
        else:
            yield from _said(answer)
            label = "Sources"
        if answer.citations:
            yield _TranscriptBlock("label", (label,), "ltr")
        if line := counted(answer):
            yield _TranscriptBlock("said", (line,), "ltr")
        for citation in answer.citations:
            yield from _cited(citation)


def _said(answer: Answer) -> Iterator[_TranscriptBlock]:
    languages = {citation.number: citation.article.language for citation in answer.citations}
    if answer.written_by is not None:
        model = _in_line(answer.written_by, "ltr")
        line = f"Written by {model}, a language model, from the sentences below; each statement was checked against what it cites."
        yield _TranscriptBlock("said", (line,), "ltr")
    if answer.is_tentative:
        yield _TranscriptBlock("said", ("This may answer it:",), "ltr")
    for statement in answer.statements[:1]:
        if answer.short_answer:
            yield _TranscriptBlock("short", (answer.short_answer,), direction(answer.short_answer, direction(statement.text)))
    for disagreement in answer.disagreements:
        sides = (f"{_in_line(side.text, 'ltr')} [{side.citation}]" for side in disagreement.sides)
        yield _TranscriptBlock("said", ("; ".join(sides),), "ltr", "The articles differ: ")
    headings = {group.statements[0]: group.heading for group in answer.groups if group.heading}
    for place, statement in enumerate(answer.statements):
        if place in headings:
            yield _TranscriptBlock("label", (headings[place],), direction(headings[place]))
        around = of_language(languages[statement.citations[0]] if statement.citations else answer.language)
        yield _TranscriptBlock("statement", (statement.marked,), direction(statement.text, around))
    for part in answer.unanswered:
        yield _TranscriptBlock("said", (UNANSWERED.format(question=_in_line(part, "ltr")),), "ltr")
    yield from _struck(answer)


def _struck(answer: Answer) -> Iterator[_TranscriptBlock]:
    """How many statements are left out: unsupported ones are not exported."""
    if len(answer.struck) == 1:
        yield _TranscriptBlock("said", ("One statement of the model was struck out: what it cites does not bear it out.",), "ltr")
    elif answer.struck:
        yield _TranscriptBlock(
            "said", (f"{len(answer.struck)} statements of the model were struck out: what they cite does not bear them out.",), "ltr"
        )


def _cited(citation: Citation) -> Iterator[_TranscriptBlock]:
    article, around = citation.article, of_language(citation.article.language)
    title = article.title or article.id
    known = (title, article.publisher, article.date, article.author)
    facts = tuple(fact for fact in known if fact)
    yield _TranscriptBlock("source", facts, direction(title, around), f"[{citation.number}] ", web_address(article))
    yield _TranscriptBlock("quote", (citation.quote,), direction(citation.quote, around))
    said = credit(_with_marks(citation))
    if said is not None:
        yield _TranscriptBlock("said", (said,), "ltr", "— ")
    if citation.caveat is not None:
        caveat = citation.caveat.of(article.text)
        yield _TranscriptBlock("said", ("The article adds:",), "ltr")
        yield _TranscriptBlock("caveat", (caveat,), direction(caveat, around))
    yield _TranscriptBlock("place", (article.named_at(citation.span.start), f"characters {citation.span.start}–{citation.span.end}"), "ltr")


def _with_marks(citation: Citation) -> Citation:
    """The citation with its names isolated, so that they keep their place in the line."""
    publisher = citation.article.publisher
    return replace(
        citation,
        speaker=citation.speaker and _in_line(citation.speaker, "ltr"),
        article=replace(citation.article, publisher=publisher and _in_line(publisher, "ltr")),
    )


def _in_line(fact: str, line: Direction) -> str:
    """The fact with the marks that keep its place in a line of that direction, in formats without other means."""
    if direction(fact) == line:
        return fact
    return f"{fact}{_MARK}" if line == "ltr" else f"{_MARK}{fact}"


def _in_lines(block: _TranscriptBlock) -> str:
    """A block's facts in one text. A quote stays unchanged."""
    if len(block.facts) == 1:
        return block.facts[0]
    return " · ".join(_in_line(fact, block.direction) for fact in block.facts)


def as_markdown(conversation: Exchanges) -> str:
    """A .md file."""
    return "\n\n".join([f"# {_TITLE}", *map(_markdown, _blocks(conversation))]) + "\n"


def _markdown(block: _TranscriptBlock) -> str:
    text = in_markdown(_in_lines(block).strip())
    match block.kind:
        case "question":
            return f"## {text}"
        case "label":
            return f"### {text}"
        case "short":
            return f"**{text}**"
        case "source":
            return f"**{in_markdown(block.before.strip())}** {text}"
        case "quote":
            lines = (line.strip() for line in _LINE_END.split(block.facts[0]))
            return "\n".join(f"> {in_markdown(line)}".rstrip() for line in lines)
        case _:
            return f"{in_markdown(block.before)}{text}"


# HTML.

_STYLE = Path(__file__).with_name("transcript.css").read_text(encoding="utf-8")
_ELEMENTS = {"question": "h2", "label": "h3", "quote": "blockquote"}


def as_html(conversation: Exchanges) -> str:
    """A self-contained .html file."""
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        "<style>\n{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{blocks}</body>\n</html>\n"
    ).format(title=_TITLE, style=Markup(_STYLE), blocks=Markup().join(map(_html, _blocks(conversation))))


def _html(block: _TranscriptBlock) -> Markup:
    if len(block.facts) == 1:
        text = in_html(block.facts[0])
    else:
        text = Markup(" · ").join(Markup('<bdi dir="{}">{}</bdi>').format(direction(fact), in_html(fact)) for fact in block.facts)
    if block.link is not None:
        text = Markup('<a href="{}" rel="noreferrer">{}</a>').format(in_html(block.link), text)
    text = Markup("<b>{}</b>{}" if block.kind == "source" else "{}{}").format(block.before, text)
    return Markup('<{0} class="{1}" dir="{2}">{3}</{0}>\n').format(_ELEMENTS.get(block.kind, "p"), block.kind, block.direction, text)


# Word.

_STYLES = {"question": "Heading 1", "label": "Heading 2", "quote": "Quote"}


def as_docx(conversation: Exchanges) -> bytes:
    """A .docx file; paragraphs that run from the right are marked so (w:bidi), and so are their words (w:rtl)."""
    import docx  # noqa: PLC0415  # needed by few commands only

    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _TITLE, "On Record", ""
    properties.created = properties.modified = datetime.now(UTC)
    document.add_paragraph(_TITLE, "Title")
    for block in _blocks(conversation):
        _add(document, block)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _add(document: Document, block: _TranscriptBlock) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415

    paragraph = document.add_paragraph(style=_STYLES.get(block.kind, "Normal"))
    if block.direction == "rtl":
        # python-docx has no other way; behind w:pStyle, as the format orders it
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    texts = [(block.before, "ltr"), (_in_lines(block), block.direction)]
    for text, runs in texts:
        if not text:
            continue
        run = paragraph.add_run(_NOT_XML.sub("\ufffd", _LINE_END.sub("\n", text)))
        run.font.rtl = True if runs == "rtl" else None
        if block.kind == "short":
            run.font.bold = run.font.cs_bold = True
            _size(run, 18)
        elif block.kind == "source":
            run.font.bold = run.font.cs_bold = True
        elif block.kind in ("understood", "said", "caveat", "place"):
            _size(run, 9)


def _size(run: Run, points: int) -> None:
    """Sizes a run in all scripts: python-docx knows that of the others than Arabic only."""
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls, qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    run.font.size = Pt(points)
    run._r.get_or_add_rPr().find(qn("w:sz")).addnext(parse_xml(f'<w:szCs {nsdecls("w")} w:val="{2 * points}"/>'))
