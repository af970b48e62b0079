"""A statement and its source sentences, each analysed once, and the alignment of their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from index.embedding.embed import Embedder
from index.store.likeness import likeness_of
from index.text.names import skeleton
from index.text.spans import without_surrogates
from qa.support.checks.token_similarity import TokenSimilarity
from qa.support.evidence import SourceSentence
from qa.support.figures import figures
from qa.support.glossary import groups
from qa.support.mentions import Background, forms, initials, same_name, shares_few
from qa.support.negation import negations
from qa.support.words import LIGHT, ScopedCue, Word, is_arabic_text, is_same_stem, root_of, without_possessive, words

# Chosen as the thresholds in content_words.py.
SIMILAR_NAME = 0.5  # of a name in another language that shares no consonants, as it is translated
_SIMILAR_SHORT_NAME = 0.45  # of one that shares two consonants, as many words do by chance


class _CheckedText:
    """The analysis that statements and source sentences have in common."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.figures = figures(text)
        self.is_arabic = is_arabic_text(text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)

    @cached_property
    def negations(self) -> list[ScopedCue]:
        return negations(self.words)

    def is_in_figure(self, word: Word) -> bool:
        """Whether a word is part of a figure."""
        return any(figure.span.overlap(word.span) for figure in self.figures)


class CheckedStatement(_CheckedText):
    """A statement with its analysis."""

    @cached_property
    def content(self) -> list[int]:
        """The indices of its content words: neither stop words nor verbs of saying nor figures."""
        return [n for n, word in enumerate(self.words) if not word.is_stop and word.text not in LIGHT and not self.is_in_figure(word)]

    @cached_property
    def capitals(self) -> list[int]:
        """The indices of capitalised content words of an English statement."""
        capitals = [index for index in self.content if self.words[index].is_capital]
        if len(capitals) > max(3, 0.7 * len(self.content)) and len(self.content) > 6:
            return []  # a headline in title case
        return capitals

    def original(self, word: Word) -> str:
        """A word as the statement spells it."""
        return word.span.of(self.text)


