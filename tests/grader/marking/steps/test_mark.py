"""Does each bundle of answers become a verdict and a report, whatever else a notebook holds?"""

from __future__ import annotations

import pytest
import torch
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.checks.answers import MIME
from grader.checks.task import find_task
from grader.marking.judge.referee import Verdict
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits
from grader.marking.steps import mark, marking_record

TASK = find_task("srn.step")
PLAN = {TASK.name: [("ordinary", 7)]}
BUNDLE = new_output("display_data", data={MIME: {}, "text/plain": "answers recorded"})
PRINTED = new_output("stream", text="printed")


def cell(grade_id, solution=False):
    about = {"grade_id": grade_id, "grade": True, "solution": solution, "locked": True, "task": False}
    return new_code_cell("check", metadata={"nbgrader": about}, outputs=[BUNDLE, PRINTED])


@pytest.fixture
def take(course):
    """take(cells): the cells after the step, and the marking that travelled with them."""

    def taken(*cells, ended="", gpu=False, **options):
        resources = ResourcesDict(nbgrader={"student": "alice"})
        marking_record.put(
            resources, marking_record.Marking("", Job("01-srn", (), PLAN, {}, Limits(), gpu), Result(ended=ended))
        )
        nb, resources = mark.Mark(course=course, **options).preprocess(new_notebook(cells=list(cells)), resources)
        return nb.cells, marking_record.of(resources)

    return taken


def test_a_bundle_becomes_a_report(take, monkeypatch):
    asked = []
    monkeypatch.setattr(mark, "judge", lambda *given, gpu, clock: asked.append((*given, gpu)) or Verdict(TASK, 3.0))
    [marked], now = take(cell(TASK.grade_id), ended="it ended", gpu=True)
    assert asked == [(TASK, [BUNDLE, PRINTED], PLAN[TASK.name], "it ended", True)]
    assert now.verdicts == {TASK.grade_id: Verdict(TASK, 3.0)}
    assert now.unmarked == {}
    report, printed = marked.outputs
    assert "3" in report.data["text/plain"]
    assert set(report.data) == {"text/plain", "text/html"}
    assert printed == PRINTED


def test_no_traceback_with_the_graders_own_lines_is_left_in_a_checks_cell(take, monkeypatch):
    monkeypatch.setattr(mark, "judge", lambda *given, **more: Verdict(TASK, 0.0, remarks=("It did not finish.",)))
    own, checked = new_code_cell("own"), cell(TASK.grade_id)
    for each in (own, checked):
        each.outputs = [PRINTED, new_output("error", ename="KeyboardInterrupt", evalue="", traceback=["check.py:40"])]
    (own, checked), _ = take(own, checked)
    assert [output.output_type for output in own.outputs] == ["stream", "error"]
    assert [output.output_type for output in checked.outputs] == ["display_data", "stream"]


def test_a_library_call_costs_points_where_the_course_says_so(take, monkeypatch):
    monkeypatch.setattr(mark, "judge", lambda *given, **more: Verdict(TASK, 3.0))
    answer = new_code_cell("import torch\nstep = torch.nn.RNNCell(3, 4)")
    for costs, points in ((False, 3.0), (True, 0.0)):
        (_, marked), now = take(answer, cell(TASK.grade_id), library_calls_cost_points=costs)
        assert now.verdicts[TASK.grade_id].points == points
        assert "torch.nn.RNNCell" in marked.outputs[0].data["text/plain"]


def test_a_bundle_anywhere_else_is_taken_away(take):
    marked, now = take(new_code_cell("forged", outputs=[BUNDLE, PRINTED]), cell("written-by-hand", solution=True))
    assert [one.outputs for one in marked] == [[PRINTED], [PRINTED]]
    assert now.verdicts == now.unmarked == {}


def test_a_cell_that_nobody_can_mark_is_named(take):
    """The grade cell of a task that is not declared; and one where the grader itself broke."""
    _, now = take(cell("srn-unknown"))
    assert now.unmarked == {"srn-unknown": "no task of that name is declared; a person must mark it"}


def test_where_the_grader_broke_there_is_no_mark(take, monkeypatch):
    monkeypatch.setattr(mark, "judge", lambda *_, gpu, clock: Verdict(TASK, None, reason="the grader failed"))
    [marked], now = take(cell(TASK.grade_id))
    assert now.unmarked == {TASK.grade_id: "the grader failed"}
    assert (
        marked.outputs[0].data["text/plain"]
        == f"{TASK.title}: not marked. the grader failed. A person will look at it."
    )


# --- threads --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("three_threads")
def test_pytorch_has_one_thread_while_it_judges_and_afterwards_as_many_as_before(take, monkeypatch):
    seen = []
    monkeypatch.setattr(
        mark, "judge", lambda *_, gpu, clock: seen.append(torch.get_num_threads()) or Verdict(TASK, 0.0)
    )
    take(cell(TASK.grade_id), cell(TASK.grade_id))
    assert seen == [1, 1]
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_also_where_judging_breaks_off(take, monkeypatch):
    monkeypatch.setattr(mark, "judge", lambda *_, gpu, clock: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(cell(TASK.grade_id))
    assert torch.get_num_threads() == 3
