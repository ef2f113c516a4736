"""A finding in sentences: what is wrong, by how much, where first, and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Callable

from grader.checks.answers import PROBLEMS
from grader.checks.compare import Finding, FindingKind
from grader.checks.patterns import location
from grader.checks.task import Output

WHOLE: tuple[FindingKind, ...] = (*PROBLEMS, "changed")
"""Kinds that concern a whole case, not one of its outputs."""

ADVICE: dict[FindingKind, str] = {
    "unwritten": "Replace `raise NotImplementedError` with your code, and run its cell.",
    "exception": "Call your function on small arrays of your own: you then see the whole traceback.",
    "arguments": "Arguments are bound by position: their number and order count, their names are yours to choose.",
    "none": "A function without `return` returns None: end it with `return`.",
    "form": "Compare it with the text of the exercise: names, order, shapes, and what results are packed in.",
    "count": "Return them in this order, separated by commas.",
    "array": "Return arrays or numbers, or lists of them.",
    "changed": "Make a new array: `h = h + 1` makes one; `h += 1` and `h[0] = 1` change the one you were given.",
    "shape": "Print the shape of every factor on the way, and write it beside the equation.",
    "dtype": "Compute in the dtype of the inputs: look for a conversion, or an array made without `dtype=`.",
    "nonfinite": "Look for exp of a large number, the logarithm of 0, or 0/0.",
}
"""What to do, by kind."""


def verdict(finding: Finding, output: Output) -> str:
    """What was found, in one sentence."""
    return _VERDICTS[finding.kind](finding, output)


def details(finding: Finding, output: Output) -> list[str]:
    """Where it is first wrong, what the wrong entries have in common, and what to do."""
    lines = []
    if finding.first and finding.wrong < finding.entries:
        what = "The first" if finding.kind == "nonfinite" else "First wrong"
        lines.append(f"{what} at {location(finding.first, output.axes)}, counting from 0.")
    if finding.hint:
        lines.append(f"Pattern: {finding.hint}.")
    if finding.kind in ADVICE:
        lines.append(ADVICE[finding.kind])
    if finding.changed and finding.kind != "changed":
        lines.append(f"Your code also changed what it was given in place: {', '.join(finding.changed)}.")
    return lines


def size(error: float) -> str:
    """An error or tolerance in few characters: "0.38", "2e-11", "12", "∞"."""
    if math.isinf(error):
        return "∞"
    if error == 0 or 0.001 <= error < 99.5:
        return f"{error:.2g}"
    mantissa, exponent = f"{error:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _right(finding: Finding, output: Output) -> str:
    if output.exact:
        return "right"
    return f"right (error {size(finding.error)}, allowed {size(finding.tolerance)})"


def _value(finding: Finding, output: Output) -> str:
    verb = "is" if finding.wrong in (1, finding.entries) else "are"
    who = f"{_amount(finding)} {verb} wrong" if finding.first else "wrong"
    if output.exact:
        return f"{who} (this output must be exact)"
    up_to = "up to " if finding.first else ""
    return f"{who}: error {up_to}{size(finding.error)}, allowed {size(finding.tolerance)}{_digits(finding)}"


def _amount(finding: Finding) -> str:
    return "every entry" if finding.wrong == finding.entries else f"{finding.wrong} of {finding.entries} entries"


def _digits(finding: Finding) -> str:
    """For small errors, that the answer is close, in decimal digits."""
    if not finding.tolerance < finding.error < 1e-3:
        return ""
    agree, needed = (math.floor(-math.log10(number)) for number in (finding.error, finding.tolerance))
    return f" (close: about {agree} digits agree, {needed} are needed)" if needed > agree else " (close: just outside)"


def _unwritten(finding: Finding, output: Output) -> str:
    return f"not written yet: {finding.detail} stops with NotImplementedError" if finding.detail else "not written yet"


def _none(finding: Finding, output: Output) -> str:
    return f"{finding.detail} is None" if finding.detail else "your code returned None"


def _shape(finding: Finding, output: Output) -> str:
    axes = f", that is ({', '.join(output.axes)})" if output.axes else ""
    return f"wrong shape: {finding.detail}{axes}"


def _changed(finding: Finding, output: Output) -> str:
    return f"your numbers are right, but your code changed what it was given in place: {finding.detail}"


_VERDICTS: dict[FindingKind, Callable[[Finding, Output], str]] = {
    "right": _right,
    "value": _value,
    "unwritten": _unwritten,
    "none": _none,
    "shape": _shape,
    "exception": lambda finding, output: f"your code stopped with {finding.detail}",
    "arguments": lambda finding, output: f"it cannot be called as the exercise says: {finding.detail}",
    "form": lambda finding, output: f"another form than is wanted: {finding.detail}",
    "count": lambda finding, output: f"wrong number of results: {finding.detail}",
    "array": lambda finding, output: f"not an array of numbers: {finding.detail}",
    "changed": _changed,
    "dtype": lambda finding, output: f"wrong dtype: {finding.detail}",
    "nonfinite": lambda finding, output: f"NaN or infinity in {_amount(finding)}",
}
