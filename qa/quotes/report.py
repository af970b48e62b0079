"""The checks of a draft's quotations as a file: .html, .md, .csv or .json; and the phrases for them in every format and in the terminal.

Draft and articles are hostile: in .html everything goes through MarkupSafe and nothing is fetched, in .md marks are escaped, in .csv no
cell is a formula.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from index.articles import Article
from index.atomic_write import replace_file
from index.errors import InputError
from index.text.spans import Span
from qa.quotes.check import Match, QuoteCheck, Verdict, as_json
from qa.quotes.draft import DraftQuote

MEANINGS: Mapping[Verdict, str] = {
    "verbatim": "the same words in the same order; at most typography differs",
    "elided": "each part stands in the source word for word, in this order; what was left out or put in is marked as such",
    "altered": "recognisably these words, but some were changed, added or left out",
    "misattributed": "the words are in the source, but it gives them to somebody else",
    "translated": "no article has these words in this language, one has them in another",
    "not_found": "no article has these words",
}
# A quote with one of these verdicts may be printed as it is.
GOOD: frozenset[Verdict] = frozenset({"verbatim", "elided"})

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV Injection"), in full width too.
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_COLUMNS = (
    *("verdict", "quote", "claimed_speaker", "found_speaker", "article", "start", "end", "source", "url"),
    *("draft_start", "draft_end"),
)
# The dollar sign: some readers of Markdown take what stands between two for a formula.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&~|#$]")
# Beginnings of a line that make it a list or a rule.
_MARKDOWN_BEGINNING = re.compile(r"^(\d{1,9})([.)])|^([-+=])")
_WEB = ("http://", "https://")


# What every format says.


def name(verdict: Verdict) -> str:
    """The verdict in words."""
    return verdict.replace("_", " ")


def summary(checks: Sequence[QuoteCheck]) -> str:
    """How many there are of each verdict, the good ones first.

    >>> summary([])
    'No quotation.'
    """
    if not checks:
        return "No quotation."
    counts = Counter(check.verdict for check in checks)
    parts = ", ".join(f"{counts[verdict]} {name(verdict)}" for verdict in MEANINGS if counts[verdict])
    return f"{len(checks)} quotation{'s' if len(checks) > 1 else ''}: {parts}."


def source_of(match: Match) -> str:
    """The article's title, publisher and date, as far as they are known."""
    return " · ".join(_facts(match))


def _facts(match: Match) -> list[str]:
    return [fact for fact in (match.article.title, match.article.publisher, match.article.date) if fact]


def place_of(match: Match) -> str:
    """The article's id and the place in its text."""
    return f"{match.article.named_at(match.span.start)} [{match.span.start}:{match.span.end}]"


def web_address(article: Article) -> str | None:
    """The article's address, where it is one that a browser may be sent to."""
    return article.url if article.url and article.url.lower().startswith(_WEB) else None


def remarks(check: QuoteCheck) -> Iterator[str]:
    """What a reader must know in addition to the verdict, a sentence each."""
    if check.verdict == "misattributed":
        speakers = list(dict.fromkeys(match.speaker for match in check.matches if match.speaker))
        given = f" It gives them to {' or '.join(speakers)}." if speakers else ""
        yield f"The source does not give these words to {check.claimed_speaker}.{given}"
    if check.verdict == "verbatim" and not any(match.exact for match in check.matches):
        yield "Typography differs."
    if check.places > len(check.matches):
        first = "is the first" if len(check.matches) == 1 else f"are the first {len(check.matches)}"
        yield f"{check.places} places hold it; here {first}."
    elif check.places > 1:
        yield f"{check.places} places hold it."


def shows_difference(check: QuoteCheck, match: Match) -> bool:
    """Whether the difference between the words helps: not between two languages, nor where it is typography alone."""
    return check.verdict not in ("verbatim", "translated") and any(change.op != "equal" for change in match.diff)


