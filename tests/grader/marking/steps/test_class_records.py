"""Are the records of a class those that lie there now, however they were kept?"""

import json
import os

import pytest

from grader.marking.steps import class_records as module
from grader.marking.steps.audit_records import AuditRecords, followed_through, in_need_of_a_look
from grader.marking.steps.class_records import class_records, cut

LESSON = "01-srn"
RECORD = {
    "content": "c",
    "marked": "m",
    "tasks": {
        "srn.step": {"points": 0.0, "reason": "relu", "says": "Look at f.", "findings": [1, 2], "library": ["torch.f"]},
        "srn.sequence": {"points": 4.0, "reason": "", "says": "Right.", "follow_through": {"earlier": ["srn.step"]}},
        "srn.module": {"points": 4.0, "reason": "", "says": "", "findings": [1]},
    },
    "not_marked": {},
    "elsewhere": {"srn-f1_score": "the cell is empty"},
    "scores": {"srn-step": 0.0},
    "earlier": {"srn-written": {"points": 3.0, "of": 4.0}},
}


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch):
    monkeypatch.setattr(module, "_kept", {})


@pytest.fixture
def write(course):
    def put(student, **more):
        AuditRecords(course, LESSON).write(student, LESSON, RECORD | more)
        folder = course.audit_records / LESSON / student
        os.utime(folder, ns=(folder.stat().st_atime_ns, folder.stat().st_mtime_ns - 10**10))  # some time ago

    return put


def read(course, *students):
    return {student: found[LESSON] for student, found in class_records(course, LESSON, students).items()}


def test_what_a_report_needs_is_as_it_was_and_the_evidence_is_left_out():
    short = cut(RECORD)
    assert short["tasks"]["srn.step"] == {"reason": "relu", "says": "Look at f.", "library": ["torch.f"]}
    assert "srn.module" not in short["tasks"]
    assert followed_through(short) == followed_through(RECORD) == ["srn.sequence"]
    waiting = {"srn-f1_score", "srn-written"}
    assert in_need_of_a_look(short, waiting) == in_need_of_a_look(RECORD, waiting)
    assert {key: short[key] for key in ("marked", "not_marked", "scores")} == {
        key: RECORD[key] for key in ("marked", "not_marked", "scores")
    }


def test_a_record_that_was_written_anew_is_read_anew_and_one_that_was_not_is_not(course, write, monkeypatch):
    write("ada")
    write("bob")
    read(course, "ada", "bob")
    asked = []
    monkeypatch.setattr(AuditRecords, "read", lambda self, student, _: asked.append(student) or RECORD)
    read(course, "ada", "bob")
    assert asked == []
    AuditRecords(course, LESSON).write("bob", LESSON, RECORD)
    read(course, "ada", "bob")
    assert asked == ["bob"]


def test_two_records_written_within_one_tick_of_the_clock_are_told_apart(course):
    """The folder's time may be the same after both; so what is that new is not relied on."""
    records = AuditRecords(course, LESSON)
    records.write("ada", LESSON, RECORD)
    folder = course.audit_records / LESSON / "ada"
    facts = folder.stat()
    read(course, "ada")
    records.write("ada", LESSON, RECORD | {"not_marked": {"srn.step": "the referee stopped"}})
    os.utime(folder, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert read(course, "ada")["ada"]["not_marked"] == {"srn.step": "the referee stopped"}


def test_a_record_that_is_cut_or_gone_is_told(course, write):
    write("ada")
    assert read(course, "ada", "bob") == {"ada": cut(RECORD)}
    AuditRecords(course, LESSON).path("ada", LESSON).write_text('{"tasks"')
    os.utime(course.audit_records / LESSON / "ada")
    assert "is cut: run `grader autograde" in read(course, "ada")["ada"]["not_marked"][LESSON]


def test_of_a_large_class_they_are_kept_beside_the_records(course, write, monkeypatch):
    students = [f"s{number}" for number in range(module.WORTH_A_FILE)]
    for student in students:
        write(student)
    before = read(course, *students)
    kept = course.audit_records / f"{LESSON}.read.json"
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(module, "_kept", {})
    with monkeypatch.context() as patch:
        patch.setattr(AuditRecords, "read", None)  # nothing is read
        assert read(course, *students) == before
    for odd in ("", "[]", "{}", json.dumps({"form": 0}), json.dumps({"form": 1, "records": {"s0": 1}})):
        kept.write_text(odd)
        monkeypatch.setattr(module, "_kept", {})
        assert read(course, *students) == before
