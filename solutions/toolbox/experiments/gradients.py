"""For experiments with gradients: matrices that let them grow or shrink, and the angle between two of them."""

from __future__ import annotations

import numpy as np


def with_radius(rho, H=64, seed=1):
    """A matrix (H, H) of normal random numbers, scaled so that its spectral radius is ``rho``."""
    A = np.random.default_rng(seed).standard_normal((H, H))
    return A * (rho / max(abs(value) for value in np.linalg.eigvals(A)))


def angle(a, b):
    """How far two gradients point apart, in degrees, 0 … 180; 0 where one of them is zero.

        2 · atan2(‖a/|a| − b/|b|‖, ‖a/|a| + b/|b|‖)

    More exact near 0 than the arc cosine, which turns a rounding error of 1e-16 into an angle of 1e-6 degrees.

    Args:
        a, b: dicts, name → array, with the same names; all arrays of one together are one vector.

    Source: W. Kahan, "How futile are mindless assessments of roundoff in floating-point computation?" (2006).
    """
    a, b = (np.concatenate([np.ravel(g[name]) for name in a]).astype(float) for g in (a, b))
    if not a.any() or not b.any():
        return 0.0
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))
