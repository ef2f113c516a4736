"""Does what is tried in a notebook depend on what its kernel is given, and on the course, alone?"""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.checks.validate import EXPERIMENT
from grader.marking.course.course import Course
from grader.marking.course.submissions import NBGRADERS_OWN
from grader.marking.proving.samples import answer_cell, lesson_notebook, tasks_of_notebook
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.run_in_sandbox import RunInSandbox, files_beside
from grader.marking.steps.take_copies import UNTOUCHED


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


def plan(course, nb, student="ada", **files):
    """What would be tried in this notebook, handed in under that name with these files beside it."""
    folder = course.submission(student, "01-srn")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    about = {"assignment": "01-srn", "student": student, "notebook": "01-srn"}
    return RunInSandbox(course=course).marking(nb, {"nbgrader": about, "metadata": {"path": str(folder)}}).job.plan


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


def test_when_it_is_handed_in_is_no_reason_for_other_draws(course):
    nb = lesson_notebook("01-srn")
    times = [{"timestamp.txt": b"2026-11-20 10:00:00 UTC"}, {"timestamp.txt": b"2026-11-20 10:00:01 UTC"}]
    first, second = (plan(course, nb, **files) for files in times)
    assert first == second


def test_which_cells_are_run_is_told_by_nothing_that_does_not_count(course):
    """Tags say which cells only define: they could spell a table, to be corrected from feedback to feedback."""
    handed_in = []
    for tags in ([], ["experiment"], ["another"]):
        nb = lesson_notebook("01-srn")
        nb.cells.insert(0, new_code_cell("table.append(1)", id="mine", metadata={"tags": tags}))
        handed_in.append(plan(course, nb))
    untagged, only_defines, otherwise_tagged = handed_in
    assert untagged == otherwise_tagged != only_defines


def test_what_is_not_run_does_not_count(course):
    nb = lesson_notebook("01-srn")
    before = plan(course, nb)
    nb.cells.append(new_markdown_cell("A remark.", id="mine"))
    assert plan(course, nb) == before


def test_another_course_gets_other_draws(course, tmp_path):
    nb = lesson_notebook("01-srn")
    assert plan(course, nb) != plan(Course(tmp_path / "another"), nb)


def test_limits_of_the_settings_hold_between_the_configurations_own(course):
    """For all lessons < in course.toml < for that lesson in nbgrader_config.py < on the command line."""
    course.root.mkdir()
    (course.root / "course.toml").write_text("[lessons.01]\nlimits = {cell_seconds = 7, output = 2000000}")

    def limits_of(lesson, **options):
        return RunInSandbox(config=course_api(course, **options).config).limits_of(lesson)

    assert limits_of("01-srn") == replace(Limits(), cell_seconds=7, output=2_000_000)
    assert limits_of("02-bptt") == Limits()
    assert limits_of("01-srn", but={"cell_seconds": 9}) == replace(Limits(), cell_seconds=9, output=2_000_000)
    assert limits_of("01-srn", limits=Limits(memory=2**29)) == Limits(memory=2**29)
    config = course_api(course).config
    config.RunInSandbox.lesson_limits = {"01-srn": {"output": "2 MiB"}}
    assert RunInSandbox(config=config).limits_of("01-srn") == replace(Limits(), cell_seconds=7, output=2 * 2**20)
