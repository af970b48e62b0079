"""Whether the sentences that a statement names bear it out.

A language model writes a statement and names the sentences that it rests on; what they do not say is not asserted. No model judges here:
what stands between quotation marks must stand there letter for letter; every number, date and name must be theirs (figures.py,
mentions.py); what is denied, open, alleged, widened or turned into its opposite must be so there (senses.py); and each further word must
meet one of theirs, by its stem or by the vectors of the embedding model. docs/guard.md has the figures.

What it cannot see: a role that is swapped around a verb with other words, what follows from two sentences only, a name in Arabic that
looks like a word, irony.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from rapidfuzz.distance import Indel

from index.articles import Article
from index.embed import Embedder, TokenEmbedder
from index.names import skeleton
from index.people import ARABIC_GIVEN
from index.quotation_marks import quoted
from index.spans import Span
from qa.figures import Figure, figures, unborne
from qa.glossary import groups
from qa.mentions import Background, forms, initials, same_name, shares_few
from qa.reversals import reversal_of
from qa.senses import (
    LIGHT,
    Cue,
    Word,
    allegations,
    claims,
    is_attributed,
    is_rejection,
    looks_negative,
    negations,
    open_questions,
    opposed,
    softly_denies,
    turned,
    words,
)
from qa.wording import Words, same_wording

Fault = Literal["number", "date", "name", "negation", "words", "quotation", "judge", "question"]

_LONGEST = 2_000  # characters; a longer statement is none. No measurement behind it
_ARTICLES = 64  # whose surroundings are kept; no measurement behind it


@dataclass(frozen=True, slots=True)
class Ground:
    """A sentence that a statement rests on: `span` of `article`, and who says it there, if somebody does."""

    article: Article
    span: Span
    speaker: str | None = None

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a statement is not borne out; `words` are the statement's own words that are not, or empty."""

    fault: Fault
    words: str


# Chosen on our own cases (tests/cases/guard.json) and on sentences of the public sets; docs/guard.md has the tables.
_ALIKE = 0.53  # a word of the statement with the likest token of its grounds, in one language
_ALIKE_ACROSS = 0.36
_ALIKE_NAME = 0.5  # a name across languages that shares no consonants, and is translated
_ALIKE_SHORT_NAME = 0.45  # one that shares two consonants, as many words do by chance
_SAME_WORD = 0.45  # two words across languages that are taken for one another
_MOST_UNMET = 0.0  # the share of the content words that may meet none
_MOST_UNMET_ACROSS = 0.2
_MEAN = 0.55  # of all content words
_MEAN_ACROSS = 0.52
_ALIKE_WHOLE = 0.87  # cosine of the whole, for models with single vectors; as in translations.py

_ANSWER = re.compile(r"^\s*(?:yes|no|نعم|لا|كلا|أجل|بلى)\s*[,.،:;!—–-]+\s*", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?:|www\.|\w@\w|\w\.(?:com|org|net|io|example)\b)\S*", re.IGNORECASE)
_BE = frozenset({"was", "were", "been", "being", "is", "are", "be", "got", "get"})
# A statement that shares this part of its words with a ground, in one order, is compared with it place by place; changes of more words than
# _LONGEST_CHANGE are other sentences. No measurement behind the two.
_FOLLOWS = 0.6
_LONGEST_CHANGE = 3
# A statement with this part of as many content words as a ground in another language tells all of it, with what it denies. Not measured.
_WHOLE = 0.6
_TELLING = 2  # words behind a denied number that say what is told of it; no measurement behind it
_SUBJECT_FAR = 4  # words between a name and its verb
# How words end that begin a sentence and are hardly a name.
_PLAIN_ENDINGS = ("s", "ing", "ed", "ly", "tion", "ment")
_UN = frozenset({"غير", "وغير", "فغير"})  # "غير سعيد" is "unhappy"


