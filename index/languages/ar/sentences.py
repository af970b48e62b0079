"""Arabic: the tag after a quotation."""

from __future__ import annotations

from index.languages.base import language

TAG = f"(?:{'|'.join(language('ar').words('sentences.verbs_of_saying'))})(?:ه|ها|هم)?"
"""A pattern for a tag directly after a closing mark, which belongs to the quotation's sentence."""
