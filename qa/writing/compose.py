"""A written answer, as it grows: what a language model states from the cited statements that it was given, with the citations that it used,
renumbered, and their sources, disagreements and translations."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace

from index.embedding.embed import Embedder
from index.errors import ModelError
from qa.ask.cite import CitedStatements
from qa.ask.question import Question
from qa.ask.read import MOST_WORDS
from qa.ask.sources import sources
from qa.ask.types import Answer, Citation, Disagreement, Notice, Reason, Statement, Struck, Writing
from qa.support.evidence import Failure, SourceSentence
from qa.support.guard import Guard
from qa.writing.write import Writer, WritingStopped, translated, write


def compose(
    writer: Writer,
    embedder: Embedder,
    question: Question,
    verbatim: Answer,
    abstention: Answer,
    given: CitedStatements,
    lap: Callable[[str], None],
    is_wanted: Callable[[], bool],
) -> Generator[Writing, None, Answer]:
    """The answer that a model writes from what it was given, as it grows. `verbatim`, the answer in the articles' own words, with a notice
    where the model fails or is stopped; `abstention` where nothing that it wrote is supported. `lap` ends a stage of the timings."""
    composed, guard = ComposedAnswer(given, replace(verbatim, written_by=writer.model.name)), Guard(embedder)
    yield Writing(composed.answer())
    first = [given.citations[given.statements[at].citations[0] - 1] for at in given.statement_of]
    grounds = [SourceSentence(citation.article, citation.span, citation.speaker) for citation in first]
    answering = {(citation.article.id, citation.span) for citation in verbatim.citations}
    evidence = {at for at, citation in enumerate(first) if (citation.article.id, citation.span) in answering}
    has_failed = False
    try:
        for written in write(writer, guard, question, grounds, evidence, is_wanted):
            used = [given.statement_of[source] for source in written.sources]
            if written.failure is None:
                composed.add(written.text, used)
            else:
                has_failed = True
                if writer.drops or written.text is None:
                    continue
                composed.strike(written.text, used, written.failure)
            if written.failure is None and len(composed.statements) == 1:
                lap("first_statement")
            yield Writing(composed.answer())
        lap("write")
        if not composed.statements:
            struck = tuple(replace(statement, citations=()) for statement in composed.struck)
            reason = Reason("unsupported" if has_failed else "no_answer")
            return replace(abstention, reason=reason, struck=struck, written_by=writer.model.name)
        composed.add_disagreements()
    except ModelError as error:
        return replace(verbatim, notice=Notice("failed", str(error)))
    except WritingStopped:
        return replace(verbatim, notice=Notice("stopped"))
    for citation in composed.foreign():
        try:
            translation = translated(writer, embedder, citation.quote, question.language, is_wanted)
        except (ModelError, WritingStopped):
            break
        if translation is not None:
            composed.translate(citation, translation)
            yield Writing(composed.answer())
    lap("translate")
    return composed.answer()


class ComposedAnswer:
    """What a model stated, on statements of what it was given, by their indices. `frame` is the answer but for its statements and what
    comes with them."""

    def __init__(self, given: CitedStatements, frame: Answer) -> None:
        self._given, self._frame = given, frame
        self._numbers: dict[int, int] = {}
        """The answer's numbers of citations, by those of what was given."""
        self._used: set[int] = set()
        self._citations: list[Citation] = []
        self._disagreements: list[Disagreement] = []
        self.statements: list[Statement] = []
        self.struck: list[Struck] = []

    def add(self, text: str | None, used: Sequence[int]) -> None:
        """A statement that rests on statements of what was given; without a text, the words of the first of them."""
        numbers = [number for at in used for number in self._given.statements[at].citations]
        self._used.update(used)
        for number in numbers:
            if number not in self._numbers:
                self._numbers[number] = len(self._numbers) + 1
                self._citations.append(replace(self._given.citations[number - 1], number=self._numbers[number]))
        cited = tuple(dict.fromkeys(self._numbers[number] for number in numbers))
        is_verbatim = text is None or any(text in self._given.statements[at].text for at in used)
        said = self._given.statements[used[0]].text if text is None else text
        self.statements.append(Statement(said, cited, "verbatim" if is_verbatim else "supported"))

    def strike(self, text: str, named: Sequence[int], failure: Failure) -> None:
        """A statement that is not supported, and the statements of what was given that it names."""
        numbers = (number for at in named for number in self._given.statements[at].citations)
        self.struck.append(Struck(text, tuple(dict.fromkeys(numbers)), failure))

    def add_disagreements(self) -> None:
        """What other articles say differently from what was used, in their words, within the word limit."""
        words = sum(len(statement.text.split()) for statement in self.statements)
        for disagreement in self._given.disagreements:
            missing = [side for side in disagreement.sides if side.citation not in self._numbers]
            if len(missing) == len(disagreement.sides):
                continue
            for side in missing:
                at = next(n for n, statement in enumerate(self._given.statements) if side.citation in statement.citations)
                words += len(self._given.statements[at].text.split())
                if words <= MOST_WORDS:
                    self.add(None, [at])
            sides = tuple(
                replace(side, citation=self._numbers[side.citation]) for side in disagreement.sides if side.citation in self._numbers
            )
            if len(sides) > 1:
                self._disagreements.append(replace(disagreement, sides=sides))

    def foreign(self) -> list[Citation]:
        """The citations in another language than the question's."""
        return [citation for citation in self._citations if citation.article.language != self._frame.language]

    def translate(self, citation: Citation, translation: str) -> None:
        """A citation with its translation."""
        self._citations[citation.number - 1] = replace(citation, translation=translation)

    def _cited(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """The given citations that the answer has, by the answer's numbers."""
        return tuple(self._numbers[number] for number in numbers if number in self._numbers)

    def answer(self) -> Answer:
        """The answer so far."""
        short = self._frame.short_answer
        printed = [(self._cited(numbers), prints) for at, (numbers, prints) in enumerate(self._given.printed) if at in self._used]
        return replace(
            self._frame,
            statements=tuple(self.statements),
            citations=tuple(self._citations),
            short_answer=short if short and any(short in item.quote for item in self._citations) else None,
            sources=sources(printed),
            disagreements=tuple(self._disagreements),
            struck=tuple(replace(item, citations=self._cited(item.citations)) for item in self.struck),
            groups=(),
        )
