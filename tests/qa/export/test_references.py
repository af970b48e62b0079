"""Citations for other programs: what is written is read back by small readers of the formats, letter for letter."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.text.spans import Span
from qa.ask.types import Citation
from qa.export import references

TEXT = "The dam held, the mayor said. The bridge — 48 metres of {steel} & 5% luck — did not.\r\nNobody was hurt."
QUOTE = "The bridge — 48 metres of {steel} & 5% luck — did not."
ARABIC = "أعلنت البلدية أن الجسر أغلق. وقال العمدة إن السد صمد."
HOSTILE = "a\r\nER  - \r\nTY  - BOOK} @book{x, title={y}}\n%\\input{z}\0\u2028AU  - nobody"

# Any text an article may hold, with what the formats take for their own.
WORDS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\\{}#$%&_~^\"'@=,\r\n\t -ERTY/<>[]\u2028\u202eاب«»\0")),
    min_size=1,
)


def article(text: str = TEXT, id: str = "2017/flood.txt", **known: str | None) -> Article:
    return make_article(id, text, **known)


def cited(source: Article, start: int = 0, end: int | None = None) -> Citation:
    span = Span(start, len(source.text) if end is None else end)
    return Citation(1, source, span, span.of(source.text), None, 0.5)


def whole() -> Citation:
    known = {"title": "Dam_holds 100%", "publisher": "River & Courier", "author": "Ana {and} Bo", "date": "2017-09-02", "language": "en"}
    start = TEXT.index(QUOTE)
    return cited(article(**known, url="https://courier.example/a_b?c=%20{d}"), start, start + len(QUOTE))


# The readers.

COMMANDS = {
    "textbackslash{}": "\\",
    "textbraceleft{}": "{",
    "textbraceright{}": "}",
    "textasciitilde{}": "~",
    "textasciicircum{}": "^",
    **{sign: sign for sign in "#$%&_"},
}


def untex(value: str) -> str:
    command = re.compile(r"\\(" + "|".join(map(re.escape, COMMANDS)) + ")")
    rest = command.sub("", value)
    assert not set(rest) & set("\\{}#$%&_~^"), f"TeX would take something of {rest!r} for its own"
    return command.sub(lambda found: COMMANDS[found[1]], value)


def read_bibtex(made: str) -> dict[str, dict[str, str]]:
    """Entries and their raw fields, by counting braces as BibTeX does: a backslash before one changes nothing."""
    entries: dict[str, dict[str, str]] = {}
    at = 0
    while at < len(made):
        head = re.compile(r"\s*@article\{([A-Za-z0-9-]+),\n").match(made, at)
        assert head, made[at : at + 80]
        fields = entries.setdefault(head[1], {})
        at = head.end()
        while made[at] != "}":
            field = re.compile(r"  ([a-z]+) = \{").match(made, at)
            assert field, made[at : at + 80]
            start = at = field.end()
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(made[at], 0)
                at += 1
            fields[field[1]] = made[start : at - 1]
            assert made[at : at + 2] == ",\n"
            at += 2
        at += 1
        at = len(made) if not made[at:].strip() else at
    return entries


def read_ris(made: str) -> list[dict[str, str]]:
    """Records of tags, every line a tag, as the strictest reader has it."""
    records: list[dict[str, str]] = []
    assert made.endswith("\r\n") or not made
    for line in made.split("\r\n")[:-1]:
        assert len(line.splitlines()) == 1, line
        tag, value = line[:2], line[6:]
        assert line[2:6] == "  - ", line
        if tag == "TY":
            records.append({})
        assert tag not in records[-1], f"{tag} twice"
        records[-1][tag] = value
    assert all(list(record)[-1] == "ER" for record in records)
    return records


def test_bibtex_as_it_is_written() -> None:
    citation = whole()
    assert references.bibtex([citation]) == (
        f"@article{{{references.key(citation)},\n"
        "  title = {Dam\\_holds 100\\%},\n"
        "  journal = {River \\& Courier},\n"
        "  date = {2017-09-02},\n"
        "  year = {2017},\n"
        "  language = {en},\n"
        "  annote = {The bridge — 48 metres of \\textbraceleft{}steel\\textbraceright{} \\& 5\\% luck — did not.},\n"
        "  note = {2017/flood.txt, characters 30–84},\n"
        "  author = {{Ana \\textbraceleft{}and\\textbraceright{} Bo}},\n"
        "  url = {https://courier.example/a_b?c=%20%7Bd%7D},\n"
        "}\n"
    )


def test_ris_as_it_is_written() -> None:
    citation = whole()
    assert references.ris([citation]) == "".join(
        f"{line}\r\n"
        for line in (
            "TY  - NEWS",
            f"ID  - {references.key(citation)}",
            "TI  - Dam_holds 100%",
            "AU  - Ana {and} Bo",
            "T2  - River & Courier",
            "PY  - 2017",
            "DA  - 2017/09/02",
            "LA  - en",
            "UR  - https://courier.example/a_b?c=%20{d}",
            "AV  - 2017/flood.txt, characters 30–84",
            f"N1  - {QUOTE}",
            "ER  - ",
        )
    )


def test_csl_json_as_it_is_written() -> None:
    citation = whole()
    assert json.loads(references.csl_json([citation])) == [
        {
            "id": references.key(citation),
            "type": "article-newspaper",
            "title": "Dam_holds 100%",
            "author": [{"literal": "Ana {and} Bo"}],
            "container-title": "River & Courier",
            "issued": {"date-parts": [[2017, 9, 2]]},
            "language": "en",
            "URL": "https://courier.example/a_b?c=%20{d}",
            "archive_location": "2017/flood.txt, characters 30–84",
            "note": QUOTE,
        }
    ]


def test_a_web_annotation_as_it_is_written() -> None:
    (annotation,) = json.loads(references.web_annotations([replace(whole(), speech="direct", speaker="The mayor")]))
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", annotation.pop("id"))
    assert annotation == {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "motivation": "describing",
        "body": {
            "type": "TextualBody",
            "format": "text/plain",
            "value": "Dam_holds 100%, River & Courier, 2017-09-02 [2017/flood.txt, 30–84] — The mayor, quoted by River & Courier, 2017",
        },
        "target": {
            "source": "https://courier.example/a_b?c=%20{d}",
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": QUOTE,
                    "prefix": "The dam held, the mayor said. ",
                    "suffix": "\r\nNobody was hurt.",
                },
                {"type": "TextPositionSelector", "start": 30, "end": 84},
            ],
        },
    }


def test_the_line_that_is_copied() -> None:
    assert references.in_a_line(whole()) == f'"{QUOTE}" — Dam_holds 100%, River & Courier, 2017-09-02 [2017/flood.txt, 30–84]'
    bare = cited(article("One line alone."))
    assert references.in_a_line(bare) == '"One line alone." — [2017/flood.txt, 0–15]'


@pytest.mark.parametrize(
    ("date", "fields", "tags", "parts"),
    [
        ("2017", ("2017", "2017"), ("2017", "2017//"), [[2017]]),
        ("2017-09", ("2017-09", "2017"), ("2017", "2017/09/"), [[2017, 9]]),
        (None, (None, None), (None, None), None),
    ],
)
def test_a_date_is_as_partial_as_it_is_known(date: str | None, fields: Any, tags: Any, parts: Any) -> None:
    citation = cited(article(TEXT.replace("\r\n", " "), date=date))
    (entry,) = read_bibtex(references.bibtex([citation])).values()
    (record,) = read_ris(references.ris([citation]))
    (item,) = json.loads(references.csl_json([citation]))
    assert (entry.get("date"), entry.get("year")) == fields
    assert (record.get("PY"), record.get("DA")) == tags
    assert item.get("issued", {}).get("date-parts") == parts


def test_arabic_stands_as_it_is() -> None:
    citation = cited(article(ARABIC, "أخبار/جسر.txt", title="الجسر مغلق", publisher="صحيفة النهر", language="ar"), 0, 28)
    (entry,) = read_bibtex(references.bibtex([citation])).values()
    assert (entry["title"], entry["journal"], entry["annote"]) == ("الجسر مغلق", "صحيفة النهر", ARABIC[:28])
    assert references.key(citation).isascii()
    (record,) = read_ris(references.ris([citation]))
    assert (record["TI"], record["T2"], record["N1"]) == ("الجسر مغلق", "صحيفة النهر", ARABIC[:28])
    for made in (references.csl_json([citation]), references.web_annotations([citation])):
        assert ARABIC[:28] in made
    (annotation,) = json.loads(references.web_annotations([citation]))
    assert annotation["target"]["source"].isascii()
    assert unquote(annotation["target"]["source"]) == "./أخبار/جسر.txt"


@given(WORDS, st.data())
def test_any_quote_survives_and_its_offsets_hold(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    source = replace(article(""), text=text)
    citation = cited(source, start, end)
    carried = citation.quote.replace("\0", "\ufffd")
    (entry,) = read_bibtex(references.bibtex([citation])).values()
    assert untex(entry["annote"]) == carried
    (record,) = read_ris(references.ris([citation]))
    assert record["N1"] == re.sub(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+", " ", carried)
    (item,) = json.loads(references.csl_json([citation]))
    assert item["note"] == citation.quote
    (annotation,) = json.loads(references.web_annotations([citation]))
    exact, position = annotation["target"]["selector"]
    assert text[position["start"] : position["end"]] == exact["exact"] == citation.quote
    assert len(exact["prefix"]) == min(32, start)
    assert len(exact["suffix"]) == min(32, len(text) - end)
    assert f"{exact['prefix']}{exact['exact']}{exact['suffix']}" in text


@given(WORDS)
def test_no_value_makes_another_entry_or_field(value: str) -> None:
    source = replace(article(""), id=value, text=value, title=value, publisher=value, author=value, url=f"https://{value}")
    citation = cited(source)
    (entry,) = read_bibtex(references.bibtex([citation])).values()
    carried = value.replace("\0", "\ufffd")
    assert untex(entry["title"]) == untex(entry["journal"]) == untex(entry["author"][1:-1]) == carried
    assert unquote(entry["url"]) == unquote(f"https://{value}")
    (record,) = read_ris(references.ris([citation]))
    assert set(record) == {"TY", "ID", "TI", "AU", "T2", "LA", "UR", "AV", "N1", "ER"}


def test_hostile_text_is_one_value() -> None:
    source = replace(article(HOSTILE), title=HOSTILE, author=HOSTILE)
    made = [cited(source), whole()]
    assert len(read_bibtex(references.bibtex(made))) == 2
    assert len(read_ris(references.ris(made))) == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "//evil.example", "data:text/html,x"])
def test_an_address_that_no_browser_should_be_sent_to_is_left_out(url: str) -> None:
    citation = cited(article("A line.", url=url))
    for write in (references.bibtex, references.ris, references.csl_json, references.web_annotations):
        assert url not in write([citation])


def test_an_id_is_no_address_of_another_machine() -> None:
    for id in ("//evil.example/x", "javascript:alert(1)", "../../x"):
        (annotation,) = json.loads(references.web_annotations([cited(article("A line.", id))]))
        assert annotation["target"]["source"].startswith("./")


def test_keys_are_of_the_span_and_each_is_written_once() -> None:
    one, two = article("The dam held. The dam held.", "a.txt", publisher="Courier"), article("The dam held.", "b.txt", publisher="Courier")
    made = [cited(one, 0, 13), cited(one, 14, 27), cited(two, 0, 13), replace(cited(one, 0, 13), number=4, score=0.1)]
    keys = [references.key(citation) for citation in made]
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3
    assert list(read_bibtex(references.bibtex(made))) == keys[:3]
    assert [record["ID"] for record in read_ris(references.ris(made))] == keys[:3]
    assert [item["id"] for item in json.loads(references.csl_json(made))] == keys[:3]
    assert len({annotation["id"] for annotation in json.loads(references.web_annotations(made))}) == 3


def test_an_annotation_gives_32_characters_on_either_side() -> None:
    text = "".join(chr(0x1F300 + number) for number in range(90))  # code points, not units of UTF-16
    (annotation,) = json.loads(references.web_annotations([cited(article(text), 40, 45)]))
    exact, position = annotation["target"]["selector"]
    assert (exact["prefix"], exact["exact"], exact["suffix"]) == (text[8:40], text[40:45], text[45:77])
    assert (position["start"], position["end"]) == (40, 45)


def test_no_citation_is_an_empty_file_that_programs_read() -> None:
    assert references.bibtex([]) == references.ris([]) == ""
    assert json.loads(references.csl_json([])) == json.loads(references.web_annotations([])) == []
