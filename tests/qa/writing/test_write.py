"""What a language model writes, read from a real server as it comes: what of it is kept, what is struck, what comes where it fails."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

from index.articles import Article, make_article
from index.build.build import build
from index.errors import ModelError
from index.store.store import Store
from index.text.spans import Span
from qa.answer import answer, answering
from qa.ask.question import analyse
from qa.ask.types import Answer, Notice, Reason, Retrieved, Writing
from qa.export.answer_json import answer_json
from qa.export.wording import failure_line, notice_line
from qa.support.evidence import SourceSentence
from qa.support.guard import Guard
from qa.writing.language_models import LanguageModel, language_model
from qa.writing.prompts import MOST_STATEMENTS
from qa.writing.write import Writer, WritingStopped, WrittenStatement, translated, write

QUESTION = "How many houses of Bremmel were flooded?"
SENTENCES = {
    "flood": "The river Sarn flooded 214 houses of Bremmel on Monday night.",
    "mayor": "“We were warned too late,” said Mayor Odile Harrant.",
    "school": "Its two schools stay closed until 9 April.",
    "arabic": "وقالت الممرضة سلمى قاسم إن 12 شخصا نقلوا إلى المستشفى.",
}
FLOOD, MAYOR, SCHOOL, ARABIC = range(4)


def everybody_waits() -> bool:
    return True


@pytest.fixture(scope="session")
def guard(samples_store: Store) -> Guard:
    return Guard(samples_store.embedder)


@pytest.fixture(scope="session")
def grounds() -> list[SourceSentence]:
    made: list[SourceSentence] = []
    for id, text in SENTENCES.items():
        article: Article = make_article(id, text)
        made.append(SourceSentence(article, Span(0, len(text)), "Odile Harrant" if id == "mayor" else None))
    return made


def stated(*items: Any) -> str:
    return json.dumps({"statements": items}, ensure_ascii=False)


def says(text: str, *numbers: Any) -> dict[str, Any]:
    return {"from": list(numbers), "text": text}


SIX = says("The river flooded 214 houses.", 1)
CLOSED = says("Two schools stay closed until 9 April.", 3)


@pytest.fixture
def writing(
    model: LanguageModel, guard: Guard, samples_store: Store, grounds: Sequence[SourceSentence]
) -> Callable[..., Iterator[WrittenStatement]]:
    """What comes of the server's reply, as it comes."""

    def run(
        question: str = QUESTION,
        evidence: Sequence[int] = (),
        is_wanted: Callable[[], bool] = everybody_waits,
        **options: bool,
    ) -> Iterator[WrittenStatement]:
        return write(Writer(model, **options), guard, analyse(samples_store, question), grounds, evidence, is_wanted)

    return run


@pytest.fixture
def written(server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]]) -> Callable[..., list[WrittenStatement]]:
    """What comes of a reply."""

    def run(reply: str, *asked: Any, **options: Any) -> list[WrittenStatement]:
        server.reply = lambda body: reply
        return list(writing(*asked, **options))

    return run


# What is read.


@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
def test_statements_come_in_their_order_whatever_pieces_they_come_in(
    server: ModelServer, written: Callable[..., list[WrittenStatement]], piece: int
) -> None:
    server.piece = piece
    reply = stated(SIX, {"quote": 2}, CLOSED)
    assert written(reply) == [
        WrittenStatement("The river flooded 214 houses.", (FLOOD,)),
        WrittenStatement(None, (MAYOR,)),
        WrittenStatement("Two schools stay closed until 9 April.", (SCHOOL,)),
    ]


def test_a_statement_is_there_before_the_next_is_written(server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]]) -> None:
    server.piece, server.between = 30, 0.05
    server.reply = lambda body: stated(SIX, *({"quote": 2} for _ in range(100)))
    found = writing()
    began = time.monotonic()
    assert next(found).sources == (FLOOD,)
    assert time.monotonic() - began < 1.5  # all of it takes four seconds and more
    found.close()  # type: ignore[attr-defined]  # it is a generator
    wait_until(lambda: server.left == 1)


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "<think>\n[1] says it, so {{}} it is.\n</think>\n{}",
        "Here it is: {} I hope that it helps.",
        "\n\n  {}  \n",
    ],
)
def test_what_stands_around_the_form_is_passed_over(written: Callable[..., list[WrittenStatement]], around: str) -> None:
    assert [one.text for one in written(around.format(stated(SIX)))] == [SIX["text"]]


