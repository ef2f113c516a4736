"""Does the report say who lost points where, and what went wrong most often?"""

import csv
import shutil

import pytest

from grader.checks.task import find_task
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student
from grader.marking.feedback.class_report import ClassReport, Row, class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.proving import samples
from grader.marking.steps.audit_records import UNTOUCHED

LESSON = "01-srn"
BY_TORCH = """
import torch


def step(x_t, h, W, U, b):
    cell = torch.nn.RNNCell(W.shape[1], W.shape[0]).to(torch.as_tensor(W).dtype)
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), (W, U, b, 0 * b)):
            parameter.copy_(torch.as_tensor(array))
        return cell(torch.as_tensor(x_t), torch.as_tensor(h)).numpy()
"""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", " '=1+1"),
        ("＝1+1", "'＝1+1"),
        ("x;=1+1", "x;'=1+1"),
        ("x\t@SUM(A1)", "x\t'@SUM(A1)"),
        ("x|-1", "x|'-1"),
        ("\x1b[31m=", "\\x1b[31m="),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("李", "李"),
    ],
)
def test_no_cell_of_the_table_is_a_formula_in_any_spreadsheet(text, cell):
    table = ClassReport("01-srn", {}, (Row(text, {}, 0.0, {}),), ()).as_csv()
    assert next(csv.reader(table.splitlines()[1:]))[0] == cell


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_report_and_the_feedback_say_what_was_wrong(three, course, mark):
    mark(LESSON)
    report = class_report(course, LESSON)
    mistaken = next(row for row in report.rows if row.student == "mistaken")
    assert mistaken.losses["srn.step"].what == "transposed-U"
    transposed = next(mistake for mistake in report.mistakes if mistake.what == "transposed-U")
    assert (transposed.tasks, transposed.students) == (("srn.step",), 1)
    assert mistaken.follow_through == ("srn-sequence",)
    assert [mistake.what for mistake in report.mistakes if mistake.unanswered] == ["not written"]
    assert report.mistakes[-1].what == "not written"
    assert {row.student for row in report.rows if UNTOUCHED in row.notes} == {"untouched"}
    assert report.as_csv().splitlines()[0].startswith("student,name,srn-step,")
    page = next(page for page in feedback(course, LESSON, to_exchange=False) if "mistaken" in page.parts).read_text()
    assert "transpose" in page


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_a_library_call_is_named_in_report_table_and_page_and_costs_nothing(hand_in, own, course, mark):
    def by_torch(nb):
        samples.solve(nb, own)
        samples.answer_cell(nb, find_task("srn.step")).source = BY_TORCH
        return nb

    hand_in("ada", by_torch)
    mark(LESSON)
    report = class_report(course, LESSON)
    [row] = report.rows
    assert row.points["srn-step"] == 3
    assert row.library == {"srn.step": ("torch.nn.RNNCell",)}  # and not srn.sequence, which uses it
    assert report.as_csv().splitlines()[1].endswith(",srn.step: torch.nn.RNNCell")
    [page] = feedback(course, LESSON, to_exchange=False)
    assert page.read_text().count("calls torch.nn.RNNCell") == 2  # in its line at the top, and in its report


def test_who_is_in_the_gradebook_and_handed_in_nothing_is_named_with_the_way_out(hand_in, released, mark):
    hand_in("ada")
    mark(LESSON)
    shutil.rmtree(released.submission("ada", LESSON))
    [note] = class_report(released, LESSON).rows[0].notes[:1]
    assert note.startswith("in the gradebook, and what was handed in is gone: put it back, or take the student")


def test_who_handed_in_and_is_not_marked_is_a_row_and_what_lies_in_a_wrong_place_is_listed(hand_in, released):
    hand_in("ada")
    (released.submitted / "bob" / "01-SRN").mkdir(parents=True)
    report = class_report(released, LESSON)
    [row] = report.rows
    assert (row.student, row.status, row.has_marks) == ("ada", "not marked", False)
    assert row.not_marked == row.notes == (f"handed in, and nothing is marked: `grader autograde {LESSON}` says why",)
    assert report.not_listed == (f"submitted/bob/01-SRN: should be called {LESSON}: rename it",)
    write_roster(released, roster_with([Student("eve")]))
    named = {row.student: row.notes[-1] for row in class_report(released, LESSON).rows if row.notes}
    assert list(named) == ["ada"]
    assert named["ada"].startswith("handed in, and is not on the list of the class")
