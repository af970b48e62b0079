"""Passages to evidence: which sentences answer, the short answer, and the confidence that there is one. No language model is involved.

A trained reader (qa/reader) reads a window of each passage. What it says of a sentence and of a span, and what retrieval said of the
passage, are brought to probabilities by two logistic functions, fitted by training/calibrate.py: that a sentence answers, and that a span
is the answer. Both numbers mean what they say (docs/evaluation.md has their reliability), and the thresholds follow from costs:

    SHOWN_IN_LARGE    the short answer is given from here on
    qa/answer.py      the program abstains below LEAST_CONFIDENCE
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.articles import Article
from index.store.passages import count_tokens
from index.text.fold import fold_text
from index.text.spans import Span, trim
from index.text.terms import is_stop, stems
from qa.ask.interaction import Pair, pairs
from qa.ask.question import Question
from qa.ask.retrieve import Hit
from qa.reader.reader import Found, Passage, Read, Reader

# A short line without a full stop is a headline, byline or label, and says little by itself: it is never a further statement.
FRAGMENT_WORDS = 24

# Distinct passages that are read. Of 840 questions of seven sets the best sentence is right as often with 2 to 8.
MOST_READ = 2
MOST_STATEMENTS = 3
MOST_WORDS = 74  # an answer may have 80, markers included
# A further statement is at least so likely to answer as this part of the first.
_FURTHER = 0.5
# A short answer is given where it is right nine times of ten, on the news of our dev part; a follow-up may mean one that is more likely
# right than not.
SHOWN_IN_LARGE = 0.85
MORE_LIKELY = 0.5
# Sentences that a language model is given: at least LEAST_NEAR and at most MOST_NEAR, the further ones at least _NEAR times as likely to
# answer as the best. On two cores a model of 1.5B reads 150 tokens a second, and a sentence has 30 to 60.
_NEAR, LEAST_NEAR, MOST_NEAR = 0.1, 2, 8

_SENTENCE_END = re.compile(r"[.!?…؟۔][\"'”’»)\]]*,?$")
_CLAUSE_END = re.compile(r"[,;:،؛](?=\s)|\s[–—-]\s")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence or clause that answers: `text` is at `span` of its article, verbatim.

    `why` are its words that match the question's. `reprints` are the places of the same sentence in other articles among the hits.
    """

    article_id: str
    span: Span
    text: str
    score: float
    why: tuple[Pair, ...] = ()
    reprints: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The evidence for an answer, best first. `confidence` in [0, 1] is the probability that the first answers.

    `short_answer` are the likeliest words of the first, if they are surely right; `likely_answer`, if they are more likely right than not.
    `near` are the sentences that a language model is given, best first, including those of the evidence.
    """

    evidence: tuple[Evidence, ...]
    short_answer: str | None
    likely_answer: str | None
    confidence: float
    near: tuple[Evidence, ...] = ()


NOTHING = Reading((), None, None, 0.0)


@dataclass(slots=True)
class ReadSentence:
    """A sentence that was read: its place in its article, and the likeliest answers in it, best first.

    `similarity` is the retriever's, and `lead` what it says of its passage beside the best one with whole sentences. `share` is the part
    of all spans of its window, no answer being one, that begin in it.
    """

    hit: Hit
    span: Span
    text: str
    similarity: float
    support: float
    lead: float
    found: tuple[Found, ...]
    margin: float
    score: float = 0.0

    @property
    def share(self) -> float:
        return sum(found.share for found in self.found)


def read(reader: Reader, question: Question, hits: Sequence[Hit], articles: Mapping[str, Article], near_tokens: int = 0) -> Reading:
    """The evidence in the hits, which are ordered best first.

    `near_tokens` limits the total length of the sentences of `near`, in tokens of cl100k_base; with 0 there are none.
    """
    sentences = read_sentences(reader, question, hits, articles)
    if not sentences:
        return NOTHING
    fitted = reader.fitted
    for sentence in sentences:
        sentence.score = logistic(fitted["sentence"], sentence_features(sentence))
    ranked = sorted(sentences, key=lambda s: (-s.score, s.hit.rank, s.span))
    chosen = _choose(question, ranked)
    confidence = logistic(fitted["answered"], answered_features(question, ranked))
    likely, probability = _likely_answer(question, ranked, fitted["short"], confidence)
    return Reading(
        tuple(chosen),
        likely if probability >= SHOWN_IN_LARGE else None,
        likely if probability >= MORE_LIKELY else None,
        confidence,
        tuple(_near(question, ranked, near_tokens)),
    )


def read_scores(
    reader: Reader, question: Question, hits: Sequence[Hit], articles: Mapping[str, Article], most: int
) -> dict[tuple[str, Span], float]:
    """How likely each sentence of the first `most` different passages answers, by article id and span; of those that were read."""
    sentences = read_sentences(reader, question, hits, articles, most)
    weights = reader.fitted["sentence"]
    return {(one.hit.passage.article_id, one.span): logistic(weights, sentence_features(one)) for one in sentences}


def read_sentences(
    reader: Reader, question: Question, hits: Sequence[Hit], articles: Mapping[str, Article], most: int = MOST_READ
) -> list[ReadSentence]:
    """Every sentence that the reader saw, once: of the first `most` hits with whole sentences whose texts differ, of the headlines and
    bylines before them, and of the copies of these among all."""
    if not hits:
        return []
    passages: dict[str, Passage] = {}
    best: Hit | None = None
    for hit in hits:
        if hit.passage.text in passages:
            continue
        start = hit.passage.span.start
        spans = [Span(span.start - start, span.end - start) for span in hit.passage.sentences]
        passages[hit.passage.text] = Passage(hit.passage.text, spans, hit.sentences, articles[hit.passage.article_id].title or "")
        if any(not is_fragment(span.of(hit.passage.text)) for span in spans):
            best, most = best or hit, most - 1
        if not most:
            break
    best = best or hits[0]
    found = dict(zip(passages, reader.read(question.text, list(passages.values())), strict=True))
    sentences: dict[tuple[str, Span], ReadSentence] = {}
    for hit in hits:
        if hit.passage.text in passages:
            for sentence in _sentences(hit, hit.score - best.score, passages[hit.passage.text], found[hit.passage.text]):
                sentences.setdefault((hit.passage.article_id, sentence.span), sentence)
    return list(sentences.values())


def _sentences(hit: Hit, lead: float, passage: Passage, read: Read) -> Iterator[ReadSentence]:
    margin = read.found[0].score if read.found else 0.0
    for span, similarity in zip(passage.sentences, passage.scores, strict=True):
        text = span.of(passage.text)
        if span in read.support and any(character.isalnum() for character in text):
            inside = tuple(
                Found(Span(found.span.start - span.start, found.span.end - span.start), found.score, found.share)
                for found in read.found
                if span.contains(found.span)
            )
            place = Span(hit.passage.span.start + span.start, hit.passage.span.start + span.end)
            yield ReadSentence(hit, place, text, similarity, read.support[span], lead, inside, margin)


def sentence_features(sentence: ReadSentence) -> tuple[float, ...]:
    """What the probability that a sentence answers is made of."""
    return (
        _within(sentence.support),
        sentence.share,
        _within(sentence.found[0].score) if sentence.found else _NO_SPAN,
        _within(sentence.margin),
        sentence.lead,
        sentence.similarity - max(sentence.hit.sentences),
        float(is_fragment(sentence.text)),
    )


def answered_features(question: Question, ranked: Sequence[ReadSentence]) -> tuple[float, ...]:
    """What the probability that the best sentence answers is made of. The scores of retrieval themselves would add nothing, and are the
    embedding model's own."""
    best = ranked[0]
    others = [sentence.score for sentence in ranked if sentence.hit.passage.article_id != best.hit.passage.article_id]
    support, share, span, margin, lead, _, fragment = sentence_features(best)
    return (
        *(support, share, span, margin, lead, fragment),
        _logit(best.score),
        _logit(max(others, default=0.0)),
        max(_within(sentence.margin) for sentence in ranked),
        float(best.hit.language != question.language),
    )