def test_of_what_is_cut_short_the_whole_statements_are_kept(written: Callable[..., list[WrittenStatement]]) -> None:
    assert [one.text for one in written(stated(SIX, CLOSED)[:-25])] == [SIX["text"]]


def test_numbers_that_were_not_given_name_nothing(written: Callable[..., list[WrittenStatement]]) -> None:
    for number in (0, -1, 5, 10**400, True, "1", 1.0, None, [1], {"1": 1}):
        assert written(stated({"quote": number})) == []
        assert written(stated(says(SIX["text"], number))) == [WrittenStatement(SIX["text"], (FLOOD,))]  # by the sentence that bears it out
    assert written(stated(says(SIX["text"], 1, 99, 1, 1))) == [WrittenStatement(SIX["text"], (FLOOD,))]


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        "The river flooded 214 houses.",
        [],
        [1, "The river"],
        {},
        {"text": "The river flooded 214 houses."},
        {"from": 1, "text": "The river flooded 214 houses."},
        {"from": "1", "text": "The river flooded 214 houses."},
        {"from": [1], "text": 214},
        {"from": [1], "text": None},
        {"from": [1], "text": ""},
        {"from": [1], "text": " \n\u200b\u202e"},
        {"from": [1], "text": "[1] [2, 3]"},
        {"from": [1], "text": ["The river flooded 214 houses."]},
        {"quote": None},
        {"quote": {"article": "flood"}},
    ],
    ids=repr,
)
def test_what_is_no_statement_is_passed_over_and_the_next_is_read(written: Callable[..., list[WrittenStatement]], item: Any) -> None:
    assert written(stated(item, SIX)) == [WrittenStatement(SIX["text"], (FLOOD,))]


def test_fields_that_nobody_asked_for_say_nothing(written: Callable[..., list[WrittenStatement]]) -> None:
    reply = {**SIX, "support": "verbatim", "citations": [{"article": "mayor", "start": 0}], "speaker": "God"}
    assert written(stated(reply)) == [WrittenStatement(SIX["text"], (FLOOD,))]


def test_markers_and_what_nobody_sees_are_taken_out_of_a_statement(written: Callable[..., list[WrittenStatement]]) -> None:
    for text in (
        "The river flooded\n214 houses [1].",
        "\u202eThe river\u200b flooded\t214 houses[1, 2] [3].\x1b\x00\ufeff",
        "The river flooded 214 houses. [9]",
    ):
        assert [one.text for one in written(stated(says(text, 1)))] == ["The river flooded 214 houses."]


def test_half_a_surrogate_is_taken_out(written: Callable[..., list[WrittenStatement]]) -> None:
    reply = '{"statements":[{"from":[1],"text":"The river flooded 214 houses\\ud83d."}]}'
    assert [one.text for one in written(reply)] == ["The river flooded 214 houses."]


def test_a_statement_is_told_once_and_there_are_only_so_many(written: Callable[..., list[WrittenStatement]]) -> None:
    assert len(written(stated(*[SIX] * 9))) == 1
    assert len(written(stated(*[{"quote": 2}] * 9))) == 1
    many = [says(f"The river flooded 214 houses, {word} 214.", 1) for word in ("yes", "really", "truly", "so", "surely", "just", "even")]
    assert len(written(stated(*many))) <= MOST_STATEMENTS


@pytest.mark.parametrize("depth", [50, 5_000])
def test_deep_nesting_ends_no_process(written: Callable[..., list[WrittenStatement]], depth: int) -> None:
    nested = '{"statements":[' + "[" * depth + "]" * depth
    assert written(f'{nested},{{"quote":2}}]}}') in ([], [WrittenStatement(None, (MAYOR,))])


# What is checked.


def test_what_is_not_borne_out_fails_with_the_words_that_are_not(written: Callable[..., list[WrittenStatement]]) -> None:
    one, *_ = written(stated(says("The river flooded 900 houses.", 1)))
    assert one.failure is not None
    assert (one.failure.fault, "900" in one.failure.words) == ("number", True)


