"""The contract of a language's module `cues`, which attributes speech by the words near a quotation, with the neutral default.

Such a module has all functions of this one. The default for a language without it is that no speaker is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.text.spans import Span


@dataclass(frozen=True, slots=True)
class SpeechCue:
    """The words that attribute speech, such as a verb of saying, and the mention of the speaker; None if the sentence omits it.

    `form` is the form of a verb that agrees with its subject: "m", "f" or "p" (plural); None without agreement.
    """

    verb: Span
    speaker: Span | None
    form: str | None = None


class Token(NamedTuple):
    """A word or punctuation mark, with its offsets in the text. A tuple for speed: there is one for each word of an article.

    `lower` is the form for comparison: in lower case, or folded.
    """

    text: str
    start: int
    end: int
    lower: str


def after(text: str, gap: Span, ready: bool) -> SpeechCue | None:
    """The cue after a quotation. `gap` is the text after its closing mark, up to the next quotation or the paragraph's end.

    `ready` is whether the quotation's ending allows its sentence to go on: a comma, a question mark, a dash.
    """
    return None


def before(text: str, gap: Span) -> SpeechCue | None:
    """The cue in the sentence that introduces a quotation. `gap` ends at the opening mark."""
    return None


def within(text: str, content: Span) -> Sequence[tuple[SpeechCue, Span]]:
    """The tags between the marks of a quotation, in order, each with the span to exclude: « Non, dit-elle, je reste. »"""
    return ()


def is_dialogue(text: str, lines: Sequence[Span]) -> bool:
    """Whether successive paragraphs that begin with a dash are the turns of a conversation, and no list."""
    return False


def subject(text: str, sentence: Span) -> Span | None:
    """The subject of a sentence that begins with a person's name, a pronoun or a description."""
    return None


def acting(text: str, sentence: Span) -> SpeechCue | None:
    """The verb and subject of a sentence without speech whose subject may be the speaker of the next one."""
    return None


def reported(text: str, sentence: Span) -> tuple[SpeechCue, Span] | None:
    """The cue of a sentence of indirect speech, and the span of the reported content."""
    return None


def leads(text: str, lead: Span, cue: SpeechCue | None) -> bool:
    """Whether a short quotation after `lead`, without a tag, is speech rather than a name or title."""
    return False


def is_abbreviation(token: str) -> bool:
    """Whether `token` with its full stop is an abbreviation. Called for all languages: any text may contain foreign names."""
    return False
