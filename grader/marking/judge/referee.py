"""The referee: decides, in the trusted process, what the outputs of a grade cell are worth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from grader.checks.answers import MAX_BYTES, MIME, Answer, unpack
from grader.checks.compare import Finding, compare
from grader.checks.device import DEVICES, pick_device
from grader.checks.errors import BadAnswers
from grader.checks.recognise import recognised
from grader.checks.rounding import rounded_coarsely
from grader.checks.score import points
from grader.checks.task import Task, find_task
from grader.checks.wording import IN_SHORT, sentence, verdict
from grader.marking.answers.misconceptions import Misconception, OutOfTime, Stopwatch, named
from grader.marking.answers.references import recorded_floors, recording, reference_outputs
from grader.marking.answers.references.drawn_once import drawn_once, seen_unchanged
from grader.marking.judge import gpu_failure
from grader.marking.judge.coarsely import coarsely
from grader.marking.sandbox.job import TIMEOUT
from grader.marking.sandbox.stage_times import stage

Seen = tuple[Answer, list[Finding]]
"""An answer that was looked at, and what was found."""
UNDEFINED = "no cell that ran to its end defines `{}`"
"""Why no answer arrived, where its function is not there."""
NOT_LOOKED_FOR = "Known mistakes were not looked for here: the time for that was used up by the exercises before."
"""What a report says where `OutOfTime` was raised."""


@dataclass(frozen=True)
class Verdict:
    """What a task's answers are worth.

    Attributes:
        task: the task.
        points: earned points; None (not marked) where the grader itself broke.
        findings: one for each answer that was looked at and output; empty where no answer arrived.
        remarks: sentences for the student, most helpful first.
        misconceptions: names of the misconceptions that fit.
        reason: one line for tables and logs: why points are missing, or why there is no mark.
        unanswered: whether points are missing because nothing was written, or no answer arrived and no error.
        library: library calls seen in the answer that the exercise does without; see `grader.checks.library`.
        first: where the points are follow-through (see `follow_through`), the verdict of the first pass.
        earlier: then the names of the earlier tasks that are wrong, and whose right results were used.
        devices: where PyTorch computed the answers, as the kernel says; empty for NumPy's tasks, or where it is not
            known.
    """

    task: Task
    points: float | None
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()
    reason: str = ""
    unanswered: bool = False
    library: tuple[str, ...] = ()
    first: Verdict | None = None
    earlier: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


@stage("referee")
def judge(
    task: Task,
    outputs: Sequence[dict[str, Any]],
    wanted: list[tuple[str, int]],
    ended: str = "",
    device: str | None = None,
    gpu: bool = False,
    clock: Stopwatch | None = None,
) -> Verdict:
    """The verdict on a grade cell. Never raises: where the grader itself fails, the verdict says "not marked".

    Args:
        task: what the cell asks.
        outputs: the cell's outputs, as in the executed notebook; nothing in them is trusted.
        wanted: the (case, seed) pairs that were to be answered.
        ended: why the run ended early, or "".
        device: where the reference runs; by default on `grader.checks.device.pick_device`.
        gpu: had the run a GPU? Only then a failure of one is believed; what it may have prevented is not marked.
        clock: how long known mistakes may be looked for; the points do not depend on it.
    """
    try:
        bundles = [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
        if len(bundles) != 1:
            if gpu and (failed := gpu_failure.in_outputs(outputs)):
                return Verdict(task, None, reason=failed)
            why = ended or _why_none(task, outputs, len(bundles))
            return replace(_no_answer(task, why), unanswered=bool(ended) or not _is_mistaken(task, outputs))
        try:
            bundle = _parsed(bundles[0])
            answers = unpack(task, bundle, wanted)
        except BadAnswers as reason:
            return _no_answer(task, str(reason))
        if gpu and (failed := gpu_failure.in_answers(answers)):
            return Verdict(task, None, reason=failed)
        return replace(mark(task, answers, device, clock), library=_called(answers), devices=_devices(task, bundle))
    except Exception as failure:
        return Verdict(task, None, reason=f"the grader failed ({type(failure).__name__}: {failure})")


def _called(answers: Sequence[Answer]) -> tuple[str, ...]:
    return tuple(sorted({name for answer in answers for name in answer.called}))


def _parsed(bundle: object) -> object:
    """The bundle as JSON values; nbformat may have stored it as text, or as lines of text."""
    if isinstance(bundle, list) and all(isinstance(line, str) for line in bundle):
        bundle = "".join(bundle)
    if not isinstance(bundle, str):
        return bundle
    try:
        return json.loads(bundle[: 2 * MAX_BYTES])
    except (ValueError, RecursionError) as odd:
        raise BadAnswers("the answers are not JSON") from odd


def _devices(task: Task, bundle: object) -> tuple[str, ...]:
    """Where the kernel says that PyTorch computed. Nothing depends on it: the student's code could have written it."""
    said = bundle.get("devices") if isinstance(bundle, dict) else None
    return tuple(device for device in DEVICES if task.torch and isinstance(said, list) and device in said)


