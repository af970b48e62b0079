"""French: resolves a family name, "elle", "la maire", "ce dernier" to a name elsewhere in the article.

The gender of a person follows from titles ("Mme"), from descriptions next to a name ("Jeanne Roy, maire de Brie"; "le préfet Luc Mars") and
from given names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from index.languages.base import language
from index.languages.cues import Token
from index.languages.fr.nouns import DETERMINERS, TIMES, TITLES, Gender, gender_of, is_name, tokenize
from index.languages.people import Names
from index.text.spans import Span

_words = language("fr").word_set
_MEN = _words("people.men")
_WOMEN = _words("people.women")
_FEMALE_ENDINGS = language("fr").words("people.female_endings")
_INSTITUTIONS = _words("people.bodies")
_GENERIC_PERSONS = _words("people.anybody")
_ADJECTIVES = _words("people.adjectives")
_PERSON_ENDINGS = language("fr").words("people.person_endings")
_THINGS = _words("people.things")
_PARTICLES = _words("cues.particles")
_LINKS = _words("cues.links") - {"et"}
_HE = _words("people.he")
_SHE = _words("people.she")
_THEY = _words("people.they")
PRONOUNS = _HE | _SHE | _THEY
NOBODY = _words("people.nobody")
_ARTICLES = frozenset(["le", "la", "l'", "un", "une", "ce", "cet", "cette", "son", "sa"])
_DEFINITE = frozenset(["le", "la", "l'", "ce", "cet", "cette", "son", "sa"])
_DESCRIPTION_WORDS = 10  # tokens that are read of a description next to a name; not measured


def _plain(tokens: Sequence[Token]) -> list[str]:
    return [word.lower for word in tokens]


class FrenchNames(Names):
    """The names of one article, by French rules."""

    def __init__(self, text: str, paragraphs: Sequence[Span]) -> None:
        self._text = text
        self._paragraphs = paragraphs
        self._described: dict[str, str] = {}
        self._last: dict[Gender, str] = {}

    # Read on first use: half the articles of an encyclopedia have no speaker.

    @cached_property
    def _read(self) -> list[list[Token]]:
        return [tokenize(self._text, paragraph) for paragraph in self._paragraphs]

    @cached_property
    def _runs(self) -> list[tuple[int, int, int]]:
        """The names of the article: paragraph, first token after titles, end."""
        return [(number, first, end) for number, tokens in enumerate(self._read) for first, end in _name_runs(tokens)]

    @cached_property
    def _full(self) -> dict[str, Counter[str]]:
        """The full names by their last word, in lower case."""
        full: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for number, first, end in self._runs:
            tokens = self._read[number]
            if end - first >= 2 and first and tokens[first - 1].lower in _LINKS | {"à", "au"} and tokens[first].lower not in _MEN | _WOMEN:
                continue  # "de Port Royal"
            if end - first >= 2:
                name = _text_of(self._text, tokens, first, end)
                full[tokens[end - 1].lower][name] += 1
        return full

    @cached_property
    def _of_first_name(self) -> dict[str, Counter[str]]:
        first: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for names in self._full.values():
            for name, count in names.items():
                first[name.split()[0].lower()][name] = count
        return first

    @cached_property
    def _roles(self) -> list[tuple[str, list[str], Gender | None]]:
        """Descriptions of names: the name, the words of the description from its noun on, and its gender if known."""
        roles: list[tuple[str, list[str], Gender | None]] = []
        for number, first, end in self._runs:
            tokens = self._read[number]
            name = self._person(_text_of(self._text, tokens, first, end), None)
            if name is None:
                continue
            start = first
            while start and tokens[start - 1].lower in TITLES:
                start -= 1
            roles += [(name, *role) for role in (_role_after(tokens, end), _role_before(tokens, start)) if role is not None]
        return roles

    @cached_property
    def _genders(self) -> dict[str, Gender]:
        """The gender of each full name, by titles, given names and descriptions, in this order of weight."""
        votes: defaultdict[str, Counter[Gender]] = defaultdict(Counter)
        for number, first, end in self._runs:
            tokens = self._read[number]
            title = gender_of([tokens[first - 1].lower]) if first and tokens[first - 1].lower in TITLES else None
            name = self._person(_text_of(self._text, tokens, first, end), title)
            if name is not None and title is not None:
                votes[name][title] += 4
        for name, _, gender in self._roles:
            if gender is not None:
                votes[name][gender] += 2
        for names in self._full.values():
            for name in names:
                given = _gender_of_given(name)
                if given is not None:
                    votes[name][given] += 3
        return {name: count.most_common(1)[0][0] for name, count in votes.items()}

    def _person(self, name: str, title: Gender | None) -> str | None:
        """The full name of a name, by its words; the name itself if it is full or follows a title."""
        parts = name.split()
        known = self._full.get(parts[-1].lower(), Counter())
        if len(parts) == 1:
            known = known or self._of_first_name.get(parts[0].lower(), Counter())
            of_gender = Counter({full: count for full, count in known.items() if title is None or _gender_of_given(full) in {title, None}})
            winner = _clear_winner(of_gender)
            return winner or (name if title is not None else None)
        longer = [full for full in known if len(full) > len(name) and set(parts) <= set(full.split())]
        return max(longer, key=len) if longer else name

    def _gender(self, name: str) -> Gender | None:
        if name in self._genders:
            return self._genders[name]
        tokens = tokenize(name, Span(0, len(name)))
        if not tokens:
            return None
        return gender_of(_joined(tokens)) if tokens[0].lower in _ARTICLES or tokens[0].lower in TITLES else _gender_of_given(name)

    def note(self, name: str) -> None:
        gender = self._gender(name)
        if gender is not None:
            self._last[gender] = name

    def fullest(self, mention: str, span: Span) -> str:
        tokens = tokenize(mention, Span(0, len(mention)))
        first = 0
        while first < len(tokens) - 1 and tokens[first].lower in TITLES:
            first += 1
        title = gender_of([tokens[first - 1].lower]) if first else None
        if is_name(tokens[first]) and tokens[first].lower not in DETERMINERS:
            end = _end_of_run(tokens, first)
            name = _text_of(mention, tokens, first, end)
            person = self._person(name, title)
            if person is not None and (title is None or len(name.split()) > 1):
                return person
            if title is not None:
                titled = [full for full in self._full.get(tokens[end - 1].lower, ()) if self._gender(full) == title]
                return titled[0] if len(titled) == 1 else person or name
            return name
        if tokens[first].lower in DETERMINERS:
            return self._described_at(mention, tokens, span)
        return mention

    def _described_at(self, mention: str, tokens: Sequence[Token], span: Span) -> str:
        """Resolves a description: by a name in it or directly after it, else by a matching description of a name, else to itself."""
        named = _name_in(mention, tokens)
        if named is not None:
            return self._person(named, None) or named
        if tokens[0].lower in _ARTICLES:
            apposition = self._name_after(span)
            if apposition is not None:
                return apposition
        lower = _plain(tokens)
        role = _role_words(lower)
        if role and lower[0] in _DEFINITE and role[0] not in _INSTITUTIONS:
            person = self._with_role(role, gender_of(_joined(tokens)))
            if person is None and role[0] in _GENERIC_PERSONS and (gender := gender_of(_joined(tokens))) is not None:
                person = self.last_named("il" if gender == "m" else "elle", span)
            if person is not None:
                return person
        if mention[:1].isupper():
            mention = mention[0].lower() + mention[1:]
        if role:
            known = self._described.get(role[0])
            if known is not None and lower[0] in _DEFINITE and len(lower) <= 3:
                return known
            if lower[0] in _ARTICLES:
                self._described[role[0]] = mention
        return mention

    def _with_role(self, role: Sequence[str], gender: Gender | None) -> str | None:
        candidates: Counter[str] = Counter()
        for name, other, its_gender in self._roles:
            if other[0] == role[0] and (gender is None or its_gender in {gender, None}) and self._gender(name) in {gender, None}:
                shared = len(set(other[1:]) & set(role[1:]))
                if len(role) == 1 or shared or len(other) == 1:
                    candidates[name] = max(candidates[name], 1 + shared)
        if candidates:
            ranked = candidates.most_common(2)
            if len(ranked) == 1 or ranked[0][1] > ranked[1][1]:
                return ranked[0][0]
            if gender is not None and self._last.get(gender) in candidates:
                return self._last[gender]
        return None

    def _name_after(self, span: Span) -> str | None:
        """The name directly after a description: "la maire de Brie, Jeanne Roy"."""
        tokens = _without_brackets(tokenize(self._text, Span(span.end, min(len(self._text), span.end + 120))))
        at = 1 if tokens and tokens[0].text == "," else 0
        if at < len(tokens) and tokens[at].lower in TITLES:
            at += 1
        if not at or at >= len(tokens) or not is_name(tokens[at]):
            return None
        end = _end_of_run(tokens, at)
        name = _text_of(self._text, tokens, at, end)
        closed = end >= len(tokens) or tokens[end].text in ",.;:)»" or tokens[end].lower in {"et", "qui"}
        return (self._person(name, None) or name) if end - at >= 2 and closed else None

    def knows(self, mention: str) -> bool:
        lower = mention.lower()
        if lower in PRONOUNS:
            return True
        tokens = tokenize(mention, Span(0, len(mention)))
        if not tokens:
            return False
        if tokens[0].lower in TITLES:
            return True
        if is_name(tokens[0]):
            return len(tokens) > 1 or tokens[0].lower in self._full or tokens[0].lower in self._of_first_name
        role = _role_words(_plain(tokens))
        return (
            bool(role)
            and tokens[0].lower in _ARTICLES
            and (
                _name_in(mention, tokens) is not None
                or self._with_role(role, gender_of(_joined(tokens))) is not None
                or _is_person(role[0])
            )
        )

    def last_named(self, pronoun: str, span: Span) -> str | None:
        """The last name of the right gender: a French pronoun may also refer to an object, "Ada a reçu Luc. « Non », a-t-il dit"."""
        for number, first, end in reversed(self._runs):
            tokens = self._read[number]
            if tokens[first].start < span.start and pronoun not in _THEY:
                name = self._person(_text_of(self._text, tokens, first, end), None)
                if name is not None and self._gender(name) == ("m" if pronoun in _HE else "f"):
                    return name
        return None

    def agrees(self, name: str, pronoun: str) -> bool:
        tokens = _plain(tokenize(name, Span(0, len(name))))
        if not tokens:
            return False
        plural = tokens[0] in {"les", "des", "ces", "plusieurs", "deux", "trois", "quelques", "leurs"}
        if pronoun in _THEY:
            return plural
        role = _role_words(tokens) if tokens[0] in _ARTICLES else []
        if plural or (role and not _is_person(role[0])) or (not role and len(tokens) == 1 and self._gender(name) is None):
            return False
        return not name.isupper() and self._gender(name) in {None, "m" if pronoun in _HE else "f"}


def names_of(text: str, paragraphs: Sequence[Span]) -> Names:
    """The names of an article: see languages/people.py."""
    return FrenchNames(text, paragraphs)


def _joined(tokens: Sequence[Token]) -> list[str]:
    """The words in lower case, with an elided first word joined to its noun: "l'élue"."""
    lower = _plain(tokens)
    return [lower[0] + lower[1], *lower[2:]] if len(lower) > 1 and lower[0].endswith("'") else lower


def _text_of(text: str, tokens: Sequence[Token], first: int, end: int) -> str:
    return " ".join(text[tokens[first].start : tokens[end - 1].end].split())


def _name_runs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(tokens):
        if is_name(tokens[at]) and tokens[at].lower not in TITLES and tokens[at].text[0].isalpha():
            end = _end_of_run(tokens, at)
            yield at, end
            at = end
        else:
            at += 1


def _end_of_run(tokens: Sequence[Token], at: int) -> int:
    """The end of the name that begins at `tokens[at]`: capitalised words, and particles between them."""
    end = at + 1
    while end < len(tokens):
        if tokens[end].text[0].isupper() and tokens[end].text[0].isalpha() and tokens[end].lower not in TIMES:
            end += 1
        elif (
            tokens[end].lower in _PARTICLES and end + 1 < len(tokens) and tokens[end + 1].text[0].isupper() and _is_given(tokens[at].lower)
        ):
            end += 2
        else:
            break
    return end


def _is_given(word: str) -> bool:
    return word in _MEN or word in _WOMEN or word.partition("-")[0] in _MEN | _WOMEN


def _name_in(mention: str, tokens: Sequence[Token]) -> str | None:
    """The name at the end of a description, which is no place: "la maire Jeanne Roy", "le maire de Brie Luc Mars"."""
    for first, end in _name_runs(tokens):
        before = tokens[first - 1].lower if first else ""
        if end < len(tokens):
            continue
        if before and before not in _LINKS | {"à", "au", "aux", "en"} | DETERMINERS:
            return _text_of(mention, tokens, first, end) if end - first >= 2 or before in TITLES else None
        given = next((at for at in range(first + 1, end - 1) if _is_given(tokens[at].lower)), None)
        if given is not None:
            return _text_of(mention, tokens, given, end)
    return None


def _role_words(lower: Sequence[str]) -> list[str]:
    """The words of a description from its noun on, without articles and links."""
    role = [word for word in lower if word not in DETERMINERS and word not in _LINKS and word not in {",", "à", "au", "aux", "ce", "et"}]
    while len(role) > 1 and role[0] in _ADJECTIVES:
        role.pop(0)
    return role


def _role_after(tokens: Sequence[Token], end: int) -> tuple[list[str], Gender | None] | None:
    """The description after a name: ", maire de Brie,", ", la directrice,", ", 41 ans, boulanger"."""
    at = end
    if at + 1 >= len(tokens) or tokens[at].text not in {",", "("}:
        return None
    at += 1
    if at + 2 < len(tokens) and tokens[at].text.isdigit() and tokens[at + 1].lower == "ans":
        at += 3 if tokens[at + 2].text == "," else 2
    stop = at
    while stop < len(tokens) and stop - at < _DESCRIPTION_WORDS and (tokens[stop].text[0].isalnum() or tokens[stop].lower in {"l'", "d'"}):
        stop += 1
    lower = _plain(tokens[at:stop])
    if not lower or tokens[at].text[0].isupper() or lower[0] in _NO_ROLE or not (stop < len(tokens) and tokens[stop].text in ",.;:)"):
        return None
    return _role_of(tokens[at:stop])


_NO_ROLE = _words("cues.ends") | _words("cues.auxiliaries") | _words("cues.clitics") - DETERMINERS | {"et", "il", "elle", "on"}


def _role_before(tokens: Sequence[Token], start: int) -> tuple[list[str], Gender | None] | None:
    """The description before a name: "la maire Jeanne Roy", "le maire de Brie, Luc Mars,"."""
    at = start - 1
    if at >= 1 and tokens[at].text == ",":
        at -= 1
    if at >= 1 and tokens[at].text == ")":
        at = next((index - 1 for index in range(at, -1, -1) if tokens[index].text == "("), -1)
    last = at
    while at >= 0 and last - at < _DESCRIPTION_WORDS and (tokens[at].text[0].isalnum() or tokens[at].lower in {"l'", "d'"}):
        if tokens[at].lower in {"le", "la", "l'", "un", "une", "sa", "son"} and (at == 0 or tokens[at - 1].lower not in _LINKS | {"à"}):
            return _role_of(tokens[at : last + 1]) if at < last else None
        at -= 1
    return None


def _role_of(tokens: Sequence[Token]) -> tuple[list[str], Gender | None] | None:
    lower = _plain(tokens)
    if not all(word not in _VERBS for word in lower):
        return None
    role = _role_words(lower)
    gender = gender_of(_joined(tokens)) if tokens[0].lower in _ARTICLES else _gender_of_noun(lower[0])
    return (role, gender) if role else None


_VERBS = _words("cues.auxiliaries")


def _gender_of_noun(noun: str) -> Gender | None:
    """The gender of a noun without an article, by its ending: "élue", "directrice", "conseiller"."""
    if noun.endswith(("trice", "ière", "ée", "euse", "ienne", "ante", "ente", "elue", "élue")):
        return "f"
    return "m" if noun.endswith(("teur", "ier", "eur", "ien", "élu", "ant", "ent")) else None


def _is_person(noun: str) -> bool:
    """Whether a noun denotes a person, by word lists and by its ending."""
    return noun in _GENERIC_PERSONS or (noun.endswith(_PERSON_ENDINGS) and noun not in _THINGS and noun not in _INSTITUTIONS)


def _without_brackets(tokens: list[Token]) -> list[Token]:
    """The tokens without brackets directly after a description: "la présidente (centre), Ada Brel"."""
    if tokens and tokens[0].text == "(":
        closing = next((at for at, word in enumerate(tokens) if word.text == ")"), None)
        return tokens if closing is None else tokens[closing + 1 :]
    return tokens


def _gender_of_given(name: str) -> Gender | None:
    """The gender of a name of several words, by its given name."""
    parts = name.lower().split()
    if len(parts) < 2 or parts[0] in DETERMINERS:
        return None
    given = parts[0] if parts[0] in _MEN or parts[0] in _WOMEN else parts[0].partition("-")[0]
    if given in _WOMEN:
        return "f"
    if given in _MEN:
        return "m"
    return "f" if given.endswith(_FEMALE_ENDINGS) else None


def _clear_winner(names: Counter[str]) -> str | None:
    """The full name for a part of it: the only one, or one that is far more frequent. Two forms may name one person."""
    longest: Counter[str] = Counter()
    for name, count in names.items():
        longest[max((other for other in names if set(name.split()) <= set(other.split())), key=len)] += count
    ranked = longest.most_common(2)
    if not ranked:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= 3 * ranked[1][1] else None
