"""Are the plain rows what nbgrader's own objects say, and the sums those of the rows?"""

from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from grader.marking.course.course import COURSE_ID
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.submitted_rows import assignment_row, students_of, submission_rows, submission_sums

LESSON, NOTEBOOK = "00-made", "made"
CELLS = {"task-one": 3.0, "task-two": 2.5, "written": 4.0, "no-points": 0.0}


@pytest.fixture
def gradebook(course):
    """Two lessons with the same students: marks by machine and by hand, extra credit, comments, an extension, a gap."""
    course.root.mkdir()
    course_api(course)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        for lesson in (LESSON, "00-other"):
            gradebook.add_assignment(lesson, duedate=datetime(2026, 5, 1, 12))
            gradebook.add_notebook(NOTEBOOK, lesson)
            for name, most in CELLS.items():
                gradebook.add_grade_cell(name, NOTEBOOK, lesson, max_score=most, cell_type="code")
                gradebook.add_solution_cell(f"{name}-answer", NOTEBOOK, lesson)
            gradebook.add_task_cell("drawing", NOTEBOOK, lesson, max_score=2.0, cell_type="markdown")
        gradebook.add_student("ada", first_name="Ada", last_name="L.")
        gradebook.add_student("bob")
        gradebook.add_student("carl")
        for lesson in (LESSON, "00-other"):
            gradebook.add_submission(lesson, "bob", timestamp=datetime(2026, 5, 2), extension=timedelta(hours=6))
            gradebook.add_submission(lesson, "ada", timestamp=datetime(2026, 4, 30))
        _give(gradebook, "bob", "task-one", auto_score=1.5, needs_manual_grade=False)
        _give(gradebook, "bob", "task-two", auto_score=2.5, manual_score=1.0, extra_credit=0.5)
        _give(gradebook, "bob", "written", extra_credit=1.0)  # counts only with a score
        _give(gradebook, "bob", "no-points", auto_score=0.0, extra_credit=0.25)
        _give(gradebook, "ada", "task-one", manual_score=0.0, needs_manual_grade=False)
        comment = gradebook.find_comment("task-one-answer", NOTEBOOK, LESSON, "bob")
        comment.auto_comment, comment.manual_comment = "No response.", "Well done"
        gradebook.db.commit()
        yield gradebook


def _give(gradebook, student, name, **what):
    grade = gradebook.find_grade(name, NOTEBOOK, LESSON, student)
    for key, value in what.items():
        setattr(grade, key, value)


def _read(gradebook, **options):
    assignment, students = assignment_row(gradebook, LESSON), students_of(gradebook)
    return assignment, submission_rows(gradebook, assignment, students, **options)


def test_each_row_has_the_values_of_nbgraders_object(gradebook):
    _, rows = _read(gradebook, comments=True)
    assert [row.student.id for row in rows] == ["ada", "bob"]
    for row in rows:
        theirs = gradebook.find_submission(LESSON, row.student.id)
        for name in ("name", "timestamp", "extension", "duedate", "total_seconds_late"):
            assert getattr(row, name) == getattr(theirs, name), name
        [ours], [other] = row.notebooks, theirs.notebooks
        assert (ours.name, ours.score, ours.max_score) == (other.name, other.score, other.max_score)
        assert ours.student.id == other.student.id
        theirs_by_name = {grade.name: grade for grade in other.grades}
        assert {grade.name for grade in ours.grades} == theirs_by_name.keys() == {*CELLS, "drawing"}
        for grade in ours.grades:
            for name in ("auto_score", "manual_score", "extra_credit", "needs_manual_grade", "score", "max_score"):
                assert getattr(grade, name) == getattr(theirs_by_name[grade.name], name), (grade.name, name)
        said = {one.name: one.comment for one in other.comments if one.comment is not None}
        assert {one.name: one.comment for one in ours.comments} == said


def test_the_sums_are_those_of_the_rows(gradebook):
    assignment, rows = _read(gradebook)
    sums = submission_sums(gradebook, assignment, students_of(gradebook))
    assert [row.student.id for row, _ in sums] == ["ada", "bob"]
    for row, (_, [one]) in zip(rows, sums, strict=True):
        [notebook] = row.notebooks
        worth = [grade for grade in notebook.grades if grade.max_score]
        assert one.points == notebook.score
        assert one.waiting == sum(grade.waits or grade.needs_manual_grade for grade in worth)
        assert one.given == sum(not grade.waits for grade in notebook.grades if grade.max_score or grade.score)


def test_a_lesson_that_was_never_released_has_no_row(gradebook):
    assert assignment_row(gradebook, "00-none") is None


def test_a_student_is_called_as_far_as_the_name_is_known(gradebook):
    assert {key: student.name for key, student in students_of(gradebook).items()} == {
        "ada": "Ada L.",
        "bob": "",
        "carl": "",
    }