def around(match: Match) -> tuple[str, str, str] | None:
    """The sentence around the match, where it says more: the text before the words that reverse its sense, those words, the text after.
    Without such words the last two are empty. None where there is nothing around."""
    if match.context is None:
        return None
    turn = match.reversal or Span(match.context.end, match.context.end)
    text = match.article.text
    return text[match.context.start : turn.start], turn.of(text), text[turn.end : match.context.end]


def mark(text: str, marked: Callable[[str], str], outside: Callable[[str], str] = str) -> str:
    """The text with `marked` applied to all but the spaces at its ends.

    >>> mark(" not ", "[-{}-]".format)
    ' [-not-] '
    """
    inner = text.strip()
    if not inner:
        return outside(text)
    before, _, behind = text.partition(inner)
    return outside(before) + marked(inner) + outside(behind)


# The file.


def check_report(path: Path, draft: Path) -> None:
    """Raises InputError where no report can be written to `path`: said before the work, not after it."""
    if path.suffix.lower() not in _FORMS:
        raise InputError(f"{path} is no report that can be written. Name a {', '.join([*_FORMS][:-1])} or {[*_FORMS][-1]} file.")
    if path.is_dir():
        raise InputError(f"{path} is a folder. Name a file for the report.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent} for the report. Make it, or name another.")
    if path.exists() and draft.exists() and path.samefile(draft):
        raise InputError(f"{path} is the draft itself. Name another file for the report.")


def write_report(path: Path, draft: str, text: str, quotes: Sequence[DraftQuote]) -> None:
    """Writes the report on the draft of the name `draft` with that text, in the form of the file's ending; replaces what was there, whole
    or not at all. Raises InputError where that cannot be done."""
    content = _FORMS[path.suffix.lower()](draft, text, quotes).encode("utf-8", "replace")  # a file's name may not be Unicode
    try:
        replace_file(path, content)
    except OSError as error:
        raise InputError(f"The report cannot be written to {path} ({error.strerror}). Name another place with --report.") from error


def quote_json(quote: DraftQuote) -> dict[str, Any]:
    """The check in the form that other programs rely on, with the quote's place in the draft's text."""
    return {**as_json(quote.check), "start": quote.span.start, "end": quote.span.end}


