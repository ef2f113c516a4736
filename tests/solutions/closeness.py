"""How the tests of the solutions compare numbers."""

from __future__ import annotations

import numpy as np
import torch


def close(got, expected, tolerance=1e-12):
    """Passes if the shapes are equal and |got − expected| ≤ tolerance · (1 + |expected|) everywhere.

    Args:
        got: an array.
        expected: an array, or a tensor on any device, with or without a gradient.
    """
    expected = expected.detach().cpu().numpy() if isinstance(expected, torch.Tensor) else expected
    assert np.shape(got) == np.shape(expected)
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)
