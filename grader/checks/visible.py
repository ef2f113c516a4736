"""Text of a submission as it may be printed: what would steer a terminal is shown instead."""

from __future__ import annotations

import unicodedata

STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of control and format characters (colours, links, reversed writing), halves, and line ends."""
HARMLESS = "\n\t\u200c\u200d"
"""Of these categories, what texts need: line ends, tabs, and the joiners of Persian, Hindi and emoji."""


def visible(text: str) -> str:
    r"""The text with an escape such as ``\x1b`` in place of each character that would steer a terminal.

    >>> visible("\x1b[31mred")
    '\\x1b[31mred'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    steers = unicodedata.category(character) in STEERING and character not in HARMLESS
    return character.encode("unicode_escape", "surrogatepass").decode() if steers else character
