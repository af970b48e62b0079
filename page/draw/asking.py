"""The question box. Pure; ask.js sends its content."""

from __future__ import annotations

from markupsafe import Markup

from page.draw import model
from page.draw.model import Manner
from page.draw.phrases import Phrases


def form(say: Phrases, longest: int, manner: Manner, may_name: bool) -> str:
    """The box for a question of at most `longest` characters, and the choice of who writes; the script inserts the filters."""
    return Markup(
        '<form id="question" autocomplete="off"><div id="filter-panel"></div>{}'
        '<div class="settings"><div id="filter-place"></div>{}</div><div class="box">'
        '<textarea id="question-box" rows="1" maxlength="{}" dir="auto" aria-label="{}" aria-keyshortcuts="/" placeholder="{}"></textarea>'
        '<button type="submit">{}</button></div></form>{}'
    ).format(
        model.panel(say, manner, may_name),
        model.button(),
        longest,
        say("Question"),
        say("Ask in English or Arabic"),
        say("Ask"),
        model.naming() if may_name else "",
    )


def preview() -> str:
    """The container for the preview of a citation whose number is hovered."""
    return '<div id="preview" role="tooltip" hidden></div>'
