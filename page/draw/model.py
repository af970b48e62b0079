"""Who writes the answers: the articles, or a language model. Pure; model.js shows it and stores the choice."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from page.draw.markup import isolated
from page.draw.phrases import N_, Phrases

# Its name until it is loaded.
UNKNOWN = N_("a language model")
_EXAMPLE = "http://127.0.0.1:11434/v1#qwen2.5:7b"


@dataclass(frozen=True, slots=True)
class Manner:
    """The defaults for visitors who have not chosen yet."""

    written: bool = False
    """By a language model, if there is one."""
    judge: bool = False
    """It judges each of its statements in a second request."""
    drops: bool = False
    """Unsupported statements are left out instead of shown struck through."""


def button() -> Markup:
    """The button that opens the panel. The script sets its label, and hides it if there is no choice."""
    return Markup('<button type="button" id="writing-button" aria-expanded="false" aria-controls="writing" hidden></button>')


def panel(say: Phrases, manner: Manner, may_name: bool) -> Markup:
    """The options; `may_name`: this visitor may also set the model."""
    in_article_words, written = say("In the articles’ own words"), say("Written by {model}", model=Markup('<bdi class="model"></bdi>'))
    ways = _radios("way", say("Answers"), (("own", in_article_words, not manner.written), ("written", written, manner.written)))
    shown, dropped = say("Show what was struck out"), say("Leave it out")
    struck = _radios(
        "struck", say("What the articles do not bear out"), (("shown", shown, not manner.drops), ("dropped", dropped, manner.drops))
    )
    return Markup(
        '<div id="writing" role="group" aria-label="{}" hidden>{}{}'
        '<label class="judge"><input type="checkbox" id="judge"{}><span>{}</span></label>{}'
        '<button type="button" class="done">{}</button></div>'
    ).format(
        say("Who writes the answers"),
        ways,
        struck,
        Markup(" checked") if manner.judge else "",
        say("Ask the model to check its own statements (slower)"),
        _address(say) if may_name else "",
        say("Done"),
    )


def _radios(name: str, legend: Markup, choices: tuple[tuple[str, Markup, bool], ...]) -> Markup:
    drawn = Markup().join(
        Markup('<label><input type="radio" name="{}" value="{}"{}><span>{}</span></label>').format(
            name, value, Markup(" checked") if chosen else "", label
        )
        for value, label, chosen in choices
    )
    return Markup('<fieldset class="{}"><legend>{}</legend><div>{}</div></fieldset>').format(name, legend, drawn)


def _address(say: Phrases) -> Markup:
    return Markup(
        '<label class="address"><span>{}</span><input type="text" id="model-address" form="naming" dir="ltr" placeholder="{}"'
        ' spellcheck="false" autocapitalize="none" autocomplete="off" aria-describedby="about-address"></label>'
        '<div class="connect"><button type="submit" form="naming">{}</button><p id="named" role="status"></p></div>'
        '<p id="about-address">{}</p>'
    ).format(
        say("A language model: its server’s address, {name} behind it, or a {file} file", name=_code("#name"), file=_code(".gguf")),
        _EXAMPLE,
        say("Connect"),
        say("A server’s key is taken from {variable} where this page was started; it is not shown here.", variable=_code("OPENAI_API_KEY")),
    )


def _code(words: str) -> Markup:
    return Markup('<code dir="ltr">{}</code>').format(words)


def naming() -> Markup:
    """The form to which the address belongs: forms cannot be nested."""
    return Markup('<form id="naming"></form>')


def connected(say: Phrases, name: str) -> str:
    """The model was reached."""
    return say("Connected: {model}", model=isolated(name))
