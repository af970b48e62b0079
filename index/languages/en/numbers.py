"""English: number words, folded."""

from __future__ import annotations

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
TENS = {word: 10 * n for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)}
VALUES = {word: n for n, word in enumerate(_ONES.split(), 1)} | TENS
# multiply the number before them
SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "bn": 10**9,
    "mn": 10**6,
}
# allowed after an indefinite article: "a hundred"
ARTICLE_SCALES = tuple(SCALES)
# scales that include their number: none
DUALS: dict[str, int] = {}
# scales that need a number before them: none
BEHIND_A_NUMBER: frozenset[str] = frozenset()
ONES_FIRST = False  # "twenty-five"
