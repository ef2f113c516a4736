"""Read a student's notebook strictly: a clear error where it cannot be read, and no link is followed."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4.nbjson import JSONReader

from grader.checks.errors import GraderError
from grader.marking.sandbox.limits import MIB
from grader.marking.steps.notebook_json import NotANotebook, parsed
from grader.marking.steps.set_links_aside import SET_ASIDE

LARGEST_FILE = 100 * MIB
"""Bytes of a notebook's file: outputs make it large, though they are dropped before the run."""
READ = "cell-"
"""How the ids of cells that were read begin; a number follows."""
MOST_CELLS = 5000
LARGEST_SOURCE = 2 * MIB
"""Characters of all cells' sources together."""


class UnreadableSubmission(GraderError):
    """A submission that cannot be marked as it is; the message says why."""


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook of format 4, checked for all that the later steps rely on.

    Raises:
        UnreadableSubmission: a link or no file, too large, empty, too many cells or values, not JSON (and what it is),
            not a notebook of format 4, or the metadata or sources are not what a notebook has.
    """

    def refuse(why: str) -> UnreadableSubmission:
        return UnreadableSubmission(f"{path.name}: {why}")

    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        raise refuse("is not a file but a link or a device; ask for the notebook itself")
    if facts.st_nlink > 1:
        raise refuse(
            "is a file with more than one name (a hard link), which may be another's; ask for the notebook itself"
        )
    if facts.st_size == 0:
        raise refuse("is empty; ask for the notebook again")
    if facts.st_size > LARGEST_FILE:
        raise refuse(
            f"is {facts.st_size / MIB:.0f} MiB large, at most {LARGEST_FILE // MIB} are read; ask for it cleared"
        )
    raw = path.read_bytes()
    if raw.startswith(SET_ASIDE.encode()):
        raise refuse("was a link, which is not followed; ask for the notebook itself")
    try:
        content = parsed(raw)
    except NotANotebook as why:
        raise refuse(str(why)) from None
    if not isinstance(content, dict) or content.get("nbformat") != 4 or not isinstance(content.get("cells"), list):
        raise refuse("is not a notebook of format 4; ask for it saved by JupyterLab")
    if len(content["cells"]) > MOST_CELLS:
        raise refuse(f"has {len(content['cells']):,} cells, at most {MOST_CELLS:,} are read; ask for it without them")
    content["metadata"] = _kernel_only(content.get("metadata"))
    content["nbformat"], content["nbformat_minor"] = 4, 5  # a program may have written 4.0, or no minor version
    for number, cell in enumerate(content["cells"]):
        _tidy(cell, refuse)
        cell["id"] = f"{READ}{number}"  # the submission's ids may be missing, odd or duplicate
    try:
        json.dumps(content, ensure_ascii=False).encode()  # a lone surrogate can be read, but not written again
        nb: nbformat.NotebookNode = JSONReader().to_notebook(content)
        nbformat.validate(nb)
    except Exception as odd:
        said = (str(odd).splitlines() or [type(odd).__name__])[0][:100]
        raise refuse(f"is not a valid notebook ({said}); ask for it saved by JupyterLab") from None
    if sum(len(cell.source) for cell in nb.cells) > LARGEST_SOURCE:
        raise refuse(f"has more than {LARGEST_SOURCE // MIB} MiB of source; ask for the notebook without pasted data")
    return nb


def _tidy(cell: object, refuse: Callable[[str], UnreadableSubmission]) -> None:
    """Drop a cell's outputs, and its metadata except for well-formed tags and nbgrader's entry."""
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        raise refuse("has a cell that is not a notebook's cell; ask for it saved by JupyterLab")
    if cell.get("cell_type") == "code":
        cell["outputs"], cell["execution_count"] = [], None
    about, tags = (cell.get("metadata", {}).get(name) for name in ("nbgrader", "tags"))
    cell["metadata"] = {}
    if isinstance(about, dict) and isinstance(about.get("grade_id"), str):
        cell["metadata"]["nbgrader"] = about
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        cell["metadata"]["tags"] = sorted(set(tags))


def _kernel_only(metadata: object) -> dict[str, Any]:
    """Of a notebook's metadata the kernelspec alone: the rest is not needed, and can break a later step."""
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    return {"kernelspec": spec} if isinstance(spec, dict) and isinstance(spec.get("name"), str) else {}
