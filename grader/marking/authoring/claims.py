"""The page of all claims that the lessons test: ``lessons/CLAIMS.md``, written by ``grader sync``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.marking.course.paths import LESSON_FOLDER

NAME = "CLAIMS.md"
HEADER = "| claim | measured here | n | interval (95 %) | control | verdict |"
INTRODUCTION = """\
# Claims put to the test

Books and tutorials repeat claims. The lessons measure some of them. Every row stands in the lesson that is named,
beside the code that made its number. "Here" means small networks and small data on a laptop: a verdict is about that,
not about all networks. Written by `grader sync` from the lessons' stored outputs.

Where trainings are random, n is the number of seeds, and the interval is that of the mean difference, seed by seed
(95 %): a claim holds where the whole interval is on its side, does not hold where none of it is, and is not shown where
the interval reaches over the bar. The control says what else could have made the number, and how that was kept out. A
dash stands where nothing was drawn.

| lesson | claim | measured here | n | interval (95 %) | control | verdict |
| --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Claim:
    """A row of a lesson's table: what is claimed, what was measured how often and how sharply, and what that says."""

    claim: str
    measured: str
    n: str
    interval: str
    control: str
    verdict: str


class NoClaims(GraderError):
    """A lesson whose table of claims cannot be read."""


def sync_claims(check: bool = False, lessons: Path = LESSON_FOLDER) -> list[str]:
    """Write the page anew.

    Args:
        check: write nothing.
        lessons: the folder of lessons; the page lies in it.

    Returns:
        [] where the page was in step with the lessons, else one line, which says that it differed.

    Raises:
        NoClaims: a notebook has no table of claims, or one of another form.
    """
    page = INTRODUCTION + "".join(f"{row}\n" for path in sorted(lessons.glob("*/*.ipynb")) for row in _rows(path))
    target = lessons / NAME
    if target.exists() and target.read_text(encoding="utf-8") == page:
        return []
    if not check:
        target.write_text(page, encoding="utf-8")
    return [f"{NAME}: the claims differ"]


def _rows(path: Path) -> Iterator[str]:
    """A notebook's claims, with a link to it in front."""
    try:
        rows = _table(nbformat.read(path, as_version=4))
    except NoClaims as why:
        raise NoClaims(f"{path.name}: {why}") from None
    for row in rows:
        yield f"| [{_title(path)}]({path.parent.name}/{path.name}) {row}"


def claims_of(nb: NotebookNode) -> list[Claim]:
    """The claims in a notebook's table, in order.

    Raises:
        NoClaims: it has no table of claims, or one of another form.
    """
    return [Claim(*(part.strip() for part in row.strip().strip("|").split("|"))) for row in _table(nb)]


def _table(nb: NotebookNode) -> list[str]:
    """The rows of a notebook's table of claims.

    Raises:
        NoClaims: it has none, or one of another form.
    """
    cells = [cell for cell in nb.cells if "claims" in cell.metadata.get("tags", ())]
    outputs = [output for cell in cells for output in cell.outputs]
    tables: list[str] = [
        output.data["text/markdown"] for output in outputs if "text/markdown" in output.get("data", {})
    ]
    if len(tables) != 1 or not tables[0].startswith(HEADER):
        raise NoClaims(f"one cell tagged `claims` must show a table that begins with {HEADER}")
    return tables[0].splitlines()[2:]


def _title(path: Path) -> str:
    """ "01", or "08 speech" where the lesson has several notebooks."""
    number, _, name = path.parent.name.partition("-")
    return number if path.stem == f"{number}-{name}" else f"{number} {path.stem}"
