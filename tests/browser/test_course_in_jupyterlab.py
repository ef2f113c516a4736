"""Does a course work by clicking alone? One lesson, from Generate to its marks, in the order of a course."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import expect

from grader.checks.errors import STOPS_HERE
from grader.marking.course.course import COURSE_ID

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "01-srn"
MARKING = 300_000
"""Milliseconds that marking a whole notebook may take on a busy machine."""


def open_formgrader(page, instructor):
    """The frame in which JupyterLab shows Formgrader, opened through the menu."""
    page.goto(instructor("lab"))
    choose(page, "Formgrader")
    return page.frame_locator("iframe[src*=formgrader]")


def choose(page, entry: str) -> None:
    """Choose an entry of the menu Nbgrader."""
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def press(row, button: str, says: str, timeout: int = 60_000) -> None:
    """Press a button of a row of Formgrader, and dismiss what it says then."""
    row.locator(f".{button} a").click()
    dialog = row.page.frame_locator("iframe[src*=formgrader]").locator(".modal.in, .modal.show")
    expect(dialog).to_contain_text(says, timeout=timeout)
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_have_count(0)


def row_of(frame, name: str):
    return frame.locator("tbody tr").filter(has=frame.get_by_text(name, exact=True))


def open_notebook(page, address: str):
    page.goto(address)
    notebook = page.locator(".jp-NotebookPanel:visible")
    expect(notebook.locator(".jp-Cell").first).to_be_visible()
    return notebook


def test_a_lesson_opens_and_its_first_cells_run(page, instructor):
    notebook = open_notebook(page, instructor(f"lab/tree/lessons/{LESSON}/{LESSON}.ipynb"))
    expect(notebook.locator("h1").first).to_be_visible()
    expect(page.get_by_text("| Idle")).to_be_visible()  # the kernel is there
    first = notebook.locator(".jp-CodeCell").first
    first.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(first.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[[0-9]+\]"))
    expect(first.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)


def test_instructor_generates_and_releases(page, instructor, course):
    row = row_of(open_formgrader(page, instructor), LESSON)
    press(row, "assign", "Successfully created")
    press(row, "release", "Successfully released")
    expect(row.locator(".status")).to_have_text("released")
    released = (course.exchange / COURSE_ID / "outbound" / LESSON / f"{LESSON}.ipynb").read_text("utf-8")
    assert "YOUR CODE HERE" in released
    assert "BEGIN SOLUTION" not in released


def test_student_fetches(page, student, course):
    page.goto(student("lab"))
    choose(page, "Assignment List")
    page.get_by_role("button", name="Fetch", exact=True).click()
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    assert (course.root / "student" / LESSON / f"{LESSON}.ipynb").exists()


def test_student_has_no_formgrader(page, student):
    page.goto(student("lab"))
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    expect(page.get_by_role("menuitem", name="Assignment List", exact=True)).to_be_visible()
    expect(page.get_by_role("menuitem", name="Formgrader", exact=True)).to_have_count(0)


def test_half_written_exercises_let_run_all_go_on_and_a_wrong_one_stops_it_in_a_line(page, student, course):
    folder = course.root / "student" / LESSON
    write_answers(folder / f"{LESSON}.ipynb", folder / "some.ipynb")
    notebook = open_notebook(page, student(f"lab/tree/{LESSON}/some.ipynb"))
    expect(page.get_by_text("| Idle")).to_be_visible()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    outputs = notebook.locator(".jp-OutputArea-output")
    expect(outputs.nth(0)).to_contain_text("step is not written yet")
    expect(outputs.nth(1)).to_contain_text("every case: wrong")
    expect(outputs.nth(2)).to_have_text(STOPS_HERE.format("srn.parameter_count"))
    expect(outputs).to_have_count(3)
    hint = outputs.nth(1).get_by_text("The output layer is not counted.")
    expect(hint).not_to_be_visible()
    outputs.nth(1).get_by_text("What it may be").click()
    expect(hint).to_be_visible()
    (folder / "some.ipynb").unlink()


def write_answers(lesson, target):
    """A notebook of two exercises: one not written, one wrong, and a cell after them."""
    nb = nbformat.read(lesson, as_version=4)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}
    wrong = cells["srn-parameter_count-answer"]
    wrong.source = wrong.source.partition("    # YOUR CODE HERE")[0] + "    return H * D + H * H + H"
    kept = ("srn-step-answer", "srn-step", "srn-parameter_count-answer", "srn-parameter_count")
    after = nbformat.v4.new_code_cell("print('after')")
    nb.cells = [nb.cells[1], *(cells[name] for name in kept), after]
    nbformat.write(nb, target)


def test_validate_says_in_a_line_how_each_exercise_stands(page, student):
    notebook = open_notebook(page, student(f"lab/tree/{LESSON}/{LESSON}.ipynb"))
    notebook.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=MARKING)
    expect(dialog).to_contain_text("0 of 8 exercises pass their public checks, worth 0 of 24 points.")
    expect(dialog.get_by_role("row", name="1.1 · One step")).to_contain_text("step is not written yet")
    expect(dialog.get_by_text("The following cell failed")).not_to_be_visible()


def test_student_submits(page, student, course):
    page.goto(student("lab"))
    choose(page, "Assignment List")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("button", name="Fetch Feedback", exact=True)).to_be_visible()
    assert appears(page, course.exchange / COURSE_ID / "inbound", f"*+{LESSON}+*")


def appears(page, folder, pattern):
    """Is there such a file, or will there be one soon? The page may be drawn before the copy is made."""
    for _ in range(100):
        if list(folder.glob(pattern)):
            return True
        page.wait_for_timeout(200)
    return False


def test_instructor_collects_and_marks(page, instructor, course):
    """Formgrader's own button marks in the sandbox: an unwritten lesson has 0 points, and is marked."""
    frame = open_formgrader(page, instructor)
    press(row_of(frame, LESSON), "collect", "Successfully collected")
    row_of(frame, LESSON).locator(".num-submissions a").click()
    submission = frame.locator("tbody tr").filter(has=frame.locator(".autograde a"))
    press(submission, "autograde", "Successfully autograded", timeout=MARKING)
    expect(submission.locator(".status")).not_to_have_text("needs autograding")
    expect(submission.locator(".score")).to_contain_text(re.compile(r"^\s*0 / "))
    assert list(course.autograded.glob(f"*/{LESSON}/{LESSON}.ipynb"))
