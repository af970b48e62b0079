"""Whose name a mention stands for: a family name, a pronoun, "the defector", by what the article itself says before and after."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.cues import is_name
from index.fold import fold_text
from index.spans import Span


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TITLES = _set(
    "mr mrs ms miss dr sir dame lord lady sen senator gov governor rep representative congressman congresswoman president vice secretary "
    "minister prime judge justice mayor general gen colonel col captain capt lieutenant lt sergeant sgt major maj admiral professor prof "
    "reverend rev pope king queen prince princess sheikh imam ayatollah chairman chairwoman chancellor speaker former republican "
    "democratic democrat democrats republicans attorney deputy senior director officer detective inspector commissioner ambassador "
    "archbishop bishop rabbi father sister st state majority minority leader house first lady candidate nominee analyst spokesman "
    "spokeswoman strategist reporter editor campaign manager adviser advisor gop us u.s american chief executive ceo the"
)
_MALE = _set("mr sir lord king prince pope congressman chairman spokesman father sheikh imam ayatollah")
_FEMALE = _set("mrs ms miss dame lady queen princess congresswoman chairwoman spokeswoman sister")
# Common given names by the sex of most who bear them (US Social Security Administration, names given 1940 to 2000, and Arabic names in
# English spelling). A name that is in neither is compatible with every pronoun.
_MEN = _set(
    "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul "
    "andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry "
    "justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nathan henry "
    "douglas zachary peter kyle ethan walter noah jeremy christian keith roger terry austin sean gerald carl harold dylan arthur lawrence "
    "jordan jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell "
    "bradley philip eugene ted bernie barack bill bob tom tim jim mike dan ben sam jeb marco mitt newt rand chris steve jeff greg ken ron "
    "rick fred tony matt muhammad mohammed mohamed ahmed ahmad ali hassan hussein omar khaled khalid youssef yusuf ibrahim mahmoud "
    "mustafa abdullah abdul karim samir tariq bashar saad abu vladimir boris emmanuel jorge carlos luis pedro miguel antonio"
)
_WOMEN = _set(
    "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily "
    "donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura cynthia amy kathleen angela shirley brenda emma "
    "anna pamela nicole samantha katherine christine helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce "
    "victoria ruth virginia lauren kelly christina joan evelyn judith andrea hannah megan cheryl jacqueline martha madison teresa gloria "
    "sara janice ann kathryn abigail sophia frances jean alice judy isabella julia grace amber denise danielle marilyn beverly charlotte "
    "natalie theresa diana brittany doris kayla alexis lori marie hillary ivanka melania carly chelsea anne kate claire jill ellen gail "
    "loretta fatima aisha layla leila mariam maryam zainab noor nour amina khadija salma huda rania yusra hanan samira nadia dina rana"
)
# Arabic given names that are common enough to say where a full name begins; "عبد" begins those of two words.
ARABIC_GIVEN = frozenset(
    fold_text(
        "عبد محمد أحمد محمود علي حسن حسين عمر عثمان خالد وليد سعد سعيد سالم سليم سامي سمير طارق طلال زياد زيد يوسف يعقوب إبراهيم إسماعيل "
        "إسحاق موسى عيسى داود سليمان مصطفى كمال جمال جميل كريم رامي رشيد راشد ماجد ماهر منير نبيل نادر ناصر هاني هشام وائل ياسر فادي فيصل "
        "فؤاد عادل عامر عصام عماد أنور أيمن أشرف بسام بشار بشير جورج إيلي ميشال حسام حمزة ربيع رياض فاطمة عائشة مريم زينب خديجة سارة ليلى "
        "لينا رنا ريم سلمى سناء سميرة سهى شيماء عبير غادة فرح كريمة لبنى منى منال مها نادية نادين نور نورا هالة هبة هدى هند وفاء يسرى "
        "دانا دينا دعاء رانيا رشا آية أمل أميرة إيمان أسماء بشرى تمام حنان جولمورود فلاديمير دونالد هيلاري باراك جو إيمانويل أنطونيو"
    ).split()
)
_ARTICLES = _set("the a an one another some this that his her its their")
_MANY = _set("some many several most two three four five both few all other others dozens hundreds thousands")
_BODIES = _set(
    "authority agency ministry department company lines rail inc corp corporation university party committee council board bank union "
    "group association office times post journal news institute center centre court police army government congress senate house "
    "organization organisation foundation report statement campaign administration commission federation league club team press courier "
    "radio network"
)
_PERSONS = _set(
    "man woman boy girl guy lady official mother father son daughter brother sister wife husband friend colleague aide chief head mayor "
    "judge recruit defector captain spokesman spokeswoman spokesperson guard nurse coach pilot student resident witness survivor victim "
    "source patient agent president candidate nominee cook farmer chef refugee youth teenager child adult general colonel sergeant "
    "smuggler thief clerk king queen prince princess monk priest rabbi imam bishop pope cleric native veteran adult fan host guest bride "
    "groom"
)
# Words that end like the name of an agent and are none.
_THINGS = _set(
    "computer number paper letter order matter water river tower weather summer winter power danger corner border center chapter error "
    "factor sector door floor mirror offer answer quarter september october november december newspaper layer cover monster trailer "
    "computer whether transfer disorder murder dinner laughter fear year war bar car color honor labor humor rumor tumor harbor favor "
    "behavior plant restaurant grant committee fee coffee employee degree list twist restaurant poster banner counter shelter theater "
    "disaster encounter helicopter cancer hammer timber lumber finger shoulder ladder folder character register filter"
) - {"employee"}
_PERSON_ENDINGS = ("er", "or", "ist", "ian", "man", "woman", "ee", "-old", "ant", "yst", "eer", "person")
_HE, _SHE, _THEY = _set("he him his"), _set("she her hers"), _set("they them we")
_ANAPHORS = _HE | _SHE | _THEY
_NOBODY = _set("i it you one who we")
_ARABIC = re.compile("[\u0620-\u064a]")
# A capital first, and then what must not stand before it: so the search can jump from capital to capital.
_NAME = r"[A-Z](?<![\w’'-].)[\w’'-]+(?: (?:al-|de |van |bin |bint |ibn |al |el )?[A-Z](?:[\w’'-]+|\.)){1,4}"
_INTRODUCED = re.compile(
    rf",? who (?:calls?|called|identified|identifies|names?|named|gave) (?:himself|herself|his name|her name)(?: only)?(?: as| by)? "
    rf"(?P<itself>{_NAME})"
    rf"|, (?P<beside>{_NAME})[,.;]"
)
_CAPITALISED = re.compile(r"[A-Z](?<![\w.].)(?:[\w’'-]+|\.)(?: (?:al-)?[A-Z](?:[\w’'-]+|\.))+")
_AGE_BETWEEN_COMMAS = re.compile(r", \d{1,3},")
_NAME_AND_AGE = re.compile(rf"(?P<name>{_NAME}), (?P<age>\d{{1,3}}),")
_REMEMBERED = 12  # mentions that a pronoun may look back on; no measurement behind it
_AGE = re.compile(r"\b(\d{1,3})-year-old\b")
_POSSESSIVE = re.compile(r"['’]s?$")
_NO_NAMES: Counter[str] = Counter()


@dataclass(frozen=True, slots=True)
class _Mention:
    """Somebody of whom the text spoke: `name` is the fullest the article gives, `form` that of the Arabic verb with it."""

    name: str
    form: str | None


class People:
    """The people of one article: their full names, and who was mentioned last."""

    def __init__(self, text: str, paragraphs: Sequence[Span]) -> None:
        self._text = text
        self._paragraphs = paragraphs
        self._alone: dict[str, str] = {}
        self._fuller: dict[str, str] = {}
        self._mentions: deque[_Mention] = deque(maxlen=_REMEMBERED)
        self._places: dict[str, Span] = {}
        self._longest: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        self._described: dict[str, str] = {}

    # Read when first asked for: in half the articles of an encyclopedia nobody speaks.

    @cached_property
    def _full(self) -> dict[str, Counter[str]]:
        """The full names of the article by their last word, in lower case."""
        full: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for paragraph in self._paragraphs:
            for name in _full_names(self._text, paragraph):
                full[name.rpartition(" ")[2].lower()][name] += 1
        return full

    @cached_property
    def _of_first_name(self) -> dict[str, Counter[str]]:
        full: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for names in self._full.values():
            for name, count in names.items():
                full[name.partition(" ")[0]][name] = count
        return full

    @cached_property
    def _aged(self) -> dict[str, str]:
        return _aged(self._text)

    def note(self, span: Span | None, form: str | None) -> str | None:
        """Takes note that the text speaks of somebody at `span`, and returns the fullest name or description of that person.

        Call in the order of the text. Without a span, the last one spoken of goes on whom the verb's form suits (Arabic drops pronouns).
        None where the person cannot be told.
        """
        if span is None:
            return next((mention.name for mention in reversed(self._mentions) if mention.form in (form, None)), None) if form else None
        mention = " ".join(span.of(self._text).split())
        lower = mention.lower()
        if lower in _ANAPHORS:
            name = self._meant(lower)
        elif lower in _NOBODY:
            return None
        elif _ARABIC.search(mention):
            name = self._fullest_arabic(mention)
        else:
            name = self._fullest(mention, span)
        if name is not None:
            self._mentions.append(_Mention(name, form))
            self._places[name] = span
            self._longest.setdefault(name.split()[-1], name)
        return name

    def named(self, span: Span) -> str | None:
        """The fullest name or description of somebody whom a quotation speaks of: taken note of no more than what it says. Pronouns in it
        stand for people that the article need not have mentioned: None."""
        mention = " ".join(span.of(self._text).split())
        if mention.lower() in _ANAPHORS or mention.lower() in _NOBODY:
            return None
        return self._fullest_arabic(mention) if _ARABIC.search(mention) else self._fullest(mention, span)

    def place_of(self, name: str) -> Span | None:
        """Where the person was last mentioned."""
        return self._places.get(name)

    def knows(self, mention: str) -> bool:
        """Whether a mention is a pronoun, a name that the article gives in full somewhere, or the description of a person."""
        parts = mention.split()
        lower = [part.lower() for part in parts]
        if mention.lower() in _ANAPHORS:
            return True
        if lower[0] in _ARTICLES:
            return lower[0] in {"the", "a", "an", "one"} and _is_person(lower)
        return parts[0][0].isupper() and (len(parts) > 1 or _POSSESSIVE.sub("", lower[-1]) in self._full)

    def _fullest_arabic(self, mention: str) -> str:
        """The longest form of a name: given before, or anywhere in the text behind a given name, which says where it begins."""
        parts = mention.split()
        given = self._longest.get(parts[-1])
        if given is not None and len(given) > len(mention):
            return given
        if len(parts) > 1 or parts[0].startswith("ال"):
            return mention
        if mention not in self._whole:
            self._whole[mention] = self._behind_given_name(mention)
        return self._whole[mention]

    def _behind_given_name(self, mention: str) -> str:
        best = mention
        for start in _places(mention, self._text):
            before = self._text[max(0, start - 40) : start].split()[-3:]
            if not self._text[max(0, start - 1) : start].isspace():
                continue
            for at, word in enumerate(before):
                name = " ".join([*before[at:], mention])
                if (
                    word != "على"
                    and fold_text(word) in ARABIC_GIVEN
                    and all(part.isalpha() for part in before[at:])
                    and len(name) > len(best)
                ):
                    best = name
                    break
        return best

    def _meant(self, pronoun: str) -> str | None:
        """The last one mentioned whom the pronoun could stand for."""
        for mention in reversed(self._mentions):
            if agrees(mention.name, pronoun):
                return mention.name
        return None

    def _fullest(self, mention: str, span: Span) -> str:
        parts = _POSSESSIVE.sub("", mention).split()
        bare = list(parts)
        while len(bare) > 1 and bare[0].lower().strip(".,") in _TITLES:
            bare.pop(0)
        if bare and all(part[0].isupper() for part in bare):
            known = self._full.get(bare[-1].lower(), _NO_NAMES)
            if len(bare) == 1:
                if mention not in self._alone:
                    # By first name alone?
                    known = known or self._of_first_name.get(bare[0], _NO_NAMES)
                    self._alone[mention] = _clear_winner(known) or self._as_a_word(parts)
                return self._alone[mention]
            if mention not in self._fuller:
                fuller = [name for name in known if len(name.split()) > len(bare) and set(bare) <= set(name.split())]
                self._fuller[mention] = max(fuller, key=len) if fuller else " ".join(bare)
            return self._fuller[mention]
        return self._introduced(span) or self._known_as(parts)

    def _as_a_word(self, parts: Sequence[str]) -> str:
        """ "Sources", where it begins a sentence, is a word that stands elsewhere without its capital, and no name."""
        mention = " ".join(parts)
        if mention not in self._whole:
            lower = mention.lower()
            self._whole[mention] = lower if next(_places(lower, self._text), None) is not None else mention
        return self._whole[mention]

    def _introduced(self, span: Span) -> str | None:
        """The name that the text gives right behind a description: "the mayor, Jane Dow, said", "a man who called himself Abu Saad"."""
        match = _INTRODUCED.match(self._text, span.end, min(len(self._text), span.end + 120))
        if match is not None:
            return match["itself"] or (match["beside"] if not _is_body(match["beside"].lower().split(), match["beside"]) else None)
        age = _AGE.search(span.of(self._text))
        return self._aged.get(age.group(1)) if age is not None else None

    def _known_as(self, parts: Sequence[str]) -> str:
        """A description as it was first given: "the defector" is "one young Syrian defector"."""
        description, head, definite = " ".join(parts), parts[-1].lower(), parts[0].lower() in {"the", "this", "that"}
        known = self._described.get(head)
        if known is not None and definite and len(parts) <= 3:
            return known
        last = self._mentions[-1].name if self._mentions else ""
        # Somebody who is never named goes by several descriptions.
        if (
            definite
            and len(parts) > 1
            and (parts[1].lower() in {"former", "young"} or _AGE.search(description))
            and last in self._described.values()
        ):
            return last
        if parts[0].lower() in _ARTICLES and _is_person([part.lower() for part in parts]):
            self._described[head] = description
        return description


def _places(words: str, text: str) -> Iterator[int]:
    """Where words stand in the text that are no part of longer ones. Not a pattern: compiling one for each name takes longer."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        alone = not _is_of_word(text[start - 1 : start]) and not _is_of_word(text[end : end + 1])
        if alone:
            yield start
        start = text.find(words, end if alone else start + 1)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _aged(text: str) -> dict[str, str]:
    """The last of the names that stand before an age: "Mona Reyes, 41,"."""
    names: dict[str, str] = {}
    end = 0
    for age in _AGE_BETWEEN_COMMAS.finditer(text):
        if age.start() < end:
            continue
        # Names are looked for in the few lines that hold an age: no name goes on beyond a line's end.
        start, end = text.rfind("\n", 0, age.start()) + 1, text.find("\n", age.end())
        end = end if end >= 0 else len(text)
        names |= {match["age"]: match["name"] for match in _NAME_AND_AGE.finditer(text, start, end)}
    return names


