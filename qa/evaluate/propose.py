"""A set of one's own, begun: sentences of a store that are worth asking about, and what in each could be the answer.

A person writes the questions, and of the answers deletes those that do not answer them. Until then a record is not measured (sets.py).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import sqrt
from pathlib import Path

import orjson

from index.articles import Article
from index.errors import InputError
from index.languages.base import every, languages
from index.store.passages import article_key, unit_id
from index.store.store import Store
from index.store.word_index import words_of
from index.story.quotations import Quotation
from index.text.fold import fold_text
from index.text.sentences import sentence_spans
from index.text.spans import Span
from index.text.terms import is_stop, stems, terms
from qa.ask.answer_types import AnswerType, candidates
from qa.ask.read import is_fragment

PROPOSED = 40
"""An evening's work for one person. The 95 % interval of a share of 40 is up to .15 wide on either side: enough to see a large change."""

_FEWEST_WORDS, _MOST_WORDS = 8, 40  # a sentence with something to ask about, and no list; no measurement behind them, nor behind these:
_MOST_CHARACTERS = 400
_MOST_ANSWERS = 5
_FEWEST_QUOTED = 4  # words
_EVERY = 3  # one article in so many begins with a quotation, where it has one whose speaker is named in the same sentence


def propose(store: Store, folder: Path, count: int = PROPOSED) -> int:
    """Writes up to `count` records without a question into a new questions.jsonl in `folder`; how many it wrote.

    The same store always gives the same. Raises InputError where the file is there already or cannot be written, or where no sentence is
    worth asking about.
    """
    records = [_record(proposal) for proposal in islice(_proposed(store), count)]
    if not records:
        raise InputError(
            "The store holds no sentence worth asking about: whole, 8 to 40 words, with a number, a date or a name. Index more articles."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "questions.jsonl").open("xb") as file:
            file.writelines(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
    except FileExistsError as error:
        raise InputError(f"{error.filename} is there already, and is not overwritten. Name another folder.") from error
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}). Name another folder.") from error
    return len(records)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A sentence at `span` of an article, and what in it could be the answer, best first; `quoted`: it names whom it quotes."""

    article_id: str
    language: str
    span: Span
    text: str
    answers: tuple[str, ...]
    quoted: bool
    score: float


def _record(proposal: _Proposal) -> dict[str, object]:
    return {
        "id": unit_id(proposal.article_id, proposal.span),
        "question": "",
        "language": proposal.language,
        "answers": proposal.answers,
        "evidence": [{"doc": proposal.article_id, "start": proposal.span.start, "end": proposal.span.end, "text": proposal.text}],
        "answerable": True,
    }


def _proposed(store: Store) -> Iterator[_Proposal]:
    """Proposals for new articles, as long as there are any, then again: languages, publishers and articles take turns.

    A language's share grows with the square root of its articles: a small one is not lost among the large, but does not count as much.
    """
    waiting: defaultdict[str, defaultdict[str, deque[str]]] = defaultdict(lambda: defaultdict(deque))
    for _, id, language, publisher in sorted(
        (article_key(a.id), a.id, a.language, a.publisher or "") for a in store.catalogue.all_articles()
    ):
        waiting[language][publisher].append(id)
    shares = {language: sqrt(sum(map(len, of_language.values()))) for language, of_language in waiting.items()}
    taken: Counter[tuple[str, ...]] = Counter()
    begun: dict[str, Iterator[_Proposal]] = {}
    said: set[str] = set()
    while waiting:
        language = min(waiting, key=lambda name: (taken[name,] / shares[name], name))
        publisher = min(waiting[language], key=lambda name: (taken[language, name], name))
        queue = waiting[language][publisher]
        id = queue.popleft()
        if id not in begun:
            begun[id] = _of_article(store, id, quoted_first=len(begun) % _EVERY == 0)
        chosen = next((proposal for proposal in begun[id] if fold_text(proposal.text) not in said), None)
        if chosen is not None:
            said.add(fold_text(chosen.text))
            taken.update([(language,), (language, publisher)])
            queue.append(id)
            yield chosen
        if not queue:
            del waiting[language][publisher]
        if not waiting[language]:
            del waiting[language]


def _of_article(store: Store, id: str, quoted_first: bool) -> Iterator[_Proposal]:
    """An article's proposals, best first; those that other articles may hold as well come last."""
    article = store.catalogue.article(id)
    if article is None:  # another process may have removed it by now
        return
    ranked = sorted(
        _worth_asking(article, store.catalogue.quotations([id]).get(id, ())), key=lambda proposal: (-proposal.score, proposal.span)
    )
    if quoted_first:
        ranked.sort(key=lambda proposal: not proposal.quoted)
    shared = []
    for proposal in ranked:
        if store.words.holding([words_of(proposal.text)]) == [article_key(id)]:
            yield proposal
        else:
            shared.append(proposal)
    yield from shared


