"""Whom and what a sentence speaks of beyond its own words: whose name "he", "Delmani", "the harbour master" or "UN" stands for.

A statement may name in full whom its source names in part. What the article itself says around the source is asked, never the world, but
for the few names that no letters join ("Egypt", "مصر").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from index.articles import Article
from index.cues import is_name
from index.fold import fold_text
from index.names import skeleton
from index.people import People, agrees
from index.quotation_marks import quoted
from index.sentences import sentence_spans
from index.spans import Span
from index.terms import is_stop

_REACH = 1500  # characters before a sentence in which whom it means was named last; no measurement behind it
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ](?<![\w’'-].)[\w’'-]+(?: (?:al-|de |van |bin |ibn |al |el )?[A-Z](?:[\w’'-]+|\.))*")
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)
_NEAR = 4  # characters from the sentence's beginning: further on, a pronoun may stand for somebody in the sentence
_SUBJECT = re.compile(r" (?:said|says|told|added)\b")
_THING = re.compile(r"\b(?:it|its|they|their|them|this|these)\b", re.IGNORECASE)
_BODY = re.compile(
    r"\bthe (?:company|firm|ministry|authority|party|union|club|team|agency|board|bank|university|group|commission|council|operator)\b",
    re.IGNORECASE,
)
_DESCRIPTION = re.compile(r"\b[Tt]he ((?:[a-z][\w’'-]*[ -]){0,2}[a-z][\w’'-]*)")
_NOUN = re.compile(r"\b(?:the|a|an|this|that|its|their) ((?:[a-z][\w’'-]*[ ,-]+){0,2}?[a-z][\w’'-]+)", re.IGNORECASE)
_THINGS = 2  # sentences before, of whose things "it" may be one; no measurement behind it
_POSSESSIVE = re.compile(r"['’]s?$")

# Names in two languages that share no consonants, those of the news; the table is no list of all countries.
_EXONYMS = tuple(
    tuple(fold_text(name).replace("_", " ") for name in names.split())
    for names in (
        "egypt egyptian مصر مصري مصرية",
        "cairo القاهرة",
        "greece greek greeks اليونان يوناني يونانية",
        "germany german germans ألمانيا ألماني ألمانية",
        "austria austrian النمسا نمساوي",
        "hungary hungarian المجر مجري",
        "croatia croatian كرواتيا",
        "india indian الهند هندي هندية",
        "china chinese الصين صيني صينية",
        "japan japanese اليابان ياباني يابانية",
        "jordan jordanian الأردن أردني",
        "algeria algerian الجزائر جزائري",
        "morocco moroccan المغرب مغربي",
        "tunisia tunisian تونس تونسي",
        "damascus دمشق",
        "aleppo حلب",
        "jerusalem القدس",
        "nablus نابلس",
        "syria syrian syrians سوريا سورية سوري",
        "israel israeli israelis إسرائيل إسرائيلي إسرائيلية",
        "turkey turkish turks تركيا تركي تركية",
        "france french فرنسا فرنسي فرنسية",
        "britain british uk kingdom بريطانيا بريطاني بريطانية المملكة",
        "england english إنجلترا إنجليزي إنجليزية",
        "spain spanish إسبانيا إسباني",
        "switzerland swiss سويسرا سويسري",
        "sweden swedish السويد سويدي",
        "norway norwegian النرويج نرويجي",
        "denmark danish الدنمارك دنماركي",
        "netherlands dutch هولندا هولندي",
        "poland polish بولندا بولندي",
        "wales welsh ويلز",
        "scotland scottish اسكتلندا",
        "ireland irish أيرلندا أيرلندي إيرلندا",
        "europe european أوروبا أوروبي أوروبية",
        "asia asian آسيا آسيوي",
        "africa african أفريقيا أفريقي إفريقيا",
        "america american americans us u.s. usa أمريكا أميركا أمريكي أمريكية أميركي أميركية الولايات",
        "nations un u.n. الأمم أممي",
        "vienna فيينا",
        "venice البندقية",
        "moscow موسكو",
        "republican republicans gop جمهوري جمهورية الجمهوريين الجمهوريون",
        "fbi الفيدرالي التحقيقات",
        "cia الاستخبارات المخابرات",
        "democrat democrats democratic ديمقراطي ديمقراطية الديمقراطيين الديمقراطيون",
        "congress الكونغرس كونجرس",
        "senate الشيوخ",
        "supreme العليا",
        "court محكمة",
        "university جامعة",
        "street شارع",
        "indonesia indonesian indonesians إندونيسيا إندونيسي",
        "tokyo طوكيو",
        "beijing بكين",
        "russia russian روسيا روسي روسية",
        "lebanon lebanese لبنان لبناني",
        "palestine palestinian palestinians فلسطين فلسطيني فلسطينية",
        "gaza غزة",
        "iraq iraqi العراق عراقي",
        "iran iranian إيران إيراني إيرانية",
        "saudi السعودية سعودي سعودية",
        "emirates uae الإمارات إماراتي",
        "qatar قطر قطري",
        "yemen yemeni اليمن يمني",
        "sudan sudanese السودان سوداني",
        "ethiopia ethiopian إثيوبيا إثيوبي",
        "korea korean كوريا كوري كورية",
        "paris باريس",
        "rome روما",
        "london لندن",
        "islamic إسلامي إسلامية الإسلامية الإسلامي",
        "state دولة الدولة",
        "isis isil daesh داعش",
        "muslim muslims مسلم مسلمون المسلمين",
        "christian christians مسيحي مسيحيون المسيحيين",
        "jewish jews يهودي اليهود يهود",
        "jesus يسوع المسيح",
        "john يوحنا جون",
        "joseph يوسف جوزيف",
        "abraham إبراهيم",
        "moses موسى",
        "mary مريم ماري",
        "mediterranean المتوسط",
        "pacific الهادئ",
        "atlantic الأطلسي",
        "nato ناتو الناتو",
        "eu الأوروبي",
        "kurdish kurds كردي كردية الأكراد",
    )
)
_SAME_NAME: dict[str, set[int]] = {}
for _number, _names in enumerate(_EXONYMS):
    for _one in _names:
        _SAME_NAME.setdefault(_one, set()).add(_number)
_DEMONYM_ENDINGS = ("ians", "ian", "ans", "an", "ish", "ese", "is", "i", "ens", "en", "s", "ic", "ers", "er", "ch", "n")
_FEWEST_CONSONANTS = 2
_SHORTEST_SAME_SCRIPT = 4  # consonants of a name that is spelt in two ways within one script


def forms(word: str) -> Iterator[str]:
    """A folded word, and an Arabic one without what may be written onto it."""
    yield word
    if "\u0600" <= word[:1] <= "\u06ff":
        for prefix in ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك"):
            if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                yield word[len(prefix) :]


@lru_cache(maxsize=1 << 14)  # the words of a day's news; no figure behind the size
def same_name(one: str, other: str) -> bool:
    """Whether two folded words may be one name: in one script by letters and endings, across scripts by their consonants.

    >>> same_name("chechen", "chechnya"), same_name("delmani", "الدلماني"), same_name("toval", "raswan")
    (True, True, False)
    """
    if one == other:
        return True
    if any(_SAME_NAME.get(a, set()) & _SAME_NAME.get(b, set()) for a in forms(one) for b in forms(other)):
        return True
    if _is_arabic(one) == _is_arabic(other):
        if any(a == b for a in forms(one) for b in forms(other)):
            return True
        consonants = skeleton(one)
        return (
            (len(consonants) >= _SHORTEST_SAME_SCRIPT and consonants == skeleton(other))
            or _is_demonym(one, other)
            or _is_demonym(other, one)
        )
    ours, theirs = ({_stops(form) for form in forms(word)} for word in (one, other))
    return bool((ours & theirs) - {""}) or any(_is_near(a, b) for a in ours for b in theirs)


def _is_near(one: str, other: str) -> bool:
    """Whether two names' consonants differ in one: "Kavanaugh", whose end is silent."""
    return (
        max(len(one), len(other)) > _FEWEST_CONSONANTS + 1
        and min(len(one), len(other)) > _FEWEST_CONSONANTS
        and one[0] == other[0]
        and Levenshtein.distance(one, other, score_cutoff=1) <= 1
    )