class Guard:
    """Checks statements against their grounds. What was read of an article is kept for the next statement."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._backgrounds: dict[str, Background] = {}

    def failure(self, statement: str, grounds: Sequence[Ground]) -> Failure | None:
        """Why the grounds do not bear a statement out; None where they do. Never raises for any text; EmbedderError where the model does.

        A statement that stands in a ground word for word passes, unless the words before it turn its sense.
        """
        statement = statement.encode("utf-8", "replace").decode("utf-8")
        answer = _ANSWER.match(statement)
        said = statement[answer.end() :] if answer else statement
        for ground in grounds:
            found = _verbatim(said, ground.text)
            if found is not None:
                return found if found.fault == "negation" else None
        if len(said) > _LONGEST:
            return Failure("words", "")
        check = _Check(said, [_Source(ground, self._background(ground.article)) for ground in grounds], self._embedder)
        return next(check.run(), None)

    def _background(self, article: Article) -> Background:
        known = self._backgrounds.get(article.sha256)
        if known is None:
            while len(self._backgrounds) >= _ARTICLES:
                del self._backgrounds[next(iter(self._backgrounds))]
            known = self._backgrounds[article.sha256] = Background(article)
        return known


def _verbatim(said: str, source: str) -> Failure | None:
    """Of a statement that is (part of) a sentence word for word what turns it there, or a Failure without words for nothing."""
    mine, theirs = Words(said), Words(source)
    if not mine.words or not any(words_of.is_stop is False for words_of in words(said)):
        return None
    for first in theirs.runs(mine.words):
        span = theirs.span(first, first + len(mine))
        if same_wording(source, span, said, mine.span(0, len(mine))):
            turned_by = reversal_of(source, Span(0, len(source)), span)
            return Failure("words", "") if turned_by is None else Failure("negation", said.strip())
    return None


class _Source:
    """A ground, with what is compared of it."""

    def __init__(self, ground: Ground, background: Background) -> None:
        self.ground, self.background = ground, background
        self.text = ground.text.encode("utf-8", "replace").decode("utf-8")
        self.words = words(self.text)
        self.figures = figures(self.text)
        self.is_arabic = _is_arabic_text(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)

    @cached_property
    def groups(self) -> frozenset[int]:
        """The entries of the glossary that its words stand in."""
        return frozenset().union(*(groups(word.stem, *forms(word.text)) for word in self.words))

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(_root(word.stem) for word in self.words)

    @cached_property
    def known(self) -> frozenset[str]:
        """Folded words of the names that this sentence speaks of without giving them."""
        names = [*self.background.names(self.ground.span), *([self.ground.speaker] if self.ground.speaker else [])]
        return frozenset(word.text for name in names for word in words(name))

    @cached_property
    def things(self) -> frozenset[str]:
        return frozenset(word.stem for noun in self.background.nouns(self.ground.span) for word in words(noun))


class _Check:
    def __init__(self, said: str, sources: Sequence[_Source], embedder: Embedder) -> None:
        self.said, self.sources, self._embedder = said, sources, embedder
        self.words = words(said)
        self.figures = figures(said)
        self.is_arabic = _is_arabic_text(said)
        self.content = [
            index
            for index, word in enumerate(self.words)
            if not word.is_stop and word.text not in LIGHT and not any(one.span.overlap(word.span) for one in self.figures)
        ]
        self._is_across = bool(sources) and all(source.is_arabic != self.is_arabic for source in sources)
        self.together = tuple(word for source in sources for word in source.words)

    def run(self) -> Iterator[Failure]:
        if not self.sources or not (self.content or self.figures) or not self.words:
            yield Failure("words", self.said.strip())
            return
        yield from self._quotations()
        yield from self._changes()
        yield from self._figures()
        yield from self._names()
        yield from self._roles()
        yield from self._negation()
        yield from self._facts()
        yield from self._senses()
        yield from self._meetings()

    # ------------------------------------------------------------------------------------------- quotations

    def _quotations(self) -> Iterator[Failure]:
        for one in quoted(self.said, [Span(0, len(self.said))]):
            inside = one.content.of(self.said)
            if not any(_stands_in(inside, source.text) for source in self.sources):
                yield Failure("quotation", inside)

    # ------------------------------------------------------------------------------------------- words in the place of others

    def _changes(self) -> Iterator[Failure]:
        """Where a statement follows a ground word by word and has something else in a place: that may stand elsewhere in the ground."""
        for source in self.sources:
            if source.is_arabic != self.is_arabic:
                continue
            mine, theirs = [word.text for word in self.words], [word.text for word in source.words]
            codes = [code for code in Indel.opcodes(theirs, mine) if code.tag == "equal"]
            equal = [(code.src_start, code.dest_start, code.src_end, code.dest_end) for code in codes]
            common = sum(end - start for start, _, end, _ in equal)
            if 2 * common < _FOLLOWS * (len(mine) + len(theirs)):
                continue
            for gap in _gaps(equal, len(theirs), len(mine)):
                yield from self._change(source, *gap)

    def _change(self, source: _Source, theirs: range, mine: range) -> Iterator[Failure]:
        """What stands in one place of the two: words of the ground, words of the statement."""
        ours, others = ([sentence[index] for index in places] for sentence, places in ((self.words, mine), (source.words, theirs)))
        if len(ours) > _LONGEST_CHANGE or len(others) > _LONGEST_CHANGE:
            return
        said = " ".join(word.span.of(self.said) for word in ours)
        turns = [sum(map(looks_negative, changed)) for changed in (ours, others)]
        if turns[0] % 2 != turns[1] % 2 and not any(
            figure.is_denied and _is_counted(word, [figure]) for figure in self.figures for word in ours
        ):
            yield Failure("negation", said)
        counted = [
            [figure for figure in found if any(figure.span.overlap(word.span) for word in changed)]
            for found, changed in ((self.figures, ours), (source.figures, others))
        ]
        if counted[0] and counted[1]:
            wrong = unborne(counted[0], [(source.text, counted[1])], frozenset())
            if wrong is not None:
                yield Failure("date" if wrong.is_of_calendar and wrong.kind != "time" else "number", wrong.span.of(self.said))
        named = [word for word in ours if word.is_capital and not _is_counted(word, self.figures) and not word.is_stop and word.span.start]
        instead = [
            word for word in others if word.is_capital and not _is_counted(word, source.figures) and not word.is_stop and word.span.start
        ]
        is_same = any(same_name(_plain(one.text), _plain(other.text)) for one in named for other in instead)
        if named and instead and not is_same and not any(word.text in source.known for word in named):
            yield Failure("name", said)
        if opposed(ours, others):
            yield Failure("words", said)

    # ------------------------------------------------------------------------------------------- figures

    def _figures(self) -> Iterator[Failure]:
        stems = frozenset(word.stem for word in self.words)
        figure = unborne(self.figures, [(source.text, tuple(self._told(source, stems))) for source in self.sources], stems)
        if figure is not None:
            yield Failure("date" if figure.is_of_calendar and figure.kind != "time" else "number", figure.span.of(self.said))
        yield from self._bound_to_another()

    @staticmethod
    def _told(source: _Source, stems: frozenset[str]) -> Iterator[Figure]:
        """A ground's figures; one that is denied ("not the 340 that the ministry announced") is told where what follows is told of it."""
        for figure in source.figures:
            behind = [word for word in source.words if word.span.start >= figure.span.end and not word.is_stop and word.text not in LIGHT]
            told = figure.is_denied and sum(word.stem in stems for word in behind) >= _TELLING
            yield replace(figure, is_denied=False) if told else figure

    def _bound_to_another(self) -> Iterator[Failure]:
        """A number that a clause of the ground gives to another name than the only one that the statement has."""
        ours = [self.words[index] for index in self._capitals() if self._source_of_name(self.words[index]) and not self._says(index)]
        counted = [figure for figure in self.figures if figure.kind in {"number", "money", "percentage"} and not figure.loose]
        if self.is_arabic or not ours or len(counted) != 1:
            return
        for source in self.sources:
            if source.is_arabic:
                return
            facing = [figure for figure in source.figures if figure.value == counted[0].value and figure.kind == counted[0].kind]
            others = [figure for figure in source.figures if figure.kind == counted[0].kind and figure.value != counted[0].value]
            if len(facing) != 1 or not others:
                continue
            clause = [word for word in source.words if word.clause == _clause_of(source.words, facing[0].span)]
            named = _nearest_clause(source.text, clause, facing[0].span)
            theirs = [word for word in named if word.is_capital and not word.is_stop and not _is_counted(word, source.figures)]
            elsewhere = [word for word in source.words if word not in named]
            if (
                theirs
                and not any(same_name(word.text, other.text) for word in ours for other in theirs)
                and any(same_name(word.text, other.text) for word in ours for other in elsewhere)
                and not any(_root(word.stem) == _root(other.stem) for word in ours for other in theirs)
            ):
                yield Failure("name", " ".join(word.span.of(self.said) for word in ours))

    def _says(self, index: int) -> bool:
        """Whether a word is of whoever says the rest."""
        return any(word.text in LIGHT for word in self.words[max(0, index - 2) : index + 4])

    # ------------------------------------------------------------------------------------------- names

    def _capitals(self) -> list[int]:
        """The words of an English statement that are written as names."""
        capital = [index for index in self.content if self.words[index].is_capital]
        if len(capital) > max(3, 0.7 * len(self.content)) and len(self.content) > 6:
            return []  # a headline
        return capital

    def _source_of_name(self, word: Word) -> bool:
        plain = re.sub(r"'s?$", "", word.text)
        for source in self.sources:
            if word.stem in source.stems or any(self._same_name(word, plain, other) for other in source.known):
                return True
            beside = [other.text for other in source.words if other.is_capital or (source.is_arabic and not other.is_stop)]
            if any(self._same_name(word, plain, re.sub(r"'s?$", "", other)) for other in beside):
                return True
            for part in plain.split("-") if "-" in plain else ():
                if any(same_name(part, other.text) for other in source.words):
                    return True
        return False

    def _same_name(self, word: Word, plain: str, other: str) -> bool:
        """Whether a word of the statement and one of a ground are one name; where scripts share two consonants, the vectors judge."""
        if not same_name(plain, other):
            return False
        if plain.isascii() == other.isascii() or not shares_few(plain, other):
            return True
        vectors = self._vectors
        return vectors is not None and vectors.best(word.span) >= (_ALIKE_SHORT_NAME if len(skeleton(plain)) > 1 else _ALIKE_NAME)

    def _is_short_for(self, word: Word) -> bool:
        """Whether a name is the initials of words of a ground, or the other way round."""
        letters = word.text.replace(".", "")
        original = word.span.of(self.said)
        for source in self.sources:
            texts = [other.text for other in source.words if not other.is_stop]
            if original.isupper() and len(letters) > 1:
                spelt = [initials(texts[first : first + len(letters)]) for first in range(len(texts))]
                if letters in spelt:
                    return True
            for other in source.words:
                if other.span.of(source.text).isupper() and 2 <= len(other.text.replace(".", "")) <= 6:
                    at = self.words.index(word)
                    size = len(other.text.replace(".", ""))
                    near = [one.text for one in self.words[max(0, at - size) : at + size] if not one.is_stop]
                    if any(initials(near[first : first + size]) == other.text.replace(".", "") for first in range(len(near))):
                        return True
        return False

    def _follows_known(self, index: int) -> bool:
        """Whether the article says the word beside its neighbour in the statement, which a ground has: "Samir" before "Toval"."""
        beside = [(index - 1, index), (index, index + 1)]
        for one, other in beside:
            if not (one >= 0 and other < len(self.words)):
                continue
            neighbour = self.words[one if other == index else other]
            for source in self.sources:
                if source.is_arabic != self.is_arabic or not (neighbour.stem in source.stems or neighbour.text in source.known):
                    continue
                if source.background.follows(self.words[one].text, self.words[other].text):
                    return True
        return False

    @cached_property
    def _named(self) -> frozenset[int]:
        """The content words that a name of the grounds accounts for."""
        found = {
            index
            for index in self.content
            if self.words[index].is_capital and not self.is_arabic and self._source_of_name(self.words[index])
        }
        if self.is_arabic:
            for index in self.content:
                word = self.words[index]
                if any(
                    any(self._same_name(word, word.text, other) for other in source.known)
                    or (
                        not source.is_arabic
                        and any(
                            self._same_name(word, word.text, re.sub(r"'s?$", "", other.text)) for other in source.words if other.is_capital
                        )
                    )
                    for source in self.sources
                ):
                    found.add(index)
        for index in self.content:
            may_be_name = index not in found and (self.is_arabic or self.words[index].is_capital)
            if may_be_name and (self._follows_known(index) or self._is_short_for(self.words[index])):
                found.add(index)
        return frozenset(found)

    def _names(self) -> Iterator[Failure]:
        if self.is_arabic:
            yield from self._arabic_names()
            return
        for index in self._capitals():
            word = self.words[index]
            if index in self._named or self._is_lexical(index):
                continue
            across = self._is_across
            if across and index == 0 and word.text.endswith(_PLAIN_ENDINGS):
                continue
            if not across and (index == 0 or self.said[: word.span.start].rstrip()[-1:] in ".:!?"):
                following = self.words[index + 1] if index + 1 < len(self.words) else None
                is_name = following is not None and (following.is_capital or following.text in _BE | {"said", "has", "had", "will"})
                if not is_name or word.text.endswith(_PLAIN_ENDINGS):
                    continue  # an ordinary word, for the comparison of words
            if across and self._meets_name(index):
                continue
            yield Failure("name", word.span.of(self.said))

    def _meets_name(self, index: int) -> bool:
        """Across languages a name may be translated: the vectors must say so."""
        if self._vectors is None:
            return False
        spans = [[word.span for word in source.words] for source in self.sources]
        return self._vectors.best_word(self.words[index].span, spans) >= _ALIKE_NAME

    def _arabic_names(self) -> Iterator[Failure]:
        for index in self.content:
            word = self.words[index]
            given = any(
                near.text in ARABIC_GIVEN and not near.span.of(self.said).endswith("ى")  # "على" is no name
                for near in self.words[max(0, index - 1) : index + 1]
            )
            if given and index not in self._named and not self._is_lexical(index, by_root=False):
                alike = self._alike(index)
                if alike is None or alike < _ALIKE_NAME:
                    yield Failure("name", word.span.of(self.said))

    # ------------------------------------------------------------------------------------------- roles

    def _roles(self) -> Iterator[Failure]:
        """Who does and to whom it is done, where the verb is the same."""
        for source in self.sources:
            if source.is_arabic != self.is_arabic:
                continue
            if self.is_arabic:
                yield from self._arabic_roles(source)
                yield from self._arabic_owners(source)
            else:
                yield from self._english_roles(source)
                yield from self._exchanged(source)

    def _arabic_owners(self, source: _Source) -> Iterator[Failure]:
        """Whose something is: "فوز سمير" where the ground has "فوز دينا"."""
        stems = [word.stem for word in source.words]
        for head, ours in pairwise(self.words):
            if head.is_stop or ours.text not in ARABIC_GIVEN or stems.count(head.stem) != 1:
                continue
            place = stems.index(head.stem) + 1
            if place < len(stems) and source.words[place].text in ARABIC_GIVEN and source.words[place].text != ours.text:
                yield Failure("name", ours.span.of(self.said))

    def _exchanged(self, source: _Source) -> Iterator[Failure]:
        """Two names in the order of the ground with their two numbers in the other."""
        pairs = [(word, self._first(source, word)) for word in (self.words[index] for index in self._capitals())]
        named = [(word.span.start, place) for word, place in pairs if place is not None]
        counted = [
            (figure.span.start, other.span.start)
            for figure in self.figures
            for other in source.figures
            if figure.kind == other.kind == "number" and figure.value == other.value
        ]
        if len(counted) != 2 or len(named) != 2 or named[0][1] == named[1][1]:
            return
        behind = counted[0][0] > named[0][0] and counted[1][0] > named[1][0]
        if behind and _is_ordered(named) and not _is_ordered(counted):
            yield Failure("number", self.said.strip())

    @staticmethod
    def _first(source: _Source, word: Word) -> int | None:
        return next((other.span.start for other in source.words if other.is_capital and same_name(word.text, other.text)), None)

    def _english_roles(self, source: _Source) -> Iterator[Failure]:
        for at, verb in enumerate(self.words):
            if verb.is_stop or verb.text in LIGHT or verb.is_capital:
                continue
            places = [place for place, word in enumerate(source.words) if word.stem == verb.stem and not word.is_capital]
            if len(places) != 1:
                continue
            place = places[0]
            if verb.text.endswith("ing") != source.words[place].text.endswith("ing"):
                continue  # "the capsizing of"
            for index in self._capitals():
                mine = [
                    other for other, word in enumerate(source.words) if word.is_capital and same_name(word.text, self.words[index].text)
                ]
                if not mine or abs(index - at) > _SUBJECT_FAR or self.words[index].clause != verb.clause:
                    continue
                near = [
                    other
                    for other in mine
                    if abs(other - place) <= _SUBJECT_FAR and source.words[other].clause == source.words[place].clause
                ]
                if not near or _is_passive(self.words, at) != _is_passive(source.words, place):
                    continue
                if (
                    _is_passive(self.words, at)
                    or _is_object_of_preposition(self.words, index)
                    or _is_object_of_preposition(source.words, near[0])
                ):
                    continue
                if (index < at) != (near[0] < place) and not _inverts(source.words[place]):
                    yield Failure("name", self.words[index].span.of(self.said))

    def _arabic_roles(self, source: _Source) -> Iterator[Failure]:
        stems = [word.stem for word in source.words]
        for at in range(min(2, len(self.words) - 1)):
            verb = self.words[at].stem
            if self.words[at].is_stop or stems.count(verb) != 1:
                continue
            place = stems.index(verb)
            if place + 1 >= len(stems):
                continue
            ours, theirs = self.words[at + 1], source.words[place + 1]
            mine = [word.stem for word in self.words]
            if ours.is_stop or ours.stem == theirs.stem or _is_counted(ours, self.figures) or _is_counted(theirs, source.figures):
                continue
            if ours.stem in stems[place + 3 :] and theirs.stem in mine[at + 3 :]:
                yield Failure("name", ours.span.of(self.said))

    # ------------------------------------------------------------------------------------------- negation

    def _counterparts(self, word: Word, source: _Source) -> list[int]:
        """The words of a ground that a word of the statement meets."""
        return [index for index, other in enumerate(source.words) if not other.is_stop and _meets(word.stem, other.stem)]

    def _negation(self) -> Iterator[Failure]:
        ours = negations(self.words)
        for cue in ours:
            behind = self.words[cue.at + 1 : cue.at + 3]
            denied_here = [figure for figure in self.figures if figure.is_denied and any(figure.span.overlap(word.span) for word in behind)]
            if any(one.kind == other.kind and not other.is_denied for one in denied_here for other in self.figures):
                continue  # "nine, not eleven"
            met, denied, has_cue = False, False, False
            for source in self.sources:
                theirs = negations(source.words)
                has_cue = has_cue or bool(theirs)
                for index in cue.scope:
                    places = self._places(index, source)
                    met = met or bool(places)
                    denied = denied or any(_bears_on(source.words, other, place) for other in theirs for place in places)
            if self.words[cue.at].text in _UN and softly_denies(self.together):
                continue
            if not has_cue or (met and not denied and not is_rejection(self.words[cue.at])):
                yield Failure("negation", self._around(cue.at, cue.scope[:1]))
        if self._is_across:
            yield from self._counted(ours)
        clauses = {self.words[cue.at].clause for cue in ours}
        for source in self.sources:
            for cue in negations(source.words):
                if not (source.words[cue.at].text in _UN and softly_denies(self.words)):
                    yield from self._denied(source, cue.at, cue.scope, clauses, bool(ours))

    def _counted(self, ours: Sequence[Cue]) -> Iterator[Failure]:
        """Across languages, where no word tells what is denied: as many denials as there are, and no fewer where all is told."""
        real = [cue for cue in ours if self.words[cue.at].text not in _UN]
        found = [(source.words[cue.at].text not in _UN, source) for source in self.sources for cue in negations(source.words)]
        fewer = sum(is_real for is_real, _ in found) > len(ours) and any(self._tells_all(source) for _, source in found)
        if len(real) > len(found) or fewer:
            yield Failure("negation", self._around(real[0].at, real[0].scope[:1]) if real else self.said.strip())

    def _tells_all(self, source: _Source) -> bool:
        """Whether a statement is long enough to be the whole of what a ground says."""
        theirs = sum(not word.is_stop and word.text not in LIGHT for word in source.words)
        return len(self.content) >= _WHOLE * theirs

    def _denied(self, source: _Source, at: int, scope: Sequence[int], clauses: set[int], has_cue: bool) -> Iterator[Failure]:
        """What a ground denies and the statement says."""
        is_arabic_verb = source.is_arabic and len(scope) > 3
        plain = [place for place in scope if not (source.words[place].is_capital and not source.is_arabic)]
        for place in plain[: 5 if is_arabic_verb else 2]:
            word = source.words[place]
            if any(
                other.stem == word.stem and index not in scope and other.clause != source.words[at].clause
                for one in self.sources
                for index, other in enumerate(one.words)
                if one is not source or index != place
            ):
                continue
            mine = self._mine(word, source)
            if is_arabic_verb and place == plain[0]:
                continue  # the subject
            if mine and not any(self.words[index].clause in clauses for index in mine):
                if not has_cue:
                    yield Failure("negation", self.words[mine[0]].span.of(self.said))
                return
            if mine:
                return

    def _places(self, index: int, source: _Source) -> list[int]:
        """Where a word of the statement stands in a ground: by its stem, across languages by its vector."""
        if source.is_arabic == self.is_arabic:
            return self._counterparts(self.words[index], source)
        place = self._likest(index, source)
        return [] if place is None else [place]

    def _mine(self, word: Word, source: _Source) -> list[int]:
        """The content words of the statement that meet a word of a ground."""
        if source.is_arabic == self.is_arabic:
            return [index for index in self.content if _meets(self.words[index].stem, word.stem)]
        place = source.words.index(word)
        same = groups(word.text, word.stem, *forms(word.text))
        return [
            index
            for index in self.content
            if self._likest(index, source) == place or same & groups(self.words[index].text, self.words[index].stem)
        ]

    def _around(self, at: int, scope: Sequence[int]) -> str:
        last = self.words[scope[0]] if scope else self.words[at]
        return self.said[self.words[at].span.start : max(last.span.end, self.words[at].span.end)]

    # ------------------------------------------------------------------------------------------- what is no fact yet

    def _facts(self) -> Iterator[Failure]:
        is_open = bool(open_questions(self.words, self.said))
        attributed = is_attributed(self.words)
        for source in self.sources:
            for cue in open_questions(source.words, source.text) if not is_open else ():
                for place in cue.scope:
                    word = source.words[place]
                    if sum(other.stem == word.stem for one in self.sources for other in one.words) > 1:
                        continue
                    mine = self._past_of(word) if source.is_arabic and self.is_arabic else self._mine(word, source)
                    if mine and not negations(self.words) and not self._is_noun(mine[0]):
                        yield Failure("negation", self.words[mine[0]].span.of(self.said))
            for cue in allegations(source.words) if not attributed else ():
                mine = [index for place in cue.scope for index in self._mine(source.words[place], source)]
                if len(set(mine)) > 1:
                    yield Failure("negation", self.words[mine[0]].span.of(self.said))

    def _is_noun(self, index: int) -> bool:
        """Whether an article says that an English word is no verb: "a cost" where something "will cost"."""
        return index > 0 and self.words[index - 1].text in {"a", "an", "the", "this", "its", "their", "of"}

    def _past_of(self, word: Word) -> list[int]:
        """The Arabic verbs of the statement that tell as past what a ground tells as future: "دشن" where it "سيدشن"."""
        core = re.sub("^[وف]?س?[يتنأا]", "", word.text)
        return [
            index
            for index in self.content
            if len(core) >= 3
            and core in self.words[index].text
            and self.words[index].text[0] not in "يسن"
            and len(self.words[index].text) <= len(core) + 2
        ]

    def _senses(self) -> Iterator[Failure]:
        for word in (*turned(self.words, self.together), *claims(self.words, self.together, self._is_across)):
            yield Failure("words", word.span.of(self.said))

    # ------------------------------------------------------------------------------------------- the other words

    def _is_lexical(self, index: int, by_root: bool = True) -> bool:
        """Whether a word meets one of the grounds' by its letters."""
        word = self.words[index]
        for source in self.sources:
            if word.stem in source.stems or word.stem in source.things or word.text in source.known:
                return True
            if groups(word.text, word.stem, *forms(word.text)) & source.groups:
                return True
            if not word.is_capital and any(
                other.is_capital and not other.is_stop and source.background.follows(word.text, other.text) for other in source.words
            ):
                return True  # "the ferry" is what the article calls the Nawras
            if by_root and source.is_arabic == self.is_arabic:
                if len(_root(word.stem)) >= 3 and _root(word.stem) in source.roots and self.is_arabic:
                    return True
                if any(_meets(word.stem, other) for other in source.stems):
                    return True
        return False

    def _meetings(self) -> Iterator[Failure]:
        address = ADDRESS.search(self.said)
        if address is not None and not any(address[0] in source.text for source in self.sources):
            yield Failure("words", address[0])
        same = [source for source in self.sources if source.is_arabic == self.is_arabic]
        unmet = [index for index in self.content if index not in self._named and not self._is_lexical(index)]
        if not unmet:
            return
        if not isinstance(self._embedder, TokenEmbedder):
            yield from self._by_vector(unmet)
            return
        across = not same
        scores = {index: self._alike(index) or 0.0 for index in unmet}
        least, most = (_ALIKE_ACROSS, _MOST_UNMET_ACROSS) if across else (_ALIKE, _MOST_UNMET)
        worst = min(unmet, key=lambda index: scores[index])
        low = [index for index in unmet if scores[index] < least]
        mean = (sum(scores.values()) + len(self.content) - len(unmet)) / len(self.content)
        if len(low) > most * len(self.content) or mean < (_MEAN_ACROSS if across else _MEAN):
            yield Failure("words", self.words[worst].span.of(self.said))

    def _by_vector(self, unmet: Sequence[int]) -> Iterator[Failure]:
        vectors = self._embedder.passages([self.said, *(source.text for source in self.sources)])
        alike = float((vectors[1:] @ vectors[0]).max())
        across = all(source.is_arabic != self.is_arabic for source in self.sources)
        if alike < _ALIKE_WHOLE or (not across and len(unmet) > max(1, len(self.content) / 4)):
            yield Failure("words", self.words[unmet[0]].span.of(self.said))

    @cached_property
    def _vectors(self) -> _Vectors | None:
        return (
            _Vectors(self._embedder, self.said, [source.text for source in self.sources])
            if isinstance(self._embedder, TokenEmbedder)
            else None
        )

    def _alike(self, index: int) -> float | None:
        """How like a word is to the likest of the grounds; None where the model has no tokens."""
        return None if self._vectors is None else self._vectors.best(self.words[index].span)

    def _likest(self, index: int, source: _Source) -> int | None:
        """The word of a ground in another language that a word of the statement means, if one is like it enough."""
        if self._vectors is None:
            return None
        place = self._vectors.place(self.words[index].span, self.sources.index(source))
        if place is None:
            return None
        return next((at for at, word in enumerate(source.words) if word.span.start <= place < word.span.end), None)


