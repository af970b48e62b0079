"""English: resolves a follow-up question's pronouns and fragments by the questions before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.languages.base import language
from index.languages.calendar import months, weekdays
from index.languages.en.people import agrees
from index.languages.follow_up_rules import LONGEST_FRAGMENT, LONGEST_PHRASE, WORD, Entity, Pronoun, Resolution, Talk, bare
from index.languages.news import AGENCIES, PUBLISHERS
from index.text.fold import fold_text
from index.text.script import language_of_name
from index.text.spans import Span
from index.text.terms import is_stop


def _words(key: str) -> frozenset[str]:
    return frozenset(map(fold_text, language("en").words(f"follow_up.{key}")))


_HE, _SHE = language("en").word_set("people.he"), language("en").word_set("people.she")
_IT, _THEY = _words("it"), _words("they")
PRONOUNS = {
    **dict.fromkeys(_HE, Pronoun(frozenset(["he"]), True)),
    **dict.fromkeys(_SHE, Pronoun(frozenset(["she"]), True)),
    **dict.fromkeys(_IT, Pronoun(frozenset(["it"]), True)),
    **dict.fromkeys(_THEY, Pronoun(frozenset(["they"]), True)),
}
_AUX = (
    "(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|isn['’]t|aren['’]t|wasn['’]t|weren['’]t"
    "|don['’]t|doesn['’]t|didn['’]t|hasn['’]t|haven['’]t|hadn['’]t|can['’]t|couldn['’]t|won['’]t|wouldn['’]t)"
)
_LEAD = r"^\W*(?:(?:and|but|so|then|ok|okay|well)\b[\s,]*){0,3}"
_WH = r"(?:(?:in|at|on|from|to|for|with|by|since|until|of|about|under|after|before)\s+)?(?:who|whom|whose|what|which|when|where|why|how)"
# "… did he", "what is his …": only the question phrase precedes the auxiliary, and the pronoun cannot refer to that.
_AS_SUBJECT = re.compile(
    rf"{_LEAD}(?:{_WH}(?:\s+(?!{_AUX}\b)[\w'’-]+){{0,4}}\s+)?(?P<aux>{_AUX})\s+(?P<pronoun>he|she|it|they|his|her|its|their)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
# "Who built it?", "What happened to her?", "Who was married to him?"
_AS_OBJECT = re.compile(
    rf"{_LEAD}(?:who|what)\s+(?:(?:was|were|is|are|has|have|had)\s+)?(?!{_AUX}\b|else\b)[\w'’-]+\s+"
    r"(?:(?:to|of|with|after|for|about|from|by|in|on|at|up|out|off|over|into|against|near|down|away)\s+){0,2}"
    r"(?P<pronoun>him|her|it|them)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
# "How many people live on it?"
_AFTER_HOW_MANY = re.compile(
    rf"{_LEAD}how\s+many\s+[\w'’-]+\s+(?!{_AUX}\b)[\w'’-]+\s+(?:(?:to|of|with|for|about|from|by|in|on|at|into|against|near)\s+)?"
    r"(?P<pronoun>him|her|it)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_POSSESSIVE_PHRASE = re.compile(
    r"^\W*(?:(?:and|but|or)\s+)?(?:(?:what|how)\s+about\s+)?(?P<pronoun>his|her|its|their)(?P<rest>(?:\s+[\w'’-]+){1,3})\W*$", re.IGNORECASE
)
_EVENT = re.compile(
    rf"{_LEAD}(?P<ask>(?P<wh>when|where|why|how)\s+(?:"
    r"(?:did|does|has|had|was|is)\s+(?:all\s+)?(?:that|this|it)\s+(?:happen|happened|occur|occurred|take\s+place|taken\s+place|come\s+about)"
    r"|(?:was|is)\s+(?:that|this)(?:\s+so)?))\W*$",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"{_LEAD}(?P<ask>(?P<wh>when|where|why|how|since\s+when|how\s+long|for\s+how\s+long)|why\s+not|how\s+so|who|by\s+whom|with\s+whom"
    r"|how\s+many|how\s+much|how\s+often|what\s+for)\W*$",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"^\W*(?P<lead>(?:(?:and|but|or)\s+)?(?:what|how)\s+about\s+|(?:and|but|or)\s+|)(?:(?P<prep>in|on|at|during|since|after|before|from|to|for"
    r"|by|with)\s+)?(?P<new>[^?]+?)[\s?.!؟]*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"{_LEAD}how\s+many\s+(?!of\b|times\b|years\b|months\b|weeks\b|days\b|hours\b)"
    r"(?P<what>(?:[a-z'’-]+\s+){0,2}?(?:[a-z-]+[^s]s|people|men|women|children))\b",
    re.IGNORECASE,
)
_IDENTITY = re.compile(rf"{_LEAD}who\s+(?:is|was)\s+(?P<name>[\w'’-]+(?:\s+[\w'’-]+){{0,3}})\W*$", re.IGNORECASE)
_ADVERBIAL = re.compile(rf"^\W*(?:when|where|why|how)\s+(?P<rest>{_AUX}\s+\S+\s+\S.*)$", re.IGNORECASE | re.DOTALL)
_POSSESSIVES = _words("possessives")
_HAVE = re.compile(r"ha[sd]|have", re.IGNORECASE)
# Expletive "it": "is it true that", "does it take to", "is it cold in Imla".
_EXPLETIVE_IT = re.compile(
    r"\b(?:that|to|for|if|whether|how|when|who|because|from)\b"
    r"|^\s+(?:take|takes|took|mean|means|seem|seems|rain|snow|raining|snowing|possible|true|common|necessary|important|like|cold|hot|warm|in"
    r"|on|at|near)\b",
    re.IGNORECASE,
)
_GENERIC_THEY = re.compile(r"^\s+(?:call|say|speak)\b", re.IGNORECASE)
_APPOSITION = re.compile(r",\s+(?:the\s+)?(?:[\w-]+\s+){0,2}[A-Z]")
_PLURAL_HEAD = re.compile(r"(?<![su'’])s$|men$|people$|children$", re.IGNORECASE)
_THING_HEADS = _words("thing_heads") | language("en").word_set("people.bodies") | language("en").word_set("disagreement.not_people")
_PAPERS = PUBLISHERS | {name.casefold() for name in AGENCIES}
_BEFORE_A_PLACE = _words("before_a_place")
_DETERMINER = re.compile(r"\b(?:the|a|an|this|that|these|those)\s+(?=[^\W_])", re.IGNORECASE)
_OF = re.compile(r"of\s+(?:the\s+)?[^\W_]")
_DO = _words("auxiliaries_do")
_BE = _words("auxiliaries_be")
_ASKING_WHAT = _words("asking_what")
_ENDS_A_VERB = re.compile(r"(?:ed|ing|wn|en|built|lost|held|sold|kept|made|shut|cut|left|found|told|sunk)$", re.IGNORECASE)
_CALENDAR = {*months("en", "wide"), *weekdays("en", "wide")}
_NO_NAME_FIRST = _words("no_name_first")
_HEAD = 20  # characters of a question or name by which its script is detected
# Signs that a question depends on others, for a language model that rewrites it.
_LEADING_CONJUNCTION = re.compile(r"^\W*(?:and|but|so|or|then|what\s+about|how\s+about)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|there|then|ones|former|latter)\b"
    r"|\b(?:this|that|these|those)\b(?=\s+(?:happen|occur|take|come)|\W*$)",
    re.IGNORECASE,
)
# A possible antecedent before a pronoun: a name, or a description with an article.
_SUBJECT = re.compile(r"(?<=\s)[A-Z\u00c0-\u00de]\w|\b(?i:the|an?|any|every|each|some|no)\s+\w|['’]s\s+\w")
_NAME = re.compile(r"(?<=\s)[A-Z\u00c0-\u00de]")
_NAME_AFTER = re.compile(r",\s.*(?<=\s)[A-Z\u00c0-\u00de]")
_FEW = 3  # words; a shorter question has no subject; not measured


def understood(question: str, talk: Talk) -> Resolution | None:
    """The question with its references resolved: see languages/follow_up_rules.py."""
    last = talk.last
    for pattern in (_EVENT, _BARE):
        match = pattern.match(question)
        if match:
            return _with_question_word(last, match["ask"], match["wh"])
    match = _POSSESSIVE_PHRASE.match(question)
    if match:
        possessed = _resolved(question, match, talk)
        is_asked_about = possessed is not None and possessed[1][0] in last
        return (possessed and is_asked_about and _with_fragment(possessed[0], talk)) or possessed
    for pattern in (_AS_SUBJECT, _AS_OBJECT, _AFTER_HOW_MANY):
        match = pattern.match(question)
        if match and not _needs_no_antecedent(pattern, match):
            return _resolved(question, match, talk)
    return _with_fragment(question, talk)


def _needs_no_antecedent(pattern: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether a pronoun is expletive, or refers to something in its own question."""
    pronoun, rest = match["pronoun"].lower(), match["rest"]
    if _APPOSITION.search(rest):
        return True
    if pattern is not _AS_SUBJECT and pronoun == "her" and (follows := WORD.search(rest)) and not is_stop(follows.group()):
        return True  # "Who lost her way?"
    if pronoun in _POSSESSIVES and "aux" in match.groupdict() and _HAVE.match(match["aux"]):
        return True  # "Which school has its own boat?"
    return (pronoun == "it" and _EXPLETIVE_IT.search(rest) is not None) or (pronoun == "they" and _GENERIC_THEY.match(rest) is not None)


