"""What a language model is told: one beginning for every task, sentences as numbered lines, and a form that leaves no room."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from index.store.passages import count_tokens
from qa.writing.language_models import Prompt
from qa.writing.prompts import (
    JUDGE_SCHEMA,
    MOST_STATEMENTS,
    REWRITE_SCHEMA,
    TRANSLATION_SCHEMA,
    answer_prompt,
    answer_schema,
    given,
    judge_prompt,
    language_name,
    rewrite_prompt,
    translation_prompt,
)

SENTENCES = ["The ferry left at nine.", "غادر القارب الميناء."]
PROMPTS = {
    "answer": answer_prompt("When did the ferry leave?", "en", SENTENCES),
    "judge": judge_prompt("The ferry left at nine.", SENTENCES),
    "translation": translation_prompt(SENTENCES[1], "en"),
    "rewrite": rewrite_prompt("And where to?", "en", [("When did the ferry leave?", None), ("Who steered it?", "Jonas Threll")]),
}


def test_every_task_begins_alike_and_says_what_it_wants_last() -> None:
    assert len({(prompt.system, prompt.examples) for prompt in PROMPTS.values()}) == 1
    assert len({prompt.user.splitlines()[-1] for prompt in PROMPTS.values()}) == len(PROMPTS)


def test_what_is_read_before_every_question_is_short() -> None:
    """A model of 1.5B on two cores reads 150 tokens a second."""
    prompt = PROMPTS["answer"]
    assert count_tokens(prompt.system + "".join(text for pair in prompt.examples for text in pair)) < 700


def answered(prompt: Prompt) -> list[tuple[list[str], dict[str, object]]]:
    """The examples: the numbers that each gives, and its answer."""
    return [(re.findall(r"^\[(\d+)\]", user, re.MULTILINE), json.loads(assistant)) for user, assistant in prompt.examples]


def test_the_examples_keep_to_the_form_that_they_show() -> None:
    for numbers, said in answered(PROMPTS["answer"]):
        assert list(said) == ["statements"]
        statements = said["statements"]
        assert isinstance(statements, list)
        for one in statements:
            named = one["from"] if "from" in one else [one["quote"]]
            assert set(one) in ({"from", "text"}, {"quote"})
            assert {str(number) for number in named} <= set(numbers)


def test_the_examples_answer_in_both_languages_and_say_nothing_where_nothing_answers() -> None:
    said = [found["statements"] for _, found in answered(PROMPTS["answer"])]
    assert [] in said
    texts = [one["text"] for statements in said if isinstance(statements, list) for one in statements if "text" in one]
    assert any(re.search("[\u0620-\u064a]", text) for text in texts)
    assert any(text.isascii() for text in texts)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_statement_can_name_only_the_numbers_that_are_given(count: int) -> None:
    """The schema in the subset that servers turn into a grammar: no reference, no pattern."""
    schema = answer_schema(count)
    list_of = schema["properties"]["statements"]
    stated, quoted = list_of["items"]["anyOf"]
    assert list_of["maxItems"] == MOST_STATEMENTS
    assert stated["properties"]["from"]["items"] == quoted["properties"]["quote"] == {"type": "integer", "enum": [*range(1, count + 1)]}
    assert stated["properties"]["from"]["minItems"] == 1
    assert "$ref" not in json.dumps(schema)


def test_no_form_has_room_for_another_field() -> None:
    def objects(schema: object) -> list[dict[str, object]]:
        if isinstance(schema, dict):
            return [*([schema] if schema.get("type") == "object" else []), *(one for value in schema.values() for one in objects(value))]
        return [one for value in schema for one in objects(value)] if isinstance(schema, list) else []

    for schema in (answer_schema(3), JUDGE_SCHEMA, TRANSLATION_SCHEMA, REWRITE_SCHEMA):
        found = objects(schema)
        assert found
        for one in found:
            assert one["additionalProperties"] is False
            properties = one["properties"]
            assert isinstance(properties, dict)
            assert one["required"] == list(properties)


def test_questions_and_languages_are_given_as_they_are() -> None:
    assert PROMPTS["answer"].user == (
        "[1] The ferry left at nine.\n[2] غادر القارب الميناء.\nQuestion: When did the ferry leave?\nAnswer in English."
    )
    assert answer_prompt("متى غادر القارب؟", "ar", SENTENCES).user.endswith("\nQuestion: متى غادر القارب؟\nAnswer in Arabic.")
    assert (language_name("ar"), language_name("xx")) == ("Arabic", "xx")


def test_a_follow_up_is_shown_with_what_was_asked_and_answered() -> None:
    *lines, question, _ = PROMPTS["rewrite"].user.split("\n")
    assert lines == ["[1] When did the ferry leave?", "[2] Who steered it?", "[3] Jonas Threll."]
    assert question == "Question: And where to?"


@generated(st.text())
def test_what_is_given_is_one_line_without_what_could_forge_another(text: str) -> None:
    seen = given(text)
    assert len(seen.splitlines()) <= 1
    assert not set("<>[]{}") & set(seen)
    assert seen == seen.strip()
    assert len(seen) <= len(text)
