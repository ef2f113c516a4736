"""Formulas as MathML, which browsers show by themselves: no script, no network."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from math_core import LatexError, LatexToMathML

LONGEST = 1500
"""Characters; a longer formula is shown as it was written. It bounds how deep a formula can nest."""

_CONVERTER = LatexToMathML()


@lru_cache(maxsize=4096)
def mathml(latex: str, *, display: bool = False) -> str:
    """A formula as a ``<math>`` element, or its escaped source as code where it cannot be read."""
    if len(latex) <= LONGEST:
        try:
            return _CONVERTER.convert_with_local_state(latex.strip(), displaystyle=display)
        except LatexError:
            pass
    mark = "$$" if display else "$"
    return f"<code>{escape(mark + latex + mark)}</code>"
