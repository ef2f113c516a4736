"""Are points, comments and pages such that each LMS reads them, and the same as in the report?"""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student
from grader.marking.desk.lms.comments import number
from grader.marking.desk.lms.export import export
from grader.marking.desk.lms.placed import Placed, write_placed
from grader.marking.desk.lms.systems import Lms
from grader.marking.feedback.class_report import class_report
from tests.grader.marking.desk.lms.as_an_lms import (
    canvas_comments,
    canvas_gradebook,
    gradescope_autograder,
    moodle_feedback,
    moodle_worksheet,
    rows_of,
)
from tests.grader.marking.desk.lms.made_downloads import canvas_name
from tests.grader.marking.feedback.filled_gradebook import add_lessons, fill

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
LESSON, COUNT = "01-srn", 6
NAMES = ("Jörg Müller", "李 小龙", "Mary Ann O'Neil", '=HYPERLINK("http://x")', "Eva van der Berg", "Sam Ray")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Six students with marks, the last but one still waits for a person, and one on the list who handed in nothing."""
    course = Course(tmp_path_factory.mktemp("filled") / "course")
    add_lessons(course, [LESSON])
    students = fill(course, [LESSON], COUNT)
    numbered = enumerate(zip(students, NAMES, strict=True))
    listed = [Student(one, name, f"{one}@example.org", str(1000 + n)) for n, (one, name) in numbered]
    write_roster(course, roster_with([*listed, Student("zoe", "Zoe None", "zoe@example.org", "1999")]))
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        for student in students:
            for grade in gradebook.find_submission_notebook(LESSON, LESSON, student).grades:
                if grade.needs_manual_grade and student != students[4]:
                    grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    return course


@pytest.fixture
def course(filled, tmp_path, monkeypatch):
    """A copy of it; programs that the test starts work on it too."""
    course = Course(tmp_path / "course")
    shutil.copytree(filled.root, course.root)
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    return course


@pytest.fixture
def report(course):
    return {row.student: row for row in class_report(course, LESSON).rows}


def written(course, to, lesson=LESSON, **options):
    done = export(course, Lms(to), lesson, **options)
    return {path.name: path for path, _ in done.files}, done


USERS = [{"id": str(1000 + n), "login": "", "name": name} for n, name in enumerate(NAMES)] + [
    {"id": "1999", "login": "", "name": "Zoe None"}
]


# --- Canvas ---------------------------------------------------------------------------------------------------------


def test_canvas_reads_the_points_of_the_report(course, report):
    files, done = written(course, "canvas")
    points, possible = canvas_gradebook(files["canvas-gradebook-01-srn.csv"], USERS)
    expected = {str(1000 + n): number(row.total) for n, row in enumerate(list(report.values())[:COUNT])}
    expected["1004"] = ""  # waits for a person
    assert {user: given[LESSON] for user, given in points.items()} == expected | {"1999": ""}
    assert possible == {LESSON: sum(class_report(course, LESSON).most.values())}
    assert any("waits for a person" in why for why in done.held)
    assert done.nothing == {LESSON: ["zoe"]}
    assert [row[0] for row in rows_of(files["canvas-gradebook-01-srn.csv"])][5].startswith("'=")  # no formula


def test_anyway_and_zero(course, report):
    files, _ = written(course, "canvas", anyway=True, zero=True)
    points, _ = canvas_gradebook(files["canvas-gradebook-01-srn.csv"], USERS)
    assert points["1004"][LESSON] == number(report["student-0004"].total)
    assert points["1999"][LESSON] == "0"


def test_points_are_scaled_where_the_course_says_what_a_lesson_counts(course, report):
    (course.root / "course.toml").write_text("[lessons.01-srn]\npoints = 10\n")
    files, _ = written(course, "canvas")
    points, possible = canvas_gradebook(files["canvas-gradebook-01-srn.csv"], USERS)
    own = sum(class_report(course, LESSON).most.values())
    assert possible == {LESSON: 10.0}
    assert float(points["1000"][LESSON]) == pytest.approx(report["student-0000"].total * 10 / own, abs=0.005)


def gradebook_of_canvas(path, heads=("Lesson 1: 01-SRN (77)", "Final (78)")):
    """What Canvas gives out, of the first three students."""
    about = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        write = csv.writer(file).writerow
        write([*about, *heads, "Current Score"])
        write(["    Points Possible", "", "", "", "", "25", "100", "(read only)"])
        for n, name in enumerate(NAMES[:3]):
            write([name, str(1000 + n), "", f"login{n}", "A", "", "3", "9"])
        write(["Student, Test", "9", "", "", "A", "", "", ""])
    return path


def test_canvas_own_gradebook_is_filled_in(course, report, tmp_path):
    files, done = written(course, "canvas", file=gradebook_of_canvas(tmp_path / "g.csv"))
    heads, possible, *rows = rows_of(files["canvas-gradebook-filled-01-srn.csv"])
    assert heads == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 1: 01-SRN (77)"]
    assert possible[0].strip() == "Points Possible"
    assert [row[-1] for row in rows] == [number(row.total) for row in list(report.values())[:3]]
    assert any("Canvas counts 25 points" in line for line in done.remarks)
    assert any("not in g.csv: student-0003, student-0005" in line for line in done.remarks)


def test_a_table_that_was_filled_in_stays_where_one_is_written_without_a_file(course, tmp_path):
    files, _ = written(course, "canvas", file=gradebook_of_canvas(tmp_path / "g.csv"))
    path = files["canvas-gradebook-filled-01-srn.csv"]
    before = path.read_bytes()
    written(course, "canvas")
    assert path.read_bytes() == before


def test_the_page_of_an_earlier_attempt_is_in_no_zip(course):
    name = canvas_name(NAMES[0], 1000, 500, "01-srn.ipynb")
    write_placed(course, LESSON, {"student-0000": Placed("Canvas", "x", [name])})
    files, _ = written(course, "canvas")
    assert "canvas-feedback-01-srn.zip" in files
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        gradebook.find_submission(LESSON, "student-0000").timestamp = datetime(2026, 5, 6)
        gradebook.db.commit()
    folder = course.submission("student-0000", LESSON)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timestamp.txt").write_text("2026-05-07 00:00:00 UTC")
    again, done = written(course, "canvas")
    assert "student-0000" in str(done.held)
    assert "canvas-feedback-01-srn.zip" not in again
    assert not files["canvas-feedback-01-srn.zip"].exists()
    assert any("of an earlier export is removed" in line for line in done.remarks)


def test_which_column_of_canvas_is_asked_for_where_it_is_not_clear(course, tmp_path):
    path = gradebook_of_canvas(tmp_path / "g.csv", ("Homework (77)", "Final (78)"))
    with pytest.raises(
        GraderError, match=r"which column is that of 01-srn\? Say it with --column; there are: Homework"
    ):
        written(course, "canvas", file=path)
    files, _ = written(course, "canvas", file=path, column="Homework")
    assert rows_of(files["canvas-gradebook-filled-01-srn.csv"])[0][-1] == "Homework (77)"


def test_canvas_knows_whose_the_pages_are(course):
    names = {n: canvas_name(NAMES[n], 1000 + n, 500 + n, "01-srn.ipynb", late=n == 1) for n in range(3)}
    names[2] = canvas_name(NAMES[2], 1002, 502, "01-srn-me.zip")
    write_placed(course, LESSON, {f"student-000{n}": Placed("Canvas", "x", [name]) for n, name in names.items()})
    files, done = written(course, "canvas")
    attachments = {"500": ("1000", "01-srn.ipynb"), "501": ("1001", "01-srn.ipynb"), "502": ("1002", "01-srn-me.zip")}
    comments = canvas_comments(files["canvas-feedback-01-srn.zip"], attachments)
    assert set(comments) == {"1000", "1001", "1002"}
    page = (course.feedback / "student-0000" / LESSON / "01-srn.html").read_bytes()
    assert comments["1000"] == [("01-srn.ipynb", page)]
    names = zipfile.ZipFile(files["canvas-feedback-01-srn.zip"]).namelist()
    assert [name.rpartition("_")[2] for name in names] == ["01-srn.html", "01-srn.html", "feedback.zip"]
    [(shown, content)] = comments["1002"]
    assert shown.endswith(".zip")
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["01-srn.html"]
    assert any("not in the zip of pages: student-0003, student-0005" in line for line in done.remarks)


# --- Moodle ---------------------------------------------------------------------------------------------------------

SHEET = (
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Grade can be changed"),
    *("Last modified (submission)", "Last modified (grade)", "Feedback comments"),
)


def sheet_of(path, most="20.00"):
    """What Moodle gives out: all students, and somebody who is not on the list."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        write = csv.writer(file).writerow
        write(SHEET)
        for n, name in enumerate(NAMES):
            about = [f"Participant {200 + n}", name, f"student-000{n}@example.org"]
            write([*about, "Submitted", "", most, "Yes", "-", "-", ""])
        write(["Participant 999", "Somebody Else", "x@y.z", "", "", most, "Yes", "-", "-", "keep"])
    return path


