"""Is work that lies in another file than the lesson's named, and never taken for nothing?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import ROOT
from grader.marking.desk.release import release
from grader.marking.feedback.class_report import class_report
from grader.marking.proving import samples
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.nbgrader_adapter import course_api

LESSON, NAME, COPY = "01-srn", "01-srn.ipynb", "01-srn-Copy1.ipynb"
FULL = 24.0
FILES = ("solution.zip", "answer.txt", "srn.py", "solution.PDF", "IMG_1.heic", "01-srn.ipynb.download", "01-srn.json")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def solve(own):
    return lambda nb: samples.solve(nb, own)


@pytest.fixture
def untouched_and_copy(hand_in, solve):
    """alice's notebook is untouched, and a copy of it beside it is solved; returns the folder."""
    folder = hand_in("alice").parent
    nb = solve(nbformat.read(folder / NAME, as_version=4))
    nbformat.write(nb, folder / COPY)
    return folder


@pytest.fixture
def outcome(mark):
    """outcome("alice"): what becomes of her submission."""
    return lambda student, **options: next(one for one in mark(LESSON, **options).outcomes if one.student == student)


def scores(course, lesson, notebook, student):
    with Gradebook(course.db_url) as book:
        grades = book.find_submission_notebook(notebook, lesson, student).grades
        return {(grade.auto_score, grade.needs_manual_grade) for grade in grades if grade.max_score}


def test_a_solved_copy_beside_an_untouched_notebook_waits_for_a_person(released, untouched_and_copy, outcome):
    found = outcome("alice")
    assert found.status == "not marked"
    [why] = found.reasons
    assert why.startswith(
        f"{NAME} is untouched or missing, and {COPY} has answers: run `grader autograde {LESSON} --take-"
    )
    assert scores(released, LESSON, LESSON, "alice") == {(None, True)}
    [row] = class_report(released, LESSON).rows
    assert COPY in row.losses[LESSON].what
    assert row.notes == (why,)


def test_it_is_taken_where_that_is_wanted_and_the_note_stays(released, untouched_and_copy, outcome):
    before = (untouched_and_copy / NAME).read_bytes()
    found = outcome("alice", take_copies=True)
    assert (found.status, found.points) == ("marked", FULL)
    [note] = found.notes
    assert note.startswith(f"{NAME} is {COPY}, taken by --take-copies at 2")
    assert (untouched_and_copy / f"{NAME}.untouched").read_bytes() == before
    assert (untouched_and_copy / NAME).read_bytes() == (untouched_and_copy / COPY).read_bytes()
    again = outcome("alice")
    assert (again.status, again.points, again.notes) == ("unchanged", FULL, (note,))
    marked = nbformat.read(released.autograded / "alice" / LESSON / NAME, as_version=4)
    assert "taken by" in marked.cells[0].source
    notes = json.loads((released.root / "taken-copies.json").read_text())
    assert notes[f"{LESSON}/alice/{NAME}"]["taken from"] == COPY


def test_of_two_solved_copies_a_person_must_choose(untouched_and_copy, outcome):
    (untouched_and_copy / "mine").mkdir()
    (untouched_and_copy / "mine" / NAME).write_bytes((untouched_and_copy / COPY).read_bytes())
    found = outcome("alice", take_copies=True)
    assert found.status == "not marked"
    assert "take-copies" not in found.reasons[0]
    assert f"{COPY}, mine/{NAME} have answers" in found.reasons[0]
    assert not (untouched_and_copy / f"{NAME}.untouched").exists()


def test_a_copy_alone_is_named_and_taken_where_that_is_wanted(untouched_and_copy, outcome):
    (untouched_and_copy / NAME).unlink()
    found = outcome("alice")
    assert found.reasons == (
        f"expected {NAME}, found {COPY}; run `grader autograde {LESSON} --take-copies`, or rename it or ask for it",
    )
    assert outcome("alice", take_copies=True).points == FULL


def test_another_solution_beside_a_solved_notebook_is_named(untouched_and_copy, solve, outcome):
    nb = solve(nbformat.read(untouched_and_copy / NAME, as_version=4))
    next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")).source += "\n# another"
    nbformat.write(nb, untouched_and_copy / NAME)
    found = outcome("alice", take_copies=True)
    assert (found.status, found.points) == ("marked", FULL)
    assert found.notes == (f"{COPY} has other answers than {NAME}, which is marked: ask which one is meant",)


def test_another_lessons_notebook_under_this_ones_name_is_named(released, outcome):
    folder = released.submission("alice", LESSON)
    folder.mkdir(parents=True)
    nb = samples.lesson_notebook("02-bptt")
    nbformat.write(nb, folder / NAME)
    found = outcome("alice")
    assert found.status == "not marked"
    assert found.reasons[0].startswith(f"{NAME} holds the cells of 02-bptt/02-bptt.ipynb, and not its own: ask for")


def no_cells(nb):
    nb.cells = []
    return nb


def homework_of_another_course(nb):
    nb.cells = [new_markdown_cell("# Biology 101"), new_code_cell("frogs = 3\nfrogs + 1")]
    return nb


