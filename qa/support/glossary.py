"""News vocabulary that means the same in different languages, for comparing sentences across languages.

The embedding model matches most translated words by their vectors, but scores some common ones low: "governor" and "المحافظ" get .27, less
than unrelated words. Those are listed (index/languages/pairs).
"""

from __future__ import annotations

from functools import lru_cache

from index.languages.base import same_words
from index.text.fold import fold_text
from index.text.terms import is_stop, stems


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    entries: dict[str, set[int]] = {}
    for number, synonyms in enumerate(same_words("glossary")):
        for word in synonyms:
            folded = fold_text(word)
            for form in {folded, *stems(folded)}:
                if not is_stop(form):
                    entries.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in entries.items()}


def groups(*forms: str) -> frozenset[int]:
    """The numbers of the glossary entries that contain any of these folded forms.

    >>> bool(groups("governor") & groups("المحافظ"))
    True
    """
    entries = _groups()
    return frozenset().union(*(entries[form] for form in forms if form in entries))
