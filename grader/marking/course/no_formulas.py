"""Text that goes into a table which a spreadsheet opens, so that none of it is taken for a formula."""

from __future__ import annotations

import re

from grader.checks.visible import visible

FORMULA = re.compile(r"(^\s*|[;,|\t\n]\s*)([=+\-@＝＋－＠])")
"""The beginning of a cell, by whatever a spreadsheet separates them, with a sign that makes it a formula."""


def safe(text: str) -> str:
    """Text of which a spreadsheet takes no part for a formula, also where it separates by semicolons or tabs."""
    return FORMULA.sub(r"\1'\2", visible(text))