def _resolved(question: str, match: re.Match[str], talk: Talk) -> Resolution | None:
    """The question with the antecedent in place of its pronoun."""
    pronoun = match["pronoun"].lower()
    antecedent = talk.meant(PRONOUNS[pronoun])
    if antecedent is None or antecedent.lower() in question.lower():
        return None
    is_possessive = pronoun in _POSSESSIVES and (follows := WORD.search(match["rest"])) is not None and not is_stop(follows.group())
    start, end = match.span("pronoun")
    inserted = f"{antecedent}'s" if is_possessive else antecedent
    if not question[:start].strip():
        inserted = inserted[0].upper() + inserted[1:]
    return question[:start] + inserted + question[end:], (antecedent,)


def _with_question_word(last: str, ask: str, wh: str | None) -> Resolution:
    """The question before with another question word: "When did it close?", "why?" is "Why did it close?"."""
    match = _ADVERBIAL.match(last) if wh else None
    if match and not re.match(r"(?:is|are)\b", match["rest"], re.IGNORECASE):
        assert wh is not None
        return wh[0].upper() + wh[1:] + " " + match["rest"], (last,)
    if language_of_name(last[:_HEAD]) != "en":
        return f"{last.strip()} {ask[0].upper() + ask[1:]}?", (last,)
    return f"{bare(last)}, and {ask[0].lower() + ask[1:]}?", (last,)


