"""`python -m qa check` and `quotes` as other programs call them: real processes, their exit status, and what stands on their outputs."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docx
import pytest
from test_commandline import ROOT, check_error, rows, run, succeed

pytestmark = pytest.mark.slow  # starts a process a test

WIND = "The wind changed in a moment and the cars began to slide"
NEVER = "The wind never changed in a moment and the cars began to slide"
FIELDS = {"quote", "claimed_speaker", "verdict", "matches"}
MATCH_FIELDS = {"article", "start", "end", "text", "speaker", "speech", "exact", "similarity", "diff"}
QUOTATION_FIELDS = {"article", "start", "end", "text", "speaker", "speaker_start", "speaker_end", "speaker_name", "cue", "speech"}
GOOD = f"“{WIND},” said Yusra Delmani.\n"
BAD = f"“{NEVER},” said Yusra Delmani.\n"


@pytest.fixture(scope="module")
def texts(samples: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in (samples / "articles").iterdir()}


def check_fields(found: dict[str, Any], texts: dict[str, str]) -> None:
    """What the contract promises of every check."""
    assert found.keys() >= FIELDS
    assert found["verdict"] in ("verbatim", "elided", "altered", "misattributed", "translated", "not_found")
    assert bool(found["matches"]) == (found["verdict"] != "not_found")
    for match in found["matches"]:
        assert match.keys() >= MATCH_FIELDS
        assert texts[match["article"]][match["start"] : match["end"]] == match["text"]


# One quote.


@pytest.mark.parametrize(
    ("quote", "speaker", "verdict", "status"),
    [
        (WIND, None, "verbatim", 0),
        (WIND, "Delmani", "verbatim", 0),
        ("You could see which houses ... A burglar would call that a calendar.", None, "elided", 0),
        (NEVER, None, "altered", 1),
        (WIND, "Matthis Oduval", "misattributed", 1),
        ("Nobody in these articles ever spoke of a purple bicycle in the attic", None, "not_found", 1),
    ],
)
def test_one_quotes_verdict_is_in_the_json_and_in_the_exit_status(
    samples_store_folder: Path, texts: dict[str, str], quote: str, speaker: str | None, verdict: str, status: int
) -> None:
    arguments = ["--speaker", speaker] if speaker else []
    done = run("qa", "check", quote, *arguments, "--json", "--store", samples_store_folder)
    assert (done.returncode, done.stderr) == (status, "")
    (found,) = rows(done.stdout)
    assert (found["quote"], found["claimed_speaker"], found["verdict"]) == (quote, speaker, verdict)
    check_fields(found, texts)


def test_in_words_a_check_names_the_place_the_speaker_and_the_difference(samples_store_folder: Path, texts: dict[str, str]) -> None:
    said = succeed("qa", "check", WIND, "--store", samples_store_folder)
    assert said.startswith("verbatim: the same words in the same order")
    for paper in ("courier", "lantern"):
        at = texts[f"ferry-nawras-{paper}.txt"].index(WIND)
        assert re.search(rf"— ferry-nawras-{paper}\.txt \[{at}:{at + len(WIND)}\]\n   {WIND}\n   — .*Yusra Delmani\n", said)
    assert "The Dalmira Courier" in said
    assert "2 places hold it." in said
    done = run("qa", "check", NEVER, "--store", samples_store_folder)
    assert done.returncode == 1
    assert done.stdout.startswith("altered: ")
    assert "The wind {+never+} changed" in done.stdout
    said = run("qa", "check", WIND, "--speaker", "Matthis Oduval", "--store", samples_store_folder).stdout
    assert re.search(r"The source does not give these words to Matthis Oduval\. It gives them to .*Yusra Delmani\.", said)


def on_a_terminal(*arguments: str | Path, **environment: str) -> str:
    """What the command writes where its standard output is a terminal."""
    ours, theirs = pty.openpty()
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | environment
    with subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env=variables, stdout=theirs, stderr=subprocess.DEVNULL):
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:  # how Linux says that the other end was closed
            pass
        finally:
            os.close(ours)
    return b"".join(parts).decode()


def test_colours_are_for_terminals_whose_users_want_them(samples_store_folder: Path) -> None:
    check = ("qa", "check", NEVER, "--store", samples_store_folder)
    assert "\x1b[32m{+never+}\x1b[0m" in on_a_terminal(*check)
    assert "\x1b" not in on_a_terminal(*check, NO_COLOR="1")
    assert "\x1b" not in run(*check).stdout


# Many.


def test_quotes_of_a_file_come_back_a_line_each_in_order(samples_store_folder: Path, texts: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "quotes.jsonl"
    records = [
        {"id": 1, "quote": WIND, "claimed_speaker": "Delmani"},
        {"quote": NEVER, "claimed_speaker": None},
        {"quote": "\x1b[31m \0 <b> \u202e 👩🏽‍🚒"},
        {"quote": "word " * 5000},
        {"quote": WIND, "claimed_speaker": ""},
    ]
    file.write_text("\n\n".join(map(json.dumps, records)))
    done = run("qa", "check", "--quotes", file, "--store", samples_store_folder)
    assert (done.returncode, done.stderr) == (1, "")
    found = rows(done.stdout)
    assert [check["quote"] for check in found] == [record["quote"] for record in records]
    assert [check["verdict"] for check in found] == ["verbatim", "altered", "not_found", "not_found", "verbatim"]
    assert [check["claimed_speaker"] for check in found] == ["Delmani", None, None, None, None]
    for check in found:
        check_fields(check, texts)
    file.write_text(json.dumps(records[0]))
    assert len(rows(succeed("qa", "check", "--quotes", file, "--store", samples_store_folder))) == 1


# Drafts.


@pytest.mark.parametrize("ending", ["txt", "md", "html", "docx"])
def test_a_drafts_quotations_are_checked_whatever_its_kind(
    samples_store_folder: Path, texts: dict[str, str], tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"draft.{ending}"
    if ending == "docx":
        document = docx.Document()
        for line in (GOOD, BAD):
            document.add_paragraph(line.strip())
        document.save(str(file))
    else:
        file.write_text(f"<p>{GOOD}<p>{BAD}" if ending == "html" else f"{GOOD}\n{BAD}", encoding="utf-8")
    done = run("qa", "check", "--draft", file, "--json", "--store", samples_store_folder)
    assert (done.returncode, done.stderr) == (1, "")
    good, bad = rows(done.stdout)
    assert [good["verdict"], bad["verdict"]] == ["verbatim", "altered"]
    assert good["claimed_speaker"] == "Yusra Delmani"
    plain = f"{GOOD}\n{BAD}"
    for check in (good, bad):
        check_fields(check, texts)
        assert plain[check["start"] : check["end"]] == check["quote"]


def test_a_draft_whose_quotations_are_right_passes_with_a_table_and_a_summary(samples_store_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD, encoding="utf-8")
    row, empty, summary = succeed("qa", "check", "--draft", tmp_path / "good.md", "--store", samples_store_folder).splitlines()
    assert row.startswith("verbatim ")
    assert "Yusra Delmani" in row
    assert re.search(r"ferry-nawras-(courier|lantern)\.txt \[\d+:\d+\] and 1 more$", row)
    assert (empty, summary) == ("", "1 quotation: 1 verbatim.")
    (tmp_path / "bad.md").write_text(GOOD + "\n" + BAD, encoding="utf-8")
    done = run("qa", "check", "--draft", tmp_path / "bad.md", "--store", samples_store_folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "2 quotations: 1 verbatim, 1 altered.")


def test_a_draft_without_quotations_has_nothing_wrong(samples_store_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text("The ferry left at nine.\n")
    check = ("qa", "check", "--draft", tmp_path / "draft.txt", "--store", samples_store_folder)
    assert succeed(*check) == "No quotation.\n"
    done = run(*check, "--json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "No quotation.\n")


@pytest.mark.parametrize("ending", ["html", "md", "csv", "json"])
def test_a_report_is_written_beside_what_is_printed(samples_store_folder: Path, tmp_path: Path, ending: str) -> None:
    (tmp_path / "draft.md").write_text(BAD, encoding="utf-8")
    done = run("qa", "check", "--draft", tmp_path / "draft.md", "--report", tmp_path / f"r.{ending}", "--store", samples_store_folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 quotation: 1 altered." in done.stdout
    written = (tmp_path / f"r.{ending}").read_text(encoding="utf-8")
    assert "altered" in written
    assert re.search(r"ferry-nawras-(courier|lantern)\.txt", written)


# Every quotation.


def test_quotes_lists_every_quotation_with_the_fields_of_the_contract(samples_store_folder: Path, texts: dict[str, str]) -> None:
    listed = rows(succeed("qa", "quotes", "--json", "--store", samples_store_folder))
    assert len(listed) > 30
    assert {row["speech"] for row in listed} == {"direct", "indirect"}
    for row in listed:
        assert row.keys() == QUOTATION_FIELDS | {"utterance"}
        text = texts[row["article"]]
        assert text[row["start"] : row["end"]] == row["text"] != ""
        if row["speaker"] is None:
            assert row["speaker_start"] is row["speaker_end"] is None
        else:
            assert text[row["speaker_start"] : row["speaker_end"]] == row["speaker"] != ""
        assert row["cue"] is None or row["cue"] in text
    assert WIND in {row["text"].rstrip(",") for row in listed if "Yusra Delmani" in (row["speaker_name"] or "")}
    own = [row for row in listed if row["article"] == "dam-repair-cost.txt"]
    only = rows(succeed("qa", "quotes", "--article", "dam-repair-cost.txt", "--json", "--store", samples_store_folder))
    assert only == own != []
    lines = succeed("qa", "quotes", "--article", "dam-repair-cost.txt", "--store", samples_store_folder).splitlines()
    assert len(lines) == len(own)
    for line, row in zip(lines, own, strict=True):
        assert line.startswith(f"dam-repair-cost.txt [{row['start']}:{row['end']}] ")
        assert " ".join(row["text"].split()) in line


# Errors. The arguments, with {names} of what stands in `place`; what the one line says.

ERRORS = [
    ("check", r"^Give one QUOTE, or name a file with --quotes FILE\.jsonl or --draft FILE\.$"),
    ("check --draft {good.md} --quotes {good.jsonl}", "^Give one QUOTE"),
    ("check ' '", r"^The quote is empty\. Write the words to look for\.$"),
    ("check '“…”'", r"^The quote is empty"),
    ("check words --report {r.html}", r"^--report goes with --draft FILE\.$"),
    ("check --quotes {good.jsonl} --speaker Ann", r"^--speaker goes with one QUOTE\.$"),
    ("check words --store {none}", r"^No store at .*none\. Run: python -m index build FOLDER --store .*none$"),
    ("check --quotes {none}", r"none cannot be read \(No such file or directory\)\. Name a \.jsonl file\.$"),
    ("check --quotes {no-json.jsonl}", r"no-json\.jsonl, line 1 is not JSON"),
    ("check --quotes {no-quote.jsonl}", r"no-quote\.jsonl, line 2 has no 'quote'"),
    ("check --quotes {empty-quote.jsonl}", r"line 1 has an empty 'quote'\. Write the words to look for\.$"),
    ("check --quotes {odd-speaker.jsonl}", r"line 1 has a 'claimed_speaker' that is no text\. Name somebody, or leave it out\.$"),
    ("check --draft {old.doc}", r"old\.doc is an old Word document\. Save it as \.docx\.$"),
    ("check --draft {broken.docx}", r"broken\.docx cannot be read as a draft \(not a whole \.docx"),
    ("check --draft {good.md} --report {r.pdf}", r"r\.pdf is no report that can be written\. Name a "),
    ("check --draft {good.md} --report {good.md}", r"is the draft itself\. Name another file for the report\.$"),
    ("quotes --article none.txt", r"^There is no article 'none\.txt' in this store\. `python -m index list` names them\.$"),
    ("quotes --store {none}", r"^No store at "),
]


@pytest.fixture(scope="module")
def outcomes(samples_store_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Any]]]:
    """What became of each of ERRORS, several processes at a time."""
    place = tmp_path_factory.mktemp("place")
    for name, content in {
        "good.md": GOOD.encode(),
        "good.jsonl": b'{"quote": "words"}\n',
        "no-json.jsonl": b'{"quote": \n',
        "no-quote.jsonl": b'{"quote": "words"}\n{"text": "words"}\n',
        "empty-quote.jsonl": b'{"quote": " "}\n',
        "odd-speaker.jsonl": b'{"quote": "words", "claimed_speaker": 5}\n',
        "old.doc": b"words",
        "broken.docx": b"PK\x03\x04",
    }.items():
        (place / name).write_bytes(content)

    def words(arguments: str) -> list[str]:
        named = shlex.split(arguments.replace("{", f"{place}/").replace("}", ""))
        return named if "--store" in named else [*named, "--store", str(samples_store_folder)]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {arguments: pool.submit(run, "qa", *words(arguments)) for arguments, _ in ERRORS}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize(("arguments", "said"), ERRORS, ids=[arguments for arguments, _ in ERRORS])
def test_an_error_is_one_line_that_says_what_to_do_and_exit_2(outcomes: dict[str, Future[Any]], arguments: str, said: str) -> None:
    check_error(outcomes[arguments].result(), said)