@pytest.mark.parametrize("edit", [no_cells, homework_of_another_course])
def test_a_notebook_of_something_else_is_named_and_no_zero(released, hand_in, outcome, edit):
    hand_in("alice", edit)
    found = outcome("alice")
    assert found.reasons == (f"{NAME} has no cell and no answer of the lesson: ask for the right file",)
    assert scores(released, LESSON, LESSON, "alice") == {(None, True)}


def test_the_answers_alone_without_names_are_the_lessons(hand_in, solve, outcome):
    def only_the_code(nb):
        nb.cells = [new_code_cell(cell.source) for cell in solve(nb).cells if is_answer(cell)]
        return nb

    hand_in("alice", only_the_code)
    assert outcome("alice").points == FULL


def is_answer(cell):
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")


@pytest.mark.parametrize(
    "file",
    ["solution.zip", "answer.txt", "srn.py", "solution.PDF", "IMG_1.heic", "01-srn.ipynb.download", "01-srn.json"],
)
def test_a_file_beside_an_untouched_notebook_is_named(released, hand_in, outcome, file):
    folder = hand_in("alice").parent
    (folder / file).write_text("?")
    elsewhere = f"its cell is untouched, and the answer may lie elsewhere: handed in beside the notebook: {file}"
    wanted = (
        f"{file} may hold what is not in the notebook; it is not marked: look into it",
        f"srn-written: {elsewhere}; a person must mark it",
    )
    assert outcome("alice").notes == wanted
    assert class_report(released, LESSON).rows[0].notes == wanted
    (folder / NAME).unlink()
    assert outcome("alice").reasons == (
        f"expected {NAME}, found no notebook at all but {file}; rename it or ask for it",
    )


def test_a_helper_beside_a_solved_notebook_is_nothing_to_tell(hand_in, solve, outcome):
    folder = hand_in("alice", solve).parent
    (folder / "helper.py").write_text("x = 1")
    (folder / "._01-srn.ipynb").write_bytes(b"\0\5\26\7")
    assert outcome("alice").notes == ()


def test_one_of_seven_notebooks_under_another_name(course, mark):
    """The others are marked; this one is no zero, but waits."""
    lesson = "08-applications"
    release(course, lesson, to_exchange=False)
    folder = course.submission("alice", lesson)
    folder.mkdir(parents=True)
    for name in ("sentiment", "tagging"):
        nb = nbformat.read(course.release / lesson / f"{name}.ipynb", as_version=4)
        nbformat.write(samples.solve(nb, samples.lesson_notebook(lesson, name)), folder / f"{name}.ipynb")
    (folder / "sentiment.ipynb").rename(folder / "Sentiment.ipynb")
    [found] = mark(lesson).outcomes
    assert found.status == "not marked"
    [why] = found.reasons
    assert why.startswith("sentiment.ipynb is untouched or missing, and Sentiment.ipynb has answers: run `grader auto")
    assert scores(course, lesson, "sentiment", "alice") == {(None, True)}
    assert found.points > 0
    [found] = mark(lesson, take_copies=True).outcomes
    assert found.status == "marked"
    assert found.notes[-1].startswith("not handed in, and without points: captioning.ipynb, forecasting.ipynb, lang")
    assert class_report(course, lesson).rows[0].notes[-1] == found.notes[-1]
    assert None not in {score for score, waits in scores(course, lesson, "sentiment", "alice") if not waits}


def everything(course, lesson, student):
    """Grades and what was not marked, of all of a lesson's notebooks."""
    with Gradebook(course.db_url) as book:
        grades = [grade for notebook in book.find_submission(lesson, student).notebooks for grade in notebook.grades]
        there = {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in grades}
    records = AuditRecords(course, lesson)
    return there, {name: (records.read(student, name) or {}).get("not_marked") for name in notebooks_of(lesson)}


def test_by_nbgraders_road_one_notebook_under_another_name_and_a_broken_one_harm_no_other(course, mark):
    """A zero for the one, and nothing for those after the other, would be nbgrader's own way."""
    lesson = "08-applications"
    release(course, lesson, to_exchange=False)
    folder = course.submission("alice", lesson)
    folder.mkdir(parents=True)
    nb = nbformat.read(course.release / lesson / "sentiment.ipynb", as_version=4)
    nbformat.write(samples.solve(nb, samples.lesson_notebook(lesson, "sentiment")), folder / "Sentiment.ipynb")
    (folder / "captioning.ipynb").write_text("{")
    shutil.copy(course.release / lesson / "tagging.ipynb", folder)
    done = course_api(course).autograde(lesson, "alice")
    assert not done["success"]
    assert "Sentiment.ipynb has answers: run `grader autograde 08-applications --take-copies`" in done["error"]
    assert "captioning.ipynb: is cut off" in done["error"]
    theirs = everything(course, lesson, "alice")
    assert scores(course, lesson, "sentiment", "alice") == {(None, True)}
    assert (0.0, False) in scores(course, lesson, "tagging", "alice")
    there = {path.stem for path in (course.autograded / "alice" / lesson).glob("*.ipynb")}
    assert there == {"tagging"}
    mark(lesson, force=True)
    assert everything(course, lesson, "alice") == theirs


def test_nbgraders_road_names_the_copy_too(released, untouched_and_copy):
    line = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
    done = subprocess.run(line, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"{COPY} has answers" in done.stderr
    assert scores(released, LESSON, LESSON, "alice") == {(None, True)}
