"""An answer as lines for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.ask.types import Answer
from qa.export.wording import UNANSWERED, answer_text, counted, credit, differing, failure_line, notice_line

_NEAREST_WIDTH = 240  # characters of a nearest passage: enough to see what it is about


def answer_lines(answer: Answer) -> str:
    """An answer for the terminal: the statements, then where each is from."""
    lines = [*_parts(answer), *_struck_out(answer)]
    head = [f"The articles differ: {differing(disagreement)}" for disagreement in answer.disagreements]
    if answer.short_answer and not is_disputed(answer):
        head.insert(0, answer.short_answer)
    if answer.is_tentative:
        head.append("This may answer it:")
    if head:
        lines.insert(0, "\n".join(head) + "\n")
    if answer.read_as is not None:
        lines.insert(0, f"Read as: {answer.read_as}\n")
    if answer.notice is not None:
        lines.insert(0, f"{notice_line(answer.notice)}\n")
    lines += [UNANSWERED.format(question=part) for part in answer.unanswered]
    if answer.abstained and answer.citations:
        lines.append("\nNearest passages:")
    elif answer.citations:
        lines.append("")
    for citation in answer.citations:
        facts = [citation.article.title, citation.article.publisher, citation.article.author, citation.article.date]
        place = f"{citation.article.named_at(citation.span.start)} [{citation.span.start}:{citation.span.end}]"
        lines.append(f"[{citation.number}] {' · '.join(fact for fact in facts if fact)} — {place}")
        if answer.abstained:
            lines.append(_beginning(citation.quote))
        if said := credit(citation):
            lines.append(f"    — {said}")
        if citation.translation is not None:
            lines.append(f"    translated by {answer.written_by}, not a quotation: {citation.translation}")
        if citation.caveat is not None:
            lines.append(f"    but: {citation.caveat.of(citation.article.text)} [{citation.caveat.start}:{citation.caveat.end}]")
    if line := counted(answer):
        lines.append(line)
    return "\n".join(lines)


def _parts(answer: Answer) -> Iterator[str]:
    """The text, under headings where it has parts; of what the program says of itself a line each."""
    if answer.groups:
        for group in answer.groups:
            yield f"{group.heading}\n" if group is answer.groups[0] else f"\n{group.heading}\n"
            yield from (answer.statements[place].marked for place in group.statements)
    elif answer.statements and not answer.citations:
        yield from (statement.text for statement in answer.statements)
        yield from (f"  {question}" for question in answer.suggestions)
    else:
        yield answer_text(answer)


def _struck_out(answer: Answer) -> Iterator[str]:
    """Further lines on an answer that a model wrote."""
    for struck in answer.struck:
        yield f"Struck out: {struck.text} — {failure_line(struck.failure)}"
    if answer.written_by is not None and not answer.abstained:
        yield f"\nWritten by {answer.written_by}."


def is_disputed(answer: Answer) -> bool:
    """Whether articles contradict the short answer."""
    short = answer.short_answer
    return short is not None and any(
        _holds(disagreement.sides[0].text, short) or _holds(short, disagreement.sides[0].text) for disagreement in answer.disagreements
    )


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _beginning(quote: str) -> str:
    """The first words of a passage, unchanged, and a mark where there are more."""
    return quote if len(quote) <= _NEAREST_WIDTH else f"{quote[:_NEAREST_WIDTH].rsplit(maxsplit=1)[0]} […]"
