"""How a hostile submission is described: what is solved, which cells are added, which files lie beside the notebook."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.marking.course.course import Course
from grader.marking.proving import samples
from grader.marking.sandbox.limits import Limits

LESSON = "01-srn"
TASKS = {task.name: task for task in samples.tasks_of_notebook(samples.lesson_notebook(LESSON))}
"""The tasks of the lesson, in its order."""
FULL = {name: float(task.points) for name, task in TASKS.items()}
ZERO = dict.fromkeys(FULL, 0.0)
UNMARKED = dict.fromkeys(FULL)

STRIKE = "srn.word_starts"
"""The task at which an attack strikes that ends its kernel."""
BEFORE = tuple(TASKS)[: list(TASKS).index(STRIKE)]
HALF = ZERO | {name: FULL[name] for name in BEFORE}
"""What a solved notebook has earned by then."""

PATIENT = Limits()
IMPATIENT = Limits(cell_seconds=10, notebook_seconds=45, memory=1024 * 2**20, processes=64)
"""For attacks on time, memory and processes: enough for the lesson itself, so that a test does not wait for long."""


@dataclass(frozen=True)
class Submission:
    """One hostile submission.

    Attributes:
        solved: names of the tasks that are answered right; None for all.
        answers: task's name → source of an answer cell.
        first: sources of cells after the notebook's first code cell.
        before: task's name → source of a cell before its grade cell.
        last: sources of cells at the end.
        edit: changes the finished notebook, or returns another; None means that nothing is written.
        files: puts files into the submission's folder.
        limits: what it may use.
    """

    solved: tuple[str, ...] | None = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    before: Mapping[str, str] = field(default_factory=dict)
    last: tuple[str, ...] = ()
    edit: Callable[[NotebookNode], NotebookNode | None] = lambda nb: nb
    files: Callable[[Path], None] = lambda folder: None
    limits: Limits = PATIENT

    def notebook(self, course: Course) -> NotebookNode:
        """The notebook that was released in that course, changed as described."""
        nb = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", as_version=4)
        own = samples.lesson_notebook(LESSON)
        for name in TASKS if self.solved is None else self.solved:
            samples.answer_cell(nb, TASKS[name]).source = samples.answer_cell(own, TASKS[name]).source
        for name, source in self.answers.items():
            samples.answer_cell(nb, TASKS[name]).source = tidy(source)
        for name, source in self.before.items():
            at = nb.cells.index(grade_cell(nb, name))
            nb.cells.insert(at, new_code_cell(tidy(source)))
        start = next(i for i, cell in enumerate(nb.cells) if cell.cell_type == "code") + 1
        nb.cells[start:start] = [new_code_cell(tidy(source)) for source in self.first]
        nb.cells += [new_code_cell(tidy(source)) for source in self.last]
        return nb

    def hand_in(self, student: str, course: Course) -> None:
        """Put it into the course's folder, as collected from that student."""
        folder = course.submission(student, LESSON)
        folder.mkdir(parents=True)
        nb = self.edit(self.notebook(course))
        if nb is not None:
            nbformat.write(nb, folder / f"{LESSON}.ipynb")
        self.files(folder)


def hands_in(*, student: str | None = None, **what: object) -> Callable:
    """Decorator: the test is about this submission. Unless named, its student is called as the test is."""
    return pytest.mark.hands_in(Submission(**what), student)


def strikes(source: str, **what: object) -> Callable:
    """Decorator: a solved notebook with this cell in front of the grade cell of `STRIKE`."""
    return hands_in(solved=None, before={STRIKE: source}, **what)


def tidy(source: str | Callable) -> str:
    """The source of a cell: a text without its indent, or the body of a function."""
    if not callable(source):
        return textwrap.dedent(source).strip("\n")
    lines = inspect.getsource(source).splitlines()
    body = next(i for i, line in enumerate(lines) if line.startswith("def ")) + 1
    return textwrap.dedent("\n".join(lines[body:])).strip("\n")


def grade_cell(nb: NotebookNode, task: str) -> NotebookNode:
    """The grade cell of a task."""
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == TASKS[task].grade_id)