def test_a_statement_rests_on_the_sentence_that_bears_it_out_whichever_is_named(written: Callable[..., list[WrittenStatement]]) -> None:
    assert written(stated(says("Two schools stay closed until 9 April.", 1, 2)), "Until when do the schools stay closed?") == [
        WrittenStatement("Two schools stay closed until 9 April.", (SCHOOL,))
    ]


def test_a_quotation_is_named_and_its_words_are_the_articles(written: Callable[..., list[WrittenStatement]]) -> None:
    assert written(stated({"quote": 2, "text": "“It was all my fault.”"}), "What did the mayor say?") == [WrittenStatement(None, (MAYOR,))]
    altered, *_ = written(stated(says("“We were warned in time,” said Mayor Odile Harrant.", 2)), "What did the mayor say?")
    assert altered.failure is not None


def test_what_is_written_in_another_language_than_the_question_is_quoted(written: Callable[..., list[WrittenStatement]]) -> None:
    arabic = "12 شخصا نقلوا إلى المستشفى."
    assert written(stated(says(arabic, 4)), "How many people were taken to hospital?") == [WrittenStatement(None, (ARABIC,))]
    assert written(stated(says(arabic, 4)), "كم شخصا نقلوا إلى المستشفى؟") == [WrittenStatement(arabic, (ARABIC,))]


def test_where_nothing_is_borne_out_the_foreign_sentence_that_it_names_is_quoted_if_it_answers(
    written: Callable[..., list[WrittenStatement]],
) -> None:
    wrong = stated(says("The nurse said that 900 people were taken away.", 4), says("The mayor took 900 people away.", 2))
    asked = "How many people were taken to hospital?"
    assert [one.failure is None for one in written(wrong, asked, evidence=[ARABIC])] == [False, False, True]
    assert written(wrong, asked, evidence=[ARABIC])[-1] == WrittenStatement(None, (ARABIC,))
    assert all(one.failure for one in written(wrong, asked, evidence=[MAYOR]))
    assert all(one.failure for one in written(wrong, "كم شخصا نقلوا إلى المستشفى؟", evidence=[ARABIC]))


def test_a_word_alone_says_nothing_so_its_sentence_is_quoted(written: Callable[..., list[WrittenStatement]]) -> None:
    for bare in ("214.", "Bremmel 214. Sarn!", "214 214 214", "214, it says."):
        assert written(stated(says(bare, 1))) == [WrittenStatement(None, (FLOOD,))]
    assert written(stated(says("214 houses.", 1))) == [WrittenStatement("214 houses.", (FLOOD,))]


def test_what_does_not_hold_what_is_asked_for_is_struck(written: Callable[..., list[WrittenStatement]]) -> None:
    one, *_ = written(stated(says("The river Sarn flooded houses of Bremmel on Monday night.", 1)))
    assert one.failure is not None
    assert one.failure.fault == "question"


def judging(server: ModelServer, verdict: str) -> None:
    server.reply = lambda body: verdict if "yes or no" in body["messages"][-1]["content"] else stated(SIX)


def test_a_judge_is_asked_about_each_statement_with_its_sentences_alone(
    server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]]
) -> None:
    judging(server, '{"verdict": "yes"}')
    assert list(writing(judge=True)) == [WrittenStatement(SIX["text"], (FLOOD,))]
    asked = server.asked[1].body
    assert asked["messages"][-1]["content"].startswith(f"[1] {SENTENCES['flood']}\nStatement: {SIX['text']}\n")
    assert asked["messages"][:-1] == server.asked[0].body["messages"][:-1]  # a server that kept what it read has only to read the rest


@pytest.mark.parametrize("verdict", ['{"verdict": "no"}', '{"verdict": "maybe"}', "{}", '{"verdict": ["yes"]}'])
def test_what_a_judge_does_not_find_fails(server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]], verdict: str) -> None:
    judging(server, verdict)
    one, *_ = writing(judge=True)
    assert one.failure is not None
    assert one.failure.fault == "judge"


