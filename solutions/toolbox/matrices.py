"""Random matrices for experiments."""

from __future__ import annotations

import numpy as np


def with_radius(rho, H=64, seed=1):
    """A matrix (H, H) of normal random numbers, scaled so that its spectral radius is ``rho``."""
    A = np.random.default_rng(seed).standard_normal((H, H))
    return A * (rho / max(abs(value) for value in np.linalg.eigvals(A)))
