"""Every lesson's notebook run once, here: does a cell fail, and does the lesson still come to the same verdicts?

The command: ``python -m grader.marking.proving.cuda.notebooks --out FOLDER [NOTEBOOK …]``. On a machine with a GPU the
lessons compute there. Numbers may differ from the stored ones, and a verdict with them; so a verdict that differs is
listed, and is no failure. A cell that fails is one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from grader.checks.device import gpu_seats
from grader.marking.authoring.claims import Claim, NoClaims, claims_of
from grader.marking.course.paths import LESSON_FOLDER


@dataclass(frozen=True)
class Run:
    """What came of running a notebook.

    Attributes:
        name: its file, below the lessons' folder.
        error: why it stopped, in a line; "" where every cell ran.
        differing: claims whose verdict differs: as it is stored, and as it came out.
    """

    name: str
    error: str = ""
    differing: tuple[tuple[Claim, Claim], ...] = ()

    def __str__(self) -> str:
        lines = [f"✗ {self.name}: {self.error}" if self.error else f"✓ {self.name}"]
        for stored, now in self.differing:
            lines.append(f"    {stored.claim}")
            lines += [
                f"      {when}: {one.verdict} ({one.measured})" for when, one in (("stored", stored), ("now", now))
            ]
        return "\n".join(lines)


def run_notebooks(
    paths: Iterable[Path], out: Path, jobs: int, on_progress: Callable[[Run], None] = lambda run: None
) -> list[Run]:
    """Run notebooks side by side, each once in a kernel of its own; as executed they are written into a folder.

    Args:
        paths: the notebooks, each run in its own folder; they stay as they are.
        out: gets the executed ones, as soon as each is done, also where a cell has failed.
        jobs: how many run side by side.
        on_progress: called when a notebook is done.
    """
    with ThreadPoolExecutor(jobs) as pool:
        each = [pool.submit(run_notebook, path, out) for path in paths]
        for future in as_completed(each):
            on_progress(future.result())
    return [future.result() for future in each]


def run_notebook(path: Path, out: Path) -> Run:
    """Run one notebook. Whatever its cells do, a `Run` comes back."""
    name = f"{path.parent.name}/{path.name}"
    stored = nbformat.read(path, as_version=4)
    now, error = nbformat.read(path, as_version=4), ""
    for cell in now.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    try:
        place = {"metadata": {"path": str(path.parent)}}
        quiet = ["--Application.log_level=ERROR"]
        asyncio.run(NotebookClient(now, timeout=None, resources=place, extra_arguments=quiet).async_execute())
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as failure:
        error = _in_words(failure)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(now, out / name)
    return Run(name, error, () if error else tuple(differing(stored, now)))


def differing(stored: NotebookNode, now: NotebookNode) -> list[tuple[Claim, Claim]]:
    """The claims of a notebook whose verdict is another now, or that are gone (then with an empty verdict)."""
    gone = ("not in the table", "", "", "", "")
    try:
        found = {claim.claim: claim for claim in claims_of(now)}
    except NoClaims:
        found = {}
    pairs = [(claim, found.get(claim.claim, Claim(claim.claim, *gone))) for claim in claims_of(stored)]
    return [(before, after) for before, after in pairs if before.verdict != after.verdict]


def _in_words(failure: Exception) -> str:
    """The last line of an error that a cell raised, or the error itself."""
    if isinstance(failure, CellExecutionError):
        return " ".join(f"a cell stopped with {failure.ename}: {failure.evalue}".split())[:300]
    return " ".join(f"{type(failure).__name__}: {failure}".split())[:300]


def main() -> None:
    """The command. Exit code 1 if a notebook failed."""
    parser = argparse.ArgumentParser(prog="python -m grader.marking.proving.cuda.notebooks", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the executed notebooks")
    parser.add_argument("--jobs", type=int, help="notebooks side by side; one a core, and no more than the GPU holds")
    parser.add_argument("notebooks", nargs="*", help="such as 01-srn or sentiment; default: all")
    given = parser.parse_args()
    every = sorted(LESSON_FOLDER.glob("*/*.ipynb"))
    chosen = [path for path in every if not given.notebooks or path.stem in given.notebooks]
    found = run_notebooks(chosen, given.out, given.jobs or _seats(), lambda run: print(run, flush=True))
    failed, verdicts = sum(bool(run.error) for run in found), sum(len(run.differing) for run in found)
    print(f"{len(found)} notebooks: {failed} failed, {verdicts} verdicts differ from the stored ones")
    parser.exit(1 if failed or not found else 0)


def _seats() -> int:
    return gpu_seats(len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    main()
