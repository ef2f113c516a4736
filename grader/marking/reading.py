"""Read what students hand in, strictly: a clear line for what cannot be read, and no link followed."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4.nbjson import JSONReader

from grader.checks.errors import GraderError
from grader.marking.save import note_unmarked, trace_of, write_trace

MIB = 2**20
LARGEST_FILE = 100 * MIB
"""Outputs make notebooks large, and they are thrown away before the run; a larger file is not a notebook."""
LARGEST_SOURCE = 2 * MIB
"""All cells' sources together."""


SET_ASIDE = "Here was"
"""How the text begins that `set_links_aside` leaves."""


class UnreadableSubmission(GraderError):
    """A submission that cannot be marked as it is; the message says why."""


class StrictNotebookExporter(NotebookExporter):
    """nbconvert's notebook exporter, reading with `read_notebook`. What cannot be marked is noted in the gradebook."""

    def from_filename(self, filename: str, resources: dict | None = None, **kw: Any) -> tuple:
        resources = resources or {}
        resources["metadata"] = {"path": os.path.dirname(os.path.abspath(filename)), "name": Path(filename).stem}
        try:
            nb = read_notebook(Path(filename))
            text, resources = self.from_notebook_node(nb, resources=resources, **kw)
            if "verdicts" in resources:  # the second half: it has been marked
                write_trace(resources["nbgrader"], trace_of(resources, text))
            return text, resources
        except Exception as reason:
            if "nbgrader" in resources:
                ours = isinstance(reason, GraderError)
                note_unmarked(
                    resources, str(reason) if ours else f"marking broke off ({type(reason).__name__}: {reason})"
                )
            raise


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook of format 4, checked for all that the later steps rely on.

    Raises:
        UnreadableSubmission: a link or no file, too large, empty, not JSON, not a notebook of format 4, or the
            metadata or sources are not what a notebook has.
    """

    def refuse(why: str) -> UnreadableSubmission:
        return UnreadableSubmission(f"{path.name}: {why}")

    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        raise refuse("is not a file but a link or a device; ask for the notebook itself")
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
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise refuse("is not a notebook: it is not JSON; ask for the .ipynb file itself") from None
    if not isinstance(content, dict) or content.get("nbformat") != 4 or not isinstance(content.get("cells"), list):
        raise refuse("is not a notebook of format 4; ask for it saved by JupyterLab")
    content["metadata"] = _kernel_only(content.get("metadata"))
    content["nbformat_minor"] = 5
    for number, cell in enumerate(content["cells"]):
        _tidy(cell, refuse)
        cell["id"] = f"cell-{number}"  # one's own may be missing, odd or there twice
    try:
        json.dumps(content, ensure_ascii=False).encode()  # half a character could be read, but not written again
        nb = JSONReader().to_notebook(content)
        nbformat.validate(nb)
    except Exception as odd:
        said = (str(odd).splitlines() or [type(odd).__name__])[0][:100]
        raise refuse(f"is not a valid notebook ({said}); ask for it saved by JupyterLab") from None
    if sum(len(cell.source) for cell in nb.cells) > LARGEST_SOURCE:
        raise refuse(f"has more than {LARGEST_SOURCE // MIB} MiB of source; ask for the notebook without pasted data")
    return nb


def _tidy(cell: object, refuse: Any) -> None:
    """Drop a cell's outputs, and of its metadata all but its tags and nbgrader's, where these are of their form."""
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


def _kernel_only(metadata: object) -> dict:
    """Of a notebook's metadata those that name its kernel: the rest is not needed, and can break a later step."""
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    return {"kernelspec": spec} if isinstance(spec, dict) and isinstance(spec.get("name"), str) else {}


def set_links_aside(*, notebooks: list[str], **_: Any) -> None:
    """Replace every link and special file in the submissions of those notebooks by a text that says what was there.

    nbgrader copies a submission's files and follows links: a link to the gradebook would put the gradebook into the
    student's feedback. Called before nbgrader touches a submission.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        for path in sorted(folder.rglob("*")):
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
                continue
            what = f"a link to {os.readlink(path)}" if stat.S_ISLNK(mode) else "a special file"
            path.unlink()
            if path.name == "timestamp.txt":  # nbgrader's own, read as a time
                continue
            path.write_text(f"{SET_ASIDE} {what}. It was not followed.\n", encoding="utf-8", errors="replace")
