"""Does what is tried in a notebook depend on what its kernel is given, and on the course, alone?"""

from __future__ import annotations

from copy import deepcopy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.checks.validate import EXPERIMENT
from grader.marking.course.course import Course
from grader.marking.course.submissions import NBGRADERS_OWN
from grader.marking.proving.samples import answer_cell, lesson_notebook, tasks_of_notebook
from grader.marking.steps.cells_to_run import cells_to_run, lesson_cells
from grader.marking.steps.run_in_sandbox import files_beside, plan_for
from grader.marking.steps.take_copies import UNTOUCHED


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


def plan(course, nb, student="ada", **files):
    cells = cells_to_run(nb, lesson_cells(course, "01-srn", "01-srn"))
    return plan_for(course, nb, {"assignment": "01-srn", "student": student}, cells, files)


def other_seeds(before, after):
    """Whether each case has its recorded seed as before, the first of three, and others in place of those drawn."""
    return all(
        (one == other) == (place % 3 == 0)
        for name, pairs in before.items()
        for place, (one, other) in enumerate(zip(pairs, after[name], strict=True))
    )


def test_it_is_the_same_under_twenty_names(course):
    nb = lesson_notebook("01-srn")
    plans = [plan(course, nb, f"student-{number}") for number in range(20)]
    assert all(other == plans[0] for other in plans)
    assert set(plans[0]) == {task.name for task in tasks_of_notebook(nb)}


def test_changed_code_gets_other_draws_of_every_task(course):
    before = plan(course, nb := lesson_notebook("01-srn"))
    answer_cell(nb, tasks_of_notebook(nb)[0]).source += "\n# another remark"
    assert other_seeds(before, plan(course, nb))


def tag(nb):
    nb.cells[-1].metadata["tags"] = [EXPERIMENT]


CHANGES = {
    "a tag, by which only the definitions of a cell are run": tag,
    "a blank at the end of a cell": lambda nb: nb.cells[-1].update(source=nb.cells[-1].source + " "),
    "two cells exchanged": lambda nb: nb.cells.append(nb.cells.pop(-2)),
    "a cell in two": lambda nb: nb.cells.extend([new_code_cell("bits.append(1)"), nb.cells.pop(-2)]),
    "a cell twice": lambda nb: nb.cells.append(deepcopy(nb.cells[-1])),
    "a cell less": lambda nb: nb.cells.pop(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_bit_reaches_a_kernel_without_other_draws(course, change):
    """Otherwise answers to the seeds of the last run, which its cells can print, could be told to the next."""
    nb = lesson_notebook("01-srn")
    nb.cells += [new_code_cell("bits = []"), new_code_cell("bits.append(0)"), new_code_cell("len(bits)")]
    before = plan(course, nb)
    change(nb)
    assert other_seeds(before, plan(course, nb))


def test_what_no_kernel_gets_draws_nothing_anew(course):
    nb = lesson_notebook("01-srn")
    before = plan(course, nb)
    nb.cells.append(new_markdown_cell("no code"))
    nb.cells[0].metadata["mine"] = nb.metadata["mine"] = "0110"
    assert plan(course, nb) == before


def test_changed_files_beside_the_code_get_other_draws(course):
    """Otherwise a table of numbers in a module beside it could be corrected from feedback to feedback."""
    nb = lesson_notebook("01-srn")
    handed_in = [{}, {"mine": b"1"}, {"mine": b"2"}, {"yours": b"2"}, {"mine": b"1", "yours": b"2"}]
    plans = [plan(course, nb, **files) for files in handed_in]
    assert len({str(found) for found in plans}) == len(plans)
    assert plan(course, nb, yours=b"2", mine=b"1") == plans[-1]


@pytest.mark.parametrize("name", [*NBGRADERS_OWN, f"01-srn.ipynb{UNTOUCHED}", "01-srn-Copy1.ipynb"])
def test_what_the_machinery_puts_beside_a_notebook_is_no_file_of_the_student(tmp_path, name):
    """When it was submitted, say: otherwise the same notebook, submitted again, would get other draws."""
    for path in (name, f"folder/{name}", "mine.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("2026-11-20 10:00:00.123456 UTC")
    inside = {f"folder/{name}"} if name in NBGRADERS_OWN else set()
    assert files_beside(tmp_path, set(), 10_000).keys() == {"mine.py"} | inside


def test_another_course_gets_other_draws(course, tmp_path):
    nb = lesson_notebook("01-srn")
    assert plan(course, nb) != plan(Course(tmp_path / "another"), nb)