def test_a_judge_cannot_save_what_the_guard_struck(server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]]) -> None:
    server.reply = lambda body: (
        '{"verdict": "yes"}' if "yes or no" in body["messages"][-1]["content"] else stated(says("All of Bremmel burnt down.", 1))
    )
    one, *_ = writing(judge=True)
    assert one.failure is not None
    assert not any("yes or no" in asked.body["messages"][-1]["content"] for asked in server.asked)


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ('{"translation": "The nurse Salma Qassem said 12 people were taken to the hospital."}', True),
        ('{"translation": "The nurse Salma Qassem said 90 people were taken to the hospital."}', False),
        ('{"translation": "قالت الممرضة سلمى قاسم إن 12 شخصا نقلوا إلى المستشفى."}', False),
        ('{"translation": ""}', False),
        ('{"translation": 12}', False),
        ('{"text": "The nurse Salma Qassem said 12 people were taken to the hospital."}', False),
    ],
)
def test_a_translation_is_kept_where_it_says_what_the_sentence_says(
    server: ModelServer, model: LanguageModel, samples_store: Store, reply: str, kept: bool
) -> None:
    server.reply = lambda body: reply
    found = translated(Writer(model), samples_store.embedder, SENTENCES["arabic"], "en", everybody_waits)
    assert (found is not None) == kept


# Where it fails.


@pytest.mark.parametrize(
    "nonsense",
    ["", "No.", "{}", "[]", '{"answer": "214"}', '{"statements": null}', '{"statements": {"text": 1}}', "{" * 9000, "\u0000" * 99],
)
def test_what_has_no_list_of_statements_is_said_to_be_nonsense_without_repeating_it(
    written: Callable[..., list[WrittenStatement]], nonsense: str
) -> None:
    with pytest.raises(ModelError) as error:
        written(nonsense)
    assert "tiny at 127.0.0.1" in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_ten_megabytes_of_nonsense_are_not_read(server: ModelServer, written: Callable[..., list[WrittenStatement]]) -> None:
    server.piece = 1000
    began = time.monotonic()
    with pytest.raises(ModelError):
        written('{"statements": [' + "x" * 10_000_000)
    assert time.monotonic() - began < 5
    wait_until(lambda: server.left == 1)


def test_a_server_that_breaks_off_in_the_middle_is_an_error_after_what_was_whole(
    server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]]
) -> None:
    server.reply, server.piece, server.breaks_after = (lambda body: stated(SIX, *[CLOSED] * 50)), 20, 10
    found = writing()
    assert next(found).sources == (FLOOD,)
    with pytest.raises(ModelError, match="does not answer as it should"):
        list(found)


def test_what_nobody_waits_for_is_stopped_and_the_server_left(
    server: ModelServer, writing: Callable[..., Iterator[WrittenStatement]]
) -> None:
    server.reply, server.piece, server.between = (lambda body: stated(*[SIX] * 500)), 10, 0.01
    waits = iter([True] * 20)
    with pytest.raises(WritingStopped):
        list(writing(is_wanted=lambda: next(waits, False)))
    wait_until(lambda: server.left == 1)


# The answer.

STORIES = {
    "courier": "The river Sarn flooded 214 houses of Bremmel on Monday night. “We were warned too late,” said Mayor Odile Harrant. "
    "The two schools of Bremmel stay closed until 9 April, she said. Firemen pumped out cellars with nine engines until dawn.",
    "lantern": "The river Sarn flooded 190 houses of Bremmel on Monday night. “We were warned too late,” said Mayor Odile Harrant. "
    "The two schools of Bremmel stay closed until 9 April, she said. Firemen pumped out cellars with nine engines until dawn.",
    "mirat": "وصلت فرق الإغاثة إلى بريمل يوم الثلاثاء. وقالت الممرضة سلمى قاسم إن 12 شخصا نقلوا إلى مستشفى المدينة.",
    "goats": "The goats of Upper Imla won the prize for the best cheese again. Their keeper said that he would buy a bell.",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("bremmel")
    (folder / "articles").mkdir()
    for id, text in STORIES.items():
        (folder / "articles" / f"{id}.txt").write_text(text, encoding="utf-8")
    build(folder / "store", [folder / "articles"])
    made = Store.open(folder / "store")
    yield made
    made.close()


@pytest.fixture
def answered(store: Store, server: ModelServer, model: LanguageModel) -> Callable[..., Answer]:
    def run(reply: Callable[[Any], str] | str, question: str = QUESTION, **options: bool) -> Answer:
        server.reply = reply if callable(reply) else lambda body: reply
        return answer(store, question, writer=Writer(model, **options))

    return run


def number_of(body: Any, words: str) -> int:
    """Of the sentence that holds them, in what the model was given."""
    lines = body["messages"][-1]["content"].splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line and line.startswith("["))


