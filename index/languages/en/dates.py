"""Patterns for English labels of dates; case is ignored."""

PUBLISHED = r"(?:first )?(?:published|posted|issued|publication date|date published|date)\b(?: on| at)?"
UPDATED = r"(?:last )?(?:updated|modified)\b(?: on| at)?"
