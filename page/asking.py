"""The question box. Pure; ask.js sends what is in it."""

from __future__ import annotations

from markupsafe import Markup

from page.phrases import Phrases


def form(say: Phrases, longest: int) -> str:
    """The box for a question of at most `longest` characters; the script puts the filters in their places."""
    return Markup(
        '<form id="question" autocomplete="off"><div id="filter-panel"></div><div id="filter-place"></div><div class="box">'
        '<textarea id="question-box" rows="1" maxlength="{}" dir="auto" aria-label="{}" aria-keyshortcuts="/" placeholder="{}"></textarea>'
        '<button type="submit">{}</button></div></form>'
    ).format(longest, say("Question"), say("Ask in English or Arabic"), say("Ask"))


def preview() -> str:
    """Where the card of a citation shows while its number is pointed at."""
    return '<div id="preview" role="tooltip" hidden></div>'
