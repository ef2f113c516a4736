"""Do table, report, CSV, feedback page and nbgrader's export tell the same of a submission, whatever came before?"""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import UTC, datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from grader.checks.errors import GraderError
from grader.checks.task import find_task
from grader.marking.course.course import COURSE_ID
from grader.marking.desk.release import release
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.proving import samples
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

LESSON, NAME, WRITTEN = "01-srn", "01-srn.ipynb", "srn-written"
FULL = 24.0
OLD_IN_EXPORT = "01-srn of alice: the marks of 01-srn are of an earlier attempt"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def path(hand_in, own):
    """alice's notebook, solved."""
    return hand_in("alice", lambda nb: samples.solve(nb, own))


@pytest.fixture
def outcome(mark):
    return lambda **options: next(one for one in mark(LESSON, **options).outcomes if one.student == "alice")


@pytest.fixture
def told(course, tmp_path):
    """told(): the total that report, CSV, feedback page, nbgrader's export, Formgrader's tables and the rows tell, each
    once where they agree."""

    def read():
        report = class_report(course, LESSON)
        [row] = [row for row in report.rows if row.student == "alice"]
        [line] = [line for line in csv.DictReader(io.StringIO(report.as_csv())) if line["student"] == "alice"]
        [page] = feedback(course, LESSON, ["alice"], to_exchange=False)
        shown = re.search(r"<span>([\d.]+) of [\d.]+ points", page.read_text("utf-8"))
        api = course_api(course)
        export = api.config.ExportApp.plugin_class(config=api.config, to=str(tmp_path / "export.csv"))
        with course_gradebook(api) as book:
            export.export(book)
        lines = csv.DictReader(io.StringIO((tmp_path / "export.csv").read_text()))
        [exported] = [line for line in lines if line["student_id"] == "alice"]
        tables = [*api.get_submissions(LESSON), *api.get_notebook_submissions(LESSON, LESSON)]
        formgrader = {each["score"] for each in tables if each["student"] == "alice"}
        formgrader |= {api.get_submission(LESSON, "alice")["score"], api.get_student("alice")["score"]}
        formgrader |= {each["score"] for each in api.get_students() if each["id"] == "alice"}
        with Gradebook(course.db_url, COURSE_ID) as book:
            mine = book.find_submission(LESSON, "alice")
            in_rows = max(0.0, mine.score - mine.late_submission_penalty)
        return {row.total, float(line["total"]), float(shown[1]), float(exported["score"]), *formgrader, in_rows}

    return read


@pytest.fixture
def by_hand(course):
    """by_hand(4.0, "good"): a person marks the written answer, as in Formgrader."""

    def give(points, comment):
        with Gradebook(course.db_url, COURSE_ID) as book:
            grade = book.find_grade(WRITTEN, LESSON, LESSON, "alice")
            grade.manual_score, grade.needs_manual_grade = points, False
            book.find_comment(WRITTEN, LESSON, LESSON, "alice").manual_comment = comment
            book.db.commit()

    return give


@pytest.fixture
def written(course):
    """written(): mark by hand, does it wait, and the comment that is shown."""

    def read():
        with Gradebook(course.db_url, COURSE_ID) as book:
            grade = book.find_grade(WRITTEN, LESSON, LESSON, "alice")
            comment = book.find_comment(WRITTEN, LESSON, LESSON, "alice").comment
            return grade.manual_score, grade.needs_manual_grade, comment

    return read


def change(path, name, text):
    nb = nbformat.read(path, as_version=4)
    cell = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
    cell.source = text
    nbformat.write(nb, path)


