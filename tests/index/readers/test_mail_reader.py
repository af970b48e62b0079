"""Mail: the text of a message and what is attached to it, whatever wrote the message and however it was sent."""

from __future__ import annotations

import base64
import io
import textwrap
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.readers import mail
from index.readers.mail import read, read_mbox
from index.readers.source import MAX_BYTES, Document, ReaderOutput, SourceFile, Unread

LINES = "The harbour office in Kessa shut its doors on Monday.\n\nNobody had been told."
PARAGRAPHS = [
    "The ministry of fisheries said on Tuesday that the well-known auction hall would close for eleven weeks, and that the boats would "
    "land their catch at the old pier in Marrow until the roof had been mended.",
    "“We were told nothing,” said Idris Vane, who has sold ice there for twenty years.",
    "قالت الوزيرة لينا أورسولت يوم الثلاثاء إن ١٢٥٠ معلما سيعيَّنون بحلول عام ٢٠٣١، وإن الوزارة ستنشر الأسماء في الصحف قبل نهاية الشهر "
    "المقبل، ولم تذكر شيئا عن المدارس التي أغلقت.",
]


def message(text: str | None = LINES, html: str | None = None) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Lena Orsolt <lena@example.org>"
    made["To"] = "desk@example.org"
    made["Subject"] = "Harbour office shut"
    made["Date"] = "Wed, 01 May 2024 09:30:00 +0200"
    if text is not None:
        made.set_content(text)
    if html is not None and text is not None:
        made.add_alternative(html, subtype="html")
    elif html is not None:
        made.set_content(html, subtype="html")
    return made


def found_in(data: bytes | EmailMessage) -> list[ReaderOutput]:
    raw = data.as_bytes(policy=SMTP) if isinstance(data, EmailMessage) else data
    return list(read(SourceFile("desk.eml", io.BytesIO(raw), ".eml")))


def text_of(data: bytes | EmailMessage) -> str:
    return document_of(data).text


def document_of(data: bytes | EmailMessage) -> Document:
    (document,) = (found for found in found_in(data) if isinstance(found, Document))
    return document


def attached_to(data: bytes | EmailMessage) -> dict[str, tuple[str, bytes]]:
    return {found.name: (found.suffix, found.file.read()) for found in found_in(data) if isinstance(found, SourceFile)}


def raw(headers: str, body: bytes = b"Rain fell.\r\n") -> bytes:
    return headers.encode().replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


# The message.


def test_a_message_is_a_text_with_its_subject_author_and_date() -> None:
    document = document_of(message())
    assert document.name == "desk.eml"
    assert document.text == LINES
    assert document.facts.title == "Harbour office shut"
    assert document.facts.author == "Lena Orsolt"
    assert document.facts.date == "2024-05-01T09:30:00+02:00"
    assert document.facts.url is None


def test_a_fingerprint_changes_with_any_byte_of_the_message() -> None:
    first, second = message(), message()
    second["X-Queue"] = "2"
    assert document_of(first).fingerprint == document_of(message()).fingerprint
    assert document_of(first).fingerprint != document_of(second).fingerprint


