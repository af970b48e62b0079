"""Are these the words, who said them, and where?"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from index.articles import make_article
from index.errors import InputError
from index.store.passages import passages_of
from index.store.store import Store
from qa.quotes.check import Checker, QuoteCheck, as_json, check_all

CASES = Path(__file__).parents[2] / "cases"
TABLES = json.loads((CASES / "quotes.json").read_text(encoding="utf-8"))
FAILURES = json.loads((CASES / "known_failures.json").read_text(encoding="utf-8"))
MakeStore = Callable[[Sequence[tuple[str, str]]], Store]


def known(failures: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, marks=pytest.mark.xfail(reason=case["why"], strict=True)) for case in failures]


def fill(store: Store, texts: Sequence[tuple[str, str]]) -> Store:
    articles = [make_article(id, text) for id, text in texts]
    store.put([(article, passages_of(article)) for article in articles])
    return store


@pytest.fixture(scope="module")
def store_of(tmp_path_factory: pytest.TempPathFactory, make_tiny_embedder: type[Any]) -> MakeStore:
    return lambda texts: fill(Store.open_or_make(tmp_path_factory.mktemp("check") / "store", make_tiny_embedder()), texts)


def check(store_of: MakeStore, case: dict[str, Any]) -> QuoteCheck:
    found = Checker(store_of([("article", case["text"])])).check(case["quote"], case.get("claimed_speaker"))
    for match in found.matches:
        assert match.span.of(match.article.text) == match.text
        assert "".join(change.text for change in match.diff if change.op != "insert") in (match.text, "")
    return found


@pytest.mark.parametrize("case", [*TABLES["verdicts"], *known(FAILURES["quotes"])], ids=lambda case: case["why"])
def test_a_quote_gets_the_verdict_that_it_deserves(store_of: MakeStore, case: dict[str, Any]) -> None:
    found = check(store_of, case)
    assert found.verdict == case["verdict"]
    assert bool(found.matches) is (case["verdict"] != "not_found")
    if "match" in case:
        assert found.matches[0].text == case["match"]
    if "exact" in case:
        assert found.matches[0].exact is case["exact"]


@pytest.mark.parametrize("case", [*TABLES["reversals"], *known(FAILURES["reversals"])], ids=lambda case: case["why"])
def test_words_that_turn_the_sense_of_a_match_come_with_it(store_of: MakeStore, case: dict[str, Any]) -> None:
    (match,) = check(store_of, case).matches
    assert (match.reversal and match.reversal.of(case["text"])) == case["reversal"]
    if match.reversal is not None:
        assert match.context is not None and match.context.contains(match.reversal) and match.context.contains(match.span)


# Thousands of generated quotes.


def listed(words: str) -> list[str]:
    return words.split()


ENGLISH = listed(
    "the harbor master said nothing about boats that left before dawn with 600 crates of salt and not one lamp while men of Teval watched "
    "from a wall where no guard stood in 1998 because their captain had lost every map which was drawn for him by us or them"
)
ARABIC = listed(
    "قال ربان السفينة إن القوارب لم تغادر الميناء قبل الفجر مع ٦٠٠ صندوق من الملح ولا مصباح واحد بينما رجال المدينة يراقبون من السور حيث "
    "وقف حارس في عام ١٩٩٨ لأن القبطان أضاع كل خريطة رسمت له أو لهم بعد العاصفة الكبيرة"
)


@dataclass(frozen=True)
class Sentence:
    """Words of a generated article that are one passage of speech or narration, and where they stand; in two halves where interrupted."""

    article: str
    language: str
    words: list[str]
    start: int
    end: int
    interrupted: bool


def write(number: int, language: str) -> tuple[str, list[Sentence]]:
    """An article of random words: narration, quotations, and quotations that their cue interrupts."""
    draw = random.Random(f"{language} {number}")
    vocabulary = ENGLISH if language == "en" else ARABIC
    id, text, sentences = f"{language}-{number}", "", []
    for i in range(12):
        words = draw.choices(vocabulary, k=draw.randint(8, 16))
        words[0] = words[0].capitalize()
        kind = i % 3
        said = ("said Mira Teval", "قالت ميرا تيفال")[language == "ar"]
        half = len(words) // 2
        first, second = " ".join(words[:half]), " ".join(words[half:])
        before, body, after = {
            0: ("", f"{first} {second}", "."),
            1: ("“", f"{first} {second}", f",” {said}."),
            2: ("“", f"{first},” {said}, “{second}", ".”"),
        }[kind]
        sentences.append(Sentence(id, language, words, len(text + before), len(text + before + body), kind == 2))
        # Which quotation a tag between two belongs to is for the tests of quotations.
        text += f"{before}{body}{after}" + ("\n\n" if kind else draw.choice([" ", "\n\n"]))
    return text, sentences


@dataclass(frozen=True, repr=False)
class Generated:
    store: Store
    checker: Checker
    texts: dict[str, str]
    sentences: list[Sentence]


@pytest.fixture(scope="module")
def generated(store_of: MakeStore) -> Generated:
    written = {f"{language}-{number}": write(number, language) for language in ("en", "ar") for number in range(40)}
    store = store_of([(id, text) for id, (text, _) in written.items()])
    texts = {id: text for id, (text, _) in written.items()}
    return Generated(store, Checker(store), texts, [sentence for _, sentences in written.values() for sentence in sentences])


def plain(text: str) -> list[str]:
    """The words of a generated text as a reader compares them, without marks; the obvious twin of the strict comparison."""
    return [word for word in (raw.strip("“”.,") for raw in text.split()) if word]


def change(draw: random.Random, words: list[str], language: str) -> list[str]:
    """One word changed, added or dropped, or two exchanged, not at the ends, where what is left would be a shorter quote of the same."""
    vocabulary = ENGLISH if language == "en" else ARABIC
    at = draw.randrange(1, len(words) - 1)
    other = draw.choice([word for word in vocabulary if word != words[at]])
    digit = next((i for i, word in enumerate(words) if word.isdecimal()), None)
    match draw.randrange(6):
        case 0:
            return [*words[:at], other, *words[at + 1 :]]
        case 1:
            return [*words[:at], *words[at + 1 :]]
        case 2:
            return [*words[:at], other, *words[at:]]
        case 3:
            return [*words[:at], "not" if language == "en" else "لا", *words[at:]]
        case 4 if digit is not None:
            number = words[digit]
            place = draw.randrange(len(number))
            shift = 1 if unicodedata.decimal(number[place]) < 9 else -1
            return [*words[:digit], number[:place] + chr(ord(number[place]) + shift) + number[place + 1 :], *words[digit + 1 :]]
        case _:
            return [*words[:at], words[at + 1], words[at], *words[at + 2 :]]


ONE_MODULE_STORE = settings(max_examples=2000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@ONE_MODULE_STORE
@given(st.randoms(use_true_random=False))
def test_one_word_changed_added_or_dropped_is_never_verbatim_nor_elided(generated: Generated, draw: random.Random) -> None:
    sentence = draw.choice(generated.sentences)
    first = draw.randrange(0, len(sentence.words) - 4)
    words = sentence.words[first : draw.randrange(first + 4, len(sentence.words) + 1)]
    changed = change(draw, words, sentence.language)
    # Two exchanged words may be the same, and a short run of random words may stand elsewhere.
    run = f" {' '.join(changed)} ".casefold()
    assume(not any(run in f" {' '.join(own.words)} ".casefold() for own in generated.sentences))
    assume(not any(run in f" {' '.join(plain(text))} ".casefold() for text in generated.texts.values()))
    assert generated.checker.check(" ".join(changed)).verdict not in ("verbatim", "elided")


def retyped(draw: random.Random, words: list[str], language: str) -> str:
    """The same words as another keyboard, editor or printer would have them."""
    quote = draw.choice([" ", "  ", "\n", "\u00a0"]).join(words)
    if draw.random() < 0.5:
        quote = draw.choice([str.upper, str.lower])(quote[0]) + quote[1:]
    if language == "ar":
        letters = [c + draw.choice(["", "", "\u064e", "\u0651\u0650", "\u0640"]) if c.isalpha() else c for c in quote]
        quote = "".join(letters)
        quote = quote.translate({ord(a): b for a, b in zip("٠١٢٣٤٥٦٧٨٩", "0123456789", strict=True)}) if draw.random() < 0.5 else quote
    if draw.random() < 0.3:
        quote = unicodedata.normalize("NFD", quote)
    if draw.random() < 0.3:
        at = draw.randrange(1, len(quote))
        quote = quote[:at] + draw.choice(["\u200b", "\u200f", "\u00ad", "\ufeff"]) + quote[at:]
    marks = draw.choice(["{}", "“{}”", '"{}"', "«{}»", "« {} »", "‘{},’", "  {}.", "{}?", "...{}…"])
    return marks.format(quote)


@ONE_MODULE_STORE
@given(st.randoms(use_true_random=False))
def test_typography_alone_changes_no_verdict(generated: Generated, draw: random.Random) -> None:
    sentence = draw.choice(generated.sentences)
    found = generated.checker.check(retyped(draw, sentence.words, sentence.language))
    assert found.verdict == ("elided" if sentence.interrupted else "verbatim")
    text = generated.texts[sentence.article]
    assert any(match.article.id == sentence.article and match.span.start == sentence.start for match in found.matches)
    for match in found.matches:
        assert match.span.of(match.article.text) == match.text
        assert "".join(change.text for change in match.diff if change.op != "insert") == match.text
    place = next(match for match in found.matches if match.article.id == sentence.article and match.span.start == sentence.start)
    assert place.text == text[sentence.start : sentence.end].rstrip(",.") or place.text == text[sentence.start : sentence.end + 1]


# Several places, long quotes, errors.


def test_a_short_quote_lists_every_place_and_counts_those_beyond(store_of: MakeStore) -> None:
    checker = Checker(store_of([("a", "No boats. No boats! " * 80), ("b", "There were no boats, said Teval.")]))
    found = checker.check("no boats")
    assert (found.verdict, found.places, len(found.matches)) == ("verbatim", 161, 100)
    assert as_json(found)["places"] == 161


def test_the_place_with_the_claimed_speaker_comes_first_and_is_enough(store_of: MakeStore) -> None:
    said = "“The harbor is closed for good,” said {}."
    checker = Checker(store_of([("a", said.format("Jon Brenk")), ("b", said.format("Mira Teval")), ("c", said.format("Lena Mahr"))]))
    found = checker.check("The harbor is closed for good", "Teval")
    assert (found.verdict, found.places) == ("verbatim", 3)
    assert found.matches[0].speaker == "Mira Teval"
    assert checker.check("The harbor is closed for good", "Nora Odal").verdict == "misattributed"
    assert checker.check("The harbor is closed for good").verdict == "verbatim", "nobody is claimed"


def test_a_quote_may_cross_what_search_keeps_apart(store_of: MakeStore) -> None:
    sentences = " ".join(f"Boat number {i} left the harbor with crates of salt and a lamp." for i in range(200))
    checker = Checker(store_of([("long", sentences)]))
    for i in range(0, 199, 7):
        quote = f"Boat number {i} left the harbor with crates of salt and a lamp. Boat number {i + 1} left"
        assert [match.text for match in checker.check(quote).matches] == [quote]


def test_what_was_changed_is_shown_word_by_word(store_of: MakeStore) -> None:
    found = Checker(store_of([("a", "“The government will not raise fuel prices this year,” said Mira Teval.")])).check(
        "The government will raise fuel taxes this year"
    )
    (match,) = found.matches
    assert (found.verdict, match.text) == ("altered", "The government will not raise fuel prices this year")
    assert [(change.op, change.text) for change in match.diff] == [
        ("equal", "The government will "),
        ("delete", "not "),
        ("equal", "raise fuel "),
        ("delete", "prices"),
        ("insert", "taxes"),
        ("equal", " this year"),
    ]
    assert 0.7 < match.similarity < 1


def test_a_new_or_removed_article_is_seen_by_an_open_checker(store_of: MakeStore) -> None:
    store = store_of([("a", "The boats left the harbor.")])
    checker = Checker(store)
    assert checker.check("the crews slept badly").verdict == "not_found"
    fill(store, [("b", "The crews slept badly.")])
    assert checker.check("the crews slept badly").verdict == "verbatim"
    store.remove(["b"])
    assert checker.check("the crews slept badly").verdict == "not_found"


@pytest.mark.parametrize("empty", ["", "  \n", "“…”", "?!", "\u200b"])
def test_a_quote_without_a_word_is_refused_in_one_line(store_of: MakeStore, empty: str) -> None:
    with pytest.raises(InputError) as raised:
        Checker(store_of([])).check(empty)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "quote", ["boats " * 20_000, "x" * 100_000, "[x] " * 25_000, "the ... " * 12_000, "[" * 99_999 + "x", "1," * 50_000, "“" * 99_999 + "x"]
)
def test_a_quote_of_100_000_characters_gets_its_verdict(store_of: MakeStore, quote: str) -> None:
    checker = Checker(store_of([("a", "The boats left the harbor. " * 300)]))
    assert checker.check(quote).verdict in ("altered", "not_found")


def test_any_text_is_checked(store_of: MakeStore) -> None:
    checker = Checker(store_of([("a", "Half \0 a pair, <b>bold</b>, ½ of 2½, “ﷺ”, 👩‍👩‍👧 and ١٬٦٠٠.")]))

    @settings(max_examples=500)
    @given(st.text(min_size=1, max_size=40) | st.from_regex(r"(Half|a|pair|½|2½|[.,…“\[\]() ]|and|ﷺ){1,8}", fullmatch=True))
    def run(quote: str) -> None:
        try:
            found = checker.check(quote, quote)
        except InputError:
            return
        as_json(found)

    run()


# The samples, with the default model.

SAMPLES = [json.loads(line) for line in (CASES.parents[1] / "samples" / "quotes.jsonl").read_text(encoding="utf-8").splitlines()]
MISSED = {case["id"]: case["why"] for case in FAILURES["sample quotes"]}


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=pytest.mark.xfail(reason=MISSED[row["id"]], strict=True)) if row["id"] in MISSED else row for row in SAMPLES],
    ids=lambda row: row["id"],
)
def test_quotes_on_the_samples_get_their_verdicts_and_places(samples_store: Store, row: dict[str, Any]) -> None:
    found = Checker(samples_store).check(row["quote"], row["claimed_speaker"])
    assert found.verdict == row["verdict"]
    places = [(match.article.id, match.span) for match in found.matches]
    for source in row["source"]:
        assert any(id == source["doc"] and span.start < source["end"] and source["start"] < span.end for id, span in places)


def test_many_quotes_are_checked_in_order_as_each_by_itself(generated: Generated) -> None:
    claims = [(" ".join(sentence.words), "Mira Teval" if sentence.start % 2 else None) for sentence in generated.sentences[:120]]
    claims.append(("crates of nothing that anybody wrote down", None))
    assert list(check_all(generated.store, claims)) == [generated.checker.check(*claim) for claim in claims]


def test_an_error_in_one_of_many_quotes_is_raised_at_its_place(generated: Generated) -> None:
    words = " ".join(generated.sentences[0].words)
    checks = check_all(generated.store, [(words, None), ("…", None), (words, None)])
    assert next(checks).quote == words
    with pytest.raises(InputError):
        next(checks)


def test_a_mark_of_the_source_itself_is_part_of_its_words(store_of: MakeStore) -> None:
    checker = Checker(store_of([("a", "“[T]he crews slept badly on the pier,” wrote Mira Teval.")]))
    assert checker.check("[T]he crews slept badly on the pier").verdict == "verbatim"
    assert checker.check("[C]rews slept badly on the pier").verdict == "elided"