def _with_fragment(question: str, talk: Talk) -> Resolution | None:
    """The question before with a fragment ("And in 2019?", "What about Kessa?") substituted for a phrase of the same kind."""
    match = _FRAGMENT.match(question)
    if match is None:
        return None
    new, preposition = match["new"].strip(), match["prep"]
    words = [word.group() for word in WORD.finditer(new)]
    content = words[1:] if words and _DETERMINER.match(new) else words
    if not content or len(words) > LONGEST_FRAGMENT or any(is_stop(word) and word.lower() not in {"of", "the"} for word in content):
        return None
    is_date = talk.is_date(new)
    is_named = all(word[0].isupper() or is_stop(word) for word in content) and not is_date
    is_phrase = len(content) < len(words) or re.match(r"[\w’' -]+['’]s\s", new) is not None
    if not (match["lead"] or (preposition and is_date)) or not (is_date or is_named or is_phrase or "about" in match["lead"].lower()):
        return None
    return talk.with_new(new, preposition, is_date, is_named)


def counted(question: str) -> Entity | None:
    """The entities that a question asks to count."""
    match = _COUNTED.match(question)
    return Entity(f"the {match['what']}", Span(*match.span("what")), None) if match else None


def suits(entity: Entity, pronoun: Pronoun) -> bool:
    """Whether a pronoun agrees with an entity of English words."""
    text, is_person = entity.text, entity.is_person
    if "they" in pronoun.stands_for:
        return agrees(text, "they") or _is_plural(text)
    if not pronoun.may_be_one_person:
        return is_person is not True and not _is_plural(text)
    if is_person is False:
        return "it" in pronoun.stands_for
    return agrees(text, "he" if "he" in pronoun.stands_for else "she")


def _is_plural(text: str) -> bool:
    """Whether a description is in the plural; names are not, whatever their ending."""
    head = re.split(r"\s+of\s", text, maxsplit=1)[0]
    return head.rsplit(maxsplit=1)[-1][0].islower() and _PLURAL_HEAD.search(head) is not None


def entities(question: str, names: Sequence[Span]) -> list[Entity]:
    """The names and definite descriptions of a question, which do not overlap. `names` are its runs of capitalised words."""
    phrases = [phrase for phrase in _phrases(question) if phrase.text[0].lower() != "a"]
    entities = list(phrases)
    for name in _names(question, names):
        around = next((phrase for phrase in phrases if phrase.span.start <= name.span.start < phrase.span.end), None)
        if around is None:
            entities.append(name)
        elif name.span.end == around.span.end and _is_title(question[around.span.start : name.span.start]):
            entities[entities.index(around)] = name
    return entities


def described(question: str) -> list[Entity]:
    """The person whose name a question gives without capitals."""
    match = _IDENTITY.match(question)
    if not match or any(map(is_stop, match["name"].split())):
        return []
    return [Entity(match["name"].title(), Span(*match.span("name")), True)]


