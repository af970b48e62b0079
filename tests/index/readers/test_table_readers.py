"""CSV, TSV, JSON and Parquet give each record's text letter for letter, with what its columns say of it, and say what they do not read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import make_article
from index.errors import InputError, SettingError
from index.readers import parquet, records, tables
from index.readers.columns import find_columns, parse_columns, record_fingerprint
from index.readers.source import MAX_BYTES, Document, Facts, ReaderOutput, SourceFile, Unread
from index.text.column_dates import day_first_of, read_date

READERS = {".csv": tables.read, ".tsv": tables.read, ".json": records.read, ".parquet": parquet.read}
HARBOUR = "The harbour of Kessa opens again on Monday."
MINISTER = "قالت الوزيرة لينا أورسولت إن الميناء سيفتح يوم الاثنين، بعد أسبوعين من الإغلاق."


def read(data: bytes | str, suffix: str = ".csv", columns: Mapping[str, str] | None = None) -> list[ReaderOutput]:
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(READERS[suffix](SourceFile(f"a{suffix}", file, suffix, columns=columns or {})))


def documents(data: bytes | str, suffix: str = ".csv", columns: Mapping[str, str] | None = None) -> list[Document]:
    found = read(data, suffix, columns)
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def parquet_of(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def dates(values: Sequence[str]) -> list[str | None]:
    return [item.facts.date for item in documents(csv_of([["text", "date"], *([HARBOUR, value] for value in values)]))]


# ------------------------------------------------------------------------------------------------- letter for letter

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
real_texts = texts.filter(lambda text: text.replace("\ufeff", "").strip() != "")


@pytest.mark.parametrize("delimiter", tables.DELIMITERS)
@given(rows=st.lists(st.tuples(real_texts, texts), min_size=1, max_size=5))
def test_csv_gives_every_text_letter_for_letter(delimiter: str, rows: list[tuple[str, str]]) -> None:
    found = documents(csv_of([["text", "title"], *rows], delimiter))
    assert [(item.text, item.facts.title) for item in found] == rows


@given(rows=st.lists(st.tuples(real_texts, texts), min_size=1, max_size=5), lines=st.booleans())
def test_json_gives_every_text_letter_for_letter(rows: list[tuple[str, str]], lines: bool) -> None:
    objects = [{"text": text, "title": title} for text, title in rows]
    data = "\n".join(json.dumps(item, ensure_ascii=False) for item in objects) if lines else json.dumps(objects)
    assert [(item.text, item.facts.title) for item in documents(data, ".json")] == rows


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())])
@given(rows=st.lists(st.tuples(real_texts, texts), min_size=1, max_size=5))
def test_parquet_gives_every_text_letter_for_letter(kind: pa.DataType, rows: list[tuple[str, str]]) -> None:
    written = [text.encode() if kind == pa.binary() else text for text, _ in rows]
    data = parquet_of(text=pa.array(written, kind), title=[title for _, title in rows])
    assert [(item.text, item.facts.title) for item in documents(data, ".parquet")] == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
def test_a_table_is_read_in_the_encodings_that_news_is_found_in(encoding: str) -> None:
    data = csv_of([["النص", "العنوان"], [MINISTER, "افتتاح الميناء"]], ";").decode().encode(encoding)
    assert [(item.text, item.facts.title) for item in documents(data)] == [(MINISTER, "افتتاح الميناء")]
    data = json.dumps([{"النص": MINISTER}], ensure_ascii=False).encode(encoding)
    assert documents(data, ".json")[0].text == MINISTER


def test_a_byte_order_mark_before_a_quoted_header_is_no_part_of_it() -> None:
    assert documents('\ufeff"text","title"\r\n"One","Two"\r\n')[0].text == "One"


# ------------------------------------------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["text", "body"], {"text": "text"}),
        (["body", "text"], {"text": "text"}),
        (["content", "Body"], {"text": "Body"}),
        (["Text", "text"], {"text": "text"}),
        ([" Article_Text ", "Pub-Date"], {"text": " Article_Text ", "date": "Pub-Date"}),
        (["publishedAt", "WRITER", "permalink"], {"date": "publishedAt", "author": "WRITER", "url": "permalink"}),
        (["النَّص", "العنوان", "الكاتب"], {"text": "النَّص", "title": "العنوان", "author": "الكاتب"}),
        (["description", "name", "domain", "", "_"], {}),
    ],
)
def test_a_column_is_found_by_its_own_name_before_others_that_are_used_for_it(names: list[str], columns: dict[str, str]) -> None:
    assert find_columns(names, {}) == columns


def test_a_given_column_beats_what_the_names_say_and_serves_nothing_else() -> None:
    assert find_columns(["text", "source"], {"text": "source"}) == {"text": "source"}
    assert find_columns(["text", "Source"], {"text": "source"}) == {"text": "Source"}
    assert documents("text,summary\nlong,short\n", columns={"text": "summary"})[0].text == "short"


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "body"}, 'There is no column "body"; it has: "a", "b".'),
        ({"text": "a", "title": "c"}, 'There is no column "c"; it has: "a", "b".'),
        ({}, 'No column is known to hold the text; it has: "a", "b". Name it with --columns text=NAME.'),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_those_that_are(suffix: str, columns: dict[str, str], message: str) -> None:
    data = {".csv": b"a,b\n1,2\n", ".json": b'[{"a": "1"}, {"b": "2"}]', ".parquet": parquet_of(a=["1"], b=["2"])}[suffix]
    with pytest.raises(InputError) as error:
        read(data, suffix, columns)
    assert str(error.value) == message


def test_a_hostile_column_name_is_shown_as_escapes_and_cut() -> None:
    with pytest.raises(InputError) as error:
        read("\u202egnp.exe,<b>\x1b[1m," + "x" * 1000 + ",y" * 100 + "\n1\n")
    line = str(error.value)
    assert line.isprintable()
    assert "\\u202egnp.exe" in line
    assert len(line) < 400


def test_columns_are_named_as_field_and_column() -> None:
    assert parse_columns() == {}
    assert parse_columns("text=body,title = The headline") == {"text": "body", "title": "The headline"}
    assert parse_columns("text=body", "title=a=b, c") == {"text": "body", "title": "a=b, c"}


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["body=text"], "no field 'body'"),
        (["text=a", "text=b"], "names 'text' twice: 'a' and 'b'"),
        (["text=a,text=b"], "names 'text' twice"),
        (["text="], "not 'text='"),
        (["text"], "not 'text'"),
        ([""], "not ''"),
    ],
)
def test_columns_that_cannot_be_are_refused_with_a_clear_line(options: list[str], part: str) -> None:
    with pytest.raises(SettingError) as error:
        parse_columns(*options)
    assert part in str(error.value)


# ------------------------------------------------------------------------------------------------- records


def test_a_record_is_named_by_its_id_or_the_line_it_begins_on() -> None:
    rows = [["id", "text"], ["r1", "One."], ["", "Two,\r\non two lines."], [" ", "Three."], ["r4", "Four."]]
    assert [item.name for item in documents(csv_of(rows))] == ["r1", "a.csv:3", "a.csv:5", "r4"]
    assert [item.name for item in documents('[{"text": "a"}, {"text": "b", "id": 7}, {"text": "c", "id": 8.0}]', ".json")] == [
        "a.json:1",
        "7",
        "8",
    ]
    assert [item.name for item in documents('{"text": "a"}\n\n{"text": "b"}', ".json")] == ["a.json:1", "a.json:3"]
    assert [item.name for item in documents('{"text": "a"}', ".json")] == ["a.json"]
    assert [item.name for item in documents(parquet_of(text=["a", "b"], uid=[None, 5]), ".parquet")] == ["a.parquet:1", "5"]


def test_every_field_arrives() -> None:
    values = ["r1", HARBOUR, "Open again", "The Kessa Gazette", "Orla Venn", "2024-03-05", "en-GB", "https://example.org/1"]
    names = ["id", "text", "title", "publisher", "author", "date", "language", "url"]
    facts = Facts(*values[2:])
    written = {
        ".csv": csv_of([names, values]),
        ".json": json.dumps([dict(zip(names, values, strict=True))]).encode(),
        ".parquet": parquet_of(**{name: [value] for name, value in zip(names, values, strict=True)}),
    }
    for suffix, data in written.items():
        where = "a.csv:2" if suffix == ".csv" else f"a{suffix}:1"
        assert documents(data, suffix) == [Document("r1", HARBOUR, facts, fingerprint=record_fingerprint(HARBOUR, facts), where=where)]


def test_people_and_papers_that_are_objects_or_lists_are_named() -> None:
    record = {"text": "a", "authors": [{"name": "Orla Venn"}, "Sami Haddar", None], "source": {"id": 3, "name": "The Kessa Gazette"}}
    for found in (
        documents(json.dumps([record]), ".json"),
        documents(parquet_of(text=["a"], authors=[["Orla Venn", "Sami Haddar"]]), ".parquet"),
    ):
        assert found[0].facts.author == "Orla Venn, Sami Haddar"
    assert documents(json.dumps(record), ".json")[0].facts.publisher == "The Kessa Gazette"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"id": "x"}, 'no "text"'),
        ({"text": None}, 'no "text"'),
        ({"text": " \ufeff"}, '"text" is empty'),
        ({"text": 5}, '"text" is not a string'),
        ({"body": ["a"]}, '"body" is not a string'),
        ({"text": "a", "id": True}, '"id" is not a string'),
        ({"text": "a", "title": ["b"]}, '"title" is not a string'),
        ({"text": "a", "author": {"name": 3}}, '"author" is not a string'),
        ("a", "not a JSON object"),
    ],
)
def test_a_record_that_is_not_read_is_named_with_the_reason_and_harms_no_other(record: object, reason: str) -> None:
    found = read(json.dumps([{"text": "Before."}, record, {"text": "After."}]), ".json")
    assert found[1] == Unread("a.json:2", reason)
    assert [item.text for item in found if isinstance(item, Document)] == ["Before.", "After."]


def test_a_guess_that_does_not_fit_is_left_out_but_a_given_column_is_not() -> None:
    data = json.dumps([{"text": "a", "source": 5}])
    assert documents(data, ".json")[0].facts == Facts()
    assert read(data, ".json", {"publisher": "source"}) == [Unread("a.json:1", '"source" is not a string')]


@pytest.mark.parametrize(
    "data",
    [
        '{"status": "ok", "articles": [{"body": "One."}]}',
        '{"response": {"data": {"results": [{"body": "One."}]}}}',
        '{"tags": [{"n": 1}], "posts": [{"body": "No."}], "articles": [{"body": "One."}]}',
        '{"article": {"body": "One."}}',
        '{"content": [{"body": "One."}]}',
    ],
)
def test_records_are_found_within_objects(data: str) -> None:
    assert [item.text for item in documents(data, ".json")] == ["One."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("[]", "no records"),
        ("[1, 2]", "no records"),
        ("5", "no records"),
        ('{"text": ', "not JSON: Expecting value at character 10"),
        ("[" + "9" * 5000 + "]", "not JSON that is read: Exceeds the limit"),
        ("\x01\x02\0", "binary"),
        ("{}", "No column is known"),
    ],
)
def test_json_that_holds_no_records_is_refused_with_the_reason(data: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        read(data, ".json")
    assert str(error.value).startswith(reason)


def test_a_broken_line_of_json_harms_no_other() -> None:
    found = read('{"text": "a"}\n{"text": \n{"text": "b\u2028c"}\n', ".json")
    assert found[1] == Unread("a.json:2", "not JSON: Expecting value at character 11")
    assert [item.text for item in found if isinstance(item, Document)] == ["a", "b\u2028c"]


def test_half_a_character_in_json_becomes_the_mark_of_what_is_missing() -> None:
    data = rb'[{"id": "\ud800", "text": "cut \ud83d\ude00 \ud83d", "author": [{"name": "\udc00"}], "date": "2024-05-01T10\ud800"}]'
    (found,) = documents(data, ".json")
    assert (found.name, found.text, found.facts) == ("\ufffd", "cut \U0001f600 \ufffd", Facts(author="\ufffd", date="2024-05-01T10\ufffd"))


# ------------------------------------------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,Hello, world,x", "the row has 4 cells, the header 3"),
        ("1,Hello", "the row has 2 cells, the header 3"),
        ('1,"She said "no" twice",x', "a quotation mark within a cell is not doubled"),
        ("1,,x", '"text" is empty'),
        ('1,"Hello', "a quotation mark opens a cell and none closes it"),
    ],
)
def test_a_row_whose_text_is_in_doubt_is_not_read(row: str, reason: str) -> None:
    found = read(f"id,text,title\r\nr1,Before.,x\r\n{row}\r\n")
    assert isinstance(found[0], Document)
    assert found[1:] == [Unread("a.csv:3", reason)]


def test_rows_after_one_that_is_not_read_are_read() -> None:
    found = read('id,text\n1,"She said "no" twice"\n2,a,b\n3,After.\n')
    assert [item.name for item in found] == ["a.csv:2", "a.csv:3", "3"]
    assert isinstance(found[2], Document)


def test_empty_cells_beyond_the_header_and_blank_rows_are_no_matter() -> None:
    assert [item.text for item in documents("\r\nid,text\r\n\r\n1,One.,,\r\n\r\n2,Two.\r\n")] == ["One.", "Two."]


def test_old_line_ends_are_line_ends() -> None:
    assert [item.text for item in documents("id,text\r1,One.\r2,Two.\r")] == ["One.", "Two."]


@pytest.mark.parametrize("data", ["", "\n\r\n", "\ufeff"])
def test_a_table_without_a_row_is_empty(data: str) -> None:
    with pytest.raises(InputError, match="empty"):
        read(data)


def test_delimiters_within_texts_and_names_do_not_mislead() -> None:
    rows = [["id", "text; whole, clean", "title"], ["1", "one; two; three", "a | b"], ["2", "four, five", "c;d"]]
    for delimiter in tables.DELIMITERS:
        found = documents(csv_of(rows, delimiter), columns={"text": "text; whole, clean"})
        assert [(item.name, item.text, item.facts.title) for item in found] == [("1", rows[1][1], "a | b"), ("2", "four, five", "c;d")]


@pytest.mark.parametrize(
    "rest",
    [
        "x" * (MAX_BYTES + 2),
        '"' + "x" * (MAX_BYTES + 2) + '",y\n',
        '"' + ("x" * (MAX_BYTES // 4) + "\n") * 5 + '",y\n',
    ],
    ids=["a line", "a cell", "a cell of many lines"],
)
def test_what_is_longer_than_the_limit_ends_the_reading_with_the_reason(rest: str) -> None:
    before, after = read("text,title\nBefore.,x\n" + rest)
    assert isinstance(before, Document)
    assert after == Unread(
        "a.csv:3", f"a cell or line is longer than the limit of {MAX_BYTES:,} characters: it and what follows are not read"
    )


def test_a_large_table_is_not_held_whole() -> None:
    file = io.BytesIO(csv_of([["text"], *([f"{HARBOUR} {number}"] for number in range(100_000))]))
    first = next(iter(tables.read(SourceFile("a.csv", file, ".csv"))))
    assert isinstance(first, Document)
    assert file.tell() < len(file.getvalue()) / 10


# ------------------------------------------------------------------------------------------------- Parquet


def test_parquet_gives_days_of_times_and_leaves_out_what_is_null() -> None:
    kinds: list[tuple[Any, str | None]] = [
        (pa.array([datetime(2024, 3, 5, 23, 30)], pa.timestamp("ns")), "2024-03-05"),
        (pa.array([datetime(2024, 3, 5, 23, 30, tzinfo=UTC)], pa.timestamp("us", tz="Asia/Dubai")), "2024-03-06"),
        (pa.array([date(2024, 3, 5)], pa.date32()), "2024-03-05"),
        (pa.array([date(2024, 3, 5)], pa.date64()), "2024-03-05"),
        (pa.array([2**30], pa.date32()), None),
        (pa.array(["5 March 2024"]), "2024-03-05"),
        (pa.array([1_709_640_000_000]), "2024-03-05"),
        (pa.array([None], pa.timestamp("ms")), None),
        (pa.array([None], pa.string()), None),
    ]
    for column, expected in kinds:
        assert documents(parquet_of(text=["a"], date=column), ".parquet")[0].facts.date == expected, column


@pytest.mark.parametrize("kind", [pa.binary(), pa.string()])
def test_parquet_bytes_that_are_not_utf8_are_said_to_be_no_string(kind: pa.DataType) -> None:
    column = pa.array([b"\xff\xfe", b"Two."])
    found = read(parquet_of(text=pa.Array.from_buffers(kind, 2, column.buffers())), ".parquet")
    assert found[0] == Unread("a.parquet:1", '"text" is not a string')
    assert isinstance(found[1], Document)


def test_columns_of_parquet_that_are_not_needed_are_of_no_matter() -> None:
    found = documents(parquet_of(vector=[[0.5] * 8], text=["One."], seen=[{"a": 1}]), ".parquet")
    assert [(item.text, item.facts) for item in found] == [("One.", Facts())]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no table at all", b"PAR1" + b"\xff" * 8 + b"PAR1", b"PAR1" + b"\0" * 99 + b"PAR1"])
def test_what_is_no_parquet_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not a Parquet file, or damaged"):
        read(data, ".parquet")


def test_texts_far_larger_than_their_parquet_file_end_the_reading() -> None:
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 100), pa.array(["x" * 1_000_000]))
    found = parquet.read(SourceFile("a.parquet", io.BytesIO(parquet_of(text=once)), ".parquet"))
    with pytest.raises(InputError, match=r"from row 21 on: its texts come to more than 100 times its size"):
        list(found)


# ------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-05-01T09:30:00Z", "2024-05-01T09:30:00Z"),
        ("2024/5/1", "2024-05-01"),
        ("20240501", "2024-05-01"),
        ("5 March 2024", "2024-03-05"),
        ("March 5th, 2024", "2024-03-05"),
        ("Tue, 05 Mar 2024 10:00:00 +0000", "2024-03-05"),
        ("5 آذار/مارس 2024", "2024-03-05"),
        ("٢٥/٠٣/٢٠٢٤", "2024-03-25"),
        ("25.3.2024 10:00", "2024-03-25"),
        ("03/25/2024", "2024-03-25"),
        ("05/05/2024", "2024-05-05"),
        ("05/03/2024", None),
        ("31/02/2024", None),
        ("2024-02-30", None),
        ("05/03/24", None),
        ("1709640000", "2024-03-05"),
        ("1709640000.25", "2024-03-05"),
        ("1709640000000", "2024-03-05"),
        ("1709640000000000", "2024-03-05"),
        (1709640000, "2024-03-05"),
        (2024, "2024"),
        (2024.5, None),
        (float("inf"), None),
        (float("nan"), None),
        (-1, None),
        ("yesterday", None),
        ("9" * 19, None),
        ("1" * 5000, None),
        ("", None),
    ],
)
def test_a_date_is_read_as_people_and_programs_write_it(value: str | float, expected: str | None) -> None:
    assert read_date(value, lambda: None) == expected


def test_the_other_dates_of_a_column_tell_day_from_month() -> None:
    assert dates(["05/03/2024", "06/03/2024", "25/03/2024"]) == ["2024-03-05", "2024-03-06", "2024-03-25"]
    assert dates(["03/05/2024", "x", "03/25/2024"]) == ["2024-03-05", None, "2024-03-25"]
    assert dates(["05/03/2024", "06/03/2024"]) == [None, None]
    assert dates(["05/03/2024", "25/03/2024", "03/25/2024"]) == [None, "2024-03-25", "2024-03-25"]
    objects = [{"text": "a", "pub_date": "05/03/2024"}, {"text": "b"}, {"text": "c", "pub_date": "25/03/2024"}]
    assert [item.facts.date for item in documents(json.dumps(objects), ".json")] == ["2024-03-05", None, "2024-03-25"]
    found = documents(parquet_of(text=["a", "b"], date=["05/03/2024", "25/03/2024"]), ".parquet")
    assert [item.facts.date for item in found] == ["2024-03-05", "2024-03-25"]


def test_looking_through_the_dates_loses_no_row_and_no_line_number() -> None:
    rows = [["text", "date"], *([f"{HARBOUR}\r\n{number}", "05/03/2024"] for number in range(300)), ["Last.", "25/03/2024"]]
    found = documents(b"\xef\xbb\xbf" + csv_of(rows))
    assert [item.text for item in found] == [row[0] for row in rows[1:]]
    assert [item.name for item in found] == [f"a.csv:{2 + 2 * number}" for number in range(301)]
    assert {item.facts.date for item in found} == {"2024-03-05", "2024-03-25"}


@given(days=st.lists(st.dates(date(2000, 1, 1), date(2030, 12, 31)), max_size=8), day_first=st.booleans())
def test_no_date_is_read_the_wrong_way_round(days: list[date], day_first: bool) -> None:
    written = [day.strftime("%d/%m/%Y" if day_first else "%m/%d/%Y") for day in days]
    told = day_first_of(written)
    assert [read_date(words, lambda: told) or day.isoformat() for words, day in zip(written, days, strict=True)] == [
        day.isoformat() for day in days
    ]


# ------------------------------------------------------------------------------------------------- fingerprints


@given(
    text=real_texts,
    facts=st.builds(
        Facts,
        title=st.none() | texts,
        publisher=st.none() | texts,
        author=st.none() | texts,
        date=st.none() | st.sampled_from(["2024", "2024-05-01T10:00", "May 2024", " 2024-05 "]),
        language=st.none() | st.sampled_from(["en-GB", "AR", "Arabic"]),
        url=st.none() | texts,
    ),
)
def test_a_record_has_the_fingerprint_of_the_article_that_is_made_of_it(text: str, facts: Facts) -> None:
    article = make_article(
        "x",
        text,
        title=facts.title,
        publisher=facts.publisher,
        author=facts.author,
        date=facts.date,
        language=facts.language,
        url=facts.url,
    )
    assert record_fingerprint(text, facts) == article.sha256


def test_a_fingerprint_is_what_it_was() -> None:
    """An index that was built is not built anew: these are of records of a .jsonl corpus before there were tables."""
    assert record_fingerprint("One.", Facts()) == "70277bfc409b502132d7a48b2a3b386294264b31f7bf024a5fb0cafabb8ac122"
    assert (
        record_fingerprint("One.", Facts(title=" A  title ", date="2024-05-01T10:00Z", language="en-GB"))
        == "1328286b8f4579ca00b94584b7a548ec63708efbc6dc6fe788cd33abe260a0d5"
    )
