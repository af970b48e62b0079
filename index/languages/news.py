"""Names of agencies, newspapers and photo libraries in all scripts, from news.toml. They do not depend on the language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from index.languages.base import every

_NEWS = tomllib.loads(Path(__file__).with_name("news.toml").read_text(encoding="utf-8"))

_SIGNING = (*(name for key in _NEWS["agencies"] for name in sorted(every(f"sources.agencies.{key}"))), *_NEWS["other_spellings"])

PHOTO_AGENCIES: tuple[str, ...] = (*_SIGNING, *_NEWS["photo_sources"])
# Names that are a photo credit by themselves: in brackets, and on a separate line.
BRACKETED_STOCKS: tuple[str, ...] = (*_NEWS["picture_stocks"], *_NEWS["picture_stocks_in_brackets"])
STOCKS_ON_A_LINE: tuple[str, ...] = (*_NEWS["picture_stocks"], *_NEWS["picture_stocks_on_a_line"])

AGENCIES: tuple[str, ...] = (*_SIGNING, *_NEWS["unnamed_agencies"])
AGENCIES_BETWEEN_DASHES: tuple[str, ...] = tuple(_NEWS["agencies_between_dashes"])
PUBLISHERS: frozenset[str] = frozenset(_NEWS["publishers"])


def one_of(names: Iterable[str]) -> str:
    """A pattern that matches any of the names literally, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"
