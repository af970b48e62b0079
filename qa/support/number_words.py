"""Numbers in words: "six hundred", "تسعة وعشرون". Each language lists its number words (numbers.py in its folder)."""

from __future__ import annotations

import re
from math import inf

from index.languages.base import any_of, every_key, languages
from index.text.fold import fold_text


def listed(words: str) -> list[str]:
    """Folded words; an underscore stands for a space within one."""
    return [fold_text(word).replace("_", " ") for word in words.split()]


def by_name(key: str) -> dict[str, list[str]]:
    """The folded words under each name of a table, of all languages together."""
    return {name: [word for language in languages() for word in listed(language.mapping(key).get(name, ""))] for name in every_key(key)}


SHORT_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9}  # after sums of money only
_RULES = [rules for language in languages() if (rules := language.rules("numbers")) is not None]
_VALUES: dict[str, int] = {word: value for rules in _RULES for word, value in rules.VALUES.items()}
SCALES: dict[str, int] = {word: value for rules in _RULES for word, value in rules.SCALES.items()}
_DUALS: dict[str, int] = {word: value for rules in _RULES for word, value in rules.DUALS.items()}
ARTICLE_SCALES: list[str] = [word for rules in _RULES for word in rules.ARTICLE_SCALES]
_ONLY_AFTER_A_NUMBER = frozenset[str]().union(*(rules.BEHIND_A_NUMBER for rules in _RULES))
_ONES_FIRST = frozenset(word for rules in _RULES if rules.ONES_FIRST for word in rules.VALUES)


WORD = rf"(?:{any_of([*_VALUES, *SCALES, *_DUALS])})"


def in_words(text: str) -> float | None:
    """The value of a number in folded words; None if they are not a number.

    >>> [in_words(fold_text(text)) for text in ("two hundred and five", "sixty-four", "تسعة وعشرون", "ثلاثة آلاف ومئتين", "six seven")]
    [205, 64, 29, 3200, None]
    """
    total, current, below = 0, 0, inf  # `below` bounds what may still be added to `current`
    for part in re.split(r"[ -]", text):
        if part == "and":
            continue
        is_known = part in _VALUES or part in SCALES or part in _DUALS
        word = part if is_known else part[1:]  # without the conjunction
        if word in SCALES:
            scale = SCALES[word]
            if word in _ONLY_AFTER_A_NUMBER and not current:
                return None
            if scale == 100 and not 0 < current < 100:
                current, below = current + 100, 100
            elif scale in (12, 100):
                current, below = max(current, 1) * scale, 100
            else:
                total, current, below = total + max(current, 1) * scale, 0, inf
        elif word in _DUALS:
            total, current, below = total + _DUALS[word], 0, inf
        else:
            value = _VALUES[word]
            # "twenty-five"; in some languages the ones come first.
            is_pair = value < below or (0 < current % 100 < 10 and value % 10 == 0 and value < 100 and word in _ONES_FIRST)
            if not is_pair:
                return None
            current += value
            below = 10 if value % 10 == 0 and 20 <= value < 100 and current % 10 == 0 else 100 if value >= 100 else 0
    value = total + current
    return value if value > 1 else None