def test_moodles_worksheet_is_filled_in_and_read_back(course, report, tmp_path):
    files, _ = written(course, "moodle", file=sheet_of(tmp_path / "grades.csv"))
    read = moodle_worksheet(files["moodle-worksheet-01-srn.csv"])
    rows = list(report.values())
    assert {n: read[200 + n][0] for n in range(6)} == {n: "" if n == 4 else number(rows[n].total) for n in range(6)}
    assert read[999] == ("", "keep")
    for n in (0, 1, 2):
        assert read[200 + n][1].startswith(f"{number(rows[n].total)} of ")
    participants = set(range(200, 206))
    pages = moodle_feedback(files["moodle-feedback-01-srn.zip"], participants)
    assert set(pages) == participants - {204}
    assert pages[200][0][0] == "01-srn.html"


def test_moodles_folders_are_those_of_the_download(course):
    write_placed(
        course,
        LESSON,
        {"student-0000": Placed("Moodle", "Jörg Müller_204", ["Jörg Müller_204_assignsubmission_file_/01-srn.ipynb"])},
    )
    files, done = written(course, "moodle")
    assert set(moodle_feedback(files["moodle-feedback-01-srn.zip"], {204})) == {204}
    heads, first, *_ = rows_of(files["moodle-grades-01-srn.csv"])
    assert heads[:3] == ["Username", "ID number", "Email address"]
    assert first[2] == "student-0000@example.org"
    assert any("not in the zip of pages" in line and "--file worksheet.csv" in line for line in done.remarks)


