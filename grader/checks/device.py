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
DEVICES = ("cpu", "cuda")
"""Kinds of devices that answers are computed on."""
_seen: ContextVar[set[str] | None] = ContextVar("_seen", default=None)
_chosen: ContextVar[str | None] = ContextVar("_chosen", default=None)


def pick_device() -> torch.device:
    """What `on_device` says, else what ``RNN_WORKBOOK_DEVICE`` names, else CUDA where there is one, else the CPU."""
    import torch

    named = _chosen.get() or _NAMED
    return torch.device(named or ("cuda" if torch.cuda.is_available() else "cpu"))


def picks_gpu() -> bool:
    """Does `pick_device` pick a GPU? Where the system shows none, PyTorch is not imported to ask."""
    named = _chosen.get() or _NAMED
    if not named and not any(name.startswith(("nvidia", "dxg")) for name in os.listdir("/dev")):  # dxg: in WSL
        return False
    return pick_device().type == "cuda"


@contextmanager
def on_device(device: str | None) -> Iterator[None]:
    """Inside, in this thread, `pick_device` picks this device; None changes nothing."""
    token = _chosen.set(device or _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


@contextmanager
def devices_seen() -> Iterator[set[str]]:
    """Inside, in this thread, the kinds of devices ("cpu", "cuda") of the tensors that `see` is told are collected."""
    seen: set[str] = set()
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def see(tensor: object) -> None:
    """Note the device of a tensor that was handed out. Whatever else it is, nothing is raised."""
    kind, seen = getattr(getattr(tensor, "device", None), "type", None), _seen.get()
    if seen is not None and isinstance(kind, str) and kind in DEVICES:
        seen.add(kind)


def gpu_seats(most: int) -> int:
    """How many processes run side by side: ``most``, and no more than find room in the GPU's free memory.

    Each is given `GPU_SHARE`; one runs always. Where PyTorch can use no GPU it is ``most``. Of several GPUs the first
    counts: all compute there.
    """
    import torch

    if not torch.cuda.is_available():
        return most
    free, _ = torch.cuda.mem_get_info()
    return max(1, min(most, int(free) // GPU_SHARE))