class CheckedSource(_CheckedText):
    """A source sentence with its analysis, and the context that its article gives."""

    def __init__(self, source: SourceSentence, background: Background) -> None:
        super().__init__(without_surrogates(source.text))
        self._source, self.background = source, background

    @cached_property
    def groups(self) -> frozenset[int]:
        """The glossary entries of its words."""
        return frozenset().union(*(groups(word.stem, *forms(word.text)) for word in self.words))

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(root_of(word.stem) for word in self.words)

    @cached_property
    def referents(self) -> frozenset[str]:
        """Folded words of names that the sentence refers to without giving them in full."""
        speaker = self._source.speaker
        names = [*self.background.names(self._source.span), *([speaker] if speaker else [])]
        return frozenset(word.text for name in names for word in words(name))

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Stems of nouns that "it" and "they" may refer to."""
        return frozenset(word.stem for noun in self.background.nouns(self._source.span) for word in words(noun))


class Comparison:
    """A statement with its source sentences. What several checks need is computed once, at its first use."""

    def __init__(self, statement: CheckedStatement, sources: Sequence[CheckedSource], embedder: Embedder) -> None:
        self.statement, self.sources, self.embedder = statement, sources, embedder
        self.is_across = bool(sources) and all(source.is_arabic != statement.is_arabic for source in sources)
        """Whether no source is in the statement's language."""

    @cached_property
    def source_words(self) -> tuple[Word, ...]:
        """The words of all sources, concatenated."""
        return tuple(word for source in self.sources for word in source.words)

    @cached_property
    def similarity(self) -> TokenSimilarity | None:
        """None if the model has no token vectors."""
        aligned = likeness_of(self.embedder).aligned(self.statement.text, [source.text for source in self.sources])
        return None if aligned is None else TokenSimilarity(*aligned)

    def matches(self, index: int, source: CheckedSource) -> list[int]:
        """The indices of a source's words that match a word of the statement: by stem, across languages by vector."""
        if source.is_arabic == self.statement.is_arabic:
            stem = self.statement.words[index].stem
            return [n for n, other in enumerate(source.words) if not other.is_stop and is_same_stem(stem, other.stem)]
        match = self._most_similar(index, source)
        return [] if match is None else [match]

    def counterparts(self, word: Word, source: CheckedSource) -> list[int]:
        """The indices of the statement's content words that match a word of a source."""
        ours = self.statement.words
        if source.is_arabic == self.statement.is_arabic:
            return [index for index in self.statement.content if is_same_stem(ours[index].stem, word.stem)]
        source_index = source.words.index(word)
        entries = groups(word.text, word.stem, *forms(word.text))
        return [
            index
            for index in self.statement.content
            if self._most_similar(index, source) == source_index or entries & groups(ours[index].text, ours[index].stem)
        ]

    def _most_similar(self, index: int, source: CheckedSource) -> int | None:
        """The index of the word of a source in another language that matches a word of the statement, if one is similar enough."""
        if self.similarity is None:
            return None
        offset = self.similarity.match(self.statement.words[index].span, self.sources.index(source))
        if offset is None:
            return None
        return next((n for n, word in enumerate(source.words) if word.span.start <= offset < word.span.end), None)

    def is_lexical(self, index: int, by_root: bool = True) -> bool:
        """Whether a word of the statement matches a source without vectors: by stem, root, glossary or reference."""
        word = self.statement.words[index]
        for source in self.sources:
            if word.stem in source.stems or word.stem in source.nouns or word.text in source.referents:
                return True
            if groups(word.text, word.stem, *forms(word.text)) & source.groups:
                return True
            if not word.is_capital and any(
                other.is_capital and not other.is_stop and source.background.are_adjacent(word.text, other.text) for other in source.words
            ):
                return True  # "the ferry" is what the article calls the Nawras
            if by_root and source.is_arabic == self.statement.is_arabic:
                if len(root_of(word.stem)) >= 3 and root_of(word.stem) in source.roots and self.statement.is_arabic:
                    return True
                if any(is_same_stem(word.stem, other) for other in source.stems):
                    return True
        return False

    @cached_property
    def named(self) -> frozenset[int]:
        """The indices of the statement's content words that match a name of the sources."""
        ours, content = self.statement.words, self.statement.content
        if self.statement.is_arabic:
            matched = {index for index in content if self._names_arabic(ours[index])}
        else:
            matched = {index for index in content if ours[index].is_capital and self.names(ours[index])}
        for index in content:
            may_be_name = index not in matched and (self.statement.is_arabic or ours[index].is_capital)
            if may_be_name and (self._has_known_neighbour(index) or self._is_abbreviated(ours[index])):
                matched.add(index)
        return frozenset(matched)

    def names(self, word: Word) -> bool:
        """Whether a word of the statement is a name, or a part of one, that a source gives or refers to."""
        plain = without_possessive(word.text)
        for source in self.sources:
            if word.stem in source.stems or any(self._is_same_name(word, plain, other) for other in source.referents):
                return True
            candidates = [other.text for other in source.words if other.is_capital or (source.is_arabic and not other.is_stop)]
            if any(self._is_same_name(word, plain, without_possessive(other)) for other in candidates):
                return True
            for part in plain.split("-") if "-" in plain else ():
                if any(same_name(part, other.text) for other in source.words):
                    return True
        return False

    def _names_arabic(self, word: Word) -> bool:
        """The same for an Arabic word, which no capital marks as a name; of other sources, capitalised words are compared."""
        return any(
            any(self._is_same_name(word, word.text, other) for other in source.referents)
            or (
                not source.is_arabic
                and any(self._is_same_name(word, word.text, without_possessive(other.text)) for other in source.words if other.is_capital)
            )
            for source in self.sources
        )

    def _is_same_name(self, word: Word, plain: str, other: str) -> bool:
        """Whether a word of the statement and one of a source are one name; vectors decide if few consonants match across scripts."""
        if not same_name(plain, other):
            return False
        if plain.isascii() == other.isascii() or not shares_few(plain, other):
            return True
        threshold = _SIMILAR_SHORT_NAME if len(skeleton(plain)) > 1 else SIMILAR_NAME
        return self.similarity is not None and self.similarity.best(word.span) >= threshold

    def _is_abbreviated(self, word: Word) -> bool:
        """Whether a name is the initials of words of a source, or the words a source has the initials of."""
        ours = self.statement.words
        letters = word.text.replace(".", "")
        for source in self.sources:
            texts = [other.text for other in source.words if not other.is_stop]
            if self.statement.original(word).isupper() and len(letters) > 1:
                candidates = [initials(texts[first : first + len(letters)]) for first in range(len(texts))]
                if letters in candidates:
                    return True
            for other in source.words:
                short = other.text.replace(".", "")
                if other.span.of(source.text).isupper() and 2 <= len(short) <= 6:
                    index = ours.index(word)
                    near = [each.text for each in ours[max(0, index - len(short)) : index + len(short)] if not each.is_stop]
                    if any(initials(near[first : first + len(short)]) == short for first in range(len(near))):
                        return True
        return False

    def _has_known_neighbour(self, index: int) -> bool:
        """Whether the article has a word next to its neighbour in the statement, and a source has that: "Samir" before "Toval"."""
        ours = self.statement.words
        for first, second in ((index - 1, index), (index, index + 1)):
            if not (first >= 0 and second < len(ours)):
                continue
            neighbour = ours[first if second == index else second]
            for source in self.sources:
                if source.is_arabic != self.statement.is_arabic:
                    continue
                if not (neighbour.stem in source.stems or neighbour.text in source.referents):
                    continue
                if source.background.are_adjacent(ours[first].text, ours[second].text):
                    return True
        return False
