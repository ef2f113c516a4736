"""Which device the answers are computed on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a NumPy task needs no torch
    import torch

_NAMED = os.environ.get("RNN_WORKBOOK_DEVICE")
"""What the environment said when the process began."""
GPU_SHARE = 3 * 2**29
"""Bytes of a GPU's memory for one process that marks or records: CUDA's own part, and the small data of the tasks."""
_chosen: ContextVar[str | None] = ContextVar("_chosen", default=None)


def pick_device() -> torch.device:
    """What `on_device` says, else what ``RNN_WORKBOOK_DEVICE`` names, else CUDA where there is one, else the CPU."""
    import torch

    named = _chosen.get() or _NAMED
    return torch.device(named or ("cuda" if torch.cuda.is_available() else "cpu"))


@contextmanager
def on_device(device: str | None) -> Iterator[None]:
    """Inside, in this thread, `pick_device` picks this device; None changes nothing."""
    token = _chosen.set(device or _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


def gpu_seats() -> int:
    """How many processes find room side by side in the GPU's free memory, `GPU_SHARE` for each; at least 1."""
    import torch

    free, _ = torch.cuda.mem_get_info()
    return max(1, int(free) // GPU_SHARE)
