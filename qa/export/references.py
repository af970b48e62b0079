"""Citations for other programs: BibTeX, RIS, CSL-JSON and W3C Web Annotations, each with the exact quote, the article's id and the offsets.

All of it is UTF-8. An author stands as the byline has it, as one literal name: a byline does not say which of its words is the family name.
An article without title is named by its id. A citation that is given twice is written once. U+0000 stands as U+FFFD.

BibTeX    @article with `date` (ISO, partial where the article's is; biblatex) and `year` (BibTeX); the quote is `annote`, its place `note`.
          Every character special to TeX is written as a command, braces as \\textbraceleft{} and \\textbraceright{}: BibTeX
          counts braces behind a backslash too. White space is left as it is, though BibTeX makes one space of each run when it reads.
          `url` is verbatim (biblatex manual, 2.2.1): what would end or unbalance the field is percent-encoded.
RIS       NEWS, tags as in the specification of 2011; lines end in CR LF. One line is one value, and whatever begins like a tag begins a new
          one, so line ends inside a value become one space; N1 has every other character of the quote. AV is the place.
CSL-JSON  article-newspaper (CSL 1.0.2); the quote is `note`, the place `archive_location`.
Web Annotation (W3C Recommendation, 2017)
          TextQuoteSelector with the characters before and behind, and TextPositionSelector, both counted in code points, as the
          Recommendation asks, in the article's text as it was received. The source is the article's address; where it has none, a reference
          relative to the folder of articles: "./" and the id, percent-encoded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote as percent_encoded
from uuid import NAMESPACE_OID, uuid5

from qa.ask.types import Citation
from qa.export.wording import credit
from qa.quotes.report import web_address

# Characters of the text before and behind a quote; what Hypothesis uses. Not measured.
CONTEXT = 32

_TEX = {
    **{sign: f"\\{sign}" for sign in "#$%&_"},
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\0": "\ufffd",
}
_TEX_TABLE = str.maketrans(_TEX)
_URL_TABLE = str.maketrans({sign: percent_encoded(sign) for sign in "\\{} \0"})
_LINE_ENDS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def key(citation: Citation) -> str:
    """A citation's key in a bibliography: the same for the same span of the same text, different for any other. ASCII letters, digits
    and hyphens."""
    article = citation.article
    named = re.sub(r"[^a-z0-9]", "", (article.publisher or "").lower()) or "article"
    made = sha256(f"{article.id}\0{article.sha256}".encode()).hexdigest()[:12]
    return f"{named}{(article.date or '')[:4]}-{made}-{citation.span.start}-{citation.span.end}"


def place(citation: Citation) -> str:
    """The article's id and the offsets, for readers."""
    return f"{citation.article.named_at(citation.span.start)}, characters {citation.span.start}–{citation.span.end}"


def in_a_line(citation: Citation) -> str:
    """The citation as it is pasted into a text: "quote" — TITLE, PUBLISHER, DATE [article id, start–end]."""
    return f'"{citation.quote}" — {_about(citation)}'


def _about(citation: Citation) -> str:
    article = citation.article
    facts = ", ".join(fact for fact in (article.title, article.publisher, article.date) if fact)
    return f"{facts} [{article.named_at(citation.span.start)}, {citation.span.start}–{citation.span.end}]".lstrip()


def _page(citation: Citation) -> str | None:
    page = citation.article.page_at(citation.span.start)
    return None if page is None else str(page)


def bibtex(citations: Iterable[Citation]) -> str:
    """A .bib file, in the form of this module's head."""
    return "\n".join(f"@article{{{name},\n{_fields(citation)}}}\n" for name, citation in _once(citations))


def _fields(citation: Citation) -> str:
    article = citation.article
    texts = {
        "title": article.title or article.id,
        "journal": article.publisher,
        "date": article.date,
        "year": (article.date or "")[:4],
        "pages": _page(citation),
        "language": article.language,
        "annote": citation.quote,
        "note": place(citation),
    }
    fields = {field: text.translate(_TEX_TABLE) for field, text in texts.items() if text}
    if article.author:
        fields["author"] = f"{{{article.author.translate(_TEX_TABLE)}}}"  # braces keep a name whole
    url = web_address(article)
    if url is not None:
        fields["url"] = url.translate(_URL_TABLE)
    return "".join(f"  {field} = {{{value}}},\n" for field, value in fields.items())


def ris(citations: Iterable[Citation]) -> str:
    """A .ris file, in the form of this module's head."""
    return "".join(f"{tag}  - {_LINE_ENDS.sub(' ', value)}\r\n" for citation in _once(citations) for tag, value in _tags(*citation))


def _tags(name: str, citation: Citation) -> Iterator[tuple[str, str]]:
    article = citation.article
    year, month, day = (*(article.date or "").split("-"), "", "")[:3]
    tags = {
        "TY": "NEWS",
        "ID": name,
        "TI": article.title or article.id,
        "AU": article.author,
        "T2": article.publisher,
        "PY": year,
        "DA": f"{year}/{month}/{day}" if year else None,
        "SP": _page(citation),
        "LA": article.language,
        "UR": web_address(article),
        "AV": place(citation),
        "N1": citation.quote,
    }
    yield from ((tag, value.replace("\0", "\ufffd")) for tag, value in tags.items() if value)
    yield "ER", ""


def csl_json(citations: Iterable[Citation]) -> str:
    """A CSL-JSON file, in the form of this module's head."""
    return _json([_csl_item(name, citation) for name, citation in _once(citations)])


def _csl_item(name: str, citation: Citation) -> dict[str, Any]:
    article = citation.article
    item = {
        "id": name,
        "type": "article-newspaper",
        "title": article.title or article.id,
        "author": [{"literal": article.author}] if article.author else None,
        "container-title": article.publisher,
        "issued": {"date-parts": [[int(part) for part in article.date.split("-")]]} if article.date else None,
        "page": _page(citation),
        "language": article.language,
        "URL": web_address(article),
        "archive_location": place(citation),
        "note": citation.quote,
    }
    return {field: value for field, value in item.items() if value is not None}


def web_annotations(citations: Iterable[Citation]) -> str:
    """A JSON-LD file with a list of annotations, in the form of this module's head."""
    return _json([_annotation(name, citation) for name, citation in _once(citations)])


def _annotation(name: str, citation: Citation) -> dict[str, Any]:
    article, span, text = citation.article, citation.span, citation.article.text
    said = credit(citation)
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": uuid5(NAMESPACE_OID, name).urn,
        "type": "Annotation",
        "motivation": "describing",
        "body": {
            "type": "TextualBody",
            "format": "text/plain",
            "value": f"{_about(citation)} — {said}" if said else _about(citation),
        },
        "target": {
            "source": web_address(article) or f"./{percent_encoded(article.id)}",
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": citation.quote,
                    "prefix": text[max(0, span.start - CONTEXT) : span.start],
                    "suffix": text[span.end : span.end + CONTEXT],
                },
                {"type": "TextPositionSelector", "start": span.start, "end": span.end},
            ],
        },
    }


def _once(citations: Iterable[Citation]) -> Iterator[tuple[str, Citation]]:
    return iter({key(citation): citation for citation in citations}.items())


def _json(made: list[dict[str, Any]]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"