def handed_in_at(course, when):
    (course.submission("alice", LESSON) / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC\n")


def due(course, when):
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.find_assignment(LESSON).duedate = when.replace(tzinfo=None) if when else None
        book.db.commit()


def broken(path):
    path.write_text("not JSON")


def in_another_file(path):
    path.rename(path.with_name("mine.ipynb"))


def no_time(path):
    path.with_name("timestamp.txt").write_text("yesterday")


@pytest.mark.parametrize("harm", [broken, in_another_file, no_time])
def test_after_a_broken_attempt_the_last_good_marks_stay_and_are_called_old(
    course, path, outcome, told, by_hand, harm, caplog
):
    outcome()
    by_hand(4.0, "good")
    assert told() == {FULL + 4}
    assert OLD_IN_EXPORT not in caplog.text
    good = path.read_bytes()
    harm(path)
    for _ in range(2):
        found = outcome()
        assert (found.status, found.points, found.old) == ("not marked", FULL + 4, True)
        assert told() == {FULL + 4}
        assert OLD_IN_EXPORT in caplog.text
        [row] = class_report(course, LESSON).rows
        assert row.old == (LESSON,)
        [page] = feedback(course, LESSON, to_exchange=False)
        assert page.read_text("utf-8").count("These marks are of an earlier attempt.") == 1
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(good)
    found = outcome()
    assert (found.status, found.points, found.old) == ("marked", FULL + 4, False)
    assert told() == {FULL + 4}
    assert class_report(course, LESSON).rows[0].old == ()


@pytest.mark.parametrize("harm", [broken, in_another_file, no_time])
def test_by_nbgraders_road_the_last_good_marks_stay_and_are_called_old_too(
    course, path, outcome, told, by_hand, harm, caplog
):
    """With the words of `grader autograde` on top of the notebook; the second time without --force, as its command."""
    outcome()
    by_hand(4.0, "good")
    good = path.read_bytes()
    harm(path)
    for force in (True, False):
        assert not course_api(course).autograde(LESSON, "alice", force)["success"]
        assert told() == {FULL + 4}
        assert OLD_IN_EXPORT in caplog.text
        assert class_report(course, LESSON).rows[0].old == (LESSON,)
        [page] = feedback(course, LESSON, to_exchange=False)
        assert page.read_text("utf-8").count("These marks are of an earlier attempt.") == 1
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(good)
    assert course_api(course).autograde(LESSON, "alice", False)["success"]
    assert told() == {FULL + 4}
    assert class_report(course, LESSON).rows[0].old == ()


@pytest.mark.parametrize("text", ["", "Something else.", None])
@pytest.mark.parametrize("road", ["ours", "nbgrader"])
def test_a_mark_given_by_hand_to_another_answer_is_old(course, path, outcome, told, by_hand, written, road, text):
    def again():
        if road == "ours":
            outcome(force=True)
        else:
            assert course_api(course).autograde(LESSON, "alice")["success"]

    outcome()
    by_hand(4.0, "well **said**")
    stub = next(
        cell.source
        for cell in nbformat.read(course.release / LESSON / NAME, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN
    )
    change(path, WRITTEN, stub if text is None else text)
    for _ in range(2):
        again()
        mark, waits, comment = written()
        assert (mark, waits) == (None, True)
        assert "An earlier attempt had 4 of 4 points by hand." in comment
        assert "well **said**" in comment
        assert told() == {FULL}
        [row] = class_report(course, LESSON).rows
        assert row.points[WRITTEN] is None
        assert "4 of 4 by hand were for an earlier attempt" in row.notes[-1]
    by_hand(1.0, "less")
    again()
    assert written() == (1.0, False, "less")
    assert class_report(course, LESSON).rows[0].notes == ()


def test_an_answer_that_has_not_changed_keeps_its_mark(course, path, outcome, told, by_hand, written):
    outcome()
    by_hand(3.5, "good")
    step = find_task("srn.step")
    change(path, f"{step.grade_id}-answer", "step = None")
    assert outcome().status == "marked"
    assert written() == (3.5, False, "good")
    assert len(told()) == 1


@pytest.mark.parametrize("loss", ["gradebook", "backup", "student"])
def test_what_the_gradebook_has_lost_is_marked_again(course, path, outcome, told, loss, tmp_path):
    before = tmp_path / "backup.db"
    shutil.copy(course.gradebook, before)
    if loss == "backup":
        stub = nbformat.read(course.release / LESSON / NAME, as_version=4)
        good = path.read_bytes()
        nbformat.write(stub, path)
        outcome()
        shutil.copy(course.gradebook, before)
        path.write_bytes(good)
    assert outcome().points == FULL
    assert outcome().status == "unchanged"
    if loss == "student":
        with Gradebook(course.db_url, COURSE_ID) as book:
            book.remove_student("alice")
    elif loss == "backup":
        shutil.copy(before, course.gradebook)
    else:
        course.gradebook.unlink()
        with pytest.raises(GraderError, match=f"grader release {LESSON}"):
            outcome()
        release(course, LESSON)
    found = outcome()
    assert (found.status, found.points) == ("marked", FULL)
    assert told() == {FULL}


def test_a_late_penalty_is_one_number_everywhere_and_moves_with_the_due_date(
    course, path, outcome, told, by_hand, monkeypatch
):
    """The rule here: late is worth half."""
    monkeypatch.setattr(LateSubmissionPlugin, "late_submission_penalty", lambda self, student, score, late: score / 2)
    handed_in_at(course, datetime(2026, 5, 6, 12, tzinfo=UTC))
    assert outcome().points == FULL
    due(course, datetime(2026, 5, 6, tzinfo=UTC))
    assert told() == {FULL / 2}
    found = outcome()
    assert (found.status, found.points) == ("unchanged", FULL / 2)
    by_hand(4.0, "good")
    assert told() == {FULL / 2 + 2}
    due(course, datetime(2026, 5, 6, tzinfo=UTC) + timedelta(days=1))
    assert told() == {FULL + 4}
    found = outcome()
    assert (found.status, found.points) == ("unchanged", FULL + 4)


def test_other_points_than_the_gradebooks_are_named_with_the_way_out(course, path, outcome):
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.find_grade_cell("srn-step", LESSON, LESSON).max_score = 5
        book.db.commit()
    found = outcome()
    assert found.status == "not marked"
    assert found.reasons[0].endswith(
        f"srn-step is worth 3 points, and 5 in the gradebook: run `grader release {LESSON}`, "
        f"then `grader autograde {LESSON}`"
    )
    release(course, LESSON)
    assert outcome().points == FULL


def test_a_cell_added_after_marking_is_named_with_the_way_out(course, path, outcome):
    outcome()
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.db.delete(book.find_source_cell("srn-step-answer", LESSON, LESSON))
        book.db.commit()
    way_out = f"other marked cells .* `nbgrader db assignment remove {LESSON} --force`"
    with pytest.raises(GraderError, match=way_out):
        release(course, LESSON)
    done = course_api(course).generate_assignment(LESSON)
    assert not done["success"]
    assert re.search(way_out, done["log"])


def test_a_mark_by_hand_of_a_notebook_that_is_no_longer_handed_in_is_old(course, mark):
    lesson, name = "08-applications", "sentiment-written"
    release(course, lesson, to_exchange=False)
    folder = course.submission("alice", lesson)
    folder.mkdir(parents=True)
    for notebook in ("sentiment", "speech"):
        shutil.copy(course.release / lesson / f"{notebook}.ipynb", folder)
    mark(lesson)
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.find_grade(name, "sentiment", lesson, "alice").manual_score = 4.0
        book.db.commit()
    (folder / "sentiment.ipynb").unlink()
    mark(lesson)
    with Gradebook(course.db_url, COURSE_ID) as book:
        grade = book.find_grade(name, "sentiment", lesson, "alice")
        assert (grade.manual_score, grade.auto_score, grade.needs_manual_grade) == (None, None, True)
        assert "had 4 of 4" in book.find_comment(name, "sentiment", lesson, "alice").comment