def encoded(*pieces: bytes) -> str:
    return "\n ".join(f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def test_headers_in_arabic_are_decoded_even_where_a_letter_is_cut_in_two() -> None:
    subject = "أغلقت المدارس اليوم"
    cut = subject.encode()
    data = raw(f"From: {encoded('لينا أورسولت'.encode())} <lena@example.org>\nSubject: {encoded(cut[:9], cut[9:])}")
    assert document_of(data).facts.author == "لينا أورسولت"
    assert document_of(data).facts.title == subject


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_headers_that_were_not_encoded_are_read_all_the_same(encoding: str) -> None:
    subject = "أغلقت الحكومة مكتب الميناء في كيسا يوم الاثنين"
    assert document_of(b"Subject: " + subject.encode(encoding) + b"\r\n\r\nRain.").facts.title == subject


def test_an_author_without_a_name_is_the_address() -> None:
    assert document_of(raw("From: desk@example.org")).facts.author == "desk@example.org"
    assert document_of(raw("Subject: x")).facts.author is None


@pytest.mark.parametrize("date", ["yesterday", "Wed, 31 Feb 2024 09:30:00 +0200", "", "1 May", "Wed, 01 May 99999 09:30:00"])
def test_a_date_that_is_none_is_not_given(date: str) -> None:
    assert document_of(raw(f"Subject: x\nDate: {date}")).facts.date is None


def test_the_address_at_which_a_message_is_archived_is_its_url() -> None:
    assert document_of(raw("Subject: x\nArchived-At: <https://lists.example.org/7>")).facts.url == "https://lists.example.org/7"
    assert document_of(raw("Subject: x\nArchived-At: <javascript:alert(1)>")).facts.url is None


def test_what_is_no_mail_is_said_to_be_none() -> None:
    for data in (b"", b"Just a text, without a header.\n", bytes(range(256)) * 9):
        with pytest.raises(InputError, match="not a mail"):
            found_in(data)


def test_a_message_with_nothing_in_it_is_said_to_have_no_text() -> None:
    with pytest.raises(InputError, match="no text in it"):
        found_in(message(" \n"))


def test_a_message_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MOST_OF_MESSAGE", 1_000)
    with pytest.raises(InputError, match="larger than the limit of 1,000 bytes"):
        found_in(message("x" * 1_000))


# Its text.


@pytest.mark.parametrize("sent_as", ["7bit", "8bit", "quoted-printable", "base64"])
def test_the_text_is_the_same_however_it_was_sent(sent_as: str) -> None:
    text = LINES if sent_as == "7bit" else "\n\n".join(PARAGRAPHS)
    made = message(None)
    made.set_content(text, cte=sent_as)
    assert text_of(made) == text


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("windows-1256", "windows-1256"),
        ("utf-8", "windows-1256"),
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-6", "iso-8859-6"),
        ("x-unknown", "utf-8"),
        ("rot13", "utf-8"),
        ("unicode-escape", "utf-8"),
        ("punycode", "windows-1256"),
        ("utf-16", "utf-16"),
        (" ", "utf-8"),
    ],
)
def test_a_wrong_or_unknown_character_set_does_no_harm(declared: str, actual: str) -> None:
    text = "قالت الوزيرة إن المدارس ستفتح أبوابها في الخريف"
    headers = f'Subject: x\nContent-Type: text/plain; charset="{declared}"\nContent-Transfer-Encoding: base64'
    data = raw(headers, base64.b64encode(text.encode(actual)))
    assert text_of(data) == text


def test_a_text_that_cannot_be_decoded_is_unread_and_its_attachments_are_not_lost() -> None:
    made = message(None)
    made.set_content(b"\0\1\2\xff\xfe\0\0\xc3" * 20, "text", "plain")
    made.add_attachment("Rain fell.", filename="rain.txt")
    unread, part = found_in(made)
    assert isinstance(unread, Unread)
    assert isinstance(part, SourceFile)
    assert (unread.name, part.name) == ("desk.eml", "desk.eml/rain.txt")


def test_the_plain_part_goes_before_the_other() -> None:
    assert text_of(message(LINES, "<p>Something <b>else</b>.</p>")) == LINES


def test_a_message_of_html_alone_is_read_as_a_page() -> None:
    made = message(None, "<html><body><p>The harbour office in Kessa<br>shut its doors.</p><p>Nobody had been told.</p></body></html>")
    assert " ".join(text_of(made).split()) == "The harbour office in Kessa shut its doors. Nobody had been told."
    assert text_of(message(" ", "<p>The harbour office in Kessa shut its doors.</p>")) == "The harbour office in Kessa shut its doors."


def test_a_page_is_read_in_the_character_set_that_its_part_declares() -> None:
    text = "قالت الوزيرة إن المدارس ستفتح أبوابها في الخريف"
    data = raw("Subject: x\nContent-Type: text/html; charset=iso-8859-6", f"<p>{text}</p>".encode("iso-8859-6"))
    assert text_of(data) == text


def test_a_message_that_says_it_has_parts_and_has_none_is_a_text() -> None:
    assert text_of(raw("Subject: x\nContent-Type: multipart/mixed")) == "Rain fell."


def test_a_text_around_a_picture_is_one_text() -> None:
    made = message("Above the picture.")
    made.make_mixed()
    for kind, content in (("image", b"GIF89a"), ("text", b"Below the picture.")):
        part = EmailMessage()
        part.set_content(content, kind, "gif" if kind == "image" else "plain", disposition="inline")
        made.attach(part)
    assert text_of(made) == "Above the picture.\n\nBelow the picture."
    assert attached_to(made) == {}


def test_a_part_without_a_word_does_no_harm_to_the_text() -> None:
    made = message()
    made.make_mixed()
    part = EmailMessage()
    part.set_content("<p><img src=seen.gif></p>", subtype="html", disposition="inline")
    made.attach(part)
    assert [type(found) for found in found_in(made)] == [Document]
    assert text_of(made) == LINES


