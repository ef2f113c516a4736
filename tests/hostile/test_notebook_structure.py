"""Notebooks whose cells and metadata were changed: what is asked, and what it is worth, comes from the gradebook."""

from __future__ import annotations

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.hostile.handing_in import FULL, TASKS, UNMARKED, ZERO, grade_cell, hands_in

pytestmark = pytest.mark.hostile

ONE = ("srn.parameter_count",)
WORTH = ZERO | {name: FULL[name] for name in ONE}
GRADE_IDS = {task.grade_id for task in TASKS.values()}


def about(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


def is_check(cell) -> bool:
    return about(cell).get("grade_id") in GRADE_IDS


def without_checks(nb):
    nb.cells = [cell for cell in nb.cells if not is_check(cell)]
    return nb


@hands_in(solved=None, edit=without_checks)
def test_grade_cells_deleted(mark):
    """Hopes that what is not asked is not wrong. They are put back; right answers keep what they are worth."""
    assert mark.points == FULL


@hands_in(edit=without_checks)
def test_grade_cells_deleted_and_nothing_solved(mark):
    """The same without answers."""
    assert mark.points == ZERO


def without_anything(nb):
    nb.cells = [new_markdown_cell("No time for this.")]
    return nb


@hands_in(edit=without_anything)
def test_every_cell_deleted(mark):
    """Hopes that an empty notebook counts as handed in and right. A person decides: it may be the wrong file."""
    assert mark.points == UNMARKED
    assert mark.status == "not marked"


def checks_first(nb):
    nb.cells = [nb.cells[1]] + [c for c in nb.cells if is_check(c)] + [c for c in nb.cells[2:] if not is_check(c)]
    return nb


@hands_in(solved=None, edit=checks_first)
def test_grade_cells_moved_to_the_front(mark):
    """Checks in front of their answers find no answers: nothing is guessed in the student's favour, a person looks."""
    assert mark.points == UNMARKED


def checks_last(nb):
    nb.cells = [c for c in nb.cells if not is_check(c)] + [c for c in nb.cells if is_check(c)][::-1]
    return nb


@hands_in(solved=None, edit=checks_last)
def test_grade_cells_moved_to_the_end(mark):
    """Order does not matter as long as answers come first."""
    assert mark.points == FULL


def twice(nb):
    nb.cells = [copy.deepcopy(cell) for cell in nb.cells] + nb.cells
    return nb


@hands_in(solved=None, edit=twice)
def test_every_cell_twice(mark):
    """Hopes for the double."""
    assert mark.points == FULL


def copied_check(nb):
    for name in TASKS:
        cell = copy.deepcopy(grade_cell(nb, "srn.parameter_count"))
        cell.metadata.nbgrader.grade_id = TASKS[name].grade_id
        nb.cells.append(cell)
    return nb


@hands_in(solved=ONE, edit=copied_check)
def test_easy_check_under_every_name(mark):
    """Hopes that the check of the easiest task counts for all: a grade cell's source is the instructor's."""
    assert mark.points == WORTH


def renamed(nb):
    for cell in nb.cells:
        if is_check(cell):
            cell.metadata.nbgrader.grade_id = f"my-{cell.metadata.nbgrader.grade_id}"
    return nb


@hands_in(solved=None, edit=renamed)
def test_grade_ids_renamed(mark):
    """A cell of another name is not the instructor's; the instructor's are put back."""
    assert mark.points == FULL


def swapped(nb):
    first, second = grade_cell(nb, "srn.parameter_count"), grade_cell(nb, "srn.module")
    first.metadata, second.metadata = second.metadata, first.metadata
    return nb


@hands_in(solved=ONE, edit=swapped)
def test_names_of_two_grade_cells_swapped(mark):
    """Hopes that one point becomes four."""
    assert mark.points == WORTH


def worth_a_hundred(nb):
    for cell in nb.cells:
        if about(cell).get("grade"):
            cell.metadata.nbgrader.points = 100
    return nb


@hands_in(solved=ONE, edit=worth_a_hundred)
def test_points_changed(mark):
    """Hopes to set the points."""
    assert mark.points == WORTH


def odd_points(values):
    def edit(nb):
        checks = [cell for cell in nb.cells if is_check(cell)]
        for cell, value in zip(checks, values, strict=False):
            cell.metadata.nbgrader.points = value
        del checks[-1].metadata.nbgrader["points"]
        return nb

    return edit


@hands_in(solved=ONE, edit=odd_points(["NaN", -1, 1e308, None, [], {"a": 1}, "100"]))
def test_points_that_are_no_points(mark):
    """Hopes that metadata of odd types cannot be marked, or are taken at their word."""
    assert mark.points == WORTH
    assert mark.status == "marked"


def other_types(nb):
    for cell in nb.cells:
        if is_check(cell):
            cell.cell_type = "markdown"
            cell.pop("outputs", None), cell.pop("execution_count", None)
    return nb


@hands_in(solved=None, edit=other_types)
def test_grade_cells_turned_into_text(mark):
    """A grade cell is a code cell, whatever the submission says."""
    assert mark.points == FULL


def own_grade_cells(nb):
    for number, extra in enumerate(({}, {"solution": True}, {"task": True, "grade": False}, {"schema_version": 1})):
        mine = {
            "grade": True,
            "grade_id": f"mine-{number}",
            "points": 100,
            "schema_version": 3,
            "locked": True,
            "task": False,
        }
        nb.cells.append(new_code_cell("24.0", metadata={"nbgrader": {**mine, "solution": False, **extra}}))
    return nb


@hands_in(solved=ONE, edit=own_grade_cells)
def test_own_cells_as_grade_cells(mark):
    """Hopes that a cell of one's own earns its hundred points."""
    assert mark.points == WORTH
    assert mark.status == "marked"


def flags_changed(nb):
    for cell in nb.cells:
        if is_check(cell):
            cell.source = "print('passed')\n24.0"
            cell.metadata.nbgrader |= {"locked": False, "solution": True}
        elif about(cell).get("solution"):
            cell.metadata.nbgrader |= {"locked": True, "grade": True, "points": 100}
    return nb


@hands_in(solved=ONE, edit=flags_changed)
def test_grade_cells_unlocked_and_edited(mark):
    """Hopes to write its own checks: marked by number stays marked by number, by the instructor's check."""
    assert mark.points == WORTH
    assert mark.status == "marked"


def not_graded(nb):
    for cell in nb.cells:
        if is_check(cell):
            cell.metadata.nbgrader |= {"grade": False}
    return nb


@hands_in(solved=ONE, edit=not_graded)
def test_grade_cells_said_to_be_none(mark):
    """Hopes that unmarked tasks wait for a person who gives everything."""
    assert mark.points == WORTH
    assert mark.status == "marked"


def other_versions(nb):
    cells = [cell for cell in nb.cells if about(cell)]
    for cell, version in zip(cells, (99, 1, 0, -1, "3", None, 2.5, [], 99, 1), strict=False):
        cell.metadata.nbgrader.schema_version = version
    del cells[-1].metadata.nbgrader["schema_version"]
    return nb


@hands_in(solved=None, edit=other_versions)
def test_metadata_of_other_versions(mark):
    """Hopes that metadata that nbgrader refuses stop the run: they come from the gradebook."""
    assert mark.points == FULL
    assert mark.status == "marked"


def odd_metadata(nb):
    cells = [cell for cell in nb.cells if about(cell)]
    for cell, value in zip(
        cells,
        ("x", 5, [], None, {"grade_id": 7}, {"grade": True}, {}, {"grade_id": "a b/c", "grade": True}),
        strict=False,
    ):
        cell.metadata["nbgrader"] = value
    return nb


@hands_in(solved=None, edit=odd_metadata)
def test_metadata_of_odd_types(mark):
    """A solved cell that is no solution cell any more is code like any other: its answer still counts."""
    assert mark.points == FULL
    assert mark.status == "marked"


def kernel_of(spec):
    def edit(nb):
        if spec is None:
            nb.metadata = {}
        else:
            nb.metadata.kernelspec = spec
            nb.metadata.language_info = {"name": "R", "codemirror_mode": {"name": 7}}
        return nb

    return edit


@hands_in(solved=None, edit=kernel_of({"name": "../../evil", "display_name": "R", "language": "R"}))
def test_kernel_of_another_language(mark):
    """Hopes that the submission chooses what is started."""
    assert mark.points == FULL


@hands_in(solved=None, edit=kernel_of(None))
def test_no_kernel_named(mark):
    """No metadata at all: the lesson's kernel is known."""
    assert mark.points == FULL


def odd_notebook_metadata(nb):
    nb.metadata |= {"widgets": 5, "title": {"a": []}, "authors": "me", "celltoolbar": [], "toc": 1, "nbgrader": "x"}
    for cell in nb.cells:
        cell.metadata |= {"scrolled": True, "slideshow": 5, "jupyter": {"source_hidden": True}, "execution": {}}
    return nb


@hands_in(solved=None, edit=odd_notebook_metadata)
def test_metadata_of_the_notebook(mark):
    """Hopes that a later step stumbles over metadata that nobody needs."""
    assert mark.points == FULL
    assert mark.status == "marked"


def all_experiments(nb):
    for cell in nb.cells:
        cell.metadata["tags"] = ["raises-exception", "remove-input", "hide-cell"]
    return nb


@hands_in(solved=ONE, edit=all_experiments)
def test_tags_changed(mark):
    """Tags change nothing of what is marked."""
    assert mark.points == WORTH
