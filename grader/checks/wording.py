"""A finding in sentences: what is wrong, by how much, where first, and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from grader.checks.compare import Finding, FindingKind
from grader.checks.failure import printable, read
from grader.checks.patterns import location
from grader.checks.task import Output

IN_SHORT: dict[FindingKind, str] = {
    "right": "right",
    "value": "wrong numbers",
    "unwritten": "not written",
    "exception": "an exception",
    "endless": "does not end",
    "arguments": "other arguments",
    "none": "returns None",
    "form": "another form",
    "count": "wrong number of results",
    "array": "no array",
    "uncompared": "not compared",
    "changed": "changes its inputs in place",
    "shape": "wrong shape",
    "dtype": "wrong dtype",
    "nonfinite": "NaN or infinity",
}
"""What was found, in a few words for tables, by kind."""
MOST_OF_A_MESSAGE = 150
"""Characters of an exception's message that are told."""
CLOSE = 6
"""From how many digits on an answer is called close."""

ADVICE: dict[FindingKind, str] = {
    "unwritten": "Replace `raise NotImplementedError` with your code, and run its cell.",
    "exception": "Call your function on small inputs of this kind yourself: you then see the whole traceback.",
    "endless": "Look at what ends the loop, and print it as it changes. `check(…, seconds=60)` waits for longer.",
    "arguments": "Arguments are bound by position: their number and order count, their names are yours to choose.",
    "none": "A function without `return` returns None: end it with `return`.",
    "form": "Compare it with the text of the exercise: names, order, shapes, and what results are packed in.",
    "count": "Return them in this order, separated by commas.",
    "array": "Return arrays or numbers, or lists of them.",
    "changed": "Make a new array: `h = h + 1` makes one; `h += 1` and `h[0] = 1` change the one you were given.",
    "shape": "Print the shape of every factor on the way, and write it beside the equation.",
    "dtype": "Compute in the dtype of the inputs: look for a conversion, or an array made without `dtype=`.",
    "nonfinite": "The inputs hold neither: look for a division by 0, a logarithm of 0, exp of a large number, or an "
    "array that is not filled.",
}
"""What to do, by kind."""


NOT_FINITE_BEFORE = "Inputs hold NaN or infinity, too, and 0 · NaN and 0 · ∞ are NaN."
"""What to think of where the inputs have some: in the padding, or in a gradient that has overflowed."""


def verdict(finding: Finding, output: Output) -> str:
    """What was found, in one sentence."""
    return _VERDICTS[finding.kind](finding, output)


def sentence(words: str) -> str:
    """The words with a full stop, unless they end with one, or ask."""
    return words if words.endswith((".", "?")) else f"{words}."


def details(finding: Finding, output: Output) -> list[str]:
    """Where it is first wrong, what the wrong entries have in common, and what to do."""
    lines = []
    if finding.first and finding.wrong < finding.entries and not (finding.kind == "value" and finding.detail):
        what = "The first" if finding.kind == "nonfinite" else "First wrong"
        lines.append(f"{what} at {location(finding.first, output.axes)}, counting from 0.")
    if finding.hint:
        lines.append(f"Pattern: {finding.hint}.")
    if finding.kind in ADVICE and not (finding.kind == "shape" and finding.hint):
        lines.append(NOT_FINITE_BEFORE if finding.spoiled_before else ADVICE[finding.kind])
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
    if finding.detail:
        return finding.detail
    verb = "is" if finding.entries and finding.wrong in (1, finding.entries) else "are"
    who = f"{_amount(finding)} {verb} wrong" if finding.first else "wrong"
    if output.exact:
        return who
    up_to = "up to " if finding.first else ""
    return f"{who}: error {up_to}{size(finding.error)}, allowed {size(finding.tolerance)}{_digits(finding)}"


def _amount(finding: Finding) -> str:
    if finding.entries == 0:
        return "some entries"
    return "every entry" if finding.wrong == finding.entries else f"{finding.wrong} of {finding.entries} entries"


def _digits(finding: Finding) -> str:
    """That the answer is close, in decimal digits, where it is."""
    return f" (close: {finding.digits} digits agree)" if finding.digits >= CLOSE else ""


def _unwritten(finding: Finding, output: Output) -> str:
    return f"not written yet: {finding.detail} stops with NotImplementedError" if finding.detail else "not written yet"


def _none(finding: Finding, output: Output) -> str:
    return f"{finding.detail} is None" if finding.detail else "your code returned None: is a `return` missing?"


def _shape(finding: Finding, output: Output) -> str:
    axes = f"; wanted is ({', '.join(output.axes)})" if output.axes else ""
    return f"wrong shape: {finding.detail}{axes}"


def _exception(finding: Finding) -> str:
    """The exception with its place, a long message cut."""
    failure = read(finding.detail)
    return str(replace(failure, message=printable(failure.message, MOST_OF_A_MESSAGE)))


def _changed(finding: Finding, output: Output) -> str:
    return f"your numbers are right, but your code changed what it was given in place: {finding.detail}"


_VERDICTS: dict[FindingKind, Callable[[Finding, Output], str]] = {
    "right": _right,
    "value": _value,
    "unwritten": _unwritten,
    "none": _none,
    "shape": _shape,
    "exception": lambda finding, output: f"your code stopped with {_exception(finding)}",
    "endless": lambda finding, output: f"your code was stopped: {finding.detail}",
    "arguments": lambda finding, output: f"it cannot be called as the exercise says: {finding.detail}",
    "form": lambda finding, output: f"another form than is wanted: {finding.detail}",
    "count": lambda finding, output: f"wrong number of results: {finding.detail}",
    "array": lambda finding, output: f"not an array of numbers: {finding.detail}",
    "uncompared": lambda finding, output: f"not compared, as {finding.detail}",
    "changed": _changed,
    "dtype": lambda finding, output: f"wrong dtype: {finding.detail}",
    "nonfinite": lambda finding, output: f"NaN or infinity in {_amount(finding)}",
}