def _no_answer(task: Task, reason: str) -> Verdict:
    return Verdict(
        task,
        0.0,
        remarks=(f"No answer arrived, and no answer scores nothing: {sentence(reason)}",),
        reason=f"no answer: {reason}",
        unanswered=True,
    )


def _is_mistaken(task: Task, outputs: Sequence[dict[str, Any]]) -> bool:
    """Is there code that went wrong, such as a loop without an end, where no answer arrived?"""
    errors = [(one.get("ename"), one.get("evalue")) for one in outputs if one.get("output_type") == "error"]
    return bool(errors) and errors[-1] != ("NameError", f"name '{task.function}' is not defined")


def _why_none(task: Task, outputs: Sequence[dict[str, Any]], count: int) -> str:
    if count > 1:
        return f"the cell gave {count} answers instead of one"
    errors = [output for output in outputs if output.get("output_type") == "error"]
    if not errors:
        return "the check did not run to its end"
    name, message = errors[-1].get("ename", "an error"), errors[-1].get("evalue", "")
    if name == TIMEOUT:
        return f"your code {message}; does a loop of it never end?"[:200]
    if (name, message) == ("NameError", f"name '{task.function}' is not defined"):
        return UNDEFINED.format(task.function)
    return f"the cell stopped with {name}: {message}"[:200]


def mark(task: Task, answers: list[Answer], device: str | None = None, clock: Stopwatch | None = None) -> Verdict:
    """The verdict on answers that have arrived; ``device`` and ``clock`` as in `judge`."""
    device = device or str(pick_device())
    if not reference_is_sound(task.name, device):
        return Verdict(
            task,
            None,
            reason=f"on this machine the reference solution of {task.name} does not reproduce its recorded outputs",
        )
    seen = look(task, answers, device)
    findings = [finding for _, found in seen for finding in found]
    earned = points(task, findings)
    spared = tuple(on_one_draw(task, finding) for finding in findings if finding.spared)
    if all(finding.right for finding in findings):
        return Verdict(task, earned, tuple(findings), spared)
    right = [_right(task.name, answer.case, answer.seed, device) for answer, _ in seen]
    fitting, unlooked = _named(task, seen, right, device, clock)
    remarks = [*([entry.says for entry in fitting] or _came_out(task, seen, right)), *unlooked, *spared]
    if said := rounded_coarsely(task, findings):
        remarks.append(said)
    if unseen := _unseen_in_public(task, findings):
        remarks.append(f"The public check has no such case, so it could not show this: {unseen}.")
    return Verdict(
        task,
        earned,
        tuple(findings),
        tuple(remarks),
        tuple(entry.name for entry in fitting),
        *_in_a_line(task, findings, fitting),
    )


@stage("naming")
def _named(
    task: Task, seen: Sequence[Seen], right: Sequence[Mapping[str, np.ndarray]], device: str, clock: Stopwatch | None
) -> tuple[list[Misconception], tuple[str, ...]]:
    """The misconceptions that fit; and what is said where there was no time to look for them."""
    answers, findings = zip(*seen, strict=True)
    try:
        return named(task, answers, right=right, device=device, findings=findings, clock=clock), ()
    except OutOfTime:
        return [], (NOT_LOOKED_FOR,)


@stage("naming")
def _came_out(task: Task, seen: Sequence[Seen], right: Sequence[Mapping[str, np.ndarray]]) -> tuple[str, ...]:
    """What came out in place of the right answers, of those answers that are not spared."""
    tried, counted = [], []
    for (answer, found), expected in zip(seen, right, strict=True):
        if not any(finding.spared for finding in found):
            tried.append((answer, expected, floors_of(task, answer.case)))
            counted += found
    return recognised(drawn_once(task), tried, counted)