class _Vectors:
    """The tokens of a statement against those of its grounds."""

    def __init__(self, embedder: TokenEmbedder, said: str, texts: Sequence[str]) -> None:
        self._question = embedder.question(said)
        self._encoded = embedder.encode(texts)
        self._alike = [embedder.compare(self._question.tokens, one.tokens) for one in self._encoded]
        self._all = np.concatenate(self._alike, axis=1)

    def _tokens(self, span: Span) -> list[int]:
        return [row for row, (start, end) in enumerate(self._question.spans.tolist()) if start < span.end and end > span.start]

    def best(self, span: Span) -> float:
        rows = self._tokens(span)
        if not rows or not self._all.size:
            return 0.0
        weights = np.maximum(self._question.weights[rows], 1e-6)
        return float(self._all[rows].max(axis=1) @ weights / weights.sum())

    def best_word(self, span: Span, words_of: Sequence[Sequence[Span]]) -> float:
        """The same for the likest single word of the grounds: pieces of a name may be like pieces of many."""
        rows = self._tokens(span)
        if not rows:
            return 0.0
        weights = np.maximum(self._question.weights[rows], 1e-6)
        best = 0.0
        for alike, encoded, spans in zip(self._alike, self._encoded, words_of, strict=True):
            places = encoded.spans.tolist()
            for word in spans:
                columns = [column for column, (start, end) in enumerate(places) if start < word.end and end > word.start]
                if columns:
                    best = max(best, float(alike[np.ix_(rows, columns)].max(axis=1) @ weights / weights.sum()))
        return best

    def place(self, span: Span, ground: int) -> int | None:
        rows, alike = self._tokens(span), self._alike[ground]
        if not rows or not alike.size:
            return None
        row = max(rows, key=lambda one: float(self._question.weights[one]))
        column = int(alike[row].argmax())
        return int(self._encoded[ground].spans[column][0]) if alike[row, column] >= _SAME_WORD else None


