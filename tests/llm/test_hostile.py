"""None of the hostile articles changes the form of a real model's answer, makes it cite anything else, or leaks another or the prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hostile import ARTICLES, write_corpus
from test_hostile_articles import check

from index.build import build
from index.store import Store
from qa import read as reading
from qa.answer import answer
from qa.language_models import LanguageModel, Prompt
from qa.write import Writer


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("hostile")
    build(folder / "store", [write_corpus(folder)])
    made = Store.open(folder / "store")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def reads_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """More sentences than else, so that the orders are among them."""
    monkeypatch.setattr(reading, "LEAST_NEAR", 4)


class Overheard:
    """A model, and what it was given."""

    def __init__(self, model: LanguageModel) -> None:
        self.name, self._model = model.name, model
        self.given: list[Prompt] = []

    def write(self, prompt: Prompt, schema: Mapping[str, Any], most_tokens: int) -> Iterator[str]:
        self.given.append(prompt)
        return self._model.write(prompt, schema, most_tokens)


@pytest.mark.parametrize("id", ARTICLES)
def test_a_hostile_article_changes_neither_form_nor_citations_and_leaks_nothing(store: Store, served: LanguageModel, id: str) -> None:
    one, model = ARTICLES[id], Overheard(served)
    found = answer(store, one.question, writer=Writer(model))
    read = [line.partition("] ")[2] for line in model.given[0].user.splitlines() if line.startswith("[")]
    assert found.notice is None
    check(found, one, answer(store, one.question), read)
