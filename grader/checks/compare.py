"""Compare one answer with the reference: what is wrong, by how much, and where first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from grader.checks import patterns
from grader.checks import tolerance as policy
from grader.checks.answers import Answer, ProblemKind
from grader.checks.changes import changed_inputs
from grader.checks.failure import without_numbers
from grader.checks.task import Case, Inputs, Output, Task

FindingKind = Literal["right", ProblemKind, "changed", "shape", "dtype", "nonfinite", "value"]
"""What a comparison can find. All but the first lose points in that case; "changed", where the values are right but the
function changed its inputs in place, only a part of them: see `grader.checks.score`."""
KINDS: tuple[FindingKind, ...] = get_args(FindingKind)


@dataclass(frozen=True)
class Finding:
    """What comparing one output in one case found.

    Attributes:
        output: the output's name.
        case: the case's label.
        kind: what was found.
        detail: shapes, dtypes, the exception, in words; "" where numbers say it. May hold text from the student's side.
        error: largest error relative to the reference's scale; NaN where it was not computed.
        tolerance: the largest error that is still right.
        first: index of the first wrong entry, earliest along the first axis; () for a scalar or where not computed.
        errors: error of every entry, for the picture, or None.
        hint: what the wrong entries have in common, in words, or "".
        wrong, entries: how many entries are wrong, and how many there are; 0 where none is, or where they are not told.
        gist: of what is wrong with a whole case: its detail without numbers, the same for inputs of other sizes.
        spared: wrong, but on one draw of the inputs alone, which costs nothing; see `grader.marking.judge.plan`.
        changed: names of inputs that the function changed in place in this case, whatever its values are.
        digits: how many decimal digits agree, relative to the largest right value; 0 where that was not computed.
        spoiled_before: had the inputs NaN or infinity, too?
    """

    output: str
    case: str
    kind: FindingKind
    detail: str = ""
    error: float = float("nan")
    tolerance: float = 0.0
    first: tuple[int, ...] = ()
    errors: np.ndarray | None = None
    hint: str = ""
    wrong: int = 0
    entries: int = 0
    gist: str = ""
    spared: bool = False
    changed: tuple[str, ...] = ()
    digits: int = 0
    spoiled_before: bool = False

    @property
    def right(self) -> bool:
        """Whether it costs nothing: right, or spared."""
        return self.kind == "right" or self.spared

    def but(self, **changes: object) -> Finding:
        """The same finding with some attributes changed: many times as fast as `dataclasses.replace`."""
        copy: Finding = object.__new__(Finding)
        copy.__dict__.update(self.__dict__, **changes)
        return copy


def compare(
    task: Task,
    case: Case,
    answer: Answer,
    expected: Mapping[str, np.ndarray],
    floors: Mapping[str, float],
    hints: bool = True,
) -> list[Finding]:
    """One finding for each output of the task.

    Args:
        task, case: what was asked.
        answer: what the student's function did.
        expected: the reference's outputs, float64 for floating ones.
        floors: measured noise floor of each output in this case.
        hints: whether to look for what the wrong entries have in common, which takes longest.
    """
    findings = []
    changed = () if answer.sums is None else changed_inputs(task.draw(case, answer.seed), answer.sums)
    for output in task.outputs:
        if (problem := answer.problem_of(output.name)) is not None:
            findings.append(_of_whole_case(output, case, problem.kind, problem.text))
        else:
            limit = policy.tolerance(case.dtype, floors.get(output.name, 0.0))
            right = np.asarray(expected[output.name])
            found = _compare_one(output, case, output.result(answer.outputs[output.name]), right, limit, hints)
            if hints and output.says and found.kind == "value":
                result = output.result(answer.outputs[output.name])
                found = found.but(detail=output.says(task.draw(case, answer.seed), result, right), hint="")
            if hints and found.kind == "nonfinite":
                found = found.but(spoiled_before=not _finite(task.draw(case, answer.seed)))
            findings.append(_with_changes(found, changed) if changed else found)
    return findings


def _finite(inputs: Inputs) -> bool:
    """Whether no input holds NaN or infinity, nor names one that is to be put into the others."""
    numbers = (np.asarray(value) for value in inputs.values() if isinstance(value, np.ndarray | float))
    named = any(value in ("inf", "-inf", "nan") for value in inputs.values() if isinstance(value, str))
    return not named and all(bool(np.isfinite(each).all()) for each in numbers if each.dtype.kind == "f")


def _with_changes(finding: Finding, names: tuple[str, ...]) -> Finding:
    """The finding of a case whose inputs were changed in place: what is wrong stays what it is."""
    if not finding.right:
        return finding.but(changed=names)
    said = ", ".join(names)
    return finding.but(kind="changed", detail=said, gist=without_numbers(said), changed=names)


def _of_whole_case(output: Output, case: Case, kind: FindingKind, detail: str) -> Finding:
    return Finding(output.name, case.label, kind, detail, gist=without_numbers(detail))


def _compare_one(
    output: Output, case: Case, got: np.ndarray, expected: np.ndarray, limit: float, hints: bool
) -> Finding:
    limit = 0.0 if output.exact else limit
    right = Finding(output.name, case.label, "right", tolerance=limit)
    if got.shape != expected.shape:
        hint = patterns.of_shape(got, expected, output.axes, limit) if hints else ""
        return right.but(kind="shape", detail=f"expected {expected.shape}, got {got.shape}", hint=hint)
    if not _dtype_fits(got, expected.dtype, case.dtype) and not _exact_numbers(got, expected, limit):
        wanted = _dtype_name(expected.dtype, case.dtype)
        return right.but(kind="dtype", detail=f"expected {wanted}, got {got.dtype}")
    errors, finite = policy.error(got, expected), np.isfinite(got)
    if not finite.all() and (bad := ~finite & (errors > 0)).any():
        return _spoiled(right, "nonfinite", bad).but(hint=patterns.of_place(bad, output.axes))
    if output.exact:
        errors = (got.astype(np.float64) != expected.astype(np.float64)).astype(np.float64)
    right = right.but(error=float(errors.max(initial=0.0)), errors=errors)
    wrong = errors > limit
    if wrong.any():
        hint = patterns.of_values(got, expected, wrong, output.axes, limit) if hints else ""
        return _spoiled(right, "value", wrong).but(hint=hint, digits=_digits(got, expected))
    return right


def _digits(got: np.ndarray, expected: np.ndarray) -> int:
    """How many decimal digits of the largest right value agree in every entry."""
    with np.errstate(all="ignore"):
        off = np.abs(got.astype(float) - expected.astype(float)).max() / np.abs(expected.astype(float)).max()
    return max(0, math.floor(-math.log10(off))) if 0 < off < math.inf else 0


def _spoiled(finding: Finding, kind: FindingKind, wrong: np.ndarray) -> Finding:
    """The finding that these entries are wrong."""
    return finding.but(kind=kind, wrong=int(wrong.sum()), entries=wrong.size, first=_first(wrong))


def _first(wrong: np.ndarray) -> tuple[int, ...]:
    """Index of the first wrong entry in C order: the earliest along the first axis."""
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def _dtype_fits(got: np.ndarray, expected: np.dtype, asked: str) -> bool:
    """Booleans for booleans (0/1 integers will do), numbers for integers, floats at least as wide as asked for floats.

    A wrong single number is a wrong value, of whatever type: ``return 1`` is as wrong as ``return 1.0``.
    """
    if expected.kind == "b":
        return got.dtype.kind in "biu"
    if expected.kind in "iu":
        return got.dtype.kind in "iuf"
    if got.ndim == 0 and got.dtype.kind in "biu":
        return True
    return got.dtype.kind == "f" and got.dtype.itemsize >= np.dtype(asked).itemsize


def _exact_numbers(got: np.ndarray, expected: np.ndarray, limit: float) -> bool:
    """Integers or booleans that have the values, where floats are wanted: the gradient of a bias that is all zeros."""
    return expected.dtype.kind == "f" and got.dtype.kind in "biu" and bool((policy.error(got, expected) <= limit).all())


def _dtype_name(expected: np.dtype, asked: str) -> str:
    return asked if expected.kind == "f" else {"b": "bool", "i": "an integer", "u": "an integer"}[expected.kind]
