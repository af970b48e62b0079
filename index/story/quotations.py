"""Extracts direct and indirect quotations from an article, each with its speaker and its cue.

Direct quotations are between marks (text/marks.py), in some languages after a dash too (dialogue.py). The speaker is named in the same
sentence or in the one before (the `cues` rules of each language); people.py resolves pronouns and family names. Without evidence no speaker
is given, as in a language without rules.

The rules use no model. Of PolNeAR's 584 marked quotations (150 political news articles, on which the rules were developed) they find .998
and attribute .962 to the right speaker; .955 of their direct quotations are marked as speech there. A plain pattern for quotation marks has
recall .97 at precision .89, and no speakers. A parser could improve on the remaining errors only, so that none is a dependency.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import ModuleType
from typing import Literal

from index.languages import cues
from index.languages.base import language, languages
from index.languages.cues import SpeechCue
from index.story.dialogue import turns, with_turns
from index.story.people import People
from index.text.marks import QuotedSpan, quoted_spans
from index.text.script import language_of_paragraph
from index.text.sentences import paragraph_spans, split_paragraph
from index.text.spans import Span, merge, trim

SpeechKind = Literal["direct", "indirect"]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A direct or indirect quotation.

    `span` is the content without its quotation marks, `speaker` the mention of the source ("he", "Shiraz Maher"), `speaker_name` the
    fullest name or description of that person in the article. The parts of an utterance that a cue or a paragraph's end interrupts share
    `utterance`, a number within the article.
    """

    span: Span
    speech: SpeechKind
    speaker: Span | None
    speaker_name: str | None
    cue: Span | None
    utterance: int


# The end of a quotation whose sentence may go on.
_READY = re.compile(r"[,،?؟!…—–-][\"'”’]*$")
_SENTENCE = re.compile(r"[.!?…؟۔][\"'”’»)\]]*\s+|\n")
_SHORT = 3  # words; a quotation of no more is speech only with a cue
_LEADING = frozenset(':,،.!?؟…"”»')
_LEAD = 40  # characters before a quotation that may introduce it; not measured
_TITLE_WORDS = 7  # the longest title of a work that is recognised; not measured
_ALL_RULES = tuple(rules for known in languages() if (rules := known.rules("cues")) is not None)


def quotations_of(text: str, story: Sequence[Span] | None = None, language: str | None = None) -> tuple[Quotation, ...]:
    """The quotations of `text`, or of its parts `story`, in order. `language` is the code of the text's language; if it is not given, or a
    paragraph is in another script, the rules of the script's default language apply.

    >>> text = '“We leave at dawn,” said Mona Reyes, the captain. “Nobody stays behind.” She added that the sea was calm.'
    >>> [(q.span.of(text), q.speaker_name, q.speech) for q in quotations_of(text)]  # doctest: +NORMALIZE_WHITESPACE
    [('We leave at dawn,', 'Mona Reyes', 'direct'),
     ('Nobody stays behind.', 'Mona Reyes', 'direct'),
     ('the sea was calm', 'Mona Reyes', 'indirect')]
    """
    parts = merge(story) if story is not None else [Span(0, len(text))]
    return tuple(_Extractor(text, [paragraph for paragraph in _paragraphs(text, parts) if len(paragraph)], language).extract())


def _paragraphs(text: str, parts: Sequence[Span]) -> Iterator[Span]:
    next_part = 0
    for paragraph in paragraph_spans(text):
        while next_part < len(parts) and parts[next_part].end <= paragraph.start:
            next_part += 1
        for part in islice(parts, next_part, None):
            if part.start >= paragraph.end:
                break
            if part.contains(paragraph):
                yield paragraph
            else:
                yield trim(text, Span(max(paragraph.start, part.start), min(paragraph.end, part.end)))


@dataclass(frozen=True, slots=True)
class _Direct:
    """A quotation between marks, with its cue."""

    quoted: QuotedSpan
    cue: SpeechCue | None
    tagged: bool
    """Whether the cue is this quotation's: a tag after it, or an introduction that ends in a colon or comma."""
    continues: bool
    """Whether it continues the utterance of the quotation before."""