def _is_title(before_name: str) -> bool:
    """Whether the text before a name is a title: "the nurse Mariam Zenti", not "the goats of Imla"."""
    words = before_name.split()
    return len(words) > 1 and not is_stop(words[-1])


def _names(question: str, names: Sequence[Span]) -> Iterator[Entity]:
    for span in names:
        words = list(WORD.finditer(question, span.start, span.end))
        while words and (is_stop(words[0].group()) or words[0].group().lower() in _NO_NAME_FIRST):
            words.pop(0)
        if not words or _is_of_the_calendar(words[0].group()):
            continue
        start, end = words[0].start(), words[-1].end()
        text = re.sub(r"['’]s?$", "", question[start:end])
        yield Entity(text, Span(start, start + len(text)), is_person(question, start, text))


def _is_of_the_calendar(word: str) -> bool:
    """Whether a capitalised word is a month or a weekday."""
    return word.lower() in _CALENDAR


def is_person(question: str, start: int, name: str) -> bool | None:
    """Whether a name at offset `start` of a question is a person's; None if unknown."""
    if fold_text(name.rsplit(maxsplit=1)[-1]) in _THING_HEADS or name.casefold() in _PAPERS or (name.isupper() and not question.isupper()):
        return False  # the last are initials: "NATO"
    before = question[:start].split()[-1:]
    if before and before[0].lower() in _BEFORE_A_PLACE | {"the"}:
        return False
    return True if agrees(name, "he") != agrees(name, "she") else None


def without_article(description: str) -> str:
    """A description without its article or demonstrative."""
    return _DETERMINER.sub("", description, count=1)


def _phrases(question: str) -> Iterator[Entity]:
    """Descriptions with an article: the words up to a stop word, without the verb of the question ("did the ferry sink")."""
    for match in _DETERMINER.finditer(question):
        words: list[re.Match[str]] = []
        at, stopped = match.end(), ""
        for word in WORD.finditer(question, match.end()):
            if re.search(r"[^\s]", question[at : word.start()]):
                break
            bare = word.group()
            if is_stop(bare) and not (words and _OF.match(question, word.start())) and not (words and words[-1].group() == "of"):
                stopped = bare
                break
            words.append(word)
            at = word.end()
            if re.search(r"['’]s?$", bare) or len(words) == LONGEST_PHRASE:
                break
        while words and is_stop(words[-1].group()):
            words.pop()
        words = _without_verb(question[: match.start()], words, stopped)
        if not words:
            continue
        text = re.sub(r"['’]s?$", "", question[match.start() : words[-1].end()])
        span = Span(match.start(), match.start() + len(text))
        text = text[0].lower() + text[1:]
        yield Entity(text, span, agrees(text, "he") or agrees(text, "she"))


def _without_verb(before: str, words: list[re.Match[str]], stopped: str) -> list[re.Match[str]]:
    preceding = before.lower().split()
    auxiliary = preceding[-1] if preceding else ""
    if len(words) < 2 or auxiliary not in _DO | _BE or (words[-1].group()[0].isupper() and auxiliary in _BE):
        return words
    is_capital = [word.group()[0].isupper() for word in words]
    if auxiliary in _DO:
        if is_capital[-1] and not all(is_capital):  # "did the keeper call Jaber"
            first = next(at for at in range(len(words), 0, -1) if not is_capital[at - 1])
            return words[: first - 1] or words[:first]
        return words if stopped == "" and all(is_capital) else words[:-1]
    asks_what = any(word in _ASKING_WHAT for word in preceding) or (len(preceding) > 2 and "how" in preceding[:-2])
    is_verb = _ENDS_A_VERB.search(words[-1].group()) is not None
    return words if asks_what and not is_verb else words[:-1] if is_verb or not stopped else words


def leans(question: str, words: Sequence[str]) -> bool:
    """Whether a question may depend on others: it is a fragment, or has a pronoun without an antecedent."""
    is_fragment = len(words) < _FEW and not _NAME.search(question)
    return _LEADING_CONJUNCTION.match(question) is not None or is_fragment or points(question, words)


def points(question: str, words: Sequence[str]) -> bool:
    """Whether a question has a pronoun without an antecedent."""
    pronoun = _PRONOUN.search(question)
    return pronoun is not None and not _SUBJECT.search(question, 0, pronoun.start()) and not _NAME_AFTER.search(question, pronoun.end())


def has_fewer_pronouns(question: str, other: str) -> bool:
    """Whether a question has fewer pronouns than another."""
    return len(_PRONOUN.findall(question)) < len(_PRONOUN.findall(other))


def without_conjunction(word: str) -> str:
    """The word unchanged: English conjunctions are separate words."""
    return word
