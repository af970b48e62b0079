"""A question that leans on the conversation, and what it means: "and how old is he?" is "and how old is Matthis Oduval?".

Rules, without a language model, in English and Arabic. A pronoun stands for what was last answered with or asked about and agrees with it;
of several, for the first in its question, which is most often its subject (centering: Grosz, Joshi & Weinstein 1995, "Centering: a
framework for modeling the local coherence of discourse"). A fragment ("And in 2019?", "why?") takes the rest of the question before.

To carry a subject into a question that has its own is far worse than to miss a follow-up. So a pronoun counts only where nothing in its own
question can be meant by it: right behind the auxiliary of a question, or behind its verb alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.fold import fold_text
from index.language import language_of
from index.people import ARABIC_GIVEN, People, agrees
from index.spans import Span
from index.terms import is_stop
from qa.answer import Answer
from qa.answer_types import AnswerType, answer_type, candidates

# Turns that a pronoun may look back on; no measurement behind it.
REMEMBERED = 3
# Characters: whoever asks at length says what is meant, and is not looked into. No measurement behind it.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Before:
    """A question that was asked before, as it was understood, and the name that answered it, if one did."""

    question: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it was typed, as it is to be answered, and what was carried into it: names, a thing, the question before."""

    asked: str
    understood: str
    carried: tuple[str, ...] = ()


def before(answer: Answer) -> Before:
    """What a follow-up may lean on of an answer: a short answer that is a name, in the fullest form that its article gives."""
    short = answer.short_answer
    if short is None or answer_type(answer.question) not in {AnswerType.PERSON, AnswerType.PLACE}:
        return Before(answer.question)
    citation = answer.citations[0]
    at = citation.quote.find(short)
    if at < 0:
        return Before(answer.question, short)
    text = citation.article.text
    start = citation.span.start + at
    return Before(answer.question, People(text, [Span(0, len(text))]).named(Span(start, start + len(short))) or short)


def standalone(question: str, before: Sequence[Before]) -> FollowUp:
    """The question with what it takes from those asked before, the last one last; as it is where it stands by itself or nothing suits.

    >>> standalone("and how old is he?", [Before("Who feeds the goats of Imla?", "Tom Brask")]).understood
    'and how old is Tom Brask?'
    >>> standalone("How old is the mayor?", [Before("Who feeds the goats of Imla?", "Tom Brask")]).carried
    ()
    """
    as_it_is = FollowUp(question, question)
    if not before or len(question) > _LONGEST or len(before[-1].question) > _LONGEST:
        return as_it_is
    before = [said for said in before[-REMEMBERED:] if len(said.question) <= _LONGEST]
    language = language_of(question)
    if language == "ar":
        found = _arabic(question, before)
    elif language == "en":
        found = _english(question, before)
    else:
        found = None
    if found is None or found[0].strip() == question.strip():
        return as_it_is
    return FollowUp(question, *found)


_Found = tuple[str, tuple[str, ...]]


def _set(listed: str) -> frozenset[str]:
    return frozenset(fold_text(listed).split())


# English

