"""French: attributes speech by the words near a quotation ("a déclaré Mme Roy", "a-t-il ajouté", "selon la préfecture").

The rules read the tokens of one sentence. After a quotation, and between its marks, verb and subject are inverted, with adjuncts between
them; before a quotation, the subject comes first. The functions are those of index/languages/cues.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.languages.base import language
from index.languages.cues import SpeechCue, Token
from index.languages.fr.nouns import (
    DETERMINERS,
    PLURAL_DETERMINERS,
    SPEAKING_PRONOUNS,
    TIMES,
    TITLES,
    is_name,
    mention_ending_at,
    mention_starting_at,
    starts_mention,
    tokenize,
)
from index.languages.fr.verbs import FINITE, GERUNDS, PARTICIPLES, Verb, verb_at
from index.text.spans import Span

_words = language("fr").word_set
_AUXILIARIES = _words("cues.auxiliaries")
_CLITICS = _words("cues.clitics")
_ADVERBS = _words("cues.adverbs")
_NOUN_TOO = _words("cues.noun_too")
_BREAKS = _words("cues.breaks")
_ACCORDING = _words("cues.according") - _words("cues.doubtful_according")
_DOUBTFUL_ACCORDING = _words("cues.doubtful_according")
_PHRASES = sorted((phrase.split() for phrase in language("fr").words("cues.according_phrases")), key=len, reverse=True)
_DEFINITE = _words("cues.definite")
_TAG_GOES_ON = _words("cues.tag_goes_on")
_LEADING = _words("cues.leading")
_ENDS_DESCRIPTION = _words("cues.ends")
_PUNCTUATION = frozenset(",-–—….")
_OPENING = frozenset(["et", "mais", "puis", "alors", "quant", "-", "–", "—", "«", "»"])
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|\n")
_BEGINS_SMALL = re.compile(r"[«“\"\s]{0,3}[a-zß-öø-ÿœ]")
_MAY_CLOSE = re.compile(r"[,–—?!…]")
_LONGEST = 1500  # characters of a sentence that are read; a longer one is a list or no sentence
_AFTER_PREPOSITION = frozenset(["l'", "la", "le", "les", "un", "une", "son", "sa", "ses", "leur", "nos", "notre", "des", "ce", "cette"])
_LONGEST_DISTANCE = 26  # tokens between a verb and its subject; not measured


def after(text: str, gap: Span, ready: bool) -> SpeechCue | None:
    """The cue after a quotation: see languages/cues.py.

    >>> said = "», a déclaré jeudi à la presse la maire de Brie, Jeanne Roy."
    >>> cue = after(said, Span(1, len(said)), True)
    >>> cue.verb.of(said), cue.speaker.of(said)
    ('a déclaré', 'la maire de Brie')
    """
    tokens = _first_sentence(text, gap)
    while tokens and tokens[0].text in _PUNCTUATION:
        ready = ready or tokens[0].text != "."
        tokens = tokens[1:]
    if not tokens or (tokens[0].text[0].isupper() and not ready):
        return None
    return _tag(text, tokens, ready)


def _tag(text: str, tokens: Sequence[Token], ready: bool) -> SpeechCue | None:
    """The cue of a tag that begins with the first token."""
    cue = _according(tokens, 0, doubtful=ready)
    if cue is not None:
        return cue
    at = 0
    if tokens[0].lower in {"comme", "ainsi"}:
        at = 2 if len(tokens) > 2 and tokens[1].lower == "que" else 1
    while at < len(tokens) - 1 and (
        tokens[at].lower in _CLITICS - {"n'", "ne"} or tokens[at].lower in {"peut", "pouvait"} or tokens[at].lower in _ADVERBS
    ):
        at += 1
    if tokens[at].lower == "on" and at + 1 < len(tokens) and tokens[at + 1].lower in {"lire", "entendre"}:
        return _read_in(tokens, at + 1)
    verb = verb_at(text, tokens, at, True)
    if verb is not None:
        if verb.pronoun is not None:
            if tokens[verb.pronoun].lower == "on":
                return _read_in(tokens, verb.last) or SpeechCue(verb.span(tokens), None)
            return SpeechCue(verb.span(tokens), Span(tokens[verb.pronoun].start, tokens[verb.pronoun].end))
        speaker = _subject_after(tokens, verb)
        if speaker is not None:
            return SpeechCue(verb.span(tokens), speaker)
        return None
    if not ready:
        return None
    # « … », elle ajoute; « … », le maire précise
    speaker = mention_starting_at(tokens, at)
    if speaker is None:
        return None
    index = next((index for index in range(at, len(tokens)) if tokens[index].start >= speaker.end), len(tokens))
    for start in range(at + 1, min(index + 3, len(tokens))):
        verb = verb_at(text, tokens, start, False)
        if verb is not None and tokens[start].lower not in _NOUN_TOO:
            left = mention_ending_at(tokens, _left_of(tokens, start))
            return None if left is None or left.start > speaker.start + 1 else SpeechCue(verb.span(tokens), left)
    return None


def _read_in(tokens: Sequence[Token], at: int) -> SpeechCue | None:
    """The cue of "peut-on lire dans le rapport"."""
    index = next((index for index in range(at + 1, min(at + 6, len(tokens))) if tokens[index].lower in {"dans", "sur", "de"}), None)
    speaker = None if index is None else mention_starting_at(tokens, index + 1)
    return None if speaker is None else SpeechCue(Span(tokens[at].start, tokens[at].end), speaker)


def _subject_after(tokens: Sequence[Token], verb: Verb) -> Span | None:
    """The subject after its verb, past adverbs, times and other adjuncts."""
    at = verb.last + 1
    while at < min(len(tokens), verb.last + _LONGEST_DISTANCE):
        word = tokens[at]
        if word.text in {";", ":", "."} or word.lower in {"que", "qu'", "qui", "dont"}:
            return None
        if at == verb.last + 1 and word.lower.endswith(("er", "ir", "oir", "dre", "tre")) and word.lower not in TIMES:
            return None  # "n'a pas voulu commenter"
        starts = starts_mention(tokens, at) or (word.lower in {"ce", "cette", "celui-ci", "celle-ci"})
        if starts and word.lower not in {"du", "au"} and not _is_time(tokens, at):
            plural = word.lower in PLURAL_DETERMINERS or _is_list(tokens, at)
            agrees = plural == verb.plural or (verb.plural and word.lower not in DETERMINERS)
            return mention_starting_at(tokens, at) if agrees and (word.lower != "des" or verb.plural) else None
        if word.lower in _ENDS_DESCRIPTION or word.lower in {"d'", "de", "du", "en", "à"}:
            at = _after_phrase(tokens, at)
            continue
        at += 1
    return None


def _is_time(tokens: Sequence[Token], at: int) -> bool:
    """Whether words are a time, and no subject: "le lendemain", "ce jeudi", "mardi soir"."""
    following = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    return tokens[at].lower in TIMES or following in TIMES or following in {"lendemain", "veille", "même", "semaine"} or following.isdigit()


def _is_list(tokens: Sequence[Token], at: int) -> bool:
    span = mention_starting_at(tokens, at)
    return span is not None and any(word.lower == "et" for word in tokens if span.start <= word.start < span.end)


def _after_phrase(tokens: Sequence[Token], at: int) -> int:
    """The index after a prepositional phrase, past its noun and the complements of the noun."""
    at += 1
    if at < len(tokens) and tokens[at].lower in _AFTER_PREPOSITION:
        at += 1
    if at < len(tokens) and tokens[at].text[0].isalnum():
        at += 1
    while (
        at < len(tokens)
        and tokens[at].text[0].islower()
        and tokens[at].lower not in DETERMINERS
        and tokens[at].lower not in _ENDS_DESCRIPTION
    ):
        if tokens[at].lower in {"de", "d'"}:
            at += 1
        at += 1
    if at < len(tokens) and tokens[at].lower in {"du", "des"}:
        at += 2
    return at


def _according(tokens: Sequence[Token], at: int, doubtful: bool) -> SpeechCue | None:
    """The cue of "selon" and similar words at `tokens[at]`."""
    lower = tokens[at].lower
    length = next((len(phrase) for phrase in _PHRASES if [word.lower for word in tokens[at : at + len(phrase)]] == phrase), 0)
    if not length and (lower in _ACCORDING or (doubtful and lower in _DOUBTFUL_ACCORDING)):
        length = 1
    if not length:
        return None
    begin = at + length
    if begin < len(tokens) and tokens[begin - 1].lower == "du":
        begin -= 1
    speaker = mention_starting_at(tokens, begin)
    if speaker is None or (lower in _DOUBTFUL_ACCORDING and not _is_person_mention(tokens, begin)):
        return None
    return SpeechCue(Span(tokens[at].start, tokens[at + length - 1].end), speaker)


def _is_person_mention(tokens: Sequence[Token], at: int) -> bool:
    """Whether a name, a title or a personal pronoun is at `tokens[at]`: "pour Jeanne Roy", not "pour la ville"."""
    return tokens[at].lower in TITLES or is_name(tokens[at]) or tokens[at].lower in {"lui", "elle", "eux", "elles"}


def within(text: str, content: Span) -> Sequence[tuple[SpeechCue, Span]]:
    """The tags between the marks (« Nous partons, a-t-il dit, dès demain. »): see languages/cues.py."""
    tags: list[tuple[SpeechCue, Span]] = []
    if len(content) > 4 * _LONGEST:
        return tags
    at = content.start
    for match in _MAY_CLOSE.finditer(text, content.start, content.end):
        if match.start() < at:
            continue
        tokens = tokenize(text, Span(match.end(), min(content.end, match.end() + 240)))
        tokens = tokens[
            : next((index for index, word in enumerate(tokens) if word.text in "«»“”" or word.text in {".", "!", "?"}), len(tokens))
        ]
        if len(tokens) < 2 or not tokens[0].text[0].islower():
            continue
        verb = _inverted_verb(text, tokens)
        if verb is None:
            continue
        cue = _tag(text, tokens, False)
        if cue is None or cue.speaker is None or (tokens[0].lower == "pour" or tokens[0].lower in _ACCORDING):
            continue
        end = _end_of_tag(tokens, max(cue.speaker.end, cue.verb.end))
        if end == tokens[-1].end and text[end : content.end].lstrip()[:1] not in {"", ".", "!", "?"}:
            continue
        if text[end : end + 1] == ".":
            end += 1
        start = match.start() if match[0] in "–—" else match.end()
        tags.append((cue, Span(start, end)))
        at = end
    return tags


def is_dialogue(text: str, lines: Sequence[Span]) -> bool:
    """Whether one of the lines has a tag: "— Je reste, dit-elle." See languages/cues.py."""
    return any(within(text, line) for line in lines)


def _end_of_tag(tokens: Sequence[Token], mention_end: int) -> int:
    """The end of a tag between the marks: the comma after its subject and appositions, else the end of the sentence."""
    for at, word in enumerate(tokens):
        if word.start < mention_end or word.text not in ",–—":
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following is None or word.text != "," or not (following.lower in _TAG_GOES_ON or (is_name(following) and at + 2 < len(tokens))):
            return word.end
    return tokens[-1].end


def _inverted_verb(text: str, tokens: Sequence[Token]) -> Verb | None:
    at = 0
    while at < len(tokens) - 1 and tokens[at].lower in _CLITICS:
        at += 1
    verb = verb_at(text, tokens, at, True)
    if verb is None or (verb.pronoun is not None and tokens[verb.pronoun].lower in {"on", "nous", "je"}):
        return None
    if verb.pronoun is not None:
        return verb
    speaker = _subject_after(tokens, verb)
    # « … le maire, dit la loi »: without a pronoun, a mention of a speaker must follow the verb
    return verb if speaker is not None else None


def before(text: str, gap: Span) -> SpeechCue | None:
    """The cue in the sentence that introduces a quotation: see languages/cues.py.

    >>> text = "Jeudi, Jeanne Roy, la maire, a assuré que"
    >>> cue = before(text, Span(0, len(text)))
    >>> cue.verb.of(text), cue.speaker.of(text)
    ('a assuré', 'Jeanne Roy')
    """
    return _last_cue(text, tokenize(text, Span(max(gap.start, gap.end - _LONGEST), gap.end)))


def _last_cue(text: str, tokens: Sequence[Token]) -> SpeechCue | None:
    tokens = tokens[-3 * _LONGEST_DISTANCE :]
    for at in range(len(tokens) - 1, -1, -1):
        cue = _according(tokens, at, doubtful=at == 0)
        if cue is not None:
            return cue
        word = tokens[at]
        if word.lower in GERUNDS:
            doer = _participle_subject(text, tokens, at)
            if doer is not None:
                return SpeechCue(Span(word.start, word.end), doer)
        verb = verb_at(text, tokens, at, False)
        if verb is None or not _is_verb(tokens, at, verb):
            continue
        speaker = _subject_of(text, tokens, at, verb)
        if speaker is not None:
            return SpeechCue(verb.span(tokens), speaker)
    return None


def _is_verb(tokens: Sequence[Token], at: int, verb: Verb) -> bool:
    """Whether a form is a verb in its context, and no noun or adjective: "la note", "une demande"."""
    if verb.pronoun is not None or verb.first != verb.last:
        return True
    preceding = tokens[at - 1].lower if at else ""
    if preceding in DETERMINERS or preceding in {"de", "d'", "en", "à", "au", "sans", "par"}:
        return preceding in {"le", "la", "les", "l'", "leur"} and tokens[at].lower not in _NOUN_TOO and at > 1
    return (
        tokens[at].lower not in _NOUN_TOO
        or preceding in SPEAKING_PRONOUNS
        or preceding in _CLITICS
        or preceding == ","
        or (at > 0 and (is_name(tokens[at - 1]) or starts_mention(tokens, max(0, at - 2))))
    )


def _left_of(tokens: Sequence[Token], at: int) -> int:
    """The index of the last token of the subject before a verb, past clitics, adverbs and times."""
    at -= 1
    while at > 0 and (tokens[at].lower in _CLITICS or tokens[at].lower in _ADVERBS or tokens[at].lower in TIMES):
        at -= 1
    return at


def _subject_of(text: str, tokens: Sequence[Token], at: int, verb: Verb) -> Span | None:
    """The subject of a verb before a quotation."""
    if verb.pronoun is not None:
        return Span(tokens[verb.pronoun].start, tokens[verb.pronoun].end)
    left = _left_of(tokens, at)
    if left < 0:
        return None
    word = tokens[left]
    if word.lower == "qui":
        index = left - 1
        while index > 0 and tokens[index].text == ",":
            index -= 1
        antecedent = mention_ending_at(tokens, index)
        return _before_comma(tokens, antecedent, index) if antecedent is not None else None
    if word.lower in {"et", "puis", "mais", ",", "ou"}:
        earlier = _last_cue(text, tokens[:left])
        if word.text == "," and (main := _main_subject(tokens[:left])) is not None:
            return main
        return earlier.speaker if earlier is not None and earlier.speaker is not None else _main_subject(tokens[:left])
    if word.text in {"»", "”", '"', ")"}:
        return _main_subject(tokens[:left])
    subject = mention_ending_at(tokens, left)
    if subject is None:
        # inverted after "que", "où": "comme l'a dit le maire"
        return _main_subject(tokens[: left + 1]) if not any(word.lower in _BREAKS for word in tokens[:left]) else None
    return _before_comma(tokens, subject, left)


def _before_comma(tokens: Sequence[Token], subject: Span, last: int) -> Span:
    """A subject without its apposition: "Jeanne Roy" of "Jeanne Roy, maire de Brie", which is read from its end."""
    first = next(index for index, word in enumerate(tokens) if word.start == subject.start)
    if first >= 2 and tokens[first - 1].text == "," and not (is_name(tokens[first]) or tokens[first].lower in SPEAKING_PRONOUNS):
        main = _main_subject(tokens[: first - 1])
        if main is not None and main.end == tokens[first - 2].end and tokens[first].lower in {"la", "le", "l'", "un", "une"}:
            # not in "Dans la salle, le maire a dit": before the comma is a preposition, and no subject
            return main
    return subject


def _participle_subject(text: str, tokens: Sequence[Token], at: int) -> Span | None:
    """The subject of a present participle: an earlier speaker, else the main subject."""
    earlier = _last_cue(text, tokens[:at])
    return earlier.speaker if earlier is not None else _main_subject(tokens[:at])


def _main_subject(tokens: Sequence[Token]) -> Span | None:
    """The subject at the beginning of a sentence, after phrases of place and time."""
    start = 0
    for at in range(len(tokens) + 1):
        if at < len(tokens) and tokens[at].text not in {",", ";", ":", "–", "—"}:
            continue
        clause = tokens[start:at]
        while clause and (clause[0].lower in _ADVERBS or clause[0].lower in _OPENING):
            clause = clause[1:]
        if clause and not _is_time(clause, 0):
            if clause[0].lower in SPEAKING_PRONOUNS or starts_mention(clause, 0) or clause[0].lower in {"ce", "cette"}:
                return mention_starting_at(clause, 0)
            if clause[0].lower in {"lorsque", "quand", "si", "qui", "que"} and start:
                return None
        start = at + 1
    return None


def subject(text: str, sentence: Span) -> Span | None:
    """The subject of a sentence: see languages/cues.py."""
    mention = _main_subject(tokenize(text, Span(sentence.start, min(sentence.end, sentence.start + 240))))
    return _up_to_verb(text, mention) if mention is not None else None


def _up_to_verb(text: str, mention: Span) -> Span:
    """A description up to what may be its verb, since the end of a description before a verb is not marked."""
    tokens = tokenize(text, mention)
    if tokens[0].lower in DETERMINERS:
        for at in range(2, len(tokens)):
            if tokens[at].lower in _AUXILIARIES or tokens[at].lower in FINITE or tokens[at].lower in _CLITICS - DETERMINERS - {"en"}:
                return Span(mention.start, tokens[at - 1].end)
    return mention


def acting(text: str, sentence: Span) -> SpeechCue | None:
    """None: the person whom French narration is about is its `subject`."""
    return None


def reported(text: str, sentence: Span) -> tuple[SpeechCue, Span] | None:
    """The cue of a sentence of indirect speech, and the span of the reported content: see languages/cues.py.

    >>> text = "La préfète a indiqué que deux ponts restaient fermés."
    >>> cue, said = reported(text, Span(0, len(text)))
    >>> cue.speaker.of(text), said.of(text)
    ('La préfète', 'deux ponts restaient fermés')
    """
    if len(sentence) > _LONGEST:
        return None
    tokens = tokenize(text, sentence)
    while tokens and tokens[-1].text in {".", "!", "?", "…"}:
        tokens.pop()
    if len(tokens) < 5:
        return None
    end = tokens[-1].end
    cue = _according(tokens, 0, doubtful=False)
    if cue is not None and cue.speaker is not None:
        comma = next((at for at, word in enumerate(tokens) if word.text == "," and word.start >= cue.speaker.end), None)
        return None if comma is None or comma + 3 > len(tokens) else (cue, Span(tokens[comma + 1].start, end))
    for at in range(1, len(tokens)):
        if tokens[at - 1].text == "," and at > 4:
            tag = _according(tokens, at, doubtful=False) or (_tag(text, tokens[at:], False) if tokens[at].text[0].islower() else None)
            if tag is not None and tag.speaker is not None and end - tag.speaker.end < 60:
                return tag, Span(tokens[0].start, tokens[at - 1].start)
        verb = verb_at(text, tokens, at, False) if at < _LONGEST_DISTANCE else None
        if verb is None or not _is_verb(tokens, at, verb):
            continue
        that = next(
            (index for index in range(verb.last + 1, min(verb.last + 10, len(tokens))) if tokens[index].lower in {"que", "qu'"}), None
        )
        if that is None or that + 3 > len(tokens):
            continue
        speaker = _subject_of(text, tokens, at, verb)
        if speaker is not None and not (len(speaker) < 4 and speaker.of(text).lower() == "on"):
            return SpeechCue(verb.span(tokens), speaker), Span(tokens[that + 1].start, end)
    return None


def leads(text: str, lead: Span, cue: SpeechCue | None) -> bool:
    """Whether a short quotation is speech: its cue names a speaker, and no article before it makes it a name."""
    last = tokenize(text, lead)[-1:]
    if cue is None or cue.speaker is None or not last:
        return False
    if _BEGINS_SMALL.match(text, lead.end):
        return True  # a name begins with a capital: "une mesure « injuste »"
    tokens = last[0].lower
    return tokens not in _DEFINITE and (tokens in _LEADING or tokens in {":", ","} or tokens in PARTICIPLES or tokens in FINITE)


def is_abbreviation(token: str) -> bool:
    """Whether `token` with its full stop is an abbreviation."""
    return token.endswith(".") and token.lower() in TITLES


def _first_sentence(text: str, gap: Span) -> list[Token]:
    """The tokens of the first sentence."""
    stop = gap.end
    for match in _SENTENCE_END.finditer(text, gap.start, min(gap.end, gap.start + _LONGEST)):
        token = text[max(gap.start, match.start() - 8) : match.start() + 1].rsplit(None, 1)
        if (
            match.start() > gap.start + 1
            and not (token and is_abbreviation(token[-1]))
            and any(map(str.isalnum, text[gap.start : match.start()]))
        ):
            stop = match.start()
            break
    return tokenize(text, Span(gap.start, min(stop, gap.start + _LONGEST)))
