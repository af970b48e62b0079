"""A conversation as a file: Markdown, self-contained HTML, or Word's .docx. Each citation stands with its quote, letter for letter, and all
that is known of where it is from.

Questions and articles are hostile: in Markdown marks are escaped, in HTML everything goes through MarkupSafe and nothing is fetched, in
.docx all is text of runs, never a field. What a form cannot carry: Markdown makes one space of each run of spaces; .docx has U+FFFD for
control characters and one kind of line end. Each paragraph has a direction of its own; Markdown, which knows none, leaves that to its
reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from qa.answer import NOT_BORNE_OUT, Answer, Citation, counted, credit
from qa.direction import Direction, direction, of_language
from qa.report import in_html, in_markdown, web_address

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.run import Run

Conversation = Sequence[tuple[str, Answer]]
"""Questions, as they were asked, and their answers. Where an answer's own question is another, that is what was understood."""

_TITLE = "A conversation with On Record"
_NEAREST = "Nearest passages. They do not answer the question."
# Left-to-right mark: where a fact of one direction stands in a line of the other, it keeps the next fact in its place.
_MARK = "\u200e"
# What XML 1.0 cannot carry; CR, which it would make LF of, is gone before.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")

_Kind = Literal["question", "understood", "short", "statement", "reason", "label", "quote", "source", "said", "caveat", "place"]


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph: its facts, a dot between two, and which way it runs. `before` is ours, in front of foreign words."""

    kind: _Kind
    facts: tuple[str, ...]
    direction: Direction
    before: str = ""
    link: str | None = None


def _blocks(conversation: Conversation) -> Iterator[_Block]:
    for question, answer in conversation:
        yield _Block("question", (question,), direction(question))
        if answer.question != question:
            yield _Block("understood", (_in_line(answer.question, "ltr"),), "ltr", "Understood as: ")
        if answer.notice is not None:
            yield _Block("said", (_in_line(answer.notice, "ltr"),), "ltr")
        if answer.abstained:
            failed = answer.reason == NOT_BORNE_OUT  # which does not say that the articles hold nothing
            yield _Block("label", ("No answer that holds" if failed else "Not in the articles",), "ltr")
            yield _Block("reason", (answer.reason or "",), direction(answer.reason or ""))
            yield from _struck(answer)
            label = "Nearest passages." if failed else _NEAREST
        else:
            yield from _said(answer)
            label = "Sources"
        if answer.citations:
            yield _Block("label", (label,), "ltr")
        if line := counted(answer):
            yield _Block("said", (line,), "ltr")
        for citation in answer.citations:
            yield from _cited(citation)


def _said(answer: Answer) -> Iterator[_Block]:
    languages = {citation.number: citation.article.language for citation in answer.citations}
    if answer.written_by is not None:
        model = _in_line(answer.written_by, "ltr")
        line = f"Written by {model}, a language model, from the sentences below; each statement was checked against what it cites."
        yield _Block("said", (line,), "ltr")
    for statement in answer.statements[:1]:
        if answer.short_answer:
            yield _Block("short", (answer.short_answer,), direction(answer.short_answer, direction(statement.text)))
    for disagreement in answer.disagreements:
        sides = (f"{_in_line(side.text, 'ltr')} [{side.citation}]" for side in disagreement.sides)
        yield _Block("said", ("; ".join(sides),), "ltr", "The articles differ: ")
    for statement in answer.statements:
        markers = "".join(f"[{number}]" for number in statement.citations)
        around = of_language(languages[statement.citations[0]])
        yield _Block("statement", (f"{statement.text} {markers}",), direction(statement.text, around))
    yield from _struck(answer)


def _struck(answer: Answer) -> Iterator[_Block]:
    """How many statements are not here: what is not borne out is taken nowhere."""
    if len(answer.struck) == 1:
        yield _Block("said", ("One statement of the model was struck out: what it cites does not bear it out.",), "ltr")
    elif answer.struck:
        yield _Block(
            "said", (f"{len(answer.struck)} statements of the model were struck out: what they cite does not bear them out.",), "ltr"
        )


def _cited(citation: Citation) -> Iterator[_Block]:
    article, around = citation.article, of_language(citation.article.language)
    title = article.title or article.id
    known = (title, article.publisher, article.date, article.author)
    facts = tuple(fact for fact in known if fact)
    yield _Block("source", facts, direction(title, around), f"[{citation.number}] ", web_address(article))
    yield _Block("quote", (citation.quote,), direction(citation.quote, around))
    said = credit(_with_marks(citation))
    if said is not None:
        yield _Block("said", (said,), "ltr", "— ")
    if citation.caveat is not None:
        caveat = citation.caveat.of(article.text)
        yield _Block("said", ("The article adds:",), "ltr")
        yield _Block("caveat", (caveat,), direction(caveat, around))
    yield _Block("place", (article.named_at(citation.span.start), f"characters {citation.span.start}–{citation.span.end}"), "ltr")


def _with_marks(citation: Citation) -> Citation:
    """The citation with names that keep their place in a line of ours."""
    publisher = citation.article.publisher
    return replace(
        citation,
        speaker=citation.speaker and _in_line(citation.speaker, "ltr"),
        article=replace(citation.article, publisher=publisher and _in_line(publisher, "ltr")),
    )


def _in_line(fact: str, line: Direction) -> str:
    """The fact as it keeps its place in a line of that direction, where nothing but marks can hold it there."""
    if direction(fact) == line:
        return fact
    return f"{fact}{_MARK}" if line == "ltr" else f"{_MARK}{fact}"


def _in_lines(block: _Block) -> str:
    """A block's facts in one text. A quote stays what it is."""
    if len(block.facts) == 1:
        return block.facts[0]
    return " · ".join(_in_line(fact, block.direction) for fact in block.facts)


