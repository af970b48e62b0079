"""Export: copies a citation, saves a conversation or its citations as a file. Pure; take.js copies and saves."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from page.draw import markup
from page.draw.phrases import Phrases
from qa.ask.types import Citation
from qa.export import references, transcript
from qa.export.transcript import Exchanges


@dataclass(frozen=True, slots=True)
class Form:
    """An export format of a conversation or its citations."""

    label: str
    file: str
    media_type: str
    write: Callable[[Exchanges], bytes]


def _text(write: Callable[[Exchanges], str]) -> Callable[[Exchanges], bytes]:
    # a question may contain lone surrogates, which UTF-8 cannot encode
    return lambda conversation: write(conversation).encode("utf-8", "replace")


def _cited(write: Callable[[Iterable[Citation]], str]) -> Callable[[Exchanges], bytes]:
    return _text(lambda conversation: write(cited(conversation)))


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONVERSATION: Mapping[str, Form] = {
    "md": Form("Markdown", "conversation.md", "text/markdown;charset=utf-8", _text(transcript.as_markdown)),
    "html": Form("HTML", "conversation.html", "text/html;charset=utf-8", _text(transcript.as_html)),
    "docx": Form("Word", "conversation.docx", _WORD, transcript.as_docx),
}
CITATIONS: Mapping[str, Form] = {
    "bib": Form("BibTeX", "citations.bib", "application/x-bibtex;charset=utf-8", _cited(references.bibtex)),
    "ris": Form("RIS", "citations.ris", "application/x-research-info-systems;charset=utf-8", _cited(references.ris)),
    "csl": Form("CSL-JSON", "citations.csl.json", "application/vnd.citationstyles.csl+json", _cited(references.csl_json)),
    "annotations": Form("Web Annotations", "annotations.jsonld", "application/ld+json", _cited(references.web_annotations)),
}
FORMS: Mapping[str, Form] = {**CONVERSATION, **CITATIONS}


def cited(conversation: Exchanges) -> list[Citation]:
    """The citations of all answers, without the nearest passages of abstentions."""
    return [citation for _, answer in conversation if not answer.abstained for citation in answer.citations]


def menu(say: Phrases, conversation: Exchanges) -> Markup:
    """The available formats, collapsed."""
    rows = [_row(say("The conversation"), CONVERSATION)]
    if cited(conversation):
        rows.append(_row(say("Its citations"), CITATIONS))
    return Markup('<details class="taking"><summary>{}</summary>{}<p class="told" role="status"></p></details>').format(
        say("Take it with you"), Markup().join(rows)
    )


def _row(label: Markup, forms: Mapping[str, Form]) -> Markup:
    buttons = Markup().join(
        Markup('<button type="button" data-take="{}" dir="ltr">{}</button>').format(kind, form.label) for kind, form in forms.items()
    )
    return Markup('<div role="group" aria-label="{0}"><span aria-hidden="true">{0}</span> {1}</div>').format(label, buttons)


def copy(say: Phrases, citation: Citation) -> Markup:
    """The button that copies a citation."""
    return Markup('<button type="button" class="copy" data-copy="{}"><span>{}</span><span class="unseen"> {}</span></button>').format(
        markup.text(references.in_a_line(citation)), say("Copy"), say("citation {number}", number=citation.number)
    )


def status() -> str:
    """The live region that announces what was copied."""
    return '<p id="copied" class="unseen" role="status"></p>'


def file(form: Form, conversation: Exchanges, asked: str) -> str:
    """A file for the script to save; `asked` identifies the script's request."""
    return Markup('<data data-asked="{}" data-name="{}" data-kind="{}" value="{}"></data>').format(
        markup.text(asked), form.file, form.media_type, b64encode(form.write(conversation)).decode()
    )


def none(line: str, asked: str) -> str:
    """The message why there is no file."""
    return Markup('<data data-asked="{}">{}</data>').format(markup.text(asked), line)