def test_replies_and_signatures_stay() -> None:
    text = "Agreed.\n\n> Shall we print it?\n>> It is late.\n\n-- \nLena"
    assert text_of(raw("Subject: x", text.encode())) == text.replace("-- ", "--")


def test_a_flowed_text_is_put_together() -> None:
    body = "The harbour office \nin Kessa shut.\n\n From here.\n> It is \n> late, \n>> so\n-- \nLena \n"
    assert text_of(raw("Subject: x\nContent-Type: text/plain; format=flowed", body.encode())) == (
        "The harbour office in Kessa shut.\n\nFrom here.\n> It is late,\n>> so\n--\nLena"
    )


def test_a_flowed_text_whose_spaces_were_added_loses_them() -> None:
    body = b"The harbour of \nfice\n"
    assert text_of(raw("Subject: x\nContent-Type: text/plain; format=flowed; delsp=yes", body)) == "The harbour office"


@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4), st.integers(60, 80))
def test_a_text_cut_at_a_width_is_put_together_again(paragraphs: list[str], width: int) -> None:
    cut = "\n\n".join(textwrap.fill(paragraph, width, break_on_hyphens=True) for paragraph in [PARAGRAPHS[0], *paragraphs])
    assert text_of(raw("Subject: x\nContent-Transfer-Encoding: 8bit", cut.encode())) == "\n\n".join([PARAGRAPHS[0], *paragraphs])


def test_a_quoted_text_cut_at_a_width_is_put_together_with_one_mark() -> None:
    cut = textwrap.fill(PARAGRAPHS[0], 72, initial_indent="> ", subsequent_indent="> ")
    assert text_of(raw("Subject: x\nContent-Transfer-Encoding: 8bit", cut.encode())) == f"> {PARAGRAPHS[0]}"


def test_lines_that_were_not_cut_stay_lines() -> None:
    body = textwrap.fill(PARAGRAPHS[0], 72) + "\n\nHarbour office\n12 Pier Road\nKessa\n\n" + "- " + textwrap.fill(PARAGRAPHS[0], 70)
    expected = f"{PARAGRAPHS[0]}\n\nHarbour office\n12 Pier Road\nKessa\n\n- {PARAGRAPHS[0]}"
    assert text_of(raw("Subject: x", (body + "\n- Another item.").encode())) == expected + "\n- Another item."


def test_a_long_line_among_short_ones_stays_a_line_and_a_long_address_is_part_of_its_paragraph() -> None:
    short = "\n".join(f"{number}. Pier Road, Kessa, for the whole of the week that begins on Monday" for number in range(20))
    body = f"{short}\n\n{PARAGRAPHS[0]}\nA line of its own."
    assert text_of(raw("Subject: x", body.encode())) == body
    address = "https://news.example.org/" + "harbour/" * 12
    sentence = f"{PARAGRAPHS[0]} The whole list of the boats is at {address} and at the harbour office, where it hangs beside the door."
    assert text_of(raw("Subject: x", textwrap.fill(sentence, 72, break_long_words=False).encode())) == sentence


def test_paragraphs_of_one_line_each_stay_lines() -> None:
    body = "\n".join(PARAGRAPHS)
    assert text_of(raw("Subject: x\nContent-Transfer-Encoding: 8bit", body.encode())) == body


# What is attached.


def test_attachments_are_parts_of_their_own_by_name_and_suffix() -> None:
    made = message()
    made.add_attachment(b"%PDF-1.4", "application", "pdf", filename="report.pdf")
    made.add_attachment(b"%PDF-1.5", "application", "pdf", filename="report.pdf")
    made.add_attachment("Rain fell.", filename="تقرير.txt")
    made.add_attachment(b"%PDF-1.6", "application", "pdf", filename="report")
    made.add_attachment(b"PK", "application", "zip")
    made.add_attachment(b"MZ", "application", "octet-stream", filename="run.exe")
    assert text_of(made) == LINES
    assert attached_to(made) == {
        "desk.eml/report.pdf": (".pdf", b"%PDF-1.4"),
        "desk.eml/report (2).pdf": (".pdf", b"%PDF-1.5"),
        "desk.eml/تقرير.txt": (".txt", b"Rain fell.\r\n"),
        "desk.eml/report": (".pdf", b"%PDF-1.6"),
        "desk.eml/attachment-5.zip": (".zip", b"PK"),
        "desk.eml/run.exe": (".exe", b"MZ"),
    }


def test_attachments_are_read_where_there_is_no_text() -> None:
    made = message("")
    made.add_attachment(b"%PDF-1.4", "application", "pdf", filename="report.pdf")
    (part,) = found_in(made)
    assert isinstance(part, SourceFile)


