"""Formulas as MathML, which browsers show by themselves: no script, no network."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from math_core import LatexError, LatexToMathML

LONGEST = 1500
"""Characters; a longer formula is shown as it was written. It bounds how deep a formula can nest."""
MOST_OPEN = 12
"""Brackets that a formula may leave open, or it is shown as it was written: each doubles the time that it takes."""
BRACKET = re.compile(
    r"(?P<opens>[(\[⟨⌊⌈]|\\[{]|\\l(?:brace|brack|paren|angle|floor|ceil|vert|Vert|group|moustache)(?![a-zA-Z]))"
    r"|[)\]⟩⌋⌉]|\\[}]|\\r(?:brace|brack|paren|angle|floor|ceil|vert|Vert|group|moustache)(?![a-zA-Z])"
)

_CONVERTER = LatexToMathML()


@lru_cache(maxsize=4096)
def mathml(latex: str, *, display: bool = False) -> str:
    """A formula as a ``<math>`` element, or its escaped source as code where it cannot be read."""
    if len(latex) <= LONGEST and _left_open(latex) <= MOST_OPEN:
        try:
            return _CONVERTER.convert_with_local_state(latex.strip(), displaystyle=display)
        except LatexError:
            pass
    mark = "$$" if display else "$"
    return f"<code>{escape(mark + latex + mark)}</code>"


def _left_open(latex: str) -> int:
    """How many brackets a formula opens and never closes."""
    depth = 0
    for bracket in BRACKET.finditer(latex):
        depth = depth + 1 if bracket["opens"] else max(0, depth - 1)
    return depth
