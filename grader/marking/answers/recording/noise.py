"""The noise floor: how far apart the outputs of right answers lie, measured.

Every right answer (the reference, and all `answers.alternatives`: loops, einsum, chunked sums, PyTorch on the device)
is run on the inputs as they are and with each free axis permuted. Its error against the reference, run in float64 on
the CPU from the same inputs, is the noise; the floor is the largest over several seeds. So a float32 case measures
float32 against float64, a float64 case orders of summation, and on a GPU both measure CUDA against the CPU.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from grader.checks import tolerance as policy
from grader.checks.device import on_device
from grader.checks.errors import GraderError
from grader.checks.task import Case, Task
from grader.marking.answers.alternatives import alternatives, answers_in_other_orders
from grader.marking.answers.references.live import cast, reference, run

SEEDS = range(20)
"""Seeds of the inputs on which noise is measured."""


class Noisy(GraderError):
    """Answers that should all be right lie too far apart: one is wrong, or the inputs are badly conditioned."""


def floor(task: Task, case: Case, device: str, seeds: Iterable[int] = SEEDS) -> dict[str, float]:
    """Noise floor of each output of a case, rounded up to two digits; 0 for exact outputs.

    Raises:
        Noisy: an answer's error exceeds the policy's least tolerance, or an exact output differs.
    """
    worst = {output.name: 0.0 for output in task.outputs}
    for seed in seeds:
        inputs = task.draw(case, seed)
        right = run(task, reference(task), cast(inputs, "float64"), "cpu")
        for function, answer in _answers(task, inputs, device, seed):
            for name, error in _errors(task, case, answer, right, function).items():
                worst[name] = max(worst[name], error)
    return {name: _round_up(error) for name, error in worst.items()}


def _answers(
    task: Task, inputs: dict[str, Any], device: str, seed: int
) -> list[tuple[Callable[..., Any], dict[str, Any]]]:
    found: list[tuple[Callable[..., Any], dict[str, Any]]] = []
    with on_device(device):
        for function in (reference(task), *alternatives(task)):
            found.append((function, run(task, function, inputs)))
            rng = np.random.default_rng(seed)
            found += [(function, answer) for answer in answers_in_other_orders(task, function, inputs, rng)]
    return found


def _errors(
    task: Task, case: Case, answer: dict[str, Any], right: dict[str, Any], function: Callable[..., Any]
) -> dict[str, float]:
    errors = {name: float(policy.error(answer[name], right[name]).max(initial=0.0)) for name in right}
    for output in task.outputs:
        limit = 0.0 if output.exact else policy.LEAST[case.dtype]
        if not errors[output.name] <= limit:
            raise Noisy(
                f"{task.name} / {case.label}: {output.name} of {function.__qualname__} is {errors[output.name]:.1e} "
                f"from the reference (at most {limit:.0e}): make it right, or the case's inputs milder"
            )
    return errors


def _round_up(value: float) -> float:
    """Up to two significant digits, so that a recording does not change with the last bit."""
    if value == 0.0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step) * step:.1e}")
