"""Arabic: number words, folded."""

from __future__ import annotations

from index.text.fold import fold_text


def _folded(words: str) -> list[str]:
    return fold_text(words).split()


VALUES: dict[str, int] = {}
for _n, _word in enumerate(_folded("ثلاث أربع خمس ست سبع ثمان تسع"), 3):
    VALUES |= dict.fromkeys((_word, f"{_word}ه", f"{_word}ا"), _n)
    VALUES |= dict.fromkeys((_word + fold_text(hundred) for hundred in ("مئة", "مائة")), 100 * _n)
VALUES |= dict.fromkeys(_folded("ثماني ثمانية"), 8) | dict.fromkeys(_folded("ثمانيمئة ثمانمائة ثمانيمائة"), 800)
VALUES |= (
    dict.fromkeys(_folded("عشر عشرة"), 10)
    | dict.fromkeys(_folded("أحد إحدى واحد واحدة واحدا"), 1)
    | dict.fromkeys(_folded("اثنا اثني اثنتا اثنتي اثنان اثنين اثنتان اثنتين"), 2)
)
TENS = {word + ending: 10 * n for n, word in enumerate(_folded("عشر ثلاث أربع خمس ست سبع ثمان تسع"), 2) for ending in ("ون", "ين")}
VALUES |= TENS
VALUES |= dict.fromkeys(_folded("مئتان مئتين مائتان مائتين مئتا مئتي"), 200)
# multiply the number before them
SCALES = {
    **dict.fromkeys(_folded("مئة مائة"), 100),
    **dict.fromkeys(_folded("ألف ألفا آلاف"), 10**3),
    **dict.fromkeys(_folded("مليون مليونا ملايين"), 10**6),
    **dict.fromkeys(_folded("مليار مليارا مليارات بليون"), 10**9),
    **dict.fromkeys(_folded("تريليون تريليونا"), 10**12),
}
# scales that include their number ("two thousand")
DUALS = {
    **dict.fromkeys(_folded("ألفان ألفين ألفي"), 2 * 10**3),
    **dict.fromkeys(_folded("مليونان مليونين مليوني"), 2 * 10**6),
    **dict.fromkeys(_folded("ملياران مليارين ملياري"), 2 * 10**9),
}
# Scales that need a number before them; "ألفا" alone may be two thousand or a thousand.
BEHIND_A_NUMBER = frozenset(_folded("آلاف ملايين مليارات ألفا مليونا مليارا تريليونا"))
# allowed after an indefinite article: none
ARTICLE_SCALES: tuple[str, ...] = ()
ONES_FIRST = True  # "خمسة وعشرون", "خمسة عشر"
