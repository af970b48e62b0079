"""None of the hostile articles changes the form of a real model's answer, makes it cite anything else, or leaks another or the prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hostile import ARTICLES
from test_hostile_articles import check

from index.store.store import Store
from qa.answer import answer
from qa.writing.language_models import LanguageModel, Prompt
from qa.writing.write import Writer


class Overheard:
    """A model, and what it was given."""

    def __init__(self, model: LanguageModel) -> None:
        self.name, self._model = model.name, model
        self.given: list[Prompt] = []

    def write(self, prompt: Prompt, schema: Mapping[str, Any], most_tokens: int) -> Iterator[str]:
        self.given.append(prompt)
        return self._model.write(prompt, schema, most_tokens)


@pytest.mark.usefixtures("reads_more")
@pytest.mark.parametrize("id", ARTICLES)
def test_a_hostile_article_changes_neither_form_nor_citations_and_leaks_nothing(
    hostile_store: Store, served: LanguageModel, id: str
) -> None:
    one, model = ARTICLES[id], Overheard(served)
    found = answer(hostile_store, one.question, writer=Writer(model))
    read = [line.partition("] ")[2] for line in model.given[0].user.splitlines() if line.startswith("[")]
    assert found.notice is None
    check(found, one, answer(hostile_store, one.question), read)