def _gaps(equal: Sequence[tuple[int, int, int, int]], theirs: int, mine: int) -> Iterator[tuple[range, range]]:
    """The places between what two sentences have in common, each as a range of either: at most one of the two is empty."""
    their_end, my_end = 0, 0
    for their_start, my_start, their_next, my_next in (
        *equal,
        (theirs, mine, theirs, mine),
    ):
        if their_start > their_end or my_start > my_end:
            yield range(their_end, their_start), range(my_end, my_start)
        their_end, my_end = their_next, my_next


def _plain(word: str) -> str:
    return re.sub(r"'s?$", "", word)


def _is_arabic_text(text: str) -> bool:
    """Whether most letters of a text are Arabic."""
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text if letter.isalpha())
    return 2 * arabic > sum(map(str.isalpha, text))


def _stands_in(inside: str, text: str) -> bool:
    mine, theirs = Words(inside), Words(text)
    return bool(mine.words) and any(
        same_wording(text, theirs.span(first, first + len(mine)), inside, mine.span(0, len(mine))) for first in theirs.runs(mine.words)
    )


_WEAK = str.maketrans("", "", "اويىءئؤآأإة")


def _root(stem: str) -> str:
    """The strong consonants of an Arabic stem, without what verbs and nouns begin with; any other stem as it is."""
    if not "\u0600" <= stem[:1] <= "\u06ff":
        return stem
    strong = stem.translate(_WEAK)
    while len(strong) > 3 and strong[0] in "متنس":
        strong = strong[1:]
    return strong if len(strong) == 3 or "ت" not in strong[1:-1] else strong[0] + strong[1:].replace("ت", "", 1)


