"""Patterns for French labels of dates; case is ignored."""

PUBLISHED = r"(?:publiée?s?|postée?|mise? en ligne|paru|parution)\b(?: le| :)?"
UPDATED = r"(?:(?:dernière )?mise? à jour|actualisée?|modifiée?)\b(?: le| :)?"
