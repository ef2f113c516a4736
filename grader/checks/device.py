"""Which device the answers are computed on."""

from __future__ import annotations

import os


def pick_device():
    """The `torch.device` named in ``RNN_WORKBOOK_DEVICE``, else CUDA where there is one, else the CPU."""
    import torch

    named = os.environ.get("RNN_WORKBOOK_DEVICE")
    return torch.device(named or ("cuda" if torch.cuda.is_available() else "cpu"))
