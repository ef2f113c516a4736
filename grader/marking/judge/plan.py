"""Which cases a marking run tries: every case with its recorded seed, and with one drawn for this submission."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable

from grader.checks.run_file import Plan
from grader.checks.task import Task
from grader.marking.answers.references import recording


def drawn_seed(secret: bytes, submission: str, task: Task, label: str) -> int:
    """A seed below 2⁴⁸ that nobody can know without the course's secret: HMAC-SHA256 of submission, task and case."""
    text = json.dumps([submission, task.name, label]).encode()
    return int.from_bytes(hmac.digest(secret, text, "sha256")[:6], "big")


def make_plan(secret: bytes, submission: str, tasks: Iterable[Task]) -> Plan:
    """The plan of one submission's run: for each case the recorded seed, then one drawn for the submission.

    Args:
        secret: the course's secret.
        submission: what identifies the submission and its content; see `submission_key`.
        tasks: the tasks of the notebook.
    """
    plan: Plan = {}
    for task in tasks:
        recorded = recording(task.module).seeds[task.name]
        plan[task.name] = [
            pair
            for case in task.cases
            for pair in (
                (case.label, recorded[case.label]),
                (case.label, drawn_seed(secret, submission, task, case.label)),
            )
        ]
    return plan


def submission_key(assignment: str, student: str, sources: Iterable[str]) -> str:
    """Identifies a submission when seeds are drawn: "lesson/student/SHA-256 of the code"."""
    digest = hashlib.sha256("\0".join(sources).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{assignment}/{student}/{digest}"
