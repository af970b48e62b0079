"""An answer as JSON, in the form that other programs rely on."""

from __future__ import annotations

from typing import Any

from qa.ask.types import Answer, Citation
from qa.export.wording import answer_text, failure_line, notice_line, reason_line


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer in the form that other programs rely on."""
    return {
        "question": answer.question,
        "language": answer.language,
        "read_as": answer.read_as,
        "kind": answer.kind,
        "answer": answer_text(answer),
        "short_answer": answer.short_answer,
        "abstained": answer.abstained,
        "reason": answer.reason and reason_line(answer.reason),
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "statements": [{"text": s.text, "citations": list(s.citations), "support": s.support} for s in answer.statements],
        "unanswered": list(answer.unanswered),
        "groups": [{"heading": group.heading, "statements": list(group.statements)} for group in answer.groups],
        "suggestions": list(answer.suggestions),
        "struck": [
            {"text": s.text, "citations": list(s.citations), "support": "unsupported", "reason": failure_line(s.failure)}
            for s in answer.struck
        ],
        "written_by": answer.written_by,
        "notice": answer.notice and notice_line(answer.notice),
        "citations": [_citation_json(answer.question, citation) for citation in answer.citations],
        "sources": [
            {
                "citations": list(source.citations),
                "articles": list(source.articles),
                "papers": list(source.papers),
                "credit": source.credit,
                "original": source.original,
            }
            for source in answer.sources
        ],
        "disagreements": [
            {
                "kind": disagreement.kind,
                "sides": [
                    {"citation": side.citation, "start": side.span.start, "end": side.span.end, "text": side.text}
                    for side in disagreement.sides
                ],
            }
            for disagreement in answer.disagreements
        ],
        "timings_ms": {stage: round(ms, 2) for stage, ms in answer.timings_ms.items()},
    }


def _citation_json(question: str, citation: Citation) -> dict[str, Any]:
    article, caveat = citation.article, citation.caveat
    return {
        "number": citation.number,
        "article": article.id,
        **{name: getattr(article, name) for name in ("title", "publisher", "author", "date", "language", "url")},
        "page": article.page_at(citation.span.start),
        "start": citation.span.start,
        "end": citation.span.end,
        "quote": citation.quote,
        "speaker": citation.speaker,
        "speech": citation.speech,
        "caveat": caveat and {"start": caveat.start, "end": caveat.end, "text": caveat.of(article.text)},
        "translation": citation.translation,
        "score": citation.score,
        "why": [
            {
                "question": pair.question.of(question),
                "source": pair.source.of(article.text),
                "start": pair.source.start,
                "end": pair.source.end,
                "weight": round(pair.weight, 4),
            }
            for pair in citation.why
        ],
    }
