"""Escaping and isolation of untrusted text in markup. Pure."""

from __future__ import annotations

from markupsafe import Markup, escape

from index.text.direction import direction


def text(value: str) -> Markup:
    """Escaped for an element's text and for a quoted attribute. CR is written as a character reference, or the parser would make CRLF
    into LF; U+0000, which HTML cannot represent, becomes U+FFFD.

    >>> print(text('<b a="1">\\r\\n'))
    &lt;b a=&#34;1&#34;&gt;&#13;
    <BLANKLINE>
    """
    return Markup(str(escape(value)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def isolated(value: str) -> Markup:
    """Untrusted text in a line of the page, isolated with its own direction."""
    return Markup('<bdi dir="{}">{}</bdi>').format(direction(value), text(value))