def test_where_no_zip_of_pages_is_written_that_is_said(course):
    files, done = written(course, "moodle")
    assert "moodle-feedback-01-srn.zip" not in files
    assert any(line.startswith("no zip of pages is written for: student-0000") for line in done.remarks)


def test_another_maximum_in_moodle_is_said(course, tmp_path):
    _, done = written(course, "moodle", file=sheet_of(tmp_path / "grades.csv", "100.00"))
    assert any("Moodle's maximum is 100.00" in line for line in done.remarks)


# --- Gradescope -----------------------------------------------------------------------------------------------------


def test_gradescope_gets_points_by_what_it_runs(course, report, tmp_path):
    files, done = written(course, "gradescope")
    path = files["gradescope-autograder-01-srn.zip"]
    by_email = gradescope_autograder(path, tmp_path / "a", email="Student-0001@example.org", sid="")
    by_sid = gradescope_autograder(path, tmp_path / "b", email="other@example.org", sid="1001")
    assert by_email == by_sid
    assert by_email["score"] == pytest.approx(report["student-0001"].total)
    assert "points" in by_email["output"]
    nobody = gradescope_autograder(path, tmp_path / "c", email="student-0004@example.org", sid="")
    assert (nobody["score"], nobody["visibility"]) == (0, "hidden")
    heads, *rows = rows_of(files["gradescope-grades-01-srn.csv"])
    status = {row[heads.index("SID")]: row[heads.index("Status")] for row in rows}
    assert (status["1000"], status["1004"], status["1999"]) == ("Graded", "Ungraded", "Missing")
    assert any("takes no feedback pages" in line for line in done.remarks)


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_says_where_each_file_goes(course):
    run = CliRunner().invoke(app, ["export", "--to", "canvas", "01"])
    assert run.exit_code == 0
    assert f"✓ {course.root}/export/canvas-gradebook-01-srn.csv" in run.output
    assert "in Canvas: Grades → Import" in run.output
    assert "waits for a person" in run.output
    assert (course.root / "export" / "canvas-gradebook-01-srn.csv").stat().st_mode & 0o777 == 0o600
    assert CliRunner().invoke(app, ["export", "01"]).exit_code == 2


def test_all_lessons_in_one_table(course):
    files, _ = written(course, "canvas", None)
    assert list(files) == ["canvas-gradebook-01-srn.csv"]
    with pytest.raises(GraderError, match="imports no table"):
        written(course, "gradescope", file=files["canvas-gradebook-01-srn.csv"])


def test_points_that_are_nearly_none_have_no_sign():
    assert [number(value) for value in (-0.001, 0.0, 0.1, 2.5, 10.0)] == ["0", "0", "0.1", "2.5", "10"]
