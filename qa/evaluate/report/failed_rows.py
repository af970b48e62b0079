"""Misses to markup: each a card with what is right on one side and what was said on the other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from index.text.direction import direction
from index.text.spans import Span, trim
from qa.evaluate.results import MatchRow, PlaceRow, QuestionRow, QuoteRow, SaidRow, SystemResult
from qa.quotes.report import in_html
from qa.support.wording import difference

# Misses of one kind that are drawn; report.json has them all. No measurement behind it, nor behind the next three.
MOST_SHOWN = 60
# Characters that are drawn of a text, of one that is only near what was asked, and places of several.
LONGEST = 600
_LONGEST_NEAR = 260
_MOST_PLACES = 3

# The worst first.
_KINDS: Mapping[str, tuple[str, str]] = {
    "broken": ("Cites what is not there", "A citation or a match is not, letter for letter, in its article at its place."),
    "false verbatim": ("Falsely passed as verbatim", "Whoever relied on this verdict would print words that are not in the source."),
    "talks": ("Answered, though the articles hold no answer", "The right reply was silence."),
    "wrong": ("Wrong answers", "None of the right answers is in what was answered, or it is longer than an answer may be."),
    "unsupported": ("Right words, other sources", "The answer holds a right one and cites none of the places that the set calls evidence."),
    "silent": ("Silent, though the articles answer", "What was read did not seem sure enough to be said."),
    "verdict": ("Other wrong verdicts", "The quote was judged to be something else than it is."),
    "place": ("Right verdict, wrong place", "No match is where the set says that the quote stands."),
    "speaker": ("Right place, wrong speaker", "No match there names the speaker that the set names."),
    "not found": ("Evidence not found", "None of the ten passages holds the evidence."),
}


def misses(system: SystemResult) -> Markup:
    """All kinds of misses, folded, the worst first; empty where there are none."""
    cards: dict[str, list[Callable[[], Markup]]] = {kind: [] for kind in _KINDS}
    for asked in system["questions"]:
        kind = "broken" if times(asked, "ask", "broken_citations") else asked["outcome"]
        if kind != "right":
            cards[kind].append(partial(_question, asked))
    for checked in system["quotes"]:
        kind = "broken" if times(checked, "check", "broken_matches") else checked["outcome"]
        if kind != "right":
            cards["false verbatim" if times(checked, "check", "false_verbatim") else kind].append(partial(_quote, checked))
    kinds = [(kind, kind_cards) for kind, kind_cards in cards.items() if kind_cards]
    return Markup("\n").join(_kind(kind, kind_cards, number == 0) for number, (kind, kind_cards) in enumerate(kinds))


def times(row: QuestionRow | QuoteRow, section: str, measure: str) -> int:
    """How often a row has what it must not have."""
    return int(row["measures"].get(section, {}).get(measure, [0])[0])


def isolated(value: str) -> Markup:
    """Foreign words, isolated in a line of the report."""
    return Markup("<bdi>{}</bdi>").format(in_html(value))


def _kind(kind: str, cards: Sequence[Callable[[], Markup]], opened: bool) -> Markup:
    title, meaning = _KINDS[kind]
    more = len(cards) - MOST_SHOWN
    rest = Markup('<p class="small">{:,} more are in report.json.</p>').format(more) if more > 0 else Markup()
    return Markup('<details class="kind"{}><summary><b>{:,}</b> {}</summary>\n<p class="small">{}</p>\n{}{}</details>').format(
        Markup(" open") if opened else "", len(cards), title, meaning, Markup().join(card() for card in cards[:MOST_SHOWN]), rest
    )


def _card(asked: Markup, facts: Iterable[Markup | str], right: Iterable[Markup], said: Iterable[Markup]) -> Markup:
    return Markup(
        '<article class="miss">{}<p class="small">{}</p><div class="sides"><div class="right">{}</div><div class="given">{}</div></div>'
        "</article>\n"
    ).format(asked, Markup(" · ").join(facts), Markup().join(right), Markup().join(said))


def _title(title: str, more: str = "") -> Markup:
    return Markup('<p class="title">{}{}</p>').format(title, Markup(" <span>{}</span>").format(more) if more else "")


def _words(value: str, marks: Iterable[Span] = (), kind: str = "words", longest: int = LONGEST) -> Markup:
    return Markup('<p class="{}" dir="{}">{}</p>').format(kind, direction(value), _marked(value, sorted(marks), longest))


def _marked(value: str, marks: Sequence[Span], longest: int) -> Markup:
    """The text with marks; of a long one the part around the first of them."""
    window = _window(value, marks[0] if marks else Span(0, 0), longest)
    pieces = [Markup('<span class="cut">[…]</span> ')] if window.start else []
    at = window.start
    for mark in marks:
        start, end = max(at, mark.start), min(mark.end, window.end)
        if start < end:
            pieces += [in_html(value[at:start]), Markup("<mark>{}</mark>").format(in_html(value[start:end]))]
            at = end
    pieces.append(in_html(value[at : window.end]))
    if window.end < len(value):
        pieces.append(Markup(' <span class="cut">[…]</span>'))
    return Markup().join(pieces)


def _window(value: str, mark: Span, longest: int) -> Span:
    """The part of the text that is drawn: all of it, or that many characters around the mark, from a word's beginning on."""
    if len(value) <= longest:
        return Span(0, len(value))
    start = min(max(0, mark.start - max(0, longest - len(mark)) // 2), len(value) - longest)
    end = start + longest
    space = value.find(" ", start, min(start + 30, mark.start)) if start else -1
    return Span(space + 1 if space >= 0 else start, end)


def _place(place: PlaceRow | MatchRow, number: int | None = None) -> Markup:
    """Where it is, and whether that is right."""
    sign = {True: '<span class="yes">✓ where it should be</span>', False: '<span class="no">✗ elsewhere</span>', None: ""}[place["gold"]]
    return Markup('<p class="place">{}{} [{}:{}] {}</p>').format(
        "" if number is None else f"[{number}] ", isolated(place["article"]), place["start"], place["end"], Markup(sign)
    )


# Questions.


def _question(row: QuestionRow) -> Markup:
    return _card(_words(row["question"], kind="asked"), _question_facts(row), _right_answer(row), _given_answer(row))


def _question_facts(row: QuestionRow) -> Iterator[Markup | str]:
    yield isolated(row["id"])
    yield _languages("asked", row["language"], row["article_languages"])
    rank = row["measures"].get("search", {}).get("evidence_mrr@10")
    if rank is not None:
        yield f"evidence found at rank {round(1 / rank[0])}" if rank[0] else "evidence not among the passages found"


def _languages(asked: str, language: str, others: Sequence[str]) -> Markup:
    articles = Markup(", articles in {}").format(in_html(", ".join(others))) if others else ""
    return Markup("{} in {}{}").format(asked, in_html(language), articles)


def _right_answer(row: QuestionRow) -> Iterator[Markup]:
    if not row["answerable"]:
        yield _title("Right: silence")
        yield Markup("<p>The articles hold no answer.</p>")
        return
    yield _title("Right")
    yield Markup('<p class="answer">{}</p>').format(Markup(" / ").join(isolated(answer) for answer in row["answers"][:_MOST_PLACES]))
    for place in row["evidence"][:_MOST_PLACES]:
        yield _place(place)
        yield _words(place["text"], _found_in(place["text"], row["answers"]))
    yield _more(row["evidence"])


def _given_answer(row: QuestionRow) -> Iterator[Markup]:
    said = row["said"]
    if said is None:
        yield _title("Found first")
        yield from _places(row["found"], row["evidence"])
        return
    sure = "" if said["confidence"] is None else f"confidence {said['confidence']:.2f}"
    if said["abstained"]:
        yield _title("Silence", sure)
        yield Markup('<p class="small">The nearest passages:</p>') if said["citations"] else Markup()
        yield from _places(said["citations"], row["evidence"])
        return
    yield _title("Answered", sure)
    if said["short_answer"]:
        yield _words(said["short_answer"], kind="answer")
    yield _words(said["text"], _found_in(said["text"], [said["short_answer"] or ""]))
    yield from _cited(said, row["evidence"])


def _cited(said: SaidRow, evidence: Sequence[PlaceRow]) -> Iterator[Markup]:
    """The citations; the text of one that the answer consists of is not repeated."""
    for number, place in enumerate(said["citations"][:_MOST_PLACES], start=1):
        yield _place(place, number)
        if place["text"] not in said["text"]:
            yield _words(place["text"], _common(place, evidence))
    yield _more(said["citations"])


def _places(places: Sequence[PlaceRow], evidence: Sequence[PlaceRow]) -> Iterator[Markup]:
    for number, place in enumerate(places[:_MOST_PLACES], start=1):
        yield _place(place, number)
        yield _words(place["text"], _common(place, evidence), "near", _LONGEST_NEAR)


def _more(places: Sequence[PlaceRow] | Sequence[MatchRow]) -> Markup:
    more = len(places) - _MOST_PLACES
    return Markup('<p class="small">and {} more</p>').format(more) if more > 0 else Markup()


def _common(place: PlaceRow, evidence: Sequence[PlaceRow]) -> Iterator[Span]:
    """The evidence within a place's text, where that text is the article's."""
    if len(place["text"]) != place["end"] - place["start"]:
        return
    for gold in evidence:
        start, end = max(place["start"], gold["start"]), min(place["end"], gold["end"])
        if gold["article"] == place["article"] and start < end:
            yield Span(start - place["start"], end - place["start"])


def _found_in(value: str, wanted: Iterable[str]) -> list[Span]:
    """The first place of the longest of the wanted that the text holds."""
    for text in sorted(filter(None, wanted), key=len, reverse=True):
        if (start := value.find(text)) >= 0:
            return [Span(start, start + len(text))]
    return []


# Quotes.


def _quote(row: QuoteRow) -> Markup:
    claimed = [Markup("said to be by {}").format(isolated(row["claimed_speaker"]))] if row["claimed_speaker"] else []
    facts = [isolated(row["id"]), _languages("quote", row["language"], row["article_languages"]), *claimed]
    # between two languages a difference by words says nothing
    source = row["source"][0]["text"] if row["source"] and row["verdict"] != "translated" else None
    in_quote, in_source = ([], []) if source is None else (_alone(row["quote"], source), _alone(source, row["quote"]))
    return _card(_words(row["quote"], in_quote, "asked"), facts, _right_verdict(row, in_source), _given_verdict(row))


def _alone(value: str, other: str) -> list[Span]:
    """The words that the other wording does not have."""
    spans, at = [], 0
    for change in difference(value, other)[0]:
        if change.op == "insert":
            continue
        if change.op == "delete" and any(map(str.isalnum, change.text)):
            spans.append(trim(value, Span(at, at + len(change.text))))
        at += len(change.text)
    return spans


def _right_verdict(row: QuoteRow, marks: Sequence[Span]) -> Iterator[Markup]:
    yield _title(f"Right: {verdict_name(row['verdict'])}")
    for number, place in enumerate(row["source"][:_MOST_PLACES]):
        yield _place(place)
        yield _words(place["text"], marks if number == 0 else ())
    yield _more(row["source"])
    if row["speaker"]:
        yield _speaker(row["speaker"])
    if not row["source"]:
        yield Markup("<p>No article has it.</p>")


def _given_verdict(row: QuoteRow) -> Iterator[Markup]:
    yield _title(f"Judged: {verdict_name(row['given'])}")
    for match in row["matches"][:_MOST_PLACES]:
        yield _place(match)
        yield _words(match["text"])
        if match["speaker"]:
            yield _speaker(match["speaker"])
        elif row["speaker"]:
            yield Markup('<p class="speaker">— nobody is named</p>')
    yield _more(row["matches"])
    if not row["matches"]:
        yield Markup("<p>Nothing was found.</p>")


def _speaker(name: str) -> Markup:
    return Markup('<p class="speaker">— {}</p>').format(isolated(name))


def verdict_name(verdict: str) -> str:
    """The verdict as it is read.

    >>> verdict_name("not_found")
    'not found'
    """
    return verdict.replace("_", " ")