class _Extractor:
    """Extracts the quotations of one article."""

    def __init__(self, text: str, paragraphs: list[Span], text_language: str | None) -> None:
        self._text = text
        self._paragraphs = paragraphs
        codes = (language_of_paragraph(text, paragraph, text_language) for paragraph in paragraphs)
        self._rules: list[ModuleType] = [language(code).rules("cues") or cues for code in codes]
        self._people = People(text, paragraphs, text_language)
        self._tags: dict[Span, _Direct] = {}

    def extract(self) -> list[Quotation]:
        spoken = list(turns(self._text, self._paragraphs, self._rules))
        self._tags.update({turn.outer: _Direct(turn, None, True, False) for turn in spoken})
        marked = with_turns(quoted_spans(self._text, self._paragraphs), spoken)
        outer = [part for quoted in marked if quoted.depth == 0 for part in self._parts(quoted)]
        direct = [quotation for quotation in self._attribute_backwards(self._attribute(outer)) if self._is_speech(quotation)]
        inner = [quoted for quoted in marked if quoted.depth <= 1] if any(quoted.depth for quoted in marked) else []
        return self._resolve(direct, self._narration(outer, {quotation.quoted.outer for quotation in direct}), inner)

    def _parts(self, quoted: QuotedSpan) -> list[QuotedSpan]:
        """Splits a quotation at the tags between its marks. `_tags` keeps the cue of each part."""
        tags = self._rules[quoted.paragraph].within(self._text, quoted.content)
        ends = [*(Span(tag.start, tag.end) for _, tag in tags), Span(quoted.content.end, quoted.content.end)]
        parts: list[QuotedSpan] = []
        start = quoted.content.start
        for end in ends:
            content = trim(self._text, Span(start, end.start))
            if any(map(str.isalnum, content.of(self._text))):
                parts.append(replace(quoted, content=content, outer=content, opens_paragraph=quoted.opens_paragraph and not parts))
            start = end.end
        if not tags or not parts:
            return [quoted]
        parts[0] = replace(parts[0], outer=Span(quoted.outer.start, parts[0].outer.end))
        parts[-1] = replace(parts[-1], outer=Span(parts[-1].outer.start, quoted.outer.end))
        for index, part in enumerate(parts):
            self._tags[part.outer] = _Direct(part, tags[0][0], True, index > 0)
        return parts

    # Attribution.

    def _attribute(self, marked: Sequence[QuotedSpan]) -> list[_Direct]:
        attributed: list[_Direct] = []
        for index, quoted in enumerate(marked):
            if quoted.outer in self._tags:
                attributed.append(self._tags[quoted.outer])
                continue
            previous = attributed[-1] if attributed else None
            paragraph = self._paragraphs[quoted.paragraph]
            here = previous if previous is not None and previous.quoted.paragraph == quoted.paragraph else None
            following = marked[index + 1] if index + 1 < len(marked) and marked[index + 1].paragraph == quoted.paragraph else None
            before = Span(here.quoted.outer.end if here else paragraph.start, quoted.outer.start)
            after = Span(quoted.outer.end, following.outer.start if following else paragraph.end)
            attributed.append(self._attribute_one(quoted, before, after, here, previous))
        return attributed

    def _attribute_one(self, quoted: QuotedSpan, before: Span, after: Span, here: _Direct | None, previous: _Direct | None) -> _Direct:
        """`here` is the quotation before in the same paragraph, `previous` the last one in the article."""
        text, rules = self._text, self._rules[quoted.paragraph]
        lead = self._lead(before)
        introduces = text[lead.end - 1 : lead.end] in {":", ",", "،"} if len(lead) else False
        content = quoted.content.of(text)
        tail = text[after.start : after.start + 3].lstrip()[:1]
        cue_after: SpeechCue | None = rules.after(text, after, bool(_READY.search(content)) or tail in {",", "،"})
        if (
            previous is not None
            and previous.quoted.continued
            and previous.quoted.paragraph + 1 == quoted.paragraph
            and quoted.opens_paragraph
        ):
            cue = previous.cue or cue_after
            return _Direct(quoted, cue, cue is not None, True)
        cue_before: SpeechCue | None = rules.before(text, lead) if len(lead) else None
        if here is not None and here.cue is not None and len(lead) == len(trim(text, before)) and _interrupts(here.cue, before, cue_before):
            return _Direct(quoted, here.cue, here.tagged, True)
        comma = content[-1:] in {",", "،"} or tail in {",", "،"}
        if cue_before is not None and ((introduces and not comma) or cue_after is None):
            return _Direct(quoted, cue_before, introduces, False)
        if cue_after is not None:
            return _Direct(quoted, cue_after, True, False)
        if len(lead):
            subject = rules.subject(text, lead) if text[lead.end - 1] in ":—–" else None
            return _Direct(quoted, self._as_cue(subject), subject is not None, False)
        return self._without_cue(quoted, before, here, previous)

    def _lead(self, before: Span) -> Span:
        """The beginning of the sentence that contains a quotation, up to its mark."""
        text = self._text
        start = before.start
        for match in _SENTENCE.finditer(text, before.start, before.end):
            token = text[max(before.start, match.start() - 12) : match.start() + 1].rsplit(None, 1)
            if not (token and any(rules.is_abbreviation(token[-1]) for rules in _ALL_RULES)):
                start = match.end()
        return trim(text, Span(start, before.end))

    def _as_cue(self, subject: Span | None) -> SpeechCue | None:
        """A cue without a verb of saying: the subject of a sentence that introduces a quotation, if it is a person."""
        if subject is None or not self._people.knows(subject.of(self._text)):
            return None
        return SpeechCue(Span(subject.start, subject.start), subject)

    def _without_cue(self, quoted: QuotedSpan, before: Span, here: _Direct | None, previous: _Direct | None) -> _Direct:
        """Attributes a quotation that begins its sentence and has no tag: to the speaker before, or by the sentence before."""
        text, rules = self._text, self._rules[quoted.paragraph]
        between = trim(text, before)
        if here is not None:
            sentences = split_paragraph(text, between) if len(between) else []
            if len(sentences) > 1:
                cue = rules.before(text, sentences[-1])
                if cue is not None:
                    return _Direct(quoted, cue, False, False)
                if here.cue is None:
                    return _Direct(quoted, self._as_cue(rules.subject(text, sentences[-1])), False, False)
            return _Direct(quoted, here.cue, here.tagged, here.cue is not None)
        if len(between):
            return self._after_narration(quoted, split_paragraph(text, between)[-1], None)
        if quoted.paragraph == 0:
            return _Direct(quoted, None, False, False)
        paragraph = self._paragraphs[quoted.paragraph - 1]
        adjacent = previous if previous is not None and previous.quoted.paragraph == quoted.paragraph - 1 else None
        rest = trim(text, Span(adjacent.quoted.outer.end if adjacent else paragraph.start, paragraph.end))
        if not len(rest):
            return _Direct(quoted, adjacent.cue if adjacent else None, bool(adjacent and adjacent.tagged), bool(adjacent and adjacent.cue))
        return self._after_narration(quoted, split_paragraph(text, rest)[-1], adjacent)

    def _after_narration(self, quoted: QuotedSpan, last: Span, adjacent: _Direct | None) -> _Direct:
        """Attributes a quotation by the `last` sentence of narration before it, else to the speaker of the `adjacent` paragraph."""
        text, rules = self._text, self._rules[quoted.paragraph]
        introduced = last.of(text).endswith(":")
        cue: SpeechCue | None = rules.before(text, last)
        if cue is not None:
            return _Direct(quoted, cue, introduced, False)
        if adjacent is not None and adjacent.cue is not None and not introduced:
            return _Direct(quoted, adjacent.cue, adjacent.tagged, True)
        subject = rules.subject(text, last)
        cue = self._as_cue(subject)
        if cue is None and (subject is None or not introduced):
            cue = self._last_cue(quoted, last)
        return _Direct(quoted, cue, introduced, False)

    def _last_cue(self, quoted: QuotedSpan, last: Span) -> SpeechCue | None:
        """The last cue of the paragraph before, whose speaker goes on in a quotation without a cue."""
        text, rules = self._text, self._rules[quoted.paragraph]
        paragraph = self._paragraphs[quoted.paragraph - 1]
        if not paragraph.contains(last):
            return None
        for sentence in reversed(split_paragraph(text, trim(text, Span(paragraph.start, last.start)))):
            cue: SpeechCue | None = rules.before(text, sentence)
            if cue is not None:
                return cue
        return None

    def _attribute_backwards(self, direct: Sequence[_Direct]) -> list[_Direct]:
        """Attributes quotations by the cue of the next one, with nothing between them: “A.” “B,” he said."""
        attributed = list(direct)
        for index in range(len(attributed) - 2, -1, -1):
            current, following = attributed[index], attributed[index + 1]
            if current.cue is not None or following.cue is None or following.quoted.paragraph != current.quoted.paragraph:
                shares_cue = current.quoted.continued and following.continues and current.cue is None
            else:
                shares_cue = not self._text[current.quoted.outer.end : following.quoted.outer.start].strip()
            if shares_cue:
                attributed[index] = _Direct(current.quoted, following.cue, following.tagged, current.continues)
                attributed[index + 1] = _Direct(following.quoted, following.cue, following.tagged, True)
        return attributed

    def _inner(self, marked: Sequence[QuotedSpan]) -> Iterator[Quotation]:
        """Quotations within a quotation that a cue in it introduces. Other uses of marks are not distinguished there."""
        around: QuotedSpan | None = None
        for quoted in marked:
            if quoted.depth == 0:
                around = quoted
            elif around is not None and around.content.contains(quoted.content) and quoted.depth == 1:
                cue = self._rules[quoted.paragraph].before(self._text, self._lead(Span(around.content.start, quoted.outer.start)))
                if cue is not None and cue.speaker is not None:
                    name = self._people.named(cue.speaker)
                    yield Quotation(quoted.content, "direct", cue.speaker, name, cue.verb, 0)

    # Narration.

    def _narration(self, outer: Sequence[QuotedSpan], speech: Container[Span]) -> Iterator[tuple[Span, ModuleType, bool]]:
        """The sentences that begin outside quotation marks, with their rules, and whether they contain a direct quotation."""
        index = 0
        for number, paragraph in enumerate(self._paragraphs):
            first = index
            while index < len(outer) and outer[index].paragraph == number:
                index += 1
            spans = [quoted.outer for quoted in outer[first:index]]
            at = 0
            for sentence in split_paragraph(self._text, paragraph):
                while at < len(spans) and spans[at].end <= sentence.start:
                    at += 1
                if at == len(spans) or spans[at].start > sentence.start:
                    last = at
                    while last < len(spans) and spans[last].start < sentence.end:
                        last += 1
                    yield sentence, self._rules[number], any(span in speech for span in spans[at:last])

    # Speakers.

    def _resolve(
        self, direct: Sequence[_Direct], narration: Iterator[tuple[Span, ModuleType, bool]], nested: Sequence[QuotedSpan]
    ) -> list[Quotation]:
        """All quotations in order, each with its speaker resolved, which depends on the mentions before it."""
        quotations: list[Quotation] = []
        utterance = -1
        after_direct = False
        names: dict[tuple[int, int], str | None] = {}
        # Read only before the next quotation: most narration is followed by none.
        unread: list[tuple[Span, ModuleType]] = []

        def catch_up() -> None:
            for sentence, rules in unread:
                self._note_narration(sentence, rules)
            unread.clear()

        def name(cue: SpeechCue | None) -> str | None:
            if cue is None:
                return None
            key = (cue.verb.start, cue.speaker.start if cue.speaker else -1)
            if key not in names:
                names[key] = self._people.note(cue.speaker, cue.form)
            return names[key]

        events: list[tuple[int, _Direct | tuple[Span, ModuleType, bool]]] = [(event.quoted.outer.start, event) for event in direct]
        events += [(sentence[0].start, sentence) for sentence in narration]
        for _, event in sorted(events, key=lambda pair: pair[0]):
            if isinstance(event, _Direct):
                catch_up()
                speaker = name(event.cue)
                utterance += not (event.continues and after_direct)
                after_direct = True
                verb = event.cue.verb if event.cue and len(event.cue.verb) else None
                where = event.cue.speaker if event.cue else None
                if where is None and speaker is not None:
                    where = self._people.place_of(speaker)
                quotations.append(Quotation(event.quoted.content, "direct", where, speaker, verb, utterance))
                continue
            sentence, rules, quotes = event
            report = None if quotes else rules.reported(self._text, sentence)
            if report is not None:
                cue, span = report
                catch_up()
                speaker = name(cue)
                utterance, after_direct = utterance + 1, False
                where = cue.speaker if cue.speaker is not None or speaker is None else self._people.place_of(speaker)
                quotations.append(Quotation(trim(self._text, span), "indirect", where, speaker, cue.verb, utterance))
            else:
                unread.append((sentence, rules))
        if nested:
            catch_up()
            quotations += [replace(inner, utterance=utterance + count) for count, inner in enumerate(self._inner(nested), start=1)]
        return sorted(quotations, key=lambda quotation: (quotation.span.start, quotation.span.end))

    def _note_narration(self, sentence: Span, rules: ModuleType) -> None:
        """Records the person whom a sentence of narration mentions."""
        cue: SpeechCue | None = rules.acting(self._text, sentence)
        if cue is not None and cue.speaker is not None:
            self._people.note(cue.speaker, cue.form)
        elif (subject := rules.subject(self._text, sentence)) is not None and self._people.knows(subject.of(self._text)):
            self._people.note(subject, None)

    def _is_speech(self, quotation: _Direct) -> bool:
        """Whether a direct quotation is speech, not the title of a work or words in scare quotes."""
        text = self._text
        words = quotation.quoted.content.of(text).split()
        before = text[max(0, quotation.quoted.outer.start - 2) : quotation.quoted.outer.start].rstrip()[-1:]
        after_verb = quotation.cue is not None and quotation.cue.verb.end <= quotation.quoted.outer.start <= quotation.cue.verb.end + 2
        # A title is within a sentence, after its first words.
        introduced = before in _LEADING or quotation.quoted.opens_paragraph or quotation.continues or after_verb
        if not introduced and len(words) <= _TITLE_WORDS and _is_title(words):
            return False
        if quotation.tagged or quotation.continues or after_verb:
            return True
        if len(words) > _SHORT:
            return True
        paragraph = self._paragraphs[quotation.quoted.paragraph]
        lead = Span(max(paragraph.start, quotation.quoted.outer.start - _LEAD), quotation.quoted.outer.start)
        return bool(self._rules[quotation.quoted.paragraph].leads(text, lead, quotation.cue))


def _interrupts(cue: SpeechCue, between: Span, cue_before: SpeechCue | None) -> bool:
    """Whether the text between two quotations is the tag of the first, so that both are one utterance."""
    return between.start <= cue.verb.start < between.end and (cue_before is None or cue_before.verb == cue.verb)


def _is_title(words: Sequence[str]) -> bool:
    """Whether words are written like the title of a work: each long word with a capital."""
    long = [word for word in words if len(word.strip(".,!?’'")) > 3]
    return bool(long) and words[0][:1].isupper() and all(word[0].isupper() for word in long) and (len(words) > 1 or words[0][-1:] == ",")