def findings_of(task: Task, answers: Sequence[Answer], device: str | None = None) -> list[Finding]:
    """Compare answers with the reference: a finding for each output of each answer at which `look` looks."""
    return [finding for _, found in look(task, answers, device or str(pick_device())) for finding in found]


def look(task: Task, answers: Sequence[Answer], device: str) -> list[tuple[Answer, list[Finding]]]:
    """The answers with their findings, case by case, by the rule of `grader.marking.judge.plan`.

    An output that is wrong on drawn inputs only, and not on all of them, is spared. A draw is looked at only as long as
    an output may still be wrong in every one: mostly the first is enough.
    """
    recorded, found = recording(task.module).seeds[task.name], []
    for label in dict.fromkeys(answer.case for answer in answers):
        own = [answer for answer in answers if answer.case == label]
        fixed = [(answer, _compared(task, answer, device)) for answer in own if answer.seed == recorded.get(label)]
        lost = {finding.output for _, findings in fixed for finding in findings if not finding.right}
        suspects, drawn = {output.name for output in task.outputs} - lost, []
        for answer in (answer for answer in own if answer.seed != recorded.get(label)):
            drawn.append((answer, _compared(task, answer, device)))
            suspects &= {finding.output for finding in drawn[-1][1] if not finding.right}
            if not suspects:
                break
        found += [*fixed, *((answer, _spared(findings, lost | suspects)) for answer, findings in drawn)]
    return found


def _compared(task: Task, answer: Answer, device: str) -> list[Finding]:
    right = _right(task.name, answer.case, answer.seed, device)
    answer = seen_unchanged(task, answer)
    return compare(drawn_once(task), task.case(answer.case), answer, right, floors_of(task, answer.case))


def _spared(findings: list[Finding], wrong: set[str]) -> list[Finding]:
    """The findings of a draw; what is wrong with outputs that are not wrong in this case is spared."""
    return [each if each.right or each.output in wrong else each.but(spared=True) for each in findings]


def on_one_draw(task: Task, finding: Finding) -> str:
    """What is said of a spared finding."""
    (output,) = (output for output in task.outputs if output.name == finding.output)
    return (
        f"This cost no points: {finding.output}, in the case “{finding.case}”, on one draw of the inputs, but not on "
        f"others: {sentence(verdict(coarsely(finding), output))}"
    )


def _unseen_in_public(task: Task, findings: list[Finding]) -> str:
    """The cases that failed, where none of them is public; "" where one is: the student could see it."""
    failed = dict.fromkeys(finding.case for finding in findings if not finding.right)
    return "" if any(task.case(label).public for label in failed) else "; ".join(failed)


@lru_cache(maxsize=2000)
def _right(name: str, label: str, seed: int, device: str) -> Mapping[str, np.ndarray]:
    """The reference's outputs, cached because every submission gets the recorded inputs."""
    task = drawn_once(find_task(name))
    return reference_outputs(task, task.case(label), seed, device)


@cache
def reference_is_sound(name: str, device: str) -> bool:
    """Does the reference solution of that task, run now on that device, reproduce its recorded outputs everywhere?"""
    task = find_task(name)
    recorded = recording(task.module)
    for case in task.cases:
        live = Answer(case.label, 0, reference_outputs(task, case, recorded.seeds[name][case.label], device))
        expected = recorded.outputs(task.name, case.label)
        found = compare(task.of_results, case, live, expected, floors_of(task, case.label))
        if not all(finding.right for finding in found):
            return False
    return True


def floors_of(task: Task, label: str) -> Mapping[str, float]:
    """The measured noise floor of each output in that case."""
    return recorded_floors(task.module)[task.name][label]


def _in_a_line(task: Task, findings: list[Finding], fitting: Sequence[Misconception]) -> tuple[str, bool]:
    """`Verdict.reason` and `unanswered`: the misconception that fits, else the first thing that is wrong, in words."""
    if fitting:
        return fitting[0].name, False
    wrong = [finding for finding in findings if not finding.right]
    if all(task.case(finding.case).edge for finding in wrong):
        return f"wrong in an edge case: {wrong[0].case}", False
    if wrong[0].kind == "unwritten":
        return "not written", True
    first = next((finding for finding in wrong if finding.kind != "uncompared"), wrong[0])
    return f"{IN_SHORT[first.kind]}: {first.output} ({first.case})", False
