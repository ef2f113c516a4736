"""What a lesson stores of its pictures: each says in its alternative text which figure it is, and no slider is kept.

A figure describes itself when it is drawn (`solutions.toolbox.pictures.alt_text`); its number stands in the caption
below it and nowhere else, so it is written into the stored text from there. A slider moves nothing without its kernel:
of its cell the picture is stored, which stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat import NotebookNode

CAPTION = re.compile(r"\*\*Figure (\d+[A-G]?\.\d+)\.\*\*")
NUMBER = re.compile(r"^Figure \d+[A-G]?\.\d+(, picture \d+ of \d+)?\. ")
SLIDER = "application/vnd.jupyter.widget-view+json"


def sync_pictures(notebook: NotebookNode) -> Iterator[str]:
    """Bring a notebook's stored pictures in step with its captions, and leave its sliders out.

    Yields:
        what differed, a line for each picture and slider.
    """
    for cell in notebook.cells:
        kept = [output for output in cell.get("outputs", []) if SLIDER not in output.get("data", {})]
        if len(kept) < len(cell.get("outputs", [])):
            cell.outputs = kept
            yield f"{cell.id}: a slider is stored, which no kernel moves"
    for cell, output, name in pictures(notebook):
        about = output.metadata.get("image/png", {})
        said = NUMBER.sub("", about.get("alt", ""))
        if said and about["alt"] != (text := f"{name}. {said}" if name else said):
            about["alt"] = text
            yield f"{cell.id}: the alternative text does not say that this is {name or 'no numbered figure'}"


def pictures(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode, str]]:
    """Each stored picture: its cell, its output, and its name, such as "Figure 1.6", or "" where none has a caption.

    A caption belongs to the pictures between it and the text before; where there are several captions, one to each.
    """
    waiting: list[tuple[NotebookNode, NotebookNode]] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            waiting += [(cell, output) for output in cell.outputs if "image/png" in output.get("data", {})]
        elif waiting:
            for (place, output), name in zip(waiting, _names(CAPTION.findall(cell.source), len(waiting)), strict=True):
                yield place, output, name
            waiting = []
    yield from ((place, output, "") for place, output in waiting)


def _names(numbers: list[str], count: int) -> list[str]:
    """The names of that many pictures in a row."""
    if len(numbers) == count:
        return [f"Figure {number}" for number in numbers]
    if len(numbers) != 1:
        return [""] * count
    return [f"Figure {numbers[0]}, picture {k + 1} of {count}" for k in range(count)]
