"""Is a lesson's line that of its report, whatever happened to the students? And does a large class cost few queries?"""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.feedback.class_report import class_overview, class_report
from grader.marking.steps import settle
from grader.marking.steps.audit_records import AuditRecords
from tests.grader.marking.feedback.filled_gradebook import add_lessons, fill

LESSON, LARGE = "01-srn", "08-applications"
DUE = datetime(2026, 5, 1, 12)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("filled") / "course")
    add_lessons(course, (LESSON, LARGE))
    fill(course, (LESSON, LARGE), 12)
    return course


@pytest.fixture
def filled(made, course):
    shutil.copytree(made.root, course.root)
    return course


def hand_in(course, student, when):
    course.submission(student, LESSON).mkdir(parents=True, exist_ok=True)
    (course.submission(student, LESSON) / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC")


def change(course):
    """Something of everything that can befall a student."""
    (course.root / "roster.csv").write_text("id,first_name,last_name,email,lms_id\nzoe,Zoë,=1+1,,\n", encoding="utf-8")
    (course.root / "extensions.csv").write_text("student,lesson,until\nnew,01,2026-05-03 12:00\n", encoding="utf-8")
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        gradebook.find_assignment(LESSON).duedate = DUE
        for number, hours in ((0, -1), (1, 5), (2, 30)):
            submission = gradebook.find_submission(LESSON, f"student-{number:04}")
            submission.timestamp = DUE + timedelta(hours=hours)
            hand_in(course, submission.student.id, submission.timestamp)
        gradebook.find_grade("srn-written", LESSON, LESSON, "student-0003").manual_score = 2.5
        gradebook.find_grade("srn-written", LESSON, LESSON, "student-0003").needs_manual_grade = False
        gradebook.find_grade("srn-step", LESSON, LESSON, "student-0003").extra_credit = 1.25
        for grade in gradebook.find_submission_notebook(LESSON, LESSON, "student-0004").grades:
            grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    hand_in(course, "student-0001", DUE + timedelta(days=3))  # a newer attempt
    hand_in(course, "new", DUE + timedelta(hours=1))
    AuditRecords(course, LESSON).write_unmarked("student-0004", LESSON, "not a notebook")
    shutil.rmtree(course.feedback / "student-0005")


def test_a_lessons_line_is_that_of_its_report(filled):
    change(filled)
    lines = {line.lesson: line for line in class_overview(filled)}
    assert list(lines) == lessons()
    for lesson in (LESSON, LARGE):
        assert lines[lesson] == class_report(filled, lesson).figures
    line = lines[LESSON]
    assert (line.students, line.handed_in, line.feedback) == (14, 13, 11)
    assert (line.marked, line.waits, line.not_marked, line.late) == (1, 9, 3, 2)
    assert (line.due, line.most, sum(bar.students for bar in line.histogram)) == (DUE.replace(tzinfo=UTC), 28.0, 11)


def test_each_student_has_a_row_that_says_how_far_the_work_is(filled):
    change(filled)
    rows = {row.student: row for row in class_report(filled, LESSON).rows}
    assert (rows["zoe"].name, rows["zoe"].status, rows["zoe"].has_marks) == ("Zoë =1+1", "nothing handed in", False)
    assert (rows["new"].status, rows["new"].late_seconds) == ("not marked", 0)  # extended
    assert rows["student-0000"].late_seconds == 0
    assert rows["student-0001"].not_marked == (f"a newer attempt is not marked yet: `grader autograde {LESSON}`",)
    assert (rows["student-0001"].late_seconds, rows["student-0002"].late_seconds) == (72 * 3600, 30 * 3600)
    assert rows["student-0002"].handed_in == (DUE + timedelta(hours=30)).replace(tzinfo=UTC)
    assert (rows["student-0002"].waiting, rows["student-0003"].waiting) == (("srn-written",), ())
    assert rows["student-0003"].points["srn-written"] == 2.5
    assert rows["student-0003"].total == sum(rows["student-0003"].points.values())
    assert rows["student-0004"].not_marked == (f"{LESSON}: not a notebook",)
    assert [rows[f"student-{number:04}"].feedback for number in (5, 6)] == ["none", "outdated"]


def test_a_lesson_that_is_not_released_has_its_due_date_already(filled):
    (filled.root / "course.toml").write_text('[lessons.03]\ndue = "2026-12-11 23:59"\n', encoding="utf-8")
    [line] = [line for line in class_overview(filled) if line.lesson == "03-clipping"]
    assert (line.released, line.due) == (False, datetime(2026, 12, 11, 23, 59, tzinfo=UTC))


def test_a_lesson_that_is_not_taught_has_no_line(filled):
    (filled.root / "course.toml").write_text("[lessons.02]\ntaught = false\n", encoding="utf-8")
    assert "02-bptt" not in [line.lesson for line in class_overview(filled)]


@pytest.mark.parametrize("look", [class_overview, lambda course: class_report(course, LARGE)])
def test_twice_as_many_students_cost_no_query_more(filled, look, monkeypatch):
    monkeypatch.setattr(settle, "YOUNG_NS", 0)

    def queries():
        asked = []
        listen = lambda *arguments: asked.append(arguments[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", listen)
        look(filled)
        event.remove(Engine, "before_cursor_execute", listen)
        return len(asked)

    look(filled)
    few = queries()
    with Gradebook(filled.db_url, COURSE_ID) as gradebook:
        for number in range(12, 24):
            gradebook.add_student(f"more-{number}")
            gradebook.add_submission(LARGE, f"more-{number}")
    look(filled)  # what is late is settled once
    assert queries() == few


def test_a_damaged_gradebook_is_named(filled):
    filled.gradebook.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(GraderError, match="is damaged"):
        class_overview(filled)


def test_a_record_that_is_cut_makes_its_submission_not_marked(filled):
    path = AuditRecords(filled, LESSON).path("student-0007", LESSON)
    text = path.read_text()
    path.unlink()
    path.write_text(json.dumps(json.loads(text))[:200])
    [row] = [row for row in class_report(filled, LESSON).rows if row.status == "not marked"]
    assert row.student == "student-0007"
    assert "is cut: run `grader autograde 01-srn --student student-0007 --force`" in row.not_marked[0]