def _full_names(text: str, paragraph: Span) -> Iterator[str]:
    """Runs of two to four capitalised words, without titles."""
    for match in _CAPITALISED.finditer(text, paragraph.start, paragraph.end):
        run: list[str] = []
        for part in match.group().split():
            bare = _bare_name(part)
            if bare is not None:
                run.append(bare)
            if bare != part:
                yield from _as_name(run)
                run = []
        yield from _as_name(run)


@lru_cache(maxsize=1 << 13)  # the names of a day's news come again and again; no figure behind the size
def _bare_name(part: str) -> str | None:
    """A capitalised word without its possessive, where it is part of a name."""
    bare = _POSSESSIVE.sub("", part) if part[-1] in "'’s" else part
    return bare if is_name(bare) else None


def _as_name(run: list[str]) -> list[str]:
    while run and run[0].lower().strip(".") in _TITLES:
        run.pop(0)
    return [" ".join(run)] if 2 <= len(run) <= 4 and run[-1].lower() not in _TITLES and len(run[-1]) > 1 else []


def _clear_winner(names: Counter[str]) -> str | None:
    """The full name that a family name stands for: the only one, or one that is far more frequent. One person may be named by two forms."""
    if not names:
        return None
    longest: Counter[str] = Counter()
    for name, count in names.items():
        whole = max((other for other in names if set(name.split()) <= set(other.split())), key=len)
        longest[whole] += count
    ranked = longest.most_common(2)
    if len(ranked) == 1 or ranked[0][1] >= 3 * ranked[1][1]:
        return ranked[0][0]
    return None


