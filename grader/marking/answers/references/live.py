"""Right answers computed now, by the reference solution that a task names."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.checks.arithmetic import reference_arithmetic
from grader.checks.device import on_device
from grader.checks.results import plain
from grader.checks.task import Case, Task


def reference(task: Task) -> Callable[..., Any]:
    """The reference solution of a task: a function, or a class for a module."""
    module, name = task.reference.split(":")
    answer: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return answer


def reference_outputs(task: Task, case: Case, seed: int, device: str | None = None) -> dict[str, np.ndarray]:
    """What the reference returns for the inputs of a case, computed in float64.

    The inputs are those the student got: in a float32 case they are rounded to float32 first.

    Args:
        task, case, seed: what is asked.
        device: where a PyTorch task runs; by default on `grader.checks.device.pick_device`.

    Returns:
        arrays by output's name: float64, or the bool or integer dtype of an exact output.
    """
    return run(task, reference(task), cast(task.draw(case, seed), "float64"), device)


def run(
    task: Task, function: Callable[..., Any], inputs: dict[str, Any], device: str | None = None
) -> dict[str, np.ndarray]:
    """Outputs by name of one of this project's own functions, as they are compared. Its exceptions are not caught."""
    with on_device(device), reference_arithmetic():
        returned = task.call(function, inputs)
    values = returned if len(task.outputs) > 1 else (returned,)
    return {output.name: output.result(plain(value)) for output, value in zip(task.outputs, values, strict=True)}


def cast(inputs: dict[str, Any], dtype: str) -> dict[str, Any]:
    """The same inputs, floating arrays in another dtype."""
    return {name: value.astype(dtype) if _floating(value) else value for name, value in inputs.items()}


def _floating(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, PyTorch computes in one thread.

    On several threads the small matrices here take many times as long, most of it waiting, and the order of a sum
    depends on the number of threads.
    """
    import torch  # here, as whoever only names a reference can do without for a second

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
