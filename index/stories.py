"""Which articles print the same text: wire copy in several papers, a story and its later edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from index.articles import Article
from index.fold import fold_text
from index.sentences import sentence_spans

# Sentences shorter than this are formulas ("He declined to comment.") that many stories share. No measurement behind it.
_SHORTEST_SENTENCE = 40
# Two articles are one text where this share of the shorter one's sentences stands in the other.
# With it the reprint in samples/ is found, and in arcd the paragraphs that stand in it two times; xquad-en and polnear give no pair.
_SHARED = 0.5
_MOST_HOLDERS = 50


def same_text(articles: Iterable[Article]) -> dict[str, list[str]]:
    """Article id to the ids of the articles with the same text, sorted; articles that stand alone are left out.

    Compares folded sentences through an inverted index: time grows with the text, not with the pairs of articles.
    """
    holders: defaultdict[int, set[str]] = defaultdict(set)
    sizes: dict[str, int] = {}
    for article in articles:
        sentences = {
            hash(folded)
            for span in sentence_spans(article.text, article.story)
            if len(folded := fold_text(span.of(article.text)).strip()) >= _SHORTEST_SENTENCE
        }
        sizes[article.id] = len(sentences)
        for sentence in sentences:
            holders[sentence].add(article.id)
    shared: Counter[tuple[str, str]] = Counter()
    for ids in holders.values():
        ordered = sorted(ids)
        # A sentence that very many articles hold is boilerplate that cleaning did not know, and would make this quadratic.
        if 1 < len(ordered) <= _MOST_HOLDERS:
            shared.update((a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :])
    same: defaultdict[str, list[str]] = defaultdict(list)
    for (a, b), count in sorted(shared.items()):
        if count >= _SHARED * min(sizes[a], sizes[b]):
            same[a].append(b)
            same[b].append(a)
    return {id: sorted(others) for id, others in same.items()}
