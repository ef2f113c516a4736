"""A class as classes are: most have something wrong, some crash, some did not begin, one runs into the time limit.

Who makes which mistake is drawn with a fixed seed, so the same class is handed in every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.checks.task import Task
from grader.marking.answers.misconceptions import Misconception, bank
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.proving import samples

Kind = Literal["right", "mistakes", "broken", "untouched", "endless"]
SHARES: dict[Kind, int] = {"right": 7, "mistakes": 9, "broken": 2, "untouched": 1, "endless": 1}
"""Of twenty submissions, how many are of each kind."""
MOST_MISTAKES = 3
SEED = 20
BROKEN = (
    "    raise ValueError('not yet')",
    "    return None",
    "    return {'result': 0.0}",
    "    return (0.0,",
    "    pass",
)
"""Last lines of answers that crash, return a wrong form, or cannot be read."""
ENDLESS = "while True:\n    pass"


@dataclass(frozen=True)
class Pupil:
    """One submission of a made class.

    Attributes:
        name: who hands it in.
        kind: what it is.
        number: counts the submissions of the class.
    """

    name: str
    kind: Kind
    number: int


def made_class(count: int) -> list[Pupil]:
    """So many submissions in the `SHARES`, in a drawn order."""
    twenty = [kind for kind, share in SHARES.items() for _ in range(share)]
    draw = np.random.default_rng(SEED)
    kinds = [kind for _ in range(0, count, len(twenty)) for kind in draw.permutation(twenty).tolist()][:count]
    return [Pupil(f"pupil-{number:04}", kind, number) for number, kind in enumerate(kinds)]


def hand_in_class(course: Course, lesson: str, pupils: list[Pupil]) -> None:
    """Hand in everybody's notebooks of a lesson that is released."""
    for name in notebooks_of(lesson):
        own, released = samples.lesson_notebook(lesson, name), course.release / lesson / f"{name}.ipynb"
        text = released.read_text(encoding="utf-8")
        for pupil in pupils:
            nb = MAKERS[pupil.kind](nbformat.reads(text, as_version=4), own, pupil.number)
            target = course.submission(pupil.name, lesson)
            target.mkdir(parents=True, exist_ok=True)
            nbformat.write(nb, target / f"{name}.ipynb")


def _right(nb: NotebookNode, own: NotebookNode, number: int) -> NotebookNode:
    return samples.solve(nb, own) if number % 2 else samples.solve_differently(nb, own, number // 2)


def _mistakes(nb: NotebookNode, own: NotebookNode, number: int) -> NotebookNode:
    """One to three known mistakes, each in another exercise."""
    draw = np.random.default_rng([SEED, number])
    tasks = [task for task in samples.tasks_of_notebook(own) if any(_fitting(own, task))]
    chosen = draw.permutation(len(tasks))[: 1 + number % MOST_MISTAKES]
    made = [(tasks[i], entries[draw.integers(len(entries))]) for i in chosen if (entries := [*_fitting(own, tasks[i])])]
    return samples.make_mistakes(nb, own, made)


def _fitting(own: NotebookNode, task: Task) -> Iterator[Misconception]:
    """The entries of a task whose edit is one of its own answer."""
    source = samples.answer_cell(own, task).source
    yield from (entry for entry in bank(task) if not entry.where and source.count(entry.edit[0]) == 1)


def _broken(nb: NotebookNode, own: NotebookNode, number: int) -> NotebookNode:
    """Every second answer crashes or returns a wrong form."""
    samples.solve(nb, own)
    for place, task in enumerate(samples.tasks_of_notebook(own)):
        if (place + number) % 2:
            name = task.reference.partition(":")[2]
            line = BROKEN[(place + number) % len(BROKEN)]
            samples.answer_cell(nb, task).source = f"def {name}(*arguments, **options):\n    {line}"
    return nb


def _untouched(nb: NotebookNode, own: NotebookNode, number: int) -> NotebookNode:
    return nb


def _endless(nb: NotebookNode, own: NotebookNode, number: int) -> NotebookNode:
    """All right, with one cell of the student's own that never ends."""
    samples.solve(nb, own)
    nb.cells.insert(2, new_code_cell(ENDLESS))
    return nb


MAKERS: dict[Kind, Callable[[NotebookNode, NotebookNode, int], NotebookNode]] = {
    "right": _right,
    "mistakes": _mistakes,
    "broken": _broken,
    "untouched": _untouched,
    "endless": _endless,
}
