"""Arabic: resolves a follow-up question's pronouns, suffixes and fragments by the questions before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.languages.ar.people import GIVEN_NAMES
from index.languages.base import language
from index.languages.follow_up_rules import LONGEST_FRAGMENT, LONGEST_PHRASE, WORD, Entity, Pronoun, Resolution, Talk, bare
from index.text.fold import fold_text
from index.text.script import language_of_name, rules_of_script
from index.text.spans import Span
from index.text.terms import is_stop

_listed = language("ar").words


def _words(key: str) -> frozenset[str]:
    return frozenset(map(fold_text, _listed(f"follow_up.{key}")))


# Arabic suffixes refer to things as well as to persons.
PRONOUNS = {
    "ه": Pronoun(frozenset(["he", "it"]), False),
    "ها": Pronoun(frozenset(["she", "it"]), False),
    "هم": Pronoun(frozenset(["they"]), False),
}
_ASKING = _words("asking")
_ASKING_PREPOSITIONS = _words("before_asking")
_ADVERBS_ASKED = _words("adverbs")
_PASSED = _words("passed")
_NOW = _words("now")
_HAPPENED = _words("happened")
_OF_HIM = _words("of_him")
_OF_HER = _words("of_her")
_OF_LIFE = _words("of_life")
_THAT = _words("that")
_RELATIVES = _words("relatives")
_SUFFIX = re.compile("(?:ها|هم|ه)$")
_POSSESSED, _ACTIONS = _listed("follow_up.possessed"), _listed("follow_up.deeds")
_OF_PERSONS = _words("of_persons")
_PREPOSITIONS = _listed("follow_up.prepositions")
_CHANGE = frozenset(_listed("follow_up.prepositions_that_change"))


def _with_suffix(word: str, suffix: str) -> str:
    if word.endswith("ة"):
        return word[:-1] + "ت" + suffix
    return (word[:-1] + "ي" if word in _CHANGE else word) + suffix


_NOUNS = {fold_text(_with_suffix(word, suffix)): (word, suffix) for word in (*_POSSESSED, *_ACTIONS) for suffix in PRONOUNS}
_ASKED_OF = frozenset(map(fold_text, (*_POSSESSED, *_ACTIONS)))
_LINKS = _words("links")
_REACHES = _words("reaches")
_TO_HIM = {fold_text(_with_suffix(word, suffix)): (word, suffix) for word in _PREPOSITIONS for suffix in PRONOUNS}
_WHOLE = _words("whole")
_FRAGMENT = re.compile(
    r"^\W*و?(?:(?P<about>ماذا\s+عن|ماذا\s+بشأن)|(?P<prep>في|عام|سنة|منذ|قبل|بعد)(?:\s+(?:عام|سنة))?)\s+(?P<new>[^؟?]+?)[\s؟?.!]*$"
)
_OFFICES = _words("offices")
_HEAD = 20  # characters of a question or name by which its script is detected
# Signs that a question depends on others, for a language model that rewrites it.
_LEAD = re.compile(r"^\W*[وف]?(?:ماذا\s+عن|ماذا\s+بشأن)\b|^\W*[وف](?:كم|متى|أين|كيف|لماذا|من|ما|ماذا|هل|أي|إلى|منذ|في|مع)\b")
_UNRESOLVED = re.compile(
    r"(?<!\w)[وفبلك]?(?:ذلك|تلك|هناك|هنالك|حينها|عندها|آنذاك)(?!\w)|(?<!\w)(?:هو|هي|هم|هما)(?=\W*$)|هل\s+(?:هو|هي|هم)\b"
)
_ENDS_IN_SUFFIX = re.compile("(?!ال)\\w+(?:ه|ها|هم|هما|هن)$")
_DEFINITE_OR_RELATIVE = re.compile("[وفبلك]?(?:ال|لل)\\w+|الذي|التي|الذين|اللذين|اللاتي|اللواتي")
_NO_SUFFIX = frozenset(_listed("follow_up.whole_words"))
_FEW = 3  # words; a shorter question has no subject; not measured


def understood(question: str, talk: Talk) -> Resolution | None:
    """The question with its references resolved: see languages/follow_up_rules.py."""
    last = talk.last
    fragment = _FRAGMENT.match(question)
    if fragment and not any(fold_text(word) in _ASKING for word in fragment["new"].split()):
        return _with_fragment(fragment, talk)
    words = list(WORD.finditer(question))
    plain = [fold_text(word.group()) for word in words]
    if not words or _RELATIVES & set(plain):
        return None
    if len(words) == 1 and plain[0][0] == "و" and plain[0][1:] in _NOUNS:
        return _with_antecedent_after(question, words[0], *_NOUNS[plain[0][1:]], talk)
    asked, at = _asked(plain)
    if asked is None:
        return None
    ask = question[words[0].start() + _conjunction(plain[0]) : words[-1].end()]
    happened = plain[at:]
    if not happened or (happened[-1] in _THAT and set(happened[:-1]) <= _HAPPENED):
        bare = question[words[0].start() + _conjunction(plain[0]) : words[at - 1].end()] if at else ask
        return _with_question_word(last, ask, bare if asked in _ADVERBS_ASKED else None, bool(happened))
    pronoun = at
    while at < len(plain) and plain[at] in _PASSED:
        at += 1
    if plain[pronoun] in {"هو", "هي", "هم"} and (asked == "هل" or set(plain[pronoun + 1 :]) <= _NOW):
        suffix = {"هو": "ه", "هي": "ها", "هم": "هم"}[plain[pronoun]]
        antecedent = talk.meant(PRONOUNS[suffix])
        if antecedent is None:
            return None
        start, end = words[pronoun].span()
        return question[: start if asked == "هل" else end] + ("" if asked == "هل" else " ") + antecedent + question[end:], (antecedent,)
    return _with_antecedent(question, words, plain, at, asked, talk)


def _with_antecedent(
    question: str, words: Sequence[re.Match[str]], plain: Sequence[str], at: int, asked: str, talk: Talk
) -> Resolution | None:
    """The question with the antecedent of a suffix, on its first content word or, after the verb, on the next one."""
    if at >= len(words):
        return None
    first, raw = plain[at], words[at].group()
    if asked in _ADVERBS_ASKED | {"ماذا", "كم"} and len(words) == at + 1 and first in _OF_HIM | _OF_HER:
        antecedent = talk.meant(PRONOUNS["ه" if first in _OF_HIM else "ها"], first in _OF_LIFE)
        return (
            None
            if antecedent is None
            else (f"{question[: words[at].end()]} {antecedent}{question[words[at].end() :].lstrip()}", (antecedent,))
        )
    if first in _NOUNS and not raw.endswith("ة"):
        return _with_antecedent_after(question, words[at], *_NOUNS[first], talk)
    if first in _TO_HIM and not raw.endswith("ة") and asked not in {"ما", "اي"}:
        return _with_antecedent_after(question, words[at], *_TO_HIM[first], talk)
    suffix = _SUFFIX.search(raw)
    is_verb = asked in _ADVERBS_ASKED | {"من", "هل"} and (len(words) == at + 1 or (suffix is not None and suffix.group() == "ها"))
    if suffix and is_verb and len(raw) - len(suffix.group()) >= 3 and first not in _WHOLE and not raw.startswith("ال"):
        antecedent = talk.meant(PRONOUNS[suffix.group()])
        return None if antecedent is None else (f"{question[: words[at].end()]} ({antecedent}){question[words[at].end() :]}", (antecedent,))
    second = plain[at + 1] if at + 1 < len(words) else ""
    if raw.startswith("ال") or (at + 1 < len(words) and words[at + 1].group().endswith("ة")):
        return None
    if asked in {"ما", "اي"} and first not in _ASKED_OF:
        return None
    if second in _TO_HIM and asked not in {"ما", "اي"}:
        return _with_antecedent_after(question, words[at + 1], *_TO_HIM[second], talk)
    if second in _NOUNS and (asked in _ADVERBS_ASKED | {"هل"} or first in _ASKED_OF):
        return _with_antecedent_after(question, words[at + 1], *_NOUNS[second], talk)
    return None


def _asked(plain: Sequence[str]) -> tuple[str | None, int]:
    """The question word, and the number of words up to it."""
    for at, word in enumerate(plain[:2]):
        bare = word[_conjunction(word) if not at else 0 :]
        if bare in _ASKING:
            return {"ماهو": "ما", "ماهي": "ما"}.get(bare, bare), at + 1
        if bare not in _ASKING_PREPOSITIONS:
            break
    return None, 0


def _conjunction(word: str) -> int:
    return int(word[0] in "وف" and (word[1:] in _ASKING or word[1:] in _ASKING_PREPOSITIONS))


def _with_antecedent_after(question: str, word: re.Match[str], bare: str, suffix: str, talk: Talk) -> Resolution | None:
    """The noun or preposition without its suffix, followed by the antecedent: "عمره" is "عمر …"."""
    antecedent = talk.meant(PRONOUNS[suffix], fold_text(bare) in _OF_PERSONS)
    if antecedent is None or antecedent in question:
        return None
    antecedent = rules_of_script("Latin", "follow_up").without_article(antecedent)  # "the" does not belong in an Arabic sentence
    conjunction = "و" if word.group().startswith("و") and fold_text(bare)[0] != "و" else ""
    joint = " "
    if bare in {"ل", "ب"}:
        joint = "" if language_of_name(antecedent[:_HEAD]) == "ar" else "ـ "
        if bare == "ل" and antecedent.startswith("ال"):
            return question[: word.start()] + conjunction + "لل" + antecedent[2:] + question[word.end() :], (antecedent,)
    return question[: word.start()] + conjunction + bare + joint + antecedent + question[word.end() :], (antecedent,)


def _with_question_word(last: str, ask: str, adverb: str | None, is_event: bool) -> Resolution | None:
    words = list(WORD.finditer(last))
    plain = [fold_text(word.group()) for word in words]
    asked, at = _asked(plain)
    if adverb and asked in _ADVERBS_ASKED and len(words) > at + 1:
        return adverb + last[words[at - 1].end() :], (last,)
    return f"{bare(last)}، و{ask}؟" if language_of_name(last[:_HEAD]) == "ar" else f"{last.strip()} {ask}؟", (last,)


def _with_fragment(fragment: re.Match[str], talk: Talk) -> Resolution | None:
    new = fragment["new"].strip()
    words = [word.group() for word in WORD.finditer(new)]
    if not words or len(words) > LONGEST_FRAGMENT:
        return None
    is_date = talk.is_date(new)
    if fragment["prep"] and not is_date:
        return None
    return talk.with_new(new, fragment["prep"], is_date, new[0].isupper())


def suits(entity: Entity, pronoun: Pronoun) -> bool:
    """Whether a pronoun agrees with an entity of Arabic words, by the ending of the first."""
    head = entity.text.split()[0]
    is_feminine, is_plural = head.endswith("ة"), len(head) > 4 and head.endswith(("ون", "ين", "و", "وا"))
    if "they" in pronoun.stands_for:
        return is_plural
    return not (is_feminine and "he" in pronoun.stands_for) and not (is_plural and pronoun.may_be_one_person)


def _begins_a_phrase(plain: Sequence[str]) -> bool:
    """Whether words begin with a noun phrase, not a verb."""
    return bool(plain) and (plain[0] in _OFFICES or plain[0].startswith("ال") or is_stop(plain[0]))


def described(question: str) -> list[Entity]:
    """The entity of a question: the words after the question word, the verb, and the property asked for ("عمر", "بناء")."""
    words = list(WORD.finditer(question))
    plain = [fold_text(word.group()) for word in words]
    asked, at = _asked(plain)
    if asked is None:
        return []
    was = at
    while at < len(plain) and plain[at] in _PASSED:
        at += 1
    is_identity = at > was and asked in {"من", "ما"}
    is_counted = asked == "كم" and at < len(words) and plain[at] not in _ASKED_OF and words[at].group().endswith(("ا", "ة"))
    if is_counted:  # "كم قاربا كان", "كم قاربا استخدم"
        at += 1
        while at < len(plain) and plain[at] in _PASSED:
            at += 1
    if (asked in _ADVERBS_ASKED | {"هل", "ماذا", "من"} or is_counted) and not is_identity and not _begins_a_phrase(plain[at:]):
        at += 1
    while at < len(plain) and (is_stop(plain[at]) or plain[at] in _LINKS):
        at += 1
    while at < len(plain) - 1 and plain[at] in _ASKED_OF | _REACHES:
        at += 1
    end = at
    while end < len(plain) and end - at < LONGEST_PHRASE and not is_stop(words[end].group()):
        if end > at and re.search(r"\S", question[words[end - 1].end() : words[end].start()]):
            break
        end += 1
    if end == at or any(word in _NOUNS for word in plain[at:end]):
        return []
    span = Span(words[at].start(), words[end - 1].end())
    is_person = (is_identity and asked == "من") or plain[at] in GIVEN_NAMES | _OFFICES
    return [Entity(span.of(question), span, is_person or None)]


def leans(question: str, words: Sequence[str]) -> bool:
    """Whether a question may depend on others: it is a fragment, or has a pronoun without an antecedent."""
    return len(words) < _FEW or _LEAD.search(question) is not None or points(question, words)


def points(question: str, words: Sequence[str]) -> bool:
    """Whether a question has a pronoun or suffix without an antecedent."""
    return _UNRESOLVED.search(question) is not None or _has_unresolved_suffix(words)


def _has_unresolved_suffix(words: Sequence[str]) -> bool:
    """Whether a word near the beginning, or the last, has a suffix, and no definite noun or relative pronoun precedes it."""
    for at, word in enumerate(words):
        if _DEFINITE_OR_RELATIVE.fullmatch(word):
            return False
        if _ENDS_IN_SUFFIX.fullmatch(word) and word not in _NO_SUFFIX and (0 < at < _FEW or at == len(words) - 1):
            return True
    return False


def has_fewer_pronouns(question: str, other: str) -> bool:
    """True: suffixes are not counted."""
    return True


def without_conjunction(word: str) -> str:
    """A folded word without a conjunction joined to it."""
    return word[1:] if word[:1] in {"و", "ف"} else word
