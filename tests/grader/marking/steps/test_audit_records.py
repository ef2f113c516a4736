"""Does every mark have its audit record, and does the record know the notebook to which it belongs?"""

from __future__ import annotations

import json

import pytest

from grader.checks.compare import Finding
from grader.checks.task import find_task
from grader.marking.judge.referee import Verdict
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.audit_records import UNTOUCHED, AuditRecords, audit_record, in_need_of_a_look
from grader.marking.steps.class_records import cut
from grader.marking.steps.marking_record import Marking

LESSON, STUDENT = "01-srn", "alice"
TASK = find_task("srn.step")


@pytest.fixture
def records(course):
    return AuditRecords(course, LESSON)


@pytest.fixture
def marked(course):
    """The marked notebook of which the records are."""
    path = course.autograded / STUDENT / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("as marked")
    return path


def record(unmarked=None):
    """Of a notebook with one verdict, in which a number was none."""
    job = Job(LESSON, (), {TASK.name: [("ordinary", 7)]}, {}, Limits())
    finding = Finding("ordinary", "h_t", "not finite", error=float("nan"), spared=True)
    verdict = Verdict(TASK, 1.5, (finding,), misconceptions=("transposed-U",), reason="transposed-U")
    marking = Marking("content", job, Result(ended="it ended", peak=5), {TASK.grade_id: verdict}, unmarked or {})
    return audit_record(marking, "as marked")


def test_a_record_says_what_a_mark_rests_on():
    written = json.loads(json.dumps(record(), allow_nan=False))
    task = written["tasks"][TASK.name]
    assert (written["content"], written["ended"], written["peak_memory"]) == ("content", "it ended", 5)
    assert (task["points"], task["of"], task["reason"]) == (1.5, TASK.points, "transposed-U")
    assert (task["cases"], task["misconceptions"]) == ([["ordinary", 7]], ["transposed-U"])
    (finding,) = task["findings"]
    assert (finding["kind"], finding["error"], finding["spared"]) == ("not finite", None, True)


def test_what_is_written_is_read_again(records, course):
    assert records.read(STUDENT, LESSON) is None
    records.write(STUDENT, LESSON, record())
    records.write(STUDENT, "another", {"not_marked": {}})
    assert records.read(STUDENT, LESSON) == record()
    assert records.path(STUDENT, LESSON).is_relative_to(course.audit_records)
    assert sorted(path.name for path in records.path(STUDENT, LESSON).parent.iterdir()) == [
        f"{LESSON}.json",
        "another.json",
    ]


def test_a_record_that_cannot_be_written_leaves_the_one_before(records):
    records.write(STUDENT, LESSON, record())
    with pytest.raises(TypeError):
        records.write(STUDENT, LESSON, {"content": object()})
    assert records.read(STUDENT, LESSON) == record()


def test_what_is_marked_and_fits_is_finished(records, marked):
    assert not records.is_finished(STUDENT, LESSON, marked, "content")
    records.write(STUDENT, LESSON, record())
    assert records.is_finished(STUDENT, LESSON, marked, "content")


@pytest.mark.parametrize(
    "change",
    [
        lambda records, marked: marked.write_text("changed"),
        lambda records, marked: marked.unlink(),
        lambda records, marked: records.write(STUDENT, LESSON, record() | {"content": "of another version"}),
        lambda records, marked: records.write(STUDENT, LESSON, record({"srn-step": "the grader failed"})),
        lambda records, marked: records.write_unmarked(STUDENT, LESSON, "it is empty"),
        lambda records, marked: records.begin(STUDENT, [LESSON]),
    ],
    ids=["marked notebook changed", "marked notebook gone", "other content", "one task", "all unmarked", "forgotten"],
)
def test_what_does_not_fit_is_not_finished(records, marked, change):
    records.write(STUDENT, LESSON, record())
    change(records, marked)
    assert not records.is_finished(STUDENT, LESSON, marked, "content")


def test_a_notebook_without_marks_has_its_reason(records):
    records.write_unmarked(STUDENT, LESSON, "it is empty")
    assert records.read(STUDENT, LESSON)["not_marked"] == {LESSON: "it is empty"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_every_mark_has_its_audit_record(three, records, mark):
    mark(LESSON, ["mistaken"])
    step = records.read("mistaken", LESSON)["tasks"]["srn.step"]
    assert step["points"] == 0
    assert step["misconceptions"] == ["transposed-U"]
    assert {finding["kind"] for finding in step["findings"]} == {"value", "right"}


@pytest.mark.parametrize(
    ("reason", "score", "elsewhere", "untouched"),
    [
        ("not written", 0.0, {}, True),
        ("transposed-U", 0.0, {}, False),
        ("not written", None, {}, False),  # a text that a person reads
        ("not written", 0.0, {"srn-step": "its cell is gone"}, False),
    ],
)
def test_a_notebook_in_which_nothing_is_answered_needs_a_look(reason, score, elsewhere, untouched):
    job = Job(LESSON, (), {TASK.name: [("ordinary", 7)]}, {}, Limits())
    verdict = Verdict(TASK, 0.0, reason=reason, unanswered=True)
    marking = Marking("content", job, Result(ended="", peak=5), {TASK.grade_id: verdict}, {})
    marking.scores, marking.texts = (
        {TASK.grade_id: 0.0, "srn-written": score, "srn-question": None},
        {"srn-written": ""},
    )
    marking.elsewhere = elsewhere
    told = in_need_of_a_look(cut(audit_record(marking, "as marked")), ())
    assert (UNTOUCHED in told) == untouched