def _as_json(draft: str, text: str, quotes: Sequence[DraftQuote]) -> str:
    counts = Counter(quote.check.verdict for quote in quotes)
    whole = {
        "draft": draft,
        "summary": {verdict: counts[verdict] for verdict in MEANINGS},
        "quotes": [quote_json(quote) for quote in quotes],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _as_csv(draft: str, text: str, quotes: Sequence[DraftQuote]) -> str:
    """One row a quote, with its first place; a byte order mark, or Excel would not read it as UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for quote in quotes:
        match = quote.check.matches[0] if quote.check.matches else None
        match_fields = (
            (match.speaker, match.article.id, match.span.start, match.span.end, match.text, match.article.url) if match else (None,) * 6
        )
        row = (quote.check.verdict, quote.quote, quote.claimed_speaker, *match_fields, quote.span.start, quote.span.end)
        writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    """The cell as text for a spreadsheet: one that it would compute gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


# Markdown.

_MARKS = {"equal": "", "delete": "~~", "insert": "**"}


def _as_markdown(draft: str, text: str, quotes: Sequence[DraftQuote]) -> str:
    lines = [f"# Quotations in {in_markdown(draft)}", "", summary([quote.check for quote in quotes]), ""]
    for number, quote in enumerate(quotes, start=1):
        check = quote.check
        lines += [f"## {number}. {name(check.verdict)}", "", f"> {in_markdown(quote.quote)}", ""]
        if quote.claimed_speaker:
            lines += [f"In the draft: {in_markdown(quote.claimed_speaker)}.", ""]
        lines += [f"*{MEANINGS[check.verdict]}.* {' '.join(in_markdown(remark) for remark in remarks(check))}".rstrip(), ""]
        for match in check.matches:
            words = "".join(_strong(_MARKS[change.op], change.text) for change in match.diff) if shows_difference(check, match) else ""
            lines += [f"- {in_markdown(_heading(match))}", "", f"  > {words or in_markdown(match.text)}", ""]
            if match.speaker:
                lines += [f"  — {in_markdown(match.speaker)}", ""]
            context = around(match)
            if context is not None:
                before, turn, behind = context
                lines += [f"  {_context_label(match)} {in_markdown(before)}{_strong('**', turn)}{in_markdown(behind)}", ""]
    if quotes:
        lines += ["~~In the source alone~~, **in the draft alone**.", ""]
    return "\n".join(lines)


def _heading(match: Match) -> str:
    source = source_of(match)
    return f"{source} — {place_of(match)}" if source else place_of(match)


def _context_label(match: Match) -> str:
    return "Mind the words around it:" if match.reversal else "The whole sentence:"


def _strong(sign: str, text: str) -> str:
    """The text between two signs, which must stand at its words."""
    return mark(text, lambda words: f"{sign}{in_markdown(words)}{sign}", in_markdown)


def in_markdown(text: str) -> str:
    """Text that Markdown leaves as it is, in one line.

    >>> print(in_markdown("1. a*b <i>"))
    1\\. a\\*b \\<i\\>
    """
    # not trimmed: the pieces of a sentence keep the spaces between them
    escaped = _MARKDOWN.sub(lambda match: f"\\{match[0]}", re.sub(r"\s+", " ", text.replace("\0", "\ufffd")))
    return _MARKDOWN_BEGINNING.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", escaped)


# HTML.

_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
# Places that a card shows unfolded; a quote of three words may have a hundred. No measurement behind it.
_UNFOLDED = 3
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")


def _as_html(draft: str, text: str, quotes: Sequence[DraftQuote]) -> str:
    counts = Counter(quote.check.verdict for quote in quotes)
    tally = Markup().join(
        Markup('<li class="{}"><span class="count">{} {}</span></li>').format(verdict, counts[verdict], name(verdict))
        for verdict in MEANINGS
        if counts[verdict]
    )
    legend = Markup().join(
        Markup('<p class="{}"><span class="label">{}</span>: {}</p>').format(verdict, name(verdict), meaning)
        for verdict, meaning in MEANINGS.items()
    )
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Quotations in {draft}</title>\n'
        '<style>\n{style}</style>\n</head>\n<body>\n<h1>Quotations in <bdi>{draft}</bdi></h1>\n<ul class="summary"><li>{total}</li>{tally}'
        '</ul>\n<div class="legend">{legend}<p>The difference: <del>in the source alone</del> <ins>in the draft alone</ins>.</p></div>\n'
        "<main>\n{rows}</main>\n</body>\n</html>\n"
    ).format(
        draft=in_html(draft),
        style=Markup(_STYLE),
        total=summary([quote.check for quote in quotes]) if not quotes else f"{len(quotes)} quotation{'s' if len(quotes) > 1 else ''}",
        tally=tally,
        legend=legend,
        rows=_rows(text, quotes),
    )


def in_html(text: str) -> Markup:
    """Escaped. CR is written as a character reference, or the parser would make CRLF into LF; U+0000, which HTML cannot carry, stands as
    U+FFFD."""
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def _rows(text: str, quotes: Sequence[DraftQuote]) -> Markup:
    """The draft's lines, next to the checks of the quotations that begin there: a row to each line where one begins, with the lines
    behind it that have none."""
    coming = sorted(enumerate(quotes, start=1), key=lambda item: (item[1].span.start, -item[1].span.end), reverse=True)
    opened: list[tuple[int, DraftQuote]] = []
    rows: list[tuple[list[Markup], list[Markup]]] = [([], [])]
    for line in _LINE.finditer(text):
        goes_on = any(quote.span.end > line.start() for _, quote in opened)
        opened = [item for item in opened if item[1].span.end > line.start()]
        new = []
        while coming and coming[-1][1].span.start < line.end():
            new.append(coming.pop())
        if not line[0].strip():
            continue
        if new and not goes_on:
            rows.append(([], []))
        opened += new
        lines, cards = rows[-1]
        lines.append(Markup('<p dir="auto">{}</p>').format(Markup().join(_pieces(text, Span(*line.span()), opened))))
        cards += [_card(number, quote) for number, quote in new]
    return Markup().join(
        Markup('<div class="row"><div>{}</div><div>{}</div></div>\n').format(Markup().join(lines), Markup().join(cards))
        for lines, cards in rows
        if lines
    )