def shares_few(one: str, other: str) -> bool:
    """Whether all that joins two names of two scripts are two consonants, or the names differ in one."""
    if any(_SAME_NAME.get(a, set()) & _SAME_NAME.get(b, set()) for a in forms(one) for b in forms(other)):
        return False
    keys = {_stops(form) for form in forms(one)} & {_stops(form) for form in forms(other)}
    return max(map(len, keys), default=0) <= _FEWEST_CONSONANTS


def _is_demonym(one: str, other: str) -> bool:
    """Whether "chechen" belongs to "chechnya"."""
    for ending in _DEMONYM_ENDINGS:
        stem = one[: -len(ending)]
        if one.endswith(ending) and len(stem) >= 4 and other.startswith(stem) and len(other) - len(stem) <= 4:
            return True
    return False


@lru_cache(maxsize=1 << 14)
def _stops(word: str) -> str:
    """Its consonants; d and t are one where a word is written with both in another script."""
    return re.sub("t{2,}", "t", skeleton(word).replace("d", "t"))


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


class Background:
    """What one article says around its sentences. Reads its text once."""

    def __init__(self, article: Article) -> None:
        self.text = article.text
        story = article.story or (Span(0, len(article.text)),)
        self._sentences = sentence_spans(article.text, story)
        self._people = People(article.text, story)
        self._pairs: set[tuple[str, str]] | None = None

    def follows(self, one: str, other: str) -> bool:
        """Whether two folded words stand side by side anywhere: "samir", "toval"."""
        if self._pairs is None:
            found = [_bare(word) for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", fold_text(self.text))]
            self._pairs = set(pairwise(found))
        return (_bare(one), _bare(other)) in self._pairs

    def names(self, sentence: Span) -> Iterator[str]:
        """The names that words of a sentence stand for: in full, as the text gives them elsewhere."""
        text = sentence.of(self.text)
        for match in _NAME.finditer(text):
            full = self._people.named(Span(sentence.start + match.start(), sentence.start + match.end()))
            if full:
                yield full
        for match in _DESCRIPTION.finditer(text):
            yield from self._described(match[1])
        for pronoun in {
            match[0].lower() for match in _PRONOUN.finditer(text) if _SUBJECT.match(text, match.end()) or match.start() < _NEAR
        }:
            meant = self._meant(sentence, pronoun)
            if meant:
                yield meant
        if _BODY.search(text) or _THING.search(text):
            body = self._body(sentence)
            if body:
                yield body

    def nouns(self, sentence: Span) -> Iterator[str]:
        """What "it", "they" and "he" may stand for: the things of the sentence before, and whom it begins with."""
        text = sentence.of(self.text)
        for one in self._before(sentence)[:_THINGS]:
            found = [match[1] for match in _NOUN.finditer(one.of(self.text))]
            if _THING.search(text):
                yield from found
            elif _PRONOUN.search(text) and one.end == max(other.end for other in self._before(sentence)):
                yield from found[:1]

    def _before(self, sentence: Span) -> list[Span]:
        return [one for one in self._sentences if sentence.start - _REACH <= one.start and one.end <= sentence.start][::-1]

    def _meant(self, sentence: Span, pronoun: str) -> str | None:
        """The subject of the nearest sentence that names somebody whom the pronoun suits: what comes first is what goes on."""
        for one in self._before(sentence):
            for start, end in _named_in(self.text, one):
                mention = Span(start, end)
                full = self._people.named(mention)
                if full and self._people.knows(mention.of(self.text)) and agrees(full, pronoun):
                    return full
        return None

    def _body(self, sentence: Span) -> str | None:
        for one in self._before(sentence)[:3]:
            for start, end in _named_in(self.text, one):
                name = self.text[start:end]
                if agrees(name, "they"):
                    return name
        return None

    def _described(self, description: str) -> Iterator[str]:
        """Whoever the text calls so beside the name: "Yusra Delmani, the harbour master", "the works minister, Nahed Kharshaf"."""
        parts = description.split()
        for first in range(len(parts) - 1):
            what = re.escape(" ".join(parts[first:]))
            for pattern in (
                rf"(?P<name>{_NAME.pattern}), (?:the |a |an |who is the )?(?:[\w’'-]+ ){{0,2}}{what}\b",
                rf"\b{what},? (?P<name>{_NAME.pattern})",
            ):
                for match in re.finditer(pattern, self.text):
                    yield match["name"]


def _named_in(text: str, sentence: Span) -> Iterator[tuple[int, int]]:
    """Where names stand in a sentence, outside of its quotations."""
    inside = [one.outer for one in quoted(text, [sentence])]
    for match in _NAME.finditer(text, sentence.start, sentence.end):
        start = match.start()
        while start < match.end() and not is_name(text[start : match.end()].partition(" ")[0]):  # "The", "On"
            start += len(text[start : match.end()].partition(" ")[0]) + 1
        if start < match.end() and not any(one.contains(Span(start, match.end())) for one in inside):
            yield start, match.end()


def _bare(word: str) -> str:
    """A folded word without its possessive or its clitics."""
    return list(forms(_POSSESSIVE.sub("", word)))[-1] if _is_arabic(word) and word[0] in "وفبلك" else _POSSESSIVE.sub("", word)


def initials(parts: Sequence[str]) -> str:
    """What a name is shortened to: "united", "nations" → "un"."""
    return "".join(part[0] for part in parts if part and not is_stop(part))
