"""Print to the terminal: lines as they are, or with rich's markup."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from grader.checks.visible import visible

out, err = Console(soft_wrap=True, emoji=False), Console(stderr=True, soft_wrap=True, emoji=False)


def say(line: object) -> None:
    """Print a line as it is, without markup and colours; what would steer the terminal is shown."""
    out.print(visible(str(line)), markup=False, highlight=False)


def plain(text: object) -> str:
    """Text that rich does not take for markup, and that does not steer the terminal."""
    return escape(visible(str(text)))