def _meets(one: str, other: str) -> bool:
    """Whether two stems are one word's: the same, or with a long beginning in common."""
    if one == other:
        return True
    if "\u0600" <= one[:1] <= "\u06ff":
        return len(_root(one)) >= 3 and _root(one) == _root(other)
    shorter, longer = sorted((one, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return common >= 5 and common >= len(shorter) - 1 and common >= 0.6 * len(longer)


def _bears_on(sentence: Sequence[Word], cue: Cue, place: int) -> bool:
    """Whether a denial is of the word at a place: in its scope, behind it in its clause, or before it where it is a rejection."""
    if place in cue.scope or is_rejection(sentence[cue.at]):
        return True
    between = sentence[cue.at : place]
    return sentence[cue.at].clause == sentence[place].clause and cue.at < place and not any(word.text == "and" for word in between)


def _is_ordered(places: Sequence[tuple[int, int]]) -> bool:
    """Whether what stands first in the one stands first in the other."""
    (one, first), (other, second) = places
    return (one < other) == (first < second)


def _is_counted(word: Word, found: Sequence[Figure]) -> bool:
    return any(figure.span.overlap(word.span) for figure in found)


def _clause_of(sentence: Sequence[Word], span: Span) -> int:
    return next((word.clause for word in sentence if word.span.end > span.start), -1)


_PARTING = re.compile(r"\b(?:against|while|compared with|versus|and|but|than)\b")


def _nearest_clause(text: str, clause: Sequence[Word], span: Span) -> list[Word]:
    """The words of a clause that no "against" or "and" parts from a number."""
    start = max((match.end() for match in _PARTING.finditer(text) if match.end() <= span.start), default=0)
    end = min((match.start() for match in _PARTING.finditer(text) if match.start() >= span.end), default=len(text))
    return [word for word in clause if start <= word.span.start < end]


def _is_passive(sentence: Sequence[Word], at: int) -> bool:
    return any(word.text in _BE for word in sentence[max(0, at - 3) : at]) and sentence[at].text.endswith(("ed", "en", "n", "t", "d"))


def _is_object_of_preposition(sentence: Sequence[Word], at: int) -> bool:
    first = at
    while first > 0 and (sentence[first - 1].is_capital or sentence[first - 1].text in {"the", "a"}):
        first -= 1
    return first > 0 and sentence[first - 1].text in {
        "of",
        "in",
        "on",
        "at",
        "from",
        "to",
        "with",
        "by",
        "for",
        "against",
        "near",
        "than",
        "as",
    }


def _inverts(verb: Word) -> bool:
    """Whether a verb stands before its subject too: "said", "came"."""
    return verb.text in LIGHT