def as_markdown(conversation: Conversation) -> str:
    """A .md file."""
    return "\n\n".join([f"# {_TITLE}", *map(_markdown, _blocks(conversation))]) + "\n"


def _markdown(block: _Block) -> str:
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

_STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf6; --ink: #1c2220; --soft: #58605b; --line: #dcd8cb; --accent: #1d5c4d; }
@media (prefers-color-scheme: dark) { :root { --paper: #141816; --ink: #e9e7df; --soft: #a9b0ab; --line: #353c38; --accent: #84cdb7; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 720px; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 17px/1.6 Charter, Georgia, "Noto Serif", "Sakkal Majalla", "Noto Naskh Arabic", serif; }
[dir="rtl"] { line-height: 1.85; }
h1, h2, h3, .understood, .source, .said, .caveat, .place { font-family: system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif; }
h1 { margin: 0; font-size: 15px; font-weight: 600; color: var(--soft); }
h2 { margin: 32px 0 12px; padding-top: 24px; border-top: 1px solid var(--line); font-size: 19px; line-height: 1.45; }
h3 { margin: 24px 0 4px; font-size: 14px; color: var(--soft); }
p, blockquote { margin: 0 0 10px; }
.short { font-size: 26px; line-height: 1.35; font-weight: 700; }
blockquote { margin: 4px 0 6px; padding-inline-start: 12px; border-inline-start: 2px solid var(--line); white-space: pre-wrap; }
.source { margin: 16px 0 0; font-size: 15px; }
.source b { color: var(--accent); }
.understood, .said, .caveat, .place { margin: 0 0 4px; font-size: 14px; color: var(--soft); }
.understood { margin-bottom: 12px; }
.caveat { padding-inline-start: 14px; color: var(--ink); }
:is(.statement, blockquote)[dir="rtl"] { font-size: 19px; }
a { color: inherit; text-underline-offset: 3px; }
"""
_ELEMENTS = {"question": "h2", "label": "h3", "quote": "blockquote"}


def as_html(conversation: Conversation) -> str:
    """An .html file that needs and asks for nothing else."""
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        "<style>{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{blocks}</body>\n</html>\n"
    ).format(title=_TITLE, style=Markup(_STYLE), blocks=Markup().join(map(_html, _blocks(conversation))))


def _html(block: _Block) -> Markup:
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


def as_docx(conversation: Conversation) -> bytes:
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


def _add(document: Document, block: _Block) -> None:
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
