"""How PyTorch computes while answers are computed: in full float32, and the same way in every run.

`reference_arithmetic` is the one place for it: check in the notebook, marking, recording and fidelity all run in it, so
that a right answer is right on every device, whatever its notebook has set.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

CUBLAS = "CUBLAS_WORKSPACE_CONFIG"
"""The environment variable that cuBLAS reads when CUDA starts."""
CUBLAS_REPEATS = ":4096:8"
"""The value with which its sums have the same order in every run, as NVIDIA's documentation gives it."""

UNSAID = r"(?s).*(use_deterministic_algorithms|Please use the new API settings to control TF32)"
"""PyTorch's warnings that come of these settings alone; the student can do nothing about them."""

OPERATIONS = ("all", "matmul", "conv", "rnn")
PRECISIONS = (("generic", "all"), *((backend, op) for backend in ("cuda", "mkldnn") for op in OPERATIONS))
"""Whose float32 precision PyTorch 2.9 and newer keep, each with "none" for that of its parent: parents come first."""


class _Settings(NamedTuple):
    """PyTorch's settings.

    Attributes:
        deterministic, warn_only: of `torch.use_deterministic_algorithms`.
        cudnn: may cuDNN be used?
        matmul: of `torch.set_float32_matmul_precision`.
        cudnn_tf32: may cuDNN round to TF32?
        precisions: those of `PRECISIONS`; empty before PyTorch 2.9.
    """

    deterministic: bool
    warn_only: bool
    cudnn: bool
    matmul: str
    cudnn_tf32: bool
    precisions: Mapping[tuple[str, str], str]


@contextmanager
def reference_arithmetic() -> Iterator[None]:
    """Inside, PyTorch computes as it did when the references were recorded; afterwards everything is as it was.

    - No product is rounded to TF32 or bfloat16: not in matmul, in cuDNN or in oneDNN.
    - Deterministic algorithms are used where they exist; where not, the others are, and nothing is said of it.
    - cuDNN is off. PyTorch's own kernels run in its place: cuDNN's recurrent layers refuse a backward pass in
      evaluation mode, which is a right way to write an answer, and have settings for TF32 of their own. Its speed is
      not needed for the small matrices of the tasks.

    The settings are the whole process's, not the thread's. Where torch was not imported nothing is done, and nothing is
    imported.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", UNSAID)
        before = _read(torch)
        try:
            _write(torch, _Settings(True, True, False, "highest", False, dict.fromkeys(before.precisions, "ieee")))
            yield
        finally:
            _write(torch, before)


def let_cublas_repeat() -> None:
    """Have cuBLAS give the same in every run: for a process that is the grader's own, before CUDA starts in it.

    A value that the user has set stays.
    """
    os.environ.setdefault(CUBLAS, CUBLAS_REPEATS)


def _read(torch: Any) -> _Settings:
    """The settings as they are. Leaves those of precision changed: what follows must write them."""
    precisions = _take_precisions(torch)
    return _Settings(
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        torch.backends.cudnn.enabled,
        torch.get_float32_matmul_precision(),
        _cudnn_tf32(torch, bool(precisions)),
        precisions,
    )


def _take_precisions(torch: Any) -> dict[tuple[str, str], str]:
    """Each of `PRECISIONS` as it was set, replaced by "none" once read.

    A "none" reads as its parent's value; so the parent is taken first.
    """
    found = {}
    if _has_precisions(torch):
        for place in PRECISIONS:
            found[place] = torch._C._get_fp32_precision_getter(*place)
            torch._C._set_fp32_precision_setter(*place, "none")
    return found


def _has_precisions(torch: Any) -> bool:
    return hasattr(torch._C, "_set_fp32_precision_setter")


def _cudnn_tf32(torch: Any, new: bool) -> bool:
    """The older setting of cuDNN, which newer PyTorch refuses to read where the precisions contradict it."""
    if not new:
        return bool(torch.backends.cudnn.allow_tf32)
    for op in ("conv", "rnn"):
        torch._C._set_fp32_precision_setter("cuda", op, "tf32")
    try:
        return bool(torch.backends.cudnn.allow_tf32)
    except RuntimeError:
        return False


def _write(torch: Any, settings: _Settings) -> None:
    """Set all of them. The older ones first, as they change some of the precisions too.

    Not by `torch.use_deterministic_algorithms`, which since PyTorch 2.9 imports its compiler, for a second.
    """
    torch._C._set_deterministic_algorithms(settings.deterministic, warn_only=settings.warn_only)
    torch.backends.cudnn.enabled = settings.cudnn
    torch.set_float32_matmul_precision(settings.matmul)
    torch.backends.cudnn.allow_tf32 = settings.cudnn_tf32
    for place, precision in settings.precisions.items():
        torch._C._set_fp32_precision_setter(*place, precision)
