"""Is work outside of its cell shown to a person, and never taken for nothing?"""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from grader.checks.task import find_task
from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.proving import samples
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.steps.audit_records import UNTOUCHED, AuditRecords
from grader.marking.steps.keep_locked_text import INTO_CHECK, INTO_QUESTION
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.pick_copy import COPIES

LESSON, NAME, WRITTEN = "01-srn", "01-srn.ipynb", "srn-written"
ESSAY = "The network hears where a word ends, since there the next letter surprises it."
STEP = find_task("srn.step")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def at(nb, name):
    return next(i for i, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def nothing(nb):
    pass


def in_a_cell_below(nb):
    nb.cells.insert(at(nb, WRITTEN) + 1, new_markdown_cell(ESSAY))


def as_code_below(nb):
    nb.cells.insert(at(nb, WRITTEN) + 1, new_code_cell(f"# {ESSAY}"))


def deleted_and_typed_again(nb):
    nb.cells[at(nb, WRITTEN)] = new_markdown_cell(ESSAY)


def without_metadata(nb):
    nb.cells[at(nb, WRITTEN)].source = ESSAY
    for cell in nb.cells:
        cell.metadata = {}


def in_the_last_cell(nb):
    nb.cells[-1].source += f"\n\n{ESSAY}"


def in_the_question(nb):
    nb.cells[at(nb, f"{WRITTEN}-question")].source += f"\n\n{ESSAY}"


def instead_of_the_question(nb):
    nb.cells[at(nb, f"{WRITTEN}-question")].source = ESSAY


def then_the_stub_again(nb):
    cell = nb.cells[at(nb, WRITTEN)]
    nb.cells.append(copy.deepcopy(cell))
    nb.cells[-1].id = "another"
    cell.source = ESSAY


def two_essays(nb):
    then_the_stub_again(nb)
    nb.cells[-1].source = "Another."


def scratch_elsewhere(nb):
    nb.cells.insert(3, new_code_cell("1 + 1"))


def lines_broken_elsewhere(nb):
    for cell in nb.cells:
        cell.source = cell.source.replace("\n", "\r\n") + "\n"


WAITING = (in_a_cell_below, as_code_below, deleted_and_typed_again, without_metadata, in_the_last_cell, in_the_question,
           instead_of_the_question, then_the_stub_again, two_essays)  # fmt: skip
NO_ANSWER = (nothing, scratch_elsewhere, lines_broken_elsewhere)
BY_FILE = {"pdf": "essay.pdf", "photo": "IMG_0001.HEIC", "odd": "my answer.pages"}


def step_typed_again(nb):
    nb.cells[at(nb, f"{STEP.grade_id}-answer")].metadata = {}


def step_in_the_check(nb):
    answer, check = nb.cells[at(nb, f"{STEP.grade_id}-answer")], nb.cells[at(nb, STEP.grade_id)]
    check.source = f"{answer.source}\n\n{check.source}"
    del nb.cells[at(nb, f"{STEP.grade_id}-answer")]


def step_in_the_check_below_the_stub(nb):
    step_in_the_check(nb)
    stub = new_code_cell(nb.metadata["stub"])
    stub.metadata["nbgrader"] = {"grade_id": f"{STEP.grade_id}-answer"}
    nb.cells.insert(at(nb, STEP.grade_id), stub)


def step_then_its_stub(nb):
    stub = new_code_cell(nb.metadata["stub"])
    stub.metadata["nbgrader"] = {"grade_id": f"{STEP.grade_id}-answer"}
    nb.cells.insert(at(nb, STEP.grade_id), stub)


def check_that_never_ends(nb):
    nb.cells[at(nb, STEP.grade_id)].source += "\nwhile True:\n    pass"


SOLVED = (step_typed_again, step_in_the_check, step_in_the_check_below_the_stub, step_then_its_stub,
          check_that_never_ends)  # fmt: skip


def step_below_its_check(nb):
    answer, stub = nb.cells[at(nb, f"{STEP.grade_id}-answer")], nb.metadata["stub"]
    nb.cells.insert(at(nb, STEP.grade_id) + 1, new_code_cell(answer.source))
    answer.source = stub


def step_above_its_stub(nb):
    answer, stub = nb.cells[at(nb, f"{STEP.grade_id}-answer")], nb.metadata["stub"]
    nb.cells.insert(at(nb, f"{STEP.grade_id}-answer"), new_code_cell(answer.source))
    answer.source = stub


def step_as_text(nb):
    answer, stub = nb.cells[at(nb, f"{STEP.grade_id}-answer")], nb.metadata["stub"]
    nb.cells.insert(at(nb, STEP.grade_id), new_markdown_cell(f"```python\n{answer.source}\n```"))
    answer.source = stub


def its_cell_moved_to_the_end(nb):
    nb.cells.append(nb.cells.pop(at(nb, f"{STEP.grade_id}-answer")))


def a_comment_in_the_next_answer(nb):
    answer, stub = nb.cells[at(nb, f"{STEP.grade_id}-answer")], nb.metadata["stub"]
    commented = "".join(f"# {line}\n" for line in answer.source.splitlines())
    nb.cells[at(nb, "srn-f1_score-answer")].source += f"\n\n{commented}"
    answer.source = stub


CODE_ELSEWHERE = (step_below_its_check, step_above_its_stub, step_as_text, its_cell_moved_to_the_end,
                  a_comment_in_the_next_answer)  # fmt: skip


def stubs_without_metadata(nb):
    for cell in nb.cells:
        cell.metadata = {}


def picture_in_the_cell(nb):
    nb.cells[at(nb, WRITTEN)].attachments = {"photo.png": {"image/png": "iVBORw0KGgo="}}


@dataclass(frozen=True)
class Marked:
    course: Course
    outcomes: dict

    def grade(self, student, name=WRITTEN):
        with Gradebook(self.course.db_url) as book:
            grade = book.find_grade(name, LESSON, LESSON, student)
            return grade.auto_score, grade.needs_manual_grade

    def comment(self, student, name=WRITTEN):
        with Gradebook(self.course.db_url) as book:
            return book.find_comment(name, LESSON, LESSON, student).comment or ""

    def sources(self, student):
        path = self.course.autograded / student / LESSON / NAME
        return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def hand_in(course, student, edit, own=None):
    nb = nbformat.read(course.release / LESSON / NAME, as_version=4)
    if own is not None:
        nb.metadata["stub"] = samples.answer_cell(nb, STEP).source
        samples.solve(nb, own)
    edit(nb)
    nb.metadata.pop("stub", None)
    folder = course.submission(student, LESSON)
    folder.mkdir(parents=True)
    nbformat.write(nb, folder / NAME)
    return folder


@pytest.fixture(scope="module")
def marked(course_with, runner, own, tmp_path_factory):
    """All of these, marked in one run."""
    course = Course(tmp_path_factory.mktemp("elsewhere") / "course")
    shutil.copytree(course_with(LESSON).root, course.root)
    for edit in (*WAITING, *NO_ANSWER, picture_in_the_cell, stubs_without_metadata):
        hand_in(course, edit.__name__, edit)
    for edit in (*SOLVED, *CODE_ELSEWHERE):
        hand_in(course, edit.__name__, edit, own)
    for student, file in BY_FILE.items():
        (hand_in(course, student, nothing) / file).write_bytes(b"?")
    summary = autograde(course, LESSON, pool=lambda lesson: LocalPool(course, lesson, 2, runner=runner))
    return Marked(course, {outcome.student: outcome for outcome in summary.outcomes})


@pytest.mark.parametrize("student", [*(edit.__name__ for edit in WAITING), *BY_FILE, "picture_in_the_cell"])
def test_it_waits_for_a_person(marked, student):
    assert marked.grade(student) == (None, True)
    assert marked.comment(student) != "No response."


@pytest.mark.parametrize("student", [edit.__name__ for edit in NO_ANSWER])
def test_where_nothing_is_anywhere_it_is_no_response(marked, student):
    assert marked.grade(student) == (0.0, False)
    assert marked.comment(student) == "No response."
    assert not set(marked.outcomes[student].notes) - {UNTOUCHED}


@pytest.mark.parametrize("student", [edit.__name__ for edit in WAITING if edit is not as_code_below])
def test_nothing_that_was_written_is_lost(marked, student):
    assert any(source.endswith(ESSAY) for source in marked.sources(student))


def test_only_what_was_typed_into_the_question_is_kept(marked):
    sources = marked.sources("in_the_question")
    assert sources[sources.index(INTO_QUESTION) + 1] == ESSAY
    for edit in NO_ANSWER:
        assert not {INTO_QUESTION, INTO_CHECK, COPIES} & set(marked.sources(edit.__name__))


def test_of_several_copies_the_one_with_work_counts_and_it_is_said(marked):
    sources = marked.sources("then_the_stub_again")
    assert sources[sources.index(ESSAY) - 1] == COPIES
    assert "Another." in marked.sources("two_essays")
    assert ESSAY in marked.sources("two_essays")


@pytest.mark.parametrize("student", [edit.__name__ for edit in SOLVED])
def test_an_answer_in_another_cell_that_defines_it_has_its_points(marked, student):
    assert marked.grade(student, STEP.grade_id) == (3.0, False)
    assert marked.outcomes[student].points == 24.0
    assert marked.comment(student, f"{STEP.grade_id}-answer") != "No response."


@pytest.mark.parametrize("student", [edit.__name__ for edit in CODE_ELSEWHERE])
def test_an_answer_in_code_that_its_check_does_not_see_waits_for_a_person(marked, student):
    """In JupyterLab the check may have passed: its cells can be run in any order."""
    assert marked.grade(student, STEP.grade_id) == (None, True)
    where = "`step` is not there when it is checked, and may stand elsewhere: in a cell below “"
    [note] = marked.outcomes[student].notes[:1]
    assert note.startswith(f"{STEP.grade_id}: {where}")
    assert where in marked.comment(student, f"{STEP.grade_id}-answer")
    [row] = [row for row in class_report(marked.course, LESSON).rows if row.student == student]
    assert row.points[STEP.grade_id] is None
    assert note in row.notes
    sources = marked.sources(student)
    assert any("A person marks this exercise" in source for source in sources)
    assert marked.outcomes[student].points == 24.0 - STEP.points


def test_where_a_check_sees_a_stub_only_and_nothing_stands_elsewhere_it_is_zero(marked):
    for student in ("nothing", "stubs_without_metadata"):
        assert marked.grade(student, STEP.grade_id) == (0.0, False)


def test_what_was_typed_into_a_check_is_shown(marked):
    assert any(source.endswith("while True:\n    pass") for source in marked.sources("check_that_never_ends"))


@pytest.mark.parametrize(("student", "said"), [("in_a_cell_below", "1 cell of the student's own near it"),
                                               ("pdf", "handed in beside the notebook: essay.pdf")])  # fmt: skip
def test_table_report_record_and_notebook_say_where(marked, student, said):
    [note] = [note for note in marked.outcomes[student].notes if note.startswith(WRITTEN)]
    assert said in note
    [row] = [row for row in class_report(marked.course, LESSON).rows if row.student == student]
    assert note in row.notes
    assert row.points[WRITTEN] is None
    assert said in AuditRecords(marked.course, LESSON).read(student, LESSON)["elsewhere"][WRITTEN]
    assert any(said in source for source in marked.sources(student))


def test_the_pages_flag_the_cell(marked):
    [page] = feedback(marked.course, LESSON, ["in_a_cell_below"], to_exchange=False)
    _, flagged, rest = page.read_text("utf-8").partition('<section class="added near">')
    assert flagged
    assert ESSAY in rest.partition("</section>")[0]


@pytest.mark.parametrize("road", ["command", "api"])
def test_by_nbgraders_roads_too(course, course_with, own, road):
    shutil.copytree(course_with(LESSON).root, course.root)
    for edit in (in_a_cell_below, in_the_question, then_the_stub_again, nothing):
        hand_in(course, edit.__name__, edit)
    hand_in(course, "below", step_below_its_check, own)
    if road == "command":
        line = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
        subprocess.run(line, cwd=ROOT, env=dict(os.environ), capture_output=True, check=True)
    else:
        for student in ("in_a_cell_below", "in_the_question", "then_the_stub_again", "nothing", "below"):
            assert course_api(course).autograde(LESSON, student)["success"]
    found = Marked(course, {})
    assert found.grade("below", STEP.grade_id) == (None, True)
    for edit in (in_a_cell_below, in_the_question, then_the_stub_again):
        assert found.grade(edit.__name__) == (None, True)
        assert any(source.endswith(ESSAY) for source in found.sources(edit.__name__))
    assert found.grade("nothing") == (0.0, False)
    [page] = feedback(course, LESSON, ["in_the_question"], to_exchange=False)
    assert page.read_text("utf-8").count('<section class="added') == 1  # the notes are the grader's
