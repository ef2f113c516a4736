"""Seeds: the same numbers whenever a notebook runs again on the same machine."""

from __future__ import annotations

import random

import numpy as np
import torch

SEEDS = (0, 1, 2, 3, 4)
"""Every random result of a lesson is computed once with each of these, and its spread is printed."""


def seed_all(seed):
    """Seeds Python, NumPy and PyTorch, and sets PyTorch to one thread.

    One thread, because the order in which threads add changes the last digits of a sum, and because two threads are
    slower than one on small matrices as soon as anything else wants the second core.
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)


def spread(values, digits=3):
    """Mean and sample standard deviation of one number per seed: ``0.671 ± 0.004``; one number alone as it is."""
    values = np.asarray(values, dtype=float)
    mean = f"{values.mean():.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {values.std(ddof=1):.{digits}f}"