def _worth_asking(article: Article, quotations: Sequence[Quotation]) -> Iterator[_Proposal]:
    named = [
        (quotation.span, quotation.speaker, quotation.speaker_name)
        for quotation in quotations
        if quotation.speech == "direct" and quotation.speaker and quotation.speaker_name
    ]
    title = article.places.get("title", Span(0, 0))
    for span in sentence_spans(article.text, article.story):
        text = span.of(article.text) if len(span) <= _MOST_CHARACTERS else ""
        if span.overlap(title) or not _is_whole(text):
            continue
        speakers = [
            name
            for quote, speaker, full in named
            if span.contains(quote) and span.contains(speaker) and len(quote.of(article.text).split()) >= _FEWEST_QUOTED
            for name in _names(speaker.of(article.text), full)
        ]
        answers = tuple(dict.fromkeys([*speakers, *_definite(text)]))[:_MOST_ANSWERS]
        if answers:
            leans = fold_text(text.split(None, 1)[0]).strip("\"'“”«»,،") in _LEANING
            yield _Proposal(article.id, article.language, span, text, answers, bool(speakers), min(len(answers), 3) - 2 * leans)


_ENDS = re.compile(r"[.!۔][\"'”’»)\]]*$")
_BEGINS = re.compile(r"[\"'“”„«(\[]*[^\W_]")
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"))
# A sentence that begins so leans on the one before: whom or what it is about stands there.
_LEANING = frozenset(map(fold_text, every("sentence_words.leaning")))


def _is_whole(text: str) -> bool:
    """Whether it is a complete statement with its punctuation."""
    words = text.split()
    return (
        _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        and not is_fragment(text)
        and 2 * sum(word[0].isupper() for word in words) <= len(words)  # otherwise a headline, or a list of names
        and _BEGINS.match(text) is not None
        and _ENDS.search(text) is not None
        and all(text.count(opening) == text.count(closing) for opening, closing in _PAIRS)
        and text.count('"') % 2 == 0
    )


def _names(here: str, full: str) -> list[str]:
    """The names of a speaker whom the sentence names, not only points to or describes: the fullest, and the one there."""
    shown = [word for word in stems(here) if not is_stop(word)]
    if not shown or not set(shown) <= set(stems(full)):
        return []
    first = next(word.span.of(full) for word in terms(full) if not is_stop(word.stem))
    if first[0].islower():  # Arabic has no capitals to know a name by
        return []
    return [" ".join(full.split()), " ".join(here.split())]


_RANGE = re.compile(r"\d+(?:[:/–-]\d+)+")  # a score, a time of day, a season
_SYMBOL = re.compile("[$€£¥]")
_UNIT = re.compile(r"[^\S\n](?P<unit>[^\W\d_]{3,})(?:[^\S\n]?(?P<next>[^\s.,:;،؛!)]*))")
_NO_NUMBER = re.compile(rf"(?:{'|'.join(rules.NO_NUMBER for one in languages() if (rules := one.rules('questions')) is not None)})\b")


def _definite(text: str) -> list[str]:
    """The dates, numbers with their unit, and names of a sentence, in order."""
    spans: list[Span] = []
    for span in _spans(text):
        if len(span) and not any(span.overlap(other) for other in spans):
            spans.append(span)
    return [" ".join(span.of(text).split()) for span in sorted(spans)]


def _spans(text: str) -> Iterator[Span]:
    """Those that go before others come first."""
    yield from (Span(*match.span()) for match in _RANGE.finditer(text))
    for kind in (AnswerType.DATE, AnswerType.PERCENT, AnswerType.DURATION):
        yield from candidates(kind, text)
    yield from (span for span in candidates(AnswerType.MONEY, text) if _SYMBOL.search(text, span.start, span.end))
    for span in candidates(AnswerType.NUMBER, text):
        if not (text[: span.start][-1:].isalnum() or _NO_NUMBER.match(fold_text(span.of(text)))):  # no "6" of "MI6"
            yield _with_unit(text, span)
    yield from (_name(text, span) for span in candidates(AnswerType.PERSON, text))


def _with_unit(text: str, number: Span) -> Span:
    """The number and the word behind it where the phrase ends with that: "120 passengers," but "eleven" of "eleven people died"."""
    match = _UNIT.match(text, number.end)
    if match is None or is_stop(match["unit"]) or (match["next"] and not is_stop(match["next"])):
        return number
    return Span(number.start, match.end("unit"))


def _name(text: str, span: Span) -> Span:
    """The name without particles before it and the possessive behind; empty for a sentence's first word, which has its capital anyway."""
    words = terms(span.of(text))
    opens = not any(character.isalnum() for character in text[: span.start])
    while words and is_stop(words[0].stem):
        words, opens = words[1:], False
    if not words or (opens and len(words) == 1):
        return Span(span.start, span.start)
    return Span(span.start + words[0].span.start, span.end - 2 * span.of(text).endswith(("’s", "'s")))
