"""Users and their password files.

`python ui.py --new-password FILE` writes such a file: a line `scrypt$n$r$p$salt$hash`, the last two in Base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from secrets import token_bytes

from index.atomic_write import replace_file
from index.errors import InputError, SettingError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
# One of the settings that OWASP holds equally strong (Password Storage Cheat Sheet): 16 MiB; 180 ms on a core of the machine we build on.
_N, _R, _P = 2**14, 8, 5
_MOST_MEMORY = 2**28
_LINE = re.compile(r"scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)\n?")


@dataclass(frozen=True, slots=True)
class Password:
    """A password hashed by scrypt, with the cost parameters n, r and p."""

    n: int
    r: int
    p: int
    salt: bytes
    hash: bytes

    @classmethod
    def new(cls, password: str) -> Password:
        salt = token_bytes(16)
        return cls(_N, _R, _P, salt, _scrypt(password, salt, _N, _R, _P))

    @classmethod
    def nobodys(cls) -> Password:
        """A random password, which takes as long to check as a new one."""
        return cls(_N, _R, _P, token_bytes(16), token_bytes(32))

    @classmethod
    def read(cls, line: str) -> Password:
        """Parses the line of a password file. Raises ValueError if it is invalid."""
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError("no line of a password file")
        n, r, p = map(int, match.groups()[:3])
        salt, hashed = (base64.b64decode(part, validate=True) for part in match.groups()[3:])
        if len(salt) < 16 or len(hashed) != 32 or n * r * p < _N * _R * _P:
            raise ValueError("a weaker hash than ours")
        _scrypt("", salt, n, r, p)  # fails now for costs that exceed the memory, not when somebody signs in
        return cls(n, r, p, salt, hashed)

    def line(self) -> str:
        salt, hashed = (base64.b64encode(part).decode() for part in (self.salt, self.hash))
        return f"scrypt${self.n}${self.r}${self.p}${salt}${hashed}\n"

    def matches(self, password: str) -> bool:
        return hmac.compare_digest(_scrypt(password, self.salt, self.n, self.r, self.p), self.hash)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    # Terminal input that is not UTF-8 contains lone surrogates; a form cannot send them.
    given = composed(password).encode("utf-8", "surrogateescape")
    return hashlib.scrypt(given, salt=salt, n=n, r=r, p=p, maxmem=_MOST_MEMORY, dklen=32)


def composed(text: str) -> str:
    """Normalises letters that keyboards may send precomposed or decomposed."""
    return unicodedata.normalize("NFC", text)


def read_users(given: Sequence[str]) -> dict[str, Password]:
    """The users in `USER:FILE`s. Raises SettingError and InputError."""
    users: dict[str, Password] = {}
    for pair in given:
        name, colon, file = pair.partition(":")
        name = composed(name)
        if not name or not colon or not file:
            raise SettingError(f"--auth takes USER:FILE, not {pair!r}. {_how_to_make('FILE')}")
        if name in users:
            raise SettingError(f"--auth names {name!r} twice. Name each user once.")
        users[name] = _read_password(Path(file))
    return users


def _read_password(path: Path) -> Password:
    try:
        return Password.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The password file {path} cannot be read ({error.strerror}). {_how_to_make(path)}") from error
    except ValueError as error:
        raise InputError(f"{path} is no password file of ours. {_how_to_make(path)}") from error


def _how_to_make(path: object) -> str:
    return f"Make one with: python ui.py --new-password {path}"


def new_password(path: Path) -> None:
    """Asks for a password and writes its file, for its owner alone to read. A password file that is there is replaced whole or not at all;
    any other file is left alone. Raises InputError."""
    if path.exists() and not _is_password_file(path):
        raise InputError(f"{path} is there and is no password file of ours. Name another file.")
    line = Password.new(_typed()).line()
    try:
        replace_file(path, line.encode(), mode=0o600)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}). Name another file.") from error


def _is_password_file(path: Path) -> bool:
    with suppress(OSError, ValueError):
        return bool(_LINE.fullmatch(path.read_text(encoding="utf-8")))
    return False


def _typed() -> str:
    if sys.stdin.isatty():
        password, again = getpass("Password: "), getpass("The same again: ")
        if password != again:
            raise InputError("These are two passwords. Run the command again and type the same twice.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. Run the command again with another.")
    return password