# Logits of a span that is not among the likeliest, and the limits of those that count: beyond, a model is as sure as it can be.
_NO_SPAN, _MOST_LOGIT = -10.0, 12.0


def _within(logit: float) -> float:
    return max(-_MOST_LOGIT, min(_MOST_LOGIT, logit))


def logistic(weights: Sequence[float], features: Sequence[float]) -> float:
    """The probability: `weights` are those of the features, and a constant."""
    total = sum(weight * feature for weight, feature in zip(weights, features, strict=False)) + weights[-1]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _logit(probability: float) -> float:
    return _within(math.log((probability + 1e-6) / (1 - probability + 1e-6)))


def _likely_answer(
    question: Question, ranked: Sequence[ReadSentence], weights: Sequence[float], confidence: float
) -> tuple[str | None, float]:
    """The likeliest words of the best sentence, and the probability that they are right."""
    best = ranked[0]
    if not best.found:
        return None, 0.0
    return best.found[0].span.of(best.text), logistic(weights, short_features(question, ranked, confidence))


def short_features(question: Question, ranked: Sequence[ReadSentence], confidence: float) -> tuple[float, ...]:
    """What the probability that the short answer is right is made of. The best sentence has one."""
    best = ranked[0]
    first = best.found[0]
    words = fold_text(first.span.of(best.text))
    # More or fewer words around the same ones are the same answer.
    elsewhere = [
        found
        for sentence in ranked
        for found in sentence.found
        if fold_text(found.span.of(sentence.text)) != words and not (sentence is best and found.span.overlap(first.span))
    ]
    return (
        first.share,
        _within(first.score),
        _logit(confidence),
        _within(first.score - max((found.score for found in elsewhere), default=_NO_SPAN)),
        float(min(len(words.split()), _LONG)),
        float(best.hit.language != question.language),
    )