@lru_cache(maxsize=1024)  # the last few speakers, asked about for every "he" and "she"; no figure behind the size
def agrees(name: str, pronoun: str) -> bool:
    """Whether a pronoun may stand for a person of that name or description."""
    parts = [part.lower().strip(".,") for part in name.split()]
    described = name[0].islower() or parts[0] in _ARTICLES
    plural = parts[0] in _MANY or (described and parts[-1].endswith("s") and not parts[-1].endswith("ss"))
    if pronoun in _THEY:
        return plural or _is_body(parts, name)
    if plural or _is_body(parts, name) or (described and not _is_person(parts)):
        return False
    first = next((part for part in parts if part not in _TITLES), "")
    male = first in _MEN or any(part in _MALE for part in parts)
    female = first in _WOMEN or any(part in _FEMALE for part in parts)
    return male == female or (male if pronoun in _HE else female)


def _is_body(parts: Sequence[str], name: str) -> bool:
    """Whether a name is that of an institution, as far as it shows."""
    return (
        parts[-1] in _BODIES
        or (parts[0] == "the" and name.rsplit(maxsplit=1)[-1][0].isupper())
        or (len(parts) == 1 and len(name) > 2 and name.isupper())
    )


def _is_person(parts: Sequence[str]) -> bool:
    """Whether a description is that of one person: by its head, which stands before "of", "for", "in", "who"."""
    end = next(
        (at for at, part in enumerate(parts) if at and part in {"of", "for", "in", "at", "with", "who", "from", "on", "to"}), len(parts)
    )
    head = parts[end - 1]
    return head in _PERSONS or (head.endswith(_PERSON_ENDINGS) and head not in _THINGS)
