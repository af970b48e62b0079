"""Two questions in one: "What did the stadium cost, and who designed it?" """

from __future__ import annotations

import re

from index.languages.base import language
from index.text.language import language_of

# A part of fewer words asks nothing by itself ("and why?").
_FEWEST_WORDS = 2
_MOST_PARTS = 3


def parts_of(question: str) -> list[str]:
    """The questions that a question holds, as they stand in it; itself where it is one.

    >>> parts_of("What did the stadium cost, and who designed it?")
    ['What did the stadium cost', 'who designed it?']
    >>> parts_of("كم كلف الملعب ومن صممه؟")
    ['كم كلف الملعب', 'من صممه؟']
    >>> parts_of("Who knew what the mayor had paid and when?")
    ['Who knew what the mayor had paid and when?']
    """
    rules = language(language_of(question)).rules("questions")
    if rules is None:
        return [question]
    parts = [part.strip() for part in re.split(rules.SECOND_QUESTION, question, flags=re.IGNORECASE)]
    if not 1 < len(parts) <= _MOST_PARTS or any(len(part.split()) < _FEWEST_WORDS for part in parts):
        return [question]
    return parts