_LONG = 10  # words of a short answer, beyond which one more is no less likely


def is_fragment(text: str) -> bool:
    """Whether a line is a headline, byline or label rather than a sentence."""
    return (text.startswith("#") and "\n" not in text) or (len(text.split()) <= FRAGMENT_WORDS and _SENTENCE_END.search(text) is None)


def _choose(question: Question, ranked: Sequence[ReadSentence]) -> list[Evidence]:
    """The evidence: the best sentence and further whole sentences that are nearly as likely to answer, without duplicates."""
    chosen: dict[str, Evidence] = {}
    words = 0
    for sentence in ranked:
        key = _key(sentence)
        if _is_duplicate(chosen, key, sentence):
            continue
        if len(chosen) == MOST_STATEMENTS or sentence.score < _FURTHER * ranked[0].score:
            continue
        if chosen and is_fragment(sentence.text):
            continue
        span = _clauses(sentence, question, MOST_WORDS) if not chosen else sentence.span
        text = sentence.text[span.start - sentence.span.start : span.end - sentence.span.start]
        if words + len(text.split()) > MOST_WORDS and chosen:
            continue
        chosen[key] = _evidence(question, sentence, span, text)
        words += len(text.split())
    return list(chosen.values())


def _near(question: Question, ranked: Sequence[ReadSentence], most_tokens: int) -> Iterator[Evidence]:
    """The best sentences within the token limit, without duplicates: at least one, and none that is much less likely to answer."""
    near: dict[str, Evidence] = {}
    for sentence in ranked if most_tokens else ():
        key = _key(sentence)
        if len(near) >= LEAST_NEAR and sentence.score < _NEAR * ranked[0].score:
            break
        if _is_duplicate(near, key, sentence) or (near and is_fragment(sentence.text)):
            continue
        span = _clauses(sentence, question, MOST_WORDS)
        text = sentence.text[span.start - sentence.span.start : span.end - sentence.span.start]
        most_tokens -= count_tokens(text)
        if near and (most_tokens < 0 or len(near) == MOST_NEAR):
            break
        near[key] = _evidence(question, sentence, span, text)
    return iter(near.values())


def _evidence(question: Question, sentence: ReadSentence, span: Span, text: str) -> Evidence:
    why = pairs(question.text, question.encoded, sentence.hit.matches, text, span.start)
    return Evidence(sentence.hit.passage.article_id, span, text, sentence.score, why)


def _key(sentence: ReadSentence) -> str:
    """A key that is equal for sentences that differ in their ends and in case only."""
    return fold_text(sentence.text).strip(" .\"'")


def _is_duplicate(chosen: dict[str, Evidence], key: str, sentence: ReadSentence) -> bool:
    """Whether the sentence is already among the chosen; if it is from another article, it is added to the reprints."""
    before = chosen.get(key)
    if before is None:
        return False
    article_id = sentence.hit.passage.article_id
    if article_id not in {before.article_id, *(id for id, _ in before.reprints)}:
        chosen[key] = replace(before, reprints=(*before.reprints, (article_id, sentence.span)))
    return True


def _clauses(sentence: ReadSentence, question: Question, most_words: int) -> Span:
    """The sentence, or its run of clauses of at most `most_words` words that holds the likeliest answer, or else most of the question."""
    text = sentence.text
    if len(text.split()) <= most_words:
        return sentence.span
    cuts = [0, *(match.end() for match in _CLAUSE_END.finditer(text)), len(text)]
    asked = {stem for stem in question.terms if not is_stop(stem)}
    best, best_share = Span(0, 0), -1.0
    for i, start in enumerate(cuts[:-1]):
        end = max((cut for cut in cuts[i + 1 :] if len(text[start:cut].split()) <= most_words), default=start)
        share = _worth(sentence, asked, Span(start, end))
        if end > start and share > best_share:
            best, best_share = trim(text, Span(start, end)), share
    if not len(best):  # one clause that exceeds the limit: its beginning
        words = list(re.finditer(r"\S+", text))[:most_words]
        best = Span(words[0].start(), words[-1].end())
    return Span(sentence.span.start + best.start, sentence.span.start + best.end)


def _worth(sentence: ReadSentence, asked: set[str], clauses: Span) -> float:
    """How much of the question a run of clauses has, and more than all of it for the answer."""
    has_answer = bool(sentence.found) and clauses.contains(sentence.found[0].span)
    return has_answer + len(asked.intersection(stems(clauses.of(sentence.text)))) / (1 + len(asked))
