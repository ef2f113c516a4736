"""Where a run had a GPU: is it seen what was computed where, and does a GPU that fails cost nobody anything?

No GPU is needed: the sandbox that may use one is made all the same, and what CUDA would raise is raised.
"""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook

from grader.checks.task import find_task
from grader.marking.proving import samples
from grader.marking.steps.audit_records import AuditRecords

LESSON, TASK = "01-srn", find_task("srn.module")
FULL = """
import torch
class SRN(torch.nn.Module):
    def __init__(self, D, H):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
"""


@pytest.fixture
def two(hand_in, own):
    """Submissions: all right, and one whose module finds the GPU full."""

    def full(nb):
        solved = samples.solve(nb, own)
        (cell,) = [
            cell for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "srn-module-answer"
        ]
        cell.source = FULL
        return solved

    hand_in("full", full)
    hand_in("right", lambda nb: samples.solve(nb, own))


def test_what_a_full_gpu_prevented_waits_for_a_person_and_all_else_is_marked(two, course, mark):
    full, right = mark(LESSON, gpu=True).outcomes
    assert full.status == "not marked"
    [reason] = full.reasons
    assert reason.startswith("srn-module: the GPU's memory ran out")
    assert right.status == "marked"
    assert right.points - full.points == TASK.points
    with Gradebook(course.db_url) as book:
        grades = {grade.name: grade for grade in book.find_submission_notebook(LESSON, LESSON, "full").grades}
    assert grades[TASK.grade_id].auto_score is None
    assert grades[TASK.grade_id].needs_manual_grade
    again = mark(LESSON, ["full"], force=True).outcomes[0]
    assert (again.status, again.points) == ("marked", full.points)


def test_the_device_is_in_the_outcome_the_log_the_record_and_the_report(two, course, mark):
    [right] = mark(LESSON, ["right"]).outcomes
    assert right.devices == ("cpu",)
    assert "\tPyTorch on cpu\t" in course.run_log.read_text()
    record = AuditRecords(course, LESSON).read("right", LESSON)
    assert record["tasks"]["srn.module"]["devices"] == ["cpu"]
    assert record["tasks"]["srn.step"]["devices"] == []
    marked = (course.autograded / "right" / LESSON / f"{LESSON}.ipynb").read_text()
    assert marked.count("Computed by PyTorch on cpu.") == 2  # as text and as HTML
