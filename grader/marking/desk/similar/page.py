"""The list of similar answers as a page: one file without scripts, to be opened from the disk or printed.

Everything a student wrote is text there: the template escapes it, and the page's policy forbids whatever else.
"""

from __future__ import annotations

import os
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.checks.errors import GraderError
from grader.checks.visible import visible
from grader.marking.desk.similar.find import LISTED, Similar
from grader.marking.desk.similar.fingerprints import FEWEST, PIECE, WORDS

HERE = Path(__file__).parent
MOST_LINES = 300
"""Lines of an answer that are shown."""
LONGEST_LINE = 500
"""Characters of a line that are shown."""


def similar_page(found: Similar, most: int) -> str:
    """The page with the first so many pairs, as HTML."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"visible": visible, "number": number, "shown": _shown}
    facts = {"listed": LISTED, "fewest": FEWEST, "piece": PIECE, "words": WORDS, "most_lines": MOST_LINES}
    return environment.get_template("similar.html.j2").render(found=found, pairs=found.pairs[:most], **facts)


def number(value: float) -> str:
    """0.714 → "71", as list and page have it: of 100."""
    return f"{100 * value:.0f}"


def _shown(line: str) -> str:
    return visible(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …")


def write_page(html: str, path: Path) -> None:
    """Write the page for its owner's eyes alone: it shows who wrote what.

    Raises:
        GraderError: the file cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(html)
    except OSError as failure:
        raise GraderError(f"{path} cannot be written ({failure.strerror})") from None
