"""English: the tag after a quotation."""

from __future__ import annotations

from index.languages.base import language

TAG = rf"(?:[A-Z][\w'’.-]{{0,24}}\s+){{1,4}}(?:{'|'.join(language('en').words('sentences.verbs_of_saying'))})"
"""A pattern for a tag directly after a closing mark, which belongs to the quotation's sentence."""
