"""The smallest pieces of markup: foreign text made harmless, in a line of ours. Pure."""

from __future__ import annotations

from markupsafe import Markup, escape

from qa.direction import direction


def text(value: str) -> Markup:
    """Escaped for an element's text and for a quoted attribute. CR is written as a character reference, or the parser would make CRLF
    into LF; U+0000, which HTML cannot carry, stands as U+FFFD.

    >>> print(text('<b a="1">\\r\\n'))
    &lt;b a=&#34;1&#34;&gt;&#13;
    <BLANKLINE>
    """
    return Markup(str(escape(value)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def isolated(value: str) -> Markup:
    """Foreign words in a line of ours, with a direction of their own."""
    return Markup('<bdi dir="{}">{}</bdi>').format(direction(value), text(value))