def right(body: Any) -> str:
    return stated(says("The river Sarn flooded 214 houses of Bremmel.", number_of(body, "214")))


def test_a_written_answer_has_the_models_words_and_the_articles_citations(answered: Callable[..., Answer]) -> None:
    found = answered(right)
    first = found.statements[0]
    assert (first.text, first.support, found.abstained, found.notice) == (
        "The river Sarn flooded 214 houses of Bremmel.",
        "supported",
        False,
        None,
    )
    assert found.written_by is not None
    assert found.written_by.startswith("tiny at 127.0.0.1")
    assert [found.citations[number - 1].article.id for number in first.citations] == ["courier.txt"]
    assert found.text.startswith("The river Sarn flooded 214 houses of Bremmel. [1]")


def test_what_other_papers_say_differently_and_who_says_it_stand_beside_a_written_answer(
    answered: Callable[..., Answer], store: Store
) -> None:
    found, own = answered(right), answer(store, QUESTION)
    assert [[side.text for side in one.sides] for one in found.disagreements] == [
        [side.text for side in one.sides] for one in own.disagreements
    ]
    assert len(found.disagreements) == 1
    for one in found.disagreements:
        for side in one.sides:
            citation = found.citations[side.citation - 1]
            assert citation.span.contains(side.span)
            assert side.span.of(citation.article.text) == side.text
    assert {id for source in found.sources for id in source.articles} == {id for source in own.sources for id in source.articles}
    assert {number for source in found.sources for number in source.citations} == {one.number for one in found.citations}


