"""Of several copies of one cell, the one that counts."""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode
from nbgrader.api import SourceCell

COPIES = (
    "This cell was handed in more than once. The last copy with work in it counts; other copies with work in them are "
    "kept as cells of their own."
)


def pick_copy(copies: Sequence[NotebookNode], source: SourceCell) -> NotebookNode:
    """The last copy with work in it; where none has any, or the cell is locked, the last one.

    Args:
        copies: the cells of a notebook that have the same name, in its order.
        source: that cell as it was released.
    """
    worked = [] if source.locked else [cell for cell in copies if has_work(cell, source)]
    return (worked or copies)[-1]


def has_work(cell: NotebookNode, source: SourceCell) -> bool:
    """Is anything written into the cell that was not there when it was released?"""
    return words(cell.source) not in ("", words(source.source or ""))


def words(text: str) -> str:
    """A text without what an editor may change by itself: spaces and ends of lines."""
    return " ".join(text.split())
