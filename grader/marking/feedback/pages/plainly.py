"""Cells that are shown as plain text, since to show them as they were meant takes too much time or space."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from jinja2.runtime import Context
from nbconvert.filters import strip_ansi

from grader.marking.feedback.pages.page_process import at_cell

TO_SHOW_PLAINLY, SHOWN_PLAINLY = "to_show_plainly", "shown_plainly"
"""Names in the resources: the numbers of the cells that shall be shown as plain text, and of those that are."""
ALL = -2
"""In the first: every cell shall, except for what is the lesson's own."""
MOST_TAGS = 30_000
"""Tags that one source or output may become; more slow down a browser."""
LONGEST = 20_000
"""Characters of a plain text."""
NOTE = "Shown as plain text: it is too large, or nested too deeply, to be shown as it was meant."

STYLE = "color: #6b7280; font-family: sans-serif; font-size: 12px"


def number_of(cell: dict[str, Any]) -> int | None:
    """The number of a cell that `SafeNotebook` has made."""
    number = re.fullmatch(r"cell-(\d+)", cell.get("id", ""))
    return int(number[1]) if number else None


def shown(context: Context, source: str, show: Callable[[str], str], *, output: bool = False) -> str:
    """``show(source)``; where the cell is to be shown plainly, or that has too many tags, its plain text.

    Args:
        context: the template's.
        source: a source or output of its cell; anything else, such as a comment, is always shown.
        show: makes HTML of it.
        output: is it an output, which the template puts into a ``<pre>``?
    """
    cell = context.get("cell") or {}
    number = number_of(cell)
    if number is None or not (output or source == cell["source"]):
        return show(source)
    at_cell(number)
    if not cell["metadata"].get("plain_outputs" if output else "plain_source"):
        html = show(source)
        if html.count("<") <= MOST_TAGS:
            return html
    context["resources"].setdefault(SHOWN_PLAINLY, set()).add(number)
    return as_plain(source) if output else f"<pre>{as_plain(source)}</pre>"


def as_plain(text: str) -> str:
    """A text with a note in front that says why it is plain; cut where it is long."""
    begin = escape(strip_ansi(text[:LONGEST])).replace("[", "&#91;")  # nbconvert's later filters look for links
    rest = f"\n… and {len(text) - LONGEST:,} characters more" if len(text) > LONGEST else ""
    return f'<span style="{STYLE}">{NOTE}</span>\n{begin}{rest}'