def test_a_document_shown_within_the_message_is_read_and_a_picture_passed_over() -> None:
    made = message()
    made.add_attachment(b"%PDF", "application", "pdf", filename="a.pdf", disposition="inline", cid="<1@x>")
    made.add_attachment(b"GIF89a", "image", "gif", filename="logo.gif", disposition="inline", cid="<2@x>")
    made.add_attachment(b"GIF89a", "image", "gif", filename="photo.gif")
    assert list(attached_to(made)) == ["desk.eml/a.pdf", "desk.eml/photo.gif"]


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\secret\\plan.txt", "plan.txt"),
        (".hidden.txt", "hidden.txt"),
        ("..", "attachment-1.txt"),
        ("a\u202etxt.exe\u200b", "atxt.exe"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
        ("\u200b", "attachment-1.txt"),
        ("n" * 900 + ".txt", "n" * 100 + ".txt"),
    ],
)
def test_the_name_of_an_attachment_is_a_name_and_no_path(given_name: str, name: str) -> None:
    made = message()
    made.add_attachment("Rain fell.", filename=given_name)
    assert list(attached_to(made)) == [f"desk.eml/{name}"]


@pytest.mark.parametrize(
    "header",
    [
        b'attachment; filename="\xd8\xae\xd8\xa8\xd8\xb1.txt"',
        b"attachment; filename*=UTF-8''%D8%AE%D8%A8%D8%B1.txt",
        b"attachment; filename*0*=UTF-8''%D8%AE%D8%A8; filename*1*=%D8%B1.txt",
        b'attachment; filename="=?UTF-8?B?2K7YqNixLnR4dA==?="',
    ],
)
def test_a_name_in_arabic_is_read_however_it_was_written(header: bytes) -> None:
    data = b"Subject: x\r\nContent-Disposition: " + header + b"\r\n\r\nRain fell."
    assert attached_to(data) == {"desk.eml/خبر.txt": (".txt", b"Rain fell.")}


def test_a_message_within_a_message_is_a_part_that_can_be_read() -> None:
    inner = message("The older message.")
    inner["X-Long"] = "word " * 60
    made = message()
    made.add_attachment(inner)
    ((name, (suffix, data)),) = attached_to(made).items()
    assert (name, suffix) == ("desk.eml/attachment-1.eml", ".eml")
    assert document_of(data).text == "The older message."
    assert document_of(data).facts.title == "Harbour office shut"


def test_seals_are_passed_over_and_what_is_sealed_is_said_to_be() -> None:
    made = message()
    made.add_attachment(b"-----BEGIN PGP SIGNATURE-----", "application", "pgp-signature", filename="signature.asc")
    assert attached_to(made) == {}
    (unread,) = found_in(raw("Subject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64"))
    assert unread == Unread("desk.eml", "encrypted, or sealed so that it cannot be read: save it decrypted")


# Messages made to do harm.


def test_parts_ten_thousand_deep_are_refused_at_once() -> None:
    data = b"Subject: x\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(10_000)
    )
    before = time.monotonic()
    with pytest.raises(InputError, match="nested too deeply"):
        found_in(data)
    with pytest.raises(InputError, match="nested too deeply"):
        found_in(data[: data.index(b"--b600")])
    assert time.monotonic() - before < 30


def test_messages_within_messages_do_no_harm() -> None:
    found = found_in(b"Subject: x\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 100 + b"Subject: y\r\n\r\nRain.")
    assert [item.name for item in found] == ["desk.eml/attachment-1.eml"]


def test_a_nul_in_the_name_of_an_encoding_does_no_harm() -> None:
    data = raw("Subject: x\nContent-Type: text/plain; charset*=\0''utf-8\nContent-Disposition: attachment; filename*=\0''a.txt")
    assert attached_to(data) == {"desk.eml/attachment-1.txt": (".txt", b"Rain fell.\r\n")}


def test_brackets_within_brackets_are_no_author() -> None:
    facts = document_of(raw("Subject: x\nFrom: " + "(" * 9_000)).facts
    assert (facts.title, facts.author) == ("x", None)


def test_a_header_of_a_million_characters_takes_no_time() -> None:
    before = time.monotonic()
    assert text_of(raw('Subject: x\nContent-Type: text/plain; a="' + ";" * 1_000_000)) == "Rain fell."
    assert time.monotonic() - before < 10


def test_twenty_thousand_attachments_of_one_name_have_a_name_each() -> None:
    part = b'--b\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nx\r\n'
    found = found_in(b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 20_000 + b"--b--")
    assert len({item.name for item in found}) == 20_000


def test_a_text_over_the_limit_is_unread() -> None:
    (unread,) = found_in(b"Subject: x\r\n\r\n" + b"x" * (MAX_BYTES + 1))
    assert unread == Unread("desk.eml", "its text is larger than the limit of 20,971,520 bytes")


GOOD_MAIL = message(LINES, "<p>Something else.</p>")
GOOD_MAIL.add_attachment("Rain fell.", filename="مطر.txt")
GOOD_MAIL.add_attachment(message("Older."))
GOOD = GOOD_MAIL.as_bytes()
HEADERS = ("Subject", "From", "Date", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Archived-At")


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, len(GOOD)))
def test_harm_to_any_byte_raises_nothing_but_what_the_user_is_told(place: int, byte: int, length: int) -> None:
    harmed = bytearray(GOOD)
    harmed[place] = byte
    for data in (bytes(harmed), bytes(harmed[:length])):
        with suppress(InputError):
            found_in(data)