def _pieces(text: str, line: Span, quotes: Sequence[tuple[int, DraftQuote]]) -> Iterator[Markup]:
    """The line cut wherever a quotation begins or ends; a quotation inside another has its own colour."""
    cuts = {line.start, line.end} | {at for _, quote in quotes for at in (quote.span.start, quote.span.end) if line.start < at < line.end}
    places = sorted(cuts)
    holding: list[tuple[int, DraftQuote]] = []
    coming = list(reversed(quotes))
    for start, end in pairwise(places):
        while coming and coming[-1][1].span.start <= start:
            holding.append(coming.pop())
        holding = [item for item in holding if item[1].span.end > start]
        piece = in_html(text[start:end])
        if not holding:
            yield piece
            continue
        number, quote = holding[-1]  # the innermost
        raised = Markup("<sup>{}</sup>").format(number) if start == quote.span.start else Markup()
        verdict = quote.check.verdict
        yield Markup('<a class="quote {}" href="#q{}" title="{}: {}">{}{}</a>').format(
            verdict, number, name(verdict), MEANINGS[verdict], raised, piece
        )


def _card(number: int, quote: DraftQuote) -> Markup:
    check = quote.check
    claimed = Markup(" · in the draft: <bdi>{}</bdi>").format(in_html(quote.claimed_speaker)) if quote.claimed_speaker else Markup()
    said = Markup().join(Markup('<p class="remark" dir="auto">{}</p>').format(in_html(remark)) for remark in remarks(check))
    places = [_place(check, match) for match in check.matches]
    if len(places) > _UNFOLDED:
        folded = Markup("<details><summary>{} more</summary>{}</details>").format(
            len(places) - _UNFOLDED, Markup().join(places[_UNFOLDED:])
        )
        places = [*places[:_UNFOLDED], folded]
    return Markup('<article class="card {}" id="q{}"><p class="label">{}. {}{}</p>{}{}</article>').format(
        check.verdict, number, number, name(check.verdict), claimed, said, Markup().join(places)
    )


def _place(check: QuoteCheck, match: Match) -> Markup:
    words = (
        Markup().join(_change(change.op, change.text) for change in match.diff) if shows_difference(check, match) else in_html(match.text)
    )
    # each by itself: a date next to an Arabic title would be reversed
    heading = Markup(" · ").join(Markup("<bdi>{}</bdi>").format(in_html(fact)) for fact in _facts(match) or [match.article.id])
    url = web_address(match.article)
    if url is not None:
        heading = Markup('<a href="{}" rel="noreferrer">{}</a>').format(in_html(url), heading)
    speaker = Markup('<p class="speaker">— <bdi>{}</bdi></p>').format(in_html(match.speaker)) if match.speaker else Markup()
    context = around(match)
    sentence = Markup()
    if context is not None:
        before, turn, behind = map(in_html, context)
        strong = Markup("<strong>{}</strong>").format(turn) if turn else Markup()
        sentence = Markup('<div class="context"><p class="{}">{}</p><p dir="auto">{}{}{}</p></div>').format(
            "warning" if turn else "label", _context_label(match), before, strong, behind
        )
    return Markup('<section><p class="source">{} — <bdi>{}</bdi></p><blockquote dir="auto">{}</blockquote>{}{}</section>').format(
        heading, in_html(place_of(match)), words, speaker, sentence
    )


def _change(op: str, text: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format({"insert": "ins", "delete": "del"}[op], in_html(text)) if op != "equal" else in_html(text)


_FORMS: Mapping[str, Callable[[str, str, Sequence[DraftQuote]], str]] = {
    ".html": _as_html,
    ".md": _as_markdown,
    ".csv": _as_csv,
    ".json": _as_json,
}
