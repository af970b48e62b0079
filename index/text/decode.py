"""Decodes bytes, exactly or not at all, in the encodings that news articles use. Pure."""

from __future__ import annotations

import re

from index.errors import InputError

# If at least this share of a text's bytes beyond ASCII is in complete UTF-8 sequences, it is damaged UTF-8 rather than windows-1252 or
# -1256. The share is at most .17 in 3,900 pieces of 20 to 8,000 characters of the public sets in those two encodings, and above the
# threshold in 1,120 of 1,123 Arabic texts in UTF-8 with one damaged byte.
DAMAGED_UTF8_SHARE = 0.25

# charset-normalizer's threshold of "mess". At its default of 0.2 it rejects 5 of 1,650 such pieces of 20 to 8,000 characters; at 0.5 it
# identifies all 1,650. With all encodings as candidates it is wrong on 25 to 41 % of the pieces of 20 characters.
MESS_LIMIT = 0.5

# The least share of Latin and Arabic letters and punctuation in UTF-16 without a byte order mark. With it, 2,394 of 2,395 pieces of 20 to
# 2,000 characters of the public sets are decoded correctly in either byte order (one, half Hebrew and Greek, is rejected), and none of
# 3,384 beginnings of programs, libraries, archives and pictures is accepted as text.
EVIDENT_UTF16_SHARE = 0.7

_UTF16_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ASCII = bytes(range(0x80))
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_COMMON = re.compile("[\t\n\r -~\u00a0-\u00ff\u0600-\u06ff\u2010-\u203a\ufb50-\ufefc]+")


def decode_text(data: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16, windows-1252 or windows-1256, without a character replaced or dropped.

    UTF-16 needs a byte order mark, or mostly Latin and Arabic letters. Bytes that are valid UTF-8 are UTF-8. Otherwise charset-normalizer
    chooses between the other two. Raises InputError, with the reason, for anything else.

    Limits: Polish (windows-1250), Turkish (windows-1254) and Russian in KOI8-R are decoded as one of these two, and so is UTF-8 whose only
    character beyond ASCII is damaged.
    """
    if data.startswith(_UTF16_BYTE_ORDER_MARKS):
        return _decode_marked_utf16(data)
    if b"\0" in data:
        return _decode_bare_utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        beyond_ascii = len(data.translate(None, _ASCII))
        if sum(len(sequence) for sequence in _UTF8_SEQUENCE.findall(data)) >= DAMAGED_UTF8_SHARE * beyond_ascii:
            raise InputError(f"damaged UTF-8 at byte {error.start:,}, or another encoding: save it as UTF-8") from error
    return _decode_single_byte(data)


def _decode_marked_utf16(data: bytes) -> str:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise InputError(f"binary or damaged UTF-16 at byte {error.start:,}: not text") from error
    if "\0" in text:
        raise InputError("binary: not text")
    return text


def _decode_bare_utf16(data: bytes) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        common = sum(len(run) for run in _COMMON.findall(text))
        if common >= EVIDENT_UTF16_SHARE * len(text) and not _CONTROL.search(text):
            return text
    raise InputError("binary: not text")


def _decode_single_byte(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # needed by few files only

    best = from_bytes(data, cp_isolation=["cp1252", "cp1256"], threshold=MESS_LIMIT).best()
    if best is not None:
        try:
            return data.decode(best.encoding)
        except UnicodeDecodeError:
            pass  # it reads only samples of a long text, and windows-1252 leaves five bytes undefined
    raise InputError("binary, or in an encoding other than UTF-8, UTF-16, windows-1252 and windows-1256: save it as UTF-8")
