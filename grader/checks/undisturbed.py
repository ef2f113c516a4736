"""Call the student's code without leaving a trace in the notebook's state."""

from __future__ import annotations

import importlib
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, suppress
from typing import Any

import numpy as np

from grader.checks.arithmetic import reference_arithmetic


@contextmanager
def undisturbed(torch: bool = False) -> Iterator[list[warnings.WarningMessage]]:
    """Inside, NumPy warns by default, PyTorch computes in `reference_arithmetic`; afterwards all is as it was.

    Kept: NumPy's error handling, the random states of Python, NumPy and PyTorch, the warnings' filters, PyTorch's
    default dtype, gradient mode and arithmetic. Warnings are collected, and stderr goes to stdout, since nbgrader takes
    text on stderr for a failure.

    Args:
        torch: will PyTorch be needed? It is imported, so that its state can be kept.

    Yields:
        the list that the warnings are collected in.
    """
    if torch:
        importlib.import_module("torch")
    with ExitStack() as stack:
        stack.enter_context(_random_states())
        stack.enter_context(_torch_state())
        stack.enter_context(np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"))
        stack.enter_context(redirect_stderr(sys.stdout))
        caught = stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        stack.enter_context(reference_arithmetic())
        yield caught


@contextmanager
def _random_states() -> Iterator[None]:
    python, numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextmanager
def _torch_state() -> Iterator[None]:
    """Does not import torch: where it was not imported there is nothing to keep."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    dtype, grad, cpu = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_rng_state()
    cuda: list[Any] = []
    with suppress(RuntimeError):  # after an error of CUDA nothing works there any more; what needs no GPU still does
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)
        torch.set_rng_state(cpu)
        with suppress(RuntimeError):
            torch.cuda.set_rng_state_all(cuda)


def remarks(caught: list[warnings.WarningMessage], most: int = 3) -> tuple[str, ...]:
    """What Python warned of while the student's code ran, each once; what is said to library authors left out."""
    silent = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)
    heard = [warning for warning in caught if not issubclass(warning.category, silent)]
    return tuple(dict.fromkeys(f"Python warned: {warning.message}" for warning in heard))[:most]
