"""What came out in the one part of an output that is wrong, or in each of its blocks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from grader.checks.recognise.blocks import BLOCKS, COUNTS, block_names
from grader.checks.recognise.evidence import Evidence, Recogniser
from grader.checks.recognise.place import Cut, cut_block, place_of

RIGHT = "right"
"""What is said of a part that is right in all cases."""


def in_part(evidence: Evidence, recognisers: tuple[Recogniser, ...]) -> str:
    """What came out in the one part that is wrong, or in each block, where a recogniser knows that; else ""."""
    if evidence.output.exact:
        return ""
    found = place_of(evidence)
    if found is None or found.cut is None:
        return _block_by_block(evidence, recognisers)
    said = _said_of(evidence, found.cut, recognisers)
    return said and f"{said}, {found.where}; elsewhere it is right"


def _said_of(evidence: Evidence, cut: Cut, recognisers: tuple[Recogniser, ...]) -> str:
    """What the first recogniser says of a part that knows."""
    trials = tuple(
        replace(trial, got=cut(trial.got), expected=cut(trial.expected))
        for trial in evidence.on_axes.trials
        if trial.same_shape
    )
    part = Evidence(evidence.task, replace(evidence.output, axes=("entry",) * len(evidence.axes)), trials)
    if all(trial.right for trial in trials):
        return RIGHT
    return next((said for recogniser in recognisers if (said := recogniser(part))), "")


def _block_by_block(evidence: Evidence, recognisers: tuple[Recogniser, ...]) -> str:
    """What came out in each block, where that is known of all."""
    axis = next((axis for axis, name in enumerate(evidence.axes) if name in BLOCKS), None)
    trials = [trial for trial in evidence.on_axes.trials if trial.same_shape]
    if axis is None or not evidence.on_axes.wrong or not trials[0].situation.units:
        return ""
    counts = {trial.expected.shape[axis] / (trial.situation.units or 1) for trial in trials}
    count = int(counts.pop())
    if counts or count not in COUNTS:
        return ""
    said: dict[str, list[str]] = {}
    for place, name in enumerate(block_names(evidence.task, count)):
        what = _said_of(evidence, partial(cut_block, axis=axis, count=count, place=place), recognisers)
        if not what:
            return ""
        said.setdefault(what, []).append(name)
    each = [f"in block{'s' * (len(names) > 1)} {', '.join(names)} {what}" for what, names in said.items()]
    return f"not of one kind: {'; '.join(each)}"