def test_stages_are_what_was_found_then_ever_more_checked_statements_then_the_answer(
    store: Store, server: ModelServer, model: LanguageModel
) -> None:
    server.reply = lambda body: stated(*json.loads(right(body))["statements"], *({"quote": number} for number in (1, 2, 3)))
    first, *between, last = answering(store, QUESTION, writer=Writer(model))
    assert isinstance(first, Retrieved)
    assert isinstance(last, Answer)
    assert all(isinstance(one, Writing) for one in between)
    counts = [len(one.answer.statements) for one in between if isinstance(one, Writing)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert {1, 2, 3} <= set(counts)
    assert all(one.answer.written_by == last.written_by for one in between if isinstance(one, Writing))


BAD = "The river Sarn flooded 5,000 houses of Bremmel."


def both(body: Any) -> str:
    return stated(says(BAD, number_of(body, "214")), *json.loads(right(body))["statements"])


def test_what_fails_is_struck_with_its_reason_and_asserted_nowhere(answered: Callable[..., Answer]) -> None:
    found = answered(both)
    (struck,) = found.struck
    assert struck.text == BAD
    assert "5,000" in failure_line(struck.failure)
    assert set(struck.citations) <= {citation.number for citation in found.citations}
    assert BAD not in found.text
    (row,) = answer_json(found)["struck"]
    assert row == {"text": BAD, "citations": list(struck.citations), "support": "unsupported", "reason": failure_line(struck.failure)}
    assert {row["support"] for row in answer_json(found)["statements"]} <= {"verbatim", "supported"}


def test_what_fails_is_left_out_where_that_is_asked_for(answered: Callable[..., Answer]) -> None:
    found = answered(both, drops=True)
    assert found.struck == ()
    assert "5,000" not in json.dumps(answer_json(found))
    assert len(found.statements) >= 1


def test_where_nothing_survives_the_answer_abstains_and_says_so(answered: Callable[..., Answer]) -> None:
    found = answered(lambda body: stated(says(BAD, 1)) if "Answer in" in body["messages"][-1]["content"] else stated())
    assert (found.abstained, found.statements, found.short_answer, found.reason) == (True, (), None, Reason("unsupported"))
    assert [one.text for one in found.struck] == [BAD]
    assert found.written_by is not None
    assert answer_json(found)["abstained"]


def test_where_the_model_says_that_nothing_answers_the_answer_abstains(answered: Callable[..., Answer]) -> None:
    found = answered(stated())
    assert (found.abstained, found.reason, found.struck) == (True, Reason("no_answer"), ())


def test_where_the_articles_do_not_answer_no_model_is_asked(answered: Callable[..., Answer], server: ModelServer) -> None:
    found = answered(right, "At what temperature does molybdenum melt?")
    assert (found.abstained, found.written_by, server.asked) == (True, None, [])


def test_a_question_about_a_byline_is_answered_without_the_model(answered: Callable[..., Answer], server: ModelServer) -> None:
    answered(right, "Who wrote the article about the flood of Bremmel?")
    assert server.asked == []


def test_a_citation_in_another_language_has_its_translation_beside_it(answered: Callable[..., Answer]) -> None:
    said = "The nurse Salma Qassem said 12 people were taken to the city hospital."

    def reply(body: Any) -> str:
        if "Translate" in body["messages"][-1]["content"]:
            return json.dumps({"translation": said})
        return stated({"quote": number_of(body, "سلمى")})

    found = answered(reply, "How many people were taken to the hospital, according to the nurse Salma Qassem?")
    (citation,) = (one for one in found.citations if one.article.language == "ar" and "سلمى" in one.quote)
    assert citation.translation == said
    assert citation.span.of(citation.article.text) == citation.quote
    assert said not in found.text
    assert said in {row["translation"] for row in answer_json(found)["citations"]}


def own_words(found: Answer, store: Store, question: str = QUESTION) -> None:
    own = answer(store, question)
    assert (found.statements, found.citations, found.short_answer, found.abstained) == (
        own.statements,
        own.citations,
        own.short_answer,
        own.abstained,
    )
    assert (found.written_by, found.struck) == (None, ())
    assert found.notice is not None
    assert "\n" not in notice_line(found.notice)
    assert answer_json(found)["notice"] == notice_line(found.notice)
    assert answer_json(own)["notice"] is None


def test_where_the_server_is_down_the_answer_is_in_the_articles_own_words(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}/v1#tiny"
    found = answer(store, QUESTION, writer=Writer(language_model(address, "sk-secret")))
    own_words(found, store)
    assert found.notice is not None
    assert "127.0.0.1" in found.notice.error
    assert "sk-secret" not in found.notice.error


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_where_the_server_refuses_the_answer_is_in_the_articles_own_words(
    store: Store, server: ModelServer, model: LanguageModel, status: int
) -> None:
    server.status = status
    own_words(answer(store, QUESTION, writer=Writer(model)), store)


@pytest.mark.parametrize("raw", [b"", b"<html>Hello</html>", b"\xff\xfe\x00", b'{"choices": 7}'])
def test_where_it_does_not_speak_the_protocol_the_answer_is_in_the_articles_own_words(
    store: Store, server: ModelServer, model: LanguageModel, raw: bytes
) -> None:
    server.raw = raw
    own_words(answer(store, QUESTION, writer=Writer(model)), store)


def test_where_it_writes_nonsense_the_answer_is_in_the_articles_own_words(store: Store, answered: Callable[..., Answer]) -> None:
    own_words(answered("I cannot help with that."), store)


def test_where_it_breaks_off_what_it_wrote_is_dropped_for_the_articles_own_words(
    store: Store, answered: Callable[..., Answer], server: ModelServer
) -> None:
    server.breaks_after = 30
    own_words(answered(lambda body: stated(*json.loads(right(body))["statements"], *[{"quote": 1}] * 50)), store)


def test_where_it_is_slow_the_answer_is_in_the_articles_own_words(
    store: Store, server: ModelServer, model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.writing.language_models._PIECE_SECONDS", 0.3)
    server.before = 30
    began = time.monotonic()
    own_words(answer(store, QUESTION, writer=Writer(model)), store)
    assert time.monotonic() - began < 10


def test_what_is_stopped_gives_the_articles_own_words(store: Store, server: ModelServer, model: LanguageModel) -> None:
    server.reply, server.piece, server.between = right, 4, 0.02
    *_, last = answering(store, QUESTION, writer=Writer(model), is_wanted=lambda: False)
    assert isinstance(last, Answer)
    own_words(last, store)
    assert last.notice == Notice("stopped")


def test_an_answer_without_a_model_says_nothing_of_one(store: Store) -> None:
    found = answer_json(answer(store, QUESTION))
    assert (found["struck"], found["written_by"], found["notice"]) == ([], None, None)
    assert {row["translation"] for row in found["citations"]} == {None}
