"""Which cases a marking run tries: every case with its recorded seed, and with two that are drawn.

An output is wrong in a case where it is wrong on the recorded inputs, which are the same for all, or where it is wrong
in *every* draw. So a typed-in answer is wrong, and an accident of one draw costs nothing (`referee.look` applies it).
Draws depend on the course's secret and on what the kernel is given, never on the student's name: the same notebook
gets the same inputs, and so the same points, whoever hands it in; a changed cell or file gets others, so no answer can
be fitted to feedback.

Seeds need not be hidden. A cell can read those of its run, and print them onto the feedback page, but they are of no
use. A table of answers fitted to them would have to reach a run with the same seeds; they are drawn by all that a
kernel is given, each cell as it is sent and each file by name and content, so whatever brings the table draws anew; and
the same submission again, which has the same seeds, brings nothing new. What the seeds of a changed one will be is an
HMAC whose key nobody in a kernel has. Within a run the inputs of all tasks are known from the first cell on, but each
task has seeds of its own, and nothing in a kernel makes answers of them (`tests/grader/checks/test_no_answers.py`).

A small pool of seeds, the same for a class, would let a judge compute each reference once. Measured, with every
reference known: a fifth less to do for a right notebook of lesson 05, a sixth less of lesson 01. It is left out, since
it would end what is said above: after some feedback pages, of the own attempts and of others', every seed of the pool
is known, and a table of answers to them is right for whoever hands it in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from grader.checks.run_file import Plan
from grader.checks.task import Task
from grader.marking.answers.references import recorded_seeds

DRAWS = 2
"""How many times the inputs of each case are drawn."""


def drawn_seed(secret: bytes, submission: str, task: Task, label: str, number: int) -> int:
    """A seed below 2⁴⁸ that nobody can know without the course's secret: HMAC-SHA256 of all that is given."""
    text = json.dumps([submission, task.name, label, number]).encode()
    return int.from_bytes(hmac.digest(secret, text, "sha256")[:6], "big")


def make_plan(secret: bytes, submission: str, tasks: Iterable[Task]) -> Plan:
    """The plan of one submission's run: for each case the recorded seed, then `DRAWS` drawn for the submission.

    Args:
        secret: the course's secret.
        submission: what identifies the submission's content; see `submission_key`.
        tasks: the tasks of the notebook.
    """
    plan: Plan = {}
    for task in tasks:
        recorded = recorded_seeds(task.module)[task.name]
        plan[task.name] = [
            (case.label, seed)
            for case in task.cases
            for seed in (
                recorded[case.label],
                *(drawn_seed(secret, submission, task, case.label, number) for number in range(DRAWS)),
            )
        ]
    return plan


def submission_key(assignment: str, sources: Iterable[str], files: Mapping[str, bytes] = MappingProxyType({})) -> str:
    """What seeds are drawn by: "lesson/SHA-256 of code and files". Nothing in it says who handed it in.

    Args:
        assignment: the lesson's folder.
        sources: the cells as they are sent to the kernel, in order: also whether of one only the definitions are run.
        files: what was handed in beside the notebook and can be read by it, by path.
    """
    beside = [[path, hashlib.sha256(files[path]).hexdigest()] for path in sorted(files)]
    text = json.dumps([list(sources), beside] if beside else list(sources))
    return f"{assignment}/{hashlib.sha256(text.encode()).hexdigest()}"
