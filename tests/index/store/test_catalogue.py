"""What the catalogue asks of SQLite does not grow with the articles that were not asked for."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from index.store import catalogue
from index.store.catalogue import Catalogue

# As many passages as a question's candidates: with few, SQLite looks them up in any case.
IDS = 150


@pytest.mark.parametrize("statement", [catalogue._PASSAGES_BY_ID, catalogue._PLACES_BY_ID, f"{catalogue._QUOTATIONS} AND a.id IN"])
def test_what_is_asked_for_by_id_is_looked_up_by_id(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "catalogue.sqlite3"
    Catalogue(path).close()
    ids = [str(number) for number in range(IDS)]
    with sqlite3.connect(path) as db:
        plan = [detail for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {statement} ({', '.join('?' * IDS)})", ids)]
    assert plan
    assert all(re.search(r"\b(id|article)=\?", step) for step in plan), plan