_AUX = (
    "(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|isn['’]t|aren['’]t|wasn['’]t|weren['’]t"
    "|don['’]t|doesn['’]t|didn['’]t|hasn['’]t|haven['’]t|hadn['’]t|can['’]t|couldn['’]t|won['’]t|wouldn['’]t)"
)
_LEAD = r"^\W*(?:(?:and|but|so|then|ok|okay|well)\b[\s,]*){0,3}"
_WH = r"(?:(?:in|at|on|from|to|for|with|by|since|until|of|about|under|after|before)\s+)?(?:who|whom|whose|what|which|when|where|why|how)"
# "… did he", "what is his …": nothing before the auxiliary but the question's own phrase, which its subject cannot mean.
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
_BEHIND_MANY = re.compile(
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
_HE, _SHE, _IT = _set("he him his"), _set("she her"), _set("it its")
_POSSESSIVES = _set("his her its their")
_HAVE = re.compile(r"ha[sd]|have", re.IGNORECASE)
# "it" that stands for nothing: "is it true that", "does it take to", "is it cold in Imla".
_IDLE_IT = re.compile(
    r"\b(?:that|to|for|if|whether|how|when|who|because|from)\b"
    r"|^\s+(?:take|takes|took|mean|means|seem|seems|rain|snow|raining|snowing|possible|true|common|necessary|important|like|cold|hot|warm|in"
    r"|on|at|near)\b",
    re.IGNORECASE,
)
_IDLE_THEY = re.compile(r"^\s+(?:call|say|speak)\b", re.IGNORECASE)
_APPOSITION = re.compile(r",\s+(?:the\s+)?(?:[\w-]+\s+){0,2}[A-Z]")
_PLURAL_HEAD = re.compile(r"(?<![su'’])s$|men$|people$|children$", re.IGNORECASE)
_THING_HEADS = _set(
    "dam museum river island light lighthouse bridge channel lines desert railway court university school hospital water sea lake "
    "street road city town village province county state states union company bank party club harbour harbor port airport station "
    "church mosque castle palace tower park stadium theatre theater hotel mountain mount valley coast war treaty act law award cup "
    "prize festival ferry ship train line commission committee council agency ministry association board authority courier times "
    "post news lantern radio empire kingdom republic day year code project plan deal agreement programme program north south east "
    "west reuters afp mcclatchy bbc cnn isis nato un eu"
)
_PLACE_BEFORE = _set("in at near off across into on")
_WORD = re.compile(r"[^\W_][\w'’\u064b-\u0652\u0670\u0640-]*")
_DETERMINER = re.compile(r"\b(?:the|a|an|this|that|these|those)\s+(?=[^\W_])", re.IGNORECASE)
_OF = re.compile(r"of\s+(?:the\s+)?[^\W_]")
_DO = _set("do does did can could will would shall should may might must")
_BE = _set("is are was were has have had")
_ENDS_A_VERB = re.compile(r"(?:ed|ing|wn|en|built|lost|held|sold|kept|made|shut|cut|left|found|told|sunk)$", re.IGNORECASE)
_LONGEST_NAME = 60  # characters; a longer answer is no name. No measurement behind it
_LONGEST_PHRASE = 5  # words; no measurement behind it
_LONGEST_FRAGMENT = 5  # words; no measurement behind it


@dataclass(frozen=True, slots=True)
class _Entity:
    """Who or what a question speaks of: `is_person` is None where that cannot be told."""

    text: str
    span: Span
    is_person: bool | None


def _english(question: str, before: Sequence[Before]) -> _Found | None:
    last = before[-1].question
    for pattern in (_EVENT, _BARE):
        match = pattern.match(question)
        if match:
            return _of_the_same(last, match["ask"], match["wh"])
    match = _POSSESSIVE_PHRASE.match(question)
    if match:
        possessed = _resolved(question, match, before)
        is_asked_about = possessed is not None and possessed[1][0] in last
        return (possessed and is_asked_about and _swapped(possessed[0], last)) or possessed
    for pattern in (_AS_SUBJECT, _AS_OBJECT, _BEHIND_MANY):
        match = pattern.match(question)
        if match and not _is_idle(pattern, match):
            return _resolved(question, match, before)
    return _swapped(question, last)


def _is_idle(pattern: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether a pronoun stands for nothing, or for what its own question names."""
    pronoun, rest = match["pronoun"].lower(), match["rest"]
    if _APPOSITION.search(rest):
        return True
    if pattern is not _AS_SUBJECT and pronoun == "her" and (follows := _WORD.search(rest)) and not is_stop(follows.group()):
        return True  # "Who lost her way?"
    if pronoun in _POSSESSIVES and "aux" in match.groupdict() and _HAVE.match(match["aux"]):
        return True  # "Which school has its own boat?"
    return (pronoun == "it" and _IDLE_IT.search(rest) is not None) or (pronoun == "they" and _IDLE_THEY.match(rest) is not None)


def _resolved(question: str, match: re.Match[str], before: Sequence[Before]) -> _Found | None:
    """The question with what is meant in the place of its pronoun."""
    pronoun = match["pronoun"].lower()
    meant = _meant(pronoun, before)
    if meant is None or meant.lower() in question.lower():
        return None
    is_possessive = pronoun in _POSSESSIVES and (follows := _WORD.search(match["rest"])) is not None and not is_stop(follows.group())
    start, end = match.span("pronoun")
    put = f"{meant}'s" if is_possessive else meant
    if not question[:start].strip():
        put = put[0].upper() + put[1:]
    return question[:start] + put + question[end:], (meant,)


def _meant(pronoun: str, before: Sequence[Before], only_persons: bool = False) -> str | None:
    """What a pronoun, English or one of the Arabic suffixes, stands for: what suits it in the last question that holds any such."""
    said_of = [_spoken_of(said) for said in before]
    persons = {entity.text for entities in said_of for entity in entities if entity.is_person}
    for entities in reversed(said_of):
        known = [replace(entity, is_person=True) if entity.text in persons else entity for entity in entities]
        suiting = [entity for entity in known if _suits(entity, pronoun) and (not only_persons or _may_be_a_person(entity))]
        if suiting:
            wanted = None if pronoun in {"ه", "ها", "هم"} else pronoun in _HE | _SHE
            return max(suiting, key=lambda entity: (wanted is not None and entity.is_person is wanted, _is_full_name(entity, wanted))).text
    return None


def _may_be_a_person(entity: _Entity) -> bool:
    return entity.is_person is True or (entity.is_person is None and not _is_arabic(entity.text) and _is_full_name(entity, True))


def _is_full_name(entity: _Entity, wanted: bool | None) -> bool:
    return wanted is True and entity.text[0].isupper() and " " in entity.text


def _spoken_of(said: Before) -> list[_Entity]:
    """What answered a question, what it asked to count, and what it names, in that order."""
    entities = _entities(said.question)
    counted = _COUNTED.match(said.question)
    if counted:
        entities.insert(0, _Entity(f"the {counted['what']}", Span(*counted.span("what")), None))
    if said.answer and said.answer.strip() and len(said.answer) <= _LONGEST_NAME:
        kind = answer_type(said.question)
        is_person = kind is AnswerType.PERSON if kind is not AnswerType.PHRASE else None
        # Where something is, is less in mind than what is there.
        entities.insert(0 if is_person else len(entities), _Entity(said.answer, Span(0, 0), is_person))
    return entities


def _suits(entity: _Entity, pronoun: str) -> bool:
    text, is_person = entity.text, entity.is_person
    if _is_arabic(text):
        return _suits_arabic(text.split()[0], pronoun)
    if pronoun in _IT:
        return is_person is not True and not _is_plural(text)
    if pronoun in {"they", "them", "their", "هم"}:
        return agrees(text, "they") or _is_plural(text)
    if pronoun in _HE | _SHE:
        return is_person is not False and agrees(text, pronoun)
    return is_person is False or agrees(text, "he" if pronoun == "ه" else "she")


def _is_plural(text: str) -> bool:
    """Whether a description is of several; a name may end in any letter."""
    head = re.split(r"\s+of\s", text, maxsplit=1)[0]
    return head.rsplit(maxsplit=1)[-1][0].islower() and _PLURAL_HEAD.search(head) is not None


def _suits_arabic(head: str, pronoun: str) -> bool:
    is_feminine, is_plural = head.endswith("ة"), len(head) > 4 and head.endswith(("ون", "ين", "و", "وا"))
    if pronoun in {"they", "them", "their", "هم"}:
        return is_plural
    return not (is_feminine and pronoun in _HE | {"ه"}) and not (is_plural and pronoun not in _IT)


def _is_arabic(text: str) -> bool:
    return any("\u0620" <= character <= "\u064a" for character in text[:20])


def _entities(question: str) -> list[_Entity]:
    """Names and definite descriptions of a question, in its order, which do not overlap."""
    phrases = [phrase for phrase in _phrases(question) if phrase.text[0].lower() != "a"]
    found = list(phrases)
    for name in _names(question):
        around = next((phrase for phrase in phrases if phrase.span.start <= name.span.start < phrase.span.end), None)
        if around is None:
            found.append(name)
        elif name.span.end == around.span.end and _is_title(question[around.span.start : name.span.start]):
            found[found.index(around)] = name
    if not found and language_of(question) == "ar":
        found = _arabic_phrase(question)
    elif not found and (match := _IDENTITY.match(question)) and not any(map(is_stop, match["name"].split())):
        found = [_Entity(match["name"].title(), Span(*match.span("name")), True)]
    return sorted(found, key=lambda entity: entity.span)


def _is_title(before_name: str) -> bool:
    """Whether more than an article stands before a name: "the nurse Mariam Zenti", not "the goats of Imla"."""
    words = before_name.split()
    return len(words) > 1 and not is_stop(words[-1])


def _names(question: str) -> Iterator[_Entity]:
    for span in candidates(AnswerType.PERSON, question):
        words = list(_WORD.finditer(question, span.start, span.end))
        while words and (is_stop(words[0].group()) or words[0].group().lower() in {"and", "but", "in", "i"}):
            words.pop(0)
        if not words or _is_of_the_calendar(words[0].group()):
            continue
        start, end = words[0].start(), words[-1].end()
        text = re.sub(r"['’]s?$", "", question[start:end])
        yield _Entity(text, Span(start, start + len(text)), _is_person(question, start, text))


def _is_of_the_calendar(word: str) -> bool:
    """Whether a capitalised word is a month or a weekday."""
    return word.lower() in _CALENDAR


_CALENDAR = _set(
    "january february march april may june july august september october november december monday tuesday wednesday thursday friday "
    "saturday sunday"
)


def _is_person(question: str, start: int, name: str) -> bool | None:
    if fold_text(name.rsplit(maxsplit=1)[-1]) in _THING_HEADS:
        return False
    before = question[:start].split()[-1:]
    if before and before[0].lower() in _PLACE_BEFORE | {"the"}:
        return False
    return True if agrees(name, "he") != agrees(name, "she") else None


def _phrases(question: str) -> Iterator[_Entity]:
    """Descriptions behind an article: its words up to one that carries no matter, less the verb of a question ("did the ferry sink")."""
    for match in _DETERMINER.finditer(question):
        words: list[re.Match[str]] = []
        at, stopped = match.end(), ""
        for word in _WORD.finditer(question, match.end()):
            if re.search(r"[^\s]", question[at : word.start()]):
                break
            bare = word.group()
            if is_stop(bare) and not (words and _OF.match(question, word.start())) and not (words and words[-1].group() == "of"):
                stopped = bare
                break
            words.append(word)
            at = word.end()
            if re.search(r"['’]s?$", bare) or len(words) == _LONGEST_PHRASE:
                break
        while words and is_stop(words[-1].group()):
            words.pop()
        words = _without_verb(question[: match.start()], words, stopped)
        if not words:
            continue
        text = re.sub(r"['’]s?$", "", question[match.start() : words[-1].end()])
        span = Span(match.start(), match.start() + len(text))
        text = text[0].lower() + text[1:]
        yield _Entity(text, span, agrees(text, "he") or agrees(text, "she"))


def _without_verb(before: str, words: list[re.Match[str]], stopped: str) -> list[re.Match[str]]:
    said = before.lower().split()
    auxiliary = said[-1] if said else ""
    if len(words) < 2 or auxiliary not in _DO | _BE or (words[-1].group()[0].isupper() and auxiliary in _BE):
        return words
    is_capital = [word.group()[0].isupper() for word in words]
    if auxiliary in _DO:
        if is_capital[-1] and not all(is_capital):  # "did the keeper call Jaber"
            first = next(at for at in range(len(words), 0, -1) if not is_capital[at - 1])
            return words[: first - 1] or words[:first]
        return words if stopped == "" and all(is_capital) else words[:-1]
    says_what = any(word in {"who", "what", "where", "which", "whose"} for word in said) or (len(said) > 2 and "how" in said[:-2])
    is_verb = _ENDS_A_VERB.search(words[-1].group()) is not None
    return words if says_what and not is_verb else words[:-1] if is_verb or not stopped else words


def _of_the_same(last: str, ask: str, wh: str | None) -> _Found:
    """The question before, asked for something else: "When did it close?", "why?" is "Why did it close?"."""
    match = _ADVERBIAL.match(last) if wh else None
    if match and not re.match(r"(?:is|are)\b", match["rest"], re.IGNORECASE):
        assert wh is not None
        return wh[0].upper() + wh[1:] + " " + match["rest"], (last,)
    if _is_arabic(last):
        return f"{last.strip()} {ask[0].upper() + ask[1:]}?", (last,)
    return f"{_bare(last)}, and {ask[0].lower() + ask[1:]}?", (last,)


def _bare(question: str) -> str:
    return question.strip().rstrip("?؟.! ")


def _swapped(question: str, last: str) -> _Found | None:
    """The question before with a fragment ("And in 2019?", "What about Kessa?") in the place of what is like it."""
    match = _FRAGMENT.match(question)
    if match is None:
        return None
    new, preposition = match["new"].strip(), match["prep"]
    words = [word.group() for word in _WORD.finditer(new)]
    content = words[1:] if words and _DETERMINER.match(new) else words
    if not content or len(words) > _LONGEST_FRAGMENT or any(is_stop(word) and word.lower() not in {"of", "the"} for word in content):
        return None
    dates = list(candidates(AnswerType.DATE, new))
    is_date = len(dates) == 1 and len(dates[0]) == len(new)
    is_named = all(word[0].isupper() or is_stop(word) for word in content) and not is_date
    is_phrase = len(content) < len(words) or re.match(r"[\w’' -]+['’]s\s", new) is not None
    if not (match["lead"] or (preposition and is_date)) or not (is_date or is_named or is_phrase or "about" in match["lead"].lower()):
        return None
    return _with_new(last, new, preposition, is_date, is_named)


def _with_new(last: str, new: str, preposition: str | None, is_date: bool, is_named: bool) -> _Found | None:
    if is_date:
        if answer_type(last) is AnswerType.DATE:
            return None
        old = next(candidates(AnswerType.DATE, last), None)
        if old is not None:
            return last[: old.start] + new + last[old.end :], (last,)
        return f"{_bare(last)} {(preposition or 'in').lower()} {new}{'؟' if _is_arabic(last) else '?'}", (last,)
    entities = _entities(last)
    if preposition:
        behind = [e for e in entities if last[: e.span.start].lower().split()[-1:] == [preposition.lower()]]
        if not behind:
            return f"{_bare(last)} {preposition.lower()} {new}?", (last,)
        entities = behind
    if not entities:
        return None
    is_new_person = None if is_named else agrees(new.lower(), "he") or agrees(new.lower(), "she")
    if is_named:
        is_new_person = _is_person("", 0, new)
    like = [e for e in entities if is_new_person is not None and e.is_person is is_new_person]
    same_form = [e for e in entities if e.text[0].isupper() == is_named]
    old = (like or same_form or entities)[0].span
    if fold_text(old.of(last)) == fold_text(new):
        return None
    put = new if last[: old.start].strip() else new[0].upper() + new[1:]
    return last[: old.start] + put + last[old.end :], (last,)


# Arabic

_ASKING = _set("من ما ماذا متى أين اين كيف لماذا هل كم أي لم لمن ماهو ماهي فين ليش")
_ASKING_PREPOSITIONS = _set("منذ إلى مع عن في على حتى")
_ADVERBS_ASKED = _set("متى أين كيف لماذا")
_PASSED = _set("هو هي هم كان كانت كانوا قد يكون تكون تم")
_NOW = _set("الآن اليوم حاليا")
_HAPPENED = _set("حدث حصل وقع كان جرى يحدث تم")
# Verbs that ask all by themselves after "when" and "where": what is said of him, and of her.
_OF_HIM = _set(
    "ولد توفي مات عاش نشأ تزوج استقال اعتقل سجن قتل درس افتتح بني أنشئ أغلق تأسس غرق وقع فاز خسر هاجر وصل استمر دام قال فعل كتب طلب"
)
_OF_HER = _set(
    "ولدت توفيت ماتت عاشت نشأت تزوجت استقالت اعتقلت سجنت قتلت درست افتتحت بنيت أنشئت أغلقت تأسست غرقت وقعت فازت خسرت هاجرت وصلت "
    "استمرت دامت قالت فعلت كتبت طلبت"
)
_OF_LIFE = _set("ولد توفي مات عاش نشأ تزوج استقال قال فعل كتب طلب ولدت توفيت ماتت عاشت نشأت تزوجت استقالت قالت فعلت كتبت طلبت")
_THAT = _set("ذلك هذا هذه")
_RELATIVES = _set("الذي التي الذين اللذين اللتين اللواتي اللاتي اللتي اللذي أن")
_SUFFIX = re.compile("(?:ها|هم|ه)$")
# What a person, a place or a thing has, and what is asked about it.
_POSSESSED = (
    "عمر اسم أبو زوج زوجة ابن ابنة بنت والد والدة أم أخت شقيق شقيقة جد جدة صديق عائلة أسرة أولاد أبناء أطفال مهنة وظيفة عمل سن "
    "جنسية راتب أصل منصب حزب فريق نادي مدير مديرة رئيس رئيسة صاحب صاحبة مؤسس مالك قائد مدرب كاتب مؤلف طول ارتفاع مساحة عدد سكان ثمن "
    "سعر كلفة تكلفة قيمة سبب نتيجة نتائج رأي رد دور لون وزن حجم عنوان موقع مكان عاصمة لغة منزل بيت مدينة بلد بلدة موت وفاة ميلاد "
    "ولادة تاريخ حياة اعمال أعمال مسيرة شهادة قصة معنى هدف أهداف مصدر فائدة عرض عمق سرعة حمولة ركاب طاقم ضحايا قبطان مخرج لقب خليفة"
)
_DEEDS = "تشييد بناء افتتاح إغلاق إصلاح إنشاء تأسيس ترميم غرق وفاة مقتل فوز انتخاب"
_OF_PERSONS = _set(
    "عمر زوج زوجة ابن ابنة بنت والد والدة أم أبو أخت شقيق شقيقة جد جدة صديق أولاد أبناء أطفال مهنة جنسية راتب حياة أعمال وفاة"
)
_PREPOSITIONS = ("عن", "من", "في", "على", "إلى", "مع", "عند", "لدى", "بعد", "قبل", "حول", "ضد", "ل", "ب")
_SUFFIXES = ("ه", "ها", "هم")


def _with_suffix(word: str, suffix: str) -> str:
    if word.endswith("ة"):
        return word[:-1] + "ت" + suffix
    return (word[:-1] + "ي" if word in {"على", "إلى", "لدى"} else word) + suffix


_NOUNS = {fold_text(_with_suffix(word, suffix)): (word, suffix) for word in f"{_POSSESSED} {_DEEDS}".split() for suffix in _SUFFIXES}
_ASKED_OF = _set(f"{_POSSESSED} {_DEEDS}")
_LINKS = _set("بسبب أثناء بفعل عقب إثر جراء منذ")
_REACHES = _set("يبلغ تبلغ بلغ بلغت")
_TO_HIM = {fold_text(_with_suffix(word, suffix)): (word, suffix) for word in _PREPOSITIONS for suffix in _SUFFIXES}
# Words that end like a suffix and have none.
_WHOLE = _set(
    "وجه شبه فقه مياه اتجاه انتباه تنبيه توجيه فواكه نزيه سفيه فقيه إله الله أهم مهم فهم درهم دراهم متهم ملهم سهم أسهم مساهم تفاهم وهم هذه "
    "تافه مشبوه شبيه نبيه مكروه ترفيه تشويه تشابه هم ملكه"
)
_ARABIC_FRAGMENT = re.compile(
    r"^\W*و?(?:(?P<about>ماذا\s+عن|ماذا\s+بشأن)|(?P<prep>في|عام|سنة|منذ|قبل|بعد)(?:\s+(?:عام|سنة))?)\s+(?P<new>[^؟?]+?)[\s؟?.!]*$"
)
_WHO_BEARS = _set(
    "حارس حارسة مدير مديرة رئيس رئيسة وزير وزيرة حاكم مدرب مدربة قائد طبيب طبيبة ممرض ممرضة كاتب كاتبة صحفي صحفية لاعب لاعبة ملك ملكة مؤسس "
    "صاحب صاحبة قبطان مرشح مرشحة زعيم مخرج مخرجة ممثل ممثلة مغني مغنية أمير أميرة قاضي قاضية شاعر شاعرة مدققة باحث باحثة"
)


def _arabic(question: str, before: Sequence[Before]) -> _Found | None:
    last = before[-1].question
    fragment = _ARABIC_FRAGMENT.match(question)
    if fragment and not any(fold_text(word) in _ASKING for word in fragment["new"].split()):
        return _swapped_arabic(fragment, last)
    words = list(_WORD.finditer(question))
    plain = [fold_text(word.group()) for word in words]
    if not words or _RELATIVES & set(plain):
        return None
    if len(words) == 1 and plain[0][0] == "و" and plain[0][1:] in _NOUNS:
        return _put_behind(question, words[0], *_NOUNS[plain[0][1:]], before)
    asked, at = _asked(plain)
    if asked is None:
        return None
    ask = question[words[0].start() + _conjunction(plain[0]) : words[-1].end()]
    happened = plain[at:]
    if not happened or (happened[-1] in _THAT and set(happened[:-1]) <= _HAPPENED):
        bare = question[words[0].start() + _conjunction(plain[0]) : words[at - 1].end()] if at else ask
        return _of_the_same_arabic(last, ask, bare if asked in _ADVERBS_ASKED else None, bool(happened))
    pronoun = at
    while at < len(plain) and plain[at] in _PASSED:
        at += 1
    if plain[pronoun] in {"هو", "هي", "هم"} and (asked == "هل" or set(plain[pronoun + 1 :]) <= _NOW):
        suffix = {"هو": "ه", "هي": "ها", "هم": "هم"}[plain[pronoun]]
        meant = _meant(suffix, before)
        if meant is None:
            return None
        start, end = words[pronoun].span()
        return question[: start if asked == "هل" else end] + ("" if asked == "هل" else " ") + meant + question[end:], (meant,)
    return _with_meant(question, words, plain, at, asked, before)


def _with_meant(
    question: str, words: Sequence[re.Match[str]], plain: Sequence[str], at: int, asked: str, before: Sequence[Before]
) -> _Found | None:
    """The question with what a suffix means, where it stands on the first word that carries matter, or behind the verb alone."""
    if at >= len(words):
        return None
    first, raw = plain[at], words[at].group()
    if asked in _ADVERBS_ASKED | {"ماذا", "كم"} and len(words) == at + 1 and first in _OF_HIM | _OF_HER:
        meant = _meant("ه" if first in _OF_HIM else "ها", before, first in _OF_LIFE)
        return None if meant is None else (f"{question[: words[at].end()]} {meant}{question[words[at].end() :].lstrip()}", (meant,))
    if first in _NOUNS and not raw.endswith("ة"):
        return _put_behind(question, words[at], *_NOUNS[first], before)
    if first in _TO_HIM and not raw.endswith("ة") and asked not in {"ما", "اي"}:
        return _put_behind(question, words[at], *_TO_HIM[first], before)
    suffix = _SUFFIX.search(raw)
    is_verb = asked in _ADVERBS_ASKED | {"من", "هل"} and (len(words) == at + 1 or (suffix is not None and suffix.group() == "ها"))
    if suffix and is_verb and len(raw) - len(suffix.group()) >= 3 and first not in _WHOLE and not raw.startswith("ال"):
        meant = _meant(suffix.group(), before)
        return None if meant is None else (f"{question[: words[at].end()]} ({meant}){question[words[at].end() :]}", (meant,))
    second = plain[at + 1] if at + 1 < len(words) else ""
    if raw.startswith("ال") or (at + 1 < len(words) and words[at + 1].group().endswith("ة")):
        return None
    if asked in {"ما", "اي"} and first not in _ASKED_OF:
        return None
    if second in _TO_HIM and asked not in {"ما", "اي"}:
        return _put_behind(question, words[at + 1], *_TO_HIM[second], before)
    if second in _NOUNS and (asked in _ADVERBS_ASKED | {"هل"} or first in _ASKED_OF):
        return _put_behind(question, words[at + 1], *_NOUNS[second], before)
    return None


def _asked(plain: Sequence[str]) -> tuple[str | None, int]:
    """The word that asks, and how many words there are up to it."""
    for at, word in enumerate(plain[:2]):
        bare = word[_conjunction(word) if not at else 0 :]
        if bare in _ASKING:
            return {"ماهو": "ما", "ماهي": "ما"}.get(bare, bare), at + 1
        if bare not in _ASKING_PREPOSITIONS:
            break
    return None, 0


def _conjunction(word: str) -> int:
    return int(word[0] in "وف" and (word[1:] in _ASKING or word[1:] in _ASKING_PREPOSITIONS))


def _put_behind(question: str, word: re.Match[str], bare: str, suffix: str, before: Sequence[Before]) -> _Found | None:
    """The noun or preposition without its suffix, and the name behind it: "عمره" is "عمر …"."""
    meant = _meant(suffix, before, fold_text(bare) in _OF_PERSONS)
    if meant is None or meant in question:
        return None
    meant = _DETERMINER.sub("", meant, count=1)  # "the" is no word of an Arabic sentence
    conjunction = "و" if word.group().startswith("و") and fold_text(bare)[0] != "و" else ""
    joint = " "
    if bare in {"ل", "ب"}:
        joint = "" if _is_arabic(meant) else "ـ "
        if bare == "ل" and meant.startswith("ال"):
            return question[: word.start()] + conjunction + "لل" + meant[2:] + question[word.end() :], (meant,)
    return question[: word.start()] + conjunction + bare + joint + meant + question[word.end() :], (meant,)


def _of_the_same_arabic(last: str, ask: str, adverb: str | None, is_event: bool) -> _Found | None:
    words = list(_WORD.finditer(last))
    plain = [fold_text(word.group()) for word in words]
    asked, at = _asked(plain)
    if adverb and asked in _ADVERBS_ASKED and len(words) > at + 1:
        return adverb + last[words[at - 1].end() :], (last,)
    return f"{_bare(last)}، و{ask}؟" if _is_arabic(last) else f"{last.strip()} {ask}؟", (last,)


def _swapped_arabic(fragment: re.Match[str], last: str) -> _Found | None:
    new = fragment["new"].strip()
    words = [word.group() for word in _WORD.finditer(new)]
    if not words or len(words) > _LONGEST_FRAGMENT:
        return None
    dates = list(candidates(AnswerType.DATE, new))
    is_date = len(dates) == 1 and len(dates[0]) == len(new)
    if fragment["prep"] and not is_date:
        return None
    return _with_new(last, new, fragment["prep"], is_date, new[0].isupper())


def _begins_a_phrase(plain: Sequence[str]) -> bool:
    """Whether no verb stands first."""
    return bool(plain) and (plain[0] in _WHO_BEARS or plain[0].startswith("ال") or is_stop(plain[0]))


def _arabic_phrase(question: str) -> list[_Entity]:
    """What an Arabic question speaks of: its words behind those that ask, the verb, and what is asked about ("عمر", "بناء")."""
    words = list(_WORD.finditer(question))
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
    while end < len(plain) and end - at < _LONGEST_PHRASE and not is_stop(words[end].group()):
        if end > at and re.search(r"\S", question[words[end - 1].end() : words[end].start()]):
            break
        end += 1
    if end == at or any(word in _NOUNS for word in plain[at:end]):
        return []
    span = Span(words[at].start(), words[end - 1].end())
    is_person = (is_identity and asked == "من") or plain[at] in ARABIC_GIVEN | _WHO_BEARS
    return [_Entity(span.of(question), span, is_person or None)]
