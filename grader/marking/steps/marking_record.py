"""The record that travels with a notebook from step to step while it is marked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict

from grader.marking.answers.misconceptions import Stopwatch
from grader.marking.judge.referee import Verdict
from grader.marking.sandbox.job import Job, Result

KEY = "rnn_workbook_marking"
"""Its name among the resources that nbconvert hands from step to step."""


@dataclass
class Marking:
    """One notebook's marking so far.

    Attributes:
        content: the `fingerprint.fingerprint` of all that its marks depend on.
        made_from: the same, part by part.
        job: what is to be run, and which cases are to be tried.
        result: what came of the run; None before it.
        verdicts: grade id → what was decided, after a second pass where there is one.
        unmarked: grade id → why there is no mark.
        failed_cells: where the student's own cells failed, in words.
        first: grade id → what the referee decided about the run; None before that.
        second_job: what is to be run in a second pass, for follow-through marks; None where there is no reason.
        second: what came of that run; None before it.
        outside: grade id → digest of what the student wrote and handed in outside of its cell.
        answers: grade id → digest of its answer, by which another attempt's is known.
        texts: grade id → the answer that a person marks, as it was handed in.
        scores: grade id → the points that were saved as given by machine; None where a person decides.
        earlier: grade id → mark and comment given by hand to another answer, see `earlier_marks`.
        elsewhere: grade id → why its answer may lie outside of its cell, which is untouched.
        naming: how long known mistakes may still be looked for.
    """

    content: str
    job: Job
    result: Result | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    unmarked: dict[str, str] = field(default_factory=dict)
    failed_cells: list[str] = field(default_factory=list)
    first: dict[str, Verdict] | None = None
    second_job: Job | None = None
    second: Result | None = None
    elsewhere: dict[str, str] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    scores: dict[str, float | None] = field(default_factory=dict)
    earlier: dict[str, dict[str, Any]] = field(default_factory=dict)
    made_from: dict[str, str] = field(default_factory=dict)
    naming: Stopwatch = field(default_factory=Stopwatch)

    @property
    def ran(self) -> Result:
        """The result of a notebook that was run.

        Raises:
            RuntimeError: it was not.
        """
        if self.result is None:
            raise RuntimeError("the notebook has not been run yet")
        return self.result


def of_judged(marking: Marking) -> Marking:
    """The marking of a judged notebook without what is written in the notebook: what came out, and how wrong it was.

    Gradebook and audit record need nothing of that, and it is most of what travels between processes.
    """
    second = marking.second and replace(marking.second, outputs={})
    verdicts = {name: _without_errors(verdict) for name, verdict in marking.verdicts.items()}
    job, result = replace(marking.job, cells=(), files={}), replace(marking.ran, outputs={})
    return replace(marking, job=job, result=result, second=second, first=None, verdicts=verdicts)


def _without_errors(verdict: Verdict) -> Verdict:
    """The verdict without the errors of single entries."""
    findings = tuple(finding.but(errors=None) for finding in verdict.findings)
    return replace(verdict, findings=findings, first=verdict.first and _without_errors(verdict.first))


def put(resources: ResourcesDict, marking: Marking) -> None:
    """Attach a marking to the resources."""
    resources[KEY] = marking


def found(resources: ResourcesDict) -> Marking | None:
    """The marking attached to the resources; None where the notebook is not being marked."""
    marking = resources.get(KEY)
    return marking if isinstance(marking, Marking) else None


def of(resources: ResourcesDict) -> Marking:
    """The marking attached to the resources.

    Raises:
        RuntimeError: there is none: a step ran before `RunInSandbox`.
    """
    marking = found(resources)
    if marking is None:
        raise RuntimeError("the notebook was not run by RunInSandbox")
    return marking
