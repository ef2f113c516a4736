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