@given(
    st.sampled_from(HEADERS),
    st.text(st.sampled_from("ab0*=;:'\"<>@()[],.%?\\ \t/Q_é\u202e"), max_size=40),
    st.sampled_from(["", "text/plain;", "attachment;"]),
)
def test_no_header_raises_anything(header: str, value: str, kind: str) -> None:
    for other in ("", "\nSubject: x"):
        with suppress(InputError):
            found_in(raw(f"MIME-Version: 1.0{other}\n{header}: {kind}{value}"))


# Mailboxes.


def mailbox(*messages: bytes, newline: bytes = b"\n") -> bytes:
    lines = b"".join(b"From lena@example.org Wed May  1 09:30:00 2024\n" + one + b"\n\n" for one in messages)
    return lines.replace(b"\n", newline)


def read_box(data: bytes) -> Iterator[ReaderOutput]:
    return read_mbox(SourceFile("desk.mbox", io.BytesIO(data), ".mbox"))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_each_message_of_a_mailbox_is_a_text_by_its_number(newline: bytes) -> None:
    second = message("The second.")
    second.add_attachment("Rain fell.", filename="rain.txt")
    first, other, part = read_box(mailbox(b"Subject: One\n\nThe first.", second.as_bytes(), newline=newline))
    assert isinstance(first, Document)
    assert isinstance(other, Document)
    assert isinstance(part, SourceFile)
    assert (first.name, first.text, first.facts.title) == ("desk.mbox:1", "The first.", "One")
    assert (other.name, other.text) == ("desk.mbox:2", "The second.")
    assert part.name == "desk.mbox:2/rain.txt"
    assert first.fingerprint != other.fingerprint


def test_a_paragraph_that_begins_with_from_is_no_message() -> None:
    (found,) = read_box(mailbox(b"Subject: One\n\nThe first.\n\nFrom the start it rained.\n\n>From the sea too.\n>>From here."))
    assert isinstance(found, Document)
    assert found.text == "The first.\n\nFrom the start it rained.\n\nFrom the sea too.\n>From here."


def test_a_message_of_a_mailbox_that_cannot_be_read_does_no_harm_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MOST_OF_MESSAGE", 1_000_000)
    deep = b"Subject: x\n" + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(2_000))
    too_large = b"Subject: x\n\n" + b"From " * 400_000
    empty = b"Subject: x\n"
    found = list(read_box(mailbox(deep, too_large, empty, b"Subject: Two\n\nThe last.")))
    assert [(item.name, type(item)) for item in found] == [
        ("desk.mbox:1", Unread),
        ("desk.mbox:2", Unread),
        ("desk.mbox:3", Unread),
        ("desk.mbox:4", Document),
    ]
    assert isinstance(found[1], Unread)
    assert found[1].reason == "larger than the limit of 1,000,000 bytes"


def test_what_is_no_mailbox_is_said_to_be_none() -> None:
    for data in (b"", b"Subject: One\n\nThe first.", b"From the start it rained.\nAll day.\n", b"\n" * 99):
        with pytest.raises(InputError, match="not a mailbox"):
            list(read_box(data))


def test_a_mailbox_is_read_a_message_at_a_time() -> None:
    class Counted(io.BytesIO):
        taken = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline(size)
            self.taken += len(line)
            return line

    data = mailbox(*(b"Subject: One\n\n" + b"It rained all day.\n" * 2_000 for _ in range(20)))
    file = Counted(data)
    next(read_mbox(SourceFile("desk.mbox", file, ".mbox")))
    assert file.taken < len(data) / 10
