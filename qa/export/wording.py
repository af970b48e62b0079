"""What an answer holds as codes and data, in English sentences: for JSON, the terminal and files. The page says what stands in `N_` too, in
its reader's language: `make phrases` finds it here."""

from __future__ import annotations

from collections.abc import Mapping

from qa.ask.sources import Source
from qa.ask.types import Answer, Citation, Disagreement, Notice, Reason, ReasonCode
from qa.support.evidence import Failure, Fault


def N_(message: str) -> str:  # noqa: N802  # so do gettext's users call it
    """Marks a sentence for `make phrases`."""
    return message


REASONS: Mapping[ReasonCode, str] = {
    "no_answer": N_("No sentence in the articles answers this outright."),
    "no_passage": N_("No article here has anything to say to this."),
    "unsupported": N_("Nothing that the language model wrote is borne out by the articles."),
    "author_not_stated": N_("{article} does not say its author."),
    "publisher_not_stated": N_("{article} does not say its publisher."),
    "date_not_stated": N_("{article} does not say its date."),
    "only_recorded": N_("By its record, not its text: {value}."),
}
"""Why there is no answer, with places for what is in `Reason`."""
UNANSWERED = N_("Not found: {question}")
UNMET = N_("In none of what comes nearest: {words}.")
FAULTS: Mapping[Fault, str] = {
    "quotation": N_("Not these words in what it cites"),
    "number": N_("This number is not in what it cites"),
    "date": N_("This date is not in what it cites"),
    "name": N_("This name is not in what it cites, or not in this part"),
    "negation": N_("What it cites denies this, or does not say it as a fact"),
    "words": N_("What it cites does not say this"),
    "question": N_("This is not what the question asks for"),
    "judge": N_("The language model, asked again, did not find this in what it cites"),
}
"""Why a statement is struck, by what fails in it."""
STOPPED = N_("The language model was stopped: these are the articles’ own words.")


def silence(reason: Reason | None) -> str:
    """The heading of an abstention. That nothing was borne out does not say that the articles hold nothing, nor that no sentence was found
    to answer that none does."""
    return {"unsupported": NOTHING_HOLDS, "no_answer": NO_CLEAR_ANSWER}.get(reason.code if reason else "no_passage", NOT_THERE)


NOTHING_HOLDS, NO_CLEAR_ANSWER, NOT_THERE = N_("No answer that holds"), N_("No clear answer"), N_("Not in the articles")


def reason_line(reason: Reason) -> str:
    """Why there is no answer, in a sentence, and which words of the question were not met."""
    line = REASONS[reason.code].format(article=repr(reason.article), value=reason.value)
    return f"{line} {UNMET.format(words=', '.join(reason.unmet))}" if reason.unmet else line


def notice_line(notice: Notice) -> str:
    """Why no language model wrote, in a sentence."""
    return STOPPED if notice.code == "stopped" else notice.error


def failure_line(failure: Failure) -> str:
    """Why a statement is struck, with the words that fail."""
    line = FAULTS[failure.fault]
    return f"{line}: {failure.words}" if failure.words else line


def answer_text(answer: Answer) -> str:
    """The statements with their markers, or the reason that there are none."""
    if answer.abstained:
        return reason_line(answer.reason) if answer.reason is not None else ""
    return answer.text


def credit(citation: Citation) -> str | None:
    """To whom the cited words are attributed, in a line for readers: None where the paper itself says it.

    "Abu Shujar, quoted by McClatchy, 2015"
    """
    if citation.speech == "narration":
        return None
    article = citation.article
    verb = "quoted by" if citation.speech == "direct" else "as reported by"
    where = f"{verb} {article.publisher or 'a paper not named'}"
    return ", ".join(part for part in (citation.speaker or "somebody not named", where, (article.date or "")[:4]) if part)


def differing(disagreement: Disagreement) -> str:
    """What the articles say differently, in a line for readers: "$600 a month [1]; $400 [2]"."""
    return "; ".join(f"{side.text} [{side.citation}]" for side in disagreement.sides)


def counted(answer: Answer) -> str | None:
    """How many sources say it, in a line for readers: None where that is one article.

    "Sources: 1 – 3 papers, one agency text (Reuters)"; "2 independent sources: 3 papers, one text [1][2]; The Courier [3]"
    """
    sources = answer.sources
    if not sources or (len(sources) == 1 and len(sources[0].prints) == 1):
        return None
    if len(sources) == 1:
        return f"Sources: 1 – {_printed(sources[0])}"
    parts = (f"{_printed(source)} {''.join(f'[{number}]' for number in source.citations)}" for source in sources)
    return f"{len(sources)} independent sources: {'; '.join(parts)}"


def _printed(source: Source) -> str:
    if len(source.prints) == 1:
        return source.prints[0].article.publisher or source.prints[0].article.id
    many = len(source.papers) if source.names_all else len(source.prints)
    kind = "paper" if source.names_all else "article"
    text = f"one agency text ({source.credit})" if source.credit else "one text"
    return f"{many} {kind}{'s' if many != 1 else ''}, {text}"
