"""Mail: a saved message (.eml) or a mailbox (.mbox) → a text for each message, and what is attached to it.

The text is the plain part of a message, or the HTML part where there is no other. Quoted replies and signatures stay in it; lines that
were cut at a width are paragraphs again. Headers are read one by one: where one is damaged the message still has the others.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from email.policy import default as modern
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO

from index.errors import InputError
from index.readers.archives import plain_name, suffix_of_type
from index.readers.reading import SUFFIXES, suffix_of
from index.readers.source import MAX_BYTES, Document, Facts, ReaderOutput, SourceFile, Unread, too_large
from index.text.decode import decode_text

MOST_OF_MESSAGE = 50 * 1024 * 1024  # bytes: more than mail servers let through; not measured
LONGEST_HEADER = 10_000  # characters: the library takes 7 s over one of 80,000 semicolons, and the square of that over more
LONGEST_NAME = 200  # characters of an attachment's name; not measured

_PIECE = 1 << 16  # bytes of a line at a time
_BLANK = (b"\n", b"\r\n")
_HEADER = re.compile(rb"[!-9;-~]+:")
_ESCAPED_FROM = re.compile(rb">+From ")
_NEWLINE = re.compile("\r\n?|\n")
_MARKS = re.compile("(?:> ?)*")
_ITEM = re.compile(r"(?:[-*+•–—·]|\(?[0-9٠-٩]{1,3}[.)])\s")
_COMPOUND = re.compile(r"\w-$")
_WEB_ADDRESS = re.compile(r"<?(https?://[^\s<>\"]+)>?", re.IGNORECASE)

_HEADERS_OF_MAIL = ("from", "subject", "date", "to", "message-id", "received", "content-type", "mime-version")
# They belong to how the message was sent and hold no text.
_SEALS = frozenset(
    {
        *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-encrypted"),
        *("application/applefile", "message/delivery-status", "message/disposition-notification", "text/rfc822-headers"),
    }
)
_SEALED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_TEXTS = ("text/plain", "text/html")
_SHOWN_WITHIN = frozenset({"image", "audio", "video", "font"})
# What Python calls a codec and is no character set; punycode takes a minute over 300 kB, and the square of that over more.
_NO_CHARACTER_SETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
# Mailers write these over text of any encoding.
_UNMEANT = frozenset({"ascii", "iso8859-1"})

# A message was cut at a width where nearly all its lines keep within the usual widest, and one comes near it. Not measured on mail; what
# Python's textwrap cuts at 60 to 80 columns is put together again.
_WIDEST = 80
_NARROWEST = 55
_SHARE_WITHIN = 0.9


def read(source: SourceFile) -> Iterator[ReaderOutput]:
    """The text of a .eml file, if it has one, then its attachments. Raises InputError where it is no mail, or has neither."""
    return _read_message(source.name, source.bytes(MOST_OF_MESSAGE))


def read_mbox(source: SourceFile) -> Iterator[ReaderOutput]:
    """Each message of a .mbox file as `name:1`, `name:2` …, with one in memory at a time; one that cannot be read does no harm to others.

    Raises InputError where it is no mailbox.
    """
    for number, data in enumerate(_messages(source.file), start=1):
        name = f"{source.name}:{number}"
        if data is None:
            yield Unread(name, too_large(MOST_OF_MESSAGE))
            continue
        try:
            yield from _read_message(name, data)
        except InputError as error:
            yield Unread(name, str(error))
        except Exception as error:  # the library raises many kinds over what was made to do harm, and the other messages are to be read
            yield Unread(name, f"damaged ({type(error).__name__})")


def _messages(file: BinaryIO) -> Iterator[bytes | None]:
    """The bytes of each message of a mailbox; None for one that is too large.

    One begins at a line "From …" after a blank line, where a header follows: an article may say "From the start" too.
    """
    message = bytearray()
    begun, after_blank, whole = False, True, True
    line = file.readline(_PIECE)
    while line:
        following = file.readline(_PIECE)
        if whole and after_blank and line.startswith(b"From ") and _HEADER.match(following):
            if begun:
                yield _message_of(message)
            message.clear()
            begun = True
        elif begun and len(message) <= MOST_OF_MESSAGE:
            message += line[1:] if whole and _ESCAPED_FROM.match(line) else line
        elif not begun and line not in _BLANK:
            break
        after_blank = whole and line in _BLANK
        whole = line.endswith(b"\n")
        line = following
    if not begun:
        raise InputError("not a mailbox: it does not begin with a line that says From, and headers")
    yield _message_of(message)


def _message_of(lines: bytearray) -> bytes | None:
    return bytes(lines) if len(lines) <= MOST_OF_MESSAGE else None


def _read_message(name: str, data: bytes) -> Iterator[ReaderOutput]:
    try:
        message = _parsed(data)
        parts, attached = _parts(message, is_root=True)
    except RecursionError as error:
        raise InputError("its parts are nested too deeply") from error
    sealed = message.get_content_type() in _SEALED
    if sealed:
        parts, attached = [], []
        yield Unread(name, "encrypted, or sealed so that it cannot be read: save it decrypted")
    texts, reasons = [], []
    for part in parts:
        try:
            texts.append(_text(name, part))
        except InputError as error:  # often a page with a picture and no word, below the text
            reasons.append(str(error))
    text = "\n\n".join(filter(None, texts))
    if text:
        yield Document(name, text, _facts(message), fingerprint=hashlib.sha256(data).hexdigest())
    elif reasons:
        yield Unread(name, reasons[0])
    elif not attached and not sealed:
        raise InputError("no text in it")
    yield from _attachments(name, attached)


def _parsed(data: bytes) -> Message:
    """The library's older kind of message: it keeps headers as they came, where the newer reads them all at once and raises over one."""
    message = message_from_bytes(data.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n"), policy=_ShortHeaders())
    if not any(header in message for header in _HEADERS_OF_MAIL):
        raise InputError("not a mail: it has none of its headers")
    return message


class _ShortHeaders(Compat32):
    """Cuts headers that are too long: the library takes the square of their length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


def _facts(message: Message) -> Facts:
    place = _WEB_ADDRESS.fullmatch(_header(message, "archived-at"))
    return Facts(
        title=_words(_header(message, "subject")) or None,
        author=_author(_header(message, "from")),
        date=_iso_time(_header(message, "date")),
        url=place and place[1],
    )


def _author(value: str) -> str | None:
    """The name of whom it is from, or the address where there is no name."""
    try:
        name, address = parseaddr(value)
    except RecursionError:  # brackets within brackets
        return None
    return _words(name) or address or None


def _header(message: Message, name: str) -> str:
    """The first header of that name as it came, in one line, its bytes decoded; empty where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return " ".join(_NEWLINE.sub("", _mended(str(value))).split())
    return ""


def _mended(raw: str) -> str:
    """The library keeps a byte beyond ASCII as half a character."""
    data = raw.encode("ascii", "surrogateescape")
    try:
        return decode_text(data)
    except InputError:
        return data.decode("utf-8", "replace")


def _words(value: str) -> str:
    """What a header says, with its encoded words decoded; as it is where that fails.

    >>> _words("=?utf-8?q?Caf=C3=A9?= closes")
    'Café closes'
    """
    if "=?" not in value:
        return value
    try:
        return str(modern.header_factory("subject", value))
    except Exception:  # a parser by hand: some of what it was not written for ends in an IndexError, some in others
        return value


def _iso_time(value: str) -> str | None:
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parts(part: Message, is_root: bool = False) -> tuple[list[Message], list[Message]]:
    """The parts that are the text of a message, and those that are attached to it."""
    kind, main = part.get_content_type(), part.get_content_maintype()
    if kind in _SEALS:
        return [], []
    children = _children(part) if main == "multipart" else []
    if children:
        by_child = [_parts(child) for child in children]
        attached = [attachment for _, attachments in by_child for attachment in attachments]
        texts = [child_texts for child_texts, _ in by_child if child_texts]
        if kind == "multipart/alternative" and texts:
            filled = [child_texts for child_texts in texts if any(_payload(text).strip() for text in child_texts)]
            plain = [child_texts for child_texts in filled if child_texts[0].get_content_type() == "text/plain"]
            return (plain or filled or texts)[0], attached
        return [text for child_texts in texts for text in child_texts], attached
    is_attached = part.get_content_disposition() == "attachment" or (_file_name(part) and not is_root) or main == "message"
    if (kind in _TEXTS or main == "multipart") and not is_attached:  # where it has no parts it is a text, whatever it says
        return [part], []
    if main in _SHOWN_WITHIN and (part.get_content_disposition() == "inline" or "content-id" in part):
        return [], []
    return [], [part] if is_attached or suffix_of_type(kind) else []


def _children(part: Message) -> Sequence[Message]:
    return [child for child in part.get_payload() if isinstance(child, Message)] if part.is_multipart() else []


def _payload(part: Message) -> bytes:
    """What is in a part, decoded from how it was sent; of a message within a message, that one. Raises InputError where it is damaged."""
    children = _children(part)
    if children:
        try:
            return children[0].as_bytes()
        except Exception as error:  # what was read of a message made to do harm cannot always be written again
            raise InputError("damaged: a message within a message that cannot be taken out") from error
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(name: str, part: Message) -> str:
    """Raises InputError where it is too large, or cannot be decoded."""
    data, charset = _payload(part), _charset(part)
    if len(data) > MAX_BYTES:
        raise InputError(f"its text is {too_large(MAX_BYTES)}")
    if not data.strip():
        return ""
    if part.get_content_type() == "text/html":
        return _text_of_page(name, data, charset)
    lines = _NEWLINE.split(_decoded(data, charset).removeprefix("\ufeff"))
    flowed = str(part.get_param("format", "")).lower() == "flowed" and any(line.endswith(" ") for line in lines)
    if flowed:
        return _unflowed(lines, str(part.get_param("delsp", "")).lower() == "yes")
    return _unwrapped(lines)


def _charset(part: Message) -> str | None:
    with suppress(ValueError):  # a NUL in the name of its encoding
        return part.get_content_charset()
    return None


def _text_of_page(name: str, data: bytes, charset: str | None) -> str:
    from index.readers.web.html import read_page  # noqa: PLC0415  # it takes a second to load, and most mail has a plain part

    return read_page(data, name, Facts(), charset).text


def _decoded(data: bytes, charset: str | None) -> str:
    """Decoded by the declared encoding if it exists and the bytes fit it; otherwise the encoding is detected."""
    try:
        codec = codecs.lookup(charset or "ascii").name
        if codec in _NO_CHARACTER_SETS:
            return decode_text(data)
        return data.decode("utf-8" if codec in _UNMEANT else codec)
    except (LookupError, ValueError):
        return decode_text(data)


def _unflowed(lines: Sequence[str], spaces_are_added: bool) -> str:
    """The paragraphs of a text whose lines end with a space where they go on: RFC 3676, format=flowed, DelSp."""
    paragraphs: list[tuple[int, list[str]]] = []
    goes_on = False
    for line in lines:
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        is_signature = words == "-- "
        if not (goes_on and paragraphs[-1][0] == depth) or is_signature:
            paragraphs.append((depth, []))
        goes_on = words.endswith(" ") and not is_signature
        paragraphs[-1][1].append(words[:-1] if goes_on and spaces_are_added else words)
    return _joined((">" * depth + " " * bool(depth) + "".join(pieces)) for depth, pieces in paragraphs)


def _unwrapped(lines: Sequence[str]) -> str:
    """The paragraphs of a text that was cut at a width: a line continues where the next one's first word did not fit in it."""
    parted = [(marks.count(">"), marks, line[len(marks) :].rstrip()) for line in lines for marks in [next(_MARKS.finditer(line))[0]]]
    by_depth: defaultdict[int, list[str]] = defaultdict(list)
    for depth, _, words in parted:
        by_depth[depth].append(words)
    widths = {depth: _width(lines_at_depth) for depth, lines_at_depth in by_depth.items()}
    paragraphs: list[list[str]] = []
    last_depth, last = 0, ""
    for depth, marks, words in parted:
        if depth == last_depth and _goes_on(last, words, widths[depth]):
            paragraphs[-1] += [words.lstrip()] if _COMPOUND.search(last) else [" ", words.lstrip()]
        else:
            paragraphs.append([marks, words])
        last_depth, last = depth, words
    return _joined("".join(pieces) for pieces in paragraphs)


def _width(lines: Sequence[str]) -> int | None:
    """The width at which lines were cut; None where they were not. One long word, as an address may be, cannot be cut."""
    widths = [len(line) for line in lines if line and (len(line) <= _WIDEST or " " in line.strip())]
    within = [width for width in widths if width <= _WIDEST]
    if not within or len(within) < _SHARE_WITHIN * len(widths) or max(within) < _NARROWEST:
        return None
    return max(within)


def _goes_on(line: str, following: str, width: int | None) -> bool:
    if width is None or not line.strip() or not following.strip() or _ITEM.match(following.lstrip()):
        return False
    if len(line) > width and " " in line.strip():  # it was not cut, where it could have been
        return False
    is_indented = len(following) - len(following.lstrip()) > len(line) - len(line.lstrip())
    if is_indented and not _ITEM.match(line.lstrip()):
        return False
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _attachments(name: str, parts: Sequence[Message]) -> Iterator[ReaderOutput]:
    taken: Counter[str] = Counter()
    for number, part in enumerate(parts, start=1):
        kind = part.get_content_type()
        by_type = suffix_of_type(kind)
        file_name = _free(_file_name(part) or f"attachment-{number}{by_type}", taken)
        by_name = suffix_of(file_name)
        suffix = by_name if by_name in SUFFIXES and kind != "message/rfc822" else by_type or by_name
        charset = _charset(part) if kind in _TEXTS else None
        try:
            yield SourceFile(f"{name}/{file_name}", io.BytesIO(_payload(part)), suffix, charset=charset)
        except InputError as error:
            yield Unread(f"{name}/{file_name}", str(error))


def _file_name(part: Message) -> str:
    """The last part of the name that is given, without invisible characters; empty where nothing is left."""
    plain = Message()
    for header in ("content-disposition", "content-type"):
        if value := _header(part, header):
            plain[header] = value
    given = ""
    with suppress(ValueError):  # as above
        given = _words(plain.get_filename() or "")
    name = plain_name(given.replace("\\", "/").rpartition("/")[2]).strip().lstrip(". ")
    stem, dot, suffix = name.rpartition(".")
    return name if len(name) <= LONGEST_NAME else stem[: LONGEST_NAME // 2] + dot + suffix[-LONGEST_NAME // 2 :]


def _free(name: str, taken: Counter[str]) -> str:
    """The name, with a number where an attachment before it has it; `taken` says how often each name was asked for."""
    stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
    free = name
    while taken[free]:
        taken[name] += 1
        free = f"{stem} ({taken[name]}){dot}{suffix}"
    taken[free] += 1
    return free
