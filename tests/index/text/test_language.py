"""Articles and short questions are told their language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.language import language_of

HERE = Path(__file__).resolve().parents[2]
SHARED = HERE.parents[1] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir() and os.environ.get("CI") != "true", reason="the shared sets are not here")

QUESTIONS = {
    "en": [
        "Who is Nazarov?",
        "Where is Tolmere?",
        "Who resigned?",
        "Why Orrin?",
        "How many died?",
        "Orla Venn",
        "bridge collapse",
        "The die is cast",
        "Müller Straße",
        "WHO RESIGNED?",
        "Who is محمد بن سلمان?",
        "Was Venn in an accident?",
        "Name de Gaulle's UN envoy",
    ],
    "ar": [
        "من هو نزاروف؟",
        "كم عدد القتلى؟",
        "جسر تولمير",
        "متى ولد Nazarov؟",
        "من هي Orla Venn of the Harbour Gazette؟",
        "ماذا قال گوگل عن چين؟",
        "أ",
    ],
    "fr": ["Qui est Venn ?", "Combien de personnes sont mortes ?", "Où ?", "De combien monte la taxe d'un litre de lait si la loi passe ?"],
    "de": ["Wer ist Venn?", "Wie viele Menschen starben?", "Wo liegt das Lager?"],
    "es": ["¿Quién es Venn?", "¿Cuántas personas murieron?"],
    "it": ["Chi è Venn?", "Dove si trova il campo?"],
    "nl": ["Wie is Venn?", "Waar ligt het kamp?"],
    "pt": ["Quem é Venn?", "Onde fica o campo?"],
    "tr": ["Venn kimdir?", "Kaç kişi öldü?"],
    "pl": ["Kim jest Nazarow i kiedy został aresztowany przez policję turecką?"],
    "hu": ["Ki az a Nazarov és mikor vitték börtönbe a szomszédos országban?"],
    "ru": ["Кто такой Назаров?"],
    "uk": ["Коли відкрили міст через річку в Одесі і скільки людей прийшло на свято відкриття?"],
    "fa": ["نام رئیس جمهور ایران چیست؟", "پل کجاست؟"],
    "ur": ["پاکستان کا دارالحکومت کیا ہے؟"],
    "ps": ["د افغانستان پلازمېنه کومه ده او څوک ورته تللي دي؟"],
    "he": ["מי זה?"],
    "el": ["Ποιος είναι;"],
    "zh": ["谁是市长"],
    "ja": ["市長は誰ですか"],
    "ko": ["시장은 누구입니까"],
    "und": ["", " \n", "؟؟", "1920", "٣٤", "12:30 —", "🙂"],
}


@pytest.mark.parametrize(("language", "question"), [(language, question) for language, some in QUESTIONS.items() for question in some])
def test_a_short_question_keeps_its_language(language: str, question: str) -> None:
    assert language_of(question) == language


def test_an_arabic_article_under_an_english_menu_is_arabic() -> None:
    assert language_of("Home\nNews\nSign in\nThe Harbour Gazette\n" + "أعيد افتتاح الجسر صباح الاثنين. " * 20) == "ar"


def test_an_english_article_that_quotes_arabic_is_english() -> None:
    assert language_of("He said “أهلا وسهلا بكم في مدينتنا” and the crowd, which had come to see the bridge, laughed with him.") == "en"


@given(st.text())
def test_any_text_has_a_code(text: str) -> None:
    assert 2 <= len(language_of(text)) <= 3


def test_the_statistics_are_loaded_only_where_they_are_needed() -> None:
    code = (
        "import sys; from index.text.language import language_of as f; f('Who is Venn?'); f('من هو؟'); sys.exit('py3langid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=HERE.parent, check=False).returncode == 0


def test_an_enormous_text_is_sampled() -> None:
    text = "the ferry left at dawn " * 900_000
    begin = time.perf_counter()
    assert language_of(text) == "en"
    assert time.perf_counter() - begin < 0.5  # measured 0.005


@needs_shared
@pytest.mark.parametrize(
    ("name", "language"),
    [("xquad-en", "en"), ("xquad-ar", "ar"), ("arcd", "ar"), ("squad2", "en")],
    ids=["xquad-en", "xquad-ar", "arcd", "squad2"],
)
def test_every_question_of_the_public_sets(name: str, language: str) -> None:
    lines = (SHARED / "eval" / name / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    wrong = [question for line in lines if language_of(question := json.loads(line)["question"]) != language]
    assert wrong == []


@needs_shared
@pytest.mark.parametrize("corpus", ["xquad/corpus.both", "arcd/corpus", "squad2/corpus", "polnear/corpus", "ntrex-pairs/corpus"])
def test_every_text_of_the_public_sets(corpus: str) -> None:
    records = [json.loads(line) for line in (SHARED / "eval" / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["id"] for record in records if language_of(record["text"]) != record.get("language", "en")] == []


@needs_shared
def test_the_real_articles() -> None:
    paths = sorted((SHARED / "articles").glob("*.txt"))
    assert [language_of(path.read_text(encoding="utf-8")) for path in paths] == ["en", "ar", "en", "en", "en"]
