"""Evaluation as a whole: in process on small stores, and `python -m qa evaluate` as people call it."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from time import sleep
from types import ModuleType
from typing import Any

import pytest
from test_commandline import ROOT, check_error, run, start, succeed

from index.articles import make_article
from index.build.build import build
from index.store.passages import passages_of
from index.store.store import Store
from index.text.spans import Span
from qa.evaluate.gate import held, raised, read_floors
from qa.evaluate.measures import MEASURES
from qa.evaluate.results import Results, SetResult
from qa.evaluate.run import measure, results
from qa.evaluate.sets import EvalSet, GoldQuestion, GoldQuote, GoldSpan
from qa.evaluate.systems import OnRecord, RetrievedPlace, SystemAnswer

pytestmark = pytest.mark.slow  # starts a process a test

LIGHT = "The Kessa light was lit in 1871. Its keeper is Matthis Oduval.\n\n“It has never gone out,” said Matthis Oduval.\n"
DAM = "يكلف إصلاح سد ميرزان 512 مليون درال. وقال المدقق إن العمل يبدأ في مارس.\n"


def gold(id: str, text: str, part: str) -> GoldSpan:
    start = text.index(part)
    return GoldSpan(id, Span(start, start + len(part)), part)


LIT = gold("light.txt", LIGHT, "The Kessa light was lit in 1871.")
COST = gold("dam-ar.txt", DAM, "يكلف إصلاح سد ميرزان 512 مليون درال.")
SET = EvalSet(
    "small",
    None,
    (
        GoldQuestion("when", "When was the Kessa light lit?", "en", ("1871",), (LIT,), True),
        GoldQuestion("cost", "كم يكلف إصلاح سد ميرزان؟", "ar", ("512 مليون درال",), (COST,), True),
        GoldQuestion("none", "Who sank the ferry?", "en", (), (), False),
        GoldQuestion("gone", "Where is it?", "en", ("here",), (GoldSpan("gone.txt", Span(0, 4), "here"),), True),
    ),
    (
        GoldQuote(
            "exact", "It has never gone out", "Oduval", "verbatim", (gold("light.txt", LIGHT, "It has never gone out"),), "Matthis Oduval"
        ),
        GoldQuote("wrong", "It has always gone out", None, "verbatim", (gold("light.txt", LIGHT, "It has never gone out"),), None),
    ),
)


@pytest.fixture
def store(tmp_path: Path, make_tiny_token_embedder: type[Any]) -> Store:
    store = Store.open_or_make(tmp_path / "store", make_tiny_token_embedder())
    articles = [make_article("light.txt", LIGHT), make_article("dam-ar.txt", DAM)]
    store.put([(article, passages_of(article)) for article in articles])
    return store


class Scripted:
    """A system whose answers are given, and which knows how sure it is."""

    name = "scripted"

    def __init__(self, said: dict[str, SystemAnswer], spoken: dict[str, SystemAnswer] | None = None) -> None:
        self.said, self.spoken = said, spoken or {}

    def search(self, question: str, count: int) -> Sequence[RetrievedPlace]:
        return [RetrievedPlace(LIT.article_id, LIT.span, LIT.text)][:count]

    def ask(self, question: str) -> SystemAnswer:
        return self.said[question]

    def would_say(self, question: str, said: SystemAnswer) -> SystemAnswer:
        return self.spoken.get(question, said)


def answer(text: str, confidence: float, place: GoldSpan | None = None) -> SystemAnswer:
    cited = () if place is None else (RetrievedPlace(place.article_id, place.span, place.text),)
    return SystemAnswer(text, None, False, confidence, cited, (("verbatim", (0,)),) if cited else ())


def silence(confidence: float) -> SystemAnswer:
    return SystemAnswer("Nothing.", None, True, confidence, (), ())


def quiet(_stage: str, _done: int, _total: int) -> None:
    pass


def measured(store: Store, *said: SystemAnswer, **options: Any) -> SetResult:
    script = dict(zip((one.question for one in SET.questions), (*said, said[0]), strict=True))
    return measure(SET, store, [Scripted(script, **options)], quiet)


def outcomes(found: SetResult) -> list[str]:
    return [row["outcome"] for row in found["systems"][0]["questions"]]


def test_every_row_says_how_it_ended(store: Store) -> None:
    right = (answer("Lit in 1871. [1]", 0.9, LIT), answer("512 مليون درال [1]", 0.8, COST), silence(0.1))
    assert outcomes(measured(store, *right)) == ["right", "right", "right"]
    wrong = (answer("Lit in 1781. [1]", 0.9, LIT), silence(0.2), answer("A storm. [1]", 0.6, LIT))
    assert outcomes(measured(store, *wrong)) == ["wrong", "silent", "talks"]
    assert outcomes(measured(store, answer("1871 [1]", 0.9, COST), *right[1:]))[0] == "unsupported"


def test_a_search_alone_is_judged_by_the_evidence_it_finds(store: Store) -> None:
    class Searches:
        name = "searches"

        def search(self, question: str, count: int) -> Sequence[RetrievedPlace]:
            return [RetrievedPlace(LIT.article_id, LIT.span, LIT.text)]

    found = measure(SET, store, [Searches()], quiet)
    assert outcomes(found) == ["right", "not found", "right"]
    missed = found["systems"][0]["questions"][1]
    assert [place["text"] for place in missed["found"]] == [LIT.text]
    assert found["systems"][0]["figures"].keys() == {"search", "time"}


def test_records_that_the_articles_do_not_bear_out_are_left_out(store: Store) -> None:
    found = measured(store, silence(0.1), silence(0.1), silence(0.1))
    assert [left["id"] for left in found["left_out"]] == ["gone"]
    assert len(found["systems"][0]["questions"]) == 3


def test_figures_are_given_by_language_and_by_question_and_article_language(store: Store) -> None:
    found = measured(store, answer("1871 [1]", 0.9, LIT), silence(0.2), silence(0.1))["systems"][0]
    groups = {(group["of"], group["name"]): group["figures"]["ask"] for group in found["groups"]}
    assert groups.keys() == {("language", "ar"), ("language", "en"), ("pair", "ar on ar"), ("pair", "en on en")}
    assert groups["language", "en"]["answer_holds_gold"]["value"] == 1
    assert groups["language", "ar"]["answer_holds_gold"]["value"] == 0


def test_risk_and_coverage_judge_also_what_was_not_said(store: Store) -> None:
    said = (answer("1871 [1]", 0.9, LIT), silence(0.4), silence(0.1))
    spoken = {SET.questions[1].question: answer("512 مليون درال", 0.4), SET.questions[2].question: answer("A storm.", 0.1)}
    found = measured(store, *said, spoken=spoken)["systems"][0]
    assert found["risk_coverage"] == [[pytest.approx(n / 3), pytest.approx(risk)] for n, risk in ((1, 0), (2, 0), (3, 1 / 3))]
    assert found["calibration"] is not None
    assert [(one["n"], one["right"]) for one in found["calibration"]] == [(1, 0), (1, 1), (1, 1)]


def test_the_project_itself_is_measured_with_its_checker(store: Store) -> None:
    found = measure(SET, store, [OnRecord(store)], quiet)["systems"][0]
    assert found["confusion"] == {"verbatim": {"verbatim": 1, "altered": 1}}
    assert [row["outcome"] for row in found["quotes"]] == ["right", "verdict"]
    assert found["figures"]["ask"]["broken_citations"]["value"] == 0
    assert {"search_ms_p50", "ask_ms_p95", "read_ms_p50", "check_ms_p95"} <= found["figures"]["time"].keys()


def test_progress_is_told_and_what_it_raises_stops_the_run(store: Store) -> None:
    told: list[tuple[str, int, int]] = []

    def stop(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(SET, store, [OnRecord(store)], stop)
    assert told == [("Searching (on-record)", n, 3) for n in range(3)]


def test_results_say_how_they_were_made(store: Store) -> None:
    found = results([measured(store, silence(0.1), silence(0.1), silence(0.1))], store, 8, 1.0)
    assert found["settings"] == {
        "embedder": "tiny-tokens",
        "embedder_version": "1",
        "passage_tokens": 384,
        "overlap_sentences": 1,
        "top_k": 8,
    }
    assert found["peak_memory_mb"] is None or found["peak_memory_mb"] > 10
    assert json.loads(json.dumps(found)) == found


# Floors.


def floors_of(store: Store, *said: SystemAnswer) -> list[SetResult]:
    return [measured(store, *said)]


def test_floors_hold_or_fall_and_only_rise(store: Store) -> None:
    good = floors_of(store, answer("1871 [1]", 0.9, LIT), answer("512 مليون درال [1]", 0.8, COST), silence(0.1))
    bad = floors_of(store, answer("1781 [1]", 0.9, LIT), silence(0.2), answer("A storm.", 0.6))
    made = raised({}, good, lower=False)
    assert made["small"]["ask"]["answer_holds_gold"] == 1
    assert made["small"]["ask"]["abstains_when_it_should_not"] == 0
    assert "time" not in made["small"]
    assert all(one.holds for one in held(made, good))
    fallen = {one.measure for one in held(made, bad) if not one.holds}
    assert {"answer_holds_gold", "abstains_when_it_should", "abstains_when_it_should_not"} <= fallen
    assert raised(made, bad, lower=False) == made
    lowered = raised(made, bad, lower=True)
    assert lowered["small"]["ask"]["answer_holds_gold"] == 0
    assert raised(lowered, good, lower=False) == made


def test_a_floor_without_its_figure_has_fallen(store: Store) -> None:
    sets = floors_of(store, silence(0.1), silence(0.1), silence(0.1))
    (one,) = held({"small": {"check": {"located": 0.5}}}, sets)
    assert not one.holds


# The command line, on real articles.


@pytest.fixture(scope="module")
def light_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets") / "light"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "light.txt").write_text(LIGHT, encoding="utf-8")
    record = {"id": "when", "question": "When was the Kessa light lit?", "language": "en", "answers": ["1871"], "answerable": True}
    evidence = {"doc": "light.txt", "start": LIT.span.start, "end": LIT.span.end, "text": LIT.text}
    (folder / "questions.jsonl").write_text(json.dumps({**record, "evidence": [evidence]}) + "\n", encoding="utf-8")
    return folder


def evaluate(*arguments: str | Path) -> Results:
    found: Results = json.loads(succeed("qa", "evaluate", *arguments, "--json"))
    return found


def test_a_set_is_indexed_asked_and_printed(light_set: Path, tmp_path: Path) -> None:
    said = succeed("qa", "evaluate", light_set)
    assert said.startswith("light: 1 articles (en 1), 1 passages\nindexed in ")
    assert "Right article first             1.000 [1.000, 1.000]\n" in said
    assert list(tmp_path.iterdir()) == []


def test_a_named_store_is_kept_and_used_again(light_set: Path, tmp_path: Path) -> None:
    first, second = (evaluate(light_set, "--store", tmp_path / "store") for _ in range(2))
    assert first["sets"][0]["index_seconds"] is not None
    assert second["sets"][0]["index_seconds"] is None
    assert first["sets"][0]["systems"][0]["questions"][0]["said"] == second["sets"][0]["systems"][0]["questions"][0]["said"]


def test_a_store_with_other_articles_is_asked_as_it_is(light_set: Path, samples: Path, tmp_path: Path) -> None:
    build(tmp_path / "store", [samples / "articles"])
    before = Store.open(tmp_path / "store")
    held_before = before.catalogue.fingerprints()
    before.close()
    (found,) = evaluate(light_set, "--store", tmp_path / "store")["sets"]
    assert found["articles"] == len(held_before)
    assert found["left_out"] == [{"id": "when", "reason": "there is no article 'light.txt'"}]
    after = Store.open(tmp_path / "store")
    assert after.catalogue.fingerprints() == held_before
    after.close()


def test_a_gate_ends_with_1_where_a_figure_falls(light_set: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.json"
    store = tmp_path / "store"
    succeed("qa", "evaluate", light_set, "--store", store, "--gate", floors, "--raise")
    kept = read_floors(floors)["light"]
    assert kept["search"]["article@1"] == 1
    held = f"\nAll {sum(map(len, kept.values()))} floors hold.\n"
    assert succeed("qa", "evaluate", light_set, "--store", store, "--gate", floors).endswith(held)
    floors.write_text(json.dumps({"light": {"search": {"article@1": 1.01}}}), encoding="utf-8")
    done = run("qa", "evaluate", light_set, "--store", store, "--gate", floors, "--json")
    assert (done.returncode, done.stderr) == (1, "light search article@1: 1, under its floor 1.01\n")
    assert json.loads(done.stdout)["sets"]


def test_a_set_is_started_from_a_store_and_measured_once_questions_are_written(samples_store_folder: Path, tmp_path: Path) -> None:
    said = succeed("qa", "evaluate", "--new", tmp_path / "mine", "--store", samples_store_folder)
    file = tmp_path / "mine" / "questions.jsonl"
    assert said.endswith(f"Then: python -m qa evaluate {tmp_path / 'mine'} --store {samples_store_folder}\n")
    check_error(run("qa", "evaluate", tmp_path / "mine", "--store", samples_store_folder), "holds no question")
    first, *others = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    first["question"] = first["evidence"][0]["text"]
    file.write_text("".join(json.dumps(record) + "\n" for record in (first, *others)), encoding="utf-8")
    (found,) = evaluate(tmp_path / "mine", "--store", samples_store_folder)["sets"]
    assert found["systems"][0]["figures"]["search"]["evidence@1"]["value"] == 1
    assert {left["reason"] for left in found["left_out"]} == {"has no question yet"}
    assert len(found["left_out"]) == len(others)


@pytest.mark.usefixtures("listening_to_ctrl_c")
@pytest.mark.parametrize(("kept", "said"), [(False, "Nothing was kept"), (True, "run the same command to go on")])
def test_a_run_that_is_stopped_says_what_is_kept(samples: Path, tmp_path: Path, kept: bool, said: str) -> None:
    options = ["--store", tmp_path / "store"] if kept else []
    with start("qa", "evaluate", samples, *options, TMPDIR=str(tmp_path)) as process:
        while not list(tmp_path.rglob("manifest.json")):  # the store is begun: it will take seconds yet
            assert process.poll() is None
            sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said in err and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == (["store"] if kept else [])


def test_settings_are_varied_each_with_a_store_of_its_own(light_set: Path, tmp_path: Path) -> None:
    found = evaluate(light_set, "--vary", "passage_tokens=16,64", "--vary", "top_k=1,8", "--store", tmp_path)
    assert [(point["settings"], point["passages"]) for point in found["sweep"]] == [
        ({"passage_tokens": tokens, "top_k": k}, passages) for tokens, passages in ((16, 3), (64, 1)) for k in (1, 8)
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["passage_tokens=16", "passage_tokens=64"]


def test_two_reports_are_compared_row_by_row(light_set: Path, tmp_path: Path) -> None:
    found = evaluate(light_set)
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    after.write_text(json.dumps(found), encoding="utf-8")
    row = found["sets"][0]["systems"][0]["questions"][0]
    row["outcome"], row["measures"]["ask"]["answer_holds_gold"] = "silent", [0, 1]
    found["settings"]["top_k"] = 1
    before.write_text(json.dumps(found), encoding="utf-8")
    said = succeed("qa", "evaluate", "--compare", before, after)
    assert said.startswith("top_k: 1 → 8\nlight:\n  Answer holds the gold answer    +1.000 ")
    assert "  1 now right:\n    when silent → right: When was the Kessa light lit?\n" in said
    compared = json.loads(succeed("qa", "evaluate", "--compare", before, after, "--json"))
    assert [flip["id"] for flip in compared["sets"][0]["better"]] == ["when"]
    assert "no figure changed" in succeed("qa", "evaluate", "--compare", after, after)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the folders"),
        (["SET", "--compare", "a", "b"], "Name the folders"),
        (["nowhere"], "There is no folder nowhere"),
        (["."], "holds neither questions.jsonl nor quotes.jsonl"),
        (["SET", "SET"], "Two of the folders are named light"),
        (["SET", "--gate", "nowhere.json"], "nowhere.json cannot be read"),
        (["SET", "--gate", "SET/questions.jsonl"], "is no floor of a measure"),
        (["SET", "--raise"], "--raise goes with --gate"),
        (["SET", "--model", "localhost:1"], "neither an http or https URL nor a GGUF file"),
        (["--compare", "a", "b", "--model", "http://127.0.0.1:1"], "--model goes with the folders of sets"),
        (["SET", "--vary", "colour=red"], "varies nothing known"),
        (["SET", "--vary", "top_k=0"], "from 1 to 100"),
        (["SET", "--vary", "top_k=1", "--vary", "top_k=2"], "names top_k twice"),
        (["SET", "--vary", "embedder=none"], "There is no embedding model 'none'"),
        (["SET", "--vary", "top_k=1", "--baselines"], "leave out --gate, --baselines and --model"),
        (["SET", "--report", "SET/questions.jsonl"], "SET/questions.jsonl"),
        (["--compare", "SET/questions.jsonl", "SET/questions.jsonl"], "is no report.json"),
        (["--new", "SET"], "questions.jsonl"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_line(light_set: Path, samples_store_folder: Path, arguments: list[str], said: str) -> None:
    words = [word.replace("SET", str(light_set)) for word in arguments]
    check_error(run("qa", "evaluate", *words, ONRECORD_STORE=str(samples_store_folder)), said.replace("SET", str(light_set)))


def test_the_documentation_says_what_every_figure_means() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for one in MEASURES.values():
        assert f"| {one.label} | `{one.name}` | {one.meaning} |\n" in page


def test_every_option_of_evaluate_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z]+", succeed("qa", "evaluate", "--help"))) - {"--help"}
    assert {option for option in options if option not in page} == set()


# Against the measurements of the public sets.


def test_figures_equal_those_of_score_py_where_both_define_one(score: ModuleType, shared: Path, tmp_path: Path) -> None:
    folder = shared / "eval" / "seeds"
    project = score.Project(ROOT, tmp_path / "store")
    built = project.build(shared / "articles")
    texts = score.texts_of(shared / "articles")
    rows: Callable[[str], list[dict[str, Any]]] = lambda kind: score.read_jsonl(folder / f"{kind}.jsonl")  # noqa: E731
    theirs = {
        "search": score.score_search(project, rows("questions"), tmp_path),
        "ask": score.score_ask(project, rows("questions"), texts, tmp_path, show=False),
        "check": score.score_check(project, rows("quotes"), texts, tmp_path, show=False),
    }
    found = evaluate(folder, "--store", tmp_path / "store")["sets"][0]
    ours = found["systems"][0]
    assert (found["articles"], found["passages"], found["left_out"]) == (built["articles"], built["passages"], [])
    own_names = {"questions", "quotes", "ms_per_question", "confusion"}
    not_measured_by_ours = {"points_told", "short_given", "short_wrong"}
    for section, figures in theirs.items():
        for name, value in figures.items():
            if name not in own_names | not_measured_by_ours:
                assert (section, name) in MEASURES
                assert ours["figures"][section][name]["value"] == pytest.approx(value), f"{section} {name}"
    wrong = {f"{gold}->{given}": n for gold, row in (ours["confusion"] or {}).items() for given, n in row.items() if gold != given}
    assert wrong == theirs["check"]["confusion"]
